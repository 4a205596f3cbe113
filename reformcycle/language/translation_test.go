package language_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
)

// A glossary says how each term of the field is written, and where it was seen: a
// publication or an address; "ours" where it was seen nowhere.
func TestAGlossarySaysWhereATermWasSeen(t *testing.T) {
	for _, l := range shipped[1:] {
		file := filepath.Join(l.Tag(), "glossary.json")
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var glossary struct {
			Terms []struct {
				English string `json:"english"`
				Term    string `json:"term"`
				Seen    string `json:"seen"`
			} `json:"terms"`
		}
		require.NoError(t, fault.ReadJSON(data, 1<<20, &glossary, func() fault.Fields { return nil }), file)
		require.NotEmpty(t, glossary.Terms, file)
		last := ""
		for _, g := range glossary.Terms {
			for _, text := range []string{g.English, g.Term, g.Seen} {
				assert.NotEmpty(t, text, "%s: %s", file, g.English)
				assert.Equal(t, strings.TrimSpace(text), text, "%s: %s", file, g.English)
			}
			english := strings.ToLower(g.English)
			assert.Greater(t, english, last, "%s: in the order of the alphabet, each once", file)
			last = english
			if g.Seen != "ours" && !strings.HasPrefix(g.Seen, "ours; ") {
				assert.Regexp(t, `\d{4}|https?://\S+$`, g.Seen, "%s: %s: a year or an address", file, g.English)
			}
		}
	}
}

// French is set with its own apostrophe, and without a break before : ; ? ! and within
// its quotation marks.
func TestFrenchIsSetAsItIsPrinted(t *testing.T) {
	bad := regexp.MustCompile(`'|[^\x{a0}][:;?!»]|«[^\x{a0}]|\x{a0}[^:;?!»]`)
	elsewhere := regexp.MustCompile(`«\x{a0}|\bdoi:|\d\x{a0}[\d%]|2021;9|\):S\d|Health: Science|services: the`) // quotation marks, links, figures and English titles
	for _, english := range builtIn() {
		said := language.Match(shipped, "fr").Say(language.Built(english))
		assert.Empty(t, bad.FindString(elsewhere.ReplaceAllString(said, "")), said)
	}
}

// Portuguese is read in Africa, Brazil and Portugal: no word stands in it whose spelling
// one of them has for itself, and none for which each of them has its own.
func TestPortugueseIsReadOnThreeContinents(t *testing.T) {
	parts := regexp.MustCompile(`(?i)\b(regist|planea|planeja|equip[ae]s?\b|concep?ção|percep?ção|excep?cion|fac?tos?\b|contac?t|respec?tiv|perspec?tiv|aspec?to|monitor|control[eo]|utilizador|usuári|utente|comit[éê]|(com)?partilh|projec|direc[tç]|acç|objec|sec?ç(ão|ões)\b|recep?ção)|[óôéê][mn][aeio]`)
	arguments := regexp.MustCompile(`\{[^}]*\}`)
	l := pt.Language()
	for _, id := range language.Texts().IDs() {
		said := arguments.ReplaceAllString(l.Say(language.Of(id)), "")
		assert.Empty(t, parts.FindString(said), id)
	}
	for _, english := range builtIn() {
		said := l.Say(language.Built(english))
		assert.Empty(t, parts.FindString(said), said)
	}
}
