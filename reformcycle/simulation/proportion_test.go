package simulation

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/chsreform/chsreform/assessment"
)

func TestTheQuantileIsThatOfTheNormalDistribution(t *testing.T) {
	require.InDelta(t, distuv.UnitNormal.Quantile((1+Confidence)/2), z95, 1e-12)
}

// Newcombe RG. Two-sided confidence intervals for the single proportion:
// comparison of seven methods. Stat Med 1998;17:857–872, table I, method 3.
func TestWilsonGivesThePublishedIntervals(t *testing.T) {
	for _, c := range []struct {
		hits, of  uint64
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0, 0.1611},
		{1, 29, 0.0061, 0.1718},
	} {
		p, err := Wilson(c.hits, c.of)
		require.NoError(t, err)
		require.Equal(t, float64(c.hits)/float64(c.of), p.At)
		require.InDelta(t, c.low, p.Low, 5e-5)
		require.InDelta(t, c.high, p.High, 5e-5)
	}
}

func TestWilsonKeepsWithinNoneAndAll(t *testing.T) {
	none, err := Wilson(0, 0)
	require.NoError(t, err)
	require.Equal(t, Proportion{Interval: assessment.Interval{Low: 0, High: 1}}, none)
	for _, n := range []uint64{1, 2, 7, 1000, MaxRuns} {
		zero, err := Wilson(0, n)
		require.NoError(t, err)
		all, err := Wilson(n, n)
		require.NoError(t, err)
		require.Zero(t, zero.Low)
		require.Equal(t, 1.0, all.High)
		require.Positive(t, zero.High)
		require.Less(t, all.Low, 1.0)
		require.InDelta(t, 1-all.Low, zero.High, 1e-12, "hits and misses are treated alike")
	}
	_, err = Wilson(3, 2)
	require.Equal(t, []string{"hits"}, fieldsOf(t, err))
}

func TestAProportionIsWrittenWithItsInterval(t *testing.T) {
	p, err := Wilson(81, 263)
	require.NoError(t, err)
	require.Equal(t, "0.308 (0.255 to 0.366)", p.String())
	require.True(t, p.Contains(p.At))
	require.False(t, p.Contains(0.4))
}

// The share of samples whose interval holds the truth, summed over all samples
// there can be, is near the confidence on average over the truth, and what a
// simulation sees of it agrees.
func TestWilsonHoldsTheTruthAsOftenAsItSays(t *testing.T) {
	statistical(t)
	const n, draws = 50, 4000
	dice := rand.New(rand.NewPCG(1, 2))
	mean := 0.0
	truths := []float64{0.05, 0.15, 0.25, 0.35, 0.45, 0.5, 0.55, 0.65, 0.75, 0.85, 0.95}
	for _, truth := range truths {
		exact := 0.0
		for hits := range uint64(n + 1) {
			if proportion(hits, n).Contains(truth) {
				exact += distuv.Binomial{N: n, P: truth}.Prob(float64(hits))
			}
		}
		held := 0
		for range draws {
			hits := uint64(0)
			for range n {
				if dice.Float64() < truth {
					hits++
				}
			}
			if proportion(hits, n).Contains(truth) {
				held++
			}
		}
		require.InDelta(t, exact, float64(held)/draws, 4*math.Sqrt(exact*(1-exact)/draws), "truth %v", truth)
		require.Greater(t, exact, 0.92, "truth %v", truth)
		mean += exact / float64(len(truths))
	}
	require.InDelta(t, Confidence, mean, 0.01)
}
