// Package table reads tables from the text that spreadsheets write: a row of
// names, then rows of cells. The packages that read one share it, so that all
// of them take and refuse the same.
//
// A package says with a [Format] which columns it knows, and gives
// [Format.Read] a function for a [Row]. What the cells mean is its own affair;
// [Row.Number] reads one that holds a number, and [Escape] writes one. What is
// wrong goes to a [fault.Fields]: the path is the column, and empty for the row
// as a whole, the line that on which the row starts.
//
// Parting cells is left to encoding/csv. This package adds what people and
// programs do to such files, where only one meaning is possible, and bounds
// on what a file may hold, so that memory is bounded whatever is read.
package table
