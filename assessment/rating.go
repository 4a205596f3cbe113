package assessment

// This file holds a judgement of one criterion and what it rests on.

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Basis says how far a piece of evidence can be relied on.
type Basis string

const (
	// Documented evidence can be looked up where its source says.
	Documented Basis = "documented"
	// Illustrative evidence was made up to show something: a teaching case, a
	// scenario. It must never pass for a finding.
	Illustrative Basis = "illustrative"
)

var bases = []Basis{Documented, Illustrative}

// Bases lists the two bases. The slice is the caller's.
func Bases() []Basis { return slices.Clone(bases) }

// Valid reports whether b is one of the two bases.
func (b Basis) Valid() bool { return slices.Contains(bases, b) }

// Told names the basis for people.
func (b Basis) Told() language.Text {
	return language.Of("basis." + string(b)).Or(string(b))
}

// UnmarshalText reads a basis and refuses, with a [fault.Field], any other
// text.
func (b *Basis) UnmarshalText(text []byte) error {
	return fault.ReadName("basis", b, text, bases)
}

// Evidence is what a rating rests on. Its tags say to others what Validate asks.
type Evidence struct {
	// What was seen. Required.
	What string `json:"what" schema:"text"`
	// Source is where it was seen: a citation, a document, a register,
	// "workshop of 3 May". Required.
	Source string `json:"source" schema:"text"`
	// Basis says whether the source can be looked up. Required, so that made-up
	// evidence has to say so.
	Basis Basis `json:"basis" schema:"known"`
	// By is who rated.
	By string `json:"by,omitempty" schema:"omitempty,id"`
	// On is when they did, as far as that is known; no date means not said.
	On date.Date `json:"on,omitzero"`
}

// Validate returns what is wrong with e, with fields such as "basis"; nil
// where nothing is. The zero Evidence is refused.
func (e Evidence) Validate() fault.Fields {
	var errs fault.Fields
	errs.Text("what", e.What, fault.Text)
	errs.Text("source", e.Source, fault.Text)
	fault.Among(&errs, "basis", e.Basis, bases)
	errs.Text("by", e.By, fault.ID.OrNone())
	return errs
}

// Rating gives one criterion a level.
type Rating struct {
	// Criterion is the criterion's id.
	Criterion string `json:"criterion"`
	// Level is the judgement: [NonFunctional] to [HighlyFunctional]. Not
	// [Unknown], which is what a criterion is without a rating.
	Level Level `json:"level"`
	// Evidence is what the judgement rests on.
	Evidence Evidence `json:"evidence"`
	// Entry is the entry of the record that it came from; 0 where there is none.
	// Who keeps the record sets it, and this package does not read it.
	Entry uint64 `json:"entry,omitempty"`
}

// Validate returns what is wrong with r by itself, with fields such as "level"
// or "evidence.what"; nil where nothing is. Whether the criterion exists, only
// a checklist can say. The zero Rating is refused.
func (r Rating) Validate() fault.Fields {
	var errs fault.Fields
	errs.Text("criterion", r.Criterion, fault.ID)
	if !r.Level.Known() {
		errs.Add("level", fault.Known, r.Level, language.Of("want.level", "levels", levelNames[NonFunctional:]))
	}
	errs.Under("evidence", r.Evidence.Validate())
	return errs
}
