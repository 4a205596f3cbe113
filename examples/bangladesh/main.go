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
	bangladesh, err := cases.Get("BGD-BARISHAL")
	if err != nil {
		return err
	}
	cycle, err := bangladesh.Begin()
	if err != nil {
		return err
	}
	p := cases.NewPrinter(w)
	p.Title(bangladesh)
	if err := bangladesh.Tell(ctx, cycle, p.Chapter); err != nil {
		return err
	}
	p.Standing(cycle.State(), bangladesh)
	printPilots(w, cycle.State())
	p.Sources(bangladesh)
	return p.Close()
}

// printPilots says of every option what is known of it: how it scores, whether it
// was tested, and whether anybody has chosen it.
func printPilots(w io.Writer, s reformcycle.State) {
	fmt.Fprintln(w, "\n   The options:")
	scores := map[string]reformcycle.Ranked{}
	for _, ranked := range s.RankedSolutions() {
		scores[ranked.ID] = ranked
	}
	for _, option := range s.Solutions() {
		tested, chosen := "not tested", "not chosen"
		for _, pilot := range option.Pilots {
			tested = fmt.Sprintf("tested, %s to %s: %s", pilot.From, pilot.To, pilot.Finding)
		}
		if option.Chosen != nil {
			chosen = "chosen by " + option.Chosen.By
		}
		fmt.Fprintf(w, "   - %s\n     %s; %s; illustrative score %s.\n", option.Name, tested, chosen, scores[option.ID].Score)
	}
}
