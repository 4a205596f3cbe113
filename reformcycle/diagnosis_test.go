package reformcycle_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// under is a cycle under diagnosis, and the day of what is applied to it next.
type under struct {
	t testing.TB
	*reformcycle.Cycle
	day int
}

func (u under) do(changes ...reformcycle.Change) under {
	u.t.Helper()
	require.NoError(u.t, refusalOf(u.Apply(background, office(u.day), changes...)))
	return u
}

// later lets days go by before the next change.
func (u under) later(days int) under {
	u.day += days
	return u
}

// state is the state judged at the last entry.
func (u under) state() reformcycle.State { return u.State() }

// cases makes cycles to diagnose: forks of the reform that goes well, which is
// walked once for each stage.
type cases struct {
	t     testing.TB
	bases map[string]under
}

func newCases(t testing.TB) *cases { return &cases{t, map[string]under{}} }

// at gives a reform that goes well and stands at a stage of the first lap.
func (c *cases) at(stage reformcycle.Stage, options ...reformcycle.Option) under {
	key := fmt.Sprint(stage, len(options))
	if _, made := c.bases[key]; !made {
		cycle, day := standingAt(c.t, stage, options...)
		c.bases[key] = under{c.t, cycle, day}
	}
	u := c.bases[key]
	u.Cycle = u.Fork()
	return u
}

// inLap2 gives a reform that renewed at a stage after a first lap that went well.
func (c *cases) inLap2(at reformcycle.Stage) under {
	u := c.at(reformcycle.ManagementAndLearning)
	return u.do(fulfil(reformcycle.ManagementAndLearning, 1)...).later(1).do(reformcycle.Renew{At: at}).later(29)
}

// fresh gives a cycle that has just begun, with one rating.
func (c *cases) fresh(options ...reformcycle.Option) under {
	cycle, err := reformcycle.New("FRESH", options...)
	require.NoError(c.t, err)
	return under{c.t, cycle, 0}.do(rate("problem.priority-link", assessment.Functional))
}

// from gives a cycle whose recording began at a later stage.
func (c *cases) from(stage reformcycle.Stage, options ...reformcycle.Option) under {
	return c.fresh(append(options, reformcycle.WithStage(stage))...)
}

// What came of a rule.
const (
	fires    = "finding"
	strength = "strength"
	disputed = "contested"
	asks     = "question"
	silent   = "silent"
)

// outcomeOf is what came of a rule, with its facts as "about:id", those that speak for
// the trouble of what is contested behind "against", or with what it needs to know.
func outcomeOf(t require.TestingT, d reformcycle.Diagnosis, code string) (outcome string, grounds []string) {
	outcome = silent
	tell := func(facts []reformcycle.Fact) {
		for _, f := range facts {
			grounds = append(grounds, f.About+":"+f.ID)
		}
	}
	times := 0
	for _, f := range d.Findings {
		if f.Code == code {
			outcome = fires
			times++
			tell(f.Facts)
		}
	}
	for _, s := range d.Strengths {
		if s.Code == code {
			outcome = strength
			times++
			tell(s.Facts)
		}
	}
	for _, c := range d.Contested {
		if c.Code == code {
			outcome = disputed
			times++
			tell(c.For)
			grounds = append(grounds, "against")
			tell(c.Against)
		}
	}
	for _, q := range d.Questions {
		if q.Code == code {
			outcome = asks
			times++
			for _, need := range q.Needs {
				grounds = append(grounds, need.String())
			}
		}
	}
	require.LessOrEqual(t, times, 1, "%s is told more than once", code)
	return outcome, grounds
}

// verdict is what a rule has to say of a state.
type verdict struct {
	name    string
	state   reformcycle.State
	outcome string
	grounds []string
}

func grounds(g ...string) []string { return g }

// judged holds what a rule says of states against what it should.
func judged(t *testing.T, code string, table []verdict) {
	t.Helper()
	for _, v := range table {
		t.Run(v.name, func(t *testing.T) {
			outcome, grounds := outcomeOf(t, v.state.Diagnose(), code)
			assert.Equal(t, v.outcome, outcome)
			assert.Equal(t, v.grounds, grounds)
		})
	}
}

// holder gives an actor with a role.
func holder(actor string, role stakeholders.Role) reformcycle.AssignRole {
	return reformcycle.AssignRole{Actor: actor, Role: role}
}

func gone(actor string) reformcycle.ReleaseActor {
	return reformcycle.ReleaseActor{Actor: actor, Reason: "It was dissolved"}
}

func withdraw(ids ...string) (changes []reformcycle.Change) {
	for _, id := range ids {
		changes = append(changes, rate(id, assessment.Unknown))
	}
	return changes
}

// lean is the built-in checklist without some of its criteria.
func lean(t testing.TB, ids ...string) reformcycle.Option {
	var edits []assessment.Edit
	for _, id := range ids {
		edits = append(edits, assessment.Drop(id))
	}
	list, err := reformcycle.ReformChecklist().Derive("1.0.0-lean", edits...)
	require.NoError(t, err)
	return reformcycle.WithChecklist(list)
}

const (
	non         = assessment.NonFunctional
	some        = assessment.PartiallyFunctional
	functioning = assessment.Functional
)

// failedLongAgo rates a criterion as failing, on 1 January 2010: nobody has looked again.
func failedLongAgo(criterion string) reformcycle.Rate {
	r := rate(criterion, non)
	r.Evidence.On = date.MustParse("2010-01-01")
	return r
}

// again is what a question about it asks for.
func again(criterion string, months int) []string {
	return grounds(fmt.Sprintf("a rating of %s of today: the last (1 January 2010) is more than %d months old", criterion, months))
}

func TestWeakGovernmentLead(t *testing.T) {
	c := newCases(t)
	leaderless := reformcycle.RelieveRole{Actor: "moh", Role: stakeholders.Leader}
	const size = "coalition.size"
	judged(t, "weak-government-lead", []verdict{
		{"no coalition yet", c.fresh().state(), silent, nil},
		{"actors and no coalition yet", c.fresh().do(actor("ngo", stakeholders.NGO, true, 6, 6, stakeholders.Leader)).state(), silent, nil},
		{"a ministry leads", c.at(reformcycle.SolutionGathering).state(), strength, grounds("actor:moh")},
		{"and its authority is respected", c.at(reformcycle.SolutionGathering).do(rate("governance.authority", functioning)).state(),
			strength, grounds("actor:moh", "criterion:governance.authority")},
		{"but its authority is not", c.at(reformcycle.SolutionGathering).do(rate("governance.authority", some)).state(),
			fires, grounds("criterion:governance.authority")},
		{"it was not long ago, and nobody has looked again", c.at(reformcycle.SolutionGathering).do(failedLongAgo("governance.authority")).state(), asks, again("governance.authority", 36)},
		{"nobody leads", c.at(reformcycle.SolutionGathering).do(leaderless).state(), fires, grounds("coalition:")},
		{"nobody leads a coalition that has just formed", c.at(reformcycle.CoalitionBuilding).do(
			actor("moh", stakeholders.MinistryOfHealth, true, 6, 6),
			reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "Group", Purpose: "Reform", Convener: "moh"}},
		).state(), fires, grounds("coalition:")},
		{"an organisation leads", c.at(reformcycle.SolutionGathering).do(leaderless, holder("ngo", stakeholders.Leader)).state(), fires, grounds("actor:ngo")},
		{"two lead, one of government", c.at(reformcycle.SolutionGathering).do(holder("ngo", stakeholders.Leader)).state(), strength, grounds("actor:moh")},
		{"a leader outside the coalition", c.at(reformcycle.SolutionGathering).do(leaderless,
			actor("guild", stakeholders.OtherMinistry, false, 2, 2, stakeholders.Leader)).state(), fires, grounds("coalition:")},
		{"the only one opposes", c.at(reformcycle.SolutionGathering).do(stands("moh", -6)).state(), fires, grounds("actor:moh")},
		{"just not opposed", c.at(reformcycle.SolutionGathering).do(stands("moh", -1)).state(), strength, grounds("actor:moh")},
		{"opposes, and is respected", c.at(reformcycle.SolutionGathering).do(stands("moh", -6), rate("governance.authority", functioning)).state(),
			disputed, grounds("actor:moh", "criterion:governance.authority", "against", "actor:moh")},
		{"one of two opposes", c.at(reformcycle.SolutionGathering).do(stands("moh", -6), holder("counties", stakeholders.Leader)).state(),
			disputed, grounds("actor:counties", "against", "actor:moh")},
		{"a leader and no coalition", c.at(reformcycle.CoalitionBuilding).do(actor("moh", stakeholders.MinistryOfHealth, true, 6, 6, stakeholders.Leader),
			reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Now"}}).state(), asks, grounds(noneFormed)},
		{"in the second lap", c.inLap2(reformcycle.ProblemPrioritization).do(leaderless).state(), fires, grounds("coalition:")},
		{"the recording began later", c.from(reformcycle.Launch).state(), asks, grounds("who leads the coalition", "a rating of governance.authority")},
		{"and authority is respected", c.from(reformcycle.Launch).do(rate("governance.authority", functioning)).state(), asks, grounds("who leads the coalition")},
		{"and authority is not", c.from(reformcycle.Launch).do(rate("governance.authority", some)).state(), fires, grounds("criterion:governance.authority")},
		{"and a ministry leads", c.from(reformcycle.Launch).do(actor("moh", stakeholders.MinistryOfHealth, true, 6, 6, stakeholders.Leader)).state(),
			strength, grounds("actor:moh")},
		{"and the coalition was rated since", c.from(reformcycle.Launch).do(rate(size, some)).state(), fires, grounds("coalition:")},
		{"a checklist without authority", c.from(reformcycle.Launch, lean(t, "governance.authority", size)).state(),
			asks, grounds("who leads the coalition")},
	})
}

func TestVetoPlayerOpposed(t *testing.T) {
	c := newCases(t)
	strategy := func(id, actor string) reformcycle.PlanStrategy {
		return reformcycle.PlanStrategy{Strategy: stakeholders.Strategy{
			ID: id, Name: "Pay talks", Kind: stakeholders.ChangePositions, Probability: 0.5,
			Effects: []stakeholders.Effect{{Actor: actor, Position: stakeholders.At(2)}},
		}}
	}
	unknown := union(0)
	unknown.Actor.Position = stakeholders.Position{}
	guild := union(-3)
	guild.Actor.ID = "guild"
	const whoBlocks = "who can block the reform alone: mark these actors so"
	longStrategy := strategy("long", "union")
	longStrategy.Strategy.Months = 24
	tomorrow, harder, weaker := strategy("talks", "union"), strategy("talks", "union"), strategy("talks", "union")
	tomorrow.Strategy.Start = onDate(1)
	harder.Strategy.Effects[0].Position = stakeholders.At(-2)
	weaker.Strategy.Effects[0] = stakeholders.Effect{Actor: "union", Power: 1}
	mighty := union(-2)
	mighty.Actor.Power = 2
	observed := reformcycle.ObserveStrategy{Strategy: "talks", Success: stakeholders.NoSuccess, What: "They walked out"}
	judged(t, "veto-player-opposed", []verdict{
		{"nobody is known yet", c.fresh().state(), silent, nil},
		{"nobody has a veto", c.at(reformcycle.Design).state(), asks, grounds(whoBlocks)},
		{"whoever has one supports", c.fresh().do(union(1)).state(), strength, grounds("actor:")},
		{"not mobilised is not opposed", c.fresh().do(union(-1)).state(), strength, grounds("actor:")},
		{"just opposed", c.fresh().do(union(-1.01)).state(), fires, grounds("actor:union")},
		{"opposed without a veto", c.fresh().do(actor("union", stakeholders.TradeUnion, true, -7, 7)).state(), asks, grounds(whoBlocks)},
		{"position not known", c.fresh().do(unknown).state(), asks, grounds("the position of union")},
		{"one opposed, another not known", c.fresh().do(unknown, guild).state(), fires, grounds("actor:guild")},
		{"addressed", c.fresh().do(union(-2), strategy("talks", "union")).state(), disputed, grounds("strategy:talks", "against", "actor:union")},
		{"addressed a year ago", c.fresh().do(union(-2), strategy("talks", "union")).state().At(dawn.AddDate(0, 12, 0)), disputed, grounds("strategy:talks", "against", "actor:union")},
		{"addressed more than a year ago, and no word since", c.fresh().do(union(-2), strategy("talks", "union")).state().At(dawn.AddDate(0, 12, 1)), fires, grounds("actor:union")},
		{"addressed for two years", c.fresh().do(union(-2), longStrategy).state().At(dawn.AddDate(0, 24, 0)), disputed, grounds("strategy:long", "against", "actor:union")},
		{"addressed for two years, which are over", c.fresh().do(union(-2), longStrategy).state().At(dawn.AddDate(0, 24, 1)), fires, grounds("actor:union")},
		{"a strategy that begins tomorrow", c.fresh().do(union(-2), tomorrow).state(), fires, grounds("actor:union")},
		{"it has begun", c.fresh().do(union(-2), tomorrow).state().At(onDay(1)), disputed, grounds("strategy:talks", "against", "actor:union")},
		{"a strategy that would leave the actor where it stands", c.fresh().do(union(-2), harder).state(), fires, grounds("actor:union")},
		{"a strategy that would take its power", c.fresh().do(mighty, weaker).state(), disputed, grounds("strategy:talks", "against", "actor:union")},
		{"a strategy for somebody else", c.fresh().do(union(-2), guild, strategy("talks", "union")).state(), fires, grounds("actor:guild")},
		{"the strategy is over", c.fresh().do(union(-2), strategy("talks", "union"), observed).state(), fires, grounds("actor:union")},
		{"over, and another is open", c.fresh().do(union(-2), strategy("talks", "union"), observed, strategy("more", "union")).state(), disputed, grounds("strategy:more", "against", "actor:union")},
		{"addressed, and another not known", c.fresh().do(guild, strategy("talks", "guild"), unknown).state(), disputed, grounds("strategy:talks", "against", "actor:guild")},
	})
}

func TestDistrictsLeftOut(t *testing.T) {
	c := newCases(t)
	const took = "readiness.subnational"
	leaveDesign := reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{DecisionMakers: []string{"moh"}, Contributors: []string{"ngo"}, Authorizers: []string{"moh"}}}
	outside := actor("districts", stakeholders.SubnationalGovernment, false, 2, 2)
	judged(t, "districts-left-out", []verdict{
		{"design is not over", c.at(reformcycle.Design).do(gone("counties")).state(), silent, nil},
		{"they are in", c.at(reformcycle.ProgramReadiness).state(), strength, grounds("actor:counties")},
		{"they are in, and were not asked", c.at(reformcycle.ProgramReadiness).do(rate(took, non)).state(), disputed, grounds("actor:counties", "against", "criterion:"+took)},
		{"they are in, and took part", c.at(reformcycle.ProgramReadiness).do(rate(took, functioning)).state(), strength, grounds("actor:counties", "criterion:"+took)},
		{"they are in and against it", c.at(reformcycle.ProgramReadiness).do(stands("counties", -2)).state(), disputed, grounds("actor:counties", "against", "actor:counties")},
		{"they are in with no part", c.at(reformcycle.ProgramReadiness).do(reformcycle.RelieveRole{Actor: "counties", Role: stakeholders.Gatekeeper}, leaveDesign).state(),
			asks, grounds(partOf("counties"))},
		{"they are in with a say in the design", c.at(reformcycle.ProgramReadiness).do(reformcycle.RelieveRole{Actor: "counties", Role: stakeholders.Gatekeeper}).state(), strength, grounds("actor:counties")},
		{"they are in and sit on a body", c.at(reformcycle.ProgramReadiness).do(reformcycle.RelieveRole{Actor: "counties", Role: stakeholders.Gatekeeper}, leaveDesign,
			body("board", reformcycle.Subnational, "counties")).state(), strength, grounds("actor:counties")},
		{"they are in and have delivered", c.at(reformcycle.ProgramReadiness).do(reformcycle.RelieveRole{Actor: "counties", Role: stakeholders.Gatekeeper}, leaveDesign,
			reformcycle.Deliver{Actor: "counties", Commitment: "counties-pledge", Amount: 1}).state(), strength, grounds("actor:counties")},
		{"they are in, and were rated unready long ago", c.from(reformcycle.Launch).do(actor("counties", stakeholders.SubnationalGovernment, true, 2, 2, stakeholders.Gatekeeper), failedLongAgo(took)).state(),
			asks, again(took, 36)},
		{"they are gone", c.at(reformcycle.ProgramReadiness).do(gone("counties")).state(), fires, grounds("coalition:")},
		{"they are outside", c.at(reformcycle.ProgramReadiness).do(gone("counties"), outside).state(), fires, grounds("actor:districts")},
		{"they are gone, though rated ready", c.at(reformcycle.ProgramReadiness).do(gone("counties"), rate(took, functioning)).state(), disputed, grounds("criterion:"+took, "against", "coalition:")},
		{"they are gone, and rated unready", c.at(reformcycle.ProgramReadiness).do(gone("counties"), rate(took, some)).state(), fires, grounds("criterion:" + took)},
		{"design was over in an earlier lap", c.inLap2(reformcycle.ProblemPrioritization).do(gone("counties")).state(), fires, grounds("coalition:")},
		{"the recording began later", c.from(reformcycle.Launch).state(), asks, grounds("whether subnational government is in the coalition", "a rating of "+took)},
		{"and they are rated ready", c.from(reformcycle.Launch).do(rate(took, functioning)).state(), strength, grounds("criterion:" + took)},
		{"and they are rated unready", c.from(reformcycle.Launch).do(rate(took, some)).state(), fires, grounds("criterion:" + took)},
		{"and the coalition was rated", c.from(reformcycle.Launch).do(rate("coalition.size", functioning)).state(), fires, grounds("coalition:")},
		{"and they are on a list", c.from(reformcycle.Launch).do(actor("counties", stakeholders.SubnationalGovernment, true, 2, 2)).state(), asks, grounds(partOf("counties"))},
		{"and they are on a list and rated unready", c.from(reformcycle.Launch).do(actor("counties", stakeholders.SubnationalGovernment, true, 2, 2), rate(took, non)).state(),
			disputed, grounds("actor:counties", "against", "criterion:"+took)},
		{"and they have a role", c.from(reformcycle.Launch).do(actor("counties", stakeholders.SubnationalGovernment, true, 2, 2, stakeholders.Connector)).state(), strength, grounds("actor:counties")},
		{"and stands at design", c.from(reformcycle.Design).state(), silent, nil},
		{"a checklist without the rating", c.from(reformcycle.Launch, lean(t, took)).state(),
			asks, grounds("whether subnational government is in the coalition")},
	})
}

const noneFormed = "whether the members have formed a coalition: none is on record"

// partOf is what is asked of a member who is no more than on a list.
func partOf(actor string) string {
	return "the part of " + actor + " in the coalition's work: a role, something delivered, a say in the design or a seat on a body"
}

// stands has an actor take another position.
func stands(actor string, at float64) reformcycle.TakePosition {
	return reformcycle.TakePosition{Actor: actor, Position: stakeholders.At(at), Reason: "They say so"}
}

const whoIsIn = "who is in the coalition: engage all its actors and rate coalition.size"

func TestCommunityAbsent(t *testing.T) {
	c := newCases(t)
	roleless := reformcycle.RelieveRole{Actor: "villages", Role: stakeholders.ChangeChampion}
	judged(t, "community-absent", []verdict{
		{"the coalition is being built", c.at(reformcycle.CoalitionBuilding).state(), silent, nil},
		{"it has a role", c.at(reformcycle.SolutionGathering).state(), strength, grounds("actor:villages")},
		{"it has a seat and no role", c.at(reformcycle.SolutionGathering).do(roleless).state(), fires, grounds("actor:villages")},
		{"it has a role and is against it", c.at(reformcycle.SolutionGathering).do(stands("villages", -4)).state(), disputed, grounds("actor:chw-union", "actor:villages", "against", "actor:villages")},
		{"workers are of the community", c.at(reformcycle.SolutionGathering).do(roleless, holder("chw-union", stakeholders.Connector)).state(), strength, grounds("actor:chw-union")},
		{"nobody is in", c.at(reformcycle.SolutionGathering).do(gone("villages"), gone("chw-union")).state(), fires, grounds("coalition:")},
		{"somebody is outside, with a role", c.at(reformcycle.SolutionGathering).do(gone("villages"), gone("chw-union"),
			actor("elders", stakeholders.LocalCommunity, false, 2, 2, stakeholders.Liaison)).state(), fires, grounds("actor:elders")},
		{"the recording began later", c.from(reformcycle.SolutionGathering).state(), asks, grounds(whoIsIn)},
		{"and the workers are outside", c.from(reformcycle.Launch).do(actor("chws", stakeholders.CommunityHealthWorkers, false, 2, 2)).state(), asks, grounds(whoIsIn)},
		{"and a member's roles are not told", c.from(reformcycle.Launch).do(actor("villages", stakeholders.LocalCommunity, true, 2, 2)).state(), asks, grounds("the role of villages in the coalition, or who else from the community has one")},
		{"and the coalition was rated", c.from(reformcycle.Launch).do(rate("coalition.size", non)).state(), fires, grounds("coalition:")},
		{"in a lap before", func() reformcycle.State {
			u := c.from(reformcycle.ManagementAndLearning).do(actor("moh", stakeholders.MinistryOfHealth, true, 6, 6, stakeholders.Leader))
			u.do(rate("coalition.size", functioning)).do(fulfil(reformcycle.ManagementAndLearning, 1)...)
			return u.later(1).do(reformcycle.Renew{At: reformcycle.Design}).state()
		}(), fires, grounds("coalition:")},
		{"the rating was withdrawn", c.from(reformcycle.Launch).do(rate("coalition.size", non), rate("coalition.size", assessment.Unknown)).state(), asks, grounds(whoIsIn)},
	})
}

func TestSingleMinistry(t *testing.T) {
	c := newCases(t)
	judged(t, "single-ministry", []verdict{
		{"design is not over", c.at(reformcycle.Design).state(), silent, nil},
		{"another is outside", c.at(reformcycle.ProgramReadiness).state(), fires, grounds("actor:treasury")},
		{"there is no other", c.at(reformcycle.ProgramReadiness).do(gone("treasury")).state(), fires, grounds("coalition:")},
		{"another is on a list", c.at(reformcycle.ProgramReadiness).do(actor("education", stakeholders.OtherMinistry, true, 2, 2)).state(), asks, grounds(partOf("education"))},
		{"another has a role", c.at(reformcycle.ProgramReadiness).do(actor("education", stakeholders.OtherMinistry, true, 2, 2, stakeholders.Enabler)).state(), strength, grounds("actor:education")},
		{"another has a role and is against it", c.at(reformcycle.ProgramReadiness).do(actor("education", stakeholders.OtherMinistry, true, -2, 2, stakeholders.Enabler)).state(),
			disputed, grounds("actor:education", "against", "actor:education")},
		{"ministries split the programme", c.at(reformcycle.ProgramReadiness).do(actor("nutrition", stakeholders.OtherMinistry, true, 2, 2, stakeholders.Leader),
			said(landscape.SharedMechanism, false)).state(), disputed, grounds("actor:nutrition", "against", "programmes:")},
		{"the prime minister and the house are in, and are no ministry", c.at(reformcycle.ProgramReadiness).do(
			actor("premier", stakeholders.HeadOfGovernment, true, 6, 6), actor("house", stakeholders.Parliament, true, 2, 6)).state(), fires, grounds("actor:treasury")},
		{"the recording began later", c.from(reformcycle.ProgramReadiness).state(), asks, grounds(whoIsIn)},
		{"and one of several is outside", c.from(reformcycle.ProgramReadiness).do(actor("treasury", stakeholders.OtherMinistry, false, 2, 2)).state(), asks, grounds(whoIsIn)},
	})
}

func TestCHWVoiceAbsent(t *testing.T) {
	c := newCases(t)
	judged(t, "chw-voice-absent", []verdict{
		{"no coalition yet", c.at(reformcycle.CoalitionBuilding).state(), silent, nil},
		{"a coalition has just formed", c.at(reformcycle.CoalitionBuilding).do(
			actor("moh", stakeholders.MinistryOfHealth, true, 6, 6),
			reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "Group", Purpose: "Reform", Convener: "moh"}},
		).state(), fires, grounds("coalition:")},
		{"they are in", c.at(reformcycle.SolutionGathering).state(), strength, grounds("actor:chw-union")},
		{"they are in and against it", c.at(reformcycle.SolutionGathering).do(stands("chw-union", -6)).state(), disputed, grounds("actor:chw-union", "against", "actor:chw-union")},
		{"they are gone", c.at(reformcycle.SolutionGathering).do(gone("chw-union")).state(), fires, grounds("coalition:")},
		{"villages do not speak for them", c.at(reformcycle.SolutionGathering).do(gone("chw-union"), holder("villages", stakeholders.Leader)).state(), fires, grounds("coalition:")},
		{"they are outside", c.at(reformcycle.SolutionGathering).do(gone("chw-union"), actor("chws", stakeholders.CommunityHealthWorkers, false, 2, 2)).state(), fires, grounds("actor:chws")},
		{"the recording began later", c.from(reformcycle.SolutionGathering).state(), asks, grounds(whoIsIn)},
		{"and they are known to be outside", c.from(reformcycle.SolutionGathering).do(actor("chws", stakeholders.CommunityHealthWorkers, false, 2, 2)).state(), fires, grounds("actor:chws")},
	})
}

func TestUnfundedLaunch(t *testing.T) {
	c := newCases(t)
	const money = "readiness.financing"
	fact := grounds("criterion:" + money)
	old := rate(money, functioning)
	old.Evidence.On = date.MustParse("1977-01-01")
	in1977 := c.from(reformcycle.Launch).do(old)
	strict, err := reformcycle.ReformChecklist().Derive("1.0.0-strict", assessment.SetThreshold(money, assessment.HighlyFunctional))
	require.NoError(t, err)
	judged(t, "unfunded-launch", []verdict{
		{"not launched", c.at(reformcycle.ProgramReadiness).do(rate(money, non)).state(), silent, nil},
		{"launched and funded", c.at(reformcycle.Launch).state(), strength, fact},
		{"launched with some of it", c.at(reformcycle.Launch).do(rate(money, some)).state(), fires, fact},
		{"the rating was withdrawn", c.at(reformcycle.Launch).do(withdraw(money)...).state(), asks, grounds("a rating of " + money)},
		{"back at design after the launch", c.at(reformcycle.Launch).do(rate(money, non), reformcycle.Revisit{To: reformcycle.Design, Reason: "Money"}).state(), fires, fact},
		{"rated as working, and abandoned long ago", c.at(reformcycle.Launch).do(rate(money, functioning), reformcycle.Abandon{Reason: "War"}).state().At(onDay(9999)), strength, fact},
		{"not paid yet when it was abandoned", c.from(reformcycle.Governance).do(promise("moh", "USD", 1000, -10), reformcycle.Abandon{Reason: "War"}).state().At(onDay(9999)), asks, grounds("a rating of " + money)},
		{"suspended after the launch", c.at(reformcycle.Launch).do(rate(money, non), reformcycle.Suspend{Reason: "Money"}).state(), fires, fact},
		{"abandoned after the launch", c.at(reformcycle.Launch).do(rate(money, non), reformcycle.Abandon{Reason: "Money"}).state(), fires, fact},
		{"the second lap is not launched", c.inLap2(reformcycle.Design).do(rate(money, non)).state(), silent, nil},
		{"the recording began at the launch", c.from(reformcycle.Launch).state(), asks, grounds("a rating of " + money)},
		{"the recording began later", c.from(reformcycle.Governance).do(rate(money, some)).state(), fires, fact},
		{"and a second lap is not launched", func() reformcycle.State {
			u := c.from(reformcycle.ManagementAndLearning).do(actor("moh", stakeholders.MinistryOfHealth, true, 6, 6))
			u.do(fulfil(reformcycle.ManagementAndLearning, 1)...).later(1).do(reformcycle.Renew{At: reformcycle.Design})
			return u.later(1).do(rate(money, some)).state()
		}(), silent, nil},
		{"rated, and all that was pledged is overdue", c.from(reformcycle.Launch).do(promise("moh", "USD", 1000, -366), rate(money, functioning)).state(), disputed, append(slices.Clone(fact), "against", "commitment:moh-promise")},
		{"not rated, and all that was pledged is overdue", c.from(reformcycle.Launch).do(promise("moh", "USD", 1000, -366)).state(), fires, grounds("commitment:moh-promise")},
		{"rated, and some of what was pledged comes", c.from(reformcycle.Launch).do(promise("moh", "USD", 1000, -366), promise("fund", "USD", 10, -10), rate(money, functioning)).state(), strength, fact},
		{"overdue in a unit that is no money", c.from(reformcycle.Launch).do(promise("moh", "agreed share", 1, -366)).state(), asks, grounds("a rating of " + money)},
		{"rated in 1977, and judged in 2000", in1977.state().At(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)), asks, grounds("a rating of " + money + " of today: the last (1 January 1977) is more than 24 months old")},
		{"a checklist without it", c.from(reformcycle.Governance, lean(t, money)).state(), silent, nil},
		{"a checklist that asks for more", c.from(reformcycle.Launch, reformcycle.WithChecklist(strict)).do(rate(money, functioning)).state(), fires, fact},
	})
}

// The two rules that rest on one rating, due once the programme is launched.

func TestUnsustainedFinancing(t *testing.T) {
	const id = "governance.financing"
	c, fact := newCases(t), "criterion:"+id
	good := rate(id, functioning)
	external := func() under { return c.from(reformcycle.Governance).do(promise("fund", "USD", 1000, -10)) }
	judged(t, "unsustained-financing", append(byRating(t, id), []verdict{
		{"works, and the launch was not paid for long ago", c.from(reformcycle.Governance).do(good, failedLongAgo("readiness.financing")).state(), asks, again("readiness.financing", 24)},
		{"works, and all money is external", external().do(good).state(), disputed, grounds(fact, "against", "commitment:")},
		{"works, and some is domestic", external().do(promise("moh", "USD", 1, -10), good).state(), strength, grounds(fact)},
		{"works, and only what is external comes", external().do(promise("moh", "USD", 1, -366), good).state(), disputed, grounds(fact, "against", "commitment:")},
		{"works, and the launch is not paid for", c.at(reformcycle.Launch).do(good, rate("readiness.financing", some)).state(), disputed, grounds(fact, "against", "criterion:readiness.financing")},
		{"works, and all that was pledged is overdue", c.from(reformcycle.Governance).do(promise("moh", "USD", 1000, -366), good).state(), disputed,
			grounds(fact, "against", "commitment:moh-promise", "commitment:moh-promise")}, // and none reaches beyond the interval
		{"works, and all commitments end soon", c.from(reformcycle.Governance).do(actorWith(ending), good).state(), disputed, grounds(fact, "against", "commitment:", "commitment:p")},
		{"not rated, and all that was pledged is overdue", c.from(reformcycle.Governance).do(promise("moh", "USD", 1000, -366)).state(), fires, grounds("commitment:moh-promise")},
		{"rated two years ago", c.from(reformcycle.Governance).do(good).state().At(dawn.AddDate(2, 0, 0)), strength, grounds(fact)},
		{"rated longer ago", c.from(reformcycle.Governance).do(good).state().At(dawn.AddDate(2, 0, 1)), asks, grounds("a rating of " + id + " of today: the last (1 July 2015) is more than 24 months old")},
	}...))
}

// ending is money that comes and ends soon, from home.
var ending = stakeholders.Commitment{ID: "p", Resource: stakeholders.People, Unit: "posts", Pledged: 1, Delivered: 1, To: onDate(100)}

func TestUncoordinatedPartners(t *testing.T) {
	const id = "governance.coordination"
	c := newCases(t)
	judged(t, "uncoordinated-partners", append(byRating(t, id),
		verdict{"works, and programmes share no mechanism", c.at(reformcycle.Launch).do(rate(id, functioning), said(landscape.SharedMechanism, false)).state(),
			disputed, grounds("criterion:"+id, "against", "programmes:")},
		verdict{"rated three years ago", c.from(reformcycle.Governance).do(rate(id, functioning)).state().At(dawn.AddDate(3, 0, 0)), strength, grounds("criterion:" + id)},
		verdict{"rated longer ago", c.from(reformcycle.Governance).do(rate(id, non)).state().At(dawn.AddDate(3, 0, 1)), asks,
			grounds("a rating of " + id + " of today: the last (1 July 2015) is more than 36 months old")},
		verdict{"rated longer ago and not due", c.fresh().do(rate(id, non)).state().At(dawn.AddDate(3, 0, 1)), silent, nil},
	))
}

func byRating(t *testing.T, id string) []verdict {
	c, fact := newCases(t), grounds("criterion:"+id)
	return []verdict{
		{"not due", c.at(reformcycle.ProgramReadiness).state(), silent, nil},
		{"known before it is due", c.at(reformcycle.ProgramReadiness).do(rate(id, some)).state(), fires, fact},
		{"due and not rated", c.at(reformcycle.Launch).state(), asks, grounds("a rating of " + id)},
		{"works", c.at(reformcycle.Launch).do(rate(id, functioning)).state(), strength, fact},
		{"does not work", c.at(reformcycle.Launch).do(rate(id, non)).state(), fires, fact},
		{"the recording began later", c.from(reformcycle.Governance).state(), asks, grounds("a rating of " + id)},
		{"a checklist without it", c.from(reformcycle.Governance, lean(t, id)).state(), silent, nil},
	}
}

func TestVerticalFunding(t *testing.T) {
	c := newCases(t)
	// The cast pledges 11 500 USD, none of it tied, 2 000 of it external: another
	// 11 500 external and tied are the half, and more is most of it.
	tied := func(actor, unit string, amount float64, to int) reformcycle.Commit {
		p := pledge("malaria-"+unit, amount)
		p.Unit, p.Disease = unit, "malaria"
		if to > 0 {
			p.To = onDate(to)
		}
		return reformcycle.Commit{Actor: actor, Commitment: p}
	}
	shares := actorWith(stakeholders.Commitment{ID: "share", Resource: stakeholders.Money, Unit: "agreed share of the launch", Pledged: 1})
	u := c.at(reformcycle.SolutionGathering)
	open := grounds("what money is pledged, by whom and for what", "a survey of programmes")
	judged(t, "vertical-funding", []verdict{
		{"nothing is known", c.fresh().state(), asks, open},
		{"none is tied", u.state(), strength, grounds("commitment:")},
		{"half is", c.at(reformcycle.SolutionGathering).do(tied("fund", "USD", 11_500, 0)).state(), strength, grounds("commitment:")},
		{"most is", c.at(reformcycle.SolutionGathering).do(tied("fund", "USD", 11_501, 0)).state(), fires, grounds("commitment:")},
		{"tied and domestic", c.at(reformcycle.SolutionGathering).do(tied("moh", "USD", 90_000, 0)).state(), strength, grounds("commitment:")},
		{"over by now", c.at(reformcycle.SolutionGathering).do(tied("fund", "USD", 90_000, u.day+9)).later(10).do(rate("solution.available", some)).state(), strength, grounds("commitment:")},
		{"another in each unit", c.at(reformcycle.SolutionGathering).do(tied("fund", "EUR", 1, 0)).state(), asks, grounds("the money in one unit: by unit, the answer differs")},
		{"most in both units", c.at(reformcycle.SolutionGathering).do(tied("fund", "EUR", 1, 0), tied("unicef", "USD", 90_000, 0)).state(), fires, grounds("commitment:", "commitment:")},
		{"the survey is asked after the ledger", c.at(reformcycle.SolutionGathering).do(vertical(90, 10)).state(), strength, grounds("commitment:")},
		{"most by the survey", c.fresh().do(vertical(51, 49)).state(), fires, grounds("programmes:")},
		{"half by the survey", c.fresh().do(vertical(50, 50)).state(), strength, grounds("programmes:")},
		{"the survey leaves it open", c.fresh().do(vertical(0, 10)).state(), asks, open},
		{"a source says so", c.fresh().do(said(landscape.VerticalFunding, true)).state(), fires, grounds("programmes:")},
		{"a source denies it", c.fresh().do(said(landscape.VerticalFunding, false)).state(), strength, grounds("programmes:")},
		{"sources contradict one another", c.fresh().do(surveying(landscape.Landscape{Statements: []landscape.Statement{
			statement(landscape.VerticalFunding, true), statement(landscape.VerticalFunding, false)}})).state(), disputed, grounds("programmes:", "against", "programmes:")},
		{"all that is pledged is overdue", c.fresh().do(promise("fund", "USD", 10, -366, "malaria")).state(), asks, grounds("what money comes, and for what, in the place of what is overdue or over", "a survey of programmes")},
		{"in a unit that is no money", c.fresh().do(shares).state(), asks, grounds("what money is pledged, by whom and for what, in a currency", "a survey of programmes")},
		{"most is pledged, and what came is free", c.at(reformcycle.SolutionGathering).do(tied("fund", "USD", 90_000, 0), reformcycle.Deliver{Actor: "moh", Commitment: "moh-pledge", Amount: 500}).state(),
			disputed, grounds("commitment:", "against", "commitment:")},
		{"most is pledged, and comes", c.at(reformcycle.SolutionGathering).do(tied("fund", "USD", 90_000, 0), reformcycle.Deliver{Actor: "fund", Commitment: "malaria-USD", Amount: 500}).state(),
			fires, grounds("commitment:", "commitment:")},
		{"the free money is overdue", c.fresh().do(promise("moh", "USD", 1000, -366), promise("fund", "USD", 10, -10, "malaria")).state(), fires, grounds("commitment:")},
		{"the tied money is overdue", c.fresh().do(promise("moh", "USD", 10, -10), promise("fund", "USD", 1000, -366, "malaria")).state(), strength, grounds("commitment:")},
		{"an old survey", c.fresh().do(vertical(90, 10)).state().At(dawn.AddDate(3, 0, 1)), asks, grounds(open[0], "a survey of programmes of today: the last (1 July 2015) is more than 36 months old")},
	})

	t.Run("a host's share", func(t *testing.T) {
		rules, err := reformcycle.DiagnosisRules().Set("vertical-funding", "share", 0.8)
		require.NoError(t, err)
		for tiedMoney, want := range map[float64]string{80: strength, 81: fires} {
			outcome, _ := outcomeOf(t, c.fresh().do(vertical(tiedMoney, 100-tiedMoney)).state().DiagnoseBy(rules), "vertical-funding")
			assert.Equal(t, want, outcome, "%g %%", tiedMoney)
		}
		// From 60 % to all of it: most by half, and not known by four fifths.
		some := vertical(60, 40)
		some.Survey.Landscape.Programmes = append(some.Survey.Landscape.Programmes, landscape.Programme{
			ID: "more", Funding: []landscape.Funding{{Funder: "fund", Unit: "USD/year", External: true, Disease: "malaria"}}})
		outcome, _ := outcomeOf(t, c.fresh().do(some).state().Diagnose(), "vertical-funding")
		assert.Equal(t, fires, outcome)
		outcome, _ = outcomeOf(t, c.fresh().do(some).state().DiagnoseBy(rules), "vertical-funding")
		assert.Equal(t, asks, outcome)
	})
}

func TestTermLimitedProject(t *testing.T) {
	c := newCases(t)
	ends := func(id string, at time.Time) reformcycle.EngageActor {
		p := pledge(id+"-pledge", 1)
		p.To, p.Delivered = date.Of(at), 1
		a := actor(id, stakeholders.NGO, true, 1, 1)
		a.Actor.Commitments = []stakeholders.Commitment{p}
		return a
	}
	unsaid := pledge("p", 1)
	unsaid.To = date.Of(dawn.AddDate(1, 0, 1))
	roughly := func(id, to string) reformcycle.EngageActor {
		e := ends(id, dawn)
		e.Actor.Commitments[0].To = date.MustParse(to)
		return e
	}
	year := dawn.AddDate(0, 12, 0) // from the moment at which a fresh cycle is judged
	judged(t, "term-limited-project", []verdict{
		{"nothing is committed yet", c.fresh().state(), silent, nil},
		{"nothing is committed by the end of design", c.from(reformcycle.ProgramReadiness).state(), asks, grounds("what is committed, and until when")},
		{"one is open-ended and delivers", c.fresh().do(actorWith(pledge("p", 1)), ends("ngo", year), reformcycle.Deliver{Actor: "giver", Commitment: "p", Amount: 1}).state(), strength, grounds("commitment:p")},
		{"one is open-ended, and no more is known of it", c.fresh().do(actorWith(pledge("p", 1)), ends("ngo", year)).state(),
			asks, grounds("since when p of giver stands, or what has been delivered of it")},
		{"a promise of nothing", c.fresh().do(actorWith(pledge("p", 0)), ends("ngo", year)).state(), fires, grounds("commitment:", "commitment:ngo-pledge")},
		{"a promise twelve months old to the day", c.fresh().do(promise("moh", "USD", 1e9, -365)).state(), strength, grounds("commitment:moh-promise")},
		{"a billion pledged longer ago, and nothing came", c.fresh().do(promise("moh", "USD", 1e9, -366)).state(), fires, grounds("commitment:moh-promise")},
		{"a billion pledged longer ago, and a dollar came", c.fresh().do(promise("moh", "USD", 1e9, -366), reformcycle.Deliver{Actor: "moh", Commitment: "moh-promise", Amount: 1}).state(),
			fires, grounds("commitment:moh-promise")},
		{"and a tenth of what would have come by now", c.fresh().do(promise("moh", "USD", 1000, -366), reformcycle.Deliver{Actor: "moh", Commitment: "moh-promise", Amount: 11}).state(),
			strength, grounds("commitment:moh-promise")}, // one year in ten of 1000 is 100
		{"and less than a tenth of it", c.fresh().do(promise("moh", "USD", 1000, -366), reformcycle.Deliver{Actor: "moh", Commitment: "moh-promise", Amount: 9}).state(),
			fires, grounds("commitment:moh-promise")},
		{"all end, the last after twelve months to the day", c.fresh().do(ends("a", dawn), ends("b", year), ends("c", dawn.AddDate(0, 1, 0))).state(), fires, grounds("commitment:", "commitment:b-pledge")},
		{"one runs a day longer", c.fresh().do(ends("a", dawn), ends("b", year.AddDate(0, 0, 1))).state(), strength, grounds("commitment:b-pledge")},
		{"the last may end within twelve months", c.fresh().do(ends("a", dawn), roughly("b", "2016")).state(), asks, grounds("the date at which b-pledge of b ends, known as 2016")},
		{"one may, another does not", c.fresh().do(roughly("a", "2016"), ends("b", year.AddDate(0, 0, 1))).state(), strength, grounds("commitment:b-pledge")},
		{"all end by the month, whatever the day", c.fresh().do(roughly("b", "2016-06")).state(), fires, grounds("commitment:", "commitment:b-pledge")},
		{"it runs beyond, whatever the day", c.fresh().do(roughly("b", "2017")).state(), strength, grounds("commitment:b-pledge")},
		{"one runs a day longer, and nobody says since when", c.fresh().do(ends("a", dawn), actorWith(unsaid)).state(), asks,
			grounds("since when p of giver stands, or what has been delivered of it")},
		{"a dollar beyond, beside a billion that does not come", c.fresh().do(promise("fund", "USD", 1e9, -366), ends("b", year.AddDate(0, 0, 1))).state(), disputed, grounds("commitment:b-pledge", "against", "commitment:")},
		{"nine beyond, beside ninety-one", c.fresh().do(promise("fund", "USD", 91, -366), promise("moh", "USD", 9, -10)).state(), disputed, grounds("commitment:moh-promise", "against", "commitment:")},
		{"ten beyond, beside ninety", c.fresh().do(promise("fund", "USD", 90, -366), promise("moh", "USD", 10, -10)).state(), strength, grounds("commitment:moh-promise")},
		{"a dollar beyond, beside a billion in another unit", c.fresh().do(promise("fund", "EUR", 1e9, -366), ends("b", year.AddDate(0, 0, 1))).state(), strength, grounds("commitment:b-pledge")},
		{"all are over", c.fresh().do(ends("a", dawn.AddDate(-1, 0, 0))).state(), fires, grounds("commitment:", "commitment:a-pledge")},
		{"time goes by", c.fresh().do(ends("b", year.AddDate(0, 0, 1))).state().At(dawn.AddDate(0, 0, 1)), fires, grounds("commitment:", "commitment:b-pledge")},
	})
}

// promise has an actor who is engaged with it pledge money from a day on, for ten years,
// and deliver nothing.
func promise(id, unit string, amount float64, from int, disease ...string) reformcycle.EngageActor {
	of := map[string]stakeholders.Constituency{"moh": stakeholders.MinistryOfHealth, "fund": stakeholders.BilateralDonor}[id]
	a := actor(id, of, true, 6, 6)
	p := stakeholders.Commitment{ID: id + "-promise", Resource: stakeholders.Money, Unit: unit, Pledged: amount, From: onDate(from), To: onDate(from + 3652)}
	if disease != nil {
		p.Disease = disease[0]
	}
	a.Actor.Commitments = []stakeholders.Commitment{p}
	return a
}

func actorWith(p stakeholders.Commitment) reformcycle.EngageActor {
	a := actor("giver", stakeholders.BilateralDonor, true, 1, 1)
	a.Actor.Commitments = []stakeholders.Commitment{p}
	return a
}

// launchedOn walks a reform to its launch at a moment.
func launchedOn(t testing.TB, launch time.Time, last ...reformcycle.Change) under {
	c, err := reformcycle.New("LAUNCHED")
	require.NoError(t, err)
	at := reformcycle.By("office").At(dawn)
	for s := reformcycle.ProblemPrioritization; s < reformcycle.Launch; s++ {
		if s == reformcycle.ProgramReadiness {
			at = at.At(launch)
			if last != nil {
				require.NoError(t, refusalOf(c.Apply(background, at, last...)))
				break
			}
		}
		require.NoError(t, refusalOf(c.Apply(background, at, append(fulfil(s, 1), reformcycle.Advance{})...)))
	}
	return under{t, c, int(launch.Sub(dawn)/(24*time.Hour)) + 1}
}

func TestHastyLaunch(t *testing.T) {
	c := newCases(t)
	year := dawn.AddDate(0, 12, 0)
	override := reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "An election"}}
	// Fifteen required criteria of the five stages before launch are rated by
	// people: 3 + 2 + 1 + 2 + 7. Half of them are seven and a half.
	var required []string
	for _, criterion := range reformcycle.ReformChecklist().All() {
		stage, _ := reformcycle.ParseStage(criterion.Section)
		if stage < reformcycle.Launch && !criterion.Advisory && criterion.Kind == assessment.Rated {
			required = append(required, criterion.ID)
		}
	}
	require.Len(t, required, 15)
	calm := grounds("move:", "criterion:")
	// A lap that began at design came to the problem only by a revisit after its
	// launch: that says nothing of how long the launch was prepared.
	back := c.inLap2(reformcycle.Design).do(fulfil(reformcycle.Design, 2)...).do(reformcycle.Advance{}).do(functional(reformcycle.ProgramReadiness)...).
		do(reformcycle.Advance{}).later(30).do(reformcycle.Revisit{To: reformcycle.ProblemPrioritization, Reason: "Another need"})
	judged(t, "hasty-launch", []verdict{
		{"not launched", c.at(reformcycle.ProgramReadiness).state(), silent, nil},
		{"twelve months to the day", launchedOn(t, year).state(), strength, calm},
		{"a day less", launchedOn(t, year.AddDate(0, 0, -1)).state(), fires, grounds("move:")},
		{"by override", launchedOn(t, year, override).state(), fires, grounds("move:")},
		{"under a waiver", launchedOn(t, year, append(functional(reformcycle.ProgramReadiness), rate(required[14], non),
			reformcycle.Waive{Criterion: required[14], Authority: "moh", Reason: "Later"}, reformcycle.Advance{})...).state(), fires, grounds("move:")},
		{"by override early, with little evidence", launchedOn(t, dawn, append(withdraw(required[0]), override)...).state(), fires, grounds("move:", "move:", "criterion:")},
		{"eight of fifteen rated as it was launched", launchedOn(t, year, append(append(functional(reformcycle.ProgramReadiness), withdraw(required[:7]...)...), reformcycle.Advance{})...).state(), strength, calm},
		{"seven of fifteen", launchedOn(t, year, append(append(functional(reformcycle.ProgramReadiness), withdraw(required[:8]...)...), reformcycle.Advance{})...).state(), fires, grounds("criterion:")},
		{"seven, and all of them afterwards", launchedOn(t, year, append(append(functional(reformcycle.ProgramReadiness), withdraw(required[:8]...)...), reformcycle.Advance{})...).
			do(functional(reformcycle.ProblemPrioritization)...).do(functional(reformcycle.CoalitionBuilding)...).do(functional(reformcycle.SolutionGathering)...).do(functional(reformcycle.Design)...).state(), fires, grounds("criterion:")},
		{"fifteen, and none afterwards", launchedOn(t, year).do(withdraw(required...)...).state(), strength, calm},
		{"the second lap is not launched", c.inLap2(reformcycle.Design).state(), silent, nil},
		{"the second lap began at design", back.state(), asks, grounds("when the problem was taken up")},
		{"the recording began at the launch", c.from(reformcycle.Launch).state(), asks, grounds("when the problem was taken up", "how the stages before launch went")},
		{"and went back to the problem", c.from(reformcycle.Launch).later(1).do(reformcycle.Revisit{To: reformcycle.ProblemPrioritization, Reason: "Why"}).state(),
			asks, grounds("when the problem was taken up", "how the stages before launch went")},
		{"the recording began later", c.from(reformcycle.Governance).state(), asks, grounds("how the programme came to be launched: that was before the recording began")},
		{"the recording began at readiness", c.from(reformcycle.ProgramReadiness).do(functional(reformcycle.ProgramReadiness)...).
			do(actor("moh", stakeholders.MinistryOfHealth, true, 6, 6)).do(reformcycle.Advance{}).state(), asks, grounds("when the problem was taken up")},
		{"and launched by override", c.from(reformcycle.ProgramReadiness).do(actor("moh", stakeholders.MinistryOfHealth, true, 6, 6), override).state(),
			fires, grounds("move:", "criterion:")},
	})

	t.Run("a host's numbers", func(t *testing.T) {
		rules, err := reformcycle.DiagnosisRules().Set("hasty-launch", "months", 24)
		require.NoError(t, err)
		outcome, _ := outcomeOf(t, launchedOn(t, year).state().DiagnoseBy(rules), "hasty-launch")
		assert.Equal(t, fires, outcome)
		// Twelve of fifteen are four fifths.
		rules, err = reformcycle.DiagnosisRules().Set("hasty-launch", "evidence", 0.8)
		require.NoError(t, err)
		for gone, want := range map[int]string{3: strength, 4: fires} {
			launched := launchedOn(t, year, append(append(functional(reformcycle.ProgramReadiness), withdraw(required[:gone]...)...), reformcycle.Advance{})...)
			outcome, _ = outcomeOf(t, launched.state().DiagnoseBy(rules), "hasty-launch")
			assert.Equal(t, want, outcome, "%d of 15", 15-gone)
		}
	})
}

func TestScaledWithoutPilot(t *testing.T) {
	c := newCases(t)
	second := changes(reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: "second", Name: "Another", Origin: reformcycle.Local}}, chosen("second"))
	anew := changes(actor("moh", stakeholders.MinistryOfHealth, true, 6, 6), option("local-1", reformcycle.Local), chosen("local-1"))
	relaunched := func(changes ...reformcycle.Change) reformcycle.State {
		u := c.inLap2(reformcycle.Design)
		if changes != nil {
			u.do(changes...)
		}
		return u.do(fulfil(reformcycle.Design, 2)...).do(reformcycle.Advance{}).do(functional(reformcycle.ProgramReadiness)...).do(reformcycle.Advance{}).state()
	}
	late := pilotOf("local-1")
	late.Pilot.From, late.Pilot.To = onDate(9000), onDate(9001)
	// pilot of what the fixture launches on day 121; day 0 is none.
	pilot := func(id string, finding reformcycle.PilotFinding, from, to int) reformcycle.RecordPilot {
		p := pilotOf("local-1")
		p.Pilot.ID, p.Pilot.Finding = id, finding
		if from > 0 {
			p.Pilot.From = onDate(from)
		}
		if to > 0 {
			p.Pilot.To = onDate(to)
		}
		return p
	}
	tested := func(finding reformcycle.PilotFinding) reformcycle.State {
		return c.at(reformcycle.Launch).do(pilot("before", finding, 10, 90)).state()
	}
	on := append(functional(reformcycle.ProgramReadiness), reformcycle.Advance{})
	judged(t, "scaled-without-pilot", []verdict{
		{"not launched", c.at(reformcycle.ProgramReadiness).state(), silent, nil},
		{"launched untested", c.at(reformcycle.Launch).state(), fires, grounds("solution:local-1")},
		{"launched after a test", tested(reformcycle.Effective), strength, grounds("pilot:before")},
		{"launched after a test whose dates nobody knows", c.at(reformcycle.ProgramReadiness).do(pilot("p", reformcycle.Effective, 0, 0)).do(on...).state(), strength, grounds("pilot:p")},
		{"one test before the launch, and another after it found otherwise", c.at(reformcycle.Launch).do(pilot("p", reformcycle.Effective, 100, 121), pilot("q", reformcycle.NotEffective, 200, 300)).state(),
			disputed, grounds("pilot:p", "against", "pilot:q")},
		{"the test ended on the day of the launch", c.at(reformcycle.Launch).do(pilot("p", reformcycle.Effective, 100, 121)).state(), strength, grounds("pilot:p")},
		{"the test ended the day after", c.at(reformcycle.Launch).do(pilot("p", reformcycle.Effective, 100, 122)).state(), fires, grounds("solution:local-1", "pilot:p")},
		{"the test began before and nobody says when it ended", c.at(reformcycle.Launch).do(pilot("p", reformcycle.Effective, 100, 0)).state(), asks, grounds("when the pilot p ended: before the launch or after")},
		{"a test without dates, told afterwards", c.at(reformcycle.Launch).do(pilot("p", reformcycle.Effective, 0, 0)).state(), asks, grounds("when the pilot p ended: before the launch or after")},
		{"tested only years afterwards", c.at(reformcycle.Launch).do(late).state(), fires, grounds("solution:local-1", "pilot:pilot")},
		{"tested, and found not effective", tested(reformcycle.NotEffective), fires, grounds("pilot:before")},
		{"tested, and found neither", tested(reformcycle.Inconclusive), asks, grounds("what the pilot before found")},
		{"tested, and nobody tells what was found", tested(reformcycle.NotReported), asks, grounds("what the pilot before found")},
		{"one test worked, and one did not", c.at(reformcycle.Launch).do(pilot("good", reformcycle.Effective, 1, 50), pilot("bad", reformcycle.NotEffective, 51, 100)).state(),
			disputed, grounds("pilot:good", "against", "pilot:bad")},
		{"one test worked, and one is open", c.at(reformcycle.Launch).do(pilot("good", reformcycle.Effective, 1, 50), pilot("open", reformcycle.Inconclusive, 51, 100)).state(), strength, grounds("pilot:good")},
		{"what was tested was not chosen", c.at(reformcycle.Launch).do(pilotOf("existing-1")).state(), fires, grounds("solution:local-1")},
		{"two launched, one tested", c.at(reformcycle.Launch).do(pilot("p", reformcycle.Effective, 1, 50)).do(second...).state(), fires, grounds("solution:second")},
		{"the second lap chose nothing", relaunched(), asks, grounds("which solution was launched, and whether it was piloted")},
		{"the second lap chose something untested", relaunched(second...), fires, grounds("solution:second")},
		{"the second lap took up what was tested in the first", relaunched(pilot("p", reformcycle.Effective, 1, 50), option("local-1", reformcycle.Local), chosen("local-1")), strength, grounds("pilot:p")},
		{"the recording began later", c.from(reformcycle.Launch).state(), asks, grounds("which solution was launched, and whether it was piloted")},
		{"and what was launched is known", c.from(reformcycle.Launch).do(anew...).state(), asks, grounds("whether what was launched had been piloted before the recording began")},
		{"and that it was tested, nobody knows when", c.from(reformcycle.Launch).do(anew...).do(pilotOf("local-1")).state(), asks, grounds("when the pilot pilot ended: before the launch or after")},
		{"and that it was tested and then chosen", c.from(reformcycle.Launch).do(anew[0], anew[1], pilot("p", reformcycle.Effective, 0, 0), anew[2]).state(), strength, grounds("pilot:p")},
	})
}

func TestNoLearningLoop(t *testing.T) {
	c := newCases(t)
	adapt := func(review string) reformcycle.Adapt {
		return reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "after-" + review, What: "More supervisors", Review: review}}
	}
	held := func(id string, day int) reformcycle.HoldReview {
		r := review(id, reformcycle.National)
		r.Review.On = onDate(day)
		return r
	}
	at := func(u under, moment time.Time) reformcycle.State { return u.state().At(moment) }
	launch := onDay(121) // see walkTo: fulfilled on day 120, left the day after
	u := c.at(reformcycle.Launch)
	require.Equal(t, launch, u.State().LastMove())
	held150 := c.at(reformcycle.Launch).do(held("first", 150))
	adapted := c.at(reformcycle.Launch).do(held("first", 150), adapt("first"))
	year := func(day int) time.Time { return onDay(day).AddDate(0, 12, 0) }
	// Two reviews, the first more than a year back when the second is held.
	two := func(between ...reformcycle.Change) under {
		u := c.at(reformcycle.Launch).do(held("first", 150))
		if between != nil {
			u.do(between...)
		}
		return u.later(400).do(held("second", 550))
	}
	began := func(changes ...reformcycle.Change) under { return c.from(reformcycle.Governance).do(changes...) }
	judged(t, "no-learning-loop", []verdict{
		{"not launched", at(c.at(reformcycle.ProgramReadiness), year(999)), silent, nil},
		{"no review is due yet", at(u, launch.AddDate(0, 12, 0)), silent, nil},
		{"no review in twelve months and a day", at(u, launch.AddDate(0, 12, 1)), fires, grounds("review:")},
		{"a review twelve months back to the day", at(held150, year(150)), asks, grounds("what follows from the reviews: no adaptation is on record yet")},
		{"a review a day longer back", at(held150, year(151)), fires, grounds("review:first")},
		{"reviewed and adapted", at(adapted, year(150)), strength, grounds("review:first", "adaptation:after-first")},
		{"and then no more", at(adapted, year(151)), fires, grounds("review:first")},
		{"two reviews, and nothing changed", two().state(), fires, grounds("review:second", "review:first")},
		{"two reviews, and something did on the day", two(adapt("first")).state(), strength, grounds("review:second", "adaptation:after-first")},
		{"two reviews, and something did before", c.at(reformcycle.Launch).do(held("early", 149), adapt("early")).later(1).do(held("first", 151)).later(401).do(held("second", 552)).state(),
			fires, grounds("review:second", "review:first")},
		{"held late, recorded in another order", two(adapt("first")).do(held("older", 140)).state(), strength, grounds("review:second", "adaptation:after-first")},
		{"adapted two years ago to the day", at(c.at(reformcycle.Launch).do(held("first", 150), adapt("first")).later(700).do(held("second", 849)), onDay(150).AddDate(2, 0, 0)), strength, grounds("review:second", "adaptation:after-first")},
		{"and a day longer ago", at(c.at(reformcycle.Launch).do(held("first", 150), adapt("first")).later(700).do(held("second", 849)), onDay(150).AddDate(2, 0, 1)), asks,
			grounds("what follows from the reviews of late: the last adaptation is of " + language.English().Date(onDate(150).String()))},
		{"the second lap is not launched", c.inLap2(reformcycle.Design).later(400).do(rate("design.consulted", some)).state(), fires, grounds("review:annual-1")},
		{"the recording began later", at(began(rate("learning.data", some)), year(0)), asks, grounds("when the programme was last reviewed")},
		{"and went on for a year and a day", at(began(rate("learning.data", some)), year(1)), fires, grounds("review:")},
		{"and tells of reviews before it", began(held("first", -500), held("second", -20)).state(), asks, grounds("what follows from the reviews: no adaptation is on record yet")},
		{"the recording began at the launch", at(c.from(reformcycle.Launch), year(0)), asks, grounds("when the programme was last reviewed")},
		{"abandoned", at(c.at(reformcycle.Launch).do(reformcycle.Abandon{Reason: "No mandate"}), year(999)), silent, nil},
		{"suspended before a review was due", at(c.at(reformcycle.Launch).do(reformcycle.Suspend{Reason: "War"}), year(999)), silent, nil},
	})
}

func TestReadinessDebt(t *testing.T) {
	c := newCases(t)
	override := reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "An election"}}
	owing := func() under {
		u := c.at(reformcycle.ProgramReadiness).do(functional(reformcycle.ProgramReadiness)...)
		return u.do(rate("readiness.supplies", some), rate("readiness.information", non), override)
	}
	judged(t, "readiness-debt", []verdict{
		{"nothing was passed over", c.at(reformcycle.Launch).state(), silent, nil},
		{"two were", owing().state(), fires, grounds("debt:readiness.supplies", "debt:readiness.information")},
		{"one is met since", owing().do(rate("readiness.supplies", functioning)).state(), fires, grounds("debt:readiness.information")},
		{"both are", owing().do(rate("readiness.supplies", functioning), rate("readiness.information", functioning)).state(), strength, grounds("debt:readiness.supplies", "debt:readiness.information")},
		{"both were, and one is no more", owing().do(rate("readiness.supplies", functioning), rate("readiness.information", functioning)).do(rate("readiness.supplies", some)).state(),
			disputed, grounds("debt:readiness.supplies", "debt:readiness.information", "against", "debt:readiness.supplies")},
		{"both were, and of one nothing is known any more", owing().do(rate("readiness.supplies", functioning), rate("readiness.information", functioning)).do(withdraw("readiness.supplies")...).state(),
			strength, grounds("debt:readiness.supplies", "debt:readiness.information")},
		{"abandoned", owing().do(reformcycle.Abandon{Reason: "No mandate"}).state(), fires, grounds("debt:readiness.supplies", "debt:readiness.information")},
		{"under a waiver", c.at(reformcycle.ProgramReadiness).do(functional(reformcycle.ProgramReadiness)...).do(rate("readiness.supplies", some),
			reformcycle.Waive{Criterion: "readiness.supplies", Authority: "moh", Reason: "Later"}, reformcycle.Advance{}).state(), fires, grounds("debt:readiness.supplies")},
	})
}

func TestStalled(t *testing.T) {
	c := newCases(t)
	moved := func(u under, months, days int) reformcycle.State {
		return u.state().At(u.State().LastMove().AddDate(0, months, days))
	}
	unrated, err := reformcycle.New("UNRATED")
	require.NoError(t, err)
	begun := under{t, unrated, 0}.do(actor("moh", stakeholders.MinistryOfHealth, true, 6, 6))
	readiness, launch := c.at(reformcycle.ProgramReadiness), c.at(reformcycle.Launch)
	rise := func(to assessment.Level) under {
		u := begun
		u.Cycle = u.Fork()
		return u.later(100).do(rate("problem.needs", to))
	}
	ratedOn := func(on string) reformcycle.Rate {
		r := rate("launch.supervision", functioning)
		r.Evidence.On = date.MustParse(on)
		return r
	}
	year := launch.State().LastMove().Year()
	oldEvidence := ratedOn(date.Of(dawn).String())
	after := func(day, months, days int) time.Time { return onDay(day).AddDate(0, months, days) }
	// alive says of a sign of life, seen on day 500 at the launch, that it speaks for two
	// years and no longer.
	var table []verdict
	alive := func(name, ground string, changes ...reformcycle.Change) {
		u := c.at(reformcycle.Launch)
		u.day = 500
		u.do(changes...)
		table = append(table, verdict{name, u.state().At(after(500, 24, 0)), strength, grounds(ground)},
			verdict{name + ", and a day more", u.state().At(after(500, 24, 1)), fires, grounds(ground, "move:")})
	}
	phase := reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "a", Name: "A", Areas: []string{"Lofa"}}}
	report := reformcycle.ReportRollout{Phase: "a", Deployed: 1}
	piloted := pilotOf("local-1")
	piloted.Pilot.From, piloted.Pilot.To = onDate(10), onDate(500)
	alive("a review", "review:r", review("r", reformcycle.National))
	alive("an adaptation", "adaptation:a", review("r", reformcycle.National), reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "a", What: "More", Review: "r"}})
	alive("a rollout", "rollout:a", phase, report)
	alive("a delivery", "commitment:moh-pledge", reformcycle.Deliver{Actor: "moh", Commitment: "moh-pledge", Amount: 1})
	alive("a body", "body:b", body("b", reformcycle.National, "moh"))
	alive("a community meeting", "meeting:m", meeting("m"))
	alive("a pilot that ended", "pilot:pilot", piloted)
	alive("a choice", "solution:existing-1", chosen("existing-1"))
	alive("a rating that meets what is asked", "criterion:launch.supervision", rate("launch.supervision", functioning))
	alive("a rating that rises", "criterion:launch.supervision", rate("launch.supervision", non), rate("launch.supervision", some))
	yearly := review("yearly", reformcycle.National)
	yearly.Review.On, yearly.Review.Every = date.MustParse("2003"), 12
	again := c.at(reformcycle.Launch)
	again.day = 500
	again.do(yearly)
	dull := func(changes ...reformcycle.Change) reformcycle.State {
		u := c.at(reformcycle.Launch)
		u.day = 500
		return u.do(changes...).state().At(after(121, 24, 1))
	}
	judged(t, "stalled", append(table, []verdict{
		{"twelve months since it began, to the day", begun.state().At(after(0, 12, 0)), silent, nil},
		{"and a day", begun.state().At(after(0, 12, 1)), fires, grounds("move:", "move:")},
		{"twelve months since a rating that meets what is asked", rise(functioning).state().At(after(100, 12, 0)), strength, grounds("criterion:problem.needs")},
		{"and a day more", rise(functioning).state().At(after(100, 12, 1)), fires, grounds("criterion:problem.needs", "move:")},
		{"a first rating that does not", rise(some).state().At(after(0, 12, 1)), fires, grounds("move:", "move:")},
		{"eighteen months at readiness", moved(readiness, 18, 0), strength, grounds("move:")},
		{"and a day at readiness", moved(readiness, 18, 1), fires, grounds("move:", "move:")},
		{"two years at launch", moved(launch, 24, 0), strength, grounds("move:")},
		{"and a day at launch", moved(launch, 24, 1), fires, grounds("move:", "move:")},
		{"evidence of long ago", moved(c.at(reformcycle.Launch).do(oldEvidence), 24, 1), fires, grounds("move:", "move:")},
		{"a rating that may be of long ago", moved(c.at(reformcycle.Launch).do(ratedOn(fmt.Sprint(year-1))), 24, 1), fires, grounds("move:", "move:")},
		{"a rating that may be within two years", moved(c.at(reformcycle.Launch).do(ratedOn(fmt.Sprint(year))), 24, 1), asks, grounds("when it was – the rating of launch.supervision rose (" + fmt.Sprint(year) + ")")},
		{"a rating within two years, whatever the day", moved(c.at(reformcycle.Launch).do(ratedOn(fmt.Sprint(year+1))), 24, 40), strength, grounds("criterion:launch.supervision")},
		{"a rating that falls is none", dull(rate("design.consulted", non)), fires, grounds("move:", "move:")},
		{"nor is one that is repeated", dull(rate("design.consulted", functioning)), fires, grounds("move:", "move:")},
		{"nor is a bad one of what was not rated", dull(rate("learning.data", non)), fires, grounds("move:", "move:")},
		{"nor is what was planned", dull(phase), fires, grounds("move:", "move:")},
		{"nor are workers who were reported before", dull(phase, report, report).At(after(500, 24, 1)), fires, grounds("rollout:a", "move:")},
		{"reviews that are held every year", again.state().At(after(500, 24, 0)), strength, grounds("review:yearly")},
		{"and may have been held once more", again.state().At(after(500, 36, 0)), asks, grounds("when it was – review held every 12 months (since: 2003): A review")},
		{"and must have stopped since", again.state().At(after(500, 36, 1)), fires, grounds("review:yearly", "move:")},
		{"ten years of reviews and adaptations", learning(t), strength, grounds("adaptation:2010")},
		{"and then one bad rating", learning(t, rate("learning.data", non)), strength, grounds("adaptation:2010")},
		{"a review of some day of a year", c.from(reformcycle.Governance).later(1).do(heldIn("2014")).state().At(time.Date(2016, time.June, 1, 0, 0, 0, 0, time.UTC)), asks,
			grounds("when it was – the review rough was held (2014)")},
		{"suspended", c.at(reformcycle.Launch).do(reformcycle.Suspend{Reason: "War"}).state().At(onDay(9999)), silent, nil},
		{"abandoned", c.at(reformcycle.Launch).do(reformcycle.Abandon{Reason: "War"}).state().At(onDay(9999)), silent, nil},
		{"a new lap", c.inLap2(reformcycle.Design).state(), strength, grounds("move:")},
		{"the recording of a reform under way begins", c.from(reformcycle.Governance).do(rate("learning.data", functioning)).state(), asks, grounds("when the reform last moved, before the recording began")},
		{"and something rises later", c.from(reformcycle.Governance).later(1).do(rate("learning.data", functioning)).state(), strength, grounds("criterion:learning.data")},
		{"and nothing comes of it", c.from(reformcycle.Governance).do(rate("learning.data", some)).state().At(onDay(9999)), fires, grounds("move:", "move:")},
	}...))

	t.Run("a host's span", func(t *testing.T) {
		rules, err := reformcycle.DiagnosisRules().Set("stalled", "launch", 1)
		require.NoError(t, err)
		outcome, _ := outcomeOf(t, moved(launch, 1, 1).DiagnoseBy(rules), "stalled")
		assert.Equal(t, fires, outcome)
	})
}

// inCounty says that the reform is that of a district.
var inCounty = reformcycle.NameJurisdiction{Jurisdiction: reformcycle.Jurisdiction{ID: "KE-30", Name: "A county", Tier: reformcycle.District}}

func devolve(f reformcycle.Function, to ...reformcycle.Tier) reformcycle.Devolve {
	return reformcycle.Devolve{Devolution: reformcycle.Devolution{Function: f, Tiers: to, Source: "test"}}
}

// devolveAll records each function as decided by the same tiers.
func devolveAll(to ...reformcycle.Tier) (all []reformcycle.Change) {
	for _, f := range reformcycle.Functions() {
		all = append(all, devolve(f, to...))
	}
	return all
}

func linkedTo(parent string) reformcycle.LinkParent {
	return reformcycle.LinkParent{Link: reformcycle.Link{Parent: parent, Held: reformcycle.Asks}}
}

// observing has observed of another reform who decides what there.
func observing(cycle string, devolved ...reformcycle.Devolve) reformcycle.ObserveCycle {
	o := reformcycle.Observation{Cycle: cycle, Seq: 1, Seen: date.MustParse("2020"), Stage: 1, Lap: 1, Furthest: 1, FurthestThisLap: 1, Status: reformcycle.Active}
	for _, d := range devolved {
		o.Devolved = append(o.Devolved, d.Devolution)
	}
	return reformcycle.ObserveCycle{Observation: o}
}

func TestUnheldFunction(t *testing.T) {
	c := newCases(t)
	fresh := func(changes ...reformcycle.Change) reformcycle.State { return c.fresh().do(changes...).state() }
	nation := reformcycle.NameJurisdiction{Jurisdiction: reformcycle.Jurisdiction{ID: "KE", Name: "Kenya", Tier: reformcycle.National}}
	children := reformcycle.NameChildren{Of: reformcycle.Children{Source: "test"}}
	rest := "which tiers decide these functions: policy, standards, budget, hiring, supervision, supplies, data, training"
	var all []string
	for _, f := range reformcycle.Functions() {
		all = append(all, "function:"+string(f))
	}
	judged(t, "unheld-function", []verdict{
		{"nothing is recorded", fresh(inCounty), silent, nil},
		{"a nation of one reform", fresh(nation), silent, nil},
		{"a nation with children that does not say", fresh(nation, children), asks, grounds("which tiers decide these functions: policy, standards, budget, hiring, pay, supervision, supplies, data, training")},
		{"nobody decides", fresh(devolve("pay")), fires, grounds("function:pay")},
		{"nobody decides, whatever else is decided", fresh(append(devolveAll("national", "district"), devolve("pay"), devolve("data"))...), fires, grounds("function:pay", "function:data")},
		{"it was nobody's, and is somebody's", fresh(devolve("pay"), devolve("pay", "district")), asks, grounds(rest)},
		{"all are decided", fresh(devolveAll("national", "district")...), strength, all},
		{"the parent says it as well", fresh(linkedTo("n"), observing("n", devolve("pay")), devolve("pay")), fires, grounds("function:pay")},
		{"the parent says that somebody does", fresh(linkedTo("n"), observing("n", devolve("pay", "national")), devolve("pay")), disputed, grounds("function:pay", "against", "function:pay")},
		{"the parent says that nobody does", fresh(append(devolveAll("district"), linkedTo("n"), observing("n", devolve("pay")))...), disputed, grounds("function:pay", "against", "function:pay")},
		{"only the parent says it, which is for the parent", fresh(linkedTo("n"), observing("n", devolve("pay"))), silent, nil},
	})
}

func TestSharedFunction(t *testing.T) {
	c := newCases(t)
	fresh := func(changes ...reformcycle.Change) reformcycle.State { return c.fresh().do(changes...).state() }
	both := devolve("pay", "national", "district")
	var all []string
	for _, f := range reformcycle.Functions() {
		all = append(all, "function:"+string(f))
	}
	judged(t, "shared-function", []verdict{
		{"nothing is recorded", fresh(inCounty), silent, nil},
		{"two decide", fresh(both), fires, grounds("function:pay")},
		{"one decides each", fresh(devolveAll("district")...), strength, all},
		{"nobody decides, which is not several", fresh(append(devolveAll("district"), devolve("pay"))...), strength, all},
		{"the authority works", fresh(both, rate("governance.authority", functioning)), disputed, grounds("criterion:governance.authority", "against", "function:pay")},
		{"the authority does not work", fresh(both, rate("governance.authority", non)), fires, grounds("function:pay")},
		{"the parent says that one decides", fresh(linkedTo("n"), observing("n", devolve("pay", "national")), both), disputed, grounds("function:pay", "against", "function:pay")},
	})
}

func TestHeldFromAbove(t *testing.T) {
	c := newCases(t)
	at := func(changes ...reformcycle.Change) reformcycle.State {
		return c.from(reformcycle.Launch).do(changes...).state()
	}
	supplies, toNation, toDistrict := rate("launch.supply-lines", non), devolve("supplies", "national"), devolve("supplies", "district")
	region := reformcycle.NameJurisdiction{Jurisdiction: reformcycle.Jurisdiction{ID: "r", Name: "A region", Tier: reformcycle.Region}}
	nation := reformcycle.NameJurisdiction{Jurisdiction: reformcycle.Jurisdiction{ID: "n", Name: "A nation", Tier: reformcycle.National}}
	held := grounds("criterion:launch.supply-lines", "function:supplies")
	who := "which tiers decide these functions: supplies"
	old := rate("launch.supply-lines", non)
	old.Evidence.On = date.MustParse("2001")
	judged(t, "held-from-above", []verdict{
		{"by its own record", at(inCounty, toNation, supplies), fires, held},
		{"by what the parent records", at(inCounty, linkedTo("n"), observing("n", toNation), supplies), fires, held},
		{"a region above a district", at(inCounty, devolve("supplies", "national", "region"), supplies), fires, held},
		{"a region itself", at(region, devolve("supplies", "national", "region"), supplies), strength, held},
		{"a facility area below a district", at(inCounty, devolve("supplies", "facility-area"), supplies), strength, held},
		{"the nation and the district", at(inCounty, devolve("supplies", "national", "district"), supplies), strength, held},
		{"somebody below the nation", at(inCounty, devolve("supplies", "subnational"), supplies), strength, held},
		{"a nation is held to nobody", at(nation, toNation, supplies), silent, nil},
		{"a reform that is nowhere", at(toNation, supplies), silent, nil},
		{"a child whose tier nobody named", at(linkedTo("n"), toNation, supplies), asks, grounds("the jurisdiction whose reform this is, with its tier")},
		{"nobody says who decides", at(inCounty, supplies), asks, grounds(who)},
		{"nobody decides", at(inCounty, devolve("supplies"), supplies), silent, nil},
		{"nobody decides, but the parent knows who does", at(inCounty, linkedTo("n"), observing("n", toNation), devolve("supplies"), supplies), fires, held},
		{"the parent does not know that the district decides", at(inCounty, linkedTo("n"), observing("n", devolve("supplies")), toDistrict, supplies), strength, held},
		{"the parent holds to itself what the district takes for its own", at(inCounty, linkedTo("n"), observing("n", toNation), toDistrict, supplies), disputed,
			grounds("function:supplies", "against", "criterion:launch.supply-lines", "function:supplies")},
		{"the parent has handed over what the district waits for", at(inCounty, linkedTo("n"), observing("n", toDistrict), toNation, supplies), disputed,
			grounds("function:supplies", "against", "criterion:launch.supply-lines", "function:supplies")},
		{"it is met", at(inCounty, toNation, rate("launch.supply-lines", functioning)), silent, nil},
		{"nobody rated it", at(inCounty, toNation), silent, nil},
		{"it was rated too long ago", at(inCounty, toNation, old), silent, nil},
		{"of another stage", at(inCounty, devolve("budget", "national"), rate("governance.financing", non)), silent, nil},
		{"what hangs on no function", at(inCounty, toNation, rate("launch.communication", non)), silent, nil},
		{"it was passed over", c.at(reformcycle.ProgramReadiness).do(inCounty, toNation, rate("readiness.supplies", non),
			reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Now"}}).state(), fires, grounds("criterion:readiness.supplies", "function:supplies")},
		{"abandoned", at(inCounty, toNation, supplies, reformcycle.Abandon{Reason: "No mandate"}), silent, nil},
	})
}

// learning gives a programme that has reviewed and adapted itself every year for ten
// years, as of February 2010.
func learning(t testing.TB, last ...reformcycle.Change) reformcycle.State {
	c, err := reformcycle.New("LEARNING", reformcycle.WithStage(reformcycle.ManagementAndLearning))
	require.NoError(t, err)
	at := func(year, month int) reformcycle.Stamp {
		return reformcycle.By("office").At(time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC))
	}
	require.NoError(t, refusalOf(c.Apply(background, at(2000, 1), actor("moh", stakeholders.MinistryOfHealth, true, 6, 6, stakeholders.Leader))))
	for year := 2001; year <= 2010; year++ {
		id := fmt.Sprint(year)
		require.NoError(t, refusalOf(c.Apply(background, at(year, 1), review(id, reformcycle.National), review(id+"-districts", reformcycle.Subnational),
			reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: id, What: "A new task", Review: id}})))
	}
	if last != nil {
		require.NoError(t, refusalOf(c.Apply(background, at(2010, 2), last...)))
	}
	return c.State().At(time.Date(2010, time.February, 2, 0, 0, 0, 0, time.UTC))
}

// heldIn is a review of some day of a year or a month.
func heldIn(on string) reformcycle.HoldReview {
	r := review("rough", reformcycle.National)
	r.Review.On = date.MustParse(on)
	return r
}

func TestPartneringPackageIncomplete(t *testing.T) {
	c := newCases(t)
	ids := []string{"design.joint-ownership", "launch.supervision", "readiness.incentives", "learning.data"}
	rating := func(levels ...assessment.Level) reformcycle.State {
		u := c.fresh()
		for i, l := range levels {
			if l.Known() {
				u.do(rate(ids[i], l))
			}
		}
		return u.state()
	}
	fact := func(of ...int) (facts []string) {
		for _, i := range of {
			facts = append(facts, "criterion:"+ids[i])
		}
		return facts
	}
	need := func(of ...int) (needs []string) {
		for _, i := range of {
			needs = append(needs, "a rating of "+ids[i])
		}
		return needs
	}
	const unknown = assessment.Unknown
	judged(t, "partnering-package-incomplete", []verdict{
		{"nothing is rated yet", c.fresh().state(), silent, nil},
		{"nothing is rated by the launch", c.from(reformcycle.Launch).state(), asks, need(0, 1, 2, 3)},
		{"all work", rating(functioning, functioning, functioning, assessment.HighlyFunctional), strength, fact(0, 1, 2, 3)},
		{"three work, one does not", rating(functioning, some, functioning, functioning), fires, fact(1, 0, 2, 3)},
		{"one works, one does not", rating(non, unknown, functioning, unknown), fires, fact(0, 2)},
		{"three work, one is not known", rating(functioning, functioning, functioning), asks, need(3)},
		{"none works", rating(non, some, some, non), silent, nil},
		{"one does not work, the others are not known", rating(non), silent, nil},
		{"a checklist without one", c.fresh(lean(t, ids[3])).do(rate(ids[0], functioning), rate(ids[1], functioning), rate(ids[2], functioning)).state(),
			silent, nil},
	})
}

// surveyed is a survey in which nothing is wrong. In the north two cadres visit
// homes for like pay under one line of supervision and one mechanism, in the
// south one; nurses earn more. All of it is made up.
func surveyed(change ...func(*landscape.Landscape)) reformcycle.SurveyProgrammes {
	pay := func(amount float64) landscape.Pay { return landscape.Pay{Low: amount, High: amount, Unit: "USD/month"} }
	l := landscape.Landscape{
		Areas:      []landscape.Area{{ID: "north"}, {ID: "south"}},
		Services:   []landscape.Service{{ID: "visits"}},
		Programmes: []landscape.Programme{{ID: "national", Mechanism: "board"}, {ID: "charity", Mechanism: "board"}},
		Cadres: []landscape.Cadre{
			{ID: "assistants", Programme: "national", Supervision: "district", Standing: landscape.New, Work: "home visits", Pay: pay(50)},
			{ID: "visitors", Programme: "charity", Supervision: "district", Standing: landscape.Community, Work: "home visits", Pay: pay(50)},
			{ID: "nurses", Standing: landscape.Established, Pay: pay(120)},
		},
		Posts: []landscape.Post{
			{Cadre: "assistants", Area: "north", Services: []string{"visits"}},
			{Cadre: "assistants", Area: "south", Services: []string{"visits"}},
			{Cadre: "visitors", Area: "north", Services: []string{"visits"}},
		},
	}
	for _, c := range change {
		c(&l)
	}
	return surveying(l)
}

func surveying(l landscape.Landscape) reformcycle.SurveyProgrammes {
	return reformcycle.SurveyProgrammes{Survey: reformcycle.Survey{Landscape: l, Evidence: illustrative("a survey")}}
}

// vertical is a survey of money: so much external and tied, so much of neither.
// Where the first is 0, nobody knows how much it is.
func vertical(tied, free float64) reformcycle.SurveyProgrammes {
	return surveying(landscape.Landscape{Programmes: []landscape.Programme{{ID: "malaria", Funding: []landscape.Funding{
		{Funder: "fund", Unit: "USD/year", Amount: tied, External: true, Disease: "malaria"}, {Funder: "treasury", Unit: "USD/year", Amount: free},
	}}}})
}

func statement(aspect landscape.Aspect, holds bool) landscape.Statement {
	return landscape.Statement{Aspect: aspect, Holds: holds, Evidence: illustrative("said of " + string(aspect))}
}

// said is a survey of nothing but what sources state.
func said(aspect landscape.Aspect, holds bool) reformcycle.SurveyProgrammes {
	return surveying(landscape.Landscape{Statements: []landscape.Statement{statement(aspect, holds)}})
}

func TestFragmentedProgrammes(t *testing.T) {
	c := newCases(t)
	apart := func(l *landscape.Landscape) { l.Programmes[1].Mechanism = "club" }
	unknown := func(l *landscape.Landscape) { l.Programmes[1].Mechanism = "" }
	empty := func(l *landscape.Landscape) { l.Posts = slices.Delete(l.Posts, 1, 2) }
	alone := func(l *landscape.Landscape) { l.Posts = l.Posts[:2] }
	says := func(aspect landscape.Aspect, holds bool) func(*landscape.Landscape) {
		return func(l *landscape.Landscape) { l.Statements = append(l.Statements, statement(aspect, holds)) }
	}
	one, two, three := grounds("programmes:"), grounds("programmes:", "programmes:"), grounds("programmes:", "programmes:", "programmes:")
	need := grounds("a survey of programmes", "who serves which area and service, and under which mechanism")
	judged(t, "fragmented-programmes", []verdict{
		{"they share a mechanism that was rated as failing long ago", c.fresh().do(surveyed(), failedLongAgo("governance.coordination")).state(), asks, again("governance.coordination", 36)},
		{"no survey", c.at(reformcycle.Launch).state(), asks, need},
		{"overlap under one mechanism, and nobody left out", c.fresh().do(surveyed()).state(), strength, three},
		{"overlap under two mechanisms", c.fresh().do(surveyed(apart)).state(), fires, two},
		{"overlap under who knows what", c.fresh().do(surveyed(unknown)).state(), asks, need},
		{"no overlap, and nobody left out", c.fresh().do(surveyed(alone)).state(), strength, two},
		{"an area left out", c.fresh().do(surveyed(empty)).state(), fires, one},
		{"both", c.fresh().do(surveyed(apart, empty)).state(), fires, three},
		{"a source knows of a place left out", c.fresh().do(surveyed(says(landscape.Unserved, true))).state(), fires, one},
		{"a source knows that there is no mechanism", c.fresh().do(surveyed(unknown, says(landscape.SharedMechanism, false))).state(), fires, two},
		{"no mechanism, and none is needed", c.fresh().do(surveyed(alone, says(landscape.SharedMechanism, false))).state(), strength, three},
		{"a source says that they do not overlap, no more", c.fresh().do(said(landscape.Overlaps, false)).state(), asks, need},
		{"a source says that they overlap, no more", c.fresh().do(said(landscape.Overlaps, true)).state(), asks, need},
		{"a source says that they share no mechanism, no more", c.fresh().do(said(landscape.SharedMechanism, false)).state(), fires, one},
		{"a source says that they share one, no more", c.fresh().do(said(landscape.SharedMechanism, true)).state(), strength, one},
		{"they share one, and coordination does not work", c.fresh().do(said(landscape.SharedMechanism, true), rate("governance.coordination", some)).state(),
			disputed, grounds("programmes:", "against", "criterion:governance.coordination")},
		{"a survey three years old", c.fresh().do(said(landscape.SharedMechanism, true)).state().At(dawn.AddDate(3, 0, 0)), strength, one},
		{"an older survey", c.fresh().do(said(landscape.SharedMechanism, true)).state().At(dawn.AddDate(3, 0, 1)), asks,
			grounds("a survey of programmes of today: the last (1 July 2015) is more than 36 months old", "who serves which area and service, and under which mechanism")},
	})
}

func TestUncoordinatedCadres(t *testing.T) {
	c := newCases(t)
	const harmony = "governance.harmonised"
	apart := func(l *landscape.Landscape) { l.Cadres[1].Supervision = "charity" }
	paid := func(l *landscape.Landscape) { l.Cadres[1].Pay.High = 60; l.Cadres[1].Pay.Low = 60 }
	unknown := func(l *landscape.Landscape) { l.Cadres[1].Pay = landscape.Pay{} }
	one, two := grounds("programmes:"), grounds("programmes:", "programmes:")
	need := grounds("a survey of programmes", "the cadres' lines of supervision and pay", "a rating of "+harmony)
	judged(t, "uncoordinated-cadres", []verdict{
		{"no survey and no rating", c.at(reformcycle.Launch).state(), asks, need},
		{"supervised and paid alike", c.fresh().do(surveyed()).state(), strength, two},
		{"alike, and rated otherwise long ago", c.fresh().do(surveyed(), failedLongAgo(harmony)).state(), asks, again(harmony, 36)},
		{"supervised apart", c.fresh().do(surveyed(apart)).state(), fires, one},
		{"paid unlike", c.fresh().do(surveyed(paid)).state(), fires, one},
		{"both", c.fresh().do(surveyed(apart, paid)).state(), fires, two},
		{"pay is not known", c.fresh().do(surveyed(unknown)).state(), asks, need},
		{"pay is not known, and rated harmonised", c.fresh().do(surveyed(unknown), rate(harmony, functioning)).state(), strength, grounds("programmes:", "criterion:"+harmony)},
		{"rated harmonised", c.fresh().do(rate(harmony, functioning)).state(), strength, grounds("criterion:" + harmony)},
		{"rated not harmonised", c.fresh().do(rate(harmony, some)).state(), fires, grounds("criterion:" + harmony)},
		{"the survey finds otherwise", c.fresh().do(surveyed(apart), rate(harmony, functioning)).state(), disputed, grounds("criterion:"+harmony, "against", "programmes:")},
		{"one cadre and no other", c.fresh().do(surveyed(func(l *landscape.Landscape) { l.Cadres, l.Posts = l.Cadres[:1], l.Posts[:2] })).state(), asks, need},
		{"the rating finds otherwise", c.fresh().do(surveyed(), rate(harmony, some)).state(), disputed, grounds("programmes:", "programmes:", "against", "criterion:"+harmony)},
		{"a source says so", c.fresh().do(said(landscape.SeparateSupervision, true)).state(), fires, one},
		{"a checklist without the rating", c.fresh(lean(t, harmony)).state(), asks, need[:2]},
	})
}

func TestPayInequityRisk(t *testing.T) {
	c := newCases(t)
	pay := func(cadre int, low, high float64) func(*landscape.Landscape) {
		return func(l *landscape.Landscape) {
			l.Cadres[cadre].Pay = landscape.Pay{Low: low, High: high, Unit: "USD/month"}
		}
	}
	one, two := grounds("programmes:"), grounds("programmes:", "programmes:")
	need := grounds("a survey of programmes", "the pay of the new cadre, of like cadres and of established health workers")
	judged(t, "pay-inequity-risk", []verdict{
		{"no survey", c.at(reformcycle.Launch).state(), asks, need},
		{"below nurses and alike", c.fresh().do(surveyed()).state(), strength, two},
		{"as much as nurses", c.fresh().do(surveyed(pay(0, 120, 120), pay(1, 120, 120))).state(), strength, two},
		{"more than nurses", c.fresh().do(surveyed(pay(0, 121, 121), pay(1, 121, 121))).state(), fires, one},
		{"perhaps more than nurses", c.fresh().do(surveyed(pay(0, 100, 121), pay(1, 100, 121))).state(), asks, need},
		{"more than like cadres", c.fresh().do(surveyed(pay(1, 49, 49))).state(), fires, one},
		{"more than both", c.fresh().do(surveyed(pay(0, 121, 121))).state(), fires, two},
		{"nobody asked the nurses", c.fresh().do(surveyed(func(l *landscape.Landscape) { l.Cadres = l.Cadres[:2] })).state(), asks, need},
		{"a source says so", c.fresh().do(said(landscape.AboveEstablishedPay, true)).state(), fires, one},
	})
}

func TestEveryRuleIsTestedByItsCode(t *testing.T) {
	source, err := os.ReadFile("diagnosis_test.go")
	require.NoError(t, err)
	for r := range reformcycle.DiagnosisRules().All() {
		assert.Contains(t, string(source), "judged(t, \""+r.Code+"\", ")
	}
}

func TestACycleThatHasNotBegunIsNeitherWellNorIll(t *testing.T) {
	for _, d := range []reformcycle.Diagnosis{reformcycle.State{}.Diagnose(), new(reformcycle.Cycle).Now().Diagnose()} {
		assert.Empty(t, d.Findings)
		assert.Empty(t, d.Strengths)
		assert.Empty(t, d.Contested)
		assert.Empty(t, d.Questions)
		assert.True(t, d.Silent())
	}
	c, err := reformcycle.New("unbegun")
	require.NoError(t, err)
	b, err := json.Marshal(c.Now().Diagnose())
	require.NoError(t, err)
	assert.JSONEq(t, `{"cycle":"unbegun","seq":0,"at":"0001-01-01T00:00:00Z","rules":"reform-diagnosis@1.0.0","findings":[],"strengths":[],"contested":[],"questions":[]}`, string(b))
}

// A finding says enough for a person to act on it.
func TestWhatADiagnosisTells(t *testing.T) {
	c := newCases(t)
	u := c.at(reformcycle.Launch).do(surveyed(func(l *landscape.Landscape) { l.Programmes[1].Mechanism = "club" }), rate("readiness.financing", some))
	d := u.Now().Diagnose()
	assert.Equal(t, u.ID(), d.Cycle)
	assert.Equal(t, u.State().Seq(), d.Seq)
	assert.Equal(t, u.State().Moment(), d.At)
	f, found := d.Finding("unfunded-launch")
	require.True(t, found)
	rule, _ := reformcycle.DiagnosisRules().Rule("unfunded-launch")
	criterion, _ := reformcycle.ReformChecklist().Criterion("readiness.financing")
	assert.Equal(t, reformcycle.Finding{
		Code: rule.Code, Heading: rule.Heading, Severity: rule.Severity, Sentence: language.Built(rule.Sentence), Remedy: language.Built(rule.Remedy), Source: "who2018",
		Facts: []reformcycle.Fact{{About: "criterion", ID: "readiness.financing", Says: language.Of("fact.rated", "level", assessment.PartiallyFunctional.Told(), "criterion", language.Built(criterion.Text)), Source: "teaching case", Entry: u.State().Seq()}},
	}, f)
	assert.Equal(t, "unfunded-launch (critical, context): "+rule.Sentence+" rated partially functional: "+criterion.Text+" [who2018]", f.String())
	_, found = d.Finding("stalled")
	assert.False(t, found)
	f, _ = d.Finding("fragmented-programmes")
	assert.Contains(t, f.String(), "1 of 2, such as visits in north: assistants, visitors; some of the programmes")
	assert.Equal(t, "teaching case", f.Facts[0].Source)

	assert.Equal(t, "weak-government-lead (actors): Government leads the reform. Ministry of health: in the lead [afzal2021]", d.Strengths[0].String())
	assert.Equal(t, "vertical-funding (context), not known: who commits money, and what it is tied to; needed: what money is pledged, by whom and for what; a survey of programmes",
		c.fresh().Now().Diagnose().Questions[0].String())

	// Nothing that people typed breaks the line of a fact.
	name := strings.Repeat("x", 300) + "\nx"
	u = c.fresh().do(reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "x", Name: strings.Repeat("x", 128), Constituency: stakeholders.NGO, Veto: true, Position: stakeholders.At(-7)}},
		surveying(landscape.Landscape{Statements: []landscape.Statement{{Aspect: landscape.Unserved, Holds: true, Evidence: illustrative(name)}}}))
	for _, f := range u.Now().Diagnose().Findings {
		assert.NotContains(t, f.Facts[0].Says.String(), "\n")
	}
}

func TestTheGravestComesFirstAndAHeadingIsAPart(t *testing.T) {
	d := troubledReform(t).Now().Diagnose()
	require.Greater(t, len(d.Findings), 8)
	order := map[string]int{}
	for r := range reformcycle.DiagnosisRules().All() {
		order[r.Code] = len(order)
	}
	rank := map[reformcycle.Severity]int{reformcycle.Critical: 0, reformcycle.Serious: 1, reformcycle.Moderate: 2}
	assert.True(t, slices.IsSortedFunc(d.Findings, func(a, b reformcycle.Finding) int {
		return 100*(rank[a.Severity]-rank[b.Severity]) + order[a.Code] - order[b.Code]
	}))
	findings, strengths, contests, questions := 0, 0, 0, 0
	for _, h := range reformcycle.Headings() {
		part := d.Under(h)
		findings, strengths, questions = findings+len(part.Findings), strengths+len(part.Strengths), questions+len(part.Questions)
		contests += len(part.Contested)
		for _, f := range part.Findings {
			assert.Equal(t, h, f.Heading)
		}
		assert.Equal(t, d.At, part.At)
	}
	assert.Equal(t, []int{len(d.Findings), len(d.Strengths), len(d.Contested), len(d.Questions)}, []int{findings, strengths, contests, questions})
	assert.Empty(t, d.Under("weather").Findings)
	b, err := json.Marshal(d.Under("weather"))
	require.NoError(t, err)
	assert.NotContains(t, string(b), "null")
}

// troubledReform is one with much that is wrong.
func troubledReform(t testing.TB) under {
	c := newCases(t)
	u := c.at(reformcycle.Launch).do(gone("counties"), gone("villages"), gone("chw-union"), union(-5), rate("readiness.financing", some),
		surveyed(func(l *landscape.Landscape) {
			l.Programmes[1].Mechanism, l.Cadres[1].Supervision, l.Cadres[1].Pay.High = "club", "charity", 70
		}))
	return u.later(400).do(rate("learning.data", some), rate("launch.supervision", functioning))
}

func diagnosed(t require.TestingT, s reformcycle.State) string {
	b, err := json.Marshal(s.Diagnose())
	require.NoError(t, err)
	return string(b)
}

// However a state was come by, its diagnosis is the same, byte for byte.
func TestADiagnosisIsStable(t *testing.T) {
	a := newAlbum()
	c, err := reformcycle.New("STABLE", reformcycle.WithJournal(a))
	require.NoError(t, err)
	for i, e := range entriesOf(t, troubledReform(t).Cycle) {
		if i == 0 {
			continue
		}
		change, err := e.Change()
		require.NoError(t, err)
		require.NoError(t, refusalOf(c.Apply(background, reformcycle.By(e.By).At(e.At), change)))
	}
	want := diagnosed(t, c.State())
	require.Equal(t, want, diagnosed(t, c.State()), "again")
	require.Equal(t, want, diagnosed(t, c.Fork().State()), "on a fork")

	folded, err := reformcycle.Open(background, a, c.ID())
	require.NoError(t, err)
	require.Equal(t, want, diagnosed(t, folded.State()), "folded")
	past, err := c.AsOf(background, c.State().Moment())
	require.NoError(t, err)
	require.Equal(t, want, diagnosed(t, past), "as it was known")

	require.NoError(t, c.Snapshot(background))
	notes := 0
	restored, err := reformcycle.Open(background, a, c.ID(), reformcycle.WithNotes(func(reformcycle.Note) { notes++ }))
	require.NoError(t, err)
	require.Zero(t, notes)
	require.Equal(t, want, diagnosed(t, restored.State()), "from a snapshot")

	to := journal.NewMemory()
	imported, err := reformcycle.Import(background, to, bytes.NewReader(exported(t, a, c.ID())))
	require.NoError(t, err)
	require.Equal(t, want, diagnosed(t, imported), "imported")

	var all sync.WaitGroup
	fresh, err := reformcycle.Open(background, to, c.ID())
	require.NoError(t, err)
	for range 8 {
		all.Go(func() { assert.Equal(t, want, diagnosed(t, fresh.State()), "by several goroutines") })
	}
	all.Wait()
}

func TestADiagnosisIsJudgedAtTheClocksTime(t *testing.T) {
	now := dawn
	c, err := reformcycle.New("CLOCKED", reformcycle.WithClock(func() time.Time { return now }))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office"), rate("problem.needs", some))))
	now = dawn.AddDate(2, 0, 0)
	d := c.Now().Diagnose()
	assert.Equal(t, now, d.At)
	_, stalled := d.Finding("stalled")
	assert.True(t, stalled)
	_, stalled = c.State().Diagnose().Finding("stalled")
	assert.False(t, stalled, "a state is judged at its last entry")
}

// hostRule is a rule of a host's own.
func hostRule(code string, judge reformcycle.Judge) reformcycle.Rule {
	return reformcycle.Rule{
		Code: code, Heading: reformcycle.UnderProcess, Severity: reformcycle.Critical, Sentence: "It is so.", Strength: "It is not.",
		Asks: "whether it is so", Remedy: "Change it.", Sources: []string{"model"}, Judge: judge,
		Parameters: []reformcycle.Parameter{{Name: "most", Value: 1, Unit: "actors", Low: 0, High: 9, Says: "No more than so many.", Sources: []string{"model"}}},
	}
}

func TestAHostJudgesByRulesOfItsOwn(t *testing.T) {
	crowded := hostRule("crowded", func(s reformcycle.State, r reformcycle.Rule) reformcycle.Verdict {
		if n := s.Actors().Len(); float64(n) > r.Value("most") {
			return reformcycle.Verdict{Outcome: reformcycle.Troubled, Facts: []reformcycle.Fact{{About: "roster", Says: language.Typed(fmt.Sprint(n, " actors"))}}}
		}
		return reformcycle.Verdict{Outcome: reformcycle.Sound}
	})
	own, err := reformcycle.DiagnosisRules().With(crowded)
	require.NoError(t, err)
	own, err = own.Without("stalled", "weak-government-lead")
	require.NoError(t, err)

	j := journal.NewMemory()
	c, err := reformcycle.New("OWN", reformcycle.WithJournal(j), reformcycle.WithRules(own))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), actor("a", stakeholders.NGO, true, 1, 1))))
	d := c.Now().Diagnose()
	assert.Equal(t, "reform-diagnosis@1.0.0+", d.Rules)
	assert.Equal(t, "crowded", d.Strengths[len(d.Strengths)-1].Code)
	assert.NotNil(t, d.Strengths[len(d.Strengths)-1].Facts)
	require.NoError(t, refusalOf(c.Apply(background, office(0), actor("b", stakeholders.NGO, true, 1, 1))))
	d = c.Now().Diagnose()
	assert.Equal(t, "crowded", d.Findings[0].Code, "critical ones come first, wherever the rule stands")
	assert.Equal(t, "2 actors", d.Findings[0].Facts[0].Says.String())
	outcome, _ := outcomeOf(t, d, "stalled")
	assert.Equal(t, silent, outcome)

	_, found := c.Fork().Now().Diagnose().Finding("crowded")
	assert.True(t, found, "a fork is judged by the same rules")
	opened, err := reformcycle.Open(background, j, "OWN", reformcycle.WithRules(own))
	require.NoError(t, err)
	assert.Equal(t, d, opened.Now().Diagnose())
	plain, err := reformcycle.Open(background, j, "OWN")
	require.NoError(t, err)
	_, found = plain.Now().Diagnose().Finding("crowded")
	assert.False(t, found, "rules belong to the host, not to the journal")
	_, found = c.State().Diagnose().Finding("crowded")
	assert.True(t, found, "a state carries the rules of its cycle")
	past, err := c.AsOf(background, onDay(0))
	require.NoError(t, err)
	_, found = past.At(onDay(1)).Diagnose().Finding("crowded")
	assert.True(t, found, "and so does one of the past")
	assert.Equal(t, own.ID(), c.State().Rules().ID())
	assert.Equal(t, reformcycle.DiagnosisRules().ID(), reformcycle.State{}.Rules().ID())

	looser, err := own.Set("crowded", "most", 2)
	require.NoError(t, err)
	_, found = c.State().DiagnoseBy(looser).Finding("crowded")
	assert.False(t, found)
	assert.Empty(t, c.State().DiagnoseBy(reformcycle.Rules{}).Findings)
}

func TestAHostsRuleThatPanicsBecomesAQuestion(t *testing.T) {
	for name, judge := range map[string]reformcycle.Judge{
		"panics": func(reformcycle.State, reformcycle.Rule) reformcycle.Verdict {
			panic("no\nidea" + strings.Repeat("!", 999))
		},
		"panics nil": func(reformcycle.State, reformcycle.Rule) reformcycle.Verdict {
			var judge reformcycle.Judge
			return judge(reformcycle.State{}, reformcycle.Rule{})
		},
		"out of bounds": func(s reformcycle.State, _ reformcycle.Rule) reformcycle.Verdict {
			return reformcycle.Verdict{Facts: []reformcycle.Fact{{ID: s.Actors().IDs()[:1:1][0]}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			rules, err := reformcycle.Rules{}.Cite(assessment.Source{Key: "model", Citation: "Ours"})
			require.NoError(t, err)
			rules, err = rules.With(hostRule("rash", judge))
			require.NoError(t, err)
			rules, err = rules.With(hostRule("calm", func(reformcycle.State, reformcycle.Rule) reformcycle.Verdict {
				return reformcycle.Verdict{Outcome: reformcycle.Troubled}
			}))
			require.NoError(t, err)
			d := newCases(t).fresh().state().DiagnoseBy(rules)
			outcome, needs := outcomeOf(t, d, "rash")
			require.Equal(t, asks, outcome)
			assert.Contains(t, needs[0], "a rule that does not break off: ")
			assert.Less(t, len(needs[0]), 200)
			assert.NotContains(t, needs[0], "\n")
			outcome, _ = outcomeOf(t, d, "calm")
			assert.Equal(t, fires, outcome, "the others are asked all the same")
			b, err := json.Marshal(d)
			require.NoError(t, err)
			assert.NotContains(t, string(b), "null")
		})
	}
}

// soundDiagnosis holds the laws of a diagnosis against a state.
func soundDiagnosis(t require.TestingT, s reformcycle.State) string {
	d := s.Diagnose()
	require.Equal(t, s.JudgedAt(), d.At)
	known := 0
	for r := range reformcycle.DiagnosisRules().All() {
		if outcome, _ := outcomeOf(t, d, r.Code); outcome != silent {
			known++
		}
	}
	require.Equal(t, known, len(d.Findings)+len(d.Strengths)+len(d.Contested)+len(d.Questions), "somebody spoke who is no rule")
	grave := 0
	of := []reformcycle.Severity{reformcycle.Critical, reformcycle.Serious, reformcycle.Moderate}
	for _, f := range d.Findings {
		require.NotEmpty(t, f.Facts, "%s rests on nothing", f.Code)
		at := slices.Index(of, f.Severity)
		require.GreaterOrEqual(t, at, grave, "%s comes too late", f.Code)
		grave = at
		for _, fact := range f.Facts {
			require.NotEmpty(t, fact.About)
			require.NotEmpty(t, fact.Says)
		}
	}
	for _, g := range d.Strengths {
		require.NotEmpty(t, g.Facts, "%s rests on nothing", g.Code)
	}
	for _, c := range d.Contested {
		require.NotEmpty(t, c.For, "%s speaks against it alone", c.Code)
		require.NotEmpty(t, c.Against, "%s speaks for it alone", c.Code)
	}
	for _, q := range d.Questions {
		require.NotEmpty(t, q.Needs, "%s does not say what it needs", q.Code)
	}
	parts := 0
	for _, h := range reformcycle.Headings() {
		p := d.Under(h)
		parts += len(p.Findings) + len(p.Strengths) + len(p.Contested) + len(p.Questions)
	}
	require.Equal(t, known, parts)
	b, err := json.Marshal(d)
	require.NoError(t, err)
	return string(b)
}

// codesUnder lists what fires under a heading.
func codesUnder(s reformcycle.State, h reformcycle.Heading) (codes []string) {
	for _, f := range s.Diagnose().Under(h).Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

// What mends a trouble mends it whatever else has happened, and what helps does
// not harm.
func TestWhatMendsATroubleMendsItInReformsAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stage := reformcycle.Stage(rapid.IntRange(0, 8).Draw(t, "begins at"))
		var options []reformcycle.Option
		if stage > 0 {
			options = append(options, reformcycle.WithStage(stage))
		}
		c, err := reformcycle.New("at-random", options...)
		require.NoError(t, err)
		day := 0
		try := func(changes ...reformcycle.Change) { applyWhatFits(c, day, changes) }
		try(rate("problem.needs", some))
		for range rapid.IntRange(0, 10).Draw(t, "steps") {
			day += rapid.IntRange(0, 90).Draw(t, "days")
			if s := c.State(); rapid.IntRange(0, 3).Draw(t, "stage") > 0 {
				if rapid.Bool().Draw(t, "fulfil") {
					try(fulfil(s.Stage(), s.Lap())...)
				}
				if refusalOf(c.Apply(background, office(day), reformcycle.Advance{})) != nil {
					try(reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Now"}}, reformcycle.Renew{})
				}
			} else {
				try(someChange(t, rapid.SampledFrom(reformcycle.Kinds()).Draw(t, "kind")))
			}
		}
		soundDiagnosis(t, c.State())
		was := c.State()
		later := was.At(was.Moment().AddDate(0, 0, rapid.IntRange(0, 3000).Draw(t, "later")))
		soundDiagnosis(t, later)
		for _, code := range []string{"stalled", "term-limited-project", "no-learning-loop"} {
			if _, fired := was.Diagnose().Finding(code); fired {
				_, fires := later.Diagnose().Finding(code)
				require.True(t, fires, "%s went away by waiting", code)
			}
		}
		if was.Status() == reformcycle.Abandoned {
			return
		}
		whatIf := func(changes ...reformcycle.Change) reformcycle.State {
			fork := c.Fork()
			require.NoError(t, refusalOf(fork.Apply(background, office(day), changes...)))
			return fork.State()
		}
		mended := func(s reformcycle.State, codes ...string) {
			d := s.Diagnose()
			for _, code := range codes {
				_, fires := d.Finding(code)
				require.False(t, fires, "%s still fires", code)
			}
		}
		mended(whatIf(actor("new", stakeholders.CommunityHealthWorkers, true, 6, 1, stakeholders.Enabler)), "community-absent", "chw-voice-absent")
		mended(whatIf(actor("new", stakeholders.SubnationalGovernment, true, 6, 1)), "districts-left-out")
		mended(whatIf(actor("new", stakeholders.OtherMinistry, true, 6, 1, stakeholders.Leader), rate("governance.authority", functioning)), "single-ministry", "weak-government-lead")
		mended(whatIf(rate("readiness.financing", functioning)), "unfunded-launch")
		mended(whatIf(actorWith(pledge("for-ever", 1))), "term-limited-project")
		mended(whatIf(rate("problem.needs", functioning)), "stalled")
		if was.Status() == reformcycle.Active {
			if options := was.Solutions(); options != nil {
				var pilots []reformcycle.Change
				for _, o := range options {
					p := pilotOf(o.ID)
					p.Pilot.ID = "a-test-more"
					pilots = append(pilots, p)
				}
				mended(whatIf(pilots...), "scaled-without-pilot")
			}
			mended(whatIf(review("r-new", reformcycle.National), reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "a-new", What: "So", Review: "r-new"}}), "no-learning-loop")
		}

		// A supporter more makes nothing worse under actors. Where the coalition was
		// built unseen, one from the community without a role is the first thing that
		// is known of it.
		supporter := actor("new", rapid.SampledFrom(stakeholders.Constituencies()).Draw(t, "constituency"), true, 6, 6)
		for _, code := range codesUnder(whatIf(supporter), reformcycle.UnderActors) {
			_, fired := was.Diagnose().Finding(code)
			require.True(t, fired || code == "community-absent" && stage > reformcycle.CoalitionBuilding, "a supporter brought %s", code)
		}
	})
}

// liberia gives the fullest of the frozen journals.
func liberia(t testing.TB) *reformcycle.Cycle {
	stream, err := os.ReadFile("testdata/journals/1/liberia.jsonl")
	require.NoError(t, err)
	j := journal.NewMemory()
	state, err := reformcycle.Import(background, j, bytes.NewReader(stream))
	require.NoError(t, err)
	c, err := reformcycle.Open(background, j, state.ID())
	require.NoError(t, err)
	return c
}

// BenchmarkDiagnoseLiberia diagnoses the Liberian walk as far as it is told, by
// the twenty-three built-in rules. The ratio is that to BenchmarkDiagnoseFloor: to
// judging the fifty-three criteria of the checklist and saying nothing of them.
func BenchmarkDiagnoseLiberia(b *testing.B) {
	s := liberia(b).State()
	const rounds = 1000
	began := time.Now()
	for range rounds {
		s.Levels()
	}
	floor := time.Since(began) / rounds
	b.ReportAllocs()
	for b.Loop() {
		s.Diagnose()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "×floor")
}

func BenchmarkDiagnoseFloor(b *testing.B) {
	s := liberia(b).State()
	b.ReportAllocs()
	for b.Loop() {
		s.Levels()
	}
}
