// Package draw is what the pictures of the reform are drawn with, those of a cycle
// in package report and those of a simulation in package chart: an SVG page of A4
// size, text that people typed made safe and short enough for its place, and the
// parts that every picture has. It knows nothing of what is drawn.
//
// Pages come out the same on every machine. What people typed is escaped by
// [Page.Text] and [Page.Open]; all else goes through [Page.Put] as it is, so that a
// picture puts only what it made itself.
package draw

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// This file is the page itself: how it lies, its texts, and the estimate of how wide
// a text is.

// A page is A4, at four units a millimetre. Angles are degrees clockwise from the
// top.
const (
	PageWidth, PageHeight = 840, 1188

	// TitleLimit is how long a title may be, in characters.
	TitleLimit = 200
)

// The inks of text: Dark for what is to be read, Grey for what is beside it.
const (
	Dark = "#1A1A1A"
	Grey = "#555555"
)

// Paper is how a page lies: its size in units.
type Paper struct{ Width, Height float64 }

// The two ways to lay a page.
var (
	Upright = Paper{PageWidth, PageHeight}
	Lying   = Paper{PageHeight, PageWidth}
)

// Page is the SVG under construction.
type Page struct{ strings.Builder }

// Put writes a line of markup.
func (p *Page) Put(format string, args ...any) {
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}

// Open begins a page. The name keeps the ids of pictures apart that a host puts
// into one document.
func (p *Page) Open(name string, on Paper, title, description string) {
	p.Put(`<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %s %s" role="img" font-family="sans-serif" aria-labelledby="%s-title %s-desc">`,
		Num(on.Width/4), Num(on.Height/4), Num(on.Width), Num(on.Height), name, name)
	p.Put(`<title id="%s-title">%s</title>`, name, escapeXML(title))
	p.Put(`<desc id="%s-desc">%s</desc>`, name, escapeXML(description))
}

// Close ends the page and gives it.
func (p *Page) Close() string {
	p.Put(`</svg>`)
	return p.String()
}

// Style of a text. Without a Fill it is Dark, without an Anchor it is centred.
type Style struct {
	Size   float64
	Bold   bool
	Fill   string
	Anchor string // "start", "middle" or "end"
}

// Text writes one line; y is its baseline.
func (p *Page) Text(x, y float64, text string, st Style) {
	weight := ""
	if st.Bold {
		weight = ` font-weight="bold"`
	}
	p.Put(`<text x="%s" y="%s" font-size="%s"%s fill="%s" text-anchor="%s">%s</text>`,
		Num(x), Num(y), Num(st.Size), weight, First(st.Fill, Dark), First(st.Anchor, "middle"), escapeXML(text))
}

// Radians gives an angle as package math wants it.
func Radians(degrees float64) float64 { return degrees * math.Pi / 180 }

// Around gives the point at a radius and an angle from a centre.
func Around(cx, cy, radius, degrees float64) (x, y float64) {
	sin, cos := math.Sincos(Radians(degrees))
	return cx + radius*sin, cy - radius*cos
}

// Num writes a number with two decimals at most, the same on every machine.
func Num(v float64) string {
	text := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	if text == "-0" {
		return "0"
	}
	return text
}

// Wrap breaks a text into lines of a width, at most so many; what does not fit is
// cut with an Ellipsis. Widths are estimates, on the generous side: the reader's
// font is not known here.
func Wrap(text string, width, size float64, most int) []string {
	var lines []string
	line, wide := "", 0.0
	for word := range strings.FieldsSeq(text) {
		if len(lines) > most {
			break
		}
		if line != "" {
			if w := measure(measure(wide, " "), word); w*size <= width {
				line, wide = line+" "+word, w
				continue
			}
			lines = append(lines, line)
		}
		// A word that is wider than the line is broken, for it must not be lost: at
		// a hyphen if it has one.
		line, wide = word, measure(0, word)
		for wide*size > width {
			at := breakAt(line, width, size)
			if at == len(line) {
				break
			}
			lines = append(lines, line[:at])
			line = line[at:]
			wide = measure(0, line)
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = ellipsed(lines[most-1], width, size)
	}
	return lines
}

// breakAt is how much of a word goes on a line: at least a letter with its marks.
func breakAt(word string, width, size float64) int {
	wide := 0.0
	for i, r := range word {
		if wide += ems(r); i > 0 && !unicode.Is(unicode.M, r) && wide*size > width {
			if at := strings.LastIndexByte(word[:i], '-') + 1; at > 1 {
				return at
			}
			return i
		}
	}
	return len(word)
}

// Fit cuts a text to one line, within a word if need be: where names are short of
// room, every letter helps to tell them apart.
func Fit(text string, width, size float64) string {
	if TextWidth(text, size) <= width {
		return text
	}
	return ellipsed(text, width, size)
}

// ellipsed cuts a text so that it and an Ellipsis have room.
func ellipsed(text string, width, size float64) string {
	wide, fits := 0.0, 0
	for i, r := range text {
		if measure(wide, Ellipsis)*size <= width {
			fits = i
		}
		wide += ems(r)
	}
	if measure(wide, Ellipsis)*size <= width {
		fits = len(text)
	}
	return strings.TrimRight(text[:fits], " ") + Ellipsis
}

// Bold is how much wider letters are in bold: to measure such a text, multiply its
// size by this.
const Bold = 1.12

// TextWidth estimates the width of a text from the wider ones of the usual
// sans-serif fonts.
func TextWidth(text string, size float64) float64 { return measure(0, text) * size }

// measure adds a text to a width, in ems.
func measure(wide float64, text string) float64 {
	for _, r := range text {
		wide += ems(r)
	}
	return wide
}

// ems is how wide a letter is beside the size of the font.
func ems(r rune) float64 {
	if r < 0x80 {
		return ascii[r]
	}
	return wideOf(r)
}

// ascii has the letters that nearly all texts are made of.
var ascii = func() (ems [0x80]float64) {
	for r := range rune(len(ems)) {
		ems[r] = wideOf(r)
	}
	return ems
}()

func wideOf(r rune) float64 {
	switch {
	case unicode.Is(unicode.M, r) || unicode.Is(unicode.Cf, r):
		return 0
	case strings.ContainsRune("ijl.,:;'|!", r):
		return 0.32
	case strings.ContainsRune("frt()[]- ", r):
		return 0.41
	case strings.ContainsRune("mwMW@%…", r), r >= 0x1100 && !unicode.In(r, unicode.Latin, unicode.P, unicode.Ethiopic, unicode.Khmer, unicode.Mongolian):
		return 1.02
	case unicode.IsUpper(r):
		return 0.75
	default:
		return 0.64
	}
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func escapeXML(text string) string { return xmlEscapes.Replace(text) }
