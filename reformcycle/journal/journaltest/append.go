package journaltest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
)

// This file holds the rules of what is appended and loaded again: ordering,
// atomicity, conflict, durability, damage and size.

var orderingRules = []rule{
	{"entries come back as they were appended, byte for byte", func(tr *trial) error {
		s, err := odd("odd")
		if err != nil {
			return err
		}
		j := tr.open()
		// Some in one batch and some in batches of their own.
		cuts := []int{4, 5, 6, len(s.entries)}
		if err := s.append(j, cuts...); err != nil {
			return err
		}
		return s.expect(j, 0, len(s.entries))
	}},
	{"entries come back in their order and without gaps, whatever the batches", func(tr *trial) error {
		s, err := plain("order", 40)
		if err != nil {
			return err
		}
		j := tr.open()
		from := 0
		for _, to := range []int{2, 3, 4, 9, 10, 24, 25, 40} {
			if err := j.Append(calm, s.batch(from, to)); err != nil {
				return fmt.Errorf("appending the entries %d to %d: %w", from+1, to, err)
			}
			if err := s.expect(j, 0, to); err != nil {
				return err
			}
			from = to
		}
		return nil
	}},
	{"Load begins behind the sequence number that it is given", func(tr *trial) error {
		s, err := plain("after", 12)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := s.append(j, 5, 6, 12); err != nil {
			return err
		}
		for after := range 15 { // on and off the ends of batches, and past the last
			if err := s.expect(j, after, 12); err != nil {
				return fmt.Errorf("after %d: %w", after, err)
			}
		}
		for _, after := range []uint64{math.MaxInt64, math.MaxInt64 + 1, math.MaxUint64} {
			switch got, err := all(j.Load(calm, "after", after)); {
			case err != nil:
				return breach("nothing follows a number past the last entry", "Load after %d: %w", after, err)
			case len(got) > 0:
				return breach("nothing follows a number past the last entry", "Load after %d gave %d entries", after, len(got))
			}
		}
		return nil
	}},
	{"a cycle that the journal does not have has no entries", func(tr *trial) error {
		s, err := plain("there", 3)
		if err != nil {
			return err
		}
		j := tr.open()
		none := func(id string) error {
			switch got, err := all(j.Load(calm, id, 0)); {
			case err != nil:
				return breach("Load yields nothing for a cycle that the journal does not have", "for %q: %w", id, err)
			case len(got) > 0:
				return breach("Load yields nothing for a cycle that the journal does not have", "%d entries for %q", len(got), id)
			}
			return nil
		}
		if err := none("there"); err != nil {
			return fmt.Errorf("in an empty journal: %w", err)
		}
		if err := s.append(j, 3); err != nil {
			return err
		}
		for _, id := range []string{"elsewhere", "the", "there ", "there/", "There", "th%re", "ther_", "*"} {
			if err := none(id); err != nil {
				return err
			}
		}
		return listing(j, "", "there") // asking leaves no trace
	}},
}

// odd tells a story of what journals stumble over: moments far away and a
// nanosecond apart, authors in all scripts, texts with everything that a text
// may hold, numbers whose spelling changes where they are read and written.
func odd(cycle string) (*story, error) {
	nano := time.Nanosecond
	// The range of nanoseconds in 64 bits ends on these days.
	low, high := time.Unix(0, math.MinInt64).UTC(), time.Unix(0, math.MaxInt64).UTC()
	end := time.Date(9999, time.December, 31, 23, 59, 59, 999_999_999, time.UTC)
	moments := []struct{ at, recorded time.Time }{
		{time.Time{}.Add(nano), time.Time{}.Add(2 * nano)},
		{time.Time{}.Add(2 * nano), time.Date(1582, time.October, 10, 0, 0, 0, 0, time.UTC)},
		{low.Add(-nano), low.Add(-nano)},
		{low, low.Add(nano)},
		{time.Unix(-1, 999_999_999).UTC(), time.Unix(0, 0).UTC()},
		{time.Unix(0, 0).UTC(), time.Unix(0, 1).UTC()},
		{time.Unix(0, 1).UTC(), time.Date(2016, time.February, 29, 12, 30, 45, 123_456_789, time.UTC)},
		{time.Date(2016, time.February, 29, 12, 30, 45, 123_456_788, time.UTC), time.Date(2016, time.February, 29, 12, 30, 45, 123_456_789, time.UTC)},
		{time.Date(2016, time.February, 29, 12, 30, 45, 123_456_788, time.UTC), time.Date(2016, time.December, 31, 23, 59, 59, 999_999_999, time.UTC)},
		{high, high.Add(nano)},
		{high.Add(nano), time.Date(4000, time.January, 1, 0, 0, 0, 500, time.UTC)},
		{end.Add(-nano), end},
	}
	authors := []string{
		"Ministère de la Santé", "وزارة الصحة", "משרד הבריאות", "保健省", "e\u0301quipe", "équipe",
		`"quoted" \ back`, "<b>&amp;</b>", "👩🏽 bureau 😀", "'; drop table entries; --", "100 % {} $1 ?", strings.Repeat("𠀀", 128),
	}
	texts := []string{
		"plain", "lines\nand\ttabs", "\"quotes\" 'both' and \\ back \\u0041 \\n", "<a href=\"?a&b\">", "line\u2028and\u2029paragraph",
		"family 👩\u200d👩\u200d👧 and flag 🇱🇷", "byte order mark \ufeff, soft\u00adhyphen, right\u200fto left", "replaced \ufffd",
		"decomposed e\u0301 and composed é", "%s %d %% $1 ? :name", "{\"json\": [1, 2]}", strings.Repeat("𠀀", 4096),
	}
	criteria := reformcycle.SetCriteria{For: reformcycle.ForProblems}
	for i, weight := range []float64{1, 0.1, 1e-7, 0.30000000000000004, 1e6, math.SmallestNonzeroFloat64} {
		criteria.Criteria = append(criteria.Criteria, reformcycle.ChoiceCriterion{ID: fmt.Sprint("criterion ", i), Text: "a criterion", Weight: weight})
	}
	acts := make([]act, len(moments))
	for i, m := range moments {
		acts[i] = act{authors[i], m.at, m.recorded, []reformcycle.Change{turn(i, texts[i])}}
	}
	acts[0].changes = []reformcycle.Change{ministry, criteria, turn(0, texts[0])}
	return tell(cycle, acts...)
}

var atomicityRules = []rule{
	{"a batch of a thousand entries is added whole", func(tr *trial) error {
		s, err := crowd("crowd")
		if err != nil {
			return err
		}
		j := tr.open()
		if err := s.append(j, len(s.entries)); err != nil {
			return err
		}
		return s.expect(j, 0, len(s.entries))
	}},
	{"a batch of a thousand entries that conflicts adds none of them", func(tr *trial) error {
		s, err := crowd("crowd")
		if err != nil {
			return err
		}
		short, err := plain("crowd", 3)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := short.append(j, 3); err != nil {
			return err
		}
		b := s.whole()
		if err := conflicts(j.Append(calm, b), b, 3); err != nil {
			return err
		}
		return short.expect(j, 0, 3)
	}},
	{"a batch that conflicts adds nothing, and the journal goes on", func(tr *trial) error {
		s, err := plain("refused", 9)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := s.append(j, 3, 5); err != nil {
			return err
		}
		for _, b := range []reformcycle.Batch{s.batch(0, 3), s.batch(3, 9), s.batch(4, 9), s.batch(6, 9)} {
			if err := conflicts(j.Append(calm, b), b, 5); err != nil {
				return err
			}
			if err := s.expect(j, 0, 5); err != nil {
				return fmt.Errorf("after a batch after %d was refused: %w", b.After, err)
			}
		}
		if err := j.Append(calm, s.batch(5, 9)); err != nil {
			return breach("Append takes a batch that follows the last entry", "after refusals: %w", err)
		}
		return s.expect(j, 0, 9)
	}},
	{"a refused batch does not make its cycle known", func(tr *trial) error {
		s, err := plain("unborn", 6)
		if err != nil {
			return err
		}
		j := tr.open()
		b := s.batch(3, 6)
		if err := conflicts(j.Append(calm, b), b, 0); err != nil {
			return err
		}
		if err := s.expect(j, 0, 0); err != nil {
			return err
		}
		if err := listing(j, ""); err != nil {
			return err
		}
		if err := s.append(j, 3, 6); err != nil {
			return err
		}
		return s.expect(j, 0, 6)
	}},
	{"a batch without entries is refused and leaves no trace", func(tr *trial) error {
		refused := func(err error) error {
			if !errors.Is(err, reformcycle.ErrInvalid) {
				return breach("Append refuses a batch without entries with an error that errors.Is knows for ErrInvalid", "it returned: %w", err)
			}
			return nil
		}
		s, err := plain("began", 4)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := refused(j.Append(calm, reformcycle.Batch{Cycle: "began"})); err != nil {
			return err
		}
		if err := listing(j, ""); err != nil {
			return err
		}
		if err := s.append(j, 2); err != nil {
			return err
		}
		if err := refused(j.Append(calm, reformcycle.Batch{Cycle: "began", After: 2, State: s.states[2]})); err != nil {
			return err
		}
		if err := s.expect(j, 0, 2); err != nil {
			return err
		}
		if err := j.Append(calm, s.batch(2, 4)); err != nil {
			return fmt.Errorf("appending after a batch without entries: %w", err)
		}
		return s.expect(j, 0, 4)
	}},
	{"a batch whose context ends meanwhile is added whole or not at all", func(tr *trial) error {
		const each, tries = 20, 100
		s, err := plain("fading", 2+each*(tries+1))
		if err != nil {
			return err
		}
		j := tr.open()
		if err := s.append(j, 2); err != nil {
			return err
		}
		head := 2
		// The context ends when it is looked at for the nth time.
		for looks := range tries {
			ctx, left, end := fade(looks)
			appended := j.Append(ctx, s.batch(head, head+each))
			unused := left() > 0
			end()
			got, err := all(j.Load(calm, "fading", 0))
			if err != nil {
				return fmt.Errorf("Load: %w", err)
			}
			const asks = "Append adds a batch whole or not at all, and whole where it returns nil"
			switch {
			case len(got) != head && len(got) != head+each:
				return breach(asks, "%d entries of %d are there (the context ended at look %d; Append returned: %v)", len(got)-head, each, looks+1, appended)
			case appended == nil && len(got) == head:
				return breach(asks, "nothing is there, and Append returned nil (the context ended at look %d)", looks+1)
			case errors.Is(appended, reformcycle.ErrConflict):
				return breach("Append conflicts where the journal does not end at the number that the batch follows", "it ended at %d, and so it said: %w", head, appended)
			}
			if err := same("fading", got, s.entries[:len(got)]); err != nil {
				return err
			}
			head = len(got)
			if appended == nil && unused {
				break // the journal does not look more often than that
			}
		}
		if err := j.Append(calm, s.batch(head, head+each)); err != nil {
			return fmt.Errorf("appending after contexts have ended: %w", err)
		}
		return s.expect(j, 0, head+each)
	}},
}

// crowd tells a story of a thousand entries in one batch.
func crowd(cycle string) (*story, error) {
	changes := []reformcycle.Change{ministry}
	for i := range 998 {
		changes = append(changes, turn(i, fmt.Sprintf("turn %d", i)))
	}
	return tell(cycle, act{"reform office", dawn, dawn, changes})
}

// fading is a context that ends when it has been looked at so many times.
type fading struct {
	context.Context
	looks *atomic.Int64
	end   context.CancelFunc
}

func fade(looks int) (ctx context.Context, left func() int64, end context.CancelFunc) {
	inner, end := context.WithCancel(calm)
	f := fading{inner, new(atomic.Int64), end}
	f.looks.Store(int64(looks))
	return f, f.looks.Load, end
}

func (f fading) look() {
	if f.looks.Add(-1) < 0 {
		f.end()
	}
}

// Err counts as a look.
func (f fading) Err() error {
	f.look()
	return f.Context.Err()
}

// Done counts as a look.
func (f fading) Done() <-chan struct{} {
	f.look()
	return f.Context.Done()
}

var conflictRules = []rule{
	{"a batch that follows too low a number conflicts", conflicting(4, 6, 7)},
	{"a batch that follows too high a number conflicts", conflicting(7, 9, 6)},
	{"a batch that follows a number inside another batch conflicts", conflicting(5, 7, 6)},
	{"a batch that begins a cycle that has begun conflicts", conflicting(0, 3, 6)},
	{"a batch given a second time conflicts", conflicting(4, 6, 6)},
	{"a batch that follows entries of a cycle without any conflicts", conflicting(3, 6, 0)},
	{"the number of one cycle is nothing to another", func(tr *trial) error {
		one, err := plain("one", 9)
		if err != nil {
			return err
		}
		other, err := plain("other", 9)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := errors.Join(one.append(j, 4, 6), other.append(j, 3)); err != nil {
			return err
		}
		b := other.batch(6, 9)
		if err := conflicts(j.Append(calm, b), b, 3); err != nil {
			return err
		}
		if err := errors.Join(j.Append(calm, one.batch(6, 9)), j.Append(calm, other.batch(3, 9))); err != nil {
			return fmt.Errorf("appending to both: %w", err)
		}
		return errors.Join(one.expect(j, 0, 9), other.expect(j, 0, 9))
	}},
	{"a journal beside another sees what it appended, and conflicts with it", func(tr *trial) error {
		if tr.beside == nil {
			return &absent{"WithBeside was not given"}
		}
		s, err := plain("beside", 9)
		if err != nil {
			return err
		}
		j := tr.open()
		second := tr.beside(j)
		for i, to := range []int{3, 5, 6, 9} {
			from := []int{0, 3, 5, 6}[i]
			b := s.batch(from, to)
			if err := j.Append(calm, b); err != nil {
				return fmt.Errorf("appending the entries %d to %d: %w", from+1, to, err)
			}
			if err := errors.Join(s.expect(second, 0, to), listing(second, "", "beside")); err != nil {
				return err
			}
			if err := conflicts(second.Append(calm, b), b, to); err != nil {
				return err
			}
			j, second = second, j
		}
		return errors.Join(s.expect(j, 0, 9), s.expect(second, 0, 9))
	}},
}

// conflicting appends to a journal that ends at the entry head a batch of other
// entries.
func conflicting(from, to, head int) func(*trial) error {
	return func(tr *trial) error {
		s, err := plain("contested", 12)
		if err != nil {
			return err
		}
		j := tr.open()
		if head > 0 {
			if err := s.append(j, 4, head); err != nil {
				return err
			}
		}
		b := s.batch(from, to)
		if err := conflicts(j.Append(calm, b), b, head); err != nil {
			return err
		}
		return s.expect(j, 0, head)
	}
}

var durabilityRules = []rule{
	{"what was acknowledged is there when the journal is opened again", reopened(func(tr *trial) error {
		s, err := odd("odd")
		if err != nil {
			return err
		}
		many, err := crowd("crowd")
		if err != nil {
			return err
		}
		j := tr.open()
		if err := errors.Join(s.append(j, 4, 5, len(s.entries)), many.append(j, len(many.entries))); err != nil {
			return err
		}
		for range 2 {
			j = tr.reopen(j)
			if err := errors.Join(s.expect(j, 0, len(s.entries)), many.expect(j, 0, len(many.entries)), listing(j, "", "odd", "crowd")); err != nil {
				return fmt.Errorf("after it was opened again: %w", err)
			}
		}
		return nil
	})},
	{"a journal opened again goes on where it ended", reopened(func(tr *trial) error {
		s, err := plain("onward", 12)
		if err != nil {
			return err
		}
		j := tr.open()
		from := 0
		for _, to := range []int{2, 3, 7, 8, 12} {
			if err := j.Append(calm, s.batch(from, to)); err != nil {
				return fmt.Errorf("appending the entries %d to %d: %w", from+1, to, err)
			}
			j = tr.reopen(j)
			// Asked first of all, so that a head kept in memory has to be found.
			b := s.batch(from, to)
			if err := conflicts(j.Append(calm, b), b, to); err != nil {
				return fmt.Errorf("after it was opened again: %w", err)
			}
			if err := errors.Join(s.expect(j, 0, to), s.expect(j, from, to)); err != nil {
				return fmt.Errorf("after it was opened again: %w", err)
			}
			from = to
		}
		return nil
	})},
	{"what was refused is not there when the journal is opened again", reopened(func(tr *trial) error {
		s, err := plain("refused", 9)
		if err != nil {
			return err
		}
		unborn, err := plain("unborn", 6)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := s.append(j, 4); err != nil {
			return err
		}
		for _, b := range []reformcycle.Batch{s.batch(0, 4), s.batch(6, 9), unborn.batch(3, 6)} {
			if err := j.Append(calm, b); err == nil {
				return conflicts(err, b, -1)
			}
		}
		ctx, cancel := context.WithCancel(calm)
		cancel()
		if err := j.Append(ctx, s.batch(4, 9)); err == nil {
			return breach("Append gives an error where its context has ended before", "it returned nil")
		}
		j = tr.reopen(j)
		return errors.Join(s.expect(j, 0, 4), listing(j, "", "refused"))
	})},
	{"an empty journal opened again is empty", reopened(func(tr *trial) error {
		s, err := plain("first", 3)
		if err != nil {
			return err
		}
		j := tr.reopen(tr.open())
		if err := errors.Join(listing(j, ""), s.expect(j, 0, 0)); err != nil {
			return err
		}
		if err := s.append(j, 3); err != nil {
			return err
		}
		return s.expect(j, 0, 3)
	})},
}

// reopened keeps a rule for journals that can be opened again.
func reopened(hold func(*trial) error) func(*trial) error {
	return func(tr *trial) error {
		if tr.reopen == nil {
			return &absent{"WithReopen was not given"}
		}
		return hold(tr)
	}
}

var damageRules = []rule{
	{"an entry that was changed where it is kept is named, and what is before it can be read", damaging(func(tr *trial) error {
		s, err := plain("rotten", 9)
		if err != nil {
			return err
		}
		for seq := 3; seq <= 9; seq += 3 { // the last one, too
			j := tr.open()
			if err := s.append(j, 2, 3, 6, 7, 9); err != nil {
				return err
			}
			j = tr.damage(j, "rotten", uint64(seq))
			got, err := all(j.Load(calm, "rotten", 0))
			const asks = "Load yields what is before the damage, and then an error that errors.Is knows for ErrDamaged"
			switch {
			case err == nil:
				return breach(asks, "entry %d was changed, %d entries of 9 came, and no error", seq, len(got))
			case !errors.Is(err, reformcycle.ErrDamaged):
				return breach(asks, "entry %d was changed: %w", seq, err)
			case len(got) >= seq:
				return breach(asks, "entry %d was changed, and came as one of %d", seq, len(got))
			case seq > 7 && len(got) < 7, seq > 3 && len(got) < 3, len(got) < 2:
				return breach(asks, "entry %d was changed, and of the batches before it %d entries came", seq, len(got))
			}
			if err := same("rotten", got, s.entries[:len(got)]); err != nil {
				return err
			}
			if _, err := reformcycle.Open(calm, j, "rotten"); !errors.Is(err, reformcycle.ErrDamaged) {
				return breach("a damaged cycle is not opened", "Open returned: %w", err)
			}
		}
		return nil
	})},
	{"a journal serves its other cycles while one is damaged", damaging(func(tr *trial) error {
		rotten, err := plain("rotten", 5)
		if err != nil {
			return err
		}
		sound, err := plain("sound", 5)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := errors.Join(rotten.append(j, 3, 5), sound.append(j, 3)); err != nil {
			return err
		}
		j = tr.damage(j, "rotten", 5)
		if err := j.Append(calm, sound.batch(3, 5)); err != nil {
			return breach("damage to one cycle is nothing to another", "Append: %w", err)
		}
		return errors.Join(sound.expect(j, 0, 5), listing(j, "", "rotten", "sound"))
	})},
}

// damaging keeps a rule for journals of which the host said how to damage them.
func damaging(hold func(*trial) error) func(*trial) error {
	return func(tr *trial) error {
		if tr.damage == nil {
			return &absent{"WithDamage was not given"}
		}
		return hold(tr)
	}
}

var sizeRules = []rule{
	{"an entry of more than a mebibyte comes back", func(tr *trial) error {
		criteria := reformcycle.SetCriteria{For: reformcycle.ForProblems}
		for i := range 300 { // of 4,000 bytes and more
			criteria.Criteria = append(criteria.Criteria, reformcycle.ChoiceCriterion{
				ID: fmt.Sprintf("criterion %d", i), Text: strings.Repeat("åäö œ", 500), Weight: 1,
			})
		}
		s, err := tell("large", act{"reform office", dawn, dawn, []reformcycle.Change{criteria, ministry}})
		if err != nil {
			return err
		}
		if n := len(s.entries[1].Data); n < 1<<20 {
			return fmt.Errorf("the suite meant to make more than a mebibyte and made %d bytes", n)
		}
		return bulky(tr, s)
	}},
	{"a batch of more than two mebibytes comes back", func(tr *trial) error {
		changes := []reformcycle.Change{ministry}
		for i := range 150 { // of 16,000 bytes and more
			changes = append(changes, turn(i, strings.Repeat("😀", 4000)))
		}
		s, err := tell("heavy", act{"reform office", dawn, dawn, changes})
		if err != nil {
			return err
		}
		return bulky(tr, s)
	}},
}

// bulky appends a large story between two small ones.
func bulky(tr *trial, large *story) error {
	before, err := plain("a small one", 3)
	if err != nil {
		return err
	}
	after, err := plain("z small one", 3)
	if err != nil {
		return err
	}
	j := tr.open()
	if err := errors.Join(before.append(j, 3), large.append(j, len(large.entries)), after.append(j, 3)); err != nil {
		return err
	}
	check := func() error {
		return errors.Join(before.expect(j, 0, 3), large.expect(j, 0, len(large.entries)), after.expect(j, 0, 3))
	}
	if err := check(); err != nil {
		return err
	}
	j = tr.again(j)
	return check()
}
