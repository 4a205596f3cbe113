package journal_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

var (
	crashRounds = flag.Int("crash.rounds", 50, "how often TestCrash kills a process that appends")
	crashSeed   = flag.Uint64("crash.seed", 1, "seed of the moments at which TestCrash kills")
)

// child tells the test binary, started again by a test, what to do as a process
// of its own: "append" or "hold", and the directory.
const child = "JOURNAL_TEST_CHILD"

// TestChild is the child's side of TestCrash and of the test of the lock.
func TestChild(t *testing.T) {
	does, dir, is := strings.Cut(os.Getenv(child), ":")
	if !is {
		return // nobody's child
	}
	if does == "hold" {
		_, err := journal.OpenFile(dir)
		fmt.Println("held", err)
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent has seen enough
		return
	}
	f, err := journal.OpenFile(dir)
	require.NoError(t, err)
	for w := range crashCycles {
		go func() {
			cycle := crashCycle(w)
			at := uint64(0)
			for e, err := range f.Load(background, cycle, 0) {
				if err != nil {
					fmt.Println("failed", err)
					os.Exit(1)
				}
				at = e.Seq
			}
			for {
				n := 1 + at%7
				if err := f.Append(background, crashBatch(cycle, at, int(n))); err != nil {
					fmt.Println("failed", err)
					os.Exit(1)
				}
				at += n
				fmt.Println("appended", w, at) // one write, so a whole line
			}
		}()
	}
	select {}
}

const crashCycles = 4

func crashCycle(w int) string { return fmt.Sprintf("cycle %d", w) }

// crashBatch makes a batch whose entries say how many there are of them.
func crashBatch(cycle string, after uint64, n int) reformcycle.Batch {
	b := batch(cycle, after, n)
	for i := range b.Entries {
		b.Entries[i].Data = json.RawMessage(fmt.Sprintf(`{"place":%d,"of":%d,"text":%q}`, i+1, n, strings.Repeat("x", int(after%300))))
	}
	return b
}

func start(t *testing.T, does, dir string) (*exec.Cmd, io.WriteCloser, *bufio.Reader) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestChild$")
	c.Env = append(os.Environ(), child+"="+does+":"+dir)
	in, err := c.StdinPipe()
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	return c, in, bufio.NewReader(out)
}

// TestCrash kills a process that appends, at a random moment, again and again,
// and finds every entry that the process said was acknowledged, and no half
// batch. More rounds: -crash.rounds=1000.
func TestCrash(t *testing.T) {
	t.Parallel() // it waits most of its time
	chance := rand.New(rand.NewPCG(*crashSeed, 0))
	dir := ""
	acknowledged := make([]uint64, crashCycles)
	kept, lost, half, torn := uint64(0), 0, 0, 0
	var fed following
	for round := range *crashRounds {
		if round%10 == 0 { // fresh ones, and ones that have been through a lot
			dir = filepath.Join(t.TempDir(), "journal")
			clear(acknowledged)
			fed = following{}
		}
		c, _, out := start(t, "append", dir)
		// The moment counts from the first acknowledgement, or from the start.
		lines := make(chan string, 1)
		go func() {
			defer close(lines)
			for {
				line, err := out.ReadString('\n')
				if err != nil {
					return // what comes last may be half a line, and counts for nothing
				}
				lines <- line
			}
		}()
		wait := time.After(time.Duration(chance.IntN(int(40 * time.Millisecond))))
		if round%5 > 0 {
			wait = nil
		}
		for alive := true; alive; {
			select {
			case line, more := <-lines:
				if !more {
					alive = false
					break
				}
				var w int
				var seq uint64
				if _, err := fmt.Sscanf(line, "appended %d %d", &w, &seq); err != nil {
					require.NotContains(t, line, "failed")
					break
				}
				acknowledged[w] = max(acknowledged[w], seq)
				if wait == nil {
					wait = time.After(time.Duration(chance.IntN(int(40 * time.Millisecond))))
				}
			case <-wait:
				require.NoError(t, c.Process.Kill())
			}
		}
		_ = c.Wait()

		if round%3 == 2 {
			_ = os.Remove(filepath.Join(dir, "index")) // it is made again, if it was there
		}
		j, err := journal.OpenFile(dir)
		require.NoError(t, err, "round %d", round)
		for w := range crashCycles {
			at, inBatch := uint64(0), 0
			for e, err := range j.Load(background, crashCycle(w), 0) {
				require.NoError(t, err)
				var d struct{ Place, Of int }
				require.NoError(t, json.Unmarshal(e.Data, &d))
				require.Equal(t, at+1, e.Seq)
				require.Equal(t, inBatch%max(d.Of, 1)+1, d.Place)
				at, inBatch = e.Seq, d.Place%d.Of
			}
			if at < acknowledged[w] {
				lost++
				t.Errorf("round %d: %d entries of cycle %d were acknowledged and %d are there", round, acknowledged[w], w, at)
			}
			if inBatch != 0 {
				half++
				t.Errorf("round %d: cycle %d ends inside a batch", round, w)
			}
			kept += at - min(at, acknowledged[w])
			acknowledged[w] = at
		}
		fed.follow(t, j)
		for w := range crashCycles {
			require.Equal(t, acknowledged[w], fed.seen[crashCycle(w)], "round %d: the feed has what the journal has", round)
		}
		torn += len(j.Notes())
		require.NoError(t, j.Close())
	}
	t.Logf("%d kills: %d cycles lost acknowledged entries, %d half batches; %d torn batches put aside, %d entries kept that nobody had been told of",
		*crashRounds, lost, half, torn, kept)
}

// TestAFollowerLivesThroughKills has one journal, open for reading only, go on beside one
// process that appends after another, each of them killed: what it has read stays, what
// comes goes on from there in whole batches, and all that a process said was acknowledged
// before a look began is there.
func TestAFollowerLivesThroughKills(t *testing.T) {
	t.Parallel() // it waits most of its time
	chance := rand.New(rand.NewPCG(*crashSeed, 1))
	dir := filepath.Join(t.TempDir(), "journal")
	var acknowledged [crashCycles]atomic.Uint64
	var read [crashCycles]uint64
	var follower *journal.File
	looks := 0
	var fed following
	look := func() {
		if follower == nil {
			f, err := journal.OpenFile(dir, journal.WithReadOnly())
			if err != nil {
				require.True(t, errors.Is(err, journal.ErrFormat) || errors.Is(err, fs.ErrNotExist), "%v", err) // it is being made
				return
			}
			follower = f
		}
		looks++
		var told [crashCycles]uint64
		for w := range told {
			told[w] = acknowledged[w].Load()
		}
		fed.follow(t, follower)
		for w, least := range told {
			require.GreaterOrEqual(t, fed.seen[crashCycle(w)], least, "another process finds in the feed what was acknowledged")
		}
		for w := range crashCycles {
			least, at, of := acknowledged[w].Load(), read[w], 0
			if looks%10 == 0 {
				at = 0
			}
			place := 0
			for e, err := range follower.Load(background, crashCycle(w), at) {
				require.NoError(t, err)
				var d struct{ Place, Of int }
				require.NoError(t, json.Unmarshal(e.Data, &d))
				require.Equal(t, at+1, e.Seq)
				require.Equal(t, place+1, d.Place)
				at, of = e.Seq, d.Of
				place = d.Place % of
			}
			require.Zero(t, place, "it ends inside a batch")
			require.GreaterOrEqual(t, at, least)
			require.GreaterOrEqual(t, at, read[w], "what was read is there")
			read[w] = at
		}
	}
	for range 12 {
		c, _, out := start(t, "append", dir)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				line, err := out.ReadString('\n')
				if err != nil {
					return
				}
				var w int
				var seq uint64
				if _, err := fmt.Sscanf(line, "appended %d %d", &w, &seq); err == nil {
					acknowledged[w].Store(seq)
				}
			}
		}()
		// Whoever looks slowly must not let the writer write for longer.
		kill := time.AfterFunc(60*time.Millisecond+time.Duration(chance.IntN(int(60*time.Millisecond))), func() { _ = c.Process.Kill() })
		for killed := false; !killed; {
			look()
			select {
			case <-done:
				killed = true
			default:
			}
		}
		kill.Stop()
		_ = c.Wait()
		look()
	}
	require.NotNil(t, follower)
	after := tree(t, dir)
	look()
	require.Equal(t, after, tree(t, dir))
	j, err := journal.OpenFile(dir)
	require.NoError(t, err)
	for w := range crashCycles {
		seqs, err := seqsOf(j, crashCycle(w), 0)
		require.NoError(t, err)
		require.EqualValues(t, len(seqs), read[w])
	}
	fed.follow(t, j)
	for w := range crashCycles {
		require.Equal(t, read[w], fed.seen[crashCycle(w)])
	}
	require.NoError(t, j.Close())
	require.NoError(t, follower.Close())
	t.Logf("%d looks; read to %v", looks, read)
}

// following follows a feed and sees to it that nothing is left out.
type following struct {
	at   reformcycle.Position
	seen map[string]uint64
}

func (f *following) follow(t *testing.T, j reformcycle.Journal) {
	t.Helper()
	if f.seen == nil {
		f.seen = map[string]uint64{}
	}
	for fed, err := range reformcycle.Feed(background, j, f.at) {
		require.NoError(t, err)
		require.LessOrEqual(t, fed.Entry.Seq, f.seen[fed.Cycle]+1, "entries of %s were left out", fed.Cycle)
		f.seen[fed.Cycle] = max(f.seen[fed.Cycle], fed.Entry.Seq)
		f.at = fed.Position
	}
}
