package evaluation

// This file holds what was observed: areas, their arms and their outcomes
// before and during the pilot.

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The bounds of a study. Within them no sum overflows and every evaluation
// ends within seconds.
const (
	maxAreas   = 2_000
	maxPeriods = 1_000
	// maxValue bounds the size of an outcome, a count and a population.
	maxValue = 1e12
)

// minAreas is the least number of areas in an arm from which its spread can be
// told.
const minAreas = 2

// Arm says whether an area had the pilot.
type Arm string

// The two arms.
const (
	Intervention Arm = "intervention"
	Comparison   Arm = "comparison"
)

var arms = []Arm{Intervention, Comparison}

// Valid reports whether a is one of the two arms.
func (a Arm) Valid() bool { return slices.Contains(arms, a) }

// Told names the arm for people.
func (a Arm) Told() language.Text {
	return language.Of("arm." + string(a)).Or(string(a))
}

// Scale says how an outcome is measured and on what scale the effect is told.
type Scale string

const (
	// MeanDifference is the default: outcomes are plain values and the effect
	// is a difference in the unit of the outcome.
	MeanDifference Scale = "mean-difference"
	// RateDifference takes events and populations; the effect is a difference
	// of rates, [Study.Per] people.
	RateDifference Scale = "rate-difference"
	// RateRatio takes events and populations; the effect is a ratio of ratios,
	// and 1 is no effect. It needs at least one event in each area before and
	// after, because an area without any has no ratio.
	RateRatio Scale = "rate-ratio"
)

var scales = []Scale{MeanDifference, RateDifference, RateRatio}

// Valid reports whether s is one of the three scales.
func (s Scale) Valid() bool { return slices.Contains(scales, s) }

// Told names the scale for people.
func (s Scale) Told() language.Text {
	return language.Of("effect-scale." + string(s)).Or(string(s))
}

func (s Scale) rates() bool { return s == RateDifference || s == RateRatio }

// none is the effect that is no effect.
func (s Scale) none() float64 {
	if s == RateRatio {
		return 1
	}
	return 0
}

// Measurement is the outcome of one area in one period.
type Measurement struct {
	// Value is the outcome itself, in [Study.Unit], or for the rate scales the
	// number of events, which need not be whole, for a sample may be weighted: 0, or
	// from 1e-12 on.
	Value float64 `json:"value"`
	// Population is who the events happened to, or their time at risk: 0.001
	// or more for the rate scales, absent for means.
	Population float64 `json:"population,omitempty"`
}

// Area is one unit of the pilot: a union, a district, a catchment area. The
// pilot is given to whole areas, so areas, not people, are what is counted.
type Area struct {
	ID  string `json:"id"`
	Arm Arm    `json:"arm"`
	// Outcomes has one measurement for each of [Study.Periods], in their order.
	Outcomes []Measurement `json:"outcomes"`
}

// Study is what was observed of one outcome in a pilot.
type Study struct {
	// Unit is what the outcome is counted in, as a reader should see it:
	// "consultations per 1,000 people".
	Unit string `json:"unit"`
	// Scale is how the outcome is measured; blank means [MeanDifference].
	Scale Scale `json:"scale,omitempty"`
	// Per is how many people a rate is for: 1000 for "per 1,000 people". Zero
	// means 1. Only for the rate scales.
	Per float64 `json:"per,omitempty"`
	// Periods names the periods, in order: at least one before the pilot and
	// one from its start on, at most 1,000. The check of trends takes them as evenly spaced.
	Periods []string `json:"periods"`
	// Start is the first period of the pilot.
	Start string `json:"start"`
	// Areas are two at least in each arm, and 2,000 at most. Outcomes, counts and
	// populations are at most 1e12 in size.
	Areas []Area `json:"areas"`
	// Illustrative says that the numbers were made up to show something. Every
	// sentence about them then says so.
	Illustrative bool `json:"illustrative,omitempty"`
}

func (s Study) normal() Study {
	if s.Scale == "" {
		s.Scale = MeanDifference
	}
	if s.Scale.rates() && s.Per == 0 {
		s.Per = 1
	}
	return s
}

// Validate returns everything that is wrong with s, with fields such as
// "areas[3].outcomes[0].population"; nil where nothing is. The zero Study is
// refused.
func (s Study) Validate() fault.Fields {
	s = s.normal()
	var errs fault.Fields
	errs.Text("unit", s.Unit, fault.Name)
	fault.Among(&errs, "scale", s.Scale, scales)
	switch {
	case s.Scale.rates():
		errs.Number("per", s.Per, 1e-3, 1e9)
	case s.Per != 0:
		errs.Add("per", "unused", s.Per, language.Of("want.no-per"))
	}
	start := s.checkPeriods(&errs)
	s.checkAreas(&errs, start)
	return errs
}

// checkPeriods returns the position of the first period of the pilot, or -1.
func (s Study) checkPeriods(errs *fault.Fields) int {
	if !errs.Count("periods", len(s.Periods), maxPeriods) {
		return -1
	}
	if len(s.Periods) < 2 {
		errs.Add("periods", fault.Required, len(s.Periods), language.Of("want.periods"))
	}
	first := make(map[string]int, len(s.Periods))
	for i, p := range s.Periods {
		errs.Text(fault.At("periods", i), p, fault.Name)
		errs.Once(fault.At("periods", i), p, first, "periods", i)
	}
	start, exists := first[fault.NFC(s.Start)]
	switch {
	case s.Start == "":
		errs.Add("start", fault.Required, nil, language.Of("want.start"))
	case !exists:
		errs.Add("start", fault.Exists, s.Start, language.Of("want.in-list", "list", "periods"))
	case start == 0:
		errs.Add("start", fault.Range, s.Start, language.Of("want.start-later"))
	default:
		return start
	}
	return -1
}

func (s Study) checkAreas(errs *fault.Fields, start int) {
	if !errs.Count("areas", len(s.Areas), maxAreas) {
		return // going on would only bury this one
	}
	first := make(map[string]int, len(s.Areas))
	inArm := make(map[Arm]int, 2)
	for i, a := range s.Areas {
		path := fault.At("areas", i) + "."
		errs.Text(path+"id", a.ID, fault.Name)
		errs.Once(path+"id", a.ID, first, "areas", i)
		fault.Among(errs, path+"arm", a.Arm, arms)
		inArm[a.Arm]++
		if len(a.Outcomes) != len(s.Periods) {
			errs.Add(path+"outcomes", fault.Length, len(a.Outcomes), language.Of("want.one-each", "n", len(s.Periods)))
			continue
		}
		s.checkOutcomes(errs, path, a.Outcomes, start)
	}
	for _, arm := range []Arm{Intervention, Comparison} {
		if n := inArm[arm]; n < minAreas {
			errs.Add("areas", fault.Required, n, language.Of("want.arm-areas", "least", minAreas, "arm", string(arm)))
		}
	}
}

func (s Study) checkOutcomes(errs *fault.Fields, path string, outcomes []Measurement, start int) {
	valid := true
	for t, o := range outcomes {
		path := path + fault.At("outcomes", t) + "."
		switch {
		case s.Scale.rates():
			valid = errs.Number(path+"value", o.Value, 0, maxValue) && valid
			if o.Value > 0 && o.Value < smallest { // ratios of less would leave the numbers
				errs.Add(path+"value", fault.Range, o.Value, language.Of("want.events"))
				valid = false
			}
			valid = errs.Number(path+"population", o.Population, 1e-3, maxValue) && valid
		default:
			valid = errs.Number(path+"value", o.Value, -maxValue, maxValue) && valid
			if o.Population != 0 {
				errs.Add(path+"population", "unused", o.Population, language.Of("want.no-population"))
			}
		}
	}
	if s.Scale != RateRatio || start < 0 || !valid {
		return
	}
	for _, part := range []struct {
		want     string
		outcomes []Measurement
	}{{"want.event-before", outcomes[:start]}, {"want.event-during", outcomes[start:]}} {
		if !slices.ContainsFunc(part.outcomes, func(o Measurement) bool { return o.Value > 0 }) {
			errs.Add(path+"outcomes", fault.Range, 0.0, language.Of(part.want))
		}
	}
}
