package chart

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
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

// verdict says which of the two is higher, or sooner, if that can be told.
func (d Difference) verdict(m Measure) string {
	switch {
	case d.Low <= 0 && d.High >= 0:
		return untold
	case m.Sooner && d.High < 0:
		return "the first is sooner"
	case m.Sooner:
		return "the second is sooner"
	case d.Low > 0:
		return "the first is higher"
	default:
		return "the second is higher"
	}
}

const untold = "can't be told apart"

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
// Where the names of a difference have no room, the rows are numbered and the
// difference is written as "3 − 7". There is room for about 60 rows, of which the
// first 12 differences have theirs before the last strategies; what has none is
// counted. A measure without a unit takes shares from 0 to 1, and differences from
// −1 to 1. Everything else is refused with [assessment.FieldErrors].
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
	name, unit := draw.First(draw.Plain(m.Name, nameLimit), "outcome"), draw.Plain(m.Unit, nameLimit)
	switch {
	case m.share():
		return name + ", share of the runs"
	case slices.Contains(strings.Fields(name), unit): // "months to launch"
		return name
	}
	return name + ", " + unit
}

// leastPairs is how many differences have their room before the last strategies.
const leastPairs = 12

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
	signs := func(pairs []Difference) []draw.Sign {
		signs := []draw.Sign{{Text: "outcome under a strategy", Draw: func(x, y float64) { p.mark("circle", blue, x, y, 7) }}}
		for _, of := range []struct{ mark, text string }{{"diamond", "difference: 0 is outside its interval"}, {"hollow diamond", "difference: " + untold}} {
			if slices.ContainsFunc(pairs, func(d Difference) bool { return d.mark() == of.mark }) {
				signs = append(signs, draw.Sign{Text: of.text, Draw: func(x, y float64) { p.mark(of.mark, rust, x, y, 7) }})
			}
		}
		return append(signs, draw.Sign{Text: origin.interval(), Draw: p.whiskerSign})
	}
	notes := func(rows, differences int) []string {
		return origin.footnotes(" of each strategy", without(rows, "more strategy", "more strategies", ", the last in order"), without(differences, "more difference", "more differences", ", the last in order"))
	}

	room := p.rows(y+panelHead, 4, notes(len(rows), len(differences)))
	if len(differences) > 0 {
		room -= panelGap + panelHead
	}
	l := layoutFor(len(rows)+len(differences), room)
	most := int(room / l.height)
	drawn := rows[:max(1, min(len(rows), most-min(len(differences), leastPairs)))]
	pairs := differences[:min(len(differences), most-len(drawn))]
	numbers := placesFor(l, drawn, pairs)

	foot := y + panelHead + float64(len(drawn))*l.height
	y = p.panel(y, foot, "Outcome: "+m.words(), a, func(v float64) string { return a.label(v, m) })
	for i, r := range drawn {
		name := named(r.Name)
		if numbers != nil {
			name = strconv.Itoa(i+1) + ". " + name
		}
		p.row(l, y, []string{name}, []string{a.said(r.Estimate, m)}, []string{a.write(r.At, m)})
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
			p.row(l, y, numbers.of(d), []string{said, d.verdict(m)}, []string{said})
			p.whisker(apart.at(d.Low), apart.at(d.High), y+l.height/2, min(l.height*0.3, 8))
			p.mark(d.mark(), rust, apart.at(d.At), y+l.height/2, min(l.height*0.2, 4.5))
			y += l.height
		}
	}
	return p.legend(y, signs(pairs), notes(len(rows)-len(drawn), len(differences)-len(pairs)))
}

// places are those of the rows, by name; nil where differences do without.
type places map[string]int

// placesFor numbers the rows if the names of a difference have no room.
func placesFor(l rowLayout, rows []Row, pairs []Difference) places {
	if !slices.ContainsFunc(pairs, func(d Difference) bool { return !l.holds(d.name()) }) {
		return nil
	}
	n := places{}
	for i, r := range rows {
		if _, twice := n[r.Name]; twice {
			return nil // a number would stand for one of two
		}
		n[r.Name] = i + 1
	}
	return n
}

// of writes a difference by the numbers of its rows, or by their names where they
// have none.
func (n places) of(d Difference) []string {
	first, second := n[d.First], n[d.Second]
	if first == 0 || second == 0 {
		return []string{named(d.First), named(d.Second)}
	}
	return []string{strconv.Itoa(first), strconv.Itoa(second)}
}

// gap writes a difference with its interval. Of shares, which pairing tells apart
// closely, with a figure more; and so that an end beside 0 does not read as 0.
func (a axis) gap(e Estimate, m Measure) string {
	finer := 1
	if m.share() {
		finer = 2
	}
	zero := func(v float64) bool {
		return math.Abs(v) > slack && !strings.ContainsAny(a.points(v, m, finer), "123456789")
	}
	for range 3 { // and then it is nothing
		if zero(e.Low) || zero(e.High) {
			finer++
		}
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
		fmt.Fprintf(&b, " %s: %s, %s.", d.name(), apart.gap(d.Estimate, m), d.verdict(m))
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
