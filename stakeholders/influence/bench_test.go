package influence

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// BenchmarkEquilibrium500 sets the first question to a network of 500 actors,
// from the ties to the equilibrium, beside gonum doing the same: filling the
// matrix of the same system, factorising and solving it. "again" is any later
// question.
func BenchmarkEquilibrium500(b *testing.B) {
	n, initial := drawn(b, rand.New(rand.NewPCG(31, 1)), 500, 0.02)
	size := n.Len()
	b.Run("gonum", func(b *testing.B) {
		for b.Loop() {
			a := mat.NewDense(size, size, nil)
			rhs := mat.NewVecDense(size, nil)
			for i, row := range n.rows {
				for _, h := range row {
					a.Set(i, h.actor, -(1-n.hold[i])*h.weight)
				}
				a.Set(i, i, a.At(i, i)+1)
				rhs.SetVec(i, n.hold[i]*initial[i])
			}
			var lu mat.LU
			lu.Factorize(a)
			var p mat.VecDense
			require.NoError(b, lu.SolveVecTo(&p, false, rhs))
		}
	})
	b.Run("influence", func(b *testing.B) {
		for b.Loop() {
			cold := &Network{actors: n.actors, index: n.index, rows: n.rows, hold: n.hold}
			_, err := cold.Equilibrium(initial)
			require.NoError(b, err)
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			_, err := n.Equilibrium(initial)
			require.NoError(b, err)
		}
	})
}

// BenchmarkShape500 asks the same network about its shape.
func BenchmarkShape500(b *testing.B) {
	n, _ := drawn(b, rand.New(rand.NewPCG(31, 1)), 500, 0.02)
	c, err := n.Communities(1, 1)
	require.NoError(b, err)
	b.Run("communities", func(b *testing.B) {
		for b.Loop() {
			_, err := n.Communities(1, 1)
			require.NoError(b, err)
		}
	})
	b.Run("brokers", func(b *testing.B) {
		for b.Loop() {
			_, err := n.Brokers(c.Groups)
			require.NoError(b, err)
		}
	})
	b.Run("betweenness", func(b *testing.B) {
		for b.Loop() {
			n.Betweenness()
		}
	})
	b.Run("cuts", func(b *testing.B) {
		for b.Loop() {
			n.Cuts()
		}
	})
}

// BenchmarkPersuade40 searches among 40 offers: of all kinds, and of the kind
// that is hard, where the search ends at its bound of nodes.
func BenchmarkPersuade40(b *testing.B) {
	rng := rand.New(rand.NewPCG(32, 1))
	n, initial := drawn(b, rng, 40, 0.1)
	var offers []Offer
	for i := range 40 {
		offers = append(offers, Offer{Actor: id(i), Shift: 1 + 5*rng.Float64(), Cost: 1 + 9*rng.Float64()})
	}
	mean := 0.0
	p, err := n.Equilibrium(initial)
	require.NoError(b, err)
	for _, x := range p {
		mean += x / 40
	}
	b.Run("drawn", func(b *testing.B) {
		for b.Loop() {
			plan, err := n.Persuade(initial, Aim{Threshold: mean + 1.5}, offers)
			require.NoError(b, err)
			require.True(b, plan.Exact)
		}
	})
	n, initial, aim, offers := hard(b, 40)
	b.Run("hard", func(b *testing.B) {
		for b.Loop() {
			plan, err := n.Persuade(initial, aim, offers)
			require.NoError(b, err)
			b.ReportMetric(100*(1-plan.LowerBound/plan.Cost), "%gap")
		}
	})
}
