package evaluation

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The n lowest of any numbers are those that sorting puts first.
func TestTheLowestAreThoseThatSortingPutsFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.Map(rapid.IntRange(-9, 9), func(i int) float64 { return float64(i) }), 1, 60).Draw(t, "numbers")
		n := rapid.IntRange(1, len(numbers)).Draw(t, "n")
		l := newLowest(n)
		for _, x := range numbers {
			l.add(x)
		}
		last := l.last()
		kept := slices.Sorted(slices.Values(l.held[:n]))
		slices.Sort(numbers)
		require.Equal(t, numbers[n-1], last)
		require.Equal(t, numbers[:n], kept)
	})
}
