package chart

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// Whatever the numbers and names of an answer are that a host put together or read,
// a picture is refused with its fields and nothing is written, or it is one that
// can be read.
func TestEveryAnswerIsRefusedOrDrawn(t *testing.T) {
	number := rapid.OneOf(
		rapid.Float64Range(0, 1), rapid.Float64Range(0, 1), rapid.Float64Range(0, 1),
		rapid.SampledFrom([]float64{0, 1, 0.5, 1e-300, 1 - 1e-16, -1, 1e12, -1e12, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64}),
	)
	sorted := func(rt *rapid.T) simulation.Estimate {
		a, b, c := number.Draw(rt, "a"), number.Draw(rt, "b"), number.Draw(rt, "c")
		return at(a+b+c-min(a, b, c)-max(a, b, c), min(a, b, c), max(a, b, c))
	}
	name := rapid.OneOf(rapid.String(), rapid.SampledFrom(drawtest.HostileNames))
	rapid.Check(t, func(rt *rapid.T) {
		scenario, title := name.Draw(rt, "scenario"), name.Draw(rt, "title")
		runs := rapid.Uint64().Draw(rt, "runs")
		metric := rapid.SampledFrom([]simulation.Metric{launched, months, {}}).Draw(rt, "metric")
		c := simulation.Comparison{Scenario: scenario, Runs: runs, Metric: metric}
		swings := simulation.Tornado{Scenario: scenario, Policy: simulation.Identity{Name: name.Draw(rt, "policy")}, Runs: runs, Metric: metric, Base: sorted(rt)}
		x := simulation.SobolIndices{Scenario: scenario, Runs: runs, Metric: metric, Points: rapid.Int().Draw(rt, "points"), Noise: number.Draw(rt, "noise")}
		which := rapid.IntRange(0, 2).Draw(rt, "picture")
		for i := range rapid.IntRange(0, 9).Draw(rt, "n") {
			switch which {
			case 0:
				for j := range i {
					d := sorted(rt)
					c.Differences = append(c.Differences, pair(j, i, d.At, d.Low, d.High))
				}
				c.Policies = append(c.Policies, simulation.Identity{Name: name.Draw(rt, "row")})
				c.Estimates = append(c.Estimates, sorted(rt))
				c.Order = append(c.Order, simulation.Rank{Policy: i})
			case 1:
				swings.Swings = append(swings.Swings, swing(name.Draw(rt, "swing"), sorted(rt), sorted(rt)))
			case 2:
				x.Of = append(x.Of, index(name.Draw(rt, "index"), sorted(rt), sorted(rt)))
			}
		}
		var b bytes.Buffer
		err := []func() error{
			func() error { return Comparison(&b, nil, title, c) },
			func() error { return Tornado(&b, nil, title, swings) },
			func() error { return Sobol(&b, nil, title, x) },
		}[which]()
		if err != nil {
			require.ErrorIs(rt, err, fault.ErrInvalid)
			require.Zero(rt, b.Len())
			return
		}
		drawtest.KeepsApart(t, draw.Upright, b.String())
	})
}
