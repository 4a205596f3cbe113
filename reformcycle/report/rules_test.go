package report

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// The pages in docs are those of the embedded rules. After a change of theirs:
//
//	go test ./reformcycle/report -run TestTheTableOfRules -update
func TestTheTableOfRulesInDocsIsThatOfTheRules(t *testing.T) {
	for file, rules := range map[string]reformcycle.Rules{"diagnosis.md": reformcycle.DiagnosisRules(), "portfolio-diagnosis.md": portfolio.DiagnosisRules()} {
		var b strings.Builder
		require.NoError(t, Rules(&b, nil, rules))
		page := b.String()
		drawtest.Golden(t, "../../../docs/"+file, page)
		for r := range rules.All() {
			rows := 0
			for line := range strings.Lines(page) {
				if strings.HasPrefix(line, "| `"+r.Code+"`, "+string(r.Severity)) {
					rows++
					assert.Equal(t, 7, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), r.Code)
					for _, key := range r.Sources {
						assert.Contains(t, line, key, r.Code)
					}
				}
			}
			assert.Equal(t, 1, rows, r.Code)
		}
		_, err := os.Stat("../../docs/" + file)
		require.NoError(t, err)
	}
}

// What a host's rule does not tell of its grounds is a dash.
func TestTheTableOfAHostsRules(t *testing.T) {
	model, _ := reformcycle.DiagnosisRules().Source("model")
	rules, err := reformcycle.Rules{}.Cite(model)
	require.NoError(t, err)
	rules, err = rules.With(reformcycle.Rule{Code: "own", Heading: reformcycle.UnderProcess, Severity: reformcycle.Critical, Sentence: "It is | so.", Asks: "whether",
		Remedy: "Mend it.", Sources: []string{"model"}, Judge: func(reformcycle.State, reformcycle.Rule) reformcycle.Verdict { return reformcycle.Verdict{} }})
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, Rules(&b, nil, rules))
	assert.Contains(t, b.String(), "| `own`, critical (model) | **It is \\| so.** – | – | – | – | – |")
	assert.NotContains(t, b.String(), "How long evidence speaks")
}

// The page of the rules is told whole in a language: nothing is left in English but codes,
// and what publications are called.
func TestThePageOfTheRulesSaysNothingInEnglish(t *testing.T) {
	rules, err := reformcycle.DiagnosisRules().SetAge("problem.vision", 12, "chen2021")
	require.NoError(t, err)
	typed := []string{rules.ID(), name(rules.ID())}
	for r := range rules.All() {
		typed = append(append(typed, r.Code), r.Sources...)
		for _, p := range r.Parameters {
			typed = append(typed, p.Name)
		}
	}
	for _, a := range rules.Ages() {
		typed = append(typed, a.Criterion)
	}
	for _, key := range slices.Clone(typed) {
		if s, listed := rules.Source(key); listed && s.Link != "" {
			typed = append(typed, s.Citation, s.Link)
		}
	}
	for name, l := range map[string]*language.Language{"accented": languagetest.Accented(nil), "mirrored": languagetest.Mirrored(nil)} {
		var b strings.Builder
		require.NoError(t, Rules(&b, l, rules))
		page := b.String()
		assert.Empty(t, languagetest.Cuts(page), name)
		assert.True(t, strings.Contains(page, prose(l.Say(language.Of("rules.set-by-host")), whole)), name)
		for r := range rules.All() {
			assert.True(t, strings.Contains(page, prose(l.Say(language.Built(r.Grounds.Question.When)), whole)), "%s: %s", name, r.Code)
		}
		if name == "accented" {
			assert.Empty(t, languagetest.Leaks(page, typed...))
			assert.Empty(t, languagetest.Pieces(page))
		}
	}
}
