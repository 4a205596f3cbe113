package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Mermaid draws the table of moves as a Mermaid stateDiagram-v2.
//
// The stages stand in their phases, the suspended standings in a frame of their
// own. An arrow that leaves from a frame is a move that everything in the frame
// has; moves between the same two places share an arrow, with a stroke between
// their names. So read, the picture is the table, line for line.
//
// The start mark stands where a cycle begins and the end mark after what no move
// leaves; neither is a move.
func Mermaid(w io.Writer, l *language.Language) error {
	c := newChart()
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	b.WriteString("    %% " + l.Say(language.Of("picture.moves")) + "\n")
	for _, g := range c.groups {
		fmt.Fprintf(&b, "    state \"%s\" as %s {\n", mermaidText(l.Say(g.label)), g.id)
		for _, s := range g.members {
			fmt.Fprintf(&b, "        state \"%s\" as %s\n", mermaidText(l.Say(stageTold(s))), standingID(s))
		}
		b.WriteString("    }\n")
	}
	for _, s := range c.alone {
		fmt.Fprintf(&b, "    state \"%s\" as %s\n", mermaidText(l.Say(s.Told())), standingID(s))
	}
	fmt.Fprintf(&b, "    [*] --> %s\n", standingID(begins()))
	for _, a := range c.arrows {
		fmt.Fprintf(&b, "    %s --> %s : %s\n", a.tail(), standingID(a.to), mermaidText(strings.Join(draw.Each(a.labels(), l.Say), " / ")))
	}
	for _, s := range c.alone {
		fmt.Fprintf(&b, "    %s --> [*]\n", standingID(s))
	}
	return draw.Write(w, b.String())
}

// mermaidText writes as its entities what Mermaid would take for its own: the end of a
// text, and that of a line. A full stop behind a number is for a list there, so a stage
// has none.
func mermaidText(text string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", ";", "#59;").Replace(text)
}
