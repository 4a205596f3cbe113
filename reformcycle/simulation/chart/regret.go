package chart

import (
	"cmp"
	"io"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// Regret draws how far behind the best policy of each world every policy is, by one of
// the goals of [simulation.Worlds.Robustness], which is named by its place, as an SVG
// page, upright: a bar to the regret that nine in ten of the worlds do not exceed, a dot
// at the median, and a mark at that of the worst world. Beside it stands in which share
// of the worlds the policy reaches the goal. The policy of the smallest bar comes first.
func Regret(w io.Writer, l *language.Language, title string, r simulation.Robustness, goal int) error {
	var f fault.Fields
	o := origin{scenario: r.Scenario, digest: r.Digest, runs: r.Runs * uint64(max(0, r.Worlds)), seed: r.Seed}
	o.check(&f)
	if place(&f, "goal", goal, len(r.Goals)); goal < 0 || goal >= len(r.Goals) {
		return f
	}
	g := r.Goals[goal]
	some(&f, "of", len(g.Of), mostRows)
	f.Count("of", len(g.Of), len(r.Policies))
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
			f.Add(path+".regret", fault.Order, s.Regret.Median, language.Of("want.chart-regret"))
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	names, all := called(l, r.Policies)
	o.note = l.Paragraph(append([]language.Text{language.Of("chart.regret.runs", "worlds", r.Worlds, "runs", r.Runs)}, all...))
	return draw.Write(w, drawRegret(l, title, o, g, names))
}

func drawRegret(l *language.Language, title string, o origin, g simulation.GoalStanding, names []string) string {
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
	a := newAxis(l, 0, most, rowLeft, rowRight, 5, share)
	met := axis{decimals: 1, share: true, in: l}
	heading := "chart.regret.axis-months"
	if share {
		heading = "chart.regret.axis-shares"
	}
	says := func(i int) string {
		s := g.Of[i]
		return l.Say(language.Of("chart.regret.policy", "policy", named(l, names[i]), "median", a.write(s.Regret.Median), "most-90", a.write(s.Regret.Most90),
			"worst", a.write(s.Regret.Worst), "met", met.said(s.Met.At, s.Met.Interval)))
	}
	p, y := begin(draw.Sheet{
		In: l, Name: "reform-regret", On: draw.Upright, Title: title, Otherwise: l.Say(language.Of("chart.regret")),
		Kind:        l.Say(language.Of("chart.regret.kind", "n", len(order))),
		Description: l.Say(language.Of("chart.regret.described", "goal", g.Goal.Told())) + draw.Sentences(l, order, says),
	}, l.Say(language.Of("chart.regret.head", "goal", g.Goal.Told())))
	signs := []draw.Sign{
		{Text: p.Say("chart.regret.sign.most-90"), Draw: p.Swatch(tint)},
		{Text: p.Say("chart.regret.sign.median"), Draw: func(x, y float64) { p.Mark(draw.Circle, x, y, 5, draw.Blue, draw.Blue, false) }},
		{Text: p.Say("chart.regret.sign.worst"), Draw: func(x, y float64) { p.Mark(draw.Diamond, x, y, 4.5, draw.White, draw.Rust, false) }},
	}
	notes := func(left int) []string {
		return o.footnotes(l, "chart.runs.in-all-each-policy", without(l, "chart.left.regrets", left), p.Say("chart.regret.note"))
	}
	return p.bars(y, len(order), p.Say(heading), a, 0, signs, notes, func(l rowLayout, i int, y float64) {
		s := g.Of[order[i]]
		p.row(l, y, []string{named(p.In, names[order[i]])},
			[]string{p.Say("chart.regret.met", "share", met.write(s.Met.At)), p.Say("chart.regret.spread", "median", a.write(s.Regret.Median), "worst", a.write(s.Regret.Worst))},
			[]string{met.write(s.Met.At) + "; " + a.write(s.Regret.Most90)})
		middle, tall := y+l.height/2, l.height*0.42
		p.Put(`<path d="M%v %vH%v" stroke="%s" stroke-width="1.2"/>`, a.at(s.Regret.Most90), middle, a.at(s.Regret.Worst), draw.Rust)
		p.bar(a, 0, s.Regret.Most90, assessment.Interval{}, middle, tall, tint)
		r := min(l.height*0.16, 5)
		p.Mark(draw.Diamond, a.at(s.Regret.Worst), middle, r*0.9, draw.White, draw.Rust, false)
		p.Mark(draw.Circle, a.at(s.Regret.Median), middle, r, draw.Blue, draw.Blue, false)
	})
}
