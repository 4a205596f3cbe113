package appraisal

// Laws that hold for every problem.

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const lawDraws = 150

func estimate(t require.TestingT, p Problem, seed uint64) Acceptability {
	a, err := New(p)
	require.NoError(t, err)
	got, err := a.Acceptability(Sampling{Seed: seed, Draws: lawDraws})
	require.NoError(t, err)
	return got
}

func TestAcceptabilitiesOfAnAlternativeAndOfARankSumToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := estimate(t, anyProblem(t, 6, 5), rapid.Uint64().Draw(t, "seed"))
		ranks := make([]float64, len(got.Alternatives))
		for _, o := range got.Alternatives {
			require.InDelta(t, 1, sum(o.Ranks), 1e-9)
			for r, share := range o.Ranks {
				require.True(t, share >= 0 && share <= 1)
				require.True(t, o.Errors[r] >= 0 && o.Errors[r] <= 0.5)
				ranks[r] += share
			}
			require.True(t, o.Confidence >= 0 && o.Confidence <= 1)
			require.Equal(t, o.First() > 0, o.CentralWeights != nil)
		}
		for _, r := range ranks {
			require.InDelta(t, 1, r, 1e-9)
		}
	})
}

// Exactly level alternatives share the ranks that they take up.
func TestLevelAlternativesShareTheirRanks(t *testing.T) {
	p := Problem{Criteria: axes(3), Alternatives: []Alternative{alternative("a", 5, 2, 3), alternative("b", 5, 2, 3), alternative("c", 1, 1, 1)}}
	got := estimate(t, p, 1)
	for _, o := range got.Alternatives[:2] {
		require.InDeltaSlice(t, []float64{0.5, 0.5, 0}, o.Ranks, 1e-12)
		require.Equal(t, 1.0, o.Confidence)
	}
	require.Equal(t, []float64{0, 0, 1}, got.Alternatives[2].Ranks)
}

// Raising one score, in part or whole, lowers neither the weighted sum nor,
// with the same draws, the share of first ranks.
func TestABetterScoreNeverHurts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 5, 4)
		seed := rapid.Uint64().Draw(t, "seed")
		a, err := New(p)
		require.NoError(t, err)
		i := rapid.IntRange(0, len(p.Alternatives)-1).Draw(t, "alternative")
		k := rapid.IntRange(0, len(p.Criteria)-1).Draw(t, "criterion")
		was := a.scores[i][k]
		up := func(x float64, name string) float64 {
			return min(10, x+float64(rapid.IntRange(0, 30).Draw(t, name))/10)
		}
		low := up(was.Low, "low")
		better := Between(was.Criterion, low, max(low, up(was.High, "high")))
		if was.Best != nil {
			best := max(low, up(*was.Best, "best"))
			better = Around(was.Criterion, low, best, max(best, better.High))
		}
		raised := p.Clone()
		o := &raised.Alternatives[i]
		o.Scores = slices.DeleteFunc(o.Scores, func(s Score) bool { return s.Criterion == was.Criterion })
		o.Scores = append(o.Scores, better)
		b, err := New(raised)
		require.NoError(t, err)

		before, after := a.Sums(), b.Sums()
		require.GreaterOrEqual(t, after[i].Low, before[i].Low)
		require.GreaterOrEqual(t, after[i].Expected, before[i].Expected-1e-12)
		require.GreaterOrEqual(t, after[i].High, before[i].High)
		first, second := estimate(t, p, seed), estimate(t, raised, seed)
		for j := range p.Alternatives {
			x, y := first.Alternatives[j].First(), second.Alternatives[j].First()
			if j == i {
				require.GreaterOrEqual(t, y, x-1e-12)
			} else {
				require.LessOrEqual(t, y, x+1e-12)
			}
		}
	})
}

func TestADominatedAlternativeNeverComesFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 5, 3)
		a, err := New(p)
		require.NoError(t, err)
		front, got := a.Front(), estimate(t, p, rapid.Uint64().Draw(t, "seed"))
		require.Len(t, slices.Concat(front.Certain, front.Open, front.Dominated), len(p.Alternatives))
		prospects := a.Prospects()
		for i, o := range got.Alternatives {
			if slices.Contains(front.Dominated, o.Alternative) {
				require.Zero(t, o.First())
				require.LessOrEqual(t, prospects[i].Lead, 0.0)
			}
			if prospects[i].Lead < 0 {
				require.Zero(t, o.First())
			}
		}
		for _, d := range front.Dominations {
			if d.Certain {
				require.Contains(t, front.Dominated, d.Alternative)
			} else {
				require.NotContains(t, front.Certain, d.Alternative)
			}
		}
	})
}

// Dominance is what comparing every criterion says, and for some scores what
// comparing their best cases says.
func TestDominanceEqualsComparingEveryCriterion(t *testing.T) {
	unsure := alternative("b", 6, 2)
	unsure.Scores[1] = Between("y0", 1, 4)
	p := Problem{Criteria: axes(2), Alternatives: []Alternative{alternative("a", 5, 3), unsure, alternative("c", 5, 3), alternative("d", 4, 1)}}
	f := built(t, p).Front()
	require.Equal(t, []Domination{
		{By: "a", Alternative: "d", Certain: true},
		{By: "b", Alternative: "a"}, {By: "b", Alternative: "c"}, {By: "b", Alternative: "d", Certain: true},
		{By: "c", Alternative: "d", Certain: true},
	}, f.Dominations)
	require.Equal(t, []string{"b"}, f.Certain)
	require.Equal(t, []string{"a", "c"}, f.Open)
	require.Equal(t, []string{"d"}, f.Dominated)
}

// Certain dominance is dominance at all ends of the ranges, possible dominance
// is dominance at some.
func TestDominanceEqualsTryingAllEndsOfTheRanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, err := New(anyProblem(t, 2, 3))
		require.NoError(t, err)
		n := len(a.problem.Criteria)
		always, sometimes := true, false
		for ends := range 1 << (2 * n) {
			end := func(s Score, bit int) float64 {
				if ends>>bit&1 == 1 {
					return s.High
				}
				return s.Low
			}
			least, most := math.Inf(1), math.Inf(-1)
			for k := range n {
				d := end(a.scores[0][k], k) - end(a.scores[1][k], n+k)
				least, most = min(least, d), max(most, d)
			}
			dominates := least >= 0 && most > 0
			always = always && dominates
			sometimes = sometimes || dominates
		}
		var got []Domination
		for _, d := range a.Front().Dominations {
			if d.By == "a" {
				got = append(got, d)
			}
		}
		var want []Domination
		if sometimes {
			want = []Domination{{By: "a", Alternative: "b", Certain: always}}
		}
		require.Equal(t, want, got)
	})
}

// The middle of 4 to 8 is 6, the mean of a triangle from 2 over 4 to 10 is 16/3,
// and a score that nobody gave is 5 on average, 0 to 10 at the ends.
func TestSumsByHand(t *testing.T) {
	p := Problem{Criteria: axes(3), Alternatives: []Alternative{
		{ID: "a", Scores: []Score{Around("y0", 2, 4, 10), Between("x0", 4, 8)}}, alternative("b", 1, 2, 3),
	}}
	for k, w := range []float64{20, 12, 8} {
		p.Criteria[k].Weight = w
	}
	a := built(t, p)
	sums := a.Sums()
	require.InDelta(t, 0.5*4+0.3*2+0.2*0, sums[0].Low, 1e-12)
	require.InDelta(t, 0.5*6+0.3*16/3+0.2*5, sums[0].Expected, 1e-12)
	require.InDelta(t, 0.5*8+0.3*10+0.2*10, sums[0].High, 1e-12)
	require.InDelta(t, 0.5*1+0.3*2+0.2*3, sums[1].Expected, 1e-12)
	require.Equal(t, []Share{{"x0", 0.5}, {"y0", 0.3}, {"z0", 0.2}}, a.Weights())
}

// A criterion that the bounds leave no weight dominates nothing.
func TestACriterionWithoutWeightDoesNotCount(t *testing.T) {
	p := Problem{Criteria: axes(3), Alternatives: []Alternative{alternative("a", 5, 3, 1), alternative("b", 4, 2, 9)}}
	require.Empty(t, built(t, p).Front().Dominated)
	p.Criteria[0].Low, p.Criteria[1].Low = 0.6, 0.4
	require.Equal(t, []string{"b"}, built(t, p).Front().Dominated)
	require.Zero(t, estimate(t, p, 1).Alternatives[1].First())
}

// The order of the lists makes no difference, to the last bit.
func TestPermutingAlternativesAndCriteriaPermutesResults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 5, 4)
		seed := rapid.Uint64().Draw(t, "seed")
		q := p.Clone()
		q.Alternatives = rapid.Permutation(q.Alternatives).Draw(t, "alternatives")
		q.Criteria = rapid.Permutation(q.Criteria).Draw(t, "criteria")
		a, b := estimate(t, p, seed), estimate(t, q, seed)
		for _, x := range a.Alternatives {
			i := slices.IndexFunc(b.Alternatives, func(y AlternativeAcceptability) bool { return x.Alternative == y.Alternative })
			y := b.Alternatives[i]
			require.Equal(t, x.Ranks, y.Ranks)
			require.Equal(t, x.Confidence, y.Confidence)
			require.ElementsMatch(t, x.CentralWeights, y.CentralWeights)
		}
	})
}

// Names that sort alike make no difference at all; with exact scores no names
// do.
func TestRenamingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 5, 4)
		seed := rapid.Uint64().Draw(t, "seed")
		q := p.Clone()
		for i := range q.Alternatives {
			q.Alternatives[i].ID = "alternative " + q.Alternatives[i].ID
		}
		a, b := estimate(t, p, seed), estimate(t, q, seed)
		for i := range a.Alternatives {
			b.Alternatives[i].Alternative = a.Alternatives[i].Alternative
		}
		require.Equal(t, a, b)
	})
	p := Problem{Criteria: axes(3), Alternatives: []Alternative{alternative("a", 7, 1, 4), alternative("b", 2, 8, 4), alternative("c", 4, 4, 5)}}
	q := p.Clone()
	q.Alternatives[0].ID = "z"
	a, b := estimate(t, p, 9), estimate(t, q, 9)
	for i := range a.Alternatives {
		require.Equal(t, a.Alternatives[i].Ranks, b.Alternatives[i].Ranks)
	}
}

// A scale of its own changes nothing but the units.
func TestAnotherScaleChangesOnlyUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 4, 3)
		seed := rapid.Uint64().Draw(t, "seed")
		q := p.Clone()
		q.Scale = Scale{Low: -3, High: 37} // 4x − 3
		for i := range q.Alternatives {
			for j, s := range q.Alternatives[i].Scores {
				s.Low, s.High = 4*s.Low-3, 4*s.High-3
				if s.Best != nil {
					best := 4**s.Best - 3
					s.Best = &best
				}
				q.Alternatives[i].Scores[j] = s
			}
		}
		a, err := New(p)
		require.NoError(t, err)
		b, err := New(q)
		require.NoError(t, err)
		for i, s := range a.Sums() {
			require.InDelta(t, 4*s.Expected-3, b.Sums()[i].Expected, 1e-9)
			require.InDelta(t, 4*a.Prospects()[i].Lead, b.Prospects()[i].Lead, 1e-6)
		}
		x, y := estimate(t, p, seed), estimate(t, q, seed)
		for i := range x.Alternatives {
			// Where exact scores are level, rounding may part them.
			if math.Abs(x.Alternatives[i].First()-y.Alternatives[i].First()) > 1e-9 {
				require.NotEmpty(t, levelAnywhere(a))
			}
		}
	})
}

func levelAnywhere(a Appraisal) (pairs [][2]int) {
	for i := range a.means {
		for j := range i {
			if d := dot(a.shares, a.means[i]) - dot(a.shares, a.means[j]); math.Abs(d) < 1e-6 || slices.Equal(a.means[i], a.means[j]) {
				pairs = append(pairs, [2]int{i, j})
			}
		}
	}
	return pairs
}

// The same seed gives the same result; another one another.
func TestTheSeedDecides(t *testing.T) {
	p := drawn(6, 4, true, 1)
	require.Equal(t, estimate(t, p, 5), estimate(t, p, 5))
	require.NotEqual(t, estimate(t, p, 5).Alternatives, estimate(t, p, 6).Alternatives)
	// A better known score leaves the weights that are drawn as they were.
	q := p.Clone()
	q.Alternatives[5].Scores = nil
	a, b := built(t, p).newCount(Sampling{Seed: 5}), built(t, q).newCount(Sampling{Seed: 5})
	for range 10 {
		a.weights.draw()
		b.weights.draw()
		require.Equal(t, a.weights.now, b.weights.now)
	}
}

// A draw allocates nothing: ten times as many draws allocate no more.
func TestDrawsAllocateNothing(t *testing.T) {
	for _, tight := range []bool{false, true} {
		p := drawn(5, 4, true, 1)
		if tight {
			for k := range p.Criteria {
				p.Criteria[k].Weight, p.Criteria[k].Low, p.Criteria[k].High = 0, 0.249, 0.251
			}
		}
		a := built(t, p)
		allocs := func(draws int) float64 {
			return testing.AllocsPerRun(2, func() { _, _ = a.Acceptability(Sampling{Draws: draws}) })
		}
		require.Equal(t, allocs(100), allocs(1000))
	}
}

// An appraisal keeps nothing of what it was given and gives nothing away.
func TestAnAppraisalIsACopy(t *testing.T) {
	p := drawn(3, 3, true, 1)
	a := built(t, p)
	before, err := json.Marshal(a.Problem())
	require.NoError(t, err)
	given := a.Problem()
	for _, x := range []Problem{p, given} {
		x.Criteria[0].ID, x.Alternatives[0].ID = "q", "q"
		for i := range x.Alternatives {
			for j := range x.Alternatives[i].Scores {
				x.Alternatives[i].Scores[j].Low = 9
				if best := x.Alternatives[i].Scores[j].Best; best != nil {
					*best = 9
				}
			}
		}
	}
	a.Weights()[0].Share = 7
	after, err := json.Marshal(a.Problem())
	require.NoError(t, err)
	require.JSONEq(t, string(before), string(after))
}
