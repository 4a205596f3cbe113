package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// This file is what the pictures of many cycles share: what they are drawn from, in which
// order, on which page, how a stage is printed, and the table that says the same.

// Nation is the cycles of a picture of many: those that can be read, and those of which
// nobody knows how they stand.
type Nation struct {
	// States of the cycles, each once, as they stand at one moment
	// ([reformcycle.Cycle.Now], [reformcycle.State.At]).
	States []reformcycle.State
	// Silent are those that can't be read, or are not there, as [portfolio.RollUp] lists
	// them. A parent among the states that names them gives their names.
	Silent []portfolio.Silent
}

// Order of the cycles in a picture.
type Order uint8

const (
	// ByPlace: by tier, then by the jurisdiction that they lie in, then by name.
	ByPlace Order = iota
	// ByStage: those first that are furthest behind, and those that are silent last.
	ByStage
)

// PageRows is how many cycles stand on one page of a picture with a row for each.
const PageRows = 50

// View says which part of a picture of many is drawn.
type View struct {
	// Stage whose criteria a heat map shows; 0 for those of all stages.
	Stage reformcycle.Stage
	Order Order
	// Page of the rows, [PageRows] each, from 1; 0 is the first.
	Page int
}

// Pages is how many pages a picture with a row for each cycle has: 1 where there is none.
func (n Nation) Pages() int { return max(1, (len(n.States)+len(n.Silent)+PageRows-1)/PageRows) }

func (n Nation) check(v View) error {
	var wrong fault.Fields
	first := map[string]int{}
	for i, s := range n.States {
		wrong.Once(fault.At("states", i), s.ID(), first, "states", i)
	}
	for i, s := range n.Silent {
		path := fault.At("silent", i) + ".cycle"
		if _, twice := first[s.Cycle]; twice {
			wrong.Add(path, fault.Unique, s.Cycle, language.Of("want.silent-no-state"))
		}
		first[s.Cycle] = i
	}
	if v.Stage != 0 && !v.Stage.Valid() {
		wrong.Add("stage", fault.Known, v.Stage.String(), language.Of("want.stage-or-none"))
	}
	if v.Order > ByStage {
		wrong.Add("order", fault.Known, int(v.Order), fault.WholeBetween(0, float64(ByStage)))
	}
	wrong.Whole("page", v.Page, 0, n.Pages())
	return wrong.Err()
}

// district is one row, tile or area of a picture.
type district struct {
	cycle string
	name  string
	// place is the id of its jurisdiction.
	place string
	// lies in this jurisdiction, by its id.
	in     string
	tier   reformcycle.Tier
	stage  reformcycle.Stage
	status reformcycle.Status
	lap    int
	// silent: nobody knows how it stands; why says so.
	silent bool
	why    language.Text
	state  reformcycle.State
}

// districts are all of a nation, in an order.
func (n Nation) districts(l *language.Language, by Order) []district {
	named := map[string]string{}
	for _, s := range n.States {
		for _, child := range s.Children().Children {
			named[child.Cycle] = cmp.Or(named[child.Cycle], child.Name)
		}
	}
	var all []district
	for _, s := range n.States {
		j, _ := s.Jurisdiction()
		all = append(all, district{
			cycle: s.ID(), name: cmp.Or(j.Name, named[s.ID()], s.Title()), place: j.ID, in: j.Parent, tier: j.Tier,
			stage: s.Stage(), status: s.Status(), lap: s.Lap(), state: s,
		})
	}
	for _, s := range n.Silent {
		all = append(all, district{cycle: s.Cycle, name: named[s.Cycle], silent: true, why: s.Why})
	}
	return ordered(l, all, by)
}

// ofRows are the districts of the rows of a portfolio.
func ofRows(l *language.Language, rows []portfolio.Row) []district {
	all := draw.Each(rows, func(r portfolio.Row) district {
		return district{
			cycle: r.Cycle, name: cmp.Or(r.Jurisdiction.Name, r.Title), place: r.Jurisdiction.ID, in: r.Jurisdiction.Parent, tier: r.Jurisdiction.Tier,
			stage: r.Stage, status: r.Status, lap: r.Lap,
			silent: !r.Unreadable.IsZero() || !r.Stage.Valid(), why: r.Unreadable,
		}
	})
	return ordered(l, all, ByPlace)
}

var tierOrder = []reformcycle.Tier{reformcycle.National, reformcycle.Region, reformcycle.District, reformcycle.FacilityArea, ""}

// ordered gives each its name, tells those of one name apart by their ids, and sorts.
func ordered(l *language.Language, all []district, by Order) []district {
	times := map[string]int{}
	for i := range all {
		d := &all[i]
		d.name = draw.First(draw.Plain(d.name, draw.NameLimit), draw.Plain(d.cycle, draw.NameLimit), l.Say(language.Of("picture.no-name")))
		times[d.name]++
	}
	for i := range all {
		if d := &all[i]; times[d.name] > 1 {
			d.name = l.Say(language.Of("picture.many.name-and-id", "name", d.name, "id", draw.Plain(d.cycle, draw.NameLimit)))
		}
	}
	slices.SortFunc(all, func(a, b district) int {
		if by == ByStage {
			if c := cmp.Compare(a.behind(), b.behind()); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(slices.Index(tierOrder, a.tier), slices.Index(tierOrder, b.tier)),
			cmp.Compare(a.in, b.in), cmp.Compare(a.name, b.name), cmp.Compare(a.cycle, b.cycle))
	})
	return all
}

// behind is how far a district has come: laps and stages; those that were abandoned, and
// then those that are silent, stand behind all that are under way.
func (d district) behind() int {
	const most = 1 << 30
	switch {
	case d.silent:
		return most + 1
	case d.status == reformcycle.Abandoned:
		return most
	}
	return d.lap*8 + int(d.stage)
}

// stands tells where a district stands, such as "5 program readiness (suspended)".
func (d district) stands() language.Text {
	switch {
	case d.silent:
		return language.Of("picture.many.silent")
	case d.status == reformcycle.Active:
		return language.Of("picture.ring.stage", "n", int(d.stage), "stage", d.stage.Told())
	}
	return language.Of("picture.many.held", "n", int(d.stage), "stage", d.stage.Told(), "status", d.status.Told())
}

// shownOn are the districts of a page, which is from 1.
func shownOn(all []district, page int) (rows []district, from int) {
	from = (max(page, 1) - 1) * PageRows
	return all[min(from, len(all)):min(from+PageRows, len(all))], from
}

// paged says which part of all is on a page.
func paged(l *language.Language, n Nation, v View, rows, from int) string {
	all := len(n.States) + len(n.Silent)
	if all <= PageRows {
		return l.Say(language.Of("picture.many.all", "n", all))
	}
	return l.Say(language.Of("picture.many.page", "page", max(v.Page, 1), "pages", n.Pages(), "from", from+1, "to", from+rows, "n", all))
}

// judgedLast tells as of which day the latest of some states is judged.
func judgedLast(l *language.Language, states []reformcycle.State) string {
	i := -1
	for j, s := range states {
		if s.Seq() > 0 && (i < 0 || s.JudgedAt().After(states[i].JudgedAt())) {
			i = j
		}
	}
	if i < 0 {
		return ""
	}
	return l.Say(language.Of("picture.many.as-of", "on", dated(judgedOn(states[i]))))
}

// stageInks are how the stages are printed: the lighter the earlier, in grey as well. The
// number of the stage stands on each.
var stageInks = [...]string{"", "#F7FBFF", "#DCE9F6", "#BBD6EB", "#8DC1DD", "#58A1CF", "#2F7EBC", "#0F5A9E", "#08306B"}

// inkOn is that of what is written on a stage's ink.
func inkOn(stage reformcycle.Stage) string {
	if stage >= reformcycle.ProgramReadiness+1 {
		return draw.White
	}
	return draw.Dark
}

// fill of a district, and what is written on it.
func (p *page) fill(d district) (fill, ink, sign string) {
	switch {
	case d.silent:
		return p.Dotted(draw.White), draw.Dark, "?"
	case d.status == reformcycle.Abandoned:
		return p.Hatched(7, 1.5, draw.White, draw.Grey), draw.Dark, "×"
	}
	return stageInks[d.stage], inkOn(d.stage), p.In.Number(float64(d.stage))
}

// paused draws the sign of a suspended cycle: two bars on a plate.
func (p *page) paused(x, y, r float64) {
	p.Put(`<rect x="%v" y="%v" width="%v" height="%v" fill="#FFFFFF"/><path d="M%v %vv%vM%v %vv%v" stroke="#000000" stroke-width="%v"/>`,
		x-r, y-r, 2*r, 2*r, x-r*0.4, y-r*0.75, r*1.5, x+r*0.4, y-r*0.75, r*1.5, r*0.45)
}

// disc makes what is written on a texture readable.
func (p *page) disc(x, y, r float64) {
	p.Put(`<circle cx="%v" cy="%v" r="%v" fill="#FFFFFF"/>`, x, y, r)
}

// stageSigns explain the stages, and those that stand at none.
func (p *page) stageSigns() (signs []draw.Sign) {
	sign := func(text string, d district) draw.Sign {
		return draw.Sign{Text: text, Draw: func(x, y float64) { p.stageSwatch(x, y, d) }}
	}
	for stage := range reformcycle.Stages() {
		signs = append(signs, sign(p.In.Say(stage.Told()), district{stage: stage}))
	}
	return append(signs,
		sign(p.Say("picture.many.sign.suspended"), district{stage: reformcycle.Design, status: reformcycle.Suspended}),
		sign(p.Say("picture.many.sign.abandoned"), district{stage: reformcycle.Design, status: reformcycle.Abandoned}),
		sign(p.Say("picture.many.sign.silent"), district{silent: true}))
}

func (p *page) stageSwatch(x, y float64, d district) {
	fill, ink, sign := p.fill(d)
	p.Put(`<rect x="%v" y="%v" width="28" height="16" fill="%s" stroke="%s"/>`, x-14, y-8, fill, draw.Dark)
	if strings.HasPrefix(fill, "url") {
		p.disc(x, y, 6.5)
	}
	if d.status == reformcycle.Suspended {
		p.paused(x, y, 6)
		return
	}
	p.Text(x, y+4, sign, draw.Style{Size: 11, Bold: true, Fill: ink})
}

// Table is what a picture of many shows, in words: for those who can't see it, and for a
// spreadsheet. Its texts are as they are read, and not escaped for any format.
type Table struct {
	// Caption says what is in it.
	Caption string
	// Columns are the heads; the first is that of the names.
	Columns []string
	// Rows are as long as Columns.
	Rows [][]string
}

// Markdown writes the table as those of GitHub's Markdown.
//
// Errors: [fault.Fields] where there is no writer; those of the writer.
func (t Table) Markdown(w io.Writer) error {
	var b strings.Builder
	row := func(cells []string, safe func(string) string) {
		b.WriteString("| " + strings.Join(draw.Each(cells, safe), " | ") + " |\n")
	}
	b.WriteString(name(t.Caption) + "\n\n")
	row(t.Columns, name)
	row(t.Columns, func(string) string { return "---" })
	for _, cells := range t.Rows {
		row(cells, name)
	}
	return draw.Write(w, b.String())
}
