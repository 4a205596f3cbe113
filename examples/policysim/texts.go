package main

// What the study says, in four languages. The library says its own: what is here, in the
// folder texts, are texts of a host's own, translated and checked as those of the library.

import (
	"embed"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
)

//go:embed texts
var folder embed.FS

var source = must(language.ReadSource(must(folder.ReadFile("texts/en.json"))))

// languages are those that the study can be told in: each says the library's texts, and
// ours.
var languages = []*language.Language{
	must(language.English().With(source.English())), ours(fr.Language()), ours(pt.Language()), ours(es.Language()),
}

func ours(l *language.Language) *language.Language {
	catalogue, _, err := source.Read(l.Tag(), must(folder.ReadFile("texts/"+l.Tag()+".po")))
	return must(l.With(must(catalogue, err)))
}

// must is for what is embedded: if it were wrong, the first test would tell.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// of is one of our texts, which in a language that lacks it is said in English.
func of(id string, args ...any) language.Text {
	t := language.Of("study."+id, args...)
	return t.Or(languages[0].Say(t))
}

// failure is an error that tells itself in every language.
type failure struct{ language.Text }

func (f failure) Told() language.Text { return f.Text }
func (f failure) Error() string       { return languages[0].Say(f.Text) }

// say tells a text in the language of the study.
func (s *study) say(t language.Text) string { return s.language().Say(t) }

func (s *study) language() *language.Language {
	if s.in == nil {
		return languages[0]
	}
	return s.in
}

// figures writes a number with so many decimals, and a sign if it is asked for.
func (s *study) figures(x float64, decimals int, sign string) string {
	text := strings.Replace(s.language().Figures(x, decimals), "-", "−", 1)
	if sign != "" && !strings.HasPrefix(text, "−") {
		text = sign + text
	}
	return text
}
