package power

// Values within a bound, held against exact ones.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// fund is a body of 190 members like that of the International Monetary Fund: a few
// large members and many small ones. The votes are made up: a part that is alike for
// all, and 550 times as much, divided by rank^1.05, beside it.
func fund(alike, most int64, share float64) Body {
	b := Body{ID: "fund"}
	total := int64(0)
	for i := range 190 {
		w := alike + int64(float64(most)/math.Pow(float64(i+1), 1.05))
		total += w
		b.Weights = append(b.Weights, Seat{Actor: fmt.Sprintf("member %03d", i+1), Weight: w})
	}
	b.Quota = int64(share*float64(total)) + 1
	return b
}

func requireWithin(t *testing.T, want, got, within float64, what string) {
	t.Helper()
	require.LessOrEqual(t, math.Abs(want-got), within, what)
}

// On bodies that tables can count, with and without vetoes, each value is within its own
// bound of the exact one, and the bound is worth having.
func TestFourierKeepsItsBound(t *testing.T) {
	if raceEnabled {
		t.Skip("one goroutine, many numbers")
	}
	r := rand.New(rand.NewPCG(13, 14))
	for _, c := range []struct {
		players int
		most    uint64
		share   float64
		vetoes  int
	}{{12, 50, 0.5, 0}, {12, 50, 0.8, 2}, {63, 40, 0.5, 0}, {80, 60, 0.7, 1}, {100, 30, 0.9, 0}, {100, 60, 0.2, 0}, {120, 3, 0.5, 3}} {
		b := drawn(fmt.Sprint("body ", r.IntN(1000)), c.players, c.most, c.share)
		for _, s := range b.Weights[:c.vetoes] {
			b.Vetoes = append(b.Vetoes, s.Actor)
		}
		g := newGame(t, b)
		exact, err := g.exact("test", g.grandUnion(), true, tableRoute)
		require.NoError(t, err)
		got, err := g.shares("test", g.grandUnion(), fourierRoute)
		require.NoError(t, err)
		swings, err := g.exact("test", g.grandUnion(), false, tableRoute)
		require.NoError(t, err)
		raw := make([]bounded, c.players)
		ref := g.refusal(g.grandUnion())
		ref.fourierRaw(raw)
		for i, v := range got {
			want, _ := exact[i].Float64()
			requireWithin(t, want, v.Value, v.Within+1e-15, fmt.Sprintf("%+v %s", c, v.Actor))
			require.Less(t, v.Within, 1e-6, "%+v", c)
			want, _ = swings[i].Float64()
			requireWithin(t, want, raw[i].value, raw[i].off+1e-15, fmt.Sprintf("raw %+v %s", c, v.Actor))
			require.Less(t, raw[i].off, 1e-6, "%+v", c)
		}
	}
}

// Weights that are rounded to the grid: 28 players with votes of up to 45 binary digits, whom a
// diagram can count.
func TestTheBoundHoldsWhatRoundingMayDo(t *testing.T) {
	if raceEnabled {
		t.Skip("one goroutine, many numbers")
	}
	r := rand.New(rand.NewPCG(15, 16))
	for _, share := range []float64{0.5, 0.8} {
		b := Body{ID: "shares"}
		total := int64(0)
		for i := range 28 {
			w := 1<<38 + r.Int64N(1<<(40+i%5))
			total += w
			b.Weights = append(b.Weights, Seat{Actor: fmt.Sprintf("p%02d", i), Weight: w})
		}
		b.Quota = int64(share*float64(total)) + 1
		g := newGame(t, b)
		exact, err := g.shares("test", g.grandUnion(), diagramRoute)
		require.NoError(t, err)
		got, err := g.shares("test", g.grandUnion(), fourierRoute)
		require.NoError(t, err)
		for i, v := range got {
			require.Zero(t, exact[i].Within)
			require.Positive(t, v.Within)
			requireWithin(t, exact[i].Value, v.Value, v.Within, v.Actor)
		}
	}
}

// The expected values come from Python with numpy: for each of 95 Gauss–Legendre nodes u,
// the distribution of the votes of all others, built one after the other by
// f ← (1 − u)·f + u·shift(f), summed from quota − votes to quota − 1; the Banzhaf index
// is that at u = 1/2. The fund has 44,152 votes there, few enough for that.
func TestAFundOf190Members(t *testing.T) {
	if raceEnabled {
		t.Skip("one goroutine, many numbers")
	}
	for _, c := range []struct {
		share            float64
		shapley, banzhaf map[int]float64
	}{
		{0.5,
			map[int]float64{0: 0.21512456454481968, 1: 0.08964762465246165, 100: 0.0016177683085537235, 189: 0.000978597440734125},
			map[int]float64{0: 0.8028444819149922, 1: 0.1905156982161587, 100: 0.004670096548603061, 189: 0.0028266433261907695}},
		{0.85,
			map[int]float64{0: 0.1927356101477034, 1: 0.0987196564886587, 100: 0.0016308486356854749, 189: 0.0009860770591092756},
			map[int]float64{0: 6.85024027889297e-08, 1: 6.850240278892899e-08, 100: 1.1581093199965122e-08, 189: 7.044488009861208e-09}},
	} {
		g := newGame(t, fund(14, 8000, c.share))
		values, err := g.shares("test", g.grandUnion(), fourierRoute)
		require.NoError(t, err)
		for i, want := range c.shapley {
			requireWithin(t, want, values[i].Value, values[i].Within, fmt.Sprint(c.share, i))
			require.Less(t, values[i].Within, 1e-6)
		}
		raw := make([]bounded, 190)
		r := g.refusal(g.grandUnion())
		r.fourierRaw(raw)
		for i, want := range c.banzhaf {
			requireWithin(t, want, raw[i].value, raw[i].off, fmt.Sprint(c.share, i))
		}

		// With four million votes, or four thousand million, much is as before.
		if testing.Short() || c.share != 0.5 {
			continue
		}
		for _, more := range []int64{100, 1_000_003} {
			g := newGame(t, fund(14*more, 8000*more, c.share))
			values, err := g.ShapleyShubik()
			require.NoError(t, err)
			sum, within := 0.0, 0.0
			for _, v := range values {
				sum, within = sum+v.Value, within+v.Within
			}
			requireWithin(t, 1, sum, within, "what all have")
			for i, want := range c.shapley {
				require.InDelta(t, want, values[i].Value, 0.02*want+values[i].Within)
				require.Less(t, values[i].Within, 3e-3)
			}
			banzhaf, err := g.Banzhaf()
			require.NoError(t, err)
			require.InDelta(t, c.banzhaf[0], banzhaf[0].Raw, 0.02*c.banzhaf[0]+banzhaf[0].Within)
		}
	}
}
