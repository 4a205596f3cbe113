package reformcycle_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

// builtIn are the texts of the rules and of the checklist that verdicts and deadlines tell.
func builtIn() (all []string) {
	seen := map[string]bool{"": true}
	add := func(texts ...string) {
		for _, text := range texts {
			if !seen[text] {
				seen[text] = true
				all = append(all, text)
			}
		}
	}
	for r := range reformcycle.DiagnosisRules().All() {
		add(r.Sentence, r.Strength, r.Asks, r.Remedy)
	}
	for _, c := range reformcycle.ReformChecklist().All() {
		add(c.Text)
	}
	return all
}

// spoken is all that a diagnosis and the deadlines of a state tell, a line each.
func spoken(l *language.Language, s reformcycle.State) string {
	var lines []string
	d := s.Diagnose()
	for _, f := range d.Findings {
		lines = append(lines, l.Say(f.Told()), l.Say(f.Remedy))
	}
	for _, r := range d.Strengths {
		lines = append(lines, l.Say(r.Told()))
	}
	for _, c := range d.Contested {
		lines = append(lines, l.Say(c.Told()))
	}
	for _, q := range d.Questions {
		lines = append(lines, l.Say(q.Told()))
	}
	for _, due := range s.Due(always, always) {
		lines = append(lines, l.Say(due.Kind.Told()), l.Say(due.Says))
		for _, c := range due.Follows {
			lines = append(lines, l.Say(c.Says))
		}
	}
	return strings.Join(lines, "\n")
}

// written are all the strings in the JSON of a value: what people or programs wrote.
func written(t require.TestingT, value any) (all []string) {
	b, err := json.Marshal(value)
	require.NoError(t, err)
	var raw any
	require.NoError(t, json.Unmarshal(b, &raw))
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			all = append(all, v, strings.TrimSuffix(v, "."))
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(raw)
	slices.Sort(all)
	return slices.Compact(all)
}

// Whatever the state, a diagnosis and the deadlines say nothing in English in another
// language but what was typed, and what they are known by: codes and keys of sources.
func TestNothingOfADiagnosisIsLeftInEnglish(t *testing.T) {
	accented := languagetest.Accented(builtIn())
	var codes []string
	for r := range reformcycle.DiagnosisRules().All() {
		codes = append(append(codes, r.Code), r.Sources...)
	}
	for _, c := range reformcycle.ReformChecklist().All() {
		codes = append(codes, c.ID)
	}
	check := func(t require.TestingT, c *reformcycle.Cycle) {
		s := c.Now()
		typed := append(slices.Clone(codes), written(t, s)...)
		page := spoken(accented, s)
		require.Empty(t, languagetest.Leaks(page, typed...), "%s", page)
		require.Empty(t, languagetest.Cuts(page))
	}
	check(t, liberia(t))
	rapid.Check(t, func(t *rapid.T) { check(t, judgedAtRandom(t)) })
}

// A diagnosis and the deadlines are whole in a language that runs from right to left.
func TestADiagnosisRunsFromRightToLeft(t *testing.T) {
	page := spoken(languagetest.Mirrored(builtIn()), liberia(t).Now())
	assert.NotContains(t, page, "{")
	assert.Equal(t, strings.Count(page, "\u2068"), strings.Count(page, "\u2069"), "each name is kept apart and let go")
	assert.Contains(t, page, "\u2068")
}

// A rule of a host's own is said as it stands, or as the host's catalogue has it; one of
// ours in other words is never said in our translation.
func TestAHostsRuleIsSaidAsItStandsOrAsTheHostHasIt(t *testing.T) {
	crowded := hostRule("crowded", func(reformcycle.State, reformcycle.Rule) reformcycle.Verdict {
		return reformcycle.Verdict{Outcome: reformcycle.Troubled, Facts: []reformcycle.Fact{
			{About: "roster", Says: language.Typed("2 actors")},
			{About: "roster", Says: language.Of("host.crowd", "n", 2)},
		}}
	})
	rules, err := reformcycle.DiagnosisRules().With(crowded)
	require.NoError(t, err)
	f, found := liberia(t).State().DiagnoseBy(rules).Finding("crowded")
	require.True(t, found)
	french := fr.Language()
	assert.Equal(t, "It is so.", french.Say(f.Sentence))
	assert.Equal(t, "crowded (très grave, processus)\u00a0: It is so. 2 actors\u00a0; host.crowd [model]", french.Say(f.Told()))

	source, err := language.NewSource([]language.Entry{{ID: "host.crowd", Args: []language.Argument{{Name: "n", Kind: language.Name}}, Text: "a crowd of {n}"}})
	require.NoError(t, err)
	catalogue, remarks, err := source.Read("fr", []byte(`msgid ""
msgstr ""
"Language: fr\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

msgctxt "host.crowd"
msgid "a crowd of {n}"
msgstr "une foule de {n}"

msgid "It is so."
msgstr "C’est ainsi."
`))
	require.NoError(t, err)
	assert.Empty(t, remarks)
	own, err := french.With(catalogue)
	require.NoError(t, err)
	assert.Equal(t, "crowded (très grave, processus)\u00a0: C’est ainsi. 2 actors\u00a0; une foule de 2 [model]", own.Say(f.Told()))
}

// What a diagnosis, a deadline or a silence is named by has a text.
func TestWhatDiagnosesNamesIsTold(t *testing.T) {
	var told []language.Text
	for _, h := range reformcycle.Headings() {
		told = append(told, h.Told())
	}
	for _, s := range []reformcycle.Severity{reformcycle.Critical, reformcycle.Serious, reformcycle.Moderate} {
		told = append(told, s.Told())
	}
	for o := reformcycle.NotDue; o <= reformcycle.Contested; o++ {
		told = append(told, o.Told())
	}
	for _, k := range []reformcycle.DeadlineKind{
		reformcycle.ReviewDue, reformcycle.RecurringReviewDue, reformcycle.MeetingDue, reformcycle.RolloutStarts, reformcycle.RolloutEnds,
		reformcycle.CommitmentEnds, reformcycle.PilotEnds, reformcycle.EvidenceAges, reformcycle.StrategyExpires, reformcycle.WindowCloses, reformcycle.PolicyExpires, reformcycle.ObservationAges,
	} {
		told = append(told, k.Told())
	}
	for _, topic := range reformcycle.Topics() {
		told = append(told, topic.Told())
	}
	for _, a := range []reformcycle.Absence{reformcycle.KnownAbsent, reformcycle.NotReached, reformcycle.BeforeRecording, reformcycle.Silent} {
		told = append(told, a.Told())
	}
	require.Len(t, told, 4+3+5+12+10+4)
	for _, text := range told {
		_, known := language.Texts().Entry(text.ID)
		assert.True(t, known, text.ID)
	}
	assert.Equal(t, "9", reformcycle.RuleOutcome(9).Told().String(), "what is none has no name")
}
