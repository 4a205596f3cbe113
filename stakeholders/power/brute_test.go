package power

// The definitions, by brute force: every coalition, every order.

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// winners tabulates which of the 2ⁿ coalitions win, straight from the bodies.
func winners(g *Game) []bool {
	wins := make([]bool, 1<<len(g.players))
	for set := range wins {
		decides := func(bodies []Body) bool {
			for _, b := range bodies {
				sum := int64(0)
				for _, s := range b.Weights {
					if set>>g.index[s.Actor]&1 == 1 {
						sum += s.Weight
					}
				}
				if sum < b.Quota {
					return false
				}
				for _, v := range b.Vetoes {
					if set>>g.index[v]&1 == 0 {
						return false
					}
				}
			}
			return true
		}
		wins[set] = len(g.ways) == 0 && decides(g.bodies)
		for _, w := range g.ways {
			wins[set] = wins[set] || decides(w.Game.bodies)
		}
	}
	return wins
}

// bruteCounts counts, for every player, over all sets of other unions and all
// sets of other members of its union, each counted once or by its orders.
func bruteCounts(g *Game, wins []bool, unions [][]int, ordered bool) []*big.Rat {
	n := len(g.players)
	values := make([]*big.Rat, n)
	masks := make([]int, len(unions))
	for u, members := range unions {
		for _, i := range members {
			masks[u] |= 1 << i
		}
	}
	fact := func(k int) *big.Int { return new(big.Int).MulRange(1, int64(k)) }
	weight := func(in, all int) *big.Rat { // of a set of so many of the all−1 others
		if ordered {
			return new(big.Rat).SetFrac(new(big.Int).Mul(fact(in), fact(all-1-in)), fact(all))
		}
		return big.NewRat(1, 1<<(all-1))
	}
	for c, members := range unions {
		var blocs []int
		for u, m := range masks {
			if u != c {
				blocs = append(blocs, m)
			}
		}
		for _, i := range members {
			var others []int
			for _, j := range members {
				if j != i {
					others = append(others, 1<<j)
				}
			}
			counts := make([][]int64, len(blocs)+1)
			for b := range counts {
				counts[b] = make([]int64, len(others)+1)
			}
			for bs := range 1 << len(blocs) {
				outer, nb := subset(blocs, bs)
				for os := range 1 << len(others) {
					inner, no := subset(others, os)
					if set := outer | inner; !wins[set] && wins[set|1<<i] {
						counts[nb][no]++
					}
				}
			}
			sum := new(big.Rat)
			for nb := range counts {
				for no, k := range counts[nb] {
					if k > 0 {
						term := big.NewRat(k, 1)
						term.Mul(term, weight(nb, len(unions))).Mul(term, weight(no, len(members)))
						sum.Add(sum, term)
					}
				}
			}
			values[i] = sum
		}
	}
	return values
}

func subset(masks []int, chosen int) (union, n int) {
	for b, m := range masks {
		if chosen>>b&1 == 1 {
			union |= m
			n++
		}
	}
	return union, n
}

// orderCounts counts in how many of the n! orders each player is pivotal.
func orderCounts(g *Game, wins []bool) []int64 {
	counts := make([]int64, len(g.players))
	var order func(set int)
	order = func(set int) {
		for i := range counts {
			if set>>i&1 == 1 {
				continue
			}
			if wins[set|1<<i] {
				// All orders of the rest have the same pivot.
				rest := int64(1)
				for k := range len(counts) - 1 - ones(set) {
					rest *= int64(k + 1)
				}
				counts[i] += rest
				continue
			}
			order(set | 1<<i)
		}
	}
	order(0)
	return counts
}

func ones(set int) int { return strings.Count(fmt.Sprintf("%b", set), "1") }

// randomGame draws a game of up to most players: one to three bodies, some
// actors in several of them, weights 0 among them, some vetoes, any quota.
func randomGame(r *rand.Rand, most int) *Game {
	n := 1 + r.IntN(most)
	scale := []int{3, 10, 40, 1000}[r.IntN(4)]
	var bodies []Body
	for k := range 1 + r.IntN(3) {
		b := Body{ID: fmt.Sprintf("body%d", k)}
		if k > 0 && scale > 40 || k > 1 && scale > 10 {
			break
		}
		total := int64(0)
		for i := range n {
			if k == 0 || r.IntN(3) > 0 {
				w := int64(r.IntN(scale + 1))
				total += w
				b.Weights = append(b.Weights, Seat{Actor: fmt.Sprintf("p%02d", i), Weight: w})
			}
		}
		if total == 0 {
			b.Weights = append(b.Weights, Seat{Actor: fmt.Sprintf("solo%d", k), Weight: 2})
			total = 2
		}
		b.Quota = 1 + r.Int64N(total)
		if r.IntN(2) == 0 {
			b.Quota = total/2 + 1
		}
		for _, s := range b.Weights {
			if r.IntN(12) == 0 {
				b.Vetoes = append(b.Vetoes, s.Actor)
			}
		}
		bodies = append(bodies, b)
	}
	g, err := NewGame(bodies...)
	if r.IntN(2) == 0 { // or in one of several ways, a body in more than one of them
		ways := make([][]Body, 1+r.IntN(3))
		for w := range ways {
			for _, b := range bodies {
				if r.IntN(2) == 0 || len(ways[w]) == 0 && b.ID == bodies[len(bodies)-1].ID {
					ways[w] = append(ways[w], b)
				}
			}
			if alone := ways[w]; r.IntN(3) == 0 && len(alone) == 1 {
				b := alone[0] // the same weights at another quota
				b.ID, b.Quota = fmt.Sprintf("%s at another quota %d", b.ID, w), 1+r.Int64N(b.Quota)
				ways[w] = []Body{b}
			}
		}
		g, err = Either(ways...)
	}
	if err != nil {
		panic(err)
	}
	return g
}

func randomUnions(r *rand.Rand, n int) [][]int {
	unions := make([][]int, 1+r.IntN(n))
	for _, i := range r.Perm(n) {
		u := r.IntN(len(unions))
		unions[u] = append(unions[u], i)
	}
	return slices.DeleteFunc(unions, func(u []int) bool { return len(u) == 0 })
}

func singletons(n int) [][]int {
	unions := make([][]int, n)
	for i := range unions {
		unions[i] = []int{i}
	}
	return unions
}

// games is how many random games a brute-force test tries.
func games(t *testing.T, many int) int {
	t.Helper()
	if testing.Short() || raceEnabled {
		return many / 10
	}
	return many
}

func requireSame(t *testing.T, g *Game, want, got []*big.Rat, what string) {
	t.Helper()
	for i := range want {
		if want[i].Cmp(got[i]) != 0 {
			t.Fatalf("%s of %s: want %v, got %v in %+v", what, g.players[i], want[i], got[i], g.bodies)
		}
	}
}

func requireClose(t *testing.T, g *Game, want []*big.Rat, got []Index, what string) {
	t.Helper()
	for i := range want {
		w, _ := want[i].Float64()
		if math.Abs(w-got[i].Value) > 1e-12 {
			t.Fatalf("%s of %s: want %v, got %v in %+v", what, g.players[i], w, got[i].Value, g.bodies)
		}
	}
}

// TestIndicesEqualTheDefinitions: on thousands of random games, with and without
// unions, both routes give the very counts of the definitions, and the values in
// floating point are within 1e-12 of them.
func TestIndicesEqualTheDefinitions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range games(t, 2000) {
		g := randomGame(r, 9)
		wins, n := winners(g), len(g.players)
		for _, unions := range [][][]int{g.grandUnion(), singletons(n), randomUnions(r, n)} {
			for _, ordered := range []bool{false, true} {
				want := bruteCounts(g, wins, unions, ordered)
				for _, by := range []route{tableRoute, diagramRoute} {
					got, err := g.exact("test", unions, ordered, by)
					require.NoError(t, err)
					requireSame(t, g, want, got, fmt.Sprintf("ordered %v, route %d, unions %v:", ordered, by, unions))
				}
				counts, err := g.counts("test", unions, ordered, anyRoute)
				require.NoError(t, err)
				for i, c := range counts {
					require.Zero(t, c.Value().Cmp(want[i]))
				}
				if ordered {
					for _, by := range []route{tableRoute, diagramRoute, anyRoute} {
						got, err := g.shares("test", unions, by)
						require.NoError(t, err)
						requireClose(t, g, want, got, fmt.Sprintf("route %d, unions %v:", by, unions))
					}
				}
			}
		}
	}
}

// TestIndicesOfLargerGames does the same for games of up to 16 players.
func TestIndicesOfLargerGames(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range games(t, 40) {
		g := randomGame(r, 14)
		wins := winners(g)
		for _, unions := range [][][]int{g.grandUnion(), randomUnions(r, len(g.players))} {
			for _, ordered := range []bool{false, true} {
				want := bruteCounts(g, wins, unions, ordered)
				got, err := g.exact("test", unions, ordered, tableRoute)
				require.NoError(t, err)
				requireSame(t, g, want, got, "exact")
				if ordered {
					close, err := g.shares("test", unions, tableRoute)
					require.NoError(t, err)
					requireClose(t, g, want, close, "rounded")
				}
			}
		}
	}
}

// TestShapleyShubikCountsOrders walks all orders.
func TestShapleyShubikCountsOrders(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range games(t, 300) {
		g := randomGame(r, 7)
		counts, err := g.CountShapleyShubik()
		require.NoError(t, err)
		for i, want := range orderCounts(g, winners(g)) {
			require.Equal(t, big.NewInt(want).String(), counts[i].Times.String())
		}
	}
}

// TestCoalitionsEqualTheDefinitions: winning, blocking, minimal winning, veto
// players, dummies and pivots, on random games.
func TestCoalitionsEqualTheDefinitions(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range games(t, 2000) {
		g := randomGame(r, 8)
		wins, n := winners(g), len(g.players)
		name := func(set int) []string {
			return g.names(func(i int) bool { return set>>i&1 == 1 })
		}
		everybody := len(wins) - 1

		var minimal [][]string
		dummy := slices.Repeat([]bool{true}, n)
		for set := range wins {
			least := wins[set]
			for i := range n {
				if set>>i&1 == 1 && wins[set&^(1<<i)] {
					least = false
				}
				if set>>i&1 == 0 && wins[set] != wins[set|1<<i] {
					dummy[i] = false
				}
			}
			if least {
				minimal = append(minimal, name(set))
			}
		}
		slices.SortFunc(minimal, func(a, b []string) int {
			if len(a) != len(b) {
				return len(a) - len(b)
			}
			for k := range a {
				if d := g.index[a[k]] - g.index[b[k]]; d != 0 {
					return d
				}
			}
			return 0
		})
		require.Equal(t, minimal, slices.Collect(g.MinimalWinning()), "%+v", g.bodies)
		require.Equal(t, g.names(func(i int) bool { return !wins[everybody&^(1<<i)] }), g.VetoPlayers())
		dummies, err := g.Dummies()
		require.NoError(t, err)
		require.Equal(t, g.names(func(i int) bool { return dummy[i] }), dummies)

		for range 8 {
			set := r.IntN(len(wins))
			won, err := g.Wins(name(set))
			require.NoError(t, err)
			require.Equal(t, wins[set], won)
			blocks, err := g.Blocks(name(set))
			require.NoError(t, err)
			require.Equal(t, !wins[everybody&^set], blocks)
			pivotal, err := g.Pivotal(name(set))
			require.NoError(t, err)
			require.Equal(t, g.names(func(i int) bool {
				return wins[set] != wins[set^1<<i] && (set>>i&1 == 1) == wins[set]
			}), pivotal)
		}
	}
}

// TestCheapestEqualsTryingAllSets compares sets and costs, ties and all.
func TestCheapestEqualsTryingAllSets(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	attained := 0
	for range games(t, 3000) {
		g := randomGame(r, 8)
		wins, n := winners(g), len(g.players)
		start := r.IntN(len(wins)) & r.IntN(len(wins))
		costs := map[string]float64{}
		forSale := 0
		for i, name := range g.players {
			if r.IntN(6) > 0 {
				costs[name] = float64(r.IntN(5))
				forSale |= 1 << i
			}
		}
		best, bestCost := -1, math.Inf(1)
		for set := range wins {
			if set&start != 0 || set&^forSale != 0 || !wins[set|start] {
				continue
			}
			cost := 0.0
			for i, name := range g.players {
				if set>>i&1 == 1 {
					cost += costs[name]
				}
			}
			if best < 0 || cost < bestCost || cost == bestCost &&
				(ones(set) < ones(best) || ones(set) == ones(best) && earlier(set, best, n)) {
				best, bestCost = set, cost
			}
		}
		coalition := g.names(func(i int) bool { return start>>i&1 == 1 })
		got, err := g.Cheapest(coalition, costs)
		if best < 0 {
			var why *UnattainableError
			require.ErrorAs(t, err, &why)
			require.ErrorAs(t, err, new(*UnattainableError))
			require.NotZero(t, len(why.Vetoes)+len(why.Short))
			continue
		}
		attained++
		require.NoError(t, err)
		want := g.names(func(i int) bool { return best>>i&1 == 1 })
		require.ElementsMatch(t, want, got.Actors, "%+v %v %v", g.bodies, coalition, costs)
		require.True(t, slices.Equal(want, got.Actors))
		require.Equal(t, bestCost, got.Cost)
	}
	require.Greater(t, attained, games(t, 3000)/4)
}

// earlier reports whether a stands before b, as sets of the same size.
func earlier(a, b, n int) bool {
	for i := range n {
		if x, y := a>>i&1, b>>i&1; x != y {
			return x == 1
		}
	}
	return false
}

// TestCheapestRoutesAgree: with and without a table, the same offers.
func TestCheapestRoutesAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range games(t, 2000) {
		c := &covering{}
		n, sides := 1+r.IntN(10), 1+r.IntN(3)
		reach := make([]int64, sides)
		for range n {
			w := make([]int64, sides)
			for k := range w {
				w[k] = int64(r.IntN(8))
				reach[k] += w[k]
			}
			c.weights = append(c.weights, w)
			c.costs = append(c.costs, []float64{0, 1, 2, 0.1, 0.3, r.Float64()}[r.IntN(6)])
		}
		for _, x := range reach {
			c.need = append(c.need, 1+r.Int64N(max(1, x)))
		}
		if slices.Contains(reach, 0) {
			continue
		}
		tried, ok := c.tried()
		require.True(t, ok)
		require.Equal(t, c.table(), tried, "%+v", c)
	}
}

// TestNodesLeftOutWereNotNeeded: where the quadrature leaves out nodes, at
// quotas far from half, with vetoes, unions and a second body, the values are
// still those of the exact counts.
func TestNodesLeftOutWereNotNeeded(t *testing.T) {
	if raceEnabled {
		t.Skip("one goroutine, many numbers")
	}
	left := 0
	for _, share := range []float64{0.1, 0.5, 0.67, 0.9} {
		for _, vetoes := range []int{0, 2} {
			b := drawn("house", 90, 60, share)
			for _, s := range b.Weights[:vetoes] {
				b.Vetoes = append(b.Vetoes, s.Actor)
			}
			for _, bodies := range [][]Body{{b}, {b, drawn("senate", 30, 2, 0.5)}} {
				if len(bodies) == 2 && share != 0.9 {
					continue // the exact counts take long
				}
				g := newGame(t, bodies...)
				var unions [][]int
				for u := range slices.Chunk(g.grandUnion()[0], 30) {
					unions = append(unions, u)
				}
				for _, partition := range [][][]int{g.grandUnion(), unions} {
					r := g.refusal(partition)
					for c := range r.groups {
						for _, nd := range gaussLegendre(45) {
							if r.hopeless(&r.groups[c], nd.x, len(partition) == 1) {
								left++
							}
						}
					}
					want, err := g.exact("test", partition, true, tableRoute)
					require.NoError(t, err)
					got, err := g.shares("test", partition, tableRoute)
					require.NoError(t, err)
					requireClose(t, g, want, got, "rounded")
				}
			}
		}
	}
	require.Positive(t, left)
}
