package policymaker

// Where in a file something is that it refuses.

import (
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// place is the path of a field in a file: "Player[1].PosValue", with rows counted
// from 1 here and from 0 there. Row is 0 and field empty where the whole table, or
// the whole file, is meant.
func place(table string, row int, field string) string {
	path := table
	if row > 0 {
		path = fault.At(table, row-1)
	}
	if field != "" {
		path += "." + field
	}
	return path
}

// tooLarge refuses a file of so many bytes, read or written.
func tooLarge(bytes int) error {
	return fault.Refuse("", fault.Length, bytes, language.Of("want.project-size", "most", maxBytes>>20))
}

// lineColumn turns an offset into what an editor shows.
func lineColumn(text string, at int) (line, column int) {
	before := text[:at]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}
