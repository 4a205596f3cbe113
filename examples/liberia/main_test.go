package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden file")

// The page is read by people: after a change of the story or of the model, look
// at the difference before updating it.
func TestThePageIsTheGoldenOne(t *testing.T) {
	const golden = "testdata/page.golden"
	var page bytes.Buffer
	require.NoError(t, run(t.Context(), &page, nil))
	if *update {
		require.NoError(t, os.WriteFile(golden, page.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), page.String())
}

// The picture in the README is this program's.
func TestTheREADMEsPictureIsCurrent(t *testing.T) {
	const picture = "../../docs/liberia.svg"
	fresh := filepath.Join(t.TempDir(), "ring.svg")
	require.NoError(t, run(t.Context(), io.Discard, []string{"-svg", fresh, "-asof", "2018-03-31"}))
	data, err := os.ReadFile(fresh)
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(picture, data, 0o644))
	}
	want, err := os.ReadFile(picture)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(data))
}

func TestTheFilesAreWrittenAlikeTwice(t *testing.T) {
	var first []string
	for range 2 {
		dir := t.TempDir()
		svg, markdown, state := filepath.Join(dir, "ring.svg"), filepath.Join(dir, "brief.md"), filepath.Join(dir, "state.json")
		require.NoError(t, run(t.Context(), io.Discard, []string{"-svg", svg, "-markdown", markdown, "-json", state}))
		var written []string
		for _, file := range []string{svg, markdown, state} {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			written = append(written, string(data))
		}
		assert.Contains(t, written[0], "<svg")
		assert.Contains(t, written[1], "Liberia")
		assert.True(t, json.Valid([]byte(written[2])))
		if first == nil {
			first = written
		}
		assert.Equal(t, first, written)
	}
}

func TestAFileThatCannotBeWrittenIsAnError(t *testing.T) {
	err := run(t.Context(), io.Discard, []string{"-json", filepath.Join(t.TempDir(), "no", "such", "folder.json")})
	assert.ErrorIs(t, err, fs.ErrNotExist)
}
