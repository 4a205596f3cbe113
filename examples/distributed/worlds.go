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
	"text/tabwriter"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
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
		return nil, tried, fault.Refuse("try", fault.Required, nil, language.Of("want.example-policies", "form", "name,name"))
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
	groups := beam.CombinePerKey(s.Scope("merge-within-groups"), &mergeWorldsFn{}, played)
	whole := beam.Combine(s.Scope("merge-the-groups"), &mergeWorldsFn{}, beam.DropKey(s, groups))
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
		return refuse("example.worlds-lack", "n", w.Len(), "of", f.Worlds)
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
		return refuse("example.other-worlds", "n", worlds.Len(), "scenario", worlds.Name(), "seed", fmt.Sprint(worlds.Seed()))
	}
	return showWorlds(ctx, w, o.told(), worlds, model.Scenario().Illustrative)
}

// showWorlds prints how the policies stand, and in which worlds each misses its goals.
func showWorlds(ctx context.Context, w io.Writer, l *language.Language, worlds simulation.Worlds, illustrative bool) error {
	r, err := worlds.Robustness()
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(says language.Text) { fmt.Fprintln(t, l.Say(says)) }
	line(language.Of("example.worlds", "scenario", r.Scenario, "worlds", r.Worlds, "parameters", len(r.Over), "runs", r.Runs,
		"seed", fmt.Sprint(r.Seed), "digest", fmt.Sprintf("%.12s", r.Digest)))
	if illustrative {
		line(language.Of("example.illustrative-scenario"))
	}
	var says []language.Text
	for g, goal := range r.Goals {
		fmt.Fprintln(t)
		columns(t, l, goal.Goal.Told(), language.Of("example.met-in"), language.Of("example.best-in"),
			language.Of("example.regret"), language.Of("example.regret-most", "share", 0.9), language.Of("example.regret-worst"))
		for p, s := range goal.Of {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Say(simulation.Identity{Name: r.Policies[p].Name}.Told()), l.Percent(s.Met.At, 1), l.Percent(s.Best.At, 1),
				l.Number(s.Regret.Median), l.Number(s.Regret.Most90), l.Number(s.Regret.Worst))
			d, err := worlds.Discover(ctx, p, g)
			if err == nil {
				says = append(says, d.Told())
			} else if fault.Of(err) == nil { // fewer than twenty worlds tell nothing of where
				return err
			}
		}
	}
	fmt.Fprintln(t)
	for _, sentence := range says {
		line(sentence)
	}
	return t.Flush()
}
