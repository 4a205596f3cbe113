package evaluation_test

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// brute counts, over every choice of k of the values, those with a difference
// of means at least as large as that of the first k. Values are whole, so
// nothing is rounded: k(n−k) times the difference is n·ΣS − k·Σ.
func brute(values []int, k int) (extreme, all int) {
	n, total := len(values), 0
	for _, v := range values {
		total += v
	}
	statistic := func(choice int) int {
		sum := 0
		for i, v := range values {
			if choice&(1<<i) != 0 {
				sum += v
			}
		}
		return max(n*sum-k*total, k*total-n*sum)
	}
	made := statistic(1<<k - 1)
	for choice := range 1 << n {
		if bits.OnesCount(uint(choice)) == k {
			all++
			if statistic(choice) >= made {
				extreme++
			}
		}
	}
	return extreme, all
}

// Yields of eleven tomato plants in pounds, five with fertiliser A and six with
// B: Box GEP, Hunter JS, Hunter WG. Statistics for Experimenters. 2nd ed. Wiley
// 2005, chapter 3. B yields 1.69 more; the authors find a difference at least
// that large in about a third of the 462 allocations, on one side.
func TestThePValueOfTheTomatoesIsThatOfBoxHunterAndHunter(t *testing.T) {
	a := []float64{29.9, 11.4, 25.3, 16.5, 21.1}
	b := []float64{26.6, 23.7, 28.5, 14.2, 17.9, 24.3}
	tenths := []int{266, 237, 285, 142, 179, 243, 299, 114, 253, 165, 211}
	r := evaluate(t, changed(b, a), higher)
	require.InDelta(t, 1.69, r.Effect, 0.005)
	extreme, all := brute(tenths, 6)
	require.Equal(t, 462, all)
	require.Equal(t, extreme, r.Permutation.Extreme)
	require.Equal(t, all, r.Permutation.Allocations)
	require.InDelta(t, 2.0/3, r.Permutation.P, 0.03, "about a third on each side")
}

// Survival of sixteen mice in days, seven of them treated: Efron B, Tibshirani
// RJ. An Introduction to the Bootstrap. Chapman & Hall 1993, table 2.1; the
// difference is 30.63.
func TestThePValueOfTheMiceIsExact(t *testing.T) {
	treated := []float64{94, 197, 16, 38, 99, 141, 23}
	control := []float64{52, 104, 146, 10, 51, 30, 40, 27, 46}
	var values []int
	for _, v := range append(treated, control...) {
		values = append(values, int(v))
	}
	r := evaluate(t, changed(treated, control), higher)
	require.InDelta(t, 30.63, r.Effect, 0.005)
	extreme, all := brute(values, 7)
	require.Equal(t, 11440, all)
	require.Equal(t, extreme, r.Permutation.Extreme)
}

// Two arms of four that do not overlap: only the allocation made and its
// mirror are as extreme, 2 of 70. At 95 % a supposed effect is rejected while
// no more than 3 of 70 are as extreme; allocations come in mirrored pairs, so
// the interval ends where the first pair joins. Exchanging areas with changes
// a and b moves the difference of means by (a−b)/2, and keeps half of a
// supposed effect: the two allocations tie at the effect a−b. The first pair
// to join from below exchanges 10 and 3, from above 13 and 0.
func TestTheIntervalEndsWhereTheFirstExchangeTies(t *testing.T) {
	r := evaluate(t, changed([]float64{10, 11, 12, 13}, []float64{0, 1, 2, 3}), higher)
	require.Equal(t, 2, r.Permutation.Extreme)
	require.Equal(t, 70, r.Permutation.Allocations)
	require.True(t, r.Permutation.Exact)
	require.Zero(t, r.Permutation.MonteCarloError)
	require.NotNil(t, r.Permutation.Interval)
	require.InDelta(t, 10-3, r.Permutation.Interval.Low, 1e-8)
	require.InDelta(t, 13-0, r.Permutation.Interval.High, 1e-8)
}

// C(6,3) = 20 ways, and each has its mirror: no p-value below 2/20.
func TestThreeAndThreeAreasExcludeNothing(t *testing.T) {
	r := evaluate(t, changed([]float64{100, 101, 102}, []float64{0, 1, 2}), higher)
	require.InDelta(t, 0.1, r.Permutation.P, 1e-12)
	require.Nil(t, r.Permutation.Interval)
	require.Equal(t, evaluation.Inconclusive, r.Conclusion())
	require.Contains(t, language.English().Paragraph(r.Summary()), "too few")
	require.Contains(t, r.Warnings[0].String(), "can't fall below 0.1")

	s := counted(evaluation.RateRatio, [][2]float64{{1, 90}, {1, 91}, {1, 92}}, [][2]float64{{1, 1}, {1, 2}, {1, 3}})
	r = evaluate(t, s, higher)
	require.Nil(t, r.Permutation.Interval)
}

func TestThePValueIsThatOfBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawnStudy(t)
		var tenths []int // of the changes, the intervention areas first
		k := 0
		for _, a := range s.Areas {
			tenths = append(tenths, int(math.Round(a.Outcomes[1].Value*10))-int(math.Round(a.Outcomes[0].Value*10)))
			if a.Arm == evaluation.Intervention {
				k++
			}
		}
		extreme, all := brute(tenths, k)
		r := evaluate(t, s, higher)
		require.Equal(t, extreme, r.Permutation.Extreme)
		require.Equal(t, all, r.Permutation.Allocations)
	})
}

// Outcomes of 0.1, 0.2, 0.3 and the like do not add up in binary. On top of a
// large level their changes are off by more than one part in 10⁹.
func TestTiesOnPaperAreTies(t *testing.T) {
	after := map[evaluation.Arm][]float64{evaluation.Intervention: {0.3, 0.1, 0.7}, evaluation.Comparison: {0.6, 0.4, 0.1}}
	exact, all := brute([]int{3, 1, 7, 6, 4, 1}, 3)
	require.Equal(t, 20, all)
	for _, level := range []float64{0, 0.1, 1.7, 1e3, 1e5} {
		before := make(map[evaluation.Arm][]float64)
		raised := make(map[evaluation.Arm][]float64)
		for arm, values := range after {
			for _, v := range values {
				before[arm] = append(before[arm], level)
				raised[arm] = append(raised[arm], level+v)
			}
		}
		require.Equal(t, exact, evaluate(t, panel(before, raised), higher).Permutation.Extreme, level)
	}
}

// Every effect inside the interval has a p-value above 1 − level and every one
// outside has not, when it is taken off the intervention areas and the test is
// done again by brute force.
func TestTheIntervalHoldsWhatTheTestDoesNotReject(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawnStudy(t)
		level := rapid.SampledFrom([]float64{0.5, 0.8, 0.9, 0.95}).Draw(t, "level")
		p := evaluation.Protocol{Better: evaluation.Higher, Level: level}
		r := evaluate(t, s, p)
		// In millionths of a tenth, so that a step off the ends stays whole.
		const fine = 1_000_000
		rejected := func(effect float64) bool {
			var values []int
			k := 0
			for _, a := range s.Areas {
				v := fine * (int(math.Round(a.Outcomes[1].Value*10)) - int(math.Round(a.Outcomes[0].Value*10)))
				if a.Arm == evaluation.Intervention {
					k++
					v -= int(math.Round(effect * 10 * fine))
				}
				values = append(values, v)
			}
			extreme, all := brute(values, k)
			return float64(extreme) <= (1-level)*float64(all)+1e-9
		}
		i := r.Permutation.Interval
		require.False(t, rejected(r.Effect))
		if i == nil {
			require.False(t, rejected(r.Effect-1e6))
			require.False(t, rejected(r.Effect+1e6))
			return
		}
		const step = 1e-4
		require.True(t, i.Contains(r.Effect))
		require.True(t, rejected(i.Low-step))
		require.True(t, rejected(i.High+step))
		if i.High-i.Low > 2*step {
			require.False(t, rejected(i.Low+step))
			require.False(t, rejected(i.High-step))
		}
	})
}

// 12 and 12 areas have 2,704,156 allocations. A walk through all of them, in
// the test, is what the drawn p-value estimates.
func TestADrawnPValueIsWithinItsErrorOfTheExactOne(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var intervention, comparison []float64
	var values []int
	for i := range 24 {
		v := random.IntN(1000)
		if i < 12 {
			v += 250
			intervention = append(intervention, float64(v))
		} else {
			comparison = append(comparison, float64(v))
		}
		values = append(values, v)
	}
	total, made := 0, 0
	for i, v := range values {
		total += v
		if i < 12 {
			made += v
		}
	}
	extreme, all := 0, 0
	var walk func(from, left, sum int)
	walk = func(from, left, sum int) {
		if left == 0 {
			all++
			if max(2*sum-total, total-2*sum) >= max(2*made-total, total-2*made) {
				extreme++
			}
			return
		}
		for i := from; i <= 24-left; i++ {
			walk(i+1, left-1, sum+values[i])
		}
	}
	walk(0, 12, 0)
	require.Equal(t, 2_704_156, all)
	exact := float64(extreme) / float64(all)

	p := evaluation.Protocol{Better: evaluation.Higher, Samples: 9_999, Seed: 7}
	s := changed(intervention, comparison)
	r := evaluate(t, s, p)
	require.False(t, r.Permutation.Exact)
	require.Equal(t, 10_000, r.Permutation.Allocations)
	require.InDelta(t, math.Sqrt(r.Permutation.P*(1-r.Permutation.P)/9_999), r.Permutation.MonteCarloError, 1e-12)
	require.InDelta(t, exact, r.Permutation.P, 4*r.Permutation.MonteCarloError+1.0/10_000)
	require.Contains(t, language.English().Paragraph(r.Summary()), "from 9,999 ways to choose the intervention areas that were drawn")
	require.NotNil(t, r.Permutation.Interval)

	require.Equal(t, r, evaluate(t, s, p), "the same seed gives the same result")
	p.Seed++
	require.NotEqual(t, r.Permutation.Extreme, evaluate(t, s, p).Permutation.Extreme)
}

// The allocation made counts among those drawn, so p is never 0.
func TestADrawnPValueIsNeverZero(t *testing.T) {
	var low, high []float64
	for i := range 20 {
		low, high = append(low, float64(i)), append(high, float64(1000+i))
	}
	r := evaluate(t, changed(high, low), evaluation.Protocol{Better: evaluation.Higher, Samples: 999})
	require.Equal(t, 1, r.Permutation.Extreme)
	require.InDelta(t, 1.0/1000, r.Permutation.P, 1e-15)
}

func TestTheLargestStudyIsEvaluated(t *testing.T) {
	s := noisy(2_000/2, 2_000/2)
	r := evaluate(t, s, evaluation.Protocol{Better: evaluation.Higher, Samples: 999})
	require.True(t, r.Permutation.Interval.Contains(r.Effect))
	// Extreme values leave the sums exact.
	for i := range s.Areas {
		s.Areas[i].Outcomes[0].Value, s.Areas[i].Outcomes[1].Value = -1e12, 1e12
	}
	r = evaluate(t, s, evaluation.Protocol{Better: evaluation.Higher, Samples: 999})
	require.Zero(t, r.Effect)
	require.Equal(t, 1.0, r.Permutation.P)
	require.False(t, r.Robust.Possible)
	require.Equal(t, evaluation.Inconclusive, r.Conclusion())

	// Lopsided arms are walked through by the smaller one.
	r = evaluate(t, noisy(2, 998), higher)
	require.True(t, r.Permutation.Exact)
	require.Equal(t, 1000*999/2, r.Permutation.Allocations)
	require.Equal(t, r.Permutation.Extreme, evaluate(t, with(noisy(2, 998), func(arm evaluation.Arm, _ int, v float64) (evaluation.Arm, float64) {
		if arm == evaluation.Intervention {
			return evaluation.Comparison, v
		}
		return evaluation.Intervention, v
	}), higher).Permutation.Extreme)
}

// Of 252 ways, 12 have p ≤ 0.05: if nothing else differs the interval misses
// the true effect with probability 12/252. The t interval is approximate, and
// cautious for small arms.
func TestIntervalsCoverTheTrueEffectAsOftenAsTheySay(t *testing.T) {
	const studies, effect = 400, 3.0
	random := rand.New(rand.NewPCG(5, 6))
	permutation, robust := 0, 0
	for range studies {
		var intervention, comparison []float64
		for range 5 {
			intervention = append(intervention, effect+random.NormFloat64())
			comparison = append(comparison, random.NormFloat64())
		}
		r := evaluate(t, changed(intervention, comparison), higher)
		if r.Permutation.Interval.Contains(effect) {
			permutation++
		}
		if r.Robust.Interval.Contains(effect) {
			robust++
		}
	}
	const miss = 12.0 / 252
	require.InDelta(t, 1-miss, float64(permutation)/studies, 4*math.Sqrt(miss*(1-miss)/studies))
	require.GreaterOrEqual(t, float64(robust)/studies, 0.95-4*math.Sqrt(0.05*0.95/studies))
}
