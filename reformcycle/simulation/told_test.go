package simulation

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
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
	assert.Equal(t, "rush to launch (met=0.2, window=0.1)", Identity{Name: "rush-to-launch", Parameters: []Setting{{"met", 0.2}, {"window", 0.1}}}.Told().String())
}

// inNoEnglish fails where a text has words that no language said: all but what is a name
// in it, or was typed.
func inNoEnglish(t testing.TB, text language.Text) {
	t.Helper()
	assert.Empty(t, languagetest.Leaks(languagetest.Accented(nil).Say(text), named(text)...), "%s", text)
}

// named are the names in a text: what is put in as it stands.
func named(value any) (all []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []string:
		return v
	case language.Text:
		if v.ID == "" {
			return []string{v.Plain}
		}
		for _, a := range v.Args {
			all = append(all, named(a.Value)...)
		}
	case []language.Text:
		for _, one := range v {
			all = append(all, named(one)...)
		}
	}
	return all
}

// What a refusal wants is a text, and each language says the whole of it.
func wantsInWords(t testing.TB, f fault.Field) {
	t.Helper()
	switch want := f.Want.(type) {
	case language.Text:
		inNoEnglish(t, want)
	case fault.Said:
		inNoEnglish(t, language.Of(want.ID, want.Args...))
	default:
		t.Errorf("%s wants %v, which no language says", f.Path, f.Want)
	}
}

// What the simulator answers is said whole by each language.
func TestAnswersAreToldInEveryLanguage(t *testing.T) {
	for _, p := range slices.Concat(Register(), BalanceParameters(), policyOf(t, "adaptive").Parameters(), policyOf(t, "coalition-first").Parameters(), policyOf(t, "rush-to-launch").Parameters(), policyOf(t, "pilot-first").Parameters()) {
		for _, text := range []language.Text{p.Unit, p.Meaning, p.Origin, p.Called, p.Span.Why} {
			if text.IsZero() {
				continue
			}
			_, there := language.Texts().Entry(text.ID)
			assert.True(t, there || text.String() == "reich", "%s: %s", p.Name, text.ID)
			inNoEnglish(t, text)
		}
	}
	s, err := FromState(live(t).State())
	require.NoError(t, err)
	require.NotEmpty(t, s.Assumed)
	for _, assumed := range s.Assumed {
		inNoEnglish(t, assumed)
	}
	inNoEnglish(t, Summary{name: "a scenario", policy: Identity{Name: "balanced"}}.Told())
	for _, failure := range []error{
		&RunError{Policy: "p", Err: &PanicError{Value: "x"}}, &MismatchError{Differences: fault.Fields{{Path: "seed", Rule: "same", Value: "1", Want: language.Typed("2")}}}, errLeft,
		&DamageError{Of: "summary", Found: foundEnd, Want: field("seed")}, &DamageError{Of: "worlds", Found: foundEnd, Want: field("seed")},
	} {
		inNoEnglish(t, language.Refused(failure))
	}
	all := discover(t, drawn(3000, 8, func(v []float64) bool { return v[1] >= 9 && v[2] > 0.4 || v[0] < 4 && v[3] < -0.4 }, fourSpans...))
	require.Len(t, all.Boxes, 2)
	inNoEnglish(t, all.Told())
	for _, d := range []Discovery{{Of: all.Of, Worlds: 9}, {Of: all.Of, Worlds: 9, Found: 9}, {Of: all.Of, Worlds: 99, Found: 9}, {Of: all.Of, Worlds: 99, Found: 50}} {
		inNoEnglish(t, d.Told())
	}

	c, err := shortReference(t).Compare(t.Context(), []Policy{policyOf(t, "balanced"), policyOf(t, "rush-to-launch")}, LaunchedBy(24), 20, 1)
	require.NoError(t, err)
	assert.Empty(t, languagetest.Leaks(c.Table(languagetest.Accented(nil))))
	mirrored := c.Table(languagetest.Mirrored(nil))
	assert.NotRegexp(t, `[A-Za-z]`, mirrored)
	assert.Equal(t, strings.Count(c.String(), "\n"), strings.Count(mirrored, "\n"))
}
