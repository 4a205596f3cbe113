package influence

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/stretchr/testify/require"
)

func TestPersuadingTheOneTheOthersListenToIsCheapest(t *testing.T) {
	// a never moves; b and c hold with ½ and listen to a alone:
	//   b = ½b⁰ + ½a   c = ½c⁰ + ½a   mean = (2a + ½b⁰ + ½c⁰)/3
	// From a = 0, b⁰ = c⁰ = −2 the mean is −2/3. To reach 0 takes gains of 2/3:
	// a by 2 gives 4/3, b or c by 4 gives 2/3 each.
	n := built(t, []Node{{"a", 1}, {"b", 0.5}, {"c", 0.5}}, []Tie{{"b", "a", 1}, {"c", "a", 1}})
	offers := []Offer{{"a", 2, 3}, {"b", 4, 2}, {"c", 4, 4}}
	plan, err := n.Persuade([]float64{0, -2, -2}, Aim{Threshold: 0}, offers)
	require.NoError(t, err)
	require.True(t, plan.Exact)
	require.Equal(t, 2.0, plan.Cost)
	require.Equal(t, 2.0, plan.LowerBound)
	require.Len(t, plan.Persuade, 1)
	require.Equal(t, "b", plan.Persuade[0].Actor)
	require.Equal(t, 2.0, plan.Persuade[0].To)
	require.InDelta(t, 2./3, plan.Persuade[0].Gain, 1e-15)
	require.InDelta(t, -2./3, plan.Before, 1e-15)
	require.InDelta(t, 0, plan.After, 1e-15)
	near(t, []float64{0, 1, -1}, plan.Equilibrium, 1e-15)

	// To ½ takes 7/6: a alone, since b and c together cost more.
	plan, err = n.Persuade([]float64{0, -2, -2}, Aim{Threshold: 0.5}, offers)
	require.NoError(t, err)
	require.Equal(t, 3.0, plan.Cost)
	require.Equal(t, "a", plan.Persuade[0].Actor)

	// With c alone counting: c = ½c⁰ + ½a, so a by 2 gives 1.
	plan, err = n.Persuade([]float64{0, -2, -2}, Aim{Threshold: 0, Weights: []float64{0, 0, 5}}, offers)
	require.NoError(t, err)
	require.Equal(t, "a", plan.Persuade[0].Actor)
	require.InDelta(t, 1, plan.Persuade[0].Gain, 1e-15)
}

func TestNothingIsPersuadedWhereTheThresholdIsReached(t *testing.T) {
	n := built(t, []Node{{"a", 1}}, nil)
	plan, err := n.Persuade([]float64{3}, Aim{Threshold: 3}, []Offer{{"a", 1, 0}})
	require.NoError(t, err)
	require.Equal(t, PersuasionPlan{Exact: true, Before: 3, After: 3, Equilibrium: []float64{3}}, plan)
}

func TestPersuasionStopsAtTheEndOfTheScale(t *testing.T) {
	n := built(t, []Node{{"a", 1}, {"b", 1}}, nil)
	offers := []Offer{{"a", 100, 1}, {"b", 1, 1}} // b is at the end already
	plan, err := n.Persuade([]float64{1, 7}, Aim{Threshold: 7}, offers)
	require.NoError(t, err)
	require.Equal(t, []Persuasion{{Actor: "a", From: 1, To: 7, Cost: 1, Gain: 3}}, plan.Persuade)

	_, err = n.Persuade([]float64{1, 0}, Aim{Threshold: 7}, offers)
	require.ErrorAs(t, err, new(*UnreachableError))
	var out *UnreachableError
	require.ErrorAs(t, err, &out)
	require.Equal(t, &UnreachableError{Threshold: 7, Before: 0.5, Best: 4}, out) // (7+1)/2
}

func TestThoseWhoNobodyHearsAndNothingHoldsAreNotPersuaded(t *testing.T) {
	// a holds to nothing: its first position moves nobody, itself included.
	n := built(t, []Node{{"a", 0}, {"b", 1}}, []Tie{{"a", "b", 1}})
	_, err := n.Persuade([]float64{0, 0}, Aim{Threshold: 1}, []Offer{{"a", 7, 0}})
	require.ErrorAs(t, err, new(*UnreachableError))
}

func TestFreeOffersThatAreNotNeededAreLeft(t *testing.T) {
	n := built(t, []Node{{"a", 1}, {"b", 1}, {"c", 1}}, nil)
	plan, err := n.Persuade([]float64{0, 0, 0}, Aim{Threshold: 1}, []Offer{{"a", 1, 0}, {"b", 3, 0}, {"c", 2, 0}})
	require.NoError(t, err)
	require.Len(t, plan.Persuade, 1)
	require.Equal(t, "b", plan.Persuade[0].Actor)
}

// cheapest tries every set of offers on the equilibrium itself, and returns the
// least cost that reaches the threshold; infinite if none does.
func cheapest(t *testing.T, n *Network, initial []float64, aim Aim, offers []Offer) float64 {
	weights := aim.Weights
	if weights == nil {
		weights = make([]float64, n.Len())
		for i := range weights {
			weights[i] = 1
		}
	}
	v, err := n.TotalInfluence()
	require.NoError(t, err)
	least := math.Inf(1)
	for set := range 1 << len(offers) {
		p := append([]float64(nil), initial...)
		cost := 0.0
		for k, o := range offers {
			if set>>k&1 == 1 {
				p[n.index[o.Actor]] = math.Min(7, p[n.index[o.Actor]]+o.Shift)
				cost += o.Cost
			}
		}
		if cost >= least {
			continue
		}
		sum, total := 0.0, 0.0
		for i, w := range weights {
			total += w
			for j := range p {
				sum += w * v.At(i, j) * p[j]
			}
		}
		if sum/total >= aim.Threshold-1e-9 {
			least = cost
		}
	}
	return least
}

func TestPersuadeIsAsCheapAsTryingEverySet(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 1))
	unreachable, paid := 0, 0
	for round := range 3000 {
		size := 1 + rng.IntN(8)
		if round%100 == 0 {
			size = 12
		}
		n, initial := drawn(t, rng, size, 0.4)
		aim := Aim{Threshold: 10*rng.Float64() - 4}
		if rng.IntN(2) == 0 {
			aim.Weights = make([]float64, size)
			for i := range aim.Weights {
				aim.Weights[i] = float64(1 + rng.IntN(7))
			}
		}
		var offers []Offer
		for _, i := range rng.Perm(size) {
			o := Offer{Actor: id(i), Shift: 0.1 + 10*rng.Float64(), Cost: 10 * rng.Float64()}
			if round%3 == 0 { // few different costs: many ties
				o.Cost = float64(rng.IntN(4))
			}
			if rng.IntN(6) > 0 {
				offers = append(offers, o)
			}
		}
		want := cheapest(t, n, initial, aim, offers)
		plan, err := n.Persuade(initial, aim, offers)
		if math.IsInf(want, 1) {
			require.ErrorAs(t, err, new(*UnreachableError))
			unreachable++
			continue
		}
		require.NoError(t, err)
		require.True(t, plan.Exact)
		require.InDelta(t, want, plan.Cost, 1e-9)
		require.Equal(t, plan.Cost, plan.LowerBound)
		require.GreaterOrEqual(t, plan.After, aim.Threshold-2e-9)
		sum := plan.Before
		for k, p := range plan.Persuade {
			sum += p.Gain
			require.True(t, k == 0 || plan.Persuade[k-1].Actor < p.Actor, "in order")
		}
		require.InDelta(t, plan.After, sum, 1e-10)
		if plan.Cost > 0 {
			paid++
		}
	}
	require.Greater(t, unreachable, 200)
	require.Greater(t, paid, 700)
}

// hard returns a question whose offers all give about the same for their cost,
// so that the bound prunes little.
func hard(t testing.TB, size int) (*Network, []float64, Aim, []Offer) {
	rng := rand.New(rand.NewPCG(22, 1))
	var actors []Node
	var offers []Offer
	for i := range size {
		actors = append(actors, Node{ID: id(i), Attachment: 1})
		shift := 1 + rng.Float64()
		offers = append(offers, Offer{Actor: id(i), Shift: shift, Cost: 10*shift + 3 + rng.Float64()/10})
	}
	return built(t, actors, nil), make([]float64, size), Aim{Threshold: 0.7}, offers
}

func TestASearchCutShortReachesTheThresholdAndBoundsTheRest(t *testing.T) {
	n, initial, aim, offers := hard(t, 16)
	best := cheapest(t, n, initial, aim, offers)
	exact := 0
	for _, nodes := range []int{1, 2, 5, 20, 100, 1000, 10_000, 100_000, 0} {
		aim.Nodes = nodes
		plan, err := n.Persuade(initial, aim, offers)
		require.NoError(t, err)
		require.GreaterOrEqual(t, plan.After, aim.Threshold-2e-9)
		require.GreaterOrEqual(t, plan.Cost, best-1e-9)
		require.LessOrEqual(t, plan.LowerBound, best+1e-9)
		require.Greater(t, plan.LowerBound, 0.9*best)
		if plan.Exact {
			require.InDelta(t, best, plan.Cost, 1e-9)
			exact++
		} else {
			require.Zero(t, exact, "more nodes do not undo a proof")
		}
	}
	require.Greater(t, exact, 0)
	require.Less(t, exact, 9)
}

func TestPersuadeRefusesEveryErrorByItsPath(t *testing.T) {
	n := built(t, []Node{{"a", 1}, {"b", 1}}, nil)
	nan, inf := math.NaN(), math.Inf(1)
	for name, tt := range map[string]struct {
		aim    Aim
		offers []Offer
		field  string
	}{
		"threshold above":    {Aim{Threshold: 7.5}, nil, "threshold"},
		"threshold NaN":      {Aim{Threshold: nan}, nil, "threshold"},
		"negative nodes":     {Aim{Nodes: -1}, nil, "nodes"},
		"stranger":           {Aim{}, []Offer{{"x", 1, 1}}, "offers[0].actor"},
		"two offers to one":  {Aim{}, []Offer{{"a", 1, 1}, {"a", 2, 2}}, "offers[1].actor"},
		"no shift":           {Aim{}, []Offer{{"a", 0, 1}}, "offers[0].shift"},
		"shift away":         {Aim{}, []Offer{{"a", -1, 1}}, "offers[0].shift"},
		"shift NaN":          {Aim{}, []Offer{{"a", nan, 1}}, "offers[0].shift"},
		"shift infinite":     {Aim{}, []Offer{{"a", inf, 1}}, "offers[0].shift"},
		"negative cost":      {Aim{}, []Offer{{"a", 1, -1}}, "offers[0].cost"},
		"cost NaN":           {Aim{}, []Offer{{"a", 1, nan}}, "offers[0].cost"},
		"cost beyond limits": {Aim{}, []Offer{{"a", 1, 1e13}}, "offers[0].cost"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := n.Persuade([]float64{0, 0}, tt.aim, tt.offers)
			require.ErrorIs(t, err, fault.ErrInvalid)
			var errs fault.Fields
			require.ErrorAs(t, err, &errs)
			require.Len(t, errs, 1)
			require.Equal(t, tt.field, errs[0].Path)
		})
	}
}
