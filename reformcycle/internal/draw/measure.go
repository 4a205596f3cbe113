package draw

import (
	"strings"
	"unicode"
)

// This file estimates how wide a text is, breaks it into lines, and cuts it.

// Wrap breaks a text into lines of a width, at most so many; what does not fit is
// cut with an Ellipsis. It keeps together what a no-break space joins. Widths are
// estimates, on the generous side: the reader's font is not known here.
func Wrap(text string, width, size float64, most int) []string {
	var lines []string
	line, wide := "", 0.0
	for word := range strings.FieldsFuncSeq(text, breaks) {
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
	isolated(lines)
	return lines
}

// breaks is for the spaces at which a line may end.
func breaks(r rune) bool {
	return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f'
}

// isolated ends on its line what runs in its own direction, and begins it anew on the
// next.
func isolated(lines []string) {
	const isolate, together = "\u2068", "\u2069"
	open := 0
	for i, line := range lines {
		if open == 0 && !strings.Contains(line, isolate) {
			continue
		}
		lines[i] = strings.Repeat(isolate, open) + line
		open = max(0, open+strings.Count(line, isolate)-strings.Count(line, together))
		lines[i] += strings.Repeat(together, open)
	}
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
	line := []string{ellipsed(text, width, size)}
	isolated(line)
	return line[0]
}

// Smaller gives a style in which a text has room on one line, at least of a size. A text
// that has no room in the least is for [Fit].
func Smaller(text string, width float64, st Style, least float64) Style {
	for TextWidth(text, st.Wide()) > width && st.Size > least {
		st.Size = max(st.Size-0.5, least)
	}
	return st
}

// Within breaks a text into lines that have room in a width and a height, in the largest
// size up to that of a style in which it has and no word is broken, at least of a size;
// there words are broken, and the text is cut. The lines are [Leading] times the size
// apart.
func Within(text string, width, height float64, st Style, least float64) ([]string, Style) {
	for {
		most := max(1, int(height/(st.Size*Leading)))
		lines := Wrap(text, width, st.Wide(), most+1)
		if len(lines) <= most && !Broken(text, lines) {
			return lines, st
		}
		if st.Size <= least {
			return Wrap(text, width, st.Wide(), most), st
		}
		st.Size = max(st.Size-0.5, least)
	}
}

// Broken reports whether a word of a text is on more than one of its lines, but for one
// with a hyphen.
func Broken(text string, lines []string) bool {
	words := 0
	for i, line := range lines {
		words += len(strings.FieldsFunc(line, breaks))
		if i > 0 && strings.HasSuffix(lines[i-1], "-") {
			words--
		}
	}
	return words > len(strings.FieldsFunc(text, breaks))
}

// Leading is how far lines are apart, in sizes.
const Leading = 1.2

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

// bold is how much wider letters are in bold.
const bold = 1.12

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
	case strings.ContainsRune("mwMW@%…سشصضطظ", r), r >= 0x1100 && !unicode.In(r, unicode.Latin, unicode.P, unicode.Ethiopic, unicode.Khmer, unicode.Mongolian):
		return 1.02
	case strings.ContainsRune("~+=<>", r):
		return 0.84
	case unicode.IsUpper(r):
		return 0.75
	default:
		return 0.64
	}
}
