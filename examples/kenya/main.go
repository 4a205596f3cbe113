// Kenya tells of a nation and its 47 counties, each with a reform of its own: the national
// laps since 2006, the counties to which functions passed in 2013, for whom the nation waits
// today, and what its minister has to do.
//
// The facts and their sources are in reformcycle/cases/data/KEN.json. The sources tell
// little of most counties: what is made up is marked so, county by county.
//
//	go run ./examples/kenya
//	go run ./examples/kenya -language fr
//	go run ./examples/kenya -out pages      with the pictures and the calendar, into a folder
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/journal"
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

// languages are those that the page can be told in.
var languages = []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}

// told is when the story is told: behind its last fact.
var told = time.Date(2025, time.December, 1, 0, 0, 0, 0, time.UTC)

func run(ctx context.Context, w io.Writer, args []string) error {
	flags := flag.NewFlagSet("kenya", flag.ContinueOnError)
	wanted := flags.String("language", "en", "tell it in this `language`: en, fr, pt or es")
	out := flags.String("out", "", "write the pictures and the calendar into this `folder`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l := language.Match(languages, *wanted)
	n := cases.Kenya(l)
	j := journal.NewMemory()
	p := cases.NewPrinter(w, l)
	p.Title(n.National)
	// Each cycle has a journal of its own. The page has what is documented of the nation,
	// where its laps turn, and where it waits.
	states := map[string]reformcycle.State{}
	err := n.Tell(ctx, j, func(t cases.Telling) error {
		states[t.After.ID()] = t.After
		if t.After.ID() != n.National.ID || t.Chapter.Basis != assessment.Documented && t.After.Lap() == t.Before.Lap() && t.Refused == nil {
			return nil
		}
		return p.Chapter(t)
	})
	if err != nil {
		return err
	}
	counties(w, l, n, states)
	all, err := portfolio.Open(ctx, j, portfolio.WithLanguage(l), portfolio.WithOptions(
		reformcycle.WithClock(func() time.Time { return told }), reformcycle.WithChecklist(n.Checklist())))
	if err != nil {
		return err
	}
	pages, err := look(ctx, l, all)
	if err != nil {
		return err
	}
	page, _, _ := strings.Cut(pages.brief, "\n---\n")
	fmt.Fprintln(w, "\n"+page)
	if *out != "" {
		if err := pages.write(ctx, *out); err != nil {
			return err
		}
	}
	p.Sources(n.National)
	return p.Close()
}

// counties prints what the sources tell of each county, and which are made up whole.
func counties(w io.Writer, l *language.Language, n cases.Nation, states map[string]reformcycle.State) {
	say := func(id string, args ...any) string { return l.Say(language.Of(id, args...)) }
	fmt.Fprintln(w, "\n"+say("example.counties")+"\n")
	var madeUp []language.Text
	for _, c := range n.Districts {
		s := states[c.ID]
		place, _ := s.Jurisdiction()
		var documented []cases.Chapter
		for _, chapter := range c.Chapters[1:] { // behind its name
			if chapter.Basis == assessment.Documented {
				documented = append(documented, chapter)
			}
		}
		if documented == nil {
			madeUp = append(madeUp, language.Of("example.county", "name", place.Name, "stage", s.Stage().Told()))
			continue
		}
		fmt.Fprintln(w, "   "+say("example.county", "name", place.Name, "stage", s.Stage().Told()))
		for _, chapter := range documented {
			fmt.Fprintln(w, "      "+say("example.county-fact", "when", chapter.When(), "says", chapter.Says, "keys", chapter.Sources))
		}
	}
	fmt.Fprintln(w, "\n   "+say("example.counties-made-up", "counties", madeUp))
}
