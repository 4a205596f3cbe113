package story

import (
	"context"
	"errors"
	"fmt"

	"github.com/chsreform/chsreform/reformcycle"
)

// Telling is one chapter as it was told to a cycle.
type Telling struct {
	// Number of the chapter, from 1.
	Number  int
	Chapter Chapter
	// Before and After are the cycle around the chapter; they are the same where
	// the move was refused.
	Before, After reformcycle.State
	// Refused says what stood before the move; nil where none was refused.
	Refused *reformcycle.BlockedError
}

// Begin makes the cycle that the story is told to, with its title and country.
// More options, such as a journal, follow the story's own.
func (s *Story) Begin(options ...reformcycle.Option) (*reformcycle.Cycle, error) {
	own := []reformcycle.Option{reformcycle.WithTitle(s.Title), reformcycle.WithCountry(s.Country)}
	return reformcycle.New(s.Cycle, append(own, options...)...)
}

// Tell tells the story to a cycle, chapter by chapter, and calls back after each
// one; the callback may be nil. It ends with the first error: the callback's, a
// chapter that the cycle does not take, or a move that should have been blocked
// and was not.
func (s *Story) Tell(ctx context.Context, cycle *reformcycle.Cycle, tell func(Telling) error) error {
	for i, c := range s.Chapters {
		t := Telling{Number: i + 1, Chapter: c, Before: cycle.State()}
		err := cycle.Apply(ctx, reformcycle.By(c.By).At(c.At), c.Changes...)
		switch {
		case c.Blocked && err == nil:
			err = errors.New("the move should have been blocked, and was not")
		case c.Blocked && errors.As(err, &t.Refused):
			err = nil
		}
		t.After = cycle.State()
		if err == nil && tell != nil {
			err = tell(t)
		}
		if err != nil {
			return fmt.Errorf("chapter %d (%s): %w", t.Number, c.Precision, err)
		}
	}
	return nil
}

// Keep tells the story into a journal, for a host that wants to start with it;
// more options, such as a clock, are handed to the cycle. A journal that has the
// cycle already answers with a conflict.
func (s *Story) Keep(ctx context.Context, j reformcycle.Journal, options ...reformcycle.Option) (*reformcycle.Cycle, error) {
	cycle, err := s.Begin(append([]reformcycle.Option{reformcycle.WithJournal(j)}, options...)...)
	if err != nil {
		return nil, err
	}
	return cycle, s.Tell(ctx, cycle, nil)
}
