package simtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ever gives the exact chance that a sequence fed with hits of chance p says
// above, or below, within n runs: it walks all counts of hits that can be
// reached without a verdict.
func ever(s sequence, p float64, n int) (above, below float64) {
	type state struct {
		s      sequence
		chance float64
	}
	at := []state{{s, 1}} // hits → state
	for i := range n {
		next := make([]state, i+2)
		for hits, from := range at {
			if from.chance == 0 {
				continue
			}
			for _, hit := range []bool{true, false} {
				s, chance, to := from.s, from.chance*(1-p), hits
				if hit {
					chance, to = from.chance*p, hits+1
				}
				switch s.see(hit); {
				case s.above():
					above += chance
				case s.below():
					below += chance
				default:
					next[to] = state{s, next[to].chance + chance}
				}
			}
		}
		at = next
	}
	return above, below
}

func TestWrongVerdictIsNoMoreLikelyThanTheError(t *testing.T) {
	for _, c := range []struct{ low, high, err float64 }{
		{0.5, 0.6, 0.2}, {0.55, 0.6, 0.5}, {0, 0.1, 0.1}, {0.9, 1, 0.1}, {0.05, 0.25, 0.05}, {0.7, 0.75, 0.01},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			above, _ := ever(newSequence(c.low, c.high, c.err), c.low, 400)
			require.LessOrEqual(t, above, c.err)
			_, below := ever(newSequence(c.low, c.high, c.err), c.high, 400)
			require.LessOrEqual(t, below, c.err)
			t.Logf("within 400 runs: above where the chance is low %.2g, below where it is high %.2g; bound %.2g", above, below, c.err)
		})
	}
}

func TestVerdictIsAlmostSureOutsideOfTheMargin(t *testing.T) {
	s := newSequence(0.5, 0.6, 0.1)
	above, _ := ever(s, 0.6, int(s.atMost()))
	require.GreaterOrEqual(t, above, 0.9)
	_, below := ever(s, 0.5, int(s.atMost()))
	require.GreaterOrEqual(t, below, 0.9)
}

// trials is how many times the false verdicts are counted.
const trials = 10_000

func TestMeasuredRateOfWrongVerdictsIsWithinTheError(t *testing.T) {
	const low, high, err = 0.4, 0.6, 0.1
	draw := rand.New(rand.NewPCG(1, 1))
	wrong := func(p float64, is func(*sequence) bool) float64 {
		n := 0
		for range trials {
			s := newSequence(low, high, err)
			for !s.above() && !s.below() {
				s.see(draw.Float64() < p)
			}
			if is(&s) {
				n++
			}
		}
		return float64(n) / trials
	}
	above, below := wrong(low, (*sequence).above), wrong(high, (*sequence).below)
	t.Logf("%d trials each: above where the chance is %v %.4f, below where it is %v %.4f; bound %v", trials, low, above, high, below, err)
	require.LessOrEqual(t, above, err)
	require.LessOrEqual(t, below, err)
	// A rule that looked at every run as if it were the only look, with a
	// p-value of 0.1, would be wrong much more often than it says. This one has
	// some room to the bound, and not so much that it would waste runs.
	require.Greater(t, above+below, err/100)
}

func TestMeasuredRateOfWrongVerdictsOverPairsIsWithinTheError(t *testing.T) {
	const margin, err = 0.2, 0.1
	draw := rand.New(rand.NewPCG(2, 1))
	wrong := func(differ, ahead float64, says bool) float64 {
		n := 0
		for range trials {
			d := newDuel(margin, err)
			for {
				order := 0
				if draw.Float64() < differ {
					order = -1
					if draw.Float64() < ahead {
						order = 1
					}
				}
				d.see(order)
				if decided, first := d.verdict(); decided {
					if first == says {
						n++
					}
					break
				}
			}
		}
		return float64(n) / trials
	}
	// Equals never pass, however much they differ; one who is ahead by the
	// margin, in as many pairs as the margin, never fails.
	for _, c := range []struct {
		differ, ahead float64
		wrong         bool
	}{{1, 0.5, true}, {0.3, 0.5, true}, {1, 0.7, false}, {0.2, 0.7, false}} {
		rate := wrong(c.differ, c.ahead, c.wrong)
		t.Logf("%d trials, %v differ, ahead in %v of them: %.4f wrong, bound %v", trials, c.differ, c.ahead, rate, err)
		require.LessOrEqual(t, rate, err)
	}
}

func TestClearCaseNeedsFewRuns(t *testing.T) {
	// 0.9 against the claim of at least 0.6, with the usual error and margin.
	draw := rand.New(rand.NewPCG(3, 1))
	most, total := uint64(0), uint64(0)
	for range trials {
		s := newSequence(0.6-DefaultMargin, 0.6, DefaultError)
		for !s.above() {
			require.False(t, s.below())
			s.see(draw.Float64() < 0.9)
		}
		most, total = max(most, s.seen), total+s.seen
	}
	mean := float64(total) / trials
	t.Logf("%.1f runs in the mean, %d at the most, over %d trials", mean, most, trials)
	require.Less(t, most, uint64(2000))
	// Wald's test gains 0.9·ln(0.6/0.55) + 0.1·ln(0.4/0.45) = 0.0665 a run, and
	// stops at ln 10⁶ = 13.8: 208 runs.
	require.Less(t, mean, 208.0)
}

func TestVerdictComesByTheMostRunsWhateverIsSeen(t *testing.T) {
	for _, c := range []struct{ low, high, err float64 }{
		{0.55, 0.6, 1e-6}, {0.475, 0.525, 1e-6}, {0.3, 0.5, 0.1}, {0, 0.05, 1e-6}, {0.95, 1, 1e-3},
	} {
		s := newSequence(c.low, c.high, c.err)
		n := uint64(s.atMost())
		t.Logf("%v: %d runs", c, n)
		require.Less(t, n, uint64(DefaultMaxRuns))
		for hits := range n + 1 {
			s.hits, s.seen = hits, n
			low, high := s.interval()
			above, below := low > 0 && low >= c.low, high < 1 && high <= c.high
			require.True(t, above || below, "%v: %d of %d", c, hits, n)
		}
	}
}

func TestVerdictComesByTheRunsThatAreNeededAtAShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(0.01, 0.9).Draw(t, "low")
		s := newSequence(low, low+0.05, 1e-6)
		share := rapid.Float64Range(0, 1).Draw(t, "share")
		n := 2 * s.needed(share) // twice, so that rounding hits to whole numbers does not matter
		s.seen, s.hits = uint64(n), uint64(math.Round(n*share))
		from, to := s.interval()
		require.True(t, from >= s.low || to <= s.high)
	})
	// Of 1,000 pairs a third differ, and one is ahead in 6 of 10 of those.
	d := newDuel(0.05, 1e-6)
	d.differ.seen, d.differ.hits, d.ahead.seen, d.ahead.hits = 1000, 333, 333, 200
	n := d.needed()
	d.ahead.seen, d.ahead.hits = uint64(0.333*n), uint64(0.2*n)
	from, _ := d.ahead.interval()
	require.Greater(t, from, 0.49)
	// Of as many 1 in 100 differ. The divergence of 0.01 from 0.05 is 0.0247 a
	// pair, and (ln 4·10⁶ + ln(750)/2)/0.0247 = 748.
	d.differ.seen, d.differ.hits, d.ahead.seen, d.ahead.hits = 1000, 10, 10, 5
	require.InDelta(t, 748, d.needed(), 3)
}

func TestDuelEndsByTheMostPairsWhateverIsSeen(t *testing.T) {
	d := newDuel(0.3, 0.1)
	most, enough := uint64(d.atMost()), uint64(d.ahead.atMost())
	for hits := range enough + 1 {
		d.ahead.hits, d.ahead.seen = hits, enough
		low, high := d.ahead.interval()
		require.True(t, low >= 0.5 || high <= 0.8)
	}
	d.differ.hits, d.differ.seen = enough-1, most
	_, high := d.differ.interval()
	require.LessOrEqual(t, high, 0.3)
	// And not by fewer: the first number of pairs at which what a bet gains, were
	// one pair fewer than enough to differ, covers the level and the 2√n that the
	// mixture may lose, found by trying one after another.
	first := float64(enough) / 0.3
	for first*divergence(float64(enough)/first, 0.3) < math.Log(2*d.differ.level*math.Sqrt(first)) {
		first++
	}
	require.InDelta(t, first, float64(most), 1)
	// With the usual error and margin that is within the usual runs.
	d = newDuel(DefaultMargin, DefaultError)
	require.Less(t, d.atMost(), float64(DefaultMaxRuns))
}

func TestMostPairsOfANarrowMarginAreToldOrSaidToBeTooMany(t *testing.T) {
	// Twice as narrow, four times the pairs that differ and half as many that do.
	wide, narrow := newDuel(2e-6, 1e-6), newDuel(1e-6, 1e-6)
	require.InDelta(t, 8, narrow.atMost()/wide.atMost(), 1)
	none := newDuel(1e-300, 1e-6)
	require.Zero(t, whole(none.atMost()))
	require.Contains(t, Verdict{Needed: 7, Runs: 3}.String(), "undecided after 3 runs; it would take about 7, and how many at the most can’t be told")
	require.Contains(t, Verdict{Runs: 3}.String(), "undecided after 3 runs; how many it would take can’t be told")
}

// The policies differ in as few pairs as the margin, and one is ahead in as few
// of those as the claim takes: it must not fail, and it does not end undecided.
func TestDuelAtItsOwnBoundaryIsDecidedWithinTheUsualRuns(t *testing.T) {
	draw := rand.New(rand.NewPCG(4, 1))
	for range 40 {
		d := newDuel(DefaultMargin, DefaultError)
		decided, first := false, false
		for d.differ.seen < DefaultMaxRuns && !decided {
			order := 0
			if draw.Float64() < DefaultMargin {
				order = -1
				if draw.Float64() < 0.5+DefaultMargin {
					order = 1
				}
			}
			d.see(order)
			decided, first = d.verdict()
		}
		require.True(t, decided)
		require.True(t, first)
	}
}

func TestSequenceOfAlwaysIsRefutedByOneMiss(t *testing.T) {
	s := newSequence(0.95, 1, 1e-6)
	for range 10 {
		s.see(true)
	}
	require.False(t, s.above() || s.below())
	s.see(false)
	require.True(t, s.below())
	require.False(t, s.above())

	s = newSequence(0, 0.05, 1e-6)
	s.see(false)
	s.see(true)
	require.True(t, s.above())
	require.False(t, s.below())
}

func TestIntervalHoldsWhatTheBetsDoNotExclude(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hits, misses := rapid.IntRange(0, 60).Draw(t, "hits"), rapid.IntRange(0, 60).Draw(t, "misses")
		err := rapid.SampledFrom([]float64{1e-6, 0.01, 0.2}).Draw(t, "error")
		q := rapid.Float64Range(0.01, 0.99).Draw(t, "q")
		s := newSequence(q, q, err)
		for range hits {
			s.see(true)
		}
		for range misses {
			s.see(false)
		}
		low, high := s.interval()
		if math.Abs(q-low) < 1e-9 || math.Abs(q-high) < 1e-9 {
			return // on the edge rounding decides
		}
		require.Equal(t, q < low, s.above())
		require.Equal(t, q > high, s.below())
		// The mixture loses at most 2√n to the chance that fits best.
		if n := float64(hits + misses); n > 0 {
			require.GreaterOrEqual(t, math.Log(s.atLow)+1e-9, n*divergence(s.share(), q)-math.Log(2*math.Sqrt(n)))
		}
	})
}

func TestBetsDoNotDependOnTheOrderOfWhatIsSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seen := rapid.SliceOf(rapid.Bool()).Draw(t, "seen")
		a, b := newSequence(0.3, 0.4, 0.1), newSequence(0.3, 0.4, 0.1)
		for i := range seen {
			a.see(seen[i])
			b.see(seen[len(seen)-1-i])
		}
		require.InEpsilon(t, a.atLow, b.atLow, 1e-12)
		require.InEpsilon(t, a.atHigh, b.atHigh, 1e-12)
	})
}

func TestNothingSeenIsNothingKnown(t *testing.T) {
	s := newSequence(0.4, 0.5, 0.5)
	low, high := s.interval()
	require.Equal(t, []float64{0, 1}, []float64{low, high})
	require.False(t, s.above() || s.below())
}

// BenchmarkSee measures a verdict's work a run, BenchmarkFloor drawing a number
// to feed it with.
func BenchmarkSee(b *testing.B) {
	draw := rand.New(rand.NewPCG(1, 1))
	s := newSequence(0.5, 0.6, 1e-12)
	for b.Loop() {
		s.see(draw.Float64() < 0.55)
		if s.above() || s.below() {
			s = newSequence(0.5, 0.6, 1e-12)
		}
	}
}

func BenchmarkFloor(b *testing.B) {
	draw := rand.New(rand.NewPCG(1, 1))
	n := 0
	for b.Loop() {
		if draw.Float64() < 0.55 {
			n++
		}
	}
}
