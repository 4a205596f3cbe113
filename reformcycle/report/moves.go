package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file folds the table of moves into arrows, for both pictures of it.
//
// Drawn line by line the table is a thicket. Two rules thin it out and lose
// nothing: moves from the same place to the same place share an arrow, and a move
// that every stage of a group has, to the same place, leaves from the group.

// group is a frame around standings: the stages of a phase, or all that is
// suspended.
type group struct {
	id      string
	label   language.Text
	members []reformcycle.Standing
}

type arrow struct {
	moves []reformcycle.MoveName
	// from is one standing, or every member of the group that is named.
	from  []reformcycle.Standing
	group string
	to    reformcycle.Standing
}

// labels name its moves.
func (a arrow) labels() []language.Text { return draw.Each(a.moves, reformcycle.MoveName.Told) }

func (a arrow) tail() string { return draw.First(a.group, standingID(a.from[0])) }

type chart struct {
	groups []group
	// alone are the standings in no group.
	alone  []reformcycle.Standing
	arrows []arrow
}

func newChart() chart {
	lines := slices.Collect(reformcycle.Table())
	var c chart
	for _, s := range standings(lines) {
		var id string
		var label language.Text
		switch {
		case s.Status == reformcycle.Suspended:
			id, label = s.Status.String(), s.Status.Told()
		case s.Stage.Valid():
			id, label = s.Stage.Phase().String(), s.Stage.Phase().Told()
		default:
			c.alone = append(c.alone, s)
			continue
		}
		i := slices.IndexFunc(c.groups, func(g group) bool { return g.id == id })
		if i < 0 {
			i = len(c.groups)
			c.groups = append(c.groups, group{id: id, label: label})
		}
		c.groups[i].members = append(c.groups[i].members, s)
	}
	c.arrows = fold(lines, c.groups)
	return c
}

// standings lists what the lines touch: the stages, then the suspended ones, then
// the end.
func standings(lines []reformcycle.Transition) []reformcycle.Standing {
	var all []reformcycle.Standing
	for _, t := range lines {
		all = append(all, t.From, t.To)
	}
	slices.SortFunc(all, func(a, b reformcycle.Standing) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Stage, b.Stage))
	})
	return slices.Compact(all)
}

func fold(lines []reformcycle.Transition, groups []group) []arrow {
	var arrows []arrow
	draw := func(move reformcycle.MoveName, from []reformcycle.Standing, group string, to reformcycle.Standing) {
		for i := range arrows {
			if a := &arrows[i]; a.to == to && a.group == group && slices.Equal(a.from, from) {
				a.moves = append(a.moves, move)
				return
			}
		}
		arrows = append(arrows, arrow{[]reformcycle.MoveName{move}, from, group, to})
	}
	drawn := make(map[reformcycle.Transition]bool, len(lines))
	for _, t := range lines {
		if drawn[t] {
			continue
		}
		shared := func(g group) bool {
			return len(g.members) > 1 && slices.Contains(g.members, t.From) &&
				!slices.ContainsFunc(g.members, func(s reformcycle.Standing) bool {
					return !slices.Contains(lines, reformcycle.Transition{Move: t.Move, From: s, To: t.To})
				})
		}
		if i := slices.IndexFunc(groups, shared); i >= 0 {
			for _, s := range groups[i].members {
				drawn[reformcycle.Transition{Move: t.Move, From: s, To: t.To}] = true
			}
			draw(t.Move, groups[i].members, groups[i].id, t.To)
			continue
		}
		drawn[t] = true
		draw(t.Move, []reformcycle.Standing{t.From}, "", t.To)
	}
	return arrows
}

// stageTold is the stage of a standing with its number.
func stageTold(s reformcycle.Standing) language.Text {
	return language.Of("picture.ring.stage", "n", int(s.Stage), "stage", s.Stage.Told())
}

// standingID names a standing in a picture's language: letters and underscores.
func standingID(s reformcycle.Standing) string {
	id := s.Stage.String()
	switch s.Status {
	case reformcycle.Active:
	case reformcycle.Suspended:
		id += "_suspended"
	default:
		id = s.Status.String()
	}
	return strings.ReplaceAll(id, "-", "_")
}

func begins() reformcycle.Standing { return reformcycle.State{}.Standing() }
