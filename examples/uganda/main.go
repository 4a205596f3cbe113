// Uganda tells of a reform that was launched before it had its mandate, and lost
// it: the Community Health Extension Workers, from the strategy of 2016 to 2020.
//
// The launch is an advance by override. It is allowed, and it has a price: what
// was unmet becomes readiness debt, which stays on record until it is met. The
// facts and their sources are in reformcycle/cases/data/UGA-CHEW.json, and so is
// everything that is assumed, marked as illustrative.
//
//	go run ./examples/uganda
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer) error {
	uganda, err := cases.Get("UGA-CHEW")
	if err != nil {
		return err
	}
	cycle, err := uganda.Begin()
	if err != nil {
		return err
	}
	p := cases.NewPrinter(w)
	p.Title(uganda)

	err = uganda.Tell(ctx, cycle, func(t cases.Telling) error {
		if err := p.Chapter(t); err != nil {
			return err
		}
		// Once there is debt, every chapter leaves the same question: what is
		// still owed? The cabinet's approval alone settles none of it.
		if owed := len(t.After.OpenDebts()); owed > 0 && len(t.Before.OpenDebts()) > 0 {
			fmt.Fprintf(w, "   Still owed: %d criteria of program readiness.\n", owed)
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
	fmt.Fprintln(w, "\n   If it were resumed as it is, this would stand before governance.")
	p.Blockers(whatIf.Now().Blockers())

	p.Sources(uganda)
	return p.Close()
}
