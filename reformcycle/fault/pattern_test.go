package fault_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

var everyRule = []fault.TextRule{fault.ID, fault.ID.OrNone(), fault.Name, fault.Text, fault.Note}

// Every character, alone, between letters, at both ends and behind a joiner (of those
// beyond the alphabets one in nineteen): what a rule accepts in normal form its pattern matches as it was typed, and of what
// is written in Latin-1 it matches nothing else.
func TestAPatternMatchesWhatItsRuleAccepts(t *testing.T) {
	for _, rule := range everyRule {
		pattern := regexp.MustCompile(rule.Pattern())
		for c := rune(0); c <= unicode.MaxRune; c++ {
			if !utf8.ValidRune(c) || c > 0x3100 && c%19 > 0 && (c < 0xF900 || c > 0xFFFF) {
				continue
			}
			x := string(c)
			for _, typed := range []string{x, "a" + x + "b", x + "b", "a" + x, "a " + x, "\u0dc1\u0dca\u200d" + x} {
				accepted, matches := rule.Broken(fault.NFC(typed)) == "", pattern.MatchString(typed)
				if accepted && !matches || matches && !accepted && c <= unicode.MaxLatin1 && !strings.Contains(typed, "\u200d") {
					t.Fatalf("%+q by %+v: accepted %v, matched %v", typed, rule, accepted, matches)
				}
			}
		}
	}
}

// And of those beyond Latin-1 it finds the ones by which a text pretends to be another.
func TestAPatternFindsWhatTurnsOrHides(t *testing.T) {
	for _, rule := range everyRule {
		pattern := regexp.MustCompile(rule.Pattern())
		for _, hidden := range []string{"a\u202eb", "a\u2066b", "a\u2069b", "\u202ab"} {
			require.False(t, pattern.MatchString(hidden), "%q", hidden)
		}
		if !rule.Lines {
			for _, hidden := range []string{"a\u200bb", "\ufeffa", "a\u2028b", "a\u00adb", "a\u200d", "\u200ca", "\u2003a", "a\u3000"} {
				require.False(t, pattern.MatchString(hidden), "%q", hidden)
			}
		}
		require.Equal(t, rule.Optional, pattern.MatchString(""))
		require.Equal(t, rule.Optional && rule.Lines, pattern.MatchString("\u200d\u00a0\u2003"))
	}
}

// Of how many characters the normal form makes one, and which these are, is Unicode's
// to say: its whole list of characters is asked.
func TestOnlyComposingCharactersMakeATextShorter(t *testing.T) {
	composing := regexp.MustCompile(fault.Composing)
	most := 0
	for c := rune(0); c <= unicode.MaxRune; c++ {
		apart := []rune(norm.NFD.String(string(c)))
		most = max(most, len(apart))
		for _, behind := range apart[1:] {
			require.True(t, composing.MatchString(string(behind)), "%U", c)
		}
	}
	require.Equal(t, most, fault.MostComposed)
	require.False(t, composing.MatchString("Dr\u00e9 \u02ff\n"))
}

// What time.Parse takes beside RFC 3339 is refused, so that the pattern says it all.
func TestAMomentIsWrittenAsItsPatternSays(t *testing.T) {
	pattern := regexp.MustCompile(fault.MomentPattern)
	for text, is := range map[string]bool{
		"2003-05-14T10:00:00Z": true, "2003-05-14T10:00:00.123456789+05:30": true, "0000-01-01T00:00:00-14:00": true,
		"2003-05-14T1:00:00Z": false, "2003-05-14T10:00:00,5Z": false, "2003-05-14t10:00:00Z": false, "2003-05-14T10:00:00": false,
		"2003-05-14": false, "2003-05-14T10:00Z": false, "2003-05-14 10:00:00Z": false, "": false, "2003-05-14T10:00:00+0530": false,
	} {
		var read struct {
			On time.Time `json:"on"`
		}
		err := fault.ReadJSON([]byte(`{"on":"`+text+`"}`), 100, &read, nil)
		require.Equal(t, is, err == nil, text)
		require.Equal(t, is, pattern.MatchString(text), text)
	}
}

// What only the keeper of a record sets is refused in input whatever its value, and read
// where it was kept.
func TestInputHasNothingThatTheKeeperSets(t *testing.T) {
	type kept struct {
		ID    string `json:"id"`
		Entry int    `json:"entry" validate:"-"`
		Below []struct {
			Lap *int `json:"lap" validate:"-"`
		} `json:"below"`
	}
	text := []byte(`{"entry": 0, "id": "a", "below": [{"lap": null}, {}, {"lap": {}}]}`)
	var k kept
	err := fault.ReadInput(text, 100, &k, func() (wrong fault.Fields) {
		wrong.Text("id", k.ID, fault.ID)
		return wrong
	})
	var paths []string
	for _, f := range fault.Of(err) {
		require.Equal(t, fault.Own, f.Rule)
		require.Equal(t, f.Path, strings.TrimSuffix(f.Error()[:strings.IndexByte(f.Error(), ' ')], ":"))
		require.Contains(t, f.Error(), "): want nothing: it is set as it is recorded", "and does not say that nothing was there")
		paths = append(paths, f.Path)
	}
	require.Equal(t, []string{"entry", "below[0].lap", "below[2].lap"}, paths)
	require.Equal(t, 2, fault.Of(err)[0].Column, "where its key stands")
	require.NoError(t, fault.ReadJSON([]byte(`{"entry": 7}`), 100, &k, nil))
	require.Equal(t, 7, k.Entry)
}
