package reformcycle

import (
	"fmt"
	"slices"

	"github.com/chsreform/chsreform/stakeholders"
)

// This file holds what the built-in rules under the heading "actors" look at.

func from(c stakeholders.Constituency) func(*stakeholders.Actor) bool {
	return func(a *stakeholders.Actor) bool { return a.Constituency == c }
}

// weakGovernmentLead: no government body leads the coalition, or none holds
// authority.
func weakGovernmentLead(s State, _ Rule) Verdict {
	st := s.get()
	authority, rated := s.levelOf("governance.authority")
	leads := st.actors().GovernmentLeads()
	switch {
	case authority.Known() && !s.works("governance.authority", authority):
		return troubled(rated)
	case leads:
		var facts []Fact
		for _, a := range st.actors().Leaders() {
			if a.Constituency.Group() == stakeholders.Government {
				facts = append(facts, Fact{About: "actor", ID: a.ID, Says: said(a.Name) + " leads the coalition"})
			}
		}
		if authority.Known() {
			facts = append(facts, rated)
		}
		return sound(facts...)
	case coalitions.of(st).Coalition.Name == "" && !st.past(CoalitionBuilding):
		return Verdict{}
	case !st.rosterWhole() && authority.Known():
		return unclear("who leads the coalition")
	case !st.rosterWhole():
		return unclear("who leads the coalition", s.rating("governance.authority"))
	}
	fact := Fact{About: "coalition", Says: "nobody leads the coalition"}
	if leaders := st.actors().Leaders(); len(leaders) > 0 {
		fact = Fact{About: "actor", ID: leaders[0].ID, Says: said(leaders[0].Name) + " leads the coalition, and is not of government"}
	}
	return troubled(fact)
}

// vetoPlayerOpposed: an actor with a veto opposes and no open strategy is to
// move that actor.
func vetoPlayerOpposed(s State, _ Rule) Verdict {
	st := s.get()
	var facts []Fact
	var unknown []string
	players, addressed := 0, 0
	for a := range st.actors().All() {
		if !a.Veto {
			continue
		}
		players++
		switch {
		case !a.Position.Known():
			unknown = append(unknown, "the position of "+said(a.ID))
		case !a.Position.Opposes():
		case st.addressed(a.ID):
			addressed++
		default:
			facts = append(facts, Fact{About: "actor", ID: a.ID, Says: said(a.Name) + " can block alone and opposes, at " + a.Position.String() + "; no strategy addresses that"})
		}
	}
	switch {
	case facts != nil:
		return troubled(facts...)
	case unknown != nil:
		return unclear(unknown...)
	case players == 0 || addressed > 0:
		return Verdict{}
	case st.silent(TopicActors):
		return unclear("who else could block alone" + st.untold(TopicActors))
	}
	return sound(Fact{About: "actor", Says: fmt.Sprintf("of %d who could block alone, none opposes", players)})
}

// addressed reports whether an open strategy is to move an actor.
func (s *state) addressed(actor string) bool {
	return slices.ContainsFunc(strategies.of(s).Strategies, func(p PlannedStrategy) bool {
		return p.Open() && slices.ContainsFunc(p.Effects, func(e stakeholders.Effect) bool { return e.Actor == actor })
	})
}

// districtsLeftOut: no subnational government in the coalition by the end of
// design.
func districtsLeftOut(s State, _ Rule) Verdict {
	st := s.get()
	if !st.past(Design) {
		return Verdict{}
	}
	p := st.presenceOf(from(stakeholders.SubnationalGovernment), true)
	if p.member.ID != "" {
		return sound(p.there())
	}
	// Whether they took part may also have been rated.
	took, rated := s.levelOf("readiness.subnational")
	switch {
	case took.Known() && !s.works("readiness.subnational", took):
		return troubled(rated)
	case p.known:
		return troubled(p.absent("subnational government"))
	case took.Known():
		return sound(rated)
	}
	return unclear("whether subnational government is in the coalition", s.rating("readiness.subnational"))
}

// communityAbsent: nobody from the community has a role by the end of coalition
// building.
func communityAbsent(s State, _ Rule) Verdict {
	st := s.get()
	if !st.past(CoalitionBuilding) {
		return Verdict{}
	}
	for a := range st.actors().Members() {
		if a.Constituency.Group() == stakeholders.Community && len(a.Roles) > 0 {
			return sound(Fact{About: "actor", ID: a.ID, Says: said(a.Name) + " has a role in the coalition"})
		}
	}
	p := st.presenceOf(func(a *stakeholders.Actor) bool { return a.Constituency.Group() == stakeholders.Community }, false)
	switch {
	case p.member.ID == "":
		return p.membership("community member")
	case !st.rosterWhole():
		return unclear("the role of " + said(p.member.ID) + " in the coalition, or who else from the community has one")
	}
	return troubled(Fact{About: "actor", ID: p.member.ID, Says: said(p.member.Name) + " is in the coalition and has no role"})
}

// singleMinistry: no ministry other than health by the end of design.
func singleMinistry(s State, _ Rule) Verdict {
	if !s.get().past(Design) {
		return Verdict{}
	}
	return s.get().presenceOf(from(stakeholders.OtherMinistry), false).membership("ministry other than health")
}

// chwVoiceAbsent: workers are not represented, once there is a coalition in which
// they could be.
func chwVoiceAbsent(s State, _ Rule) Verdict {
	st := s.get()
	if coalitions.of(st).Coalition.Name == "" && !st.past(CoalitionBuilding) {
		return Verdict{}
	}
	return st.presenceOf(from(stakeholders.CommunityHealthWorkers), true).membership("community health worker")
}
