package reformcycle

import (
	"maps"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is stage 1, problem prioritization: the problems, the windows of
// opportunity, and the criteria derived from them.

// The kinds of change of this stage.
const (
	KindFrameProblem Kind = "frame-problem"
	KindScoreProblem Kind = "score-problem"
	KindOpenWindow   Kind = "open-window"
)

// problemPart is what this stage has recorded.
type problemPart struct {
	Windows         shelf[Window]     `json:"windows,omitempty"`
	ProblemCriteria []ChoiceCriterion `json:"problem_criteria,omitempty"`
	Problems        shelf[Problem]    `json:"problems,omitempty"`
}

var problems part[problemPart]

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
	// Lap in which it was framed, by Entry; set when it is recorded.
	Lap   int    `json:"lap,omitempty" validate:"-"`
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

func (p Problem) shelved() (string, int) { return p.ID, p.Lap }

func (p Problem) clone() Problem {
	p.Scores = maps.Clone(p.Scores)
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
	p := problems.in(d)
	if err := c.Problem.Scores.refuse(p.ProblemCriteria); err != nil {
		return err
	}
	c.Problem.Lap, c.Problem.Entry = d.Lap, d.entry
	return p.Problems.add(d, "problem.id", c.Problem)
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
	part := problems.in(d)
	if err := c.Scores.refuse(part.ProblemCriteria); err != nil {
		return err
	}
	p, err := part.Problems.amend(d, "problem", c.Problem)
	if err != nil {
		return err
	}
	p.Scores = p.Scores.with(c.Scores)
	return nil
}

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

// Told gives the name for people.
func (k WindowKind) Told() language.Text { return termed("window", string(k), k.Valid()) }

// UnmarshalText reads the text form and refuses any other by name.
func (k *WindowKind) UnmarshalText(text []byte) error {
	return fault.ReadName("window-kind", k, text, windowKinds)
}

// Window is a window of opportunity.
type Window struct {
	ID     string     `json:"id" validate:"id"`
	Kind   WindowKind `json:"kind" validate:"known"`
	What   string     `json:"what" validate:"text"`
	Source string     `json:"source,omitempty" validate:"note"`
	// Opens and Closes bound the window, as far as they are known; Closes is left out
	// while nothing is known of the end.
	Opens  date.Date `json:"opens,omitzero"`
	Closes date.Date `json:"closes,omitzero" validate:"omitempty,notbefore=Opens"`
	// Lap in which it was named, by Entry; set when it is recorded.
	Lap   int    `json:"lap,omitempty" validate:"-"`
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

func (w Window) shelved() (string, int) { return w.ID, w.Lap }

func (w Window) clone() Window { return w }

// OpenWindow names a window of opportunity.
type OpenWindow struct {
	Window Window `json:"window"`
}

// Kind names the change.
func (OpenWindow) Kind() Kind { return KindOpenWindow }

func (c OpenWindow) apply(d *draft) error {
	c.Window.Lap, c.Window.Entry = d.Lap, d.entry
	return problems.in(d).Windows.add(d, "window.id", c.Window)
}

// framed: a problem was stated in this lap.
var framed = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return present(slices.ContainsFunc(problems.of(s).Problems, func(p Problem) bool { return p.Lap == s.Lap }))
	},
	missing: func(s *state, _ *criterion, _ time.Time) []language.Text {
		return []language.Text{language.Of("missing.problem")}
	},
}

// windowNamed: a window of opportunity was named in this lap.
var windowNamed = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return present(slices.ContainsFunc(problems.of(s).Windows, func(w Window) bool { return w.Lap == s.Lap }))
	},
	missing: func(s *state, _ *criterion, _ time.Time) []language.Text {
		return []language.Text{language.Of("missing.window")}
	},
}

// Windows of opportunity that were named, in all laps.
func (s State) Windows() []Window { return problems.of(s.get()).Windows.copies() }

// Problems that were framed, in all laps.
func (s State) Problems() []Problem { return problems.of(s.get()).Problems.copies() }

// ProblemCriteria that are agreed for ranking problems.
func (s State) ProblemCriteria() []ChoiceCriterion {
	return slices.Clone(problems.of(s.get()).ProblemCriteria)
}

// RankedProblems ranks the problems of this lap, the weightiest first.
func (s State) RankedProblems() []Ranked {
	st := s.get()
	p := problems.of(st)
	var all []option
	for problem := range p.Problems.ofLap(st.Lap) {
		all = append(all, option{len(all), problem.ID, problem.Scores})
	}
	return rank(all, p.ProblemCriteria)
}

var problemRoom = room{
	changes: []kindEntry{changeKind[FrameProblem](), changeKind[ScoreProblem](), changeKind[OpenWindow]()},
	part:    &problems,
	topic:   ProblemPrioritization.Topic(),
	derives: map[string]derivation{
		"problem.framed": framed.by(KindFrameProblem),
		"problem.window": windowNamed.by(KindOpenWindow),
	},
	names: []vocabulary{names(windowKinds)},
	renew: func(d *draft) { problems.in(d).ProblemCriteria = nil },
}
