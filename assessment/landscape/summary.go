package landscape

// This file puts an analysis into sentences.

import (
	"fmt"
	"strconv"
)

// Summary returns the analysis in plain sentences: what was found, what is not
// known, and where sources say what the details do not show. Of what there is
// nothing to say, it says nothing.
func (a Analysis) Summary() []string {
	var s []string
	say := func(format string, args ...any) { s = append(s, fmt.Sprintf(format, args...)) }
	n := a.Counts
	if n.Pairs > 0 {
		say("Of %s of an area and a service, %d %s served and %d %s not; %s no post at all.",
			counted(n.Pairs, "pair", "pairs"), n.Served, be(n.Served), n.Unserved, be(n.Unserved),
			counted(n.LeftOut, "area has", "areas have"))
		if n.Overlaps > 0 {
			say("%s served by several cadres; for %d of them no shared coordination mechanism is known.",
				counted(n.Overlaps, "pair is", "pairs are"), n.Uncoordinated)
		} else {
			say("No pair is served by several cadres.")
		}
	}
	if targets := n.OverTarget + n.WithinTarget + n.TargetOpen; targets > 0 {
		say("Of %s with a target, workers serve more people than it in %d, at most as many in %d, and it is not known in %d.",
			counted(targets, "served pair", "served pairs"), n.OverTarget, n.WithinTarget, n.TargetOpen)
	}
	if n.SharedAreas > 0 {
		say("Of %s with several cadres, lines of supervision are separate in %d and not known well enough in %d.",
			counted(n.SharedAreas, "area", "areas"), n.SeparateAreas, n.SupervisionOpen)
	}
	if c := n.LikePay; c.Pairs > 0 {
		say("Of %s of cadres of like work, pay differs in %d, may differ in %d, is equal in %d, and can't be compared in %d.",
			counted(c.Pairs, "pair", "pairs"), c.Gaps, c.Open, c.None, c.Incomparable)
	}
	if c := n.AbovePay; c.Pairs > 0 {
		say("Of %s of a new and an established cadre, the new one gets more in %d, may in %d, does not in %d, and can't be compared in %d.",
			counted(c.Pairs, "pair", "pairs"), c.Gaps, c.Open, c.None, c.Incomparable)
	}
	for _, m := range a.Money {
		in := ""
		if m.Unit != "" {
			in = " in " + m.Unit
		}
		say("Of the money%s, the share from abroad is %s, tied to single diseases %s, and both %s; the concentration of funders is %s.",
			in, m.External, m.Tied, m.ExternalTied, m.Concentration)
	}
	for _, v := range a.Answers {
		switch {
		case len(v.Statements) == 0:
		case v.Contested:
			say("On %q, what is recorded is contradictory; the answer is %s.", v.Aspect, v.Answer)
		case v.Details == Unknown:
			say("On %q, the details leave it open; by %s the answer is %s.", v.Aspect, counted(len(v.Statements), "statement", "statements"), v.Answer)
		default:
			say("On %q, details and %s agree; the answer is %s.", v.Aspect, counted(len(v.Statements), "statement", "statements"), v.Answer)
		}
	}
	return s
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func be(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
