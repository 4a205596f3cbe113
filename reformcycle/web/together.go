package web

import (
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// This file is the page of all reforms taken together: who is late, and what is wrong.

// lateLimit is how many cycles that are late stand on it.
const lateLimit = 100

type togetherView struct {
	reformcycle.Diagnosis
	Late []lateLine
	// More counts those that are late and are left out.
	More int
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
	return v.render("together", view)
}
