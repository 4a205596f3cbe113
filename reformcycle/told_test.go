package reformcycle_test

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
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

// Every value of a vocabulary has a name for people, which stands among the texts; what is
// none stands as it is written.
func TestEveryNameOfTheCycleIsToldToPeople(t *testing.T) {
	var all []language.Text
	for s := range reformcycle.Stages() {
		all = append(all, s.Told(), s.Phase().Told(), s.Topic().Told())
		all = append(all, reformcycle.Standing{Stage: s, Status: reformcycle.Suspended}.Told())
	}
	all = append(all, toldOf(reformcycle.Topics())...)
	all = append(all, toldOf(reformcycle.Components())...)
	all = append(all, toldOf(reformcycle.Kinds())...)
	all = append(all, toldOf(assessment.Bases())...)
	all = append(all, toldOf([]reformcycle.Status{reformcycle.Active, reformcycle.Suspended, reformcycle.Abandoned})...)
	all = append(all, toldOf([]reformcycle.Tier{reformcycle.National, reformcycle.Region, reformcycle.District, reformcycle.FacilityArea, reformcycle.CommunityTier, reformcycle.Subnational})...)
	all = append(all, toldOf([]reformcycle.Urgency{reformcycle.OpenMove, reformcycle.ClearsBlocker, reformcycle.SettlesDebt, reformcycle.Advised})...)
	all = append(all, toldOf([]reformcycle.DecisionPower{reformcycle.Decides, reformcycle.Authorizes, reformcycle.Advises, reformcycle.Oversees})...)
	all = append(all, toldOf([]reformcycle.WindowKind{reformcycle.PoliticalTransition, reformcycle.Crisis, reformcycle.NewMoney, reformcycle.OtherWindow})...)
	all = append(all, toldOf([]reformcycle.Subject{reformcycle.ForProblems, reformcycle.ForSolutions})...)
	all = append(all, toldOf([]reformcycle.Origin{reformcycle.Existing, reformcycle.Local, reformcycle.International})...)
	all = append(all, toldOf([]reformcycle.PilotFinding{reformcycle.Effective, reformcycle.NotEffective, reformcycle.Inconclusive, reformcycle.NotReported})...)
	for line := range reformcycle.Table() {
		all = append(all, line.Move.Told(), line.From.Told(), line.To.Told())
	}
	for _, text := range all {
		_, known := language.Texts().Entry(text.ID)
		assert.True(t, known, "%q: %s", text.ID, text)
	}

	assert.Equal(t, language.Typed("stage(9)"), reformcycle.Stage(9).Told())
	assert.Equal(t, "nowhere", reformcycle.Topic("nowhere").Told().String())
	assert.Equal(t, language.Typed("nothing"), reformcycle.Kind("nothing").Told())
	assert.Equal(t, "design (suspended)", reformcycle.Standing{Stage: reformcycle.Design, Status: reformcycle.Suspended}.Told().String())
}

func toldOf[T interface{ Told() language.Text }](values []T) []language.Text {
	texts := make([]language.Text, len(values))
	for i, v := range values {
		texts[i] = v.Told()
	}
	return texts
}

func inEnglish(texts []language.Text) (said []string) {
	for _, t := range texts {
		said = append(said, t.String())
	}
	return said
}

var accented = languagetest.Accented(nil)

// inOneLanguage asserts that a refusal says in another language nothing in English but
// ids and what somebody typed, keeps to its bound, and has a JSON form that does so too.
func inOneLanguage(t *testing.T, err error) {
	t.Helper()
	said := accented.Refusal(err)
	require.LessOrEqual(t, len(said), fault.MaxMessage)
	typed := putIn(language.Refused(err))
	require.Empty(t, languagetest.Leaks(said, typed...), said)
	if refusal, ours := reformcycle.RefusalOf(accented, err); ours {
		form, failed := json.Marshal(refusal)
		require.NoError(t, failed)
		require.LessOrEqual(t, len(form), fault.MaxMessage)
		for _, f := range refusal.Fields {
			require.Empty(t, languagetest.Leaks(fmt.Sprint(f.Want), typed...), f.Path)
		}
		for _, b := range refusal.Blockers {
			require.Empty(t, languagetest.Leaks(b.Text.String()+" "+b.Remedy.String(), typed...), b.Guard)
		}
	}
}

// putIn are the ids that stand in a text, and what was found in an input.
func putIn(text language.Text) (names []string) {
	var visit func(name string, value any)
	visit = func(name string, value any) {
		switch v := value.(type) {
		case language.Text:
			if v.ID == "" {
				visit(name, v.Plain)
			}
			for _, a := range v.Args {
				visit(a.Name, a.Value)
			}
		case []language.Text:
			for _, item := range v {
				visit(name, item)
			}
		case []string:
			for _, item := range v {
				visit(name, item)
			}
		case string:
			if name == "found" || name == "why" || !strings.Contains(strings.TrimSpace(v), " ") {
				names = append(names, strings.Trim(v, `"`))
			}
		}
	}
	visit("", text)
	return names
}

// Journals and states are free of language: they hold ids, and what people typed.
func TestWhatIsKeptHoldsNoSentence(t *testing.T) {
	j := journal.NewMemory()
	c, _ := fullReform(t, j)
	kept, err := json.Marshal(c.State())
	require.NoError(t, err)
	for e, err := range j.Load(background, c.State().ID(), 0) {
		require.NoError(t, err)
		kept = append(kept, e.Data...)
	}
	for _, id := range language.Texts().IDs() {
		entry, _ := language.Texts().Entry(id)
		if len(entry.Args) == 0 && strings.Count(entry.Text, " ") > 3 { // shorter ones people type, too
			assert.NotContains(t, string(kept), entry.Text, id)
		}
	}
	for _, criterion := range reformcycle.ReformChecklist().All() {
		assert.NotContains(t, string(kept), criterion.Text)
	}
}
