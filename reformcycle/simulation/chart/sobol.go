package chart

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// strayed bounds how far an estimate of an index may lie outside 0 to 1.
const strayed = 1000.0

// Sobol draws the indices of Sobol' (2001, Math Comput Simul 55:271–280) that
// [simulation.Model.Sobol] estimated, as an SVG page, upright: for each assumption a full
// bar, its first-order index, and a dotted one, its total index (Homma & Saltelli
// 1996, Reliab Eng Syst Saf 52:1–17), with their intervals. The largest total index
// comes first. What the total has beyond the first-order index is what the
// assumption does together with others.
//
// Few runs and much noise give indices below 0 and above 1; the scale ends at −0.2
// and 1.2, and what lies beyond is drawn at its ends, with its number beside it. Of
// more than about 60 assumptions, those of the smallest total index are counted and
// not drawn.
func Sobol(w io.Writer, title string, x simulation.SobolIndices) error {
	var f fault.Fields
	o := origin{
		x.Scenario, x.Digest, told(x.Policy, sixDigits), uint64(max(x.Points, 0)) * uint64(len(x.Of)+2) * x.Runs, x.Seed,
		fmt.Sprintf("%s of the design, %d runs at each.", draw.Counted(x.Points, "point", "points"), x.Runs),
	}
	o.check(&f)
	f.Number("noise", x.Noise, 0, largest)
	some(&f, "of", len(x.Of), mostRows)
	for i, of := range x.Of {
		estimate(&f, fault.At("of", i)+".first", of.First.At, of.First.Interval, -strayed, strayed)
		estimate(&f, fault.At("of", i)+".total", of.Total.At, of.Total.Interval, -strayed, strayed)
	}
	if err := f.Err(); err != nil {
		return err
	}
	if !flat(x.Of) {
		o.note += " Chance in the runs added " + draw.Figures(nil, x.Noise, 2) + " times the variance, which was taken out."
	}
	return draw.Write(w, drawSobol(title, o, x.Metric.String(), x.Of))
}

func drawSobol(title string, o origin, outcome string, indices []simulation.SobolIndex) string {
	indices = slices.Clone(indices)
	slices.SortStableFunc(indices, func(a, b simulation.SobolIndex) int { return cmp.Compare(b.Total.At, a.Total.At) })
	of := span{0, 1}
	for _, x := range indices {
		of.hold(x.First.At, x.First.Interval)
		of.hold(x.Total.At, x.Total.Interval)
	}
	a := newAxis(max(of.low, -0.2), min(of.high, 1.2), rowLeft, rowRight, 7, false)

	p, y := begin(draw.Sheet{
		Name: "reform-sobol", On: draw.Upright, Title: title, Otherwise: "Which assumptions matter",
		Kind: "Sobol indices of " + draw.Counted(len(indices), "assumption", "assumptions"), Description: describeSobol(outcome, a, indices),
	}, "Sobol indices of the outcome: "+outcome)
	fills := []string{draw.Blue, p.dotted()}
	signs := []draw.Sign{
		{Text: "first-order index: by itself", Draw: p.Swatch(fills[0])},
		{Text: "total index: with what it does with others", Draw: p.Swatch(fills[1])},
		{Text: interval, Draw: p.WhiskerSign},
	}
	notes := func(left int) []string {
		return o.footnotes(" in all", without(left, "more assumption", "more assumptions", ", those of the smallest total index"), sobolNote(a, indices))
	}
	return p.bars(y, len(indices), "Share of the variance of the outcome", a, 0, signs, notes, func(l rowLayout, i int, y float64) {
		x := indices[i]
		p.row(l, y, []string{named(x.Factor.Parameter)}, []string{"first " + a.said(x.First.At, x.First.Interval), "total " + a.said(x.Total.At, x.Total.Interval)},
			[]string{a.write(x.First.At) + "; total " + a.write(x.Total.At)})
		for i, s := range []simulation.VarianceShare{x.First, x.Total} {
			tall := l.height * 0.34
			p.bar(a, 0, s.At, s.Interval, y+l.height/2+tall*(float64(i)-0.5), tall, fills[i])
		}
	})
}

// sobolNote says what to make of the indices.
func sobolNote(a axis, indices []simulation.SobolIndex) string {
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
	return "First-order indices here add up to " + a.write(sum) + " of at most 1, but for chance; what is missing is done by assumptions together. " + chance
}

// flat says that there was no variance to share out: then all indices are 0. Where
// there was some, the total indices add up to 1 or more.
func flat(indices []simulation.SobolIndex) bool {
	return !slices.ContainsFunc(indices, func(x simulation.SobolIndex) bool { return x.First.At != 0 || x.Total.At != 0 })
}

func describeSobol(outcome string, a axis, indices []simulation.SobolIndex) string {
	return "How much of the variance of the outcome, " + outcome + ", each assumption answers for. Largest total index first:" + draw.Sentences(nil, indices, func(x simulation.SobolIndex) string {
		return fmt.Sprintf("%s: first-order %s, total %s.", named(x.Factor.Parameter), a.said(x.First.At, x.First.Interval), a.said(x.Total.At, x.Total.Interval))
	})
}
