package policymaker

// What this package refuses in a file, and how it says where.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// ErrInvalid matches every [FileError], with errors.Is.
	ErrInvalid = errors.New("policymaker: not a valid project")

	// ErrTooLarge refuses a file of more than [MaxBytes], read or written.
	ErrTooLarge = errors.New("policymaker: project file larger than 10 MB")
)

// FileError is the first thing in a file that cannot be what it has to be.
type FileError struct {
	// Table, Row and Field say where, as far as that is known: the table's
	// name, the row counted from 1, the field's name. Row is 0 and Field empty
	// where the whole table, or the whole file, is meant.
	Table string
	Row   int
	Field string

	// Line and Column of the place in the file, both counted from 1, the column
	// in characters. 0 where a thing is missing from the file altogether.
	Line, Column int

	// Got is what stands there, cut after 40 characters.
	Got string

	// Want says in words what would be accepted.
	Want string
}

// Error reads "policymaker: Player, row 2, PosValue (line 5, column 99): got
// 99, want a number from -7 to 7".
func (e *FileError) Error() string {
	var where []string
	if e.Table != "" {
		where = append(where, plain(e.Table))
	}
	if e.Row > 0 {
		where = append(where, "row "+strconv.Itoa(e.Row))
	}
	if e.Field != "" {
		where = append(where, plain(e.Field))
	}
	place := strings.Join(where, ", ")
	if e.Line > 0 {
		place = strings.TrimSpace(fmt.Sprintf("%s (line %d, column %d)", place, e.Line, e.Column))
	}
	if place == "" {
		place = "the project"
	}
	return fmt.Sprintf("policymaker: %s: got %s, want %s", place, plain(e.Got), e.Want)
}

// Is reports whether target is [ErrInvalid].
func (e *FileError) Is(target error) bool { return target == ErrInvalid }

const nothing = "nothing"

// shownRunes bounds how much of a file an error repeats.
const shownRunes = 40

// plain keeps a hostile name from breaking the line of a message or drowning it.
func plain(s string) string {
	s = clip(s)
	if strings.ContainsFunc(s, unicode.IsControl) {
		return strconv.Quote(s)
	}
	return s
}

// clip cuts a text after shownRunes characters.
func clip(s string) string {
	n := 0
	for i := range s {
		if n == shownRunes {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// lineColumn turns an offset into what an editor shows.
func lineColumn(text string, at int) (line, column int) {
	before := text[:at]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}
