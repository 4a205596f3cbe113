package report

import (
	"fmt"
	"io"
	"math"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
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
// refused with [fault.Fields]. A label that is too long for its place is cut.
func FeasibilityBars(w io.Writer, l *language.Language, title string, rows []FeasibilityRow) error {
	var bad fault.Fields
	for i, row := range rows {
		f, path := row.Feasibility, fault.At("rows", i)+".feasibility."
		bad.Number(path+"support", f.Support, 0, math.Inf(1))
		bad.Number(path+"non_mobilised", f.NonMobilised, 0, math.Inf(1))
		bad.Number(path+"opposition", f.Opposition, 0, math.Inf(1))
		bad.Number(path+"left_out", float64(f.LeftOut), 0, math.Inf(1))
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return draw.Write(w, drawBars(l, title, rows))
}

type barLayout struct {
	bar, gap, pad float64
	size          float64
	lines         int // that the label may take
}

// barLayouts are tried in order until all rows have room.
var barLayouts = []barLayout{{42, 8, 48, 20, 3}, {34, 6, 40, 19, 3}, {25, 5, 34, 18, 3}, {19, 4, 24, 15, 2}, {13, 3, 16, 13, 1}, {9.5, 2, 10, 11, 1}}

const (
	barsLeft  = draw.Margin
	barsName  = 480.0 // right edge of the names of the bars
	barsStart = 490.0
	barsEnd   = 1030.0
	barsFoot  = 748.0
)

func (l barLayout) height() float64 { return 3*l.bar + 2*l.gap + l.pad }

func drawBars(l *language.Language, title string, rows []FeasibilityRow) string {
	p := newPage(draw.Sheet{
		In: l, Name: "reform-feasibility", On: draw.Lying, Title: title, Otherwise: "Feasibility",
		Kind: "feasibility. " + draw.Counted(len(rows), "row", "rows"), Description: describeBars(rows),
	})
	top := p.Head("Feasibility: is the weight of support greater than the weight of opposition?")
	if len(rows) == 0 {
		p.Empty(draw.Lying.Width/2, draw.Lying.Height/2, "There is nothing to compare yet.")
	}

	layout := draw.Largest(barLayouts, func(l barLayout) bool { return float64(len(rows))*l.height() <= barsFoot-top })
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
		p.Put(`<path d="M%s %sH%s" stroke="#BBBBBB"/>`, barsLeft, y, draw.Lying.Width-barsLeft)
		p.bars(layout, y+layout.pad/2, row, scale)
		y += layout.height()
	}
	p.barLegend()
	return p.End()
}

func describeBars(rows []FeasibilityRow) string {
	return "Three bars a row: support, non-mobilised, opposition." + draw.Sentences(nil, rows, func(row FeasibilityRow) string {
		f := row.Feasibility
		text := fmt.Sprintf("%s: support %s, non-mobilised %s, opposition %s. %s.", rowLabel(row), draw.Tenths(nil, f.Support), draw.Tenths(nil, f.NonMobilised), draw.Tenths(nil, f.Opposition), verdict(f))
		if f.LeftOut > 0 {
			text += " " + uncounted(f) + "."
		}
		return text
	})
}

func rowLabel(row FeasibilityRow) string {
	return draw.First(draw.Plain(row.Label, draw.TitleLimit), "no label")
}

func verdict(f stakeholders.Feasibility) string {
	switch {
	case f.Feasible():
		return "Feasible: support leads by " + draw.Tenths(nil, f.Support-f.Opposition)
	case stakeholders.Outweighs(f.Opposition, f.Support):
		return "Not feasible: opposition leads by " + draw.Tenths(nil, f.Opposition-f.Support)
	case f.Support > 0:
		return "Not feasible: support only equals opposition"
	default:
		return "Not feasible: nobody is known to take sides"
	}
}

func uncounted(f stakeholders.Feasibility) string {
	return draw.Counted(f.LeftOut, "actor", "actors") + " not counted: position or power not known"
}

func (p *page) bars(l barLayout, top float64, row FeasibilityRow, scale float64) {
	f := row.Feasibility
	y := top
	line := func(text string, st draw.Style, most int) {
		st.Anchor = "start"
		for _, t := range draw.Wrap(text, barsName-barsLeft-draw.TextWidth("non-mobilised", 13.5)-14, st.Wide(), most) {
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
		{"non-mobilised", p.Dotted("#E4E4E4"), f.NonMobilised},
		{"opposition", p.opposing(), f.Opposition},
	} {
		size := min(l.bar*0.8, 17)
		number := draw.Style{Size: size, Bold: true, Anchor: "start"}
		p.Text(barsName, y+l.bar/2+size*0.35, bar.what, draw.Style{Size: min(size, 13.5), Anchor: "end"})
		p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s"/>`, barsStart, y, max(length(bar.value), 0.5), l.bar, bar.fill, draw.Dark)
		end := barsStart + length(bar.value)
		if bar.what == "support" && f.Opposition > 0 {
			at := barsStart + length(f.Opposition)
			p.Put(`<path d="M%s %sV%s" stroke="#FFFFFF" stroke-width="6"/>`, at, y, y+l.bar)
			p.Put(`<path d="M%s %sV%s" stroke="#000000" stroke-width="2.5"/>`, at, y-3, y+l.bar+2)
			// The number stands by its own bar, and clear of the mark.
			if draw.TextWidth(draw.Tenths(nil, bar.value), number.Wide())+18 > at-end {
				end = max(end, at)
			}
		}
		number.Size = min(size, (draw.Lying.Width-14-end-9)/draw.TextWidth(draw.Tenths(nil, bar.value), number.Wide()/size))
		p.Text(end+9, y+l.bar/2+size*0.35, draw.Tenths(nil, bar.value), number)
		y += l.bar + l.gap
	}
}

func (p *page) opposing() string { return p.Hatched(8, 3.4, draw.Peach, draw.Rust) }

func (p *page) barLegend() {
	y := p.Signs(barsLeft, barsFoot+24, draw.Lying.Width-2*barsLeft, 4, []draw.Sign{
		{Text: "support", Draw: p.Swatch(support.colour())},
		{Text: "non-mobilised: still to be won", Draw: p.Swatch(p.Dotted("#E4E4E4"))},
		{Text: "opposition", Draw: p.Swatch(p.opposing())},
		{Text: "where opposition reaches", Draw: func(x, y float64) {
			p.Put(`<path d="M%s %sV%s" stroke="#000000" stroke-width="2.5"/>`, x, y-9, y+9)
		}},
	})
	p.Notes(y+6, "Power × |position| × weight, summed over supporters and over opponents; power × 5 × weight over the non-mobilised (reich). The indices have no unit: compare them within this picture only.")
}
