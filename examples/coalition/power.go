package main

import "github.com/chsreform/chsreform/stakeholders/power"

// whoDecides asks where power lies in the bodies that vote.
func (p page) whoDecides() error {
	game, err := power.NewGame(p.Bodies...)
	if err != nil {
		return err
	}
	shares, err := game.ShapleyShubik()
	if err != nil {
		return err
	}
	p.heading("politics.decides")
	p.line("  ", "politics.shares")
	var rows [][]string
	for _, s := range shares {
		rows = append(rows, []string{p.name(s.Actor), p.share(s.Value)})
	}
	p.table(true, rows)
	supporters := []string{"moh", "partners", "ngos"}
	wins, err := game.Wins(supporters)
	if err != nil {
		return err
	}
	pivotal, err := game.Pivotal(supporters)
	if err != nil {
		return err
	}
	outcome := "politics.lose"
	if wins {
		outcome = "politics.win"
	}
	p.line("\n  ", outcome, "actors", p.names(supporters), "who", p.names(pivotal))
	for coalition := range game.MinimalWinning() {
		p.line("  ", "politics.smallest", "actors", p.names(coalition))
		break
	}
	return nil
}
