package reformcycle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

// The walk keys.txt tells what a key does, and stale-stamps.txt what After does.

func keyed(n int) reformcycle.Stamp { return office(n).Key(fmt.Sprint("key ", n)) }

func TestTheLast256KeysOfACycleAreRemembered(t *testing.T) {
	j := newAlbum()
	c, err := reformcycle.New("KEYS", reformcycle.WithJournal(j))
	require.NoError(t, err)
	const all = 600
	for n := range all {
		require.NoError(t, refusalOf(c.Apply(background, keyed(n), needs(assessment.Level(1+n%4)))))
	}
	before := c.State()
	for what, cycle := range map[string]func() *reformcycle.Cycle{
		"live": func() *reformcycle.Cycle { return c },
		"fork": c.Fork,
		"folded": func() *reformcycle.Cycle {
			opened, err := reformcycle.Open(background, j, c.ID())
			require.NoError(t, err)
			return opened
		},
		"from a snapshot": func() *reformcycle.Cycle {
			require.NoError(t, c.Snapshot(background))
			opened, err := reformcycle.Open(background, j, c.ID())
			require.NoError(t, err)
			return opened
		},
		"imported": func() *reformcycle.Cycle {
			var lines bytes.Buffer
			require.NoError(t, reformcycle.Export(background, j, c.ID(), &lines))
			other := journal.NewMemory()
			_, err := reformcycle.Import(background, other, &lines)
			require.NoError(t, err)
			opened, err := reformcycle.Open(background, other, c.ID())
			require.NoError(t, err)
			return opened
		},
	} {
		t.Run(what, func(t *testing.T) {
			c := cycle()
			for _, n := range []int{all - 256, all - 100, all - 1} {
				receipt, err := c.Apply(background, keyed(n), needs(assessment.Level(1+n%4)))
				require.NoError(t, err)
				require.Equal(t, reformcycle.Receipt{First: uint64(n) + 2, Last: uint64(n) + 2, Repeated: true}, receipt)
			}
			require.Equal(t, bytesOf(t, before), bytesOf(t, c.State()))
			// One more is forgotten: the batch is judged as any other, and comes too early.
			require.ErrorIs(t, refusalOf(c.Apply(background, keyed(all-257), needs(assessment.Level(1+(all-257)%4)))), reformcycle.ErrMoment)
		})
	}
}

func TestForksTakeTheSameKeyEachForItself(t *testing.T) {
	c, err := reformcycle.New("FORKS")
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, keyed(0), needs(1))))
	one, other := c.Fork(), c.Fork()
	require.NoError(t, refusalOf(one.Apply(background, keyed(1), needs(2))))
	require.NoError(t, refusalOf(other.Apply(background, keyed(1), needs(3))))
	require.ErrorIs(t, refusalOf(one.Apply(background, keyed(1), needs(3))), reformcycle.ErrKeyTaken)
	receipt, err := c.Apply(background, keyed(1), needs(4))
	require.NoError(t, err)
	require.False(t, receipt.Repeated)
}

// An Append of which nobody knows how it ended is tried again with its key.
func TestAKeyHoldsWhenAnAppendEndsUncertain(t *testing.T) {
	lost := errors.New("the connection is gone")
	for _, kept := range []bool{true, false} {
		j := &hooked{}
		c, err := reformcycle.New("UNCERTAIN", reformcycle.WithJournal(j))
		require.NoError(t, err)
		require.NoError(t, refusalOf(c.Apply(background, office(0), needs(1))))
		j.onAppend = func(b reformcycle.Batch) error {
			if kept {
				require.NoError(t, j.Memory.Append(background, b))
			}
			return lost
		}
		require.ErrorIs(t, refusalOf(c.Apply(background, keyed(1), needs(2))), lost)
		j.onAppend = nil
		receipt, err := c.Apply(background, keyed(1), needs(2))
		require.NoError(t, err)
		require.Equal(t, reformcycle.Receipt{First: 3, Last: 3, Repeated: kept}, receipt)
		require.Len(t, entriesOf(t, c), 3)
		require.EqualValues(t, 3, c.State().Seq())
	}
}

// Whoever has not seen the batch yet refuses it for what it has not seen, or finds it.
func TestABatchThatWasTakenElsewhereIsNotRefusedHere(t *testing.T) {
	j := journal.NewMemory()
	first, err := reformcycle.New("STALE", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.NoError(t, refusalOf(first.Apply(background, office(0), needs(1))))
	second, err := reformcycle.Open(background, j, "STALE")
	require.NoError(t, err)
	propose := reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: "walk", Name: "A walk", Origin: reformcycle.Local}}
	pilot := reformcycle.RecordPilot{Solution: "walk", Pilot: reformcycle.Pilot{ID: "pilot", Where: "Konobo", Finding: reformcycle.Effective, Result: "It works.", Evidence: illustrative("a pilot")}}
	require.NoError(t, refusalOf(first.Apply(background, office(1), propose)))
	require.NoError(t, refusalOf(first.Apply(background, keyed(2), pilot)))

	require.ErrorIs(t, refusalOf(second.Apply(background, office(2), pilot)), reformcycle.ErrInvalid, "it knows of no such solution")
	require.EqualValues(t, 2, second.State().Seq())
	receipt, err := second.Apply(background, keyed(2), pilot)
	require.NoError(t, err)
	require.Equal(t, reformcycle.Receipt{First: 4, Last: 4, Repeated: true}, receipt)
	require.EqualValues(t, 4, second.State().Seq())
}

func TestABatchThatRestsOnAnEntryIsNotTriedAgain(t *testing.T) {
	j := journal.NewMemory()
	first, err := reformcycle.New("RESTS", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.NoError(t, refusalOf(first.Apply(background, office(0), needs(1))))
	second, err := reformcycle.Open(background, j, "RESTS", reformcycle.WithRetries(3))
	require.NoError(t, err)
	const later = 150
	for range later {
		require.NoError(t, refusalOf(first.Apply(background, office(1), needs(2))))
	}
	var conflict *reformcycle.ConflictError
	require.ErrorAs(t, refusalOf(second.Apply(background, office(1).After(2), needs(3))), &conflict)
	require.EqualValues(t, 2, conflict.After)
	require.EqualValues(t, 2+later, conflict.Head)
	require.Len(t, conflict.Since, 100)
	require.EqualValues(t, 3, conflict.Since[0].Seq)

	text, err := json.Marshal(conflict)
	require.NoError(t, err)
	require.LessOrEqual(t, len(text), 4096)
	var form reformcycle.Refusal
	require.NoError(t, json.Unmarshal(text, &form))
	require.Equal(t, "conflict", form.Code)
	require.Equal(t, reformcycle.Since{Seq: 3, At: onDay(1), By: "reform office", Kind: reformcycle.KindRate}, form.Since[0])
	require.Equal(t, 100, len(form.Since)+form.More)

	receipt, err := second.Apply(background, office(1), needs(3))
	require.NoError(t, err, "it rests on nothing")
	require.EqualValues(t, 3+later, receipt.First)
}

func TestAKeyIsAName(t *testing.T) {
	c, err := reformcycle.New("KEY")
	require.NoError(t, err)
	broken(t, refusalOf(c.Apply(background, office(0).Key(strings.Repeat("x", 129)), needs(1))), "key", "length")
	broken(t, refusalOf(c.Apply(background, office(0).Key("a\nb"), needs(1))), "key", "characters")
	require.NoError(t, refusalOf(c.Apply(background, office(0).Key(""), needs(1))), "the empty key is none")
	require.NoError(t, refusalOf(c.Apply(background, office(0).Key(""), needs(2))))

	// A journal in which two batches have one key is not one of ours.
	j := journal.NewMemory()
	c, err = reformcycle.New("KEY", reformcycle.WithJournal(j))
	require.NoError(t, err)
	for n := range 3 {
		require.NoError(t, refusalOf(c.Apply(background, office(n), needs(1))))
	}
	other := journal.NewMemory()
	all := entriesOf(t, c)
	all[1].Key, all[3].Key = "same", "same"
	require.NoError(t, other.Append(background, reformcycle.Batch{Cycle: "KEY", Entries: all}))
	_, err = reformcycle.Open(background, other, "KEY")
	require.ErrorIs(t, err, reformcycle.ErrCorrupt)
}

func TestObserversHearWhatAHostHasToKnow(t *testing.T) {
	var heard []reformcycle.Notice
	c, err := reformcycle.New("HEARD", reformcycle.WithRefusals(), reformcycle.WithObserver(func(n reformcycle.Notice) { heard = append(heard, n) }))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, keyed(0), fulfil(reformcycle.ProblemPrioritization, 1)...)))
	require.NoError(t, refusalOf(c.Apply(background, keyed(0), fulfil(reformcycle.ProblemPrioritization, 1)...)), "a repeat, of which nobody hears")
	require.NoError(t, refusalOf(c.Apply(background, office(1), reformcycle.Advance{})))
	require.Error(t, refusalOf(c.Apply(background, office(2), reformcycle.Advance{})))
	require.Len(t, heard, 3)

	require.False(t, heard[0].Moved)
	require.Zero(t, heard[0].Before.Seq())
	require.True(t, heard[1].Moved)
	require.Equal(t, reformcycle.ProblemPrioritization, heard[1].Before.Stage())
	require.Equal(t, reformcycle.CoalitionBuilding, heard[1].Batch.State.Stage())
	require.Nil(t, heard[1].Refusal)

	require.Equal(t, "blocked", heard[2].Refusal.Code)
	require.Equal(t, "reform office", heard[2].By.Author)
	require.Empty(t, heard[2].Batch.Entries)
	require.Equal(t, bytesOf(t, heard[2].Before), bytesOf(t, heard[2].Batch.State))

	silent := 0
	c, err = reformcycle.New("UNHEARD", reformcycle.WithObserver(func(reformcycle.Notice) { silent++ }))
	require.NoError(t, err)
	require.Error(t, refusalOf(c.Apply(background, office(0), reformcycle.Advance{})))
	require.Zero(t, silent, "refusals take an option")
}

func TestALoggerIsToldHowAnApplyEnds(t *testing.T) {
	var lines bytes.Buffer
	log := slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "stack" {
			return slog.Attr{}
		}
		return a
	}}))
	j := &hooked{}
	panics := false
	c, err := reformcycle.New("LOGGED", reformcycle.WithJournal(j), reformcycle.WithLogger(log), reformcycle.WithObserver(func(reformcycle.Notice) {
		if panics {
			panic("oh")
		}
	}))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, keyed(0), needs(1))))
	require.NoError(t, refusalOf(c.Apply(background, keyed(0), needs(1))))
	require.Error(t, refusalOf(c.Apply(background, keyed(0), needs(2))))
	panics = true
	require.ErrorIs(t, refusalOf(c.Apply(background, keyed(1), needs(2))), reformcycle.ErrObserver)
	j.onAppend = func(reformcycle.Batch) error { return errors.New("the disk is full") }
	require.Error(t, refusalOf(c.Apply(context.Background(), keyed(2), needs(2))))
	require.Equal(t, `level=INFO msg=applied cycle=LOGGED author="reform office" first=2 last=2 standing=problem-prioritization
level=INFO msg="acknowledged again" cycle=LOGGED author="reform office" first=2 last=2
level=WARN msg=refused cycle=LOGGED author="reform office" code=key-taken text="the key \"key 0\" of \"LOGGED\" is that of another batch, which ended with entry 2: a batch keeps its key, a new one needs its own"
level=INFO msg=applied cycle=LOGGED author="reform office" first=3 last=3 standing=problem-prioritization
level=ERROR msg=observer error="an observer panicked: oh (the batch up to entry 3 of \"LOGGED\" is applied)"
level=ERROR msg=failed cycle=LOGGED author="reform office" error="appending to the journal of \"LOGGED\" failed: the disk is full"
`, lines.String())
}

func TestHistoryBeginsBehindAnEntry(t *testing.T) {
	c, err := reformcycle.New("HISTORY")
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), needs(1), needs(2), needs(3))))
	var seqs []uint64
	for e, err := range c.History(background, 2) {
		require.NoError(t, err)
		seqs = append(seqs, e.Seq)
	}
	require.Equal(t, []uint64{3, 4}, seqs)
}

func TestACycleBeginsWithItsTitleAlone(t *testing.T) {
	c, err := reformcycle.New("TITLE", reformcycle.WithTitle("A reform"))
	require.NoError(t, err)
	receipt, err := c.Apply(background, office(0))
	require.NoError(t, err)
	require.Equal(t, reformcycle.Receipt{First: 1, Last: 1}, receipt)
	require.Equal(t, "A reform", c.State().Title())
	broken(t, refusalOf(c.Apply(background, office(0))), "changes", "length")
}

func TestWhatIsPutRightKeepsItsKey(t *testing.T) {
	j := journal.NewMemory()
	c, err := reformcycle.New("RIGHT", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, keyed(0), needs(1))))
	require.NoError(t, refusalOf(c.Apply(background, keyed(1), needs(2))))
	retract := reformcycle.Retract{Entry: 3, Reason: "It was another district."}
	require.NoError(t, refusalOf(c.Apply(background, keyed(2), retract, reformcycle.Correct{Entry: 2, Change: needs(4), Reason: "Mistyped."})))
	opened, err := reformcycle.Open(background, j, "RIGHT")
	require.NoError(t, err)
	require.Equal(t, bytesOf(t, c.State()), bytesOf(t, opened.State()))
	for _, c := range []*reformcycle.Cycle{c, opened} {
		for n, change := range []reformcycle.Change{needs(1), needs(2)} {
			receipt, err := c.Apply(background, keyed(n), change)
			require.NoError(t, err)
			require.Equal(t, reformcycle.Receipt{First: uint64(n) + 2, Last: uint64(n) + 2, Repeated: true}, receipt)
		}
		receipt, err := c.Apply(background, keyed(2), retract, reformcycle.Correct{Entry: 2, Change: needs(4), Reason: "Mistyped."})
		require.NoError(t, err)
		require.Equal(t, reformcycle.Receipt{First: 4, Last: 5, Repeated: true}, receipt)
		require.ErrorIs(t, refusalOf(c.Apply(background, keyed(2), retract)), reformcycle.ErrKeyTaken)
	}
}
