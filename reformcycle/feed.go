package reformcycle

import (
	"context"
	"errors"
	"hash/crc32"
	"iter"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the feed over all cycles of a journal: for who keeps something that is
// made of many cycles, and wants to know what has come since.

// Feeder is what a journal may offer beside Journal: its entries of all cycles, one
// after the other. See Feed.
type Feeder interface {
	// Feed yields the entries of all cycles behind a position, and then ends: it waits
	// for nothing. Those of one cycle come in their order, and nothing is left out; an
	// entry may come more than once. It has at least what was acknowledged when the
	// reading began, but for what comes behind a batch that is still on its way. It
	// ends with the first error, and may be ranged over again.
	//
	// The zero Position is before all entries. A position of an earlier epoch, as a
	// journal has one where the order of its feed was lost and made anew, means that
	// all is yielded from the beginning: a position is handed out only where none
	// before it may still come, and never means another place later on. A position
	// behind an entry that the journal does not have, one of another journal for one,
	// is refused with [fault.Fields]; see Replay.
	Feed(ctx context.Context, after Position) iter.Seq2[Fed, error]
	// FeedEnd gives the position behind the last entry, from which on a feed has what
	// is acknowledged from now on: for who has read what there is in another way. It
	// is the zero Position where there are no entries.
	FeedEnd(ctx context.Context) (Position, error)
}

// Fed is one entry in a feed.
type Fed struct {
	Cycle string
	Entry Entry
	// Position is behind this entry: a feed that is asked for it goes on with the next.
	Position Position
}

// ErrNoFeed: the journal offers no feed.
var ErrNoFeed = errors.New("the journal has no feed")

// Feed follows all cycles of a journal from a position on, as Feeder says. Who has
// dealt with an entry keeps its Position, in the same transaction if it can, and goes
// on from there after a restart.
//
// Errors: ErrNoFeed where the journal is no Feeder; those of the journal.
func Feed(ctx context.Context, j Journal, after Position) iter.Seq2[Fed, error] {
	if feeder, is := j.(Feeder); is {
		return feeder.Feed(ctx, after)
	}
	return func(yield func(Fed, error) bool) { yield(Fed{}, ErrNoFeed) }
}

// Position is a place in a feed, behind one entry. What its fields mean is between the
// journal and itself; everybody else keeps it, compares it with ==, and hands it in
// again, as it is or as its text. The zero value is before all entries.
type Position struct {
	// Epoch in which At means a place; never 0 but in the zero Position.
	Epoch uint64
	// At is the place, Seq the entry there that it is behind.
	At, Seq uint64
	// Cycle is CycleSum of that entry's cycle.
	Cycle uint32
	// Proof is whatever tells that there is still at the place what was there.
	Proof uint32
}

var sums = crc32.MakeTable(crc32.Castagnoli)

// CycleSum is what a Position holds of the id of a cycle: its CRC-32C.
func CycleSum(id string) uint32 { return crc32.Checksum([]byte(id), sums) }

// String gives its text, of digits, small letters and hyphens, at most 65 of them; none
// for the zero Position. The last part is a checksum of the others.
func (p Position) String() string {
	if p == (Position{}) {
		return ""
	}
	b := make([]byte, 0, 72)
	for _, n := range []uint64{p.Epoch, p.At, p.Seq, uint64(p.Cycle), uint64(p.Proof)} {
		b = append(strconv.AppendUint(b, n, 36), '-')
	}
	return string(strconv.AppendUint(b, uint64(crc32.Checksum(b, sums)), 36))
}

// ParsePosition reads the text of a position, and nothing else than what String writes.
//
// Errors: [fault.Fields].
func ParsePosition(text string) (Position, error) {
	var p Position
	if text == "" {
		return p, nil
	}
	if len(text) < 80 {
		parts := strings.Split(text, "-")
		if len(parts) == 6 {
			var n [5]uint64
			var err error
			for i := range n {
				bits := 64
				if i > 2 {
					bits = 32
				}
				var failed error
				n[i], failed = strconv.ParseUint(parts[i], 36, bits)
				err = errors.Join(err, failed)
			}
			p = Position{n[0], n[1], n[2], uint32(n[3]), uint32(n[4])}
			if err == nil && p.Epoch > 0 && p.String() == text {
				return p, nil
			}
		}
	}
	return Position{}, fault.Refuse("position", "position", text, language.Of("want.feed-text"))
}

// MarshalText gives the form that UnmarshalText reads.
func (p Position) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what ParsePosition reads.
func (p *Position) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePosition(string(text))
	return err
}

// Replay tells whether a feed may begin anew for a position whose place it does not
// know, because the order of the feed was made anew, say: for journals that offer one.
// It may where the journal has the entry that the position is behind. Else the
// position is of another journal, was made up, or is behind entries that the journal
// has lost, and is refused with [fault.Fields]: whoever holds it has something that the
// journal did not tell it.
//
// Errors: those, and what the journal returns of its cycles.
func Replay(ctx context.Context, j Journal, p Position) error {
	if p == (Position{}) {
		return nil
	}
	for id, err := range j.Cycles(ctx, "") {
		if err != nil {
			if ctx.Err() == nil && errors.Is(err, ErrDamaged) {
				return nil // it may be one whose id can't be read
			}
			return err
		}
		if CycleSum(id) != p.Cycle || p.Seq == 0 {
			continue
		}
		for _, err := range j.Load(ctx, id, p.Seq-1) {
			if err == nil || ctx.Err() == nil && errors.Is(err, ErrDamaged) {
				return nil
			}
			if !errors.Is(err, ErrLost) {
				return err
			}
		}
	}
	return fault.Refuse("after", fault.Exists, p.String(), language.Of("want.feed-place"))
}
