package journal

import (
	"cmp"
	"context"
	"encoding/binary"
	"hash/crc32"
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
	feed   []appended
}

// appended is a batch in the order of all appends, with a checksum of it and of those
// before it.
type appended struct {
	cycle   string
	entries []reformcycle.Entry
	id      uint32 // CycleSum
	sum     uint32
}

// kept is what one cycle has: its batches as they came, and how many entries
// they hold.
type kept struct {
	batches [][]reformcycle.Entry
	head    uint64
}

var (
	_ reformcycle.Journal = (*Memory)(nil)
	_ reformcycle.Feeder  = (*Memory)(nil)
)

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
	m.feed = append(m.feed, appended{b.Cycle, b.Entries, reformcycle.CycleSum(b.Cycle), m.last().follow(b)})
	return nil
}

// last is the last batch of the feed; m.mu is held.
func (m *Memory) last() (a appended) {
	if len(m.feed) > 0 {
		a = m.feed[len(m.feed)-1]
	}
	return a
}

// follow gives the checksum of a batch behind another.
func (a appended) follow(b reformcycle.Batch) uint32 {
	sum := crc32.Update(a.sum, castagnoli, []byte(b.Cycle))
	var number [8]byte
	for _, e := range b.Entries {
		binary.LittleEndian.PutUint64(number[:], e.Seq)
		sum = crc32.Update(crc32.Update(sum, castagnoli, number[:]), castagnoli, e.Data)
	}
	return sum
}

// position is that behind an entry of batch number at, from 1.
func (a appended) position(at int, seq uint64) reformcycle.Position {
	return reformcycle.Position{Epoch: 1, At: uint64(at), Seq: seq, Cycle: a.id, Proof: a.sum}
}

// has tells whether a position is behind one of its entries.
func (a appended) has(p reformcycle.Position) bool {
	first, last := a.entries[0].Seq, a.entries[len(a.entries)-1].Seq
	return p.Seq >= first && p.Seq <= last && p == a.position(int(p.At), p.Seq)
}

// Feed yields the entries of all cycles behind a position, in the order in which they
// were appended. The memory of another run of the program is another journal, unless
// it was filled with the same.
//
// Errors: [fault.Fields] for a position behind an entry that it does not have; what
// the context returns.
func (m *Memory) Feed(ctx context.Context, after reformcycle.Position) iter.Seq2[reformcycle.Fed, error] {
	return func(yield func(reformcycle.Fed, error) bool) {
		m.mu.RLock()
		feed := m.feed
		m.mu.RUnlock()
		at, seq := 1, uint64(0)
		if after.At > 0 && after.At <= uint64(len(feed)) && feed[after.At-1].has(after) {
			at, seq = int(after.At), after.Seq
		} else if err := reformcycle.Replay(ctx, m, after); err != nil {
			yield(reformcycle.Fed{}, err)
			return
		}
		for ; at <= len(feed); at++ {
			if err := ctx.Err(); err != nil {
				yield(reformcycle.Fed{}, err)
				return
			}
			a := &feed[at-1]
			fed := reformcycle.Fed{Cycle: a.cycle, Position: a.position(at, 0)}
			for i := range a.entries {
				if fed.Entry, fed.Position.Seq = a.entries[i], a.entries[i].Seq; fed.Entry.Seq > seq && !yield(fed, nil) {
					return
				}
			}
			seq = 0
		}
	}
}

// FeedEnd gives the position behind the last entry.
func (m *Memory) FeedEnd(ctx context.Context) (reformcycle.Position, error) {
	if err := ctx.Err(); err != nil {
		return reformcycle.Position{}, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if len(m.feed) == 0 {
		return reformcycle.Position{}, nil
	}
	a := m.last()
	return a.position(len(m.feed), a.entries[len(a.entries)-1].Seq), nil
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
