package assessment_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// packaged is partnering with a package of three of its four criteria, one of
// them advisory and met from level 4.
func packaged() Spec {
	spec := partnering()
	spec.Packages = []Package{{
		ID: "minimum", Title: "Minimum package", Items: []string{"supervision", "incentives", "ownership"},
		Sources: []string{"naimoli2015"}, Note: "All at once.",
	}}
	return spec
}

func TestAPackageIsCompleteOnlyWhenAllOfItIsMet(t *testing.T) {
	c := build(t, packaged())
	// The levels of supervision, incentives, reach and ownership; reach is not
	// in the package.
	for name, tt := range map[string]struct {
		levels []Level
		want   PackageTally
	}{
		"all met":              {[]Level{3, 4, 1, 4}, PackageTally{"minimum", 3, 0, 0, Complete}},
		"one unmet":            {[]Level{3, 2, 4, 4}, PackageTally{"minimum", 2, 1, 0, Incomplete}},
		"its own threshold":    {[]Level{3, 3, 4, 3}, PackageTally{"minimum", 2, 1, 0, Incomplete}},
		"one unrated":          {[]Level{3, 3}, PackageTally{"minimum", 2, 0, 1, CompletenessUnknown}},
		"unmet beside unrated": {[]Level{0, 1}, PackageTally{"minimum", 0, 1, 2, Incomplete}},
		"nothing rated":        {nil, PackageTally{"minimum", 0, 0, 3, CompletenessUnknown}},
		"no level is unrated":  {[]Level{9, 3, 3, 4}, PackageTally{"minimum", 2, 0, 1, CompletenessUnknown}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, c.TallyPackage("minimum", tt.levels))
		})
	}
	assert.Equal(t, PackageTally{Package: "elsewhere", Complete: CompletenessUnknown}, c.TallyPackage("elsewhere", []Level{4, 4, 4, 4}))
	var none *Checklist
	assert.Equal(t, PackageTally{Package: "minimum", Complete: CompletenessUnknown}, none.TallyPackage("minimum", nil))
	assert.Empty(t, none.Packages())
}

func TestAScorecardReportsPackagesApartFromTheScore(t *testing.T) {
	rate := func(id string, l Level) Rating { return Rating{Criterion: id, Level: l, Evidence: evidence()} }
	ratings := []Rating{rate("supervision", 4), rate("incentives", 2), rate("ownership", 4)}
	with, err := build(t, packaged()).Scorecard(ratings)
	require.NoError(t, err)
	without, err := build(t, partnering()).Scorecard(ratings)
	require.NoError(t, err)
	assert.Equal(t, []PackageTally{{"minimum", 2, 1, 0, Incomplete}}, with.Packages)
	assert.Nil(t, without.Packages)
	assert.Equal(t, without.Tally, with.Tally, "a package does not change the score")

	data, err := json.Marshal(without)
	require.NoError(t, err)
	assert.NotContains(t, string(data), "packages")
	assert.NotContains(t, string(data), `"from"`)
}

func TestEveryFaultOfAPackageIsReported(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*Spec)
		want  []string
	}{
		"zero package": {func(s *Spec) { s.Packages = []Package{{}} },
			[]string{"packages[0].id: required", "packages[0].items: length", "packages[0].sources: required"}},
		"one item":           {func(s *Spec) { s.Packages[0].Items = []string{"supervision"} }, []string{"packages[0].items: length"}},
		"no such item":       {func(s *Spec) { s.Packages[0].Items[1] = "nowhere" }, []string{"packages[0].items[1]: exists"}},
		"item twice":         {func(s *Spec) { s.Packages[0].Items[1] = "supervision" }, []string{"packages[0].items[1]: unique"}},
		"too many items":     {func(s *Spec) { s.Packages[0].Items = make([]string, 10_001) }, []string{"packages[0].items: length"}},
		"no such source":     {func(s *Spec) { s.Packages[0].Sources = []string{"nobody1999"} }, []string{"packages[0].sources[0]: exists"}},
		"source twice":       {func(s *Spec) { s.Packages[0].Sources = []string{"model", "model"} }, []string{"packages[0].sources[1]: unique"}},
		"title not UTF-8":    {func(s *Spec) { s.Packages[0].Title = "\xff" }, []string{"packages[0].title: utf-8"}},
		"note not UTF-8":     {func(s *Spec) { s.Packages[0].Note = "\xff" }, []string{"packages[0].note: utf-8"}},
		"id taken":           {func(s *Spec) { s.Packages = append(s.Packages, s.Packages[0]) }, []string{"packages[1].id: unique"}},
		"too many packages":  {func(s *Spec) { s.Packages = make([]Package, 101) }, []string{"packages: length"}},
		"criterion is wrong": {func(s *Spec) { s.Criteria[0].ID = "" }, []string{"criteria[0].id: required", "packages[0].items[0]: exists"}},
	} {
		t.Run(name, func(t *testing.T) {
			spec := packaged()
			tt.spoil(&spec)
			c, err := NewChecklist(spec)
			assert.Nil(t, c)
			assert.Equal(t, tt.want, rules(t, err))
		})
	}
}

func TestACriterionOfAPackageIsDroppedOnlyWithThePackage(t *testing.T) {
	base := build(t, packaged())
	_, err := base.Derive("2", Drop("incentives"))
	assert.Equal(t, []string{"packages[0].items[1]: exists"}, rules(t, err))
	assert.ErrorContains(t, err, "drop its package first")

	for _, edits := range [][]Edit{{Drop("incentives"), DropPackage("minimum")}, {DropPackage("minimum"), Drop("incentives")}} {
		c, err := base.Derive("2", edits...)
		require.NoError(t, err)
		assert.Empty(t, c.Packages())
	}
	_, err = base.Derive("2", DropPackage("maximum"))
	assert.Equal(t, []string{"edits[0].id: exists"}, rules(t, err))

	p := Package{ID: "field", Items: []string{"supervision", "reach"}, Sources: []string{"model"}}
	add := AddPackage(p)
	p.Items[0] = "changed"
	c, err := base.Derive("2", add)
	require.NoError(t, err)
	assert.Equal(t, PackageTally{"field", 1, 1, 0, Incomplete}, c.TallyPackage("field", []Level{3, 0, 2}))
	assert.Len(t, base.Packages(), 1)
}

func TestAChecklistHasAtMostAHundredPackages(t *testing.T) {
	spec := packaged()
	p := spec.Packages[0]
	for len(spec.Packages) < 100 {
		p.ID = "p" + strconv.Itoa(len(spec.Packages))
		spec.Packages = append(spec.Packages, p)
	}
	assert.Len(t, build(t, spec).Packages(), 100)
	p.ID = "one too many"
	spec.Packages = append(spec.Packages, p)
	_, err := NewChecklist(spec)
	assert.Equal(t, []string{"packages: length"}, rules(t, err))
}

func TestAPackageSharesNothingThatCanBeChangedAndSurvivesJSON(t *testing.T) {
	spec := packaged()
	c := build(t, spec)
	data, err := json.Marshal(c)
	require.NoError(t, err)
	spec.Packages[0].Items[0] = "changed"
	c.Packages()[0].Items[0] = "changed"
	c.Spec().Packages[0].Sources[0] = "changed"
	again, err := json.Marshal(c)
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again))
	assert.Equal(t, c, MustParseChecklist(data))

	_, err = ParseChecklist([]byte(`{"name":"a","version":"1","sources":[],"criteria":[],"packages":[{"id":"p","itmes":[]}]}`))
	assert.Contains(t, err.Error(), `packages[0].itmes (line 1, column 76): got "itmes", want one of id, title, items, sources, note`)

	var answer Completeness
	require.NoError(t, json.Unmarshal([]byte(`"no"`), &answer))
	assert.Equal(t, Incomplete, answer)
	require.ErrorIs(t, json.Unmarshal([]byte(`"maybe"`), &answer), fault.ErrInvalid)
	assert.Equal(t, Incomplete, answer)
}

// The laws of a package, on any checklist and any levels.

func TestRatingOneMoreOrRaisingALevelNeverTakesAPackageAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyPackaged(t)
		levels := anyLevels(t, c.Len())
		i := rapid.IntRange(0, c.Len()-1).Draw(t, "item")
		before := c.TallyPackage("p", levels)
		was := levels[i]
		levels[i] = Level(rapid.IntRange(int(max(was, 1)), 4).Draw(t, "to"))
		after := c.TallyPackage("p", levels)
		require.Equal(t, before.Met+before.Unmet+before.Unknown, after.Met+after.Unmet+after.Unknown)
		require.LessOrEqual(t, after.Unknown, before.Unknown)
		require.GreaterOrEqual(t, after.Met, before.Met)
		if before.Complete == Complete {
			require.Equal(t, Complete, after.Complete, "once complete, a raised level leaves it so")
		}
		if before.Complete == Incomplete && !was.Known() {
			require.Equal(t, Incomplete, after.Complete, "once incomplete, one more rating does not complete it")
		}
	})
}

func anyPackaged(t *rapid.T) *Checklist {
	spec := anyChecklist(t).Spec()
	for len(spec.Criteria) < 2 {
		spec.Criteria = append(spec.Criteria, added("more", "more"))
	}
	var ids []string
	for _, c := range spec.Criteria {
		ids = append(ids, c.ID)
	}
	items := rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 2, len(ids), rapid.ID[string]).Draw(t, "package")
	spec.Packages = []Package{{ID: "p", Items: items, Sources: []string{"model"}}}
	c, err := NewChecklist(spec)
	require.NoError(t, err)
	return c
}

// full is as large as the built-in checklist of reform readiness: 52 criteria
// in 8 sections, with two packages.
func full(t testing.TB) (*Checklist, []Level) {
	spec := partnering()
	spec.Criteria = nil
	for i := range 52 {
		spec.Criteria = append(spec.Criteria, added(fmt.Sprintf("c%d", i), fmt.Sprintf("s%d", i*8/52)))
	}
	spec.Packages = []Package{
		{ID: "p", Items: []string{"c0", "c10", "c20", "c30"}, Sources: []string{"model"}},
		{ID: "q", Items: []string{"c1", "c51"}, Sources: []string{"model"}},
	}
	return build(t, spec), cycled(52)
}

// scoreAll tallies the whole, each section and each package.
func scoreAll(c *Checklist, sections []string, levels []Level) {
	sink = c.Tally(levels)
	for _, s := range sections {
		sink = c.TallySection(s, levels)
	}
	packageSink = c.TallyPackage("p", levels)
	packageSink = c.TallyPackage("q", levels)
}

var packageSink PackageTally

func TestScoringEverythingDoesNotAllocate(t *testing.T) {
	c, levels := full(t)
	sections := c.Sections()
	assert.Zero(t, testing.AllocsPerRun(100, func() { scoreAll(c, sections, levels) }))
}

// BenchmarkScoreAll is the price of everything that a scorecard counts, for 52
// criteria, and how many times the floor that is.
func BenchmarkScoreAll(b *testing.B) {
	c, levels := full(b)
	sections := c.Sections()
	floor := newFloor()
	b.ReportAllocs()
	for b.Loop() {
		scoreAll(c, sections, levels)
	}
	taken, start := b.Elapsed(), time.Now()
	for range b.N {
		floor.score(levels)
	}
	b.ReportMetric(float64(taken)/float64(time.Since(start)), "x-floor")
}

// BenchmarkScoreFloor is the least that scoring 52 criteria twice can take.
func BenchmarkScoreFloor(b *testing.B) {
	levels, floor := cycled(52), newFloor()
	b.ReportAllocs()
	for b.Loop() {
		floor.score(levels)
	}
}

// floor is a weighted sum over bare arrays, once for the whole and once for the
// sections together; it counts nothing.
type floor []float64

func newFloor() floor { return slices.Repeat(floor{1}, 52) }

func (f floor) score(levels []Level) {
	var points, total float64
	for range 2 {
		for i, l := range levels {
			points += f[i] * l.Share()
			total += f[i]
		}
	}
	sink.Score.Low = points / total
}
