package draw

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

// A page says its language. One that is written from right to left is mirrored: its
// shapes in groups, its texts at their places and never the letters, but for what is
// drawn unmirrored.
func TestAPageThatIsWrittenFromTheRightIsMirrored(t *testing.T) {
	page := func(l *language.Language) string {
		p := Begin(Sheet{In: l, On: Upright, Title: "title"})
		p.Put(`<path d="M1 2"/>`)
		p.Put(`<path d="M3 4"/>`)
		p.Text(100, 50, "start", Style{Size: 10, Anchor: "start"})
		p.Unmirrored(func() {
			p.Put(`<path d="M5 6" fill="%s"/>`, p.Texture(1, 1, 0, "<text>?</text>"))
			p.Text(100, 60, "left", Style{Size: 10, Anchor: "start"})
			p.Text(100, 70, "middle", Style{Size: 10})
		})
		p.Put(`<path d="M7 8" fill="%s"/>`, p.Texture(1, 1, 30, "<text>?</text>"))
		return p.End()
	}
	french := page(fr.Language())
	assert.Contains(t, french, ` xml:lang="fr" role=`)
	assert.NotContains(t, french, "rtl")
	assert.NotContains(t, french, "<g")
	assert.Contains(t, french, `patternTransform="rotate(30)"`)

	mirrored := page(languagetest.Mirrored(nil))
	assert.Contains(t, mirrored, ` xml:lang="ar-XB" direction="rtl"`)
	for _, want := range []string{
		// 840 − x, and the start stays the start, which is on the right now.
		"<g transform=\"matrix(-1 0 0 1 840 0)\">\n<path d=\"M1 2\"/>\n<path d=\"M3 4\"/>\n</g>\n<text x=\"740\" y=\"50\" font-size=\"10\" fill=\"#1A1A1A\" text-anchor=\"start\">\u2068start\u2069</text>\n<path d=\"M5 6\"",
		"<text x=\"100\" y=\"60\" font-size=\"10\" fill=\"#1A1A1A\" text-anchor=\"end\">",
		"<text x=\"100\" y=\"70\" font-size=\"10\" fill=\"#1A1A1A\" text-anchor=\"middle\">",
		"<g transform=\"matrix(-1 0 0 1 840 0)\">\n<path d=\"M7 8\"",
		"</g>\n</svg>",
		// The letters of a tile are mirrored twice, so not at all.
		`patternTransform="scale(-1 1)rotate(30)"`,
	} {
		assert.Contains(t, mirrored, want)
	}
}

func TestALegendIsAsHighAsItsTextsAsk(t *testing.T) {
	p := Begin(Sheet{On: Upright})
	none := func(x, y float64) {}
	signs := []Sign{{"short", none}, {strings.Repeat("long ", 20), none}, {"short", none}}
	// A row is 25 high and 13.5 more for each line that its longest text has beyond one.
	for _, width := range []float64{200, 400, 800} {
		rows := 25*2 + 13.5*float64(len(Wrap(signs[1].Text, width/2-38, 12.5, 4))-1)
		assert.Equal(t, rows, SignsHigh(width, 2, signs))
		assert.Equal(t, 10+rows, p.Signs(0, 10, width, 2, signs))
	}
	assert.Equal(t, 25.0, SignsHigh(900, 3, []Sign{{"a", none}}))
}

func TestANoteTakesTheLinesThatItsPageGivesIt(t *testing.T) {
	note := strings.Repeat("note ", 200)
	assert.Equal(t, 3*16.0, Begin(Sheet{On: Upright}).Foot(note))
	assert.Equal(t, 6*16.0, Begin(Sheet{On: Upright, NoteLines: 6}).Foot(note))
}

func TestAPageTakesTextForText(t *testing.T) {
	p := Begin(Sheet{Name: "name", On: Lying, Title: "<a>", Kind: "<b>", Description: `"&'`, Basis: "made up"})
	y := p.Head(strings.Repeat("what it is ", 200))
	p.Signs(10, y, 500, 2, []Sign{{"<c>", func(x, y float64) { p.Put("<g/>") }}, {"d", func(x, y float64) {}}, {"e", func(x, y float64) {}}})
	assert.Equal(t, 132.0, p.Notes(100, "", "<f>"), "an empty note takes no line, and what is illustrative one")
	assert.Equal(t, 32.0, p.Foot("", "<f>"))
	svg := p.End()
	for _, want := range []string{"&lt;a&gt;", "&#34;&amp;&#39;", "&lt;b&gt;", "&lt;c&gt;", "&lt;f&gt;", ">made up<", ">made up &#34;", `width="297mm" height="210mm"`, "name-", "<g/>"} {
		assert.Contains(t, svg, want)
	}
	assert.NotContains(t, svg, "<a>")
	// Title, three lines of what it is, three signs, two notes.
	assert.Equal(t, 9, strings.Count(svg, "<text "))
	// 30, a line of 26, three of 22, and 16.
	assert.Equal(t, 138.0, y)
}

// The widest letters of DejaVu Sans Bold, one of the widest of the usual fonts: W
// takes 1.103 of the size, M 0.995, O 0.850, m 1.042, and a row of n 0.712.
func TestABoldTitleOfTheWidestLettersStaysOnThePage(t *testing.T) {
	for letter, ems := range map[string]float64{"W": 1.103, "M": 0.995, "O": 0.850, "m": 1.042, "n": 0.712} {
		for _, on := range []Paper{Upright, Lying} {
			p := Begin(Sheet{On: on, Title: strings.Repeat(letter, 300)})
			p.Head("")
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

func TestTitlesThatSayNothingHaveAnother(t *testing.T) {
	for title, want := range map[string]string{"": "Otherwise", "\n\x00": "Otherwise", " a ": "a"} {
		assert.Equal(t, want, Begin(Sheet{Title: title, Otherwise: "Otherwise"}).Title)
	}
}

// The ids of one page meet those of another only where the pages are the same.
func TestPagesHaveIDsOfTheirOwn(t *testing.T) {
	page := func(x float64) string {
		p := Begin(Sheet{Name: "n", On: Upright, Title: "a"})
		assert.Equal(t, p.Dotted(White), p.Dotted(White), "a texture is written once")
		assert.NotEqual(t, p.Dotted(White), p.Dotted(Peach))
		p.Put(`<path d="M%v 0" fill="%s"/>`, x, p.Hatched(6, 2, White, Dark))
		return p.End()
	}
	ids := func(svg string) (ids []string) {
		for part := range strings.SplitSeq(svg, ` id="`) {
			if id, _, _ := strings.Cut(part, `"`); !strings.HasPrefix(part, "<svg") {
				ids = append(ids, id)
			}
		}
		return ids
	}
	one, other := page(1), page(2)
	assert.Equal(t, one, page(1))
	assert.Len(t, ids(one), 5, "of the title, the description and three textures")
	for i, id := range ids(one) {
		assert.NotEqual(t, id, ids(other)[i])
		assert.NotContains(t, ids(one)[:i], id)
	}
	assert.NotContains(t, one, unnamed)
	assert.Contains(t, one, `fill="url(#`+ids(one)[4]+`)"`)
}

func TestNoWriterIsRefused(t *testing.T) {
	assert.ErrorIs(t, Write(nil, "page"), fault.ErrInvalid)
	var b strings.Builder
	assert.NoError(t, Write(&b, "page"))
	assert.Equal(t, "page", b.String())
}

func TestNamesThatWantOnePlaceStandBelowEachOther(t *testing.T) {
	// Down: 10, 30, 50 and 90, which ends at 110; up from 100: 80, 50, 30, 10.
	assert.Equal(t, []float64{10, 30, 50, 80}, Settle([]float64{5, 12, 50, 90}, []float64{20, 20, 20, 20}, 10, 100))
}

func TestTheLargestLayoutThatFitsIsTaken(t *testing.T) {
	below := func(most int) func(int) bool { return func(l int) bool { return l <= most } }
	assert.Equal(t, 2, Largest([]int{3, 2, 1}, below(2)))
	assert.Equal(t, 1, Largest([]int{3, 2, 1}, below(0)), "the last where none fits")
}
