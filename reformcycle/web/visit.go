package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is one request: who makes it, about what, in which language.

// visit is a request and what is known of it.
type visit struct {
	page  *Page
	w     *answer
	r     *http.Request
	route *route
	began time.Time

	// l is the language, voice what speaks it.
	l     *language.Language
	voice *voice

	visitor Visitor
	// id of the cycle in the address; rights are the visitor's on it.
	id     string
	rights Rights
	// asOf is the day that the visitor asked to look back to; zero for none.
	asOf date.Date
	// opened is the state of the cycle, once it was asked for.
	opened reformcycle.State

	// script lets the small script of a page run; echoes says that the page repeats what
	// the address says, so that it is not compressed: how long it becomes would tell who
	// listens on the way whether the two have something in common.
	script, echoes bool
}

func (p *Page) visit(w *answer, r *http.Request, at *route) *visit {
	l, chosen := p.languageOf(r)
	return &visit{
		page: p, w: w, r: r, route: at, began: time.Now(),
		l: l, voice: p.voices[spoken{l, chosen}], id: fault.NFC(unsegment(r.PathValue("cycle"))),
	}
}

// authorize asks the host who it is.
func (v *visit) authorize() error {
	visitor, err := v.page.authorize(v.r)
	if err != nil {
		v.unauthorized(err)
		return errForbidden
	}
	v.visitor = visitor
	if v.id != "" {
		v.rights = v.may(v.id)
	}
	return nil
}

// may says what the visitor may do on a cycle.
func (v *visit) may(cycle string) Rights {
	if v.visitor.May == nil {
		return 0
	}
	rights := v.visitor.May(cycle)
	if v.page.readOnly || strings.TrimSpace(v.visitor.Name) == "" {
		rights &= Look
	}
	return rights
}

// sees says which cycles the visitor may look at.
func (v *visit) sees(cycle string) bool { return v.may(cycle).Has(Look) }

// cycle opens the one in the address, for who has the rights. One that the visitor may
// not look at, and one that is not there, end in the same error.
func (v *visit) cycle(need Rights) (*reformcycle.Cycle, error) {
	if !v.rights.Has(Look) {
		return nil, errAbsent
	}
	if !v.rights.Has(need) {
		return nil, errForbidden
	}
	c, err := v.page.portfolio.Cycle(v.r.Context(), v.id)
	if errors.Is(err, reformcycle.ErrNotFound) || errors.Is(err, fault.ErrInvalid) && c == nil {
		return nil, errAbsent // no cycle has an id that is none
	}
	if err != nil {
		return nil, err
	}
	v.opened = c.Now()
	return c, nil
}

// state is that of a cycle as the visitor asked for it: as it stands now, or, with
// ?at=2019-05-03, as it was known at the end of that day. Who looks back changes nothing.
func (v *visit) state(c *reformcycle.Cycle) (reformcycle.State, error) {
	asked := v.r.URL.Query().Get("at")
	if asked == "" {
		return v.opened, nil
	}
	day, err := dayAsked("at", asked)
	if err != nil {
		return reformcycle.State{}, err
	}
	v.asOf, v.rights = day, v.rights&Look
	past, err := v.asKnown(c, v.opened, day)
	if err != nil {
		return past, err
	}
	v.opened = past
	return past, nil
}

// dayAsked reads a day in an address.
func dayAsked(name, asked string) (date.Date, error) {
	day, err := date.Parse(asked)
	if err != nil {
		return day, fault.Refuse(name, fault.Type, asked, language.Of("want.web-at", "example", "2019-05-03"))
	}
	return day, nil
}

// asKnown is a cycle as it was known at the end of a day; as it stands now where that is
// not over.
func (v *visit) asKnown(c *reformcycle.Cycle, now reformcycle.State, day date.Date) (reformcycle.State, error) {
	at := now.JudgedAt()
	y, m, d := day.Last().Date()
	end := time.Date(y, m, d+1, 0, 0, 0, -1, at.Location())
	if end.After(at) {
		return now, nil
	}
	return c.AsOf(v.r.Context(), end)
}

// apply applies a batch in the visitor's name, where the visitor may. Seq is the entry
// that it rests on, 0 where it rests on none; key is that of the batch, "" for none.
func (v *visit) apply(c *reformcycle.Cycle, by reformcycle.Stamp, changes ...reformcycle.Change) (reformcycle.Receipt, error) {
	if !v.rights.Has(needed(changes...)) {
		return reformcycle.Receipt{}, errForbidden
	}
	by.Author = v.visitor.Name
	return c.Apply(v.r.Context(), by, changes...)
}

// see sends the visitor on to another address, after a form was taken.
func (v *visit) see(name string, args ...any) error {
	to, err := v.voice.link(name, args...)
	if err != nil {
		return err
	}
	return v.seeAt(to)
}

// seeAt is see where the address is known.
func (v *visit) seeAt(to string) error {
	v.w.Header().Set("Cache-Control", "no-store")
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}
