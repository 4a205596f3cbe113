package reformcycle

import (
	"cmp"
	"time"

	"github.com/chsreform/chsreform/reformcycle/date"
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
	// Date it happened, as far as that is known; left out, the day of the moment. See On.
	Date date.Date

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

// On says when it happened as far as that is known: "2003", "2003-05". The date is kept
// in the entries and shown, and what takes the day of its entry takes the date; the
// moment only orders, and may lie elsewhere: what is recorded late has its moment from
// the clock, and a date of long ago. Where there is neither a moment nor a clock, the
// moment is the first of the date's days, at midnight UTC, or the last entry's where
// that is later.
//
// Without a date, that of a stamp is the day of its moment where its clock stands: two
// in the morning of 2 March in Kampala is 2 March, though it is the first in Greenwich.
func (s Stamp) On(day date.Date) Stamp {
	s.Date = day
	return s
}

// dated is the date that an entry has to keep: none where its moment tells the same.
func (s Stamp) dated(at time.Time) date.Date {
	if day := cmp.Or(s.Date, date.Of(at)); day != date.Of(at.UTC()) {
		return day
	}
	return date.Date{}
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
// the same changes and, if the stamp has them, the same moment and date; After is no part
// of it.
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
	if digested != held.Digest || !by.Moment.IsZero() && !by.Moment.Equal(held.At) || !by.Date.IsZero() && by.dated(held.At) != held.Date {
		return Receipt{}, &KeyError{Cycle: s.Cycle, Key: by.key, Last: held.Last}
	}
	taken.Repeated = true
	return taken, nil
}
