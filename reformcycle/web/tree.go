package web

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// This file is the tree of nations and districts.

// childrenLimit is how many children stand below a cycle on the page of the tree; the
// list of the portfolio has all of them.
const childrenLimit = 60

type treeView struct {
	Roots   []branch
	Remarks []portfolio.Remark
	// More counts the roots that are left out.
	More int
}

// branch is a cycle and those that are linked with it.
type branch struct {
	portfolio.Row
	Children []branch
	// More counts the children that are left out.
	More int
}

// rootLimit is how many cycles without a parent stand on the page.
const rootLimit = 200

// treePage shows which cycles are parts of which, as far as the visitor may see them, and
// what does not fit.
func (v *visit) treePage() error {
	tree, err := v.page.portfolio.Tree(v.r.Context(), v.sees)
	if err != nil {
		return err
	}
	rows, below := map[string]portfolio.Row{}, map[string][]string{}
	for _, place := range tree.Places {
		rows[place.Cycle] = place.Row
	}
	parents := map[string]string{}
	under := func(parent, child string) {
		if _, there := rows[child]; there && parents[child] == "" && rows[parent].Cycle != "" {
			parents[child] = parent
			below[parent] = append(below[parent], child)
		}
	}
	for _, place := range tree.Places {
		under(place.Parent, place.Cycle)
	}
	for _, place := range tree.Places {
		for _, child := range place.Children {
			under(place.Cycle, child.Cycle)
		}
	}
	var grow func(id string, path []string) branch
	grow = func(id string, path []string) branch {
		b := branch{Row: rows[id]}
		path = append(path, id)
		for _, child := range below[id] {
			switch {
			case slices.Contains(path, child): // a circle, which a remark names
			case len(b.Children) == childrenLimit:
				b.More++
			default:
				b.Children = append(b.Children, grow(child, path))
			}
		}
		return b
	}
	view := treeView{Remarks: tree.Remarks}
	for _, place := range tree.Places {
		switch {
		case parents[place.Cycle] != "":
		case len(view.Roots) == rootLimit:
			view.More++
		default:
			view.Roots = append(view.Roots, grow(place.Cycle, nil))
		}
	}
	return v.render("tree", view)
}

// Name is what people call a cycle.
func (b branch) Name() string { return named(b.Row) }

// Stands reports whether the cycle stands at a stage.
func (b branch) Stands() bool { return b.Stage != 0 && b.Status != reformcycle.Abandoned }
