package reformcycle

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The machine reads the form of a state off the parts of the rooms, by their
// fields: each has to be one that JSON sees, under a name of its own.
func TestEveryFieldOfAPartHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for f := range noState.fields {
		assert.True(t, f.IsExported(), "%s is not seen by JSON", f.Name)
		name := f.Tag.Get("json")
		assert.NotEmpty(t, name, f.Name)
		assert.False(t, seen[name] || seen[f.Name], "%s is there twice", f.Name)
		seen[name], seen[f.Name] = true, true
	}
	assert.True(t, seen["Problems"] && seen["Laps"])
}

// Nothing that a draft changes is shared with the state that it started from.
func TestADraftTakesOverWhatItChangesOnceAndOnlyThat(t *testing.T) {
	before := newState("x", builtIn)
	d := draftOf(before)
	mine := problems.in(d)
	assert.Same(t, mine, problems.in(d))
	assert.NotSame(t, problems.of(before), mine)
	assert.Same(t, solutions.of(before), solutions.of(d.state))
	assert.NoError(t, mine.Problems.add(d, "problem.id", Problem{ID: "a", Lap: 1}))
	assert.Empty(t, problems.of(before).Problems)

	next := draftOf(d.state)
	p, err := problems.in(next).Problems.amend(next, "problem", "a")
	assert.NoError(t, err)
	p.Statement = "changed"
	assert.Empty(t, problems.of(d.state).Problems[0].Statement)
	assert.NotEqual(t, reflect.ValueOf(d.parts).Pointer(), reflect.ValueOf(next.parts).Pointer())
}

// A plain change is looked at quickly, by the same tags: what passes the glance is
// what passes the check, and its JSON is what encoding/json writes.
func TestAGlanceSeesWhatTheCheckSees(t *testing.T) {
	texts := []string{"", "x", " x", "Word of the minister.", "line\nline", "\a", "\xff", strings.Repeat("x", 129), strings.Repeat("é", 5000),
		"functional", "governance", "high", "leader", "swap", "training"}
	var fill func(t *rapid.T, v reflect.Value)
	fill = func(t *rapid.T, v reflect.Value) {
		for i := range v.NumField() {
			switch f := v.Field(i); f.Kind() {
			case reflect.Struct:
				fill(t, f)
			case reflect.String:
				f.SetString(rapid.SampledFrom(texts).Draw(t, "text"))
			case reflect.Uint8:
				f.SetUint(uint64(rapid.IntRange(0, 10).Draw(t, "number")))
			}
		}
	}
	glanced := 0
	for _, kind := range kindList {
		k := kindTable[kind]
		if k.glance == nil {
			continue
		}
		glanced++
		rapid.Check(t, func(t *rapid.T) {
			v := reflect.New(k.goType).Elem()
			if rapid.IntRange(0, 9).Draw(t, "zero") > 0 {
				fill(t, v)
			}
			c := v.Interface().(Change)
			require.Equal(t, check(c) == nil, k.glance.sound(v), "%s: %+v", kind, c)
			want, err := json.Marshal(c)
			got, err2 := k.marshal(c)
			require.Equal(t, err == nil, err2 == nil)
			require.Equal(t, string(want), string(got))
		})
	}
	require.GreaterOrEqual(t, glanced, 11)
}
