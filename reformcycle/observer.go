package reformcycle

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file tells the host what happens: its observers, and its log.

// Notice is what an observer hears: a batch that was applied, or one that was refused.
type Notice struct {
	// Batch that was applied, with the state after it. Of a refused batch it has the
	// cycle, and the state as it is, and no entries.
	Batch Batch
	// Before is the state that the batch was applied to.
	Before State
	// Moved reports whether a move is among its changes.
	Moved bool
	// By is the stamp, and Refusal the code and the fields, of a batch that was refused;
	// nil otherwise.
	By      Stamp
	Refusal *Refusal
}

// moved reports whether a move is among the changes of a batch.
func moved(b Batch) bool {
	return slices.ContainsFunc(b.Entries, func(e Entry) bool {
		return kindTable[e.Kind].move
	})
}

// WithObserver has a function called after every batch that this Cycle applies. The
// notices arrive one at a time and in order, once the batches are durable and visible.
// A batch that was taken before and is acknowledged again is not heard of, nor what
// other writers append. An observer may call every method of the cycle; what it
// applies arrives after it has returned. If it panics, the other observers are called
// all the same, and the Apply ends in an ObserverError beside its receipt.
func WithObserver(observe func(Notice)) Option {
	return func(c *Cycle) error {
		if observe == nil {
			return fault.Refuse("WithObserver", fault.Required, nil, language.Of("want.a-function"))
		}
		c.observers = append(c.observers, observe)
		return nil
	}
}

// WithRefusals has the observers hear of refused batches, too, but for those that are
// applied from inside an Apply.
func WithRefusals() Option {
	return func(c *Cycle) error {
		c.refusals = true
		return nil
	}
}

// WithLogger has the cycle write to a log: what was applied and that a batch was
// acknowledged again as information, refusals and notes as warnings, what a journal
// could not do and an observer's panic as errors. Without it the cycle is silent.
func WithLogger(log *slog.Logger) Option {
	return func(c *Cycle) error {
		if log == nil {
			return fault.Refuse("WithLogger", fault.Required, nil, language.Of("want.logger"))
		}
		c.logger = log
		return nil
	}
}

// tell writes to the log how an Apply ended, and has the observers hear of a refusal.
func (c *Cycle) tell(ctx context.Context, by Stamp, receipt Receipt, err error) {
	if c.logger == nil && (err == nil || !c.refusals) { // nobody hears of it: a refusal is not told in vain
		return
	}
	refusal, refused := RefusalOf(nil, err)
	if refused && c.refusals && !errors.Is(err, ErrReentrant) {
		now := c.State()
		c.enqueue(Notice{Batch: Batch{Cycle: c.id, After: now.Seq(), State: now}, Before: now, By: by, Refusal: &refusal})
	}
	if c.logger == nil {
		return
	}
	log := c.logger.With("cycle", c.id, "author", fault.Bounded(by.Author))
	switch {
	case err == nil && receipt.Repeated:
		log.InfoContext(ctx, "acknowledged again", "first", receipt.First, "last", receipt.Last)
	case err == nil:
		s := c.State()
		log.InfoContext(ctx, "applied", "first", receipt.First, "last", receipt.Last, "standing", s.Standing().String())
	case refused:
		log.WarnContext(ctx, "refused", "code", refusal.Code, "text", refusal.Text)
	default:
		log.ErrorContext(ctx, "failed", "error", err)
	}
}

// enqueue leaves a notice for the observers.
func (c *Cycle) enqueue(n Notice) {
	if len(c.observers) > 0 {
		c.announcing.Lock()
		c.announced = append(c.announced, n)
		c.announcing.Unlock()
	}
}

// announce calls the observers for what is waiting. If somebody is at it
// already, on this goroutine or another, what is waiting is theirs to announce.
func (c *Cycle) announce(ctx context.Context) (panicked error) {
	if len(c.observers) == 0 {
		return nil
	}
	c.announcing.Lock()
	if c.busy {
		c.announcing.Unlock()
		return nil
	}
	c.busy = true
	defer func() { // an observer may end its goroutine; the next Apply goes on
		c.busy = false
		c.announcing.Unlock()
	}()
	for len(c.announced) > 0 {
		n := c.announced[0]
		c.announced = c.announced[1:]
		func() {
			c.announcing.Unlock()
			defer c.announcing.Lock()
			for _, observe := range c.observers {
				panicked = errors.Join(panicked, c.notify(ctx, observe, n))
			}
		}()
	}
	return panicked
}

// notify calls an observer, and makes an error of its panic.
func (c *Cycle) notify(ctx context.Context, observe func(Notice), n Notice) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &ObserverError{Cycle: c.id, After: n.Batch.After, Last: n.Batch.State.Seq(), Value: v, Stack: debug.Stack()}
			if c.logger != nil {
				c.logger.ErrorContext(ctx, "observer", "error", err, "stack", string(debug.Stack()))
			}
		}
	}()
	observe(n)
	return nil
}

// Corrected lists the entries that the batch of a notice corrected, in their order; of a
// moment the first of its batch.
func (n Notice) Corrected() (entries []uint64) {
	if len(n.Batch.Entries) == 0 {
		return nil
	}
	for _, c := range corrections.of(n.Batch.State.get()).Corrections {
		if c.Entry > n.Batch.After {
			entries = append(entries, c.Of)
		}
	}
	slices.Sort(entries)
	return slices.Compact(entries)
}
