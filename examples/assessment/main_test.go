package main

import (
	"bytes"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

var update = flag.Bool("update", false, "write the golden files")

// The page and the picture are read by people: after a change of the model,
// look at the difference before updating them.
func TestThePageAndThePictureAreTheGoldenOnes(t *testing.T) {
	svg := filepath.Join(t.TempDir(), "scorecard.svg")
	var page bytes.Buffer
	require.NoError(t, run(&page, []string{"-svg", svg}))
	picture, err := os.ReadFile(svg)
	require.NoError(t, err)
	for golden, got := range map[string][]byte{"testdata/page.golden": page.Bytes(), "testdata/scorecard.golden.svg": picture} {
		if *update {
			require.NoError(t, os.WriteFile(golden, got, 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got))
	}
}

func TestEverythingInventedIsMarked(t *testing.T) {
	var page bytes.Buffer
	require.NoError(t, run(&page, nil))
	assert.Contains(t, page.String(), "An invented workshop (illustrative), basis: illustrative")
}

// What nobody typed is told in the language that was asked for.
func TestThePageIsToldInOneLanguage(t *testing.T) {
	for tag, title := range map[string]string{"fr": "Ce dont il faut discuter d’abord", "pt": "O que discutir primeiro", "es": "De qué hablar primero"} {
		var page bytes.Buffer
		require.NoError(t, run(&page, []string{"-language", tag}))
		assert.Contains(t, page.String(), title)
	}
	p, err := read(languagetest.Accented(nil), "")
	require.NoError(t, err)
	var typed []string
	for _, row := range p.sheet.Rows() {
		typed = append(typed, row.Assessor, row.Note)
	}
	for f := range frameworks.All() {
		for _, item := range f.Items() {
			typed = append(typed, item.ID)
		}
	}
	var page bytes.Buffer
	require.NoError(t, p.write(&page))
	assert.Empty(t, languagetest.Leaks(page.String(), typed...))
	assert.Empty(t, languagetest.Cuts(page.String()))
}

func TestASheetOfOnesOwnIsRead(t *testing.T) {
	sheet := filepath.Join(t.TempDir(), "own.csv")
	require.NoError(t, os.WriteFile(sheet, []byte("item,assessor,level\ntraining,Ama,3\n"), 0o644))
	var page bytes.Buffer
	require.NoError(t, run(&page, []string{"-sheet", sheet}))
	assert.Contains(t, page.String(), "basis: documented\nAssessors: 1. Of 10 cells, rated: 1; left blank: 0; missing: 9\n")
	assert.Contains(t, page.String(), "Krippendorff's alpha is not defined: there is only one assessor\n")

	require.NoError(t, os.WriteFile(sheet, []byte("item,assessor,level\ntrainning,Ama,3\ntraining,Ama,0\n"), 0o644))
	page.Reset()
	err := run(&page, []string{"-sheet", sheet})
	assert.ErrorIs(t, err, fault.ErrInvalid)
	assert.ErrorContains(t, err, `item (line 2): got "trainning"`)
	assert.ErrorContains(t, err, `level (line 3): got "0"`)
	assert.Empty(t, page.String())
}

func TestAFileThatIsNotThereIsAnError(t *testing.T) {
	none := filepath.Join(t.TempDir(), "no", "such")
	assert.ErrorIs(t, run(io.Discard, []string{"-svg", none}), fs.ErrNotExist)
	assert.ErrorIs(t, run(io.Discard, []string{"-sheet", none}), fs.ErrNotExist)
	assert.ErrorIs(t, run(io.Discard, []string{"-h"}), flag.ErrHelp)
}
