package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"

	"github.com/chsreform/chsreform/reformcycle/report"
)

// draw writes the pictures.
func (p page) draw(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	title, actors := p.say("politics.picture"), p.actors
	rows := []report.FeasibilityRow{{Label: p.say("politics.now"), Feasibility: actors.Feasibility()}}
	for i := range p.Strategies {
		after, err := actors.Under(p.Strategies[i])
		if err != nil {
			return err
		}
		rows = append(rows, report.FeasibilityRow{Label: p.Strategies[i].Name, Feasibility: after.Feasibility()})
	}
	all, err := actors.Under(p.Strategies...)
	if err != nil {
		return err
	}
	rows = append(rows, report.FeasibilityRow{Label: p.say("politics.all-three"), Feasibility: all.Feasibility()})
	for name, picture := range map[string]func(io.Writer) error{
		"positions.svg":      func(w io.Writer) error { return report.PositionMap(w, p.l, title, actors) },
		"feasibility.svg":    func(w io.Writer) error { return report.FeasibilityBars(w, p.l, title, rows) },
		"power-interest.svg": func(w io.Writer) error { return report.PowerInterestGrid(w, p.l, title, actors, nil) },
		"coalition.svg":      func(w io.Writer) error { return report.CoalitionMap(w, p.l, title, actors) },
		"influence.svg":      func(w io.Writer) error { return report.InfluenceNetwork(w, p.l, title, actors, p.Ties) },
	} {
		var page bytes.Buffer // so that a picture that fails leaves no half file
		if err := picture(&page); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), page.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
