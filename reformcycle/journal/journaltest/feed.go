package journaltest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/chsreform/chsreform/reformcycle"
)

// This file holds the rules of the feed, for a journal that is a reformcycle.Feeder.

// feeding makes a rule of one that needs a feed.
func feeding(hold func(tr *trial, j reformcycle.Journal) error) func(*trial) error {
	return func(tr *trial) error {
		j := tr.open()
		if _, is := j.(reformcycle.Feeder); !is {
			return &absent{"the journal is no reformcycle.Feeder"}
		}
		return hold(tr, j)
	}
}

// follower follows a feed, and knows how far it has come in each cycle.
type follower struct {
	at   reformcycle.Position
	seen map[string][]reformcycle.Entry
}

// follow reads at most so many entries, all where most is negative, and tells how many
// it saw. It keeps its place as a text, as a host would.
func (f *follower) follow(j reformcycle.Journal, most int) (int, error) {
	if f.seen == nil {
		f.seen = map[string][]reformcycle.Entry{}
	}
	at, err := reformcycle.ParsePosition(f.at.String())
	if err != nil || at != f.at {
		return 0, breach("a position comes back from its text", "%+v is %q and then %+v: %v", f.at, f.at, at, err)
	}
	got, err := first(reformcycle.Feed(calm, j, at), most)
	if err != nil {
		return len(got), fmt.Errorf("feed behind %q: %w", at, err)
	}
	for _, fed := range got {
		seen := f.seen[fed.Cycle]
		switch seq, next := fed.Entry.Seq, uint64(len(seen)+1); {
		case seq == 0 || seq > next:
			return len(got), breach("a feed leaves nothing out", "entry %d of %q, where %d is the next", seq, fed.Cycle, next)
		case seq == next:
			f.seen[fed.Cycle] = append(seen, fed.Entry)
		default:
			if err := same(fed.Cycle, []reformcycle.Entry{fed.Entry}, seen[seq-1:seq]); err != nil {
				return len(got), err
			}
		}
		if fed.Position == (reformcycle.Position{}) || fed.Position.Epoch == 0 {
			return len(got), breach("a position has an epoch, and is not the beginning", "%+v", fed.Position)
		}
		f.at = fed.Position
	}
	return len(got), nil
}

// has compares what a follower has seen with stories up to so many entries.
func (f *follower) has(stories []*story, heads []int) error {
	cycles := 0
	for i, s := range stories {
		if err := same(s.cycle, f.seen[s.cycle], s.entries[:heads[i]]); err != nil {
			return fmt.Errorf("in the feed: %w", err)
		}
		if heads[i] > 0 {
			cycles++
		}
	}
	if len(f.seen) != cycles {
		return breach("a feed has the entries of the journal's cycles", "%d cycles and there are %d", len(f.seen), cycles)
	}
	return nil
}

// tellSome makes stories of so many entries.
func tellSome(n, entries int) ([]*story, error) {
	stories := make([]*story, n)
	for i := range stories {
		var err error
		if stories[i], err = plain(fmt.Sprintf("fed %d", i), entries); err != nil {
			return nil, err
		}
	}
	return stories, nil
}

var feedRules = []rule{
	{"followers that stop and go on anywhere see each entry, those of a cycle in their order", feeding(func(tr *trial, j reformcycle.Journal) error {
		rounds := 10
		if tr.short {
			rounds = 3
		}
		for round := range rounds {
			if round > 0 {
				j = tr.open()
			}
			if err := interleaved(tr, j, rand.New(rand.NewPCG(uint64(round), 16))); err != nil {
				return fmt.Errorf("round %d: %w", round, err)
			}
		}
		return nil
	})},
	{"a feed that was followed to its end has what came since and nothing else", feeding(func(tr *trial, j reformcycle.Journal) error {
		stories, err := tellSome(2, 8)
		if err != nil {
			return err
		}
		a, b := stories[0], stories[1]
		var f follower
		if n, err := f.follow(j, -1); n != 0 || err != nil {
			return errors.Join(err, breach("the feed of an empty journal is empty", "%d entries", n))
		}
		for i, step := range []struct {
			s        *story
			from, to int
		}{{a, 0, 3}, {b, 0, 2}, {a, 3, 4}, {a, 4, 8}, {b, 2, 8}} {
			if err := j.Append(calm, step.s.batch(step.from, step.to)); err != nil {
				return err
			}
			if n, err := f.follow(j, -1); err != nil || n != step.to-step.from {
				return errors.Join(err, breach("a feed goes on behind the position that it is given", "%d entries of %d that are new, in step %d", n, step.to-step.from, i))
			}
			if n, err := f.follow(j, -1); err != nil || n != 0 {
				return errors.Join(err, breach("a feed goes on behind the position that it is given", "%d entries, and none is new", n))
			}
			j = tr.again(j)
		}
		return f.has(stories, []int{8, 8})
	})},
	{"FeedEnd is behind the last entry", feeding(func(tr *trial, j reformcycle.Journal) error {
		end := func() (reformcycle.Position, error) { return j.(reformcycle.Feeder).FeedEnd(calm) }
		if at, err := end(); err != nil || at != (reformcycle.Position{}) {
			return errors.Join(err, breach("the end of an empty feed is its beginning", "%+v", at))
		}
		stories, err := tellSome(2, 8)
		if err != nil {
			return err
		}
		for _, cut := range [][2]int{{0, 3}, {3, 4}, {4, 8}} {
			for i, s := range stories {
				if err := j.Append(calm, s.batch(cut[0], cut[1])); err != nil {
					return err
				}
				at, err := end()
				if err != nil {
					return err
				}
				fed, err := all(reformcycle.Feed(calm, j, at))
				if err != nil || len(fed) != 0 {
					return errors.Join(err, breach("behind FeedEnd there is nothing yet", "%d entries", len(fed)))
				}
				other := stories[1-i]
				if i == 0 { // what comes next is behind it
					if err := j.Append(calm, other.batch(cut[0], cut[1])); err != nil {
						return err
					}
					fed, err := all(reformcycle.Feed(calm, j, at))
					if err != nil || len(fed) != cut[1]-cut[0] || fed[0].Cycle != other.cycle {
						return errors.Join(err, breach("behind FeedEnd comes what is appended from then on", "%d entries of %d", len(fed), cut[1]-cut[0]))
					}
					break
				}
			}
			j = tr.again(j)
		}
		return nil
	})},
	{"a position of another journal's feed is refused", feeding(func(tr *trial, j reformcycle.Journal) error {
		stories, err := tellSome(3, 4)
		if err != nil {
			return err
		}
		other := tr.open()
		for _, s := range stories[:2] {
			if err := j.Append(calm, s.whole()); err != nil {
				return err
			}
		}
		if err := other.Append(calm, stories[2].whole()); err != nil {
			return err
		}
		for fed, err := range reformcycle.Feed(calm, other, reformcycle.Position{}) {
			if err != nil {
				return err
			}
			if got, err := all(reformcycle.Feed(calm, j, fed.Position)); !errors.Is(err, reformcycle.ErrInvalid) || len(got) > 0 {
				return breach("a position behind an entry that the journal does not have is refused with an error that errors.Is knows for ErrInvalid", "%d entries, and the error %v", len(got), err)
			}
		}
		return nil
	})},
	{"a position that was made up is refused, or the feed begins anew", feeding(func(tr *trial, j reformcycle.Journal) error {
		s, err := plain("fed", 9)
		if err != nil {
			return err
		}
		if err := s.append(j, 4, 6, 9); err != nil {
			return err
		}
		fed, err := all(reformcycle.Feed(calm, j, reformcycle.Position{}))
		if err != nil || len(fed) != 9 {
			return errors.Join(err, breach("a feed has all entries", "%d of 9", len(fed)))
		}
		for i, one := range fed {
			p := one.Position
			made := []reformcycle.Position{{Epoch: p.Epoch}, {Epoch: p.Epoch, At: p.At}, {Epoch: 1<<63 + 5, At: p.At, Seq: p.Seq, Cycle: p.Cycle, Proof: p.Proof}}
			for _, n := range []uint64{0, 1, 1<<63 - 1, 1 << 63, 1<<64 - 1, p.At + 1, p.At - 1, p.Seq + 100} {
				at, seq := p, p
				at.At, seq.Seq = n, n
				made = append(made, at, seq)
			}
			for k := range 2 { // other cycle, other proof
				other := p
				*[]*uint32{&other.Cycle, &other.Proof}[k]++
				made = append(made, other)
			}
			for _, m := range made {
				got, err := all(reformcycle.Feed(calm, j, m))
				switch {
				case errors.Is(err, reformcycle.ErrInvalid) && len(got) == 0, err == nil && len(got) == 9:
				case err == nil && m.Seq <= 9 && len(got) == 9-int(m.Seq): // it is that of another entry
				default:
					return breach("a position that is none is refused with an error that errors.Is knows for ErrInvalid, or all entries come", "%+v, made of that behind entry %d, gave %d entries, and the error %v", m, i+1, len(got), err)
				}
			}
		}
		return nil
	})},
	{"a context that has ended cuts no feed short without a word", feeding(func(tr *trial, j reformcycle.Journal) error {
		s, err := plain("fed", 40)
		if err != nil {
			return err
		}
		if err := s.append(j, 2, 3, 4, 20, 40); err != nil {
			return err
		}
		for _, stop := range []int{0, 1, 3, 30} {
			ctx, cancel := context.WithCancel(calm)
			if stop == 0 {
				cancel()
			}
			n := 0
			var failed error
			for _, err := range reformcycle.Feed(ctx, j, reformcycle.Position{}) {
				if failed = err; err != nil {
					break
				}
				if n++; n == stop {
					cancel()
				}
			}
			cancel()
			if err := contextual(ctx, "Feed", n, failed, 40); err != nil {
				return err
			}
			if _, err := j.(reformcycle.Feeder).FeedEnd(ctx); err != nil && !errors.Is(err, ctx.Err()) {
				return breach("FeedEnd gives the context's error", "%w", err)
			}
		}
		return nil
	})},
	{"followers of writers at work leave nothing out", feeding(func(tr *trial, j reformcycle.Journal) error {
		const writers, batches, size = 4, 20, 2
		stories, err := tellSome(writers, batches*size)
		if err != nil {
			return err
		}
		beside := j
		if tr.beside != nil {
			beside = tr.beside(j)
		}
		through := func(i int) reformcycle.Journal {
			if i%2 == 1 {
				return beside
			}
			return j
		}
		done := make(chan struct{})
		followers := make([]follower, 3)
		following := make(chan error, 1)
		go func() {
			following <- together(len(followers), func(i int) error {
				for finished := false; ; {
					select {
					case <-done:
						finished = true
					default:
					}
					most := -1
					if i == 2 && !finished {
						most = 3
					}
					if _, err := followers[i].follow(through(i), most); err != nil || finished {
						return err
					}
				}
			})
		}()
		err = together(writers, func(w int) error {
			for k := range batches {
				if err := through(w).Append(calm, stories[w].batch(k*size, (k+1)*size)); err != nil {
					return err
				}
			}
			return nil
		})
		close(done)
		if err := errors.Join(err, <-following); err != nil {
			return err
		}
		heads := make([]int, writers)
		for i := range heads {
			heads[i] = batches * size
		}
		for i := range followers {
			if err := followers[i].has(stories, heads); err != nil {
				return err
			}
		}
		return nil
	})},
}

// interleaved appends to some cycles by chance, and has followers follow by chance.
func interleaved(tr *trial, j reformcycle.Journal, chance *rand.Rand) error {
	stories, err := tellSome(4, 16)
	if err != nil {
		return err
	}
	heads := make([]int, len(stories))
	followers := make([]follower, 3)
	for range 60 {
		switch i := chance.IntN(len(stories)); {
		case chance.IntN(2) == 0:
			from := heads[i]
			to := min(from+1+chance.IntN(4), len(stories[i].entries))
			if from == 0 {
				to = max(to, 2)
			}
			if to == from {
				continue
			}
			if err := j.Append(calm, stories[i].batch(from, to)); err != nil {
				return err
			}
			heads[i] = to
		case chance.IntN(15) == 0:
			j = tr.again(j)
		default:
			f := &followers[chance.IntN(len(followers))]
			if _, err := f.follow(j, 1+chance.IntN(9)); err != nil {
				return err
			}
		}
	}
	for i := range followers {
		if _, err := followers[i].follow(j, -1); err != nil {
			return err
		}
		if err := followers[i].has(stories, heads); err != nil {
			return fmt.Errorf("follower %d: %w", i, err)
		}
	}
	return nil
}
