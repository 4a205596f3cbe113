package table

// This file holds what single cells may hold.

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
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
func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

var (
	withPoint = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$`)
	withComma = regexp.MustCompile(`^[+-]?(\d+,\d*|,\d+)$`)
)

// Number reads a number such as 1234.5 or 1e3, and where a comma may stand for
// the point also 1234,5. There are no thousands separators, and no words such
// as NaN. A number too large for a float64 is an infinity.
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
