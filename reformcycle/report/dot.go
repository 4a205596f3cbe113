package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// DOT draws the table of moves in the language of Graphviz, for its program dot.
//
// It reads as the picture of [Mermaid] does: an arrow that leaves from a frame
// (ltail) is a move that everything in the frame has, and moves between the same
// two places share an arrow, with their names below each other. The moves also
// differ by their line, so that the picture can do without colour.
func DOT(w io.Writer, l *language.Language) error {
	c := newChart()
	var b strings.Builder
	b.WriteString("// " + l.Say(language.Of("picture.moves")) + `
digraph reformcycle {
    graph [compound=true, newrank=true, nodesep=0.5, ranksep=0.9, fontname="sans-serif"];
    node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", width=2.4];
    edge [fontname="sans-serif", fontsize=10, labeldistance=3.2, labelangle=40];
`)
	// What comes first is drawn on the left: there the suspended standings are out
	// of the way of the moves back, which run on the right.
	slices.SortStableFunc(c.groups, func(a, b group) int {
		return -cmp.Compare(a.members[0].Status, b.members[0].Status)
	})
	for _, g := range c.groups {
		fmt.Fprintf(&b, "    subgraph %s {\n", dotQuoted("cluster_"+g.id))
		fmt.Fprintf(&b, "        label=%s; labeljust=r; style=\"rounded,filled\"; color=\"#555555\"; fillcolor=%s;\n", dotQuoted(l.Say(g.label)), dotQuoted(groupTint(g)))
		for _, s := range g.members {
			fmt.Fprintf(&b, "        %s [label=%s];\n", dotQuoted(standingID(s)), dotQuoted(l.Say(stageTold(s))))
		}
		b.WriteString("    }\n")
	}
	for _, s := range c.alone {
		fmt.Fprintf(&b, "    %s [label=%s, peripheries=2];\n", dotQuoted(standingID(s)), dotQuoted(l.Say(s.Told())))
	}
	// Beside its stage a suspended standing is found at a glance.
	for _, g := range c.groups {
		for _, s := range g.members {
			if s.Status == reformcycle.Suspended {
				fmt.Fprintf(&b, "    {rank=same; %s; %s;}\n", dotQuoted(standingID(s)), dotQuoted(standingID(reformcycle.Standing{Stage: s.Stage})))
			}
		}
	}
	for _, a := range c.arrows {
		// Two arrows that run against each other may lie on one another: each is
		// named at its head.
		label := "label"
		if slices.ContainsFunc(c.arrows, func(b arrow) bool { return b.from[0] == a.to && b.to == a.from[0] }) {
			label = "headlabel"
		}
		fmt.Fprintf(&b, "    %s -> %s [%s=%s", dotQuoted(standingID(a.from[0])), dotQuoted(standingID(a.to)), label, dotQuoted(strings.Join(draw.Each(a.labels(), l.Say), "\n")))
		if a.group != "" {
			fmt.Fprintf(&b, ", ltail=%s", dotQuoted("cluster_"+a.group))
		}
		b.WriteString(moveLine[a.moves[0]])
		b.WriteString("];\n")
	}
	b.WriteString("}\n")
	return draw.Write(w, b.String())
}

// moveLine gives each move its line. Only advancing orders the stages from top
// to bottom; the ways back would pull them apart.
var moveLine = map[reformcycle.MoveName]string{
	reformcycle.MoveAdvance:  ", penwidth=2, weight=20",
	reformcycle.MoveRevisit:  ", style=dashed, color=\"#0072B2\", fontcolor=\"#0072B2\"",
	reformcycle.MoveRenew:    ", style=bold, color=\"#007A5A\", fontcolor=\"#007A5A\"",
	reformcycle.MoveSuspend:  ", color=\"#555555\", constraint=false, labeldistance=4.5, labelangle=14",
	reformcycle.MoveResume:   ", color=\"#555555\", constraint=false, labeldistance=4.5, labelangle=14",
	reformcycle.MoveAbandon:  ", style=dotted",
	reformcycle.MoveOverride: ", penwidth=2",
}

func groupTint(g group) string {
	if s := g.members[0]; s.Status == reformcycle.Active {
		return phaseInks[s.Stage.Phase()].tint
	}
	return "#EEEEEE"
}

// dotQuoted writes a string as DOT has it: in a quoted string only the quote has
// to be escaped for the reader, and the backslash for the label that it is in.
func dotQuoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}
