package influence

// Communities, brokers and cuts.

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/stretchr/testify/require"
)

// components finds the connected parts by spreading labels until none changes.
func components(a [][]bool, keep []bool) [][]int {
	label := make([]int, len(a))
	for i := range label {
		label[i] = i
	}
	for changed := true; changed; {
		changed = false
		for i := range a {
			for j := range a {
				if keep[i] && keep[j] && a[i][j] && label[j] > label[i] {
					label[j], changed = label[i], true
				}
			}
		}
	}
	var all [][]int
	for l := range a {
		var part []int
		for i := range a {
			if keep[i] && label[i] == l {
				part = append(part, i)
			}
		}
		if part != nil {
			all = append(all, part)
		}
	}
	return all
}

func TestCutsAreTheActorsWhoseRemovalSplits(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	found := 0
	for round := range 600 {
		size := 1 + rng.IntN(14)
		n, _ := drawn(t, rng, size, rng.Float64()*2.5/float64(size))
		a := adjacency(n)
		keep := everyone(size)
		cuts, parts := n.Cuts(), n.Parts()
		if round%2 == 1 {
			var ids []string
			for i := range keep {
				if keep[i] = rng.IntN(4) > 0; keep[i] {
					ids = append(ids, id(i))
				}
			}
			var err error
			cuts, err = n.CutsAmong(ids)
			require.NoError(t, err)
			parts, err = n.PartsAmong(ids)
			require.NoError(t, err)
		}
		whole := components(a, keep)
		require.Equal(t, n.named(whole), parts)

		var want []Cut
		for v := range size {
			if !keep[v] {
				continue
			}
			keep[v] = false
			var split [][]string
			left, pairs := 0, 0
			for _, part := range components(a, keep) {
				was := whole[slices.IndexFunc(whole, func(c []int) bool { return slices.Contains(c, part[0]) })]
				if slices.Contains(was, v) {
					split = append(split, n.ids(part))
					pairs += left * len(part)
					left += len(part)
				}
			}
			keep[v] = true
			if len(split) > 1 {
				want = append(want, Cut{Actor: id(v), Parts: split, Pairs: pairs})
			}
		}
		slices.SortStableFunc(want, func(x, y Cut) int { return y.Pairs - x.Pairs })
		require.Equal(t, want, cuts)
		found += len(cuts)
	}
	require.Greater(t, found, 500)
}

func TestALongChainIsCutEverywhereButAtItsEnds(t *testing.T) {
	const size = 800
	var links [][2]int
	for i := range size - 1 {
		links = append(links, [2]int{i, i + 1})
	}
	cuts := linked(t, size, links...).Cuts()
	require.Len(t, cuts, size-2)
	// The middle separates most: 399 before it and 400 after it, or the other
	// way round for the next, and equals stand in the order of the actors.
	require.Equal(t, id(399), cuts[0].Actor)
	require.Equal(t, 399*400, cuts[0].Pairs)
	require.Equal(t, id(400), cuts[1].Actor)
}

func TestCutsAmongRefusesStrangersAndTwins(t *testing.T) {
	n := linked(t, 2)
	for _, ids := range [][]string{{"x"}, {id(0), id(0)}} {
		_, err := n.CutsAmong(ids)
		require.ErrorIs(t, err, fault.ErrInvalid)
		_, err = n.PartsAmong(ids)
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
	// Nobody is nobody, and not everybody.
	cuts, err := linked(t, 3, [2]int{0, 1}, [2]int{1, 2}).CutsAmong(nil)
	require.NoError(t, err)
	require.Empty(t, cuts)
}

// inContact says whether two groups are, over the actors that are left.
func inContact(a [][]bool, of []int, gone, x, y int) bool {
	for i := range a {
		if i == gone {
			continue
		}
		var toX, toY bool
		for j := range a {
			if j != gone && a[i][j] {
				toX = toX || of[j] == x
				toY = toY || of[j] == y
			}
		}
		switch of[i] {
		case x:
			if toY {
				return true
			}
		case y:
			if toX {
				return true
			}
		default:
			if toX && toY {
				return true
			}
		}
	}
	return false
}

func TestBrokersAreThoseWithoutWhomGroupsLoseContact(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 1))
	found := 0
	for range 1500 {
		size := 2 + rng.IntN(14)
		n, _ := drawn(t, rng, size, rng.Float64()*3/float64(size))
		of := make([]int, size)
		groups := make([]ActorGroup, 1+rng.IntN(5))
		for k := range groups {
			groups[k].Name = string(rune('A' + k))
		}
		for i := range of {
			of[i] = rng.IntN(len(groups)+1) - 1
			if of[i] >= 0 {
				groups[of[i]].Actors = append(groups[of[i]].Actors, id(i))
			}
		}
		if slices.ContainsFunc(groups, func(g ActorGroup) bool { return g.Actors == nil }) {
			continue
		}
		a := adjacency(n)
		want := map[string][]GroupPair{}
		for v := range size {
			for x := range groups {
				for y := x + 1; y < len(groups); y++ {
					if (of[v] == x || of[v] == y) && len(groups[of[v]].Actors) == 1 {
						continue
					}
					if inContact(a, of, -1, x, y) && !inContact(a, of, v, x, y) {
						want[id(v)] = append(want[id(v)], GroupPair{groups[x].Name, groups[y].Name})
					}
				}
			}
		}
		brokers, err := n.Brokers(groups)
		require.NoError(t, err)
		got := map[string][]GroupPair{}
		centrality := n.Betweenness()
		for k, b := range brokers {
			got[b.Actor] = b.Between
			require.Equal(t, centrality[n.index[b.Actor]], b.Betweenness)
			if k > 0 {
				before := brokers[k-1]
				require.True(t, len(before.Between) > len(b.Between) ||
					len(before.Between) == len(b.Between) && before.Betweenness >= b.Betweenness)
			}
		}
		require.Equal(t, want, got)
		found += len(brokers)
	}
	require.Greater(t, found, 500)
}

func TestBetweennessIsTheShareOfShortestWays(t *testing.T) {
	// A star: every way between two of the four leaves leads through the hub.
	star := linked(t, 5, [2]int{1, 0}, [2]int{2, 0}, [2]int{3, 0}, [2]int{4, 0})
	require.Equal(t, []float64{1, 0, 0, 0, 0}, star.Betweenness())
	// A square: two ways between opposite corners, so each corner carries half
	// of one pair, of the three pairs of others: 1/6.
	square := linked(t, 4, [2]int{0, 1}, [2]int{1, 2}, [2]int{2, 3}, [2]int{3, 0})
	near(t, []float64{1. / 6, 1. / 6, 1. / 6, 1. / 6}, square.Betweenness(), 1e-15)
	require.Equal(t, []float64{0, 0}, linked(t, 2, [2]int{0, 1}).Betweenness())
}

func TestGroupsMustBeNamedFilledAndApart(t *testing.T) {
	n := linked(t, 2)
	for _, groups := range [][]ActorGroup{
		{{"", []string{id(0)}}},
		{{"A", nil}},
		{{"A", []string{id(0)}}, {"A", []string{id(1)}}},
		{{"A", []string{"x"}}},
		{{"A", []string{id(0), id(0)}}},
		{{"A", []string{id(0)}}, {"B", []string{id(0)}}},
	} {
		_, err := n.Brokers(groups)
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
}

// planted is a network of equal groups, dense within and sparse between, whose
// actors are dealt out in turn, and the groups.
func planted(t testing.TB, rng *rand.Rand, groups, each int, within, between float64) (*Network, [][]string) {
	size := groups * each
	var links [][2]int
	truth := make([][]string, groups)
	for i := range size {
		truth[i%groups] = append(truth[i%groups], id(i))
		for j := range size {
			p := between
			if i%groups == j%groups {
				p = within
			}
			if i != j && rng.Float64() < p {
				links = append(links, [2]int{i, j})
			}
		}
	}
	return linked(t, size, links...), truth
}

func TestCommunitiesFindWhatWasPlanted(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 1))
	for round := range 20 {
		n, truth := planted(t, rng, 2+rng.IntN(4), 12, 0.7, 0.03)
		for seed := range uint64(3) {
			c, err := n.Communities(1, seed)
			require.NoError(t, err)
			var got [][]string
			for _, g := range c.Groups {
				got = append(got, g.Actors)
			}
			require.Equal(t, truth, got, "round %d", round)
			require.Greater(t, c.Modularity, 0.3)
		}
	}
}

func TestModularityIsThatOfItsDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 1))
	for range 50 {
		n, _ := drawn(t, rng, 2+rng.IntN(20), 0.2)
		resolution := 0.2 + 2*rng.Float64()
		c, err := n.Communities(resolution, rng.Uint64())
		require.NoError(t, err)
		of, err := n.membership(c.Groups)
		require.NoError(t, err)
		require.NotContains(t, of, -1, "everybody is somewhere")

		size := n.Len()
		w := make([][]float64, size)
		degree := make([]float64, size)
		for i := range w {
			w[i] = make([]float64, size)
		}
		total := 0.0
		for _, tie := range n.Ties() {
			i, j := n.index[tie.From], n.index[tie.To]
			if i != j {
				w[i][j] += tie.Weight
				w[j][i] += tie.Weight
				degree[i] += tie.Weight
				degree[j] += tie.Weight
				total += 2 * tie.Weight
			}
		}
		q := 0.0
		for i := range w {
			for j := range w {
				if of[i] == of[j] && total > 0 {
					q += (w[i][j] - resolution*degree[i]*degree[j]/total) / total
				}
			}
		}
		require.InDelta(t, q, c.Modularity, 1e-12)

		// No group is in two parts.
		for _, g := range c.Groups {
			parts, err := n.PartsAmong(g.Actors)
			require.NoError(t, err)
			require.Len(t, parts, 1)
		}
	}
}

func TestAHigherResolutionFindsSmallerGroups(t *testing.T) {
	n, _ := planted(t, rand.New(rand.NewPCG(15, 1)), 4, 10, 0.6, 0.1)
	low, err := n.Communities(0.1, 1)
	require.NoError(t, err)
	high, err := n.Communities(20, 1)
	require.NoError(t, err)
	require.Len(t, low.Groups, 1)
	require.Greater(t, len(high.Groups), 4)
	for _, resolution := range []float64{0, -1, 2e6, math.NaN(), math.Inf(1)} {
		_, err := n.Communities(resolution, 1)
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
}

func TestWithoutTiesEverybodyIsACommunityApart(t *testing.T) {
	n := built(t, []Node{{"a", 0.5}, {"b", 0.5}}, []Tie{{"a", "a", 1}})
	c, err := n.Communities(1, 1)
	require.NoError(t, err)
	require.Equal(t, Communities{Groups: []ActorGroup{{"1", []string{"a"}}, {"2", []string{"b"}}}}, c)
	require.Equal(t, [][]string{{"a"}, {"b"}}, n.Parts())
}

func TestTheSameQuestionHasTheSameAnswerAHundredTimes(t *testing.T) {
	build := func() (*Network, []float64) { return drawn(t, rand.New(rand.NewPCG(16, 1)), 40, 0.06) }
	ask := func() []any {
		n, initial := build()
		p, err := n.Equilibrium(initial)
		require.NoError(t, err)
		v, err := n.TotalInfluence()
		require.NoError(t, err)
		c, err := n.Communities(1.2, 42)
		require.NoError(t, err)
		b, err := n.Brokers(c.Groups)
		require.NoError(t, err)
		m, err := n.Movers(nil)
		require.NoError(t, err)
		var offers []Offer
		for i := range 14 {
			offers = append(offers, Offer{Actor: id(i), Shift: 5, Cost: float64(1 + i%3)})
		}
		plan, err := n.Persuade(initial, Aim{Threshold: m[0].Share}, offers)
		require.NoError(t, err)
		return []any{p, v, c, b, n.Cuts(), n.Parts(), m, n.Betweenness(), plan}
	}
	want := ask()
	for range 100 {
		require.Equal(t, want, ask())
	}
}
