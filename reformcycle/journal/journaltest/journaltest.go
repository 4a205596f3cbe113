// Package journaltest holds a journal against the contract of
// reformcycle.Journal. A host that writes a journal of its own runs it from one
// test:
//
//	func TestJournal(t *testing.T) {
//		journaltest.Run(t, func(t *testing.T) reformcycle.Journal {
//			j, err := Open(t.TempDir())
//			if err != nil {
//				t.Fatal(err)
//			}
//			t.Cleanup(func() { j.Close() })
//			return j
//		})
//	}
//
// Every rule is a subtest whose name says the rule; where it fails, it says what
// the contract asks and what was seen. With WithReopen the suite also checks that
// what was acknowledged outlives the journal that acknowledged it, with WithBeside
// that two journals over one place do not overwrite each other, and with
// WithDamage that what rots where it is kept is named. A journal
// that is a reformcycle.SnapshotJournal or a reformcycle.Feeder as well is held against
// that contract too. With -short the suite makes fewer cycles.
package journaltest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/chsreform/chsreform/reformcycle"
)

// SuiteOption tells Run what more the journal can do.
type SuiteOption func(*host)

// WithReopen hands in how to close a journal and open it again: what it gives is a
// journal over the same place, as after a restart. The journal handed to it is
// not used again. Without it, durability is not checked.
func WithReopen(again func(t *testing.T, j reformcycle.Journal) reformcycle.Journal) SuiteOption {
	return func(h *host) { h.reopen = again }
}

// WithBeside hands in how to open a second journal over the place of a first that
// stays open, as another process would. Without it, only goroutines that share
// one journal are held against each other.
func WithBeside(second func(t *testing.T, j reformcycle.Journal) reformcycle.Journal) SuiteOption {
	return func(h *host) { h.beside = second }
}

// WithDamage hands in how to damage what is kept of a cycle: it closes the
// journal, changes something of the data of the cycle's entry seq where it is
// kept, and opens a journal over the same place. Without it, nobody knows what the
// journal makes of damage.
func WithDamage(damage func(t *testing.T, j reformcycle.Journal, cycle string, seq uint64) reformcycle.Journal) SuiteOption {
	return func(h *host) { h.damage = damage }
}

// Run holds a journal against the contract of reformcycle.Journal. The function
// open gives a fresh and empty journal at every call; what it opens, it has
// closed by t.Cleanup. It is called from the goroutine of the test, and several
// times by some of the rules. No two rules run at once.
func Run(t *testing.T, open func(t *testing.T) reformcycle.Journal, options ...SuiteOption) {
	h := host{open: open}
	for _, option := range options {
		option(&h)
	}
	for _, g := range contract {
		t.Run(g.name, func(t *testing.T) {
			for _, r := range g.rules {
				t.Run(r.name, func(t *testing.T) {
					err := r.hold(h.trial(t))
					var without *absent
					switch {
					case errors.As(err, &without):
						t.Skip(without)
					case err != nil:
						t.Error(err)
					}
				})
			}
		})
	}
}

// host is what the host handed in.
type host struct {
	open           func(*testing.T) reformcycle.Journal
	reopen, beside func(*testing.T, reformcycle.Journal) reformcycle.Journal
	damage         func(*testing.T, reformcycle.Journal, string, uint64) reformcycle.Journal
}

func (h host) trial(t *testing.T) *trial {
	with := func(f func(*testing.T, reformcycle.Journal) reformcycle.Journal) func(reformcycle.Journal) reformcycle.Journal {
		if f == nil {
			return nil
		}
		return func(j reformcycle.Journal) reformcycle.Journal { return f(t, j) }
	}
	tr := &trial{
		open:   func() reformcycle.Journal { return h.open(t) },
		reopen: with(h.reopen), beside: with(h.beside), short: testing.Short(),
	}
	if h.damage != nil {
		tr.damage = func(j reformcycle.Journal, cycle string, seq uint64) reformcycle.Journal {
			return h.damage(t, j, cycle, seq)
		}
	}
	return tr
}

// trial is what one rule works with. Rules give errors and know nothing of
// testing, so that the suite can be tried on journals that must not pass.
type trial struct {
	open           func() reformcycle.Journal
	reopen, beside func(reformcycle.Journal) reformcycle.Journal // may be nil
	damage         func(j reformcycle.Journal, cycle string, seq uint64) reformcycle.Journal
	short          bool
}

// again opens a journal again where the host said how, and else gives it back.
func (tr *trial) again(j reformcycle.Journal) reformcycle.Journal {
	if tr.reopen == nil {
		return j
	}
	return tr.reopen(j)
}

// group is the rules of one subject.
type group struct {
	name  string
	rules []rule
}

// rule is one rule of the contract: its name says it, hold gives what breaks it.
type rule struct {
	name string
	hold func(*trial) error
}

// contract is the whole of it.
var contract = []group{
	{"ordering", orderingRules},
	{"reading", readingRules},
	{"atomicity", atomicityRules},
	{"conflict", conflictRules},
	{"durability", durabilityRules},
	{"damage", damageRules},
	{"listing", listingRules},
	{"ids", idRules},
	{"size", sizeRules},
	{"contexts", contextRules},
	{"concurrency", concurrencyRules},
	{"cycle", cycleRules},
	{"snapshots", snapshotRules},
	{"feed", feedRules},
}

// absent says why a rule was not tried.
type absent struct{ what string }

func (a *absent) Error() string { return a.what }

// breach is what breaks the contract: what it asks, and what was seen.
func breach(asks, seen string, a ...any) error {
	return fmt.Errorf("the contract asks: %s\n\tseen: %w", asks, fmt.Errorf(seen, a...))
}

// calm is the context of calls that nobody cancels.
var calm = context.Background()
