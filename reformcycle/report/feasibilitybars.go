package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/stakeholders"
)

// FeasibilityRow is one state of the politics: now, or under some strategies.
type FeasibilityRow struct {
	// Label says which, such as "Now" or "With the finance ministry won over".
	Label       string
	Feasibility stakeholders.Feasibility
}

// FeasibilityBars draws how support, the non-mobilised and opposition weigh
// against each other (reich), as an SVG page of A4 size, lying: three bars a row,
// all rows on one scale, with their numbers, and in words whether the reform is
// feasible. The mark across each support bar stands where opposition reaches:
// support has to pass it.
//
// Up to 14 rows have room; those after them are counted. An index that is
// negative, infinite or not a number, and a negative count of those left out, are
// refused with a [fault.Fields]. A label that is too long for its place
// is cut.
func FeasibilityBars(w io.Writer, title string, rows []FeasibilityRow) error {
	var bad fault.Fields
	for i, row := range rows {
		f := row.Feasibility
		for _, v := range []struct {
			field string
			value float64
		}{{"support", f.Support}, {"non_mobilised", f.NonMobilised}, {"opposition", f.Opposition}, {"left_out", float64(f.LeftOut)}} {
			if !(v.value >= 0) || math.IsInf(v.value, 1) { // written so that NaN fails
				bad.Add(fmt.Sprintf("rows[%d].feasibility.%s", i, v.field), "range", v.value, "a finite number, 0 or more")
			}
		}
	}
	if bad != nil {
		return bad
	}
	_, err := io.WriteString(w, drawBars(title, rows))
	return err
}

// barLayout is how large a row is.
type barLayout struct {
	bar, gap, pad float64
	size          float64
	lines         int // that the label may take
}

// barLayouts are tried in order until all rows have room.
var barLayouts = []barLayout{{42, 8, 48, 20, 3}, {34, 6, 40, 19, 3}, {25, 5, 34, 18, 3}, {19, 4, 24, 15, 2}, {13, 3, 16, 13, 1}, {9.5, 2, 10, 11, 1}}

const (
	barsLeft  = 30.0
	barsName  = 452.0 // right edge of the names of the bars
	barsStart = 462.0
	barsEnd   = 1030.0
	barsFoot  = 748.0
)

func (l barLayout) height() float64 { return 3*l.bar + 2*l.gap + l.pad }

func drawBars(title string, rows []FeasibilityRow) string {
	const name = "reform-feasibility"
	title = draw.First(draw.Plain(title, draw.TitleLimit), "Feasibility")
	p := &page{}
	p.Open(name, draw.Lying, title+": feasibility. "+draw.Counted(len(rows), "row", "rows"), describeBars(rows))
	p.Put(`<defs>`)
	p.Put(`<pattern id="%s-non-mobilised" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="#E4E4E4"/><circle cx="2" cy="2" r="1.1" fill="%s"/><circle cx="6" cy="6" r="1.1" fill="%s"/></pattern>`, name, draw.Grey, draw.Grey)
	p.Put(`<pattern id="%s-opposition" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" fill="#FBE0CC"/><rect width="3.4" height="8" fill="%s"/></pattern>`, name, opposition.colour())
	p.Put(`</defs>`)
	p.Put(`<rect width="%d" height="%d" fill="#FFFFFF"/>`, draw.PageHeight, draw.PageWidth)
	top := p.Head(draw.Lying, title, "Feasibility: is the weight of support greater than the weight of opposition?")
	if len(rows) == 0 {
		p.Text(draw.Lying.Width/2, draw.Lying.Height/2, "There is nothing to compare yet.", draw.Style{Size: 20, Bold: true, Fill: draw.Grey})
	}

	layout := barLayouts[len(barLayouts)-1]
	for _, l := range barLayouts {
		if float64(len(rows))*l.height() <= barsFoot-top {
			layout = l
			break
		}
	}
	scale := 0.0
	for _, row := range rows {
		f := row.Feasibility
		scale = max(scale, f.Support, f.NonMobilised, f.Opposition)
	}
	y := top
	for i, row := range rows {
		left := len(rows) - i
		if y+layout.height() > barsFoot || left > 1 && y+layout.height()+20 > barsFoot {
			p.Text(barsLeft, y+20, fmt.Sprintf("and %d more", left), draw.Style{Size: 14, Bold: true, Anchor: "start"})
			break
		}
		p.Put(`<path d="M%s %sH%s" stroke="#BBBBBB"/>`, draw.Num(barsLeft), draw.Num(y), draw.Num(draw.Lying.Width-barsLeft))
		p.bars(name, layout, y+layout.pad/2, row, scale)
		y += layout.height()
	}
	p.barLegend(name)
	return p.Close()
}

// describeBars tells the picture in words.
func describeBars(rows []FeasibilityRow) string {
	var b strings.Builder
	b.WriteString("Three bars a row: support, non-mobilised, opposition.")
	for _, row := range rows[:min(len(rows), listLimit)] {
		f := row.Feasibility
		fmt.Fprintf(&b, " %s: support %s, non-mobilised %s, opposition %s. %s.", rowLabel(row), index(f.Support), index(f.NonMobilised), index(f.Opposition), verdict(f))
		if f.LeftOut > 0 {
			b.WriteString(" " + uncounted(f) + ".")
		}
	}
	if left := len(rows) - listLimit; left > 0 {
		fmt.Fprintf(&b, " And %d more.", left)
	}
	return b.String()
}

func rowLabel(row FeasibilityRow) string {
	return draw.First(draw.Plain(row.Label, draw.TitleLimit), "no label")
}

// index writes an index with one decimal at most, or in powers of ten where its
// digits would not fit.
func index(v float64) string {
	if v >= 1e12 {
		return strconv.FormatFloat(v, 'e', 3, 64)
	}
	text := strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
	whole, part, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return joined(whole, part, ".")
}

// verdict says whether it is feasible, and by how much.
func verdict(f stakeholders.Feasibility) string {
	switch {
	case f.Feasible():
		return "Feasible: support leads by " + index(f.Support-f.Opposition)
	case f.Opposition > f.Support:
		return "Not feasible: opposition leads by " + index(f.Opposition-f.Support)
	case f.Support > 0:
		return "Not feasible: support only equals opposition"
	default:
		return "Not feasible: nobody is known to take sides"
	}
}

func uncounted(f stakeholders.Feasibility) string {
	return draw.Counted(f.LeftOut, "actor", "actors") + " not counted: position or power not known"
}

func (p *page) bars(name string, l barLayout, top float64, row FeasibilityRow, scale float64) {
	f := row.Feasibility
	y := top
	line := func(text string, st draw.Style, most int) {
		st.Anchor = "start"
		for _, t := range draw.Wrap(text, barsName-barsLeft-draw.TextWidth("non-mobilised", 13.5)-14, st.Size, most) {
			y += st.Size * 1.2
			p.Text(barsLeft, y-st.Size*0.25, t, st)
		}
	}
	line(rowLabel(row), draw.Style{Size: l.size, Bold: true}, l.lines)
	ink := draw.Dark
	if !f.Feasible() {
		ink = debtText
	}
	small := min(l.size-1, 15)
	lines := 2
	if l.lines == 1 {
		lines = 1
	}
	line(verdict(f), draw.Style{Size: small, Bold: true, Fill: ink}, lines)
	if f.LeftOut > 0 {
		line(uncounted(f), draw.Style{Size: small - 2, Fill: draw.Grey}, lines)
	}

	length := func(v float64) float64 {
		if scale == 0 {
			return 0
		}
		return (barsEnd - barsStart) * (v / scale)
	}
	y = top
	for _, bar := range []struct {
		what, fill string
		value      float64
	}{
		{"support", support.colour(), f.Support},
		{"non-mobilised", "url(#" + name + "-non-mobilised)", f.NonMobilised},
		{"opposition", "url(#" + name + "-opposition)", f.Opposition},
	} {
		size := min(l.bar*0.8, 17)
		p.Text(barsName, y+l.bar/2+size*0.35, bar.what, draw.Style{Size: min(size, 13.5), Anchor: "end"})
		p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s"/>`, draw.Num(barsStart), draw.Num(y), draw.Num(max(length(bar.value), 0.5)), draw.Num(l.bar), bar.fill, draw.Dark)
		end := barsStart + length(bar.value)
		if bar.what == "support" && f.Opposition > 0 {
			at := barsStart + length(f.Opposition)
			p.Put(`<path d="M%s %sV%s" stroke="#FFFFFF" stroke-width="6"/>`, draw.Num(at), draw.Num(y), draw.Num(y+l.bar))
			p.Put(`<path d="M%s %sV%s" stroke="#000000" stroke-width="2.5"/>`, draw.Num(at), draw.Num(y-3), draw.Num(y+l.bar+2))
			// The number stands by its own bar, and clear of the mark.
			if draw.TextWidth(index(bar.value), size)+18 > at-end {
				end = max(end, at)
			}
		}
		p.Text(end+9, y+l.bar/2+size*0.35, index(bar.value), draw.Style{Size: size, Bold: true, Anchor: "start"})
		y += l.bar + l.gap
	}
}

func (p *page) barLegend(name string) {
	swatch := func(fill string) func(x, y float64) {
		return func(x, y float64) {
			p.Put(`<rect x="%s" y="%s" width="28" height="16" fill="%s" stroke="%s"/>`, draw.Num(x-14), draw.Num(y-8), fill, draw.Dark)
		}
	}
	y := p.Signs(barsLeft, barsFoot+24, draw.Lying.Width-2*barsLeft, 4, []draw.Sign{
		{Text: "support", Draw: swatch(support.colour())},
		{Text: "non-mobilised: still to be won", Draw: swatch("url(#" + name + "-non-mobilised)")},
		{Text: "opposition", Draw: swatch("url(#" + name + "-opposition)")},
		{Text: "where opposition reaches", Draw: func(x, y float64) {
			p.Put(`<path d="M%s %sV%s" stroke="#000000" stroke-width="2.5"/>`, draw.Num(x), draw.Num(y-9), draw.Num(y+9))
		}},
	})
	p.Notes(barsLeft, y+6, draw.Lying.Width-2*barsLeft, "Power × |position| × weight, summed over supporters and over opponents; power × 5 × weight over the non-mobilised (reich). The indices have no unit: compare them within this picture only.")
}
