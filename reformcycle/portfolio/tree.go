package portfolio

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the tree of links between cycles, and of the jurisdictions that they belong
// to.

// Tree is the cycles that may be seen, in the order of their ids, with their links, and
// what does not fit.
type Tree struct {
	Places  []Place  `json:"places"`
	Remarks []Remark `json:"remarks,omitempty"`
}

// Place is one cycle in the tree.
type Place struct {
	Row
}

// Remark says of a cycle what does not fit.
type Remark struct {
	Cycle string        `json:"cycle"`
	Says  language.Text `json:"says"`
}

// Tree gives the jurisdictions and the links of all cycles that may be seen. It remarks on
// links to cycles that are not there, on those that can't be read, on two links of one
// child, on two cycles that name one jurisdiction (those that were abandoned aside), on
// jurisdictions that lie in each other, and on children whose jurisdiction lies elsewhere
// than in that of their parent. Where a jurisdiction lies that no cycle names is not known
// and not remarked on. Of what may not be seen it says nothing.
//
// Errors: [fault.Fields] for links that form a circle, each circle named; what the journal
// and the context return.
func (p *Portfolio) Tree(ctx context.Context, sees func(cycle string) bool) (Tree, error) {
	var t Tree
	rows, err := p.seen(ctx, sees)
	if err != nil {
		return Tree{}, err
	}
	for _, r := range rows {
		t.Places = append(t.Places, Place{*r})
	}
	g := &grove{places: t.Places, sees: sees, at: map[string]int{}, named: map[string]*reformcycle.Jurisdiction{}}
	for i, place := range t.Places {
		g.at[place.Cycle] = i
	}
	if err := g.circles(); err != nil {
		return Tree{}, err
	}
	g.links()
	g.jurisdictions()
	t.Remarks = g.remarks
	return t, nil
}

// grove is a tree in the making.
type grove struct {
	places  []Place
	sees    func(string) bool
	at      map[string]int                       // of a cycle in places
	named   map[string]*reformcycle.Jurisdiction // by id
	remarks []Remark
}

func (g *grove) remark(cycle string, says language.Text) {
	g.remarks = append(g.remarks, Remark{cycle, says})
}

// circles refuses links that lead back to where they began. A link is what the child says,
// or what the parent does.
func (g *grove) circles() error {
	below := make([][]int, len(g.places))
	link := func(parent, child string) {
		i, above := g.at[parent]
		j, under := g.at[child]
		if above && under && !slices.Contains(below[i], j) {
			below[i] = append(below[i], j)
		}
	}
	for _, place := range g.places {
		if place.Parent != "" {
			link(place.Parent, place.Cycle)
		}
		for _, child := range place.Children {
			link(place.Cycle, child.Cycle)
		}
	}
	var wrong fault.Fields
	const unseen, under, done = 0, 1, 2
	marks := make([]int, len(g.places))
	var path []int
	var walk func(int)
	walk = func(i int) {
		marks[i] = under
		path = append(path, i)
		for _, j := range below[i] {
			switch marks[j] {
			case unseen:
				walk(j)
			case under:
				var circle []string
				for _, k := range path[slices.Index(path, j):] {
					circle = append(circle, g.places[k].Cycle)
				}
				wrong = append(wrong, circular(circle)...)
			}
		}
		path = path[:len(path)-1]
		marks[i] = done
	}
	for i := range g.places {
		if marks[i] == unseen {
			walk(i)
		}
	}
	return wrong.Err()
}

// circular refuses a circle of links, from parent to child and back to the first.
func circular(circle []string) fault.Fields {
	var wrong fault.Fields
	wrong.Add("links", fault.Order, strings.Join(append(circle, circle[0]), " → "), language.Of("want.portfolio-tree"))
	return wrong
}

func (g *grove) links() {
	for _, place := range g.places {
		if !place.Unreadable.IsZero() {
			g.remark(place.Cycle, language.Of("portfolio.unreadable", "cycle", place.Cycle, "why", place.Unreadable))
			continue
		}
		if place.Parent != "" && g.missing(place.Parent) {
			g.remark(place.Cycle, language.Of("portfolio.no-parent", "cycle", place.Cycle, "parent", place.Parent))
		}
		for _, child := range place.Children {
			i, there := g.at[child.Cycle]
			switch {
			case !there:
				if g.missing(child.Cycle) {
					g.remark(place.Cycle, language.Of("portfolio.no-child", "cycle", place.Cycle, "child", child.Cycle))
				}
			case g.places[i].Parent != "" && g.places[i].Parent != place.Cycle && g.sees(g.places[i].Parent):
				g.remark(child.Cycle, language.Of("portfolio.two-parents", "cycle", child.Cycle, "parent", g.places[i].Parent, "other", place.Cycle))
			}
		}
	}
}

// missing reports whether a cycle could be seen and is not there.
func (g *grove) missing(cycle string) bool {
	_, there := g.at[cycle]
	return !there && g.sees(cycle)
}

func (g *grove) jurisdictions() {
	first := map[string]string{} // the cycle under way that names a jurisdiction
	for i := range g.places {
		place := &g.places[i]
		j := &place.Jurisdiction
		if j.ID == "" {
			continue
		}
		if place.Status == reformcycle.Abandoned {
			if g.named[j.ID] == nil {
				g.named[j.ID] = j
			}
			continue
		}
		if other, twice := first[j.ID]; twice {
			g.remark(place.Cycle, language.Of("portfolio.one-jurisdiction", "id", j.ID, "cycle", other, "other", place.Cycle))
			continue
		}
		first[j.ID], g.named[j.ID] = place.Cycle, j
	}
	ringed := map[string]bool{}
	for _, place := range g.places {
		id := place.Jurisdiction.ID
		if id == "" || ringed[id] {
			continue
		}
		if ring := g.above(id); len(ring) > 0 && ring[len(ring)-1] == id {
			for _, one := range ring {
				ringed[one] = true
			}
			g.remark(place.Cycle, language.Of("portfolio.own-ancestor", "id", id, "ids", ring))
		}
	}
	for _, place := range g.places {
		if place.Parent != "" {
			if i, there := g.at[place.Parent]; there {
				g.elsewhere(place.Row, g.places[i].Row)
			}
		}
		for _, child := range place.Children {
			if i, there := g.at[child.Cycle]; there && g.places[i].Parent != place.Cycle {
				g.elsewhere(g.places[i].Row, place.Row)
			}
		}
	}
	slices.SortStableFunc(g.remarks, func(a, b Remark) int { return cmp.Compare(a.Cycle, b.Cycle) })
}

// above are the ids of the jurisdictions that one lies in, as far as they are known; a
// ring ends where it comes back to one that was passed.
func (g *grove) above(id string) (ids []string) {
	for j := g.named[id]; j != nil && j.Parent != ""; j = g.named[j.Parent] {
		back := j.Parent == id || slices.Contains(ids, j.Parent)
		ids = append(ids, j.Parent)
		if back {
			break
		}
	}
	return ids
}

// elsewhere remarks on a child whose jurisdiction does not lie in that of its parent, or
// whose reform is of another country.
func (g *grove) elsewhere(child, parent Row) {
	if child.Country != "" && parent.Country != "" && child.Country != parent.Country {
		g.remark(child.Cycle, language.Of("portfolio.another-country", "cycle", child.Cycle, "country", child.Country, "parent", parent.Cycle, "other", parent.Country))
		return
	}
	in, of := child.Jurisdiction, parent.Jurisdiction
	above := g.above(in.ID)
	if in.ID == "" || of.ID == "" || in.ID == of.ID || slices.Contains(above, of.ID) {
		return
	}
	// It is known to lie elsewhere where the way up ends at another nation.
	top := in.ID
	if len(above) > 0 {
		top = above[len(above)-1]
	}
	if j := g.named[top]; j != nil && j.Tier == reformcycle.National {
		g.remark(child.Cycle, language.Of("portfolio.elsewhere", "cycle", child.Cycle, "place", in.ID, "parent", parent.Cycle, "of", of.ID))
	}
}

// CheckLink says whether a cycle may be linked with a parent: the parent is there, is a
// reform of the same country where both are known, and does not itself wait for the
// cycle. It opens the cycle, where there is one, and those above the parent.
//
// Errors: [fault.Fields] with the circle, or what the link lacks; what the journal and the
// context return.
func (p *Portfolio) CheckLink(ctx context.Context, cycle, parent string) error {
	if err := p.ready(ctx); err != nil {
		return err
	}
	cycle, parent = fault.NFC(cycle), fault.NFC(parent)
	if cycle == parent {
		return circular([]string{cycle}).Err()
	}
	above, err := p.now(ctx, parent, true)
	if errors.Is(err, reformcycle.ErrNotFound) {
		return fault.Refuse("link.parent", fault.Exists, parent, language.Of("want.portfolio-cycle"))
	}
	if err != nil {
		return err
	}
	own, err := p.now(ctx, cycle, true)
	switch {
	case err == nil && own.Country() != "" && above.Country() != "" && own.Country() != above.Country():
		return fault.Refuse("link.parent", fault.Same, parent, language.Of("want.portfolio-country", "country", own.Country(), "other", above.Country()))
	case err != nil && !errors.Is(err, reformcycle.ErrNotFound):
		return err
	}
	for way := []string{parent}; ; {
		link, linked := above.Link()
		if !linked {
			return nil
		}
		if i := slices.Index(way, link.Parent); i >= 0 || link.Parent == cycle {
			// From the top down, as circles are named.
			circle := way[max(i, 0):]
			if i < 0 {
				circle = append([]string{cycle}, way...)
			}
			slices.Reverse(circle)
			return circular(circle).Err()
		}
		way = append(way, link.Parent)
		if above, err = p.now(ctx, link.Parent, true); errors.Is(err, reformcycle.ErrNotFound) {
			return nil // which is not for this link to mend
		} else if err != nil {
			return err
		}
	}
}
