package assessment_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
)

// A criterion of a host's own needs no code for its texts: they stand in the checklist, and
// a blocker tells them in the language of whoever reads it.
func ExampleChecklist_In() {
	own, err := reformcycle.ReformChecklist().Derive("1.0.0-visits",
		assessment.Cite(assessment.Source{Key: "made-up", Citation: "Made up for this example."}),
		assessment.Add(assessment.Criterion{
			ID: "problem.visits", Section: "problem-prioritization", Kind: assessment.Rated, Sources: []string{"made-up"},
			Text: "Every household is visited once a month.", Remedy: "Plan the rounds of each worker.",
		}),
		assessment.Translate("fr", map[string]string{
			"Every household is visited once a month.": "Chaque ménage est visité une fois par mois.",
			"Plan the rounds of each worker.":          "Planifier les tournées de chaque agent.",
		}))
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := json.Marshal(own) // as a host keeps it
	if err != nil {
		fmt.Println(err)
		return
	}
	own, err = assessment.ParseChecklist(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	french, err := own.In(fr.Language())
	if err != nil {
		fmt.Println(err)
		return
	}
	missing, err := own.Missing(french)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("missing:", len(missing))
	cycle, err := reformcycle.New("EXAMPLE", reformcycle.WithChecklist(own))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range cycle.State().Blockers() {
		if b.Guard == "problem.visits" {
			fmt.Println(french.Say(b.Text))
			fmt.Println(french.Say(b.Remedy))
		}
	}
	// Output:
	// missing: 0
	// Chaque ménage est visité une fois par mois.
	// Planifier les tournées de chaque agent.
}

func TestTextsOfAChecklistInOtherLanguagesAreChecked(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"left over":       {`{"fr": {"No such text.": "Rien."}}`, "in.fr exists"},
		"no language":     {`{"french language": {"A plan.": "Un plan."}}`, "in.french language language"},
		"another writing": {`{"FR": {"A plan.": "Un plan."}}`, "in.FR language"},
		"an argument":     {`{"fr": {"A plan.": "Un plan de {who}."}}`, "in.fr"},
		"markup":          {`{"fr": {"A plan.": "<b>Un plan.</b>"}}`, "in.fr"},
		"direction":       {`{"fr": {"A plan.": "Un \u202eplan."}}`, "in.fr"},
		"blank":           {`{"fr": {"A plan.": " "}}`, "in.fr required"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := assessment.ParseChecklist([]byte(strings.Replace(planned, "{}", tt.in, 1)))
			var said []string
			for _, f := range fault.Of(err) {
				said = append(said, f.Path+" "+f.Rule)
			}
			assert.Contains(t, strings.Join(said, "\n"), tt.want)
		})
	}
	_, err := assessment.ParseChecklist([]byte(planned))
	require.NoError(t, err)
}

// planned is a checklist whose texts in other languages are put in place of {}.
const planned = `{"name": "n", "version": "1", "title": "A list.", "sources": [{"key": "k", "citation": "c", "link": "", "seen": ""}],
  "criteria": [{"id": "plan", "section": "s", "text": "A plan.", "remedy": "Make one.", "kind": "rated", "sources": ["k"]}], "in": {}}`

func TestAChecklistSaysItsTextsInTheLanguagesThatItHas(t *testing.T) {
	list, err := assessment.ParseChecklist([]byte(strings.Replace(planned, "{}", `{"fr": {"A plan.": "Un plan.", "A list.": "Une liste."}, "fr-CM": {"A plan.": "Un plan d’ici."}}`, 1)))
	require.NoError(t, err)
	cameroon, err := language.New("fr-CM", fr.Language())
	require.NoError(t, err)
	for _, tt := range []struct {
		l          *language.Language
		plan, list string
	}{{fr.Language(), "Un plan.", "Une liste."}, {cameroon, "Un plan d’ici.", "Une liste."}, {nil, "A plan.", "A list."}} {
		l, err := list.In(tt.l)
		require.NoError(t, err)
		assert.Equal(t, tt.plan, l.Say(language.Built("A plan.")))
		assert.Equal(t, tt.list, l.Say(language.Built("A list.")))
		assert.Equal(t, "Make one.", l.Say(language.Built("Make one.")), "English, where there is no other")
	}
	missing, err := list.Missing(fr.Language())
	require.NoError(t, err)
	assert.Equal(t, []string{"Make one."}, missing)
	missing, err = list.Missing(nil)
	require.NoError(t, err)
	assert.NotContains(t, missing, "A plan of nobody")

	// What is dropped takes its words along; the copy that is handed out is the caller's.
	next, err := list.Derive("2", assessment.Add(assessment.Criterion{ID: "more", Section: "s", Text: "More.", Kind: assessment.Rated, Sources: []string{"k"}}), assessment.Drop("plan"))
	require.NoError(t, err)
	assert.Equal(t, map[string]map[string]string{"fr": {"A list.": "Une liste."}}, next.Spec().In)
	list.Spec().In["fr"]["A plan."] = "changed"
	assert.Equal(t, "Un plan.", list.Spec().In["fr"]["A plan."])
	_, err = list.Derive("2", assessment.Translate("fr", map[string]string{"A plan of nobody": "Rien."}))
	assert.ErrorContains(t, err, `edits[0].fr: got "A plan of nobody", want a text of the checklist, word for word`)
}
