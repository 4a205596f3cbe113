package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// This file is a form and the wire form of what it asks for: one schema makes the fields,
// writes what is on record into them, and reads what was typed. The name of a field is its
// path in the wire form, so that a refusal of the decoder is one of a field.

// as is how a field is filled in.
type as string

const (
	line    as = "line"    // a text of one line
	lines   as = "lines"   // a text of several
	list    as = "list"    // texts, one a line
	figure  as = "figure"  // a number
	day     as = "day"     // a year, a month or a day
	choice  as = "choice"  // one of several
	choices as = "choices" // several of them
	tick    as = "tick"    // yes, or not said
	group   as = "group"   // fields that belong together
	rows    as = "rows"    // groups, as many as there are
	pairs   as = "pairs"   // names with a number each
	fixed   as = "fixed"   // said by the form itself
)

// field is one field of a form, with what is typed in it.
type field struct {
	Path string
	// Bare: its name in the address is its path alone, for forms that are kept and sent.
	Bare               bool
	As                 as
	Label, Hint, Wants language.Text
	// Error says what is wrong with it; zero where nothing is.
	Error    language.Text
	Required bool
	Value    string
	Ticked   bool
	Options  []option
	// Fields of a group, and the groups of rows.
	Fields []field
	Rows   []field
	// Number is what is accepted as a number, of a text that may be one.
	Number language.Text
	// Add is where the button that adds a row sends the form: to the row that it adds.
	Add string
}

// option is one of several to choose from.
type option struct {
	Value  string
	Text   language.Text
	Chosen bool
}

// Name is what it is sent by: those of the wire form stand apart from what else is sent.
func (f field) Name() string {
	if f.Bare {
		return f.Path
	}
	return "d." + f.Path
}

// ID is what labels and the summary of errors lead to.
func (f field) ID() string {
	return "f-" + strings.NewReplacer("[", "-", "]", "", ".", "-").Replace(f.Path)
}

// Plain reports whether it is one field that a label can name.
func (f field) Plain() bool { return !slices.Contains([]as{choices, group, rows, pairs, fixed}, f.As) }

// Described lists the ids of what is said of a field.
func (f field) Described() string {
	var ids []string
	if f.Hinted() {
		ids = append(ids, f.ID()+"-hint")
	}
	if !f.Error.IsZero() {
		ids = append(ids, f.ID()+"-error")
	}
	return strings.Join(ids, " ")
}

// Hinted reports whether anything is said of what to write.
func (f field) Hinted() bool { return !f.Hint.IsZero() || !f.Wants.IsZero() }

// Open reports whether a group that may be left out has something in it.
func (f field) Open() bool {
	return f.Required || !f.Error.IsZero() || f.Value != "" || f.Ticked || slices.ContainsFunc(f.Options, func(o option) bool { return o.Chosen }) ||
		slices.ContainsFunc(f.Fields, field.filled) || slices.ContainsFunc(f.Rows, field.filled)
}

func (f field) filled() bool {
	f.Required = false
	return f.As != fixed && f.Open()
}

// node is what was typed, by the path of the wire form.
type node struct {
	values []string
	fields map[string]*node
	rows   map[int]*node
}

// A form has so many fields at most, and they lie so deep.
const (
	mostTyped = 5000
	deepest   = 12
)

// mostBoxes is how many of a list are boxes to tick; a longer one is text.
const mostBoxes = 1000

var step = regexp.MustCompile(`^(?:\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,6})\])`)

// typed reads the names of what was typed. Those that are no paths are left out.
func typed(form url.Values) (*node, error) {
	if len(form) > mostTyped {
		return nil, fault.Refuse("form", fault.Length, len(form), language.Of("web-form.most", "most", mostTyped))
	}
	top := &node{}
	for name, values := range form {
		at, rest := top, name
		for depth := 0; rest != "" && at != nil; depth++ {
			m := step.FindStringSubmatch(rest)
			switch {
			case m == nil || depth == deepest:
				at = nil
			case m[2] != "":
				i, _ := strconv.Atoi(m[2])
				if at.rows == nil {
					at.rows = map[int]*node{}
				}
				if at.rows[i] == nil {
					at.rows[i] = &node{}
				}
				at, rest = at.rows[i], rest[len(m[0]):]
			default:
				at, rest = at.make(m[1]), rest[len(m[0]):]
			}
		}
		if at != nil {
			at.values = values
		}
	}
	return top, nil
}

func (n *node) make(name string) *node {
	if n.fields == nil {
		n.fields = map[string]*node{}
	}
	if n.fields[name] == nil {
		n.fields[name] = &node{}
	}
	return n.fields[name]
}

// at is what was typed in a field; an empty node where nothing was.
func (n *node) at(name string) *node {
	if n == nil || n.fields[name] == nil {
		return &node{}
	}
	return n.fields[name]
}

// each are the rows in their order.
func (n *node) each() (all []*node) {
	var order []int
	for i := range n.rows {
		order = append(order, i)
	}
	slices.Sort(order)
	for _, i := range order {
		all = append(all, n.rows[i])
	}
	return all
}

// text is what was typed in one field, with line breaks as the record has them.
func (n *node) text() string {
	if n == nil || len(n.values) == 0 {
		return ""
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(n.values[0])
}

// lines are what was typed or ticked, one a line.
func (n *node) lines() (all []string) {
	for _, value := range n.values {
		for one := range strings.Lines(value) {
			if one = strings.TrimSpace(one); one != "" {
				all = append(all, one)
			}
		}
	}
	return all
}

// filledAs says how a field with a schema is filled in. A schema of several forms is that
// of the simplest that says all: a number or a name, or the first of them.
func filledAs(s *schema.Schema) as {
	switch {
	case len(s.Any) > 0 && s.Any[0].Type == schema.TypeObject:
		return group
	case len(s.Any) > 0:
		return line
	case len(s.Enum) == 1:
		return fixed
	case s.Enum != nil:
		return choice
	}
	switch s.Type {
	case schema.TypeBoolean:
		return tick
	case schema.TypeNumber, schema.TypeInteger:
		return figure
	case schema.TypeObject:
		if s.Fields == nil {
			return pairs
		}
		return group
	case schema.TypeArray:
		switch inner := filledAs(s.Items); {
		case inner == choice:
			return choices
		case inner == line:
			return list
		}
		return rows
	}
	switch {
	case s.Rule.Lines:
		return lines
	case s.Pattern != "" && s.Format == "":
		return day
	}
	return line
}

// fieldsOf are those of an object, or of the first form that is one.
func fieldsOf(s *schema.Schema) []schema.Field {
	if len(s.Any) > 0 && s.Any[0].Type == schema.TypeObject {
		return s.Any[0].Fields
	}
	return s.Fields
}

// wire reads what was typed as the wire form has it; false where nothing was. What is
// no number stays as it was typed, for the decoder to refuse.
func wire(s *schema.Schema, n *node) (any, bool) {
	switch filledAs(s) {
	case fixed:
		return s.Enum[0], false
	case tick:
		return n.text() != "", n.text() != ""
	case figure:
		return numeral(n.text())
	case choice:
		text := n.text()
		for _, one := range s.Enum {
			if text != "" && fmt.Sprint(one) == text {
				return one, true
			}
		}
		return text, text != ""
	case lines:
		return n.text(), strings.TrimSpace(n.text()) != ""
	case line:
		text := strings.TrimSpace(n.text())
		if len(s.Any) == 0 {
			return text, text != ""
		}
		if x, is := numeral(text); is && x != any(text) {
			return x, true
		}
		// A number between two bands is followed by the one that it belongs to.
		if x, band, two := strings.Cut(text, " "); two {
			if x, is := numeral(x); is && x != any(text) {
				return map[string]any{"value": x, "band": strings.TrimSpace(band)}, true
			}
		}
		return text, text != ""
	case list:
		var all []any
		for _, one := range n.lines() {
			all = append(all, one)
		}
		return all, all != nil
	case choices:
		var all []any
		for _, one := range n.values {
			if one != "" {
				all = append(all, one)
			}
		}
		return all, all != nil
	case pairs:
		all := map[string]any{}
		for _, row := range n.each() {
			name := strings.TrimSpace(row.at("name").text())
			x, is := numeral(row.at("number").text())
			if !is {
				x = nil // for the decoder to say that it is missing
			}
			if is || name != "" {
				all[name] = x
			}
		}
		return all, len(all) > 0
	case rows:
		var all []any
		for _, row := range n.each() {
			if one, is := wire(s.Items, row); is {
				all = append(all, one)
			}
		}
		return all, all != nil
	case group:
		all, some := map[string]any{}, false
		fields := fieldsOf(s)
		for i := range fields {
			f := &fields[i]
			x, is := wire(&f.Schema, n.at(f.Name))
			some = some || is
			if is || filledAs(&f.Schema) == fixed || f.Required && filledAs(&f.Schema) == tick {
				all[f.Name] = x
			}
		}
		// What has to be there is, for the decoder to say what it lacks.
		for i := range fields {
			if f := &fields[i]; f.Required && all[f.Name] == nil && filledAs(&f.Schema) == group {
				all[f.Name] = map[string]any{}
			}
		}
		return all, some
	}
	text := strings.TrimSpace(n.text())
	return text, text != ""
}

// kept is what was typed, as it was typed, without the rows that were left empty: so the
// paths of a refusal are those of the fields.
func kept(s *schema.Schema, n *node) *node {
	out := &node{values: n.values}
	full := func(row *node) bool { _, is := wire(s.Items, row); return is }
	inner := func(row *node) *node { return kept(s.Items, row) }
	switch filledAs(s) {
	case group:
		for _, f := range fieldsOf(s) {
			*out.make(f.Name) = *kept(&f.Schema, n.at(f.Name))
		}
		return out
	case pairs:
		full = func(row *node) bool {
			return strings.TrimSpace(row.at("name").text()+row.at("number").text()) != ""
		}
		inner = func(row *node) *node { return row }
	case rows:
	default:
		return out
	}
	out.rows = map[int]*node{}
	for _, row := range n.each() {
		if full(row) {
			out.rows[len(out.rows)] = inner(row)
		}
	}
	return out
}

// twice finds names that pairs give more than one number: the wire form can't say that.
func twice(s *schema.Schema, n *node, path string) (found fault.Fields) {
	switch filledAs(s) {
	case group:
		for _, f := range fieldsOf(s) {
			found = append(found, twice(&f.Schema, n.at(f.Name), joined(path, f.Name))...)
		}
	case rows:
		for i, row := range n.each() {
			found = append(found, twice(s.Items, row, fault.At(path, i))...)
		}
	case pairs:
		seen := map[string]bool{}
		for i, row := range n.each() {
			name := strings.TrimSpace(row.at("name").text())
			if seen[name] {
				found = append(found, fault.Field{Path: fault.At(path, i) + ".name", Rule: fault.Unique, Value: name, Want: language.Of("web-form.once")})
			}
			seen[name] = true
		}
	}
	return found
}

// sends counts the fields that a browser sends.
func sends(fields []field) (n int) {
	for _, f := range fields {
		switch f.As {
		case group, rows, pairs:
			n += sends(f.Fields) + sends(f.Rows)
		case fixed:
		default:
			n++
		}
	}
	return n
}

var numerals = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// numeral reads a number as people write it, with a comma before the decimals and a minus
// of print as well. What is none stays as it is.
func numeral(text string) (any, bool) {
	text = strings.TrimSpace(text)
	plain := strings.NewReplacer("−", "-", ",", ".").Replace(text)
	if strings.Count(text, ",") > 1 || strings.Contains(text, ",") && strings.Contains(text, ".") {
		plain = text // thousands: which it is nobody knows
	}
	if numerals.MatchString(plain) {
		return json.Number(plain), true
	}
	return text, text != ""
}

// written writes a value of the wire form as a form has it: what wire reads again.
func written(s *schema.Schema, x any, path string, into url.Values) {
	if x == nil {
		return
	}
	object, _ := x.(map[string]any)
	all, _ := x.([]any)
	switch filledAs(s) {
	case fixed:
	case group:
		for _, f := range fieldsOf(s) {
			written(&f.Schema, object[f.Name], joined(path, f.Name), into)
		}
	case rows:
		for i, one := range all {
			written(s.Items, one, fault.At(path, i), into)
		}
	case pairs:
		var names []string
		for name := range object {
			names = append(names, name)
		}
		slices.Sort(names)
		for i, name := range names {
			into.Set(fault.At(path, i)+".name", name)
			into.Set(fault.At(path, i)+".number", fmt.Sprint(object[name]))
		}
	case list:
		var texts []string
		for _, one := range all {
			texts = append(texts, fmt.Sprint(one))
		}
		into.Set(path, strings.Join(texts, "\n"))
	case choices:
		for _, one := range all {
			into.Add(path, fmt.Sprint(one))
		}
	case tick:
		if x == true {
			into.Set(path, "yes")
		}
	default:
		if object != nil {
			x = fmt.Sprintf("%v %v", object["value"], object["band"])
		}
		into.Set(path, fmt.Sprint(x))
	}
}

func joined(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// maker makes the fields of a form.
type maker struct {
	// known are what a field may refer to, by its name; nil where it refers to nothing
	// that is on record.
	known func(path string) []option
	// more is the list that has one more row than is filled.
	more string
	// to is where the form is sent.
	to string
}

// fields makes those of an object.
func (m *maker) fields(s *schema.Schema, path string, n *node) (all []field) {
	for _, f := range fieldsOf(s) {
		all = append(all, m.field(&f.Schema, joined(path, f.Name), f.Required, n.at(f.Name)))
	}
	return all
}

func (m *maker) field(s *schema.Schema, path string, required bool, n *node) field {
	f := field{Path: path, As: filledAs(s), Label: s.Title, Hint: s.Hint, Required: required}
	if f.Hint.IsZero() || f.As == figure {
		f.Wants = s.Accepts
	}
	if f.As == group && slices.ContainsFunc(fieldsOf(s), func(f schema.Field) bool { return f.Name == "id" }) {
		f.Hint, f.Wants = language.Text{}, language.Text{} // they say how to refer to it, and it is told here itself
	}
	switch f.As {
	case choice:
		f.Options = chosen(offers(s), n.text())
	case choices:
		f.Options = chosen(offers(s.Items), n.values...)
	case tick:
		f.Ticked = n.text() != ""
	case group:
		f.Fields = m.fields(s, path, n)
	case list:
		if known, lines := m.refers(path), n.lines(); known != nil && len(lines) <= mostBoxes {
			f.As, f.Options, f.Hint, f.Wants = choices, inOrder(chosen(known, lines...), lines), language.Text{}, language.Text{}
		}
		f.Value = n.text()
	case rows, pairs:
		kept := n.each()
		count := len(kept)
		if m.more == path {
			count++
		}
		for i := range max(count, 1) {
			row := &node{}
			if i < len(kept) {
				row = kept[i]
			}
			f.Rows = append(f.Rows, m.row(s, f.As, fault.At(path, i), i, row))
		}
		f.Add = m.to + "#" + field{Path: fault.At(path, len(f.Rows))}.ID()
	default:
		f.Value = n.text()
		if len(s.Any) > 0 {
			f.Number = s.Any[0].Accepts
		}
		if known := m.refers(path); known != nil && f.As == line {
			f.As, f.Options, f.Hint, f.Wants = choice, chosen(known, f.Value), language.Text{}, language.Text{}
		}
	}
	return f
}

// row makes one of a list.
func (m *maker) row(s *schema.Schema, how as, path string, i int, n *node) field {
	f := field{Path: path, As: group, Label: language.Of("web-form.row", "n", i+1), Required: true}
	switch {
	case how == pairs:
		name := field{Path: path + ".name", As: line, Label: language.Of("web-form.name"), Value: n.at("name").text()}
		if known := m.refers(path[:strings.LastIndexByte(path, '[')]); known != nil {
			name.As, name.Options = choice, chosen(known, name.Value)
		}
		number := field{Path: path + ".number", As: figure, Label: language.Of("web-form.number"), Wants: s.Items.Accepts, Value: n.at("number").text()}
		f.Fields = []field{name, number}
	case filledAs(s.Items) == group:
		f.Fields = m.fields(s.Items, path, n)
	default:
		one := m.field(s.Items, path, false, n)
		one.Label = f.Label
		return one
	}
	return f
}

// refers are what a field may refer to.
func (m *maker) refers(path string) []option {
	if m.known == nil {
		return nil
	}
	return m.known(path)
}

// offers are the names of an enumeration, each once; what is only another way to write
// one of them is left out.
func offers(s *schema.Schema) (all []option) {
	seen := map[string]bool{}
	for i, x := range s.Enum {
		value, is := x.(string)
		if !is || value == "" {
			continue
		}
		text := language.Typed(value)
		if i < len(s.Names) && !s.Names[i].IsZero() {
			text = s.Names[i]
		}
		if said := text.String(); !seen[said] {
			seen[said] = true
			all = append(all, option{Value: value, Text: text})
		}
	}
	return all
}

// chosen marks what was chosen. What is not among the options stays a choice.
func chosen(options []option, values ...string) []option {
	all, at := slices.Clone(options), map[string]int{}
	for i, o := range all {
		at[o.Value] = i
	}
	for _, value := range values {
		if value == "" {
			continue
		}
		i, is := at[value]
		if !is {
			i = len(all)
			at[value], all = i, append(all, option{Value: value, Text: language.Typed(value)})
		}
		all[i].Chosen = true
	}
	return all
}

// inOrder puts what was chosen first, in the order of the record: a list keeps it.
func inOrder(options []option, values []string) []option {
	place := map[string]int{}
	for i, value := range values {
		place[value] = i - len(values)
	}
	slices.SortStableFunc(options, func(a, b option) int { return cmp.Compare(place[a.Value], place[b.Value]) })
	return options
}
