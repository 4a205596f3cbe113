package stakeholders

// Who is at the table and who is missing: roles and constituencies.

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxCandidates is how many candidates a gap names; a longer list helps nobody
// choose.
const maxCandidates = 10

// Holders returns the ids of the active members that hold the role, in the
// order of engagement.
func (r Roster) Holders(role Role) []string {
	var ids []string
	for _, a := range r.actors {
		if a.Member && a.Holds(role) {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// RoleFilled reports whether an active member holds the role (chen2021: the
// critical roles of the coalition are filled). It allocates nothing.
func (r Roster) RoleFilled(role Role) bool {
	return r.hasMember(func(a *Actor) bool { return a.Holds(role) })
}

// RoleGap is a role that no active member holds, and who might take it.
type RoleGap struct {
	Role       Role        `json:"role"`
	Candidates []Candidate `json:"candidates,omitempty"` // the best first, at most ten
}

// Candidate is an actor that might fill a role.
type Candidate struct {
	Actor  string `json:"actor"`  // its id
	Name   string `json:"name"`   // its name
	Reason string `json:"reason"` // one plain sentence: what speaks for it, and what does not
}

// RoleGaps returns the roles that no active member holds, in the order of
// [Roles], each with at most ten candidates from the roster.
//
// Opponents are no candidates. The others rank by, in turn: holding the role
// already without being a member; a constituency that usually fits the role;
// power; position, one that is not known coming last; membership; how few roles
// they hold; the order of engagement. The ranking and the table of what usually
// fits are ours (model): advice to a person who chooses, never a rule.
func (r Roster) RoleGaps() []RoleGap {
	var gaps []RoleGap
	for _, role := range Roles() {
		if !r.RoleFilled(role) {
			gaps = append(gaps, RoleGap{Role: role, Candidates: r.candidates(role)})
		}
	}
	return gaps
}

// candidates ranks who might fill a role.
func (r Roster) candidates(role Role) []Candidate {
	ranked := make([]*Actor, 0, len(r.actors))
	for _, a := range r.actors {
		if !a.Position.Opposes() {
			ranked = append(ranked, a)
		}
	}
	slices.SortStableFunc(ranked, func(a, b *Actor) int {
		return cmp.Or(
			yesFirst(a.Holds(role), b.Holds(role)),
			yesFirst(role.fits(a.Constituency), role.fits(b.Constituency)),
			strongerFirst(a, b),
			yesFirst(a.Member, b.Member),
			cmp.Compare(len(a.Roles), len(b.Roles)),
		)
	})
	return candidates(ranked, func(a *Actor) string { return a.reasonFor(role) })
}

// candidates names the first of some actors, with a reason each.
func candidates(ranked []*Actor, reason func(*Actor) string) []Candidate {
	var named []Candidate
	for _, a := range ranked[:min(len(ranked), maxCandidates)] {
		named = append(named, Candidate{Actor: a.ID, Name: a.Name, Reason: reason(a)})
	}
	return named
}

// strongerFirst orders by power, then by position, one that is not known last.
func strongerFirst(a, b *Actor) int {
	return cmp.Or(
		cmp.Compare(b.Power, a.Power),
		yesFirst(a.Position.Known(), b.Position.Known()),
		cmp.Compare(b.Position.value, a.Position.value),
	)
}

// reasonFor says in one sentence what speaks for an actor in a role.
func (a *Actor) reasonFor(role Role) string {
	var b strings.Builder
	if a.Holds(role) { // and so is not a member, or there would be no gap
		b.WriteString("Already holds the role without being an active member, c")
	} else {
		b.WriteString("C")
	}
	fit := "from which this role is less usual"
	if role.fits(a.Constituency) {
		fit = "that usually fits the role"
	}
	fmt.Fprintf(&b, "omes from a constituency %s (%s), ", fit, a.Constituency.Label())

	b.WriteString(a.hasPower() + ", ")
	switch {
	case a.Position.Supports():
		fmt.Fprintf(&b, "shows %s, ", a.Position.Band().Label())
	case a.Position.Known():
		b.WriteString("is non-mobilised, ")
	default:
		b.WriteString("has a position that is not known, ")
	}
	if a.Member {
		b.WriteString("is an active member")
	} else {
		b.WriteString("is not an active member yet")
	}
	switch n := len(a.Roles); n {
	case 0:
		b.WriteString(" and holds no role so far.")
	case 1:
		b.WriteString(" and holds one role.")
	default:
		fmt.Fprintf(&b, " and holds %d roles.", n)
	}
	return b.String()
}

// hasPower says how much power an actor has.
func (a *Actor) hasPower() string {
	if !a.Power.Known() {
		return "has a power that is not known"
	}
	return "has " + a.Power.Band().Label()
}

// ConstituencyCoverage is how one constituency is represented.
type ConstituencyCoverage struct {
	Constituency Constituency `json:"constituency"`
	Group        Group        `json:"group"`
	Members      []string     `json:"members,omitempty"` // ids of its active members
	Others       []string     `json:"others,omitempty"`  // ids of those engaged that are not members
}

// ConstituencyCoverage returns all constituencies in the order of
// [Constituencies], each with the actors that come from it, in the order of
// engagement.
func (r Roster) ConstituencyCoverage() []ConstituencyCoverage {
	rows := make([]ConstituencyCoverage, len(constituencies))
	for i, c := range constituencies {
		rows[i] = ConstituencyCoverage{Constituency: c.constituency, Group: c.group}
		for _, a := range r.actors {
			switch {
			case a.Constituency != c.constituency:
			case a.Member:
				rows[i].Members = append(rows[i].Members, a.ID)
			default:
				rows[i].Others = append(rows[i].Others, a.ID)
			}
		}
	}
	return rows
}

// GroupsRepresented returns how many of the five groups have a member in the
// coalition. It allocates nothing.
func (r Roster) GroupsRepresented() int {
	n := 0
	for _, g := range Groups() {
		if r.HasMemberIn(g) {
			n++
		}
	}
	return n
}

// MissingConstituencies returns the constituencies without a member, in order.
func (r Roster) MissingConstituencies() []Constituency {
	return slices.DeleteFunc(Constituencies(), r.HasMemberOf)
}

// MissingGroups returns the groups without a member, in order.
func (r Roster) MissingGroups() []Group {
	return slices.DeleteFunc(Groups(), r.HasMemberIn)
}

// yesFirst orders true before false.
func yesFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// ConstituencyGap is a constituency without a member, and who might be asked.
type ConstituencyGap struct {
	Constituency Constituency `json:"constituency"`
	Group        Group        `json:"group"`

	// GroupMissing says that the whole group has no member either.
	GroupMissing bool `json:"group_missing"`

	// Reason says in one plain sentence what is missing.
	Reason string `json:"reason"`

	// Candidates are actors of the constituency that are engaged without being
	// members, the best first, at most ten. With none, somebody has to be
	// found first.
	Candidates []Candidate `json:"candidates,omitempty"`
}

// ConstituencyGaps returns the constituencies without a member, in the order of
// [Constituencies], each with at most ten candidates among the engaged actors
// that come from it.
//
// Opponents come last, for a constituency may have nobody else: they are to be
// heard before they are invited. The others rank by, in turn: power; position,
// one that is not known coming last; how many roles they hold; the order of
// engagement. The ranking is ours (model): advice to a person who chooses.
func (r Roster) ConstituencyGaps() []ConstituencyGap {
	var gaps []ConstituencyGap
	for _, c := range r.MissingConstituencies() {
		gap := ConstituencyGap{Constituency: c, Group: c.Group(), GroupMissing: !r.HasMemberIn(c.Group())}
		gap.Reason = fmt.Sprintf("No active member comes from the constituency %s", c.Label())
		if gap.GroupMissing {
			gap.Reason += fmt.Sprintf(", nor from any other of the group %s.", gap.Group.Label())
		} else {
			gap.Reason += fmt.Sprintf("; the group %s has members from others.", gap.Group.Label())
		}
		var ranked []*Actor
		for _, a := range r.actors {
			if a.Constituency == c {
				ranked = append(ranked, a)
			}
		}
		slices.SortStableFunc(ranked, func(a, b *Actor) int {
			return cmp.Or(
				yesFirst(!a.Position.Opposes(), !b.Position.Opposes()),
				strongerFirst(a, b),
				cmp.Compare(len(b.Roles), len(a.Roles)),
			)
		})
		gap.Candidates = candidates(ranked, (*Actor).reasonToInvite)
		gaps = append(gaps, gap)
	}
	return gaps
}

// reasonToInvite says in one sentence what speaks for an actor that is not a
// member.
func (a *Actor) reasonToInvite() string {
	power := a.hasPower()
	switch {
	case a.Position.Opposes():
		return fmt.Sprintf("Engaged but not a member, %s and shows %s: to be heard before it is invited.", power, a.Position.Band().Label())
	case a.Position.Supports():
		return fmt.Sprintf("Engaged but not a member, %s and shows %s: ready to be invited.", power, a.Position.Band().Label())
	case a.Position.Known():
		return fmt.Sprintf("Engaged but not a member, %s and is non-mobilised: to be won.", power)
	}
	return fmt.Sprintf("Engaged but not a member, %s and a position that is not known: to be asked where it stands.", power)
}
