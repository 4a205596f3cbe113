package main

import (
	"bytes"
	"flag"
	"os"
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
