package assessment_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/chsreform/chsreform/assessment"
)

func TestAnErrorSaysFieldFindingAndWhatIsAccepted(t *testing.T) {
	for want, e := range map[string]FieldError{
		`assessment: a.b: got "x\n", want y`:                            {Field: "a.b", Rule: "r", Value: "x\n", Want: "y"},
		`assessment: a: got nothing, want y`:                            {Field: "a", Want: "y"},
		`assessment: a: got -1.5, want y`:                               {Field: "a", Value: -1.5, Want: "y"},
		`assessment: a: got "functional", want y`:                       {Field: "a", Value: Functional, Want: "y"},
		`assessment: a: got "level(9)", want y`:                         {Field: "a", Value: Level(9), Want: "y"},
		`assessment: a: got "[1 2]", want y`:                            {Field: "a", Value: []int{1, 2}, Want: "y"},
		`assessment: a: got "\xff\x00", want y`:                         {Field: "a", Value: "\xff\x00", Want: "y"},
		`assessment: a: got "` + strings.Repeat("é", 80) + `"…, want y`: {Field: "a", Value: strings.Repeat("é", 5000), Want: "y"},
	} {
		assert.EqualError(t, e, want)
		assert.ErrorIs(t, e, ErrInvalid)
		assert.ErrorIs(t, fmt.Errorf("host: %w", e), ErrInvalid)
	}
}

func TestFieldErrorsJoinAndCountWhatDoesNotFit(t *testing.T) {
	errs := FieldErrors{{Field: "a", Want: "x"}, {Field: "b", Want: "y"}}
	assert.EqualError(t, errs, "assessment: a: got nothing, want x; b: got nothing, want y")
	require.ErrorIs(t, errs, ErrInvalid)
	var one FieldError
	require.True(t, errors.As(errs.Err(), &one))
	assert.Equal(t, "a", one.Field)

	assert.True(t, strings.HasSuffix(make(FieldErrors, 25).Error(), "; and 5 more"))
	assert.Len(t, make(FieldErrors, 25).Unwrap(), 25)
}

func TestNoFieldErrorsAreNoError(t *testing.T) {
	assert.NoError(t, FieldErrors(nil).Err())
	assert.NoError(t, FieldErrors{}.Err())
	assert.EqualError(t, FieldErrors{}, "assessment: no errors")
}

func TestAFieldErrorConvertsToAStructOfTheSameFields(t *testing.T) {
	type hostError struct {
		Field, Rule string
		Value       any
		Want        string
	}
	assert.Equal(t, hostError{"a", "r", 1, "y"}, hostError(FieldError{"a", "r", 1, "y"}))
}
