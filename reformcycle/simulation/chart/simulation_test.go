package chart

import (
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

func reference(t *testing.T) *simulation.Model {
	t.Helper()
	m, err := simulation.Compile(simulation.Reference())
	require.NoError(t, err)
	return m
}

func strategy(t *testing.T, name string) simulation.Policy {
	t.Helper()
	s, err := simulation.NewPolicy(name, nil)
	require.NoError(t, err)
	return s
}

func ran(t *testing.T, name string, runs, seed uint64) simulation.Summary {
	t.Helper()
	s, err := reference(t).Run(t.Context(), strategy(t, name), runs, seed)
	require.NoError(t, err)
	return s
}

func TestArrivalsOfASummaryEndAtItsShares(t *testing.T) {
	s := ran(t, "coalition-first", 40, 7)
	var b strings.Builder
	require.NoError(t, ArrivalsOf(&b, "", s, reformcycle.Launch, reformcycle.Governance))
	drawtest.KeepsApart(t, draw.Lying, b.String())
	words := drawtest.Read(t, b.String()).Words
	for _, stage := range []reformcycle.Stage{reformcycle.Launch, reformcycle.Governance} {
		hits := uint64(0)
		for _, n := range s.Entered(stage) {
			hits += n
		}
		assert.Contains(t, words, fmt.Sprintf("%s: %s (", draw.Capital(stage.Label()), percent(float64(hits)/40, 0)))
	}
	assert.Contains(t, words, "40 runs behind each curve, seed 7. Scenario: "+s.Name())

	// All runs begin with the first stage: of the eight, seven are drawn.
	b.Reset()
	require.NoError(t, ArrivalsOf(&b, "", s))
	words = drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "arrivals. 7 curves")
	assert.NotContains(t, words, draw.Capital(reformcycle.ProblemPrioritization.Label()))
}

func TestArrivalsOfRefuseWhatIsNoSummary(t *testing.T) {
	assert.Equal(t, []string{"summary required", "stages[1] known"}, fieldsOf(t, ArrivalsOf(io.Discard, "", simulation.Summary{}, reformcycle.Launch, 9)))
	assert.Equal(t, []string{"stages length"}, fieldsOf(t, ArrivalsOf(io.Discard, "", ran(t, "rush-to-launch", 1, 7),
		1, 2, 3, 4, 5, 6, 7, 8, 8)))
	assert.Equal(t, []string{"summary required"}, fieldsOf(t, SupportFanOf(io.Discard, "", simulation.Summary{})))
	assert.Empty(t, SupportOf(simulation.Summary{}))
}

func TestStrategiesOfCompareTheSameRunsOnly(t *testing.T) {
	a, b := ran(t, "coalition-first", 30, 7), ran(t, "rush-to-launch", 30, 7)
	var page strings.Builder
	require.NoError(t, StrategiesOf(&page, "", reformcycle.Launch, a, b))
	words := drawtest.Read(t, page.String()).Words
	assert.Contains(t, words, " coalition-first: ")
	assert.Contains(t, words, " rush-to-launch: ")
	assert.Contains(t, words, "Arrival at launch")
	assert.NotContains(t, words, "Strategy: ", "it is not the one of the whole picture")

	assert.Equal(t, []string{"summaries[1].seed same", "summaries[1].runs same", "summaries[2] required", "summaries[2].digest same", "summaries[2].seed same", "summaries[2].runs same"},
		fieldsOf(t, StrategiesOf(io.Discard, "", reformcycle.Launch, a, ran(t, "rush-to-launch", 20, 8), simulation.Summary{})))
	assert.Equal(t, []string{"stage known", "summaries required"}, fieldsOf(t, StrategiesOf(io.Discard, "", 0)))
}

func TestComparisonOfPutsTheBestFirst(t *testing.T) {
	c, err := reference(t).Compare(t.Context(), []simulation.Policy{strategy(t, "rush-to-launch"), strategy(t, "coalition-first"), strategy(t, "balanced")}, simulation.LaunchedBy(60), 60, 7)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, ComparisonOf(&b, "", c))
	drawtest.KeepsApart(t, draw.Upright, b.String())
	words := drawtest.Read(t, b.String()).Words
	name := func(place int) string { return c.Policies[c.Order[place].Policy].Name }
	from := 0
	for _, want := range []string{
		" " + name(0) + ": ", " " + name(1) + ": ", " " + name(2) + ": ", "Differences: ",
		name(0) + " − " + name(1) + ": ", name(0) + " − " + name(2) + ": ", name(1) + " − " + name(2) + ": ",
	} {
		at := strings.Index(words[from:], want)
		require.GreaterOrEqual(t, at, 0, want)
		from += at
	}
	assert.Contains(t, words, "Comparison: launch by 60, share of the runs")
	best := c.Estimates[c.Order[0].Policy].At
	assert.Contains(t, words, " "+name(0)+": "+percent(best, 0)+" (")
}

// What a host put together by itself does not get further than one that
// [simulation.Model.Compare] made.
func TestComparisonOfRefusesWhatDoesNotFit(t *testing.T) {
	c := simulation.Comparison{Scenario: "North", Runs: 1, Policies: make([]simulation.Identity, 2), Estimates: make([]simulation.Estimate, 1)}
	assert.Equal(t, []string{"rows required"}, fieldsOf(t, ComparisonOf(io.Discard, "", c)))
	c.Order = []simulation.Rank{{Policy: 1}, {Policy: 0}, {Policy: -1}}
	assert.Equal(t, []string{"order[0].strategy exists", "order[2].strategy exists"}, fieldsOf(t, ComparisonOf(io.Discard, "", c)))
	c.Order = []simulation.Rank{{Policy: 0}, {Policy: 0}}
	assert.NotEmpty(t, fieldsOf(t, ComparisonOf(io.Discard, "", c)), "there is no difference of a strategy to itself")
}

func TestTornadoOfNamesTheEndsOfTheRanges(t *testing.T) {
	at := func(v float64) simulation.Estimate {
		return simulation.Estimate{At: v, Interval: assessment.Interval{Low: v - 2, High: v + 2}}
	}
	var b strings.Builder
	require.NoError(t, TornadoOf(&b, "", simulation.Tornado{
		Scenario: "North (illustrative)", Metric: simulation.MonthsTo(reformcycle.Launch, 60), Runs: 100, Seed: 3, Base: at(30),
		Swings: []simulation.Swing{{Factor: simulation.Factor{Parameter: "shocks.election.hazard", Low: 0.005, High: 0.25}, AtLow: at(24), AtHigh: at(44)}},
	}))
	drawtest.KeepsApart(t, draw.Upright, b.String())
	words := drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "Months to launch within 60: 30.0 (28.0 to 32.0) in the base case. Widest first: shocks.election.hazard (chance per month): 24.0 (22.0 to 26.0) at 0.005, 44.0 (42.0 to 46.0) at 0.25.")
}

func TestSobolOfCountsAllRuns(t *testing.T) {
	x := simulation.SobolIndices{
		Scenario: "North (illustrative)", Metric: simulation.LaunchedBy(24), Points: 128, Runs: 16, Seed: 3, Noise: 0.5,
		Of: []simulation.SobolIndex{
			{Factor: simulation.Factor{Parameter: "a"}, First: simulation.VarianceShare{At: 0.5}, Total: simulation.VarianceShare{At: 0.75}},
			{Factor: simulation.Factor{Parameter: "b"}, Total: simulation.VarianceShare{At: 0.25, Interval: assessment.Interval{Low: 0.125, High: 0.5}}},
		},
	}
	var b strings.Builder
	require.NoError(t, SobolOf(&b, "", x))
	words := drawtest.Read(t, b.String()).Words
	// 128 points × (2 + 2) × 16 runs = 8192.
	assert.Contains(t, words, "8,192 runs in all, seed 3.")
	assert.Contains(t, words, "128 points of the design, 16 runs at each. Chance in the runs added 0.50 times the variance, which was taken out.")
	assert.Contains(t, words, "b: first-order 0.00, total 0.25 (0.12 to 0.50).")
	for _, noise := range []float64{math.NaN(), -1, math.Inf(1)} {
		x.Noise = noise
		assert.Equal(t, []string{"noise range"}, fieldsOf(t, SobolOf(io.Discard, "", x)))
	}
}

func TestSupportFanOfASummary(t *testing.T) {
	s := ran(t, "coalition-first", 50, 7)
	var b strings.Builder
	require.NoError(t, SupportFanOf(&b, "", s))
	drawtest.KeepsApart(t, draw.Lying, b.String())
	assert.Contains(t, drawtest.Read(t, b.String()).Words, "in steps of 2.5%")
	months := SupportOf(s)
	require.Len(t, months, len(s.SupportMonths()))
	for k, m := range months {
		counts := s.Support(k)
		on := uint64(0)
		for _, n := range counts {
			on += n
		}
		assert.InDelta(t, float64(on)/50, m.Decided+m.Undecided, 1e-12)
		assert.InDelta(t, float64(counts[simulation.SupportBins])/50, m.Undecided, 1e-12)
	}
}

func TestAQuantileIsTheUpperEndOfItsBin(t *testing.T) {
	// Four bins of a quarter each: 2 runs, none, 6, 2. Rank 1 of 10 is in the first,
	// and rank 2 too; rank 5 in the third, whose upper end is 0.75.
	counts := []uint64{2, 0, 6, 2}
	for rank, want := range map[float64]float64{0.5: 0.25, 1: 0.25, 2: 0.25, 2.1: 0.75, 5: 0.75, 9: 1, 10: 1, 10.0000001: 1} {
		assert.InDelta(t, want, upTo(counts, rank), 1e-12, rank)
	}
}

// At the start all runs of the reference scenario stand at one share: whatever the
// bins, there is no spread to draw.
func TestRunsThatStandAtOneShareHaveNoSpread(t *testing.T) {
	s := ran(t, "balanced", 20, 7)
	start := SupportOf(s)[0]
	assert.Equal(t, start.Quantiles[0], start.Quantiles[4])
	assert.Equal(t, 1.0, start.Decided)
}

func TestAMetricNamesItsMeasure(t *testing.T) {
	assert.Equal(t, Measure{Name: "launch by 24"}, MeasureOf(simulation.LaunchedBy(24)))
	assert.Equal(t, "months", MeasureOf(simulation.MonthsTo(reformcycle.Launch, 60)).Unit)
}

func TestStrategiesAreNamedByWhatIsNotTheirDefault(t *testing.T) {
	id := func(name string, ahead, upkeep float64) simulation.Identity {
		return simulation.Identity{Name: name, Parameters: []simulation.Setting{{Name: "ahead", Value: ahead}, {Name: "upkeep", Value: upkeep}}}
	}
	names := func(of ...simulation.Identity) []string {
		names, all := called(of)
		assert.Empty(t, all)
		return names
	}
	// The defaults are 0.1 and 0.3; of a strategy of a host's own none is known.
	assert.Equal(t, []string{"balanced", "balanced: ahead 0.2", "rush-to-launch: upkeep 0.25", "own: ahead 0.1, upkeep 0.3", "plain", "balanced: ahead 0.105"},
		names(id("balanced", 0.1, 0.3), id("balanced", 0.2, 0.3), id("rush-to-launch", 0.1, 0.25), id("own", 0.1, 0.3), simulation.Identity{Name: "plain"}, id("balanced", 0.10500000000000001, 0.3)))
	assert.Equal(t, []string{"balanced: ahead 0.1050001", "balanced: ahead 0.1050002"},
		names(id("balanced", 0.1050001, 0.3), id("balanced", 0.1050002, 0.3)), "six digits would make them one")

	// What all variants of one strategy share is said once.
	sweep, all := called([]simulation.Identity{id("rush-to-launch", 0.1, 0.5), id("rush-to-launch", 0.2, 0.5)})
	assert.Equal(t, []string{"rush-to-launch", "rush-to-launch: ahead 0.2"}, sweep)
	assert.Equal(t, " In all of them: upkeep 0.5.", all)
	assert.Equal(t, "rush-to-launch: upkeep 0.5", told(id("rush-to-launch", 0.1, 0.5), sixDigits))
}
