package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

func TestMain(m *testing.M) {
	flag.Parse()
	log.LogLevel = "error"
	beam.Init()
	// Beam leaves an empty file behind for every pipeline.
	dir, err := os.MkdirTemp("", "chsreform-")
	if err != nil {
		panic(err)
	}
	os.Setenv("TMPDIR", dir)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// short is the reference scenario, over two years.
func short(t testing.TB) simulation.Scenario {
	t.Helper()
	s := simulation.Reference()
	s.Horizon = 24
	return s
}

func compiled(t testing.TB, s simulation.Scenario) *simulation.Model {
	t.Helper()
	m, err := simulation.Compile(s)
	require.NoError(t, err)
	return m
}

func parsed(t *testing.T, args ...string) options {
	t.Helper()
	set := flag.NewFlagSet("distributed", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	o := declare(set)
	require.NoError(t, parse(set, args))
	return *o
}

// setFlag gives one of Beam's flags a value for the length of a test.
func setFlag[T any](t *testing.T, flag *T, value T) {
	was := *flag
	*flag = value
	t.Cleanup(func() { *flag = was })
}

func TestProgramPrintsTheSummaryAndWritesWhatOneMachineWrites(t *testing.T) {
	dir := t.TempDir()
	text, err := json.Marshal(short(t))
	require.NoError(t, err)
	file := filepath.Join(dir, "scenario.json")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	model, err := simulation.Compile(short(t))
	require.NoError(t, err)

	for _, out := range []string{filepath.Join(dir, "new", "summary"), ""} {
		o := parsed(t, "-scenario", file, "-policy", "rush-to-launch", "-set", "met=0.25", "-set", "window=0.125",
			"-runs", "500", "-seed", "18446744073709551615", "-shards", "3", "-workers", "1", "-out", out)
		var page bytes.Buffer
		require.NoError(t, run(t.Context(), &page, o))
		require.Contains(t, page.String(), "Runs: 500; months: 24; seed: 18446744073709551615; digest: "+model.Digest()[:12]+"\nrush to launch (")
		require.Contains(t, page.String(), "The scenario is illustrative, and so are its results.")
		require.Regexp(t, `(?m)^active +\d+ +\d+\.\d% +\d+\.\d% to \d+\.\d%$`, page.String())
		require.Contains(t, page.String(), "95% interval")
		require.Regexp(t, `(?m)^suspension from before the start +\d`, page.String())
		// Ten moments of 24 months are every third month, and the last.
		require.Regexp(t, `(?s)Launched by month .*\n3 .*\n6 .*\n21 .*\n24 .*Abandoned because of`, page.String())
		if out != "" {
			policy, err := simulation.NewPolicy("rush-to-launch", map[string]float64{"met": 0.25, "window": 0.125})
			require.NoError(t, err)
			want, err := compiled(t, short(t)).Run(t.Context(), policy, 500, 1<<64-1)
			require.NoError(t, err)
			is, err := os.ReadFile(out)
			require.NoError(t, err)
			require.Equal(t, binary(t, want), is)
		}
	}
}

// What nobody typed is told in the language that was asked for, what is refused too.
func TestProgramIsToldInOneLanguage(t *testing.T) {
	accented := languagetest.Accented(nil)
	setFlag(t, &languages, append(slices.Clone(languages), accented))
	for _, args := range [][]string{
		{"-runs", "100"},
		{"-worlds", "20", "-in-world", "2", "-try", "balanced", "-goal", "launch by 24=0.5"},
	} {
		var page bytes.Buffer
		require.NoError(t, run(t.Context(), &page, parsed(t, append(args, "-language", accented.Tag())...)))
		require.Contains(t, page.String(), "⟦")
		require.Empty(t, languagetest.Leaks(page.String(), simulation.Reference().Name, compiled(t, simulation.Reference()).Digest()[:12], "persuasion", "upkeep", "ahead", "repay", "margin"))
	}
	for _, args := range [][]string{
		{"-runs", "0", "-shards", "-1", "-workers", "129", "-policy", "luck"},
		{"-worlds", "20", "-try", "", "-goal", "launch by 24=0.5"},
	} {
		err := run(t.Context(), io.Discard, parsed(t, args...))
		require.Error(t, err)
		require.Empty(t, languagetest.OfRefusal(accented, err, append(simulation.Policies(), "luck")...))
	}
	for tag, says := range map[string]string{"fr": "À la fin", "pt-BR": "No fim", "es": "Al final"} {
		var page bytes.Buffer
		require.NoError(t, run(t.Context(), &page, parsed(t, "-runs", "10", "-language", tag)))
		require.Contains(t, page.String(), says)
	}
}

func TestEverythingWrongIsReportedBeforeAnythingRuns(t *testing.T) {
	o := parsed(t, "-policy", "balanced", "-set", "ahead=3", "-set", "nonsense=1", "-runs", "0", "-shards", "65537", "-workers", "129")
	err := run(t.Context(), io.Discard, o)
	require.ErrorIs(t, err, fault.ErrInvalid)
	var faults fault.Fields
	require.ErrorAs(t, err, &faults)
	var fields []string
	for _, f := range faults {
		fields = append(fields, f.Path)
		require.NotEmpty(t, f.Want)
	}
	require.Equal(t, []string{"ahead", "nonsense", "runs", "shards", "workers"}, fields)

	o = parsed(t, "-policy", "luck", "-runs", "18446744073709551615", "-shards", "-1")
	err = run(t.Context(), io.Discard, o)
	require.ErrorContains(t, err, "policy: got \"luck\", want one of balanced")
	require.ErrorContains(t, err, "runs: ")
	require.ErrorContains(t, err, "shards: ")

	file := filepath.Join(t.TempDir(), "scenario.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"hazrad": 1}`), 0o600))
	err = run(t.Context(), io.Discard, parsed(t, "-scenario", file, "-runs", "0"))
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.ErrorContains(t, err, file+": hazrad")
	require.ErrorContains(t, err, "runs")

	require.ErrorIs(t, run(t.Context(), io.Discard, parsed(t, "-scenario", file+".none")), os.ErrNotExist)
}

func TestParametersAreNameAndFiniteNumberAndSetOnce(t *testing.T) {
	for _, args := range [][]string{{"met"}, {"met="}, {"met=much"}, {"met=NaN"}, {"met=-Inf"}, {"met=0.1", "met=0.2"}} {
		set := flag.NewFlagSet("distributed", flag.ContinueOnError)
		set.SetOutput(io.Discard)
		declare(set)
		var given []string
		for _, a := range args {
			given = append(given, "-set", a)
		}
		require.Error(t, set.Parse(given), args)
	}
}

// What stands behind a stray word would count for nothing; and what is wrong is said
// in a line, not in all of Beam's flags.
func TestArgumentsAreFlagsAndWhatIsWrongIsShort(t *testing.T) {
	for want, args := range map[string][]string{
		`arguments: got "extra args -runs 200", want flags only`: {"extra", "args", "-runs", "200"},
		`invalid value "-5" for flag -runs`:                      {"-runs", "-5"},
		"flag provided but not defined: -rnus":                   {"-rnus", "5"},
	} {
		var page bytes.Buffer
		set := flag.NewFlagSet("distributed", flag.ContinueOnError)
		set.SetOutput(&page)
		declare(set)
		err := parse(set, args)
		require.ErrorContains(t, err, want)
		require.Less(t, len(err.Error()), 150)
		require.Empty(t, page.String())
	}
}

func TestRunnerThatThereIsNotIsNamed(t *testing.T) {
	setFlag(t, runners.Runner, "nope")
	require.ErrorContains(t, run(t.Context(), io.Discard, parsed(t)), `runner: got "nope", want one of prism, flink`)
}

func TestWorkersElsewhereNeedAFileToWriteTo(t *testing.T) {
	for _, elsewhere := range []struct{ runner, endpoint, environment string }{
		{"flink", "localhost:8099", ""},
		{"dataflow", "", ""},
		{"prism", "localhost:8073", "docker"},
	} {
		setFlag(t, runners.Runner, elsewhere.runner)
		setFlag(t, jobopts.Endpoint, elsewhere.endpoint)
		setFlag(t, jobopts.EnvironmentType, elsewhere.environment)
		require.False(t, here(), elsewhere)
		require.ErrorContains(t, run(t.Context(), io.Discard, parsed(t)), "out: got nothing, want a file that the workers can write")
	}
	setFlag(t, runners.Runner, "flink")
	setFlag(t, jobopts.EnvironmentType, "LOOPBACK")
	require.True(t, here())
}

func TestPolicyThatFailsAtOnceFailsBeforeThePipeline(t *testing.T) {
	withFailing(t, 1)
	err := run(t.Context(), io.Discard, parsed(t, "-policy", "failing", "-out", filepath.Join(t.TempDir(), "summary")))
	var failed *simulation.RunError // which no pipeline hands up
	require.ErrorAs(t, err, &failed)
}

// leave is a runner that runs nothing, as the ones that draw a pipeline do.
func leave(context.Context, *beam.Pipeline) (beam.PipelineResult, error) { return nil, nil }

func registered(t *testing.T, name string) {
	beam.RegisterRunner(name, leave)
	setFlag(t, &known, append(slices.Clone(known), name))
}

func TestSummaryOfAnotherEnsembleInTheFileIsNotTakenForThis(t *testing.T) {
	registered(t, "leave")
	out := filepath.Join(t.TempDir(), "summary")
	require.NoError(t, run(t.Context(), io.Discard, parsed(t, "-runs", "100", "-out", out)))
	setFlag(t, runners.Runner, "leave")
	for _, other := range [][]string{{"-seed", "2"}, {"-policy", "adaptive"}, {"-set", "ahead=0.2"}, {"-runs", "101"}} {
		args := append([]string{"-runs", "100", "-out", out}, other...)
		err := run(t.Context(), io.Discard, parsed(t, args...))
		require.ErrorContains(t, err, "The file holds another summary: balanced (", other)
		require.ErrorContains(t, err, ": 100 runs, seed 1", other)
	}
	require.NoError(t, os.Truncate(out, 100))
	require.ErrorIs(t, run(t.Context(), io.Discard, parsed(t, "-runs", "100", "-out", out)), simulation.ErrDamaged)
	require.NoError(t, os.Remove(out))
	require.ErrorIs(t, run(t.Context(), io.Discard, parsed(t, "-runs", "100", "-out", out)), os.ErrNotExist)
}

func TestPipelineThatIsNotWaitedForSaysWhereItsSummaryWillBe(t *testing.T) {
	registered(t, "leave-at-once")
	setFlag(t, runners.Runner, "leave-at-once")
	setFlag(t, jobopts.Async, true)
	var page bytes.Buffer
	require.NoError(t, run(t.Context(), &page, parsed(t, "-out", "gs://ministry/summary")))
	require.Equal(t, "The pipeline was started. The summary will be in gs://ministry/summary.\n", page.String())
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestPageThatCanNotBeWrittenIsReported(t *testing.T) {
	require.ErrorContains(t, run(t.Context(), full{}, parsed(t, "-runs", "10")), "no room")
}
