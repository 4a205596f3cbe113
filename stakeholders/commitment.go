package stakeholders

// What actors pledge, and what arrives.

import (
	"math"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
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

// Label returns the resource in plain words, such as "technical help". A value
// that is not valid is returned as it is.
func (r Resource) Label() string { return spoken(r, r.Valid()) }

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

	// From is its first moment, To its last; either may be zero, for "since
	// ever" and "open-ended". To must not precede From. Years 1 … 9999.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`

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

// ActiveAt reports whether t lies between From and To, both included. A zero
// From has always begun and a zero To never ends.
func (c Commitment) ActiveAt(t time.Time) bool {
	return (c.From.IsZero() || !t.Before(c.From)) && (c.To.IsZero() || !t.After(c.To))
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
	checkYear(&errs, "from", c.From)
	checkYear(&errs, "to", c.To)
	if !c.From.IsZero() && !c.To.IsZero() && c.To.Before(c.From) {
		errs.Add("to", fault.Order, c.To, "a moment not before from")
	}
	errs.Text("disease", c.Disease, fault.ID.OrNone())
	errs.Text("note", c.Note, fault.Note)
	return errs
}

// checkYear refuses times that JSON cannot carry.
func checkYear(errs *fault.Fields, path string, t time.Time) {
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		errs.Add(path, fault.Range, t, "a year from 1 to 9999")
	}
}

// normal returns the commitment in the one form a roster keeps.
func (c Commitment) normal() Commitment {
	for _, text := range []*string{&c.ID, &c.Unit, &c.Stage, &c.Criterion, &c.Disease, &c.Note} {
		*text = fault.NFC(*text)
	}
	c.Pledged, c.Delivered = plainZero(c.Pledged), plainZero(c.Delivered)
	// UTC also drops the monotonic clock reading, and offsets that JSON would
	// round to a minute.
	c.From, c.To = c.From.UTC(), c.To.UTC()
	return c
}
