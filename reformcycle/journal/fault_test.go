package journal

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

var (
	lossRounds  = flag.Int("journal.losses", 1000, "how many power losses TestPowerLosses has")
	faultRounds = flag.Int("journal.faults", 1000, "how many failed operations TestFailingDisks has")
	simSeed     = flag.Uint64("journal.seed", 0, "the seed that the simulations of the disk begin with")
)

// trace has every operation of a seed printed, to see what came before a failure.
var trace = os.Getenv("JOURNAL_TRACE") != ""

// ordeal is a journal on a simulated disk, and what is known of it.
type ordeal struct {
	t      *testing.T
	about  string
	disk   *simDisk
	chance *rand.Rand
	faulty bool
	// through makes what the process that writes sees of the disk; nil for all of it.
	through func(*simDisk) disk
	// of every cycle, the attempt that each acknowledged entry was made by
	acked   map[string][]int
	attempt int
	// for each attempt, its cycle and how many entries it has
	losses, kills, failed, acks int
}

var simCycles = []string{"a", "b/../c", "Ünïcode", "d"}

// entry makes an entry that tells the batch it is of.
func (o *ordeal) batch(cycle string, after uint64) reformcycle.Batch {
	o.attempt++
	n := 1 + o.chance.IntN(4)
	b := reformcycle.Batch{Cycle: cycle, After: after}
	for i := range n {
		e := made(cycle, after+uint64(i)+1)
		e.Data = fmt.Appendf(nil, `{"attempt":%d,"place":%d,"of":%d,"text":%q}`, o.attempt, i+1, n, strings.Repeat("x", o.chance.IntN(1200)))
		b.Entries = append(b.Entries, e)
	}
	return b
}

// read reads a cycle and fails where what it has can't be: half a batch, less than
// was acknowledged, or something else. The error is one of the disk.
func (o *ordeal) read(j *File, cycle string) (attempts []int, err error) {
	place, of := 0, 0
	for e, err := range j.Load(context.Background(), cycle, 0) {
		if err != nil {
			o.honest(err)
			return nil, err
		}
		var d struct{ Attempt, Place, Of int }
		require.NoError(o.t, json.Unmarshal(e.Data, &d), o.about)
		require.EqualValues(o.t, len(attempts)+1, e.Seq, o.about)
		if place == of {
			place, of = 0, d.Of
		} else {
			require.Equal(o.t, attempts[len(attempts)-1], d.Attempt, o.about)
		}
		place++
		require.Equal(o.t, []int{place, of}, []int{d.Place, d.Of}, o.about)
		attempts = append(attempts, d.Attempt)
	}
	require.Equal(o.t, of, place, "%s: %q ends inside a batch", o.about, cycle)
	require.GreaterOrEqual(o.t, len(attempts), len(o.acked[cycle]), "%s: %q lost what was acknowledged", o.about, cycle)
	require.True(o.t, slices.Equal(o.acked[cycle], attempts[:len(o.acked[cycle])]), "%s: %q has other entries than were acknowledged", o.about, cycle)
	return attempts, nil
}

// honest fails where an error says that something is wrong with the journal:
// nothing is, whatever the disk does.
func (o *ordeal) honest(err error) {
	o.t.Helper()
	for _, never := range []error{reformcycle.ErrDamaged, reformcycle.ErrLost, ErrFormat, ErrLocked, reformcycle.ErrConflict} {
		require.NotErrorIs(o.t, err, never, o.about)
	}
}

// strike ends everything at one operation, and has others fail where the disk is
// faulty.
func (o *ordeal) strike(ends int) func(int, string, string) strike {
	ill := o.faulty && o.chance.IntN(3) > 0
	rate := []float64{0.02, 0.1, 0.3}[o.chance.IntN(3)]
	return func(op int, kind, name string) strike {
		if trace {
			fmt.Printf("%s op %d %s %s\n", o.about, op, kind, name)
		}
		if op == ends {
			return strike{off: true}
		}
		if ill && o.chance.Float64() < rate {
			o.failed++
			return ways[kind][o.chance.IntN(len(ways[kind]))]
		}
		return strike{}
	}
}

// session is what one process does until it ends in some way.
func (o *ordeal) session() {
	ctx := context.Background()
	d := o.disk
	d.ops = 0
	ends := 0
	switch o.chance.IntN(3) {
	case 0:
		ends = 1 + o.chance.IntN(12) // while it is being opened, or soon after
	case 1:
		ends = 1 + o.chance.IntN(80)
	}
	d.strike = o.strike(ends)
	var sees disk = d
	if o.through != nil {
		sees = o.through(d)
	}
	j, err := openFile(sees, "dir", nil)
	if err != nil {
		require.True(o.t, d.off || o.faulty, "%s: %v", o.about, err)
		o.honest(err)
		return
	}
	heads := map[string]uint64{}
	for range o.chance.IntN(25) {
		if d.off {
			return
		}
		cycle := simCycles[o.chance.IntN(len(simCycles))]
		head, known := heads[cycle]
		if !known {
			// What was read by somebody who may write is there to stay.
			attempts, err := o.read(j, cycle)
			if err != nil {
				require.True(o.t, d.off || o.faulty, "%s: %v", o.about, err)
				continue
			}
			o.acked[cycle] = attempts
			head = uint64(len(attempts))
			heads[cycle] = head
		}
		if o.chance.IntN(10) == 0 && head > 0 {
			err := j.SaveSnapshot(ctx, reformcycle.Snapshot{Cycle: cycle, Seq: head, State: json.RawMessage(`{}`)})
			require.True(o.t, err == nil || d.off || o.faulty, "%s: %v", o.about, err)
			continue
		}
		b := o.batch(cycle, head)
		if err := j.Append(ctx, b); err != nil {
			require.True(o.t, d.off || o.faulty, "%s: %v", o.about, err)
			o.honest(err)
			delete(heads, cycle) // it may be there
			continue
		}
		o.acks++
		for range b.Entries {
			o.acked[cycle] = append(o.acked[cycle], o.attempt)
		}
		heads[cycle] = head + uint64(len(b.Entries))
	}
	if o.chance.IntN(2) == 0 {
		_ = j.Close()
	}
}

// examine opens what is left on a disk that is well, and reads it all.
func (o *ordeal) examine() {
	readOnly := o.chance.IntN(2) == 0
	var options []FileOption
	if readOnly {
		options = append(options, WithReadOnly())
	}
	j, err := openFile(o.disk, "dir", options)
	if readOnly && errors.Is(err, ErrFormat) && o.acks == 0 {
		return // nothing has been acknowledged, and FORMAT is not there yet
	}
	require.NoError(o.t, err, o.about)
	for _, cycle := range simCycles {
		attempts, err := o.read(j, cycle)
		require.NoError(o.t, err, o.about)
		if !readOnly {
			o.acked[cycle] = attempts
		}
		if s, found, err := j.LoadSnapshot(context.Background(), cycle); !assert.NoError(o.t, err, o.about) || found {
			require.LessOrEqual(o.t, s.Seq, uint64(len(attempts)), o.about)
		}
	}
	var want, got []string
	for _, cycle := range simCycles {
		if attempts, err := o.read(j, cycle); err == nil && len(attempts) > 0 {
			want = append(want, cycle)
		}
	}
	for id, err := range j.Cycles(context.Background(), "") {
		require.NoError(o.t, err, o.about)
		got = append(got, id)
	}
	slices.Sort(want)
	require.Equal(o.t, want, got, o.about)
	if o.chance.IntN(2) == 0 {
		require.NoError(o.t, j.Close(), o.about)
	}
	o.end()
}

// end ends a process: by a kill, or with the machine.
func (o *ordeal) end() {
	lost := o.chance.IntN(2) == 0
	if lost {
		o.losses++
	} else {
		o.kills++
	}
	o.disk.restart(lost)
}

// simulate runs ordeals until they have had enough.
func simulate(t *testing.T, faulty bool, enough func(total ordeal) bool) {
	var total ordeal
	seeds := 0
	for seed := *simSeed; !enough(total); seed++ {
		seeds++
		o := &ordeal{t: t, faulty: faulty, disk: newSimDisk(), chance: rand.New(rand.NewPCG(seed, 7)), acked: map[string][]int{}}
		o.disk.chance = rand.New(rand.NewPCG(seed, 8))
		for i := range 8 {
			o.about = fmt.Sprintf("seed %d, session %d", seed, i)
			o.session()
			o.end()
			if o.chance.IntN(2) == 0 {
				o.about += ", looked at"
				o.examine()
			}
		}
		total.losses += o.losses
		total.kills += o.kills
		total.failed += o.failed
		total.acks += o.acks
	}
	t.Logf("%d seeds: %d batches acknowledged, %d power losses, %d kills, %d failed operations", seeds, total.acks, total.losses, total.kills, total.failed)
}

// TestPowerLosses takes the power away, or kills the process, at any operation of
// a journal that is opened, written and closed again and again, and finds all that
// was acknowledged, and no half batch. More: -journal.losses=20000.
func TestPowerLosses(t *testing.T) {
	t.Parallel()
	simulate(t, false, func(total ordeal) bool { return total.losses >= *lossRounds })
}

// TestFailingDisks does so on a disk on which operations fail as well. More:
// -journal.faults=20000.
func TestFailingDisks(t *testing.T) {
	t.Parallel()
	simulate(t, true, func(total ordeal) bool { return total.failed >= *faultRounds })
}

func made(cycle string, seq uint64) reformcycle.Entry {
	at := time.Unix(int64(seq), 0).UTC()
	return reformcycle.Entry{Seq: seq, At: at, Recorded: at, By: "office", Kind: "note", Version: 1, Data: json.RawMessage(fmt.Sprintf(`{"of":%q,"n":%d}`, cycle, seq))}
}

func madeBatch(cycle string, after uint64, n int) reformcycle.Batch {
	b := reformcycle.Batch{Cycle: cycle, After: after}
	for i := range n {
		b.Entries = append(b.Entries, made(cycle, after+uint64(i)+1))
	}
	return b
}

var _ = syscall.ENOSPC
