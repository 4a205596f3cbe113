package reformcycle_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

// patience is how long a test waits before it calls a cycle stuck. Nothing that
// passes waits.
const patience = 30 * time.Second

// inTime runs what must come back.
func inTime(t *testing.T, what string, run func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		run()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s does not come back", what)
	}
}

// waitsForACycle reports whether a goroutine stands in the lock of a cycle.
func waitsForACycle() bool {
	stacks := make([]byte, 1<<20)
	return bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("(*Cycle).hold("))
}

// hooked is a journal in memory that runs something of the host's as it appends.
type hooked struct {
	journal.Memory
	onAppend func(reformcycle.Batch) error
}

func (h *hooked) Append(ctx context.Context, b reformcycle.Batch) error {
	if h.onAppend != nil {
		if err := h.onAppend(b); err != nil {
			return err
		}
	}
	return h.Memory.Append(ctx, b)
}

func needs(level assessment.Level) reformcycle.Rate { return rate("problem.needs", level) }

func TestBatchesReachObserversInOrderAndOneAtATime(t *testing.T) {
	const writers, each = 8, 20
	var seen []reformcycle.Batch // unguarded: one at a time, or the race detector speaks
	c, err := reformcycle.New("observed", reformcycle.WithObserver(func(n reformcycle.Notice) { seen = append(seen, n.Batch) }))
	require.NoError(t, err)
	inTime(t, "a cycle with many writers", func() {
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				for range each {
					assert.NoError(t, refusalOf(c.Apply(background, office(0), needs(assessment.Functional))))
				}
			})
		}
		all.Wait()
		// Whoever comes last announces what is still waiting.
		require.NoError(t, refusalOf(c.Apply(background, office(0), needs(assessment.Functional))))
	})
	require.Len(t, seen, writers*each+1)
	var last uint64
	for _, b := range seen {
		require.Equal(t, last, b.After)
		last = b.Entries[len(b.Entries)-1].Seq
		require.Equal(t, last, b.State.Seq())
	}
}

func TestAnObserverMayUseTheCycle(t *testing.T) {
	var c *reformcycle.Cycle
	var seen []uint64
	c, err := reformcycle.New("observed", reformcycle.WithObserver(func(n reformcycle.Notice) {
		seen = append(seen, n.Batch.After)
		if len(seen) > 3 {
			return
		}
		assert.GreaterOrEqual(t, c.State().Seq(), n.Batch.State.Seq(), "the batch is not visible yet")
		assert.NotEmpty(t, c.Now().Blockers())
		assert.NotEmpty(t, c.Now().NextActions())
		for _, err := range c.History(background, 0) {
			assert.NoError(t, err)
		}
		_, err := c.AsOf(background, onDay(0))
		assert.NoError(t, err)
		assert.NoError(t, refusalOf(c.Fork().Apply(background, office(1), needs(assessment.NonFunctional))))
		before := len(seen)
		assert.NoError(t, refusalOf(c.Apply(background, office(0), needs(assessment.Functional))))
		assert.Len(t, seen, before, "what an observer applies arrives after it has returned")
	}))
	require.NoError(t, err)
	inTime(t, "an observer that applies", func() {
		require.NoError(t, refusalOf(c.Apply(background, office(0), needs(assessment.Functional))))
	})
	require.Equal(t, []uint64{0, 2, 3, 4}, seen)
}

// An observer stands outside the Apply that announces to it: while another
// goroutine writes, it waits for its turn and is not taken for reentrant.
func TestAnObserverMayApplyWhileAnotherWrites(t *testing.T) {
	j := &hooked{}
	writing, observed := make(chan struct{}), make(chan struct{})
	var c *reformcycle.Cycle
	var once sync.Once
	var fromObserver error
	c, err := reformcycle.New("observed", reformcycle.WithJournal(j), reformcycle.WithObserver(func(reformcycle.Notice) {
		once.Do(func() {
			close(observed)
			<-writing // the other writer is inside its Append, and holds the cycle
			_, fromObserver = c.Apply(background, office(0), needs(assessment.Functional))
		})
	}))
	require.NoError(t, err)
	inTime(t, "an observer beside a writer", func() {
		var other sync.WaitGroup
		other.Go(func() {
			<-observed
			assert.NoError(t, refusalOf(c.Apply(background, reformcycle.By("other").At(onDay(0)), needs(assessment.Functional))))
		})
		j.onAppend = func(b reformcycle.Batch) error {
			if b.Entries[0].By == "other" {
				close(writing)
				for !waitsForACycle() { // the observer meets a held cycle
					runtime.Gosched()
				}
			}
			return nil
		}
		require.NoError(t, refusalOf(c.Apply(background, office(0), needs(assessment.Functional))))
		other.Wait()
	})
	require.NoError(t, fromObserver)
}

func TestAnObserverThatPanicsLeavesTheCycleUsable(t *testing.T) {
	panics := true
	heard := 0
	c, err := reformcycle.New("observed", reformcycle.WithObserver(func(reformcycle.Notice) {
		if panics {
			panic("the host's")
		}
		heard++
	}))
	require.NoError(t, err)
	receipt, err := c.Apply(background, office(0), needs(assessment.Functional))
	var observer *reformcycle.ObserverError
	require.ErrorAs(t, err, &observer)
	require.ErrorIs(t, err, reformcycle.ErrObserver)
	require.Contains(t, err.Error(), "the host's (the batch up to entry 2 of \"observed\" is applied)")
	require.Equal(t, "the host's", observer.Value)
	require.Equal(t, reformcycle.Receipt{First: 2, Last: 2}, receipt, "what is durable stays")
	require.EqualValues(t, 2, c.State().Seq())
	panics = false
	inTime(t, "the cycle after a panic", func() {
		require.NoError(t, refusalOf(c.Apply(background, office(0), needs(assessment.Functional))))
	})
	require.Equal(t, 1, heard)
}

// Whatever the host's code does inside Apply, the cycle is not left locked.
func TestAPanicInsideApplyLeavesTheCycleUsable(t *testing.T) {
	fails := true
	j := &hooked{onAppend: func(reformcycle.Batch) error {
		if fails {
			panic("the journal's")
		}
		return nil
	}}
	c, err := reformcycle.New("panicking", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.Panics(t, func() { _, _ = c.Apply(background, office(0), needs(assessment.Functional)) })
	require.Zero(t, c.State().Seq())
	fails = false
	inTime(t, "the cycle after a panic", func() {
		require.NoError(t, refusalOf(c.Apply(background, office(0), needs(assessment.Functional))))
	})
}

func TestAClockThatAppliesIsRefused(t *testing.T) {
	var c *reformcycle.Cycle
	var inner error
	c, err := reformcycle.New("reentrant", reformcycle.WithClock(func() time.Time {
		_ = c.State() // reading is allowed
		if inner == nil {
			_, inner = c.Apply(background, reformcycle.By("clock"), needs(assessment.Functional))
		}
		return onDay(0)
	}))
	require.NoError(t, err)
	inTime(t, "a clock that applies", func() {
		require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office"), needs(assessment.Functional))))
	})
	require.ErrorIs(t, inner, reformcycle.ErrReentrant)
	require.EqualValues(t, 2, c.State().Seq())
}

func TestAJournalThatAppliesIsRefused(t *testing.T) {
	j := &hooked{}
	c, err := reformcycle.New("reentrant", reformcycle.WithJournal(j))
	require.NoError(t, err)
	var inner error
	j.onAppend = func(reformcycle.Batch) error {
		_, inner = c.Apply(background, office(0), needs(assessment.Functional))
		return nil
	}
	inTime(t, "a journal that applies", func() {
		require.NoError(t, refusalOf(c.Apply(background, office(0), needs(assessment.Functional))))
	})
	require.ErrorIs(t, inner, reformcycle.ErrReentrant)
	require.EqualValues(t, 2, c.State().Seq())
}

// Readers meet the state before a batch or after it: here both ratings of a
// batch always agree.
func TestReadersSeeTheStateBetweenTwoBatches(t *testing.T) {
	c, err := reformcycle.New("read", reformcycle.WithJournal(journal.NewMemory()))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), needs(1), rate("problem.vision", 1))))
	inTime(t, "readers and a writer", func() {
		done := make(chan struct{})
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				var last uint64
				for {
					s := c.State()
					a, _ := s.Level("problem.needs")
					b, _ := s.Level("problem.vision")
					assert.Equal(t, a, b, "half a batch is visible")
					assert.GreaterOrEqual(t, s.Seq(), last, "the state went back")
					assert.Zero(t, s.Seq()%2-1, "half a batch is counted")
					last = s.Seq()
					_, err := s.MarshalJSON()
					assert.NoError(t, err)
					what := c.Fork()
					assert.NoError(t, refusalOf(what.Apply(background, office(1), needs(4))))
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		for i := range 200 {
			level := assessment.Level(1 + i%4)
			assert.NoError(t, refusalOf(c.Apply(background, office(0), needs(level), rate("problem.vision", level))))
		}
		close(done)
		readers.Wait()
	})
}

func TestTheSecondWriterOfAJournalGetsAConflict(t *testing.T) {
	j := journal.NewMemory()
	first, err := reformcycle.New("contested", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.NoError(t, refusalOf(first.Apply(background, office(0), needs(1))))
	second, err := reformcycle.Open(background, j, "contested")
	require.NoError(t, err)
	require.NoError(t, refusalOf(first.Apply(background, office(1), needs(2), needs(3))))

	was := bytesOf(t, second.State())
	_, err = second.Apply(background, office(1), needs(4))
	var conflict *reformcycle.ConflictError
	require.ErrorAs(t, err, &conflict)
	require.ErrorIs(t, err, reformcycle.ErrConflict)
	require.Equal(t, reformcycle.ConflictError{Cycle: "contested", After: 2, Head: 4}, *conflict)
	require.Equal(t, was, bytesOf(t, second.State()))
	require.Contains(t, err.Error(), "ends at entry 4, not at 2")

	third, err := reformcycle.New("contested", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.ErrorIs(t, refusalOf(third.Apply(background, office(9), needs(1))), reformcycle.ErrConflict)

	again, err := reformcycle.Open(background, j, "contested")
	require.NoError(t, err)
	require.NoError(t, refusalOf(again.Apply(background, office(1), needs(4))))
}

// What two writers race for, one of them gets, and every acknowledged entry is
// there.
func TestRacingWritersLoseNothingThatWasAcknowledged(t *testing.T) {
	j := journal.NewMemory()
	c, err := reformcycle.New("contested", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), needs(1))))
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	inTime(t, "racing writers", func() {
		var writers sync.WaitGroup
		for w := range 4 {
			writers.Go(func() {
				for i := range 10 {
					author := fmt.Sprintf("writer %d.%d", w, i)
					own, err := reformcycle.Open(background, j, "contested")
					if !assert.NoError(t, err) {
						return
					}
					if _, err := own.Apply(background, reformcycle.By(author).At(onDay(1)), needs(2)); err != nil {
						assert.ErrorIs(t, err, reformcycle.ErrConflict)
						continue
					}
					mu.Lock()
					acknowledged[author] = true
					mu.Unlock()
				}
			})
		}
		writers.Wait()
	})
	final, err := reformcycle.Open(background, j, "contested")
	require.NoError(t, err)
	for _, e := range entriesOf(t, final)[2:] {
		require.True(t, acknowledged[e.By], "%s was not acknowledged", e.By)
		delete(acknowledged, e.By)
	}
	require.Empty(t, acknowledged, "acknowledged and lost")
}

func TestAJournalThatFailsLeavesTheStateAsItWas(t *testing.T) {
	j := &hooked{}
	observed := 0
	c, err := reformcycle.New("failing", reformcycle.WithJournal(j), reformcycle.WithObserver(func(reformcycle.Notice) { observed++ }))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), needs(1))))
	was := bytesOf(t, c.State())
	full := errors.New("the disk is full")
	j.onAppend = func(reformcycle.Batch) error { return full }
	_, err = c.Apply(background, office(1), needs(3), rate("problem.vision", 3))
	require.ErrorIs(t, err, full)
	require.Contains(t, err.Error(), "failing", "the cycle is not named")
	require.Equal(t, was, bytesOf(t, c.State()))
	require.Equal(t, 1, observed)
	j.onAppend = nil
	require.NoError(t, refusalOf(c.Apply(background, office(1), needs(3))))
}

// torn is a journal that breaks off.
type torn struct {
	listJournal
	err error
}

func (b torn) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		for e := range b.listJournal.Load(ctx, cycle, after) {
			if !yield(e, nil) {
				return
			}
		}
		yield(reformcycle.Entry{}, b.err)
	}
}

func TestAJournalThatBreaksOffIsNotTakenForWhole(t *testing.T) {
	c, _ := standingAt(t, reformcycle.CoalitionBuilding)
	j := torn{entriesOf(t, c), errors.New("the line went down")}
	_, err := reformcycle.Open(background, j, "LBR-NCHAP")
	require.ErrorIs(t, err, j.err)
	require.Contains(t, err.Error(), "LBR-NCHAP")
}

func TestACancelledContextEndsALoad(t *testing.T) {
	j := journal.NewMemory()
	c, _ := fullReform(t, j)
	ctx, cancel := context.WithCancel(background)
	cancel()
	_, err := reformcycle.Open(ctx, j, c.ID())
	require.ErrorIs(t, err, context.Canceled)
	_, err = c.AsOf(ctx, onDay(1000))
	require.ErrorIs(t, err, context.Canceled)
	for _, err = range c.History(ctx, 0) {
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Error(t, err)
}

func TestAReceiptNamesTheEntriesOfTheChanges(t *testing.T) {
	c, err := reformcycle.New("RECEIPT")
	require.NoError(t, err)
	receipt, err := c.Apply(background, office(0), needs(1), needs(2))
	require.NoError(t, err)
	require.Equal(t, reformcycle.Receipt{First: 2, Last: 3}, receipt, "entry 1 begins the cycle")
	receipt, err = c.Apply(background, office(1), needs(3))
	require.NoError(t, err)
	require.Equal(t, reformcycle.Receipt{First: 4, Last: 4}, receipt)
	receipt, err = c.Apply(background, office(1))
	require.ErrorIs(t, err, reformcycle.ErrInvalid)
	require.Zero(t, receipt)
}
