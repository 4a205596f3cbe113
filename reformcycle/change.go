package reformcycle

import (
	"encoding/json"
	"reflect"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file says what a change is, and what there is to know of each kind. The
// changes themselves, and what they do, are in the files of their rooms.

// Change is one thing that happens to a cycle: an artefact recorded, an actor
// engaged, a criterion rated, a move. The kinds of change are those of this
// package; what they do is in the file of their stage.
//
// What Apply takes is checked, written to JSON, read back and only then applied:
// so a live cycle and a fold see the very same change, and nothing is shared that
// the host still holds.
type Change interface {
	// Kind names the change, as in the journal.
	Kind() Kind
	apply(*draft) error
}

// kindEntry is what there is to know of a kind of change.
type kindEntry struct {
	kind Kind
	// version of its JSON form that this package writes: one more than there are
	// upgrades.
	version int
	// upgrades lead from each earlier version to the next: see docs/schema.md.
	upgrades []upgrade
	// decode reads its JSON form: of input, in which what only the cycle sets has no
	// place, or of a journal.
	decode func(data []byte, input bool) (Change, error)
	// suspended: a suspended cycle takes it.
	suspended bool
	// corrects: it corrects the record, and is taken whatever the status.
	corrects bool
	// goType is the type of the changes of this kind.
	goType reflect.Type
	// plain: it holds nothing but text, numbers and the like, so it shares
	// nothing with the host and JSON gives it back as it is.
	plain bool
	// move: it takes the cycle along a line of the table.
	move bool
	// glance checks a plain change quickly; nil where its tags ask for more.
	glance glance
	// inner are the fields that are looked at beside their tags.
	inner []inner
	// zero is the plain change without anything in it, and zeroJSON its JSON.
	zero     Change
	zeroJSON []byte
}

// upgrade makes an entry of the next version from one of its own. It is a pure
// function: the same entry in, the same entry out, whenever and wherever.
type upgrade func(Entry) (Entry, error)

// read upgrades an entry to the version of today and reads its change.
func (k *kindEntry) read(e Entry, input bool) (Change, error) {
	if e.Version < 1 || e.Version > k.version {
		return nil, tell(language.Of("unknown.version", "version", e.Version, "kind", string(e.Kind), "known", k.version), ErrUnknownVersion)
	}
	for e.Version < k.version {
		from := e.Version
		var err error
		if e, err = k.upgrades[from-1](e); err != nil {
			return nil, tell(language.Of("corrupt.upgrade", "version", from, "why", err), ErrCorrupt, err)
		}
		e.Version = from + 1
	}
	return k.decode(e.Data, input)
}

// input reads and checks a change that somebody hands in.
func (k *kindEntry) input(data []byte) (Change, error) {
	c, err := k.decode(data, true)
	if err == nil {
		err = k.check(c)
	}
	return c, err
}

// changeKind is the kind of the changes of a type.
func changeKind[C Change](upgrades ...upgrade) kindEntry {
	var zero C
	k := kindEntry{kind: zero.Kind(), version: 1 + len(upgrades), upgrades: upgrades, goType: reflect.TypeFor[C](), decode: func(data []byte, input bool) (Change, error) {
		var c C
		read := fault.ReadJSON
		if input {
			read = fault.ReadInput
		}
		err := read(data, maxEntry, &c, nil)
		return c, err
	}}
	k.inner = innerOf(k.goType)
	k.move = k.goType.Implements(reflect.TypeFor[Move]())
	if k.plain = isPlain(k.goType); k.plain {
		k.glance, _ = glanceAt(k.goType)
		k.zero = zero
		k.zeroJSON, _ = json.Marshal(zero) // text and numbers
	}
	return k
}

// check holds a change of this kind against its rules.
func (k *kindEntry) check(c Change) error {
	if v := reflect.ValueOf(c); k.glance != nil && v.Kind() == reflect.Struct && k.glance.sound(v) {
		return nil
	}
	err := check(c)
	if own := k.own(c); own != nil {
		all := fault.Of(err)
		all.Under("", own)
		return all
	}
	return err
}

// marshal writes the JSON of a change of this kind.
func (k *kindEntry) marshal(c Change) ([]byte, error) {
	if k.plain && c == k.zero {
		return slices.Clone(k.zeroJSON), nil
	}
	return json.Marshal(c)
}

// whileSuspended: a suspended cycle still takes ratings and stakeholder changes,
// and the moves that end the suspension.
func (k kindEntry) whileSuspended() kindEntry {
	k.suspended = true
	return k
}

// isPlain reports whether values of a type are whole in themselves.
func isPlain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); !f.IsExported() || !isPlain(f.Type) {
				return false // a time, say, hides a pointer
			}
		}
		return true
	case reflect.String, reflect.Bool, reflect.Int, reflect.Uint8:
		return true
	default:
		return false
	}
}

// The kinds of change, in the order of the rooms; by name; and by the type of
// their changes.
var (
	kindList  []Kind
	kindTable = map[Kind]*kindEntry{}
	kindTypes = map[reflect.Type]*kindEntry{}
)

// Kinds lists every kind of change.
func Kinds() []Kind { return append([]Kind(nil), kindList...) }

// accepts refuses a change that the cycle does not take with its status.
func accepts(s *state, kind Kind) error {
	taken := func(k *kindEntry) bool { return k.corrects || s.Status == Suspended && k.suspended }
	if s.Status == Active || taken(kindTable[kind]) {
		return nil
	}
	var accepts []Kind
	for _, k := range kindList {
		if taken(kindTable[k]) {
			accepts = append(accepts, k)
		}
	}
	return &StatusError{Status: s.Status, Kind: kind, Reason: s.Held, Accepts: accepts}
}

// missing reports whether a value that the host hands in is nil, or a nil pointer
// in an interface.
func missing(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// kindOf gives the kind of a change; nil where it is none of this package's own: a
// host's struct that embeds one has its methods, but no journal would give back what
// it adds.
func kindOf(c Change) *kindEntry {
	if missing(c) {
		return nil
	}
	t := reflect.TypeOf(c)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return kindTypes[t]
}

// readStrictly reads JSON of a journal and refuses what it does not know: a field
// that a later version added may not be lost without a word.
func readStrictly(data []byte, into any) error {
	if err := fault.ReadJSON(data, len(data), into, nil); err != nil {
		return corrupt(err)
	}
	return nil
}
