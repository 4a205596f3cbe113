package reformcycle

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Refusal is the one JSON form of a refusal, for a host's browser: RefusalOf makes
// it, and the refusals of this package marshal to it. Whatever the input was, it has
// at most [fault.MaxMessage] bytes: the first fields or blockers, and how many more
// there are.
type Refusal struct {
	// Code is the kind of refusal, for ever the same: "invalid", "blocked",
	// "illegal-move", "suspended", "abandoned", "moment", "conflict", "key-taken", "hanging",
	// "not-found", "not-begun", "unknown-kind", "unknown-version", "unknown-checklist", "reentrant", "lost",
	// "damaged", "corrupt".
	Code string `json:"code"`
	// Text is the message, in the language that RefusalOf was given; so are what the
	// fields want and what the blockers say.
	Text string `json:"text"`
	// Kind of the change that was refused, and its place in its batch, from 0.
	Kind  Kind `json:"kind,omitempty"`
	Index *int `json:"index,omitempty"`
	// Fields that break a rule, with paths from the top of the change; of "invalid".
	Fields []fault.Field `json:"fields,omitempty"`
	// Move that was asked for, and where it begins and ends; of "blocked" and
	// "illegal-move".
	Move MoveName  `json:"move,omitempty"`
	From *Standing `json:"from,omitempty"`
	To   *Standing `json:"to,omitempty"`
	// Blockers before the move; of "blocked". The state has all of them whole.
	Blockers []Blocker `json:"blockers,omitempty"`
	// Legal lists the moves that there are; of "illegal-move".
	Legal []Transition `json:"legal,omitempty"`
	// Accepts lists the kinds of change that are taken; of "suspended".
	Accepts []Kind `json:"accepts,omitempty"`
	// Earliest and Latest are the moments that would be accepted; of "moment".
	Earliest *time.Time `json:"earliest,omitempty"`
	Latest   *time.Time `json:"latest,omitempty"`
	// After is the entry that the writer thought the last, Head the last one; of
	// "conflict".
	After uint64 `json:"after,omitempty"`
	Head  uint64 `json:"head,omitempty"`
	// Since has the entries behind After, without their data; of "conflict".
	Since []Since `json:"since,omitempty"`
	// Entry is the one that somebody else has corrected since, and Stands the correction
	// that stands on it now, 0 for none: what the next one replaces; of "conflict".
	Entry  uint64  `json:"entry,omitempty"`
	Stands *uint64 `json:"stands,omitempty"`
	// Last is the last entry of the batch that has the key; of "key-taken".
	Last uint64 `json:"last,omitempty"`
	// Hanging are the entries that hang on what is corrected; of "hanging".
	Hanging []Hanging `json:"hanging,omitempty"`
	// More counts the fields, blockers or entries that were left out.
	More int `json:"more,omitempty"`
}

// Since is an entry that was recorded since, without its data.
type Since struct {
	Seq  uint64    `json:"seq"`
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Kind Kind      `json:"kind"`
}

// codes of the refusals, the more telling first: an entry that is corrupt may be so
// for a field.
var codes = []struct {
	err  error
	code string
}{
	{ErrBlocked, "blocked"}, {ErrIllegalMove, "illegal-move"}, {ErrSuspended, "suspended"}, {ErrAbandoned, "abandoned"},
	{ErrMoment, "moment"}, {ErrHanging, "hanging"}, {ErrConflict, "conflict"}, {ErrKeyTaken, "key-taken"}, {ErrNotFound, "not-found"},
	{ErrNotBegun, "not-begun"}, {ErrUnknownKind, "unknown-kind"},
	{ErrUnknownVersion, "unknown-version"}, {ErrUnknownChecklist, "unknown-checklist"}, {ErrReentrant, "reentrant"},
	{ErrLost, "lost"}, {ErrDamaged, "damaged"}, {ErrCorrupt, "corrupt"}, {ErrInvalid, "invalid"},
}

// RefusalOf gives the form of a refusal, told in a language; false for any other error,
// such as that of a disk.
func RefusalOf(l *language.Language, err error) (Refusal, bool) {
	var r Refusal
	for _, c := range codes {
		if errors.Is(err, c.err) {
			r.Code, r.Text = c.code, fault.Cut(l.Refusal(err), fault.MaxMessage/4)
			break
		}
	}
	if r.Code == "" {
		return Refusal{}, false
	}
	if e, ok := errors.AsType[*ChangeError](err); ok {
		r.Kind, r.Index = e.Kind, &e.Index
	}
	if e, ok := errors.AsType[*BlockedError](err); ok {
		r.Move, r.From, r.To = e.Move, &e.From, &e.To
		for _, b := range e.Blockers {
			r.Blockers = append(r.Blockers, b.in(l))
		}
	}
	if e, ok := errors.AsType[*MoveError](err); ok {
		r.Move, r.From, r.Legal = e.Move, &e.From, e.Legal
		if e.To.Stage.Valid() {
			r.To = &e.To
		}
	}
	if e, ok := errors.AsType[*StatusError](err); ok {
		r.Kind, r.Accepts = e.Kind, e.Accepts
	}
	if e, ok := errors.AsType[*MomentError](err); ok {
		r.Earliest, r.Latest = given(e.Earliest), given(e.Latest)
	}
	if e, ok := errors.AsType[*ConflictError](err); ok {
		r.After, r.Head = e.After, e.Head
		for _, s := range e.Since {
			r.Since = append(r.Since, Since{Seq: s.Seq, At: s.At, By: s.By, Kind: s.Kind})
		}
	}
	if e, ok := errors.AsType[*CorrectedError](err); ok {
		r.Entry, r.Stands = e.Entry, &e.Standing
	}
	if e, ok := errors.AsType[*KeyError](err); ok {
		r.Last = e.Last
	}
	if e, ok := errors.AsType[*HangingError](err); ok {
		r.More = e.More
		for _, h := range e.Hanging {
			h.Why = language.Typed(fault.Cut(l.Say(h.Why), 120))
			r.Hanging = append(r.Hanging, h)
		}
	}
	for _, f := range fault.Of(err) {
		r.Fields = append(r.Fields, fieldIn(l, f))
	}
	return r, true
}

// fieldIn is a field with what it says to people in a language.
func fieldIn(l *language.Language, f fault.Field) fault.Field {
	told := f.Told()
	f.Want = language.Typed(l.Say(language.Of("cycle.said", "said", f.Want)))
	for i := 0; i+1 < len(told.Args); i += 2 {
		// What was found is a value, or in words: nothing, so many of them.
		if words, is := told.Args[i+1].(fault.Said); is && told.Args[i] == "found" {
			f.Value = l.Say(language.Of("cycle.said", "said", words))
		}
	}
	if f.Rule == fault.Own {
		f.Value = ""
	}
	return f
}

// given is a moment that is there.
func given(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// MarshalJSON gives so much as the bound leaves room for.
func (r Refusal) MarshalJSON() ([]byte, error) {
	type form Refusal
	whole := form(r)
	return fault.Fit(len(r.Fields)+len(r.Blockers)+len(r.Since)+len(r.Hanging), func(n int) ([]byte, error) {
		f := whole
		f.Fields = whole.Fields[:min(n, len(whole.Fields))]
		f.Blockers, f.Since = nil, whole.Since[:min(n, len(whole.Since))]
		for _, b := range whole.Blockers[:min(n-len(f.Fields), len(whole.Blockers))] {
			f.Blockers = append(f.Blockers, b.brief())
		}
		f.Hanging = whole.Hanging[:min(n-len(f.Fields)-len(f.Blockers), len(whole.Hanging))]
		f.More += len(whole.Fields) + len(whole.Blockers) + len(whole.Since) + len(whole.Hanging) - len(f.Fields) - len(f.Blockers) - len(f.Since) - len(f.Hanging)
		return json.Marshal(f)
	})
}

// in is the blocker with what it says to people in a language.
func (b Blocker) in(l *language.Language) Blocker {
	say := func(t language.Text) language.Text { return language.Typed(l.Say(t)) }
	b.Text, b.Remedy = say(b.Text), say(b.Remedy)
	b.Missing = slices.Clone(b.Missing)
	for i := range b.Missing {
		b.Missing[i] = say(b.Missing[i])
	}
	return b
}

// cut keeps so many bytes of a text that is said as it stands. One of ours, which is
// known by its words or its id, is short.
func cut(t language.Text, most int) language.Text {
	if t.ID == "" || len(t.Plain) > 1000 {
		t.Plain = fault.Cut(t.Plain, most)
	}
	return t
}

// brief is the blocker with texts and lists cut, for a refusal.
func (b Blocker) brief() Blocker {
	const most, room = 10, 300
	b.Guard, b.Source = fault.Cut(b.Guard, room), fault.Cut(b.Source, room)
	b.Text, b.Remedy = cut(b.Text, room), cut(b.Remedy, room)
	b.Missing = slices.Clone(b.Missing[:min(len(b.Missing), most)])
	for i := range b.Missing {
		b.Missing[i] = cut(b.Missing[i], room/4)
	}
	var actors []string
	for _, id := range b.Actors[:min(len(b.Actors), most)] {
		actors = append(actors, fault.Cut(id, room/4))
	}
	b.Actors = actors
	return b
}

// marshalled gives the form of a refusal of this package.
func marshalled(err error) ([]byte, error) {
	r, _ := RefusalOf(nil, err)
	return json.Marshal(r)
}

// MarshalJSON gives the refusal that it wraps, and the change.
func (e *ChangeError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *BlockedError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *MoveError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *StatusError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *MomentError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *ConflictError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *KeyError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *ChecklistError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *EntryError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *LostError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *TransferError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *HangingError) MarshalJSON() ([]byte, error) { return marshalled(e) }

// MarshalJSON gives the form of a [Refusal].
func (e *CorrectedError) MarshalJSON() ([]byte, error) { return marshalled(e) }
