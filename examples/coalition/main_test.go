package main

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

var update = flag.Bool("update", false, "write the golden file")

// The page is read by people: look at the difference before updating it.
func TestThePageIsTheGoldenOne(t *testing.T) {
	for _, l := range languages {
		golden := filepath.Join("testdata", "page."+l.Tag()+".golden")
		var page bytes.Buffer
		require.NoError(t, run(t.Context(), &page, []string{"-language", l.Tag()}))
		if *update {
			require.NoError(t, os.MkdirAll("testdata", 0o755))
			require.NoError(t, os.WriteFile(golden, page.Bytes(), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		assert.Equal(t, string(want), page.String())
	}
}

// What nobody typed is said by the language.
func TestThePageSaysNothingInEnglishWhenToldInAnotherLanguage(t *testing.T) {
	accented := languagetest.Accented(nil)
	languages = append(languages, accented)
	defer func() { languages = languages[:len(languages)-1] }()
	var page bytes.Buffer
	require.NoError(t, run(t.Context(), &page, []string{"-language", accented.Tag()}))
	require.Contains(t, page.String(), "⟦")
	assert.Empty(t, languagetest.Leaks(page.String()))
}

func TestThePicturesAreWellFormed(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, run(t.Context(), io.Discard, []string{"-pictures", dir}))
	pictures, err := filepath.Glob(filepath.Join(dir, "*.svg"))
	require.NoError(t, err)
	require.Len(t, pictures, 5)
	for _, file := range pictures {
		picture, err := os.Open(file)
		require.NoError(t, err)
		defer picture.Close()
		for dec := xml.NewDecoder(picture); ; {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else {
				require.NoError(t, err, file)
			}
		}
	}
}
