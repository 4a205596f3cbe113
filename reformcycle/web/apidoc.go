package web

import (
	"cmp"
	"encoding"
	"encoding/json"
	"maps"
	"net/http"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/schema"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file makes the OpenAPI document of the JSON interface: its addresses from the
// table of operations, what it takes from the schemas of the wire form, and what it
// answers from the types of the answers.

// object is one of JSON.
type object = map[string]any

func ref(part, name string) object { return object{"$ref": "#/components/" + part + "/" + name} }

// parameter is one that operations know by a name of theirs.
type parameter struct {
	// In the query, in the path or in a header, by Name.
	In, Name    string
	Schema      object
	Description string
}

func text(most int) object { return object{"type": "string", "maxLength": most} }

func oneOf[T any](names []T) object { return object{"type": "string", "enum": names} }

// described is a schema of the wire form, in the document.
func described(s schema.Schema) object {
	text, err := json.Marshal(s)
	var tree object
	if err != nil || json.Unmarshal(text, &tree) != nil {
		return object{}
	}
	return tree
}

// parameters are all that operations know.
var parameters = sync.OnceValue(func() map[string]parameter {
	day := described(date.Date{}.Schema())
	count := func(most int64) object { return object{"type": "integer", "minimum": 0, "maximum": most} }
	tiers := append([]reformcycle.Tier{noTier}, tiers...)
	stages := slices.Collect(reformcycle.Stages())
	return map[string]parameter{
		"lang":            {"query", "lang", text(64), "The language of texts, by its tag. Without it, that of Accept-Language."},
		"at":              {"query", "at", day, "The cycle as it was known at the end of this day."},
		"q":               {"query", "q", text(512), "A part of a title, a country, a jurisdiction or an id."},
		"stage":           {"query", "stage", oneOf(stages), "A stage: where cycles stand, or where one begins."},
		"status":          {"query", "status", oneOf([]reformcycle.Status{reformcycle.Active, reformcycle.Suspended, reformcycle.Abandoned}), "The status of the cycles."},
		"tier":            {"query", "tier", oneOf(tiers), "The tier of their jurisdictions; none for those that name none."},
		"guard":           {"query", "guard", text(512), "A guard that stands before their next stage, by its id."},
		"under":           {"query", "under", text(512), "The cycle that they are linked with as their parent."},
		"after":           {"query", "after", text(512), "Where the page before ended: its next."},
		"from":            {"query", "from", day, "The first day; without it, whatever is overdue as well."},
		"to":              {"query", "to", day, "The last day; without it, a year from now."},
		"heading":         {"query", "heading", oneOf(reformcycle.Headings()), "One heading of the policy triangle; without it, all."},
		"after-entry":     {"query", "after", count(1 << 53), "The entry before the first; without it, all from the first."},
		"limit":           {"query", "limit", object{"type": "integer", "minimum": 1, "maximum": mostAsked}, "How many there are at most."},
		"order":           {"query", "order", oneOf([]string{stalled}), "Those first that have not moved for longest; without it, in the order of the ids."},
		"position":        {"query", "after", text(80), "Where the part before ended: its position; without it, the beginning."},
		"wait":            {"query", "wait", object{"type": "string", "pattern": `^[0-9]+(ms|s)$`}, "How long to wait where there is nothing, 50s at most; without it, not at all."},
		"title":           {"query", "title", described(schema.Text(fault.Name)), "The title of a cycle that the batch begins."},
		"country":         {"query", "country", described(schema.Text(fault.Name)), "The country of a cycle that the batch begins."},
		"job":             {"path", "job", text(64), "The name of a simulation."},
		"cycle":           {"path", "cycle", text(520), "The id of a cycle. An id of dots alone has a tilde before them."},
		"schema":          {"path", "schema", object{"type": "string", "pattern": `^[a-z-]+\.json$`}, "A kind of change, or batch, and .json."},
		"If-Match":        {"header", "If-Match", object{"type": "string", "pattern": `^("?[0-9]{1,20}"?|\*)$`}, "The entry that the batch rests on, as seq has it, in quotes. Where the cycle has moved on the answer is 412."},
		"Idempotency-Key": {"header", "Idempotency-Key", object{"type": "string", "maxLength": 512}, "The key of the batch: sent twice, it is taken once."},
		"If-None-Match":   {"header", "If-None-Match", object{"type": "string"}, "The ETag of an answer that the caller has. Where it would be the same again the answer is 304."},
		"Accept-Language": {"header", "Accept-Language", object{"type": "string"}, "The languages that texts are wanted in."},
	}
})

var tiers = []reformcycle.Tier{reformcycle.National, reformcycle.Region, reformcycle.District, reformcycle.FacilityArea, reformcycle.CommunityTier, reformcycle.Subnational}

// summaries say what each operation answers, by its name.
var summaries = map[string]string{
	"api-cycles":            "The cycles that the caller may see, page by page.",
	"api-rollup":            "How many cycles, and how many people, stand at which stage, and what holds back most.",
	"api-tree":              "Jurisdictions and links, and what does not fit.",
	"api-diagnosis":         "What is wrong with all reforms taken together.",
	"api-late":              "Who is late with what, cycle by cycle.",
	"api-shared":            "What is counted on by several cycles.",
	"api-due":               "What falls due in all cycles.",
	"api-calendar":          "The same as a calendar file.",
	"api-cycle-overview":    "Where a cycle stands, and what the caller may do with it.",
	"api-cycle-state":       "All that the record of a cycle comes to.",
	"api-cycle-blockers":    "What stands before the next stage, each with its remedy.",
	"api-cycle-actions":     "What to do next, the most urgent first, each with who could do it.",
	"api-cycle-criteria":    "The checklist with the level of each criterion and what that rests on.",
	"api-cycle-coalition":   "Who takes part, where everybody stands, what was pledged, and which strategies there are.",
	"api-cycle-diagnosis":   "What is wrong and what is right, what is contested, and what would have to be known.",
	"api-cycle-due":         "What falls due in a cycle.",
	"api-cycle-calendar":    "The same as a calendar file.",
	"api-cycle-history":     "The entries of a cycle as they were recorded, page by page.",
	"api-cycle-export":      "The whole journal of a cycle, as lines of JSON that can be imported.",
	"api-simulate":          "Begins a simulation of a question, or gives the one that has it.",
	"api-simulation":        "A simulation as it stands, with what came of it once it is done; waits for that, if asked to.",
	"api-simulation-cancel": "Takes the caller off those who wait for a simulation; it ends with the last of them.",
	"api-batches":           "Records a batch of changes: all of it, or nothing. The first batch begins a cycle.",
	"api-schema":            "The JSON Schema of a batch, or of the data of a kind of change.",
	"api-openapi":           "This document.",
	"api-feed":              "What was recorded in all cycles since a position; waits for it, if asked to.",
}

// vocabularies are the names of the types that have few.
var vocabularies = sync.OnceValue(func() map[reflect.Type]object {
	return map[reflect.Type]object{
		reflect.TypeFor[reformcycle.Stage]():   oneOf(slices.Collect(reformcycle.Stages())),
		reflect.TypeFor[reformcycle.Status]():  oneOf([]reformcycle.Status{reformcycle.Active, reformcycle.Suspended, reformcycle.Abandoned}),
		reflect.TypeFor[reformcycle.Kind]():    oneOf(reformcycle.Kinds()),
		reflect.TypeFor[reformcycle.Heading](): oneOf(reformcycle.Headings()),
		reflect.TypeFor[reformcycle.Topic]():   oneOf(reformcycle.Topics()),
		reflect.TypeFor[reformcycle.Tier]():    oneOf(tiers),
		reflect.TypeFor[stakeholders.Roster](): {"type": "array", "items": ref("schemas", schemaName(reflect.TypeFor[stakeholders.Actor]()))},
		reflect.TypeFor[time.Time]():           {"type": "string", "format": "date-time"},
		reflect.TypeFor[json.RawMessage]():     {},
		reflect.TypeFor[fault.Field](): {
			"type": "object", "required": []string{"rule"},
			"properties": object{"path": object{"type": "string"}, "rule": object{"type": "string"}, "value": object{}, "want": object{"type": "string"}, "line": object{"type": "integer"}, "column": object{"type": "integer"}, "text": object{"type": "string"}},
		},
	}
})

// parts are the schemas of a document that have a name.
type parts map[string]any

// jsonName is what a field is called in JSON, and whether it is always there.
func jsonName(f reflect.StructField) (name string, always bool) {
	name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
	return cmp.Or(name, f.Name), !strings.Contains(rest, "omit")
}

// schema describes the values of a type as JSON writes them.
func (p parts) schema(t reflect.Type) object {
	if known, is := vocabularies()[t]; is {
		return known
	}
	if t == reflect.TypeFor[language.Text]() {
		p["Text"] = object{
			"type": "object", "required": []string{"text"}, "additionalProperties": false,
			"description": "A text for people: what it is, what it is told with, and its words in the language of the answer.",
			"properties":  object{"id": object{"type": "string"}, "args": object{"type": "object"}, "text": object{"type": "string"}},
		}
		return ref("schemas", "Text")
	}
	zero := reflect.Zero(t).Interface()
	if own, describes := zero.(interface{ Schema() schema.Schema }); describes {
		return described(own.Schema())
	}
	if _, own := zero.(encoding.TextMarshaler); own {
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return p.schema(t.Elem())
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice, reflect.Array:
		return object{"type": "array", "items": p.schema(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": p.schema(t.Elem())}
	case reflect.Struct:
		name := schemaName(t)
		if _, there := p[name]; !there {
			p[name] = object{} // where a type holds itself
			properties, required := object{}, []string{}
			p.fields(t, properties, &required)
			p[name] = object{"type": "object", "additionalProperties": false, "properties": properties, "required": required}
		}
		return ref("schemas", name)
	case reflect.Interface:
		return object{}
	}
	return object{"type": "integer"}
}

// schemaName is the name of a type in the document: of two packages that have one name for
// two things, each has its own.
func schemaName(t reflect.Type) string {
	capital := func(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
	return capital(path.Base(t.PkgPath())) + capital(t.Name())
}

// fields describes those of a type, and of those that stand in it.
func (p parts) fields(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, always := jsonName(f)
		switch {
		case f.Tag.Get("json") == "-":
		case f.Anonymous && f.Tag.Get("json") == "":
			p.fields(f.Type, properties, required)
		case f.IsExported():
			properties[name] = p.schema(f.Type)
			if always {
				*required = append(*required, name)
			}
		}
	}
}

// batchSchema is the form of a batch: the definitions of its document become parts.
func (p parts) batchSchema() object {
	tree := described(reformcycle.BatchSchema())
	var moved func(any)
	moved = func(at any) {
		switch at := at.(type) {
		case object:
			if to, is := at["$ref"].(string); is {
				at["$ref"] = strings.Replace(to, "#/$defs/", "#/components/schemas/", 1)
			}
			for _, part := range at {
				moved(part)
			}
		case []any:
			for _, part := range at {
				moved(part)
			}
		}
	}
	moved(tree)
	defs, _ := tree["$defs"].(object)
	maps.Copy(p, defs)
	for _, key := range []string{"$defs", "$schema", "$id"} {
		delete(tree, key)
	}
	p["Batch"] = tree
	return ref("schemas", "Batch")
}

// problemSchema is a refusal: what RFC 9457 has, and the form of the library.
func (p parts) problemSchema() object {
	properties, required := object{}, []string{}
	p.fields(reflect.TypeFor[reformcycle.Refusal](), properties, &required)
	properties["type"], properties["instance"] = object{"type": "string", "format": "uri"}, object{"type": "string"}
	properties["title"], properties["detail"] = object{"type": "string"}, object{"type": "string"}
	properties["status"] = object{"type": "integer", "minimum": 400, "maximum": 599}
	p["Problem"] = object{"type": "object", "properties": properties, "additionalProperties": false, "required": []string{"type", "title", "status", "detail", "code"}}
	return ref("schemas", "Problem")
}

var documented struct {
	once sync.Once
	tree object
}

// document is that of all operations, below no prefix. It is made once.
func document() object {
	documented.once.Do(func() { documented.tree = makeDocument() })
	return documented.tree
}

func makeDocument() object {
	p := parts{}
	known, used, paths := parameters(), object{}, object{}
	problem := object{"description": "A refusal, or a fault.", "content": object{kindProblem: object{"schema": p.problemSchema()}}}
	for _, o := range operations() {
		names := slices.Clone(o.query)
		for _, inPath := range braces.FindAllString(o.path, -1) {
			names = append(names, strings.Trim(inPath, "{}"))
		}
		names = append(names, "lang", "Accept-Language")
		switch {
		case o.takes != "" && o.reads == nil:
			names = append(names, "If-Match", "Idempotency-Key")
		case o.get != nil:
			names = append(names, "If-None-Match")
		}
		given := []object{}
		for _, name := range names {
			k := known[name]
			used[name] = object{"in": k.In, "name": k.Name, "schema": k.Schema, "description": k.Description, "required": k.In == "path"}
			given = append(given, ref("parameters", name))
		}
		body := object{}
		if o.gives != nil {
			body["schema"] = p.schema(o.gives)
		} else if o.kind == kindJSON || o.kind == kindSchema {
			body["schema"] = object{"type": "object"}
		}
		kind, _, _ := strings.Cut(o.kind, ";")
		answers := object{
			"200":     object{"description": "What was asked for.", "content": object{kind: body}},
			"default": ref("responses", "Problem"),
		}
		what := object{"operationId": o.name, "summary": summaries[o.name], "parameters": given, "responses": answers}
		method := http.MethodGet
		if o.takes != "" {
			takes := p.batchSchema()
			if o.reads != nil {
				takes = p.schema(o.reads)
			}
			what["requestBody"] = object{"required": true, "content": object{o.takes: object{"schema": takes}}}
		}
		if o.post != nil {
			method = http.MethodPost
		} else {
			answers["304"] = object{"description": "The same as what the caller has."}
		}
		at, _ := paths["/"+o.path].(object)
		if at == nil {
			at = object{}
			paths["/"+o.path] = at
		}
		at[strings.ToLower(method)] = what
	}
	return object{
		"openapi":           "3.1.0",
		"jsonSchemaDialect": schema.Dialect,
		"info": object{
			"title": "Reform cycles", "version": "1",
			"license": object{"name": "Apache 2.0", "identifier": "Apache-2.0"},
		},
		"paths": paths,
		"components": object{
			"schemas": p, "parameters": used,
			"responses": object{"Problem": problem},
		},
	}
}

// apiOpenAPI sends the document, with the prefix of the page.
func (v *visit) apiOpenAPI() error {
	tree := maps.Clone(document())
	paths := maps.Clone(tree["paths"].(object))
	maps.DeleteFunc(paths, func(at string, _ any) bool {
		return !slices.ContainsFunc(v.page.routes, func(r route) bool { return "/"+r.path == at })
	})
	tree["paths"] = paths
	tree["servers"] = []object{{"url": cmp.Or(strings.TrimSuffix(v.page.prefix, "/"), "/")}}
	if v.page.prefix == "/" {
		delete(tree, "servers")
	}
	text, err := json.Marshal(tree)
	if err != nil {
		return err
	}
	return v.send(http.StatusOK, kindJSON, text)
}
