package reformcycle_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// The treasury has power 6 and stands at −2: opposition 12. The strategy states
// +2, support 12: a change of the margin by 24. It has come to 0 only: opposition
// 0 and support 0, a change by 12, half of what was stated.
func TestWhatAStrategyChangedIsHeldAgainstWhatItStated(t *testing.T) {
	c, day := standingAt(t, reformcycle.SolutionGathering)
	_, err := c.State().StrategyImpact("case")
	assert.ErrorIs(t, err, reformcycle.ErrInvalid)

	require.NoError(t, refusalOf(c.Apply(background, office(day), reformcycle.PlanStrategy{Strategy: stakeholders.Strategy{
		ID: "case", Name: "Investment case", Kind: stakeholders.ChangePositions, Probability: 0.25,
		Effects: []stakeholders.Effect{{Actor: "treasury", Position: stakeholders.At(2)}},
	}})))
	planned, err := c.State().StrategyImpact("case")
	require.NoError(t, err)
	assert.Equal(t, 24.0, planned.Stated.Margin())
	assert.Equal(t, 24.0*0.25, planned.Expected.Margin(), "by its probability, while nothing was observed")
	assert.Zero(t, planned.Observed.Margin())

	require.NoError(t, refusalOf(c.Apply(background, office(day),
		reformcycle.TakePosition{Actor: "treasury", Position: stakeholders.At(0), Reason: "After the talks."},
		reformcycle.ObserveStrategy{Strategy: "case", Success: stakeholders.PartSuccess, What: "It no longer objects."})))
	observed, err := c.State().StrategyImpact("case")
	require.NoError(t, err)
	assert.Equal(t, 24.0*0.5, observed.Expected.Margin(), "half, for a part success")
	assert.Equal(t, 12.0, observed.Observed.Margin())
	share, known := observed.Realised()
	assert.True(t, known)
	assert.Equal(t, 0.5, share)

	// An actor that is gone is no longer asked about.
	require.NoError(t, refusalOf(c.Apply(background, office(day), reformcycle.ReleaseActor{Actor: "treasury", Reason: "Merged."})))
	gone, err := c.State().StrategyImpact("case")
	require.NoError(t, err)
	assert.Empty(t, gone.Actors)
}
