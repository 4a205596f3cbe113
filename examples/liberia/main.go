// Liberia walks the National Community Health Assistant Program through the whole
// cycle: from the window that the Ebola epidemic opened in 2014–2016, by all
// eight stages, to the second lap in 2023. On the way the cycle refuses several
// moves; the page says what stood before each of them and what cleared it.
//
// The facts and their sources are in reformcycle/cases/data/LBR-NCHAP.json, and so is
// everything that is assumed, marked as illustrative.
//
//	go run ./examples/liberia
//	go run ./examples/liberia -svg ring.svg -markdown brief.md -json state.json
//	go run ./examples/liberia -language es -markdown brief.md
//	go run ./examples/liberia -svg ring.svg -asof 2018-03-31
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log"
	"os"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/reformcycle/report"
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
	flags := flag.NewFlagSet("liberia", flag.ContinueOnError)
	svg := flags.String("svg", "", "write the ring of stages, as SVG, to this `file`")
	markdown := flags.String("markdown", "", "write the brief, as Markdown, to this `file`")
	state := flags.String("json", "", "write the state, as JSON, to this `file`")
	asOf := flags.String("asof", "", "write them as it was known on this `day`, such as 2018-03-31")
	wanted := flags.String("language", "en", "tell it in this `language`: en, fr, pt or es")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l := language.Match(languages, *wanted)

	liberia, err := cases.Get("LBR-NCHAP", l)
	if err != nil {
		return err
	}
	cycle, err := liberia.Begin()
	if err != nil {
		return err
	}
	p := cases.NewPrinter(w, l)
	p.Title(liberia)
	if err := liberia.Tell(ctx, cycle, p.Chapter); err != nil {
		return err
	}
	p.Standing(cycle.State(), liberia)
	p.Sources(liberia)

	shown := cycle.State()
	if *asOf != "" {
		day, err := time.Parse(time.DateOnly, *asOf)
		if err != nil {
			return err
		}
		if shown, err = cycle.AsOf(ctx, day); err != nil {
			return err
		}
	}
	return errors.Join(
		p.Close(),
		write(*svg, l, shown, report.Ring),
		write(*markdown, l, shown, report.Brief),
		write(*state, l, shown, indented),
	)
}

// write writes one form of the state to a file, if one is wanted.
func write(file string, l *language.Language, s reformcycle.State, form func(io.Writer, *language.Language, reformcycle.State) error) error {
	if file == "" {
		return nil
	}
	var page bytes.Buffer // so that a form that fails leaves no half file
	if err := form(&page, l, s); err != nil {
		return err
	}
	return os.WriteFile(file, page.Bytes(), 0o644)
}

// indented writes the state as JSON that people can read.
func indented(w io.Writer, _ *language.Language, s reformcycle.State) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(s)
}
