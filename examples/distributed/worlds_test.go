package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// tried is a trial of the short scenario.
func tried(t testing.TB, worlds, shards int) trial {
	t.Helper()
	text, err := json.Marshal(short(t))
	require.NoError(t, err)
	return trial{
		Scenario: text, Policies: []string{"balanced", "rush-to-launch"}, Worlds: worlds, Runs: 3, Seed: 7, Shards: shards,
		Goals: []simulation.Goal{{Metric: simulation.LaunchedBy(24), Bound: 0.5}, {Metric: simulation.NotAbandoned(), Bound: 1}},
	}
}

func bytesOf(t testing.TB, w simulation.Worlds) []byte {
	t.Helper()
	data, err := w.MarshalBinary()
	require.NoError(t, err)
	return data
}

func TestWorldsAreThoseOfOneMachineWhateverTheShards(t *testing.T) {
	of := tried(t, 60, 0)
	model, all, err := of.compile()
	require.NoError(t, err)
	whole, err := model.Worlds(t.Context(), all)
	require.NoError(t, err)
	for _, shards := range []int{0, 1, 7, 60, 100} {
		path := filepath.Join(t.TempDir(), "worlds")
		require.NoError(t, beamx.Run(t.Context(), worldsPipeline(tried(t, 60, shards), path)))
		is, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, bytesOf(t, whole), is, shards)
	}
}

func TestProgramTriesPoliciesInWorlds(t *testing.T) {
	dir := t.TempDir()
	text, err := json.Marshal(short(t))
	require.NoError(t, err)
	file, out := filepath.Join(dir, "scenario.json"), filepath.Join(dir, "worlds")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	args := []string{"-scenario", file, "-worlds", "60", "-in-world", "3", "-try", "balanced,rush-to-launch", "-goal", "launch by 24=0.5", "-goal", "not abandoned=1", "-seed", "7", "-shards", "5", "-workers", "1", "-out", out}
	var page bytes.Buffer
	require.NoError(t, run(t.Context(), &page, parsed(t, args...)))
	for _, says := range []string{"Worlds: 60; parameters that vary: ", "runs of each policy in each world: 3; seed: 7; digest: ", "illustrative, and so are its results", "\nlaunch by month 24: in at least 50% of the runs  ", "worlds: balanced misses its goal (launch by month 24: in at least 50% of the runs)"} {
		require.Contains(t, page.String(), says)
	}
	of := tried(t, 60, 0)
	model, all, err := of.compile()
	require.NoError(t, err)
	want, err := model.Worlds(t.Context(), all)
	require.NoError(t, err)
	is, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, bytesOf(t, want), is)

	registered(t, "leave-worlds")
	setFlag(t, runners.Runner, "leave-worlds")
	require.ErrorContains(t, run(t.Context(), io.Discard, parsed(t, append(args, "-seed", "8")...)), "The file holds other worlds. Worlds: 60; ")
	require.NoError(t, os.Truncate(out, 100))
	require.ErrorIs(t, run(t.Context(), io.Discard, parsed(t, args...)), simulation.ErrDamaged)
}

func TestATrialThatIsWrongIsRefusedBeforeThePipeline(t *testing.T) {
	for want, args := range map[string][]string{
		`policy: got "luck", want one of balanced`: {"-worlds", "10", "-try", "luck", "-goal", "launch by 24=0.5"},
		"goals: got 0":          {"-worlds", "10"},
		"worlds: got -3":        {"-worlds", "-3", "-goal", "launch by 24=0.5"},
		"runs: got 0":           {"-worlds", "3", "-in-world", "0", "-goal", "launch by 24=0.5"},
		"goals[0].bound: got 2": {"-worlds", "3", "-goal", "launch by 24=2"},
		"shards: got -1":        {"-worlds", "3", "-shards", "-1", "-goal", "launch by 24=0.5"},
	} {
		err := run(t.Context(), io.Discard, parsed(t, args...))
		require.ErrorIs(t, err, fault.ErrInvalid)
		require.ErrorContains(t, err, want)
	}
	path := filepath.Join(t.TempDir(), "worlds")
	some := playWorldsFn{Trial: tried(t, 60, 3)}
	require.NoError(t, some.Setup())
	_, w, err := some.ProcessElement(t.Context(), 0, shard(1, 3, 60))
	require.NoError(t, err)
	require.EqualError(t, (&writeWorldsFn{Path: path, Worlds: 60}).ProcessElement(t.Context(), w), "Worlds are missing: there are 20 of 60")
	require.NoFileExists(t, path)
}
