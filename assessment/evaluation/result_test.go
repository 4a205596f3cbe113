package evaluation_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// judged is a result with the given intervals, its p-value small or not.
func judged(small bool, p evaluation.Protocol, permutation, robust [2]float64) evaluation.Result {
	p.Level = 0.95
	r := evaluation.Result{
		Unit: "visits", Scale: evaluation.MeanDifference, Protocol: p,
		Intervention: evaluation.ArmSummary{Areas: 6}, Comparison: evaluation.ArmSummary{Areas: 6},
		Effect:      (permutation[0] + permutation[1]) / 2,
		Permutation: evaluation.Permutation{P: 0.5, Extreme: 462, Allocations: 924, Exact: true, Interval: &assessment.Interval{Low: permutation[0], High: permutation[1]}},
		Robust:      evaluation.Robust{Possible: true, Interval: &assessment.Interval{Low: robust[0], High: robust[1]}},
	}
	if small { // 46 of 924 are 4.98 %
		r.Permutation.P, r.Permutation.Extreme = 46.0/924, 46
	}
	return r
}

func TestAConclusionNeedsThePValueAndBothIntervals(t *testing.T) {
	up, down := evaluation.Protocol{Better: evaluation.Higher}, evaluation.Protocol{Better: evaluation.Lower}
	up10, down10 := up, down
	up10.Worthwhile, down10.Worthwhile = 10, 10
	parted := judged(true, up10, [2]float64{11, 30}, [2]float64{11, 30})
	parted.Trend.Differs = true
	ratio := judged(true, evaluation.Protocol{Better: evaluation.Lower, Worthwhile: 0.9}, [2]float64{0.5, 0.8}, [2]float64{0.6, 0.85})
	ratio.Scale = evaluation.RateRatio
	slightRatio := judged(false, evaluation.Protocol{Better: evaluation.Lower, Worthwhile: 0.9}, [2]float64{0.95, 1.2}, [2]float64{0.91, 1.2})
	slightRatio.Scale = evaluation.RateRatio
	for name, c := range map[string]struct {
		result evaluation.Result
		want   evaluation.Conclusion
		says   string
	}{
		"above nothing":                   {judged(true, up, [2]float64{1, 9}, [2]float64{2, 8}), evaluation.Effective, "it is effective."},
		"below nothing, lower is better":  {judged(true, down, [2]float64{-9, -1}, [2]float64{-8, -2}), evaluation.Effective, "5 lower"},
		"the wrong way":                   {judged(true, up, [2]float64{-9, -1}, [2]float64{-8, -2}), evaluation.Inconclusive, "wrong way"},
		"the wrong way, with a threshold": {judged(true, up10, [2]float64{-9, -1}, [2]float64{-8, -2}), evaluation.NotEffective, "not effective"},
		"one interval holds nothing":      {judged(true, up, [2]float64{1, 9}, [2]float64{-1, 8}), evaluation.Inconclusive, "disagree"},
		"an end on nothing":               {judged(true, up, [2]float64{0, 9}, [2]float64{1, 8}), evaluation.Inconclusive, "disagree"},
		"the p-value is not small":        {judged(false, up, [2]float64{1, 9}, [2]float64{1, 8}), evaluation.Inconclusive, "not evidence of no effect"},
		"small, and surely there":         {judged(true, up10, [2]float64{1, 9}, [2]float64{2, 8}), evaluation.Effective, "yet less than the 10"},
		"less than worthwhile":            {judged(false, up10, [2]float64{-5, 9}, [2]float64{-4, 9.9}), evaluation.NotEffective, "as large as the 10"},
		"less, lower is better":           {judged(false, down10, [2]float64{-9, 5}, [2]float64{-9.9, 4}), evaluation.NotEffective, "as large as the 10"},
		"no threshold was stated":         {judged(false, up, [2]float64{-5, 9}, [2]float64{-4, 8}), evaluation.Inconclusive, "not evidence of no effect"},
		"one interval holds worthwhile":   {judged(false, up10, [2]float64{-5, 9}, [2]float64{-4, 10}), evaluation.Inconclusive, "not evidence of no effect"},
		"trends parted before":            {parted, evaluation.Inconclusive, "moving apart before"},
		"a ratio below 1":                 {ratio, evaluation.Effective, "0.65 times"},
		"a ratio less than worthwhile":    {slightRatio, evaluation.NotEffective, "the 0.9 that"},
		"nothing at all":                  {evaluation.Result{}, evaluation.Inconclusive, "inconclusive"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, c.result.Conclusion())
			sentence := language.English().Paragraph(c.result.Summary())
			require.Contains(t, sentence, c.says)
			require.Contains(t, sentence, "This is an association")
			require.False(t, strings.HasPrefix(sentence, "Illustrative"))
			require.NotContains(t, sentence, "no effect was found")
		})
	}
}

func TestASentenceTellsEffectIntervalChanceAndAreas(t *testing.T) {
	s := changed([]float64{10, 11, 12, 13}, []float64{0, 1, 2, 3})
	s.Illustrative = true
	r := evaluate(t, s, higher)
	// Both arms have the variance 5/3: a standard error of √(2 · 5/3 / 4), 6 degrees of
	// freedom, and t = 2.4469 (any table).
	half := 2.4469 * math.Sqrt(2*5./3/4)
	require.InDelta(t, 7.77, 10-half, 0.005)
	require.InDelta(t, 12.2, 10+half, 0.05)
	require.Equal(t, "Illustrative: these numbers are invented. The change in the 4 intervention areas was 10 higher than in the 4 comparison areas"+
		" (visits per household; 95% interval: 7.77 to 12.2)."+
		" Had the pilot made no difference, a difference at least this large would show in 2 of the 70 ways to choose the intervention areas (p = 0.0286)."+
		" By the rule of the protocol it is effective."+
		" This is an association: it is the pilot's effect only if both groups of areas would have changed alike without the pilot.", language.English().Paragraph(r.Summary()))
	require.Contains(t, language.English().Paragraph(evaluate(t, changed([]float64{1, 2}, []float64{2, 1}), higher).Summary()), "was the same as in the 2 comparison areas")
	// Large numbers keep their digits, small ones get three.
	r.Effect, r.Robust.Interval.Low, r.Robust.Interval.High = 1234567.8, 0.00012345, 99.96
	require.Contains(t, language.English().Paragraph(r.Summary()), "was 1,234,568 higher")
	require.Contains(t, language.English().Paragraph(r.Summary()), "interval: 0.000123 to 100)")
}

func TestAResultSurvivesJSON(t *testing.T) {
	for _, s := range []evaluation.Study{
		changed([]float64{10, 11, 12, 13}, []float64{0, 1, 2, 3}),
		changed([]float64{1, 2, 3}, []float64{4, 5, 6}), // unbounded
		counted(evaluation.RateRatio, [][2]float64{{1, 2}, {1, 3}}, [][2]float64{{1, 2}, {3, 4}}),
		changed([]float64{1, 1}, []float64{2, 2}),
	} {
		r := evaluate(t, s, higher)
		data, err := json.Marshal(r)
		require.NoError(t, err)
		var again evaluation.Result
		require.NoError(t, json.Unmarshal(data, &again))
		repeated, err := json.Marshal(again)
		require.NoError(t, err)
		require.JSONEq(t, string(data), string(repeated))
		require.Equal(t, language.English().Paragraph(r.Summary()), language.English().Paragraph(again.Summary()))
		require.NotRegexp(t, `"[a-z_]*[A-Z]\w*":`, string(data), "keys are in snake case")

		data, err = json.Marshal(s)
		require.NoError(t, err)
		var study evaluation.Study
		require.NoError(t, json.Unmarshal(data, &study))
		require.Equal(t, s, study)
	}
	data, err := json.Marshal(evaluation.Permutation{})
	require.NoError(t, err)
	require.Contains(t, string(data), `"interval":null`, "what excludes nothing has no interval")
}

func TestArmsOfUnlikeSizeAndSpreadAreWarnedOf(t *testing.T) {
	r := evaluate(t, changed([]float64{-50, 0, 60}, []float64{1, 2, 3, 4, 5, 6}), higher)
	require.Contains(t, language.English().Paragraph(r.Warnings), "differ in size and in spread")
	r = evaluate(t, changed([]float64{0, 1, 2, 3}, []float64{10, 11, 12, 13}), higher)
	require.Contains(t, language.English().Paragraph(r.Warnings), "wrong way")
	// One area that stands out by far: no allocation is as extreme in its rank,
	// yet the spread leaves the t interval wide.
	r = evaluate(t, changed([]float64{5, 6, 7, 8, 400}, []float64{0, 1, 2, 3, 4}), higher)
	require.True(t, r.Robust.Interval.Contains(0))
	require.Contains(t, language.English().Paragraph(r.Warnings), "disagree")
	require.Equal(t, evaluation.Inconclusive, r.Conclusion())
}

// Whatever a study is accepted with, its result is told in finite numbers.
func TestAResultIsAlwaysTold(t *testing.T) {
	finest := math.SmallestNonzeroFloat64
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.SampledFrom([]evaluation.Scale{evaluation.MeanDifference, evaluation.RateDifference, evaluation.RateRatio}).Draw(t, "scale")
		value := rapid.SampledFrom([]float64{0, finest, -finest, 1e-300, 1e-160, -1e-17, 1, -1, 1e12, -1e12, 3})
		if scale != evaluation.MeanDifference {
			value = rapid.SampledFrom([]float64{1e-12, 1e-9, 1, 2, 1e12, 3})
		}
		s := evaluation.Study{Unit: "u", Scale: scale, Periods: []string{"1", "2", "3"}, Start: rapid.SampledFrom([]string{"2", "3"}).Draw(t, "start")}
		for i := range rapid.IntRange(4, 9).Draw(t, "areas") {
			a := evaluation.Area{ID: string(rune('a' + i)), Arm: evaluation.Intervention}
			if i%2 == 1 {
				a.Arm = evaluation.Comparison
			}
			for range s.Periods {
				o := evaluation.Measurement{Value: value.Draw(t, "value")}
				if scale != evaluation.MeanDifference {
					o.Population = rapid.SampledFrom([]float64{1e-3, 1, 1e12}).Draw(t, "population")
				}
				a.Outcomes = append(a.Outcomes, o)
			}
			s.Areas = append(s.Areas, a)
		}
		if scale != evaluation.MeanDifference {
			s.Per = rapid.SampledFrom([]float64{0, 1e-3, 1e9}).Draw(t, "per")
		}
		r := evaluate(t, s, evaluation.Protocol{Better: evaluation.Higher, Level: rapid.SampledFrom([]float64{0.5, 0.95, 0.999}).Draw(t, "level")})
		data, err := json.Marshal(r) // which has no form for what is not finite
		require.NoError(t, err)
		require.NotContains(t, language.English().Paragraph(r.Summary()), "Inf")
		require.NotContains(t, string(data)+language.English().Paragraph(r.Summary())+language.English().Paragraph(r.Warnings), "NaN")
		for _, i := range []*assessment.Interval{r.Permutation.Interval, r.Robust.Interval, r.Trend.Permutation.Interval} {
			require.True(t, i == nil || i.Low < i.High, "no width of zero: %v", i)
		}
	})
}

// Rates of 1e-312 have ratios beyond all numbers.
func TestEventsTooFewToBeAnyAreRefused(t *testing.T) {
	few := [][2]float64{{1e-300, 1e12}, {2e-300, 1e12}, {1e-300, 1e12}, {1e-300, 1e12}}
	for _, scale := range []evaluation.Scale{evaluation.RateRatio, evaluation.RateDifference} {
		_, err := counted(scale, few, [][2]float64{{1, 1}, {2, 3}, {2, 1}, {5, 4}}).Evaluate(higher)
		require.Contains(t, strings.Join(rules(t, err), " "), "outcomes[0].value: range")
		require.ErrorContains(t, err, "0 events, or at least 1e-12")
	}
}
