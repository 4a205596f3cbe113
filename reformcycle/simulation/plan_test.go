package simulation

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// idle puts only a share of its effort to work: none of it wasted is best. With
// luck, what is wasted does not depend on the share but is drawn anew from what
// is observed: all settings are then as good, and some come out better by chance.
type idle struct {
	share float64
	luck  bool
}

func (idle) Name() string { return "idle" }

func (s idle) Allocate(o *View, a *Allocation) {
	work := 1 - s.share
	if s.luck {
		work = uniform(mix(math.Float64bits(s.share) ^ math.Float64bits(o.Positions[1]) ^ uint64(o.Month)))
	}
	a.SpreadEvenly(o.Stage, float64(work*a.Left()))
}

func (s idle) Parameters() []Parameter {
	return []Parameter{assumed("share", share, 0, 1, s.share)}
}

func (s idle) With(name string, value float64) (Tunable, error) {
	p := s.Parameters()[0]
	var wrong fault.Fields
	if !p.judge(&wrong, name, value) {
		return nil, wrong
	}
	s.share = value
	return s, nil
}

var shares = []Factor{{"policy.share", 0, 1}}

func TestAPlanFindsTheBestSettings(t *testing.T) {
	m := contested(t)
	for _, metric := range []Metric{LaunchedBy(30), MonthsTo(reformcycle.Launch, 36)} {
		p, err := m.Plan(t.Context(), idle{share: 0.5}, metric, shares, 3000, 1)
		require.NoError(t, err)
		require.Less(t, p.Candidates[p.Best].Values[0], 0.15, "the less is wasted, the better")
		require.Equal(t, p.Candidates[p.Best].Policy.Parameters[0].Value, p.Policy.Parameters()[0].Value)
		require.Equal(t, []float64{0.5}, p.Candidates[0].Values, "the policy as it was given is tried, too")
		require.LessOrEqual(t, p.Spent, p.Budget)
		require.Greater(t, p.Spent, p.Budget*9/10)
		require.NotEqual(t, p.Seed, p.Fresh.Seed)
		require.Len(t, p.Fresh.Policies, 3)
		// Twice the effort is better beyond any doubt.
		given, err := p.Fresh.Between(0, 2)
		require.NoError(t, err)
		require.True(t, given.Apart())
		require.True(t, metric.order(p.Estimate().At, p.Fresh.Estimates[2].At) < 0)
		again, err := m.Plan(t.Context(), idle{share: 0.5}, metric, shares, 3000, 1, WithWorkers(1))
		require.NoError(t, err)
		require.Equal(t, p, again, "the same for any number of workers")
		_, err = json.Marshal(p)
		require.NoError(t, err)
	}
}

func TestRoundsHalveTheCandidatesOverTheSameRuns(t *testing.T) {
	p, err := contested(t).Plan(t.Context(), idle{share: 0.5}, LaunchedBy(30), shares, 6000, 1)
	require.NoError(t, err)
	// Two thirds of 6000 are 4000 runs; 16 candidates in three rounds of 32 runs or
	// more take 1536, 32 in four would take 4096.
	require.Len(t, p.Candidates, 16)
	left := make([]int, 4)
	for _, c := range p.Candidates {
		for r := range c.Rounds {
			left[r]++
		}
		sum := uint64(0)
		for r := range c.Rounds {
			sum += 4000 / 3 / uint64([]int{16, 8, 4}[r])
		}
		require.Equal(t, sum, c.Runs)
	}
	require.Equal(t, []int{16, 8, 4, 0}, left)
	// Rounds of 16·83, 8·166 and 4·333 runs are 3988. What is left of the budget
	// goes into the comparison, in equal parts.
	require.NotZero(t, p.Best)
	require.NotZero(t, p.RunnerUp)
	require.EqualValues(t, (6000-3988)/3, p.Fresh.Runs)
	require.EqualValues(t, 3988+3*670, p.Spent)
	// What the search reports of the winner is what those runs say.
	best := p.Candidates[p.Best]
	hits := 0.0
	for _, o := range outcomes(t, contested(t), p.Policy, best.Runs, 1) {
		hits += LaunchedBy(30).Of(&o)
	}
	require.InDelta(t, hits/float64(best.Runs), best.Searched, 1e-12)
	require.Equal(t, 3, best.Rounds)
	require.Equal(t, 3, p.Candidates[p.RunnerUp].Rounds)
	// The hypercube: one candidate in each fifteenth of the range.
	var values []float64
	for _, c := range p.Candidates[1:] {
		values = append(values, c.Values[0])
	}
	slices.Sort(values)
	for i, v := range values {
		require.Equal(t, i, int(v*15))
	}
}

// Where all settings are as good, the search still has a winner, and what it saw
// of it is too good. The fresh estimate is not.
func TestTheFreshEstimateDoesNotFlatter(t *testing.T) {
	statistical(t)
	m, metric := contested(t), LaunchedBy(34)
	truth, runs := 0.0, uint64(6000)
	for _, o := range outcomes(t, m, idle{share: 0.3, luck: true}, runs, 99) {
		truth += metric.Of(&o) / float64(runs)
	}
	require.InDelta(t, 0.5, truth, 0.45, "neither certain nor hopeless")
	const searches = 15
	optimism, held := 0.0, 0
	for seed := range uint64(searches) {
		p, err := m.Plan(t.Context(), idle{share: 0.5, luck: true}, metric, shares, 1500, seed)
		require.NoError(t, err)
		optimism += p.Optimism() / searches
		require.InDelta(t, p.Candidates[p.Best].Searched-p.Estimate().At, p.Optimism(), 1e-12)
		if p.Estimate().Contains(truth) {
			held++
		}
	}
	t.Logf("the search flatters by %.3f on average; the fresh interval held %d of %d times", optimism, held, searches)
	require.Positive(t, optimism)
	// Of 15 intervals of 95 %, fewer than 11 hold once in 1600 times.
	require.Greater(t, held, searches*2/3)
}

func TestAPlanOverWholeNumbersTriesEachOnce(t *testing.T) {
	whole := steps{idle{}}
	p, err := contested(t).Plan(t.Context(), whole, LaunchedBy(30), []Factor{{"policy.share", 0, 1}}, 1000, 1)
	require.NoError(t, err)
	require.Len(t, p.Candidates, 2)
	require.Len(t, p.Fresh.Policies, 2, "as given it is one of the two")
}

// Every run is at the first stage from the start, so all settings are equal.
func TestOfEqualSettingsTheGivenOneIsBest(t *testing.T) {
	p, err := contested(t).Plan(t.Context(), idle{share: 0.5}, ReachedBy(reformcycle.ProblemPrioritization, 0), shares, 1000, 1)
	require.NoError(t, err)
	require.Equal(t, []int{0, 1}, []int{p.Best, p.RunnerUp})
	require.Len(t, p.Fresh.Policies, 2)
	require.Equal(t, 1.0, p.Estimate().At)
}

// steps is idle or not, nothing between.
type steps struct{ idle }

func (s steps) Parameters() []Parameter {
	p := s.idle.Parameters()
	p[0].Whole = true
	return p
}

func (s steps) With(name string, value float64) (Tunable, error) {
	next, err := s.idle.With(name, value)
	if err != nil {
		return nil, err
	}
	return steps{next.(idle)}, nil
}

func TestArgumentsOfAPlanAreChecked(t *testing.T) {
	m, s := contested(t), idle{}
	_, err := (*Model)(nil).Plan(t.Context(), nil, Metric{}, nil, 999, 1)
	require.Equal(t, []string{"model", "metric", "budget", "policy"}, fieldsOf(t, err))
	_, err = m.Plan(t.Context(), s, NotAbandoned(), nil, 1000, 1)
	require.Equal(t, []string{"factors"}, fieldsOf(t, err))
	_, err = m.Plan(t.Context(), s, NotAbandoned(), []Factor{{"work.carry", 0, 1}, {"policy.share", -1, 2}}, 1000, 1)
	require.Equal(t, []string{"factors[0].parameter", "factors[1].low", "factors[1].high"}, fieldsOf(t, err))
	_, err = m.Plan(t.Context(), stubborn{}, NotAbandoned(), []Factor{{"policy.share", 0, 1}}, 1000, 1)
	require.Equal(t, []string{"space"}, fieldsOf(t, err))
	_, err = m.Plan(t.Context(), shifty{onStage, shifty{broken(func(*Allocation) { panic("no") }), nil}}, NotAbandoned(), []Factor{{"policy.a", 0, 1}}, 1000, 1)
	require.ErrorIs(t, err, ErrPolicy)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, err := m.Plan(ctx, s, NotAbandoned(), shares, 1000, 1)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, p)
}

// stubborn is the same whatever its parameter is set to.
type stubborn struct{ idle }

func (s stubborn) With(string, float64) (Tunable, error) { return s, nil }

func TestProgressOfAnAnalysisEndsWithAll(t *testing.T) {
	m, s := contested(t), policyOf(t, "balanced")
	for name, run := range map[string]func(RunOption) error{
		"compare": func(o RunOption) error {
			_, err := m.Compare(t.Context(), rivals(t), NotAbandoned(), 600, 1, o)
			return err
		},
		"one at a time": func(o RunOption) error {
			_, err := m.OneAtATime(t.Context(), s, NotAbandoned(), []Factor{{"work.carry", 0, 1}}, 300, 1, o)
			return err
		},
		"sobol": func(o RunOption) error {
			_, err := m.Sobol(t.Context(), s, NotAbandoned(), []Factor{{"work.carry", 0, 1}}, 8, 2, 1, o)
			return err
		},
		"plan": func(o RunOption) error {
			_, err := m.Plan(t.Context(), s, NotAbandoned(), []Factor{{"policy.ahead", 0, 1}}, 1000, 1, o)
			return err
		},
	} {
		last, all := uint64(0), uint64(0)
		require.NoError(t, run(WithProgress(func(done, total uint64) {
			require.Greater(t, done, last, name)
			require.LessOrEqual(t, done, total, name)
			last, all = done, total
		})))
		require.Equal(t, all, last, name)
		require.NotZero(t, all, name)
	}
}
