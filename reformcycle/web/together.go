package web

import (
	"cmp"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// This file is the page of all reforms taken together: what is wrong, who is late, what
// several count on, and which components depart from the design.

// lateLimit is how many cycles that are late stand on it, sharedLimit how many commitments,
// and namedLimit how many cycles are named in one line.
const (
	lateLimit   = 100
	sharedLimit = 50
	namedLimit  = 20
)

type togetherView struct {
	reformcycle.Diagnosis
	Late []lateLine
	// More counts those that are late and are left out.
	More int
	// Shared are commitments that several count on, and MoreShared counts those that are
	// left out; Departures are by component.
	Shared     []language.Text
	MoreShared int
	Departures []language.Text
}

type lateLine struct {
	portfolio.Late
	// Longer: it has stood at its stage for longer than most others did, for certain or
	// perhaps.
	Longer, Perhaps bool
}

func (v *visit) togetherPage() error {
	all := v.page.portfolio
	late, err := all.Late(v.r.Context(), v.sees)
	if err != nil {
		return err
	}
	view := togetherView{More: max(0, len(late)-lateLimit)}
	for _, l := range late[:len(late)-view.More] {
		view.Late = append(view.Late, lateLine{l, l.Against == date.Yes, l.Against == date.Open})
	}
	if view.Diagnosis, err = all.Diagnose(v.r.Context(), v.sees); err != nil {
		return err
	}
	if err := v.shared(&view); err != nil {
		return err
	}
	if err := v.departures(&view); err != nil {
		return err
	}
	return v.render("together", view)
}

// shared puts in the commitments that several count on.
func (v *visit) shared(view *togetherView) error {
	all, err := v.page.portfolio.Shared(v.r.Context(), v.sees)
	if err != nil {
		return err
	}
	view.MoreShared = max(0, len(all)-sharedLimit)
	all = all[:len(all)-view.MoreShared]
	wholes := make([]string, 0, len(all))
	for _, s := range all {
		wholes = append(wholes, s.Whole)
	}
	names, err := v.names(wholes...)
	if err != nil {
		return err
	}
	for _, s := range all {
		args := []any{"who", s.Who, "resource", s.Resource.Told(), "counted", v.l.Number(s.Counted), "unit", s.Unit, "names", some(s.Names)}
		id := "national.shared-open"
		if s.Twice != date.Open {
			if id = "national.shared-parts"; s.Twice == date.Yes {
				id = "national.shared-twice"
			}
			args = append(args, "pledged", v.l.Number(s.Pledged), "whole", cmp.Or(names[s.Whole], s.Whole))
		}
		view.Shared = append(view.Shared, language.Of(id, args...))
	}
	return nil
}

// departures puts in the components in which cycles depart from the design of their parent.
func (v *visit) departures(view *togetherView) error {
	all, err := v.page.portfolio.RollUp(v.r.Context(), v.sees)
	if err != nil {
		return err
	}
	var ids []string
	for _, d := range all.Departures {
		ids = append(ids, d.Cycles[:min(len(d.Cycles), namedLimit)]...)
	}
	names, err := v.names(ids...)
	if err != nil {
		return err
	}
	for _, d := range all.Departures {
		who := make([]string, 0, len(d.Cycles))
		for _, id := range d.Cycles {
			who = append(who, cmp.Or(names[id], id))
		}
		view.Departures = append(view.Departures, language.Of("national.departure", "component", draw.Capital(v.l.Say(d.Component.Told())), "kind", d.Kind.Told(), "who", some(who)))
	}
	return nil
}

// some are the first of the names, and how many more there are.
func some(names []string) (told []language.Text) {
	for _, name := range names[:min(len(names), namedLimit)] {
		told = append(told, language.Typed(name))
	}
	if more := len(names) - namedLimit; more > 0 {
		told = append(told, language.Of("portfolio.more", "n", more))
	}
	return told
}
