package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// shakenBy is a study whose two answers are 20 and 70 of 100, and come to others
// at the low end of an assumption.
func shakenBy(first, second simulation.Estimate) *study {
	estimate := func(at float64) simulation.Estimate {
		return simulation.Estimate{At: at, Interval: simulation.Interval{Low: at - 0.02, High: at + 0.02}}
	}
	tornado := func(base float64, low simulation.Estimate) simulation.Tornado {
		return simulation.Tornado{Base: estimate(base), Swings: []simulation.Swing{
			{Factor: simulation.Factor{Parameter: "suspension.least", Low: 2, High: 18}, AtLow: low, AtHigh: estimate(base)},
		}}
	}
	rush, coalition := named("rush-to-launch"), named("coalition-first")
	return &study{strategies: []simulation.Strategy{rush, rush, coalition}, tornados: []simulation.Tornado{tornado(0.2, first), tornado(0.7, second)}}
}

func named(name string) simulation.Strategy {
	s, err := simulation.NewStrategy(name, nil)
	if err != nil {
		panic(err)
	}
	return s
}

func TestAnAssumptionThatTurnsTheOrderRoundIsNamed(t *testing.T) {
	between := func(low, at, high float64) simulation.Estimate {
		return simulation.Estimate{At: at, Interval: simulation.Interval{Low: low, High: high}}
	}
	turned := shakenBy(between(0.78, 0.8, 0.82), between(0.68, 0.7, 0.72)).turns()
	assert.Equal(t, []string{"**At `suspension.least` 2 the order turns round**: 80 with launch now, 70 with coalition first."}, turned)

	assert.Empty(t, shakenBy(between(0.7, 0.73, 0.76), between(0.68, 0.7, 0.72)).turns(), "intervals that touch prove nothing")
	assert.Empty(t, shakenBy(between(0.3, 0.4, 0.5), between(0.68, 0.7, 0.72)).turns(), "the order is as it was")
}

func TestOnlyWhatIsInARegisterHasAMeaning(t *testing.T) {
	s := shakenBy(simulation.Estimate{}, simulation.Estimate{})
	for _, name := range []string{"suspension.least", "strategy.persuasion"} {
		says, known := s.meaning(name)
		assert.True(t, known, name)
		assert.NotEmpty(t, says)
	}
	for _, name := range []string{"haste", "strategy.haste"} {
		_, known := s.meaning(name)
		assert.False(t, known, name)
	}
	s.strategies[0] = &financeFirst{}
	_, known := s.meaning("strategy.persuasion")
	assert.False(t, known, "a strategy without parameters explains none")

	s = shakenBy(simulation.Estimate{}, simulation.Estimate{})
	s.tornados[0].Swings[0].Factor.Parameter = "haste"
	require.ErrorContains(t, s.hangs(new(strings.Builder)), "haste is in no register")
}

func TestWhereThereIsNothingToTellThePageSaysSo(t *testing.T) {
	var b strings.Builder
	new(study).collapses(&b)
	assert.Contains(t, b.String(), "No run was abandoned.")
	assert.Equal(t, "no run", middle(simulation.Distribution{}))
}

func TestAStudyThatIsCutShortOrAskedWronglyIsNone(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	why := errors.New("no time")
	stop(why)
	_, err := research(ctx, scenario(t), threeWays(t), nil, 50, 1, io.Discard)
	require.ErrorIs(t, err, why)

	_, err = research(t.Context(), simulation.Scenario{}, threeWays(t), nil, 50, 1, io.Discard)
	require.ErrorIs(t, err, assessment.ErrInvalid)

	_, err = research(t.Context(), scenario(t), threeWays(t), []simulation.Factor{{Parameter: "haste", High: 1}}, 50, 1, io.Discard)
	require.ErrorIs(t, err, assessment.ErrInvalid)

	broken := threeWays(t)
	broken[2] = &financeFirst{share: 2, then: named("balanced")}
	_, err = research(t.Context(), scenario(t), broken, nil, 50, 1, io.Discard)
	require.ErrorIs(t, err, simulation.ErrStrategy, "more than there is to spend")
}
