package policymaker

// The file as text that is cut at its rows, so that whatever is not changed
// comes out byte for byte as it went in.

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The tables this package understands.
const (
	tableProject      = "Project"
	tableGoal         = "Policy_Goal"
	tablePlayer       = "Player"
	tableStrategy     = "Strategy"
	tableImpact       = "Affected_player"
	tableConsequences = "Consequences"
	tableObjectives   = "Objectives"
)

// understood are the tables whose rows are read.
var understood = []string{tableProject, tableGoal, tablePlayer, tableStrategy, tableImpact, tableConsequences, tableObjectives}

// Bounds on what a file may make this package keep; a real project is far below
// all of them.
const (
	maxTables = 1_000
	maxRows   = 50_000 // of a table
	maxFields = 1_000  // of a row
)

// byteOrderMark may open a file that went through an editor on Windows. It is
// passed over and kept.
const byteOrderMark = "\uFEFF"

// document is the text of a file and the tables in it that are understood.
type document struct {
	text   string
	tables []*table // in the order of the file
	added  []*table // in none yet
	end    int      // after the last member of the file's object
}

// table is the rows of one table.
type table struct {
	name string
	open int // after the opening bracket
	rows []row
}

// row is the text of one row. Rows that were added have from < 0 and stand
// after those of the file.
type row struct {
	raw      string
	from, to int
}

// parse checks the whole text as JSON and finds the rows.
func parse(text string) (document, error) {
	d := document{text: text}
	s := &scanner{text: text}
	if strings.HasPrefix(text, byteOrderMark) {
		s.at = len(byteOrderMark)
	}
	s.space()
	if s.peek() != '{' {
		return d, s.fail(fault.Type, language.Of("want.project-tables"))
	}
	seen := make(map[string]bool)
	err := s.object(func(m member) error {
		switch {
		case seen[m.key]:
			s.table = m.key
			return s.failAt(m.keyAt, fault.Unique, language.Of("want.each-once"))
		case len(seen) == maxTables:
			return s.failAt(m.keyAt, fault.Length, language.Of("want.at-most", "most", maxTables))
		}
		seen[m.key] = true
		s.table = m.key
		if err := d.scanTable(s, m.key); err != nil {
			return err
		}
		s.table = ""
		d.end = s.at
		return nil
	})
	if err != nil {
		return d, err
	}
	s.space()
	if s.at < len(text) {
		return d, s.fail(fault.Syntax, language.Of("want.json-end"))
	}
	return d, nil
}

// scanTable passes over a table and keeps its rows if it is understood.
func (d *document) scanTable(s *scanner, name string) error {
	keep := slices.Contains(understood, name)
	if s.peek() != '[' {
		if keep {
			return s.fail(fault.Type, language.Of("want.json-array"))
		}
		return s.value()
	}
	t := &table{name: name, open: s.at + 1}
	err := s.array(func(i int) error {
		s.row = i + 1
		defer func(at int) {
			if keep {
				t.rows = append(t.rows, row{raw: s.text[at:s.at], from: at, to: s.at})
			}
		}(s.at)
		switch {
		case keep && i == maxRows:
			return s.fail(fault.Length, language.Of("want.at-most", "most", maxRows))
		case s.peek() == '{':
			return s.scanRow(keep)
		case keep:
			return s.fail(fault.Type, language.Of("want.json-object"))
		}
		return s.value()
	})
	if err != nil {
		return err
	}
	s.row = 0
	if keep {
		d.tables = append(d.tables, t)
	}
	return nil
}

// scanRow passes over a row. In a table that is understood a field may not be
// there twice: which of the two is meant is anyone's guess.
func (s *scanner) scanRow(keep bool) error {
	if s.seen == nil {
		s.seen = make(map[string]bool)
	}
	clear(s.seen)
	return s.object(func(m member) error {
		s.field = m.key
		if keep {
			if s.seen[m.key] {
				return s.failAt(m.keyAt, fault.Unique, language.Of("want.each-once"))
			}
			if len(s.seen) == maxFields {
				return s.failAt(m.keyAt, fault.Length, language.Of("want.at-most", "most", maxFields))
			}
			s.seen[m.key] = true
		}
		if err := s.value(); err != nil {
			return err
		}
		s.field = ""
		return nil
	})
}

// table finds a table of that name, or nil.
func (d *document) table(name string) *table {
	for _, t := range slices.Concat(d.tables, d.added) {
		if t.name == name {
			return t
		}
	}
	return nil
}

// tableOrNew finds a table of that name and adds it where there is none.
func (d *document) tableOrNew(name string) *table {
	if t := d.table(name); t != nil {
		return t
	}
	t := &table{name: name}
	d.added = append(d.added, t)
	return t
}

// add puts a row at the end of the table and returns its place.
func (t *table) add(raw string) int {
	t.rows = append(t.rows, row{raw: raw, from: -1})
	return len(t.rows) - 1
}

// render puts the text together again.
func (d *document) render() string {
	var b strings.Builder
	b.Grow(len(d.text))
	at := 0
	upTo := func(place int) {
		b.WriteString(d.text[at:place])
		at = place
	}
	for _, t := range d.tables {
		gap := d.gap(t)
		for i, r := range t.rows {
			switch {
			case r.from >= 0:
				upTo(r.from)
				at = r.to
			case i == 0:
				upTo(t.open)
			default:
				b.WriteString(gap)
			}
			b.WriteString(r.raw)
		}
	}
	if len(d.added) > 0 {
		upTo(d.end)
	}
	for _, t := range d.added {
		b.WriteString("," + quote(t.name) + ":[")
		for i, r := range t.rows {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(r.raw)
		}
		b.WriteByte(']')
	}
	upTo(len(d.text))
	return b.String()
}

// gap is what the table has between rows.
func (d *document) gap(t *table) string {
	n := 0
	for n < len(t.rows) && t.rows[n].from >= 0 {
		n++
	}
	switch n {
	case 0:
		return ","
	case 1:
		return "," + d.text[t.open:t.rows[0].from]
	}
	return d.text[t.rows[n-2].to:t.rows[n-1].from]
}

// cell is one field of a row: where its key and its value stand in the row.
type cell struct {
	member
	from, to int
}

// cells reads the fields of a row, reusing a list.
func cells(raw string, list []cell) []cell {
	list = list[:0]
	s := &scanner{text: raw}
	_ = s.object(func(m member) error { // cannot fail: the scanner has passed the row
		from := s.at
		err := s.value()
		list = append(list, cell{member: m, from: from, to: s.at})
		return err
	})
	return list
}

// field is a new value for a field, spelt as JSON. One that is written only
// where the row, or the row before it, has the field already is optional.
type field struct {
	name, json string
	optional   bool
}

// patch gives the row with the values of the fields replaced, and those it does
// not have added at the end in the row's own layout.
func patch(raw string, fields []field) string {
	var list []cell
	for _, f := range fields {
		list = cells(raw, list)
		if c := find(list, f.name); c != nil {
			raw = raw[:c.from] + likewise(raw[c.from:c.to], f.json) + raw[c.to:]
			continue
		}
		if f.optional {
			continue
		}
		if len(list) == 0 {
			raw = "{" + quote(f.name) + ":" + f.json + raw[1:]
			continue
		}
		l := layoutOf(raw, list)
		end := list[len(list)-1].to
		raw = raw[:end] + l.between + quote(f.name) + l.colon + f.json + raw[end:]
	}
	return raw
}

func find(list []cell, name string) *cell {
	for i := range list {
		if list[i].key == name {
			return &list[i]
		}
	}
	return nil
}

// likewise spells a number or a truth as the old value was spelt: in quotes, as
// 0 and 1.
func likewise(old, value string) string {
	if value[0] == '"' || old[0] == '{' || old[0] == '[' {
		return value
	}
	inner := strings.Trim(old, `"`)
	if strings.TrimSpace(inner) == "0" || strings.TrimSpace(inner) == "1" {
		switch value {
		case "true":
			value = "1"
		case "false":
			value = "0"
		}
	}
	if old[0] == '"' {
		return `"` + value + `"`
	}
	return value
}

// layout is how a row is set.
type layout struct{ open, colon, between, end string }

func layoutOf(raw string, list []cell) layout {
	if len(list) == 0 {
		return layout{colon: ":", between: ","}
	}
	first, last := list[0], list[len(list)-1]
	l := layout{open: raw[1:first.keyAt], colon: raw[last.keyTo:last.from], end: raw[last.to : len(raw)-1]}
	l.between = "," + l.open
	if n := len(list); n > 1 {
		l.between = raw[list[n-2].to:last.keyAt]
	}
	return l
}

// newRow sets a row like the last one of the table: the same fields in the same
// order and layout, each with the value given or with one that says nothing,
// then the fields given that the last row does not have. Of two values for one
// field the later counts.
func (t *table) newRow(fields []field) string {
	like := "{}"
	if n := len(t.rows); n > 0 {
		like = t.rows[n-1].raw
	}
	list := cells(like, nil)
	l := layoutOf(like, list)
	given := make(map[string]string, len(fields))
	for _, f := range fields {
		given[f.name] = f.json
	}
	var all []field
	for _, c := range list {
		value, ok := given[c.key]
		old := like[c.from:c.to]
		switch {
		case ok:
			value = likewise(old, value)
		case c.key == "Project_ID":
			value = old
		default:
			value = blank(old)
		}
		delete(given, c.key)
		all = append(all, field{name: like[c.keyAt:c.keyTo], json: value})
	}
	for _, f := range fields {
		if value, missing := given[f.name]; missing && !f.optional {
			all = append(all, field{name: quote(f.name), json: value})
			delete(given, f.name)
		}
	}
	var b strings.Builder
	b.WriteString("{" + l.open)
	for i, f := range all {
		if i > 0 {
			b.WriteString(l.between)
		}
		b.WriteString(f.name + l.colon + f.json)
	}
	b.WriteString(l.end + "}")
	return b.String()
}

// blank is the value of the same kind that says nothing.
func blank(raw string) string {
	switch raw[0] {
	case '"':
		return `""`
	case 't', 'f':
		return "false"
	case '{', '[', 'n':
		return "null"
	}
	return "0"
}

// numeral spells a number.
func numeral(v float64) string {
	b, _ := json.Marshal(v) // cannot fail: only finite numbers get here
	return string(b)
}
