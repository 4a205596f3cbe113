package influence

// What this package refuses, and how it says so.

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// NoUniqueEquilibriumError says that where some actors end cannot be told from
// the model alone: in each circle the actors listen only to each other, and
// none holds to its first position at all. Give one actor of each circle some
// attachment, or somebody outside to listen to.
type NoUniqueEquilibriumError struct {
	// Circles in the order of their first actors, at least one.
	Circles [][]string
}

// Error names the circles.
func (e *NoUniqueEquilibriumError) Error() string {
	circles := make([]string, len(e.Circles))
	for i, c := range e.Circles {
		circles[i] = "(" + fault.List(c) + ")"
	}
	return "influence: no unique equilibrium: nobody holds to a first position in " + strings.Join(circles, ", ")
}

// IllConditionedError says that the equilibrium is unique but hangs on
// attachments or ties so weak that floating-point numbers lose them.
type IllConditionedError struct {
	// Drift is how far the influence on some actor is from summing to one; it is 1
	// where it is further than that, and where nothing can be computed at all.
	Drift float64
}

// Error gives the drift.
func (e *IllConditionedError) Error() string {
	return fmt.Sprintf("influence: attachments too weak to compute with: the influence on an actor sums to one only within %.2g", e.Drift)
}

// UnreachableError says that no set of offers brings the equilibrium to the
// threshold.
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

// unknownActor refuses an id that the network does not have.
func unknownActor(errs *fault.Fields, path, id string) {
	errs.Add(path, fault.Exists, id, "the id of an actor of the network")
}

// checkVector returns the errors of a vector that must hold one number within
// lo … hi for each of n actors.
func checkVector(field string, v []float64, n int, lo, hi float64) fault.Fields {
	var errs fault.Fields
	if len(v) != n {
		errs.Add(field, fault.Length, len(v), strconv.Itoa(n)+" numbers, one for each actor")
		return errs
	}
	for i, x := range v {
		errs.Number(fault.At(field, i), x, lo, hi)
	}
	return errs
}
