package power_test

// What is refused, and how.

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/stakeholders/power"
)

// The limits of a game, from its documentation.
const (
	maxTotal   = int64(1)<<53 - 1
	maxPlayers = 4096
	maxBodies  = 16
	maxWords   = int64(1) << 23
)

func TestBadBodiesAreRefused(t *testing.T) {
	two := power.Seats(1, "a", "b")
	for _, c := range []struct {
		name   string
		bodies []power.Body
		field  string
		rule   string
	}{
		{"no bodies", nil, "bodies", "required"},
		{"zero body", []power.Body{{}}, "bodies[0].id", "required"},
		{"no seats", []power.Body{{ID: "x", Quota: 1}}, "bodies[0].weights", "required"},
		{"negative weight", []power.Body{{ID: "x", Quota: 1, Weights: []power.Seat{{"a", 3}, {"b", -1}}}}, "bodies[0].weights[1].weight", "range"},
		{"least weight", []power.Body{{ID: "x", Quota: 1, Weights: []power.Seat{{"a", math.MinInt64}}}}, "bodies[0].weights[0].weight", "range"},
		{"enormous weight", []power.Body{{ID: "x", Quota: 1, Weights: []power.Seat{{"a", math.MaxInt64}}}}, "bodies[0].weights[0].weight", "range"},
		{"weights that overflow", []power.Body{{ID: "x", Quota: 1, Weights: []power.Seat{{"a", maxTotal}, {"b", 1}}}}, "bodies[0].weights[1].weight", "range"},
		{"quota above the total", []power.Body{{ID: "x", Quota: 3, Weights: two}}, "bodies[0].quota", "range"},
		{"quota zero", []power.Body{{ID: "x", Weights: two}}, "bodies[0].quota", "range"},
		{"negative quota", []power.Body{{ID: "x", Quota: -1, Weights: two}}, "bodies[0].quota", "range"},
		{"only weights of zero", []power.Body{{ID: "x", Quota: 1, Weights: power.Seats(0, "a")}}, "bodies[0].quota", "range"},
		{"actor twice", []power.Body{{ID: "x", Quota: 1, Weights: power.Seats(1, "a", "a")}}, "bodies[0].weights[1].actor", "unique"},
		{"body twice", []power.Body{{ID: "x", Quota: 1, Weights: two}, {ID: "x", Quota: 1, Weights: two}}, "bodies[1].id", "unique"},
		{"blank actor", []power.Body{{ID: "x", Quota: 1, Weights: power.Seats(1, " ")}}, "bodies[0].weights[0].actor", "required"},
		{"space around an actor", []power.Body{{ID: "x", Quota: 1, Weights: power.Seats(1, "a ")}}, "bodies[0].weights[0].actor", "characters"},
		{"control character", []power.Body{{ID: "x\x00y", Quota: 1, Weights: two}}, "bodies[0].id", "characters"},
		{"not UTF-8", []power.Body{{ID: "x\xff", Quota: 1, Weights: two}}, "bodies[0].id", "utf-8"},
		{"long id", []power.Body{{ID: strings.Repeat("x", 129), Quota: 1, Weights: two}}, "bodies[0].id", "length"},
		{"name not UTF-8", []power.Body{{ID: "x", Name: "\xff", Quota: 1, Weights: two}}, "bodies[0].name", "utf-8"},
		{"long name", []power.Body{{ID: "x", Name: strings.Repeat("x", 513), Quota: 1, Weights: two}}, "bodies[0].name", "length"},
		{"veto of a stranger", []power.Body{{ID: "x", Quota: 1, Weights: two, Vetoes: []string{"c"}}}, "bodies[0].vetoes[0]", "exists"},
		{"veto twice", []power.Body{{ID: "x", Quota: 1, Weights: two, Vetoes: []string{"a", "a"}}}, "bodies[0].vetoes[1]", "unique"},
		{"too many bodies", make([]power.Body, maxBodies+1), "bodies", "length"},
		{"too many seats", []power.Body{{ID: "x", Quota: 1, Weights: make([]power.Seat, maxPlayers+1)}}, "bodies[0].weights", "length"},
		{"too many players", crowds(), "bodies", "length"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, err := power.NewGame(c.bodies...)
			require.Nil(t, g)
			requireRefused(t, err, c.field, c.rule)
		})
	}
}

// crowds are two bodies that are each small enough.
func crowds() []power.Body {
	var bodies []power.Body
	for k := range 2 {
		b := power.Body{ID: fmt.Sprint(k), Quota: 1}
		for i := range maxPlayers {
			b.Weights = append(b.Weights, power.Seat{Actor: fmt.Sprintf("%d-%d", k, i), Weight: 1})
		}
		bodies = append(bodies, b)
	}
	return bodies
}

func requireRefused(t *testing.T, err error, field, rule string) {
	t.Helper()
	require.ErrorIs(t, err, fault.ErrInvalid)
	var refused fault.Fields
	require.ErrorAs(t, err, &refused)
	require.True(t, slices.ContainsFunc(refused, func(e fault.Field) bool {
		return e.Path == field && e.Rule == rule && e.Want.String() != ""
	}), "want %s %s in %v", field, rule, err)
}

func TestBadCoalitionsUnionsAndCostsAreRefused(t *testing.T) {
	g := game(t, 3, 2, 1, 1)
	a, b, c := "p000", "p001", "p002"
	for _, x := range []struct {
		name  string
		ask   func() error
		field string
		rule  string
	}{
		{"wins", func() error { _, err := g.Wins([]string{a, "x"}); return err }, "coalition[1]", "exists"},
		{"blocks", func() error { _, err := g.Blocks([]string{""}); return err }, "coalition[0]", "exists"},
		{"pivotal", func() error { _, err := g.Pivotal([]string{"x"}); return err }, "supporters[0]", "exists"},
		{"cheapest", func() error { _, err := g.Cheapest([]string{"x"}, nil); return err }, "coalition[0]", "exists"},
		{"cost of a stranger", func() error { _, err := g.Cheapest(nil, map[string]float64{"x": 1}); return err }, "costs", "exists"},
		{"negative cost", func() error { _, err := g.Cheapest(nil, map[string]float64{a: -1}); return err }, "costs[p000]", "range"},
		{"cost not a number", func() error { _, err := g.Cheapest(nil, map[string]float64{b: math.NaN()}); return err }, "costs[p001]", "range"},
		{"infinite cost", func() error { _, err := g.Cheapest(nil, map[string]float64{b: math.Inf(1)}); return err }, "costs[p001]", "range"},
		{"no unions", func() error { _, err := g.Owen(nil); return err }, "unions", "cover"},
		{"union of nobody", func() error { _, err := g.Owen([][]string{{a, b, c}, {}}); return err }, "unions[1]", "required"},
		{"union of a stranger", func() error { _, err := g.BanzhafOwen([][]string{{a, b, c, "x"}}); return err }, "unions[0][3]", "exists"},
		{"overlap", func() error { _, err := g.CountOwen([][]string{{a, b}, {b, c}}); return err }, "unions[1][0]", "unique"},
		{"twice in one", func() error { _, err := g.CountOwen([][]string{{a, b, c, c}}); return err }, "unions[0][3]", "unique"},
		{"somebody left out", func() error { _, err := g.CountBanzhafOwen([][]string{{a, b}}); return err }, "unions", "cover"},
	} {
		t.Run(x.name, func(t *testing.T) { requireRefused(t, x.ask(), x.field, x.rule) })
	}
}

func TestNobodyLosesAndTwiceIsOnce(t *testing.T) {
	g := game(t, 3, 2, 1, 1)
	won, err := g.Wins(nil)
	require.NoError(t, err)
	require.False(t, won)
	won, err = g.Wins([]string{"p001", "p001", "p002"})
	require.NoError(t, err)
	require.False(t, won)
	blocks, err := g.Blocks(nil)
	require.NoError(t, err)
	require.False(t, blocks)
}

func TestErrorsSayWhatToDo(t *testing.T) {
	_, err := power.NewGame(power.Body{ID: strings.Repeat("é", 200), Quota: 5, Weights: power.Seats(1, "a")})
	require.EqualError(t, err, `bodies[0].id: got "`+strings.Repeat("é", 80)+`…", want a name of 1 to 128 printable characters with no space around it; it has 200; `+
		`bodies[0].quota: got 5, want a quota from 1 to the sum of the weights: 1`)
	require.EqualError(t, power.Body{ID: "x", Quota: 1}.Validate(), "weights: got nothing, want at least one of them")
	require.NoError(t, power.Body{ID: "x", Quota: 1, Weights: power.Seats(1, "a")}.Validate())

	var many fault.Fields
	_, err = power.NewGame(power.Body{ID: "x", Quota: 1, Weights: power.Seats(-1, make([]string, 30)...)})
	require.ErrorAs(t, err, &many)
	require.Contains(t, err.Error(), fmt.Sprintf("; and %d more", len(many)-20))
}

// Thirty actors with weights that have nothing in common and sum to 2^50: no
// table fits and nobody waits for 2^30 coalitions.
func TestTooLargeSaysHowLarge(t *testing.T) {
	b := power.Body{ID: "shares"}
	total := int64(0)
	costs := map[string]float64{}
	var alone, pairs [][]string
	for i := range 80 {
		s := power.Seat{Actor: fmt.Sprintf("p%02d", i), Weight: 1<<45 + int64(i*i*i)}
		total += s.Weight
		b.Weights = append(b.Weights, s)
		costs[s.Actor] = float64(i)
		alone = append(alone, []string{s.Actor})
		if i%2 == 1 {
			pairs = append(pairs, []string{b.Weights[i-1].Actor, s.Actor})
		}
	}
	b.Quota = total/2 + 1
	g, err := power.NewGame(b)
	require.NoError(t, err)
	for question, ask := range map[string]func() error{
		"shapley-shubik": func() error { _, err := g.CountShapleyShubik(); return err },
		"banzhaf":        func() error { _, err := g.CountBanzhaf(); return err },
		"owen":           func() error { _, err := g.Owen(pairs); return err },
		"banzhaf-owen":   func() error { _, err := g.BanzhafOwen(pairs); return err },
		"cheapest":       func() error { _, err := g.Cheapest(nil, costs); return err },
	} {
		err := ask()
		require.ErrorAs(t, err, new(*power.SizeError), question)
		require.NotErrorIs(t, err, fault.ErrInvalid)
		var size *power.SizeError
		require.ErrorAs(t, err, &size)
		require.Equal(t, question, size.Question)
		require.Greater(t, size.Words, int64(1)<<48)
		require.Equal(t, maxWords, size.Limit)
		require.Equal(t, 80, size.Players)
		require.Contains(t, err.Error(), question)
	}
	_, err = g.Dummies()
	require.ErrorAs(t, err, new(*power.SizeError))
	// What needs no counts answers within a bound: all are nearly alike.
	owen, err := g.Owen(alone)
	require.NoError(t, err)
	shapley, err := g.ShapleyShubik()
	require.NoError(t, err)
	require.Equal(t, owen, shapley)
	banzhaf, err := g.Banzhaf()
	require.NoError(t, err)
	for i := range shapley {
		require.Positive(t, shapley[i].Within)
		require.InDelta(t, 1./80, shapley[i].Value, shapley[i].Within+1e-3)
		require.InDelta(t, 1./80, banzhaf[i].Normalised, banzhaf[i].Within+1e-3)
	}
	// What needs no table still answers.
	require.Empty(t, g.VetoPlayers())
	for c := range g.MinimalWinning() {
		require.Len(t, c, 40) // the heavy half is more than half
		break
	}

	// Sixteen bodies at once: the size itself is too large to count.
	var bodies []power.Body
	for k := range maxBodies {
		x := b
		x.ID = fmt.Sprint(k)
		x.Weights = slices.Clone(x.Weights)
		x.Weights[k].Weight-- // or one of them would be all
		bodies = append(bodies, x)
	}
	g, err = power.NewGame(bodies...)
	require.NoError(t, err)
	_, err = g.CountShapleyShubik()
	var size *power.SizeError
	require.ErrorAs(t, err, &size)
	require.Equal(t, int64(math.MaxInt64), size.Words)
}

// Few actors with enormous weights are walked through.
func TestEnormousWeightsOfFewActors(t *testing.T) {
	g := game(t, 1<<51, 1<<50+1, 1<<50-1, 1<<50, 3)
	// The pairs reach 2^51, 2^51+1 and 2^51−1 without the fourth.
	ss, err := g.CountShapleyShubik()
	require.NoError(t, err)
	minimal := slices.Collect(g.MinimalWinning())
	require.Equal(t, [][]string{{"p000", "p001"}, {"p000", "p002"}, {"p001", "p002", "p003"}}, minimal)
	require.Equal(t, "5/12", ss[0].Value().String())
	p, err := g.Cheapest([]string{"p001"}, map[string]float64{"p000": 5, "p002": 2, "p003": 2})
	require.NoError(t, err)
	require.Equal(t, power.Purchase{Actors: []string{"p002", "p003"}, Cost: 4}, p)
}

func TestMinimalWinningStopsWithItsReader(t *testing.T) {
	// 200 players have more minimal winning coalitions than anybody can read.
	g := parliament(t, 200, 100, 1)
	n := 0
	for c := range g.MinimalWinning() {
		won, err := g.Wins(c)
		require.NoError(t, err)
		require.True(t, won)
		if n++; n == 3 {
			break
		}
	}
	require.Equal(t, 3, n)
}

func TestUnattainableNamesVetoesAndShortfalls(t *testing.T) {
	g, err := power.NewGame(
		power.Body{ID: "cabinet", Quota: 2, Weights: power.Seats(1, "health", "finance", "interior"), Vetoes: []string{"finance"}},
		power.Body{ID: "parliament", Quota: 60, Weights: []power.Seat{{"left", 40}, {"right", 60}}},
	)
	require.NoError(t, err)
	_, err = g.Cheapest([]string{"health"}, map[string]float64{"interior": 1, "left": 1})
	var why *power.UnattainableError
	require.ErrorAs(t, err, &why)
	require.Equal(t, &power.UnattainableError{
		Vetoes: []string{"finance"}, Short: []power.Shortfall{{Body: "parliament", Weight: 20}},
	}, why)
	require.EqualError(t, err, "No winning coalition can be had. In the way: a veto that is not for sale (finance), a quota out of reach (parliament, short by 20).")

	p, err := g.Cheapest([]string{"health"}, map[string]float64{"interior": 1, "left": 1, "right": 9, "finance": 30})
	require.NoError(t, err)
	require.Equal(t, power.Purchase{Actors: []string{"finance", "right"}, Cost: 39}, p)
	p, err = g.Cheapest([]string{"health", "finance", "right"}, nil)
	require.NoError(t, err)
	require.Equal(t, power.Purchase{Actors: []string{}}, p)
}

// A game keeps nothing of what it was given, and gives nothing away.
func TestGameIsACopy(t *testing.T) {
	b := power.Body{ID: "x", Quota: 2, Weights: power.Seats(1, "a", "b"), Vetoes: []string{"a"}}
	g, err := power.NewGame(b)
	require.NoError(t, err)
	b.Weights[0].Actor, b.Vetoes[0] = "z", "z"
	g.Players()[0] = "z"
	g.Bodies()[0].Weights[0].Actor = "z"
	require.Equal(t, []string{"a", "b"}, g.Players())
	require.Equal(t, "a", g.Bodies()[0].Weights[0].Actor)
	require.Equal(t, []string{"a"}, g.Bodies()[0].Vetoes)
}

func TestBodiesAreJSON(t *testing.T) {
	const text = `{"id":"board","name":"Board","quota":3,"weights":[{"actor":"a","weight":2},{"actor":"b","weight":1}],"vetoes":["b"]}`
	var b power.Body
	require.NoError(t, json.Unmarshal([]byte(text), &b))
	out, err := json.Marshal(b)
	require.NoError(t, err)
	require.JSONEq(t, text, string(out))
	g, err := power.NewGame(b)
	require.NoError(t, err)
	counts, err := g.CountBanzhaf()
	require.NoError(t, err)
	out, err = json.Marshal(counts[0])
	require.NoError(t, err)
	require.JSONEq(t, `{"actor":"a","times":1,"of":2}`, string(out))
}

// An id is the same however it was typed: "é" as one character or as two. Answers have it
// as the first seat does.
func TestNamesOfOneNormalFormAreOneActor(t *testing.T) {
	const one, two = "santé", "sante\u0301"
	g, err := power.NewGame(power.Body{ID: "x", Quota: 3, Weights: []power.Seat{{Actor: two, Weight: 2}, {Actor: "b", Weight: 1}}, Vetoes: []string{one}},
		power.Body{ID: "y", Quota: 1, Weights: []power.Seat{{Actor: one, Weight: 1}}})
	require.NoError(t, err)
	require.Equal(t, []string{two, "b"}, g.Players())
	require.Equal(t, []string{two, "b"}, g.VetoPlayers())
	won, err := g.Wins([]string{one, "b"})
	require.NoError(t, err)
	require.True(t, won)
	p, err := g.Cheapest([]string{"b"}, map[string]float64{one: 7})
	require.NoError(t, err)
	require.Equal(t, power.Purchase{Actors: []string{two}, Cost: 7}, p)
	_, err = g.Owen([][]string{{one, "b"}})
	require.NoError(t, err)
	_, err = g.Cheapest(nil, map[string]float64{one: 7, two: 8})
	require.Equal(t, fault.Unique, fault.Of(err)[0].Rule)
	_, err = power.NewGame(power.Body{ID: one, Quota: 1, Weights: []power.Seat{{Actor: one, Weight: 1}, {Actor: two, Weight: 1}}}, power.Body{ID: two, Quota: 1, Weights: power.Seats(1, "a")})
	require.Len(t, fault.Of(err), 2, "a seat and a body that are there twice")
	_, err = power.Either([]power.Body{{ID: one, Quota: 1, Weights: power.Seats(1, one)}}, []power.Body{{ID: two, Quota: 1, Weights: power.Seats(1, two)}})
	require.NoError(t, err, "the very same body, typed in two ways")
}
