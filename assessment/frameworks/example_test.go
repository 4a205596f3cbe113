package frameworks_test

import (
	"fmt"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/language/fr"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
)

func ExampleNames() {
	for _, name := range frameworks.Names() {
		fmt.Println(name)
	}
	// Output:
	// reform-readiness
	// chw-aim
	// who-2018
	// strategic-partnering
	// three-ones
	// ccf-principles
	// partner-priorities-2012
	// community-clinic-centred
	// large-scale-design
	// policy-triangle
}

func ExampleGet() {
	f, err := frameworks.Get("three-ones")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.ID(), "–", f.Title())
	for _, item := range f.Items() {
		fmt.Printf("%s: %s (%s)\n", item.ID, item.Text, item.Sources[0])
	}
	fmt.Println("seen of the source:", f.Sources()[0].Seen)
	// Output:
	// three-ones@1.0.0 – Three Ones
	// strategy: There is one national strategy; investment rests on it and all partners align with it. (afzal2021)
	// authority: One authority, known nationally, is respected by all partners and has delegated to a body at district level. (afzal2021)
	// accountability: All partners report and account by one framework of monitoring and accountability. (afzal2021)
	// seen of the source: whole
}

// The mean hides what the source insists on: all four at once.
func ExampleFramework_Checklist() {
	f, err := frameworks.Get("strategic-partnering")
	if err != nil {
		fmt.Println(err)
		return
	}
	levels := []assessment.Level{assessment.HighlyFunctional, assessment.HighlyFunctional, assessment.HighlyFunctional, assessment.PartiallyFunctional}
	fmt.Println("score:", f.Checklist().Tally(levels).Score)
	fmt.Println("package complete:", f.Checklist().TallyPackage("minimum-package", levels).Complete)
	// Output:
	// score: 0.83
	// package complete: no
}

func ExampleFramework_Questions() {
	f, err := frameworks.Get("large-scale-design")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, q := range f.Questions() {
		fmt.Println(q.Text)
		for _, c := range q.Choices {
			fmt.Println("-", c.ID)
		}
	}
	// Output:
	// Who holds control of the programme?
	// - ngos-and-private-sector
	// - government
	// - coalition
	// - mixture
}

// What is built in, the languages of the module say; a file of one's own brings its words
// along.
func ExampleFramework_In() {
	ones, err := frameworks.Get("three-ones")
	if err != nil {
		fmt.Println(err)
		return
	}
	french := fr.Language()
	fmt.Println(french.Say(ones.Title().Told()))
	fmt.Println(french.Say(assessment.PartiallyFunctional.Told()))

	own, err := frameworks.Parse([]byte(`{
  "name": "visits", "version": "1", "title": {"en": "Home visits", "fr": "Visites à domicile"},
  "about": {"en": "Illustrative."}, "licence": {"en": "Our own."},
  "sources": [{"key": "made-up", "citation": "Made up for this example.", "link": "", "seen": ""}],
  "sections": [{"id": "care", "title": {"en": "Care", "fr": "Soins"}}],
  "items": [{"id": "weekly", "section": "care", "kind": "rated", "sources": ["made-up"],
    "text": {"en": "Every household is visited once a month.", "fr": "Chaque ménage est visité une fois par mois."}}]
}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	if french, err = own.In(french); err != nil {
		fmt.Println(err)
		return
	}
	item, _ := own.Item("weekly")
	fmt.Println(french.Say(own.Title().Told()))
	fmt.Println(french.Say(item.Text.Told()))
	// Output:
	// Les « trois principes »
	// partiellement fonctionnel
	// Visites à domicile
	// Chaque ménage est visité une fois par mois.
}

func ExampleParse() {
	_, err := frameworks.Parse([]byte(`{
  "name": "visits", "version": "1", "title": {"en": "Visits"},
  "about": {"en": "Illustrative."}, "licence": {"en": "Our own."},
  "sources": [{"key": "moh2024", "citation": "Ministry of Health. Standards. 2024.", "link": "https://example.org", "seen": "whole"}],
  "sections": [{"id": "care", "title": {"en": "Care"}}],
  "items": [
    {"id": "visits", "section": "care", "text": {"en": "Workers visit."}, "kind": "rated", "sources": ["moh2014"]}
  ]
}`))
	fmt.Println(err)
	// Output:
	// items[0].sources[0] (line 7, column 104): got "moh2014", want one that stands in sources
}

func ExampleCrosswalk_Counterparts() {
	c, err := frameworks.NewCrosswalk(slices.Collect(frameworks.All())...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, same := range c.Counterparts("reform-readiness", "governance.strategy") {
		fmt.Printf("%s (%s)\n", same, same.Note)
	}
	// Output:
	// three-ones@1.0.0:strategy (The stage criterion is the first of the Three Ones.)
}

func ExampleCrosswalk_Fill() {
	c, err := frameworks.NewCrosswalk(slices.Collect(frameworks.All())...)
	if err != nil {
		fmt.Println(err)
		return
	}
	aim, _ := frameworks.Get("chw-aim")
	who, _ := frameworks.Get("who-2018")
	filled, err := c.Fill(aim, []assessment.Rating{
		{Criterion: "supervision", Level: assessment.PartiallyFunctional, Evidence: assessment.Evidence{
			What: "Supervisors come twice a year.", Source: "made up for this example", Basis: assessment.Illustrative}},
		{Criterion: "incentives", Level: assessment.Functional, Evidence: assessment.Evidence{
			What: "Salaries come monthly.", Source: "made up for this example", Basis: assessment.Illustrative}},
	}, who)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range filled.Ratings() {
		fmt.Println(r.Criterion, r.Level)
		fmt.Println(r.Evidence.Source)
	}
	fmt.Println("still to rate:", len(filled.Open))
	// Output:
	// supportive-supervision partially-functional
	// made up for this example (chw-aim@1.0.0:supervision)
	// still to rate: 20
}
