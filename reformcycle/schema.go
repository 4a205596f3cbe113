package reformcycle

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
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
	s.Title, s.Hint = language.Of("field.batch"), language.Of("hint.batch")
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

// titled is a field of a type under its label and with its hint: those that are its own, or
// those that all fields of the name have.
func titled(of reflect.Type, name string, s schema.Schema, required bool) schema.Field {
	known := language.Texts()
	find := func(what string) language.Text {
		whole := what + "." + strings.ReplaceAll(name, "_", "-")
		if own := what + "." + ownerOf(of) + "." + strings.ReplaceAll(name, "_", "-"); known.Has(own) {
			return language.Of(own)
		}
		return language.Of(whole)
	}
	s.Title, s.Hint = find("field"), find("hint")
	return schema.Field{Name: name, Required: required, Schema: s}
}

// ownerOf is a type's part in the ids of the labels of its fields: "rollout-phase".
func ownerOf(t reflect.Type) string {
	if t == reflect.TypeFor[batchForm]() {
		return "batch"
	}
	var b strings.Builder
	for i, c := range t.Name() {
		if unicode.IsUpper(c) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// describe describes the data of the kind.
func (k *kindEntry) describe() schema.Schema {
	s, _ := describe(k.goType, "")
	s.Title = k.kind.Told()
	return s
}

// form is a change of the kind as a batch has it.
func (k *kindEntry) form() schema.Schema {
	s := schema.Object(
		titled(reflect.TypeFor[wireChange](), "kind", schema.Schema{Enum: []any{string(k.kind)}}, true),
		titled(reflect.TypeFor[wireChange](), "data", schema.Schema{Ref: string(k.kind)}, true),
	)
	s.Title = k.kind.Told()
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
		return schema.Schema{Type: schema.TypeBoolean, Accepts: language.Words(fault.WantBool)}, needed
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
			if field, handed := describeField(t, f); handed {
				s.Fields = append(s.Fields, field)
				needed = needed || field.Required
			}
		}
		if optional {
			return schema.Schema{Any: []schema.Schema{s, nothing(t, s)}}, false
		}
		return s, needed
	}
	panic(fmt.Sprintf("no schema for a %v under the rules %q", t, tag))
}

// describeField describes a field that somebody hands in.
func describeField(of reflect.Type, f reflect.StructField) (schema.Field, bool) {
	tag := f.Tag.Get("validate")
	if !f.IsExported() || tag == "-" && f.Type.Kind() != reflect.Interface {
		return schema.Field{}, false
	}
	if other := f.Tag.Get("schema"); other != "" {
		tag = other // of another package, whose types judge themselves
	}
	s, needed := describe(f.Type, tag)
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return titled(of, name, s, needed), true
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
		form.Fields = append(form.Fields, titled(reflect.TypeFor[wireChange](), "v", version, false))
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
	low, high := math.Inf(-1), math.Inf(1)
	if s.Minimum != nil {
		low = *s.Minimum
	}
	if s.Maximum != nil {
		high = *s.Maximum
	}
	switch {
	case kind == reflect.Float64 && s.Above:
		s.Accepts = language.Words(fault.Above(high))
	case kind == reflect.Float64:
		s.Accepts = language.Words(fault.Between(low, high))
	default:
		s.Accepts = language.Words(fault.WholeBetween(low, high))
	}
	if kind == reflect.Float64 {
		s.Type = schema.TypeNumber
	}
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
func nothing(of reflect.Type, s schema.Schema) schema.Schema {
	none := schema.Object()
	for _, f := range s.Fields {
		if f.Type != schema.TypeString {
			panic("no schema of nothing for the field " + f.Name)
		}
		none.Fields = append(none.Fields, titled(of, f.Name, schema.Schema{Enum: []any{""}}, false))
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
