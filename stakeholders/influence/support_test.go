package influence

// Networks and independent computations that several tests share.

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

func built(t testing.TB, actors []Node, ties []Tie, options ...NetworkOption) *Network {
	t.Helper()
	n, err := NewNetwork(actors, ties, options...)
	require.NoError(t, err)
	return n
}

func id(i int) string { return fmt.Sprintf("a%03d", i) }

// drawn is a random network in which each actor listens to others with the
// probability given, and the positions it starts from.
func drawn(t testing.TB, rng *rand.Rand, size int, density float64) (*Network, []float64) {
	t.Helper()
	var actors []Node
	var ties []Tie
	initial := make([]float64, size)
	for i := range size {
		actors = append(actors, Node{ID: id(i), Attachment: 0.05 + 0.95*rng.Float64()})
		initial[i] = 14*rng.Float64() - 7
		for j := range size {
			if rng.Float64() < density {
				ties = append(ties, Tie{From: id(i), To: id(j), Weight: 0.1 + rng.Float64()})
			}
		}
	}
	return built(t, actors, ties, WithNormalisedWeights()), initial
}

// linked is a network of which only the contacts matter.
func linked(t testing.TB, size int, links ...[2]int) *Network {
	t.Helper()
	var actors []Node
	var ties []Tie
	for i := range size {
		actors = append(actors, Node{ID: id(i), Attachment: 0.5})
	}
	for _, l := range links {
		ties = append(ties, Tie{From: id(l[0]), To: id(l[1]), Weight: 1})
	}
	return built(t, actors, ties, WithNormalisedWeights())
}

// system builds I − (1−Λ)W and Λ from what the network tells the host, in a way
// of its own: W first, a row of the identity for whoever listens to nobody.
func system(n *Network) (a, lambda *mat.Dense) {
	size := n.Len()
	place := map[string]int{}
	w := mat.NewDense(size, size, nil)
	lambda = mat.NewDense(size, size, nil)
	listens := make([]bool, size)
	for i, actor := range n.Actors() {
		place[actor.ID] = i
		lambda.Set(i, i, actor.Attachment)
	}
	for _, tie := range n.Ties() {
		w.Set(place[tie.From], place[tie.To], tie.Weight)
		listens[place[tie.From]] = true
	}
	for i, does := range listens {
		if !does {
			lambda.Set(i, i, 1)
		}
	}
	identity := mat.NewDiagDense(size, nil)
	for i := range size {
		identity.SetDiag(i, 1)
	}
	var open mat.Dense
	open.Sub(identity, lambda)
	a = mat.NewDense(size, size, nil)
	a.Mul(&open, w)
	a.Sub(identity, a)
	return a, lambda
}

// near checks two vectors for equality within a tolerance.
func near(t testing.TB, want, got []float64, tolerance float64) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.InDelta(t, want[i], got[i], tolerance, "element %d", i)
	}
}

// adjacency is who is in contact with whom, from the ties a host sees.
func adjacency(n *Network) [][]bool {
	place := map[string]int{}
	a := make([][]bool, n.Len())
	for i, id := range n.IDs() {
		place[id] = i
		a[i] = make([]bool, n.Len())
	}
	for _, tie := range n.Ties() {
		i, j := place[tie.From], place[tie.To]
		if i != j {
			a[i][j], a[j][i] = true, true
		}
	}
	return a
}
