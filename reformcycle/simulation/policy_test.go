package simulation

// What tells the built-in policies apart.

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// firstMonth gives what a policy did in the first month of a scenario.
func firstMonth(t *testing.T, s Scenario, policy Policy) Month {
	t.Helper()
	trace, err := compiled(t, s).Trace(policy, 1, 0)
	require.NoError(t, err)
	return trace.Months[1]
}

func spent(list []Spent) (total float64) {
	for _, s := range list {
		total += s.Effort
	}
	return total
}

func TestEveryPolicySpendsAllItsEffortAndNoMore(t *testing.T) {
	for _, name := range Policies() {
		trace, err := compiled(t, Reference()).Trace(policyOf(t, name), 1, 0)
		require.NoError(t, err)
		for _, m := range trace.Months[1:] {
			total := spent(m.Work) + spent(m.Persuasion)
			require.LessOrEqual(t, total, m.Budget*(1+1e-9), "%s, month %d", name, m.Month)
			if m.Month < 24 {
				require.InDelta(t, m.Budget, total, 1e-9*m.Budget, "%s, month %d", name, m.Month)
			}
		}
	}
}

// A budget of 10 effort-months: 0.2 to persuasion, 0.1 to the next stage, the
// rest in equal parts to the four open required criteria of the first.
func TestBalancedSpreadsEvenly(t *testing.T) {
	press := NewCastActor("press", stakeholders.Media)
	press.Attachment = 1
	m := firstMonth(t, quiet(ministry(10), press), policyOf(t, "balanced"))
	require.InDelta(t, 2, spent(m.Persuasion), 1e-9)
	require.Equal(t, "press", m.Persuasion[0].On)
	here := map[string]float64{}
	ahead := 0.0
	for _, w := range m.Work {
		if c, _ := reformcycle.ReformChecklist().Criterion(w.On); c.Section == reformcycle.ProblemPrioritization.String() {
			here[w.On] = w.Effort
		} else {
			ahead += w.Effort
		}
	}
	require.InDelta(t, 1, ahead, 1e-9)
	require.Len(t, here, 4)
	for on, effort := range here {
		require.InDelta(t, 7.0/4, effort, 1e-9, on)
	}
}

// problem.framed is derived and easier; of the three rated ones the one that is
// furthest behind comes first.
func TestBottleneckWorksWhereMostIsMissing(t *testing.T) {
	s := quiet(ministry(1))
	s.Criteria = []CriterionWork{{ID: "problem.needs", Level: 2}, {ID: "problem.vision", Difficulty: new(30.0)}}
	m := firstMonth(t, s, policyOf(t, "bottleneck-first", "ahead", 0.0, "persuasion", 0.0))
	require.Len(t, m.Work, 1)
	require.Equal(t, "problem.vision", m.Work[0].On)
}

// Support has to be two thirds of both sides, and no veto may stand. The ministry
// supports with 4 · 7 = 28, so that opposition of 14 is the most.
func TestCoalitionFirstStaysUntilSupportIsWide(t *testing.T) {
	for name, c := range map[string]struct {
		position, power float64
		veto, leaves    bool
	}{
		"undecided and strong":            {0, 7, false, true},
		"opposed, at the limit":           {-7, 2, false, true},
		"opposed and strong":              {-7, 2.1, false, false},
		"weak, with a veto":               {-1.5, 2, true, false},
		"a veto that is not used":         {-1, 2, true, true},
		"support, whatever it could veto": {1, 7, true, true},
	} {
		union := steady("union", stakeholders.TradeUnion, c.position, c.power)
		union.Veto = c.veto
		s := seated(30, union)
		s.Start.Stage = reformcycle.CoalitionBuilding
		o := outcomes(t, compiled(t, s), policyOf(t, "coalition-first"), 1, 1)[0]
		require.Equal(t, c.leaves, o.Furthest > reformcycle.CoalitionBuilding, name)
	}
}

// Until then half of the effort goes to those who block: to the holders of a veto who
// are below 0, else to opponents, else to those who do not support; by pull, and in
// place of the share that persuasion has otherwise.
func TestCoalitionFirstPersuadesThoseWhoBlock(t *testing.T) {
	at := func(id string, position, power float64, veto bool) CastActor {
		a := steady(id, stakeholders.TradeUnion, position, power)
		a.Veto = veto
		return a
	}
	for name, c := range map[string]struct {
		cast   []CastActor
		target float64
		want   []Spent
	}{
		"a veto":      {[]CastActor{at("a", -0.5, 2, true), at("b", -7, 6, false), at("c", 3, 2, true)}, 0.2, []Spent{{"a", 5}}},
		"opponents":   {[]CastActor{at("a", -2, 2, false), at("b", -7, 6, false), at("c", -1, 2, true)}, 0.9, []Spent{{"c", 5}}},
		"by pull":     {[]CastActor{at("a", -2, 2, false), at("b", -7, 6, false), at("c", -1, 2, false)}, 0.9, []Spent{{"a", 1.25}, {"b", 3.75}}},
		"the wary":    {[]CastActor{at("a", -1, 2, false), at("b", 0, 6, false), at("c", 1, 2, false)}, 1, nil},
		"none blocks": {[]CastActor{at("a", -7, 2, false), at("b", 3, 6, false)}, 0.5, []Spent{{"a", 2}}},
	} {
		m := firstMonth(t, quiet(append(c.cast, ministry(10))...), policyOf(t, "coalition-first", "target", c.target))
		if c.want == nil {
			// Nobody opposes, so that support is all there is: the usual share.
			require.InDelta(t, 2, spent(m.Persuasion), 1e-9, name)
			continue
		}
		require.Equal(t, c.want, m.Persuasion, name)
	}
}

func TestPilotFirstLeavesSolutionGatheringWithAPilot(t *testing.T) {
	s := quiet(ministry(6))
	s.Start.Stage = reformcycle.SolutionGathering
	m := compiled(t, s)
	for name, piloted := range map[string]bool{"pilot-first": true, "balanced": false} {
		trace, err := m.Trace(policyOf(t, name), 1, 0)
		require.NoError(t, err)
		at, _ := m.list.Index("solution.piloted")
		month := trace.Outcome.Entered[reformcycle.Design]
		require.Positive(t, month)
		require.Equal(t, piloted, trace.Months[month].Progress[at] >= m.rules[at].met, name)
	}
}

func TestRushToLaunchesSoonerAndOwesMore(t *testing.T) {
	m := compiled(t, Reference())
	rush, balanced := outcomes(t, m, policyOf(t, "rush-to-launch"), 100, 1), outcomes(t, m, policyOf(t, "balanced"), 100, 1)
	require.Less(t, meanLaunch(rush, 120), meanLaunch(balanced, 120))
	debt := 0
	for i := range rush {
		debt += max(0, rush[i].Debt)
		require.LessOrEqual(t, balanced[i].Debt, 0)
	}
	require.Positive(t, debt)
}

func sectionOf(t *testing.T, c assessment.Criterion) reformcycle.Stage {
	s, err := reformcycle.ParseStage(c.Section)
	require.NoError(t, err)
	return s
}

// What was achieved fades, for nobody keeps it up: the reform goes back.
func TestAdaptiveRevisitsWhatIsLost(t *testing.T) {
	s := seated(8)
	s.Start.Stage, s.Start.Launched = reformcycle.Governance, true
	for _, c := range reformcycle.ReformChecklist().All() {
		if c.Section == reformcycle.Launch.String() && c.Kind == assessment.Rated {
			s.Criteria = append(s.Criteria, CriterionWork{ID: c.ID, Level: 4, Upkeep: new(0.2)})
		} else if c.ID == "governance.financing" {
			s.Criteria = append(s.Criteria, CriterionWork{ID: c.ID, Difficulty: new(1e6)})
		} else if sectionOf(t, c) <= reformcycle.Launch && c.ID != "coalition.feasible" {
			s.Criteria = append(s.Criteria, CriterionWork{ID: c.ID, Level: 3})
		}
	}
	moves := func(policy Policy) (revisits int) {
		trace, err := compiled(t, s).Trace(policy, 1, 0)
		require.NoError(t, err)
		for _, m := range trace.Months {
			for _, v := range m.Moves {
				if v.Name == reformcycle.MoveRevisit {
					revisits++
				}
			}
		}
		return revisits
	}
	require.Zero(t, moves(policyOf(t, "balanced", "upkeep", 0.0)))
	// Three of the thirty-two required criteria behind governance fade: 0.094.
	require.Positive(t, moves(policyOf(t, "adaptive", "upkeep", 0.0, "regain", 0.0, "lost", 0.09)))
	require.Zero(t, moves(policyOf(t, "adaptive", "upkeep", 0.0, "regain", 0.0, "lost", 0.11)))
}

func TestAViewGivesTheSpansOfStages(t *testing.T) {
	seen := false
	_, err := compiled(t, Reference()).Trace(tactic{"looks", func(o *View, _ *Allocation) {
		from, to := o.Span(reformcycle.CoalitionBuilding)
		seen = true
		for c := range o.Criteria {
			require.Equal(t, c >= from && c < to, o.Criteria[c].Stage == reformcycle.CoalitionBuilding)
		}
		from, to = o.Span(99)
		require.Zero(t, to-from)
		require.Len(t, o.Positions, 12)
		require.Len(t, o.Engaged, 12)
	}}, 1, 0)
	require.NoError(t, err)
	require.True(t, seen)
}

// Whatever is put twice into one thing counts once for the noise, and adds up.
func TestEffortOnOneThingAddsUp(t *testing.T) {
	s := quiet(ministry(4))
	s.Work.Rated = 12
	once := firstMonth(t, s, tactic{"once", func(_ *View, a *Allocation) { a.Work(1, 3) }})
	often := firstMonth(t, s, tactic{"often", func(_ *View, a *Allocation) {
		for range 3000 {
			a.Work(1, 0.001)
			a.Persuade(0, 0.0001)
		}
	}})
	// The pieces add up as well.
	spread := firstMonth(t, s, tactic{"spread", func(o *View, a *Allocation) {
		for range 3000 {
			a.SpreadEvenly(o.Stage, 0.001)
			a.PersuadeBelow(8, 0.0001)
		}
	}})
	worked, persuaded := 0.0, 0.0
	for _, effort := range efforts(spread.Work) {
		worked += effort
	}
	for _, effort := range efforts(spread.Persuasion) {
		persuaded += effort
	}
	require.InDelta(t, 3, worked, 1e-9)
	require.InDelta(t, 0.3, persuaded, 1e-9)
	require.InDelta(t, 3, often.Work[0].Effort, 1e-9)
	require.Len(t, often.Work, 1)
	require.InDelta(t, once.Progress[1], often.Progress[1], 1e-9)
	require.InDelta(t, 0.25, once.Progress[1], 1e-12, "3 of 12 effort-months")
}
