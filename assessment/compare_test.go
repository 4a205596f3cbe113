package assessment_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "github.com/chsreform/chsreform/assessment"
)

// carded lays levels over a checklist as a host does that computes them: the
// derived criteria included, and without ratings.
func carded(c *Checklist, levels ...Level) Scorecard {
	card := Scorecard{Checklist: c.ID(), From: c.Spec().From, Tally: c.Tally(levels)}
	for i, cr := range c.All() {
		l := Unknown
		if i < len(levels) {
			l = levels[i]
		}
		card.Items = append(card.Items, Item{Criterion: cr, Level: l, Met: cr.Met(l)})
	}
	for _, p := range c.Packages() {
		card.Packages = append(card.Packages, c.TallyPackage(p.ID, levels))
	}
	return card
}

func compared(t testing.TB, before, after Scorecard) Comparison {
	t.Helper()
	c, err := Compare(before, after)
	require.NoError(t, err)
	return c
}

func TestAComparisonListsWhatChangedAndByHowMuch(t *testing.T) {
	// Weights: supervision 1, incentives 3, reach 1; ownership is advisory and
	// met from level 4.
	c := build(t, packaged())
	got := compared(t, carded(c, 2, 3, 0, 3), carded(c, 4, 2, 3, 4))
	assert.Equal(t, []LevelChange{
		{Criterion: "supervision", Section: "work", Before: 2, After: 4, Movement: Raised, Steps: 2, Crossed: NewlyMet},
		{Criterion: "incentives", Section: "work", Before: 3, After: 2, Movement: Lowered, Steps: -1, Crossed: NewlyUnmet},
		{Criterion: "reach", Section: "reach", Before: 0, After: 3, Movement: NewlyRated},
		{Criterion: "ownership", Section: "reach", Advisory: true, Before: 3, After: 4, Movement: Raised, Steps: 1, Crossed: NewlyMet},
	}, got.Changes)

	// Before: (1×1/3 + 3×2/3 + 1×[0,1]) / 5 = [7/15, 10/15].
	// After: (1×1 + 3×1/3 + 1×2/3) / 5 = 8/15.
	assert.InDelta(t, 8.0/15-10.0/15, got.Score.Low, 1e-15)
	assert.InDelta(t, 8.0/15-7.0/15, got.Score.High, 1e-15)
	assert.Equal(t, NotKnown, got.Score.Direction)
	// work, before (1/3 + 2)/4 = 7/12, after (1 + 1)/4 = 6/12.
	require.Len(t, got.Sections, 2)
	assert.Equal(t, "work", got.Sections[0].Section)
	assert.InDelta(t, -1.0/12, got.Sections[0].Score.Low, 1e-15)
	assert.Equal(t, CertainlyWorse, got.Sections[0].Score.Direction)
	// reach, before [0, 1], after 2/3.
	assert.InDelta(t, -1.0/3, got.Sections[1].Score.Low, 1e-15)
	assert.InDelta(t, 2.0/3, got.Sections[1].Score.High, 1e-15)
	// Incentives fell below the threshold in both: 3 was met, ownership was not.
	assert.Equal(t, []PackageChange{{"minimum", Incomplete, Incomplete}}, got.Packages)
	assert.Equal(t, 4, got.Compared)

	assert.Equal(t, `Compared by partnering@1. Criteria in both: 4.
Score: −0.13 to +0.07, not known.
Section work: −0.08, certainly worse.
Section reach: −0.33 to +0.67, not known.
supervision: raised by 2 levels, partially functional to highly functional; now met.
incentives: lowered by 1 level, functional to partially functional; no longer met.
reach: newly rated, functional.
ownership: raised by 1 level, functional to highly functional; now met; advisory.
Package minimum complete: no, as before.
`, lines(got))

	data, err := json.Marshal(got)
	require.NoError(t, err)
	assert.Contains(t, string(data), `{"criterion":"reach","section":"reach","before":"unknown","after":"functional","movement":"newly-rated"}`)
	var back Comparison
	require.NoError(t, json.Unmarshal(data, &back))
	assert.Equal(t, got, back)
}

func TestADirectionHoldsWhateverTheUnratedCriteriaAre(t *testing.T) {
	c := build(t, partnering())
	for name, tt := range map[string]struct {
		before, after []Level
		want          Direction
	}{
		"nothing rated":                      {nil, nil, NotKnown},
		"all raised":                         {[]Level{1, 1, 1}, []Level{2, 2, 2}, CertainlyBetter},
		"all lowered":                        {[]Level{4, 4, 4}, []Level{3, 3, 3}, CertainlyWorse},
		"nothing changed":                    {[]Level{2, 3, 4}, []Level{2, 3, 4}, Same},
		"changes that cancel out":            {[]Level{1, 3, 4}, []Level{4, 3, 1}, Same},
		"enough is rated to tell":            {[]Level{1, 1, 0}, []Level{4, 4, 0}, CertainlyBetter}, // +4 of 5, and ±1 open
		"unrated in both is not unchanged":   {[]Level{2, 3, 0}, []Level{2, 3, 0}, NotKnown},
		"only just reaches the other":        {[]Level{0, 1, 1}, []Level{4, 1, 1}, NotKnown}, // [0, 1] against 1
		"an advisory change does not count":  {[]Level{2, 2, 2, 1}, []Level{2, 2, 2, 4}, Same},
		"withdrawn ratings leave it unknown": {[]Level{2, 2, 2}, nil, NotKnown},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, compared(t, carded(c, tt.before...), carded(c, tt.after...)).Score.Direction)
		})
	}
	got := compared(t, carded(c, 2), carded(c))
	assert.Equal(t, Withdrawn, got.Changes[0].Movement)
	assert.Contains(t, lines(got), "supervision: rating withdrawn, was partially functional.\n")
	assert.Contains(t, lines(compared(t, carded(c), carded(c))), "No level changed.\n")
	for _, move := range [][2]Level{{3, 4}, {4, 3}, {1, 2}, {2, 1}} {
		assert.Empty(t, compared(t, carded(c, move[0]), carded(c, move[1])).Changes[0].Crossed, "%v stays on its side", move)
	}
}

func TestAcrossADerivedChecklistOnlyCommonCriteriaAreCompared(t *testing.T) {
	base := build(t, packaged())
	own, err := base.Derive("2", Drop("reach"), Add(added("visits", "work")), Reweight("incentives", 1), SetThreshold("supervision", HighlyFunctional))
	require.NoError(t, err)
	// base: supervision, incentives, reach, ownership.
	// own: supervision, incentives, visits, ownership.
	before, after := carded(base, 3, 1, 1, 4), carded(own, 4, 1, 1, 4)
	got := compared(t, before, after)
	assert.Equal(t, 3, got.Compared)
	assert.Equal(t, []string{"reach"}, got.OnlyBefore)
	assert.Equal(t, []string{"visits"}, got.OnlyAfter)
	// By the weights of own, 1 and 1: (2/3 + 0)/2 before, (1 + 0)/2 after. By
	// those of base, 1 and 3, it would be half as much.
	assert.InDelta(t, 1.0/2-2.0/3/2, got.Score.Low, 1e-15)
	assert.Equal(t, NewlyMet, got.Changes[0].Crossed, "by the threshold of after, 3 was unmet")
	assert.Len(t, got.Sections, 1, "reach has only an advisory criterion left")
	assert.Equal(t, []PackageChange{{"minimum", Incomplete, Incomplete}}, got.Packages)
	assert.Contains(t, lines(got), "Compared by partnering@1 and partnering@2. Criteria in both: 3.\n")
	assert.Contains(t, lines(got), "Not compared, only before: reach.\nNot compared, only after: visits.\n")
	assert.Equal(t, 3, compared(t, after, before).Compared, "the other way round as well")

	card, err := own.Scorecard(nil)
	require.NoError(t, err)
	assert.Equal(t, base.ID(), card.From)
	assert.Equal(t, 3, compared(t, before, card).Compared, "a scorecard says what its checklist was derived from")

	reworded := after
	reworded.Items = append([]Item{}, after.Items...)
	reworded.Items[0].Criterion.Text = "Something else is asked."
	got = compared(t, before, reworded)
	assert.Equal(t, []string{"supervision", "reach"}, got.OnlyBefore)
	assert.Equal(t, []string{"supervision", "visits"}, got.OnlyAfter)
}

func TestEveryFaultOfScorecardsToCompareIsReported(t *testing.T) {
	c := build(t, packaged())
	good := func() Scorecard { return carded(c, 3, 3, 3, 3) }
	for name, tt := range map[string]struct {
		spoil func(*Scorecard)
		want  []string
	}{
		"another checklist":     {func(s *Scorecard) { s.Checklist = "other@1" }, []string{"after.checklist: comparable"}},
		"zero":                  {func(s *Scorecard) { *s = Scorecard{} }, []string{"after.checklist: required"}},
		"no items":              {func(s *Scorecard) { s.Items = nil }, []string{"after.items: comparable"}},
		"too many items":        {func(s *Scorecard) { s.Items = make([]Item, 10_001) }, []string{"after.items: length"}},
		"no level":              {func(s *Scorecard) { s.Items[1].Level = 9 }, []string{"after.items[1].level: known"}},
		"item twice":            {func(s *Scorecard) { s.Items[1].Criterion.ID = "supervision" }, []string{"after.items[1].criterion.id: unique"}},
		"weight NaN":            {func(s *Scorecard) { s.Items[1].Criterion.Weight = math.NaN() }, []string{"after.items[1].criterion.weight: range"}},
		"weight infinite":       {func(s *Scorecard) { s.Items[1].Criterion.Weight = math.Inf(1) }, []string{"after.items[1].criterion.weight: range"}},
		"section scattered":     {func(s *Scorecard) { s.Items[3].Criterion.Section = "work" }, []string{"after.items[3].criterion.section: together"}},
		"package without sense": {func(s *Scorecard) { s.Packages[0].Complete = "maybe" }, []string{"after.packages[0].complete: known"}},
		"several": {func(s *Scorecard) { s.Items[0].Level, s.Items[1].Criterion.Weight = 7, -1 },
			[]string{"after.items[0].level: known", "after.items[1].criterion.weight: range"}},
	} {
		t.Run(name, func(t *testing.T) {
			bad := good()
			tt.spoil(&bad)
			got, err := Compare(good(), bad)
			assert.Zero(t, got)
			assert.Equal(t, tt.want, rules(t, err))
		})
	}
	_, err := Compare(Scorecard{}, Scorecard{})
	assert.Equal(t, []string{"before.checklist: required", "after.checklist: required"}, rules(t, err))
	_, err = Compare(good(), Scorecard{Checklist: "other@1", Items: good().Items})
	assert.ErrorContains(t, err, "by partnering@1, by")
}

func TestADifferenceIsWrittenWithItsSign(t *testing.T) {
	for want, d := range map[string]Difference{
		"+0.12":        {Low: 0.12, High: 0.12},
		"−0.1 to +0.3": {Low: -0.1, High: 0.3},
		"0":            {Low: -1e-17, High: 1e-17},
		"0 to +1":      {Low: 0, High: 1},
	} {
		assert.Equal(t, want, d.String())
	}
}

func TestProgrammesThatCannotBeToldApartShareTheirPlaces(t *testing.T) {
	// Two criteria of weight 1 and 1: a score is the mean of two shares.
	spec := partnering()
	spec.Criteria = []Criterion{added("x", "s"), added("y", "s")}
	c := build(t, spec)
	places, err := Rank([]Contender{
		{"low", carded(c, 1, 1)},  // 0
		{"wide", carded(c, 3)},    // [1/3, 5/6]
		{"top", carded(c, 4, 4)},  // 1
		{"high", carded(c, 4, 2)}, // 2/3
		{"mid", carded(c, 3, 1)},  // 1/3
		{"twin", carded(c, 2, 4)}, // 2/3
	})
	require.NoError(t, err)
	var got []string
	for _, p := range places {
		got = append(got, fmt.Sprintf("%s %d–%d %v", p.Name, p.Best, p.Worst, p.Beside))
	}
	// wide meets mid at 1/3, and holds 2/3; high and mid are apart all the same.
	assert.Equal(t, []string{
		"top 1–1 []",
		"high 2–4 [twin wide]",
		"twin 2–4 [high wide]",
		"wide 2–5 [high twin mid]",
		"mid 4–5 [wide]",
		"low 6–6 []",
	}, got)

	none, err := Rank(nil)
	require.NoError(t, err)
	assert.Empty(t, none)
}

func TestEveryFaultOfARankingIsReported(t *testing.T) {
	c, other := build(t, partnering()), build(t, packaged())
	shorter := carded(c, 1)
	shorter.Items = shorter.Items[:3]
	renamed := carded(other, 1)
	renamed.Checklist = "other@1"
	_, err := Rank([]Contender{{"a", carded(c)}, {"a", carded(c)}, {"", renamed}, {"d", shorter}, {"e", Scorecard{}}})
	assert.Equal(t, []string{
		"contenders[1].name: unique", "contenders[2].name: required", "contenders[2].scorecard.checklist: comparable",
		"contenders[3].scorecard.items: comparable", "contenders[4].scorecard.checklist: required", "contenders[4].scorecard.checklist: comparable",
	}, rules(t, err))
	_, err = Rank(make([]Contender, 1001))
	assert.Equal(t, []string{"contenders: length"}, rules(t, err))
}

// The laws of comparison, on any checklist and any levels.

func TestADifferenceHoldsEveryWayOfRatingTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyChecklist(t)
		was, is := anyLevels(t, c.Len()), anyLevels(t, c.Len())
		open := compared2(t, carded(c, was...), carded(c, is...))
		for _, levels := range [][]Level{was, is} {
			for i, l := range levels {
				if !l.Known() {
					levels[i] = Level(rapid.IntRange(1, 4).Draw(t, "rated"))
				}
			}
		}
		rated := compared2(t, carded(c, was...), carded(c, is...))
		const rounding = 1e-12
		require.LessOrEqual(t, open.Score.Low, rated.Score.Low+rounding)
		require.GreaterOrEqual(t, open.Score.High, rated.Score.High-rounding)
		if open.Score.Direction != NotKnown {
			require.Equal(t, open.Score.Direction, rated.Score.Direction, "a certain direction stays")
		}
	})
}

func TestLookedAtTheOtherWayRoundADifferenceIsItsOpposite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyPackaged(t)
		was, is := carded(c, anyLevels(t, c.Len())...), carded(c, anyLevels(t, c.Len())...)
		there, back := compared2(t, was, is), compared2(t, is, was)
		require.InDelta(t, there.Score.Low, -back.Score.High, 1e-12)
		require.InDelta(t, there.Score.High, -back.Score.Low, 1e-12)
		require.Len(t, back.Changes, len(there.Changes))
		for i, ch := range there.Changes {
			require.Equal(t, ch.Steps, -back.Changes[i].Steps)
		}
		// By the tallies, which Compare does not look at.
		require.InDelta(t, is.Tally.Score.Low-was.Tally.Score.High, there.Score.Low, 1e-12)
	})
}

func TestPlacesAgreeWithEveryComparison(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyChecklist(t)
		contenders := make([]Contender, rapid.IntRange(1, 6).Draw(t, "programmes"))
		for i := range contenders {
			contenders[i] = Contender{fmt.Sprint(i), carded(c, anyLevels(t, c.Len())...)}
		}
		places, err := Rank(contenders)
		require.NoError(t, err)
		require.Len(t, places, len(contenders))
		for i, p := range places {
			require.LessOrEqual(t, p.Best, p.Worst)
			require.Len(t, p.Beside, p.Worst-p.Best, "whoever is not certainly before or behind stands beside")
			if i > 0 {
				require.LessOrEqual(t, places[i-1].Best, p.Best)
			}
		}
	})
}

// compared2 is compared for rapid's T, which is no testing.TB.
func compared2(t *rapid.T, before, after Scorecard) Comparison {
	c, err := Compare(before, after)
	require.NoError(t, err)
	return c
}

// weighted is a checklist of a criterion a weight, all in one section.
func weighted(t testing.TB, weights ...float64) *Checklist {
	spec := packaged()
	spec.Packages = nil
	model := spec.Criteria[0]
	spec.Criteria = nil
	for i, w := range weights {
		c := model
		c.ID, c.Text, c.Section, c.Weight, c.Advisory = fmt.Sprintf("c%d", i), fmt.Sprintf("Criterion %d.", i), "work", w, false
		spec.Criteria = append(spec.Criteria, c)
	}
	return build(t, spec)
}

// Scorecards that agree where it weighs most and differ where it weighs little are not
// the same: their order is known.
func TestHeavyCriteriaThatAreAlikeHideNothing(t *testing.T) {
	c := weighted(t, 1e6, 1e-6)
	before, after := carded(c, 3, 2), carded(c, 3, 3)
	got := compared(t, before, after).Score
	assert.Equal(t, CertainlyBetter, got.Direction)
	assert.InEpsilon(t, 1e-6/3/(1e6+1e-6), got.Low, 1e-9)
	assert.Equal(t, got.Low, got.High)
	assert.Equal(t, CertainlyWorse, compared(t, after, before).Score.Direction)
	assert.Equal(t, Same, compared(t, before, before).Score.Direction)
	// Unrated, it may be either, and is no better for certain.
	assert.Equal(t, NotKnown, compared(t, before, carded(c, 3, 0)).Score.Direction)
	got = compared(t, carded(c, 3, 1), carded(c, 3, 0)).Score
	assert.Equal(t, NotKnown, got.Direction)
	assert.Zero(t, got.Low)
	assert.Positive(t, got.High)

	places, err := Rank([]Contender{{"old", before}, {"new", after}, {"as new", after}})
	require.NoError(t, err)
	assert.Equal(t, []string{"new", "as new", "old"}, []string{places[0].Name, places[1].Name, places[2].Name})
	assert.Equal(t, 2, places[1].Worst)
	assert.Equal(t, 3, places[2].Best)

	// Gains and losses that differ by rounding alone are even: 0.1 + 0.2 + 0.3 is not 0.6.
	c = weighted(t, 0.1, 0.2, 0.3, 0.6)
	got = compared(t, carded(c, 2, 2, 2, 3), carded(c, 3, 3, 3, 2)).Score
	assert.Equal(t, Difference{Direction: Same}, got)
}

func lines(c Comparison) string {
	var b strings.Builder
	for _, t := range c.Summary() {
		b.WriteString(t.String() + "\n")
	}
	return b.String()
}
