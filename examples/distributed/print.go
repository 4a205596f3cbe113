package main

// The summary for people.

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// moments is about how many months launches are told for.
const moments = 10

// show prints what came of an ensemble. Shares are of all runs, each with its
// interval.
func show(w io.Writer, l *language.Language, scenario simulation.Scenario, s simulation.Summary) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(says language.Text) { fmt.Fprintln(t, l.Say(says)) }
	head := func(id string) {
		fmt.Fprintln(t)
		columns(t, l, language.Of(id), language.Of("example.runs"), language.Of("example.share"), language.Of("example.interval", "level", simulation.Confidence))
	}
	var failed error
	row := func(label language.Text, runs uint64) {
		p, err := simulation.Wilson(runs, s.Runs())
		failed = errors.Join(failed, err)
		ends := language.Of("range", "low", language.Typed(l.Percent(p.Low, 1)), "high", language.Typed(l.Percent(p.High, 1)))
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", l.Say(label), l.Number(float64(runs)), l.Percent(p.At, 1), l.Say(ends))
	}
	line(language.Of("example.ensemble", "scenario", s.Name(), "runs", s.Runs(), "months", s.Horizon(),
		"seed", fmt.Sprint(s.Seed()), "digest", fmt.Sprintf("%.12s", s.Digest())))
	line(s.Policy().Told())
	if scenario.Illustrative {
		line(language.Of("example.illustrative-scenario"))
	}

	head("example.at-the-end")
	for status, runs := range s.Status() {
		row(reformcycle.Status(status).Told(), runs)
	}
	head("example.furthest")
	furthest := s.Furthest()
	for stage := range reformcycle.Stages() {
		row(stage.Told(), furthest[stage])
	}
	head("example.launched-by")
	launched := uint64(0)
	every := (s.Horizon() + moments - 1) / moments
	for month, runs := range s.Entered(reformcycle.Launch) {
		if launched += runs; month > 0 && month%every == 0 || month == s.Horizon() {
			row(language.Typed(fmt.Sprint(month)), launched)
		}
	}
	head("example.abandoned-for")
	for _, cause := range simulation.Causes() {
		total := uint64(0)
		collapses, _ := s.Collapses(cause)
		for _, runs := range collapses {
			total += runs
		}
		row(cause.Told(), total)
	}
	return errors.Join(failed, t.Flush()) // which keeps the first error of them all
}

// columns writes the heads of the columns of a table.
func columns(t io.Writer, l *language.Language, heads ...language.Text) {
	for i, head := range heads {
		if i > 0 {
			fmt.Fprint(t, "\t")
		}
		fmt.Fprint(t, l.Say(head))
	}
	fmt.Fprintln(t)
}
