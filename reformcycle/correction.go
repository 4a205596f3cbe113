package reformcycle

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file is the correction of what was recorded. The journal only grows, so a
// correction is an entry like any other. The state is the fold in which the last word
// on each entry stands in its place: a batch of corrections is applied whole, and then
// the record is folded anew, once.

// The kinds of corrections.
const (
	KindCorrect       Kind = "correct"
	KindRetract       Kind = "retract"
	KindCorrectMoment Kind = "correct-moment"
)

// Bounds of what is corrected. A fold has to fold its beginning anew for every batch
// of corrections that it meets, so there is an end to them.
const (
	maxCorrections = 1000
	maxHanging     = 20 // entries that a refusal names
)

// Correct puts another change of the same kind in the place of one that was recorded:
// it counts as if it had been recorded then, by the same author. Of a move only
// its reason and the authority behind an override can be corrected, of the adoption of a
// checklist the reason, of Begin title and country. What was retracted stands again, corrected.
//
// Corrections come in batches of their own, and are taken whatever the cycle's status.
type Correct struct {
	// Entry to correct, by its sequence number; never a correction itself.
	Entry uint64 `json:"entry" validate:"gte=1"`
	// Replaces is the correction that stands on the entry now; left out where the entry
	// stands as it was recorded. If another has come since, that is a conflict.
	Replaces uint64 `json:"replaces,omitempty"`
	// Change as it should have been.
	Change Change `json:"change" validate:"-"`
	Reason string `json:"reason" validate:"text"`
}

// Kind names the change.
func (Correct) Kind() Kind { return KindCorrect }

// Retract takes back what was recorded: the entry counts as if it had never been. Of
// the moves only the last can be retracted, while nothing but corrections stands behind
// it: a cycle that was abandoned by mistake comes back.
type Retract struct {
	// Entry and Replaces are as in Correct.
	Entry    uint64 `json:"entry" validate:"gte=1"`
	Replaces uint64 `json:"replaces,omitempty"`
	Reason   string `json:"reason" validate:"text"`
}

// Kind names the change.
func (Retract) Kind() Kind { return KindRetract }

// CorrectMoment corrects when something happened: an entry, and with it the whole
// batch that it was recorded with. The moment stays between those of the batches
// before and behind.
type CorrectMoment struct {
	// Entry of the batch, any one of them.
	Entry uint64 `json:"entry" validate:"gte=1"`
	// Replaces is the correction of the batch's moment that stands now; left out where
	// it stands as it was recorded.
	Replaces uint64    `json:"replaces,omitempty"`
	Moment   time.Time `json:"moment" validate:"required"`
	Reason   string    `json:"reason" validate:"text"`
}

// Kind names the change.
func (CorrectMoment) Kind() Kind { return KindCorrectMoment }

func (c CorrectMoment) faults() fault.Fields {
	var wrong fault.Fields
	if at := c.Moment.UTC(); !at.IsZero() && (at.Before(earliest) || !at.Before(latest)) {
		wrong.Add("moment", fault.Range, at.Year(), "a moment in the years 1 to 9999")
	}
	return wrong
}

// Correction is one correction of the record.
type Correction struct {
	// Entry that corrects, of a kind: KindCorrect, KindRetract or KindCorrectMoment.
	Entry uint64 `json:"entry"`
	Kind  Kind   `json:"kind"`
	// Of is the entry that is corrected; of a moment, the first of its batch.
	Of uint64 `json:"of"`
	// Moment that the batch was corrected to.
	Moment time.Time `json:"moment,omitzero"`
	// Replaces is the correction whose place it took; 0 for none.
	Replaces uint64 `json:"replaces,omitempty"`
	Reason   string `json:"reason"`
	// By, At and Recorded are those of the correction.
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Recorded time.Time `json:"recorded,omitzero"`
	// Stands: no other correction has taken its place.
	Stands bool `json:"stands,omitempty"`
}

// correctionPart is what was corrected.
type correctionPart struct {
	Corrections []Correction `json:"corrections,omitempty"`
}

var corrections part[correctionPart]

// standing finds what stands on an entry: its correction, or that of a moment.
func (p *correctionPart) standing(of uint64, moment bool) *Correction {
	for i := len(p.Corrections) - 1; i >= 0; i-- {
		if c := &p.Corrections[i]; c.Of == of && (c.Kind == KindCorrectMoment) == moment {
			return c
		}
	}
	return nil
}

// Corrections of the record, in the order in which they were made.
func (s State) Corrections() []Correction {
	return slices.Clone(corrections.of(s.get()).Corrections)
}

// CorrectionsOf gives the corrections that stand on an entry of the history: that of
// what it says, and that of its batch's moment. Without any, it stands as it was
// recorded.
func (s State) CorrectionsOf(e Entry) (standing []Correction) {
	part := corrections.of(s.get())
	for _, c := range []*Correction{part.standing(e.Seq, false), part.standing(e.first(), true)} {
		if c != nil {
			standing = append(standing, *c)
		}
	}
	return standing
}

// Corrected lists the entries that the batch of a notice corrected, in their order; of a
// moment the first of its batch.
func (n Notice) Corrected() (entries []uint64) {
	if len(n.Batch.Entries) == 0 {
		return nil
	}
	for _, c := range corrections.of(n.Batch.State.get()).Corrections {
		if c.Entry > n.Batch.After {
			entries = append(entries, c.Of)
		}
	}
	slices.Sort(entries)
	return slices.Compact(entries)
}

// legalCorrections refuses corrections that no journal folds to.
func (s *state) legalCorrections() error {
	var last uint64
	for _, c := range corrections.of(s).Corrections {
		if kind := kindTable[c.Kind]; kind == nil || !kind.corrects || c.Entry <= last || c.Entry > s.Seq || c.Of == 0 || c.Of >= c.Entry {
			return fmt.Errorf("its correction by entry %d is not legal", c.Entry)
		}
		last = c.Entry
	}
	return nil
}

// correction is a change that corrects.
type correction interface {
	Change
	// on tells the entry that it names, the word that it replaces, and why.
	on() (entry, replaces uint64, reason string)
	// fits holds it against the entry that it names.
	fits(d *draft, i int) error
}

func (c Correct) on() (uint64, uint64, string)       { return c.Entry, c.Replaces, c.Reason }
func (c Retract) on() (uint64, uint64, string)       { return c.Entry, c.Replaces, c.Reason }
func (c CorrectMoment) on() (uint64, uint64, string) { return c.Entry, c.Replaces, c.Reason }

// They are applied by correct, which knows the whole record.

func (c Correct) apply(*draft) error       { return nil }
func (c Retract) apply(*draft) error       { return nil }
func (c CorrectMoment) apply(*draft) error { return nil }

// steadfast is a change that happened, and can't become another: a move, an adoption of
// a checklist, the beginning.
type steadfast interface {
	Change
	// steady is what of it may not be corrected.
	steady() any
	// with takes over what may be.
	with(word Change) Change
}

func (c Begin) steady() any          { return [2]any{c.Checklist, c.Stage} }
func (c AdoptChecklist) steady() any { return c.Checklist }
func (c Advance) steady() any        { return c.Override != Override{} }
func (c Revisit) steady() any        { return c.To }
func (c Renew) steady() any          { return [2]any{c.At, c.Checklist} }
func (Suspend) steady() any          { return nil }
func (Resume) steady() any           { return nil }
func (Abandon) steady() any          { return nil }

func (c Begin) with(word Change) Change {
	c.Title, c.Country = word.(Begin).Title, word.(Begin).Country
	return c
}

func (c AdoptChecklist) with(word Change) Change {
	c.Reason = word.(AdoptChecklist).Reason
	return c
}

func (c Renew) with(word Change) Change {
	c.Reason = word.(Renew).Reason
	return c
}

func (Advance) with(word Change) Change { return word }
func (Revisit) with(word Change) Change { return word }
func (Suspend) with(word Change) Change { return word }
func (Resume) with(word Change) Change  { return word }
func (Abandon) with(word Change) Change { return word }

func (c Correct) fits(d *draft, i int) error {
	was := d.record.changes[i]
	if kind := d.record.entries[i].Kind; c.Change.Kind() != kind {
		return fault.Refuse("change.kind", fault.Known, string(c.Change.Kind()), "the kind of the entry, "+string(kind)+"; retract it and record the other, where it is another")
	}
	if wrong := kindOf(c.Change).early(c.Change, d.ahead(i)); d.live && wrong != nil {
		var all fault.Fields
		all.Under("change.data", wrong)
		return all
	}
	if is, fixed := was.(steadfast); fixed {
		if c.Change.(steadfast).steady() != is.steady() {
			return fault.Refuse("change.data", "steady", string(c.Change.Kind()), "the "+string(c.Change.Kind())+" that happened, for it did: of a move the reason and the authority can be corrected, of an adoption the reason, of the beginning title and country")
		}
		if s := corrections.of(d.state).standing(c.Entry, false); s != nil && s.Kind == KindRetract {
			return d.isLast(i)
		}
	}
	return nil
}

func (c Retract) fits(d *draft, i int) error {
	switch d.record.changes[i].(type) {
	case Begin:
		return fault.Refuse("entry", "steady", c.Entry, "another entry: a cycle's beginning can't be retracted")
	case steadfast:
		return d.isLast(i)
	}
	return nil
}

func (c CorrectMoment) fits(d *draft, i int) error {
	if limit := d.ahead(i); d.live && c.Moment.After(limit) {
		return &MomentError{What: "happened", Moment: c.Moment.UTC(), Latest: limit}
	}
	return nil
}

// ahead is the moment behind which nothing of an entry can lie: that of its recording,
// where a clock saw it. It is asked of input, never in a fold.
func (d *draft) ahead(i int) time.Time {
	if recorded := d.record.entries[i].Recorded; !recorded.IsZero() {
		return recorded
	}
	return d.horizon
}

// isLast refuses to retract, or to reinstate, a move that others stand behind.
func (d *draft) isLast(i int) error {
	words := corrections.of(d.state)
	for j := i + 1; j < len(d.record.entries); j++ {
		e := d.record.entries[j]
		if kindTable[e.Kind].corrects {
			continue
		}
		if s := words.standing(e.Seq, false); s == nil || s.Kind != KindRetract {
			return fault.Refuse("entry", "last", d.record.entries[i].Seq, fmt.Sprintf("the last move, with nothing but corrections behind it; entry %d (%s) stands behind it", e.Seq, e.Kind))
		}
	}
	return nil
}

// corrigenda are what a draft needs to correct; empty where there is nothing to.
type corrigenda struct {
	// earlier yields the entries of the journal from the beginning.
	earlier iter.Seq2[Entry, error]
	// record of all entries so far, once there was something to look up.
	record *record
	// correcting: the batch is one of corrections; live: it is new.
	correcting, live bool
	// horizon is the moment behind which nothing that has been can lie, of what is new.
	horizon time.Time
	// pending is the first correction that the state does not show yet.
	pending uint64
	// folding: what is folded is the corrected record, where moves that happened stay.
	folding bool
}

// earlier loads the journal from the beginning, if it is asked for.
func (c *Cycle) earlier(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) { c.journal.Load(ctx, c.id, 0)(yield) }
}

// record is the entries of a cycle with their changes, the first at 0.
type record struct {
	entries []Entry
	changes []Change
}

// unread is an error of the journal in the middle of a change.
type unread struct{ error }

// unread hands up an error of the journal as such: it says nothing of the change.
func (d *draft) unread(err error) error {
	if of, is := errors.AsType[unread](err); is {
		return fmt.Errorf("loading the journal of %q: %w", fault.Bounded(d.Cycle), of.error)
	}
	return err
}

// recall has the whole record at hand.
func (d *draft) recall() error {
	if d.record != nil {
		return nil
	}
	r := &record{}
	for e, err := range d.earlier {
		if err == nil && e.Seq > d.Seq {
			break
		}
		if err == nil && e.Seq != uint64(len(r.entries))+1 {
			err = fmt.Errorf("%w: entry %d should be entry %d", ErrCorrupt, e.Seq, len(r.entries)+1)
		}
		if err != nil {
			return unread{err}
		}
		c, err := e.change()
		if err != nil {
			return unread{&EntryError{Cycle: d.Cycle, Seq: e.Seq, Kind: e.Kind, Version: e.Version, Err: err}}
		}
		r.entries, r.changes = append(r.entries, e), append(r.changes, c)
	}
	if uint64(len(r.entries)) != d.Seq {
		return unread{&LostError{Cycle: d.Cycle, Head: uint64(len(r.entries)), Known: d.Seq, Witness: "the cycle"}}
	}
	d.record = r
	return nil
}

// remember adds an entry to the record, if there is one.
func (d *draft) remember(e Entry, c Change) {
	if d.record != nil {
		d.record.entries, d.record.changes = append(d.record.entries, e), append(d.record.changes, c)
	}
}

// correct takes a correction down. The state shows it once the batch has ended.
func (d *draft) correct(e Entry, c correction) error {
	if err := d.recall(); err != nil {
		return err
	}
	of, replaces, reason := c.on()
	if of > d.Seq || kindTable[d.record.entries[of-1].Kind].corrects {
		return fault.Refuse("entry", fault.Exists, of, fmt.Sprintf("an entry from 1 to %d that is no correction", d.Seq))
	}
	target := int(of - 1)
	part := corrections.in(d)
	if len(part.Corrections) >= maxCorrections {
		return full("corrections", maxCorrections)
	}
	note := Correction{Entry: e.Seq, Kind: e.Kind, Of: of, Replaces: replaces, Reason: reason, By: e.By, At: e.At, Recorded: e.Recorded, Stands: true}
	moment, moves := c.(CorrectMoment)
	if moves {
		note.Of, note.Moment = d.record.entries[target].first(), moment.Moment.UTC()
	}
	own(d, &part.Corrections)
	stands := part.standing(note.Of, moves)
	if stands == nil {
		stands = &Correction{}
	}
	if stands.Entry != replaces {
		return &CorrectedError{Entry: of, Replaces: replaces, Standing: stands.Entry}
	}
	if err := c.fits(d, target); err != nil {
		return err
	}
	stands.Stands = false
	part.Corrections = append(part.Corrections, note)
	d.pending = cmp.Or(d.pending, e.Seq)
	d.remember(e, c)
	return nil
}

// anew folds the corrected record from its beginning. If a correction of the batch is
// wrong in itself, it tells which.
func (d *draft) anew() (by uint64, err error) {
	batch := d.pending
	d.pending = 0
	type word struct {
		by     uint64
		change Change // nil where it was retracted
	}
	r, words, moments := d.record, map[uint64]word{}, map[uint64]time.Time{}
	for i, c := range r.changes {
		switch c := c.(type) {
		case Correct:
			as := c.Change
			if was, fixed := r.changes[c.Entry-1].(steadfast); fixed {
				as = was.with(as)
			}
			words[c.Entry] = word{r.entries[i].Seq, as}
		case Retract:
			words[c.Entry] = word{r.entries[i].Seq, nil}
		case CorrectMoment:
			moments[r.entries[c.Entry-1].first()] = c.Moment.UTC()
		}
	}
	var standing record // as it is corrected
	for i, e := range r.entries {
		c := r.changes[i]
		if w, corrected := words[e.Seq]; corrected {
			c = w.change
		}
		if c == nil || kindTable[e.Kind].corrects {
			continue
		}
		if at, moved := moments[e.first()]; moved {
			e.At = at
		}
		standing.entries, standing.changes = append(standing.entries, e), append(standing.changes, c)
	}
	if by, err := r.between(batch, standing.entries); err != nil {
		return by, err
	}
	n := draftOf(newState(d.Cycle, builtIn))
	n.books, n.machine, n.folding = d.books, d.machine, true
	var hanging HangingError
	for i, e := range standing.entries {
		c := standing.changes[i]
		err := n.take(e, c)
		if err == nil {
			continue
		}
		if errors.Is(err, ErrUnknownChecklist) {
			return 0, err
		}
		if w := words[e.Seq]; w.by >= batch {
			return w.by, err
		}
		hanging.add(e, err)
		if m, is := c.(Move); is { // it happened, and what came behind it is judged from there
			_ = n.move(m)
		}
	}
	if len(hanging.Hanging) > 0 {
		return 0, &hanging
	}
	last := r.entries[len(r.entries)-1]
	if last.At.Before(n.Moment) {
		return 0, &MomentError{What: "happened", Moment: last.At, Earliest: n.Moment}
	}
	n.Seq, n.Recorded, n.Keys = d.Seq, d.Recorded, d.Keys
	corrections.in(n).Corrections = corrections.of(d.state).Corrections
	d.state, d.owned = n.state, n.owned
	return 0, nil
}

// between refuses a corrected moment of the batch that is not between those of its
// neighbours, as these are corrected.
func (r *record) between(batch uint64, standing []Entry) (by uint64, err error) {
	for i := int(batch) - 1; i < len(r.entries); i++ {
		c, is := r.changes[i].(CorrectMoment)
		if !is {
			continue
		}
		first := r.entries[c.Entry-1].first()
		out := MomentError{What: "corrected", Moment: c.Moment.UTC()}
		for _, e := range standing {
			switch {
			case e.first() < first:
				out.Earliest = e.At
			case e.first() > first && out.Latest.IsZero():
				out.Latest = e.At
			}
		}
		if out.Moment.Before(out.Earliest) || !out.Latest.IsZero() && out.Moment.After(out.Latest) {
			return r.entries[i].Seq, &out
		}
	}
	return 0, nil
}

// endBatch shows what a batch of corrections comes to, in a fold.
func (d *draft) endBatch() error {
	if d.pending == 0 {
		return nil
	}
	_, err := d.anew()
	if err == nil {
		return nil
	}
	last := d.record.entries[len(d.record.entries)-1]
	return &EntryError{Cycle: d.Cycle, Seq: last.Seq, Kind: last.Kind, Version: last.Version, Err: err}
}

// knownBy tells of an entry of the journal when it was known. One that no clock saw was
// known when it happened, by its moment as corrected, and at the latest when something
// was recorded behind it: nothing can correct the moment of a correction, and what was
// retracted has no neighbours.
func (c *Cycle) knownBy(ctx context.Context) (func(Entry) time.Time, error) {
	head := c.head.Load()
	moments := map[uint64]time.Time{}
	for _, c := range corrections.of(head).Corrections {
		if c.Kind == KindCorrectMoment {
			moments[c.Of] = c.Moment
		}
	}
	known := func(e Entry) time.Time {
		at, moved := moments[e.first()]
		switch {
		case !e.Recorded.IsZero():
			return e.Recorded
		case moved:
			return at
		}
		return e.At
	}
	if len(corrections.of(head).Corrections) == 0 {
		return known, nil
	}
	var entries []Entry
	for e, err := range c.journal.Load(ctx, c.id, 0) {
		if err != nil {
			return nil, fmt.Errorf("loading the journal of %q: %w", fault.Bounded(c.id), err)
		}
		e.Data = nil
		entries = append(entries, e)
	}
	at := make([]time.Time, len(entries))
	for i := len(at) - 1; i >= 0; i-- {
		at[i] = known(entries[i])
		if i+1 < len(at) && entries[i].Recorded.IsZero() && at[i+1].Before(at[i]) {
			at[i] = at[i+1]
		}
	}
	return func(e Entry) time.Time { return at[e.Seq-1] }, nil
}

func mixed() error {
	return fault.Refuse("changes", "alone", nil, "corrections in a batch of their own, of a cycle that has begun")
}

// HangingError says that a correction would leave other entries without what they rest
// on. Retract or correct those as well, in the same batch.
type HangingError struct {
	// Hanging are the first of them, in their order; directly or through others.
	Hanging []Hanging `json:"hanging"`
	// More counts those that are left out.
	More int `json:"more,omitempty"`
}

// Hanging is an entry that would not stand.
type Hanging struct {
	Entry uint64 `json:"entry"`
	Kind  Kind   `json:"kind"`
	// Why it would be refused.
	Why string `json:"why"`
}

func (e *HangingError) add(of Entry, err error) {
	if len(e.Hanging) == maxHanging {
		e.More++
		return
	}
	e.Hanging = append(e.Hanging, Hanging{Entry: of.Seq, Kind: of.Kind, Why: fault.Cut(err.Error(), 120)})
}

// Error names the entries.
func (e *HangingError) Error() string {
	text := fault.Listing("entries hang on it: ", len(e.Hanging), func(i int) string {
		h := e.Hanging[i]
		return fmt.Sprintf("%d (%s: %s)", h.Entry, h.Kind, h.Why)
	})
	if e.More > 0 {
		text += fmt.Sprintf("; and %d more", e.More)
	}
	return text
}

// Is makes errors.Is(err, ErrHanging) true.
func (e *HangingError) Is(target error) bool { return target == ErrHanging }

// CorrectedError says that an entry does not stand as the correction takes it to:
// somebody was faster.
type CorrectedError struct {
	Entry uint64
	// Replaces is the correction that was taken to stand, Standing the one that does;
	// 0 for the entry as it was recorded.
	Replaces, Standing uint64
}

// Error says what stands.
func (e *CorrectedError) Error() string {
	stands := func(by uint64) string {
		if by == 0 {
			return "as it was recorded"
		}
		return fmt.Sprintf("as corrected by entry %d", by)
	}
	return fmt.Sprintf("conflict: entry %d stands %s, not %s", e.Entry, stands(e.Standing), stands(e.Replaces))
}

// Is makes errors.Is(err, ErrConflict) true.
func (e *CorrectedError) Is(target error) bool { return target == ErrConflict }

// MarshalJSON gives the form of a [Refusal].
func (e *HangingError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *CorrectedError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// correctForm is the JSON form of Correct. The change carries its kind and version, so
// that an old one is upgraded as an entry of its own is.
type correctForm struct {
	Entry    uint64     `json:"entry"`
	Replaces uint64     `json:"replaces,omitempty"`
	Change   changeForm `json:"change"`
	Reason   string     `json:"reason"`
}

// changeForm is a change in JSON. A version that is left out is that of today.
type changeForm struct {
	Kind    Kind            `json:"kind"`
	Version int             `json:"v,omitempty"`
	Data    json.RawMessage `json:"data"`
}

// faults are those of the change that it holds.
func (c Correct) faults() (wrong fault.Fields) {
	kind := kindOf(c.Change)
	if kind == nil || kind.corrects {
		wrong.Add("change", fault.Required, nil, "a change of this package that is no correction")
		return wrong
	}
	wrong.Under("change.data", fault.Of(kind.check(c.Change)))
	return wrong
}

// MarshalJSON writes the change with its kind and version.
func (c Correct) MarshalJSON() ([]byte, error) {
	kind := kindOf(c.Change)
	if kind == nil {
		return nil, errors.New("a correction without a change")
	}
	data, err := kind.marshal(c.Change)
	if err != nil {
		return nil, err
	}
	return json.Marshal(correctForm{c.Entry, c.Replaces, changeForm{kind.kind, kind.version, data}, c.Reason})
}

// readCorrect reads the JSON form of Correct.
func readCorrect(data []byte) (Change, error) {
	var form correctForm
	if err := fault.ReadJSON(data, maxEntry, &form, nil); err != nil {
		return nil, err
	}
	kind := kindTable[form.Change.Kind]
	switch {
	case kind == nil:
		return nil, fmt.Errorf("%w: %w", ErrUnknownKind, fault.Refuse("change.kind", fault.Known, string(form.Change.Kind), fault.OneOf(Kinds())))
	case kind.corrects:
		return nil, fault.Refuse("change.kind", fault.Known, string(form.Change.Kind), "a kind of change that is no correction")
	}
	e := Entry{Kind: kind.kind, Version: cmp.Or(form.Change.Version, kind.version), Data: form.Change.Data}
	change, err := e.change()
	if faults := fault.Of(err); faults != nil {
		var wrong fault.Fields
		wrong.Under("change.data", faults)
		err = wrong
	}
	return Correct{Entry: form.Entry, Replaces: form.Replaces, Change: change, Reason: form.Reason}, err
}

// correcting makes a kind one of corrections.
func (k kindEntry) correcting() kindEntry {
	k.corrects = true
	return k
}

var correctionRoom = room{
	changes: []kindEntry{
		changeKind[Correct]().readBy(readCorrect).correcting(),
		changeKind[Retract]().correcting(), changeKind[CorrectMoment]().correcting(),
	},
	part: &corrections,
}

// readBy gives a kind a reader of its own.
func (k kindEntry) readBy(decode func([]byte) (Change, error)) kindEntry {
	k.decode = decode
	return k
}
