package workshop_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	. "github.com/chsreform/chsreform/assessment/workshop"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

func TestPercentAgreementCountsPairs(t *testing.T) {
	p := grid(t, "223", "1.4", "3..", "33-").PercentAgreement()
	// Pairs: three of the first item (one the same, all within one), one of
	// the second (neither), none of the third, one of the fourth (the same).
	assert.Equal(t, Percent{Pairs: 5, Same: 2.0 / 5, WithinOne: 4.0 / 5}, p)
	assert.Equal(t, "Pairs of ratings: 5. The same level: 40%; within one level: 80%", p.String())
	p = grid(t, "2.", ".3").PercentAgreement()
	assert.Equal(t, Percent{Reason: NoOverlap}, p)
	assert.Equal(t, "Percent agreement is not defined: no item was rated by two", p.String())
}

// The skin conditions of 88 patients by two dermatologists, an example of PROC
// FREQ (SAS/STAT user's guide, "Agreement Study"). SAS prints kappa 0.3449,
// standard error 0.0724, limits 0.2030 and 0.4868; weighted linearly 0.5082,
// 0.0655, 0.3798 and 0.6366.
func TestKappaOfASheetIsThatOfSAS(t *testing.T) {
	var lines []string
	for i, row := range [][]int{{10, 4, 1, 0}, {5, 10, 12, 2}, {2, 4, 12, 5}, {0, 2, 6, 13}} {
		for j, n := range row {
			for range n {
				lines = append(lines, string([]byte{'1' + byte(i), '1' + byte(j)}))
			}
		}
	}
	s := grid(t, append(lines, "3.", ".2", "3-")...)
	for w, want := range map[Weighting][4]float64{
		Unweighted: {0.3449, 0.0724, 0.2030, 0.4868},
		Linear:     {0.5082, 0.0655, 0.3798, 0.6366},
	} {
		k, err := s.Kappa("a", "b", w)
		require.NoError(t, err)
		assert.Equal(t, 88, k.Items)
		assert.InDeltaSlice(t, want[:], []float64{k.Value, k.Error, k.Interval.Low, k.Interval.High}, 5.1e-5, w)
		other, err := s.Kappa("b", "a", w)
		require.NoError(t, err)
		assert.InDelta(t, k.Value, other.Value, 1e-15)
	}
	k, err := s.Kappa("a", "b", Linear)
	require.NoError(t, err)
	assert.Equal(t, "Kappa of a and b, linear weights: 0.51 (items: 88; 95% interval: 0.38 to 0.64)", k.String())
}

func TestKappaSaysWhatIsNotDefined(t *testing.T) {
	for name, tt := range map[string]struct {
		lines    []string
		value    float64
		reason   Reason
		interval Reason
	}{
		"no item in common":         {[]string{"3.", ".3", "-3"}, 0, NoOverlap, NoOverlap},
		"one level throughout":      {[]string{"33", "33"}, 0, NoVariation, NoVariation},
		"agreed throughout":         {[]string{"33", "22"}, 1, "", NoDisagreement},
		"one item":                  {[]string{"32"}, 0, "", OneItem},
		"one of two does not vary":  {[]string{"32", "33", "34"}, 0, "", NoVariation},
		"neither varies, but apart": {[]string{"32", "32"}, 0, "", NoVariation},
	} {
		for _, w := range []Weighting{Unweighted, Linear, Quadratic} {
			k, err := grid(t, tt.lines...).Kappa("a", "b", w)
			require.NoError(t, err)
			assert.Equal(t, tt.value, k.Value, name)
			assert.Equal(t, tt.reason, k.Reason, name)
			assert.Equal(t, tt.reason == "", k.Defined())
			assert.Equal(t, tt.interval, k.NoInterval, name)
			assert.Nil(t, k.Interval)
			assert.Zero(t, k.Error)
		}
	}
	k, err := grid(t, "33").Kappa("a", "b", Linear)
	require.NoError(t, err)
	assert.Equal(t, "Kappa of a and b, linear weights, is not defined: the levels do not vary", k.String())
	k, err = grid(t, "33", "11").Kappa("a", "b", Linear)
	require.NoError(t, err)
	assert.Equal(t, "Kappa of a and b, linear weights: 1 (items: 2; no 95% interval: there is no disagreement to learn from)", k.String())
}

// Where the items disagree and all alike, each resample and the formula say the same,
// and a width of zero would claim certainty. With 1 and 2, 2 and 1, 3 and 4, 4 and 3,
// all pairs are one level apart: of the squares of (level difference / 3) 1/9 is
// observed. Each level is a quarter of each margin, so of all pairs 1/4 differ by none,
// 3/8 by one, 1/4 by two and 1/8 by three: of squares (3/8 + 4/4 + 9/8)/9 = 5/18 is
// expected, and kappa is 1 − (1/9)/(5/18) = 0.6; linear, 1/3 of 5/12: 0.2; unweighted,
// 1 of 3/4: −1/3.
func TestDisagreementThatIsAllAlikeHasNoInterval(t *testing.T) {
	var lines []string
	for range 5 {
		lines = append(lines, "12", "21", "34", "43")
	}
	for w, want := range map[Weighting]float64{Quadratic: 0.6, Linear: 0.2, Unweighted: -1. / 3} {
		for _, lines := range [][]string{lines, lines[:4]} {
			k, err := grid(t, lines...).Kappa("a", "b", w)
			require.NoError(t, err)
			assert.InDelta(t, want, k.Value, 1e-15, w)
			assert.Nil(t, k.Interval)
			assert.Zero(t, k.Error)
			assert.Equal(t, NoSpread, k.NoInterval)
			assert.Contains(t, k.String(), "no 95% interval: the items disagree alike")
		}
	}
	k, err := grid(t, append(lines, "11")...).Kappa("a", "b", Quadratic)
	require.NoError(t, err)
	assert.NotNil(t, k.Interval, "one item that differs is enough")
	k, err = grid(t, "14", "41").Kappa("a", "b", Quadratic)
	require.NoError(t, err)
	assert.InDelta(t, -1, k.Value, 1e-15)
	assert.Equal(t, NoSpread, k.NoInterval)
}

// (2, 4) and (4, 2): whatever the weight w of two levels' distance, w is
// observed and (1 + w) / 2 expected, and (w − 1)/2 over (1 − w)/2 is −1.
func TestKappaIsMinusOneAtTheLeast(t *testing.T) {
	for _, w := range []Weighting{Unweighted, Linear, Quadratic} {
		k, err := grid(t, "24", "42").Kappa("a", "b", w)
		require.NoError(t, err)
		assert.InDelta(t, -1, k.Value, 1e-15)
		assert.GreaterOrEqual(t, k.Value, -1.0)
	}
}

func TestKappaIsOfTwoAssessorsOfTheSheet(t *testing.T) {
	s := grid(t, "33")
	_, err := s.Kappa("x", "y", "squared")
	assert.Equal(t, []string{"first: exists", "second: exists", "weighting: known"}, rules(t, err))
	_, err = s.Kappa("a", "a", Linear)
	assert.Equal(t, []string{"second: other"}, rules(t, err))
	var w Weighting
	require.NoError(t, w.UnmarshalText([]byte("quadratic")))
	assert.Equal(t, Quadratic, w)
	assert.ErrorIs(t, w.UnmarshalText([]byte("cubic")), fault.ErrInvalid)
	assert.Equal(t, Quadratic, w)
}

func TestPairsOfAssessorsStandFromTheClosestToTheFurthest(t *testing.T) {
	// c and d gave nothing that the others rated; a and b agree on two of three
	// items, a and e on all.
	s := grid(t, "33..3", "22..2", "12..1", "..1..", "...4.")
	pairs, err := s.Kappas(Linear)
	require.NoError(t, err)
	var names []string
	for _, k := range pairs {
		names = append(names, k.First+k.Second)
		alone, err := s.Kappa(k.First, k.Second, Linear)
		require.NoError(t, err)
		assert.Equal(t, alone, k)
	}
	assert.Equal(t, []string{"ae", "ab", "be"}, names, "equals stand in the order of the names")
	_, err = s.Kappas("squared")
	assert.Equal(t, []string{"weighting: known"}, rules(t, err))
	none, err := (*Sheet)(nil).Kappas(Linear)
	assert.NoError(t, err)
	assert.Empty(t, none)
}

func TestAlphaSaysWhatIsNotDefined(t *testing.T) {
	for name, tt := range map[string]struct {
		lines    []string
		value    float64
		reason   Reason
		interval Reason
	}{
		"one assessor":         {[]string{"3", "2"}, 0, OneAssessor, OneAssessor},
		"no overlap":           {[]string{"3.", ".2", "3-"}, 0, NoOverlap, NoOverlap},
		"one level throughout": {[]string{"333", "33."}, 0, NoVariation, NoVariation},
		// A single 2 that nobody pairs with is no variation.
		"varied where alone":    {[]string{"33", "2."}, 0, NoVariation, NoVariation},
		"agreed throughout":     {[]string{"33", "22"}, 1, "", NoDisagreement},
		"one item":              {[]string{"24"}, 0, "", OneItem},
		"often of one level":    {[]string{"33", "33", "33", "32"}, 0, "", NoVariation},
		"less than one in half": {[]string{"41", "14"}, -0.5, "", NoSpread},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := grid(t, tt.lines...).Alpha(Sampling{})
			require.NoError(t, err)
			// 4 and 1 in both items, n = 4: all pairs within items differ by
			// δ; of 12 pairs of ratings 8 do; 1 − 1/(8/12) = −1/2.
			assert.InDelta(t, tt.value, a.Value, 1e-15)
			assert.Equal(t, tt.reason, a.Reason)
			assert.Equal(t, tt.interval, a.NoInterval)
			assert.Equal(t, tt.interval != "", a.Interval == nil)
			if tt.reason != "" {
				assert.Equal(t, Unreadable, a.Reading())
				assert.Contains(t, a.String(), "not defined")
			}
		})
	}
}

func TestAlphaCountsWhatItRestsOn(t *testing.T) {
	a, err := grid(t, "334.", "2...", "11.-", "43..").Alpha(Sampling{})
	require.NoError(t, err)
	assert.Equal(t, []int{3, 3, 7}, []int{a.Assessors, a.Items, a.Ratings})
}

func TestAlphaIsReadAsKrippendorffAdvises(t *testing.T) {
	for value, want := range map[float64]Reading{1: Reliable, 0.8: Reliable, 0.7999: Tentative, 0.667: Tentative, 0.6669: Unreliable, -0.2: Unreliable} {
		assert.Equal(t, want, Alpha{Value: value}.Reading())
		assert.NotEqual(t, Unreadable.Advice(), want.Advice())
	}
	a := Alpha{Value: -0.001, Items: 1, Assessors: 4, Interval: &assessment.Interval{Low: -0.5, High: 0.25}}
	assert.Equal(t, "Krippendorff's alpha: 0, unreliable (items: 1; assessors: 4; 95% interval: -0.5 to 0.25)", a.String())
	assert.Contains(t, Alpha{NoInterval: OneItem}.String(), "no 95% interval: only one item was rated by two)")
	assert.Contains(t, Alpha{NoInterval: OneAssessor}.String(), "no 95% interval: there is only one assessor)")
	assert.Contains(t, Alpha{NoInterval: "else"}.String(), "no 95% interval: else)")
}

func TestAlphaTakesDrawsWithinBounds(t *testing.T) {
	s := grid(t, "33", "32", "21")
	for _, draws := range []int{-1, 1, 99, 100_001, math.MaxInt} {
		_, err := s.Alpha(Sampling{Draws: draws})
		assert.Equal(t, []string{"draws: range"}, rules(t, err))
	}
	usual, err := s.Alpha(Sampling{Seed: 7})
	require.NoError(t, err)
	same, err := s.Alpha(Sampling{Seed: 7, Draws: 2000})
	require.NoError(t, err)
	assert.Equal(t, usual, same)
}

// alphaByPairs is alpha by its definition, over every pair of ratings. The
// ordinal difference counts the ratings from one value to the other, those at
// the two ends by half.
func alphaByPairs(units [][]int) float64 {
	var all []int
	for _, u := range units {
		if len(u) > 1 {
			all = append(all, u...)
		}
	}
	delta := func(a, b int) float64 {
		if a == b {
			return 0
		}
		a, b = min(a, b), max(a, b)
		d := 0.0
		for _, v := range all {
			switch {
			case v == a || v == b:
				d += 0.5
			case a < v && v < b:
				d++
			}
		}
		return d * d
	}
	n := float64(len(all))
	observed, expected := 0.0, 0.0
	for _, u := range units {
		for i := range u {
			for j := range u {
				if i != j {
					observed += delta(u[i], u[j]) / float64(len(u)-1) / n
				}
			}
		}
	}
	for i := range all {
		for j := range all {
			if i != j {
				expected += delta(all[i], all[j]) / n / (n - 1)
			}
		}
	}
	return 1 - observed/expected
}

// Each assessor sees the true level of an item with probability q and else
// draws one from the levels' shares. Two ratings of an item are then the same
// for sure with probability q², and else independent, so the expected
// disagreement within items is 1 − q² of that between them: alpha is q², with
// any differences. The interval should hold it in 95 of 100 workshops; with 60
// items it falls somewhat short of that, and the test allows for it.
func TestTheIntervalOfAlphaHoldsTheTruth(t *testing.T) {
	const (
		workshops, items, assessors = 200, 60, 4
		q                           = 0.85
	)
	random := rand.New(rand.NewPCG(1, 2))
	draw := func() byte { return "1222333344"[random.IntN(10)] }
	held := 0
	for w := range workshops {
		lines := make([]string, items)
		for i := range lines {
			truth := draw()
			line := make([]byte, assessors)
			for a := range line {
				if line[a] = truth; random.Float64() >= q {
					line[a] = draw()
				}
			}
			lines[i] = string(line)
		}
		a, err := grid(t, lines...).Alpha(Sampling{Draws: 200, Seed: uint64(w)})
		require.NoError(t, err)
		if a.Interval.Low <= q*q && q*q <= a.Interval.High {
			held++
		}
	}
	// From 0.90, less three standard deviations √(0.90 × 0.10 / 200) = 0.021,
	// to 0.95 and three of √(0.95 × 0.05 / 200) = 0.015.
	share := float64(held) / workshops
	assert.Greater(t, share, 0.90-3*0.021)
	assert.Less(t, share, 0.95+3*0.015)
	t.Logf("%.3f of the intervals hold it", share)
}
