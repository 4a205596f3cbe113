package simtest_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/simulation"
	"github.com/chsreform/chsreform/reformcycle/simulation/simtest"
)

// t stands for the *testing.T of a test. It says when something failed.
var t testing.TB = example{}

type example struct{ testing.TB }

func (example) Helper()                   {}
func (example) Context() context.Context  { return context.Background() }
func (example) Logf(string, ...any)       {}
func (example) Errorf(string, ...any)     { fmt.Println("the test fails") }
func (example) Fatalf(f string, a ...any) { fmt.Printf(f+"\n", a...) }

// situation reads an illustrative scenario.
func situation() *simulation.Model {
	data, err := os.ReadFile("testdata/situations/lowland.json")
	if err != nil {
		panic(err)
	}
	scenario, err := simulation.ParseScenario(data)
	if err != nil {
		panic(err)
	}
	m, err := simulation.Compile(scenario)
	if err != nil {
		panic(err)
	}
	return m
}

func named(name string, parameters map[string]float64) simulation.Policy {
	s, err := simulation.NewPolicy(name, parameters)
	if err != nil {
		panic(err)
	}
	return s
}

func ExampleLikely() {
	s := named("coalition-first", nil)
	fmt.Println(simtest.Likely(t, situation(), s, simulation.LaunchedBy(36), 0.6))
	fmt.Println(simtest.Likely(t, situation(), s, simulation.LaunchedBy(12), 0.6))
	// Output:
	// true
	// the test fails
	// false
}

func ExampleUnlikely() {
	s := named("coalition-first", nil)
	fmt.Println(simtest.Unlikely(t, situation(), s, simulation.LaunchedBy(12), 0.1, simtest.WithSeed(2018)))
	// Output: true
}

func ExampleBetter() {
	rush := named("rush-to-launch", map[string]float64{"met": 0.2})
	careful := named("coalition-first", nil)
	fmt.Println(simtest.Better(t, situation(), careful, rush, simulation.DebtAtLaunchAtMost(0)))
	// Output: true
}

func ExampleSooner() {
	rush := named("rush-to-launch", map[string]float64{"met": 0.2})
	slow := named("balanced", map[string]float64{"persuasion": 0.9})
	fmt.Println(simtest.Sooner(t, situation(), rush, slow, reformcycle.Launch, simtest.WithError(1e-4), simtest.WithMargin(0.1)))
	// Output: true
}

// onTime is a metric of one's own: launched within three years, and hardly ever
// at a standstill.
type onTime struct{}

func (onTime) String() string { return "launch by 36 with at most 3 months at a standstill" }

func (onTime) Of(o *simulation.RunOutcome) float64 {
	if month, launched := o.Launch(); launched && month <= 36 && o.Suspended <= 3 {
		return 1
	}
	return 0
}

func ExampleMetric() {
	fmt.Println(simtest.Likely(t, situation(), named("balanced", nil), onTime{}, 0.5))
	// Output: true
}

// A test of all policy files in a folder; see the package documentation for
// what they hold.
func ExamplePolicies() {
	test := func(t *testing.T) {
		simtest.Policies(t, os.DirFS("testdata"), "policies/*.policy")
	}
	_ = test
}
