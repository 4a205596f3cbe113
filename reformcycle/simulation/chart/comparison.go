package chart

import (
	"fmt"
	"io"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
)

// Row is an outcome under a strategy.
type Row struct {
	Name string
	Estimate
}

// Difference is how far the outcomes of two strategies are apart: the first less
// the second, over pairs of runs that share their random numbers.
type Difference struct {
	First, Second string
	Estimate
}

// mark is full where the interval has all of itself on one side of 0.
func (d Difference) mark() string {
	if d.Low > 0 || d.High < 0 {
		return "diamond"
	}
	return "hollow diamond"
}

// verdict says which of the two is higher, if that can be told.
func (d Difference) verdict() string {
	switch {
	case d.Low > 0:
		return "the first is higher"
	case d.High < 0:
		return "the second is higher"
	default:
		return "can't be told apart"
	}
}

// name is what the picture calls a difference.
func (d Difference) name() string { return named(d.First) + " − " + named(d.Second) }

// Comparison draws an outcome under several strategies, as an SVG page, upright: a
// dot with its interval for each, and below them, with a scale of their own, the
// differences between pairs. Strategies whose intervals overlap may still be told
// apart by their difference, which chance moves less where runs are paired; a full
// mark stands for a difference whose interval leaves 0 out, a hollow one for two
// that can't be told apart.
//
// Rows stand in the order given. There must be one; there need be no difference.
// A measure without a unit takes shares from 0 to 1, and differences from −1 to 1.
// Everything else is refused with [assessment.FieldErrors]. What has no room, of
// about 60 rows, is counted.
func Comparison(w io.Writer, title string, origin Origin, measure Measure, rows []Row, differences []Difference) error {
	var f faults
	origin.check(&f)
	if f.length("rows", len(rows), mostRows, "1 row or more") {
		for i, r := range rows {
			f.measured(fmt.Sprintf("rows[%d]", i), r.Estimate, measure)
		}
	}
	if f.atMost("differences", len(differences), mostRows) {
		for i, d := range differences {
			field := fmt.Sprintf("differences[%d]", i)
			if measure.share() {
				f.estimate(field, d.Estimate, -1, 1, "a difference of shares, from -1 to 1")
			} else {
				f.measured(field, d.Estimate, measure)
			}
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	_, err := io.WriteString(w, drawComparison(title, origin, measure, rows, differences))
	return err
}

func (m Measure) words() string {
	if m.share() {
		return draw.First(draw.Plain(m.Name, nameLimit), "outcome") + ", share of the runs"
	}
	return draw.First(draw.Plain(m.Name, nameLimit), "outcome") + ", " + draw.Plain(m.Unit, nameLimit)
}

func drawComparison(title string, origin Origin, m Measure, rows []Row, differences []Difference) string {
	var of []Estimate
	for _, r := range rows {
		of = append(of, r.Estimate)
	}
	also := of[0].At
	if m.share() {
		also = 0
	}
	low, high := span(also, of...)
	a := newAxis(low, high, rowLeft, rowRight, 5)
	of = nil
	for _, d := range differences {
		of = append(of, d.Estimate)
	}
	low, high = span(0, of...)
	apart := newAxis(low, high, rowLeft, rowRight, 5)

	title = titled(title, "Comparison")
	p, y := begin("reform-comparison", draw.Upright, title, "comparison of "+draw.Counted(len(rows), "strategy", "strategies"),
		"Comparison: "+m.words(), describeComparison(m, a, apart, rows, differences))
	signs := []draw.Sign{{Text: "outcome under a strategy", Draw: func(x, y float64) { p.mark("circle", blue, x, y, 7) }}}
	if len(differences) > 0 {
		signs = append(signs,
			draw.Sign{Text: "difference: 0 is outside its interval", Draw: func(x, y float64) { p.mark("diamond", rust, x, y, 7) }},
			draw.Sign{Text: "can't be told apart", Draw: func(x, y float64) { p.mark("hollow diamond", rust, x, y, 7) }})
	}
	signs = append(signs, draw.Sign{Text: origin.interval(), Draw: p.whiskerSign})
	notes := func(rows, differences int) []string {
		return origin.footnotes(" of each strategy", without(rows, "more strategy", "more strategies", ""), without(differences, "more difference", "more differences", ""))
	}

	room := p.rows(y+panelHead, len(signs), notes(len(rows), len(differences)))
	if len(differences) > 0 {
		room -= panelGap + panelHead
	}
	l := layoutFor(len(rows)+len(differences), room)
	most := int(room / l.height)
	drawn := rows[:min(len(rows), most)]
	pairs := differences[:min(len(differences), most-len(drawn))]

	foot := y + panelHead + float64(len(drawn))*l.height
	y = p.panel(y, foot, "Outcome: "+m.words(), a, func(v float64) string { return a.label(v, m) })
	for _, r := range drawn {
		said := a.said(r.Estimate, m)
		p.row(l, y, []string{named(r.Name)}, []string{said}, []string{a.write(r.At, m)})
		p.whisker(a.at(r.Low), a.at(r.High), y+l.height/2, min(l.height*0.3, 8))
		p.mark("circle", blue, a.at(r.At), y+l.height/2, min(l.height*0.2, 4.5))
		y += l.height
	}
	if len(pairs) > 0 {
		y += panelGap
		foot = y + panelHead + float64(len(pairs))*l.height
		in := m.Unit
		if m.share() {
			in = "percentage points"
		}
		y = p.panel(y, foot, "Differences, the first less the second, in "+draw.Plain(in, nameLimit), apart, func(v float64) string { return apart.points(v, m, 0) })
		p.Put(`<path d="M%s %sV%s" stroke="#000000" stroke-width="1.6"/>`, draw.Num(apart.at(0)), draw.Num(y-10), draw.Num(foot))
		for _, d := range pairs {
			said := apart.gap(d.Estimate, m)
			p.row(l, y, []string{named(d.First), named(d.Second)}, []string{said, d.verdict()}, []string{said})
			p.whisker(apart.at(d.Low), apart.at(d.High), y+l.height/2, min(l.height*0.3, 8))
			p.mark(d.mark(), rust, apart.at(d.At), y+l.height/2, min(l.height*0.2, 4.5))
			y += l.height
		}
	}
	return p.legend(y, signs, notes(len(rows)-len(drawn), len(differences)-len(pairs)))
}

// gap writes a difference with its interval. Of shares, which pairing tells apart
// closely, with a figure more.
func (a axis) gap(e Estimate, m Measure) string {
	finer := 1
	if m.share() {
		finer = 2
	}
	return a.points(e.At, m, finer) + " (" + a.points(e.Low, m, finer) + " to " + a.points(e.High, m, finer) + ")"
}

// describeComparison tells the picture in words.
func describeComparison(m Measure, a, apart axis, rows []Row, differences []Difference) string {
	var b strings.Builder
	b.WriteString(draw.Capital(m.words()) + ".")
	for _, r := range rows[:min(len(rows), toldLimit)] {
		fmt.Fprintf(&b, " %s: %s.", named(r.Name), a.said(r.Estimate, m))
	}
	more(&b, len(rows))
	if len(differences) > 0 {
		b.WriteString(" Differences:")
	}
	for _, d := range differences[:min(len(differences), toldLimit)] {
		fmt.Fprintf(&b, " %s: %s, %s.", d.name(), apart.gap(d.Estimate, m), d.verdict())
	}
	more(&b, len(differences))
	return b.String()
}

// more says how many of a list a description leaves out.
func more(b *strings.Builder, n int) {
	if n > toldLimit {
		fmt.Fprintf(b, " And %d more.", n-toldLimit)
	}
}
