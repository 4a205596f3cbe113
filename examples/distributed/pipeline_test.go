package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle/simulation"
)

func binary(t testing.TB, s simulation.Summary) []byte {
	t.Helper()
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	return data
}

// pieces is an ensemble of the short scenario.
func pieces(t testing.TB, policy string, runs uint64, shards int) ensemble {
	t.Helper()
	text, err := json.Marshal(short(t))
	require.NoError(t, err)
	return ensemble{Scenario: text, Policy: policy, Runs: runs, Seed: 7, Shards: shards}
}

func TestSummaryIsThatOfOneMachineWhateverTheShards(t *testing.T) {
	const runs = 700
	for _, policy := range []string{"balanced", "adaptive"} {
		s, err := simulation.NewPolicy(policy, nil)
		require.NoError(t, err)
		whole, err := compiled(t, short(t)).Run(t.Context(), s, runs, 7)
		require.NoError(t, err)
		// 700 shards are three groups, as 1,000 are, which are more than runs.
		for _, shards := range []int{0, 1, 2, 13, 257, 700, 1000} {
			t.Run(fmt.Sprintf("%s in %d", policy, shards), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "summary")
				require.NoError(t, beamx.Run(t.Context(), pipeline(pieces(t, policy, runs, shards), path)))
				is, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Equal(t, binary(t, whole), is)
			})
		}
	}
}

// failing is a policy that panics in a month.
type failing struct{ month int }

func (failing) Name() string { return "failing" }

func (f failing) Allocate(o *simulation.View, _ *simulation.Allocation) {
	if o.Month == f.month {
		panic("no such ministry")
	}
}

func withFailing(t *testing.T, month int) {
	own["failing"] = func(map[string]float64) (simulation.Policy, error) { return failing{month}, nil }
	t.Cleanup(func() { delete(own, "failing") })
}

func TestPolicyThatFailsInAShardFailsThePipelineAndSaysWhy(t *testing.T) {
	withFailing(t, 7)
	path := filepath.Join(t.TempDir(), "summary")
	err := beamx.Run(t.Context(), pipeline(pieces(t, "failing", 100, 5), path))
	require.ErrorContains(t, err, `of seed 7, month 7, policy "failing": panic: no such ministry`)
	require.NoFileExists(t, path)
}

func TestPolicyOfTheHostRunsAsABuiltInDoes(t *testing.T) {
	withFailing(t, 25) // after the horizon, so that it never fails
	path := filepath.Join(t.TempDir(), "summary")
	require.NoError(t, beamx.Run(t.Context(), pipeline(pieces(t, "failing", 100, 5), path)))
	data, err := read(t.Context(), path)
	require.NoError(t, err)
	is, err := decode(data)
	require.NoError(t, err)
	want, err := compiled(t, short(t)).Run(t.Context(), failing{25}, 100, 7)
	require.NoError(t, err)
	require.Equal(t, binary(t, want), binary(t, is))
}

func TestWorkerRefusesAnEnsembleThatIsWrong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary")
	err := beamx.Run(t.Context(), pipeline(pieces(t, "luck", 10, 1), path))
	require.ErrorContains(t, err, `policy: got "luck", want one of balanced`)
}

func TestShardsHoldEveryRunOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := ensemble{
			Runs:   rapid.OneOf(rapid.Uint64Range(1, 100_000), rapid.Uint64Range(1, simulation.MaxRuns)).Draw(t, "runs"),
			Shards: rapid.OneOf(rapid.IntRange(0, 1000), rapid.Just(maxShards)).Draw(t, "shards"),
		}
		f := splitFn{Runs: e.Runs, Shards: e.shards()}
		next, least, most := uint64(0), e.Runs, uint64(0)
		groups := map[int]int{}
		f.ProcessElement(nil, func(group int, r simulation.Range) {
			if r.From != next || r.To <= r.From {
				t.Fatalf("%v after run %d", r, next)
			}
			next, least, most = r.To, min(least, r.Len()), max(most, r.Len())
			groups[group]++
		})
		if next != e.Runs || most-least > 1 {
			t.Fatalf("%d runs of %d, in shards of %d to %d", next, e.Runs, least, most)
		}
		// What merging in any order needs: see groupSize.
		if len(groups) > 256 {
			t.Fatalf("%d groups", len(groups))
		}
		for group, shards := range groups {
			if shards > 256 {
				t.Fatalf("group %d has %d shards", group, shards)
			}
		}
	})
}

func TestShardsThatAreNotChosenHoldTwentyThousandRuns(t *testing.T) {
	for runs, want := range map[uint64]uint64{
		1: 1, 20_000: 1, 20_001: 2, 1_000_000: 50, 1_000_000_000: 50_000,
		10_000_000_000: 65_536, simulation.MaxRuns: 65_536,
	} {
		require.Equal(t, want, (&ensemble{Runs: runs}).shards(), runs)
	}
}

func ready(t *testing.T, e ensemble) *playFn {
	t.Helper()
	f := &playFn{Ensemble: e}
	require.NoError(t, f.Setup())
	return f
}

// played gives the summary of the i-th of n shards.
func played(t *testing.T, f *playFn, i, n uint64) simulation.Summary {
	t.Helper()
	group, s, err := f.ProcessElement(t.Context(), 3, shard(i, n, f.Ensemble.Runs))
	require.NoError(t, err)
	require.Equal(t, 3, group)
	return s
}

// The worst order has every second shard first: none has a neighbour to join.
func TestMergingAGroupInTheWorstOrderIsExact(t *testing.T) {
	f := ready(t, pieces(t, "balanced", groupSize, groupSize))
	merged := played(t, f, 0, groupSize)
	for _, first := range []uint64{2, 1} {
		for i := first; i < groupSize; i += 2 {
			var err error
			merged, err = mergeFn{}.MergeAccumulators(merged, played(t, f, i, groupSize))
			require.NoError(t, err)
		}
	}
	require.Equal(t, binary(t, played(t, f, 0, 1)), binary(t, merged))
}

func TestShardThatIsTriedAgainGivesTheSameBytesAndIsNeverCountedTwice(t *testing.T) {
	e := pieces(t, "balanced", 100, 4)
	once := played(t, ready(t, e), 2, 4)
	e.Workers = 2
	again := played(t, ready(t, e), 2, 4)
	require.Equal(t, binary(t, once), binary(t, again))
	_, err := mergeFn{}.MergeAccumulators(once, again)
	require.ErrorIs(t, err, simulation.ErrOverlap)
}

func TestSummaryThatLacksRunsIsNotWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary")
	out := writeFn{Path: path, Runs: 100}
	s := played(t, ready(t, pieces(t, "balanced", 100, 4)), 2, 4)
	require.EqualError(t, out.ProcessElement(t.Context(), s), "The summary lacks runs: it holds 25 of 100")
	require.NoFileExists(t, path)
}

func TestPlaceThatCanNotBeWrittenOrReadIsReported(t *testing.T) {
	s := played(t, ready(t, pieces(t, "balanced", 10, 1)), 0, 1)
	for _, path := range []string{t.TempDir(), "nowhere://summary"} {
		out := writeFn{Path: path, Runs: 10}
		require.Error(t, out.ProcessElement(t.Context(), s), path)
		_, err := read(t.Context(), path)
		require.Error(t, err, path)
	}
}

func TestSummaryThatWasChangedOnItsWayIsRefused(t *testing.T) {
	data, err := encode(played(t, ready(t, pieces(t, "balanced", 10, 1)), 0, 1))
	require.NoError(t, err)
	data[len(data)/2] ^= 1
	_, err = decode(data)
	require.ErrorIs(t, err, simulation.ErrDamaged)
}
