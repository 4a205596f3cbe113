package draw

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/chsreform/chsreform/reformcycle/language/fr"
)

func TestPlainIsOneBoundedLine(t *testing.T) {
	for text, want := range map[string]string{
		"  a \n\t b  ":                           "a b",
		"a\x00\x07b":                             "ab",
		"a\xffb":                                 "ab",
		"a\ufffdb":                               "a\ufffdb",
		"\u202eab\u2067":                         "ab",
		"\u2068ab\u2069":                         "\u2068ab\u2069",
		"à\u00a0:  b":                            "à\u00a0: b",
		"a\U000e0041b":                           "ab",
		"1234567890":                             "1234567890",
		"12345678901":                            "123456789…",
		"12345678 0123":                          "12345678…",
		"नमस्ते":                                 "नमस्ते",
		"می\u200cخواهم":                          "می\u200cخواهم",
		"\n\n":                                   "",
		"e\u0301\u0301\u0301\u0301\u0301\u0301b": "e\u0301\u0301\u0301\u0301b",
		"one two    three four":                  "one two t…",
	} {
		assert.Equal(t, want, Plain(text, 10), "%q", text)
	}
	assert.Equal(t, Ellipsis, Plain("ab", 1))
	assert.Equal(t, Ellipsis, Plain("ab", 0))
}

func TestAListTellsHowMuchOfItIsLeftOut(t *testing.T) {
	names := strings.Split(strings.Repeat("a", Told+2), "")
	assert.Equal(t, strings.Repeat("a, ", Told-1)+"a, and 2 more", Row(names).String())
	assert.Equal(t, "a, a", Row(names[:2]).String())
	assert.Equal(t, "a; a; and 1 more", Semicolons(names[:3], 2).String())
	assert.Equal(t, "a; a", Semicolons(names[:2], 2).String())
	assert.Equal(t, " a a", Sentences(nil, names[:2], func(s string) string { return s }))
	assert.Equal(t, strings.Repeat(" a", Told)+" Et 2 de plus.", Sentences(fr.Language(), names, func(s string) string { return s }))
}

func TestSmallWords(t *testing.T) {
	assert.Equal(t, "", First("", ""))
	assert.Equal(t, "", Capital(""))
	assert.Equal(t, "\xffa", Capital("\xffa"), "no letter")
	assert.Equal(t, "Éa", Capital("éa"))
	assert.Equal(t, "a.", Sentence("a"))
	assert.Equal(t, "a?", Sentence("a?"))
	assert.Equal(t, "a…", Sentence("a…"))
}
