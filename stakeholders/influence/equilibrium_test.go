package influence

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

func TestTwoActorsMeetWhereTheirAttachmentsLetThem(t *testing.T) {
	// a holds with 1/2, b with 1/4; each listens to the other alone.
	//   a = ½·6 + ½b      b = ¼·(−2) + ¾a
	//   a = 3 + ½(−½ + ¾a) = 2¾ + ⅜a   so   a = 2.75/0.625 = 4.4
	//   b = −0.5 + 0.75·4.4 = 2.8
	n := built(t,
		[]Node{{"a", 0.5}, {"b", 0.25}},
		[]Tie{{"a", "b", 1}, {"b", "a", 1}})
	p, err := n.Equilibrium([]float64{6, -2})
	require.NoError(t, err)
	near(t, []float64{4.4, 2.8}, p, 1e-14)
}

func TestThreeActorsWithALeaderWhoListensToNobody(t *testing.T) {
	// l never moves. m holds with 0.2 and gives l 0.75 of its attention, f 0.25.
	// f holds with nothing and listens to m alone, so f ends where m ends:
	//   m = 0.2·(−4) + 0.8·(0.75·6 + 0.25m) = −0.8 + 3.6 + 0.2m
	//   m = 2.8/0.8 = 3.5 = f
	n := built(t,
		[]Node{{"l", 0}, {"m", 0.2}, {"f", 0}},
		[]Tie{{"m", "l", 0.75}, {"m", "f", 0.25}, {"f", "m", 1}})
	p, err := n.Equilibrium([]float64{6, -4, 1})
	require.NoError(t, err)
	near(t, []float64{6, 3.5, 3.5}, p, 1e-14)

	// m is moved by l: 0.8·0.75/0.8 = 0.75, by itself: 0.2/0.8 = 0.25, by f
	// not at all.
	shares, err := n.MovedBy("m")
	require.NoError(t, err)
	require.Len(t, shares, 2)
	require.Equal(t, "l", shares[0].Actor)
	require.InDelta(t, 0.75, shares[0].Share, 1e-14)
	require.Equal(t, "m", shares[1].Actor)
	require.InDelta(t, 0.25, shares[1].Share, 1e-14)

	// l moves itself wholly, m and f by 0.75 each; of the mean of all three
	// that is (1 + 0.75 + 0.75)/3 = 5/6, and m has (0.25 + 0.25)/3 = 1/6.
	whom, err := n.MovesWhom("l")
	require.NoError(t, err)
	require.Equal(t, []string{"l", "m", "f"}, []string{whom[0].Actor, whom[1].Actor, whom[2].Actor})
	near(t, []float64{1, 0.75, 0.75}, []float64{whom[0].Share, whom[1].Share, whom[2].Share}, 1e-14)
	movers, err := n.Movers(nil)
	require.NoError(t, err)
	require.Equal(t, []string{"l", "m"}, []string{movers[0].Actor, movers[1].Actor})
	near(t, []float64{5. / 6, 1. / 6}, []float64{movers[0].Share, movers[1].Share}, 1e-14)
	// Only f counts: as m.
	movers, err = n.Movers([]float64{0, 0, 9})
	require.NoError(t, err)
	near(t, []float64{0.75, 0.25}, []float64{movers[0].Share, movers[1].Share}, 1e-14)
}

func TestAttentionToOneselfSlowsTheWayAndNotTheEnd(t *testing.T) {
	// With half its attention kept for itself and λ = 0, a still ends at b's.
	//   month 1: a = ½·0 + ½·4 = 2, month 2: ½·2 + ½·4 = 3
	n := built(t, []Node{{"a", 0}, {"b", 1}}, []Tie{{"a", "a", 0.5}, {"a", "b", 0.5}, {"b", "a", 1}})
	p, err := n.Equilibrium([]float64{0, 4})
	require.NoError(t, err)
	near(t, []float64{4, 4}, p, 1e-14)
	path, err := n.Path([]float64{0, 4}, 2)
	require.NoError(t, err)
	var months [][]float64
	for month, p := range path {
		require.Equal(t, len(months), month)
		months = append(months, p)
	}
	require.Equal(t, [][]float64{{0, 4}, {2, 4}, {3, 4}}, months)
}

func TestFullAttachmentKeepsEverybodyWhereTheyBegan(t *testing.T) {
	n := built(t, []Node{{"a", 1}, {"b", 1}}, []Tie{{"a", "b", 1}, {"b", "a", 1}})
	p, err := n.Equilibrium([]float64{7, -7})
	require.NoError(t, err)
	require.Equal(t, []float64{7, -7}, p)
}

func TestEquilibriumIsTheSolutionOfTheSystemAndTheEndOfThePath(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 40 {
		n, initial := drawn(t, rng, 1+rng.IntN(30), rng.Float64())
		p, err := n.Equilibrium(initial)
		require.NoError(t, err)

		a, lambda := system(n)
		b := mat.NewVecDense(n.Len(), nil)
		b.MulVec(lambda, mat.NewVecDense(n.Len(), initial))
		var direct mat.VecDense
		require.NoError(t, direct.SolveVec(a, b))
		near(t, direct.RawVector().Data, p, 1e-12)

		path, err := n.Path(initial, 700) // 0.95^700 < 1e-15
		require.NoError(t, err)
		var last []float64
		for _, p := range path {
			last = p
		}
		near(t, last, p, 1e-12)
	}
}

func TestTotalInfluenceIsWhatEveryQuestionAnswersFrom(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 60 {
		n, initial := drawn(t, rng, 2+rng.IntN(20), rng.Float64()/2)
		v, err := n.TotalInfluence()
		require.NoError(t, err)
		ids := n.IDs()
		for i := range ids {
			require.InDelta(t, 1, mat.Sum(v.RowView(i)), 1e-12, "a row of V")
			require.GreaterOrEqual(t, mat.Min(v.RowView(i)), 0.0)
		}

		// V times the beginning is the end.
		p, err := n.Equilibrium(initial)
		require.NoError(t, err)
		var end mat.VecDense
		end.MulVec(v, mat.NewVecDense(n.Len(), initial))
		near(t, end.RawVector().Data, p, 1e-12)

		// Rows, columns and weighted means of V.
		w := make([]float64, n.Len())
		total := 0.0
		for i := range w {
			w[i] = rng.Float64()
			total += w[i]
		}
		movers, err := n.Movers(w)
		require.NoError(t, err)
		sum := 0.0
		for _, m := range movers {
			want := 0.0
			for i := range ids {
				want += w[i] * v.At(i, n.index[m.Actor]) / total
			}
			require.InDelta(t, want, m.Share, 1e-12)
			sum += m.Share
		}
		require.InDelta(t, 1, sum, 1e-9)
		k := rng.IntN(n.Len())
		by, err := n.MovedBy(ids[k])
		require.NoError(t, err)
		for x, s := range by {
			require.InDelta(t, v.At(k, n.index[s.Actor]), s.Share, 1e-12)
			require.True(t, x == 0 || by[x-1].Share >= s.Share, "in order")
		}
		whom, err := n.MovesWhom(ids[k])
		require.NoError(t, err)
		for _, s := range whom {
			require.InDelta(t, v.At(n.index[s.Actor], k), s.Share, 1e-12)
		}
	}
}

func TestMoreSupportSomewhereIsNeverLessAnywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		n, initial := drawn(t, rng, 2+rng.IntN(25), rng.Float64())
		before, err := n.Equilibrium(initial)
		require.NoError(t, err)
		j := rng.IntN(n.Len())
		initial[j] += (7 - initial[j]) * rng.Float64()
		after, err := n.Equilibrium(initial)
		require.NoError(t, err)
		for i := range before {
			require.GreaterOrEqual(t, after[i], before[i]-1e-12)
			require.True(t, after[i] >= -7 && after[i] <= 7)
		}
	}
}

func TestAnUnknownPositionWidensOnlyWhatItMoves(t *testing.T) {
	// a listens to u with half of what it does not hold: v(a,u) = ½. b is alone.
	n := built(t, []Node{{"a", 0.5}, {"u", 1}, {"b", 0.5}}, []Tie{{"a", "u", 1}})
	bounds, err := n.EquilibriumRange([]stakeholders.Position{stakeholders.At(4), {}, stakeholders.At(1)})
	require.NoError(t, err)
	require.Equal(t, []Span{{-1.5, 5.5}, {-7, 7}, {1, 1}}, bounds) // ½·4 ± ½·7

	rng := rand.New(rand.NewPCG(4, 4))
	for range 50 {
		n, initial := drawn(t, rng, 2+rng.IntN(12), 0.3)
		positions := make([]stakeholders.Position, n.Len())
		for i := range positions {
			if rng.IntN(3) > 0 {
				positions[i] = stakeholders.At(initial[i])
			}
		}
		bounds, err := n.EquilibriumRange(positions)
		require.NoError(t, err)
		for i := range initial {
			if !positions[i].Known() {
				initial[i] = 14*rng.Float64() - 7
			}
		}
		p, err := n.Equilibrium(initial)
		require.NoError(t, err)
		for i, b := range bounds {
			require.True(t, p[i] >= b.Lowest-1e-12 && p[i] <= b.Highest+1e-12)
		}
	}
}

func TestNoUniqueEquilibriumNamesTheCirclesNobodyHolds(t *testing.T) {
	for name, tt := range map[string]struct {
		actors  []Node
		ties    []Tie
		circles [][]string
	}{
		"self-influence one everywhere": {
			[]Node{{"a", 0}, {"b", 0}},
			[]Tie{{"a", "a", 1}, {"b", "b", 1}},
			[][]string{{"a"}, {"b"}},
		},
		"consensus that depends on the beginning": {
			[]Node{{"a", 0}, {"b", 0}},
			[]Tie{{"a", "b", 0.5}, {"a", "a", 0.5}, {"b", "a", 1}},
			[][]string{{"a", "b"}},
		},
		"one circle apart, with a follower that is no part of it": {
			[]Node{{"f", 0}, {"held", 0.5}, {"y", 0}, {"x", 0}, {"ok", 0}},
			[]Tie{{"f", "x", 1}, {"held", "ok", 1}, {"ok", "held", 1}, {"x", "y", 1}, {"y", "x", 1}},
			[][]string{{"y", "x"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := built(t, tt.actors, tt.ties)
			initial := make([]float64, n.Len())
			for range 3 { // the refusal is kept, too
				_, err := n.Equilibrium(initial)
				require.ErrorAs(t, err, new(*NoUniqueEquilibriumError))
				var none *NoUniqueEquilibriumError
				require.ErrorAs(t, err, &none)
				require.Equal(t, tt.circles, none.Circles)
			}
			_, err := n.TotalInfluence()
			require.ErrorAs(t, err, new(*NoUniqueEquilibriumError))
			_, err = n.Movers(nil)
			require.ErrorAs(t, err, new(*NoUniqueEquilibriumError))
			_, err = n.MovedBy(tt.actors[0].ID)
			require.ErrorAs(t, err, new(*NoUniqueEquilibriumError))
			_, err = n.MovesWhom(tt.actors[0].ID)
			require.ErrorAs(t, err, new(*NoUniqueEquilibriumError))
			_, err = n.EquilibriumRange(make([]stakeholders.Position, n.Len()))
			require.ErrorAs(t, err, new(*NoUniqueEquilibriumError))
			_, err = n.Persuade(initial, Aim{}, nil)
			require.ErrorAs(t, err, new(*NoUniqueEquilibriumError))
			_, err = n.Path(initial, 3)
			require.NoError(t, err, "the path needs no equilibrium")
		})
	}
}

func TestUniquenessIsWhereTheMatrixIsRegular(t *testing.T) {
	// Attachments of 0 or ½ and rows of equal weights: the determinant tells.
	rng := rand.New(rand.NewPCG(5, 5))
	refused := 0
	for range 2000 {
		size := 1 + rng.IntN(6)
		var actors []Node
		var ties []Tie
		for i := range size {
			actors = append(actors, Node{ID: id(i), Attachment: 0.5 * float64(rng.IntN(4)/3)})
			for j := range size {
				if rng.Float64() < 0.35 {
					ties = append(ties, Tie{From: id(i), To: id(j), Weight: 1})
				}
			}
		}
		n := built(t, actors, ties, WithNormalisedWeights())
		_, err := n.Equilibrium(make([]float64, size))
		a, _ := system(n)
		if math.Abs(mat.Det(a)) < 1e-12 {
			require.ErrorAs(t, err, new(*NoUniqueEquilibriumError))
			refused++
		} else {
			require.NoError(t, err)
		}
	}
	require.Greater(t, refused, 100)
}

func TestAttachmentsLostInRoundingAreRefusedNotGuessed(t *testing.T) {
	for attachment, fits := range map[float64]bool{1e-3: true, 1e-6: true, 1e-13: false, 1e-17: false, 1e-300: false} {
		n := built(t, []Node{{"a", attachment}, {"b", 0}}, []Tie{{"a", "b", 1}, {"b", "a", 1}})
		p, err := n.Equilibrium([]float64{3, -3})
		if fits {
			require.NoError(t, err)
			near(t, []float64{3, 3}, p, 1e-7) // a alone holds at all
			continue
		}
		require.ErrorAs(t, err, new(*IllConditionedError), "%g", attachment)
		var ill *IllConditionedError
		require.ErrorAs(t, err, &ill)
		require.Greater(t, ill.Drift, driftTolerance)
		_, err = n.TotalInfluence()
		require.ErrorAs(t, err, new(*IllConditionedError))
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	n, initial := drawn(t, rand.New(rand.NewPCG(6, 6)), 60, 0.2)
	want, err := built(t, n.Actors(), n.Ties()).Equilibrium(initial)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			p, err := n.Equilibrium(initial)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range p {
				if math.Abs(p[i]-want[i]) > 1e-12 {
					t.Errorf("element %d: %v, want %v", i, p[i], want[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestTheNumberOfProcessorsChangesNoBit(t *testing.T) {
	// Large enough for gonum to work on blocks of the matrix at once.
	n, initial := drawn(t, rand.New(rand.NewPCG(7, 7)), 300, 0.1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var want []float64
	for _, processors := range []int{1, 2, 3, 8} {
		runtime.GOMAXPROCS(processors)
		p, err := built(t, n.Actors(), n.Ties()).Equilibrium(initial)
		require.NoError(t, err)
		if want == nil {
			want = p
		}
		require.Equal(t, want, p)
	}
}

func TestAPathMayBeLeftEarlyAndWalkedAgain(t *testing.T) {
	n, initial := drawn(t, rand.New(rand.NewPCG(8, 8)), 5, 0.5)
	path, err := n.Path(initial, 10)
	require.NoError(t, err)
	var first []float64
	for month, p := range path {
		first = p
		if month == 3 {
			break
		}
	}
	initial[0] = 7 // the path keeps its own beginning
	for month, p := range path {
		if month == 3 {
			require.Equal(t, first, p)
		}
		p[0] = 99 // and the walker its own copies
	}
}
