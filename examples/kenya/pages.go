package main

import (
	"bytes"
	"context"
	_ "embed"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/reformcycle/report"
)

// tiles are where the counties stand in the tile map: roughly as they lie, arranged by
// hand for this example.
//
//go:embed tiles.csv
var tiles []byte

// pages are the brief, the pictures and the calendar of a portfolio.
type pages struct {
	l     *language.Language
	all   *portfolio.Portfolio
	brief string
	title string
	due   []portfolio.Due
}

// look asks the portfolio for all that the brief tells.
func look(ctx context.Context, l *language.Language, all *portfolio.Portfolio) (p pages, err error) {
	p = pages{l: l, all: all}
	nation, err := all.Cycle(ctx, "KEN")
	if err != nil {
		return p, err
	}
	of := report.Briefing{State: nation.Now()}
	p.title = of.State.Title()
	if of.RollUp, err = all.RollUp(ctx, portfolio.Everything); err != nil {
		return p, err
	}
	if of.Tree, err = all.Tree(ctx, portfolio.Everything); err != nil {
		return p, err
	}
	until := date.Of(date.AddMonths(all.Now(), 12))
	if of.Due, err = all.Due(ctx, portfolio.Everything, date.Date{}, until); err != nil {
		return p, err
	}
	p.due = of.Due
	if of.Diagnosis, err = all.Diagnose(ctx, portfolio.Everything); err != nil {
		return p, err
	}
	if of.Late, err = all.Late(ctx, portfolio.Everything); err != nil {
		return p, err
	}
	if of.Shared, err = all.Shared(ctx, portfolio.Everything); err != nil {
		return p, err
	}
	var b strings.Builder
	err = report.NationalBrief(&b, l, of)
	p.brief = b.String()
	return p, err
}

// write writes everything into a folder.
func (p pages) write(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	at, err := report.ReadTiles(tiles)
	if err != nil {
		return err
	}
	var nation report.Nation
	var rows []portfolio.Row
	turns := map[string][]report.Turn{}
	page, err := p.all.Page(ctx, portfolio.Query{Sees: portfolio.Everything, Limit: 100})
	if err != nil {
		return err
	}
	for _, row := range page.Rows {
		c, err := p.all.Cycle(ctx, row.Cycle)
		if err != nil {
			return err
		}
		rows, nation.States = append(rows, row), append(nation.States, c.Now())
		if turns[row.Cycle], err = report.Turns(ctx, c); err != nil {
			return err
		}
	}
	for name, draw := range map[string]func(io.Writer) error{
		"brief.md":      func(w io.Writer) error { _, err := io.WriteString(w, p.brief); return err },
		"heat-map.svg":  func(w io.Writer) error { return report.HeatMap(w, p.l, p.title, nation, report.View{}) },
		"time-line.svg": func(w io.Writer) error { return report.TimeLine(w, p.l, p.title, nation, turns, report.View{}) },
		"tile-map.svg":  func(w io.Writer) error { return report.TileMap(w, p.l, p.title, rows, at) },
		"due.ics": func(w io.Writer) error {
			return report.Calendar(w, p.l, report.CalendarHead{Name: p.title, At: p.all.Now()}, p.due)
		},
	} {
		var page bytes.Buffer // so that a page that fails leaves no half file
		if err := draw(&page); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), page.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
