package reformcycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/appraisal"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file is stage 3, solution gathering: the options, their pilots and the
// choice among them, and the criteria derived from them.

// Origin says where an option comes from.
type Origin string

// The three origins (chen2021).
const (
	Existing      Origin = "existing"
	Local         Origin = "local"
	International Origin = "international"
)

var origins = []Origin{Existing, Local, International}

// Valid reports whether o is one of the three origins.
func (o Origin) Valid() bool { return slices.Contains(origins, o) }

// UnmarshalText reads the text form and refuses any other by name.
func (o *Origin) UnmarshalText(text []byte) error { return fault.ReadName("origin", o, text, origins) }

// Solution is an option that may become part of the programme.
type Solution struct {
	ID     string `json:"id" validate:"id"`
	Name   string `json:"name" validate:"text"`
	Origin Origin `json:"origin" validate:"known"`
	What   string `json:"what,omitempty" validate:"note"`
	// Source that the option is known from.
	Source string `json:"source,omitempty" validate:"note"`
	// Scores against the agreed criteria for solutions.
	Scores Scores `json:"scores,omitempty" validate:"max=1000,dive,finite,gte=0,lte=10"`

	// What follows is set by later changes.

	Lap         int          `json:"lap,omitempty" validate:"-"`
	Pilots      []Pilot      `json:"pilots,omitempty" validate:"-"`
	Chosen      *Choice      `json:"chosen,omitempty" validate:"-"`
	Expectation *Expectation `json:"appraisal,omitempty" validate:"-"`
}

func (o Solution) clone() Solution {
	o.Scores = cloneScores(o.Scores)
	o.Pilots = slices.Clone(o.Pilots)
	if o.Chosen != nil {
		c := *o.Chosen
		if c.Comparison != nil {
			p := c.Comparison.Clone()
			c.Comparison = &p
		}
		o.Chosen = &c
	}
	if o.Expectation != nil {
		a := *o.Expectation
		o.Expectation = &a
	}
	return o
}

// PilotFinding says what a pilot found.
type PilotFinding string

// What a pilot may have found.
const (
	Effective    PilotFinding = "effective"
	NotEffective PilotFinding = "not-effective"
	Inconclusive PilotFinding = "inconclusive"
	// NotReported: the pilot is known of, what it found is not.
	NotReported PilotFinding = "not-reported"
)

var findings = []PilotFinding{Effective, NotEffective, Inconclusive, NotReported}

// Valid reports whether f is one of the findings.
func (f PilotFinding) Valid() bool { return slices.Contains(findings, f) }

// UnmarshalText reads the text form and refuses any other by name.
func (f *PilotFinding) UnmarshalText(text []byte) error {
	return fault.ReadName("finding", f, text, findings)
}

// Pilot is a test of a solution.
type Pilot struct {
	ID    string    `json:"id" validate:"id"`
	Where string    `json:"where" validate:"text"`
	From  time.Time `json:"from,omitzero"`
	To    time.Time `json:"to,omitzero" validate:"omitempty,gtefield=From"`
	// Finding, and a sentence that says what it rests on.
	Finding  PilotFinding        `json:"finding" validate:"known"`
	Result   string              `json:"result" validate:"text"`
	Evidence assessment.Evidence `json:"evidence"`
}

// Choice records that a solution was chosen for integration.
type Choice struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	On     time.Time `json:"on"`
	// Comparison that the choice rests on; nil where none was recorded.
	Comparison *appraisal.Problem `json:"comparison,omitempty"`
}

// ProposeSolution adds an option. An option of an earlier lap may be proposed
// again: it is taken up in this lap, unchosen, with what is known of it.
type ProposeSolution struct {
	Solution Solution `json:"solution"`
}

// Kind names the change.
func (ProposeSolution) Kind() Kind { return KindProposeSolution }

func (c ProposeSolution) apply(d *draft) error {
	o := c.Solution
	if err := o.Scores.refuse(string(c.Kind()), d.SolutionCriteria); err != nil {
		return err
	}
	o.Lap, o.Pilots, o.Chosen, o.Expectation = d.Lap, nil, nil, nil
	for i := range d.Solutions {
		if earlier := &d.Solutions[i]; earlier.ID == o.ID && earlier.Lap < d.Lap {
			o.Pilots, o.Expectation = earlier.Pilots, earlier.Expectation
			d.Solutions = own(d, ownSolutions, d.Solutions)
			d.Solutions[i] = o
			return nil
		}
	}
	return record(d, &d.Solutions, ownSolutions, o, solutionID, "solution.id")
}

// ScoreSolution scores an option against the agreed criteria; a score given
// before is replaced.
type ScoreSolution struct {
	Solution string `json:"solution" validate:"id"`
	Scores   Scores `json:"scores" validate:"min=1,max=1000,dive,finite,gte=0,lte=10"`
}

// Kind names the change.
func (ScoreSolution) Kind() Kind { return KindScoreSolution }

func (c ScoreSolution) apply(d *draft) error {
	if err := c.Scores.refuse(string(c.Kind()), d.SolutionCriteria); err != nil {
		return err
	}
	o, err := d.option(c.Solution)
	if err != nil {
		return err
	}
	o.Scores = withScores(o.Scores, c.Scores)
	return nil
}

// RecordPilot records the test of an option and what it found.
type RecordPilot struct {
	Solution string `json:"solution" validate:"id"`
	Pilot    Pilot  `json:"pilot"`
}

// Kind names the change.
func (RecordPilot) Kind() Kind { return KindRecordPilot }

func (c RecordPilot) apply(d *draft) error {
	o, err := amend(d, &d.Solutions, ownSolutions, "solution", c.Solution, solutionID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(o.Pilots, func(p Pilot) bool { return p.ID == c.Pilot.ID }) {
		return duplicate(c.Kind(), "pilot.id", c.Pilot.ID)
	}
	if len(o.Pilots) >= maxList {
		return full(c.Kind(), "pilot", maxList)
	}
	o.Pilots = append(slices.Clip(o.Pilots), c.Pilot)
	return nil
}

// ChooseSolution chooses an option for integration.
type ChooseSolution struct {
	Solution string `json:"solution" validate:"id"`
	// By is the id of the actor who chose.
	By     string `json:"by" validate:"id"`
	Reason string `json:"reason" validate:"text"`
	// Comparison that the choice rests on, if there was one: the options as they
	// were scored, the chosen one among them, all of this lap. State's
	// SolutionProblem gives it as far as it is recorded; package appraisal says
	// what follows from it.
	Comparison *appraisal.Problem `json:"comparison,omitempty"`
}

// Kind names the change.
func (ChooseSolution) Kind() Kind { return KindChooseSolution }

func (c ChooseSolution) apply(d *draft) error {
	if err := d.hasActor(c.Kind(), "by", c.By); err != nil {
		return err
	}
	o, err := d.option(c.Solution)
	if err != nil {
		return err
	}
	if o.Chosen != nil {
		return invalid(string(c.Kind()), "solution", "unique", c.Solution, "a solution that is not chosen yet")
	}
	if c.Comparison != nil {
		if err := d.compares(c); err != nil {
			return err
		}
	}
	o.Chosen = &Choice{By: c.By, Reason: c.Reason, On: d.Moment, Comparison: c.Comparison}
	return nil
}

// compares refuses a comparison of other options than those at hand, or by other
// criteria than those agreed.
func (d *draft) compares(c ChooseSolution) error {
	for i, criterion := range c.Comparison.Criteria {
		if !slices.ContainsFunc(d.SolutionCriteria, func(agreed ChoiceCriterion) bool { return agreed.ID == criterion.ID }) {
			return unknownReference(c.Kind(), fmt.Sprintf("comparison.criteria[%d].id", i), criterion.ID, "an agreed criterion", choiceIDs(d.SolutionCriteria))
		}
	}
	compared := make([]string, len(c.Comparison.Alternatives))
	var ids []string
	for o := range d.options {
		ids = append(ids, o.ID)
	}
	for i, o := range c.Comparison.Alternatives {
		compared[i] = o.ID
		if !slices.Contains(ids, o.ID) {
			return unknownReference(c.Kind(), fmt.Sprintf("comparison.alternatives[%d].id", i), o.ID, "an option of this lap", ids)
		}
	}
	if !slices.Contains(compared, c.Solution) {
		return invalid(string(c.Kind()), "solution", "compared", c.Solution, "one of the alternatives of the comparison: "+fault.List(compared))
	}
	return nil
}

func solutionID(o *Solution) string { return o.ID }

// option gives an option of this lap for the draft to change. Those of earlier
// laps are knowledge: they may be piloted and appraised, not scored or chosen.
func (d *draft) option(id string) (*Solution, error) {
	o, err := amend(d, &d.Solutions, ownSolutions, "solution", id, solutionID)
	if err == nil && o.Lap != d.Lap {
		err = invalid(string(d.kind), "solution", "lap", id, "an option of this lap; propose it again to take it up")
	}
	return o, err
}

// options yields the options of the current lap.
func (s *state) options(yield func(*Solution) bool) {
	for i := range s.Solutions {
		if s.Solutions[i].Lap == s.Lap && !yield(&s.Solutions[i]) {
			return
		}
	}
}

// solutionCriteria: criteria for judging solutions are agreed, with weights.
var solutionCriteria = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return present(len(s.SolutionCriteria) > 0)
	},
	missing: func(*state, *criterion, time.Time) []string { return []string{"agreed criteria for solutions"} },
}

// gathered counts the options of this lap and the origins they come from.
func gathered(s *state) (options, from int) {
	var seen [3]bool
	for o := range s.options {
		options++
		seen[slices.Index(origins, o.Origin)] = true
	}
	for _, is := range seen {
		if is {
			from++
		}
	}
	return options, from
}

// solutionsGathered: enough options, from enough origins.
var solutionsGathered = derivation{
	level: func(s *state, c *criterion, _ time.Time) assessment.Level {
		options, from := gathered(s)
		return partly(present(float64(options) >= c.Parameter && float64(from) >= c.Parameter), options > 0)
	},
	missing: func(s *state, c *criterion, _ time.Time) (missing []string) {
		options, from := gathered(s)
		if float64(options) < c.Parameter {
			missing = append(missing, fmt.Sprintf("%g options (now %d)", c.Parameter, options))
		}
		if float64(from) < c.Parameter {
			missing = append(missing, fmt.Sprintf("options from %g origins (now %d)", c.Parameter, from))
		}
		return missing
	},
}

// prioritized: every option of this lap is scored on every agreed criterion,
// and one at least is chosen.
var prioritized = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		scored, chosen := true, false
		for o := range s.options {
			scored = scored && o.Scores.complete(s.SolutionCriteria)
			chosen = chosen || o.Chosen != nil
		}
		return partly(present(scored && chosen), chosen)
	},
	missing: func(s *state, _ *criterion, _ time.Time) (missing []string) {
		chosen := false
		for o := range s.options {
			if !o.Scores.complete(s.SolutionCriteria) {
				missing = append(missing, "scores of "+o.ID+" on every agreed criterion")
			}
			chosen = chosen || o.Chosen != nil
		}
		if !chosen {
			missing = append(missing, "a chosen option")
		}
		return missing
	},
}

// piloted: a chosen option was tested. What the test found is not asked here;
// the brief and the diagnosis tell it.
var piloted = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		tested := false
		for o := range s.options {
			if len(o.Pilots) > 0 && o.Chosen != nil {
				return assessment.Functional
			}
			tested = tested || len(o.Pilots) > 0
		}
		return partly(present(false), tested)
	},
	missing: func(*state, *criterion, time.Time) []string { return []string{"a pilot of a chosen option"} },
}
