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

// described prints what a picture tells those who can't see it.
func described(svg string) {
	for line := range strings.Lines(svg) {
		if strings.HasPrefix(line, "<desc") {
			_, text, _ := strings.Cut(line, ">")
			fmt.Println(strings.TrimSuffix(strings.TrimSpace(text), "</desc>"))
		}
	}
}

var origin = chart.Origin{Scenario: "Exampleland (illustrative)", Runs: 2000, Seed: 1}

func ExampleArrivals() {
	var page strings.Builder
	err := chart.Arrivals(&page, "When does it launch?", origin, []chart.Curve{
		{Name: "coalition first", Points: []chart.Point{{Month: 0}, {Month: 18, Estimate: chart.Estimate{At: 0.4, Low: 0.38, High: 0.42}}, {Month: 36, Estimate: chart.Estimate{At: 0.7, Low: 0.68, High: 0.72}}}},
		{Name: "rush", Points: []chart.Point{{Month: 0}, {Month: 9, Estimate: chart.Estimate{At: 0.3, Low: 0.28, High: 0.32}}, {Month: 36, Estimate: chart.Estimate{At: 0.35, Low: 0.33, High: 0.37}}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	described(page.String())
	// Output:
	// Illustrative: runs of a model under stated assumptions, made to compare strategies. Not a forecast. The share of the runs that have arrived, with its 95% interval. coalition first: 70% (68–72%) by month 36; half of the runs by month 36. rush: 35% (33–37%) by month 36; half of the runs do not arrive by then.
}

func ExampleComparison() {
	var page strings.Builder
	err := chart.Comparison(&page, "Which way?", origin, chart.Measure{Name: "launched by month 36"}, []chart.Row{
		{Name: "coalition first", Estimate: chart.Estimate{At: 0.7, Low: 0.68, High: 0.72}},
		{Name: "rush", Estimate: chart.Estimate{At: 0.35, Low: 0.33, High: 0.37}},
	}, []chart.Difference{
		{First: "coalition first", Second: "rush", Estimate: chart.Estimate{At: 0.35, Low: 0.325, High: 0.375}},
	})
	if err != nil {
		log.Fatal(err)
	}
	described(page.String())
	// Output:
	// Illustrative: runs of a model under stated assumptions, made to compare strategies. Not a forecast. Launched by month 36, share of the runs. coalition first: 70% (68% to 72%). rush: 35% (33% to 37%). Differences: coalition first − rush: +35.0 (+32.5 to +37.5), the first is higher.
}

func ExampleTornado() {
	var page strings.Builder
	at := func(months float64) chart.Estimate { return chart.Estimate{At: months, Low: months, High: months} }
	err := chart.Tornado(&page, "What does it hang on?", origin, chart.Measure{Name: "time to launch", Unit: "months"}, at(30), []chart.Swing{
		{Name: "elections", From: "none", To: "one every 4 years", Low: at(28), High: at(33)},
		{Name: "capacity", From: "half", To: "double", Low: at(47), High: at(22)},
	})
	if err != nil {
		log.Fatal(err)
	}
	described(page.String())
	// Output:
	// Illustrative: runs of a model under stated assumptions, made to compare strategies. Not a forecast. Time to launch, months: 30.0 in the base case. Widest first: capacity: 47.0 at half, 22.0 at double. elections: 28.0 at none, 33.0 at one every 4 years.
}

func ExampleSobol() {
	var page strings.Builder
	err := chart.Sobol(&page, "What does it hang on?", origin, chart.Measure{Name: "launched by month 36"}, []chart.Index{
		{Name: "elections", First: chart.Estimate{At: 0.1, Low: 0.07, High: 0.13}, Total: chart.Estimate{At: 0.3, Low: 0.26, High: 0.34}},
		{Name: "capacity", First: chart.Estimate{At: 0.6, Low: 0.55, High: 0.65}, Total: chart.Estimate{At: 0.8, Low: 0.75, High: 0.85}},
	})
	if err != nil {
		log.Fatal(err)
	}
	described(page.String())
	// Output:
	// Illustrative: runs of a model under stated assumptions, made to compare strategies. Not a forecast. How much of the variance of the outcome, launched by month 36, each assumption answers for. Largest total index first: capacity: first-order 0.60 (0.55 to 0.65), total 0.80 (0.75 to 0.85). elections: first-order 0.10 (0.07 to 0.13), total 0.30 (0.26 to 0.34).
}

func ExampleSupportFan() {
	var page strings.Builder
	err := chart.SupportFan(&page, "Where does support go?", origin, []chart.Support{
		{Month: 0, Quantiles: [5]float64{0.4, 0.4, 0.4, 0.4, 0.4}, Decided: 1},
		{Month: 24, Quantiles: [5]float64{0.3, 0.45, 0.55, 0.6, 0.75}, Decided: 0.8, Undecided: 0.05},
	})
	if err != nil {
		log.Fatal(err)
	}
	described(page.String())
	// Output:
	// Illustrative: runs of a model under stated assumptions, made to compare strategies. Not a forecast. Support as a share of support and opposition, over the runs that still go on and in which somebody takes sides. Month 0: median 40%, middle half 40% to 40%, nine in ten 40% to 40%; somebody takes sides in 100% of the runs, nobody in 0%, 0% have ended. Month 24: median 55%, middle half 45% to 60%, nine in ten 30% to 75%; somebody takes sides in 80% of the runs, nobody in 5%, 15% have ended.
}

func ExampleArrivalsOf() {
	model, err := simulation.Compile(simulation.Reference())
	if err != nil {
		log.Fatal(err)
	}
	balanced, err := simulation.NewPolicy("balanced", nil)
	if err != nil {
		log.Fatal(err)
	}
	summary, err := model.Run(context.Background(), balanced, 100, 1)
	if err != nil {
		log.Fatal(err)
	}
	var page strings.Builder
	if err := chart.ArrivalsOf(&page, "Design and launch", summary, reformcycle.Design, reformcycle.Launch); err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(page.String()) {
		if strings.HasPrefix(line, "<title") {
			_, title, _ := strings.Cut(line, ">")
			fmt.Print(strings.Replace(title, "</title>", "", 1))
		}
	}
	// Output:
	// Design and launch: arrivals. 2 curves
}

func ExampleComparisonOf() {
	model, err := simulation.Compile(simulation.Reference())
	if err != nil {
		log.Fatal(err)
	}
	var strategies []simulation.Policy
	for _, name := range []string{"coalition-first", "rush-to-launch"} {
		s, err := simulation.NewPolicy(name, nil)
		if err != nil {
			log.Fatal(err)
		}
		strategies = append(strategies, s)
	}
	comparison, err := model.Compare(context.Background(), strategies, simulation.LaunchedBy(48), 100, 1)
	if err != nil {
		log.Fatal(err)
	}
	var page strings.Builder
	if err := chart.ComparisonOf(&page, "Which way?", comparison); err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(page.String()) {
		if strings.HasPrefix(line, "<title") {
			_, title, _ := strings.Cut(line, ">")
			fmt.Print(strings.Replace(title, "</title>", "", 1))
		}
	}
	// Output:
	// Which way?: comparison of 2 strategies
}
