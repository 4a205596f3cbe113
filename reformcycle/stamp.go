package reformcycle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// This file is what stands on a batch: who did it and when, what it rests on, and
// the key by which a batch that is sent twice is taken once.

// Stamp is who did something and when, and what the batch rests on.
type Stamp struct {
	// Author is a person, an office, a service: whatever name the host knows it by.
	Author string
	// Moment it happened; left out, the clock's. It may not come before that of the
	// last entry, nor after the clock's time: what happened earlier and is recorded
	// late carries its own date in the evidence, the review, the rollout.
	Moment time.Time

	after *uint64
	key   string
}

// By makes the stamp of an author, at the moment of the cycle's clock.
func By(author string) Stamp { return Stamp{Author: author} }

// At gives the stamp a moment of its own.
func (s Stamp) At(moment time.Time) Stamp {
	s.Moment = moment
	return s
}

// After says on which entry the batch rests: the last one that its author had seen,
// 0 for none. If the cycle has moved on, or does so before the batch is in the
// journal, the batch ends in a ConflictError that carries what came since, with
// retries, too. Without it a batch rests on whatever the cycle has.
func (s Stamp) After(seq uint64) Stamp {
	s.after = &seq
	return s
}

// Key gives the batch a name of its own, up to 128 characters that the host makes up
// once a batch: a UUID, the number of a form. A batch with a key that the cycle has
// taken before is acknowledged again and does nothing, and one with the same key and
// another content is refused with a KeyError. The same content is the same author,
// the same changes and, if the stamp has one, the same moment; After is no part of it.
//
// The key is in the entries: it holds over restarts, for every instance, in copies
// made by Export, and after an Append of which nobody knows how it ended. The last
// 256 batches of a cycle that had a key are remembered. The empty key is none.
func (s Stamp) Key(key string) Stamp {
	s.key = key
	return s
}

// Receipt tells which entries an Apply was for.
type Receipt struct {
	// First is the entry of the batch's first change, Last that of its last. The first
	// batch of a cycle comes behind the entry that begins it; where it has no changes,
	// both are that entry.
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
	// Repeated: the entries were there already, and the Apply added nothing.
	Repeated bool `json:"repeated,omitempty"`
}

// receiptFor is the receipt of so many changes that end with an entry.
func receiptFor(last uint64, changes int) Receipt {
	return Receipt{First: last - uint64(max(changes, 1)) + 1, Last: last}
}

// maxKeyed is how many batches with a key a state remembers.
const maxKeyed = 256

// keyed is a batch that had a key. It never changes, and states share the list of
// them, the newest first.
type keyed struct {
	Key    string    `json:"key"`
	Last   uint64    `json:"last"`   // its last entry
	At     time.Time `json:"at"`     // when it happened
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
		return fault.Refuse("key", fault.Unique, e.Key, "a key that no batch before it has")
	}
	if e.Kind != KindBegin {
		data, err := kindTable[e.Kind].normal(e)
		if err != nil {
			return err
		}
		digested = digest(digested, e.Kind, data)
	}
	d.Keys = ring.with(keyed{Key: e.Key, Last: e.Seq, At: e.At, Digest: digested})
	return nil
}

// normal is the data of an entry as this version writes it.
func (k *kindEntry) normal(e Entry) ([]byte, error) {
	if e.Version == k.version {
		return e.Data, nil
	}
	change, err := k.read(e)
	if err != nil {
		return nil, err
	}
	return k.marshal(change)
}

// repeated looks a batch's key up. It gives the receipt of a batch that was taken
// before, and refuses another one of that key; it gives nothing where the key is new.
func (s *state) repeated(books rulebooks, by Stamp, changes []Change) (Receipt, error) {
	if by.key == "" {
		return Receipt{}, nil
	}
	held := s.Keys.find(by.key)
	if held == nil {
		return Receipt{}, nil
	}
	taken := receiptFor(held.Last, len(changes))
	digested := digest("", Kind(by.Author), nil)
	for _, c := range changes {
		var data []byte
		if k := kindOf(c); k != nil {
			if c, err := books.completed(c); err == nil {
				e, _, _ := k.seal(Entry{}, c)
				data = e.Data
			}
		}
		if data == nil { // what can't be kept is another batch
			digested = ""
			break
		}
		digested = digest(digested, c.Kind(), data)
	}
	if digested != held.Digest || !by.Moment.IsZero() && !by.Moment.Equal(held.At) {
		return Receipt{}, &KeyError{Cycle: s.Cycle, Key: by.key, Last: held.Last}
	}
	taken.Repeated = true
	return taken, nil
}
