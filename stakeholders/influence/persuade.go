package influence

// Whom to persuade: the cheapest set of actors whose change of position brings
// the equilibrium over a threshold.

import (
	"cmp"
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

const (
	// defaultNodes is how far the search goes unless told otherwise: it takes
	// less than a second.
	defaultNodes = 5_000_000

	// maxCost bounds what an offer costs, so that sums stay exact enough.
	maxCost = 1e12

	// reachTolerance is by how much a weighted mean may miss the threshold and
	// still count as there, so that 0.1 + 0.2 reaches 0.3.
	reachTolerance = 1e-9
)

// Aim is what the equilibrium is to reach.
type Aim struct {
	// Weights say how much each actor's equilibrium counts, in the order of the
	// actors, each from 0 to ten million; nil counts every actor once. With power
	// × weight ([Stance].Weights) the weighted mean is above 0 exactly when
	// support exceeds opposition, each counted as power × |position| × weight.
	// (The indices of [stakeholders.Feasibility] count the same, save that
	// there positions between −1 and +1 take no side.)
	Weights []float64 `json:"weights,omitempty"`

	// Threshold is the weighted mean to reach, from −7 to +7; one missed by no
	// more than 1e-9 counts as reached.
	Threshold float64 `json:"threshold"`

	// Nodes bounds the search, which branches at most so many times; 0 stands
	// for five million, less than a second's work.
	Nodes int `json:"nodes,omitempty"`
}

// Offer is an actor that could be persuaded.
type Offer struct {
	Actor string `json:"actor"`

	// Shift is by how much its initial position would rise, above 0. It stops
	// at +7. To bring an actor to a position, give the difference.
	Shift float64 `json:"shift"`

	// Cost is the effort that takes, from 0, in a unit that all offers share.
	Cost float64 `json:"cost"`
}

// Persuasion is one actor to persuade.
type Persuasion struct {
	Actor string  `json:"actor"`
	From  float64 `json:"from"` // its initial position
	To    float64 `json:"to"`   // where persuasion brings it
	Cost  float64 `json:"cost"`
	Gain  float64 `json:"gain"` // what that adds to the weighted mean of the equilibrium
}

// PersuasionPlan is whom to persuade, and what comes of it.
type PersuasionPlan struct {
	Persuade []Persuasion `json:"persuade"` // in the order of the actors; none if the threshold is reached without
	Cost     float64      `json:"cost"`     // of all of them

	// LowerBound is what every set that reaches the threshold costs at least.
	// Exact says that the search ended, and the bound is the plan's cost.
	LowerBound float64 `json:"lower_bound"`
	Exact      bool    `json:"exact"`

	Before float64 `json:"before"` // the weighted mean of the equilibrium with nobody persuaded
	After  float64 `json:"after"`  // and with the plan carried out

	Equilibrium []float64 `json:"equilibrium"` // with the plan carried out, in the order of the actors
}

// Persuade returns the cheapest set of offers whose acceptance brings the
// weighted mean of the equilibrium to the threshold. Initial positions are those
// of [Network.Equilibrium].
//
// An offer's gain is its shift times the share the actor has in the weighted
// mean ([Network.Movers]); gains add up, since the equilibrium is linear in the
// initial positions. What remains is a knapsack to be filled at least cost. The
// search is exact if it ends within its bound of nodes. For 40 offers it nearly
// always does; where costs are almost proportional to gains it may not, and then
// the plan still reaches the threshold, and LowerBound says how much cheaper
// another might be. Costs within a 1e-12th of
// each other count as equal. Among equally cheap sets one is chosen, the same
// for the same input, from which no actor can be left out.
//
// It refuses what Equilibrium and Movers refuse, and with
// [fault.Fields] a threshold out of range, an offer to an unknown
// actor, two to the same, a shift that is not above 0 and finite, and a cost
// that is not from 0 to 1e12. A threshold that all offers together do not reach
// is refused with an [UnreachableError].
//
// O(n²) time after the first question to the network, and up to O(log offers)
// for each node of the search. Sources: Friedkin and Johnsen 1990 (the model);
// Dantzig GB. Discrete-variable extremum problems. Oper Res 1957;5:266–277 (the
// bound); Horowitz E, Sahni S. Computing partitions with applications to the
// knapsack problem. J ACM 1974;21:277–292 (the search).
func (n *Network) Persuade(initial []float64, aim Aim, offers []Offer) (PersuasionPlan, error) {
	n = n.orNone()
	weights, err := n.checkAim(initial, aim, offers)
	if err != nil {
		return PersuasionPlan{}, err
	}
	pull, err := n.pull(weights)
	if err != nil {
		return PersuasionPlan{}, err
	}
	before := 0.0
	for j, share := range pull {
		before += share * initial[j]
	}
	need := aim.Threshold - before - reachTolerance

	items := make([]item, 0, len(offers))
	best := before
	for _, o := range offers {
		j := n.index[fault.NFC(o.Actor)]
		to := min(initial[j]+o.Shift, highest)
		it := item{actor: j, to: to, cost: o.Cost, gain: pull[j] * (to - initial[j])}
		best += it.gain
		if it.gain > 0 {
			items = append(items, it)
		}
	}
	s := newSearch(items, need, cmp.Or(aim.Nodes, defaultNodes))
	if !s.run() {
		return PersuasionPlan{}, &UnreachableError{Threshold: aim.Threshold, Before: before, Best: best}
	}

	plan := PersuasionPlan{LowerBound: s.lowerBound(), Exact: s.exact(), Before: before}
	target := slices.Clone(initial)
	for _, it := range s.chosen() {
		target[it.actor] = it.to
		plan.Cost += it.cost
		plan.Persuade = append(plan.Persuade, Persuasion{
			Actor: n.actors[it.actor].ID, From: initial[it.actor], To: it.to, Cost: it.cost, Gain: it.gain,
		})
	}
	if plan.Exact {
		plan.LowerBound = plan.Cost
	}
	if plan.Equilibrium, err = n.Equilibrium(target); err != nil {
		return PersuasionPlan{}, err
	}
	for i, w := range weights {
		plan.After += w * plan.Equilibrium[i]
	}
	return plan, nil
}

// checkAim refuses what Persuade refuses, and returns the weights divided by
// their sum.
func (n *Network) checkAim(initial []float64, aim Aim, offers []Offer) ([]float64, error) {
	if err := n.checkInitial(initial); err != nil {
		return nil, err
	}
	weights, err := n.checkWeights(aim.Weights)
	if err != nil {
		return nil, err
	}
	var errs fault.Fields
	errs.Number("threshold", aim.Threshold, lowest, highest)
	if aim.Nodes < 0 {
		errs.Add("nodes", fault.Range, aim.Nodes, language.Of("want.number-from", "low", 0))
	}
	seen := make([]bool, len(n.actors))
	for k, o := range offers {
		path := fault.At("offers", k)
		if j, ok := n.place(o.Actor); !ok {
			unknownActor(&errs, path+".actor", o.Actor)
		} else if seen[j] {
			errs.Add(path+".actor", fault.Unique, o.Actor, language.Of("want.each-once"))
		} else {
			seen[j] = true
		}
		errs.Positive(path+".shift", o.Shift, math.Inf(1))
		errs.Number(path+".cost", o.Cost, 0, maxCost)
	}
	return weights, errs.Err()
}

// item is an offer that would help.
type item struct {
	actor      int
	to         float64
	cost, gain float64
}

// search finds the cheapest items whose gains sum to the need: depth first,
// taking before leaving, in the order of cost for gain, pruned by the bound that
// comes of allowing one item to be taken in part.
type search struct {
	items []item
	need  float64
	nodes int // still to be spent

	// costs and gains sum the items before each place.
	costs, gains []float64

	// whole says that all costs are whole numbers, and so every set's cost is.
	whole bool

	take []bool // the items taken on the way to the current node
	best []bool // those of the cheapest set so far
	cost float64
	open float64 // the least bound among nodes that were left unexplored
}

func newSearch(items []item, need float64, nodes int) *search {
	slices.SortFunc(items, func(a, b item) int {
		// The ratios by division: by cross-multiplying, tiny gains underflow.
		return cmp.Or(cmp.Compare(a.cost/a.gain, b.cost/b.gain), cmp.Compare(b.gain, a.gain), cmp.Compare(a.actor, b.actor))
	})
	s := &search{
		items: items, need: need, nodes: nodes, whole: true,
		costs: make([]float64, len(items)+1), gains: make([]float64, len(items)+1),
		take: make([]bool, len(items)), cost: math.Inf(1), open: math.Inf(1),
	}
	for k, it := range items {
		s.costs[k+1] = s.costs[k] + it.cost
		s.gains[k+1] = s.gains[k] + it.gain
		s.whole = s.whole && it.cost == math.Trunc(it.cost)
	}
	return s
}

// run reports whether any set will do, and if so leaves the best it found.
func (s *search) run() bool {
	if s.need <= 0 {
		s.best, s.cost = make([]bool, len(s.items)), 0
		return true
	}
	if s.gains[len(s.items)] < s.need {
		return false
	}
	s.greedy()
	s.visit(0, 0, 0)
	s.drop()
	return true
}

// greedy starts the search with a good set: the items that give most for their
// cost up to some place, and the cheapest that completes them.
func (s *search) greedy() {
	s.best, s.cost = everyone(len(s.items)), s.costs[len(s.items)]
	last, prefix := -1, 0
	for k := range s.items {
		for m := k; m < len(s.items); m++ {
			if cost := s.costs[k] + s.items[m].cost; cost < s.cost && s.gains[k]+s.items[m].gain >= s.need {
				s.cost, prefix, last = cost, k, m
			}
		}
	}
	if last >= 0 {
		clear(s.best[prefix:])
		s.best[last] = true
	}
}

// visit explores the sets that agree with s.take before place k, which cost and
// gain so much.
func (s *search) visit(k int, cost, gain float64) {
	if gain >= s.need {
		if cost < s.cost {
			s.cost = cost
			s.best = slices.Clone(s.take)
			clear(s.best[k:])
		}
		return
	}
	bound := cost + s.rest(k, s.need-gain)
	if s.whole {
		bound = math.Ceil(bound * (1 - 1e-9)) // not up to the next for a rounding error
	}
	if bound >= s.cost*(1-1e-12) {
		return
	}
	if s.nodes == 0 {
		s.open = min(s.open, bound)
		return
	}
	s.nodes--
	s.take[k] = true
	s.visit(k+1, cost+s.items[k].cost, gain+s.items[k].gain)
	s.take[k] = false
	s.visit(k+1, cost, gain)
}

// rest bounds from below what it costs to gain so much from the items from
// place k on: they are taken in order, the last one in part.
func (s *search) rest(k int, need float64) float64 {
	if s.gains[len(s.items)]-s.gains[k] < need*(1-1e-12) {
		return math.Inf(1)
	}
	m, _ := slices.BinarySearch(s.gains[k+1:], s.gains[k]+need)
	m = min(k+m, len(s.items)-1)
	part := min(1, (need-(s.gains[m]-s.gains[k]))/s.items[m].gain)
	return s.costs[m] - s.costs[k] + part*s.items[m].cost
}

// drop leaves out items that cost nothing, or nothing that shows in the sum,
// and are not needed, those of least gain first.
func (s *search) drop() {
	gain := 0.0
	var taken []int
	for k, in := range s.best {
		if in {
			gain += s.items[k].gain
			taken = append(taken, k)
		}
	}
	slices.SortStableFunc(taken, func(a, b int) int { return cmp.Compare(s.items[a].gain, s.items[b].gain) })
	for _, k := range taken {
		if left := gain - s.items[k].gain; left >= s.need {
			s.best[k] = false
			gain = left
		}
	}
}

// chosen returns the items of the best set, in the order of the actors.
func (s *search) chosen() []item {
	var list []item
	for k, in := range s.best {
		if in {
			list = append(list, s.items[k])
		}
	}
	slices.SortFunc(list, func(a, b item) int { return cmp.Compare(a.actor, b.actor) })
	return list
}

func (s *search) exact() bool { return s.open >= s.cost*(1-1e-12) }

func (s *search) lowerBound() float64 { return min(s.open, s.cost) }
