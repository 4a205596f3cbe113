package journaltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
)

// all reads a sequence to its end, and past an error to see that it ends there.
func all[T any](seq iter.Seq2[T, error]) ([]T, error) { return first(seq, -1) }

// first reads so many of a sequence and then stops; all of it where most is
// negative. It calls the sequence by hand, for a range loop panics at one that
// goes on where it must not.
func first[T any](seq iter.Seq2[T, error], most int) (got []T, err error) {
	var unruly error
	stopped := false
	seq(func(v T, e error) bool {
		switch {
		case stopped:
			unruly = breach("a sequence stops when its reader stops", "it went on")
			return false
		case err != nil:
			unruly = breach("a sequence ends with its first error", "it went on after: %v", err) // not wrapped: it is no error of the context
			stopped = true
			return false
		case e != nil:
			err = e
			return true
		}
		got = append(got, v)
		stopped = len(got) == most
		return !stopped
	})
	if unruly != nil {
		return got, unruly
	}
	return got, err
}

// same compares what came back with what was appended.
func same(cycle string, got, want []reformcycle.Entry) error {
	const asks = "Load yields the entries of a cycle as they were appended, in their order and without gaps"
	for i := range min(len(got), len(want)) {
		if field, g, w := differs(got[i], want[i]); field != "" {
			return breach(asks, "entry %d of %q has the %s %s, appended was %s", want[i].Seq, cycle, field, g, w)
		}
	}
	switch {
	case len(got) < len(want):
		return breach(asks, "of %d entries of %q, %d came back: the first that is missing is entry %d", len(want), cycle, len(got), want[len(got)].Seq)
	case len(got) > len(want):
		return breach(asks, "%d entries of %q came back, and %d were expected: the first too many is entry %d", len(got), cycle, len(want), got[len(want)].Seq)
	}
	return nil
}

// differs names the first field in which two entries differ.
func differs(got, want reformcycle.Entry) (field, g, w string) {
	switch {
	case got.Seq != want.Seq:
		return "sequence number", fmt.Sprint(got.Seq), fmt.Sprint(want.Seq)
	case !sameMoment(got.At, want.At):
		return "moment that it happened", shownMoment(got.At), shownMoment(want.At)
	case !sameMoment(got.Recorded, want.Recorded):
		return "moment that it was recorded", shownMoment(got.Recorded), shownMoment(want.Recorded)
	case got.Date != want.Date:
		return "date", fmt.Sprintf("%q", got.Date), fmt.Sprintf("%q", want.Date)
	case got.By != want.By:
		return "author", fmt.Sprintf("%+q", got.By), fmt.Sprintf("%+q", want.By)
	case got.First != want.First:
		return "first entry of its batch", fmt.Sprint(got.First), fmt.Sprint(want.First)
	case got.Key != want.Key:
		return "key", fmt.Sprintf("%+q", got.Key), fmt.Sprintf("%+q", want.Key)
	case got.Kind != want.Kind:
		return "kind", fmt.Sprintf("%q", got.Kind), fmt.Sprintf("%q", want.Kind)
	case got.Version != want.Version:
		return "version", fmt.Sprint(got.Version), fmt.Sprint(want.Version)
	case !bytes.Equal(got.Data, want.Data):
		at := 0
		for at < min(len(got.Data), len(want.Data)) && got.Data[at] == want.Data[at] {
			at++
		}
		return fmt.Sprintf("data of %d bytes, different from byte %d on,", len(got.Data), at), around(got.Data, at), around(want.Data, at)
	}
	return "", "", ""
}

// sameMoment: the same nanosecond, and in UTC, for a journal that gives the
// machine's own zone gives something else on another machine.
func sameMoment(got, want time.Time) bool {
	_, offset := got.Zone()
	return got.Equal(want) && offset == 0 && got.Location() != time.Local
}

func shownMoment(t time.Time) string {
	return t.Format("2006-01-02T15:04:05.999999999Z07:00") + " in " + t.Location().String()
}

// around shows some of a text that may be long.
func around(data []byte, at int) string {
	return fmt.Sprintf("%+q", data[max(0, at-20):min(len(data), at+40)])
}

// expect loads a cycle behind a sequence number and compares it with a story's
// entries up to another.
func (s *story) expect(j reformcycle.Journal, after, upTo int) error {
	got, err := all(j.Load(calm, s.cycle, uint64(after)))
	if err != nil {
		return fmt.Errorf("Load of %q after %d: %w", s.cycle, after, err)
	}
	return same(s.cycle, got, s.entries[min(after, upTo):upTo])
}

// listing compares the ids that a journal lists behind an id with those wanted,
// which are sorted here.
func listing(j reformcycle.Journal, after string, want ...string) error {
	got, err := all(j.Cycles(calm, after))
	if err != nil {
		return fmt.Errorf("calling Cycles behind %q: %w", after, err)
	}
	want = slices.DeleteFunc(slices.Sorted(slices.Values(want)), func(id string) bool { return id <= after })
	return sameIDs(after, got, want)
}

func sameIDs(after string, got, want []string) error {
	const asks = "Cycles yields the ids behind the one that it is given, each once, in the order of their bytes"
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return breach(asks, "behind %+q, id %d of %d is %+q and should be %+q", after, i+1, len(got), got[i], want[i])
		}
	}
	if len(got) != len(want) {
		return breach(asks, "behind %+q there are %d ids and should be %d: %s", after, len(got), len(want), surplus(got, want))
	}
	return nil
}

// surplus shows the first id that one list has and the other has not.
func surplus(got, want []string) string {
	if len(got) > len(want) {
		return fmt.Sprintf("%+q should not be there", got[len(want)])
	}
	return fmt.Sprintf("%+q is missing", want[len(got)])
}

// conflicts holds an error against what a conflict has to say.
func conflicts(err error, b reformcycle.Batch, head int) error {
	const asks = "Append gives a ConflictError with the cycle, the number that the batch follows and the last one in the journal, where the two differ"
	var conflict *reformcycle.ConflictError
	switch {
	case err == nil:
		return breach(asks, "a batch after entry %d was taken, and the journal of %q ends at %d", b.After, b.Cycle, head)
	case !errors.As(err, &conflict):
		return breach(asks, "errors.As finds no ConflictError in: %w", err)
	case !errors.Is(err, reformcycle.ErrConflict):
		return breach(asks, "errors.Is does not find ErrConflict in: %w", err)
	case conflict.Cycle != b.Cycle || conflict.After != b.After:
		return breach(asks, "the conflict is of %q after %d, the batch was of %q after %d", conflict.Cycle, conflict.After, b.Cycle, b.After)
	case head >= 0 && conflict.Head != uint64(head):
		return breach(asks, "the conflict says that %q ends at entry %d, and it ends at %d", b.Cycle, conflict.Head, head)
	}
	return nil
}

// contextual holds a sequence whose context has ended: it may finish, or end
// with the context's error, and never ends early without a word.
func contextual(ctx context.Context, what string, got int, err error, want int) error {
	const asks = "once its context has ended, a sequence ends with the context's error or goes on to its end"
	switch {
	case err == nil && got != want:
		return breach(asks, "%s gave %d of %d and then no error, as if that were all", what, got, want)
	case err != nil && !errors.Is(err, ctx.Err()):
		return breach(asks, "%s ended with an error that errors.Is does not find to be the context's: %w", what, err)
	}
	return nil
}

// patience is how long a call may take that waits for nobody; the self-test has
// less.
var patience = 20 * time.Second

// within has something done that a journal may never return from.
func within(asks string, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		return breach(asks, "it did not return within %s", patience)
	}
}
