package evaluation_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Card D, Krueger AB. Minimum wages and employment. Am Econ Rev
// 1994;84(4):772–793, table 3: full-time equivalents per store in New Jersey
// 20.44 before and 21.03 after, change 0.59 (standard error 0.54); in eastern
// Pennsylvania 23.33 and 21.17, change −2.16 (1.25); difference in differences
// 2.76 (1.36). Two areas a state, each the state's mean give or take its
// standard error, have the same means and standard errors: of two changes m±e
// the standard deviation is e√2, and divided by √2 it is e. From the rounded
// means the difference is 0.59 + 2.16 = 2.75.
func TestTheEffectAndItsErrorAreThoseOfCardAndKrueger(t *testing.T) {
	r := evaluate(t, panel(
		map[evaluation.Arm][]float64{evaluation.Intervention: {20.44, 20.44}, evaluation.Comparison: {23.33, 23.33}},
		map[evaluation.Arm][]float64{evaluation.Intervention: {21.03 - 0.54, 21.03 + 0.54}, evaluation.Comparison: {21.17 - 1.25, 21.17 + 1.25}},
	), higher)
	require.InDelta(t, 2.75, r.Effect, 1e-9)
	require.InDelta(t, 2.76, r.Effect, 0.011, "as published, but for rounding")
	require.InDelta(t, 1.36, r.Robust.StandardError, 0.005, "√(0.54² + 1.25²)")
	require.InDelta(t, 20.44, r.Intervention.Before, 1e-9)
	require.InDelta(t, 21.03, r.Intervention.After, 1e-9)
	require.InDelta(t, 0.59, r.Intervention.Change, 1e-9)
	require.InDelta(t, -2.16, r.Comparison.Change, 1e-9)
	require.InDelta(t, 1.25*math.Sqrt2, r.Comparison.SD, 1e-9)
}

func TestARateIsAllEventsOverAllPopulation(t *testing.T) {
	s := evaluation.Study{
		Unit: "visits per 1,000 people", Scale: evaluation.RateDifference, Per: 1000,
		Periods: []string{"1", "2", "3"}, Start: "3",
	}
	for _, a := range []struct {
		id    string
		arm   evaluation.Arm
		after float64
	}{{"A", evaluation.Intervention, 50}, {"B", evaluation.Intervention, 70}, {"C", evaluation.Comparison, 40}, {"D", evaluation.Comparison, 40}} {
		s.Areas = append(s.Areas, evaluation.Area{ID: a.id, Arm: a.arm, Outcomes: []evaluation.Measurement{
			{Value: 10, Population: 1000}, {Value: 80, Population: 2000}, {Value: a.after, Population: 1000},
		}})
	}
	r := evaluate(t, s, higher)
	// Before: 90 events in 3,000, which is 30 per 1,000; the mean of the two
	// rates, 10 and 40, would be 25.
	require.InDelta(t, 30, r.Comparison.Before, 1e-9)
	require.InDelta(t, (50.0+70)/2-30, r.Intervention.Change, 1e-9)
	require.InDelta(t, 60-40, r.Effect, 1e-9)

	// As a ratio: geometric means, √(50·70)/30 over 40/30.
	s.Scale = evaluation.RateRatio
	r = evaluate(t, s, higher)
	require.InDelta(t, math.Sqrt(50*70)/40, r.Effect, 1e-9)
	require.InDelta(t, math.Sqrt(50*70), r.Intervention.After, 1e-9)
	require.InDelta(t, 40.0/30, r.Comparison.Change, 1e-9)
}

func TestARateDifferenceCanDoWithoutEventsAndARatioCannot(t *testing.T) {
	s := counted(evaluation.RateDifference, [][2]float64{{0, 10}, {4, 0}}, [][2]float64{{0, 0}, {1, 2}})
	r := evaluate(t, s, higher)
	// Per 100 in a population of 1,000: changes 1 and −0.4, 0 and 0.1.
	require.InDelta(t, 0.3-0.05, r.Effect, 1e-9)

	s = counted(evaluation.RateRatio, [][2]float64{{0, 10}, {4, 0}}, [][2]float64{{1, 1}, {1, 2}})
	_, err := s.Evaluate(higher)
	require.Len(t, rules(t, err), 2, "an area without events before, one without events after")
	require.ErrorContains(t, err, "rate-difference")
}

func TestTheTrendBeforeThePilotIsTheDifferenceOfSlopes(t *testing.T) {
	s := evaluation.Study{Unit: "visits", Periods: []string{"1", "2", "3", "4"}, Start: "4"}
	for i, a := range []struct {
		arm   evaluation.Arm
		slope float64
	}{
		{evaluation.Intervention, 5}, {evaluation.Intervention, 6}, {evaluation.Intervention, 7}, {evaluation.Intervention, 8},
		{evaluation.Comparison, 1}, {evaluation.Comparison, 2}, {evaluation.Comparison, 3}, {evaluation.Comparison, 4},
	} {
		var outcomes []evaluation.Measurement
		for period := range 4 {
			outcomes = append(outcomes, evaluation.Measurement{Value: float64(100*i) + a.slope*float64(period)})
		}
		s.Areas = append(s.Areas, evaluation.Area{ID: string(rune('A' + i)), Arm: a.arm, Outcomes: outcomes})
	}
	r := evaluate(t, s, higher)
	require.True(t, r.Trend.Possible)
	require.Equal(t, 3, r.Trend.Periods)
	require.InDelta(t, 6.5-2.5, r.Trend.Difference, 1e-9)
	// All slopes of one arm above all of the other: 2 of C(8,4) = 70 ways.
	require.Equal(t, 2, r.Trend.Permutation.Extreme)
	require.Equal(t, 70, r.Trend.Permutation.Allocations)
	require.True(t, r.Trend.Differs)
	require.Equal(t, evaluation.Inconclusive, r.Conclusion(), "whatever the effect, arms that part beforehand prove nothing")
	require.Contains(t, language.English().Paragraph(r.Summary()), "moving apart")
	require.Contains(t, r.Trend.Told().String(), "doubtful")
}

func TestOnePeriodBeforeIsAStatedLimitNotAnError(t *testing.T) {
	r := evaluate(t, changed([]float64{1, 2}, []float64{3, 5}), higher)
	require.False(t, r.Trend.Possible)
	require.Contains(t, r.Trend.Told().String(), "only one period")
	require.True(t, slices.ContainsFunc(r.Warnings, func(w language.Text) bool {
		return w.String() == "Trends before the pilot can't be checked: there is only one period before the pilot."
	}))
}

func TestAPeriodWithoutEventsHasNoTrendOfRatios(t *testing.T) {
	s := evaluation.Study{Unit: "visits", Scale: evaluation.RateRatio, Periods: []string{"1", "2", "3"}, Start: "3"}
	for i, arm := range []evaluation.Arm{evaluation.Intervention, evaluation.Intervention, evaluation.Comparison, evaluation.Comparison} {
		s.Areas = append(s.Areas, evaluation.Area{ID: string(rune('A' + i)), Arm: arm, Outcomes: []evaluation.Measurement{
			{Value: float64(i), Population: 10}, {Value: 2, Population: 10}, {Value: 3, Population: 10},
		}})
	}
	r := evaluate(t, s, higher)
	require.False(t, r.Trend.Possible)
	require.Contains(t, r.Trend.Reason.String(), "no events")

	s.Areas[0].Outcomes[0].Value = 1
	r = evaluate(t, s, higher)
	require.True(t, r.Trend.Possible)
	// Rates rise from (1, 1, 2, 3)/10 to 2/10: by factors 2, 2 and 1, 2/3.
	require.InDelta(t, 2/math.Sqrt(2.0/3), r.Trend.Difference, 1e-9)
}

// drawnStudy is a small study with outcomes in tenths, so that ties abound.
func drawnStudy(t *rapid.T) evaluation.Study {
	tenth := rapid.Map(rapid.IntRange(-30, 30), func(i int) float64 { return float64(i) / 10 })
	n1, n0 := rapid.IntRange(2, 5).Draw(t, "intervention areas"), rapid.IntRange(2, 5).Draw(t, "comparison areas")
	values := func(n int, what string) []float64 { return rapid.SliceOfN(tenth, n, n).Draw(t, what) }
	return panel(
		map[evaluation.Arm][]float64{evaluation.Intervention: values(n1, "before"), evaluation.Comparison: values(n0, "before")},
		map[evaluation.Arm][]float64{evaluation.Intervention: values(n1, "after"), evaluation.Comparison: values(n0, "after")},
	)
}

// with gives a copy of s with every outcome and arm passed through f.
func with(s evaluation.Study, f func(arm evaluation.Arm, period int, value float64) (evaluation.Arm, float64)) evaluation.Study {
	s.Areas = slices.Clone(s.Areas)
	for i, a := range s.Areas {
		s.Areas[i].Outcomes = slices.Clone(a.Outcomes)
		for period, o := range a.Outcomes {
			s.Areas[i].Arm, s.Areas[i].Outcomes[period].Value = f(a.Arm, period, o.Value)
		}
	}
	return s
}

// low and high are the ends of the permutation interval; infinite where there is
// none.
func low(r evaluation.Result) float64 {
	if i := r.Permutation.Interval; i != nil {
		return i.Low
	}
	return math.Inf(-1)
}

func high(r evaluation.Result) float64 {
	if i := r.Permutation.Interval; i != nil {
		return i.High
	}
	return math.Inf(1)
}

func near(t require.TestingT, want, got float64) {
	if math.IsInf(want, 0) {
		require.Equal(t, want, got)
		return
	}
	require.InDelta(t, want, got, 1e-7*max(1, math.Abs(want)))
}

func TestSwappingTheArmsTurnsTheEffectAndNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawnStudy(t)
		r := evaluate(t, s, higher)
		swapped := evaluate(t, with(s, func(arm evaluation.Arm, _ int, v float64) (evaluation.Arm, float64) {
			if arm == evaluation.Intervention {
				return evaluation.Comparison, v
			}
			return evaluation.Intervention, v
		}), higher)
		near(t, -r.Effect, swapped.Effect)
		require.Equal(t, r.Permutation.Extreme, swapped.Permutation.Extreme)
		near(t, -high(r), low(swapped))
		near(t, -low(r), high(swapped))
		near(t, r.Robust.P, swapped.Robust.P)
	})
}

func TestWhatHappensToAllAreasAlikeChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, shift, scale := drawnStudy(t), float64(rapid.IntRange(-50, 50).Draw(t, "shift")), float64(rapid.IntRange(1, 40).Draw(t, "scale"))
		r := evaluate(t, s, higher)
		shifted := evaluate(t, with(s, func(arm evaluation.Arm, period int, v float64) (evaluation.Arm, float64) {
			return arm, v + shift*float64(period)
		}), higher)
		near(t, r.Effect, shifted.Effect)
		require.Equal(t, r.Permutation.Extreme, shifted.Permutation.Extreme)
		near(t, low(r), low(shifted))

		scaled := evaluate(t, with(s, func(arm evaluation.Arm, _ int, v float64) (evaluation.Arm, float64) { return arm, v * scale }), higher)
		near(t, r.Effect*scale, scaled.Effect)
		require.Equal(t, r.Permutation.Extreme, scaled.Permutation.Extreme)
		near(t, high(r)*scale, high(scaled))
		near(t, r.Robust.P, scaled.Robust.P)
	})
}

func TestAnAddedEffectIsFoundAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, effect := drawnStudy(t), float64(rapid.IntRange(-50, 50).Draw(t, "effect"))
		r := evaluate(t, s, higher)
		moved := evaluate(t, with(s, func(arm evaluation.Arm, period int, v float64) (evaluation.Arm, float64) {
			if arm == evaluation.Intervention {
				v += effect * float64(period)
			}
			return arm, v
		}), higher)
		near(t, r.Effect+effect, moved.Effect)
		near(t, low(r)+effect, low(moved))
		near(t, high(r)+effect, high(moved))
		require.Equal(t, r.Permutation.Interval == nil, moved.Permutation.Interval == nil)
	})
}

func TestTheOrderOfAreasDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawnStudy(t)
		r := evaluate(t, s, higher)
		s.Areas = rapid.Permutation(s.Areas).Draw(t, "order")
		shuffled := evaluate(t, s, higher)
		near(t, r.Effect, shuffled.Effect)
		require.Equal(t, r.Permutation.P, shuffled.Permutation.P)
		near(t, low(r), low(shuffled))
		near(t, r.Robust.P, shuffled.Robust.P)
	})
}
