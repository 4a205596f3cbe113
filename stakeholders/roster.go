package stakeholders

// The roster: every actor engaged so far, as an immutable value.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
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
// [FieldErrors] that holds all errors under paths such as "actors[3].name".
func NewRoster(actors ...Actor) (Roster, error) {
	if err := checkCount(len(actors)); err != nil {
		return Roster{}, err
	}
	var errs FieldErrors
	for i, a := range actors {
		errs.addUnder(at("actors", i), a.Validate())
	}
	errs = append(errs, duplicates(actors)...)
	if err := errs.Err(); err != nil {
		return Roster{}, err
	}
	return keep(actors), nil
}

// Engage returns a roster with the actor added at the end. It refuses, with
// [FieldErrors] relative to the actor, one that is not valid, one whose id is
// taken ([ErrDuplicateActor]), and any beyond 10,000.
func (r Roster) Engage(a Actor) (Roster, error) {
	if err := checkCount(len(r.actors) + 1); err != nil {
		return r, err
	}
	errs := a.Validate()
	if r.Has(a.ID) {
		errs.add("id", ruleDuplicate, a.ID, "an id that no actor of the roster has")
	}
	if err := errs.Err(); err != nil {
		return r, err
	}
	a = a.normal()
	actors := make([]*Actor, len(r.actors)+1)
	copy(actors, r.actors)
	actors[len(r.actors)] = &a
	return Roster{actors: actors}, nil
}

// Release returns a roster without the actor of that id; the others keep their
// order. An id that the roster does not have is refused ([ErrUnknownActor]).
func (r Roster) Release(id string) (Roster, error) {
	i := r.index(id)
	if i < 0 {
		return r, FieldErrors{r.unknown(id)}
	}
	if len(r.actors) == 1 {
		return Roster{}, nil
	}
	actors := make([]*Actor, 0, len(r.actors)-1)
	actors = append(actors, r.actors[:i]...)
	actors = append(actors, r.actors[i+1:]...)
	return Roster{actors: actors}, nil
}

// Replace returns a roster in which the actor with the id a.ID takes the values
// of a, in its old place. It refuses, with [FieldErrors] relative to the actor,
// one that is not valid and an id that the roster does not have
// ([ErrUnknownActor]).
func (r Roster) Replace(a Actor) (Roster, error) {
	errs := a.Validate()
	i := r.index(a.ID)
	if i < 0 && a.ID != "" { // a missing id is already refused for itself
		errs = append(errs, r.unknown(a.ID))
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
func (r Roster) All() iter.Seq[Actor] {
	return func(yield func(Actor) bool) {
		for _, a := range r.actors {
			if !yield(a.Clone()) {
				return
			}
		}
	}
}

// Members yields a copy of each active member of the coalition, in the order of
// engagement.
func (r Roster) Members() iter.Seq[Actor] {
	return func(yield func(Actor) bool) {
		for _, a := range r.actors {
			if a.Member && !yield(a.Clone()) {
				return
			}
		}
	}
}

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
	for _, a := range r.actors {
		if a.Member && a.Holds(Leader) && a.Constituency.Group() == Government {
			return true
		}
	}
	return false
}

// HasMemberOf reports whether a member comes from the constituency. It
// allocates nothing.
func (r Roster) HasMemberOf(c Constituency) bool {
	for _, a := range r.actors {
		if a.Member && a.Constituency == c {
			return true
		}
	}
	return false
}

// HasMemberIn reports whether a member comes from the group. It allocates
// nothing.
func (r Roster) HasMemberIn(g Group) bool {
	for _, a := range r.actors {
		if a.Member && a.Constituency.Group() == g {
			return true
		}
	}
	return false
}

// MarshalJSON writes an array of actors in the order of engagement; an empty
// roster is [].
func (r Roster) MarshalJSON() ([]byte, error) {
	if len(r.actors) == 0 {
		return []byte("[]"), nil
	}
	return json.Marshal(r.actors)
}

// UnmarshalJSON reads an array of actors and refuses what [NewRoster] refuses,
// and also invalid UTF-8 and fields that an actor does not have: a misspelt
// "position" would otherwise leave an actor out of the indices unseen. An actor
// that cannot be read gives its first error, one that can gives all; they come
// as [FieldErrors] under paths such as "actors[3].name". A refused array leaves
// the roster as it was, and so does null.
func (r *Roster) UnmarshalJSON(data []byte) error {
	if !utf8.Valid(data) {
		return FieldErrors{{Field: "actors", Rule: ruleUTF8, Value: clip(string(data)), Want: "valid UTF-8"}}
	}
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		return nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return FieldErrors{unreadable("actors", data, "an array of actors", err)}
	}
	if err := checkCount(len(raw)); err != nil {
		return err
	}
	var errs FieldErrors
	actors := make([]Actor, len(raw))
	for i := range raw {
		dec := json.NewDecoder(bytes.NewReader(raw[i]))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&actors[i]); err != nil {
			errs = append(errs, unreadable(at("actors", i), raw[i], "an actor", err))
			continue
		}
		errs.addUnder(at("actors", i), actors[i].Validate())
	}
	errs = append(errs, duplicates(actors)...)
	if err := errs.Err(); err != nil {
		return err
	}
	*r = keep(actors)
	return nil
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
	for i, a := range r.actors {
		if a.ID == id {
			return i
		}
	}
	return -1
}

// pick returns copies of the actors that match, in order.
func (r Roster) pick(match func(*Actor) bool) []Actor {
	var picked []Actor
	for _, a := range r.actors {
		if match(a) {
			picked = append(picked, a.Clone())
		}
	}
	return picked
}

// unknown refuses an id that the roster does not have, naming some it has.
func (r Roster) unknown(id string) FieldError {
	want := "an engaged actor, and the roster is empty"
	if n := len(r.actors); n > 0 {
		ids := r.IDs()
		want = "one of " + strings.Join(ids[:min(n, shownIDs)], ", ")
		if n > shownIDs {
			want += fmt.Sprintf(" and %d more", n-shownIDs)
		}
	}
	return FieldError{Field: "id", Rule: ruleUnknown, Value: id, Want: want}
}

// checkCount refuses more actors than a roster may hold.
func checkCount(n int) error {
	if n <= maxActors {
		return nil
	}
	return FieldErrors{{Field: "actors", Rule: ruleLength, Value: n, Want: "at most " + strconv.Itoa(maxActors) + " actors"}}
}

// duplicates refuses each actor whose id an earlier one has. Blank ids are
// refused elsewhere, for themselves.
func duplicates(actors []Actor) FieldErrors {
	var errs FieldErrors
	first := make(map[string]int, len(actors))
	for i, a := range actors {
		if j, taken := first[a.ID]; taken && a.ID != "" {
			errs.add(at("actors", i)+".id", ruleDuplicate, a.ID, "an id other than that of "+at("actors", j))
		} else {
			first[a.ID] = i
		}
	}
	return errs
}

// unreadable turns an error of encoding/json into a FieldError under a path.
func unreadable(path string, data []byte, want string, err error) FieldError {
	var field FieldError
	if errors.As(err, &field) {
		field.Field = path + "." + field.Field
		return field
	}
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) && typed.Field != "" {
		return FieldError{Field: path + "." + typed.Field, Rule: ruleJSON, Value: typed.Value, Want: "JSON for a Go " + typed.Type.String()}
	}
	return FieldError{Field: path, Rule: ruleJSON, Value: clip(string(data)), Want: want + " (" + err.Error() + ")"}
}
