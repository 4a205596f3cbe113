package workshop

// Values that others have published. Some are on scales of three or five
// values, so they are held against the functions below the sheet.

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
)

func weights(rows ...[]float64) func(i, j int) float64 {
	return func(i, j int) float64 { return rows[i][j] }
}

func of(w Weighting, k int) func(i, j int) float64 {
	return func(i, j int) float64 { return w.agreement(i, j, k) }
}

// Two psychiatrists' diagnoses of 200 patients, in shares .44 .07 .09, .05 .20
// .05, .01 .03 .06: kappa .492. Weighted by disagreement (0 1 3, 1 0 6, 3 6 0)
// it is .348, and by 0 1 4, 1 0 6, 2 2 0, which are not symmetric, .353. Cohen
// J. Weighted kappa. Psychol Bull 1968;70:213–220, as the manual of
// psych::cohen.kappa for R cites it.
func TestCohen1968(t *testing.T) {
	table := cross{{88, 14, 18}, {10, 40, 10}, {2, 6, 12}}
	require.InDelta(t, 0.492, table.kappa(of(Unweighted, 3)).Value, 5e-4)

	agreement := func(disagreement ...[]float64) func(i, j int) float64 {
		return func(i, j int) float64 { return 1 - disagreement[i][j]/6 }
	}
	require.InDelta(t, 0.348, table.kappa(agreement([]float64{0, 1, 3}, []float64{1, 0, 6}, []float64{3, 6, 0})).Value, 5e-4)
	require.InDelta(t, 0.353, table.kappa(agreement([]float64{0, 1, 4}, []float64{1, 0, 6}, []float64{2, 2, 0})).Value, 5e-4)
}

// The worked example of Fleiss, Cohen and Everitt 1969, with its table and its
// weights as psych::cohen.kappa has them. By hand: the margins are .60 .30 .10
// and .65 .25 .10, so of agreement .53 + .14 + .03 = .70 is observed and .39 +
// .075 + .01 = .475 expected; (.70 − .475) / .525 = .4286.
func TestFleissCohenEveritt1969(t *testing.T) {
	table := cross{{106, 10, 4}, {22, 28, 10}, {2, 12, 6}}
	k := table.kappa(of(Unweighted, 3))
	require.InDelta(t, 0.70, k.Observed, 1e-12)
	require.InDelta(t, 0.475, k.Expected, 1e-12)
	require.InDelta(t, 0.225/0.525, k.Value, 1e-12)

	// Weighted: .70 + .4444 × (.02 + .01) + .6667 × (.05 + .06) observed and
	// .475 + .4444 × (.06 + .065) + .6667 × (.03 + .025) expected.
	w := weights([]float64{1, 0, .4444}, []float64{0, 1, .6667}, []float64{.4444, .6667, 1})
	k = table.kappa(w)
	require.InDelta(t, .70+.4444*.03+.6667*.11, k.Observed, 1e-12)
	require.InDelta(t, .475+.4444*.125+.6667*.055, k.Expected, 1e-12)
}

// Three levels by 19 items. SAS prints kappa 0.4842, ASE 0.1380, limits 0.2137
// and 0.7547, and linearly weighted 0.4701, 0.1457, 0.1845 and 0.7558: taken
// from the tests of statsmodels (test_inter_rater.py).
func TestStandardErrorsOfSAS(t *testing.T) {
	table := cross{{0, 4, 1}, {0, 8, 0}, {0, 1, 5}}
	for w, want := range map[Weighting][4]float64{
		Unweighted: {0.4842, 0.1380, 0.2137, 0.7547},
		Linear:     {0.4701, 0.1457, 0.1845, 0.7558},
	} {
		k := table.kappa(of(w, 3))
		require.InDeltaSlice(t, want[:], []float64{k.Value, k.Error, k.Interval.Low, k.Interval.High}, 5.1e-5, w)
	}
}

// Two values by 105 items: 0.6756757, standard error 0.07344761, limits
// 0.5317210 and 0.8196303. Example of ci.kappa in statpsych (Bonett DG) for R.
func TestStandardErrorOfStatpsych(t *testing.T) {
	k := cross{{31, 12}, {4, 58}}.kappa(of(Unweighted, 2))
	require.InDeltaSlice(t, []float64{0.6756757, 0.07344761, 0.5317210, 0.8196303},
		[]float64{k.Value, k.Error, k.Interval.Low, k.Interval.High}, 5.1e-8)
}

// The delta method without the formula: for a function f of the cells' shares
// p, n times the variance is Σ p g² − (Σ p g)², g being the gradient, here by
// differences.
func TestTheStandardErrorIsThatOfTheDeltaMethod(t *testing.T) {
	for _, table := range []cross{
		{{106, 10, 4}, {22, 28, 10}, {2, 12, 6}},
		{{10, 4, 1, 0}, {5, 10, 12, 2}, {2, 4, 12, 5}, {0, 2, 6, 13}},
	} {
		k := len(table)
		n := 0.0
		p := make([]float64, k*k)
		for i := range table {
			for j, c := range table[i] {
				n += float64(c)
				p[i*k+j] = float64(c)
			}
		}
		for i := range p {
			p[i] /= n
		}
		for _, w := range []Weighting{Unweighted, Linear, Quadratic} {
			f := func() float64 { // of shares that need not sum to 1
				total, o, e := 0.0, 0.0, 0.0
				rows, cols := make([]float64, k), make([]float64, k)
				for c, v := range p {
					total += v
					rows[c/k] += v
					cols[c%k] += v
				}
				for c, v := range p {
					o += w.agreement(c/k, c%k, k) * v / total
					e += w.agreement(c/k, c%k, k) * rows[c/k] * cols[c%k] / total / total
				}
				return (o - e) / (1 - e)
			}
			square, mean := 0.0, 0.0
			for c := range p {
				const h = 1e-6
				kept := p[c]
				p[c] = kept + h
				up := f()
				p[c] = kept - h
				g := (up - f()) / (2 * h)
				p[c] = kept
				square += kept * g * g
				mean += kept * g
			}
			got := table.kappa(of(w, k))
			require.InDelta(t, f(), got.Value, 1e-12)
			require.InDelta(t, math.Sqrt((square-mean*mean)/n), got.Error, 1e-7, w)
		}
	}
}

// Krippendorff's example of four observers, twelve units, five values and some
// missing, with alpha .815 for ordered values. Krippendorff K. Computing
// Krippendorff's alpha-reliability, 2011, section C.
func TestKrippendorff2011(t *testing.T) {
	observers := []string{
		"123321412...",
		"1233224125.3",
		".3332342251.",
		"12332441251.",
	}
	var pairs [][]float64
	ratings := 0
	for u := range 12 {
		counts := make([]int, 5)
		m := 0
		for _, o := range observers {
			require.Len(t, o, 12)
			if o[u] != '.' {
				counts[o[u]-'1']++
				m++
			}
		}
		if m > 1 {
			pairs = append(pairs, coincidences(counts))
			ratings += m
		}
	}
	require.Equal(t, 40, ratings, "the pairable values: the single 3 of the last unit is not one")

	// The matrix of coincidences, as it is printed there.
	total := make([]float64, 25)
	for _, p := range pairs {
		for i, v := range p {
			total[i] += v
		}
	}
	third := 1.0 / 3
	require.InDeltaSlice(t, []float64{
		7, 4 * third, third, third, 0,
		4 * third, 10, 4 * third, third, 0,
		third, 4 * third, 8, third, 0,
		third, third, third, 4, 0,
		0, 0, 0, 0, 3,
	}, total, 1e-12)
	require.InDelta(t, 0.815, alphaOf(pairs, 5).Value, 5e-4)
}

// The ends of the scale agree by nothing, whatever the weighting.
func TestWeightsGoFromOneToNothing(t *testing.T) {
	const k = int(assessment.HighlyFunctional)
	for w, want := range map[Weighting][]float64{
		Unweighted: {1, 0, 0, 0}, Linear: {1, 2. / 3, 1. / 3, 0}, Quadratic: {1, 8. / 9, 5. / 9, 0},
	} {
		for d := range k {
			require.InDelta(t, want[d], w.agreement(0, d, k), 1e-15)
			require.InDelta(t, want[d], w.agreement(3, 3-d, k), 1e-15)
		}
	}
}
