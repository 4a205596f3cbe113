package journaltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
)

// This file holds the rules of a journal under real cycles, and of snapshots.

var cycleRules = []rule{
	{"a cycle opened again is the cycle that was driven", func(tr *trial) error {
		j := tr.open()
		c, err := reformcycle.New("driven", reformcycle.WithJournal(j), reformcycle.WithTitle("A reform"), reformcycle.WithCountry("Liberia"))
		if err != nil {
			return err
		}
		for i, changes := range drive() {
			if _, err := c.Apply(calm, reformcycle.By("reform office").At(day(i)), changes...); err != nil {
				return fmt.Errorf("calling Apply of batch %d: %w", i+1, err)
			}
			if err := reopens(j, c.State()); err != nil {
				return fmt.Errorf("after batch %d: %w", i+1, err)
			}
		}
		if j = tr.again(j); tr.reopen != nil {
			if err := reopens(j, c.State()); err != nil {
				return fmt.Errorf("after the journal was opened again: %w", err)
			}
		}
		opened, err := reformcycle.Open(calm, j, "driven")
		if err != nil {
			return err
		}
		past, err := opened.AsOf(calm, day(1))
		if err != nil {
			return fmt.Errorf("AsOf: %w", err)
		}
		history, err := all(opened.History(calm, 0))
		if err != nil {
			return fmt.Errorf("calling History: %w", err)
		}
		if n := uint64(len(history)); n != c.State().Seq() || past.Moment() != day(1) {
			return breach("a journal gives a cycle its past", "a history of %d entries of %d, and as of %s the state of %s", n, c.State().Seq(), day(1), past.Moment())
		}
		_, err = opened.Apply(calm, reformcycle.By("reform office").At(day(len(drive()))), turn(0, "goes on"))
		return err
	}},
	{"a cycle can't begin twice", func(tr *trial) error {
		j := tr.open()
		for i := range 2 {
			c, err := reformcycle.New("once", reformcycle.WithJournal(j))
			if err != nil {
				return err
			}
			_, err = c.Apply(calm, reformcycle.By("reform office").At(dawn), ministry)
			switch {
			case i == 0 && err != nil:
				return err
			case i == 1:
				if err := conflicts(err, reformcycle.Batch{Cycle: "once"}, 2); err != nil {
					return err
				}
			}
		}
		return nil
	}},
	{"cycles that retry over one journal lose nothing", func(tr *trial) error {
		return contend(tr.open(), nil)
	}},
	{"cycles that retry over journals beside each other lose nothing", func(tr *trial) error {
		if tr.beside == nil {
			return &absent{"WithBeside was not given"}
		}
		j := tr.open()
		return contend(j, tr.beside(j))
	}},
	{"an export is imported and exported again to the same bytes", func(tr *trial) error {
		strange, err := odd("odd")
		if err != nil {
			return err
		}
		many, err := crowd(strings.Repeat("𠀀", 128))
		if err != nil {
			return err
		}
		j := tr.open()
		if err := errors.Join(strange.append(j, 4, 7, len(strange.entries)), many.append(j, len(many.entries))); err != nil {
			return err
		}
		other := tr.open()
		for _, s := range []*story{strange, many} {
			if err := carry(j, other, s); err != nil {
				return err
			}
		}
		other = tr.again(other)
		return errors.Join(strange.expect(other, 0, len(strange.entries)), many.expect(other, 0, len(many.entries)))
	}},
}

func day(n int) time.Time { return dawn.AddDate(0, 0, n) }

// drive gives the batches of a reform that gets under way.
func drive() [][]reformcycle.Change {
	rate := func(id string) reformcycle.Change {
		return reformcycle.Rate{Criterion: id, Level: assessment.Functional, Evidence: assessment.Evidence{
			What: "seen", Source: "teaching case", Basis: assessment.Illustrative,
		}}
	}
	var rates []reformcycle.Change
	for _, c := range reformcycle.ReformChecklist().All() {
		if c.Kind == assessment.Rated {
			rates = append(rates, rate(c.ID))
		}
	}
	problem := reformcycle.Problem{ID: "distance", Statement: "Care is far away", Scores: reformcycle.Scores{"burden": 7.5}}
	return [][]reformcycle.Change{
		{ministry, reformcycle.SetCriteria{For: reformcycle.ForProblems, Criteria: []reformcycle.ChoiceCriterion{{ID: "burden", Text: "The burden of disease", Weight: 0.1}}}},
		{reformcycle.FrameProblem{Problem: problem}},
		{reformcycle.OpenWindow{Window: reformcycle.Window{ID: "crisis", Kind: reformcycle.Crisis, What: "An epidemic", Opens: date.Of(dawn)}}},
		rates,
		{reformcycle.Suspend{Reason: "An election"}},
		{turn(3, "while it is suspended")},
		{reformcycle.Resume{Reason: "It was held"}, turn(13, "afterwards")},
		rates[:3],
		{reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "There is no time"}}},
	}
}

// reopens compares the state of a cycle with that of the cycle opened anew.
func reopens(j reformcycle.Journal, live reformcycle.State) error {
	opened, err := reformcycle.Open(calm, j, live.ID())
	if err != nil {
		return fmt.Errorf("calling Open: %w", err)
	}
	return equal("a cycle opened again has the state that was live", opened.State(), live)
}

func equal(asks string, got, want reformcycle.State) error {
	g, err := json.Marshal(got)
	if err != nil {
		return err
	}
	w, err := json.Marshal(want)
	if err != nil {
		return err
	}
	if !bytes.Equal(g, w) {
		return breach(asks, "after entry %d:\n%s\n\tand should be, after entry %d:\n%s", got.Seq(), g, want.Seq(), w)
	}
	return nil
}

// contend has two cycles apply changes at once over one journal, or over one
// each, and counts what is there in the end.
func contend(j, beside reformcycle.Journal) error {
	if beside == nil {
		beside = j
	}
	const each = 25
	c, err := reformcycle.New("contended", reformcycle.WithJournal(j))
	if err != nil {
		return err
	}
	by := reformcycle.By("reform office").At(dawn)
	if _, err := c.Apply(calm, by, ministry); err != nil {
		return err
	}
	var cycles []*reformcycle.Cycle
	for _, j := range []reformcycle.Journal{j, beside} {
		c, err := reformcycle.Open(calm, j, "contended", reformcycle.WithRetries(1000))
		if err != nil {
			return fmt.Errorf("calling Open: %w", err)
		}
		cycles = append(cycles, c)
	}
	// In every round both apply at once, and whoever comes second, however late,
	// does not know what the first has added.
	for n := range each {
		if err := together(len(cycles), func(i int) error {
			_, err := cycles[i].Apply(calm, by, reformcycle.FrameProblem{Problem: reformcycle.Problem{
				ID: fmt.Sprintf("problem %d of %d", n, i), Statement: "A problem",
			}}, turn(n, "a turn"))
			if err != nil {
				return fmt.Errorf("calling Apply %d of cycle %d: %w", n+1, i+1, err)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	opened, err := reformcycle.Open(calm, j, "contended")
	if err != nil {
		return fmt.Errorf("calling Open: %w", err)
	}
	if n := len(opened.State().Problems()); n != 2*each {
		return breach("of what was acknowledged nothing is lost", "%d problems of %d", n, 2*each)
	}
	return nil
}

// carry exports a cycle from one journal, imports it into another, and compares.
func carry(from, to reformcycle.Journal, s *story) error {
	var out, again bytes.Buffer
	if err := reformcycle.Export(calm, from, s.cycle, &out); err != nil {
		return fmt.Errorf("calling Export: %w", err)
	}
	state, err := reformcycle.Import(calm, to, bytes.NewReader(out.Bytes()))
	if err != nil {
		return fmt.Errorf("calling Import: %w", err)
	}
	if err := equal("an imported cycle has the state that it had", state, s.states[len(s.entries)]); err != nil {
		return err
	}
	if err := reopens(to, state); err != nil {
		return err
	}
	if err := s.expect(to, 0, len(s.entries)); err != nil {
		return err
	}
	if err := reformcycle.Export(calm, to, s.cycle, &again); err != nil {
		return fmt.Errorf("calling Export again: %w", err)
	}
	if !bytes.Equal(out.Bytes(), again.Bytes()) {
		return breach("the same entries export to the same bytes", "%d bytes, and from the other journal %d others", out.Len(), again.Len())
	}
	_, err = reformcycle.Import(calm, to, bytes.NewReader(out.Bytes()))
	return conflicts(err, reformcycle.Batch{Cycle: s.cycle}, len(s.entries))
}

var snapshotRules = []rule{
	{"a snapshot comes back as it was saved", snapshotting(func(_ *trial, j reformcycle.Journal, keeper reformcycle.SnapshotJournal) error {
		taken, err := take(j, "kept", 1)
		if err != nil {
			return err
		}
		if err := keeper.SaveSnapshot(calm, taken[0]); err != nil {
			return fmt.Errorf("SaveSnapshot: %w", err)
		}
		return keeps(keeper, taken[0])
	})},
	{"a snapshot takes the place of an earlier one", snapshotting(func(_ *trial, j reformcycle.Journal, keeper reformcycle.SnapshotJournal) error {
		taken, err := take(j, "kept", 3)
		if err != nil {
			return err
		}
		for _, s := range taken {
			if err := keeper.SaveSnapshot(calm, s); err != nil {
				return fmt.Errorf("SaveSnapshot: %w", err)
			}
			if err := keeps(keeper, s); err != nil {
				return err
			}
		}
		return nil
	})},
	{"a cycle without a snapshot has none", snapshotting(func(_ *trial, j reformcycle.Journal, keeper reformcycle.SnapshotJournal) error {
		if err := lacks(keeper, "unknown"); err != nil {
			return err
		}
		if err := begin(j, "begun"); err != nil {
			return err
		}
		return lacks(keeper, "begun")
	})},
	{"the snapshots of cycles are kept apart", snapshotting(func(_ *trial, j reformcycle.Journal, keeper reformcycle.SnapshotJournal) error {
		ids := []string{"a", "A", "a/b", "a/../b", "é", "è", "..", "a.snapshot", strings.Repeat("𠀀", 128)}
		var saved []reformcycle.Snapshot
		for i, id := range ids {
			taken, err := take(j, id, i+1)
			if err != nil {
				return err
			}
			if err := lacks(keeper, id); err != nil {
				return err
			}
			s := taken[i]
			if err := keeper.SaveSnapshot(calm, s); err != nil {
				return fmt.Errorf("SaveSnapshot of %+q: %w", id, err)
			}
			saved = append(saved, s)
		}
		for _, s := range saved {
			if err := keeps(keeper, s); err != nil {
				return err
			}
		}
		return listing(j, "", ids...) // a snapshot is no cycle
	})},
	{"a cycle opened from a snapshot is the cycle opened without", snapshotting(func(tr *trial, j reformcycle.Journal, keeper reformcycle.SnapshotJournal) error {
		var notes []string
		heard := reformcycle.WithNotes(func(n reformcycle.Note) { notes = append(notes, n.What) })
		c, err := reformcycle.New("driven", reformcycle.WithJournal(j), heard)
		if err != nil {
			return err
		}
		batches := drive()
		for i, changes := range batches {
			if _, err := c.Apply(calm, reformcycle.By("reform office").At(day(i)), changes...); err != nil {
				return fmt.Errorf("calling Apply of batch %d: %w", i+1, err)
			}
			if i%3 == 1 { // the last batches come behind the last snapshot
				if err := c.Snapshot(calm); err != nil {
					return fmt.Errorf("calling Snapshot: %w", err)
				}
				if err := opensFrom(j, keeper, c.State().Seq(), heard, c.State()); err != nil {
					return err
				}
			}
		}
		snapshot, found, err := keeper.LoadSnapshot(calm, "driven")
		if err != nil || !found {
			return breach("a snapshot comes back", "found %t, error %w", found, err)
		}
		if err := opensFrom(j, keeper, snapshot.Seq, heard, c.State()); err != nil {
			return err
		}
		if err := reopens(plainly{j}, c.State()); err != nil {
			return fmt.Errorf("without snapshots: %w", err)
		}
		if tr.reopen != nil { // a snapshot may be lost, and may not be wrong
			if err := reopens(tr.reopen(j), c.State()); err != nil {
				return fmt.Errorf("after the journal was opened again: %w", err)
			}
		}
		if len(notes) > 0 {
			return breach("a snapshot that was saved fits", "Open noted: %s", strings.Join(notes, "; "))
		}
		return nil
	})},
	{"a snapshot that goes further than its journal proves a loss", snapshotting(func(tr *trial, j reformcycle.Journal, keeper reformcycle.SnapshotJournal) error {
		// The journal is that of an older copy, and the snapshot is not.
		taken, err := take(tr.open(), "older", 5)
		if err != nil {
			return err
		}
		kept, err := take(j, "older", 2)
		if err != nil {
			return err
		}
		if err := keeper.SaveSnapshot(calm, taken[4]); err != nil {
			return fmt.Errorf("SaveSnapshot: %w", err)
		}
		const asks = "a snapshot that goes further than its journal is no reason to ignore it: Open ends in a LostError"
		var lost *reformcycle.LostError
		if _, err = reformcycle.Open(calm, j, "older"); !errors.As(err, &lost) {
			return breach(asks, "Open returned: %w", err)
		}
		if lost.Cycle != "older" || lost.Head != kept[1].Seq || lost.Known != taken[4].Seq {
			return breach(asks, "it says %q, %d and %d, and should say %q, %d and %d", lost.Cycle, lost.Head, lost.Known, "older", kept[1].Seq, taken[4].Seq)
		}
		c, err := reformcycle.Open(calm, j, "older", reformcycle.WithLoss())
		if err != nil {
			return breach("WithLoss goes on without what a snapshot proves to be lost", "Open returned: %w", err)
		}
		if n := c.State().Seq(); n != kept[1].Seq {
			return breach("WithLoss goes on without what a snapshot proves to be lost", "after entry %d, and the journal ends at %d", n, kept[1].Seq)
		}
		return reopens(j, c.State())
	})},
	{"snapshots saved at once are whole", snapshotting(func(_ *trial, j reformcycle.Journal, keeper reformcycle.SnapshotJournal) error {
		taken, err := take(j, "contended", 8)
		if err != nil {
			return err
		}
		return together(len(taken), func(i int) error {
			for range 5 {
				if err := keeper.SaveSnapshot(calm, taken[i]); err != nil {
					return fmt.Errorf("SaveSnapshot: %w", err)
				}
				got, found, err := keeper.LoadSnapshot(calm, "contended")
				if err != nil || !found {
					return breach("a snapshot that was saved is there", "found %t, error %w", found, err)
				}
				n := int(got.Seq) - 2
				if n < 0 || n >= len(taken) {
					return breach("a snapshot comes back as it was saved", "one after entry %d, which nobody saved", got.Seq)
				}
				if err := sameSnapshot(got, taken[n]); err != nil {
					return err
				}
			}
			return nil
		})
	})},
}

// snapshotting keeps a rule for journals that offer snapshots.
func snapshotting(hold func(*trial, reformcycle.Journal, reformcycle.SnapshotJournal) error) func(*trial) error {
	return func(tr *trial) error {
		j := tr.open()
		keeper, ok := j.(reformcycle.SnapshotJournal)
		if !ok {
			return &absent{"the journal is no SnapshotJournal"}
		}
		return hold(tr, j, keeper)
	}
}

// plainly hides whatever a journal offers beside Journal.
type plainly struct{ reformcycle.Journal }

// taker stands between a cycle and its journal, keeps the last snapshot to
// itself, and notes from where the entries are loaded.
type taker struct {
	reformcycle.Journal
	reformcycle.SnapshotJournal // those of the journal; nil where taker keeps them
	taken                       reformcycle.Snapshot
	after                       []uint64
}

func (t *taker) SaveSnapshot(_ context.Context, s reformcycle.Snapshot) error {
	t.taken = s
	return nil
}

func (t *taker) LoadSnapshot(ctx context.Context, cycle string) (reformcycle.Snapshot, bool, error) {
	if t.SnapshotJournal == nil {
		return reformcycle.Snapshot{}, false, nil
	}
	return t.SnapshotJournal.LoadSnapshot(ctx, cycle)
}

func (t *taker) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	t.after = append(t.after, after)
	return t.Journal.Load(ctx, cycle, after)
}

// take begins a cycle in a journal and gives the snapshots of it after each of so
// many batches: the first after entry 2, and one for every entry from there on.
func take(j reformcycle.Journal, id string, n int) ([]reformcycle.Snapshot, error) {
	camera := &taker{Journal: j}
	c, err := reformcycle.New(id, reformcycle.WithJournal(camera))
	if err != nil {
		return nil, err
	}
	var taken []reformcycle.Snapshot
	for i := range n {
		change := reformcycle.Change(ministry)
		if i > 0 {
			change = turn(i, "a turn")
		}
		if _, err := c.Apply(calm, reformcycle.By("reform office").At(day(i)), change); err != nil {
			return nil, err
		}
		if err := c.Snapshot(calm); err != nil {
			return nil, err
		}
		taken = append(taken, camera.taken)
	}
	return taken, nil
}

// keeps expects a snapshot to be there.
func keeps(keeper reformcycle.SnapshotJournal, want reformcycle.Snapshot) error {
	switch got, found, err := keeper.LoadSnapshot(calm, want.Cycle); {
	case err != nil:
		return fmt.Errorf("LoadSnapshot of %+q: %w", want.Cycle, err)
	case !found:
		return breach("LoadSnapshot gives the snapshot of a cycle", "none for %+q", want.Cycle)
	default:
		return sameSnapshot(got, want)
	}
}

func lacks(keeper reformcycle.SnapshotJournal, id string) error {
	switch got, found, err := keeper.LoadSnapshot(calm, id); {
	case err != nil:
		return breach("LoadSnapshot gives false, and no error, where there is no snapshot", "for %+q: %w", id, err)
	case found:
		return breach("LoadSnapshot gives false where there is no snapshot", "for %+q one of %+q after entry %d", id, got.Cycle, got.Seq)
	}
	return nil
}

// sameSnapshot compares snapshots, the state byte for byte: the digest is that of
// its bytes.
func sameSnapshot(got, want reformcycle.Snapshot) error {
	const asks = "a snapshot comes back as it was saved"
	if !bytes.Equal(got.State, want.State) {
		return breach(asks, "the state of %+q is %s, saved was %s", want.Cycle, got.State, want.State)
	}
	gv, wv := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range gv.NumField() {
		field := gv.Type().Field(i).Name
		if g, w := gv.Field(i).Interface(), wv.Field(i).Interface(); field != "State" && !reflect.DeepEqual(g, w) {
			return breach(asks, "the snapshot of %+q has the %s %#v, saved was %#v", want.Cycle, field, g, w)
		}
	}
	return nil
}

// opensFrom opens a cycle and sees that it starts from its snapshot and ends in
// the state that is live.
func opensFrom(j reformcycle.Journal, keeper reformcycle.SnapshotJournal, seq uint64, heard reformcycle.Option, live reformcycle.State) error {
	watched := &taker{Journal: j, SnapshotJournal: keeper}
	c, err := reformcycle.Open(calm, watched, live.ID(), heard)
	if err != nil {
		return fmt.Errorf("calling Open from the snapshot after entry %d: %w", seq, err)
	}
	if err := equal("a cycle opened from a snapshot has the state that was live", c.State(), live); err != nil {
		return err
	}
	// Open may look at the entry that the snapshot ends with.
	if earliest := slices.Min(watched.after); earliest+1 < seq {
		return breach("a cycle is opened from its last snapshot", "it was saved after entry %d, and entries were loaded from behind entry %d", seq, earliest)
	}
	return nil
}
