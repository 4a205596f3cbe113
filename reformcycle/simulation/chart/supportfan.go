package chart

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
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
func SupportFan(w io.Writer, title string, s simulation.Summary) error {
	var f fault.Fields
	summary(&f, "summary", s)
	if err := f.Err(); err != nil {
		return err
	}
	o := originOf(s)
	o.note = fmt.Sprintf("Support is read in steps of %s%%: each line stands at the upper end of its step.", value(100.0/simulation.SupportBins))
	return draw.Write(w, drawFan(title, o, supportOf(s)))
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

func drawFan(title string, o origin, months []support) string {
	p, top := begin(draw.Sheet{
		Name: "reform-support-fan", On: draw.Lying, Title: title, Otherwise: "Support",
		Kind: "where support goes", Description: describeFan(months),
	}, "Support as a share of support and opposition, by month: how the runs are spread")
	top += 22
	notes := o.footnotes("", "The fan is about the runs that still go on and in which somebody takes sides; bands spread runs, and say nothing of how sure the model is.")
	foot := p.foot(notes) - 29 // of the legend
	on := axis{0, 1, foot - 26, foot - 26 - strip, 0.5, 1, true}
	last := max(1, months[len(months)-1].month)
	x := monthAxis(last)
	y := axis{0, 1, on.right - 74, top, 0.25, 2, true}
	p.frame(x, y, "support / (support + opposition)", last)
	for _, part := range parts(months) {
		at := func(q int) spots { return spotsOf(part, x, y, func(s support) float64 { return s.quantiles[q] }) }
		for q, fill := range []string{faint, tint} {
			p.band(at(4-q), at(q), fill, draw.Blue, []string{` stroke-dasharray="3 3"`, ""}[q])
		}
		p.Put(`<path d="M%s" fill="none" stroke="#0B3D5C" stroke-width="3" stroke-linecap="round"/>`, at(2).path())
	}
	p.Put(`<path d="M%s %sH%s" stroke="#000000" stroke-width="1.2" stroke-dasharray="8 4"/>`, x.left, y.at(0.5), x.right)
	p.fanNames(months, x, y)

	p.Text(draw.Margin, on.right-12, "runs that go on", draw.Style{Size: 13.5, Bold: true, Anchor: "start"})
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
	p.Lines(plotLabels, on.right+14, 20, []string{
		draw.Percent(nil, end.decided, 0) + ": somebody takes sides",
		draw.Percent(nil, end.undecided, 0) + ": nobody does",
		draw.Percent(nil, end.ended(), 0) + ": have ended",
		fmt.Sprintf("(month %d)", end.month),
	}, draw.Style{Size: 13, Anchor: "start"})

	foot = p.Signs(draw.Margin, foot, p.On.Width-2*draw.Margin, 5, []draw.Sign{
		{Text: "median run", Draw: p.Stroke(`stroke="#0B3D5C" stroke-width="3"`)},
		{Text: "middle half of the runs", Draw: p.Swatch(tint)},
		{Text: "nine in ten of the runs", Draw: p.Swatch(faint)},
		{Text: "nobody takes sides", Draw: p.Swatch(p.dotted())},
		{Text: "support equals opposition", Draw: p.Stroke(`stroke="#000000" stroke-width="1.2" stroke-dasharray="8 4"`)},
	})
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
		p.Text(plotLabels, y.at(0.5)+4.5, "no run has a share then", draw.Style{Size: 13, Anchor: "start"})
		return
	}
	want, takes := make([]float64, 5), make([]float64, 5)
	for i := range 5 { // from the top
		want[i], takes[i] = y.at(end.quantiles[4-i])-9, 18
	}
	for i, at := range draw.Settle(want, takes, y.right-10, y.left+10) {
		v := end.quantiles[4-i]
		p.Put(`<path d="M%s %sL%s %s" stroke="%s" stroke-width="0.9"/>`, x.right, y.at(v), plotLabels-4, at+9, draw.Grey)
		text := fmt.Sprintf("%s: at most %s", fanLabels[4-i], tenths(v))
		p.Text(plotLabels, at+13.5, text, draw.Style{Size: 13, Bold: i == 2, Anchor: "start"})
	}
}

// tenths writes a quantile in per cent, to the tenth where it has one. Of what is at
// most 99.99% it is true that it is at most 100%.
func tenths(v float64) string { return strings.TrimSuffix(draw.Figures(nil, 100*v, 1), ".0") + "%" }

var fanLabels = [5]string{"5% of runs", "25% of runs", "half of runs", "75% of runs", "95% of runs"}

// describeFan tells the picture in words: the first month, the last, and those
// between at even distances.
func describeFan(months []support) string {
	var b strings.Builder
	b.WriteString("Support as a share of support and opposition, over the runs that still go on and in which somebody takes sides.")
	told := min(len(months), 5)
	for k := range told {
		s := months[0]
		if told > 1 {
			s = months[int(math.Round(float64(k*(len(months)-1))/float64(told-1)))]
		}
		fmt.Fprintf(&b, " Month %d: ", s.month)
		if s.decided > 0 {
			fmt.Fprintf(&b, "median %s, middle half %s to %s, nine in ten %s to %s; ", tenths(s.quantiles[2]), tenths(s.quantiles[1]), tenths(s.quantiles[3]), tenths(s.quantiles[0]), tenths(s.quantiles[4]))
		}
		fmt.Fprintf(&b, "somebody takes sides in %s of the runs, nobody in %s, %s have ended.", draw.Percent(nil, s.decided, 0), draw.Percent(nil, s.undecided, 0), draw.Percent(nil, s.ended(), 0))
	}
	return b.String()
}
