package assessment_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
)

func TestATallyCountsAndScoresRequiredCriteriaOnly(t *testing.T) {
	// Weights: supervision 1, incentives 3, reach 1; together 5. The advisory
	// criterion, met from level 4, counts apart.
	c := build(t, partnering())
	for name, tt := range map[string]struct {
		levels []Level
		want   Tally
	}{
		"nothing rated": {nil, Tally{Unknown: 3, AdvisoryUnknown: 1, Score: Bounds{0, 1}}},
		"one rated": { // 1×2/3 = 2/3 known, 4 open
			[]Level{Functional},
			Tally{Met: 1, Unknown: 2, AdvisoryUnknown: 1, Score: Bounds{2.0 / 3 / 5, (2.0/3 + 3 + 1) / 5}}},
		"all rated": { // 1×2/3 + 3×1/3 + 1×1 = 8/3, over 5
			[]Level{Functional, PartiallyFunctional, HighlyFunctional, Functional},
			Tally{Met: 2, Unmet: 1, AdvisoryUnmet: 1, Score: Bounds{(2.0/3 + 1 + 1) / 5, (2.0/3 + 1 + 1) / 5}}},
		"all at the top":                {[]Level{4, 4, 4, 4}, Tally{Met: 3, AdvisoryMet: 1, Score: Bounds{1, 1}}},
		"all at the bottom":             {[]Level{1, 1, 1, 1}, Tally{Unmet: 3, AdvisoryUnmet: 1, Score: Bounds{0, 0}}},
		"no level counts as unknown":    {[]Level{9, 255, 5, 7}, Tally{Unknown: 3, AdvisoryUnknown: 1, Score: Bounds{0, 1}}},
		"what is beyond is not counted": {[]Level{4, 4, 4, 4, 1, 1}, Tally{Met: 3, AdvisoryMet: 1, Score: Bounds{1, 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.Tally(tt.levels)
			assert.InDelta(t, tt.want.Score.Low, got.Score.Low, 1e-15)
			assert.InDelta(t, tt.want.Score.High, got.Score.High, 1e-15)
			got.Score = tt.want.Score
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestASectionIsTalliedByTheLevelsOfTheWholeChecklist(t *testing.T) {
	c := build(t, partnering())
	levels := []Level{Functional, NonFunctional, HighlyFunctional}
	assert.Equal(t, Tally{Met: 1, AdvisoryUnknown: 1, Score: Bounds{1, 1}}, c.TallySection("reach", levels))
	assert.Equal(t, Tally{Score: Bounds{0, 1}}, c.TallySection("elsewhere", levels))
	// work: (1×2/3 + 3×0) / 4 = 1/6
	assert.InDelta(t, 1.0/6, c.TallySection("work", levels).Score.Low, 1e-15)
}

func TestWhereNothingIsRequiredNothingIsKnown(t *testing.T) {
	spec := partnering()
	for i := range spec.Criteria {
		spec.Criteria[i].Advisory = true
	}
	assert.Equal(t, Tally{AdvisoryMet: 4, Score: Bounds{0, 1}}, build(t, spec).Tally([]Level{4, 4, 4, 4}))
}

func TestBoundsAreWrittenWithTwoDecimals(t *testing.T) {
	for want, i := range map[string]Bounds{
		"0.42":      {0.42, 0.42},
		"0.31–0.75": {0.3125, 0.75},
		"0.00–1.00": {0, 1},
	} {
		assert.Equal(t, want, i.String())
		assert.Equal(t, i.Low == i.High, i.Exact())
	}
	data, err := json.Marshal(Bounds{0.25, 0.5})
	require.NoError(t, err)
	assert.JSONEq(t, `{"low":0.25,"high":0.5}`, string(data))
}

func TestAnIntervalIsWrittenWithoutAMinusBeforeZero(t *testing.T) {
	i := Interval{Low: -0.0004, High: 0.3664}
	assert.Equal(t, "0.00 to 0.37", i.String())
	assert.Equal(t, "0.000 to 0.366", i.Fixed(3))
	assert.Equal(t, "-0.0004 to 0.3664", i.Fixed(4))
	assert.True(t, i.Contains(i.Low) && i.Contains(0) && i.Contains(i.High))
	assert.False(t, i.Contains(-0.0005) || i.Contains(0.3665))
}

func TestATallyDoesNotAllocate(t *testing.T) {
	c := many(t, 45)
	levels := cycled(45)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		sink = c.Tally(levels)
		sink = c.TallySection("s3", levels)
	}))
}

var sink Tally

func cycled(n int) []Level {
	levels := make([]Level, n)
	for i := range levels {
		levels[i] = Level(i % 5)
	}
	return levels
}

func BenchmarkTally(b *testing.B) {
	c := many(b, 45)
	levels := cycled(45)
	b.ReportAllocs()
	for b.Loop() {
		sink = c.Tally(levels)
	}
}

func TestAScorecardLaysRatingsOverTheChecklist(t *testing.T) {
	spec := partnering()
	spec.Criteria = append(spec.Criteria, added("more", "more"))
	c := build(t, spec)
	ratings := []Rating{
		{Criterion: "ownership", Level: Functional, Evidence: evidence()},
		{Criterion: "incentives", Level: PartiallyFunctional, Evidence: evidence()},
		{Criterion: "supervision", Level: Functional, Evidence: evidence()},
	}
	card, err := c.Scorecard(ratings)
	require.NoError(t, err)
	assert.Equal(t, "partnering@1", card.Checklist)
	ids := func(items []Item) (ids []string) {
		for _, i := range items {
			ids = append(ids, i.Criterion.ID)
		}
		return ids
	}
	assert.Equal(t, []string{"supervision"}, ids(card.Met()))
	assert.Equal(t, []string{"incentives"}, ids(card.Unmet()))
	assert.Equal(t, []string{"reach", "more"}, ids(card.Unknown()))
	assert.Equal(t, []string{"ownership"}, ids(card.Advisory()))
	assert.Equal(t, c.Tally([]Level{Functional, PartiallyFunctional, Unknown, Functional}), card.Tally)
	require.Len(t, card.Sections, 3)
	assert.Equal(t, "work", card.Sections[0].Section)
	// work: (1×2/3 + 3×1/3) / 4
	assert.InDelta(t, (2.0/3+1)/4, card.Sections[0].Tally.Score.Low, 1e-15)
	assert.True(t, card.Sections[0].Tally.Score.Exact())

	require.NotNil(t, card.Items[0].Rating)
	assert.Nil(t, card.Items[2].Rating)
	ratings[2].Level = NonFunctional
	assert.Equal(t, Functional, card.Items[0].Rating.Level, "the scorecard keeps ratings of its own")
}

func TestTheOrderOfRatingsDoesNotMatter(t *testing.T) {
	c := build(t, partnering())
	ratings := []Rating{
		{Criterion: "ownership", Level: Functional, Evidence: evidence()},
		{Criterion: "incentives", Level: PartiallyFunctional, Evidence: evidence()},
	}
	one, err := c.Scorecard(ratings)
	require.NoError(t, err)
	slices.Reverse(ratings)
	other, err := c.Scorecard(ratings)
	require.NoError(t, err)
	assert.Equal(t, one, other)
}

func TestEveryFaultOfRatingsIsReported(t *testing.T) {
	ok := func(id string) Rating { return Rating{Criterion: id, Level: Functional, Evidence: evidence()} }
	with := func(spoil func(*Rating)) Rating { r := ok("supervision"); spoil(&r); return r }
	for name, tt := range map[string]struct {
		ratings []Rating
		want    []string
	}{
		"zero rating": {[]Rating{{}}, []string{"ratings[0].criterion: required", "ratings[0].level: known", "ratings[0].evidence.what: required",
			"ratings[0].evidence.source: required", "ratings[0].evidence.basis: known", "ratings[0].criterion: exists"}},
		"zero evidence":      {[]Rating{with(func(r *Rating) { r.Evidence = Evidence{} })}, []string{"ratings[0].evidence.what: required", "ratings[0].evidence.source: required", "ratings[0].evidence.basis: known"}},
		"unknown criterion":  {[]Rating{ok("nowhere")}, []string{"ratings[0].criterion: exists"}},
		"derived criterion":  {[]Rating{ok("reach")}, []string{"ratings[0].criterion: rated"}},
		"rated twice":        {[]Rating{ok("supervision"), ok("incentives"), ok("supervision")}, []string{"ratings[2].criterion: unique"}},
		"unknown level":      {[]Rating{with(func(r *Rating) { r.Level = Unknown })}, []string{"ratings[0].level: known"}},
		"no level":           {[]Rating{with(func(r *Rating) { r.Level = 5 })}, []string{"ratings[0].level: known"}},
		"id not UTF-8":       {[]Rating{ok("\xff")}, []string{"ratings[0].criterion: utf-8", "ratings[0].criterion: exists"}},
		"what not UTF-8":     {[]Rating{with(func(r *Rating) { r.Evidence.What = "\xff" })}, []string{"ratings[0].evidence.what: utf-8"}},
		"basis unknown":      {[]Rating{with(func(r *Rating) { r.Evidence.Basis = "hearsay" })}, []string{"ratings[0].evidence.basis: known"}},
		"by blank":           {[]Rating{with(func(r *Rating) { r.Evidence.By = " " })}, []string{"ratings[0].evidence.by: characters"}},
		"several at a time":  {[]Rating{ok("nowhere"), ok("reach")}, []string{"ratings[0].criterion: exists", "ratings[1].criterion: rated"}},
		"derived, and twice": {[]Rating{ok("reach"), ok("reach")}, []string{"ratings[0].criterion: rated", "ratings[1].criterion: rated"}},
	} {
		t.Run(name, func(t *testing.T) {
			card, err := build(t, partnering()).Scorecard(tt.ratings)
			assert.Zero(t, card)
			assert.Equal(t, tt.want, rules(t, err))
		})
	}
	_, err := build(t, partnering()).Scorecard([]Rating{ok("reach")})
	assert.ErrorContains(t, err, "computed, not rated")
}

func TestAValidRatingHasNoErrorsAndSurvivesJSON(t *testing.T) {
	r := Rating{Criterion: "supervision", Level: Functional, Evidence: evidence()}
	require.NoError(t, r.Validate().Err())
	data, err := json.Marshal(r)
	require.NoError(t, err)
	assert.JSONEq(t, `{"criterion":"supervision","level":"functional","evidence":{"what":"Supervisors visit monthly.","source":"District register 2024","basis":"documented"}}`, string(data))
	r.Evidence.By, r.Evidence.On = "District health team", date.MustParse("2024-05")
	data, err = json.Marshal(r)
	require.NoError(t, err)
	var back Rating
	require.NoError(t, json.Unmarshal(data, &back))
	assert.Equal(t, r, back)
}

// The laws of the score, on any checklist and any levels.

func anyChecklist(t *rapid.T) *Checklist {
	spec := partnering()
	spec.Criteria = nil
	for i := range rapid.IntRange(1, 12).Draw(t, "criteria") {
		c := added(fmt.Sprintf("c%d", i), fmt.Sprintf("s%d", i/3))
		c.Weight = rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(1e-9, 1e6)).Draw(t, "weight")
		c.Threshold = Level(rapid.IntRange(0, 4).Draw(t, "threshold"))
		c.Advisory = rapid.Bool().Draw(t, "advisory")
		c.Carriers = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"leader", "donor", "enabler"}), 0, 3, rapid.ID[string]).Draw(t, "carriers")
		if rapid.Bool().Draw(t, "derived") {
			c.Kind, c.Parameter, c.Unit = Derived, rapid.Float64Range(-1e9, 1e9).Draw(t, "parameter"), "months"
		}
		spec.Criteria = append(spec.Criteria, c)
	}
	c, err := NewChecklist(spec)
	require.NoError(t, err)
	return c
}

func anyLevels(t *rapid.T, n int) []Level {
	return rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 4), func(i int) Level { return Level(i) }), n, n).Draw(t, "levels")
}

func TestAScoreLiesBetween0And1AndCountsEveryCriterionOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyChecklist(t)
		levels := anyLevels(t, c.Len())
		tally := c.Tally(levels)
		require.LessOrEqual(t, 0.0, tally.Score.Low)
		require.LessOrEqual(t, tally.Score.Low, tally.Score.High)
		require.LessOrEqual(t, tally.Score.High, 1.0)
		require.Equal(t, c.Len(), tally.Met+tally.Unmet+tally.Unknown+tally.AdvisoryMet+tally.AdvisoryUnmet+tally.AdvisoryUnknown)
		if tally.Unknown == 0 && tally.Met+tally.Unmet > 0 {
			require.True(t, tally.Score.Exact(), "a full rating gives one number, to the last bit")
		}

		var sum Tally
		for _, s := range c.Sections() {
			part := c.TallySection(s, levels)
			sum.Met += part.Met
			sum.Unmet += part.Unmet
			sum.Unknown += part.Unknown
		}
		require.Equal(t, [3]int{tally.Met, tally.Unmet, tally.Unknown}, [3]int{sum.Met, sum.Unmet, sum.Unknown}, "sections add up")

		met := 0
		for i, cr := range c.All() {
			if !cr.Advisory && cr.Met(levels[i]) {
				met++
			}
		}
		require.Equal(t, met, tally.Met, "the tally agrees with Criterion.Met")
	})
}

func TestUnknownEverywhereGives0To1(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyChecklist(t)
		require.Equal(t, Bounds{0, 1}, c.Tally(nil).Score)
		require.Equal(t, Bounds{0, 1}, c.Tally(make([]Level, c.Len())).Score)
	})
}

func TestRaisingALevelNeverLowersTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyChecklist(t)
		levels := anyLevels(t, c.Len())
		i := rapid.IntRange(0, c.Len()-1).Draw(t, "raised")
		if !levels[i].Known() {
			levels[i] = NonFunctional
		}
		before := c.Tally(levels)
		levels[i] = Level(rapid.IntRange(int(levels[i]), 4).Draw(t, "to"))
		after := c.Tally(levels)
		require.GreaterOrEqual(t, after.Score.Low, before.Score.Low)
		require.GreaterOrEqual(t, after.Score.High, before.Score.High)
		require.GreaterOrEqual(t, after.Met, before.Met)
	})
}

func TestRatingAnUnratedCriterionNeverWidensTheBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyChecklist(t)
		levels := anyLevels(t, c.Len())
		i := rapid.IntRange(0, c.Len()-1).Draw(t, "rated")
		levels[i] = Unknown
		before := c.Tally(levels).Score
		levels[i] = Level(rapid.IntRange(1, 4).Draw(t, "level"))
		after := c.Tally(levels).Score
		require.GreaterOrEqual(t, after.Low, before.Low)
		require.LessOrEqual(t, after.High, before.High)
	})
}

func TestAddingAnUnratedRequiredCriterionNeverNarrowsTheBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyChecklist(t)
		levels := anyLevels(t, c.Len())
		before := c.Tally(levels).Score
		more := added("more", "at the end")
		more.Weight = rapid.Float64Range(1e-9, 1e6).Draw(t, "weight of more")
		longer, err := c.Derive("longer", Add(more))
		require.NoError(t, err)
		after := longer.Tally(levels).Score
		// (H+w)/(W+w) ≥ H/W holds for numbers; doubles may miss it by a rounding.
		const rounding = 1e-12
		require.LessOrEqual(t, after.Low, before.Low+rounding)
		require.GreaterOrEqual(t, after.High, before.High-rounding)
	})
}

func TestAnyChecklistSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyChecklist(t)
		data, err := json.Marshal(c)
		require.NoError(t, err)
		back, err := ParseChecklist(data)
		require.NoError(t, err)
		require.Equal(t, c, back)
		again, err := NewChecklist(c.Spec())
		require.NoError(t, err)
		require.Equal(t, c, again)
	})
}
