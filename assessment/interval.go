package assessment

// This file holds the confidence interval, which the estimates of the packages
// that build on this one share.

import (
	"math"
	"strconv"

	"github.com/chsreform/chsreform/reformcycle/language"
)

// Interval is a confidence interval around an estimate, both ends included:
// what the numbers behind the estimate are compatible with, at the confidence
// that the estimate states. It is not a [Bounds], which holds for certain.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Contains reports whether x lies in the interval, its ends included.
func (i Interval) Contains(x float64) bool { return i.Low <= x && x <= i.High }

// String writes both ends with two decimals: "0.41 to 0.88".
func (i Interval) String() string { return i.Fixed(2) }

// Fixed writes both ends with so many decimals, "0.255 to 0.366", and no minus
// before zero.
func (i Interval) Fixed(decimals int) string {
	return fixed(i.Low, decimals) + " to " + fixed(i.High, decimals)
}

// Around writes an estimate before its interval: "0.308 (0.255 to 0.366)".
func (i Interval) Around(at float64, decimals int) string {
	return fixed(at, decimals) + " (" + i.Fixed(decimals) + ")"
}

// Told tells the interval at the confidence level that it was worked out for.
func (i Interval) Told(level float64) language.Text {
	return language.Of("interval.at", "level", level, "low", i.Low, "high", i.High)
}

func fixed(x float64, decimals int) string {
	text := strconv.FormatFloat(x, 'f', decimals, 64)
	if v, _ := strconv.ParseFloat(text, 64); v == 0 && math.Signbit(v) {
		return text[1:]
	}
	return text
}
