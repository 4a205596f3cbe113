package journal_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

// typical is a batch of one entry, a rating as most entries of a cycle are.
func typical(cycle string, after uint64) reformcycle.Batch {
	b := batch(cycle, after, 1)
	e := &b.Entries[0]
	e.Kind, e.Version, e.Data = reformcycle.KindRate, 1, rating
	return b
}

var rating = func() json.RawMessage {
	data, err := json.Marshal(partly)
	if err != nil {
		panic(err)
	}
	return data
}()

var partly = reformcycle.Rate{
	Criterion: "readiness.financing", Level: assessment.PartiallyFunctional,
	Evidence: assessment.Evidence{What: "The budget line was released in part", Source: "Budget execution report of the year", Basis: "documented"},
}

// BenchmarkFileAppend compares an append with its floor, a bare write and fsync
// of the same bytes. The two take turns, so that both meet the same disk.
func BenchmarkFileAppend(b *testing.B) {
	dir := b.TempDir()
	f := openFile(b, dir)
	require.NoError(b, f.Append(background, typical("a", 0)))
	bytes, err := os.ReadFile(only(b, dir, "*.cycle"))
	require.NoError(b, err)
	file, err := os.Create(filepath.Join(b.TempDir(), "floor"))
	require.NoError(b, err)
	defer file.Close()
	at := uint64(1)
	var floor, journal []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		if _, err := file.Write(bytes); err != nil {
			b.Fatal(err)
		}
		if err := file.Sync(); err != nil {
			b.Fatal(err)
		}
		half := time.Now()
		if err := f.Append(background, typical("a", at)); err != nil {
			b.Fatal(err)
		}
		floor, journal = append(floor, half.Sub(start)), append(journal, time.Since(half))
		at++
	}
	middle := func(all []time.Duration) float64 {
		slices.Sort(all)
		return float64(all[len(all)/2])
	}
	b.ReportMetric(middle(floor), "floor-ns")
	b.ReportMetric(middle(journal), "append-ns")
	b.ReportMetric(middle(journal)/middle(floor), "append/floor")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkFileAppend64 has 64 goroutines append at once, each to a cycle of its
// own: what one operation takes is the time for all, shared out.
func BenchmarkFileAppend64(b *testing.B) {
	f := openFile(b, b.TempDir())
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	b.ResetTimer()
	for w := range 64 {
		all.Go(func() {
			cycle := fmt.Sprint("cycle ", w)
			for at := uint64(0); left.Add(-1) >= 0; at++ {
				if err := f.Append(background, typical(cycle, at)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkFileMany opens, lists and checks a directory of 10,000 cycles of five
// entries. The floor of opening is to list the names and read the index, that of
// checking to read all bytes.
func BenchmarkFileMany(b *testing.B) {
	const n = 10_000
	dir := quick(b)
	f := openFile(b, dir)
	for i := range n {
		require.NoError(b, f.Append(background, batch(fmt.Sprintf("cycle-%05d", i), 0, 5)))
	}
	require.NoError(b, f.Close())
	b.Run("floor of opening", func(b *testing.B) {
		for b.Loop() {
			names, err := os.ReadDir(dir)
			require.NoError(b, err)
			for _, name := range names {
				_, err := name.Info()
				require.NoError(b, err)
			}
			_, err = os.ReadFile(filepath.Join(dir, "index"))
			require.NoError(b, err)
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			f, err := journal.OpenFile(dir)
			require.NoError(b, err)
			require.NoError(b, f.Close())
		}
	})
	b.Run("list", func(b *testing.B) {
		f := openFile(b, dir)
		for b.Loop() {
			require.Len(b, cyclesOf(b, f), n)
		}
		require.NoError(b, f.Close())
	})
	b.Run("floor of checking", func(b *testing.B) {
		for b.Loop() {
			names, err := os.ReadDir(dir)
			require.NoError(b, err)
			for _, name := range names {
				_, err = os.ReadFile(filepath.Join(dir, name.Name()))
				require.NoError(b, err)
			}
		}
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			r, err := journal.Check(background, dir)
			require.NoError(b, err)
			require.True(b, r.Whole())
		}
	})
	b.Run("open without the index", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, os.Remove(filepath.Join(dir, "index")))
			f, err := journal.OpenFile(dir)
			require.NoError(b, err)
			require.NoError(b, f.Close())
		}
	})
}

// BenchmarkFileOpen opens a cycle of 100,000 entries, by folding them all and
// from a snapshot of its last.
func BenchmarkFileOpen(b *testing.B) {
	const n = 100_000
	f := openFile(b, b.TempDir())
	long(b, f, n)
	open := func(b *testing.B) *reformcycle.Cycle {
		c, err := reformcycle.Open(background, f, "long")
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	b.Run("fold", func(b *testing.B) {
		for b.Loop() {
			open(b)
		}
	})
	c := open(b)
	require.EqualValues(b, n, c.State().Seq())
	require.NoError(b, c.Snapshot(background))
	b.Run("snapshot", func(b *testing.B) {
		for b.Loop() {
			open(b)
		}
	})
}

// long makes a cycle of n entries: the entries of a short one, whose last is
// said again and again.
func long(b *testing.B, f *journal.File, n uint64) {
	m := journal.NewMemory()
	c, err := reformcycle.New("long", reformcycle.WithJournal(m))
	require.NoError(b, err)
	by := reformcycle.By("office").At(time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC))
	_, err = c.Apply(background, by, partly)
	require.NoError(b, err)
	var all []reformcycle.Entry
	for e := range m.Load(background, "long", 0) {
		all = append(all, e)
	}
	for last := all[len(all)-1]; uint64(len(all)) < n; {
		last.Seq++
		all = append(all, last)
	}
	for at := 0; at < len(all); at += 100 {
		end := min(at+100, len(all))
		require.NoError(b, f.Append(background, reformcycle.Batch{Cycle: "long", After: uint64(at), Entries: all[at:end]}))
	}
}

// BenchmarkFeed follows the feed of 100 cycles of 100 entries, appended in turns and in
// batches of two, and the floor loads all of them. The two take turns.
func BenchmarkFeed(b *testing.B) {
	feed := func(b *testing.B, j reformcycle.Journal) {
		for at := uint64(0); at < 100; at += 2 {
			for k := range 100 {
				two := typical(fmt.Sprint("cycle ", k), at)
				next := typical(two.Cycle, at+1)
				two.Entries = append(two.Entries, next.Entries...)
				require.NoError(b, j.Append(background, two))
			}
		}
		var floor, feed time.Duration
		for b.Loop() {
			start, n := time.Now(), 0
			for id, err := range j.Cycles(background, "") {
				require.NoError(b, err)
				for _, err := range j.Load(background, id, 0) {
					if n++; err != nil {
						b.Fatal(err)
					}
				}
			}
			half := time.Now()
			for _, err := range reformcycle.Feed(background, j, reformcycle.Position{}) {
				if n--; err != nil {
					b.Fatal(err)
				}
			}
			floor, feed = floor+half.Sub(start), feed+time.Since(half)
			require.Zero(b, n)
		}
		b.ReportMetric(float64(floor.Nanoseconds())/float64(b.N), "floor-ns")
		b.ReportMetric(float64(feed.Nanoseconds())/float64(b.N), "feed-ns")
		b.ReportMetric(float64(feed)/float64(floor), "feed/floor")
		b.ReportMetric(0, "ns/op")
	}
	b.Run("memory", func(b *testing.B) { feed(b, journal.NewMemory()) })
	b.Run("file", func(b *testing.B) { feed(b, openFile(b, quick(b))) })
}
