package cases

import (
	"context"
	"slices"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file holds a diagnosis against what a paper says.

// As says on which side of a diagnosis something stands.
type As string

// The two sides, and what lies between them.
const (
	Trouble   As = "trouble"   // a Finding
	Strength  As = "strength"  // a Strength
	Contested As = "contested" // a Contest: the record speaks for both
)

var sides = []As{Trouble, Strength, Contested}

// UnmarshalText reads the text form and refuses any other by name.
func (a *As) UnmarshalText(text []byte) error { return fault.ReadName("as", a, text, sides) }

// Judgement is one thing that a diagnosis says: a rule's code, and on which side.
type Judgement struct {
	Code string `json:"code"`
	As   As     `json:"as"`
}

// Told names what a judgement is, for people.
func (a As) Told() language.Text {
	if !slices.Contains(sides, a) {
		return language.Typed(string(a))
	}
	return language.Of("as." + string(a))
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
	Why string `json:"why"`
}

// Beyond is what the paper names and no rule finds. Its code is that of the rule that
// comes nearest, blank where none does.
type Beyond struct {
	Judgement
	Passage
	// Why no rule finds it.
	Why string `json:"why"`
}

// Diagnosis judges the case by the built-in rules, as of its last chapter.
//
// Errors: those of [Case.Cycle].
func (c Case) Diagnosis(ctx context.Context) (reformcycle.Diagnosis, error) {
	cycle, err := c.Cycle(ctx)
	if err != nil {
		return reformcycle.Diagnosis{}, err
	}
	return cycle.State().Diagnose(), nil
}

// Comparison is a diagnosis held against a case. All lists are in the order of the
// case, Also in that of the diagnosis, trouble first and what is contested last.
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

// Compare holds a diagnosis against the case: that of [Case.Diagnosis], or one of
// the same cycle by a host's own rules.
func (c Case) Compare(d reformcycle.Diagnosis) Comparison {
	var made []Judgement
	for _, f := range d.Findings {
		made = append(made, Judgement{f.Code, Trouble})
	}
	for _, s := range d.Strengths {
		made = append(made, Judgement{s.Code, Strength})
	}
	for _, contest := range d.Contested {
		made = append(made, Judgement{contest.Code, Contested})
	}
	var r Comparison
	var judged []Judgement
	for _, claim := range c.Claims {
		judged = append(judged, claim.Judgement)
		if slices.Contains(made, claim.Judgement) {
			r.Confirmed = append(r.Confirmed, claim)
		} else {
			r.Missing = append(r.Missing, claim)
		}
	}
	for _, denied := range c.Denies {
		judged = append(judged, denied.Judgement)
		if slices.Contains(made, denied.Judgement) {
			r.Contradicted = append(r.Contradicted, denied)
		}
	}
	for _, b := range c.Beyond {
		if slices.Contains(made, b.Judgement) {
			r.Found = append(r.Found, b)
		}
	}
	for _, j := range made {
		if !slices.Contains(judged, j) {
			r.Also = append(r.Also, j)
		}
	}
	return r
}
