package web

import (
	"strconv"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// This file is what falls due in all cycles.

// duePage is how many deadlines stand on a page.
const duePage = 100

// due is what falls due in the coming year, and what is overdue.
func (v *visit) due() ([]portfolio.Due, error) {
	var to date.Date
	if now := v.page.portfolio.Now(); !now.IsZero() {
		to = date.Of(date.AddMonths(now, yearly))
	}
	return v.page.portfolio.Due(v.r.Context(), v.sees, date.Date{}, to)
}

type dueView struct {
	Due      []dueRow
	Total    int
	First    bool
	Next     int
	Calendar bool
}

type dueRow struct {
	portfolio.Due
	When any
}

// duesPage lists them.
func (v *visit) duesPage() error {
	all, err := v.due()
	if err != nil {
		return err
	}
	page, _ := strconv.Atoi(v.r.URL.Query().Get("page"))
	page = max(1, min(page, 1+max(0, len(all)-1)/duePage))
	view := dueView{Total: len(all), First: page > 1}
	from := (page - 1) * duePage
	to := min(len(all), from+duePage)
	if to < len(all) {
		view.Next = page + 1
	}
	for _, d := range all[from:to] {
		view.Due = append(view.Due, dueRow{d, dueOn(d.Deadline)})
	}
	return v.render("due", view)
}
