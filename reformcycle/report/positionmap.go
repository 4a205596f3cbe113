package report

import (
	"io"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// PositionMap draws who stands where, as an SVG page of A4 size, lying: a column
// for each of the seven bands of position, from high support to high opposition
// (reich).
//
// A box is an actor. Its shade tells the power, and so do the dots in it; a frame
// around it marks a member of the coalition, a stop sign who can block alone.
// Within a column those who can block come first, then those with most power.
// Actors whose position is not known are named below the columns. With more actors
// the boxes shrink; what a column has no room for is counted at its foot.
//
// The page asks for a sans-serif font and no other resource; titles and names that
// are too long for their place are cut.
func PositionMap(w io.Writer, l *language.Language, title string, r stakeholders.Roster) error {
	return draw.Write(w, drawPositionMap(l, title, r))
}

const (
	mapLeft   = 24.0
	mapColumn = mapWidth / 7
	mapWidth  = draw.PageHeight - 2*mapLeft
	mapFoot   = draw.PageWidth - 72.0 // of the columns and what is told below them, at the lowest
)

// powerShade is how a band of power is printed: a ramp from dark to light, which
// stays one in greyscale.
type powerShade struct{ fill, ink string }

var powerShades = map[stakeholders.PowerBand]powerShade{
	stakeholders.HighPowerBand:    {"#134A72", "#FFFFFF"},
	stakeholders.MediumPowerBand:  {"#97C4E3", draw.Dark},
	stakeholders.LowPowerBand:     {"#EFF6FB", draw.Dark},
	stakeholders.UnknownPowerBand: {"#FFFFFF", draw.Dark},
}

type mapLayout struct {
	size  float64
	lines int
	gap   float64 // between boxes, with room for the frames of both
	// row says that the dots have a row of their own, with the power in words.
	row bool
}

// mapLayouts are tried in order until all columns have room.
var mapLayouts = []mapLayout{
	{16.5, 4, 16, true}, {15, 3, 13, true}, {13.5, 3, 10, true}, {12, 3, 8.5, true},
	{11.5, 2, 8.5, true}, {11, 2, 8.5, false}, {10, 2, 8, false}, {9.5, 1, 7.5, false},
}

func drawPositionMap(l *language.Language, title string, r stakeholders.Roster) string {
	columns := make(map[stakeholders.Band][]stakeholders.Actor)
	for _, a := range byPower(r) {
		columns[a.Position.Band()] = append(columns[a.Position.Band()], a)
	}
	p := newPage(draw.Sheet{
		In: l, Name: "reform-positions", On: draw.Lying, Title: title, Otherwise: l.Say(language.Of("picture.positions")),
		Kind: l.Say(language.Of("picture.positions.head", "actors", inhabitants(r))), Description: describeColumns(l, columns),
	})
	top := p.Head(p.Kind)

	signs, note := p.mapSigns(), p.Say("picture.positions.note")
	legend := min(mapFoot, draw.PageWidth-26-draw.SignsHigh(mapWidth, len(signs), signs)-p.Foot(note))
	foot := legend
	if unknown := columns[stakeholders.UnknownBand]; len(unknown) > 0 {
		names := draw.Each(unknown, func(a stakeholders.Actor) language.Text { return actorTold(l, a, powerAndMore(a)) })
		lines := enumerate(l, "picture.positions.not-known", names, mapWidth, 13, 3)
		foot -= float64(len(lines))*17 + 10
		p.Lines(draw.Margin, foot+20, 17, lines, draw.Style{Size: 13, Anchor: "start"})
	}
	heads, head := p.heads(columns)
	layout := draw.Largest(mapLayouts, func(layout mapLayout) bool {
		return !slices.ContainsFunc(stakeholders.Bands(), func(b stakeholders.Band) bool { return layout.deep(l, columns[b], foot) > foot-top-head-12 })
	})
	for i, band := range stakeholders.Bands() {
		p.column(layout, mapLeft+mapColumn*float64(i), top, head, foot, i, heads[i], columns[band])
	}
	if r.Len() == 0 {
		p.nobody(draw.Lying.Width/2, (top+foot)/2)
	}
	y := p.Signs(mapLeft, legend+24, mapWidth, len(signs), signs)
	p.Notes(y+7, note)
	return p.End()
}

func describeColumns(l *language.Language, columns map[stakeholders.Band][]stakeholders.Actor) string {
	told := []string{l.Say(language.Of("picture.positions.described"))}
	for _, band := range append(stakeholders.Bands(), stakeholders.UnknownBand) {
		name := band.Told()
		if band == stakeholders.UnknownBand {
			name = unplaced.told()
		}
		told = append(told, inGroup(l, name, columns[band], powerAndMore))
	}
	return strings.Join(told, " ")
}

type mapBox struct {
	names         []string
	width, height float64
}

func (l mapLayout) box(in *language.Language, a stakeholders.Actor) mapBox {
	b := mapBox{width: mapColumn - 16}
	room := b.width - 14
	if !l.row {
		room -= 32
		if a.Veto {
			room -= 14
		}
	}
	b.names = draw.Wrap(actorName(in, a), room, l.size, l.lines)
	if l.lines == 1 {
		b.names = []string{draw.Fit(actorName(in, a), room, l.size)}
	}
	b.height = float64(len(b.names))*l.size*1.2 + 7
	if l.row {
		b.height += l.small() * 1.5
	}
	return b
}

func (l mapLayout) small() float64 { return min(l.size*0.9, 11.5) }

// columnHeads are the ends of the scale in colour and the middle in grey.
var columnHeads = []struct{ sign, fill, ink string }{
	{"+++", "#0072B2", "#FFFFFF"}, {"++", "#7DB8DA", draw.Dark}, {"+", "#D3E7F3", draw.Dark}, {"0", "#E6E6E6", draw.Dark},
	{"−", "#FBE0CC", draw.Dark}, {"−−", "#F0A875", draw.Dark}, {"−−−", "#C24A00", "#FFFFFF"},
}

// columnHead is what stands above a column: its band, and how many are in it.
type columnHead struct{ band, count headLines }

type headLines struct {
	lines []string
	draw.Style
}

// headOf keeps what is a little too long on one line.
func headOf(text string, st draw.Style) headLines {
	if one := draw.Smaller(text, mapColumn-10, st, st.Size-1.5); draw.TextWidth(text, one.Wide()) <= mapColumn-10 {
		return headLines{[]string{text}, one}
	}
	lines, st := draw.Within(text, mapColumn-10, 4*st.Size*draw.Leading, st, 8)
	return headLines{lines, st}
}

var bandName = draw.Style{Size: 13.5, Bold: true}

const bandLine = 16.0

// heads gives what stands above the columns, and how high the highest is.
func (p *page) heads(columns map[stakeholders.Band][]stakeholders.Actor) (heads []columnHead, high float64) {
	for i, band := range stakeholders.Bands() {
		h := columnHead{
			band:  headOf(p.In.Say(band.Told()), bandName),
			count: headOf(columnHeads[i].sign+" · "+p.Say("picture.actors-here", "n", len(columns[band])), draw.Style{Size: 12.5}),
		}
		heads = append(heads, h)
		high = max(high, 14+bandLine*float64(len(h.band.lines)+len(h.count.lines)))
	}
	return heads, high
}

func (p *page) column(l mapLayout, left, top, high, foot float64, i int, told columnHead, actors []stakeholders.Actor) {
	head := columnHeads[i]
	p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="#F7F7F7"/>`, left+3, top, mapColumn-6, foot-top)
	p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`, left+3, top, mapColumn-6, high, head.fill)
	middle := left + mapColumn/2
	told.band.Fill, told.count.Fill = head.ink, head.ink
	p.Lines(middle, top+19, bandLine, told.band.lines, told.band.Style)
	p.Lines(middle, top+high-9-bandLine*float64(len(told.count.lines)-1), bandLine, told.count.lines, told.count.Style)
	y := top + high + 12
	for n, a := range actors {
		b := l.box(p.In, a)
		// The last line of a full column is for the count of those left out.
		rest := len(actors) - n
		if y+b.height+l.gap > foot && (rest > 1 || y+b.height > foot) || rest > 1 && y+b.height+l.gap+16 > foot && l.deep(p.In, actors[n:], foot) > foot-y {
			p.Text(middle, y+11, p.Say("picture.and-more", "n", rest), draw.Style{Size: 12, Bold: true})
			return
		}
		p.mapActor(l, b, left+8, y, a)
		y += b.height + l.gap
	}
}

// deep is the height of boxes under each other, as far as it matters.
func (l mapLayout) deep(in *language.Language, actors []stakeholders.Actor, most float64) (sum float64) {
	for _, a := range actors {
		if sum += l.box(in, a).height + l.gap; sum > most {
			break
		}
	}
	return sum
}

func (p *page) mapActor(l mapLayout, b mapBox, x, y float64, a stakeholders.Actor) {
	band := a.Power.Band()
	shade := powerShades[band]
	p.powerBox(x, y, b.width, b.height, band, a.Member)
	p.Lines(x+7, y+2+l.size, 1.2*l.size, b.names, draw.Style{Size: l.size, Fill: shade.ink, Anchor: "start"})
	if l.row {
		small := l.small()
		at := y + b.height - 3 - small*0.65
		end := x + b.width - 5
		if a.Veto {
			p.veto(x+b.width-11, at, small*0.62)
			end -= 15
		}
		// The dots tell the power as well: where the words have no room they do so alone.
		words, from := p.In.Say(powerTold(band)), x+10+small*2.8
		known := band != stakeholders.UnknownPowerBand
		if !known {
			from = x + 7
		}
		fits := draw.TextWidth(words, small) <= end-from
		if known || !fits {
			p.dots(x+8+small*0.3, at, small*0.32, band, shade.ink)
		}
		if fits {
			p.Text(from, at+small*0.36, words, draw.Style{Size: small, Fill: shade.ink, Anchor: "start"})
		}
		return
	}
	at := y + 3.5 + l.size*0.6
	p.dots(x+b.width-28, at, 3.4, band, shade.ink)
	if a.Veto {
		p.veto(x+b.width-41, at, 6)
	}
}

func (p *page) powerBox(x, y, width, height float64, band stakeholders.PowerBand, member bool) {
	dash := ""
	if band == stakeholders.UnknownPowerBand {
		dash = ` stroke-dasharray="4 3"`
	}
	p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s"%s/>`, x, y, width, height, powerShades[band].fill, draw.Grey, dash)
	if member {
		p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="none" stroke="#000000" stroke-width="1.8"/>`, x-2.7, y-2.7, width+5.4, height+5.4)
	}
}

// dots tells a power by three dots, full or empty, or a question mark.
func (p *page) dots(x, y, r float64, band stakeholders.PowerBand, ink string) {
	full := map[stakeholders.PowerBand]int{stakeholders.HighPowerBand: 3, stakeholders.MediumPowerBand: 2, stakeholders.LowPowerBand: 1}[band]
	if full == 0 {
		p.Text(x+r*2.6, y+r*1.2, "?", draw.Style{Size: r * 3.4, Bold: true, Fill: ink})
		return
	}
	for i := range 3 {
		fill := "none"
		if i < full {
			fill = ink
		}
		p.Put(`<circle cx="%s" cy="%s" r="%s" fill="%s" stroke="%s"/>`, x+float64(i)*r*2.7, y, r-0.5, fill, ink)
	}
}

func (p *page) mapSigns() (signs []draw.Sign) {
	for _, band := range append(stakeholders.PowerBands(), stakeholders.UnknownPowerBand) {
		signs = append(signs, draw.Sign{Text: p.In.Say(powerTold(band)), Draw: func(x, y float64) {
			p.powerBox(x-14, y-8, 28, 16, band, false)
			p.dots(x-8, y, 2.8, band, powerShades[band].ink)
		}})
	}
	return append(signs,
		draw.Sign{Text: p.Say("picture.positions.member"), Draw: func(x, y float64) { p.powerBox(x-12, y-6, 23, 12, stakeholders.LowPowerBand, true) }},
		draw.Sign{Text: p.Say("picture.veto"), Draw: func(x, y float64) { p.veto(x+2, y, 8.5) }})
}
