package frameworks

// This file holds a text in several languages.

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// English is the language that every text of a framework has.
const English = "en"

// Text is what people read, in one or more languages. It does not change. The
// zero Text is blank.
type Text struct {
	in []translation // by language, each once
}

type translation struct{ lang, text string }

// In gives the text in the language asked for, a tag such as "fr" or "pt-BR",
// and says which language it gave. Where there is no text in that language it
// gives the one of the language without its region, and where there is none
// either, English. A blank text gives "", "".
func (t Text) In(lang string) (text, given string) {
	for {
		if i, found := t.find(lang); found {
			return t.in[i].text, lang
		}
		cut := strings.LastIndexByte(lang, '-')
		if cut < 0 {
			break
		}
		lang = lang[:cut]
	}
	if i, found := t.find(English); found {
		return t.in[i].text, English
	}
	return "", ""
}

// String gives the English text.
func (t Text) String() string {
	text, _ := t.In(English)
	return text
}

// IsZero reports whether there is no text in any language.
func (t Text) IsZero() bool { return len(t.in) == 0 }

// Languages lists the languages that the text is in, sorted.
func (t Text) Languages() []string {
	var langs []string
	for _, tr := range t.in {
		langs = append(langs, tr.lang)
	}
	return langs
}

// MarshalJSON writes an object with a member for each language, sorted.
func (t Text) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, tr := range t.in {
		if i > 0 {
			out = append(out, ',')
		}
		for j, s := range []string{tr.lang, tr.text} {
			quoted, err := json.Marshal(s)
			if err != nil {
				return nil, err
			}
			if j > 0 {
				out = append(out, ':')
			}
			out = append(out, quoted...)
		}
	}
	return append(out, '}'), nil
}

// UnmarshalJSON reads what [Text.MarshalJSON] writes: an object with a member for
// each language, one at least.
func (t *Text) UnmarshalJSON(data []byte) error {
	var in map[string]string
	if err := fault.ReadJSON(data, len(data), &in, nil); err != nil {
		return err
	}
	if len(in) == 0 {
		return fault.Refuse("", fault.Required, nil, `a text in English, under "en"`)
	}
	*t = Text{}
	for _, lang := range slices.Sorted(maps.Keys(in)) {
		t.in = append(t.in, translation{lang, in[lang]})
	}
	return nil
}

func (t Text) find(lang string) (int, bool) {
	return slices.BinarySearchFunc(t.in, lang, func(tr translation, lang string) int {
		return strings.Compare(tr.lang, lang)
	})
}

// isLanguage reports whether s is written as a language tag is: two or three
// small letters, then perhaps parts of two to eight letters or digits.
func isLanguage(s string) bool {
	for i, part := range strings.Split(s, "-") {
		small := !strings.ContainsFunc(part, func(r rune) bool { return r < 'a' || r > 'z' })
		sound := !strings.ContainsFunc(part, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
		})
		switch n := len(part); {
		case i == 0 && (n < 2 || n > 3 || !small):
			return false
		case n < 2 || n > 8 || !sound:
			return false
		}
	}
	return true
}
