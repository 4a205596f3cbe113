package power

// Exact values. All four indices are one: the value of an actor in a union of a
// partition into unions. With everybody in one union it is the index without
// unions.
//
// For an actor i of union C among M unions, count the sets R of those who stay
// away: some of the other unions as a whole (r₁ of them), some of the other
// members of C (r₂ of them), such that without R the decision passes and without
// R and i it does not. Then
//
//	Owen           Σ r₁!(M−1−r₁)!/M! · r₂!(|C|−1−r₂)!/|C|!
//	Banzhaf–Owen   Σ 1/2^(M−1) · 1/2^(|C|−1)

import (
	"math/big"
	"slices"
)

// route is how values are found. The zero value takes the cheaper one.
type route int

const (
	anyRoute   route = iota
	tableRoute       // generating functions
	walkRoute        // every coalition in turn
)

// exact returns the value of every player, in the order of the game. With
// ordered, coalitions count by the orders that lead to them (Shapley, Owen);
// otherwise each counts once (Banzhaf). Players in no union have the value 0.
func (g *Game) exact(question string, unions [][]int, ordered bool, by route) ([]*big.Rat, error) {
	r := g.refusal(unions)
	values := make([]*big.Rat, len(g.players))
	for i := range values {
		values[i] = new(big.Rat)
	}
	words, walked := r.tallyWords(ordered), r.walked()
	if by == anyRoute {
		by = choose(words, walked, r.states())
	}
	switch by {
	case walkRoute:
		r.walkValues(ordered, values)
	case tableRoute:
		r.tableValues(ordered, values)
	default:
		return nil, &SizeError{Question: question, Words: words, Limit: maxWords, Players: len(g.players)}
	}
	return values, nil
}

// choose picks the route, or none. Walking is worth it as long as there are
// fewer coalitions than cells.
func choose(words, walked, states int64) route {
	table, walk := words <= maxWords, walked <= maxWalked
	switch {
	case walk && (!table || walked <= states):
		return walkRoute
	case table:
		return tableRoute
	}
	return -1
}

// weighing is how much a coalition counts by how many of n others stay away,
// and the sum of all that.
type weighing struct {
	coef []*big.Int // how many stay away → weight
	of   *big.Int
}

// newWeighing weighs the coalitions of the n−1 others of n: by their orders, or
// all the same.
func newWeighing(n int, ordered bool) weighing {
	w := weighing{coef: slices.Repeat([]*big.Int{big.NewInt(1)}, n), of: ways(n, ordered)}
	if !ordered {
		return w
	}
	fact := []*big.Int{big.NewInt(1)}
	for k := 1; k < n; k++ {
		fact = append(fact, new(big.Int).Mul(fact[k-1], big.NewInt(int64(k))))
	}
	for r := range w.coef {
		w.coef[r] = new(big.Int).Mul(fact[r], fact[n-1-r])
	}
	return w
}

// first is how wide the side is that counts players: n+1 where the order
// matters, 1 where not.
func first(n int, ordered bool) int {
	if ordered {
		return n + 1
	}
	return 1
}

// step is a player's move in a table.
func step(weights []int64, ordered bool) []int {
	w := make([]int, 1+len(weights))
	if ordered {
		w[0] = 1
	}
	for d, x := range weights {
		w[d+1] = int(x)
	}
	return w
}

// tallyWords is the size of the tables of tableValues, in words.
func (r *refusal) tallyWords(ordered bool) int64 {
	states, m := r.states(), len(r.groups)
	blocs := len(r.blocs(-1))
	outer := int64(0)
	if m > 1 {
		outer = times(2, times(times(states, int64(first(blocs, ordered))), int64(limbsFor(blocs+1))))
	}
	inner, bits := int64(0), r.outerBits(ordered)
	for c := range r.groups {
		n := len(r.groups[c].regular)
		inner = max(inner, times(times(states, int64(first(n, ordered))), int64(limbsFor(bits+n))))
	}
	return plus(outer, inner)
}

// outerBits bounds the bits of the sum of all that the other unions may do. A
// union of n members makes it n bits longer.
func (r *refusal) outerBits(ordered bool) int {
	if ordered {
		return new(big.Int).MulRange(1, int64(len(r.groups))).BitLen()
	}
	return len(r.blocs(-1)) + 1
}

// tableValues finds the values with generating functions: one over the unions
// as blocs, from which each union is divided out, and one for each union over
// its members, from which each member is. For n players in one union, S cells
// of slack and numbers of L = ⌈(n+1)/64⌉ words, Banzhaf takes n·S·L additions
// for everybody together, Shapley–Shubik n times as many.
func (r *refusal) tableValues(ordered bool, values []*big.Rat) {
	m, blocs := len(r.groups), r.blocs(-1)
	between, bits := newWeighing(m, ordered), r.outerBits(ordered)
	var outer *tally
	if m > 1 {
		outer = newTally(newBox(first(len(blocs), ordered), r.slack), len(blocs)+1)
		outer.words[0] = 1
		for _, c := range blocs {
			outer.add(step(r.groups[c].total, ordered))
		}
	}
	for c := range r.groups {
		gr := &r.groups[c]
		n := len(gr.regular)
		inner := newTally(newBox(first(n, ordered), r.slack), bits+n)
		if outer == nil {
			inner.words[0] = 1
		} else {
			others := outer
			if !r.bound(c) {
				others = outer.clone()
				others.remove(step(gr.total, ordered))
			}
			inner.start(others, between)
		}
		gr.tableValues(inner, between.of, ordered, values)
	}
}

// start fills the cells where nobody of the union stays away with what the
// other unions do, weighed by how many of them stay away.
func (t *tally) start(others *tally, between weighing) {
	states := t.stride[0]
	for n := range min(others.wide[0], len(between.coef)) {
		coef := wordsOf(between.coef[n])
		for x := range states {
			from := n*states + x
			count := others.words[from*others.limbs : (from+1)*others.limbs]
			addProduct(t.words[x*t.limbs:(x+1)*t.limbs], count, coef)
		}
	}
	for d := 1; d < len(t.reach); d++ {
		t.reach[d] = t.wide[d] - 1
	}
}

// tableValues adds the union's members to a table of the other unions and reads
// off everybody's value.
func (g *group) tableValues(t *tally, of *big.Int, ordered bool, values []*big.Rat) {
	within := newWeighing(g.size(), ordered)
	for _, w := range g.weights {
		t.add(step(w, ordered))
	}
	t.cumulate()

	of = new(big.Int).Mul(of, within.of)
	_, full := t.corners()
	sum, part := new(big.Int), new(big.Int)
	for n := range t.wide[0] {
		full[0] = n
		if n < len(within.coef) {
			sum.Add(sum, part.Mul(t.get(t.offset(full)), within.coef[n]))
		}
	}
	for _, v := range g.vetoes {
		values[v].SetFrac(sum, of)
	}

	into := make([]uint64, t.limbs)
	less := make([]int, len(full))
	for j, i := range g.regular {
		if j > 0 && slices.Equal(g.weights[j], g.weights[j-1]) {
			values[i].Set(values[g.regular[j-1]])
			continue
		}
		w := step(g.weights[j], ordered)
		sum := new(big.Int)
		for n := range max(1, t.wide[0]-1) {
			full[0] = n
			for d := range full {
				less[d] = full[d] - w[d]
			}
			less[0] = n
			swings := t.without(w, full, into)
			swings.Sub(swings, t.without(w, less, into))
			sum.Add(sum, swings.Mul(swings, within.coef[n]))
		}
		values[i].SetFrac(sum, of)
	}
}

// walkValues finds the values by trying, for each union, every set of other
// unions and of members that may stay away: at most 2^(M−1+|C|) sets, and n
// looks at each.
func (r *refusal) walkValues(ordered bool, values []*big.Rat) {
	between := newWeighing(len(r.groups), ordered)
	for c := range r.groups {
		gr := &r.groups[c]
		w := walk{r: r, gr: gr, sum: make([]int64, len(r.slack)), away: make([]bool, len(gr.regular))}
		for _, b := range r.blocs(c) {
			w.items = append(w.items, r.groups[b].total)
		}
		w.blocs = len(w.items)
		w.items = append(w.items, gr.weights...)
		w.passed = make([]uint64, (w.blocs+1)*(len(gr.regular)+1))
		w.swings = make([][]uint64, len(gr.regular))
		for j := range w.swings {
			w.swings[j] = make([]uint64, len(w.passed))
		}
		w.from(0, 0, 0)

		within := newWeighing(gr.size(), ordered)
		of := new(big.Int).Mul(between.of, within.of)
		value := func(counts []uint64) *big.Rat {
			sum, part := new(big.Int), new(big.Int)
			for k, count := range counts {
				if count != 0 {
					part.SetUint64(count)
					part.Mul(part, between.coef[k/(len(gr.regular)+1)])
					part.Mul(part, within.coef[k%(len(gr.regular)+1)])
					sum.Add(sum, part)
				}
			}
			return new(big.Rat).SetFrac(sum, of)
		}
		for _, v := range gr.vetoes {
			values[v] = value(w.passed)
		}
		for j, i := range gr.regular {
			values[i] = value(w.swings[j])
		}
	}
}

// walk tries every set of items that may stay away: other unions first, then
// members of the union.
type walk struct {
	r      *refusal
	gr     *group
	items  [][]int64
	blocs  int     // so many items are unions
	sum    []int64 // weight of those away
	away   []bool  // members
	passed []uint64
	swings [][]uint64 // member → how many unions, members are away → sets
}

// from decides about the items from j on, with so many unions and members away.
func (w *walk) from(j, unions, members int) {
	if j == len(w.items) {
		cell := unions*(len(w.gr.regular)+1) + members
		w.passed[cell]++
		for i, weights := range w.gr.weights {
			if !w.away[i] && !w.fits(weights) {
				w.swings[i][cell]++
			}
		}
		return
	}
	w.from(j+1, unions, members)
	item := w.items[j]
	if !w.fits(item) {
		return
	}
	for d, x := range item {
		w.sum[d] += x
	}
	if j < w.blocs {
		w.from(j+1, unions+1, members)
	} else {
		w.away[j-w.blocs] = true
		w.from(j+1, unions, members+1)
		w.away[j-w.blocs] = false
	}
	for d, x := range item {
		w.sum[d] -= x
	}
}

// fits reports whether one more item fits in the slack.
func (w *walk) fits(item []int64) bool {
	for d, x := range item {
		if w.sum[d]+x > w.r.slack[d] {
			return false
		}
	}
	return true
}
