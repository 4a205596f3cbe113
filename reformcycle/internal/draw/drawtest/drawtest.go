// Package drawtest is what pictures are tested with: it reads them back, tells
// whether every text stays on the page and off the others, holds them against
// golden files, and has names that people may paste.
package drawtest

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Golden holds a page against the one in testdata that was read by eye.
func Golden(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the test with -update, then read the file")
	// Of a page that is another, the first line that is says enough.
	lines := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got, "\n") {
		require.Less(t, i, len(lines), "%s has more lines now", name)
		require.Equal(t, lines[i], line, "line %d of %s", i+1, name)
	}
	require.Len(t, got, len(want), "%s has fewer lines now", name)
}

// ErrFull is the error of Full.
var ErrFull = errors.New("the disk is full")

// Full is a writer that takes nothing.
type Full struct{}

// Write takes nothing.
func (Full) Write([]byte) (int, error) { return 0, ErrFull }

// Label is a text on the page and where it lies, by the estimate of its width.
type Label struct {
	Text        string
	Left, Right float64
	// Y is the baseline.
	Y, Size float64
}

// Picture is what an SVG holds.
type Picture struct {
	// Elements counts the elements by name.
	Elements map[string]int
	// Labels are the texts drawn, without those of patterns.
	Labels []Label
	// Words are all texts, title and description too.
	Words string
}

// Read reads a picture, and refuses what is not well formed.
func Read(t testing.TB, svg string) Picture {
	t.Helper()
	read := Picture{Elements: map[string]int{}}
	dec := xml.NewDecoder(strings.NewReader(svg))
	var in []xml.StartElement
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			require.Empty(t, in)
			return read
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			read.Elements[token.Name.Local]++
			in = append(in, token.Copy())
		case xml.EndElement:
			in = in[:len(in)-1]
		case xml.CharData:
			if len(in) == 0 {
				continue
			}
			read.Words += string(token)
			e := in[len(in)-1]
			if e.Name.Local != "text" || slices.ContainsFunc(in, func(e xml.StartElement) bool { return e.Name.Local == "pattern" }) {
				continue
			}
			number := func(name string) float64 {
				v, err := strconv.ParseFloat(attribute(e, name), 64)
				require.NoError(t, err)
				return v
			}
			l := Label{Text: string(token), Left: number("x"), Y: number("y"), Size: number("font-size")}
			width := draw.TextWidth(l.Text, draw.Style{Size: l.Size, Bold: attribute(e, "font-weight") == "bold"}.Wide())
			// What a line begins with is on the right where writing does.
			switch rtl := attribute(in[0], "direction") == "rtl"; attribute(e, "text-anchor") {
			case "middle":
				l.Left -= width / 2
			case "start":
				if rtl {
					l.Left -= width
				}
			case "end":
				if !rtl {
					l.Left -= width
				}
			}
			l.Right = l.Left + width
			read.Labels = append(read.Labels, l)
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// KeepsApart refuses a picture with a text that leaves the page or lies on another
// one, with a script, with a mark that reverses the direction of writing, or with
// a number that is none.
func KeepsApart(t testing.TB, on draw.Paper, svg string) {
	t.Helper()
	read := Read(t, svg)
	assert.Zero(t, read.Elements["script"])
	assert.NotContains(t, read.Words, "\u202e")
	assert.NotRegexp(t, `%!\w\(`, svg)
	assert.NotRegexp(t, `(NaN|Inf)([^A-Za-z]|$)`, svg)
	for i, l := range read.Labels {
		if l.Left < 0 || l.Right > on.Width || l.top() < 0 || l.bottom() > on.Height {
			t.Errorf("%q leaves the page: %v", l.Text, l)
		}
		for _, o := range read.Labels[:i] {
			if l.apart(o) < -0.01 {
				t.Errorf("%q %v lies on %q %v", l.Text, l, o.Text, o)
			}
		}
	}
}

// A capital reaches 0.75 of the size above the line, a descender 0.22 below.
func (l Label) top() float64    { return l.Y - 0.75*l.Size }
func (l Label) bottom() float64 { return l.Y + 0.22*l.Size }

// apart is how far two labels are from each other; below 0 they overlap.
func (l Label) apart(o Label) float64 {
	return max(o.Left-l.Right, l.Left-o.Right, o.top()-l.bottom(), l.top()-o.bottom())
}

// Hostile is what somebody may type into any text.
const Hostile = "<script>alert(1)</script> & \"quoted\" 'too'\n# heading\n\n- item [link](http://evil.example) ![i](x) | cell | `code` *b* _i_ www.evil.example a@evil.example"

// HostileNames are what people may type, or paste, for a name.
var HostileNames = []string{
	Hostile, "a\x00b\x1b[31m\u0085c\x7f\ufffe d", strings.Repeat("A very long name of a very large body ", 13),
	strings.Repeat("W", 500), strings.Repeat("社区卫生", 100), "e" + strings.Repeat("\u0301", 400), "\u202eevil\u2066", "]]>&amp;<![CDATA[",
	"Ministry of Finance, Planning, Economic Development and Local Government", "x",
}

// Pictures are ways to draw in a language, by name.
type Pictures = map[string]func(w io.Writer, l *language.Language) error

// TellsAll tries that pictures say nothing in another language than the one they are drawn
// in, but for what somebody typed, cut nothing off and put no sentence together.
func TellsAll(t *testing.T, pictures Pictures, accented *language.Language, typed ...string) {
	t.Helper()
	for name, write := range pictures {
		var b strings.Builder
		require.NoError(t, write(&b, accented), name)
		assert.Empty(t, languagetest.Leaks(b.String(), typed...), name)
		assert.Empty(t, languagetest.Cuts(b.String()), name)
		assert.Empty(t, languagetest.Pieces(b.String()), name)
	}
}

// HasRoom tries that in each language texts stay on the page and off each other, and that
// none is cut that is not in English.
func HasRoom(t *testing.T, pictures Pictures, languages ...*language.Language) {
	t.Helper()
	cuts := func(svg string) int { return strings.Count(svg, draw.Ellipsis) }
	for name, write := range pictures {
		var english strings.Builder
		require.NoError(t, write(&english, nil), name)
		for _, l := range languages {
			var b strings.Builder
			require.NoError(t, write(&b, l), name)
			on := draw.Upright
			if strings.Contains(b.String(), `width="297mm"`) {
				on = draw.Lying
			}
			t.Run(name+" "+l.Tag(), func(t *testing.T) { KeepsApart(t, on, b.String()) })
			assert.Equal(t, cuts(english.String()), cuts(b.String()), "%s in %s", name, l.Tag())
			assert.Contains(t, b.String(), `xml:lang="`+l.Tag()+`"`)
		}
	}
}
