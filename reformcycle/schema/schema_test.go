package schema_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// written gives the JSON of a schema, read again: its keys and what they hold.
func written(t *testing.T, s schema.Schema) map[string]any {
	text, err := json.Marshal(s)
	require.NoError(t, err)
	for _, b := range text {
		require.Less(t, b, byte(0x7f), "it is in ASCII: %s", text)
	}
	again, err := json.Marshal(s)
	require.NoError(t, err)
	require.Equal(t, text, again)
	var read map[string]any
	require.NoError(t, json.Unmarshal(text, &read))
	return read
}

type object = map[string]any

func TestAnObjectSaysItsFieldsAndThatThereAreNoOthers(t *testing.T) {
	s := schema.Object(
		schema.Field{Name: "id", Required: true, Schema: schema.Schema{Type: schema.TypeString, Title: language.Typed("Id")}},
		schema.Field{Name: "weight", Schema: schema.Number(0, 10).OrNull()},
		schema.Field{Name: "tier", Required: true, Schema: schema.OneOf([]string{"national", "district"})},
	)
	require.Equal(t, object{
		"type": "object", "required": []any{"id", "tier"}, "additionalProperties": false,
		"properties": object{
			"id":     object{"type": "string", "title": "Id"},
			"weight": object{"type": []any{"number", "null"}, "minimum": 0.0, "maximum": 10.0, "description": "a number from 0 to 10"},
			"tier":   object{"enum": []any{"national", "district"}, "description": "one of national, district"},
		},
	}, written(t, s))
	require.Equal(t, "weight", s.Field("weight").Name)
	require.Nil(t, s.Field("height"))
	field, err := json.Marshal(s.Fields[0])
	require.NoError(t, err)
	require.JSONEq(t, `{"title":"Id","type":"string"}`, string(field))
	require.Equal(t, object{"type": "object", "additionalProperties": false, "properties": object{}}, written(t, schema.Object()))
	require.Empty(t, written(t, schema.Schema{}), "the zero value accepts anything")
}

func TestListsMapsAndChoicesSayTheirBounds(t *testing.T) {
	whole := schema.Schema{Type: schema.TypeInteger}
	low := 0.0
	for _, c := range []struct {
		s    schema.Schema
		want object
	}{
		{schema.Schema{Type: schema.TypeArray, Items: &whole, Least: 1, Most: 3, Unique: true}, object{"type": "array", "items": object{"type": "integer"}, "minItems": 1.0, "maxItems": 3.0, "uniqueItems": true}},
		{schema.Schema{Type: schema.TypeObject, Items: &whole, Least: 1, Most: 3}, object{"type": "object", "additionalProperties": object{"type": "integer"}, "minProperties": 1.0, "maxProperties": 3.0}},
		{schema.Schema{Type: schema.TypeNumber, Minimum: &low, Above: true}, object{"type": "number", "exclusiveMinimum": 0.0}},
		{schema.Schema{Any: []schema.Schema{whole, {Ref: "part"}}, Nullable: true}, object{"anyOf": []any{object{"type": "integer"}, object{"$ref": "#/$defs/part"}, object{"enum": []any{nil}}}}},
		{schema.Schema{Any: []schema.Schema{whole}}, object{"anyOf": []any{object{"type": "integer"}}}},
		{schema.OneOf([]string{"a"}).OrNull(), object{"enum": []any{"a", nil}, "description": "one of a"}},
		{schema.Schema{Enum: []any{nil, 1}, Nullable: true}, object{"enum": []any{nil, 1.0}}},
	} {
		require.Equal(t, c.want, written(t, c.s))
	}
	moment := written(t, schema.Moment())
	require.Equal(t, "date-time", moment["format"])
	require.Equal(t, fault.MomentPattern, moment["pattern"])
}

// A text may be longer than its rule says only where its normal form may be shorter.
func TestATextSaysItsRule(t *testing.T) {
	text := written(t, schema.Text(fault.ID))
	require.Equal(t, "string", text["type"])
	require.Equal(t, 4.0*128, text["maxLength"])
	require.Equal(t, fault.ID.Pattern(), text["pattern"])
	require.Equal(t, []any{object{"maxLength": 128.0}, object{"pattern": fault.Composing}}, text["anyOf"])
	require.Equal(t, "a name of 1 to 128 printable characters with no space around it", text["description"])
}

// A document defines the rules of text that it uses once; one of them alone is whole.
func TestADocumentDefinesTheRulesOfTextOnce(t *testing.T) {
	s := schema.Object(
		schema.Field{Name: "a", Schema: schema.Text(fault.ID)}, schema.Field{Name: "b", Schema: schema.Text(fault.ID)},
		schema.Field{Name: "c", Schema: schema.Schema{Ref: "part"}},
		schema.Field{Name: "d", Schema: schema.Text(fault.TextRule{Most: 3})},
	)
	s.ID = "https://example.org/s.json"
	s.Defs = []schema.Def{{Name: "part", Schema: schema.Text(fault.Note)}}
	d := written(t, s)
	require.Equal(t, schema.Dialect, d["$schema"])
	require.Equal(t, s.ID, d["$id"])
	properties := d["properties"].(object)
	require.Equal(t, object{"$ref": "#/$defs/id"}, properties["a"])
	require.Equal(t, properties["a"], properties["b"])
	require.Equal(t, 12.0, properties["d"].(object)["maxLength"])
	defs := d["$defs"].(object)
	require.Equal(t, object{"$ref": "#/$defs/note"}, defs["part"])
	require.Equal(t, written(t, schema.Text(fault.ID)), defs["id"])
	require.Equal(t, written(t, schema.Text(fault.Note)), defs["note"])
	require.Len(t, defs, 3)
	require.Contains(t, written(t, schema.Object(s.Fields[0]))["properties"].(object)["a"], "pattern")
}
