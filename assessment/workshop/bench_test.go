package workshop_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	. "github.com/chsreform/chsreform/assessment/workshop"
)

// large is a sheet of 50 items by 200 assessors with a note each, a tenth of
// the levels blank.
func large(b *testing.B) (*assessment.Checklist, []byte) {
	var ids []string
	for i := range 50 {
		ids = append(ids, fmt.Sprintf("component-%02d", i))
	}
	c := build(b, ids...)
	var rows []Row
	for i, id := range ids {
		for a := range 200 {
			level := assessment.Level(1 + (i*7+a*a)%4)
			if (i+a)%10 == 0 {
				level = assessment.Unknown
			}
			rows = append(rows, Row{Item: id, Assessor: fmt.Sprintf("Assessor %03d", a), Level: level, Note: "Seen in the register, and at two posts."})
		}
	}
	s, err := NewSheet(c, may, rows)
	require.NoError(b, err)
	var text bytes.Buffer
	require.NoError(b, s.WriteCSV(&text))
	return c, text.Bytes()
}

// BenchmarkReadCSV reads 10,000 rows. The floor is encoding/csv, which parts
// cells and checks nothing.
func BenchmarkReadCSV(b *testing.B) {
	c, text := large(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := ReadCSV(bytes.NewReader(text), c, may)
		require.NoError(b, err)
	}
	b.StopTimer()
	own := b.Elapsed() / time.Duration(b.N)
	begin := time.Now()
	const rounds = 20
	for range rounds {
		cells := csv.NewReader(bytes.NewReader(text))
		cells.ReuseRecord = true
		for {
			if _, err := cells.Read(); errors.Is(err, io.EOF) {
				break
			}
		}
	}
	b.ReportMetric(float64(own)/float64(time.Since(begin)/rounds), "×encoding/csv")
}

// BenchmarkAlpha draws 2,000 resamples of 50 items by 200 assessors. The floor
// is one addition of 16 numbers for each item of each resample.
func BenchmarkAlpha(b *testing.B) {
	c, text := large(b)
	s, err := ReadCSV(bytes.NewReader(text), c, may)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, err := s.Alpha(Sampling{Seed: 1})
		require.NoError(b, err)
	}
	b.StopTimer()
	own := b.Elapsed() / time.Duration(b.N)
	var total [16]float64
	units := make([][16]float64, 50)
	begin := time.Now()
	const rounds = 20
	for range rounds * 2000 {
		for i := range units {
			for k, v := range units[(i*31)%50] {
				total[k] += v
			}
		}
	}
	floor := time.Since(begin) / rounds
	sink = total[0]
	b.ReportMetric(float64(own)/float64(floor), "×floor")
}

var sink float64

// BenchmarkConsensus makes ratings of 10,000 rows.
func BenchmarkConsensus(b *testing.B) {
	c, text := large(b)
	s, err := ReadCSV(bytes.NewReader(text), c, may)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		require.Len(b, s.Ratings(nil), 50)
	}
}

func BenchmarkKappa(b *testing.B) {
	c, text := large(b)
	s, err := ReadCSV(bytes.NewReader(text), c, may)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, err := s.Kappa("Assessor 000", "Assessor 001", Quadratic)
		require.NoError(b, err)
	}
}
