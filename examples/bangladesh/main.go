// Bangladesh tells of a subnational cycle: the community-clinic-centred health
// service model, piloted in six unions of Barishal District from 2017 to 2019.
//
// The pilot was found effective. The walk shows that this alone does not carry
// an idea into the system: somebody has to choose it, and those who must carry
// it have to find that they can. The facts and their sources are in
// reformcycle/cases/data/BGD-BARISHAL.json, and so is everything that is assumed,
// marked as illustrative.
//
//	go run ./examples/bangladesh
//	go run ./examples/bangladesh -language pt
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/chsreform/chsreform/reformcycle"
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
	flags := flag.NewFlagSet("bangladesh", flag.ContinueOnError)
	wanted := flags.String("language", "en", "tell it in this `language`: en, fr, pt or es")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l := language.Match(languages, *wanted)
	bangladesh, err := cases.Get("BGD-BARISHAL", l)
	if err != nil {
		return err
	}
	cycle, err := bangladesh.Begin()
	if err != nil {
		return err
	}
	p := cases.NewPrinter(w, l)
	p.Title(bangladesh)
	if err := bangladesh.Tell(ctx, cycle, p.Chapter); err != nil {
		return err
	}
	p.Standing(cycle.State(), bangladesh)
	printPilots(w, l, cycle.State())
	p.Sources(bangladesh)
	return p.Close()
}

// printPilots says of every option what is known of it: how it scores, whether it
// was tested, and whether anybody has chosen it.
func printPilots(w io.Writer, l *language.Language, s reformcycle.State) {
	say := func(id string, args ...any) string { return l.Say(language.Of(id, args...)) }
	fmt.Fprintln(w, "\n   "+say("example.options"))
	scores := map[string]reformcycle.Ranked{}
	for _, ranked := range s.RankedSolutions() {
		scores[ranked.ID] = ranked
	}
	for _, option := range s.Solutions() {
		tested, chosen := say("example.untested"), say("example.not-chosen")
		for _, pilot := range option.Pilots {
			tested = say("example.tested", "from", pilot.From.String(), "to", pilot.To.String(), "finding", pilot.Finding.Told())
		}
		if option.Chosen != nil {
			chosen = say("example.chosen", "by", option.Chosen.By)
		}
		fmt.Fprintf(w, "   - %s\n     %s %s %s\n", option.Name, tested, chosen, say("example.score", "score", scores[option.ID].Score.String()))
	}
}
