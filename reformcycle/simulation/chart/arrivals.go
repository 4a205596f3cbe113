package chart

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
)

// Point is a curve from a month on, until its next point.
type Point struct {
	Month int
	// Estimate is the share of the runs that have arrived by that month.
	Estimate
}

// Curve is how the runs arrive, at a stage or under a strategy.
type Curve struct {
	Name   string
	Points []Point
}

// What a page of curves holds. More curves can't be told apart; more points, or
// later ones, come of no scenario.
const (
	mostCurves = 8
	mostPoints = 1201
	lastMonth  = 1200
)

// Arrivals draws the share of the runs that have arrived, month by month, as an
// SVG page, lying: a curve with a band, its interval, for each of 1 to 8 curves.
// They differ by colour, dashes and marks, and each has its name beside its end,
// with where it ends. A curve is flat between its points and is drawn as steps; it
// ends with its last point.
//
// A curve needs 1 to 1,201 points whose months rise, from 0 to 1200, and whose
// shares, from 0 to 1, do not fall: who has arrived has arrived. Everything else is
// refused with [assessment.FieldErrors].
func Arrivals(w io.Writer, title string, origin Origin, curves []Curve) error {
	var f faults
	origin.check(&f)
	if f.length("curves", len(curves), mostCurves, "1 to 8 curves") {
		for i, c := range curves {
			c.check(&f, fmt.Sprintf("curves[%d].points", i))
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	_, err := io.WriteString(w, drawArrivals(title, origin, curves))
	return err
}

func (c Curve) check(f *faults, path string) {
	if !f.length(path, len(c.Points), mostPoints, "1 to 1201 points") {
		return
	}
	for i, pt := range c.Points {
		field := path + "[" + strconv.Itoa(i) + "]"
		month(f, field, pt.Month, i, func(i int) int { return c.Points[i].Month })
		f.measured(field, pt.Estimate, Measure{})
		if i > 0 && pt.At < c.Points[i-1].At-slack {
			f.add(field+".at", "order", pt.At, "no less than the point before it, "+strconv.FormatFloat(c.Points[i-1].At, 'g', -1, 64))
		}
	}
}

// month accepts a month within bounds that comes after the one before it.
func month(f *faults, field string, m, i int, of func(int) int) {
	if m < 0 || m > lastMonth {
		f.add(field+".month", "range", m, "a month from 0 to 1200")
	} else if i > 0 && m <= of(i-1) {
		f.add(field+".month", "order", m, "a month after the one before it, "+strconv.Itoa(of(i-1)))
	}
}

// strokes tell curves apart: by colour (after Okabe and Ito, darkened for print),
// by dashes, and by marks.
var strokes = [mostCurves]struct{ colour, dash, mark string }{
	{"#0072B2", "", "circle"}, {"#C24A00", "11 4", "square"}, {"#007A5A", "2.5 4", "diamond"}, {"#9B3A87", "11 4 2.5 4", "triangle"},
	{"#000000", "", "hollow circle"}, {"#A87000", "6 4", "hollow square"}, {"#3A8FC4", "2.5 2.5", "hollow diamond"}, {"#7A1F45", "16 4 2.5 4 2.5 4", "hollow triangle"},
}

// The plot lies between its names for the shares and the names of the curves.
const (
	plotLeft   = 84.0
	plotRight  = 886.0
	plotLabels = 916.0
)

func drawArrivals(title string, origin Origin, curves []Curve) string {
	title = titled(title, "Arrivals")
	p, top := begin("reform-arrivals", draw.Lying, title, "arrivals. "+draw.Counted(len(curves), "curve", "curves"),
		"Share of the runs that have arrived, by month, each with its "+origin.interval(), describeArrivals(origin, curves))
	top += 22
	notes := origin.footnotes(" behind each curve")
	foot := p.foot(notes) - 31 // of the legend

	last := 1
	for _, c := range curves {
		last = max(last, c.last().Month)
	}
	x := monthAxis(last)
	y := axis{0, 1, foot - 66, top, 0.2, 1}
	p.frame(x, y, "share of the runs", last)
	opacity := draw.Num(0.32 / float64(max(2, len(curves)))) // many bands on each other are no bar
	for i, c := range curves {
		p.Put(`<path d="%s" fill="%s" fill-opacity="%s"/>`, c.band(x, y), strokes[i].colour, opacity)
	}
	for i, c := range curves {
		s := strokes[i]
		dash := ""
		if s.dash != "" {
			dash = ` stroke-dasharray="` + s.dash + `"`
		}
		// In greyscale the edges tell the bands apart.
		for _, end := range []func(Estimate) float64{func(e Estimate) float64 { return e.Low }, func(e Estimate) float64 { return e.High }} {
			p.Put(`<path d="M%s" fill="none" stroke="%s" stroke-width="0.7"%s/>`, c.steps(x, y, end), s.colour, dash)
		}
		p.Put(`<path d="M%s" fill="none" stroke="%s" stroke-width="2.6"%s/>`, c.steps(x, y, func(e Estimate) float64 { return e.At }), s.colour, dash)
		for _, at := range c.marked(i, len(curves), last) {
			p.mark(s.mark, s.colour, x.at(float64(at)), y.at(c.by(at).At), 5)
		}
	}
	p.curveNames(curves, x, y)

	foot = p.Signs(margin, foot, p.on.Width-2*margin, 2, []draw.Sign{
		{Text: "line: share of the runs that have arrived by the month; a mark tells whose", Draw: func(x, y float64) {
			p.Put(`<path d="M%s %sh28" stroke="%s" stroke-width="2.6"/>`, draw.Num(x-14), draw.Num(y), blue)
			p.mark("circle", blue, x, y, 5)
		}},
		{Text: "band: its " + origin.interval() + ", with edges dashed as the line is", Draw: func(x, y float64) {
			p.Put(`<rect x="%s" y="%s" width="28" height="14" fill="%s" fill-opacity="0.16"/>`, draw.Num(x-14), draw.Num(y-7), blue)
			p.Put(`<path d="M%s %sh28m0 14h-28" fill="none" stroke="%s" stroke-width="0.7"/>`, draw.Num(x-14), draw.Num(y-7), blue)
		}},
	})
	return p.end(foot+6, notes)
}

// marked are the months of a curve's marks, which are not those of the others: it is
// the i-th of so many. At the ends of the scale curves lie on each other, and only
// one that is always there has its mark there.
func (c Curve) marked(i, of, last int) (months []int) {
	every := max(1, last/8)
	for at := every * (i + 1) / (of + 1); at < c.last().Month; at += every {
		if e := c.by(at); e.At > 0.01 && e.At < 0.99 {
			months = append(months, at)
		}
	}
	if months == nil {
		from := c.Points[0].Month
		months = []int{from + (c.last().Month-from)*(i+1)/(of+1)}
	}
	return months
}

func (c Curve) last() Point { return c.Points[len(c.Points)-1] }

// by is the estimate that holds in a month; before a curve begins nobody has
// arrived.
func (c Curve) by(month int) (e Estimate) {
	for _, pt := range c.Points {
		if pt.Month > month {
			break
		}
		e = pt.Estimate
	}
	return e
}

// steps is the path of one of a curve's numbers, forth; what does not move on the
// page takes no more of it.
func (c Curve) steps(x, y axis, number func(Estimate) float64) string {
	var b strings.Builder
	height := ""
	for i, pt := range c.Points {
		at := draw.Num(y.at(number(pt.Estimate)))
		switch {
		case i == 0:
			b.WriteString(draw.Num(x.at(float64(pt.Month))) + " " + at)
		case at != height:
			b.WriteString("H" + draw.Num(x.at(float64(pt.Month))) + "V" + at)
		}
		height = at
	}
	if len(c.Points) > 1 {
		b.WriteString("H" + draw.Num(x.at(float64(c.last().Month))))
	}
	return b.String()
}

// band is the area of the interval: forth along its high end, back along its low
// one.
func (c Curve) band(x, y axis) string {
	var b strings.Builder
	b.WriteString("M" + c.steps(x, y, func(e Estimate) float64 { return e.High }))
	height := ""
	for i, pt := range slices.Backward(c.Points) {
		at := draw.Num(y.at(pt.Low))
		switch {
		case i == len(c.Points)-1:
			b.WriteString("V" + at)
			// The last point is an instant: what leads to it holds until then.
		case at != height:
			b.WriteString("H" + draw.Num(x.at(float64(c.Points[i+1].Month))) + "V" + at)
		}
		height = at
	}
	b.WriteString("H" + draw.Num(x.at(float64(c.Points[0].Month))) + "Z")
	return b.String()
}

// monthAxis is the axis of a time in months, with ticks at whole years where they
// have room.
func monthAxis(last int) axis {
	step := 1200
	for _, s := range []int{1, 2, 3, 6, 12, 24, 36, 60, 120} {
		if last <= 14*s {
			step = s
			break
		}
	}
	return axis{0, float64(last), plotLeft, plotRight, float64(step), 0}
}

// frame draws the axes, and their lines behind the plot.
func (p *page) frame(x, y axis, what string, last int) {
	num := draw.Num
	for v := range y.ticks {
		p.Put(`<path d="M%s %sH%s" stroke="%s"/>`, num(x.left), num(y.at(v)), num(x.right), line)
		p.Text(x.left-9, y.at(v)+4.5, y.label(v, Measure{}), draw.Style{Size: 13, Anchor: "end"})
	}
	for m := 0; m <= last; m += int(x.step) {
		at := x.at(float64(m))
		p.Put(`<path d="M%s %sV%s" stroke="%s"/>`, num(at), num(y.left), num(y.right), line)
		p.Put(`<path d="M%s %sv6" stroke="%s" stroke-width="1.5"/>`, num(at), num(y.left), draw.Dark)
		p.Text(at, y.left+22, strconv.Itoa(m), draw.Style{Size: 13})
	}
	p.Put(`<path d="M%s %sV%sH%s" fill="none" stroke="%s" stroke-width="1.5"/>`, num(x.left), num(y.right), num(y.left), num(x.right), draw.Dark)
	p.Text(margin, y.right-14, what, draw.Style{Size: 13.5, Bold: true, Anchor: "start"})
	p.Text(x.right, y.left+42, "month of the simulation", draw.Style{Size: 13.5, Bold: true, Anchor: "end"})
}

// curveNames writes the names beside the ends of the curves, each as near as the
// others allow.
func (p *page) curveNames(curves []Curve, x, y axis) {
	const size, small, width = 14.0, 12.0, draw.PageHeight - plotLabels - margin - 18
	type label struct {
		curve    int
		end      Point
		lines    []string
		y, takes float64
	}
	var labels []label
	for i, c := range curves {
		l := label{curve: i, end: c.last(), lines: draw.Wrap(named(c.Name), width, size*draw.Bold, 2)}
		l.takes = float64(len(l.lines))*size*1.2 + small*1.2 + 9
		l.y = y.at(l.end.At) - l.takes/2
		labels = append(labels, l)
	}
	slices.SortStableFunc(labels, func(a, b label) int {
		return cmp.Or(cmp.Compare(b.end.At, a.end.At), cmp.Compare(a.curve, b.curve))
	})
	want, takes := make([]float64, len(labels)), make([]float64, len(labels))
	for i, l := range labels {
		want[i], takes[i] = l.y, l.takes
	}
	num := draw.Num
	for i, at := range settled(want, takes, y.right-10, y.left+30) {
		l := labels[i]
		p.Put(`<path d="M%s %sL%s %s" stroke="%s" stroke-width="0.9"/>`, num(x.at(float64(l.end.Month))), num(y.at(l.end.At)), num(plotLabels-4), num(at+size*0.7), draw.Grey)
		p.mark(strokes[l.curve].mark, strokes[l.curve].colour, plotLabels+6, at+size*0.7, 6)
		down := at
		for _, t := range l.lines {
			down += size * 1.2
			p.Text(plotLabels+18, down-size*0.25, t, draw.Style{Size: size, Bold: true, Anchor: "start"})
		}
		p.Text(plotLabels+18, down+small, fmt.Sprintf("%s by month %d", wide(l.end.Estimate), l.end.Month), draw.Style{Size: small, Anchor: "start"})
	}
}

// wide writes a share with its interval, short.
func wide(e Estimate) string {
	return percent(e.At, 0) + " (" + strings.TrimSuffix(percent(e.Low, 0), "%") + "–" + percent(e.High, 0) + ")"
}

// settled moves what wants a place down until none lies on the one before it, then
// up until the last ends above the foot.
func settled(want, takes []float64, top, foot float64) []float64 {
	at := slices.Clone(want)
	y := top
	for i := range at {
		at[i] = max(at[i], y)
		y = at[i] + takes[i]
	}
	y = foot
	for i := range slices.Backward(at) {
		at[i] = min(at[i], y-takes[i])
		y = at[i]
	}
	return at
}

// describeArrivals tells the picture in words.
func describeArrivals(origin Origin, curves []Curve) string {
	var b strings.Builder
	b.WriteString("The share of the runs that have arrived, with its " + origin.interval() + ".")
	for _, c := range curves {
		last := c.last()
		fmt.Fprintf(&b, " %s: %s by month %d", named(c.Name), wide(last.Estimate), last.Month)
		i := slices.IndexFunc(c.Points, func(pt Point) bool { return pt.At >= 0.5 })
		if i < 0 {
			b.WriteString("; half of the runs do not arrive by then.")
			continue
		}
		fmt.Fprintf(&b, "; half of the runs by month %d.", c.Points[i].Month)
	}
	return b.String()
}
