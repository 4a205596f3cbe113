package stakeholders

// What actors pledge, and what arrives.

import (
	"math"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Resource is what kind of thing a commitment brings (model). The zero value is
// not valid.
type Resource string

// The resources.
const (
	Money         Resource = "money"
	People        Resource = "people"
	Goods         Resource = "goods"
	TechnicalHelp Resource = "technical-help"
)

// Resources returns all resources in order. The slice is the caller's.
func Resources() []Resource { return []Resource{Money, People, Goods, TechnicalHelp} }

// Valid reports whether r is one of [Resources].
func (r Resource) Valid() bool { return slices.Contains(Resources(), r) }

// Told is the resource as people read it, such as "technical help". A value that is
// not valid is told as it is.
func (r Resource) Told() language.Text { return told("resource", r, r.Valid()) }

// UnmarshalText refuses, with a [fault.Field] that lists what is accepted,
// anything that is not one of [Resources].
func (r *Resource) UnmarshalText(text []byte) error {
	return fault.ReadName("resource", r, text, Resources())
}

// Commitment is something an actor pledges to the reform, and how much of it
// has arrived. The zero value is not valid: a commitment needs an id, a
// resource and a unit. Its tags say to others what Validate asks.
type Commitment struct {
	// ID names the commitment among those of its actor; the rules are those of
	// [Actor].ID.
	ID string `json:"id" schema:"id"`

	// Resource is what kind of thing it brings.
	Resource Resource `json:"resource" schema:"known"`

	// Unit is what the amounts count: "USD", "workers", "bicycles". Amounts of
	// different units do not add up, and this package never adds them.
	Unit string `json:"unit" schema:"id"`

	// Pledged and Delivered are amounts in Unit, finite and 0 or more.
	// Delivered may exceed Pledged.
	Pledged   float64 `json:"pledged" schema:"gte=0"`
	Delivered float64 `json:"delivered" schema:"gte=0"`

	// Stage is the stage of the reform it is meant for, empty for any. This
	// package does not interpret the name.
	Stage string `json:"stage,omitempty" schema:"omitempty,id"`

	// Criterion is the criterion it helps to meet, empty for any. This package
	// does not interpret the name.
	Criterion string `json:"criterion,omitempty" schema:"omitempty,id"`

	// From is its first day, To its last, both as far as they are known; either may
	// be left out, for "since ever" and "open-ended". To must not be before From.
	From date.Date `json:"from,omitzero"`
	To   date.Date `json:"to,omitzero"`

	// Disease is the single disease the resource is tied to, empty if it may
	// serve the whole system. Money tied to single diseases pulls programmes
	// apart (afzal2021).
	Disease string `json:"disease,omitempty" schema:"omitempty,id"`

	// Note is free text, by the rule of [fault.Note].
	Note string `json:"note,omitempty" schema:"note"`

	// Entry is the entry of the record that it came from; 0 where there is none. Who
	// keeps the record sets it, and this package does not read it.
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

// Outstanding returns what was pledged and has not arrived, in Unit; 0 if as
// much or more was delivered.
func (c Commitment) Outstanding() float64 { return max(0, c.Pledged-c.Delivered) }

// ActiveAt says whether a day lies between From and To, both included: the day on
// which the moment falls where its clock stands. Without From it has always begun and
// without To it never ends. Where the days that From and To may be disagree, it is
// open.
func (c Commitment) ActiveAt(t time.Time) date.Answer {
	day := date.Of(t).First()
	return c.during(day, day)
}

// during says whether it is active on some day of a period.
func (c Commitment) during(from, to time.Time) date.Answer {
	sure, may := c.periods()
	period := period{from, to}
	switch {
	case sure.meets(period):
		return date.Yes
	case may.meets(period):
		return date.Open
	default:
		return date.No
	}
}

// period is the days from one to another. Of a period that is known roughly, begin
// may come after end: it meets what reaches over both.
type period struct{ begin, end time.Time }

func (p period) meets(other period) bool {
	return !p.begin.After(other.end) && !other.begin.After(p.end)
}

// always is from the first day that there is to the last.
var always = period{date.MustParse("0001").First(), date.MustParse("9999").Last()}

// periods give what the commitment meets for sure, from the latest day on which it
// begins to the earliest on which it ends, and what it may meet.
func (c Commitment) periods() (sure, may period) {
	sure, may = always, always
	if !c.From.IsZero() {
		sure.begin, may.begin = c.From.Last(), c.From.First()
	}
	if !c.To.IsZero() {
		sure.end, may.end = c.To.First(), c.To.Last()
	}
	// It begins no later than it ends.
	if may.end.Before(sure.begin) {
		sure.begin = may.end
	}
	if sure.end.Before(may.begin) {
		sure.end = may.begin
	}
	return sure, may
}

// Validate returns every error of the commitment, in the order of its fields,
// with paths relative to the commitment ("pledged").
func (c Commitment) Validate() fault.Fields {
	var errs fault.Fields
	errs.Text("id", c.ID, fault.ID)
	fault.Among(&errs, "resource", c.Resource, Resources())
	errs.Text("unit", c.Unit, fault.ID)
	errs.Number("pledged", c.Pledged, 0, math.Inf(1))
	errs.Number("delivered", c.Delivered, 0, math.Inf(1))
	errs.Text("stage", c.Stage, fault.ID.OrNone())
	errs.Text("criterion", c.Criterion, fault.ID.OrNone())
	if c.To.Before(c.From) == date.Yes {
		errs.Add("to", fault.Order, c.To.String(), language.Of("want.not-before", "path", "from", "date", c.From.String()))
	}
	errs.Text("disease", c.Disease, fault.ID.OrNone())
	errs.Text("note", c.Note, fault.Note)
	return errs
}

// normal returns the commitment in the one form a roster keeps.
func (c Commitment) normal() Commitment {
	for _, text := range []*string{&c.ID, &c.Unit, &c.Stage, &c.Criterion, &c.Disease, &c.Note} {
		*text = fault.NFC(*text)
	}
	c.Pledged, c.Delivered = plainZero(c.Pledged), plainZero(c.Delivered)
	return c
}
