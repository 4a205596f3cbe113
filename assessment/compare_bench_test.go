package assessment_test

import (
	"fmt"
	"testing"

	. "github.com/chsreform/chsreform/assessment"
)

var (
	comparisonSink Comparison
	placesSink     []Place
)

// BenchmarkCompare compares two scorecards of 52 criteria.
func BenchmarkCompare(b *testing.B) {
	c, levels := full(b)
	before, after := carded(c, levels[:40]...), carded(c, levels...)
	var err error
	b.ReportAllocs()
	for b.Loop() {
		if comparisonSink, err = Compare(before, after); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRank ranks thirty programmes by 52 criteria.
func BenchmarkRank(b *testing.B) {
	c, levels := full(b)
	var contenders []Contender
	for i := range 30 {
		contenders = append(contenders, Contender{fmt.Sprint(i), carded(c, levels[i:]...)})
	}
	var err error
	b.ReportAllocs()
	for b.Loop() {
		if placesSink, err = Rank(contenders); err != nil {
			b.Fatal(err)
		}
	}
}
