package chart

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// Tornado draws what [simulation.Model.OneAtATime] found, as an SVG page, upright: how far
// each assumption, moved by itself from its low to its high value, moves the
// outcome, the widest bar first, around the outcome of the base case. The hatched
// part of a bar leads to the outcome at the low value, the full one to that at the
// high value; where both lie on the same side, one stands above the other. Lines
// show the intervals. Of more than about 60 bars, those that move the outcome least
// are counted and not drawn.
func Tornado(w io.Writer, title string, t simulation.Tornado) error {
	var f fault.Fields
	o := origin{
		t.Scenario, t.Digest, told(t.Policy, sixDigits), t.Runs, t.Seed,
		"All ends met the same chances, run by run, so two of them are told apart more closely than their intervals say.",
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
	return draw.Write(w, drawTornado(title, o, t))
}

func drawTornado(title string, o origin, t simulation.Tornado) string {
	wide := func(s simulation.Swing) float64 { return math.Abs(s.AtHigh.At - s.AtLow.At) }
	swings := slices.Clone(t.Swings)
	slices.SortStableFunc(swings, func(a, b simulation.Swing) int { return cmp.Compare(wide(b), wide(a)) })
	of := span{t.Base.At, t.Base.At}
	of.hold(t.Base.At, t.Base.Interval)
	for _, s := range swings {
		of.hold(s.AtLow.At, s.AtLow.Interval)
		of.hold(s.AtHigh.At, s.AtHigh.Interval)
	}
	a := newAxis(of.low, of.high, rowLeft, rowRight, 5, !t.Metric.Numeric())
	t.Swings = swings

	p, y := begin(draw.Sheet{
		Name: "reform-tornado", On: draw.Upright, Title: title, Otherwise: "One assumption at a time",
		Kind: "tornado of " + draw.Counted(len(swings), "assumption", "assumptions"), Description: describeTornado(a, t),
	}, "One assumption at a time, from its low to its high value: "+words(t.Metric))
	fills := []string{p.hatched(), draw.Blue}
	signs := []draw.Sign{
		{Text: "outcome at the assumption's low value", Draw: p.Swatch(fills[0])},
		{Text: "outcome at its high value", Draw: p.Swatch(fills[1])},
		{Text: interval, Draw: p.WhiskerSign},
		{Text: "outcome in the base case", Draw: func(x, y float64) {
			p.Put(`<path d="M%v %vv18" stroke="#000000" stroke-width="1.6"/>`, x, y-9)
		}},
	}
	notes := func(left int) []string {
		return o.footnotes(" at each end of a bar", without(left, "more assumption", "more assumptions", ", those that move the outcome least"),
			"An assumption moved by itself does not show what it does together with others, and a bar is as wide as the range that was tried.")
	}
	heading := draw.Capital(words(t.Metric)) + "; in the base case " + a.said(t.Base.At, t.Base.Interval)
	return p.bars(y, len(swings), heading, a, t.Base.At, signs, notes, func(l rowLayout, i int, y float64) {
		s := swings[i]
		at := func(v float64, e simulation.Estimate) string { return value(v) + ": " + a.said(e.At, e.Interval) }
		p.row(l, y, []string{factor(s.Factor, t.Policy)}, []string{at(s.Factor.Low, s.AtLow), at(s.Factor.High, s.AtHigh)}, []string{a.write(s.AtLow.At) + " to " + a.write(s.AtHigh.At)})
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

func factor(f simulation.Factor, of simulation.Identity) string {
	if unit := f.Unit(of); !unit.IsZero() {
		return named(f.Parameter + " (" + unit.String() + ")")
	}
	return named(f.Parameter)
}

func describeTornado(a axis, t simulation.Tornado) string {
	base := draw.Capital(words(t.Metric)) + ": " + a.said(t.Base.At, t.Base.Interval) + " in the base case. Widest first:"
	return base + draw.Sentences(nil, t.Swings, func(s simulation.Swing) string {
		return fmt.Sprintf("%s: %s at %s, %s at %s.", factor(s.Factor, t.Policy), a.said(s.AtLow.At, s.AtLow.Interval), value(s.Factor.Low),
			a.said(s.AtHigh.At, s.AtHigh.Interval), value(s.Factor.High))
	})
}
