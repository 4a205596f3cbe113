package main

// The summary for people.

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// moments is about how many months launches are told for.
const moments = 10

// show prints what came of an ensemble. Shares are of all runs, each with its
// interval.
func show(w io.Writer, scenario simulation.Scenario, s simulation.Summary) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := func(label string) {
		fmt.Fprintf(t, "\n%s\tRUNS\tSHARE\t%.0f %% INTERVAL\n", label, 100*simulation.Confidence)
	}
	var failed error
	row := func(label string, runs uint64) {
		p, err := simulation.Wilson(runs, s.Runs())
		failed = errors.Join(failed, err)
		fmt.Fprintf(t, "%s\t%d\t%.1f %%\t%.1f to %.1f %%\n", label, runs, 100*p.At, 100*p.Low, 100*p.High)
	}
	fmt.Fprintf(t, "%s: %d runs of %d months, seed %d\n", s.Name(), s.Runs(), s.Horizon(), s.Seed())
	fmt.Fprintf(t, "digest %.12s\n", s.Digest())
	fmt.Fprintf(t, "%s\n", s.Policy())
	if scenario.Illustrative {
		fmt.Fprintln(t, "The scenario is illustrative, and so are its results.")
	}

	head("AT THE END")
	for status, runs := range s.Status() {
		row(reformcycle.Status(status).String(), runs)
	}
	head("FURTHEST STAGE")
	furthest := s.Furthest()
	for stage := range reformcycle.Stages() {
		row(stage.Told().String(), furthest[stage])
	}
	head("LAUNCHED BY MONTH")
	launched := uint64(0)
	every := (s.Horizon() + moments - 1) / moments
	for month, runs := range s.Entered(reformcycle.Launch) {
		if launched += runs; month > 0 && month%every == 0 || month == s.Horizon() {
			row(fmt.Sprint(month), launched)
		}
	}
	head("ABANDONED BECAUSE OF")
	for _, cause := range simulation.Causes() {
		total := uint64(0)
		collapses, _ := s.Collapses(cause)
		for _, runs := range collapses {
			total += runs
		}
		label := cause.String()
		if cause == simulation.FromBefore {
			label = "held from the start"
		}
		row(label, total)
	}
	return errors.Join(failed, t.Flush()) // which keeps the first error of them all
}
