package appraisal

// What would have to be true, tested by making it true.

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// anyProblem has agreed weights, and scores of every kind.
func anyProblem(t *rapid.T, mostAlternatives, mostCriteria int) Problem {
	p := Problem{Criteria: axes(rapid.IntRange(1, mostCriteria).Draw(t, "criteria"))}
	for k := range p.Criteria {
		p.Criteria[k].Weight = float64(rapid.IntRange(1, 9).Draw(t, "weight"))
	}
	for i := range rapid.IntRange(2, mostAlternatives).Draw(t, "alternatives") {
		o := Alternative{ID: string(rune('a' + i))}
		for _, c := range p.Criteria {
			if s, known := anyScore(t, c.ID); known {
				o.Scores = append(o.Scores, s)
			}
		}
		p.Alternatives = append(p.Alternatives, o)
	}
	return p
}

func anyScore(t *rapid.T, criterion string) (s Score, known bool) {
	tenth := func(from, to float64, name string) float64 {
		return float64(rapid.IntRange(int(math.Round(10*from)), int(math.Round(10*to))).Draw(t, name)) / 10
	}
	low := tenth(0, 10, "low")
	high := tenth(low, 10, "high")
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		return Score{}, false
	case 1:
		return Between(criterion, low, high), true
	case 2:
		return Around(criterion, low, tenth(low, high, "best"), high), true
	default:
		return Exactly(criterion, low), true
	}
}

// ahead is how far alternative i is ahead of the best of the others.
func ahead(means [][]float64, i int, w []float64) float64 {
	best := math.Inf(-1)
	for j := range means {
		if i != j {
			best = max(best, dot(w, means[j]))
		}
	}
	return dot(w, means[i]) - best
}

// A change of a weight that is named makes the alternative level with the best of
// the others, a little less of it doesn't, and where none is named there is
// none: tried in steps of one per cent.
func TestTheNamedChangeOfAWeightIsTheSmallestThatIsEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, err := New(anyProblem(t, 5, 4))
		require.NoError(t, err)
		for _, c := range a.Challenges() {
			i := int(c.Alternative[0] - 'a')
			require.InDelta(t, -ahead(a.means, i, a.shares), c.Behind, 1e-9)
			if c.Behind == 0 {
				require.Empty(t, c.Weights)
				require.Empty(t, c.Scores)
				continue
			}
			changes := map[string]WeightChange{}
			last := 0.0
			for _, w := range c.Weights {
				changes[w.Criterion] = w
				require.GreaterOrEqual(t, math.Abs(w.To-w.From), last)
				last = math.Abs(w.To - w.From)
			}
			for k, cr := range a.problem.Criteria {
				if a.shares[k] == 1 {
					require.Empty(t, c.Weights)
					continue
				}
				w, named := changes[cr.ID]
				if named {
					require.Equal(t, a.shares[k], w.From)
					require.InDelta(t, 0, ahead(a.means, i, a.reweighted(k, w.To)), 1e-7)
					require.InDelta(t, 1, sum(a.reweighted(k, w.To)), 1e-9)
				}
				for step := range 101 {
					to := float64(step) / 100
					if !named || math.Abs(to-a.shares[k]) < math.Abs(w.To-a.shares[k])-1e-9 {
						require.Less(t, ahead(a.means, i, a.reweighted(k, to)), 1e-7, "%s at %g", cr.ID, to)
					}
				}
			}
		}
	})
}

func sum(w []float64) (total float64) {
	for _, x := range w {
		total += x
	}
	return total
}

// A score that is named makes the alternative level with the leader; where none is
// named for a criterion, the best score there leaves it behind.
func TestTheNamedScoreMakesTheAlternativeLevel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, err := New(anyProblem(t, 5, 4))
		require.NoError(t, err)
		for _, c := range a.Challenges() {
			i := int(c.Alternative[0] - 'a')
			named := map[string]ScoreChange{}
			last := 0.0
			for _, s := range c.Scores {
				named[s.Criterion] = s
				require.GreaterOrEqual(t, s.To-s.From, last)
				last = s.To - s.From
			}
			for k, cr := range a.problem.Criteria {
				if c.Behind == 0 {
					continue
				}
				was := a.means[i][k]
				s, ok := named[cr.ID]
				if ok {
					require.Equal(t, was, s.From)
					require.Equal(t, s.To <= a.scores[i][k].High, s.Possible)
					a.means[i][k] = s.To
					require.InDelta(t, 0, ahead(a.means, i, a.shares), 1e-9)
				} else {
					a.means[i][k] = 10
					require.Negative(t, ahead(a.means, i, a.shares))
				}
				a.means[i][k] = was
			}
		}
	})
}

// By hand: with 0.5, 0.3 and 0.2, a has 0.5·8 + 0.3·4 + 0.2·2 = 5.6 and b has
// 0.5·4 + 0.3·6 + 0.2·5 = 4.8. With t on x and the rest as 3:2, a leads by
// 4t − (1−t)(3·2 + 2·3)/5 = 4t − 2.4(1−t), which is 0 at t = 2.4/6.4 = 0.375.
func TestChallengesByHand(t *testing.T) {
	p := Problem{Criteria: axes(3), Alternatives: []Alternative{alternative("a", 8, 4, 2), alternative("b", 4, 6, 5), alternative("c", 1, 1, 1)}}
	for k, w := range []float64{5, 3, 2} {
		p.Criteria[k].Weight = w
	}
	p.Criteria[0].Low = 0.39
	a := built(t, p)
	require.Equal(t, "a", a.Leader())
	list := a.Challenges()
	require.Len(t, list, 2)
	b := list[0]
	require.InDelta(t, 0.8, b.Behind, 1e-12)
	require.Equal(t, "x0", b.Weights[0].Criterion)
	require.InDelta(t, 0.375, b.Weights[0].To, 1e-12)
	require.False(t, b.Weights[0].Allowed, "x weighs at least 0.39")
	// On z: b is 3 ahead, and on the rest, 5:3, it is (5·4 − 3·2)/8 = 1.75
	// behind; 3t = 1.75(1−t) at 1.75/4.75. On y: 2 ahead, against
	// (5·4 − 2·3)/7 = 2; 2t = 2(1−t) at one half.
	require.Equal(t, "z0", b.Weights[1].Criterion)
	require.InDelta(t, 1.75/4.75, b.Weights[1].To, 1e-12)
	require.True(t, b.Weights[1].Allowed, "x would weigh 5/8 of 3/4.75, which is 0.395")
	require.Equal(t, "y0", b.Weights[2].Criterion)
	require.InDelta(t, 0.5, b.Weights[2].To, 1e-12)
	require.False(t, b.Weights[2].Allowed, "x would weigh 5/7 of one half, which is 0.357")
	// 0.8 points take 1.6 more on x; 2.67 on y; 4 on z.
	require.Equal(t, []string{"x0", "y0", "z0"}, []string{b.Scores[0].Criterion, b.Scores[1].Criterion, b.Scores[2].Criterion})
	require.InDelta(t, 5.6, b.Scores[0].To, 1e-12)
	require.InDelta(t, 6+0.8/0.3, b.Scores[1].To, 1e-12)
	require.InDelta(t, 9, b.Scores[2].To, 1e-12)
	require.False(t, b.Scores[0].Possible)
	// c has 1, 4.6 behind: 9.2 more on x would be above 10, and so would the rest.
	require.InDelta(t, 4.6, list[1].Behind, 1e-12)
	require.Empty(t, list[1].Weights)
	require.Empty(t, list[1].Scores)
}

// To overtake the leader is not to win: with all weight on x, b is ahead of a,
// and c ahead of both.
func TestAChangeOfAWeightMustBeatAllOthers(t *testing.T) {
	p := Problem{Criteria: axes(2), Alternatives: []Alternative{alternative("a", 2, 9), alternative("b", 6, 2), alternative("c", 8, 3)}}
	p.Criteria[0].Weight, p.Criteria[1].Weight = 1, 4
	list := built(t, p).Challenges()
	require.Equal(t, "b", list[0].Alternative)
	require.Empty(t, list[0].Weights)
	require.NotEmpty(t, list[1].Weights)
}

// No allowed weights on a lattice do better for an alternative than the ones that
// the linear programme found, and the lead is what those weights give.
func TestNoWeightsDoBetterThanThoseOfTheProspect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 6, 4)
		for k := range p.Criteria {
			p.Criteria[k].Weight = 0
		}
		if n := len(p.Criteria); n > 1 {
			for k := range p.Criteria {
				if rapid.Bool().Draw(t, "bounded") {
					p.Criteria[k].Low = rapid.Float64Range(0, 1/float64(n)).Draw(t, "low")
					p.Criteria[k].High = rapid.Float64Range(1/float64(n), 1).Draw(t, "high")
				}
			}
			for _, k := range rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, n, rapid.ID[int]).Draw(t, "order") {
				p.Order = append(p.Order, p.Criteria[k].ID)
			}
		}
		// Equal weights keep all of these bounds, and every order.
		a, err := New(p)
		require.NoError(t, err)
		for i, o := range a.Prospects() {
			w := make([]float64, len(o.Weights))
			for k, x := range o.Weights {
				w[k] = x.Share
			}
			require.True(t, a.space.allows(w))
			require.InDelta(t, 1, sum(w), 1e-9)
			lead := func(w []float64) float64 {
				least := math.Inf(1)
				for j := range a.scores {
					if i != j {
						x := 0.0
						for k := range w {
							x += w[k] * (a.scores[i][k].High - a.scores[j][k].Low)
						}
						least = min(least, x)
					}
				}
				return least
			}
			require.InDelta(t, lead(w), o.Lead, 1e-7)
			if len(w) > 1 {
				lattice(a.space, 12, func(w []float64) { require.LessOrEqual(t, lead(w), o.Lead+1e-7) })
			}
		}
	})
}

// An alternative between two specialists is dominated by nobody and still never
// wins: with w on x it is behind by max(10w, 10(1−w)) − 4, at least 1. At 6 it
// wins by as much.
func TestAnAlternativeMayBeUndominatedAndNeverWin(t *testing.T) {
	p := Problem{Criteria: axes(2), Alternatives: []Alternative{alternative("a", 10, 0), alternative("b", 0, 10), alternative("c", 4, 4), alternative("d", 0, 3)}}
	a := built(t, p)
	require.Equal(t, []string{"a", "b", "c"}, a.Front().Certain)
	require.Equal(t, []string{"d"}, a.Front().Dominated)
	require.Equal(t, []Domination{{By: "b", Alternative: "d", Certain: true}, {By: "c", Alternative: "d", Certain: true}}, a.Front().Dominations)
	got := a.Prospects()
	require.InDelta(t, -1, got[2].Lead, 1e-9)
	require.InDelta(t, 0.5, got[2].Weights[0].Share, 1e-9)
	p.Alternatives[2] = alternative("c", 6, 6)
	require.InDelta(t, 1, built(t, p).Prospects()[2].Lead, 1e-9)
	p.Alternatives[2] = alternative("c", 5, 5)
	require.Zero(t, built(t, p).Prospects()[2].Lead)
}

// The largest problems are solved too: no weights within reach do better.
func TestProspectsOfTheLargestProblemAreOptimal(t *testing.T) {
	p := drawn(maxAlternatives, 30, false, 3)
	for k := range p.Criteria {
		p.Criteria[k].Weight = 0
		p.Order = append(p.Order, p.Criteria[k].ID)
		if k%3 == 0 {
			p.Criteria[k].Low, p.Criteria[k].High = 0.001, 0.1
		}
	}
	a := built(t, p)
	own := a.scores[7]
	var leads [][]float64
	for j, other := range a.scores {
		if j != 7 {
			lead := make([]float64, len(own))
			for k := range lead {
				lead[k] = (own[k].High - other[k].Low) / 10
			}
			leads = append(leads, lead)
		}
	}
	value := func(w []float64) float64 {
		least := math.Inf(1)
		for _, lead := range leads {
			least = min(least, dot(w, lead))
		}
		return least
	}
	w := a.space.best(leads)
	best := value(w)
	// The value is concave in the weights: where no step towards any corner or
	// any drawn weights improves it, nothing does.
	d := a.space.draws(1)
	for range 500 {
		d.draw()
		near := make([]float64, len(w))
		for k := range w {
			near[k] = 0.999*w[k] + 0.001*d.now[k]
		}
		require.LessOrEqual(t, value(near), best+1e-12)
	}
}
