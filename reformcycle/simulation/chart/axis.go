package chart

// Scales: where numbers lie on the page, and how they are written beside it.

import (
	"math"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// axis is a scale with ticks at round numbers. On a page that is written from right to
// left it is mirrored with the page, so that time and numbers grow the way one reads.
type axis struct {
	from, to    float64
	left, right float64 // on the page; right may be left of left, or above it
	step        float64
	decimals    int  // of the step
	share       bool // of runs, which is written in per cent
	in          *language.Language
}

// newAxis makes an axis over a range of numbers, or a little more, with at most so
// many steps.
func newAxis(l *language.Language, low, high, left, right float64, most int, share bool) axis {
	// Numbers that hardly differ do not ask for a scale of their last figures.
	if least := max(1e-3, 1e-6*max(math.Abs(low), math.Abs(high))); high-low < least {
		low, high = low-least, high+least
	}
	a := axis{left: left, right: right, share: share, in: l}
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

func (a axis) label(v float64) string {
	if a.share {
		return draw.Percent(a.in, v, max(0, a.decimals-2))
	}
	return draw.Figures(a.in, v, a.decimals)
}

func (a axis) write(v float64) string {
	if a.share {
		return draw.Percent(a.in, v, max(0, a.decimals-1))
	}
	return draw.Figures(a.in, v, min(a.decimals+1, 9))
}

// said gives an estimate with its interval, where it has one.
func (a axis) said(at float64, in assessment.Interval) language.Text {
	if in.Low == in.High && in.Low == at {
		return language.Typed(a.write(at))
	}
	return language.Of("estimate.told", "at", a.write(at), "low", a.write(in.Low), "high", a.write(in.High))
}

// points writes a difference with its sign, of shares in percentage points; with
// so many decimals more than a tick needs.
func (a axis) points(v float64, more int) string {
	v, decimals := a.pointed(v, more)
	text := draw.Figures(a.in, v, decimals)
	if v > 0 && shows(v, decimals) {
		text = "+" + text
	}
	return text
}

func (a axis) pointed(v float64, more int) (points float64, decimals int) {
	if a.share {
		return 100 * v, max(0, a.decimals+more-2)
	}
	return v, min(a.decimals+more, 9)
}

// shows reports whether so many decimals show that a number is not 0.
func shows(v float64, decimals int) bool {
	return strings.ContainsAny(strconv.FormatFloat(v, 'f', decimals, 64), "123456789")
}

// gap writes a difference with its interval. Of shares, which pairing tells apart
// closely, with a figure more; and so that an end beside 0 does not read as 0.
func (a axis) gap(at float64, in assessment.Interval) language.Text {
	finer := 1
	if a.share {
		finer = 2
	}
	zero := func(v float64) bool {
		return math.Abs(v) > slack && !shows(a.pointed(v, finer))
	}
	for range 3 { // and then it is nothing
		if zero(in.Low) || zero(in.High) {
			finer++
		}
	}
	return language.Of("estimate.told", "at", a.points(at, finer), "low", a.points(in.Low, finer), "high", a.points(in.High, finer))
}

type span struct{ low, high float64 }

func (s *span) hold(at float64, in assessment.Interval) {
	s.low, s.high = min(s.low, at, in.Low), max(s.high, at, in.High)
}
