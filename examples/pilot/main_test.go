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

// The page is read by people: look at the difference before updating it.
func TestThePageIsTheGoldenOne(t *testing.T) {
	const golden = "testdata/page.golden"
	var page bytes.Buffer
	require.NoError(t, run(t.Context(), &page))
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, page.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), page.String())
}

func TestTheTableSaysThatItIsInvented(t *testing.T) {
	require.True(t, bytes.HasPrefix(consultations, []byte("# illustrative: invented numbers")))
	var page bytes.Buffer
	require.NoError(t, run(t.Context(), &page))
	require.Contains(t, page.String(), "Illustrative: the unions and all numbers are invented")
	require.Contains(t, page.String(), "evidence: illustrative")
}
