package simulation

// What it costs. The reference scenario: twelve actors, the whole built-in
// checklist, ten years, all shocks, the balanced strategy.
//
//	go test -run '^$' -bench . -benchmem ./reformcycle/simulation

import (
	"context"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

func compiled(t testing.TB, s Scenario) *Model {
	t.Helper()
	m, err := Compile(s)
	require.NoError(t, err)
	return m
}

func strategyOf(t testing.TB, name string, parameters ...any) Strategy {
	t.Helper()
	values := map[string]float64{}
	for i := 0; i < len(parameters); i += 2 {
		values[parameters[i].(string)] = parameters[i+1].(float64)
	}
	s, err := NewStrategy(name, values)
	require.NoError(t, err)
	return s
}

// rateOf reports the months of the runs played, per second and each.
func rateOf(b *testing.B, played int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(played), "ns/month")
	b.ReportMetric(float64(played)/b.Elapsed().Seconds()/1e6, "Mmonths/s")
}

// BenchmarkRun plays runs on one core.
func BenchmarkRun(b *testing.B) {
	for _, name := range Strategies() {
		b.Run(name, func(b *testing.B) {
			r := newRun(compiled(b, Reference()), strategyOf(b, name), 1)
			b.ReportAllocs()
			played := 0
			for i := uint64(0); b.Loop(); i++ {
				if err := r.play(i); err != nil {
					b.Fatal(err)
				}
				played += r.outcome.Months
			}
			rateOf(b, played)
		})
	}
}

// BenchmarkFloor draws and sums as many random variates as a month of a run
// does: six uniform ones for shocks and suspension, a normal one for each actor,
// and the luck, of two uniform ones, of each criterion worked on, as many as
// balanced works on in the mean. Once as the standard library draws them from a
// PCG, and once with the generators of this package, which are faster. The ratio
// is what a month of BenchmarkRun costs, as measured beside it.
func BenchmarkFloor(b *testing.B) {
	r := newRun(compiled(b, Reference()), strategyOf(b, "balanced"), 1)
	worked, played := 0, 0
	var month time.Duration
	for i := range uint64(200) {
		r.begin(i)
		began := time.Now()
		for r.month < 120 && r.status != reformcycle.Abandoned {
			r.month++
			require.NoError(b, r.step())
			worked += len(r.allocation.worked)
			played++
		}
		month += time.Since(began)
	}
	lucks := (worked + played/2) / played
	measure := func(name string, draw func() float64) {
		b.Run(name, func(b *testing.B) {
			n, sum := 0, 0.0
			for b.Loop() {
				for range 120 {
					sum += draw()
					n++
				}
			}
			runtime.KeepAlive(sum)
			rateOf(b, n)
			each := float64(b.Elapsed().Nanoseconds()) / float64(n)
			b.ReportMetric(float64(month.Nanoseconds())/float64(played)/each, "run/floor")
			b.ReportMetric(float64(lucks), "lucks/month")
		})
	}
	var shocks, work rand.PCG
	var moods [12]rand.PCG
	standard, normals := rand.New(&shocks), [12]*rand.Rand{}
	for i := range normals {
		normals[i] = rand.New(&moods[i])
	}
	measure("standard-library", func() (sum float64) {
		for range shockKinds + 1 {
			sum += standard.Float64()
		}
		for i := range normals {
			sum += normals[i].NormFloat64()
		}
		for range lucks {
			sum += standard.Float64() + standard.Float64()
		}
		return sum
	})
	measure("own", func() (sum float64) {
		for range shockKinds + 1 {
			sum += uniform(shocks.Uint64())
		}
		for i := range moods {
			sum += normal(moods[i].Uint64())
		}
		word := work.Uint64()
		for c := range lucks {
			sum += luck(word, c, 0.5)
		}
		return sum
	})
}

// BenchmarkEnsemble runs ensembles on one and on two workers.
func BenchmarkEnsemble(b *testing.B) {
	m := compiled(b, Reference())
	for _, workers := range []int{1, 2} {
		b.Run([]string{1: "one-worker", 2: "two-workers"}[workers], func(b *testing.B) {
			for b.Loop() {
				_, err := m.Run(b.Context(), strategyOf(b, "balanced"), 5_000, 1, WithWorkers(workers))
				require.NoError(b, err)
			}
			rateOf(b, b.N*5_000*120)
		})
	}
}

// BenchmarkLive drives the months of runs through live cycles.
func BenchmarkLive(b *testing.B) {
	m := compiled(b, Reference())
	var traces []Trace
	for i := range uint64(8) {
		t, err := m.Trace(strategyOf(b, "balanced"), 1, i)
		require.NoError(b, err)
		traces = append(traces, t)
	}
	played := 0
	for i := 0; b.Loop(); i++ {
		t := &traces[i%len(traces)]
		c, err := reformcycle.New("live")
		require.NoError(b, err)
		require.NoError(b, t.Apply(context.Background(), c, time.Unix(0, 0)))
		played += t.Outcome.Months
	}
	rateOf(b, played)
}
