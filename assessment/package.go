package assessment

// This file holds packages: criteria that a source expects to work only
// together.

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Package is a set of criteria that count together: whoever proposes them
// claims the benefit for all of them at once, so a high mean over some of them
// does not stand for the whole. Four strategies of partnering are the model
// case (doi:10.1186/s12960-015-0041-3).
//
// A package does not change the score. It is reported apart, as a
// [PackageTally].
type Package struct {
	// ID names the package within its checklist.
	ID string `json:"id"`
	// Title is what people read. May be blank.
	Title string `json:"title,omitempty"`
	// Items are the ids of its criteria, two at least, each once. An advisory
	// criterion counts here as any other.
	Items []string `json:"items"`
	// Sources are the keys of the checklist's sources that say that they belong
	// together: 1 to 100.
	Sources []string `json:"sources"`
	// Note says how the source is read, where that is not plain.
	Note string `json:"note,omitempty"`
}

func (p Package) clone() Package {
	p.Items = ownCopy(p.Items)
	p.Sources = ownCopy(p.Sources)
	return p
}

// Completeness says whether all criteria of a package are met.
type Completeness string

const (
	// Complete: every criterion of the package is met.
	Complete Completeness = "yes"
	// Incomplete: one at least is rated and not met, whatever the others are.
	Incomplete Completeness = "no"
	// CompletenessUnknown: none is known to be unmet, and some are unrated.
	CompletenessUnknown Completeness = "unknown"
)

var answers = []Completeness{Complete, Incomplete, CompletenessUnknown}

// Valid reports whether c is one of the three answers.
func (c Completeness) Valid() bool { return slices.Contains(answers, c) }

// Told names the answer for people.
func (c Completeness) Told() language.Text {
	return language.Of("answer." + string(c)).Or(string(c))
}

// UnmarshalText reads an answer and refuses, with a [fault.Field], any other
// text.
func (c *Completeness) UnmarshalText(text []byte) error {
	return fault.ReadName("complete", c, text, answers)
}

// PackageTally counts how the criteria of one package stand, required and
// advisory alike.
type PackageTally struct {
	Package string `json:"package"`
	Met     int    `json:"met"`
	Unmet   int    `json:"unmet"`
	Unknown int    `json:"unknown"`
	// Complete is the answer that the package is reported for.
	Complete Completeness `json:"complete"`
}

const maxPackages = 100

func (s Spec) validatePackages(criteria, sources map[string]int) fault.Fields {
	var errs fault.Fields
	if !errs.Count("packages", len(s.Packages), maxPackages) {
		return errs
	}
	ids := make(map[string]int, len(s.Packages))
	for i, p := range s.Packages {
		at := fault.At("packages", i)
		errs.Text(at+".id", p.ID, fault.ID)
		errs.Once(at+".id", p.ID, ids, "packages", i)
		errs.Text(at+".title", p.Title, fault.Note)
		if n := len(p.Items); n < 2 {
			errs.Add(at+".items", fault.Length, n, language.Of("want.at-least", "least", 2))
		} else if !errs.Count(at+".items", n, maxCriteria) {
			continue
		}
		named := make(map[string]bool, len(p.Items))
		for j, id := range p.Items {
			at := fault.At(at+".items", j)
			if _, exists := criteria[id]; !exists {
				errs.Add(at, fault.Exists, id, language.Of("want.package-item"))
			}
			if named[id] {
				errs.Add(at, fault.Unique, id, language.Of("want.each-once"))
			}
			named[id] = true
		}
		cited(&errs, at, p.Sources, sources)
		errs.Text(at+".note", p.Note, fault.Note)
	}
	return errs
}

// Packages returns a copy of the packages, in their order.
func (c *Checklist) Packages() []Package {
	packages := slices.Clone(c.orNone().spec.Packages)
	for i, p := range packages {
		packages[i] = p.clone()
	}
	return packages
}

// TallyPackage counts how the criteria of one package stand. The levels stand
// in the order of the whole checklist, as for [Checklist.Tally]. A package
// that is not there has nothing to count, and whether it is complete is
// unknown. It does not allocate.
func (c *Checklist) TallyPackage(id string, levels []Level) PackageTally {
	for i, p := range c.orNone().spec.Packages {
		if p.ID == id {
			return c.tallyPackage(i, levels)
		}
	}
	return PackageTally{Package: id, Complete: CompletenessUnknown}
}

func (c *Checklist) tallyPackage(i int, levels []Level) PackageTally {
	t := PackageTally{Package: c.spec.Packages[i].ID, Complete: CompletenessUnknown}
	for _, at := range c.members[i] {
		l := Unknown
		if at < len(levels) {
			l = levels[at]
		}
		switch {
		case !l.Known():
			t.Unknown++
		case l >= c.marks[at].threshold:
			t.Met++
		default:
			t.Unmet++
		}
	}
	switch {
	case t.Unmet > 0:
		t.Complete = Incomplete
	case t.Unknown == 0:
		t.Complete = Complete
	}
	return t
}
