package web

import (
	"bytes"
	"cmp"
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
	// turns: it tells of moves, too; places: of nothing but where each stands, and so of
	// all of them at once.
	turns, places bool
	draw          func(io.Writer, *language.Language, string, shownMany) error
	table         func(*language.Language, shownMany) (report.Table, error)
}

// shownMany is a page of the portfolio, as pictures of many are made of it.
type shownMany struct {
	report.Nation
	report.View
	turns map[string][]report.Turn
	// rows are those of a map, tiles and boundaries what the host has for it.
	rows       []portfolio.Row
	tiles      []report.Tile
	boundaries *report.Boundaries
	// filter says of which cycles.
	filter filter
	next   string // where the next page begins
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
	{
		name: "map", title: "web.map", places: true,
		draw: func(w io.Writer, l *language.Language, title string, n shownMany) error {
			if n.boundaries != nil {
				return report.GeoMap(w, l, title, n.rows, *n.boundaries)
			}
			return report.TileMap(w, l, title, n.rows, n.tiles)
		},
		table: func(l *language.Language, n shownMany) (report.Table, error) { return report.PlaceTable(l, n.rows) },
	},
}

// placeLimit is how many cycles stand on one map, and on one page of its table.
const placeLimit = reformcycle.MaxIndexPage

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
	n := shownMany{turns: map[string][]report.Turn{}, tiles: v.page.tiles, boundaries: v.page.boundaries}
	if asked := v.r.URL.Query().Get("stage"); asked != "" {
		stage, err := reformcycle.ParseStage(asked)
		if err != nil {
			return n, err
		}
		n.Stage = stage
	}
	asked := v.r.URL.Query()
	asked.Del("stage") // whose criteria are shown, and not where they stand
	var err error
	if n.filter, err = filterOf(asked); err != nil {
		return n, err
	}
	limit := report.PageRows
	if m.places {
		limit = placeLimit
	}
	page, err := v.page.portfolio.Page(v.r.Context(), v.query(n.filter, limit))
	if err != nil {
		return n, err
	}
	n.next = page.Next
	if m.places {
		n.rows = page.Rows
		return n, nil
	}
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
	Staged               bool
	Stages               []reformcycle.Stage
	Stage, Under, Tier   string
	UnderName            string
	Picture, First, Next string
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
	v.echoes = n.filter.Q != ""
	names, err := v.names(n.filter.Under)
	if err != nil {
		return err
	}
	shown := manyView{UnderName: cmp.Or(names[n.filter.Under], n.filter.Under), Name: m.name, Title: v.l.Say(language.Of(m.title)), Table: table, Staged: !m.turns && !m.places, Under: n.filter.Under, Tier: n.filter.Tier}
	for stage := range reformcycle.Stages() {
		shown.Stages = append(shown.Stages, stage)
	}
	if n.Stage != 0 {
		shown.Stage = n.Stage.String()
	}
	if shown.Picture, err = v.voice.link(m.name+"-picture", m.args(n, n.filter.After)...); err != nil {
		return err
	}
	if n.filter.After != "" {
		if shown.First, err = v.voice.link(m.name, m.args(n, "")...); err != nil {
			return err
		}
	}
	if n.next != "" {
		if shown.Next, err = v.voice.link(m.name, m.args(n, n.next)...); err != nil {
			return err
		}
	}
	return v.render("many", shown)
}

// args are what is shown as a part of an address.
func (m many) args(n shownMany, after string) []any {
	args := n.filter.args(after)
	if n.Stage != 0 {
		args = append(args, "stage", n.Stage)
	}
	return args
}

func (m many) picture(v *visit) error {
	n, err := m.shown(v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	names, err := v.names(n.filter.Under)
	if err != nil {
		return err
	}
	title := cmp.Or(names[n.filter.Under], v.l.Say(language.Of("web.portfolio")))
	if err := m.draw(&b, v.l, title, n); err != nil {
		return err
	}
	return v.send(200, kinds[".svg"], b.Bytes())
}
