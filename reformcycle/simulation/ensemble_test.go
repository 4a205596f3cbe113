package simulation

import (
	"context"
	"encoding"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

func bytesOf(t testing.TB, s encoding.BinaryMarshaler) []byte {
	t.Helper()
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	return b
}

func TestTheSummaryIsTheSameForAnyNumberOfWorkersOrShards(t *testing.T) {
	const runs = 200 // not a multiple of what a worker takes at once
	m, s := compiled(t, Reference()), policyOf(t, "rush-to-launch")
	run := func(options ...RunOption) Summary {
		sum, err := m.Run(t.Context(), s, runs, 42, options...)
		require.NoError(t, err)
		return sum
	}
	whole := bytesOf(t, run(WithWorkers(1)))
	for _, workers := range []int{2, 3} {
		require.Equal(t, whole, bytesOf(t, run(WithWorkers(workers))))
	}
	for _, cuts := range [][]uint64{{0, 1, 2, 200}, {0, 64, 65, 130, 200}} {
		var shards []Summary
		for i := 1; i < len(cuts); i++ {
			kept := bytesOf(t, run(WithRange(cuts[i-1], cuts[i])))
			var read Summary
			require.NoError(t, read.UnmarshalBinary(kept))
			shards = append(shards, read)
		}
		for range len(shards) {
			shards = append(shards[1:], shards[0]) // every rotation, so every shard comes first once
			merged := shards[0]
			for _, other := range shards[1:] {
				var err error
				merged, err = merged.Merge(other)
				require.NoError(t, err)
			}
			require.Equal(t, whole, bytesOf(t, merged))
		}
	}
	require.NotEqual(t, whole, bytesOf(t, func() Summary { s, _ := m.Run(t.Context(), s, runs, 43); return s }()))
}

func TestTheSummaryCountsWhatTheRunsCameTo(t *testing.T) {
	m, s := compiled(t, Reference()), policyOf(t, "adaptive")
	sum, err := compiled(t, Reference()).Run(t.Context(), s, 200, 7)
	require.NoError(t, err)
	all := outcomes(t, m, s, 200, 7)
	status, laps, suspended, launched := make([]uint64, 3), uint64(0), uint64(0), make([]uint64, 121)
	for i := range all {
		status[all[i].Status]++
		laps += uint64(all[i].Laps)
		suspended += uint64(all[i].Suspended)
		if month, ok := all[i].Launch(); ok {
			launched[month]++
		}
	}
	require.Equal(t, status, sum.Status())
	require.Equal(t, launched, sum.Entered(reformcycle.Launch))
	weigh := func(counts []uint64) (total uint64) {
		for k, n := range counts {
			total += uint64(k) * n
		}
		return total
	}
	require.Equal(t, laps, weigh(sum.laps()))
	require.Equal(t, suspended, weigh(sum.suspended()))
	require.EqualValues(t, 200, sum.Runs())
	require.Equal(t, []Range{{0, 200}}, sum.Ranges())
	require.Equal(t, m.Digest(), sum.Digest())
	require.Len(t, sum.SupportMonths(), 41, "every third month")
	first := uint64(0)
	for _, n := range sum.Support(0) {
		first += n
	}
	require.EqualValues(t, 200, first)
}

func TestARunOfAnEnsembleIsReplayedAsItWas(t *testing.T) {
	m, s := compiled(t, Reference()), policyOf(t, "balanced")
	all := outcomes(t, m, s, 40, 3)
	for _, i := range []uint64{0, 17, 39} {
		trace, err := m.Trace(s, 3, i)
		require.NoError(t, err)
		require.Equal(t, all[i], trace.Outcome)
		require.Len(t, trace.Months, trace.Outcome.Months+1)
	}
}

func TestProgressRisesOnTheCallersGoroutineAndEndsWithAll(t *testing.T) {
	var seen []uint64
	_, err := compiled(t, Reference()).Run(t.Context(), policyOf(t, "balanced"), 300, 1, WithProgress(func(done, total uint64) {
		require.EqualValues(t, 300, total)
		seen = append(seen, done) // the race detector would see another goroutine
	}))
	require.NoError(t, err)
	require.True(t, slices.IsSorted(seen))
	require.EqualValues(t, 300, seen[len(seen)-1])
}

func TestACancelledEnsembleGivesWhatWasFinished(t *testing.T) {
	m, s := compiled(t, Reference()), policyOf(t, "balanced")
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	sum, err := m.Run(ctx, s, 100_000, 1, WithWorkers(2), WithProgress(func(done, _ uint64) {
		if done >= 150 {
			cancel(enough)
		}
	}))
	require.ErrorIs(t, err, enough)
	require.GreaterOrEqual(t, sum.Runs(), uint64(150))
	require.Less(t, sum.Runs(), uint64(100_000))
	// What is left can be run later, and together they are the whole of it.
	last := sum.Ranges()[len(sum.Ranges())-1].To
	merged := sum
	from := uint64(0)
	for _, r := range append(sum.Ranges(), Range{last + 10, last + 10}) {
		if from < r.From {
			rest, err := m.Run(t.Context(), s, 100_000, 1, WithRange(from, r.From))
			require.NoError(t, err)
			merged, err = merged.Merge(rest)
			require.NoError(t, err)
		}
		from = r.To
	}
	whole, err := m.Run(t.Context(), s, last+10, 1)
	require.NoError(t, err)
	require.Equal(t, bytesOf(t, whole), bytesOf(t, merged))

	cancelled, stop := context.WithCancel(t.Context())
	stop()
	sum, err = m.Run(cancelled, s, 10, 1)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, sum.Runs())
	require.ErrorIs(t, m.Each(cancelled, s, 0, 10, 1, func(uint64, *RunOutcome) {}), context.Canceled)
}

// fewAsBefore gives goroutines that have done their work a moment to end.
func fewAsBefore(t *testing.T, before int) {
	t.Helper()
	for range 5_000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func TestNoGoroutineOutlivesARun(t *testing.T) {
	m, s := compiled(t, Reference()), policyOf(t, "balanced")
	_, err := m.Run(t.Context(), s, 100, 1, WithWorkers(8))
	require.NoError(t, err)
	before := runtime.NumGoroutine()
	for range 4 {
		_, err := m.Run(t.Context(), s, 70, 1, WithWorkers(8))
		require.NoError(t, err)
	}
	fewAsBefore(t, before)
}

// A host that leaves its progress bar by a panic, and goes on, has none of the
// workers left behind.
func TestNoGoroutineOutlivesAProgressThatPanics(t *testing.T) {
	short := Reference()
	short.Horizon = 6
	m, s := compiled(t, short), policyOf(t, "balanced")
	bar := WithProgress(func(uint64, uint64) { panic("bar") })
	before := runtime.NumGoroutine()
	require.PanicsWithValue(t, "bar", func() { _, _ = m.Run(t.Context(), s, 10_000, 1, WithWorkers(8), bar) })
	require.PanicsWithValue(t, "bar", func() {
		_, _ = m.Compare(t.Context(), []Policy{s, policyOf(t, "adaptive")}, LaunchedBy(6), 10_000, 1, WithWorkers(8), bar)
	})
	fewAsBefore(t, before)
}

// What FailNow does to a test that asserts in its policy: the ensemble must not
// pass for one that was played.
func TestAPolicyThatEndsItsGoroutineFails(t *testing.T) {
	m := compiled(t, Reference())
	leaves := tactic{"leaves", func(o *View, _ *Allocation) {
		if o.Month == 5 {
			runtime.Goexit()
		}
	}}
	for _, workers := range []int{1, 3} {
		sum, err := m.Run(t.Context(), leaves, 100, 1, WithWorkers(workers))
		require.ErrorIs(t, err, ErrPolicy)
		require.ErrorContains(t, err, "FailNow")
		require.Zero(t, sum.Runs())
		_, err = m.Compare(t.Context(), []Policy{leaves, policyOf(t, "adaptive")}, LaunchedBy(9), 100, 1, WithWorkers(workers))
		require.ErrorIs(t, err, ErrPolicy)
	}
}

// nameless has no name to give where it is nil.
type nameless struct{ tactic }

func TestAPolicyWhoseNamePanicsIsRefused(t *testing.T) {
	var none *nameless
	_, err := compiled(t, Reference()).Run(t.Context(), none, 10, 1)
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.ErrorContains(t, err, "policy: got")
	_, err = compiled(t, Reference()).Trace(none, 10, 1)
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func TestOnlyACompiledModelRuns(t *testing.T) {
	s := policyOf(t, "balanced")
	for _, m := range []*Model{nil, {}} {
		_, run := m.Run(t.Context(), s, 1, 1)
		_, trace := m.Trace(s, 1, 1)
		_, compare := m.Compare(t.Context(), []Policy{s, policyOf(t, "adaptive")}, LaunchedBy(9), 9, 1)
		for _, err := range []error{run, trace, compare, m.Each(t.Context(), s, 0, 1, 1, func(uint64, *RunOutcome) {})} {
			require.ErrorContains(t, err, "model: got nothing, want a model made by Compile")
		}
	}
}

// broken is a policy that fails in month 3 of every run whose luck is below
// what it tolerates: the same runs, whoever plays them.
func broken(fail func(a *Allocation)) tactic {
	return tactic{"broken", func(o *View, a *Allocation) {
		if o.Month == 3 && o.Positions[0] < 5.05 {
			fail(a)
		}
	}}
}

func TestAPolicyThatFailsIsReportedByItsFirstRun(t *testing.T) {
	m := compiled(t, Reference())
	for name, c := range map[string]struct {
		fail func(a *Allocation)
		want string
	}{
		"a panic":              {func(*Allocation) { panic("out of ideas") }, "panic: out of ideas"},
		"a runtime error":      {func(*Allocation) { var none []int; none[3]++ }, "index out of range"},
		"more than there is":   {func(a *Allocation) { a.Work(0, 2*a.Left()+1) }, "budget"},
		"a negative effort":    {func(a *Allocation) { a.Work(4, -1) }, "work[4]: got -1"},
		"no number":            {func(a *Allocation) { a.Persuade(0, nan) }, "persuade[0]: got NaN"},
		"no such criterion":    {func(a *Allocation) { a.Work(53, 1) }, "work: got 53"},
		"no such actor":        {func(a *Allocation) { a.Persuade(-1, 1) }, "persuade: got -1"},
		"infinite effort":      {func(a *Allocation) { a.Work(0, inf) }, "effort"},
		"a revisit forward":    {func(a *Allocation) { a.Revisit(reformcycle.Launch) }, "revisit"},
		"a revisit to nowhere": {func(a *Allocation) { a.Revisit(77) }, "revisit"},
		"a renewal at launch":  {func(a *Allocation) { a.RenewAt(reformcycle.Launch) }, "renew"},
		"a million faults": {func(a *Allocation) {
			for range 1_000_000 {
				a.Work(-1, 1)
			}
		}, "work: got -1"},
	} {
		var first *RunError
		for _, workers := range []int{1, 4} {
			sum, err := m.Run(t.Context(), broken(c.fail), 500, 5, WithWorkers(workers))
			require.ErrorIs(t, err, ErrPolicy, name)
			require.ErrorContains(t, err, c.want, name)
			require.Zero(t, sum.Runs(), name)
			var failed *RunError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, 3, failed.Month, name)
			require.EqualValues(t, 5, failed.Seed)
			if first == nil {
				first = failed
			}
			require.Equal(t, first.Run, failed.Run, "%s: the first run that fails, whoever played it", name)
		}
		_, err := m.Trace(broken(c.fail), 5, first.Run)
		require.ErrorIs(t, err, ErrPolicy, name)
		if first.Run > 0 {
			_, err = m.Trace(broken(c.fail), 5, first.Run-1)
			require.NoError(t, err, name)
		}
		require.ErrorIs(t, m.Each(t.Context(), broken(c.fail), 0, 500, 5, func(uint64, *RunOutcome) {}), ErrPolicy)
	}
	cause := errors.New("cause")
	_, err := m.Run(t.Context(), broken(func(*Allocation) { panic(cause) }), 500, 5)
	require.ErrorIs(t, err, cause)
	_, err = m.Run(t.Context(), tactic{"late override", func(o *View, a *Allocation) { a.Override() }}, 1, 5)
	require.ErrorContains(t, err, "management-and-learning")
	held := Reference()
	held.Start.Suspended = true
	_, err = compiled(t, held).Run(t.Context(), tactic{"nowhere", func(_ *View, a *Allocation) { a.Revisit(77) }}, 1, 5)
	require.ErrorContains(t, err, "month 1", "also while suspended, when no move is made")
}

func TestArgumentsOfAnEnsembleAreChecked(t *testing.T) {
	m, s := compiled(t, Reference()), policyOf(t, "balanced")
	var none context.Context
	for name, run := range map[string]func() error{
		"no policy":      func() error { _, err := m.Run(t.Context(), nil, 1, 1); return err },
		"no name":        func() error { _, err := m.Run(t.Context(), tactic{}, 1, 1); return err },
		"no runs":        func() error { _, err := m.Run(t.Context(), s, 0, 1); return err },
		"too many runs":  func() error { _, err := m.Run(t.Context(), s, MaxRuns+1, 1); return err },
		"no context":     func() error { _, err := m.Run(none, s, 1, 1); return err },
		"no workers":     func() error { _, err := m.Run(t.Context(), s, 1, 1, WithWorkers(0)); return err },
		"no progress":    func() error { _, err := m.Run(t.Context(), s, 1, 1, WithProgress(nil)); return err },
		"no option":      func() error { _, err := m.Run(t.Context(), s, 1, 1, nil); return err },
		"an empty range": func() error { _, err := m.Run(t.Context(), s, 9, 1, WithRange(3, 3)); return err },
		"beyond the end": func() error { _, err := m.Run(t.Context(), s, 9, 1, WithRange(3, 10)); return err },
		"each of none":   func() error { return m.Each(t.Context(), s, 3, 3, 1, func(uint64, *RunOutcome) {}) },
		"each to nobody": func() error { return m.Each(t.Context(), s, 0, 3, 1, nil) },
		"each of nobody": func() error { return m.Each(t.Context(), nil, 0, 3, 1, func(uint64, *RunOutcome) {}) },
		"no model":       func() error { _, err := new(Model).Run(t.Context(), s, 1, 1); return err },
		"traced nobody":  func() error { _, err := m.Trace(nil, 1, 1); return err },
	} {
		require.ErrorIs(t, run(), fault.ErrInvalid, name)
	}
	_, err := m.Run(t.Context(), nil, 0, 1, WithWorkers(-1), nil)
	var all fault.Fields
	require.ErrorAs(t, err, &all)
	require.Len(t, all, 4, "everything at once: %v", err)
}

func TestARunDoesNotAllocate(t *testing.T) {
	for _, name := range Policies() {
		r := newRun(compiled(t, Reference()), policyOf(t, name), 1)
		i := uint64(0)
		play := func() { i++; require.NoError(t, r.play(i)) }
		for range 5 {
			play()
		}
		require.Zero(t, testing.AllocsPerRun(20, play), name)
	}
}

// A policy is called by several goroutines at once, for different runs.
func TestRunsArePlayedAtTheSameTime(t *testing.T) {
	var calls atomic.Int64
	sum, err := compiled(t, Reference()).Run(t.Context(), tactic{"counts", func(o *View, a *Allocation) {
		calls.Add(1)
		a.SpreadEvenly(o.Stage, a.Left())
	}}, 200, 1, WithWorkers(4))
	require.NoError(t, err)
	require.EqualValues(t, 200, sum.Runs())
	require.Positive(t, calls.Load())
}

func TestParametersArePartOfAPolicysIdentity(t *testing.T) {
	m := compiled(t, Reference())
	a, err := m.Run(t.Context(), policyOf(t, "balanced"), 10, 1)
	require.NoError(t, err)
	b, err := m.Run(t.Context(), policyOf(t, "balanced", "ahead", 0.3), 10, 1)
	require.NoError(t, err)
	_, err = a.Merge(b)
	require.ErrorIs(t, err, ErrMismatch)
	require.ErrorContains(t, err, "ahead=0.3")
	require.True(t, strings.HasPrefix(b.Policy().String(), "balanced(persuasion=0.2, "))
}
