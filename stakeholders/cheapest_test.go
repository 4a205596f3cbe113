package stakeholders_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
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
	choice, err := r.Cheapest(strategies, wanted)
	if !reaches {
		var unreachable *stakeholders.UnreachableError
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
	choice, err := district(t).Cheapest(districtStrategies(), 1)
	require.NoError(t, err)
	require.Equal(t, stakeholders.CheapestSet{Strategies: []string{}, Unit: "kUSD", Probability: 1, Reaches: true, Exact: true}, choice)
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
	_, err := r.Cheapest(strategies, 0.9)
	require.False(t, errors.Is(err, fault.ErrInvalid), "nothing is wrong with what was asked")
	var unreachable *stakeholders.UnreachableError
	require.ErrorAs(t, err, &unreachable)
	require.Equal(t, &stakeholders.UnreachableError{Wanted: 0.9, Best: 0.75, Strategies: []string{"a", "b"}}, unreachable)
	require.Equal(t, "Support exceeds opposition with a probability of at most 75 %, with these strategies: a, b. Wanted: 90 %.", err.Error())

	choice, err := r.Cheapest(strategies, 0.5)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, choice.Strategies, "a tie goes to the first id")
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
	choice, err := r.Cheapest(strategies, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"bold"}, choice.Strategies)
	p, err := r.Prospects(strategies, stakeholders.Sampling{})
	require.NoError(t, err)
	require.Zero(t, p.Probability)
	require.Equal(t, -1.0, p.Strategies[1].ProbabilityChange)
}

// withIdle adds strategies that may succeed but leave everybody where they are,
// to bring the number beyond that of which all sets are looked at.
func withIdle(r stakeholders.Roster, strategies []stakeholders.Strategy) (stakeholders.Roster, []stakeholders.Strategy) {
	r, err := r.Engage(stakeholders.Actor{ID: "idler", Name: "I", Constituency: stakeholders.Media, Position: stakeholders.At(0), Power: 1})
	if err != nil {
		panic(err)
	}
	strategies = slices.Clone(strategies)
	for i := range 17 {
		strategies = append(strategies, stakeholders.Strategy{ID: fmt.Sprintf("idle%02d", i), Name: "I", Kind: stakeholders.ChangePerceptions,
			Probability: 0.5, Cost: 0.1, Unit: "USD", Effects: []stakeholders.Effect{{Actor: "idler", Position: stakeholders.At(0)}}})
	}
	return r, strategies
}

func TestBeyondSixteenStrategiesTheAnswerIsTrueIfNotTheCheapest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		actors := actorsGen.Draw(t, "actors")
		r, few := rosterOf(t, actors), strategiesGen(actors, 5).Draw(t, "strategies")
		wanted := float64(rapid.IntRange(0, 16).Draw(t, "wanted")) / 16
		_, cost, best, reaches := bestByBruteForce(t, r, few, wanted)

		r, many := withIdle(r, few)
		found, err := r.Cheapest(many, wanted)
		require.NoError(t, err)
		var chosen []stakeholders.Strategy
		var tenths int
		for _, s := range many {
			if slices.Contains(found.Strategies, s.ID) {
				chosen = append(chosen, s)
				tenths += int(math.Round(10 * s.Cost))
			}
		}
		require.Len(t, chosen, len(found.Strategies))
		require.Equal(t, float64(tenths)/10, found.Cost)
		_, probability := bruteForce(t, r, chosen)
		require.InDelta(t, probability, found.Probability, 1e-9)
		require.LessOrEqual(t, found.Probability, best+1e-9)
		require.Equal(t, probability >= wanted-1e-9, found.Reaches)
		if reaches {
			require.LessOrEqual(t, found.LowerBound, cost)
		}
		if found.Reaches {
			require.GreaterOrEqual(t, found.Cost, cost)
		}
		require.Equal(t, found.Reaches && found.Cost == found.LowerBound, found.Exact)
	})
}

func TestWhatCanBeSparedIsLeftOutAndTheGapIsStated(t *testing.T) {
	// 20 neutral actors could each be won over for 2 × 1; 12 of support are
	// missing, and more than 12 it must be: seven strategies.
	actors := []stakeholders.Actor{{ID: "o", Name: "O", Constituency: stakeholders.NGO, Position: stakeholders.At(-6), Power: 2}}
	var strategies []stakeholders.Strategy
	for i := range 20 {
		id := fmt.Sprintf("n%02d", i)
		actors = append(actors, stakeholders.Actor{ID: id, Name: "N", Constituency: stakeholders.NGO, Position: stakeholders.At(0), Power: 1})
		strategies = append(strategies, stakeholders.Strategy{ID: id, Name: "S", Kind: stakeholders.ChangePositions, Probability: 1, Cost: 10, Unit: "USD",
			Effects: []stakeholders.Effect{{Actor: id, Position: stakeholders.At(2)}}})
	}
	r := rosterOf(t, actors)
	found, err := r.Cheapest(strategies, 1)
	require.NoError(t, err)
	require.True(t, found.Reaches)
	require.Equal(t, 70.0, found.Cost)
	require.Equal(t, []string{"n00", "n01", "n02", "n03", "n04", "n05", "n06"}, found.Strategies)
	require.InDelta(t, 60, found.LowerBound, 1e-6, "in part, six would do")
	require.False(t, found.Exact)

	// One that does it alone is taken first; what is cheaper was never enough.
	strategies[3].Cost, strategies[3].Effects = 50, []stakeholders.Effect{{Actor: "o", Position: stakeholders.At(1)}}
	found, err = r.Cheapest(strategies, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"n03"}, found.Strategies)
	require.Equal(t, 50.0, found.LowerBound, "the 12 cost 50 / 12 each with it, and 10 / 2 with the others")
	require.True(t, found.Exact)

	// More than 16 members are beyond it, and it claims nothing.
	for i := range strategies {
		strategies[i].Probability = 0.5
	}
	found, err = r.Cheapest(append(strategies[:3:3], strategies[4:]...), 0.999)
	require.NoError(t, err)
	require.False(t, found.Reaches)
	require.False(t, found.Exact)
}

func TestBuildingUpGoesByProbabilityAndBeforeItRisesByTheMargin(t *testing.T) {
	// 6 × 2 against, 1 × 2 for: more than 10 are missing. The long shot brings
	// 2 × 6 one time in ten. Each of two timid ones is sure to bring 2 × 1 there
	// and 2 × 1 elsewhere, which is more on average and never enough, and holds
	// the long shot back to 2 × 3.5: whoever goes by the margin ends nowhere,
	// and leaving out one of the two does not help.
	r := rosterOf(t, []stakeholders.Actor{
		{ID: "o", Name: "O", Constituency: stakeholders.NGO, Position: stakeholders.At(-6), Power: 2},
		{ID: "s", Name: "S", Constituency: stakeholders.NGO, Position: stakeholders.At(1), Power: 2},
		{ID: "x", Name: "X", Constituency: stakeholders.NGO, Position: stakeholders.At(0), Power: 2},
		{ID: "y", Name: "Y", Constituency: stakeholders.NGO, Position: stakeholders.At(0), Power: 2},
		{ID: "z", Name: "Z", Constituency: stakeholders.NGO, Position: stakeholders.At(0), Power: 2},
	})
	move := func(id, actor string, probability float64, to float64) stakeholders.Strategy {
		return stakeholders.Strategy{ID: id, Name: "S", Kind: stakeholders.ChangePositions, Probability: probability, Cost: 1, Unit: "USD",
			Effects: []stakeholders.Effect{{Actor: actor, Position: stakeholders.At(to)}}}
	}
	r, strategies := withIdle(r, make([]stakeholders.Strategy, 3))
	for _, timid := range []string{"a", "timid"} { // looked at before and after
		strategies[0], strategies[1], strategies[2] = move("long", "y", 0.1, 6), move(timid+"1", "y", 1, 1), move(timid+"2", "y", 1, 1)
		strategies[1].Effects = append(strategies[1].Effects, stakeholders.Effect{Actor: "x", Position: stakeholders.At(1)})
		strategies[2].Effects = append(strategies[2].Effects, stakeholders.Effect{Actor: "z", Position: stakeholders.At(1)})
		found, err := r.Cheapest(strategies, 0.1)
		require.NoError(t, err)
		require.Equal(t, []string{"long"}, found.Strategies)
		require.InDelta(t, 0.1, found.Probability, 1e-12)
	}

	// Of two that only together suffice the margin shows the first.
	strategies = append(strategies[3:], move("one", "x", 1, 4), move("other", "z", 1, 4))
	found, err := r.Cheapest(strategies, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"one", "other"}, found.Strategies)
	require.True(t, found.Reaches)

	// A toss of a coin that may do it alone is taken first, and not needed once
	// the two are.
	strategies = append(strategies, move("coin", "y", 0.5, 6))
	found, err = r.Cheapest(strategies, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"one", "other"}, found.Strategies)
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
		choice, err := r.Cheapest([]stakeholders.Strategy{win("x", 0.1*scale), win("y", 0.2*scale), win("z", 0.3*scale)}, 1)
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
		field, rule string
	}{
		"a probability that is not a number": {districtStrategies(), math.NaN(), "wanted", "range"},
		"a probability above 1":              {districtStrategies(), 1.01, "wanted", "range"},
		"a negative probability":             {districtStrategies(), -0.01, "wanted", "range"},
		"costs in two units":                 {mixed, 0.5, "strategies[1].unit", "known"},
		"nothing, where one is free":         {free, 0.5, "", ""},
	} {
		_, err := district(t).Cheapest(c.strategies, c.wanted)
		if c.field == "" {
			require.NoError(t, err, name)
			continue
		}
		var refused fault.Fields
		require.ErrorAs(t, err, &refused, name)
		require.Len(t, refused, 1, name)
		require.Equal(t, c.field, refused[0].Path, name)
		require.Equal(t, c.rule, refused[0].Rule, name)
	}
}

func TestCheapestOfSixteenStrategiesIsExact(t *testing.T) {
	r, strategies := crowd(30, 16, 1)
	r = uphill(r, 80)
	choice, err := r.Cheapest(strategies, 0.6)
	require.NoError(t, err)
	require.True(t, choice.Exact)
	require.NotEmpty(t, choice.Strategies)
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

func BenchmarkCheapest16(b *testing.B) {
	r, strategies := crowd(30, 16, 1)
	r = uphill(r, 80)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Cheapest(strategies, 0.6); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheapestBuiltUp(b *testing.B) {
	r, strategies := crowd(30, 30, 5)
	r = uphill(r, 20)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Cheapest(strategies, 0.4); err != nil {
			b.Fatal(err)
		}
	}
}
