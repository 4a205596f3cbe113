package web

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
)

// again gives a change as its form gives it back: written into the fields, sent as a
// browser sends them, and read.
func again(t testing.TB, change reformcycle.Change) reformcycle.Change {
	t.Helper()
	kind := change.Kind()
	s, known := reformcycle.ChangeSchema(kind)
	require.True(t, known)
	data, err := dataOf(change)
	require.NoError(t, err)
	var x any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&x))
	values := url.Values{}
	written(&s, x, "", values)
	n, err := typed(values)
	require.NoError(t, err)
	m := &maker{}
	sent := url.Values{}
	fill(m.fields(&s, "", n), sent)
	n, err = typed(sent)
	require.NoError(t, err)
	y, _ := wire(&s, n)
	if y == nil {
		y = map[string]any{}
	}
	text, err := json.Marshal(y)
	require.NoError(t, err)
	back, err := reformcycle.DecodeChange(kind, text)
	require.NoError(t, err, "%s\n%s\n%s", kind, data, text)
	return back
}

// fill sends what fields show, as a browser does: line breaks as CR LF, of boxes those that
// are ticked.
func fill(fields []field, into url.Values) {
	for _, f := range fields {
		switch f.As {
		case fixed:
		case group:
			fill(f.Fields, into)
		case rows, pairs:
			fill(f.Rows, into)
		case choices:
			for _, o := range f.Options {
				if o.Chosen {
					into.Add(f.Path, o.Value)
				}
			}
		case tick:
			if f.Ticked {
				into.Set(f.Path, "yes")
			}
		case choice:
			for _, o := range f.Options {
				if o.Chosen {
					into.Set(f.Path, o.Value)
				}
			}
		default:
			into.Set(f.Path, strings.ReplaceAll(f.Value, "\n", "\r\n"))
		}
	}
}

// A form gives every change back as it was: all that the example countries and the nation
// of many counties record.
func TestAFormGivesEveryChangeBack(t *testing.T) {
	tried := map[reformcycle.Kind]int{}
	for _, c := range slices.Concat(cases.Walks(nil), cases.Papers(nil), cases.Kenya(nil).Cases()) {
		for _, chapter := range c.Chapters {
			for _, change := range chapter.Changes {
				want, err := dataOf(change)
				require.NoError(t, err)
				got, err := dataOf(again(t, change))
				require.NoError(t, err)
				require.Equal(t, sets(t, want), sets(t, got))
				tried[change.Kind()]++
			}
		}
	}
	for kind, data := range map[reformcycle.Kind][]string{
		reformcycle.KindReleaseActor:         {`{"actor":"moh","reason":"ගිවිසුම අවසන්"}`},
		reformcycle.KindAssignRole:           {`{"actor":"moh","role":"leader"}`},
		reformcycle.KindRelieveRole:          {`{"actor":"moh","role":"donor"}`},
		reformcycle.KindDeliver:              {`{"actor":"moh","commitment":"posts","amount":0.5}`},
		reformcycle.KindPlanStrategy:         {`{"strategy":{"id":"s","name":"Talk","kind":"position","effects":[{"actor":"a","position":2.5},{"actor":"b","position":{"value":-3,"band":"medium-opposition"},"power":"high"}],"probability":0.5,"start":"2026-03"}}`},
		reformcycle.KindObserveStrategy:      {`{"strategy":"s","success":"partly","what":"They agreed.\n\nIn two lines."}`},
		reformcycle.KindWaive:                {`{"criterion":"problem.needs","authority":"moh","reason":"An emergency"}`},
		reformcycle.KindAdoptChecklist:       {`{"checklist":"reform-readiness@2.0.0","reason":"A circular"}`},
		reformcycle.KindDissolveBody:         {`{"body":"b","reason":"It never met"}`},
		reformcycle.KindHoldCommunityMeeting: {`{"meeting":{"id":"m","group":"Mothers of the village","on":"2026-02","accounts":["What was done","What was not"]}}`},
		reformcycle.KindObserveCycle:         {`{"observation":{"cycle":"KEN","seq":7,"seen":"2026-02","stage":"design","lap":2,"status":"suspended","furthest":"launch","furthest_this_lap":"design","met":["a.b"],"asked":["a.b","c"],"departs":[{"component":"data","kind":"drift","reason":"Nobody decided it"}]}}`},
		reformcycle.KindRevisit:              {`{"to":"design","reason":"The pilot failed"}`},
		reformcycle.KindResume:               {`{"reason":"The cabinet has agreed"}`},
		reformcycle.KindAdvance:              {`{"override":{"authority":"moh","reason":"The window closes"}}`},
		reformcycle.KindChooseSolution: {`{"solution":"a","by":"moh","reason":"The best","comparison":{"scale":{"low":0,"high":10},"criteria":[{"id":"c","name":"Cost","weight":2}],
			"alternatives":[{"id":"a","scores":[{"criterion":"c","low":4,"best":5,"high":6}]},{"id":"b","scores":[{"criterion":"c","low":1,"high":1}]}]}}`},
		reformcycle.KindTakePosition: {`{"actor":"a","position":-7,"reason":"The law"}`, `{"actor":"a","position":null,"reason":"Nobody knows"}`, `{"actor":"a","position":0,"power":7,"reason":"It waits"}`},
	} {
		for _, text := range data {
			change, err := reformcycle.DecodeChange(kind, []byte(text))
			require.NoError(t, err, "%s", kind)
			want, err := dataOf(change)
			require.NoError(t, err)
			got, err := dataOf(again(t, change))
			require.NoError(t, err)
			require.Equal(t, sets(t, want), sets(t, got))
			tried[kind]++
		}
	}
	for _, kind := range reformcycle.Kinds() {
		if kind != reformcycle.KindBegin && !slices.Contains(corrections, kind) { // which have tests of their own
			assert.Positive(t, tried[kind], kind)
		}
	}
}

// sets reads a change with what has no order in one.
func sets(t testing.TB, data []byte) any {
	var x any
	require.NoError(t, json.Unmarshal(data, &x))
	var in func(name string, x any)
	in = func(name string, x any) {
		switch x := x.(type) {
		case map[string]any:
			for name, inner := range x {
				in(name, inner)
			}
		case []any:
			for _, inner := range x {
				in(name, inner)
			}
			if name == "roles" || name == "tiers" {
				slices.SortFunc(x, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
			}
		}
	}
	in("", x)
	return x
}

// Every kind has one place in the list, but for those that correct an entry and the one
// that begins.
func TestEveryKindHasItsPlaceInTheList(t *testing.T) {
	var listed []reformcycle.Kind
	for _, g := range groups {
		listed = append(listed, g.kinds...)
	}
	listed = append(append(listed, corrections...), reformcycle.KindBegin)
	assert.ElementsMatch(t, reformcycle.Kinds(), listed)
}
