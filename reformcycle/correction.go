package reformcycle

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
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

// maxCorrections of a cycle. A fold has to fold its beginning anew for every batch of
// corrections that it meets, so there is an end to them.
const maxCorrections = 1000

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

// unknown makes the refusal of a kind or a version that is not known.
func unknown(id string, kind, err error) error {
	return tell(language.Of(id, "why", err), kind, err)
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
// before and behind; without a date it takes its own day along, as a stamp's does. A
// date alone leaves the moment as it was recorded.
type CorrectMoment struct {
	// Entry of the batch, any one of them.
	Entry uint64 `json:"entry" validate:"gte=1"`
	// Replaces is the correction of the batch's moment that stands now; left out where
	// it stands as it was recorded.
	Replaces uint64    `json:"replaces,omitempty"`
	Moment   time.Time `json:"moment,omitzero" validate:"required_without=Date"`
	Date     date.Date `json:"date,omitzero"`
	Reason   string    `json:"reason" validate:"text"`
}

// Kind names the change.
func (CorrectMoment) Kind() Kind { return KindCorrectMoment }

func (c CorrectMoment) faults() fault.Fields {
	var wrong fault.Fields
	if at := c.Moment.UTC(); !at.IsZero() && (at.Before(earliest) || !at.Before(latest)) {
		wrong.Add("moment", fault.Range, at.Year(), language.Of("want.moment-years"))
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
	// Moment and Date that the batch was corrected to.
	Moment time.Time `json:"moment,omitzero"`
	Date   date.Date `json:"date,omitzero"`
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

// legalCorrections refuses corrections that no journal folds to.
func (s *state) legalCorrections() error {
	var last uint64
	for _, c := range corrections.of(s).Corrections {
		if kind := kindTable[c.Kind]; kind == nil || !kind.corrects || c.Entry <= last || c.Entry > s.Seq || c.Of == 0 || c.Of >= c.Entry {
			return unfit("its correction by entry %d is not legal", c.Entry)
		}
		last = c.Entry
	}
	return nil
}

func (c Correct) on() (uint64, uint64, string)       { return c.Entry, c.Replaces, c.Reason }
func (c Retract) on() (uint64, uint64, string)       { return c.Entry, c.Replaces, c.Reason }
func (c CorrectMoment) on() (uint64, uint64, string) { return c.Entry, c.Replaces, c.Reason }

// They are applied by correct, which knows the whole record.

func (c Correct) apply(*draft) error       { return nil }
func (c Retract) apply(*draft) error       { return nil }
func (c CorrectMoment) apply(*draft) error { return nil }

func (c Correct) fits(d *draft, i int) error {
	was := d.record.changes[i]
	if kind := d.record.entries[i].Kind; c.Change.Kind() != kind {
		return fault.Refuse("change.kind", fault.Known, string(c.Change.Kind()), language.Of("want.same-kind", "kind", string(kind)))
	}
	if wrong := kindOf(c.Change).early(c.Change, d.ahead(i)); d.live && wrong != nil {
		var all fault.Fields
		all.Under("change.data", wrong)
		return all
	}
	if is, fixed := was.(steadfast); fixed {
		if c.Change.(steadfast).steady() != is.steady() {
			return fault.Refuse("change.data", "steady", string(c.Change.Kind()), language.Of("want.steady", "kind", string(c.Change.Kind())))
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
		return fault.Refuse("entry", "steady", c.Entry, language.Of("want.not-beginning"))
	case steadfast:
		return d.isLast(i)
	}
	return nil
}

func (c CorrectMoment) fits(d *draft, i int) error {
	limit := d.ahead(i)
	if d.live && c.Moment.After(limit) {
		return &MomentError{What: "happened", Moment: c.Moment.UTC(), Latest: limit}
	}
	if d.live && !begun(c.Date, limit) {
		return notCome("date", c.Date, limit)
	}
	return nil
}

// restamped gives an entry the moment and the date of its correction.
func (c CorrectMoment) restamped(e Entry) Entry {
	at := c.Moment
	if at.IsZero() {
		at = e.At
	}
	e.At, e.Date = at.UTC(), Stamp{Date: c.Date}.dated(at)
	return e
}

// ahead is the moment behind which nothing of an entry can lie: that of its recording,
// where a clock saw it. It is asked of input, never in a fold.
func (d *draft) ahead(i int) time.Time {
	if recorded := d.record.entries[i].Recorded; !recorded.IsZero() {
		return recorded
	}
	return d.horizon
}

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
		wrong.Add("change", fault.Required, nil, language.Of("want.own-no-correction"))
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
func readCorrect(data []byte, input bool) (Change, error) {
	var form correctForm
	if err := fault.ReadJSON(data, maxEntry, &form, nil); err != nil {
		return nil, err
	}
	kind := kindTable[form.Change.Kind]
	switch {
	case kind == nil:
		return nil, unknown("unknown.kind-want", ErrUnknownKind, fault.Refuse("change.kind", fault.Known, string(form.Change.Kind), fault.OneOf(Kinds())))
	case kind.corrects:
		return nil, fault.Refuse("change.kind", fault.Known, string(form.Change.Kind), language.Of("want.no-correction"))
	case form.Change.Version < 0 || form.Change.Version > kind.version:
		return nil, unknown("unknown.version-want", ErrUnknownVersion, fault.Refuse("change.v", fault.Known, form.Change.Version, language.Of("want.version", "kind", string(kind.kind), "known", kind.version)))
	}
	e := Entry{Kind: kind.kind, Version: cmp.Or(form.Change.Version, kind.version), Data: form.Change.Data}
	change, err := kind.read(e, input)
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
func (k kindEntry) readBy(decode func([]byte, bool) (Change, error)) kindEntry {
	k.decode = decode
	return k
}
