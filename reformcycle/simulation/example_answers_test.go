package simulation_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
	"github.com/chsreform/chsreform/stakeholders"
)

// reference is the illustrative scenario over five years, with the policies of
// those names.
func reference(names ...string) (*simulation.Model, []simulation.Policy) {
	scenario := simulation.Reference()
	scenario.Horizon = 60
	model, err := simulation.Compile(scenario)
	if err != nil {
		log.Fatal(err)
	}
	var policies []simulation.Policy
	for _, name := range names {
		policy, err := simulation.NewPolicy(name, nil)
		if err != nil {
			log.Fatal(err)
		}
		policies = append(policies, policy)
	}
	return model, policies
}

// What are the odds of launching within four years, and when is it to be
// expected? All of it is illustrative.
func ExampleSummary_By() {
	model, policies := reference("balanced")
	summary, err := model.Run(context.Background(), policies[0], 300, 1)
	if err != nil {
		log.Fatal(err)
	}
	odds, err := summary.By(reformcycle.Launch, 48)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("more likely than not:", odds.Low > 0.5)
	arrival, err := summary.Arrival(reformcycle.Launch)
	if err != nil {
		log.Fatal(err)
	}
	median, err := arrival.Incidence.Quantile(0.5)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("half by the end of year:", int(median.At.At+11)/12)
	// Output:
	// more likely than not: true
	// half by the end of year: 4
}

// How many runs launch ready enough, and with how much debt?
func ExampleSummary_Answers() {
	model, policies := reference("rush-to-launch")
	summary, err := model.Run(context.Background(), policies[0], 200, 1)
	if err != nil {
		log.Fatal(err)
	}
	answers, err := summary.Answers()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("half or more launch in debt:", answers.Debt.AtLeast(1).Low > 0.5)
	fmt.Println("causes of collapse looked for:", len(answers.Causes))
	// Output:
	// half or more launch in debt: true
	// causes of collapse looked for: 6
}

// Metrics have a text form, for files that people read.
func ExampleParseMetric() {
	metric, err := simulation.ParseMetric("launch by 24")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(metric == simulation.LaunchedBy(24))
	_, err = simulation.ParseMetric("lunch by 24")
	fmt.Println(strings.HasPrefix(err.Error(), `metric.stage: got "lunch", want one of problem-prioritization, `))
	// Output:
	// true
	// true
}

// Does rushing launch sooner? Both policies meet the same luck.
func ExampleModel_Compare() {
	model, policies := reference("balanced", "rush-to-launch")
	c, err := model.Compare(context.Background(), policies, simulation.MonthsTo(reformcycle.Launch, 60), 150, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("soonest:", c.Policies[c.Order[0].Policy].Name)
	saved, err := c.Between(0, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("told apart:", saved.Apart())
	fmt.Println("common random numbers helped:", saved.VarianceRatio < 1)
	// Output:
	// soonest: rush-to-launch
	// told apart: true
	// common random numbers helped: true
}

// Which assumptions does the answer hang on?
func ExampleModel_OneAtATime() {
	model, policies := reference("balanced")
	tornado, err := model.OneAtATime(context.Background(), policies[0], simulation.LaunchedBy(48), []simulation.Factor{
		{Parameter: "shocks.scandal.hazard", Low: 0, High: 0.02},
		{Parameter: "work.derived", Low: 4, High: 9},
		{Parameter: "policy.ahead", Low: 0.05, High: 0.15},
	}, 200, 1)
	if err != nil {
		log.Fatal(err)
	}
	widest := tornado.Swings[0]
	fmt.Println(widest.Factor.Parameter, "counts most; the harder, the less is launched:", widest.Change.High < 0)
	// Output:
	// work.derived counts most; the harder, the less is launched: true
}

// How much of what is uncertain comes from each of two assumptions, together
// with others?
func ExampleModel_Sobol() {
	model, policies := reference("balanced")
	indices, err := model.Sobol(context.Background(), policies[0], simulation.MonthsTo(reformcycle.Launch, 60), []simulation.Factor{
		{Parameter: "work.derived", Low: 3, High: 12},
		{Parameter: "shocks.scandal.hazard", Low: 0, High: 0.02},
	}, 24, 16, 1)
	if err != nil {
		log.Fatal(err)
	}
	work, scandal := indices.Of[0].Total, indices.Of[1].Total
	fmt.Println("the work matters more:", work.Low > scandal.High)
	// Output:
	// the work matters more: true
}

// Which settings of a policy do best? What the search saw of the winner
// flatters it; the estimate comes from fresh runs.
func ExampleModel_Plan() {
	model, _ := reference()
	balanced, err := simulation.NewPolicy("balanced", nil)
	if err != nil {
		log.Fatal(err)
	}
	plan, err := model.Plan(context.Background(), balanced, simulation.LaunchedBy(48), []simulation.Factor{
		{Parameter: "policy.persuasion", Low: 0, High: 0.8},
		{Parameter: "policy.ahead", Low: 0, High: 0.5},
	}, 1200, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("within the budget:", plan.Spent <= 1200)
	fmt.Println("fresh seed:", plan.Fresh.Seed != plan.Seed)
	fmt.Println("better than as given, as far as can be told:", plan.Fresh.Estimates[0].At >= plan.Fresh.Estimates[len(plan.Fresh.Estimates)-1].At)
	// Output:
	// within the budget: true
	// fresh seed: true
	// better than as given, as far as can be told: true
}

// Everything can be plotted elsewhere.
func ExampleTornado_WriteCSV() {
	tornado := simulation.Tornado{
		Scenario: "made up (illustrative)", Metric: simulation.LaunchedBy(24), Runs: 100, Seed: 1,
		Swings: []simulation.Swing{{Factor: simulation.Factor{Parameter: "work.rated", Low: 6, High: 18}}},
	}
	if err := tornado.WriteCSV(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// scenario,policy,metric,seed,runs,parameter,from,to,base,base_low,base_high,at_from,at_from_low,at_from_high,at_to,at_to_low,at_to_high,change,change_low,change_high,unit,digest
	// made up (illustrative),,launch by 24,1,100,work.rated,6,18,0,0,0,0,0,0,0,0,0,0,0,0,effort-months,
}

// Which policy holds, whatever the numbers are? Worlds are drawn from the plausible spans
// of the register, and all policies meet the same ones. All of it is illustrative.
func ExampleModel_Worlds() {
	model, policies := reference("coalition-first", "rush-to-launch")
	worlds, err := model.Worlds(context.Background(), simulation.Trial{
		Policies: policies,
		Goals:    []simulation.Goal{{Metric: simulation.LapsAtLeast(1), Bound: 0.1}, {Metric: simulation.DebtAtLaunchAtMost(0), Bound: 0.5}},
		Worlds:   60, Runs: 10, Seed: 1,
	})
	if err != nil {
		log.Fatal(err)
	}
	robustness, err := worlds.Robustness()
	if err != nil {
		log.Fatal(err)
	}
	first, rush := robustness.Goals[1].Of[0], robustness.Goals[1].Of[1]
	fmt.Println("who prepares launches without debt in more worlds:", first.Met.Hits > rush.Met.Hits)
	fmt.Println("and regrets less, at the worst:", first.Regret.Worst < rush.Regret.Worst)
	// Output:
	// who prepares launches without debt in more worlds: true
	// and regrets less, at the worst: true
}

// In which worlds does a policy fail? The sentence is for those who decide.
func ExampleWorlds_DiscoverWhere() {
	model, policies := reference("coalition-first")
	worlds, err := model.Worlds(context.Background(), simulation.Trial{
		Policies: policies,
		Goals:    []simulation.Goal{{Metric: simulation.LaunchedBy(36), Bound: 0.5}},
		Over: []simulation.Uncertainty{
			{Parameter: "actors[].effort", Span: simulation.Span{Low: 0.5, High: 2, Scale: simulation.Logarithmic, Around: true}},
			{Parameter: "shocks.scandal.hazard", Span: simulation.Span{Low: 0.005, High: 0.02}},
		},
		Worlds: 100, Runs: 10, Seed: 1,
	})
	if err != nil {
		log.Fatal(err)
	}
	failing, err := worlds.Discover(context.Background(), 0, 0)
	if err != nil {
		log.Fatal(err)
	}
	for _, limit := range failing.Boxes[0].Limits {
		fmt.Println("it hangs on", failing.Over[limit.Parameter].Parameter)
	}
	own, err := worlds.DiscoverWhere(context.Background(), language.Typed("the scandals are many"), func(w simulation.World) bool { return w.Values[1] > 0.0125 })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(own.Told())
	// Output:
	// it hangs on actors[].effort
	// In 50 of 100 worlds: the scandals are many. Above all here: the chance of a scandal: at least 1.2% a month. Of the worlds there: 98 of 100; of all such worlds: 100 of 100. Of the worlds elsewhere: 0 of 100.
}

// How many waves? The ministry's people work in all districts, and are spread thin where
// all begin at once; many waves keep the last waiting. Which of it weighs more hangs on
// what is assumed, so ask it under your own assumptions.
func ExampleNationModel_Compare() {
	nation := simulation.Nation{
		Name: "twelve districts (illustrative)", National: simulation.Reference(), District: simulation.Reference(), Districts: 12,
		// No district launches before the nation does.
		Needs: []reformcycle.Need{{Leaving: reformcycle.ProgramReadiness, Stage: reformcycle.Launch}},
	}
	for i := range nation.District.Actors {
		if actor := &nation.District.Actors[i]; actor.Constituency == stakeholders.MinistryOfHealth {
			nation.Shared = append(nation.Shared, actor.ID)
		}
	}
	model, err := simulation.CompileNation(nation)
	if err != nil {
		log.Fatal(err)
	}
	policy, err := simulation.NewPolicy("coalition-first", nil)
	if err != nil {
		log.Fatal(err)
	}
	waves := []simulation.Waves{simulation.AllAtOnce(), simulation.SoManyAYear(4), simulation.PilotsFirst(2, reformcycle.Launch)}
	comparison, err := model.Compare(context.Background(), policy, policy, waves, simulation.MonthsTo(reformcycle.Launch, 120), 100, 1)
	if err != nil {
		log.Fatal(err)
	}
	for _, rank := range comparison.Order {
		fmt.Println(comparison.Policies[rank.Policy].Told())
	}
	// Output:
	// all districts at once
	// 4 districts a year
	// 2 pilot districts until launch, then all others
}
