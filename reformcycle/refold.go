package reformcycle

import (
	"cmp"
	"errors"
	"iter"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file folds a record anew when corrections of it come: the state is the fold in
// which corrected changes stand in the places of the old ones.

// correction is a change that corrects.
type correction interface {
	Change
	// on tells the entry that it names, the word that it replaces, and why.
	on() (entry, replaces uint64, reason string)
	// fits holds it against the entry that it names.
	fits(d *draft, i int) error
}

// steadfast is a change that happened, and can't become another: a move, an adoption of
// a checklist, the beginning.
type steadfast interface {
	Change
	// steady is what of it may not be corrected.
	steady() any
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
			return fault.Refuse("entry", "last", d.record.entries[i].Seq, language.Of("want.last-move", "entry", e.Seq, "kind", string(e.Kind)))
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
		return failed("cycle.loading", d.Cycle, of.error)
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
			err = tell(language.Of("corrupt.is-not", "seq", e.Seq, "want", len(r.entries)+1), ErrCorrupt)
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
		return unread{&LostError{Cycle: d.Cycle, Head: uint64(len(r.entries)), Known: d.Seq, Witness: language.Of("witness.cycle")}}
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
		return fault.Refuse("entry", fault.Exists, of, language.Of("want.entry", "last", d.Seq))
	}
	target := int(of - 1)
	part := corrections.in(d)
	if len(part.Corrections) >= maxCorrections {
		return full("corrections", maxCorrections)
	}
	note := Correction{Entry: e.Seq, Kind: e.Kind, Of: of, Replaces: replaces, Reason: reason, By: e.By, At: e.At, Recorded: e.Recorded, Stands: true}
	moment, moves := c.(CorrectMoment)
	if moves {
		note.Of = d.record.entries[target].first()
		to := moment.restamped(d.record.entries[target])
		note.Moment, note.Date = to.At, to.Date
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
	r, words, moments := d.record, map[uint64]word{}, map[uint64]CorrectMoment{}
	for i, c := range r.changes {
		switch c := c.(type) {
		case Correct:
			words[c.Entry] = word{r.entries[i].Seq, c.Change}
		case Retract:
			words[c.Entry] = word{r.entries[i].Seq, nil}
		case CorrectMoment:
			moments[r.entries[c.Entry-1].first()] = c
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
		if word, moved := moments[e.first()]; moved {
			e = word.restamped(e)
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
	n.Seq, n.tip, n.Recorded, n.Keys = d.Seq, d.tip, d.Recorded, d.Keys
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
		out := MomentError{What: "corrected", Moment: c.restamped(r.entries[c.Entry-1]).At}
		for _, e := range standing {
			switch {
			case e.first() < first:
				out.Earliest = e.At
			case e.first() > first && out.Latest.IsZero():
				out.Latest = e.At
			}
		}
		if out.Latest.IsZero() {
			out.Latest = r.entries[i].At // that of the correction itself
		}
		if out.Moment.Before(out.Earliest) || out.Moment.After(out.Latest) {
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

func mixed(kind Kind) error {
	return fault.Refuse("changes", "alone", kind, language.Of("want.alone"))
}
