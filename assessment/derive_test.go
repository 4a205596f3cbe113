package assessment_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "github.com/chsreform/chsreform/assessment"
)

func added(id, section string) Criterion {
	return Criterion{ID: id, Section: section, Text: "It holds.", Kind: Rated, Sources: []string{"model"}}
}

func TestEachEditChangesWhatItSays(t *testing.T) {
	base := build(t, partnering())
	before := base.Spec()
	c, err := base.Derive("2",
		Add(added("visits", "work")),
		Add(added("money", "funding")),
		Drop("supervision"),
		Reweight("incentives", 0.5),
		SetThreshold("incentives", NonFunctional),
		SetParameter("reach", 0.6),
		MakeAdvisory("reach"),
		MakeRequired("ownership"),
		Cite(Source{Key: "moh2024", Citation: "Ministry of Health. Policy.", Link: "https://example.org/policy"}),
		Rename("ours", "Our partnering"),
	)
	require.NoError(t, err)

	assert.Equal(t, "ours@2", c.ID())
	assert.Equal(t, "Our partnering", c.Title())
	assert.Equal(t, "partnering@1", c.Spec().From)
	var ids []string
	for _, cr := range c.All() {
		ids = append(ids, cr.ID)
	}
	assert.Equal(t, []string{"incentives", "visits", "reach", "ownership", "money"}, ids)
	assert.Equal(t, []string{"work", "reach", "funding"}, c.Sections())
	incentives, _ := c.Criterion("incentives")
	assert.Equal(t, 0.5, incentives.Weight)
	assert.Equal(t, NonFunctional, incentives.Threshold)
	reach, _ := c.Criterion("reach")
	assert.Equal(t, 0.6, reach.Parameter)
	assert.True(t, reach.Advisory)
	ownership, _ := c.Criterion("ownership")
	assert.False(t, ownership.Advisory)
	_, ok := c.Source("moh2024")
	assert.True(t, ok)

	assert.Equal(t, before, base.Spec(), "the base must stay as it was")
}

func TestEveryFaultOfADerivationIsReported(t *testing.T) {
	for name, tt := range map[string]struct {
		version string
		edits   []Edit
		want    []string
	}{
		"same version":         {"1", nil, []string{"version: new"}},
		"same version renamed": {"1", []Edit{Rename("other", "")}, []string{"version: new"}},
		"blank version":        {"", nil, []string{"version: required"}},
		"zero edit":            {"2", []Edit{{}}, []string{"edits[0]: required"}},
		"no such criterion": {"2", []Edit{Drop("a"), Reweight("b", 1), SetThreshold("c", Functional), SetParameter("d", 1), MakeAdvisory("e"), MakeRequired("f")},
			[]string{"edits[0].id: exists", "edits[1].id: exists", "edits[2].id: exists", "edits[3].id: exists", "edits[4].id: exists", "edits[5].id: exists"}},
		"weight 0":              {"2", []Edit{Reweight("reach", 0)}, []string{"edits[0].weight: range"}},
		"weight NaN":            {"2", []Edit{Reweight("reach", math.NaN())}, []string{"edits[0].weight: range"}},
		"threshold unknown":     {"2", []Edit{SetThreshold("reach", Unknown)}, []string{"edits[0].threshold: known"}},
		"threshold no level":    {"2", []Edit{SetThreshold("reach", 7)}, []string{"edits[0].threshold: known"}},
		"parameter infinite":    {"2", []Edit{SetParameter("reach", math.Inf(1))}, []string{"criteria[2].parameter: range"}},
		"parameter of a rated":  {"2", []Edit{SetParameter("supervision", 2)}, []string{"criteria[0].parameter: derived", "criteria[0].unit: required"}},
		"added twice":           {"2", []Edit{Add(added("reach", "work"))}, []string{"criteria[3].id: unique"}},
		"zero criterion":        {"2", []Edit{Add(Criterion{})}, []string{"criteria[4].id: required", "criteria[4].section: required", "criteria[4].text: required", "criteria[4].kind: known", "criteria[4].sources: required"}},
		"source cited twice":    {"2", []Edit{Cite(Source{Key: "model", Citation: "Again."})}, []string{"sources[2].key: unique"}},
		"zero source":           {"2", []Edit{Cite(Source{})}, []string{"sources[2].key: required", "sources[2].citation: required"}},
		"blank name":            {"2", []Edit{Rename(" ", "x")}, []string{"name: required"}},
		"nothing left":          {"2", []Edit{Drop("supervision"), Drop("incentives"), Drop("reach"), Drop("ownership")}, []string{"criteria: required"}},
		"edits and result both": {"1", []Edit{Drop("a"), Rename("", "")}, []string{"version: new", "edits[0].id: exists", "name: required"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := build(t, partnering()).Derive(tt.version, tt.edits...)
			assert.Nil(t, c)
			assert.Equal(t, tt.want, rules(t, err))
		})
	}
}

func TestACriterionGivenToAddIsCopied(t *testing.T) {
	cr := added("visits", "work")
	edit := Add(cr)
	cr.Sources[0] = "changed"
	base := build(t, partnering())
	for _, version := range []string{"2", "3"} { // an edit may be used again
		c, err := base.Derive(version, edit)
		require.NoError(t, err)
		got, _ := c.Criterion("visits")
		assert.Equal(t, []string{"model"}, got.Sources)
	}
}

func TestDroppingWhatWasAddedGivesTheSameCriteria(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := anyChecklist(t)
		section := rapid.SampledFrom(append(base.Sections(), "new")).Draw(t, "section")
		c, err := base.Derive("derived", Add(added("added", section)))
		require.NoError(t, err)
		require.Equal(t, base.Len()+1, c.Len())
		_, to := c.Section(section)
		require.Equal(t, "added", c.At(to-1).ID, "an added criterion is the last of its section")

		back, err := c.Derive("back", Drop("added"))
		require.NoError(t, err)
		require.Equal(t, base.Spec().Criteria, back.Spec().Criteria)
		require.Equal(t, c.ID(), back.Spec().From)
	})
}
