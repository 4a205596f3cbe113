package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file is what the pictures of a coalition share: how an actor is drawn, how
// names find a place that no other has taken, and how the rest is told.

// page is the SVG under construction, with what the pictures of this package put on
// it.
type page struct{ *draw.Page }

func newPage(s draw.Sheet) *page {
	s.NoteLines = 6 // the feet of these pictures take what room they need
	return &page{draw.Begin(s)}
}

// shownActors bounds how many actors a picture draws one by one. Beyond it no name
// could be read on A4; what is left out is counted.
const shownActors = 120

// side is where an actor stands, as far as a mark tells it. Shape, sign and
// texture each tell it alone, so that neither colour nor shade is needed.
type side int

const (
	unplaced side = iota
	support
	nonMobilised
	opposition
)

func sideOf(a stakeholders.Actor) side {
	switch {
	case !a.Position.Known():
		return unplaced
	case a.Position.Supports():
		return support
	case a.Position.Opposes():
		return opposition
	default:
		return nonMobilised
	}
}

func (s side) sign() string   { return [...]string{"?", "+", "0", "−"}[s] }
func (s side) colour() string { return [...]string{draw.Grey, draw.Blue, "#767676", draw.Rust}[s] }
func (s side) told() language.Text {
	return language.Of([...]string{"picture.position-not-known", "picture.support", "picture.non-mobilised", "picture.opposition"}[s])
}

// actorName is what a picture calls an actor. A name may be made of signs that
// can't be shown.
func actorName(l *language.Language, a stakeholders.Actor) string {
	name := draw.First(draw.Plain(a.Name, draw.NameLimit), draw.Plain(a.ID, draw.NameLimit))
	if name == "" {
		return l.Say(language.Of("picture.no-name"))
	}
	return name
}

// byPower puts those first that a picture must not leave out: who can block alone,
// then who has most power; equals stay in the order of engagement.
func byPower(r stakeholders.Roster) []stakeholders.Actor {
	actors := slices.Collect(r.All())
	slices.SortStableFunc(actors, func(a, b stakeholders.Actor) int {
		if a.Veto != b.Veto {
			if a.Veto {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Power, a.Power)
	})
	return actors
}

func shown[T any](actors []T, most int) (drawn []T, left int) {
	most = min(most, len(actors))
	return actors[:most], len(actors) - most
}

// inGroup is the sentence of a description that names who is in a group, with what is to
// be said of each.
func inGroup(l *language.Language, group language.Text, in []stakeholders.Actor, facts func(stakeholders.Actor) []language.Text) string {
	names := language.Of("picture.nobody-here")
	if len(in) > 0 {
		names = draw.Row(draw.Each(in, func(a stakeholders.Actor) language.Text { return actorTold(l, a, facts(a)) }))
	}
	return draw.Capital(l.Say(language.Of("picture.group", "group", group, "names", names)))
}

func actorTold(l *language.Language, a stakeholders.Actor, facts []language.Text) language.Text {
	if len(facts) == 0 {
		return language.Typed(actorName(l, a))
	}
	return language.Of("picture.actor", "name", actorName(l, a), "facts", facts)
}

// powerAndMore is what a description adds to a name.
func powerAndMore(a stakeholders.Actor) []language.Text {
	facts := []language.Text{powerTold(a.Power.Band())}
	if a.Member {
		facts = append(facts, language.Of("picture.member"))
	}
	if a.Veto {
		facts = append(facts, language.Of("picture.veto"))
	}
	return facts
}

func powerTold(b stakeholders.PowerBand) language.Text {
	if b == stakeholders.UnknownPowerBand {
		return language.Of("picture.power-not-known")
	}
	return b.Told()
}

// anActor is what an id of a host's input has to be.
var anActor = language.Of("want.roster-actor")

func members(r stakeholders.Roster) (n int) {
	for range r.Members() {
		n++
	}
	return n
}

func inhabitants(r stakeholders.Roster) language.Text {
	if r.Len() == 0 {
		return language.Of("picture.nobody")
	}
	return language.Of("picture.actors", "n", r.Len(), "members", members(r))
}

func (p *page) nobody(x, y float64) { p.Empty(x, y, p.Say("picture.nobody")) }

// actorMark draws an actor: the shape tells the side, a full one a member. What
// stands inside is a number, or the sign of the side.
func (p *page) actorMark(x, y, r float64, s side, member, veto bool, inside string) {
	fill, ink := draw.White, draw.Dark
	if member {
		fill, ink = s.colour(), draw.White
	}
	number := len(inside) > 1 && inside[0] <= '9'
	if s == opposition {
		fill, ink = p.Hatched(5, 1.4, draw.White, s.colour()), draw.Dark
		if member {
			fill = p.Hatched(5, 1.4, s.colour(), draw.White)
		}
	}
	p.Mark([...]draw.Shape{draw.Circle, draw.Circle, draw.Diamond, draw.Square}[s], x, y, r, fill, s.colour(), s == unplaced)
	if s == opposition && inside != "" { // on the hatching nothing could be read
		plate := 0.62
		if number {
			plate = 0.8
		}
		p.Put(`<circle cx="%v" cy="%v" r="%v" fill="#FFFFFF"/>`, x, y, r*plate)
	}
	if inside != "" {
		size := r * 1.1
		if number {
			size = r * (1.45 - 0.2*float64(len(inside)))
		}
		p.Text(x, y+size*0.35, inside, draw.Style{Size: size, Bold: true, Fill: ink})
	}
	if veto {
		p.veto(x+r*1.05+0.5, y-r*1.05-0.5, max(r*0.45, 4))
	}
}

// veto draws the sign of who can block alone: a stop sign.
func (p *page) veto(x, y, r float64) {
	var b strings.Builder
	for i := range 8 {
		ax, ay := draw.Around(x, y, r, 22.5+45*float64(i))
		fmt.Fprintf(&b, "%c%s %s", "ML"[min(i, 1)], draw.Num(ax), draw.Num(ay))
	}
	p.Put(`<path d="%sZ" fill="#000000" stroke="#FFFFFF" stroke-width="1.2"/>`, b.String())
	p.Put(`<path d="M%s %sH%s" stroke="#FFFFFF" stroke-width="%s"/>`, x-r*0.55, y, x+r*0.55, r*0.36)
}

func (p *page) sideSigns() []draw.Sign {
	mark := func(s side, member bool) func(x, y float64) {
		return func(x, y float64) { p.actorMark(x, y, 9, s, member, false, s.sign()) }
	}
	two := func(member bool) func(x, y float64) {
		return func(x, y float64) {
			p.actorMark(x-8, y, 6.5, support, member, false, "")
			p.actorMark(x+8, y, 6.5, opposition, member, false, "")
		}
	}
	return []draw.Sign{
		{Text: p.Say("picture.sign.support"), Draw: mark(support, true)},
		{Text: p.Say("picture.sign.non-mobilised"), Draw: mark(nonMobilised, false)},
		{Text: p.Say("picture.sign.opposition"), Draw: mark(opposition, false)},
		{Text: p.Say("picture.position-not-known"), Draw: mark(unplaced, false)},
		{Text: p.Say("picture.sign.member"), Draw: two(true)},
		{Text: p.Say("picture.sign.no-member"), Draw: two(false)},
		{Text: p.Say("picture.sign.veto"), Draw: func(x, y float64) { p.veto(x, y, 8) }},
	}
}

func leftOut(l *language.Language, n int) string {
	if n == 0 {
		return ""
	}
	return l.Say(language.Of("picture.left-out", "n", n))
}

// enumerate tells names in a text of its own, and how many are left out, in at most so
// many lines.
func enumerate(l *language.Language, id string, names []language.Text, width, size float64, most int) []string {
	for n := min(len(names), 60); ; n-- {
		text := l.Say(language.Of(id, "names", draw.Semicolons(names, n)))
		if lines := draw.Wrap(text, width, size, most+1); len(lines) <= most || n <= 1 {
			return draw.Wrap(text, width, size, most)
		}
	}
}

// keyLayouts are tried in order until a key fits: the fewer names, the larger.
var keyLayouts = []struct {
	columns, lines int
	size           float64
}{{3, 4, 13}, {3, 4, 12}, {3, 4, 11}, {3, 3, 10}, {4, 2, 10}, {4, 1, 10}, {5, 1, 8.5}, {5, 1, 8}, {5, 1, 7}, {6, 1, 6.5}}

// key writes the names that belong to the numbers in the marks.
func (p *page) key(top float64, names []string) {
	const left, width = draw.Margin, draw.PageWidth - 2*draw.Margin
	height := draw.PageHeight - 14 - top
	for i, k := range keyLayouts {
		column, number := width/float64(k.columns), draw.Style{Size: k.size, Bold: true, Anchor: "end"}
		indent := draw.TextWidth("000", number.Wide()) + 5
		step := k.size * 1.22
		var texts [][]string
		// Columns break between names, so each may stay short of its share by
		// less than a name.
		total, deep := 0.0, 0.0
		fits := func() bool { return deep <= height || i == len(keyLayouts)-1 }
		for _, name := range names {
			lines := draw.Wrap(name, column-indent-10, k.size, k.lines)
			if k.lines == 1 {
				lines = []string{draw.Fit(name, column-indent-10, k.size)}
			}
			texts = append(texts, lines)
			total += float64(len(lines)) * step
			if deep = total/float64(k.columns) + float64(k.lines)*step; !fits() {
				break
			}
		}
		if !fits() {
			continue
		}
		x, y := left, top
		for n, lines := range texts {
			if y+float64(len(lines))*step > top+deep+0.01 {
				x, y = x+column, top
			}
			p.Text(x+indent-5, y+k.size, strconv.Itoa(n+1), number)
			y = p.Lines(x+indent, y+k.size, step, lines, draw.Style{Size: k.size, Anchor: "start"}) - k.size
		}
		return
	}
}

// box is a place on the page that something has taken.
type box struct{ left, top, right, bottom float64 }

// apart is how far two boxes are from each other; below 0 they overlap.
func (b box) apart(o box) float64 {
	return max(o.left-b.right, b.left-o.right, o.top-b.bottom, b.top-o.bottom)
}

// room is how far a box is from all that is taken, at most so much.
func (b box) room(taken []box, most float64) float64 {
	for _, o := range taken {
		if d := b.apart(o); d < most {
			most = d
			if d < 0 {
				return d
			}
		}
	}
	return most
}

func (b box) at(x, y float64) box {
	return box{b.left + x, b.top + y, b.right + x, b.bottom + y}
}

// chip is a mark with the text under it, as a box around the middle of the mark.
type chip struct {
	box
	radius float64
	lines  []chipLine
}

type chipLine struct {
	text string
	draw.Style
}

type placed struct {
	chip
	actor stakeholders.Actor
	x, y  float64
}

func (p placed) box() box { return p.at(p.x, p.y) }

// place draws actors with their names under their marks, or with their numbers in
// them where names have no room.
func (p *page) place(all []placed, numbered bool) {
	for i, a := range all {
		inside := sideOf(a.actor).sign()
		if numbered {
			inside = strconv.Itoa(i + 1)
		}
		p.actorMark(a.x, a.y, a.radius, sideOf(a.actor), a.actor.Member, a.actor.Veto, inside)
		y := a.y + a.radius*1.35
		for _, l := range a.lines {
			y += l.Size * 1.2
			p.Text(a.x, y-l.Size*0.28, l.text, l.Style)
		}
	}
}

func linesOf(text string, width float64, most int, st draw.Style) (lines []chipLine) {
	for _, t := range draw.Wrap(text, width, st.Wide(), most) {
		lines = append(lines, chipLine{t, st})
	}
	return lines
}

func below(radius float64, lines []chipLine) chip {
	c := chip{box{-radius * 1.3, -radius*1.5 - 0.5, radius*1.5 + 1, radius * 1.35}, radius, lines}
	for _, l := range lines {
		half := draw.TextWidth(l.text, l.Wide())/2 + 1
		c.left, c.right = min(c.left, -half), max(c.right, half)
		c.bottom += l.Size * 1.2
	}
	return c
}

// steady rounds a measure by which places are chosen, for the last bits of a
// float differ from machine to machine.
func steady(v float64) int { return int(math.Round(v * 4)) }
