package draw

import "strconv"

// This file is what is drawn in more than one picture: marks, textures, and how far
// something reaches.

// Shape is that of a mark.
type Shape string

// The shapes, which tell marks apart without colour.
const (
	Circle   Shape = "circle"
	Square   Shape = "square"
	Diamond  Shape = "diamond"
	Triangle Shape = "triangle"
)

// Mark draws a mark of about a radius; dashed says that its edge is.
func (p *Page) Mark(shape Shape, x, y, r float64, fill, ink string, dashed bool) {
	dash := ""
	if dashed {
		dash = ` stroke-dasharray="3 2"`
	}
	edge := ` fill="` + fill + `" stroke="` + ink + `" stroke-width="2"` + dash + `/>`
	switch shape {
	case Circle:
		p.Put(`<circle cx="%v" cy="%v" r="%v"`+edge, x, y, r)
	case Square:
		d := r * 0.94
		p.Put(`<rect x="%v" y="%v" width="%v" height="%v"`+edge, x-d, y-d, 2*d, 2*d)
	case Diamond:
		d := r * 1.25
		p.Put(`<path d="M%v %vL%v %vL%v %vL%v %vZ"`+edge, x, y-d, x+d, y, x, y+d, x-d, y)
	case Triangle:
		p.Put(`<path d="M%v %vl%v %vh%vZ"`+edge, x, y-r*1.2, r*1.15, r*2, r*-2.3)
	}
}

// Texture names a filling that is made of a tile, and has its tile written once.
// Size is that of the tile, which is turned by an angle.
func (p *Page) Texture(width, height, turned float64, tile string) string {
	size := `width="` + Num(width) + `" height="` + Num(height) + `"`
	pattern := size + ` patternUnits="userSpaceOnUse"`
	transform := ""
	if p.mirrors() { // a tile may hold letters, which stay as they are
		transform = "scale(-1 1)"
	}
	if turned != 0 {
		transform += "rotate(" + Num(turned) + ")"
	}
	if transform != "" {
		pattern += ` patternTransform="` + transform + `"`
	}
	pattern += `>` + tile
	id, known := p.textures[pattern]
	if !known {
		id = p.Name + "-" + unnamed + "-" + strconv.Itoa(len(p.textures)+1)
		p.textures[pattern] = id
		p.defs.WriteString(`<pattern id="` + id + `" ` + pattern + "</pattern>\n")
	}
	return "url(#" + id + ")"
}

// Hatched has stripes of a width, so many units apart.
func (p *Page) Hatched(apart, width float64, ground, ink string) string {
	a := Num(apart)
	return p.Texture(apart, apart, 45, `<rect width="`+a+`" height="`+a+`" fill="`+ground+`"/><rect width="`+Num(width)+`" height="`+a+`" fill="`+ink+`"/>`)
}

// Dotted has dots.
func (p *Page) Dotted(ground string) string {
	return p.Texture(7, 7, 0, `<rect width="7" height="7" fill="`+ground+`"/><circle cx="2" cy="2" r="1.2" fill="`+Grey+`"/><circle cx="5.5" cy="5.5" r="1.2" fill="`+Grey+`"/>`)
}

// Swatch is the sign of a filling.
func (p *Page) Swatch(fill string) func(x, y float64) {
	return func(x, y float64) {
		p.Put(`<rect x="%v" y="%v" width="28" height="14" fill="%s" stroke="%s"/>`, x-14, y-7, fill, Dark)
	}
}

// Stroke is the sign of a line, with what else its path has to say.
func (p *Page) Stroke(attributes string) func(x, y float64) {
	return func(x, y float64) { p.Put(`<path d="M%v %vh28" `+attributes+`/>`, x-14, y) }
}

// Whisker draws how far something reaches, with a white edge to stand out on any
// filling.
func (p *Page) Whisker(from, to, y, reach float64) {
	for _, stroke := range []string{`"#FFFFFF" stroke-width="4"`, `"#000000" stroke-width="1.4"`} {
		p.Put(`<path d="M%v %vV%vM%v %vH%vM%v %vV%v" fill="none" stroke=`+stroke+`/>`, from, y-reach, y+reach, from, y, to, to, y-reach, y+reach)
	}
}

// WhiskerSign is its sign.
func (p *Page) WhiskerSign(x, y float64) { p.Whisker(x-14, x+14, y, 5) }
