package chart

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// mostCurves is how many curves can be told apart.
const mostCurves = 8

// Arrivals draws the share of all runs that have entered each of the stages named,
// month by month, those that were abandoned included, as an SVG page, lying: a
// curve with a band, its interval, for each of up to 8 stages. Without stages it
// draws all but those in which every run began.
//
// Curves differ by colour, dashes and marks, and each has its name beside its end,
// with where it ends. A curve is flat between its points and is drawn as steps.
func Arrivals(w io.Writer, l *language.Language, title string, s simulation.Summary, stages ...reformcycle.Stage) error {
	var f fault.Fields
	summary(&f, "summary", s)
	for i, stage := range stages {
		known(&f, fault.At("stages", i), stage)
	}
	f.Count("stages", len(stages), mostCurves)
	if err := f.Err(); err != nil {
		return err
	}
	if len(stages) == 0 {
		for stage := range reformcycle.Stages() {
			if s.Entered(stage)[0] < s.Runs() {
				stages = append(stages, stage)
			}
		}
	}
	var curves []curve
	for _, stage := range stages {
		a, err := s.Arrival(stage)
		if err != nil {
			return err
		}
		curves = append(curves, curve{draw.Capital(l.Say(stage.Told())), a.Incidence})
	}
	return draw.Write(w, drawArrivals(l, title, originOf(l, s), curves))
}

// Policies draws when a stage is entered under several policies, as [Arrivals]
// does: a curve for each summary. The summaries, 1 to 8, have to be of the same
// scenario, the same seed and the same number of runs, or what sets the curves
// apart might be something else than the policies.
func Policies(w io.Writer, l *language.Language, title string, stage reformcycle.Stage, summaries ...simulation.Summary) error {
	var f fault.Fields
	known(&f, "stage", stage)
	some(&f, "summaries", len(summaries), mostCurves)
	for i, s := range summaries {
		path, like := fault.At("summaries", i), summaries[0]
		summary(&f, path, s)
		for _, of := range []struct {
			what       string
			have, want any
		}{{"digest", s.Digest(), like.Digest()}, {"seed", s.Seed(), like.Seed()}, {"runs", s.Runs(), like.Runs()}} {
			if of.have != of.want {
				f.Add(path+"."+of.what, fault.Same, of.have, language.Of("want.chart-first", "first", of.want))
			}
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	var curves []curve
	var policies []simulation.Identity
	for _, s := range summaries {
		policies = append(policies, s.Policy())
	}
	names, all := called(l, policies)
	for i, s := range summaries {
		a, err := s.Arrival(stage)
		if err != nil {
			return err
		}
		curves = append(curves, curve{names[i], a.Incidence})
	}
	o := originOf(l, summaries[0])
	o.policy, o.note = "", l.Paragraph(append([]language.Text{language.Of("chart.policies.note", "stage", stage.Told())}, all...))
	return draw.Write(w, drawArrivals(l, title, o, curves))
}

func known(f *fault.Fields, path string, stage reformcycle.Stage) {
	if !stage.Valid() {
		f.Add(path, fault.Known, int(stage), fault.OneOf(draw.Each(slices.Collect(reformcycle.Stages()), reformcycle.Stage.String)))
	}
}

type curve struct {
	name  string
	steps simulation.Curve
}

type stroke struct {
	colour, dash string
	shape        draw.Shape
	hollow       bool
}

// strokes tell curves apart: by colour (after Okabe and Ito, darkened for print),
// by dashes, and by marks.
var strokes = [mostCurves]stroke{
	{draw.Blue, "", draw.Circle, false}, {draw.Rust, "11 4", draw.Square, false}, {"#007A5A", "2.5 4", draw.Diamond, false}, {"#9B3A87", "11 4 2.5 4", draw.Triangle, false},
	{"#000000", "", draw.Circle, true}, {"#A87000", "6 4", draw.Square, true}, {"#3A8FC4", "2.5 2.5", draw.Diamond, true}, {"#7A1F45", "16 4 2.5 4 2.5 4", draw.Triangle, true},
}

func (p *page) mark(s stroke, x, y, r float64) {
	fill := s.colour
	if s.hollow {
		fill = draw.White
	}
	p.Mark(s.shape, x, y, r, fill, s.colour, false)
}

// The plot lies between its names for the shares and the names of the curves.
const (
	plotLeft   = 84.0
	plotRight  = 886.0
	plotLabels = 916.0
)

func drawArrivals(l *language.Language, title string, o origin, curves []curve) string {
	p, top := begin(draw.Sheet{
		In: l, Name: "reform-arrivals", On: draw.Lying, Title: title, Otherwise: l.Say(language.Of("chart.arrivals")),
		Kind: l.Say(language.Of("chart.arrivals.kind", "n", len(curves))), Description: describeArrivals(l, curves),
	}, l.Say(language.Of("chart.arrivals.head", "level", level)))
	top += 22
	notes := o.footnotes(l, "chart.runs.each-curve")
	signs := []draw.Sign{
		{Text: p.Say("chart.arrivals.sign.line"), Draw: func(x, y float64) {
			p.Stroke(`stroke="#0072B2" stroke-width="2.6"`)(x, y)
			p.mark(strokes[0], x, y, 5)
		}},
		{Text: p.Say("chart.arrivals.sign.band", "level", level), Draw: func(x, y float64) {
			p.Put(`<rect x="%v" y="%v" width="28" height="14" fill="#0072B2" fill-opacity="0.16"/>`, x-14, y-7)
			p.Put(`<path d="M%v %vh28m0 14h-28" fill="none" stroke="#0072B2" stroke-width="0.7"/>`, x-14, y-7)
		}},
	}
	foot := p.foot(notes) - draw.SignsHigh(p.wide(), 2, signs) - 6

	last := 1
	for _, c := range curves {
		last = max(last, c.last().Month)
	}
	x := monthAxis(l, last)
	y := axis{0, 1, foot - 66, top, 0.2, 1, true, l}
	p.frame(x, y, p.Say("chart.arrivals.axis"), last)
	opacity := 0.32 / float64(max(2, len(curves))) // many bands on each other are no bar
	for i, c := range curves {
		p.Put(`<path d="%s" fill="%s" fill-opacity="%v"/>`, c.band(x, y), strokes[i].colour, opacity)
	}
	for i, c := range curves {
		s := strokes[i]
		dash := ""
		if s.dash != "" {
			dash = ` stroke-dasharray="` + s.dash + `"`
		}
		// In greyscale the edges tell the bands apart.
		p.Put(`<path d="M%s" fill="none" stroke="%s" stroke-width="0.7"%s/>`, c.path(x, y, lowEnd), s.colour, dash)
		p.Put(`<path d="M%s" fill="none" stroke="%s" stroke-width="0.7"%s/>`, c.path(x, y, highEnd), s.colour, dash)
		p.Put(`<path d="M%s" fill="none" stroke="%s" stroke-width="2.6"%s/>`, c.path(x, y, share), s.colour, dash)
		for _, at := range c.marked(i, len(curves), last) {
			p.mark(s, x.at(float64(at)), y.at(c.by(at)), 5)
		}
	}
	p.curveNames(curves, x, y)

	foot = p.Signs(draw.Margin, foot, p.wide(), 2, signs)
	return p.end(foot+6, notes)
}

func share(s simulation.Step) float64   { return s.At }
func lowEnd(s simulation.Step) float64  { return s.Low }
func highEnd(s simulation.Step) float64 { return s.High }

// marked are the months of a curve's marks, which are not those of the others: it is
// the i-th of so many. At the ends of the scale curves lie on each other, and only
// one that is always there has its mark there.
func (c curve) marked(i, of, last int) (months []int) {
	every := max(1, last/8)
	for at := every * (i + 1) / (of + 1); at < c.last().Month; at += every {
		if v := c.by(at); v > 0.01 && v < 0.99 {
			months = append(months, at)
		}
	}
	if months == nil {
		from := c.steps[0].Month
		months = []int{from + (c.last().Month-from)*(i+1)/(of+1)}
	}
	return months
}

func (c curve) last() simulation.Step { return c.steps[len(c.steps)-1] }

// by is the share that holds in a month; before a curve begins nobody has arrived.
func (c curve) by(month int) (v float64) {
	for _, s := range c.steps {
		if s.Month > month {
			break
		}
		v = s.At
	}
	return v
}

// path is that of one of a curve's numbers, forth; what does not move on the
// page takes no more of it.
func (c curve) path(x, y axis, number func(simulation.Step) float64) string {
	var b strings.Builder
	height := ""
	for i, pt := range c.steps {
		at := draw.Num(y.at(number(pt)))
		switch {
		case i == 0:
			b.WriteString(draw.Num(x.at(float64(pt.Month))) + " " + at)
		case at != height:
			b.WriteString("H" + draw.Num(x.at(float64(pt.Month))) + "V" + at)
		}
		height = at
	}
	if len(c.steps) > 1 {
		b.WriteString("H" + draw.Num(x.at(float64(c.last().Month))))
	}
	return b.String()
}

// band is the area of the interval: forth along its high end, back along its low
// one.
func (c curve) band(x, y axis) string {
	var b strings.Builder
	b.WriteString("M" + c.path(x, y, highEnd))
	height := ""
	for i, pt := range slices.Backward(c.steps) {
		at := draw.Num(y.at(pt.Low))
		switch {
		case i == len(c.steps)-1:
			b.WriteString("V" + at)
			// The last point is an instant: what leads to it holds until then.
		case at != height:
			b.WriteString("H" + draw.Num(x.at(float64(c.steps[i+1].Month))) + "V" + at)
		}
		height = at
	}
	b.WriteString("H" + draw.Num(x.at(float64(c.steps[0].Month))) + "Z")
	return b.String()
}

// monthAxis is the axis of a time in months, with ticks at whole years where they
// have room.
func monthAxis(l *language.Language, last int) axis {
	step := draw.Largest([]float64{1, 2, 3, 6, 12, 24, 36, 60, 120, 1200}, func(step float64) bool { return float64(last) <= 14*step })
	return axis{0, float64(last), plotLeft, plotRight, step, 0, false, l}
}

// frame draws the axes, and their lines behind the plot.
func (p *page) frame(x, y axis, what string, last int) {
	for v := range y.ticks {
		p.Put(`<path d="M%s %sH%s" stroke="%s"/>`, x.left, y.at(v), x.right, draw.Line)
		p.Text(x.left-9, y.at(v)+4.5, y.label(v), draw.Style{Size: 13, Anchor: "end"})
	}
	for m := 0; m <= last; m += int(x.step) {
		at := x.at(float64(m))
		p.Put(`<path d="M%s %sV%s" stroke="%s"/>`, at, y.left, y.right, draw.Line)
		p.Put(`<path d="M%s %sv6" stroke="%s" stroke-width="1.5"/>`, at, y.left, draw.Dark)
		p.Text(at, y.left+22, x.label(float64(m)), draw.Style{Size: 13})
	}
	p.Put(`<path d="M%s %sV%sH%s" fill="none" stroke="%s" stroke-width="1.5"/>`, x.left, y.right, y.left, x.right, draw.Dark)
	p.Text(draw.Margin, y.right-14, what, draw.Style{Size: 13.5, Bold: true, Anchor: "start"})
	p.Text(x.right, y.left+42, p.Say("chart.month-axis"), draw.Style{Size: 13.5, Bold: true, Anchor: "end"})
}

// curveNames writes the names beside the ends of the curves, each as near as the
// others allow.
func (p *page) curveNames(curves []curve, x, y axis) {
	const size, small, width = 14.0, 12.0, draw.PageHeight - plotLabels - draw.Margin - 18
	st := draw.Style{Size: size, Bold: true, Anchor: "start"}
	type label struct {
		curve int
		end   simulation.Step
		lines []string
		draw.Style
		y, takes float64
	}
	var labels []label
	for i, c := range curves {
		l := label{curve: i, end: c.last()}
		l.lines, l.Style = draw.Within(named(p.In, c.name), width, 2*draw.Leading*size, st, 9)
		l.takes = float64(len(l.lines))*draw.Leading*l.Size + small*draw.Leading + 9
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
	for i, at := range draw.Settle(want, takes, y.right-10, y.left+30) {
		l := labels[i]
		p.Put(`<path d="M%s %sL%s %s" stroke="%s" stroke-width="0.9"/>`, x.at(float64(l.end.Month)), y.at(l.end.At), plotLabels-4, at+size*0.7, draw.Grey)
		p.mark(strokes[l.curve], plotLabels+6, at+size*0.7, 6)
		next := p.Lines(plotLabels+18, at+l.Size*0.95, draw.Leading*l.Size, l.lines, l.Style)
		by := p.Say("chart.arrivals.by", "share", y.said(l.end.At, l.end.Interval), "month", l.end.Month)
		p.Text(plotLabels+18, next-l.Size*0.95+small, by, draw.Smaller(by, width, draw.Style{Size: small, Anchor: "start"}, 8))
	}
}

func describeArrivals(l *language.Language, curves []curve) string {
	all := []language.Text{language.Of("chart.arrivals.described", "level", level)}
	percent := axis{decimals: 1, share: true, in: l}
	for _, c := range curves {
		last := c.last()
		args := []any{"curve", named(l, c.name), "share", percent.said(last.At, last.Interval), "month", last.Month}
		i := slices.IndexFunc(c.steps, func(pt simulation.Step) bool { return pt.At >= 0.5 })
		if i < 0 {
			all = append(all, language.Of("chart.arrivals.curve-short", args...))
			continue
		}
		all = append(all, language.Of("chart.arrivals.curve", append(args, "half", c.steps[i].Month)...))
	}
	return l.Paragraph(all)
}
