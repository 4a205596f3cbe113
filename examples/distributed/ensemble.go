package main

// What is to be run. It travels to the workers inside the pipeline, so it holds
// everything: a worker reads neither the flags nor the files of who started it.

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

const (
	// groupSize is how many neighbouring shards are merged into one summary
	// before anything else. A summary holds at most 256 separate ranges, and a
	// runner merges in whatever order it likes: of 256 shards, every subset fits.
	groupSize = 256
	// maxShards keeps the groups, which are merged next, within the same bound.
	maxShards = groupSize * groupSize
	// usualShard is how many runs a shard has unless told: a second or so of work.
	usualShard = 20_000
)

// own holds the policies of this program beside the built-in ones, by name. A
// host that copies this example puts its own here: workers run the same program,
// so they have them too.
var own = map[string]func(parameters map[string]float64) (simulation.Policy, error){}

// ensemble says what is run, and in how many pieces. It is encoded as JSON.
type ensemble struct {
	// Scenario in JSON: see simulation.ParseScenario. File is where it was read, for
	// messages; empty where it was in none.
	Scenario json.RawMessage
	File     string
	// Policy is a name of own or of simulation.Policies; Parameters are
	// those that differ from their defaults.
	Policy     string
	Parameters map[string]float64
	// Runs from 1 to simulation.MaxRuns, and the seed of them all.
	Runs, Seed uint64
	// Shards, 0 to 65,536: 0 for 20,000 runs in each as far as that number
	// allows. There are never more than runs.
	Shards int
	// Workers are the goroutines that play a shard, 0 to 128: 0 for as many as
	// the machine has cores. Neither Shards nor Workers has an effect on results.
	Workers int
}

// compile checks everything, and gives what a worker needs. All that is wrong is
// in one fault.Fields.
func (e *ensemble) compile() (*simulation.Model, simulation.Policy, error) {
	var faults fault.Fields
	add := func(err error) error {
		if several := fault.Of(err); several != nil {
			faults = append(faults, several...)
			return nil
		}
		return err
	}
	between := func(field string, value int64, low, high int64, want language.Text) {
		if value < low || value > high {
			faults = append(faults, fault.Field{Path: field, Rule: "range", Value: value, Want: want})
		}
	}
	chosen := func(high int) language.Text { return language.Of("want.example-chosen", "high", fmt.Sprint(high)) }
	var model *simulation.Model
	scenario, err := simulation.ParseScenario(e.Scenario)
	if err == nil {
		model, err = simulation.Compile(scenario)
	}
	if err := add(err); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", cmp.Or(e.File, "scenario"), err)
	}
	if e.File != "" {
		for i := range faults {
			faults[i].Path = e.File + ": " + faults[i].Path
		}
	}
	policy, err := e.policy()
	if err := add(err); err != nil {
		return nil, nil, err
	}
	between("runs", int64(min(e.Runs, math.MaxInt64)), 1, simulation.MaxRuns, language.Of("want.whole", "low", "1", "high", fmt.Sprint(int64(simulation.MaxRuns))))
	between("shards", int64(e.Shards), 0, maxShards, chosen(maxShards))
	between("workers", int64(e.Workers), 0, 128, chosen(128))
	if len(faults) > 0 {
		return nil, nil, faults
	}
	return model, policy, nil
}

func (e *ensemble) policy() (simulation.Policy, error) {
	if construct, added := own[e.Policy]; added {
		return construct(e.Parameters)
	}
	if !slices.Contains(simulation.Policies(), e.Policy) {
		known := append(simulation.Policies(), slices.Sorted(maps.Keys(own))...)
		return nil, fault.UnknownName("policy", e.Policy, known)
	}
	return simulation.NewPolicy(e.Policy, e.Parameters)
}

// shards is how many there are.
func (e *ensemble) shards() uint64 {
	n := uint64(e.Shards)
	if n == 0 {
		n = min((e.Runs+usualShard-1)/usualShard, maxShards)
	}
	return min(n, e.Runs)
}

// shard gives the i-th of n shards of so many runs. They differ by one run at
// most, and i × runs stays below 2^16 × 10^11 < 2^53.
func shard(i, n, runs uint64) simulation.Range {
	return simulation.Range{From: i * runs / n, To: (i + 1) * runs / n}
}
