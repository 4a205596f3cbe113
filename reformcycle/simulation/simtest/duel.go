package simtest

// The test of which of two is ahead, from pairs.

import (
	"math"

	"github.com/chsreform/chsreform/reformcycle/language"
)

// duel judges which of two is ahead more often. Two things are judged at once,
// each with half of the error: who is ahead in the pairs that differ, which is
// the sign test, and whether enough of them differ. The second ends a duel of
// equals, which the first alone would go on with for ever.
type duel struct {
	ahead, differ sequence
}

func newDuel(margin, err float64) duel {
	return duel{newSequence(0.5, 0.5+margin, err/2), newSequence(0, margin, err/2)}
}

// see takes in a pair: above 0 where the first is ahead, below where the second
// is, 0 where neither is.
func (d *duel) see(order int) {
	d.differ.see(order != 0)
	if order != 0 {
		d.ahead.see(order > 0)
	}
}

// verdict says whether there is one, and whether the first is ahead.
func (d *duel) verdict() (decided, ahead bool) {
	if d.ahead.above() {
		return true, true
	}
	return d.ahead.below() || d.differ.below(), false
}

// needed is after how many pairs there is a verdict at the latest, if shares
// stay as they are.
func (d *duel) needed() float64 {
	n := math.Ceil(d.ahead.needed(d.ahead.share()) / d.differ.share())
	if share := d.differ.share(); share < d.differ.high {
		n = min(n, reached(divergence(share, d.differ.high), d.differ.level))
	}
	return n
}

// atMost is after how many pairs there is a verdict whatever is seen: by then
// either enough pairs differ to tell who is ahead, or so few that they exclude
// the margin.
func (d *duel) atMost() float64 {
	enough := d.ahead.atMost()
	from := enough / d.differ.high
	to := 2 * from
	few := func(n float64) bool {
		return n*divergence(enough/n, d.differ.high) >= math.Log(2*d.differ.level)+math.Log(n)/2
	}
	for !few(to) && !math.IsInf(to, 1) {
		to *= 2
	}
	for range 100 {
		if n := (from + to) / 2; few(n) {
			to = n
		} else {
			from = n
		}
	}
	return math.Ceil(to)
}

func (d *duel) saw() language.Text {
	differLow, differHigh := between(d.differ.interval())
	aheadLow, aheadHigh := between(d.ahead.interval())
	saw := language.Of("saw.pairs", "ahead", number(d.ahead.hits), "behind", number(d.ahead.seen-d.ahead.hits), "level", number(d.differ.seen-d.differ.hits),
		"pairs", number(d.differ.seen), "differ-low", differLow, "differ-high", differHigh, "ahead-low", aheadLow, "ahead-high", aheadHigh)
	if decided, ahead := d.verdict(); decided && !ahead && !d.ahead.below() {
		return language.Of("saw.too-few", "saw", saw)
	}
	return saw
}
