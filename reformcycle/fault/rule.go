package fault

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// TextRule is a rule of a text: how long it may be and which characters may stand
// in it. Every text is valid UTF-8.
type TextRule struct {
	// Most is how many characters it may have.
	Most int
	// Lines: it may have line breaks and tabs, and space around it.
	Lines bool
	// Optional: it may be empty.
	Optional bool
}

// The rules of text.
var (
	// ID is a name that people and programs compare, so it is one line, visible,
	// and without space around it; any script will do.
	ID = TextRule{Most: 128}
	// Name is a name for people, of an actor, a place or a programme.
	Name = TextRule{Most: 512}
	// Text is prose that says something.
	Text = TextRule{Most: 4096, Lines: true}
	// Note is prose that may be left out.
	Note = Text.OrNone()
)

// OrNone is the rule of a text that may be left out.
func (r TextRule) OrNone() TextRule {
	r.Optional = true
	return r
}

// Want says what the rule accepts.
func (r TextRule) Want() Said {
	id := "want.name"
	if r.Lines {
		id = "want.text"
	}
	if r.Optional {
		id += "-or-none"
	}
	return say(id, "most", r.Most)
}

// NFC gives a text in Unicode's normal form C, in which the same letters are the same
// text whatever keyboard they were typed on: "ế" as one character, or as an e and two
// marks. Names are kept and compared in it. Text that is in it already, as plain ASCII
// is, costs nothing.
func NFC(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return norm.NFC.String(s)
		}
	}
	return s
}

// Broken names the rule that a text breaks; empty where it keeps to all of them.
func (r TextRule) Broken(s string) string {
	rule, _ := r.judge(s)
	return rule
}

// judge names the rule that a text breaks and what would be accepted.
func (r TextRule) judge(s string) (rule string, want Words) {
	if r.Optional && s == "" {
		return "", nil
	}
	// A text that is far too long is not looked at whole; one that is typed with marks
	// of its own is longer than its normal form, which counts.
	if len(s) > 3*r.Most*utf8.UTFMax {
		return Length, say("want.not-bytes", "want", r.Want(), "n", len(s))
	}
	if r.plain(s) {
		return "", nil
	}
	visible := false
	for i, c := range s {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return Encoding, say("want.utf-8-at", "n", i+1)
			}
		}
		visible = visible || unicode.IsGraphic(c) && !unicode.In(c, unicode.White_Space, unicode.M, blank)
	}
	length := utf8.RuneCountInString(NFC(s))
	switch {
	case !visible && !r.Optional:
		return Required, r.unseen(s)
	case length > r.Most:
		return Length, say("want.not-characters", "want", r.Want(), "n", length)
	case !r.Lines && strings.TrimSpace(s) != s:
		return Characters, r.Want()
	}
	var before rune
	place := 0
	for i, c := range s {
		place++
		after, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(c):])
		if !r.takes(before, c, after) {
			return Characters, r.not(place, c)
		}
		before = c
	}
	return "", nil
}

// blank are the characters that show nothing, though they count as letters, marks or
// symbols: fillers, the selectors of a variant, the empty pattern of Braille.
var blank = &unicode.RangeTable{
	R16: []unicode.Range16{{0x034F, 0x034F, 1}, {0x115F, 0x1160, 1}, {0x17B4, 0x17B5, 1}, {0x180B, 0x180D, 1}, {0x180F, 0x180F, 1}, {0x2800, 0x2800, 1}, {0x3164, 0x3164, 1}, {0xFE00, 0xFE0F, 1}, {0xFFA0, 0xFFA0, 1}},
	R32: []unicode.Range32{{0xE0100, 0xE01EF, 1}},
}

// not says what the rule accepts, and which character it does not.
func (r TextRule) not(place int, c rune) Said {
	return say("want.not-character", "want", r.Want(), "n", place, "character", fmt.Sprintf("%U", c))
}

// unseen says what the rule accepts, and the first character of a text that shows
// nothing, but for space.
func (r TextRule) unseen(s string) Said {
	place := 0
	for _, c := range s {
		place++
		if !unicode.IsSpace(c) {
			return r.not(place, c)
		}
	}
	return r.Want()
}

// plain reports whether a text is of printable ASCII only and keeps to the rule, as
// most do: that is seen at once.
func (r TextRule) plain(s string) bool {
	if s == "" || len(s) > r.Most || s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// takes reports whether a character may stand between two others. What can't be
// seen is refused, for two names that look the same have to be the same, and so are
// the characters that turn the direction of writing round: they make a text look
// like another.
func (r TextRule) takes(before, c, after rune) bool {
	switch {
	case c >= 0x202A && c <= 0x202E, c >= 0x2066 && c <= 0x2069:
		return false
	case r.Lines:
		return !unicode.IsControl(c) || c == '\n' || c == '\r' || c == '\t'
	case c == 0x200C || c == 0x200D:
		// Sinhala, Bengali, Persian and others write some words with joiners.
		return unicode.In(before, unicode.L, unicode.M) && unicode.In(after, unicode.L, unicode.M)
	case unicode.Is(unicode.Variation_Selector, c):
		// Mongolian, names in Chinese characters, and emoji choose a shape of what stands before.
		return unicode.In(before, unicode.Lo, unicode.N, unicode.S)
	default:
		return (unicode.IsPrint(c) || unicode.Is(unicode.Zs, c)) && !unicode.Is(blank, c)
	}
}

// Text checks a text by a rule.
func (fs *Fields) Text(path, s string, rule TextRule) {
	if broken, want := rule.judge(s); broken != "" {
		fs.Add(path, broken, s, want)
	}
}

// Number checks that a number is finite and from low to high; one of these may be
// infinite, for no bound.
func (fs *Fields) Number(path string, x, low, high float64) bool {
	ok := x >= low && x <= high && !math.IsInf(x, 0) // NaN fails
	if !ok {
		fs.Add(path, Range, x, Between(low, high))
	}
	return ok
}

// Positive checks that a number is above 0 and at most high.
func (fs *Fields) Positive(path string, x, high float64) bool {
	ok := x > 0 && x <= high && !math.IsInf(x, 0)
	if !ok {
		fs.Add(path, Range, x, Above(high))
	}
	return ok
}

// Whole checks that a whole number is from low to high.
func (fs *Fields) Whole(path string, n, low, high int) bool {
	ok := n >= low && n <= high
	if !ok {
		fs.Add(path, Range, n, WholeBetween(float64(low), float64(high)))
	}
	return ok
}

// Count checks that a list has at most so many elements.
func (fs *Fields) Count(path string, n, most int) bool {
	if n > most {
		fs.Add(path, Length, n, say("want.at-most", "most", most))
	}
	return n <= most
}

// Once checks that a name stands once in a list, and notes in first that it stands
// at place i. Names that have one normal form are one.
func (fs *Fields) Once(path, name string, first map[string]int, list string, i int) {
	key := NFC(name)
	if j, taken := first[key]; taken {
		fs.Add(path, Unique, name, say("want.another", "path", At(list, j)))
		return
	}
	first[key], first[name] = i, i
}

// Among checks that a name is one of a closed set.
func Among[S ~string](fs *Fields, path string, got S, names []S) {
	if !slices.Contains(names, got) {
		fs.Add(path, Known, string(got), OneOf(names))
	}
}

// Between says what a range accepts; either end may be infinite, for no bound.
func Between(low, high float64) Said {
	switch {
	case math.IsInf(low, -1) && math.IsInf(high, 1):
		return say("want.number")
	case math.IsInf(high, 1):
		return say("want.number-from", "low", number(low))
	case math.IsInf(low, -1):
		return say("want.number-to", "high", number(high))
	default:
		return say("want.number-from-to", "low", number(low), "high", number(high))
	}
}

// Above says what a number above 0 and up to an end accepts, which may be infinite.
func Above(high float64) Said {
	if math.IsInf(high, 1) {
		return say("want.positive")
	}
	return say("want.positive-to", "high", number(high))
}

// WholeBetween says what a range of whole numbers accepts; either end may be infinite.
func WholeBetween(low, high float64) Said {
	switch {
	case math.IsInf(low, -1) && math.IsInf(high, 1):
		return say("want.json-whole")
	case math.IsInf(high, 1):
		return say("want.whole-from", "low", number(low))
	case math.IsInf(low, -1):
		return say("want.whole-to", "high", number(high))
	}
	return say("want.whole", "low", number(low), "high", number(high))
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// UnknownName refuses a name that is none of a closed set.
func UnknownName[S ~string](path, got string, names []S) error {
	return Field{Path: path, Rule: Known, Value: got, Want: OneOf(names)}
}

// ReadName reads a name out of a closed set, and refuses any other with what
// would be accepted. The path is what the names are of, such as "role".
func ReadName[S ~string](path string, into *S, text []byte, names []S) error {
	name := S(text)
	if !slices.Contains(names, name) {
		return UnknownName(path, string(text), names)
	}
	*into = name
	return nil
}
