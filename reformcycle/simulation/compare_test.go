package simulation

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
)

// statistical skips a test of frequencies under the race detector, which takes
// ten times as long to see what the others show it as well.
func statistical(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("frequencies are measured without the race detector")
	}
}

// rivals are three policies for the contested scenario.
func rivals(t testing.TB) []Policy {
	return []Policy{policyOf(t, "coalition-first", "target", 0.6), policyOf(t, "balanced"), policyOf(t, "bottleneck-first")}
}

func TestAComparisonReportsWhatTheOutcomesSay(t *testing.T) {
	m := contested(t)
	for _, metric := range []Metric{LaunchedBy(20), MonthsTo(reformcycle.Launch, 30)} {
		c, err := m.Compare(t.Context(), rivals(t), metric, 300, 1)
		require.NoError(t, err)
		values := make([][]float64, 3)
		for i, s := range rivals(t) {
			for _, o := range outcomes(t, m, s, 300, 1) {
				values[i] = append(values[i], metric.Of(&o))
			}
			require.InDelta(t, stat.Mean(values[i], nil), c.Estimates[i].At, 1e-12)
			require.Equal(t, uint64(300), c.Estimates[i].Runs)
			require.True(t, c.Estimates[i].Contains(c.Estimates[i].At))
			require.Equal(t, with(nil, c.Estimates[i].At, c.Estimates[i].Interval), c.Estimates[i].String())
			if metric.Numeric() {
				require.InDelta(t, distuv.StudentsT{Sigma: 1, Nu: 299}.Quantile(0.975)*stat.StdDev(values[i], nil)/math.Sqrt(300), c.Estimates[i].High-c.Estimates[i].At, 1e-9)
			}
		}
		require.Len(t, c.Differences, 3)
		for _, d := range c.Differences {
			first, second := values[d.First], values[d.Second]
			var less []float64
			for i := range first {
				less = append(less, first[i]-second[i])
			}
			require.InDelta(t, stat.Mean(less, nil), d.At, 1e-12)
			require.InDelta(t, stat.Correlation(first, second, nil), d.Correlation, 1e-9)
			require.InDelta(t, stat.Variance(less, nil)/(stat.Variance(first, nil)+stat.Variance(second, nil)), d.VarianceRatio, 1e-9)
			require.True(t, d.Contains(d.At))
			require.Equal(t, with(nil, d.At, d.Interval), d.String())
			if metric.Numeric() { // Student's t over the 300 differences, for three pairs
				require.InDelta(t, distuv.StudentsT{Sigma: 1, Nu: 299}.Quantile(1-0.05/3/2)*stat.StdDev(less, nil)/math.Sqrt(300), d.High-d.At, 1e-9)
			}
		}
		again, err := m.Compare(t.Context(), rivals(t), metric, 300, 1, WithWorkers(3))
		require.NoError(t, err)
		require.Equal(t, c, again, "the same for any number of workers")
		_, err = json.Marshal(c)
		require.NoError(t, err)
	}
}

func TestTheOrderIsFromTheBestAndSaysWhatCantBeToldApart(t *testing.T) {
	m := contested(t)
	// Who keeps less up does not differ before launch; coalition-first persuades
	// meanwhile.
	rivals := func(t *testing.T) []Policy {
		return []Policy{policyOf(t, "coalition-first"), policyOf(t, "balanced"), policyOf(t, "balanced", "upkeep", 0.1)}
	}
	c, err := m.Compare(t.Context(), rivals(t), LaunchedBy(24), 500, 1)
	require.NoError(t, err)
	require.Equal(t, []Rank{{Policy: 1, Tied: []int{2}}, {Policy: 2, Tied: []int{1}}, {Policy: 0}}, ordered(c.Order))
	months, err := m.Compare(t.Context(), rivals(t), MonthsTo(reformcycle.Launch, 36), 500, 1)
	require.NoError(t, err)
	require.Equal(t, 0, months.Order[2].Policy, "fewer months are better")
	there, err := c.Between(0, 1)
	require.NoError(t, err)
	back, err := c.Between(1, 0)
	require.NoError(t, err)
	require.Equal(t, []float64{-there.At, -there.High, -there.Low}, []float64{back.At, back.Low, back.High})
	require.True(t, back.Apart())
	require.Positive(t, back.At)
	for _, wrong := range [][2]int{{0, 0}, {-1, 0}, {0, 3}} {
		_, err = c.Between(wrong[0], wrong[1])
		require.Equal(t, []string{"places"}, fieldsOf(t, err))
	}
}

// ordered puts the two that are tied in the order of their places.
func ordered(r []Rank) []Rank {
	if r[0].Policy > r[1].Policy {
		r[0], r[1] = r[1], r[0]
	}
	return r
}

// Airway hyper-responsiveness of 21 children before and after a transplant
// (Bentur and others 2009): 1 both times, 1 before only, 7 after only, 12 never.
// Fagerland MW, Lydersen S, Laake P. Recommended tests and confidence intervals
// for paired binomial proportions. Stat Med 2014;33:2850–2875 give Newcombe's
// interval as −0.507 to −0.026.
func TestNewcombeGivesThePublishedInterval(t *testing.T) {
	i := newcombe(1, 2, 8, 21, z95)
	require.InDelta(t, -0.507, i.Low, 5e-4)
	require.InDelta(t, -0.026, i.High, 5e-4)
	// By hand: the correlation is corrected to 0, as ad − bc = 5 is less than
	// 21/2, and the two Wilson intervals add as squares.
	p, q := proportion(2, 21), proportion(8, 21)
	require.InDelta(t, p.At-q.At-math.Hypot(p.At-p.Low, q.High-q.At), i.Low, 1e-12)
	require.InDelta(t, p.At-q.At+math.Hypot(p.High-p.At, q.At-q.Low), i.High, 1e-12)
	// Complete response of 161 patients with myeloma before and after consolidation
	// (Cavo and others 2012), 59 both times, 6 before only, 16 after only, 80 never,
	// as the R package contingencytables gives the interval.
	i = newcombe(59, 65, 75, 161, z95)
	require.InDelta(t, -0.1186, i.Low, 5e-5)
	require.InDelta(t, -0.0046, i.High, 5e-5)
	// A correlation below 0 is not corrected: the table 1, 9, 8, 2 has
	// φ = (1·2 − 9·8)/√(10·10·9·11).
	negative := (1*2 - 9*8) / math.Sqrt(10*10*9*11)
	p, q = proportion(10, 20), proportion(9, 20)
	low, high := p.At-p.Low, q.High-q.At
	require.InDelta(t, p.At-q.At-math.Sqrt(low*low+high*high-2*negative*low*high), newcombe(1, 10, 9, 20, z95).Low, 1e-12)
	// Positively correlated pairs: the squares less twice the correlated part. The
	// table 14, 5, 0, 22 has φ = (14·22 − 41/2)/√(19·22·14·27).
	phi := (14*22 - 20.5) / math.Sqrt(19*22*14*27)
	p, q = proportion(19, 41), proportion(14, 41)
	a, b := p.At-p.Low, q.High-q.At
	require.InDelta(t, p.At-q.At-math.Sqrt(a*a+b*b-2*phi*a*b), newcombe(14, 19, 14, 41, z95).Low, 1e-12)
	require.Equal(t, assessment.Interval{Low: -newcombe(14, 14, 19, 41, z95).High, High: -newcombe(14, 14, 19, 41, z95).Low}, newcombe(14, 19, 14, 41, z95))
}

// What varies in no run has no correlation, and common numbers did not help.
func TestAComparisonOfWhatNeverVariesIsNoDivisionByZero(t *testing.T) {
	c, err := contested(t).Compare(t.Context(), rivals(t), LaunchedBy(0), 20, 1)
	require.NoError(t, err)
	for _, d := range c.Differences {
		require.Equal(t, []float64{0, 0, 1}, []float64{d.At, d.Correlation, d.VarianceRatio})
		require.False(t, d.Apart())
		require.Positive(t, d.High, "what was never seen in 20 runs may still be")
	}
	months, err := contested(t).Compare(t.Context(), rivals(t), MonthsTo(reformcycle.Launch, 1), 20, 1)
	require.NoError(t, err)
	require.Equal(t, Estimate{At: 1, Interval: assessment.Interval{Low: 1, High: 1}, Runs: 20}, months.Estimates[0])
}

// Batches of runs are studies, all runs together the truth: the intervals of the
// studies hold it as often as they say, but for the chance of so many studies.
func TestIntervalsOfComparisonsHoldTheTruthAsOftenAsTheySay(t *testing.T) {
	statistical(t)
	const studies, runs = 300, 50
	m := contested(t)
	metrics := []Metric{LaunchedBy(20), MonthsTo(reformcycle.Launch, 36)}
	all := make([][][]uint64, len(metrics)) // metric → run → policy
	for s, policy := range []Policy{policyOf(t, "balanced", "persuasion", 0.5), policyOf(t, "balanced")} {
		require.NoError(t, m.Each(t.Context(), policy, 0, studies*runs, 9, func(i uint64, o *RunOutcome) {
			for k, metric := range metrics {
				if s == 0 {
					all[k] = append(all[k], make([]uint64, 2))
				}
				all[k][i][s] = metric.of(o)
			}
		}))
	}
	within := 3.5 * math.Sqrt(Confidence*(1-Confidence)/studies)
	for k, metric := range metrics {
		truth, spread := newPaired(2), make([]uint64, 37)
		for _, v := range all[k] {
			truth.add(v)
			spread[v[1]]++
		}
		median, err := spreadOf(spread, 1, false).Quantile(0.5)
		require.NoError(t, err)
		held, apart, medians := 0, 0, 0
		for study := range studies {
			p := newPaired(2)
			counts := make([]uint64, 37)
			for _, v := range all[k][study*runs : (study+1)*runs] {
				p.add(v)
				counts[v[1]]++
			}
			if p.estimate(1, metric).Contains(truth.mean(1)) {
				held++
			}
			if p.difference(0, 1, metric, 1).Contains(truth.mean(0) - truth.mean(1)) {
				apart++
			}
			if q, err := spreadOf(counts, 1, false).Quantile(0.5); err == nil && q.Low.At <= median.At.At && median.At.At <= q.High.At {
				medians++
			}
		}
		// How often Wilson's interval holds a share goes up and down with the
		// share; over 50 runs it can be summed up.
		expected := Confidence
		if !metric.Numeric() {
			expected = 0
			for hits := range uint64(runs + 1) {
				if proportion(hits, runs).Contains(truth.mean(1)) {
					expected += distuv.Binomial{N: runs, P: truth.mean(1)}.Prob(float64(hits))
				}
			}
		}
		require.InDelta(t, expected, float64(held)/studies, within, "%v", metric)
		require.InDelta(t, Confidence, float64(apart)/studies, within, "%v", metric)
		t.Logf("%v: means held in %.3f (expected %.3f), differences in %.3f of %d studies of %d runs", metric, float64(held)/studies, expected, float64(apart)/studies, studies, runs)
		if metric.Numeric() {
			require.Greater(t, float64(medians)/studies, Confidence-within)
			t.Logf("%v: medians held in %.3f", metric, float64(medians)/studies)
		}
	}
}

// The variance of the difference of two policies, with the same seed for both
// and with one for each.
func TestCommonRandomNumbersSharpenAComparison(t *testing.T) {
	m := contested(t)
	statistical(t)
	const runs = 2000
	first := outcomes(t, m, policyOf(t, "balanced"), runs, 1)
	second := outcomes(t, m, policyOf(t, "coalition-first", "target", 0.6), runs, 1)
	other := outcomes(t, m, policyOf(t, "coalition-first", "target", 0.6), runs, 2)
	for _, metric := range []Metric{LaunchedBy(20), LaunchedBy(30), MonthsTo(reformcycle.Launch, 36)} {
		var common, apart []float64
		for i := range first {
			common = append(common, metric.Of(&first[i])-metric.Of(&second[i]))
			apart = append(apart, metric.Of(&first[i])-metric.Of(&other[i]))
		}
		ratio := stat.Variance(common, nil) / stat.Variance(apart, nil)
		c, err := m.Compare(t.Context(), []Policy{policyOf(t, "balanced"), policyOf(t, "coalition-first", "target", 0.6)}, metric, runs, 1)
		require.NoError(t, err)
		t.Logf("%v: variance with common random numbers is %.3f of that without, and %.3f as reported", metric, ratio, c.Differences[0].VarianceRatio)
		require.Less(t, ratio, 0.9)
		require.InDelta(t, ratio, c.Differences[0].VarianceRatio, 0.1)
	}
}

// Two runs that took 0 and 10 of 10 months: Student's interval around 5 would be
// 63 months wide to each side, and that of the difference twice as wide.
func TestIntervalsOfMonthsEndWithTheMonthsThatThereAre(t *testing.T) {
	metric := MonthsTo(reformcycle.Launch, 10)
	p := newPaired(2)
	p.add([]uint64{0, 10})
	p.add([]uint64{10, 0})
	require.Equal(t, assessment.Interval{Low: 0, High: 10}, p.estimate(0, metric).Interval)
	require.Equal(t, assessment.Interval{Low: -10, High: 10}, p.difference(0, 1, metric, 1).Interval)
}

// Nothing turned round is nothing: no "-0.000", and no "-0" in JSON.
func TestADifferenceOfNothingHasNoSign(t *testing.T) {
	c, err := contested(t).Compare(t.Context(), rivals(t)[:2], MonthsTo(reformcycle.ProblemPrioritization, 36), 2, 1)
	require.NoError(t, err)
	d, err := c.Between(1, 0)
	require.NoError(t, err)
	require.Equal(t, "0.000 (0.000 to 0.000)", d.String())
	o, err := contested(t).OneAtATime(t.Context(), rivals(t)[0], c.Metric, []Factor{{"review.interval", 1, 12}}, 2, 1)
	require.NoError(t, err)
	text, err := json.Marshal([]any{d, o.Swings})
	require.NoError(t, err)
	require.NotContains(t, string(text), "-0")
}

func TestIntervalsOfManyDifferencesHoldTogether(t *testing.T) {
	// Bonferroni by its definition: two-sided 1 − 0.05/3 of the normal
	// distribution is 2.3940, of Student's with 10 degrees of freedom 2.8701.
	require.InDelta(t, 2.3940, normalQuantile(3), 5e-5)
	require.InDelta(t, 2.8701, student(11, 3), 5e-4)
	require.Equal(t, z95, student(2_000_000, 1))
	// Up to a million it is Student's: the expansion of Abramowitz and Stegun,
	// 26.7.5, z + (z³ + z)/4ν + (5z⁵ + 16z³ + 3z)/96ν².
	for _, n := range []uint64{1001, 1500, 20_000, 999_999} {
		nu := float64(n - 1)
		require.InDelta(t, z95+(math.Pow(z95, 3)+z95)/4/nu+(5*math.Pow(z95, 5)+16*math.Pow(z95, 3)+3*z95)/96/nu/nu, student(n, 1), 2e-8)
	}
	require.InDelta(t, student(1_000_000, 3), student(1_000_001, 3), 1e-4)
	two, err := contested(t).Compare(t.Context(), rivals(t)[:2], LaunchedBy(20), 200, 1)
	require.NoError(t, err)
	three, err := contested(t).Compare(t.Context(), rivals(t), LaunchedBy(20), 200, 1)
	require.NoError(t, err)
	require.Less(t, three.Differences[0].Low, two.Differences[0].Low)
	require.Greater(t, three.Differences[0].High, two.Differences[0].High)
}

func TestArgumentsOfAComparisonAreChecked(t *testing.T) {
	m := contested(t)
	ctx := t.Context()
	var none context.Context
	two := rivals(t)[:2]
	for name, c := range map[string]struct {
		call   func() (Comparison, error)
		fields []string
	}{
		"nothing":  {func() (Comparison, error) { return (*Model)(nil).Compare(none, nil, Metric{}, 0, 1) }, []string{"ctx", "model", "metric", "runs", "policies"}},
		"one run":  {func() (Comparison, error) { return m.Compare(ctx, two, NotAbandoned(), 1, 1) }, []string{"runs"}},
		"too many": {func() (Comparison, error) { return m.Compare(ctx, two, NotAbandoned(), MaxRuns+1, 1) }, []string{"runs"}},
		"horizon":  {func() (Comparison, error) { return m.Compare(ctx, two, LaunchedBy(37), 9, 1) }, []string{"metric"}},
		"range":    {func() (Comparison, error) { return m.Compare(ctx, two, NotAbandoned(), 9, 1, WithRange(1, 2)) }, []string{"range"}},
		"options":  {func() (Comparison, error) { return m.Compare(ctx, two, NotAbandoned(), 9, 1, nil, WithWorkers(0)) }, []string{"option", "workers"}},
		"twice": {func() (Comparison, error) {
			return m.Compare(ctx, []Policy{two[0], nil, two[0]}, NotAbandoned(), 9, 1)
		}, []string{"policies[1].policy", "policies[2]"}},
		"crowd": {func() (Comparison, error) { return m.Compare(ctx, make([]Policy, 65), NotAbandoned(), 9, 1) }, nil},
	} {
		got, err := c.call()
		require.Zero(t, got, name)
		if c.fields != nil {
			require.Equal(t, c.fields, fieldsOf(t, err), name)
		} else {
			require.Error(t, err, name)
		}
	}
}

func TestAnAnalysisEndsWithItsContextAndWithTheFirstRunThatFails(t *testing.T) {
	m := contested(t)
	ctx, cancel := context.WithCancel(t.Context())
	stopped := errors.New("stopped")
	before := runtime.NumGoroutine()
	last := uint64(0)
	c, err := m.Compare(ctx, rivals(t), NotAbandoned(), 1_000_000_000, 1, WithProgress(func(done, total uint64) {
		require.Greater(t, done, last)
		require.Equal(t, uint64(3_000_000_000), total)
		last = done
		cancel()
	}))
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, c)
	because, end := context.WithCancelCause(t.Context())
	end(stopped)
	_, err = m.Compare(because, rivals(t), NotAbandoned(), 10, 1)
	require.ErrorIs(t, err, stopped)

	// A policy that fails in the runs that are suspended in month 10.
	var bad *RunError
	for _, workers := range []int{1, 4} {
		_, err = m.Compare(t.Context(), []Policy{rivals(t)[0], tactic{"bad", func(o *View, a *Allocation) {
			if o.Month == 10 && o.Status == reformcycle.Suspended {
				panic("gives up")
			}
			onStage.allocate(o, a)
		}}}, NotAbandoned(), 5000, 1, WithWorkers(workers))
		require.ErrorIs(t, err, ErrPolicy)
		var found *RunError
		require.ErrorAs(t, err, &found)
		if bad != nil {
			require.Equal(t, bad.Run, found.Run, "the same for any number of workers")
		}
		bad = found
	}
	for range 100_000 { // the last one may still be returning
		if runtime.NumGoroutine() <= before {
			break
		}
		runtime.Gosched()
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

// BenchmarkCompare compares two policies over the reference scenario. The
// floor plays the same runs and compares nothing.
func BenchmarkCompare(b *testing.B) {
	m := compiled(b, Reference())
	two := []Policy{policyOf(b, "balanced"), policyOf(b, "bottleneck-first")}
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			for _, s := range two {
				require.NoError(b, m.Each(b.Context(), s, 0, 1000, 1, func(uint64, *RunOutcome) {}))
			}
		}
	})
	b.Run("compare", func(b *testing.B) {
		ratio := 0.0
		for b.Loop() {
			c, err := m.Compare(b.Context(), two, LaunchedBy(48), 1000, 1, WithWorkers(1))
			require.NoError(b, err)
			ratio = c.Differences[0].VarianceRatio
		}
		b.ReportMetric(ratio, "variance-ratio")
	})
}

// What is told beside the metric is a recount of the same runs.
func TestTheWholeIsARecountOfTheRuns(t *testing.T) {
	m := stormy(t)
	ways := []Policy{policyOf(t, "balanced"), policyOf(t, "rush-to-launch", "met", 0.0)}
	c, err := m.Compare(t.Context(), ways, LaunchedBy(24), 400, 3, WithWorkers(3))
	require.NoError(t, err)
	for i, way := range ways {
		var launched, lapped, abandoned uint64
		var debts []float64
		for _, o := range outcomes(t, m, way, 400, 3) {
			if o.Entered[reformcycle.Launch] >= 0 {
				launched++
				debts = append(debts, float64(o.Debt))
			}
			if o.Laps >= 1 {
				lapped++
			}
			if o.Status == reformcycle.Abandoned {
				abandoned++
			}
		}
		w := c.Whole[i]
		require.Equal(t, []uint64{launched, lapped, abandoned}, []uint64{w.Launched.Hits, w.Lapped.Hits, w.Abandoned.Hits})
		require.Equal(t, []uint64{400, 400, 400}, []uint64{w.Launched.Of, w.Lapped.Of, w.Abandoned.Of})
		require.InDelta(t, stat.Mean(debts, nil), w.Debt.At, 1e-9)
		n := float64(len(debts))
		require.InDelta(t, distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975)*stat.StdDev(debts, nil)/math.Sqrt(n), w.Debt.High-w.Debt.At, 1e-9)
		require.Positive(t, abandoned)
	}
	require.Less(t, c.Whole[0].Debt.High, c.Whole[1].Debt.Low, "who rushes owes")
	text := c.String()
	for _, want := range []string{"launch by month 24", "launched", "a lap finished", "abandoned", "guards owed at launch", c.Whole[1].Debt.String()} {
		require.Contains(t, text, want)
	}
	require.NotPanics(t, func() { _ = Comparison{Policies: make([]Identity, 3), Whole: make([]Whole, 1)}.String() })
}
