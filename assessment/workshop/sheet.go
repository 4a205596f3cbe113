package workshop

// This file holds the sheet of a workshop: what its assessors said of which
// item, checked whole and put into one order.

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/internal/table"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// What one sheet may hold.
const (
	maxRows      = 250_000
	maxAssessors = 1_000
)

// Occasion says which workshop the ratings come from.
type Occasion struct {
	// Name is how the workshop can be found again: what it was, where and
	// when. It becomes the source of its ratings. Required, at most 4,096
	// characters.
	Name string `json:"name"`
	// Basis says whether the workshop took place. Required: one that was made
	// up, for teaching, has to say so.
	Basis assessment.Basis `json:"basis"`
	// On is when it was, as far as that is known; no date means not said.
	On date.Date `json:"on,omitzero"`
}

// Row is what one assessor says of one item.
type Row struct {
	// Item is the id of a rated criterion of the checklist.
	Item string `json:"item"`
	// Assessor is the name, or the sign, of who rates. Required, at most 128
	// characters. Runs of space in it count as one space.
	Assessor string `json:"assessor"`
	// Level is the judgement; [assessment.Unknown] where the assessor had the
	// item before them and left it blank.
	Level assessment.Level `json:"level"`
	// Note says what was seen. May be blank; at most 4,096 characters.
	Note string `json:"note,omitempty"`
	// Source is where it was seen. Blank means the workshop itself.
	Source string `json:"source,omitempty"`
	// Basis says whether the source can be looked up. Blank means that of the
	// occasion. An illustrative occasion makes each of its ratings
	// illustrative, whatever stands here.
	Basis assessment.Basis `json:"basis,omitempty"`
	// On is when it was rated, as far as that is known; no date means on that of the
	// occasion.
	On date.Date `json:"on,omitzero"`
}

// Sheet is the ratings of one workshop: at most one row for an item and an
// assessor. It does not change once built, so it may be shared between
// goroutines. Build one with [NewSheet] or [ReadCSV]. The zero value and a nil
// pointer are an empty sheet that answers every question and knows nothing.
//
// Rows stand in the order of the checklist and, within an item, in that of the
// assessors' names, whatever order they came in. So no result depends on who
// was typed in first.
type Sheet struct {
	checklist *assessment.Checklist
	occasion  Occasion
	assessors []string // sorted
	rows      []Row    // sorted
	columns   []int    // the assessor of each row, as a position in assessors
	from      []int    // rows[from[i]:from[i+1]] are of criterion i
}

// NewSheet builds a sheet from rows in any order. It copies what it keeps,
// trims names, notes and sources.
//
// It refuses, with [fault.Fields] that list what is wrong under
// fields such as "rows[3].level": an item that is not in the checklist or is
// derived, a value that is no level, a second row for an item and an assessor,
// assessors whose names differ in nothing but capitals, more than 1,000
// assessors and more than 250,000 rows.
func NewSheet(c *assessment.Checklist, of Occasion, rows []Row) (*Sheet, error) {
	b := newBuilder(c, of)
	if !b.wrong.Count("rows", len(rows), maxRows) {
		return nil, b.wrong
	}
	named := func(n int) language.Text { return language.Typed(fault.At("rows", n)) }
	for i, r := range rows {
		if b.wrong.Full() {
			break
		}
		b.wrong.Under(fault.At("rows", i), b.row(r, i, nil, named))
	}
	return b.sheet()
}

// builder takes rows one by one, from Go or from a file.
type builder struct {
	wrong     fault.Fields
	checklist *assessment.Checklist
	occasion  Occasion
	folded    map[string]int           // folded id → position, −1 where two ids share it
	nearest   map[string]language.Text // unknown item → what to accept
	names     map[string]int           // assessor → position in order of appearance
	spelled   map[string]string        // folded assessor → as first spelled
	given     map[cell]int             // → the row that gave it first
	cells     []cell                   // of rows
	rows      []Row
}

type cell struct{ item, assessor int }

func newBuilder(c *assessment.Checklist, of Occasion) *builder {
	b := &builder{
		checklist: c, folded: make(map[string]int, c.Len()), nearest: map[string]language.Text{},
		names: map[string]int{}, spelled: map[string]string{}, given: map[cell]int{},
	}
	if c.Len() == 0 {
		b.wrong.Add("checklist", fault.Required, nil, language.Of("want.checklist"))
	}
	for i, cr := range c.All() {
		key := fold(cr.ID)
		if _, taken := b.folded[key]; taken {
			i = -1
		}
		b.folded[key] = i
	}
	of.Name = strings.TrimFunc(of.Name, table.Blank)
	b.wrong.Text("occasion.name", of.Name, fault.Text)
	if !of.Basis.Valid() {
		b.wrong.Add("occasion.basis", fault.Known, of.Basis, fault.OneOf(assessment.Bases()))
	}
	b.occasion = of
	return b
}

// row checks row n and keeps it if nothing is wrong, neither now nor before. It
// gives what is; named says how to speak of another row.
func (b *builder) row(r Row, n int, wrong fault.Fields, named func(int) language.Text) fault.Fields {
	item := b.item(r.Item, &wrong)
	r.Assessor = fault.NFC(strings.Join(strings.FieldsFunc(r.Assessor, table.Blank), " "))
	wrong.Text("assessor", r.Assessor, fault.ID)
	if !r.Level.Valid() {
		wrong.Add("level", fault.Known, r.Level, language.Of("want.level", "levels", levels))
	}
	r.Note, r.Source = tidy(r.Note), tidy(r.Source)
	wrong.Text("note", r.Note, fault.Note)
	wrong.Text("source", r.Source, fault.Note)
	if r.Basis != "" && !r.Basis.Valid() {
		wrong.Add("basis", fault.Known, r.Basis, language.Of("want.basis-or-none", "bases", []string{string(assessment.Documented), string(assessment.Illustrative)}))
	}
	if len(wrong) == 0 {
		b.keep(r, item, n, &wrong, named)
	}
	return wrong
}

// keep takes a row that is right by itself, unless others are against it.
func (b *builder) keep(r Row, item, n int, wrong *fault.Fields, named func(int) language.Text) {
	a, ok := b.names[r.Assessor]
	if !ok {
		key := strings.ToLower(r.Assessor)
		if first, other := b.spelled[key]; other {
			wrong.Add("assessor", "spelling", r.Assessor, language.Of("want.spelling", "name", first))
			return
		}
		if a = len(b.names); a == maxAssessors {
			wrong.Add("assessor", fault.Length, r.Assessor, language.Of("want.assessors", "most", maxAssessors))
			return
		}
		b.names[r.Assessor], b.spelled[key] = a, r.Assessor
	}
	r.Item = b.checklist.At(item).ID
	if first, taken := b.given[cell{item, a}]; taken {
		wrong.Add("", fault.Unique, r.Assessor+", "+r.Item, language.Of("want.one-row", "first", named(first)))
		return
	}
	b.given[cell{item, a}] = n
	b.cells = append(b.cells, cell{item, a})
	b.rows = append(b.rows, r)
}

// item finds a criterion by its id, or by what differs from one id only in
// capitals, or in spaces for hyphens.
func (b *builder) item(name string, wrong *fault.Fields) int {
	i, ok := b.checklist.Index(name)
	if !ok {
		name = strings.TrimFunc(name, table.Blank)
		if i, ok = b.checklist.Index(name); !ok {
			i, ok = b.folded[fold(name)]
		}
	}
	switch {
	case name == "":
		wrong.Add("item", fault.Required, nil, language.Of("want.criterion"))
	case !utf8.ValidString(name):
		wrong.Add("item", fault.Encoding, name, language.Of("want.utf-8"))
	case !ok || i < 0:
		wrong.Add("item", fault.Exists, name, b.nearestTo(name))
	case b.checklist.At(i).Kind == assessment.Derived:
		wrong.Add("item", "rated", name, language.Of("want.rated"))
	}
	return i
}

// nearestTo says what item may have been meant.
func (b *builder) nearestTo(name string) language.Text {
	want, seen := b.nearest[name]
	if seen {
		return want
	}
	want = language.Of("want.criterion-of", "checklist", b.checklist.ID())
	// A hundred names that are looked for in vain are advice enough.
	if len(b.nearest) < 100 && utf8.RuneCountInString(name) <= fault.ID.Most {
		from := fold(name)
		nearest, least := "", max(2, utf8.RuneCountInString(from)/3)+1
		for _, c := range b.checklist.All() {
			if c.Kind == assessment.Derived {
				continue
			}
			if d := fault.Distance(from, fold(c.ID), least); d < least {
				nearest, least = c.ID, d
			}
		}
		if nearest != "" {
			want = language.Of("want.criterion-near", "checklist", b.checklist.ID(), "nearest", nearest)
		}
	}
	b.nearest[name] = want
	return want
}

// tidy trims a text and ends its lines in one way.
func tidy(s string) string {
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return strings.TrimFunc(s, table.Blank)
}

// fold drops what people vary when they copy an id.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsSpace(r) {
			return '-'
		}
		return unicode.ToLower(r)
	}, strings.TrimFunc(s, table.Blank))
}

// sheet puts what was taken into order, unless something was wrong.
func (b *builder) sheet() (*Sheet, error) {
	if err := b.wrong.Err(); err != nil {
		return nil, err
	}
	s := &Sheet{
		checklist: b.checklist, occasion: b.occasion,
		assessors: slices.Sorted(maps.Keys(b.names)),
		rows:      make([]Row, len(b.rows)), columns: make([]int, len(b.rows)),
		from: make([]int, b.checklist.Len()+1),
	}
	place := make([]int, len(s.assessors)) // order of appearance → order of names
	for i, name := range s.assessors {
		place[b.names[name]] = i
	}
	order := make([]int, len(b.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int {
		p, q := b.cells[x], b.cells[y]
		return cmp.Or(cmp.Compare(p.item, q.item), cmp.Compare(place[p.assessor], place[q.assessor]))
	})
	for i, x := range order {
		s.rows[i], s.columns[i] = b.rows[x], place[b.cells[x].assessor]
		s.from[b.cells[x].item+1]++
	}
	for i := range b.checklist.Len() {
		s.from[i+1] += s.from[i]
	}
	return s, nil
}

// orNone lets a nil sheet answer as an empty one.
func (s *Sheet) orNone() *Sheet {
	if s == nil {
		return new(Sheet)
	}
	return s
}

// Checklist returns the checklist that was rated by; nil for an empty sheet.
func (s *Sheet) Checklist() *assessment.Checklist { return s.orNone().checklist }

// Occasion returns the workshop that the ratings come from.
func (s *Sheet) Occasion() Occasion { return s.orNone().occasion }

// Assessors returns the names of those who have a row, blank or not, in the
// order of the alphabet.
func (s *Sheet) Assessors() []string { return slices.Clone(s.orNone().assessors) }

// Rows returns a copy of the rows, blank ones too, in the order of the
// checklist and then of the assessors' names.
func (s *Sheet) Rows() []Row { return slices.Clone(s.orNone().rows) }

// of gives the rows of a criterion by its position.
func (s *Sheet) of(i int) []Row { return s.rows[s.from[i]:s.from[i+1]] }

// Coverage says how much of a sheet is filled. Rated, Blank and Missing
// together are Items × Assessors.
type Coverage struct {
	// Items counts the rated criteria of the checklist, those without a row
	// too. Derived ones are not counted: nobody rates them.
	Items int `json:"items"`
	// Assessors counts those who have a row.
	Assessors int `json:"assessors"`
	// Rated counts rows with a level, Blank those without.
	Rated int `json:"rated"`
	Blank int `json:"blank"`
	// Missing counts the items that an assessor has no row for.
	Missing int `json:"missing"`
}

// String tells it in English.
func (n Coverage) String() string { return n.Told().String() }

// Told tells how many assessors there are and how many cells are filled.
func (n Coverage) Told() language.Text {
	return language.Of("coverage.told", "assessors", n.Assessors, "cells", n.Items*n.Assessors, "rated", n.Rated, "blank", n.Blank, "missing", n.Missing)
}

// Coverage counts what the sheet holds.
func (s *Sheet) Coverage() Coverage {
	s = s.orNone()
	n := Coverage{Assessors: len(s.assessors)}
	for _, c := range s.checklist.All() {
		if c.Kind == assessment.Rated {
			n.Items++
		}
	}
	for _, r := range s.rows {
		if r.Level.Known() {
			n.Rated++
		} else {
			n.Blank++
		}
	}
	n.Missing = n.Items*n.Assessors - len(s.rows)
	return n
}

// find gives the position of an assessor.
func (s *Sheet) find(field, name string) (int, fault.Fields) {
	s = s.orNone()
	i, ok := slices.BinarySearch(s.assessors, fault.NFC(name))
	if ok {
		return i, nil
	}
	return 0, fault.Fields{{Path: field, Rule: fault.Exists, Value: name, Want: fault.OneOf(s.assessors)}}
}
