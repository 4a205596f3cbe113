package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// PowerInterestGrid draws who has power and who takes an interest, as an SVG page
// of A4 size, and in four quarters what that asks of the coalition. A round mark
// is a supporter, a diamond one who is non-mobilised, a hatched square an
// opponent; a full mark is a member; a stop sign can block alone.
//
// Interest is 0 … 7 by actor's id. Actors that it does not name, and all of them
// where it is nil, have the strength of their position, |position|, for interest:
// who holds strongly for or against cares. That, and the lines between the
// quarters at half of either scale, are this model's own reading, and the page
// says so. An id that the roster does not have, and an interest that is not a
// number from 0 to 7, are refused with [fault.Fields].
//
// Marks stand as near to their place as other marks allow. Where the names have no
// room beside the marks, they stand in a key below; of more than 120 actors, those
// with least power are counted and not drawn. Actors whose power or interest is
// not known are named below the grid.
func PowerInterestGrid(w io.Writer, l *language.Language, title string, r stakeholders.Roster, interest map[string]float64) error {
	var bad fault.Fields
	for _, id := range slices.Sorted(maps.Keys(interest)) {
		field := fmt.Sprintf("interest[%s]", draw.Plain(id, draw.NameLimit))
		if !r.Has(id) {
			bad.Add(field, fault.Exists, id, anActor)
		}
		bad.Number(field, interest[id], 0, strongest)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return draw.Write(w, newGrid(l, title, r, interest).draw())
}

const (
	strongest = 7.0 // the end of both scales
	halfway   = strongest / 2

	gridLeft, gridRight = 64.0, 812.0
)

type grid struct {
	in     *language.Language
	title  string
	roster stakeholders.Roster
	points []point
	left   int // for want of room
	// nowhere are the actors that have no place.
	nowhere []stakeholders.Actor
}

type point struct {
	actor    stakeholders.Actor
	interest float64
	power    float64
}

func newGrid(l *language.Language, title string, r stakeholders.Roster, interest map[string]float64) grid {
	g := grid{in: l, title: title, roster: r}
	for _, a := range byPower(r) {
		v, known := a.Position.Value()
		v = math.Abs(v)
		if given, ok := interest[a.ID]; ok {
			v, known = given, true
		}
		if !known || !a.Power.Known() {
			g.nowhere = append(g.nowhere, a)
			continue
		}
		g.points = append(g.points, point{a, v, float64(a.Power)})
	}
	g.points, g.left = shown(g.points, shownActors)
	// From the corner of most power and interest: whoever comes first keeps its
	// place.
	slices.SortStableFunc(g.points, func(a, b point) int { return cmp.Compare(b.power+b.interest, a.power+a.interest) })
	return g
}

type quarter struct {
	powerful, keen bool
	// The ids of the text that names it, and of what it asks for.
	name, advice string
}

// quarters are named in our words: what this asks of a coalition (model).
var quarters = []quarter{
	{true, false, "picture.grid.powerful", "picture.grid.powerful.advice"},
	{true, true, "picture.grid.both", "picture.grid.both.advice"},
	{false, false, "picture.grid.neither", "picture.grid.neither.advice"},
	{false, true, "picture.grid.keen", "picture.grid.keen.advice"},
}

var quarterName = draw.Style{Size: 17, Bold: true, Fill: draw.Grey, Anchor: "start"}

// gridLayout is how large marks and names are; without lines there are numbers
// for names. Marks may move so far from their place.
type gridLayout struct {
	radius, size, width float64
	lines               int
	move                float64
}

// gridLayouts are tried in order until all marks have a place.
var gridLayouts = []gridLayout{
	{13, 15, 136, 3, 100}, {11, 13.5, 124, 3, 110}, {10, 12, 112, 3, 130}, {9, 11, 100, 2, 140}, {8, 10, 92, 2, 150},
	{12, 0, 0, 0, 90}, {10, 0, 0, 0, 120}, {8, 0, 0, 0, 160}, {7, 0, 0, 0, 1000}, {5.5, 0, 0, 0, 1000},
}

type area box

func (a area) place(pt point) (x, y float64) {
	return a.left + (a.right-a.left)*pt.interest/strongest, a.bottom - (a.bottom-a.top)*pt.power/strongest
}

func (a area) quarter(powerful, keen bool) box {
	x, y := (a.left+a.right)/2, (a.top+a.bottom)/2
	b := box{a.left, y, x, a.bottom}
	if powerful {
		b.top, b.bottom = a.top, y
	}
	if keen {
		b.left, b.right = x, a.right
	}
	return box{b.left + 5, b.top + 5, b.right - 5, b.bottom - 5}
}

func (g grid) draw() string {
	p := newPage(draw.Sheet{
		In: g.in, Name: "reform-power-interest", On: draw.Upright, Title: g.title, Otherwise: g.in.Say(language.Of("picture.grid")),
		Kind: g.in.Say(language.Of("picture.grid.head", "actors", inhabitants(g.roster))), Description: g.describe(),
	})
	top := p.Head(p.Kind) + 24

	foot := p.gridFoot(g)
	for _, l := range gridLayouts {
		in := area{gridLeft, top, gridRight, 940}
		if l.lines == 0 {
			in.bottom = 755
			if len(g.points) > 60 { // their key is longer
				in.bottom = 690
			}
		}
		in.bottom = min(in.bottom, in.bottom-foot.high+gridFootHigh)
		all := g.arrange(p, l, in)
		if all == nil && len(g.points) > 0 {
			continue
		}
		p.gridLines(in)
		p.place(all, l.lines == 0)
		if g.roster.Len() == 0 {
			p.nobody((in.left+in.right)/2, in.top+(in.bottom-in.top)*0.28)
		}
		foot.draw(p, g, in, l.lines == 0)
		return p.End()
	}
	// With so many marks of the smallest size in one quarter, some have no place.
	half := len(g.points) / 2
	g.left, g.points = g.left+len(g.points)-half, g.points[:half]
	return g.draw()
}

func (g grid) arrange(p *page, l gridLayout, in area) (all []placed) {
	var taken []box
	for _, q := range quarters {
		b := in.quarter(q.powerful, q.keen)
		taken = append(taken, p.quarterHead(q, b).box)
	}
	for _, pt := range g.points {
		var lines []chipLine
		if l.lines > 0 {
			lines = linesOf(actorName(g.in, pt.actor), l.width, l.lines, draw.Style{Size: l.size})
		}
		a := placed{chip: below(l.radius, lines), actor: pt.actor}
		if !in.settle(&a, pt, taken, l.move) {
			return nil
		}
		taken = append(taken, a.box())
		all = append(all, a)
	}
	return all
}

// settle finds the free place that is nearest to where a mark belongs, inside its
// quarter.
func (in area) settle(a *placed, pt point, taken []box, move float64) bool {
	x0, y0 := in.place(pt)
	bounds := in.quarter(pt.power >= halfway, pt.interest >= halfway)
	within := func(v, low, high float64) float64 { return min(max(v, low), high) }
	for d := 0.0; d <= move; d += 4 {
		turns := 24 + int(d/2) // so that no gap is missed far out
		for turn := range turns {
			x, y := draw.Around(x0, y0, d, 90+360*float64(turn)/float64(turns))
			a.x = within(x, bounds.left-a.left, bounds.right-a.right)
			a.y = within(y, bounds.top-a.top, bounds.bottom-a.bottom)
			if a.box().room(taken, 2.5) >= 2 {
				return true
			}
			if d == 0 {
				break
			}
		}
	}
	return false
}

// quarterHead is what stands in the corner of a quarter: its name, and what it asks for.
type quarterHead struct {
	box
	name, advice []string
}

const adviceSize = 12.5

func (p *page) quarterHead(q quarter, in box) quarterHead {
	room := in.right - in.left - 10
	h := quarterHead{name: draw.Wrap(p.Say(q.name), room, quarterName.Wide(), 3), advice: draw.Wrap(p.Say(q.advice), room, adviceSize, 4)}
	wide := 0.0
	for _, line := range h.name {
		wide = max(wide, draw.TextWidth(line, quarterName.Wide()))
	}
	for _, line := range h.advice {
		wide = max(wide, draw.TextWidth(line, adviceSize))
	}
	h.box = box{in.left, in.top, in.left + wide + 10, in.top + 44 + 20*float64(len(h.name)-1) + 16*float64(len(h.advice)-1)}
	return h
}

func (p *page) gridLines(in area) {
	for _, q := range quarters {
		b := in.quarter(q.powerful, q.keen)
		fill := "#FAFAFA"
		if q.powerful && q.keen {
			fill = "#E9EEF2"
		} else if q.powerful || q.keen {
			fill = "#F3F5F7"
		}
		p.Put(`<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`, b.left-5, b.top-5, b.right-b.left+10, b.bottom-b.top+10, fill)
		head := p.quarterHead(q, b)
		y := p.Lines(b.left+5, b.top+18, 20, head.name, quarterName)
		p.Lines(b.left+5, y-2, 16, head.advice, draw.Style{Size: adviceSize, Fill: draw.Grey, Anchor: "start"})
	}
	x, y := in.place(point{interest: halfway, power: halfway})
	p.Put(`<path d="M%s %sV%sM%s %sH%s" stroke="#FFFFFF" stroke-width="5"/>`, x, in.top, in.bottom, in.left, y, in.right)
	p.Put(`<path d="M%s %sV%sH%s" fill="none" stroke="%s" stroke-width="2"/>`, in.left, in.top, in.bottom, in.right, draw.Dark)
	for v := range int(strongest) + 1 {
		x, y := in.place(point{interest: float64(v), power: float64(v)})
		p.Put(`<path d="M%s %sv6" stroke="%s" stroke-width="1.5"/>`, x, in.bottom, draw.Dark)
		p.Text(x, in.bottom+20, fmt.Sprint(v), draw.Style{Size: 12.5})
		if v > 0 {
			p.Put(`<path d="M%s %sh-6" stroke="%s" stroke-width="1.5"/>`, in.left, y, draw.Dark)
			p.Text(in.left-11, y+4.5, fmt.Sprint(v), draw.Style{Size: 12.5, Anchor: "end"})
		}
	}
	p.Text(in.left-24, in.top-12, p.Say("picture.grid.power-axis"), draw.Style{Size: 13.5, Bold: true, Anchor: "start"})
	p.Text(in.right, in.bottom+38, p.Say("picture.grid.interest-axis"), draw.Style{Size: 13.5, Bold: true, Anchor: "end"})
}

// gridFoot is what stands below the grid, but for the key.
type gridFoot struct {
	signs          []draw.Sign
	nowhere, notes []string
	high           float64
}

const gridWidth = draw.PageWidth - 2*draw.Margin

// gridFootHigh is how high a foot may be for which the grid need not give way.
const gridFootHigh = 165.0

func (p *page) gridFoot(g grid) gridFoot {
	f := gridFoot{signs: p.sideSigns(), notes: []string{leftOut(g.in, g.left), p.Say("picture.grid.note")}}
	if len(g.nowhere) > 0 {
		names := draw.Each(g.nowhere, func(a stakeholders.Actor) language.Text { return actorTold(g.in, a, nil) })
		f.nowhere = enumerate(g.in, "picture.grid.nowhere", names, gridWidth, 12.5, 2)
	}
	f.high = max(gridFootHigh, draw.SignsHigh(gridWidth, 3, f.signs)+16*float64(len(f.nowhere))+p.Foot(f.notes...))
	return f
}

func (f gridFoot) draw(p *page, g grid, in area, numbered bool) {
	y := p.Signs(draw.Margin, in.bottom+64, gridWidth, 3, f.signs)
	if len(f.nowhere) > 0 {
		y = p.Lines(draw.Margin, y+4, 16, f.nowhere, draw.Style{Size: 12.5, Anchor: "start"}) - 4
	}
	y = p.Notes(y+6, f.notes...)
	if numbered {
		p.key(y, draw.Each(g.points, func(pt point) string { return actorName(g.in, pt.actor) }))
	}
}

func (g grid) describe() string {
	told := []string{g.in.Say(language.Of("picture.grid.described"))}
	for _, q := range quarters {
		var in []stakeholders.Actor
		for _, pt := range g.points {
			if q.powerful == (pt.power >= halfway) && q.keen == (pt.interest >= halfway) {
				in = append(in, pt.actor)
			}
		}
		told = append(told, inGroup(g.in, language.Of(q.name), in, func(a stakeholders.Actor) []language.Text {
			return []language.Text{sideOf(a).told()}
		}))
	}
	if len(g.nowhere) > 0 {
		names := draw.Each(g.nowhere, func(a stakeholders.Actor) string { return actorName(g.in, a) })
		told = append(told, g.in.Say(language.Of("picture.grid.nowhere", "names", draw.Row(names))))
	}
	return strings.Join(told, " ")
}
