package assessment_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

func TestAChecklistAnswersWhatItWasBuiltFrom(t *testing.T) {
	c := build(t, partnering())
	assert.Equal(t, "partnering", c.Name())
	assert.Equal(t, "1", c.Version())
	assert.Equal(t, "Strategic partnering", c.Title())
	assert.Equal(t, "partnering@1", c.ID())
	assert.Equal(t, 4, c.Len())
	assert.Equal(t, []string{"work", "reach"}, c.Sections())

	from, to := c.Section("reach")
	assert.Equal(t, [2]int{2, 4}, [2]int{from, to})
	from, to = c.Section("elsewhere")
	assert.Equal(t, [2]int{0, 0}, [2]int{from, to})

	i, ok := c.Index("incentives")
	assert.True(t, ok)
	assert.Equal(t, 1, i)
	cr, ok := c.Criterion("incentives")
	assert.True(t, ok)
	assert.Equal(t, c.At(1), cr)
	_, ok = c.Criterion("nowhere")
	assert.False(t, ok)

	s, ok := c.Source("naimoli2015")
	assert.True(t, ok)
	assert.Equal(t, "abstract", s.Seen)
	_, ok = c.Source("nobody1999")
	assert.False(t, ok)
	assert.Len(t, c.Sources(), 2)

	var ids []string
	for i, cr := range c.All() {
		assert.Equal(t, c.At(i), cr)
		ids = append(ids, cr.ID)
	}
	assert.Equal(t, []string{"supervision", "incentives", "reach", "ownership"}, ids)
}

func TestWhatIsNotGivenTakesItsDefault(t *testing.T) {
	c := build(t, partnering())
	assert.Equal(t, 1.0, c.At(0).Weight)
	assert.Equal(t, Functional, c.At(0).Threshold)
	assert.Equal(t, 3.0, c.At(1).Weight)
	assert.Equal(t, HighlyFunctional, c.At(3).Threshold)
}

func TestACriterionIsMetAtItsThresholdAndNeverWhenUnknown(t *testing.T) {
	for threshold := Unknown; threshold <= HighlyFunctional; threshold++ {
		from := threshold
		if threshold == Unknown {
			from = Functional
		}
		for l := range Level(8) {
			want := l >= 1 && l <= 4 && l >= from
			assert.Equal(t, want, Criterion{Threshold: threshold}.Met(l), "%v at %v", l, threshold)
		}
	}
}

func TestAChecklistSharesNothingThatCanBeChanged(t *testing.T) {
	spec := partnering()
	c := build(t, spec)
	before, err := json.Marshal(c)
	require.NoError(t, err)

	spec.Criteria[0].Sources[0] = "changed"
	spec.Criteria[0].ID = "changed"
	spec.Sources[0].Key = "changed"
	own := c.Spec()
	own.Criteria[0].Carriers[0] = "changed"
	own.Criteria[1].ID = "changed"
	own.Sources[0].Key = "changed"
	c.Sources()[0].Key = "changed"
	c.Sections()[0] = "changed"
	_ = append(c.At(0).Carriers, "changed")
	card, err := c.Scorecard(nil)
	require.NoError(t, err)
	card.Items[0].Criterion.Carriers[0] = "changed"

	after, err := json.Marshal(c)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
}

func TestAnEmptyChecklistAnswersEveryQuestion(t *testing.T) {
	for name, c := range map[string]*Checklist{"nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			assert.Empty(t, c.Name()+c.Version()+c.Title()+c.ID())
			assert.Zero(t, c.Len())
			assert.Zero(t, c.At(0))
			assert.Zero(t, c.Spec())
			assert.Empty(t, c.Sections())
			assert.Empty(t, c.Sources())
			_, ok := c.Criterion("x")
			assert.False(t, ok)
			_, ok = c.Source("x")
			assert.False(t, ok)
			from, to := c.Section("x")
			assert.Zero(t, from+to)
			for range c.All() {
				t.Fatal("there is nothing to yield")
			}
			assert.Equal(t, Tally{Score: Bounds{0, 1}}, c.Tally([]Level{Functional}))
			assert.Equal(t, Tally{Score: Bounds{0, 1}}, c.TallySection("x", nil))
			card, err := c.Scorecard(nil)
			require.NoError(t, err)
			assert.Empty(t, card.Items)
			_, err = c.Scorecard([]Rating{{Criterion: "x", Level: Functional, Evidence: evidence()}})
			assert.Equal(t, []string{"ratings[0].criterion: exists"}, rules(t, err))
			_, err = c.Derive("2")
			assert.Equal(t, []string{"checklist: required"}, rules(t, err))
			data, err := c.MarshalJSON()
			require.NoError(t, err)
			assert.Equal(t, "null", string(data))
		})
	}
}

func TestAPositionOutsideTheChecklistHasNoCriterion(t *testing.T) {
	c := build(t, partnering())
	assert.Zero(t, c.At(-1))
	assert.Zero(t, c.At(4))
}

func TestEveryFaultOfASpecIsReported(t *testing.T) {
	long := strings.Repeat("é", 129)
	for name, tt := range map[string]struct {
		spoil func(*Spec)
		want  []string
	}{
		"zero spec":             {func(s *Spec) { *s = Spec{} }, []string{"name: required", "version: required", "criteria: required"}},
		"blank name":            {func(s *Spec) { s.Name = " \t" }, []string{"name: required"}},
		"name with @":           {func(s *Spec) { s.Name = "a@b" }, []string{"name: characters"}},
		"version with @":        {func(s *Spec) { s.Version = "1@2" }, []string{"version: characters"}},
		"name too long":         {func(s *Spec) { s.Name = long }, []string{"name: length"}},
		"name not UTF-8":        {func(s *Spec) { s.Name = "a\xff" }, []string{"name: utf-8"}},
		"control character":     {func(s *Spec) { s.Version = "1\n2" }, []string{"version: characters"}},
		"surrounding space":     {func(s *Spec) { s.Version = " 1" }, []string{"version: characters"}},
		"title not UTF-8":       {func(s *Spec) { s.Title = "\xff" }, []string{"title: utf-8"}},
		"from no identity":      {func(s *Spec) { s.From = "somewhere" }, []string{"from: identity"}},
		"from half an identity": {func(s *Spec) { s.From = "@1" }, []string{"from: identity"}},
		"from itself":           {func(s *Spec) { s.From = "partnering@1" }, []string{"from: identity"}},

		"zero source":      {func(s *Spec) { s.Sources[0] = Source{} }, []string{"sources[0].key: required", "sources[0].citation: required", "criteria[0].sources[0]: exists", "criteria[1].sources[0]: exists", "criteria[3].sources[0]: exists"}},
		"source long link": {func(s *Spec) { s.Sources[0].Link = strings.Repeat("x", 4097) }, []string{"sources[0].link: length"}},
		"seen not UTF-8":   {func(s *Spec) { s.Sources[0].Seen = "\xff" }, []string{"sources[0].seen: utf-8"}},
		"duplicate source": {func(s *Spec) { s.Sources = append(s.Sources, s.Sources[0]) }, []string{"sources[2].key: unique"}},

		"zero criterion":     {func(s *Spec) { s.Criteria[3] = Criterion{} }, []string{"criteria[3].id: required", "criteria[3].section: required", "criteria[3].text: required", "criteria[3].kind: known", "criteria[3].sources: required"}},
		"blank id":           {func(s *Spec) { s.Criteria[1].ID = " " }, []string{"criteria[1].id: required"}},
		"duplicate id":       {func(s *Spec) { s.Criteria[1].ID = "supervision" }, []string{"criteria[1].id: unique"}},
		"scattered section":  {func(s *Spec) { s.Criteria[3].Section = "work" }, []string{"criteria[3].section: together"}},
		"text too long":      {func(s *Spec) { s.Criteria[0].Text = strings.Repeat("x", 4097) }, []string{"criteria[0].text: length"}},
		"remedy not UTF-8":   {func(s *Spec) { s.Criteria[0].Remedy = "\xff" }, []string{"criteria[0].remedy: utf-8"}},
		"note not UTF-8":     {func(s *Spec) { s.Criteria[0].Note = "\xff" }, []string{"criteria[0].note: utf-8"}},
		"unknown kind":       {func(s *Spec) { s.Criteria[0].Kind = "guessed" }, []string{"criteria[0].kind: known"}},
		"weight NaN":         {func(s *Spec) { s.Criteria[0].Weight = math.NaN() }, []string{"criteria[0].weight: range"}},
		"weight infinite":    {func(s *Spec) { s.Criteria[0].Weight = math.Inf(1) }, []string{"criteria[0].weight: range"}},
		"weight negative":    {func(s *Spec) { s.Criteria[0].Weight = -1 }, []string{"criteria[0].weight: range"}},
		"weight too large":   {func(s *Spec) { s.Criteria[0].Weight = 1.1e6 }, []string{"criteria[0].weight: range"}},
		"threshold no level": {func(s *Spec) { s.Criteria[0].Threshold = 5 }, []string{"criteria[0].threshold: known"}},
		"parameter NaN":      {func(s *Spec) { s.Criteria[2].Parameter = math.NaN() }, []string{"criteria[2].parameter: range"}},
		"parameter infinite": {func(s *Spec) { s.Criteria[2].Parameter = math.Inf(-1) }, []string{"criteria[2].parameter: range"}},
		"parameter no unit":  {func(s *Spec) { s.Criteria[2].Unit = "" }, []string{"criteria[2].unit: required"}},
		"parameter, rated":   {func(s *Spec) { s.Criteria[0].Parameter, s.Criteria[0].Unit = 1, "months" }, []string{"criteria[0].parameter: derived"}},
		"blank carrier":      {func(s *Spec) { s.Criteria[0].Carriers[1] = "" }, []string{"criteria[0].carriers[1]: required"}},
		"duplicate carrier":  {func(s *Spec) { s.Criteria[0].Carriers[1] = "enabler" }, []string{"criteria[0].carriers[1]: unique"}},
		"too many carriers":  {func(s *Spec) { s.Criteria[0].Carriers = make([]string, 101) }, []string{"criteria[0].carriers: length"}},
		"too many sources":   {func(s *Spec) { s.Criteria[0].Sources = make([]string, 101) }, []string{"criteria[0].sources: length"}},
		"no source":          {func(s *Spec) { s.Criteria[0].Sources = nil }, []string{"criteria[0].sources: required"}},
		"missing source":     {func(s *Spec) { s.Criteria[0].Sources = []string{"model", "nobody1999"} }, []string{"criteria[0].sources[1]: exists"}},
		"source cited twice": {func(s *Spec) { s.Criteria[0].Sources = []string{"model", "model"} }, []string{"criteria[0].sources[1]: unique"}},
		"no criteria":        {func(s *Spec) { s.Criteria = nil }, []string{"criteria: required"}},
		"too many criteria":  {func(s *Spec) { s.Criteria = make([]Criterion, 10_001) }, []string{"criteria: length"}},
		"several at once": {func(s *Spec) { s.Name, s.Criteria[0].Weight, s.Criteria[3].Kind = "", -1, "" },
			[]string{"name: required", "criteria[0].weight: range", "criteria[3].kind: known"}},
	} {
		t.Run(name, func(t *testing.T) {
			spec := partnering()
			tt.spoil(&spec)
			c, err := NewChecklist(spec)
			assert.Nil(t, c)
			assert.Equal(t, tt.want, rules(t, err))
			assert.LessOrEqual(t, len(err.Error()), 3000, "the message must stay readable")
		})
	}
}

func TestLimitsThemselvesAreAccepted(t *testing.T) {
	spec := partnering()
	spec.Name = strings.Repeat("é", 128)
	spec.Criteria[0].Text = strings.Repeat("é", 4096)
	spec.Criteria[0].Weight = 1e6
	spec.Criteria[1].Weight = math.SmallestNonzeroFloat64
	c := build(t, spec)
	assert.Equal(t, 1e6, c.At(0).Weight)
	assert.Equal(t, 10_000, many(t, 10_000).Len())
}

func TestAChecklistSurvivesJSON(t *testing.T) {
	c := build(t, partnering())
	data, err := json.Marshal(c)
	require.NoError(t, err)
	parsed, err := ParseChecklist(data)
	require.NoError(t, err)
	assert.Equal(t, c, parsed)

	var held struct{ Checklist *Checklist }
	wrapped, err := json.Marshal(struct{ Checklist *Checklist }{c})
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(wrapped, &held))
	assert.Equal(t, c, held.Checklist)

	require.NoError(t, json.Unmarshal([]byte(`{"Checklist":null}`), &held))
	assert.Nil(t, held.Checklist)
	assert.Equal(t, c, MustParseChecklist(data))
}

func TestABuiltChecklistIsNotReadOver(t *testing.T) {
	c := build(t, partnering())
	data, err := json.Marshal(c)
	require.NoError(t, err)
	assert.Equal(t, []string{"checklist: immutable"}, rules(t, json.Unmarshal(data, c)))
	require.NoError(t, c.UnmarshalJSON([]byte("null")))
	assert.Equal(t, 4, c.Len())

	var none *Checklist
	assert.Equal(t, []string{"checklist: required"}, rules(t, none.UnmarshalJSON(data)))
	assert.Equal(t, []string{"1:1 name: required", "1:1 version: required", "1:1 criteria: required"}, rules(t, new(Checklist).UnmarshalJSON([]byte("{}"))))
}

func TestEveryFieldMayBeGivenInJSON(t *testing.T) {
	// Guards the list of known keys against a field that is added later.
	spec := packaged()
	spec.From = "partnering@0"
	cr := reflect.ValueOf(&spec.Criteria[2]).Elem()
	for i := range cr.NumField() {
		if f := cr.Field(i); f.IsZero() && f.Kind() == reflect.String {
			f.SetString("given")
		}
	}
	spec.Criteria[2].Advisory, spec.Criteria[2].Carriers = true, []string{"leader"}
	c := build(t, spec)
	data, err := json.Marshal(c)
	require.NoError(t, err)
	assert.Equal(t, c, MustParseChecklist(data))
}

func TestJSONThatIsNoChecklistIsRefusedWithItsPlace(t *testing.T) {
	good, err := json.Marshal(build(t, partnering()))
	require.NoError(t, err)
	swap := func(old, new string) string {
		require.Contains(t, string(good), old)
		return strings.Replace(string(good), old, new, 1)
	}
	const name, version, criteria = "name: required", "version: required", "criteria: required"
	incomplete := []string{"id: required", "section: required", "text: required", "kind: known", "sources: required"}
	for name, tt := range map[string]struct {
		data string
		want []expected
	}{
		"nothing":                   {"", []expected{{"", "json"}}},
		"null":                      {"null", []expected{{"null", "type"}}},
		"an array":                  {"[]", []expected{{"[]", "type"}}},
		"a word":                    {"hello", []expected{{"hello", "json"}}},
		"syntax, second line":       {"{\n  \"name\": é}", []expected{{"é", "json"}}},
		"cut short":                 {string(good[:len(good)-1]), []expected{{"end", "json"}}},
		"trailing data":             {string(good) + "\n{}", []expected{{"\n{}", "json"}}},
		"invalid UTF-8":             {"{\"name\":\"\xff\"}", []expected{{"{", version}, {"{", criteria}, {"\xff", "name: utf-8"}}},
		"unknown key":               {swap(`"title"`, `"titel"`), []expected{{`"titel"`, "titel: known"}}},
		"unknown key holds objects": {swap(`"title":`, `"x":{"a":[{}]},"title":`), []expected{{`"x"`, "x: known"}}},
		"unknown key, criterion":    {swap(`"weight":3`, `"wieght":3`), []expected{{`"wieght"`, "criteria[1].wieght: known"}}},
		"unknown key, source":       {swap(`"seen"`, `"read"`), []expected{{`"read"`, "sources[0].read: known"}}},
		"other capitals":            {swap(`"version"`, `"Version"`), []expected{{"{", version}, {`"Version"`, "Version: known"}}},
		"repeated key":              {swap(`"weight":3`, `"weight":3,"weight":4`), []expected{{`"weight":4`, "criteria[1].weight: unique"}}},
		"several keys": {strings.Replace(swap(`"title"`, `"titel"`), `"kind"`, `"sort"`, 1),
			[]expected{{`"titel"`, "titel: known"}, {`{"id":"supervision"`, "criteria[0].kind: known"}, {`"sort"`, "criteria[0].sort: known"}}},
		"wrong type, object":    {`{"name":{"a":1}}`, []expected{{"{", version}, {"{", criteria}, {`{"a"`, "name: type"}}},
		"wrong type, list":      {`{"criteria":7}`, []expected{{"{", name}, {"{", version}, {"7", "criteria: type"}}},
		"wrong type, criterion": {`{"criteria":[7]}`, []expected{{"{", name}, {"{", version}, {"7", "criteria[0]: type"}}},
		"number too large":      {swap(`"weight":3`, `"weight":1e999`), []expected{{"1e999", "criteria[1].weight: type"}}},
		"unknown enums": {strings.Replace(swap(`"threshold":"highly-functional"`, `"threshold":"splendid"`), `"kind":"rated"`, `"kind":"guessed"`, 1),
			[]expected{{`"guessed"`, "criteria[0].kind: known"}, {`"splendid"`, "criteria[3].threshold: known"}}},
		"threshold of a wrong type": {swap(`"threshold":"highly-functional"`, `"threshold":7`), []expected{{"7,", "criteria[3].threshold: known"}}},
		"threshold between two":     {swap(`"threshold":"highly-functional"`, `"threshold":2.5`), []expected{{"2.5", "criteria[3].threshold: known"}}},
		"too large":                 {strings.Repeat(" ", 4<<20+1), nil},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := ParseChecklist([]byte(tt.data))
			assert.Nil(t, c)
			if tt.want == nil {
				assert.Equal(t, []string{": length"}, rules(t, err))
				return
			}
			assert.Equal(t, placed(t, tt.data, tt.want), rules(t, err), err.Error())
		})
	}
	for data, member := range map[string]string{
		"{\n\"criteria\":[{\n\"weight\":\"3\"}]}": `"3"}`,
		`{"criteria":[{"advisory":1}]}`:           "1}",
		`{"criteria":[{"carriers":[{}]}]}`:        "{}",
	} {
		want := []expected{{"{", name}, {"{", version}}
		for _, rule := range incomplete {
			want = append(want, expected{data[strings.LastIndex(data[:strings.Index(data, member)], "[{")+1:], "criteria[0]." + rule})
		}
		_, err := ParseChecklist([]byte(data))
		path := map[string]string{`"3"}`: "weight", "1}": "advisory", "{}": "carriers[0]"}[member]
		assert.Equal(t, placed(t, data, append(want, expected{member, "criteria[0]." + path + ": type"})), rules(t, err))
	}
	full := bytes.Repeat([]byte(" "), 4<<20)
	copy(full, good)
	_, err = ParseChecklist(full)
	assert.NoError(t, err, "as many bytes as there may be")
}

// expected is one error that is expected: where its place is, by the text that
// stands there, and then its path and rule.
type expected struct{ near, rest string }

// placed writes faults as rules does, with line and column counted in content.
func placed(t *testing.T, content string, faults []expected) []string {
	var want []string
	for _, f := range faults {
		before, after, found := strings.Cut(content, f.near)
		if f.near == "end" {
			before = content
		} else if require.True(t, found, "%q in %q", f.near, after); strings.HasPrefix(f.near, "\n") {
			before += "\n"
		}
		lines := strings.Split(before, "\n")
		place := fmt.Sprintf("%d:%d", len(lines), utf8.RuneCountInString(lines[len(lines)-1])+1)
		if strings.Contains(f.rest, ": ") {
			place += " " + f.rest
		} else {
			place += ": " + f.rest
		}
		want = append(want, place)
	}
	return want
}

func TestAThresholdMayBeANumberOrNull(t *testing.T) {
	data, err := json.Marshal(build(t, partnering()))
	require.NoError(t, err)
	old := []byte(`"threshold":"highly-functional"`)
	assert.Equal(t, PartiallyFunctional, MustParseChecklist(bytes.Replace(data, old, []byte(`"threshold":2`), 1)).At(3).Threshold)
	assert.Equal(t, PartiallyFunctional, MustParseChecklist(bytes.Replace(data, old, []byte(`"threshold":2.0`), 1)).At(3).Threshold)
	assert.Equal(t, Functional, MustParseChecklist(bytes.Replace(data, old, []byte(`"threshold":null`), 1)).At(3).Threshold)
}

func TestMustParseChecklistPanicsOnABrokenTable(t *testing.T) {
	assert.Panics(t, func() { MustParseChecklist([]byte("{")) })
}

func TestAKindOrBasisOutsideTheVocabularyIsRefused(t *testing.T) {
	var k Kind
	require.NoError(t, json.Unmarshal([]byte(`"derived"`), &k))
	assert.Equal(t, Derived, k)
	for _, bad := range []string{`""`, `"Rated"`, `"other"`} {
		require.ErrorIs(t, json.Unmarshal([]byte(bad), &k), fault.ErrInvalid)
	}
	assert.Equal(t, Derived, k)
	var b Basis
	require.NoError(t, json.Unmarshal([]byte(`"illustrative"`), &b))
	assert.Equal(t, Illustrative, b)
	for _, bad := range []string{`""`, `"Documented"`, `"hearsay"`} {
		require.ErrorIs(t, json.Unmarshal([]byte(bad), &b), fault.ErrInvalid)
	}
	assert.Equal(t, Illustrative, b)
}

func FuzzParseChecklist(f *testing.F) {
	data, err := json.Marshal(build(f, partnering()))
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte(`{"name":"a","version":"1","sources":[{"key":"model","citation":"c"}],"criteria":[{"id":"i","section":"s","text":"t","kind":"rated","threshold":2,"sources":["model"]}]}`))
	f.Add([]byte(`{"criteria":[{"kind":"x","threshold":[]}],"criteria":[]}`))
	f.Add([]byte("{\n\"\xff"))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseChecklist(data)
		if err != nil {
			rules(t, err)
			require.Nil(t, c)
			return
		}
		out, err := json.Marshal(c)
		require.NoError(t, err)
		var back Checklist
		require.NoError(t, json.Unmarshal(out, &back))
		require.Equal(t, c, &back)
		require.Equal(t, Bounds{0, 1}, c.Tally(nil).Score)
	})
}
