package influence

// Who belongs together: communities found in the ties, or groups that the host
// names.

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/community"
	"gonum.org/v1/gonum/graph/simple"
)

// maxResolution bounds the resolution of communities; far below it every actor
// is already a community of its own.
const maxResolution = 1e6

// ActorGroup is some actors under a name: a community that was found, or what the
// host knows to belong together.
type ActorGroup struct {
	Name   string   `json:"name"`
	Actors []string `json:"actors"`
}

// Communities are the groups within which actors listen to each other more than
// their ties alone would lead one to expect.
type Communities struct {
	// Groups hold every actor once, each in the order of the actors, ordered by
	// their first actors and named "1", "2" …
	Groups []ActorGroup `json:"groups"`

	// Modularity is how much more of all attention stays within the groups than
	// chance would keep there, at most 1; above about 0.3 the groups are worth
	// talking about. It is 0 in a network without ties.
	Modularity float64 `json:"modularity"`
}

// Communities finds groups by modularity, over contacts weighted by the
// attention that two actors give each other, both ways added; attachment does
// not count. Resolution 1 is the usual; a higher one finds more and smaller
// groups, a lower one fewer. Actors that nothing connects are never in one
// group.
//
// The search is a heuristic that visits the actors in a random order, drawn
// from the seed alone: the same network, resolution and seed give the same
// groups, and another seed may give slightly better or worse ones. It refuses a
// resolution that is not above 0 and at most a million.
//
// Roughly O(ties) time a pass, and few passes. Sources: Newman MEJ, Girvan M.
// Finding and evaluating community structure in networks. Phys Rev E
// 2004;69:026113 (modularity); Reichardt J, Bornholdt S. Phys Rev E
// 2006;74:016110 (resolution); Blondel VD, et al. Fast unfolding of communities
// in large networks. J Stat Mech 2008:P10008 (the search); Traag VA, et al. From
// Louvain to Leiden. Sci Rep 2019;9:5233 (why a group that is not connected is
// split).
func (n *Network) Communities(resolution float64, seed uint64) (Communities, error) {
	n = n.orNone()
	var errs fault.Fields
	if !errs.Positive("resolution", resolution, maxResolution) {
		return Communities{}, errs.Err()
	}
	if len(n.actors) == 0 {
		return Communities{}, nil
	}
	g := n.contactGraph()
	adjacent := n.contacts()
	var found [][]int
	for _, c := range community.Modularize(g, resolution, rand.NewPCG(seed, 0)).Communities() {
		// The search may leave a group whose link has moved elsewhere. To split
		// it never lowers modularity, and a group that cannot talk is none.
		keep := make([]bool, len(n.actors))
		for _, node := range c {
			keep[node.ID()] = true
		}
		found = append(found, parts(adjacent, keep)...)
	}
	slices.SortFunc(found, slices.Compare)

	var result Communities
	nodes := make([][]graph.Node, len(found))
	for k, c := range found {
		result.Groups = append(result.Groups, ActorGroup{Name: strconv.Itoa(k + 1), Actors: n.ids(c)})
		for _, i := range c {
			nodes[k] = append(nodes[k], simple.Node(i))
		}
	}
	if g.Edges().Len() > 0 { // without ties modularity is 0 divided by 0
		result.Modularity = community.Q(g, nodes, resolution)
	}
	return result, nil
}

// membership returns for each actor the place of its group, or −1, and refuses
// groups that are not apart.
func (n *Network) membership(groups []ActorGroup) ([]int, error) {
	var errs fault.Fields
	of := slices.Repeat([]int{-1}, len(n.actors))
	first := make(map[string]int, len(groups))
	for k, g := range groups {
		path := fault.At("groups", k)
		errs.Text(path+".name", g.Name, fault.Name)
		if g.Name != "" { // which is already refused for itself
			errs.Once(path+".name", g.Name, first, "groups", k)
		}
		if len(g.Actors) == 0 {
			errs.Add(path+".actors", fault.Length, 0, language.Of("want.at-least-one"))
		}
		for m, id := range g.Actors {
			i, ok := n.place(id)
			switch member := fault.At(path+".actors", m); {
			case !ok:
				unknownActor(&errs, member, id)
			case of[i] >= 0:
				errs.Add(member, fault.Unique, id, language.Of("want.in-one-list"))
			default:
				of[i] = k
			}
		}
	}
	return of, errs.Err()
}
