package main

// The summary for people.

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// moments is about how many months launches are told for.
const moments = 10

// show prints what came of an ensemble. Shares are of all runs.
func show(w io.Writer, scenario simulation.Scenario, s simulation.Summary) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(label string, runs uint64) {
		fmt.Fprintf(t, "%s\t%d\t%.1f %%\n", label, runs, 100*float64(runs)/float64(s.Runs()))
	}
	fmt.Fprintf(t, "%s: %d runs of %d months, seed %d\n", s.Name(), s.Runs(), s.Horizon(), s.Seed())
	fmt.Fprintf(t, "%s\n", s.Strategy())
	if scenario.Illustrative {
		fmt.Fprintln(t, "The scenario is illustrative, and so are its results.")
	}

	fmt.Fprintln(t, "\nAT THE END\tRUNS\tSHARE")
	for status, runs := range s.Status() {
		row(reformcycle.Status(status).String(), runs)
	}
	fmt.Fprintln(t, "\nFURTHEST STAGE\tRUNS\tSHARE")
	furthest := s.Furthest()
	for stage := range reformcycle.Stages() {
		row(stage.Label(), furthest[stage])
	}
	fmt.Fprintln(t, "\nLAUNCHED BY MONTH\tRUNS\tSHARE")
	launched := uint64(0)
	every := (s.Horizon() + moments - 1) / moments
	for month, runs := range s.Entered(reformcycle.Launch) {
		if launched += runs; month > 0 && month%every == 0 || month == s.Horizon() {
			row(fmt.Sprint(month), launched)
		}
	}
	fmt.Fprintln(t, "\nABANDONED AFTER\tRUNS\tSHARE")
	for _, cause := range simulation.Causes() {
		total := uint64(0)
		collapses, _ := s.Collapses(cause)
		for _, runs := range collapses {
			total += runs
		}
		row(cause.String(), total)
	}
	return t.Flush() // which keeps the first error of them all
}
