package main

// Policies in many worlds, as a pipeline:
//
//	split → play → merge within groups → merge the groups → write
//
// It is that of an ensemble, with shards of worlds for shards of runs.

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

func init() {
	register.DoFn3x3[context.Context, int, simulation.Range, int, simulation.Worlds, error](&playWorldsFn{})
	register.Combiner1[simulation.Worlds](&mergeWorldsFn{})
	register.DoFn2x1[context.Context, simulation.Worlds, error](&writeWorldsFn{})

	worlds := reflect.TypeFor[simulation.Worlds]()
	beam.RegisterType(worlds)
	beam.RegisterCoder(worlds, encodeWorlds, decodeWorlds)
}

func encodeWorlds(w simulation.Worlds) ([]byte, error) { return w.MarshalBinary() }

func decodeWorlds(data []byte) (w simulation.Worlds, err error) {
	err = w.UnmarshalBinary(data)
	return w, err
}

// usualWorlds is how many worlds a shard has unless told: a second or so of work.
const usualWorlds = 25

// trial says what is tried, over all spans of the register. It is encoded as JSON.
type trial struct {
	// Scenario in JSON, and the file that it was read from: see ensemble.
	Scenario json.RawMessage
	File     string
	// Policies are names of own or of simulation.Policies, with their defaults.
	Policies []string
	Goals    []simulation.Goal
	// Worlds, and the runs of each policy in each of them.
	Worlds     int
	Runs, Seed uint64
	// Shards and Workers: see ensemble.
	Shards, Workers int
}

// compile checks everything, and gives what a worker needs.
func (t *trial) compile() (*simulation.Model, simulation.Trial, error) {
	tried := simulation.Trial{Goals: t.Goals, Worlds: t.Worlds, Runs: t.Runs, Seed: t.Seed}
	var model *simulation.Model
	var faults fault.Fields
	for _, name := range t.Policies {
		e := ensemble{Scenario: t.Scenario, File: t.File, Policy: name, Runs: 1, Shards: t.Shards, Workers: t.Workers}
		m, policy, err := e.compile()
		if err != nil && fault.Of(err) == nil {
			return nil, tried, err
		} else if err != nil {
			faults = append(faults, fault.Of(err)...)
			continue
		}
		model, tried.Policies = m, append(tried.Policies, policy)
	}
	if faults != nil {
		return nil, tried, faults
	}
	if len(tried.Policies) == 0 {
		return nil, tried, fault.Fields{{Path: "try", Rule: "required", Want: "a policy or more, as name,name"}}
	}
	return model, tried, nil
}

// shards is how many there are.
func (t *trial) shards() uint64 {
	n := uint64(max(0, t.Worlds))
	return min(n, cmp.Or(uint64(t.Shards), (n+usualWorlds-1)/usualWorlds))
}

// worldsPipeline makes the pipeline that writes the binary form of all worlds to a file.
func worldsPipeline(t trial, path string) *beam.Pipeline {
	p, s := beam.NewPipelineWithRoot()
	shards := beam.ParDo(s.Scope("split"), &splitFn{Runs: uint64(t.Worlds), Shards: t.shards()}, beam.Impulse(s))
	shards = beam.Reshuffle(s.Scope("spread"), shards)
	played := beam.ParDo(s.Scope("play"), &playWorldsFn{Trial: t}, shards)
	groups := beam.CombinePerKey(s.Scope("merge within groups"), &mergeWorldsFn{}, played)
	whole := beam.Combine(s.Scope("merge the groups"), &mergeWorldsFn{}, beam.DropKey(s, groups))
	beam.ParDo0(s.Scope("write"), &writeWorldsFn{Path: path, Worlds: t.Worlds}, whole)
	return p
}

// playWorldsFn plays the worlds of a shard.
type playWorldsFn struct {
	Trial trial

	model *simulation.Model
	tried simulation.Trial
}

// Setup compiles the scenario, once for many shards.
func (f *playWorldsFn) Setup() (err error) {
	f.model, f.tried, err = f.Trial.compile()
	return err
}

// ProcessElement plays a shard.
func (f *playWorldsFn) ProcessElement(ctx context.Context, group int, shard simulation.Range) (int, simulation.Worlds, error) {
	options := []simulation.RunOption{simulation.WithRange(shard.From, shard.To)}
	if f.Trial.Workers > 0 {
		options = append(options, simulation.WithWorkers(f.Trial.Workers))
	}
	worlds, err := f.model.Worlds(ctx, f.tried, options...)
	return group, worlds, err
}

// mergeWorldsFn merges worlds, which are accumulators too.
type mergeWorldsFn struct{}

// MergeAccumulators merges two.
func (mergeWorldsFn) MergeAccumulators(a, b simulation.Worlds) (simulation.Worlds, error) {
	return a.Merge(b)
}

// writeWorldsFn writes all worlds.
type writeWorldsFn struct {
	Path   string
	Worlds int
}

// ProcessElement writes them, or refuses them where some are missing.
func (f *writeWorldsFn) ProcessElement(ctx context.Context, w simulation.Worlds) error {
	if w.Len() != f.Worlds {
		return fmt.Errorf("there are %d worlds of %d", w.Len(), f.Worlds)
	}
	data, err := w.MarshalBinary()
	if err != nil {
		return err
	}
	return store(ctx, f.Path, data)
}

// tryWorlds runs the pipeline and prints what came of the policies.
func tryWorlds(ctx context.Context, w io.Writer, o options) error {
	model, tried, err := o.trial.compile()
	if err != nil {
		return err
	}
	first, err := model.Worlds(ctx, tried, simulation.WithRange(0, 1)) // what is wrong is so before anything is started
	if err != nil {
		return err
	}
	data, err := o.play(ctx, w, func(path string) *beam.Pipeline { return worldsPipeline(o.trial, path) })
	if err != nil || data == nil {
		return err
	}
	worlds, err := decodeWorlds(data)
	if err != nil {
		return err
	}
	if _, err := worlds.Merge(first); worlds.Len() != o.trial.Worlds || !errors.Is(err, simulation.ErrOverlap) {
		return fmt.Errorf("the file holds other worlds: %d of %q, seed %d", worlds.Len(), worlds.Name(), worlds.Seed())
	}
	return showWorlds(ctx, w, worlds, model.Scenario().Illustrative)
}

// showWorlds prints how the policies stand, and in which worlds each misses its goals.
func showWorlds(ctx context.Context, w io.Writer, worlds simulation.Worlds, illustrative bool) error {
	r, err := worlds.Robustness()
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s: %d worlds over %d parameters, %d runs of each policy in each, seed %d\ndigest %.12s\n", r.Scenario, r.Worlds, len(r.Over), r.Runs, r.Seed, r.Digest)
	if illustrative {
		fmt.Fprintln(t, "The scenario is illustrative, and so are its results.")
	}
	var says []string
	for g, goal := range r.Goals {
		fmt.Fprintf(t, "\n%s\tMET IN\tBEST IN\tREGRET: MEDIAN\t90 %%\tWORST\n", strings.ToUpper(goal.Goal.String()))
		for p, s := range goal.Of {
			fmt.Fprintf(t, "%s\t%.1f %%\t%.1f %%\t%.3g\t%.3g\t%.3g\n", r.Policies[p].Name, 100*s.Met.At, 100*s.Best.At, s.Regret.Median, s.Regret.Most90, s.Regret.Worst)
			d, err := worlds.Discover(ctx, p, g)
			if err == nil {
				says = append(says, d.Told().String())
			} else if fault.Of(err) == nil { // fewer than twenty worlds tell nothing of where
				return err
			}
		}
	}
	fmt.Fprintln(t)
	for _, sentence := range says {
		fmt.Fprintln(t, sentence)
	}
	return t.Flush()
}
