package simulation

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// outcome of a run that was launched in month 24, with debt, and abandoned.
func outcome() *RunOutcome {
	o := RunOutcome{Months: 40, Stage: reformcycle.Launch, Furthest: reformcycle.Launch, Laps: 1, Status: reformcycle.Abandoned, Readiness: 0.8, Debt: 2}
	for s := range o.Entered {
		o.Entered[s] = 4 * s
	}
	o.Entered[reformcycle.Governance], o.Entered[reformcycle.ManagementAndLearning] = -1, -1
	return &o
}

func TestMetricsJudgeAnOutcome(t *testing.T) {
	for text, want := range map[string]float64{
		"launch by 24": 1, "launch by 23": 0, "governance by 600": 0, "problem-prioritization by 4": 1,
		"not abandoned":   0,
		"laps at least 1": 1, "laps at least 2": 0,
		"readiness at launch at least 0.8": 1, "readiness at launch at least 0.81": 0,
		"debt at launch at most 2": 1, "debt at launch at most 1": 0,
		"months to launch within 60": 24, "months to launch within 12": 12, "months to governance within 60": 60,
	} {
		m, err := ParseMetric(text)
		require.NoError(t, err, text)
		require.Equal(t, want, m.Of(outcome()), text)
		require.Equal(t, text, m.String())
	}
	never := &RunOutcome{Readiness: -1, Debt: -1}
	require.Zero(t, ReadinessAtLaunchAtLeast(0).Of(never), "what was not launched was not ready")
	require.Zero(t, DebtAtLaunchAtMost(5).Of(never))
	require.Equal(t, 1.0, NotAbandoned().Of(&RunOutcome{Status: reformcycle.Suspended}))
	require.Zero(t, Metric{}.Of(outcome()))
	require.Zero(t, ReachedBy(99, 3).Of(outcome()))
	require.Zero(t, MonthsTo(99, 3).Of(outcome()))
	require.Equal(t, LaunchedBy(24), ReachedBy(reformcycle.Launch, 24))
}

func TestAMetricIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stage := reformcycle.Stage(rapid.IntRange(1, 8).Draw(t, "stage"))
		n := rapid.IntRange(1, 600).Draw(t, "number")
		m := rapid.SampledFrom([]Metric{
			ReachedBy(stage, n), NotAbandoned(), LapsAtLeast(n), DebtAtLaunchAtMost(n), MonthsTo(stage, n),
			ReadinessAtLaunchAtLeast(rapid.Float64Range(0, 1).Draw(t, "score")), ReadinessAtLaunchAtLeast(math.Copysign(0, -1)),
		}).Draw(t, "metric")
		text, err := json.Marshal(map[string]Metric{"metric": m})
		require.NoError(t, err)
		var back map[string]Metric
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, m, back["metric"])
		spaced, err := ParseMetric("  " + strings.ReplaceAll(m.String(), " ", " \t ") + "\n")
		require.NoError(t, err)
		require.Equal(t, m, spaced)
	})
}

func TestAMetricThatIsWrongIsRefusedWithTheField(t *testing.T) {
	for text, field := range map[string]string{
		"": "metric", "launch": "metric", "launch by": "metric", "launch by -3": "metric", "launch by 2.5": "metric", "Launch By 3": "metric",
		"lunch by 24": "metric.stage", "launch by 601": "metric.month", "launch by 9999999999": "metric",
		"laps at least 0": "metric.laps", "laps at least 1001": "metric.laps",
		"readiness at launch at least 1.1": "metric.readiness", "readiness at launch at least NaN": "metric",
		"debt at launch at most 1001":                              "metric.debts",
		"readiness at launch at least " + strings.Repeat("9", 400): "metric.readiness",
		"months to launch within 0":                                "metric.within", "months to lunch within 9": "metric.stage",
		strings.Repeat("launch by 24 ", 1000): "metric",
	} {
		_, err := ParseMetric(text)
		require.Equal(t, []string{field}, fieldsOf(t, err), text)
		require.Less(t, len(err.Error()), 1200)
	}
	for _, m := range []Metric{
		{}, ReachedBy(0, 3), ReachedBy(9, 3), LaunchedBy(-1), LapsAtLeast(0), ReadinessAtLaunchAtLeast(math.NaN()),
		ReadinessAtLaunchAtLeast(-0.1), DebtAtLaunchAtMost(-1), MonthsTo(reformcycle.Launch, 0),
	} {
		_, err := m.MarshalText()
		require.Len(t, fieldsOf(t, err), 1, m.String())
	}
	require.Len(t, ReachedBy(0, -1).Validate(), 2, "all that is wrong")
	m := LaunchedBy(3)
	require.Error(t, m.UnmarshalText([]byte("nonsense")))
	require.Equal(t, LaunchedBy(3), m, "a metric that can't be read changes nothing")
	require.Equal(t, "no metric", Metric{}.String())
}

func TestAMetricMayNotAskBeyondTheHorizon(t *testing.T) {
	var f fault.Fields
	LaunchedBy(37).suits(&f, 36)
	MonthsTo(reformcycle.Launch, 37).suits(&f, 36)
	LaunchedBy(36).suits(&f, 36)
	require.Len(t, f, 2)
}

func FuzzParseMetric(f *testing.F) {
	f.Add("launch by 24")
	f.Add("readiness at launch at least 0.8")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMetric(text)
		if err != nil {
			return
		}
		again, err := ParseMetric(m.String())
		if err != nil || again != m {
			t.Fatalf("%q was read as %v, and that as %v: %v", text, m, again, err)
		}
	})
}
