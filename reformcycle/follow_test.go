package reformcycle_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

// retold is a journal whose end may become another: as where a batch is taken back that
// could be read while it was being written, or where an older copy took its place.
type retold struct{ reformcycle.Journal }

// journalOf gives a journal in memory of a cycle with these batches.
func journalOf(t *testing.T, batches ...reformcycle.Change) *journal.Memory {
	j := journal.NewMemory()
	c, err := reformcycle.New("X", reformcycle.WithJournal(j))
	require.NoError(t, err)
	for i, change := range batches {
		require.NoError(t, told(c, office(i), change))
	}
	return j
}

func TestReloadFollowsWhatOthersWriteAndTakeBack(t *testing.T) {
	needs, vision, other := rate("problem.needs", 2), rate("problem.vision", 2), rate("problem.acknowledged", 1)
	j := &retold{journalOf(t, needs)}
	var notes []reformcycle.Note
	c, err := reformcycle.Open(background, j, "X", reformcycle.WithNotes(func(n reformcycle.Note) { notes = append(notes, n) }))
	require.NoError(t, err)
	for _, step := range []struct {
		batches []reformcycle.Change
		noted   int
	}{
		{[]reformcycle.Change{needs}, 0},
		{[]reformcycle.Change{needs, vision}, 0},
		{[]reformcycle.Change{needs}, 1}, // it was taken back
		{[]reformcycle.Change{needs, vision, other}, 1},
		{[]reformcycle.Change{needs, other}, 2},
		{[]reformcycle.Change{needs, vision}, 3}, // another in its place
		{[]reformcycle.Change{needs, fixed(2, rate("problem.needs", 3))}, 4},
		{[]reformcycle.Change{needs, fixed(2, rate("problem.needs", 3))}, 4},
		{[]reformcycle.Change{needs, fixed(2, rate("problem.needs", 3)), vision}, 4},
	} {
		j.Journal = journalOf(t, step.batches...)
		before := c.State()
		require.NoError(t, c.Reload(background))
		fresh, err := reformcycle.Open(background, j, "X")
		require.NoError(t, err)
		require.Equal(t, bytesOf(t, fresh.State()), bytesOf(t, c.State()))
		require.Len(t, notes, step.noted)
		require.NotZero(t, before.Seq())
	}
	j.Journal = journal.NewMemory()
	was := bytesOf(t, c.State())
	require.ErrorIs(t, c.Reload(background), reformcycle.ErrNotFound)
	require.Equal(t, was, bytesOf(t, c.State()))
}

// What a cycle's own Apply saw acknowledged can't have been taken back.
func TestReloadSaysThatWhatWasAcknowledgedIsLost(t *testing.T) {
	needs, vision := rate("problem.needs", 2), rate("problem.vision", 2)
	for name, left := range map[string][]reformcycle.Change{"gone": {needs}, "another in its place": {needs, rate("problem.vision", 3)}} {
		t.Run(name, func(t *testing.T) {
			j := &retold{journalOf(t, needs)}
			c, err := reformcycle.Open(background, j, "X")
			require.NoError(t, err)
			require.NoError(t, told(c, office(1), vision))
			was := bytesOf(t, c.State())
			j.Journal = journalOf(t, left...)
			var lost *reformcycle.LostError
			require.ErrorAs(t, c.Reload(background), &lost)
			require.EqualValues(t, 2, lost.Head)
			require.EqualValues(t, 3, lost.Known)
			require.Equal(t, was, bytesOf(t, c.State()))

			again, err := reformcycle.Open(background, j, "X", reformcycle.WithLoss())
			require.NoError(t, err)
			require.NoError(t, told(again, office(2), rate("problem.acknowledged", 1)))
			j.Journal = journalOf(t, left...)
			require.NoError(t, again.Reload(background), "unless the host goes on without it")
		})
	}
}

// A cycle that was opened at a snapshot knows the last entry, too.
func TestReloadNoticesAnotherEndBehindASnapshot(t *testing.T) {
	write := func(level assessment.Level, options ...reformcycle.Option) *journal.File {
		f, err := journal.OpenFile(t.TempDir())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, f.Close()) })
		c, err := reformcycle.New("X", append(options, reformcycle.WithJournal(f))...)
		require.NoError(t, err)
		require.NoError(t, told(c, office(0), rate("problem.needs", 2)))
		require.NoError(t, told(c, office(1), rate("problem.vision", level)))
		return f
	}
	type swapped struct{ *journal.File }
	j := &swapped{write(2, reformcycle.WithSnapshots(1))}
	c, err := reformcycle.Open(background, j, "X")
	require.NoError(t, err)
	j.File = write(4)
	require.NoError(t, c.Reload(background))
	require.Equal(t, "highly-functional", levelOf(t, c, "problem.vision"))
}

func levelOf(t *testing.T, c *reformcycle.Cycle, criterion string) string {
	for _, r := range c.State().Ratings() {
		if r.Criterion == criterion {
			return r.Level.String()
		}
	}
	t.Fatalf("%s is not rated", criterion)
	return ""
}
