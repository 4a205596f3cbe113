//go:build unix

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

// The crash tests start a child that appends and prints what was acknowledged,
// kill something at a random moment, open the journal again and compare. Nothing
// acknowledged may be missing and no batch may be there in part.
//
//	go test -run TestCrash -crash.rounds 200 -seed 7

func TestCrashOfTheProcessWithSQLite(t *testing.T) {
	t.Parallel()
	dsn := sqliteOnDisk(t)
	crashes(t, dsn, (*started).kill)
	file, err := sqliteDSN(strings.TrimPrefix(dsn, "sqlite:"))
	require.NoError(t, err)
	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	defer db.Close()
	var verdict string
	require.NoError(t, db.QueryRow("pragma integrity_check").Scan(&verdict))
	require.Equal(t, "ok", verdict)
}

func TestCrashOfTheProcessWithPostgreSQL(t *testing.T) {
	t.Parallel()
	crashes(t, postgresSchema(t), (*started).kill)
}

func TestCrashOfThePostgreSQLServer(t *testing.T) {
	t.Parallel()
	s, err := newServer() // of its own: other tests need theirs alive
	skippable(t, err)
	t.Cleanup(func() { require.NoError(t, s.remove()) })
	crashes(t, s.dsn, func(c *started) error {
		err := s.kill()
		// The child must not take the silence for an acknowledgement; what it
		// acknowledges from here on is compared like the rest.
		select {
		case <-c.done:
		case <-time.After(5 * time.Second):
			err = errors.Join(err, c.kill())
		}
		return errors.Join(err, s.start())
	})
}

func (s *started) kill() error { return s.cmd.Process.Kill() }

func crashes(t *testing.T, dsn string, kill func(*started) error) {
	chance := rand.New(rand.NewPCG(*seed, 1))
	acknowledged := map[string][]ack{}
	batches, entries, unacknowledged, before := 0, 0, 0, 0
	follower := following{}
	for round := range *crashRounds {
		// A few rounds go on with the same cycle; a new one keeps the folding short.
		cycle := fmt.Sprintf("crash-%03d", round/4)
		c := startChild(t, "append", dsn, "round "+strconv.Itoa(round)+" batch", []string{cycle}, chance.Uint64(), time.Hour)
		if chance.IntN(5) > 0 {
			<-c.first
		}
		time.Sleep(time.Duration(chance.Int64N(int64(60 * time.Millisecond))))
		require.NoError(t, kill(c))
		c.end()
		if len(c.acks) == 0 {
			before++
		}
		acknowledged[cycle] = append(acknowledged[cycle], c.acks...)

		h, err := open(t.Context(), dsn)
		require.NoError(t, err)
		length := intact(t, h.journal, cycle, acknowledged[cycle])
		if n := len(c.acks); n > 0 && length > c.acks[n-1].seq {
			unacknowledged++
		}
		batches += len(c.acks)
		entries += length
		follower.follow(t, h.journal)
		require.GreaterOrEqual(t, len(follower.seen[cycle]), length, "a feed has what was there when it began; the server may still have committed")
		require.NoError(t, h.close())
	}
	t.Logf("%d kills, %d of them before the first batch, %d between a commit and its acknowledgement; %d batches acknowledged, none lost, none in part",
		*crashRounds, before, unacknowledged, batches)
	require.Positive(t, batches)

	h, err := open(t.Context(), dsn)
	require.NoError(t, err)
	defer h.close()
	for cycle, acks := range acknowledged {
		intact(t, h.journal, cycle, acks) // later rounds have left the earlier cycles alone
	}
	indexed, err := standing(t.Context(), h.journal)
	require.NoError(t, err)
	folded, err := standing(t.Context(), plain{h.journal})
	require.NoError(t, err)
	require.Equal(t, folded, indexed, "the index is kept in the transaction of the entries")
}

// intact compares a cycle's journal with what was acknowledged, and gives its
// length.
func intact(t *testing.T, j reformcycle.Journal, cycle string, acks []ack) int {
	t.Helper()
	authors := []string{""} // by sequence number
	sizes := map[string]int{}
	for e, err := range j.Load(t.Context(), cycle, 0) {
		require.NoError(t, err)
		require.EqualValues(t, len(authors), e.Seq)
		authors = append(authors, e.By)
		if e.Kind != reformcycle.KindBegin {
			sizes[e.By]++
		}
	}
	for _, a := range acks {
		require.Less(t, a.seq, len(authors), "%s: batch %q was acknowledged and is lost", cycle, a.author)
		require.Equal(t, a.author, authors[a.seq], "%s: entry %d was acknowledged and is another", cycle, a.seq)
	}
	for author, n := range sizes {
		_, size, _ := strings.Cut(author, " of ")
		require.Equal(t, size, strconv.Itoa(n), "%s: batch %q is there in part", cycle, author)
	}
	c, err := reformcycle.Open(context.Background(), j, cycle)
	if len(authors) == 1 {
		require.ErrorIs(t, err, reformcycle.ErrNotFound)
		return 0
	}
	require.NoError(t, err)
	// The server may have been committing for a client that was gone already.
	require.GreaterOrEqual(t, c.State().Seq(), uint64(len(authors)-1))
	return len(authors) - 1
}

// The service is killed while people record over HTTP, by forms and by the JSON interface.
// What it had acknowledged is there after the next start, whole and once; what was on its
// way is there whole or not at all; and what is then sent again, since nobody knows, counts
// once.
func TestCrashOfTheServiceWhilePeopleRecord(t *testing.T) {
	t.Parallel()
	dsn := sqliteOnDisk(t)
	h, err := open(t.Context(), dsn)
	require.NoError(t, err)
	ids := []string{"crash-0", "crash-1", "crash-2"}
	for _, id := range ids {
		c, err := openOrNew(t.Context(), h.journal, id)
		require.NoError(t, err)
		_, err = c.Apply(t.Context(), reformcycle.By("office").At(base), ratings(chance(), 1)...)
		require.NoError(t, err)
	}
	require.NoError(t, h.close())

	chance := rand.New(rand.NewPCG(*seed, 3))
	clerks := make([]*clerk, 4)
	for i := range clerks {
		clerks[i] = &clerk{name: fmt.Sprintf("clerk %d", i), http: newClient(t), chance: rand.New(rand.NewPCG(*seed, uint64(10+i)))}
	}
	acknowledged := func() (acks []posted) {
		for _, k := range clerks {
			acks = append(acks, k.acks...)
		}
		return acks
	}
	rounds, onTheWay, committed := max(*crashRounds/5, 2), 0, 0
	for range rounds {
		at, kill := startService(t, dsn)
		for _, k := range clerks {
			k.at = at
			if p := k.sending; p != nil {
				onTheWay++
				require.NoError(t, k.settle(p))
				if p.repeated {
					committed++
				}
			}
			if n := len(k.acks); n > 0 {
				require.NoError(t, k.again(k.acks[n-1]))
			}
		}
		begun := make(chan struct{}, len(clerks))
		failed := make([]error, len(clerks))
		var all sync.WaitGroup
		for i, k := range clerks {
			all.Go(func() {
				for failed[i] == nil {
					failed[i] = k.record(ids[k.chance.IntN(len(ids))])
					select {
					case begun <- struct{}{}:
					default:
					}
				}
			})
		}
		<-begun
		time.Sleep(time.Duration(chance.Int64N(int64(200 * time.Millisecond))))
		kill()
		all.Wait()
		for _, err := range failed {
			lost := new(url.Error)
			require.True(t, errors.As(err, &lost) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET), "not the end of the service: %v", err)
		}
		h, err := open(t.Context(), dsn)
		require.NoError(t, err)
		kept(t, h.journal, acknowledged())
		require.NoError(t, h.close())
	}
	acks := acknowledged()
	require.NotEmpty(t, acks)
	t.Logf("%d kills; %d batches acknowledged, none lost, in part or twice; %d were on their way, %d of them committed and not acknowledged", rounds, len(acks), onTheWay, committed)
}
