package chart

import (
	"cmp"
	"io"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
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
func Sobol(w io.Writer, l *language.Language, title string, x simulation.SobolIndices) error {
	var f fault.Fields
	o := origin{
		x.Scenario, x.Digest, l.Say(told(x.Policy, sixDigits)), uint64(max(x.Points, 0)) * uint64(len(x.Of)+2) * x.Runs, x.Seed,
		"",
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
	about := []language.Text{language.Of("chart.sobol.design", "n", x.Points, "runs", x.Runs)}
	if !flat(x.Of) {
		about = append(about, language.Of("chart.sobol.noise", "times", draw.Figures(l, x.Noise, 2)))
	}
	o.note = l.Paragraph(about)
	return draw.Write(w, drawSobol(l, title, o, x.Metric.Told(), x.Of))
}

func drawSobol(l *language.Language, title string, o origin, outcome language.Text, indices []simulation.SobolIndex) string {
	indices = slices.Clone(indices)
	slices.SortStableFunc(indices, func(a, b simulation.SobolIndex) int { return cmp.Compare(b.Total.At, a.Total.At) })
	of := span{0, 1}
	for _, x := range indices {
		of.hold(x.First.At, x.First.Interval)
		of.hold(x.Total.At, x.Total.Interval)
	}
	a := newAxis(l, max(of.low, -0.2), min(of.high, 1.2), rowLeft, rowRight, 7, false)

	p, y := begin(draw.Sheet{
		In: l, Name: "reform-sobol", On: draw.Upright, Title: title, Otherwise: l.Say(language.Of("chart.sobol")),
		Kind: l.Say(language.Of("chart.sobol.kind", "n", len(indices))), Description: describeSobol(l, outcome, a, indices),
	}, l.Say(language.Of("chart.sobol.head", "outcome", outcome)))
	fills := []string{draw.Blue, p.dotted()}
	signs := []draw.Sign{
		{Text: p.Say("chart.sobol.sign.first"), Draw: p.Swatch(fills[0])},
		{Text: p.Say("chart.sobol.sign.total"), Draw: p.Swatch(fills[1])},
		p.interval(),
	}
	notes := func(left int) []string {
		return o.footnotes(l, "chart.runs.in-all", without(l, "chart.left.indices", left), l.Paragraph(sobolNotes(a, indices)))
	}
	return p.bars(y, len(indices), p.Say("chart.sobol.axis"), a, 0, signs, notes, func(l rowLayout, i int, y float64) {
		x := indices[i]
		p.row(l, y, []string{named(p.In, x.Factor.Parameter)},
			[]string{p.Say("chart.sobol.first", "index", a.said(x.First.At, x.First.Interval)), p.Say("chart.sobol.total", "index", a.said(x.Total.At, x.Total.Interval))},
			[]string{p.Say("chart.sobol.short", "first", a.write(x.First.At), "total", a.write(x.Total.At))})
		for i, s := range []simulation.VarianceShare{x.First, x.Total} {
			tall := l.height * 0.34
			p.bar(a, 0, s.At, s.Interval, y+l.height/2+tall*(float64(i)-0.5), tall, fills[i])
		}
	})
}

// sobolNotes say what to make of the indices.
func sobolNotes(a axis, indices []simulation.SobolIndex) []language.Text {
	chance := language.Of("chart.sobol.chance")
	if flat(indices) {
		return []language.Text{language.Of("chart.sobol.flat")}
	}
	if len(indices) == 1 {
		return []language.Text{chance}
	}
	sum := 0.0
	for _, x := range indices {
		sum += x.First.At
	}
	return []language.Text{language.Of("chart.sobol.sum", "sum", a.write(sum)), chance}
}

// flat says that there was no variance to share out: then all indices are 0. Where
// there was some, the total indices add up to 1 or more.
func flat(indices []simulation.SobolIndex) bool {
	return !slices.ContainsFunc(indices, func(x simulation.SobolIndex) bool { return x.First.At != 0 || x.Total.At != 0 })
}

func describeSobol(l *language.Language, outcome language.Text, a axis, indices []simulation.SobolIndex) string {
	return l.Say(language.Of("chart.sobol.described", "outcome", outcome)) + draw.Sentences(l, indices, func(x simulation.SobolIndex) string {
		return l.Say(language.Of("chart.sobol.index", "assumption", named(l, x.Factor.Parameter),
			"first", a.said(x.First.At, x.First.Interval), "total", a.said(x.Total.At, x.Total.Interval)))
	})
}
