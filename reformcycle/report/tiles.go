package report

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// Tile is the place of a jurisdiction in a tile map.
type Tile struct {
	// ID of the jurisdiction, or of its cycle.
	ID string
	// Column from the west and Row from the north, from 0 to 99.
	Column, Row int
}

// The bounds of a table of tiles.
const (
	maxTileBytes = 1 << 20
	maxTiles     = 2000
	maxTileSide  = 100
)

// ReadTiles reads tiles from CSV: a first row with the names id, column and row, in any
// order, and a row for each tile. Commas, semicolons or tabs part the cells.
//
// Errors: [fault.Fields], each with its line, for more than a megabyte or 2,000 tiles, what
// is no CSV, a column that is missing, a number that is none from 0 to 99, an id that is
// empty or there twice, and two tiles in one place.
func ReadTiles(data []byte) ([]Tile, error) {
	var wrong fault.Fields
	if len(data) > maxTileBytes {
		return nil, fault.Refuse("", fault.Length, len(data), language.Of("want.table-bytes", "most", maxTileBytes))
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, fault.Refuse("", fault.Encoding, nil, language.Of("want.table-utf-8"))
	}
	first, _, _ := bytes.Cut(data, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(data))
	for _, comma := range ";\t" {
		if bytes.ContainsRune(first, comma) {
			r.Comma = comma
		}
	}
	at := map[string]int{}
	var tiles []Tile
	var lines []int
	for n := 0; ; n++ {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, fault.Fields{{Rule: "csv", Want: language.Of("want.csv"), Line: bad.Line, Column: bad.Column}}
		}
		if n == 0 {
			for i, name := range cells {
				at[strings.ToLower(strings.TrimSpace(name))] = i
			}
			for _, name := range []string{"id", "column", "row"} {
				if _, there := at[name]; !there {
					wrong = append(wrong, fault.Field{Path: name, Rule: fault.Required, Want: language.Of("want.table-names", "column", name), Line: 1})
				}
			}
			if wrong != nil {
				return nil, wrong.Err()
			}
			continue
		}
		if len(tiles) == maxTiles {
			return nil, fault.Refuse("", fault.Length, nil, language.Of("want.table-rows", "most", maxTiles))
		}
		line, _ := r.FieldPos(0)
		cell := func(name string) string { return strings.TrimSpace(cells[at[name]]) }
		whole := func(name string) int {
			v, err := strconv.Atoi(cell(name))
			if err != nil || v < 0 || v >= maxTileSide {
				wrong = append(wrong, fault.Field{Path: name, Rule: fault.Range, Value: cell(name), Want: fault.WholeBetween(0, maxTileSide-1), Line: line})
			}
			return v
		}
		tiles = append(tiles, Tile{fault.NFC(cell("id")), whole("column"), whole("row")})
		lines = append(lines, line)
		if len(wrong) >= fault.MaxFields {
			break
		}
	}
	if len(at) == 0 {
		return nil, fault.Refuse("", fault.Required, nil, language.Of("want.table-names", "column", "id"))
	}
	if wrong != nil {
		return nil, wrong
	}
	return tiles, checkTiles(tiles, lines).Err()
}

// checkTiles finds what is wrong with tiles, by their lines where they were read.
func checkTiles(tiles []Tile, lines []int) (wrong fault.Fields) {
	ids, places := map[string]bool{}, map[[2]int]bool{}
	for i, t := range tiles {
		add := func(name, rule string, value any, want fault.Words) {
			f := fault.Field{Path: fault.At("tiles", i) + "." + name, Rule: rule, Value: value, Want: want}
			if lines != nil {
				f.Path, f.Line = name, lines[i]
			}
			wrong = append(wrong, f)
		}
		place := [2]int{t.Column, t.Row}
		switch {
		case len(wrong) >= fault.MaxFields:
			return wrong
		case fault.ID.Broken(t.ID) != "":
			add("id", fault.ID.Broken(t.ID), t.ID, fault.ID.Want())
		case ids[t.ID]:
			add("id", fault.Unique, t.ID, language.Of("want.tile-once"))
		case min(t.Column, t.Row) < 0 || max(t.Column, t.Row) >= maxTileSide:
			add("column", fault.Range, strconv.Itoa(t.Column)+", "+strconv.Itoa(t.Row), fault.WholeBetween(0, maxTileSide-1))
		case places[place]:
			add("column", fault.Unique, strconv.Itoa(t.Column)+", "+strconv.Itoa(t.Row), language.Of("want.tile-place-once"))
		}
		ids[t.ID], places[place] = true, true
	}
	return wrong
}

// Rows are the cycles of a nation as a portfolio lists them, for a tile map or a map.
func (n Nation) Rows() (rows []portfolio.Row) {
	for _, d := range n.districts(nil, ByPlace) {
		r := portfolio.Row{Cycle: d.cycle, Unreadable: d.why}
		if !d.silent {
			r.Jurisdiction, _ = d.state.Jurisdiction()
			r.Title, r.Country, r.Stage, r.Status, r.Lap, r.Seq = d.state.Title(), d.state.Country(), d.stage, d.status, d.lap, d.state.Seq()
		}
		if r.Jurisdiction.Name == "" {
			r.Jurisdiction.Name = d.name
		}
		rows = append(rows, r)
	}
	return rows
}

// TileMap draws where many cycles stand, as an SVG page of A4 size, upright: a tile for
// each jurisdiction, as large as any other, with the number of its stage, so that a small
// district is seen as well as a large one. The rows are those of a portfolio, or of
// [Nation.Rows]; one that can't be read is a tile of which nobody knows.
//
// The tiles are where the host has them, by the ids of jurisdictions or of cycles; one
// without a cycle is empty, and cycles without a tile stand below. Without any tiles those
// of one region stand together, region by region; nations and regions themselves are left
// out where there are others. Names are written where they have room. At most 2,000 rows
// are drawn.
//
// A row that is there twice, more than 2,000 rows, and what [ReadTiles] refuses of tiles,
// are refused with [fault.Fields].
func TileMap(w io.Writer, l *language.Language, title string, rows []portfolio.Row, tiles []Tile) error {
	wrong := append(checkRows(rows), checkTiles(tiles, nil)...)
	if err := wrong.Err(); err != nil {
		return err
	}
	return draw.Write(w, newTiles(l, rows, tiles).draw(title))
}

// PlaceTable is what a tile map or a map shows: each cycle with where it stands.
//
// Errors: [fault.Fields] for a row that is there twice, and more than 2,000.
func PlaceTable(l *language.Language, rows []portfolio.Row) (Table, error) {
	wrong := checkRows(rows)
	if err := wrong.Err(); err != nil {
		return Table{}, err
	}
	say := func(id string) string { return l.Say(language.Of(id)) }
	all := ofRows(l, rows)
	t := Table{Caption: join(say("picture.tiles.head"), l.Say(language.Of("picture.many.all", "n", len(all)))),
		Columns: []string{say("picture.many.jurisdiction"), say("national.tier-head"), say("picture.many.stands"), say("picture.time.lap")}}
	for _, d := range all {
		tier, lap := "", ""
		if d.tier != "" {
			tier = l.Say(d.tier.Told())
		}
		if !d.silent {
			lap = l.Number(float64(d.lap))
		}
		t.Rows = append(t.Rows, []string{d.name, tier, l.Say(d.stands()), lap})
	}
	return t, nil
}

func checkRows(rows []portfolio.Row) (wrong fault.Fields) {
	wrong.Count("rows", len(rows), maxTiles)
	first := map[string]int{}
	for i, r := range rows {
		wrong.Once(fault.At("rows", i), r.Cycle, first, "rows", i)
	}
	return wrong
}

// mosaic is a tile map in the making: the tiles by column and row.
type mosaic struct {
	in *language.Language
	// handed: the tiles lie as on a map, with the west on the left in every language.
	handed        bool
	placed        []placedTile
	all           int
	columns, rows int
	labels        []tileLabel
}

type placedTile struct {
	district
	column, row int
	// empty: no cycle is there.
	empty bool
}

// tileLabel names a region above its tiles.
type tileLabel struct {
	text              string
	column, row, wide int
}

func newTiles(l *language.Language, rows []portfolio.Row, tiles []Tile) mosaic {
	all := ofRows(l, rows)
	m := mosaic{in: l, handed: len(tiles) > 0, all: len(all)}
	put := func(t placedTile) {
		m.placed = append(m.placed, t)
		m.columns, m.rows = max(m.columns, t.column+1), max(m.rows, t.row+1)
	}
	if !m.handed {
		m.byRegion(all, put)
		return m
	}
	left, top := maxTileSide, maxTileSide
	by := map[string]Tile{}
	for _, t := range tiles {
		by[t.ID] = t
		left, top = min(left, t.Column), min(top, t.Row)
	}
	used := map[string]bool{}
	var rest []district
	for _, d := range all {
		t, there := by[d.place]
		if !there || used[t.ID] {
			t, there = by[d.cycle]
		}
		if !there || used[t.ID] {
			rest = append(rest, d)
			continue
		}
		used[t.ID] = true
		put(placedTile{district: d, column: t.Column - left, row: t.Row - top})
	}
	for _, t := range tiles {
		if !used[t.ID] {
			put(placedTile{district: district{name: draw.Plain(t.ID, draw.NameLimit), silent: true}, column: t.Column - left, row: t.Row - top, empty: true})
		}
	}
	if len(rest) > 0 {
		wide, from := max(m.columns, min(len(rest), 10)), m.rows+1
		m.labels = append(m.labels, tileLabel{l.Say(language.Of("picture.tiles.no-place")), 0, m.rows, wide})
		for i, d := range rest {
			put(placedTile{district: d, column: i % wide, row: from + i/wide})
		}
	}
	return m
}

// byRegion puts those that lie in one jurisdiction beside each other, in blocks that flow
// from left to right, each below its name.
func (m *mosaic) byRegion(all []district, put func(placedTile)) {
	names, lies := map[string]string{}, map[string]bool{}
	for _, d := range all {
		if d.place != "" {
			names[d.place] = d.name
		}
		lies[d.in] = true
	}
	var order []string
	blocks := map[string][]district{}
	for _, d := range all {
		if d.place != "" && lies[d.place] { // others lie in it
			continue
		}
		if blocks[d.in] == nil {
			order = append(order, d.in)
		}
		blocks[d.in] = append(blocks[d.in], d)
	}
	slices.SortStableFunc(order, func(a, b string) int {
		// Those of which no region is known stand last.
		return cmp.Or(cmp.Compare(min(len(b), 1), min(len(a), 1)), cmp.Compare(cmp.Or(names[a], a), cmp.Or(names[b], b)))
	})
	total := 0
	for _, b := range blocks {
		total += len(b)
	}
	// As wide as makes a page of them, region by region.
	wide := max(4, int(math.Ceil(math.Sqrt(float64(total+2*len(order))*0.8))))
	column, row, high := 0, 0, 0
	for _, in := range order {
		b := blocks[in]
		across := min(len(b), max(3, int(math.Ceil(math.Sqrt(float64(len(b))*1.2)))), wide)
		if column > 0 && column+across > wide {
			column, row, high = 0, row+high, 0
		}
		text := draw.First(names[in], draw.Plain(in, draw.NameLimit), m.in.Say(language.Of("picture.tiles.no-region")))
		m.labels = append(m.labels, tileLabel{text, column, row, across})
		for i, d := range b {
			put(placedTile{district: d, column: column + i%across, row: row + 1 + i/across})
		}
		high = max(high, 2+(len(b)-1)/across)
		column += across + 1
	}
}

func (m mosaic) kind() string {
	return join(m.in.Say(language.Of("picture.tiles.head")), m.in.Say(language.Of("picture.many.all", "n", m.all)))
}

// describePlaces tells how many stand at each stage, and then where each does.
func describePlaces(l *language.Language, all []district) string {
	var n [reformcycle.ManagementAndLearning + 1]int
	silent, ended := 0, 0
	for _, d := range all {
		switch {
		case d.silent:
			silent++
		case d.status == reformcycle.Abandoned:
			ended++
		default:
			n[d.stage]++
		}
	}
	var told []language.Text
	for stage := range reformcycle.Stages() {
		if n[stage] > 0 {
			told = append(told, language.Of("national.at", "stage", language.Of("picture.ring.stage", "n", int(stage), "stage", stage.Told()), "n", l.Number(float64(n[stage]))))
		}
	}
	if ended > 0 {
		told = append(told, language.Of("national.at", "stage", language.Of("picture.many.sign.abandoned"), "n", l.Number(float64(ended))))
	}
	if silent > 0 {
		told = append(told, language.Of("national.at", "stage", language.Of("picture.many.silent"), "n", l.Number(float64(silent))))
	}
	text := l.Say(language.Of("picture.tiles.described"))
	if told != nil {
		text += " " + draw.Capital(l.Say(language.Of("picture.tiles.stages", "stages", told)))
	}
	return text + draw.Sentences(l, all, func(d district) string {
		if d.silent {
			return l.Say(language.Of("picture.many.is-silent", "name", d.name))
		}
		return l.Say(language.Of("picture.tiles.place", "name", d.name, "stands", d.stands()))
	})
}

func (m mosaic) draw(title string) string {
	var shown []district
	for _, t := range m.placed {
		if !t.empty {
			shown = append(shown, t.district)
		}
	}
	p := newPage(draw.Sheet{
		In: m.in, Name: "nation-tiles", On: draw.Upright, Title: title, Otherwise: m.in.Say(language.Of("picture.tiles")),
		Kind: m.kind(), Description: describePlaces(m.in, shown),
	})
	top := p.Head(p.Kind) + 8
	signs := p.stageSigns()
	width := draw.PageWidth - 2*draw.Margin
	if m.handed {
		signs = append(signs, draw.Sign{Text: p.Say("picture.tiles.sign.empty"), Draw: p.Swatch(draw.White)})
	}
	// What is said of names depends on the tiles, which depend on the room that is left.
	notes := []string{p.Say("picture.tiles.note"), p.Say("picture.tiles.no-names")}
	foot := draw.PageHeight - 12 - p.Foot(notes...) - draw.SignsHigh(width, 4, signs) - 16
	if len(m.placed) == 0 {
		p.Empty(draw.PageWidth/2, draw.PageHeight/2, p.Say("picture.many.nobody"))
		notes = notes[:1]
	} else {
		size := min(width/float64(m.columns), (foot-top)/float64(m.rows), 104)
		left := draw.Margin + (width-size*float64(m.columns))/2
		put := func() {
			for i, lb := range m.labels {
				end := max(m.columns, lb.column+lb.wide) // up to the next in the row
				if i+1 < len(m.labels) && m.labels[i+1].row == lb.row {
					end = m.labels[i+1].column
				}
				room := size*float64(end-lb.column) - 6
				st := draw.Smaller(lb.text, room, draw.Style{Size: min(size*0.4, 14), Bold: true, Anchor: "start"}, 5)
				p.Text(left+size*float64(lb.column), top+size*(float64(lb.row)+1)-size*0.14, draw.Fit(lb.text, room, st.Wide()), st)
			}
			named := true
			for _, t := range m.placed {
				named = p.tile(t, left+size*float64(t.column), top+size*float64(t.row), size) && named
			}
			if named {
				notes = notes[:1]
			}
		}
		if m.handed {
			p.Unmirrored(put) // the west is on the left
		} else {
			put()
		}
	}
	y := p.Signs(draw.Margin, foot+14, width, 4, signs)
	p.Notes(y+6, notes...)
	return p.End()
}

// tile draws a tile, and reports whether its name has room.
func (p *page) tile(t placedTile, x, y, size float64) (named bool) {
	gap := min(size*0.04, 2)
	x, y, size = x+gap, y+gap, size-2*gap
	fill, ink, sign := p.fill(t.district)
	dash := ""
	if t.empty {
		fill, sign, dash = draw.White, "", ` stroke-dasharray="3 3"`
	}
	p.Put(`<rect x="%v" y="%v" width="%v" height="%v" fill="%s" stroke="%s"%s/>`, x, y, size, size, fill, draw.Dark, dash)
	lines, st := draw.Within(t.name, size-4, size*0.5, draw.Style{Size: min(size*0.17, 12), Fill: ink}, 5)
	if named = strings.Join(lines, " ") != "" && !strings.HasSuffix(lines[len(lines)-1], draw.Ellipsis) && !draw.Broken(t.name, lines) && size >= 30; !named {
		lines = nil
	}
	big := size * 0.36
	middle := y + size*0.27
	if lines == nil {
		big, middle = size*0.5, y+size/2
	}
	cx := x + size/2
	textured := strings.HasPrefix(fill, "url")
	if textured {
		p.disc(cx, middle, big*0.62)
		if lines != nil { // nothing could be read on the texture
			p.Put(`<rect x="%v" y="%v" width="%v" height="%v" fill="#FFFFFF"/>`, x+1, y+size*0.49, size-2, size*0.5)
		}
	}
	if !t.empty && !t.silent && t.status == reformcycle.Suspended {
		p.paused(x+size-big*0.42, y+big*0.42, big*0.32)
	}
	if sign != "" {
		p.Text(cx, middle+big*0.36, sign, draw.Style{Size: big, Bold: true, Fill: ink})
	}
	step := st.Size * draw.Leading
	p.Lines(cx, y+size*0.74-step*float64(len(lines)-1)/2+st.Size*0.35, step, lines, st)
	return named
}
