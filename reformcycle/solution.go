package reformcycle

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/appraisal"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is stage 3, solution gathering: the options, their pilots and the
// choice among them, and the criteria derived from them.

// The kinds of change of this stage. SetCriteria also agrees on the criteria of the
// first.
const (
	KindSetCriteria     Kind = "set-criteria"
	KindProposeSolution Kind = "propose-solution"
	KindScoreSolution   Kind = "score-solution"
	KindRecordPilot     Kind = "record-pilot"
	KindChooseSolution  Kind = "choose-solution"
)

// solutionPart is what this stage has recorded.
type solutionPart struct {
	SolutionCriteria []ChoiceCriterion `json:"solution_criteria,omitempty"`
	Solutions        shelf[Solution]   `json:"solutions,omitempty"`
}

var solutions part[solutionPart]

// Subject says what criteria of choice are for.
type Subject string

// The two things that a reform ranks.
const (
	ForProblems  Subject = "problems"
	ForSolutions Subject = "solutions"
)

var subjects = []Subject{ForProblems, ForSolutions}

// Valid reports whether s is one of the two subjects.
func (s Subject) Valid() bool { return slices.Contains(subjects, s) }

// Told gives the name for people.
func (s Subject) Told() language.Text { return termed("subject", string(s), s.Valid()) }

// UnmarshalText reads the text form and refuses any other by name.
func (s *Subject) UnmarshalText(text []byte) error { return fault.ReadName("for", s, text, subjects) }

// SetCriteria agrees on the weighted criteria by which problems or solutions
// are ranked in this lap (chen2021). Setting them again replaces them; scores
// against a criterion that is gone no longer count.
type SetCriteria struct {
	For      Subject           `json:"for" validate:"known"`
	Criteria []ChoiceCriterion `json:"criteria" validate:"min=1,max=1000,dive"`
}

// Kind names the change.
func (SetCriteria) Kind() Kind { return KindSetCriteria }

func (c SetCriteria) apply(d *draft) error {
	for i := range c.Criteria {
		if slices.ContainsFunc(c.Criteria[:i], func(earlier ChoiceCriterion) bool { return earlier.ID == c.Criteria[i].ID }) {
			return duplicate(fmt.Sprintf("criteria[%d].id", i), c.Criteria[i].ID)
		}
	}
	c.Criteria = slices.Clone(c.Criteria)
	for i := range c.Criteria {
		c.Criteria[i].Entry = d.entry
	}
	if c.For == ForProblems {
		problems.in(d).ProblemCriteria = c.Criteria
	} else {
		solutions.in(d).SolutionCriteria = c.Criteria
	}
	return nil
}

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

// Told gives the name for people.
func (o Origin) Told() language.Text { return termed("origin", string(o), o.Valid()) }

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

	// What follows is set when it is recorded, by Entry, and by later changes.

	Lap         int          `json:"lap,omitempty" validate:"-"`
	Entry       uint64       `json:"entry,omitempty" validate:"-"`
	Pilots      []Pilot      `json:"pilots,omitempty" validate:"-"`
	Chosen      *Choice      `json:"chosen,omitempty" validate:"-"`
	Expectation *Expectation `json:"appraisal,omitempty" validate:"-"`
}

func (o Solution) shelved() (string, int) { return o.ID, o.Lap }

func (o Solution) clone() Solution {
	o.Scores = maps.Clone(o.Scores)
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

// Told gives the name for people.
func (f PilotFinding) Told() language.Text { return termed("pilot", string(f), f.Valid()) }

// UnmarshalText reads the text form and refuses any other by name.
func (f *PilotFinding) UnmarshalText(text []byte) error {
	return fault.ReadName("finding", f, text, findings)
}

// Pilot is a test of a solution.
type Pilot struct {
	ID    string `json:"id" validate:"id"`
	Where string `json:"where" validate:"text"`
	// From its first day to its last, as far as they are known; either may be left out.
	From date.Date `json:"from,omitzero"`
	To   date.Date `json:"to,omitzero" validate:"omitempty,notbefore=From"`
	// Finding, and a sentence that says what it rests on.
	Finding  PilotFinding        `json:"finding" validate:"known"`
	Result   string              `json:"result" validate:"text"`
	Evidence assessment.Evidence `json:"evidence"`
	// Entry that recorded it; set when it is.
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

// Expectation is what is expected of an option.
type Expectation struct {
	// Cost over the plan's years, in Currency; 0 or more.
	Cost     float64 `json:"cost" validate:"finite,gte=0,lte=1e15"`
	Currency string  `json:"currency" validate:"id"`
	// Impact that is expected, in words.
	Impact string `json:"impact" validate:"text"`
	// Feasibility as judged, on the scale of all levels; not unknown.
	Feasibility assessment.Level    `json:"feasibility" validate:"known,gte=1"`
	Evidence    assessment.Evidence `json:"evidence"`
	// Entry that recorded it; set when it is.
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

// Choice records that a solution was chosen for integration.
type Choice struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	On     time.Time `json:"on"`
	// Comparison that the choice rests on; nil where none was recorded.
	Comparison *appraisal.Problem `json:"comparison,omitempty"`
	// Entry that recorded it.
	Entry uint64 `json:"entry"`
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
	part := solutions.in(d)
	if err := o.Scores.refuse(part.SolutionCriteria); err != nil {
		return err
	}
	o.Lap, o.Entry, o.Pilots, o.Chosen, o.Expectation = d.Lap, d.entry, nil, nil, nil
	if i := part.Solutions.index(o.ID); i >= 0 && part.Solutions[i].Lap < d.Lap {
		own(d, &part.Solutions)
		earlier := &part.Solutions[i]
		o.Pilots, o.Expectation = earlier.Pilots, earlier.Expectation
		*earlier = o
		return nil
	}
	return part.Solutions.add(d, "solution.id", o)
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
	if err := c.Scores.refuse(solutions.of(d.state).SolutionCriteria); err != nil {
		return err
	}
	o, err := d.option(c.Solution)
	if err != nil {
		return err
	}
	o.Scores = o.Scores.with(c.Scores)
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
	o, err := solutions.in(d).Solutions.amend(d, "solution", c.Solution)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(o.Pilots, func(p Pilot) bool { return p.ID == c.Pilot.ID }) {
		return duplicate("pilot.id", c.Pilot.ID)
	}
	if len(o.Pilots) >= maxList {
		return full("pilot", maxList)
	}
	c.Pilot.Entry = d.entry
	d.lived(KindRecordPilot, c.Pilot.ID, cmp.Or(c.Pilot.To, c.Pilot.From))
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
	if err := d.hasActor("by", c.By); err != nil {
		return err
	}
	o, err := d.option(c.Solution)
	if err != nil {
		return err
	}
	if o.Chosen != nil {
		return fault.Refuse("solution", fault.Unique, c.Solution, language.Of("want.not-chosen"))
	}
	if c.Comparison != nil {
		if err := d.compares(c); err != nil {
			return err
		}
	}
	o.Chosen = &Choice{By: c.By, Reason: c.Reason, On: d.Moment, Comparison: c.Comparison, Entry: d.entry}
	d.lived(KindChooseSolution, o.ID, d.day())
	return nil
}

// compares refuses a comparison of other options than those at hand, or by other
// criteria than those agreed.
func (d *draft) compares(c ChooseSolution) error {
	criteria := solutions.of(d.state).SolutionCriteria
	for i, criterion := range c.Comparison.Criteria {
		if !slices.ContainsFunc(criteria, func(agreed ChoiceCriterion) bool { return agreed.ID == criterion.ID }) {
			return unknownReference(fmt.Sprintf("comparison.criteria[%d].id", i), criterion.ID, language.Of("want.agreed", "known", listed(choiceIDs(criteria))))
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
			return unknownReference(fmt.Sprintf("comparison.alternatives[%d].id", i), o.ID, language.Of("want.option-of-lap", "known", listed(ids)))
		}
	}
	if !slices.Contains(compared, c.Solution) {
		return fault.Refuse("solution", "compared", c.Solution, language.Of("want.alternative", "known", listed(compared)))
	}
	return nil
}

// option gives an option of this lap for the draft to change. Those of earlier
// laps are knowledge: they may be piloted and appraised, not scored or chosen.
func (d *draft) option(id string) (*Solution, error) {
	o, err := solutions.in(d).Solutions.amend(d, "solution", id)
	if err == nil && o.Lap != d.Lap {
		err = fault.Refuse("solution", "lap", id, language.Of("want.option-again"))
	}
	return o, err
}

// options yields the options of the current lap.
func (s *state) options(yield func(*Solution) bool) {
	solutions.of(s).Solutions.ofLap(s.Lap)(yield)
}

// solutionCriteria: criteria for judging solutions are agreed, with weights.
var solutionCriteria = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		return present(len(solutions.of(s).SolutionCriteria) > 0)
	},
	missing: func(*state, *criterion, time.Time) []language.Text {
		return []language.Text{language.Of("missing.solution-criteria")}
	},
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
	missing: func(s *state, c *criterion, _ time.Time) (missing []language.Text) {
		options, from := gathered(s)
		if float64(options) < c.Parameter {
			missing = append(missing, counted("missing.options", c.Parameter, options))
		}
		if float64(from) < c.Parameter {
			missing = append(missing, counted("missing.origins", c.Parameter, from))
		}
		return missing
	},
}

// prioritized: every option of this lap is scored on every agreed criterion,
// and one at least is chosen.
var prioritized = derivation{
	level: func(s *state, _ *criterion, _ time.Time) assessment.Level {
		scored, chosen := true, false
		criteria := solutions.of(s).SolutionCriteria
		for o := range s.options {
			scored = scored && o.Scores.complete(criteria)
			chosen = chosen || o.Chosen != nil
		}
		return partly(present(scored && chosen), chosen)
	},
	missing: func(s *state, _ *criterion, _ time.Time) (missing []language.Text) {
		chosen := false
		for o := range s.options {
			if !o.Scores.complete(solutions.of(s).SolutionCriteria) {
				missing = append(missing, language.Of("missing.scores", "option", o.ID))
			}
			chosen = chosen || o.Chosen != nil
		}
		if !chosen {
			missing = append(missing, language.Of("missing.chosen"))
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
	missing: func(*state, *criterion, time.Time) []language.Text {
		return []language.Text{language.Of("missing.pilot")}
	},
}

// SolutionCriteria that are agreed for ranking solutions.
func (s State) SolutionCriteria() []ChoiceCriterion {
	return slices.Clone(solutions.of(s.get()).SolutionCriteria)
}

// Solutions that were gathered, in all laps.
func (s State) Solutions() []Solution { return solutions.of(s.get()).Solutions.copies() }

// RankedSolutions ranks the options of this lap, the best first.
func (s State) RankedSolutions() []Ranked {
	st := s.get()
	var all []option
	for o := range st.options {
		all = append(all, option{len(all), o.ID, o.Scores})
	}
	return rank(all, solutions.of(st).SolutionCriteria)
}

// SolutionProblem states the choice among the options of this lap for package
// appraisal: the agreed criteria with their weights, and the scores as they are
// recorded. Add what the group knows beyond that, such as ranges of scores, bounds
// on weights or an order of importance; appraisal.New says what is still missing.
// A text too long to be a name there is left out; the id stands for it.
func (s State) SolutionProblem() appraisal.Problem {
	st := s.get()
	criteria := solutions.of(st).SolutionCriteria
	var p appraisal.Problem
	for _, c := range criteria {
		p.Criteria = append(p.Criteria, appraisal.Criterion{ID: c.ID, Name: asName(c.Text), Weight: c.Weight})
	}
	for o := range st.options {
		alternative := appraisal.Alternative{ID: o.ID, Name: asName(o.Name)}
		for _, c := range criteria {
			if score, known := o.Scores[c.ID]; known {
				alternative.Scores = append(alternative.Scores, appraisal.Exactly(c.ID, score))
			}
		}
		p.Alternatives = append(p.Alternatives, alternative)
	}
	return p
}

// asName leaves out a text that appraisal would not take as a name.
func asName(text string) string {
	text = strings.TrimSpace(text)
	if fault.Name.Broken(text) != "" {
		return ""
	}
	return text
}

var solutionRoom = room{
	past: map[reflect.Type][]string{reflect.TypeFor[Pilot](): {"from"}},
	changes: []kindEntry{
		changeKind[SetCriteria](), changeKind[ProposeSolution](), changeKind[ScoreSolution](),
		changeKind[RecordPilot](), changeKind[ChooseSolution](),
	},
	part:  &solutions,
	topic: SolutionGathering.Topic(),
	derives: map[string]derivation{
		"solution.criteria":    solutionCriteria.by(KindSetCriteria),
		"solution.gathered":    solutionsGathered.by(KindProposeSolution),
		"solution.prioritized": prioritized.by(KindChooseSolution),
		"solution.piloted":     piloted.by(KindRecordPilot),
	},
	names: []vocabulary{names(subjects), names(origins), names(findings)},
	renew: func(d *draft) { solutions.in(d).SolutionCriteria = nil },
}
