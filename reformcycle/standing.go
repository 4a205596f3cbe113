package reformcycle

import (
	"fmt"
	"iter"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file says where a cycle may stand: at which of the eight stages, in which
// phase, and whether it runs. What a stage holds is in the file of its name.

// Stage is one of the eight stages of the reform cycle, in their order
// (chen2021). The zero value is no stage.
type Stage uint8

// The eight stages.
const (
	ProblemPrioritization Stage = iota + 1
	CoalitionBuilding
	SolutionGathering
	Design
	ProgramReadiness
	Launch
	Governance
	ManagementAndLearning
)

// Phase is one of the three phases that group the stages, each after one of
// the three key findings of chen2021.
//
// The paper's abstract names the eight stages and ties them to three findings.
// Which stage falls under which finding is our reading of its key findings:
// readiness and launch under the second, governance under the third.
type Phase uint8

// The three phases.
const (
	// Politics: agreeing on a problem and on who acts.
	Politics Phase = iota + 1
	// Solutions: picking and preparing what can be carried here.
	Solutions
	// Learning: growing by going round again.
	Learning
)

// stageNames holds the text form of each stage; domain terms, used in JSON, in
// checklists as the name of a section, and in commitments.
var stageNames = [...]string{
	ProblemPrioritization: "problem-prioritization",
	CoalitionBuilding:     "coalition-building",
	SolutionGathering:     "solution-gathering",
	Design:                "design",
	ProgramReadiness:      "program-readiness",
	Launch:                "launch",
	Governance:            "governance",
	ManagementAndLearning: "management-and-learning",
}

var phaseNames = [...]string{Politics: "politics", Solutions: "solutions", Learning: "learning"}

// Stages yields the eight stages in their order.
func Stages() iter.Seq[Stage] {
	return func(yield func(Stage) bool) {
		for s := ProblemPrioritization; s <= ManagementAndLearning; s++ {
			if !yield(s) {
				return
			}
		}
	}
}

// Valid reports whether s is one of the eight stages.
func (s Stage) Valid() bool { return s >= ProblemPrioritization && s <= ManagementAndLearning }

// String gives the text form, such as "coalition-building".
func (s Stage) String() string {
	if !s.Valid() {
		return fmt.Sprintf("stage(%d)", uint8(s))
	}
	return stageNames[s]
}

// Told gives the name for people, such as "coalition building".
func (s Stage) Told() language.Text { return termed("stage", s.String(), s.Valid()) }

// termed is the name of something for people; what is none of the vocabulary stands as it
// is written.
func termed(vocabulary, name string, valid bool) language.Text {
	if !valid {
		return language.Typed(name)
	}
	return language.Of(vocabulary + "." + name)
}

// Phase gives the phase that the stage belongs to; zero for no stage.
func (s Stage) Phase() Phase {
	switch {
	case !s.Valid():
		return 0
	case s <= CoalitionBuilding:
		return Politics
	case s <= Launch:
		return Solutions
	default:
		return Learning
	}
}

// Valid reports whether p is one of the three phases.
func (p Phase) Valid() bool { return p >= Politics && p <= Learning }

// String gives the text form, such as "politics".
func (p Phase) String() string {
	if !p.Valid() {
		return fmt.Sprintf("phase(%d)", uint8(p))
	}
	return phaseNames[p]
}

// Told gives the name for people.
func (p Phase) Told() language.Text { return termed("phase", p.String(), p.Valid()) }

// MarshalText gives the text form; no phase is the empty text.
func (p Phase) MarshalText() ([]byte, error) {
	if p == 0 {
		return nil, nil
	}
	if !p.Valid() {
		return nil, fault.UnknownName("phase", p.String(), phaseNames[1:])
	}
	return []byte(phaseNames[p]), nil
}

// UnmarshalText reads the text form; the empty text is no phase.
func (p *Phase) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = 0
		return nil
	}
	for i, name := range phaseNames[1:] {
		if name == string(text) {
			*p = Phase(i + 1)
			return nil
		}
	}
	return fault.UnknownName("phase", string(text), phaseNames[1:])
}

// ParseStage reads the text form of a stage.
func ParseStage(text string) (Stage, error) {
	for s := range Stages() {
		if stageNames[s] == text {
			return s, nil
		}
	}
	return 0, fault.UnknownName("stage", text, stageNames[1:])
}

// MarshalText gives the text form; no stage is the empty text.
func (s Stage) MarshalText() ([]byte, error) {
	if s == 0 {
		return nil, nil
	}
	if !s.Valid() {
		return nil, fault.UnknownName("stage", s.String(), stageNames[1:])
	}
	return []byte(stageNames[s]), nil
}

// UnmarshalText reads the text form; the empty text is no stage.
func (s *Stage) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*s = 0
		return nil
	}
	*s, err = ParseStage(string(text))
	return err
}

// Status tells whether the cycle runs.
type Status uint8

// The three statuses.
const (
	// Active: the cycle takes every change.
	Active Status = iota
	// Suspended: a crisis, or the loss of mandate or money, holds the cycle at
	// its stage. It takes ratings and stakeholder changes, and the moves resume
	// and abandon.
	Suspended
	// Abandoned: the cycle has ended for good and takes nothing but corrections.
	Abandoned
)

var statusNames = [...]string{Active: "active", Suspended: "suspended", Abandoned: "abandoned"}

// Valid reports whether s is one of the three statuses.
func (s Status) Valid() bool { return s <= Abandoned }

// String gives the text form, such as "suspended".
func (s Status) String() string {
	if !s.Valid() {
		return fmt.Sprintf("status(%d)", uint8(s))
	}
	return statusNames[s]
}

// Told gives the name for people.
func (s Status) Told() language.Text { return termed("status", s.String(), s.Valid()) }

// MarshalText gives the text form.
func (s Status) MarshalText() ([]byte, error) {
	if !s.Valid() {
		return nil, fault.UnknownName("status", s.String(), statusNames[:])
	}
	return []byte(statusNames[s]), nil
}

// UnmarshalText reads the text form.
func (s *Status) UnmarshalText(text []byte) error {
	for i, name := range statusNames {
		if name == string(text) {
			*s = Status(i)
			return nil
		}
	}
	return fault.UnknownName("status", string(text), statusNames[:])
}

// Standing is where a cycle stands: a stage and a status. An abandoned cycle
// stands nowhere in the cycle any more, so its standing has no stage; the
// state remembers the stage at which it ended.
type Standing struct {
	Stage  Stage  `json:"stage"`
	Status Status `json:"status"`
}

// String gives the name of the standing, such as "design", "design (suspended)"
// or "abandoned".
func (s Standing) String() string {
	switch s.Status {
	case Active:
		return s.Stage.String()
	case Suspended:
		return s.Stage.String() + " (suspended)"
	default:
		return s.Status.String()
	}
}

// Told names the standing for people: its stage, and that it is
// suspended; or that it is abandoned.
func (s Standing) Told() language.Text {
	switch s.Status {
	case Active:
		return s.Stage.Told()
	case Suspended:
		return language.Of("standing.suspended", "stage", s.Stage.Told())
	default:
		return s.Status.Told()
	}
}
