package chart

// What the pictures have in common that are a list: names on the left, a scale in
// the middle, numbers on the right.

import (
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// mostRows bounds how many rows a picture looks at; those that it has no room for
// are counted.
const mostRows = 10_000

// The columns of a list, and where it ends.
const (
	rowNames = 262.0 // how wide the names may be
	rowLeft  = 306.0 // of the scale
	rowRight = 590.0
	rowWords = 608.0

	// panelHead is how high the heading of a panel is, with its ticks.
	panelHead = 52.0
	panelGap  = 26.0
	legendGap = 34.0
)

type rowLayout struct{ height, size float64 }

// rowLayouts are tried in order until all rows have room.
var rowLayouts = []rowLayout{
	{60, 16}, {50, 15.5}, {42, 15}, {36, 14.5}, {31, 13.5}, {26, 12.5}, {22, 12}, {18.5, 11.5}, {15.5, 10.5}, {13, 9.5},
}

// rows is how much room a list that begins at a height has above a legend, in which some
// of the signs stand, and the footnotes.
func (p *page) rows(top float64, signs []draw.Sign, notes []string) float64 {
	high := 0.0
	for _, s := range signs {
		high = max(high, draw.SignsHigh(p.wide()/2, 1, []draw.Sign{s}))
	}
	return p.foot(notes) - legendGap - high*float64((len(signs)+1)/2) - top
}

// wide is the width of a page without its margins.
func (p *page) wide() float64 { return p.On.Width - 2*draw.Margin }

// legend writes the signs below a list, and the footnotes.
func (p *page) legend(y float64, signs []draw.Sign, notes []string) string {
	return p.end(p.Signs(draw.Margin, y+legendGap-4, p.wide(), 2, signs)+4, notes)
}

// layoutFor is the largest layout in which so many rows have room.
func layoutFor(rows int, room float64) rowLayout {
	return draw.Largest(rowLayouts, func(l rowLayout) bool { return float64(rows)*l.height <= room })
}

// panel draws the heading and the scale of a list of so many rows, and gives where
// the first begins.
func (p *page) panel(top float64, rows int, l rowLayout, heading string, a axis, label func(float64) string) float64 {
	st := draw.Smaller(heading, p.wide(), draw.Style{Size: 14, Bold: true, Anchor: "start"}, 9)
	p.Text(draw.Margin, top+14, draw.Fit(heading, p.wide(), st.Wide()), st)
	top += panelHead
	taken := 0.0 // up to where there are labels
	for v := range a.ticks {
		p.Put(`<path d="M%v %vV%v" stroke="%s"/>`, a.at(v), top-10, top+float64(rows)*l.height, draw.Line)
		text := label(v)
		half := draw.TextWidth(text, 11.5) / 2
		if a.at(v)-half < taken {
			continue
		}
		p.Text(a.at(v), top-14, text, draw.Style{Size: 11.5, Fill: draw.Grey})
		taken = a.at(v) + half + 3
	}
	return top
}

func (p *page) zero(x, top float64, rows int, l rowLayout) {
	p.Put(`<path d="M%v %vV%v" stroke="#000000" stroke-width="1.6"/>`, x, top-10, top+float64(rows)*l.height)
}

// bars draws a list of n rows of bars, which are seen from a number, with what explains it.
func (p *page) bars(y float64, n int, heading string, a axis, from float64, signs []draw.Sign, notes func(left int) []string, row func(l rowLayout, i int, y float64)) string {
	room := p.rows(y+panelHead, signs, notes(n))
	l := layoutFor(n, room)
	drawn := min(n, int(room/l.height))
	top := p.panel(y, drawn, l, heading, a, a.label)
	y = top
	for i := range drawn {
		row(l, i, y)
		y += l.height
	}
	p.zero(a.at(from), top, drawn, l)
	return p.legend(y, signs, notes(n-drawn))
}

// bar draws a bar from a number to an estimate, with its interval.
func (p *page) bar(a axis, from, at float64, in assessment.Interval, middle, tall float64, fill string) {
	x, end := a.at(from), a.at(at)
	p.Put(`<rect x="%v" y="%v" width="%v" height="%v" fill="%s" stroke="%s" stroke-width="0.8"/>`,
		min(x, end), middle-tall/2, max(math.Abs(end-x), 0.5), tall, fill, draw.Dark)
	if in.Low < in.High {
		p.Whisker(a.at(in.Low), a.at(in.High), middle, tall*0.24)
	}
}

// lines is how many lines of a name a row has.
func (l rowLayout) lines() int { return max(1, min(3, int((l.height-2)/(l.size*1.2)))) }

// holds says whether a name has room in a row.
func (l rowLayout) holds(name string) bool {
	return len(draw.Wrap(name, rowNames, l.size, l.lines()+1)) <= l.lines()
}

// named writes what a row is called: a name, or two with a minus between them, of
// which both keep something where they are too long.
func (l rowLayout) named(names []string) []string {
	most := l.lines()
	name := strings.Join(names, " − ")
	switch {
	case l.holds(name) || len(names) == 1 && most > 1:
		return draw.Wrap(name, rowNames, l.size, most)
	case len(names) == 1:
		return []string{draw.Fit(name, rowNames, l.size)}
	case most > 1:
		return []string{draw.Fit(names[0], rowNames, l.size), draw.Fit("− "+names[1], rowNames, l.size)}
	}
	half := (rowNames - draw.TextWidth(" − ", l.size)) / 2
	return []string{draw.Fit(names[0], half, l.size) + " − " + draw.Fit(names[1], half, l.size)}
}

// row draws the line above a row, its name, and its numbers, each line of them as
// large as its column allows; short is what stands for those that have no room.
func (p *page) row(l rowLayout, y float64, names, words, short []string) {
	p.Put(`<path d="M%s %sH%s" stroke="#E2E2E2"/>`, draw.Margin, y, p.On.Width-draw.Margin)
	p.block(l.named(names), draw.Margin, y+l.height/2, l.size)

	width := p.On.Width - draw.Margin - rowWords
	size := min(l.size, 13)
	if n := float64(len(words)); n*size*1.2 > l.height-5 {
		if size = (l.height - 5) / (1.2 * n); size < 10 {
			words, size = short, min(l.size, 13)
		}
	}
	shrunk := func(lines []string, least float64) float64 {
		st := draw.Style{Size: size}
		for _, w := range lines {
			st = draw.Smaller(w, width, st, least)
		}
		return st.Size
	}
	if at := shrunk(words, min(size, 10)); slices.ContainsFunc(words, func(w string) bool { return draw.TextWidth(w, at) > width }) {
		words = short
	}
	size = shrunk(words, 8)
	for i, w := range words {
		words[i] = draw.Fit(w, width, size)
	}
	p.block(words, rowWords, y+l.height/2, size)
}

func (p *page) block(lines []string, x, middle, size float64) {
	p.Lines(x, middle+size*(0.35-0.6*float64(len(lines)-1)), size*1.2, lines, draw.Style{Size: size, Anchor: "start"})
}

// without says what a picture has no room for, by the text that says it.
func without(l *language.Language, id string, n int) string {
	if n == 0 {
		return ""
	}
	return l.Say(language.Of(id, "n", n))
}
