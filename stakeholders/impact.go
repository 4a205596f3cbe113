package stakeholders

// What a strategy brought, held against what it promised (model).

import (
	"cmp"
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Success says how a strategy turned out. The zero value means that it is not
// known yet. PolicyMaker records the same for each strategy and actor (reich).
type Success string

// How a strategy may turn out.
const (
	SuccessUnknown Success = ""
	FullSuccess    Success = "full"
	PartSuccess    Success = "partly"
	NoSuccess      Success = "none"
)

// Successes returns what may be reported of a strategy: full, partly, none. The
// slice is the caller's.
func Successes() []Success { return []Success{FullSuccess, PartSuccess, NoSuccess} }

// Valid reports whether s is one of [Successes], or not known.
func (s Success) Valid() bool { return s == SuccessUnknown || slices.Contains(Successes(), s) }

// Told is the success as people read it, such as "success in part". A value that is not
// valid is told as it is.
func (s Success) Told() language.Text { return told("success", cmp.Or(s, "not-known"), s.Valid()) }

// UnmarshalText reads the text form, empty for not known; any other text is
// refused with a [fault.Field].
func (s *Success) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = SuccessUnknown
		return nil
	}
	return fault.ReadName("success", s, text, Successes())
}

// Impact holds what was observed against what a strategy stated.
type Impact struct {
	Strategy string  `json:"strategy"` // its id
	Success  Success `json:"success,omitempty"`

	// Chance is the share of the stated change to expect, 0 … 1: the strategy's
	// probability while its success is not known, 1 for a full success, 0 for
	// none, and ½ for a part success (model).
	Chance float64 `json:"chance"`

	// Actors are those the strategy names, in its order.
	Actors []ActorImpact `json:"actors,omitempty"`

	// Stated is the change of the indices that the strategy states, Expected
	// that times Chance. Observed is the change that came from the actors it
	// names, the others being held as they were.
	Stated   Indices `json:"stated"`
	Expected Indices `json:"expected"`
	Observed Indices `json:"observed"`
}

// ActorImpact is how one actor has moved.
type ActorImpact struct {
	Actor    string `json:"actor"` // its id
	Position Shift  `json:"position"`
	Power    Shift  `json:"power"`
}

// Shift is a change of position or power, in points of their scales; positive
// means towards support, or more powerful.
type Shift struct {
	// Stated is what the strategy states, Expected that times [Impact].Chance;
	// both 0 where it states nothing for this side.
	Stated   float64 `json:"stated"`
	Expected float64 `json:"expected"`
	// Observed is what has changed; 0 where Known is false.
	Observed float64 `json:"observed"`
	// Known says that the value is known both before and now. Where it was not
	// known before, nothing is stated either: there is nothing to change from.
	Known bool `json:"known"`
}

// Realised returns the share of the stated change that was observed: 1 is all
// of it, above 1 more, below 0 a move the other way. It returns false where
// nothing was stated or the change is not known.
func (s Shift) Realised() (float64, bool) {
	if !s.Known || math.Abs(s.Stated) < 1/float64(ticks) { // stated values count to twelve decimals
		return 0, false
	}
	return s.Observed / s.Stated, true
}

// Realised returns the share of the stated change of support − opposition that
// was observed, read as in [Shift.Realised]. It returns false where the
// strategy states no such change, or one that rounding may have left.
func (i Impact) Realised() (float64, bool) {
	stated := i.Stated.Margin()
	if math.Abs(stated) <= 1e-9*max(math.Abs(i.Stated.Support), math.Abs(i.Stated.Opposition), math.SmallestNonzeroFloat64) {
		return 0, false
	}
	if share := i.Observed.Margin() / stated; !math.IsInf(share, 0) {
		return share, true
	}
	return 0, false
}

// ImpactOf holds the rosters before a strategy and now against what it states.
// What is observed need not be its doing: other strategies and events move the
// same actors. An actor that has been released since counts as gone.
//
// It refuses, with [fault.Fields], a strategy that is not valid, a success that
// is not, and actors that the roster before does not have.
func ImpactOf(s Strategy, success Success, before, now Roster) (Impact, error) {
	checked, errs := before.checkStrategies([]Strategy{s})
	if !success.Valid() {
		errs.Add("success", fault.Known, string(success), fault.OneOf(Successes()))
	}
	if err := errs.Err(); err != nil {
		return Impact{}, err
	}
	s = checked[0]
	impact := Impact{Strategy: s.ID, Success: success}
	switch success {
	case SuccessUnknown:
		impact.Chance = s.Probability
	case FullSuccess:
		impact.Chance = 1
	case PartSuccess:
		impact.Chance = 0.5
	}

	promised := before.under([]Strategy{s})
	observed := before
	for _, f := range s.Effects {
		i := before.index(f.Actor)
		was, meant := before.actors[i], promised.actors[i]
		var is *Actor
		if j := now.index(f.Actor); j >= 0 {
			is = now.actors[j]
		}
		observed = observed.with(f.Actor, is)
		if is == nil {
			is = new(Actor) // position and power not known
		}
		impact.Actors = append(impact.Actors, ActorImpact{
			Actor: f.Actor,
			Position: shift(was.Position.value, meant.Position.value, is.Position.value,
				was.Position.known && is.Position.known, impact.Chance),
			Power: shift(float64(was.Power), float64(meant.Power), float64(is.Power),
				was.Power.Known() && is.Power.Known(), impact.Chance),
		})
	}
	today := before.Feasibility().Indices()
	impact.Stated = promised.Feasibility().Indices().minus(today).plain(today)
	impact.Expected = impact.Stated.times(impact.Chance)
	impact.Observed = observed.Feasibility().Indices().minus(today).plain(today)
	return impact, nil
}

// plain is the change of some indices, without what rounding alone may have left.
func (i Indices) plain(of Indices) Indices {
	none := func(change, index float64) float64 {
		if math.Abs(change) <= float64(1e-12*index) {
			return 0
		}
		return change
	}
	return Indices{none(i.Support, of.Support), none(i.NonMobilised, of.NonMobilised), none(i.Opposition, of.Opposition)}
}

// shift compares one side of an actor.
func shift(was, meant, is float64, known bool, chance float64) Shift {
	s := Shift{Stated: meant - was, Expected: (meant - was) * chance, Known: known}
	if known {
		s.Observed = is - was
	}
	return s
}

// with returns the roster with an actor of it as it is elsewhere, or without it
// if it is nil.
func (r Roster) with(id string, a *Actor) Roster {
	actors, i := slices.Clone(r.actors), r.index(id)
	if a == nil {
		return Roster{actors: slices.Delete(actors, i, i+1)}
	}
	actors[i] = a
	return Roster{actors: actors}
}
