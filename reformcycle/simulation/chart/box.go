package chart

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// mostPoints is how many worlds a picture draws. Worlds are drawn in a random order, so
// the first of them are like all.
const mostPoints = 2000

// Box draws one of the boxes of [simulation.Worlds.Discover], which is named by its
// place, in the two of its parameters that limit it most, as an SVG page, upright: a
// mark for each world, another where what was looked for is so, and the box around
// where that is dense. Worlds that an earlier box holds, or that lie outside a third
// limit of this one, are left out, so that all that lies in the rectangle lies in the
// box. Of a box with one limit the worlds are spread by their numbers, which mean nothing.
//
// It refuses worlds of which the discovery is not, and a place at which there is no box.
func Box(w io.Writer, l *language.Language, title string, worlds simulation.Worlds, d simulation.Discovery, box int) error {
	var f fault.Fields
	o := origin{scenario: d.Scenario, digest: d.Digest, runs: d.Runs * uint64(max(0, d.Worlds)), seed: d.Seed}
	o.check(&f)
	over := worlds.Over()
	if worlds.Len() != d.Worlds || worlds.Digest() != d.Digest || worlds.Seed() != d.Seed || worlds.Runs() != d.Runs || !slices.EqualFunc(over, d.Over, same) {
		f.Add("worlds", "same", fmt.Sprintf("%d, %d", worlds.Len(), worlds.Seed()), language.Of("want.chart-worlds", "worlds", d.Worlds, "seed", strconv.FormatUint(d.Seed, 10)))
	}
	if place(&f, "box", box, len(d.Boxes)); box < 0 || box >= len(d.Boxes) {
		return f
	}
	b := d.Boxes[box]
	some(&f, "limits", len(b.Limits), len(over))
	for i, limit := range b.Limits {
		path := fault.At("limits", i)
		if place(&f, path+".parameter", limit.Parameter, len(over)); limit.Parameter < 0 || limit.Parameter >= len(over) {
			continue
		}
		for _, end := range []struct {
			field string
			simulation.Bound
		}{{".low", limit.Low}, {".high", limit.High}} {
			if end.Limited {
				f.Number(path+end.field+".at", end.At, over[limit.Parameter].Low, over[limit.Parameter].High)
			}
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	c := scatter{of: l.Say(d.Of), says: l.Say(d.Told()), where: l.Say(d.Where(b)), box: b}
	for _, limit := range b.Limits[:min(2, len(b.Limits))] {
		c.sides = append(c.sides, newSide(l, over[limit.Parameter], limit))
	}
	var others []int
	for _, limit := range b.Limits[len(c.sides):] {
		others = append(others, limit.Parameter)
	}
	in := make(map[int]bool, len(d.In))
	for _, number := range d.In {
		in[number] = true
	}
	for one := range worlds.All() {
		earlier := slices.ContainsFunc(d.Boxes[:box], func(e simulation.Box) bool { return e.Holds(one.Values) })
		if earlier || len(others) > 0 && !b.Holds(one.Values, others...) {
			continue
		}
		p := point{}
		p.found = in[one.Number]
		for i, s := range c.sides {
			p.at[i] = s.place(one.Values[s.parameter], one.Number)
		}
		if len(c.sides) == 1 {
			p.at[1] = (float64(one.Number) + 0.5) / float64(max(1, worlds.Asked()))
		}
		c.points = append(c.points, p)
	}
	if others != nil {
		third := b
		third.Limits = b.Limits[2:]
		c.third = l.Say(d.Where(third))
	}
	o.note = l.Say(language.Of("chart.box.runs", "worlds", d.Worlds, "runs", d.Runs))
	return draw.Write(w, drawBox(l, title, o, c))
}

// scatter is what the page shows.
type scatter struct {
	of, says, where, third string
	box                    simulation.Box
	sides                  []side // one or two
	points                 []point
}

// point is a world: where it lies, from 0 to 1 on each side.
type point struct {
	at    [2]float64
	found bool
}

// same reports whether two parameters are drawn over one span.
func same(a, b simulation.Uncertainty) bool {
	return a.Parameter == b.Parameter && a.Low == b.Low && a.High == b.High && a.Scale == b.Scale && a.Around == b.Around
}

// side is a parameter along an edge of the plot.
type side struct {
	simulation.Uncertainty
	parameter int // its place
	name      string
	whole     bool
	low, high simulation.Bound
}

func newSide(l *language.Language, u simulation.Uncertainty, limit simulation.Limit) side {
	s := side{Uncertainty: u, parameter: limit.Parameter, name: u.Parameter, low: limit.Low, high: limit.High}
	for _, p := range simulation.Register() {
		if p.Name != u.Parameter {
			continue
		}
		s.whole = p.Whole
		unit := p.Unit
		if u.Around {
			unit = language.Of(map[simulation.Scale]string{simulation.Even: "chart.box.added", simulation.Logarithmic: "chart.box.times"}[u.Scale])
		}
		s.name = draw.Capital(l.Say(language.Of("chart.of-unit", "what", p.Called, "unit", unit)))
	}
	return s
}

// along is where a value lies between the ends of the span, on its scale. It is rounded,
// for the last bits of a logarithm differ from machine to machine.
func (s *side) along(v float64) float64 {
	v = min(max(v, s.Low), s.High)
	at := (v - s.Low) / (s.High - s.Low)
	if s.Scale == simulation.Logarithmic {
		at = math.Log(v/s.Low) / math.Log(s.High/s.Low)
	}
	return math.Round(at*1e6) / 1e6
}

// place is the same of a world. Equal whole numbers are spread a little, by the number of
// the world, or all would be one mark.
func (s *side) place(v float64, number int) float64 {
	if s.whole {
		_, part := math.Modf(float64(number) * 0.618034)
		v += 0.7 * (part - 0.5)
	}
	return s.along(v)
}

// ticks are round numbers of the span, at most eight or so.
func (s *side) ticks() (all []float64) {
	if s.Scale == simulation.Even {
		a := newAxis(nil, s.Low, s.High, 0, 1, 6, false)
		for v := range a.ticks {
			if v >= s.Low && v <= s.High {
				all = append(all, v)
			}
		}
		return all
	}
	for exponent := -12; exponent <= 12; exponent++ {
		for _, digit := range []float64{1, 2, 5} {
			if v, err := strconv.ParseFloat(fmt.Sprintf("%ve%d", digit, exponent), 64); err == nil && v >= s.Low && v <= s.High {
				all = append(all, v)
			}
		}
	}
	for len(all) > 9 {
		for i := 1; i < len(all); i++ {
			all = slices.Delete(all, i, i+1)
		}
	}
	return all
}

// The square in which worlds are drawn.
const (
	squareLeft  = 112.0
	squareRight = 792.0
	squareTall  = 560.0
)

func drawBox(l *language.Language, title string, o origin, c scatter) string {
	drawn := c.points[:min(len(c.points), mostPoints)]
	p, top := begin(draw.Sheet{
		In: l, Name: "reform-box", On: draw.Upright, Title: title, Otherwise: l.Say(language.Of("chart.box")), Kind: l.Say(language.Of("chart.box.kind", "n", len(c.sides))),
		Description: c.says,
	}, draw.Capital(c.of))
	top += 18
	foot := top + squareTall
	x := func(at float64) float64 { return squareLeft + float64((squareRight-squareLeft)*at) }
	y := func(at float64) float64 { return foot - float64(squareTall*at) }

	left, right := c.sides[0].ends()
	bottom, up := 0.0, 1.0
	if len(c.sides) > 1 {
		bottom, up = c.sides[1].ends()
	}
	p.Put(`<rect x="%v" y="%v" width="%v" height="%v" fill="%s"/>`, x(left), y(up), x(right)-x(left), y(bottom)-y(up), draw.Peach)
	taken := 0.0
	for _, v := range c.sides[0].ticks() {
		at, text := x(c.sides[0].along(v)), value(l, v)
		p.Put(`<path d="M%v %vV%v" stroke="%s"/>`, at, top, foot+5, draw.Line)
		if half := draw.TextWidth(text, 12) / 2; at-half > taken {
			p.Text(at, foot+20, text, draw.Style{Size: 12, Fill: draw.Grey})
			taken = at + half + 6
		}
	}
	name := p.Say("chart.box.numbers")
	if len(c.sides) > 1 {
		name = c.sides[1].name
		last := math.Inf(1)
		for _, v := range c.sides[1].ticks() {
			at := y(c.sides[1].along(v))
			p.Put(`<path d="M%v %vH%v" stroke="%s"/>`, squareLeft-5, at, squareRight, draw.Line)
			if last-at > 15 {
				p.Text(squareLeft-9, at+4, value(l, v), draw.Style{Size: 12, Fill: draw.Grey, Anchor: "end"})
				last = at
			}
		}
	}
	p.Put(`<rect x="%v" y="%v" width="%v" height="%v" fill="none" stroke="%s"/>`, squareLeft, top, squareRight-squareLeft, squareTall, draw.Grey)
	onwards := " →"
	if l.RightToLeft() { // an arrow is no letter: it does not turn by itself
		onwards = " ←"
	}
	for _, edge := range []struct {
		x, y         float64
		text, anchor string
	}{{draw.Margin, top - 8, "↑ " + name, "start"}, {squareRight, foot + 40, c.sides[0].name + onwards, "end"}} {
		st := draw.Smaller(edge.text, squareRight-draw.Margin, draw.Style{Size: 13, Anchor: edge.anchor}, 9)
		p.Text(edge.x, edge.y, draw.Fit(edge.text, squareRight-draw.Margin, st.Size), st)
	}

	var found, others strings.Builder
	for _, one := range drawn {
		at := draw.Num(x(one.at[0])) + " " + draw.Num(y(one.at[1]))
		if one.found {
			found.WriteString("M" + at + "m0-4l4 4-4 4-4-4z")
		} else {
			others.WriteString("M" + at + "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0")
		}
	}
	if others.Len() > 0 {
		p.Put(`<path d="%s" fill="none" stroke="%s"/>`, others.String(), draw.Blue)
	}
	if found.Len() > 0 {
		p.Put(`<path d="%s" fill="%s" stroke="%s" stroke-width="0.6"/>`, found.String(), draw.Rust, draw.White)
	}
	p.Put(`<rect x="%v" y="%v" width="%v" height="%v" fill="none" stroke="#000000" stroke-width="2.4"/>`, x(left), y(up), x(right)-x(left), y(bottom)-y(up))

	end := p.Signs(draw.Margin, foot+70, p.wide(), 2, []draw.Sign{
		{Text: p.Say("chart.box.sign.so"), Draw: func(x, y float64) { p.Mark(draw.Diamond, x, y, 4, draw.Rust, draw.Rust, false) }},
		{Text: p.Say("chart.box.sign.not"), Draw: func(x, y float64) { p.Mark(draw.Circle, x, y, 4, draw.White, draw.Blue, false) }},
		{Text: p.Say("chart.box.sign.box"), Draw: func(x, y float64) {
			p.Put(`<rect x="%v" y="%v" width="28" height="14" fill="%s" stroke="#000000" stroke-width="2.4"/>`, x-14, y-7, draw.Peach)
		}},
	})
	percent := axis{decimals: 1, share: true, in: l}
	b := c.box
	lines := draw.Wrap(draw.Sentence(draw.Capital(c.where)), p.wide(), 14, 4)
	lines = append(lines, draw.Wrap(p.Say("chart.box.shares", "n", b.Worlds, "density", percent.write(b.Density), "coverage", percent.write(b.Coverage), "mass", percent.write(b.Mass)), p.wide(), 14, 3)...)
	end = p.Lines(draw.Margin, end+12, 20, lines, draw.Style{Size: 14, Anchor: "start"})
	var notes []string
	if c.third != "" {
		notes = append(notes, p.Say("chart.box.drawn", "where", draw.Plain(c.third, noteLimit)))
	}
	notes = o.footnotes(l, "chart.runs.in-all-each-policy", append(notes, without(l, "chart.left.worlds", len(c.points)-len(drawn)), p.Say("chart.box.note"))...)
	return p.end(min(end+14, p.foot(notes)), notes)
}

// ends are where the box begins and ends along the side.
func (s *side) ends() (from, to float64) {
	to = 1
	if s.low.Limited {
		from = s.along(s.low.At)
	}
	if s.high.Limited {
		to = s.along(s.high.At)
	}
	return from, to
}
