// Package languagetest has two made-up languages, to find in tests what a page says in
// no language, cuts off, or puts together in the order of English: one with accents and
// texts half as long again, one written from right to left. Both say all texts of the
// module, those out of its data as well.
//
// A page that is told in [Accented] is looked through by [Leaks], [Cuts] and [Pieces]:
//
//	page := render(languagetest.Accented(nil), state)
//	assert.Empty(t, languagetest.Leaks(page, languagetest.Typed(changes)...))
//	assert.Empty(t, languagetest.Cuts(page))
//	assert.Empty(t, languagetest.Pieces(page))
//
// They read Markdown, plain text, SVG and HTML, JSON (the values, not the keys), DOT and
// Mermaid, and of each what people read: no markup, no code, no address.
package languagetest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
)

// Accented is English with an accent on each letter, in brackets, half as long again;
// en-XA. It says the texts of the module, and what a test has beside them: texts out of
// data, and sources. A letter without an accent was never given to a language.
func Accented(built []string, sources ...*language.Source) *language.Language {
	if len(built)+len(sources) == 0 {
		return accented()
	}
	return made("en-XA", sources, built, accent)
}

var accented = sync.OnceValue(func() *language.Language { return made("en-XA", nil, nil, accent) })

func accent(text string) string {
	letters := 0
	said := outside(text, func(r rune) rune {
		if unicode.IsLetter(r) {
			letters++
		}
		if i := strings.IndexRune(plainLetters, r); i >= 0 {
			return []rune(accentedLetters)[i]
		}
		return r
	})
	if letters < 2 {
		return said
	}
	return opens + said + strings.Repeat("~", (letters+1)/2) + closes
}

// The brackets around a text of Accented.
const opens, closes = "⟦", "⟧"

const (
	plainLetters    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	accentedLetters = "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçđéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž"
)

// Mirrored is English in letters that are written from right to left; ar-XB, with the
// six plural forms of Arabic. It says what [Accented] says.
func Mirrored(built []string, sources ...*language.Source) *language.Language {
	if len(built)+len(sources) == 0 {
		return mirrored()
	}
	return made("ar-XB", sources, built, mirror)
}

var mirrored = sync.OnceValue(func() *language.Language { return made("ar-XB", nil, nil, mirror) })

func mirror(text string) string {
	return outside(text, func(r rune) rune {
		if i := strings.IndexRune(plainLetters, r); i >= 0 {
			return []rune("ابتثجحخدذرزسشصضطظعغفقكلمنه")[i%26]
		}
		return r
	})
}

// outside maps the runes of a text that are not within braces.
func outside(text string, to func(rune) rune) string {
	inside := false
	return strings.Map(func(r rune) rune {
		switch {
		case r == '{':
			inside = true
		case r == '}':
			inside = false
		case !inside:
			return to(r)
		}
		return r
	}, text)
}

func made(tag string, sources []*language.Source, built []string, say func(string) string) *language.Language {
	l, err := language.New(tag, nil)
	// What French has of the texts out of data all have: tests of package language hold it
	// against the data.
	for _, english := range fr.Language().BuiltIn() {
		if !slices.Contains(built, english) {
			built = append(built[:len(built):len(built)], english)
		}
	}
	for _, s := range append(sources, language.Texts()) {
		var c *language.Catalogue
		if err == nil {
			c, _, err = s.Read(tag, translated(s, l, built, say))
		}
		if err == nil {
			l, err = l.With(c)
		}
	}
	if err != nil {
		panic(err) // only tests call this
	}
	return l
}

// translated fills a file for translators: every form of a plural is said as the
// English one of many.
func translated(s *language.Source, l *language.Language, built []string, say func(string) string) []byte {
	head, _, _ := strings.Cut(string(s.Write(l)), "\n\n")
	forms := strings.Split(head, "nplurals=")[1][0] - '0'
	out := bytes.NewBufferString(head + "\n")
	for _, id := range s.IDs() {
		e, _ := s.Entry(id)
		fmt.Fprintf(out, "\nmsgctxt %q\n", id)
		if e.Text != "" {
			fmt.Fprintf(out, "msgid %q\nmsgstr %q\n", e.Text, say(e.Text))
			continue
		}
		fmt.Fprintf(out, "msgid %q\nmsgid_plural %q\n", e.One, e.Other)
		for i := range forms {
			fmt.Fprintf(out, "msgstr[%d] %q\n", i, say(e.Other))
		}
	}
	for _, english := range built {
		fmt.Fprintf(out, "\nmsgid %q\nmsgstr %q\n", english, say(english))
	}
	return out.Bytes()
}
