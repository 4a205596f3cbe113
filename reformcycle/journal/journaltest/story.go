package journaltest

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/stakeholders"
)

// story is the life of a cycle, told by a real one, so that every batch cut from
// it folds and carries the state that it should.
type story struct {
	cycle   string
	entries []reformcycle.Entry
	// states are those after so many entries; only the ends of acts have one.
	states map[int]reformcycle.State
}

// act is one Apply.
type act struct {
	by           string
	at, recorded time.Time
	changes      []reformcycle.Change
}

// tell makes the story of a cycle, act by act.
func tell(cycle string, acts ...act) (*story, error) {
	s := &story{cycle: cycle, states: map[int]reformcycle.State{}}
	var recorded time.Time
	c, err := reformcycle.New(cycle,
		reformcycle.WithClock(func() time.Time { return recorded }),
		reformcycle.WithChangeSize(8<<20),
		reformcycle.WithObserver(func(n reformcycle.Notice) {
			s.entries = append(s.entries, n.Batch.Entries...)
			s.states[len(s.entries)] = n.Batch.State
		}))
	if err != nil {
		return nil, fmt.Errorf("the suite can't make the cycle %q: %w", cycle, err)
	}
	for i, a := range acts {
		recorded = a.recorded
		by := reformcycle.By(a.by).At(a.at)
		if i%2 == 1 {
			by = by.Key(fmt.Sprint("act ", i))
		}
		if i%3 == 1 { // a year, a month or a day
			by = by.On(date.MustParse(date.Of(a.at).String()[:[]int{4, 7, 10}[i/3%3]]))
		}
		if _, err := c.Apply(calm, by, a.changes...); err != nil {
			return nil, fmt.Errorf("the suite can't tell act %d of %q: %w", i, cycle, err)
		}
	}
	return s, nil
}

// dawn is when plain stories begin.
var dawn = time.Date(2016, time.July, 1, 8, 0, 0, 0, time.UTC)

// ministry is the actor of plain stories.
var ministry = reformcycle.EngageActor{Actor: stakeholders.Actor{
	ID: "moh", Name: "Ministry of health", Constituency: stakeholders.MinistryOfHealth,
	Member: true, Position: stakeholders.At(6), Power: 6,
}}

// turn has the ministry change its mind for the nth time.
func turn(n int, reason string) reformcycle.Change {
	return reformcycle.TakePosition{Actor: "moh", Position: stakeholders.At(float64(n%15 - 7)), Reason: reason}
}

// plain tells a story of n entries, two or more. It may be cut anywhere but
// behind the first entry.
func plain(cycle string, n int) (*story, error) {
	acts := make([]act, 0, n-1)
	for i := range n - 1 {
		at := dawn.Add(time.Duration(i) * time.Minute)
		changes := []reformcycle.Change{ministry}
		if i > 0 {
			changes = []reformcycle.Change{turn(i, fmt.Sprintf("turn %d", i))}
		}
		acts = append(acts, act{"reform office", at, at.Add(time.Second), changes})
	}
	return tell(cycle, acts...)
}

// batch cuts the entries from the one behind from up to to. The journal may keep
// what it is given: the story keeps its own.
func (s *story) batch(from, to int) reformcycle.Batch {
	state, known := s.states[to]
	if !known {
		panic(fmt.Sprintf("the story of %q can't be cut behind entry %d", s.cycle, to))
	}
	if state.ID() != s.cycle {
		state = reformcycle.State{} // no cycle has an id in another form than the normal one, and a journal keeps it all the same
	}
	return reformcycle.Batch{Cycle: s.cycle, After: uint64(from), Entries: copied(s.entries[from:to]), State: state}
}

// whole is the story in one batch.
func (s *story) whole() reformcycle.Batch { return s.batch(0, len(s.entries)) }

func copied(entries []reformcycle.Entry) []reformcycle.Entry {
	entries = slices.Clone(entries)
	for i := range entries {
		entries[i].Data = bytes.Clone(entries[i].Data)
	}
	return entries
}

// append gives a journal the story in batches that end where the cuts say.
func (s *story) append(j reformcycle.Journal, cuts ...int) error {
	from := 0
	for _, to := range cuts {
		if err := j.Append(calm, s.batch(from, to)); err != nil {
			return breach("Append takes a batch that follows the last entry", "the entries %d to %d of %q: %w", from+1, to, s.cycle, err)
		}
		from = to
	}
	return nil
}
