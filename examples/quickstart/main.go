// Quickstart takes a reform from nothing to its first advance, with one refusal
// on the way. Its country and its evidence are made up.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
)

func main() {
	wanted := flag.String("language", "en", "tell it in this `language`: en, fr, pt or es")
	flag.Parse()
	l := language.Match([]*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}, *wanted)
	ctx := context.Background()
	team := reformcycle.By("Reform team").At(time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC))

	cycle, err := reformcycle.New("EXAMPLE", reformcycle.WithTitle("Health workers for every village"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = cycle.Apply(ctx, team, reformcycle.FrameProblem{Problem: reformcycle.Problem{
		ID: "distance", Statement: "Half the villages are more than an hour from care.",
	}})
	if err != nil {
		log.Fatal(err)
	}

	// Too early: the cycle says everything that stands before the move.
	var blocked *reformcycle.BlockedError
	if _, err := cycle.Apply(ctx, team, reformcycle.Advance{}); errors.As(err, &blocked) {
		fmt.Println(l.Say(language.Of("example.not-yet")))
		for _, b := range blocked.Blockers {
			fmt.Printf("- %s\n  %s\n", l.Say(b.Text), l.Say(b.Remedy))
		}
	}

	workshop := assessment.Evidence{
		What: "Agreed in a workshop.", Source: "made up for this example", Basis: assessment.Illustrative,
	}
	_, err = cycle.Apply(ctx, team, // one batch: all of it, or nothing
		reformcycle.Rate{Criterion: "problem.needs", Level: assessment.Functional, Evidence: workshop},
		reformcycle.Rate{Criterion: "problem.acknowledged", Level: assessment.Functional, Evidence: workshop},
		reformcycle.Rate{Criterion: "problem.vision", Level: assessment.HighlyFunctional, Evidence: workshop},
		reformcycle.Advance{},
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(l.Say(language.Of("example.now-at", "stage", cycle.State().Stage().Told())))
}
