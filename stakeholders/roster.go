package stakeholders

// The roster: every actor engaged so far, as an immutable value.

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// maxActors bounds a roster, far above any reform and far below what would
// exhaust a host that reads rosters from strangers.
const maxActors = 10_000

// Roster is the actors of a reform in the order in which they were engaged. It
// is an immutable value: methods that change it return a new roster and leave
// the old one untouched, so it needs no lock. The zero value is an empty roster,
// ready for use.
//
// All actors in it are valid, have different ids, and number at most 10,000.
// They are kept in one form: times in UTC, empty lists as nil.
type Roster struct {
	// actors are never written to once a roster holds them; rosters that
	// follow from one another share those that did not change.
	actors []*Actor
}

// NewRoster returns a roster of the actors, in the order given. It refuses
// actors that are not valid, duplicate ids and more than 10,000 actors, with
// [fault.Fields] that holds all errors under paths such as "actors[3].name".
func NewRoster(actors ...Actor) (Roster, error) {
	if err := checkAll("actors", actors).Err(); err != nil {
		return Roster{}, err
	}
	return keep(actors), nil
}

// Engage returns a roster with the actor added at the end. It refuses, with
// [fault.Fields] relative to the actor, one that is not valid, one whose id is
// taken, and any beyond 10,000.
func (r Roster) Engage(a Actor) (Roster, error) {
	errs := a.Validate()
	errs.Count("actors", len(r.actors)+1, maxActors)
	if r.Has(a.ID) {
		errs.Add("id", fault.Unique, a.ID, language.Of("want.new-id"))
	}
	if err := errs.Err(); err != nil {
		return r, err
	}
	a = a.normal()
	return Roster{actors: append(slices.Clip(r.actors), &a)}, nil
}

// Release returns a roster without the actor of that id; the others keep their
// order. An id that the roster does not have is refused.
func (r Roster) Release(id string) (Roster, error) {
	i := r.index(id)
	if i < 0 {
		return r, fault.Refuse("id", fault.Exists, id, r.engaged())
	}
	if len(r.actors) == 1 {
		return Roster{}, nil
	}
	return Roster{actors: slices.Delete(slices.Clone(r.actors), i, i+1)}, nil
}

// Replace returns a roster in which the actor with the id a.ID takes the values
// of a, in its old place. It refuses, with [fault.Fields] relative to the actor,
// one that is not valid and an id that the roster does not have.
func (r Roster) Replace(a Actor) (Roster, error) {
	errs := a.Validate()
	i := r.index(a.ID)
	if i < 0 && a.ID != "" { // a missing id is already refused for itself
		errs.Add("id", fault.Exists, a.ID, r.engaged())
	}
	if err := errs.Err(); err != nil {
		return r, err
	}
	a = a.normal()
	actors := slices.Clone(r.actors)
	actors[i] = &a
	return Roster{actors: actors}, nil
}

// Len returns the number of actors, members or not.
func (r Roster) Len() int { return len(r.actors) }

// Has reports whether an actor of that id is in the roster.
func (r Roster) Has(id string) bool { return r.index(id) >= 0 }

// Actor returns a copy of the actor of that id, and whether there is one.
func (r Roster) Actor(id string) (Actor, bool) {
	i := r.index(id)
	if i < 0 {
		return Actor{}, false
	}
	return r.actors[i].Clone(), true
}

// All yields a copy of each actor, in the order of engagement.
func (r Roster) All() iter.Seq[Actor] { return r.each(func(*Actor) bool { return true }) }

// Members yields a copy of each active member of the coalition, in the order of
// engagement.
func (r Roster) Members() iter.Seq[Actor] { return r.each(func(a *Actor) bool { return a.Member }) }

// IDs returns the ids of all actors, in the order of engagement.
func (r Roster) IDs() []string {
	ids := make([]string, len(r.actors))
	for i, a := range r.actors {
		ids[i] = a.ID
	}
	return ids
}

// Leaders returns copies of the members that hold the role [Leader], in the
// order of engagement.
func (r Roster) Leaders() []Actor {
	return r.pick(func(a *Actor) bool { return a.Member && a.Holds(Leader) })
}

// GovernmentLeads reports whether a member from the group [Government] holds
// the role [Leader] (afzal2021). It allocates nothing.
func (r Roster) GovernmentLeads() bool {
	return r.hasMember(func(a *Actor) bool { return a.Holds(Leader) && a.Constituency.Group() == Government })
}

// HasMemberOf reports whether a member comes from the constituency. It
// allocates nothing.
func (r Roster) HasMemberOf(c Constituency) bool {
	return r.hasMember(func(a *Actor) bool { return a.Constituency == c })
}

// HasMemberIn reports whether a member comes from the group. It allocates
// nothing.
func (r Roster) HasMemberIn(g Group) bool {
	return r.hasMember(func(a *Actor) bool { return a.Constituency.Group() == g })
}

// hasMember reports whether some member matches.
func (r Roster) hasMember(match func(*Actor) bool) bool {
	return slices.ContainsFunc(r.actors, func(a *Actor) bool { return a.Member && match(a) })
}

// MarshalJSON writes an array of actors in the order of engagement; an empty
// roster is [].
func (r Roster) MarshalJSON() ([]byte, error) {
	if len(r.actors) == 0 {
		return []byte("[]"), nil
	}
	return json.Marshal(r.actors)
}

// UnmarshalJSON reads an array of actors. It refuses what [NewRoster] refuses and
// is as strict as [fault.ReadJSON]: a misspelt "position" would otherwise leave an
// actor out of the indices unseen. All that is wrong comes as [fault.Fields] under
// paths such as "[3].name". A refused array leaves the roster as it was, and so
// does null.
func (r *Roster) UnmarshalJSON(data []byte) error {
	if string(bytes.TrimSpace(data)) == "null" {
		return nil
	}
	var actors []Actor
	if err := fault.ReadJSON(data, len(data), &actors, func() fault.Fields { return checkAll("", actors) }); err != nil {
		return err
	}
	*r = keep(actors)
	return nil
}

// checkAll refuses more actors than a roster may hold, actors that are not valid,
// and each whose id an earlier one has; blank ids are refused for themselves.
func checkAll(path string, actors []Actor) fault.Fields {
	var errs fault.Fields
	if !errs.Count(path, len(actors), maxActors) {
		return errs
	}
	first := make(map[string]int, len(actors))
	for i, a := range actors {
		own := fault.At(path, i)
		errs.Under(own, a.Validate())
		if a.ID != "" {
			errs.Once(own+".id", a.ID, first, path, i)
		}
	}
	return errs
}

// keep makes a roster of actors that have been checked.
func keep(actors []Actor) Roster {
	if len(actors) == 0 {
		return Roster{}
	}
	kept := make([]*Actor, len(actors))
	for i, a := range actors {
		a = a.normal()
		kept[i] = &a
	}
	return Roster{actors: kept}
}

// index is the place of the actor of that id, or −1.
func (r Roster) index(id string) int {
	id = fault.NFC(id)
	return slices.IndexFunc(r.actors, func(a *Actor) bool { return a.ID == id })
}

// each yields copies of the actors that match, in order, and pick lists them.
func (r Roster) each(match func(*Actor) bool) iter.Seq[Actor] {
	return func(yield func(Actor) bool) {
		for _, a := range r.actors {
			if match(a) && !yield(a.Clone()) {
				return
			}
		}
	}
}

func (r Roster) pick(match func(*Actor) bool) []Actor { return slices.Collect(r.each(match)) }

// engaged says which ids the roster has.
func (r Roster) engaged() fault.Words {
	if len(r.actors) == 0 {
		return language.Of("want.engaged-actor")
	}
	return fault.OneOf(r.IDs())
}
