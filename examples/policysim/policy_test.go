package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/simulation"
	"github.com/chsreform/chsreform/reformcycle/simulation/simtest"
)

// What is expected of the policies stands in files that policy people read and
// write; the strategy that is our own is handed in.
func TestThePolicyFilesHold(t *testing.T) {
	simtest.Policies(t, os.DirFS("testdata"), "policies/*.policy", simtest.WithStrategies(threeWays(t)[1]))
}

// The same can be asked in Go, and by metrics of one's own.
func TestARushedLaunchIsSoonerAndLastsLess(t *testing.T) {
	m := uganda(t)
	all := threeWays(t)
	rush, finance, coalition := all[0], all[1], all[2]

	simtest.Sooner(t, m, rush, coalition, reformcycle.Launch)
	simtest.Better(t, m, coalition, rush, lasting{})
	simtest.Better(t, m, finance, rush, lasting{})
	simtest.Likely(t, m, coalition, lasting{}, 0.7)
	simtest.Unlikely(t, m, rush, lasting{}, 0.5)
}

// The order hangs on what suspension is assumed to be like: the page says so, and
// a policy test that did not know would promise too much.
func TestWhereSuspensionsAreShortTheOrderTurnsRound(t *testing.T) {
	short, err := uganda(t).Scenario().With("suspension.least", 1)
	require.NoError(t, err)
	m, err := simulation.Compile(short)
	require.NoError(t, err)
	all := threeWays(t)
	simtest.Better(t, m, all[0], all[2], simulation.ReachedBy(reformcycle.Governance, 60))
}

// What the strategy is called is what it does, as the trace of a run shows.
func TestFinanceFirstSettlesTheMoneyBeforeTheRestOfReadiness(t *testing.T) {
	m := uganda(t)
	trace, err := m.Trace(threeWays(t)[1], 2018, 0)
	require.NoError(t, err)
	at := make(map[string]int)
	for c, id := range trace.Criteria {
		v, ok := m.Checklist().Criterion(id)
		require.True(t, ok)
		for _, month := range trace.Months {
			if month.Progress[c] >= v.Threshold.Share() {
				at[id] = month.Month
				break
			}
		}
	}
	for _, id := range []string{"readiness.buy-in", "readiness.workforce", "readiness.supplies", "readiness.information"} {
		require.Less(t, at["readiness.financing"], at[id], id)
		require.Less(t, at["readiness.incentives"], at[id], id)
	}
}

func uganda(t *testing.T) *simulation.Model {
	t.Helper()
	m, err := simulation.Compile(scenario(t))
	require.NoError(t, err)
	return m
}

func scenario(t *testing.T) simulation.Scenario {
	t.Helper()
	state, err := beforeTheLaunch(t.Context())
	require.NoError(t, err)
	a, err := readAssumptions()
	require.NoError(t, err)
	s, err := situation(state, a)
	require.NoError(t, err)
	return s
}

func threeWays(t *testing.T) []simulation.Strategy {
	t.Helper()
	all, err := strategies()
	require.NoError(t, err)
	return all
}
