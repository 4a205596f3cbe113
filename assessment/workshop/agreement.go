package workshop

// This file holds what the measures of agreement share, and the plainest of
// them.

import (
	"math"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Reason says why a number is not defined. Nothing in this package is ever NaN
// or infinite: where there is a Reason, the number beside it is 0 and means
// nothing.
type Reason string

// Why a coefficient, or its interval, is not defined.
const (
	// OneAssessor: there is nobody to agree with.
	OneAssessor Reason = "one-assessor"
	// NoOverlap: no item was rated by two.
	NoOverlap Reason = "no-overlap"
	// NoVariation: all ratings are of one level, so that agreement by chance
	// is complete, too. Of an interval: one of two assessors gave one level
	// throughout, or too many resamples had one level only.
	NoVariation Reason = "no-variation"
	// NoDisagreement is of an interval only: the ratings agree throughout, and
	// a formula or a resample that sees no disagreement gives a width of 0,
	// which would claim certainty.
	NoDisagreement Reason = "no-disagreement"
	// NoSpread is of an interval only: the items disagree, and all alike, so that a
	// formula or a resample sees no difference between them and gives a width of 0,
	// which would claim certainty.
	NoSpread Reason = "no-spread"
	// OneItem is of an interval only: from one item nothing can be said of the
	// next.
	OneItem Reason = "one-item"
)

// Told tells the reason for people.
func (r Reason) Told() language.Text {
	return language.Of("reason." + string(r)).Or(string(r))
}

// Confidence is how often the intervals of this package hold the true value, in
// the long run. They are within −1 … 1.
const Confidence = 0.95

// tellInterval tells an interval, or why there is none.
func tellInterval(i *assessment.Interval, none Reason) language.Text {
	if i == nil {
		return language.Of("interval.none", "level", Confidence, "why", none.Told())
	}
	return assessment.Interval{Low: hundredths(i.Low), High: hundredths(i.High)}.Told(Confidence)
}

func hundredths(x float64) float64 { return math.Round(100*x) / 100 }

// within ends an interval where the scale of the coefficients ends.
func within(low, high float64) *assessment.Interval {
	return &assessment.Interval{Low: max(low, -1), High: min(high, 1)}
}

// z is the quantile of the normal distribution for Confidence, both sides.
var z = math.Sqrt2 * math.Erfinv(Confidence)

// Percent is how often two ratings of one item agree. It makes no allowance
// for chance: of assessors who guess between four levels, one pair in four
// agrees.
type Percent struct {
	// Pairs counts the pairs of ratings of one item by two assessors, over all
	// items.
	Pairs int `json:"pairs"`
	// Same is the share of pairs that gave the same level, WithinOne of those
	// at most one level apart; each 0 … 1.
	Same      float64 `json:"same"`
	WithinOne float64 `json:"within_one"`
	// Reason is why they are not defined; blank where they are.
	Reason Reason `json:"reason,omitempty"`
}

// Defined reports whether there is a share.
func (p Percent) Defined() bool { return p.Reason == "" }

// String tells it in English.
func (p Percent) String() string { return p.Told().String() }

// Told tells how often ratings agree, or why that is not defined.
func (p Percent) Told() language.Text {
	if !p.Defined() {
		return language.Of("percent.undefined", "why", p.Reason.Told())
	}
	return language.Of("percent.told", "pairs", p.Pairs, "same", p.Same, "near", p.WithinOne)
}

// PercentAgreement returns how often two assessors agree on an item.
func (s *Sheet) PercentAgreement() Percent {
	units := s.units()
	if reason := s.unpaired(units); reason != "" {
		return Percent{Reason: reason}
	}
	var p Percent
	same, near := 0, 0
	for _, t := range units {
		n := t.raters()
		p.Pairs += n * (n - 1) / 2
		for l := assessment.NonFunctional; l <= assessment.HighlyFunctional; l++ {
			same += t[l] * (t[l] - 1) / 2
			if l < assessment.HighlyFunctional {
				near += t[l] * t[l+1]
			}
		}
	}
	p.Same = float64(same) / float64(p.Pairs)
	p.WithinOne = float64(same+near) / float64(p.Pairs)
	return p
}

// units are the items that two or more rated, in the order of the checklist.
func (s *Sheet) units() []*tally {
	s = s.orNone()
	var units []*tally
	for i := range s.checklist.Len() {
		if t := s.tallyOf(i); t.raters() > 1 {
			units = append(units, t)
		}
	}
	return units
}

// unpaired gives the reason where no two ratings can be compared.
func (s *Sheet) unpaired(units []*tally) Reason {
	switch {
	case len(s.orNone().assessors) < 2:
		return OneAssessor
	case len(units) == 0:
		return NoOverlap
	}
	return ""
}
