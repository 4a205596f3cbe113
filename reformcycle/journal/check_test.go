package journal

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

func TestCheckFindsNothingWrongWithAWholeJournal(t *testing.T) {
	d, ends := small(t)
	r, err := check(calm, d, "dir")
	require.NoError(t, err)
	require.True(t, r.Whole())
	require.NoError(t, r.Index)
	require.Empty(t, r.Strange)
	require.Equal(t, []CycleReport{
		{Cycle: "a", File: filepath.Join("dir", nameOf("a")+cycleSuffix), Size: int64(ends["a"][2]), Head: 6, Batches: 3},
		{Cycle: "b", File: filepath.Join("dir", nameOf("b")+cycleSuffix), Size: int64(ends["b"][2]), Head: 6, Batches: 3},
	}, r.Cycles)
	require.Equal(t, "2 cycles, 12 entries; 0 cycles are not whole\n", r.String())

	_, err = check(calm, newSimDisk(), "dir")
	require.ErrorIs(t, err, ErrFormat)
	ctx, cancel := context.WithCancel(calm)
	cancel()
	_, err = check(ctx, d, "dir")
	require.ErrorIs(t, err, context.Canceled)
}

// spoilt is a small journal with every kind of fault, each in a cycle of its own.
func spoilt(t *testing.T) (d *simDisk, paths map[string]string, batches map[string][]int) {
	d = newSimDisk()
	f := opened(t, d)
	paths, batches = map[string]string{}, map[string][]int{}
	for _, cycle := range []string{"cut", "gone", "illegible", "middle", "rotten", "snapped", "torn", "well"} {
		paths[cycle] = f.cyclePath(cycle)
		for after := uint64(0); after < 8; after += 2 {
			require.NoError(t, f.Append(calm, madeBatch(cycle, after, 2)))
			batches[cycle] = append(batches[cycle], len(d.names[paths[cycle]].now))
		}
	}
	require.NoError(t, f.SaveSnapshot(calm, reformcycle.Snapshot{Cycle: "snapped", Seq: 11, State: []byte("{}")}))
	require.NoError(t, f.SaveSnapshot(calm, reformcycle.Snapshot{Cycle: "well", Seq: 8, State: []byte("{}")}))
	require.NoError(t, f.Close())
	change := func(cycle string, change func([]byte) []byte) {
		d.lay(paths[cycle], change(bytes.Clone(d.names[paths[cycle]].now)))
	}
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte {
			b[at] ^= 1
			return b
		}
	}
	change("cut", func(b []byte) []byte { return b[:batches["cut"][1]] })
	require.NoError(t, d.remove(paths["gone"]))
	change("illegible", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(magic), []byte("....")) })
	change("middle", flip(batches["middle"][0]+60))
	change("rotten", flip(batches["rotten"][3]-3))
	change("torn", func(b []byte) []byte {
		next, _ := encode(madeBatch("torn", 8, 2))
		end, _, _ := (&window{from: &memory{bytes: b}, size: int64(len(b))}).seek(8)
		stamp(next, end.sum)
		return append(b, next[:len(next)-20]...)
	})
	d.lay(filepath.Join("dir", "letter.txt"), []byte("Dear all"))
	return d, paths, batches
}

func TestCheckSaysWhatIsWrongWhereAndWhatCanBeRead(t *testing.T) {
	d, paths, batches := spoilt(t)
	before := len(d.names)
	r, err := check(calm, d, "dir")
	require.NoError(t, err)
	require.Len(t, d.names, before, "it changes nothing")
	require.False(t, r.Whole())
	require.Equal(t, []string{filepath.Join("dir", "letter.txt")}, r.Strange)
	of := map[string]CycleReport{}
	for _, c := range r.Cycles {
		of[c.File] = c
	}
	require.Len(t, of, 8)
	damage := func(c CycleReport, at int64, seq uint64) {
		t.Helper()
		require.Len(t, c.Faults, 1)
		var wrong *DamageError
		require.ErrorAs(t, c.Faults[0], &wrong)
		require.Equal(t, []any{c.File, c.Cycle, seq}, []any{wrong.File, wrong.Cycle, wrong.Seq})
		require.LessOrEqual(t, wrong.Offset, at)
		require.Less(t, at-wrong.Offset, int64(300))
	}
	require.Equal(t, CycleReport{Cycle: "well", File: paths["well"], Size: int64(batches["well"][3]), Head: 8, Batches: 4}, of[paths["well"]])

	c := of[paths["middle"]]
	require.Equal(t, []any{uint64(2), 1, []Span{{5, 8}}}, []any{c.Head, c.Batches, c.Behind})
	damage(c, int64(batches["middle"][0]+60), 3)

	c = of[paths["rotten"]]
	require.Equal(t, []any{uint64(6), 3}, []any{c.Head, c.Batches})
	require.Len(t, c.Faults, 2, "that it is damaged, and that the index knows of more")
	require.ErrorIs(t, c.Faults[0], reformcycle.ErrDamaged)
	require.ErrorIs(t, c.Faults[1], reformcycle.ErrLost)

	c = of[paths["torn"]]
	require.Equal(t, []any{uint64(8), 4, 0}, []any{c.Head, c.Batches, len(c.Faults)})
	require.Equal(t, c.Size-int64(batches["torn"][3]), c.Torn)

	c = of[paths["illegible"]]
	require.Equal(t, "illegible", c.Cycle, "the index knows it")
	require.Len(t, c.Faults, 2)
	require.ErrorIs(t, c.Faults[0], reformcycle.ErrDamaged)
	require.ErrorIs(t, c.Faults[1], reformcycle.ErrLost)

	for cycle, want := range map[string]reformcycle.LostError{
		"cut":     {Cycle: "cut", Head: 4, Known: 8, Witness: language.Typed("dir/index")},
		"gone":    {Cycle: "gone", Head: 0, Known: 8, Witness: language.Typed("dir/index")},
		"snapped": {Cycle: "snapped", Head: 8, Known: 11, Witness: language.Typed(strings.TrimSuffix(paths["snapped"], cycleSuffix) + snapSuffix)},
	} {
		c := of[paths[cycle]]
		require.Len(t, c.Faults, 1)
		var lost *reformcycle.LostError
		require.ErrorAs(t, c.Faults[0], &lost)
		require.Equal(t, want, *lost)
	}
	text := r.String()
	for _, says := range []string{
		`"middle": entries 1 to 2 can be read`, "behind the damage: entries 5 to 8", `the journal of "cut" ends with entry 4`, `"gone": nothing can be read`,
		`"torn": its last`, "not the journal's: dir/letter.txt", "8 cycles, ", "6 cycles are not whole",
	} {
		require.Contains(t, text, says)
	}
}

func TestSalvageTakesEveryWholeBeginningAndDestroysNothing(t *testing.T) {
	d, paths, batches := spoilt(t)
	before := map[string][]byte{}
	for name, f := range d.names {
		before[name] = f.now
	}
	to := filepath.Join("safe", "place")
	r, err := salvage(calm, d, "dir", to)
	require.NoError(t, err)
	require.False(t, r.Whole(), "it says what it found")
	for name, b := range before {
		require.Equal(t, b, d.names[name].now, "what it came from stays as it is")
	}
	d.restart(true) // and what it made is on the disk
	f, err := openFile(d, to, nil)
	require.NoError(t, err)
	require.Empty(t, f.Notes())
	heads := map[string]uint64{"cut": 4, "middle": 2, "rotten": 6, "snapped": 8, "torn": 8, "well": 8}
	var ids []string
	for id, err := range f.Cycles(calm, "") {
		require.NoError(t, err)
		ids = append(ids, id)
		require.Equal(t, heads[id], count(t, f, id), id)
		require.NoError(t, f.Append(calm, madeBatch(id, heads[id], 1)), "it goes on")
	}
	require.Equal(t, []string{"cut", "middle", "rotten", "snapped", "torn", "well"}, ids)
	beside := map[string][]byte{}
	for _, name := range d.files(asideSuffix) {
		cycle, _, _ := strings.Cut(filepath.Base(name), ".")
		beside[cycle] = d.names[name].now
	}
	require.Len(t, beside, 4)
	for cycle, from := range map[string]int{"middle": batches["middle"][0], "rotten": batches["rotten"][2], "torn": batches["torn"][3], "illegible": 0} {
		require.Equal(t, before[paths[cycle]][from:], beside[nameOf(cycle)], cycle)
	}
	require.NoError(t, f.Close())
	r, err = check(calm, d, to)
	require.NoError(t, err)
	require.True(t, r.Whole())
	require.Len(t, r.Dropped, 4)
	require.True(t, slices.IsSortedFunc(r.Cycles, func(a, b CycleReport) int { return strings.Compare(a.Cycle, b.Cycle) }))

	_, err = salvage(calm, d, "dir", to)
	require.ErrorIs(t, err, ErrFormat, "the place is taken")
	_, err = salvage(calm, d, "nowhere", "elsewhere")
	require.ErrorIs(t, err, ErrFormat)
}

func TestSalvageIsABackupBesideAWriter(t *testing.T) {
	d, _ := small(t)
	f := opened(t, d)
	require.NoError(t, f.Append(calm, madeBatch("a", 6, 1)))
	r, err := salvage(calm, d, "dir", "copy")
	require.NoError(t, err)
	require.True(t, r.Whole())
	copied, err := openFile(d, "copy", nil)
	require.NoError(t, err)
	require.EqualValues(t, 7, count(t, copied, "a"))
	require.EqualValues(t, 6, count(t, copied, "b"))
}

// TestSalvageThatBreaksOffIsNoJournal has every operation of it fail.
func TestSalvageThatBreaksOffIsNoJournal(t *testing.T) {
	for op := 1; ; op++ {
		d, _, _ := spoilt(t)
		d.ops = 0
		failed := false
		d.strike = func(n int, _, _ string) strike {
			failed = failed || n == op
			return strike{err: map[bool]error{true: errDisk}[n == op]}
		}
		_, err := salvage(calm, d, "dir", "safe")
		d.restart(true)
		if !failed {
			require.NoError(t, err)
			break
		}
		f, opening := openFile(d, "safe", nil)
		if err != nil && opening != nil {
			require.ErrorIs(t, err, errDisk)
			require.ErrorIs(t, opening, ErrFormat, "operation %d", op)
			continue
		}
		require.NoError(t, opening, "operation %d", op)
		if n := count(t, f, "well"); err == nil || n > 0 {
			require.EqualValues(t, 8, n)
			require.EqualValues(t, 2, count(t, f, "middle"))
		}
	}
}
