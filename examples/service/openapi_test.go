package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/reformcycle/web"
)

// The OpenAPI document against what the handler answers, judged by validators that are
// none of ours.

func apiOf(t *testing.T) http.Handler {
	t.Helper()
	j := journal.NewMemory()
	for _, w := range cases.Walks(nil) {
		_, err := w.Cycle(t.Context(), reformcycle.WithJournal(j))
		require.NoError(t, err)
	}
	p, err := portfolio.Open(t.Context(), j, portfolio.WithOptions(reformcycle.WithClock(func() time.Time { return time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC) })))
	require.NoError(t, err)
	page, err := web.New(p, web.WithAuthorize(func(*http.Request) (web.Visitor, error) {
		return web.Visitor{Name: "Reform team", May: func(string) web.Rights { return web.Look | web.Record | web.Move | web.Override | web.Correct }}, nil
	}))
	require.NoError(t, err)
	return page
}

func ask(h http.Handler, method, at, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, at, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryAnswerFitsTheDocument(t *testing.T) {
	h := apiOf(t)
	text := ask(h, http.MethodGet, "/api/openapi.json", "").Body.Bytes()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	require.NoError(t, compiler.AddResource("openapi.json", doc))
	fit := func(at string, body []byte) {
		s, err := compiler.Compile("openapi.json#" + at)
		require.NoError(t, err, at)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, s.Validate(value), "%s: %.300s", at, body)
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	fitted := 0
	for path, methods := range doc.(map[string]any)["paths"].(map[string]any) {
		for _, cycle := range []string{"UGA-CHEW", "LBR-NCHAP", "BGD-BARISHAL", "nowhere"} {
			for method := range methods.(map[string]any) {
				body := `{"author":"Reform team","changes":[{"kind":"frame-problem","data":{"problem":{"id":"far","statement":"Far."}}}]}`
				for _, more := range []string{"", "?at=2019&heading=actors&limit=3", "?limit=x&at=x&from=x"} {
					at := strings.NewReplacer("{cycle}", cycle, "{schema}", "rate.json").Replace(path) + more
					w := ask(h, strings.ToUpper(method), at, body)
					switch kind := w.Header().Get("Content-Type"); {
					case w.Code >= 400:
						require.Equal(t, "application/problem+json", kind, at)
						fit("/components/schemas/Problem", w.Body.Bytes())
					case kind == "application/json":
						fit("/paths/"+escape.Replace(path)+"/"+method+"/responses/200/content/application~1json/schema", w.Body.Bytes())
						fitted++
					}
				}
			}
		}
	}
	require.Greater(t, fitted, 50)
	for _, bad := range []string{"", "{", `{"author":"x"}`, `{"author":"Reform team","after":1,"changes":[{"kind":"advance","data":{}}]}`, `{"author":"Reform team","changes":[{"kind":"advance","data":{}}]}`, `{"author":"Reform team","changes":[{"kind":"resume","data":{}}]}`} {
		w := ask(h, http.MethodPost, "/api/cycles/UGA-CHEW/batches", bad)
		require.GreaterOrEqual(t, w.Code, 400)
		fit("/components/schemas/Problem", w.Body.Bytes())
	}
	batch, err := compiler.Compile("openapi.json#/components/schemas/Batch")
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"author":"Reform team","changes":[{"kind":"frame-problem","data":{"problem":{"id":"far","statement":"Far."}}}]}`))
	require.NoError(t, err)
	require.NoError(t, batch.Validate(value))
	require.Error(t, batch.Validate(map[string]any{"author": 3.0}))
}

// python is one that has openapi-spec-validator; without it the test skips, but in CI.
func TestTheDocumentIsOpenAPI(t *testing.T) {
	python := os.Getenv("CHSREFORM_PYTHON")
	if python == "" {
		python = "python3"
	}
	if exec.Command(python, "-c", "import openapi_spec_validator").Run() != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("openapi-spec-validator is not installed")
		}
		t.Skip("needs openapi-spec-validator, a package of Python")
	}
	file := filepath.Join(t.TempDir(), "openapi.json")
	text := ask(apiOf(t), http.MethodGet, "/api/openapi.json", "").Body.Bytes()
	require.True(t, json.Valid(text))
	require.NoError(t, os.WriteFile(file, text, 0o600))
	out, err := exec.Command(python, "-m", "openapi_spec_validator", file).CombinedOutput()
	require.NoError(t, err, string(out))
}
