package cases_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
)

// printed prints a walk of changes that its caller gives, one chapter each.
func printed(t *testing.T, changes ...string) string {
	t.Helper()
	var chapters []string
	for _, c := range changes {
		chapters = append(chapters, `{"on": "2018", "by": "x", "says": "What happened.",
			"sources": ["assumed"], "basis": "illustrative", `+c+`}`)
	}
	c, err := cases.Parse([]byte(`{"id": "X", "title": "Title", "country": "Country", "sources": [], "chapters": [` + strings.Join(chapters, ",") + `]}`))
	require.NoError(t, err)
	cycle, err := c.Begin()
	require.NoError(t, err)
	var out bytes.Buffer
	p := cases.NewPrinter(&out, nil)
	require.NoError(t, c.Tell(t.Context(), cycle, p.Chapter))
	p.Standing(cycle.State(), c)
	require.NoError(t, p.Close())
	return out.String()
}

func TestABlockedMoveSaysWhatTheRecordIsSilentAbout(t *testing.T) {
	got := words(printed(t,
		`"changes": [{"kind": "declare-silence", "data": {"about": ["problem-prioritization", "money"], "reason": "The source does not say."}}]`,
		`"blocked": true, "changes": [{"kind": "advance", "data": {}}]`,
	))
	assert.Contains(t, got, "Recorded: 1 silence.")
	assert.Equal(t, "silence about: design, the money", cases.Recorded(reformcycle.DeclareSilence{About: []reformcycle.Topic{"design", "money"}}).String())
	assert.Contains(t, got, "Missing: a stated problem. The record is silent about: problem prioritization.")
	assert.Contains(t, got, "Not rated; needs functional. The record is silent about: problem prioritization.")
}

func TestEveryMoveIsSetOffAndSaysWhy(t *testing.T) {
	const minister = `{"kind": "engage-actor", "data": {"actor": {"id": "minister", "name": "Minister", "constituency": "ministry-of-health", "veto": true, "position": -4, "power": 6, "note": "Illustrative."}}}`
	const override = `{"kind": "advance", "data": {"override": {"authority": "minister", "reason": "The window closes."}}}`
	got := printed(t,
		`"changes": [`+minister+`, `+override+`]`,
		`"blocked": true, "changes": [{"kind": "advance", "data": {}}]`,
		`"changes": [`+override+`]`,
		`"changes": [{"kind": "take-position", "data": {"actor": "minister", "position": 4, "reason": "Won over; illustrative."}}]`,
		`"changes": [{"kind": "revisit", "data": {"to": "problem-prioritization", "reason": "The problem was another."}}]`,
		`"changes": [{"kind": "suspend", "data": {"reason": "No money."}}]`,
		`"changes": [{"kind": "resume", "data": {"reason": "Money."}}]`,
		`"changes": [{"kind": "abandon", "data": {"reason": "The minister left."}}]`,
	)
	for _, want := range []string{
		">>> ADVANCE BY OVERRIDE: problem prioritization → coalition building",
		">>> BLOCKED: coalition building → solution gathering",
		"No actor whose refusal alone blocks may oppose. In the way: Minister.",
		"No actor whose refusal alone blocks may oppose. Owed since 2018; such an actor opposes it.",
		"Debt settled: No actor whose refusal alone blocks may oppose.",
		">>> REVISIT: solution gathering → problem prioritization. The problem was another.",
		">>> SUSPEND: held at problem prioritization. No money.",
		">>> RESUME: at problem prioritization. Money.",
		">>> ABANDON: The minister left.",
	} {
		assert.Contains(t, words(got), words(want))
	}
	// The override settled nothing, so the guard is not called cleared by it.
	assert.NotContains(t, got, "Cleared: No actor")
	assert.NotContains(t, strings.SplitAfter(got, "Where it stands")[1], "Blocked")
	assert.NotContains(t, got, "Next actions", "an abandoned cycle has none")
	for line := range strings.Lines(got) {
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 80, line)
	}
}

// words drops the line breaks.
func words(page string) string { return strings.Join(strings.Fields(page), " ") }

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestThePrinterKeepsTheFirstErrorOfItsWriter(t *testing.T) {
	c, err := cases.Get("UGA-CHEW", nil)
	require.NoError(t, err)
	p := cases.NewPrinter(full{}, nil)
	p.Title(c)
	p.Sources(c)
	assert.EqualError(t, p.Close(), "disk full")
}
