package influence

// What this package refuses, and how it says so.

import (
	"strconv"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// NoUniqueEquilibriumError says that where some actors end cannot be told from
// the model alone: in each circle the actors listen only to each other, and
// none holds to its first position at all. Give one actor of each circle some
// attachment, or somebody outside to listen to.
type NoUniqueEquilibriumError struct {
	// Circles in the order of their first actors, at least one.
	Circles [][]string
}

// Told names the circles.
func (e *NoUniqueEquilibriumError) Told() language.Text {
	circles := make([]language.Text, len(e.Circles))
	for i, c := range e.Circles {
		circles[i] = language.Of("influence.circle", "actors", c)
	}
	return language.Of("influence.no-unique-equilibrium", "circles", circles)
}

// Error says in English what Told tells.
func (e *NoUniqueEquilibriumError) Error() string { return language.English().Refusal(e) }

// IllConditionedError says that the equilibrium is unique but hangs on
// attachments or ties so weak that floating-point numbers lose them.
type IllConditionedError struct {
	// Drift is how far the influence on some actor is from summing to one; it is 1
	// where it is further than that, and where nothing can be computed at all.
	Drift float64
}

// Told gives the drift.
func (e *IllConditionedError) Told() language.Text {
	return language.Of("influence.ill-conditioned", "drift", strconv.FormatFloat(e.Drift, 'g', 2, 64))
}

// Error says in English what Told tells.
func (e *IllConditionedError) Error() string { return e.Told().String() }

// UnreachableError says that no set of offers brings the equilibrium to the
// threshold.
type UnreachableError struct {
	Threshold float64 // asked for
	Before    float64 // the weighted mean with nobody persuaded
	Best      float64 // the weighted mean with everybody persuaded
}

// Told gives the three means.
func (e *UnreachableError) Told() language.Text {
	return language.Of("influence.unreachable", "threshold", e.Threshold, "best", e.Best, "before", e.Before)
}

// Error says in English what Told tells.
func (e *UnreachableError) Error() string { return e.Told().String() }

// unknownActor refuses an id that the network does not have.
func unknownActor(errs *fault.Fields, path, id string) {
	errs.Add(path, fault.Exists, id, language.Of("want.network-actor"))
}

// checkVector returns the errors of a vector that must hold one number within
// lo … hi for each of n actors.
func checkVector(field string, v []float64, n int, lo, hi float64) fault.Fields {
	var errs fault.Fields
	if len(v) != n {
		errs.Add(field, fault.Length, len(v), language.Of("want.actors-each", "n", n))
		return errs
	}
	for i, x := range v {
		errs.Number(fault.At(field, i), x, lo, hi)
	}
	return errs
}
