package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
)

func TestTheHostTellsWhatCameOfABatch(t *testing.T) {
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	page, err := host(journal.NewMemory(), "Clerk", func() time.Time { return now })
	require.NoError(t, err)
	defer page.Close(t.Context())
	said := func(method, at, batch, speaks string) (int, map[string]any) {
		r := httptest.NewRequest(method, at, strings.NewReader(batch))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept-Language", speaks)
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		var body map[string]any
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body), w.Body.String())
		return w.Code, body
	}
	post := func(batch string) (int, map[string]any) {
		return said(http.MethodPost, "/api/cycles/LBR/batches", batch, "en")
	}
	status, body := said(http.MethodGet, "/api/cycles/LBR", "", "en")
	require.Equal(t, 404, status)
	require.Equal(t, "not-found", body["code"])

	frame := `{"author":"Clerk","key":"form-1","changes":[{"kind":"frame-problem","data":{"problem":{"id":"distance","statement":"Far."}}}]}`
	status, body = post(frame)
	require.Equal(t, 200, status)
	require.Equal(t, map[string]any{"first": 2.0, "last": 2.0}, body)
	now = now.Add(time.Hour)
	status, body = post(frame) // sent twice
	require.Equal(t, 200, status)
	require.Equal(t, map[string]any{"first": 2.0, "last": 2.0, "repeated": true}, body)

	status, body = post(`{"author":"Clerk","after":1,"changes":[{"kind":"frame-problem","data":{"problem":{"id":"pay","statement":"Late."}}}]}`)
	require.Equal(t, 409, status)
	require.Equal(t, "conflict", body["code"])
	require.Len(t, body["since"], 1)
	advance := `{"author":"Clerk","changes":[{"kind":"advance","data":{}}]}`
	status, body = post(advance)
	require.Equal(t, 422, status)
	require.Equal(t, "blocked", body["code"])
	require.Len(t, body["blockers"], 3)
	status, body = post(`{"author":"Clerk","changes":[{"kind":"dance"}]}`)
	require.Equal(t, 400, status)
	require.Equal(t, "changes[0].kind", body["fields"].([]any)[0].(map[string]any)["path"])
	_, body = said(http.MethodGet, "/api/cycles/LBR", "", "en")
	require.EqualValues(t, 2, body["seq"])

	cycle, err := reformcycle.New("LBR")
	require.NoError(t, err)
	_, err = cycle.Apply(t.Context(), reformcycle.By("Clerk").At(now), reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "distance", Statement: "Far."}})
	require.NoError(t, err)
	_, err = cycle.Apply(t.Context(), reformcycle.By("Clerk").At(now), reformcycle.Advance{})
	_, body = said(http.MethodPost, "/api/cycles/LBR/batches", advance, "de, fr-CM;q=0.8, en;q=0.5")
	require.Equal(t, fr.Language().Refusal(err), body["detail"])

	_, body = said(http.MethodGet, "/api/schemas/batch.json", "", "en")
	require.Equal(t, []any{"author"}, body["required"])
}
