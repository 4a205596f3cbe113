package journal

import (
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/chsreform/chsreform/reformcycle"
)

// Memory is a journal in memory, for any number of cycles. It promises that
// entries are there as long as the program runs, and nothing after. The zero
// value is empty and ready; it must not be copied once it is used. It is safe
// for use by several goroutines.
type Memory struct {
	mu     sync.RWMutex
	cycles map[string][]reformcycle.Entry
}

var _ reformcycle.Journal = (*Memory)(nil)

// NewMemory makes an empty journal in memory.
func NewMemory() *Memory { return &Memory{} }

// Append adds a batch, whole or not at all.
func (m *Memory) Append(ctx context.Context, b reformcycle.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	entries := m.cycles[b.Cycle]
	if head := uint64(len(entries)); b.After != head {
		return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: head}
	}
	if m.cycles == nil {
		m.cycles = make(map[string][]reformcycle.Entry)
	}
	m.cycles[b.Cycle] = append(entries, b.Entries...)
	return nil
}

// Load yields the entries that follow after, as they were when it was called.
func (m *Memory) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		m.mu.RLock()
		entries := m.cycles[cycle]
		m.mu.RUnlock()
		for i := min(after, uint64(len(entries))); i < uint64(len(entries)); i++ {
			if err := ctx.Err(); err != nil {
				yield(reformcycle.Entry{}, err)
				return
			}
			if !yield(entries[i], nil) {
				return
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
