// Policysim compares three ways to go on from where Uganda's reform stood before
// the launch of August 2018: to launch at once, to secure the money first, or to
// build the coalition first.
//
// The situation is made of the Uganda walk, whose facts have sources, and of
// assumptions.json, where everything else stands that a simulation asks for. One
// of the policies, finance first, is written here, as a host would write its
// own. What comes out follows from the assumptions: it is no forecast for Uganda.
//
//	go run ./examples/policysim
//	go run ./examples/policysim -out DIR        the report, with pictures and tables
//	go run ./examples/policysim -runs 100000    narrower intervals, with progress
//
// It prints one page. The report has the pictures and an annex behind it.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/simulation"
	"github.com/chsreform/chsreform/reformcycle/simulation/chart"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Stdout, os.Stderr, os.Args[1:])
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal(err)
	}
}

const mostRuns = 100_000_000

func run(ctx context.Context, w, progress io.Writer, args []string) error {
	flags := flag.NewFlagSet("policysim", flag.ContinueOnError)
	flags.SetOutput(progress)
	out := flags.String("out", "", "write the report, its pictures, the scenario and tables to this `directory`")
	runs := flags.Uint64("runs", 1000, "how many `runs` each policy plays, from 50")
	worlds := flags.Int("worlds", 300, "in how many `worlds` the policies are tried, from 50")
	seed := flags.Uint64("seed", 1, "the `seed` of the runs")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("%q is not understood: there are flags only", flags.Arg(0))
	case *runs < 50 || *runs > mostRuns:
		return fmt.Errorf("-runs %d: from 50, for fewer tell nothing, to %d", *runs, mostRuns)
	case *worlds < 50 || *worlds > simulation.MaxWorlds:
		return fmt.Errorf("-worlds %d: from 50, for fewer tell nothing, to %d", *worlds, simulation.MaxWorlds)
	}
	a, err := readAssumptions()
	if err != nil {
		return err
	}
	state, err := beforeTheLaunch(ctx)
	if err != nil {
		return err
	}
	scenario, err := situation(state, a)
	if err != nil {
		return err
	}
	all, err := policies()
	if err != nil {
		return err
	}
	if *out != "" {
		tidy, err := prepare(*out)
		if err != nil {
			return err
		}
		defer tidy()
	}
	s, err := research(ctx, scenario, all, a, *runs, *worlds, *seed, progress)
	if err != nil {
		return err
	}
	var first, annex bytes.Buffer
	if err := errors.Join(write(&first, s, state, firstPage, 95), write(&annex, s, state, annexPages, 80)); err != nil {
		return err
	}
	if _, err := w.Write(first.Bytes()); err != nil || *out == "" {
		return err
	}
	return keep(*out, s, first.Bytes(), annex.Bytes())
}

func policies() ([]simulation.Policy, error) {
	// It leaves a stage when one in ten required criteria is met: at once.
	rush, err := simulation.NewPolicy("rush-to-launch", map[string]float64{"met": 0.1, "window": 0.1})
	if err != nil {
		return nil, err
	}
	finance, err := newFinanceFirst()
	if err != nil {
		return nil, err
	}
	coalition, err := simulation.NewPolicy("coalition-first", nil)
	if err != nil {
		return nil, err
	}
	return []simulation.Policy{rush, finance, coalition}, nil
}

type picture struct {
	file, title string
	draw        func(w io.Writer, title string) error
}

func (s *study) pictures() []picture {
	all := []picture{
		{"launch.svg", "When is the programme launched?", func(w io.Writer, title string) error {
			return chart.Policies(w, nil, title, reformcycle.Launch, s.summaries...)
		}},
		{"complete.svg", "When is the launch complete?", func(w io.Writer, title string) error {
			return chart.Policies(w, nil, title, reformcycle.Governance, s.summaries...)
		}},
		{"comparison.svg", "Which way finishes a lap?", func(w io.Writer, title string) error {
			return chart.Comparison(w, nil, title, s.comparisons[lead])
		}},
		{"regret.svg", "How far behind the best, whatever the numbers?", func(w io.Writer, title string) error {
			return chart.Regret(w, nil, title, s.robustness, lead)
		}},
		{"tornado-launch-now.svg", "What the answer hangs on: launch now", func(w io.Writer, title string) error {
			return chart.Tornado(w, nil, title, s.tornados[0])
		}},
		{"tornado-coalition-first.svg", "What the answer hangs on: coalition first", func(w io.Writer, title string) error {
			return chart.Tornado(w, nil, title, s.tornados[1])
		}},
		{"support.svg", "Where support goes: coalition first", func(w io.Writer, title string) error {
			return chart.SupportFan(w, nil, title, s.summaries[len(s.summaries)-1])
		}},
	}
	for k, d := range s.failing {
		for box := range d.Boxes[:min(1, len(d.Boxes))] {
			all = append(all, picture{
				[]string{"box-launch-now.svg", "box-coalition-first.svg"}[k], "Where it fails: " + s.label(shaken[k]),
				func(w io.Writer, title string) error { return chart.Box(w, nil, title, s.worlds, d, box) },
			})
		}
	}
	return all
}
