package chart

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// The largest page that a scenario asks for: eight curves over 600 months.
func largest8() (curves []curve) {
	for i := range mostCurves {
		curves = append(curves, rising("curve", 0.9, i, 600, 0.005, 10_000))
	}
	return curves
}

// numbers writes what a page can't do without: a month and a height for each point
// of each curve and of both ends of its band.
func numbers(curves []curve) int {
	var b strings.Builder
	for _, c := range curves {
		for _, pt := range c.steps {
			for _, v := range []float64{pt.At, pt.Low, pt.High} {
				b.WriteString(strconv.FormatFloat(float64(pt.Month), 'f', 2, 64))
				b.WriteString(strconv.FormatFloat(v, 'f', 2, 64))
			}
		}
	}
	return b.Len()
}

func BenchmarkArrivals(b *testing.B) {
	curves := largest8()
	b.ReportAllocs()
	for b.Loop() {
		drawArrivals(nil, "Largest", teachingOrigin, curves)
	}
	page := b.Elapsed() / time.Duration(b.N)
	b.StopTimer()
	const rounds = 20
	start := time.Now()
	for range rounds {
		numbers(curves)
	}
	b.ReportMetric(float64(page)/float64(time.Since(start)/rounds), "×floor")
}
