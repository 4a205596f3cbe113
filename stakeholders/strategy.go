package stakeholders

import (
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
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

// Told is the kind as people read it, such as "positions of actors". A value that is not
// valid is told as it is.
func (k StrategyKind) Told() language.Text { return told("strategy-kind", k, k.Valid()) }

// UnmarshalText reads the text form; any other text is a [fault.Field].
func (k *StrategyKind) UnmarshalText(text []byte) error {
	return fault.ReadName("kind", k, text, StrategyKinds())
}

// Strategy is something to do about the politics of a reform: what it would make
// of which actors, how likely that is, and what it costs (reich). Its tags say to others
// what Validate asks.
type Strategy struct {
	ID   string       `json:"id" schema:"id"`
	Name string       `json:"name" schema:"name"`
	Kind StrategyKind `json:"kind" schema:"known"`
	// What is to be done.
	What string `json:"what,omitempty" schema:"note"`
	// Effects on actors if it succeeds, at most one an actor. None is allowed: a
	// strategy may be noted before it is known whom it would move.
	Effects []Effect `json:"effects,omitempty" schema:"max=10000,dive"`
	// Probability of success, from 0 to 1. Strategies succeed independently.
	Probability float64 `json:"probability" schema:"gte=0,lte=1"`
	// Cost in Unit, 0 or more. Costs are only ever compared within one unit.
	Cost float64 `json:"cost,omitempty" schema:"gte=0"`
	Unit string  `json:"unit,omitempty" schema:"omitempty,id"`
	// Start, as far as it is known, and how many months it takes; 0 where that is not
	// known.
	Start  date.Date `json:"start,omitzero"`
	Months int       `json:"months,omitempty" schema:"gte=0,lte=1200"`
	// Owner is the id of the actor who carries it; may be empty.
	Owner string `json:"owner,omitempty" schema:"omitempty,id"`
	Note  string `json:"note,omitempty" schema:"note"`
}

// Effect is where a strategy would bring an actor.
type Effect struct {
	Actor string `json:"actor" schema:"id"`
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
func (s Strategy) Validate() fault.Fields {
	var errs fault.Fields
	errs.Text("id", s.ID, fault.ID)
	errs.Text("name", s.Name, fault.Name)
	fault.Among(&errs, "kind", s.Kind, StrategyKinds())
	errs.Text("what", s.What, fault.Note)
	errs.Number("probability", s.Probability, 0, 1)
	errs.Number("cost", s.Cost, 0, math.Inf(1))
	unit := fault.ID
	unit.Optional = !(s.Cost > 0)
	errs.Text("unit", s.Unit, unit)
	errs.Whole("months", s.Months, 0, maxMonths)
	errs.Text("owner", s.Owner, fault.ID.OrNone())
	errs.Text("note", s.Note, fault.Note)
	if !errs.Count("effects", len(s.Effects), maxEffects) {
		return errs
	}
	first := make(map[string]int, len(s.Effects))
	for i, f := range s.Effects {
		path := fault.At("effects", i)
		errs.Text(path+".actor", f.Actor, fault.ID)
		if f.Actor != "" { // which is already refused for itself
			errs.Once(path+".actor", f.Actor, first, "effects", i)
		}
		errs.Under(path, f.Position.Validate())
		errs.Under(path, f.Power.Validate())
		if !f.Position.Known() && f.Power == 0 {
			errs.Add(path, fault.Required, nil, language.Of("want.future"))
		}
	}
	return errs
}

// Clone gives a copy that shares nothing with s.
func (s Strategy) Clone() Strategy {
	s.Effects = slices.Clone(s.Effects)
	return s
}
