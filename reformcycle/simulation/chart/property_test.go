package chart

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
)

// Whatever the numbers and names are, a picture is refused with field errors and
// nothing is written, or it is one that can be read.
func TestEveryInputIsRefusedOrDrawn(t *testing.T) {
	number := rapid.OneOf(
		rapid.Float64Range(0, 1), rapid.Float64Range(0, 1), rapid.Float64Range(0, 1),
		rapid.SampledFrom([]float64{0, 1, 0.5, 1e-300, 1 - 1e-16, -1, 1e12, -1e12, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64}),
	)
	sorted := func(rt *rapid.T) Estimate {
		a, b, c := number.Draw(rt, "a"), number.Draw(rt, "b"), number.Draw(rt, "c")
		return Estimate{At: a + b + c - min(a, b, c) - max(a, b, c), Low: min(a, b, c), High: max(a, b, c)}
	}
	name := rapid.OneOf(rapid.String(), rapid.SampledFrom(drawtest.HostileNames))
	rapid.Check(t, func(rt *rapid.T) {
		o := Origin{Scenario: name.Draw(rt, "scenario"), Strategy: name.Draw(rt, "strategy"), Runs: rapid.Uint64().Draw(rt, "runs"), Seed: 1, Note: name.Draw(rt, "note")}
		m := Measure{Name: name.Draw(rt, "measure"), Unit: rapid.SampledFrom([]string{"", "months"}).Draw(rt, "unit")}
		n := rapid.IntRange(0, 9).Draw(rt, "n")
		title := name.Draw(rt, "title")
		var (
			b       bytes.Buffer
			err     error
			curve   Curve
			rows    []Row
			apart   []Difference
			swings  []Swing
			indices []Index
			months  []Support
		)
		which := rapid.IntRange(0, len(pictures)-1).Draw(rt, "picture")
		for i := range n {
			switch which {
			case 0:
				curve.Points = append(curve.Points, Point{i*i - rapid.IntRange(0, 1).Draw(rt, "back"), sorted(rt)})
			case 1:
				rows = append(rows, Row{name.Draw(rt, "row"), sorted(rt)})
				apart = append(apart, Difference{name.Draw(rt, "first"), name.Draw(rt, "second"), sorted(rt)})
			case 2:
				swings = append(swings, Swing{name.Draw(rt, "swing"), name.Draw(rt, "from"), name.Draw(rt, "to"), sorted(rt), sorted(rt)})
			case 3:
				indices = append(indices, Index{name.Draw(rt, "index"), sorted(rt), sorted(rt)})
			case 4:
				e := sorted(rt)
				months = append(months, Support{Month: i, Quantiles: [5]float64{e.Low, e.Low, e.At, e.At, e.High}, Decided: number.Draw(rt, "decided") / 2, Undecided: number.Draw(rt, "undecided") / 2})
			}
		}
		switch which {
		case 0:
			err = Arrivals(&b, title, o, []Curve{curve})
		case 1:
			err = Comparison(&b, title, o, m, rows, apart)
		case 2:
			err = Tornado(&b, title, o, m, sorted(rt), swings)
		case 3:
			err = Sobol(&b, title, o, m, indices)
		case 4:
			err = SupportFan(&b, title, o, months)
		}
		if err != nil {
			var refused assessment.FieldErrors
			require.ErrorAs(rt, err, &refused)
			require.Zero(rt, b.Len())
			return
		}
		drawtest.KeepsApart(t, pictures[which].page, b.String())
	})
}
