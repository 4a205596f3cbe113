package simulation

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
)

// ishigami is the function of Ishigami and Homma (1990) with a = 7 and b = 0.1,
// of three coordinates from −π to π; a fourth does nothing.
func ishigami(u []float64) float64 {
	x := func(i int) float64 { return math.Pi * (2*u[i] - 1) }
	return math.Sin(x(0)) + 7*math.Pow(math.Sin(x(1)), 2) + 0.1*math.Pow(x(2), 4)*math.Sin(x(0))
}

// Its closed form (Saltelli and others, Sensitivity Analysis, 2000): the variance
// is a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2, of which (1 + bπ⁴/5)²/2 is the first
// coordinate's alone, a²/8 the second's, and 8b²π⁸/225 the first's and the
// third's together.
func ishigamiIndices() (variance float64, first, total []float64) {
	const a, b = 7, 0.1
	p4, p8 := math.Pow(math.Pi, 4), math.Pow(math.Pi, 8)
	variance = a*a/8.0 + b*p4/5 + b*b*p8/18 + 0.5
	one, two, both := math.Pow(1+b*p4/5, 2)/2, a*a/8.0, 8*b*b*p8/225
	return variance, []float64{one / variance, two / variance, 0, 0}, []float64{(one + both) / variance, two / variance, both / variance, 0}
}

func exactly(f func([]float64) float64) func(uint64, [][]float64) (seen, uint64, error) {
	return func(_ uint64, places [][]float64) (seen, uint64, error) {
		var s seen
		for _, u := range places {
			s.mean = append(s.mean, f(u))
		}
		return s, 1, nil
	}
}

func analysisOf(workers int) *ensemble { return &ensemble{workers: workers} }

func TestSobolFindsTheIndicesOfIshigami(t *testing.T) {
	statistical(t)
	const points = 2048
	got, err := analysisOf(2).sobol(t.Context(), 4, points, 1, exactly(ishigami))
	require.NoError(t, err)
	variance, first, total := ishigamiIndices()
	require.InDelta(t, 3.5, got.Mean, 0.2, "the mean is a/2")
	require.InDelta(t, variance, got.Variance, 0.05*variance)
	require.Zero(t, got.Noise)
	for i, index := range got.Of {
		t.Logf("x%d: first %v, want %.3f; total %v, want %.3f", i+1, index.First, first[i], index.Total, total[i])
		require.InDelta(t, first[i], index.First.At, 0.06)
		require.InDelta(t, total[i], index.Total.At, 0.06)
	}
	require.Zero(t, got.Of[3].Total.At, "a coordinate that does nothing has exactly nothing")
	require.Zero(t, got.Of[3].First.At)
	one, err := analysisOf(1).sobol(t.Context(), 4, 64, 1, exactly(ishigami))
	require.NoError(t, err)
	three, err := analysisOf(3).sobol(t.Context(), 4, 64, 1, exactly(ishigami))
	require.NoError(t, err)
	require.Equal(t, one, three, "the same for any number of workers")
}

// Six indices are looked at in each study; percentile intervals of a bootstrap
// are known to hold somewhat less often than they say in small samples.
func TestIntervalsOfIndicesHoldTheTruthAboutAsOftenAsTheySay(t *testing.T) {
	statistical(t)
	const studies = 40
	_, first, total := ishigamiIndices()
	held := 0
	for seed := range uint64(studies) {
		got, err := analysisOf(2).sobol(t.Context(), 3, 200, seed, exactly(ishigami))
		require.NoError(t, err)
		for i, index := range got.Of {
			if index.First.Contains(first[i]) {
				held++
			}
			if index.Total.Contains(total[i]) {
				held++
			}
		}
	}
	share := float64(held) / (6 * studies)
	t.Logf("held in %.3f of %d", share, 6*studies)
	require.InDelta(t, Confidence, share, 0.05)
}

// noisy sees a function through so many runs, each with noise of its own at
// every point and noise that the points of a row share.
func noisy(f func([]float64) float64, runs int, own, common float64) func(uint64, [][]float64) (seen, uint64, error) {
	return func(row uint64, places [][]float64) (seen, uint64, error) {
		dice := rand.New(rand.NewPCG(row, 77))
		values := make([][]float64, len(places))
		for range runs {
			shared := common * dice.NormFloat64()
			for i, u := range places {
				values[i] = append(values[i], f(u)+shared*(1+u[0])+own*dice.NormFloat64())
			}
		}
		var s seen
		for i := range values {
			sum := 0.0
			for _, v := range values[i] {
				sum += v
			}
			s.mean = append(s.mean, sum/float64(runs))
		}
		s.noise = func(i, j int) float64 {
			sum := 0.0
			for k := range runs {
				sum += (values[i][k] - s.mean[i]) * (values[j][k] - s.mean[j])
			}
			return sum / float64(runs-1) / float64(runs)
		}
		return s, uint64(runs), nil
	}
}

// Few runs at each point make a coordinate that does nothing look as if it acted
// together with all others. What the estimators subtract takes that away.
func TestTheNoiseOfRunsIsTakenOutOfTheIndices(t *testing.T) {
	statistical(t)
	const points, runs = 1500, 6
	variance, first, total := ishigamiIndices()
	see := noisy(ishigami, runs, 6, 3)
	got, err := analysisOf(2).sobol(t.Context(), 4, points, 5, see)
	require.NoError(t, err)
	blind, err := analysisOf(2).sobol(t.Context(), 4, points, 5, func(row uint64, places [][]float64) (seen, uint64, error) {
		s, n, err := see(row, places)
		s.noise = nil
		return s, n, err
	})
	require.NoError(t, err)
	// The variance of a mean over the runs: own² + common²·E(1 + u)², and the
	// mean of (1 + u)² over the unit interval is 7/3.
	require.InDelta(t, (6*6+3*3*7.0/3)/runs, got.Noise*got.Variance, 0.5)
	require.InDelta(t, variance, got.Variance, 0.1*variance)
	for i, index := range got.Of {
		t.Logf("x%d: first %v, want %.3f; total %v, want %.3f, with noise %v", i+1, index.First, first[i], index.Total, total[i], blind.Of[i].Total)
		require.InDelta(t, first[i], index.First.At, 0.12)
		require.InDelta(t, total[i], index.Total.At, 0.12)
	}
	require.Less(t, got.Of[3].Total.Low, 0.05)
	require.Greater(t, blind.Of[3].Total.Low, 0.2, "without it, nothing would seem to act")
}

// The means 2, 5 and 3 of a row's points, with the variances and covariances of
// chance 0.4, 0.6, 0.8, 0.1 (a and b), 0.2 (a and ab) and 0.3 (b and ab).
func TestARowSubtractsWhatChanceAddsToItsTerms(t *testing.T) {
	chance := [3][3]float64{{0.4, 0.1, 0.2}, {0.1, 0.6, 0.3}, {0.2, 0.3, 0.8}}
	s := seen{mean: []float64{2, 5, 3}, noise: func(i, j int) float64 { return chance[i][j] }}
	got := s.terms(1)
	require.Equal(t, []float64{2, 5}, []float64{got.a, got.b})
	require.InDelta(t, (0.4+0.6)/2, got.noise, 1e-12)
	require.Equal(t, 1.0, got.firsts[0].change)
	// E[b(ab − a)] has Cov(b, ab) − Cov(b, a) too much, E[(ab − a)²] the variance
	// of the difference.
	require.InDelta(t, 5*(3-2)-(0.3-0.1), got.firsts[0].product, 1e-12)
	require.InDelta(t, ((3-2)*(3-2)-(0.8+0.4-2*0.2))/2, got.totals[0], 1e-12)
}

// A factor that does nothing leaves the runs as they are: over all points, they
// are the first runs of the seed, each row's other ones.
func TestEachRowOfADesignHasRunsOfItsOwn(t *testing.T) {
	m, metric := contested(t), LaunchedBy(20)
	got, err := m.Sobol(t.Context(), policyOf(t, "balanced"), metric, []Factor{{"review.interval", 1, 12}}, 20, 5, 3)
	require.NoError(t, err)
	sum := 0.0
	for _, o := range outcomes(t, m, policyOf(t, "balanced"), 20*5, 3) {
		sum += metric.Of(&o)
	}
	require.InDelta(t, sum/100, got.Mean, 1e-12)
}

func TestIndicesOfWhatDoesNotVaryAreUnknown(t *testing.T) {
	unknown := VarianceShare{0, assessment.Interval{Low: 0, High: 1}}
	for _, see := range []func(uint64, [][]float64) (seen, uint64, error){
		exactly(func([]float64) float64 { return 3 }),
		noisy(func([]float64) float64 { return 3 }, 4, 5, 0),
	} {
		for seed := range uint64(4) {
			got, err := analysisOf(1).sobol(t.Context(), 2, 16, seed, see)
			require.NoError(t, err)
			require.Equal(t, unknown, got.Of[0].First)
			require.Equal(t, unknown, got.Of[1].Total)
			_, err = json.Marshal(got.Of)
			require.NoError(t, err)
		}
	}
}

func TestSobolTellsWhatMattersInAScenario(t *testing.T) {
	m := contested(t)
	factors := []Factor{
		{"actors[].effort", 2, 5},
		{"opposition.tolerance", 0.5, 1.5},
		{"review.interval", 1, 12}, // balanced does not listen to reviews
	}
	got, err := m.Sobol(t.Context(), policyOf(t, "balanced"), MonthsTo(reformcycle.Launch, 36), factors, 64, 8, 1)
	require.NoError(t, err)
	for i, index := range got.Of {
		require.Equal(t, factors[i], index.Factor)
		t.Logf("%v: first %v, total %v", index.Factor.Parameter, index.First, index.Total)
	}
	require.Equal(t, []any{64, uint64(8), uint64(1), m.Digest()}, []any{got.Points, got.Runs, got.Seed, got.Digest})
	require.Zero(t, got.Of[2].Total.At)
	require.Greater(t, got.Of[0].Total.Low, got.Of[2].Total.High)
	require.Positive(t, got.Noise)

	alone, err := m.Sobol(t.Context(), policyOf(t, "coalition-first"), LaunchedBy(30), []Factor{{"policy.target", 0, 1}}, 64, 20, 1)
	require.NoError(t, err)
	require.True(t, alone.Of[0].Total.Contains(1), "one factor alone is all there is: %v", alone.Of[0].Total)
}

func TestOneAtATimeTurnsOneFactorAfterAnother(t *testing.T) {
	m := contested(t)
	metric := LaunchedBy(24)
	factors := []Factor{{"review.interval", 1, 12}, {"actors[].effort", 2, 5}, {"policy.persuasion", 0, 0.9}}
	got, err := m.OneAtATime(t.Context(), policyOf(t, "balanced"), metric, factors, 300, 1)
	require.NoError(t, err)
	require.Equal(t, "review.interval", got.Swings[2].Factor.Parameter, "the narrowest comes last")
	share := func(m *Model, s Policy) float64 {
		sum := 0.0
		for _, o := range outcomes(t, m, s, 300, 1) {
			sum += metric.Of(&o)
		}
		return sum / 300
	}
	require.InDelta(t, share(m, policyOf(t, "balanced")), got.Base.At, 1e-12)
	for _, s := range got.Swings {
		require.InDelta(t, s.AtHigh.At-s.AtLow.At, s.Change.At, 1e-12)
		require.True(t, s.Change.Contains(s.Change.At))
		ends := []float64{s.AtLow.At, s.AtHigh.At}
		for k, value := range []float64{s.Factor.Low, s.Factor.High} {
			model, policy := m, policyOf(t, "balanced")
			if s.Factor.Parameter == "policy.persuasion" {
				policy = policyOf(t, "balanced", "persuasion", value)
			} else {
				varied, err := m.Scenario().With(s.Factor.Parameter, value)
				require.NoError(t, err)
				model, err = Compile(varied, m.Checklist())
				require.NoError(t, err)
			}
			require.InDelta(t, share(model, policy), ends[k], 1e-12, "%v", s.Factor)
		}
	}
	effort := slices.IndexFunc(got.Swings, func(s Swing) bool { return s.Factor.Parameter == "actors[].effort" })
	require.Greater(t, got.Swings[effort].Change.Low, 0.0, "more effort launches more")
	again, err := m.OneAtATime(t.Context(), policyOf(t, "balanced"), metric, factors, 300, 1, WithWorkers(1))
	require.NoError(t, err)
	require.Equal(t, got, again)
}

// Three factors are looked at, so three intervals hold together: Student's over
// the differences of the runs, widened by Bonferroni for three.
func TestTheSwingsOfATornadoHoldTogether(t *testing.T) {
	m, metric, s := contested(t), MonthsTo(reformcycle.Launch, 30), policyOf(t, "balanced")
	got, err := m.OneAtATime(t.Context(), s, metric, []Factor{{"review.interval", 1, 12}, {"actors[].effort", 2, 5}, {"policy.persuasion", 0, 0.9}}, 200, 1)
	require.NoError(t, err)
	for _, swing := range got.Swings {
		if swing.Factor.Parameter != "policy.persuasion" {
			continue
		}
		high := outcomes(t, m, policyOf(t, "balanced", "persuasion", 0.9), 200, 1)
		var less []float64
		for i, o := range outcomes(t, m, policyOf(t, "balanced", "persuasion", 0.0), 200, 1) {
			less = append(less, metric.Of(&high[i])-metric.Of(&o))
		}
		half := distuv.StudentsT{Sigma: 1, Nu: 199}.Quantile(1-0.05/3/2) * stat.StdDev(less, nil) / math.Sqrt(200)
		require.NotZero(t, half)
		require.InDelta(t, swing.Change.At-half, swing.Change.Low, 1e-9)
		require.InDelta(t, swing.Change.At+half, swing.Change.High, 1e-9)
	}
}

// Of 1000 resamples 25 lie below the interval and 25 above it.
func TestPercentilesLeaveATwentiethOut(t *testing.T) {
	spread := make([]float64, 1000)
	for i, place := range rand.New(rand.NewPCG(1, 1)).Perm(1000) {
		spread[i] = float64(place)
	}
	require.Equal(t, assessment.Interval{Low: 25, High: 974}, percentiles(spread))
}

// A function that is 0 but in one row of 16: a resample lacks that row, and with
// it all variance, with a chance of (15/16)¹⁶, more than a third.
func TestIndicesThatHangOnOneRowAreUnknown(t *testing.T) {
	got, err := analysisOf(1).sobol(t.Context(), 2, 16, 1, func(row uint64, places [][]float64) (seen, uint64, error) {
		s := seen{mean: make([]float64, len(places))}
		if row == 0 {
			s.mean[0] = 1
		}
		return s, 1, nil
	})
	require.NoError(t, err)
	require.Positive(t, got.Variance)
	require.Equal(t, SobolIndex{First: VarianceShare{0, assessment.Interval{Low: 0, High: 1}}, Total: VarianceShare{0, assessment.Interval{Low: 0, High: 1}}}, got.Of[0])
}

func TestWholeNumbersAreDrawnEvenly(t *testing.T) {
	f := factor{Factor{"opposition.patience", 2, 4}, true}
	require.Equal(t, []float64{2, 2, 3, 3, 4, 4}, []float64{f.at(0), f.at(0.33), f.at(0.34), f.at(0.66), f.at(0.67), f.at(1)})
	f.whole = false
	require.Equal(t, []float64{2, 3, 4}, []float64{f.at(0), f.at(0.5), f.at(1)})
}

func TestFactorsThatAreWrongAreRefusedWithTheField(t *testing.T) {
	m, s := contested(t), policyOf(t, "balanced")
	metric := LaunchedBy(30)
	for name, c := range map[string]struct {
		factors []Factor
		fields  []string
	}{
		"none":    {nil, []string{"factors"}},
		"crowd":   {make([]Factor, 65), []string{"factors"}},
		"unknown": {[]Factor{{"wind", 0, 1}, {"policy.wind", 0, 1}}, []string{"factors[0].parameter", "factors[1].parameter"}},
		"twice":   {[]Factor{{"work.rated", 1, 2}, {"work.rated", 1, 2}}, []string{"factors[1].parameter"}},
		"order":   {[]Factor{{"work.rated", 2, 2}, {"work.carry", math.NaN(), 1}, {"work.spread", 0, math.NaN()}}, []string{"factors[0].low", "factors[1].low", "factors[2].low"}},
		"range":   {[]Factor{{"work.carry", 0, 1.5}, {"review.interval", 1, 2.5}, {"policy.ahead", 0, 2}}, []string{"factors[0].high", "factors[1].high", "factors[2].high"}},
		"horizon": {[]Factor{{"horizon", 12, 60}}, []string{"factors[0].low"}},
	} {
		got, err := m.OneAtATime(t.Context(), s, metric, c.factors, 10, 1)
		require.Equal(t, c.fields, fieldsOf(t, err), name)
		require.Zero(t, got)
		_, err = m.Sobol(t.Context(), s, metric, c.factors, 8, 2, 1)
		require.Equal(t, c.fields, fieldsOf(t, err), name)
	}
	_, err := m.OneAtATime(t.Context(), onStage, metric, []Factor{{"policy.ahead", 0, 1}}, 10, 1)
	require.Equal(t, []string{"factors[0].parameter"}, fieldsOf(t, err))
	_, err = (*Model)(nil).OneAtATime(t.Context(), nil, Metric{}, nil, 0, 1)
	require.Equal(t, []string{"model", "metric", "runs", "policy"}, fieldsOf(t, err))
	_, err = m.Sobol(t.Context(), nil, metric, nil, 7, 0, 1)
	require.Equal(t, []string{"points", "policy"}, fieldsOf(t, err))
	for _, runs := range []uint64{1, MaxRuns/8 + 1} {
		_, err = m.Sobol(t.Context(), s, metric, []Factor{{"work.carry", 0, 1}}, 8, runs, 1)
		require.Equal(t, []string{"runs"}, fieldsOf(t, err))
	}
}

// At the low end of what is varied the first of two policies, 20 in 100 of which
// launch, may overtake the second, 70 in 100 of which do.
func TestAnOrderTurnsRoundWhereIntervalsDoNotTouch(t *testing.T) {
	within := func(low, at, high float64) Estimate {
		return Estimate{At: at, Interval: assessment.Interval{Low: low, High: high}}
	}
	factor := Factor{"suspension.least", 2, 18}
	tornado := func(base, low Estimate) Tornado {
		return Tornado{Base: base, Swings: []Swing{{Factor: Factor{"work.carry", 0, 1}, AtLow: low}, {Factor: factor, AtLow: low, AtHigh: base}}}
	}
	second := tornado(within(0.68, 0.7, 0.72), within(0.68, 0.7, 0.72))
	second.Swings = second.Swings[1:]
	turns := func(low Estimate) []Turn { return tornado(within(0.18, 0.2, 0.22), low).Turns(second) }

	above := within(0.78, 0.8, 0.82)
	require.Equal(t, []Turn{{"suspension.least", 2, above, second.Base}}, turns(above))
	require.Empty(t, turns(within(0.7, 0.73, 0.76)), "intervals that touch prove nothing")
	require.Empty(t, turns(within(0.3, 0.4, 0.5)), "the order is as it was")
	require.Empty(t, tornado(second.Base, above).Turns(second), "without an order none turns round")
}

// shifty hands out no policy, or one that fails.
type shifty struct {
	tactic
	next Tunable
}

func (s shifty) Parameters() []Parameter {
	return []Parameter{{Name: "a", Max: 1}, {Name: "b", Max: 1}}
}
func (s shifty) With(string, float64) (Tunable, error) { return s.next, nil }

func TestAPolicyThatCantBeTunedEndsTheAnalysis(t *testing.T) {
	m, metric := contested(t), LaunchedBy(30)
	factors := []Factor{{"policy.a", 0, 1}, {"policy.b", 0, 1}}
	_, err := m.Sobol(t.Context(), shifty{onStage, nil}, metric, factors, 8, 2, 1)
	require.Equal(t, []string{"factors[0].low", "factors[0].high", "factors[1].low", "factors[1].high"}, fieldsOf(t, err))
	// The first With gives one that hands out none.
	_, err = m.Sobol(t.Context(), shifty{onStage, shifty{onStage, nil}}, metric, factors, 8, 2, 1)
	require.Equal(t, []string{"policy"}, fieldsOf(t, err))
	_, err = m.Sobol(t.Context(), shifty{onStage, shifty{broken(func(*Allocation) { panic("no") }), nil}}, metric, factors[:1], 8, 2, 1)
	require.ErrorIs(t, err, ErrPolicy)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = m.Sobol(ctx, policyOf(t, "balanced"), metric, []Factor{{"work.carry", 0, 1}}, 8, 2, 1)
	require.ErrorIs(t, err, context.Canceled)
	_, err = m.OneAtATime(ctx, policyOf(t, "balanced"), metric, []Factor{{"work.carry", 0, 1}}, 8, 1)
	require.ErrorIs(t, err, context.Canceled)
}

// BenchmarkSobol estimates the indices of a function that costs nothing: what
// the design and the resamples take. The floor evaluates the function.
func BenchmarkSobol(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		sum := 0.0
		for b.Loop() {
			for row := range uint64(512) {
				for _, place := range places(3, 1, row) {
					sum += ishigami(place)
				}
			}
		}
		_ = sum
	})
	b.Run("indices", func(b *testing.B) {
		for b.Loop() {
			_, err := analysisOf(1).sobol(b.Context(), 3, 512, 1, exactly(ishigami))
			require.NoError(b, err)
		}
	})
}
