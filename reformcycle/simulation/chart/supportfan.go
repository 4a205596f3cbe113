package chart

import (
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// SupportFan draws where support goes in the runs of a summary, as an SVG page,
// lying: the median of support as a share of support and opposition, month by month,
// within the band that holds the middle half of the runs and the one that holds nine
// in ten. Above a half support outweighs opposition. A quantile is the upper end of
// its bin, of 1/40 of the scale: so much of the runs has that or less, and a summary
// holds no more. Runs of one bin have no spread.
//
// Only runs that still go on, and in which somebody takes sides, have such a share.
// How many those are stands in a strip below, with the runs in which nobody takes
// sides and those that have ended: where few go on, the fan is about survivors. In
// a month in which no run has a share the fan has a gap.
func SupportFan(w io.Writer, l *language.Language, title string, s simulation.Summary) error {
	var f fault.Fields
	summary(&f, "summary", s)
	if err := f.Err(); err != nil {
		return err
	}
	o := originOf(l, s)
	o.note = l.Say(language.Of("chart.fan.steps", "step", 1.0/simulation.SupportBins))
	return draw.Write(w, drawFan(l, title, o, supportOf(s)))
}

// support is where support stands in a month.
type support struct {
	month int
	// quantiles are those at the shares fanned, over the runs that decided counts.
	// Where decided is 0 there are none.
	quantiles [len(fanned)]float64
	// decided is the share of all runs that still go on in that month and in which
	// somebody takes sides, undecided that of those in which nobody does. The rest
	// have ended.
	decided, undecided float64
}

func (s support) ended() float64 { return max(0, 1-s.decided-s.undecided) }

// fanned are the shares at which a fan has its lines.
var fanned = [...]float64{0.05, 0.25, 0.5, 0.75, 0.95}

func supportOf(s simulation.Summary) (months []support) {
	all := float64(s.Runs())
	for k, month := range s.SupportMonths() {
		counts := s.Support(k)
		decided := uint64(0)
		for _, n := range counts[:simulation.SupportBins] {
			decided += n
		}
		at := support{month: month, decided: float64(decided) / all, undecided: float64(counts[simulation.SupportBins]) / all}
		if decided > 0 {
			for q, share := range fanned {
				at.quantiles[q] = upTo(counts[:simulation.SupportBins], float64(share*float64(decided)))
			}
		}
		months = append(months, at)
	}
	return months
}

// upTo gives the end of the bin, as a share of all bins, by which so many have been
// counted.
func upTo(counts []uint64, rank float64) float64 {
	below := 0.0
	for i, n := range counts {
		if below += float64(n); n > 0 && below >= rank {
			return float64(i+1) / float64(len(counts))
		}
	}
	return 1 // rounding may ask for a little more than all
}

// strip is how high the strip below the fan is.
const strip = 80.0

func drawFan(l *language.Language, title string, o origin, months []support) string {
	p, top := begin(draw.Sheet{
		In: l, Name: "reform-support-fan", On: draw.Lying, Title: title, Otherwise: l.Say(language.Of("chart.fan")),
		Kind: l.Say(language.Of("chart.fan.kind")), Description: describeFan(l, months),
	}, l.Say(language.Of("chart.fan.head")))
	top += 22
	notes := o.footnotes(l, "chart.runs", p.Say("chart.fan.note"))
	signs := []draw.Sign{
		{Text: p.Say("chart.fan.sign.median"), Draw: p.Stroke(`stroke="#0B3D5C" stroke-width="3"`)},
		{Text: p.Say("chart.fan.sign.half"), Draw: p.Swatch(tint)},
		{Text: p.Say("chart.fan.sign.nine-in-ten"), Draw: p.Swatch(faint)},
		{Text: p.Say("chart.fan.sign.nobody"), Draw: p.Swatch(p.dotted())},
		{Text: p.Say("chart.fan.sign.equal"), Draw: p.Stroke(`stroke="#000000" stroke-width="1.2" stroke-dasharray="8 4"`)},
	}
	foot := p.foot(notes) - draw.SignsHigh(p.wide(), len(signs), signs) - 4
	on := axis{0, 1, foot - 26, foot - 26 - strip, 0.5, 1, true, l}
	last := max(1, months[len(months)-1].month)
	x := monthAxis(l, last)
	y := axis{0, 1, on.right - 74, top, 0.25, 2, true, l}
	p.frame(x, y, p.Say("chart.fan.axis"), last)
	for _, part := range parts(months) {
		at := func(q int) spots { return spotsOf(part, x, y, func(s support) float64 { return s.quantiles[q] }) }
		for q, fill := range []string{faint, tint} {
			p.band(at(4-q), at(q), fill, draw.Blue, []string{` stroke-dasharray="3 3"`, ""}[q])
		}
		p.Put(`<path d="M%s" fill="none" stroke="#0B3D5C" stroke-width="3" stroke-linecap="round"/>`, at(2).path())
	}
	p.Put(`<path d="M%s %sH%s" stroke="#000000" stroke-width="1.2" stroke-dasharray="8 4"/>`, x.left, y.at(0.5), x.right)
	p.fanNames(months, x, y)

	p.Text(draw.Margin, on.right-12, p.Say("chart.fan.strip"), draw.Style{Size: 13.5, Bold: true, Anchor: "start"})
	none := func(support) float64 { return 0 }
	decided := func(s support) float64 { return s.decided }
	both := func(s support) float64 { return s.decided + s.undecided }
	p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="#FFFFFF" stroke="%s"/>`, x.left, on.right, x.right-x.left, strip, draw.Line)
	p.band(spotsOf(months, x, on, both), spotsOf(months, x, on, decided), p.dotted(), draw.Dark, "")
	p.band(spotsOf(months, x, on, decided), spotsOf(months, x, on, none), tint, draw.Dark, "")
	for v := range on.ticks {
		p.Text(x.left-9, on.at(v)+4.5, on.label(v), draw.Style{Size: 12, Anchor: "end"})
	}
	end := months[len(months)-1]
	for i, line := range []string{
		p.Say("chart.fan.decided", "share", draw.Percent(l, end.decided, 0)),
		p.Say("chart.fan.undecided", "share", draw.Percent(l, end.undecided, 0)),
		p.Say("chart.fan.ended", "share", draw.Percent(l, end.ended(), 0)),
		p.Say("chart.fan.at-month", "month", end.month),
	} {
		p.beside(on.right+14+20*float64(i), line, false)
	}

	foot = p.Signs(draw.Margin, foot, p.wide(), len(signs), signs)
	return p.end(foot+4, notes)
}

// parts splits months at those in which no run has a share.
func parts(months []support) (parts [][]support) {
	from := 0
	for i := 0; i <= len(months); i++ {
		if i < len(months) && months[i].decided > 0 {
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
func spotsOf(months []support, x, y axis, number func(support) float64) (all spots) {
	for _, s := range months {
		all = append(all, [2]float64{x.at(float64(s.month)), y.at(number(s))})
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
func (p *page) fanNames(months []support, x, y axis) {
	end := months[len(months)-1]
	if end.decided == 0 {
		p.beside(y.at(0.5)+4.5, p.Say("chart.fan.none"), false)
		return
	}
	want, takes := make([]float64, 5), make([]float64, 5)
	for i := range 5 { // from the top
		want[i], takes[i] = y.at(end.quantiles[4-i])-9, 18
	}
	for i, at := range draw.Settle(want, takes, y.right-10, y.left+10) {
		v := end.quantiles[4-i]
		p.Put(`<path d="M%s %sL%s %s" stroke="%s" stroke-width="0.9"/>`, x.right, y.at(v), plotLabels-4, at+9, draw.Grey)
		p.beside(at+13.5, p.Say("chart.fan.quantile", "of", fanned[4-i], "most", tenths(p.In, v)), i == 2)
	}
}

// beside writes a line behind the end of the plot.
func (p *page) beside(y float64, text string, bold bool) {
	st := draw.Style{Size: 13, Bold: bold, Anchor: "start"}
	p.Text(plotLabels, y, text, draw.Smaller(text, p.On.Width-draw.Margin-plotLabels, st, 8))
}

// tenths writes a quantile in per cent, to the tenth where it has one. Of what is at
// most 99.99% it is true that it is at most 100%.
func tenths(l *language.Language, v float64) string {
	if strings.HasSuffix(strconv.FormatFloat(100*v, 'f', 1, 64), ".0") {
		return l.Percent(v, 0)
	}
	return l.Percent(v, 1)
}

// describeFan tells the picture in words: the first month, the last, and those
// between at even distances.
func describeFan(l *language.Language, months []support) string {
	all := []language.Text{language.Of("chart.fan.described")}
	told := min(len(months), 5)
	for k := range told {
		s := months[0]
		if told > 1 {
			s = months[int(math.Round(float64(k*(len(months)-1))/float64(told-1)))]
		}
		args := []any{"month", s.month, "decided", draw.Percent(l, s.decided, 0), "undecided", draw.Percent(l, s.undecided, 0), "ended", draw.Percent(l, s.ended(), 0)}
		if s.decided == 0 {
			all = append(all, language.Of("chart.fan.month-none", args...))
			continue
		}
		for q, name := range []string{"from-90", "from-half", "median", "to-half", "to-90"} {
			args = append(args, name, tenths(l, s.quantiles[q]))
		}
		all = append(all, language.Of("chart.fan.month", args...))
	}
	return l.Paragraph(all)
}
