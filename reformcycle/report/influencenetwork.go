package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/influence"
)

// InfluenceNetwork draws who listens to whom, as an SVG page of A4 size, lying.
// Actors stand in a circle, group by group, the most powerful of a group first. An
// arrow runs the way influence does, from the one who is listened to to the one
// who listens, the wider the more: only the ratios of the weights are shown, and 0 is
// no tie. The size of a mark is power; round marks
// support, diamonds are non-mobilised, hatched squares oppose; a full mark is a
// member, a stop sign can block alone.
//
// An actor that the roster does not have, a weight that is negative, infinite or
// not a number, and a second tie between the same two in the same direction are
// refused with [fault.Fields]. What an actor gives on itself is not
// drawn. Of more than 80 actors, those with least power are counted and not drawn,
// and of more than 300 ties, the weakest.
func InfluenceNetwork(w io.Writer, l *language.Language, title string, r stakeholders.Roster, ties []influence.Tie) error {
	var bad fault.Fields
	seen := make(map[[2]string]bool, len(ties))
	for i, t := range ties {
		path := fault.At("ties", i)
		if !r.Has(t.From) {
			bad.Add(path+".from", fault.Exists, t.From, anActor)
		}
		if !r.Has(t.To) {
			bad.Add(path+".to", fault.Exists, t.To, anActor)
		}
		bad.Number(path+".weight", t.Weight, 0, math.Inf(1))
		if seen[[2]string{t.From, t.To}] {
			bad.Add(path+".to", fault.Unique, t.To, language.Of("want.one-tie"))
		}
		seen[[2]string{t.From, t.To}] = true
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return draw.Write(w, newNetwork(l, title, r, ties).draw())
}

const (
	networkActors = 80
	networkTies   = 300

	networkX, networkY = draw.PageHeight / 2.0, 418.0
	networkRadius      = 268.0
	networkNames       = 342.0 // from the middle to where the names begin
	networkTop         = 104.0
	networkFoot        = 722.0
	networkLegend      = 762.0 // at the lowest
	networkWidth       = draw.PageHeight - 2*draw.Margin
)

type network struct {
	in     *language.Language
	title  string
	roster stakeholders.Roster
	nodes  []node
	ties   []influence.Tie // among the nodes, the strongest first
	left   int             // actors without room
	// untold are ties that are not drawn, for want of room or of an end.
	untold, own int
}

type node struct {
	actor       stakeholders.Actor
	angle, x, y float64
	radius      float64
	startsGroup bool
	right       bool
	lines       []string
	top         float64 // of its name
}

func newNetwork(l *language.Language, title string, r stakeholders.Roster, ties []influence.Tie) network {
	n := network{in: l, title: title, roster: r}
	var actors []stakeholders.Actor
	actors, n.left = shown(byPower(r), networkActors)
	groups := stakeholders.Groups()
	slices.SortStableFunc(actors, func(a, b stakeholders.Actor) int {
		return slices.Index(groups, a.Constituency.Group()) - slices.Index(groups, b.Constituency.Group())
	})

	// Between groups the circle has a gap as wide as two thirds of a step.
	const gap = 0.65
	steps := 0.0
	at := make([]float64, len(actors))
	for i, a := range actors {
		if i > 0 && a.Constituency.Group() != actors[i-1].Constituency.Group() {
			steps += gap
		}
		at[i] = steps
		steps++
	}
	steps += gap
	place := make(map[string]bool, len(actors))
	for i, a := range actors {
		angle := (at[i] + 0.5 + gap/2) * 360 / steps
		nd := node{actor: a, angle: angle, right: angle < 180}
		nd.x, nd.y = draw.Around(networkX, networkY, networkRadius, angle)
		most := min(24, 0.36*2*math.Pi*networkRadius/steps)
		nd.radius = most * (0.5 + 0.5*float64(a.Power)/strongest)
		place[a.ID] = true
		n.nodes = append(n.nodes, nd)
	}
	for _, t := range ties {
		switch {
		case t.Weight == 0:
		case t.From == t.To:
			n.own++
		case place[t.From] && place[t.To]:
			n.ties = append(n.ties, t)
		default:
			n.untold++
		}
	}
	slices.SortStableFunc(n.ties, func(a, b influence.Tie) int { return cmp.Compare(b.Weight, a.Weight) })
	if over := len(n.ties) - networkTies; over > 0 {
		n.ties = n.ties[:networkTies]
		n.untold += over
	}
	return n
}

func (n network) draw() string {
	p := newPage(draw.Sheet{
		In: n.in, Name: "reform-influence", On: draw.Lying, Title: n.title, Otherwise: n.in.Say(language.Of("picture.network")),
		Kind: n.in.Say(language.Of("picture.network.head", "actors", inhabitants(n.roster), "ties", language.Of("picture.network.ties", "n", len(n.ties)))), Description: n.describe(),
	})
	top := p.Head(p.Kind)
	signs, note := n.signs(p), n.note()
	legend := min(networkLegend, draw.PageWidth+2-p.Foot(note)-draw.SignsHigh(networkWidth, 4, signs))
	// The circle gives way to a title of two lines, and to a long legend.
	down := max(0, top-networkTop)
	small := min(1, (legend-networkTop-down-14)/(networkLegend-networkTop-14))
	down -= (1 - small) * (networkY - networkTop)
	for i := range n.nodes {
		nd := &n.nodes[i]
		nd.x, nd.y = draw.Around(networkX, networkY+down, networkRadius*small, nd.angle)
		nd.radius *= small
	}
	byID := make(map[string]*node, len(n.nodes))
	for i := range n.nodes {
		byID[n.nodes[i].actor.ID] = &n.nodes[i]
	}
	heaviest := 0.0
	widest := 5.5 // of many arrows none may hide the others
	if len(n.ties) > 50 {
		widest = 2.6
	}
	if len(n.ties) > 0 {
		heaviest = n.ties[0].Weight
	}
	for _, t := range slices.Backward(n.ties) { // the strongest lie on top
		p.tie(*byID[t.To], *byID[t.From], networkX, networkY+down, t.Weight/heaviest, widest)
	}
	n.names(p, top, min(networkFoot+max(down, 0)*0.4, legend-18))
	for _, nd := range n.nodes {
		a := nd.actor
		inside := ""
		if nd.radius >= 6 {
			inside = sideOf(a).sign()
		}
		p.actorMark(nd.x, nd.y, nd.radius, sideOf(a), a.Member, a.Veto, inside)
	}
	if n.roster.Len() == 0 {
		p.nobody(networkX, networkY)
	}
	y := p.Signs(draw.Margin, legend, networkWidth, 4, signs)
	p.Notes(y+4, note)
	return p.End()
}

// tie draws an arrow between two marks. It bends towards the middle and a little
// to its right, so that two that run opposite ways stay apart.
func (p *page) tie(from, to node, cx, cy, share, widest float64) {
	width := 0.8 + (widest-0.8)*share
	dx, dy := to.x-from.x, to.y-from.y
	mx, my := (from.x+to.x)/2, (from.y+to.y)/2
	far := max(math.Hypot(dx, dy), 1)
	inward := 0.12 + 0.32*far/(2*networkRadius)
	aside := min(max(0.07, 17/far), 0.22)
	qx := mx + (cx-mx)*inward - dy*aside
	qy := my + (cy-my)*inward + dx*aside
	start := func(n node, by float64) (x, y float64) { // on the way from n to the bend
		d := math.Hypot(qx-n.x, qy-n.y)
		return n.x + (qx-n.x)*by/d, n.y + (qy-n.y)*by/d
	}
	const half = 0.42
	head := 7 + width*1.5
	ax, ay := start(from, from.radius*1.2+1)
	tipX, tipY := start(to, to.radius*1.28+1.5)
	bx, by := start(to, to.radius*1.28+1.5+head*0.9)
	// Darker the heavier: light ties must not hide the others.
	shade := 150 - int(math.Round(110*share))
	ink := fmt.Sprintf("#%02X%02X%02X", shade, shade, shade)
	p.Put(`<path d="M%s %sQ%s %s %s %s" fill="none" stroke="%s" stroke-width="%s"/>`, ax, ay, qx, qy, bx, by, ink, width)
	ux, uy := (bx-tipX)/(head*0.9), (by-tipY)/(head*0.9)
	p.Put(`<path d="M%s %sL%s %sL%s %sZ" fill="%s"/>`, tipX, tipY,
		tipX+head*(ux-uy*half), tipY+head*(uy+ux*half), tipX+head*(ux+uy*half), tipY+head*(uy-ux*half), ink)
}

type networkLayout struct {
	size  float64
	lines int
}

// networkLayouts are tried in order until both columns have room.
var networkLayouts = []networkLayout{{15, 3}, {13.5, 2}, {12, 2}, {11, 2}, {11, 1}, {10, 1}, {9, 1}, {8, 1}}

func (l networkLayout) heading() float64 { return l.size*1.2 + 5 }

// lay lays the names of a column out, and gives how high each is.
func (l networkLayout) lay(in *language.Language, column []*node) (heights []float64, sum float64) {
	for i, nd := range column {
		st := draw.Style{Size: l.size, Bold: nd.actor.Member}
		nd.lines = draw.Wrap(actorName(in, nd.actor), networkX-networkNames-24, st.Wide(), l.lines)
		nd.startsGroup = i == 0 || column[i-1].actor.Constituency.Group() != nd.actor.Constituency.Group()
		height := float64(len(nd.lines))*l.size*1.2 + 3
		if nd.startsGroup {
			height += l.heading()
		}
		heights = append(heights, height)
		sum += height
	}
	return heights, sum
}

// names writes the names in a column on either side, each as near to its mark as
// the others allow, with the groups as headings.
func (n network) names(p *page, top, foot float64) {
	for _, right := range []bool{true, false} {
		var column []*node
		for i := range n.nodes {
			if n.nodes[i].right == right {
				column = append(column, &n.nodes[i])
			}
		}
		if !right {
			slices.Reverse(column)
		}
		l := draw.Largest(networkLayouts, func(l networkLayout) bool {
			_, sum := l.lay(n.in, column)
			return sum <= foot-top
		})
		heights, _ := l.lay(n.in, column)
		var want []float64
		for i, nd := range column {
			middle := nd.y - heights[i]/2
			if nd.startsGroup {
				middle -= l.heading() / 2
			}
			want = append(want, middle)
		}
		for i, y := range draw.Settle(want, heights, top, foot) {
			column[i].top = y
			n.name(p, column[i], l.size, l.heading())
		}
	}
}

func (n network) name(p *page, nd *node, size, heading float64) {
	x, anchor, toward := networkX+networkNames, "start", -1.0
	if !nd.right {
		x, anchor, toward = networkX-networkNames, "end", 1
	}
	y := nd.top
	if nd.startsGroup {
		group := draw.Capital(n.in.Say(nd.actor.Constituency.Group().Told()))
		p.Text(x, y+size*0.95+4, group, draw.Smaller(group, networkX-networkNames-24, draw.Style{Size: max(size-1.5, 8), Bold: true, Fill: draw.Grey, Anchor: anchor}, 6))
		y += heading
	}
	middle := y + float64(len(nd.lines))*size*0.6
	p.Put(`<path d="M%s %sL%s %s" stroke="#9A9A9A" stroke-width="0.8"/>`, nd.x-toward*nd.radius*1.25, nd.y, x+toward*5, middle)
	p.Lines(x, y+size*0.92, size*1.2, nd.lines, draw.Style{Size: size, Bold: nd.actor.Member, Anchor: anchor})
}

func (n network) signs(p *page) []draw.Sign {
	return append([]draw.Sign{{Text: p.Say("picture.network.sign"), Draw: func(x, y float64) {
		p.tie(node{x: x - 14, y: y}, node{x: x + 16, y: y}, x, y, 0.4, 5.5)
	}}}, p.sideSigns()...)
}

func (n network) note() string {
	parts := []string{n.in.Say(language.Of("picture.network.note"))}
	if n.left > 0 {
		parts = append(parts, leftOut(n.in, n.left))
	}
	if n.untold > 0 {
		parts = append(parts, n.in.Say(language.Of("picture.network.ties-left", "n", n.untold)))
	}
	if n.own > 0 {
		parts = append(parts, n.in.Say(language.Of("picture.network.own")))
	}
	return strings.Join(parts, " ")
}

func (n network) describe() string {
	text := n.in.Say(language.Of("picture.network.described")) + " "
	if len(n.ties) == 0 {
		return text + n.in.Say(language.Of("picture.network.none"))
	}
	names := make(map[string]string, len(n.nodes))
	for _, nd := range n.nodes {
		names[nd.actor.ID] = actorName(n.in, nd.actor)
	}
	return text + n.in.Say(language.Of("picture.network.strongest")) + draw.Sentences(n.in, n.ties, func(t influence.Tie) string {
		return n.in.Say(language.Of("picture.network.tie", "listener", names[t.From], "heard", names[t.To]))
	})
}
