package simulation

// Shares of runs, with the interval that belongs to them.

import (
	"math"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Confidence is that of every interval in this package: where an analysis is
// repeated with other seeds, 95 of 100 intervals hold the number that they are
// about. That number is the model's, not a country's: an interval says how much
// more runs could still change, and nothing about what was assumed.
const Confidence = 0.95

// z95 is the quantile of the standard normal distribution at
// (1 + Confidence) / 2.
const z95 = 1.959963984540054

// estimated is an estimate before its interval: "0.308 (0.255 to 0.366)".
func estimated(at float64, i assessment.Interval) language.Text {
	return language.Of("estimate.told", "at", at, "low", i.Low, "high", i.High)
}

// with writes the same with three decimals, as a table needs it.
func with(l *language.Language, at float64, i assessment.Interval) string {
	return l.Say(language.Of("estimate.told", "at", l.Figures(at, 3), "low", l.Figures(i.Low, 3), "high", l.Figures(i.High, 3)))
}

// Proportion is a share of runs.
type Proportion struct {
	// Hits are the runs that count, Of how many there are.
	Hits uint64 `json:"hits"`
	Of   uint64 `json:"of"`
	// At is the share, from 0 to 1; 0 where there is no run, and the interval is
	// 0 to 1.
	At float64 `json:"at"`
	assessment.Interval
}

func (p Proportion) estimate() Estimate { return Estimate{p.At, p.Interval, p.Of} }

// Told gives "0.308 (0.255 to 0.366)".
func (p Proportion) Told() language.Text { return estimated(p.At, p.Interval) }

// String gives the same in English, with three decimals.
func (p Proportion) String() string { return with(nil, p.At, p.Interval) }

// Wilson gives hits out of so many runs as a proportion with its score
// interval. It refuses more hits than runs.
//
// Wilson EB. Probable inference, the law of succession, and statistical
// inference. J Am Stat Assoc 1927;22:209–212. Newcombe RG. Two-sided confidence
// intervals for the single proportion: comparison of seven methods. Stat Med
// 1998;17:857–872, method 3.
func Wilson(hits, of uint64) (Proportion, error) {
	if hits > of {
		return Proportion{}, fault.Refuse("hits", fault.Range, hits, wholeFrom(0, of))
	}
	return proportion(hits, of), nil
}

// proportion is Wilson for counts that are known to fit.
func proportion(hits, of uint64) Proportion {
	p := Proportion{Hits: hits, Of: of}
	if of > 0 {
		p.At = float64(hits) / float64(of)
	}
	p.Interval = wilson(p.At, float64(of), z95)
	return p
}

// wilson is the score interval of a share of n, which need not be a whole
// number, at the quantile z. Of nothing it is 0 to 1.
func wilson(at, n, z float64) assessment.Interval {
	if !(n > 0) {
		return assessment.Interval{Low: 0, High: 1}
	}
	square := z * z / n
	middle := (at + square/2) / (1 + square)
	half := float64(z / (1 + square) * math.Sqrt(at*(1-at)/n+square/n/4))
	i := assessment.Interval{Low: max(0, middle-half), High: min(1, middle+half)}
	// The ends are reached exactly, but for rounding.
	if at <= 0 {
		i.Low = 0
	}
	if at >= 1 {
		i.High = 1
	}
	return i
}
