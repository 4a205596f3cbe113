package power

// The game seen from those who stay away. A coalition wins exactly if everybody
// who is missing from it could be missing: none of them has a veto, and in each
// body their weights together fit in the slack, the total less the quota. So a
// conjunction of bodies is one knapsack with a side for each body, and its
// tables are as large as the slack, which for majorities is less than half of
// the weight.

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// maxWords is the size of the largest table that this package builds, in 64-bit
// words: 64 MB.
const maxWords = int64(1) << 23

// refusal is the game of those who stay away.
type refusal struct {
	slack  []int64 // side of the knapsack → what fits
	groups []group // one for each union that matters
}

// group is what matters of one union: members that have neither veto nor weight
// in any body that binds never decide anything, and no other member's power
// depends on them.
type group struct {
	vetoes  []int     // players
	regular []int     // players, by weights
	weights [][]int64 // of the regular, for each side of the knapsack
	total   []int64   // of them together
}

// size is how many players of the union matter.
func (g *group) size() int { return len(g.vetoes) + len(g.regular) }

// refusal brings the game into this form. A body that the players without a
// veto can't block drops out; the weights are divided by what they have in
// common, so that votes counted in thousands make no larger table.
func (g *Game) refusal(unions [][]int) refusal {
	var r refusal
	var sides []int
	units := make([]int64, len(g.bodies)) // body → what its weights have in common
	for k := range g.bodies {
		unit, sum := int64(0), int64(0)
		for i, w := range g.weights {
			if !g.vetoes[i] {
				unit = gcd(unit, w[k])
				sum += w[k]
			}
		}
		if slack := g.slack(k); sum > slack {
			sides = append(sides, k)
			units[k] = unit
		}
	}
	sides = g.binding(sides)
	// The longest side comes last, where tables are contiguous.
	slices.SortStableFunc(sides, func(a, b int) int { return cmp.Compare(g.slack(a)/units[a], g.slack(b)/units[b]) })
	for _, k := range sides {
		r.slack = append(r.slack, g.slack(k)/units[k])
	}
	for _, u := range unions {
		gr := group{total: make([]int64, len(sides))}
		for _, i := range u {
			if g.vetoes[i] {
				gr.vetoes = append(gr.vetoes, i)
			} else if slices.ContainsFunc(sides, func(k int) bool { return g.weights[i][k] > 0 }) {
				gr.regular = append(gr.regular, i)
			}
		}
		if gr.size() == 0 {
			continue
		}
		// Equal weights stand together: what holds for one holds for all.
		slices.SortStableFunc(gr.regular, func(a, b int) int {
			for _, k := range sides {
				if d := cmp.Compare(g.weights[a][k], g.weights[b][k]); d != 0 {
					return d
				}
			}
			return 0
		})
		for _, i := range gr.regular {
			w := make([]int64, len(sides))
			for d, k := range sides {
				w[d] = g.weights[i][k] / units[k]
				gr.total[d] += w[d]
			}
			gr.weights = append(gr.weights, w)
		}
		r.groups = append(r.groups, gr)
	}
	return r
}

// binding leaves out each body of the same weights as another that asks for more.
func (g *Game) binding(bodies []int) []int {
	return slices.DeleteFunc(slices.Clone(bodies), func(k int) bool {
		return slices.ContainsFunc(bodies, func(other int) bool {
			if other == k || g.slack(other) > g.slack(k) || g.slack(other) == g.slack(k) && other > k {
				return false
			}
			for i, w := range g.weights {
				if !g.vetoes[i] && w[k] != w[other] {
					return false
				}
			}
			return true
		})
	})
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// fits reports whether the weights fit in the slack.
func (r *refusal) fits(w []int64) bool {
	for d, x := range w {
		if x > r.slack[d] {
			return false
		}
	}
	return true
}

// bound reports whether the union can't stay away as a whole.
func (r *refusal) bound(c int) bool {
	return len(r.groups[c].vetoes) > 0 || !r.fits(r.groups[c].total)
}

// blocs lists the unions that can, the union c left out.
func (r *refusal) blocs(c int) []int {
	var blocs []int
	for d := range r.groups {
		if d != c && !r.bound(d) {
			blocs = append(blocs, d)
		}
	}
	return blocs
}

// states is the number of cells of a table over the slack, at most
// math.MaxInt64.
func (r *refusal) states() int64 {
	n := int64(1)
	for _, s := range r.slack {
		n = times(n, s+1)
	}
	return n
}

// times multiplies numbers from 0 and stops at math.MaxInt64.
func times(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(lo)
}

// plus adds numbers from 0 and stops at math.MaxInt64.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
