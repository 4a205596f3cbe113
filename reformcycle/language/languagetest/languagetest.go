// Package languagetest has two made-up languages, to find in tests what a page says in
// no language, cuts off, or puts together in the order of English: one with accents and
// texts half as long again, one written from right to left.
package languagetest

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/chsreform/chsreform/reformcycle/language"
)

// Accented is English with an accent on each letter, in brackets, half as long again;
// en-XA. A letter without one in what is said in it was never given to a language.
func Accented(sources ...*language.Source) *language.Language {
	return made("en-XA", sources, func(text string) string {
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
		return "⟦" + said + strings.Repeat("~", (letters+1)/2) + "⟧"
	})
}

const (
	plainLetters    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	accentedLetters = "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçđéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž"
)

// Mirrored is English in letters that are written from right to left; ar-XB, with the
// six plural forms of Arabic.
func Mirrored(sources ...*language.Source) *language.Language {
	return made("ar-XB", sources, func(text string) string {
		return outside(text, func(r rune) rune {
			if i := strings.IndexRune(plainLetters, r); i >= 0 {
				return []rune("ابتثجحخدذرزسشصضطظعغفقكلمنه")[i%26]
			}
			return r
		})
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

func made(tag string, sources []*language.Source, say func(string) string) *language.Language {
	l, err := language.New(tag, nil)
	for _, s := range append([]*language.Source{language.Texts()}, sources...) {
		if err != nil {
			break
		}
		var c *language.Catalogue
		if c, _, err = s.Read(tag, translated(s, l, say)); err == nil {
			l, err = l.With(c)
		}
	}
	if err != nil {
		panic(err) // only tests call this
	}
	return l
}

// translated fills a file for translators, every form of a plural as the English
// plural is said.
func translated(s *language.Source, l *language.Language, say func(string) string) []byte {
	var out bytes.Buffer
	var e language.Entry
	for line := range bytes.Lines(s.Write(l)) {
		text := string(line)
		switch word, quoted, _ := strings.Cut(text, " "); {
		case word == "msgctxt":
			id := strings.Trim(strings.TrimSpace(quoted), `"`)
			e, _ = s.Entry(id)
		case strings.HasPrefix(word, "msgstr") && e.ID != "":
			of := e.Text
			if of == "" {
				of = e.Other
			}
			text = word + " " + quote(say(of)) + "\n"
		}
		out.WriteString(text)
	}
	return out.Bytes()
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
