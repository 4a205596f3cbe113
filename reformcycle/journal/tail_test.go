package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

var calm = context.Background()

// count reads a cycle, all of which must be right, and gives its last entry.
func count(t *testing.T, f *File, cycle string) (last uint64) {
	t.Helper()
	for e, err := range f.Load(calm, cycle, 0) {
		require.NoError(t, err)
		require.Equal(t, made(cycle, last+1), e)
		last = e.Seq
	}
	return last
}

func opened(t *testing.T, d disk, options ...FileOption) *File {
	t.Helper()
	f, err := openFile(d, "dir", options)
	require.NoError(t, err)
	return f
}

// TestEveryOperationFailsOnce lets every single operation of a workload fail in
// every way, and the disk stay ill for a while or not. Then it takes the power
// away, and finds all that was acknowledged; whole batches; and a journal that
// goes on.
func TestEveryOperationFailsOnce(t *testing.T) {
	t.Parallel()
	workload := func(d *simDisk) (acked, most map[string]uint64) {
		acked, most = map[string]uint64{}, map[string]uint64{}
		f, err := openFile(d, "dir", nil)
		if err != nil {
			return acked, most
		}
		for i := range 9 {
			if i == 5 {
				_ = f.Close()
				if f, err = openFile(d, "dir", nil); err != nil {
					return acked, most
				}
			}
			cycle, n := string(rune('a'+i%2)), 1+i%3
			for range 2 { // what was refused is tried once more
				after := acked[cycle]
				most[cycle] = max(most[cycle], after+uint64(n))
				err := f.Append(calm, madeBatch(cycle, after, n))
				if errors.Is(err, reformcycle.ErrConflict) {
					acked[cycle] = count(t, f, cycle) // it was there after all
					break
				}
				if err == nil {
					acked[cycle] = after + uint64(n)
					break
				}
			}
			_ = f.SaveSnapshot(calm, reformcycle.Snapshot{Cycle: cycle, Seq: acked[cycle], State: json.RawMessage(`{}`)})
		}
		_ = f.Close()
		return acked, most
	}
	var kinds []string
	d := newSimDisk()
	d.strike = func(_ int, kind, _ string) strike {
		kinds = append(kinds, kind)
		return strike{}
	}
	all, _ := workload(d)
	require.Equal(t, map[string]uint64{"a": 1 + 3 + 2 + 1 + 3, "b": 2 + 1 + 3 + 2}, all)
	runs := 0
	for op := range len(kinds) {
		for _, way := range ways[kinds[op]] {
			for _, ill := range []int{1, 3, 1000} {
				runs++
				d := newSimDisk()
				d.strike = func(n int, kind, _ string) strike {
					if n == op+1 {
						return way
					}
					if n > op && n <= op+ill {
						return ways[kind][0]
					}
					return strike{}
				}
				about := fmt.Sprintf("operation %d (%s) failed with %+v, and %d more", op+1, kinds[op], way, ill-1)
				acked, most := workload(d)
				d.restart(true)
				f, err := openFile(d, "dir", nil)
				require.NoError(t, err, about)
				for cycle := range most {
					got := count(t, f, cycle)
					require.GreaterOrEqual(t, got, acked[cycle], "%s: %q lost what was acknowledged", about, cycle)
					require.LessOrEqual(t, got, most[cycle], about)
					require.NoError(t, f.Append(calm, madeBatch(cycle, got, 2)), about)
					acked[cycle] = got + 2
				}
				d.restart(true)
				f = opened(t, d)
				for cycle := range most {
					require.Equal(t, acked[cycle], count(t, f, cycle), about)
				}
			}
		}
	}
	t.Logf("%d operations, %d runs", len(kinds), runs)
}

func failing(kinds ...string) func(int, string, string) strike {
	return func(_ int, kind, _ string) strike {
		if slices.Contains(kinds, kind) {
			return strike{err: errDisk}
		}
		return strike{}
	}
}

func TestAFailedSyncIsNotBelievedTheSecondTime(t *testing.T) {
	d := newSimDisk()
	f := opened(t, d)
	require.NoError(t, f.Append(calm, madeBatch("a", 0, 2)))
	d.strike = failing("sync")
	require.ErrorIs(t, f.Append(calm, madeBatch("a", 2, 1)), errDisk)
	// What the system shows may not be on the disk. As long as that can't be put
	// right nobody gets to see it.
	for _, err := range f.Load(calm, "a", 0) {
		require.ErrorIs(t, err, errDisk)
	}
	require.ErrorIs(t, f.Append(calm, madeBatch("a", 2, 1)), errDisk)
	require.ErrorIs(t, f.Append(calm, madeBatch("b", 0, 1)), errDisk)
	d.strike = nil
	head := count(t, f, "a")
	require.NoError(t, f.Append(calm, madeBatch("a", head, 1)), "the disk is well again, and so is the journal")
	require.NoError(t, f.Append(calm, madeBatch("b", 0, 1)))
	d.restart(true)
	f = opened(t, d)
	require.Equal(t, head+1, count(t, f, "a"))
	require.EqualValues(t, 1, count(t, f, "b"))
}

func TestARefusedBatchIsTakenBack(t *testing.T) {
	d := newSimDisk()
	f := opened(t, d)
	require.NoError(t, f.Append(calm, madeBatch("a", 0, 1)))
	for _, way := range []strike{{syscall.ENOSPC, true, false}, {errDisk, false, false}, {half: true}} {
		first := true
		d.strike = func(_ int, kind, _ string) strike {
			if (kind == "write" || kind == "sync" && !way.half) && first {
				first = false
				return way
			}
			return strike{}
		}
		require.Error(t, f.Append(calm, madeBatch("a", 1, 3)))
		require.EqualValues(t, 1, count(t, f, "a"))
		require.Empty(t, f.Notes(), "that is no tear")
	}
	d.strike = nil
	require.NoError(t, f.Append(calm, madeBatch("a", 1, 3)))
	d.restart(true)
	require.EqualValues(t, 4, count(t, opened(t, d), "a"))
}

// TestWhatWasReadBackIsOnTheDiskBeforeAnythingRestsOnIt kills a process between
// the write of a batch and its sync, or lets that sync fail; has the next process
// read, or append; and takes the power away.
func TestWhatWasReadBackIsOnTheDiskBeforeAnythingRestsOnIt(t *testing.T) {
	for seed := range uint64(300) {
		for _, after := range []uint64{0, 2} {
			d := newSimDisk()
			d.chance.Uint64()
			for range seed {
				d.chance.Uint64()
			}
			f := opened(t, d)
			if after > 0 {
				require.NoError(t, f.Append(calm, madeBatch("a", 0, 2)))
			}
			d.strike = func(_ int, kind, name string) strike {
				if strings.Contains(name, cycleSuffix) && (kind == "sync" || kind == "syncdir") {
					return strike{err: errDisk, off: seed%2 == 0}
				}
				return strike{}
			}
			require.Error(t, f.Append(calm, madeBatch("a", after, 3)))
			d.restart(false)
			f = opened(t, d)
			head := count(t, f, "a")
			if seed%3 == 0 {
				require.NoError(t, f.Append(calm, madeBatch("a", head, 1)))
				head++
			}
			d.restart(true)
			require.Equal(t, head, count(t, opened(t, d), "a"), "seed %d", seed)
		}
	}
}

// TestAPowerLossWhileOpeningLeavesNoDamage kills a process between write and sync,
// and takes the power away at every operation of the next opening.
func TestAPowerLossWhileOpeningLeavesNoDamage(t *testing.T) {
	for seed := range 60 {
		for op := 1; ; op++ {
			d := newSimDisk()
			for range seed {
				d.chance.Uint64()
			}
			f := opened(t, d)
			require.NoError(t, f.Append(calm, madeBatch("a", 0, 2)))
			d.strike = func(_ int, kind, _ string) strike {
				return strike{off: kind == "sync" || kind == "write" && seed%2 == 0}
			}
			require.Error(t, f.Append(calm, madeBatch("a", 2, 30)))
			d.restart(seed%3 == 0)
			d.ops = 0
			d.strike = func(n int, _, _ string) strike { return strike{off: n == op} }
			f, err := openFile(d, "dir", nil)
			done := !d.off
			d.restart(true)
			if err == nil && !done {
				_ = f.Close()
			}
			f = opened(t, d)
			head := count(t, f, "a")
			require.True(t, head == 2 || head == 32, "%d entries", head)
			require.NoError(t, f.Append(calm, madeBatch("a", head, 1)))
			if done {
				break
			}
		}
	}
}

// small is a journal of two cycles, as its last process left it.
func small(t *testing.T) (*simDisk, map[string][]int) {
	d := newSimDisk()
	f := opened(t, d)
	ends := map[string][]int{}
	for _, n := range []int{2, 1, 3} {
		for _, cycle := range []string{"a", "b"} {
			head := count(t, f, cycle)
			require.NoError(t, f.Append(calm, madeBatch(cycle, head, n)))
			ends[cycle] = append(ends[cycle], len(d.names[f.cyclePath(cycle)].now))
		}
	}
	require.NoError(t, f.SaveSnapshot(calm, reformcycle.Snapshot{Cycle: "a", Seq: 3, State: json.RawMessage(`{"n": 3}`)}))
	require.NoError(t, f.Close())
	return d, ends
}

// TestEveryByteThatRots changes every byte of a small journal, zeroes runs of
// them, and cuts its files at every length. It finds the change refused by name,
// or nothing changed, or a torn tail put aside and noted.
func TestEveryByteThatRots(t *testing.T) {
	t.Parallel()
	d, ends := small(t)
	outcomes := map[string]int{}
	try := func(name string, bad []byte, mayTear, index bool) {
		t.Helper()
		about := fmt.Sprintf("%s, with its index: %t, %d bytes of %d", name, index, len(bad), len(d.names[name].now))
		now := newSimDisk()
		for n, f := range d.names {
			if n != "dir/index" || index {
				now.lay(n, f.now)
			}
		}
		now.lay(name, bad)
		f, err := openFile(now, "dir", nil)
		if name == "dir/FORMAT" {
			require.ErrorIs(t, err, ErrFormat, about)
			outcomes["refused"]++
			return
		}
		require.NoError(t, err, about)
		for _, cycle := range []string{"a", "b"} {
			its := name == f.cyclePath(cycle)
			var last uint64
			var failed error
			for e, err := range f.Load(calm, cycle, 0) {
				if failed = err; err == nil {
					last++
					require.Equal(t, made(cycle, last), e, about)
				}
			}
			notes := f.Notes()
			switch {
			case failed != nil:
				require.True(t, its, "%s: %v", about, failed)
				require.True(t, errors.Is(failed, reformcycle.ErrDamaged) || errors.Is(failed, reformcycle.ErrLost), "%s: %v", about, failed)
				outcomes["named"]++
			case last == 6:
				require.False(t, its, about)
			default:
				require.True(t, its && mayTear && !index, "%s: %d entries, and no word", about, last)
				end := map[uint64]int{2: ends[cycle][0], 3: ends[cycle][1]}[last]
				require.Positive(t, end, "%s: %d entries", about, last)
				require.NotEmpty(t, notes, about)
				require.Equal(t, cycle, notes[0].Cycle, about)
				require.Contains(t, notes[0].What, fmt.Sprintf("from %d on", end), about)
				if !allZero(bad[end:]) {
					require.Len(t, now.files(asideSuffix), 1, about)
					require.Equal(t, bad[end:], now.names[now.files(asideSuffix)[0]].now, about)
				}
				outcomes["torn"]++
			}
		}
		s, found, err := f.LoadSnapshot(calm, "a")
		if err != nil {
			require.ErrorIs(t, err, reformcycle.ErrDamaged, about)
			require.Equal(t, f.snapshotPath("a"), name, about)
			outcomes["named"]++
		} else if found {
			require.EqualValues(t, 3, s.Seq, about)
			require.JSONEq(t, `{"n":3}`, string(s.State), about)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		good := d.names[name].now
		first, last := len(good), len(good) // where the second batch begins, and the last
		for cycle, at := range ends {
			if name == filepath.Join("dir", nameOf(cycle)+cycleSuffix) {
				first, last = at[0], at[1]
			}
		}
		for _, index := range []bool{true, false} {
			if name == "dir/index" && !index {
				continue
			}
			for at := range good {
				for _, bit := range []int{0, 5, 7} {
					bad := bytes.Clone(good)
					bad[at] ^= 1 << bit
					try(name, bad, false, index)
				}
				for _, run := range []int{1, 4, 16, 100, 512, 700} {
					bad := bytes.Clone(good)
					clear(bad[at:min(at+run, len(bad))])
					if !bytes.Equal(bad, good) {
						try(name, bad, at+run > last, index)
					}
				}
				// Without its index nobody knows that a file that ends with a batch ended
				// with another.
				if index || at != first && at != last {
					try(name, good[:at:at], at > first, index)
				}
			}
		}
	}
	t.Log(outcomes)
	require.Positive(t, outcomes["torn"])
}

// TestTheDirectoryItselfIsOnTheDisk looks for the syncs of the names above the
// journal, whoever made them, and for that of each file's own name.
func TestTheDirectoryItselfIsOnTheDisk(t *testing.T) {
	d := newSimDisk()
	dir := filepath.Join("var", "lib", "reform")
	d.dirs[dir] = true // made by somebody who did not sync
	var synced []string
	d.strike = func(_ int, kind, name string) strike {
		if kind == "syncdir" {
			synced = append(synced, name)
		}
		return strike{}
	}
	f, err := openFile(d, dir, nil)
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join("var", "lib"), "var", "."}, synced[:3], "before there is anything in it")
	require.Contains(t, synced[3:], dir)
	require.NoError(t, f.Close())
	synced = nil
	f, err = openFile(d, dir, nil)
	require.NoError(t, err)
	require.Equal(t, filepath.Join("var", "lib"), synced[0], "it may be a copy, made since")
	synced = nil
	require.NoError(t, f.Append(calm, madeBatch("a", 0, 1)))
	require.Equal(t, []string{dir}, synced)
	synced = nil
	require.NoError(t, f.Append(calm, madeBatch("a", 1, 1)))
	require.Empty(t, synced)
}

func TestADirectoryAboveThatMayNotBeReadIsPassedOver(t *testing.T) {
	d := newSimDisk()
	d.strike = func(_ int, kind, name string) strike {
		if kind == "syncdir" && name == "." {
			return strike{err: syscall.EACCES}
		}
		return strike{}
	}
	opened(t, d)
}

// seen is a disk that remembers which files were opened.
type seen struct {
	*simDisk
	names []string
}

func (s *seen) open(name string, write bool) (diskFile, error) {
	s.names = append(s.names, name)
	return s.simDisk.open(name, write)
}

func TestOpeningReadsOnlyTheCyclesThatHaveChanged(t *testing.T) {
	d := &seen{simDisk: newSimDisk()}
	f := opened(t, d)
	for i := range 200 {
		require.NoError(t, f.Append(calm, madeBatch(fmt.Sprint(i), 0, 1)))
	}
	require.NoError(t, f.Close())
	cyclesOpened := func(options ...FileOption) int {
		d.names = nil
		f := opened(t, d, options...)
		n := 0
		for range f.Cycles(calm, "") {
			n++
		}
		require.Equal(t, 200, n)
		require.NoError(t, f.Close())
		return len(slices.DeleteFunc(d.names, func(name string) bool { return !strings.HasSuffix(name, cycleSuffix) }))
	}
	require.Zero(t, cyclesOpened())
	require.Zero(t, cyclesOpened(WithReadOnly()))

	f = opened(t, d)
	require.NoError(t, f.Append(calm, madeBatch("7", 1, 1)))
	d.lay("dir/index", d.simDisk.names["dir/index"].kept) // a power cut, which took what was not synced
	d.restart(false)
	require.Equal(t, 1, cyclesOpened(), "to look at its end, and bring it to safety")
	require.Zero(t, cyclesOpened())
	require.NoError(t, d.remove("dir/index"))
	require.GreaterOrEqual(t, cyclesOpened(), 200)
	require.Zero(t, cyclesOpened(), "and then there is one again")
}

// TestWhatIsTakenBackStaysAway has a disk forget that a file was cut, or break off
// while a batch is taken back, and then lose its power.
func TestWhatIsTakenBackStaysAway(t *testing.T) {
	once := func(kinds ...string) func(int, string, string) strike {
		return func(_ int, kind, name string) strike {
			if len(kinds) > 0 && kind == kinds[0] && strings.HasSuffix(name, cycleSuffix) {
				kinds = kinds[1:]
				return strike{err: errDisk, half: kind == "write"}
			}
			return strike{}
		}
	}
	for seed := range 400 {
		d := newSimDisk()
		for range seed {
			d.chance.Uint64()
		}
		f := opened(t, d)
		require.NoError(t, f.Append(calm, madeBatch("a", 0, 1)))
		require.NoError(t, f.Append(calm, madeBatch("a", 1, 1)))

		// A long batch that was torn is put aside, and the disk forgets the cut.
		d.strike = func(_ int, kind, _ string) strike { return strike{off: kind == "sync"} }
		require.Error(t, f.Append(calm, madeBatch("a", 2, 40)))
		name := f.cyclePath("a")
		d.restart(false)
		d.lay(name, d.names[name].now[:len(d.names[name].now)-seed%500-1])
		f = opened(t, d)
		require.Len(t, f.Notes(), 1)
		failed := false
		d.strike = func(_ int, kind, _ string) strike {
			if failed {
				return strike{err: errDisk}
			}
			failed = kind == "sync"
			return strike{err: map[bool]error{true: errDisk}[failed]}
		}
		require.Error(t, f.Append(calm, madeBatch("a", 2, 1+seed%20)))
		d.restart(false)
		require.EqualValues(t, 3+seed%20, count(t, opened(t, d), "a"))
		d.restart(true)
		f = opened(t, d)
		require.EqualValues(t, 3+seed%20, count(t, f, "a"), "seed %d", seed)

		// A batch whose sync failed is taken back, and that breaks off.
		require.NoError(t, f.Append(calm, madeBatch("b", 0, 1)))
		d.strike = once("sync", "write")
		require.Error(t, f.Append(calm, madeBatch("b", 1, 3+seed%9)))
		d.restart(seed%3 > 0)
		f = opened(t, d)
		head := count(t, f, "b")
		require.True(t, head == 1 || int(head) == 4+seed%9, "seed %d", seed)
		require.NoError(t, f.Append(calm, madeBatch("b", head, 1)))
	}
}

// TestAJournalWhoseBeginningFailedIsWholeOnceItIsOpen has the disk forget names
// while the journal is made.
func TestAJournalWhoseBeginningFailedIsWholeOnceItIsOpen(t *testing.T) {
	for seed := range 50 {
		for fails := 1; fails <= 4; fails++ {
			d := newSimDisk()
			for range seed {
				d.chance.Uint64()
			}
			n := 0
			d.strike = func(_ int, kind, _ string) strike {
				if kind == "syncdir" {
					n++
				}
				return strike{err: map[bool]error{true: errDisk}[kind == "syncdir" && n == fails]}
			}
			_, _ = openFile(d, "dir", nil)
			d.restart(false)
			f := opened(t, d)
			require.NoError(t, f.Append(calm, madeBatch("a", 0, 1)))
			d.restart(true)
			require.EqualValues(t, 1, count(t, opened(t, d), "a"))
		}
	}
}

func TestAFileThatIsDeletedUnderTheJournalIsMissed(t *testing.T) {
	d := newSimDisk()
	f := opened(t, d)
	require.NoError(t, f.Append(calm, madeBatch("a", 0, 2)))
	require.NoError(t, d.remove(f.cyclePath("a")))
	require.Error(t, f.Append(calm, madeBatch("a", 2, 1)))
	var lost *reformcycle.LostError
	require.ErrorAs(t, f.Append(calm, madeBatch("a", 0, 1)), &lost)
	require.Equal(t, []uint64{0, 2}, []uint64{lost.Head, lost.Known})
}

func TestWhatNoCrashLeavesIsNoTear(t *testing.T) {
	d := newSimDisk()
	f := opened(t, d)
	var ends []int
	for _, n := range []int{1, 20, 1, 1} {
		require.NoError(t, f.Append(calm, madeBatch("a", count(t, f, "a"), n)))
		ends = append(ends, len(d.names[f.cyclePath("a")].now))
	}
	good := d.names[f.cyclePath("a")].now
	for what, bad := range map[string][]byte{
		// One batch at a time is written, so behind a torn one there is none.
		"a batch without a sector, one that is whole, and one that is torn": func() []byte {
			b := bytes.Clone(good[:ends[3]-5])
			clear(b[ends[0]+1000 : ends[0]+2100])
			return b
		}(),
		"a head that is all there, and not legible": func() []byte {
			b := bytes.Clone(good[:ends[2]+headSize+1])
			b[ends[2]+20] ^= 1
			return b
		}(),
		"the beginning of a head that is none": func() []byte {
			b := bytes.Clone(good[:ends[2]+12])
			b[ends[2]+8] ^= 1
			return b
		}(),
	} {
		now := newSimDisk()
		now.lay("dir/"+formatFile, []byte(formatName))
		now.lay(f.cyclePath("a"), bad)
		f := opened(t, now)
		require.Empty(t, f.Notes(), what)
		require.ErrorIs(t, f.Append(calm, madeBatch("a", 22, 1)), reformcycle.ErrDamaged, what)
		require.Equal(t, bad, now.names[f.cyclePath("a")].now, what)
		r, err := check(calm, now, "dir")
		require.NoError(t, err)
		require.Zero(t, r.Cycles[0].Torn, what)
		require.False(t, r.Whole(), what)
	}
}

func TestALossThatWasAcceptedIsNotToldOfAgain(t *testing.T) {
	d, ends := small(t)
	synced := 0
	count := func(_ int, kind, name string) strike {
		if kind == "sync" && name == "dir/index" {
			synced++
		}
		return strike{}
	}
	f := opened(t, d)
	name := f.cyclePath("a")
	require.NoError(t, f.Close())
	d.lay(name, d.names[name].now[:ends["a"][0]])
	d.strike = count
	f = opened(t, d, WithLoss())
	require.NoError(t, f.Append(calm, madeBatch("a", 2, 1)))
	require.Equal(t, 1, synced)
	require.NoError(t, f.Append(calm, madeBatch("a", 3, 1)))
	require.Equal(t, 1, synced, "nothing else is worth it")
	d.restart(true)
	f = opened(t, d)
	for e, err := range f.Load(calm, "a", 0) {
		require.NoError(t, err)
		require.LessOrEqual(t, e.Seq, uint64(4))
	}
}

func TestAppendsOpenAFileOnceAndLookAtItsEndOnce(t *testing.T) {
	d := &seen{simDisk: newSimDisk()}
	f := opened(t, d)
	require.NoError(t, f.Append(calm, madeBatch("a", 0, 1)))
	require.NoError(t, f.Close())
	f = opened(t, d)
	d.names = nil
	for after := uint64(1); after < 5; after++ {
		require.NoError(t, f.Append(calm, madeBatch("a", after, 1)))
	}
	require.Len(t, d.names, 2, "to look at its end, and to write")

	d.lay("dir/index", d.simDisk.names["dir/index"].kept) // a power cut, which took what was not synced
	d.restart(false)
	synced := 0
	d.strike = func(_ int, kind, name string) strike {
		if kind == "sync" && name == "dir/index" {
			synced++
		}
		return strike{}
	}
	f = opened(t, d)
	require.Zero(t, synced, "that is not worth a sync of the index")
	for range 3 {
		d.names = nil
		require.EqualValues(t, 5, count(t, f, "a"))
		require.Len(t, d.names, 1, "to read")
	}
}
