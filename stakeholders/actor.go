package stakeholders

// The actor, and what makes one valid.

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits on what one actor may hold.
const (
	maxIDRunes     = 128
	maxNameRunes   = 512
	maxNoteRunes   = 4096
	maxCommitments = 10_000
	maxWeight      = 1e6
)

// Actor is a stakeholder of the reform: a person, a body or an organised group.
// The zero value is not valid: an actor needs an id, a name and a constituency.
type Actor struct {
	// ID names the actor within its roster: at most 128 characters, without control
	// characters and without space around it.
	ID string `json:"id"`

	// Name is what people call it, at most 512 characters.
	Name string `json:"name"`

	// Constituency is where it comes from (afzal2021, who2018).
	Constituency Constituency `json:"constituency"`

	// Roles are what it does in the coalition, each once (chen2021). They fill
	// those roles only while the actor is a member.
	Roles []Role `json:"roles,omitempty"`

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
	Weight float64 `json:"weight,omitempty"`

	// Veto says that its refusal alone blocks the reform.
	Veto bool `json:"veto,omitempty"`

	// Commitments are what it has pledged and delivered, at most 10,000, each
	// with its own id.
	Commitments []Commitment `json:"commitments,omitempty"`

	// Note is free text, at most 4096 characters.
	Note string `json:"note,omitempty"`
}

// Validate returns every error of the actor, in the order of its fields, with
// paths relative to the actor ("position", "commitments[1].pledged"). A list
// longer than its limit is refused for its length and not read further.
func (a Actor) Validate() FieldErrors {
	var errs FieldErrors
	errs.checkToken("id", a.ID, true)
	errs.checkName("name", a.Name)
	if !a.Constituency.Valid() {
		errs = append(errs, notAccepted("constituency", a.Constituency, Constituencies()))
	}
	errs.checkRoles(a.Roles)
	errs = append(errs, a.Position.Validate()...)
	errs = append(errs, a.Power.Validate()...)
	if !(a.Weight >= 0 && a.Weight <= maxWeight) { // written so that NaN fails
		errs.add("weight", ruleRange, a.Weight, "a number above 0 and at most 1000000, or 0 for the usual weight of 1")
	}
	errs.checkCommitments(a.Commitments)
	errs.checkNote("note", a.Note)
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
func (a *Actor) effectiveWeight() float64 {
	if a.Weight == 0 {
		return 1
	}
	return a.Weight
}

// checkRoles refuses unknown roles and a role that is there twice.
func (e *FieldErrors) checkRoles(roles []Role) {
	if len(roles) > maxRoles {
		e.add("roles", ruleLength, len(roles), "at most "+strconv.Itoa(maxRoles)+" roles")
		return
	}
	for i, r := range roles {
		switch {
		case !r.Valid():
			*e = append(*e, notAccepted(at("roles", i), r, Roles()))
		case slices.Contains(roles[:i], r):
			e.add(at("roles", i), ruleUnique, string(r), "each role once")
		}
	}
}

// checkCommitments refuses commitments that are not valid or share an id.
func (e *FieldErrors) checkCommitments(commitments []Commitment) {
	if len(commitments) > maxCommitments {
		e.add("commitments", ruleLength, len(commitments), "at most "+strconv.Itoa(maxCommitments)+" commitments")
		return
	}
	var seen map[string]bool
	if len(commitments) > 1 {
		seen = make(map[string]bool, len(commitments))
	}
	for i, c := range commitments {
		path := at("commitments", i)
		e.addUnder(path, c.Validate())
		if seen[c.ID] && c.ID != "" { // a blank id is already refused for itself
			e.add(path+".id", ruleUnique, c.ID, "an id that no other commitment of the actor has")
		}
		if seen != nil {
			seen[c.ID] = true
		}
	}
}

// checkToken refuses what cannot serve as a name in a program: ids, units,
// names of stages. An optional one may be empty.
func (e *FieldErrors) checkToken(field, s string, required bool) {
	const want = "text of 1 to 128 characters, without control characters and without space around it"
	switch {
	case s == "" && !required:
		return
	case !utf8.ValidString(s):
		e.add(field, ruleUTF8, s, "valid UTF-8")
		return
	case strings.TrimSpace(s) == "":
		e.add(field, ruleRequired, s, want)
		return
	}
	if utf8.RuneCountInString(s) > maxIDRunes {
		e.add(field, ruleLength, s, want)
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		e.add(field, ruleControl, s, want)
	}
	if strings.TrimSpace(s) != s {
		e.add(field, ruleSpace, s, want)
	}
}

// checkName refuses a name that is blank, too long or not UTF-8.
func (e *FieldErrors) checkName(field, s string) {
	switch {
	case !utf8.ValidString(s):
		e.add(field, ruleUTF8, s, "valid UTF-8")
	case strings.TrimSpace(s) == "":
		e.add(field, ruleRequired, s, "a name of 1 to 512 characters")
	case utf8.RuneCountInString(s) > maxNameRunes:
		e.add(field, ruleLength, s, "a name of 1 to 512 characters")
	}
}

// checkNote refuses a note that is too long or not UTF-8.
func (e *FieldErrors) checkNote(field, s string) {
	switch {
	case !utf8.ValidString(s):
		e.add(field, ruleUTF8, s, "valid UTF-8")
	case utf8.RuneCountInString(s) > maxNoteRunes:
		e.add(field, ruleLength, s, "at most 4096 characters")
	}
}

// checkAmount refuses what is negative or not finite.
func (e *FieldErrors) checkAmount(field string, v float64) {
	if !(v >= 0) || math.IsInf(v, 1) { // written so that NaN fails
		e.add(field, ruleRange, v, "a finite number, 0 or more")
	}
}
