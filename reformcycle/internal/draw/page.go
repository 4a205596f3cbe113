// Package draw is what the pictures of the reform are drawn with, those of a cycle
// in package report and those of a simulation in package chart: an SVG page of A4
// size with its title, its marks and textures, its legend and its notes, numbers
// as people read them, and text that people typed made safe and short enough for
// its place. It knows nothing of what is drawn.
//
// A page is in a language ([Sheet].In). One that is written from right to left has its
// mirror image: a picture is drawn as if it ran from left to right, and "start" is where
// a line begins. What has to stay as it is, since it turns as a clock does, goes through
// [Page.Unmirrored]; so a text for people never says left or right.
//
// A picture is begun with a [Sheet], drawn upon a [Page], and ended with
// [Page.End]; [Write] hands it to the host. Pages come out the same on every
// machine. What people typed is escaped by [Page.Text] and by the page itself; all
// else goes through [Page.Put] as it is, so that a picture puts only what it made
// itself.
package draw

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the page itself: how it lies, and the parts around what it shows.

// A page is A4, at four units a millimetre. Angles are degrees clockwise from the
// top.
const (
	PageWidth, PageHeight = 840, 1188

	// TitleLimit is how long a title may be, in characters, NameLimit a name.
	TitleLimit = 200
	NameLimit  = 80
	// Told is how many of a list a description tells.
	Told = 12

	// Margin is left free at the sides.
	Margin = 28.0
)

// The inks of text: Dark for what is to be read, Grey for what is beside it. Line is
// that of scales. Blue and Rust stay apart in greyscale and for colour-blind readers
// (after Okabe and Ito, darkened for print), and so does Peach from both.
const (
	Dark  = "#1A1A1A"
	Grey  = "#555555"
	Line  = "#CCCCCC"
	White = "#FFFFFF"
	Blue  = "#0072B2"
	Rust  = "#C24A00"
	Peach = "#FBE0CC"
)

// Paper is how a page lies: its size in units.
type Paper struct{ Width, Height float64 }

// The two ways to lay a page.
var (
	Upright = Paper{PageWidth, PageHeight}
	Lying   = Paper{PageHeight, PageWidth}
)

// Sheet says what a page is. Its texts are in its language already, but for the title,
// which the host typed.
type Sheet struct {
	// In is the language of the page; nil is English.
	In *language.Language
	// Name is that of the kind of picture; its ids begin with it.
	Name string
	On   Paper
	// Title is what the host typed, Otherwise what stands for none.
	Title, Otherwise string
	// Kind says behind the title what the picture is, Description tells it in words, in
	// whole sentences: both to those who can't see it.
	Kind, Description string
	// NoteLines is how many lines a note may take; 0 is 3.
	NoteLines int
	// Basis says how much of the picture is illustrative. It opens the description,
	// and the notes end with it.
	Basis string
}

// Page is the SVG under construction.
type Page struct {
	strings.Builder
	Sheet
	textures map[string]string
	defs     strings.Builder
	// unmirrored is the page as it is drawn, though its language runs the other way;
	// within is that the group of what is mirrored is open.
	unmirrored, within bool
}

// unnamed stands in the ids for the hash of a page, until the page is whole. No text
// holds it: see [Plain].
const unnamed = "\x00"

// Begin makes an empty page.
func Begin(s Sheet) *Page {
	s.Title = First(Plain(s.Title, TitleLimit), s.Otherwise)
	return &Page{Sheet: s, textures: make(map[string]string)}
}

// Say says a text of an id in the language of the page.
func (p *Page) Say(id string, args ...any) string { return p.In.Say(language.Of(id, args...)) }

// Put writes lines of markup, in which numbers are written by [Num]. What they open they
// close.
func (p *Page) Put(format string, args ...any) {
	p.mirror(p.mirrors())
	put(&p.Builder, format, args)
}

func (p *Page) mirrors() bool { return p.In.RightToLeft() && !p.unmirrored }

// mirror opens or closes the group of what is mirrored. Texts stand outside of it, at
// mirrored places.
func (p *Page) mirror(on bool) {
	switch {
	case on == p.within:
	case on:
		put(&p.Builder, `<g transform="matrix(-1 0 0 1 %v 0)">`, []any{p.On.Width})
	default:
		p.WriteString("</g>\n")
	}
	p.within = on
}

// Unmirrored draws what is not mirrored in any language. "start" is on the left there.
func (p *Page) Unmirrored(do func()) {
	before := p.unmirrored
	p.unmirrored = true
	do()
	p.unmirrored = before
}

func put(b *strings.Builder, format string, args []any) {
	for i, a := range args {
		if v, ok := a.(float64); ok {
			args[i] = Num(v)
		}
	}
	fmt.Fprintf(b, format+"\n", args...)
}

// Head writes the title and what the picture is, and gives where the rest begins.
func (p *Page) Head(what string) float64 {
	y, title := 30.0, Style{Size: 24, Bold: true}
	y = p.Lines(p.On.Width/2, y+26, 26, Wrap(p.Title, p.On.Width-2*Margin, title.Wide(), 2), title) - 26
	y = p.Lines(p.On.Width/2, y+22, 22, Wrap(what, p.On.Width-2*Margin, 14.5, 3), Style{Size: 14.5, Fill: Grey}) - 22
	return y + 16
}

// Empty says in large letters that there is nothing to draw.
func (p *Page) Empty(x, y float64, text string) {
	p.Text(x, y, text, Style{Size: 20, Bold: true, Fill: Grey})
}

// Style of a text. Without a Fill it is Dark, without an Anchor it is centred. The start
// is where the page is read from: the right in a language that is written from there.
type Style struct {
	Size   float64
	Bold   bool
	Fill   string
	Anchor string // "start", "middle" or "end"
}

// Wide is the size to measure a text of the style by: letters are wider in bold.
func (st Style) Wide() float64 {
	if st.Bold {
		return st.Size * bold
	}
	return st.Size
}

// Text writes one line; y is its baseline. A line that runs in the other direction than
// the page, such as a name, does so by itself.
func (p *Page) Text(x, y float64, text string, st Style) {
	p.mirror(false)
	anchor := First(st.Anchor, "middle")
	if p.mirrors() {
		x = p.On.Width - x
	} else if p.In.RightToLeft() {
		anchor = map[string]string{"start": "end", "end": "start", "middle": "middle"}[anchor]
	}
	text = p.In.Say(language.Typed(text))
	weight := ""
	if st.Bold {
		weight = ` font-weight="bold"`
	}
	put(&p.Builder, `<text x="%v" y="%v" font-size="%v"%s fill="%s" text-anchor="%s">%s</text>`,
		[]any{x, y, st.Size, weight, First(st.Fill, Dark), anchor, escapeXML(text)})
}

// Lines writes lines below each other, so far apart, and gives where the next would be.
func (p *Page) Lines(x, y, apart float64, lines []string, st Style) float64 {
	for _, t := range lines {
		p.Text(x, y, t, st)
		y += apart
	}
	return y
}

// Sign is a line of a legend.
type Sign struct {
	Text string
	Draw func(x, y float64) // around the middle of the sign
}

// Signs writes a legend in columns, row by row, and gives where it ends.
func (p *Page) Signs(left, top, width float64, columns int, signs []Sign) float64 {
	column, y := width/float64(columns), top
	for row := range slices.Chunk(signs, columns) {
		high := rowOf(row, column)
		middle := y + (high-signRow)/2
		for i, s := range row {
			x, lines := left+column*float64(i), s.lines(column)
			s.Draw(x+14, middle)
			p.Lines(x+34, middle+4.5-signLine/2*float64(len(lines)-1), signLine, lines, Style{Size: signSize, Anchor: "start"})
		}
		y += high
	}
	return y
}

// SignsHigh is how high a legend is.
func SignsHigh(width float64, columns int, signs []Sign) (high float64) {
	for row := range slices.Chunk(signs, columns) {
		high += rowOf(row, width/float64(columns))
	}
	return high
}

const signSize, signLine, signRow = 12.5, 13.5, 25.0

func (s Sign) lines(column float64) []string { return Wrap(s.Text, column-38, signSize, 4) }

// rowOf is how high a row of a legend is: as the longest text in it asks.
func rowOf(row []Sign, column float64) float64 {
	most := 1
	for _, s := range row {
		most = max(most, len(s.lines(column)))
	}
	return signRow + signLine*float64(most-1)
}

// Notes writes the small print across the page, and last what is illustrative. It
// gives where it ends.
func (p *Page) Notes(y float64, notes ...string) float64 {
	return p.Lines(Margin, y, 16, p.small(notes), Style{Size: 12, Fill: Grey, Anchor: "start"})
}

// Foot is how high notes are.
func (p *Page) Foot(notes ...string) float64 { return 16 * float64(len(p.small(notes))) }

func (p *Page) small(notes []string) (lines []string) {
	for _, note := range append(notes[:len(notes):len(notes)], p.Basis) {
		lines = append(lines, Wrap(note, p.On.Width-2*Margin, 12, cmp.Or(p.NoteLines, 3))...)
	}
	return lines
}

// End gives the page. Its ids get a hash of all of it: in one document those of two
// pictures meet only where the pictures are the same.
func (p *Page) End() string {
	p.mirror(false)
	var b strings.Builder
	name := p.Name + "-" + unnamed
	direction := ""
	if p.In.RightToLeft() {
		direction = ` direction="rtl"`
	}
	put(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%vmm" height="%vmm" viewBox="0 0 %v %v" xml:lang="%s"%s role="img" font-family="sans-serif" aria-labelledby="%s-title %s-desc">`,
		[]any{p.On.Width / 4, p.On.Height / 4, p.On.Width, p.On.Height, p.In.Tag(), direction, name, name})
	put(&b, `<title id="%s-title">%s</title>`, []any{name, escapeXML(p.Say("picture.titled", "title", p.Title, "what", language.Typed(p.Kind)))})
	put(&b, `<desc id="%s-desc">%s</desc>`, []any{name, escapeXML(strings.TrimSpace(p.Basis + " " + p.Description))})
	if p.defs.Len() > 0 {
		b.WriteString("<defs>\n" + p.defs.String() + "</defs>\n")
	}
	put(&b, `<rect width="%v" height="%v" fill="#FFFFFF"/>`, []any{p.On.Width, p.On.Height})
	b.WriteString(p.String())
	b.WriteString("</svg>\n")
	svg := b.String()
	hash := sha256.Sum256([]byte(svg))
	return strings.ReplaceAll(svg, unnamed, hex.EncodeToString(hash[:4]))
}

// Largest gives the first of layouts in which everything fits, or else the last.
func Largest[L any](layouts []L, fits func(L) bool) L {
	for _, l := range layouts {
		if fits(l) {
			return l
		}
	}
	return layouts[len(layouts)-1]
}

// Settle moves what wants a place, and takes so much, down until none lies on the
// one before it, then up until the last ends above the foot.
func Settle(want, takes []float64, top, foot float64) []float64 {
	at := slices.Clone(want)
	y := top
	for i := range at {
		at[i] = max(at[i], y)
		y = at[i] + takes[i]
	}
	y = foot
	for i := range slices.Backward(at) {
		at[i] = min(at[i], y-takes[i])
		y = at[i]
	}
	return at
}

// Write hands a page to the host's writer, in one piece.
func Write(w io.Writer, page string) error {
	if w == nil {
		return fault.Refuse("w", fault.Required, nil, language.Of("want.writer"))
	}
	_, err := io.WriteString(w, page)
	return err
}

// Radians gives an angle as package math wants it.
func Radians(degrees float64) float64 { return degrees * math.Pi / 180 }

// Around gives the point at a radius and an angle from a centre.
func Around(cx, cy, radius, degrees float64) (x, y float64) {
	sin, cos := math.Sincos(Radians(degrees))
	return cx + radius*sin, cy - radius*cos
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func escapeXML(text string) string { return xmlEscapes.Replace(text) }
