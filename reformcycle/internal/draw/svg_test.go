package draw

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNumbersHaveOneForm(t *testing.T) {
	for v, want := range map[float64]string{0: "0", -0.001: "0", 1.5: "1.5", 2.346: "2.35", -3: "-3", 120: "120"} {
		assert.Equal(t, want, Num(v))
	}
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

func TestAPageTakesTextForText(t *testing.T) {
	p := &Page{}
	p.Open("name", Lying, "<a>", `"&'`)
	y := p.Head(Lying, "<b>", strings.Repeat("what it is ", 200))
	p.Signs(10, y, 500, 2, []Sign{{"<c>", func(x, y float64) { p.Put("<g/>") }}, {"d", func(x, y float64) {}}, {"e", func(x, y float64) {}}})
	assert.Equal(t, 116.0, p.Notes(10, 100, 500, "", "<f>"), "an empty note takes no line")
	svg := p.Close()
	for _, want := range []string{"&lt;a&gt;", "&#34;&amp;&#39;", "&lt;b&gt;", "&lt;c&gt;", "&lt;f&gt;", `width="297mm" height="210mm"`, "name-title", "<g/>"} {
		assert.Contains(t, svg, want)
	}
	assert.NotContains(t, svg, "<a>")
	// Title, two lines of what it is, three signs, one note.
	assert.Equal(t, 7, strings.Count(svg, "<text "))
	// 30, a line of 26, two of 22, and 16.
	assert.Equal(t, 116.0, y)
}

// The widest letters of DejaVu Sans Bold, one of the widest of the usual fonts: W
// takes 1.103 of the size, M 0.995, O 0.850, m 1.042, and a row of n 0.712.
func TestABoldTitleOfTheWidestLettersStaysOnThePage(t *testing.T) {
	for letter, ems := range map[string]float64{"W": 1.103, "M": 0.995, "O": 0.850, "m": 1.042, "n": 0.712} {
		for _, on := range []Paper{Upright, Lying} {
			p := &Page{}
			p.Head(on, strings.Repeat(letter, 300), "")
			for part := range strings.SplitSeq(p.String(), "<text ") {
				_, text, _ := strings.Cut(part, ">")
				n := strings.Count(strings.TrimSuffix(strings.TrimSpace(text), "</text>"), letter)
				assert.LessOrEqual(t, float64(n)*ems*24, on.Width-2*14, "%d %s", n, letter)
			}
		}
	}
}

func TestAroundRunsClockwiseFromTheTop(t *testing.T) {
	x, y := Around(10, 20, 5, 90)
	assert.InDelta(t, 15, x, 1e-12)
	assert.InDelta(t, 20, y, 1e-12)
}
