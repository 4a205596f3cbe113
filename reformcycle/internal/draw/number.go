package draw

import (
	"strconv"
	"strings"
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

// Grouped sets the thousands of a whole number apart.
func Grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Figures writes a number with so many decimals.
func Figures(v float64, decimals int) string {
	whole, part, _ := strings.Cut(strconv.FormatFloat(v, 'f', decimals, 64), ".")
	if part != "" {
		part = "." + part
	}
	text := Grouped(whole) + part
	if !strings.ContainsAny(text, "123456789") {
		return strings.TrimPrefix(text, "−") // never minus nothing
	}
	return text
}

// Tenths writes a number with one decimal, where it has one, or in powers of ten
// where its digits would have no room.
func Tenths(v float64) string {
	if v >= 1e12 {
		return strconv.FormatFloat(v, 'e', 3, 64)
	}
	return strings.TrimSuffix(Figures(v, 1), ".0")
}

// Digits writes a number with so many digits, or with all of its own for −1.
func Digits(v float64, digits int) string { return strconv.FormatFloat(v, 'g', digits, 64) }

// Percent writes a share in per cent. What is not quite none or all does not read
// as if it were.
func Percent(v float64, decimals int) string {
	text := Figures(100*v, decimals)
	switch {
	case v > 0 && text == "0":
		return "<1%"
	case v < 1 && text == "100":
		return ">99%"
	}
	return text + "%"
}

// Counted writes a number with its noun.
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
