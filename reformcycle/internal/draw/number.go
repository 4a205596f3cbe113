package draw

import (
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file writes numbers: for the page, and for people.

// Num writes a number of the page with two decimals at most, the same on every
// machine.
func Num(v float64) string {
	text := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	if text == "-0" {
		return "0"
	}
	return text
}

// Figures writes a number with so many decimals, as a language does.
func Figures(l *language.Language, v float64, decimals int) string {
	plain := strconv.FormatFloat(v, 'f', decimals, 64)
	if plain[0] == '-' && !strings.ContainsAny(plain, "123456789") {
		v = 0 // never minus nothing
	}
	return strings.Replace(l.Figures(v, decimals), "-", "−", 1)
}

// Tenths writes a number with one decimal, where it has one, or in powers of ten
// where its digits would have no room.
func Tenths(l *language.Language, v float64) string {
	if v >= 1e12 {
		digits, power, _ := strings.Cut(strconv.FormatFloat(v, 'e', 3, 64), "e")
		v, _ = strconv.ParseFloat(digits, 64)
		return Figures(l, v, 3) + "e" + power
	}
	if strings.HasSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") {
		return Figures(l, v, 0)
	}
	return Figures(l, v, 1)
}

// Digits writes a number with so many digits, or with all of its own for −1.
func Digits(v float64, digits int) string { return strconv.FormatFloat(v, 'g', digits, 64) }

// Percent writes a share in per cent. What is not quite none or all does not read
// as if it were.
func Percent(l *language.Language, v float64, decimals int) string {
	switch strconv.FormatFloat(100*v, 'f', decimals, 64) {
	case "-0":
		v = 0
	case "0":
		if v > 0 {
			return "<" + l.Percent(0.01, 0)
		}
	case "100":
		if v < 1 {
			return ">" + l.Percent(0.99, 0)
		}
	}
	return strings.Replace(l.Percent(v, decimals), "-", "−", 1)
}
