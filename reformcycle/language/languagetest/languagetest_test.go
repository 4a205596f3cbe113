package languagetest_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

// Each format is read as people read it: what stands in its markup is none of theirs.
func TestWhatNoLanguageSaidIsFound(t *testing.T) {
	for page, want := range map[string][]string{
		"# ⟦Ŵĥö~⟧\n\nin the coalition: MoH, ⟦Ŵĥö~⟧ and 3 *old* men":                     {"in the coalition", "and", "old", "men"},
		"⟦Ŵĥö~⟧ [⟦ŵĥö~⟧](https://example.org/page) `launch` <br> https://example.org/x": nil,
		"a\\_b | x\\_y &amp; z":                {"a_b", "x_y", "z"},
		"The Ministry\nof Health and the Min…": {"The", "and the"},
		"The MoHs and MoH's":                   {"The MoHs and 's"},
		"```\nin a block\n```\n":               {"in a block"},
		"<svg><title>A title</title><style>p{color:red}</style><text class=\"of\">⟦ŵ~⟧</text><text>on the axis</text></svg>":           {"A title", "on the axis"},
		"<!doctype html><p title=\"a hint\" class=\"c\">⟦Ŵĥö~⟧<br>told<script>let it = 1</script><input placeholder='typed here'></p>": {"a hint", "told", "typed here"},
		"<svg><text>": {"the markup is broken", "XML syntax error on line", "unexpected EOF"},
		`{"id": "launch", "texts": ["of it", {"said": "⟦ŵ~⟧"}], "n": 3}`:                                      {"launch", "of it"},
		"digraph x {\n    a [label=\"a label\\nof two\", shape=box];\n    a -> b [tooltip=\"⟦ŵ~⟧\"];\n}":      {"a label", "of two"},
		"stateDiagram-v2\n    %% a comment\n    state \"on it\" as launch\n    launch --> design : goes back": {"on it", "goes back"},
		"2003-05-14, 3.5 %, 12": nil,
	} {
		assert.Equal(t, want, languagetest.Leaks(page, "MoH", "Ministry of Health", "", "Ministry"), page)
	}
	assert.Equal(t, []string{"x"}, languagetest.Leaks("Ministry of Finance x Ministry", "Ministry", "Ministry of Finance"), "the longer name is one")
}

// What people typed is what the JSON of a value holds; a word that may be a vocabulary's
// is not.
func TestWhatPeopleTypedIsFoundInAValue(t *testing.T) {
	type actor struct {
		ID, Name, Role string
		Seen           []string
		N              int
		Also           map[string]string
	}
	assert.Equal(t, []string{"moh-1", "Ministry of Health", "A report", "Key"},
		languagetest.Typed(actor{"moh-1", "Ministry of Health", "champion", []string{"A report", "high_power"}, 3, map[string]string{"The key": "Key"}}))
}

func TestATextThatDoesNotEndIsCut(t *testing.T) {
	assert.Empty(t, languagetest.Cuts("⟦åƀ ⟦ç~⟧\nđ~~⟧"))
	assert.Equal(t, []string{"⟦åƀ…"}, languagetest.Cuts("⟦ç~⟧ ⟦åƀ…"))
	assert.Equal(t, []string{"⟦åƀ…\n⟦ç~⟧"}, languagetest.Cuts("<svg><text>⟦åƀ…</text><text>⟦ç~⟧</text></svg>"))
}

// Two texts in one line are two sentences, or stand apart.
func TestPiecesOfASentenceAreFound(t *testing.T) {
	assert.Empty(t, languagetest.Pieces("⟦Åƀ.~⟧ ⟦Ç.~⟧\n⟦åƀ~⟧: ⟦ç~⟧\n⟦åƀ:~⟧ ⟦ç~⟧\n⟦åƀ~⟧ (⟦ç~⟧)\n⟦åƀ ⟦ç~⟧ ⟦đ~⟧~~⟧"))
	assert.Empty(t, languagetest.Pieces("⟦Åƀ\nç~⟧ (⟦ç~⟧)\n⟦Åƀ\nç.~⟧ ⟦Đ~⟧"), "a text goes on in the next line")
	assert.Empty(t, languagetest.Pieces("⟦Åƀ~⟧⟦ öŕ ~⟧⟦ç~⟧"), "what joins a list")
	assert.Equal(t, []string{"⟦Åƀ~⟧, "}, languagetest.Pieces("⟦Åƀ~⟧, ⟦ç~⟧ ⟦đ~⟧.")[:1])
}

// Both languages say every text of the module and of its data, in nothing but their own
// letters, and as long as they promise.
func TestTheMadeUpLanguagesSayEverything(t *testing.T) {
	s, err := language.ReadSource([]byte(`{"texts": [{"id": "host.own", "args": [{"name": "who", "kind": "name"}], "text": "{who} of ours"}]}`))
	require.NoError(t, err)
	for _, l := range []*language.Language{languagetest.Accented(nil), languagetest.Mirrored(nil), languagetest.Accented([]string{"Our own"}, s), languagetest.Mirrored([]string{"Our own"}, s)} {
		assert.Empty(t, l.Missing(language.Texts(), fr.Language().BuiltIn()...), l.Tag())
		for _, english := range l.BuiltIn() {
			said := l.Say(language.Built(english))
			assert.Empty(t, languagetest.Leaks(said), l.Tag())
			if l.Tag() == "en-XA" && utf8.RuneCountInString(english) > 10 {
				assert.GreaterOrEqual(t, utf8.RuneCountInString(said), utf8.RuneCountInString(english)*5/4, said)
			}
		}
	}
	l := languagetest.Accented([]string{"Our own"}, s)
	assert.Equal(t, "⟦Öûŕ öŵñ~~~⟧", l.Say(language.Built("Our own")))
	assert.Equal(t, "⟦MoH öƒ öûŕš~~~⟧", l.Say(language.Of("host.own", "who", "MoH")))
	assert.True(t, languagetest.Mirrored(nil).RightToLeft())
}
