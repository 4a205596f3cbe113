package power_test

// Decisions in one of several ways.

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders/power"
)

// people are populations of 27 states in thousands, much as those of the European Union
// around 2023; what they are held against was computed from these very numbers.
var people = []power.Seat{
	{"DE", 84359}, {"FR", 68071}, {"IT", 58851}, {"ES", 48060}, {"PL", 36754}, {"RO", 19052}, {"NL", 17811},
	{"BE", 11754}, {"CZ", 10828}, {"SE", 10522}, {"PT", 10467}, {"EL", 10394}, {"HU", 9597}, {"AT", 9105},
	{"BG", 6448}, {"DK", 5933}, {"FI", 5564}, {"SK", 5429}, {"IE", 5194}, {"HR", 3851}, {"LT", 2857},
	{"SI", 2117}, {"LV", 1883}, {"EE", 1366}, {"CY", 921}, {"LU", 661}, {"MT", 542},
}

// lisbon is the rule of article 16(4) of the Treaty on European Union: 15 of 27 states
// (55 per cent) with 65 per cent of the people, while a minority that blocks needs four
// states, so that 24 are enough whatever their people.
func lisbon() (states15, people65, states24 power.Body) {
	total := int64(0)
	var names []string
	for _, s := range people {
		total += s.Weight
		names = append(names, s.Actor)
	}
	return power.Body{ID: "states", Quota: 15, Weights: power.Seats(1, names...)},
		power.Body{ID: "people", Quota: (65*total + 99) / 100, Weights: people},
		power.Body{ID: "four against", Quota: 24, Weights: power.Seats(1, names...)}
}

// The expected numbers come from all 2²⁷ coalitions, in Python with numpy and
// fractions: for each coalition its size and people as sums of two halves; of size k
// there are W(k) that win, W(k, i) of them with i, and of those W(k, i) − (W(k−1) −
// W(k−1, i)) need i. So the swings, and the Shapley–Shubik index as the sum over k of
// that times (k−1)!(27−k)!/27!.
func TestTheCouncilDecidesInEitherWay(t *testing.T) {
	states15, people65, states24 := lisbon()
	g, err := power.Either([]power.Body{states15, people65}, []power.Body{states24})
	require.NoError(t, err)
	swings := map[string]int64{
		"DE": 14302424, "FR": 11804800, "IT": 10271492, "ES": 9007764, "PL": 7270994, "RO": 4614762, "NL": 4442006,
		"BE": 3604924, "CZ": 3476214, "SE": 3433586, "PT": 3425832, "EL": 3416006, "HU": 3304880, "AT": 3236460,
		"BG": 2866130, "DK": 2794112, "FI": 2742516, "SK": 2723502, "IE": 2690674, "HR": 2501706, "LT": 2363058,
		"SI": 2257954, "LV": 2225058, "EE": 2151890, "CY": 2089028, "LU": 2052244, "MT": 2035276,
	}
	shapley := map[string]float64{
		"DE": 0.17894794087821414, "FR": 0.13388981504777708, "IT": 0.11427331344614963, "ES": 0.09255375333649664,
		"PL": 0.06628013124210459, "RO": 0.03822509310933056, "NL": 0.03612615321492694, "BE": 0.026436898429091187,
		"CZ": 0.02494602484506913, "AT": 0.022289782588948023, "SK": 0.016487457082086238, "HR": 0.01402636983771726,
		"LV": 0.01080116837789472, "LU": 0.00888468635406312, "MT": 0.008687499415726633,
	}
	counts, err := g.CountBanzhaf()
	require.NoError(t, err)
	for _, c := range counts {
		require.Equal(t, fmt.Sprint(swings[c.Actor]), c.Times.String(), c.Actor)
		require.Equal(t, fmt.Sprint(1<<26), c.Of.String())
	}
	values, err := g.ShapleyShubik()
	require.NoError(t, err)
	sum := 0.0
	for _, v := range values {
		sum += v.Value
		if want, known := shapley[v.Actor]; known {
			require.InDelta(t, want, v.Value, 1e-14, v.Actor)
		}
	}
	require.InDelta(t, 1, sum, 1e-13)
	exact, err := g.CountShapleyShubik()
	require.NoError(t, err)
	whole := new(big.Rat)
	for _, c := range exact {
		whole.Add(whole, c.Value())
	}
	require.Zero(t, whole.Cmp(big.NewRat(1, 1)))

	// Without the other way Germany has more: 0.18142657335684662.
	g, err = power.NewGame(states15, people65)
	require.NoError(t, err)
	values, err = g.ShapleyShubik()
	require.NoError(t, err)
	require.InDelta(t, 0.18142657335684662, values[0].Value, 1e-14)
}

// Who blocks, and whom to win over, in the same Council.
func TestTheCouncilsCoalitions(t *testing.T) {
	states15, people65, states24 := lisbon()
	g, err := power.Either([]power.Body{states15, people65}, []power.Body{states24})
	require.NoError(t, err)
	require.Empty(t, g.VetoPlayers())
	three := []string{"DE", "FR", "IT"} // 47 per cent of the people, and too few
	blocks, err := g.Blocks(three)
	require.NoError(t, err)
	require.False(t, blocks)
	blocks, err = g.Blocks(append(three, "MT"))
	require.NoError(t, err)
	require.True(t, blocks)
	dummies, err := g.Dummies()
	require.NoError(t, err)
	require.Empty(t, dummies)

	// At a cost of one each, 15 states are the fewest, for 65 per cent of the people.
	costs := make(map[string]float64)
	for _, s := range people {
		costs[s.Actor] = 1
	}
	p, err := g.Cheapest(nil, costs)
	require.NoError(t, err)
	require.Equal(t, 15.0, p.Cost)
	require.Equal(t, g.Players()[:15], p.Actors)
	// Where the large ones can't be won over, nine more than 15 do without them.
	for _, dear := range three {
		delete(costs, dear)
	}
	p, err = g.Cheapest(nil, costs)
	require.NoError(t, err)
	require.Equal(t, 24.0, p.Cost)
	require.NotContains(t, p.Actors, "DE")

	for first := range g.MinimalWinning() {
		require.Equal(t, g.Players()[:15], first)
		break
	}
}

func TestOneWayIsAsAll(t *testing.T) {
	states15, people65, states24 := lisbon()
	all, err := power.NewGame(states15, states24)
	require.NoError(t, err)
	for _, ways := range [][][]power.Body{
		{{states15, states24}},
		{{states15, states24}, {states24, states15, people65}}, // which asks for more, and is none
	} {
		one, err := power.Either(ways...)
		require.NoError(t, err)
		for _, g := range []*power.Game{all, one} {
			counts, err := g.CountBanzhaf()
			require.NoError(t, err)
			// 23 others of 26: 2600 ways.
			require.Equal(t, "2600", counts[0].Times.String())
		}
	}
}

func TestWaysThatAreNoneAreRefused(t *testing.T) {
	a := power.Body{ID: "a", Quota: 1, Weights: power.Seats(1, "x", "y")}
	other := a
	other.Quota = 2
	bad := a
	bad.Quota = 0
	many := make([]power.Body, 17)
	for i := range many {
		many[i] = a
		many[i].ID = fmt.Sprint(i)
	}
	for want, ways := range map[string][][]power.Body{
		"ways required":          nil,
		"ways length":            slices.Repeat([][]power.Body{{a}}, 9),
		"ways[1] required":       {{a}, {}},
		"ways[0][1].id unique":   {{a, a}},
		"ways[1][0].id unique":   {{a}, {other}},
		"ways[1][0].quota range": {{a}, {{ID: "b", Quota: 0, Weights: a.Weights}}},
		"ways[0] length":         {many},
		"ways length of both":    {many[:9], many[8:]},
	} {
		_, err := power.Either(ways...)
		require.ErrorIs(t, err, fault.ErrInvalid, want)
		f := fault.Of(err)[0]
		require.Contains(t, want, f.Path+" "+f.Rule)
	}
	_, err := power.Either([]power.Body{a}, []power.Body{a})
	require.NoError(t, err, "the very same body may stand twice")

	var why *power.UnattainableError
	b := power.Body{ID: "b", Quota: 2, Weights: power.Seats(1, "x", "y"), Vetoes: []string{"y"}}
	g, err := power.Either([]power.Body{{ID: "c", Quota: 2, Weights: power.Seats(1, "x", "z")}}, []power.Body{b})
	require.NoError(t, err)
	_, err = g.Cheapest(nil, map[string]float64{"x": 1})
	require.ErrorAs(t, err, &why)
	require.Len(t, why.Otherwise, 1)
	require.ErrorContains(t, err, "; a veto that is not for sale (y)")
}
