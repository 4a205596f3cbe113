// Cases prints what a published story of community health workers comes to in the
// reform cycle: what its paper says, what the diagnosis finds, and how the two
// compare. The stories are in reformcycle/cases/data.
//
//	go run ./examples/cases                  # lists the cases
//	go run ./examples/cases cambodia
//	go run ./examples/cases -table           # docs/cases.md
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/cases"
)

func main() {
	log.SetFlags(0)
	err := run(context.Background(), os.Stdout, os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer, args []string) error {
	flags := flag.NewFlagSet("cases", flag.ContinueOnError)
	table := flags.Bool("table", false, "print the page of all cases, as Markdown")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case *table && flags.NArg() == 0:
		return cases.Page(ctx, w, cases.Papers())
	case *table || flags.NArg() > 1:
		return errors.New("want the id of one case, or -table, or nothing")
	case flags.NArg() == 1:
		c, err := cases.Get(flags.Arg(0))
		if err != nil {
			return err
		}
		if c.Paper == nil {
			return walk(ctx, w, c)
		}
		return show(ctx, w, c)
	}
	var b strings.Builder
	for _, c := range slices.Concat(cases.Papers(), cases.Walks()) {
		fmt.Fprintf(&b, "%-28s %s: %s\n", c.ID, c.Country, c.Title)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// walk prints a story from several sources, chapter by chapter, and where it ends.
func walk(ctx context.Context, w io.Writer, c cases.Case) error {
	cycle, err := c.Begin()
	if err != nil {
		return err
	}
	p := cases.NewPrinter(w)
	p.Title(c)
	if err := c.Tell(ctx, cycle, p.Chapter); err != nil {
		return err
	}
	p.Standing(cycle.State(), c)
	p.Sources(c)
	return p.Close()
}

// show prints one coded paper: the facts, then the diagnosis, with what the paper says
// to each judgement.
func show(ctx context.Context, w io.Writer, c cases.Case) error {
	d, err := c.Diagnosis(ctx)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", c.Country, c.Title)
	fmt.Fprintf(&b, "From %s on, %s. Levels are our reading of what the paper says.\n\n", c.Beginning.Stage.Label(), c.Beginning.When())
	for _, f := range c.Chapters {
		fmt.Fprintf(&b, "%s\n  (%s)\n", f.Says, f.Where)
		for _, change := range f.Changes {
			fmt.Fprintf(&b, "  - %s\n", cases.Recorded(change))
		}
	}
	fmt.Fprint(&b, "\nThe diagnosis\n\n")
	for _, f := range d.Findings {
		fmt.Fprintf(&b, "! %s\n  %s\n", f, paper(c, cases.Judgement{Code: f.Code, As: cases.Trouble}))
	}
	for _, s := range d.Strengths {
		fmt.Fprintf(&b, "+ %s\n  %s\n", s, paper(c, cases.Judgement{Code: s.Code, As: cases.Strength}))
	}
	for _, contest := range d.Contested {
		fmt.Fprintf(&b, "~ %s\n  %s\n", contest, paper(c, cases.Judgement{Code: contest.Code, As: cases.Contested}))
	}
	for _, q := range d.Questions {
		fmt.Fprintf(&b, "? %s\n", q)
	}
	if len(c.Beyond) > 0 {
		fmt.Fprint(&b, "\nNamed by the paper, and found by no rule\n\n")
		for _, beyond := range c.Beyond {
			fmt.Fprintf(&b, "%s: %s\n  %s\n", beyond.As, beyond.Says, beyond.Why)
		}
	}
	for _, note := range c.Notes {
		fmt.Fprintf(&b, "\nNote: %s\n", note)
	}
	fmt.Fprintf(&b, "\nSource: %s %s. Seen: %s.\n", c.Paper.Citation, c.Paper.Link, c.Paper.Seen)
	_, err = io.WriteString(w, b.String())
	return err
}

// paper says what the paper has to say of a judgement.
func paper(c cases.Case, j cases.Judgement) string {
	if i := slices.IndexFunc(c.Claims, func(claim cases.Claim) bool { return claim.Judgement == j }); i >= 0 {
		return "The paper: " + c.Claims[i].Says
	}
	if i := slices.IndexFunc(c.Also, func(also cases.Aside) bool { return also.Judgement == j }); i >= 0 {
		return "Not in the paper: " + c.Also[i].Why
	}
	return "Not in the paper."
}
