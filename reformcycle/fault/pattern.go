package fault

import (
	"fmt"
	"sync"
	"unicode"
)

// This file says of the rules of text what a pattern can say, for who describes them to
// others, such as package schema. The patterns are of the part of ECMA-262 (with its
// flag u) that RE2 and others read alike; who writes them down as JSON may have to
// escape what they hold.

// MostComposed is how many characters the normal form makes one of at most: U+1F82 is
// an alpha and three marks.
const MostComposed = 4

// Composing finds a character that may become one with the one before it: a text without
// any is as long as its normal form.
const Composing = "[^\\x00-\u02ff]"

// Pattern is a regular expression that every text matches that the rule accepts, and, of
// those that it refuses for their characters, few: an unassigned character, or a joiner
// that joins nothing, is not looked for.
func (r TextRule) Pattern() string {
	c := classes()
	if r.Lines {
		inside := "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\u202a-\u202e\u2066-\u2069"
		if r.Optional {
			return "^[^" + inside + "]*$"
		}
		return "^[^" + inside + "]*[^" + c.blank + "][^" + inside + "]*$"
	}
	pattern := "[^" + c.ends + "](?:[^" + c.inside + "]*[^" + c.ends + "])?"
	if r.Optional {
		return "^(?:" + pattern + ")?$"
	}
	return "^" + pattern + "$"
}

// classes are what lies in the brackets: characters that no line has inside it, those
// that show nothing, and those that no line begins or ends with.
var classes = sync.OnceValue(func() (c struct{ inside, blank, ends string }) {
	joiner := func(c rune) bool { return c == 0x200C || c == 0x200D }
	none := func(rune) bool { return false }
	c.inside = class(joiner, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
	c.blank = class(none, unicode.Cc, unicode.Cf, unicode.White_Space)
	c.ends = class(none, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.White_Space)
	return c
})

// class writes those of the first characters, up to U+FFFF, that are in one of the tables.
func class(but func(rune) bool, tables ...*unicode.RangeTable) string {
	text := ""
	for from := rune(0); from <= 0xFFFF; from++ {
		to := from
		for to <= 0xFFFF && unicode.In(to, tables...) && !but(to) {
			to++
		}
		if to > from {
			text += literal(from)
			if to > from+1 {
				text += "-" + literal(to-1)
			}
			from = to
		}
	}
	return text
}

func literal(c rune) string {
	if c < 0x100 {
		return fmt.Sprintf("\\x%02x", c)
	}
	return string(c)
}
