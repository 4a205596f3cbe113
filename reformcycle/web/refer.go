package web

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file says which fields refer to what is on record, and to what.

var indexes = regexp.MustCompile(`\[\d+\]`)

// known are what a field of a form may refer to; nil where it refers to nothing, or to
// what the record has none of, so that it is typed.
func (v *visit) known(a about, path string) []option {
	if a.kind == reformcycle.KindCorrect {
		a.kind, path = a.entry.Kind, strings.TrimPrefix(path, "change.data.")
	}
	path = indexes.ReplaceAllString(path, "")
	name := path[strings.LastIndexByte(path, '.')+1:]
	s := a.state
	named := func(of *[]option, id, what string) {
		*of = append(*of, option{Value: id, Text: language.Typed(clipped(cmp.Or(what, id)))})
	}
	var all []option
	switch {
	case a.kind == reformcycle.KindEngageActor && path == "actor.id":
	case slices.Contains([]string{"actor", "convener", "authority", "decision_makers", "contributors", "authorizers", "owner"}, name),
		name == "members" && path == "body.members",
		name == "by" && (a.kind == reformcycle.KindChooseSolution || a.kind == reformcycle.KindValidateDesign):
		for actor := range s.Actors().All() {
			named(&all, actor.ID, actor.Name)
		}
	case name == "criterion" && (a.kind == reformcycle.KindRate || a.kind == reformcycle.KindWaive || strings.Contains(path, "commitment")):
		derived := reformcycle.DerivedCriteria()
		for _, c := range s.Checklist().Spec().Criteria {
			if a.kind != reformcycle.KindRate || !slices.Contains(derived, c.ID) && c.Children == nil {
				all = append(all, option{Value: c.ID, Text: language.Built(c.Text)})
			}
		}
	case name == "solution" && path != "solution.id", a.kind == reformcycle.KindChooseSolution && path == "solution":
		for _, one := range s.Solutions() {
			named(&all, one.ID, one.Name)
		}
	case name == "problem":
		for _, one := range s.Problems() {
			named(&all, one.ID, one.Statement)
		}
	case name == "phase" && a.kind == reformcycle.KindReportRollout:
		for _, one := range s.Rollout() {
			named(&all, one.ID, one.Name)
		}
	case name == "body":
		for _, one := range s.Bodies() {
			named(&all, one.ID, one.Name)
		}
	case name == "review" && path != "review":
		for _, one := range s.Reviews() {
			named(&all, one.ID, one.Name)
		}
	case name == "strategy" && a.kind == reformcycle.KindObserveStrategy:
		for _, one := range s.Strategies() {
			named(&all, one.ID, one.Name)
		}
	case name == "commitment" && a.kind == reformcycle.KindDeliver:
		for actor := range s.Actors().All() {
			for _, c := range actor.Commitments {
				all = append(all, option{Value: c.ID, Text: language.Of("web-form.named", "id", c.ID, "name", clipped(actor.Name))})
			}
		}
	case name == "scores" && (a.kind == reformcycle.KindScoreProblem || a.kind == reformcycle.KindFrameProblem):
		for _, c := range s.ProblemCriteria() {
			named(&all, c.ID, c.Text)
		}
	case name == "scores" && (a.kind == reformcycle.KindScoreSolution || a.kind == reformcycle.KindProposeSolution):
		for _, c := range s.SolutionCriteria() {
			named(&all, c.ID, c.Text)
		}
	}
	return all
}
