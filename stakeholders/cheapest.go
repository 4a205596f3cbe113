package stakeholders

// The cheapest way to a coalition that is likely to hold (model).

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// maxWork bounds the outcomes that building up a set may weigh: a second's work.
const maxWork = 1 << 20

// probabilitySlack keeps a probability that falls short of what is wanted by
// rounding alone from being refused.
const probabilitySlack = 1e-12

// UnreachableError says that no set of the strategies makes it as probable as
// wanted that support exceeds opposition. It is proven, not merely not found.
type UnreachableError struct {
	Wanted     float64  // the probability wanted
	Best       float64  // the highest that any set reaches
	Strategies []string // ids of the cheapest set that reaches it, sorted
}

// Told says what was wanted and what can be had.
func (e *UnreachableError) Told() language.Text {
	return language.Of("unreachable", "best", 100*e.Best, "strategies", e.Strategies, "wanted", 100*e.Wanted)
}

// Error says in English what Told tells.
func (e *UnreachableError) Error() string { return e.Told().String() }

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
	// LowerBound is proven: no set that costs less reaches what is wanted. So
	// a set that does is at most Cost − LowerBound dearer than the cheapest.
	LowerBound float64 `json:"lower_bound"`
	// Exact says that the set reaches what is wanted and Cost is LowerBound.
	Exact bool `json:"exact"`
}

// Cheapest returns the cheapest set of strategies that, once carried out, each
// succeeding with its own probability, makes support exceed opposition with at
// least the wanted probability, 0 … 1. Of sets that cost the same, in their
// first twelve digits, it takes the one with fewer strategies, then the one
// whose sorted ids come first. More is not always better: averaged with a bold
// strategy, a timid one holds it back (reich), so all sets have to be looked at.
//
// That is done, and the answer exact, for up to 16 strategies that can make a
// difference: those that may succeed and move somebody who counts. For more a
// set is built up from those that help most, of up to 16 strategies, and what
// it can spare left out again. Its probability is exact, but it need not be the
// cheapest: LowerBound says how much cheaper another may be, and Reaches is
// false where none was found that is likely enough.
//
// It refuses what [Roster.Under] refuses, a wanted probability outside 0 … 1,
// and costs in different units (a strategy that costs nothing may name any). If
// all sets were looked at and none reaches what is wanted the error is an
// [UnreachableError].
func (r Roster) Cheapest(strategies []Strategy, wanted float64) (CheapestSet, error) {
	strategies, errs := r.checkStrategies(strategies)
	errs.Number("wanted", wanted, 0, 1)
	unit := oneUnit(&errs, strategies)
	if err := errs.Err(); err != nil {
		return CheapestSet{}, err
	}
	q := quest{roster: r, strategies: r.useful(strategies), wanted: wanted}
	all := len(q.strategies) <= maxExact
	var best plan
	var bound float64
	if all {
		best = q.cheapest()
		bound = best.cost
	} else {
		best = q.greedy()
		bound = q.bound()
	}
	reaches := q.reaches(best)
	if all && !reaches {
		return CheapestSet{}, &UnreachableError{Wanted: wanted, Best: best.probability, Strategies: q.ids(best)}
	}
	return CheapestSet{
		Strategies:  q.ids(best),
		Cost:        best.cost,
		Unit:        unit,
		Probability: best.probability,
		Reaches:     reaches,
		LowerBound:  bound,
		Exact:       reaches && best.cost == bound,
	}, nil
}

// oneUnit returns the unit of the costs and refuses a second one.
func oneUnit(errs *fault.Fields, strategies []Strategy) string {
	unit, first := "", -1
	for i, s := range strategies {
		switch {
		case !(s.Cost > 0):
		case first < 0:
			unit, first = s.Unit, i
		case s.Unit != unit:
			errs.Add(fault.At("strategies", i)+".unit", fault.Known, s.Unit, language.Of("want.same-unit", "path", fault.At("strategies", first), "unit", unit))
		}
	}
	return unit
}

// useful returns the strategies that can make a difference: what never
// succeeds, or moves nobody who counts, only costs. They come in the order of
// their ids, so that of two sets the one with the first strategy that the other
// lacks comes first.
func (r Roster) useful(strategies []Strategy) []Strategy {
	t := r.tally(strategies)
	var useful []Strategy
	for i, s := range strategies {
		if s.Probability > 0 && len(t.steps[i]) > 0 {
			useful = append(useful, s)
		}
	}
	slices.SortFunc(useful, func(a, b Strategy) int { return strings.Compare(a.ID, b.ID) })
	return useful
}

// quest is the search for the cheapest set of useful strategies.
type quest struct {
	roster     Roster
	strategies []Strategy
	wanted     float64
}

// plan is a set of strategies that has been weighed.
type plan struct {
	members     []int // places in quest.strategies, ascending
	cost        float64
	probability float64
	margin      float64 // expected, in units
	taking      float64 // support and opposition together, expected, in units
}

func (q quest) reaches(p plan) bool { return p.probability >= q.wanted-probabilitySlack }

// ids returns the ids of a plan, which are sorted as its members are.
func (q quest) ids(p plan) []string {
	ids := make([]string, len(p.members))
	for i, m := range p.members {
		ids[i] = q.strategies[m].ID
	}
	return ids
}

// cost adds up what the members cost, to twelve digits, so that sets that cost
// the same in decimals cost the same here.
func (q quest) cost(members []int) float64 {
	var sum float64
	for _, m := range members {
		sum = min(sum+q.strategies[m].Cost, math.MaxFloat64)
	}
	return twelveDigits(sum)
}

func twelveDigits(v float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 11, 64), 64)
	return min(rounded, math.MaxFloat64)
}

// cheapest looks at all sets: it weighs all outcomes once and derives the
// probability of every set from them. Where none reaches what is wanted it
// returns the cheapest of the most probable.
func (q quest) cheapest() plan {
	t := q.roster.tally(q.strategies)
	// chance[set] starts as 1 where support exceeds opposition if just that
	// set succeeds.
	chance := make([]float64, 1<<len(q.strategies))
	t.each(func(set int) {
		if t.feasible() {
			chance[set] = 1
		}
	})
	// Strategy by strategy, a set with it becomes the average of its success
	// and its failure, which is the set without it. In the end chance[set] is
	// the probability once that set is carried out: 3^n terms in n × 2^n steps.
	for s, p := range t.probability {
		for set := range chance {
			if without := chance[set&^(1<<s)]; set>>s&1 == 1 {
				chance[set] = without + float64(p*(chance[set]-without))
			}
		}
	}
	enough := min(q.wanted, slices.Max(chance))
	var best plan
	found := false
	for set, probability := range chance {
		if probability < enough-probabilitySlack {
			continue
		}
		p := plan{probability: min(probability, 1)}
		for s := range q.strategies {
			if set>>s&1 == 1 {
				p.members = append(p.members, s)
			}
		}
		p.cost = q.cost(p.members)
		if !found || p.before(best) {
			best, found = p, true
		}
	}
	return best
}

// before orders plans by cost, then number, then ids.
func (p plan) before(other plan) bool {
	return cmp.Or(
		cmp.Compare(p.cost, other.cost),
		cmp.Compare(len(p.members), len(other.members)),
		slices.Compare(p.members, other.members),
	) < 0
}

// greedy adds the strategy that helps most until the plan reaches what is
// wanted or nothing helps, then leaves out what it can spare, the dearest first.
// The probability may be 0 all around the start: then the margin that is
// expected decides.
func (q quest) greedy() plan {
	now, work := q.weigh(nil), 0
	for !q.reaches(now) && len(now.members) < maxExact {
		next := now
		for i := range q.strategies {
			place, has := slices.BinarySearch(now.members, i)
			if has {
				continue
			}
			if work += 2 << len(now.members); work > maxWork {
				break
			}
			p := q.weigh(slices.Insert(slices.Clone(now.members), place, i))
			if gain := p.probability - next.probability; gain > probabilitySlack || gain >= -probabilitySlack && p.margin-next.margin > float64(alike*max(p.taking, next.taking)) {
				next = p
			}
		}
		if len(next.members) == len(now.members) {
			break
		}
		now = next
	}
	dearest := slices.Clone(now.members)
	slices.SortStableFunc(dearest, func(a, b int) int { return cmp.Compare(q.strategies[b].Cost, q.strategies[a].Cost) })
	for _, spare := range dearest {
		place, _ := slices.BinarySearch(now.members, spare)
		if p := q.weigh(slices.Delete(slices.Clone(now.members), place, place+1)); q.reaches(p) {
			now = p
		}
	}
	return now
}

// weigh weighs one set of at most 16 strategies.
func (q quest) weigh(members []int) plan {
	p := plan{members: members, cost: q.cost(members)}
	chosen := make([]Strategy, len(members))
	for i, m := range members {
		chosen[i] = q.strategies[m]
	}
	t := q.roster.tally(chosen)
	probability := t.successProbabilities()
	t.each(func(set int) {
		if t.feasible() {
			p.probability += probability[set]
		}
		p.margin += float64(probability[set] * t.margin())
		p.taking += float64(probability[set] * t.taking())
	})
	p.probability = min(p.probability, 1)
	return p
}

// bound returns what every set that reaches what is wanted costs at least, and
// takes strategies for better than they are to see that: as if each alone
// brought every actor that it moves to the best place that any strategy states,
// and as if the success of a single one were enough.
func (q quest) bound() float64 {
	if q.reaches(q.weigh(nil)) {
		return 0
	}
	margin, chance := make([]float64, len(q.strategies)), make([]float64, len(q.strategies))
	best := q.roster.bestGains(q.strategies)
	for i, s := range q.strategies {
		for _, f := range s.Effects {
			margin[i] += best[f.Actor]
		}
		chance[i] = -math.Log1p(-s.Probability)
	}
	today := q.roster.Feasibility()
	missing := -today.Margin() - 1e-9*(today.Support+today.Opposition) // less what rounding may hide
	return twelveDigits(max(
		q.cover(margin, missing),
		q.cover(chance, -math.Log1p(probabilitySlack-q.wanted)),
	))
}

// bestGains returns, for each actor that counts, by how much support − opposition
// may rise at most if strategies move it alone: positions and powers are means
// of those stated, so the best is among the ends.
func (r Roster) bestGains(strategies []Strategy) map[string]float64 {
	type reach struct {
		position        Position
		weakest, strong Power
	}
	reaches := make(map[string]reach)
	for _, a := range r.actors {
		reaches[a.ID] = reach{a.Position, a.Power, a.Power}
	}
	for _, s := range strategies {
		for _, f := range s.Effects {
			to := reaches[f.Actor]
			if f.Position.Known() && f.Position.value >= to.position.value {
				to.position = At(f.Position.value) // as Under puts it in its band again
			}
			if f.Power.Known() {
				to.weakest, to.strong = min(to.weakest, f.Power), max(to.strong, f.Power)
			}
			reaches[f.Actor] = to
		}
	}
	gains := make(map[string]float64)
	for _, a := range r.actors {
		if !a.Position.known || !a.Power.Known() {
			continue
		}
		pull := func(position Position, power Power) float64 {
			if !position.Supports() && !position.Opposes() {
				return 0
			}
			return float64(power) * position.value * a.effectiveWeight()
		}
		to := reaches[a.ID]
		gains[a.ID] = max(pull(to.position, to.weakest), pull(to.position, to.strong)) - pull(a.Position, a.Power)
	}
	return gains
}

// cover returns the least cost at which gains add up to what is needed, if
// strategies may be taken in part.
func (q quest) cover(gains []float64, needed float64) float64 {
	var order []int
	for i := range gains {
		if gains[i] = min(gains[i], needed); gains[i] > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(q.strategies[a].Cost/gains[a], q.strategies[b].Cost/gains[b])
	})
	var cost float64
	for _, i := range order {
		if needed <= 0 {
			break
		}
		cost += float64(min(1, needed/gains[i]) * q.strategies[i].Cost)
		needed -= gains[i]
	}
	return cost
}
