package report

import (
	"io"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// CoalitionMap draws who belongs to the coalition, who does not, and how near to
// power each is, as an SVG page of A4 size. Most power is in the middle; each
// sector is a group of constituencies (afzal2021). A full mark is a member, an
// outlined one is not; a round mark supports, a diamond is non-mobilised, a
// hatched square opposes; a stop sign can block alone. Members have their roles
// under their names.
//
// Sectors and rings are as wide as those in them need. Where the names have no
// room in the map, they stand in a key below; of more than 120 actors, those with
// least power are counted and not drawn.
func CoalitionMap(w io.Writer, l *language.Language, title string, r stakeholders.Roster) error {
	return draw.Write(w, newCoalition(l, title, r).draw())
}

type coalition struct {
	in      *language.Language
	title   string
	roster  stakeholders.Roster
	actors  []stakeholders.Actor
	left    int
	groups  []stakeholders.Group
	sectors map[stakeholders.Group]sector
}

// sector is the part of the turn that a group has.
type sector struct{ from, to float64 }

// powerRings are the rings, from the middle outward.
var powerRings = append(stakeholders.PowerBands(), stakeholders.UnknownPowerBand)

func newCoalition(l *language.Language, title string, r stakeholders.Roster) coalition {
	c := coalition{in: l, title: title, roster: r, sectors: map[stakeholders.Group]sector{}}
	c.actors, c.left = shown(byPower(r), shownActors)
	count := map[stakeholders.Group]int{}
	for _, a := range c.actors {
		count[a.Constituency.Group()]++
	}
	c.groups = slices.DeleteFunc(stakeholders.Groups(), func(g stakeholders.Group) bool { return count[g] == 0 })
	// A share of the turn goes to each group alike, for its name must have room.
	from, alike := 0.0, 46.0
	for _, g := range c.groups {
		sweep := alike + (360-alike*float64(len(c.groups)))*float64(count[g])/float64(len(c.actors))
		c.sectors[g] = sector{from, from + sweep}
		from += sweep
	}
	// The most powerful first, then the crowded places.
	slices.SortStableFunc(c.actors, func(a, b stakeholders.Actor) int { return powerRing(a) - powerRing(b) })
	return c
}

func powerRing(a stakeholders.Actor) int { return slices.Index(powerRings, a.Power.Band()) }

type target struct {
	cx, cy float64
	radii  []float64 // of the rings' outer edges
}

type cell struct {
	target
	inner, outer float64
	sector
	spots []spot // that are free, from its middle outward
	seen  int    // how much of what is taken they know of
}

type cellKey struct {
	ring  int
	group stakeholders.Group
}

func keyOf(a stakeholders.Actor) cellKey { return cellKey{powerRing(a), a.Constituency.Group()} }

func (c *cell) area() float64 {
	return math.Pi * (c.outer*c.outer - c.inner*c.inner) * (c.to - c.from) / 360
}

// holds says whether a box lies inside the cell, a little off its lines.
func (c *cell) holds(b box) bool {
	const off = 3
	// The corner farthest from the middle, and the point nearest to it.
	dx := max(math.Abs(b.left-c.cx), math.Abs(b.right-c.cx))
	dy := max(math.Abs(b.top-c.cy), math.Abs(b.bottom-c.cy))
	if math.Hypot(dx, dy) > c.outer-off {
		return false
	}
	nx := max(b.left-c.cx, c.cx-b.right, 0)
	ny := max(b.top-c.cy, c.cy-b.bottom, 0)
	if c.inner > 0 && math.Hypot(nx, ny) < c.inner+off {
		return false
	}
	if c.to-c.from >= 359.9 {
		return true
	}
	if nx == 0 && ny == 0 { // around the middle it would lie in every sector
		return false
	}
	for _, corner := range [][2]float64{{b.left, b.top}, {b.right, b.top}, {b.left, b.bottom}, {b.right, b.bottom}} {
		x, y := corner[0]-c.cx, corner[1]-c.cy
		angle := math.Mod(math.Atan2(x, -y)*180/math.Pi+360, 360)
		far := math.Hypot(x, y)
		room := math.Asin(min(off/far, 1)) * 180 / math.Pi
		if angle < c.from+room || angle > c.to-room {
			return false
		}
	}
	// All corners may lie in a sector of more than half a turn while an edge
	// crosses what is left out: the lines must miss the box.
	return c.to-c.from <= 180 || !c.crossed(b, c.from) && !c.crossed(b, c.to)
}

func (c *cell) crossed(b box, angle float64) bool {
	for d := 0.0; d <= c.outer; d += 4 {
		x, y := draw.Around(c.cx, c.cy, d, angle)
		if x > b.left && x < b.right && y > b.top && y < b.bottom {
			return true
		}
	}
	return false
}

// coalitionLayout is how large marks and names are; without lines there are
// numbers for names.
type coalitionLayout struct {
	radius, size, width float64
	lines               int
}

var coalitionLayouts = []coalitionLayout{
	{12, 13.5, 122, 3}, {11, 12.5, 110, 3}, {10, 11.5, 100, 3}, {9, 10.5, 92, 3}, {8, 9.5, 84, 2},
	{13, 0, 0, 0}, {11, 0, 0, 0}, {9, 0, 0, 0}, {7.5, 0, 0, 0}, {6, 0, 0, 0}, {5, 0, 0, 0},
}

const namedActors = 40

// evenness is how far the rings are as wide as each other rather than as wide as
// their number of actors asks for.
var evenness = []float64{0.8, 0.4, 0}

// core is how wide the middle is beside an even ring: its wedges hold less.
const core = 1.9

func (c coalition) draw() string {
	p := newPage(draw.Sheet{
		In: c.in, Name: "reform-coalition", On: draw.Upright, Title: c.title, Otherwise: c.in.Say(language.Of("picture.coalition")),
		Kind: c.in.Say(language.Of("picture.coalition.head", "actors", inhabitants(c.roster))), Description: c.describe(),
	})
	top := p.Head(p.Kind)
	for _, l := range coalitionLayouts {
		if l.lines > 0 && len(c.actors) > namedActors {
			continue
		}
		for _, even := range evenness {
			if p.coalitionIn(c, l, even, top) {
				return p.End()
			}
		}
	}
	// With so many marks of the smallest size in one cell, some have no place.
	c.left += len(c.actors) - len(c.actors)/2
	c.actors = c.actors[:len(c.actors)/2]
	return c.draw()
}

// coalitionIn draws with one layout, or leaves the page as it is.
func (p *page) coalitionIn(c coalition, l coalitionLayout, even, top float64) bool {
	radius := 388.0
	if l.lines == 0 {
		radius = 335
		if len(c.actors) > 60 { // their key is longer
			radius = 295
		}
	}
	const width = draw.PageWidth - 2*draw.Margin
	signs, notes := p.sideSigns(), []string{leftOut(c.in, c.left), p.Say("picture.coalition.note")}
	// A longer foot takes its height from the map.
	radius -= max(0, draw.SignsHigh(width, 3, signs)+p.Foot(notes...)-coalitionFoot) / 2
	t := c.rings(draw.PageWidth/2, top+radius+4, radius, even)
	titles, taken := c.titles(t)
	all := c.arrange(l, t, taken)
	if all == nil && len(c.actors) > 0 {
		return false
	}
	p.target(c, t)
	for _, title := range titles {
		p.plate(title)
	}
	for _, a := range all {
		if b := a.box(); len(a.lines) > 0 { // the lines of the map are lighter behind a name
			b.top = a.y + a.radius*1.35
			p.Put(`<rect x="%v" y="%v" width="%v" height="%v" rx="3" fill="#FFFFFF" fill-opacity="0.75"/>`, b.left, b.top, b.right-b.left, b.bottom-b.top)
		}
	}
	p.place(all, l.lines == 0)
	if c.roster.Len() == 0 {
		p.nobody(t.cx, t.cy+radius*0.5)
	}
	y := p.Signs(draw.Margin, t.cy+radius+30, width, 3, signs)
	y = p.Notes(y+4, notes...)
	if l.lines == 0 {
		p.key(y, draw.Each(c.actors, c.inKey))
	}
	return true
}

// inKey is what the key says of an actor.
func (c coalition) inKey(a stakeholders.Actor) string {
	name := actorName(c.in, a)
	if roles := roles(a); len(roles) > 0 {
		return c.in.Say(language.Of("picture.actor-as", "name", name, "roles", roles))
	}
	return name
}

// coalitionFoot is how high signs and notes may be for which the map need not give way.
const coalitionFoot = 125.0

// roles names what a member does; who is no member fills no role.
func roles(a stakeholders.Actor) []language.Text {
	if !a.Member {
		return nil
	}
	return draw.Each(a.Roles, stakeholders.Role.Told)
}

// rings shares the map out among the bands of power.
func (c coalition) rings(cx, cy, radius, even float64) target {
	count := make([]float64, len(powerRings))
	for _, a := range c.actors {
		count[powerRing(a)]++
	}
	if count[len(count)-1] == 0 { // the ring of those whose power is not known
		count = count[:len(count)-1]
	}
	// A ring as large as its number of actors, at either extreme, or as wide as
	// the others; one that has nobody is narrow.
	area, width := 0.0, 0.0
	share := func(i int) (a, w float64) {
		a, w = count[i], 1
		if a == 0 {
			a, w = 0.02*float64(len(c.actors)), 0.35
		}
		if i == 0 {
			w *= core
		}
		return a, w
	}
	for i := range count {
		a, w := share(i)
		area, width = area+a, width+w
	}
	t := target{cx: cx, cy: cy}
	sumArea, sumWidth := 0.0, 0.0
	for i := range count {
		a, w := share(i)
		sumArea, sumWidth = sumArea+a, sumWidth+w
		r := sumWidth / width
		if area > 0 {
			r = even*r + (1-even)*math.Sqrt(sumArea/area)
		}
		t.radii = append(t.radii, radius*r)
	}
	// No ring is so thin that its name and one mark have no room.
	thin := radius * 0.12
	for i := len(t.radii) - 2; i >= 0; i-- {
		t.radii[i] = min(t.radii[i], t.radii[i+1]-thin)
	}
	for i := range t.radii {
		t.radii[i] = max(t.radii[i], thin*float64(i+1))
	}
	return t
}

// plateText is a name on the map: of a sector or a ring.
type plateText struct {
	box
	lines []string
	draw.Style
}

func (c coalition) titles(t target) (titles []plateText, taken []box) {
	add := func(b box, lines []string, st draw.Style) {
		titles = append(titles, plateText{b, lines, st})
		taken = append(taken, b)
	}
	for i, r := range t.radii {
		// On the line between the last sector and the first, at the outer edge of the ring.
		label := c.in.Say(powerTold(powerRings[i]))
		st := draw.Smaller(label, 130, draw.Style{Size: 12, Fill: draw.Grey}, 8)
		half := draw.TextWidth(label, st.Size)/2 + 4
		add(box{-half, 0, half, 17}.at(t.cx, t.cy-r+3), []string{label}, st)
	}
	outer := t.radii[len(t.radii)-1]
	for _, g := range c.groups {
		s := c.sectors[g]
		lines, st := draw.Within(draw.Capital(c.in.Say(g.Told())), 146, 36, draw.Style{Size: 15, Bold: true}, 8)
		half := 0.0
		for _, l := range lines {
			half = max(half, draw.TextWidth(l, st.Wide())/2+3)
		}
		b := box{-half, -2, half, float64(len(lines))*18 + 2}
		where := cell{target: t, outer: outer - 2, sector: s}
		// As far out as it goes, and near the middle of the sector.
		best, least, found := box{}, 0, false
		for d := outer; d > outer*0.3; d -= 5 {
			for off := -(s.to - s.from) / 2; off <= (s.to-s.from)/2; off += 2 {
				cost := steady(outer - d + 3*math.Abs(off))
				if found && cost >= least {
					continue
				}
				x, y := draw.Around(t.cx, t.cy, d, (s.from+s.to)/2+off)
				if b := b.at(x, y-(b.top+b.bottom)/2); b.room(taken, 1) >= 0 && where.holds(b) {
					best, least, found = b, cost, true
				}
			}
		}
		if found {
			add(best, lines, st)
		}
	}
	return titles, taken
}

// rolesOf are the lines with the roles of an actor, and whether they are all there.
func rolesOf(in *language.Language, a stakeholders.Actor, l coalitionLayout) (lines []chipLine, whole bool) {
	told := roles(a)
	if len(told) == 0 {
		return nil, true
	}
	const most = 4
	st := draw.Style{Size: l.size - 1, Fill: draw.Grey}
	text := in.Say(draw.Row(told))
	for len(draw.Wrap(text, l.width, st.Size, most+1)) > most {
		if st.Size--; st.Size < 7 {
			return nil, false
		}
	}
	return linesOf(text, l.width, most, st), true
}

func (c coalition) arrange(l coalitionLayout, t target, taken []box) (all []placed) {
	taken = slices.Clone(taken)
	mark := below(l.radius, nil).box
	cells := make(map[cellKey]*cell)
	free := make(map[cellKey]float64)
	for _, a := range c.actors {
		var lines []chipLine
		if l.lines > 0 {
			told, whole := rolesOf(c.in, a, l)
			if !whole {
				return nil
			}
			lines = append(linesOf(actorName(c.in, a), l.width, l.lines, draw.Style{Size: l.size}), told...)
		}
		all = append(all, placed{chip: below(l.radius, lines), actor: a})
		key := keyOf(a)
		if cells[key] == nil {
			where := &cell{target: t, outer: t.radii[key.ring], sector: c.sectors[key.group]}
			if key.ring > 0 {
				where.inner = t.radii[key.ring-1]
			}
			cells[key], free[key] = where, where.area()
		}
		// Most layouts that can't succeed are given up here, before the search.
		if free[key] -= (mark.right - mark.left + 2) * (mark.bottom - mark.top + 2); free[key] < 0 {
			return nil
		}
	}
	for i := range all {
		where := cells[keyOf(all[i].actor)]
		if where.spots == nil {
			where.survey(mark)
		}
		if !where.settle(&all[i], mark, taken) {
			return nil
		}
		taken = append(taken, all[i].box())
	}
	return all
}

type spot struct {
	x, y float64
	far  int     // from the middle of the cell
	room float64 // around a mark
}

const (
	// roomy is as much room as a mark can use.
	roomy = 12.0
	// apart is the least room between two.
	apart = 2.0
)

// survey lists the spots of a cell, from its middle outward.
func (c *cell) survey(mark box) {
	const step = 7.0
	mx, my := draw.Around(c.cx, c.cy, (c.inner+c.outer)/2, (c.from+c.to)/2)
	n := math.Floor(c.outer / step)
	near, far := c.inner*c.inner/(step*step), c.outer*c.outer/(step*step)
	c.spots = []spot{}
	for i := -n; i <= n; i++ {
		for j := -n; j <= n; j++ {
			x, y := c.cx+i*step, c.cy+j*step
			if d := i*i + j*j; d > far || d < near || !c.holds(mark.at(x, y)) {
				continue
			}
			c.spots = append(c.spots, spot{x, y, steady(math.Hypot(x-mx, y-my)), roomy})
		}
	}
	slices.SortStableFunc(c.spots, func(a, b spot) int { return a.far - b.far })
}

// settle finds the free spot that has most room around it, and among equals the
// one nearest to the cell's middle. The mark must lie in the cell, for it tells
// power and group; a name may reach over a line where the cell is narrow.
func (c *cell) settle(a *placed, mark box, taken []box) (found bool) {
	// Each spot looks once at what has been taken since.
	kept := c.spots[:0]
	for _, s := range c.spots {
		if s.room = mark.at(s.x, s.y).room(taken[c.seen:], s.room); s.room >= apart {
			kept = append(kept, s)
		}
	}
	c.spots, c.seen = kept, len(taken)

	round := cell{target: c.target, outer: c.radii[len(c.radii)-1], sector: sector{0, 360}}
	whole := steady(roomy) // what a chip gains that lies in the cell with its name
	best := -1
	for _, s := range c.spots {
		if best == 2*whole { // the others are no better, and farther out
			break
		}
		if steady(s.room)+whole <= best {
			continue
		}
		b := a.at(s.x, s.y)
		room := s.room
		if len(a.lines) > 0 {
			room = b.room(taken, room)
		}
		score := steady(room)
		if room < apart || score+whole <= best {
			continue
		}
		in := c.holds(b)
		if in {
			score += whole
		}
		if score > best && (in || round.holds(b)) {
			best, a.x, a.y, found = score, s.x, s.y, true
		}
	}
	return found
}

func (p *page) target(c coalition, t target) {
	shades := []string{"#D9E3EA", "#E9EFF3", "#F5F8FA", "#FFFFFF"}
	for i := len(t.radii) - 1; i >= 0; i-- {
		p.Put(`<circle cx="%s" cy="%s" r="%s" fill="%s" stroke="#8A8A8A" stroke-width="1.2"/>`, t.cx, t.cy, t.radii[i], shades[i])
	}
	if len(c.groups) < 2 {
		return
	}
	for _, g := range c.groups {
		x, y := draw.Around(t.cx, t.cy, t.radii[len(t.radii)-1], c.sectors[g].from)
		p.Put(`<path d="M%s %sL%s %s" stroke="#8A8A8A" stroke-width="1.2"/>`, t.cx, t.cy, x, y)
	}
}

func (p *page) plate(t plateText) {
	p.Put(`<rect x="%s" y="%s" width="%s" height="%s" rx="3" fill="#FFFFFF"/>`, t.left, t.top, t.right-t.left, t.bottom-t.top)
	step := (t.bottom - t.top) / float64(len(t.lines))
	p.Lines((t.left+t.right)/2, t.top+step/2+t.Size*0.35, step, t.lines, t.Style)
}

func (c coalition) describe() string {
	told := []string{c.in.Say(language.Of("picture.coalition.described"))}
	for _, g := range c.groups {
		var in []stakeholders.Actor
		for _, a := range c.actors {
			if a.Constituency.Group() == g {
				in = append(in, a)
			}
		}
		told = append(told, inGroup(c.in, g.Told(), in, func(a stakeholders.Actor) []language.Text {
			facts := []language.Text{powerTold(a.Power.Band()), sideOf(a).told()}
			switch roles := roles(a); {
			case len(roles) > 0:
				facts = append(facts, language.Of("picture.member-as", "roles", roles))
			case a.Member:
				facts = append(facts, language.Of("picture.member"))
			}
			if a.Veto {
				facts = append(facts, language.Of("picture.veto"))
			}
			return facts
		}))
	}
	if c.left > 0 {
		told = append(told, leftOut(c.in, c.left))
	}
	return strings.Join(told, " ")
}
