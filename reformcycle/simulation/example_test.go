package simulation_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
	"github.com/chsreform/chsreform/stakeholders"
)

// What comes of a reform within ten years, done evenly and rushed? Who launches first
// may finish last, so that a launch is never told alone. The scenario is illustrative,
// and so is the answer. It is the README's.
func Example() {
	model, err := simulation.Compile(simulation.Reference()) // or FromState(cycle.State())
	if err != nil {
		log.Fatal(err)
	}
	var ways []simulation.Policy
	for _, name := range []string{"balanced", "rush-to-launch"} {
		way, err := simulation.NewPolicy(name, nil)
		if err != nil {
			log.Fatal(err)
		}
		ways = append(ways, way)
	}
	c, err := model.Compare(context.Background(), ways, simulation.LaunchedBy(36), 1000, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(c)
	// Output:
	// 1,000 runs of each     balanced                rush to launch
	// launch by month 36     0.088 (0.072 to 0.107)  0.998 (0.993 to 0.999)
	// launched               1.000 (0.996 to 1.000)  1.000 (0.996 to 1.000)
	// a lap finished         0.980 (0.969 to 0.987)  0.858 (0.835 to 0.878)
	// abandoned              0.003 (0.001 to 0.009)  0.014 (0.008 to 0.023)
	// guards owed at launch  0.000 (0.000 to 0.000)  10.269 (10.196 to 10.342)
}

// The program in the README is the example above, and what it says it prints is
// what it prints.
func TestREADMEShowsTheExample(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	_, example, _ := strings.Cut(string(source), "func Example() {\n")
	example, output, _ := strings.Cut(example, "\n\t// Output:\n")
	output, _, _ = strings.Cut(output, "\n}\n")
	require.Contains(t, string(readme), "```go\n"+strings.TrimPrefix(strings.ReplaceAll(example, "\n\t", "\n"), "\t")+"\n```")
	require.Contains(t, string(readme), "```text\n"+strings.ReplaceAll(output, "\t// ", "")+"\n```")
}

func ExampleParseScenario() {
	_, err := simulation.ParseScenario([]byte(`{
		"name": "small",
		"actors": [{"id": "moh", "constituency": "ministry-of-health", "position": 6}],
		"shocks": {"election": {"hazrad": 0.02}}
	}`))
	fmt.Println(err)
	// Output:
	// shocks.election.hazrad (line 4, column 27): got "hazrad", want one of hazard, shift
}

func ExampleNewScenario() {
	ministry := simulation.NewCastActor("moh", stakeholders.MinistryOfHealth)
	ministry.Position, ministry.Effort = 5, 3
	scenario := simulation.NewScenario("one ministry (illustrative)", ministry)
	scenario.Shocks.Election.Hazard = 2
	_, err := simulation.Compile(scenario)
	fmt.Println(err)
	// Output:
	// shocks.election.hazard: got 2, want a number from 0 to 1 (chance per month)
}

// moneyFirst works on financing before anything else, whatever the stage.
type moneyFirst struct{}

func (moneyFirst) Name() string { return "money first" }

func (moneyFirst) Allocate(o *simulation.View, a *simulation.Allocation) {
	for c, criterion := range o.Criteria {
		if criterion.ID == "readiness.financing" && o.Open(c) {
			a.Work(c, a.Left()/2)
		}
	}
	var open []int
	for c, to := o.Span(o.Stage); c < to; c++ {
		if !o.Criteria[c].Advisory && o.Open(c) {
			open = append(open, c)
		}
	}
	each := a.Left() / float64(len(open)+1)
	for _, c := range open {
		a.Work(c, each)
	}
}

// A policy of the host's own: a name and a pure function.
func ExamplePolicy() {
	model, err := simulation.Compile(simulation.Reference())
	if err != nil {
		log.Fatal(err)
	}
	trace, err := model.Trace(moneyFirst{}, 1, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(trace.Months[1].Work[0].On)
	// Output:
	// readiness.financing
}

// A policy of the host's own with parameters, written from the pieces that the
// built-in ones are written from: half of the month goes to those who do not
// support yet, and the rest where balanced would put it.
func ExampleNewTunable() {
	courting := simulation.Parameter{Name: "courting", Unit: language.Typed("share"), Max: 1, Default: 0.5, Origin: simulation.Assumption(), Meaning: language.Typed("Effort that goes to those who do not support.")}
	court, err := simulation.NewTunable("court", append(simulation.BalanceParameters(), courting),
		func(values []float64, v *simulation.View, a *simulation.Allocation) {
			a.PersuadeBelow(simulation.SupporterFrom, values[len(values)-1]*v.Budget)
			a.Balance(values)
		})
	if err != nil {
		log.Fatal(err)
	}
	model, err := simulation.Compile(simulation.Reference())
	if err != nil {
		log.Fatal(err)
	}
	trace, err := model.Trace(court, 1, 0)
	if err != nil {
		log.Fatal(err)
	}
	courted := 0.0
	for _, p := range trace.Months[1].Persuasion {
		courted += p.Effort
	}
	fmt.Println(trace.Policy)
	fmt.Println("more than half is persuasion:", courted > trace.Months[1].Budget/2)
	// Output:
	// court(persuasion=0.2, upkeep=0.3, ahead=0.1, repay=0.3, margin=0.1, courting=0.5)
	// more than half is persuasion: true
}

// Shards run anywhere; merged in any order they are the whole.
func ExampleWithRange() {
	ctx := context.Background()
	model, err := simulation.Compile(simulation.Reference())
	if err != nil {
		log.Fatal(err)
	}
	policy, err := simulation.NewPolicy("adaptive", nil)
	if err != nil {
		log.Fatal(err)
	}
	var files [][]byte
	for from := uint64(0); from < 300; from += 100 {
		shard, err := model.Run(ctx, policy, 300, 7, simulation.WithRange(from, from+100))
		if err != nil {
			log.Fatal(err)
		}
		file, err := shard.MarshalBinary()
		if err != nil {
			log.Fatal(err)
		}
		files = append(files, file)
	}
	var merged simulation.Summary
	for i := len(files) - 1; i >= 0; i-- {
		var shard simulation.Summary
		if err := shard.UnmarshalBinary(files[i]); err != nil {
			log.Fatal(err)
		}
		if merged.Runs() == 0 {
			merged = shard
		} else if merged, err = merged.Merge(shard); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(merged.Runs(), merged.Ranges())
	// Output:
	// 300 [{0 300}]
}

// A run is told as the journal of a live cycle.
func ExampleTrace_Journal() {
	ctx := context.Background()
	model, err := simulation.Compile(simulation.Reference())
	if err != nil {
		log.Fatal(err)
	}
	policy, err := simulation.NewPolicy("balanced", nil)
	if err != nil {
		log.Fatal(err)
	}
	trace, err := model.Trace(policy, 1, 0)
	if err != nil {
		log.Fatal(err)
	}
	j := journal.NewMemory()
	if _, err := trace.Journal(ctx, j, "run-0", time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		log.Fatal(err)
	}
	cycle, err := reformcycle.Open(ctx, j, "run-0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cycle.State().Stage() == trace.Outcome.Stage, cycle.State().Lap() == trace.Outcome.Laps+1)
	rating, _ := cycle.State().Rating("launch.supervision")
	fmt.Println(rating.Evidence.Basis)
	// Output:
	// true true
	// illustrative
}

// From where a live cycle stands.
func ExampleFromState() {
	ctx := context.Background()
	cycle, err := reformcycle.New("demo", reformcycle.WithTitle("Teaching case (illustrative)"), reformcycle.WithStage(reformcycle.Design))
	if err != nil {
		log.Fatal(err)
	}
	day := time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC)
	if _, err := cycle.Apply(ctx, reformcycle.By("office").At(day), reformcycle.EngageActor{Actor: stakeholders.Actor{
		ID: "moh", Name: "Ministry of health", Constituency: stakeholders.MinistryOfHealth, Member: true, Power: stakeholders.HighPower,
	}}); err != nil {
		log.Fatal(err)
	}
	scenario, err := simulation.FromState(cycle.State())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(scenario.Start.Stage)
	fmt.Println(scenario.Assumed[1])
	// Output:
	// design
	// The position of these is not known, and taken as 0, at which an actor gives no effort and is on neither side: moh.
}

// Sensitivity: the same seed, one assumption changed.
func ExampleScenario_With() {
	policy, err := simulation.NewPolicy("balanced", nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, difficulty := range []float64{6, 12} {
		scenario, err := simulation.Reference().With("work.rated", difficulty)
		if err != nil {
			log.Fatal(err)
		}
		model, err := simulation.Compile(scenario)
		if err != nil {
			log.Fatal(err)
		}
		summary, err := model.Run(context.Background(), policy, 500, 1)
		if err != nil {
			log.Fatal(err)
		}
		launched := uint64(0)
		for _, n := range summary.Entered(reformcycle.Launch)[:48+1] {
			launched += n
		}
		fmt.Printf("difficulty %g: most launch by month 48: %t\n", difficulty, launched > 250)
	}
	// Output:
	// difficulty 6: most launch by month 48: true
	// difficulty 12: most launch by month 48: false
}
