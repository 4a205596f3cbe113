package main

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

var update = flag.Bool("update", false, "write the golden file")

// The page is read by people: after a change of the story or of the model, look at the
// difference before updating it.
func TestThePageIsTheGoldenOne(t *testing.T) {
	const golden = "testdata/page.golden"
	var page bytes.Buffer
	require.NoError(t, run(t.Context(), &page, nil))
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, page.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), page.String())
}

// The brief names who is waited for, with what was last known of them and when, and fits
// a page; the same in each language.
func TestTheBriefNamesNamesAndFitsAPage(t *testing.T) {
	for _, l := range languages {
		dir := t.TempDir()
		require.NoError(t, run(t.Context(), io.Discard, []string{"-language", l.Tag(), "-out", dir}))
		brief, err := os.ReadFile(filepath.Join(dir, "brief.md"))
		require.NoError(t, err)
		page, _, cut := strings.Cut(string(brief), "\n---\n")
		require.True(t, cut)
		assert.LessOrEqual(t, strings.Count(page, "\n"), 55, l.Tag())
		for _, name := range []string{"Tana River", "Lamu", "Garissa"} {
			assert.Contains(t, page, name, l.Tag())
		}
		calendar, err := os.ReadFile(filepath.Join(dir, "due.ics"))
		require.NoError(t, err)
		assert.True(t, bytes.HasPrefix(calendar, []byte("BEGIN:VCALENDAR\r\n")))
		pictures, err := filepath.Glob(filepath.Join(dir, "*.svg"))
		require.NoError(t, err)
		require.Len(t, pictures, 3)
		for _, file := range pictures {
			picture, err := os.ReadFile(file)
			require.NoError(t, err)
			for dec := xml.NewDecoder(bytes.NewReader(picture)); ; {
				if _, err := dec.Token(); err == io.EOF {
					break
				} else {
					require.NoError(t, err, file)
				}
			}
		}
	}
}

// What nobody typed is said by the language, and the facts are told in it.
func TestThePageSaysNothingInEnglishWhenToldInAnotherLanguage(t *testing.T) {
	accented := languagetest.Accented(cases.Texts())
	languages = append(languages, accented)
	defer func() { languages = languages[:len(languages)-1] }()
	var page bytes.Buffer
	require.NoError(t, run(t.Context(), &page, []string{"-language", accented.Tag()}))
	n := cases.Kenya(nil)
	typed := []string{"reform-readiness", "1.0.0-kenya"}
	for _, s := range n.National.Sources {
		typed = append(typed, s.Key, s.Citation, s.Link)
	}
	for _, c := range n.Cases() {
		typed = append(typed, languagetest.Typed(c.Chapters[0].Changes)...)
	}
	assert.Empty(t, languagetest.Leaks(page.String(), typed...))
}
