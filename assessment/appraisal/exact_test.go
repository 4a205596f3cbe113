package appraisal

// What draws must come close to: closed forms, and counting in the test.

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const testDraws = 10_000

// alternative has exact scores on the criteria x, y, z…
func alternative(id string, scores ...float64) Alternative {
	o := Alternative{ID: id}
	for k, s := range scores {
		o.Scores = append(o.Scores, Exactly(axis(k), s))
	}
	return o
}

func axis(k int) string { return string(rune('x'+k%3)) + fmt.Sprint(k/3) }

func axes(n int) []Criterion {
	var list []Criterion
	for k := range n {
		list = append(list, Criterion{ID: axis(k)})
	}
	return list
}

func sampled(t require.TestingT, p Problem, seed uint64) Acceptability {
	a, err := New(p)
	require.NoError(t, err)
	got, err := a.Acceptability(Sampling{Seed: seed, Draws: testDraws})
	require.NoError(t, err)
	return got
}

// near requires an estimate within five standard errors of n independent
// draws, which fails by chance once in two million times.
func near(t require.TestingT, want, got float64, n int) {
	require.InDelta(t, want, got, 5*math.Sqrt(want*(1-want)/float64(n))+1e-9)
}

// With two criteria and exact scores the weights are a segment. A wins where
// w·8 + (1−w)·2 > w·6 + (1−w)·5, that is, where w > 3/5.
func TestTwoCriteriaGiveTheShareOfTheSegment(t *testing.T) {
	p := Problem{Criteria: axes(2), Alternatives: []Alternative{alternative("a", 8, 2), alternative("b", 6, 5)}}
	for _, c := range []struct {
		name      string
		alter     func(*Problem)
		want, mid float64 // and the middle of the part that A wins
	}{
		{"free", func(*Problem) {}, 2.0 / 5, 0.8},
		{"x before y: w from 1/2 to 1", func(p *Problem) { p.Order = []string{"x0", "y0"} }, 0.4 / 0.5, 0.8},
		{"y before x: w from 0 to 1/2", func(p *Problem) { p.Order = []string{"y0", "x0"} }, 0, 0},
		{"w from 0.2 to 0.7", func(p *Problem) { p.Criteria[0].Low, p.Criteria[0].High = 0.2, 0.7 }, 0.1 / 0.5, 0.65},
		{"w at least 0.2", func(p *Problem) { p.Criteria[0].Low = 0.2 }, 0.4 / 0.8, 0.8},
		{"w from 0.595 to 0.605", func(p *Problem) { p.Criteria[0].Low, p.Criteria[0].High = 0.595, 0.605 }, 0.5, 0.6025},
		{"w from 0.5 to 0.625, by order and bound", func(p *Problem) { p.Order, p.Criteria[1].Low = []string{"x0", "y0"}, 0.375 }, 0.2, 0.6125},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := p.Clone()
			c.alter(&p)
			got := sampled(t, p, 7)
			a := got.Alternatives[0]
			near(t, c.want, a.First(), testDraws)
			near(t, 1-c.want, got.Alternatives[1].First(), testDraws)
			if c.want > 0 {
				require.InDelta(t, c.mid, a.CentralWeights[0].Share, 0.01)
				require.InDelta(t, 1, a.CentralWeights[0].Share+a.CentralWeights[1].Share, 1e-9)
				require.Equal(t, 1.0, a.Confidence)
			} else {
				require.Nil(t, a.CentralWeights)
				require.Zero(t, a.Confidence)
			}
			require.InDelta(t, math.Sqrt(a.First()*(1-a.First())/testDraws), a.Errors[0], 0.002)
		})
	}
}

// Whatever two alternatives score: A leads at share w by w·dx + (1−w)·dy.
func TestTwoCriteriaGiveTheShareOfAnySegment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score := rapid.IntRange(0, 10)
		var s [4]float64
		for i := range s {
			s[i] = float64(score.Draw(t, "score"))
		}
		low := float64(rapid.IntRange(0, 4).Draw(t, "low")) / 10
		high := float64(rapid.IntRange(5, 10).Draw(t, "high")) / 10
		dx, dy := s[0]-s[2], s[1]-s[3]
		p := Problem{Criteria: axes(2), Alternatives: []Alternative{alternative("a", s[0], s[1]), alternative("b", s[2], s[3])}}
		p.Criteria[0].Low, p.Criteria[0].High = low, high
		from, to := low, high
		switch slope := dx - dy; {
		case dx == 0 && dy == 0:
			to = (low + high) / 2 // level everywhere: half each
		case slope > 0:
			from = min(max(low, -dy/slope), high)
		case slope < 0:
			to = max(min(high, -dy/slope), low)
		case dy < 0:
			to = low
		}
		a, err := New(p)
		require.NoError(t, err)
		got, err := a.Acceptability(Sampling{Seed: rapid.Uint64().Draw(t, "seed"), Draws: 2000})
		require.NoError(t, err)
		want := (to - from) / (high - low)
		require.InDelta(t, want, got.Alternatives[0].First(), 6*math.Sqrt(want*(1-want)/2000)+1e-9)
	})
}

// A specialist for each criterion wins where its criterion weighs most: a third
// each, by symmetry. The largest of n weights that are uniform on the simplex
// is (1 + 1/2 + … + 1/n)/n on average.
func TestSpecialistsShareTheSimplex(t *testing.T) {
	p := Problem{Criteria: axes(3), Alternatives: []Alternative{alternative("a", 10, 0, 0), alternative("b", 0, 10, 0), alternative("c", 0, 0, 10)}}
	got := sampled(t, p, 1)
	largest := (1 + 1.0/2 + 1.0/3) / 3
	for i, o := range got.Alternatives {
		for _, r := range o.Ranks {
			near(t, 1.0/3, r, testDraws)
		}
		for k, w := range o.CentralWeights {
			want := largest
			if k != i {
				want = (1 - largest) / 2
			}
			require.InDelta(t, want, w.Share, 0.01)
		}
	}
}

// Under an order of importance the mean weights are the rank order centroid,
// w_k = (1/n)·Σ_{i≥k} 1/i (Barron FH, Barrett BE. Manage Sci 1996;42:1515–1523,
// doi:10.1287/mnsc.42.11.1515). For four criteria that is 0.52, 0.27, 0.15 and
// 0.06, to two decimals. An alternative that always wins has them as central weights.
func TestAnOrderGivesTheRankOrderCentroid(t *testing.T) {
	published := []float64{0.52, 0.27, 0.15, 0.06}
	for n := 2; n <= 6; n++ {
		p := Problem{Criteria: axes(n), Alternatives: []Alternative{{ID: "best"}, {ID: "worst"}}}
		for k := range n {
			// Neither the order of the list nor that of the ids.
			p.Order = append(p.Order, axis((k+n/2)%n))
			p.Alternatives[0].Scores = append(p.Alternatives[0].Scores, Exactly(axis(k), 9))
			p.Alternatives[1].Scores = append(p.Alternatives[1].Scores, Exactly(axis(k), 1))
		}
		got := sampled(t, p, 3)
		require.Equal(t, 1.0, got.Alternatives[0].First())
		for k := range n {
			want := 0.0
			for i := k + 1; i <= n; i++ {
				want += 1 / float64(i) / float64(n)
			}
			if n == 4 {
				require.InDelta(t, published[k], want, 0.005)
			}
			w := got.Alternatives[0].CentralWeights[(k+n/2)%n]
			require.Equal(t, p.Order[k], w.Criterion)
			// A share has a standard deviation below 0.2 here, for any n.
			require.InDelta(t, want, w.Share, 5*0.2/math.Sqrt(testDraws))
		}
	}
}

// An order that leaves a criterion free sorts the others alone: the largest of
// two of three uniform shares is 2/3 × 3/4 = 1/2 on average, the other 1/6, the
// free one 1/3.
func TestAPartialOrderLeavesOthersFree(t *testing.T) {
	p := Problem{Criteria: axes(3), Order: []string{"z0", "x0"}, Alternatives: []Alternative{alternative("a", 1, 1, 1), alternative("b", 0, 0, 0)}}
	got := sampled(t, p, 3).Alternatives[0].CentralWeights
	for k, want := range []float64{1.0 / 6, 1.0 / 3, 1.0 / 2} {
		require.InDelta(t, want, got[k].Share, 0.01)
	}
}

// lattice calls f for all weights of three or more criteria in steps of 1/n,
// taken in the middle of their cells, that the space allows.
func lattice(s space, n int, f func(w []float64)) {
	m := len(s.low)
	w := make([]float64, m)
	var fill func(k, left int)
	fill = func(k, left int) {
		if k == m-1 {
			w[k] = (float64(left) + 1/float64(m)) / (float64(n) + 1)
			if s.allows(w) {
				f(w)
			}
			return
		}
		for i := 0; i <= left; i++ {
			w[k] = (float64(i) + 1/float64(m)) / (float64(n) + 1)
			fill(k+1, left-i)
		}
	}
	fill(0, n)
}

// Rank acceptabilities equal what counting over a lattice of weights gives: for
// free weights, for an order, for bounds that are drawn by refusal, and for
// bounds so tight that they are walked.
func TestRanksEqualTheCountOverALattice(t *testing.T) {
	alternatives := []Alternative{
		alternative("a", 9, 1, 5, 4), alternative("b", 2, 8, 6, 3), alternative("c", 5, 5, 4, 6), alternative("d", 1, 4, 9, 5), alternative("e", 6, 4, 3, 5),
	}
	for _, c := range []struct {
		name   string
		alter  func(*Problem)
		steps  int
		method Method
	}{
		{"free", func(*Problem) {}, 45, Independent},
		{"order", func(p *Problem) { p.Order = []string{"y0", "x1", "x0"} }, 70, Independent},
		{"bounds", func(p *Problem) {
			p.Criteria[0].High, p.Criteria[1].Low, p.Criteria[1].High, p.Criteria[2].Low = 0.4, 0.1, 0.5, 0.15
		}, 60, Independent},
		{"order and bounds", func(p *Problem) {
			p.Order = []string{"y0", "x0", "x1"}
			p.Criteria[1].High, p.Criteria[3].Low = 0.6, 0.05
		}, 70, Independent},
		// The free weight leaves the others a corner of the simplex.
		{"walk", func(p *Problem) {
			p.Criteria[0].High, p.Criteria[1].High, p.Criteria[3].High = 0.1, 0.15, 0.1
		}, 180, HitAndRun},
		{"walk and order", func(p *Problem) {
			p.Order = []string{"y0", "x0", "x1"}
			p.Criteria[1].High = 0.12
		}, 180, HitAndRun},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Problem{Criteria: axes(4), Alternatives: alternatives}
			c.alter(&p)
			a := built(t, p)
			counts, total := make([][]float64, len(alternatives)), 0.0
			for i := range counts {
				counts[i] = make([]float64, len(alternatives))
			}
			central := make([]float64, 4)
			lattice(a.space, c.steps, func(w []float64) {
				total++
				for i := range alternatives {
					rank := 0
					for j := range alternatives {
						if dot(w, a.means[j]) > dot(w, a.means[i]) {
							rank++
						}
					}
					counts[i][rank]++
					if i == 3 && rank == 0 {
						for k := range w {
							central[k] += w[k]
						}
					}
				}
			})
			require.Greater(t, total, 1000.0)
			got := sampled(t, p, 11)
			require.Equal(t, c.method, got.Method)
			draws := a.space.draws(2)
			for range 2000 {
				draws.draw()
				require.True(t, a.space.allows(draws.now), "%v", draws.now)
				require.InDelta(t, 1, sum(draws.now), 1e-9)
			}
			for i, o := range got.Alternatives {
				for r, share := range o.Ranks {
					// Five standard errors and what the lattice is too coarse for.
					require.InDelta(t, counts[i][r]/total, share, 5*o.Errors[r]+0.015, "%s %d", o.Alternative, r+1)
				}
			}
			if w := got.Alternatives[3].CentralWeights; counts[3][0] > 0.1*total {
				for k := range w {
					require.InDelta(t, central[k]/counts[3][0], w[k].Share, 0.01)
				}
			}
		})
	}
}

// A fixed weight leaves a simplex of one dimension less: with 0.4 fixed for x,
// the specialists of the others share what is left in equal parts.
func TestAFixedWeightIsWalkedWithTheOthersFree(t *testing.T) {
	p := Problem{Criteria: axes(4), Alternatives: []Alternative{alternative("y", 0, 10, 0, 0), alternative("z", 0, 0, 10, 0), alternative("x1", 0, 0, 0, 10)}}
	p.Criteria[0].Low, p.Criteria[0].High = 0.4, 0.4
	got := sampled(t, p, 5)
	require.Equal(t, HitAndRun, got.Method)
	largest := 0.6 * (1 + 1.0/2 + 1.0/3) / 3
	for i, o := range got.Alternatives {
		require.InDelta(t, 1.0/3, o.First(), 5*o.Errors[0])
		require.Less(t, o.Errors[0], 0.02)
		require.InDelta(t, 0.4, o.CentralWeights[0].Share, 1e-9)
		require.InDelta(t, largest, o.CentralWeights[i+1].Share, 0.01)
	}
}

// Whatever bounds and order: each draw keeps them, and sums to 1.
func TestWeightsKeepBoundsAndOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(t, "criteria")
		p := Problem{Criteria: axes(n), Alternatives: []Alternative{{ID: "a"}, {ID: "b"}}}
		for k := range p.Criteria {
			// Equal shares keep all of these.
			p.Criteria[k].Low = rapid.SampledFrom([]float64{0, 0.5, 0.9, 1}).Draw(t, "low") / float64(n)
			p.Criteria[k].High = min(1, rapid.SampledFrom([]float64{1, 1.1, 2, 6}).Draw(t, "high")/float64(n))
		}
		for _, k := range rapid.Permutation(rangeOf(n)).Draw(t, "order")[:rapid.IntRange(0, n).Draw(t, "ordered")] {
			p.Order = append(p.Order, p.Criteria[k].ID)
		}
		a, err := New(p)
		require.NoError(t, err)
		require.True(t, a.space.allows(a.space.between()))
		require.InDelta(t, 1, sum(a.space.between()), 1e-12)
		require.True(t, a.space.allows(a.space.inside()))
		draws := a.space.draws(rapid.Uint64().Draw(t, "seed"))
		for range 20 {
			draws.draw()
			require.True(t, a.space.allows(draws.now), "%v", draws.now)
			require.InDelta(t, 1, sum(draws.now), 1e-9)
		}
	})
}

func rangeOf(n int) []int { return sorted(n, func(int) string { return "" }) }

// The standard error that is told is what repeated estimates show; for draws
// that depend on each other that is well above the binomial one.
func TestStandardErrorsTellHowEstimatesScatter(t *testing.T) {
	criteria := 4
	// A specialist on the first criterion against an alternative that is level
	// everywhere, at about the specialist's middle.
	for _, tight := range []bool{false, true} {
		if tight {
			criteria = 10
		}
		p := Problem{Criteria: axes(criteria), Alternatives: []Alternative{{ID: "a"}, {ID: "b"}}}
		for k, c := range p.Criteria {
			special, level := 0.0, 2.0
			if k == 0 {
				special = 10
			}
			if tight {
				p.Order, level = append(p.Order, c.ID), 10/float64(criteria)*1.18
			}
			p.Alternatives[0].Scores = append(p.Alternatives[0].Scores, Exactly(c.ID, special))
			p.Alternatives[1].Scores = append(p.Alternatives[1].Scores, Exactly(c.ID, level))
		}
		if tight {
			p.Criteria[0].High = 1.2 / float64(criteria)
		}
		a := built(t, p)
		const repeats = 24
		total, square, told, binomial := 0.0, 0.0, 0.0, 0.0
		for seed := range uint64(repeats) {
			got, err := a.Acceptability(Sampling{Seed: seed, Draws: 1000})
			require.NoError(t, err)
			x := got.Alternatives[0].First()
			total += x
			square += x * x
			told += got.Alternatives[0].Errors[0] / repeats
			binomial += math.Sqrt(x*(1-x)/1000) / repeats
		}
		scatter := math.Sqrt((square - total*total/repeats) / (repeats - 1))
		t.Logf("scatter %.4f, told %.4f, binomial %.4f", scatter, told, binomial)
		// Two dozen repeats know a standard deviation to within a seventh.
		require.InEpsilon(t, scatter, told, 0.5)
		require.Equal(t, tight, told > 1.25*binomial)
	}
}

// With one criterion the acceptability is a probability of the scores alone.
func TestUncertainScoresGiveProbabilities(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []Score
		want float64 // A first
	}{
		{"from 4 to 8 against 5", []Score{Between("x0", 4, 8)}, []Score{Exactly("x0", 5)}, 3.0 / 4},
		{"unknown against 5", nil, []Score{Exactly("x0", 5)}, 1.0 / 2},
		{"unknown against 9", nil, []Score{Exactly("x0", 9)}, 1.0 / 10},
		{"both unknown", nil, nil, 1.0 / 2},
		// A triangle from 2 over 4 to 10 has (10−5)²/((10−2)(10−4)) above 5,
		{"around 4 against 5", []Score{Around("x0", 2, 4, 10)}, []Score{Exactly("x0", 5)}, 25.0 / 48},
		// and (3−2)²/((10−2)(4−2)) below 3.
		{"around 4 against 3", []Score{Around("x0", 2, 4, 10)}, []Score{Exactly("x0", 3)}, 15.0 / 16},
		{"likeliest at the end", []Score{Around("x0", 2, 2, 10)}, []Score{Exactly("x0", 6)}, 1.0 / 4},
		// Uniform from 0 to 6 above uniform from 4 to 10: a corner of 2 by 2.
		{"overlap", []Score{Between("x0", 0, 6)}, []Score{Between("x0", 4, 10)}, 2.0 / 36},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Problem{Criteria: axes(1), Alternatives: []Alternative{{ID: "a", Scores: c.a}, {ID: "b", Scores: c.b}}}
			got := sampled(t, p, 1)
			near(t, c.want, got.Alternatives[0].First(), testDraws)
			// With one criterion all weights are central.
			near(t, c.want, got.Alternatives[0].Confidence, confidenceDraws)
		})
	}
}

// What a share u of the values lies below is the inverse of the distribution.
func TestQuantilesInvertTheDistribution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Float64Range(-5, 5)
		low := at.Draw(t, "low")
		best := low + rapid.Float64Range(0, 5).Draw(t, "rise")
		high := best + rapid.Float64Range(0.01, 5).Draw(t, "fall")
		d := newSpread(Around("x", low, best, high))
		u := rapid.Float64Range(0, 1).Draw(t, "u")
		x := d.at(u)
		below := (x - low) * (x - low) / ((high - low) * (best - low))
		if x > best || best == low {
			below = 1 - (high-x)*(high-x)/((high-low)*(high-best))
		}
		require.InDelta(t, u, below, 1e-9)
		flat := newSpread(Between("x", low, high))
		require.InDelta(t, u, (flat.at(u)-low)/(high-low), 1e-9)
	})
}
