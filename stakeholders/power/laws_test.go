package power_test

// Laws that hold for every game.

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/stakeholders/power"
)

// anyBodies draws one to three bodies over at most nine actors.
func anyBodies(t *rapid.T) []power.Body {
	n := rapid.IntRange(1, 9).Draw(t, "players")
	most := rapid.SampledFrom([]int64{1, 4, 12}).Draw(t, "largest weight")
	var bodies []power.Body
	for k := range rapid.IntRange(1, 3).Draw(t, "bodies") {
		b := power.Body{ID: fmt.Sprintf("body %d", k)}
		total := int64(0)
		for i := range n {
			w := rapid.Int64Range(0, most).Draw(t, "weight")
			total += w
			b.Weights = append(b.Weights, power.Seat{Actor: fmt.Sprintf("p%d", i), Weight: w})
		}
		if total == 0 {
			b.Weights[0].Weight, total = 1, 1
		}
		b.Quota = rapid.Int64Range(1, total).Draw(t, "quota")
		if rapid.IntRange(0, 3).Draw(t, "veto") == 0 {
			b.Vetoes = []string{b.Weights[rapid.IntRange(0, n-1).Draw(t, "who")].Actor}
		}
		bodies = append(bodies, b)
	}
	return bodies
}

func anyUnions(t *rapid.T, g *power.Game) [][]string {
	players := rapid.Permutation(g.Players()).Draw(t, "players")
	var unions [][]string
	for i, p := range players {
		if i == 0 || rapid.Bool().Draw(t, "new union") {
			unions = append(unions, nil)
		}
		unions[len(unions)-1] = append(unions[len(unions)-1], p)
	}
	return unions
}

func must(t require.TestingT, bodies ...power.Body) *power.Game {
	g, err := power.NewGame(bodies...)
	require.NoError(t, err)
	return g
}

func values(t require.TestingT) func(counts []power.Count, err error) []*big.Rat {
	return func(counts []power.Count, err error) []*big.Rat {
		require.NoError(t, err)
		v := make([]*big.Rat, len(counts))
		for i, c := range counts {
			v[i] = c.Value()
		}
		return v
	}
}

func requireEqual(t require.TestingT, want, got []*big.Rat) {
	require.Len(t, got, len(want))
	for i := range want {
		require.Zero(t, want[i].Cmp(got[i]), "player %d: %v and %v", i, want[i], got[i])
	}
}

func TestShapleyShubikAndOwenShareOutOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := must(t, anyBodies(t)...)
		for _, v := range [][]*big.Rat{
			values(t)(g.CountShapleyShubik()),
			values(t)(g.CountOwen(anyUnions(t, g))),
		} {
			sum := new(big.Rat)
			for _, x := range v {
				require.GreaterOrEqual(t, x.Sign(), 0)
				sum.Add(sum, x)
			}
			require.Zero(t, sum.Cmp(big.NewRat(1, 1)))
		}
		bz, err := g.Banzhaf()
		require.NoError(t, err)
		sum := 0.0
		for _, x := range bz {
			sum += x.Normalised
		}
		require.InDelta(t, 1, sum, 1e-14)
	})
}

func TestEqualSeatsHaveEqualPowerAndDummiesNone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := anyBodies(t)
		g := must(t, bodies...)
		ss, bz := values(t)(g.CountShapleyShubik()), values(t)(g.CountBanzhaf())
		dummies, err := g.Dummies()
		require.NoError(t, err)
		for i, p := range g.Players() {
			require.Equal(t, slices.Contains(dummies, p), ss[i].Sign() == 0)
			require.Equal(t, ss[i].Sign() == 0, bz[i].Sign() == 0)
			for j := range i {
				same := true
				for _, b := range bodies {
					same = same && b.Weights[i].Weight == b.Weights[j].Weight &&
						slices.Contains(b.Vetoes, b.Weights[i].Actor) == slices.Contains(b.Vetoes, b.Weights[j].Actor)
				}
				if same {
					require.Zero(t, ss[i].Cmp(ss[j]))
					require.Zero(t, bz[i].Cmp(bz[j]))
				}
			}
		}
	})
}

// A heavier seat is never worth less, within a game; and a seat that gains
// weight while all else stays never loses Shapley–Shubik power.
func TestShapleyShubikGrowsWithWeight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := anyBodies(t)[:1]
		bodies[0].Vetoes = nil
		before := values(t)(must(t, bodies...).CountShapleyShubik())
		for i, a := range bodies[0].Weights {
			for j, b := range bodies[0].Weights {
				if a.Weight >= b.Weight {
					require.GreaterOrEqual(t, before[i].Cmp(before[j]), 0)
				}
			}
		}
		i := rapid.IntRange(0, len(before)-1).Draw(t, "who")
		bodies[0].Weights[i].Weight += rapid.Int64Range(0, 5).Draw(t, "more")
		after := values(t)(must(t, bodies...).CountShapleyShubik())
		require.GreaterOrEqual(t, after[i].Cmp(before[i]), 0)
	})
}

func TestScalingWeightsAndQuotaChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := anyBodies(t)
		g := must(t, bodies...)
		unions := anyUnions(t, g)
		factor := rapid.SampledFrom([]int64{2, 3, 1000, 1 << 40}).Draw(t, "factor")
		for k := range bodies {
			b := &bodies[k]
			b.Quota *= factor
			b.Weights = slices.Clone(b.Weights)
			for i := range b.Weights {
				b.Weights[i].Weight *= factor
			}
		}
		scaled := must(t, bodies...)
		for _, ask := range []func(*power.Game) ([]power.Count, error){
			(*power.Game).CountShapleyShubik, (*power.Game).CountBanzhaf,
			func(g *power.Game) ([]power.Count, error) { return g.CountOwen(unions) },
			func(g *power.Game) ([]power.Count, error) { return g.CountBanzhafOwen(unions) },
		} {
			requireEqual(t, values(t)(ask(g)), values(t)(ask(scaled)))
		}
		a, err := g.ShapleyShubik()
		require.NoError(t, err)
		b, err := scaled.ShapleyShubik()
		require.NoError(t, err)
		require.Equal(t, a, b)
	})
}

func TestTrivialUnionsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := must(t, anyBodies(t)...)
		var alone [][]string
		for _, p := range g.Players() {
			alone = append(alone, []string{p})
		}
		together := [][]string{g.Players()}
		ss, bz := values(t)(g.CountShapleyShubik()), values(t)(g.CountBanzhaf())
		requireEqual(t, ss, values(t)(g.CountOwen(alone)))
		requireEqual(t, ss, values(t)(g.CountOwen(together)))
		requireEqual(t, bz, values(t)(g.CountBanzhafOwen(alone)))
		requireEqual(t, bz, values(t)(g.CountBanzhafOwen(together)))
	})
}

// What a union's members have together is the union's power in the game that
// the unions play as blocs.
func TestOwenSharesOutTheUnionsPower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := anyBodies(t)
		g := must(t, bodies...)
		unions := anyUnions(t, g)
		owen := values(t)(g.CountOwen(unions))

		home := map[string]string{}
		var order []string
		for u, members := range unions {
			id := fmt.Sprintf("u%d", u)
			order = append(order, id)
			for _, p := range members {
				home[p] = id
			}
		}
		var blocs []power.Body
		for _, b := range bodies {
			q := power.Body{ID: b.ID, Quota: b.Quota}
			sums := map[string]int64{}
			for _, s := range b.Weights {
				sums[home[s.Actor]] += s.Weight
			}
			for _, id := range order {
				q.Weights = append(q.Weights, power.Seat{Actor: id, Weight: sums[id]})
			}
			for _, v := range b.Vetoes {
				q.Vetoes = append(q.Vetoes, home[v])
			}
			blocs = append(blocs, q)
		}
		between := values(t)(must(t, blocs...).CountShapleyShubik())
		for i, p := range g.Players() {
			u := slices.Index(order, home[p])
			between[u].Sub(between[u], owen[i])
		}
		for _, left := range between {
			require.Zero(t, left.Sign())
		}
	})
}

// A pivotal supporter or newcomer is one in whom winning and losing differ; in a
// minimal winning coalition everybody is one.
func TestEveryMemberOfAMinimalWinningCoalitionIsPivotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := must(t, anyBodies(t)...)
		size := 0
		for c := range g.MinimalWinning() {
			require.GreaterOrEqual(t, len(c), size)
			size = len(c)
			pivotal, err := g.Pivotal(c)
			require.NoError(t, err)
			require.Equal(t, c, pivotal)
		}
		require.Positive(t, size)
	})
}

// parliament draws n parties with weights of up to most, always the same.
func parliament(t testing.TB, n int, most, seed uint64) *power.Game {
	t.Helper()
	weights, total, x := make([]int64, n), int64(0), seed
	for i := range weights {
		x = x*6364136223846793005 + 1442695040888963407
		weights[i] = 1 + int64((x>>33)%most)
		total += weights[i]
	}
	return game(t, total/2+1, weights...)
}

// Up to 60 players the rounded values are within 1e-12 of the exact ones.
func TestQuadratureEqualsTheExactCountsUpTo60Players(t *testing.T) {
	for n := 5; n <= 60; n += 11 {
		for seed := range uint64(3) {
			g := parliament(t, n, 100, seed+1)
			got, err := g.ShapleyShubik()
			require.NoError(t, err)
			for i, want := range values(t)(g.CountShapleyShubik()) {
				w, _ := want.Float64()
				require.InDelta(t, w, got[i].Value, 1e-12*max(w, 1e-3))
			}
		}
	}
}

// For 200 players too: the exact counts take a moment and 32 MB.
func TestQuadratureOf200Players(t *testing.T) {
	if testing.Short() {
		t.Skip("counts orders of 200 players")
	}
	g := parliament(t, 200, 100, 7)
	got, err := g.ShapleyShubik()
	require.NoError(t, err)
	sum, worst := 0.0, 0.0
	for i, want := range values(t)(g.CountShapleyShubik()) {
		w, _ := want.Float64()
		worst = max(worst, math.Abs(w-got[i].Value))
		sum += got[i].Value
	}
	t.Logf("largest error %.2g, sum less one %.2g", worst, sum-1)
	require.Less(t, worst, 1e-13)
	require.InDelta(t, 1, sum, 1e-12)
}

func TestSeveralBodiesAndUnionsOfManyPlayers(t *testing.T) {
	// 27 states, two bodies, unions of three: rounded against exact.
	g := must(t, council27()...)
	var unions [][]string
	for c := range slices.Chunk(g.Players(), 3) {
		unions = append(unions, c)
	}
	owen, err := g.Owen(unions)
	require.NoError(t, err)
	for i, want := range values(t)(g.CountOwen(unions)) {
		w, _ := want.Float64()
		require.InDelta(t, w, owen[i].Value, 1e-13)
	}
	ss, err := g.ShapleyShubik()
	require.NoError(t, err)
	for i, want := range values(t)(g.CountShapleyShubik()) {
		w, _ := want.Float64()
		require.InDelta(t, w, ss[i].Value, 1e-13)
	}
}
