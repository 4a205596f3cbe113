package reformcycle

import (
	"bytes"
	"cmp"
	"encoding/json"
	"reflect"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the form in which journals keep changes.

// Entry is one applied change in a journal. A journal keeps entries as they are
// and need not understand them.
type Entry struct {
	// Seq is the sequence number in the cycle's journal, from 1, without gaps.
	Seq uint64 `json:"seq"`
	// First is the sequence number of the first entry of its batch; left out in that
	// one itself. The entries of a batch share their author, their moments,
	// their date and their key.
	First uint64 `json:"first,omitempty"`
	// At is when it happened, Recorded when it was recorded, left out where there was
	// no clock to tell; in UTC, neither before that of the entry it follows.
	At       time.Time `json:"at"`
	Recorded time.Time `json:"recorded,omitzero"`
	// Date on which it happened, as far as that is known; left out where it is the day
	// of At.
	Date date.Date `json:"date,omitzero"`
	// By is the author.
	By string `json:"by"`
	// Key of its batch, if that has one.
	Key string `json:"key,omitempty"`
	// Kind of the change, and Version of its JSON form.
	Kind    Kind `json:"kind"`
	Version int  `json:"v"`
	// Data is the change.
	Data json.RawMessage `json:"data"`
}

// first is the sequence number of the first entry of its batch.
func (e Entry) first() uint64 { return cmp.Or(e.First, e.Seq) }

// tip tells the last entry that a state was made of from another in its place.
type tip struct {
	at   time.Time
	date date.Date
	by   string
	kind Kind
	data json.RawMessage
}

func tipOf(e Entry) tip { return tip{e.At, e.Date, e.By, e.Kind, e.Data} }

func (t tip) is(e Entry) bool {
	return t.at.Equal(e.At) && t.date == e.Date && t.by == e.By && t.kind == e.Kind && bytes.Equal(t.data, e.Data)
}

// On is the date on which it happened: its own, or else the day of its moment.
func (e Entry) On() date.Date { return cmp.Or(e.Date, date.Of(e.At)) }

// Change reads the change that the entry holds. A kind or a version that this
// package does not know is refused by name with an EntryError.
func (e Entry) Change() (Change, error) {
	c, err := e.change()
	if err != nil {
		return nil, &EntryError{Seq: e.Seq, Kind: e.Kind, Version: e.Version, Err: err}
	}
	return c, nil
}

func (e Entry) change() (Change, error) {
	k, known := kindTable[e.Kind]
	if !known {
		return nil, tell(language.Of("unknown.kind", "kind", fault.Bounded(string(e.Kind)), "known", listed(Kinds())), ErrUnknownKind)
	}
	return k.read(e, false)
}

// ParseEntry reads the JSON form of an entry and the change in it. It refuses
// what it does not know: fields, kinds, versions.
func ParseEntry(data []byte) (Entry, error) {
	var e Entry
	if err := readStrictly(data, &e); err != nil {
		return Entry{}, &EntryError{Err: err}
	}
	if _, err := e.Change(); err != nil {
		return Entry{}, err
	}
	return e, nil
}

// seal makes an entry, of which the stamp and the place are known, hold a change, and
// gives the change as the entry holds it.
func (kind *kindEntry) seal(e Entry, c Change) (Entry, Change, error) {
	data, err := kind.marshal(c)
	if err != nil {
		return Entry{}, nil, fault.Refuse("data", "json", kind.kind, language.Of("want.json-change", "why", err))
	}
	if len(data) > maxEntry {
		return Entry{}, nil, fault.Refuse("data", fault.Length, len(data), language.Of("want.change-bytes", "most", maxEntry))
	}
	e.Kind, e.Version, e.Data = kind.kind, kind.version, data
	// Journals hold texts in normal form. An escape may stand for half of a letter.
	normal := (isASCII(data) || norm.NFC.IsNormal(data)) && !bytes.Contains(data, []byte(`\u`))
	if normal && kind.plain && reflect.TypeOf(c).Kind() == reflect.Struct {
		return e, c, nil
	}
	if c, err = kind.decode(data, false); err != nil || normal {
		return e, c, err
	}
	// What was typed in two ways may be one in normal form, and break a rule that it kept.
	if err = kind.check(c); err == nil {
		e.Data, err = kind.marshal(c)
	}
	return e, c, err
}

// isASCII: what is, is in normal form.
func isASCII(data []byte) bool {
	for _, b := range data {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unseal reads and checks the change of an entry that was sealed somewhere, some
// time.
func (e Entry) unseal() (Change, error) {
	c, err := e.change()
	if err != nil {
		return nil, err
	}
	if err := kindTable[e.Kind].check(c); err != nil {
		return nil, err
	}
	return c, nil
}

// DecodeChange reads a change from the JSON form that a journal keeps it in, at
// the version that this package writes: for hosts that take changes from files
// or over a network. It refuses unknown kinds and fields by name, and values
// that Apply would refuse whatever the state, all with [fault.Fields].
func DecodeChange(kind Kind, data []byte) (Change, error) {
	k, known := kindTable[kind]
	if !known {
		return nil, fault.Refuse("kind", fault.Known, string(kind), fault.OneOf(Kinds()))
	}
	c, err := k.input(data)
	if err != nil {
		return nil, &ChangeError{Of: 1, Kind: kind, Err: err}
	}
	return c, nil
}
