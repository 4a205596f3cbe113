package journal

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Memory is a journal in memory, for any number of cycles. It promises that
// entries are there as long as the program runs, and nothing after. The zero
// value is empty and ready; it must not be copied once it is used. It is safe
// for use by several goroutines.
type Memory struct {
	mu     sync.RWMutex
	cycles map[string]kept
}

// kept is what one cycle has: its batches as they came, and how many entries
// they hold.
type kept struct {
	batches [][]reformcycle.Entry
	head    uint64
}

var _ reformcycle.Journal = (*Memory)(nil)

// NewMemory makes an empty journal in memory.
func NewMemory() *Memory { return &Memory{} }

// Append adds a batch, whole or not at all.
//
// Errors: ConflictError; [fault.Fields] for a batch without entries; what the context
// returns.
func (m *Memory) Append(ctx context.Context, b reformcycle.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(b.Entries) == 0 {
		return refused("entries", 0, language.Of("want.entries"))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.cycles[b.Cycle]
	if b.After != k.head {
		return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: k.head}
	}
	if m.cycles == nil {
		m.cycles = make(map[string]kept)
	}
	m.cycles[b.Cycle] = kept{append(k.batches, b.Entries), k.head + uint64(len(b.Entries))}
	return nil
}

// Load yields the entries that follow after, as they are when the reading begins.
func (m *Memory) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		m.mu.RLock()
		batches := m.cycles[cycle].batches
		m.mu.RUnlock()
		// Batches are in order, so those that end by after are skipped at once.
		from, _ := slices.BinarySearchFunc(batches, after, func(b []reformcycle.Entry, after uint64) int {
			return cmp.Compare(b[len(b)-1].Seq, after+1)
		})
		for _, entries := range batches[from:] {
			if err := ctx.Err(); err != nil {
				yield(reformcycle.Entry{}, err)
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

// Cycles yields the ids of its cycles behind after, in the order of their bytes.
func (m *Memory) Cycles(ctx context.Context, after string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		m.mu.RLock()
		ids := make([]string, 0, len(m.cycles))
		for id := range m.cycles {
			if id > after {
				ids = append(ids, id)
			}
		}
		m.mu.RUnlock()
		slices.Sort(ids)
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				yield("", err)
				return
			}
			if !yield(id, nil) {
				return
			}
		}
	}
}
