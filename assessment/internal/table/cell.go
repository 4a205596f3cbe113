package table

// This file holds what single cells may hold.

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/chsreform/chsreform/reformcycle/language"
)

// Blank reports what is no text at the ends of a cell: space of any kind, and
// the marks that some programs leave behind.
func Blank(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B' }

// trim trims cells, and reports whether there is text in them.
func trim(cells []string) bool {
	text := false
	for i, c := range cells {
		cells[i] = strings.TrimFunc(c, Blank)
		text = text || cells[i] != ""
	}
	return text
}

// digits reports whether s is digits and nothing else.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

var (
	withPoint = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$`)
	withComma = regexp.MustCompile(`^[+-]?(\d+,\d*|,\d+)$`)
)

// Number reads the number in the cell of a column: 1234.5 or 1e3, and where commas do
// not part the cells also 1234,5. Where it can't, it says what would be accepted. A
// number too large for a float64 is an infinity.
//
// A thousands separator is never taken for a decimal mark. Between one to three digits
// and three more, as in 21,500, a comma may be either, and so may a point where
// semicolons part the cells, which is what spreadsheets write where the comma is the
// decimal mark. Such a number is refused.
func (r *Row) Number(column int) (x float64, want language.Text) {
	text, comma := r.Cell(column), r.Comma != ','
	if parts := eitherMark.FindStringSubmatch(text); parts != nil && (parts[2] == "," || r.Comma == ';') {
		return 0, eitherWant(parts[1], parts[3])
	}
	if x, ok := Number(text, comma); ok {
		return x, language.Text{}
	}
	if _, ok := Number(text, true); ok {
		return 0, language.Of("want.table-point")
	}
	return 0, language.Of("want.table-number")
}

var eitherMark = regexp.MustCompile(`^([+-]?[1-9]\d{0,2})([.,])(\d{3})$`)

// eitherWant says how to write what may be a number of thousands or have decimals.
func eitherWant(before, after string) language.Text {
	decimals := strings.TrimRight(after, "0")
	if decimals == after {
		decimals += "0"
	}
	return language.Of("want.table-mark", "one", before+after, "other", strings.TrimSuffix(before+"."+decimals, "."))
}

// Number reads a number such as 1234.5 or 1e3, and where a comma may stand for
// the point also 1234,5. There are no thousands separators, and no words such
// as NaN. A number too large for a float64 is an infinity. What may have a thousands
// separator is read by [Row.Number].
func Number(s string, comma bool) (x float64, ok bool) {
	if comma && withComma.MatchString(s) {
		s = strings.Replace(s, ",", ".", 1)
	} else if !withPoint.MatchString(s) {
		return 0, false
	}
	x, _ = strconv.ParseFloat(s, 64) // of its errors only the range is left
	return x, true
}

// A cell that starts with one of these may be run as a formula by the
// spreadsheet that opens it (OWASP, "CSV Injection",
// https://owasp.org/www-community/attacks/CSV_Injection).
const formula = "=+-@\t\r\n"

// guarded puts an apostrophe before what would be a formula, and before what
// unguarded would otherwise take for guarded.
func guarded(s string) string {
	if after := strings.TrimLeft(s, "'"); after != "" && strings.IndexByte(formula, after[0]) >= 0 {
		return "'" + s
	}
	return s
}

func unguarded(s string) string {
	if s != "" && s[0] == '\'' && guarded(s) != s {
		return s[1:]
	}
	return s
}

// Escape writes a cell so that [Format.Read] gives it back: with an apostrophe
// before what a spreadsheet would run as a formula, and in quotes where it
// holds a quote, what parts cells here or in other programs, or digits alone
// in a column of words, which would read as what a decimal comma left.
func Escape(s string, words bool) string {
	s = guarded(s)
	if strings.ContainsAny(s, ",;\t\"\r\n") || words && digits(s) {
		return quoted(s)
	}
	return s
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
