package journaltest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
)

// This file holds the rules of reading: how a sequence behaves, how cycles are
// listed, what an id may be, and what the end of a context does.

var readingRules = []rule{
	{"Load stops when its reader stops, and may be started again", func(tr *trial) error {
		s, err := plain("stop", 12)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := s.append(j, 5, 12); err != nil {
			return err
		}
		for most := 1; most <= 12; most++ {
			got, err := first(j.Load(calm, "stop", 0), most)
			if err != nil {
				return fmt.Errorf("stopping after %d: %w", most, err)
			}
			if err := same("stop", got, s.entries[:most]); err != nil {
				return fmt.Errorf("stopping after %d: %w", most, err)
			}
		}
		return s.expect(j, 0, 12)
	}},
	{"the sequence of one Load may be read twice", func(tr *trial) error {
		s, err := plain("twice", 6)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := s.append(j, 6); err != nil {
			return err
		}
		load := j.Load(calm, "twice", 1)
		if _, err := first(load, 2); err != nil {
			return err
		}
		for range 2 {
			got, err := all(load)
			if err != nil {
				return err
			}
			if err := same("twice", got, s.entries[1:]); err != nil {
				return err
			}
		}
		return nil
	}},
	{"two readers at once do not disturb each other", func(tr *trial) error {
		s, err := plain("pair", 12)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := s.append(j, 5, 12); err != nil {
			return err
		}
		return within("a reader does not wait for another", func() error {
			one, stopOne := iter.Pull2(j.Load(calm, "pair", 0))
			defer stopOne()
			other, stopOther := iter.Pull2(j.Load(calm, "pair", 4))
			defer stopOther()
			for i := range 12 {
				e, err, ok := one()
				if err != nil || !ok {
					return breach("Load goes on to the last entry", "entry %d: there %t, error %w", i+1, ok, err)
				}
				if err := same("pair", []reformcycle.Entry{e}, s.entries[i:i+1]); err != nil {
					return err
				}
				if i < 4 {
					continue
				}
				if e, err, ok = other(); err != nil || !ok {
					return breach("Load goes on to the last entry", "entry %d: there %t, error %w", i+1, ok, err)
				}
				if err := same("pair", []reformcycle.Entry{e}, s.entries[i:i+1]); err != nil {
					return err
				}
			}
			return nil
		})
	}},
	// Cycle.History and Cycles hand the reading to the host, who may apply
	// changes and open cycles before asking for more.
	{"a reader of Load may append, load and list meanwhile", func(tr *trial) error {
		s, err := plain("busy", 20)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := s.append(j, 4, 6); err != nil {
			return err
		}
		return within("a journal serves its readers while they read", func() error {
			var got []reformcycle.Entry
			head := 6
			for e, err := range j.Load(calm, "busy", 0) {
				if err != nil {
					return fmt.Errorf("Load, while it was appended to: %w", err)
				}
				if got = append(got, e); head < 20 {
					if err := j.Append(calm, s.batch(head, head+2)); err != nil {
						return fmt.Errorf("calling Append, from inside a Load: %w", err)
					}
					head += 2
				}
				if err := errors.Join(s.expect(j, 0, head), listing(j, "", "busy")); err != nil {
					return fmt.Errorf("from inside a Load: %w", err)
				}
			}
			if n := len(got); n < 6 || n > head || n%2 != 0 {
				return breach("Load yields what had been acknowledged when it began, and of what is added meanwhile only whole batches",
					"6 entries were there, batches of 2 were added, and %d came", n)
			}
			return same("busy", got, s.entries[:len(got)])
		})
	}},
	{"a reader of Cycles may open and append to each meanwhile", func(tr *trial) error {
		j := tr.open()
		var stories []*story
		for i := range 5 {
			s, err := plain(fmt.Sprintf("cycle %d", i), 4)
			if err != nil {
				return err
			}
			if err := s.append(j, 2); err != nil {
				return err
			}
			stories = append(stories, s)
		}
		return within("a journal serves its readers while they read", func() error {
			n := 0
			for id, err := range j.Cycles(calm, "") {
				if err != nil {
					return fmt.Errorf("calling Cycles: %w", err)
				}
				if n >= len(stories) || id != stories[n].cycle {
					return breach("Cycles yields each id once, in the order of their bytes", "%q in place %d", id, n+1)
				}
				if _, err := reformcycle.Open(calm, j, id); err != nil {
					return fmt.Errorf("calling Open, from inside Cycles: %w", err)
				}
				if err := j.Append(calm, stories[n].batch(2, 4)); err != nil {
					return fmt.Errorf("calling Append, from inside Cycles: %w", err)
				}
				if err := stories[n].expect(j, 0, 4); err != nil {
					return err
				}
				n++
			}
			if n != len(stories) {
				return breach("Cycles yields every id", "%d of %d", n, len(stories))
			}
			return nil
		})
	}},
}

// begin appends to a journal the first batch of a cycle of each id.
func begin(j reformcycle.Journal, ids ...string) error {
	for _, id := range ids {
		s, err := plain(id, 2)
		if err != nil {
			return err
		}
		if err := j.Append(calm, s.whole()); err != nil {
			return fmt.Errorf("beginning the cycle %+q: %w", id, err)
		}
	}
	return nil
}

var listingRules = []rule{
	{"an empty journal lists no cycles", func(tr *trial) error {
		return errors.Join(listing(tr.open(), ""), listing(tr.open(), "a"))
	}},
	{"cycles are listed in the order of their bytes", func(tr *trial) error {
		// A collation, a case-blind order and the order of UTF-16 each put some of
		// these elsewhere.
		ids := []string{
			"b", "Z", "é", "a", "aa", "a b", "a-b", "a_b", "A", "e", "f", "e\u0301", "10", "9", "z", "ß", "ss",
			"日本", "～", "😀", "\uff5e\uff5e", "a.b", "a/b", "-", "_", "~", "!", "ä", "Ä", "œ", "o", "ll", "lz", "ch", "cz",
		}
		j := tr.open()
		if err := begin(j, ids...); err != nil {
			return err
		}
		return listing(j, "", ids...)
	}},
	{"the listing begins behind the id that it is given", func(tr *trial) error {
		ids := []string{"a", "aa", "ab", "b", "bé", "c", "C", "é"}
		j := tr.open()
		if err := begin(j, ids...); err != nil {
			return err
		}
		// The id need not be one that is there.
		for _, after := range append([]string{"0", "A", "D", "a!", "aaa", "az", "b ", "bz", "d", "zzz", "😀"}, ids...) {
			if err := listing(j, after, ids...); err != nil {
				return err
			}
		}
		return nil
	}},
	{"a cycle is listed once, however many batches it has", func(tr *trial) error {
		j := tr.open()
		for _, id := range []string{"b", "a"} {
			s, err := plain(id, 20)
			if err != nil {
				return err
			}
			if err := s.append(j, 2, 3, 4, 5, 10, 15, 20); err != nil {
				return err
			}
		}
		return listing(j, "", "a", "b")
	}},
	{"Cycles stops when its reader stops, and may be started again", func(tr *trial) error {
		ids := []string{"a", "b", "c", "d", "e"}
		j := tr.open()
		if err := begin(j, ids...); err != nil {
			return err
		}
		list := j.Cycles(calm, "a")
		for range 2 {
			got, err := first(list, 2)
			if err != nil {
				return err
			}
			if err := sameIDs("a", got, ids[1:3]); err != nil {
				return err
			}
		}
		return listing(j, "", ids...)
	}},
	{"a listing page by page gives each cycle once while others are added", func(tr *trial) error {
		j := tr.open()
		var want []string
		for i := range 40 {
			want = append(want, fmt.Sprintf("m%02d", i))
		}
		if err := begin(j, want...); err != nil {
			return err
		}
		var got []string
		after := ""
		for page := 0; ; page++ {
			ids, err := first(j.Cycles(calm, after), 7)
			if err != nil {
				return fmt.Errorf("page %d: %w", page+1, err)
			}
			if len(ids) == 0 {
				break
			}
			got = append(got, ids...)
			if page > 100 {
				return breach("a listing comes to an end", "page %d after %q begins with %q", page+1, after, ids[0])
			}
			after = ids[len(ids)-1]
			// One where the reader has been, and one where it has yet to come.
			behind, ahead := fmt.Sprintf("a%02d", page), fmt.Sprintf("x%02d", page)
			if page > 2 {
				continue
			}
			if err := begin(j, behind, ahead); err != nil {
				return err
			}
			want = append(want, ahead)
		}
		return sameIDs("", got, slices.Sorted(slices.Values(want)))
	}},
	{"a journal holds a thousand cycles", func(tr *trial) error {
		n := 1000
		if tr.short {
			n = 100
		}
		stories := make([]*story, n)
		ids := make([]string, n)
		for i := range n {
			ids[i] = fmt.Sprintf("cycle %d%s", i, strings.Repeat("x", i%20))
			var err error
			if stories[i], err = plain(ids[i], 2); err != nil {
				return err
			}
		}
		j := tr.open()
		// By several at once, for many journals wait for a disk.
		const hands = 8
		if err := together(hands, func(hand int) error {
			for i := hand; i < n; i += hands {
				if err := j.Append(calm, stories[i].whole()); err != nil {
					return fmt.Errorf("cycle %d of %d: %w", i+1, n, err)
				}
			}
			return nil
		}); err != nil {
			return err
		}
		j = tr.again(j)
		if err := errors.Join(listing(j, "", ids...), listing(j, ids[n/2], ids...)); err != nil {
			return err
		}
		for _, s := range stories {
			if err := s.expect(j, 0, 2); err != nil {
				return err
			}
		}
		return nil
	}},
}

var idRules = []rule{
	{"ids in any script are kept as they are", apart(
		"Ministère", "التغطية الصحية", "בריאות", "עברית english مختلط", "保健", "보건", "स्वास्थ्य", "ሕክምና", "สุขภาพ", "Здоровье", "Υγεία",
		"\u0301begins with a mark", "z\u0351\u0352\u0353algo", "😀", "👩🏽", "🇱🇷", "𝒳", "𠀀", "\ufffd", "½", "№ 7",
	)},
	{"ids that differ only by case are different cycles", apart(
		"nchap", "NCHAP", "Nchap", "é", "É", "ß", "ẞ", "ss", "SS", "i", "I", "ı", "İ", "ſ", "s", "S", "σ", "ς", "Σ", "K", "\u212a", "k",
	)},
	{"ids that differ only by normalisation are different cycles", apart(
		"caf\u00e9", "cafe\u0301", "\u212b", "\u00c5", "A\u030a", "\u2126", "\u03a9", "\uac01", "\u1100\u1161\u11a8", "\ufb01", "fi",
		"q\u0307\u0323", "q\u0323\u0307", "①", "1", "ｱ", "ア", "a", "а", "x²", "x2",
	)},
	{"ids as long as they may be are kept apart to the last character", apart(
		strings.Repeat("𠀀", 128), strings.Repeat("𠀀", 127)+"𠀁", strings.Repeat("𠀀", 127), strings.Repeat("😀", 128),
		strings.Repeat("/", 128), strings.Repeat(".", 128), strings.Repeat("%", 128), strings.Repeat("a", 128), strings.Repeat("a", 127)+"b",
		strings.Repeat("é", 128), strings.Repeat("a/", 64),
	)},
	{"ids that look like paths, patterns or code are only ids", apart(
		".", "..", "...", "/", "//", "a", "a/", "/a", "a/b", "a//b", "a/./b", "a/../b", "../a", "../../a", "./a", "~", "~/a", `a\b`, `\`, `C:\a`, "C:", "a:b",
		"%", "%%", "a%2Fb", "a%2fb", "%2e%2e", "%25", "a%", "a.", "a.jsonl", "a.json", "a.tmp", "a.lock", ".a", "-a", "--a", "a b", "a  b", "a+b",
		"CON", "nul", "aux.txt", "COM1", "index", "lock", "tmp", "*", "?", "[a]", "a*", "_", "a_", "__", "<a>", "a|b", "a&b", "&amp;", `"`, `"a"`, "'", "''", "`",
		"'; drop table entries; --", "$1", "${a}", "$(a)", "{}", "[]", "null", "true", "NULL", "0", "00", "1", "01", "1.0", "1e0", "-1", "#", "a#b", ",", "a,b", ";", "=", "@", "^", "!",
	)},
}

// apart begins a cycle of each id, some of them twice as long, and expects every
// one of them to be itself.
func apart(ids ...string) func(*trial) error {
	return func(tr *trial) error {
		j := tr.open()
		stories := make([]*story, len(ids))
		for i, id := range ids {
			// Each begins at a moment of its own, so that none passes for another.
			at := dawn.Add(time.Duration(i) * time.Hour)
			s, err := tell(id, act{"reform office", at, at, []reformcycle.Change{ministry, turn(i, id)}}, act{id, at, at, []reformcycle.Change{turn(i, "again")}})
			if err != nil {
				return err
			}
			if err := j.Append(calm, s.batch(0, 3)); err != nil {
				return fmt.Errorf("beginning the cycle %+q: %w", id, err)
			}
			stories[i] = s
		}
		for i, s := range stories {
			if i%2 == 0 {
				if err := j.Append(calm, s.batch(3, 4)); err != nil {
					return fmt.Errorf("appending to the cycle %+q: %w", s.cycle, err)
				}
			}
		}
		check := func() error {
			for i, s := range stories {
				if err := s.expect(j, 0, 4-i%2); err != nil {
					return err
				}
				b := s.batch(0, 3)
				if err := conflicts(j.Append(calm, b), b, 4-i%2); err != nil {
					return err
				}
			}
			for _, id := range ids {
				if err := listing(j, id, ids...); err != nil {
					return err
				}
			}
			return listing(j, "", ids...)
		}
		if err := check(); err != nil || tr.reopen == nil {
			return err
		}
		j = tr.reopen(j)
		if err := check(); err != nil {
			return fmt.Errorf("after it was opened again: %w", err)
		}
		return nil
	}
}

var contextRules = []rule{
	{"Append refuses where its context has ended before, and adds nothing", func(tr *trial) error {
		s, err := plain("ended", 6)
		if err != nil {
			return err
		}
		j := tr.open()
		for _, ctx := range ended() {
			if err := j.Append(ctx, s.batch(0, 3)); err == nil {
				return breach("Append gives an error where its context has ended before", "it returned nil (%w)", ctx.Err())
			} else if errors.Is(err, reformcycle.ErrConflict) {
				return breach("Append conflicts where the journal does not end at the number that the batch follows", "it ended there, the context had ended, and it said: %w", err)
			}
		}
		if err := errors.Join(s.expect(j, 0, 0), listing(j, "")); err != nil {
			return err
		}
		if err := s.append(j, 3); err != nil {
			return err
		}
		for _, ctx := range ended() {
			if err := j.Append(ctx, s.batch(3, 6)); err == nil {
				return breach("Append gives an error where its context has ended before", "it returned nil (%w)", ctx.Err())
			}
		}
		if err := s.expect(j, 0, 3); err != nil {
			return err
		}
		if err := j.Append(calm, s.batch(3, 6)); err != nil {
			return fmt.Errorf("appending after contexts had ended: %w", err)
		}
		return s.expect(j, 0, 6)
	}},
	{"Load whose context has ended ends with the context's error, or finishes", func(tr *trial) error {
		s, err := plain("ended", 30)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := s.append(j, 2, 10, 11, 12, 20, 30); err != nil {
			return err
		}
		for _, ctx := range ended() {
			got, err := all(j.Load(ctx, "ended", 0))
			if err := errors.Join(contextual(ctx, "Load", len(got), err, 30), same("ended", got, s.entries[:min(30, len(got))])); err != nil {
				return err
			}
		}
		for after := 1; after <= 30; after++ {
			ctx, cancel := context.WithCancel(calm)
			got, err := all(calling(j.Load(ctx, "ended", 0), after, cancel))
			cancel()
			if err := errors.Join(contextual(ctx, "Load", len(got), err, 30), same("ended", got, s.entries[:min(30, len(got))])); err != nil {
				return fmt.Errorf("the context ended at entry %d: %w", after, err)
			}
		}
		return s.expect(j, 0, 30)
	}},
	{"Cycles whose context has ended ends with the context's error, or finishes", func(tr *trial) error {
		j := tr.open()
		var ids []string
		for i := range 10 {
			ids = append(ids, fmt.Sprintf("cycle %d", i))
		}
		if err := begin(j, ids...); err != nil {
			return err
		}
		for _, ctx := range ended() {
			got, err := all(j.Cycles(ctx, ""))
			if err := errors.Join(contextual(ctx, "Cycles", len(got), err, 10), sameIDs("", got, ids[:min(10, len(got))])); err != nil {
				return err
			}
		}
		for after := 1; after <= 10; after++ {
			ctx, cancel := context.WithCancel(calm)
			got, err := all(calling(j.Cycles(ctx, ""), after, cancel))
			cancel()
			if err := errors.Join(contextual(ctx, "Cycles", len(got), err, 10), sameIDs("", got, ids[:min(10, len(got))])); err != nil {
				return fmt.Errorf("the context ended at id %d: %w", after, err)
			}
		}
		return listing(j, "", ids...)
	}},
	{"a context that ends at any look leaves no reading short without an error", func(tr *trial) error {
		s, err := plain("looked at", 30)
		if err != nil {
			return err
		}
		j := tr.open()
		if err := s.append(j, 2, 10, 11, 12, 20, 30); err != nil {
			return err
		}
		for looks := range 60 {
			ctx, left, end := fade(looks)
			got, err := all(j.Load(ctx, "looked at", 0))
			unused := left() > 0
			end()
			if err := contextual(ctx, "Load", len(got), err, 30); err != nil {
				return fmt.Errorf("the context ended at look %d: %w", looks+1, err)
			}
			if err == nil && unused {
				break
			}
		}
		return nil
	}},
}

// ended gives contexts that have ended, each in its own way.
func ended() []context.Context {
	cancelled, cancel := context.WithCancel(calm)
	cancel()
	late, cancel := context.WithDeadline(calm, time.Unix(0, 0))
	cancel()
	return []context.Context{cancelled, late}
}

// calling passes a sequence on, and calls a function when so many have come.
func calling[T any](seq iter.Seq2[T, error], after int, call func()) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		n := 0
		seq(func(v T, err error) bool {
			if n++; n == after {
				call()
			}
			return yield(v, err)
		})
	}
}
