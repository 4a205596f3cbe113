package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/schema"
)

// The schemas of the wire form against what reads it, judged by a validator that is none
// of ours: what DecodeChange and DecodeBatch accept fits the schema, and what fits and is
// refused is refused by a rule that a schema can't say. The list of these is onlyDecoded,
// and docs/over-the-wire.md has the same.
//
// That the documents mean the same to others was seen by hand with jsonschema 4.26 of
// PyPI, whose regular expressions are of yet another kind
// (Draft202012Validator.check_schema of each document, then validate of every entry of
// the frozen journals by its kind and in a batch), and with ajv 8 of npm in its strict
// mode, with unicodeRegExp.

// onlyDecoded lists why a document that fits its schema may be refused: what people
// call it, and what such a refusal looks like.
var onlyDecoded = []struct {
	what string
	is   func(f fault.Field) bool
}{
	{"the length of a text in normal form", func(f fault.Field) bool {
		text, is := f.Value.(string)
		return is && f.Rule == fault.Length && composing.MatchString(text)
	}},
	{"characters that can't be seen beyond those that the pattern names", func(f fault.Field) bool {
		text, is := f.Value.(string)
		return is && (f.Rule == fault.Characters || f.Rule == fault.Required) && beyondASCII.MatchString(text)
	}},
	{"half of a surrogate pair", func(f fault.Field) bool { return f.Rule == fault.Encoding }},
	{"days and moments that do not exist", func(f fault.Field) bool {
		text, is := f.Value.(string)
		return is && f.Rule == fault.Type && dated.MatchString(text) ||
			f.Rule == fault.Range && strings.Contains(fmt.Sprint(f.Want), "year") || strings.HasSuffix(f.Path, "moment") && f.Rule == fault.Required
	}},
	{"numbers that a double or 64 bits can't hold", func(f fault.Field) bool {
		text, is := f.Value.(string)
		return f.Rule == fault.Type && (is && large.MatchString(text) || strings.HasPrefix(fmt.Sprint(f.Want), "a whole number"))
	}},
	{"an end before its beginning", func(f fault.Field) bool { return f.Rule == fault.Order }},
	{"an id, an actor or a name that is there twice", func(f fault.Field) bool {
		return f.Rule == fault.Unique && (twice.MatchString(f.Path) || beyondASCII.MatchString(fmt.Sprint(f.Value)))
	}},
	{"references within a change", func(f fault.Field) bool { return f.Rule == fault.Exists || f.Rule == "standing" }},
	{"fields that depend on each other", func(f fault.Field) bool {
		return f.Rule == "consistent" || f.Rule == "bounds" || f.Rule == "weights" ||
			f.Rule == fault.Required && dependent.MatchString(f.Path) || f.Rule == fault.Range && scaled.MatchString(f.Path)
	}},
}

var (
	composing   = regexp.MustCompile(fault.Composing)
	beyondASCII = regexp.MustCompile(`[^\x00-\x7f]`)
	dated       = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}){0,2}(T.*)?$`)
	large       = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?[eE]`)
	twice       = regexp.MustCompile(`\.(id|actor|criterion)$|posts\[[0-9]+\]$`)
	dependent   = regexp.MustCompile(`\.(unit|weight)$|effects\[[0-9]+\]$`)
	scaled      = regexp.MustCompile(`(^|\.)(scale|low|best|high)$`)
)

// documents validates by documents that it reads once.
var documents = map[string]*jsonschema.Schema{}

func validator(t require.TestingT, s schema.Schema) *jsonschema.Schema {
	if compiled := documents[s.ID]; compiled != nil {
		return compiled
	}
	text, err := json.Marshal(s)
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler() // it holds the document against the metaschema, too
	require.NoError(t, c.AddResource(s.ID, document))
	compiled, err := c.Compile(s.ID)
	require.NoError(t, err)
	documents[s.ID] = compiled
	return compiled
}

func fits(t require.TestingT, s schema.Schema, text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	return validator(t, s).Validate(value)
}

// judged holds a document against the schema and against what reads it, and tells whether
// both take it.
func judged(t require.TestingT, s schema.Schema, text []byte, read func([]byte) error) bool {
	unfit, refused := fits(t, s, text), read(text)
	if unfit != nil {
		require.Error(t, refused, "it is read, and does not fit: %v\n%.2000s", unfit, text)
		return false
	}
	if refused == nil {
		return true
	}
	faults := fault.Of(refused)
	require.NotEmpty(t, faults, "%v", refused)
	for _, f := range faults {
		known := slices.ContainsFunc(onlyDecoded, func(o struct {
			what string
			is   func(fault.Field) bool
		}) bool {
			return o.is(f)
		})
		require.True(t, known || f.Rule == fault.More, "it fits, and is refused by %q: %v\n%.2000s", f.Rule, f, text)
	}
	return false
}

func decoding(kind reformcycle.Kind) func([]byte) error {
	return func(text []byte) error {
		_, err := reformcycle.DecodeChange(kind, text)
		return err
	}
}

// recorded are the changes of the frozen journals, and two that they lack, by their kinds.
func recorded(t *testing.T) map[reformcycle.Kind][]any {
	all := make(map[reformcycle.Kind][]any)
	add := func(kind reformcycle.Kind, text []byte) {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		require.NoError(t, err)
		delete(value.(map[string]any), "terms") // the cycle set them
		all[kind] = append(all[kind], value)
	}
	files, err := filepath.Glob("../../reformcycle/testdata/journals/*/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range bytes.Lines(text) {
			var e reformcycle.Entry
			if json.Unmarshal(line, &e) == nil && e.Kind != "" {
				add(e.Kind, e.Data)
			}
		}
	}
	add(reformcycle.KindSurveyProgrammes, []byte(`{"survey":{"evidence":{"what":"A survey.","source":"Made up","basis":"illustrative"},"landscape":{
		"areas":[{"id":"north","population":1000},{"id":"south"}],"services":[{"id":"malaria","target":500},{"id":"nutrition"}],
		"programmes":[{"id":"national","operator":"Directorate","mechanism":"board","funding":[{"funder":"fund","unit":"USD/year","amount":10,"external":true,"disease":"malaria"}]}],
		"cadres":[{"id":"chw","programme":"national","supervision":"district","standing":"community","work":"visits","pay":{"low":10,"high":20,"unit":"USD/month"}},{"id":"nurse","standing":"established"}],
		"posts":[{"cadre":"chw","area":"north","services":["malaria","nutrition"],"workers":10},{"cadre":"chw","area":"south","services":["malaria"]}],
		"statements":[{"aspect":"overlap","holds":true,"about":"the north","evidence":{"what":"They overlap.","source":"Made up","basis":"illustrative"}}]}}}`))
	add(reformcycle.KindChooseSolution, []byte(`{"solution":"a","by":"moh","reason":"The best.","comparison":{"scale":{"low":0,"high":10},"order":["reach","cost"],
		"criteria":[{"id":"reach","weight":3,"low":0.1,"high":0.9},{"id":"cost","name":"Cost","weight":1}],
		"alternatives":[{"id":"a","scores":[{"criterion":"reach","low":5,"best":6,"high":8}]},{"id":"b","name":"B"}]}}`))
	add(reformcycle.KindPlanStrategy, []byte(`{"strategy":{"id":"s","name":"Win them","kind":"position","probability":0.5,"cost":10,"unit":"USD","months":6,"owner":"moh","start":"2015-07","effects":[{"actor":"a","position":3},{"actor":"b","position":null,"power":"high"}]}}`))
	add(reformcycle.KindEngageActor, []byte(`{"actor":{"id":"a","name":"A","constituency":"ngo","roles":["leader","donor"],"position":"low-support","power":3,"weight":2,"commitments":[{"id":"c","resource":"money","unit":"USD","pledged":5,"delivered":1,"stage":"launch","disease":"malaria"}]}}`))
	return all
}

// texts, numbers and the like that stand at the edges of what is accepted, or beyond.
var (
	edges = []any{
		nil, true, false, 1, -1, 0, 2, 0.5, 3.0, 5, 7, 8, 10.5, 121, 1e9, 1e16, -7.5, json.Number("1e400"), json.Number("2.0"), json.Number("12345678901234567890"), json.Number("1e17"),
		"", " ", "x", "a ", "a\u00a0", "\u2000a", "a\nb", "a\x00b", "a\u202eb", "a\u2066b", "\u200d", "a\u200bb", "\ufeff", "\u00ad", "unknown", "1", "0", "functional", "high", "low-support", "2003", "2003-13", "2003-02-30", "0000",
		"2003-05-14T10:00:00Z", "2003-05-14T1:00:00Z", "2003-05-14T10:00:00,5Z", "2003-05-14t10:00:00z", "0001-01-01T00:00:00Z", "12:00",
		strings.Repeat("a", 128), strings.Repeat("a", 129), strings.Repeat("\u00e9", 129), strings.Repeat("e\u0301", 128), strings.Repeat("a", 513), strings.Repeat("a", 4097), strings.Repeat("\u0e01", 17000),
		[]any{}, map[string]any{}, []any{nil}, []any{"a", "a"}, []any{"a"}, map[string]any{"a": 11}, map[string]any{"a": 5},
	}
	someTexts = []string{"a", "b", "LBR-NCHAP", "කමිටුව", "ශ්\u200dරී ලංකා", "N’Djamena\u00a0A", "e\u0302\u0301", "\u212b", strings.Repeat("a", 128), strings.Repeat("\u1f82", 128), strings.Repeat("α\u0313\u0300\u0345", 128), "a\u200d-b", "\u0378", "a\ue000"}
	someDates = []string{"", "2003", "2003-05", "2003-05-14", "2003-02-30", "0000", "9999-12-31"}
	moments   = []string{"2003-05-14T10:00:00Z", "2003-05-14T10:00:00.123456789+05:30", "2003-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2003-05-14T24:00:00Z", "0001-01-01T00:00:00Z", "2003-05-14T10:00:00+24:00"}
)

// drawn draws a value that fits a schema, or nearly.
func drawn(t *rapid.T, root, s *schema.Schema) any {
	one := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "one") }
	if s.Nullable && one(8) == 0 {
		return nil
	}
	switch {
	case s.Ref != "":
		return drawn(t, root, part(root, s.Ref))
	case s.Any != nil:
		return drawn(t, root, &s.Any[one(len(s.Any))])
	case s.Enum != nil:
		return s.Enum[one(len(s.Enum))]
	}
	switch s.Type {
	case schema.TypeString:
		switch {
		case s.Rule.Most == 0 && s.Format != "":
			return moments[one(len(moments))]
		case s.Rule.Most == 0:
			return someDates[one(len(someDates))]
		case s.Rule.Optional && one(4) == 0:
			return ""
		case s.Rule.Lines && one(4) == 0:
			return "two\r\n\tlines "
		case one(2) == 0:
			return fmt.Sprint("t", one(1000))
		}
		return someTexts[one(len(someTexts))]
	case schema.TypeBoolean:
		return one(2) == 0
	case schema.TypeNumber, schema.TypeInteger:
		var numbers []any
		for _, x := range []float64{1, 0, 0.5, 3, 10, 1000} {
			if (s.Minimum == nil || x > *s.Minimum || x == *s.Minimum && !s.Above) && (s.Maximum == nil || x <= *s.Maximum) && (s.Type == schema.TypeNumber || x != 0.5) {
				numbers = append(numbers, x)
			}
		}
		if s.Maximum != nil {
			numbers = append(numbers, *s.Maximum)
		}
		return numbers[one(len(numbers))]
	case schema.TypeArray:
		list := []any{}
		for range s.Least + one(3) {
			list = append(list, drawn(t, root, s.Items))
		}
		return list
	}
	object := map[string]any{}
	if s.Fields == nil {
		for i := range s.Least + one(3) {
			object[fmt.Sprint("k", i)] = drawn(t, root, s.Items)
		}
	}
	for i := range s.Fields {
		if f := &s.Fields[i]; f.Required || one(2) == 0 {
			object[f.Name] = drawn(t, root, &f.Schema)
		}
	}
	return object
}

// changed gives a copy of a value with one thing changed, somewhere.
func changed(t *rapid.T, value any) any {
	one := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "one") }
	edge := func() any { return edges[one(len(edges))] }
	switch v := value.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		next := maps.Clone(v)
		act := one(12)
		switch {
		case act == 0:
			next[[]string{"extra", "lap", "entry", "terms", "on", "chosen", "started", "Id", ""}[one(9)]] = []any{nil, 0, 1, "", map[string]any{}}[one(5)]
			return next
		case len(keys) == 0 || act == 1:
			return edge()
		}
		k := keys[one(len(keys))]
		switch act {
		case 2:
			delete(next, k)
		case 3, 4:
			next[k] = edge()
		default:
			next[k] = changed(t, v[k])
		}
		return next
	case []any:
		next := slices.Clone(v)
		act := one(8)
		switch {
		case len(next) == 0 || act == 0:
			return edge()
		case act == 1:
			return slices.Repeat(next, 1+100/len(next))
		case act == 2:
			return append(next, next[0])
		case act == 3:
			return next[1:]
		}
		i := one(len(next))
		next[i] = changed(t, next[i])
		return next
	}
	return edge()
}

// whole gives a value that has everything that a schema has.
func whole(root, s *schema.Schema) any {
	switch {
	case s.Ref != "":
		return whole(root, part(root, s.Ref))
	case s.Any != nil:
		return whole(root, &s.Any[0])
	case s.Enum != nil:
		return s.Enum[0]
	}
	switch s.Type {
	case schema.TypeString:
		switch {
		case s.Format != "":
			return moments[0]
		case s.Rule.Most == 0:
			return "2003-05-14"
		}
		return "t"
	case schema.TypeBoolean:
		return true
	case schema.TypeNumber, schema.TypeInteger:
		return 1
	case schema.TypeArray:
		var list []any
		for i := range max(s.Least, 1) {
			list = append(list, another(whole(root, s.Items), i))
		}
		return list
	}
	object := map[string]any{}
	if s.Items != nil {
		object["k"] = whole(root, s.Items)
	}
	for i := range s.Fields {
		object[s.Fields[i].Name] = whole(root, &s.Fields[i].Schema)
	}
	return object
}

func part(root *schema.Schema, name string) *schema.Schema {
	return &root.Defs[slices.IndexFunc(root.Defs, func(d schema.Def) bool { return d.Name == name })].Schema
}

// another gives the i-th of several that differ from each other.
func another(value any, i int) any {
	switch v := value.(type) {
	case string:
		return fmt.Sprint("t", i)
	case map[string]any:
		next := maps.Clone(v)
		for _, name := range []string{"id", "actor", "criterion", "cadre"} {
			if _, has := v[name]; has {
				next[name] = fmt.Sprint("t", i)
			}
		}
		return next
	}
	return value
}

// variants gives a value with each part of it, in turn, replaced by what stands at the
// edges of what the schema accepts there, or beyond them.
func variants(root, s *schema.Schema, value any) iter.Seq[any] {
	return func(yield func(any) bool) {
		for s.Ref != "" {
			s = part(root, s.Ref)
		}
		if s.Any != nil {
			at := 0
			if v, is := value.(map[string]any); is && s.Any[0].Field("kind") != nil {
				at = slices.IndexFunc(s.Any, func(a schema.Schema) bool { return a.Field("kind").Enum[0] == v["kind"] })
			}
			s = &s.Any[at]
		}
		each := slices.Concat(edges, s.Enum)
		for _, bound := range []*float64{s.Minimum, s.Maximum} {
			if bound != nil {
				each = append(each, *bound, *bound+1, *bound-1, *bound*10)
			}
		}
		switch v := value.(type) {
		case map[string]any:
			with := func(name string, value any) map[string]any {
				next := maps.Clone(v)
				next[name] = value
				return next
			}
			for _, name := range slices.Sorted(maps.Keys(v)) {
				less := maps.Clone(v)
				delete(less, name)
				each = append(each, less, with(strings.ToUpper(name), v[name]))
				below := s.Items
				if f := s.Field(name); f != nil {
					below = &f.Schema
				}
				for other := range variants(root, below, v[name]) {
					if !yield(with(name, other)) {
						return
					}
				}
			}
			for _, name := range []string{"extra", "lap", "entry", "terms", "chosen", "deployed", "recorded", ""} {
				each = append(each, with(name, 0), with(name, nil))
			}
			for _, n := range []int{s.Most, s.Most + 1} {
				if grown := maps.Clone(v); s.Fields == nil {
					for i := len(grown); i < n; i++ {
						grown[fmt.Sprint("k", i)] = 1
					}
					each = append(each, grown)
				}
			}
		case []any:
			for i, item := range v {
				for other := range variants(root, s.Items, item) {
					next := slices.Clone(v)
					next[i] = other
					if !yield(next) {
						return
					}
				}
			}
			each = append(each, v[1:], append(slices.Clip(v), v[0]))
			for _, n := range []int{s.Least, s.Least - 1, s.Most, s.Most + 1} {
				if n < 0 || n > 1001 {
					continue // a longer list takes its time
				}
				grown := slices.Clone(v[:min(len(v), n)])
				for i := len(grown); i < n; i++ {
					grown = append(grown, another(v[0], i))
				}
				each = append(each, grown)
			}
		}
		for _, other := range each {
			if !yield(other) {
				return
			}
		}
	}
}

// Each part of each change at each edge: no chance decides what is tried.
func TestTheSchemaOfAChangeEndsWhereItsReaderDoes(t *testing.T) {
	held := recorded(t)
	for _, kind := range reformcycle.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			s, _ := reformcycle.ChangeSchema(kind)
			seeds := []any{whole(&s, &s)}
			if all := held[kind]; len(all) > 0 {
				seeds = append(seeds, all[len(all)-1])
			}
			taken, refused := 0, 0
			for _, seed := range seeds {
				tried := 0
				for value := range variants(&s, &s, seed) {
					if tried++; raced && tried%8 > 0 {
						continue // it is slow, and there is one goroutine
					}
					if judged(t, s, textOf(t, value), decoding(kind)) {
						taken++
					} else {
						refused++
					}
				}
			}
			require.True(t, raced || min(taken, refused) > 2, "%d were taken, %d refused", taken, refused)
		})
	}
}

func textOf(t require.TestingT, value any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	require.NoError(t, e.Encode(value))
	return b.Bytes()
}

func TestTheSchemaOfAChangeTakesWhatIsReadAndLittleElse(t *testing.T) {
	held := recorded(t)
	for _, kind := range reformcycle.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			s, known := reformcycle.ChangeSchema(kind)
			require.True(t, known)
			for _, value := range held[kind] {
				require.True(t, judged(t, s, textOf(t, value), decoding(kind)), "%s", textOf(t, value))
			}
			taken, refused := 0, 0
			count := func(is bool) {
				if is {
					taken++
				} else {
					refused++
				}
			}
			rapid.Check(t, func(t *rapid.T) {
				value := drawn(t, &s, &s)
				if seeds := held[kind]; len(seeds) > 0 && rapid.Bool().Draw(t, "recorded") {
					value = seeds[rapid.IntRange(0, len(seeds)-1).Draw(t, "seed")]
				}
				count(judged(t, s, textOf(t, value), decoding(kind)))
				for range 4 {
					count(judged(t, s, textOf(t, changed(t, value)), decoding(kind)))
				}
			})
			require.Greater(t, min(taken, refused), 20, "%d were taken, %d refused", taken, refused)
		})
	}
}

func TestTheSchemaOfABatchTakesWhatIsReadAndLittleElse(t *testing.T) {
	s := reformcycle.BatchSchema()
	read := func(text []byte) error {
		_, _, err := reformcycle.DecodeBatch(text, 1<<20)
		return err
	}
	held := recorded(t)
	taken := 0
	for _, kind := range reformcycle.Kinds() {
		for _, value := range held[kind] {
			require.True(t, judged(t, s, textOf(t, map[string]any{"author": "a", "changes": []any{map[string]any{"kind": kind, "data": value}}}), read))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		value := drawn(t, &s, &s)
		for range 4 {
			if judged(t, s, textOf(t, value), read) {
				taken++
			}
			value = changed(t, value)
		}
	})
	require.Greater(t, taken, 20)
	for _, text := range []string{
		`{"author":"a","changes":[{"kind":"dance","data":{}}]}`,
		`{"author":"a","changes":[{"kind":"renew"}]}`,
		`{"author":"a","changes":[{"kind":"renew","v":1,"data":{}}]}`,
		`{"author":"a","changes":[{"kind":"renew","data":{"terms":{}}}]}`,
		`{"author":"a","changes":[{"kind":"suspend","data":{}}]}`,
		`{"author":"a","after":-1}`,
		`{"author":"a\u202e"}`,
		`{"changes":null}`,
	} {
		require.Error(t, fits(t, s, []byte(text)), text)
		require.Error(t, read([]byte(text)), text)
	}
	require.NoError(t, fits(t, s, []byte(`{"author":"a\ud800"}`)))
	require.False(t, judged(t, s, []byte(`{"author":"a\ud800"}`), read))
}

// What a host is told that only reading finds is just what is listed here.
func TestTheGuideListsWhatOnlyReadingRefuses(t *testing.T) {
	text, err := os.ReadFile("../../docs/over-the-wire.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), "## What a schema can't say\n")
	require.True(t, found, errors.New("no such section"))
	section, _, _ := strings.Cut(rest, "\n## ")
	var listed []string
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) > 3 && !strings.HasPrefix(cells[1], "-") && strings.TrimSpace(cells[1]) != "rule" {
			listed = append(listed, strings.TrimSpace(cells[1]))
		}
	}
	var want []string
	for _, o := range onlyDecoded {
		want = append(want, o.what)
	}
	require.Equal(t, want, listed)
}
