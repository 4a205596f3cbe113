// Uganda tells of a reform that was launched before it had its mandate, and lost
// it: the Community Health Extension Workers, from the strategy of 2016 to 2020.
//
// The launch is an advance by override. It is allowed, and it has a price: what
// was unmet becomes readiness debt, which stays on record until it is met. The
// facts and their sources are in reformcycle/cases/data/UGA-CHEW.json, and so is
// everything that is assumed, marked as illustrative.
//
//	go run ./examples/uganda
//	go run ./examples/uganda -language fr
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
	flags := flag.NewFlagSet("uganda", flag.ContinueOnError)
	wanted := flags.String("language", "en", "tell it in this `language`: en, fr, pt or es")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l := language.Match(languages, *wanted)
	uganda, err := cases.Get("UGA-CHEW", l)
	if err != nil {
		return err
	}
	cycle, err := uganda.Begin()
	if err != nil {
		return err
	}
	p := cases.NewPrinter(w, l)
	p.Title(uganda)

	err = uganda.Tell(ctx, cycle, func(t cases.Telling) error {
		if err := p.Chapter(t); err != nil {
			return err
		}
		// Once there is debt, every chapter leaves the same question: what is
		// still owed? The cabinet's approval alone settles none of it.
		if owed := len(t.After.OpenDebts()); owed > 0 && len(t.Before.OpenDebts()) > 0 {
			fmt.Fprintln(w, "   "+l.Say(language.Of("example.still-owed", "n", owed, "stage", reformcycle.ProgramReadiness.Told())))
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.Standing(cycle.State(), uganda)

	// Nothing guards a resumption: whoever has the mandate decides it. What would
	// come after it can be asked of a copy, which leaves the cycle as it is.
	whatIf := cycle.Fork()
	now := reformcycle.By("Reform team").At(cycle.State().Moment())
	if _, err := whatIf.Apply(ctx, now, reformcycle.Resume{Reason: "Asked of a copy."}); err != nil {
		return err
	}
	fmt.Fprintln(w, "\n   "+l.Say(language.Of("example.if-resumed", "stage", reformcycle.Governance.Told())))
	p.Blockers(whatIf.Now().Blockers())

	p.Sources(uganda)
	return p.Close()
}
