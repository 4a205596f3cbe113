package chart

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
)

// Swing is what one assumption, moved by itself, does to an outcome.
type Swing struct {
	// Name is that of the assumption; From and To are its low and its high value,
	// as they are written.
	Name, From, To string
	// Low is the outcome at the low value, High at the high one. Low need not be
	// the lower.
	Low, High Estimate
}

// wide is how far the two outcomes are apart.
func (s Swing) wide() float64 { return math.Abs(s.High.At - s.Low.At) }

// Tornado draws how far each assumption, moved by itself from its low to its high
// value, moves an outcome, as an SVG page, upright: the widest bar first, around
// the outcome of the base case. The hatched part of a bar leads to the outcome at
// the low value, the full one to that at the high value; where both lie on the same
// side, one stands above the other. Lines show the intervals.
//
// There must be a bar. A measure without a unit takes shares from 0 to 1.
// Everything else is refused with [assessment.FieldErrors]. Of more than about 60
// bars, those that move the outcome least are counted and not drawn.
func Tornado(w io.Writer, title string, origin Origin, measure Measure, base Estimate, swings []Swing) error {
	var f faults
	origin.check(&f)
	f.measured("base", base, measure)
	if f.length("swings", len(swings), mostRows, "1 swing or more") {
		for i, s := range swings {
			f.measured(fmt.Sprintf("swings[%d].low", i), s.Low, measure)
			f.measured(fmt.Sprintf("swings[%d].high", i), s.High, measure)
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	_, err := io.WriteString(w, drawTornado(title, origin, measure, base, swings))
	return err
}

func drawTornado(title string, origin Origin, m Measure, base Estimate, swings []Swing) string {
	swings = slices.Clone(swings)
	slices.SortStableFunc(swings, func(a, b Swing) int { return cmp.Compare(b.wide(), a.wide()) })
	of := []Estimate{base}
	for _, s := range swings {
		of = append(of, s.Low, s.High)
	}
	low, high := span(base.At, of...)
	a := newAxis(low, high, rowLeft, rowRight, 5)

	title = titled(title, "One assumption at a time")
	p, y := begin("reform-tornado", draw.Upright, title, "tornado of "+draw.Counted(len(swings), "assumption", "assumptions"),
		"One assumption at a time, from its low to its high value: "+m.words(), describeTornado(m, a, base, swings))
	num := draw.Num
	signs := []draw.Sign{
		{Text: "outcome at the assumption's low value", Draw: p.swatch(p.texture("hatched"))},
		{Text: "outcome at its high value", Draw: p.swatch(blue)},
		{Text: origin.interval(), Draw: p.whiskerSign},
		{Text: "outcome in the base case", Draw: func(x, y float64) {
			p.Put(`<path d="M%s %sv18" stroke="#000000" stroke-width="1.6"/>`, num(x), num(y-9))
		}},
	}
	notes := func(left int) []string {
		return origin.footnotes(" at each end of a bar", without(left, "more assumption", "more assumptions", ", those that move the outcome least"),
			"An assumption moved by itself does not show what it does together with others, and a bar is as wide as the range that was tried.")
	}
	room := p.rows(y+panelHead, len(signs), notes(len(swings)))
	l := layoutFor(len(swings), room)
	drawn := swings[:min(len(swings), int(room/l.height))]
	foot := y + panelHead + float64(len(drawn))*l.height
	y = p.panel(y, foot, draw.Capital(m.words())+"; in the base case "+a.said(base, m), a, func(v float64) string { return a.label(v, m) })
	for _, s := range drawn {
		at := func(value string, e Estimate) string {
			return draw.First(draw.Plain(value, 24), "?") + ": " + a.said(e, m)
		}
		p.row(l, y, []string{named(s.Name)}, []string{at(s.From, s.Low), at(s.To, s.High)}, []string{a.write(s.Low.At, m) + " to " + a.write(s.High.At, m)})
		p.swing(l, y, a, base.At, s)
		y += l.height
	}
	p.Put(`<path d="M%s %sV%s" stroke="#000000" stroke-width="1.6"/>`, num(a.at(base.At)), num(foot-float64(len(drawn))*l.height-10), num(foot))
	return p.legend(y, signs, notes(len(swings)-len(drawn)))
}

// swing draws the two parts of a bar.
func (p *page) swing(l rowLayout, y float64, a axis, base float64, s Swing) {
	num := draw.Num
	middle, high := y+l.height/2, l.height*0.62
	lanes := (s.Low.At-base)*(s.High.At-base) > 0 // both on the same side
	for i, e := range []Estimate{s.Low, s.High} {
		at, tall := middle, high
		if lanes {
			tall = high / 2
			at += tall * (float64(i) - 0.5)
		}
		fill := []string{p.texture("hatched"), blue}[i]
		from, to := a.at(base), a.at(e.At)
		p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s" stroke-width="0.8"/>`,
			num(min(from, to)), num(at-tall/2), num(max(math.Abs(to-from), 0.5)), num(tall), fill, draw.Dark)
		if e.Low < e.High {
			p.whisker(a.at(e.Low), a.at(e.High), at, tall*0.24)
		}
	}
}

// describeTornado tells the picture in words.
func describeTornado(m Measure, a axis, base Estimate, swings []Swing) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s in the base case. Widest first:", draw.Capital(m.words()), a.said(base, m))
	for _, s := range swings[:min(len(swings), toldLimit)] {
		fmt.Fprintf(&b, " %s: %s at %s, %s at %s.", named(s.Name), a.said(s.Low, m), draw.First(draw.Plain(s.From, 24), "its low value"),
			a.said(s.High, m), draw.First(draw.Plain(s.To, 24), "its high value"))
	}
	more(&b, len(swings))
	return b.String()
}
