package evaluation

// This file holds what an evaluation says, to a program and to a person.

import (
	"math"
	"strconv"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Result is what an evaluation found. It is a plain value, and its JSON form
// is complete.
type Result struct {
	Unit  string `json:"unit"`
	Scale Scale  `json:"scale"`
	// Protocol is what the study was judged by, defaults filled in.
	Protocol     Protocol   `json:"protocol"`
	Intervention ArmSummary `json:"intervention"`
	Comparison   ArmSummary `json:"comparison"`
	// Effect is the difference in differences, in the unit; for [RateRatio],
	// the ratio of ratios.
	Effect float64 `json:"effect"`
	// Permutation has the p-value and the interval that come from the ways to
	// choose the areas, Robust those from the spread of the areas' changes.
	// Neither needs the other's assumptions; [Result.Conclusion] asks both, and
	// [Result.Interval] says which interval holds.
	Permutation Permutation `json:"permutation"`
	Robust      Robust      `json:"robust"`
	// Trend is the check of trends before the pilot.
	Trend Trend `json:"trend"`
	// Warnings says what a reader has to know before relying on the numbers.
	Warnings []language.Text `json:"warnings,omitempty"`
	// Illustrative says that the outcomes were made up.
	Illustrative bool `json:"illustrative,omitempty"`
}

// Conclusion says what a pilot found. The words are those that a reform cycle
// records with a pilot.
type Conclusion string

// What a pilot may have found.
const (
	Effective    Conclusion = "effective"
	NotEffective Conclusion = "not-effective"
	Inconclusive Conclusion = "inconclusive"
)

// Told names the conclusion for people.
func (c Conclusion) Told() language.Text {
	return language.Of("conclusion." + string(c)).Or(string(c))
}

// Conclusion judges by the protocol, in this order:
//
//   - [Inconclusive] if trends before the pilot differed, because the
//     comparison areas then tell little of what would have happened;
//   - [Effective] if the effect goes in the wanted direction, the permutation
//     p-value is at most 1 − level, and both intervals exclude no effect;
//   - [NotEffective] if a smallest worthwhile effect was stated and both
//     intervals hold only less than it;
//   - [Inconclusive] otherwise. It is not a finding of no effect.
//
// The second rule goes before the third: an effect that is surely there and
// surely smaller than worthwhile is effective; [Result.Summary] says that it
// is small. Where the areas of each arm all changed alike there are no intervals,
// and the p-value decides alone whether it is effective.
func (r Result) Conclusion() Conclusion {
	switch {
	case r.Trend.Differs:
		return Inconclusive
	case r.Permutation.small(r.Protocol.Level) && r.gain(r.Effect) > 0 && (!r.Robust.Possible || r.allAbove(r.Scale.none())):
		return Effective
	case r.slight():
		return NotEffective
	default:
		return Inconclusive
	}
}

// gain turns an effect so that more is better and none is zero, or negative
// for a ratio as for a difference.
func (r Result) gain(effect float64) float64 {
	return r.Protocol.Better.sign() * (effect - r.Scale.none())
}

// fewest is how many areas each arm needs for an interval that holds.
const fewest = 4

// Interval returns the interval of the effect that can be relied on, at the protocol's
// level, or nil and why there is none. The rule does not look at the outcomes:
//
//   - the t interval ([Robust]) where each arm has four areas or more;
//   - none where an arm has fewer, where the areas of each arm all changed alike, or
//     where the spread is so wide that it excludes nothing.
//
// The rule was chosen by simulation, for normal changes in arms of 2 to 60 areas and
// spreads that differ up to twentyfold, with effects that are alike in all areas, vary
// as much as the areas do, or come in half of them only. With four areas or more in each
// arm the t interval at 95 % then held the true effect in 93 to 96 % of studies; with
// two or three it did in 86 to 98 %. The interval of [Permutation] holds just as
// exactly as its test does where both arms spread alike; where they do not, it held the
// truth in as few as 66 % (3 areas against 9, six times the spread), and between arms
// of four areas it is too wide (97 %). So it stands beside, and is not quoted. Where few
// areas make most of the effect no interval holds: of such skewness a handful of areas
// tells nothing.
func (r Result) Interval() (interval *assessment.Interval, none language.Text) {
	switch {
	case !r.Robust.Possible:
		return nil, language.Of("no-interval.alike")
	case min(r.Intervention.Areas, r.Comparison.Areas) < fewest:
		return nil, language.Of("no-interval.few", "least", fewest)
	case r.Robust.Interval == nil:
		return nil, language.Of("no-interval.spread")
	}
	return r.Robust.Interval, none
}

// intervals are those that have to agree; nil where the data exclude nothing.
func (r Result) intervals() []*assessment.Interval {
	return []*assessment.Interval{r.Permutation.Interval, r.Robust.Interval}
}

// allAbove reports whether every interval holds only better effects than x.
func (r Result) allAbove(x float64) bool {
	for _, i := range r.intervals() {
		if i == nil || min(r.gain(i.Low), r.gain(i.High)) <= r.gain(x) {
			return false
		}
	}
	return true
}

// slight reports whether every interval holds only less than the worthwhile
// effect.
func (r Result) slight() bool {
	if r.Protocol.Worthwhile == 0 {
		return false
	}
	for _, i := range r.intervals() {
		if i == nil || max(r.gain(i.Low), r.gain(i.High)) >= r.gain(r.worthwhile()) {
			return false
		}
	}
	return true
}

// worthwhile is the stated effect with its sign.
func (r Result) worthwhile() float64 {
	if r.Scale == RateRatio {
		return r.Protocol.Worthwhile
	}
	return r.Protocol.Better.sign() * r.Protocol.Worthwhile
}

// Summary tells the result, a sentence a text: that the numbers are made up where they
// are, the effect with [Result.Interval] and the number of areas, the p-value in words,
// what follows, and what it rests on.
func (r Result) Summary() []language.Text {
	var all []language.Text
	if r.Illustrative {
		all = append(all, language.Of("evaluation.illustrative"))
	}
	return append(all, r.told(), r.chance(), r.verdict(), language.Of("evaluation.association"))
}

// told tells the effect.
func (r Result) told() language.Text {
	id := "evaluation.same"
	args := []any{"unit", r.Unit, "intervention", r.Intervention.Areas, "comparison", r.Comparison.Areas, "interval", r.interval()}
	switch size := figure(math.Abs(r.Effect)); {
	case r.Scale == RateRatio:
		id, args = "evaluation.ratio", append(args, "effect", figure(r.Effect))
	case size == 0:
	case r.Effect > 0:
		id, args = "evaluation.higher", append(args, "size", size)
	default:
		id, args = "evaluation.lower", append(args, "size", size)
	}
	return language.Of(id, args...)
}

func (r Result) chance() language.Text {
	t := r.Permutation
	if !t.Exact {
		return language.Of("evaluation.chance-drawn", "p", figure(t.P), "drawn", t.Allocations-1)
	}
	return language.Of("evaluation.chance", "extreme", t.Extreme, "ways", t.Allocations, "p", figure(t.P))
}

func (r Result) verdict() language.Text {
	worthwhile := figure(r.Protocol.Worthwhile)
	small := r.Permutation.small(r.Protocol.Level)
	switch conclusion := r.Conclusion(); {
	case conclusion == Effective && r.slight():
		return language.Of("evaluation.effective-slight", "worthwhile", worthwhile)
	case conclusion == Effective:
		return language.Of("evaluation.effective")
	case conclusion == NotEffective:
		return language.Of("evaluation.not-effective", "worthwhile", worthwhile)
	case r.Trend.Differs:
		return language.Of("evaluation.inconclusive-trends")
	case r.tooFew():
		return language.Of("evaluation.inconclusive-few")
	case small && r.gain(r.Effect) < 0:
		return language.Of("evaluation.inconclusive-wrong-way")
	case small:
		return language.Of("evaluation.inconclusive-disagree")
	}
	return language.Of("evaluation.inconclusive-open")
}

// Told tells the check of trends, with its limits.
func (t Trend) Told() language.Text {
	switch p := figure(t.Permutation.P); {
	case !t.Possible:
		return language.Of("trend.unchecked", "why", t.Reason)
	case t.Differs:
		return language.Of("trend.differs", "periods", t.Periods, "p", p)
	default:
		return language.Of("trend.alike", "periods", t.Periods, "p", p)
	}
}

func (r Result) interval() language.Text {
	i, none := r.Interval()
	if i == nil {
		return language.Of("interval.none", "level", r.Protocol.Level, "why", none)
	}
	return assessment.Interval{Low: figure(i.Low), High: figure(i.High)}.Told(r.Protocol.Level)
}

// figure rounds a number to three digits, or to all those before the point.
func figure(x float64) float64 {
	digits := 3
	if size := math.Abs(x); size >= 1000 {
		digits = int(math.Log10(size)) + 1
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', digits-1, 64), 64)
	if err != nil || rounded == 0 {
		return 0
	}
	return rounded
}
