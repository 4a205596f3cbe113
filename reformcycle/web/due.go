package web

import (
	"bytes"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/reformcycle/report"
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
	Due      []portfolio.Due
	Total    int
	First    bool
	Next     int
	Calendar bool
}

// duesPage lists them.
func (v *visit) duesPage() error {
	all, err := v.due()
	if err != nil {
		return err
	}
	page, _ := strconv.Atoi(v.r.URL.Query().Get("page"))
	page = max(1, min(page, 1+max(0, len(all)-1)/duePage))
	view := dueView{Calendar: !v.page.portfolio.Now().IsZero(), Total: len(all), First: page > 1}
	from := (page - 1) * duePage
	to := min(len(all), from+duePage)
	if to < len(all) {
		view.Next = page + 1
	}
	view.Due = all[from:to]
	return v.render("due", view)
}

// calendarOfAll is the same as a file that calendar programs follow. Without a clock there
// is none: it has to say as of when it is.
func (v *visit) calendarOfAll() error {
	now := v.page.portfolio.Now()
	if now.IsZero() {
		return errAbsent
	}
	all, err := v.due()
	if err != nil {
		return err
	}
	return v.sendCalendar("", now, all)
}

// calendar is that of one cycle.
func (v *visit) calendar() error {
	c, err := v.cycle(Look)
	if err != nil {
		return err
	}
	s := c.Now()
	var due []portfolio.Due
	if s.Status() != reformcycle.Abandoned {
		due = portfolio.DueIn(s, date.Date{}, date.Of(date.AddMonths(s.JudgedAt(), yearly)))
	}
	return v.sendCalendar(s.Title(), s.JudgedAt(), due)
}

// sendCalendar sends deadlines as of a day, so that the file is the same all day long where
// nothing happens.
func (v *visit) sendCalendar(name string, now time.Time, due []portfolio.Due) error {
	host, _, err := net.SplitHostPort(v.r.Host)
	if err != nil {
		host = v.r.Host
	}
	var b bytes.Buffer
	head := report.CalendarHead{Name: name, Host: host, At: date.Of(now).First()}
	err = report.Calendar(&b, v.l, head, due)
	if errors.Is(err, fault.ErrInvalid) { // a host that is an address of IPv6, say
		head.Host = ""
		err = report.Calendar(&b, v.l, head, due)
	}
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Disposition", `attachment; filename="due.ics"`)
	return v.send(200, "text/calendar; charset=utf-8", b.Bytes())
}
