package table

// This file reads the row of names and the rows below it.

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

const maxRow = 256 << 10 // bytes of one row, quotes and all

// Format says what a table may hold.
type Format struct {
	// Columns are the names of the columns, in small letters. In a table they
	// may stand in any order and in any capitals.
	Columns []string
	// Required is how many of Columns, from the first, must be there: one or more.
	Required int
	// Words are those of Columns that hold text. In a table with commas, bare
	// digits in one of them are refused: a decimal comma leaves them behind.
	Words []string
	// Comments drops lines that start with #: any above the names, and below them
	// those in which nothing parts cells. So no row is lost for the mark that a name
	// begins with.
	Comments bool
	// MaxBytes and MaxRows bound the table; rows without text don't count.
	MaxBytes, MaxRows int
}

// Row is one row of a table. It is good until the next.
type Row struct {
	// Line is the line on which the row starts, from 1.
	Line int
	// Comma is what parts the cells: a comma, a semicolon or a tab.
	Comma byte

	texts []string // by column
	place []int    // by column, of its cell; −1 where there is no such column
}

// Has reports whether the table has a column, by its position in
// [Format.Columns].
func (r *Row) Has(column int) bool { return r.place[column] >= 0 }

// Cell returns the text of a column without space around it and without the
// apostrophe of [Escape]; "" where the cell is empty or there is none.
func (r *Row) Cell(column int) string { return r.texts[column] }

// Read calls row for each row of a table that holds text and can be read.
//
// It takes a byte order mark, commas, semicolons or tabs between cells (the
// row of names tells which), a first line "sep=;", any ends of lines, blank
// lines, space of any kind around a cell, and quotes within a bare one. Beyond
// the bounds of the format, a row of 256 KiB or as many faults as are collected
// it reads no further. Everything wrong goes to faults, and each fault, those too
// that row adds there, gets the line on which its row starts; Read returns errors
// of r alone.
func (f Format) Read(r io.Reader, faults *fault.Fields, row func(*Row)) error {
	if r == nil {
		faults.Add("", fault.Required, nil, language.Of("want.table"))
		return nil
	}
	t := table{Format: f, faults: faults, in: newSource(r, f)}
	err := t.read(row)
	if why, ok := errors.AsType[stop](err); ok {
		why.Line, err = t.in.line, nil
		*faults = append(*faults, fault.Field(why))
	}
	return err
}

// stop is why reading ends before the table does.
type stop fault.Field

func (s stop) Error() string { return fmt.Sprint(s.Want) }

// table is one being read.
type table struct {
	Format
	Row
	faults   *fault.Fields
	in       *source
	cells    *csv.Reader
	columns  []int // by cell; −1 for one under no name, which must stay empty
	nameless bool  // such a one was found filled
}

func (t *table) read(row func(*Row)) error {
	if err := t.in.names(); err != nil && err != io.EOF {
		return err
	}
	t.Comma = cmp.Or(t.in.comma, commas[0]) // there may be no names at all
	t.cells = csv.NewReader(t.in)
	t.cells.Comma, t.cells.FieldsPerRecord, t.cells.ReuseRecord = rune(t.Comma), -1, true
	for rows := -1; ; {
		cells, err := t.cells.Read()
		t.Line = t.in.line
		switch {
		case err == io.EOF && rows < 0, err == nil && rows < 0 && trim(cells):
			if rows = 0; !t.headings(cells) {
				return nil
			}
		case err == io.EOF:
			return nil
		case errors.Is(err, csv.ErrQuote):
			if t.add("", "quote", nil, language.Of("want.table-quote")); rows < 0 {
				return nil
			}
		case err != nil:
			return err
		case trim(cells):
			if rows++; rows > t.MaxRows {
				return stop{Rule: fault.Length, Value: rows, Want: language.Of("want.table-rows", "most", t.MaxRows)}
			}
			before := len(*t.faults)
			if t.take(cells) {
				row(&t.Row)
			}
			t.stamp(before)
		}
		if t.faults.Full() {
			return nil
		}
	}
}

func (f Format) column(name string) int { return slices.Index(f.Columns, strings.ToLower(name)) }

func (t *table) add(column, rule string, value any, want fault.Words) {
	before := len(*t.faults)
	t.faults.Add(column, rule, value, want)
	t.stamp(before)
}

// stamp gives the faults from a position on the line of the row.
func (t *table) stamp(from int) {
	for i := range (*t.faults)[from:] {
		(*t.faults)[from+i].Line = t.Line
	}
}

// headings finds the columns, and reports whether the rows can be read.
func (t *table) headings(names []string) bool {
	before := len(*t.faults)
	t.texts = make([]string, len(t.Columns))
	t.place = slices.Repeat([]int{-1}, len(t.Columns))
	for i, name := range names {
		if t.faults.Full() {
			break
		}
		c, at := t.column(name), "column "+strconv.Itoa(i+1)
		t.columns = append(t.columns, c)
		switch {
		case c < 0 && name != "":
			t.add(at, fault.Known, name, fault.OneOf(t.Columns))
		case c >= 0 && t.Has(c):
			t.add(at, fault.Unique, name, language.Of("want.table-column-once", "column", t.place[c]+1))
		case c >= 0:
			t.place[c] = i
		}
	}
	for c, name := range t.Columns[:t.Required] {
		if !t.Has(c) {
			t.add("", fault.Required, nil, language.Of("want.table-names", "column", name))
		}
	}
	return len(*t.faults) == before
}

// take fills the row from trimmed cells, and reports whether it can be judged.
func (t *table) take(cells []string) bool {
	clear(t.texts)
	good := true
	for i, text := range cells {
		switch {
		case i < len(t.columns) && t.columns[i] >= 0:
		case text == "":
			continue
		case i < len(t.columns):
			if !t.nameless { // once, though each row has one
				t.nameless = true
				t.add("", "columns", text, language.Of("want.table-nameless", "column", i+1, "names", t.Columns))
			}
			good = false
			continue
		default:
			want := "want.table-cells"
			if len(cells) == len(t.columns)+1 && digits(strings.Trim(cells[0], `"`)) {
				want = "want.table-cells-number"
			}
			t.add("", "columns", len(cells), language.Of(want, "most", len(t.columns)))
			return false
		}
		c := t.columns[i]
		if !utf8.ValidString(text) {
			t.add(t.Columns[c], fault.Encoding, text, language.Of("want.table-utf-8"))
			good = false
		}
		if t.Comma == ',' && digits(text) && slices.Contains(t.Words, t.Columns[c]) && !t.quoted(i) {
			t.add(t.Columns[c], "decimal", text, language.Of("want.table-words"))
		}
		t.texts[c] = fault.NFC(unguarded(text))
	}
	if slices.Max(t.place[:t.Required]) >= len(cells) {
		t.add("", "columns", len(cells), language.Of("want.table-each-cell", "names", t.Columns[:t.Required]))
		return false
	}
	return good
}

// quoted reports whether a cell stood in quotes, which encoding/csv does not
// tell.
func (t *table) quoted(i int) bool {
	first, _ := t.cells.FieldPos(0)
	line, at := t.cells.FieldPos(i)
	text := t.in.row
	for range line - first {
		_, text, _ = bytes.Cut(text, []byte{'\n'})
	}
	return text[at-1] == '"'
}
