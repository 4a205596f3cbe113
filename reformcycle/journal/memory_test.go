package journal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

var background = context.Background()

func entry(seq uint64) reformcycle.Entry {
	at := time.Date(2016, 1, 1, 0, 0, int(seq), 0, time.UTC)
	return reformcycle.Entry{Seq: seq, At: at, Recorded: at, By: "office", Kind: "note", Version: 7, Data: json.RawMessage(fmt.Sprint(seq))}
}

func batch(cycle string, after uint64, n int) reformcycle.Batch {
	b := reformcycle.Batch{Cycle: cycle, After: after}
	for i := range n {
		b.Entries = append(b.Entries, entry(after+uint64(i)+1))
	}
	return b
}

func load(t *testing.T, m *journal.Memory, cycle string, after uint64) []uint64 {
	t.Helper()
	var seqs []uint64
	for e, err := range m.Load(background, cycle, after) {
		require.NoError(t, err)
		require.Equal(t, entry(e.Seq), e)
		seqs = append(seqs, e.Seq)
	}
	return seqs
}

func cycles(t *testing.T, m *journal.Memory, after string) []string {
	t.Helper()
	var ids []string
	for id, err := range m.Cycles(background, after) {
		require.NoError(t, err)
		ids = append(ids, id)
	}
	return ids
}

func TestMemoryKeepsEntriesInOrderWithoutGaps(t *testing.T) {
	var m journal.Memory // the zero value is ready
	require.Empty(t, load(t, &m, "a", 0))
	require.NoError(t, m.Append(background, batch("a", 0, 3)))
	require.NoError(t, m.Append(background, batch("a", 3, 1)))
	require.NoError(t, m.Append(background, batch("a", 4, 2)))
	require.NoError(t, m.Append(background, batch("b", 0, 1)))
	all := []uint64{1, 2, 3, 4, 5, 6}
	for after := range uint64(7) {
		require.ElementsMatch(t, all[after:], load(t, &m, "a", after), "after %d", after)
	}
	require.Empty(t, load(t, &m, "a", 100))
	require.Empty(t, load(t, &m, "a", 1<<64-1))
	require.Equal(t, []uint64{1}, load(t, &m, "b", 0))
}

func TestMemoryRefusesWhatDoesNotFollow(t *testing.T) {
	m := journal.NewMemory()
	require.NoError(t, m.Append(background, batch("a", 0, 2)))
	for _, after := range []uint64{0, 1, 3} {
		err := m.Append(background, batch("a", after, 1))
		var conflict *reformcycle.ConflictError
		require.ErrorAs(t, err, &conflict)
		require.Equal(t, reformcycle.ConflictError{Cycle: "a", After: after, Head: 2}, *conflict)
	}
	require.ErrorIs(t, m.Append(background, batch("new", 1, 1)), reformcycle.ErrConflict)
	require.Equal(t, []uint64{1, 2}, load(t, m, "a", 0))
	require.Equal(t, []string{"a"}, cycles(t, m, ""), "a refused batch left a cycle behind")
}

func TestMemoryRefusesABatchWithoutEntries(t *testing.T) {
	m := journal.NewMemory()
	require.ErrorIs(t, m.Append(background, reformcycle.Batch{Cycle: "a"}), reformcycle.ErrInvalid)
	require.Empty(t, load(t, m, "a", 0))
	require.Empty(t, cycles(t, m, ""))
}

func TestMemoryListsCyclesInTheOrderOfTheirBytes(t *testing.T) {
	m := journal.NewMemory()
	for _, id := range []string{"b", "Z", "é", "a", "aa"} {
		require.NoError(t, m.Append(background, batch(id, 0, 1)))
	}
	require.Equal(t, []string{"Z", "a", "aa", "b", "é"}, cycles(t, m, ""))
	require.Equal(t, []string{"b", "é"}, cycles(t, m, "aa"))
	require.Equal(t, []string{"b", "é"}, cycles(t, m, "ab"), "the id after need not be there")
	require.Empty(t, cycles(t, m, "é"))
	for range m.Cycles(background, "") {
		break // a reader may stop
	}
}

func TestMemoryYieldsWhatThereWasWhenItWasAsked(t *testing.T) {
	m := journal.NewMemory()
	require.NoError(t, m.Append(background, batch("a", 0, 2)))
	var seqs []uint64
	for e, err := range m.Load(background, "a", 0) {
		require.NoError(t, err)
		seqs = append(seqs, e.Seq)
		if e.Seq == 1 {
			require.NoError(t, m.Append(background, batch("a", 2, 1)), "a reader holds no lock")
		}
	}
	require.Equal(t, []uint64{1, 2}, seqs)
	for e := range m.Load(background, "a", 0) {
		require.EqualValues(t, 1, e.Seq)
		break
	}
}

func TestMemoryHeedsTheContext(t *testing.T) {
	m := journal.NewMemory()
	require.NoError(t, m.Append(background, batch("a", 0, 2)))
	ctx, cancel := context.WithCancel(background)
	cancel()
	require.ErrorIs(t, m.Append(ctx, batch("a", 2, 1)), context.Canceled)
	for _, err := range m.Load(ctx, "a", 0) {
		require.ErrorIs(t, err, context.Canceled)
	}
	for _, err := range m.Cycles(ctx, "") {
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Equal(t, []uint64{1, 2}, load(t, m, "a", 0))
}

func TestMemoryServesManyAtOnce(t *testing.T) {
	m := journal.NewMemory()
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			own := fmt.Sprintf("own-%d", w)
			for i := range uint64(100) {
				assert.NoError(t, m.Append(background, batch(own, i, 1)))
				_ = m.Append(background, batch("shared", i, 1))
				var last uint64
				for e, err := range m.Load(background, "shared", 0) {
					assert.NoError(t, err)
					assert.Equal(t, last+1, e.Seq)
					last = e.Seq
				}
				for _, err := range m.Cycles(background, "") {
					assert.NoError(t, err)
				}
			}
		})
	}
	all.Wait()
	for w := range 4 {
		require.Len(t, load(t, m, fmt.Sprintf("own-%d", w), 0), 100)
	}
}
