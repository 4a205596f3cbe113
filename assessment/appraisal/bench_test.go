package appraisal

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// drawn is an illustrative problem of the given size, always the same. Where
// uncertain, a third of the scores is a range, a third a triangle, and a third
// not known at all.
func drawn(alternatives, criteria int, uncertain bool, seed uint64) Problem {
	s := newStream(seed, 0)
	var p Problem
	for k := range criteria {
		p.Criteria = append(p.Criteria, Criterion{ID: fmt.Sprintf("c%02d", k), Weight: 0.1 + s.next()})
	}
	for i := range alternatives {
		o := Alternative{ID: fmt.Sprintf("o%02d", i)}
		for k := range criteria {
			id, a, b, c := p.Criteria[k].ID, 3*s.next(), 3+3*s.next(), 6+4*s.next()
			switch {
			case !uncertain:
				o.Scores = append(o.Scores, Exactly(id, b))
			case (i+k)%3 == 0:
				o.Scores = append(o.Scores, Between(id, a, c))
			case (i+k)%3 == 1:
				o.Scores = append(o.Scores, Around(id, a, b, c))
			}
		}
		p.Alternatives = append(p.Alternatives, o)
	}
	return p
}

func built(tb testing.TB, p Problem) Appraisal {
	tb.Helper()
	a, err := New(p)
	require.NoError(tb, err)
	return a
}

const benchDraws = 100_000

// variates draws as many random numbers as an estimate needs: for each draw
// the weights and half a number for each score, and for 10,000 draws the scores
// once more, for the confidence factors.
func variates(alternatives, criteria int, uncertain bool) float64 {
	numbers := benchDraws * (criteria - 1)
	if uncertain {
		numbers += (benchDraws + confidenceDraws) * alternatives * criteria / 2
	}
	s, sum := newStream(1, 1), 0.0
	for range numbers {
		sum += s.next()
	}
	return sum
}

// BenchmarkAcceptability estimates everything for ten alternatives on eight criteria
// with 100,000 draws. The floor draws the same number of variates.
func BenchmarkAcceptability(b *testing.B) {
	for _, c := range []struct {
		name  string
		known bool
		alter func(*Problem)
	}{
		{"uncertain", false, func(*Problem) {}},
		{"exact", true, func(*Problem) {}},
		{"exact-order", true, func(p *Problem) {
			for _, c := range p.Criteria {
				p.Order = append(p.Order, c.ID)
			}
		}},
		{"exact-bounds", true, func(p *Problem) {
			for k := range p.Criteria {
				p.Criteria[k].Low, p.Criteria[k].High = 0.05, 0.3
			}
		}},
		{"exact-hit-and-run", true, func(p *Problem) {
			for k := range p.Criteria {
				p.Criteria[k].Low, p.Criteria[k].High = 0.05, 0.13
			}
		}},
	} {
		p := drawn(10, 8, !c.known, 1)
		for k := range p.Criteria {
			p.Criteria[k].Weight = 0
		}
		c.alter(&p)
		a := built(b, p)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := a.Acceptability(Sampling{Seed: 1, Draws: benchDraws})
				require.NoError(b, err)
			}
			each := b.Elapsed() / time.Duration(b.N)
			b.StopTimer()
			start := time.Now()
			const rounds = 5
			for range rounds {
				variates(10, 8, !c.known)
			}
			b.ReportMetric(float64(each)/(float64(time.Since(start))/rounds), "x-floor")
			b.ReportMetric(float64(each)/benchDraws, "ns/draw")
		})
	}
	b.Run("floor-uncertain", func(b *testing.B) {
		for b.Loop() {
			variates(10, 8, true)
		}
	})
	b.Run("floor-exact", func(b *testing.B) {
		for b.Loop() {
			variates(10, 8, false)
		}
	})
}

// BenchmarkExact asks what needs no draws, of a usual problem and of the
// largest.
func BenchmarkExact(b *testing.B) {
	for _, n := range []struct{ alternatives, criteria int }{{10, 8}, {maxAlternatives, maxCriteria}} {
		a := built(b, drawn(n.alternatives, n.criteria, false, 1))
		name := fmt.Sprintf("%dx%d/", n.alternatives, n.criteria)
		b.Run(name+"sums", func(b *testing.B) {
			for b.Loop() {
				a.Sums()
			}
		})
		b.Run(name+"front", func(b *testing.B) {
			for b.Loop() {
				a.Front()
			}
		})
		b.Run(name+"challenges", func(b *testing.B) {
			for b.Loop() {
				a.Challenges()
			}
		})
		b.Run(name+"prospects", func(b *testing.B) {
			for b.Loop() {
				a.Prospects()
			}
		})
	}
}
