package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/power"
)

// whoDecides asks where power lies in the bodies that vote.
func whoDecides(w io.Writer, actors stakeholders.Roster, p plans) error {
	game, err := power.NewGame(p.Bodies...)
	if err != nil {
		return err
	}
	shares, err := game.ShapleyShubik()
	if err != nil {
		return err
	}
	fmt.Fprint(w, "\nWho decides (two bodies, both needed)\n\n")
	for _, s := range shares {
		a, _ := actors.Actor(s.Actor)
		fmt.Fprintf(w, "  %-36s %5.1f %% of the power (Shapley–Shubik)\n", a.Name, 100*s.Value)
	}
	supporters := []string{"moh", "partners", "ngos"}
	wins, err := game.Wins(supporters)
	if err != nil {
		return err
	}
	pivotal, err := game.Pivotal(supporters)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n  Today's firm supporters (%s) win: %v. Who alone would turn it: %s.\n", strings.Join(supporters, ", "), wins, orNobody(pivotal))
	for coalition := range game.MinimalWinning() {
		fmt.Fprintf(w, "  The smallest winning coalition: %s.\n", strings.Join(coalition, ", "))
		break
	}
	return nil
}

func orNobody(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}
