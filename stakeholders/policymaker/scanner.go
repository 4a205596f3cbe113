package policymaker

// Strict JSON with places. The standard decoder gives neither the place of a
// value, which patching in place needs, nor the table and row of a mistake.

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle/fault"
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

// fail refuses what stands at the scanner's place.
func (s *scanner) fail(rule, want string) error {
	got := "the end of the file"
	if s.at < len(s.text) {
		rest := s.text[s.at:]
		if i := strings.IndexAny(rest, " \t\r\n,]}"); i > 0 {
			rest = rest[:i]
		}
		// A hostile file cannot make a refusal expensive, and broken UTF-8 must
		// not spread.
		got = strings.ToValidUTF8(rest[:min(len(rest), shownBytes)], "\uFFFD")
	}
	line, column := lineColumn(s.text, s.at)
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
	rest := s.text[s.at:]
	for i := range len(rest) {
		switch rest[i] {
		case ' ', '\t', '\r', '\n':
		default:
			s.at += i
			return
		}
	}
	s.at = len(s.text)
}

// value passes over one value of any kind.
func (s *scanner) value() error {
	switch c := s.peek(); {
	case c == '{':
		return s.object(func(member) error { return s.value() })
	case c == '[':
		return s.array(func(int) error { return s.value() })
	case c == '"':
		return s.str()
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	}
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(s.text[s.at:], word) {
			s.at += len(word)
			return nil
		}
	}
	return s.fail(fault.Syntax, "a JSON value")
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
			return s.fail(fault.Syntax, "a name in double quotes")
		}
		m := member{keyAt: s.at}
		if err := s.str(); err != nil {
			return err
		}
		m.keyTo = s.at
		m.key = unquote(s.text[m.keyAt:m.keyTo])
		s.space()
		if s.peek() != ':' {
			return s.fail(fault.Syntax, "a colon")
		}
		s.at++
		s.space()
		if err := each(m); err != nil {
			return err
		}
		if done, err := s.next('}', "a comma or a closing brace"); done || err != nil {
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
		if done, err := s.next(']', "a comma or a closing bracket"); done || err != nil {
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
	return false, s.fail(fault.Syntax, want)
}

func (s *scanner) enter() error {
	if s.depth == maxDepth {
		return s.fail(fault.Length, "at most 64 levels of nesting")
	}
	s.depth++
	s.at++
	return nil
}

func (s *scanner) leave() {
	s.depth--
	s.at++
}

// str passes over a string.
func (s *scanner) str() error {
	s.at++
	for {
		s.at += plainLength(s.text[s.at:])
		switch c := s.peek(); {
		case s.at == len(s.text):
			return s.fail(fault.Syntax, "a closing double quote")
		case c == '"':
			s.at++
			return nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return err
			}
		case c < ' ':
			return s.fail(fault.Syntax, "a string without bare control characters")
		default:
			r, size := utf8.DecodeRuneInString(s.text[s.at:])
			if r == utf8.RuneError && size == 1 {
				return s.fail(fault.Encoding, "valid UTF-8")
			}
			s.at += size
		}
	}
}

// plainLength is how many bytes of text stand for themselves in a string.
func plainLength(text string) int {
	for i := range len(text) {
		if c := text[i]; c == '"' || c == '\\' || c < ' ' || c >= utf8.RuneSelf {
			return i
		}
	}
	return len(text)
}

func (s *scanner) escape() error {
	rest := s.text[s.at+1:]
	switch {
	case rest != "" && strings.IndexByte(`"\/bfnrt`, rest[0]) >= 0:
		s.at += 2
		return nil
	case len(rest) >= 5 && rest[0] == 'u' && strings.Trim(rest[1:5], "0123456789abcdefABCDEF") == "":
		s.at += 6
		return nil
	}
	return s.fail(fault.Syntax, "an escape that JSON has")
}

// number passes over a number in JSON's own spelling, which knows neither NaN
// nor infinity nor a leading plus.
func (s *scanner) number() error {
	n := numberLength(s.text[s.at:])
	if n == 0 {
		return s.fail(fault.Syntax, "a number")
	}
	s.at += n
	return nil
}

// numberLength is the length of the JSON number that text begins with, or 0.
func numberLength(text string) int {
	digits := func(i int) int {
		for i < len(text) && text[i] >= '0' && text[i] <= '9' {
			i++
		}
		return i
	}
	i := 0
	if strings.HasPrefix(text, "-") {
		i++
	}
	whole := digits(i)
	if whole == i || text[i] == '0' && whole > i+1 {
		return 0
	}
	i = whole
	if i < len(text) && text[i] == '.' {
		end := digits(i + 1)
		if end == i+1 {
			return 0
		}
		i = end
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		end := digits(i)
		if end == i {
			return 0
		}
		i = end
	}
	return i
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
