package policymaker

// Strict JSON with places. The standard decoder gives neither the place of a
// value, which patching in place needs, nor the table and row of a mistake.

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// maxDepth is far above the four levels of a project (file, table, row, value)
// and far below what would exhaust a stack.
const maxDepth = 64

// scanner walks a JSON text and knows, for its errors, in which table, row and
// field it is.
type scanner struct {
	text  string
	at    int
	depth int

	table string
	row   int
	field string

	seen map[string]bool // the fields of the row, kept from row to row to save memory
}

// shownBytes bounds how much of a file a refusal repeats.
const shownBytes = 160

// fail refuses what stands at the scanner's place, failAt what stands at another.
func (s *scanner) fail(rule string, want fault.Words) error { return s.failAt(s.at, rule, want) }

func (s *scanner) failAt(at int, rule string, want fault.Words) error {
	var got any = fault.Said{ID: "found.end"}
	if at < len(s.text) {
		rest := s.text[at:]
		if i := strings.IndexAny(rest, " \t\r\n,]}"); i > 0 {
			rest = rest[:i]
		}
		// A hostile file cannot make a refusal expensive, and broken UTF-8 must
		// not spread.
		got = strings.ToValidUTF8(rest[:min(len(rest), shownBytes)], "\uFFFD")
	}
	line, column := lineColumn(s.text, at)
	return fault.Fields{{Path: place(s.table, s.row, s.field), Rule: rule, Value: got, Want: want, Line: line, Column: column}}
}

// peek is the byte at the scanner's place, 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *scanner) space() {
	s.at = len(s.text) - len(strings.TrimLeft(s.text[s.at:], " \t\r\n"))
}

// value passes over one value of any kind.
func (s *scanner) value() error {
	switch s.peek() {
	case '{':
		return s.object(func(member) error { return s.value() })
	case '[':
		return s.array(func(int) error { return s.value() })
	}
	return s.scalar()
}

// scalar passes over a string, a number or a word, as JSON itself spells them: it
// knows neither NaN nor infinity nor a leading plus.
func (s *scanner) scalar() error {
	rest := s.text[s.at:]
	n, want := strings.IndexAny(rest, " \t\r\n,:]}"), "want.json-value"
	switch c := s.peek(); {
	case c == '"':
		n, want = stringLength(rest), "want.project-string"
	case c == '-' || c >= '0' && c <= '9':
		want = "want.number"
	}
	if n < 0 {
		n = len(rest)
	}
	switch token := rest[:n]; {
	case !utf8.ValidString(token):
		return s.fail(fault.Encoding, language.Of("want.utf-8"))
	case !json.Valid([]byte(token)):
		return s.fail(fault.Syntax, language.Of(want))
	}
	s.at += n
	return nil
}

// stringLength is how long the string is that text begins with, −1 where nothing
// closes it.
func stringLength(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// member is the key of an object's member and where it stands.
type member struct {
	key          string
	keyAt, keyTo int
}

// object passes over an object; each is called where a member's value begins
// and passes over that value.
func (s *scanner) object(each func(member) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	s.space()
	if s.peek() == '}' {
		s.leave()
		return nil
	}
	for {
		if s.peek() != '"' {
			return s.fail(fault.Syntax, language.Of("want.json-key"))
		}
		m := member{keyAt: s.at}
		if err := s.scalar(); err != nil {
			return err
		}
		m.keyTo = s.at
		m.key = unquote(s.text[m.keyAt:m.keyTo])
		s.space()
		if s.peek() != ':' {
			return s.fail(fault.Syntax, language.Of("want.json-colon"))
		}
		s.at++
		s.space()
		if err := each(m); err != nil {
			return err
		}
		if done, err := s.next('}', "want.json-object-end"); done || err != nil {
			return err
		}
	}
}

// array passes over an array; each is called where an element begins and passes
// over it.
func (s *scanner) array(each func(i int) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	s.space()
	if s.peek() == ']' {
		s.leave()
		return nil
	}
	for i := 0; ; i++ {
		if err := each(i); err != nil {
			return err
		}
		if done, err := s.next(']', "want.json-array-end"); done || err != nil {
			return err
		}
	}
}

// next passes over what follows a member or an element, and reports whether it
// was the end.
func (s *scanner) next(end byte, want string) (done bool, err error) {
	s.space()
	switch s.peek() {
	case ',':
		s.at++
		s.space()
		return false, nil
	case end:
		s.leave()
		return true, nil
	}
	return false, s.fail(fault.Syntax, language.Of(want))
}

func (s *scanner) enter() error {
	if s.depth == maxDepth {
		return s.fail(fault.Length, language.Of("want.project-depth", "most", maxDepth))
	}
	s.depth++
	s.at++
	return nil
}

func (s *scanner) leave() {
	s.depth--
	s.at++
}

// unquote reads a string that the scanner has passed. Half of a surrogate pair,
// which JSON can spell and text cannot, becomes U+FFFD; the file keeps it.
func unquote(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	var s string
	_ = json.Unmarshal([]byte(raw), &s) // cannot fail: the scanner has passed it
	return s
}

// quote spells a text as JSON, without the escapes that only HTML needs.
func quote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // cannot fail: strings always encode
	return strings.TrimSuffix(b.String(), "\n")
}
