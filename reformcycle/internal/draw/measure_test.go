package draw

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWrapKeepsTogetherWhatANoBreakSpaceJoins(t *testing.T) {
	// Ten letters and signs of 6.4 at most are 64; with the colon on its own line the
	// first would end before it.
	assert.Equal(t, []string{"aaaa", "bbbb\u00a0:", "cccc"}, Wrap("aaaa bbbb\u00a0: cccc", 40, 10, 5))
	assert.Equal(t, []string{"aaa\u202f%"}, Wrap("aaa\u202f%", 60, 10, 5))
}

// What runs in its own direction ends with its line, and begins anew on the next one.
func TestLinesAreIsolatedByThemselves(t *testing.T) {
	const in, out = "\u2068", "\u2069"
	text := "aa " + in + "bb cc " + in + "dd" + out + " ee" + out + " ff"
	for width := 15.0; width < 200; width += 5 {
		lines := Wrap(text, width, 10, 9)
		for _, line := range append(lines, Fit(text, width, 10)) {
			assert.Equal(t, strings.Count(line, in), strings.Count(line, out), "%q of %q", line, lines)
			assert.LessOrEqual(t, strings.Index(line, in), strings.Index(line, out), "%q", line)
		}
		bare := strings.NewReplacer(in, "", out, "").Replace(strings.Join(lines, " "))
		assert.Equal(t, "aa bb cc dd ee ff", bare)
	}
	// A line within both is in both.
	assert.Equal(t, in+in+"dd"+out+out, Wrap(text, 15, 10, 9)[3])
	assert.Equal(t, []string{"a" + out}, Wrap("a"+out, 50, 10, 1), "what was never begun ends nothing")
}

func TestATextIsMadeSmallerBeforeItIsCut(t *testing.T) {
	st := Style{Size: 10}
	// Ten a are 64 wide: of 8, 51.2, of 7.5, 48.
	assert.Equal(t, 7.5, Smaller("aaaaaaaaaa", 50, st, 5).Size)
	assert.Equal(t, 10.0, Smaller("aaa", 50, st, 5).Size)
	assert.Equal(t, 9.0, Smaller("aaaaaaaaaa", 50, st, 9).Size, "no smaller than the least")

	lines, small := Within("aaaa bbbb", 50, 24, st, 5)
	assert.Equal(t, []string{"aaaa", "bbbb"}, lines)
	assert.Equal(t, 10.0, small.Size, "two lines of 12 have room in 24")
	// In 23 there is room for one line down to 9.5, for two from there on.
	lines, small = Within("aaaa bbbb", 50, 23, st, 5)
	assert.Equal(t, []string{"aaaa", "bbbb"}, lines)
	assert.Equal(t, 9.5, small.Size)
	// A word of ten letters is not broken while it can be smaller.
	lines, small = Within("aaaaaaaaaa", 50, 24, st, 5)
	assert.Equal(t, []string{"aaaaaaaaaa"}, lines)
	assert.Equal(t, 7.5, small.Size)
	lines, _ = Within("aaaaaaaaaa bbbbbbbbbb cccccccccc", 20, 12, st, 10)
	assert.Equal(t, []string{"a…"}, lines)
}

func TestAWordOnTwoLinesIsBroken(t *testing.T) {
	assert.False(t, Broken("aa bb-cc dd", []string{"aa bb-", "cc dd"}))
	assert.False(t, Broken("aa\u00a0: bb", []string{"aa\u00a0:", "bb"}))
	assert.True(t, Broken("aabb cc", []string{"aa", "bb cc"}))
}

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
