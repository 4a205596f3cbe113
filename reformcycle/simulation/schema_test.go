package simulation

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

var update = flag.Bool("update", false, "write the schema that is made from the types and the register")

// object keeps the keys of a JSON object in order.
type object []member

type member struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, m := range o {
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%c%q:%s", "{,"[min(i, 1)], m.key, value)
	}
	if len(o) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func words[T ~string](all []T) []any {
	list := make([]any, len(all))
	for i, w := range all {
		list[i] = string(w)
	}
	return list
}

// schemaOf describes a type as ParseScenario reads it. Ranges, defaults and
// meanings of numbers come from the register.
func schemaOf(t reflect.Type, path string, parameters map[string]Parameter) object {
	var o object
	add := func(key string, value any) { o = append(o, member{key, value}) }
	switch t {
	case reflect.TypeFor[reformcycle.Stage]():
		var all []any
		for s := range reformcycle.Stages() {
			all = append(all, s.String())
		}
		add("enum", append(all, ""))
		return o
	case reflect.TypeFor[assessment.Level]():
		var all []any
		for l := assessment.Unknown; l <= assessment.HighlyFunctional; l++ {
			all = append(all, l.String())
		}
		add("enum", append(all, 1, 2, 3, 4))
		return o
	case reflect.TypeFor[stakeholders.Constituency]():
		add("enum", words(stakeholders.Constituencies()))
		return o
	case reflect.TypeFor[ShockKind]():
		add("enum", words(shockNames[:]))
		return o
	case reflect.TypeFor[Event]():
		month := schemaOf(reflect.TypeFor[int](), path+".month", parameters)
		add("type", "object")
		add("additionalProperties", false)
		add("required", []string{"month", "shock"})
		add("properties", object{
			{"month", slices.DeleteFunc(month, func(m member) bool { return m.key == "default" })}, // it has to be said
			{"shock", schemaOf(reflect.TypeFor[ShockKind](), "", parameters)},
		})
		return o
	case reflect.TypeFor[language.Text]():
		add("type", "object")
		add("properties", object{{"id", object{{"type", "string"}}}, {"args", object{{"type", "object"}}}, {"text", object{{"type", "string"}}}})
		return o
	case reflect.TypeFor[stakeholders.Role]():
		add("enum", words(stakeholders.Roles()))
		return o
	}
	switch t.Kind() {
	case reflect.Pointer: // left out it has no one default: the description tells
		return slices.DeleteFunc(schemaOf(t.Elem(), path, parameters), func(m member) bool { return m.key == "default" })
	case reflect.Struct:
		var properties object
		for i := range t.NumField() {
			key, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			at := strings.TrimPrefix(path+"."+key, ".")
			properties = append(properties, member{key, schemaOf(t.Field(i).Type, at, parameters)})
		}
		add("type", "object")
		add("additionalProperties", false)
		add("properties", properties)
	case reflect.Slice:
		add("type", "array")
		add("items", schemaOf(t.Elem(), path+"[]", parameters))
		if path == "actors" {
			add("maxItems", maxActors)
		}
	case reflect.String:
		add("type", "string")
	case reflect.Bool:
		add("type", "boolean")
	default:
		p, known := parameters[path]
		if !known {
			panic("the register lacks " + path)
		}
		delete(parameters, path)
		add("type", map[bool]string{true: "integer", false: "number"}[p.Whole])
		add("minimum", p.Min)
		add("maximum", p.Max)
		add("default", p.Default)
		add("description", fmt.Sprintf("%s Unit: %s. Origin of the default: %s.", p.Meaning, p.Unit, p.Origin))
	}
	return o
}

func madeSchema(t *testing.T) []byte {
	parameters := make(map[string]Parameter)
	for _, p := range Register() {
		require.NotContains(t, parameters, p.Name)
		parameters[p.Name] = p
	}
	scenario := schemaOf(reflect.TypeFor[Scenario](), "", parameters)
	require.Empty(t, parameters, "the register has a parameter that no type has")
	head := object{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Scenario of a simulation of the Community Health Systems Reform Cycle"}, {"required", []string{"name", "actors"}}}
	raw, err := json.Marshal(append(head, scenario...))
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, json.Indent(&b, raw, "", "  "))
	b.WriteByte('\n')
	return b.Bytes()
}

func TestTheSchemaIsMadeFromTheTypesAndTheRegister(t *testing.T) {
	const file = "data/scenario.schema.json"
	made := madeSchema(t)
	if *update {
		require.NoError(t, os.WriteFile(file, made, 0o644))
	}
	held, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(made), string(held), "run the test with -update and read the difference")
	require.True(t, json.Valid(Schema()) || *update)
}

func TestEveryParameterHasAUnitARangeADefaultInItAMeaningAndAnOrigin(t *testing.T) {
	for _, p := range Register() {
		require.NotEmpty(t, p.Unit, p.Name)
		require.NotEmpty(t, p.Meaning, p.Name)
		require.NotEmpty(t, p.Origin, p.Name)
		require.Less(t, p.Min, p.Max, p.Name)
		var wrong fault.Fields
		require.True(t, p.judge(&wrong, p.Name, p.Default), p.Name)
	}
}
