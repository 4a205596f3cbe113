package simulation

// Rules of the month, one by one, each with numbers reckoned by hand.

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

func TestAHazardOfNothingNeverStrikesAndACertainOneAlwaysDoes(t *testing.T) {
	require.False(t, befalls(0, 0))
	require.True(t, befalls(0, 1))
	require.True(t, befalls(uniform(1<<64-1), 1))
	require.False(t, befalls(0.5, 0.5))
}

// A draw below the hazard, divided by it, may round to 1. It picks the last donor
// who is there.
func TestADrawThatRoundsToOneTakesTheLastDonor(t *testing.T) {
	donor := func(id string, position float64) CastActor {
		a := NewCastActor(id, stakeholders.BilateralDonor)
		a.Position = position
		return a
	}
	r := newRun(compiled(t, quiet(donor("a", 1), ministry(1), donor("b", 2), donor("c", 3))), onStage, 1)
	r.begin(0)
	for _, last := range []int{3, 2, 0} {
		left := r.exit(1)
		require.Same(t, &r.actors[last], left)
		require.False(t, left.there)
	}
	require.Nil(t, r.exit(1), "none is left")
}

// Every third month has a review: it is due by the months since the last one, not by
// the month.
func TestReviewsComeAtTheirInterval(t *testing.T) {
	s := quiet(ministry(1))
	s.Review.Interval, s.Horizon = 3, 9
	var since []int
	_, err := compiled(t, s).Trace(tactic{"asks", func(v *View, _ *Allocation) { since = append(since, v.SinceReview) }}, 1, 0)
	require.NoError(t, err)
	require.Equal(t, []int{1, 2, 0, 1, 2, 0, 1, 2, 0}, since)
}

// What follows from positions is done by nobody: effort on it is no progress, so
// positions, which rise with progress, stay as they are.
func TestWorkOnWhatFollowsFromPositionsIsNoProgress(t *testing.T) {
	villages := NewCastActor("villages", stakeholders.LocalCommunity)
	villages.Position, villages.Attachment = 2, 0
	s := quiet(ministry(8), villages)
	s.Influence = []Influence{{"villages", "villages", 1}}
	s.Positions.Progress, s.Horizon = 10, 3
	at := func(id string) float64 {
		trace, err := compiled(t, s).Trace(tactic{"on one", func(v *View, a *Allocation) {
			c, _ := v.Place(id)
			a.Work(c, a.Left())
		}}, 1, 0)
		require.NoError(t, err)
		return trace.Months[2].Positions[1]
	}
	require.Equal(t, 2.0, at("coalition.feasible"))
	require.Greater(t, at("coalition.formed"), 2.0)
}

// A debt goes as soon as its guard is met, and be it the only one.
func TestOneDebtIsSettledWhenItsGuardIsMet(t *testing.T) {
	s := quiet(ministry(100))
	s.Start.Stage, s.Start.Debts, s.Horizon = reformcycle.CoalitionBuilding, []string{"problem.vision"}, 2
	trace, err := compiled(t, s).Trace(tactic{"pays", func(v *View, a *Allocation) {
		c, _ := v.Place("problem.vision")
		a.Work(c, a.Left())
		a.Hold()
	}}, 1, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"problem.vision"}, trace.Months[0].Debts)
	require.Empty(t, trace.Months[1].Debts)
}
