package report

import (
	"io"
	"math"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// HeatMap draws how far each criterion is met in each of many cycles, as an SVG page of
// A4 size, upright: a row for each cycle, a column for each criterion, stage by stage. The
// level stands in its cell as a number, a shade and a texture; a question mark is a level
// that nobody knows, a cell that is left white a criterion that the checklist of the cycle
// does not have. A frame is around the stage at which a cycle stands. What is computed of
// a stage that the record does not tell of, since it began later or says that it is silent,
// is not known where nothing of it is on record.
//
// A page has [PageRows] rows, and says of how many ([Nation.Pages]); it has the first 60
// criteria, and says how many it leaves out. [HeatTable] has all of them.
//
// A cycle that is there twice, a stage that is none and a page beyond the last are refused
// with [fault.Fields].
func HeatMap(w io.Writer, l *language.Language, title string, n Nation, v View) error {
	if err := n.check(v); err != nil {
		return err
	}
	return draw.Write(w, newHeat(l, n, v).draw(title))
}

// HeatTable is what a heat map shows, with all criteria.
//
// Errors: as those of [HeatMap].
func HeatTable(l *language.Language, n Nation, v View) (Table, error) {
	if err := n.check(v); err != nil {
		return Table{}, err
	}
	h := newHeat(l, n, v)
	t := Table{Caption: h.kind(), Columns: []string{l.Say(language.Of("picture.many.jurisdiction")), l.Say(language.Of("picture.many.stands"))}}
	for _, c := range h.columns {
		t.Columns = append(t.Columns, l.Say(c.name))
	}
	for _, row := range h.rows {
		cells := []string{row.name, l.Say(row.stands())}
		for _, level := range row.levels {
			cells = append(cells, l.Say(level.told()))
		}
		t.Rows = append(t.Rows, cells)
	}
	return t, nil
}

// heatColumns have room on a page.
const heatColumns = 60

type heat struct {
	in   *language.Language
	n    Nation
	view View
	// columns are the criteria, those of a stage beside each other; rows those of the page.
	columns []heatColumn
	rows    []heatRow
	from    int
}

type heatColumn struct {
	id    string
	stage reformcycle.Stage
	name  language.Text
}

type heatRow struct {
	district
	levels []heatLevel
}

// heatLevel is the level of a criterion, or notAsked.
type heatLevel int

const notAsked heatLevel = -1

func (l heatLevel) told() language.Text {
	switch {
	case l == notAsked:
		return language.Of("picture.heat.not-asked")
	case l == heatLevel(assessment.Unknown):
		return language.Of("picture.scores.not-rated")
	}
	return language.Of("picture.heat.level", "level", int(l), "says", assessment.Level(l).Told())
}

func newHeat(l *language.Language, n Nation, v View) heat {
	h := heat{in: l, n: n, view: v}
	all := n.districts(l, v.Order)
	// The columns are those of all cycles, so that they are the same on every page.
	at := map[string]int{}
	for stage := range reformcycle.Stages() {
		if v.Stage != 0 && v.Stage != stage {
			continue
		}
		for _, d := range all {
			if d.silent {
				continue
			}
			list := d.state.Checklist()
			from, to := list.Section(stage.String())
			for i := from; i < to; i++ {
				c := list.At(i)
				if _, held := at[c.ID]; !held {
					at[c.ID] = len(h.columns)
					h.columns = append(h.columns, heatColumn{c.ID, stage, criterionName(l, c)})
				}
			}
		}
	}
	var shown []district
	shown, h.from = shownOn(all, v.Page)
	for _, d := range shown {
		row := heatRow{d, make([]heatLevel, len(h.columns))}
		unseen := notAsked
		if d.silent {
			unseen = heatLevel(assessment.Unknown)
		}
		for i := range row.levels {
			row.levels[i] = unseen
		}
		if !d.silent {
			untold := untoldOf(d.state)
			for _, it := range d.state.Scorecard().Items {
				if i, held := at[it.Criterion.ID]; held {
					row.levels[i] = heatLevel(it.Level)
					if it.Level == assessment.NonFunctional && it.Criterion.Kind == assessment.Derived && untold[it.Criterion.Section] {
						row.levels[i] = heatLevel(assessment.Unknown)
					}
				}
			}
		}
		h.rows = append(h.rows, row)
	}
	return h
}

// untoldOf are the stages, as sections of a checklist, of which the record does not tell
// what happened: of what is computed there, the lowest level only says that nothing is on
// record.
func untoldOf(s reformcycle.State) map[string]bool {
	untold := map[string]bool{}
	for stage := range reformcycle.Stages() {
		absence := s.OnRecord(stage.Topic()).Absence
		untold[stage.String()] = absence == reformcycle.Silent || absence == reformcycle.BeforeRecording
	}
	return untold
}

func (h heat) kind() string {
	what := h.in.Say(language.Of("picture.heat.head"))
	if h.view.Stage != 0 {
		what = h.in.Say(language.Of("picture.heat.head-stage", "stage", h.view.Stage.Told()))
	}
	return join(what, paged(h.in, h.n, h.view, len(h.rows), h.from), judgedLast(h.in, h.n.States))
}

// join puts sentences behind each other.
func join(sentences ...string) string {
	return strings.Join(strings.Fields(strings.Join(sentences, " ")), " ")
}

// describe tells of each cycle how many criteria stand at each level.
func (h heat) describe() string {
	return h.in.Say(language.Of("picture.heat.described")) + draw.Sentences(h.in, h.rows, func(r heatRow) string {
		if r.silent {
			return h.in.Say(language.Of("picture.many.is-silent", "name", r.name))
		}
		var n [assessment.HighlyFunctional + 1]int
		for _, level := range r.levels {
			if level >= 0 {
				n[level]++
			}
		}
		return h.in.Say(language.Of("picture.heat.row", "name", r.name, "stands", r.stands(), "four", n[4], "three", n[3], "two", n[2], "one", n[1], "unknown", n[0]))
	})
}

const (
	heatLeft  = 14.0
	heatRight = draw.PageWidth - 14
	heatStart = 232.0 // of the cells, at the leftmost
	heatStand = 26.0  // the width of the column that tells where a cycle stands
)

func (h heat) draw(title string) string {
	p := newPage(draw.Sheet{
		In: h.in, Name: "nation-heat", On: draw.Upright, Title: title, Otherwise: h.in.Say(language.Of("picture.heat")),
		Kind: h.kind(), Description: h.describe(), Basis: illustrative(h.in, h.ratings()),
	})
	top := p.Head(p.Kind) + 12
	signs := p.heatSigns()
	columns := h.columns[:min(len(h.columns), heatColumns)]
	notes := []string{p.Say("picture.heat.note")}
	if left := len(h.columns) - len(columns); left > 0 {
		notes = append(notes, p.Say("picture.heat.left-out", "n", left))
	}
	width := draw.PageWidth - 2*draw.Margin
	key := p.heatKey(columns)
	foot := draw.PageHeight - 12 - p.Foot(notes...) - draw.SignsHigh(width, 4, signs) - key.high - 30
	if len(h.rows) == 0 || len(columns) == 0 {
		p.Empty(draw.PageWidth/2, draw.PageHeight/2, p.Say("picture.many.nobody"))
	} else {
		p.cells(h, columns, top, foot)
	}
	p.putKey(key, foot+14)
	y := p.Signs(draw.Margin, foot+14+key.high+18, width, 4, signs)
	p.Notes(y+6, notes...)
	return p.End()
}

// ratings are those of the cycles of the page.
func (h heat) ratings() (all []assessment.Rating) {
	for _, row := range h.rows {
		all = append(all, row.state.Ratings()...)
	}
	return all
}

// cells draws the rows between two heights. Each texture holds its number and is as large
// as a cell, so that a path of all cells of a level is enough.
func (p *page) cells(h heat, columns []heatColumn, top, foot float64) {
	const heads = 30.0
	wide := min(math.Floor((heatRight-heatStart)/float64(len(columns))*4)/4, 60)
	high := min(math.Floor((foot-top-heads)/float64(len(h.rows))*4)/4, 24)
	left := math.Ceil(heatStart/wide) * wide // on the grid of the textures
	if left+wide*float64(len(columns)) > heatRight {
		left -= wide
	}
	first := math.Ceil((top+heads)/high) * high
	if first+high*float64(len(h.rows)) > foot {
		first -= high
	}
	right, bottom := left+wide*float64(len(columns)), first+high*float64(len(h.rows))
	// Heads: the stage, and the number of the criterion in the key.
	small := draw.Style{Size: min(9, wide*0.72), Fill: draw.Dark}
	for i, c := range columns {
		x := left + wide*float64(i)
		p.Text(x+wide/2, first-5, p.In.Number(float64(i+1)), draw.Smaller(p.In.Number(float64(i+1)), wide, small, 4))
		if i == 0 || columns[i-1].stage != c.stage {
			n := 1
			for i+n < len(columns) && columns[i+n].stage == c.stage {
				n++
			}
			text := p.Say("picture.ring.stage", "n", int(c.stage), "stage", c.stage.Told())
			st := draw.Smaller(text, wide*float64(n)-4, draw.Style{Size: 11, Bold: true}, 7.5)
			if draw.TextWidth(text, st.Wide()) > wide*float64(n)-4 {
				text, st.Size = p.In.Number(float64(c.stage)), 11
			}
			p.Text(x+wide*float64(n)/2, first-18, text, st)
		}
	}
	// The cells, level by level, those beside each other as one.
	paths := map[heatLevel]*strings.Builder{}
	levels := []heatLevel{4, 3, 2, 1, 0}
	for _, level := range levels {
		paths[level] = &strings.Builder{}
	}
	for r, row := range h.rows {
		for i := 0; i < len(columns); {
			n := 1
			for i+n < len(columns) && row.levels[i+n] == row.levels[i] {
				n++
			}
			if b := paths[row.levels[i]]; b != nil {
				w := draw.Num(wide * float64(n))
				b.WriteString("M" + draw.Num(left+wide*float64(i)) + " " + draw.Num(first+high*float64(r)) + "h" + w + "v" + draw.Num(high) + "h-" + w + "z")
			}
			i += n
		}
	}
	for _, level := range levels {
		if paths[level].Len() > 0 {
			p.Put(`<path d="%s" fill="%s"/>`, paths[level].String(), p.heatFill(level, wide, high))
		}
	}
	var grid strings.Builder
	for r := range len(h.rows) + 1 {
		grid.WriteString("M" + draw.Num(left) + " " + draw.Num(first+high*float64(r)) + "H" + draw.Num(right))
	}
	for i := range len(columns) + 1 {
		grid.WriteString("M" + draw.Num(left+wide*float64(i)) + " " + draw.Num(first) + "V" + draw.Num(bottom))
	}
	p.Put(`<path d="%s" stroke="#FFFFFF" stroke-width="1.2" fill="none"/>`, grid.String())
	for i, c := range columns {
		if i == 0 || columns[i-1].stage != c.stage {
			p.Put(`<path d="M%v %vV%v" stroke="%s" stroke-width="1.2"/>`, left+wide*float64(i), first-14, bottom, draw.Dark)
		}
	}
	p.Put(`<path d="M%v %vV%v" stroke="%s" stroke-width="1.2"/>`, right, first-14, bottom, draw.Dark)
	size := min(high*0.78, 12)
	for r, row := range h.rows {
		y := first + high*float64(r)
		p.rowHead(row.district, left, y, high, size)
		if row.silent || row.status == reformcycle.Abandoned {
			continue
		}
		from, n := -1, 0
		for i, c := range columns {
			if c.stage == row.stage {
				if from < 0 {
					from = i
				}
				n++
			}
		}
		if n > 0 {
			p.Put(`<rect x="%v" y="%v" width="%v" height="%v" fill="none" stroke="#000000" stroke-width="2"/>`, left+wide*float64(from), y+0.5, wide*float64(n), high-1)
		}
	}
}

// rowHead writes the name of a row, and where its cycle stands, before a place.
func (p *page) rowHead(d district, before, y, high, size float64) {
	room := before - heatStand - 8 - heatLeft
	st := draw.Smaller(d.name, room, draw.Style{Size: size, Anchor: "end"}, max(size*0.6, 6))
	base := y + high/2 + size*0.35
	p.Text(before-heatStand-6, base, draw.Fit(d.name, room, st.Wide()), st)
	p.standing(d, before-heatStand/2-2, y+high/2, min(high*0.46, 9))
}

// standing draws where a cycle stands, in a small box.
func (p *page) standing(d district, x, y, r float64) {
	fill, ink, sign := p.fill(d)
	wide := r * 1.25
	p.Put(`<rect x="%v" y="%v" width="%v" height="%v" fill="%s" stroke="%s" stroke-width="0.8"/>`, x-wide, y-r, 2*wide, 2*r, fill, draw.Dark)
	if strings.HasPrefix(fill, "url") {
		p.disc(x, y, r*0.85)
	}
	if !d.silent && d.status == reformcycle.Suspended {
		p.paused(x+wide*0.55, y, r*0.8)
		x -= wide * 0.42
	}
	p.Text(x, y+r*0.55, sign, draw.Style{Size: r * 1.5, Bold: true, Fill: ink})
}

// heatFill is a texture of cells, each with its level.
func (p *page) heatFill(level heatLevel, wide, high float64) string {
	size := min(wide*1.25, high*0.72, 13)
	ground := [...]string{"#FFFFFF", draw.Peach, "#DCE9F6", "#7DB4DA", "#0F5A9E"}[level]
	ink, text := draw.Dark, p.In.Number(float64(level))
	w, h := draw.Num(wide), draw.Num(high)
	tile := `<rect width="` + w + `" height="` + h + `" fill="` + ground + `"/>`
	switch level {
	case 0:
		ink, text = draw.Grey, "?"
		tile += `<path d="M0 ` + h + `L` + w + ` 0" stroke="#CCCCCC" stroke-width="0.8"/>`
	case 1:
		tile += `<path d="M0 0H` + w + `M0 ` + h + `H` + w + `" stroke="` + draw.Rust + `" stroke-width="` + draw.Num(high*0.22) + `"/>`
	case 2:
		tile += `<path d="M0 ` + h + `H` + w + `" stroke="` + draw.Blue + `" stroke-width="` + draw.Num(high*0.24) + `" stroke-dasharray="2 2"/>`
	case 4:
		ink = draw.White
	}
	return p.Texture(wide, high, 0, tile+`<text x="`+draw.Num(wide/2)+`" y="`+draw.Num(high/2+size*0.36)+`" font-size="`+draw.Num(size)+`" font-weight="bold" text-anchor="middle" fill="`+ink+`">`+text+`</text>`)
}

func (p *page) heatSigns() (signs []draw.Sign) {
	for level := assessment.HighlyFunctional; level >= assessment.NonFunctional; level-- {
		signs = append(signs, draw.Sign{Text: p.In.Say(heatLevel(level).told()), Draw: p.heatSwatch(heatLevel(level))})
	}
	return append(signs,
		draw.Sign{Text: p.Say("picture.heat.sign.unknown"), Draw: p.heatSwatch(0)},
		draw.Sign{Text: p.Say("picture.heat.sign.not-asked"), Draw: p.Swatch(draw.White)},
		draw.Sign{Text: p.Say("picture.heat.sign.stands"), Draw: func(x, y float64) {
			p.Put(`<rect x="%v" y="%v" width="28" height="14" fill="none" stroke="#000000" stroke-width="2.5"/>`, x-14, y-7)
		}},
		draw.Sign{Text: p.Say("picture.many.sign.suspended"), Draw: func(x, y float64) {
			p.standing(district{stage: reformcycle.Design, status: reformcycle.Suspended}, x, y, 8)
		}},
		draw.Sign{Text: p.Say("picture.many.sign.abandoned"), Draw: func(x, y float64) {
			p.standing(district{stage: reformcycle.Design, status: reformcycle.Abandoned}, x, y, 8)
		}},
		draw.Sign{Text: p.Say("picture.many.sign.silent"), Draw: func(x, y float64) { p.standing(district{silent: true}, x, y, 8) }})
}

// heatSwatch is one cell of a level. A texture begins at the corner of the page, so the
// cell is drawn there and moved.
func (p *page) heatSwatch(level heatLevel) func(x, y float64) {
	return func(x, y float64) {
		p.Put(`<g transform="translate(%v %v)"><path d="M0 0h28v16h-28z" fill="%s" stroke="%s"/></g>`, x-14, y-8, p.heatFill(level, 28, 16), draw.Dark)
	}
}

// heatKey is the names of the criteria, as large as a fifth of the page lets them be.
type heatKeyLines struct {
	columns int
	size    float64
	names   [][]string
	high    float64
}

func (p *page) heatKey(columns []heatColumn) heatKeyLines {
	const most = 232.0
	type layout struct {
		columns int
		size    float64
	}
	var best heatKeyLines
	draw.Largest([]layout{{3, 11}, {4, 10.5}, {4, 10}, {4, 9.5}, {4, 9}, {5, 8.5}, {5, 8}, {5, 7.5}, {5, 7}, {5, 6.5}, {5, 6}, {5, 5.5}, {5, 5}, {5, 4.5}}, func(l layout) bool {
		best = heatKeyLines{columns: l.columns, size: l.size}
		width := (draw.PageWidth-2*draw.Margin)/float64(l.columns) - best.indent() - 8
		total, deepest := 0, 0
		broken := false
		for _, c := range columns {
			text := p.In.Say(c.name)
			lines := draw.Wrap(text, width, l.size, 6)
			broken = broken || draw.Broken(text, lines)
			best.names = append(best.names, lines)
			total, deepest = total+len(lines), max(deepest, len(lines))
		}
		deep := math.Ceil(float64(total)/float64(l.columns)) + float64(deepest-1)
		best.high = deep * l.size * draw.Leading
		return best.high <= most && !broken
	})
	return best
}

func (k heatKeyLines) indent() float64 { return draw.TextWidth("000", k.size*1.12) + 4 }

func (p *page) putKey(k heatKeyLines, top float64) {
	step, column := k.size*draw.Leading, (draw.PageWidth-2*draw.Margin)/float64(k.columns)
	x, y := draw.Margin, top
	for i, lines := range k.names {
		if y+float64(len(lines))*step > top+k.high+0.01 {
			x, y = x+column, top
		}
		p.Text(x+k.indent()-4, y+k.size, p.In.Number(float64(i+1)), draw.Style{Size: k.size, Bold: true, Anchor: "end"})
		y = p.Lines(x+k.indent(), y+k.size, step, lines, draw.Style{Size: k.size, Anchor: "start"}) - k.size
	}
}
