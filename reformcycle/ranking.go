package reformcycle

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
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
			wrong.Add("scores["+id+"]", fault.Exists, id, language.Of("want.agreed", "known", listed(choiceIDs(agreed))))
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
	// Place from 1. Those that are as good as each other share one: where neither
	// outweighs the other ([stakeholders.Outweighs]) on the criteria on which they differ.
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

// option is one of those that are ranked: its place in the record, and its scores.
type option struct {
	recorded int
	id       string
	scores   Scores
}

// rank orders by the middle of the interval, the surer first where they are
// equal; where that is equal too they share a place, as they were recorded.
func rank(options []option, agreed []ChoiceCriterion) []Ranked {
	if options == nil {
		return nil
	}
	ranked := make([]Ranked, 0, len(options))
	place := 1
	for middles := range runs(options, agreed, maxScore/2) {
		for equals := range runs(middles, agreed, 0) {
			for _, o := range equals {
				ranked = append(ranked, Ranked{ID: o.id, Place: place, Score: o.scores.weigh(agreed)})
			}
			place += len(equals)
		}
	}
	return ranked
}

// runs sorts, the best first, where a criterion without a score counts so much, and
// yields the runs of those that the first of their run does not outweigh.
func runs(options []option, agreed []ChoiceCriterion, unscored float64) iter.Seq[[]option] {
	// What one has over another: criteria on which they agree count for neither.
	over := func(a, b option) (gains, losses float64) {
		score := func(o option, id string) float64 {
			if v, scored := o.scores[id]; scored {
				return v
			}
			return unscored
		}
		for _, c := range agreed {
			d := score(a, c.ID) - score(b, c.ID)
			gains += float64(c.Weight * max(d, 0))
			losses += float64(c.Weight * max(-d, 0))
		}
		return gains, losses
	}
	sorted := slices.Clone(options)
	slices.SortStableFunc(sorted, func(a, b option) int {
		gains, losses := over(a, b)
		return cmp.Compare(losses, gains)
	})
	return func(yield func([]option) bool) {
		for len(sorted) > 0 {
			n := 1
			for n < len(sorted) && !stakeholders.Outweighs(over(sorted[0], sorted[n])) {
				n++
			}
			// Rounding may have put them in any order.
			slices.SortFunc(sorted[:n], func(a, b option) int { return cmp.Compare(a.recorded, b.recorded) })
			if !yield(sorted[:n]) {
				return
			}
			sorted = sorted[n:]
		}
	}
}
