package frameworks_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
)

type schema struct {
	Ref                  string            `json:"$ref"`
	Defs                 map[string]schema `json:"$defs"`
	Type                 string            `json:"type"`
	Required             []string          `json:"required"`
	Properties           map[string]schema `json:"properties"`
	PropertyNames        *schema           `json:"propertyNames"`
	AdditionalProperties json.RawMessage   `json:"additionalProperties"`
	Items                *schema           `json:"items"`
	Enum                 []any             `json:"enum"`
	Pattern              string            `json:"pattern"`
	MinLength            int               `json:"minLength"`
	MaxLength            int               `json:"maxLength"`
	MinItems             int               `json:"minItems"`
	MaxItems             int               `json:"maxItems"`
}

func published(t testing.TB) schema {
	var s schema
	require.NoError(t, json.Unmarshal(frameworks.Schema(), &s))
	return s
}

func (s schema) resolved(n schema) schema {
	if n.Ref == "" {
		return n
	}
	return s.Defs[strings.TrimPrefix(n.Ref, "#/$defs/")]
}

// The Go type of the whole file is not exported; its fields are found in what
// [frameworks.Framework] is written from.
func fileType() reflect.Type {
	f, _ := reflect.TypeFor[frameworks.Framework]().FieldByName("file")
	return f.Type
}

func TestTheSchemaAndTheGoTypesHaveTheSameFields(t *testing.T) {
	s := published(t)
	checked := []string{"Text", "Level", "Kind"} // these read themselves; see the next test
	var hold func(at string, n schema, typ reflect.Type)
	hold = func(at string, n schema, typ reflect.Type) {
		name, _ := strings.CutPrefix(n.Ref, "#/$defs/")
		n = s.resolved(n)
		switch {
		case slices.Contains([]string{"Text", "Level", "Kind"}, typ.Name()):
			require.Equal(t, typ.Name(), name, at)
		case typ.Kind() == reflect.Struct:
			require.Equal(t, typ.Name(), name, at)
			require.Equal(t, "object", n.Type, at)
			require.Equal(t, "false", string(n.AdditionalProperties), at)
			if slices.Contains(checked, name) {
				return
			}
			checked = append(checked, name)
			var fields, properties []string
			for i := range typ.NumField() {
				key, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
				fields = append(fields, key)
				require.Contains(t, n.Properties, key, "%s lacks %s", name, key)
				if slices.Contains(n.Required, key) {
					require.Empty(t, options, "%s.%s is required and may be left out", name, key)
				}
				hold(at+"."+key, n.Properties[key], typ.Field(i).Type)
			}
			for key := range n.Properties {
				properties = append(properties, key)
			}
			require.ElementsMatch(t, fields, properties, name)
		case typ.Kind() == reflect.Slice:
			require.Equal(t, "array", n.Type, at)
			hold(at+"[]", *n.Items, typ.Elem())
		default:
			want := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Float64: "number"}[typ.Kind()]
			require.NotEmpty(t, want, at)
			require.Equal(t, want, n.Type, at)
		}
	}
	hold("", schema{Ref: s.Ref}, fileType())
	var defs []string
	for name := range s.Defs {
		defs = append(defs, name)
	}
	require.ElementsMatch(t, defs, checked, "a definition that no Go type uses")
}

func TestWordsOfTheSchemaAreThoseThatAreRead(t *testing.T) {
	s := published(t)
	for _, word := range s.Defs["Level"].Enum {
		data, err := json.Marshal(word)
		require.NoError(t, err)
		var l assessment.Level
		assert.NoError(t, json.Unmarshal(data, &l), "%s", data)
	}
	for l := assessment.Unknown; l <= assessment.HighlyFunctional; l++ {
		assert.Contains(t, s.Defs["Level"].Enum, l.String())
	}
	assert.Equal(t, []any{string(assessment.Rated), string(assessment.Derived)}, s.Defs["Kind"].Enum)
}

// What the schema requires, Parse requires, and nothing else.
func TestWhatTheSchemaRequiresIsRequired(t *testing.T) {
	s := published(t)
	var whole map[string]any
	require.NoError(t, json.Unmarshal([]byte(own), &whole))
	var each func(path string, n schema, v any)
	tried := 0
	each = func(path string, n schema, v any) {
		n = s.resolved(n)
		switch v := v.(type) {
		case []any:
			for i, e := range v {
				each(fmt.Sprintf("%s[%d]", path, i), *n.Items, e)
			}
		case map[string]any:
			for key, member := range v {
				required := slices.Contains(n.Required, key)
				delete(v, key)
				data, err := json.Marshal(whole)
				require.NoError(t, err)
				_, err = frameworks.Parse(data)
				if key == "unit" || key == "parameter" { // which go together
					v[key] = member
					continue
				}
				assert.Equal(t, required, err != nil, "without %s.%s: %v", path, key, err)
				v[key] = member
				tried++
				each(path+"."+key, n.Properties[key], member)
			}
		}
	}
	each("", schema{Ref: s.Ref}, whole)
	require.Greater(t, tried, 50)
}

// A small validator: of JSON Schema it knows what the schema uses.
func (s schema) faults(at string, n schema, v any) (found []string) {
	n = s.resolved(n)
	fault := func(what string) { found = append(found, at+": "+what) }
	if n.Enum != nil && !slices.Contains(n.Enum, v) {
		fault("enum")
	}
	switch v := v.(type) {
	case map[string]any:
		if n.Type != "object" {
			fault("type")
		}
		for _, key := range n.Required {
			if _, there := v[key]; !there {
				fault("required " + key)
			}
		}
		for key, member := range v {
			if n.PropertyNames != nil && !regexp.MustCompile(n.PropertyNames.Pattern).MatchString(key) {
				fault("name " + key)
			}
			next, known := n.Properties[key]
			if !known {
				if string(n.AdditionalProperties) == "false" || json.Unmarshal(n.AdditionalProperties, &next) != nil {
					fault("unknown " + key)
					continue
				}
			}
			found = append(found, s.faults(at+"."+key, next, member)...)
		}
	case []any:
		if n.Type != "array" || len(v) < n.MinItems || n.MaxItems > 0 && len(v) > n.MaxItems {
			fault("array")
			return found
		}
		for i, e := range v {
			found = append(found, s.faults(fmt.Sprintf("%s[%d]", at, i), *n.Items, e)...)
		}
	case string:
		length := utf8.RuneCountInString(v)
		if n.Type != "" && n.Type != "string" || length < n.MinLength || n.MaxLength > 0 && length > n.MaxLength ||
			n.Pattern != "" && !regexp.MustCompile(n.Pattern).MatchString(v) {
			fault("string")
		}
	case float64:
		if n.Type != "" && n.Type != "number" {
			fault("number")
		}
	case bool:
		if n.Type != "boolean" {
			fault("boolean")
		}
	}
	return found
}

func TestEveryFileKeepsToTheSchema(t *testing.T) {
	s := published(t)
	files, err := filepath.Glob("data/*-[0-9]*.json")
	require.NoError(t, err)
	contents := map[string]string{"a host's own": own}
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		contents[file] = string(data)
	}
	require.Len(t, contents, 11)
	for name, content := range contents {
		var v any
		require.NoError(t, json.Unmarshal([]byte(content), &v))
		assert.Empty(t, s.faults("", schema{Ref: s.Ref}, v), name)
	}
	var v any
	require.NoError(t, json.Unmarshal([]byte(`{"name":1,"title":{"EN":"x"},"items":[],"more":0}`), &v))
	assert.Subset(t, s.faults("", schema{Ref: s.Ref}, v), []string{".name: number", ".title: required en", ".title: name EN", ".items: array", ": unknown more", ": required about"})
}
