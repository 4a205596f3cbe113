package reformcycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"math/bits"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// album is a journal in memory with snapshots, which counts what is loaded.
type album struct {
	*journal.Memory
	snapshots map[string]reformcycle.Snapshot
	saves     int
	loaded    int
	broken    error
}

func newAlbum() *album {
	return &album{Memory: journal.NewMemory(), snapshots: map[string]reformcycle.Snapshot{}}
}

func (a *album) SaveSnapshot(_ context.Context, s reformcycle.Snapshot) error {
	if a.broken != nil {
		return a.broken
	}
	a.saves++
	a.snapshots[s.Cycle] = s
	return nil
}

func (a *album) LoadSnapshot(_ context.Context, cycle string) (reformcycle.Snapshot, bool, error) {
	s, ok := a.snapshots[cycle]
	return s, ok, a.broken
}

func (a *album) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		for e, err := range a.Memory.Load(ctx, cycle, after) {
			a.loaded++
			if !yield(e, err) {
				return
			}
		}
	}
}

func TestOpeningFromASnapshotGivesTheFoldAndLoadsOnlyTheRest(t *testing.T) {
	a := newAlbum()
	c, day := fullReform(t, a)
	require.NoError(t, c.Snapshot(background))
	require.NoError(t, refusalOf(c.Apply(background, office(day), rate("learning.data", assessment.HighlyFunctional))))

	a.loaded = 0
	var notes []reformcycle.Note
	opened, err := reformcycle.Open(background, a, c.ID(), reformcycle.WithNotes(func(n reformcycle.Note) { notes = append(notes, n) }))
	require.NoError(t, err)
	assert.Equal(t, 2, a.loaded, "the snapshot's last entry, to know it by, and the one behind it")
	assert.Empty(t, notes)
	assert.Equal(t, bytesOf(t, c.State()), bytesOf(t, opened.State()))

	// Both go on alike.
	next := []reformcycle.Change{reformcycle.Revisit{To: reformcycle.Design, Reason: "Supervision does not work."}, rate("design.consulted", assessment.NonFunctional)}
	fork, forkOpened := c.Fork(), opened.Fork()
	require.NoError(t, refusalOf(fork.Apply(background, office(day), next...)))
	require.NoError(t, refusalOf(forkOpened.Apply(background, office(day), next...)))
	assert.Equal(t, bytesOf(t, fork.State()), bytesOf(t, forkOpened.State()))
	assert.Equal(t, fork.Now().Blockers(), forkOpened.Now().Blockers())
}

func TestASnapshotIsMadeWheneverSoManyEntriesHaveCome(t *testing.T) {
	a := newAlbum()
	c, err := reformcycle.New("SNAP", reformcycle.WithJournal(a), reformcycle.WithSnapshots(5))
	require.NoError(t, err)
	level := []assessment.Level{assessment.NonFunctional, assessment.Functional}
	for i := range 23 { // and the begin makes 24 entries
		require.NoError(t, refusalOf(c.Apply(background, office(i), rate("problem.needs", level[i%2]))))
	}
	assert.Equal(t, 4, a.saves, "at entries 5, 10, 15 and 20")
	assert.EqualValues(t, 20, a.snapshots["SNAP"].Seq)
}

func TestASnapshotThatCannotBeSavedIsANoteAndNoError(t *testing.T) {
	a := newAlbum()
	a.broken = errors.New("no space left")
	var notes []string
	c, err := reformcycle.New("SNAP", reformcycle.WithJournal(a), reformcycle.WithSnapshots(1),
		reformcycle.WithNotes(func(n reformcycle.Note) { notes = append(notes, n.Cycle+": "+n.What) }))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), rate("problem.needs", assessment.Functional))))
	assert.Equal(t, []string{"SNAP: no snapshot was saved: no space left"}, notes)

	plain, err := reformcycle.New("PLAIN")
	require.NoError(t, err)
	require.NoError(t, refusalOf(plain.Apply(background, office(0), rate("problem.needs", assessment.Functional))))
	assert.ErrorIs(t, plain.Snapshot(background), reformcycle.ErrNoSnapshots)
}

// A snapshot that does not fit is one that was made so, digest and all.
func TestASnapshotThatDoesNotFitIsIgnoredWithANote(t *testing.T) {
	a := newAlbum()
	c, _ := fullReform(t, a)
	require.NoError(t, c.Snapshot(background))
	good := a.snapshots[c.ID()]
	want := bytesOf(t, c.State())

	field := func(from, to string) func(*reformcycle.Snapshot) {
		return func(s *reformcycle.Snapshot) {
			changed := strings.Replace(string(s.State), from, to, 1)
			require.NotEqual(t, string(s.State), changed, "the state has no %s", from)
			s.State = json.RawMessage(changed)
		}
	}
	for name, spoil := range map[string]func(*reformcycle.Snapshot){
		"another cycle":            func(s *reformcycle.Snapshot) { s.Cycle = "OTHER" },
		"another schema":           func(s *reformcycle.Snapshot) { s.Schema++ },
		"another table of moves":   func(s *reformcycle.Snapshot) { s.Table = "0000000000000000" },
		"an unknown checklist":     func(s *reformcycle.Snapshot) { s.Checklist = "reform-readiness@9.9.9" },
		"another sequence number":  func(s *reformcycle.Snapshot) { s.Seq-- },
		"no state":                 func(s *reformcycle.Snapshot) { s.State = nil },
		"half a state":             func(s *reformcycle.Snapshot) { s.State = s.State[:len(s.State)/2] },
		"a field nobody knows":     field(`"lap":`, `"mood":"good","lap":`),
		"a lap that is not":        field(`"lap":1`, `"lap":0`),
		"a lap ahead of its laps":  field(`"lap":1`, `"lap":2`),
		"a stage never arrived at": field(`{"stage":"management-and-learning",`, `{"stage":"design",`),
		"no stage":                 field(`"stage":"management-and-learning"`, `"stage":""`),
		"suspended for no reason":  field(`"status":"active"`, `"status":"suspended"`),
		"held while active":        field(`"status":"active"`, `"status":"active","held":"war"`),
		"a rating out of order":    field(`{"criterion":"problem.needs"`, `{"criterion":"problem.vision"`),
		"a derived rating":         field(`{"criterion":"problem.needs"`, `{"criterion":"problem.framed"`),
		"an actor without a name":  field(`"name":"Ministry of health"`, `"name":""`),
		"a blank problem":          field(`"statement":"`, `"statement":"\u0000`),
	} {
		t.Run(name, func(t *testing.T) {
			spoilt := good
			spoil(&spoilt)
			a.snapshots[c.ID()] = spoilt.Sealed()
			var notes []reformcycle.Note
			opened, err := reformcycle.Open(background, a, c.ID(), reformcycle.WithNotes(func(n reformcycle.Note) { notes = append(notes, n) }))
			require.NoError(t, err)
			assert.Equal(t, want, bytesOf(t, opened.State()), "the journal is right")
			require.Len(t, notes, 1)
			assert.Contains(t, notes[0].What, "the snapshot is ignored: ")
			assert.NotContains(t, notes[0].What, "digest")
		})
	}
}

// Every bit of every field of a kept snapshot is flipped, one at a time: none of
// them is taken, and none ends in anything but the state of the journal.
func TestASnapshotWithAFlippedBitIsNeverTaken(t *testing.T) {
	a := newAlbum()
	c, err := reformcycle.New("FLIP", reformcycle.WithJournal(a))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), rate("problem.needs", assessment.Functional))))
	require.NoError(t, c.Snapshot(background))
	good, want := a.snapshots["FLIP"], bytesOf(t, c.State())
	flips := 0
	spoilt := func(s reformcycle.Snapshot) {
		t.Helper()
		flips++
		a.snapshots["FLIP"] = s
		var notes []reformcycle.Note
		opened, err := reformcycle.Open(background, a, "FLIP", reformcycle.WithNotes(func(n reformcycle.Note) { notes = append(notes, n) }))
		require.NoError(t, err)
		require.Equal(t, want, bytesOf(t, opened.State()))
		require.Equal(t, []reformcycle.Note{{Cycle: "FLIP", What: "the snapshot is ignored: it is not as it was made: its digest is another"}}, notes)
	}
	for bit := range 64 {
		s := good
		s.Seq ^= 1 << bit
		spoilt(s)
	}
	for bit := range bits.UintSize {
		s := good
		s.Schema ^= 1 << bit
		spoilt(s)
	}
	flipped := func(text string, set func(*reformcycle.Snapshot, string)) {
		t.Helper()
		for bit := range 8 * len(text) {
			changed := []byte(text)
			changed[bit/8] ^= 1 << (bit % 8)
			s := good
			set(&s, string(changed))
			spoilt(s)
		}
	}
	flipped(good.Cycle, func(s *reformcycle.Snapshot, text string) { s.Cycle = text })
	flipped(good.Last, func(s *reformcycle.Snapshot, text string) { s.Last = text })
	flipped(good.Checklist, func(s *reformcycle.Snapshot, text string) { s.Checklist = text })
	flipped(good.Table, func(s *reformcycle.Snapshot, text string) { s.Table = text })
	flipped(good.Digest, func(s *reformcycle.Snapshot, text string) { s.Digest = text })
	flipped(string(good.State), func(s *reformcycle.Snapshot, text string) { s.State = json.RawMessage(text) })
	t.Logf("%d flips, none taken", flips)
}

// A snapshot is used where there is one and it came without an error, and only
// then; that there is none is nothing to tell anybody.
func TestNoSnapshotIsNoNoteAndOneThatCameWithAnErrorIsNotUsed(t *testing.T) {
	a := newAlbum()
	c, _ := fullReform(t, a)
	open := func() (notes []string) {
		opened, err := reformcycle.Open(background, a, c.ID(), reformcycle.WithNotes(func(n reformcycle.Note) { notes = append(notes, n.What) }))
		require.NoError(t, err)
		assert.Equal(t, bytesOf(t, c.State()), bytesOf(t, opened.State()))
		return notes
	}
	assert.Empty(t, open())

	require.NoError(t, c.Snapshot(background))
	a.broken = errors.New("half of it was read")
	a.loaded = 0
	assert.Equal(t, []string{"the snapshot is ignored: half of it was read"}, open())
	assert.EqualValues(t, c.State().Seq(), a.loaded, "everything was folded")
}

func TestASnapshotAheadOfItsJournalProvesALoss(t *testing.T) {
	a := newAlbum()
	c, _ := fullReform(t, a)
	require.NoError(t, c.Snapshot(background))

	// The journal was restored from an older copy; the snapshot was not.
	older := newAlbum()
	older.snapshots = a.snapshots
	kept, err := reformcycle.New(c.ID(), reformcycle.WithJournal(older))
	require.NoError(t, err)
	require.NoError(t, refusalOf(kept.Apply(background, office(0), rate("problem.needs", assessment.Functional))))

	_, err = reformcycle.Open(background, older, c.ID())
	require.ErrorIs(t, err, reformcycle.ErrLost)
	var lost *reformcycle.LostError
	require.ErrorAs(t, err, &lost)
	assert.Equal(t, reformcycle.LostError{Cycle: c.ID(), Head: 2, Known: c.State().Seq(), Witness: language.Of("witness.snapshot")}, *lost)
	refusal, ours := reformcycle.RefusalOf(nil, err)
	assert.True(t, ours)
	assert.Equal(t, "lost", refusal.Code)

	// So it does where nothing of the cycle is left, and where it is of another form.
	empty := newAlbum()
	empty.snapshots = a.snapshots
	_, err = reformcycle.Open(background, empty, c.ID())
	require.ErrorAs(t, err, &lost)
	assert.Zero(t, lost.Head)
	_, err = reformcycle.Open(background, empty, c.ID(), reformcycle.WithLoss())
	require.ErrorIs(t, err, reformcycle.ErrNotFound)
	other := a.snapshots[c.ID()]
	other.Schema++
	older.snapshots = map[string]reformcycle.Snapshot{c.ID(): other.Sealed()}
	_, err = reformcycle.Open(background, older, c.ID())
	require.ErrorIs(t, err, reformcycle.ErrLost)

	var notes []string
	opened, err := reformcycle.Open(background, older, c.ID(), reformcycle.WithLoss(),
		reformcycle.WithNotes(func(n reformcycle.Note) { notes = append(notes, n.What) }))
	require.NoError(t, err)
	assert.Equal(t, bytesOf(t, kept.State()), bytesOf(t, opened.State()))
	require.Len(t, notes, 1)
	assert.Contains(t, notes[0], "is known by: its snapshot")

	// It was said once; from here on the snapshot is that of what there is.
	_, err = reformcycle.Open(background, older, c.ID())
	require.NoError(t, err)
}

// An instance that is behind does not take away the snapshot of one that is ahead; a
// higher one that is rotten keeps nobody.
func TestASnapshotNeverTakesThePlaceOfAHigherOne(t *testing.T) {
	a := newAlbum()
	behind, err := reformcycle.New("SNAP", reformcycle.WithJournal(a))
	require.NoError(t, err)
	require.NoError(t, refusalOf(behind.Apply(background, office(0), rate("problem.needs", assessment.Functional))))
	ahead, err := reformcycle.Open(background, a, "SNAP")
	require.NoError(t, err)
	require.NoError(t, refusalOf(ahead.Apply(background, office(1), rate("problem.needs", assessment.HighlyFunctional))))
	require.NoError(t, ahead.Snapshot(background))
	require.NoError(t, behind.Snapshot(background))
	assert.EqualValues(t, 3, a.snapshots["SNAP"].Seq)

	rotten := a.snapshots["SNAP"]
	rotten.Seq = 99
	a.snapshots["SNAP"] = rotten
	require.NoError(t, behind.Snapshot(background))
	assert.EqualValues(t, 2, a.snapshots["SNAP"].Seq)
}
