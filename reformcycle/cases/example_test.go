package cases_test

import (
	"context"
	"fmt"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
)

// What the paper names of one country is held against what the diagnosis finds.
func Example() {
	myanmar, err := cases.Get("myanmar", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	diagnosis, err := myanmar.Diagnosis(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, claim := range myanmar.Compare(diagnosis).Confirmed {
		fmt.Printf("%s: %s (%s)\n", claim.Code, claim.Says, claim.Where)
	}
	// Output:
	// weak-government-lead: Central government is weak in leading and in its commitment. (Discussion, paragraph on Myanmar)
	// vertical-funding: Vertical money for single diseases drives the programme, and each section has donors of its own. (Discussion, paragraph on Myanmar)
	// uncoordinated-cadres: Seven cadres work nearly apart, each under another section. (Discussion, paragraph on Myanmar)
	// fragmented-programmes: The programme is still in fragments. (Discussion, paragraph on Myanmar)
	// uncoordinated-partners: Planning, coordination and partnership are limited, since each section has money of its own to guard. (Discussion, paragraph on Myanmar)
}

// A host that changes the rules learns which published stories its diagnosis would
// tell another way.
func ExampleCase_Compare() {
	rules, err := reformcycle.DiagnosisRules().Without("vertical-funding")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range cases.Papers(nil) {
		cycle, err := c.Cycle(context.Background())
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, claim := range c.Compare(cycle.State().DiagnoseBy(rules)).Missing {
			fmt.Printf("%s: %s\n", c.Country, claim.Judgement)
		}
	}
	// Output:
	// Cambodia: vertical-funding (trouble)
	// Myanmar: vertical-funding (trouble)
}

// A case of your own is read from JSON; evidence that it leaves out is its fact.
func ExampleParse() {
	c, err := cases.Parse([]byte(`{
	  "id": "somewhere", "country": "Somewhere (illustrative)", "title": "A made-up story",
	  "paper": {"key": "madeup", "citation": "Made up for this example.", "link": "none", "seen": "illustrative"},
	  "begin": {
	    "stage": "governance", "on": "2026", "precision": "as told in 2026",
	    "rests": {"says": "Illustrative.", "where": "nowhere"}
	  },
	  "chapters": [{
	    "says": "Districts were asked and are ready (illustrative).", "where": "nowhere",
	    "changes": [{"kind": "rate", "data": {"criterion": "readiness.subnational", "level": "functional"}}]
	  }],
	  "claims": [{"code": "districts-left-out", "as": "strength", "says": "Districts were asked.", "where": "nowhere"}]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	diagnosis, err := c.Diagnosis(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("Missing:", c.Compare(diagnosis).Missing)
	// Output: Missing: []
}
