package main

// The pipeline:
//
//	split → play → merge within groups → merge the groups → write
//
// An element that is tried again, on another machine or twice at once, is the
// same runs again and gives the same summary.

import (
	"context"
	"errors"
	"io"
	"reflect"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

func init() {
	register.DoFn2x0[[]byte, func(int, simulation.Range)](&splitFn{})
	register.DoFn3x3[context.Context, int, simulation.Range, int, simulation.Summary, error](&playFn{})
	register.Combiner1[simulation.Summary](&mergeFn{})
	register.DoFn2x1[context.Context, simulation.Summary, error](&writeFn{})
	register.Emitter2[int, simulation.Range]()

	// Between steps and machines a summary is its binary form.
	summary := reflect.TypeFor[simulation.Summary]()
	beam.RegisterType(summary)
	beam.RegisterCoder(summary, encode, decode)
}

func encode(s simulation.Summary) ([]byte, error) { return s.MarshalBinary() }

func decode(data []byte) (s simulation.Summary, err error) {
	err = s.UnmarshalBinary(data)
	return s, err
}

// pipeline makes the pipeline that runs an ensemble and writes the binary form of
// its summary to a file of a file system that Beam knows.
func pipeline(e ensemble, path string) *beam.Pipeline {
	p, s := beam.NewPipelineWithRoot()
	shards := beam.ParDo(s.Scope("split"), &splitFn{Runs: e.Runs, Shards: e.shards()}, beam.Impulse(s))
	// Without a reshuffle a runner fuses the steps, and plays all on one worker.
	shards = beam.Reshuffle(s.Scope("spread"), shards)
	played := beam.ParDo(s.Scope("play"), &playFn{Ensemble: e}, shards)
	groups := beam.CombinePerKey(s.Scope("merge-within-groups"), &mergeFn{}, played)
	whole := beam.Combine(s.Scope("merge-the-groups"), &mergeFn{}, beam.DropKey(s, groups))
	beam.ParDo0(s.Scope("write"), &writeFn{Path: path, Runs: e.Runs}, whole)
	return p
}

// splitFn emits the shards, each with the number of its group.
type splitFn struct{ Runs, Shards uint64 }

// ProcessElement emits them all.
func (f *splitFn) ProcessElement(_ []byte, emit func(int, simulation.Range)) {
	for i := range f.Shards {
		emit(int(i/groupSize), shard(i, f.Shards, f.Runs))
	}
}

// playFn plays the runs of a shard.
type playFn struct {
	Ensemble ensemble

	model  *simulation.Model
	policy simulation.Policy
}

// Setup compiles the scenario, once for many shards.
func (f *playFn) Setup() (err error) {
	f.model, f.policy, err = f.Ensemble.compile()
	return err
}

// ProcessElement plays a shard. An error fails the bundle: there is no summary of
// a part of a shard.
func (f *playFn) ProcessElement(ctx context.Context, group int, shard simulation.Range) (int, simulation.Summary, error) {
	options := []simulation.RunOption{simulation.WithRange(shard.From, shard.To)}
	if f.Ensemble.Workers > 0 {
		options = append(options, simulation.WithWorkers(f.Ensemble.Workers))
	}
	summary, err := f.model.Run(ctx, f.policy, f.Ensemble.Runs, f.Ensemble.Seed, options...)
	return group, summary, err
}

// mergeFn merges summaries. They are accumulators too: merging is exact in any
// order, and a summary of the merged has the size of one.
type mergeFn struct{}

// MergeAccumulators merges two.
func (mergeFn) MergeAccumulators(a, b simulation.Summary) (simulation.Summary, error) {
	return a.Merge(b)
}

// writeFn writes the summary of the whole ensemble.
type writeFn struct {
	Path string
	Runs uint64
}

// ProcessElement writes it, or refuses one that lacks runs.
func (f *writeFn) ProcessElement(ctx context.Context, s simulation.Summary) error {
	if s.Runs() != f.Runs {
		return refuse("example.runs-lack", "n", s.Runs(), "of", f.Runs)
	}
	data, err := s.MarshalBinary()
	if err != nil {
		return err
	}
	return store(ctx, f.Path, data)
}

// refusal is what is wrong with a file of this program.
type refusal struct{ says language.Text }

func refuse(id string, args ...any) error { return refusal{language.Of(id, args...)} }

func (r refusal) Told() language.Text { return r.says }
func (r refusal) Error() string       { return r.says.String() }

// store writes a file of a file system that Beam knows.
func store(ctx context.Context, path string, data []byte) (err error) {
	files, err := filesystem.New(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	out, err := files.OpenWrite(ctx, path)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return errors.Join(err, out.Close())
}

// read gives what store wrote.
func read(ctx context.Context, path string) (data []byte, err error) {
	files, err := filesystem.New(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	in, err := files.OpenRead(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	return io.ReadAll(in)
}
