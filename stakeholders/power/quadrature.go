package power

// Shapley–Shubik and Owen in floating point, without the table by size that the
// exact integers need.
//
// If everybody else stays away with probability u, independently, the
// probability that an actor decides is a polynomial in u, and its integral over
// u from 0 to 1 is the actor's Shapley value (Owen G. Multilinear extensions of
// games. Management Science 1972;18(5):P64–P79). Gauss–Legendre quadrature with
// k nodes is exact for polynomials of degree up to 2k−1, so ⌈n/2⌉ nodes give the
// value itself, up to rounding. With unions the same holds twice: once for the
// unions, once for the members of one.
//
// At each node the distribution of the absent weight is needed for everybody
// else, for each actor in turn. Dividing one actor out of the distribution of
// all loses digits where u is large. So the distributions are built by halves:
// add one half of the players and look after the other half, then the other way
// round. Only additions of positive numbers occur, so that nothing cancels. As
// the players left become fewer, only the cells within reach of the quota
// matter, and the work falls from level to level: at most about 3·n·S for n
// players and S cells of slack at each node, with one knapsack side that holds
// half of the weight. Nodes at which nobody can be decisive are left out.

import (
	"math"
	"math/bits"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
)

// node is a point of a quadrature on [0, 1].
type node struct{ x, weight float64 }

// gaussLegendre returns the k nodes and weights that integrate polynomials of
// degree up to 2k−1 over [0, 1].
func gaussLegendre(k int) []node {
	x, weight, nodes := make([]float64, k), make([]float64, k), make([]node, k)
	quad.Legendre{}.FixedLocations(x, weight, 0, 1)
	for i := range nodes {
		nodes[i] = node{x[i], weight[i]}
	}
	return nodes
}

// power is x to the n.
func power(x float64, n int) float64 {
	p := 1.0
	for range n {
		p *= x
	}
	return p
}

// leaving builds, for every item, the distribution of the absent weight of all
// the others.
type leaving struct {
	box
	items [][]int // equal ones stand together
	sums  [][]int // sums[j] is the sum of the first j items
	cells [][]float64
	reach [][]int
	stay  float64
	leave float64

	// each is called with a run of equal items and the distribution without
	// one of them, valid in the cells that their joint weight brings over the
	// edge.
	each func(from, to int, cells []float64)
}

func newLeaving(b box, items [][]int) *leaving {
	l := &leaving{box: b, items: items, sums: [][]int{make([]int, len(b.wide))}}
	for j, w := range items {
		sum := slices.Clone(l.sums[j])
		for d, x := range w {
			sum[d] += x
		}
		l.sums = append(l.sums, sum)
	}
	for range depth(len(items)) {
		l.cells = append(l.cells, make([]float64, b.cells))
		l.reach = append(l.reach, make([]int, len(b.wide)))
	}
	return l
}

// depth is how many distributions are alive at a time.
func depth(items int) int { return bits.Len(uint(items)) + 2 }

// run starts from a distribution of those who are not among the items, nil for
// nobody, lets every item stay away with probability u, and calls each.
func (l *leaving) run(start []float64, u float64) {
	l.begin(start, u)
	if len(l.items) > 0 {
		l.split(0, len(l.items), 0)
	}
}

// all is the distribution with every item in it.
func (l *leaving) all(start []float64, u float64) []float64 {
	l.begin(start, u)
	whole := slices.Clone(l.wide)
	for _, w := range l.items {
		l.add(0, w, whole)
	}
	return l.cells[0]
}

func (l *leaving) begin(start []float64, u float64) {
	l.stay, l.leave = 1-u, u
	if start == nil {
		clear(l.cells[0])
		l.cells[0][0] = 1
		clear(l.reach[0])
		return
	}
	copy(l.cells[0], start)
	_, l.reach[0] = l.corners()
}

// split hands every item of a range its distribution, given at level the
// distribution of all others.
func (l *leaving) split(from, to, level int) {
	runs := 1
	for j := from + 1; j < to; j++ {
		if !slices.Equal(l.items[j], l.items[j-1]) {
			runs++
		}
	}
	if runs == 1 {
		if to-from > 1 {
			l.spread(from, to, from, to-1, level)
			level++
		}
		l.each(from, to, l.cells[level])
		return
	}
	mid := from
	for seen := 0; ; mid++ {
		if mid == from || !slices.Equal(l.items[mid], l.items[mid-1]) {
			if seen == runs/2 {
				break
			}
			seen++
		}
	}
	l.spread(from, to, mid, to, level)
	l.split(from, mid, level+1)
	l.spread(from, to, from, mid, level)
	l.split(mid, to, level+1)
}

// spread copies the level's distribution, which is without the items of a
// range, to the next level and adds a part of them.
func (l *leaving) spread(from, to, a, b, level int) {
	left := make([]int, len(l.wide))
	for d := range left {
		left[d] = l.sums[to][d] - l.sums[from][d]
	}
	src, dst := l.cells[level], l.cells[level+1]
	low, high := l.corners()
	last := len(high) - 1
	l.rows(low, high, false, func(first int, at []int) {
		lo, hi := first+l.edge(at, left), first+l.wide[last]
		copy(dst[lo:hi], src[lo:hi])
	})
	copy(l.reach[level+1], l.reach[level])
	for j := a; j < b; j++ {
		for d, x := range l.items[j] {
			left[d] -= x
		}
		l.add(level+1, l.items[j], left)
	}
}

// edge is where in a row the cells begin that the weight left can bring beyond
// the slack. The others influence nothing any more.
func (l *leaving) edge(at, left []int) int {
	last := len(at) - 1
	for d := range last {
		if left[d] > 0 && at[d]+left[d] >= l.wide[d] {
			return 0
		}
	}
	return min(l.wide[last], max(0, l.wide[last]-left[last]))
}

// add lets one more item stay away, in the cells that matter.
func (l *leaving) add(level int, w, left []int) {
	cells, reach := l.cells[level], l.reach[level]
	for d := range reach {
		reach[d] = min(l.wide[d]-1, reach[d]+w[d])
	}
	last := len(w) - 1
	shift := l.offset(w)
	stay, leave := l.stay, l.leave
	l.rows(make([]int, len(w)), reach, true, func(first int, at []int) {
		from := l.edge(at, left)
		to := reach[last] + 1
		if from >= to {
			return
		}
		both := max(from, w[last]) // from here the item may be among the absent
		for d := range last {
			if at[d] < w[d] {
				both = to
			}
		}
		if both < to {
			dst := cells[first+both : first+to]
			src := cells[first+both-shift:][:len(dst)]
			blend(dst, src, stay, leave)
		} else {
			both = to
		}
		row := cells[first+from : first+both]
		for i := range row {
			row[i] *= stay
		}
	})
}

// blend makes dst a·dst + b·src, from the end, as src may be the same row a little
// earlier. All the time is spent here; four cells at a time halve it. The
// conversions keep a compiler from fusing product and sum, which would round
// differently from one machine to another.
func blend(dst, src []float64, a, b float64) {
	for len(dst) >= 4 && len(src) >= 4 {
		d, s := (*[4]float64)(dst[len(dst)-4:]), (*[4]float64)(src[len(src)-4:])
		d[3] = float64(a*d[3]) + float64(b*s[3])
		d[2] = float64(a*d[2]) + float64(b*s[2])
		d[1] = float64(a*d[1]) + float64(b*s[1])
		d[0] = float64(a*d[0]) + float64(b*s[0])
		dst, src = dst[:len(dst)-4], src[:len(src)-4]
	}
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = float64(a*dst[i]) + float64(b*src[i])
	}
}

// edgeSum is the probability in the cells that an item brings beyond the slack:
// that it decides.
func (l *leaving) edgeSum(cells []float64, w []int) float64 {
	low, high := l.corners()
	sum, last := 0.0, len(w)-1
	l.rows(low, high, false, func(first int, at []int) {
		for _, p := range cells[first+l.edge(at, w) : first+l.wide[last]] {
			sum += p
		}
	})
	return sum
}

// leavingWords is the size of the tables of integrate, in words.
func (r *refusal) leavingWords() int64 {
	states, most := r.states(), 0
	for c := range r.groups {
		most = max(most, len(r.groups[c].regular))
	}
	kept := 1
	if len(r.groups) > 1 {
		kept = depth(len(r.groups)) + len(r.groups) + 1
	}
	return times(states, int64(depth(most)+kept))
}

// integrate returns the ordered values (Shapley–Shubik, Owen) of n players.
// With M unions of c members and S cells of slack it takes about
// 3·M/2·M·S + Σ 3·c/2·c·S multiplications for one body; for several bodies up
// to log₂ of the players times as many.
func (r *refusal) integrate(values []float64) {
	b := newBox(1, r.slack)
	starts := r.between(b)
	for c := range r.groups {
		gr := &r.groups[c]
		items := make([][]int, len(gr.regular))
		for j, w := range gr.weights {
			items[j] = step(w, false)
		}
		l := newLeaving(b, items)
		for _, nd := range gaussLegendre((gr.size() + 1) / 2) {
			if r.hopeless(gr, nd.x, starts[c] == nil) {
				continue
			}
			if len(gr.vetoes) > 0 {
				sum := 0.0
				for _, p := range l.all(starts[c], nd.x) {
					sum += p
				}
				sum *= nd.weight * power(1-nd.x, len(gr.vetoes)-1)
				for _, v := range gr.vetoes {
					values[v] += sum
				}
			}
			scale := nd.weight * power(1-nd.x, len(gr.vetoes))
			l.each = func(from, to int, cells []float64) {
				p := float64(scale * l.edgeSum(cells, items[from]))
				for j := from; j < to; j++ {
					values[gr.regular[j]] += p
				}
			}
			l.run(starts[c], nd.x)
		}
	}
}

// hopeless reports whether, with everybody away with probability u, it is as
// good as certain (1e-30) that nobody of the union decides, because the absent
// weight is too large or, if nobody else is away, too small. The bounds are
// Chernoff's. For large bodies this spares a third of the nodes or more, and
// numbers too small for the processor to be quick with.
func (r *refusal) hopeless(g *group, u float64, alone bool) bool {
	const sure = -30 * math.Ln10
	if times(r.states(), int64(len(g.regular))) < 1<<14 {
		return false
	}
	below := true // the absent weight reaches no edge on any side
	for d, slack := range r.slack {
		heaviest := int64(0)
		for _, w := range g.weights {
			heaviest = max(heaviest, w[d])
		}
		if heaviest == 0 {
			continue
		}
		mean := float64(g.total[d]) / float64(len(g.regular))
		if tail(g.weights, d, u, mean, float64(slack), -1)-math.Log1p(-u) < sure {
			return true
		}
		below = below && tail(g.weights, d, u, mean, float64(slack+1-heaviest), 1)-math.Log1p(-u) < sure
	}
	return below && alone && len(g.vetoes) == 0
}

// tail bounds the logarithm of the probability that the absent weight is at most
// (side −1) or at least (side +1) so much: the least over some θ > 0 of
// Σ log(1−u+u·exp(±θw)) ∓ θ·edge.
func tail(weights [][]int64, d int, u, mean, edge, side float64) float64 {
	least := 0.0
	for theta := 1.0 / 64; theta <= 16; theta *= 2 {
		sum, slope := 0.0, side*theta/mean
		for _, w := range weights {
			sum += math.Log1p(u * math.Expm1(slope*float64(w[d])))
		}
		least = min(least, sum-slope*edge)
	}
	return least
}

// between returns, for each union, the distribution of the absent weight of the
// other unions, averaged over how likely they are to stay away; nil where there
// are no others.
func (r *refusal) between(b box) [][]float64 {
	starts := make([][]float64, len(r.groups))
	if len(r.groups) == 1 {
		return starts
	}
	blocs := r.blocs(-1)
	slices.SortStableFunc(blocs, func(x, y int) int {
		return slices.Compare(r.groups[x].total, r.groups[y].total)
	})
	bound := len(r.groups) - len(blocs)
	items := make([][]int, len(blocs))
	for j, c := range blocs {
		items[j] = step(r.groups[c].total, false)
		starts[c] = make([]float64, b.cells)
	}
	var alone []float64 // for the unions that can't stay away
	if bound > 0 {
		alone = make([]float64, b.cells)
		for c := range starts {
			if starts[c] == nil {
				starts[c] = alone
			}
		}
	}
	l := newLeaving(b, items)
	low, high := b.corners()
	last := len(high) - 1
	for _, nd := range gaussLegendre((len(r.groups) + 1) / 2) {
		if bound > 0 {
			scale := nd.weight * power(1-nd.x, bound-1)
			for x, p := range l.all(nil, nd.x) {
				alone[x] += float64(scale * p)
			}
		}
		scale := nd.weight * power(1-nd.x, bound)
		l.each = func(from, to int, cells []float64) {
			l.rows(low, high, false, func(first int, at []int) {
				for x := first + l.edge(at, items[from]); x < first+b.wide[last]; x++ {
					p := float64(scale * cells[x])
					for j := from; j < to; j++ {
						starts[blocs[j]][x] += p
					}
				}
			})
		}
		l.run(nil, nd.x)
	}
	return starts
}
