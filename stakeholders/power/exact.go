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
	anyRoute     route = iota
	tableRoute         // generating functions
	diagramRoute       // what the coalitions have in common, in turn
	fourierRoute       // frequencies, within a bound
)

// exact returns the value of every player, in the order of the game. With
// ordered, coalitions count by the orders that lead to them (Shapley, Owen);
// otherwise each counts once (Banzhaf). Players in no union have the value 0.
func (g *Game) exact(question string, unions [][]int, ordered bool, by route) ([]*big.Rat, error) {
	sums, times := rats(len(g.players)), new(big.Rat)
	for _, term := range g.terms() {
		values := rats(len(g.players))
		r := term.refusal(unions)
		if err := r.exact(question, ordered, by, values); err != nil {
			return nil, err
		}
		for i, v := range values {
			sums[i].Add(sums[i], v.Mul(v, times.SetInt64(term.times)))
		}
	}
	return sums, nil
}

// smallTable is the size of a table, in words, up to which no diagram is tried.
const smallTable = 1 << 16

// exact fills in the values by the route, or by the cheaper one.
func (r *refusal) exact(question string, ordered bool, by route, values []*big.Rat) error {
	words := r.tallyWords(ordered)
	if by == diagramRoute || by == anyRoute && words > smallTable {
		if r.diagramValues(ordered, values) {
			return nil
		}
	}
	if by == diagramRoute || words > maxWords {
		return &SizeError{Question: question, Words: words, Limit: maxWords, Players: len(values)}
	}
	r.tableValues(ordered, values)
	return nil
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
