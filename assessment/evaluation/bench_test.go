package evaluation_test

// What an exact test costs, beside its floor: going once through the same
// allocations with a sum for each and nothing else.

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/evaluation"
)

// noisy is a study with so many areas in each arm, one period before and one
// after, and made-up outcomes.
func noisy(intervention, comparison int) evaluation.Study {
	random := rand.New(rand.NewPCG(1, 2))
	s := evaluation.Study{Unit: "visits", Periods: []string{"before", "after"}, Start: "after", Illustrative: true}
	for i := range intervention + comparison {
		arm := evaluation.Intervention
		if i >= intervention {
			arm = evaluation.Comparison
		}
		s.Areas = append(s.Areas, evaluation.Area{ID: fmt.Sprintf("Area %d", i), Arm: arm, Outcomes: []evaluation.Measurement{
			{Value: 100 + 10*random.NormFloat64()}, {Value: 105 + 10*random.NormFloat64()},
		}})
	}
	return s
}

func BenchmarkExact6v6(b *testing.B)   { benchmarkExact(b, 6, 6) }
func BenchmarkExact10v10(b *testing.B) { benchmarkExact(b, 10, 10) }
func BenchmarkExact11v11(b *testing.B) { benchmarkExact(b, 11, 11) }

func benchmarkExact(b *testing.B, intervention, comparison int) {
	s := noisy(intervention, comparison)
	b.ReportAllocs()
	for b.Loop() {
		_, err := s.Evaluate(evaluation.Protocol{Better: evaluation.Higher})
		require.NoError(b, err)
	}
	spent := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(spent)/float64(floor(intervention+comparison, intervention)), "×floor")
}

var sink int

// floor is the time of one bare walk through the allocations.
func floor(n, k int) time.Duration {
	values := make([]int64, n)
	for i := range values {
		values[i] = int64(i * i)
	}
	var walk func(from, left int, sum int64)
	walk = func(from, left int, sum int64) {
		for i := from; i <= n-left; i++ {
			switch sum := sum + values[i]; {
			case left > 1:
				walk(i+1, left-1, sum)
			case sum%2 == 0:
				sink++
			}
		}
	}
	const times = 10
	start := time.Now()
	for range times {
		walk(0, k, 0)
	}
	return time.Since(start) / times
}

// BenchmarkSampled20v20 draws 99,999 of more than 10¹¹ ways.
func BenchmarkSampled20v20(b *testing.B) {
	s := noisy(20, 20)
	for b.Loop() {
		_, err := s.Evaluate(evaluation.Protocol{Better: evaluation.Higher})
		require.NoError(b, err)
	}
}
