package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
)

func ringOf(t *testing.T, s reformcycle.State) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, Ring(&b, s))
	return b.String()
}

// label is a text on the page and where it lies, by the estimate of its width.
type label struct {
	text        string
	left, right float64
	y           float64
}

// readSVG refuses what is not well formed, and gives the elements by name and
// the texts.
func readSVG(t *testing.T, svg string) (elements map[string]int, labels []label, words string) {
	t.Helper()
	elements = map[string]int{}
	dec := xml.NewDecoder(strings.NewReader(svg))
	var in []xml.StartElement
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			require.Empty(t, in)
			return elements, labels, words
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			elements[token.Name.Local]++
			in = append(in, token.Copy())
		case xml.EndElement:
			in = in[:len(in)-1]
		case xml.CharData:
			if len(in) == 0 {
				continue
			}
			words += string(token)
			e := in[len(in)-1]
			if e.Name.Local != "text" || in[len(in)-2].Name.Local == "pattern" {
				continue
			}
			number := func(name string) float64 {
				v, err := strconv.ParseFloat(attribute(e, name), 64)
				require.NoError(t, err)
				return v
			}
			l := label{text: string(token), left: number("x"), y: number("y")}
			width := textWidth(l.text, number("font-size"))
			switch attribute(e, "text-anchor") {
			case "middle":
				l.left -= width / 2
			case "end":
				l.left -= width
			}
			l.right = l.left + width
			labels = append(labels, l)
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func TestRingGolden(t *testing.T) {
	w := walked(t)
	svg := ringOf(t, w.cycle.State())
	golden(t, "ring.svg", svg)
	_, _, words := readSVG(t, svg)
	for _, want := range []string{
		"Lap 1", "Exampleland", "2 March 2026", "WE ARE HERE", "At stage 5 of 8, program readiness, since 3 November 2025",
		"2 debts open", "11 of 12 ratings are illustrative: do not read them as findings.",
	} {
		assert.Contains(t, words, want)
	}
}

func TestRingMarksASuspendedAndAnAbandonedCycle(t *testing.T) {
	w := walked(t)
	w.on("2026-03-20", reformcycle.Suspend{Reason: "The budget is frozen."})
	suspended := ringOf(t, w.cycle.State())
	assert.Contains(t, suspended, "SUSPENDED HERE")
	assert.Contains(t, suspended, "Suspended at stage 5 of 8, program readiness, since 20 March 2026")
	golden(t, "ring-suspended.svg", suspended)

	w.on("2026-06-01", reformcycle.Abandon{Reason: "The mandate is gone."})
	abandoned := ringOf(t, w.cycle.State())
	assert.Contains(t, abandoned, "ABANDONED HERE")
	assert.Contains(t, abandoned, "Abandoned at stage 5 of 8, program readiness, on 1 June 2026")
	assert.NotContains(t, abandoned, "WE ARE HERE")
}

func TestRingOfTheZeroState(t *testing.T) {
	svg := ringOf(t, reformcycle.State{})
	_, _, words := readSVG(t, svg)
	assert.Contains(t, words, "No title")
	assert.Contains(t, words, "no entry yet")
	assert.Contains(t, words, "BEGINS HERE")
	assert.Contains(t, words, "No criterion is rated yet.")
}

func TestRingTakesTextForText(t *testing.T) {
	plainly, _, _ := readSVG(t, newRing(reformcycle.State{}).draw())
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
			r := newRing(reformcycle.State{})
			r.title, r.country, r.checklist = text, text, text
			svg := r.draw()
			elements, labels, words := readSVG(t, svg)
			assert.Zero(t, elements["script"])
			for e, n := range plainly {
				if e != "text" {
					assert.Equal(t, n, elements[e], e)
				}
			}
			assert.Less(t, len(svg), 100_000)
			assert.NotContains(t, words, "\u202e")
			for _, l := range labels {
				assert.GreaterOrEqual(t, l.left, 0.0, l.text)
				assert.LessOrEqual(t, l.right, float64(pageWidth), l.text)
			}
		})
	}
}

// However a cycle stands, its labels stay on the page, above the legend, and off
// each other.
func TestRingKeepsItsLabelsApart(t *testing.T) {
	for stage := range reformcycle.Stages() {
		for _, status := range []reformcycle.Status{reformcycle.Active, reformcycle.Suspended, reformcycle.Abandoned} {
			t.Run(fmt.Sprint(stage, " ", status), func(t *testing.T) {
				r := newRing(reformcycle.State{})
				r.begun, r.stage, r.status = true, stage, status
				r.title = strings.Repeat("Community health workers for all ", 9)
				r.country = "A Country with a Name of Many Words"
				r.date = "27 September 2026"
				r.standing = fmt.Sprintf("Abandoned at stage %d of 8, %s, on 27 September 2026", stage, stage.Label())
				for i := range r.segments {
					s := &r.segments[i]
					s.tally = assessment.Tally{Met: 10, Unmet: 10, Unknown: 10}
					s.required, s.debts = 30, 12
				}
				_, labels, _ := readSVG(t, r.draw())
				for i, a := range labels {
					assert.GreaterOrEqual(t, a.left, 0.0, a.text)
					assert.LessOrEqual(t, a.right, float64(pageWidth), a.text)
					assert.Less(t, a.y, float64(pageHeight)-10, a.text)
					for _, b := range labels[:i] {
						apart := a.right <= b.left || b.right <= a.left || a.y-b.y >= 12 || b.y-a.y >= 12
						assert.True(t, apart, "%q lies on %q", a.text, b.text)
					}
				}
			})
		}
	}
}

func TestRingShowsAStageThatRequiresNothing(t *testing.T) {
	w := shortWalk(t)
	w.on("2026-01-05", made("q.01", assessment.Functional))
	svg := ringOf(t, w.cycle.State())
	_, _, words := readSVG(t, svg)
	assert.Contains(t, words, "nothing required")
	assert.Contains(t, words, "1 of 30 met")
	assert.Contains(t, words, "1 of 1 rating is illustrative")
}

func TestNumbersHaveOneForm(t *testing.T) {
	for v, want := range map[float64]string{0: "0", -0.001: "0", 1.5: "1.5", 2.346: "2.35", -3: "-3", 120: "120"} {
		assert.Equal(t, want, num(v))
	}
}

func TestWrapBreaksAndCuts(t *testing.T) {
	assert.Empty(t, wrap("", 100, 10, 2))
	assert.Equal(t, []string{"aaa bbb", "ccc"}, wrap("aaa bbb ccc", 50, 10, 2))
	assert.Equal(t, []string{"aaa bb…"}, wrap("aaa bbb ccc", 50, 10, 1))
	assert.Equal(t, []string{"aaaa", "aaaa"}, wrap("aaaaaaaa", 30, 10, 3))
}
