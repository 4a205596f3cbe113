package evaluation

// This file plans a pilot: what it could detect, and how many areas it needs.

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Design is a pilot that is being planned. Power is that of the two-sample t
// test on the areas' changes, from the noncentral t distribution, with the
// spread alike in both arms; it is the chance to detect an effect in its own
// direction.
//
// Bloom HS. Minimum detectable effects: a simple way to report the statistical
// power of experimental designs. Eval Rev 1995;19(5):547–556. Hayes RJ, Moulton
// LH. Cluster Randomised Trials. 2nd ed. CRC Press 2017.
//
// A design whose permutation test can't reach the level, such as 3 and 3 areas
// at 95 %, is refused: [Result.Conclusion] could never be [Effective].
type Design struct {
	// Intervention and Comparison are the areas in each arm, 2 to 1,000.
	Intervention int `json:"intervention"`
	Comparison   int `json:"comparison"`
	// SD is the standard deviation of the areas' changes within an arm, above
	// 0, in the unit of the outcome; for a ratio, of the logarithms. Take it
	// from an earlier study ([ArmSummary.SD]) or from [ChangeSD].
	SD float64 `json:"sd"`
	// Level as in [Protocol]; zero means 0.95.
	Level float64 `json:"level,omitempty"`
	// Power is the wanted chance to detect the effect, 0.5 to 0.99; zero means
	// 0.8.
	Power float64 `json:"power,omitempty"`
}

const (
	defaultPower = 0.8
	maxPlanned   = maxAreas / 2
)

func (d Design) normal() Design {
	if d.Level == 0 {
		d.Level = defaultLevel
	}
	if d.Power == 0 {
		d.Power = defaultPower
	}
	return d
}

// spread checks all but the areas.
func (d Design) spread() (errs fault.Fields) {
	errs.Number("sd", d.SD, smallest, maxValue)
	errs.Number("level", d.Level, minLevel, maxLevel)
	errs.Number("power", d.Power, 0.5, 0.99)
	return errs
}

func (d Design) validate() fault.Fields {
	errs := d.spread()
	for _, arm := range []struct {
		name  string
		areas int
	}{{"intervention", d.Intervention}, {"comparison", d.Comparison}} {
		errs.Whole(arm.name, arm.areas, minAreas, maxPlanned)
	}
	if len(errs) == 0 && !d.attainable() {
		errs.Add("intervention", "attainable", d.Intervention, language.Of("want.more-areas", "intervention", d.Intervention,
			"comparison", d.Comparison, "ways", ways(d.Intervention+d.Comparison, d.Intervention), "level", d.Level))
	}
	return errs
}

// attainable reports whether the most extreme outcome would be conclusive.
func (d Design) attainable() bool {
	n := ways(d.Intervention+d.Comparison, d.Intervention)
	return n > maxWays || always(d.Intervention, d.Comparison) <= reach(d.Level, n)
}

// power is the chance to detect an effect of so many standard errors.
func (d Design) power(errors float64) float64 {
	df := float64(d.Intervention + d.Comparison - 2)
	critical := distuv.StudentsT{Sigma: 1, Nu: df}.Quantile((1 + d.Level) / 2)
	return 1 - distuv.NoncentralT{Nu: df, Mu: errors}.CDF(critical)
}

func (d Design) standardError() float64 {
	return d.SD * math.Sqrt(1/float64(d.Intervention)+1/float64(d.Comparison))
}

// MinimumDetectableEffect is the smallest effect, in the unit of SD, that the
// design detects with its power. For a ratio, take its exponential. It returns
// [fault.Fields] where the design is not valid.
func (d Design) MinimumDetectableEffect() (float64, error) {
	d = d.normal()
	if err := d.validate().Err(); err != nil {
		return 0, err
	}
	return d.detectable(), nil
}

// detectable halves until the interval holds no other number. Power rises with
// the effect.
func (d Design) detectable() float64 {
	low, high := 0.0, 1.0
	for d.power(high) < d.Power {
		low, high = high, 2*high
	}
	for range 60 {
		if middle := (low + high) / 2; d.power(middle) < d.Power {
			low = middle
		} else {
			high = middle
		}
	}
	return high * d.standardError()
}

// Detects is the chance that the design detects an effect of the given size,
// in the unit of SD, in its own direction. The design's Power plays no part.
// It returns [fault.Fields] where the design is not valid or effect
// is not above 0.
func (d Design) Detects(effect float64) (float64, error) {
	d = d.normal()
	errs := d.validate()
	errs.Number("effect", effect, smallest, maxValue)
	if err := errs.Err(); err != nil {
		return 0, err
	}
	return d.power(effect / d.standardError()), nil
}

// AreasNeeded is the smallest number of areas in each of two equal arms that
// detects an effect of the given size, in the unit of SD, with the design's
// power. The design's areas play no part. It returns [fault.Fields]
// where the design is not valid, effect is not above 0, or more than 1,000
// areas an arm are needed.
func (d Design) AreasNeeded(effect float64) (int, error) {
	d = d.normal()
	errs := d.spread()
	errs.Number("effect", effect, smallest, maxValue)
	if err := errs.Err(); err != nil {
		return 0, err
	}
	enough := func(n int) bool {
		d.Intervention, d.Comparison = n, n
		// The margin lets the effect that n areas detect be detected by n areas.
		return d.attainable() && d.power(effect/d.standardError()) >= d.Power-1e-9
	}
	n := minAreas + sort.Search(maxPlanned+1-minAreas, func(i int) bool { return enough(minAreas + i) })
	if n > maxPlanned {
		errs.Add("effect", "attainable", effect, language.Of("want.effect", "most", maxPlanned))
		return 0, errs
	}
	return n, nil
}

// ChangeSD is the standard deviation of an area's change between the mean of
// so many periods before and so many after: sd·√((1−ρ)(1/before + 1/after)),
// where sd is the standard deviation of outcomes between areas in one period
// and the correlation ρ is that of an area's outcomes in any two periods, 0 or
// more and below 1. With σ² between areas and ω² within them from period to
// period, sd² = σ² + ω² and ρ = σ²/(σ² + ω²).
//
// McKenzie D. Beyond baseline and follow-up: the case for more T in
// experiments. J Dev Econ 2012;99(2):210–221. Periods close in time are often
// more alike than distant ones; the formula then promises too much of more
// periods.
func ChangeSD(sd, correlation float64, before, after int) (float64, error) {
	var errs fault.Fields
	errs.Number("sd", sd, smallest, maxValue)
	errs.Number("correlation", correlation, 0, 1-smallest)
	for _, part := range []struct {
		name    string
		periods int
	}{{"before", before}, {"after", after}} {
		errs.Whole(part.name, part.periods, 1, maxPeriods)
	}
	if err := errs.Err(); err != nil {
		return 0, err
	}
	return sd * math.Sqrt((1-correlation)*(1/float64(before)+1/float64(after))), nil
}
