package reformcycle

import (
	"errors"
	"maps"
	"slices"

	"github.com/looplab/fsm"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
)

// draft is a state in the making: a batch of changes is applied to it one after
// another, and only the whole becomes visible. It starts as a shallow copy, so
// its slices are still those of a state that somebody may be reading; own takes
// a slice over before the first change to it. A fold applies a whole journal to
// one draft, so it takes each slice over once.
type draft struct {
	state
	books   rulebooks
	machine *fsm.FSM
	author  string // of the entry being applied
	kind    Kind   // of the change being applied
	owned   slot
	under   passage // the move being made
}

// slot marks a slice of the state as the draft's own.
type slot uint32

const (
	ownProblems slot = 1 << iota
	ownWindows
	ownSolutions
	ownDesign
	ownWaivers
	ownDebts
	ownRollout
	ownBodies
	ownReviews
	ownAdaptations
	ownRatings
	ownLevels
	ownArrivals
	ownLaps
	ownStrategies
	ownArtefacts
)

// own gives the slice for the draft to change.
func own[T any](d *draft, which slot, s []T) []T {
	if d.owned&which == 0 {
		d.owned |= which
		s = slices.Clone(s)
	}
	return s
}

// ownAll takes over where the artefacts stand, so that a slice of them can be
// replaced; own takes over the slices themselves.
func (d *draft) ownAll() {
	if d.owned&ownArtefacts == 0 {
		d.owned |= ownArtefacts
		copied := *d.artefacts
		d.artefacts = &copied
	}
}

// take applies one entry: the only way a state ever changes, live and in a fold.
func (d *draft) take(e Entry, c Change) error {
	if err := accepts(&d.state, e.Kind); err != nil {
		return err
	}
	if e.At.Before(d.Moment) {
		return &MomentError{What: "happened", Moment: e.At, Earliest: d.Moment}
	}
	if e.Recorded.Before(d.Recorded) {
		return &MomentError{What: "recorded", Moment: e.Recorded, Earliest: d.Recorded}
	}
	d.author, d.kind, d.Moment, d.Recorded = e.By, e.Kind, e.At, e.Recorded
	if _, move := c.(Move); !move {
		d.ownAll()
	}
	if err := c.apply(d); err != nil {
		return err
	}
	d.Seq = e.Seq
	d.settle()
	return nil
}

// record adds an artefact with an id of its own.
func record[T any](d *draft, into *[]T, which slot, v T, id func(*T) string, field string) error {
	for i := range *into {
		if id(&(*into)[i]) == id(&v) {
			return duplicate(d.kind, field, id(&v))
		}
	}
	if len(*into) >= maxRecord {
		return full(d.kind, field, maxRecord)
	}
	*into = append(own(d, which, *into), v)
	return nil
}

// find gives the index of the artefact with an id, or a refusal that names those
// there are.
func find[T any](all []T, kind Kind, field, wanted string, id func(*T) string, what string) (int, error) {
	for i := range all {
		if id(&all[i]) == wanted {
			return i, nil
		}
	}
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = id(&all[i])
	}
	return 0, unknownReference(kind, field, wanted, what, ids)
}

// amend gives the artefact with an id for the draft to change.
func amend[T any](d *draft, all *[]T, which slot, field, wanted string, id func(*T) string) (*T, error) {
	i, err := find(*all, d.kind, field, wanted, id, "a recorded "+field)
	if err != nil {
		return nil, err
	}
	*all = own(d, which, *all)
	return &(*all)[i], nil
}

func cloneScores(s Scores) Scores { return maps.Clone(s) }

// withScores puts new scores over old ones, in a map of its own.
func withScores(old, more Scores) Scores {
	all := maps.Clone(old)
	if all == nil {
		all = Scores{}
	}
	maps.Copy(all, more)
	return all
}

// The refusals that many changes share.

func unknownReference(kind Kind, field, id, what string, known []string) error {
	return invalid(string(kind), field, "exists", id, "the id of "+what+": "+fault.List(known))
}

func duplicate(kind Kind, field, id string) error {
	return invalid(string(kind), field, "unique", id, "an id that is not taken")
}

func full(kind Kind, field string, most int) error {
	return invalid(string(kind), field, fault.Length, most, "no more of them: the cycle holds as many as it takes")
}

// foreign makes our refusal from one of the other two packages.
func foreign(_ Kind, err error) error {
	var ours fault.Fields
	var actor stakeholders.FieldErrors
	var rating assessment.FieldErrors
	switch {
	case errors.As(err, &actor):
		for _, e := range actor {
			ours.Add(e.Field, e.Rule, e.Value, e.Want)
		}
	case errors.As(err, &rating):
		for _, e := range rating {
			ours.Add(e.Field, e.Rule, e.Value, e.Want)
		}
	default:
		return err
	}
	return ours
}
