package cases

import (
	"context"
	"embed"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file holds what a case is, and the built-in ones.

// Case is what one paper tells of one reform.
type Case struct {
	// ID names the case and its cycle: small letters, digits and hyphens.
	ID      string
	Country string
	Title   string
	// Source is the paper. Everything that is recorded rests on it alone.
	Source assessment.Source
	Begin  Begin
	// Facts in the order in which they are recorded.
	Facts []Fact
	// Claims are what the paper names and the diagnosis has to find.
	Claims []Claim
	// Denies are what the paper contradicts and the diagnosis must not find.
	Denies []Claim
	// Also are what the diagnosis finds beside the claims, each looked at.
	Also []Aside
	// Beyond are what the paper names and no rule finds.
	Beyond []Beyond
	// Notes say what was left out of the case, and why.
	Notes []string
}

// Passage is what a paper says in one place.
type Passage struct {
	// Says it in our own words.
	Says string
	// Where in the paper: section and paragraph.
	Where string
}

// Begin is where a case begins: the reform was under way before.
type Begin struct {
	Stage reformcycle.Stage
	At    time.Time
	// Precision is the date as far as it is known, for people.
	Precision string
	// Rests is what the choice of the stage rests on.
	Rests Passage
}

// Fact is one thing that the paper tells, and how it is recorded.
type Fact struct {
	Passage
	At time.Time
	// Precision is the date as far as it is known, for people.
	Precision string
	Changes   []reformcycle.Change
}

// As says on which side of a diagnosis something stands.
type As string

// The two sides.
const (
	Trouble  As = "trouble"  // a Finding
	Strength As = "strength" // a Strength
)

const asWant = `"trouble" or "strength"`

// Valid reports whether a is one of the two sides.
func (a As) Valid() bool { return a == Trouble || a == Strength }

// Judgement is one thing that a diagnosis says: a rule's code, and on which side.
type Judgement struct {
	Code string
	As   As
}

// String gives the judgement as "stalled (strength)".
func (j Judgement) String() string { return j.Code + " (" + string(j.As) + ")" }

// Claim is a judgement that the paper makes, or contradicts.
type Claim struct {
	Judgement
	Passage
}

// Aside is a judgement that the paper neither makes nor contradicts.
type Aside struct {
	Judgement
	// Why it comes out: what it rests on.
	Why string
}

// Beyond is what the paper names and no rule finds.
type Beyond struct {
	As As
	// Code of the rule that comes nearest; blank where none does.
	Code string
	Passage
	// Why no rule finds it.
	Why string
}

// Cycle records the case in a new cycle without a journal. The author of every
// entry is the key of the case's source.
//
// Errors: those of reformcycle's New and Apply; none for a case that All, Get or
// Parse gave, but the context's.
func (c Case) Cycle(ctx context.Context) (*reformcycle.Cycle, error) {
	cycle, err := reformcycle.New(c.ID,
		reformcycle.WithTitle(c.Title), reformcycle.WithCountry(c.Country), reformcycle.WithStage(c.Begin.Stage))
	if err != nil {
		return nil, err
	}
	for _, f := range c.Facts {
		if err := cycle.Apply(ctx, reformcycle.By(c.Source.Key).At(f.At), f.Changes...); err != nil {
			return nil, err
		}
	}
	return cycle, nil
}

// Diagnosis judges the case by the built-in rules, as of its last fact.
//
// Errors: those of Cycle.
func (c Case) Diagnosis(ctx context.Context) (reformcycle.Diagnosis, error) {
	cycle, err := c.Cycle(ctx)
	if err != nil {
		return reformcycle.Diagnosis{}, err
	}
	return cycle.Now().Diagnose(), nil
}

// Comparison is a diagnosis held against a case. All lists are in the order of the
// case, Also in that of the diagnosis, trouble first.
type Comparison struct {
	// Confirmed are the claims that the diagnosis makes too, Missing those that it
	// does not.
	Confirmed, Missing []Claim
	// Contradicted are the judgements that the diagnosis makes and the paper denies.
	Contradicted []Claim
	// Also are the judgements of the diagnosis that are neither claimed nor denied.
	Also []Judgement
	// Found are the entries of Beyond whose rule finds them after all: they have
	// become claims.
	Found []Beyond
}

// Compare holds a diagnosis against the case: that of Case.Diagnosis, or one of
// the same cycle by a host's own rules.
func (c Case) Compare(d reformcycle.Diagnosis) Comparison {
	var made []Judgement
	for _, f := range d.Findings {
		made = append(made, Judgement{f.Code, Trouble})
	}
	for _, s := range d.Strengths {
		made = append(made, Judgement{s.Code, Strength})
	}
	var r Comparison
	for _, claim := range c.Claims {
		if slices.Contains(made, claim.Judgement) {
			r.Confirmed = append(r.Confirmed, claim)
		} else {
			r.Missing = append(r.Missing, claim)
		}
	}
	for _, denied := range c.Denies {
		if slices.Contains(made, denied.Judgement) {
			r.Contradicted = append(r.Contradicted, denied)
		}
	}
	for _, b := range c.Beyond {
		if slices.Contains(made, Judgement{b.Code, b.As}) {
			r.Found = append(r.Found, b)
		}
	}
	judged := func(claims []Claim, j Judgement) bool {
		return slices.ContainsFunc(claims, func(c Claim) bool { return c.Judgement == j })
	}
	for _, j := range made {
		if !judged(c.Claims, j) && !judged(c.Denies, j) {
			r.Also = append(r.Also, j)
		}
	}
	return r
}

//go:embed data/*.json
var files embed.FS

// ids are the built-in cases: those of afzal2021, as the design of this library
// lists them, then that of uddin2021.
var ids = []string{
	"afghanistan", "brazil", "ethiopia", "india-village-health-guides", "india-asha", "indonesia", "liberia", "nepal",
	"bangladesh", "cambodia", "madagascar", "myanmar", "uganda",
	"barishal",
}

// IDs lists the built-in cases, in the order of All. The slice is the caller's.
func IDs() []string { return slices.Clone(ids) }

// All gives the built-in cases: thirteen of afzal2021, then one of uddin2021. They
// are read anew each time, so they are the caller's.
func All() []Case {
	all := make([]Case, len(ids))
	for i, id := range ids {
		all[i] = builtIn(id)
	}
	return all
}

// Get gives one of the built-in cases. It is the caller's.
//
// Errors: fault.Fields for an id that none of them has.
func Get(id string) (Case, error) {
	if !slices.Contains(ids, id) {
		return Case{}, fault.Fields{{Path: "id", Rule: "exists", Value: id, Want: "one of " + strings.Join(ids, ", ")}}
	}
	return builtIn(id), nil
}

func builtIn(id string) Case {
	data, err := files.ReadFile("data/" + id + ".json")
	if err == nil {
		var c Case
		if c, err = Parse(data); err == nil {
			return c
		}
	}
	panic(err) // the embedded file is wrong: found by the first test
}
