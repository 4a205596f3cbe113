package frameworks_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/frameworks"
)

func TestATextFallsBackToTheLanguageThenToEnglishAndSaysSo(t *testing.T) {
	text := parsed(t, swapped(t, `"title": {"en": "A tool"}`, `"title": {"pt-BR": "Uma ferramenta", "fr": "Un outil", "en": "A tool"}`)).Title()
	for asked, want := range map[string][2]string{
		"en": {"A tool", "en"}, "fr": {"Un outil", "fr"}, "fr-CA": {"Un outil", "fr"}, "fr-Latn-CA": {"Un outil", "fr"},
		"pt-BR": {"Uma ferramenta", "pt-BR"}, "pt": {"A tool", "en"}, "sw": {"A tool", "en"}, "": {"A tool", "en"}, "-": {"A tool", "en"},
	} {
		got, given := text.In(asked)
		assert.Equal(t, want, [2]string{got, given}, "asked for %q", asked)
	}
	assert.Equal(t, "A tool", text.String())
	assert.Equal(t, []string{"en", "fr", "pt-BR"}, text.Languages())
	data, err := json.Marshal(text)
	require.NoError(t, err)
	assert.Equal(t, `{"en":"A tool","fr":"Un outil","pt-BR":"Uma ferramenta"}`, string(data))

	var blank frameworks.Text
	got, given := blank.In("fr")
	assert.Empty(t, got+given+blank.String())
	assert.True(t, blank.IsZero())
	assert.Empty(t, blank.Languages())
}
