package journal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
)

func openFile(t testing.TB, dir string, options ...journal.FileOption) *journal.File {
	t.Helper()
	f, err := journal.OpenFile(dir, options...)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// seqsOf loads a cycle up to its end or the first error.
func seqsOf(f reformcycle.Journal, cycle string, after uint64) (seqs []uint64, err error) {
	for e, err := range f.Load(background, cycle, after) {
		if err != nil {
			return seqs, err
		}
		seqs = append(seqs, e.Seq)
	}
	return seqs, nil
}

func upTo(from, n uint64) (seqs []uint64) {
	for i := from; i <= n; i++ {
		seqs = append(seqs, i)
	}
	return seqs
}

// quick makes a directory for a test of what no crash has a part in: in memory
// where the system has such a place, for an fsync costs nothing there.
func quick(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "chsreform-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// copyDir copies a journal, as a crash at this moment leaves it.
func copyDir(t testing.TB, from string) string {
	t.Helper()
	to := quick(t)
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
	return to
}

func only(t testing.TB, pattern ...string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(pattern...))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

func sizeOf(t testing.TB, name string) int {
	t.Helper()
	stat, err := os.Stat(name)
	require.NoError(t, err)
	return int(stat.Size())
}

func TestOneProcessWritesAtATime(t *testing.T) {
	dir := t.TempDir()
	c, in, out := start(t, "hold", dir)
	line, err := out.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "held <nil>\n", line)

	_, err = journal.OpenFile(dir)
	require.ErrorIs(t, err, journal.ErrLocked)
	var locked *journal.LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, dir, locked.Dir)
	reading := openFile(t, dir, journal.WithReadOnly())
	require.Empty(t, cyclesOf(t, reading))

	// Whatever somebody deletes, nobody else writes to what is left, not even where
	// it looks like a new journal.
	names, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, n := range names {
		if os.Remove(filepath.Join(dir, n.Name())) == nil {
			_, err = journal.OpenFile(dir)
			require.True(t, errors.Is(err, journal.ErrLocked) || errors.Is(err, journal.ErrFormat), "without %s: %v", n.Name(), err)
		}
	}
	require.NoError(t, in.Close())
	require.NoError(t, c.Wait())

	f := openFile(t, dir)
	_, err = journal.OpenFile(dir)
	require.ErrorIs(t, err, journal.ErrLocked, "in one process too")
	require.NoError(t, f.Close())
	openFile(t, dir)
}

func cyclesOf(t testing.TB, j reformcycle.Journal) (ids []string) {
	t.Helper()
	for id, err := range j.Cycles(background, "") {
		require.NoError(t, err)
		ids = append(ids, id)
	}
	return ids
}

// torn makes a journal in which the last batch of "a", entries 3 to 5, is there as
// far as a crash let it: the index does not have it yet. It gives the file, and
// where that batch begins and ends.
func torn(t *testing.T) (dir, name string, from int, log []byte) {
	dir = quick(t)
	f := openFile(t, dir)
	require.NoError(t, f.Append(background, batch("a", 0, 1)))
	require.NoError(t, f.Append(background, batch("a", 1, 1)))
	require.NoError(t, f.Close())
	before := copyDir(t, dir)
	f = openFile(t, dir)
	name = filepath.Base(only(t, dir, "*.cycle"))
	from = sizeOf(t, filepath.Join(dir, name))
	require.NoError(t, f.Append(background, batch("a", 2, 3)))
	log, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return before, name, from, log
}

func TestATornBatchIsPutAsideAtEveryLength(t *testing.T) {
	dir, name, from, log := torn(t)
	for size := from; size <= len(log); size++ {
		for _, tail := range []int{0, 700} { // zeros, where the file grew and its bytes did not come
			if tail > 0 && size%16 > 0 {
				continue
			}
			at := copyDir(t, dir)
			left := append(log[:size:size], make([]byte, tail)...)
			require.NoError(t, os.WriteFile(filepath.Join(at, name), left, 0o600))
			want := uint64(2)
			if size == len(log) {
				want = 5
			}
			dropped := len(left) > from && (size < len(log) || tail > 0)
			end := from
			if want == 5 {
				end = len(log)
			}
			check := func(f *journal.File, notes []reformcycle.Note) {
				t.Helper()
				seqs, err := seqsOf(f, "a", 0)
				require.NoError(t, err)
				require.Equal(t, upTo(1, want), seqs, "%d of %d bytes", size, len(log))
				require.Equal(t, dropped, len(notes) == 1, "%d of %d bytes: %v", size, len(log), notes)
				require.Equal(t, f.Notes(), notes, "who does not listen finds them afterwards")
				if dropped {
					require.Equal(t, "a", notes[0].Cycle)
					require.Contains(t, notes[0].What, name)
					require.Contains(t, notes[0].What, fmt.Sprintf("from %d on", end))
					require.Contains(t, notes[0].What, "whether they were acknowledged can't be told")
					switch { // the head has 41 bytes, and tells which entries those are
					case size == len(log):
						require.Contains(t, notes[0].What, "entry 6 and perhaps more")
					case size-from >= 41:
						require.Contains(t, notes[0].What, "entries 3 to 5")
					default:
						require.Contains(t, notes[0].What, "entry 3 and perhaps more")
					}
				}
			}
			var heard []reformcycle.Note
			hear := journal.WithNotes(func(n reformcycle.Note) { heard = append(heard, n) })
			read := openFile(t, at, journal.WithReadOnly(), hear)
			check(read, heard)
			check(read, heard) // and once is enough
			heard = nil
			f := openFile(t, at, hear)
			check(f, heard)
			aside, err := filepath.Glob(filepath.Join(at, "*.dropped"))
			require.NoError(t, err)
			if dropped && !allZero(left[end:]) {
				require.Len(t, aside, 1)
				require.Contains(t, heard[0].What, aside[0])
				kept, err := os.ReadFile(aside[0])
				require.NoError(t, err)
				require.Equal(t, left[end:], kept, "not a byte is destroyed")
			} else {
				require.Empty(t, aside)
			}
			require.NoError(t, f.Append(background, batch("a", want, 1)), "it goes on from there")
			require.NoError(t, f.Close())
			f = openFile(t, at)
			seqs, err := seqsOf(f, "a", 0)
			require.NoError(t, err)
			require.Equal(t, upTo(1, want+1), seqs)
			require.Empty(t, f.Notes())
			require.NoError(t, f.Close())
		}
	}
}

func allZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

func TestARottenLastBatchIsNotTorn(t *testing.T) {
	dir, name, from, log := torn(t)
	for at := from; at < len(log); at++ {
		for _, flip := range []byte{0x01, 0x20, 0x80} {
			bad := bytes.Clone(log)
			if bad[at] ^= flip; bad[at] == 0 && at == from {
				continue
			}
			damaged := copyDir(t, dir)
			require.NoError(t, os.WriteFile(filepath.Join(damaged, name), bad, 0o600))
			f := openFile(t, damaged)
			seqs, err := seqsOf(f, "a", 0)
			var damage *journal.DamageError
			require.ErrorAs(t, err, &damage, "byte %d", at)
			require.GreaterOrEqual(t, len(seqs), 2)
			require.Equal(t, upTo(1, damage.Seq-1), seqs)
			require.ErrorIs(t, f.Append(background, batch("a", 2, 1)), reformcycle.ErrDamaged)
			require.Empty(t, f.Notes())
			require.NoError(t, f.Close())
			is, err := os.ReadFile(filepath.Join(damaged, name))
			require.NoError(t, err)
			require.Equal(t, bad, is, "it stays as it is")
		}
	}
}

func TestATornTailBesideAWriterIsNothingUnusual(t *testing.T) {
	dir, name, _, log := torn(t)
	f := openFile(t, dir) // holds the directory
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), log[:len(log)-9], 0o600))
	read := openFile(t, dir, journal.WithReadOnly())
	seqs, err := seqsOf(read, "a", 0)
	require.NoError(t, err)
	require.Equal(t, upTo(1, 2), seqs)
	require.Empty(t, read.Notes())
	require.NoError(t, f.Close())
	_, err = seqsOf(read, "a", 0)
	require.NoError(t, err)
	require.Len(t, read.Notes(), 1)
}

func TestADamagedMiddleIsNamedAndWhatIsBeforeItIsRead(t *testing.T) {
	dir := quick(t)
	f := openFile(t, dir)
	var ends []int
	for i := range uint64(6) {
		require.NoError(t, f.Append(background, batch("a", 3*i, 3)))
		ends = append(ends, sizeOf(t, only(t, dir, "*.cycle")))
	}
	require.NoError(t, f.Close())
	good, err := os.ReadFile(only(t, dir, "*.cycle"))
	require.NoError(t, err)
	require.Len(t, good, ends[5])
	for at := range good {
		// Every byte of a batch in the middle and of the last, some of the others.
		if (at < ends[1] || at >= ends[2]) && at < ends[4] && at%23 > 0 {
			continue
		}
		bad := bytes.Clone(good)
		bad[at] ^= 0x20
		damaged := copyDir(t, dir)
		name := only(t, damaged, "*.cycle")
		require.NoError(t, os.WriteFile(name, bad, 0o600))
		g := openFile(t, damaged)
		seqs, err := seqsOf(g, "a", 0)
		var damage *journal.DamageError
		require.ErrorAs(t, err, &damage, "byte %d", at)
		require.ErrorIs(t, err, reformcycle.ErrDamaged)
		require.Equal(t, name, damage.File)
		require.Equal(t, "a", damage.Cycle)
		require.EqualValues(t, len(seqs)+1, damage.Seq, "byte %d: %v", at, err)
		require.Equal(t, upTo(1, damage.Seq-1), slices.Clone(seqs))
		require.LessOrEqual(t, damage.Offset, int64(at))
		require.Less(t, int64(at)-damage.Offset, int64(300), "within the entry or the head")
		// Whole batches before it are there.
		whole := uint64(0)
		for whole < 6 && ends[whole] <= at {
			whole++
		}
		require.GreaterOrEqual(t, uint64(len(seqs)), 3*whole)
		if whole == 5 {
			require.ErrorIs(t, g.Append(background, batch("a", 18, 1)), reformcycle.ErrDamaged, "nobody knows that 18 is the end")
		}
		if whole < 4 {
			seqs, err := seqsOf(g, "a", 15)
			require.NoError(t, err, "what is asked for is behind the damage")
			require.Equal(t, upTo(16, 18), seqs)
		}
		require.NoError(t, g.Append(background, batch("other", 0, 1)), "other cycles are well")
		require.NoError(t, g.Close())
	}
}

func TestBatchesOfAnotherTimeOrPlaceAreNoticed(t *testing.T) {
	dir := quick(t)
	f := openFile(t, dir)
	frame := func(after uint64, by string) (b []byte) {
		before := 0
		if after > 0 {
			before = sizeOf(t, only(t, dir, "*.cycle"))
		}
		next := batch("a", after, 1)
		next.Entries[0].By = by
		require.NoError(t, f.Append(background, next))
		all, err := os.ReadFile(only(t, dir, "*.cycle"))
		require.NoError(t, err)
		return all[before:]
	}
	frames := [][]byte{frame(0, "one"), frame(1, "one"), frame(2, "one"), frame(3, "one")}
	require.NoError(t, f.Close())
	name := filepath.Base(only(t, dir, "*.cycle"))
	require.NoError(t, os.Remove(filepath.Join(dir, name)))
	require.NoError(t, os.Remove(filepath.Join(dir, "index")))
	f = openFile(t, dir)
	others := [][]byte{frame(0, "two"), frame(1, "two"), frame(2, "two")}
	require.NoError(t, f.Close())
	for what, order := range map[string][][]byte{
		"one left out":             {frames[0], frames[2], frames[3]},
		"two exchanged":            {frames[0], frames[2], frames[1], frames[3]},
		"one twice":                {frames[0], frames[1], frames[1], frames[2]},
		"one of another history":   {frames[0], others[1], frames[2], frames[3]},
		"the end of another":       {frames[0], frames[1], others[2]},
		"the beginning of another": {others[0], frames[1], frames[2]},
		"the first left out":       {frames[1], frames[2]},
		"one left out, and a tear": {frames[0], frames[2][:len(frames[2])-9]},
	} {
		at := quick(t)
		require.NoError(t, openFile(t, at).Close())
		require.NoError(t, os.WriteFile(filepath.Join(at, name), bytes.Join(order, nil), 0o600))
		f := openFile(t, at)
		_, err := seqsOf(f, "a", 0)
		require.ErrorIs(t, err, reformcycle.ErrDamaged, what)
		report, err := journal.Check(background, at)
		require.NoError(t, err)
		require.False(t, report.Whole(), what)
	}
}

func TestAFileThatLostItsEndIsToldOf(t *testing.T) {
	dir := quick(t)
	f := openFile(t, dir)
	var ends []int
	for i := range uint64(3) {
		require.NoError(t, f.Append(background, batch("a", 2*i, 2)))
		ends = append(ends, sizeOf(t, only(t, dir, "*.cycle")))
	}
	name := filepath.Base(only(t, dir, "*.cycle"))
	require.NoError(t, f.Append(background, batch("b", 0, 1)))
	require.NoError(t, f.Close())
	for what, tc := range map[string]struct {
		size int
		head uint64
	}{
		"at the end of a batch": {ends[1], 4},
		"inside a batch":        {ends[2] - 5, 4},
		"two batches":           {ends[0], 2},
		"the whole file":        {-1, 0},
	} {
		at := copyDir(t, dir)
		if tc.size < 0 {
			require.NoError(t, os.Remove(filepath.Join(at, name)))
		} else {
			require.NoError(t, os.Truncate(filepath.Join(at, name), int64(tc.size)))
		}
		for _, options := range [][]journal.FileOption{nil, {journal.WithReadOnly()}} {
			f := openFile(t, at, options...)
			require.Equal(t, []string{"a", "b"}, cyclesOf(t, f))
			seqs, err := seqsOf(f, "a", 0)
			var lost *reformcycle.LostError
			require.ErrorAs(t, err, &lost, what)
			require.Equal(t, reformcycle.LostError{Cycle: "a", Head: tc.head, Known: 6, Witness: language.Typed(filepath.Join(at, "index"))}, *lost, what)
			require.Equal(t, upTo(1, tc.head), seqs, "what is there can be read")
			if options == nil {
				require.ErrorIs(t, f.Append(background, batch("a", tc.head, 1)), reformcycle.ErrLost, "nothing is put into the hole")
			}
			seqs, err = seqsOf(f, "b", 0)
			require.NoError(t, err, "other cycles are well")
			require.Len(t, seqs, 1)
			require.NoError(t, f.Close())
		}
		report, err := journal.Check(background, at)
		require.NoError(t, err)
		require.False(t, report.Whole())

		f := openFile(t, at, journal.WithReadOnly(), journal.WithLoss())
		seqs, err := seqsOf(f, "a", 0)
		require.NoError(t, err)
		require.Equal(t, upTo(1, tc.head), seqs)
		require.NoError(t, f.Close())

		f = openFile(t, at, journal.WithLoss())
		seqs, err = seqsOf(f, "a", 0)
		require.NoError(t, err)
		require.Equal(t, upTo(1, tc.head), seqs)
		require.NotEmpty(t, f.Notes())
		require.Contains(t, f.Notes()[len(f.Notes())-1].What+f.Notes()[0].What, "without the entries up to 6")
		require.NoError(t, f.Append(background, batch("a", tc.head, 1)))
		require.NoError(t, f.Close())

		f = openFile(t, at) // it was decided once
		seqs, err = seqsOf(f, "a", 0)
		require.NoError(t, err)
		require.Equal(t, upTo(1, tc.head+1), seqs)
		require.NoError(t, f.Close())
	}
}

// TestACycleThatLostItsEndIsNotOpened cuts a real cycle at the end of a batch and
// takes away one witness after the other.
func TestACycleThatLostItsEndIsNotOpened(t *testing.T) {
	dir := quick(t)
	f := openFile(t, dir)
	c, err := reformcycle.New("x", reformcycle.WithJournal(f), reformcycle.WithSnapshots(10))
	require.NoError(t, err)
	by := func(i int) reformcycle.Stamp {
		return reformcycle.By("office").At(time.Date(2016, 1, 1+i, 0, 0, 0, 0, time.UTC))
	}
	frame := func(i int) reformcycle.Change {
		return reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: fmt.Sprint("p", i), Statement: "Care is far away"}}
	}
	size := 0
	for i := range 20 {
		_, err := c.Apply(background, by(i), frame(i))
		require.NoError(t, err)
		if c.State().Seq() == 7 {
			size = sizeOf(t, only(t, dir, "*.cycle"))
		}
	}
	require.EqualValues(t, 21, c.State().Seq())
	require.NoError(t, f.Close())
	require.NoError(t, os.Truncate(only(t, dir, "*.cycle"), int64(size)))

	f = openFile(t, dir)
	_, err = reformcycle.Open(background, f, "x")
	var lost *reformcycle.LostError
	require.ErrorAs(t, err, &lost)
	require.Equal(t, reformcycle.LostError{Cycle: "x", Head: 7, Known: 21, Witness: language.Typed(filepath.Join(dir, "index"))}, *lost)
	require.NoError(t, f.Close())

	require.NoError(t, os.Remove(filepath.Join(dir, "index")))
	report, err := journal.Check(background, dir)
	require.NoError(t, err)
	require.False(t, report.Whole())
	f = openFile(t, dir)
	_, err = reformcycle.Open(background, f, "x")
	require.ErrorAs(t, err, &lost)
	require.Equal(t, reformcycle.LostError{Cycle: "x", Head: 7, Known: 20, Witness: language.Of("witness.snapshot")}, *lost)
	c, err = reformcycle.Open(background, f, "x", reformcycle.WithLoss())
	require.NoError(t, err)
	require.EqualValues(t, 7, c.State().Seq())
	_, err = c.Apply(background, by(20), frame(20))
	require.NoError(t, err)
	c, err = reformcycle.Open(background, f, "x")
	require.NoError(t, err)
	require.EqualValues(t, 8, c.State().Seq())
}

func TestReadOnlyReadsBesideAProcessThatWrites(t *testing.T) {
	dir := t.TempDir()
	f := openFile(t, dir)
	r := openFile(t, dir, journal.WithReadOnly())
	require.ErrorIs(t, r.Append(background, batch("a", 0, 1)), journal.ErrReadOnly)
	require.ErrorIs(t, r.SaveSnapshot(background, reformcycle.Snapshot{Cycle: "a"}), journal.ErrReadOnly)
	var all sync.WaitGroup
	acknowledged := make(chan uint64, 400)
	all.Go(func() {
		defer close(acknowledged)
		for i := range uint64(300) {
			assert.NoError(t, f.Append(background, batch("a", i, 1)))
			assert.NoError(t, f.Append(background, batch(fmt.Sprint("b", i%9), i/9, 1)))
			acknowledged <- i + 1
		}
	})
	for n := range acknowledged {
		if n%7 > 0 {
			continue
		}
		seqs, err := seqsOf(r, "a", 0)
		require.NoError(t, err)
		require.GreaterOrEqual(t, uint64(len(seqs)), n)
		require.Equal(t, upTo(1, uint64(len(seqs))), seqs)
		require.Contains(t, cyclesOf(t, r), "a")
	}
	all.Wait()
	require.Len(t, cyclesOf(t, r), 10)
	require.NoError(t, f.Close())
	before := tree(t, dir)
	require.Len(t, cyclesOf(t, r), 10)
	require.NoError(t, r.Close())
	require.Equal(t, before, tree(t, dir), "it changes nothing")
	_, err := seqsOf(r, "a", 0)
	require.ErrorIs(t, err, journal.ErrClosed)

	_, err = journal.OpenFile(t.TempDir(), journal.WithReadOnly())
	require.ErrorIs(t, err, journal.ErrFormat)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// tree gives all that is in a directory, and when it was last changed.
func tree(t *testing.T, dir string) (names []string) {
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil {
			stat, _ := d.Info()
			names = append(names, fmt.Sprint(path, stat.Size(), stat.ModTime()))
		}
		return err
	}))
	return names
}

func TestAJournalOfAnotherFormatIsRefused(t *testing.T) {
	for format, says := range map[string]string{
		"chsreform journal 1\n":  "format 1, which went before the first release",
		"chsreform journal 3\n":  "journal 3",
		"something else":         "something else",
		"chsreform journal 2\n ": "journal 2",
		"":                       `""`,
	} {
		dir := t.TempDir()
		require.NoError(t, openFile(t, dir).Close())
		require.NoError(t, os.WriteFile(filepath.Join(dir, "FORMAT"), []byte(format), 0o600))
		before := tree(t, dir)
		for _, options := range [][]journal.FileOption{nil, {journal.WithReadOnly()}} {
			_, err := journal.OpenFile(dir, options...)
			require.ErrorIs(t, err, journal.ErrFormat)
			require.ErrorContains(t, err, says)
		}
		_, err := journal.Check(background, dir)
		require.ErrorIs(t, err, journal.ErrFormat)
		require.Equal(t, before, tree(t, dir))
	}
}

func TestNothingIsWrittenToWhatIsNotTheJournals(t *testing.T) {
	write := func(name string, content string) {
		require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	}
	t.Run("a directory of somebody else", func(t *testing.T) {
		for _, name := range []string{"letter.txt", "FORMAT.new", "index", strings.Repeat("0", 64) + ".cycle"} {
			dir := t.TempDir()
			write(filepath.Join(dir, name), "Dear all")
			before := tree(t, dir)
			_, err := journal.OpenFile(dir)
			require.ErrorIs(t, err, journal.ErrFormat)
			require.ErrorContains(t, err, name)
			require.Equal(t, before, tree(t, dir))
		}
	})
	t.Run("a directory in which a crash left the beginning of a journal", func(t *testing.T) {
		for _, left := range []string{"", "chsreform j", "chsreform journal 2\n", "\x00\x00\x00"} {
			dir := t.TempDir()
			write(filepath.Join(dir, "FORMAT.new"), left)
			require.NoError(t, openFile(t, dir).Close())
		}
	})
	// For each name that the journal uses, another program's file and a symbolic
	// link to a letter; and whatever is asked of the journal, both stay.
	dir := quick(t)
	f := openFile(t, dir)
	s := reformcycle.Snapshot{Cycle: "a", Seq: 1, State: json.RawMessage(`{}`)}
	require.NoError(t, f.Append(background, batch("a", 0, 1)))
	require.NoError(t, f.SaveSnapshot(background, s))
	require.NoError(t, f.Close())
	cycle, snapshot := filepath.Base(only(t, dir, "*.cycle")), filepath.Base(only(t, dir, "*.snapshot"))
	for _, name := range []string{"FORMAT", "index", cycle, snapshot, cycle + ".new", snapshot + ".new", "index.new", "FORMAT.new"} {
		for _, link := range []bool{false, true} {
			if !link && strings.HasSuffix(name, ".new") {
				continue // a name that nobody has by chance
			}
			t.Run(fmt.Sprintf("%s, a link: %t", name[max(0, len(name)-9):], link), func(t *testing.T) {
				at := copyDir(t, dir)
				letter := filepath.Join(quick(t), "letter.txt")
				write(letter, "Dear all")
				_ = os.Remove(filepath.Join(at, name))
				if name == "index.new" || name == "FORMAT.new" {
					require.NoError(t, os.Remove(filepath.Join(at, "index")))
				}
				if link {
					require.NoError(t, os.Symlink(letter, filepath.Join(at, name)))
				} else {
					write(filepath.Join(at, name), "Dear all")
				}
				f, err := journal.OpenFile(at)
				if name == "FORMAT" || name == "FORMAT.new" {
					require.Error(t, err)
				} else {
					require.NoError(t, err)
					_, err := seqsOf(f, "a", 0)
					appended := f.Append(background, batch("a", 1, 1))
					if name == cycle {
						require.Error(t, err)
						require.Error(t, appended)
					} else {
						require.NoError(t, err)
						require.NoError(t, appended)
					}
					saved := f.SaveSnapshot(background, s)
					if strings.HasPrefix(name, snapshot) {
						require.Error(t, saved)
					}
					for range f.Cycles(background, "") {
					}
					require.NoError(t, f.Close())
				}
				is, err := os.ReadFile(filepath.Join(at, name))
				require.NoError(t, err)
				require.Equal(t, "Dear all", string(is))
				if link {
					to, err := os.Readlink(filepath.Join(at, name))
					require.NoError(t, err)
					require.Equal(t, letter, to)
				}
			})
		}
	}
}

func TestFileRefusesWhatItCouldNotReadBack(t *testing.T) {
	f := openFile(t, t.TempDir())
	odd := func(change func(*reformcycle.Batch)) reformcycle.Batch {
		b := batch("a", 0, 2)
		change(&b)
		return b
	}
	for name, b := range map[string]reformcycle.Batch{
		"no entries":         {Cycle: "a"},
		"no id":              batch("", 0, 1),
		"a control":          batch("a\x1echs", 0, 1),
		"not UTF-8":          batch("\xff", 0, 1),
		"a long id":          batch(strings.Repeat("x", 1025), 0, 1),
		"misnumbered":        odd(func(b *reformcycle.Batch) { b.Entries[1].Seq = 1 }),
		"data that no JSON":  odd(func(b *reformcycle.Batch) { b.Entries[1].Data = json.RawMessage("{") }),
		"the end of numbers": {Cycle: "a", After: 1<<64 - 1, Entries: []reformcycle.Entry{{}}},
	} {
		require.ErrorIs(t, f.Append(background, b), reformcycle.ErrInvalid, name)
	}
	require.NoError(t, f.Append(background, batch(strings.Repeat("x", 1024), 0, 1)), "an id of 1024 bytes")
	require.Len(t, cyclesOf(t, f), 1)
	for _, open := range []func() (*journal.File, error){
		func() (*journal.File, error) { return journal.OpenFile("") },
		func() (*journal.File, error) { return journal.OpenFile(t.TempDir(), nil) },
		func() (*journal.File, error) { return journal.OpenFile(t.TempDir(), journal.WithNotes(nil)) },
	} {
		_, err := open()
		require.ErrorIs(t, err, reformcycle.ErrInvalid)
	}
}

func TestLargeEntriesAndLongBatchesComeBack(t *testing.T) {
	dir := quick(t)
	f := openFile(t, dir)
	large := batch("large", 0, 3)
	large.Entries[1].Data = json.RawMessage(`"` + strings.Repeat("\\u001echs<é>", 1<<18) + `"`)
	require.NoError(t, f.Append(background, large))
	require.NoError(t, f.Append(background, batch("long", 0, 8_000)))
	require.NoError(t, f.Append(background, batch("long", 8_000, 1)))
	crashed := copyDir(t, dir)
	for range 2 {
		g := openFile(t, crashed)
		var i int
		for e, err := range g.Load(background, "large", 0) {
			require.NoError(t, err)
			require.True(t, string(large.Entries[i].Data) == string(e.Data))
			i++
		}
		require.Equal(t, 3, i)
		for _, after := range []uint64{0, 1, 5_432, 7_999, 8_000, 8_001} {
			seqs, err := seqsOf(g, "long", after)
			require.NoError(t, err)
			require.Equal(t, upTo(after+1, 8_001), seqs)
		}
		require.NoError(t, g.Close())
	}
}

func TestAClosedJournalSaysSo(t *testing.T) {
	f := openFile(t, t.TempDir())
	require.NoError(t, f.Append(background, batch("a", 0, 1)))
	require.NoError(t, f.Close())
	for _, f := range []*journal.File{f, {}} { // the zero value was never opened
		require.NoError(t, f.Close())
		require.ErrorIs(t, f.Append(background, batch("a", 1, 1)), journal.ErrClosed)
		_, err := seqsOf(f, "a", 0)
		require.ErrorIs(t, err, journal.ErrClosed)
		for _, err := range f.Cycles(background, "") {
			require.ErrorIs(t, err, journal.ErrClosed)
		}
		require.ErrorIs(t, f.SaveSnapshot(background, reformcycle.Snapshot{Cycle: "a"}), journal.ErrClosed)
		_, found, err := f.LoadSnapshot(background, "a")
		require.ErrorIs(t, err, journal.ErrClosed)
		require.False(t, found)
		require.Empty(t, f.Notes())
	}
	require.NotEmpty(t, (&journal.DamageError{}).Error()+(&journal.LockedError{}).Error()+(&reformcycle.LostError{}).Error())
	require.NotEmpty(t, journal.Report{}.String())
	require.True(t, journal.Report{}.Whole())
}

func TestASnapshotIsKeptWholeOrNamed(t *testing.T) {
	dir := t.TempDir()
	f := openFile(t, dir)
	require.NoError(t, f.Append(background, batch("a", 0, 4)))
	s := reformcycle.Snapshot{Cycle: "a", Seq: 4, Schema: 1, Checklist: "c", Table: "t", State: json.RawMessage(`{"x": "<y>"}`)}
	_, found, err := f.LoadSnapshot(background, "a")
	require.NoError(t, err)
	require.False(t, found)
	require.NoError(t, f.SaveSnapshot(background, s))
	got, found, err := f.LoadSnapshot(background, "a")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, s, got)

	name := only(t, dir, "*.snapshot")
	good, err := os.ReadFile(name)
	require.NoError(t, err)
	for at := range good {
		for _, bad := range [][]byte{good[:at], slices.Concat(good[:at], []byte{good[at] ^ 0x20}, good[at+1:]), slices.Concat(good[:at], []byte{good[at] ^ 1}, good[at+1:])} {
			require.NoError(t, os.WriteFile(name, bad, 0o600))
			_, found, err := f.LoadSnapshot(background, "a")
			require.ErrorIs(t, err, reformcycle.ErrDamaged)
			require.False(t, found)
		}
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	_, found, err = f.LoadSnapshot(ctx, "a")
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, found)
	require.NoError(t, f.Append(background, batch("a", 4, 1)))
}

func TestManyCyclesAreListedAndFewFilesAreOpen(t *testing.T) {
	dir := quick(t)
	f := openFile(t, dir)
	const n = 1000
	var all sync.WaitGroup
	for w := range 50 {
		all.Go(func() {
			for i := w; i < n; i += 50 {
				assert.NoError(t, f.Append(background, batch(fmt.Sprintf("réforme/%04d", i), 0, 1)))
			}
		})
	}
	all.Wait()
	for i := range 200 { // a second batch leaves the file open, for a while
		all.Go(func() {
			for after := uint64(1); after < 4; after++ {
				assert.NoError(t, f.Append(background, batch(fmt.Sprintf("réforme/%04d", i), after, 1)))
			}
		})
	}
	all.Wait()
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		require.Less(t, len(open), 150, "64 cycles have their file open, and other tests have some")
	}
	check := func() {
		ids := cyclesOf(t, f)
		require.Len(t, ids, n)
		for i, id := range ids {
			require.Equal(t, fmt.Sprintf("réforme/%04d", i), id)
		}
	}
	check()
	require.NoError(t, f.Close())
	f = openFile(t, dir)
	check()
	require.NoError(t, f.Append(background, batch("réforme/0000a", 0, 1)))
	require.Len(t, cyclesOf(t, f), n+1)
}

func TestACycleWhoseFileIsIllegibleDoesNotHideTheOthers(t *testing.T) {
	dir := t.TempDir()
	f := openFile(t, dir)
	for _, id := range []string{"a", "b", "c"} {
		require.NoError(t, f.Append(background, batch(id, 0, 1)))
	}
	require.NoError(t, f.Close())
	files, err := filepath.Glob(filepath.Join(dir, "*.cycle"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files[0], []byte("not a batch"), 0o600))
	require.NoError(t, os.WriteFile(files[1], nil, 0o600))
	f = openFile(t, dir)
	require.Equal(t, []string{"a", "b", "c"}, cyclesOf(t, f), "the index knows the names")
	require.NoError(t, f.Close())

	require.NoError(t, os.Remove(filepath.Join(dir, "index")))
	for _, options := range [][]journal.FileOption{nil, {journal.WithReadOnly()}} {
		f = openFile(t, dir, options...)
		var ids []string
		var last error
		for id, err := range f.Cycles(background, "") {
			if last = err; err == nil {
				ids = append(ids, id)
			}
		}
		require.Len(t, ids, 1)
		var damage *journal.DamageError
		require.ErrorAs(t, last, &damage)
		require.Equal(t, files[0], damage.File)
		broken := 0
		for _, id := range []string{"a", "b", "c"} {
			if _, err := seqsOf(f, id, 0); err != nil {
				require.ErrorIs(t, err, reformcycle.ErrDamaged, "its file is there, whatever is in it")
				if options == nil {
					require.ErrorIs(t, f.Append(background, batch(id, 0, 1)), reformcycle.ErrDamaged)
				}
				broken++
			}
		}
		require.Equal(t, 2, broken)
		require.NoError(t, f.Close())
	}
}

// TestFileIsTheSameAsMemory appends at random, opens again at random, and finds
// the file journal to hold what the one in memory holds.
func TestFileIsTheSameAsMemory(t *testing.T) {
	all := quick(t)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(all, "")
		require.NoError(rt, err)
		f, err := journal.OpenFile(dir)
		require.NoError(rt, err)
		defer func() { f.Close() }()
		m := journal.NewMemory()
		ids := []string{"a", "b/../c", "Ünïcode 保健", strings.Repeat("𠀀", 128)}
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			id := rapid.SampledFrom(ids).Draw(rt, "cycle")
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				require.NoError(rt, f.Close())
				if rapid.Bool().Draw(rt, "without its index") {
					require.NoError(rt, os.Remove(filepath.Join(dir, "index")))
				}
				f, err = journal.OpenFile(dir)
				require.NoError(rt, err)
			case 1, 2:
				after := rapid.Uint64Range(0, 12).Draw(rt, "after")
				want, err := seqsOf(m, id, after)
				require.NoError(rt, err)
				got, err := seqsOf(f, id, after)
				require.NoError(rt, err)
				require.Equal(rt, want, got)
			default:
				have, err := seqsOf(m, id, 0)
				require.NoError(rt, err)
				after := uint64(len(have))
				if rapid.IntRange(0, 3).Draw(rt, "conflict") == 0 {
					after++
				}
				b := batch(id, after, rapid.IntRange(1, 4).Draw(rt, "entries"))
				require.Equal(rt, m.Append(background, b), f.Append(background, b))
			}
		}
		require.Equal(rt, cyclesIn(rt, m), cyclesIn(rt, f))
		require.Empty(rt, f.Notes())
	})
}

func cyclesIn(rt *rapid.T, j reformcycle.Journal) (ids []string) {
	for id, err := range j.Cycles(background, "") {
		require.NoError(rt, err)
		ids = append(ids, id)
	}
	return ids
}

// TestOpeningStaysFlat loads a short journal and a long one, and finds that the
// long one takes no more memory.
func TestOpeningStaysFlat(t *testing.T) {
	live := func(entries uint64) uint64 {
		dir := quick(t)
		f := openFile(t, dir)
		for at := uint64(0); at < entries; at += 1000 {
			require.NoError(t, f.Append(background, batch("a", at, 1000)))
		}
		require.NoError(t, f.Close())
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		before, most := m.HeapAlloc, uint64(0)
		f = openFile(t, dir)
		for e, err := range f.Load(background, "a", 0) {
			require.NoError(t, err)
			if e.Seq%(entries/10) == 0 {
				runtime.GC()
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc-min(before, m.HeapAlloc))
			}
		}
		require.NoError(t, f.Close())
		return most
	}
	live(1000) // what is made once is made
	short, long := live(2_000), live(20_000)
	t.Logf("live while loading: %d KiB with 2,000 entries, %d KiB with 20,000", short>>10, long>>10)
	// An Entry alone has more than 100 bytes: 18,000 more of them, if they were kept,
	// would be 1.8 MB.
	require.Less(t, long, short+(256<<10))
}

func TestFileHeedsTheContext(t *testing.T) {
	f := openFile(t, t.TempDir())
	require.NoError(t, f.Append(background, batch("a", 0, 2)))
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	for _, err := range f.Load(ctx, "a", 0) {
		if err != nil {
			require.ErrorIs(t, err, context.Canceled)
			break
		}
		cancel()
	}
	require.ErrorIs(t, f.Append(ctx, batch("a", 2, 1)), context.Canceled)
	require.ErrorIs(t, f.SaveSnapshot(ctx, reformcycle.Snapshot{Cycle: "a"}), context.Canceled)
	for _, err := range f.Cycles(ctx, "") {
		require.True(t, errors.Is(err, context.Canceled))
	}
	_, err := journal.Check(ctx, t.TempDir())
	require.Error(t, err)
}
