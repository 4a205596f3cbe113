package workshop_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	. "github.com/chsreform/chsreform/assessment/workshop"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

func TestASheetIsInTheOrderOfTheChecklistAndOfTheNames(t *testing.T) {
	rows := []Row{
		{Item: "supervision", Assessor: "Binta", Level: 2},
		{Item: " Training ", Assessor: "Ama\u00a0\u00a0Mensah ", Level: 3, Note: "\u00a0Seen.\r\nTwice. "},
		{Item: "supervision", Assessor: "Ama Mensah"},
		{Item: "role and_recruitment", Assessor: "Binta", Level: 4, Source: " register ", On: date.MustParse("2026-05")},
	}
	s, err := NewSheet(components(t), may, rows)
	require.NoError(t, err)
	assert.Equal(t, []Row{
		{Item: "role-and-recruitment", Assessor: "Binta", Level: 4, Source: "register", On: date.MustParse("2026-05")},
		{Item: "training", Assessor: "Ama Mensah", Level: 3, Note: "Seen.\nTwice."},
		{Item: "supervision", Assessor: "Ama Mensah"},
		{Item: "supervision", Assessor: "Binta", Level: 2},
	}, s.Rows())
	assert.Equal(t, []string{"Ama Mensah", "Binta"}, s.Assessors())
	assert.Equal(t, may, s.Occasion())
	assert.Equal(t, "components@1", s.Checklist().ID())
	// Five rated criteria by two assessors are ten cells; the derived one is
	// nobody's.
	assert.Equal(t, Coverage{Items: 5, Assessors: 2, Rated: 3, Blank: 1, Missing: 6}, s.Coverage())

	rows[0].Level = 4
	s.Rows()[0].Level = 1
	s.Assessors()[0] = "x"
	assert.Equal(t, assessment.Level(4), s.Rows()[0].Level, "a sheet shares nothing")
	assert.Equal(t, "Ama Mensah", s.Assessors()[0])
}

func TestEveryFaultOfASheetIsReported(t *testing.T) {
	ok := Row{Item: "training", Assessor: "a", Level: 3}
	with := func(spoil func(*Row)) Row { r := ok; spoil(&r); return r }
	long := strings.Repeat("é", 4097)
	for name, tt := range map[string]struct {
		rows []Row
		want []string
	}{
		"a zero row":           {[]Row{{}}, []string{"rows[0].item: required", "rows[0].assessor: required"}},
		"an unknown item":      {[]Row{with(func(r *Row) { r.Item = "trainning" })}, []string{"rows[0].item: exists"}},
		"an item not in UTF-8": {[]Row{with(func(r *Row) { r.Item = "\xff" })}, []string{"rows[0].item: utf-8"}},
		"a derived item":       {[]Row{with(func(r *Row) { r.Item = "reach" })}, []string{"rows[0].item: rated"}},
		"no level":             {[]Row{with(func(r *Row) { r.Level = 5 })}, []string{"rows[0].level: known"}},
		"a long name":          {[]Row{with(func(r *Row) { r.Assessor = strings.Repeat("é", 129) })}, []string{"rows[0].assessor: length"}},
		"a name not in UTF-8":  {[]Row{with(func(r *Row) { r.Assessor = "\xff" })}, []string{"rows[0].assessor: utf-8"}},
		"a control character":  {[]Row{with(func(r *Row) { r.Assessor = "a\x00" })}, []string{"rows[0].assessor: characters"}},
		"a long note":          {[]Row{with(func(r *Row) { r.Note, r.Source = long, long })}, []string{"rows[0].note: length", "rows[0].source: length"}},
		"a note not in UTF-8":  {[]Row{with(func(r *Row) { r.Note = "\xff" })}, []string{"rows[0].note: utf-8"}},
		"a basis":              {[]Row{with(func(r *Row) { r.Basis = "hearsay" })}, []string{"rows[0].basis: known"}},
		"rated twice":          {[]Row{ok, ok}, []string{"rows[1]: unique"}},
		"blank and rated":      {[]Row{with(func(r *Row) { r.Level = 0 }), ok}, []string{"rows[1]: unique"}},
		"two spellings":        {[]Row{ok, with(func(r *Row) { r.Item, r.Assessor = "supervision", "A" })}, []string{"rows[1].assessor: spelling"}},
		"several at a time":    {[]Row{{Item: "x", Level: 9}, {Item: "reach", Assessor: "\x01"}}, []string{"rows[0].item: exists", "rows[0].assessor: required", "rows[0].level: known", "rows[1].item: rated", "rows[1].assessor: required"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := NewSheet(components(t), may, tt.rows)
			assert.Nil(t, s)
			assert.Equal(t, tt.want, rules(t, err))
		})
	}
}

func TestTheOccasionAndTheChecklistAreChecked(t *testing.T) {
	_, err := NewSheet(nil, Occasion{}, nil)
	assert.Equal(t, []string{"checklist: required", "occasion.name: required", "occasion.basis: known"}, rules(t, err))
	_, err = NewSheet(components(t), Occasion{Name: strings.Repeat("é", 4097), Basis: assessment.Documented}, nil)
	assert.Equal(t, []string{"occasion.name: length"}, rules(t, err))
}

func TestAnUnknownItemIsAnsweredWithTheNearest(t *testing.T) {
	for item, want := range map[string]string{
		"suprevision":             `; the nearest is supervision`,
		"Training!":               `; the nearest is training`,
		"role and recruitement":   `; the nearest is role-and-recruitment`,
		"raech":                   `a criterion of components@1`, // a derived item is no advice
		"something else":          `a criterion of components@1`,
		strings.Repeat("t", 5000): `a criterion of components@1`,
	} {
		_, err := NewSheet(components(t), may, []Row{{Item: item, Assessor: "a"}})
		var wrong fault.Fields
		require.ErrorAs(t, err, &wrong)
		assert.True(t, strings.HasSuffix(fmt.Sprint(wrong[0].Want), want), "%q: %s", item, fmt.Sprint(wrong[0].Want))
	}
}

func TestIdsThatDifferInCapitalsAloneMustBeExact(t *testing.T) {
	c := build(t, "a-b", "A-B", "c")
	s, err := NewSheet(c, may, []Row{{Item: "A-B", Assessor: "x"}, {Item: "C", Assessor: "x"}})
	require.NoError(t, err)
	assert.Equal(t, "A-B", s.Rows()[0].Item)
	_, err = NewSheet(c, may, []Row{{Item: "a b", Assessor: "x"}})
	assert.Equal(t, []string{"rows[0].item: exists"}, rules(t, err))
}

func TestADuplicateNamesBothRows(t *testing.T) {
	_, err := NewSheet(components(t), may, []Row{
		{Item: "training", Assessor: "Ama"}, {Item: "incentives", Assessor: "Ama"}, {Item: "training", Assessor: "Ama", Level: 2},
	})
	assert.EqualError(t, err, `rows[2]: got "Ama, training", want one row for an item and an assessor: rows[0] is the first`)
}

func TestNoMoreFaultsThanABoundAreCollected(t *testing.T) {
	_, err := NewSheet(components(t), may, make([]Row, 1000)) // two faults each
	var wrong fault.Fields
	require.ErrorAs(t, err, &wrong)
	require.Len(t, wrong, fault.MaxFields+1)
	assert.Equal(t, "rows[499].assessor", wrong[fault.MaxFields-1].Path)
	assert.Equal(t, fault.More, wrong[fault.MaxFields].Rule)
}

func TestASheetIsBounded(t *testing.T) {
	_, err := NewSheet(components(t), may, make([]Row, 250_001))
	assert.Equal(t, []string{"rows: length"}, rules(t, err))

	var rows []Row
	for i := range 1001 {
		rows = append(rows, Row{Item: "training", Assessor: fmt.Sprint(i)})
	}
	_, err = NewSheet(components(t), may, rows[:1000])
	require.NoError(t, err)
	_, err = NewSheet(components(t), may, rows)
	assert.Equal(t, []string{"rows[1000].assessor: length"}, rules(t, err))
}

func TestAnEmptySheetAnswersEveryQuestion(t *testing.T) {
	none, err := NewSheet(components(t), may, nil)
	require.NoError(t, err)
	for _, s := range []*Sheet{nil, {}, none} {
		assert.Empty(t, s.Assessors())
		assert.Empty(t, s.Rows())
		assert.Empty(t, s.Disputed())
		assert.Empty(t, s.Ratings(nil))
		for _, c := range s.Consensus() {
			assert.Zero(t, c.Level)
		}
		assert.Zero(t, s.Coverage().Assessors)
		assert.Equal(t, OneAssessor, s.PercentAgreement().Reason)
		a, err := s.Alpha(Sampling{})
		require.NoError(t, err)
		assert.Equal(t, OneAssessor, a.Reason)
		_, err = s.Kappa("a", "b", Linear)
		assert.Equal(t, []string{"first: exists", "second: exists"}, rules(t, err))
		_, err = s.RatingsOf("a", nil)
		assert.ErrorContains(t, err, "one of none")
		var text strings.Builder
		require.NoError(t, s.WriteCSV(&text))
		assert.Equal(t, "item,assessor,level,note,source,basis,on\n", text.String())
	}
	var s *Sheet
	assert.Nil(t, s.Checklist())
	assert.Zero(t, s.Occasion())
}

func TestConsensusIsTheMedianAndTheLowerOneOfASplitMiddle(t *testing.T) {
	for line, want := range map[string]Consensus{
		"":      {},
		"--":    {Blank: 2},
		"3":     {Level: 3, Raters: 1, Lowest: 3, Highest: 3},
		"3-.":   {Level: 3, Raters: 1, Blank: 1, Lowest: 3, Highest: 3},
		"222":   {Level: 2, Raters: 3, Lowest: 2, Highest: 2},
		"23":    {Level: 2, Split: true, Raters: 2, Lowest: 2, Highest: 3, Deviation: 1.0 / 2}, // |3−2| / 2
		"41":    {Level: 1, Split: true, Raters: 2, Lowest: 1, Highest: 4, Deviation: 3.0 / 2},
		"1444":  {Level: 4, Raters: 4, Lowest: 1, Highest: 4, Deviation: 3.0 / 4},
		"4231":  {Level: 2, Split: true, Raters: 4, Lowest: 1, Highest: 4, Deviation: 4.0 / 4}, // 1+0+1+2
		"12344": {Level: 3, Raters: 5, Lowest: 1, Highest: 4, Deviation: 5.0 / 5},              // 2+1+0+1+1
		"1133":  {Level: 1, Split: true, Raters: 4, Lowest: 1, Highest: 3, Deviation: 4.0 / 4},
	} {
		want.Item = "iaa"
		got := grid(t, line)
		if line == "" {
			var err error
			got, err = NewSheet(build(t, "iaa"), may, nil)
			require.NoError(t, err)
		}
		assert.Equal(t, []Consensus{want}, got.Consensus(), line)
	}
}

// The mean absolute deviation is the same from either end of a split middle:
// Σ|x−m| is flat between the two middle values.
func TestTheDeviationIsThatFromAnyMedian(t *testing.T) {
	for _, line := range []string{"23", "41", "4231", "1133", "112344"} {
		c := grid(t, line).Consensus()[0]
		levels := []byte(line)
		slices.Sort(levels)
		upper := levels[len(levels)/2]
		sum := 0.0
		for _, l := range levels {
			sum += math.Abs(float64(l) - float64(upper))
		}
		assert.InDelta(t, sum/float64(len(levels)), c.Deviation, 1e-15, line)
	}
}

func TestWhatIsDisputedMostComesFirst(t *testing.T) {
	s := grid(t, "3333", "2233", "1444", "33", "1144", "2344", "3-", "1333")
	var got []string
	for _, c := range s.Disputed() {
		got = append(got, c.Item)
	}
	// Deviations: iab 1/2, iac 3/4, iae 3/2, iaf (1+0+1+1)/4 = 3/4, iah 2/4.
	// iac spans three levels and comes before iaf; iah spans two, iab one.
	assert.Equal(t, []string{"iae", "iac", "iaf", "iah", "iab"}, got)
}

func TestRatingsCarryWorkshopCountAndSpread(t *testing.T) {
	s := grid(t, "23-", "---", "44")
	ratings := s.Ratings(nil)
	require.Len(t, ratings, 2)
	assert.Equal(t, assessment.Rating{Criterion: "iaa", Level: 2, Evidence: assessment.Evidence{
		What:   "Median level 2 of 2 assessors; levels from 2 to 3, mean absolute deviation 0.5. The middle fell between two levels; the lower one was taken. 1 assessor left it blank.",
		Source: may.Name, Basis: assessment.Illustrative, By: "2 assessors", On: may.On,
	}}, ratings[0])
	assert.Equal(t, "2 assessors agreed on level 4.", ratings[1].Evidence.What)
	card, err := s.Checklist().Scorecard(ratings)
	require.NoError(t, err)
	assert.Len(t, card.Unknown(), 1)
	// (1/3 + ? + 1) / 3
	assert.InDelta(t, 4.0/9, card.Tally.Score.Low, 1e-15)
	assert.InDelta(t, 7.0/9, card.Tally.Score.High, 1e-15)

	assert.Equal(t, "Nobody rated it.", s.Consensus()[1].String())
	assert.Equal(t, "One assessor gave level 3.", grid(t, "3").Consensus()[0].String())
}

func TestNothingMadeUpPassesForAFinding(t *testing.T) {
	real := Occasion{Name: "Review", Basis: assessment.Documented}
	rows := []Row{
		{Item: "training", Assessor: "a", Level: 3},
		{Item: "training", Assessor: "b", Level: 3, Basis: assessment.Illustrative},
		{Item: "training", Assessor: "c", Level: 3},
		{Item: "supervision", Assessor: "a", Level: 3},
		{Item: "supervision", Assessor: "b", Basis: assessment.Illustrative}, // a blank brings nothing in
	}
	basis := func(of Occasion) (found []assessment.Basis) {
		s, err := NewSheet(components(t), of, rows)
		require.NoError(t, err)
		for _, r := range s.Ratings(nil) {
			found = append(found, r.Evidence.Basis)
		}
		one, err := s.RatingsOf("b", nil)
		require.NoError(t, err)
		return append(found, one[0].Evidence.Basis)
	}
	assert.Equal(t, []assessment.Basis{"illustrative", "documented", "illustrative"}, basis(real))
	rows[1].Basis = assessment.Documented
	assert.Equal(t, []assessment.Basis{"documented", "documented", "documented"}, basis(real))
	assert.Equal(t, []assessment.Basis{"illustrative", "illustrative", "illustrative"}, basis(may))
}

func TestTheRatingsOfOneAssessorCarryTheirNotes(t *testing.T) {
	seen := date.MustParse("2026-05-01")
	s, err := NewSheet(components(t), may, []Row{
		{Item: "training", Assessor: "Ama", Level: 3, Note: "All trained.", Source: "Register", On: seen},
		{Item: "supervision", Assessor: "Ama", Level: 1},
		{Item: "incentives", Assessor: "Ama"},
		{Item: "training", Assessor: "Binta", Level: 2},
	})
	require.NoError(t, err)
	ratings, err := s.RatingsOf("Ama", nil)
	require.NoError(t, err)
	assert.Equal(t, []assessment.Rating{
		{Criterion: "training", Level: 3, Evidence: assessment.Evidence{What: "All trained.", Source: "Register", Basis: assessment.Illustrative, By: "Ama", On: seen}},
		{Criterion: "supervision", Level: 1, Evidence: assessment.Evidence{What: "Rated at level 1, without a note.", Source: may.Name, Basis: assessment.Illustrative, By: "Ama", On: may.On}},
	}, ratings)
	_, err = s.Checklist().Scorecard(ratings)
	require.NoError(t, err)

	_, err = s.RatingsOf("ama", nil)
	assert.EqualError(t, err, `assessor: got "ama", want one of Ama, Binta`)
	var many []Row
	for i := range 40 {
		many = append(many, Row{Item: "training", Assessor: fmt.Sprint(i)})
	}
	s, err = NewSheet(components(t), may, many)
	require.NoError(t, err)
	_, err = s.RatingsOf("x", nil)
	assert.ErrorContains(t, err, "and 10 more")
}

// An assessor who is typed on two keyboards is one, in Go and in a file.
func TestAnAssessorTypedOnTwoKeyboardsIsOne(t *testing.T) {
	composed, apart := "Nguy\u1ec5n", "Nguye\u0302\u0303n"
	s, err := NewSheet(components(t), may, []Row{{Item: "supervision", Assessor: composed, Level: 3}, {Item: "training", Assessor: apart, Level: 3}})
	require.NoError(t, err)
	assert.Equal(t, []string{composed}, s.Assessors())
	ratings, err := s.RatingsOf(apart, nil)
	require.NoError(t, err)
	assert.Len(t, ratings, 2)
	s, err = ReadCSV(strings.NewReader("item,assessor,level\nsupervision,"+apart+",3\ntraining,"+composed+",3\n"), components(t), may)
	require.NoError(t, err)
	assert.Equal(t, []string{composed}, s.Assessors())
}
