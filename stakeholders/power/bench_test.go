package power

// What it costs. The tables of docs/benchmarks/power.md come from
//
//	go test -run '^$' -bench . -benchmem ./stakeholders/power
//
// (BenchmarkGrowth), and the bounds that the documentation promises are tested
// by TestSpeed.

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// drawn is a body of n players with weights from 1 to most, always the same,
// that decides by a share of its votes.
func drawn(id string, n int, most uint64, share float64) Body {
	b, total, x := Body{ID: id}, int64(0), uint64(len(id))+uint64(n)
	for i := range n {
		x = x*6364136223846793005 + 1442695040888963407
		w := 1 + int64((x>>33)%most)
		total += w
		b.Weights = append(b.Weights, Seat{Actor: fmt.Sprintf("p%03d", i), Weight: w})
	}
	b.Quota = int64(share*float64(total)) + 1
	return b
}

func newGame(tb testing.TB, bodies ...Body) *Game {
	tb.Helper()
	g, err := NewGame(bodies...)
	require.NoError(tb, err)
	return g
}

// council is the Council of the European Union of 27 under the Treaty of Nice:
// 255 of 345 votes.
func council() Body {
	b := Body{ID: "votes", Quota: 255}
	for _, x := range []struct{ states, votes int64 }{
		{4, 29}, {2, 27}, {1, 14}, {1, 13}, {5, 12}, {3, 10}, {5, 7}, {5, 4}, {1, 3},
	} {
		for range x.states {
			b.Weights = append(b.Weights, Seat{Actor: fmt.Sprintf("state %02d", len(b.Weights)), Weight: x.votes})
		}
	}
	return b
}

func both(tb testing.TB, g *Game) {
	_, err := g.ShapleyShubik()
	require.NoError(tb, err)
	_, err = g.Banzhaf()
	require.NoError(tb, err)
}

// peak is the largest heap seen while f runs, in bytes, above what was there.
func peak(f func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	start, top := m.HeapInuse, m.HeapInuse
	done, seen := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(seen)
		for {
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapInuse)
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-seen
	return top - start
}

// BenchmarkIndices200 asks for both indices of all of 200 players with weights
// of up to 100 and a simple majority.
func BenchmarkIndices200(b *testing.B) {
	g := newGame(b, drawn("house", 200, 100, 0.5))
	b.ReportAllocs()
	for b.Loop() {
		both(b, g)
	}
	b.StopTimer()
	b.ReportMetric(float64(peak(func() { both(b, g) }))/(1<<20), "peak-MB")
}

// BenchmarkBanzhaf compares everybody's Banzhaf index with the one generating
// function that it is read off.
func BenchmarkBanzhaf(b *testing.B) {
	g := newGame(b, drawn("house", 200, 100, 0.5))
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			buildOnly(g)
		}
	})
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			_, err := g.Banzhaf()
			require.NoError(b, err)
		}
	})
}

// buildOnly builds the generating function of those who stay away.
func buildOnly(g *Game) {
	r := g.refusal(g.grandUnion())
	t := newTally(newBox(1, r.slack), len(r.groups[0].regular)+2)
	t.words[0] = 1
	for _, w := range r.groups[0].weights {
		t.add(step(w, false))
	}
}

// BenchmarkCouncil27 asks for both indices of a real council.
func BenchmarkCouncil27(b *testing.B) {
	states := Body{ID: "states", Quota: 14}
	for _, s := range council().Weights {
		states.Weights = append(states.Weights, Seat{Actor: s.Actor, Weight: 1})
	}
	for _, c := range []struct {
		name   string
		bodies []Body
	}{{"votes", []Body{council()}}, {"votes-and-states", []Body{council(), states}}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				g, err := NewGame(c.bodies...)
				require.NoError(b, err)
				both(b, g)
			}
		})
	}
}

// BenchmarkGrowth varies one thing at a time.
func BenchmarkGrowth(b *testing.B) {
	var cases []*Game
	for _, n := range []int{25, 50, 100, 200, 400} {
		cases = append(cases, newGame(b, drawn("house", n, 100, 0.5)))
	}
	for _, share := range []float64{0.6, 0.75, 0.9} {
		cases = append(cases, newGame(b, drawn("house", 200, 100, share)))
	}
	for _, most := range []uint64{25, 50, 200} {
		cases = append(cases, newGame(b, drawn("house", 200, most, 0.5)))
	}
	for _, most := range []uint64{4, 8, 16} {
		cases = append(cases, newGame(b, drawn("house", 40, most, 0.5), drawn("senate", 40, most, 0.5)))
	}
	for _, g := range cases {
		r := g.refusal(g.grandUnion())
		name := fmt.Sprintf("players=%d/bodies=%d/quota=%d/states=%d", len(g.players), len(g.bodies), g.bodies[0].Quota, r.states())
		b.Run(name+"/shapley-shubik", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := g.ShapleyShubik()
				require.NoError(b, err)
			}
		})
		b.Run(name+"/banzhaf", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := g.Banzhaf()
				require.NoError(b, err)
			}
		})
	}
}
