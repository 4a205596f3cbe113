package appraisal

// This file holds what would have to be true for another alternative to win.

import (
	"cmp"
	"math"
	"slices"
)

// Challenge says what a single change would have to be for an alternative to win
// that does not, with all else as agreed and expected.
type Challenge struct {
	Alternative string `json:"alternative"`
	// Behind is how many points it is behind the leader, by expected sums. At 0
	// it is level: nothing has to change, and both lists are empty.
	Behind float64 `json:"behind"`
	// Weights are the changes of one weight that are enough, the smallest first;
	// at most one for each criterion. Empty where no change of a single weight
	// is enough.
	Weights []WeightChange `json:"weights"`
	// Scores are the changes of one of its own scores that are enough, the
	// smallest first. Empty where even the best score on one criterion is not.
	Scores []ScoreChange `json:"scores"`
}

// WeightChange is a change of one weight; the others keep their proportions.
type WeightChange struct {
	Criterion string `json:"criterion"`
	// From is the agreed share. To is the nearest at which the alternative is
	// level with the best of all others: a little beyond it wins, unless To is
	// the only share at which it gets there.
	From float64 `json:"from"`
	To   float64 `json:"to"`
	// Allowed: with the change, all weights keep the bounds and the order.
	Allowed bool `json:"allowed"`
}

// ScoreChange is a change of one score of the alternative.
type ScoreChange struct {
	Criterion string `json:"criterion"`
	// From is the expected score. To is the score at which the alternative is
	// level with the leader; a little more and it wins.
	From float64 `json:"from"`
	To   float64 `json:"to"`
	// Possible: To lies within the range that is held possible now.
	Possible bool `json:"possible"`
}

// Challenges says of each alternative but the leader, in their order, which single
// change would let it win; nil where no weights are agreed. A change of a
// weight is counted only where the alternative then beats all others, not the
// leader alone.
//
// A weighted sum is linear in each weight and each score, so the changes are
// exact, in closed form (compare Triantaphyllou E, Sánchez A. Decis Sci
// 1997;28:151–194, who compare two alternatives at a time).
func (a Appraisal) Challenges() []Challenge {
	if a.shares == nil {
		return nil
	}
	sums := a.Sums()
	lead := a.leader(sums)
	list := []Challenge{}
	for i, o := range a.problem.Alternatives {
		if i == lead {
			continue
		}
		c := Challenge{Alternative: o.ID, Behind: sums[lead].Expected - sums[i].Expected, Weights: []WeightChange{}, Scores: []ScoreChange{}}
		if c.Behind <= a.rounding() {
			c.Behind = 0
			list = append(list, c)
			continue
		}
		for k, cr := range a.problem.Criteria {
			if to, ok := a.turning(i, k); ok {
				c.Weights = append(c.Weights, WeightChange{Criterion: cr.ID, From: a.shares[k], To: to, Allowed: a.space.allows(a.reweighted(k, to))})
			}
			now := a.scores[i][k]
			to := a.means[i][k] + c.Behind/a.shares[k]
			if to <= a.problem.Scale.High+a.rounding() {
				to = min(to, a.problem.Scale.High)
				c.Scores = append(c.Scores, ScoreChange{Criterion: cr.ID, From: a.means[i][k], To: to, Possible: to <= now.High})
			}
		}
		slices.SortStableFunc(c.Weights, func(x, y WeightChange) int {
			return cmp.Compare(math.Abs(x.To-x.From), math.Abs(y.To-y.From))
		})
		slices.SortStableFunc(c.Scores, func(x, y ScoreChange) int { return cmp.Compare(x.To-x.From, y.To-y.From) })
		list = append(list, c)
	}
	return list
}

// turning is the share of criterion k nearest to the agreed one at which
// alternative i is at least level with all others, the other weights in
// proportion; ok is false where there is none.
//
// Against another alternative, with d the difference of the two on k and r that on
// the rest, as the other weights now share it out, the lead at share t is
// t·d + (1−t)·r. So each rival bounds t from one side.
func (a Appraisal) turning(i, k int) (to float64, ok bool) {
	share := a.shares[k]
	if share >= 1 {
		return 0, false // nothing else has a proportion to keep
	}
	low, high := 0.0, 1.0
	for j := range a.means {
		if i == j {
			continue
		}
		d, r := a.means[i][k]-a.means[j][k], 0.0
		for l, w := range a.shares {
			if l != k {
				r += float64(w * (a.means[i][l] - a.means[j][l]))
			}
		}
		r /= 1 - share
		switch slope := d - r; {
		case math.Abs(slope) <= a.rounding():
			if r < -a.rounding() {
				return 0, false
			}
		case slope > 0:
			low = max(low, -r/slope)
		default:
			high = min(high, -r/slope)
		}
	}
	if !(low <= high+slack) {
		return 0, false
	}
	return min(max(share, low), high), true
}

// reweighted gives the agreed weights with that of k changed and the others in
// proportion.
func (a Appraisal) reweighted(k int, to float64) []float64 {
	w := make([]float64, len(a.shares))
	for l, share := range a.shares {
		w[l] = share * (1 - to) / (1 - a.shares[k])
	}
	w[k] = to
	return w
}
