package influence

import (
	"math"
	"strings"
	"testing"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
)

func TestNewNetworkRefusesEveryErrorByItsPath(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	many := make([]Node, maxActors+1)
	for i := range many {
		many[i].ID = id(i)
	}
	ab := []Node{{"a", 0.5}, {"b", 0.5}}
	for name, tt := range map[string]struct {
		actors []Node
		ties   []Tie
		fields []string
		rule   string
	}{
		"nobody":                     {nil, nil, []string{"actors"}, "length"},
		"too many":                   {many, nil, []string{"actors"}, "length"},
		"no id":                      {[]Node{{"", 0}}, nil, []string{"actors[0].id"}, "required"},
		"an id with space around it": {[]Node{{" a", 0}}, nil, []string{"actors[0].id"}, "characters"},
		"an id that is too long":     {[]Node{{strings.Repeat("x", 129), 0}}, nil, []string{"actors[0].id"}, "length"},
		"an id twice":                {[]Node{{"a", 0}, {"a", 0}}, nil, []string{"actors[1].id"}, "unique"},
		"attachments out of range":   {[]Node{{"a", -0.1}, {"b", 1.1}, {"c", nan}, {"d", inf}}, nil, []string{"actors[0].attachment", "actors[1].attachment", "actors[2].attachment", "actors[3].attachment"}, "range"},
		"unknown listener":           {ab, []Tie{{"x", "a", 1}}, []string{"ties[0].from"}, "exists"},
		"unknown listened to":        {ab, []Tie{{"a", "x", 1}}, []string{"ties[0].to"}, "exists"},
		"weights out of range":       {ab, []Tie{{"a", "a", 0}, {"a", "b", -1}, {"b", "a", nan}, {"b", "b", inf}}, []string{"ties[0].weight", "ties[1].weight", "ties[2].weight", "ties[3].weight"}, "range"},
		"a tie twice":                {ab, []Tie{{"a", "b", 0.5}, {"a", "b", 0.5}}, []string{"ties[1]"}, "unique"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, options := range [][]NetworkOption{nil, {WithNormalisedWeights()}} {
				n, err := NewNetwork(tt.actors, tt.ties, options...)
				require.Nil(t, n)
				require.ErrorIs(t, err, fault.ErrInvalid)
				var errs fault.Fields
				require.ErrorAs(t, err, &errs)
				var fields []string
				for _, e := range errs {
					fields = append(fields, e.Path)
					require.Equal(t, tt.rule, e.Rule)
				}
				require.Equal(t, tt.fields, fields)
			}
		})
	}
}

func TestRowsThatDoNotSumToOneAreNamedUnlessNormalised(t *testing.T) {
	actors := []Node{{"a", 0.5}, {"b", 0.5}, {"c", 0.5}}
	ties := []Tie{{"a", "b", 0.5}, {"a", "c", 0.25}, {"b", "a", 1}, {"c", "a", 3}, {"c", "b", 1}}
	_, err := NewNetwork(actors, ties)
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.EqualError(t, err, "actors[0]: got 0.75, want weights that sum to one, of a; with WithNormalisedWeights any weights; "+
		"actors[2]: got 4, want weights that sum to one, of c; with WithNormalisedWeights any weights")
	require.Equal(t, fault.Sum, fault.Of(err)[0].Rule)

	n := built(t, actors, ties, WithNormalisedWeights())
	require.Equal(t, []Tie{{"a", "b", 0.5 / 0.75}, {"a", "c", 0.25 / 0.75}, {"b", "a", 1}, {"c", "a", 0.75}, {"c", "b", 0.25}}, n.Ties())
}

func TestTenTenthsMakeOne(t *testing.T) {
	actors := []Node{{"a", 0}}
	var ties []Tie
	for i := range 10 {
		actors = append(actors, Node{ID: id(i)})
		ties = append(ties, Tie{"a", id(i), 0.1}) // 0.9999999999999999
	}
	built(t, actors, ties)
}

func TestTheOrderOfTiesDoesNotMatter(t *testing.T) {
	actors := []Node{{"a", 0.1}, {"b", 0.2}, {"c", 0.3}}
	ties := []Tie{{"a", "a", 0.1}, {"a", "b", 0.7}, {"a", "c", 0.3}, {"b", "c", 1}, {"c", "a", 1}}
	want, err := built(t, actors, ties, WithNormalisedWeights()).Equilibrium([]float64{1, 2, 3})
	require.NoError(t, err)
	for range 5 {
		ties = append(ties[1:], ties[0])
		got, err := built(t, actors, ties, WithNormalisedWeights()).Equilibrium([]float64{1, 2, 3})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestANetworkSharesNoMemoryWithItsHost(t *testing.T) {
	actors := []Node{{"a", 0.5}, {"b", 0.5}}
	ties := []Tie{{"a", "b", 1}}
	n := built(t, actors, ties)
	actors[0].ID, ties[0].Weight = "x", 9
	n.Actors()[0].ID = "x"
	n.IDs()[0] = "x"
	n.Ties()[0].Weight = 9
	require.Equal(t, []Node{{"a", 0.5}, {"b", 0.5}}, n.Actors())
	require.Equal(t, []string{"a", "b"}, n.IDs())
	require.Equal(t, []Tie{{"a", "b", 1}}, n.Ties())
	require.Equal(t, 2, n.Len())
}

func TestInitialPositionsMustBeOnTheScale(t *testing.T) {
	n := built(t, []Node{{"a", 0.5}, {"b", 0.5}}, nil)
	for _, initial := range [][]float64{nil, {1}, {1, 2, 3}, {0, math.NaN()}, {0, math.Inf(-1)}, {7.01, 0}, {0, -7.01}} {
		_, err := n.Equilibrium(initial)
		require.ErrorIs(t, err, fault.ErrInvalid)
		_, err = n.Path(initial, 1)
		require.ErrorIs(t, err, fault.ErrInvalid)
		_, err = n.Persuade(initial, Aim{}, nil)
		require.ErrorIs(t, err, fault.ErrInvalid)
		positions := make([]stakeholders.Position, len(initial))
		for i, p := range initial {
			positions[i] = stakeholders.At(p)
		}
		_, err = n.EquilibriumRange(positions)
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
	_, err := n.Path([]float64{0, 0}, -1)
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func TestWeightsMustCountForSomething(t *testing.T) {
	n := built(t, []Node{{"a", 0.5}, {"b", 0.5}}, nil)
	for _, weights := range [][]float64{{}, {1}, {0, 0}, {-1, 2}, {math.NaN(), 1}, {math.Inf(1), 1}} {
		_, err := n.Movers(weights)
		require.ErrorIs(t, err, fault.ErrInvalid)
		_, err = n.Persuade([]float64{0, 0}, Aim{Weights: weights}, nil)
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
	_, err := n.MovedBy("x")
	require.Equal(t, fault.Exists, fault.Of(err)[0].Rule)
	_, err = n.MovesWhom("x")
	require.Equal(t, fault.Exists, fault.Of(err)[0].Rule)
}

func TestVectorWantsEveryActorAndNoStranger(t *testing.T) {
	n := built(t, []Node{{"a", 0.5}, {"b", 0.5}}, nil)
	v, err := n.Vector(map[string]float64{"b": 2, "a": 1})
	require.NoError(t, err)
	require.Equal(t, []float64{1, 2}, v)
	_, err = n.Vector(map[string]float64{"a": 1, "y": 1, "x": 1})
	var errs fault.Fields
	require.ErrorAs(t, err, &errs)
	require.Equal(t, []string{"values[b]", "values[x]", "values[y]"}, []string{errs[0].Path, errs[1].Path, errs[2].Path})
	require.Equal(t, fault.Exists, errs[1].Rule)
}

func TestTheZeroNetworkAnswersNothing(t *testing.T) {
	var n Network
	_, err := n.Equilibrium(nil)
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = n.TotalInfluence()
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = n.EquilibriumRange(nil)
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = n.Movers(nil)
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = n.Persuade(nil, Aim{}, nil)
	require.ErrorIs(t, err, fault.ErrInvalid)
	path, err := n.Path(nil, 2)
	require.NoError(t, err)
	for _, p := range path {
		require.Empty(t, p)
	}
	c, err := n.Communities(1, 1)
	require.NoError(t, err)
	require.Empty(t, c.Groups)
	brokers, err := n.Brokers(nil)
	require.NoError(t, err)
	require.Empty(t, brokers)
	require.Empty(t, n.Cuts())
	require.Empty(t, n.Parts())
	require.Empty(t, n.Betweenness())
	require.Zero(t, n.Len())
}

func TestEveryRefusalExplainsItself(t *testing.T) {
	for _, tt := range []struct {
		err  error
		says string
	}{
		{&NoUniqueEquilibriumError{Circles: [][]string{{"a", "b"}, {"c"}}},
			"There is no unique equilibrium: nobody holds to a first position in these circles: a, b; c."},
		{&IllConditionedError{Drift: 0.5},
			"The attachments are too weak to compute with: the influence on an actor sums to one only within 0.5."},
		{&UnreachableError{Threshold: 5, Before: -1, Best: 2.5},
			"The threshold is out of reach. Asked for: 5; with all offers taken: 2.5; with none: -1."},
	} {
		require.EqualError(t, tt.err, tt.says)
		require.NotErrorIs(t, tt.err, fault.ErrInvalid)
	}
}

func TestFromRosterKeepsTheUnknownUnknown(t *testing.T) {
	r, err := stakeholders.NewRoster(
		stakeholders.Actor{ID: "moh", Name: "M", Constituency: stakeholders.MinistryOfHealth, Position: stakeholders.At(6), Power: 6, Weight: 2},
		stakeholders.Actor{ID: "union", Name: "U", Constituency: stakeholders.TradeUnion, Position: stakeholders.At(-2)},
		stakeholders.Actor{ID: "fund", Name: "F", Constituency: stakeholders.PrivateFunder, Power: 4},
		stakeholders.Actor{ID: "mof", Name: "MoF", Constituency: stakeholders.OtherMinistry, Position: stakeholders.At(0), Power: 7, Weight: 1e6},
	)
	require.NoError(t, err)
	n, stance, err := FromRoster(r, Attached(0.5), []Tie{{"union", "moh", 1}})
	require.NoError(t, err)
	require.Equal(t, []Node{{"moh", 0.5}, {"union", 0.5}, {"fund", 0.5}, {"mof", 0.5}}, n.Actors())
	require.Equal(t, []float64{12, 0, 4, 7e6}, stance.Weights)
	require.Equal(t, []string{"union"}, stance.LeftOut)
	_, err = n.Movers(stance.Weights)
	require.NoError(t, err, "no power or weight of a roster is beyond counting")

	_, err = n.Known(stance.Positions)
	require.EqualError(t, err, "positions[2]: got nothing, want a position that is known, of fund")
	_, err = n.Known(stance.Positions[:2])
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.Equal(t, []float64{6, -2, -7, 0}, Assume(stance.Positions, -7))
	stance.Positions[2] = stakeholders.At(3)
	known, err := n.Known(stance.Positions)
	require.NoError(t, err)
	require.Equal(t, []float64{6, -2, 3, 0}, known)

	require.Equal(t, []ActorGroup{
		{"government", []string{"moh", "mof"}},
		{"development-partners", []string{"fund"}},
		{"profession-and-market", []string{"union"}},
	}, GroupsOf(r))

	_, _, err = FromRoster(r, nil, nil)
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, _, err = FromRoster(r, Attached(2), nil)
	require.ErrorIs(t, err, fault.ErrInvalid)
}

// An id is the same however it was typed: "é" as one character or as two. Answers have it
// as the actors do.
func TestNamesOfOneNormalFormAreOneActor(t *testing.T) {
	const one, two = "santé", "sante\u0301"
	n := built(t, []Node{{two, 0.5}, {"b", 0.5}}, []Tie{{one, "b", 1}, {"b", one, 1}})
	require.Equal(t, []string{two, "b"}, n.IDs())
	require.Equal(t, []Tie{{two, "b", 1}, {"b", two, 1}}, n.Ties())
	v, err := n.Vector(map[string]float64{one: 3, "b": 1})
	require.NoError(t, err)
	require.Equal(t, []float64{3, 1}, v)
	moved, err := n.MovedBy(one)
	require.NoError(t, err)
	require.Equal(t, two, moved[0].Actor)
	plan, err := n.Persuade([]float64{0, 0}, Aim{Threshold: 1}, []Offer{{Actor: one, Shift: 7, Cost: 1}})
	require.NoError(t, err)
	require.NotEmpty(t, plan)
	_, err = n.PartsAmong([]string{one, two})
	require.Equal(t, fault.Unique, fault.Of(err)[0].Rule)
	_, err = n.Vector(map[string]float64{one: 3, two: 3, "b": 1})
	require.Equal(t, fault.Unique, fault.Of(err)[0].Rule)
	_, err = NewNetwork([]Node{{ID: one}, {ID: two}}, nil)
	require.Equal(t, fault.Unique, fault.Of(err)[0].Rule)
	_, err = n.Brokers([]ActorGroup{{"g", []string{one}}, {"h", []string{two}}})
	require.Equal(t, fault.Unique, fault.Of(err)[0].Rule)
}
