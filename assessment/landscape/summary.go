package landscape

// This file puts an analysis into sentences.

import "github.com/chsreform/chsreform/reformcycle/language"

// Summary tells the analysis, a finding a text: what was found, what is not
// known, and where sources say what the details do not show. Of what there is
// nothing to say, it says nothing.
func (a Analysis) Summary() []language.Text {
	var all []language.Text
	say := func(id string, args ...any) { all = append(all, language.Of(id, args...)) }
	n := a.Counts
	if n.Pairs > 0 {
		say("landscape.pairs", "pairs", n.Pairs, "served", n.Served, "unserved", n.Unserved, "left", n.LeftOut)
		if n.Overlaps > 0 {
			say("landscape.overlaps", "overlaps", n.Overlaps, "alone", n.Uncoordinated)
		} else {
			say("landscape.no-overlaps")
		}
	}
	if targets := n.OverTarget + n.WithinTarget + n.TargetOpen; targets > 0 {
		say("landscape.targets", "pairs", targets, "over", n.OverTarget, "within", n.WithinTarget, "open", n.TargetOpen)
	}
	if n.SharedAreas > 0 {
		say("landscape.supervision", "areas", n.SharedAreas, "separate", n.SeparateAreas, "open", n.SupervisionOpen)
	}
	for _, pay := range []struct {
		id string
		PayCounts
	}{{"landscape.like-pay", n.LikePay}, {"landscape.above-pay", n.AbovePay}} {
		if pay.Pairs > 0 {
			say(pay.id, "pairs", pay.Pairs, "gaps", pay.Gaps, "open", pay.Open, "none", pay.None, "apart", pay.Incomparable)
		}
	}
	for _, m := range a.Money {
		id, args := "landscape.money", []any{"external", m.External.Told(), "tied", m.Tied.Told(), "both", m.ExternalTied.Told(), "concentration", m.Concentration.Told()}
		if m.Unit != "" {
			id, args = "landscape.money-in", append(args, "unit", m.Unit)
		}
		say(id, args...)
	}
	for _, v := range a.Answers {
		switch n := len(v.Statements); {
		case n == 0:
		case v.Contested:
			say("landscape.contested", "aspect", v.Aspect.Told(), "answer", v.Answer.Told())
		case v.Details == Unknown:
			say("landscape.by-statements", "aspect", v.Aspect.Told(), "answer", v.Answer.Told(), "n", n)
		default:
			say("landscape.agreed", "aspect", v.Aspect.Told(), "answer", v.Answer.Told(), "n", n)
		}
	}
	return all
}
