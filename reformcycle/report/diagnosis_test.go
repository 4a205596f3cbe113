package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
)

func TestDiagnosisGolden(t *testing.T) {
	rules := reformcycle.DiagnosisRules()
	var b strings.Builder
	require.NoError(t, Diagnosis(&b, walked(t).cycle.State().Diagnose(), rules))
	drawtest.Golden(t, "diagnosis.md", b.String())
}

func TestDiagnosisTellsEachVerdictOnceUnderItsHeading(t *testing.T) {
	d := walked(t).cycle.State().Diagnose()
	var b strings.Builder
	require.NoError(t, Diagnosis(&b, d, reformcycle.DiagnosisRules()))
	page := b.String()
	for _, f := range d.Findings {
		assert.Equal(t, 1, strings.Count(page, f.Sentence), f.Code)
	}
	for _, s := range d.Strengths {
		assert.Equal(t, 1, strings.Count(page, s.Sentence), s.Code)
	}
	for _, q := range d.Questions {
		assert.Contains(t, strings.ToLower(page), q.Asks)
	}
}

func TestDiagnosisOfNothingSaysSo(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Diagnosis(&b, reformcycle.Diagnosis{}, reformcycle.Rules{}))
	assert.Contains(t, b.String(), "No rule has anything to say yet.")
}

func TestDiagnosisEscapesWhatPeopleTyped(t *testing.T) {
	d := reformcycle.Diagnosis{Cycle: "<b>x</b>", Findings: []reformcycle.Finding{{
		Heading: reformcycle.UnderActors, Severity: reformcycle.Serious, Sentence: "[a](javascript:b)",
		Facts: []reformcycle.Fact{{Says: "<script>"}}, Remedy: "| cell", Source: "*k*",
	}}}
	var b strings.Builder
	require.NoError(t, Diagnosis(&b, d, reformcycle.Rules{}))
	for _, raw := range []string{"<b>", "<script>", "[a](", "*k*"} {
		assert.NotContains(t, b.String(), raw)
	}
}
