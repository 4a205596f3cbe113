package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// This file is what all pictures are drawn with: the page, its texts, and the
// estimate of how wide a text is.

// A page is A4, at four units a millimetre. Angles are degrees clockwise from the
// top.
const (
	pageWidth, pageHeight = 840, 1188

	titleLimit = 200 // characters
)

const (
	dark = "#1A1A1A"
	grey = "#555555"
)

// paper is how a page lies.
type paper struct{ width, height float64 }

var (
	upright = paper{pageWidth, pageHeight}
	lying   = paper{pageHeight, pageWidth}
)

// page is the SVG under construction.
type page struct{ strings.Builder }

func (p *page) put(format string, args ...any) {
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}

// open begins a page. The name keeps the ids of pictures apart that a host puts
// into one document.
func (p *page) open(name string, on paper, title, description string) {
	p.put(`<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %s %s" role="img" font-family="sans-serif" aria-labelledby="%s-title %s-desc">`,
		num(on.width/4), num(on.height/4), num(on.width), num(on.height), name, name)
	p.put(`<title id="%s-title">%s</title>`, name, escapeXML(title))
	p.put(`<desc id="%s-desc">%s</desc>`, name, escapeXML(description))
}

func (p *page) close() string {
	p.put(`</svg>`)
	return p.String()
}

// style of a text.
type style struct {
	size   float64
	bold   bool
	fill   string
	anchor string
}

func (p *page) text(x, y float64, text string, st style) {
	weight := ""
	if st.bold {
		weight = ` font-weight="bold"`
	}
	p.put(`<text x="%s" y="%s" font-size="%s"%s fill="%s" text-anchor="%s">%s</text>`,
		num(x), num(y), num(st.size), weight, first(st.fill, dark), first(st.anchor, "middle"), escapeXML(text))
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }

// around gives the point at a radius and an angle from a centre.
func around(cx, cy, radius, degrees float64) (x, y float64) {
	sin, cos := math.Sincos(radians(degrees))
	return cx + radius*sin, cy - radius*cos
}

// num writes a number with two decimals at most, the same on every machine.
func num(v float64) string {
	text := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	if text == "-0" {
		return "0"
	}
	return text
}

// wrap breaks a text into lines of a width, at most so many; what does not fit is
// cut with an ellipsis. Widths are estimates, on the generous side: the reader's
// font is not known here.
func wrap(text string, width, size float64, most int) []string {
	var lines []string
	line := ""
	fits := func(t string) bool { return textWidth(t, size) <= width }
	for word := range strings.FieldsSeq(text) {
		if line != "" && fits(line+" "+word) {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		// A word that is wider than the line is broken, for it must not be lost: at
		// a hyphen if it has one.
		line = ""
		for _, r := range word {
			if line != "" && !unicode.Is(unicode.M, r) && !fits(line+string(r)) {
				at := strings.LastIndexByte(line, '-') + 1
				if at <= 1 {
					at = len(line)
				}
				lines = append(lines, line[:at])
				line = line[at:]
			}
			line += string(r)
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) <= most {
		return lines
	}
	last := lines[most-1]
	for last != "" && !fits(last+ellipsis) {
		runes := []rune(last)
		last = strings.TrimRight(string(runes[:len(runes)-1]), " ")
	}
	lines[most-1] = last + ellipsis
	return lines[:most]
}

// textWidth estimates the width of a text from the wider ones of the usual
// sans-serif fonts.
func textWidth(text string, size float64) float64 {
	ems := 0.0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.M, r) || unicode.Is(unicode.Cf, r):
		case strings.ContainsRune("ijl.,:;'|!", r):
			ems += 0.32
		case strings.ContainsRune("frt()[]- ", r):
			ems += 0.41
		case strings.ContainsRune("mwMW@%…", r), r >= 0x1100 && !unicode.In(r, unicode.Latin, unicode.P, unicode.Ethiopic, unicode.Khmer, unicode.Mongolian):
			ems += 1.02
		case unicode.IsUpper(r):
			ems += 0.75
		default:
			ems += 0.64
		}
	}
	return ems * size
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func escapeXML(text string) string { return xmlEscapes.Replace(text) }
