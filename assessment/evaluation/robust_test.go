package evaluation_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Student's hours of sleep gained, as two groups of ten: the example of R's
// t.test, which gives t = −1.8608, df = 17.776, p = 0.07939 and the interval
// −3.3654832 to 0.2054832 (R Core Team, data set sleep; Student. The probable
// error of a mean. Biometrika 1908;6:1–25).
func TestTheTIntervalIsThatOfWelch(t *testing.T) {
	first := []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}
	second := []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
	r := evaluate(t, changed(first, second), higher)
	require.InDelta(t, -1.8608, r.Effect/r.Robust.StandardError, 5e-5)
	require.InDelta(t, 17.776, r.Robust.DF, 5e-4)
	require.InDelta(t, 0.07939, r.Robust.P, 5e-6)
	require.InDelta(t, -3.3654832, r.Robust.Interval.Low, 5e-8)
	require.InDelta(t, 0.2054832, r.Robust.Interval.High, 5e-8)
}

// The long regression: the outcome of each area in each period on an effect
// for each area, one for each period, and one for the pilot. Its cluster-robust
// variance with the correction of Bell and McCaffrey, clusters being areas, is
// Welch's variance of the difference of mean changes. The Satterthwaite degrees
// of freedom that go with it under equal, independent errors are Welch's
// formula with equal variances in both arms.
func TestTheStandardErrorIsCR2OfTheLongRegression(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	for _, c := range []struct{ intervention, comparison, before, after int }{{3, 3, 1, 1}, {4, 6, 1, 1}, {5, 3, 3, 2}} {
		areas, periods := c.intervention+c.comparison, c.before+c.after
		s := evaluation.Study{Unit: "visits", Start: string(rune('a' + c.before))}
		for period := range periods {
			s.Periods = append(s.Periods, string(rune('a'+period)))
		}
		rows, columns := areas*periods, areas+periods-1+1
		x, y := mat.NewDense(rows, columns, nil), mat.NewVecDense(rows, nil)
		for i := range areas {
			a := evaluation.Area{ID: string(rune('A' + i)), Arm: evaluation.Comparison}
			if i < c.intervention {
				a.Arm = evaluation.Intervention
			}
			for period := range periods {
				v := float64(i) + random.NormFloat64()*float64(1+i%3)
				a.Outcomes = append(a.Outcomes, evaluation.Measurement{Value: v})
				row := i*periods + period
				y.SetVec(row, v)
				x.Set(row, i, 1)
				if period > 0 {
					x.Set(row, areas+period-1, 1)
				}
				if i < c.intervention && period >= c.before {
					x.Set(row, columns-1, 1)
				}
			}
			s.Areas = append(s.Areas, a)
		}
		r := evaluate(t, s, higher)

		var bread, cross, xy, beta, hat mat.Dense
		cross.Mul(x.T(), x)
		require.NoError(t, bread.Inverse(&cross))
		xy.Mul(x.T(), y)
		beta.Mul(&bread, &xy)
		require.InDelta(t, beta.At(columns-1, 0), r.Effect, 1e-9, "the coefficient is the difference in differences")
		var fitted, residual mat.Dense
		fitted.Mul(x, &beta)
		residual.Sub(y, &fitted)
		hat.Product(x, &bread, x.T())

		variance := 0.0
		g := mat.NewDense(rows, areas, nil) // column i: how errors enter cluster i's score
		for i := range areas {
			from, to := i*periods, (i+1)*periods
			leverage := mat.NewSymDense(periods, nil)
			for p := range periods {
				for q := p; q < periods; q++ {
					v := -hat.At(from+p, from+q)
					if p == q {
						v++
					}
					leverage.SetSym(p, q, v)
				}
			}
			adjust := inverseRoot(t, leverage)
			var weight mat.Dense // A_i X_i (X'X)⁻¹ c
			weight.Product(adjust, x.Slice(from, to, 0, columns), bread.Slice(0, columns, columns-1, columns))
			score := 0.0
			for p := range periods {
				score += weight.At(p, 0) * residual.At(from+p, 0)
				for row := range rows {
					m := -hat.At(from+p, row)
					if row == from+p {
						m++
					}
					g.Set(row, i, g.At(row, i)+m*weight.At(p, 0))
				}
			}
			variance += score * score
		}
		require.InDelta(t, math.Sqrt(variance), r.Robust.StandardError, 1e-9)

		var gg, square mat.Dense
		gg.Mul(g.T(), g)
		square.Mul(&gg, &gg)
		n1, n0 := float64(c.intervention), float64(c.comparison)
		welch := math.Pow(1/n1+1/n0, 2) / (1/(n1*n1*(n1-1)) + 1/(n0*n0*(n0-1)))
		require.InDelta(t, welch, mat.Trace(&gg)*mat.Trace(&gg)/mat.Trace(&square), 1e-7)
		require.GreaterOrEqual(t, r.Robust.DF, min(n1, n0)-1-1e-9)
		require.LessOrEqual(t, r.Robust.DF, n1+n0-2+1e-9)
	}
}

// inverseRoot is the symmetric root of the pseudo-inverse: the area effects
// leave directions in which nothing is left.
func inverseRoot(t *testing.T, m *mat.SymDense) *mat.Dense {
	var e mat.EigenSym
	require.True(t, e.Factorize(m, true))
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	values := e.Values(nil)
	for i, v := range values {
		values[i] = 0
		if v > 1e-9 {
			values[i] = 1 / math.Sqrt(v)
		}
	}
	var root mat.Dense
	root.Product(&vectors, mat.NewDiagDense(len(values), values), vectors.T())
	return &root
}

func TestWithoutSpreadThereIsNoTInterval(t *testing.T) {
	same := func(v float64) []float64 { return []float64{v, v, v, v} }
	// 0.1 + 0.2 − 0.1 is not 0.2 in binary: the spread is rounding alone.
	r := evaluate(t, panel(
		map[evaluation.Arm][]float64{evaluation.Intervention: {0.1, 0.7, 1e3, 5}, evaluation.Comparison: same(1)},
		map[evaluation.Arm][]float64{evaluation.Intervention: {0.3, 0.9, 1e3 + 0.2, 5.2}, evaluation.Comparison: same(1)},
	), higher)
	require.False(t, r.Robust.Possible)
	require.Zero(t, r.Robust.StandardError)
	require.Contains(t, r.Warnings[0].String(), "all changed alike")
	require.Equal(t, 2, r.Permutation.Extreme)
	require.Nil(t, r.Permutation.Interval, "0.2 to 0.2 would claim certainty")
	interval, none := r.Interval()
	require.Nil(t, interval)
	require.Contains(t, none.String(), "all changed alike")
	require.Contains(t, language.English().Paragraph(r.Summary()), "no 95% interval: the areas of each arm all changed alike")
	require.InDelta(t, 0.2, r.Effect, 1e-12)
	require.Equal(t, evaluation.Effective, r.Conclusion(), "the p-value decides alone")
	p := evaluation.Protocol{Better: evaluation.Higher, Worthwhile: 0.1}
	require.Equal(t, evaluation.Inconclusive, evaluate(t, changed(same(0), same(0)), p).Conclusion(), "of how little it may be nothing is known")
}

// Two areas an arm have one degree of freedom in the worst case, and a ratio
// that spreads over twenty powers of ten an interval beyond all numbers.
func TestARatioOfAWildSpreadHasNoTInterval(t *testing.T) {
	s := counted(evaluation.RateRatio, [][2]float64{{1, 1e10}, {1e10, 1}}, [][2]float64{{1, 1}, {1, 1}})
	p := evaluation.Protocol{Better: evaluation.Higher, Level: 0.99}
	r := evaluate(t, s, p)
	require.True(t, r.Robust.Possible)
	require.Nil(t, r.Robust.Interval)
	_, err := json.Marshal(r)
	require.NoError(t, err)
}
