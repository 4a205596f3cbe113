package reformcycle

import (
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment"
)

// This file is stage 5, program readiness. All its criteria are rated, so it
// derives none; what it records is the other side of readiness: criteria that
// somebody with authority let go unmet, and the debt that this leaves.

// Override lets a cycle advance with criteria unmet, for some moments do not wait
// for every one of them.
type Override struct {
	// Authority is the id of the engaged actor who answers for it.
	Authority string `json:"authority" validate:"id"`
	Reason    string `json:"reason" validate:"text"`
}

// Waiver lets one required criterion go unmet for the rest of the lap.
type Waiver struct {
	Criterion string    `json:"criterion"`
	Authority string    `json:"authority"`
	Reason    string    `json:"reason"`
	On        time.Time `json:"on"`
}

// Waive waives one required criterion of the checklist ahead of the move that
// it guards. If it is still unmet when its stage is left, it becomes readiness
// debt.
type Waive struct {
	Criterion string `json:"criterion" validate:"id"`
	// Authority is the id of the engaged actor who answers for it.
	Authority string `json:"authority" validate:"id"`
	Reason    string `json:"reason" validate:"text"`
}

// Kind names the change.
func (Waive) Kind() Kind { return KindWaive }

func (c Waive) apply(d *draft) error {
	i, ok := d.rules.list.Index(c.Criterion)
	if c.Criterion == CoalitionVeto {
		return invalid(string(c.Kind()), "criterion", "required", c.Criterion, "a criterion of the checklist; a veto can be overridden in an advance, not waived")
	}
	if !ok {
		return d.unknownCriterion(c.Kind(), "criterion", c.Criterion)
	}
	if d.rules.criteria[i].Advisory {
		return invalid(string(c.Kind()), "criterion", "required", c.Criterion, "a required criterion; an advisory one never blocks")
	}
	if err := d.hasActor(c.Kind(), "authority", c.Authority); err != nil {
		return err
	}
	if d.waived(c.Criterion) {
		return invalid(string(c.Kind()), "criterion", "unique", c.Criterion, "a criterion that is not waived yet in this lap")
	}
	d.Waivers = append(own(d, ownWaivers, d.Waivers), Waiver{c.Criterion, c.Authority, c.Reason, d.Moment})
	return nil
}

func (s *state) waived(criterion string) bool {
	return slices.ContainsFunc(s.Waivers, func(w Waiver) bool { return w.Criterion == criterion })
}

// Debt is readiness debt: a guard that was unmet when its stage was left by
// override or under a waiver. It is kept until the guard is met.
type Debt struct {
	// Guard is the id of the criterion, or CoalitionVeto.
	Guard string `json:"guard"`
	// Stage that was left, in Lap.
	Stage     Stage     `json:"stage"`
	Lap       int       `json:"lap"`
	Since     time.Time `json:"since"`
	Authority string    `json:"authority"`
	Reason    string    `json:"reason"`
	// Settled is when the guard was met at last; zero while the debt is open.
	Settled time.Time `json:"settled,omitzero"`
}

// Open reports whether the debt is still owed.
func (d Debt) Open() bool { return d.Settled.IsZero() }

// owe books the debts that leaving a stage makes. One guard is owed once,
// however often it is overridden.
func (d *draft) owe(unmet []Blocker, stage Stage, authority, reason string) {
	for _, b := range unmet {
		owed := slices.ContainsFunc(d.Debts, func(held Debt) bool { return held.Open() && held.Guard == b.Guard })
		if !owed {
			d.Debts = append(own(d, ownDebts, d.Debts), Debt{
				Guard: b.Guard, Stage: stage, Lap: d.Lap, Since: d.Moment, Authority: authority, Reason: reason,
			})
		}
	}
}

// settle closes the debts whose guard is met now. A debt of a criterion that
// the checklist of a new lap no longer has stays open: it was never met.
func (d *draft) settle() {
	for i := range d.Debts {
		if d.Debts[i].Open() && d.guardMet(d.Debts[i].Guard, d.Moment) {
			d.Debts = own(d, ownDebts, d.Debts)
			d.Debts[i].Settled = d.Moment
		}
	}
}

// guardMet reports whether a guard is met, by its id.
func (s *state) guardMet(id string, at time.Time) bool {
	if id == CoalitionVeto {
		return !s.Actors.HasVetoOpponent()
	}
	i, ok := s.rules.list.Index(id)
	return ok && s.rules.criteria[i].Met(s.level(i, at))
}

// level gives the level of the i-th criterion: as rated, or as derived from
// what is recorded.
func (s *state) level(i int, at time.Time) assessment.Level {
	c := &s.rules.criteria[i]
	if c.Kind == assessment.Derived {
		return c.derive.level(s, c, at)
	}
	return s.levels[i]
}
