package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// thousand is a portfolio of so many cycles, all of them open.
func thousand(b *testing.B) *portfolio.Portfolio {
	b.Helper()
	j := journal.NewMemory()
	walks := cases.Walks(nil)
	for i := range 1000 {
		w := walks[i%len(walks)]
		w.ID = fmt.Sprintf("C-%04d", i)
		_, err := w.Cycle(context.Background(), reformcycle.WithJournal(j))
		require.NoError(b, err)
	}
	p, err := portfolio.Open(context.Background(), j, portfolio.WithOpen(1000), portfolio.WithOptions(reformcycle.WithClock(clock)))
	require.NoError(b, err)
	_, err = p.RollUp(context.Background(), portfolio.Everything)
	require.NoError(b, err)
	return p
}

func answers(b *testing.B, p *Page, at string) {
	r := httptest.NewRequest(http.MethodGet, at, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	for b.Loop() {
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}

// A page of a cycle, beside the questions that it asks of the state.
func BenchmarkCycle(b *testing.B) {
	p := page(b, WithAuthorize(everything))
	b.Run("page", func(b *testing.B) { answers(b, p, "/c/LBR-NCHAP") })
	b.Run("picture", func(b *testing.B) { answers(b, p, "/c/LBR-NCHAP/picture/ring.svg") })
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			c, err := p.portfolio.Cycle(context.Background(), "LBR-NCHAP")
			if err != nil {
				b.Fatal(err)
			}
			s := c.Now()
			s.Blockers()
			s.NextActions()
			s.Due(date.Date{}, date.Of(date.AddMonths(noon, yearly)))
		}
	})
}

// The page of a portfolio of a thousand cycles, beside its queries.
func BenchmarkPortfolio(b *testing.B) {
	all := thousand(b)
	p, err := New(all, WithAuthorize(everything))
	require.NoError(b, err)
	b.Run("page", func(b *testing.B) { answers(b, p, "/") })
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			if _, err := all.RollUp(context.Background(), portfolio.Everything); err != nil {
				b.Fatal(err)
			}
			if _, err := all.Page(context.Background(), portfolio.Query{Sees: portfolio.Everything}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("found", func(b *testing.B) { answers(b, p, "/?q=barishal&stage=solution-gathering") })
}
