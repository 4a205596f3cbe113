package stakeholders

// The cheapest way to a coalition that is likely to hold (model).

import (
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// usualWork is enough to weigh 20 strategies in every combination.
const usualWork = 1 << maxExact

// probabilitySlack keeps a probability that falls short of what is wanted by
// rounding alone from being refused.
const probabilitySlack = 1e-12

// ErrUnreachable matches [UnreachableError], with errors.Is.
var ErrUnreachable = errors.New("stakeholders: probability out of reach")

// UnreachableError says that no set of the strategies makes it as probable as
// wanted that support exceeds opposition. It is proven, not merely not found.
type UnreachableError struct {
	Wanted     float64  // the probability wanted
	Best       float64  // the highest that any set reaches
	Strategies []string // ids of the cheapest set that reaches it, sorted
}

// Error says what was wanted and what can be had.
func (e UnreachableError) Error() string {
	return fmt.Sprintf("stakeholders: support exceeds opposition with a probability of at most %.4g, with strategies [%s]; wanted %g",
		e.Best, strings.Join(e.Strategies, ", "), e.Wanted)
}

// Is reports whether target is [ErrUnreachable].
func (e UnreachableError) Is(target error) bool { return target == ErrUnreachable }

// CheapestSet is a set of strategies to carry out.
type CheapestSet struct {
	// Strategies are the ids of the set, sorted. None means: do nothing.
	Strategies []string `json:"strategies"`
	// Cost of carrying out the set, in Unit, whatever succeeds.
	Cost float64 `json:"cost"`
	Unit string  `json:"unit,omitempty"`
	// Probability that support exceeds opposition once it is carried out, and
	// whether that is as high as wanted.
	Probability float64 `json:"probability"`
	Reaches     bool    `json:"reaches"`
	// LowerBound is proven: no set that costs less reaches what is wanted.
	LowerBound float64 `json:"lower_bound"`
	// Exact says that no set is better; otherwise the work ran out first.
	Exact bool `json:"exact"`
	// Work is how many outcomes were weighed.
	Work int `json:"work"`
}

// Cheapest returns the cheapest set of strategies that, once carried out, each
// succeeding with its own probability, makes support exceed opposition with at
// least the wanted probability, 0 … 1. Of sets that cost the same it takes the
// one with fewer strategies, then the one whose sorted ids come first. More is
// not always better: averaged with a bold strategy, a timid one holds it back
// (reich), so all sets have to be looked at.
//
// Work is how many outcomes may be weighed; 0 stands for 2^20. Where work
// covers every combination of the strategies that can make a difference, at
// most 20 of them, the answer is exact. Otherwise sets are looked at in order
// of cost for as long as the work lasts: the answer is then the best set found,
// with the lower bound that was proven and Exact false; Reaches is false where
// none was found that does.
//
// It refuses what [Roster.Under] refuses, a wanted probability outside 0 … 1,
// negative work, and costs in different units (a strategy that costs nothing
// may name any). If no set reaches what is wanted the error is an
// [UnreachableError].
//
// Performance: for 20 strategies that each move six of 30 actors it takes about
// 70 ms, and 10 MB that are released on return.
func (r Roster) Cheapest(strategies []Strategy, wanted float64, work int) (CheapestSet, error) {
	errs := r.checkStrategies(strategies)
	if !(wanted >= 0 && wanted <= 1) { // written so that NaN fails
		errs.add("wanted", ruleRange, wanted, "a probability from 0 to 1")
	}
	if work < 0 {
		errs.add("work", ruleRange, work, "0 or more outcomes")
	}
	unit := errs.oneUnit(strategies)
	if err := errs.Err(); err != nil {
		return CheapestSet{}, err
	}
	if work == 0 {
		work = usualWork
	}

	// What never succeeds, or moves nobody who counts, only costs.
	useful := slices.Clone(strategies)
	t := r.tally(useful)
	for i := len(useful) - 1; i >= 0; i-- {
		if useful[i].Probability == 0 || len(t.steps[i]) == 0 {
			useful = slices.Delete(useful, i, i+1)
		}
	}
	// In order of ids, so that of two sets the one with the first strategy
	// that the other lacks comes first.
	slices.SortFunc(useful, func(a, b Strategy) int { return strings.Compare(a.ID, b.ID) })
	q := newQuest(r.tally(useful), useful, wanted, work)
	if len(useful) <= maxExact && 1<<len(useful) <= work {
		q.weighAll()
	} else {
		q.search()
	}
	if q.exact && !q.reaches(q.best) {
		return CheapestSet{}, UnreachableError{Wanted: wanted, Best: min(q.best.probability, 1), Strategies: q.ids()}
	}
	return CheapestSet{
		Strategies:  q.ids(),
		Cost:        q.amount(q.best.cost),
		Unit:        unit,
		Probability: min(q.best.probability, 1),
		Reaches:     q.reaches(q.best),
		LowerBound:  q.amount(q.bound),
		Exact:       q.exact,
		Work:        q.used,
	}, nil
}

// oneUnit returns the unit of the costs and refuses a second one.
func (e *FieldErrors) oneUnit(strategies []Strategy) string {
	unit, first := "", -1
	for i, s := range strategies {
		switch {
		case !(s.Cost > 0):
		case first < 0:
			unit, first = s.Unit, i
		case s.Unit != unit:
			e.add(at("strategies", i)+".unit", ruleKnown, s.Unit, "the unit of "+at("strategies", first)+", "+unit)
		}
	}
	return unit
}

// quest looks for the cheapest set. Strategies stand in the order of their ids.
type quest struct {
	*tally
	strategies []Strategy
	wanted     float64
	work, used int

	// Costs are whole numbers of 10^−digits, so that sets that cost the same in
	// decimals cost the same here.
	costs  []int64
	digits int

	best  plan  // of those looked at
	bound int64 // no set that costs less reaches what is wanted
	exact bool  // no set is better than best
}

// plan is a set of strategies that has been weighed.
type plan struct {
	members     []int // places in quest.strategies, ascending
	cost        int64
	probability float64
	margin      float64 // expected, in units
}

// costDigits is to how many decimal digits costs are added.
const costDigits = 15

func newQuest(t *tally, strategies []Strategy, wanted float64, work int) *quest {
	q := &quest{tally: t, strategies: strategies, wanted: wanted, work: work, costs: make([]int64, len(strategies))}
	var highest float64
	for _, s := range strategies {
		highest = max(highest, s.Cost)
	}
	if highest > 0 {
		length := math.Ceil(math.Log10(highest) + math.Log10(float64(len(strategies))))
		q.digits = costDigits - int(length)
	}
	for i, s := range strategies {
		q.costs[i] = int64(math.Round(timesPow10(s.Cost, q.digits)))
	}
	return q
}

// amount turns a sum of costs back into the unit of the host.
func (q *quest) amount(cost int64) float64 {
	return min(timesPow10(float64(cost), -q.digits), math.MaxFloat64)
}

// timesPow10 shifts the decimal point. Dividing by a power of ten that is a
// whole number keeps 3 × 10^−1 the number that is written 0.3.
func timesPow10(v float64, digits int) float64 {
	const most = 300 // beyond 308 the power is no number any more
	switch {
	case digits > most:
		return timesPow10(v*1e300, digits-most)
	case digits >= 0:
		return v * math.Pow10(digits)
	case digits >= -most:
		return v / math.Pow10(-digits)
	}
	return timesPow10(v/1e300, digits+most)
}

// ids returns the sorted ids of the best set.
func (q *quest) ids() []string {
	ids := make([]string, len(q.best.members))
	for i, m := range q.best.members {
		ids[i] = q.strategies[m].ID
	}
	return ids
}

func (q *quest) reaches(p plan) bool { return p.probability >= q.wanted-probabilitySlack }

// weighAll weighs all outcomes once and derives the probability of every set of
// strategies from them.
func (q *quest) weighAll() {
	n := len(q.strategies)
	// chance[set] starts as 1 where support exceeds opposition if just that
	// set succeeds.
	chance := make([]float64, 1<<n)
	order := q.byReach()
	set := 0
	for i := range 1 << n {
		if i > 0 {
			s := order[bits.TrailingZeros(uint(i))]
			q.flip(s)
			set ^= 1 << s
		}
		if q.margin() > tieUnits {
			chance[set] = 1
		}
	}
	q.used = 1 << n
	// Strategy by strategy, a set with it becomes the average of its success
	// and its failure, which is the set without it. In the end chance[set] is
	// the probability once that set is carried out: 3^n terms in n × 2^n steps.
	for s, p := range q.probability {
		bit := 1 << s
		for base := 0; base < len(chance); base += 2 * bit {
			without, with := chance[base:base+bit], chance[base+bit:base+2*bit]
			for k, failed := range without {
				with[k] = failed + float64(p*(with[k]-failed))
			}
		}
	}
	best, found := q.cheapest(chance, q.wanted)
	if !found {
		best, _ = q.cheapest(chance, slices.Max(chance))
	}
	q.best = plan{cost: q.cost(best), probability: chance[best]}
	for s := range n {
		if best>>s&1 == 1 {
			q.best.members = append(q.best.members, s)
		}
	}
	q.exact, q.bound = true, q.best.cost
}

// cheapest returns the best set whose chance is at least as wanted.
func (q *quest) cheapest(chance []float64, wanted float64) (best int, found bool) {
	var cost, lowest int64
	set := 0
	for i := range chance {
		if i > 0 {
			s := bits.TrailingZeros(uint(i))
			set ^= 1 << s
			if set>>s&1 == 1 {
				cost += q.costs[s]
			} else {
				cost -= q.costs[s]
			}
		}
		if chance[set] < wanted-probabilitySlack || found && cost > lowest {
			continue
		}
		if !found || cost < lowest || before(set, best) {
			best, lowest, found = set, cost, true
		}
	}
	return best, found
}

// before orders sets that cost the same: fewer strategies, then ids.
func before(a, b int) bool {
	if n, m := bits.OnesCount(uint(a)), bits.OnesCount(uint(b)); n != m {
		return n < m
	}
	differ := a ^ b
	return a&(differ&-differ) != 0
}

// cost adds up the costs of a set.
func (q *quest) cost(set int) int64 {
	var sum int64
	for s, c := range q.costs {
		if set>>s&1 == 1 {
			sum += c
		}
	}
	return sum
}

// search looks at sets in the order of their cost until the work runs out. To
// have an answer by then (all sets together always take more than there is, or
// weighAll would do) it first builds two up, strategy by strategy, with at
// most half of the work: one climbs in probability, which may be 0 all around
// the start, the other in the expected margin.
func (q *quest) search() {
	nothing, _ := q.weigh(nil, q.work) // a single outcome, and work is 1 or more
	q.best = q.greedy(nothing, q.work/4, func(a, b plan) bool {
		if math.Abs(a.probability-b.probability) > probabilitySlack {
			return a.probability > b.probability
		}
		return a.margin > b.margin+tieUnits
	})
	if other := q.greedy(nothing, q.work/2, func(a, b plan) bool { return a.margin > b.margin+tieUnits }); q.better(other, q.best) {
		q.best = other
	}

	byCost := make([]int, len(q.costs))
	for i := range byCost {
		byCost[i] = i
	}
	slices.SortStableFunc(byCost, func(a, b int) int { return cmp.Compare(q.costs[a], q.costs[b]) })

	// Every set is reached once: from a set, by adding the strategy next in
	// cost after its last, or by taking that one instead of its last. Neither
	// makes it cheaper, so sets leave the queue in the order of their cost.
	var queue agenda
	put := func(members []int, cost int64) {
		heap.Push(&queue, entry{members: members, cost: cost, number: queue.numbered})
	}
	put(nil, 0)
	for queue.Len() > 0 {
		next := heap.Pop(&queue).(entry)
		q.bound = next.cost
		if q.reaches(q.best) && next.cost > q.best.cost {
			q.exact, q.bound = true, q.best.cost
			return
		}
		members := make([]int, len(next.members))
		for i, m := range next.members {
			members[i] = byCost[m]
		}
		slices.Sort(members)
		p, weighed := q.weigh(members, q.work)
		if !weighed {
			return
		}
		if q.better(p, q.best) {
			q.best = p
		}
		last := -1
		if len(next.members) > 0 {
			last = next.members[len(next.members)-1]
		}
		if last+1 == len(byCost) {
			continue
		}
		dearer := q.costs[byCost[last+1]]
		put(append(slices.Clone(next.members), last+1), next.cost+dearer)
		if last >= 0 {
			instead := slices.Clone(next.members)
			instead[len(instead)-1] = last + 1
			put(instead, next.cost-q.costs[byCost[last]]+dearer)
		}
	}
}

// better orders plans: those that reach what is wanted by cost, number and ids;
// before them, where neither does, the more probable.
func (q *quest) better(a, b plan) bool {
	if x, y := q.reaches(a), q.reaches(b); x != y {
		return x
	} else if !x && math.Abs(a.probability-b.probability) > probabilitySlack {
		return a.probability > b.probability
	}
	return cmp.Or(
		cmp.Compare(a.cost, b.cost),
		cmp.Compare(len(a.members), len(b.members)),
		slices.Compare(a.members, b.members),
	) < 0
}

// greedy adds the strategy that helps most until the plan reaches what is
// wanted or nothing helps, then leaves out what it can spare, the dearest first.
func (q *quest) greedy(now plan, work int, ahead func(a, b plan) bool) plan {
	for !q.reaches(now) {
		next := now
		for i := range q.strategies {
			at, has := slices.BinarySearch(now.members, i)
			if has {
				continue
			}
			p, weighed := q.weigh(slices.Insert(slices.Clone(now.members), at, i), work)
			if !weighed {
				return now
			}
			if ahead(p, next) {
				next = p
			}
		}
		if len(next.members) == len(now.members) {
			return now
		}
		now = next
	}
	byCost := slices.Clone(now.members)
	slices.SortStableFunc(byCost, func(a, b int) int { return cmp.Compare(q.costs[b], q.costs[a]) })
	for _, spare := range byCost {
		at, _ := slices.BinarySearch(now.members, spare)
		if p, weighed := q.weigh(slices.Delete(slices.Clone(now.members), at, at+1), work); weighed && q.reaches(p) {
			now = p
		}
	}
	return now
}

// weigh weighs one set exactly, unless that would take the work beyond a limit
// or the set has more than 20 members.
func (q *quest) weigh(members []int, limit int) (plan, bool) {
	if len(members) > maxExact || q.used > limit-1<<len(members) {
		return plan{}, false
	}
	p := plan{members: members}
	for _, m := range members {
		p.cost += q.costs[m]
	}
	q.branch(&p, members, 1)
	return p, true
}

// branch adds the outcomes in which the members succeed or fail, given with
// what probability those before them went as they did.
func (q *quest) branch(p *plan, members []int, probability float64) {
	if len(members) == 0 {
		q.used++
		if q.margin() > tieUnits {
			p.probability += probability
		}
		p.margin += float64(probability * float64(q.margin()))
		return
	}
	succeeds := q.probability[members[0]]
	q.branch(p, members[1:], probability*(1-succeeds))
	q.flip(members[0])
	q.branch(p, members[1:], probability*succeeds)
	q.flip(members[0])
}

// entry is a set of strategies to look at: places in the order of cost.
type entry struct {
	members []int
	cost    int64
	number  int // in the order of arrival, so that ties have an order
}

// agenda is a heap of sets, the cheapest first.
type agenda struct {
	entries  []entry
	numbered int
}

func (a *agenda) Len() int { return len(a.entries) }

func (a *agenda) Less(i, j int) bool {
	x, y := a.entries[i], a.entries[j]
	return cmp.Or(cmp.Compare(x.cost, y.cost), cmp.Compare(len(x.members), len(y.members)), cmp.Compare(x.number, y.number)) < 0
}

func (a *agenda) Swap(i, j int) { a.entries[i], a.entries[j] = a.entries[j], a.entries[i] }

// Push and Pop are for package heap.
func (a *agenda) Push(x any) {
	a.entries = append(a.entries, x.(entry))
	a.numbered++
}

func (a *agenda) Pop() any {
	last := a.entries[len(a.entries)-1]
	a.entries = a.entries[:len(a.entries)-1]
	return last
}
