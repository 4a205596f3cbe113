package web

import (
	"bytes"
	"io"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/report"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file serves pictures. Each has an address of its own, so that it can be kept, sent
// and printed, and stands in a page as <img>: nothing that people wrote into it can do
// more than be looked at.

// pictures of a cycle, by the name in their address.
var pictures = map[string]func(*visit, *reformcycle.Cycle, reformcycle.State, io.Writer) error{
	"ring.svg": func(v *visit, _ *reformcycle.Cycle, s reformcycle.State, w io.Writer) error {
		return report.Ring(w, v.l, s)
	},
	"position-map.svg":  drawPolitics(report.PositionMap),
	"coalition-map.svg": drawPolitics(report.CoalitionMap),
	"power-interest.svg": drawPolitics(func(w io.Writer, l *language.Language, title string, r stakeholders.Roster) error {
		return report.PowerInterestGrid(w, l, title, r, nil)
	}),
	"feasibility.svg": func(v *visit, _ *reformcycle.Cycle, s reformcycle.State, w io.Writer) error {
		all, err := outcomes(s)
		if err != nil {
			return err
		}
		return v.drawOutcomes(w, s, all)
	},
	"what-if.svg": func(v *visit, c *reformcycle.Cycle, s reformcycle.State, w io.Writer) error {
		view, err := v.whatIf(c, s)
		if err != nil {
			return err
		}
		if view == nil || view.Outcomes == nil {
			return errAbsent
		}
		return v.drawOutcomes(w, s, view.Outcomes)
	},
}

func (v *visit) picture() error {
	draw, there := pictures[v.r.PathValue("picture")]
	if !there {
		return errAbsent
	}
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	s, err := v.state(c)
	if err != nil {
		return err
	}
	if err := draw(v, c, s, &b); err != nil {
		return err
	}
	return v.send(200, kinds[".svg"], b.Bytes())
}
