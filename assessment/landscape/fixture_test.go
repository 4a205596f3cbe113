package landscape_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
)

// valley is a made-up landscape (illustrative) that shows every rule once.
//
//	area   people  posts
//	north   6,000  family (10 workers: planning, nutrition), ngo (size not known: nutrition)
//	south   4,000  family (2 workers: planning), malaria (2 workers: malaria)
//	west   unknown none
func valley() landscape.Landscape {
	return landscape.Landscape{
		Areas: []landscape.Area{{ID: "north", Population: 6000}, {ID: "south", Population: 4000}, {ID: "west"}},
		Services: []landscape.Service{
			{ID: "planning", Target: 1000}, {ID: "nutrition", Target: 600}, {ID: "malaria"},
		},
		Programmes: []landscape.Programme{
			{ID: "public", Operator: "directorate", Mechanism: "platform", Funding: []landscape.Funding{
				{Funder: "treasury", Unit: "USD/year", Amount: 60},
			}},
			{ID: "ngo", Funding: []landscape.Funding{
				{Funder: "fund", Unit: "USD/year", Amount: 30, External: true, Disease: "malaria"},
				{Funder: "charity", Unit: "USD/year", Amount: 10, External: true},
			}},
		},
		Cadres: []landscape.Cadre{
			{ID: "family", Programme: "public", Supervision: "planning directorate", Standing: landscape.Community, Work: "visits", Pay: landscape.Pay{Low: 50, High: 50, Unit: "USD/month"}},
			{ID: "volunteers", Programme: "ngo", Supervision: "ngo", Standing: landscape.Community, Work: "visits", Pay: landscape.Pay{Unit: "USD/month"}},
			{ID: "malaria", Programme: "ngo", Standing: landscape.New, Work: "visits", Pay: landscape.Pay{Low: 40, High: 100, Unit: "USD/month"}},
			{ID: "nurses", Standing: landscape.Established, Pay: landscape.Pay{Low: 80, High: 90, Unit: "USD/month"}},
		},
		Posts: []landscape.Post{
			{Cadre: "volunteers", Area: "north", Services: []string{"nutrition"}},
			{Cadre: "family", Area: "north", Services: []string{"planning", "nutrition"}, Workers: 10},
			{Cadre: "family", Area: "south", Services: []string{"planning"}, Workers: 2},
			{Cadre: "malaria", Area: "south", Services: []string{"malaria"}, Workers: 2},
		},
		Statements: []landscape.Statement{{
			Aspect: landscape.SharedMechanism, Holds: false, About: "north",
			Evidence: assessment.Evidence{What: "They never meet.", Source: "made up", Basis: assessment.Illustrative},
		}},
	}
}

func analyse(tb testing.TB, l landscape.Landscape) landscape.Analysis {
	tb.Helper()
	a, err := landscape.Analyse(l)
	require.NoError(tb, err)
	return a
}

// draw makes a small sound landscape. Amounts are whole and small, so that
// their sums are exact in any order.
func draw(t *rapid.T) landscape.Landscape {
	var l landscape.Landscape
	count := func(name string, least, most int) int { return rapid.IntRange(least, most).Draw(t, name) }
	word := func(name string, words ...string) string { return rapid.SampledFrom(words).Draw(t, name) }
	for i := range count("areas", 0, 4) {
		l.Areas = append(l.Areas, landscape.Area{ID: fmt.Sprint("a", i), Population: float64(count("population", 0, 3) * 500)})
	}
	for i := range count("services", 0, 3) {
		l.Services = append(l.Services, landscape.Service{ID: fmt.Sprint("s", i), Target: float64(count("target", 0, 2) * 250)})
	}
	for i := range count("programmes", 1, 4) {
		p := landscape.Programme{ID: fmt.Sprint("p", i), Mechanism: word("mechanism", "", "m", "n")}
		for range count("funding", 0, 3) {
			f := landscape.Funding{Funder: word("funder", "home", "away", "far"), Unit: word("unit", "", "USD", "EUR"), Disease: word("disease", "", "tb")}
			f.External = f.Funder != "home"
			if f.Unit != "" {
				f.Amount = float64(count("amount", 0, 8))
			}
			p.Funding = append(p.Funding, f)
		}
		l.Programmes = append(l.Programmes, p)
	}
	for i := range count("cadres", 0, 6) {
		c := landscape.Cadre{
			ID: fmt.Sprint("c", i), Programme: l.Programmes[count("programme", 0, len(l.Programmes)-1)].ID,
			Supervision: word("line", "", "x", "y"), Work: word("work", "", "v", "w"),
			Standing: landscape.Standing(word("standing", "community", "new", "established")),
		}
		if unit := word("pay unit", "", "USD", "EUR"); unit != "" {
			low := count("low", 0, 4)
			c.Pay = landscape.Pay{Low: float64(low), High: float64(count("high", low, 5)), Unit: unit}
		}
		l.Cadres = append(l.Cadres, c)
		if c.Standing == landscape.Established || len(l.Services) == 0 {
			continue
		}
		for _, a := range l.Areas {
			p := landscape.Post{Cadre: c.ID, Area: a.ID, Workers: count("workers", 0, 3)}
			for _, s := range l.Services {
				if rapid.Bool().Draw(t, "given") {
					p.Services = append(p.Services, s.ID)
				}
			}
			if len(p.Services) > 0 && rapid.Bool().Draw(t, "post") {
				l.Posts = append(l.Posts, p)
			}
		}
	}
	l.Posts = shuffled(t, l.Posts)
	for range count("statements", 0, 3) {
		l.Statements = append(l.Statements, landscape.Statement{
			Aspect: rapid.SampledFrom(landscape.Aspects()).Draw(t, "aspect"), Holds: rapid.Bool().Draw(t, "holds"),
			Evidence: assessment.Evidence{What: "drawn", Source: "made up", Basis: assessment.Illustrative},
		})
	}
	return l
}

// shuffled draws an order of the list; one element or none has no other.
func shuffled[T any](t *rapid.T, list []T) []T {
	if len(list) < 2 {
		return list
	}
	return rapid.Permutation(list).Draw(t, "order")
}
