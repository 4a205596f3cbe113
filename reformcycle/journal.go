package reformcycle

import (
	"context"
	"iter"
	"sync"
)

// Journal is where the entries of cycles are kept. Package journal has some; a
// host may write its own, and hold it against this contract with
// journal/journaltest.
//
// Its methods may be called by several goroutines at once, and by somebody who is
// in the middle of reading it; it must not call back into the cycle that called
// it. A context that has ended means an error that errors.Is knows for the
// context's, nothing added, and nothing cut short without a word. Ids are those
// that New accepts, and sequence numbers may be any uint64.
type Journal interface {
	// Append adds a batch to the journal of its cycle, whole or not at all. It
	// returns nil only once the entries are as safe as the journal promises, and
	// a ConflictError, with nothing added, where the cycle's journal does not end
	// at b.After. After any other error the batch may be there or not, whole: who
	// wants to know loads what follows b.After before trying again. The batch's
	// entries are the journal's to keep, as they are, and nobody's to change. A
	// batch without entries is refused with an error that errors.Is knows for
	// ErrInvalid.
	Append(ctx context.Context, b Batch) error
	// Load yields the entries of a cycle that follow the sequence number after, in
	// their order and without gaps; none for a cycle that it does not have. It has
	// at least what was acknowledged when the reading began, and of anything later
	// only whole batches. It ends with the first error, and may be ranged over
	// again. What is there and can't be read is an error that errors.Is knows for
	// ErrDamaged; entries that are gone, where anything proves it, are a LostError.
	// Either comes after all entries that are before the place.
	Load(ctx context.Context, cycle string, after uint64) iter.Seq2[Entry, error]
	// Cycles yields, in the order of their bytes, the ids of the cycles that come
	// behind the id after; the empty id is before all others. It ends with the first
	// error.
	Cycles(ctx context.Context, after string) iter.Seq2[string, error]
}

// Batch is what one Apply adds to a journal: entries that stand or fall together.
type Batch struct {
	Cycle string
	// After is the sequence number that the first entry follows; 0 for none.
	After   uint64
	Entries []Entry
	// State of the cycle after the batch, for journals that keep an index of it.
	State State
}

// tail is the journal of a cycle that was given none: it keeps what is applied
// in memory, over the first entries of another journal where the cycle is a
// fork. It serves one cycle.
type tail struct {
	base Journal // may be nil
	upTo uint64  // the last entry that belongs to the base

	mu      sync.Mutex
	head    uint64 // the last entry
	batches [][]Entry
}

func (t *tail) Append(ctx context.Context, b Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if b.After != t.head {
		return &ConflictError{Cycle: b.Cycle, After: b.After, Head: t.head}
	}
	t.batches = append(t.batches, b.Entries)
	t.head += uint64(len(b.Entries))
	return nil
}

func (t *tail) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if t.base != nil && after < t.upTo {
			for e, err := range t.base.Load(ctx, cycle, after) {
				if err == nil && e.Seq > t.upTo {
					break
				}
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
		t.mu.Lock()
		batches := t.batches
		t.mu.Unlock()
		for _, entries := range batches {
			if err := ctx.Err(); err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range entries {
				if e.Seq > after && !yield(e, nil) {
					return
				}
			}
		}
	}
}

// Cycles is not asked of a tail: it is never handed out.
func (t *tail) Cycles(context.Context, string) iter.Seq2[string, error] {
	return func(func(string, error) bool) {}
}
