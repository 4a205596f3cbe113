package reformcycle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Snapshot is a state kept beside its journal, so that opening a long journal
// need not fold it all. It is a cache: whatever of it does not fit, or is not as
// it was made, is a reason to ignore it, and the journal is right. But one that
// goes further than the journal proves that entries are lost, and is not ignored.
type Snapshot struct {
	Cycle string `json:"cycle"`
	// Seq is the sequence number of the last entry that it holds.
	Seq uint64 `json:"seq"`
	// Last identifies that entry: a snapshot that outlived a journal restored from
	// an older copy is not mistaken for its own.
	Last string `json:"last"`
	// Schema is the version of the form of State, Checklist the checklist of the
	// lap, Table the identity of the table of moves: the state is good only where
	// all three are those of the program that reads it.
	Schema    int             `json:"schema"`
	Checklist string          `json:"checklist"`
	Table     string          `json:"table"`
	State     json.RawMessage `json:"state"`
	// Digest is that of all the rest, so that a journal has to keep the bytes of
	// State as they are. The cycle makes it and checks it.
	Digest string `json:"digest"`
}

// digest is what Digest should be.
func (s Snapshot) digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %q %d %q %q ", s.Cycle, s.Seq, s.Last, s.Schema, s.Checklist, s.Table)
	h.Write(s.State)
	return hex.EncodeToString(h.Sum(nil))
}

// stateSchema is the version of the JSON form of a state. It goes up with every
// change of what a state holds or of how changes make one.
const stateSchema = 2

// SnapshotJournal is what a journal may offer beside Journal. Open then starts
// from the last snapshot, and WithSnapshots has them made.
type SnapshotJournal interface {
	// SaveSnapshot keeps a snapshot in the place of an earlier one of its cycle.
	SaveSnapshot(ctx context.Context, s Snapshot) error
	// LoadSnapshot gives the snapshot of a cycle, and false where there is none.
	LoadSnapshot(ctx context.Context, cycle string) (Snapshot, bool, error)
}

// Note is something that a cycle or a journal got over and somebody may want to
// know: a snapshot ignored, a torn batch dropped.
type Note struct {
	Cycle string
	What  string
}

// WithNotes has a function called for every note, in the middle of an Apply or an
// Open: it may read the cycle, not change it.
func WithNotes(hear func(Note)) Option {
	return func(c *Cycle) error {
		if hear == nil {
			return fault.Refuse("WithNotes", fault.Required, nil, language.Of("want.a-function"))
		}
		c.hear = hear
		return nil
	}
}

// WithSnapshots has a snapshot made whenever so many entries have come since the
// last, if the journal offers snapshots. A snapshot that can't be saved is a
// note, not an error: what was applied is in the journal.
func WithSnapshots(every int) Option {
	return func(c *Cycle) error {
		if every < 1 {
			return fault.Refuse("WithSnapshots", fault.Range, every, language.Of("want.entries"))
		}
		c.snapshots = uint64(every)
		return nil
	}
}

// WithLoss has Open go on where a snapshot proves that the journal has lost its
// last entries: from what the journal has, with a note, and a new snapshot takes
// the place of the old. Without it, Open ends in a LostError.
func WithLoss() Option {
	return func(c *Cycle) error {
		c.lossy = true
		return nil
	}
}

// Snapshot saves a snapshot of the cycle as it stands, unless there is one of a later
// entry already: another instance may be ahead.
//
// Errors: ErrNoSnapshots where the journal does not offer them; what the journal
// returns.
func (c *Cycle) Snapshot(ctx context.Context) error { return c.snapshot(ctx, false) }

// snapshot saves a snapshot, of whatever entry there is one already if anyway says so.
func (c *Cycle) snapshot(ctx context.Context, anyway bool) error {
	if ctx == nil {
		return noContext()
	}
	if c.unmade() {
		return errUnmade()
	}
	keeper, ok := c.journal.(SnapshotJournal)
	if !ok {
		return tell(language.Of("cycle.no-snapshots", "journal", fmt.Sprintf("%T", c.journal)), ErrNoSnapshots)
	}
	s := c.head.Load()
	if s.Seq == 0 {
		return tell(language.Of("cycle.not-begun", "cycle", fault.Bounded(c.id)), ErrNotBegun)
	}
	if kept, found, err := keeper.LoadSnapshot(ctx, c.id); err == nil && found && !anyway && kept.Seq > s.Seq && kept.Digest == kept.digest() {
		return nil
	}
	last, err := c.recorded(ctx, s.Seq)
	if err != nil {
		return err
	}
	data, err := s.encode()
	if err != nil {
		return err
	}
	snapshot := Snapshot{
		Cycle: c.id, Seq: s.Seq, Last: last.identity(), Schema: stateSchema, Checklist: s.Checklist, Table: tableID, State: data,
	}
	snapshot.Digest = snapshot.digest()
	return keeper.SaveSnapshot(ctx, snapshot)
}

// ErrNoSnapshots: the journal does not offer snapshots.
var ErrNoSnapshots = errors.New("the journal keeps no snapshots")

// recorded gives an entry of the journal.
func (c *Cycle) recorded(ctx context.Context, seq uint64) (Entry, error) {
	for e, err := range c.journal.Load(ctx, c.id, seq-1) {
		if err != nil {
			return Entry{}, err
		}
		if e.Seq != seq {
			break
		}
		return e, nil
	}
	return Entry{}, tell(language.Of("cycle.no-entry", "seq", seq), errNoEntry)
}

// identity of an entry, for a snapshot to name it by.
func (e Entry) identity() string {
	text, _ := json.Marshal(e) // it came as JSON
	return fingerprint(string(text))
}

var errNoEntry = errors.New("the journal has no entry")

// lost says where a journal ends that a snapshot goes beyond.
func (c *Cycle) lost(ctx context.Context, known uint64) error {
	lost := &LostError{Cycle: c.id, Known: known, Witness: language.Of("witness.snapshot")}
	for e, err := range c.journal.Load(ctx, c.id, 0) {
		if err != nil {
			return err
		}
		lost.Head = e.Seq
	}
	return lost
}

// note tells whoever wants to hear it.
func (c *Cycle) note(format string, a ...any) {
	if c.logger != nil {
		c.logger.Warn("note", "cycle", c.id, "what", fmt.Sprintf(format, a...))
	}
	if c.hear != nil {
		c.hear(Note{Cycle: c.id, What: fmt.Sprintf(format, a...)})
	}
}

// start gives the state to fold from: that of the snapshot if there is one and
// it fits, else that of a cycle not begun; and the LostError if the snapshot
// proves one.
func (c *Cycle) start(ctx context.Context) (from *state, lost error) {
	fresh := newState(c.id, builtIn)
	keeper, ok := c.journal.(SnapshotJournal)
	if !ok {
		return fresh, nil
	}
	snapshot, found, err := keeper.LoadSnapshot(ctx, c.id)
	if err == nil && found {
		var s *state
		if s, err = c.restore(ctx, snapshot); err == nil {
			return s, nil
		}
	}
	if errors.Is(err, ErrLost) {
		return fresh, err
	}
	if err != nil {
		c.note("the snapshot is ignored: %v", err)
	}
	return fresh, nil
}

// restore reads a snapshot and refuses one that does not fit or is not legal.
func (c *Cycle) restore(ctx context.Context, snapshot Snapshot) (*state, error) {
	switch {
	case snapshot.Digest != snapshot.digest():
		return nil, unfit("it is not as it was made: its digest is another")
	case snapshot.Cycle != c.id:
		return nil, unfit("it is of %q", fault.Bounded(snapshot.Cycle))
	case snapshot.Seq == 0:
		return nil, unfit("it holds no entry")
	}
	// Whatever its form, it was made of a journal that had its last entry.
	last, err := c.recorded(ctx, snapshot.Seq)
	switch {
	case errors.Is(err, errNoEntry):
		return nil, c.lost(ctx, snapshot.Seq)
	case err != nil:
		return nil, err
	case last.identity() != snapshot.Last:
		return nil, unfit("entry %d of the journal is not the one that it holds", snapshot.Seq)
	case snapshot.Schema != stateSchema:
		return nil, unfit("its schema is %d, here it is %d", snapshot.Schema, stateSchema)
	case snapshot.Table != tableID:
		return nil, unfit("it was made under another table of moves")
	}
	rules, err := c.books.find(snapshot.Checklist)
	if err != nil {
		return nil, err
	}
	s := newState(c.id, rules)
	if err := s.decode(snapshot.State); err != nil {
		return nil, err
	}
	s.tip = tipOf(last)
	if s.Cycle != c.id || s.Seq != snapshot.Seq || s.Checklist != snapshot.Checklist {
		return nil, unfit("its state is not the one that it names")
	}
	for _, j := range s.Judges {
		// What is not here has judged laps that are over, and is asked for by a fold.
		if held, err := c.books.find(j.Checklist); err == nil && j.Digest != "" && j.Digest != held.terms.Digest {
			return nil, &ChecklistError{Checklist: j.Checklist, Changed: true}
		}
	}
	return s, s.legal()
}

// unfit says why a snapshot is not used. A cycle gets over it, and its note says so.
func unfit(why string, a ...any) error { return fmt.Errorf(why, a...) }

// legal refuses a state that no journal folds to.
func (s *state) legal() error {
	switch {
	case s.Seq == 0 || s.Lap < 1 || !s.Stage.Valid() || !s.Status.Valid():
		return unfit("its standing is not legal: lap %d, %s, %s", s.Lap, s.Stage, s.Status)
	case (s.Held != "") != (s.Status != Active):
		return unfit("it is held without a reason, or active with one")
	case s.Begun.IsZero() || s.Moment.Before(s.Begun) || s.LastMove.Before(s.Begun) || s.LastMove.After(s.Moment) || !s.Recorded.IsZero() && s.Recorded.Before(s.Begun):
		return unfit("its moments are out of order")
	case len(s.Judges) == 0 || s.Judges[len(s.Judges)-1].Checklist != s.Checklist:
		return unfit("it is judged by %s and does not say since when", fault.Bounded(s.Checklist))
	case len(s.Laps) != s.Lap-1:
		return unfit("it is in lap %d and has finished %d", s.Lap, len(s.Laps))
	case slices.Contains(s.Arrivals, nil) || !slices.ContainsFunc(s.Arrivals, func(a *Arrival) bool { return a.Stage == s.Stage }):
		return unfit("it stands at %s and never arrived there", s.Stage)
	}
	last := -1
	for _, r := range s.Ratings {
		i, known := s.rules.list.Index(r.Criterion)
		if !known || i <= last || s.rules.criteria[i].Kind != assessment.Rated || !r.Level.Known() {
			return unfit("its rating of %q is not legal", fault.Bounded(r.Criterion))
		}
		last, s.levels[i] = i, r.Level
	}
	for _, d := range s.Debts {
		if !d.Stage.Valid() || d.Lap < 1 || d.Lap > s.Lap || d.Since.IsZero() {
			return unfit("its debt of %q is not legal", fault.Bounded(d.Guard))
		}
	}
	for _, w := range s.Waivers {
		if _, known := s.rules.list.Index(w.Criterion); !known {
			return unfit("its waiver of %q is not legal", fault.Bounded(w.Criterion))
		}
	}
	faults := []error{s.legalCorrections()}
	for _, v := range s.fields {
		held, ok := v.Addr().Interface().(interface{ restored(lap int) error })
		if v.Kind() == reflect.Pointer {
			held, ok = v.Interface().(interface{ restored(lap int) error })
			ok = ok && !v.IsNil()
		}
		if ok {
			faults = append(faults, held.restored(s.Lap))
		}
	}
	return errors.Join(faults...)
}
