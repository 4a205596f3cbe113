package chart

import (
	"io"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// Comparison draws what [simulation.Model.Compare] found, as an SVG page, upright: a dot
// with its interval for each policy, from the best estimate to the worst, and
// below them, with a scale of their own, the differences between pairs, of each the
// better less the worse, the pairs with the best policy first. Policies whose
// intervals overlap may still be told apart by their difference, which chance moves
// less where runs are paired; a full mark stands for a difference whose interval
// leaves 0 out, a hollow one for two that can't be told apart.
//
// Beside a policy's outcome stands what no metric tells alone, where the rows are high
// enough: the runs that launched, finished a lap and were abandoned, and how many guards
// were owed at launch. The page's description tells it always.
//
// Where the names of a difference have no room, the rows are numbered and the
// difference is written as "3 − 7". There is room for about 60 rows, of which the
// first 12 differences have theirs before the last policies; what has none is
// counted.
func Comparison(w io.Writer, l *language.Language, title string, c simulation.Comparison) error {
	var f fault.Fields
	o := origin{scenario: c.Scenario, digest: c.Digest, runs: c.Runs, seed: c.Seed}
	o.check(&f)
	some(&f, "order", len(c.Order), mostCompared)
	n := min(len(c.Policies), len(c.Estimates))
	for i, rank := range c.Order {
		place(&f, fault.At("order", i)+".policy", rank.Policy, n)
	}
	for i, e := range c.Estimates {
		measured(&f, fault.At("estimates", i), e, c.Metric)
	}
	for i, w := range c.Whole {
		for _, of := range []struct {
			field string
			runs  simulation.Proportion
		}{{"launched", w.Launched}, {"lapped", w.Lapped}, {"abandoned", w.Abandoned}} {
			estimate(&f, fault.At("whole", i)+"."+of.field, of.runs.At, of.runs.Interval, 0, 1)
		}
		if w.Debt.Runs > 0 {
			estimate(&f, fault.At("whole", i)+".debt", w.Debt.At, w.Debt.Interval, -largest, largest)
		}
	}
	for i, d := range c.Differences {
		reach := largest
		if !c.Metric.Numeric() {
			reach = 1
		}
		estimate(&f, fault.At("differences", i), d.At, d.Interval, -reach, reach)
	}
	if err := f.Err(); err != nil {
		return err
	}
	var pairs []simulation.Difference
	for i, rank := range c.Order {
		for _, other := range c.Order[i+1:] {
			d, err := c.Between(rank.Policy, other.Policy)
			if err != nil {
				return err
			}
			pairs = append(pairs, d)
		}
	}
	names, all := called(l, c.Policies)
	if len(pairs) > 0 {
		o.note = l.Paragraph(append([]language.Text{language.Of("chart.comparison.note")}, all...))
	}
	return draw.Write(w, comparison{c, l, names, pairs}.draw(title, o))
}

// comparison is what the page shows of one.
type comparison struct {
	simulation.Comparison
	in    *language.Language
	names []string
	pairs []simulation.Difference
}

// stroke of a difference: full where its interval has all of itself on one side
// of 0.
func strokeOf(d simulation.Difference) stroke {
	return stroke{colour: draw.Rust, shape: draw.Diamond, hollow: !d.Apart()}
}

// verdict says which of the two is higher, or sooner, if that can be told.
func verdict(d simulation.Difference, m simulation.Metric) language.Text {
	switch {
	case !d.Apart():
		return language.Of("chart.verdict.untold")
	case m.Numeric() && d.High < 0:
		return language.Of("chart.verdict.first-sooner")
	case m.Numeric():
		return language.Of("chart.verdict.second-sooner")
	case d.Low > 0:
		return language.Of("chart.verdict.first-higher")
	default:
		return language.Of("chart.verdict.second-higher")
	}
}

// mostCompared is how many policies a comparison has.
const mostCompared = 64

// leastPairs is how many differences have their room before the last policies.
const leastPairs = 12

func (c comparison) draw(title string, o origin) string {
	best := c.Estimates[c.Order[0].Policy]
	of, gaps := span{best.At, best.At}, span{}
	if !c.Metric.Numeric() {
		of.low = 0
	}
	for _, rank := range c.Order {
		e := c.Estimates[rank.Policy]
		of.hold(e.At, e.Interval)
	}
	for _, d := range c.pairs {
		gaps.hold(d.At, d.Interval)
	}
	a := newAxis(c.in, of.low, of.high, rowLeft, rowRight, 5, !c.Metric.Numeric())
	apart := newAxis(c.in, gaps.low, gaps.high, rowLeft, rowRight, 5, a.share)

	p, y := begin(draw.Sheet{
		In: c.in, Name: "reform-comparison", On: draw.Upright, Title: title, Otherwise: c.in.Say(language.Of("chart.comparison")),
		Kind: c.in.Say(language.Of("chart.comparison.kind", "n", len(c.Order))), Description: c.describe(a, apart),
	}, c.in.Say(language.Of("chart.comparison.head", "outcome", words(c.Metric))))
	dot := stroke{colour: draw.Blue, shape: draw.Circle}
	sign := func(id string, s stroke) draw.Sign {
		return draw.Sign{Text: p.Say(id), Draw: func(x, y float64) { p.mark(s, x, y, 7) }}
	}
	outcome, full := sign("chart.comparison.sign.outcome", dot), sign("chart.comparison.sign.apart", stroke{colour: draw.Rust, shape: draw.Diamond})
	hollow := sign("chart.comparison.sign.untold", stroke{colour: draw.Rust, shape: draw.Diamond, hollow: true})
	notes := func(rows, pairs int) []string {
		return o.footnotes(c.in, "chart.runs.each-policy", without(c.in, "chart.left.policies", rows), without(c.in, "chart.left.differences", pairs))
	}

	room := p.rows(y+panelHead, []draw.Sign{outcome, full, hollow, p.interval()}, notes(len(c.Order), len(c.pairs)))
	if len(c.pairs) > 0 {
		room -= panelGap + panelHead
	}
	l := layoutFor(len(c.Order)+len(c.pairs), room)
	most := int(room / l.height)
	drawn := c.Order[:max(1, min(len(c.Order), most-min(len(c.pairs), leastPairs)))]
	pairs := c.pairs[:min(len(c.pairs), most-len(drawn))]
	places := c.places(l, drawn, pairs)

	y = p.panel(y, len(drawn), l, p.Say("chart.comparison.outcome", "outcome", words(c.Metric)), a, a.label)
	for i, rank := range drawn {
		name, e := named(c.in, c.names[rank.Policy]), c.Estimates[rank.Policy]
		if places != nil {
			name = p.Say("chart.comparison.numbered", "n", i+1, "policy", name)
		}
		said := []string{p.In.Say(a.said(e.At, e.Interval))}
		if l.height >= wholeRow {
			said = append(said, draw.Each(c.whole(rank.Policy), p.In.Say)...)
		}
		p.row(l, y, []string{name}, said, []string{a.write(e.At)})
		p.dot(l, y, a, dot, e.At, e.Low, e.High)
		y += l.height
	}
	signs := []draw.Sign{outcome}
	if len(pairs) > 0 {
		heading := "chart.comparison.gaps-months"
		if a.share {
			heading = "chart.comparison.gaps-points"
		}
		y = p.panel(y+panelGap, len(pairs), l, p.Say(heading), apart, func(v float64) string { return apart.points(v, 0) })
		p.zero(apart.at(0), y, len(pairs), l)
		for _, d := range pairs {
			said := p.In.Say(apart.gap(d.At, d.Interval))
			names := []string{named(c.in, c.names[d.First]), named(c.in, c.names[d.Second])}
			if first, second := places[d.First], places[d.Second]; first > 0 && second > 0 {
				names = []string{p.In.Number(float64(first)), p.In.Number(float64(second))}
			}
			p.row(l, y, names, []string{said, p.In.Say(verdict(d, c.Metric))}, []string{said})
			p.dot(l, y, apart, strokeOf(d), d.At, d.Low, d.High)
			y += l.height
		}
		if slices.ContainsFunc(pairs, simulation.Difference.Apart) {
			signs = append(signs, full)
		}
		if slices.ContainsFunc(pairs, func(d simulation.Difference) bool { return !d.Apart() }) {
			signs = append(signs, hollow)
		}
	}
	return p.legend(y, append(signs, p.interval()), notes(len(c.Order)-len(drawn), len(c.pairs)-len(pairs)))
}

// wholeRow is how high a row is that has room for three lines that can be read.
const wholeRow = 42

// whole is what came of a policy beside the metric, in two lines; nothing where the
// comparison does not hold it.
func (c comparison) whole(policy int) []language.Text {
	if policy >= len(c.Whole) {
		return nil
	}
	w := c.Whole[policy]
	launched := language.Of("chart.whole.launched", "launched", draw.Percent(c.in, w.Launched.At, 0))
	if w.Debt.Runs > 0 {
		launched = language.Of("chart.whole.launched-owed", "launched", draw.Percent(c.in, w.Launched.At, 0), "owed", draw.Figures(c.in, w.Debt.At, 1))
	}
	return []language.Text{launched, language.Of("chart.whole.ends", "lapped", draw.Percent(c.in, w.Lapped.At, 0), "abandoned", draw.Percent(c.in, w.Abandoned.At, 0))}
}

func (p *page) dot(l rowLayout, y float64, a axis, s stroke, at, low, high float64) {
	p.Whisker(a.at(low), a.at(high), y+l.height/2, min(l.height*0.3, 8))
	p.mark(s, a.at(at), y+l.height/2, min(l.height*0.2, 4.5))
}

// places numbers the rows drawn, by the place of their policy in the list, if the
// names of a difference have no room; else there are none.
func (c comparison) places(l rowLayout, drawn []simulation.Rank, pairs []simulation.Difference) map[int]int {
	if !slices.ContainsFunc(pairs, func(d simulation.Difference) bool { return !l.holds(c.pair(d)) }) {
		return nil
	}
	places := make(map[int]int)
	for i, rank := range drawn {
		places[rank.Policy] = i + 1
	}
	return places
}

// pair is what the picture calls a difference.
func (c comparison) pair(d simulation.Difference) string {
	return named(c.in, c.names[d.First]) + " − " + named(c.in, c.names[d.Second])
}

func (c comparison) describe(a, apart axis) string {
	say := func(id string, args ...any) string { return c.in.Say(language.Of(id, args...)) }
	text := say("chart.comparison.described", "outcome", words(c.Metric)) + draw.Sentences(c.in, c.Order, func(rank simulation.Rank) string {
		e := c.Estimates[rank.Policy]
		args := []any{"policy", named(c.in, c.names[rank.Policy]), "outcome", a.said(e.At, e.Interval)}
		if told := c.whole(rank.Policy); told != nil {
			return say("chart.comparison.policy-whole", append(args, "whole", told)...)
		}
		return say("chart.comparison.policy", args...)
	})
	if len(c.pairs) == 0 {
		return text
	}
	return text + " " + say("chart.comparison.gaps") + draw.Sentences(c.in, c.pairs, func(d simulation.Difference) string {
		return say("chart.comparison.gap", "pair", c.pair(d), "gap", apart.gap(d.At, d.Interval), "verdict", verdict(d, c.Metric))
	})
}
