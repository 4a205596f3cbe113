package evaluation

// This file holds what has to be said before anybody looks at the outcomes.

import (
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Better says which way the outcome should go.
type Better string

// The two directions.
const (
	Higher Better = "higher" // consultations, children immunised
	Lower  Better = "lower"  // deaths, stock-outs
)

// Valid reports whether b is one of the two directions.
func (b Better) Valid() bool { return b == Higher || b == Lower }

// Told names the direction for people.
func (b Better) Told() language.Text {
	return language.Of("better." + string(b)).Or(string(b))
}

// sign turns an effect so that more is better.
func (b Better) sign() float64 {
	if b == Lower {
		return -1
	}
	return 1
}

const (
	minLevel       = 0.5
	maxLevel       = 0.999
	defaultLevel   = 0.95
	defaultSamples = 99_999
	maxSamples     = maxWays - 1
)

// Protocol is how the outcomes will be judged. State it before they are seen:
// a direction or a threshold chosen afterwards proves nothing.
type Protocol struct {
	// Better is the direction that the pilot should move the outcome in.
	// Required.
	Better Better `json:"better"`
	// Level is the confidence level of the intervals, from 0.5 to 0.999; zero
	// means 0.95. A p-value counts as small up to 1 − Level.
	Level float64 `json:"level,omitempty"`
	// Worthwhile is the smallest effect that would be worth having, zero where
	// none was stated. It is a size, above 0, in the unit of the outcome:
	// with [Lower], 10 means 10 fewer. For [RateRatio] it is the ratio itself:
	// above 1 for [Higher], between 0 and 1 for [Lower]. Without it a pilot is
	// never found not effective.
	Worthwhile float64 `json:"worthwhile,omitempty"`
	// Samples is how many allocations are drawn where there are more than
	// 1,000,000: 999 to 999,999; zero means 99,999.
	Samples int `json:"samples,omitempty"`
	// Seed starts the random numbers that draw them. The same seed gives the
	// same result everywhere.
	Seed uint64 `json:"seed,omitempty"`
}

func (p Protocol) normal() Protocol {
	if p.Level == 0 {
		p.Level = defaultLevel
	}
	if p.Samples == 0 {
		p.Samples = defaultSamples
	}
	return p
}

// Validate returns everything that is wrong with p for outcomes on the given
// scale, with fields such as "worthwhile"; nil where nothing is. The zero
// Protocol is refused: it says of no direction that it is better.
func (p Protocol) Validate(scale Scale) fault.Fields {
	p = p.normal()
	var errs fault.Fields
	fault.Among(&errs, "better", p.Better, []Better{Higher, Lower})
	errs.Number("level", p.Level, minLevel, maxLevel)
	switch {
	case p.Worthwhile == 0:
	case scale != RateRatio:
		errs.Number("worthwhile", p.Worthwhile, smallest, maxValue) // a size, whichever direction is better
	case p.Better == Lower:
		errs.Number("worthwhile", p.Worthwhile, smallest, 1-smallest)
	default:
		errs.Number("worthwhile", p.Worthwhile, 1+smallest, maxValue)
	}
	errs.Whole("samples", p.Samples, 999, maxSamples)
	return errs
}

// smallest is the least effect, or distance of a ratio from 1, that can be
// asked for.
const smallest = 1e-12

// reach is how many of n allocations may be at least as extreme as the one
// that was made for its p-value to be no more than 1 − level. The margin
// forgives that 1 − 0.95 is a little more than 0.05 in binary.
func reach(level float64, n int) int { return int((1-level)*float64(n) + 1e-6) }
