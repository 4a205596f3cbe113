package evaluation_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment/evaluation"
)

// What R's power.t.test gives for two samples: n = 20, delta = 1, sd = 1 has
// power 0.8689528 and n = 4 has 0.2224633; power 0.8 at delta = 1 takes
// n = 16.71477 (examples of the R documentation and textbooks on it).
func TestPowerIsThatOfTheTTest(t *testing.T) {
	for _, c := range []struct {
		n                 int
		effect, sd, power float64
	}{
		{20, 1, 1, 0.8689528}, {4, 1, 1, 0.2224633}, {20, 10, 14, 0.5954089}, {20, 10, 15, 0.5377573},
	} {
		power, err := evaluation.Design{Intervention: c.n, Comparison: c.n, SD: c.sd}.Detects(c.effect)
		require.NoError(t, err)
		require.InDelta(t, c.power, power, 5e-8)
	}
	n, err := evaluation.Design{SD: 1}.AreasNeeded(1)
	require.NoError(t, err)
	require.Equal(t, 17, n)
}

func TestTheMinimumDetectableEffectIsDetectedWithItsPower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := evaluation.Design{
			Intervention: rapid.IntRange(4, 40).Draw(t, "intervention"),
			Comparison:   rapid.IntRange(4, 40).Draw(t, "comparison"),
			SD:           rapid.Float64Range(0.01, 100).Draw(t, "sd"),
			Power:        rapid.SampledFrom([]float64{0.5, 0.8, 0.9, 0.99}).Draw(t, "power"),
			Level:        rapid.SampledFrom([]float64{0.8, 0.9, 0.95}).Draw(t, "level"),
		}
		effect, err := d.MinimumDetectableEffect()
		require.NoError(t, err)
		power, err := d.Detects(effect)
		require.NoError(t, err)
		require.InDelta(t, d.Power, power, 1e-6)

		n, err := d.AreasNeeded(effect)
		require.NoError(t, err)
		require.LessOrEqual(t, n, max(d.Intervention, d.Comparison))
		require.GreaterOrEqual(t, n, 2)
		d.Intervention, d.Comparison = n-1, n-1
		if power, err := d.Detects(effect); err == nil {
			require.Less(t, power, d.Power, "one area fewer is too few")
		} else {
			require.ErrorContains(t, err, "areas")
		}
	})
}

// Drawn studies are found effective by the t interval about as often as the
// plan says.
func TestAPlanKeepsItsPromise(t *testing.T) {
	const studies = 1500
	d := evaluation.Design{Intervention: 5, Comparison: 8, SD: 2}
	effect, err := d.MinimumDetectableEffect()
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(10, 11))
	detected := 0
	for range studies {
		var m, q [2]float64
		for arm, n := range []int{5, 8} {
			var sum, squares float64
			for range n {
				v := 2 * random.NormFloat64()
				sum, squares = sum+v, squares+v*v
			}
			m[arm], q[arm] = sum/float64(n), squares-sum*sum/float64(n)
		}
		// The critical value of t with 11 degrees of freedom is 2.201.
		pooled := math.Sqrt((q[0] + q[1]) / 11 * (1.0/5 + 1.0/8))
		if (m[0]+effect-m[1])/pooled > 2.201 {
			detected++
		}
	}
	require.InDelta(t, 0.8, float64(detected)/studies, 4*math.Sqrt(0.8*0.2/studies))
}

// 2 of C(6,3) = 20 is above 0.05, 2 of C(8,4) = 70 is not; nor is 1 of
// C(9,2) = 36.
func TestADesignThatCanNeverBeConclusiveIsRefused(t *testing.T) {
	_, err := evaluation.Design{Intervention: 3, Comparison: 3, SD: 1}.MinimumDetectableEffect()
	require.Equal(t, []string{"intervention: attainable"}, rules(t, err))
	for _, d := range []evaluation.Design{{Intervention: 4, Comparison: 4, SD: 1}, {Intervention: 2, Comparison: 7, SD: 1}, {Intervention: 3, Comparison: 3, SD: 1, Level: 0.9}} {
		_, err = d.MinimumDetectableEffect()
		require.NoError(t, err)
	}
	n, err := evaluation.Design{SD: 1e-6}.AreasNeeded(1)
	require.NoError(t, err)
	require.Equal(t, 4, n, "however large the effect, three areas are too few")
}

func TestADesignIsRefusedWithEverythingThatIsWrong(t *testing.T) {
	_, err := evaluation.Design{}.MinimumDetectableEffect()
	require.Equal(t, []string{"sd: range", "intervention: range", "comparison: range"}, rules(t, err))
	_, err = evaluation.Design{Intervention: 1, Comparison: 1001, SD: math.NaN(), Level: 2, Power: 1}.Detects(math.Inf(1))
	require.Equal(t, []string{"sd: range", "level: range", "power: range", "intervention: range", "comparison: range", "effect: range"}, rules(t, err))
	_, err = evaluation.Design{SD: -1}.AreasNeeded(-1)
	require.Equal(t, []string{"sd: range", "effect: range"}, rules(t, err))
	_, err = evaluation.Design{SD: 1000}.AreasNeeded(1)
	require.Equal(t, []string{"effect: attainable"}, rules(t, err))
	_, err = evaluation.ChangeSD(0, 1, 0, 1001)
	require.Equal(t, []string{"sd: range", "correlation: range", "before: range", "after: range"}, rules(t, err))
}

// One period each: sd·√(2(1−ρ)) = 10·√(2·0.5) = 10. Four each: half of it. The
// formula is checked against drawn areas with an area effect of variance ρ.
func TestTheSpreadOfChangesFollowsFromThatOfOutcomes(t *testing.T) {
	for periods, want := range map[int]float64{1: 10, 4: 5} {
		sd, err := evaluation.ChangeSD(10, 0.5, periods, periods)
		require.NoError(t, err)
		require.InDelta(t, want, sd, 1e-12)
	}
	const areas, correlation = 20_000, 0.3
	want, err := evaluation.ChangeSD(1, correlation, 3, 2)
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(12, 13))
	var squares float64
	for range areas {
		own, mean := math.Sqrt(correlation)*random.NormFloat64(), [2]float64{}
		for part, n := range []int{3, 2} {
			for range n {
				mean[part] += (own + math.Sqrt(1-correlation)*random.NormFloat64()) / float64(n)
			}
		}
		squares += (mean[1] - mean[0]) * (mean[1] - mean[0])
	}
	require.InEpsilon(t, want*want, squares/areas, 4*math.Sqrt(2.0/areas))
}
