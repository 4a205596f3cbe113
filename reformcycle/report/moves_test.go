package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// drawnMoves is what a reader takes from a picture: lines of the table.
type drawnMoves struct {
	t     *testing.T
	names map[string]reformcycle.Standing
	moves map[string]reformcycle.MoveName // by what they are called
	group map[string][]string
	lines []reformcycle.Transition
}

// newDrawnMoves names the standings by a rule of its own, not by the picture's.
func newDrawnMoves(t *testing.T) *drawnMoves {
	d := &drawnMoves{t: t, names: map[string]reformcycle.Standing{"abandoned": {Status: reformcycle.Abandoned}}, group: map[string][]string{}, moves: map[string]reformcycle.MoveName{}}
	for line := range reformcycle.Table() {
		d.moves[line.Move.Told().String()] = line.Move
	}
	for s := range reformcycle.Stages() {
		id := strings.ReplaceAll(s.String(), "-", "_")
		d.names[id] = reformcycle.Standing{Stage: s}
		d.names[id+"_suspended"] = reformcycle.Standing{Stage: s, Status: reformcycle.Suspended}
	}
	return d
}

func (d *drawnMoves) arrow(tails []string, head, label string) {
	for _, tail := range tails {
		require.Contains(d.t, d.names, tail)
		require.Contains(d.t, d.names, head)
		for name := range strings.SplitSeq(label, " / ") {
			require.Contains(d.t, d.moves, name)
			line := reformcycle.Transition{Move: d.moves[name], From: d.names[tail], To: d.names[head]}
			require.NotContains(d.t, d.lines, line, "drawn twice")
			d.lines = append(d.lines, line)
		}
	}
}

// frames holds that the frames are the phases with their stages and what is
// suspended.
func (d *drawnMoves) frames() {
	want := map[string][]string{}
	for s := range reformcycle.Stages() {
		id := strings.ReplaceAll(s.String(), "-", "_")
		want[s.Phase().String()] = append(want[s.Phase().String()], id)
		want["suspended"] = append(want["suspended"], id+"_suspended")
	}
	assert.Equal(d.t, want, d.group)
}

var (
	mermaidFrame = regexp.MustCompile(`^state "[^"]+" as (\w+) \{$`)
	mermaidState = regexp.MustCompile(`^state "[^"]+" as (\w+)$`)
	mermaidArrow = regexp.MustCompile(`^(\w+) --> (\w+) : ([a-z/ ]+)$`)
	mermaidMark  = regexp.MustCompile(`^(\[\*\] --> \w+|\w+ --> \[\*\])$`)
)

func TestMermaidShowsExactlyTheTable(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Mermaid(&b, nil))
	d := newDrawnMoves(t)
	var frame string
	var marks []string
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Equal(t, "stateDiagram-v2", lines[0])
	for _, line := range lines[1:] {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "%%"):
		case mermaidFrame.MatchString(line):
			frame = mermaidFrame.FindStringSubmatch(line)[1]
		case line == "}":
			frame = ""
		case mermaidState.MatchString(line):
			id := mermaidState.FindStringSubmatch(line)[1]
			require.Contains(t, d.names, id)
			if frame != "" {
				d.group[frame] = append(d.group[frame], id)
			}
		case mermaidArrow.MatchString(line):
			m := mermaidArrow.FindStringSubmatch(line)
			tails, framed := d.group[m[1]]
			if !framed {
				tails = []string{m[1]}
			}
			d.arrow(tails, m[2], m[3])
		case mermaidMark.MatchString(line):
			marks = append(marks, line)
		default:
			t.Fatalf("a line that says something else: %q", line)
		}
	}
	assert.ElementsMatch(t, slices.Collect(reformcycle.Table()), d.lines)
	assert.Equal(t, []string{"[*] --> problem_prioritization", "abandoned --> [*]"}, marks)
	d.frames()
	drawtest.Golden(t, "moves.mmd", b.String())
}

var (
	dotFrame = regexp.MustCompile(`^subgraph "cluster_(\w+)" \{$`)
	dotNode  = regexp.MustCompile(`^"(\w+)" \[label="[^"]*"(, peripheries=2)?\];$`)
	dotArrow = regexp.MustCompile(`^"(\w+)" -> "(\w+)" \[(?:head)?label="([^"]*)"(?:, ltail="cluster_(\w+)")?.*\];$`)
	dotOther = regexp.MustCompile(`^(//.*|digraph reformcycle \{|(graph|node|edge) \[.*\];|label=.*;|\{rank=same; "\w+"; "\w+";\})$`)
)

func TestDOTShowsExactlyTheTable(t *testing.T) {
	var b strings.Builder
	require.NoError(t, DOT(&b, nil))
	d := newDrawnMoves(t)
	var frame string
	for line := range strings.SplitSeq(strings.TrimSpace(b.String()), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case dotFrame.MatchString(line):
			frame = dotFrame.FindStringSubmatch(line)[1]
		case line == "}":
			frame = ""
		case dotNode.MatchString(line):
			id := dotNode.FindStringSubmatch(line)[1]
			require.Contains(t, d.names, id)
			if frame != "" {
				d.group[frame] = append(d.group[frame], id)
			}
		case dotArrow.MatchString(line):
			m := dotArrow.FindStringSubmatch(line)
			tails := []string{m[1]}
			if m[4] != "" {
				tails = d.group[m[4]]
				require.Contains(t, tails, m[1], "an arrow leaves from a frame through one of its members")
			}
			d.arrow(tails, m[2], strings.ReplaceAll(m[3], `\n`, " / "))
		default:
			require.Regexp(t, dotOther, line)
		}
	}
	assert.ElementsMatch(t, slices.Collect(reformcycle.Table()), d.lines)
	d.frames()
	drawtest.Golden(t, "moves.dot", b.String())
}

// A move that one stage of a phase lacks may not leave from the phase's frame.
func TestFoldLeavesFromAFrameOnlyWhatAllInItHave(t *testing.T) {
	at := func(s reformcycle.Stage) reformcycle.Standing { return reformcycle.Standing{Stage: s} }
	g := group{id: "g", members: []reformcycle.Standing{at(1), at(2)}}
	lines := []reformcycle.Transition{
		{Move: "a", From: at(1), To: at(5)}, {Move: "a", From: at(2), To: at(5)},
		{Move: "b", From: at(1), To: at(6)},
		{Move: "c", From: at(1), To: at(6)},
	}
	arrows := fold(lines, []group{g})
	var read []string
	for _, a := range arrows {
		read = append(read, fmt.Sprintf("%s: %s > %s", a.tail(), strings.Join(draw.Each(a.labels(), language.Text.String), ", "), a.to))
	}
	assert.Equal(t, []string{"g: a > program-readiness", "problem_prioritization: b, c > launch"}, read)
}

func TestDOTQuotes(t *testing.T) {
	assert.Equal(t, `"a \"b\" \\ c\nd"`, dotQuoted("a \"b\" \\ c\nd"))
}
