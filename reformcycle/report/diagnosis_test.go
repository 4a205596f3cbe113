package report

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

func TestDiagnosisGolden(t *testing.T) {
	rules := reformcycle.DiagnosisRules()
	var b strings.Builder
	require.NoError(t, Diagnosis(&b, nil, walked(t).cycle.State().Diagnose(), rules))
	drawtest.Golden(t, "diagnosis.md", b.String())
}

func TestDiagnosisTellsEachVerdictOnceUnderItsHeading(t *testing.T) {
	d := walked(t).cycle.State().Diagnose()
	var b strings.Builder
	require.NoError(t, Diagnosis(&b, nil, d, reformcycle.DiagnosisRules()))
	page := b.String()
	for _, f := range d.Findings {
		assert.Equal(t, 1, strings.Count(page, f.Sentence.String()), f.Code)
	}
	for _, s := range d.Strengths {
		assert.Equal(t, 1, strings.Count(page, s.Sentence.String()), s.Code)
	}
	for _, q := range d.Questions {
		assert.Contains(t, strings.ToLower(page), q.Asks.String())
	}
}

func TestDiagnosisOfNothingSaysSo(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Diagnosis(&b, nil, reformcycle.Diagnosis{}, reformcycle.Rules{}))
	assert.Contains(t, b.String(), "No rule of the diagnosis has anything to say yet.")
}

func TestDiagnosisEscapesWhatPeopleTyped(t *testing.T) {
	d := reformcycle.Diagnosis{Cycle: "<b>x</b>", Findings: []reformcycle.Finding{{
		Heading: reformcycle.UnderActors, Severity: reformcycle.Serious, Sentence: language.Typed("[a](javascript:b)"),
		Facts: []reformcycle.Fact{{Says: language.Typed("<script>")}}, Remedy: language.Typed("| cell"), Source: "*k*",
	}}}
	var b strings.Builder
	require.NoError(t, Diagnosis(&b, nil, d, reformcycle.Rules{}))
	for _, raw := range []string{"<b>", "<script>", "[a](", "*k*"} {
		assert.NotContains(t, b.String(), raw)
	}
}

// A host's rules go with the cycle, into its brief and the sources at its end.
func TestABriefReportsByTheRulesOfItsCycle(t *testing.T) {
	rules, err := reformcycle.DiagnosisRules().Cite(assessment.Source{Key: "host2026", Citation: "What the host holds to be right", Link: "https://host.example"})
	require.NoError(t, err)
	rules, err = rules.With(reformcycle.Rule{
		Code: "own", Heading: reformcycle.UnderProcess, Severity: reformcycle.Critical, Sentence: "The host finds this wrong.",
		Asks: "whether it is so", Remedy: "Do as the host says.", Sources: []string{"host2026"},
		Judge: func(reformcycle.State, reformcycle.Rule) reformcycle.Verdict {
			return reformcycle.Verdict{Outcome: reformcycle.Troubled, Facts: []reformcycle.Fact{{About: "host", Says: language.Typed("the host says so")}}}
		},
	})
	require.NoError(t, err)
	c, err := reformcycle.New("HOST", reformcycle.WithRules(rules))
	require.NoError(t, err)
	day := time.Date(2026, time.May, 4, 0, 0, 0, 0, time.UTC)
	_, err = c.Apply(context.Background(), reformcycle.By("office").At(day), reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "distance", Statement: "Care is far."}})
	require.NoError(t, err)
	for name, s := range map[string]reformcycle.State{"as it stands": c.State(), "now": c.Now(), "of a fork": c.Fork().State()} {
		var out strings.Builder
		require.NoError(t, Brief(&out, nil, s))
		assert.Contains(t, out.String(), "The host finds this wrong.", name)
		assert.Contains(t, out.String(), "What the host holds to be right", name)
	}
}

// What the record speaks for on both sides stands under its own heading, as a question.
func TestAPageTellsWhatIsContestedAsAQuestion(t *testing.T) {
	d := reformcycle.Diagnosis{Contested: []reformcycle.Contest{{
		Code: "x", Heading: reformcycle.UnderActors, Asks: language.Typed("whether they take part"), Source: "chen2021",
		For: []reformcycle.Fact{{Says: language.Typed("they are members")}}, Against: []reformcycle.Fact{{Says: language.Typed("they say <no>")}},
	}}}
	var b strings.Builder
	require.NoError(t, Diagnosis(&b, nil, d, reformcycle.DiagnosisRules()))
	assert.Contains(t, b.String(), "\n## Actors\n\nContested, for the record speaks for both sides:\n\n- Whether they take part? For it: They are members. Against it: They say \\<no\\>. (chen2021)\n")
	assert.NotContains(t, b.String(), "No rule of the diagnosis has anything to say yet.")
}

// A diagnosis over many reforms is told as that of one, in every language, and says of which
// it is.
func TestADiagnosisOverManyIsToldAsTheOthers(t *testing.T) {
	p, err := portfolio.Open(t.Context(), journal.NewMemory())
	require.NoError(t, err)
	d, err := p.Diagnose(t.Context(), portfolio.Everything)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, Diagnosis(&b, nil, d, portfolio.DiagnosisRules()))
	require.Contains(t, b.String(), "Reforms taken together · judged by portfolio")

	j := journal.NewMemory()
	p, err = portfolio.Open(t.Context(), j)
	require.NoError(t, err)
	for _, id := range []string{"a", "b", "c"} {
		cycle, err := reformcycle.New(id, reformcycle.WithJournal(j))
		require.NoError(t, err)
		_, err = cycle.Apply(t.Context(), reformcycle.By("x").At(noon), reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "Far"}})
		require.NoError(t, err)
	}
	d, err = p.Diagnose(t.Context(), portfolio.Everything)
	require.NoError(t, err)
	for _, l := range languages() {
		b.Reset()
		require.NoError(t, Diagnosis(&b, l, d, portfolio.DiagnosisRules()))
		require.Contains(t, b.String(), strings.Split(prose(l.Say(language.Of("brief.judged-all", "on", "2026-03-04", "rules", d.Rules)), whole), "@")[0])
	}
	b.Reset()
	require.NoError(t, Diagnosis(&b, languagetest.Accented(nil), d, portfolio.DiagnosisRules()))
	typed := append(names(), "a", "b", "c", "portfolio-diagnosis")
	for r := range portfolio.DiagnosisRules().All() {
		typed = append(typed, r.Code)
		for _, key := range r.Sources {
			s, _ := portfolio.DiagnosisRules().Source(key)
			typed = append(typed, s.Key, s.Citation, s.Link)
		}
	}
	require.Empty(t, languagetest.Leaks(b.String(), typed...))
}
