package power_test

// Values that others have published.

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/stakeholders/power"
)

func game(t testing.TB, quota int64, weights ...int64) *power.Game {
	t.Helper()
	b := power.Body{ID: "body", Quota: quota}
	for i, w := range weights {
		b.Weights = append(b.Weights, power.Seat{Actor: fmt.Sprintf("p%03d", i), Weight: w})
	}
	g, err := power.NewGame(b)
	require.NoError(t, err)
	return g
}

// securityCouncil is the United Nations Security Council since 1965: nine of
// fifteen votes, and none of the five permanent members against.
func securityCouncil(t testing.TB) *power.Game {
	t.Helper()
	b := power.Body{ID: "unsc", Quota: 9}
	for i := range 5 {
		b.Vetoes = append(b.Vetoes, fmt.Sprintf("permanent %d", i+1))
	}
	b.Weights = power.Seats(1, b.Vetoes...)
	for i := range 10 {
		b.Weights = append(b.Weights, power.Seat{Actor: fmt.Sprintf("elected %d", i+1), Weight: 1})
	}
	g, err := power.NewGame(b)
	require.NoError(t, err)
	return g
}

func requireValues(t *testing.T, g *power.Game, shapley, banzhaf []string) {
	t.Helper()
	ss, err := g.ShapleyShubik()
	require.NoError(t, err)
	ssCounts, err := g.CountShapleyShubik()
	require.NoError(t, err)
	bz, err := g.Banzhaf()
	require.NoError(t, err)
	for i, actor := range g.Players() {
		want, ok := new(big.Rat).SetString(shapley[i])
		require.True(t, ok)
		near, _ := want.Float64()
		require.Equal(t, actor, ss[i].Actor)
		require.InDelta(t, near, ss[i].Value, 1e-14, actor)
		require.Zero(t, want.Cmp(ssCounts[i].Value()), "%s: %v", actor, ssCounts[i].Value())

		want, ok = new(big.Rat).SetString(banzhaf[i])
		require.True(t, ok)
		near, _ = want.Float64()
		require.Equal(t, actor, bz[i].Actor)
		require.Equal(t, near, bz[i].Normalised, actor)
	}
}

// Treaty of Rome, article 148: France, Germany and Italy four votes each,
// Belgium and the Netherlands two, Luxembourg one, twelve of seventeen to
// decide. Luxembourg's vote never counted. Values in Brams SJ. Game Theory and
// Politics. Free Press 1975, chapter 5; Felsenthal DS, Machover M. The
// Measurement of Voting Power. Edward Elgar 1998, chapter 5.
func TestEuropeanEconomicCommunity1958(t *testing.T) {
	g := game(t, 12, 4, 4, 4, 2, 2, 1)
	requireValues(t, g,
		[]string{"7/30", "7/30", "7/30", "9/60", "9/60", "0"},
		[]string{"5/21", "5/21", "5/21", "3/21", "3/21", "0"})
	dummies, err := g.Dummies()
	require.NoError(t, err)
	require.Equal(t, []string{"p005"}, dummies)

	// 10 swings for the large, 6 for the middle ones: 42 in all.
	counts, err := g.CountBanzhaf()
	require.NoError(t, err)
	swings := ""
	for _, c := range counts {
		swings += c.Times.String() + "/" + c.Of.String() + " "
	}
	require.Equal(t, "10/32 10/32 10/32 6/32 6/32 0/32 ", swings)
}

// Shapley–Shubik 421/2145 and 4/2145 (84·8!·6!/15! for an elected member);
// Banzhaf 848 and 84 swings of 5080. Both in Straffin PD. Game Theory and
// Strategy. Mathematical Association of America 1993, and Felsenthal and
// Machover 1998.
func TestSecurityCouncil(t *testing.T) {
	g := securityCouncil(t)
	var shapley, banzhaf []string
	for i := range 15 {
		if i < 5 {
			shapley, banzhaf = append(shapley, "421/2145"), append(banzhaf, "848/5080")
		} else {
			shapley, banzhaf = append(shapley, "4/2145"), append(banzhaf, "84/5080")
		}
	}
	requireValues(t, g, shapley, banzhaf)
	counts, err := g.CountBanzhaf()
	require.NoError(t, err)
	require.Equal(t, "848", counts[0].Times.String())
	require.Equal(t, "84", counts[5].Times.String())
	require.Equal(t, g.Players()[:5], g.VetoPlayers())

	// The same council as a weighted game without vetoes: [39; 7 ×5, 1 ×10].
	requireValues(t, game(t, 39, 7, 7, 7, 7, 7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), shapley, banzhaf)
}

// Nassau County Board of Supervisors: in 1958 [16; 9, 9, 7, 3, 1, 1] and in 1964
// [58; 31, 31, 28, 21, 2, 2] any two of the three large districts decided and
// the other three never mattered. Banzhaf JF. Weighted voting doesn't work.
// Rutgers Law Review 1965;19:317–343.
func TestNassauCountyHadThreeDummies(t *testing.T) {
	third := []string{"1/3", "1/3", "1/3", "0", "0", "0"}
	requireValues(t, game(t, 16, 9, 9, 7, 3, 1, 1), third, third)
	requireValues(t, game(t, 58, 31, 31, 28, 21, 2, 2), third, third)
}

// The textbook game in which 49 and 1 per cent of the shares are worth the same:
// Shapley–Shubik 2/3, 1/6, 1/6 and Banzhaf 3/5, 1/5, 1/5.
func TestFiftyFortyNineOne(t *testing.T) {
	requireValues(t, game(t, 51, 50, 49, 1), []string{"2/3", "1/6", "1/6"}, []string{"3/5", "1/5", "1/5"})
}

// Madrid Assembly 2015–2019 [65; 48, 37, 27, 17], alone, with a union of the
// first and the fourth party, and with one of the last three. Giménez JM, Puente
// MA. The Owen and the Owen–Banzhaf values applied to the study of the Madrid
// Assembly and the Andalusian Parliament in legislature 2015–2019. SciTePress
// 2019 (paper 72970), table 1, columns (a) and (b).
func TestMadridAssemblyWithUnions(t *testing.T) {
	g := game(t, 65, 48, 37, 27, 17)
	pp, psoe, podemos, cs := "p000", "p001", "p002", "p003"
	for _, c := range []struct {
		name   string
		unions [][]string
		owen   []float64
		raw    []float64
	}{
		{"no unions", [][]string{{pp}, {psoe}, {podemos}, {cs}},
			[]float64{1. / 2, 1. / 6, 1. / 6, 1. / 6}, []float64{0.75, 0.25, 0.25, 0.25}},
		{"right", [][]string{{pp, cs}, {psoe}, {podemos}},
			[]float64{2. / 3, 0, 0, 1. / 3}, []float64{0.75, 0, 0, 0.25}},
		{"left", [][]string{{pp}, {psoe, podemos, cs}},
			[]float64{0, 1. / 3, 1. / 3, 1. / 3}, []float64{0, 0.25, 0.25, 0.25}},
	} {
		t.Run(c.name, func(t *testing.T) {
			owen, err := g.Owen(c.unions)
			require.NoError(t, err)
			bo, err := g.BanzhafOwen(c.unions)
			require.NoError(t, err)
			for i := range c.owen {
				require.InDelta(t, c.owen[i], owen[i].Value, 1e-14)
				require.Equal(t, c.raw[i], bo[i].Raw)
			}
		})
	}
}

// council27 is the Council of the European Union under the Treaty of Nice, from
// 2007: 255 of 345 votes and a majority of the 27 states. (The population clause
// is left out.)
func council27() []power.Body {
	votes := power.Body{ID: "votes", Quota: 255}
	states := power.Body{ID: "states", Quota: 14}
	i := 0
	for _, x := range []struct{ states, votes int64 }{
		{4, 29}, {2, 27}, {1, 14}, {1, 13}, {5, 12}, {3, 10}, {5, 7}, {5, 4}, {1, 3},
	} {
		for range x.states {
			actor := fmt.Sprintf("state %02d", i)
			votes.Weights = append(votes.Weights, power.Seat{Actor: actor, Weight: x.votes})
			states.Weights = append(states.Weights, power.Seat{Actor: actor, Weight: 1})
			i++
		}
	}
	return []power.Body{votes, states}
}

func TestCouncil27HasItsVotes(t *testing.T) {
	total, bodies := int64(0), council27()
	for _, s := range bodies[0].Weights {
		total += s.Weight
	}
	require.Equal(t, int64(345), total)
	require.Len(t, bodies[1].Weights, 27)
}
