package reformcycle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file remembers the keys of batches, so that a request that is sent twice counts
// once.

// keyed is a batch that had a key. It never changes, and states share the list of
// them, the newest first.
type keyed struct {
	Key    string    `json:"key"`
	Last   uint64    `json:"last"` // its last entry
	At     time.Time `json:"at"`   // when it happened
	Date   date.Date `json:"date,omitzero"`
	Digest string    `json:"digest"` // of its author and its changes
	before *keyed
	depth  int // how many are before it
}

// keyring holds the batches that had a key; those beyond maxKeyed may still be in
// the list and are not looked at.
type keyring struct{ newest *keyed }

// IsZero reports whether there is none.
func (r keyring) IsZero() bool { return r.newest == nil }

// all lists them, the newest first.
func (r keyring) all(yield func(int, *keyed) bool) {
	for k, i := r.newest, 0; k != nil && i < maxKeyed; k, i = k.before, i+1 {
		if !yield(i, k) {
			return
		}
	}
}

func (r keyring) find(key string) *keyed {
	for _, k := range r.all {
		if k.Key == key {
			return k
		}
	}
	return nil
}

// with gives the ring with one more. Once the list is twice as long as it need be,
// what is looked at is copied and the rest is left behind.
func (r keyring) with(k keyed) keyring {
	if r.newest != nil && r.newest.depth >= 2*maxKeyed {
		kept := r.kept()
		r.newest = nil
		for _, held := range kept {
			r = r.with(held)
		}
	}
	k.before, k.depth = r.newest, 0
	if k.before != nil {
		k.depth = k.before.depth + 1
	}
	return keyring{&k}
}

// kept lists what is looked at in the order of its entries.
func (r keyring) kept() []keyed {
	kept := []keyed{}
	for _, k := range r.all {
		kept = append(kept, *k)
	}
	slices.Reverse(kept)
	return kept
}

// MarshalJSON lists them in the order of their entries.
func (r keyring) MarshalJSON() ([]byte, error) { return json.Marshal(r.kept()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *keyring) UnmarshalJSON(data []byte) error {
	var kept []keyed
	if err := fault.ReadJSON(data, len(data), &kept, nil); err != nil {
		return err
	}
	*r = keyring{}
	for _, k := range kept {
		*r = r.with(k)
	}
	return nil
}

// digest of a batch grows with each of its changes.
func digest(before string, kind Kind, data []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %q ", before, kind)
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// noteKey notes the key of an entry that was applied, as it was recorded: a batch that
// is corrected or retracted keeps its key.
func (d *draft) noteKey(e Entry) error {
	if e.Key == "" || d.folding {
		return nil
	}
	ring, digested := d.Keys, digest("", Kind(e.By), nil)
	if last := ring.newest; e.First > 0 && last != nil && last.Key == e.Key && last.Last+1 == e.Seq {
		ring, digested = keyring{last.before}, last.Digest
	} else if ring.find(e.Key) != nil {
		return fault.Refuse("key", fault.Unique, e.Key, language.Of("want.new-key"))
	}
	if e.Kind != KindBegin {
		data, err := kindTable[e.Kind].normal(e)
		if err != nil {
			return err
		}
		digested = digest(digested, e.Kind, data)
	}
	d.Keys = ring.with(keyed{Key: e.Key, Last: e.Seq, At: e.At, Date: e.Date, Digest: digested})
	return nil
}

// normal is the data of an entry as this version writes it.
func (k *kindEntry) normal(e Entry) ([]byte, error) {
	if e.Version == k.version {
		return e.Data, nil
	}
	change, err := k.read(e, false)
	if err != nil {
		return nil, err
	}
	return k.marshal(change)
}

// maxKeyed is how many batches with a key a state remembers.
const maxKeyed = 256
