package simulation

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The ones among n fair bits have mean n/2, variance n/4 and fourth cumulant
// −n/8; an even spread over 4096 steps of a unit has variance (1 − 2^−24)/12 and
// fourth cumulant −(1 − 2^−48)/120. All of it summed over every value.
func TestNormalNumbersHaveMeanZeroVarianceOneAndTheKurtosisTheyClaim(t *testing.T) {
	var mean, variance, fourth float64
	choose := 1.0 // C(52, k)
	for k := 0; k <= 52; k++ {
		word := (uint64(1)<<k - 1) << 12
		for low := range uint64(4096) {
			z := normal(word | low)
			p := choose * 0x1p-52 / 4096
			mean += p * z
			variance += p * z * z
			fourth += p * z * z * z * z
		}
		choose = choose * float64(52-k) / float64(k+1)
	}
	require.InDelta(t, 0, mean, 1e-12)
	require.InDelta(t, 1, variance, 1e-10)
	spread := 13 + (1-0x1p-24)/12
	require.InDelta(t, -(52.0/8+(1-0x1p-48)/120)/(spread*spread), fourth-3, 1e-10)
	require.Less(t, math.Abs(normal(math.MaxUint64)), 7.4)
}

func TestLuckHasMeanOneAndKeepsWithinItsSpread(t *testing.T) {
	const n = 200_000
	sum := 0.0
	for i := range n {
		v := luck(mix(uint64(i)), uint64(i%50), 0.5)
		require.True(t, v > 0.5 && v < 1.5)
		sum += v - 1
	}
	// The sum of two uniforms, less one, has variance 1/6.
	require.InDelta(t, 0, sum/n, 5*0.5*math.Sqrt(1.0/6/n))
	require.Equal(t, 1.0, luck(7, 3, 0))
}

func TestLuckOfTwoCriteriaInAMonthIsNotTheSame(t *testing.T) {
	const n = 50_000
	together := 0.0
	for i := range n {
		word := mix(uint64(i))
		together += (luck(word, 3, 1) - 1) * (luck(word, 4, 1) - 1)
	}
	// Independent ones of variance 1/6 each have products of standard deviation 1/6.
	require.InDelta(t, 0, together/n, 5.0/6/math.Sqrt(n))
}

func TestStreamsOfRunsAndActorsDiffer(t *testing.T) {
	seen := map[uint64]bool{}
	for seed := range uint64(5) {
		for run := range uint64(50) {
			for _, name := range []uint64{shockStream, workStream, streamOf("moh"), streamOf("treasury")} {
				var p rand.PCG
				start(&p, seed, run, name)
				first := p.Uint64()
				require.False(t, seen[first])
				seen[first] = true
				start(&p, seed, run, name)
				require.Equal(t, first, p.Uint64())
			}
		}
	}
}
