//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
)

// What a child process is told, in its environment.
const (
	childWork   = "CHSREFORM_CHILD_WORK" // "append", "contend", "observe" or "serve"
	childDSN    = "CHSREFORM_CHILD_DSN"
	childCycles = "CHSREFORM_CHILD_CYCLES" // ids, joined by commas
	childName   = "CHSREFORM_CHILD_NAME"
	childSeed   = "CHSREFORM_CHILD_SEED"
	childFor    = "CHSREFORM_CHILD_FOR" // a duration; without it, until it is killed
)

// child is what the test binary does when a test has started it: it appends,
// and prints a line for each batch that was acknowledged. What it prints is
// written at once, so that a line that is there was acknowledged before the kill.
func child(work string) int {
	if work == "serve" {
		if err := run(context.Background(), os.Stdout, []string{"-journal", os.Getenv(childDSN), "-address", "localhost:0"}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}
	seed, err1 := strconv.ParseUint(os.Getenv(childSeed), 10, 64)
	lasts, err2 := time.ParseDuration(os.Getenv(childFor))
	if err := errors.Join(err1, err2); err != nil {
		fmt.Println("failed", err)
		return 2
	}
	w := writer{name: os.Getenv(childName), chance: rand.New(rand.NewPCG(seed, 0)), until: time.Now().Add(lasts)}
	ids := strings.Split(os.Getenv(childCycles), ",")
	do := func() error { return w.work(context.Background(), os.Getenv(childDSN), ids, work == "contend") }
	if work == "observe" {
		do = func() error { return w.observe(context.Background(), os.Getenv(childDSN), ids[0], ids[1:]) }
	}
	if err := do(); err != nil {
		fmt.Println("failed", strings.ReplaceAll(err.Error(), "\n", "; "))
		return 1
	}
	return 0
}

type writer struct {
	name   string
	chance *rand.Rand
	until  time.Time
	count  int
}

func (w *writer) work(ctx context.Context, dsn string, ids []string, contend bool) error {
	h, err := open(ctx, dsn)
	if err != nil {
		return err
	}
	defer h.close()
	cycles := make([]*reformcycle.Cycle, len(ids))
	for i, id := range ids {
		if cycles[i], err = openOrNew(ctx, h.journal, id); err != nil {
			return err
		}
	}
	for time.Now().Before(w.until) {
		c := cycles[w.chance.IntN(len(cycles))]
		switch err := w.batch(ctx, c); {
		case err == nil:
		case contend && errors.Is(err, reformcycle.ErrConflict):
			fmt.Println("conflict")
			if err := c.Reload(ctx); err != nil {
				return err
			}
		default:
			return err
		}
	}
	return nil
}

func openOrNew(ctx context.Context, j reformcycle.Journal, id string) (*reformcycle.Cycle, error) {
	c, err := reformcycle.Open(ctx, j, id)
	if errors.Is(err, reformcycle.ErrNotFound) {
		return reformcycle.New(id, reformcycle.WithJournal(j), reformcycle.WithTitle("A reform under test"), reformcycle.WithCountry("Nowhere"))
	}
	return c, err
}

var base = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// batch applies one batch. Its author names it, and says how many entries it
// has, so that half a batch shows.
func (w *writer) batch(ctx context.Context, c *reformcycle.Cycle) error {
	size := 1 + w.chance.IntN(7)
	if w.chance.IntN(20) == 0 {
		size = 300 // more than one insert takes
	}
	w.count++
	author := fmt.Sprintf("%s-%d of %d", w.name, w.count, size)
	at := base
	if s := c.State(); s.Seq() > 0 {
		at = s.Moment().Add(time.Second)
	}
	if _, err := c.Apply(ctx, reformcycle.By(author).At(at), ratings(w.chance, size)...); err != nil {
		return err
	}
	fmt.Printf("ack %s %d %s\n", c.ID(), c.State().Seq(), author)
	return nil
}

// rated are the criteria that people rate.
var rated = func() (ids []string) {
	for _, c := range reformcycle.ReformChecklist().All() {
		if c.Kind == assessment.Rated {
			ids = append(ids, c.ID)
		}
	}
	return ids
}()

func ratings(chance *rand.Rand, n int) []reformcycle.Change {
	changes := make([]reformcycle.Change, n)
	levels := []assessment.Level{assessment.NonFunctional, assessment.PartiallyFunctional, assessment.Functional, assessment.HighlyFunctional}
	for i := range changes {
		changes[i] = reformcycle.Rate{
			Criterion: rated[chance.IntN(len(rated))], Level: levels[chance.IntN(len(levels))],
			Evidence: assessment.Evidence{What: "Seen by a child process", Source: "a test", Basis: assessment.Illustrative},
		}
	}
	return changes
}

// started is a child process that a test has started.
type started struct {
	cmd *exec.Cmd
	// first is closed at the first acknowledged batch, or at the end.
	first chan struct{}
	done  chan struct{} // closed at the end of its output

	mu        sync.Mutex
	acks      []ack
	conflicts int
	failure   string
}

// ack is a batch that was acknowledged: where it ends, and its author.
type ack struct {
	cycle  string
	seq    int
	author string
}

func startChild(t *testing.T, work, dsn, name string, cycles []string, seed uint64, lasts time.Duration) *started {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	s := &started{cmd: exec.Command(binary), first: make(chan struct{}), done: make(chan struct{})}
	s.cmd.Env = append(os.Environ(),
		childWork+"="+work, childDSN+"="+dsn, childName+"="+name, childCycles+"="+strings.Join(cycles, ","),
		childSeed+"="+strconv.FormatUint(seed, 10), childFor+"="+lasts.String())
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	go s.listen(t, out)
	return s
}

func (s *started) listen(t *testing.T, out io.Reader) {
	defer close(s.done)
	once := sync.OnceFunc(func() { close(s.first) })
	defer once()
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return // a line without its end was cut short by the kill
		}
		s.mu.Lock()
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch word {
		case "ack":
			parts := strings.SplitN(rest, " ", 3)
			seq, err := strconv.Atoi(parts[1])
			if err != nil {
				t.Errorf("a child printed %q", line)
			}
			s.acks = append(s.acks, ack{parts[0], seq, parts[2]})
			once()
		case "conflict":
			s.conflicts++
		case "failed":
			s.failure = rest
		default:
			t.Errorf("a child printed %q", line)
		}
		s.mu.Unlock()
	}
}

// end waits for the end of a child that was killed or is done.
func (s *started) end() {
	<-s.done
	_ = s.cmd.Wait() // the kill
}

// startService starts the service as a process of its own, and gives its address and what
// kills it.
func startService(t *testing.T, dsn string) (at string, kill func()) {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), childWork+"=serve", childDSN+"="+dsn)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	t.Cleanup(kill)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at := address.FindString(lines.Text()); at != "" {
			return at, kill // it says no more
		}
	}
	kill()
	t.Fatalf("the service does not start: %s", said.String())
	return "", nil
}
