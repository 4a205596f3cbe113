package policymaker

// One row as typed fields. Exports differ in how they spell a value: what can
// only mean one thing is read, and everything else is refused in place.

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// maxID is the highest number of a row, which every reader of JSON keeps exact.
const maxID = 1 << 53

// record reads the fields of one row. After its first error it only gives zero
// values, so that a reader checks once, at the end.
type record struct {
	text  string // of the file, for the places of errors
	table string
	n     int // of the row, from 1
	row   row
	cells []cell
	err   error
}

// find gives the text of a field's value, empty where the field is missing, is
// null or is an empty string: three ways in which exports leave a cell empty.
func (r *record) find(name string) string {
	c := find(r.cells, name)
	if c == nil || r.err != nil {
		return ""
	}
	raw := r.row.raw[c.from:c.to]
	if raw == "null" || raw == `""` {
		return ""
	}
	return raw
}

// fail refuses a field's value, or that it is missing.
func (r *record) fail(name, rule string, want fault.Words) {
	if r.err != nil {
		return
	}
	f := fault.Field{Path: place(r.table, r.n, name), Rule: rule, Want: want}
	at := r.row.from
	if c := find(r.cells, name); c != nil {
		at += c.from
		f.Value = given(r.row.raw[c.from:c.to])
	}
	f.Line, f.Column = lineColumn(r.text, at)
	r.err = fault.Fields{f}
}

// given is the beginning of a value for a refusal.
func given(raw string) any {
	var v any
	if raw[0] != '{' && raw[0] != '[' && len(raw) <= shownBytes && json.Unmarshal([]byte(raw), &v) == nil {
		return v
	}
	return strings.ToValidUTF8(raw[:min(len(raw), shownBytes)], "")
}

// str reads a text.
func (r *record) str(name string) string {
	raw := r.find(name)
	switch {
	case raw == "":
		return ""
	case raw[0] != '"':
		r.fail(name, fault.Type, language.Of("want.json-string"))
		return ""
	}
	return unquote(raw)
}

// short reads a text that is at most as long as a name may be.
func (r *record) short(name string) string {
	s := r.str(name)
	if utf8.RuneCountInString(s) > fault.Name.Most {
		r.fail(name, fault.Length, language.Of("want.text-or-none", "most", fault.Name.Most))
	}
	return s
}

// number reads a number within bounds, spelt as a number or as a text that
// holds one; ok is false where the field is empty.
func (r *record) number(name string, low, high float64) (v float64, ok bool) {
	want := language.Of("want.number-from-to", "low", low, "high", high)
	if math.IsInf(low, -1) {
		want = language.Of("want.number")
	}
	raw := r.find(name)
	if raw == "" {
		return 0, false
	}
	v, ok = parseNumber(raw)
	if !ok || v < low || v > high {
		r.fail(name, fault.Range, want)
		return 0, false
	}
	return v, true
}

// parseNumber reads a number in JSON's spelling, in quotes or not. The spellings
// that Go alone knows (NaN, Inf, 0x1p-2, 1_000) are none.
func parseNumber(raw string) (float64, bool) {
	if raw[0] == '"' {
		raw = strings.TrimSpace(unquote(raw))
	}
	v, err := strconv.ParseFloat(raw, 64)               // fails where it is too large for a float64
	return v + 0, err == nil && json.Valid([]byte(raw)) // −0 + 0 is 0
}

// rating reads a whole number from 0 to last, 0 where the field is empty. The meaning is
// the id of the text that tells it.
func (r *record) rating(name string, last int, meaning string) int {
	raw := r.find(name)
	if raw == "" {
		return 0
	}
	v, ok := parseNumber(raw)
	if !ok || v != math.Trunc(v) || v < 0 || v > float64(last) {
		r.fail(name, fault.Range, language.Of("want.rating", "last", last, "meaning", language.Of(meaning)))
		return 0
	}
	return int(v)
}

// id reads a row's number as text; an empty one gives "".
func (r *record) id(name string) string {
	raw := r.find(name)
	if raw == "" {
		return ""
	}
	v, ok := parseNumber(raw)
	if !ok || v != math.Trunc(v) || v < 0 || v > maxID {
		r.fail(name, fault.Range, language.Of("want.whole", "low", 0, "high", int64(maxID)))
		return ""
	}
	return strconv.FormatInt(int64(v), 10)
}

// key reads a row's number, which has to be there and to be its own.
func (r *record) key(name string, taken map[string]int) string {
	id := r.id(name)
	if id == "" {
		r.fail(name, fault.Required, language.Of("want.whole", "low", 0, "high", int64(maxID)))
		return ""
	}
	if first, dup := taken[id]; dup {
		r.fail(name, fault.Unique, language.Of("want.another", "path", place(r.table, first+1, name)))
	}
	return id
}

// reference reads the number of a row in another table, which has to exist.
func (r *record) reference(name, table string, known map[string]int) string {
	id := r.id(name)
	if _, ok := known[id]; !ok {
		r.fail(name, fault.Exists, language.Of("want.row-of", "table", table))
	}
	return id
}

// flag reads a truth spelt true or false, 1 or 0, in quotes or not.
func (r *record) flag(name string, empty bool) bool {
	raw := r.find(name)
	if raw == "" {
		return empty
	}
	word := raw
	if raw[0] == '"' {
		word = strings.ToLower(strings.TrimSpace(unquote(raw)))
	}
	switch word {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	r.fail(name, fault.Type, language.Of("want.json-bool"))
	return false
}
