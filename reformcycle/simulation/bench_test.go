package simulation

// What it costs. The reference scenario: twelve actors, the whole built-in
// checklist, ten years, all shocks, the balanced policy.
//
//	go test -run '^$' -bench . -benchmem ./reformcycle/simulation

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
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

func policyOf(t testing.TB, name string, parameters ...any) Tunable {
	t.Helper()
	values := map[string]float64{}
	for i := 0; i < len(parameters); i += 2 {
		values[parameters[i].(string)] = parameters[i+1].(float64)
	}
	s, err := NewPolicy(name, values)
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
	for _, name := range Policies() {
		b.Run(name, func(b *testing.B) {
			r := newRun(compiled(b, Reference()), policyOf(b, name), 1)
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
// PCG, and once with the generators of this package, which are faster. A run and
// the floor take turns, so that what else the machine does slows both: their ratio
// is run/floor, and ns/month is the floor's.
func BenchmarkFloor(b *testing.B) {
	r := newRun(compiled(b, Reference()), policyOf(b, "balanced"), 1)
	worked, played := 0, 0
	for i := range uint64(200) {
		for r.begin(i); r.month < 120 && r.status != reformcycle.Abandoned; played++ {
			r.month++
			require.NoError(b, r.step())
			worked += len(r.allocation.worked)
		}
	}
	lucks := (worked + played/2) / played
	measure := func(name string, draw func() float64) {
		b.Run(name, func(b *testing.B) {
			var run, floor time.Duration
			played, drawn, sum := 0, 0, 0.0
			for i := uint64(0); b.Loop(); i++ {
				began := time.Now()
				if err := r.play(i); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				for range 120 {
					sum += draw()
				}
				floor += time.Since(between)
				run += between.Sub(began)
				played, drawn = played+r.outcome.Months, drawn+120
			}
			runtime.KeepAlive(sum)
			each := float64(floor.Nanoseconds()) / float64(drawn)
			b.ReportMetric(each, "ns/month")
			b.ReportMetric(float64(run.Nanoseconds())/float64(played)/each, "run/floor")
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
			sum += luck(word, uint64(c), 0.5)
		}
		return sum
	})
}

// BenchmarkEnsemble runs an ensemble on one worker and on two, in turns. What the
// machine has to give is floor-two/one: the same of two goroutines that share
// nothing and draw numbers.
func BenchmarkEnsemble(b *testing.B) {
	m := compiled(b, Reference())
	const runs = 2_500
	var took, floor [3]time.Duration
	for b.Loop() {
		for workers := 1; workers <= 2; workers++ {
			began := time.Now()
			_, err := m.Run(b.Context(), policyOf(b, "balanced"), runs, 1, WithWorkers(workers))
			took[workers] += time.Since(began)
			require.NoError(b, err)

			began = time.Now()
			var wait sync.WaitGroup
			for range workers {
				wait.Go(func() {
					stream, sum := rand.New(rand.NewPCG(1, 2)), 0.0
					for range 30_000_000 / workers {
						sum += stream.Float64()
					}
					runtime.KeepAlive(sum)
				})
			}
			wait.Wait()
			floor[workers] += time.Since(began)
		}
	}
	b.ReportMetric(float64(b.N*runs*120)/took[1].Seconds()/1e6, "Mmonths/s-of-one")
	b.ReportMetric(took[1].Seconds()/took[2].Seconds(), "two/one")
	b.ReportMetric(floor[1].Seconds()/floor[2].Seconds(), "floor-two/one")
}

// BenchmarkLive drives the months of runs through live cycles, and plays the same
// runs, in turns.
func BenchmarkLive(b *testing.B) {
	m := compiled(b, Reference())
	r := newRun(m, policyOf(b, "balanced"), 1)
	var traces []Trace
	for i := range uint64(8) {
		t, err := m.Trace(policyOf(b, "balanced"), 1, i)
		require.NoError(b, err)
		traces = append(traces, t)
	}
	var run, live time.Duration
	played := 0
	for i := 0; b.Loop(); i++ {
		t := &traces[i%len(traces)]
		began := time.Now()
		c, err := reformcycle.New("live")
		require.NoError(b, err)
		require.NoError(b, t.Apply(context.Background(), c, time.Unix(0, 0)))
		between := time.Now()
		require.NoError(b, r.play(t.Outcome.Run))
		run += time.Since(between)
		live += between.Sub(began)
		played += t.Outcome.Months
	}
	b.ReportMetric(float64(live.Nanoseconds())/float64(played), "ns/month")
	b.ReportMetric(float64(live)/float64(run), "live/run")
}

// BenchmarkMemory runs a million and reports the most memory that the process
// has taken from the system, and the size of the summary.
func BenchmarkMemory(b *testing.B) {
	m := compiled(b, Reference())
	for b.Loop() {
		s, err := m.Run(b.Context(), policyOf(b, "balanced"), 1_000_000, 1)
		require.NoError(b, err)
		written, err := s.MarshalBinary()
		require.NoError(b, err)
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		b.ReportMetric(float64(memory.Sys)/1e6, "MB")
		b.ReportMetric(float64(len(written)), "summary-bytes")
	}
}

// BenchmarkWorlds tries all built-in policies in worlds over the whole register, a
// hundred runs of sixty months each, and plays as many runs with nothing varied, on as
// many workers, in turns: x-floor is the ratio of the two, of each the quickest, which
// other work on the machine slowed least.
func BenchmarkWorlds(b *testing.B) {
	s := Reference()
	s.Horizon = 60
	m := compiled(b, s)
	trial := Trial{Goals: []Goal{{LaunchedBy(36), 0.5}, {NotAbandoned(), 0.9}}, Worlds: 40, Runs: 100, Seed: 1}
	for _, name := range Policies() {
		trial.Policies = append(trial.Policies, policyOf(b, name))
	}
	// Worlds differ in how long their runs last, so the floor plays those of the worlds.
	w := worldsOf(b, m, trial)
	var models []*Model
	for i := range trial.Worlds {
		model, err := w.Model(m, i)
		require.NoError(b, err)
		models = append(models, model)
	}
	took, floor := time.Hour, time.Hour
	for b.Loop() {
		begin := time.Now()
		worldsOf(b, m, trial, WithWorkers(1))
		took = min(took, time.Since(begin))
		begin = time.Now()
		for i, model := range models {
			for _, policy := range trial.Policies {
				require.NoError(b, model.Each(b.Context(), policy, uint64(i)*trial.Runs, uint64(i+1)*trial.Runs, trial.Seed, func(uint64, *RunOutcome) {}))
			}
		}
		floor = min(floor, time.Since(begin))
	}
	b.ReportMetric(float64(took)/float64(floor), "x-floor")
	b.ReportMetric(float64(took.Microseconds())/1000/float64(trial.Worlds), "ms/world")
}
