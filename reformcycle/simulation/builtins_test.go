package simulation

// What the built-in policies do, number by number.

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// efforts gives effort by what it went into.
func efforts(list []Spent) map[string]float64 {
	on := map[string]float64{}
	for _, s := range list {
		on[s.On] += s.Effort
	}
	return on
}

// Four criteria guard the first stage. Rush leaves it when half of them are met,
// and a quarter while an epidemic lasts; when all are, it advances like anybody.
func TestRushLeavesAStageSoonerInAWindow(t *testing.T) {
	guards := []string{"problem.framed", "problem.needs", "problem.acknowledged", "problem.vision"}
	for _, c := range []struct {
		met    int
		window bool
		want   []Move
	}{
		{0, false, nil},
		{0, true, nil},
		{1, false, nil},
		{1, true, []Move{{Name: reformcycle.MoveOverride}}},
		{2, false, []Move{{Name: reformcycle.MoveOverride}}},
		{4, true, []Move{{Name: reformcycle.MoveAdvance}}},
	} {
		s := quiet(ministry(0.001))
		if c.window {
			s.Shocks.Epidemic = Epidemic{Hazard: 1, Months: 1, Capacity: 1}
		}
		for _, id := range guards[:c.met] {
			s.Criteria = append(s.Criteria, CriterionWork{ID: id, Level: assessment.Functional})
		}
		m := firstMonth(t, s, policyOf(t, "rush-to-launch", "met", 0.5, "window", 0.25))
		require.Equal(t, c.want, m.Moves, "%d met, window %v", c.met, c.window)
	}
}

// Design was reached before the run, at month 0, so that month 4 is the first that
// begins after three months there. Support is 4 · 3.5 = 14.
func TestAdaptiveGoesBackWhenItsPatienceIsOver(t *testing.T) {
	for _, c := range []struct {
		opponent float64 // power of one who stands at −3.5
		reviews  int     // months between them
		patience float64
		to       reformcycle.Stage
		month    int
	}{
		{4, 600, 3, reformcycle.CoalitionBuilding, 4}, // support does not exceed opposition
		{5, 600, 3, reformcycle.CoalitionBuilding, 4},
		{4, 600, 6, reformcycle.CoalitionBuilding, 7},
		{3, 600, 3, 0, 0},
		{3, 1, 3, reformcycle.ProblemPrioritization, 4}, // a review finds all behind unmet
		{3, 1, 6, reformcycle.ProblemPrioritization, 7},
		{3, 5, 3, reformcycle.ProblemPrioritization, 5},
	} {
		moh := ministry(0.001)
		moh.Position = 3.5
		s := quiet(moh, steady("union", stakeholders.TradeUnion, -3.5, c.opponent))
		s.Start.Stage, s.Review.Interval, s.Opposition.Tolerance, s.Horizon = reformcycle.Design, c.reviews, 5, 8
		var want []string
		if c.month > 0 {
			want = []string{strconv.Itoa(c.month) + " revisit"}
		}
		trace := played(t, s, policyOf(t, "adaptive", "patience", c.patience))
		require.Equal(t, want, movesOf(trace), "%v", c)
		if c.month > 0 {
			require.Equal(t, c.to, trace.Months[c.month].Moves[0].To, "%v", c)
		}
	}
}

// What a tenth of difficulties 12 and 24 takes away a month is 1.2 and 2.4
// effort-months. A share of 0.3 of ten is not enough for both and is split as they
// need it; a share of one is. What decays at the stage at hand is work of the stage.
func TestUpkeepGetsWhatAMonthTakesAsFarAsItsShareReaches(t *testing.T) {
	for _, c := range []struct {
		budget, share, supervision, supplies float64
		stage                                reformcycle.Stage
	}{
		{10, 0.36, 1.2, 2.4, reformcycle.Governance},
		{10, 1, 1.2, 2.4, reformcycle.Governance},
		{10, 0.3, 1, 2, reformcycle.Governance},
		{2, 0.3, 0.2, 0.4, reformcycle.Governance},
		{10, 0, 0, 0, reformcycle.Governance},
		{10, 0.3, 0, 0, reformcycle.Launch},
		{10, 0.3, 0, 0, reformcycle.Design}, // nothing is launched
	} {
		s := quiet(ministry(c.budget))
		s.Start.Stage = c.stage
		s.Criteria = []CriterionWork{
			{ID: "launch.supervision", Level: assessment.HighlyFunctional, Difficulty: new(12.0), Upkeep: new(0.1)},
			{ID: "launch.supply-lines", Level: assessment.HighlyFunctional, Difficulty: new(24.0), Upkeep: new(0.1)},
		}
		m := compiled(t, s)
		trace, err := m.Trace(policyOf(t, "balanced", "upkeep", c.share, "persuasion", 0.0, "ahead", 0.0), 1, 0)
		require.NoError(t, err)
		on := efforts(trace.Months[1].Work)
		require.InDelta(t, c.supervision, on["launch.supervision"], 1e-9, "%v", c)
		require.InDelta(t, c.supplies, on["launch.supply-lines"], 1e-9, "%v", c)
		if c.share >= 0.36 {
			at, _ := m.list.Index("launch.supply-lines")
			require.InDelta(t, 1, trace.Months[1].Progress[at], 1e-12, "upkeep makes up for the loss")
		}
	}
}

// A fifth of nine effort-months goes to those below 3: power 6 and weight 1 beside
// power 2 and weight 1.5 have the pull 6 and 3.
func TestPersuasionIsSharedOutByPull(t *testing.T) {
	press, union := steady("press", stakeholders.Media, 0, 6), steady("union", stakeholders.TradeUnion, 2.9, 2)
	union.Weight = 1.5
	friend := steady("friend", stakeholders.NGO, 3, 7)
	for _, name := range []string{"balanced", "bottleneck-first", "pilot-first", "rush-to-launch", "adaptive"} {
		m := firstMonth(t, quiet(ministry(9), press, union, friend), policyOf(t, name))
		on := efforts(m.Persuasion)
		require.Len(t, on, 2, name)
		require.InDelta(t, 0.2*9*6/9, on["press"], 1e-9, name)
		require.InDelta(t, 0.2*9*3/9, on["union"], 1e-9, name)
	}
}
