package report

import (
	"fmt"
	"io"
	"log"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
)

// judged is a made-up checklist of three sections, with ratings by three
// assessors.
func judged(t *testing.T) (card assessment.Scorecard, assessors []assessment.Scorecard) {
	t.Helper()
	spec := assessment.Spec{
		Name: "teaching", Version: "1",
		Sources:  []assessment.Source{{Key: "model", Citation: "Made up."}},
		Packages: []assessment.Package{{ID: "work-and-pay", Items: []string{"supervision", "incentives"}, Sources: []string{"model"}}},
	}
	for _, c := range []struct{ section, id, more string }{
		{"workers", "role-and-recruitment", ""}, {"workers", "training", ""}, {"workers", "supervision", ""}, {"workers", "incentives", ""},
		{"system", "data.use", ""}, {"system", "reach", "derived"}, {"system", "supplies", ""},
		{"hints", "career", "advisory"}, {"hints", "community-voice", "advisory"},
	} {
		criterion := assessment.Criterion{ID: c.id, Section: c.section, Text: "It works.", Kind: assessment.Rated, Advisory: c.more == "advisory", Sources: []string{"model"}}
		if c.more == "derived" {
			criterion.Kind = assessment.Derived
		}
		spec.Criteria = append(spec.Criteria, criterion)
	}
	checklist, err := assessment.NewChecklist(spec)
	require.NoError(t, err)
	lay := func(levels string) assessment.Scorecard {
		var ratings []assessment.Rating
		for i, c := range checklist.All() {
			if l := levels[i]; l != '-' {
				ratings = append(ratings, assessment.Rating{Criterion: c.ID, Level: assessment.Level(l - '0'),
					Evidence: assessment.Evidence{What: "Made up.", Source: "Made up.", Basis: assessment.Illustrative}})
			}
		}
		card, err := checklist.Scorecard(ratings)
		require.NoError(t, err)
		return card
	}
	return lay("33214--3-"), []assessment.Scorecard{lay("33234--4-"), lay("34114--3-"), lay("32-14--2-")}
}

func scorecard(t *testing.T, title string, card assessment.Scorecard, assessors []assessment.Scorecard) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, ScorecardBars(&b, nil, title, card, assessors))
	drawtest.KeepsApart(t, draw.Upright, b.String())
	return b.String()
}

func TestScorecardBarsGolden(t *testing.T) {
	card, assessors := judged(t)
	svg := scorecard(t, teachingTitle, card, assessors)
	drawtest.Golden(t, "scorecard-bars.svg", svg)
	words := drawtest.Read(t, svg).Words
	// Workers: (2/3 + 2/3 + 1/3 + 0) / 4 = 5/12. Assessors' lowest 3 2 1 1:
	// (2/3 + 1/3) / 4 = 1/4; highest 3 4 2 3: (2/3 + 1 + 1/3 + 2/3) / 4 = 2/3.
	assert.Contains(t, words, "Workers: 0.42; 2 of 4 met; assessors from 0.25 to 0.67.")
	// System: 1 of 3 known, (1 + ? + ?) / 3.
	assert.Contains(t, words, "System: 0.33–1.00; 1 of 3 met; 2 not rated; assessors from 0.33 to 1.00.")
	assert.Contains(t, words, "Training: 3, met (2 to 4); Supervision: 2, not met (1 to 2); Incentives: 1, not met (1 to 3).")
	assert.Contains(t, words, "Data use: 4, met; Reach: computed, not rated; Supplies: not rated.")
	assert.Contains(t, words, "Hints: nothing required.")
	assert.Contains(t, words, "Career (advisory): 3, met (2 to 4)")
	assert.Contains(t, words, "Illustrative ratings: 6 of 6. Do not read what is illustrative as a finding.")
	assert.Contains(t, words, "Work and pay complete: no.")
}

func TestScorecardBarsOfOneSectionHaveOneBar(t *testing.T) {
	card := assessment.Scorecard{
		Checklist: "one@1", Tally: assessment.Tally{Met: 1, Score: assessment.Bounds{Low: 1, High: 1}},
		Items:    []assessment.Item{{Criterion: assessment.Criterion{ID: "a", Section: "s"}, Level: 4, Met: true}},
		Sections: []assessment.SectionTally{{Section: "s", Tally: assessment.Tally{Met: 1, Score: assessment.Bounds{Low: 1, High: 1}}}},
	}
	read := drawtest.Read(t, scorecard(t, "", card, nil))
	assert.NotContains(t, read.Words, "All sections")
	assert.NotContains(t, read.Words, "assessor")
	n := 0
	for _, l := range read.Labels {
		if l.Text == "1.00 · 1 of 1 met" {
			n++
		}
	}
	assert.Equal(t, 1, n)
}

func TestScorecardBarsOfNothingSaySo(t *testing.T) {
	words := drawtest.Read(t, scorecard(t, "", assessment.Scorecard{}, nil)).Words
	assert.Contains(t, words, "There is nothing to judge by yet.")
}

// crowded has so many sections with so many criteria each, with names that
// people may type, or paste.
func crowded(sections, each int) assessment.Scorecard {
	card := assessment.Scorecard{Checklist: hostile, Tally: assessment.Tally{Met: 1, Unknown: 99, Score: assessment.Bounds{Low: 0.123, High: 0.987}}}
	for s := range sections {
		name := fmt.Sprint(drawtest.HostileNames[s%len(drawtest.HostileNames)], s)
		card.Sections = append(card.Sections, assessment.SectionTally{Section: name, Tally: card.Tally})
		for i := range each {
			card.Items = append(card.Items, assessment.Item{
				Criterion: assessment.Criterion{ID: fmt.Sprint(drawtest.HostileNames[i%len(drawtest.HostileNames)], s, i), Section: name, Advisory: i%3 == 2},
				Level:     assessment.Level((s + i) % 5), Met: i%2 == 0,
			})
		}
	}
	for i := range 9 {
		card.Packages = append(card.Packages, assessment.PackageTally{Package: drawtest.HostileNames[i], Complete: assessment.Incomplete})
	}
	return card
}

func TestScorecardBarsKeepTheirLabelsApart(t *testing.T) {
	for _, n := range [][2]int{{1, 1}, {1, 30}, {3, 5}, {8, 7}, {12, 6}, {20, 3}, {40, 20}, {500, 2}} {
		card := crowded(n[0], n[1])
		svg := scorecard(t, strings.Repeat(hostile, 9), card, []assessment.Scorecard{card, crowded(n[0], n[1])})
		read := drawtest.Read(t, svg)
		for _, l := range madeUpLanguages() {
			var b strings.Builder
			require.NoError(t, ScorecardBars(&b, l, strings.Repeat(hostile, 9), card, []assessment.Scorecard{card, card}))
			drawtest.KeepsApart(t, draw.Upright, b.String())
		}
		assert.Contains(t, read.Words, "(model)", "the page has its foot")
		assert.Less(t, len(svg), 100_000)

		// No criterion and no section is lost in silence.
		bars, marks, left := 0, 0, ""
		for _, l := range read.Labels {
			switch {
			case l.Left == scoreWords && strings.Contains(l.Text, " of 100 met"):
				bars++
			case l.Left == scoreWords && (strings.Contains(l.Text, "met") || l.Text == "not rated"):
				marks++
			case strings.HasPrefix(l.Text, "Not drawn"):
				left = l.Text
			}
		}
		if bars > 0 && n[0] > 1 {
			bars-- // all sections
		}
		items, sections := n[0]*n[1]-marks, n[0]-bars
		if items > 0 {
			assert.Zero(t, marks, "all criteria or none")
			assert.Contains(t, left, draw.Figures(nil, float64(items), 0)+" criteria")
		}
		if sections > 0 {
			assert.Contains(t, left, fmt.Sprintf("%d more sections", sections), n)
		}
	}
}

func TestScorecardBarsRefuseWhatIsNoScorecard(t *testing.T) {
	card, assessors := judged(t)
	card.Tally.Score.Low = math.NaN()
	card.Sections[1].Tally.Score = assessment.Bounds{Low: 0.5, High: 0.4}
	card.Sections[2].Tally.Unmet = -1
	card.Items[0].Level = 7
	card.Items[1].Criterion.Weight = math.Inf(1)
	card.Items[2].Criterion.Section = "elsewhere"
	assessors[0].Checklist = "other@1"
	assessors[1].Items[3].Criterion.ID = "other"
	assessors[2].Items[4].Level = 5
	err := ScorecardBars(io.Discard, nil, "", card, assessors)
	assert.ErrorIs(t, err, reformcycle.ErrInvalid)
	assert.Equal(t, []string{
		"card.tally.score", "card.sections[1].tally.score", "card.sections[2].tally",
		"card.items[0].level", "card.items[1].criterion.weight", "card.items[2].criterion.section",
		"assessors[0].checklist", "assessors[1].items[3].criterion.id", "assessors[2].items[4].level",
	}, fieldsOf(t, err))
	err = ScorecardBars(io.Discard, nil, "", assessment.Scorecard{}, make([]assessment.Scorecard, 1001))
	assert.Equal(t, []string{"assessors"}, fieldsOf(t, err))
	assert.Len(t, fieldsOf(t, ScorecardBars(io.Discard, nil, "", assessment.Scorecard{Items: make([]assessment.Item, 1001)}, nil)), fault.MaxFields+1)
}

func TestScorecardBarsAreTheSameEachTime(t *testing.T) {
	card, assessors := judged(t)
	assert.Equal(t, scorecard(t, "Twice", card, assessors), scorecard(t, "Twice", card, assessors))
}

func ExampleScorecardBars() {
	checklist, err := assessment.NewChecklist(assessment.Spec{
		Name: "supervision", Version: "1",
		Sources: []assessment.Source{{Key: "model", Citation: "Made up for this example."}},
		Criteria: []assessment.Criterion{
			{ID: "visits", Section: "supervision", Text: "Supervisors visit.", Kind: assessment.Rated, Sources: []string{"model"}},
			{ID: "feedback", Section: "supervision", Text: "They help.", Kind: assessment.Rated, Sources: []string{"model"}},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	card, err := checklist.Scorecard([]assessment.Rating{{
		Criterion: "visits", Level: assessment.Functional,
		Evidence: assessment.Evidence{What: "A visit a month.", Source: "made up for this example", Basis: assessment.Illustrative},
	}})
	if err != nil {
		log.Fatal(err)
	}
	var page strings.Builder
	if err := ScorecardBars(&page, nil, "North", card, nil); err != nil {
		log.Fatal(err)
	}
	_, told, _ := strings.Cut(page.String(), "<desc ")
	told, _, _ = strings.Cut(told[strings.Index(told, ">")+1:], "</desc>")
	fmt.Println(told)
	// Output:
	// Illustrative ratings: 1 of 1. Do not read what is illustrative as a finding. Score 0.33–0.83: 1 of 2 met; 1 not rated. Supervision: 0.33–0.83; 1 of 2 met; 1 not rated. Visits: 3, met; Feedback: not rated.
}
