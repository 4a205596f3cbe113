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
//	go run ./examples/policysim -language fr    in French, Portuguese (pt) or Spanish (es)
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
	"io"
	"log"
	"os"
	"os/signal"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
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
	wanted := flags.String("language", "en", "tell it in this `language`: en, fr, pt or es")
	seed := flags.Uint64("seed", 1, "the `seed` of the runs")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fault.Refuse("arguments", fault.Length, flags.NArg(), fault.WholeBetween(0, 0))
	case *runs < 50 || *runs > mostRuns:
		return fault.Refuse("runs", fault.Range, *runs, fault.WholeBetween(50, mostRuns))
	case *worlds < 50 || *worlds > simulation.MaxWorlds:
		return fault.Refuse("worlds", fault.Range, *worlds, fault.WholeBetween(50, simulation.MaxWorlds))
	}
	l := language.Match(languages, *wanted)
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
	s, err := research(ctx, l, scenario, all, a, *runs, *worlds, *seed, progress)
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
	file  string
	title language.Text
	draw  func(w io.Writer, title string) error
}

func (s *study) pictures() []picture {
	all := []picture{
		{"launch.svg", of("picture.launch"), func(w io.Writer, title string) error {
			return chart.Policies(w, s.language(), title, reformcycle.Launch, s.summaries...)
		}},
		{"complete.svg", of("picture.complete"), func(w io.Writer, title string) error {
			return chart.Policies(w, s.language(), title, reformcycle.Governance, s.summaries...)
		}},
		{"comparison.svg", of("picture.comparison"), func(w io.Writer, title string) error {
			return chart.Comparison(w, s.language(), title, s.comparisons[lead])
		}},
		{"regret.svg", of("picture.regret"), func(w io.Writer, title string) error {
			return chart.Regret(w, s.language(), title, s.robustness, lead)
		}},
		{"tornado-launch-now.svg", of("picture.tornado", "policy", s.label(shaken[0])), func(w io.Writer, title string) error {
			return chart.Tornado(w, s.language(), title, s.tornados[0])
		}},
		{"tornado-coalition-first.svg", of("picture.tornado", "policy", s.label(shaken[1])), func(w io.Writer, title string) error {
			return chart.Tornado(w, s.language(), title, s.tornados[1])
		}},
		{"support.svg", of("picture.support", "policy", s.label(len(s.policies)-1)), func(w io.Writer, title string) error {
			return chart.SupportFan(w, s.language(), title, s.summaries[len(s.summaries)-1])
		}},
	}
	for k, d := range s.failing {
		for box := range d.Boxes[:min(1, len(d.Boxes))] {
			all = append(all, picture{
				[]string{"box-launch-now.svg", "box-coalition-first.svg"}[k], of("picture.box", "policy", s.label(shaken[k])),
				func(w io.Writer, title string) error { return chart.Box(w, s.language(), title, s.worlds, d, box) },
			})
		}
	}
	return all
}
