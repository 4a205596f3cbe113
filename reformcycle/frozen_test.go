package reformcycle_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
)

// A journal that was written once opens for ever, to the same state. The files
// are never rewritten: see docs/schema.md.
func TestFrozenJournalsOpenForEver(t *testing.T) {
	streams, err := filepath.Glob("testdata/journals/*/*.jsonl")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(streams), 3)
	for _, file := range streams {
		t.Run(file, func(t *testing.T) {
			stream, err := os.ReadFile(file)
			require.NoError(t, err)
			want, err := os.ReadFile(strings.TrimSuffix(file, ".jsonl") + ".state.json")
			require.NoError(t, err)

			j := journal.NewMemory()
			state, err := reformcycle.Import(background, j, bytes.NewReader(stream))
			require.NoError(t, err)
			var got bytes.Buffer
			require.NoError(t, json.Indent(&got, []byte(bytesOf(t, state)), "", " "))
			assert.Equal(t, string(want), got.String()+"\n")
			assert.Equal(t, string(stream), string(exported(t, j, state.ID())), "and goes out as it came in")
		})
	}
}
