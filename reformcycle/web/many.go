package web

import (
	"bytes"
	"io"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/reformcycle/report"
)

// This file is the pictures of many cycles, each on a page with the table that says the
// same.

// many is a picture of many cycles.
type many struct {
	name  string // of its route
	title string // the id of a text
	// turns: it tells of moves, too.
	turns bool
	draw  func(io.Writer, *language.Language, string, shownMany) error
	table func(*language.Language, shownMany) (report.Table, error)
}

// shownMany is a page of the portfolio, as pictures of many are made of it.
type shownMany struct {
	report.Nation
	report.View
	turns map[string][]report.Turn
	next  string // where the next page begins
}

var manyPictures = []many{
	{
		name: "heat", title: "web.heat",
		draw: func(w io.Writer, l *language.Language, title string, n shownMany) error {
			return report.HeatMap(w, l, title, n.Nation, n.View)
		},
		table: func(l *language.Language, n shownMany) (report.Table, error) {
			return report.HeatTable(l, n.Nation, n.View)
		},
	},
	{
		name: "timeline", title: "web.timeline", turns: true,
		draw: func(w io.Writer, l *language.Language, title string, n shownMany) error {
			return report.TimeLine(w, l, title, n.Nation, n.turns, n.View)
		},
		table: func(l *language.Language, n shownMany) (report.Table, error) {
			return report.TimeLineTable(l, n.Nation, n.turns, n.View)
		},
	},
}

// manyRoutes are a page and a picture for each.
func manyRoutes() (all []route) {
	for _, m := range manyPictures {
		all = append(all,
			route{name: m.name, path: m.name, tab: m.title, get: looking(m.page)},
			route{name: m.name + "-picture", path: m.name + ".svg", get: looking(m.picture)},
		)
	}
	return all
}

// shown is the page that the address asks for.
func (m many) shown(v *visit) (shownMany, error) {
	n := shownMany{turns: map[string][]report.Turn{}}
	query := v.r.URL.Query()
	if asked := query.Get("stage"); asked != "" {
		stage, err := reformcycle.ParseStage(asked)
		if err != nil {
			return n, err
		}
		n.Stage = stage
	}
	page, err := v.page.portfolio.Page(v.r.Context(), portfolio.Query{Sees: v.sees, After: query.Get("after"), Limit: report.PageRows})
	if err != nil {
		return n, err
	}
	n.next = page.Next
	for _, row := range page.Rows {
		if !row.Unreadable.IsZero() {
			n.Silent = append(n.Silent, portfolio.Silent{Cycle: row.Cycle, Why: row.Unreadable})
			continue
		}
		c, err := v.page.portfolio.Cycle(v.r.Context(), row.Cycle)
		if err != nil {
			return n, err
		}
		s := c.Now()
		n.States = append(n.States, s)
		if m.turns {
			if n.turns[s.ID()], err = report.Turns(v.r.Context(), c); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

type manyView struct {
	Name, Title string
	report.Table
	// Staged: it may be asked for the criteria of one stage.
	Staged       bool
	Stages       []reformcycle.Stage
	Stage, After string
	Next         string
}

func (m many) page(v *visit) error {
	n, err := m.shown(v)
	if err != nil {
		return err
	}
	table, err := m.table(v.l, n)
	if err != nil {
		return err
	}
	shown := manyView{Name: m.name, Title: v.l.Say(language.Of(m.title)), Table: table, Next: n.next, Staged: !m.turns, After: v.r.URL.Query().Get("after")}
	for stage := range reformcycle.Stages() {
		shown.Stages = append(shown.Stages, stage)
	}
	if n.Stage != 0 {
		shown.Stage = n.Stage.String()
	}
	return v.render("many", shown)
}

func (m many) picture(v *visit) error {
	n, err := m.shown(v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := m.draw(&b, v.l, v.l.Say(language.Of("web.portfolio")), n); err != nil {
		return err
	}
	return v.send(200, kinds[".svg"], b.Bytes())
}
