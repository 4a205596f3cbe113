package frameworks

// This file holds a text in several languages.

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// English is the language that every text of a framework has.
const English = "en"

// Text is what people read, in one or more languages. It does not change. The
// zero Text is blank.
type Text struct {
	in map[string]string // by language
}

// In gives the text in the language asked for, a tag such as "fr" or "pt-BR",
// and says which language it gave. Where there is no text in that language it
// gives the one of the language without its region, and where there is none
// either, English. A blank text gives "", "".
func (t Text) In(lang string) (text, given string) {
	for {
		if text, found := t.in[lang]; found {
			return text, lang
		}
		cut := strings.LastIndexByte(lang, '-')
		if cut < 0 {
			break
		}
		lang = lang[:cut]
	}
	if text, found := t.in[English]; found {
		return text, English
	}
	return "", ""
}

// String gives the English text.
func (t Text) String() string {
	text, _ := t.In(English)
	return text
}

// Told tells the text: a language that has it says it, such as one of the module's own
// what is built in, or that of [Framework.In] what a host's file has.
func (t Text) Told() language.Text {
	if t.IsZero() {
		return language.Text{}
	}
	return language.Built(t.String())
}

// IsZero reports whether there is no text in any language.
func (t Text) IsZero() bool { return len(t.in) == 0 }

// Languages lists the languages that the text is in, sorted.
func (t Text) Languages() []string { return slices.Sorted(maps.Keys(t.in)) }

// MarshalJSON writes an object with a member for each language, sorted.
func (t Text) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("{}"), nil
	}
	return json.Marshal(t.in)
}

// UnmarshalJSON reads what [Text.MarshalJSON] writes: an object with a member for
// each language, one at least.
func (t *Text) UnmarshalJSON(data []byte) error {
	var in map[string]string
	if err := fault.ReadJSON(data, len(data), &in, nil); err != nil {
		return err
	}
	if len(in) == 0 {
		return fault.Refuse("", fault.Required, nil, language.Of("want.english"))
	}
	*t = Text{in}
	return nil
}

// tag is how a language tag is written: two or three small letters, then perhaps
// parts of two to eight letters or digits.
var tag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
