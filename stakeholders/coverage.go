package stakeholders

// Who is at the table and who is missing: roles and constituencies.

import (
	"cmp"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/language"
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
	Actor  string        `json:"actor"`  // its id
	Name   string        `json:"name"`   // its name
	Reason language.Text `json:"reason"` // what speaks for it, and what does not, in one line
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
	return candidates(ranked, func(a *Actor) language.Text { return a.reasonFor(role) })
}

// candidates names the first of some actors, with a reason each.
func candidates(ranked []*Actor, reason func(*Actor) language.Text) []Candidate {
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

// reasonFor says what speaks for an actor in a role, and what does not.
func (a *Actor) reasonFor(role Role) language.Text {
	var facts []language.Text
	if a.Holds(role) { // and so is not a member, or there would be no gap
		facts = append(facts, language.Of("candidate.holds"))
	}
	usual := "candidate.less-usual"
	if role.fits(a.Constituency) {
		usual = "candidate.usual"
	}
	member := "candidate.not-yet-member"
	if a.Member {
		member = "candidate.member"
	}
	roles := language.Of("candidate.no-role")
	if n := len(a.Roles); n > 0 {
		roles = language.Of("candidate.roles", "n", n)
	}
	facts = append(facts, language.Of(usual, "constituency", a.Constituency.Told()), a.power(), a.stand(), language.Of(member), roles)
	return language.Of("candidate.reason", "facts", facts)
}

// power says how much of it an actor has.
func (a *Actor) power() language.Text {
	if !a.Power.Known() {
		return language.Of("candidate.power-not-known")
	}
	return a.Power.Band().Told()
}

// stand says where an actor stands.
func (a *Actor) stand() language.Text {
	if !a.Position.Known() {
		return language.Of("candidate.position-not-known")
	}
	return a.Position.Band().Told()
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

	// Reason says in one line what is missing.
	Reason language.Text `json:"reason"`

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
		missing := "gap.constituency"
		if gap.GroupMissing {
			missing = "gap.group"
		}
		gap.Reason = language.Of(missing, "constituency", c.Told(), "group", gap.Group.Told())
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

// reasonToInvite says what speaks for an actor that is not a member, and what to do
// first.
func (a *Actor) reasonToInvite() language.Text {
	first := "candidate.to-ask"
	switch {
	case a.Position.Opposes():
		first = "candidate.to-hear"
	case a.Position.Supports():
		first = "candidate.to-invite"
	case a.Position.Known():
		first = "candidate.to-win"
	}
	return language.Of(first, "facts", []language.Text{language.Of("candidate.not-member"), a.power(), a.stand()})
}
