package stakeholders_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// bestByBruteForce looks at every set of strategies and weighs every
// combination of success and failure of its members. Costs are tenths.
func bestByBruteForce(t require.TestingT, r stakeholders.Roster, strategies []stakeholders.Strategy, wanted float64) (ids []string, cost float64, best float64, reaches bool) {
	wins := make([]bool, 1<<len(strategies))
	for set := range wins {
		members, _ := subset(strategies, uint(set))
		after, err := r.Under(members...)
		require.NoError(t, err)
		wins[set] = after.Feasibility().Margin() > 1e-9
	}
	var tenths int
	for set := range wins {
		var own []string
		var ownTenths int
		members, _ := subset(strategies, uint(set))
		for _, s := range members {
			own = append(own, s.ID)
			ownTenths += int(math.Round(10 * s.Cost))
		}
		slices.Sort(own)
		var probability float64
		for part := range wins {
			if part&^set != 0 || !wins[part] {
				continue
			}
			p := 1.0
			for i, s := range strategies {
				switch {
				case set>>i&1 == 0:
				case part>>i&1 == 1:
					p *= s.Probability
				default:
					p *= 1 - s.Probability
				}
			}
			probability += p
		}
		best = max(best, probability)
		if probability < wanted-1e-9 {
			continue
		}
		if !reaches || ownTenths < tenths || ownTenths == tenths &&
			(len(own) < len(ids) || len(own) == len(ids) && slices.Compare(own, ids) < 0) {
			ids, tenths, reaches = own, ownTenths, true
		}
	}
	return ids, float64(tenths) / 10, best, reaches
}

func checkCheapest(t require.TestingT, r stakeholders.Roster, strategies []stakeholders.Strategy, wanted float64) {
	ids, cost, best, reaches := bestByBruteForce(t, r, strategies, wanted)
	choice, err := r.Cheapest(strategies, wanted, 0)
	if !reaches {
		var unreachable stakeholders.UnreachableError
		require.ErrorAs(t, err, &unreachable)
		require.Equal(t, wanted, unreachable.Wanted)
		require.InDelta(t, best, unreachable.Best, 1e-9)
		return
	}
	require.NoError(t, err)
	require.True(t, choice.Exact)
	require.True(t, choice.Reaches)
	require.Equal(t, append([]string{}, ids...), choice.Strategies)
	require.Equal(t, cost, choice.Cost)
	require.Equal(t, cost, choice.LowerBound)
	require.GreaterOrEqual(t, choice.Probability, wanted-1e-9)

	// The search in order of cost agrees with the table of all sets, and what
	// it proves with too little work is true.
	var work int
	for work = 1; ; work *= 3 {
		limited, err := r.Cheapest(strategies, wanted, work)
		require.NoError(t, err)
		require.LessOrEqual(t, limited.Work, work)
		require.LessOrEqual(t, limited.LowerBound, cost)
		if limited.Reaches {
			require.GreaterOrEqual(t, limited.Cost, cost)
		}
		if limited.Exact {
			require.Equal(t, choice.Strategies, limited.Strategies)
			require.Equal(t, choice.Cost, limited.LowerBound)
			require.InDelta(t, choice.Probability, limited.Probability, 1e-12)
		}
		if work >= 1<<len(strategies) {
			require.True(t, limited.Exact)
			return
		}
	}
}

// uphill adds an opponent whom no strategy moves, so that opposition exceeds
// support by a margin today.
func uphill(r stakeholders.Roster, margin float64) stakeholders.Roster {
	r, err := r.Engage(stakeholders.Actor{ID: "wall", Name: "W", Constituency: stakeholders.OtherMinistry,
		Position: stakeholders.At(-5), Power: 5, Weight: (r.Feasibility().Margin() + margin) / 25})
	if err != nil {
		panic(err)
	}
	return r
}

func TestTheCheapestSetIsThatOfBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		actors := actorsGen.Draw(t, "actors")
		strategies := strategiesGen(actors, 6).Draw(t, "strategies")
		checkCheapest(t, rosterOf(t, actors), strategies, float64(rapid.IntRange(0, 16).Draw(t, "wanted"))/16)
	})
}

func TestTheCheapestSetIsThatOfBruteForceInThousandsOfCases(t *testing.T) {
	cases := 2000
	if testing.Short() {
		cases = 300
	}
	for seed := range cases {
		n := 1 + seed%4
		if seed%50 == 0 {
			n = 8
		}
		r, strategies := crowd(6, n, uint64(seed))
		for i := range strategies {
			strategies[i].Effects = strategies[i].Effects[:1+(seed+i)%3]
			strategies[i].Cost = math.Round(strategies[i].Cost/300) / 10 // few values, so that sets tie
		}
		checkCheapest(t, r, strategies, float64(seed%20)/20)
	}
}

func TestACheapestSetMayBeNone(t *testing.T) {
	choice, err := district(t).Cheapest(districtStrategies(), 1, 0)
	require.NoError(t, err)
	require.Equal(t, stakeholders.CheapestSet{Strategies: []string{}, Unit: "kUSD", Probability: 1, Reaches: true, Exact: true, Work: 8}, choice)
}

func TestAProbabilityOutOfReachSaysWhatCanBeHad(t *testing.T) {
	r := rosterOf(t, []stakeholders.Actor{
		{ID: "o", Name: "O", Constituency: stakeholders.NGO, Position: stakeholders.At(-6), Power: 6},
		{ID: "s", Name: "S", Constituency: stakeholders.NGO, Position: stakeholders.At(6), Power: 2},
	})
	strategies := []stakeholders.Strategy{
		{ID: "b", Name: "B", Kind: stakeholders.ChangePositions, Probability: 0.5, Cost: 3, Unit: "USD",
			Effects: []stakeholders.Effect{{Actor: "o", Position: stakeholders.At(0)}}},
		{ID: "a", Name: "A", Kind: stakeholders.ChangePositions, Probability: 0.5, Cost: 3, Unit: "USD",
			Effects: []stakeholders.Effect{{Actor: "o", Position: stakeholders.At(0)}}},
		{ID: "vain", Name: "V", Kind: stakeholders.ChangePositions, Probability: 0, Cost: 0,
			Effects: []stakeholders.Effect{{Actor: "o", Position: stakeholders.At(6)}}},
		{ID: "idea", Name: "I", Kind: stakeholders.ChangePlayers, Probability: 1, Cost: 1, Unit: "USD"},
	}
	_, err := r.Cheapest(strategies, 0.9, 0)
	require.ErrorIs(t, err, stakeholders.ErrUnreachable)
	require.False(t, errors.Is(err, stakeholders.ErrInvalid), "nothing is wrong with what was asked")
	var unreachable stakeholders.UnreachableError
	require.ErrorAs(t, err, &unreachable)
	require.Equal(t, stakeholders.UnreachableError{Wanted: 0.9, Best: 0.75, Strategies: []string{"a", "b"}}, unreachable)
	require.Equal(t, "stakeholders: support exceeds opposition with a probability of at most 0.75, with strategies [a, b]; wanted 0.9", err.Error())

	choice, err := r.Cheapest(strategies, 0.5, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, choice.Strategies, "a tie goes to the first id")

	// Too little work to prove it: no error, and no claim.
	choice, err = r.Cheapest(strategies, 0.9, 3)
	require.NoError(t, err)
	require.False(t, choice.Exact)
	require.False(t, choice.Reaches)
	require.Equal(t, 3.0, choice.LowerBound, "to do nothing was looked at, and does not reach it")
}

func TestMoreStrategiesMayBeWorse(t *testing.T) {
	// Together they average to -1.5: opposition still.
	r := rosterOf(t, []stakeholders.Actor{
		{ID: "o", Name: "O", Constituency: stakeholders.NGO, Position: stakeholders.At(-6), Power: 6},
		{ID: "s", Name: "S", Constituency: stakeholders.NGO, Position: stakeholders.At(1), Power: 1},
	})
	effect := func(position float64) []stakeholders.Effect {
		return []stakeholders.Effect{{Actor: "o", Position: stakeholders.At(position)}}
	}
	strategies := []stakeholders.Strategy{
		{ID: "bold", Name: "B", Kind: stakeholders.ChangePositions, Probability: 1, Cost: 9, Unit: "USD", Effects: effect(1)},
		{ID: "timid", Name: "T", Kind: stakeholders.ChangePositions, Probability: 1, Cost: 0, Effects: effect(-4)},
	}
	choice, err := r.Cheapest(strategies, 1, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"bold"}, choice.Strategies)
	p, err := r.Prospects(strategies, stakeholders.Sampling{})
	require.NoError(t, err)
	require.Zero(t, p.Probability)
	require.Equal(t, -1.0, p.Strategies[1].ProbabilityChange)
}

func TestCheapestBeyondTwentyStrategiesSearchesInOrderOfCost(t *testing.T) {
	r, strategies := crowd(12, 30, 5)
	r = uphill(r, 20)
	p, err := r.Prospects(strategies, stakeholders.Sampling{Draws: 1})
	require.NoError(t, err)
	require.Less(t, p.Now.Margin(), 0.0, "the case needs something to do")

	little, err := r.Cheapest(strategies, 0.4, 5_000)
	require.NoError(t, err)
	more, err := r.Cheapest(strategies, 0.4, 100_000)
	require.NoError(t, err)
	require.False(t, little.Exact)
	require.True(t, more.Exact)
	require.True(t, more.Reaches)
	require.Positive(t, little.LowerBound)
	require.LessOrEqual(t, little.LowerBound, more.Cost)
	require.Equal(t, more.Cost, more.LowerBound)
	again, err := r.Cheapest(strategies, 0.4, 100_000)
	require.NoError(t, err)
	require.Equal(t, more, again)

	// Sets of more than 20 strategies are beyond it, whatever the work: with
	// costs all 0 and no hope it stops there and claims nothing.
	for i := range strategies {
		strategies[i].Cost = 0
	}
	none, err := r.Cheapest(strategies, 1, 10_000)
	require.NoError(t, err)
	require.False(t, none.Exact)
}

func TestCostsAddUpAsDecimals(t *testing.T) {
	// 0.1 + 0.2 is as cheap as 0.3, and so loses for its number only.
	r := rosterOf(t, []stakeholders.Actor{
		{ID: "o", Name: "O", Constituency: stakeholders.NGO, Position: stakeholders.At(-2), Power: 2},
		{ID: "x", Name: "X", Constituency: stakeholders.NGO, Position: stakeholders.At(0), Power: 2},
		{ID: "y", Name: "Y", Constituency: stakeholders.NGO, Position: stakeholders.At(0), Power: 2},
		{ID: "z", Name: "Z", Constituency: stakeholders.NGO, Position: stakeholders.At(0), Power: 4},
	})
	win := func(id string, cost float64) stakeholders.Strategy {
		return stakeholders.Strategy{ID: id, Name: id, Kind: stakeholders.ChangePositions, Probability: 1, Cost: cost, Unit: "USD",
			Effects: []stakeholders.Effect{{Actor: id, Position: stakeholders.At(1.5)}}}
	}
	for _, scale := range []float64{1e-300, 1e-6, 1, 1e9, 1e300} {
		choice, err := r.Cheapest([]stakeholders.Strategy{win("x", 0.1*scale), win("y", 0.2*scale), win("z", 0.3*scale)}, 1, 0)
		require.NoError(t, err)
		require.Equal(t, []string{"z"}, choice.Strategies, "%g", scale)
		require.InEpsilon(t, 0.3*scale, choice.Cost, 1e-12)
	}
}

func TestWhatCheapestRefuses(t *testing.T) {
	mixed := districtStrategies()
	mixed[1].Unit = "days"
	free := districtStrategies()
	free[1].Unit, free[1].Cost = "days", 0
	for name, c := range map[string]struct {
		strategies  []stakeholders.Strategy
		wanted      float64
		work        int
		field, rule string
	}{
		"a probability that is not a number": {districtStrategies(), math.NaN(), 0, "wanted", "range"},
		"a probability above 1":              {districtStrategies(), 1.01, 0, "wanted", "range"},
		"a negative probability":             {districtStrategies(), -0.01, 0, "wanted", "range"},
		"negative work":                      {districtStrategies(), 0.5, -1, "work", "range"},
		"costs in two units":                 {mixed, 0.5, 0, "strategies[1].unit", "known"},
		"nothing, where one is free":         {free, 0.5, 0, "", ""},
	} {
		_, err := district(t).Cheapest(c.strategies, c.wanted, c.work)
		if c.field == "" {
			require.NoError(t, err, name)
			continue
		}
		var refused stakeholders.FieldErrors
		require.ErrorAs(t, err, &refused, name)
		require.Len(t, refused, 1, name)
		require.Equal(t, c.field, refused[0].Field, name)
		require.Equal(t, c.rule, refused[0].Rule, name)
	}
}

func TestCheapestOfTwentyStrategiesIsExact(t *testing.T) {
	r, strategies := crowd(30, 20, 1)
	r = uphill(r, 80)
	choice, err := r.Cheapest(strategies, 0.6, 0)
	require.NoError(t, err)
	require.True(t, choice.Exact)
	require.NotEmpty(t, choice.Strategies)
	require.Equal(t, 1<<20, choice.Work)
	// Carried out alone, that set has the probability that was claimed.
	var chosen []stakeholders.Strategy
	for _, s := range strategies {
		if slices.Contains(choice.Strategies, s.ID) {
			chosen = append(chosen, s)
		}
	}
	p, err := r.Prospects(chosen, stakeholders.Sampling{})
	require.NoError(t, err)
	require.InDelta(t, p.Probability, choice.Probability, 1e-12)
	require.GreaterOrEqual(t, p.Probability, 0.6)
}

func BenchmarkCheapest20(b *testing.B) {
	r, strategies := crowd(30, 20, 1)
	r = uphill(r, 80)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Cheapest(strategies, 0.6, 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheapestInOrderOfCost(b *testing.B) {
	r, strategies := crowd(12, 30, 5)
	r = uphill(r, 20)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Cheapest(strategies, 0.4, 100_000); err != nil {
			b.Fatal(err)
		}
	}
}
