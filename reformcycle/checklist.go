package reformcycle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file makes a checklist ready to judge a cycle by. How the derived criteria
// are computed is in the files of their stages.

// reformReadiness is the built-in checklist: fifty-three criteria in eight
// sections, each with the source it rests on. The version is named, for a cycle
// remembers which one it is judged by.
const reformReadiness = "reform-readiness@1.0.0"

// builtIn is that checklist, made ready once the rooms are known.
var builtIn *rulebook

func mustRulebook(framework string) *rulebook {
	f, err := frameworks.Get(framework)
	if err == nil {
		var r *rulebook
		if r, err = newRulebook(f.Checklist()); err == nil {
			return r
		}
	}
	panic(err) // the embedded file is wrong: found by the first test
}

// ReformChecklist gives the built-in checklist, "reform-readiness": a section a
// stage. A host derives its own from it with assessment's Derive, or writes one
// with the stages' names as sections, and hands it to WithChecklist.
func ReformChecklist() *assessment.Checklist { return builtIn.list }

// derivation computes a derived criterion from what is recorded.
type derivation struct {
	// level: non-functional where nothing is there, partially functional where
	// something is, functional where the criterion is met; unknown where a date on
	// record is known too roughly to tell. It is never highly functional, for how well
	// a thing is done can't be computed from its being there. No allocation.
	level func(*state, *criterion, time.Time) assessment.Level
	// missing says what there is not, an item each; asked only where the criterion is
	// unmet.
	missing func(*state, *criterion, time.Time) []language.Text
	// change is the kind of change that mends it.
	change Kind
	// lasting is the stage from which on it guards every advance, and not only that
	// of its own stage; zero for most.
	lasting Stage
	// actors: it is computed from who takes part.
	actors bool
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

// derivations are those of the rooms, by the ids of the criteria.
var derivations = map[string]derivation{}

func (d derivation) by(change Kind) derivation {
	d.change = change
	return d
}

func (d derivation) ofActors() derivation {
	d.actors = true
	return d
}

func (d derivation) lastingFrom(stage Stage) derivation {
	d.lasting = stage
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

// ComputedFrom gives the kind of change that a derived criterion is computed from first;
// false for one that a cycle can't compute.
func ComputedFrom(criterion string) (Kind, bool) {
	d, ok := derivations[criterion]
	return d.change, ok
}

// criterion is a criterion made ready to judge a state by.
type criterion struct {
	assessment.Criterion
	stage   Stage
	sources string // the keys, joined
	told    any    // its text, as an argument of others
	derive  derivation
}

// maxParameter bounds the number that a derived criterion is judged against:
// months, options, phases.
const maxParameter = 10_000

// rulebook is a checklist made ready to judge states by.
type rulebook struct {
	list     *assessment.Checklist
	terms    Terms
	criteria []criterion
	// span gives each stage's criteria, a half-open range.
	span [ManagementAndLearning + 1]struct{ from, to int }
	// lasting is the index of the criterion that guards every later advance, −1
	// where the checklist has none or only advises it.
	lasting int
}

// newRulebook refuses a checklist that a cycle can't be judged by.
func newRulebook(list *assessment.Checklist) (*rulebook, error) {
	if list == nil || list.Len() == 0 {
		return nil, fault.Refuse("checklist", fault.Required, nil, language.Of("want.checklist"))
	}
	r := &rulebook{list: list, terms: termsOf(list), lasting: -1}
	var broken fault.Fields
	for i, c := range list.All() {
		stage, err := ParseStage(c.Section)
		if err != nil {
			broken.Add(fault.At("criteria", i)+".section", "known", c.Section, language.Of("want.guarded-stage", "stages", stageNames[1:]))
		}
		derive, derivable := derivations[c.ID]
		if c.Children != nil {
			derive, derivable = byChildren, true
		}
		switch {
		case fault.ID.Broken(c.ID) != "":
			broken.Text(fault.At("criteria", i)+".id", c.ID, fault.ID)
		case c.Parameter < 0 || c.Parameter > maxParameter:
			broken.Add(fault.At("criteria", i)+".parameter", "range", c.Parameter, language.Of("want.number-from-to", "low", 0, "high", maxParameter))
		case reserved(c.ID):
			broken.Add(fault.At("criteria", i)+".id", "reserved", c.ID, language.Of("want.not-guard"))
		case c.Kind == assessment.Derived && !derivable:
			broken.Add(fault.At("criteria", i)+".kind", "derivable", c.ID, language.Of("want.derivable", "known", listed(DerivedCriteria())))
		case c.Kind == assessment.Derived && c.Threshold > assessment.Functional:
			broken.Add(fault.At("criteria", i)+".threshold", "reachable", c.Threshold.String(), language.Of("want.reachable"))
		}
		if derive.lasting != 0 && !c.Advisory {
			r.lasting = i
		}
		r.criteria = append(r.criteria, criterion{Criterion: c, stage: stage, sources: strings.Join(c.Sources, ", "), told: language.Built(c.Text), derive: derive})
	}
	if err := broken.Err(); err != nil {
		return nil, err
	}
	for s := range Stages() {
		r.span[s].from, r.span[s].to = list.Section(s.String())
	}
	return r, nil
}

// reserved: the id of a guard can't be that of a criterion.
func reserved(id string) bool {
	return slices.ContainsFunc(guards, func(g guard) bool { return g.id == id })
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
	return nil, &ChecklistError{Checklist: id, Known: ids}
}

// Terms are what a journal keeps of a checklist that judges a cycle, beside its name
// and version: enough to notice that another has taken its place, and to say how the
// two differ.
type Terms struct {
	// Digest is that of all that people and rules judge by: of each criterion its
	// id, section, text, kind, force, weight, threshold and parameter. A remedy or a
	// source may be mended without a new version.
	Digest string `json:"digest,omitempty"`
	// Criteria are just that. Empty for the built-in checklist, whose published
	// versions never change.
	Criteria []assessment.Criterion `json:"criteria,omitempty"`
}

func termsOf(list *assessment.Checklist) Terms {
	t := Terms{Criteria: make([]assessment.Criterion, 0, list.Len())}
	for _, c := range list.All() {
		t.Criteria = append(t.Criteria, assessment.Criterion{
			ID: c.ID, Section: c.Section, Text: c.Text, Kind: c.Kind, Advisory: c.Advisory, Weight: c.Weight, Threshold: c.Threshold, Parameter: c.Parameter,
		})
	}
	text, _ := json.Marshal(t.Criteria) // a checklist that is valid has finite numbers
	sum := sha256.Sum256(text)
	t.Digest = hex.EncodeToString(sum[:])
	return t
}

// namesChecklist is a change that names a checklist. As it is recorded it is given
// the terms of that checklist.
type namesChecklist interface {
	held(rulebooks) (Change, error)
}

// completed is a change as it is kept: one that names a checklist has its terms.
func (rs rulebooks) completed(c Change) (Change, error) {
	if names, ok := c.(namesChecklist); ok {
		return names.held(rs)
	}
	return c, nil
}

// terms gives what a journal is to keep of a checklist.
func (rs rulebooks) terms(id string) (Terms, error) {
	r, err := rs.find(id)
	switch {
	case err != nil:
		return Terms{}, err
	case r.list.ID() == builtIn.list.ID():
		return Terms{Digest: r.terms.Digest}, nil
	}
	return r.terms, nil
}

// judging gives the checklist that a journal names, if it is still what it was.
func (rs rulebooks) judging(id string, kept Terms) (*rulebook, error) {
	r, err := rs.find(id)
	if err == nil && kept.Digest != "" && kept.Digest != r.terms.Digest {
		err = &ChecklistError{Checklist: id, Changed: true, Revisions: assessment.Revisions(kept.Criteria, r.terms.Criteria)}
	}
	return r, err
}
