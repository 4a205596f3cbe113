package influence

// The network: who takes part, how firmly each holds to where it began, and who
// listens to whom.

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

const (
	// maxActors bounds a network: its equilibrium needs a dense matrix of all
	// pairs, 32 megabytes at this size.
	maxActors = 2000

	// maxWeight bounds the weight of a tie, so that no sum of them overflows.
	maxWeight = 1e6

	// rowTolerance is how far from one the weights of a listener may sum: what
	// decimal fractions lose in binary, and no more.
	rowTolerance = 1e-9
)

// Node is a stakeholder as the network sees it.
type Node struct {
	// ID names the actor within the network; the rules are those of the ID of
	// a [stakeholders.Actor].
	ID string `json:"id"`

	// Attachment is how firmly the actor holds to its first position, the λ of
	// Friedkin and Johnsen: from 0, it follows those it listens to and nothing
	// else, to 1, it never moves.
	Attachment float64 `json:"attachment"`
}

// Tie says that one actor listens to another.
type Tie struct {
	From string `json:"from"` // the listener
	To   string `json:"to"`   // whom it listens to; may be the listener itself

	// Weight is the share of its attention the listener gives, above 0. The
	// weights of one listener sum to one; with [WithNormalisedWeights] they may be any
	// weights up to a million, and are divided by their sum.
	Weight float64 `json:"weight"`
}

// Network is who listens to whom. It is immutable and safe for concurrent use;
// the first question about the equilibrium factorises a matrix, which later
// questions share. The zero value has no actors, and answers nothing.
type Network struct {
	actors []Node
	index  map[string]int // by id, and by the normal form of it
	rows   [][]heard      // by listener, in the order of the actors listened to

	// hold is the attachment that counts: 1 for an actor that listens to
	// nobody, since nothing can move it.
	hold []float64

	once    sync.Once
	factors *factors
	refusal error // instead of factors
}

// heard is one entry of a listener's row of W.
type heard struct {
	actor  int
	weight float64
}

// NetworkOption changes how [NewNetwork] reads its input.
type NetworkOption func(*reading)

type reading struct{ normalise bool }

// WithNormalisedWeights divides the weights of each listener by their sum, for weights
// that were counted or scored rather than given as shares.
func WithNormalisedWeights() NetworkOption { return func(r *reading) { r.normalise = true } }

// NewNetwork returns the network of the actors, in the order given, and the
// ties between them, in any order.
//
// An actor without ties of its own listens to nobody and keeps its first
// position, whatever its attachment. A tie from an actor to itself is attention
// it keeps for its own current position, which is not the same as attachment:
// the current position moves.
//
// It refuses with [fault.Fields], under paths such as "ties[3].weight": no actors,
// more than 2,000 of them, an id that is not valid or there twice, an attachment
// that is not within 0 … 1, a tie with an actor that is not in the network, a tie
// that is there twice, and a weight that is not above 0; then all listeners whose
// weights do not sum to one, within 1e-9 ([fault.Sum]).
//
// Actors that nothing connects are accepted: a network may fall into parts.
func NewNetwork(actors []Node, ties []Tie, options ...NetworkOption) (*Network, error) {
	var r reading
	for i, option := range options {
		if option == nil {
			return nil, fault.Refuse(fault.At("options", i), fault.Required, nil, language.Of("want.such-as", "example", "WithNormalisedWeights()"))
		}
		option(&r)
	}
	var errs fault.Fields
	if len(actors) == 0 || len(actors) > maxActors {
		return nil, fault.Refuse("actors", fault.Length, len(actors), language.Of("want.how-many", "low", 1, "high", maxActors))
	}
	n := &Network{
		actors: slices.Clone(actors),
		index:  make(map[string]int, len(actors)),
		rows:   make([][]heard, len(actors)),
		hold:   make([]float64, len(actors)),
	}
	for i, a := range actors {
		path := fault.At("actors", i)
		errs.Text(path+".id", a.ID, fault.ID)
		if a.ID != "" { // which is already refused for itself
			errs.Once(path+".id", a.ID, n.index, "actors", i)
		}
		errs.Number(path+".attachment", a.Attachment, 0, 1)
	}
	seen := make(map[[2]int]bool, len(ties))
	for i, t := range ties {
		path := fault.At("ties", i)
		from, okFrom := n.place(t.From)
		to, okTo := n.place(t.To)
		if !okFrom {
			unknownActor(&errs, path+".from", t.From)
		}
		if !okTo {
			unknownActor(&errs, path+".to", t.To)
		}
		errs.Positive(path+".weight", t.Weight, maxWeight)
		if !okFrom || !okTo {
			continue
		}
		if seen[[2]int{from, to}] {
			errs.Add(path, fault.Unique, t.From+" → "+t.To, language.Of("want.each-once"))
		}
		seen[[2]int{from, to}] = true
		n.rows[from] = append(n.rows[from], heard{actor: to, weight: t.Weight})
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	if err := n.settleRows(r.normalise).Err(); err != nil {
		return nil, err
	}
	return n, nil
}

// settleRows orders the rows, makes each sum to one, and settles what holds.
func (n *Network) settleRows(normalise bool) fault.Fields {
	var off fault.Fields
	for i, row := range n.rows {
		if len(row) == 0 {
			n.hold[i] = 1
			continue
		}
		n.hold[i] = n.actors[i].Attachment
		// The order of the ties is the host's; the sum must not depend on it.
		slices.SortFunc(row, func(a, b heard) int { return cmp.Compare(a.actor, b.actor) })
		sum := 0.0
		for _, h := range row {
			sum += h.weight
		}
		if !normalise && math.Abs(sum-1) > rowTolerance {
			off.Add(fault.At("actors", i), fault.Sum, sum, language.Of("want.sum-one", "actor", n.actors[i].ID, "option", "WithNormalisedWeights"))
			continue
		}
		for k := range row {
			row[k].weight /= sum
		}
	}
	return off
}

// orNone lets a nil network answer as one without actors.
func (n *Network) orNone() *Network {
	if n == nil {
		return new(Network)
	}
	return n
}

// Len returns the number of actors.
func (n *Network) Len() int { return len(n.orNone().actors) }

// Actors returns the actors in their order, which is that of every vector and
// matrix of this package. The slice is the caller's.
func (n *Network) Actors() []Node { return slices.Clone(n.orNone().actors) }

// IDs returns the ids of the actors in their order. The slice is the caller's.
func (n *Network) IDs() []string {
	n = n.orNone()
	ids := make([]string, len(n.actors))
	for i, a := range n.actors {
		ids[i] = a.ID
	}
	return ids
}

// Ties returns the ties, ordered by listener and then by whom it listens to,
// with weights that sum to one for each listener. The slice is the caller's.
func (n *Network) Ties() []Tie {
	n = n.orNone()
	var ties []Tie
	for i, row := range n.rows {
		for _, h := range row {
			ties = append(ties, Tie{From: n.actors[i].ID, To: n.actors[h.actor].ID, Weight: h.weight})
		}
	}
	return ties
}

// Vector returns the values, one for each actor, in the order of the actors. It
// refuses with [fault.Fields] actors without a value and values of
// actors that are not in the network; it does not look at the values.
func (n *Network) Vector(values map[string]float64) ([]float64, error) {
	n = n.orNone()
	var errs fault.Fields
	var wrong fault.Fields
	v, given := make([]float64, len(n.actors)), make([]bool, len(n.actors))
	for _, id := range slices.Sorted(maps.Keys(values)) {
		switch i, ok := n.place(id); {
		case !ok:
			unknownActor(&wrong, "values["+id+"]", id)
		case given[i]:
			wrong.Add("values["+id+"]", fault.Unique, id, language.Of("want.each-once"))
		default:
			v[i], given[i] = values[id], true
		}
	}
	for i, a := range n.actors {
		if !given[i] {
			errs.Add("values["+a.ID+"]", fault.Required, nil, language.Of("want.value-each"))
		}
	}
	errs.Under("", wrong)
	if err := errs.Err(); err != nil {
		return nil, err
	}
	return v, nil
}

// place of an actor in the order of the network. Ids that have one normal form are one;
// answers have them as the actors do.
func (n *Network) place(id string) (int, bool) {
	i, ok := n.index[fault.NFC(id)]
	return i, ok
}

// actor is the place of an id, which it refuses where the network has none.
func (n *Network) actor(field, id string) (int, error) {
	i, ok := n.place(id)
	if !ok {
		var errs fault.Fields
		unknownActor(&errs, field, id)
		return 0, errs
	}
	return i, nil
}

// ids names the actors at the places.
func (n *Network) ids(places []int) []string {
	ids := make([]string, len(places))
	for k, i := range places {
		ids[k] = n.actors[i].ID
	}
	return ids
}
