package journal

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
)

// The tests of this file are of somebody who has a journal open for reading only, beside
// the process that writes, and goes on reading it.

// watched is a disk that lets somebody look after whatever is done to it, and in the
// middle of every write.
type watched struct {
	*simDisk
	look func()
	read func() // may be nil
}

type watchedFile struct {
	diskFile
	disk *watched
}

func (d *watched) then(err error) error {
	d.look()
	return err
}

func (d *watched) open(name string, write bool) (diskFile, error) {
	f, err := d.simDisk.open(name, write)
	return &watchedFile{f, d}, d.then(err)
}

func (d *watched) create(name string) (diskFile, error) {
	f, err := d.simDisk.create(name)
	return &watchedFile{f, d}, d.then(err)
}

func (d *watched) syncDir(name string) error { return d.then(d.simDisk.syncDir(name)) }

func (d *watched) rename(from, to string) error { return d.then(d.simDisk.rename(from, to)) }

func (d *watched) remove(name string) error { return d.then(d.simDisk.remove(name)) }

// WriteAt writes in two parts, as a system may, and the second may fail alone.
func (f *watchedFile) WriteAt(b []byte, off int64) (int, error) {
	n, err := f.diskFile.WriteAt(b[:f.disk.chance.IntN(len(b)+1)], off)
	if f.disk.look(); err != nil {
		return n, err
	}
	m, err := f.diskFile.WriteAt(b[n:], off+int64(n))
	return n + m, f.disk.then(err)
}

func (f *watchedFile) Truncate(size int64) error { return f.disk.then(f.diskFile.Truncate(size)) }

func (f *watchedFile) Sync() error { return f.disk.then(f.diskFile.Sync()) }

// TestAFollowerSeesWhatWasAcknowledgedOrIsBeingWritten has somebody look at all cycles
// after every single step of a process that writes, on a disk that fails, through kills
// and power losses: there is always all that was acknowledged, and behind it nothing but
// one whole batch that is in doubt; nothing is ever damaged or lost; and nothing is
// written by who looks. What is read from some entry on is what is read from the first.
func TestAFollowerSeesWhatWasAcknowledgedOrIsBeingWritten(t *testing.T) {
	t.Parallel()
	looks, doubts := 0, 0
	for seed := range uint64(30) {
		o := &ordeal{t: t, faulty: seed%2 == 1, disk: newSimDisk(), chance: rand.New(rand.NewPCG(seed, 17)), acked: map[string][]int{}}
		o.disk.chance = rand.New(rand.NewPCG(seed, 18))
		var follower *File
		look := func() {
			if o.disk.off {
				return // and with it the machine, or it is the next process that begins
			}
			before := o.disk.ops
			if follower == nil {
				f, err := openFile(o.disk, "dir", []FileOption{WithReadOnly()})
				if err != nil {
					require.ErrorIs(t, err, ErrFormat, o.about) // it is being made
					return
				}
				follower = f
			}
			looks++
			for _, cycle := range simCycles {
				attempts, err := o.read(follower, cycle)
				require.NoError(t, err, o.about)
				if behind := attempts[len(o.acked[cycle]):]; len(behind) > 0 {
					doubts++
					for _, attempt := range behind {
						require.Equal(t, behind[0], attempt, "%s: more than one batch is in doubt", o.about)
					}
				}
				from := uint64(o.chance.IntN(len(attempts) + 2))
				next := from
				for e, err := range follower.Load(context.Background(), cycle, from) {
					require.NoError(t, err, o.about)
					next++
					require.Equal(t, next, e.Seq, o.about)
				}
				require.Equal(t, max(from, uint64(len(attempts))), next, o.about)
			}
			for _, err := range follower.Cycles(context.Background(), "") {
				require.NoError(t, err, o.about)
			}
			require.Equal(t, before, o.disk.ops, "%s: it wrote", o.about)
		}
		o.through = func(d *simDisk) disk { return &watched{simDisk: d, look: look} }
		for i := range 4 {
			o.about = fmt.Sprintf("seed %d, session %d", seed, i)
			o.session()
			if o.chance.IntN(2) == 0 {
				o.disk.restart(false)
				look() // it goes on beside the process that was killed, and the next
			} else {
				o.disk.restart(true)
				follower = nil // the machine was its own, too
			}
		}
	}
	require.Greater(t, doubts, 100, "of %d looks none met a batch in doubt", looks)
}

// ReadAt lets somebody in before each read.
func (f *watchedFile) ReadAt(b []byte, off int64) (int, error) {
	if f.disk.read != nil {
		f.disk.read()
	}
	return f.diskFile.ReadAt(b, off)
}

// TestABatchThatIsTakenBackWhileItIsReadIsNoDamage takes the last batch back, and may put
// another in its place, before any of the reads that a Load comes to.
func TestABatchThatIsTakenBackWhileItIsReadIsNoDamage(t *testing.T) {
	long := func(text string, after uint64, n int) reformcycle.Batch {
		b := madeBatch("a", after, n)
		for i := range b.Entries {
			b.Entries[i].Data = fmt.Appendf(nil, "%q", bytes.Repeat([]byte(text), 50_000))
		}
		return b
	}
	contents := func(batches ...reformcycle.Batch) (string, []byte) {
		d := newSimDisk()
		j, err := openFile(d, "dir", nil)
		require.NoError(t, err)
		for _, b := range batches {
			require.NoError(t, j.Append(calm, b))
		}
		return j.cyclePath("a"), d.names[j.cyclePath("a")].now
	}
	first := madeBatch("a", 0, 2)
	name, both := contents(first, long("x", 2, 8))
	_, one := contents(first)
	_, other := contents(first, long("y", 2, 8))
	_, short := contents(first, madeBatch("a", 2, 1))
	for what, then := range map[string][]byte{"gone": one, "another": other, "a shorter one": short} {
		outcomes := map[string]int{}
		for at := 1; ; at++ {
			d := &watched{simDisk: newSimDisk(), look: func() {}}
			d.lay("dir/"+formatFile, []byte(formatName))
			d.lay(name, both)
			r, err := openFile(d, "dir", []FileOption{WithReadOnly()})
			require.NoError(t, err)
			reads := 0
			d.read = func() {
				if reads++; reads == at {
					d.mu.Lock()
					d.names[name].now = then // of the file that is open, too
					d.mu.Unlock()
				}
			}
			var texts []byte
			for e, wrong := range r.Load(calm, "a", 0) {
				if err = wrong; err != nil {
					require.ErrorIs(t, err, errTakenBack, "%s, read %d", what, at)
					break
				}
				require.EqualValues(t, len(texts)+1, e.Seq)
				texts = append(texts, e.Data[1])
			}
			if reads < at {
				break // the reading was over
			}
			if err == nil {
				require.Contains(t, []string{`""`, `""xxxxxxxx`, `""yyyyyyyy`, `"""`}, string(texts), "%s, read %d", what, at)
				outcomes[string(texts)]++
			} else {
				outcomes["an error"]++
			}
		}
		require.Greater(t, len(outcomes), 1, "%s: %v", what, outcomes)
		t.Log(what, outcomes)
	}
}

// TestACycleFollowsABatchThatIsTakenBack has a cycle follow another's journal, take in a
// batch that could be read before its sync failed, and find that it is gone.
func TestACycleFollowsABatchThatIsTakenBack(t *testing.T) {
	d := newSimDisk()
	f, err := openFile(d, "dir", nil)
	require.NoError(t, err)
	writer, err := reformcycle.New("X", reformcycle.WithJournal(f), reformcycle.WithSnapshots(2))
	require.NoError(t, err)
	rate := func(level assessment.Level) error {
		at := time.Unix(int64(level), 0)
		_, err := writer.Apply(calm, reformcycle.By("office").At(at), reformcycle.Rate{
			Criterion: "problem.needs", Level: level,
			Evidence: assessment.Evidence{What: "A visit.", Source: "teaching case", Basis: assessment.Illustrative},
		})
		return err
	}
	require.NoError(t, rate(1))
	read, err := openFile(d, "dir", []FileOption{WithReadOnly()})
	require.NoError(t, err)
	follower, err := reformcycle.Open(calm, read, "X")
	require.NoError(t, err)
	sees := func() assessment.Level {
		require.NoError(t, follower.Reload(calm))
		return follower.State().Ratings()[0].Level
	}
	for _, level := range []assessment.Level{2, 3} {
		require.NoError(t, rate(level))
		require.Equal(t, level, sees())
	}
	d.strike = func(_ int, kind, _ string) strike {
		if kind == "sync" {
			d.strike = nil
			d.mu.Unlock() // by now the batch can be read
			require.Equal(t, assessment.HighlyFunctional, sees())
			d.mu.Lock()
			return strike{err: errDisk}
		}
		return strike{}
	}
	require.ErrorIs(t, rate(4), errDisk)
	require.Equal(t, assessment.Functional, sees(), "as the writer does")
	require.Equal(t, assessment.Functional, writer.State().Ratings()[0].Level)
	require.NoError(t, rate(3))
	require.Equal(t, writer.State().Seq(), follower.State().Seq()+1)
	require.Equal(t, assessment.Functional, sees())
	require.Equal(t, writer.State().Seq(), follower.State().Seq())
}

// FuzzFollow cuts a cycle's file at any byte behind its first batch, which comes to its
// place whole, and leaves what a write in the middle may leave behind the cut: nothing, or
// sectors of zeros. Who follows reads all whole batches before the cut and nothing else, without a
// word; once the rest is there, the rest.
func FuzzFollow(f *testing.F) {
	d := newSimDisk()
	j, err := openFile(d, "dir", nil)
	require.NoError(f, err)
	ends := []int{0}
	heads := []uint64{0}
	for i, n := range []int{2, 1, 3, 40, 1} {
		require.NoError(f, j.Append(calm, madeBatch("a", heads[i], n)))
		heads = append(heads, heads[i]+uint64(n))
		ends = append(ends, len(d.names[j.cyclePath("a")].now))
	}
	name, whole := j.cyclePath("a"), bytes.Clone(d.names[j.cyclePath("a")].now)
	for _, cut := range append(ends[1:], ends[1]+1, ends[2]-1, ends[3]+headSize, ends[3]+600, len(whole)-1) {
		f.Add(cut, 0, uint8(0))
		f.Add(cut, 1000, uint8(1))
	}
	f.Fuzz(func(t *testing.T, cut, zeros int, after uint8) {
		cut = ends[1] + int(uint(cut-ends[1])%uint(len(whole)-ends[1]+1)) // every input is one to try
		zeros = int(uint(zeros) % (1 << 16))
		if zeros > 0 && !slices.Contains(ends, cut) {
			cut = max(cut/sector*sector, ends[1])
		}
		d := newSimDisk()
		d.lay(j.path(formatFile), []byte(formatName))
		d.lay(name, whole[:ends[1]])
		closer, err := d.lock("dir") // somebody writes
		require.NoError(t, err)
		defer closer.Close()
		r, err := openFile(d, "dir", []FileOption{WithReadOnly()})
		require.NoError(t, err)
		read := func(after uint64) (last uint64) {
			last = after
			for e, err := range r.Load(calm, "a", after) {
				require.NoError(t, err, "cut at %d of %v, %d zeros", cut, ends, zeros)
				require.Equal(t, last+1, e.Seq)
				last = e.Seq
			}
			return last
		}
		require.Equal(t, heads[1], read(0))
		head := uint64(0)
		for i, end := range ends {
			if end <= cut {
				head = heads[i]
			}
		}
		if cut < len(whole) && allZero(whole[cut:min(cut+zeros, len(whole))]) && zeros > 0 {
			t.Skip() // the zeros may be the batch's own
		}
		d.lay(name, append(bytes.Clone(whole[:cut]), make([]byte, zeros)...))
		require.Equal(t, max(head, uint64(after)), read(uint64(after)))
		require.Equal(t, head, read(0))
		require.Empty(t, r.Notes())
		d.lay(name, whole)
		require.Equal(t, heads[len(heads)-1], read(head))
		require.Zero(t, d.ops)
	})
}
