package reformcycle

import (
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file is stage 1, problem prioritization: the problems, the windows of
// opportunity, and the criteria derived from them.

// Problem is a problem or an opportunity that matters locally (chen2021).
type Problem struct {
	ID        string `json:"id" validate:"id"`
	Statement string `json:"statement" validate:"text"`
	// Area that it concerns, such as a country or a district.
	Area string `json:"area,omitempty" validate:"note"`
	// Evidence of the problem; may be left out until there is some.
	Evidence *assessment.Evidence `json:"evidence,omitempty"`
	// Scores against the agreed criteria for problems.
	Scores Scores `json:"scores,omitempty" validate:"max=1000,dive,finite,gte=0,lte=10"`
	// Lap in which it was framed; set when it is recorded.
	Lap int `json:"lap,omitempty" validate:"-"`
}

func (p Problem) clone() Problem {
	p.Scores = cloneScores(p.Scores)
	if p.Evidence != nil {
		e := *p.Evidence
		p.Evidence = &e
	}
	return p
}

// FrameProblem states a problem or an opportunity.
type FrameProblem struct {
	Problem Problem `json:"problem"`
}

// Kind names the change.
func (FrameProblem) Kind() Kind { return KindFrameProblem }

func (c FrameProblem) apply(d *draft) error {
	if err := c.Problem.Scores.refuse(string(c.Kind()), d.ProblemCriteria); err != nil {
		return err
	}
	c.Problem.Lap = d.Lap
	return record(d, &d.Problems, ownProblems, c.Problem, problemID, "problem.id")
}

// ScoreProblem scores a problem against the agreed criteria; a score given
// before is replaced.
type ScoreProblem struct {
	Problem string `json:"problem" validate:"id"`
	Scores  Scores `json:"scores" validate:"min=1,max=1000,dive,finite,gte=0,lte=10"`
}

// Kind names the change.
func (ScoreProblem) Kind() Kind { return KindScoreProblem }

func (c ScoreProblem) apply(d *draft) error {
	if err := c.Scores.refuse(string(c.Kind()), d.ProblemCriteria); err != nil {
		return err
	}
	p, err := amend(d, &d.Problems, ownProblems, "problem", c.Problem, problemID)
	if err != nil {
		return err
	}
	p.Scores = withScores(p.Scores, c.Scores)
	return nil
}

func problemID(p *Problem) string { return p.ID }

// WindowKind says what opens a window of opportunity.
type WindowKind string

// What opens windows (reich): a political transition, a crisis, new money.
const (
	PoliticalTransition WindowKind = "transition"
	Crisis              WindowKind = "crisis"
	NewMoney            WindowKind = "new-money"
	OtherWindow         WindowKind = "other"
)

var windowKinds = []WindowKind{PoliticalTransition, Crisis, NewMoney, OtherWindow}

// Valid reports whether k is one of the kinds.
func (k WindowKind) Valid() bool { return slices.Contains(windowKinds, k) }

// UnmarshalText reads the text form and refuses any other by name.
func (k *WindowKind) UnmarshalText(text []byte) error {
	return fault.ReadName("window kind", k, text, windowKinds)
}

// Window is a window of opportunity.
type Window struct {
	ID     string     `json:"id" validate:"id"`
	Kind   WindowKind `json:"kind" validate:"known"`
	What   string     `json:"what" validate:"text"`
	Source string     `json:"source,omitempty" validate:"note"`
	// Opens and Closes bound the window; Closes is zero while the end is not known.
	Opens  time.Time `json:"opens,omitzero"`
	Closes time.Time `json:"closes,omitzero" validate:"omitempty,gtefield=Opens"`
	// Lap in which it was named; set when it is recorded.
	Lap int `json:"lap,omitempty" validate:"-"`
}

// OpenWindow names a window of opportunity.
type OpenWindow struct {
	Window Window `json:"window"`
}

// Kind names the change.
func (OpenWindow) Kind() Kind { return KindOpenWindow }

func (c OpenWindow) apply(d *draft) error {
	c.Window.Lap = d.Lap
	return record(d, &d.Windows, ownWindows, c.Window, func(w *Window) string { return w.ID }, "window.id")
}

// framed: a problem was stated in this lap.
var framed = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return present(slices.ContainsFunc(s.Problems, func(p Problem) bool { return p.Lap == s.Lap }))
	},
	missing: func(s *state, _ *criterion, _ time.Time) []string { return []string{"a stated problem"} },
}

// windowNamed: a window of opportunity was named in this lap.
var windowNamed = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return present(slices.ContainsFunc(s.Windows, func(w Window) bool { return w.Lap == s.Lap }))
	},
	missing: func(s *state, _ *criterion, _ time.Time) []string { return []string{"a named window"} },
}
