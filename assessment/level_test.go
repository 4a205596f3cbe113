package assessment_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

var levels = []struct {
	level Level
	text  string
	digit string
	share float64
}{
	{Unknown, "unknown", "", 0},
	{NonFunctional, "non-functional", "1", 0},
	{PartiallyFunctional, "partially-functional", "2", 1.0 / 3},
	{Functional, "functional", "3", 2.0 / 3},
	{HighlyFunctional, "highly-functional", "4", 1},
}

func TestALevelIsReadFromItsTextAndItsDigit(t *testing.T) {
	for _, tt := range levels {
		l, err := ParseLevel(tt.text)
		require.NoError(t, err)
		assert.Equal(t, tt.level, l)
		assert.Equal(t, tt.text, l.String())
		assert.Equal(t, tt.share, l.Share())
		assert.True(t, l.Valid())
		assert.Equal(t, l != Unknown, l.Known())

		data, err := json.Marshal(l)
		require.NoError(t, err)
		assert.JSONEq(t, `"`+tt.text+`"`, string(data))
		var back Level
		require.NoError(t, json.Unmarshal(data, &back))
		assert.Equal(t, l, back)

		if tt.digit == "" {
			continue
		}
		l, err = ParseLevel(tt.digit)
		require.NoError(t, err)
		assert.Equal(t, tt.level, l)
		for _, data := range []string{tt.digit, `"` + tt.digit + `"`} {
			require.NoError(t, json.Unmarshal([]byte(data), &back))
			assert.Equal(t, tt.level, back)
		}
	}
}

func TestWhatIsNoLevelIsRefusedWithWhatIsAccepted(t *testing.T) {
	for _, bad := range []string{"", " ", "0", "5", "-1", "Functional", "functional ", "3.0", "ok", "\xff", "level(9)"} {
		l, err := ParseLevel(bad)
		var field fault.Field
		require.ErrorAs(t, err, &field, "%q", bad)
		require.ErrorIs(t, err, fault.ErrInvalid)
		assert.Equal(t, Unknown, l)
		assert.Equal(t, bad, field.Value)
		assert.Contains(t, err.Error(), "highly-functional")

		kept := Functional
		require.Error(t, kept.UnmarshalText([]byte(bad)))
		assert.Equal(t, Functional, kept, "a refused text must leave the level as it was")
	}
	for _, bad := range []string{`0`, `5`, `-1`, `2.5`, `true`, `{}`, `[3]`, `""`, `"ok"`} {
		kept := Functional
		require.ErrorIs(t, json.Unmarshal([]byte(bad), &kept), fault.ErrInvalid, bad)
		assert.Equal(t, Functional, kept)
	}
	for text, want := range map[string]Level{`3.0`: Functional, `1e0`: NonFunctional} {
		var l Level
		require.NoError(t, json.Unmarshal([]byte(text), &l))
		assert.Equal(t, want, l, text)
	}
	var l Level
	require.ErrorIs(t, l.UnmarshalJSON([]byte("functional")), fault.ErrInvalid, "a bare word is not JSON")
	require.ErrorIs(t, l.UnmarshalJSON(nil), fault.ErrInvalid)
}

func TestNullLeavesALevelAsItIs(t *testing.T) {
	l := Functional
	require.NoError(t, json.Unmarshal([]byte("null"), &l))
	assert.Equal(t, Functional, l)
}

func TestAValueOffTheScaleIsNeitherValidNorKnownNorWritten(t *testing.T) {
	l := Level(9)
	assert.False(t, l.Valid())
	assert.False(t, l.Known())
	assert.Zero(t, l.Share())
	assert.Equal(t, "level(9)", l.String())
	_, err := l.MarshalText()
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = json.Marshal(l)
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func FuzzLevelText(f *testing.F) {
	for _, tt := range levels {
		f.Add(tt.text)
	}
	f.Add("0")
	f.Add("4")
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseLevel(s)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			require.Equal(t, Unknown, l)
			return
		}
		require.True(t, l.Valid())
		text, err := l.MarshalText()
		require.NoError(t, err)
		var back Level
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, l, back)
	})
}
