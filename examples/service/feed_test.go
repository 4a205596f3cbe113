//go:build unix

package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/sqljournal"
)

// following follows a feed and sees to it that nothing is left out.
type following struct {
	at   reformcycle.Position
	seen map[string][]string // the authors of each cycle's entries
}

// follow reads the feed to its end, and tells how many entries it gave.
func (f *following) follow(t testing.TB, j reformcycle.Journal) (n int) {
	t.Helper()
	if f.seen == nil {
		f.seen = map[string][]string{}
	}
	for fed, err := range reformcycle.Feed(context.Background(), j, f.at) {
		require.NoError(t, err)
		seen := f.seen[fed.Cycle]
		require.LessOrEqual(t, fed.Entry.Seq, uint64(len(seen)+1), "entries of %s were left out", fed.Cycle)
		if fed.Entry.Seq == uint64(len(seen)+1) {
			f.seen[fed.Cycle] = append(seen, fed.Entry.By)
		} else {
			require.Equal(t, seen[fed.Entry.Seq-1], fed.Entry.By)
		}
		f.at = fed.Position
		n++
	}
	return n
}

// lengths are how many entries each cycle has.
func lengths(t testing.TB, j reformcycle.Journal) map[string]int {
	all := map[string]int{}
	for id, err := range j.Cycles(t.Context(), "") {
		require.NoError(t, err)
		for _, err := range j.Load(t.Context(), id, 0) {
			require.NoError(t, err)
			all[id]++
		}
	}
	return all
}

func (f *following) whole(t testing.TB, j reformcycle.Journal) {
	t.Helper()
	got := map[string]int{}
	for id, seen := range f.seen {
		got[id] = len(seen)
	}
	require.Equal(t, lengths(t, j), got)
}

// TestTransactionsThatCommitLateAreNotLeftOut makes each commit take its time, some
// longer than others, so that they end in another order than they began. Followers never
// find that something came in front of where they are.
func TestTransactionsThatCommitLateAreNotLeftOut(t *testing.T) {
	t.Parallel()
	dsn := postgresSchema(t)
	j := opened(t, dsn)
	db, _ := bare(t, dsn)
	for _, statement := range []string{
		`create function late() returns trigger language plpgsql as $$ begin perform pg_sleep(random() * 0.03); return null; end $$`,
		`create constraint trigger late after insert on chsreform_entries deferrable initially deferred for each row when (new.batch = 0) execute function late()`,
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err)
	}
	done := make(chan struct{})
	followers := make([]following, 3)
	var writing, reading sync.WaitGroup
	for i := range followers {
		reading.Go(func() {
			j := opened(t, dsn)
			for {
				select {
				case <-done:
					followers[i].follow(t, j)
					return
				default:
					followers[i].follow(t, j)
				}
			}
		})
	}
	for w := range 8 {
		writing.Go(func() {
			c, err := reformcycle.New(fmt.Sprint("writer ", w), reformcycle.WithJournal(opened(t, dsn)))
			if err != nil {
				t.Error(err)
				return
			}
			for i := range 20 {
				if _, err := c.Apply(t.Context(), reformcycle.By(fmt.Sprint("batch ", i)).At(base), ratings(chance(), 1+w%3)...); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	for i := range followers {
		followers[i].whole(t, j)
	}
}

// TestOnlyWhoWritesToTheJournalHoldsItsFeedBack: what else goes on in the server does
// not, for as long as it likes.
func TestOnlyWhoWritesToTheJournalHoldsItsFeedBack(t *testing.T) {
	t.Parallel()
	dsn := postgresSchema(t)
	j := opened(t, dsn)
	begun(t, j)
	var f following
	f.follow(t, j)
	f.whole(t, j)
	db, _ := bare(t, dsn)
	_, err := db.Exec("create table theirs (n integer)")
	require.NoError(t, err)
	add := func(id string) {
		c, err := reformcycle.Open(t.Context(), j, id)
		require.NoError(t, err)
		_, err = c.Apply(t.Context(), reformcycle.By("office").At(base), ratings(chance(), 2)...)
		require.NoError(t, err)
	}

	foreign, err := db.Begin()
	require.NoError(t, err)
	defer foreign.Rollback()
	_, err = foreign.Exec("insert into theirs values (1)")
	require.NoError(t, err)
	add("a")
	require.Equal(t, 2, f.follow(t, j), "a transaction of somebody else is open")

	slow, err := db.Begin()
	require.NoError(t, err)
	defer slow.Rollback()
	_, err = slow.Exec("update chsreform_cycles set lap = lap where id = 'b'")
	require.NoError(t, err)
	before, err := j.FeedEnd(t.Context())
	require.NoError(t, err)
	require.Equal(t, f.at, before)
	add("a")
	require.Zero(t, f.follow(t, j), "one that may still append is open, and began earlier")
	after, err := j.FeedEnd(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, after, "no position is handed out while a lower one may still commit")
	require.NoError(t, slow.Rollback())
	require.Equal(t, 2, f.follow(t, j))
	f.whole(t, j)
}

// TestTablesOfAnEarlierVersionGetAFeed takes the feed out of tables as version 4 had
// none.
func TestTablesOfAnEarlierVersionGetAFeed(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		begun(t, opened(t, dsn))
		db, _ := bare(t, dsn)
		for _, statement := range []string{
			"drop index chsreform_entries_fed", "alter table chsreform_entries drop column fed", "drop table chsreform_feed", "update chsreform_schema set version = 4",
		} {
			_, err := db.Exec(statement)
			require.NoError(t, err)
		}
		j := opened(t, dsn)
		var f following
		require.Positive(t, f.follow(t, j))
		f.whole(t, j)
		c, err := reformcycle.Open(t.Context(), j, "a")
		require.NoError(t, err)
		_, err = c.Apply(t.Context(), reformcycle.By("office").At(base), ratings(chance(), 3)...)
		require.NoError(t, err)
		require.Equal(t, 3, f.follow(t, opened(t, dsn)), "positions of before the last opening are good")
		f.whole(t, j)
	})
}

// TestTablesFromAnotherServerBeginAnew has the numbers of transactions that are still
// to come, as where a dump came from a server that had seen more.
func TestTablesFromAnotherServerBeginAnew(t *testing.T) {
	t.Parallel()
	dsn := postgresSchema(t)
	j := opened(t, dsn)
	begun(t, j)
	db, _ := bare(t, dsn)
	_, err := db.Exec("update chsreform_entries set fed = fed + 1000000000000")
	require.NoError(t, err)
	var f following
	require.Zero(t, f.follow(t, j))
	j = opened(t, dsn)
	n := f.follow(t, j)
	f.whole(t, j)
	epoch := f.at.Epoch
	_, err = db.Exec("update chsreform_entries set fed = fed + 2000000000000")
	require.NoError(t, err)
	j = opened(t, dsn)
	require.Equal(t, n, f.follow(t, j), "all comes once more")
	require.NotEqual(t, epoch, f.at.Epoch)
	require.Zero(t, f.follow(t, j))
}

// TestAnOlderCopyOfTheJournalIsNotTakenForTheSame: a position behind an entry that it
// has means all once more, one behind an entry that it lacks is refused.
func TestAnOlderCopyOfTheJournalIsNotTakenForTheSame(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		j := opened(t, dsn)
		begun(t, j)
		var all []reformcycle.Fed
		for fed, err := range j.Feed(t.Context(), reformcycle.Position{}) {
			require.NoError(t, err)
			all = append(all, fed)
		}
		last := all[len(all)-1]
		db, _ := bare(t, dsn)
		_, err := db.Exec(fmt.Sprintf("delete from chsreform_entries where cycle = '%s' and seq >= %d", last.Cycle, last.Entry.Seq))
		require.NoError(t, err)
		for _, err := range j.Feed(t.Context(), last.Position) {
			require.ErrorIs(t, err, reformcycle.ErrInvalid)
		}
		lossy, d := bare(t, dsn)
		again, err := sqljournal.Open(t.Context(), lossy, d, sqljournal.WithLoss())
		require.NoError(t, err)
		c, err := reformcycle.Open(t.Context(), again, last.Cycle)
		require.NoError(t, err)
		_, err = c.Apply(t.Context(), reformcycle.By("another").At(base), ratings(chance(), 1)...)
		require.NoError(t, err)
		n := 0
		for _, err := range again.Feed(t.Context(), last.Position) {
			require.NoError(t, err)
			n++
		}
		require.Equal(t, len(all), n, "there is another entry in its place: all comes once more")
	})
}

// BenchmarkSQLFeed follows the feed of 100 cycles of 100 entries, and the floor loads
// all of them.
func BenchmarkSQLFeed(b *testing.B) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": sqliteFile, "postgres": postgresSchema} {
		b.Run(name, func(b *testing.B) {
			j := opened(b, dsn(b))
			for i := range 20 {
				for k := range 100 {
					c, err := openOrNew(b.Context(), j, fmt.Sprint("cycle ", k))
					require.NoError(b, err)
					_, err = c.Apply(b.Context(), reformcycle.By("office").At(base), ratings(chance(), 5-min(1, 1/(i+1)))...)
					require.NoError(b, err)
				}
			}
			var floor, feed time.Duration
			for b.Loop() {
				started := time.Now()
				want := 0
				for _, n := range lengths(b, j) {
					want += n
				}
				half := time.Now()
				var n int
				for _, err := range j.Feed(b.Context(), reformcycle.Position{}) {
					require.NoError(b, err)
					n++
				}
				require.Equal(b, want, n)
				floor, feed = floor+half.Sub(started), feed+time.Since(half)
			}
			b.ReportMetric(float64(floor.Nanoseconds())/float64(b.N), "ns/floor")
			b.ReportMetric(float64(feed.Nanoseconds())/float64(b.N), "ns/feed")
			b.ReportMetric(float64(feed)/float64(floor), "feed/floor")
			b.ReportMetric(0, "ns/op")
		})
	}
}
