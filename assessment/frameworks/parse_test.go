package frameworks_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// own is a host's file with everything that a file can hold. Illustrative.
const own = `{
  "name": "own", "version": "1",
  "title": {"en": "A tool"},
  "about": {"en": "Illustrative."},
  "licence": {"en": "None."},
  "sources": [
    {"key": "moh2024", "citation": "Ministry of Health. A tool. 2024.", "link": "https://example.org/tool", "seen": "whole"},
    {"key": "model", "citation": "Our own.", "link": "", "seen": ""}
  ],
  "sections": [
    {"id": "care", "title": {"en": "Care"}},
    {"id": "means", "title": {"en": "Means", "fr": "Moyens"}}
  ],
  "items": [
    {"id": "visits", "section": "care", "title": {"en": "Visits"}, "text": {"en": "Workers visit."}, "remedy": {"en": "Visit."},
      "kind": "rated", "advisory": true, "weight": 2, "threshold": 2, "carriers": ["leader"], "sources": ["moh2024"],
      "note": {"en": "Read so."},
      "levels": {"non-functional": {"en": "None does."}, "partially-functional": {"en": "Some do."}, "functional": {"en": "Most do.", "sw": "Wengi."}, "highly-functional": {"en": "All do."}},
      "same_as": [{"item": "chw-aim:supervision", "note": {"en": "Taken for the same."}}]},
    {"id": "reach", "section": "care", "text": {"en": "Enough are reached."}, "kind": "derived", "parameter": 0.8, "unit": {"en": "share"}, "sources": ["model"]},
    {"id": "supplies", "section": "means", "text": {"en": "Supplies are there."}, "kind": "rated", "sources": ["moh2024"]}
  ],
  "packages": [
    {"id": "both", "title": {"en": "Both"}, "items": ["visits", "supplies"], "sources": ["moh2024"], "note": {"en": "Together."}}
  ],
  "questions": [
    {"id": "control", "text": {"en": "Who holds control?"}, "choices": [{"id": "a", "text": {"en": "A"}}, {"id": "b", "text": {"en": "B"}}], "sources": ["moh2024"], "note": {"en": "One of them."}}
  ]
}
`

func parsed(t testing.TB, content string) *frameworks.Framework {
	t.Helper()
	f, err := frameworks.Parse([]byte(content))
	require.NoError(t, err)
	return f
}

// swapped is own with one thing changed.
func swapped(t testing.TB, old, new string) string {
	t.Helper()
	require.Equal(t, 1, strings.Count(own, old), "%q", old)
	return strings.Replace(own, old, new, 1)
}

// rules lists "line:column: path: rule" of every error, and fails unless err is of the one
// shape.
func rules(t testing.TB, err error) []string {
	t.Helper()
	require.ErrorIs(t, err, fault.ErrInvalid)
	var errs fault.Fields
	require.ErrorAs(t, err, &errs)
	found := make([]string, len(errs))
	for i, e := range errs {
		require.NotEmpty(t, e.Want, "an error must say what would be accepted")
		found[i] = e.Rule
		if e.Path != "" {
			found[i] = e.Path + ": " + e.Rule
		}
		if e.Line > 0 {
			found[i] = fmt.Sprintf("%d:%d: %s", e.Line, e.Column, found[i])
		}
	}
	return found
}

func TestAHostsOwnFileAnswersWhatItHolds(t *testing.T) {
	f := parsed(t, own)
	assert.Equal(t, "own@1", f.ID())
	assert.Equal(t, "Illustrative.", f.About().String())
	assert.Equal(t, "None.", f.Licence().String())
	assert.Equal(t, []string{"en", "fr", "sw"}, f.Languages())
	assert.Len(t, f.Sources(), 2)
	means, given := f.Sections()[1].Title.In("fr")
	assert.Equal(t, "Moyens fr", means+" "+given)

	visits, ok := f.Item("visits")
	require.True(t, ok)
	assert.Equal(t, "Visits", visits.Title.String())
	assert.Equal(t, assessment.PartiallyFunctional, visits.Threshold)
	most, given := f.Descriptor("visits", assessment.Functional).In("sw")
	assert.Equal(t, "Wengi. sw", most+" "+given)
	for l, want := range []string{"", "None does.", "Some do.", "Most do.", "All do.", ""} {
		assert.Equal(t, want, f.Descriptor("visits", assessment.Level(l)).String())
	}
	_, ok = f.Item("nowhere")
	assert.False(t, ok)

	reach, _ := f.Checklist().Criterion("reach")
	assert.Equal(t, assessment.Criterion{ID: "reach", Section: "care", Text: "Enough are reached.", Kind: assessment.Derived,
		Weight: 1, Threshold: assessment.Functional, Parameter: 0.8, Unit: "share", Sources: []string{"model"}}, reach)
	assert.Equal(t, "Both", f.Checklist().Packages()[0].Title)
	assert.Equal(t, "Who holds control?", f.Questions()[0].Text.String())

	data, err := json.Marshal(f)
	require.NoError(t, err)
	assert.JSONEq(t, strings.Replace(own, `"threshold": 2`, `"threshold": "partially-functional"`, 1), string(data))
	var back frameworks.Framework
	require.NoError(t, json.Unmarshal(data, &back))
	assert.Equal(t, f, &back)
	assert.Equal(t, []string{"framework: immutable"}, rules(t, json.Unmarshal(data, &back)))
	require.NoError(t, back.UnmarshalJSON([]byte("null")))
	assert.Equal(t, "own@1", back.ID())
	var none *frameworks.Framework
	assert.Equal(t, []string{"framework: required"}, rules(t, none.UnmarshalJSON(data)))
	assert.Equal(t, []string{"1:1: type"}, rules(t, new(frameworks.Framework).UnmarshalJSON([]byte("[]"))))
}

// expected is one error: where in the changed file its place is,
// by the text that stands there, and then its path and rule.
type expected struct{ near, rest string }

// placed writes faults as rules does, with line and column counted in content.
func placed(t *testing.T, content string, faults []expected) []string {
	var want []string
	for _, f := range faults {
		before, _, found := strings.Cut(content, f.near)
		require.True(t, found, "%q", f.near)
		lines := strings.Split(before, "\n")
		want = append(want, fmt.Sprintf("%d:%d: %s", len(lines), utf8.RuneCountInString(lines[len(lines)-1])+1, f.rest))
	}
	return want
}

func TestEveryFaultOfAFileIsReportedWithItsPlace(t *testing.T) {
	long := strings.Repeat("é", 4097)
	for name, tt := range map[string]struct {
		old, new string
		want     []expected
	}{
		"unknown source":         {`["model"]}`, `["moh"]}`, []expected{{`"moh"]`, "items[1].sources[0]: exists"}}},
		"unknown section":        {`"section": "means"`, `"section": "mean"`, []expected{{`"means"`, "sections[1].id: used"}, {`"mean"`, "items[2].section: exists"}}},
		"section without items":  {`{"id": "means"`, `{"id": "x", "title": {"en": "X"}}, {"id": "means"`, []expected{{`"x"`, "sections[1].id: used"}}},
		"id twice":               {`{"id": "reach"`, `{"id": "visits" `, []expected{{`"visits" `, "items[1].id: unique"}}},
		"no text":                {`"text": {"en": "Supplies are there."}, `, ``, []expected{{`{"id": "supplies"`, "items[2].text: required"}}},
		"no English":             {`{"en": "Supplies are there."}`, `{"fr": "Tout est là."}`, []expected{{`{"fr": "Tout`, "items[2].text: required"}}},
		"no language at all":     {`"title": {"en": "Both"}`, `"title": {}`, []expected{{`{}`, "packages[0].title: required"}}},
		"no text in it":          {`{"en": "Workers visit."}`, `{}`, []expected{{`{}`, "items[0].text: required"}}},
		"blank English":          {`"Supplies are there."`, `" "`, []expected{{`" "`, "items[2].text.en: required"}}},
		"blank Swahili":          {`"Wengi."`, `" "`, []expected{{`" "`, "items[0].levels.functional.sw: required"}}},
		"no language":            {`"sw": "Wengi."`, `"Kiswahili": "Wengi."`, []expected{{`"Wengi."`, "items[0].levels.functional.Kiswahili: language"}}},
		"text too long":          {`"Workers visit."`, `"` + long + `"`, []expected{{`"éé`, "items[0].text.en: length"}}},
		"unknown key":            {`"weight": 2`, `"wieght": 2`, []expected{{`"wieght`, "items[0].wieght: known"}}},
		"key twice":              {`"weight": 2`, `"weight": 2, "weight": 3`, []expected{{`"weight": 3, "threshold`, "items[0].weight: unique"}}},
		"weight is a string":     {`"weight": 2`, `"weight": "2"`, []expected{{`"2"`, "items[0].weight: type"}}},
		"weight too large":       {`"weight": 2`, `"weight": 1e300`, []expected{{`1e300`, "items[0].weight: range"}}},
		"weight beyond a double": {`"weight": 2`, `"weight": 1e999`, []expected{{`1e999`, "items[0].weight: type"}}},
		"null":                   {`"weight": 2`, `"weight": null`, []expected{{`null`, "items[0].weight: type"}}},
		"kind unknown":           {`"kind": "derived"`, `"kind": "guessed"`, []expected{{`"guessed"`, "items[1].kind: known"}}},
		"kind is a number":       {`"kind": "derived"`, `"kind": 1`, []expected{{`1, "parameter`, "items[1].kind: type"}}},
		"threshold unknown":      {`"threshold": 2`, `"threshold": 5`, []expected{{`5, "carriers`, "items[0].threshold: known"}}},
		"unit missing":           {`, "unit": {"en": "share"}`, ``, []expected{{`{"id": "reach"`, "items[1].unit: required"}}},
		"unit too long":          {`{"en": "share"}`, `{"en": "` + long[:258] + `"}`, []expected{{`{"en": "éé`, "items[1].unit: length"}}},
		"array for an object":    {`{"en": "A tool"}`, `["A tool"]`, []expected{{`["A tool"]`, "title: type"}}},
		"object for an array":    {`"carriers": ["leader"]`, `"carriers": {"a": []}`, []expected{{`{"a": []}`, "items[0].carriers: type"}}},
		"string for an item": {`{"id": "reach", "section": "care", "text": {"en": "Enough are reached."}, "kind": "derived", "parameter": 0.8, "unit": {"en": "share"}, "sources": ["model"]}`,
			`"reach"`, []expected{{`"reach"`, "items[1]: type"}}},
		"name with a colon":      {`"name": "own"`, `"name": "own:1"`, []expected{{`"own:1"`, "name: characters"}}},
		"name with @":            {`"name": "own"`, `"name": "own@1"`, []expected{{`"own@1"`, "name: characters"}}},
		"no name":                {`"name": "own", `, ``, []expected{{`{`, "name: required"}}},
		"no licence":             {`  "licence": {"en": "None."},`, ``, []expected{{`{`, "licence: required"}}},
		"package of one":         {`["visits", "supplies"]`, `["visits"]`, []expected{{`["visits"]`, "packages[0].items: length"}}},
		"package of nothing":     {`["visits", "supplies"]`, `["visits", "x"]`, []expected{{`"x"]`, "packages[0].items[1]: exists"}}},
		"question of one choice": {`, {"id": "b", "text": {"en": "B"}}`, ``, []expected{{`[{"id": "a"`, "questions[0].choices: length"}}},
		"choice twice":           {`{"id": "b"`, `{"id": "a" `, []expected{{`"a" `, "questions[0].choices[1].id: unique"}}},
		"question's source":      {`"sources": ["moh2024"], "note": {"en": "One`, `"sources": ["moh"], "note": {"en": "One`, []expected{{`"moh"]`, "questions[0].sources[0]: exists"}}},
		"link to nowhere":        {`"chw-aim:supervision"`, `"chw-aim"`, []expected{{`"chw-aim"`, "items[0].same_as[0].item: reference"}}},
		"link without a note":    {`, "note": {"en": "Taken for the same."}`, ``, []expected{{`{"item": `, "items[0].same_as[0].note: required"}}},
		"space around an id":     {`"id": "control"`, `"id": " control"`, []expected{{`" control"`, "questions[0].id: characters"}}},
		"blank id":               {`"id": "control"`, `"id": ""`, []expected{{`"", "text": {"en": "Who`, "questions[0].id: required"}}},
		"id too long":            {`"id": "control"`, `"id": "` + long[:258] + `"`, []expected{{`"éé`, "questions[0].id: length"}}},
		"no JSON":                {`"name": "own",`, `"name": own,`, []expected{{`own,`, "json"}}},
		"two values":             {"\n  ]\n}\n", "\n  ]\n}\n{}", []expected{{"{}", "json"}}},
		"not UTF-8":              {`"Care"`, "\"C\xff\"", []expected{{"\xff", "sections[0].title.en: utf-8"}}},
	} {
		t.Run(name, func(t *testing.T) {
			content := swapped(t, tt.old, tt.new)
			f, err := frameworks.Parse([]byte(content))
			assert.Nil(t, f)
			assert.Equal(t, placed(t, content, tt.want), rules(t, err))
		})
	}
	_, err := frameworks.Parse([]byte(swapped(t, "  \"items\": [\n", "  \"items\": [{\"id\": \"x\", \"section\": \"care\", \"text\": {\"en\": \"X.\"}, \"kind\": \"rated\",\n    \"sources\": [\"moh\"]},\n")))
	// The items begin on line 14; the source is on the next.
	assert.EqualError(t, err, `items[0].sources[0] (line 15, column 17): got "moh", want one that stands in sources`)
}

func TestAllFaultsAreReportedAtOnceInTheOrderOfTheFile(t *testing.T) {
	_, err := frameworks.Parse([]byte("{\n\"version\": \"1\",\n\"titel\": {},\n\"items\": [{\"id\": 7}]\n}"))
	assert.Equal(t, []string{
		"1:1: title: required", "1:1: about: required", "1:1: licence: required", "1:1: sections: length", "1:1: name: required",
		"3:1: titel: known",
		"4:11: items[0].text: required", "4:11: items[0].section: required", "4:11: items[0].kind: known", "4:11: items[0].sources: required",
		"4:18: items[0].id: type",
	}, rules(t, err))
}

func TestWhatIsNoFrameworkAtAllIsRefused(t *testing.T) {
	for content, want := range map[string]string{
		"":                           "1:1: json",
		"null":                       "1:1: type",
		"7":                          "1:1: type",
		" []":                        "1:2: type",
		"{":                          "1:2: json", // behind the last byte
		strings.Repeat(" ", 1<<20+1): "length",
	} {
		_, err := frameworks.Parse([]byte(content))
		assert.Equal(t, []string{want}, rules(t, err), "%.20q", content)
	}
	_, err := frameworks.Parse([]byte(`{"":{"":1}, "a.b": 1, "é":2}`))
	for _, want := range []string{`1:2: "": known`, "1:13: a.b: known", "1:23: é: known"} {
		assert.True(t, slices.Contains(rules(t, err), want), "%s not in %s", want, rules(t, err))
	}
	_, err = frameworks.Parse([]byte(strings.Repeat("[", 20_000)))
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(own))
	for framework := range frameworks.All() {
		data, err := json.Marshal(framework)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(`{"items":[{"text":{"en":1,"en":"x","":null}}],"packages":[{}],"questions":[{"choices":[[]]}]}`))
	f.Add([]byte("{\n\"\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := frameworks.Parse(data)
		if err != nil {
			rules(t, err)
			require.Nil(t, got)
			_, again := frameworks.Parse(data)
			require.Equal(t, err, again, "the same input gives the same error")
			return
		}
		out, err := json.Marshal(got)
		require.NoError(t, err)
		back, err := frameworks.Parse(out)
		require.NoError(t, err)
		require.Equal(t, got.Checklist(), back.Checklist())
		require.Equal(t, got.Languages(), back.Languages())
	})
}
