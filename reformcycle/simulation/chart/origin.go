package chart

// What every picture says of itself: where its numbers come from, and that they
// are no forecast.

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
)

// Origin says where the numbers of a picture come from. It stands at the foot of
// each, so that whoever finds the picture can ask for the numbers again.
type Origin struct {
	// Scenario is the scenario's name. It is required.
	Scenario string
	// Digest identifies the scenario: see [simulation.Model.Digest]. The picture
	// shows its first 12 digits. Empty where the numbers come from elsewhere.
	Digest string
	// Strategy is that of the whole picture; empty where each of its parts has its
	// own, or where none is to be named.
	Strategy string
	// Runs is how many runs there are, 1 or more: behind each curve, of each
	// strategy, at each end of a bar, or in all, as the picture says.
	Runs uint64
	// Seed is that of the runs.
	Seed uint64
	// Confidence is that of the intervals: above 0 and below 1. 0 stands for 0.95.
	Confidence float64
	// Note is what else the reader should know, a sentence or two; it may be empty.
	Note string
}

var digests = regexp.MustCompile("^[0-9a-f]{12,64}$")

func (o Origin) check(f *faults) {
	if draw.Plain(o.Scenario, nameLimit) == "" {
		f.add("origin.scenario", "required", o.Scenario, "the name of the scenario")
	}
	if o.Digest != "" && !digests.MatchString(o.Digest) {
		f.add("origin.digest", "form", o.Digest, "12 to 64 hexadecimal digits, or none")
	}
	if o.Runs == 0 {
		f.add("origin.runs", "range", 0, "1 run or more")
	}
	if c := o.Confidence; !(c >= 0 && c < 1) { // written so that NaN fails
		f.add("origin.confidence", "range", c, "a number above 0 and below 1, or 0 for 0.95")
	}
}

// interval names the intervals: "95% interval".
func (o Origin) interval() string {
	c := o.Confidence
	if c == 0 {
		c = 0.95
	}
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(100*c, 'f', 2, 64), "0"), ".") + "% interval"
}

// say tells the origin in words; what says what the runs are.
func (o Origin) say(what string) string {
	text := draw.Counted(1, "run", "runs")
	if o.Runs != 1 {
		text = grouped(strconv.FormatUint(o.Runs, 10)) + " runs"
	}
	text += what + ", seed " + strconv.FormatUint(o.Seed, 10) + ". Scenario: " + draw.Plain(o.Scenario, nameLimit)
	if o.Digest != "" {
		text += ", digest " + o.Digest[:12]
	}
	text += "."
	if s := draw.Plain(o.Strategy, noteLimit); s != "" {
		text += " Strategy: " + s + "."
	}
	return text
}

const disclaimer = "Illustrative: runs of a model under stated assumptions, made to compare strategies. Not a forecast."

// page is a picture under construction.
type page struct {
	draw.Page
	name string
	on   draw.Paper
}

// unnamed stands in the ids for the hash of a page, until the page is whole. No text
// holds it: see [draw.Plain].
const unnamed = "\x00"

// begin opens a page and writes its head; it gives where the rest begins.
func begin(name string, on draw.Paper, title, kind, what, description string) (*page, float64) {
	p := &page{name: name + "-" + unnamed, on: on}
	p.Open(p.name, on, title+": "+kind, disclaimer+" "+description)
	p.patterns()
	p.Put(`<rect width="%s" height="%s" fill="#FFFFFF"/>`, draw.Num(on.Width), draw.Num(on.Height))
	return p, p.Head(on, title, what)
}

// footnotes are what stands at the foot of a page: what the picture adds, then the
// origin.
func (o Origin) footnotes(what string, notes ...string) []string {
	return append(notes, draw.Plain(o.Note, noteLimit), o.say(what), disclaimer)
}

// foot is where the footnotes have to begin so that all of them have room.
func (p *page) foot(notes []string) float64 {
	y := p.on.Height - 2
	for _, n := range notes {
		y -= 16 * float64(len(draw.Wrap(n, p.on.Width-2*margin, 12, 3)))
	}
	return y
}

// end writes the footnotes, and ends the page. Its ids get a hash of all of it: in
// one document those of two pictures meet only where the pictures are the same.
func (p *page) end(y float64, notes []string) string {
	p.Notes(margin, y, p.on.Width-2*margin, notes...)
	svg := p.Close()
	hash := sha256.Sum256([]byte(svg))
	return strings.ReplaceAll(svg, unnamed, hex.EncodeToString(hash[:4]))
}

const (
	margin    = 28.0
	nameLimit = 80
	noteLimit = 280
	// toldLimit is how many of a list a description tells.
	toldLimit = 12
)

// The inks of the pictures, which stay apart in greyscale and for colour-blind
// readers; the textures tell the same without them.
const (
	blue  = "#0072B2"
	tint  = "#A9CFE8"
	faint = "#D9EAF5"
	rust  = "#C24A00"
	line  = "#CCCCCC"
)

// patterns writes the textures, under the name of the picture.
func (p *page) patterns() {
	p.Put(`<defs>`)
	p.Put(`<pattern id="%s-hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#FBE0CC"/><rect width="2" height="6" fill="%s"/></pattern>`, p.name, rust)
	p.Put(`<pattern id="%s-dotted" width="7" height="7" patternUnits="userSpaceOnUse"><rect width="7" height="7" fill="#FFFFFF"/><circle cx="2" cy="2" r="1.2" fill="%s"/><circle cx="5.5" cy="5.5" r="1.2" fill="%s"/></pattern>`, p.name, draw.Grey, draw.Grey)
	p.Put(`</defs>`)
}

func (p *page) texture(which string) string { return "url(#" + p.name + "-" + which + ")" }

// swatch is the sign of a filling.
func (p *page) swatch(fill string) func(x, y float64) {
	return func(x, y float64) {
		p.Put(`<rect x="%s" y="%s" width="28" height="14" fill="%s" stroke="%s"/>`, draw.Num(x-14), draw.Num(y-7), fill, draw.Dark)
	}
}

// whisker draws an interval, with a white edge to stand out on any filling.
func (p *page) whisker(from, to, y, reach float64) {
	num := draw.Num
	path := "M" + num(from) + " " + num(y-reach) + "V" + num(y+reach) + "M" + num(from) + " " + num(y) + "H" + num(to) + "M" + num(to) + " " + num(y-reach) + "V" + num(y+reach)
	p.Put(`<path d="%s" fill="none" stroke="#FFFFFF" stroke-width="4"/>`, path)
	p.Put(`<path d="%s" fill="none" stroke="#000000" stroke-width="1.4"/>`, path)
}

func (p *page) whiskerSign(x, y float64) { p.whisker(x-14, x+14, y, 5) }

// mark draws a mark: a circle, a square, a diamond or a triangle, or a hollow one.
func (p *page) mark(shape, colour string, x, y, r float64) {
	shape, hollow := strings.CutPrefix(shape, "hollow ")
	fill := colour
	if hollow {
		fill = "#FFFFFF"
	}
	num := draw.Num
	path := ""
	switch shape {
	case "circle":
		p.Put(`<circle cx="%s" cy="%s" r="%s" fill="%s" stroke="%s" stroke-width="1.6"/>`, num(x), num(y), num(r), fill, colour)
		return
	case "square":
		d := num(2 * r * 0.9)
		path = "M" + num(x-r*0.9) + " " + num(y-r*0.9) + "h" + d + "v" + d + "h-" + d + "Z"
	case "diamond":
		d := num(r * 1.25)
		path = "M" + num(x) + " " + num(y-r*1.25) + "l" + d + " " + d + "l-" + d + " " + d + "l-" + d + " -" + d + "Z"
	case "triangle":
		path = "M" + num(x) + " " + num(y-r*1.2) + "l" + num(r*1.15) + " " + num(r*2) + "h-" + num(r*2.3) + "Z"
	}
	p.Put(`<path d="%s" fill="%s" stroke="%s" stroke-width="1.6"/>`, path, fill, colour)
}

// titled gives a title that can be shown.
func titled(title, otherwise string) string {
	return draw.First(draw.Plain(title, draw.TitleLimit), otherwise)
}

// named gives a name that can be shown.
func named(name string) string { return draw.First(draw.Plain(name, nameLimit), "no name") }
