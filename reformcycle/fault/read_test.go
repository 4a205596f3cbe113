package fault_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

type tier string

func (t *tier) UnmarshalText(text []byte) error {
	return fault.ReadName("tier", t, text, []tier{"national", "district"})
}

// part reads itself, and starts from a default.
type part struct {
	Weight float64 `json:"weight"`
	Name   string  `json:"name"`
}

func (p *part) UnmarshalJSON(data []byte) error {
	type plain part
	read := plain{Weight: 1}
	if err := fault.ReadJSON(data, len(data), &read, nil); err != nil {
		return err
	}
	*p = part(read)
	return nil
}

type inner struct {
	Low  float64  `json:"low"`
	High *float64 `json:"high"`
}

type base struct {
	ID   string `json:"id"`
	Note string `json:"note"`
}

type whole struct {
	base
	Note    string             `json:"note"` // stands before that of base
	Count   int                `json:"count"`
	Seq     uint64             `json:"seq"`
	Small   uint8              `json:"small"`
	Share   float64            `json:"share"`
	Open    bool               `json:"open"`
	On      time.Time          `json:"on"`
	Tier    tier               `json:"tier"`
	Tags    []string           `json:"tags"`
	Inner   []inner            `json:"inner"`
	Parts   []part             `json:"parts"`
	Scores  map[string]float64 `json:"scores"`
	Raw     json.RawMessage    `json:"raw"`
	Any     any                `json:"any"`
	Skipped string             `json:"-"`
}

// faultsOf reads a text and gives each fault as "path rule line:column".
func faultsOf(t *testing.T, text string, check func() fault.Fields) []string {
	t.Helper()
	var w whole
	err := fault.ReadJSON([]byte(text), 1<<20, &w, check)
	if err == nil {
		return nil
	}
	require.ErrorIs(t, err, fault.ErrInvalid)
	var all []string
	for _, f := range fault.Of(err) {
		assert.NotEmpty(t, f.Want)
		all = append(all, fmt.Sprintf("%s %s %d:%d", f.Path, f.Rule, f.Line, f.Column))
	}
	return all
}

func TestWhatIsWellFormedIsRead(t *testing.T) {
	const text = "\xef\xbb\xbf" + `{"id": "a", "note": "line\nඅ\u0061\ud83d\ude00\/", "count": 12.0, "seq": 18446744073709551615, "small": 2.5e1,
		"share": -1.5e-3, "open": true, "on": "2021-10-12T00:00:00Z", "tier": "district", "tags": ["x", ""],
		"inner": [{"low": 1}, {"high": 2}, {"high": null}], "parts": [{"name": "p"}, {"weight": 3}],
		"scores": {"a b": 1, "c": 2}, "raw": { "b" : [1, null] }, "any": {"x": [true, "y"]}}`
	var w whole
	require.NoError(t, fault.ReadJSON([]byte(text), 1<<20, &w, nil))
	two := 2.0
	assert.Equal(t, whole{
		base: base{ID: "a"}, Note: "line\nඅa😀/", Count: 12, Seq: math.MaxUint64, Small: 25, Share: -0.0015, Open: true,
		On: time.Date(2021, 10, 12, 0, 0, 0, 0, time.UTC), Tier: "district", Tags: []string{"x", ""},
		Inner: []inner{{Low: 1}, {High: &two}, {}}, Parts: []part{{1, "p"}, {3, ""}},
		Scores: map[string]float64{"a b": 1, "c": 2}, Raw: json.RawMessage(`{ "b" : [1, null] }`),
		Any: map[string]any{"x": []any{true, "y"}},
	}, w)
}

func TestNullStandsForAbsentWhereAValueCanBe(t *testing.T) {
	w := whole{Tags: []string{"x"}, Scores: map[string]float64{"a": 1}}
	require.NoError(t, fault.ReadJSON([]byte(`{"tags":null,"scores":null,"inner":[{"high":null}]}`), 100, &w, nil))
	assert.Nil(t, w.Tags)
	assert.Nil(t, w.Scores)
	for _, required := range []string{"id", "count", "seq", "share", "open", "on", "tier"} {
		assert.Equal(t, []string{required + " type 1:" + fmt.Sprint(len(required)+5)}, faultsOf(t, `{"`+required+`":null}`, nil))
	}
}

func TestWhatIsNotStrictIsRefusedWithItsPlace(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                  {" json 1:1"},
		"{":                                 {" json 1:2"},
		`{"id":"a"} x`:                      {" json 1:12"},
		"{\"id\":\n\t'a'}":                  {" json 2:2"},
		`{"id":"a",}`:                       {" json 1:11"},
		`[1]`:                               {" type 1:1"},
		`{"Id":"a"}`:                        {"Id known 1:2"},
		`{"id":"a","id":"b"}`:               {"id unique 1:11"},
		`{"count":12.5}`:                    {"count type 1:10"},
		`{"count":"12"}`:                    {"count type 1:10"},
		`{"count":1e30}`:                    {"count type 1:10"},
		`{"count":01}`:                      {" json 1:11"},
		`{"seq":-1}`:                        {"seq type 1:8"},
		`{"small":256}`:                     {"small type 1:10"},
		`{"share":1e999}`:                   {"share type 1:10"},
		`{"share":.5}`:                      {" json 1:10"},
		`{"on":"yesterday"}`:                {"on type 1:7"},
		`{"tier":"county"}`:                 {"tier known 1:9"},
		`{"tier":1}`:                        {"tier type 1:9"},
		"{\"id\":\"a\xff\"}":                {"id utf-8 1:9"},
		`{"id":"a\ud800"}`:                  {"id utf-8 1:9"},
		`{"id":"\udc00\ud800"}`:             {"id utf-8 1:8"},
		"{\"id\":\"a\nb\"}":                 {" json 1:9"},
		`{"id":"\x"}`:                       {" json 1:8"},
		`{"id":"\u12g4"}`:                   {" json 1:8"},
		`{"any":` + strings.Repeat("[", 70): {" json 1:71"},
		`{"scores":{"a":1,"a":2}}`:          {"scores.a unique 1:18"},
		`{"parts":[{},{"weigth":2}]}`:       {"parts[1].weigth known 1:24"},
		"{\"inner\":[{\"low\":\"x\"},\n {\"high\":[]}],\n\"x\":{\"y\":1}}": {"inner[0].low type 1:18", "inner[1].high type 2:10", "x known 3:1"},
	} {
		assert.Equal(t, want, faultsOf(t, text, nil), text)
	}
	assert.Error(t, fault.ReadJSON([]byte("{}   "), 4, &whole{}, nil))
}

// A fault of a part that reads itself stands where the part's value does, for only
// its path is known: here the key's value.
func TestFaultsOfACheckStandInTheOrderOfTheText(t *testing.T) {
	check := func() fault.Fields {
		var wrong fault.Fields
		wrong.Add("inner[1].high", fault.Range, 1, words("less"))
		wrong.Add("inner[0].high", fault.Required, nil, words("a number")) // is not there: the place of what it is missing from
		wrong.Add("count", fault.Range, 0, words("more"))                  // could not be read
		wrong.Add("tags[0]", fault.Exists, "x", words("what is there"))    // may be missing in what could not be read
		return wrong
	}
	assert.Equal(t, []string{"count type 1:11", "inner[0].high required 2:13", "inner[1].high range 3:9"},
		faultsOf(t, "{ \"count\":\"x\", \"tags\":[\"x\"],\n  \"inner\": [{\"low\":1},\n{\"high\":7}]}", check))
	assert.Equal(t, []string{"tags[0] exists 1:10"}, faultsOf(t, `{"tags":["x"]}`, func() fault.Fields { return check()[3:] }))
}

func TestNoMoreThanABoundIsCollected(t *testing.T) {
	var b strings.Builder
	for range 50_000 {
		b.WriteString(`"unknown":1,`)
	}
	text := []byte("{" + b.String() + `"id":""}`)
	err := fault.ReadJSON(text, len(text), &whole{}, nil)
	all := fault.Of(err)
	require.Len(t, all, fault.MaxFields+1)
	assert.Equal(t, fault.More, all[fault.MaxFields].Rule)
	assert.LessOrEqual(t, len(err.Error()), fault.MaxMessage)
}

// BenchmarkReadJSON shows that faults cost no more than the bytes that they stand in:
// ns/byte is the same for a tenth of the text, and some times that of encoding/json.
func BenchmarkReadJSON(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		for _, member := range []string{`{"low":1,"high":2},`, `{"low":1,"hihg":2},`} {
			what := map[bool]string{true: "known", false: "unknown"}[strings.Contains(member, "high")]
			text := []byte(`{"inner":[` + strings.Repeat(member, n) + `{}]}`)
			b.Run(fmt.Sprintf("%s/%d", what, n), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					var w whole
					_ = fault.ReadJSON(text, len(text), &w, nil)
				}
			})
			b.Run(fmt.Sprintf("floor/%s/%d", what, n), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					var w whole
					_ = json.Unmarshal(text, &w)
				}
			})
		}
	}
}

// What the reader accepts encoding/json accepts, with the same value; what neither
// is refused for, the reader accepts.
func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(`{"id":"a","count":1,"inner":[{"low":1,"high":null}],"scores":{"a":1},"raw":{},"any":[1]}`))
	f.Add([]byte("\xef\xbb\xbf{\"id\":\"\\ud83d\\ude00\",\"on\":\"2021-10-12T00:00:00Z\",\"parts\":[{}]}"))
	f.Add([]byte(`{"count":12.0,"count":1,"Tier":"national"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want whole
		err := fault.ReadJSON(data, 1<<16, &got, nil)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") && len(fault.Of(err)) == 0 {
				t.Fatalf("a refusal without a field: %v", err)
			}
			if len(err.Error()) > fault.MaxMessage {
				t.Fatalf("%d bytes", len(err.Error()))
			}
			return
		}
		data = []byte(strings.TrimPrefix(string(data), "\xef\xbb\xbf"))
		if !json.Valid(data) {
			t.Fatalf("taken, and no JSON: %q", data)
		}
		if err := json.Unmarshal(data, &want); err != nil {
			if strings.Contains(err.Error(), "cannot unmarshal number") { // 12.0 is a whole number here
				return
			}
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %+v, want %+v", data, got, want)
		}
	})
}

type untagged struct {
	Note string `json:"note"` // stands before that of base, wherever it is declared
	base
	Plain string
	Out   string `json:"-"`
}

func TestFieldsAreNamedAsEncodingJSONNamesThem(t *testing.T) {
	var got, want untagged
	const text = `{"note":"outer","id":"inner","Plain":"p"}`
	require.NoError(t, fault.ReadJSON([]byte(text), 100, &got, nil))
	require.NoError(t, json.Unmarshal([]byte(text), &want))
	assert.Equal(t, want, got)
	assert.Equal(t, untagged{Note: "outer", base: base{ID: "inner"}, Plain: "p"}, got)
	for key, hint := range map[string]string{"Out": "one of ", "-": "one of ", "NOTE": `"note", for keys are told apart by case`} {
		err := fault.ReadJSON([]byte(`{"`+key+`":"x"}`), 100, &got, nil)
		require.Len(t, fault.Of(err), 1)
		assert.Contains(t, fmt.Sprint(fault.Of(err)[0].Want), hint)
	}
}

func TestWhatStoodThereBeforeIsReplaced(t *testing.T) {
	w := whole{Tags: []string{"old", "older"}, Inner: []inner{{Low: 9}}, Scores: map[string]float64{"old": 1}}
	require.NoError(t, fault.ReadJSON([]byte(`{"tags":["new"],"inner":[{}],"scores":{"new":2},"seq":0.0,"note":"a\tb c"}`), 100, &w, nil))
	assert.Equal(t, []string{"new"}, w.Tags)
	assert.Equal(t, []inner{{}}, w.Inner)
	assert.Equal(t, map[string]float64{"new": 2}, w.Scores)
	assert.Equal(t, "a\tb c", w.Note)
}

// A fault of one value does not end the reading of the others, but for what is no
// JSON at all.
func TestReadingGoesOnBehindAFault(t *testing.T) {
	for text, want := range map[string][]string{
		`{"parts":[{"weigth":2}],"count":"x"}`:         {"parts[0].weigth known 1:21", "count type 1:33"},
		`{"raw":[1],"count":"x"}`:                      {"count type 1:20"},
		`{"tier":"county","count":"x"}`:                {"tier known 1:9", "count type 1:26"},
		`{"on":1,"any":{"a":1},"count":"x"}`:           {"on type 1:7", "count type 1:31"},
		`{"id":null,"scores":{"a":null},"count":"x"}`:  {"id type 1:7", "scores.a type 1:26", "count type 1:40"},
		`{"count":"x","tags":nul}`:                     {"count type 1:10", " json 1:21"},
		`{"count":"x","tags":[1`:                       {"count type 1:10", "tags[0] type 1:22", " json 1:23"},
		`{"open":tru}`:                                 {" json 1:9"},
		`{"unknown":{"a":[1,{"b":null}]},"count":"x"}`: {"unknown known 1:2", "count type 1:41"},
	} {
		assert.Equal(t, want, faultsOf(t, text, nil), text)
	}
	err := fault.ReadJSON([]byte(`{"id" "a"}`), 100, &whole{}, nil)
	assert.Equal(t, `"`, fault.Of(err)[0].Value)
	err = fault.ReadJSON([]byte(`{"id"`), 100, &whole{}, nil)
	assert.Equal(t, "the end of the text", fmt.Sprint(fault.Of(err)[0].Value))
	err = fault.ReadJSON([]byte(`{"count":1e400,"share":true,"open":"yes"}`), 100, &whole{}, nil)
	values := []any{}
	for _, f := range fault.Of(err) {
		values = append(values, f.Value)
	}
	assert.Equal(t, []any{"1e400", true, "yes"}, values)
}

func TestThereHasToBeSomewhereToReadInto(t *testing.T) {
	var nobody *whole
	for _, into := range []any{nil, whole{}, nobody} {
		err := fault.ReadJSON([]byte(`{}`), 100, into, nil)
		require.ErrorIs(t, err, fault.ErrInvalid)
		assert.Contains(t, err.Error(), "a pointer to what is read")
	}
}
