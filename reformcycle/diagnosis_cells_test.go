package reformcycle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// Each cell of the table in docs/diagnosis.md, but for those that say "never", is a small
// state of which the rule says just that.
func TestEveryCellOfTheTableOfRulesHasItsState(t *testing.T) {
	const (
		finding, contest, question = fires, disputed, asks

		launch, governance, readiness = reformcycle.Launch, reformcycle.Governance, reformcycle.ProgramReadiness
	)
	c := newCases(t)
	good := func(ids ...string) (all []reformcycle.Change) {
		for _, id := range ids {
			all = append(all, rate(id, functioning))
		}
		return all
	}
	member := func(id string, of stakeholders.Constituency, position float64, roles ...stakeholders.Role) reformcycle.EngageActor {
		return actor(id, of, true, position, 4, roles...)
	}
	override := reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "An election"}}
	talks := reformcycle.PlanStrategy{Strategy: stakeholders.Strategy{ID: "talks", Name: "Talks", Kind: stakeholders.ChangePositions, Probability: 0.5,
		Effects: []stakeholders.Effect{{Actor: "union", Position: stakeholders.At(2)}}}}
	tested := func(id string, finding reformcycle.PilotFinding) reformcycle.RecordPilot {
		p := pilotOf("local-1")
		p.Pilot.ID, p.Pilot.Finding, p.Pilot.From, p.Pilot.To = id, finding, onDate(1), onDate(90)
		return p
	}
	over := reformcycle.Abandon{Reason: "No mandate"}
	from := func(s reformcycle.Stage, changes ...reformcycle.Change) reformcycle.State {
		u := c.from(s)
		if changes != nil {
			u.do(changes...)
		}
		return u.state()
	}
	at := func(s reformcycle.Stage, changes ...reformcycle.Change) reformcycle.State {
		u := c.at(s)
		if changes != nil {
			u.do(changes...)
		}
		return u.state()
	}
	fresh := func(changes ...reformcycle.Change) reformcycle.State {
		u := c.fresh()
		if changes != nil {
			u.do(changes...)
		}
		return u.state()
	}
	owing := []reformcycle.Change{rate("readiness.supplies", non), override}
	met := append(slices.Clone(owing), rate("readiness.supplies", functioning))
	ready := functional(readiness)
	tied := promise("fund", "USD", 90_000, -10, "malaria")
	free := promise("moh", "USD", 10, -10)
	late := promise("moh", "USD", 1000, -366)
	apart := func(l *landscape.Landscape) { l.Cadres[1].Supervision = "charity" }
	cells := map[string]map[string]reformcycle.State{
		"weak-government-lead": {
			finding: at(governance, rate("governance.authority", non)), strength: at(launch),
			contest: at(launch, stands("moh", -6), holder("counties", stakeholders.Leader)), question: from(launch), silent: fresh(),
		},
		"veto-player-opposed": {
			finding: fresh(union(-3)), strength: fresh(union(2)), contest: fresh(union(-3), talks), question: at(launch), silent: fresh(),
		},
		"districts-left-out": {
			finding: at(readiness, gone("counties")), strength: at(launch), contest: at(launch, rate("readiness.subnational", non)),
			question: from(launch, member("d", stakeholders.SubnationalGovernment, 2)), silent: at(reformcycle.Design),
		},
		"community-absent": {
			finding: at(launch, gone("villages"), gone("chw-union")), strength: at(launch), contest: at(launch, stands("villages", -6)),
			question: from(launch), silent: at(reformcycle.CoalitionBuilding),
		},
		"single-ministry": {
			finding: at(launch), strength: at(launch, member("e", stakeholders.OtherMinistry, 2, stakeholders.Enabler)),
			contest:  at(launch, member("e", stakeholders.OtherMinistry, 2, stakeholders.Enabler), said(landscape.SharedMechanism, false)),
			question: at(launch, member("e", stakeholders.OtherMinistry, 2)), silent: at(reformcycle.Design),
		},
		"chw-voice-absent": {
			finding: at(launch, gone("chw-union")), strength: at(launch), contest: at(launch, stands("chw-union", -6)),
			question: from(launch), silent: fresh(),
		},
		"unfunded-launch": {
			finding: from(launch, rate("readiness.financing", some)), strength: from(launch, good("readiness.financing")...),
			contest: from(launch, late, rate("readiness.financing", functioning)), question: from(launch), silent: at(readiness),
		},
		"vertical-funding": {
			finding: fresh(tied), strength: fresh(free),
			contest:  fresh(tied, free, reformcycle.Deliver{Actor: "moh", Commitment: "moh-promise", Amount: 5}),
			question: fresh(),
		},
		"unsustained-financing": {
			finding: from(governance, rate("governance.financing", non)), strength: from(governance, good("governance.financing")...),
			contest: from(governance, late, rate("governance.financing", functioning)), question: from(governance), silent: at(readiness),
		},
		"term-limited-project": {
			finding: fresh(late), strength: fresh(free), contest: fresh(promise("fund", "USD", 1000, -366), free), question: from(launch), silent: fresh(),
		},
		"uncoordinated-partners": {
			finding: from(governance, rate("governance.coordination", non)), strength: from(governance, good("governance.coordination")...),
			contest:  from(governance, rate("governance.coordination", functioning), said(landscape.SharedMechanism, false)),
			question: from(governance), silent: at(readiness),
		},
		"hasty-launch": {
			finding: at(launch), strength: launchedOn(t, dawn.AddDate(1, 0, 0)).state(), question: from(governance), silent: at(readiness),
		},
		"scaled-without-pilot": {
			finding: at(launch, tested("p", reformcycle.NotEffective)), strength: at(launch, tested("p", reformcycle.Effective)),
			contest:  at(launch, tested("p", reformcycle.Effective), tested("q", reformcycle.NotEffective)),
			question: at(launch, tested("p", reformcycle.Inconclusive)), silent: at(readiness),
		},
		"no-learning-loop": {
			finding: c.at(launch).state().At(onDay(9999)), strength: learning(t), question: from(governance), silent: at(readiness),
		},
		"readiness-debt": {
			finding: at(readiness, append(slices.Clone(ready), owing...)...), strength: at(readiness, append(slices.Clone(ready), met...)...),
			contest:  at(readiness, append(append(slices.Clone(ready), met...), rate("readiness.supplies", some))...),
			question: unasked(t), silent: at(launch),
		},
		"stalled": {
			finding: c.at(launch).state().At(onDay(9999)), strength: at(launch), question: from(governance), silent: at(launch, over),
		},
		"unheld-function": {
			finding: fresh(devolve("pay")), strength: fresh(devolveAll("district")...),
			contest:  fresh(linkedTo("nation"), observing("nation", devolve("pay", "national")), devolve("pay")),
			question: fresh(devolve("pay", "district")), silent: fresh(),
		},
		"shared-function": {
			finding: fresh(devolve("pay", "national", "district")), strength: fresh(devolveAll("district")...),
			contest:  fresh(devolve("pay", "national", "district"), rate("governance.authority", functioning)),
			question: fresh(devolve("pay", "district")), silent: fresh(),
		},
		"held-from-above": {
			finding:  from(launch, inCounty, devolve("supplies", "national"), rate("launch.supply-lines", non)),
			strength: from(launch, inCounty, devolve("supplies", "district"), rate("launch.supply-lines", non)),
			contest:  from(launch, inCounty, linkedTo("nation"), observing("nation", devolve("supplies", "district")), devolve("supplies", "national"), rate("launch.supply-lines", non)),
			question: from(launch, inCounty, rate("launch.supply-lines", non)), silent: from(launch, inCounty, devolve("supplies", "national")),
		},
		"fragmented-programmes": {
			finding: fresh(said(landscape.SharedMechanism, false)), strength: fresh(said(landscape.SharedMechanism, true)),
			contest: fresh(said(landscape.SharedMechanism, true), rate("governance.coordination", non)), question: fresh(),
		},
		"uncoordinated-cadres": {
			finding: fresh(surveyed(apart)), strength: fresh(surveyed()), contest: fresh(surveyed(apart), rate("governance.harmonised", functioning)), question: fresh(),
		},
		"pay-inequity-risk": {
			finding: fresh(said(landscape.UnequalPay, true)), strength: fresh(surveyed()), question: fresh(),
		},
		"partnering-package-incomplete": {
			finding:  fresh(rate("launch.supervision", functioning), rate("learning.data", non)),
			strength: fresh(good("design.joint-ownership", "launch.supervision", "readiness.incentives", "learning.data")...),
			question: from(launch), silent: fresh(),
		},
	}
	for r := range reformcycle.DiagnosisRules().All() {
		for cell, ground := range groundsOf(r) {
			name := r.Code + "/" + cell
			state, tested := cells[r.Code][cell]
			require.NotEqual(t, ground.When == "", ground.Never == "", "%s says when, or that it never does", name)
			require.Equal(t, ground.Never == "", tested, "%s has no state, or one that cannot be", name)
			if !tested {
				continue
			}
			t.Run(name, func(t *testing.T) {
				outcome, _ := outcomeOf(t, state.Diagnose(), r.Code)
				assert.Equal(t, cell, outcome)
			})
		}
	}
	require.Len(t, cells, reformcycle.DiagnosisRules().Len())
}

// groundsOf are the cells of a rule.
func groundsOf(r reformcycle.Rule) map[string]reformcycle.Ground {
	g := r.Grounds
	return map[string]reformcycle.Ground{fires: g.Finding, strength: g.Strength, disputed: g.Contested, asks: g.Question, silent: g.Silent}
}

// unasked is a reform that owes what a later checklist no longer asks for.
func unasked(t *testing.T) reformcycle.State {
	lean, err := reformcycle.ReformChecklist().Derive("1.1.0-lean", assessment.Drop("readiness.supplies"))
	require.NoError(t, err)
	c, day := standingAt(t, reformcycle.ProgramReadiness, reformcycle.WithChecklist(lean), reformcycle.WithChecklist(reformcycle.ReformChecklist()))
	require.NoError(t, refusalOf(c.Apply(background, office(day), append(functional(reformcycle.ProgramReadiness), rate("readiness.supplies", non),
		reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Now"}}, reformcycle.AdoptChecklist{Checklist: lean.ID(), Reason: "It asks for less"})...)))
	return c.State()
}

// A rule that never gives a verdict says why, in a sentence.
func TestTheGroundsOfTheRulesAreSentences(t *testing.T) {
	for r := range reformcycle.DiagnosisRules().All() {
		for cell, ground := range groundsOf(r) {
			assert.True(t, strings.HasSuffix(ground.When+ground.Never, "."), "%s/%s", r.Code, cell)
		}
	}
}
