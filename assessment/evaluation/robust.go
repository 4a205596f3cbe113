package evaluation

// This file holds the second interval: from the spread of the areas' changes
// instead of from the ways to choose them.

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/chsreform/chsreform/assessment"
)

// Robust is the t interval of the difference, from the changes of whole areas,
// with a variance of its own for each arm: robust to whatever goes on within
// an area from period to period.
//
// The standard error is √(s₁²/n₁ + s₀²/n₀), with the standard deviations of
// the areas' changes. For a panel of areas with area and period effects it is
// the cluster-robust standard error with the correction of Bell and McCaffrey
// (CR2), to the last digit. The degrees of freedom are Welch's, from the
// observed variances. Those of Bell and McCaffrey are the same formula with
// both variances taken as equal; Welch's are never more than n₁ + n₀ − 2 and
// never fewer than the smaller arm's areas less one.
//
// Bell RM, McCaffrey DF. Bias reduction in standard errors for linear
// regression with multi-stage samples. Surv Methodol 2002;28(2):169–181.
// Imbens GW, Kolesár M. Robust standard errors in small samples: some practical
// advice. Rev Econ Stat 2016;98(4):701–712. Welch BL. The generalization of
// "Student's" problem when several different population variances are
// involved. Biometrika 1947;34:28–35.
type Robust struct {
	// Possible is false where the areas of each arm all changed alike, so that
	// there is no spread to judge by. The numbers are then zero.
	Possible bool `json:"possible"`
	// StandardError of the effect; for [RateRatio], of its logarithm.
	StandardError float64 `json:"standard_error"`
	// DF is the degrees of freedom.
	DF float64 `json:"df"`
	// P is the two-sided p-value of no effect; left out of the JSON where no test
	// is possible.
	P float64 `json:"p,omitempty"`
	// Interval is nil where no test is possible, and where the spread is so wide
	// that it excludes no effect.
	Interval *assessment.Interval `json:"interval"`
}

// holds reports whether the interval, or all numbers where there is none, holds
// the effect.
func (r Robust) holds(effect float64) bool { return r.Interval == nil || r.Interval.Contains(effect) }

// welch works in the scale of computation.
func (c changes) welch(level float64) Robust {
	intervention, comparison := c.of(Intervention, c.change), c.of(Comparison, c.change)
	m1, v1 := stat.MeanVariance(intervention, nil)
	m0, v0 := stat.MeanVariance(comparison, nil)
	n1, n0 := float64(len(intervention)), float64(len(comparison))
	q1, q0 := v1/n1, v0/n0
	r := Robust{StandardError: math.Sqrt(q1 + q0)}
	// Equal changes differ by rounding alone.
	if r.StandardError <= rounding*c.magnitude {
		return Robust{}
	}
	r.Possible = true
	// In shares, so that tiny variances do not vanish when squared.
	w1, w0 := q1/(q1+q0), q0/(q1+q0)
	r.DF = 1 / (w1*w1/(n1-1) + w0*w0/(n0-1))
	t := distuv.StudentsT{Sigma: 1, Nu: r.DF}
	r.P = 2 * t.Survival(math.Abs(m1-m0)/r.StandardError)
	half := t.Quantile((1+level)/2) * r.StandardError
	r.Interval = &assessment.Interval{Low: m1 - m0 - half, High: m1 - m0 + half}
	return r
}
