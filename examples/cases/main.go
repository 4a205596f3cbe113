// Cases prints what a published story of community health workers comes to in the
// reform cycle: what its paper says, what the diagnosis finds, and how the two
// compare. The stories are in reformcycle/cases/data.
//
//	go run ./examples/cases                  # lists the cases
//	go run ./examples/cases cambodia
//	go run ./examples/cases -language fr cambodia
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
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
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

// languages are those that the page can be told in.
var languages = []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}

func run(ctx context.Context, w io.Writer, args []string) error {
	flags := flag.NewFlagSet("cases", flag.ContinueOnError)
	table := flags.Bool("table", false, "print the page of all cases, as Markdown")
	wanted := flags.String("language", "en", "tell it in this `language`: en, fr, pt or es")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l := language.Match(languages, *wanted)
	switch {
	case *table && flags.NArg() == 0:
		return cases.Page(ctx, w, l, cases.Papers(l))
	case *table || flags.NArg() > 1:
		return errors.New("want the id of one case, or -table, or nothing")
	case flags.NArg() == 1:
		c, err := cases.Get(flags.Arg(0), l)
		if err != nil {
			return err
		}
		if c.Paper == nil {
			return walk(ctx, w, l, c)
		}
		return show(ctx, w, l, c)
	}
	var b strings.Builder
	for _, c := range slices.Concat(cases.Papers(l), cases.Walks(l)) {
		fmt.Fprintf(&b, "%-28s %s: %s\n", c.ID, c.Country, c.Title)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// walk prints a story from several sources, chapter by chapter, and where it ends.
func walk(ctx context.Context, w io.Writer, l *language.Language, c cases.Case) error {
	cycle, err := c.Begin()
	if err != nil {
		return err
	}
	p := cases.NewPrinter(w, l)
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
func show(ctx context.Context, w io.Writer, l *language.Language, c cases.Case) error {
	d, err := c.Diagnosis(ctx)
	if err != nil {
		return err
	}
	var b strings.Builder
	say := func(id string, args ...any) string { return l.Say(language.Of(id, args...)) }
	fmt.Fprintf(&b, "%s\n\n", say("case.title", "country", c.Country, "title", c.Title))
	fmt.Fprintf(&b, "%s\n\n", say("case.show", "stage", c.Beginning.Stage.Told(), "when", c.Beginning.When()))
	for _, f := range c.Chapters {
		fmt.Fprintf(&b, "%s\n  (%s)\n", f.Says, f.Where)
		for _, change := range f.Changes {
			fmt.Fprintf(&b, "  - %s\n", l.Say(cases.Recorded(change)))
		}
	}
	fmt.Fprintf(&b, "\n%s\n\n", say("example.diagnosis"))
	for _, f := range d.Findings {
		fmt.Fprintf(&b, "! %s\n  %s\n", l.Say(f.Told()), paper(l, c, cases.Judgement{Code: f.Code, As: cases.Trouble}))
	}
	for _, s := range d.Strengths {
		fmt.Fprintf(&b, "+ %s\n  %s\n", l.Say(s.Told()), paper(l, c, cases.Judgement{Code: s.Code, As: cases.Strength}))
	}
	for _, contest := range d.Contested {
		fmt.Fprintf(&b, "~ %s\n  %s\n", l.Say(contest.Told()), paper(l, c, cases.Judgement{Code: contest.Code, As: cases.Contested}))
	}
	for _, q := range d.Questions {
		fmt.Fprintf(&b, "? %s\n", l.Say(q.Told()))
	}
	if len(c.Beyond) > 0 {
		fmt.Fprintf(&b, "\n%s\n\n", say("case.beyond"))
		for _, beyond := range c.Beyond {
			fmt.Fprintf(&b, "%s\n  %s\n", say("case.as", "as", beyond.As.Told(), "what", beyond.Says), beyond.Why)
		}
	}
	for _, note := range c.Notes {
		fmt.Fprintf(&b, "\n%s\n", say("example.note", "says", note))
	}
	fmt.Fprintf(&b, "\n%s\n", say("case.publication", "citation", c.Paper.Citation, "link", c.Paper.Link, "seen", language.Built(c.Paper.Seen)))
	_, err = io.WriteString(w, b.String())
	return err
}

// paper says what the paper has to say of a judgement.
func paper(l *language.Language, c cases.Case, j cases.Judgement) string {
	if i := slices.IndexFunc(c.Claims, func(claim cases.Claim) bool { return claim.Judgement == j }); i >= 0 {
		return l.Say(language.Of("example.in-the-paper", "says", c.Claims[i].Says))
	}
	if i := slices.IndexFunc(c.Also, func(also cases.Aside) bool { return also.Judgement == j }); i >= 0 {
		return l.Say(language.Of("example.not-in-the-paper", "why", c.Also[i].Why))
	}
	return l.Say(language.Of("example.nowhere"))
}
