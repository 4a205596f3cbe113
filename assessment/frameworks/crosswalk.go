package frameworks

// This file holds the crosswalk: which items of different frameworks ask for
// the same thing, and what a rating of one says about the other.

import (
	"cmp"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Crosswalk joins frameworks by the correspondences that their items declare. A
// correspondence is declared once, on either side, and read in both directions.
//
// It reaches one correspondence far and no further. That a asks for the same as
// b, and b for the same as c, is two readings, each with its own note; that a
// asks for the same as c would be a third, which nobody has made.
// Correspondences that should hold are declared one by one.
//
// A crosswalk does not change and may be shared between goroutines. The zero
// value and a nil pointer join nothing.
type Crosswalk struct {
	frameworks   []*Framework
	index        map[string]int // framework's name → position
	counterparts map[node][]Counterpart
}

// node is an item, by the position of its framework and its own.
type node struct{ framework, item int }

// Counterpart is an item that asks for the same thing as another.
type Counterpart struct {
	// Framework is the ID of the framework that it is in, "name@version".
	Framework string `json:"framework"`
	// Item is its id there.
	Item string `json:"item"`
	// Note says how the two are read.
	Note Text `json:"note"`

	at node
}

// String gives "name@version:item".
func (c Counterpart) String() string { return c.Framework + ":" + c.Item }

// NewCrosswalk joins frameworks, at most one version of each. To join those
// built in, hand in [All], with frameworks of the host's own beside them.
//
// It refuses, with [fault.Fields] that list everything that is wrong
// (fields such as "chw-aim@1.0.0: items[4].same_as[0].item"): a correspondence
// to a framework that is not among those given or to an item that is not there,
// of an item to itself, within one framework, the same pair stated twice, in
// whichever direction, and correspondences that, each followed from the item
// that declares it, lead back to where they began. Such a loop is shown whole.
func NewCrosswalk(frameworks ...*Framework) (*Crosswalk, error) {
	c := &Crosswalk{frameworks: slices.Clone(frameworks), index: make(map[string]int), counterparts: make(map[node][]Counterpart)}
	var errs fault.Fields
	for i, f := range frameworks {
		field := fault.At("frameworks", i)
		switch first, taken := c.index[f.Name()]; {
		case f.ID() == "":
			errs.Add(field, fault.Required, nil, language.Of("want.framework"))
		case taken:
			errs.Add(field, fault.Unique, f.ID(), language.Of("want.one-version", "framework", frameworks[first].ID()))
		default:
			c.index[f.Name()] = i
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}

	declared := make(map[node][]node)
	stated := make(map[[2]node]string) // pair → where it was stated first
	for i, f := range frameworks {
		for j, it := range f.file.Items {
			for k, same := range it.SameAs {
				from := node{i, j}
				field := f.ID() + ": " + fault.At(fault.At("items", j)+".same_as", k) + ".item"
				to, ok := c.target(&errs, field, from, same.Item)
				if !ok {
					continue
				}
				pair := [2]node{from, to}
				if to.framework < from.framework {
					pair = [2]node{to, from}
				}
				if first, twice := stated[pair]; twice {
					errs.Add(field, fault.Unique, same.Item, language.Of("want.new-pair", "place", first))
					continue
				}
				stated[pair] = field
				declared[from] = append(declared[from], to)
				c.counterparts[from] = append(c.counterparts[from], c.counterpart(to, same.Note))
				c.counterparts[to] = append(c.counterparts[to], c.counterpart(from, same.Note))
			}
		}
	}
	c.refuseLoops(&errs, declared)
	if err := errs.Err(); err != nil {
		return nil, err
	}
	for _, list := range c.counterparts {
		slices.SortFunc(list, func(a, b Counterpart) int {
			return cmp.Or(cmp.Compare(a.at.framework, b.at.framework), cmp.Compare(a.at.item, b.at.item))
		})
	}
	return c, nil
}

// target finds what a correspondence points to, or says why it can't.
func (c *Crosswalk) target(errs *fault.Fields, field string, from node, named string) (node, bool) {
	name, id, _ := strings.Cut(named, ":")
	i, given := c.index[name]
	if !given {
		var names []string
		for _, f := range c.frameworks {
			names = append(names, f.Name())
		}
		errs.Add(field, fault.Exists, named, language.Of("want.item-of-these", "frameworks", names))
		return node{}, false
	}
	j, there := c.frameworks[i].Checklist().Index(id)
	to := node{i, j}
	switch {
	case !there:
		errs.Add(field, fault.Exists, named, language.Of("want.item-of", "framework", c.frameworks[i].ID()))
	case to == from:
		errs.Add(field, "self", named, language.Of("want.not-this", "this", named))
	case i == from.framework:
		errs.Add(field, "within", named, language.Of("want.other-framework"))
	default:
		return to, true
	}
	return node{}, false
}

func (c *Crosswalk) counterpart(n node, note Text) Counterpart {
	f := c.frameworks[n.framework]
	return Counterpart{Framework: f.ID(), Item: f.file.Items[n.item].ID, Note: note, at: n}
}

// refuseLoops walks the declared correspondences depth first, and reports each
// that leads back into the chain it was reached by.
func (c *Crosswalk) refuseLoops(errs *fault.Fields, declared map[node][]node) {
	finished := make(map[node]bool)
	var chain []node
	within := make(map[node]int) // position in the chain
	var follow func(node)
	follow = func(n node) {
		if i, loop := within[n]; loop {
			var path []string
			for _, step := range slices.Concat(chain[i:], []node{n}) {
				path = append(path, c.counterpart(step, Text{}).String())
			}
			errs.Add("crosswalk", "loop", strings.Join(path, " → "), language.Of("want.no-loop"))
			return
		}
		if finished[n] {
			return
		}
		within[n] = len(chain)
		chain = append(chain, n)
		for _, next := range declared[n] {
			follow(next)
		}
		chain = chain[:len(chain)-1]
		delete(within, n)
		finished[n] = true
	}
	for i, f := range c.frameworks {
		for j := range f.file.Items {
			follow(node{i, j})
		}
	}
}

// Counterparts lists what asks for the same thing as an item, in the order of the
// frameworks given. The framework is named with or without its version. There
// is nothing to list for an item, or a framework, that is not there.
func (c *Crosswalk) Counterparts(framework, item string) []Counterpart {
	n, ok := c.find(framework, item)
	if !ok {
		return nil
	}
	return slices.Clone(c.counterparts[n])
}

func (c *Crosswalk) find(framework, item string) (node, bool) {
	if c == nil {
		return node{}, false
	}
	for i, f := range c.frameworks {
		if framework == f.Name() || framework == f.ID() {
			j, ok := f.Checklist().Index(item)
			return node{i, j}, ok
		}
	}
	return node{}, false
}

// Filled is what the ratings by one framework say about another.
type Filled struct {
	// From and To are the IDs of the frameworks.
	From string `json:"from"`
	To   string `json:"to"`
	// Taken are the ratings that could be taken over, in the order of To.
	Taken []Taken `json:"taken"`
	// Conflicts are the items of To that several rated items ask for, whose
	// levels differ. Nobody but a person can say which is right, so they are
	// left open.
	Conflicts []Conflict `json:"conflicts"`
	// Open are the ids of the items of To that nothing could be taken over for,
	// those of Conflicts not among them.
	Open []string `json:"open"`
	// Derived are the ids of its items that are computed from what a host has
	// recorded, and so never filled.
	Derived []string `json:"derived"`
}

// Taken is a rating taken over from another framework.
type Taken struct {
	// Rating is of the item of To. Its evidence is that of the first rating it
	// comes from, and the evidence's source names all of them.
	Rating assessment.Rating `json:"rating"`
	// From are the items that it comes from, each with how the correspondence
	// is read.
	From []Counterpart `json:"from"`
}

// Conflict is an item for which the ratings that could be taken over differ.
type Conflict struct {
	Item string `json:"item"`
	// Says is what each of them says.
	Says []Says `json:"says"`
}

// Says is a level that an item of another framework was rated with.
type Says struct {
	From  Counterpart      `json:"from"`
	Level assessment.Level `json:"level"`
}

// Ratings lists the ratings taken over, for [assessment.Checklist.Scorecard].
func (f Filled) Ratings() []assessment.Rating {
	ratings := make([]assessment.Rating, len(f.Taken))
	for i, t := range f.Taken {
		ratings[i] = t.Rating
	}
	return ratings
}

// Fill takes ratings by one framework over to another, by the correspondences
// between the two. What it gives is a beginning: a rating taken over says so in
// its evidence ("… (chw-aim@1.0.0:supervision)"), and people should
// look at it again.
//
// It refuses, with [fault.Fields]: frameworks that the crosswalk does
// not join, the same framework twice, ratings that from's checklist refuses,
// and evidence too long to say where it comes from.
func (c *Crosswalk) Fill(from *Framework, ratings []assessment.Rating, to *Framework) (Filled, error) {
	var errs fault.Fields
	for _, side := range []struct {
		field string
		f     *Framework
	}{{"from", from}, {"to", to}} {
		if c == nil || side.f == nil || !slices.Contains(c.frameworks, side.f) {
			errs.Add(side.field, fault.Exists, side.f.ID(), language.Of("want.in-crosswalk"))
		}
	}
	if len(errs) == 0 && from == to {
		errs.Add("to", "other", to.ID(), language.Of("want.not-this", "this", to.ID()))
	}
	if err := errs.Err(); err != nil {
		return Filled{}, err
	}
	card, err := from.Checklist().Scorecard(ratings)
	if err != nil {
		return Filled{}, err
	}

	filled := Filled{From: from.ID(), To: to.ID(), Taken: []Taken{}, Conflicts: []Conflict{}, Open: []string{}, Derived: []string{}}
	for j, criterion := range to.Checklist().All() {
		if criterion.Kind == assessment.Derived {
			filled.Derived = append(filled.Derived, criterion.ID)
			continue
		}
		var says []Says
		for _, other := range c.counterparts[node{c.index[to.Name()], j}] {
			if c.frameworks[other.at.framework] != from || card.Items[other.at.item].Rating == nil {
				continue
			}
			says = append(says, Says{From: other, Level: card.Items[other.at.item].Level})
		}
		switch {
		case len(says) == 0:
			filled.Open = append(filled.Open, criterion.ID)
		case slices.ContainsFunc(says, func(s Says) bool { return s.Level != says[0].Level }):
			filled.Conflicts = append(filled.Conflicts, Conflict{Item: criterion.ID, Says: says})
		default:
			taken := takeOver(criterion.ID, *card.Items[says[0].From.at.item].Rating, says)
			if wrong := taken.Rating.Validate(); wrong != nil {
				at := slices.IndexFunc(ratings, func(r assessment.Rating) bool { return r.Criterion == says[0].From.Item })
				errs.Add(fault.At("ratings", at)+".evidence.source", fault.Length, taken.Rating.Evidence.Source, language.Of("want.short-source"))
			}
			filled.Taken = append(filled.Taken, taken)
		}
	}
	if err := errs.Err(); err != nil {
		return Filled{}, err
	}
	return filled, nil
}

func takeOver(item string, r assessment.Rating, says []Says) Taken {
	r.Criterion = item
	var from []Counterpart
	var names []string
	for _, s := range says {
		from = append(from, s.From)
		names = append(names, s.From.String())
	}
	r.Evidence.Source += " (" + strings.Join(names, ", ") + ")"
	return Taken{Rating: r, From: from}
}
