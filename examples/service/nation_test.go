//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// now is the clock of a nation.
func now() time.Time { return base.AddDate(1, 0, 0) }

func office(ctx context.Context, j reformcycle.Journal) (*portfolio.Portfolio, error) {
	return portfolio.Open(ctx, j, portfolio.WithOptions(reformcycle.WithClock(now)))
}

// founded makes a parent that names districts.
func founded(t testing.TB, j reformcycle.Journal, parent string, districts []string) {
	t.Helper()
	of := reformcycle.Children{Source: "a test"}
	for _, id := range districts {
		of.Children = append(of.Children, reformcycle.Child{Cycle: id, Name: id})
		c, err := reformcycle.New(id, reformcycle.WithJournal(j), reformcycle.WithClock(now))
		require.NoError(t, err)
		_, err = c.Apply(t.Context(), reformcycle.By("district"), append(ratings(chance(), 1), reformcycle.LinkParent{Link: reformcycle.Link{Parent: parent, Held: reformcycle.GoesOn}})...)
		require.NoError(t, err)
	}
	c, err := reformcycle.New(parent, reformcycle.WithJournal(j), reformcycle.WithClock(now))
	require.NoError(t, err)
	_, err = c.Apply(t.Context(), reformcycle.By("office"), reformcycle.NameChildren{Of: of})
	require.NoError(t, err)
}

// refreshed refreshes a parent once, and tells whether there was anything to record.
func refreshed(ctx context.Context, p *portfolio.Portfolio, parent string) (bool, error) {
	proposal, err := p.Refresh(ctx, reformcycle.By("office"), parent)
	if err != nil {
		return false, err
	}
	_, err = proposal.Apply(ctx)
	return len(proposal.Changes) > 0, err
}

func districts(n int) (ids []string) {
	for i := range n {
		ids = append(ids, fmt.Sprint("district-", i))
	}
	return ids
}

// TestInstancesRefreshOneNationWithoutAStorm has several instances refresh the same parent
// while its districts move. An instance meets a conflict only where another has recorded
// something since it looked: no more often than the others have recorded.
func TestInstancesRefreshOneNationWithoutAStorm(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		const instances, moves = 4, 40
		ids := districts(8)
		founded(t, opened(t, dsn), "nation", ids)
		var moving, refreshing sync.WaitGroup
		for _, id := range ids {
			j := opened(t, dsn)
			moving.Go(func() {
				c, err := reformcycle.Open(t.Context(), j, id, reformcycle.WithClock(now))
				for i := 0; i < moves && err == nil; i++ {
					_, err = c.Apply(t.Context(), reformcycle.By("district"), ratings(chance(), 1)...)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		var still atomic.Bool
		var recorded, conflicts [instances]int
		for i := range instances {
			p, err := office(t.Context(), opened(t, dsn))
			require.NoError(t, err)
			refreshing.Go(func() {
				for {
					last := still.Load()
					did, err := refreshed(t.Context(), p, "nation")
					switch {
					case errors.Is(err, reformcycle.ErrConflict):
						conflicts[i]++
						continue
					case err != nil:
						t.Error(err)
						return
					case did:
						recorded[i]++
					case last:
						return // nobody moves any more, and all is on record
					}
				}
			})
		}
		moving.Wait()
		still.Store(true)
		refreshing.Wait()
		batches := 0
		for _, n := range recorded {
			batches += n
		}
		for i, n := range conflicts {
			require.LessOrEqual(t, n, batches-recorded[i], "instance %d had a conflict that nobody made", i)
		}
		t.Logf("%d instances recorded %d batches, with %d conflicts", instances, batches, conflicts)

		p, err := office(t.Context(), opened(t, dsn))
		require.NoError(t, err)
		sights, err := p.OutOfDate(t.Context(), "nation")
		require.NoError(t, err)
		require.Empty(t, sights)
		settled(t, p, opened(t, dsn), "nation", ids)
	})
}

// settled sees to it that what a parent has observed of each district is the end of that
// district's journal, and was recorded once an entry.
func settled(t *testing.T, p *portfolio.Portfolio, j reformcycle.Journal, parent string, ids []string) {
	t.Helper()
	c, err := p.Cycle(t.Context(), parent)
	require.NoError(t, err)
	ends := lengths(t, j)
	observed := map[string]int{}
	for _, o := range c.State().Observations() {
		observed[o.Cycle] = int(o.Seq)
	}
	for _, id := range ids {
		require.Equal(t, ends[id], observed[id], id)
	}
	last := map[string]uint64{}
	for e, err := range c.History(t.Context(), 0) {
		require.NoError(t, err)
		if change, err := e.Change(); err == nil && e.Kind == reformcycle.KindObserveCycle {
			o := change.(reformcycle.ObserveCycle).Observation
			require.Greater(t, o.Seq, last[o.Cycle], "%s was observed twice at one entry", o.Cycle)
			last[o.Cycle] = o.Seq
		}
	}
}

// observe moves a district and then has the parent observe it, again and again.
func (w *writer) observe(ctx context.Context, dsn, parent string, ids []string) error {
	h, err := open(ctx, dsn)
	if err != nil {
		return err
	}
	defer h.close()
	p, err := office(ctx, h.journal)
	if err != nil {
		return err
	}
	for time.Now().Before(w.until) {
		c, err := p.Cycle(ctx, ids[w.chance.IntN(len(ids))])
		if err != nil {
			return err
		}
		w.count++
		author := fmt.Sprintf("%s-%d", w.name, w.count)
		if _, err := c.Apply(ctx, reformcycle.By(author), ratings(w.chance, 1)...); err != nil {
			return err
		}
		fmt.Printf("ack %s %d %s\n", c.ID(), c.State().Seq(), author)
		if _, err := refreshed(ctx, p, parent); err != nil {
			return err
		}
	}
	return nil
}

// TestKillsBetweenAMoveAndItsObservationLoseNothing kills a process that moves districts
// and has their parent observe them. What it acknowledged is there, what the parent has
// observed is true, and one refresh makes up for what the kill cut off.
func TestKillsBetweenAMoveAndItsObservationLoseNothing(t *testing.T) {
	for name, dsn := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return sqliteOnDisk(t) },
		"postgres": func(t *testing.T) string { return postgresSchema(t) },
		"files":    func(t *testing.T) string { return "file:" + filepath.Join(t.TempDir(), "journal") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn, ids := dsn(t), districts(5)
			h, err := open(t.Context(), dsn)
			require.NoError(t, err)
			founded(t, h.journal, "nation", ids)
			require.NoError(t, h.close())
			chance := rand.New(rand.NewPCG(*seed, 17))
			cut, moves := 0, 0
			for round := range 8 {
				c := startChild(t, "observe", dsn, fmt.Sprint("round ", round), append([]string{"nation"}, ids...), chance.Uint64(), time.Hour)
				<-c.first
				time.Sleep(time.Duration(chance.Int64N(int64(40 * time.Millisecond))))
				require.NoError(t, c.kill())
				c.end()
				require.Empty(t, c.failure)
				h, err := open(t.Context(), dsn)
				require.NoError(t, err)
				for _, a := range c.acks {
					var there bool
					for e, err := range h.journal.Load(t.Context(), a.cycle, uint64(a.seq-1)) {
						require.NoError(t, err)
						there = e.By == a.author
						break
					}
					require.True(t, there, "%s was acknowledged", a.author)
				}
				moves += len(c.acks)
				p, err := office(t.Context(), h.journal)
				require.NoError(t, err)
				cut += mended(t, p, "nation")
				settled(t, p, h.journal, "nation", ids)
				require.NoError(t, h.close())
			}
			t.Logf("%d moves, and %d that a kill had cut off from their observation", moves, cut)
		})
	}
	t.Run("memory", func(t *testing.T) { // what it is to be killed there: nobody goes on
		j, ids := journal.NewMemory(), districts(5)
		founded(t, j, "nation", ids)
		p, err := office(t.Context(), j)
		require.NoError(t, err)
		mended(t, p, "nation")
		c, err := p.Cycle(t.Context(), ids[3])
		require.NoError(t, err)
		_, err = c.Apply(t.Context(), reformcycle.By("district"), ratings(chance(), 2)...)
		require.NoError(t, err)
		_, err = p.Refresh(t.Context(), reformcycle.By("office"), "nation") // and it is never applied
		require.NoError(t, err)
		again, err := office(t.Context(), j)
		require.NoError(t, err)
		require.Equal(t, 1, mended(t, again, "nation"))
		settled(t, again, j, "nation", ids)
	})
}

// mended refreshes a parent once, and tells how many districts it had not observed.
func mended(t *testing.T, p *portfolio.Portfolio, parent string) int {
	t.Helper()
	sights, err := p.OutOfDate(t.Context(), parent)
	require.NoError(t, err)
	for _, s := range sights {
		require.NoError(t, s.Err, "what was observed is what is there")
	}
	_, err = refreshed(t.Context(), p, parent)
	require.NoError(t, err)
	left, err := p.OutOfDate(t.Context(), parent)
	require.NoError(t, err)
	require.Empty(t, left)
	return len(sights)
}
