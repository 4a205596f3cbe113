package reformcycle

import (
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the beginning of a cycle, which is an entry like any other.

// KindBegin is the kind of Begin.
const KindBegin Kind = "begin"

// Begin is the first entry of every journal: what the cycle is, and the
// checklist that it is judged by. Apply writes it before the first batch, from
// the options of New.
type Begin struct {
	Title     string `json:"title,omitempty" validate:"note"`
	Country   string `json:"country,omitempty" validate:"omitempty,id"`
	Checklist string `json:"checklist" validate:"id"`
	// Terms of the checklist; set when it is recorded.
	Terms Terms `json:"terms,omitzero" validate:"-"`
	// Stage at which the reform stood when recording began; left out, problem
	// prioritization.
	Stage Stage `json:"stage,omitempty" validate:"omitempty,known"`
}

// Kind names the change.
func (Begin) Kind() Kind { return KindBegin }

func (c Begin) apply(d *draft) error {
	if d.Seq != 0 {
		return fault.Refuse("seq", "first", d.Seq, language.Of("want.not-begun"))
	}
	rules, err := d.books.judging(c.Checklist, c.Terms)
	if err != nil {
		return err
	}
	at, recorded, dated := d.Moment, d.Recorded, d.Dates
	*d.state = *newState(d.Cycle, rules)
	d.Title, d.Country = c.Title, c.Country
	d.Stage = max(c.Stage, ProblemPrioritization)
	d.Begun, d.Moment, d.Recorded, d.LastMove, d.MoveEntry, d.MomentEntry, d.Dates = at, at, recorded, at, d.entry, d.entry, dated
	d.judgedBy(rules, "")
	d.arrive()
	return nil
}

func (c Begin) held(books rulebooks) (Change, error) {
	var err error
	c.Terms, err = books.terms(c.Checklist)
	return c, err
}

var beginning = room{changes: []kindEntry{changeKind[Begin]()}}

func (c Begin) steady() any { return [2]any{c.Checklist, c.Stage} }
