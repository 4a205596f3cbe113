package reformcycle

import (
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one applied change in a journal. A journal keeps entries as they are
// and need not understand them.
type Entry struct {
	// Seq is the sequence number in the cycle's journal, from 1, without gaps.
	Seq uint64 `json:"seq"`
	// At is when it happened, Recorded when it was recorded; in UTC, neither
	// before that of the entry it follows.
	At       time.Time `json:"at"`
	Recorded time.Time `json:"recorded"`
	// By is the author.
	By string `json:"by"`
	// Kind of the change, and Version of its JSON form.
	Kind    Kind `json:"kind"`
	Version int  `json:"v"`
	// Data is the change.
	Data json.RawMessage `json:"data"`
}

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
	switch {
	case !known:
		return nil, fmt.Errorf("%w %q; known are %s", ErrUnknownKind, bounded(string(e.Kind)), listed(Kinds()))
	case e.Version != k.version:
		return nil, fmt.Errorf("%w: %d of %q; known is %d", ErrUnknownVersion, e.Version, e.Kind, k.version)
	}
	return k.decode(e.Data)
}

// ParseEntry reads the JSON form of an entry and the change in it. It refuses
// what it does not know: fields, kinds, versions.
func ParseEntry(data []byte) (Entry, error) {
	var e Entry
	if err := decodeStrictly(data, &e); err != nil {
		return Entry{}, &EntryError{Err: err}
	}
	if _, err := e.Change(); err != nil {
		return Entry{}, err
	}
	return e, nil
}

// seal makes the entry of a change.
func seal(seq uint64, by string, at, recorded time.Time, c Change) (Entry, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return Entry{}, invalid(string(c.Kind()), "data", "json", c.Kind(), "a change that JSON can hold: "+err.Error())
	}
	kind := c.Kind()
	return Entry{Seq: seq, At: at, Recorded: recorded, By: by, Kind: kind, Version: kindTable[kind].version, Data: data}, nil
}

// unseal reads and checks the change of an entry that was sealed somewhere, some
// time.
func (e Entry) unseal() (Change, error) {
	c, err := e.change()
	if err != nil {
		return nil, err
	}
	if err := check(string(e.Kind), c); err != nil {
		return nil, err
	}
	return c, nil
}

// DecodeChange reads a change from the JSON form that a journal keeps it in, at
// the version that this package writes: for hosts that take changes from files
// or over a network. It refuses unknown kinds and fields by name, and values
// that Apply would refuse whatever the state.
func DecodeChange(kind Kind, data []byte) (Change, error) {
	e := Entry{Kind: kind, Data: data}
	if k, known := kindTable[kind]; known {
		e.Version = k.version
	}
	return e.unseal()
}
