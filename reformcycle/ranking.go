package reformcycle

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file ranks problems and solutions: the criteria of choice, the scores
// against them, and the order that follows.

// ChoiceCriterion is one of the weighted criteria by which problems or
// solutions are ranked.
type ChoiceCriterion struct {
	ID   string `json:"id" validate:"id"`
	Text string `json:"text" validate:"text"`
	// Weight against the other criteria; more than 0, any scale.
	Weight float64 `json:"weight" validate:"finite,gt=0,lte=1000000"`
	// Entry that set it; set when it is recorded.
	Entry uint64 `json:"entry,omitempty" validate:"-"`
}

// Scores holds a score from 0 (worst) to 10 (best) for each criterion of choice
// that was judged, by the criterion's id. A criterion without a score is
// unknown, not zero.
type Scores map[string]float64

// refuse checks scores against the criteria that are agreed.
func (s Scores) refuse(agreed []ChoiceCriterion) error {
	var wrong fault.Fields
	for _, id := range slices.Sorted(maps.Keys(s)) {
		if !slices.ContainsFunc(agreed, func(c ChoiceCriterion) bool { return c.ID == id }) {
			wrong.Add("scores["+id+"]", fault.Exists, id, "one of the agreed criteria: "+fault.List(choiceIDs(agreed)))
		}
	}
	return wrong.Err()
}

func choiceIDs(criteria []ChoiceCriterion) []string {
	ids := make([]string, len(criteria))
	for i, c := range criteria {
		ids[i] = c.ID
	}
	return ids
}

// with puts scores over those given before, in a map of its own.
func (s Scores) with(more Scores) Scores {
	all := maps.Clone(s)
	if all == nil {
		all = Scores{}
	}
	maps.Copy(all, more)
	return all
}

// complete reports whether each agreed criterion has a score.
func (s Scores) complete(agreed []ChoiceCriterion) bool {
	for _, c := range agreed {
		if _, scored := s[c.ID]; !scored {
			return false
		}
	}
	return len(agreed) > 0
}

// Ranked is a problem or a solution with its weighted score.
type Ranked struct {
	ID string `json:"id"`
	// Place from 1. Those that are as good as each other share one: scores within a
	// billionth are equal, for so much may be rounding.
	Place int `json:"place"`
	// Score is the weighted mean of the scores divided by 10, so from 0 to 1. It
	// is an interval while a criterion has no score: worst case to best case.
	Score assessment.Bounds `json:"score"`
}

// weigh gives the weighted mean of the scores, from 0 to 1: from the worst case to
// the best while a criterion has no score.
func (s Scores) weigh(agreed []ChoiceCriterion) assessment.Bounds {
	var low, high, total float64
	for _, c := range agreed {
		total += c.Weight
		if v, scored := s[c.ID]; scored {
			low += c.Weight * v
			high += c.Weight * v
		} else {
			high += c.Weight * maxScore
		}
	}
	if total == 0 {
		return assessment.Bounds{Low: 0, High: 1}
	}
	return assessment.Bounds{Low: low / (total * maxScore), High: high / (total * maxScore)}
}

// rank orders by the middle of the interval, the surer first where they are
// equal; where that is equal too they share a place, as they were recorded.
func rank(all []Ranked) []Ranked {
	for i := range all {
		all[i].Place = i // in the record, for now
	}
	next := 0
	for middles := range runs(all, func(r Ranked) float64 { return (r.Score.Low + r.Score.High) / 2 }) {
		for equals := range runs(middles, func(r Ranked) float64 { return r.Score.Low }) {
			slices.SortFunc(equals, func(a, b Ranked) int { return cmp.Compare(a.Place, b.Place) })
			for i := range equals {
				equals[i].Place = next + 1
			}
			next += len(equals)
		}
	}
	return all
}

// runs sorts by a value, the highest first, and yields the runs of those that are
// within a billionth of the first of their run.
func runs(all []Ranked, value func(Ranked) float64) iter.Seq[[]Ranked] {
	slices.SortFunc(all, func(a, b Ranked) int { return cmp.Compare(value(b), value(a)) })
	return func(yield func([]Ranked) bool) {
		for len(all) > 0 {
			n := 1
			for n < len(all) && value(all[0])-value(all[n]) <= 1e-9 {
				n++
			}
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}
