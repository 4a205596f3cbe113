package assessment

// This file holds a criterion, the sources that ask for it, and the rules that
// both must keep.

import (
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Kind says where a criterion's level comes from.
type Kind string

const (
	// Rated criteria are judged by people, who bring evidence.
	Rated Kind = "rated"
	// Derived criteria are computed by the host from what it has recorded.
	// Nobody rates them by hand.
	Derived Kind = "derived"
)

var kinds = []Kind{Rated, Derived}

// Valid reports whether k is one of the two kinds.
func (k Kind) Valid() bool { return slices.Contains(kinds, k) }

// Told names the kind for people.
func (k Kind) Told() language.Text {
	return language.Of("criterion." + string(k)).Or(string(k))
}

// UnmarshalText reads a kind and refuses, with a [fault.Field], any other text.
func (k *Kind) UnmarshalText(text []byte) error {
	return fault.ReadName("kind", k, text, kinds)
}

// ModelSource is the key of the source of what is the model's own, with no
// publication behind it.
const ModelSource = "model"

// Source is a publication, or another text, that criteria rest on.
type Source struct {
	// Key is how criteria cite it, such as "chen2021". Unique in a checklist.
	Key string `json:"key"`
	// Citation is the reference in full.
	Citation string `json:"citation"`
	// Link is a DOI, an ISBN or a URL. Blank for what has none, such as a circular
	// on paper; then the citation says where it is kept.
	Link string `json:"link"`
	// Seen says how much of the source was read: the whole, the abstract, one
	// table. May be blank.
	Seen string `json:"seen"`
}

// Criterion is one thing that must hold, and who says so.
type Criterion struct {
	// ID names the criterion within its checklist, such as "problem.framed".
	ID string `json:"id"`
	// Section is the part of the checklist it belongs to: a stage, a group of
	// components. Criteria of one section stand together.
	Section string `json:"section"`
	// Text says what must be true, in one sentence. Never blank.
	Text string `json:"text"`
	// Remedy says what to do where it is not true.
	Remedy string `json:"remedy,omitempty"`
	// Kind says whether people rate it or the host computes it.
	Kind Kind `json:"kind"`
	// Advisory criteria inform: they never block and are not in the score.
	Advisory bool `json:"advisory,omitempty"`
	// Weight is its share in the score relative to the other criteria: above 0
	// and at most 1e6. In a [Spec], 0 means not given and becomes 1.
	Weight float64 `json:"weight,omitempty"`
	// Threshold is the lowest level at which it is met. In a [Spec], Unknown
	// means not given and becomes [Functional].
	Threshold Level `json:"threshold,omitempty"`
	// Parameter is the number that a derived criterion is judged against, such
	// as a planned share or an interval. Rated criteria have none.
	Parameter float64 `json:"parameter,omitempty"`
	// Unit says what Parameter counts: "share", "months". Required where
	// Parameter is not 0.
	Unit string `json:"unit,omitempty"`
	// Children are what a derived criterion of a parent asks of its children, such as
	// the districts of a nation; then Parameter is how many of them, or what share. Nil
	// for most.
	Children *FromChildren `json:"children,omitempty"`
	// Carriers are the coalition roles that usually carry it, at
	// most 100. This package does not interpret them.
	Carriers []string `json:"carriers,omitempty"`
	// Sources are the keys of the checklist's sources that ask for it: 1 to
	// 100.
	Sources []string `json:"sources"`
	// Note says how the source is read, where that is not plain.
	Note string `json:"note,omitempty"`
}

// Met reports whether level l meets the criterion: l is known, and at or above
// the threshold ([Functional] where none is given).
func (c Criterion) Met(l Level) bool { return met(l, c.Threshold) }

func met(l, threshold Level) bool {
	if threshold == Unknown {
		threshold = Functional
	}
	return l.Known() && l >= threshold
}

// normal returns c with its defaults filled in and slices of its own. The
// slices have no spare room, so an append by whoever holds a copy of the
// criterion cannot reach a neighbour's.
func (c Criterion) normal() Criterion {
	if c.Weight == 0 {
		c.Weight = 1
	}
	if c.Threshold == Unknown {
		c.Threshold = Functional
	}
	return c.clone()
}

func (c Criterion) clone() Criterion {
	if c.Children != nil {
		own := *c.Children
		c.Children = &own
	}
	c.Carriers = ownCopy(c.Carriers)
	c.Sources = ownCopy(c.Sources)
	return c
}

// What is counted of children.
const (
	// OfChildren: so many of them, a whole number from 1.
	OfChildren = "children"
	// OfPopulation: such a share of the people who live where they are, above 0 and at
	// most 1.
	OfPopulation = "population"
)

// FromChildren is what a criterion asks of the children of a parent: one of Stage,
// Criterion and ReviewMonths. This package does not interpret it.
type FromChildren struct {
	// Of is what is counted: [OfChildren] or [OfPopulation].
	Of string `json:"of"`
	// Stage that they are at or past: reached once, in any lap, or in the present one
	// where ThisLap says so.
	Stage   string `json:"stage,omitempty"`
	ThisLap bool   `json:"this_lap,omitempty"`
	// Criterion of theirs that is met.
	Criterion string `json:"criterion,omitempty"`
	// ReviewMonths within which they have held a review, from 1 to 1200.
	ReviewMonths int `json:"review_months,omitempty"`
}

func (k *FromChildren) validate(parameter float64) (wrong fault.Fields) {
	asked := 0
	for _, is := range []bool{k.Stage != "", k.Criterion != "", k.ReviewMonths != 0} {
		if is {
			asked++
		}
	}
	if asked != 1 {
		wrong.Add("", fault.Required, asked, language.Of("want.children-one-of"))
	}
	if k.ThisLap && k.Stage == "" {
		wrong.Add("this_lap", fault.Own, true, language.Of("want.this-lap-of-stage"))
	}
	wrong.Text("stage", k.Stage, fault.ID.OrNone())
	wrong.Text("criterion", k.Criterion, fault.ID.OrNone())
	if k.ReviewMonths != 0 {
		wrong.Whole("review_months", k.ReviewMonths, 1, 1200)
	}
	fault.Among(&wrong, "of", k.Of, []string{OfChildren, OfPopulation})
	switch {
	case k.Of == OfChildren && (parameter < 1 || parameter != math.Trunc(parameter)):
		wrong.Add("of", fault.Range, parameter, language.Of("want.children-parameter"))
	case k.Of == OfPopulation && !(parameter > 0 && parameter <= 1):
		wrong.Add("of", fault.Range, parameter, language.Of("want.population-parameter"))
	}
	return wrong
}

// ownCopy makes an empty slice nil, so that a checklist is the same before and
// after a trip through JSON.
func ownCopy(s []string) []string {
	if len(s) == 0 {
		return nil
	}
	return slices.Clip(slices.Clone(s))
}

const (
	maxNamed  = 100 // carriers, or sources, of one criterion
	maxWeight = 1e6
)

// validate reports what is wrong with c on its own; what needs the rest of the
// checklist is Spec.validate's.
func (c Criterion) validate() fault.Fields {
	var errs fault.Fields
	errs.Text("id", c.ID, fault.ID)
	errs.Text("section", c.Section, fault.ID)
	errs.Text("text", c.Text, fault.Text)
	errs.Text("remedy", c.Remedy, fault.Note)
	fault.Among(&errs, "kind", c.Kind, kinds)
	if c.Weight != 0 {
		errs.Positive("weight", c.Weight, maxWeight)
	}
	if !c.Threshold.Valid() {
		errs.Add("threshold", fault.Known, c.Threshold, levelWant)
	}
	switch {
	case !errs.Number("parameter", c.Parameter, math.Inf(-1), math.Inf(1)):
	case c.Parameter != 0 && c.Kind == Rated:
		errs.Add("parameter", "derived", c.Parameter, language.Of("want.no-parameter"))
	}
	if c.Unit != "" || c.Parameter != 0 {
		errs.Text("unit", c.Unit, fault.ID)
	}
	if k := c.Children; k != nil {
		if c.Kind != Derived {
			errs.Add("children", "derived", nil, language.Of("want.children-of-derived"))
		}
		errs.Under("children", k.validate(c.Parameter))
	}
	// Beyond the bound nothing more is said of the list: looking for repeats
	// takes time that grows with its square.
	if !errs.Count("carriers", len(c.Carriers), maxNamed) {
		c.Carriers = nil
	}
	for i, carrier := range c.Carriers {
		at := fault.At("carriers", i)
		errs.Text(at, carrier, fault.ID)
		if slices.Contains(c.Carriers[:i], carrier) {
			errs.Add(at, fault.Unique, carrier, language.Of("want.each-once"))
		}
	}
	errs.Text("note", c.Note, fault.Note)
	return errs
}

func (s Source) validate() fault.Fields {
	var errs fault.Fields
	errs.Text("key", s.Key, fault.ID)
	errs.Text("citation", s.Citation, fault.Text)
	errs.Text("link", s.Link, fault.Note)
	errs.Text("seen", s.Seen, fault.Note)
	return errs
}
