package workshop

// This file holds Cohen's kappa, plain and weighted, for two assessors.

import (
	"cmp"
	"math"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Weighting says how much a disagreement counts that is not the largest.
type Weighting string

const (
	// Unweighted counts every disagreement alike: Cohen 1960.
	Unweighted Weighting = "unweighted"
	// Linear counts a disagreement by how many levels it spans.
	Linear Weighting = "linear"
	// Quadratic counts it by the square of that.
	Quadratic Weighting = "quadratic"
)

var weightings = []Weighting{Unweighted, Linear, Quadratic}

// Valid reports whether w is one of the three weightings.
func (w Weighting) Valid() bool { return slices.Contains(weightings, w) }

// Told names the weighting for people.
func (w Weighting) Told() language.Text {
	return language.Of("weighting." + string(w)).Or(string(w))
}

// UnmarshalText reads a weighting and refuses, with a [fault.Field], any other
// text.
func (w *Weighting) UnmarshalText(text []byte) error {
	return fault.ReadName("weighting", w, text, weightings)
}

// agreement gives the weight of a pair of levels, of k: 1 for the same, 0 for
// the ends of the scale.
func (w Weighting) agreement(i, j, k int) float64 {
	if i == j {
		return 1
	}
	d := float64(i-j) / float64(k-1)
	switch w {
	case Linear:
		return 1 - math.Abs(d)
	case Quadratic:
		return 1 - float64(d*d)
	}
	return 0
}

// Kappa is how far two assessors agree beyond what chance would give.
type Kappa struct {
	First     string    `json:"first"`
	Second    string    `json:"second"`
	Weighting Weighting `json:"weighting"`
	// Items counts those that both rated.
	Items int `json:"items"`
	// Observed and Expected are the weighted shares of agreement found, and
	// expected of two who rate without looking but keep how often they give
	// each level; each 0 … 1.
	Observed float64 `json:"observed"`
	Expected float64 `json:"expected"`
	// Value is (Observed − Expected) / (1 − Expected): 1 where they agree
	// throughout, 0 where they do as chance would, below 0 where less, and −1
	// at the least.
	Value float64 `json:"value"`
	// Error is the large-sample standard error; 0 where the interval is not
	// defined.
	Error float64 `json:"error"`
	// Interval is Value ± 1.96 Error; nil where there is none. It rests on many
	// items: with fewer than about thirty it is rough, and mostly too narrow.
	Interval *assessment.Interval `json:"interval"`
	// NoInterval is why there is no interval; blank where there is.
	NoInterval Reason `json:"no_interval,omitempty"`
	// Reason is why there is no value; blank where there is.
	Reason Reason `json:"reason,omitempty"`
}

// Defined reports whether there is a value.
func (k Kappa) Defined() bool { return k.Reason == "" }

// String tells it in English.
func (k Kappa) String() string { return k.Told().String() }

// Told tells the value with its interval, or why it is not defined.
func (k Kappa) Told() language.Text {
	if !k.Defined() {
		return language.Of("kappa.undefined", "first", k.First, "second", k.Second, "weighting", k.Weighting.Told(), "why", k.Reason.Told())
	}
	return language.Of("kappa.told", "first", k.First, "second", k.Second, "weighting", k.Weighting.Told(),
		"value", hundredths(k.Value), "items", k.Items, "interval", tellInterval(k.Interval, k.NoInterval))
}

// Kappa returns Cohen's kappa of two assessors over the items that both rated.
// The scale has all four levels, whether they occur or not.
//
// The coefficient is that of Cohen J. A coefficient of agreement for nominal
// scales. Educ Psychol Meas 1960;20:37–46 (unweighted) and of Cohen J. Weighted
// kappa. Psychol Bull 1968;70:213–220. The standard error is that of Fleiss JL,
// Cohen J, Everitt BS. Large sample standard errors of kappa and weighted
// kappa. Psychol Bull 1969;72:323–327, doi:10.1037/h0028106, the one for a
// value that need not be 0.
//
// An assessor that the sheet does not have, one and the same assessor twice,
// and a weighting that is none are refused with [fault.Fields].
func (s *Sheet) Kappa(first, second string, w Weighting) (Kappa, error) {
	a, errs := s.find("first", first)
	b, more := s.find("second", second)
	if errs.Under("", more); len(errs) == 0 && a == b {
		errs.Add("second", "other", second, language.Of("want.not-this", "this", first))
	}
	fault.Among(&errs, "weighting", w, weightings)
	if err := errs.Err(); err != nil {
		return Kappa{}, err
	}

	const k = int(assessment.HighlyFunctional)
	t := make(cross, k)
	for l := range t {
		t[l] = make([]int, k)
	}
	for i := range s.checklist.Len() {
		var p, q assessment.Level
		for n := s.from[i]; n < s.from[i+1]; n++ {
			switch s.columns[n] {
			case a:
				p = s.rows[n].Level
			case b:
				q = s.rows[n].Level
			}
		}
		if p.Known() && q.Known() {
			t[p-1][q-1]++
		}
	}
	result := t.kappa(func(i, j int) float64 { return w.agreement(i, j, k) })
	result.First, result.Second, result.Weighting = first, second, w
	return result, nil
}

// Kappas returns the kappa of each two assessors for whom there is one, those who
// agree most first. A weighting that is none is refused with [fault.Fields].
func (s *Sheet) Kappas(w Weighting) ([]Kappa, error) {
	var wrong fault.Fields
	if fault.Among(&wrong, "weighting", w, weightings); wrong != nil {
		return nil, wrong
	}
	var pairs []Kappa
	names := s.Assessors()
	for i, first := range names {
		for _, second := range names[i+1:] {
			k, err := s.Kappa(first, second, w)
			if err != nil {
				return nil, err
			}
			if k.Defined() {
				pairs = append(pairs, k)
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b Kappa) int { return cmp.Compare(b.Value, a.Value) })
	return pairs, nil
}

// cross counts pairs of levels: cross[i][j] items that the first rated i and
// the second j.
type cross [][]int

// kappa computes the coefficient for weights of agreement between 0 and 1,
// with 1 on the diagonal.
func (t cross) kappa(weight func(i, j int) float64) Kappa {
	var result Kappa
	k := len(t)
	rows, cols := make([]float64, k), make([]float64, k)
	same := 0
	for i := range t {
		for j, n := range t[i] {
			result.Items += n
			rows[i] += float64(n)
			cols[j] += float64(n)
		}
		same += t[i][i]
	}
	if result.Items == 0 {
		result.Reason, result.NoInterval = NoOverlap, NoOverlap
		return result
	}
	n := float64(result.Items)
	one, other := slices.Contains(rows, n), slices.Contains(cols, n) // all in one level
	rowWeight, colWeight := make([]float64, k), make([]float64, k)   // mean weight of a row, of a column
	for i := range t {
		for j, c := range t[i] {
			w := weight(i, j)
			result.Observed += w * float64(c) / n
			// The conversions forbid fused operations, which some machines have
			// and which round otherwise.
			result.Expected += float64(w * (rows[i] / n) * (cols[j] / n))
			rowWeight[i] += w * cols[j] / n
			colWeight[j] += w * rows[i] / n
		}
	}
	if one && other && same == result.Items {
		result.Observed, result.Expected = 1, 1
		result.Reason, result.NoInterval = NoVariation, NoVariation
		return result
	}
	o, e := result.Observed, result.Expected
	result.Value = max((o-e)/(1-e), -1) // which it is, but for rounding, at least
	switch {
	case same == result.Items:
		// To the last bit, whatever the sums rounded to.
		result.Observed, result.Value = 1, 1
		result.NoInterval = NoDisagreement
		return result
	case result.Items == 1:
		result.NoInterval = OneItem
		return result
	case one || other:
		result.Value = 0 // as the formula has it, but for rounding
		result.NoInterval = NoVariation
		return result
	}
	sum := 0.0
	for i := range t {
		for j, c := range t[i] {
			d := float64(weight(i, j)*(1-e)) - float64((rowWeight[i]+colWeight[j])*(1-o))
			sum += float64(float64(c) / n * d * d)
		}
	}
	d := float64(o*e) - 2*e + o
	if square := float64(d * d); sum-square <= float64(1e-12*square) { // rounding alone
		result.NoInterval = NoSpread
		return result
	}
	result.Error = math.Sqrt((sum-float64(d*d))/n) / ((1 - e) * (1 - e))
	reach := float64(z * result.Error)
	result.Interval = within(result.Value-reach, result.Value+reach)
	return result
}
