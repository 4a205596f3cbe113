package frameworks_test

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
)

var (
	tallySink     assessment.Tally
	readSink      *frameworks.Framework
	fillSink      frameworks.Filled
	crosswalkSink *frameworks.Crosswalk
)

// BenchmarkTally scores the 53 criteria of the largest built-in framework, and
// each of its sections.
func BenchmarkTally(b *testing.B) {
	c := builtIn(b, "reform-readiness").Checklist()
	levels := make([]assessment.Level, c.Len())
	for i := range levels {
		levels[i] = assessment.Level(i % 5)
	}
	sections := c.Sections()
	b.ReportAllocs()
	for b.Loop() {
		tallySink = c.Tally(levels)
		for _, s := range sections {
			tallySink = c.TallySection(s, levels)
		}
	}
}

// BenchmarkParse reads the largest built-in file.
func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("data/reform-readiness-1.0.0.json")
	require.NoError(b, err)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if readSink, err = frameworks.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewCrosswalk(b *testing.B) {
	all := slices.Collect(frameworks.All())
	var err error
	b.ReportAllocs()
	for b.Loop() {
		if crosswalkSink, err = frameworks.NewCrosswalk(all...); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFill takes ratings of all ten components over to 53 criteria.
func BenchmarkFill(b *testing.B) {
	c := joined(b, slices.Collect(frameworks.All())...)
	aim, reform := builtIn(b, "chw-aim"), builtIn(b, "reform-readiness")
	var ratings []assessment.Rating
	for _, it := range aim.Items() {
		ratings = append(ratings, rating(it.ID, assessment.Functional))
	}
	var err error
	b.ReportAllocs()
	for b.Loop() {
		if fillSink, err = c.Fill(aim, ratings, reform); err != nil {
			b.Fatal(err)
		}
	}
}
