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
	draw  func(io.Writer, *language.Language, string, report.Nation, report.View) error
	table func(*language.Language, report.Nation, report.View) (report.Table, error)
}

var manyPictures = []many{
	{"heat", "web.heat", report.HeatMap, report.HeatTable},
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

// nation is a page of the portfolio, as pictures of many are made of it, and where the
// next page begins.
func (v *visit) nation() (report.Nation, report.View, string, error) {
	var n report.Nation
	var view report.View
	query := v.r.URL.Query()
	if asked := query.Get("stage"); asked != "" {
		stage, err := reformcycle.ParseStage(asked)
		if err != nil {
			return n, view, "", err
		}
		view.Stage = stage
	}
	page, err := v.page.portfolio.Page(v.r.Context(), portfolio.Query{Sees: v.sees, After: query.Get("after"), Limit: report.PageRows})
	if err != nil {
		return n, view, "", err
	}
	for _, row := range page.Rows {
		if !row.Unreadable.IsZero() {
			n.Silent = append(n.Silent, portfolio.Silent{Cycle: row.Cycle, Why: row.Unreadable})
			continue
		}
		c, err := v.page.portfolio.Cycle(v.r.Context(), row.Cycle)
		if err != nil {
			return n, view, "", err
		}
		n.States = append(n.States, c.Now())
	}
	return n, view, page.Next, nil
}

type manyView struct {
	Name, Title, Alt string
	report.Table
	Stages       []reformcycle.Stage
	Stage, After string
	Next         string
}

func (m many) page(v *visit) error {
	n, view, next, err := v.nation()
	if err != nil {
		return err
	}
	table, err := m.table(v.l, n, view)
	if err != nil {
		return err
	}
	shown := manyView{Name: m.name, Title: v.l.Say(language.Of(m.title)), Table: table, Next: next, After: v.r.URL.Query().Get("after")}
	for stage := range reformcycle.Stages() {
		shown.Stages = append(shown.Stages, stage)
	}
	if view.Stage != 0 {
		shown.Stage = view.Stage.String()
	}
	return v.render("many", shown)
}

func (m many) picture(v *visit) error {
	n, view, _, err := v.nation()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := m.draw(&b, v.l, v.l.Say(language.Of("web.portfolio")), n, view); err != nil {
		return err
	}
	return v.send(200, kinds[".svg"], b.Bytes())
}
