package web

import (
	"html/template"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/report"
)

// This file is the brief of a cycle, and that of a nation and its districts, to be read
// and to be printed: the first page is one sheet.

// briefView is what such a page shows.
type briefView struct {
	Cycle, At string
	// Nation leads to the brief of the nation, or back; "" for neither.
	Nation, Own string
	First       template.HTML
	Annexes     []template.HTML
}

// briefPage shows the brief of a cycle.
func (v *visit) briefPage() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s, err := v.state(c)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := report.Brief(&b, v.l, s); err != nil {
		return err
	}
	view := briefView{Cycle: v.id, At: v.r.URL.Query().Get("at")}
	if v.leads(s) && v.asOf.IsZero() {
		if view.Nation, err = v.voice.link("national", v.id); err != nil {
			return err
		}
	}
	return v.renderBrief(view, b.String())
}

// leads reports whether a cycle has children that the visitor may see.
func (v *visit) leads(s reformcycle.State) bool {
	for _, child := range s.Children().Children {
		if v.sees(child.Cycle) {
			return true
		}
	}
	return false
}

// nationalPage shows the brief of a nation and those below it that the visitor may see.
func (v *visit) nationalPage() error {
	if _, err := v.cycle(Look); err != nil {
		return err
	}
	s := v.opened
	if !v.leads(s) {
		return errAbsent
	}
	ctx, p := v.r.Context(), v.page.portfolio
	all, err := p.Tree(ctx, v.sees)
	if err != nil {
		return err
	}
	below := map[string][]string{}
	for _, child := range s.Children().Children {
		below[v.id] = append(below[v.id], child.Cycle)
	}
	for _, place := range all.Places {
		below[place.Parent] = append(below[place.Parent], place.Cycle)
		for _, child := range place.Children {
			below[place.Cycle] = append(below[place.Cycle], child.Cycle)
		}
	}
	within, next := map[string]bool{v.id: true}, []string{v.id}
	for len(next) > 0 {
		id := next[0]
		next = next[1:]
		for _, child := range below[id] {
			if !within[child] {
				within[child], next = true, append(next, child)
			}
		}
	}
	sees := func(cycle string) bool { return within[cycle] && v.sees(cycle) }
	of := report.Briefing{State: s}
	if of.RollUp, err = p.RollUp(ctx, sees); err != nil {
		return err
	}
	if of.Tree, err = p.Tree(ctx, sees); err != nil {
		return err
	}
	if of.Due, err = p.Due(ctx, sees, date.Date{}, date.Of(date.AddMonths(p.Now(), yearly))); err != nil {
		return err
	}
	var b strings.Builder
	if err := report.NationalBrief(&b, v.l, of); err != nil {
		return err
	}
	view := briefView{Cycle: v.id}
	if view.Own, err = v.voice.link("brief", v.id); err != nil {
		return err
	}
	return v.renderBrief(view, b.String())
}

func (v *visit) renderBrief(view briefView, markdown string) error {
	parts := sheets(markdown)
	view.First, view.Annexes = parts[0], parts[1:]
	return v.render("brief", view)
}
