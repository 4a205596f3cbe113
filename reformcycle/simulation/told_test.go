package simulation

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Whatever has a name for programs has one for people, and no two of a kind the same.
func TestWhatHasANameTellsItself(t *testing.T) {
	seen := map[string]string{}
	tells := func(kind, name string, told language.Text) {
		_, there := language.Texts().Entry(told.ID)
		assert.True(t, there, "%s %s: %s", kind, name, told.ID)
		key := kind + " " + told.String()
		assert.Empty(t, seen[key], "%s %s", kind, name)
		seen[key] = name
	}
	for c := range causes {
		tells("cause", c.String(), c.Told())
	}
	for _, k := range ShockKinds() {
		tells("shock", k.String(), k.Told())
	}
	for _, s := range []Scale{Even, Logarithmic} {
		tells("scale", s.String(), s.Told())
	}
	for _, name := range Policies() {
		tells("policy", name, Identity{Name: name}.Told())
	}
	metrics := []Metric{{}, LaunchedBy(24), ReachedBy(reformcycle.Design, 24), NotAbandoned(), LapsAtLeast(1), LapsAtLeast(2), ReadinessAtLaunchAtLeast(0.8), DebtAtLaunchAtMost(0), MonthsTo(reformcycle.Launch, 60)}
	for _, m := range metrics {
		tells("metric", m.String(), m.Told())
	}
	for _, g := range []Goal{{LaunchedBy(24), 0.5}, {MonthsTo(reformcycle.Launch, 60), 30.5}} {
		tells("goal", g.String(), g.Told())
	}
	assert.Equal(t, "launch by month 24: in at least 50% of the runs", Goal{LaunchedBy(24), 0.5}.Told().String())

	for name, told := range map[string]language.Text{
		"cause(99)": Cause(99).Told(), "shock(99)": ShockKind(99).Told(), "scale(99)": Scale(99).Told(), "finance-first": Identity{Name: "finance-first"}.Told(),
	} {
		assert.Equal(t, language.Typed(name), told, "what has no text is said as it stands")
	}
	assert.Equal(t, "rush to launch (met=0.2, window=0.1)", Identity{"rush-to-launch", []Setting{{"met", 0.2}, {"window", 0.1}}}.Told().String())
}
