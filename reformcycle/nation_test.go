package reformcycle_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// What cannot be of a nation and its districts is refused by the field, and nothing of it
// is recorded.
func TestWhatANationCannotTakeIsRefusedByField(t *testing.T) {
	list := asking(t, assessment.FromChildren{Of: assessment.OfChildren, Stage: "program-readiness"}, 3)
	c, err := reformcycle.New("KEN-1", reformcycle.WithChecklist(list), reformcycle.WithStage(reformcycle.Design))
	require.NoError(t, err)
	three := []reformcycle.Child{child("1", 0), child("2", 0), child("3", 0)}
	link := func(parent string) reformcycle.LinkParent {
		return reformcycle.LinkParent{Link: reformcycle.Link{Parent: parent, Held: reformcycle.Asks}}
	}
	place := func(change func(*reformcycle.Jurisdiction)) reformcycle.NameJurisdiction {
		j := reformcycle.Jurisdiction{ID: "KE-1", Name: "ගම්පහ", Tier: reformcycle.District, Parent: "KE", Population: reformcycle.Population{People: 10, Year: 2019, Source: "census"}}
		change(&j)
		return reformcycle.NameJurisdiction{Jurisdiction: j}
	}
	naming := func(change func(*reformcycle.Children)) reformcycle.NameChildren {
		of := reformcycle.Children{Children: append([]reformcycle.Child(nil), three...), Source: "a list", Year: 2019}
		change(&of)
		return reformcycle.NameChildren{Of: of}
	}
	later := sighted("KEN", reformcycle.Launch)
	later.Observation.Seq += 5
	require.NoError(t, refusalOf(c.Apply(background, office(0), place(func(*reformcycle.Jurisdiction) {}), naming(func(*reformcycle.Children) {}), link("KEN"), later,
		reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "moh", Name: "Ministry", Constituency: stakeholders.MinistryOfHealth, Member: true}},
		reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Now"}}))) // the middle of a lap

	people := func(x float64) reformcycle.NameJurisdiction {
		return place(func(j *reformcycle.Jurisdiction) { j.Population.People = x })
	}
	of := func(x float64) reformcycle.NameChildren {
		return naming(func(of *reformcycle.Children) { of.Children[1].Population = x })
	}
	for name, x := range map[string]struct {
		change      reformcycle.Change
		field, rule string
	}{
		"its own ancestor":            {place(func(j *reformcycle.Jurisdiction) { j.Parent = j.ID }), "jurisdiction.parent", "same"},
		"a nation with a parent":      {place(func(j *reformcycle.Jurisdiction) { j.Tier = reformcycle.National }), "jurisdiction.parent", "own"},
		"another jurisdiction":        {place(func(j *reformcycle.Jurisdiction) { j.ID = "KE-2" }), "jurisdiction.id", "same"},
		"people, negative":            {people(-1), "jurisdiction.population.people", "range"},
		"people, not a number":        {people(math.NaN()), "jurisdiction.population.people", "finite"},
		"people, endless":             {people(math.Inf(1)), "jurisdiction.population.people", "finite"},
		"people, more than the earth": {people(1e12), "jurisdiction.population.people", "range"},
		"people of no year":           {place(func(j *reformcycle.Jurisdiction) { j.Population.Year = 0 }), "jurisdiction.population", "required"},
		"a child's, negative":         {of(-1), "of.children[1].population", "range"},
		"a child's, not a number":     {of(math.NaN()), "of.children[1].population", "finite"},
		"a child's of no year":        {naming(func(of *reformcycle.Children) { of.Children[1].Population, of.Year = 7, 0 }), "of.year", "required"},
		"two children with one id":    {naming(func(of *reformcycle.Children) { of.Children[1].Cycle = "1" }), "of.children[1].cycle", "unique"},
		"its own child":               {naming(func(of *reformcycle.Children) { of.Children[1].Cycle = "KEN-1" }), "of.children[1].cycle", "same"},
		"its parent as a child":       {naming(func(of *reformcycle.Children) { of.Children[1].Cycle = "KEN" }), "of.children[1].cycle", "same"},
		"k above n":                   {naming(func(of *reformcycle.Children) { of.Children = of.Children[:2] }), "of.children", "length"},
		"its own parent":              {link("KEN-1"), "link.parent", "same"},
		"another parent in the lap":   {link("UGA"), "link.parent", "same"},
		"a child as its parent":       {link("2"), "link.parent", "same"},
		"an older observation":        {sighted("KEN", reformcycle.Design), "observation.seq", "order"},
		"of whom it is not linked":    {sighted("UGA", reformcycle.Design), "observation.cycle", "exists"},
	} {
		t.Run(name, func(t *testing.T) {
			err := untouched(t, c, office(1), x.change)
			broken(t, err, x.field, x.rule)
			var at *reformcycle.ChangeError
			require.ErrorAs(t, err, &at)
		})
	}
}
