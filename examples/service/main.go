// Service keeps the example countries in a journal and prints the portfolio: a
// line a cycle, with where it stands. It is the beginning of a service that a
// ministry might run; for now it looks once and ends.
//
//	go run .                                                    a new SQLite database in a temporary directory
//	go run . -journal sqlite:reforms.db                         an SQLite database
//	go run . -journal postgres://user@host:5432/reforms         a PostgreSQL database
//	go run . -journal file:reforms                              a directory of files
//	go run . -language fr                                       told in French; pt, es
//
// A second run on the same journal finds the countries there and loads nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"text/tabwriter"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
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

// languages are those that the portfolio can be told in.
var languages = []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}

func run(ctx context.Context, w io.Writer, args []string) (err error) {
	flags := flag.NewFlagSet("service", flag.ContinueOnError)
	dsn := flags.String("journal", "", "keep the cycles in this `journal`: sqlite:FILE, postgres://… or file:DIRECTORY; without it, in SQLite in a temporary directory")
	wanted := flags.String("language", "en", "tell it in this `language`: en, fr, pt or es")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l := language.Match(languages, *wanted)
	if *dsn == "" {
		dir, err := os.MkdirTemp("", "chsreform-")
		if err != nil {
			return err
		}
		*dsn = "sqlite:" + dir + "/reforms.db"
	}
	h, err := open(ctx, *dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := load(ctx, h.journal, l); err != nil {
		return err
	}
	rows, err := standing(ctx, h.journal)
	if err != nil {
		return err
	}
	if err := table(w, l, rows); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, "\n"+l.Say(language.Of("example.journal", "place", h.place)))
	return err
}

// load tells the example countries into a journal, in a language, as people who work in
// it would have typed them. A country that is there already is left as it is.
func load(ctx context.Context, j reformcycle.Journal, l *language.Language) error {
	for _, country := range cases.Walks(l) {
		switch _, err := country.Cycle(ctx, reformcycle.WithJournal(j)); {
		case errors.Is(err, reformcycle.ErrConflict):
		case err != nil:
			return fmt.Errorf("%s: %w", country.ID, err)
		}
	}
	return nil
}

// standing says where every cycle stands. A journal in a database is asked for it; of any
// other the cycles are opened one by one.
func standing(ctx context.Context, j reformcycle.Journal) (rows []portfolio.Row, err error) {
	p, err := portfolio.Open(ctx, j)
	if err != nil {
		return nil, err
	}
	for q := (portfolio.Query{Sees: portfolio.Everything}); ; {
		page, err := p.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		rows = append(rows, page.Rows...)
		if q.After = page.Next; q.After == "" {
			return rows, nil
		}
	}
}

// table prints the portfolio for people.
func table(w io.Writer, l *language.Language, rows []portfolio.Row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, head := range []string{"field.country", "field.stage", "example.lap", "example.status", "example.blockers", "example.last-move"} {
		if i > 0 {
			fmt.Fprint(t, "\t")
		}
		fmt.Fprint(t, l.Say(language.Of(head)))
	}
	fmt.Fprintln(t)
	for _, r := range rows {
		if !r.Known() {
			fmt.Fprintf(t, "%s\t%s\n", r.Cycle, l.Say(language.Of("example.not-known")))
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%d\t%s\n",
			r.Country, l.Say(r.Stage.Told()), r.Lap, l.Say(r.Status.Told()), len(r.Guards), l.Date(r.Moved.String()))
	}
	return t.Flush() // which keeps the first error of them all
}
