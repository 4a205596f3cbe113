package draw

// This file is the parts that every picture has around what it shows: title, legend
// and small print.

// Head writes the title and what the picture is, and gives where the rest begins.
func (p *Page) Head(on Paper, title, what string) float64 {
	y := 30.0
	for _, t := range Wrap(title, on.Width-2*28, 24*Bold, 2) {
		y += 26
		p.Text(on.Width/2, y, t, Style{Size: 24, Bold: true})
	}
	for _, t := range Wrap(what, on.Width-2*28, 14.5, 2) {
		y += 22
		p.Text(on.Width/2, y, t, Style{Size: 14.5, Fill: Grey})
	}
	return y + 16
}

// Sign is a line of a legend.
type Sign struct {
	Text string
	Draw func(x, y float64) // around the middle of the sign
}

// Signs writes a legend in columns, row by row, and gives where it ends.
func (p *Page) Signs(left, top, width float64, columns int, signs []Sign) float64 {
	const step = 25
	column := width / float64(columns)
	for i, s := range signs {
		x := left + column*float64(i%columns)
		y := top + step*float64(i/columns)
		s.Draw(x+14, y)
		for _, t := range Wrap(s.Text, column-38, 12.5, 1) {
			p.Text(x+34, y+4.5, t, Style{Size: 12.5, Anchor: "start"})
		}
	}
	return top + step*float64((len(signs)+columns-1)/columns)
}

// Notes writes the small print, and gives where it ends.
func (p *Page) Notes(left, y, width float64, notes ...string) float64 {
	for _, note := range notes {
		for _, t := range Wrap(note, width, 12, 3) {
			p.Text(left, y, t, Style{Size: 12, Fill: Grey, Anchor: "start"})
			y += 16
		}
	}
	return y
}
