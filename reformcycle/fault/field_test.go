package fault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

func TestARefusalSaysWhereWhatAndWhatWouldBeAccepted(t *testing.T) {
	var wrong fault.Fields
	require.NoError(t, wrong.Err())
	wrong.Add("role", fault.Known, "boss", words("one of leader, donor"))
	var actors fault.Fields
	actors.Under("actors[3]", wrong)
	err := fmt.Errorf("reading: %w", actors.Err())
	assert.Equal(t, `reading: actors[3].role: got "boss", want one of leader, donor`, err.Error())
	assert.ErrorIs(t, err, fault.ErrInvalid)
	assert.Equal(t, actors, fault.Of(err))
	assert.Nil(t, fault.Of(errors.New("other")))
	assert.Equal(t, fault.Fields{actors[0]}, fault.Of(actors[0]))
	assert.Equal(t, "line 3, column 7: got nothing, want a value", fault.Field{Line: 3, Column: 7, Want: words("a value")}.Error())
}

// Whatever the input was: no message and no JSON form has more than 8 KiB.
func TestMessagesAndJSONAreBounded(t *testing.T) {
	for _, long := range []string{strings.Repeat("x", 5<<20), strings.Repeat("<", 5<<20), strings.Repeat("\U000e0001", 1<<20), strings.Repeat("\xff", 1<<20)} {
		for _, n := range []int{1, 500} {
			var wrong fault.Fields
			for range n {
				wrong.Add(long, long, long, words(long))
			}
			wrong.Add("", fault.Range, math.NaN(), words(""))
			wrong.Add("", fault.Range, math.Inf(1), words(""))
			assert.LessOrEqual(t, len(wrong.Error()), fault.MaxMessage)
			assert.Equal(t, n > 20, strings.HasSuffix(wrong.Error(), " more"))
			text, err := json.Marshal(wrong)
			require.NoError(t, err)
			assert.LessOrEqual(t, len(text), fault.MaxMessage)
			var read struct {
				Code   string
				Fields []struct{ Path, Rule, Value, Want string }
				More   int
			}
			require.NoError(t, json.Unmarshal(text, &read))
			assert.Equal(t, "invalid", read.Code)
			assert.Equal(t, len(wrong), len(read.Fields)+read.More)
			assert.NotEmpty(t, read.Fields)
		}
	}
	text, err := json.Marshal(fault.Fields{{Path: "weight", Rule: fault.Range, Value: math.NaN(), Want: words("a number")}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"code":"invalid","fields":[{"path":"weight","rule":"range","value":"NaN","want":"a number"}]}`, string(text))
}

// Who hears a refusal from a service reads what it was told.
func TestAFieldIsReadBackAsItWasTold(t *testing.T) {
	var wrong fault.Fields
	wrong.Whole("weight", 12, 1, 5)
	wrong.Add("kind", fault.Required, nil, fault.WantOwn)
	wrong[1].Line, wrong[1].Column = 3, 7
	for _, f := range wrong {
		text, err := json.Marshal(f)
		require.NoError(t, err)
		var read fault.Field
		require.NoError(t, json.Unmarshal(text, &read))
		again, err := json.Marshal(read)
		require.NoError(t, err)
		assert.Equal(t, string(text), string(again))
		assert.Equal(t, f.Want.String(), read.Want.String())
	}
}

func TestValuesAreShownSoThatTheyCanBeSeen(t *testing.T) {
	var nobody *string
	for want, v := range map[string]any{
		`nothing`: nil, `" \n"`: " \n", `7`: 7, `NaN`: math.NaN(), `true`: true,
		`2 of them`: []int{1, 2}, `nothing `: nobody, `""`: "", `no moment`: time.Time{}, `"` + strings.Repeat("é", 80) + `…"`: strings.Repeat("é", 81),
	} {
		assert.Equal(t, strings.TrimSpace(want), fault.Shown(v))
	}
	assert.Equal(t, "one of a, b", fault.OneOf([]string{"a", "b"}).String())
	assert.True(t, strings.HasSuffix(fault.OneOf(make([]string, 33)).String(), " and 3 more"))
}

func TestATextIsCutToBytesThatItTakesInJSON(t *testing.T) {
	for _, text := range []string{strings.Repeat("a", 500), strings.Repeat("é", 500), strings.Repeat("<", 500), strings.Repeat("\x00", 500), strings.Repeat("\xff", 500), strings.Repeat("\"\\\u2028", 200)} {
		for _, most := range []int{3, 10, 99, 100} {
			cut := fault.Cut(text, most)
			encoded, err := json.Marshal(cut)
			require.NoError(t, err)
			assert.LessOrEqual(t, len(encoded), most+len(`""`), "%q", cut)
			assert.True(t, strings.HasSuffix(cut, "…"))
		}
	}
	assert.Equal(t, "abc", fault.Cut("abc", 3))
	assert.Equal(t, "abcd…", fault.Cut("abcdefgh", 7))
}

type (
	named  string
	number uint8
)

func (n number) String() string { return "number " + string('0'+rune(n)) }

func TestNamesAreQuotedAndTheirZeroIsNothing(t *testing.T) {
	for want, v := range map[string]any{`"moh"`: named("moh"), `"number 3"`: number(3), "nothing": number(0), "2014-01-01T00:00:00Z": time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC), "0": 0} {
		assert.Equal(t, want, fault.Shown(v))
	}
}

func TestFaultsAreListedAsThereIsRoomAndTheOthersCounted(t *testing.T) {
	of := func(n int, want string) fault.Fields {
		return slices.Repeat(fault.Fields{{Path: "a", Rule: "b", Want: long(want)}}, n)
	}
	text := of(30, strings.Repeat("x", 799)).Error()
	kept := strings.Count(text, strings.Repeat("x", 799))
	assert.True(t, strings.HasSuffix(text, fmt.Sprintf("; and %d more", 30-kept)), text[len(text)-20:])
	assert.Greater(t, kept, 6, "less than a thousand bytes each, into seven thousand")
	assert.Equal(t, kept, strings.Count(text, "; "))
	assert.LessOrEqual(t, len(text), fault.MaxMessage)
	assert.NotContains(t, of(20, "one").Error(), "more")
	assert.Equal(t, 20, strings.Count(of(21, "one").Error(), "one"))
	assert.True(t, strings.HasSuffix(of(21, "one").Error(), "; and 1 more"))
	assert.NotContains(t, of(1, "one").Error(), ";")
	assert.Empty(t, fault.Fields{}.Error())
}

type long string

func (l long) String() string { return string(l) }

func TestDistanceCountsLetters(t *testing.T) {
	// Levenshtein's examples are of this kind: kitten → sitten → sittin → sitting.
	require.Equal(t, 3, fault.Distance("kitten", "sitting", 9))
	require.Equal(t, 0, fault.Distance("seed", "seed", 9))
	require.Equal(t, 2, fault.Distance("", "ab", 9))
	require.Equal(t, 5, fault.Distance("abcde", "", 9))
	require.Equal(t, 1, fault.Distance("runs", "rns", 9))
}

// words that a test wants.
type words string

func (w words) String() string { return string(w) }
