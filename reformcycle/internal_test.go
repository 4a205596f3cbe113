package reformcycle

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
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
	d := &draft{state: *before}
	mine := problems.in(d)
	assert.Same(t, mine, problems.in(d))
	assert.NotSame(t, problems.of(before), mine)
	assert.Same(t, solutions.of(before), solutions.of(&d.state))
	assert.NoError(t, mine.Problems.add(d, "problem.id", Problem{ID: "a", Lap: 1}))
	assert.Empty(t, problems.of(before).Problems)

	next := &draft{state: d.state}
	p, err := problems.in(next).Problems.amend(next, "problem", "a")
	assert.NoError(t, err)
	p.Statement = "changed"
	assert.Empty(t, problems.of(&d.state).Problems[0].Statement)
	assert.NotEqual(t, reflect.ValueOf(d.parts).Pointer(), reflect.ValueOf(next.parts).Pointer())
}
