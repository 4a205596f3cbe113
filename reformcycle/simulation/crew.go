package simulation

// Several goroutines on one list of jobs.

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
)

// hand gives jobs 0 to n − 1 to the workers, in order, and reports on the caller's
// goroutine how many runs are played. It returns how many jobs were taken;
// where the context ends, those are not all. The error is that of the first job,
// by number, that has one. No goroutine outlives the call, whatever progress does.
func (e *ensemble) hand(ctx context.Context, n uint64, do func(ctx context.Context, worker int, job uint64) (runs uint64, err error)) (taken uint64, err error) {
	var (
		next    atomic.Uint64
		failing atomic.Uint64 // lowest job that failed; those beyond it don't matter
		lock    sync.Mutex
		wait    sync.WaitGroup
		played  = make(chan uint64)
	)
	ctx, stop := context.WithCancel(ctx)
	failing.Store(math.MaxUint64)
	fail := func(job uint64, why error) {
		lock.Lock()
		defer lock.Unlock()
		if job < failing.Load() {
			failing.Store(job)
			err = why
		}
	}
	for w := range int(min(uint64(e.workers), n)) {
		wait.Go(func() {
			at, left := uint64(0), true
			defer func() {
				if left { // a policy ended the goroutine, as testing.T's FailNow does
					fail(at, errLeft)
				}
			}()
			for ctx.Err() == nil {
				if at = next.Add(1) - 1; at >= min(n, failing.Load()) {
					break
				}
				runs, err := do(ctx, w, at)
				if err != nil {
					fail(at, err)
					break
				}
				played <- runs
			}
			left = false
		})
	}
	go func() {
		wait.Wait()
		close(played)
	}()
	defer func() { // also where progress panics
		stop()
		for range played {
		}
	}()
	for runs := range played {
		if e.done += runs; e.progress != nil && runs > 0 {
			e.progress(e.done, e.total)
		}
	}
	return min(n, next.Load()), err
}
