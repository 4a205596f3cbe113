package chart_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/simulation"
	"github.com/chsreform/chsreform/reformcycle/simulation/chart"
)

// told prints what a picture tells those who can't see it: its title, or its
// description.
func told(svg, element string) {
	_, text, _ := strings.Cut(svg, "<"+element+" ")
	_, text, _ = strings.Cut(text, ">")
	text, _, _ = strings.Cut(text, "</"+element+">")
	fmt.Println(text)
}

func policy(name string) simulation.Policy {
	p, err := simulation.NewPolicy(name, nil)
	if err != nil {
		log.Fatal(err)
	}
	return p
}

func reference() *simulation.Model {
	model, err := simulation.Compile(simulation.Reference())
	if err != nil {
		log.Fatal(err)
	}
	return model
}

func ExampleArrivals() {
	summary, err := reference().Run(context.Background(), policy("balanced"), 100, 1)
	if err != nil {
		log.Fatal(err)
	}
	var page strings.Builder
	if err := chart.Arrivals(&page, nil, "Design and launch", summary, reformcycle.Design, reformcycle.Launch); err != nil {
		log.Fatal(err)
	}
	told(page.String(), "title")
	// Output:
	// Design and launch – arrivals. 2 curves
}

func ExampleComparison() {
	comparison, err := reference().Compare(context.Background(), []simulation.Policy{policy("coalition-first"), policy("rush-to-launch")}, simulation.LaunchedBy(48), 100, 1)
	if err != nil {
		log.Fatal(err)
	}
	var page strings.Builder
	if err := chart.Comparison(&page, nil, "Which way?", comparison); err != nil {
		log.Fatal(err)
	}
	told(page.String(), "title")
	// Output:
	// Which way? – comparison of 2 policies
}

// An answer that was kept, as JSON or in a spreadsheet, is drawn as one that was
// just found.
func ExampleTornado() {
	at := func(months float64) (e simulation.Estimate) {
		e.At, e.Low, e.High = months, months, months
		return e
	}
	var page strings.Builder
	err := chart.Tornado(&page, nil, "What does it hang on?", simulation.Tornado{
		Scenario: "Exampleland (illustrative)", Metric: simulation.MonthsTo(reformcycle.Launch, 60), Runs: 2000, Seed: 1, Base: at(30),
		Swings: []simulation.Swing{
			{Factor: simulation.Factor{Parameter: "shocks.election.hazard", Low: 0.005, High: 0.25}, AtLow: at(28), AtHigh: at(33)},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	told(page.String(), "desc")
	// Output:
	// Illustrative: runs of a model under stated assumptions, made to compare policies. Not a forecast. Months to launch, counted up to 60: 30.0 in the base case. Widest first: shocks.election.hazard (chance per month): 28.0 at 0.005, 33.0 at 0.25.
}
