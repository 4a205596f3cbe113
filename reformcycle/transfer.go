package reformcycle

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Bounds of a stream that is imported.
const (
	maxLine    = 16 << 20  // bytes of a line
	maxEntries = 5_000_000 // entries of a cycle
)

// transferFormat is the version of the stream.
const transferFormat = 1

// transferHead is the first line of the stream, transferEnd the last: a stream
// that was cut short is not mistaken for a short one.
type transferHead struct {
	Cycle  string `json:"cycle"`
	Format int    `json:"format"`
}

type transferEnd struct {
	End uint64 `json:"end"`
}

// Export writes a cycle as JSON Lines: a line that names it, a line an entry, a
// line that says how many there were. The same journal gives the same bytes, and
// so does any other that the stream was imported into.
//
// Errors: ErrNotFound; what the journal and the writer return.
func Export(ctx context.Context, j Journal, cycle string, w io.Writer) error {
	if ctx == nil {
		return noContext()
	}
	if missing(j) || w == nil {
		return fault.Refuse("Export", fault.Required, nil, language.Of("want.journal-writer"))
	}
	out := bufio.NewWriter(w)
	line := func(v any) error {
		data, err := json.Marshal(v)
		if err != nil {
			return err
		}
		out.Write(data) // the writer keeps its first error for Flush
		return out.WriteByte('\n')
	}
	var count uint64
	for e, err := range j.Load(ctx, cycle, 0) {
		if err != nil {
			return failed("cycle.exporting", cycle, err)
		}
		if count == 0 {
			if err := line(transferHead{cycle, transferFormat}); err != nil {
				return err
			}
		}
		if err := line(e); err != nil {
			return err
		}
		count++
	}
	if count == 0 {
		return notFound(cycle)
	}
	if err := line(transferEnd{count}); err != nil {
		return err
	}
	return out.Flush()
}

// Import reads a stream that Export wrote, verifies it by folding it, and only
// then appends it to a journal, in one batch: all of it or nothing. The options
// are those of Open; only WithChecklist matters here. It gives the state of the
// cycle.
//
// Errors: TransferError with the line; ConflictError where the journal has the
// cycle already; what the journal returns.
func Import(ctx context.Context, j Journal, r io.Reader, options ...Option) (State, error) {
	if ctx == nil {
		return State{}, noContext()
	}
	if missing(j) || r == nil {
		return State{}, fault.Refuse("Import", fault.Required, nil, language.Of("want.journal-reader"))
	}
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	number := 0
	refuse := func(err error) (State, error) {
		return State{}, &TransferError{Line: max(number, 1), Err: err}
	}
	next := func() ([]byte, error) {
		number++
		more := in.Scan()
		// A reader that fails leaves half a line behind, which is not to be read.
		switch err := in.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			return nil, tell(language.Of("corrupt.line", "most", maxLine), ErrCorrupt)
		case err != nil:
			return nil, err
		case more:
			return in.Bytes(), nil
		}
		return nil, tell(language.Of("corrupt.end"), ErrCorrupt)
	}

	first, err := next()
	if err != nil {
		return refuse(err)
	}
	var head transferHead
	if err := readStrictly(first, &head); err != nil {
		return refuse(err)
	}
	if head.Format != transferFormat {
		return refuse(tell(language.Of("unknown.format", "format", head.Format, "known", transferFormat), ErrUnknownVersion))
	}
	c, err := configure(head.Cycle, append(slices.Clip(options), WithJournal(j)))
	if err != nil {
		return refuse(err)
	}
	d := draftOf(newState(head.Cycle, builtIn))
	d.books, d.machine = c.books, c.machine
	b := Batch{Cycle: head.Cycle}
	d.earlier = func(yield func(Entry, error) bool) {
		for _, e := range b.Entries {
			if !yield(e, nil) {
				return
			}
		}
	}
	for {
		if err := ctx.Err(); err != nil {
			return State{}, err
		}
		text, err := next()
		if err != nil {
			return refuse(err)
		}
		if bytes.HasPrefix(text, []byte(`{"end":`)) {
			var end transferEnd
			if err := readStrictly(text, &end); err != nil {
				return refuse(err)
			}
			if end.End != uint64(len(b.Entries)) || end.End == 0 {
				return refuse(tell(language.Of("corrupt.count", "said", end.End, "has", len(b.Entries)), ErrCorrupt))
			}
			break
		}
		if len(b.Entries) == maxEntries {
			return refuse(tell(language.Of("corrupt.too-many", "most", maxEntries), ErrCorrupt))
		}
		var e Entry
		if err := readStrictly(text, &e); err != nil {
			return refuse(err)
		}
		if err := d.refold(e); err != nil {
			return refuse(err)
		}
		b.Entries = append(b.Entries, e)
	}
	if err := d.endBatch(); err != nil {
		return refuse(err)
	}
	if in.Scan() {
		number++
		return refuse(tell(language.Of("corrupt.behind"), ErrCorrupt))
	}
	b.State = State{s: d.state}
	if err := j.Append(ctx, b); err != nil {
		return State{}, failed("cycle.importing", head.Cycle, err)
	}
	return b.State, nil
}

// TransferError says which line of a stream can't be taken, and wraps why.
type TransferError struct {
	Line int
	Err  error
}

// Told leads with the line.
func (e *TransferError) Told() language.Text {
	return language.Of("place.why", "place", language.Of("place.line", "line", e.Line), "why", language.Refused(e.Err))
}

// Error tells it in English.
func (e *TransferError) Error() string { return inEnglish(e) }

// Unwrap gives the cause.
func (e *TransferError) Unwrap() error { return e.Err }
