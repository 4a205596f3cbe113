package influence

// Where the positions end, and the way there.

import (
	"iter"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
)

// lowest and highest bound the scale of positions (reich).
const lowest, highest = -7, 7

// unheldCircles returns the closed classes of W in which no actor is attached,
// each in the order of the actors, ordered by their first actors. The matrix
// I − (1−Λ)W is singular if and only if there is one: the rows of such a class
// sum to zero, while from everywhere else weight leaks to somebody attached.
func (n *Network) unheldCircles() [][]string {
	// Follow the ties backwards from those that hold.
	listeners := make([][]int, len(n.actors))
	for i, row := range n.rows {
		for _, h := range row {
			listeners[h.actor] = append(listeners[h.actor], i)
		}
	}
	held := make([]bool, len(n.actors))
	var queue []int
	for i, h := range n.hold {
		if h > 0 {
			held[i] = true
			queue = append(queue, i)
		}
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, j := range listeners[i] {
			if !held[j] {
				held[j] = true
				queue = append(queue, j)
			}
		}
	}
	if !slices.Contains(held, false) {
		return nil
	}

	// Among the rest, name only the circles that all the rest hangs on.
	g := simple.NewDirectedGraph()
	for i := range n.actors {
		if !held[i] {
			g.AddNode(simple.Node(i))
		}
	}
	for i, row := range n.rows {
		if held[i] {
			continue
		}
		for _, h := range row {
			if h.actor != i {
				g.SetEdge(simple.Edge{F: simple.Node(i), T: simple.Node(h.actor)})
			}
		}
	}
	var circles [][]int
	for _, class := range topo.TarjanSCC(g) {
		members := places(class)
		if closed(g, members) {
			circles = append(circles, members)
		}
	}
	slices.SortFunc(circles, slices.Compare)
	named := make([][]string, len(circles))
	for i, c := range circles {
		named[i] = n.ids(c)
	}
	return named
}

// closed reports whether no edge leaves the members, which are in order.
func closed(g graph.Directed, members []int) bool {
	for _, i := range members {
		for to := g.From(int64(i)); to.Next(); {
			if _, in := slices.BinarySearch(members, int(to.Node().ID())); !in {
				return false
			}
		}
	}
	return true
}

// places returns the ids of the nodes, in order.
func places(nodes []graph.Node) []int {
	p := make([]int, len(nodes))
	for i, node := range nodes {
		p[i] = int(node.ID())
	}
	slices.Sort(p)
	return p
}

// Equilibrium returns where the positions end if everybody keeps listening, for
// initial positions within −7 … +7, both in the order of the actors. It solves
//
//	p = Λp⁰ + (1−Λ)Wp
//
// for p, with Λ the attachments on a diagonal and W the weights, listeners in
// rows. Every position is an average of the initial ones, so none leaves their
// range.
//
// It refuses initial positions that are not one for each actor, not finite or
// out of range, with [fault.Fields]; a network whose equilibrium is
// not unique, with a [NoUniqueEquilibriumError]; and one whose attachments are
// lost in rounding, with an [IllConditionedError].
//
// The first call takes O(n³) time and O(n²) memory, later ones on the same
// network O(n²) time. Source: Friedkin NE, Johnsen EC. Social influence and
// opinions. J Math Sociol 1990;15:193–206.
func (n *Network) Equilibrium(initial []float64) ([]float64, error) {
	n = n.orNone()
	if err := n.checkInitial(initial); err != nil {
		return nil, err
	}
	f, err := n.factorised()
	if err != nil {
		return nil, err
	}
	return n.settle(f, initial), nil
}

// settle solves for the equilibrium of initial positions that were checked.
func (n *Network) settle(f *factors, initial []float64) []float64 {
	b := make([]float64, len(initial))
	for i, p := range initial {
		b[i] = n.hold[i] * p
	}
	p := f.solve(b)
	keepWithin(p, initial)
	return p
}

// keepWithin cuts off what rounding puts outside the range of the initial
// positions, so that a result is again a valid position.
func keepWithin(p, initial []float64) {
	lo, hi := slices.Min(initial), slices.Max(initial)
	for i, x := range p {
		p[i] = min(max(x, lo), hi)
	}
}

func (n *Network) checkInitial(initial []float64) error {
	errs := checkVector("initial", initial, len(n.actors), lowest, highest)
	return errs.Err()
}

// Span is a position of which only the lowest and the highest value are known.
type Span struct {
	Lowest  float64 `json:"lowest"`
	Highest float64 `json:"highest"`
}

// EquilibriumRange is [Network.Equilibrium] for positions that are not all
// known: for each actor, the lowest and the highest position it may end at,
// whatever the unknown ones are. The bounds are sharp: influence is never
// negative, so all are lowest when every unknown position is −7 and highest
// when it is +7. Where every position that matters to an actor is known its
// bounds are equal. It refuses what Equilibrium refuses.
//
// O(n²) time after the first question to the network.
func (n *Network) EquilibriumRange(initial []stakeholders.Position) ([]Span, error) {
	n = n.orNone()
	low := Assume(initial, lowest)
	if err := n.checkInitial(low); err != nil {
		return nil, err
	}
	f, err := n.factorised()
	if err != nil {
		return nil, err
	}
	from, to := n.settle(f, low), n.settle(f, Assume(initial, highest))
	bounds := make([]Span, len(from))
	for i := range bounds {
		// Where no unknown position matters the two may differ in the last bit.
		bounds[i] = Span{Lowest: min(from[i], to[i]), Highest: max(from[i], to[i])}
	}
	return bounds, nil
}

// Path returns the positions month by month, beginning with month 0, the
// initial positions, and ending with the month given: each month
//
//	p ← Λp⁰ + (1−Λ)Wp
//
// Each slice is the caller's. It refuses initial positions as
// [Network.Equilibrium] does, and a negative number of months; it needs no
// equilibrium, and shows what happens where there is none.
//
// O(ties) time a month. The numbers are the same, bit for bit, on every
// machine. Source: Friedkin and Johnsen 1990.
func (n *Network) Path(initial []float64, months int) (iter.Seq2[int, []float64], error) {
	n = n.orNone()
	if err := n.checkInitial(initial); err != nil {
		return nil, err
	}
	if months < 0 {
		return nil, fault.Refuse("months", fault.Range, months, language.Of("want.number-from", "low", 0))
	}
	first := slices.Clone(initial)
	return func(yield func(int, []float64) bool) {
		p := slices.Clone(first)
		for month := 0; ; month++ {
			if !yield(month, slices.Clone(p)) || month == months {
				return
			}
			p = n.listen(first, p)
		}
	}, nil
}

// listen returns the positions one month on.
func (n *Network) listen(first, p []float64) []float64 {
	next := make([]float64, len(p))
	for i, row := range n.rows {
		if len(row) == 0 {
			next[i] = first[i]
			continue
		}
		// The conversions keep each product rounded on its own: without them
		// some processors fuse it into the sum, and others cannot.
		sum := 0.0
		for _, h := range row {
			sum += float64(h.weight * p[h.actor])
		}
		next[i] = float64(n.hold[i]*first[i]) + float64((1-n.hold[i])*sum)
	}
	if len(p) > 0 {
		keepWithin(next, first)
	}
	return next
}
