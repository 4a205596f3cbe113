package report

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
)

// The floor is the same page with its marks side by side and its names in a key:
// all that is written, without a search for places.
func BenchmarkCoalitionMap(b *testing.B) {
	for _, n := range []int{100, 1000} {
		for _, crammed := range []bool{false, true} {
			b.Run(fmt.Sprintf("actors=%d/crammed=%v", n, crammed), func(b *testing.B) {
				r := crowd(b, n, crammed)
				b.ReportAllocs()
				for b.Loop() {
					require.NoError(b, CoalitionMap(io.Discard, nil, "Crowded", r))
				}
				whole := b.Elapsed() / time.Duration(b.N)
				b.StopTimer()
				const rounds = 20
				start := time.Now()
				for range rounds {
					marksInRows(newCoalition(nil, "Crowded", r))
				}
				b.ReportMetric(float64(whole)/float64(time.Since(start)/rounds), "×floor")
			})
		}
	}
}

func marksInRows(c coalition) string {
	p := newPage(draw.Sheet{Name: "reform-coalition", On: draw.Upright, Title: c.title, Description: c.describe()})
	p.Head(c.in.Say(inhabitants(c.roster)))
	var names []string
	for i, a := range c.actors {
		p.actorMark(float64(40+i%20*40), float64(200+i/20*40), 9, sideOf(a), a.Member, a.Veto, fmt.Sprint(i+1))
		names = append(names, c.inKey(a))
	}
	p.Signs(draw.Margin, 700, draw.PageWidth-2*draw.Margin, 3, p.sideSigns())
	p.key(874, names)
	return p.End()
}

// A language of its own may cost twice what English does.
func BenchmarkBrief(b *testing.B) {
	s := walked(b).cycle.State()
	for _, l := range []*language.Language{language.English(), fr.Language()} {
		b.Run(l.Tag(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, Brief(io.Discard, l, s))
			}
		})
	}
}
