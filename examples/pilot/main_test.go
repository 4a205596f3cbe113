package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden file")

// The page is read by people: look at the difference before updating it.
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

func TestTheTableSaysThatItIsInvented(t *testing.T) {
	require.True(t, bytes.HasPrefix(consultations, []byte("# illustrative: invented numbers")))
	var page bytes.Buffer
	require.NoError(t, run(t.Context(), &page, nil))
	require.Contains(t, page.String(), "Illustrative: the unions and all numbers are invented")
	require.Contains(t, strings.Join(strings.Fields(page.String()), " "), "evidence: illustrative")
}

func TestThePageIsToldInOneLanguage(t *testing.T) {
	for tag, title := range map[string]string{"fr": "Le projet pilote a-t-il eu un effet\u00a0?", "pt": "A experiência-piloto deu resultado?", "es": "¿Funcionó el proyecto piloto?"} {
		var page bytes.Buffer
		require.NoError(t, run(t.Context(), &page, []string{"-language", tag}))
		require.Contains(t, page.String(), title)
		for line := range strings.Lines(page.String()) { // none breaks where French keeps together
			require.NotRegexp(t, `^ *[:;?!»]|«\s*$`, line, tag)
		}
		for _, english := range []string{" the ", " and ", " of ", "pilot:"} {
			require.NotContains(t, page.String(), english, tag)
		}
	}
}
