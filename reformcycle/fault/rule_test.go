package fault_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

func TestTextsKeepToTheirRule(t *testing.T) {
	for _, c := range []struct {
		rule fault.TextRule
		text string
		want string
	}{
		{fault.ID, "LBR-NCHAP", ""},
		{fault.ID, "কমিউনিটি ক্লিনিক", ""},
		{fault.ID, "ශ්\u200dරී ලංකා", ""}, // a joiner inside a word
		{fault.ID, "علی\u200cرضا", ""},
		{fault.ID, "N’Djamena\u00a0A", ""}, // a no-break space
		{fault.ID, "", fault.Required},
		{fault.ID, " \t", fault.Required},
		{fault.ID, "\u200b", fault.Required},
		{fault.ID, "\u200d\u200d", fault.Required},
		{fault.ID, "a\u200d", fault.Characters}, // a joiner that joins nothing
		{fault.ID, "a\u200bb", fault.Characters},
		{fault.ID, " a", fault.Characters},
		{fault.ID, "a\u00a0", fault.Characters},
		{fault.ID, "a\nb", fault.Characters},
		{fault.ID, "a\u202eb", fault.Characters}, // turns the direction round
		{fault.ID, "a\xffb", fault.Encoding},
		{fault.ID, "\ufffd", ""}, // the character itself, not a broken byte
		{fault.ID, strings.Repeat("ශ", 128), ""},
		{fault.ID, strings.Repeat("ශ", 129), fault.Length},
		{fault.ID, strings.Repeat("a", 1<<20), fault.Length},
		{fault.ID, "\u3164", fault.Required},     // a filler is a letter that shows nothing
		{fault.ID, "\u2800", fault.Required},     // the empty pattern of Braille
		{fault.ID, "\ufe0f", fault.Required},     // the variant of nothing
		{fault.ID, "\u0301", fault.Required},     // a mark on nothing
		{fault.ID, "a\u034fb", fault.Characters}, // looks like "ab"
		{fault.ID, "a\u3164b", fault.Characters},
		{fault.ID, "a\ufe0fb", fault.Characters},
		{fault.ID, "\u8fbb\U000e0100", ""}, // a family name in its own shape
		{fault.ID, "\u1822\u180b", ""},     // Mongolian chooses shapes
		{fault.ID, "\u260e\ufe0f 112", ""},
		{fault.Text, "\u3164\u2800\n", fault.Required},
		{fault.Text, "a\ufe0f", ""},
		{fault.ID.OrNone(), "", ""},
		{fault.ID.OrNone(), " ", fault.Characters},
		{fault.Name, strings.Repeat("a", 512), ""},
		{fault.Name, strings.Repeat("a", 513), fault.Length},
		{fault.Text, "two\r\n\tlines ", ""},
		{fault.Text, "\n", fault.Required},
		{fault.Text, "a\x00", fault.Characters},
		{fault.Text, "a\u2066b", fault.Characters},
		{fault.Text, "a\u2069b", fault.Characters},
		{fault.Text, "a\u202ab", fault.Characters},
		{fault.Text, "a\u202eb", fault.Characters},
		{fault.Text, "a\u2029\u202fb", ""},
		{fault.ID, "a~ z", ""},
		{fault.ID, "a\x7fb", fault.Characters},
		{fault.ID, "a\x1fb", fault.Characters},
		{fault.Text, strings.Repeat("é", 4096), ""},
		{fault.Text, strings.Repeat("é", 4097), fault.Length},
		{fault.Note, "", ""},
		{fault.Note, "\x07", fault.Characters},
	} {
		assert.Equal(t, c.want, c.rule.Broken(c.text), "%q", c.text)
		var wrong fault.Fields
		wrong.Text("f", c.text, c.rule)
		assert.Equal(t, c.want != "", len(wrong) == 1, "%q", c.text)
	}
	var wrong fault.Fields
	wrong.Text("id", "ab\u202ec", fault.ID)
	wrong.Text("id", "ab\xff", fault.ID)
	assert.Equal(t, "a name of 1 to 128 printable characters with no space around it; character 3 is U+202E", fmt.Sprint(wrong[0].Want))
	assert.Equal(t, "valid UTF-8; byte 3 is none", fmt.Sprint(wrong[1].Want))
	wrong.Text("id", " \u200b", fault.ID)
	wrong.Text("id", strings.Repeat("a", 129), fault.ID)
	assert.Equal(t, "a name of 1 to 128 printable characters with no space around it; character 2 is U+200B", fmt.Sprint(wrong[2].Want))
	assert.Equal(t, "a name of 1 to 128 printable characters with no space around it; it has 129", fmt.Sprint(wrong[3].Want))
	wrong.Text("id", strings.Repeat("a", 5<<20), fault.ID)
	assert.Equal(t, "a name of 1 to 128 printable characters with no space around it; it has 5242880 bytes", fmt.Sprint(wrong[4].Want))
}

func TestNumbersKeepToTheirBounds(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	var wrong fault.Fields
	for _, ok := range []bool{
		wrong.Number("", 0, 0, 1), wrong.Number("", 1, 0, 1), wrong.Number("", math.MaxFloat64, 0, inf), wrong.Number("", -1, -inf, inf),
		wrong.Positive("", 5e-324, inf), wrong.Positive("", 2, 2), wrong.Whole("", 3, 3, 3), wrong.Count("", 3, 3),
	} {
		assert.True(t, ok)
	}
	assert.Empty(t, wrong)
	for _, ok := range []bool{
		wrong.Number("", nan, -inf, inf), wrong.Number("", inf, 0, inf), wrong.Number("", -inf, -inf, 0), wrong.Number("", 1.5, 0, 1),
		wrong.Positive("", 0, inf), wrong.Positive("", 3, 2), wrong.Whole("", 4, 1, 3), wrong.Count("", 4, 3),
	} {
		assert.False(t, ok)
	}
	var wants []string
	for _, f := range wrong {
		wants = append(wants, fmt.Sprint(f.Want))
	}
	assert.Equal(t, []string{
		"a finite number", "a finite number, 0 or more", "a finite number, 0 or less", "a number from 0 to 1",
		"a finite number above 0", "a number above 0, at most 2", "a whole number from 1 to 3", "at most 3 of them",
	}, wants)
}

// What looks the same is the same, and is as long: a name counts in its normal form.
func TestANameCountsInItsNormalForm(t *testing.T) {
	apart := strings.Repeat("e\u0302\u0301", fault.ID.Most) // three characters for one
	assert.Empty(t, fault.ID.Broken(apart))
	assert.Equal(t, strings.Repeat("\u1ebf", fault.ID.Most), fault.NFC(apart))
	assert.Equal(t, fault.Length, fault.ID.Broken(apart+"x"))

	var read struct {
		Name string `json:"name"`
	}
	for _, typed := range []string{"\u1ebf", "e\u0302\u0301", `e\u0302\u0301`, `e\u0302` + "\u0301"} {
		require.NoError(t, fault.ReadJSON([]byte(`{"name":"`+typed+`"}`), 100, &read, nil))
		assert.Equal(t, "\u1ebf", read.Name)
	}
	var wrong fault.Fields
	first := map[string]int{}
	wrong.Once("areas[0].id", "\u1ebf", first, "areas", 0)
	wrong.Once("areas[1].id", "e\u0302\u0301", first, "areas", 1)
	require.Len(t, wrong, 1)
	assert.Equal(t, fault.Unique, wrong[0].Rule)
}
