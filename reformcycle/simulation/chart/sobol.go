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

// Index is how much of the variance of an outcome an assumption answers for.
type Index struct {
	Name string
	// First is the first-order index: the share of the variance that goes away, on
	// average, when the assumption is known. Total is the total index: the share
	// that is left when all the others are known. Both lie from 0 to 1; estimates of
	// them may stray outside.
	First, Total Estimate
}

// strayed bounds how far an estimate of an index may lie outside 0 to 1.
const strayed = 1000.0

// Sobol draws the indices of Sobol' (2001, Math Comput Simul 55:271–280), as an
// SVG page, upright: for each assumption a full bar, its first-order index, and a
// dotted one, its total index (Homma & Saltelli 1996, Reliab Eng Syst Saf 52:1–17),
// with their intervals. The largest total index comes first. What the total has
// beyond the first-order index is what the assumption does together with others.
//
// There must be a row. Numbers are accepted from −1000 to 1000, for few runs and
// much noise give indices below 0 and above 1; the scale ends at −0.2 and 1.2, and
// what lies beyond is drawn at its ends, with its number beside it. Everything else
// is refused with [assessment.FieldErrors]. Of more than about 60 assumptions,
// those of the smallest total index are counted and not drawn.
func Sobol(w io.Writer, title string, origin Origin, measure Measure, indices []Index) error {
	var f faults
	origin.check(&f)
	if f.length("indices", len(indices), mostRows, "1 index or more") {
		for i, x := range indices {
			f.estimate(fmt.Sprintf("indices[%d].first", i), x.First, -strayed, strayed, "a number from -1000 to 1000; an index lies from 0 to 1")
			f.estimate(fmt.Sprintf("indices[%d].total", i), x.Total, -strayed, strayed, "a number from -1000 to 1000; an index lies from 0 to 1")
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	_, err := io.WriteString(w, drawSobol(title, origin, measure, indices))
	return err
}

// ordinal is the measure of an index: a plain number.
var ordinal = Measure{Unit: "of the variance"}

func drawSobol(title string, origin Origin, m Measure, indices []Index) string {
	indices = slices.Clone(indices)
	slices.SortStableFunc(indices, func(a, b Index) int { return cmp.Compare(b.Total.At, a.Total.At) })
	low, high := 0.0, 1.0
	for _, x := range indices {
		l, h := span(0, x.First, x.Total)
		low, high = min(low, l), max(high, h)
	}
	a := newAxis(max(low, -0.2), min(high, 1.2), rowLeft, rowRight, 7)

	title = titled(title, "Which assumptions matter")
	what := draw.First(draw.Plain(m.Name, nameLimit), "outcome")
	p, y := begin("reform-sobol", draw.Upright, title, "Sobol indices of "+draw.Counted(len(indices), "assumption", "assumptions"),
		"Sobol indices of the outcome: "+what, describeSobol(what, a, indices))
	signs := []draw.Sign{
		{Text: "first-order index: by itself", Draw: p.swatch(blue)},
		{Text: "total index: with what it does with others", Draw: p.swatch(p.texture("dotted"))},
		{Text: origin.interval(), Draw: p.whiskerSign},
	}
	notes := func(left int) []string {
		return origin.footnotes(" in all", without(left, "more assumption", "more assumptions", ", those of the smallest total index"), sobolNote(a, indices))
	}
	room := p.rows(y+panelHead, len(signs), notes(len(indices)))
	l := layoutFor(len(indices), room)
	drawn := indices[:min(len(indices), int(room/l.height))]
	foot := y + panelHead + float64(len(drawn))*l.height
	y = p.panel(y, foot, "Share of the variance of the outcome", a, func(v float64) string { return a.label(v, ordinal) })
	num := draw.Num
	for _, x := range drawn {
		p.row(l, y, []string{named(x.Name)}, []string{"first " + a.said(x.First, ordinal), "total " + a.said(x.Total, ordinal)},
			[]string{a.write(x.First.At, ordinal) + "; total " + a.write(x.Total.At, ordinal)})
		for i, e := range []Estimate{x.First, x.Total} {
			tall := l.height * 0.34
			at := y + l.height/2 + tall*(float64(i)-0.5)
			from, to := a.at(0), a.at(e.At)
			p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s" stroke-width="0.8"/>`,
				num(min(from, to)), num(at-tall/2), num(max(math.Abs(to-from), 0.5)), num(tall), []string{blue, p.texture("dotted")}[i], draw.Dark)
			if e.Low < e.High {
				p.whisker(a.at(e.Low), a.at(e.High), at, tall*0.24)
			}
		}
		y += l.height
	}
	p.Put(`<path d="M%s %sV%s" stroke="#000000" stroke-width="1.6"/>`, num(a.at(0)), num(foot-float64(len(drawn))*l.height-10), num(foot))
	return p.legend(y, signs, notes(len(indices)-len(drawn)))
}

// sobolNote says what to make of the indices.
func sobolNote(a axis, indices []Index) string {
	const chance = "Below 0 or above 1 is chance (Sobol' 2001; Homma & Saltelli 1996)."
	if flat(indices) {
		return "The outcome hardly varies over these ranges, so there is nothing to share out: the indices are not known."
	}
	if len(indices) == 1 {
		return chance
	}
	sum := 0.0
	for _, x := range indices {
		sum += x.First.At
	}
	return "First-order indices here add up to " + a.write(sum, ordinal) + " of at most 1, but for chance; what is missing is done by assumptions together. " + chance
}

// flat says that there was no variance to share out: then all indices are 0. Where
// there was some, the total indices add up to 1 or more.
func flat(indices []Index) bool {
	return !slices.ContainsFunc(indices, func(x Index) bool { return x.First.At != 0 || x.Total.At != 0 })
}

// describeSobol tells the picture in words.
func describeSobol(what string, a axis, indices []Index) string {
	var b strings.Builder
	b.WriteString("How much of the variance of the outcome, " + what + ", each assumption answers for. Largest total index first:")
	for _, x := range indices[:min(len(indices), toldLimit)] {
		fmt.Fprintf(&b, " %s: first-order %s, total %s.", named(x.Name), a.said(x.First, ordinal), a.said(x.Total, ordinal))
	}
	more(&b, len(indices))
	return b.String()
}
