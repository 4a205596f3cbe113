package power

// Minimal winning coalitions, one after the other.

import (
	"iter"
	"slices"
)

// MinimalWinning yields the winning coalitions that lose with any one member
// less: smallest first, and those of one size in the order of the players, as
// in a dictionary. Each is a slice of its own.
//
// There may be exponentially many, and the walk stops when the reader does. A
// branch is left as soon as the heaviest actors left could not reach a quota,
// or as soon as somebody in it has become superfluous whoever else joins. The
// memory is O(n²) numbers per body for n players. Bodies of up to about 30
// players can be walked to the end; of larger ones read the beginning.
func (g *Game) MinimalWinning() iter.Seq[[]string] {
	g = g.orNone()
	if len(g.ways) > 0 {
		return g.minimalOfWays()
	}
	return func(yield func([]string) bool) {
		w := newMinimalWalk(g)
		for size := 1; size <= len(w.items); size++ {
			if !w.from(0, size, yield) {
				return
			}
		}
	}
}

// minimalOfWays goes through what is minimal in each way, in one order, and yields what
// has no superfluous member in any.
func (g *Game) minimalOfWays() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		heads, pulls := make([][]string, len(g.ways)), make([]func() ([]string, bool), len(g.ways))
		for k, w := range g.ways {
			next, stop := iter.Pull(w.MinimalWinning())
			defer stop()
			pulls[k] = next
			heads[k], _ = next()
		}
		for {
			var first []string
			for _, h := range heads {
				if h != nil && (first == nil || g.before(h, first) < 0) {
					first = h
				}
			}
			if first == nil {
				return
			}
			for k, h := range heads {
				if slices.Equal(h, first) {
					heads[k], _ = pulls[k]()
				}
			}
			if g.minimal(first) && !yield(first) {
				return
			}
		}
	}
}

// minimal reports whether a winning coalition loses with any one member less.
func (g *Game) minimal(coalition []string) bool {
	in := make([]bool, len(g.players))
	for _, name := range coalition {
		i, _ := g.place(name)
		in[i] = true
	}
	return !slices.ContainsFunc(coalition, func(name string) bool {
		i, _ := g.place(name)
		in[i] = false
		defer func() { in[i] = true }()
		return g.wins(in)
	})
}

// minimalWalk looks for minimal winning coalitions of one size, depth first.
type minimalWalk struct {
	g     *Game
	items []int // players with a veto or some weight: the others are in none
	most  [][][]int64
	least [][][]int64 // body → from which item → of how many items: their largest, smallest sum
	sums  []int64     // body → weight of the chosen
	picks []int       // positions in items
}

func newMinimalWalk(g *Game) *minimalWalk {
	w := &minimalWalk{g: g, sums: make([]int64, len(g.bodies))}
	for i, weights := range g.weights {
		if g.vetoes[i] || slices.ContainsFunc(weights, func(x int64) bool { return x > 0 }) {
			w.items = append(w.items, i)
		}
	}
	n := len(w.items)
	for k := range g.bodies {
		most, least := make([][]int64, n+1), make([][]int64, n+1)
		var sorted []int64
		for j := n; j >= 0; j-- {
			if j < n {
				x := g.weights[w.items[j]][k]
				pos, _ := slices.BinarySearch(sorted, x)
				sorted = slices.Insert(sorted, pos, x)
			}
			most[j], least[j] = make([]int64, len(sorted)+1), make([]int64, len(sorted)+1)
			for c := range sorted {
				least[j][c+1] = least[j][c] + sorted[c]
				most[j][c+1] = most[j][c] + sorted[len(sorted)-1-c]
			}
		}
		w.most, w.least = append(w.most, most), append(w.least, least)
	}
	return w
}

// from extends the chosen by left items, none before start, and yields the
// coalitions; false when the reader stopped.
func (w *minimalWalk) from(start, left int, yield func([]string) bool) bool {
	if !w.promising(start, left) {
		return true
	}
	if left == 0 {
		names := make([]string, len(w.picks))
		for i, p := range w.picks {
			names[i] = w.g.players[w.items[p]]
		}
		return yield(names)
	}
	for p := start; p <= len(w.items)-left; p++ {
		i := w.items[p]
		w.shift(i, 1)
		w.picks = append(w.picks, p)
		on := w.from(p+1, left-1, yield)
		w.picks = w.picks[:len(w.picks)-1]
		w.shift(i, -1)
		if !on {
			return false
		}
		if w.g.vetoes[i] || !w.reachable(p+1, left) {
			return true // every coalition needs i, or the rest is too light
		}
	}
	return true
}

// shift adds or takes away the weights of a player.
func (w *minimalWalk) shift(player int, sign int64) {
	for k, x := range w.g.weights[player] {
		w.sums[k] += sign * x
	}
}

// reachable reports whether the heaviest items left reach every quota.
func (w *minimalWalk) reachable(start, left int) bool {
	if len(w.items)-start < left {
		return false
	}
	return !w.short(func(k int) int64 { return w.most[k][start][left] })
}

// short reports whether the chosen and so much more stay below some quota.
func (w *minimalWalk) short(more func(body int) int64) bool {
	for k, b := range w.g.bodies {
		if w.sums[k]+more(k) < b.Quota {
			return true
		}
	}
	return false
}

// promising reports whether the chosen can still become a minimal winning
// coalition. With nothing left to choose it reports whether they are one.
func (w *minimalWalk) promising(start, left int) bool {
	if !w.reachable(start, left) {
		return false
	}
	if left == 0 && !w.vetoesIn() {
		return false
	}
	for _, p := range w.picks {
		i := w.items[p]
		if w.g.vetoes[i] {
			continue
		}
		if !w.short(func(k int) int64 { return w.least[k][start][left] - w.g.weights[i][k] }) {
			return false // it has become superfluous
		}
	}
	return true
}

// vetoesIn reports whether the chosen hold every veto.
func (w *minimalWalk) vetoesIn() bool {
	next := 0
	for p, i := range w.items {
		if next < len(w.picks) && w.picks[next] == p {
			next++
		} else if w.g.vetoes[i] {
			return false
		}
	}
	return true
}
