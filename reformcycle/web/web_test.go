package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// noon is when the tests of this package look.
var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// walks is a portfolio of the example countries.
func walks(t testing.TB) *portfolio.Portfolio {
	t.Helper()
	j := journal.NewMemory()
	for _, w := range cases.Walks(nil) {
		_, err := w.Cycle(context.Background(), reformcycle.WithJournal(j))
		require.NoError(t, err)
	}
	return opened(t, j)
}

func opened(t testing.TB, j reformcycle.Journal) *portfolio.Portfolio {
	t.Helper()
	p, err := portfolio.Open(context.Background(), j, portfolio.WithOptions(reformcycle.WithClock(func() time.Time { return noon })))
	require.NoError(t, err)
	return p
}

// page is the page of the example countries.
func page(t testing.TB, options ...Option) *Page {
	t.Helper()
	p, err := New(walks(t), options...)
	require.NoError(t, err)
	return p
}

// everything is a visitor who may do all there is to do.
func everything(*http.Request) (Visitor, error) {
	return Visitor{Name: "Reform team", May: func(string) Rights { return Look | Record | Move | Override | Correct }}, nil
}

// get asks for an address.
func get(h http.Handler, at string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, at, nil))
	return w
}

func TestEveryAddressAnswers(t *testing.T) {
	p := page(t)
	for _, at := range []string{"/", "/c/LBR-NCHAP", "/c/LBR-NCHAP/picture/ring.svg", "/static/style.css"} {
		w := get(p, at)
		require.Equal(t, 200, w.Code, at+w.Body.String())
		require.Equal(t, policy, w.Header().Get("Content-Security-Policy"))
	}
	require.Equal(t, 404, get(p, "/c/nowhere").Code)
}
