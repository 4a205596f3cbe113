package reformcycle

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file holds what the built-in rules under the heading "actors" look at. What makes
// each verdict is in the data, and in docs/diagnosis.md.

func from(c stakeholders.Constituency) func(stakeholders.Constituency) bool {
	return func(of stakeholders.Constituency) bool { return of == c }
}

func ofCommunity(c stakeholders.Constituency) bool { return c.Group() == stakeholders.Community }

// weakGovernmentLead: no government body leads the coalition, or none holds
// authority.
func weakGovernmentLead(s State, _ Rule) Verdict {
	st := s.get()
	authority, rated := s.levelOf("governance.authority")
	var leads, seats, opposes []Fact
	var leaders []*stakeholders.Actor
	actors := s.sighted().actors
	for i := range actors {
		a := &actors[i]
		if !a.Member || !a.Holds(stakeholders.Leader) {
			continue
		}
		leaders = append(leaders, a)
		switch {
		case a.Constituency.Group() != stakeholders.Government:
		case a.Position.Opposes():
			seats = append(seats, actorFact(a, "in the lead"))
			opposes = append(opposes, actorFact(a, "in the lead and against the reform, at "+a.Position.String()))
		default:
			leads = append(leads, actorFact(a, "in the lead"))
		}
	}
	due := coalitions.of(st).Coalition.Name != "" || st.past(CoalitionBuilding)
	switch {
	case authority.Known() && !s.works("governance.authority", authority):
		return troubled(rated)
	case !due:
		return Verdict{}
	case leaders != nil && st.unformed():
		return unclear(noneFormed)
	case opposes != nil && leads != nil:
		return contestedBy(leads, opposes)
	case opposes != nil && authority.Known(): // the partners respect who holds it
		return contestedBy(append(seats, rated), opposes)
	case opposes != nil:
		return troubled(opposes...)
	case leads != nil && authority.Known():
		return sound(append(leads, rated)...)
	case leads != nil && s.faded("governance.authority") != "":
		return unclear(s.faded("governance.authority"))
	case leads != nil:
		return sound(leads...)
	case !st.rosterWhole() && authority.Known():
		return unclear("who leads the coalition")
	case !st.rosterWhole():
		return unclear("who leads the coalition", s.rating("governance.authority"))
	case leaders != nil:
		return troubled(actorFact(leaders[0], "in the lead, and not of government"))
	}
	return troubled(Fact{About: "coalition", Says: "nobody leads"})
}

// vetoPlayerOpposed: an actor with a veto opposes and no strategy is under way to win
// that actor.
func vetoPlayerOpposed(s State, r Rule) Verdict {
	st := s.get()
	var alone, opposes, addressed []Fact
	var unknown []string
	players := 0
	actors := s.sighted().actors
	for i := range actors {
		a := &actors[i]
		if !a.Veto {
			continue
		}
		players++
		switch {
		case !a.Position.Known():
			unknown = append(unknown, "the position of "+said(a.ID))
		case !a.Position.Opposes():
		default:
			strategy := st.addressed(a, int(r.Value("months")), s.moment())
			if strategy == nil {
				alone = append(alone, actorFact(a, "able to block alone and against the reform, at "+a.Position.String()+"; no strategy that is under way addresses that"))
				continue
			}
			opposes = append(opposes, actorFact(a, "able to block alone and against the reform, at "+a.Position.String()))
			addressed = append(addressed, Fact{About: "strategy", ID: strategy.ID, Says: "under way to move " + said(a.Name) + ": " + said(strategy.Name), Entry: strategy.Entry})
		}
	}
	switch {
	case alone != nil:
		return troubled(alone...)
	case addressed != nil:
		return contestedBy(addressed, opposes)
	case unknown != nil:
		return unclear(unknown...)
	case players > 0 && st.silent(TopicActors):
		return unclear("who else could block alone" + st.untold(TopicActors))
	case players > 0:
		return sound(Fact{About: "actor", Says: fmt.Sprintf("of %d who could block alone, none opposes", players)})
	case len(actors) > 0 || st.past(ProblemPrioritization):
		return unclear("who can block the reform alone: mark these actors so")
	}
	return Verdict{}
}

// addressed gives an open strategy that is to win an actor or take power from it, which has
// begun as far as is known, and whose time is not over: the months that it takes, or so
// many where it does not say.
func (s *state) addressed(a *stakeholders.Actor, months int, at time.Time) *PlannedStrategy {
	wins := func(e stakeholders.Effect) bool {
		to, known := e.Position.Value()
		from, _ := a.Position.Value()
		return e.Actor == a.ID && (known && to > from || e.Power > 0 && (a.Power == 0 || e.Power < a.Power))
	}
	planned := strategies.of(s).Strategies
	for i := range planned {
		p := &planned[i]
		if p.Open() && slices.ContainsFunc(p.Effects, wins) && date.Of(at).Before(p.Start) != date.Yes &&
			cmp.Or(p.Start, s.when(p.Entry, p.Planned)).Lapsed(cmp.Or(p.Months, months), at) != date.Yes {
			return p
		}
	}
	return nil
}

// districtsLeftOut: no subnational government in the coalition by the end of
// design.
func districtsLeftOut(s State, _ Rule) Verdict {
	if !s.get().past(Design) {
		return Verdict{}
	}
	p := s.presenceOf(from(stakeholders.SubnationalGovernment), work, true)
	// Whether they took part may also have been rated.
	const ready = "readiness.subnational"
	took, rated := s.levelOf(ready)
	against := p.against
	switch {
	case s.works(ready, took):
		p.works = append(p.works, rated)
		if p.opposes == nil && p.idle == nil && len(p.works) == 1 && p.known {
			return contestedBy(p.works, []Fact{p.absent("subnational government")})
		}
		p.unformed = false // the rating speaks for itself
	case took.Known() && p.member():
		against = append(against, rated)
	case took.Known():
		return troubled(rated)
	}
	if p.against = against; p.member() || p.known {
		v := p.membership("subnational government")
		if need := s.faded(ready); v.Outcome == Sound && need != "" {
			return unclear(need)
		}
		return v
	}
	return unclear("whether subnational government is in the coalition", s.rating(ready))
}

// communityAbsent: nobody from the community has a role by the end of coalition
// building.
func communityAbsent(s State, _ Rule) Verdict {
	st := s.get()
	if !st.past(CoalitionBuilding) {
		return Verdict{}
	}
	p := s.presenceOf(ofCommunity, role, false)
	if p.idle == nil || p.works != nil || p.against != nil || p.unformed {
		return p.membership("the community")
	}
	if !st.rosterWhole() {
		return unclear("the role of " + p.idle[0].ID + " in the coalition, or who else from the community has one")
	}
	idle := p.idle[0]
	idle.Says += ", with no role"
	return troubled(idle)
}

// singleMinistry: no ministry other than health by the end of design. Ministries whose
// programmes share no mechanism split the work: they do not take part in one.
func singleMinistry(s State, _ Rule) Verdict {
	st := s.get()
	if !st.past(Design) {
		return Verdict{}
	}
	p := s.presenceOf(from(stakeholders.OtherMinistry), work, false)
	if shared := s.surveyed(landscape.SharedMechanism); p.works != nil && shared.answer == landscape.No {
		p.against = append(p.against, shared.no...)
	}
	return p.membership("a ministry other than health")
}

// chwVoiceAbsent: workers are not represented, once there is a coalition in which
// they could be.
func chwVoiceAbsent(s State, _ Rule) Verdict {
	st := s.get()
	if coalitions.of(st).Coalition.Name == "" && !st.past(CoalitionBuilding) {
		return Verdict{}
	}
	p := s.presenceOf(from(stakeholders.CommunityHealthWorkers), seated, true)
	return p.membership("the community health workers")
}
