package assessment_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/appraisal"
	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/assessment/workshop"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

// vocabularies are those of what judges, with all its values.
func vocabularies() []language.Text {
	var all []language.Text
	for l := assessment.Unknown; l <= assessment.HighlyFunctional; l++ {
		all = append(all, l.Told())
	}
	for _, b := range assessment.Bases() {
		all = append(all, b.Told())
	}
	for _, a := range landscape.Aspects() {
		all = append(all, a.Told())
	}
	for _, s := range landscape.Standings() {
		all = append(all, s.Told())
	}
	return append(all,
		assessment.Rated.Told(), assessment.Derived.Told(),
		assessment.Complete.Told(), assessment.Incomplete.Told(), assessment.CompletenessUnknown.Told(),
		assessment.CertainlyBetter.Told(), assessment.CertainlyWorse.Told(), assessment.Same.Told(), assessment.NotKnown.Told(),
		assessment.Raised.Told(), assessment.Lowered.Told(), assessment.NewlyRated.Told(), assessment.Withdrawn.Told(),
		assessment.NewlyMet.Told(), assessment.NewlyUnmet.Told(),
		evaluation.Intervention.Told(), evaluation.Comparison.Told(), evaluation.Higher.Told(), evaluation.Lower.Told(),
		evaluation.MeanDifference.Told(), evaluation.RateDifference.Told(), evaluation.RateRatio.Told(),
		evaluation.Effective.Told(), evaluation.NotEffective.Told(), evaluation.Inconclusive.Told(),
		appraisal.Independent.Told(), appraisal.HitAndRun.Told(),
		landscape.Yes.Told(), landscape.No.Told(), landscape.Unknown.Told(),
		workshop.Unweighted.Told(), workshop.Linear.Told(), workshop.Quadratic.Told(),
		workshop.Reliable.Told(), workshop.Tentative.Told(), workshop.Unreliable.Told(), workshop.Unreadable.Told(),
		workshop.Reliable.Advice(), workshop.Tentative.Advice(), workshop.Unreliable.Advice(), workshop.Unreadable.Advice(),
		workshop.OneAssessor.Told(), workshop.NoOverlap.Told(), workshop.NoVariation.Told(), workshop.NoDisagreement.Told(), workshop.NoSpread.Told(), workshop.OneItem.Told(),
	)
}

// results are what the packages find, of made-up input.
func results(t *testing.T, l *language.Language) string {
	var b strings.Builder
	say := func(texts ...language.Text) {
		for _, text := range texts {
			b.WriteString(l.Say(text) + "\n")
		}
	}
	study := evaluation.Study{Unit: "91", Periods: []string{"1", "2", "3"}, Start: "3", Illustrative: true}
	for i := range 8 {
		arm := evaluation.Comparison
		if i%2 == 0 {
			arm = evaluation.Intervention
		}
		x := float64(i * i)
		study.Areas = append(study.Areas, evaluation.Area{ID: string(rune('1' + i)), Arm: arm, Outcomes: []evaluation.Measurement{{Value: x}, {Value: x + float64(i%3)}, {Value: x + 5*float64(1-i%2) + float64(i)}}})
	}
	for _, p := range []evaluation.Protocol{{Better: evaluation.Higher}, {Better: evaluation.Lower, Worthwhile: 3}} {
		result, err := study.Evaluate(p)
		require.NoError(t, err)
		say(result.Summary()...)
		say(result.Trend.Told())
		say(result.Warnings...)
	}
	study.Areas = study.Areas[:4]
	result, err := study.Evaluate(evaluation.Protocol{Better: evaluation.Higher})
	require.NoError(t, err)
	say(result.Summary()...)
	say(result.Warnings...)

	problem := appraisal.Problem{
		Criteria: []appraisal.Criterion{{ID: "1", Weight: 2}, {ID: "2", Weight: 1}},
		Alternatives: []appraisal.Alternative{
			{ID: "7", Scores: []appraisal.Score{appraisal.Around("1", 3, 5, 6), appraisal.Exactly("2", 6)}},
			{ID: "8", Scores: []appraisal.Score{appraisal.Exactly("1", 4), appraisal.Exactly("2", 7)}},
			{ID: "9", Scores: []appraisal.Score{appraisal.Exactly("1", 1), appraisal.Exactly("2", 1)}},
		},
	}
	chosen, err := appraisal.New(problem)
	require.NoError(t, err)
	said, err := chosen.Result(appraisal.Sampling{Seed: 1})
	require.NoError(t, err)
	say(said.Summary()...)

	ones, err := frameworks.Get("three-ones")
	require.NoError(t, err)
	var rows []workshop.Row
	for i, c := range ones.Checklist().All() {
		rows = append(rows, workshop.Row{Item: c.ID, Assessor: "1", Level: assessment.Level(1 + i)}, workshop.Row{Item: c.ID, Assessor: "2", Level: assessment.Level(i % 3)})
	}
	sheet, err := workshop.NewSheet(ones.Checklist(), workshop.Occasion{Name: "3", Basis: assessment.Illustrative}, rows)
	require.NoError(t, err)
	alpha, err := sheet.Alpha(workshop.Sampling{Seed: 1})
	require.NoError(t, err)
	kappa, err := sheet.Kappa("1", "2", workshop.Linear)
	require.NoError(t, err)
	say(sheet.Coverage().Told(), sheet.PercentAgreement().Told(), alpha.Told(), kappa.Told())
	for _, c := range sheet.Consensus() {
		say(c.Summary()...)
	}
	cards, err := sheet.Scorecards(l)
	require.NoError(t, err)
	changed, err := assessment.Compare(cards[0], cards[1])
	require.NoError(t, err)
	say(changed.Summary()...)
	for _, r := range sheet.Ratings(l) {
		b.WriteString(r.Evidence.What + "\n" + r.Evidence.By + "\n")
	}
	return b.String()
}

// Told in a made-up language, nothing is left that no language said, and nothing is cut or
// put together from pieces.
func TestWhatJudgesTellsItselfInEveryLanguage(t *testing.T) {
	l := languagetest.Accented(nil)
	ones, err := frameworks.Get("three-ones")
	require.NoError(t, err)
	typed := []string{ones.ID(), "three-ones"}
	for _, c := range ones.Checklist().All() {
		typed = append(typed, c.ID)
	}
	page := results(t, l)
	assert.Empty(t, languagetest.Leaks(page, typed...))
	assert.Empty(t, languagetest.Cuts(page))
	for _, text := range vocabularies() {
		assert.Empty(t, languagetest.Leaks(l.Say(text)), text.ID)
	}
}

// Refusals say what would be accepted in the language of the reader; where the fault
// stands, and what was found, are names of the input.
func TestRefusalsOfWhatJudgesAreToldInEveryLanguage(t *testing.T) {
	l := languagetest.Accented(nil)
	_, list := assessment.NewChecklist(assessment.Spec{Criteria: []assessment.Criterion{{Kind: assessment.Rated, Parameter: 1, Sources: []string{"-"}, Threshold: 9}, {Section: "2"}, {}}, From: "@", Packages: []assessment.Package{{Items: []string{"-", "-"}}}})
	_, card := assessment.MustParseChecklist([]byte(planned)).Scorecard([]assessment.Rating{{Criterion: "-", Level: 9}})
	_, compared := assessment.Compare(assessment.Scorecard{Checklist: "1"}, assessment.Scorecard{Checklist: "2"})
	_, _, table := evaluation.ReadCSV(strings.NewReader("area,arm,period,value\n1,x,2,y\n"))
	_, sheet := workshop.ReadCSV(strings.NewReader("item,assessor,level\n-,1,9\n,2,0\n-,3,2.5\n"), assessment.MustParseChecklist([]byte(planned)), workshop.Occasion{})
	_, framework := frameworks.Parse([]byte(`{"name": ":", "title": {"e": ""}}`))
	_, none := frameworks.Get("-")
	_, alternatives := appraisal.New(appraisal.Problem{Criteria: []appraisal.Criterion{{ID: "1", Low: 2}, {ID: "2", Weight: 1}}, Order: []string{"-", "1", "1"}})
	for _, err := range []error{
		list, card, compared, table, sheet, framework, none, alternatives,
		evaluation.Study{Per: 1, Areas: []evaluation.Area{{Arm: "-"}}}.Validate().Err(),
		landscape.Landscape{Posts: []landscape.Post{{Cadre: "-", Services: []string{"-", "-"}}}, Cadres: []landscape.Cadre{{ID: "1", Pay: landscape.Pay{Low: 2, High: 1, Unit: "1"}}}}.Validate().Err(),
	} {
		require.Error(t, err)
		assert.NotEqual(t, err.Error(), l.Refusal(err))
		for _, f := range fault.Of(err) {
			for _, leak := range languagetest.Leaks(l.Say(language.Words(f.Want))) {
				assert.NotContains(t, leak, " ", "%s: words that no language said", f.Path)
			}
		}
	}
}
