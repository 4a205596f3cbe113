package stakeholders

// The actor, and what makes one valid.

import (
	"cmp"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The limits on what one actor may hold.
const (
	maxCommitments = 10_000
	maxWeight      = 1e6
)

// Actor is a stakeholder of the reform: a person, a body or an organised group.
// The zero value is not valid: an actor needs an id, a name and a constituency. Its tags
// say to others what Validate asks.
type Actor struct {
	// ID names the actor within its roster, by the rule of [fault.ID].
	ID string `json:"id" schema:"id"`

	// Name is what people call it, by the rule of [fault.Name].
	Name string `json:"name" schema:"name"`

	// Constituency is where it comes from (afzal2021, who2018).
	Constituency Constituency `json:"constituency" schema:"known"`

	// Roles are what it does in the coalition, each once (chen2021). They fill
	// those roles only while the actor is a member.
	Roles []Role `json:"roles,omitempty" schema:"max=7,unique,dive,known"`

	// Member says that it is an active member of the coalition. An actor that
	// is not may matter all the same: an opponent, a bystander, a funder.
	Member bool `json:"member,omitempty"`

	// Position is where it stands, +7 … −7; the zero value is "not known"
	// (reich).
	Position Position `json:"position"`

	// Power is how much it can do, 1 … 7; 0 is "not known" (reich).
	Power Power `json:"power,omitempty"`

	// Weight multiplies its share in the indices, above 0 and at most a
	// million, where one actor stands for many or for few. 0 is "not given"
	// and counts as 1 (reich).
	Weight float64 `json:"weight,omitempty" schema:"gte=0,lte=1e6"`

	// Veto says that its refusal alone blocks the reform.
	Veto bool `json:"veto,omitempty"`

	// Commitments are what it has pledged and delivered, at most 10,000, each
	// with its own id.
	Commitments []Commitment `json:"commitments,omitempty" schema:"max=10000,dive"`

	// Note is free text, by the rule of [fault.Note].
	Note string `json:"note,omitempty" schema:"note"`

	// Entry is the entry of the record that engaged it; 0 where there is none. Who
	// keeps the record sets it, and this package does not read it.
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

// Validate returns every error of the actor, in the order of its fields, with
// paths relative to the actor ("position", "commitments[1].pledged"). A list
// longer than its limit is refused for its length and not read further.
func (a Actor) Validate() fault.Fields {
	var errs fault.Fields
	errs.Text("id", a.ID, fault.ID)
	errs.Text("name", a.Name, fault.Name)
	fault.Among(&errs, "constituency", a.Constituency, Constituencies())
	checkRoles(&errs, a.Roles)
	errs = append(errs, a.Position.Validate()...)
	errs = append(errs, a.Power.Validate()...)
	if !(a.Weight >= 0 && a.Weight <= maxWeight) { // written so that NaN fails
		errs.Add("weight", fault.Range, a.Weight, language.Of("want.weight", "most", int(maxWeight)))
	}
	checkCommitments(&errs, a.Commitments)
	errs.Text("note", a.Note, fault.Note)
	return errs
}

// Holds reports whether the actor has the role, member or not.
func (a Actor) Holds(r Role) bool { return slices.Contains(a.Roles, r) }

// Clone returns a copy that shares no memory with the actor.
func (a Actor) Clone() Actor {
	a.Roles = slices.Clone(a.Roles)
	a.Commitments = slices.Clone(a.Commitments)
	return a
}

// normal returns a copy in the one form a roster keeps, in which equal actors
// have equal memory and equal JSON: no empty lists, no negative zeros, times in
// UTC.
func (a Actor) normal() Actor {
	a = a.Clone()
	a.ID, a.Name, a.Note = fault.NFC(a.ID), fault.NFC(a.Name), fault.NFC(a.Note)
	if len(a.Roles) == 0 {
		a.Roles = nil
	}
	if len(a.Commitments) == 0 {
		a.Commitments = nil
	}
	a.Power = Power(plainZero(float64(a.Power)))
	a.Weight = plainZero(a.Weight)
	for i := range a.Commitments {
		a.Commitments[i] = a.Commitments[i].normal()
	}
	return a
}

// effectiveWeight is the weight in the indices.
func (a *Actor) effectiveWeight() float64 { return cmp.Or(a.Weight, 1) }

// checkRoles refuses unknown roles and a role that is there twice.
func checkRoles(errs *fault.Fields, roles []Role) {
	if !errs.Count("roles", len(roles), len(Roles())) {
		return
	}
	for i, r := range roles {
		switch {
		case !r.Valid():
			errs.Add(fault.At("roles", i), fault.Known, string(r), fault.OneOf(Roles()))
		case slices.Contains(roles[:i], r):
			errs.Add(fault.At("roles", i), fault.Unique, string(r), language.Of("want.each-once"))
		}
	}
}

// checkCommitments refuses commitments that are not valid or share an id.
func checkCommitments(errs *fault.Fields, commitments []Commitment) {
	if !errs.Count("commitments", len(commitments), maxCommitments) {
		return
	}
	first := make(map[string]int, len(commitments))
	for i, c := range commitments {
		path := fault.At("commitments", i)
		errs.Under(path, c.Validate())
		if c.ID != "" { // a blank id is already refused for itself
			errs.Once(path+".id", c.ID, first, "commitments", i)
		}
	}
}
