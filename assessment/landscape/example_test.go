package landscape_test

import (
	"fmt"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
)

// district is made up to show the form (illustrative).
const district = `{
  "areas": [{"id": "hills", "population": 9000}, {"id": "coast"}],
  "services": [{"id": "malaria", "target": 1000}, {"id": "nutrition"}],
  "programmes": [
    {"id": "malaria-fund", "funding": [{"funder": "donor", "unit": "USD/year", "amount": 80000, "external": true, "disease": "malaria"}]},
    {"id": "district", "mechanism": "platform", "funding": [{"funder": "treasury", "unit": "USD/year"}]}
  ],
  "cadres": [
    {"id": "malaria-volunteers", "programme": "malaria-fund", "supervision": "malaria section", "standing": "community", "work": "home visits",
     "pay": {"low": 0, "high": 0, "unit": "USD/month"}},
    {"id": "assistants", "programme": "district", "supervision": "district", "standing": "new", "work": "home visits",
     "pay": {"low": 60, "high": 80, "unit": "USD/month"}}
  ],
  "posts": [
    {"cadre": "malaria-volunteers", "area": "hills", "services": ["malaria"]},
    {"cadre": "assistants", "area": "hills", "services": ["malaria", "nutrition"], "workers": 8},
    {"cadre": "assistants", "area": "coast", "services": ["nutrition"], "workers": 5}
  ]
}`

func Example() {
	l, err := landscape.Parse([]byte(district))
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := landscape.Analyse(l)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, sentence := range a.Summary() {
		fmt.Println(sentence)
	}
	// Output:
	// Pairs of an area and a service: 4. Served: 3; not served: 1. Areas without any post: 0.
	// Pairs that several cadres serve: 1; without a shared coordination mechanism that is known: 1.
	// Served pairs with a target: 1. More people for each worker than the target: 0; at most as many: 1; not known: 0.
	// Areas with several cadres: 1. Lines of supervision separate: 1; not known well enough: 0.
	// Pairs of cadres of like work: 1. Pay differs: 1; may differ: 0; is equal: 0; can't be compared: 0.
	// Shares of the money in USD/year: from abroad 0–1; tied to single diseases 0–1; both 0–1. Concentration of funders: 0.5–1.
}

func ExampleAnalyse() {
	l, err := landscape.Parse([]byte(district)) // illustrative
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := landscape.Analyse(l)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range a.Overlaps {
		fmt.Println(o.Area, o.Service, o.Cadres, "shared mechanism:", o.Shared)
	}
	for _, p := range a.Unserved {
		fmt.Println(p.Area, p.Service, "unserved")
	}
	// 9,000 people, 8 assistants and at least one volunteer.
	load := a.Loads[0]
	fmt.Printf("%s %s: at most %.0f people per worker, over target: %s\n", load.Area, load.Service, load.High, load.OverTarget)
	// Output:
	// hills malaria [malaria-volunteers assistants] shared mechanism: unknown
	// coast malaria unserved
	// hills malaria: at most 1000 people per worker, over target: no
}

func ExampleLandscape_Validate() {
	l := landscape.Landscape{
		Areas:    []landscape.Area{{ID: "hills", Population: -1}},
		Services: []landscape.Service{{ID: "malaria"}},
		Posts:    []landscape.Post{{Cadre: "volunteers", Area: "coast", Services: []string{"malaria"}}},
	}
	for _, e := range l.Validate() {
		fmt.Println(e)
	}
	// Output:
	// areas[0].population: got -1, want a number from 0 to 1000000000000
	// posts[0].cadre: got "volunteers", want one that stands in cadres
	// posts[0].area: got "coast", want one that stands in areas
}

func ExampleParsePosts() {
	cadres := []landscape.Cadre{{ID: "assistants", Programme: "district", Standing: landscape.New}}
	posts, err := landscape.ParsePosts([]byte(`programme,cadre,area,service,workers
district,assistants,hills,malaria,8
district,assistants,hills,nutrition,8
district,assistants,coast,nutrition,
`), cadres)
	fmt.Println(posts, err)
	// Output:
	// [{assistants hills [malaria nutrition] 8} {assistants coast [nutrition] 0}] <nil>
}

// A source that describes a country in a paragraph gives no posts and no
// amounts. What it says is kept as statements.
func ExampleAnalysis_On() {
	a, err := landscape.Analyse(landscape.Landscape{Statements: []landscape.Statement{{
		Aspect: landscape.VerticalFunding, Holds: true, About: "Myanmar",
		Evidence: assessment.Evidence{
			What:   "A fragmented programme, moved by money that is tied to diseases; sections of the ministry have donors of their own.",
			Source: "afzal2021, doi:10.1186/s12961-021-00753-7", Basis: assessment.Documented,
		},
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	v := a.On(landscape.VerticalFunding)
	fmt.Println(v.Answer, "by details", v.Details)
	fmt.Println(a.On(landscape.UnequalPay).Answer)
	// Output:
	// yes by details unknown
	// unknown
}
