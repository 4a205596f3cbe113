package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
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

// copyDir copies a journal, without its lock, as a crash at this moment leaves it.
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
	reading := openFile(t, dir, journal.ReadOnly())
	require.Empty(t, cyclesOf(t, reading))

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

func TestATornBatchIsDroppedAtEveryLength(t *testing.T) {
	dir := quick(t)
	f := openFile(t, dir)
	require.NoError(t, f.Append(background, batch("a", 0, 2)))
	require.NoError(t, f.Append(background, batch("b", 0, 1)))
	before, err := os.Stat(filepath.Join(dir, "pending.log"))
	require.NoError(t, err)
	require.NoError(t, f.Append(background, batch("a", 2, 3)))
	log, err := os.ReadFile(filepath.Join(dir, "pending.log"))
	require.NoError(t, err)
	for size := int(before.Size()); size <= len(log); size++ {
		for _, tail := range []int{0, 700} { // zeros, where the file grew and its bytes did not come
			if tail > 0 && size%16 > 0 {
				continue
			}
			torn := copyDir(t, dir)
			require.NoError(t, os.WriteFile(filepath.Join(torn, "pending.log"), append(log[:size:size], make([]byte, tail)...), 0o600))
			if size < len(log) && tail > 0 && allZero(log[size:]) {
				continue
			}
			var notes []reformcycle.Note
			read := openFile(t, torn, journal.ReadOnly())
			g := openFile(t, torn, journal.FileNotes(func(n reformcycle.Note) { notes = append(notes, n) }))
			want := uint64(2)
			if size == len(log) {
				want = 5
			}
			for _, j := range []*journal.File{read, g} {
				seqs, err := seqsOf(j, "a", 0)
				require.NoError(t, err)
				require.Equal(t, upTo(1, want), seqs, "%d of %d bytes", size, len(log))
			}
			dropped := tail > 0 || size > int(before.Size()) && size < len(log)
			require.Equal(t, dropped, len(notes) == 1, "%d of %d bytes: %v", size, len(log), notes)
			if size > int(before.Size())+60 && size < len(log) {
				require.Equal(t, "a", notes[0].Cycle)
				require.Contains(t, notes[0].What, "entries 3 to 5")
			}
			require.NoError(t, g.Append(background, batch("a", want, 1)), "it goes on from there")
			require.NoError(t, g.Close())
		}
	}
}

func allZero(b []byte) bool { return len(strings.Trim(string(b), "\x00")) == 0 }

func TestADamagedMiddleIsNamedAndWhatIsBeforeItIsRead(t *testing.T) {
	dir := quick(t)
	f := openFile(t, dir)
	var starts []int64
	for i := range uint64(6) {
		require.NoError(t, f.Append(background, batch("a", 3*i, 3)))
		stat, err := os.Stat(filepath.Join(dir, "pending.log"))
		require.NoError(t, err)
		starts = append(starts, stat.Size())
	}
	require.NoError(t, f.Close())
	file := only(t, dir, "cycles", "*.log")
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Len(t, good, int(starts[5]))
	for at := range good {
		// Every byte of a batch in the middle, some of the others.
		if (int64(at) < starts[1] || int64(at) >= starts[1]+150) && at%23 > 0 {
			continue
		}
		bad := append([]byte(nil), good...)
		bad[at] ^= 0x20
		damaged := copyDir(t, dir)
		name := only(t, damaged, "cycles", "*.log")
		require.NoError(t, os.WriteFile(name, bad, 0o600))
		g := openFile(t, damaged)
		seqs, err := seqsOf(g, "a", 0)
		var damage *journal.DamageError
		require.ErrorAs(t, err, &damage, "byte %d", at)
		require.ErrorIs(t, err, journal.ErrDamaged)
		require.Equal(t, name, damage.File)
		require.Equal(t, "a", damage.Cycle)
		require.EqualValues(t, len(seqs)+1, damage.Seq, "byte %d: %v", at, err)
		require.Equal(t, upTo(1, damage.Seq-1), append([]uint64(nil), seqs...))
		require.LessOrEqual(t, damage.Offset, int64(at))
		require.Less(t, int64(at)-damage.Offset, int64(300), "within the entry or the head")
		// Whole batches before it are there.
		whole := uint64(0)
		for whole < 6 && starts[whole] <= int64(at) {
			whole++
		}
		require.GreaterOrEqual(t, uint64(len(seqs)), 3*whole)
		if whole == 5 {
			require.ErrorIs(t, g.Append(background, batch("a", 18, 1)), journal.ErrDamaged, "nobody knows that 18 is the end")
		}
		require.NoError(t, g.Append(background, batch("other", 0, 1)), "other cycles are well")
		require.NoError(t, g.Close())
	}
}

func TestADamagedLogIsNoTear(t *testing.T) {
	dir := quick(t)
	f := openFile(t, dir)
	require.NoError(t, f.Append(background, batch("a", 0, 2)))
	first, err := os.Stat(filepath.Join(dir, "pending.log"))
	require.NoError(t, err)
	require.NoError(t, f.Append(background, batch("a", 2, 2)))
	second, err := os.Stat(filepath.Join(dir, "pending.log"))
	require.NoError(t, err)
	require.NoError(t, f.Append(background, batch("a", 4, 1)))
	require.NoError(t, f.Append(background, batch("b", 0, 1)))
	good, err := os.ReadFile(filepath.Join(dir, "pending.log"))
	require.NoError(t, err)
	for at := first.Size(); at < second.Size(); at++ {
		bad := append([]byte(nil), good...)
		bad[at] ^= 0x20
		damaged := copyDir(t, dir)
		name := filepath.Join(damaged, "pending.log")
		require.NoError(t, os.WriteFile(name, bad, 0o600))
		_, err := journal.OpenFile(damaged)
		var damage *journal.DamageError
		require.ErrorAs(t, err, &damage, "byte %d", at)
		require.Equal(t, name, damage.File)
		require.Equal(t, "a", damage.Cycle, "byte %d: %v", at, err)
		require.GreaterOrEqual(t, damage.Seq, uint64(3))
		require.LessOrEqual(t, damage.Seq, uint64(5))
		g := openFile(t, damaged, journal.ReadOnly())
		seqs, err := seqsOf(g, "a", 0)
		require.ErrorIs(t, err, journal.ErrDamaged)
		require.Equal(t, upTo(1, 2), seqs)
	}
}

func TestAFileThatLostItsEndIsDamagedNotTorn(t *testing.T) {
	dir := t.TempDir()
	f := openFile(t, dir)
	require.NoError(t, f.Append(background, batch("a", 0, 2)))
	require.NoError(t, f.Append(background, batch("a", 2, 2)))
	require.NoError(t, f.Close())
	name := only(t, dir, "cycles", "*.log")
	stat, err := os.Stat(name)
	require.NoError(t, err)
	require.NoError(t, os.Truncate(name, stat.Size()-5))
	f = openFile(t, dir)
	seqs, err := seqsOf(f, "a", 0)
	require.ErrorIs(t, err, journal.ErrDamaged)
	require.Equal(t, upTo(1, 3), seqs)
	require.ErrorIs(t, f.Append(background, batch("a", 2, 1)), journal.ErrDamaged)
}

func TestReadOnlyReadsBesideAProcessThatWrites(t *testing.T) {
	dir := t.TempDir()
	f := openFile(t, dir, journal.LogLimit(3000))
	r := openFile(t, dir, journal.ReadOnly())
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

	_, err = journal.OpenFile(t.TempDir(), journal.ReadOnly())
	require.ErrorIs(t, err, journal.ErrFormat)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

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
	dir := t.TempDir()
	require.NoError(t, openFile(t, dir).Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "FORMAT"), []byte("chsreform journal 2\n"), 0o600))
	for _, options := range [][]journal.FileOption{nil, {journal.ReadOnly()}} {
		_, err := journal.OpenFile(dir, options...)
		require.ErrorIs(t, err, journal.ErrFormat)
		require.ErrorContains(t, err, "journal 2")
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
	require.Empty(t, cyclesOf(t, f))
	for _, open := range []func() (*journal.File, error){
		func() (*journal.File, error) { return journal.OpenFile("") },
		func() (*journal.File, error) { return journal.OpenFile(t.TempDir(), nil) },
		func() (*journal.File, error) { return journal.OpenFile(t.TempDir(), journal.FileNotes(nil)) },
		func() (*journal.File, error) { return journal.OpenFile(t.TempDir(), journal.LogLimit(0)) },
	} {
		_, err := open()
		require.ErrorIs(t, err, reformcycle.ErrInvalid)
	}
}

func TestLargeEntriesAndLongBatchesComeBack(t *testing.T) {
	dir := quick(t)
	f := openFile(t, dir, journal.LogLimit(1<<20))
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
	require.NoError(t, f.Close())
	require.ErrorIs(t, f.Append(background, batch("a", 1, 1)), journal.ErrClosed)
	_, err := seqsOf(f, "a", 0)
	require.ErrorIs(t, err, journal.ErrClosed)
	for _, err := range f.Cycles(background, "") {
		require.ErrorIs(t, err, journal.ErrClosed)
	}
	require.ErrorIs(t, f.SaveSnapshot(background, reformcycle.Snapshot{Cycle: "a"}), journal.ErrClosed)
	_, _, err = f.LoadSnapshot(background, "a")
	require.ErrorIs(t, err, journal.ErrClosed)
}

func TestASnapshotIsOnlyACache(t *testing.T) {
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

	name := only(t, dir, "snapshots", "*")
	good, err := os.ReadFile(name)
	require.NoError(t, err)
	for at := range good {
		for _, bad := range [][]byte{good[:at], append(append(append([]byte(nil), good[:at]...), good[at]^0x20), good[at+1:]...)} {
			require.NoError(t, os.WriteFile(name, bad, 0o600))
			_, found, err := f.LoadSnapshot(background, "a")
			require.ErrorIs(t, err, journal.ErrDamaged)
			require.False(t, found)
		}
	}
	s.Seq = 5
	require.NoError(t, f.SaveSnapshot(background, s))
	_, found, err = f.LoadSnapshot(background, "a")
	require.ErrorContains(t, err, "the journal ends at 4")
	require.False(t, found)
	require.NoError(t, f.Append(background, batch("a", 4, 1)))
}

func TestManyCyclesAreListed(t *testing.T) {
	dir := quick(t)
	f := openFile(t, dir, journal.Grouped())
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
	files, err := filepath.Glob(filepath.Join(dir, "cycles", "*.log"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files[0], []byte("not a batch"), 0o600))
	f = openFile(t, dir)
	var ids []string
	var last error
	for id, err := range f.Cycles(background, "") {
		if last = err; err == nil {
			ids = append(ids, id)
		}
	}
	require.Len(t, ids, 2)
	var damage *journal.DamageError
	require.ErrorAs(t, last, &damage)
	require.Equal(t, files[0], damage.File)
}

// TestFileIsTheSameAsMemory appends at random, opens again at random, and finds
// the file journal to hold what the one in memory holds.
func TestFileIsTheSameAsMemory(t *testing.T) {
	all := quick(t)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(all, "")
		require.NoError(rt, err)
		options := []journal.FileOption{journal.LogLimit(rapid.Int64Range(1, 4000).Draw(rt, "limit"))}
		if rapid.Bool().Draw(rt, "grouped") {
			options = append(options, journal.Grouped())
		}
		f, err := journal.OpenFile(dir, options...)
		require.NoError(rt, err)
		defer func() { f.Close() }()
		m := journal.NewMemory()
		ids := []string{"a", "b/../c", "Ünïcode 保健", strings.Repeat("𠀀", 128)}
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			id := rapid.SampledFrom(ids).Draw(rt, "cycle")
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				require.NoError(rt, f.Close())
				f, err = journal.OpenFile(dir, options...)
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
}
