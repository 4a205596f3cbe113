package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Each stage has an eighth of the ring.
const (
	centreX, centreY = 420.0, 474.0
	hubRadius        = 112.0 // text stays inside
	markRadius       = 124.0
	innerRadius      = 142.0
	outerRadius      = 244.0
	debtRadius       = 262.0 // the hatched band lies between outerRadius and this
	labelRadius      = 280.0

	stageSweep = 45.0
	stageGap   = 1.2 // left free on either side of a segment
	// cellLimit is how many criteria a segment shows one by one; of more, only
	// the sums can be told apart.
	cellLimit = 24

	pageMargin  = 14.0
	legendTop   = 894.0
	legendStep  = 34.0
	legendLeft  = draw.Margin
	legendRight = 440.0
)

// ink is how a phase is printed. The colours are those of Okabe and Ito, which
// colour-blind readers tell apart; the textures do the same in greyscale.
type ink struct{ full, tint, texture string }

var phaseInks = map[reformcycle.Phase]ink{
	reformcycle.Politics:  {"#0072B2", "#E3F0F8", ``},
	reformcycle.Solutions: {"#E69F00", "#FDF3DD", `<circle cx="3" cy="3" r="1.3" fill="#5C3F00"/><circle cx="9" cy="9" r="1.3" fill="#5C3F00"/>`},
	reformcycle.Learning:  {"#009E73", "#DFF3EC", `<path d="M0 3H12M0 9H12" stroke="#FFFFFF" stroke-width="2"/>`},
}

const debtText = "#9C3A00"

// Ring draws where a reform stands, as an SVG page of A4 size.
//
// Eight segments stand for the eight stages, clockwise from the top, coloured by
// phase. Each is shared out among the required criteria of its stage, clockwise:
// those that are met, those that are not, and those that nobody has rated. The
// hub tells the lap, the title, the country and the moment of the last entry. A
// mark on the hub's rim, and a frame, show where the cycle stands, with other
// marks for a suspended and an abandoned one. A hatched band outside a segment,
// with a number, is readiness debt that is still open from leaving that stage, in
// this lap or an earlier one. A legend explains all signs, and title and
// description tell the page to those who can't see it.
//
// The page asks for a sans-serif font and no other resource. A title that is too
// long for its place is cut. In a language that is written from right to left the ring
// turns clockwise all the same, as its clocks do; only the legend is mirrored.
func Ring(w io.Writer, l *language.Language, s reformcycle.State) error {
	return draw.Write(w, newRing(l, s).draw())
}

type ring struct {
	in                 *language.Language
	id, title, country string
	begun              bool
	lap                int
	date               string // of the last entry, or that there is none
	standing           language.Text
	stage              reformcycle.Stage
	status             reformcycle.Status
	segments           []segment
	basis              string
	checklist          string
}

type segment struct {
	stage reformcycle.Stage
	tally assessment.Tally
	debts int
}

func newRing(l *language.Language, s reformcycle.State) ring {
	r := ring{
		in: l,
		id: s.ID(), title: s.Title(), country: s.Country(), begun: s.Seq() > 0, lap: s.Lap(),
		date: l.Say(language.Of("picture.ring.on", "on", dated(judgedOn(s)))), stage: s.Stage(), status: s.Status(), checklist: s.Checklist().ID(), basis: illustrative(l, s.Ratings()),
	}
	if s.Seq() == 0 {
		r.date = l.Say(language.Of("picture.ring.no-entry"))
	}
	since := s.LastMoved()
	if s.Status() == reformcycle.Active {
		since = stageSince(s)
	}
	r.standing = standsAt(r.begun, r.status, r.stage, since)
	owed := make(map[reformcycle.Stage]int)
	for _, d := range s.OpenDebts() {
		owed[d.Stage]++
	}
	for stage := range reformcycle.Stages() {
		r.segments = append(r.segments, segment{stage, s.Tally(stage), owed[stage]})
	}
	return r
}

// standsAt tells where a cycle stands, and since when, or when it was abandoned.
func standsAt(begun bool, status reformcycle.Status, stage reformcycle.Stage, since date.Date) language.Text {
	args := []any{"n", int(stage), "stage", stage.Told(), "since", dated(since), "on", dated(since)}
	switch {
	case !begun:
		return language.Of("picture.ring.not-begun")
	case status == reformcycle.Active:
		return language.Of("picture.ring.at", args[:6]...)
	case status == reformcycle.Suspended:
		return language.Of("picture.ring.suspended-at", args[:6]...)
	default:
		return language.Of("picture.ring.abandoned-at", append(args[:4], args[6:]...)...)
	}
}

// stageSince is when the stage where the cycle stands was last entered.
func stageSince(s reformcycle.State) (since date.Date) {
	since = s.LastMoved()
	for _, a := range s.Arrivals() {
		if a.Stage == s.Stage() {
			since = s.When(a.LastEntry, a.Last)
		}
	}
	return since
}

func (r ring) draw() string {
	p := newPage(draw.Sheet{
		In: r.in, Name: "reform-ring", On: draw.Upright, Title: r.title, Otherwise: draw.First(draw.Plain(r.id, draw.TitleLimit), r.in.Say(language.Of("picture.ring.no-title"))),
		Kind: r.in.Say(language.Of("picture.ring.what", "lap", r.lapTold(), "standing", r.standing)), Description: r.describe(), Basis: r.basis,
	})
	for _, head := range []struct {
		text string
		y    float64
		draw.Style
	}{
		{p.Say("picture.ring"), 56, draw.Style{Size: 26, Bold: true}},
		{p.In.Say(r.standing), 88, draw.Style{Size: 17}},
	} {
		p.Text(centreX, head.y, head.text, draw.Smaller(head.text, draw.PageWidth-2*draw.Margin, head.Style, 8))
	}
	// The ring turns as clocks do, which run alike wherever they are read.
	p.Unmirrored(func() {
		for _, s := range r.segments {
			p.segment(s)
		}
		p.frame(r)
		p.hub(r)
		for _, s := range r.segments {
			p.label(p.labelOf(r, s, draw.Largest(labelScales, func(scale float64) bool { return p.labelOf(r, s, scale).fits() })))
		}
	})
	p.legend(r)
	return p.End()
}

func (r ring) lapTold() language.Text { return language.Of("picture.ring.lap", "n", r.lap) }

func (r ring) describe() string {
	told := []string{r.in.Say(language.Of("picture.ring.described", "standing", r.standing, "lap", r.lapTold(), "on", language.Typed(r.date)))}
	for _, s := range r.segments {
		facts := append([]language.Text{s.met()}, s.open()...)
		if s.debts > 0 {
			facts = append(facts, s.owed())
		}
		told = append(told, r.in.Say(language.Of("picture.ring.segment", "n", int(s.stage), "stage", s.stage.Told(), "phase", s.stage.Phase().Told(), "facts", facts)))
	}
	return strings.Join(told, " ")
}

// illustrative says how many of the ratings are made up.
func illustrative(l *language.Language, ratings []assessment.Rating) string {
	if len(ratings) == 0 {
		return l.Say(language.Of("picture.unrated"))
	}
	id, made := "picture.illustrative", len(madeUp(ratings))
	if made > 0 {
		id = "picture.no-findings"
	}
	return l.Say(language.Of(id, "made", made, "n", len(ratings)))
}

func madeUp(ratings []assessment.Rating) []assessment.Rating {
	return slices.DeleteFunc(slices.Clone(ratings), func(r assessment.Rating) bool { return r.Evidence.Basis == assessment.Documented })
}

func (s segment) met() language.Text {
	if required(s.tally) == 0 {
		return language.Of("picture.nothing-required")
	}
	return metTold(s.tally)
}

func metTold(t assessment.Tally) language.Text {
	return language.Of("picture.met", "n", t.Met, "required", required(t))
}

func (s segment) open() (told []language.Text) {
	if s.tally.Unmet > 0 {
		told = append(told, language.Of("picture.unmet", "n", s.tally.Unmet))
	}
	if s.tally.Unknown > 0 {
		told = append(told, language.Of("picture.not-rated", "n", s.tally.Unknown))
	}
	return told
}

func (s segment) owed() language.Text { return language.Of("picture.ring.debts", "n", s.debts) }

func (s segment) middle() float64 { return (float64(s.stage) - 0.5) * stageSweep }

func (s segment) sweep() (from, to float64) {
	half := stageSweep/2 - stageGap
	return s.middle() - half, s.middle() + half
}

// span is from the first to the last stage of a phase.
type span struct{ from, to reformcycle.Stage }

// phases yields the phases in order, each with the stages that it spans.
func phases(yield func(reformcycle.Phase, span) bool) {
	for p := reformcycle.Politics; p <= reformcycle.Learning; p++ {
		var in span
		for s := range reformcycle.Stages() {
			if s.Phase() == p {
				if in.from == 0 {
					in.from = s
				}
				in.to = s
			}
		}
		if !yield(p, in) {
			return
		}
	}
}

func (p *page) met(phase reformcycle.Phase) string {
	return p.Texture(12, 12, 0, `<rect width="12" height="12" fill="`+phaseInks[phase].full+`"/>`+phaseInks[phase].texture)
}

func (p *page) unknown(phase reformcycle.Phase) string {
	return p.Texture(20, 24, 0, `<rect width="20" height="24" fill="`+phaseInks[phase].tint+`"/><g font-size="12" text-anchor="middle" fill="#1A1A1A"><text x="5" y="10">?</text><text x="15" y="22">?</text></g>`)
}

func (p *page) owing() string { return p.Hatched(7, 3.5, draw.White, draw.Dark) }

func (p *page) segment(s segment) {
	phase := s.stage.Phase()
	tint := phaseInks[phase].tint
	from, to := s.sweep()
	if required(s.tally) == 0 {
		p.Put(`<path d="%s" fill="#FFFFFF" stroke="%s" stroke-width="1.5" stroke-dasharray="3 4"/>`, wedge(innerRadius, outerRadius, from, to), draw.Grey)
	} else {
		step := (to - from) / float64(required(s.tally))
		at := from
		for _, part := range []struct {
			count int
			fill  string
		}{
			{s.tally.Met, p.met(phase)},
			{s.tally.Unmet, tint},
			{s.tally.Unknown, p.unknown(phase)},
		} {
			if part.count == 0 {
				continue
			}
			end := at + step*float64(part.count)
			p.Put(`<path d="%s" fill="%s" stroke="%s" stroke-width="1.5"/>`, wedge(innerRadius, outerRadius, at, end), part.fill, draw.Dark)
			if required(s.tally) <= cellLimit {
				for i := 1; i < part.count; i++ {
					x1, y1 := polar(innerRadius, at+step*float64(i))
					x2, y2 := polar(outerRadius, at+step*float64(i))
					p.Put(`<path d="M%s %sL%s %s" stroke="%s" stroke-width="1.5"/>`, x1, y1, x2, y2, draw.Dark)
				}
			}
			at = end
		}
	}
	if s.debts > 0 {
		p.Put(`<path d="%s" fill="%s" stroke="%s" stroke-width="1"/>`, wedge(outerRadius+5, debtRadius, from, to), p.owing(), draw.Dark)
	}
}

func (p *page) frame(r ring) {
	s := r.segments[r.stage-1]
	from, to := s.sweep()
	dash := map[reformcycle.Status]string{reformcycle.Suspended: ` stroke-dasharray="14 8"`, reformcycle.Abandoned: ` stroke-dasharray="3 6"`}[r.status]
	p.Put(`<path d="%s" fill="none" stroke="#000000" stroke-width="6" stroke-linejoin="round"%s/>`, wedge(innerRadius, outerRadius, from, to), dash)
	x, y := polar(markRadius, s.middle())
	p.status(r.status, x, y, s.middle())
}

// status draws the sign of a status, pointing outward at an angle.
func (p *page) status(status reformcycle.Status, x, y, angle float64) {
	p.Put(`<g transform="translate(%s %s)">`, x, y)
	switch status {
	case reformcycle.Active:
		p.Put(`<path d="M0 -17L15 11L0 4L-15 11Z" fill="#000000" transform="rotate(%s)"/>`, angle)
	case reformcycle.Suspended:
		p.Put(`<circle r="14" fill="#000000"/><path d="M-6 -7V7M6 -7V7" stroke="#FFFFFF" stroke-width="5"/>`)
	default:
		p.Put(`<circle r="14" fill="#000000"/><path d="M-6 -6L6 6M6 -6L-6 6" stroke="#FFFFFF" stroke-width="4.5"/>`)
	}
	p.Put(`</g>`)
}

func (r ring) standsHere() language.Text {
	switch {
	case !r.begun:
		return language.Of("picture.ring.begins")
	case r.status == reformcycle.Active:
		return language.Of("picture.ring.here")
	case r.status == reformcycle.Suspended:
		return language.Of("picture.ring.suspended")
	default:
		return language.Of("picture.ring.abandoned")
	}
}

type block []tall

type tall struct {
	text string
	draw.Style
	height float64
}

func (b block) height() (sum float64) {
	for _, l := range b {
		sum += l.height
	}
	return sum
}

func (p *page) hub(r ring) {
	const room = 186.0
	name, lap := draw.Style{Size: 15, Bold: true}, p.In.Say(r.lapTold())
	lines := block{{lap, draw.Smaller(lap, room, draw.Style{Size: 30, Bold: true}, 10), 34}}
	for _, t := range draw.Wrap(p.Title, room, name.Wide(), 4) {
		lines = append(lines, tall{t, name, 19})
	}
	lines[1].height += 8 // the lap stands off from the name
	for _, t := range draw.Wrap(draw.Plain(r.country, draw.TitleLimit), 170, 14, 2) {
		lines = append(lines, tall{t, draw.Style{Size: 14}, 20})
	}
	lines = append(lines, tall{r.date, draw.Smaller(r.date, 170, draw.Style{Size: 13, Fill: draw.Grey}, 7), 20})
	y := centreY - lines.height()/2 - 4
	for _, l := range lines {
		y += l.height
		p.Text(centreX, y, l.text, l.Style)
	}
}

// ringLabel is what stands beside a segment.
type ringLabel struct {
	x, y  float64 // of the block's first line
	lines block
	// broken says that a word had no room on a line.
	broken bool
}

const (
	labelTop    = 98.0 // below the headings
	labelBottom = legendTop - 28
)

func (l ringLabel) fits() bool {
	return !l.broken && l.y >= labelTop && l.y+l.lines.height() <= labelBottom
}

// labelScales are tried in order until a label fits.
var labelScales = []float64{1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45}

// labelOf lays out the label of a segment, as large as a scale gives.
func (p *page) labelOf(r ring, s segment, scale float64) (label ringLabel) {
	label.x, label.y = polar(labelRadius, s.middle())
	anchor, room := "start", draw.PageWidth-pageMargin-label.x
	if label.x < centreX {
		anchor, room = "end", label.x-pageMargin
	}
	add := func(text language.Text, st draw.Style, padding float64) {
		st.Size, st.Anchor = st.Size*scale, anchor
		said := p.In.Say(text)
		lines := draw.Wrap(said, room-2*padding, st.Wide(), 9)
		label.broken = label.broken || draw.Broken(said, lines)
		for _, t := range lines {
			label.lines = append(label.lines, tall{t, st, st.Size * 1.3})
		}
	}
	if s.stage == r.stage {
		add(r.standsHere(), draw.Style{Size: 12, Bold: true, Fill: draw.White}, boxPadding)
		label.lines[0].height += 4 // the box stands off from what is on top of it, and below
		label.lines[len(label.lines)-1].height += 4
	}
	add(s.stage.Phase().Told(), draw.Style{Size: 12.5, Fill: draw.Grey}, 0)
	add(stageTold(reformcycle.Standing{Stage: s.stage}), draw.Style{Size: 17, Bold: true}, 0)
	add(s.met(), draw.Style{Size: 14}, 0)
	for _, open := range s.open() {
		add(open, draw.Style{Size: 12.5}, 0)
	}
	if s.debts > 0 {
		add(s.owed(), draw.Style{Size: 13.5, Bold: true, Fill: debtText}, 0)
	}
	// The block leans away from the ring: above it at the top, below it at the
	// bottom, beside it at the sides.
	lean := math.Cos(draw.Radians(s.middle()))
	label.y -= label.lines.height() / 2 * (1 + lean)
	return label
}

// boxPadding is left free on either side of what stands in a box.
const boxPadding = 9.0

func (p *page) label(label ringLabel) {
	// What stands in a box, says so in white.
	wide, high := 0.0, 0.0
	for _, l := range label.lines {
		if l.Fill == draw.White {
			wide, high = max(wide, draw.TextWidth(l.text, l.Wide())+2*boxPadding), high+l.height
		}
	}
	y, left := label.y, label.x
	if label.lines[0].Anchor == "end" {
		left -= wide
	}
	if wide > 0 {
		p.Put(`<rect x="%s" y="%s" width="%s" height="%s" rx="4" fill="#000000"/>`, left, y, wide, high-4)
	}
	for i, l := range label.lines {
		at, baseline, st := label.x, y+l.Size, l.Style
		if l.Fill == draw.White {
			at, st.Anchor = left+wide/2, "middle"
			if baseline -= 1.5; i == 0 { // the first is higher: see labelOf
				baseline += 4
			}
		}
		p.Text(at, baseline, l.text, st)
		y += l.height
	}
}

func (p *page) legend(r ring) {
	p.Put(`<path d="M%s %sH%s" stroke="%s"/>`, legendLeft, legendTop-22, draw.PageWidth-legendLeft, draw.Grey)
	row := func(column float64, i int, text string, sign func(x, y float64)) {
		y := legendTop + float64(i)*legendStep
		sign(column, y)
		room := legendRight - legendLeft - 60
		if column == legendRight {
			room = draw.PageWidth - pageMargin - legendRight - 50
		}
		lines, st := draw.Within(text, room, legendStep, draw.Style{Size: 14, Anchor: "start"}, 7)
		step := st.Size * draw.Leading
		p.Lines(column+50, y+11.4+st.Size*0.33-step/2*float64(len(lines)-1), step, lines, st)
	}
	swatch := func(fill string) func(x, y float64) {
		return func(x, y float64) {
			p.Put(`<rect x="%s" y="%s" width="38" height="24" fill="%s" stroke="%s" stroke-width="1.5"/>`, x, y, fill, draw.Dark)
		}
	}
	i := 0
	for phase, stages := range phases {
		row(legendLeft, i, p.Say("picture.ring.sign.met", "phase", phase.Told(), "from", int(stages.from), "to", int(stages.to)), swatch(p.met(phase)))
		i++
	}
	// Three strips, for unmet and unknown have the tint of their phase.
	strips := func(fill func(reformcycle.Phase) string) func(x, y float64) {
		return func(x, y float64) {
			for phase := range phases {
				width := 38.0 / 3
				p.Put(`<rect x="%s" y="%s" width="%s" height="24" fill="%s"/>`, x+width*float64(phase-1), y, width, fill(phase))
			}
			swatch("none")(x, y)
		}
	}
	row(legendLeft, 3, p.Say("picture.ring.sign.unmet"), strips(func(f reformcycle.Phase) string { return phaseInks[f].tint }))
	row(legendLeft, 4, p.Say("picture.ring.sign.not-rated"), strips(p.unknown))
	for i, status := range []reformcycle.Status{reformcycle.Active, reformcycle.Suspended, reformcycle.Abandoned} {
		text := []string{"picture.ring.sign.active", "picture.ring.sign.suspended", "picture.ring.sign.abandoned"}[i]
		row(legendRight, i, p.Say(text), func(x, y float64) { p.status(status, x+19, y+12, 0) })
	}
	row(legendRight, 3, p.Say("picture.ring.sign.debt"), swatch(p.owing()))

	p.Notes(legendTop+5*legendStep+20,
		p.Say("picture.ring.note"), p.Say("picture.ring.checklist", "checklist", draw.Plain(r.checklist, draw.TitleLimit)))
}

// polar gives the point at a radius and an angle clockwise from the top.
func polar(radius, degrees float64) (x, y float64) {
	return draw.Around(centreX, centreY, radius, degrees)
}

// wedge is the path of a piece of the ring, of less than half a turn.
func wedge(inner, outer, from, to float64) string {
	ax, ay := polar(outer, from)
	bx, by := polar(outer, to)
	cx, cy := polar(inner, to)
	dx, dy := polar(inner, from)
	return fmt.Sprintf("M%s %sA%s %s 0 0 1 %s %sL%s %sA%s %s 0 0 0 %s %sZ",
		draw.Num(ax), draw.Num(ay), draw.Num(outer), draw.Num(outer), draw.Num(bx), draw.Num(by),
		draw.Num(cx), draw.Num(cy), draw.Num(inner), draw.Num(inner), draw.Num(dx), draw.Num(dy))
}
