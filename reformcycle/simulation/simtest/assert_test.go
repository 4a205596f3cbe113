package simtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// recorder is a test that notes what it is told, and goes on.
type recorder struct {
	testing.TB
	ctx                 context.Context
	logs, errors, fatal []string
	helped              bool
}

func (r *recorder) Helper()                  { r.helped = true }
func (r *recorder) Context() context.Context { return r.ctx }
func (r *recorder) Logf(f string, a ...any)  { r.logs = append(r.logs, fmt.Sprintf(f, a...)) }
func (r *recorder) Errorf(f string, a ...any) {
	r.errors = append(r.errors, fmt.Sprintf(f, a...))
}
func (r *recorder) Fatalf(f string, a ...any) { r.fatal = append(r.fatal, fmt.Sprintf(f, a...)) }

func (r *recorder) all() string {
	return strings.Join(append(append(r.logs, r.errors...), r.fatal...), "\n")
}

func record(t *testing.T) *recorder { return &recorder{ctx: t.Context()} }

// lowland is the situation of the policy files.
func lowland(t testing.TB) *simulation.Model {
	data, err := os.ReadFile("testdata/situations/lowland.json")
	require.NoError(t, err)
	scenario, err := simulation.ParseScenario(data)
	require.NoError(t, err)
	m, err := simulation.Compile(scenario)
	require.NoError(t, err)
	return m
}

// brief is a model of one month, for tests of what is done with outcomes.
func brief(t testing.TB) *simulation.Model {
	s := lowland(t).Scenario()
	s.Horizon = 1
	m, err := simulation.Compile(s)
	require.NoError(t, err)
	return m
}

func policy(t testing.TB, text string) simulation.Policy {
	var r reader
	s := r.named(text)
	require.NoError(t, r.err())
	return s
}

// coin is a metric that says yes in a share of runs, by nothing but their
// number.
type coin float64

func (c coin) String() string { return "coin of " + strconv.FormatFloat(float64(c), 'g', -1, 64) }

func (c coin) Of(o *simulation.RunOutcome) float64 {
	z := o.Run + 1
	z *= 0x9e3779b97f4a7c15 // SplitMix64
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	z ^= z >> 31
	if float64(z>>11)/(1<<53) < float64(c) {
		return 1
	}
	return 0
}

// constant is a metric that is always the same number.
type constant float64

func (c constant) String() string                    { return "constant" }
func (c constant) Of(*simulation.RunOutcome) float64 { return float64(c) }

func TestClaimThatHoldsPassesAndSaysWhatWasSeen(t *testing.T) {
	m, s := brief(t), policy(t, "balanced")
	for _, c := range []struct {
		name  string
		claim func(*recorder) bool
		says  []string
	}{
		{"likely", func(r *recorder) bool { return Likely(r, m, s, coin(0.9), 0.6) },
			[]string{"balanced: coin of 0.9 is likely (at least 60 %): holds", "error 1e-06", "margin 0.05", "seed 1", `scenario "lowland" (illustrative)`, m.Digest()}},
		{"likely, always", func(r *recorder) bool { return Likely(r, m, s, coin(1), 1, WithSeed(9)) },
			[]string{"surely 95", "to 100 %", "seed 9"}},
		{"unlikely", func(r *recorder) bool { return Unlikely(r, m, s, coin(0.1), 0.4, WithError(0.01), WithMargin(0.2)) },
			[]string{"is unlikely (at most 40 %): holds", "error 0.01", "margin 0.2"}},
		{"unlikely, never", func(r *recorder) bool { return Unlikely(r, m, s, coin(0), 0) },
			[]string{"0 of "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := record(t)
			require.True(t, c.claim(r), r.all())
			require.Len(t, r.logs, 1)
			require.Empty(t, r.errors)
			require.Empty(t, r.fatal)
			require.True(t, r.helped)
			for _, text := range c.says {
				require.Contains(t, r.logs[0], text)
			}
		})
	}
}

func TestClaimThatDoesNotHoldFailsWithRunsToReplay(t *testing.T) {
	m, s := brief(t), policy(t, "balanced")
	for _, c := range []struct {
		name    string
		claim   func(*recorder) bool
		metric  coin
		against float64
	}{
		{"likely", func(r *recorder) bool { return Likely(r, m, s, coin(0.5), 0.9, WithSeed(3)) }, 0.5, 0},
		{"unlikely", func(r *recorder) bool { return Unlikely(r, m, s, coin(0.5), 0.1, WithSeed(3)) }, 0.5, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := record(t)
			require.False(t, c.claim(r))
			require.Empty(t, r.fatal)
			require.Len(t, r.errors, 1)
			text := r.errors[0]
			require.Contains(t, text, "does not hold")
			// The runs that the coin itself puts against the claim.
			var want []string
			for i := uint64(0); len(want) < named; i++ {
				if c.metric.Of(&simulation.RunOutcome{Run: i}) == c.against {
					want = append(want, strconv.FormatUint(i, 10))
				}
			}
			require.Contains(t, text, "speak against it: "+strings.Join(want, ", ")+", …\n")
			require.Contains(t, text, "model.Trace(policy, 3, "+want[0]+")")
			require.Contains(t, text, "run "+want[0]+" with balanced:\n    month   0: starts at problem-prioritization, active;")
			require.Contains(t, text, "month   1: ")
			require.Contains(t, text, "ends at problem-prioritization, lap 1, active;")
		})
	}
}

func TestBetterAndSoonerTellPoliciesApart(t *testing.T) {
	m := lowland(t)
	rush, slow := policy(t, "rush-to-launch(met=0.2)"), policy(t, "balanced(persuasion=0.9)")
	months := simulation.MonthsTo(reformcycle.Launch, 48)
	for _, c := range []struct {
		name  string
		claim func(r *recorder, a, b simulation.Policy) bool
	}{
		{"sooner", func(r *recorder, a, b simulation.Policy) bool { return Sooner(r, m, a, b, reformcycle.Launch) }},
		{"better question", func(r *recorder, a, b simulation.Policy) bool {
			return Better(r, m, a, b, simulation.LaunchedBy(36))
		}},
		{"fewer months are better", func(r *recorder, a, b simulation.Policy) bool { return Better(r, m, a, b, months) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := record(t)
			require.True(t, c.claim(r, rush, slow), r.all())
			require.Contains(t, r.logs[0], "rush-to-launch(met=0.2): ")
			require.Contains(t, r.logs[0], "than with balanced(persuasion=0.9): holds")

			r = record(t)
			require.False(t, c.claim(r, slow, rush))
			require.Contains(t, r.errors[0], "does not hold")
			require.Contains(t, r.errors[0], "with balanced(persuasion=0.9):\n")
			require.Contains(t, r.errors[0], "with rush-to-launch(met=0.2):\n")
		})
	}
}

func TestRunsNamedByAComparisonSpeakAgainstIt(t *testing.T) {
	m := lowland(t)
	rush, slow := policy(t, "rush-to-launch(met=0.2)"), policy(t, "balanced(persuasion=0.9)")
	v, err := JudgeSooner(t.Context(), m, slow, rush, reformcycle.Launch)
	require.NoError(t, err)
	require.Len(t, v.Against, named)
	for _, run := range v.Against {
		a, err := m.Trace(slow, DefaultSeed, run)
		require.NoError(t, err)
		b, err := m.Trace(rush, DefaultSeed, run)
		require.NoError(t, err)
		launched, ok := b.Outcome.Launch()
		require.True(t, ok)
		if later, ok := a.Outcome.Launch(); ok {
			require.Greater(t, later, launched)
		}
	}
}

func TestEqualsAreNotBetter(t *testing.T) {
	m, s := lowland(t), policy(t, "balanced")
	r := record(t)
	require.False(t, Sooner(r, m, s, s, reformcycle.Launch))
	// 13.8 + ln 2 for the half error, with ln(2√n) on top, at −ln 0.95 = 0.0513
	// a pair: about 350 pairs.
	require.Contains(t, r.errors[0], "too few to tell them apart")
	require.Contains(t, r.errors[0], "ahead in 0, behind in 0")
	require.NotContains(t, r.errors[0], "replay", "no run speaks against the claim")
}

func TestNoVerdictFailsAndSaysHowManyRunsItTakes(t *testing.T) {
	m, s := brief(t), policy(t, "balanced")
	r := record(t)
	require.False(t, Likely(r, m, s, coin(0.58), 0.6, WithMaxRuns(100)))
	// The most runs are those of TestVerdictComesByTheMostRunsWhateverIsSeen.
	require.Regexp(t, `undecided after 100 runs; it would take about \d+, and 15088 at the most`, r.errors[0])
	require.Contains(t, r.errors[0], "WithMaxRuns and WithMargin; in a policy file: runs and margin")
	require.NotContains(t, r.errors[0], "speak against", "nothing was decided")

	r = record(t)
	require.False(t, Sooner(r, lowland(t), policy(t, "coalition-first"), s, reformcycle.Launch, WithMaxRuns(10)))
	require.Regexp(t, `undecided after 10 runs; it would take about \d+, and \d+ at the most`, r.errors[0])
}

func TestAllRunsThatSpeakAgainstAClaimAreListedWhereTheyAreFew(t *testing.T) {
	m, s := brief(t), policy(t, "balanced")
	r := record(t)
	require.False(t, Likely(r, m, s, coin(0.97), 1))
	// One run refutes a claim of 1: the first for which the coin says no.
	first := uint64(0)
	for coin(0.97).Of(&simulation.RunOutcome{Run: first}) == 1 {
		first++
	}
	require.Contains(t, r.errors[0], fmt.Sprintf("speak against it: %d\n", first))
	require.Contains(t, r.errors[0], "(power-weighted)")
}

// launched is a metric of a host that looks at the whole run, and arrived one
// that counts the months of it.
type launched struct{}

func (launched) String() string { return "launched" }
func (launched) Of(o *simulation.RunOutcome) float64 {
	if _, ok := o.Launch(); ok {
		return 1
	}
	return 0
}

func TestMetricOfAHostMayAskOfTheWholeRun(t *testing.T) {
	m := lowland(t)
	r := record(t)
	require.True(t, Likely(r, m, policy(t, "balanced"), launched{}, 0.8), r.all())
	require.True(t, Better(r, m, policy(t, "rush-to-launch(met=0.2)"), policy(t, "balanced(persuasion=0.9)"), arrival(reformcycle.Launch)), r.all())
}

// Nothing happens by chance, so that all runs launch in the same month.
func TestToLaunchInTheLastMonthIsSoonerThanNever(t *testing.T) {
	s := lowland(t).Scenario()
	s.Positions.Noise, s.Work.Spread, s.Suspension.Debt = 0, 0, 0
	for _, name := range []string{"election", "donor_exit", "epidemic", "fiscal_crisis", "scandal"} {
		var err error
		s, err = s.With("shocks."+name+".hazard", 0)
		require.NoError(t, err)
	}
	month := func() int {
		m, err := simulation.Compile(s)
		require.NoError(t, err)
		trace, err := m.Trace(policy(t, "balanced"), 1, 0)
		require.NoError(t, err)
		month, ok := trace.Outcome.Launch()
		require.True(t, ok)
		return month
	}
	s.Horizon = month()
	require.Equal(t, s.Horizon, month(), "the last month")
	m, err := simulation.Compile(s)
	require.NoError(t, err)
	r := record(t)
	require.True(t, Sooner(r, m, policy(t, "balanced"), idle{}, reformcycle.Launch), r.all())
}

func TestIntervalsAreRoundedOutwards(t *testing.T) {
	ends := func(low, high float64) [2]string {
		from, to := between(low, high)
		return [2]string{from, to}
	}
	require.Equal(t, [2]string{"12.3 %", "45.7 %"}, ends(0.1239, 0.4561))
	require.Equal(t, [2]string{"0 %", "100 %"}, ends(0.0009, 0.9991))
}

func TestFaultsAreListedLineByLine(t *testing.T) {
	var all fault.Fields
	for i := range 25 {
		all = append(all, fault.Field{Path: "x:" + strconv.Itoa(i), Rule: "form", Value: i, Want: language.Typed("none")})
	}
	lines := strings.Split(listing(all), "\n")
	require.Len(t, lines, 26, "all of them")
	require.Equal(t, "  x:24: got 24, want none", lines[25])
	require.Equal(t, "x:0: got 0, want none", listing(all[:1]))
	require.Equal(t, "no way", listing(errors.New("no way")))
}

func TestSameSeedGivesTheSameReport(t *testing.T) {
	m, s := lowland(t), policy(t, "balanced")
	report := func(seed uint64) string {
		r := record(t)
		Likely(r, m, s, simulation.LaunchedBy(28), 0.9, WithSeed(seed))
		return r.all()
	}
	require.Equal(t, report(1), report(1))
	require.NotEqual(t, report(1), report(2))
}

func TestRunsAreThoseOfTheEnsemble(t *testing.T) {
	m, s := lowland(t), policy(t, "balanced")
	v, err := JudgeLikely(t.Context(), m, s, simulation.LaunchedBy(36), 0.6)
	require.NoError(t, err)
	require.True(t, v.Holds)
	sum, err := m.Run(t.Context(), s, v.Runs, DefaultSeed)
	require.NoError(t, err)
	hits := uint64(0)
	for _, n := range sum.Entered(reformcycle.Launch)[:37] {
		hits += n
	}
	require.Contains(t, v.Saw.String(), fmt.Sprintf("%d of %d runs", hits, v.Runs))
}

// breaking is a policy that fails in its second month.
type breaking struct{}

func (breaking) Name() string { return "breaking" }
func (breaking) Allocate(o *simulation.View, _ *simulation.Allocation) {
	if o.Month == 2 {
		panic("out of ideas")
	}
}

func TestWhatCantBeAskedEndsTheTest(t *testing.T) {
	m, s := lowland(t), policy(t, "balanced")
	asked := simulation.LaunchedBy(24)
	for _, c := range []struct {
		name  string
		claim func(*recorder) bool
		says  []string
	}{
		{"everything that is wrong at once", func(r *recorder) bool {
			return Likely(r, nil, nil, nil, 0.01, WithError(0), WithMargin(math.NaN()), nil, WithMaxRuns(0), WithPolicies(nil))
		}, []string{"error: got 0", "margin: got NaN", "options[2]: got nothing", "runs: got", "policies[0]", "model: got nothing", "atLeast: got 0.01", "policy: got nothing", "metric: got nothing"}},
		{"two policies", func(r *recorder) bool { return Better(r, m, nil, nil, asked) }, []string{"policy: got nothing", "than: got nothing"}},
		{"a chance above 1", func(r *recorder) bool { return Likely(r, m, s, asked, 1.1) }, []string{"above the margin, 0.05, up to 1, or a smaller margin"}},
		{"a chance that leaves no room for the margin", func(r *recorder) bool { return Unlikely(r, m, s, asked, 0.96) }, []string{"atMost: got 0.96"}},
		{"a chance that one run could settle", func(r *recorder) bool { return Unlikely(r, m, s, asked, 0.95) }, []string{"atMost: got 0.95, want a chance from 0, below 1 less the margin, 0.05, or a smaller margin"}},
		{"another", func(r *recorder) bool { return Likely(r, m, s, asked, 0.05) }, []string{"atLeast: got 0.05"}},
		{"NaN", func(r *recorder) bool { return Unlikely(r, m, s, asked, math.NaN()) }, []string{"atMost: got NaN"}},
		{"a stage that there is not", func(r *recorder) bool { return Sooner(r, m, s, s, 9) }, []string{"stage: got", "one of problem-prioritization, "}},
		{"a metric that is none", func(r *recorder) bool { return Likely(r, m, s, simulation.Metric{}, 0.5) }, []string{"metric: got nothing"}},
		{"a number where a question is asked", func(r *recorder) bool {
			return Likely(r, m, s, simulation.MonthsTo(reformcycle.Launch, 24), 0.5)
		}, []string{"answered by yes or no"}},
		{"beyond the horizon", func(r *recorder) bool { return Likely(r, m, s, simulation.LaunchedBy(49), 0.5) }, []string{"the first 48 months"}},
		{"months beyond the horizon", func(r *recorder) bool {
			return Better(r, m, s, s, simulation.MonthsTo(reformcycle.Launch, 60))
		}, []string{"the first 48 months"}},
		{"neither yes nor no", func(r *recorder) bool { return Likely(r, m, s, constant(0.5), 0.5) }, []string{"constant[0] = 0.5"}},
		{"not a number", func(r *recorder) bool { return Better(r, m, s, s, constant(math.NaN())) }, []string{"constant[0] = NaN", "want a finite number"}},
		{"a policy that fails", func(r *recorder) bool { return Likely(r, m, breaking{}, asked, 0.5, WithSeed(4)) }, []string{"Run 0 of seed 4, month 2", "out of ideas"}},
		{"a rival that fails", func(r *recorder) bool { return Sooner(r, m, s, breaking{}, reformcycle.Launch) }, []string{"Run 0 of seed 1, month 2"}},
		{"a policy that fails before a rival plays", func(r *recorder) bool { return Sooner(r, m, breaking{}, s, reformcycle.Launch) }, []string{"out of ideas"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := record(t)
			require.False(t, c.claim(r))
			require.Empty(t, r.logs)
			require.Empty(t, r.errors)
			require.Len(t, r.fatal, 1)
			for _, text := range c.says {
				require.Contains(t, r.fatal[0], text)
			}
		})
	}
}

func TestFaultsMatchErrInvalid(t *testing.T) {
	_, err := JudgeLikely(t.Context(), nil, nil, nil, 0, WithError(2))
	require.ErrorIs(t, err, fault.ErrInvalid)
	var all fault.Fields
	require.ErrorAs(t, err, &all)
	require.Len(t, all, 5)
	own := TestOption(func(*settings) error { return errors.New("no way") })
	require.ErrorContains(t, newAssertion(nil, []TestOption{own}).faults.Err(), "no way")
}

// The verdict of a host that is no test is the one that the test reports.
func TestAVerdictIsWhatTheTestReports(t *testing.T) {
	m, s := brief(t), policy(t, "balanced")
	for chance, says := range map[float64]string{0.9: ": holds\n", 0.1: ": does not hold\n", 0.6: ": undecided after 100 runs"} {
		v, err := JudgeLikely(t.Context(), m, s, coin(chance), 0.6, WithMaxRuns(100))
		require.NoError(t, err)
		require.Contains(t, v.String(), says)
		r := record(t)
		require.Equal(t, v.Holds, Likely(r, m, s, coin(chance), 0.6, WithMaxRuns(100)))
		require.Equal(t, "simtest: "+v.String(), r.all())
		require.Equal(t, chance != 0.6, v.Decided)
		require.Equal(t, chance == 0.9, v.Holds)
		require.Equal(t, !v.Decided, v.Needed > 0 && v.AtMost >= v.Needed, "how many it takes is told of what is undecided")
		kept, err := json.Marshal(v)
		require.NoError(t, err)
		var read Verdict
		require.NoError(t, json.Unmarshal(kept, &read))
		read.model, read.players = v.model, v.players
		require.Equal(t, v.Saw.String(), read.Saw.String())
		read.Saw = v.Saw // whose arguments come back in the order of their names
		require.Equal(t, v, read)
	}
	v, err := JudgeUnlikely(t.Context(), m, s, coin(0.3), 0.6)
	require.NoError(t, err)
	require.True(t, v.Holds)
	v, err = JudgeBetter(t.Context(), lowland(t), policy(t, "coalition-first"), policy(t, "rush-to-launch(met=0.2)"), simulation.DebtAtLaunchAtMost(0))
	require.NoError(t, err)
	require.True(t, v.Holds)
	kept, err := json.Marshal(v)
	require.NoError(t, err)
	read := Verdict{}
	require.NoError(t, json.Unmarshal(kept, &read))
	require.Contains(t, read.String(), ": holds", "one that was read speaks, too")
	read.Holds, read.Against = false, []uint64{3}
	require.Contains(t, read.String(), "replay with model.Trace(policy, 1, 3)")

	var none context.Context
	_, err = JudgeLikely(none, m, s, coin(1), 0.6)
	require.ErrorContains(t, err, "ctx")
}

func TestEndOfTheTestEndsTheRuns(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	r := &recorder{ctx: ctx}
	require.False(t, Likely(r, lowland(t), policy(t, "balanced"), simulation.LaunchedBy(24), 0.5))
	require.Contains(t, r.fatal[0], context.Canceled.Error())
}

func TestLongRunIsToldInBrief(t *testing.T) {
	s := lowland(t).Scenario()
	s.Horizon, s.Shocks.Election.Hazard = 600, 1
	m, err := simulation.Compile(s)
	require.NoError(t, err)
	trace, err := m.Trace(policy(t, "balanced"), 1, 0)
	require.NoError(t, err)
	lines := tell(&trace)
	require.Len(t, lines, told+1)
	require.Regexp(t, `^… more months with events: \d+$`, lines[told-1])
	require.Contains(t, lines[1].String(), "election")
	require.Contains(t, lines[told].String(), fmt.Sprintf("month %3d: ", trace.Outcome.Months))
}

// BenchmarkLikely makes a clear claim about the situation of the policy files,
// and BenchmarkLikelyFloor plays as many runs. The ratio is that of the time
// with the assertion to the time of the runs that it looks at.
func BenchmarkLikely(b *testing.B) {
	m, s, runs := lowland(b), policy(b, "balanced"), uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		v, err := JudgeLikely(b.Context(), m, s, simulation.LaunchedBy(36), 0.6)
		require.NoError(b, err)
		runs = v.Runs
	}
	took := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(runs), "runs")
	start := time.Now()
	for range b.N {
		play(b, m, s, runs)
	}
	b.ReportMetric(float64(took)*float64(b.N)/float64(time.Since(start)), "x-floor")
}

func BenchmarkLikelyFloor(b *testing.B) {
	m, s := lowland(b), policy(b, "balanced")
	v, err := JudgeLikely(b.Context(), m, s, simulation.LaunchedBy(36), 0.6)
	require.NoError(b, err)
	for b.Loop() {
		play(b, m, s, v.Runs)
	}
}

func play(b *testing.B, m *simulation.Model, s simulation.Policy, runs uint64) {
	require.NoError(b, m.Each(b.Context(), s, 0, runs, DefaultSeed, func(uint64, *simulation.RunOutcome) {}))
}
