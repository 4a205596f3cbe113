package report

import (
	"io"
	"math"
	"strings"

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
	barsFoot  = 748.0 // at the lowest
	barsWidth = draw.PageHeight - 2*barsLeft
)

func (l barLayout) height() float64 { return 3*l.bar + 2*l.gap + l.pad }

func drawBars(l *language.Language, title string, rows []FeasibilityRow) string {
	p := newPage(draw.Sheet{
		In: l, Name: "reform-feasibility", On: draw.Lying, Title: title, Otherwise: l.Say(language.Of("picture.bars")),
		Kind: l.Say(language.Of("picture.bars.head")), Description: describeBars(l, rows),
	})
	top := p.Head(p.Kind)
	if len(rows) == 0 {
		p.Empty(draw.Lying.Width/2, draw.Lying.Height/2, p.Say("picture.bars.empty"))
	}

	signs, note := p.barSigns(), p.Say("picture.bars.note")
	foot := min(barsFoot, draw.PageWidth-24-draw.SignsHigh(barsWidth, 4, signs)-p.Foot(note))

	layout := draw.Largest(barLayouts, func(l barLayout) bool { return float64(len(rows))*l.height() <= foot-top })
	scale := 0.0
	for _, row := range rows {
		f := row.Feasibility
		scale = max(scale, f.Support, f.NonMobilised, f.Opposition)
	}
	y := top
	for i, row := range rows {
		left := len(rows) - i
		if y+layout.height() > foot || left > 1 && y+layout.height()+20 > foot {
			p.Text(barsLeft, y+20, p.Say("picture.and-more", "n", left), draw.Style{Size: 14, Bold: true, Anchor: "start"})
			break
		}
		p.Put(`<path d="M%s %sH%s" stroke="#BBBBBB"/>`, barsLeft, y, draw.Lying.Width-barsLeft)
		p.bars(layout, y+layout.pad/2, row, scale)
		y += layout.height()
	}
	y = p.Signs(barsLeft, foot+24, barsWidth, 4, signs)
	p.Notes(y+6, note)
	return p.End()
}

func describeBars(l *language.Language, rows []FeasibilityRow) string {
	return l.Say(language.Of("picture.bars.described")) + draw.Sentences(l, rows, func(row FeasibilityRow) string {
		f := row.Feasibility
		told := []string{
			l.Say(language.Of("picture.bars.row", "row", rowLabel(row), "support", draw.Tenths(l, f.Support), "non-mobilised", draw.Tenths(l, f.NonMobilised), "opposition", draw.Tenths(l, f.Opposition))),
			l.Say(verdict(l, f)),
		}
		if f.LeftOut > 0 {
			told = append(told, l.Say(uncounted(f)))
		}
		return strings.Join(told, " ")
	})
}

func rowLabel(row FeasibilityRow) language.Text {
	if label := draw.Plain(row.Label, draw.TitleLimit); label != "" {
		return language.Typed(label)
	}
	return language.Of("picture.bars.no-label")
}

// verdict says whether a reform is feasible, with the lead as a language writes it.
func verdict(l *language.Language, f stakeholders.Feasibility) language.Text {
	switch {
	case f.Feasible():
		return language.Of("picture.bars.feasible", "by", draw.Tenths(l, f.Support-f.Opposition))
	case stakeholders.Outweighs(f.Opposition, f.Support):
		return language.Of("picture.bars.opposed", "by", draw.Tenths(l, f.Opposition-f.Support))
	case f.Support > 0:
		return language.Of("picture.bars.equal")
	default:
		return language.Of("picture.bars.nobody")
	}
}

func uncounted(f stakeholders.Feasibility) language.Text {
	return language.Of("picture.bars.left-out", "n", f.LeftOut)
}

func (p *page) bars(l barLayout, top float64, row FeasibilityRow, scale float64) {
	f := row.Feasibility
	bars := []struct {
		side  side
		fill  string
		value float64
	}{
		{support, support.colour(), f.Support},
		{nonMobilised, p.Dotted("#E4E4E4"), f.NonMobilised},
		{opposition, p.opposing(), f.Opposition},
	}
	size := min(l.bar*0.8, 17)
	// What a bar is called is as wide in every row, so that the texts before it line up.
	name, names := draw.Style{Size: min(size, 13.5), Anchor: "end"}, 0.0
	for _, bar := range bars {
		name = draw.Smaller(p.In.Say(bar.side.told()), 170, name, 6)
	}
	for _, bar := range bars {
		names = max(names, draw.TextWidth(p.In.Say(bar.side.told()), name.Size))
	}
	p.barText(l, top, barsName-barsLeft-names-14, row)

	length := func(v float64) float64 {
		if scale == 0 {
			return 0
		}
		return (barsEnd - barsStart) * (v / scale)
	}
	y := top
	for _, bar := range bars {
		number := draw.Style{Size: size, Bold: true, Anchor: "start"}
		p.Text(barsName, y+l.bar/2+size*0.35, p.In.Say(bar.side.told()), name)
		p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s"/>`, barsStart, y, max(length(bar.value), 0.5), l.bar, bar.fill, draw.Dark)
		end := barsStart + length(bar.value)
		if bar.side == support && f.Opposition > 0 {
			at := barsStart + length(f.Opposition)
			p.Put(`<path d="M%s %sV%s" stroke="#FFFFFF" stroke-width="6"/>`, at, y, y+l.bar)
			p.Put(`<path d="M%s %sV%s" stroke="#000000" stroke-width="2.5"/>`, at, y-3, y+l.bar+2)
			// The number stands by its own bar, and clear of the mark.
			if draw.TextWidth(draw.Tenths(p.In, bar.value), number.Wide())+18 > at-end {
				end = max(end, at)
			}
		}
		number.Size = min(size, (draw.Lying.Width-14-end-9)/draw.TextWidth(draw.Tenths(p.In, bar.value), number.Wide()/size))
		p.Text(end+9, y+l.bar/2+size*0.35, draw.Tenths(p.In, bar.value), number)
		y += l.bar + l.gap
	}
}

// barText writes what a row is called and what it says, as large as it has room beside
// the bars.
func (p *page) barText(l barLayout, top, width float64, row FeasibilityRow) {
	f := row.Feasibility
	ink := draw.Dark
	if !f.Feasible() {
		ink = debtText
	}
	lines := func(scale float64) (lines []chipLine, high float64) {
		add := func(text language.Text, st draw.Style, most int) {
			st.Size, st.Anchor = st.Size*scale, "start"
			for _, t := range draw.Wrap(p.In.Say(text), width, st.Wide(), most) {
				lines = append(lines, chipLine{t, st})
				high += st.Size * 1.2
			}
		}
		add(rowLabel(row), draw.Style{Size: l.size, Bold: true}, l.lines)
		small := min(l.size-1, 15)
		add(verdict(p.In, f), draw.Style{Size: small, Bold: true, Fill: ink}, 9)
		if f.LeftOut > 0 {
			add(uncounted(f), draw.Style{Size: small - 2, Fill: draw.Grey}, 9)
		}
		return lines, high
	}
	scale := draw.Largest([]float64{1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.65, 0.6, 0.55, 0.5}, func(scale float64) bool {
		_, high := lines(scale)
		return high <= l.height()-l.pad/2-2
	})
	y, all := top, []chipLine(nil)
	all, _ = lines(scale)
	for _, line := range all {
		y += line.Size * 1.2
		p.Text(barsLeft, y-line.Size*0.25, line.text, line.Style)
	}
}

func (p *page) opposing() string { return p.Hatched(8, 3.4, draw.Peach, draw.Rust) }

func (p *page) barSigns() []draw.Sign {
	return []draw.Sign{
		{Text: p.Say("picture.support"), Draw: p.Swatch(support.colour())},
		{Text: p.Say("picture.bars.sign.non-mobilised"), Draw: p.Swatch(p.Dotted("#E4E4E4"))},
		{Text: p.Say("picture.opposition"), Draw: p.Swatch(p.opposing())},
		{Text: p.Say("picture.bars.sign.reach"), Draw: func(x, y float64) {
			p.Put(`<path d="M%s %sV%s" stroke="#000000" stroke-width="2.5"/>`, x, y-9, y+9)
		}},
	}
}
