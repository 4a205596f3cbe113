package portfolio_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

var (
	background = context.Background()
	dawn       = time.Date(2020, time.January, 15, 8, 0, 0, 0, time.UTC)
	by         = reformcycle.Stamp{Author: "reform office"}
)

// watched is a journal that counts which cycles were read.
type watched struct {
	reformcycle.Journal
	mu    sync.Mutex
	loads map[string]int
}

func (w *watched) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	w.mu.Lock()
	w.loads[cycle]++
	w.mu.Unlock()
	return w.Journal.Load(ctx, cycle, after)
}

// office is a portfolio over a new journal, with a clock that stands where day says.
type office struct {
	testing.TB
	*watched
	*portfolio.Portfolio
	day int
}

func (o *office) clock() time.Time { return dawn.AddDate(0, 0, o.day) }

func opened(t testing.TB, j reformcycle.Journal, options ...portfolio.Option) *office {
	o := &office{TB: t, watched: &watched{Journal: j, loads: map[string]int{}}}
	var err error
	o.Portfolio, err = portfolio.Open(background, o.watched, append(options, portfolio.WithOptions(reformcycle.WithClock(o.clock)))...)
	require.NoError(t, err)
	return o
}

// begin records a new cycle.
func (o *office) begin(id string, stage reformcycle.Stage, changes ...reformcycle.Change) {
	c, err := reformcycle.New(id, reformcycle.WithJournal(o.watched), reformcycle.WithStage(stage), reformcycle.WithClock(o.clock))
	require.NoError(o, err)
	_, err = c.Apply(background, by, changes...)
	require.NoError(o, err)
}

func (o *office) apply(id string, changes ...reformcycle.Change) {
	c, err := o.Cycle(background, id)
	require.NoError(o, err)
	_, err = c.Apply(background, by, changes...)
	require.NoError(o, err)
}

func (o *office) refresh(id string) portfolio.Proposal {
	p, err := o.Refresh(background, by, id)
	require.NoError(o, err)
	return p
}

func (o *office) state(id string) reformcycle.State {
	c, err := o.Cycle(background, id)
	require.NoError(o, err)
	return c.State()
}

func linked(parent string, held reformcycle.Held) reformcycle.LinkParent {
	return reformcycle.LinkParent{Link: reformcycle.Link{Parent: parent, Held: held, Months: 6}}
}

func naming(children ...reformcycle.Child) reformcycle.NameChildren {
	return reformcycle.NameChildren{Of: reformcycle.Children{Children: children, Year: 2019, Source: "census"}}
}

func child(cycle string, people float64) reformcycle.Child {
	return reformcycle.Child{Cycle: cycle, Name: cycle, Population: people}
}

func place(id string, tier reformcycle.Tier, parent string, people float64) reformcycle.NameJurisdiction {
	j := reformcycle.Jurisdiction{ID: id, Name: id, Tier: tier, Parent: parent}
	if people > 0 {
		j.Population = reformcycle.Population{People: people, Year: 2019, Source: "census"}
	}
	return reformcycle.NameJurisdiction{Jurisdiction: j}
}

func rated(level assessment.Level) reformcycle.Rate {
	return reformcycle.Rate{Criterion: "problem.needs", Level: level, Evidence: assessment.Evidence{What: "seen", Source: "test", Basis: assessment.Illustrative}}
}

func seen(cycle string, seq uint64, stage reformcycle.Stage) reformcycle.ObserveCycle {
	return reformcycle.ObserveCycle{Observation: reformcycle.Observation{
		Cycle: cycle, Seq: seq, Seen: date.Of(dawn), Stage: stage, Lap: 1, Furthest: stage, FurthestThisLap: stage,
	}}
}

// nation is a parent and two districts that are linked with it.
func nation(t testing.TB, held reformcycle.Held) *office {
	o := opened(t, journal.NewMemory())
	o.begin("N", reformcycle.Design, naming(child("A", 10), child("B", 20)))
	o.begin("A", reformcycle.Design, linked("N", held))
	o.begin("B", reformcycle.Launch, linked("N", held))
	return o
}

// What has moved is proposed, what has not is not, and a parent and its children that look
// at each other come to rest.
func TestThePortfolioHasTheClockOfItsCycles(t *testing.T) {
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	p, err := portfolio.Open(t.Context(), journal.NewMemory(), portfolio.WithOptions(reformcycle.WithClock(func() time.Time { return now })))
	require.NoError(t, err)
	require.Equal(t, now, p.Now())
	p, err = portfolio.Open(t.Context(), journal.NewMemory())
	require.NoError(t, err)
	require.True(t, p.Now().IsZero())
}

func TestARefreshProposesWhatHasMoved(t *testing.T) {
	o := nation(t, reformcycle.GoesOn)
	first := o.refresh("N")
	require.Len(t, first.Changes, 2)
	require.Empty(t, o.state("N").Observations(), "a proposal applies nothing")
	_, err := first.Apply(background)
	require.NoError(t, err)
	_, err = first.Apply(background)
	require.ErrorIs(t, err, reformcycle.ErrConflict, "it rests on the entry that it saw")
	_, err = o.refresh("A").Apply(background)
	require.NoError(t, err)
	for _, id := range []string{"N", "A", "N", "A"} {
		require.Empty(t, o.refresh(id).Changes, id)
		receipt, err := o.refresh(id).Apply(background)
		require.NoError(t, err)
		require.Zero(t, receipt)
	}

	o.apply("A", rated(1), rated(2))
	o.apply("B", reformcycle.Revisit{To: reformcycle.Design, Reason: "So"})
	behind, err := o.OutOfDate(background, "N")
	require.NoError(t, err)
	require.Equal(t, []string{"A 2 false", "B 1 true"}, []string{
		fmt.Sprint(behind[0].Cycle, " ", behind[0].Behind, " ", behind[0].Changed), fmt.Sprint(behind[1].Cycle, " ", behind[1].Behind, " ", behind[1].Changed),
	})
	_, err = o.refresh("N").Apply(background)
	require.NoError(t, err)
	require.Equal(t, reformcycle.Design, o.state("N").Observations()[1].Stage)
	require.Equal(t, reformcycle.Design, o.state("N").Stage())

	_, err = o.refresh("A").Apply(background)
	require.NoError(t, err)
	require.Empty(t, o.refresh("A").Changes)
	o.day = 250
	aged := o.refresh("A")
	require.Len(t, aged.Changes, 1, "an observation is as old as the link lets it be")
	require.True(t, aged.Sights[0].Aged)
}

// When the parent is suspended or abandoned each child does as its link says, once.
func TestAHeldParentDoesAsTheLinkSays(t *testing.T) {
	ends := map[reformcycle.Status]reformcycle.Change{
		reformcycle.Suspended: reformcycle.Suspend{Reason: "Cholera"}, reformcycle.Abandoned: reformcycle.Abandon{Reason: "No money"},
	}
	for _, held := range []reformcycle.Held{reformcycle.GoesOn, reformcycle.IsSuspended, reformcycle.Asks} {
		for status, end := range ends {
			o := nation(t, held)
			_, err := o.refresh("A").Apply(background)
			require.NoError(t, err)
			o.apply("N", end)
			require.Equal(t, reformcycle.Active, o.state("A").Status())
			p := o.refresh("A")
			require.Len(t, p.Changes, map[reformcycle.Held]int{reformcycle.GoesOn: 1, reformcycle.IsSuspended: 2, reformcycle.Asks: 1}[held])
			require.Equal(t, held == reformcycle.Asks, len(p.Questions) == 1)
			if held == reformcycle.Asks {
				require.Equal(t, "The reform N is no longer under way ("+status.String()+"). Is A to be suspended, too?", p.Questions[0].String())
			}
			_, err = p.Apply(background)
			require.NoError(t, err)
			require.Equal(t, held == reformcycle.IsSuspended, o.state("A").Status() == reformcycle.Suspended)
			if held == reformcycle.IsSuspended {
				require.Contains(t, o.state("A").Held(), status.String())
				o.apply("A", reformcycle.Resume{Reason: "We go on"})
			}
			p = o.refresh("A")
			require.Empty(t, p.Changes, "what was decided since stands")
			require.Empty(t, p.Questions)
			if status == reformcycle.Abandoned {
				require.Empty(t, o.refresh("N").Changes, "an abandoned cycle observes nothing")
			}
		}
	}
}

// What can't be observed is told by name, and keeps no other from being observed.
func TestWhatIsWrongWithANeighbourIsTold(t *testing.T) {
	o := opened(t, journal.NewMemory())
	o.begin("N", reformcycle.Design, naming(child("A", 0), child("B", 0), child("C", 0), child("D", 0)), seen("A", 99, reformcycle.Launch), seen("B", 2, reformcycle.Launch))
	for _, id := range []string{"A", "B", "C"} {
		o.begin(id, reformcycle.Design, rated(1))
	}
	p := o.refresh("N")
	var told []string
	for _, s := range p.Sights {
		if s.Err != nil {
			told = append(told, s.Err.Error())
		}
	}
	require.Equal(t, []string{
		"observations[A].seq: got 99, want an entry of the journal of A, which ends at entry 2; entry 3, which says so, has to be retracted",
		"observations[B]: got 2, want what the journal of B says at entry 2; entry 4 says another thing",
		"no such cycle: D",
	}, told)
	require.Len(t, p.Changes, 2, "B and C")
	_, err := p.Apply(background)
	require.NoError(t, err)
	require.Equal(t, reformcycle.Design, o.state("N").Observations()[1].Stage)

	o.apply("N", reformcycle.Retract{Entry: 3, Reason: "Forged"})
	p = o.refresh("N")
	require.Len(t, p.Changes, 1)
	_, err = p.Apply(background)
	require.NoError(t, err)
	require.Equal(t, reformcycle.Design, o.state("N").Observations()[0].Stage)

	_, err = o.Refresh(background, by, "Z")
	require.ErrorIs(t, err, reformcycle.ErrNotFound)
	_, err = portfolio.Proposal{}.Apply(background)
	require.ErrorIs(t, err, fault.ErrInvalid)
}

// An observation of an entry before the head is held against what the neighbour's journal
// says there: a true one is out of date and nothing more, a forged one is named.
func TestAForgedObservationOfAnEarlierEntryIsTold(t *testing.T) {
	o := opened(t, journal.NewMemory())
	o.begin("N", reformcycle.Design, naming(child("A", 0), child("B", 0)))
	for _, id := range []string{"A", "B"} {
		o.begin(id, reformcycle.Design, rated(1))
	}
	_, err := o.refresh("N").Apply(background)
	require.NoError(t, err)
	o.apply("N", seen("B", 2, reformcycle.Governance))
	for _, id := range []string{"A", "B"} {
		o.apply(id, reformcycle.Suspend{Reason: "Cholera"})
	}
	p := o.refresh("N")
	require.Len(t, p.Sights, 2)
	require.NoError(t, p.Sights[0].Err)
	require.True(t, p.Sights[0].OutOfDate() && p.Sights[1].OutOfDate())
	require.EqualError(t, p.Sights[1].Err, "observations[B]: got 2, want what the journal of B says at entry 2; entry 5 says another thing")
	_, err = p.Apply(background)
	require.NoError(t, err)
	require.Equal(t, reformcycle.Design, o.state("N").Observations()[1].Stage)
	require.Empty(t, o.refresh("N").Sights)
}

// Whatever the order of moves and refreshes, those that end with the same observations end
// with the same answers, and no move of one cycle moves another.
func TestOrdersThatEndWithTheSameObservationsGiveTheSameAnswers(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		list, err := reformcycle.ReformChecklist().Derive("1.0.0-nation",
			assessment.AskChildren("readiness.subnational", assessment.FromChildren{Of: assessment.OfChildren, Stage: "program-readiness"}, 2))
		require.NoError(t, err)
		answers := func(shuffled bool) (out []string) {
			j := journal.NewMemory()
			p, err := portfolio.Open(background, j, portfolio.WithOptions(reformcycle.WithChecklist(list)))
			require.NoError(t, err)
			at := by.At(dawn)
			for id, changes := range map[string][]reformcycle.Change{"A": {linked("N", reformcycle.GoesOn)}, "B": {linked("N", reformcycle.GoesOn)}, "N": {naming(child("A", 1), child("B", 2))}} {
				c, err := reformcycle.New(id, reformcycle.WithJournal(j), reformcycle.WithChecklist(list), reformcycle.WithStage(reformcycle.ProgramReadiness))
				require.NoError(t, err)
				_, err = c.Apply(background, at, changes...)
				require.NoError(t, err)
			}
			refresh := func(id string) {
				proposal, err := p.Refresh(background, at, id)
				require.NoError(t, err)
				_, err = proposal.Apply(background)
				require.NoError(t, err)
			}
			for range 4 {
				if shuffled {
					for _, id := range rapid.SliceOfN(rapid.SampledFrom([]string{"A", "B", "N"}), 0, 4).Draw(r, "refreshed") {
						refresh(id)
					}
				}
				for _, id := range []string{"A", "B"} {
					c, err := p.Cycle(background, id)
					require.NoError(t, err)
					_, err = c.Apply(background, at, rated(1))
					require.NoError(t, err)
				}
			}
			for _, id := range []string{"N", "A", "B"} {
				refresh(id)
			}
			for _, id := range []string{"N", "A", "B"} {
				c, err := p.Cycle(background, id)
				require.NoError(t, err)
				require.Equal(t, reformcycle.ProgramReadiness, c.State().Stage())
				out = append(out, fmt.Sprint(c.State().Levels(), c.State().Blockers()))
			}
			return out
		}
		require.Equal(t, answers(false), answers(true))
	})
}

// A call opens what it needs: the cycles of its page, those that may be seen, no more than
// stay open, and each once however many ask.
func TestNothingIsOpenedThatACallDoesNotNeed(t *testing.T) {
	disk, err := journal.OpenFile(t.TempDir())
	require.NoError(t, err)
	defer disk.Close()
	for _, j := range []reformcycle.Journal{journal.NewMemory(), disk} {
		o := opened(t, j, portfolio.WithOpen(2))
		for i := range 6 {
			o.begin(fmt.Sprint("c", i), reformcycle.Design)
		}
		clear(o.loads)
		sees := func(id string) bool { return id != "c1" }
		var ids []string
		for after := ""; ; {
			page, err := o.Page(background, portfolio.Query{Sees: sees, Limit: 2, After: after})
			require.NoError(t, err)
			if after == "" {
				require.Equal(t, map[string]int{"c0": 1, "c2": 1}, o.loads)
			}
			for _, row := range page.Rows {
				ids = append(ids, row.Cycle)
			}
			if after = page.Next; after == "" {
				break
			}
		}
		require.Equal(t, []string{"c0", "c2", "c3", "c4", "c5"}, ids)
		require.Zero(t, o.loads["c1"])

		held := func(id string) *reformcycle.Cycle {
			c, err := o.Cycle(background, id)
			require.NoError(t, err)
			return c
		}
		first := held("c3")
		held("c4")
		require.Same(t, first, held("c3"))
		held("c5") // in the place of c4, which was used least recently
		require.Same(t, first, held("c3"))
		_, err := o.RollUp(background, portfolio.Everything)
		require.NoError(t, err)
		require.Same(t, first, held("c3"), "a roll-up displaces nothing")
		held("c4")
		held("c5")
		require.NotSame(t, first, held("c3"))
	}
}

// Several goroutines that ask for the same cycles share them, and one that gives up keeps
// no other from its cycle.
func TestSeveralGoroutinesShareWhatIsOpen(t *testing.T) {
	o := opened(t, journal.NewMemory(), portfolio.WithOpen(3))
	for i := range 5 {
		o.begin(fmt.Sprint("c", i), reformcycle.Design)
	}
	var all sync.WaitGroup
	failed := make([]error, 40)
	for i := range failed {
		all.Go(func() {
			ctx, cancel := context.WithCancel(background)
			defer cancel()
			if i%4 == 0 {
				cancel()
			}
			c, err := o.Cycle(ctx, fmt.Sprint("c", i%5))
			if err == nil && c.ID() != fmt.Sprint("c", i%5) {
				err = errors.New("another cycle")
			}
			if err == nil {
				_, err = o.RollUp(ctx, portfolio.Everything)
			}
			failed[i] = err
		})
	}
	all.Wait()
	for i, err := range failed {
		if i%4 == 0 {
			require.ErrorIs(t, err, context.Canceled)
		} else {
			require.NoError(t, err)
		}
	}
}

func TestWhatCannotBeAskedIsRefused(t *testing.T) {
	o := opened(t, journal.NewMemory())
	var none *portfolio.Portfolio
	for name, call := range map[string]func() error{
		"journal: required": func() error { _, err := portfolio.Open(background, (*journal.Memory)(nil)); return err },
		"WithOpen: range":   func() error { _, err := portfolio.Open(background, o.watched, portfolio.WithOpen(0)); return err },
		"option: required":  func() error { _, err := portfolio.Open(background, o.watched, nil); return err },
		"WithClock: required": func() error {
			_, err := portfolio.Open(background, o.watched, portfolio.WithOptions(reformcycle.WithClock(nil)))
			return err
		},
		"portfolio: required": func() error { _, err := none.Cycle(background, "a"); return err },
		"sees: required":      func() error { _, err := o.RollUp(background, nil); return err },
		"sees: required ":     func() error { _, err := o.Page(background, portfolio.Query{}); return err },
		"limit: range": func() error {
			_, err := o.Page(background, portfolio.Query{Sees: portfolio.Everything, Limit: -1})
			return err
		},
		"id: required":  func() error { _, err := o.Cycle(background, ""); return err },
		"ctx: required": func() error { var none context.Context; _, err := o.Cycle(none, "a"); return err },
	} {
		fields := fault.Of(call())
		require.NotEmpty(t, fields, name)
		require.Equal(t, strings.TrimSpace(name), fields[0].Path+": "+fields[0].Rule)
	}
}

// Links that lead back to where they began are refused, with the circle named, and so is
// the link that would close one.
func TestACircleOfLinksIsRefused(t *testing.T) {
	o := opened(t, journal.NewMemory())
	o.begin("A", reformcycle.Design, linked("B", reformcycle.Asks))
	o.begin("B", reformcycle.Design, linked("C", reformcycle.Asks))
	o.begin("C", reformcycle.Design)
	require.NoError(t, o.CheckLink(background, "D", "A"))
	require.ErrorContains(t, o.CheckLink(background, "C", "A"), "B → A → C → B")
	require.ErrorContains(t, o.CheckLink(background, "A", "A"), "A → A")
	require.ErrorContains(t, o.CheckLink(background, "A", "Z"), `got "Z", want a cycle that the journal has`)
	o.apply("A", naming(child("C", 0)))
	_, err := o.Tree(background, portfolio.Everything)
	require.ErrorContains(t, err, "A → C → B → A")
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = o.Tree(background, func(id string) bool { return id != "C" })
	require.NoError(t, err)
}

// What does not fit in the tree is told, in the language of who reads.
func TestTheTreeRemarksOnWhatDoesNotFit(t *testing.T) {
	o := opened(t, journal.NewMemory())
	o.begin("N", reformcycle.Design, place("KE", reformcycle.National, "", 0), naming(child("A", 0), child("B", 0), child("Q", 0), child("H", 0)))
	o.begin("U", reformcycle.Design, place("UG", reformcycle.National, "", 0), naming(child("B", 0)))
	o.begin("A", reformcycle.Design, place("KE-1", reformcycle.District, "KE", 0), linked("N", reformcycle.Asks))
	o.begin("B", reformcycle.Design, place("UG-1", reformcycle.District, "UG", 0), linked("N", reformcycle.Asks))
	o.begin("C", reformcycle.Design, place("KE-1", reformcycle.District, "KE", 0), linked("X", reformcycle.Asks))
	o.begin("D", reformcycle.Design, place("R1", reformcycle.Region, "R2", 0))
	o.begin("E", reformcycle.Design, place("R2", reformcycle.Region, "R1", 0))
	o.begin("F", reformcycle.Design, place("KE-1", reformcycle.District, "KE", 0), reformcycle.Abandon{Reason: "No money"})
	o.begin("G", reformcycle.Design, place("KE-2", reformcycle.District, "not known", 0), linked("N", reformcycle.Asks))
	o.begin("H", reformcycle.Design)
	tree, err := o.Tree(background, func(id string) bool { return id != "H" })
	require.NoError(t, err)
	require.Len(t, tree.Places, 9)
	accented := languagetest.Accented(nil)
	var told []string
	for _, r := range tree.Remarks {
		told = append(told, r.Says.String())
		require.Empty(t, languagetest.Leaks(accented.Say(r.Says), "KE-1", "KE", "UG-1", "UG", "R1", "R2", "N", "U", "A", "B", "C", "Q", "X"))
	}
	require.Equal(t, []string{
		"B is linked with N, and U names it as its child",
		"The jurisdiction of B, UG-1, does not lie in that of its parent N, KE",
		"C is linked with a parent that is not in the journal: X",
		"Two reforms under way are of one jurisdiction, KE-1: A and C",
		"The jurisdiction R1 lies in itself: R2, R1",
		"N names a child that is not in the journal: Q",
	}, told)
}

// No sequence of moves on children, of observations of them and of refreshes makes a
// parent move, nor is a child moved by its parent: stage, lap, status and debts are what
// its own moves made them. What a refresh proposes for a child whose parent is held is the
// one exception, and that is a batch that the host applies.
func TestNoMoveOfAChildMovesAParent(t *testing.T) {
	standing := func(s reformcycle.State) string {
		return fmt.Sprint(s.Stage(), s.Lap(), s.Status(), len(s.Debts()), len(s.Laps()))
	}
	rapid.Check(t, func(rt *rapid.T) {
		list, err := reformcycle.ReformChecklist().Derive("1.0.0-nation", assessment.AskChildren("design.consulted", assessment.FromChildren{Of: assessment.OfChildren, Stage: "launch"}, 1))
		require.NoError(t, err)
		o := opened(t, journal.NewMemory(), portfolio.WithOptions(reformcycle.WithChecklist(list)))
		o.begin("N", reformcycle.Design, naming(child("A", 10), child("B", 20)))
		o.begin("A", reformcycle.Design, linked("N", reformcycle.IsSuspended))
		o.begin("B", reformcycle.Launch, linked("N", reformcycle.GoesOn))
		before := standing(o.state("N"))
		moves := []reformcycle.Change{
			reformcycle.Advance{}, reformcycle.Revisit{To: reformcycle.ProblemPrioritization, Reason: "So"}, reformcycle.Revisit{To: reformcycle.Design, Reason: "So"},
			reformcycle.Suspend{Reason: "So"}, reformcycle.Resume{Reason: "So"}, reformcycle.Abandon{Reason: "So"}, reformcycle.Renew{}, rated(2),
		}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			id := rapid.SampledFrom([]string{"A", "B"}).Draw(rt, "child")
			switch rapid.IntRange(0, 2).Draw(rt, "what") {
			case 0:
				c, err := o.Cycle(background, id)
				require.NoError(t, err)
				_, _ = c.Apply(background, by, rapid.SampledFrom(moves).Draw(rt, "move")) // refused or not
			case 1:
				_, err := o.refresh("N").Apply(background)
				require.NoError(t, err)
			default:
				if o.state(id).Status() == reformcycle.Abandoned {
					continue
				}
				was := standing(o.state(id))
				_, err := o.refresh(id).Apply(background)
				require.NoError(t, err)
				require.Equal(t, was, standing(o.state(id)), "the parent is active")
			}
			require.Equal(t, before, standing(o.state("N")))
		}
	})
}
