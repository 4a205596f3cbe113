package report

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// label is a text on the page and where it lies, by the estimate of its width.
type label struct {
	text        string
	left, right float64
	y, size     float64
}

// readSVG refuses what is not well formed, and gives the elements by name and
// the texts.
func readSVG(t *testing.T, svg string) (elements map[string]int, labels []label, words string) {
	t.Helper()
	elements = map[string]int{}
	dec := xml.NewDecoder(strings.NewReader(svg))
	var in []xml.StartElement
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			require.Empty(t, in)
			return elements, labels, words
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			elements[token.Name.Local]++
			in = append(in, token.Copy())
		case xml.EndElement:
			in = in[:len(in)-1]
		case xml.CharData:
			if len(in) == 0 {
				continue
			}
			words += string(token)
			e := in[len(in)-1]
			if e.Name.Local != "text" || in[len(in)-2].Name.Local == "pattern" {
				continue
			}
			number := func(name string) float64 {
				v, err := strconv.ParseFloat(attribute(e, name), 64)
				require.NoError(t, err)
				return v
			}
			l := label{text: string(token), left: number("x"), y: number("y"), size: number("font-size")}
			width := textWidth(l.text, number("font-size"))
			switch attribute(e, "text-anchor") {
			case "middle":
				l.left -= width / 2
			case "end":
				l.left -= width
			}
			l.right = l.left + width
			labels = append(labels, l)
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

func TestNumbersHaveOneForm(t *testing.T) {
	for v, want := range map[float64]string{0: "0", -0.001: "0", 1.5: "1.5", 2.346: "2.35", -3: "-3", 120: "120"} {
		assert.Equal(t, want, num(v))
	}
}

func TestWrapBreaksAndCuts(t *testing.T) {
	assert.Empty(t, wrap("", 100, 10, 2))
	assert.Equal(t, []string{"aaa bbb", "ccc"}, wrap("aaa bbb ccc", 50, 10, 2))
	assert.Equal(t, []string{"aaa bb…"}, wrap("aaa bbb ccc", 50, 10, 1))
	assert.Equal(t, []string{"aaaa", "aaaa"}, wrap("aaaaaaaa", 30, 10, 3))
}
