package evaluation

// This file reduces each area to what the estimates need: its outcome before,
// during, and the change.

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// rounding is the share of the largest outcome below which a difference may be
// nothing but that.
const rounding = 1e-12

// changes is a valid study with a row for each area. On the ratio scale all of
// it is in logarithms.
type changes struct {
	before, after, change []float64
	treated               []bool
	// magnitude is the size of the largest outcome, which rounding is relative
	// to.
	magnitude float64
}

// measure takes a valid, normal study whose pilot starts at position start.
func (s Study) measure(start int) changes {
	n := len(s.Areas)
	c := changes{before: make([]float64, n), after: make([]float64, n), change: make([]float64, n), treated: make([]bool, n)}
	for i, a := range s.Areas {
		c.before[i], c.after[i] = s.level(a.Outcomes[:start]), s.level(a.Outcomes[start:])
		c.change[i] = c.after[i] - c.before[i]
		c.treated[i] = a.Arm == Intervention
		c.magnitude = max(c.magnitude, s.magnitude(a.Outcomes, c.before[i], c.after[i]))
	}
	return c
}

// level is one area's outcome over several periods: the mean, or all events
// over all populations.
func (s Study) level(outcomes []Measurement) float64 {
	var value, population float64
	for _, o := range outcomes {
		value += o.Value
		population += o.Population
	}
	switch s.Scale {
	case RateRatio:
		return math.Log(value) - math.Log(population) + math.Log(s.Per)
	case RateDifference:
		return value / population * s.Per
	default:
		return value / float64(len(outcomes))
	}
}

func (s Study) magnitude(outcomes []Measurement, levels ...float64) (m float64) {
	for _, l := range levels {
		m = max(m, math.Abs(l))
	}
	switch s.Scale {
	case MeanDifference: // large values of opposite sign have a small mean
		for _, o := range outcomes {
			m = max(m, math.Abs(o.Value))
		}
	case RateRatio: // logarithms near zero come from numbers near 1
		m = max(m, 1)
	}
	return m
}

// of returns the values of one arm.
func (c changes) of(arm Arm, values []float64) (own []float64) {
	for i, v := range values {
		if c.treated[i] == (arm == Intervention) {
			own = append(own, v)
		}
	}
	return own
}

// difference is the mean of the intervention areas less that of the comparison
// areas. Every area counts alike, however large: the pilot was given to areas.
// What rounding alone leaves is no difference.
func (c changes) difference(values []float64, magnitude float64) float64 {
	d := stat.Mean(c.of(Intervention, values), nil) - stat.Mean(c.of(Comparison, values), nil)
	if math.Abs(d) <= rounding*magnitude {
		return 0
	}
	return d
}

// tell takes a value from the scale of computation to that of the reader.
func (s Scale) tell(x float64) float64 {
	if s == RateRatio {
		return math.Exp(x)
	}
	return x
}

// tellInterval does so with an interval. One whose end is beyond all numbers, as
// the ratio of a wild spread is, excludes nothing and is none.
func (s Scale) tellInterval(i *assessment.Interval) *assessment.Interval {
	if i == nil || math.IsInf(s.tell(i.High), 1) {
		return nil
	}
	told := assessment.Interval{Low: s.tell(i.Low), High: s.tell(i.High)}
	if told.Low >= told.High { // nearer to one another than numbers can be told apart
		return nil
	}
	return &told
}

// trends gives each area's least-squares slope over the periods before the
// pilot, or why there is none.
func (s Study) trends(start int) (slopes []float64, magnitude float64, impossible language.Text) {
	if start < 2 {
		return nil, 0, language.Of("trend.one-period")
	}
	times := make([]float64, start)
	for t := range times {
		times[t] = float64(t)
	}
	slopes = make([]float64, len(s.Areas))
	levels := make([]float64, start)
	for i, a := range s.Areas {
		for t := range levels {
			if s.Scale == RateRatio && a.Outcomes[t].Value == 0 {
				return nil, 0, language.Of("trend.no-events")
			}
			levels[t] = s.level(a.Outcomes[t : t+1])
		}
		_, slopes[i] = stat.LinearRegression(times, levels, nil, false)
		magnitude = max(magnitude, s.magnitude(a.Outcomes[:start], slices.Max(levels), slices.Min(levels)))
	}
	return slopes, magnitude, impossible
}
