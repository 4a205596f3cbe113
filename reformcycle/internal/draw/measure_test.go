package draw

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWrapBreaksAndCuts(t *testing.T) {
	assert.Empty(t, Wrap("", 100, 10, 2))
	assert.Equal(t, []string{"aaa bbb", "ccc"}, Wrap("aaa bbb ccc", 50, 10, 2))
	assert.Equal(t, []string{"aaa bb…"}, Wrap("aaa bbb ccc", 50, 10, 1))
	assert.Equal(t, []string{"aaaa", "aaaa"}, Wrap("aaaaaaaa", 30, 10, 3))
}

func TestFitCutsWithinAWord(t *testing.T) {
	assert.Equal(t, "aaa bbb", Fit("aaa bbb", 50, 10))
	// Each a is 6.4 wide, the ellipsis 10.2: three and it are 29.4.
	assert.Equal(t, "aaa…", Fit("aaaaaaaa", 30, 10))
	assert.Equal(t, "…", Fit("aaaaaaaa", 1, 10))
}
