package report

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
)

// accented is the tag of the made-up language whose texts are long, and end in signs that
// Markdown escapes.
const accented = "en-XA"

func languages() []*language.Language {
	return []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language(), languagetest.Accented(nil), languagetest.Mirrored(nil)}
}

func briefIn(t testing.TB, l *language.Language, s reformcycle.State) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, Brief(&b, l, s))
	return b.String()
}

// moment is a state that a case comes to, with all that people typed by then.
type moment struct {
	of    string
	state reformcycle.State
	typed []string
}

// moments are all that the cases come to, chapter by chapter.
func moments(t testing.TB) (all []moment) {
	for _, c := range append(cases.Walks(nil), cases.Papers(nil)...) {
		typed := append(names(), languagetest.Typed(c)...)
		cycle, err := c.Begin()
		require.NoError(t, err)
		require.NoError(t, c.Tell(t.Context(), cycle, func(told cases.Telling) error {
			typed = append(typed, languagetest.Typed(told.Chapter)...)
			typed = append(typed, languagetest.Typed(told.Chapter.Changes)...)
			typed = append(typed, ids(t, told.Chapter.Changes)...)
			all = append(all, moment{c.ID, told.After, slices.Clone(typed)})
			return nil
		}))
	}
	return all
}

// ids are those that a value holds, by its JSON form.
func ids(t testing.TB, value any) (all []string) {
	data, err := json.Marshal(value)
	require.NoError(t, err)
	for _, id := range regexp.MustCompile(`"id":"([^"]*)"`).FindAllSubmatch(data, -1) {
		all = append(all, string(id[1]))
	}
	return all
}

// unended are texts, and the same without the full stop at their end.
func unended(texts []string) []string {
	for _, text := range slices.Clone(texts) {
		texts = append(texts, strings.TrimSuffix(text, "."))
	}
	return texts
}

// names are those of the checklist and of publications.
func names() (all []string) {
	list, rules := reformcycle.ReformChecklist(), reformcycle.DiagnosisRules()
	all = append(all, list.Name())
	for _, s := range list.Spec().Sources {
		all = append(all, s.Key, s.Citation, s.Link)
	}
	for _, c := range list.Spec().Criteria {
		all = append(all, c.ID)
	}
	for r := range rules.All() {
		for _, key := range r.Sources {
			s, _ := rules.Source(key)
			all = append(all, key, s.Citation, s.Link)
		}
	}
	return all
}

// One sheet in every language, for all that the cases come to, then or years later; what
// stands on it is whole, and so is what stands behind it.
func TestTheFirstPageIsOneSheetInEveryLanguage(t *testing.T) {
	for _, l := range languages() {
		note := flat(l.Say(language.Of("brief.told-in-part")))
		for i, m := range moments(t) {
			states := []reformcycle.State{ // in turn
				m.state, m.state.At(m.state.JudgedAt().AddDate(i%7, i%5, 0))}
			for _, s := range states[i%2 : i%2+1] {
				brief := briefIn(t, l, s)
				page := sheetOf(t, brief)
				if l.Tag() != accented { // there a text has twice the room on a page of Markdown
					assert.NotContains(t, strings.ReplaceAll(flat(page), note, ""), draw.Ellipsis, "%s in %s, %s: nothing that is told there is as long as that", m.of, l.Tag(), s.Date())
				}
				_, annexes, _ := strings.Cut(brief, "\n---\n")
				assert.Equal(t, 9, strings.Count(annexes, "\n## "), "%s in %s", m.of, l.Tag())
				assert.NotContains(t, annexes, draw.Ellipsis, "%s in %s", m.of, l.Tag())
			}
		}
	}
}

// sheetOf is what stands before the line across, in as much room as a sheet has.
func sheetOf(t testing.TB, brief string) string {
	t.Helper()
	page, _, found := strings.Cut(brief, "\n---\n")
	require.True(t, found)
	lines := strings.Split(page+"\n---", "\n")
	assert.LessOrEqual(t, len(lines), 55)
	for _, line := range lines {
		assert.LessOrEqual(t, columns(line), 95, line)
	}
	return page
}

// However much there is, and however it is written, no language has a page of its own
// length; what is cut ends between words, where there are any.
func TestAFullStateIsOneSheetInEveryLanguage(t *testing.T) {
	for _, l := range languages() {
		for script, text := range scripts {
			if script != "words" && l.Tag() != accented {
				continue // the longest is enough
			}
			w := crammed(t, text)
			sheetOf(t, briefIn(t, l, w.cycle.State()))
			if script == "words" {
				page := sheetOf(t, briefIn(t, l, w.cycle.State()))
				words := strings.Fields(text)
				for before := range strings.SplitSeq(strings.ReplaceAll(flat(page), flat(l.Say(language.Of("brief.told-in-part"))), ""), draw.Ellipsis) {
					last := before[strings.LastIndexAny(before, " :")+1:]
					for _, word := range words {
						if last != "" && strings.HasPrefix(word, last) {
							assert.Contains(t, words, last, "%s: cut in a word", l.Tag())
						}
					}
				}
				w.on("2026-03-16", reformcycle.Suspend{Reason: long(text, 4000)})
				sheetOf(t, briefIn(t, l, w.cycle.State()))
				w.on("2026-03-17", reformcycle.Abandon{Reason: long(text, 4000)})
				sheetOf(t, briefIn(t, l, w.cycle.State()))
			}
		}
	}
}

// Nothing on a brief is in English but what people typed; nothing is cut, and no sentence is
// put together from pieces.
func TestABriefSaysNothingInEnglish(t *testing.T) {
	l := languagetest.Accented(nil)
	or := strings.TrimSpace(l.Say(language.Of("list.any.two"))) // between the last two of a list
	for _, m := range moments(t) {
		brief := briefIn(t, l, m.state)
		assert.Empty(t, languagetest.Leaks(brief, unended(append(languagetest.Typed(m.state), m.typed...))...), "%s, %s", m.of, m.state.Date())
		_, annexes, _ := strings.Cut(brief, "\n---\n")
		assert.Empty(t, languagetest.Cuts(annexes), "%s, %s", m.of, m.state.Date())
		pieces := slices.DeleteFunc(languagetest.Pieces(brief), func(piece string) bool { return strings.Contains(piece, or) })
		assert.Empty(t, pieces, "%s, %s", m.of, m.state.Date())
		if t.Failed() {
			return
		}
	}
}

// One country's brief in each language, read by eye.
func TestTheBriefOfUgandaInEachLanguage(t *testing.T) {
	for _, l := range []*language.Language{fr.Language(), pt.Language(), es.Language()} {
		c, err := cases.Get("UGA-CHEW", l)
		require.NoError(t, err)
		cycle, err := c.Cycle(t.Context())
		require.NoError(t, err)
		drawtest.Golden(t, "brief-uganda."+l.Tag()+".md", briefIn(t, l, cycle.State()))
	}
}

// Markdown takes for text what people typed, whatever language is told around it.
func TestBriefTakesTextForTextInEveryLanguage(t *testing.T) {
	w := begin(t, hostile, "1. Exampleland")
	w.on("2025-01-13", reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: hostile}}, reformcycle.Suspend{Reason: hostile})
	for _, l := range languages() {
		for line := range strings.SplitSeq(briefIn(t, l, w.cycle.State()), "\n") {
			body := strings.TrimPrefix(strings.TrimPrefix(line, "#"), "# ")
			if l.Tag() == accented {
				body = strings.ReplaceAll(body, "~", "") // its own
			}
			assert.NotRegexp(t, unescaped, body, l.Tag())
			assert.NotRegexp(t, `[^\\]://`, body, l.Tag())
		}
	}
}
