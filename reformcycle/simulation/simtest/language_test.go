package simtest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// A report says nothing that its language does not say, but the words of policy files.
func TestAVerdictReportsInItsLanguage(t *testing.T) {
	m := lowland(t)
	typed := []string{"model.Trace(policy, 1, ", "WithMaxRuns", "WithMargin", "1e-06", keyRuns, keyMargin, m.Scenario().Name, m.Digest(), "balanced", "rush-to-launch",
		"advance", "override", "suspend", "resume", "abandon", "renew", "revisit", "active", "suspended", "abandoned", "opposition", "debt", "election", "scandal", "donor-exit"}
	for s := range reformcycle.Stages() {
		typed = append(typed, s.String())
	}
	for _, a := range m.Scenario().Actors {
		typed = append(typed, a.ID)
	}
	holds, err := JudgeLikely(t.Context(), m, policy(t, "balanced"), coin(0.9), 0.6)
	require.NoError(t, err)
	fails, err := JudgeLikely(t.Context(), m, policy(t, "balanced"), simulation.LaunchedBy(1), 0.6)
	require.NoError(t, err)
	require.NotEmpty(t, fails.Against)
	behind, err := JudgeBetter(t.Context(), m, policy(t, "balanced"), policy(t, "rush-to-launch"), simulation.LaunchedBy(24))
	require.NoError(t, err)
	undecided, err := JudgeLikely(t.Context(), m, policy(t, "balanced"), coin(0.6), 0.6, WithMaxRuns(10))
	require.NoError(t, err)
	for _, v := range []Verdict{holds, fails, behind, undecided, {Claim: "x", Needed: 4, Saw: holds.Saw}, {Claim: "x", Saw: holds.Saw}} {
		assert.Empty(t, languagetest.Leaks(v.Report(languagetest.Accented(nil)), append(typed, v.Claim)...), v.Claim)
		assert.Equal(t, strings.Count(v.String(), "\n"), strings.Count(v.Report(languagetest.Mirrored(nil)), "\n"))
	}
}
