package reformcycle

import (
	"cmp"
	"slices"
	"time"

	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
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
			seats = append(seats, actorFact(a, ofActor(a, "fact.leads")))
			opposes = append(opposes, actorFact(a, ofActor(a, "fact.leads.opposed", language.Arg{Name: "position", Value: a.Position.Told()})))
		default:
			leads = append(leads, actorFact(a, ofActor(a, "fact.leads")))
		}
	}
	due := coalitions.of(st).Coalition.Name != "" || st.past(CoalitionBuilding)
	switch {
	case authority.Known() && !s.works("governance.authority", authority):
		return troubled(rated)
	case !due:
		return Verdict{}
	case leaders != nil && st.unformed():
		return noneFormed()
	case opposes != nil && leads != nil:
		return contestedBy(leads, opposes)
	case opposes != nil && authority.Known(): // the partners respect who holds it
		return contestedBy(append(seats, rated), opposes)
	case opposes != nil:
		return troubled(opposes...)
	case leads != nil && authority.Known():
		return sound(append(leads, rated)...)
	case leads != nil:
		if need := s.faded("governance.authority"); !need.IsZero() {
			return unclear(need)
		}
		return sound(leads...)
	case !st.rosterWhole() && authority.Known():
		return unclear(language.Of("need.leader"))
	case !st.rosterWhole():
		return unclear(language.Of("need.leader"), s.rating("governance.authority"))
	case leaders != nil:
		return troubled(actorFact(leaders[0], ofActor(leaders[0], "fact.leads.other")))
	}
	return troubled(Fact{About: "coalition", Says: language.Of("fact.no-lead")})
}

// vetoPlayerOpposed: an actor with a veto opposes and no strategy is under way to win
// that actor.
func vetoPlayerOpposed(s State, r Rule) Verdict {
	st := s.get()
	var alone, opposes, addressed []Fact
	var unknown []language.Text
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
			unknown = append(unknown, language.Of("need.position", "who", said(a.ID)))
		case !a.Position.Opposes():
		default:
			strategy := st.addressed(a, int(r.Value("months")), s.moment())
			if strategy == nil {
				alone = append(alone, actorFact(a, ofActor(a, "fact.veto.alone", language.Arg{Name: "position", Value: a.Position.Told()})))
				continue
			}
			opposes = append(opposes, actorFact(a, ofActor(a, "fact.veto", language.Arg{Name: "position", Value: a.Position.Told()})))
			addressed = append(addressed, Fact{About: "strategy", ID: strategy.ID, Says: ofActor(a, "fact.addressed", language.Arg{Name: "strategy", Value: said(strategy.Name)}), Entry: strategy.Entry})
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
		return unclear(language.Of("need.other-vetoes", "topics", silentTopics([]Topic{TopicActors})))
	case players > 0:
		return sound(Fact{About: "actor", Says: language.Of("fact.no-veto", "n", players)})
	case len(actors) > 0 || st.past(ProblemPrioritization):
		return unclear(language.Of("need.vetoes"))
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
			return contestedBy(p.works, []Fact{p.absent("from.subnational-government")})
		}
		p.unformed = false // the rating speaks for itself
	case took.Known() && p.member():
		against = append(against, rated)
	case took.Known():
		return troubled(rated)
	}
	if p.against = against; p.member() || p.known {
		v := p.membership("from.subnational-government")
		if need := s.faded(ready); v.Outcome == Sound && !need.IsZero() {
			return unclear(need)
		}
		return v
	}
	return unclear(language.Of("need.subnational-government"), s.rating(ready))
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
		return p.membership("from.community")
	}
	if !st.rosterWhole() {
		return unclear(language.Of("need.community-role", "who", p.idle[0].ID))
	}
	idle := p.idle[0]
	idle.Says.ID = "fact.member.no-role"
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
	return p.membership("from.other-ministry")
}

// chwVoiceAbsent: workers are not represented, once there is a coalition in which
// they could be.
func chwVoiceAbsent(s State, _ Rule) Verdict {
	st := s.get()
	if coalitions.of(st).Coalition.Name == "" && !st.past(CoalitionBuilding) {
		return Verdict{}
	}
	p := s.presenceOf(from(stakeholders.CommunityHealthWorkers), seated, true)
	return p.membership("from.workers")
}
