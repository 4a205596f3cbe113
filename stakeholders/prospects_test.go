package stakeholders_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// districtStrategies are those of the expected table of PolicyMaker 5, for the
// roster of district.
func districtStrategies() []stakeholders.Strategy {
	return []stakeholders.Strategy{
		{ID: "1", Name: "Phase the payroll over five years", Kind: stakeholders.ChangePositions, Probability: 0.5, Cost: 30, Unit: "kUSD",
			Effects: []stakeholders.Effect{{Actor: "mof", Position: stakeholders.At(0), Power: 6}}},
		{ID: "2", Name: "Show the investment case", Kind: stakeholders.ChangePerceptions, Probability: 0.75, Cost: 20, Unit: "kUSD",
			Effects: []stakeholders.Effect{
				{Actor: "mof", Position: stakeholders.At(-2), Power: 6},
				{Actor: "districts", Position: stakeholders.At(4), Power: 4}}},
		{ID: "3", Name: "Career ladder into nursing", Kind: stakeholders.ChangePositions, Probability: 0.4, Cost: 50, Unit: "kUSD",
			Effects: []stakeholders.Effect{{Actor: "nurses", Position: stakeholders.At(2)}}},
	}
}

func TestStrategiesChangeTheIndicesAsInPolicyMaker(t *testing.T) {
	s := districtStrategies()
	for _, row := range []struct {
		strategies                        []stakeholders.Strategy
		support, nonMobilised, opposition float64
	}{
		{nil, 61.75, 20, 56},
		{s[:1], 61.75, 80, 8},
		{s[1:2], 77.75, 0, 32},
		{s[2:], 69.75, 20, 48},
		{s[:2], 77.75, 60, 8},
		{s, 85.75, 60, 0},
	} {
		r, err := district(t).Under(row.strategies...)
		require.NoError(t, err)
		f := r.Feasibility()
		require.InDelta(t, row.support, f.Support, 1e-9)
		require.InDelta(t, row.nonMobilised, f.NonMobilised, 1e-9)
		require.InDelta(t, row.opposition, f.Opposition, 1e-9)
		require.Equal(t, 1, f.LeftOut)
	}
}

func TestUnderLeavesTheRosterAsItWas(t *testing.T) {
	r := district(t)
	after, err := r.Under(districtStrategies()...)
	require.NoError(t, err)
	require.Equal(t, district(t), r)
	mof, _ := after.Actor("mof")
	require.Equal(t, stakeholders.At(-1), mof.Position, "halfway between 0 and -2")
	require.Equal(t, stakeholders.NonMobilised, mof.Position.Band(), "nearer to support")

	same, err := r.Under(stakeholders.Strategy{ID: "idea", Name: "Idea", Kind: stakeholders.ChangePower})
	require.NoError(t, err)
	require.Equal(t, r, same)
}

func TestWhatIsNotKnownStaysUnknownUnderAStrategy(t *testing.T) {
	r := rosterOf(t, []stakeholders.Actor{
		{ID: "media", Name: "Media", Constituency: stakeholders.Media, Power: 4},
		{ID: "church", Name: "Church", Constituency: stakeholders.FaithBased, Position: stakeholders.At(2)},
	})
	after, err := r.Under(stakeholders.Strategy{ID: "s", Name: "S", Kind: stakeholders.ChangePositions, Effects: []stakeholders.Effect{
		{Actor: "media", Position: stakeholders.At(6), Power: 6},
		{Actor: "church", Position: stakeholders.At(6), Power: 6},
	}})
	require.NoError(t, err)
	media, _ := after.Actor("media")
	require.False(t, media.Position.Known())
	require.Equal(t, stakeholders.Power(6), media.Power)
	church, _ := after.Actor("church")
	require.Equal(t, stakeholders.At(6), church.Position)
	require.False(t, church.Power.Known())
	require.Equal(t, stakeholders.Feasibility{LeftOut: 2}, after.Feasibility())
}

func TestAMeanOnABoundaryIsNotDecidedByRounding(t *testing.T) {
	// 0.9 and 1.1 average to 1, which is low support, wherever the actor stood.
	effects := func(position float64) []stakeholders.Effect {
		return []stakeholders.Effect{{Actor: "a", Position: stakeholders.At(position)}}
	}
	low := stakeholders.Strategy{ID: "low", Name: "Low", Kind: stakeholders.ChangePositions, Effects: effects(0.9)}
	high := stakeholders.Strategy{ID: "high", Name: "High", Kind: stakeholders.ChangePositions, Effects: effects(1.1)}
	for _, today := range []float64{-6.3, -0.1, 0.7, 3.3} {
		r := rosterOf(t, []stakeholders.Actor{{ID: "a", Name: "A", Constituency: stakeholders.NGO, Position: stakeholders.At(today), Power: 4}})
		for _, order := range [][]stakeholders.Strategy{{low, high}, {high, low}} {
			after, err := r.Under(order...)
			require.NoError(t, err)
			a, _ := after.Actor("a")
			require.Equal(t, stakeholders.At(1), a.Position)
		}
	}
}

func TestProspectsOfTheDistrict(t *testing.T) {
	p, err := district(t).Prospects(districtStrategies(), stakeholders.Sampling{})
	require.NoError(t, err)
	require.True(t, p.Exact)
	require.Equal(t, 61.75, p.Now.Support)
	require.Equal(t, stakeholders.Feasibility{Support: 85.75, NonMobilised: 60, Opposition: 0, LeftOut: 1}, p.IfAll)
	// The districts bring 16 in 3 cases of 4, the nurses 8 in 4 of 10.
	require.InDelta(t, 61.75+0.75*16+0.4*8, p.Expected.Support, 1e-9)
	// The treasury keeps 48 if both its strategies fail, 24 if only the second
	// succeeds; the nurses keep 8 in 6 of 10.
	require.InDelta(t, 48*0.5*0.25+24*0.5*0.75+0.6*8, p.Expected.Opposition, 1e-9)
	require.InDelta(t, 1, p.Probability, 1e-12)
	require.InDelta(t, p.Expected.Margin(), p.Margin.Mean, 1e-9)
	require.InDelta(t, 5.75, p.Margin.Lowest, 1e-9)
	require.InDelta(t, 85.75, p.Margin.Highest, 1e-9)

	phase := p.Strategies[0]
	require.Equal(t, "1", phase.Strategy)
	require.Equal(t, stakeholders.Feasibility{Support: 61.75, NonMobilised: 80, Opposition: 8, LeftOut: 1}, phase.Alone)
	require.Equal(t, stakeholders.Indices{NonMobilised: 60, Opposition: -48}, phase.AloneChange)
	require.Equal(t, stakeholders.Indices{NonMobilised: 60, Opposition: -24}, phase.MarginalChange)
	// Half the time it takes away 48, or 24 where the investment case succeeded.
	require.InDelta(t, -0.5*(0.25*48+0.75*24), phase.ExpectedChange.Opposition, 1e-9)
}

func TestProspectsOfNothingAreToday(t *testing.T) {
	p, err := district(t).Prospects(nil, stakeholders.Sampling{})
	require.NoError(t, err)
	require.Equal(t, p.Now, p.IfAll)
	require.Equal(t, []stakeholders.MarginOutcome{{Margin: 5.75, Probability: 1}}, p.Margin.Outcomes)
	require.Equal(t, 1.0, p.Probability)
	require.Empty(t, p.Strategies)

	p, err = stakeholders.Roster{}.Prospects(nil, stakeholders.Sampling{Draws: 10})
	require.NoError(t, err)
	require.Zero(t, p.Probability, "nobody on either side is a tie, and a tie is not feasible")
}

// strategiesGen draws strategies over the actors, with costs and probabilities
// that add up exactly.
func strategiesGen(actors []stakeholders.Actor, most int) *rapid.Generator[[]stakeholders.Strategy] {
	return rapid.Custom(func(t *rapid.T) []stakeholders.Strategy {
		var strategies []stakeholders.Strategy
		for i := range rapid.IntRange(0, most).Draw(t, "strategies") {
			s := stakeholders.Strategy{
				ID: fmt.Sprint("s", (i*7)%10), Name: "S", Kind: stakeholders.ChangePositions,
				Probability: float64(rapid.IntRange(0, 8).Draw(t, "probability")) / 8,
				Cost:        float64(rapid.IntRange(0, 6).Draw(t, "cost")) / 10, Unit: "USD",
			}
			for _, a := range actors {
				e := stakeholders.Effect{Actor: a.ID}
				if rapid.Bool().Draw(t, "moves") {
					e.Position = stakeholders.At(quarter(-28, 28).Draw(t, "position"))
				}
				if rapid.IntRange(0, 3).Draw(t, "empowers") == 0 {
					e.Power = stakeholders.Power(quarter(4, 28).Draw(t, "power"))
				}
				if e.Position.Known() || e.Power.Known() {
					s.Effects = append(s.Effects, e)
				}
			}
			strategies = append(strategies, s)
		}
		return strategies
	})
}

// subset returns the strategies of a set, and the probability that just these
// succeed.
func subset(strategies []stakeholders.Strategy, set uint) (members []stakeholders.Strategy, probability float64) {
	probability = 1
	for i, s := range strategies {
		if set>>i&1 == 1 {
			members = append(members, s)
			probability *= s.Probability
		} else {
			probability *= 1 - s.Probability
		}
	}
	return members, probability
}

// bruteForce weighs every combination through Under and Feasibility.
func bruteForce(t require.TestingT, r stakeholders.Roster, strategies []stakeholders.Strategy) (expected stakeholders.Indices, probability float64) {
	for set := range uint(1) << len(strategies) {
		members, p := subset(strategies, set)
		after, err := r.Under(members...)
		require.NoError(t, err)
		f := after.Feasibility()
		expected.Support += p * f.Support
		expected.NonMobilised += p * f.NonMobilised
		expected.Opposition += p * f.Opposition
		if f.Margin() > 1e-9 {
			probability += p
		}
	}
	return expected, probability
}

func requireIndices(t require.TestingT, want, got stakeholders.Indices) {
	require.InDelta(t, want.Support, got.Support, 1e-9)
	require.InDelta(t, want.NonMobilised, got.NonMobilised, 1e-9)
	require.InDelta(t, want.Opposition, got.Opposition, 1e-9)
}

func minus(a, b stakeholders.Indices) stakeholders.Indices {
	return stakeholders.Indices{Support: a.Support - b.Support, NonMobilised: a.NonMobilised - b.NonMobilised, Opposition: a.Opposition - b.Opposition}
}

func TestExactProspectsAreThoseOfBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		actors := actorsGen.Draw(t, "actors")
		r := rosterOf(t, actors)
		strategies := strategiesGen(actors, 6).Draw(t, "strategies")
		p, err := r.Prospects(strategies, stakeholders.Sampling{})
		require.NoError(t, err)
		require.True(t, p.Exact)

		expected, probability := bruteForce(t, r, strategies)
		requireIndices(t, expected, p.Expected)
		require.InDelta(t, probability, p.Probability, 1e-12)
		require.InDelta(t, expected.Margin(), p.Margin.Mean, 1e-9)

		all, err := r.Under(strategies...)
		require.NoError(t, err)
		requireIndices(t, all.Feasibility().Indices(), p.IfAll.Indices())
		require.Equal(t, all.Feasibility().LeftOut, p.IfAll.LeftOut)
		for i := range strategies {
			without := append(append([]stakeholders.Strategy{}, strategies[:i]...), strategies[i+1:]...)
			alone, err := r.Under(strategies[i])
			require.NoError(t, err)
			others, err := r.Under(without...)
			require.NoError(t, err)
			requireIndices(t, alone.Feasibility().Indices(), p.Strategies[i].Alone.Indices())
			requireIndices(t, minus(alone.Feasibility().Indices(), r.Feasibility().Indices()), p.Strategies[i].AloneChange)
			requireIndices(t, minus(all.Feasibility().Indices(), others.Feasibility().Indices()), p.Strategies[i].MarginalChange)
			left, leftProbability := bruteForce(t, r, without)
			requireIndices(t, minus(expected, left), p.Strategies[i].ExpectedChange)
			require.InDelta(t, probability-leftProbability, p.Strategies[i].ProbabilityChange, 1e-12)
		}

		var sum, mean float64
		for i, o := range p.Margin.Outcomes {
			sum += o.Probability
			mean += o.Probability * o.Margin
			require.Positive(t, o.Probability)
			if i > 0 {
				require.Greater(t, o.Margin, p.Margin.Outcomes[i-1].Margin)
			}
		}
		require.InDelta(t, 1, sum, 1e-12)
		require.InDelta(t, p.Margin.Mean, mean, 1e-9)
		require.Len(t, p.Margin.Quantiles, 5)
		for _, q := range p.Margin.Quantiles {
			var below, upTo float64
			for _, o := range p.Margin.Outcomes {
				if o.Margin < q.Margin {
					below += o.Probability
				}
				if o.Margin <= q.Margin {
					upTo += o.Probability
				}
			}
			require.Less(t, below, q.Share)
			require.GreaterOrEqual(t, upTo, q.Share-1e-9)
		}
	})
}

func TestProspectsDoNotDependOnTheOrderOfStrategies(t *testing.T) {
	s := districtStrategies()
	a, err := district(t).Prospects(s, stakeholders.Sampling{})
	require.NoError(t, err)
	b, err := district(t).Prospects([]stakeholders.Strategy{s[2], s[0], s[1]}, stakeholders.Sampling{})
	require.NoError(t, err)
	require.Equal(t, a.Probability, b.Probability)
	require.Len(t, b.Margin.Outcomes, len(a.Margin.Outcomes))
	requireIndices(t, a.Expected, b.Expected)
	requireIndices(t, a.Strategies[0].ExpectedChange, b.Strategies[1].ExpectedChange)
}

func TestATieUpToRoundingIsATie(t *testing.T) {
	// Three supporters of weight 0.1 hold one opponent of weight 0.3, though
	// the sums of the indices differ in their last bits.
	actors := []stakeholders.Actor{{ID: "o", Name: "O", Constituency: stakeholders.NGO, Position: stakeholders.At(-2), Power: 1, Weight: 0.3}}
	for i := range 3 {
		actors = append(actors, stakeholders.Actor{ID: fmt.Sprint(i), Name: "S", Constituency: stakeholders.NGO, Position: stakeholders.At(2), Power: 1, Weight: 0.1})
	}
	r := rosterOf(t, actors)
	require.NotEqual(t, r.Feasibility().Support, r.Feasibility().Opposition, "the case needs sums that differ by rounding")
	p, err := r.Prospects(nil, stakeholders.Sampling{})
	require.NoError(t, err)
	require.Zero(t, p.Probability)
}

func TestOutcomesThatDifferByRoundingAreOne(t *testing.T) {
	// To win two of weight 0.1 and 0.2 is worth what one of weight 0.3 is,
	// though the sums differ in their last bits.
	var actors []stakeholders.Actor
	var strategies []stakeholders.Strategy
	for i, weight := range []float64{0.1, 0.2, 0.3} {
		actors = append(actors, stakeholders.Actor{ID: fmt.Sprint(i), Name: "A", Constituency: stakeholders.NGO,
			Position: stakeholders.At(0), Power: 1, Weight: weight})
	}
	for id, moves := range []([]int){{0, 1}, {2}} {
		s := stakeholders.Strategy{ID: fmt.Sprint(id), Name: "S", Kind: stakeholders.ChangePositions, Probability: 0.5}
		for _, i := range moves {
			s.Effects = append(s.Effects, stakeholders.Effect{Actor: fmt.Sprint(i), Position: stakeholders.At(2)})
		}
		strategies = append(strategies, s)
	}
	p, err := rosterOf(t, actors).Prospects(strategies, stakeholders.Sampling{})
	require.NoError(t, err)
	var margins, probabilities []float64
	for _, o := range p.Margin.Outcomes {
		margins, probabilities = append(margins, o.Margin), append(probabilities, o.Probability)
	}
	require.InDeltaSlice(t, []float64{0, 0.6, 1.2}, margins, 1e-9)
	require.Equal(t, []float64{0.25, 0.5, 0.25}, probabilities)
}

func TestAThousandStrategiesAreNotTooMany(t *testing.T) {
	many := make([]stakeholders.Strategy, 1000)
	for i := range many {
		many[i] = stakeholders.Strategy{ID: fmt.Sprint(i), Name: "S", Kind: stakeholders.ChangePositions}
	}
	r := district(t)
	same, err := r.Under(many...)
	require.NoError(t, err)
	require.Equal(t, r, same)
}

// padded adds strategies that leave one actor of the district where it is, to
// bring their number beyond what is weighed exactly.
func padded(strategies []stakeholders.Strategy) []stakeholders.Strategy {
	for i := len(strategies); i < 24; i++ {
		strategies = append(strategies, stakeholders.Strategy{ID: fmt.Sprint("idle", i), Name: "Idle", Kind: stakeholders.ChangePerceptions,
			Probability: 0.5, Effects: []stakeholders.Effect{{Actor: "chws", Position: stakeholders.At(6)}}})
	}
	return strategies
}

// contested is the district with a health workers' union that may tip the
// balance.
func contested(t testing.TB) stakeholders.Roster {
	r, err := district(t).Engage(stakeholders.Actor{ID: "union", Name: "Union", Constituency: stakeholders.TradeUnion,
		Position: stakeholders.At(-6), Power: 3})
	require.NoError(t, err)
	return r
}

func TestSampledProspectsKeepWithinTheirError(t *testing.T) {
	const draws = 20_000
	r := contested(t)
	exact, err := r.Prospects(districtStrategies(), stakeholders.Sampling{})
	require.NoError(t, err)
	require.Greater(t, exact.Probability, 0.1)
	require.Less(t, exact.Probability, 0.99)
	for seed := range uint64(3) {
		drawn, err := r.Prospects(padded(districtStrategies()), stakeholders.Sampling{Draws: draws, Seed: seed})
		require.NoError(t, err)
		require.False(t, drawn.Exact)
		require.Equal(t, draws, drawn.Draws)
		binomial := math.Sqrt(exact.Probability * (1 - exact.Probability) / draws)
		require.InDelta(t, exact.Probability, drawn.Probability, 4*binomial)
		require.InDelta(t, binomial, drawn.StandardError, binomial/10)
		require.InDelta(t, exact.Margin.Mean, drawn.Margin.Mean, 4*exact.Margin.Deviation/math.Sqrt(draws))
		require.InDelta(t, exact.Margin.Deviation, drawn.Margin.Deviation, exact.Margin.Deviation/20)
		for i, s := range exact.Strategies {
			require.InDelta(t, s.ProbabilityChange, drawn.Strategies[i].ProbabilityChange, 0.02)
			require.InDelta(t, s.ExpectedChange.Opposition, drawn.Strategies[i].ExpectedChange.Opposition, 0.5)
			require.Equal(t, s.Alone, drawn.Strategies[i].Alone)
		}
		require.Zero(t, drawn.Strategies[10].ExpectedChange.Margin(), "an idle one brings nothing")
	}
}

func TestOneSeedGivesOneResult(t *testing.T) {
	sample := func(seed uint64) stakeholders.Prospects {
		p, err := contested(t).Prospects(padded(districtStrategies()), stakeholders.Sampling{Draws: 500, Seed: seed})
		require.NoError(t, err)
		return p
	}
	require.Equal(t, sample(3), sample(3))
	require.NotEqual(t, sample(3), sample(4))
}

func TestProspectsOverManyOutcomesSortThemAll(t *testing.T) {
	// 2^13 outcomes, too many that differ to be listed.
	r, strategies := crowd(16, 13, 11)
	p, err := r.Prospects(strategies, stakeholders.Sampling{})
	require.NoError(t, err)
	lowest, highest, probability, mean := math.Inf(1), math.Inf(-1), 0.0, 0.0
	chances := map[float64]float64{}
	for set := range uint(1) << len(strategies) {
		members, q := subset(strategies, set)
		after, err := r.Under(members...)
		require.NoError(t, err)
		m := after.Feasibility().Margin()
		chances[m] += q
		lowest, highest = min(lowest, m), max(highest, m)
		mean += q * m
		if m > 1e-9 {
			probability += q
		}
	}
	require.InDelta(t, lowest, p.Margin.Lowest, 1e-9)
	require.InDelta(t, highest, p.Margin.Highest, 1e-9)
	require.InDelta(t, mean, p.Margin.Mean, 1e-9)
	require.InDelta(t, probability, p.Probability, 1e-12)
	require.Greater(t, len(chances), 4000)
	require.Empty(t, p.Margin.Outcomes)
	require.Len(t, p.Margin.Quantiles, 5)
	for _, q := range p.Margin.Quantiles {
		var below, upTo float64
		for m, chance := range chances {
			if m < q.Margin-1e-9 {
				below += chance
			}
			if m <= q.Margin+1e-9 {
				upTo += chance
			}
		}
		require.Less(t, below, q.Share)
		require.GreaterOrEqual(t, upTo, q.Share-1e-9)
	}
}

func TestOneActorMovedByManyStrategies(t *testing.T) {
	r := rosterOf(t, []stakeholders.Actor{
		{ID: "a", Name: "A", Constituency: stakeholders.NGO, Position: stakeholders.At(-6), Power: 2},
		{ID: "b", Name: "B", Constituency: stakeholders.NGO, Position: stakeholders.At(1), Power: 1},
	})
	var strategies []stakeholders.Strategy
	var expected float64
	for i := range 12 {
		strategies = append(strategies, stakeholders.Strategy{ID: fmt.Sprint(i), Name: "S", Kind: stakeholders.ChangePositions, Probability: 0.5,
			Effects: []stakeholders.Effect{{Actor: "a", Position: stakeholders.At(2)}}})
	}
	// All say 2, so any success brings the actor there: 2 × 2 of support.
	none := 1 / float64(uint(1)<<12)
	expected = 1 + 4*(1-none)
	p, err := r.Prospects(strategies, stakeholders.Sampling{})
	require.NoError(t, err)
	require.InDelta(t, expected, p.Expected.Support, 1e-12)
	require.InDelta(t, 1-none, p.Probability, 1e-12)
	require.Len(t, p.Margin.Outcomes, 2)
	require.Zero(t, p.Strategies[0].MarginalChange, "the others already bring the actor there")
}

func TestStrategiesThatARosterRefuses(t *testing.T) {
	good := func() stakeholders.Strategy { return districtStrategies()[0] }
	with := func(change func(*stakeholders.Strategy)) stakeholders.Strategy {
		s := good()
		change(&s)
		return s
	}
	many := make([]stakeholders.Strategy, 1001)
	for name, c := range map[string]struct {
		strategies  []stakeholders.Strategy
		field, rule string
	}{
		"a probability that is not a number": {[]stakeholders.Strategy{with(func(s *stakeholders.Strategy) { s.Probability = math.NaN() })},
			"strategies[0].probability", "range"},
		"a probability above 1": {[]stakeholders.Strategy{with(func(s *stakeholders.Strategy) { s.Probability = 1.1 })},
			"strategies[0].probability", "range"},
		"a negative probability": {[]stakeholders.Strategy{with(func(s *stakeholders.Strategy) { s.Probability = -0.1 })},
			"strategies[0].probability", "range"},
		"a position that is not a number": {[]stakeholders.Strategy{with(func(s *stakeholders.Strategy) { s.Effects[0].Position = stakeholders.At(math.NaN()) })},
			"strategies[0].effects[0].position", "range"},
		"a power off the scale": {[]stakeholders.Strategy{with(func(s *stakeholders.Strategy) { s.Effects[0].Power = 8 })},
			"strategies[0].effects[0].power", "range"},
		"a negative cost": {[]stakeholders.Strategy{with(func(s *stakeholders.Strategy) { s.Cost = -1 })},
			"strategies[0].cost", "range"},
		"an unknown actor": {[]stakeholders.Strategy{districtStrategies()[2], with(func(s *stakeholders.Strategy) { s.Effects[0].Actor = "treasury" })},
			"strategies[1].effects[0].actor", "exists"},
		"an actor twice": {[]stakeholders.Strategy{with(func(s *stakeholders.Strategy) { s.Effects = append(s.Effects, s.Effects[0]) })},
			"strategies[0].effects[1].actor", "unique"},
		"an id twice": {[]stakeholders.Strategy{good(), good()},
			"strategies[1].id", "unique"},
		"too many strategies": {many, "strategies", "length"},
		"too many effects": {[]stakeholders.Strategy{with(func(s *stakeholders.Strategy) { s.Effects = make([]stakeholders.Effect, 10_001) })},
			"strategies[0].effects", "length"},
		"no actor": {[]stakeholders.Strategy{with(func(s *stakeholders.Strategy) { s.Effects[0].Actor = "" })},
			"strategies[0].effects[0].actor", "required"},
	} {
		t.Run(name, func(t *testing.T) {
			r := district(t)
			under, err := r.Under(c.strategies...)
			require.Equal(t, r, under)
			_, prospects := r.Prospects(c.strategies, stakeholders.Sampling{})
			_, cheapest := r.Cheapest(c.strategies, 0.5)
			for _, err := range []error{err, prospects, cheapest} {
				var refused fault.Fields
				require.ErrorAs(t, err, &refused)
				require.Len(t, refused, 1)
				require.Equal(t, c.field, refused[0].Path)
				require.Equal(t, c.rule, refused[0].Rule)
				require.ErrorIs(t, err, fault.ErrInvalid)
			}
		})
	}
}

func TestProspectsRefuseDrawsOutOfRange(t *testing.T) {
	for name, c := range map[string]struct {
		strategies []stakeholders.Strategy
		draws      int
		rule       string
	}{
		"negative draws":                         {districtStrategies(), -1, "range"},
		"too many draws":                         {districtStrategies(), 1_000_001, "range"},
		"more than 16 strategies, without draws": {padded(districtStrategies()), 0, "required"},
	} {
		_, err := district(t).Prospects(c.strategies, stakeholders.Sampling{Draws: c.draws})
		var refused fault.Fields
		require.ErrorAs(t, err, &refused, name)
		require.Len(t, refused, 1, name)
		require.Equal(t, "draws", refused[0].Path, name)
		require.Equal(t, c.rule, refused[0].Rule, name)
	}
}

func TestExtremeWeightsKeepTheIndicesFinite(t *testing.T) {
	for _, weight := range []float64{1e-300, 1e-6, 1e6} {
		var actors []stakeholders.Actor
		for i := range 50 {
			actors = append(actors, stakeholders.Actor{ID: fmt.Sprint(i), Name: "A", Constituency: stakeholders.NGO,
				Position: stakeholders.At(7), Power: 7, Weight: weight})
		}
		r := rosterOf(t, actors)
		p, err := r.Prospects([]stakeholders.Strategy{{ID: "s", Name: "S", Kind: stakeholders.ChangePositions, Probability: 0.5,
			Effects: []stakeholders.Effect{{Actor: "0", Position: stakeholders.At(-7)}}}}, stakeholders.Sampling{})
		require.NoError(t, err)
		require.InEpsilon(t, 49.5*49*weight, p.Expected.Support, 1e-12)
		require.Equal(t, 1.0, p.Probability)
	}
}

// crowd draws a roster and strategies from a seed, each strategy moving six
// actors.
func crowd(actors, strategies int, seed uint64) (stakeholders.Roster, []stakeholders.Strategy) {
	random := rand.New(rand.NewPCG(seed, 0))
	var all []stakeholders.Actor
	for i := range actors {
		all = append(all, stakeholders.Actor{ID: fmt.Sprint("a", i), Name: "A", Constituency: stakeholders.NGO,
			Position: stakeholders.At(float64(random.IntN(57)-28) / 4), Power: stakeholders.Power(1 + float64(random.IntN(25))/4)})
	}
	var plans []stakeholders.Strategy
	for i := range strategies {
		s := stakeholders.Strategy{ID: fmt.Sprintf("s%02d", i), Name: "S", Kind: stakeholders.ChangePositions,
			Probability: 0.1 + 0.8*random.Float64(), Cost: float64(1 + random.IntN(1000)), Unit: "USD"}
		for _, a := range random.Perm(actors)[:6] {
			s.Effects = append(s.Effects, stakeholders.Effect{Actor: fmt.Sprint("a", a), Position: stakeholders.At(float64(random.IntN(57)-28) / 4)})
		}
		plans = append(plans, s)
	}
	r, err := stakeholders.NewRoster(all...)
	if err != nil {
		panic(err)
	}
	return r, plans
}

func TestSixteenStrategiesAreWeighedHoweverManyDrawsAreAllowed(t *testing.T) {
	r, strategies := crowd(30, 16, 1)
	p, err := r.Prospects(strategies, stakeholders.Sampling{})
	require.NoError(t, err)
	require.True(t, p.Exact)
	drawn, err := r.Prospects(strategies, stakeholders.Sampling{Draws: 100, Seed: 1})
	require.NoError(t, err)
	require.Equal(t, p, drawn)
	require.InDelta(t, p.Expected.Margin(), p.Margin.Mean, 1e-9)
}

func BenchmarkProspects16(b *testing.B) {
	r, strategies := crowd(30, 16, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Prospects(strategies, stakeholders.Sampling{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProspectsSampled(b *testing.B) {
	r, strategies := crowd(30, 30, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Prospects(strategies, stakeholders.Sampling{Draws: 10_000}); err != nil {
			b.Fatal(err)
		}
	}
}

// sided is a roster of actors of power 6 with the given positions and weights, and, where
// unknown is above 0, one of that weight whose position is not known.
func sided(t testing.TB, unknown float64, actors ...[2]float64) stakeholders.Roster {
	all := []stakeholders.Actor{{ID: "u", Name: "u", Constituency: stakeholders.Media, Power: 4, Weight: unknown}}
	if unknown == 0 {
		all = nil
	}
	for i, a := range actors {
		id := fmt.Sprintf("a%d", i)
		all = append(all, stakeholders.Actor{ID: id, Name: id, Constituency: stakeholders.Media, Position: stakeholders.At(a[0]), Power: 6, Weight: a[1]})
	}
	r, err := stakeholders.NewRoster(all...)
	require.NoError(t, err)
	return r
}

// What is in neither index does not widen a tie: a supporter alone outweighs nobody,
// however light it is beside who is left out or not mobilised.
func TestATieIsRelativeToThoseWhoTakeSides(t *testing.T) {
	for name, r := range map[string]stakeholders.Roster{
		"beside one left out":      sided(t, 1e6, [2]float64{6, 1e-8}),
		"beside one non-mobilised": sided(t, 0, [2]float64{0, 1e6}, [2]float64{6, 1e-8}),
		"beside both":              sided(t, 1e6, [2]float64{0, 1e6}, [2]float64{6, 1e-11}),
		"a little heavier":         sided(t, 1e6, [2]float64{6, 1.001e-8}, [2]float64{-6, 1e-8}),
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, r.Feasibility().Feasible())
			p, err := r.Prospects(nil, stakeholders.Sampling{})
			require.NoError(t, err)
			require.Equal(t, 1.0, p.Probability)
			require.InEpsilon(t, r.Feasibility().Margin(), p.Margin.Mean, 1e-9)
			set, err := r.Cheapest(nil, 0.5)
			require.NoError(t, err)
			require.Empty(t, set.Strategies)
			require.True(t, set.Reaches)
		})
	}
	// Where sums differ by rounding alone it is a tie, at any scale, for today and for
	// what may come: 0.1 + 0.2 + 0.3 is 0.6000000000000001.
	for _, scale := range []float64{1e-9, 1, 1e5} {
		r := sided(t, 1e6, [2]float64{6, 0.1 * scale}, [2]float64{6, 0.2 * scale}, [2]float64{6, 0.3 * scale}, [2]float64{-6, 0.6 * scale})
		require.False(t, r.Feasibility().Feasible())
		p, err := r.Prospects(nil, stakeholders.Sampling{})
		require.NoError(t, err)
		require.Zero(t, p.Probability)
		_, err = r.Cheapest(nil, 0.5)
		require.ErrorAs(t, err, new(*stakeholders.UnreachableError))
	}
}

// Margins that differ beside what they are margins between are told apart.
func TestOutcomesOfLightActorsAreToldApart(t *testing.T) {
	r := sided(t, 1e6, [2]float64{0, 1e6}, [2]float64{2, 1e-8})
	s := stakeholders.Strategy{ID: "s", Name: "s", Kind: stakeholders.ChangePositions, Probability: 0.5, Effects: []stakeholders.Effect{{Actor: "a1", Position: stakeholders.At(4)}}}
	p, err := r.Prospects([]stakeholders.Strategy{s}, stakeholders.Sampling{})
	require.NoError(t, err)
	require.Len(t, p.Margin.Outcomes, 2) // 2 × 6 × 1e-8 and 4 × 6 × 1e-8
	require.InEpsilon(t, 12e-8, p.Margin.Outcomes[0].Margin, 1e-12)
	require.InEpsilon(t, 24e-8, p.Margin.Outcomes[1].Margin, 1e-12)
}

// An id is the same however it was typed: "é" as one character or as two.
func TestStrategiesMeetActorsByTheNormalFormOfTheirNames(t *testing.T) {
	const one, two = "santé", "sante\u0301"
	r, err := stakeholders.NewRoster(stakeholders.Actor{ID: one, Name: one, Constituency: stakeholders.MinistryOfHealth, Position: stakeholders.At(-2), Power: 4})
	require.NoError(t, err)
	s := stakeholders.Strategy{ID: "s", Name: "s", Kind: stakeholders.ChangePositions, Probability: 1, Effects: []stakeholders.Effect{{Actor: two, Position: stakeholders.At(3)}}}
	after, err := r.Under(s)
	require.NoError(t, err)
	a, _ := after.Actor(two)
	require.Equal(t, stakeholders.At(3), a.Position)
	p, err := r.Prospects([]stakeholders.Strategy{s}, stakeholders.Sampling{})
	require.NoError(t, err)
	require.Equal(t, 12.0, p.IfAll.Support, "power 4 times position 3")
	set, err := r.Cheapest([]stakeholders.Strategy{s}, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"s"}, set.Strategies)
	impact, err := stakeholders.ImpactOf(s, stakeholders.FullSuccess, r, after)
	require.NoError(t, err)
	require.Equal(t, 5.0, impact.Actors[0].Position.Observed, "from -2 to 3")
	require.Equal(t, two, s.Effects[0].Actor, "what was handed in stays as it is")
}
