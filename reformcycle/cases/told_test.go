package cases_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
)

// page prints a walk from its title to its sources.
func page(t testing.TB, l *language.Language, c cases.Case) string {
	t.Helper()
	cycle, err := c.Begin()
	require.NoError(t, err)
	var b strings.Builder
	p := cases.NewPrinter(&b, l)
	p.Title(c)
	require.NoError(t, c.Tell(t.Context(), cycle, p.Chapter))
	p.Standing(cycle.State(), c)
	p.Sources(c)
	require.NoError(t, p.Close())
	return b.String()
}

// keys are the names in a case that no language says: ids, keys, and publications as they
// are cited.
func keys(t testing.TB, c cases.Case) (all []string) {
	t.Helper()
	of := func(s assessment.Source) {
		if all = append(all, s.Key, s.Link); s.Seen != "" {
			all = append(all, s.Citation)
		}
	}
	for _, s := range c.Sources {
		of(s)
	}
	if c.Paper != nil {
		of(*c.Paper)
	}
	for _, chapter := range c.Chapters {
		data, err := json.Marshal(chapter.Changes)
		require.NoError(t, err)
		var changes any
		require.NoError(t, json.Unmarshal(data, &changes))
		var in func(v any)
		in = func(v any) {
			switch v := v.(type) {
			case []any:
				for _, inner := range v {
					in(inner)
				}
			case map[string]any:
				if id, is := v["id"].(string); is {
					all = append(all, id)
				}
				if id, is := v["ID"].(string); is {
					all = append(all, id)
				}
				for _, inner := range v {
					in(inner)
				}
			}
		}
		in(changes)
	}
	return all
}

// A walk that is taken in a language is told in it whole: the printer adds nothing in
// English, and neither do the chapters.
func TestAWalkSaysNothingInEnglish(t *testing.T) {
	for name, l := range map[string]*language.Language{"accented": languagetest.Accented(cases.Texts()), "mirrored": languagetest.Mirrored(cases.Texts())} {
		for _, c := range cases.Walks(l) {
			page := page(t, l, c)
			assert.Empty(t, languagetest.Cuts(page), "%s: %s", name, c.ID)
			for _, chapter := range c.Chapters {
				assert.Contains(t, words(page), words(chapter.Says), "%s: %s", name, c.ID)
			}
			if name == "accented" {
				assert.Empty(t, languagetest.Leaks(page, keys(t, c)...), c.ID)
			}
		}
	}
}

// All that a walk records and that is more than one word is for people, so a language says
// it; what is cited as it was published stays.
func TestAWalkRecordsNothingInEnglish(t *testing.T) {
	l := languagetest.Accented(cases.Texts())
	for i, c := range cases.Walks(l) {
		english := cases.Walks(nil)[i]
		require.Len(t, c.Chapters, len(english.Chapters))
		names := append(keys(t, english), "USD")
		for n, chapter := range c.Chapters {
			told, is := languagetest.Typed(chapter.Changes), languagetest.Typed(english.Chapters[n].Changes)
			require.Len(t, told, len(is))
			for _, text := range told {
				if strings.Contains(text, " ") {
					assert.Empty(t, languagetest.Leaks(text, names...), "%s, chapter %d", c.ID, n+1)
				}
			}
			assert.Empty(t, languagetest.Leaks(chapter.By), c.ID)
			assert.Equal(t, english.Chapters[n].On, chapter.On)
		}
	}
}

// In whichever language a walk is taken, it is the same story: it goes where it goes in
// English, and what is found wrong with it is the same.
func TestAWalkIsTheSameInEveryLanguage(t *testing.T) {
	codes := func(s reformcycle.State) (all []string) {
		d := s.Diagnose()
		for _, f := range d.Findings {
			all = append(all, f.Code)
		}
		for _, f := range d.Strengths {
			all = append(all, f.Code)
		}
		return all
	}
	for i, english := range cases.Walks(nil) {
		want, err := english.Cycle(t.Context())
		require.NoError(t, err)
		for _, l := range []*language.Language{fr.Language(), pt.Language(), es.Language()} {
			c := cases.Walks(l)[i]
			require.NotEqual(t, english.Chapters[0].Says, c.Chapters[0].Says, l.Tag())
			got, err := c.Cycle(t.Context())
			require.NoError(t, err)
			assert.Equal(t, want.State().Standing(), got.State().Standing(), l.Tag())
			assert.Equal(t, codes(want.State()), codes(got.State()), l.Tag())
			assumed, _ := c.Source(cases.Assumed)
			assert.Equal(t, l.Say(language.Of("case.assumed")), assumed.Citation)
		}
	}
}

// A host's language may have words that no cycle takes: the case is then told in English.
func TestACaseThatALanguageCannotTellIsToldInEnglish(t *testing.T) {
	po := "msgid \"\"\nmsgstr \"\"\n\"Language: fr\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Plural-Forms: nplurals=2; plural=(n > 1);\\n\"\n\nmsgid \"Ministry of Health\"\nmsgstr \"" + strings.Repeat("m", 4000) + "\"\n"
	catalogue, _, err := language.Texts().Read("fr", []byte(po))
	require.NoError(t, err)
	long, err := fr.Language().With(catalogue)
	require.NoError(t, err)
	got, err := cases.Get("UGA-CHEW", long)
	require.NoError(t, err)
	want, err := cases.Get("UGA-CHEW", nil)
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

// The page on papers says nothing in English but what the cases say and name.
func TestThePageOnPapersSaysNothingInEnglishOfItsOwn(t *testing.T) {
	l := languagetest.Accented(nil)
	var b strings.Builder
	require.NoError(t, cases.Page(t.Context(), &b, l, cases.Papers(nil)))
	var typed []string
	for _, c := range cases.Papers(nil) {
		typed = append(typed, keys(t, c)...)
		typed = append(typed, languagetest.Typed(c)...)
		typed = append(append(typed, c.ID, c.Paper.Seen), languagetest.Typed(c.Beginning)...)
		for _, chapter := range c.Chapters {
			typed = append(typed, languagetest.Typed(chapter)...)
			typed = append(typed, languagetest.Typed(chapter.Changes)...)
		}
	}
	for r := range reformcycle.DiagnosisRules().All() {
		typed = append(typed, r.Code)
	}
	for _, c := range reformcycle.ReformChecklist().Spec().Criteria {
		typed = append(typed, c.ID)
	}
	for _, text := range slices.Clone(typed) {
		typed = append(typed, strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;").Replace(text))
	}
	assert.Empty(t, languagetest.Cuts(b.String()))
	assert.Empty(t, languagetest.Leaks(b.String(), typed...))
	var mirrored strings.Builder
	require.NoError(t, cases.Page(t.Context(), &mirrored, languagetest.Mirrored(nil), cases.Papers(nil)))
	assert.Equal(t, strings.Count(b.String(), "\n## "), strings.Count(mirrored.String(), "\n## "))
	assert.Empty(t, languagetest.Cuts(mirrored.String()))
}
