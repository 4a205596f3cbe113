// Package schema describes JSON: which fields there are and what each accepts, as a
// value that a program can walk (to make a form, say) and that marshals to JSON Schema,
// draft 2020-12. It is a floor of the module: it knows only packages
// fault and language.
//
// The packages that read JSON say with it what they accept, beside the rule that refuses
// the rest: [Text] describes a [fault.TextRule], [OneOf] a closed set of names. What a
// schema can't say (that an id is there once, that an end is not before its beginning)
// it leaves out: a schema is wider than its rule, never narrower.
//
//	s := schema.Object(
//		schema.Field{Name: "id", Required: true, Schema: schema.Text(fault.ID)},
//		schema.Field{Name: "weight", Schema: schema.Number(0, 10)},
//	)
//	for _, f := range s.Fields { … l.Say(f.Title), l.Say(f.Hint), f.Enum, f.Maximum … }
//	text, err := json.Marshal(s)
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Dialect is the $schema of a document.
const Dialect = "https://json-schema.org/draft/2020-12/schema"

// The types of JSON values, as Schema.Type has them.
const (
	TypeObject  = "object"
	TypeArray   = "array"
	TypeString  = "string"
	TypeNumber  = "number"
	TypeInteger = "integer"
	TypeBoolean = "boolean"
)

// Schema describes the values that are accepted somewhere. The zero value accepts
// anything. It marshals to the same bytes whenever and wherever, in ASCII.
type Schema struct {
	// ID is the address that names a document, and its $id; empty for a part of one.
	ID string
	// Title is what it is called, Hint what to write, Accepts what is accepted.
	Title, Hint, Accepts language.Text
	// Type is one of the types; empty where Enum, Any or Ref say it all.
	Type string
	// Nullable: null is accepted as well, and stands for what is left out.
	Nullable bool
	// Enum lists all that is accepted: texts and numbers, nil for null.
	Enum []any
	// Names say to people what each of Enum means; nil where they say it themselves.
	Names []language.Text
	// Rule is that of a text, if it has one.
	Rule fault.TextRule
	// Pattern of a text without a rule, as regular expressions of ECMA-262 and RE2 have it.
	Pattern string
	// Format names what a text is, for programs that know the name, such as "date-time".
	Format string
	// Minimum and Maximum bound a number; nil for no bound. Above: the minimum itself is
	// not accepted.
	Minimum, Maximum *float64
	Above            bool
	// Items of a list, or values of a map.
	Items *Schema
	// Least and Most are how many elements a list or a map has; 0 for no bound.
	Least, Most int
	// Unique: each element once.
	Unique bool
	// Fields of an object, in their order; there are no others. Nil where it is a map.
	Fields []Field
	// Any: what one of these accepts.
	Any []Schema
	// Ref is a name in Defs of the document.
	Ref string
	// Defs are the parts of a document that have a name.
	Defs []Def
}

// Field of an object.
type Field struct {
	Name string
	// Required: it can't be left out.
	Required bool
	Schema
}

// Def is a part of a document by its name.
type Def struct {
	Name   string
	Schema Schema
}

// Text describes a text by its rule.
func Text(rule fault.TextRule) Schema {
	return Schema{Type: TypeString, Rule: rule, Accepts: language.Words(rule.Want())}
}

// OneOf describes a name out of a closed set. Names that tell themselves in words do.
func OneOf[S ~string](names []S) Schema {
	s := Schema{Accepts: language.Words(fault.OneOf(names))}
	for _, n := range names {
		s.Enum = append(s.Enum, string(n))
		if told, tells := any(n).(interface{ Told() language.Text }); tells {
			s.Names = append(s.Names, told.Told())
		}
	}
	return s
}

// Number describes a number from low to high, both included.
func Number(low, high float64) Schema {
	return Schema{Type: TypeNumber, Minimum: &low, Maximum: &high, Accepts: language.Words(fault.Between(low, high))}
}

// Moment describes a moment as RFC 3339 writes it, in capitals.
func Moment() Schema {
	return Schema{Type: TypeString, Format: "date-time", Pattern: fault.MomentPattern, Accepts: language.Words(fault.WantMoment)}
}

// Object describes an object with these fields and no others.
func Object(fields ...Field) Schema {
	return Schema{Type: TypeObject, Fields: append([]Field{}, fields...)}
}

// Field finds the field of a name; nil where there is none.
func (s *Schema) Field(name string) *Field {
	if i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name }); i >= 0 {
		return &s.Fields[i]
	}
	return nil
}

// OrNull accepts null as well.
func (s Schema) OrNull() Schema {
	s.Nullable = true
	return s
}

// MarshalJSON writes the schema as JSON Schema.
func (s Schema) MarshalJSON() ([]byte, error) {
	w := writer{whole: s.ID != "", used: make(map[string]bool)}
	w.schema(&s)
	return w.Bytes(), w.err
}

// MarshalJSON writes the schema of the field: what promotes from it must not be lost.
func (f Field) MarshalJSON() ([]byte, error) { return f.Schema.MarshalJSON() }

// rules are those of texts that a document defines once, by their names.
var rules = []namedRule{
	{"id", fault.ID}, {"id-or-none", fault.ID.OrNone()}, {"name", fault.Name}, {"name-or-none", fault.Name.OrNone()},
	{"text", fault.Text}, {"note", fault.Note},
}

type namedRule struct {
	name string
	rule fault.TextRule
}

type writer struct {
	bytes.Buffer
	err error
	// whole: a document is written, which has definitions; used are those of texts.
	whole bool
	used  map[string]bool
}

// value writes what has a form of its own, in ASCII: a pattern names characters that
// nobody can see.
func (w *writer) value(v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil && w.err == nil {
		w.err = err
	}
	for _, c := range strings.TrimSuffix(b.String(), "\n") {
		switch {
		case c < 0x7f:
			w.WriteRune(c)
		case c > 0xffff:
			c -= 0x10000
			fmt.Fprintf(w, `\u%04x\u%04x`, 0xd800+c>>10, 0xdc00+c&0x3ff)
		default:
			fmt.Fprintf(w, `\u%04x`, c)
		}
	}
}

// key begins a member.
func (w *writer) key(name string) {
	if last := w.Bytes(); last[len(last)-1] != '{' {
		w.WriteByte(',')
	}
	w.value(name)
	w.WriteByte(':')
}

func (w *writer) member(name string, v any) {
	w.key(name)
	w.value(v)
}

func (w *writer) list(name string, all []Schema) {
	w.key(name)
	for i := range all {
		w.WriteByte("[,"[min(i, 1)])
		w.schema(&all[i])
	}
	w.WriteByte(']')
}

func (w *writer) schema(s *Schema) {
	w.WriteByte('{')
	if s.ID != "" {
		w.member("$schema", Dialect)
		w.member("$id", s.ID)
	}
	if !s.Title.IsZero() {
		w.member("title", s.Title.String())
	}
	defined := ""
	if i := slices.IndexFunc(rules, func(r namedRule) bool { return r.rule == s.Rule }); i >= 0 && w.whole && !s.Nullable {
		defined = rules[i].name
		w.used[defined] = true
	}
	switch {
	case !s.Hint.IsZero():
		w.member("description", s.Hint.String())
	case !s.Accepts.IsZero() && defined == "":
		w.member("description", s.Accepts.String())
	}
	null := Schema{Enum: []any{nil}}
	switch {
	case defined != "":
		w.member("$ref", "#/$defs/"+defined)
	case s.Ref != "":
		w.member("$ref", "#/$defs/"+s.Ref)
	case s.Any != nil && s.Nullable:
		w.list("anyOf", append(slices.Clip(s.Any), null))
	case s.Any != nil:
		w.list("anyOf", s.Any)
	case s.Enum != nil && s.Nullable && !slices.Contains(s.Enum, nil):
		w.member("enum", append(slices.Clip(s.Enum), nil))
	case s.Enum != nil:
		w.member("enum", s.Enum)
	case s.Type != "" && s.Nullable:
		w.member("type", []string{s.Type, "null"})
	case s.Type != "":
		w.member("type", s.Type)
	}
	switch s.Type {
	case TypeString:
		if defined == "" {
			w.text(s)
		}
	case TypeNumber, TypeInteger:
		w.number(s)
	case TypeArray:
		w.counts(s, "Items")
		if s.Unique {
			w.member("uniqueItems", true)
		}
		if s.Items != nil {
			w.key("items")
			w.schema(s.Items)
		}
	case TypeObject:
		w.object(s)
	}
	if s.Defs != nil || s.ID != "" && len(w.used) > 0 {
		w.defs(s)
	}
	w.WriteByte('}')
}

// defs writes the definitions of a document: its own, and of texts those that it uses.
func (w *writer) defs(s *Schema) {
	w.key("$defs")
	w.WriteByte('{')
	for i := range s.Defs {
		w.key(s.Defs[i].Name)
		w.schema(&s.Defs[i].Schema)
	}
	w.whole = false
	for _, r := range rules {
		if w.used[r.name] {
			text := Text(r.rule)
			w.key(r.name)
			w.schema(&text)
		}
	}
	w.WriteByte('}')
}

func (w *writer) text(s *Schema) {
	if s.Rule.Most > 0 {
		// A text counts in its normal form, which may have a quarter of its characters;
		// one of low characters alone is in normal form.
		w.member("maxLength", s.Rule.Most*fault.MostComposed)
		w.member("pattern", s.Rule.Pattern())
		w.key("anyOf")
		w.WriteByte('[')
		w.WriteByte('{')
		w.member("maxLength", s.Rule.Most)
		w.WriteString("},{")
		w.member("pattern", fault.Composing)
		w.WriteString("}]")
	}
	if s.Pattern != "" {
		w.member("pattern", s.Pattern)
	}
	if s.Format != "" {
		w.member("format", s.Format)
	}
}

func (w *writer) number(s *Schema) {
	if s.Minimum != nil && s.Above {
		w.member("exclusiveMinimum", *s.Minimum)
	} else if s.Minimum != nil {
		w.member("minimum", *s.Minimum)
	}
	if s.Maximum != nil {
		w.member("maximum", *s.Maximum)
	}
}

// counts writes how many elements or members there are.
func (w *writer) counts(s *Schema, of string) {
	if s.Least > 0 {
		w.member("min"+of, s.Least)
	}
	if s.Most > 0 {
		w.member("max"+of, s.Most)
	}
}

func (w *writer) object(s *Schema) {
	if s.Fields == nil {
		w.counts(s, "Properties")
		if s.Items != nil {
			w.key("additionalProperties")
			w.schema(s.Items)
		}
		return
	}
	var required []string
	for i := range s.Fields {
		if s.Fields[i].Required {
			required = append(required, s.Fields[i].Name)
		}
	}
	if required != nil {
		w.member("required", required)
	}
	w.member("additionalProperties", false)
	w.key("properties")
	w.WriteByte('{')
	for i := range s.Fields {
		w.key(s.Fields[i].Name)
		w.schema(&s.Fields[i].Schema)
	}
	w.WriteByte('}')
}
