package journaltest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/chsreform/chsreform/reformcycle"
)

// This file holds the rules of many at once.

// together runs so many goroutines to their ends and joins their errors.
func together(n int, do func(i int) error) error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errors.Join(errs...)
}

var concurrencyRules = []rule{
	{"of writers at the same place one wins and the others conflict", func(tr *trial) error {
		return race(tr.open(), nil)
	}},
	{"of writers in journals beside each other one wins and the others conflict", func(tr *trial) error {
		if tr.beside == nil {
			return &absent{"WithBeside was not given"}
		}
		j := tr.open()
		return race(j, tr.beside(j))
	}},
	{"writers of different cycles do not conflict", func(tr *trial) error {
		const writers, batches = 8, 20
		stories := make([]*story, writers)
		ids := make([]string, writers)
		for i := range stories {
			ids[i] = fmt.Sprintf("cycle %d", i)
			var err error
			if stories[i], err = plain(ids[i], 2*batches); err != nil {
				return err
			}
		}
		j := tr.open()
		if err := together(writers, func(w int) error {
			s := stories[w]
			for head := 0; head < 2*batches; head += 2 {
				if err := j.Append(calm, s.batch(head, head+2)); err != nil {
					return breach("the number of one cycle is nothing to another", "the entries %d and %d of %q, which has one writer: %w", head+1, head+2, s.cycle, err)
				}
				if err := s.expect(j, 0, head+2); err != nil {
					return err
				}
				listed, err := all(j.Cycles(calm, ""))
				if err != nil {
					return fmt.Errorf("calling Cycles: %w", err)
				}
				for i := range listed {
					if i > 0 && listed[i-1] >= listed[i] {
						return breach("Cycles yields each id once, in the order of their bytes", "%q behind %q", listed[i], listed[i-1])
					}
				}
			}
			return nil
		}); err != nil {
			return err
		}
		j = tr.again(j)
		for _, s := range stories {
			if err := s.expect(j, 0, 2*batches); err != nil {
				return err
			}
		}
		return listing(j, "", ids...)
	}},
}

// race has writers contend for every batch of a cycle, each with entries that
// bear its name, while readers read. With a second journal beside the first,
// half of them use that.
func race(j, beside reformcycle.Journal) error {
	const writers, readers, batches, size = 6, 2, 40, 3
	s, err := plain("race", batches*size)
	if err != nil {
		return err
	}
	through := func(i int) reformcycle.Journal {
		if beside != nil && i%2 == 1 {
			return beside
		}
		return j
	}
	var won [batches][writers]bool
	done := make(chan struct{})
	write := func(w int) error {
		j := through(w)
		for k := 0; k < batches; {
			b := s.batch(k*size, (k+1)*size)
			for i := range b.Entries {
				b.Entries[i].By = fmt.Sprintf("writer %d", w)
			}
			mine := copied(b.Entries)
			err := j.Append(calm, b)
			if err == nil {
				won[k][w] = true
				// What was acknowledged is there for whoever asks.
				got, err := first(j.Load(calm, s.cycle, b.After), size)
				if err != nil {
					return fmt.Errorf("Load: %w", err)
				}
				if err := same(s.cycle, got, mine); err != nil {
					return fmt.Errorf("a Load after %d, made when Append had returned nil: %w", b.After, err)
				}
				k++
				continue
			}
			if err := conflicts(err, b, -1); err != nil {
				return err
			}
			var conflict *reformcycle.ConflictError
			errors.As(err, &conflict)
			if conflict.Head <= b.After || conflict.Head%size != 0 || conflict.Head > batches*size {
				return breach("a conflict says which entry is the last", "after %d, among batches of %d, it says %d", b.After, size, conflict.Head)
			}
			k = int(conflict.Head) / size
		}
		return nil
	}
	read := func(r int) error {
		j := through(r)
		for last := 0; ; {
			finished := false
			select {
			case <-done:
				finished = true
			default:
			}
			got, err := all(j.Load(calm, s.cycle, 0))
			if err != nil {
				return fmt.Errorf("Load, while others append: %w", err)
			}
			if len(got)%size != 0 {
				return breach("a batch is added whole or not at all, and so it is seen", "of batches of %d, a reader saw %d entries", size, len(got))
			}
			if len(got) < last {
				return breach("what has been seen stays", "a reader saw %d entries, and then %d", last, len(got))
			}
			last = len(got)
			if err := anonymous(s, got, size); err != nil {
				return err
			}
			if finished {
				return nil
			}
		}
	}
	reading := make(chan error, 1)
	go func() { reading <- together(readers, read) }()
	err = together(writers, write)
	close(done)
	if err := errors.Join(err, <-reading); err != nil {
		return err
	}
	got, err := all(j.Load(calm, s.cycle, 0))
	if err != nil {
		return err
	}
	if len(got) != batches*size {
		return breach("every batch is won by somebody", "%d entries of %d", len(got), batches*size)
	}
	for k, winners := range won {
		n, winner := 0, 0
		for w, wins := range winners {
			if wins {
				n, winner = n+1, w
			}
		}
		if n != 1 {
			return breach("of writers at the same place one wins", "%d writers were told that the entries after %d are theirs", n, k*size)
		}
		if by := got[k*size].By; by != fmt.Sprintf("writer %d", winner) {
			return breach("what was acknowledged is there", "the entries after %d are of %s, and writer %d was told that they are its own", k*size, by, winner)
		}
	}
	return nil
}

// anonymous compares entries with those of a story but for their authors, who
// are the same within a batch.
func anonymous(s *story, got []reformcycle.Entry, size int) error {
	plain := copied(got)
	for i := range plain {
		if author := got[i-i%size].By; got[i].By != author {
			return breach("a batch is added whole or not at all", "entry %d is of %s, and its batch of %s", got[i].Seq, got[i].By, author)
		}
		plain[i].By = "reform office"
	}
	return same(s.cycle, plain, s.entries[:min(len(plain), len(s.entries))])
}
