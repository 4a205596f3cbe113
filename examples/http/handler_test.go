package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
)

func TestTheHandlerTellsWhatCameOfABatch(t *testing.T) {
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	server := httptest.NewServer(handler(journal.NewMemory(), func() time.Time { return now }))
	defer server.Close()
	said := func(r *http.Response, err error) (int, map[string]any) {
		require.NoError(t, err)
		defer r.Body.Close()
		var body map[string]any
		require.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		return r.StatusCode, body
	}
	post := func(batch string) (int, map[string]any) {
		return said(http.Post(server.URL+"/cycles/LBR/batches", "application/json", strings.NewReader(batch)))
	}
	status, body := said(http.Get(server.URL + "/cycles/LBR"))
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
	status, body = post(`{"author":"Clerk","changes":[{"kind":"advance","data":{}}]}`)
	require.Equal(t, 422, status)
	require.Equal(t, "blocked", body["code"])
	require.Len(t, body["blockers"], 3)
	status, body = post(`{"author":"Clerk","changes":[{"kind":"dance"}]}`)
	require.Equal(t, 400, status)
	require.Equal(t, "changes[0].kind", body["fields"].([]any)[0].(map[string]any)["path"])

	status, body = said(http.Get(server.URL + "/cycles/LBR"))
	require.Equal(t, 200, status)
	require.EqualValues(t, 2, body["seq"])

	asked, err := http.NewRequest(http.MethodPost, server.URL+"/cycles/LBR/batches", strings.NewReader(`{"author":"Clerk","changes":[{"kind":"advance","data":{}}]}`))
	require.NoError(t, err)
	asked.Header.Set("Accept-Language", "de, fr-CM;q=0.8, en;q=0.5")
	answered, err := http.DefaultClient.Do(asked)
	require.NoError(t, err)
	require.Equal(t, "fr", answered.Header.Get("Content-Language"))
	_, body = said(answered, nil)
	var refusal *reformcycle.BlockedError
	cycle, err := reformcycle.New("LBR")
	require.NoError(t, err)
	_, err = cycle.Apply(t.Context(), reformcycle.By("Clerk").At(now), reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "distance", Statement: "Far."}})
	require.NoError(t, err)
	_, err = cycle.Apply(t.Context(), reformcycle.By("Clerk").At(now), reformcycle.Advance{})
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, fr.Language().Refusal(err), body["text"])

	status, body = said(http.Get(server.URL + "/schemas/batch.json"))
	require.Equal(t, 200, status)
	require.Equal(t, []any{"author"}, body["required"])
}

func TestTheConversationEnds(t *testing.T) {
	var heard strings.Builder
	converse(&heard)
	for _, said := range []string{`200 {"first":2,"last":2}`, `"repeated":true`, `409 {"code":"conflict"`, `422 {"code":"blocked"`, "priorisation du problème"} {
		require.Contains(t, heard.String(), said)
	}
}

func TestTheHandlerIsShort(t *testing.T) {
	text, err := os.ReadFile("handler.go")
	require.NoError(t, err)
	_, body, found := strings.Cut(string(text), "func handler(")
	require.True(t, found)
	require.Less(t, strings.Count(body, "\n"), 60)
}
