package chart

// Numbers: what is accepted, how they are written, and where they lie on an axis.

import (
	"math"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/assessment"
)

// Estimate is a number from an ensemble, with its interval. Where there is none,
// Low and High are At. An estimate may lie outside its interval, as it may where
// the interval is a bootstrap's; an interval the wrong way round is refused.
type Estimate struct{ At, Low, High float64 }

// Measure is the outcome that a picture compares.
type Measure struct {
	// Name says what is measured, such as "launched by month 24".
	Name string
	// Unit is what the outcome is counted in, such as "months". Without one the
	// outcome is a share of the runs, from 0 to 1, and is written in per cent.
	Unit string
	// Sooner says that the outcome is the time that something takes: the smaller of
	// two is the sooner.
	Sooner bool
}

func (m Measure) share() bool { return m.Unit == "" }

// limits of what is drawn. Larger numbers come of no simulation here; between
// them an axis has room for its figures.
const (
	largest = 1e12
	slack   = 1e-9 // that rounding may put a share outside 0 to 1
)

// faults collects everything that is wrong with the input of one picture.
type faults assessment.FieldErrors

func (f *faults) add(field, rule string, value any, want string) {
	*f = append(*f, assessment.FieldError{Field: field, Rule: rule, Value: value, Want: want})
}

func (f faults) err() error { return assessment.FieldErrors(f).Err() }

// number accepts what lies in a range, up to rounding.
func (f *faults) number(field string, v, low, high float64, want string) bool {
	if v >= low-slack && v <= high+slack {
		return true
	}
	f.add(field, "range", v, want)
	return false
}

// estimate accepts an estimate in a range.
func (f *faults) estimate(field string, e Estimate, low, high float64, want string) {
	ok := f.number(field+".at", e.At, low, high, want)
	ok = f.number(field+".low", e.Low, low, high, want) && ok
	ok = f.number(field+".high", e.High, low, high, want) && ok
	if ok && e.Low > e.High {
		f.add(field+".low", "order", e.Low, "at most the high end, "+strconv.FormatFloat(e.High, 'g', -1, 64))
	}
}

// measured accepts an estimate of a measure.
func (f *faults) measured(field string, e Estimate, m Measure) {
	if m.share() {
		f.estimate(field, e, 0, 1, "a share from 0 to 1")
		return
	}
	f.estimate(field, e, -largest, largest, "a number from -1e12 to 1e12")
}

// atMost refuses too many of something.
func (f *faults) atMost(field string, n, most int) bool {
	if n > most {
		f.add(field, "length", n, "at most "+strconv.Itoa(most))
	}
	return n <= most
}

// length accepts how many there are of something.
func (f *faults) length(field string, n, most int, want string) bool {
	if n == 0 {
		f.add(field, "required", nil, want)
		return false
	}
	return f.atMost(field, n, most)
}

// grouped sets the thousands of a whole number apart.
func grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// figures writes a number with so many decimals.
func figures(v float64, decimals int) string {
	whole, part, _ := strings.Cut(strconv.FormatFloat(v, 'f', decimals, 64), ".")
	if part != "" {
		part = "." + part
	}
	if text := grouped(whole) + part; strings.ContainsAny(text, "123456789") {
		return text
	}
	return strings.TrimPrefix(grouped(whole)+part, "−") // never minus nothing
}

// percent writes a share in per cent. What is not quite none or all does not read
// as if it were.
func percent(v float64, decimals int) string {
	text := figures(100*v, decimals)
	switch {
	case v > 0 && text == "0":
		return "<1%"
	case v < 1 && text == "100":
		return ">99%"
	}
	return text + "%"
}

// axis is a scale with ticks at round numbers.
type axis struct {
	from, to    float64
	left, right float64 // on the page; right may be left of left, or above it
	step        float64
	decimals    int // of the step
}

// newAxis makes an axis over a range of numbers, or a little more, with at most so
// many steps.
func newAxis(low, high, left, right float64, most int) axis {
	// Numbers that hardly differ do not ask for a scale of their last figures.
	if least := max(1e-3, 1e-6*max(math.Abs(low), math.Abs(high))); high-low < least {
		low, high = low-least, high+least
	}
	a := axis{left: left, right: right}
	// Steps are looked up, not computed by a logarithm, whose last bits differ
	// from machine to machine.
	for exponent := -12; ; exponent++ {
		for _, digit := range []float64{1, 2, 5} {
			a.step = digit * math.Pow10(exponent)
			from, to := math.Floor(low/a.step+1e-9), math.Ceil(high/a.step-1e-9)
			if to-from <= float64(most) {
				// The conversions forbid fused operations, which round otherwise.
				a.from, a.to, a.decimals = float64(from*a.step), float64(to*a.step), max(0, -exponent)
				return a
			}
		}
	}
}

// at is where a number lies on the page; what is off the axis lies at its end.
func (a axis) at(v float64) float64 {
	share := (min(max(v, a.from), a.to) - a.from) / (a.to - a.from)
	return a.left + float64((a.right-a.left)*share)
}

// ticks yields the round numbers along the axis.
func (a axis) ticks(yield func(float64) bool) {
	for i := math.Round(a.from / a.step); i <= math.Round(a.to/a.step); i++ {
		if !yield(float64(i * a.step)) {
			return
		}
	}
}

// label writes a tick.
func (a axis) label(v float64, m Measure) string {
	if m.share() {
		return figures(100*v, max(0, a.decimals-2)) + "%"
	}
	return figures(v, a.decimals)
}

// finer is how many decimals tell numbers between two ticks apart.
func (a axis) finer(m Measure) int {
	if m.share() {
		return max(0, a.decimals-1)
	}
	return min(a.decimals+1, 9)
}

// write gives a number of the measure, and said its estimate with interval.
func (a axis) write(v float64, m Measure) string {
	if m.share() {
		return percent(v, a.finer(m))
	}
	return figures(v, a.finer(m))
}

func (a axis) said(e Estimate, m Measure) string {
	if e.Low == e.High && e.Low == e.At {
		return a.write(e.At, m)
	}
	return a.write(e.At, m) + " (" + a.write(e.Low, m) + " to " + a.write(e.High, m) + ")"
}

// points writes a difference of the measure with its sign, shares in percentage
// points; with so many decimals more than a tick needs.
func (a axis) points(v float64, m Measure, more int) string {
	decimals := min(a.decimals+more, 9)
	if m.share() {
		v *= 100
		decimals = max(0, a.decimals+more-2)
	}
	text := figures(v, decimals)
	if v > 0 && strings.ContainsAny(text, "123456789") {
		text = "+" + text
	}
	return text
}
