package stakeholders

import (
	"slices"
	"time"
)

// StrategyKind says what a strategy sets out to change.
type StrategyKind string

// The four kinds of strategy (reich).
const (
	ChangePositions   StrategyKind = "position"   // what actors think of the reform
	ChangePower       StrategyKind = "power"      // how much weight they have
	ChangePlayers     StrategyKind = "players"    // who takes part
	ChangePerceptions StrategyKind = "perception" // how problem and solution are seen
)

// StrategyKinds lists the four kinds in the order of the source.
func StrategyKinds() []StrategyKind {
	return []StrategyKind{ChangePositions, ChangePower, ChangePlayers, ChangePerceptions}
}

// Valid reports whether k is one of the four kinds.
func (k StrategyKind) Valid() bool { return slices.Contains(StrategyKinds(), k) }

// UnmarshalText reads the text form; any other text is a [FieldError].
func (k *StrategyKind) UnmarshalText(text []byte) error {
	return readText("kind", k, text, StrategyKinds)
}

// Strategy is something to do about the politics of a reform: what it would make
// of which actors, how likely that is, and what it costs (reich).
type Strategy struct {
	ID   string       `json:"id"`
	Name string       `json:"name"`
	Kind StrategyKind `json:"kind"`
	// What is to be done.
	What string `json:"what,omitempty"`
	// Effects on actors if it succeeds, at most one an actor. None is allowed: a
	// strategy may be noted before it is known whom it would move.
	Effects []Effect `json:"effects,omitempty"`
	// Probability of success, from 0 to 1. Strategies succeed independently.
	Probability float64 `json:"probability"`
	// Cost in Unit, 0 or more. Costs are only ever compared within one unit.
	Cost float64 `json:"cost,omitempty"`
	Unit string  `json:"unit,omitempty"`
	// Start, and how many months it takes; 0 where that is not known.
	Start  time.Time `json:"start,omitzero"`
	Months int       `json:"months,omitempty"`
	// Owner is the id of the actor who carries it; may be empty.
	Owner string `json:"owner,omitempty"`
	Note  string `json:"note,omitempty"`
}

// Effect is where a strategy would bring an actor.
type Effect struct {
	Actor string `json:"actor"`
	// Position and Power that the actor would have; a position that is not known,
	// or a power of 0, means that this side does not change.
	Position Position `json:"position"`
	Power    Power    `json:"power,omitempty"`
}

// maxEffects and maxMonths bound a strategy.
const (
	maxEffects = 10_000
	maxMonths  = 1200
)

// Validate reports every field that is not as it must be. Whether the actors
// exist is asked where the strategy meets a roster.
func (s Strategy) Validate() FieldErrors {
	var e FieldErrors
	e.checkToken("id", s.ID, true)
	e.checkName("name", s.Name)
	if !s.Kind.Valid() {
		e = append(e, notAccepted("kind", s.Kind, StrategyKinds()))
	}
	e.checkNote("what", s.What)
	if !(s.Probability >= 0 && s.Probability <= 1) {
		e.add("probability", ruleRange, s.Probability, "a number from 0 to 1")
	}
	e.checkAmount("cost", s.Cost)
	e.checkToken("unit", s.Unit, s.Cost > 0)
	if s.Months < 0 || s.Months > maxMonths {
		e.add("months", ruleRange, s.Months, "from 0 to 1200 months")
	}
	e.checkToken("owner", s.Owner, false)
	e.checkNote("note", s.Note)
	if len(s.Effects) > maxEffects {
		e.add("effects", ruleLength, len(s.Effects), "at most 10000 effects")
		return e
	}
	seen := make(map[string]bool, len(s.Effects))
	for i, f := range s.Effects {
		path := at("effects", i)
		e.checkToken(path+".actor", f.Actor, true)
		if seen[f.Actor] {
			e.add(path+".actor", ruleUnique, f.Actor, "each actor once")
		}
		seen[f.Actor] = true
		e.addUnder(path, f.Position.Validate())
		e.addUnder(path, f.Power.Validate())
		if !f.Position.Known() && f.Power == 0 {
			e.add(path, ruleRequired, nil, "a future position, a future power, or both")
		}
	}
	return e
}

// Clone gives a copy that shares nothing with s.
func (s Strategy) Clone() Strategy {
	s.Effects = slices.Clone(s.Effects)
	return s
}
