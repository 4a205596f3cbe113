package chart

import (
	"cmp"
	"io"
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// Tornado draws what [simulation.Model.OneAtATime] found, as an SVG page, upright: how far
// each assumption, moved by itself from its low to its high value, moves the
// outcome, the widest bar first, around the outcome of the base case. The hatched
// part of a bar leads to the outcome at the low value, the full one to that at the
// high value; where both lie on the same side, one stands above the other. Lines
// show the intervals. Of more than about 60 bars, those that move the outcome least
// are counted and not drawn.
func Tornado(w io.Writer, l *language.Language, title string, t simulation.Tornado) error {
	var f fault.Fields
	o := origin{
		t.Scenario, t.Digest, l.Say(told(t.Policy, sixDigits)), t.Runs, t.Seed,
		l.Say(language.Of("chart.tornado.same-chances")),
	}
	o.check(&f)
	measured(&f, "base", t.Base, t.Metric)
	some(&f, "swings", len(t.Swings), mostRows)
	for i, s := range t.Swings {
		measured(&f, fault.At("swings", i)+".at_low", s.AtLow, t.Metric)
		measured(&f, fault.At("swings", i)+".at_high", s.AtHigh, t.Metric)
	}
	if err := f.Err(); err != nil {
		return err
	}
	return draw.Write(w, drawTornado(l, title, o, t))
}

func drawTornado(l *language.Language, title string, o origin, t simulation.Tornado) string {
	wide := func(s simulation.Swing) float64 { return math.Abs(s.AtHigh.At - s.AtLow.At) }
	swings := slices.Clone(t.Swings)
	slices.SortStableFunc(swings, func(a, b simulation.Swing) int { return cmp.Compare(wide(b), wide(a)) })
	of := span{t.Base.At, t.Base.At}
	of.hold(t.Base.At, t.Base.Interval)
	for _, s := range swings {
		of.hold(s.AtLow.At, s.AtLow.Interval)
		of.hold(s.AtHigh.At, s.AtHigh.Interval)
	}
	a := newAxis(l, of.low, of.high, rowLeft, rowRight, 5, !t.Metric.Numeric())
	t.Swings = swings

	p, y := begin(draw.Sheet{
		In: l, Name: "reform-tornado", On: draw.Upright, Title: title, Otherwise: l.Say(language.Of("chart.tornado")),
		Kind: l.Say(language.Of("chart.tornado.kind", "n", len(swings))), Description: describeTornado(l, a, t),
	}, l.Say(language.Of("chart.tornado.head", "outcome", words(t.Metric))))
	fills := []string{p.hatched(), draw.Blue}
	signs := []draw.Sign{
		{Text: p.Say("chart.tornado.sign.low"), Draw: p.Swatch(fills[0])},
		{Text: p.Say("chart.tornado.sign.high"), Draw: p.Swatch(fills[1])},
		p.interval(),
		{Text: p.Say("chart.tornado.sign.base"), Draw: func(x, y float64) {
			p.Put(`<path d="M%v %vv18" stroke="#000000" stroke-width="1.6"/>`, x, y-9)
		}},
	}
	notes := func(left int) []string {
		return o.footnotes(l, "chart.runs.each-end", without(l, "chart.left.swings", left), p.Say("chart.tornado.note"))
	}
	heading := draw.Capital(p.Say("chart.tornado.outcome", "outcome", words(t.Metric), "base", a.said(t.Base.At, t.Base.Interval)))
	return p.bars(y, len(swings), heading, a, t.Base.At, signs, notes, func(l rowLayout, i int, y float64) {
		s := swings[i]
		at := func(v float64, e simulation.Estimate) string {
			return p.Say("chart.tornado.at", "value", value(p.In, v), "outcome", a.said(e.At, e.Interval))
		}
		p.row(l, y, []string{factor(p.In, s.Factor, t.Policy)}, []string{at(s.Factor.Low, s.AtLow), at(s.Factor.High, s.AtHigh)},
			[]string{p.Say("chart.tornado.span", "low", a.write(s.AtLow.At), "high", a.write(s.AtHigh.At))})
		lanes := (s.AtLow.At-t.Base.At)*(s.AtHigh.At-t.Base.At) > 0 // both on the same side
		for i, e := range []simulation.Estimate{s.AtLow, s.AtHigh} {
			middle, tall := y+l.height/2, l.height*0.62
			if lanes {
				tall /= 2
				middle += tall * (float64(i) - 0.5)
			}
			p.bar(a, t.Base.At, e.At, e.Interval, middle, tall, fills[i])
		}
	})
}

func factor(l *language.Language, f simulation.Factor, of simulation.Identity) string {
	name := named(l, f.Parameter)
	if unit := f.Unit(of); !unit.IsZero() {
		return l.Say(language.Of("chart.of-unit", "what", name, "unit", unit))
	}
	return name
}

func describeTornado(l *language.Language, a axis, t simulation.Tornado) string {
	base := draw.Capital(l.Say(language.Of("chart.tornado.described", "outcome", words(t.Metric), "base", a.said(t.Base.At, t.Base.Interval))))
	return base + draw.Sentences(l, t.Swings, func(s simulation.Swing) string {
		return l.Say(language.Of("chart.tornado.swing", "assumption", factor(l, s.Factor, t.Policy),
			"low", value(l, s.Factor.Low), "at-low", a.said(s.AtLow.At, s.AtLow.Interval),
			"high", value(l, s.Factor.High), "at-high", a.said(s.AtHigh.At, s.AtHigh.Interval)))
	})
}
