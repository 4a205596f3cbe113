package draw

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is what all pages do with text that people typed: make it one line,
// keep what can be shown, and cut it to its place.

// Ellipsis stands for what was cut off.
const Ellipsis = "…"

// markLimit is how many marks a letter may carry; no writing needs more.
const markLimit = 4

// Plain puts a text on one line of at most limit characters, where a space that must not
// break stays one. What can't be shown
// is dropped: bytes that are not UTF-8, control characters, what XML forbids, and
// the marks that reverse the direction of writing, with which a text could make
// its surroundings read as something else. A letter keeps its first four accents.
func Plain(text string, limit int) string {
	if len(text) <= limit && plainAlready(text) {
		return text
	}
	var b strings.Builder
	n, space, marks := 0, false, 0
	for i, r := range text {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f':
			space = n > 0
			continue
		case !showable(r), r == unicode.ReplacementChar && !strings.HasPrefix(text[i:], "\uFFFD"):
			continue
		}
		// A tower of accents would cover the lines above and below it.
		if !unicode.Is(unicode.Mn, r) {
			marks = 0
		} else if marks++; marks > markLimit {
			continue
		}
		if space {
			n++
		}
		if n++; n > limit {
			return cut(b.String(), limit-1) + Ellipsis
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// plainAlready: most texts are one line of Latin letters and the signs between them.
func plainAlready(text string) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(text[i:])
			if latin := r >= 0xA0 && r <= 0x24F || r >= 0x2010 && r <= 0x2027; !latin {
				return false
			}
			i += size - 1
		case c < ' ' || c > '~':
			return false
		case c == ' ' && (i == 0 || i == len(text)-1 || text[i+1] == ' '):
			return false
		}
	}
	return true
}

// cut keeps the first limit characters, without a space at the end.
func cut(text string, limit int) string {
	n := 0
	for i := range text {
		if n == max(limit, 0) {
			text = text[:i]
			break
		}
		n++
	}
	return strings.TrimRight(text, " ")
}

func showable(r rune) bool {
	switch {
	case unicode.IsControl(r), r == 0xFFFE, r == 0xFFFF, r == 0xFEFF:
		return false
	case r == 0x061C, r == 0x200E, r == 0x200F, r >= 0x202A && r <= 0x202E, r == 0x2066 || r == 0x2067:
		return false // marks of direction, but for those with which a language keeps a name apart
	case r >= 0xE0000 && r <= 0xE007F:
		return false // tags: invisible text
	}
	return true
}

// First gives the first text that says something.
func First(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// Each says each of a list.
func Each[T, S any](list []T, say func(T) S) []S {
	said := make([]S, len(list))
	for i, one := range list {
		said[i] = say(one)
	}
	return said
}

// Sentences tells a list in a description, as much of it as that holds, each behind a
// space.
func Sentences[T any](l *language.Language, list []T, say func(T) string) string {
	text := strings.Join(append([]string{""}, Each(list[:min(len(list), Told)], say)...), " ")
	if left := len(list) - Told; left > 0 {
		text += " " + l.Say(language.Of("picture.more", "n", left))
	}
	return text
}

// Row is a list of what a description tells, with commas; Semicolons is one of parts
// that have commas of their own. They tell as much of it as a description holds, and
// how many more there are.
func Row[T string | language.Text](list []T) language.Text { return listed(list, Told, "picture.row") }

// Semicolons is as [Row].
func Semicolons[T string | language.Text](list []T, most int) language.Text {
	return listed(list, most, "picture.each")
}

func listed[T any](list []T, most int, id string) language.Text {
	if left := len(list) - most; left > 0 {
		return language.Of(id+".more", "list", list[:most], "n", left)
	}
	return language.Of(id, "list", list)
}

// Capital makes the first letter a capital.
func Capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size <= 1 && first == utf8.RuneError { // nothing, or no letter that could have a capital
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// Sentence ends a text with a full stop where it has no end of its own.
func Sentence(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") || strings.HasSuffix(text, Ellipsis) {
		return text
	}
	return text + "."
}
