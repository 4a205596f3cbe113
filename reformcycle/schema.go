package reformcycle

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle/schema"
)

// This file describes to others what a batch and the data of each kind of change may
// hold. It is made from the types and from the tags and vocabularies that they are
// checked by, so that there is nothing to keep in step.

// schemaPlace is where the addresses of the schemas begin.
const schemaPlace = "https://github.com/chsreform/chsreform/reformcycle/schemas/"

// ChangeSchema describes the data of a kind of change, as DecodeChange reads it; false
// for a kind that there is not. It marshals to a document of JSON Schema 2020-12. What
// the cycle sets is not in it.
//
// Whatever DecodeChange accepts fits the schema. It refuses more: what is named in
// docs/over-the-wire.md. The schema is the caller's to change.
func ChangeSchema(kind Kind) (schema.Schema, bool) {
	k, known := kindTable[kind]
	if !known {
		return schema.Schema{}, false
	}
	s := k.describe()
	if _, holds := k.goType.FieldByName("Change"); holds {
		s.Defs = definitions(func(k *kindEntry) bool { return !k.corrects })
	}
	s.ID = schemaPlace + string(kind) + ".json"
	return s, true
}

// BatchSchema describes a batch, as DecodeBatch reads it, with the data of all kinds of
// change in its Defs. As ChangeSchema says, DecodeBatch refuses more.
func BatchSchema() schema.Schema {
	s, _ := describe(reflect.TypeFor[batchForm](), "")
	s.Field("changes").Most = maxBatch
	s.ID = schemaPlace + "batch.json"
	s.Title = "Batch of changes"
	s.Description = "What one author records at one moment: all of it, or nothing."
	s.Defs = definitions(func(*kindEntry) bool { return true })
	return s
}

func definitions(of func(*kindEntry) bool) (all []schema.Def) {
	for _, kind := range kindList {
		if k := kindTable[kind]; of(k) {
			all = append(all, schema.Def{Name: string(kind), Schema: k.describe()})
		}
	}
	return all
}

// titled is a field with its title.
func titled(name string, s schema.Schema, required bool) schema.Field {
	s.Title = schema.Title(name)
	return schema.Field{Name: name, Required: required, Schema: s}
}

// describe describes the data of the kind.
func (k *kindEntry) describe() schema.Schema {
	s, _ := describe(k.goType, "")
	s.Title = schema.Title(string(k.kind))
	s.Description = fmt.Sprintf("The data of a change of kind %q.", k.kind)
	return s
}

// form is a change of the kind as a batch has it.
func (k *kindEntry) form() schema.Schema {
	s := schema.Object(
		titled("kind", schema.Schema{Enum: []any{string(k.kind)}}, true),
		titled("data", schema.Schema{Ref: string(k.kind)}, true),
	)
	s.Title = schema.Title(string(k.kind))
	return s
}

// describe gives the schema of what is read into a type under the rules of a tag, and
// whether it can't be left out, which is so where the type's zero value breaks a rule.
// A type or a rule that it does not know is a mistake of this package, and the first
// test finds it.
func describe(t reflect.Type, tag string) (s schema.Schema, needed bool) {
	own, elements, _ := strings.Cut(tag, "dive")
	rules := rulesOf(own)
	_, optional := rules["omitempty"]
	_, needed = rules["required"]
	above := func(rule string) (least int) { least, _ = strconv.Atoi(rules[rule]); return least }

	zero := reflect.Zero(t).Interface()
	if d, own := zero.(interface{ Schema() schema.Schema }); own {
		s = d.Schema()
	} else {
		s = vocabularies[t].schema
	}
	switch {
	case s.Enum != nil:
		s.Enum = accepted(t, own, append(s.Enum, ""))
		return s, checker.Var(zero, strings.TrimSuffix(own, ",")) != nil
	case s.Type != "" || s.Any != nil:
		return s, needed
	case t == reflect.TypeFor[time.Time]():
		return schema.Moment(), needed
	case t == reflect.TypeFor[Change]():
		return describeCorrected(), true
	case t == reflect.TypeFor[wireChange]():
		for _, kind := range kindList {
			s.Any = append(s.Any, kindTable[kind].form())
		}
		return s, true
	}
	switch t.Kind() {
	case reflect.Pointer:
		s, _ = describe(t.Elem(), tag)
		return s.OrNull(), needed
	case reflect.Bool:
		return schema.Schema{Type: schema.TypeBoolean, Description: "True or false."}, needed
	case reflect.String:
		for name := range rules {
			if rule, is := textRules[name]; is {
				rule.Optional = rule.Optional || optional
				return schema.Text(rule), !rule.Optional
			}
		}
	case reflect.Int, reflect.Uint64, reflect.Float64:
		s = describeNumber(t.Kind(), rules)
		low := s.Minimum
		return s, needed || low != nil && (*low > 0 || *low == 0 && s.Above)
	case reflect.Slice, reflect.Map:
		items, _ := describe(t.Elem(), strings.TrimPrefix(elements, ","))
		s = schema.Schema{Type: schema.TypeArray, Items: &items, Least: above("min"), Most: above("max")}
		if t.Kind() == reflect.Map {
			s.Type = schema.TypeObject
		}
		_, s.Unique = rules["unique"]
		s.Nullable = s.Least == 0 && !needed
		return s, needed || s.Least > 0
	case reflect.Struct:
		s = schema.Object()
		for i := range t.NumField() {
			f := t.Field(i)
			if field, handed := describeField(f); handed {
				s.Fields = append(s.Fields, field)
				needed = needed || field.Required
			}
		}
		if optional {
			return schema.Schema{Any: []schema.Schema{s, nothing(s)}}, false
		}
		return s, needed
	}
	panic(fmt.Sprintf("no schema for a %v under the rules %q", t, tag))
}

// describeField describes a field that somebody hands in.
func describeField(f reflect.StructField) (schema.Field, bool) {
	tag := f.Tag.Get("validate")
	if !f.IsExported() || tag == "-" && f.Type.Kind() != reflect.Interface {
		return schema.Field{}, false
	}
	if other := f.Tag.Get("schema"); other != "" {
		tag = other // of another package, whose types judge themselves
	}
	s, needed := describe(f.Type, tag)
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return titled(name, s, needed), true
}

// describeCorrected describes the change that a correction holds, with the version that
// its data may have.
func describeCorrected() (s schema.Schema) {
	for _, kind := range kindList {
		k := kindTable[kind]
		if k.corrects {
			continue
		}
		form := k.form()
		version := describeNumber(reflect.Int, map[string]string{"gte": "0", "lte": strconv.Itoa(k.version)})
		form.Fields = append(form.Fields, titled("v", version, false))
		if k.version > 1 { // of an earlier version it is as it was then
			form.Field("data").Ref = ""
		}
		s.Any = append(s.Any, form)
	}
	return s
}

// describeNumber describes a number by its bounds.
func describeNumber(kind reflect.Kind, rules map[string]string) schema.Schema {
	s := schema.Schema{Type: schema.TypeInteger}
	what := "a whole number"
	if kind == reflect.Float64 {
		s.Type, what = schema.TypeNumber, "a number"
	}
	bound := func(rule string) *float64 {
		if text, is := rules[rule]; is {
			if x, err := strconv.ParseFloat(text, 64); err == nil {
				return &x
			}
		}
		return nil
	}
	if s.Minimum = bound("gte"); s.Minimum == nil {
		s.Minimum = bound("gt")
		s.Above = s.Minimum != nil
	}
	if s.Minimum == nil && kind == reflect.Uint64 {
		s.Minimum = new(float64)
	}
	s.Maximum = bound("lte")
	var bounds []string
	if s.Minimum != nil && s.Above {
		bounds = append(bounds, fmt.Sprintf("more than %v", *s.Minimum))
	} else if s.Minimum != nil {
		bounds = append(bounds, fmt.Sprintf("%v or more", *s.Minimum))
	}
	if s.Maximum != nil {
		bounds = append(bounds, fmt.Sprintf("at most %v", *s.Maximum))
	}
	if bounds != nil {
		what += ", " + strings.Join(bounds, ", ")
	}
	s.Description = strings.ToUpper(what[:1]) + what[1:] + "."
	return s
}

// accepted are those of some values that a type reads and its rules accept.
func accepted(t reflect.Type, tag string, values []any) (all []any) {
	for _, value := range values {
		data, err := json.Marshal(value)
		into := reflect.New(t)
		if err == nil && json.Unmarshal(data, into.Interface()) == nil && checker.Var(into.Elem().Interface(), strings.TrimSuffix(tag, ",")) == nil {
			all = append(all, value)
		}
	}
	return all
}

// nothing describes an object in which every field is as if it had been left out.
func nothing(s schema.Schema) schema.Schema {
	none := schema.Object()
	for _, f := range s.Fields {
		if f.Type != schema.TypeString {
			panic("no schema of nothing for the field " + f.Name)
		}
		none.Fields = append(none.Fields, titled(f.Name, schema.Schema{Enum: []any{""}}, false))
	}
	return none
}

// rulesOf reads the rules of a tag, with their parameters.
func rulesOf(tag string) map[string]string {
	rules := make(map[string]string)
	for rule := range strings.SplitSeq(strings.Trim(tag, ","), ",") {
		name, parameter, _ := strings.Cut(rule, "=")
		rules[name] = parameter
	}
	return rules
}
