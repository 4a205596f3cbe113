package influence

// From a roster to a network, and to where it stands.

import (
	"cmp"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// Stance is where the actors of a network stand and how much each counts, in
// the order of the actors.
type Stance struct {
	// Positions are the initial positions, as far as they are known.
	Positions []stakeholders.Position `json:"positions"`

	// Weights are power × weight, as in the indices of
	// [stakeholders.Feasibility], whether or not the position is known; 0 for an
	// actor whose power is not known.
	Weights []float64 `json:"weights"`

	// LeftOut names the actors whose power is not known, and whose equilibrium
	// therefore counts for nothing in a weighted mean. They still carry
	// influence.
	LeftOut []string `json:"left_out,omitempty"`
}

// FromRoster returns the network of all actors of the roster, members of the
// coalition or not, in the order of engagement, and where they stand. Attachment
// says how firmly an actor holds to its first position; [Attached] gives all the
// same. It refuses what [NewNetwork] refuses, and a nil attachment.
//
// A position that is not known stays so, and the host decides: an interval
// ([Network.EquilibriumRange]), an assumption ([Assume]), or an error ([Known]).
func FromRoster(r stakeholders.Roster, attachment func(stakeholders.Actor) float64, ties []Tie, options ...NetworkOption) (*Network, Stance, error) {
	if attachment == nil {
		return nil, Stance{}, fault.Refuse("attachment", fault.Required, nil, language.Of("want.such-as", "example", "Attached(0.5)"))
	}
	var actors []Node
	var s Stance
	for a := range r.All() {
		actors = append(actors, Node{ID: a.ID, Attachment: attachment(a)})
		s.Positions = append(s.Positions, a.Position)
		s.Weights = append(s.Weights, float64(a.Power)*cmp.Or(a.Weight, 1)) // 1 where not given
		if !a.Power.Known() {
			s.LeftOut = append(s.LeftOut, a.ID)
		}
	}
	n, err := NewNetwork(actors, ties, options...)
	if err != nil {
		return nil, Stance{}, err
	}
	return n, s, nil
}

// Attached gives every actor the same attachment, from 0 to 1.
func Attached(attachment float64) func(stakeholders.Actor) float64 {
	return func(stakeholders.Actor) float64 { return attachment }
}

// Known returns the positions as numbers, one for each actor, and refuses any that
// are not known ([fault.Required]).
func (n *Network) Known(positions []stakeholders.Position) ([]float64, error) {
	n = n.orNone()
	var errs fault.Fields
	if len(positions) != len(n.actors) {
		errs.Add("positions", fault.Length, len(positions), language.Of("want.actors-each", "n", len(n.actors)))
		return nil, errs
	}
	values := make([]float64, len(positions))
	for i, p := range positions {
		x, ok := p.Value()
		if !ok {
			errs.Add(fault.At("positions", i), fault.Required, nil, language.Of("want.known-position", "actor", n.actors[i].ID))
		}
		values[i] = x
	}
	return values, errs.Err()
}

// Assume returns the positions as numbers, with the value for each that is not
// known: −7 for caution, 0 for those who may not have noticed yet.
func Assume(positions []stakeholders.Position, value float64) []float64 {
	values := make([]float64, len(positions))
	for i, p := range positions {
		x, ok := p.Value()
		if !ok {
			x = value
		}
		values[i] = x
	}
	return values
}

// GroupsOf returns the actors of a roster by the group their constituency falls
// in, for [Network.Brokers]: the groups in the order of [stakeholders.Groups],
// without those that have no actor.
func GroupsOf(r stakeholders.Roster) []ActorGroup {
	var groups []ActorGroup
	for _, g := range stakeholders.Groups() {
		found := ActorGroup{Name: string(g)}
		for a := range r.All() {
			if a.Constituency.Group() == g {
				found.Actors = append(found.Actors, a.ID)
			}
		}
		if len(found.Actors) > 0 {
			groups = append(groups, found)
		}
	}
	return groups
}
