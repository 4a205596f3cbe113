package influence

// Who moves whom, and by how much.

import (
	"cmp"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"gonum.org/v1/gonum/mat"
)

const (
	// negligible is the share below which influence is taken for rounding.
	negligible = 1e-12

	// maxCount bounds how much an actor counts: above the highest power times
	// the highest weight of a roster.
	maxCount = 1e7
)

// Share is the part that one actor has in something.
type Share struct {
	Actor string  `json:"actor"`
	Share float64 `json:"share"` // 0 … 1
}

// TotalInfluence returns the matrix of who moves whom,
//
//	V = (I − (1−Λ)W)⁻¹ Λ
//
// n by n, in the order of the actors: element (i, j) is by how much actor i's
// equilibrium moves when actor j's initial position moves by one, through all
// that listen in between. No element is negative and every row sums to one. The
// matrix is the caller's. It refuses what [Network.Equilibrium] refuses in a
// network.
//
// O(n³) time, O(n²) memory. Source: Friedkin and Johnsen 1990 (the matrix of
// total effects).
func (n *Network) TotalInfluence() (*mat.Dense, error) {
	n = n.orNone()
	f, err := n.factorised()
	if err != nil {
		return nil, err
	}
	v := mat.NewDense(len(n.actors), len(n.actors), nil)
	for i, h := range n.hold {
		v.Set(i, i, h)
	}
	f.solveAll(v)
	v.Apply(func(_, _ int, x float64) float64 { return max(x, 0) }, v)
	return v, nil
}

// Movers returns whose initial positions the weighted mean of the equilibrium
// is made of, the greatest share first and equals in the order of the actors.
// The shares sum to one; an actor's own equilibrium counts, its own influence
// on it included. Nil weights count every actor once, as do equal ones; power
// makes good weights ([Stance].Weights). Whoever has no share is left out.
//
// It refuses weights that are not one for each actor, below 0, above ten
// million or all 0, and what [Network.Equilibrium] refuses in a network.
//
// O(n²) time after the first question to the network.
func (n *Network) Movers(weights []float64) ([]Share, error) {
	n = n.orNone()
	w, err := n.checkWeights(weights)
	if err != nil {
		return nil, err
	}
	pull, err := n.pull(w)
	if err != nil {
		return nil, err
	}
	return n.ranked(pull), nil
}

// MovedBy returns whose initial positions the equilibrium of the actor is made
// of: its row of [Network.TotalInfluence], the actor itself included. The shares
// sum to one and are ordered as those of [Network.Movers]. It refuses an unknown
// actor.
//
// O(n²) time after the first question to the network.
func (n *Network) MovedBy(id string) ([]Share, error) {
	n = n.orNone()
	i, err := n.actor("id", id)
	if err != nil {
		return nil, err
	}
	w := make([]float64, len(n.actors))
	w[i] = 1
	pull, err := n.pull(w)
	if err != nil {
		return nil, err
	}
	return n.ranked(pull), nil
}

// MovesWhom returns whom the initial position of the actor moves: its column of
// [Network.TotalInfluence], the actor itself included. Each share is a part of
// another's equilibrium, so they do not sum to one; they are ordered as those of
// [Network.Movers]. It refuses an unknown actor.
//
// O(n²) time after the first question to the network.
func (n *Network) MovesWhom(id string) ([]Share, error) {
	n = n.orNone()
	j, err := n.actor("id", id)
	if err != nil {
		return nil, err
	}
	f, err := n.factorised()
	if err != nil {
		return nil, err
	}
	b := make([]float64, len(n.actors))
	b[j] = n.hold[j]
	return n.ranked(f.solve(b)), nil
}

// pull returns wᵀV for weights that sum to one: how much each initial position
// counts in the weighted mean of the equilibrium. One transposed solve does
// what the whole of V would take n for.
func (n *Network) pull(w []float64) ([]float64, error) {
	f, err := n.factorised()
	if err != nil {
		return nil, err
	}
	pull := f.solveTransposed(w)
	for j := range pull {
		pull[j] = max(pull[j]*n.hold[j], 0)
	}
	return pull, nil
}

// checkWeights returns the weights divided by their sum; nil stands for equal
// weights.
func (n *Network) checkWeights(weights []float64) ([]float64, error) {
	w := make([]float64, len(n.actors))
	if weights == nil {
		for i := range w {
			w[i] = 1 / float64(len(w))
		}
		return w, nil
	}
	errs := checkVector("weights", weights, len(n.actors), 0, maxCount)
	if err := errs.Err(); err != nil {
		return nil, err
	}
	sum := 0.0
	for _, x := range weights {
		sum += x
	}
	if sum == 0 {
		return nil, fault.Refuse("weights", fault.Required, 0.0, language.Of("want.some-weight"))
	}
	for i, x := range weights {
		w[i] = x / sum
	}
	return w, nil
}

// ranked returns the shares that count, the greatest first.
func (n *Network) ranked(shares []float64) []Share {
	var list []Share
	for i, x := range shares {
		if x > negligible {
			list = append(list, Share{Actor: n.actors[i].ID, Share: min(x, 1)})
		}
	}
	slices.SortStableFunc(list, func(a, b Share) int { return cmp.Compare(b.Share, a.Share) })
	return list
}
