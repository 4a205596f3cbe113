package workshop

// This file reads a sheet from the text that spreadsheets write, and writes it
// back.

import (
	"bufio"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/internal/table"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// format of a sheet. Its columns stand in the order in which they are written, but for
// the text, which stands beside the item on a form, and is not read.
var format = table.Format{
	Columns:  []string{"item", "assessor", "level", "note", "source", "basis", "on", "text"},
	Required: 3,
	Words:    []string{"note", "source", "text"},
	MaxBytes: 16 << 20,
	MaxRows:  maxRows,
}

// ReadCSV reads a sheet from CSV: a row that names the columns, then a row for
// each item and assessor. The columns item, assessor and level must be there;
// note, source, basis and on may be, and so may the text that [Sheet.WriteForm] puts
// beside an item, which is not read. Their order and their capitals do not
// matter.
//
// It takes what spreadsheets make of such a file: a byte order mark, commas,
// semicolons or tabs between cells (the row of names tells which), a first
// line "sep=;", any ends of lines, quoted cells, blank lines, empty cells at
// the end of a row, and space of any kind around a cell. An item may differ
// from its id in capitals, or have spaces for hyphens. A level is a digit from
// 1 to 4, also as "3.0" or "3,0", or its text form in any capitals; a blank
// one, or "unknown", is not rated. A date is a year, a month or a day
// (2026, 2026-05, 2026-05-03); of a moment as RFC 3339 has it, the day is kept on
// which it fell where it was written. An
// apostrophe before =, +, - or @ at the start of a cell is dropped:
// [Sheet.WriteCSV] put it there.
//
// What it takes never changes what is meant. Refused are 0 as a level, for it
// may mean not rated or not working; a level between two levels; unknown and
// repeated columns; a row with more cells than columns, and in a file with
// commas a note that is nothing but digits: both are what a decimal comma
// leaves behind. The errors are [fault.Fields]; the path is the
// column and the line that on which the row starts; beside those of [NewSheet].
// After [fault.MaxFields] faults it stops reading. Nothing is half read: there is
// a sheet or an error.
//
// Memory is bounded whatever r gives: a file of more than 16 MiB is refused
// once that much is read, and so is a row of more than 256 KiB, such as one
// with a quote that is never closed. An error of r itself is returned as it is.
func ReadCSV(r io.Reader, c *assessment.Checklist, of Occasion) (*Sheet, error) {
	b := newBuilder(c, of)
	if err := format.Read(r, &b.wrong, b.record); err != nil {
		return nil, err
	}
	return b.sheet()
}

// record makes a row of cells a row of the sheet.
func (b *builder) record(cells *table.Row) {
	var wrong fault.Fields
	r := Row{
		Item: cells.Cell(0), Assessor: cells.Cell(1), Note: cells.Cell(3), Source: cells.Cell(4),
		Basis: assessment.Basis(strings.ToLower(cells.Cell(5))),
	}
	var want language.Text
	if r.Level, want = levelOf(cells.Cell(2)); !want.IsZero() {
		wrong.Add("level", fault.Known, cells.Cell(2), want)
	}
	if r.On, want = dateOf(cells.Cell(6)); !want.IsZero() {
		wrong.Add("on", "date", cells.Cell(6), want)
	}
	line := func(n int) language.Text { return language.Of("place.line", "line", n) }
	b.wrong.Under("", b.row(r, cells.Line, wrong, line))
}

// levels are the names of the four.
var levels = []string{
	assessment.NonFunctional.String(), assessment.PartiallyFunctional.String(), assessment.Functional.String(), assessment.HighlyFunctional.String(),
}

// levelOf reads a level the way people type it. Where it can't, it says what
// would be accepted.
func levelOf(s string) (level assessment.Level, want language.Text) {
	if s == "" {
		return assessment.Unknown, want
	}
	if len(s) == 1 && s[0] >= '1' && s[0] <= '4' { // as nearly all are
		return assessment.Level(s[0] - '0'), want
	}
	// What is longer than 3.00 may have a thousands separator.
	if x, ok := table.Number(s, true); ok && len(s) <= len("3.00") {
		switch {
		case x == 0:
			return assessment.Unknown, language.Of("want.level-not-zero")
		case x != math.Trunc(x):
			return assessment.Unknown, language.Of("want.level-whole")
		}
		s = strconv.FormatFloat(x, 'f', -1, 64)
	}
	l, err := assessment.ParseLevel(fold(s))
	if err != nil {
		return assessment.Unknown, language.Of("want.level-cell", "names", levels)
	}
	return l, want
}

// dateOf reads a date, or the day on which a moment fell where it was written.
func dateOf(s string) (on date.Date, want language.Text) {
	if s == "" || on.UnmarshalText([]byte(s)) == nil {
		return on, want
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if on = date.Of(t); err != nil || on.IsZero() {
		return on, language.Of("want.date-cell")
	}
	return on, want
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
// It returns the error of w, and refuses a nil writer.
func (s *Sheet) WriteCSV(w io.Writer) error {
	return s.write(w, func(Row) []string { return nil })
}

// WriteForm writes what [Sheet.WriteCSV] does, and beside each item its text in a language,
// nil for English, in a column of that name: the form that a facilitator hands out, or
// reads from. The words of the checklist are those that [assessment.Checklist.In] makes
// known to the language. The names of columns, ids, and levels from 1 to 4 are the same in
// every language, so that [ReadCSV] reads each form that comes back; the texts it leaves
// aside.
func (s *Sheet) WriteForm(w io.Writer, l *language.Language) error {
	l, err := s.Checklist().In(l)
	if err != nil {
		return err
	}
	return s.write(w, func(r Row) []string {
		c, _ := s.Checklist().Criterion(r.Item)
		return []string{l.Say(language.Built(c.Text))}
	})
}

// write writes the rows, and the text of each item where there is one.
func (s *Sheet) write(w io.Writer, text func(Row) []string) error {
	if w == nil {
		return fault.Refuse("writer", fault.Required, nil, language.Of("want.writer"))
	}
	columns := slices.Insert(slices.Clone(format.Columns[:len(format.Columns)-1]), 1, format.Columns[len(format.Columns)-1:][:len(text(Row{}))]...)
	out := bufio.NewWriter(w)
	_, _ = out.WriteString(strings.Join(columns, ",") + "\n") // Flush gives the first error
	for _, r := range s.Rows() {
		level := ""
		if r.Level.Known() {
			level = strconv.Itoa(int(r.Level))
		}
		for i, cell := range slices.Concat([]string{r.Item}, text(r), []string{r.Assessor, level, r.Note, r.Source, string(r.Basis), r.On.String()}) {
			if i > 0 {
				_ = out.WriteByte(',')
			}
			_, _ = out.WriteString(table.Escape(cell, slices.Contains(format.Words, columns[i])))
		}
		_ = out.WriteByte('\n')
	}
	return out.Flush()
}
