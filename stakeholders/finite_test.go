package stakeholders_test

// Whatever is accepted, what comes of it is told in finite numbers.

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/stakeholders"
)

func TestEveryAnswerIsFinite(t *testing.T) {
	const least, most = math.SmallestNonzeroFloat64, math.MaxFloat64
	told := func(t *rapid.T, answers ...any) {
		for _, a := range answers {
			_, err := json.Marshal(a) // which has no form for what is not finite
			require.NoError(t, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		of := func(label string, values ...float64) float64 { return rapid.SampledFrom(values).Draw(t, label) }
		position := func() stakeholders.Position {
			if rapid.IntRange(0, 5).Draw(t, "known") == 0 {
				return stakeholders.Position{}
			}
			return stakeholders.At(of("position", -7, -1, -least, 0, least, 1, 1+1e-15, 6, 7))
		}
		power := func() stakeholders.Power { return stakeholders.Power(of("power", 0, 1, 1+1e-15, 4, 7)) }
		var before, now []stakeholders.Actor
		for i := range rapid.IntRange(0, 5).Draw(t, "actors") {
			a := stakeholders.Actor{ID: fmt.Sprint("a", i), Name: "A", Constituency: stakeholders.Media, Position: position(), Power: power(),
				Weight: of("weight", 0, least, 1e-300, 1e-9, 1, 1e6)}
			if rapid.Bool().Draw(t, "pledges") {
				a.Commitments = []stakeholders.Commitment{{ID: "c", Resource: stakeholders.Money, Unit: "USD",
					Pledged: of("pledged", 0, least, 1, most), Delivered: of("delivered", 0, least, 1, most)}}
			}
			before = append(before, a)
			a.Position, a.Power = position(), power()
			if rapid.IntRange(0, 4).Draw(t, "stays") > 0 {
				now = append(now, a)
			}
		}
		r, err := stakeholders.NewRoster(before...)
		require.NoError(t, err)
		later, err := stakeholders.NewRoster(now...)
		require.NoError(t, err)
		var strategies []stakeholders.Strategy
		for i := range rapid.IntRange(0, 3).Draw(t, "strategies") {
			s := stakeholders.Strategy{ID: fmt.Sprint("s", i), Name: "S", Kind: stakeholders.ChangePositions,
				Probability: of("probability", 0, least, 0.5, 1), Cost: of("cost", 0, least, 1, most), Unit: "USD"}
			for _, a := range before {
				if f := (stakeholders.Effect{Actor: a.ID, Position: position(), Power: power()}); f.Position.Known() || f.Power.Known() {
					s.Effects = append(s.Effects, f)
				}
			}
			strategies = append(strategies, s)
		}
		f := r.Feasibility()
		told(t, f)
		if share, known := f.Share(); known {
			require.True(t, share >= 0 && share <= 1, share)
		}
		p, err := r.Prospects(strategies, stakeholders.Sampling{})
		require.NoError(t, err)
		told(t, p)
		if set, err := r.Cheapest(strategies, of("wanted", 0, 0.5, 1)); err == nil {
			told(t, set)
		} else {
			require.ErrorAs(t, err, new(*stakeholders.UnreachableError))
		}
		for _, s := range strategies {
			i, err := stakeholders.ImpactOf(s, stakeholders.FullSuccess, r, later)
			require.NoError(t, err)
			told(t, i)
			shares := []func() (float64, bool){i.Realised}
			for _, a := range i.Actors {
				shares = append(shares, a.Position.Realised, a.Power.Realised)
			}
			for _, share := range shares {
				x, known := share()
				require.False(t, math.IsInf(x, 0) || math.IsNaN(x))
				require.True(t, known || x == 0)
			}
		}
		l := r.Ledger()
		told(t, l.Entries(), l.ByActor(), l.ByStage(), l.ByYear(), l.Gaps())
		for _, m := range []stakeholders.FundingMeasure{stakeholders.Pledged, stakeholders.Delivered} {
			for _, unit := range l.MoneyUnits(m) {
				if funding, err := l.Funding(m, unit); err == nil {
					told(t, funding)
				}
			}
		}
	})
}
