package report

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
)

// The page in docs is that of the embedded rules. After a change of theirs:
//
//	go test ./reformcycle/report -run TestTheTableOfRules -update
func TestTheTableOfRulesInDocsIsThatOfTheRules(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Rules(&b, nil, reformcycle.DiagnosisRules()))
	page := b.String()
	drawtest.Golden(t, "../../../docs/diagnosis.md", page)
	for r := range reformcycle.DiagnosisRules().All() {
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
	_, err := os.Stat("../../docs/diagnosis.md")
	require.NoError(t, err)
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
