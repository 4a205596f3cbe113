package reformcycle

import (
	"cmp"
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
// equal, and as they were recorded where that is equal too.
func rank(all []Ranked) []Ranked {
	slices.SortStableFunc(all, func(a, b Ranked) int {
		return cmp.Or(
			cmp.Compare(b.Score.Low+b.Score.High, a.Score.Low+a.Score.High),
			cmp.Compare(b.Score.Low, a.Score.Low),
		)
	})
	return all
}
