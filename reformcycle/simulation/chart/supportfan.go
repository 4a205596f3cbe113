package chart

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
)

// Support is where support stands in a month.
type Support struct {
	Month int
	// Quantiles are those at 5, 25, 50, 75 and 95 per cent of the runs of support as
	// a share of support and opposition, 0 to 1, over the runs that Decided counts.
	// Where Decided is 0 there are none, and they are not looked at.
	Quantiles [5]float64
	// Decided is the share of all runs that still go on in that month and in which
	// somebody takes sides, Undecided that of those in which nobody does. The rest
	// have ended.
	Decided, Undecided float64
}

// SupportFan draws where support goes, as an SVG page, lying: the median of support
// as a share of support and opposition, month by month, within the band that holds
// the middle half of the runs and the one that holds nine in ten. Above a half
// support outweighs opposition.
//
// Only runs that still go on, and in which somebody takes sides, have such a share.
// How many those are stands in a strip below, with the runs in which nobody takes
// sides and those that have ended: where few go on, the fan is about survivors. In
// a month in which no run has a share the fan has a gap.
//
// Months rise, from 0 to 1200, at most 1,201 of them; quantiles do not fall; shares
// are from 0 to 1, and Decided and Undecided together at most 1. Everything else is
// refused with [assessment.FieldErrors].
func SupportFan(w io.Writer, title string, origin Origin, months []Support) error {
	var f faults
	origin.check(&f)
	if f.length("months", len(months), mostPoints, "1 to 1201 months") {
		for i, s := range months {
			field := fmt.Sprintf("months[%d]", i)
			month(&f, field, s.Month, i, func(i int) int { return months[i].Month })
			s.check(&f, field)
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	_, err := io.WriteString(w, drawFan(title, origin, months))
	return err
}

func (s Support) check(f *faults, field string) {
	const share = "a share from 0 to 1"
	ok := f.number(field+".decided", s.Decided, 0, 1, share)
	ok = f.number(field+".undecided", s.Undecided, 0, 1, share) && ok
	if ok && s.Decided+s.Undecided > 1+slack {
		f.add(field+".undecided", "range", s.Undecided, fmt.Sprintf("at most what decided leaves, %g", 1-s.Decided))
	}
	if s.Decided == 0 {
		return
	}
	for q, v := range s.Quantiles {
		at := fmt.Sprintf("%s.quantiles[%d]", field, q)
		if f.number(at, v, 0, 1, share) && q > 0 && v < s.Quantiles[q-1] {
			f.add(at, "order", v, fmt.Sprintf("no less than the quantile before it, %g", s.Quantiles[q-1]))
		}
	}
}

// strip is how high the strip below the fan is.
const strip = 80.0

func drawFan(title string, origin Origin, months []Support) string {
	title = titled(title, "Support")
	p, top := begin("reform-support-fan", draw.Lying, title, "where support goes",
		"Support as a share of support and opposition, by month: how the runs are spread", describeFan(months))
	top += 22
	notes := origin.footnotes("", "The fan is about the runs that still go on and in which somebody takes sides; bands spread runs, and say nothing of how sure the model is.")
	foot := p.foot(notes) - 29 // of the legend
	on := axis{0, 1, foot - 26, foot - 26 - strip, 0.5, 1}
	last := max(1, months[len(months)-1].Month)
	x := monthAxis(last)
	y := axis{0, 1, on.right - 74, top, 0.25, 2}
	p.frame(x, y, "support / (support + opposition)", last)
	for _, part := range parts(months) {
		at := func(q int) spots { return spotsOf(part, x, y, func(s Support) float64 { return s.Quantiles[q] }) }
		for q, fill := range []string{faint, tint} {
			p.band(at(4-q), at(q), fill, blue, []string{` stroke-dasharray="3 3"`, ""}[q])
		}
		p.Put(`<path d="M%s" fill="none" stroke="#0B3D5C" stroke-width="3" stroke-linecap="round"/>`, at(2).path())
	}
	num := draw.Num
	p.Put(`<path d="M%s %sH%s" stroke="#000000" stroke-width="1.2" stroke-dasharray="8 4"/>`, num(x.left), num(y.at(0.5)), num(x.right))
	p.fanNames(months, x, y)

	p.Text(margin, on.right-12, "runs that go on", draw.Style{Size: 13.5, Bold: true, Anchor: "start"})
	none := func(Support) float64 { return 0 }
	decided := func(s Support) float64 { return s.Decided }
	both := func(s Support) float64 { return s.Decided + s.Undecided }
	p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="#FFFFFF" stroke="%s"/>`, num(x.left), num(on.right), num(x.right-x.left), num(strip), line)
	p.band(spotsOf(months, x, on, both), spotsOf(months, x, on, decided), p.texture("dotted"), draw.Dark, "")
	p.band(spotsOf(months, x, on, decided), spotsOf(months, x, on, none), tint, draw.Dark, "")
	for v := range on.ticks {
		p.Text(x.left-9, on.at(v)+4.5, on.label(v, Measure{}), draw.Style{Size: 12, Anchor: "end"})
	}
	end := months[len(months)-1]
	for i, t := range []string{
		percent(end.Decided, 0) + ": somebody takes sides",
		percent(end.Undecided, 0) + ": nobody does",
		percent(max(0, 1-end.Decided-end.Undecided), 0) + ": have ended",
		fmt.Sprintf("(month %d)", end.Month),
	} {
		p.Text(plotLabels, on.right+14+20*float64(i), t, draw.Style{Size: 13, Anchor: "start"})
	}

	foot = p.Signs(margin, foot, p.on.Width-2*margin, 5, []draw.Sign{
		{Text: "median run", Draw: func(x, y float64) {
			p.Put(`<path d="M%s %sh28" stroke="#0B3D5C" stroke-width="3"/>`, num(x-14), num(y))
		}},
		{Text: "middle half of the runs", Draw: p.swatch(tint)},
		{Text: "nine in ten of the runs", Draw: p.swatch(faint)},
		{Text: "nobody takes sides", Draw: p.swatch(p.texture("dotted"))},
		{Text: "support equals opposition", Draw: func(x, y float64) {
			p.Put(`<path d="M%s %sh28" stroke="#000000" stroke-width="1.2" stroke-dasharray="8 4"/>`, num(x-14), num(y))
		}},
	})
	return p.end(foot+4, notes)
}

// parts splits months at those in which no run has a share.
func parts(months []Support) (parts [][]Support) {
	from := 0
	for i := 0; i <= len(months); i++ {
		if i < len(months) && months[i].Decided > 0 {
			continue
		}
		if i > from {
			parts = append(parts, months[from:i])
		}
		from = i + 1
	}
	return parts
}

// spots are the places of a line on the page, from the left.
type spots [][2]float64

// spotsOf are those of a number of each month. A month by itself is as wide as a
// mark, so that it can be seen.
func spotsOf(months []Support, x, y axis, number func(Support) float64) (all spots) {
	for _, s := range months {
		all = append(all, [2]float64{x.at(float64(s.Month)), y.at(number(s))})
	}
	if len(all) == 1 {
		all = spots{{all[0][0] - 5, all[0][1]}, {all[0][0] + 5, all[0][1]}}
	}
	return all
}

func (all spots) path() string {
	var b strings.Builder
	for i, at := range all {
		if i > 0 {
			b.WriteByte('L')
		}
		b.WriteString(draw.Num(at[0]) + " " + draw.Num(at[1]))
	}
	return b.String()
}

// band fills what lies between two lines and draws them, but not its sides, which
// are no data.
func (p *page) band(high, low spots, fill, ink, dash string) {
	back := slices.Clone(low)
	slices.Reverse(back)
	p.Put(`<path d="M%sL%sZ" fill="%s"/>`, high.path(), back.path(), fill)
	p.Put(`<path d="M%sM%s" fill="none" stroke="%s" stroke-width="0.8"%s/>`, high.path(), low.path(), ink, dash)
}

// fanNames writes what the lines are beside their ends, each as near as the others
// allow.
func (p *page) fanNames(months []Support, x, y axis) {
	end := months[len(months)-1]
	if end.Decided == 0 {
		p.Text(plotLabels, y.at(0.5)+4.5, "no run has a share then", draw.Style{Size: 13, Anchor: "start"})
		return
	}
	want, takes := make([]float64, 5), make([]float64, 5)
	for i := range 5 { // from the top
		want[i], takes[i] = y.at(end.Quantiles[4-i])-9, 18
	}
	for i, at := range settled(want, takes, y.right-10, y.left+10) {
		v := end.Quantiles[4-i]
		p.Put(`<path d="M%s %sL%s %s" stroke="%s" stroke-width="0.9"/>`, draw.Num(x.right), draw.Num(y.at(v)), draw.Num(plotLabels-4), draw.Num(at+9), draw.Grey)
		text := fmt.Sprintf("%s: at most %s", fanLabels[4-i], tenths(v))
		p.Text(plotLabels, at+13.5, text, draw.Style{Size: 13, Bold: i == 2, Anchor: "start"})
	}
}

// tenths writes a quantile in per cent, to the tenth where it has one. Of what is at
// most 99.99% it is true that it is at most 100%.
func tenths(v float64) string { return strings.TrimSuffix(figures(100*v, 1), ".0") + "%" }

var fanLabels = [5]string{"5% of runs", "25% of runs", "half of runs", "75% of runs", "95% of runs"}

// describeFan tells the picture in words: the first month, the last, and those
// between at even distances.
func describeFan(months []Support) string {
	var b strings.Builder
	b.WriteString("Support as a share of support and opposition, over the runs that still go on and in which somebody takes sides.")
	told := min(len(months), 5)
	for k := range told {
		s := months[0]
		if told > 1 {
			s = months[int(math.Round(float64(k*(len(months)-1))/float64(told-1)))]
		}
		fmt.Fprintf(&b, " Month %d: ", s.Month)
		if s.Decided > 0 {
			fmt.Fprintf(&b, "median %s, middle half %s to %s, nine in ten %s to %s; ", tenths(s.Quantiles[2]), tenths(s.Quantiles[1]), tenths(s.Quantiles[3]), tenths(s.Quantiles[0]), tenths(s.Quantiles[4]))
		}
		fmt.Fprintf(&b, "somebody takes sides in %s of the runs, nobody in %s, %s have ended.", percent(s.Decided, 0), percent(s.Undecided, 0), percent(max(0, 1-s.Decided-s.Undecided), 0))
	}
	return b.String()
}
