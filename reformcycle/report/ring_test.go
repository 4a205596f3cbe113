package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
)

func ringOf(t *testing.T, s reformcycle.State) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, Ring(&b, nil, s))
	return b.String()
}

func TestRingGolden(t *testing.T) {
	w := walked(t)
	svg := ringOf(t, w.cycle.State())
	drawtest.Golden(t, "ring.svg", svg)
	words := drawtest.Read(t, svg).Words
	for _, want := range []string{
		"Lap 1", "Exampleland", "2 March 2026", "WE ARE HERE", "At stage 5 of 8: program readiness. Since: 3 November 2025",
		"2 debts open", "Illustrative ratings: 11 of 12. Do not read what is illustrative as a finding.",
	} {
		assert.Contains(t, words, want)
	}
}

func TestRingMarksASuspendedAndAnAbandonedCycle(t *testing.T) {
	w := walked(t)
	w.on("2026-03-20", reformcycle.Suspend{Reason: "The budget is frozen."})
	suspended := ringOf(t, w.cycle.State())
	assert.Contains(t, suspended, "SUSPENDED HERE")
	assert.Contains(t, suspended, "Suspended at stage 5 of 8: program readiness. Since: 20 March 2026")
	drawtest.Golden(t, "ring-suspended.svg", suspended)

	w.on("2026-06-01", reformcycle.Abandon{Reason: "The mandate is gone."})
	abandoned := ringOf(t, w.cycle.State())
	assert.Contains(t, abandoned, "ABANDONED HERE")
	assert.Contains(t, abandoned, "Abandoned at stage 5 of 8: program readiness. Date: 1 June 2026")
	assert.NotContains(t, abandoned, "WE ARE HERE")
}

func TestRingOfTheZeroState(t *testing.T) {
	svg := ringOf(t, reformcycle.State{})
	words := drawtest.Read(t, svg).Words
	assert.Contains(t, words, "No title")
	assert.Contains(t, words, "no entry yet")
	assert.Contains(t, words, "BEGINS HERE")
	assert.Contains(t, words, "No criterion is rated yet.")
}

func TestRingTakesTextForText(t *testing.T) {
	plainly := drawtest.Read(t, newRing(nil, reformcycle.State{}).draw()).Elements
	for name, text := range map[string]string{
		"markup":     hostile,
		"control":    "a\x00b\x1b[31m\u0085c\x7f\ufffe\uffff d",
		"not utf-8":  "a\xff\xfeb \xed\xa0\x80",
		"long":       strings.Repeat("a very long title ", 100_000/18),
		"long word":  strings.Repeat("&<\"'>", 20_000),
		"wide":       strings.Repeat("社区卫生系统改革", 500),
		"combining":  "e" + strings.Repeat("\u0301", 5000),
		"directions": "\u202eevil\u2066",
	} {
		t.Run(name, func(t *testing.T) {
			r := newRing(nil, reformcycle.State{})
			r.title, r.country, r.checklist = text, text, text
			svg := r.draw()
			read := drawtest.Read(t, svg)
			assert.Zero(t, read.Elements["script"])
			for e, n := range plainly {
				if e != "text" {
					assert.Equal(t, n, read.Elements[e], e)
				}
			}
			assert.Less(t, len(svg), 100_000)
			assert.NotContains(t, read.Words, "\u202e")
			for _, l := range read.Labels {
				assert.GreaterOrEqual(t, l.Left, 0.0, l.Text)
				assert.LessOrEqual(t, l.Right, float64(draw.PageWidth), l.Text)
			}
		})
	}
}

// However a cycle stands, its labels stay on the page, above the legend, and off
// each other.
func TestRingKeepsItsLabelsApart(t *testing.T) {
	for name, l := range madeUpLanguages() {
		for stage := range reformcycle.Stages() {
			for _, status := range []reformcycle.Status{reformcycle.Active, reformcycle.Suspended, reformcycle.Abandoned} {
				t.Run(fmt.Sprint(stage, " ", status, " ", name), func(t *testing.T) {
					r := newRing(l, reformcycle.State{})
					r.begun, r.stage, r.status = true, stage, status
					r.title = strings.Repeat("Community health workers for all ", 9)
					r.country = "A Country with a Name of Many Words"
					r.date = l.Date("2026-09-27")
					r.standing = standsAt(true, reformcycle.Abandoned, stage, date.MustParse("2026-09-27"))
					for i := range r.segments {
						s := &r.segments[i]
						s.tally = assessment.Tally{Met: 10, Unmet: 10, Unknown: 10}
						s.debts = 12
					}
					drawtest.KeepsApart(t, draw.Upright, r.draw())
				})
			}
		}
	}
}

func TestRingShowsAStageThatRequiresNothing(t *testing.T) {
	w := shortWalk(t)
	w.on("2026-01-05", made("q.01", assessment.Functional))
	svg := ringOf(t, w.cycle.State())
	words := drawtest.Read(t, svg).Words
	assert.Contains(t, words, "nothing required")
	assert.Contains(t, words, "1 of 30 met")
	assert.Contains(t, words, "Illustrative ratings: 1 of 1.")
}
