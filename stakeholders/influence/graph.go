package influence

// The network as a graph of contacts, without direction, for the questions that
// are about shape: two actors are in contact if either listens to the other.

import (
	"slices"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/iterator"
	"gonum.org/v1/gonum/graph/simple"
)

// contacts returns for each actor whom it is in contact with, in order.
func (n *Network) contacts() [][]int {
	adjacent := make([][]int, len(n.actors))
	for i, row := range n.rows {
		for _, h := range row {
			if h.actor != i {
				adjacent[i] = append(adjacent[i], h.actor)
				adjacent[h.actor] = append(adjacent[h.actor], i)
			}
		}
	}
	for i := range adjacent {
		slices.Sort(adjacent[i])
		adjacent[i] = slices.Compact(adjacent[i])
	}
	return adjacent
}

// ordered is a gonum graph that lists its nodes and neighbours in the order of
// the actors. The graphs of gonum list them in the order of a map, which would
// reach the rounding of sums and the choices of heuristics.
type ordered struct {
	*simple.WeightedUndirectedGraph
	nodes      []graph.Node
	neighbours [][]graph.Node
}

// Nodes returns the nodes in order.
func (g ordered) Nodes() graph.Nodes { return iterator.NewOrderedNodes(g.nodes) }

// From returns the neighbours in order.
func (g ordered) From(id int64) graph.Nodes { return iterator.NewOrderedNodes(g.neighbours[id]) }

// contactGraph returns the contacts as a graph, weighted by the attention that
// two actors give each other, both ways added.
func (n *Network) contactGraph() ordered {
	g := ordered{
		WeightedUndirectedGraph: simple.NewWeightedUndirectedGraph(0, 0),
		nodes:                   make([]graph.Node, len(n.actors)),
		neighbours:              make([][]graph.Node, len(n.actors)),
	}
	for i := range n.actors {
		g.nodes[i] = simple.Node(i)
		g.AddNode(g.nodes[i])
	}
	for i, row := range n.rows {
		for _, h := range row {
			if h.actor == i {
				continue
			}
			w, _ := g.Weight(int64(i), int64(h.actor))
			g.SetWeightedEdge(simple.WeightedEdge{F: g.nodes[i], T: g.nodes[h.actor], W: w + h.weight})
		}
	}
	for i, adjacent := range n.contacts() {
		for _, j := range adjacent {
			g.neighbours[i] = append(g.neighbours[i], g.nodes[j])
		}
	}
	return g
}

// parts returns the connected parts of the contacts among the actors that are
// kept, each in order, ordered by their first actors.
func parts(adjacent [][]int, keep []bool) [][]int {
	seen := make([]bool, len(adjacent))
	var all [][]int
	for i := range adjacent {
		if keep[i] && !seen[i] {
			all = append(all, partOf(i, adjacent, keep, seen))
		}
	}
	return all
}

// partOf returns the connected part of an actor, in order, and marks it seen.
func partOf(start int, adjacent [][]int, keep, seen []bool) []int {
	part := []int{start}
	seen[start] = true
	for k := 0; k < len(part); k++ {
		for _, j := range adjacent[part[k]] {
			if keep[j] && !seen[j] {
				seen[j] = true
				part = append(part, j)
			}
		}
	}
	slices.Sort(part)
	return part
}
