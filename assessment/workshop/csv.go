package workshop

// This file reads a sheet from the text that spreadsheets write, and writes it
// back.

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
)

const (
	maxBytes  = 16 << 20  // of a file
	maxRecord = 256 << 10 // of one row, quotes and all
	maxFaults = 1_000     // after which reading stops
)

// columns are those that a file may have, in the order in which they are
// written. The first three must be there.
var columns = []string{"item", "assessor", "level", "note", "source", "basis", "on"}

const required = 3

// ReadCSV reads a sheet from CSV: a row that names the columns, then a row for
// each item and assessor. The columns item, assessor and level must be there;
// note, source, basis and on may be. Their order and their capitals do not
// matter.
//
// It takes what spreadsheets make of such a file: a byte order mark, commas,
// semicolons or tabs between cells (the row of names tells which), a first
// line "sep=;", any ends of lines, quoted cells, blank lines, empty cells at
// the end of a row, and space of any kind around a cell. An item may differ
// from its id in capitals, or have spaces for hyphens. A level is a digit from
// 1 to 4, also as "3.0" or "3,0", or its text form in any capitals; a blank
// one, or "unknown", is not rated. A date is 2026-05-03 or RFC 3339. An
// apostrophe before =, +, - or @ at the start of a cell is dropped:
// [Sheet.WriteCSV] put it there.
//
// What it takes never changes what is meant. Refused are 0 as a level, for it
// may mean not rated or not working; a level between two levels; unknown and
// repeated columns; a row with more cells than columns, and in a file with
// commas a note that is nothing but digits: both are what a decimal comma
// leaves behind. The errors are [assessment.FieldErrors] with fields such as
// "csv:12:level", the line on which the row starts and the column; beside
// those of [NewSheet], and like them at most a hundred. After a thousand
// faults it stops reading. Nothing is half read: there is a sheet or an error.
//
// Memory is bounded whatever r gives: a file of more than 16 MiB is refused
// once that much is read, and so is a row of more than 256 KiB, such as one
// with a quote that is never closed. An error of r itself is returned wrapped.
func ReadCSV(r io.Reader, c *assessment.Checklist, of Occasion) (*Sheet, error) {
	b := newBuilder(c, of, func(n int, column string) string {
		if column != "" {
			column = ":" + column
		}
		return "csv:" + strconv.Itoa(n) + column
	})
	f := &file{in: bufio.NewReaderSize(r, 64<<10), line: 1}
	err := f.rows(b)
	if errors.Is(err, errStop) {
		err = b.err()
	}
	if err != nil {
		return nil, err
	}
	return b.sheet()
}

// errStop ends reading where what follows can't be made sense of. The reason
// is in builder.stop.
var errStop = errors.New("stop")

func (b *builder) stopAt(line int, rule string, value any, want string) error {
	b.stop = &assessment.FieldError{Field: b.at(line, ""), Rule: rule, Value: value, Want: want}
	return errStop
}

// file reads cells from text, byte by byte.
type file struct {
	in    *bufio.Reader
	bytes int  // read so far
	line  int  // of the next byte
	comma byte // between cells
	loose bool // the last row had text after a closed quote
	row   []datum
	text  []byte // of a cell
}

// datum is one cell as it stood in the file.
type datum struct {
	text   string
	quoted bool
}

var (
	errLong  = errors.New("row too long")
	errLarge = errors.New("file too large")
	errQuote = errors.New("quote not closed")
)

// next gives one byte, with the ends of lines made one.
func (f *file) next() (byte, error) {
	c, err := f.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if f.bytes++; f.bytes > maxBytes {
		return 0, errLarge
	}
	if c == '\r' {
		if next, err := f.in.Peek(1); err == nil && next[0] == '\n' {
			_, _ = f.in.Discard(1) // it is there
			f.bytes++
		}
		c = '\n'
	}
	if c == '\n' {
		f.line++
	}
	return c, nil
}

// record reads one row, its cells trimmed. They are good until the next call.
// It ends with io.EOF after the last.
func (f *file) record() ([]datum, error) {
	const (
		start = iota // nothing but space so far
		bare
		quoted
		closing // after a quote within quotes
		closed
	)
	f.row, f.text, f.loose = f.row[:0], f.text[:0], false
	state, begin := start, f.bytes
	end := func() {
		f.row = append(f.row, datum{string(bytes.TrimFunc(f.text, blank)), state >= quoted})
		f.text, state = f.text[:0], start
	}
	for {
		c, err := f.next()
		if err == nil && f.bytes-begin > maxRecord {
			err = errLong
		}
		if err != nil {
			if !errors.Is(err, io.EOF) || f.bytes == begin {
				return nil, err
			}
			if state == quoted {
				return nil, errQuote
			}
			end()
			return f.row, nil
		}
		switch {
		case state == quoted && c == '"':
			state = closing
		case state == quoted:
			f.text = append(f.text, c)
		case state == closing && c == '"':
			f.text, state = append(f.text, c), quoted
		case c == f.comma:
			end()
		case c == '\n':
			end()
			return f.row, nil
		case state == start && c == '"':
			f.text, state = f.text[:0], quoted
		default:
			// A quote inside a bare cell is only a sign, such as inches. After
			// a closed quote there is room for space alone.
			space := c == ' ' || c == '\t'
			switch {
			case state == closing || state == closed:
				f.loose = f.loose || !space
				state = closed
				continue
			case state == start && !space:
				state = bare
			}
			f.text = append(f.text, c)
		}
	}
}

const quoteWant = `each quote closed at the end of its cell, and written twice ("") within it`

// rows reads the file into the builder.
func (f *file) rows(b *builder) error {
	at := 1
	failed := func(err error) error {
		switch {
		case errors.Is(err, errLarge):
			return b.stopAt(at, "length", f.bytes, "a file of at most 16777216 bytes: one workshop, with a row for an item and an assessor")
		case errors.Is(err, errLong):
			return b.stopAt(at, "length", maxRecord, "a row of fewer bytes than that; perhaps a quote is not closed")
		case errors.Is(err, errQuote):
			return b.stopAt(at, "quote", nil, quoteWant)
		}
		return fmt.Errorf("workshop: reading the sheet: %w", err)
	}

	mark, err := f.in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return failed(err)
	}
	switch {
	case string(mark) == "\uFEFF":
		_, _ = f.in.Discard(3) // they are there
	case len(mark) >= 2 && (string(mark[:2]) == "\xFF\xFE" || string(mark[:2]) == "\xFE\xFF"):
		return b.stopAt(at, "utf8", "UTF-16", utf8Want)
	}

	head, at, err := f.head()
	if err != nil && !errors.Is(err, io.EOF) {
		return failed(err)
	}
	place, ok := b.headings(head, at)
	if !ok {
		return errStop
	}

	rows := 0
	for {
		at = f.line
		row, err := f.record()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return failed(err)
		}
		if !slices.ContainsFunc(row, func(d datum) bool { return d.text != "" }) {
			continue
		}
		if rows++; rows > maxRows {
			return b.stopAt(at, "length", rows, "at most 250000 rows")
		}
		if f.loose {
			b.add(b.at(at, ""), "quote", nil, quoteWant)
		} else {
			b.record(row, at, place, f.comma)
		}
		if b.n >= maxFaults {
			return b.stopAt(at, "faults", b.n, "fewer faults than a thousand: reading stopped here")
		}
	}
}

// head finds the row of names, and by it what parts the cells.
func (f *file) head() (names []datum, at int, err error) {
	for {
		at = f.line
		// Nothing parts cells yet, and a line of names is one line.
		var line []byte
		for {
			c, err := f.next()
			if len(line) == 0 && errors.Is(err, io.EOF) {
				return nil, at, err
			}
			if errors.Is(err, io.EOF) || c == '\n' && err == nil {
				break
			}
			if err != nil {
				return nil, at, err
			}
			if line = append(line, c); len(line) > maxRecord {
				return nil, at, errLong
			}
		}
		text := strings.TrimFunc(string(line), blank)
		if len(text) == 5 && strings.EqualFold(text[:4], "sep=") && strings.ContainsAny(text[4:], ",;") {
			f.comma = text[4]
			continue
		}
		if strings.EqualFold(text, "sep=") && len(line) > 4 { // the tab was trimmed
			f.comma = '\t'
			continue
		}
		if strings.Trim(text, ",;\t ") == "" {
			continue
		}
		candidates := []byte{',', ';', '\t'}
		if f.comma != 0 {
			candidates = []byte{f.comma}
		}
		most := -1
		for _, comma := range candidates {
			one := file{in: bufio.NewReader(strings.NewReader(string(line))), comma: comma}
			cells, err := one.record()
			if err != nil {
				continue
			}
			known := 0
			for _, c := range cells {
				if slices.Contains(columns, heading(c)) {
					known++
				}
			}
			if known > most {
				most, names, f.comma = known, cells, comma
			}
		}
		if most < 0 {
			return nil, at, errQuote
		}
		return names, at, nil
	}
}

func heading(d datum) string { return strings.ToLower(d.text) }

// headings gives, for each cell of a row, which of columns it belongs to; −1
// for a cell under no name, which must stay empty.
func (b *builder) headings(head []datum, line int) (place []int, ok bool) {
	before := b.n
	first := make([]int, len(columns))
	for i, d := range head {
		name := heading(d)
		n := slices.Index(columns, name)
		place = append(place, n)
		at := b.at(line, strconv.Itoa(i+1))
		switch {
		case n < 0 && name != "":
			b.add(at, "known", name, "one of "+strings.Join(columns, ", "))
		case n >= 0 && first[n] > 0:
			b.add(at, "unique", name, "each column once: it is column "+strconv.Itoa(first[n])+", too")
		case n >= 0:
			first[n] = i + 1
		}
	}
	for n, name := range columns[:required] {
		if first[n] == 0 {
			b.add(b.at(line, ""), "required", nil, "a row of names with the column "+strconv.Quote(name)+", parted by commas, semicolons or tabs")
		}
	}
	return place, b.n == before
}

// record makes a row of cells a row of the sheet.
func (b *builder) record(cells []datum, line int, place []int, comma byte) {
	before := b.n
	var texts [7]string // by column
	needed := 0
	for i, d := range cells {
		if i >= len(place) || place[i] < 0 {
			if d.text != "" {
				b.add(b.at(line, ""), "columns", len(cells), fmt.Sprintf("at most %d cells, as many as there are names of columns; a cell that holds what parts the cells needs quotes", len(place)))
				return
			}
			continue
		}
		n := place[i]
		if n < required {
			needed++
		}
		if (columns[n] == "note" || columns[n] == "source") && comma == ',' && !d.quoted && digits(d.text) {
			b.add(b.at(line, columns[n]), "decimal", d.text, "words; if a decimal comma parted this from its number, quote the number, and if it is meant, quote it")
		}
		texts[n] = bareOf(d.text)
	}
	if needed < required {
		b.add(b.at(line, ""), "columns", len(cells), "cells for item, assessor and level, the last one empty where it is not rated")
		return
	}
	r := Row{Item: texts[0], Assessor: texts[1], Note: texts[3], Source: texts[4], Basis: assessment.Basis(strings.ToLower(texts[5]))}
	level, want := levelOf(texts[2])
	if want != "" {
		b.add(b.at(line, "level"), "oneof", texts[2], want)
	}
	r.Level = level
	on, err := dateOf(texts[6])
	if err != nil {
		b.add(b.at(line, "on"), "date", texts[6], "a date such as 2026-05-03, or a time of RFC 3339")
	}
	r.On = on
	b.row(r, line, before)
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

const levelWant = `1 to 4 (3.0 and 3,0 are 3), "non-functional", "partially-functional", "functional", "highly-functional", or an empty cell for not rated`

// levelOf reads a level the way people type it. Where it can't, it says what
// would be accepted.
func levelOf(s string) (level assessment.Level, want string) {
	if s == "" {
		return assessment.Unknown, ""
	}
	whole, part, parted := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	if digits(whole) && (!parted || digits(part) && len(part) <= 2) { // 3,000 is three thousand
		zeros := strings.Trim(part, "0") == ""
		switch {
		case strings.Trim(whole, "0") == "" && zeros:
			return assessment.Unknown, levelWant + "; 0 may mean not rated or not working, so say which"
		case !zeros:
			return assessment.Unknown, levelWant + "; there is nothing between two levels"
		}
		s = whole
	}
	l, err := assessment.ParseLevel(fold(s))
	if err != nil {
		return assessment.Unknown, levelWant
	}
	return l, ""
}

func dateOf(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339Nano, s)
}

// A cell that starts with one of these is a formula to a spreadsheet, which
// would run it.
const formula = "=+-@\t\r\n"

// guarded puts an apostrophe before what would be a formula, and before what
// bareOf would otherwise take for guarded.
func guarded(s string) string {
	if after := strings.TrimLeft(s, "'"); after != "" && strings.IndexByte(formula, after[0]) >= 0 {
		return "'" + s
	}
	return s
}

// bareOf undoes guarded.
func bareOf(s string) string {
	if s != "" && s[0] == '\'' && guarded(s) != s {
		return s[1:]
	}
	return s
}

// WriteCSV writes the sheet as CSV that [ReadCSV] reads back as the same
// sheet, given the same checklist and occasion, which are not in it: the
// columns item, assessor, level, note, source, basis and on, with commas
// between them, in UTF-8 without a byte order mark. A sheet of rows without
// levels is the form to hand out before a workshop.
//
// A cell that starts with =, +, -, @ or a tab would be run as a formula by the
// spreadsheet that opens it. Each such cell, whoever typed it, gets an
// apostrophe before it, which ReadCSV drops.
//
// It returns the error of w.
func (s *Sheet) WriteCSV(w io.Writer) error {
	out := bufio.NewWriter(w)
	line := strings.Join(columns, ",") + "\n"
	_, _ = out.WriteString(line) // Flush gives the first error
	for _, r := range s.Rows() {
		level, on := "", ""
		if r.Level.Known() {
			level = strconv.Itoa(int(r.Level))
		}
		if !r.On.IsZero() {
			if on = r.On.Format(time.RFC3339Nano); r.On.Equal(r.On.Truncate(24 * time.Hour)) {
				on = r.On.Format(time.DateOnly)
			}
		}
		for i, text := range []string{r.Item, r.Assessor, level, r.Note, r.Source, string(r.Basis), on} {
			if i > 0 {
				_ = out.WriteByte(',')
			}
			text = guarded(text)
			// Other programs may part cells elsewhere, and digits alone would
			// read as what a decimal comma left.
			if strings.ContainsAny(text, ",;\t\"\n") || i >= required && digits(text) {
				text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
			}
			_, _ = out.WriteString(text)
		}
		_ = out.WriteByte('\n')
	}
	return out.Flush()
}
