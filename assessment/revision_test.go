package assessment_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
)

func TestRevisionsTellWhatIsJudgedByAndNoMore(t *testing.T) {
	f, err := frameworks.Get("reform-readiness@1.0.0")
	require.NoError(t, err)
	before := f.Checklist().Spec()
	after, err := f.Checklist().Derive("1.0.1", assessment.Drop("launch.supply-lines"), assessment.SetThreshold("problem.needs", assessment.HighlyFunctional),
		assessment.Reweight("problem.vision", 2.5), assessment.MakeAdvisory("coalition.size"), assessment.SetParameter("learning.review", 6),
		assessment.Add(assessment.Criterion{ID: "launch.radio", Section: "launch", Text: "The radio tells of it.", Kind: assessment.Rated, Sources: []string{"model"}}))
	require.NoError(t, err)
	changed := after.Spec()
	changed.Criteria[0].Remedy = "Another remedy."
	changed.Criteria[1].Text = "Another text."

	var said []string
	for _, r := range assessment.Revisions(before.Criteria, changed.Criteria) {
		said = append(said, r.String())
	}
	assert.Equal(t, []string{
		`problem.needs, text: ` + before.Criteria[1].Text + `, now Another text.`,
		"problem.needs, threshold: functional, now highly functional",
		"problem.vision, weight: 1, now 2.5",
		"coalition.size, force: required, now advisory",
		"launch.radio: added",
		"learning.review, parameter: 12, now 6",
		"launch.supply-lines: dropped",
	}, said)
	assert.Empty(t, assessment.Revisions(before.Criteria, before.Criteria))
}

// A source may be a circular on paper: what it says is cited, and there is no link.
func TestASourceMayBeOnPaper(t *testing.T) {
	f, err := frameworks.Get("reform-readiness@1.0.0")
	require.NoError(t, err)
	_, err = f.Checklist().Derive("1.0.1", assessment.Cite(assessment.Source{Key: "moh-2019", Citation: "Ministry of Health, circular 14 of 2 May 2019, registry file 7"}))
	require.NoError(t, err)
}
