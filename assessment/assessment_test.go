package assessment_test

// This file holds the checklists that the tests share.

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// partnering has two required rated criteria of weight 1 and 3, one required
// derived criterion of weight 1, and one advisory criterion, in two sections.
func partnering() assessment.Spec {
	return assessment.Spec{
		Name:    "partnering",
		Version: "1",
		Title:   "Strategic partnering",
		Sources: []assessment.Source{
			{Key: "naimoli2015", Citation: "Naimoli JF, et al. Strategic partnering to improve community health worker programming and performance. Hum Resour Health 2015;13:46.", Link: "doi:10.1186/s12960-015-0041-3", Seen: "abstract"},
			{Key: "model", Citation: "This model's own rule."},
		},
		Criteria: []assessment.Criterion{
			{ID: "supervision", Section: "work", Text: "Supervision is collaborative and constructive.", Kind: assessment.Rated, Sources: []string{"naimoli2015"}, Carriers: []string{"enabler", "leader"}},
			{ID: "incentives", Section: "work", Text: "The package of incentives is balanced.", Kind: assessment.Rated, Weight: 3, Sources: []string{"naimoli2015"}},
			{ID: "reach", Section: "reach", Text: "Deployed workers reach the planned share.", Kind: assessment.Derived, Parameter: 0.8, Unit: "share", Sources: []string{"model"}},
			{ID: "ownership", Section: "reach", Text: "Community and health system design it together.", Kind: assessment.Rated, Advisory: true, Threshold: assessment.HighlyFunctional, Sources: []string{"naimoli2015"}},
		},
	}
}

func build(t testing.TB, spec assessment.Spec) *assessment.Checklist {
	t.Helper()
	c, err := assessment.NewChecklist(spec)
	require.NoError(t, err)
	return c
}

// many has n rated criteria, every seventh advisory, in sections of six, with
// weights 1, 2, 3, 1, 2, 3…
func many(t testing.TB, n int) *assessment.Checklist {
	spec := partnering()
	spec.Criteria = nil
	for i := range n {
		spec.Criteria = append(spec.Criteria, assessment.Criterion{
			ID: "c" + strconv.Itoa(i), Section: "s" + strconv.Itoa(i/6), Text: "It holds.", Kind: assessment.Rated,
			Weight: float64(1 + i%3), Advisory: i%7 == 6, Sources: []string{"model"},
		})
	}
	return build(t, spec)
}

// rules lists "field: rule" of every error, and fails unless err is of the
// package's one shape.
func rules(t testing.TB, err error) []string {
	t.Helper()
	require.Error(t, err)
	require.ErrorIs(t, err, fault.ErrInvalid)
	var errs fault.Fields
	require.ErrorAs(t, err, &errs)
	found := make([]string, len(errs))
	for i, e := range errs {
		require.NotEmpty(t, e.Want, "an error must say what would be accepted")
		found[i] = e.Path + ": " + e.Rule
		if e.Line > 0 {
			found[i] = strings.TrimSpace(fmt.Sprintf("%d:%d %s", e.Line, e.Column, e.Path)) + ": " + e.Rule
		}
	}
	return found
}

func evidence() assessment.Evidence {
	return assessment.Evidence{What: "Supervisors visit monthly.", Source: "District register 2024", Basis: assessment.Documented}
}
