package workshop_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
	. "github.com/chsreform/chsreform/assessment/workshop"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
)

// A facilitator hands out the criteria in the language of the assessors; what comes back
// is read without it.
func TestAFormHasTheCriteriaInALanguageAndIsReadBack(t *testing.T) {
	aim, err := frameworks.Get("chw-aim")
	require.NoError(t, err)
	list, err := aim.Checklist().Derive("own", assessment.Add(assessment.Criterion{
		ID: "=2+2", Section: "components", Kind: assessment.Rated, Text: "42", Sources: []string{aim.Sources()[0].Key},
	}), assessment.Translate("fr", map[string]string{"42": "=1"}))
	require.NoError(t, err)
	rows := []Row{{Item: "training", Assessor: "Awa"}, {Item: "supervision", Assessor: "Awa", Level: assessment.Functional, Note: "Seen."}, {Item: "=2+2", Assessor: "Awa"}}
	sheet, err := NewSheet(list, may, rows)
	require.NoError(t, err)
	for _, l := range []*language.Language{nil, fr.Language()} {
		var form bytes.Buffer
		require.NoError(t, sheet.WriteForm(&form, l))
		head, _, _ := strings.Cut(form.String(), "\n")
		assert.Equal(t, "item,text,assessor,level,note,source,basis,on", head)
		training, _ := list.Criterion("training")
		assert.Contains(t, form.String(), l.Say(language.Built(training.Text))[:20])
		if l != nil {
			assert.NotContains(t, form.String(), training.Text)
			assert.Contains(t, form.String(), "'=1,Awa", "what would be run as a formula is not")
		}
		back, err := ReadCSV(&form, list, may)
		require.NoError(t, err)
		assert.Equal(t, sheet.Rows(), back.Rows())
	}
	require.Error(t, sheet.WriteForm(nil, nil))
	var empty *Sheet
	var form bytes.Buffer
	require.NoError(t, empty.WriteForm(&form, nil))
}
