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
// long for its place is cut.
func Ring(w io.Writer, l *language.Language, s reformcycle.State) error {
	return draw.Write(w, newRing(l, s).draw())
}

type ring struct {
	in                 *language.Language
	id, title, country string
	begun              bool
	lap                int
	date, standing     string
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
		date: known(judgedOn(s)), stage: s.Stage(), status: s.Status(), checklist: s.Checklist().ID(), basis: basis(s.Ratings()),
	}
	at := fmt.Sprintf("stage %d of 8, %s", s.Stage(), s.Stage().Label())
	switch {
	case s.Seq() == 0:
		r.date = "no entry yet"
		r.standing = "Not begun"
	case s.Status() == reformcycle.Active:
		r.standing = fmt.Sprintf("At %s, since %s", at, known(stageSince(s)))
	case s.Status() == reformcycle.Suspended:
		r.standing = fmt.Sprintf("Suspended at %s, since %s", at, known(s.LastMoved()))
	default:
		r.standing = fmt.Sprintf("Abandoned at %s, %s", at, knownOn(s.LastMoved()))
	}
	owed := make(map[reformcycle.Stage]int)
	for _, d := range s.OpenDebts() {
		owed[d.Stage]++
	}
	for stage := range reformcycle.Stages() {
		r.segments = append(r.segments, segment{stage, s.Tally(stage), owed[stage]})
	}
	return r
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
		In: r.in, Name: "reform-ring", On: draw.Upright, Title: r.title, Otherwise: draw.First(draw.Plain(r.id, draw.TitleLimit), "No title"),
		Kind: fmt.Sprintf("lap %d. %s", r.lap, r.standing), Description: r.describe(), Basis: r.basis,
	})
	p.Text(centreX, 56, "The community health systems reform cycle", draw.Style{Size: 26, Bold: true})
	p.Text(centreX, 88, r.standing, draw.Style{Size: 17})
	for _, s := range r.segments {
		p.segment(s)
	}
	p.frame(r)
	p.hub(r)
	for _, s := range r.segments {
		p.label(r, s)
	}
	p.legend(r)
	return p.End()
}

func (r ring) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "A ring of eight stages, clockwise from the top. %s. Lap %d. As of %s.", r.standing, r.lap, r.date)
	for _, s := range r.segments {
		fmt.Fprintf(&b, " Stage %d, %s (%s): %s", s.stage, s.stage.Label(), s.stage.Phase(), s.met())
		if open := s.open(); open != "" {
			b.WriteString(", " + open)
		}
		if s.debts > 0 {
			b.WriteString(", " + s.owed())
		}
		b.WriteByte('.')
	}
	return b.String()
}

func basis(ratings []assessment.Rating) string {
	if len(ratings) == 0 {
		return "No criterion is rated yet."
	}
	made := madeUp(ratings)
	text := fmt.Sprintf("%d of %s illustrative", len(made), draw.Counted(len(ratings), "rating is", "ratings are"))
	if len(made) == 0 {
		return text + "."
	}
	return text + ": " + noFindings(made) + "."
}

func madeUp(ratings []assessment.Rating) []assessment.Rating {
	return slices.DeleteFunc(slices.Clone(ratings), func(r assessment.Rating) bool { return r.Evidence.Basis == assessment.Documented })
}

func noFindings(made []assessment.Rating) string {
	if len(made) == 1 {
		return "do not read it as a finding"
	}
	return "do not read them as findings"
}

func (s segment) met() string {
	if required(s.tally) == 0 {
		return "nothing required"
	}
	return fmt.Sprintf("%d of %d met", s.tally.Met, required(s.tally))
}

func (s segment) open() string {
	var parts []string
	if s.tally.Unmet > 0 {
		parts = append(parts, fmt.Sprintf("%d unmet", s.tally.Unmet))
	}
	if s.tally.Unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d not rated", s.tally.Unknown))
	}
	return strings.Join(parts, ", ")
}

func (s segment) owed() string { return draw.Counted(s.debts, "debt", "debts") + " open" }

func (s segment) middle() float64 { return (float64(s.stage) - 0.5) * stageSweep }

func (s segment) sweep() (from, to float64) {
	half := stageSweep/2 - stageGap
	return s.middle() - half, s.middle() + half
}

// phases yields the phases in order, each with the stages that it spans, "1–2".
func phases(yield func(reformcycle.Phase, string) bool) {
	for p := reformcycle.Politics; p <= reformcycle.Learning; p++ {
		var from, to reformcycle.Stage
		for s := range reformcycle.Stages() {
			if s.Phase() == p {
				if from == 0 {
					from = s
				}
				to = s
			}
		}
		if !yield(p, fmt.Sprintf("%d–%d", from, to)) {
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

func (r ring) standsHere() string {
	switch {
	case !r.begun:
		return "BEGINS HERE"
	case r.status == reformcycle.Active:
		return "WE ARE HERE"
	case r.status == reformcycle.Suspended:
		return "SUSPENDED HERE"
	default:
		return "ABANDONED HERE"
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
	name := draw.Style{Size: 15, Bold: true}
	lines := block{{fmt.Sprintf("Lap %d", r.lap), draw.Style{Size: 30, Bold: true}, 34}}
	for _, t := range draw.Wrap(p.Title, 186, name.Wide(), 4) {
		lines = append(lines, tall{t, name, 19})
	}
	lines[1].height += 8 // the lap stands off from the name
	for _, t := range draw.Wrap(draw.Plain(r.country, draw.TitleLimit), 170, 14, 2) {
		lines = append(lines, tall{t, draw.Style{Size: 14}, 20})
	}
	lines = append(lines, tall{r.date, draw.Style{Size: 13, Fill: draw.Grey}, 20})
	y := centreY - lines.height()/2 - 4
	for _, l := range lines {
		y += l.height
		p.Text(centreX, y, l.text, l.Style)
	}
}

func (p *page) label(r ring, s segment) {
	x, y := polar(labelRadius, s.middle())
	anchor, room := "start", draw.PageWidth-pageMargin-x
	if x < centreX {
		anchor, room = "end", x-pageMargin
	}
	var lines block
	add := func(text string, st draw.Style, most int) {
		st.Anchor = anchor
		for _, t := range draw.Wrap(text, room, st.Wide(), most) {
			lines = append(lines, tall{t, st, st.Size * 1.3})
		}
	}
	if s.stage == r.stage {
		lines = append(lines, tall{r.standsHere(), draw.Style{Size: 12, Bold: true, Fill: draw.White}, 24})
	}
	add(s.stage.Phase().String(), draw.Style{Size: 12.5, Fill: draw.Grey}, 1)
	add(fmt.Sprintf("%d %s", s.stage, s.stage.Label()), draw.Style{Size: 17, Bold: true}, 3)
	add(s.met(), draw.Style{Size: 14}, 1)
	if open := s.open(); open != "" {
		add(open, draw.Style{Size: 12.5}, 2)
	}
	if s.debts > 0 {
		add(s.owed(), draw.Style{Size: 13.5, Bold: true, Fill: debtText}, 2)
	}
	// The block leans away from the ring: above it at the top, below it at the
	// bottom, beside it at the sides.
	lean := math.Cos(draw.Radians(s.middle()))
	y -= lines.height() / 2 * (1 + lean)
	for _, l := range lines {
		if l.Fill == draw.White { // in a box
			width := draw.TextWidth(l.text, l.Wide()) + 18
			left := x
			if anchor == "end" {
				left = x - width
			}
			p.Put(`<rect x="%s" y="%s" width="%s" height="20" rx="4" fill="#000000"/>`, left, y, width)
			p.Text(left+width/2, y+14.5, l.text, l.Style)
		} else {
			p.Text(x, y+l.Size, l.text, l.Style)
		}
		y += l.height
	}
}

func (p *page) legend(r ring) {
	p.Put(`<path d="M%s %sH%s" stroke="%s"/>`, legendLeft, legendTop-22, draw.PageWidth-legendLeft, draw.Grey)
	row := func(column float64, i int, text string, sign func(x, y float64)) {
		y := legendTop + float64(i)*legendStep
		sign(column, y)
		p.Text(column+50, y+16, text, draw.Style{Size: 14, Anchor: "start"})
	}
	swatch := func(fill string) func(x, y float64) {
		return func(x, y float64) {
			p.Put(`<rect x="%s" y="%s" width="38" height="24" fill="%s" stroke="%s" stroke-width="1.5"/>`, x, y, fill, draw.Dark)
		}
	}
	i := 0
	for phase, stages := range phases {
		row(legendLeft, i, fmt.Sprintf("met, in the phase %s (stages %s)", phase, stages), swatch(p.met(phase)))
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
	row(legendLeft, 3, "unmet: below the level that it needs", strips(func(f reformcycle.Phase) string { return phaseInks[f].tint }))
	row(legendLeft, 4, "not rated: nobody knows yet", strips(p.unknown))
	for i, status := range []reformcycle.Status{reformcycle.Active, reformcycle.Suspended, reformcycle.Abandoned} {
		text := []string{"where the cycle stands", "where it stands while suspended", "where it was abandoned"}[i]
		row(legendRight, i, text, func(x, y float64) { p.status(status, x+19, y+12, 0) })
	}
	row(legendRight, 3, "readiness debt open: left unmet here", swatch(p.owing()))

	p.Notes(legendTop+5*legendStep+20,
		"Clockwise from the top. Each segment is shared out among the required criteria of its stage.",
		"Checklist "+draw.Plain(r.checklist, draw.TitleLimit)+". Stages after chen2021; their phases as the model reads it.")
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
