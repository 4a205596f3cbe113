package power

// Which actors to win over, at least cost.

import (
	"cmp"
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Purchase is what completes a coalition.
type Purchase struct {
	// Actors are those to win over, in the order of the game; empty when the
	// coalition wins already.
	Actors []string `json:"actors"`

	// Cost is the sum of their costs, in the unit of the costs.
	Cost float64 `json:"cost"`
}

// Cheapest returns the actors that turn the coalition into a winning one at
// least cost. Of several such sets it takes one with the fewest actors, and of
// those the first in the order of the game. Cost is whatever the host counts:
// money, weeks of talks, concessions; from 0 to 1e300 each. An actor without a
// cost can't be won over; what the costs say of members of the coalition is
// ignored.
//
// It refuses unknown actors and costs that are negative or not a number, with
// [fault.Fields]; a coalition that can't be completed with an
// [UnattainableError]; and a table that is too large, with a [SizeError].
//
// Cost: a knapsack over what each body still lacks, n·R steps and n·R/64 words
// for n actors with a cost and R the product over the bodies of (lacking
// weight + 1); where that is too large, up to 62 actors are tried in turn, of what is
// lacking only as much being told apart as the actors to come can make a difference to.
// Source: the covering knapsack by dynamic programming, as in Kellerer H,
// Pferschy U, Pisinger D. Knapsack Problems. Springer 2004, chapter 2.
func (g *Game) Cheapest(coalition []string, costs map[string]float64) (Purchase, error) {
	g = g.orNone()
	in, err := g.members("coalition", coalition)
	if err != nil {
		return Purchase{}, err
	}
	if costs, err = g.checkCosts(costs); err != nil {
		return Purchase{}, err
	}
	if len(g.ways) == 0 {
		return g.cheapest(in, costs)
	}
	var best *Purchase
	var none *UnattainableError
	for _, w := range g.ways {
		p, err := w.cheapest(in, costs)
		why, unattainable := errors.AsType[*UnattainableError](err)
		switch {
		case unattainable && none == nil:
			none = why
		case unattainable:
			none.Otherwise = append(none.Otherwise, why)
		case err != nil:
			return Purchase{}, err
		case best == nil || g.prefer(p, *best):
			best = &p
		}
	}
	if best == nil {
		return Purchase{}, none
	}
	return *best, nil
}

// prefer reports whether a purchase costs less than another, or has fewer actors or
// earlier ones for as much.
func (g *Game) prefer(a, b Purchase) bool {
	if a.Cost != b.Cost {
		return a.Cost < b.Cost
	}
	return g.before(a.Actors, b.Actors) < 0
}

// before orders sets of players by their size, and those of one size as in a
// dictionary.
func (g *Game) before(a, b []string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), slices.CompareFunc(a, b, func(x, y string) int {
		i, _ := g.place(x)
		j, _ := g.place(y)
		return cmp.Compare(i, j)
	}))
}

// cheapest is Cheapest where all bodies have to agree.
func (g *Game) cheapest(in []bool, costs map[string]float64) (Purchase, error) {
	bought := make([]bool, len(g.players))
	need := make([]int64, len(g.bodies))
	for k, b := range g.bodies {
		need[k] = b.Quota
	}
	var offers []int
	var missing []string
	for i, name := range g.players {
		_, priced := costs[name]
		switch {
		case in[i]:
			g.cover(need, i)
		case g.vetoes[i] && !priced:
			if g.namedVeto(i) {
				missing = append(missing, name)
			}
		case g.vetoes[i]:
			bought[i] = true
			g.cover(need, i)
		case priced:
			offers = append(offers, i)
		}
	}
	most := slices.Clone(need)
	for _, i := range offers {
		g.cover(most, i)
	}
	var short []Shortfall
	for k, x := range most {
		if x > 0 {
			short = append(short, Shortfall{Body: g.bodies[k].ID, Weight: x})
		}
	}
	if len(missing) > 0 || len(short) > 0 {
		return Purchase{}, &UnattainableError{Vetoes: missing, Short: short}
	}

	c := newCover(g, offers, need, costs)
	picks, err := c.solve()
	if err != nil {
		return Purchase{}, err
	}
	for _, j := range picks {
		bought[offers[j]] = true
	}
	p := Purchase{Actors: []string{}}
	for i := len(g.players) - 1; i >= 0; i-- {
		if bought[i] {
			p.Actors = append(p.Actors, g.players[i])
			p.Cost += costs[g.players[i]]
		}
	}
	slices.Reverse(p.Actors)
	return p, nil
}

// checkCosts gives the costs by the ids of the game. It refuses what can't be a cost, in
// the order of the game and then, for strangers and those who are there twice, of their
// names: the order of a map must not show.
func (g *Game) checkCosts(costs map[string]float64) (map[string]float64, error) {
	var errs, strangers fault.Fields
	priced := make(map[string]float64, len(costs))
	for _, name := range slices.Sorted(maps.Keys(costs)) {
		i, ok := g.place(name)
		if !ok {
			strangers.Add("costs", fault.Exists, name, language.Of("want.seated"))
			continue
		}
		player := g.players[i]
		if _, twice := priced[player]; twice {
			strangers.Add("costs", fault.Unique, name, language.Of("want.each-once"))
			continue
		}
		priced[player] = costs[name]
	}
	for _, name := range g.players {
		if c := priced[name]; !(c >= 0 && c <= maxCost) { // NaN fails
			errs.Add("costs["+name+"]", fault.Range, c, language.Of("want.cost", "most", "1e300"))
		}
	}
	errs.Under("", strangers)
	return priced, errs.Err()
}

// cover takes a player's weights off what is needed.
func (g *Game) cover(need []int64, player int) {
	for k, w := range g.weights[player] {
		need[k] = max(0, need[k]-w)
	}
}

// namedVeto reports whether a body gives the player a veto, beyond what its
// weight does: a lack of weight shows as a shortfall.
func (g *Game) namedVeto(player int) bool {
	return slices.ContainsFunc(g.bodies, func(b Body) bool {
		return slices.ContainsFunc(b.Vetoes, func(v string) bool {
			i, _ := g.place(v)
			return i == player
		})
	})
}

// covering is a knapsack to be filled from outside: the cheapest offers whose
// weights reach every need.
type covering struct {
	need    []int64   // side → what is lacking, above 0
	weights [][]int64 // offer → side
	costs   []float64
}

// newCover keeps the bodies that still lack something, in units of what their
// weights have in common.
func newCover(g *Game, offers []int, need []int64, costs map[string]float64) *covering {
	c := &covering{weights: make([][]int64, len(offers))}
	for j, i := range offers {
		c.costs = append(c.costs, costs[g.players[i]])
		c.weights[j] = []int64{}
	}
	for k, x := range need {
		if x == 0 {
			continue
		}
		unit := int64(0)
		for _, i := range offers {
			unit = gcd(unit, g.weights[i][k])
		}
		x = (x + unit - 1) / unit
		c.need = append(c.need, x)
		for j, i := range offers {
			c.weights[j] = append(c.weights[j], min(x, g.weights[i][k]/unit))
		}
	}
	return c
}

// offer is the best that can be done from some point on. The cost is summed
// from the last actor to the first, so that equal sets cost the same to the
// last bit however they are found.
type offer struct {
	cost  float64
	count int32
}

func (o offer) better(than offer) bool {
	return o.cost < than.cost || o.cost == than.cost && o.count < than.count
}

var never = offer{cost: math.Inf(1)}

// solve returns the picked offers in order.
func (c *covering) solve() ([]int, error) {
	if len(c.need) == 0 {
		return nil, nil
	}
	states := int64(1)
	for _, x := range c.need {
		states = times(states, x+1)
	}
	words := plus(times(states, 2), times(states, int64(len(c.costs)+63))/64)
	if words > smallTable {
		if picks, ok := c.tried(); ok {
			return picks, nil
		}
	}
	if words <= maxWords {
		return c.table(), nil
	}
	return nil, &SizeError{Question: "cheapest", Words: words, Limit: maxWords, Players: len(c.costs)}
}

// table goes from the last offer to the first and keeps, for every need, the
// best that the offers from there on can do, and whether it begins with taking.
func (c *covering) table() []int {
	b := newBox(1, c.need)
	best := make([]offer, b.cells)
	for x := 1; x < b.cells; x++ {
		best[x] = never
	}
	taken := make([]uint64, (b.cells*len(c.costs)+63)/64)
	low, high := b.corners()
	last := len(high) - 1
	for j := len(c.costs) - 1; j >= 0; j-- {
		w := step(c.weights[j], false)
		// Downward, as what is left of a need lies below it.
		b.rows(low, high, true, func(first int, at []int) {
			row := 0
			for d := range last {
				row += max(0, at[d]-w[d]) * b.stride[d]
			}
			for x := b.wide[last] - 1; x >= 0; x-- {
				rest := best[row+max(0, x-w[last])]
				take := offer{cost: c.costs[j] + rest.cost, count: rest.count + 1}
				// A tie goes to the earlier actor, and so to the first set.
				if cell := first + x; !best[cell].better(take) && !math.IsInf(take.cost, 1) {
					best[cell] = take
					bit := j*b.cells + cell
					taken[bit/64] |= 1 << (bit % 64)
				}
			}
		})
	}
	var picks []int
	left := slices.Clone(high)
	for j := range c.costs {
		cell := b.offset(left)
		if bit := j*b.cells + cell; taken[bit/64]>>(bit%64)&1 == 1 {
			picks = append(picks, j)
			for d, x := range step(c.weights[j], false) {
				left[d] = max(0, left[d]-x)
			}
		}
	}
	return picks
}

// maxTried is how many states of what is needed are looked at without a table.
const maxTried = 1 << 20

// tried returns the picked offers in order, found without a table, and whether it
// could: what is still needed before an offer matters only by which of the sums of the
// offers from there on reach it, so that few needs differ (see diagram.go).
func (c *covering) tried() ([]int, bool) {
	if len(c.costs) > maxItems {
		return nil, false
	}
	t := trial{covering: c, rest: restOf(c.weights, len(c.need)), seen: make([]map[string]choice, len(c.costs))}
	for j := range t.seen {
		t.seen[j] = make(map[string]choice)
	}
	best, ok := t.from(0, c.need)
	if !ok {
		return nil, false
	}
	var picks []int
	for j := range c.costs {
		if best.picks>>j&1 == 1 {
			picks = append(picks, j)
		}
	}
	return picks, true
}

// choice is the best that can be done and its picks as bits.
type choice struct {
	offer
	picks uint64
}

// trial looks at every state once.
type trial struct {
	*covering
	rest []rest
	seen []map[string]choice // before each offer, by what is needed
	size int
}

// from returns the best that the offers from j on can do for a need, by the same rules as
// table, or false where there are too many states.
func (t *trial) from(j int, need []int64) (choice, bool) {
	if !slices.ContainsFunc(need, func(x int64) bool { return x > 0 }) {
		return choice{}, true
	}
	need = t.rest[j].reach(slices.Clone(need))
	if need == nil {
		return choice{offer: never}, true
	}
	key := keyOf(need)
	if best, known := t.seen[j][key]; known {
		return best, true
	}
	if t.size++; t.size > maxTried {
		return choice{}, false
	}
	best, ok := t.from(j+1, need)
	left := slices.Clone(need)
	for k, x := range left {
		left[k] = max(0, x-t.weights[j][k])
	}
	taken, also := t.from(j+1, left)
	if !ok || !also {
		return choice{}, false
	}
	take := offer{cost: t.costs[j] + taken.cost, count: taken.count + 1}
	// A tie goes to the earlier actor, and so to the first set.
	if !math.IsInf(take.cost, 1) && !best.better(take) {
		best = choice{take, taken.picks | 1<<j}
	}
	t.seen[j][key] = best
	return best, true
}

// reach makes of each need the most that the same sums reach, or nothing where none
// does.
func (r rest) reach(need []int64) []int64 {
	for k, x := range need {
		if x > r.total[k] {
			return nil
		}
		if sums := r.sums[k]; sums != nil {
			at, _ := slices.BinarySearch(sums, x)
			need[k] = sums[at]
		}
	}
	return need
}
