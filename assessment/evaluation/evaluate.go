package evaluation

// This file puts the parts together: a study and a protocol in, a result out.

import (
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Evaluate estimates what the pilot changed, by difference-in-differences: how
// much more the outcome changed in the intervention areas than in the
// comparison areas. It changes nothing and gives the same result for the same
// study and protocol on every machine.
//
// An area's change is its outcome during the pilot less its outcome before:
// for means, the mean of its periods; for rates, all its events over all its
// population; for ratios, the logarithm of the ratio of the two rates. The
// effect is the mean change of the intervention areas less that of the
// comparison areas. Areas count alike, whatever their size, because the pilot
// was given to areas (Hayes RJ, Moulton LH. Cluster Randomised Trials. 2nd ed.
// CRC Press 2017, on the analysis of cluster summaries).
//
// A study or a protocol that is not valid is refused with
// [fault.Fields], the fields under "study." and "protocol.".
//
// Time and memory grow with the allocations looked at, at most 1,000,000.
func (s Study) Evaluate(p Protocol) (Result, error) {
	s, p = s.normal(), p.normal()
	var errs fault.Fields
	errs.Under("study", s.Validate())
	errs.Under("protocol", p.Validate(s.Scale))
	if err := errs.Err(); err != nil {
		return Result{}, err
	}

	start := slices.Index(s.Periods, s.Start)
	c := s.measure(start)
	effect := c.difference(c.change, c.magnitude)
	permutation := permute(c.change, c.treated, c.magnitude, p)
	robust := c.welch(p.Level)
	if i := permutation.Interval; i != nil {
		// The grid may have rounded an end past the estimate.
		i.Low, i.High = min(i.Low, effect), max(i.High, effect)
	}
	r := Result{
		Unit:         s.Unit,
		Scale:        s.Scale,
		Protocol:     p,
		Intervention: s.arm(c, Intervention),
		Comparison:   s.arm(c, Comparison),
		Effect:       s.Scale.tell(effect),
		Permutation:  permutation,
		Robust:       robust,
		Trend:        s.trend(start, c, p),
		Illustrative: s.Illustrative,
	}
	r.Permutation.Interval = s.Scale.tellInterval(permutation.Interval)
	r.Robust.Interval = s.Scale.tellInterval(robust.Interval)
	r.Warnings = r.warn()
	return r, nil
}

// ArmSummary is one arm before and during the pilot.
type ArmSummary struct {
	// Areas in the arm.
	Areas int `json:"areas"`
	// Before and After are the means of the areas' outcomes, in the unit; for
	// [RateRatio] their geometric means.
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	// Change is After less Before; for [RateRatio], After over Before.
	Change float64 `json:"change"`
	// SD is the standard deviation of the areas' changes; for [RateRatio], of
	// their logarithms.
	SD float64 `json:"sd"`
}

func (s Study) arm(c changes, arm Arm) ArmSummary {
	change, sd := stat.MeanStdDev(c.of(arm, c.change), nil)
	return ArmSummary{
		Areas:  len(c.of(arm, c.change)),
		Before: s.Scale.tell(stat.Mean(c.of(arm, c.before), nil)),
		After:  s.Scale.tell(stat.Mean(c.of(arm, c.after), nil)),
		Change: s.Scale.tell(change),
		SD:     sd,
	}
}

// Trend is the check of whether the arms already moved apart before the pilot:
// the difference between the arms' mean slopes over the periods before it.
//
// A difference is a reason to distrust the comparison. No difference is not a
// proof: with few areas and periods the check misses much, and trends may part
// later (Roth J. Pretest with caution: event-study estimates after testing for
// parallel trends. Am Econ Rev Insights 2022;4(3):305–322). Read its interval.
type Trend struct {
	// Possible is false where there is nothing to check; Reason says why, and
	// the rest is zero.
	Possible bool          `json:"possible"`
	Reason   language.Text `json:"reason,omitzero"`
	// Periods is how many there are before the pilot.
	Periods int `json:"periods"`
	// Difference is by how much more the outcome rose from period to period in
	// the intervention areas, in the unit; for [RateRatio], by what factor.
	Difference float64 `json:"difference"`
	// Permutation is the test of no difference, of the same kind as that of
	// the effect.
	Permutation Permutation `json:"permutation"`
	// Differs is whether the test rejects parallel trends at the protocol's
	// level.
	Differs bool `json:"differs"`
}

func (s Study) trend(start int, c changes, p Protocol) Trend {
	slopes, magnitude, impossible := s.trends(start)
	if !impossible.IsZero() {
		return Trend{Reason: impossible, Periods: start}
	}
	difference := c.difference(slopes, magnitude)
	test := permute(slopes, c.treated, magnitude, p)
	if i := test.Interval; i != nil {
		i.Low, i.High = min(i.Low, difference), max(i.High, difference)
	}
	test.Interval = s.Scale.tellInterval(test.Interval)
	return Trend{
		Possible:    true,
		Periods:     start,
		Difference:  s.Scale.tell(difference),
		Permutation: test,
		Differs:     test.small(p.Level),
	}
}

// small reports whether the p-value is at most 1 − level.
func (t Permutation) small(level float64) bool {
	return t.Extreme <= reach(level, t.Allocations)
}

// tooFew reports whether no outcome could have been conclusive.
func (r Result) tooFew() bool {
	return always(r.Intervention.Areas, r.Comparison.Areas) > reach(r.Protocol.Level, r.Permutation.Allocations)
}

// warn lists what a reader of the numbers has to know.
func (r Result) warn() (warnings []language.Text) {
	say := func(id string, args ...any) { warnings = append(warnings, language.Of(id, args...)) }
	if t := r.Permutation; r.tooFew() {
		n := always(r.Intervention.Areas, r.Comparison.Areas)
		say("warning.few-areas", "p", figure(float64(n)/float64(t.Allocations)), "level", r.Protocol.Level)
	}
	if t := r.Permutation; !t.Exact {
		say("warning.drawn", "most", maxWays, "drawn", r.Protocol.Samples, "seed", r.Protocol.Seed, "error", figure(t.MonteCarloError))
	}
	switch {
	case !r.Robust.Possible:
		say("warning.alike")
	case r.Permutation.Interval != nil && r.Permutation.small(r.Protocol.Level) == r.Robust.holds(r.Scale.none()):
		say("warning.intervals-disagree")
	}
	big, little := max(r.Intervention.SD, r.Comparison.SD), min(r.Intervention.SD, r.Comparison.SD)
	if r.Intervention.Areas != r.Comparison.Areas && big > 2*little {
		say("warning.arms-differ")
	}
	if i, none := r.Interval(); i == nil && r.Robust.Possible {
		say("warning.no-interval", "why", none)
	}
	switch {
	case !r.Trend.Possible:
		say("warning.no-trends", "why", r.Trend.Reason)
	case r.Trend.Differs:
		say("warning.trends-differ")
	}
	if r.Permutation.small(r.Protocol.Level) && r.gain(r.Effect) < 0 {
		say("warning.wrong-way")
	}
	return warnings
}
