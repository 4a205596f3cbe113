package reformcycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// reformReadiness is the built-in checklist: fifty-two criteria in eight
// sections, each with the source it rests on. The version is named, for a cycle
// remembers which one it is judged by.
const reformReadiness = "reform-readiness@1.0.0"

var builtIn = func() *rulebook {
	framework, err := frameworks.Get(reformReadiness)
	if err == nil {
		var r *rulebook
		if r, err = newRulebook(framework.Checklist()); err == nil {
			return r
		}
	}
	panic(err) // the embedded file is wrong: found by the first test
}()

// ReformChecklist gives the built-in checklist, "reform-readiness": a section a
// stage. A host derives its own from it with assessment's Derive, or writes one
// with the stages' names as sections, and hands it to WithChecklist.
func ReformChecklist() *assessment.Checklist { return builtIn.list }

// CoalitionVeto is the id of the guard that no criterion of the checklist
// stands for: no actor whose refusal alone blocks opposes the reform (reich).
const CoalitionVeto = "coalition.veto"

// coalitionFeasible is the criterion that goes on guarding every advance after
// its own stage: a coalition has to hold, not only to have been built.
const coalitionFeasible = "coalition.feasible"

// derivation computes a derived criterion from what is recorded.
type derivation struct {
	// level: non-functional where nothing is there, partially functional where
	// something is, functional where the criterion is met. It is never unknown,
	// for what is recorded is known, and never highly functional, for how well a
	// thing is done can't be computed from its being there. No allocation.
	level func(*state, *criterion, time.Time) assessment.Level
	// missing says, in a few words each, what there is not; asked only where the
	// criterion is unmet.
	missing func(*state, *criterion, time.Time) []string
	// change is the kind of change that mends it.
	change Kind
}

// present is the level of a thing that is there or not.
func present(there bool) assessment.Level {
	if there {
		return assessment.Functional
	}
	return assessment.NonFunctional
}

// partly raises the level of what is not met to partially functional where some
// of it is there.
func partly(level assessment.Level, some bool) assessment.Level {
	if some && level == assessment.NonFunctional {
		return assessment.PartiallyFunctional
	}
	return level
}

// derivations computes the derived criteria by id. Each stands in the file of
// its stage.
var derivations = map[string]derivation{
	"problem.framed":            framed.by(KindFrameProblem),
	"problem.window":            windowNamed.by(KindOpenWindow),
	"coalition.formed":          coalitionFormed.by(KindFormCoalition),
	"coalition.roles":           rolesFilled.by(KindAssignRole),
	"coalition.diverse":         diverse.by(KindEngageActor),
	"coalition.government-lead": governmentLeads.by(KindAssignRole),
	coalitionFeasible:           feasible.by(KindTakePosition),
	"coalition.chw-voice":       chwVoice.by(KindEngageActor),
	"solution.criteria":         solutionCriteria.by(KindSetCriteria),
	"solution.gathered":         solutionsGathered.by(KindProposeSolution),
	"solution.prioritized":      prioritized.by(KindChooseSolution),
	"solution.piloted":          piloted.by(KindRecordPilot),
	"design.authorities":        authoritiesNamed.by(KindNameAuthorities),
	"design.choices":            mapped.by(KindMapDesign),
	"design.validated":          validated.by(KindValidateDesign),
	"design.evidence":           appraised.by(KindAppraiseSolution),
	"launch.activated":          activated.by(KindReportRollout),
	"launch.deployed":           deployed.by(KindReportRollout),
	"launch.phased":             phased.by(KindPlanRollout),
	"governance.rights":         decisionRights.by(KindEstablishBody),
	"learning.review":           reviewed.by(KindHoldReview),
	"learning.adaptation":       adapted.by(KindAdapt),
	"learning.next":             gapsNamed.by(KindHoldReview),
}

func (d derivation) by(change Kind) derivation {
	d.change = change
	return d
}

// DerivedCriteria lists, in order, the ids of the criteria that a cycle can
// compute: the derived criteria that a checklist may hold.
func DerivedCriteria() []string {
	var ids []string
	for id := range derivations {
		ids = append(ids, id)
	}
	return sorted(ids)
}

// criterion is a criterion made ready to judge a state by.
type criterion struct {
	assessment.Criterion
	stage   Stage
	sources string // the keys, joined
	derive  derivation
}

// maxParameter bounds the number that a derived criterion is judged against:
// months, options, phases.
const maxParameter = 10_000

// rulebook is a checklist made ready to judge states by.
type rulebook struct {
	list     *assessment.Checklist
	criteria []criterion
	// span gives each stage's criteria, a half-open range.
	span [ManagementAndLearning + 1]struct{ from, to int }
	// feasible is the index of the criterion that guards every later advance, −1
	// where the checklist has none or only advises it.
	feasible int
}

// newRulebook refuses a checklist that a cycle can't be judged by.
func newRulebook(list *assessment.Checklist) (*rulebook, error) {
	if list == nil || list.Len() == 0 {
		return nil, invalid("checklist", "checklist", "required", nil, "a checklist with criteria")
	}
	r := &rulebook{list: list, feasible: -1}
	var broken fault.Fields
	for i, c := range list.All() {
		stage, err := ParseStage(c.Section)
		if err != nil {
			broken.Add(fault.At("criteria", i)+".section", "known", c.Section, "the stage it guards: one of "+fault.List(stageNames[1:]))
		}
		derive, derivable := derivations[c.ID]
		switch {
		case fault.ID.Broken(c.ID) != "":
			broken.Text(fault.At("criteria", i)+".id", c.ID, fault.ID)
		case c.Parameter < 0 || c.Parameter > maxParameter:
			broken.Add(fault.At("criteria", i)+".parameter", "range", c.Parameter, fmt.Sprintf("from 0 to %d", maxParameter))
		case c.ID == CoalitionVeto:
			broken.Add(fault.At("criteria", i)+".id", "reserved", c.ID, "another id; this one names a guard of the coalition")
		case c.Kind == assessment.Derived && !derivable:
			broken.Add(fault.At("criteria", i)+".kind", "derivable", c.ID, "kind rated, or the id of a criterion that can be computed: "+fault.List(DerivedCriteria()))
		case c.Kind == assessment.Derived && c.Threshold > assessment.Functional:
			broken.Add(fault.At("criteria", i)+".threshold", "reachable", c.Threshold.String(), "functional or less; a derived criterion is never highly functional")
		}
		if c.ID == coalitionFeasible && !c.Advisory {
			r.feasible = i
		}
		r.criteria = append(r.criteria, criterion{Criterion: c, stage: stage, sources: strings.Join(c.Sources, ", "), derive: derive})
	}
	if err := broken.Err(); err != nil {
		return nil, err
	}
	for s := range Stages() {
		r.span[s].from, r.span[s].to = list.Section(s.String())
	}
	return r, nil
}

// rulebooks are the checklists that a cycle may be judged by, the host's before
// the built-in one.
type rulebooks []*rulebook

func (rs rulebooks) find(id string) (*rulebook, error) {
	var ids []string
	for _, r := range append(slices.Clip(rs), builtIn) {
		if r.list.ID() == id {
			return r, nil
		}
		ids = append(ids, r.list.ID())
	}
	return nil, fmt.Errorf("%w: %s; known here: %s; hand in others with WithChecklist", ErrUnknownChecklist, fault.Bounded(id), fault.List(ids))
}
