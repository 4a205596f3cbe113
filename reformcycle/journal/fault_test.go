package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

// step is one thing that the recorded workload does: close and open, save a
// snapshot, or append so many entries to a cycle.
type step struct {
	cycle    string
	entries  int
	reopen   bool
	snapshot bool
}

// workload goes through everything that writes: first batches and later ones, of
// one entry and of several, of three cycles, a log that fills again and again,
// snapshots, and the opening of what an earlier process left.
func workload() []step {
	var all []step
	for i := range 15 {
		all = append(all, step{cycle: string(rune('a' + i%3)), entries: 1 + i%4})
		switch i {
		case 5, 11:
			all = append(all, step{cycle: "a", snapshot: true})
		case 8:
			all = append(all, step{reopen: true})
		}
	}
	return all
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

// run drives the workload over a disk, tries every refused batch once more, and
// gives what was acknowledged and where batches may end.
func run(t *testing.T, d *simDisk, steps []step) (acknowledged map[string]uint64, ends map[string]map[uint64]bool) {
	ctx := context.Background()
	acknowledged, ends = map[string]uint64{}, map[string]map[uint64]bool{}
	// One file after another, so that operations have the same numbers every time.
	options := []FileOption{LogLimit(1000), func(f *File) error { f.flushers = 1; return nil }}
	f, err := openFile(d, "dir", options)
	if err != nil {
		return acknowledged, ends
	}
	broken := false
	for _, s := range steps {
		switch {
		case s.reopen:
			_ = f.Close()
			if f, err = openFile(d, "dir", options); err != nil {
				return acknowledged, ends
			}
			broken = false
			// What was refused may have been written all the same. Now it is known.
			for cycle, at := range ends {
				got := count(t, f, cycle)
				require.GreaterOrEqual(t, got, acknowledged[cycle])
				require.True(t, at[got], "%q ends inside a batch, at %d", cycle, got)
				acknowledged[cycle] = got
			}
		case s.snapshot:
			_ = f.SaveSnapshot(ctx, reformcycle.Snapshot{Cycle: s.cycle, Seq: acknowledged[s.cycle], State: json.RawMessage(`{}`)})
		default:
			for range 2 {
				after := acknowledged[s.cycle]
				if ends[s.cycle] == nil {
					ends[s.cycle] = map[uint64]bool{0: true}
				}
				ends[s.cycle][after+uint64(s.entries)] = true
				err := f.Append(ctx, madeBatch(s.cycle, after, s.entries))
				if broken {
					require.ErrorIs(t, err, ErrBroken, "a broken journal took a batch")
				}
				broken = errors.Is(err, ErrBroken)
				if err == nil {
					acknowledged[s.cycle] = after + uint64(s.entries)
					break
				}
				// What was refused is not to be seen.
				require.Equal(t, after, count(t, f, s.cycle))
			}
		}
	}
	return acknowledged, ends
}

func count(t *testing.T, f *File, cycle string) (last uint64) {
	for e, err := range f.Load(context.Background(), cycle, 0) {
		require.NoError(t, err)
		require.Equal(t, made(cycle, last+1), e)
		last = e.Seq
	}
	return last
}

// TestEveryFaultLeavesWholeBatches lets every single operation of a recorded
// workload fail in every way, goes on, pulls the plug, and opens what is left.
func TestEveryFaultLeavesWholeBatches(t *testing.T) {
	t.Parallel()
	steps := workload()
	ways := map[string][]strike{
		"write":    {{err: errDisk}, {err: errDisk, half: true}, {err: syscall.ENOSPC, half: true}, {half: true}},
		"sync":     {{err: errDisk}},
		"syncdir":  {{err: errDisk}},
		"truncate": {{err: errDisk}},
		"rename":   {{err: errDisk}},
		"create":   {{err: syscall.ENOSPC}},
		"makedir":  {{err: syscall.ENOSPC}},
	}
	var kinds []string
	whole := newSimDisk()
	whole.strike = func(_ int, kind, _ string) strike {
		kinds = append(kinds, kind)
		return strike{}
	}
	all, _ := run(t, whole, steps)
	require.Equal(t, map[string]uint64{"a": 1 + 4 + 3 + 2 + 1, "b": 2 + 1 + 4 + 3 + 2, "c": 3 + 2 + 1 + 4 + 3}, all)

	crashes, lasting := 0, []int{1, 1000} // for how many operations the disk is ill
	for op := range len(kinds) {
		for _, way := range ways[kinds[op]] {
			for _, length := range lasting {
				d := newSimDisk()
				failedSync := ""
				d.strike = func(n int, kind, name string) strike {
					if n <= op || n > op+length {
						return strike{}
					}
					for _, w := range ways[kind] {
						if w == way || kind != "write" && n > op+1 {
							if kind == "sync" && !strings.Contains(name, snapsDir) {
								failedSync = name
							}
							return w
						}
					}
					return strike{}
				}
				acknowledged, ends := run(t, d, steps)
				// The same run, and three things that the disk may make of the crash.
				for _, how := range []string{"lose", "keep", "mix"} {
					crashes++
					about := fmt.Sprintf("operation %d (%s) failed with %+v, ill for %d, then %s; failed sync %q", op+1, kinds[op], way, length, how, failedSync)
					after := d.crash(how, rand.New(rand.NewPCG(uint64(crashes), 1)))
					f, err := openFile(after, "dir", nil)
					require.NoError(t, err, about)
					for cycle, most := range ends {
						got := count(t, f, cycle)
						require.GreaterOrEqual(t, got, acknowledged[cycle], "%s: %q lost what was acknowledged", about, cycle)
						require.True(t, most[got], "%s: %q ends inside a batch, at %d", about, cycle, got)
						// It goes on from there, and what it had it keeps.
						require.NoError(t, f.Append(context.Background(), madeBatch(cycle, got, 2)), about)
					}
					require.NoError(t, f.Close(), about)
					f, err = openFile(after.crash("lose", nil), "dir", nil)
					require.NoError(t, err, about)
					for cycle := range ends {
						require.GreaterOrEqual(t, count(t, f, cycle), acknowledged[cycle]+2, about)
					}
				}
			}
		}
	}
	t.Logf("%d operations, %d crashes", len(kinds), crashes)
}

func TestAFailedSyncBreaksTheJournalForGood(t *testing.T) {
	ctx := context.Background()
	for _, options := range [][]FileOption{nil, {Grouped()}} {
		d := newSimDisk()
		f, err := openFile(d, "dir", options)
		require.NoError(t, err)
		require.NoError(t, f.Append(ctx, madeBatch("a", 0, 2)))
		d.strike = func(_ int, kind, _ string) strike {
			if kind == "sync" {
				return strike{err: errDisk}
			}
			return strike{}
		}
		err = f.Append(ctx, madeBatch("a", 2, 1))
		require.ErrorIs(t, err, ErrBroken)
		require.ErrorIs(t, err, errDisk)
		d.strike = nil // the disk says that all is well again
		require.ErrorIs(t, f.Append(ctx, madeBatch("a", 2, 1)), ErrBroken)
		require.ErrorIs(t, f.Append(ctx, madeBatch("b", 0, 1)), ErrBroken)
		require.EqualValues(t, 2, count(t, f, "a"), "it can still be read")
		require.NoError(t, f.Close())
		f, err = openFile(d.crash("lose", nil), "dir", nil)
		require.NoError(t, err)
		require.EqualValues(t, 2, count(t, f, "a"))
	}
}

func TestAFullDiskRefusesAndRecovers(t *testing.T) {
	ctx := context.Background()
	d := newSimDisk()
	f, err := openFile(d, "dir", nil)
	require.NoError(t, err)
	require.NoError(t, f.Append(ctx, madeBatch("a", 0, 1)))
	d.strike = func(_ int, kind, _ string) strike {
		if kind == "write" {
			return strike{syscall.ENOSPC, true}
		}
		return strike{}
	}
	require.ErrorIs(t, f.Append(ctx, madeBatch("a", 1, 3)), syscall.ENOSPC)
	require.EqualValues(t, 1, count(t, f, "a"))
	d.strike = nil
	require.NoError(t, f.Append(ctx, madeBatch("a", 1, 3)))
	require.EqualValues(t, 4, count(t, f, "a"))
	d = d.crash("lose", nil)
	f, err = openFile(d, "dir", []FileOption{FileNotes(func(n reformcycle.Note) { t.Error(n) })})
	require.NoError(t, err)
	require.EqualValues(t, 4, count(t, f, "a"))
}

func TestAContextThatEndsInTheQueueIsNeverWritten(t *testing.T) {
	d := newSimDisk()
	f, err := openFile(d, "dir", []FileOption{Grouped()})
	require.NoError(t, err)
	syncing, goOn := make(chan struct{}), make(chan struct{})
	first := true
	d.strike = func(_ int, kind, _ string) strike {
		if kind == "sync" && first {
			first = false
			close(syncing)
			<-goOn
		}
		return strike{}
	}
	leader, follower, gone := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() { leader <- f.Append(context.Background(), madeBatch("a", 0, 1)) }()
	<-syncing
	ctx, cancel := context.WithCancel(context.Background())
	go func() { gone <- f.Append(ctx, madeBatch("b", 0, 1)) }()
	go func() { follower <- f.Append(context.Background(), madeBatch("c", 0, 1)) }()
	for {
		f.queue.mu.Lock()
		n := len(f.queue.waiting)
		f.queue.mu.Unlock()
		if n == 2 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	require.ErrorIs(t, <-gone, context.Canceled, "it does not wait for the disk")
	close(goOn)
	require.NoError(t, <-leader)
	require.NoError(t, <-follower)
	require.EqualValues(t, 1, count(t, f, "a"))
	require.Zero(t, count(t, f, "b"))
	require.EqualValues(t, 1, count(t, f, "c"))
}
