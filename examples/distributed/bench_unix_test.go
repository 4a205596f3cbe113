//go:build unix

package main

// What sharding costs, in processor time: how long a pipeline takes depends on
// how a runner spreads it. The floor is the same ensemble without Beam.
//
//	go -C examples/distributed test -run '^$' -bench . .

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// processor is the processor time that this process has used.
func processor(b *testing.B) time.Duration {
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkShards plays 4,096 runs of the reference scenario, ten years each, in
// so many shards on prism. What one shard costs over the floor is the pipeline
// itself; what a shard costs shows where there are many.
func BenchmarkShards(b *testing.B) {
	const runs = 4096
	policy, err := simulation.NewPolicy("balanced", nil)
	require.NoError(b, err)
	text, err := scenario("")
	require.NoError(b, err)
	for _, shards := range []int{1, 64, 1024, 4096} {
		b.Run(fmt.Sprint(shards), func(b *testing.B) {
			e := ensemble{Scenario: text, Policy: "balanced", Runs: runs, Seed: 7, Shards: shards}
			path := filepath.Join(b.TempDir(), "summary")
			var floor, sharded time.Duration
			for b.Loop() {
				began := processor(b)
				_, err := compiled(b, simulation.Reference()).Run(b.Context(), policy, runs, 7)
				require.NoError(b, err)
				between := processor(b)
				require.NoError(b, beamx.Run(b.Context(), pipeline(e, path)))
				floor += between - began
				sharded += processor(b) - between
			}
			n := float64(b.N)
			b.ReportMetric(floor.Seconds()/n*1e3, "cpu-ms/floor")
			b.ReportMetric(sharded.Seconds()/n*1e3, "cpu-ms/pipeline")
			b.ReportMetric(float64(sharded)/float64(floor), "x-floor")
			b.ReportMetric((sharded-floor).Seconds()/n/float64(shards)*1e6, "cpu-µs-more/shard")
		})
	}
}

// BenchmarkMerge merges two summaries, and writes and reads one, as happens to a
// shard's.
func BenchmarkMerge(b *testing.B) {
	policy, err := simulation.NewPolicy("balanced", nil)
	require.NoError(b, err)
	var two [2]simulation.Summary
	for i := range two {
		two[i], err = compiled(b, simulation.Reference()).Run(b.Context(), policy, 20_000, 7,
			simulation.WithRange(uint64(i)*10_000, uint64(i+1)*10_000))
		require.NoError(b, err)
	}
	b.Run("merge", func(b *testing.B) {
		for b.Loop() {
			_, err := mergeFn{}.MergeAccumulators(two[0], two[1])
			require.NoError(b, err)
		}
	})
	b.Run("write-and-read", func(b *testing.B) {
		size := 0
		for b.Loop() {
			data, err := encode(two[0])
			require.NoError(b, err)
			_, err = decode(data)
			require.NoError(b, err)
			size = len(data)
		}
		b.ReportMetric(float64(size), "bytes")
	})
}
