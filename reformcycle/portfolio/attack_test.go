package portfolio_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// ill is a journal that does not do well: with some of its cycles it panics, is silent until
// the context ends, or says that they are damaged.
type ill struct {
	reformcycle.Journal
	with map[string]string
}

func (j *ill) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		switch j.with[cycle] {
		case "panic":
			panic("a host's own journal")
		case "silent":
			<-ctx.Done()
			yield(reformcycle.Entry{}, ctx.Err())
			return
		case "damaged":
			yield(reformcycle.Entry{}, reformcycle.ErrDamaged)
			return
		}
		for e, err := range j.Journal.Load(ctx, cycle, after) {
			if !yield(e, err) {
				return
			}
		}
	}
}

// calls are all that a portfolio is asked of many.
func calls(p *portfolio.Portfolio, sees func(string) bool) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"roll-up":  func(ctx context.Context) error { _, err := p.RollUp(ctx, sees); return err },
		"tree":     func(ctx context.Context) error { _, err := p.Tree(ctx, sees); return err },
		"late":     func(ctx context.Context) error { _, err := p.Late(ctx, sees); return err },
		"shared":   func(ctx context.Context) error { _, err := p.Shared(ctx, sees); return err },
		"diagnose": func(ctx context.Context) error { _, err := p.Diagnose(ctx, sees); return err },
		"page": func(ctx context.Context) error {
			_, err := p.Page(ctx, portfolio.Query{Sees: sees, Text: "n"})
			return err
		},
		"refresh": func(ctx context.Context) error { _, err := p.Refresh(ctx, by, "ජාතිය"); return err },
	}
}

// A journal that panics, is silent or is damaged takes nothing from others: what is
// damaged is told, who waits goes when the context ends, and what panicked once is asked
// again as if nothing had been.
func TestAJournalThatDoesNotDoWell(t *testing.T) {
	j := &ill{journal.NewMemory(), map[string]string{}}
	o := opened(t, j)
	o.begin("ජාතිය", reformcycle.Design, place("ජා", reformcycle.National, "", 0), naming(child("ගම්පහ", 10), child("කෑගල්ල", 20)))
	o.begin("ගම්පහ", reformcycle.Design, place("ගම්", reformcycle.District, "ජා", 10), linked("ජාතිය", reformcycle.Asks))
	o.begin("කෑගල්ල", reformcycle.Design, place("කෑ", reformcycle.District, "ජා", 20), linked("ජාතිය", reformcycle.Asks))

	for name := range calls(o.Portfolio, portfolio.Everything) {
		fresh := opened(t, j)
		call := calls(fresh.Portfolio, portfolio.Everything)[name]
		j.with["ගම්පහ"] = "panic"
		// The panic of a host's journal is the host's, or an error; it leaves no lock behind.
		func() {
			defer func() { _ = recover() }()
			_ = call(background)
		}()
		delete(j.with, "ගම්පහ")
		done := make(chan error, 1)
		go func() { done <- call(background) }()
		select {
		case err := <-done:
			require.NoError(t, err, name)
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: a lock is still held", name)
		}

		fresh = opened(t, j)
		call = calls(fresh.Portfolio, portfolio.Everything)[name]
		j.with["ගම්පහ"] = "silent"
		ctx, cancel := context.WithTimeout(background, 50*time.Millisecond)
		began := time.Now()
		err := call(ctx)
		cancel()
		require.Less(t, time.Since(began), 10*time.Second, name)
		require.True(t, errors.Is(err, context.DeadlineExceeded), "%s: %v", name, err)
		delete(j.with, "ගම්පහ")
		require.NoError(t, call(background), name+": it was not kept as a cycle that can't be read")

		j.with["ගම්පහ"] = "damaged"
		fresh = opened(t, j)
		require.NoError(t, calls(fresh.Portfolio, portfolio.Everything)[name](background), name)
		all, err := fresh.RollUp(background, portfolio.Everything)
		require.NoError(t, err)
		require.Len(t, all.Silent, 1)
		require.Equal(t, "ගම්පහ", all.Silent[0].Cycle)
		require.Equal(t, 2, all.Cycles)
		all, err = fresh.RollUp(background, func(id string) bool { return id != "ගම්පහ" })
		require.NoError(t, err)
		require.Empty(t, all.Silent, "who may not see it hears of no damage")
		delete(j.with, "ගම්පහ")
	}
}

// A cycle of another nation is no parent.
func TestALinkWithAnotherNationIsRefused(t *testing.T) {
	o := opened(t, journal.NewMemory())
	for id, country := range map[string]string{"UGA": "UG", "KEN-1": "KE"} {
		c, err := reformcycle.New(id, reformcycle.WithJournal(o.watched), reformcycle.WithCountry(country), reformcycle.WithClock(o.clock))
		require.NoError(t, err)
		_, err = c.Apply(background, by, rated(1))
		require.NoError(t, err)
	}
	err := o.CheckLink(background, "KEN-1", "UGA")
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.Equal(t, `link.parent: got "UGA", want a reform of KE, as this one is; it is of UG`, err.Error())
	require.Equal(t, "link.parent", fault.Of(err)[0].Path)
}

// Two instances that refresh one nation at once: one batch goes in, the other ends in a
// conflict, and once refreshed has nothing more to say.
func TestTwoInstancesRefreshOneNation(t *testing.T) {
	o := nation(t, reformcycle.Asks)
	other := opened(t, o.watched.Journal)
	a, b := o.refresh("N"), other.refresh("N")
	require.Equal(t, a.Changes, b.Changes)
	_, err := a.Apply(background)
	require.NoError(t, err)
	_, err = b.Apply(background)
	var conflict *reformcycle.ConflictError
	require.ErrorAs(t, err, &conflict)
	require.Empty(t, other.refresh("N").Changes)
	require.Len(t, other.state("N").Observations(), 2)
}
