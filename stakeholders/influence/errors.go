package influence

// What this package refuses, and how it says so.

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/stakeholders"
)

var (
	// ErrRowSum matches a [RowSumError], with errors.Is.
	ErrRowSum = errors.New("influence: weights that do not sum to one")

	// ErrNoUniqueEquilibrium matches a [NoUniqueEquilibriumError].
	ErrNoUniqueEquilibrium = errors.New("influence: no unique equilibrium")

	// ErrIllConditioned matches an [IllConditionedError].
	ErrIllConditioned = errors.New("influence: attachments too weak to compute with")

	// ErrUnknownPosition matches an [UnknownPositionError].
	ErrUnknownPosition = errors.New("influence: position not known")

	// ErrUnreachable matches an [UnreachableError].
	ErrUnreachable = errors.New("influence: threshold out of reach")
)

// shownNames bounds the actors that a message names; the error holds them all.
const shownNames = 10

// RowSum is one listener and what its weights sum to.
type RowSum struct {
	Actor string  `json:"actor"`
	Sum   float64 `json:"sum"`
}

// RowSumError refuses listeners whose weights do not sum to one. It matches
// [ErrRowSum] and [stakeholders.ErrInvalid].
type RowSumError struct {
	Rows []RowSum // in the order of the actors, at least one
}

// Error names the rows and their sums.
func (e *RowSumError) Error() string {
	rows := make([]string, len(e.Rows))
	for i, r := range e.Rows {
		rows[i] = fmt.Sprintf("%q sums to %v", r.Actor, r.Sum)
	}
	return "influence: the weights of a listener must sum to one, or be read WithNormalisedWeights: " + listed(rows)
}

// Is reports whether target is ErrRowSum or stakeholders.ErrInvalid.
func (e *RowSumError) Is(target error) bool {
	return target == ErrRowSum || target == stakeholders.ErrInvalid
}

// NoUniqueEquilibriumError says that where some actors end cannot be told from
// the model alone: in each circle the actors listen only to each other, and
// none holds to its first position at all. Give one actor of each circle some
// attachment, or somebody outside to listen to. It matches
// [ErrNoUniqueEquilibrium].
type NoUniqueEquilibriumError struct {
	// Circles in the order of their first actors, at least one.
	Circles [][]string
}

// Error names the circles.
func (e *NoUniqueEquilibriumError) Error() string {
	circles := make([]string, len(e.Circles))
	for i, c := range e.Circles {
		circles[i] = "(" + listed(c) + ")"
	}
	return "influence: no unique equilibrium: nobody holds to a first position in " + listed(circles)
}

// Is reports whether target is ErrNoUniqueEquilibrium.
func (e *NoUniqueEquilibriumError) Is(target error) bool { return target == ErrNoUniqueEquilibrium }

// IllConditionedError says that the equilibrium is unique but hangs on
// attachments or ties so weak that floating-point numbers lose them. It matches
// [ErrIllConditioned].
type IllConditionedError struct {
	// Drift is how far the influence on some actor is from summing to one; it
	// is infinite where the matrix is singular in floating-point numbers.
	Drift float64
}

// Error gives the drift.
func (e *IllConditionedError) Error() string {
	return fmt.Sprintf("influence: attachments too weak to compute with: the influence on an actor sums to one only within %.2g", e.Drift)
}

// Is reports whether target is ErrIllConditioned.
func (e *IllConditionedError) Is(target error) bool { return target == ErrIllConditioned }

// UnknownPositionError refuses to compute one equilibrium from positions that
// are not all known. It matches [ErrUnknownPosition].
type UnknownPositionError struct {
	Actors []string // in their order, at least one
}

// Error names the actors.
func (e *UnknownPositionError) Error() string {
	return "influence: position not known: " + listed(e.Actors)
}

// Is reports whether target is ErrUnknownPosition.
func (e *UnknownPositionError) Is(target error) bool { return target == ErrUnknownPosition }

// UnreachableError says that no set of offers brings the equilibrium to the
// threshold. It matches [ErrUnreachable].
type UnreachableError struct {
	Threshold float64 // asked for
	Before    float64 // the weighted mean with nobody persuaded
	Best      float64 // the weighted mean with everybody persuaded
}

// Error gives the three means.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("influence: threshold out of reach: asked for %.4g, %.4g with all offers taken, %.4g with none",
		e.Threshold, e.Best, e.Before)
}

// Is reports whether target is ErrUnreachable.
func (e *UnreachableError) Is(target error) bool { return target == ErrUnreachable }

// refused is one refused value.
func refused(field, rule string, value any, want string) stakeholders.FieldError {
	return stakeholders.FieldError{Field: field, Rule: rule, Value: value, Want: want}
}

// unknownActor refuses an id that the network does not have.
func unknownActor(field, id string) stakeholders.FieldError {
	return refused(field, "unknown-actor", id, "the id of an actor of the network")
}

// checkID applies the rules of a stakeholder's id by asking for the errors of a
// stakeholder that has nothing else wrong with it.
func checkID(path, id string) stakeholders.FieldErrors {
	errs := stakeholders.Actor{ID: id, Name: "-", Constituency: stakeholders.OtherMinistry}.Validate()
	for i := range errs {
		errs[i].Field = path + "." + errs[i].Field
	}
	return errs
}

// checkVector returns the errors of a vector that must hold one number within
// lo … hi for each of n actors.
func checkVector(field string, v []float64, n int, lo, hi float64, want string) stakeholders.FieldErrors {
	if len(v) != n {
		return stakeholders.FieldErrors{refused(field, "length", len(v), strconv.Itoa(n)+" numbers, one for each actor")}
	}
	var errs stakeholders.FieldErrors
	for i, x := range v {
		if !within(x, lo, hi) {
			errs = append(errs, refused(at(field, i), "range", x, want))
		}
	}
	return errs
}

// within reports whether lo ≤ x ≤ hi; NaN is not.
func within(x, lo, hi float64) bool { return x >= lo && x <= hi }

// finite reports whether x is neither NaN nor infinite.
func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// at is the path of an element of a list.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// listed joins names for a message, and only counts those beyond shownNames.
func listed(names []string) string {
	if len(names) > shownNames {
		return strings.Join(names[:shownNames], ", ") + fmt.Sprintf(" and %d more", len(names)-shownNames)
	}
	return strings.Join(names, ", ")
}
