// Distributed runs an ensemble as an Apache Beam pipeline and prints its summary,
// which is that of a Model.Run on one machine, bit for bit.
//
//	go run .                                          the reference scenario, here
//	go run . -policy rush-to-launch -set met=0.4    another policy, tuned
//	go run . -scenario reform.json -runs 1000000      your scenario
//	go run . -worlds 1000 -goal "laps at least 1=0.5" policies in many worlds
//	go run . -language fr                             told in French; pt, es
//
// By default the pipeline runs in this process, on prism, the local runner of
// Beam's Go SDK. On Flink, Spark or Dataflow it runs with Beam's own flags, such
// as -runner, -endpoint and -environment_type, and with -out naming a file that
// the workers can write and this program can read. docs/distributed.md has the
// sizes and the costs.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

func main() {
	o := declare(flag.CommandLine) // where Beam's flags are
	if err := parse(flag.CommandLine, os.Args[1:]); errors.Is(err, flag.ErrHelp) {
		flag.PrintDefaults()
		os.Exit(0)
	} else if err != nil {
		fmt.Fprintln(os.Stderr, o.told().Refusal(err))
		fmt.Fprintln(os.Stderr, filepath.Base(os.Args[0]), "-help")
		os.Exit(2)
	}
	if here() {
		log.LogLevel = "warn"
	}
	beam.Init() // on a worker this does the work, and does not return
	if err := run(context.Background(), os.Stdout, *o); err != nil {
		fmt.Fprintln(os.Stderr, o.told().Refusal(err))
		os.Exit(1)
	}
}

// parse reads the arguments, and refuses words that belong to no flag: package flag
// stops at the first, and what stands behind it would count for nothing.
func parse(set *flag.FlagSet, args []string) error {
	set.Init(set.Name(), flag.ContinueOnError)
	set.SetOutput(io.Discard) // which would get a hundred lines of Beam's flags
	err := set.Parse(args)
	set.SetOutput(nil)
	if err == nil && set.NArg() > 0 {
		return fault.Refuse("arguments", fault.Known, strings.Join(set.Args(), " "), language.Of("want.example-flags", "example", "-runs 1000"))
	}
	return err
}

// options are the flags of this program. Those of Beam are Beam's.
type options struct {
	scenario string
	out      string
	language string
	ensemble ensemble
	trial    trial // where it has worlds
}

func declare(flags *flag.FlagSet) *options {
	o := options{ensemble: ensemble{Parameters: map[string]float64{}}, trial: trial{Policies: simulation.Policies()}}
	e := &o.ensemble
	flags.StringVar(&o.scenario, "scenario", "", "run the scenario in this JSON `file`; without it, the reference scenario")
	flags.StringVar(&e.Policy, "policy", "balanced", "follow this `policy`: "+strings.Join(simulation.Policies(), ", "))
	flags.Func("set", "give a parameter of the policy a value, `name=value`; may be repeated", func(text string) error {
		name, value, found := strings.Cut(text, "=")
		number, err := strconv.ParseFloat(value, 64)
		if !found || err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
			return errors.New("want name=value, value a finite number")
		}
		if _, twice := e.Parameters[name]; twice {
			return fmt.Errorf("%s is set twice", name)
		}
		e.Parameters[name] = number
		return nil
	})
	flags.Uint64Var(&e.Runs, "runs", 50_000, "play so many runs")
	flags.Uint64Var(&e.Seed, "seed", 1, "draw chance from this seed")
	flags.IntVar(&e.Shards, "shards", 0, "split the runs into so many shards; 0: of 20,000 runs each")
	flags.IntVar(&e.Workers, "workers", 0, "play a shard on so many goroutines; 0: as many as there are cores")
	flags.IntVar(&o.trial.Worlds, "worlds", 0, "instead, try policies in so many worlds, over all spans of the register")
	flags.Uint64Var(&o.trial.Runs, "in-world", 100, "play so many runs of each policy in each world")
	flags.Func("try", "try these `policies` in the worlds, name,name; without it, all built-in ones", func(text string) error {
		o.trial.Policies = strings.Split(text, ",")
		return nil
	})
	flags.Func("goal", "a goal of the policies in the worlds, such as `launch by 36=0.5`, in half of the runs; may be repeated", func(text string) error {
		metric, bound, _ := strings.Cut(text, "=")
		m, err := simulation.ParseMetric(metric)
		if err != nil {
			return err
		}
		number, err := strconv.ParseFloat(bound, 64)
		if err != nil {
			return errors.New("want metric=bound, bound a share of the runs or a number of months")
		}
		o.trial.Goals = append(o.trial.Goals, simulation.Goal{Metric: m, Bound: number})
		return nil
	})
	flags.StringVar(&o.out, "out", "", "write the summary, in its binary form, to this `file`, or to gs://…; needed where workers are elsewhere")
	flags.StringVar(&o.language, "language", "en", "tell it in this `language`: en, fr, pt or es")
	return &o
}

// languages are those that the page can be told in.
var languages = []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}

// told is the one that was asked for.
func (o *options) told() *language.Language { return language.Match(languages, o.language) }

// known are the runners: those that package beamx brings along, which gives no
// list. Beam ends the program, with no reason given, over any other. A host that
// registers a runner of its own adds it here.
var known = []string{"prism", "flink", "spark", "dataflow", "universal", "portable", "direct", "dot",
	"PrismRunner", "FlinkRunner", "SparkRunner", "DataflowRunner", "PortableRunner", "DirectRunner"}

// here reports whether the workers are in this process: as they are on prism
// unless Beam's flags say otherwise, and with -environment_type=LOOPBACK.
func here() bool {
	local := slices.Contains([]string{"", "prism", "PrismRunner"}, *runners.Runner)
	return jobopts.IsLoopback() || local && *jobopts.Endpoint == "" && *jobopts.EnvironmentType == ""
}

func run(ctx context.Context, w io.Writer, o options) (err error) {
	if r := *runners.Runner; r != "" && !slices.Contains(known, r) {
		return fault.UnknownName("runner", r, known)
	}
	e := o.ensemble
	e.File = o.scenario
	if e.Scenario, err = scenario(o.scenario); err != nil {
		return err
	}
	if o.trial.Worlds != 0 {
		o.trial.Scenario, o.trial.File, o.trial.Seed, o.trial.Shards, o.trial.Workers = e.Scenario, e.File, e.Seed, e.Shards, e.Workers
		return tryWorlds(ctx, w, o)
	}
	model, policy, err := e.compile()
	if err != nil {
		return err
	}
	// A policy that fails at once fails before anything is started.
	first, err := model.Run(ctx, policy, e.Runs, e.Seed, simulation.WithRange(0, 1))
	if err != nil {
		return err
	}
	data, err := o.play(ctx, w, func(path string) *beam.Pipeline { return pipeline(e, path) })
	if err != nil || data == nil {
		return err
	}
	summary, err := decode(data)
	if err != nil {
		return err
	}
	// Runners that only look at a pipeline leave what was in the file.
	if _, err := summary.Merge(first); summary.Runs() != e.Runs || !errors.Is(err, simulation.ErrOverlap) {
		return refuse("example.other-summary", "summary", summary.Told())
	}
	return show(w, o.told(), model.Scenario(), summary)
}

// play runs a pipeline that writes to a file, and gives what is in the file; nothing
// where it does not wait for that.
func (o *options) play(ctx context.Context, w io.Writer, pipeline func(path string) *beam.Pipeline) ([]byte, error) {
	path := o.out
	if path == "" {
		if !here() {
			return nil, fault.Refuse("out", fault.Required, nil, language.Of("want.example-file", "example", "gs://…"))
		}
		dir, err := os.MkdirTemp("", "chsreform-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		path = filepath.Join(dir, "summary")
	}
	if err := beamx.Run(ctx, pipeline(path)); err != nil {
		return nil, err
	}
	if *jobopts.Async {
		_, err := fmt.Fprintln(w, o.told().Say(language.Of("example.started", "file", path)))
		return nil, err
	}
	return read(ctx, path)
}

// scenario reads a file, or gives the reference scenario.
func scenario(path string) ([]byte, error) {
	if path == "" {
		return json.Marshal(simulation.Reference())
	}
	return os.ReadFile(path)
}
