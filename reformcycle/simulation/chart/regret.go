package chart

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// Regret draws how far behind the best policy of each world every policy is, by one of
// the goals of [simulation.Worlds.Robustness], which is named by its place, as an SVG
// page, upright: a bar to the regret that nine in ten of the worlds do not exceed, a dot
// at the median, and a mark at that of the worst world. Beside it stands in which share
// of the worlds the policy reaches the goal. The policy of the smallest bar comes first.
func Regret(w io.Writer, title string, r simulation.Robustness, goal int) error {
	var f fault.Fields
	o := origin{scenario: r.Scenario, digest: r.Digest, runs: r.Runs * uint64(max(0, r.Worlds)), seed: r.Seed}
	o.check(&f)
	if goal < 0 || goal >= len(r.Goals) {
		f.Add("goal", fault.Exists, goal, "the place of a goal, of "+strconv.Itoa(len(r.Goals)))
		return f
	}
	g := r.Goals[goal]
	some(&f, "of", len(g.Of), mostRows)
	if len(g.Of) > len(r.Policies) {
		f.Add("of", fault.Length, len(g.Of), "as many as there are policies, "+strconv.Itoa(len(r.Policies)))
	}
	reach := largest
	if !g.Goal.Metric.Numeric() {
		reach = 1
	}
	for i, s := range g.Of {
		path := fault.At("of", i)
		estimate(&f, path+".met", s.Met.At, s.Met.Interval, 0, 1)
		ok := true
		for _, v := range []struct {
			field string
			value float64
		}{{"median", s.Regret.Median}, {"most_90", s.Regret.Most90}, {"worst", s.Regret.Worst}} {
			ok = f.Number(path+".regret."+v.field, v.value, 0, reach) && ok
		}
		if ok && !(s.Regret.Median <= s.Regret.Most90 && s.Regret.Most90 <= s.Regret.Worst) {
			f.Add(path+".regret", fault.Order, s.Regret.Median, "a median, at most what nine in ten do not exceed, at most the worst")
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	names, all := called(r.Policies)
	o.note = fmt.Sprintf("%d runs in each of %s, the same for all policies. Chance in them makes a regret larger, never smaller.%s",
		r.Runs, draw.Counted(r.Worlds, "world", "worlds"), all)
	return draw.Write(w, drawRegret(title, o, g, names))
}

func drawRegret(title string, o origin, g simulation.GoalStanding, names []string) string {
	order := make([]int, len(g.Of))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := g.Of[i].Regret, g.Of[j].Regret
		return cmp.Or(cmp.Compare(a.Most90, b.Most90), cmp.Compare(a.Worst, b.Worst), cmp.Compare(a.Median, b.Median))
	})
	most := 0.0
	for _, s := range g.Of {
		most = max(most, s.Regret.Worst)
	}
	share := !g.Goal.Metric.Numeric()
	a := newAxis(0, most, rowLeft, rowRight, 5, share)
	met := axis{decimals: 1, share: true}
	in := "months"
	if share {
		in = "shares of the runs"
	}
	says := func(i int) string {
		s := g.Of[i]
		return fmt.Sprintf("%s: regret %s in the median, %s in nine in ten, %s in the worst world; goal met in %s of the worlds.",
			named(names[i]), a.write(s.Regret.Median), a.write(s.Regret.Most90), a.write(s.Regret.Worst), met.said(s.Met.At, s.Met.Interval))
	}
	p, y := begin(draw.Sheet{
		Name: "reform-regret", On: draw.Upright, Title: title, Otherwise: "How far behind the best",
		Kind:        "regret of " + draw.Counted(len(order), "policy", "policies"),
		Description: "How far behind the best policy of each world, by " + g.Goal.Metric.String() + ". Goal: " + g.Goal.String() + "." + draw.Sentences(nil, order, says),
	}, "Regret by "+words(g.Goal.Metric)+". Goal: "+g.Goal.String())
	signs := []draw.Sign{
		{Text: "regret that nine in ten of the worlds do not exceed", Draw: p.Swatch(tint)},
		{Text: "regret in the median", Draw: func(x, y float64) { p.Mark(draw.Circle, x, y, 5, draw.Blue, draw.Blue, false) }},
		{Text: "regret in the worst world", Draw: func(x, y float64) { p.Mark(draw.Diamond, x, y, 4.5, draw.White, draw.Rust, false) }},
	}
	notes := func(left int) []string {
		return o.footnotes(" in all of each policy", without(left, "more policy", "more policies", ", those of the most regret"),
			"A world is one draw of what is not known, over spans that are assumed. A share of worlds is no probability.")
	}
	heading := "How far behind the best policy of each world, in " + in
	return p.bars(y, len(order), heading, a, 0, signs, notes, func(l rowLayout, i int, y float64) {
		s := g.Of[order[i]]
		p.row(l, y, []string{named(names[order[i]])},
			[]string{"goal met in " + met.write(s.Met.At) + " of worlds", "median " + a.write(s.Regret.Median) + ", worst " + a.write(s.Regret.Worst)},
			[]string{met.write(s.Met.At) + "; " + a.write(s.Regret.Most90)})
		middle, tall := y+l.height/2, l.height*0.42
		p.Put(`<path d="M%v %vH%v" stroke="%s" stroke-width="1.2"/>`, a.at(s.Regret.Most90), middle, a.at(s.Regret.Worst), draw.Rust)
		p.bar(a, 0, s.Regret.Most90, assessment.Interval{}, middle, tall, tint)
		r := min(l.height*0.16, 5)
		p.Mark(draw.Diamond, a.at(s.Regret.Worst), middle, r*0.9, draw.White, draw.Rust, false)
		p.Mark(draw.Circle, a.at(s.Regret.Median), middle, r, draw.Blue, draw.Blue, false)
	})
}
