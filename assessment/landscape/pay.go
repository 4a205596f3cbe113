package landscape

// This file holds what cadres are paid beside one another.

import "math"

// PayGap is a difference in pay between two cadres whose pay is in one unit.
// Raising one cadre's pay and not that of another with comparable work set the
// two against each other in Bangladesh (afzal2021).
type PayGap struct {
	// Work is what both cadres do; blank where they are a new and an
	// established one.
	Work string `json:"work,omitempty"`
	// Lower and Higher are the ids of the cadres. Where the pay is known only
	// as ranges that meet, it is open who gets more; of cadres of like work,
	// Lower is then the one whose range begins lower, or ends lower, or that
	// comes first.
	Lower  string `json:"lower"`
	Higher string `json:"higher"`
	Unit   string `json:"unit"`
	// Certain says that Higher gets more, wherever in its range each pay lies.
	Certain bool `json:"certain"`
	// AtLeast and AtMost bound the ratio of Higher's pay to Lower's. AtMost is
	// 0 where there is no bound, since Lower may be unpaid; AtLeast is 0 also
	// where Lower surely is, and no ratio exists.
	AtLeast float64 `json:"at_least,omitempty"`
	AtMost  float64 `json:"at_most,omitempty"`
}

// PayCounts counts pairs of cadres by what their pay shows. Gaps, Open, None
// and Incomparable add up to Pairs.
type PayCounts struct {
	Pairs int `json:"pairs"`
	// Gaps surely differ, or surely lie above; Open may, by ranges that meet;
	// None surely do not.
	Gaps int `json:"gaps"`
	Open int `json:"open"`
	None int `json:"none"`
	// Incomparable have pay that is not known, or in different units.
	Incomparable int `json:"incomparable"`
}

// answer says what the pairs show of whether there is a gap.
func (c PayCounts) answer() Answer {
	switch {
	case c.Gaps > 0:
		return Yes
	case c.Pairs > 0 && c.None == c.Pairs:
		return No
	}
	return Unknown
}

// comparePay fills in what depends on pay.
func (a *Analysis) comparePay(l *Landscape) {
	for i := range l.Cadres {
		for j := i + 1; j < len(l.Cadres); j++ {
			if one, other := &l.Cadres[i], &l.Cadres[j]; one.Work != "" && one.Work == other.Work {
				a.compareLike(one, other)
			}
		}
	}
	for i := range l.Cadres {
		if l.Cadres[i].Standing != New {
			continue
		}
		for j := range l.Cadres {
			if l.Cadres[j].Standing == Established {
				a.compareEstablished(&l.Cadres[i], &l.Cadres[j])
			}
		}
	}
}

func (a *Analysis) compareLike(one, other *Cadre) {
	counts := &a.Counts.LikePay
	if !counts.comparable(one, other) {
		return
	}
	p, q := one.Pay, other.Pay
	if p.Low == p.High && p == q {
		counts.None++
		return
	}
	if q.Low < p.Low || q.Low == p.Low && q.High < p.High {
		one, other = other, one
	}
	gap := newGap(one, other)
	gap.Work = one.Work
	counts.count(gap)
	a.Pay = append(a.Pay, gap)
}

func (a *Analysis) compareEstablished(fresh, established *Cadre) {
	counts := &a.Counts.AbovePay
	if !counts.comparable(fresh, established) {
		return
	}
	if fresh.Pay.High <= established.Pay.Low {
		counts.None++
		return
	}
	gap := newGap(established, fresh)
	counts.count(gap)
	a.AboveEstablished = append(a.AboveEstablished, gap)
}

func (c *PayCounts) comparable(one, other *Cadre) bool {
	c.Pairs++
	if one.Pay.Known() && one.Pay.Unit == other.Pay.Unit {
		return true
	}
	c.Incomparable++
	return false
}

func (c *PayCounts) count(gap PayGap) {
	if gap.Certain {
		c.Gaps++
	} else {
		c.Open++
	}
}

func newGap(lower, higher *Cadre) PayGap {
	return PayGap{
		Lower: lower.ID, Higher: higher.ID, Unit: lower.Pay.Unit,
		Certain: higher.Pay.Low > lower.Pay.High,
		AtLeast: ratio(higher.Pay.Low, lower.Pay.High),
		AtMost:  ratio(higher.Pay.High, lower.Pay.Low),
	}
}

// ratio is 0 where there is no finite one.
func ratio(a, b float64) float64 {
	if r := a / b; b != 0 && !math.IsInf(r, 1) {
		return r
	}
	return 0
}
