package chart

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
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
func Comparison(w io.Writer, title string, c simulation.Comparison) error {
	var f fault.Fields
	o := origin{scenario: c.Scenario, digest: c.Digest, runs: c.Runs, seed: c.Seed}
	o.check(&f)
	some(&f, "order", len(c.Order), mostCompared)
	n := min(len(c.Policies), len(c.Estimates))
	for i, rank := range c.Order {
		if rank.Policy < 0 || rank.Policy >= n {
			f.Add(fault.At("order", i)+".policy", fault.Exists, rank.Policy, "the place of a policy that has an estimate, of "+strconv.Itoa(n))
		}
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
	names, all := called(c.Policies)
	if len(pairs) > 0 {
		o.note = "All policies met the same chances, run by run. The intervals of the differences hold together." + all
	}
	return draw.Write(w, comparison{c, names, pairs}.draw(title, o))
}

// comparison is what the page shows of one.
type comparison struct {
	simulation.Comparison
	names []string
	pairs []simulation.Difference
}

// stroke of a difference: full where its interval has all of itself on one side
// of 0.
func strokeOf(d simulation.Difference) stroke {
	return stroke{colour: draw.Rust, shape: draw.Diamond, hollow: !d.Apart()}
}

// verdict says which of the two is higher, or sooner, if that can be told.
func verdict(d simulation.Difference, m simulation.Metric) string {
	switch {
	case !d.Apart():
		return untold
	case m.Numeric() && d.High < 0:
		return "the first is sooner"
	case m.Numeric():
		return "the second is sooner"
	case d.Low > 0:
		return "the first is higher"
	default:
		return "the second is higher"
	}
}

const untold = "can't be told apart"

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
	a := newAxis(of.low, of.high, rowLeft, rowRight, 5, !c.Metric.Numeric())
	apart := newAxis(gaps.low, gaps.high, rowLeft, rowRight, 5, a.share)

	p, y := begin(draw.Sheet{
		Name: "reform-comparison", On: draw.Upright, Title: title, Otherwise: "Comparison",
		Kind: "comparison of " + draw.Counted(len(c.Order), "policy", "policies"), Description: c.describe(a, apart),
	}, "Comparison: "+words(c.Metric))
	dot := stroke{colour: draw.Blue, shape: draw.Circle}
	sign := func(text string, s stroke) draw.Sign {
		return draw.Sign{Text: text, Draw: func(x, y float64) { p.mark(s, x, y, 7) }}
	}
	notes := func(rows, pairs int) []string {
		return o.footnotes(" of each policy", without(rows, "more policy", "more policies", ", the last in order"), without(pairs, "more difference", "more differences", ", the last in order"))
	}

	room := p.rows(y+panelHead, 4, notes(len(c.Order), len(c.pairs)))
	if len(c.pairs) > 0 {
		room -= panelGap + panelHead
	}
	l := layoutFor(len(c.Order)+len(c.pairs), room)
	most := int(room / l.height)
	drawn := c.Order[:max(1, min(len(c.Order), most-min(len(c.pairs), leastPairs)))]
	pairs := c.pairs[:min(len(c.pairs), most-len(drawn))]
	places := c.places(l, drawn, pairs)

	y = p.panel(y, len(drawn), l, "Outcome: "+words(c.Metric), a, a.label)
	for i, rank := range drawn {
		name, e := named(c.names[rank.Policy]), c.Estimates[rank.Policy]
		if places != nil {
			name = strconv.Itoa(i+1) + ". " + name
		}
		said := []string{a.said(e.At, e.Interval)}
		if l.height >= wholeRow {
			said = append(said, c.whole(rank.Policy)...)
		}
		p.row(l, y, []string{name}, said, []string{a.write(e.At)})
		p.dot(l, y, a, dot, e.At, e.Low, e.High)
		y += l.height
	}
	signs := []draw.Sign{sign("outcome under a policy", dot)}
	if len(pairs) > 0 {
		in := "months"
		if a.share {
			in = "percentage points"
		}
		y = p.panel(y+panelGap, len(pairs), l, "Differences, the first less the second, in "+in, apart, func(v float64) string { return apart.points(v, 0) })
		p.zero(apart.at(0), y, len(pairs), l)
		for _, d := range pairs {
			said := apart.gap(d.At, d.Interval)
			names := []string{named(c.names[d.First]), named(c.names[d.Second])}
			if first, second := places[d.First], places[d.Second]; first > 0 && second > 0 {
				names = []string{strconv.Itoa(first), strconv.Itoa(second)}
			}
			p.row(l, y, names, []string{said, verdict(d, c.Metric)}, []string{said})
			p.dot(l, y, apart, strokeOf(d), d.At, d.Low, d.High)
			y += l.height
		}
		if slices.ContainsFunc(pairs, simulation.Difference.Apart) {
			signs = append(signs, sign("difference: 0 is outside its interval", stroke{colour: draw.Rust, shape: draw.Diamond}))
		}
		if slices.ContainsFunc(pairs, func(d simulation.Difference) bool { return !d.Apart() }) {
			signs = append(signs, sign("difference: "+untold, stroke{colour: draw.Rust, shape: draw.Diamond, hollow: true}))
		}
	}
	return p.legend(y, append(signs, draw.Sign{Text: interval, Draw: p.WhiskerSign}), notes(len(c.Order)-len(drawn), len(c.pairs)-len(pairs)))
}

// wholeRow is how high a row is that has room for three lines that can be read.
const wholeRow = 42

// whole is what came of a policy beside the metric, in two lines; nothing where the
// comparison does not hold it.
func (c comparison) whole(policy int) []string {
	if policy >= len(c.Whole) {
		return nil
	}
	w, owed := c.Whole[policy], ""
	if w.Debt.Runs > 0 {
		owed = ", " + draw.Figures(nil, w.Debt.At, 1) + " owed"
	}
	return []string{
		"launched " + draw.Percent(nil, w.Launched.At, 0) + owed + ",",
		"a lap " + draw.Percent(nil, w.Lapped.At, 0) + ", abandoned " + draw.Percent(nil, w.Abandoned.At, 0),
	}
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
	return named(c.names[d.First]) + " − " + named(c.names[d.Second])
}

func (c comparison) describe(a, apart axis) string {
	text := draw.Capital(words(c.Metric)) + "." + draw.Sentences(nil, c.Order, func(rank simulation.Rank) string {
		e := c.Estimates[rank.Policy]
		whole := ""
		if told := c.whole(rank.Policy); told != nil {
			whole = "; " + strings.Join(told, " ")
		}
		return named(c.names[rank.Policy]) + ": " + a.said(e.At, e.Interval) + whole + "."
	})
	if len(c.pairs) == 0 {
		return text
	}
	return text + " Differences:" + draw.Sentences(nil, c.pairs, func(d simulation.Difference) string {
		return c.pair(d) + ": " + apart.gap(d.At, d.Interval) + ", " + verdict(d, c.Metric) + "."
	})
}
