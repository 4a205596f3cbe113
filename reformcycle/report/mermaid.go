package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Mermaid draws the table of moves as a Mermaid stateDiagram-v2.
//
// The stages stand in their phases, the suspended standings in a frame of their
// own. An arrow that leaves from a frame is a move that everything in the frame
// has; moves between the same two places share an arrow, with a comma between
// their names. So read, the picture is the table, line for line.
//
// The start mark stands where a cycle begins and the end mark after what no move
// leaves; neither is a move.
func Mermaid(w io.Writer, l *language.Language) error {
	c := newChart()
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	b.WriteString("    %% The table of moves. An arrow from a frame: a move that everything in it has.\n")
	for _, g := range c.groups {
		fmt.Fprintf(&b, "    state %q as %s {\n", g.label, g.id)
		for _, s := range g.members {
			fmt.Fprintf(&b, "        state %q as %s\n", stageLabel(s), standingID(s))
		}
		b.WriteString("    }\n")
	}
	for _, s := range c.alone {
		fmt.Fprintf(&b, "    state %q as %s\n", s.String(), standingID(s))
	}
	fmt.Fprintf(&b, "    [*] --> %s\n", standingID(begins()))
	for _, a := range c.arrows {
		fmt.Fprintf(&b, "    %s --> %s : %s\n", a.tail(), standingID(a.to), a.label())
	}
	for _, s := range c.alone {
		fmt.Fprintf(&b, "    %s --> [*]\n", standingID(s))
	}
	return draw.Write(w, b.String())
}

// stageLabel is the stage with its number. No full stop after the number, which
// Mermaid would take for a list.
func stageLabel(s reformcycle.Standing) string {
	return fmt.Sprintf("%d %s", s.Stage, s.Stage.Label())
}
