package landscape

// This file holds how each aspect stands, by the details and by what sources
// say.

import "slices"

// AspectAnswer is how one aspect stands.
type AspectAnswer struct {
	Aspect Aspect `json:"aspect"`
	// Answer joins the details and the statements. Where they all agree, it is
	// what they say. Where they do not, see Contested.
	Answer Answer `json:"answer"`
	// Details is what the details alone show.
	Details Answer `json:"details"`
	// Statements are the positions, in Landscape.Statements, of what sources
	// say.
	Statements []int `json:"statements,omitempty"`
	// Contested says that details or sources contradict one another. One
	// overlap, gap, separate line or difference in pay is enough to answer
	// [Yes], and one overlap without a shared mechanism to answer
	// [SharedMechanism] with [No]: others may have looked elsewhere. For
	// [VerticalFunding], which is of all money, the answer is [Unknown].
	Contested bool `json:"contested,omitempty"`
}

// On returns the answer on an aspect, or one that is [Unknown] where a
// is none of [Aspects] or the analysis is empty.
func (a Analysis) On(on Aspect) AspectAnswer {
	for _, v := range a.Answers {
		if v.Aspect == on {
			return v
		}
	}
	return AspectAnswer{Aspect: on, Answer: Unknown, Details: Unknown}
}

// judge fills in the answers, from what the analysis holds by then.
func (a *Analysis) judge(l *Landscape) {
	a.Answers = make([]AspectAnswer, len(aspects))
	for i, aspect := range aspects {
		v := &a.Answers[i]
		v.Aspect, v.Details = aspect, a.shown(aspect)
		yes, no := v.Details == Yes, v.Details == No
		for j, s := range l.Statements {
			if s.Aspect != aspect {
				continue
			}
			v.Statements = append(v.Statements, j)
			yes, no = yes || s.Holds, no || !s.Holds
		}
		v.Contested = yes && no
		switch {
		case v.Contested && aspect == VerticalFunding, !yes && !no:
			v.Answer = Unknown
		case v.Contested && aspect == SharedMechanism, !yes:
			v.Answer = No
		default:
			v.Answer = Yes
		}
	}
}

// shown is what the details show of an aspect.
func (a *Analysis) shown(aspect Aspect) Answer {
	n := &a.Counts
	switch aspect {
	case Overlaps:
		return anyOf(n.Overlaps, n.Pairs)
	case Unserved:
		return anyOf(n.Unserved, n.Pairs)
	case SeparateSupervision:
		if n.SeparateAreas == 0 && n.SupervisionOpen > 0 {
			return Unknown
		}
		return anyOf(n.SeparateAreas, len(a.AreaLoads))
	case UnequalPay:
		return n.LikePay.answer()
	case AboveEstablishedPay:
		return n.AbovePay.answer()
	case VerticalFunding:
		return a.vertical()
	}
	return a.shared()
}

// anyOf answers whether there are any among those that were looked at.
func anyOf(found, looked int) Answer {
	switch {
	case found > 0:
		return Yes
	case looked > 0:
		return No
	}
	return Unknown
}

// vertical answers whether more than half of the money is external and tied.
// Money of several units does not add up; it answers where all units agree.
func (a *Analysis) vertical() Answer {
	switch {
	case len(a.Money) == 0:
		return Unknown
	case !slices.ContainsFunc(a.Money, func(m Money) bool { return m.ExternalTied.Low <= 0.5 }):
		return Yes
	case !slices.ContainsFunc(a.Money, func(m Money) bool { return m.ExternalTied.High > 0.5 }):
		return No
	}
	return Unknown
}

// shared answers whether the programmes of every overlap share a mechanism.
func (a *Analysis) shared() Answer {
	for _, answer := range []Answer{No, Unknown, Yes} {
		if slices.ContainsFunc(a.Overlaps, func(o Overlap) bool { return o.Shared == answer }) {
			return answer
		}
	}
	return Unknown
}
