package report

import (
	"cmp"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// GeoMap draws where many cycles stand on a map, as an SVG page of A4 size, upright: each
// area as dark as the stage of its cycle is late, with the number of the stage in it, and
// its name where that has room. The map is area-fair (a cylindrical equal-area projection,
// true to scale in the middle of the country) and has the north above and the west on the
// left in every language. Where the country lies on both sides of the antimeridian it is
// drawn in one piece.
//
// An area belongs to the row whose jurisdiction has its key for an id, or else to the cycle
// with that id, or else to the only jurisdiction with that name. Those that belong to none
// are drawn empty; they, the cycles without an area, and those whose area is too small for
// its number are named below, and counted where there are more than have room.
// [PlaceTable] has all of them, [Boundaries.Unmatched] those that did not find each other.
// Lines are as fine as keep the page below 100 KB.
//
// A row that is there twice, and more than 2,000 rows, are refused with [fault.Fields].
func GeoMap(w io.Writer, l *language.Language, title string, rows []portfolio.Row, b Boundaries) error {
	if err := checkRows(rows).Err(); err != nil {
		return err
	}
	return draw.Write(w, newGeo(l, rows, b).draw(title))
}

// Unmatched tells which areas belong to none of the rows, by their keys, and which cycles
// have no area, by their ids, both sorted; a jurisdiction in which others of the rows lie
// needs none.
func (b Boundaries) Unmatched(rows []portfolio.Row) (areas, cycles []string) {
	g := newGeo(nil, rows, b)
	for _, s := range g.shapes {
		if s.empty {
			areas = append(areas, s.key)
		}
	}
	for _, d := range g.without {
		cycles = append(cycles, d.cycle)
	}
	slices.Sort(areas)
	slices.Sort(cycles)
	return areas, cycles
}

// geo is a map in the making.
type geo struct {
	in     *language.Language
	shapes []shape
	// without are the cycles that have no area.
	without []district
	all     int
}

// shape is an area with what stands there.
type shape struct {
	territory
	district
	// empty: it belongs to no row.
	empty bool
	// rings on the page, the outer ones turning one way and holes the other.
	rings []outline
}

type geoPoint struct{ x, y float64 }

// outline is a closed line on the page.
type outline []geoPoint

func newGeo(l *language.Language, rows []portfolio.Row, b Boundaries) geo {
	all := ofRows(l, rows)
	g := geo{in: l, all: len(all)}
	places, cycles, names, lies := map[string]int{}, map[string]int{}, map[string]int{}, map[string]bool{}
	times := map[string]int{}
	for i, d := range all {
		if _, held := places[d.place]; !held && d.place != "" {
			places[d.place] = i
		}
		cycles[d.cycle], names[d.name] = i, i
		times[d.name]++
		lies[d.in] = true
	}
	has := map[int]bool{}
	for _, a := range b.sorted() {
		name := draw.Plain(a.key, draw.NameLimit)
		i, found := places[a.key]
		if !found {
			i, found = cycles[a.key]
		}
		if !found && times[name] == 1 {
			i, found = names[name], true
		}
		s := shape{territory: a, empty: !found || a.key == ""}
		if s.empty {
			s.district = district{name: cmp.Or(name, l.Say(language.Of("picture.no-name"))), silent: true}
		} else {
			s.district, has[i] = all[i], true
			if len(a.parts) == 0 { // it has no shape
				has[i] = false
				continue
			}
		}
		g.shapes = append(g.shapes, s)
	}
	for i, d := range all {
		if !has[i] && (d.place == "" || !lies[d.place]) {
			g.without = append(g.without, d)
		}
	}
	return g
}

// onPage projects all areas into a box of the page, as large as it has room.
func (g *geo) onPage(left, top, width, height float64) {
	shift := g.shift()
	south, north := 90.0, -90.0
	west, east := math.Inf(1), math.Inf(-1)
	each := func(do func(p position, lon float64)) {
		for _, s := range g.shapes {
			for _, part := range s.parts {
				for _, r := range part {
					for _, p := range r {
						lon := p.lon
						if lon < shift {
							lon += 360
						}
						do(p, lon)
					}
				}
			}
		}
	}
	each(func(p position, lon float64) {
		south, north, west, east = min(south, p.lat), max(north, p.lat), min(west, lon), max(east, lon)
	})
	if west > east {
		return
	}
	middle := math.Cos(draw.Radians(max(min((south+north)/2, 75), -75)))
	// The cylindrical equal-area projection, in degrees of its equator.
	x := func(lon float64) float64 { return float64((lon - west) * middle) }
	y := func(lat float64) float64 {
		return float64((math.Sin(draw.Radians(north)) - math.Sin(draw.Radians(lat))) / middle * 180 / math.Pi)
	}
	wide, high := max(x(east), 1e-9), max(y(south), 1e-9)
	scale := min(width/wide, height/high)
	left += (width - wide*scale) / 2
	top += (height - high*scale) / 2
	for i := range g.shapes {
		s := &g.shapes[i]
		s.rings = nil
		for _, part := range s.parts {
			for k, r := range part {
				out := make(outline, len(r))
				for n, p := range r {
					lon := p.lon
					if lon < shift {
						lon += 360
					}
					out[n] = geoPoint{left + float64(x(lon)*scale), top + float64(y(p.lat)*scale)}
				}
				if out.turns() != (k == 0) {
					slices.Reverse(out)
				}
				s.rings = append(s.rings, out)
			}
		}
	}
}

// shift is the longitude below which the east is drawn behind the antimeridian: where the
// widest part of the earth without any area ends; -180 where that is at the edge of the
// map already.
func (g *geo) shift() float64 {
	type span struct{ from, to float64 }
	var spans []span
	for _, s := range g.shapes {
		for _, part := range s.parts {
			for _, r := range part {
				one := span{180, -180}
				for _, p := range r {
					one = span{min(one.from, p.lon), max(one.to, p.lon)}
				}
				spans = append(spans, one)
			}
		}
	}
	if len(spans) == 0 {
		return -180
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	to, last := spans[0].to, 0.0
	shift := -180.0
	for _, s := range spans[1:] {
		if s.from-to > last {
			last, shift = s.from-to, s.from
		}
		to = max(to, s.to)
	}
	if spans[0].from+360-to >= last {
		return -180
	}
	return shift
}

// size is twice the area, positive where the line turns clockwise on the page.
func (o outline) size() (sum float64) {
	for i, p := range o {
		q := o[(i+1)%len(o)]
		sum += float64(p.x*q.y) - float64(q.x*p.y)
	}
	return sum
}

func (o outline) turns() bool { return o.size() > 0 }

// grids are the distances to which positions are rounded, the finest first. All areas are
// rounded alike, so that neighbours keep their common line.
var grids = []float64{0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12}

// What is drawn of a map takes mapBytes at most, of which the lines leave room for the
// numbers, as many as there may be, but take leastPaths if they have to.
const (
	mapBytes   = 80_000
	leastPaths = 24_000
	numberSize = 130
)

// rounded is an outline on a grid, without what then says nothing.
func (o outline) rounded(grid float64) outline {
	var out outline
	for _, p := range o {
		q := geoPoint{math.Round(p.x / grid), math.Round(p.y / grid)}
		for len(out) > 0 && out[len(out)-1] != q {
			// A position on the line from the one before to the next says nothing, nor does
			// one from which the line comes straight back.
			if n := len(out); n > 1 && (out[n-2] == q || straight(out[n-2], out[n-1], q)) {
				out = out[:n-1]
				continue
			}
			break
		}
		if len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	if len(out) < 3 {
		return nil
	}
	return out
}

func straight(a, b, c geoPoint) bool {
	return (b.x-a.x)*(c.y-b.y) == (b.y-a.y)*(c.x-b.x) && (b.x-a.x)*(c.x-b.x)+(b.y-a.y)*(c.y-b.y) > 0
}

// path writes an outline that is on a grid.
func (o outline) path(b *strings.Builder, grid float64) {
	b.WriteString("M" + draw.Num(o[0].x*grid) + " " + draw.Num(o[0].y*grid) + "l")
	for i := 1; i < len(o); i++ {
		dx, dy := draw.Num((o[i].x-o[i-1].x)*grid), draw.Num((o[i].y-o[i-1].y)*grid)
		if i > 1 && dx[0] != '-' {
			b.WriteByte(' ')
		}
		b.WriteString(dx)
		if dy[0] != '-' {
			b.WriteByte(' ')
		}
		b.WriteString(dy)
	}
	b.WriteByte('z')
}

// look is how areas are printed that are printed alike.
type look struct {
	fill, dash string
}

// lines are the paths of all areas, by how they are printed, on the finest grid on which
// they have room. The areas are on that grid from then on.
func (p *page) lines(g *geo) (looks []look, paths map[look]*strings.Builder) {
	for i, grid := range grids {
		looks, paths = nil, map[look]*strings.Builder{}
		total := 0
		rings := make([][]outline, len(g.shapes))
		for n, s := range g.shapes {
			fill, _, _ := p.fill(s.district)
			at := look{fill: fill}
			if s.empty {
				at = look{draw.White, ` stroke-dasharray="3 3"`}
			}
			if paths[at] == nil {
				looks, paths[at] = append(looks, at), &strings.Builder{}
			}
			before := paths[at].Len()
			for _, r := range s.rings {
				if out := r.rounded(grid); out != nil {
					out.path(paths[at], grid)
					for i := range out {
						out[i] = geoPoint{out[i].x * grid, out[i].y * grid}
					}
					rings[n] = append(rings[n], out)
				}
			}
			total += paths[at].Len() - before
		}
		if total <= max(mapBytes-numberSize*len(g.shapes), leastPaths) || i == len(grids)-1 {
			for n := range g.shapes {
				g.shapes[n].rings = rings[n]
			}
			break
		}
	}
	return looks, paths
}

// inside reports whether a point lies within a shape, holes aside.
func (s *shape) inside(at geoPoint) (in bool) {
	for _, r := range s.rings {
		for i, p := range r {
			q := r[(i+1)%len(r)]
			if (p.y > at.y) != (q.y > at.y) && at.x < float64((q.x-p.x)*(at.y-p.y)/(q.y-p.y))+p.x {
				in = !in
			}
		}
	}
	return in
}

// off is how far a point is from the nearest line of a shape.
func (s *shape) off(at geoPoint) float64 {
	least := math.Inf(1)
	for _, r := range s.rings {
		for i, p := range r {
			q := r[(i+1)%len(r)]
			dx, dy := q.x-p.x, q.y-p.y
			t := 0.0
			if length := dx*dx + dy*dy; length > 0 {
				t = max(0, min(1, ((at.x-p.x)*dx+(at.y-p.y)*dy)/length))
			}
			least = min(least, math.Hypot(at.x-p.x-t*dx, at.y-p.y-t*dy))
		}
	}
	return least
}

// largest is twice the area of its largest ring.
func (s *shape) largest() (size float64) {
	for _, r := range s.rings {
		size = max(size, r.size())
	}
	return size
}

// heart is the point of a shape that is farthest from its lines, and how far that is.
func (s *shape) heart() (best geoPoint, room float64) {
	var largest outline
	for _, r := range s.rings {
		if r.size() >= s.largest() {
			largest = r
			break
		}
	}
	if largest == nil {
		return geoPoint{}, 0
	}
	from, to := largest[0], largest[0]
	for _, p := range largest {
		from, to = geoPoint{min(from.x, p.x), min(from.y, p.y)}, geoPoint{max(to.x, p.x), max(to.y, p.y)}
	}
	best = geoPoint{(from.x + to.x) / 2, (from.y + to.y) / 2}
	const steps = 14
	seek := func(from, to geoPoint) {
		for i := range steps {
			for k := range steps {
				at := geoPoint{from.x + (to.x-from.x)*(float64(i)+0.5)/steps, from.y + (to.y-from.y)*(float64(k)+0.5)/steps}
				if s.inside(at) {
					// What differs in the last bits only is a tie: the first is taken.
					if off := s.off(at); off > room+0.01 {
						best, room = at, off
					}
				}
			}
		}
	}
	seek(from, to)
	dx, dy := (to.x-from.x)/steps, (to.y-from.y)/steps
	seek(geoPoint{best.x - dx, best.y - dy}, geoPoint{best.x + dx, best.y + dy})
	return best, room
}

// holds reports whether a box lies within a shape, as far as can be seen at its edges.
func (s *shape) holds(b box) bool {
	const steps = 8
	for i := range steps + 1 {
		t := float64(i) / steps
		for _, at := range []geoPoint{
			{b.left + (b.right-b.left)*t, b.top}, {b.left + (b.right-b.left)*t, b.bottom},
			{b.left, b.top + (b.bottom-b.top)*t}, {b.right, b.top + (b.bottom-b.top)*t},
		} {
			if !s.inside(at) {
				return false
			}
		}
	}
	return true
}

func (g *geo) kind() string {
	return join(g.in.Say(language.Of("picture.tiles.head")), g.in.Say(language.Of("picture.many.all", "n", g.all)))
}

const (
	leastNumber = 6.5 // the size of a number on the map
	leastName   = 5.5
)

func (g geo) draw(title string) string {
	var shown []district
	for _, s := range g.shapes {
		if !s.empty {
			shown = append(shown, s.district)
		}
	}
	shown = append(shown, g.without...)
	slices.SortFunc(shown, func(a, b district) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.cycle, b.cycle)) })
	p := newPage(draw.Sheet{
		In: g.in, Name: "nation-map", On: draw.Upright, Title: title, Otherwise: g.in.Say(language.Of("picture.geo")),
		Kind: g.kind(), Description: describePlaces(g.in, shown),
	})
	top := p.Head(p.Kind) + 4
	signs := append(p.stageSigns(), draw.Sign{Text: p.Say("picture.tiles.sign.empty"), Draw: p.Swatch(draw.White)})
	width := draw.PageWidth - 2*draw.Margin
	note := p.Say("picture.geo.note")
	// Below the map: three lists of two lines at most, the signs, the note.
	const listed, step = 11.5, 14.0
	lists := 6 * step
	foot := draw.PageHeight - 12 - p.Foot(note) - draw.SignsHigh(width, 4, signs) - lists - 26
	if g.all == 0 && len(g.shapes) == 0 {
		p.Empty(draw.PageWidth/2, draw.PageHeight/2, p.Say("picture.many.nobody"))
	}
	g.onPage(draw.Margin, top, width, foot-top)
	var small []language.Text
	p.Unmirrored(func() { small = p.land(&g) })
	y := foot + 16
	var empty []language.Text
	for _, s := range g.shapes {
		if s.empty {
			empty = append(empty, language.Typed(s.name))
		}
	}
	tell := func(id string, names []language.Text) {
		if len(names) > 0 {
			lines := enumerate(p.In, id, names, width, listed, 2)
			y = p.Lines(draw.Margin, y, step, lines, draw.Style{Size: listed, Fill: draw.Dark, Anchor: "start"})
		}
	}
	tell("picture.geo.small", small)
	tell("picture.geo.without", draw.Each(g.without, placeTold))
	tell("picture.geo.empty", empty)
	y = p.Signs(draw.Margin, foot+lists+20, width, 4, signs)
	p.Notes(y+6, note)
	return p.End()
}

func placeTold(d district) language.Text {
	return language.Of("picture.tiles.named", "name", d.name, "stands", d.stands())
}

// land draws the areas, their numbers and names, and gives those whose number has no room.
func (p *page) land(g *geo) (small []language.Text) {
	full := p.Len() + mapBytes
	looks, paths := p.lines(g)
	for _, at := range looks {
		if paths[at].Len() > 0 {
			p.Put(`<path d="%s" fill="%s" stroke="%s" stroke-width="0.7" stroke-linejoin="round"%s/>`, paths[at].String(), at.fill, draw.Dark, at.dash)
		}
	}
	// The largest first: should there be too many, they have their numbers.
	order := make([]*shape, len(g.shapes))
	for i := range g.shapes {
		order[i] = &g.shapes[i]
	}
	slices.SortStableFunc(order, func(a, b *shape) int { return cmp.Compare(steady(b.largest()), steady(a.largest())) })
	var taken []box
	for _, s := range order {
		at, room := s.heart()
		_, ink, sign := p.fill(s.district)
		textured := !s.empty && (s.silent || s.status == reformcycle.Abandoned)
		size := min(room*1.15, 17)
		number := draw.Style{Size: size, Bold: true, Fill: ink}
		half := draw.TextWidth(sign, number.Wide())/2 + 0.5
		place := box{at.x - half, at.y - size*0.5, at.x + half, at.y + size*0.5}
		if !s.empty && (size < leastNumber || place.room(taken, 1) < 0.5 || p.Len() > full) {
			small = append(small, placeTold(s.district))
			continue
		}
		name := draw.Style{Size: 8.5, Fill: ink}
		if !s.empty {
			taken = append(taken, place)
		}
		below := at.y + size*0.5 + 1
		if s.empty {
			below = at.y - name.Size*0.5
		}
		for ; name.Size >= leastName && p.Len() <= full; name.Size -= 0.5 {
			wide := draw.TextWidth(s.name, name.Size) + 2
			b := box{at.x - wide/2, below, at.x + wide/2, below + name.Size*1.1}
			if !s.holds(b) || b.room(taken, 1) <= 0.2 {
				continue
			}
			taken = append(taken, b)
			if textured { // nothing could be read on it
				p.Put(`<rect x="%v" y="%v" width="%v" height="%v" fill="#FFFFFF"/>`, b.left, b.top, b.right-b.left, b.bottom-b.top)
			}
			p.Text(at.x, below+name.Size*0.85, s.name, name)
			break
		}
		if s.empty {
			continue
		}
		if textured {
			p.disc(at.x, at.y, size*0.6)
		}
		p.Text(at.x, at.y+size*0.36, sign, number)
		if !s.silent && s.status == reformcycle.Suspended {
			p.paused(at.x+half+size*0.3, at.y-size*0.3, size*0.28)
		}
	}
	return small
}
