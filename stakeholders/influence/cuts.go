package influence

// Cut actors: those whose loss splits the coalition, candidates for gatekeeper.

import (
	"cmp"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Cut is an actor whose loss splits those it leaves behind.
type Cut struct {
	Actor string `json:"actor"`

	// Parts are what its own part of the network falls into without it, at
	// least two, each in the order of the actors, ordered by their first actors.
	Parts [][]string `json:"parts"`

	// Pairs counts the pairs of actors that lose every way to each other.
	Pairs int `json:"pairs"`
}

// Parts returns the connected parts of the network, each in the order of the
// actors, ordered by their first actors: no contact leads from one part to
// another. O(ties) time.
func (n *Network) Parts() [][]string {
	n = n.orNone()
	return n.named(parts(n.contacts(), everyone(len(n.actors))))
}

// PartsAmong returns the connected parts of some actors, a coalition say, by
// contacts among themselves. It refuses with [fault.Fields] ids that
// are unknown or there twice.
func (n *Network) PartsAmong(ids []string) ([][]string, error) {
	n = n.orNone()
	keep, err := n.among(ids)
	if err != nil {
		return nil, err
	}
	return n.named(parts(n.contacts(), keep)), nil
}

// Cuts returns the actors whose loss would split the network, or the part of it
// they are in, those that separate most pairs of actors first, then in the order
// of the actors. They are candidates for the role of gatekeeper: they can close
// the way.
//
// O(ties) time to find them, and as much again for each one found. Sources:
// Tarjan RE. Depth-first search and linear graph algorithms. SIAM J Comput
// 1972;1:146–160; Hopcroft J, Tarjan R. Algorithm 447. Commun ACM
// 1973;16:372–378.
func (n *Network) Cuts() []Cut {
	n = n.orNone()
	return n.cuts(everyone(len(n.actors)))
}

// CutsAmong is [Network.Cuts] for some of the actors, a coalition say, by
// contacts among themselves: ways through others do not count. It refuses with
// [fault.Fields] ids that are unknown or there twice.
func (n *Network) CutsAmong(ids []string) ([]Cut, error) {
	n = n.orNone()
	keep, err := n.among(ids)
	if err != nil {
		return nil, err
	}
	return n.cuts(keep), nil
}

func (n *Network) cuts(keep []bool) []Cut {
	adjacent := n.contacts()
	var cuts []Cut
	for _, i := range cutActors(adjacent, keep) {
		seen := make([]bool, len(adjacent))
		seen[i] = true // so that no part goes through it
		c := Cut{Actor: n.actors[i].ID}
		before := 0
		for _, j := range adjacent[i] {
			if !keep[j] || seen[j] {
				continue
			}
			part := partOf(j, adjacent, keep, seen)
			c.Parts = append(c.Parts, n.ids(part))
			c.Pairs += before * len(part)
			before += len(part)
		}
		slices.SortFunc(c.Parts, func(a, b []string) int { return cmp.Compare(n.index[a[0]], n.index[b[0]]) })
		cuts = append(cuts, c)
	}
	slices.SortStableFunc(cuts, func(a, b Cut) int { return cmp.Compare(b.Pairs, a.Pairs) })
	return cuts
}

// cutActors returns the cut vertices of the contacts among those kept, in
// order. A vertex is one if some child in the depth-first tree reaches nothing
// above it; a root, if it has two children. The tree is no deeper than a network
// may have actors.
func cutActors(adjacent [][]int, keep []bool) []int {
	found := make([]int, len(adjacent)) // when the walk first came by, from 1
	clock := 0
	var cuts []int
	// walk gives the earliest that the walk gets back to from v and below.
	var walk func(v, parent int) int
	walk = func(v, parent int) int {
		clock++
		found[v] = clock
		low, cut, children := clock, false, 0
		for _, w := range adjacent[v] {
			switch {
			case !keep[w] || w == parent:
			case found[w] > 0:
				low = min(low, found[w])
			default:
				children++
				below := walk(w, v)
				low = min(low, below)
				cut = cut || below >= found[v]
			}
		}
		if parent < 0 {
			cut = children > 1
		}
		if cut {
			cuts = append(cuts, v)
		}
		return low
	}
	for root := range adjacent {
		if keep[root] && found[root] == 0 {
			walk(root, -1)
		}
	}
	slices.Sort(cuts)
	return cuts
}

// among marks the actors of the ids.
func (n *Network) among(ids []string) ([]bool, error) {
	var errs fault.Fields
	keep := make([]bool, len(n.actors))
	for k, id := range ids {
		i, ok := n.place(id)
		switch {
		case !ok:
			unknownActor(&errs, fault.At("ids", k), id)
		case keep[i]:
			errs.Add(fault.At("ids", k), fault.Unique, id, language.Of("want.each-once"))
		default:
			keep[i] = true
		}
	}
	return keep, errs.Err()
}

func everyone(size int) []bool { return slices.Repeat([]bool{true}, size) }

func (n *Network) named(all [][]int) [][]string {
	var names [][]string
	for _, part := range all {
		names = append(names, n.ids(part))
	}
	return names
}
