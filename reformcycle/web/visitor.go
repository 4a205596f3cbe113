package web

import (
	"net/http"

	"github.com/chsreform/chsreform/reformcycle"
)

// This file says who acts, and what that takes.

// Visitor is who makes a request, as the host knows it.
type Visitor struct {
	// Name goes into the stamp of what the visitor records. Who has none only looks.
	Name string
	// May says what the visitor may do on a cycle, by its id; nil is nothing. It is asked
	// for cycles that are not there as well.
	May func(cycle string) Rights
}

// Rights are what a visitor may do on a cycle.
type Rights uint8

const (
	// Look is to see it. Without it, the cycle is not there.
	Look Rights = 1 << iota
	// Record is to record whatever is none of the following.
	Record
	// Move is to advance it, return, renew, suspend, resume and abandon it.
	Move
	// Override is to advance over guards that are unmet, and to waive one.
	Override
	// Correct is to correct and to take back what is on record.
	Correct
)

// Has reports whether all that is needed is among the rights.
func (r Rights) Has(need Rights) bool { return r&need == need }

// anybody may look at everything: who comes where the host says nothing.
func anybody(*http.Request) (Visitor, error) {
	return Visitor{May: func(string) Rights { return Look }}, nil
}

// needed are the rights that changes take, all together.
func needed(changes ...reformcycle.Change) Rights {
	need := Look
	for _, change := range changes {
		if change == nil { // which is refused later, with the words for it
			continue
		}
		need |= neededFor(change.Kind())
		switch c := change.(type) {
		case reformcycle.Advance:
			if c.Override != (reformcycle.Override{}) {
				need |= Override
			}
		case reformcycle.Correct:
			// What it is corrected to takes what it would have taken then.
			need |= needed(c.Change)
		}
	}
	return need
}

// neededFor are the rights that a kind of change takes at least.
func neededFor(kind reformcycle.Kind) Rights {
	switch kind {
	case reformcycle.KindAdvance, reformcycle.KindRevisit, reformcycle.KindRenew, reformcycle.KindSuspend, reformcycle.KindResume, reformcycle.KindAbandon:
		return Look | Move
	case reformcycle.KindWaive:
		return Look | Override
	case reformcycle.KindCorrect, reformcycle.KindRetract, reformcycle.KindCorrectMoment:
		return Look | Correct
	}
	return Look | Record
}
