package reformcycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file holds what the built-in rules under the heading "actors" look at, and
// what all built-in rules share.

// judges are what the built-in rules look at, by code.
var judges = map[string]Judge{
	"weak-government-lead": weakGovernmentLead,
	"veto-player-opposed":  vetoPlayerOpposed,
	"districts-left-out":   districtsLeftOut,
	"community-absent":     communityAbsent,
	"single-ministry":      singleMinistry,
	"chw-voice-absent":     chwVoiceAbsent,

	"unfunded-launch":       unfundedLaunch,
	"vertical-funding":      verticalFunding,
	"unsustained-financing": unsustainedFinancing,
	"term-limited-project":  termLimitedProject,

	"uncoordinated-partners": uncoordinatedPartners,
	"hasty-launch":           hastyLaunch,
	"scaled-without-pilot":   scaledWithoutPilot,
	"no-learning-loop":       noLearningLoop,
	"readiness-debt":         readinessDebt,
	"stalled":                stalled,

	"fragmented-programmes":         fragmentedProgrammes,
	"uncoordinated-cadres":          uncoordinatedCadres,
	"pay-inequity-risk":             payInequityRisk,
	"partnering-package-incomplete": partneringPackageIncomplete,
}

func troubled(facts ...Fact) Verdict { return Verdict{Outcome: Troubled, Facts: facts} }
func sound(facts ...Fact) Verdict    { return Verdict{Outcome: Sound, Facts: facts} }
func unclear(needs ...string) Verdict {
	return Verdict{Outcome: Unclear, Needs: needs}
}

// levelOf a criterion, and the fact that tells it. A criterion that the checklist
// lacks is as unknown as one that nobody rated.
func (s State) levelOf(id string) (assessment.Level, Fact) {
	st := s.get()
	i, ok := st.rules.list.Index(id)
	if !ok {
		return assessment.Unknown, Fact{}
	}
	level := st.level(i, s.moment())
	if !level.Known() {
		return assessment.Unknown, Fact{}
	}
	says := levelWords[level] + ": " + strings.TrimSuffix(st.rules.criteria[i].Text, ".")
	if st.rules.criteria[i].Kind == assessment.Rated {
		says = "rated " + says
	}
	f := Fact{About: "criterion", ID: id, Says: says}
	for r := range st.Ratings {
		if st.Ratings[r].Criterion == id {
			f.Source = st.Ratings[r].Evidence.Source
		}
	}
	return level, f
}

var levelWords = func() (words [assessment.HighlyFunctional + 1]string) {
	for l := range words {
		words[l] = strings.ReplaceAll(assessment.Level(l).String(), "y-", "y ") // "non-functional" keeps its hyphen
	}
	return words
}()

// said puts what people wrote on one line, without its full stop.
func said(text string) string {
	if strings.ContainsAny(text, "\n\r\t") {
		text = strings.Join(strings.Fields(text), " ")
	}
	return strings.TrimSuffix(text, ".")
}

// works reports whether a level is known and meets its criterion.
func (s State) works(id string, level assessment.Level) bool {
	c, _ := s.get().rules.list.Criterion(id)
	return c.Met(level)
}

// rating names what would let a rule know a criterion.
func (s State) rating(id string) string {
	if _, listed := s.get().rules.list.Index(id); !listed {
		return id + " on the checklist, and a rating of it"
	}
	return "a rating of " + id
}

// byRating judges a rule that rests on one criterion, from when it is due.
func (s State) byRating(id string, due bool) Verdict {
	level, rated := s.levelOf(id)
	switch {
	case s.works(id, level):
		return sound(rated)
	case level.Known():
		return troubled(rated)
	case due:
		return unclear(s.rating(id))
	}
	return Verdict{}
}

// entered is when a stage was first entered in the current lap; zero where it was
// not.
func (s *state) entered(stage Stage) time.Time {
	for i := range s.Arrivals {
		if s.Arrivals[i].Stage == stage {
			return s.Arrivals[i].First
		}
	}
	return time.Time{}
}

// past reports whether the reform has ever gone beyond a stage.
func (s *state) past(stage Stage) bool {
	beyond := func(a Arrival) bool { return a.Stage > stage }
	if slices.ContainsFunc(s.Arrivals, beyond) {
		return true
	}
	return slices.ContainsFunc(s.Laps, func(l Lap) bool { return slices.ContainsFunc(l.Arrivals, beyond) })
}

// firstStage at which the recording of the reform began.
func (s *state) firstStage() Stage {
	arrivals := s.Arrivals
	if len(s.Laps) > 0 {
		arrivals = s.Laps[0].Arrivals
	}
	if len(arrivals) == 0 {
		return ProblemPrioritization
	}
	return arrivals[0].Stage
}

// inLaunch reports whether the programme of the current lap has been launched,
// under the eyes of the recording or before it began.
func (s *state) inLaunch() bool {
	return !s.entered(Launch).IsZero() || s.Lap == 1 && s.firstStage() > Launch
}

// rosterWhole reports whether an actor who is not recorded is known to be absent:
// the coalition was built under the eyes of the recording, or somebody has rated
// its size and composition since.
func (s *state) rosterWhole() bool {
	size := func(r assessment.Rating) bool { return r.Criterion == "coalition.size" }
	return s.firstStage() <= CoalitionBuilding || slices.ContainsFunc(s.Ratings, size) ||
		slices.ContainsFunc(s.Laps, func(l Lap) bool { return slices.ContainsFunc(l.Ratings, size) })
}

// presence tells whether any actor of a kind is in the coalition.
type presence struct {
	member  stakeholders.Actor // the first member of that kind
	outside stakeholders.Actor // the first who is known of and is not a member
	known   bool
}

// presenceOf looks for a kind of actor. Where a kind is one body of people, such as
// the workers, one of them who is recorded as outside stands for all.
func (s *state) presenceOf(counts func(*stakeholders.Actor) bool, oneBody bool) presence {
	var p presence
	for a := range s.actors().All() {
		if !counts(&a) {
			continue
		}
		if a.Member {
			p.member = a
			break // who is outside does not matter any more
		}
		if p.outside.ID == "" {
			p.outside = a
		}
	}
	p.known = p.member.ID != "" || oneBody && p.outside.ID != "" || s.rosterWhole()
	return p
}

// absent tells who is missing.
func (p presence) absent(who string) Fact {
	fact := Fact{About: "coalition", Says: "the coalition has no " + who}
	if p.outside.ID != "" {
		fact = Fact{About: "actor", ID: p.outside.ID, Says: fact.Says + "; " + said(p.outside.Name) + " is outside"}
	}
	return fact
}

func (p presence) there() Fact {
	return Fact{About: "actor", ID: p.member.ID, Says: said(p.member.Name) + " is in the coalition"}
}

// membership judges a rule that asks for a member of some kind.
func (p presence) membership(who string) Verdict {
	switch {
	case p.member.ID != "":
		return sound(p.there())
	case p.known:
		return troubled(p.absent(who))
	}
	return unclear("who is in the coalition: engage all its actors and rate coalition.size")
}

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
