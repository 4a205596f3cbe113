package drawtest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
)

// page draws texts of one size at places.
func page(put func(p *draw.Page)) string {
	p := draw.Begin(draw.Sheet{Name: "test", On: draw.Upright, Title: "title", Description: "description"})
	put(p)
	return p.End()
}

// refused says whether a picture fails its test.
func refused(t *testing.T, svg string) bool {
	t.Helper()
	failing := &recorder{TB: t}
	KeepsApart(failing, draw.Upright, svg)
	return failing.failed
}

type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Errorf(string, ...any) { r.failed = true }

func TestKeepsApartRefusesWhatCannotBeRead(t *testing.T) {
	small := draw.Style{Size: 10, Anchor: "start"}
	for name, put := range map[string]func(p *draw.Page){
		"off the left":   func(p *draw.Page) { p.Text(-1, 50, "a", small) },
		"off the right":  func(p *draw.Page) { p.Text(draw.PageWidth, 50, "a", small) },
		"off the top":    func(p *draw.Page) { p.Text(10, 7, "a", small) },
		"off the bottom": func(p *draw.Page) { p.Text(10, draw.PageHeight-2, "a", small) },
		"on another": func(p *draw.Page) {
			p.Text(10, 50, "aaaa", small)
			p.Text(20, 55, "b", draw.Style{Size: 10})
		},
		"no number": func(p *draw.Page) { p.Put(`<path d="MNaN 0"/>`) },
		"a script":  func(p *draw.Page) { p.Put(`<script></script>`) },
	} {
		assert.True(t, refused(t, page(put)), name)
	}
	assert.False(t, refused(t, page(func(p *draw.Page) {
		p.Text(10, 50, "aaaa", small)
		p.Text(10, 60, "b", small)
		p.Text(60, 50, "c", draw.Style{Size: 10, Anchor: "end"})
	})))
}

func TestReadGivesElementsLabelsAndWords(t *testing.T) {
	read := Read(t, page(func(p *draw.Page) { p.Text(10, 50, "<aa>", draw.Style{Size: 10}) }))
	assert.Equal(t, map[string]int{"svg": 1, "title": 1, "desc": 1, "rect": 1, "text": 1}, read.Elements)
	assert.Contains(t, read.Words, "description")
	// < and > count 0.84 of the size, a 0.64: 2 × 8.4 + 2 × 6.4 = 29.6, half of it 14.8.
	assert.Len(t, read.Labels, 1)
	assert.Equal(t, "<aa>", read.Labels[0].Text)
	assert.InDelta(t, -4.8, read.Labels[0].Left, 1e-9)
	assert.InDelta(t, 24.8, read.Labels[0].Right, 1e-9)
}

func TestGoldenHoldsAPageAgainstItsFile(t *testing.T) {
	t.Chdir(t.TempDir())
	*update = true
	Golden(t, "page.svg", "<svg/>")
	*update = false
	Golden(t, "page.svg", "<svg/>")
}

func TestFullTakesNothing(t *testing.T) {
	n, err := Full{}.Write([]byte("a"))
	assert.Zero(t, n)
	assert.ErrorIs(t, err, ErrFull)
}
