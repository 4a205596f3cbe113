package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/simulation"
	"github.com/chsreform/chsreform/reformcycle/simulation/simtest"
)

// What is expected of the policies stands in files that policy people read and
// write; the policy that is our own is handed in.
func TestThePolicyFilesHold(t *testing.T) {
	simtest.Policies(t, os.DirFS("testdata"), "policies/*.policy", simtest.WithPolicies(threeWays(t)[1]))
}

// The same can be asked in Go, and by metrics of one's own.
func TestARushedLaunchIsSoonerAndLastsLess(t *testing.T) {
	m := uganda(t)
	all := threeWays(t)
	rush, finance, coalition := all[0], all[1], all[2]

	simtest.Sooner(t, m, rush, coalition, reformcycle.Launch)
	simtest.Better(t, m, coalition, rush, lasting{})
	simtest.Better(t, m, finance, rush, lasting{})
	simtest.Likely(t, m, coalition, lasting{}, 0.6)
	simtest.Unlikely(t, m, rush, lasting{}, 0.75)
}

// The order hangs on what debt is assumed to cost: were it free, and nobody paid it,
// so would haste be.
func TestWhereDebtCostsNothingTheOrderTurnsRound(t *testing.T) {
	free := uganda(t).Scenario()
	free.Debt, free.Suspension.Debt = simulation.Debt{}, 0
	m, err := simulation.Compile(free)
	require.NoError(t, err)
	all := threeWays(t)
	careless, err := all[0].(simulation.Tunable).With("repay", 0)
	require.NoError(t, err)
	simtest.Better(t, m, careless, all[2], simulation.MonthsTo(reformcycle.Governance, 60))
	simtest.Better(t, uganda(t), all[2], all[0], simulation.MonthsTo(reformcycle.Governance, 60))
}

// What the policy is called is what it does, as the trace of a run shows.
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

func TestFinanceFirstWastesNothingWhileSuspended(t *testing.T) {
	m := uganda(t)
	suspended := 0
	for i := range uint64(50) {
		trace, err := m.Trace(threeWays(t)[1], 2018, i)
		require.NoError(t, err)
		for k, month := range trace.Months[1:] {
			if trace.Months[k].Status == reformcycle.Suspended { // at the end of the month before
				suspended++
				require.Empty(t, month.Work, "run %d, month %d", i, month.Month)
			}
		}
	}
	require.Positive(t, suspended)
}

// Coalition first does what it is called while it is needed, and only then.
func TestCoalitionFirstPersuadesThoseWhoBlockWhileSupportIsShort(t *testing.T) {
	m := uganda(t)
	actors := m.Scenario().Actors
	needed, veto := 0, 0
	for i := range uint64(50) {
		trace, err := m.Trace(threeWays(t)[2], 2018, i)
		require.NoError(t, err)
		gone := make(map[string]bool)
		for _, month := range trace.Months[1:] { // the first is the start
			for _, id := range month.Left {
				gone[id] = true
			}
			vetoes, opponents := make(map[string]bool), make(map[string]bool)
			for k, a := range actors {
				if position := month.Positions[k]; !gone[a.ID] && position < 0 {
					opponents[a.ID] = position < -1
					if a.Veto {
						vetoes[a.ID] = true
					}
				}
			}
			short := month.Support < (month.Support+month.Opposition)*2/3
			block := opponents
			switch {
			case len(vetoes) > 0:
				block = vetoes
				veto++
			case !short:
				continue
			}
			spent := 0.0
			for _, p := range month.Persuasion {
				if block[p.On] {
					spent += p.Effort
				}
			}
			needed++
			require.GreaterOrEqual(t, spent, month.Budget*(0.5-1e-9), "run %d, month %d", i, month.Month)
		}
	}
	require.Positive(t, veto)
	require.Less(t, needed, 50*m.Scenario().Horizon/2, "mostly there is no need")
}

// Whatever makes two policies of our own differ is part of their identity.
func TestResultsOfDifferentFinanceFirstsDoNotMerge(t *testing.T) {
	m := uganda(t)
	usual := threeWays(t)[1].(simulation.Tunable)
	of := func(s simulation.Policy, from, to uint64) simulation.Summary {
		summary, err := m.Run(t.Context(), s, 4, 2018, simulation.WithRange(from, to))
		require.NoError(t, err)
		return summary
	}
	_, err := of(usual, 0, 2).Merge(of(threeWays(t)[1], 2, 4))
	require.NoError(t, err, "two of the same do")
	for _, name := range []string{"share", "persuasion"} {
		other, err := usual.With(name, 0.3)
		require.NoError(t, err)
		_, err = of(usual, 0, 2).Merge(of(other, 2, 4))
		var mismatch *simulation.MismatchError
		require.ErrorAs(t, err, &mismatch, name)
	}
	for name, value := range map[string]float64{"share": 1.1, "persuasion": -1, "haste": 1} {
		_, err := usual.With(name, value)
		require.ErrorIs(t, err, fault.ErrInvalid, name)
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

func threeWays(t *testing.T) []simulation.Policy {
	t.Helper()
	all, err := policies()
	require.NoError(t, err)
	return all
}
