package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// heard is the answer of the JSON interface to a request: its status and its body.
func heard(t testing.TB, h http.Handler, method, at, body string, headers ...string) (*httptest.ResponseRecorder, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, at, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header[headers[i]] = nil
		if headers[i+1] != "" {
			r.Header.Add(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var said map[string]any
	if strings.Contains(w.Header().Get("Content-Type"), "json") && !strings.Contains(w.Header().Get("Content-Type"), "jsonl") && w.Body.Len() > 0 {
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &said), w.Body.String())
	}
	return w, said
}

// problem asserts a refusal of RFC 9457.
func problem(t testing.TB, w *httptest.ResponseRecorder, said map[string]any, status int, code string) {
	t.Helper()
	require.Equal(t, status, w.Code, w.Body.String())
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
	require.Equal(t, problems+code, said["type"])
	require.Equal(t, code, said["code"])
	require.EqualValues(t, status, said["status"])
	require.NotEmpty(t, said["title"])
	require.NotEmpty(t, said["detail"])
}

const framed = `{"author":"Reform team","changes":[{"kind":"frame-problem","data":{"problem":{"id":"%s","statement":"Far."}}}]}`

const batches = "/api/cycles/NEW/batches?title=A+new+reform&country=Liberia"

func TestTheFirstBatchBeginsACycle(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	w, said := heard(t, p, "GET", "/api/cycles/NEW", "")
	problem(t, w, said, 404, "not-found")
	w, said = heard(t, p, "POST", batches, fmt.Sprintf(framed, "a"))
	require.Equal(t, 200, w.Code)
	require.Equal(t, map[string]any{"first": 2.0, "last": 2.0}, said)
	_, said = heard(t, p, "GET", "/api/cycles/NEW", "")
	require.Equal(t, "A new reform", said["title"])
	require.Equal(t, "Liberia", said["country"])
	require.EqualValues(t, 2, said["seq"])
	require.Equal(t, []any{"look", "record", "move", "override", "correct"}, said["rights"])
	_, said = heard(t, p, "GET", "/api/cycles/NEW/history", "")
	require.Equal(t, "Reform team", said["entries"].([]any)[1].(map[string]any)["by"])
}

func TestABatchThatIsSentTwiceCountsOnce(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	for _, key := range []string{`"form-1"`, "form-1", ` "form-1" `} {
		w, said := heard(t, p, "POST", batches, fmt.Sprintf(framed, "a"), "Idempotency-Key", key)
		require.Equal(t, 200, w.Code, w.Body.String())
		require.EqualValues(t, 2, said["last"])
	}
	// What was taken is acknowledged though the page that it was sent from is stale by now.
	w, said := heard(t, p, "POST", batches, fmt.Sprintf(framed, "a"), "Idempotency-Key", `"form-1"`, "If-Match", `"1"`)
	require.Equal(t, 200, w.Code)
	require.Equal(t, true, said["repeated"])
	w, said = heard(t, p, "POST", batches, fmt.Sprintf(framed, "b"), "Idempotency-Key", `"form-1"`)
	problem(t, w, said, 409, "key-taken")
	w, said = heard(t, p, "GET", "/api/cycles/NEW", "")
	require.EqualValues(t, 2, said["seq"])
	require.Equal(t, 200, w.Code)
	own := `{"author":"Reform team","key":"x","changes":[{"kind":"frame-problem","data":{"problem":{"id":"c","statement":"Far."}}}]}`
	w, said = heard(t, p, "POST", batches, own, "Idempotency-Key", `"y"`)
	problem(t, w, said, 400, "invalid")
	w, _ = heard(t, p, "POST", batches, own, "Idempotency-Key", `"x"`)
	require.Equal(t, 200, w.Code)
}

func TestIfMatchSaysWhatABatchRestsOn(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	w, said := heard(t, p, "POST", batches, fmt.Sprintf(framed, "a"), "If-Match", `"7"`)
	problem(t, w, said, 404, "not-found") // it rests on a cycle that is not there
	w, said = heard(t, p, "POST", batches, fmt.Sprintf(framed, "a"), "If-Match", `*`)
	problem(t, w, said, 404, "not-found")
	w, _ = heard(t, p, "POST", batches, fmt.Sprintf(framed, "a"), "If-Match", `"0"`)
	require.Equal(t, 200, w.Code)
	w, said = heard(t, p, "POST", batches, fmt.Sprintf(framed, "b"), "If-Match", `"1"`)
	problem(t, w, said, 412, "conflict")
	require.EqualValues(t, 2, said["head"])
	require.Equal(t, "/api/cycles/NEW/batches", said["instance"])
	require.Len(t, said["since"], 1)
	w, _ = heard(t, p, "POST", batches, fmt.Sprintf(framed, "b"), "If-Match", `"2"`)
	require.Equal(t, 200, w.Code)
	w, _ = heard(t, p, "POST", batches, fmt.Sprintf(framed, "c"), "If-Match", `*`)
	require.Equal(t, 200, w.Code)
	// The same in the body is a conflict of the content.
	stale := `{"author":"Reform team","after":1,"changes":[{"kind":"frame-problem","data":{"problem":{"id":"d","statement":"Far."}}}]}`
	w, said = heard(t, p, "POST", batches, stale)
	problem(t, w, said, 409, "conflict")
	w, said = heard(t, p, "POST", batches, stale, "If-Match", `"2"`) // says two things
	problem(t, w, said, 400, "invalid")
	for _, bad := range []string{`"x"`, `W/"2"`, `"-1"`, `"2", "3"`, `"99999999999999999999999"`, `""`, "\u0661", strings.Repeat("1", 1<<16)} {
		w, said = heard(t, p, "POST", batches, fmt.Sprintf(framed, "e"), "If-Match", bad)
		problem(t, w, said, 400, "invalid")
		require.Less(t, w.Body.Len(), 16<<10)
	}
}

func TestWhoActsIsWhoTheHostSays(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	w, said := heard(t, p, "POST", batches, `{"author":"Somebody else","changes":[{"kind":"frame-problem","data":{"problem":{"id":"a","statement":"Far."}}}]}`)
	problem(t, w, said, 400, "invalid")
	require.Equal(t, "author", said["fields"].([]any)[0].(map[string]any)["path"])
}

func TestEachChangeTakesItsRight(t *testing.T) {
	for _, c := range []struct {
		rights Rights
		change string
		status int
	}{
		{Look, `{"kind":"advance","data":{}}`, 403},
		{Look | Record, `{"kind":"advance","data":{}}`, 403},
		{Look | Move, `{"kind":"advance","data":{}}`, 422}, // which it may, and which is blocked
		{Look | Move, `{"kind":"advance","data":{"override":{"authority":"presidency","reason":"Haste."}}}`, 403},
		{Look | Move | Override, `{"kind":"advance","data":{"override":{"authority":"presidency","reason":"Haste."}}}`, 200},
		{Look | Move, `{"kind":"frame-problem","data":{"problem":{"id":"z","statement":"Far."}}}`, 403},
		{Look | Record, `{"kind":"retract","data":{"entry":2,"reason":"A slip."}}`, 403},
		{Record, `{"kind":"frame-problem","data":{"problem":{"id":"z","statement":"Far."}}}`, 404}, // who may not look
	} {
		p := page(t, WithAuthorize(func(*http.Request) (Visitor, error) {
			return Visitor{Name: "Reform team", May: func(string) Rights { return c.rights }}, nil
		}))
		w, _ := heard(t, p, "POST", "/api/cycles/LBR-NCHAP/batches", `{"author":"Reform team","changes":[`+c.change+`]}`)
		require.Equal(t, c.status, w.Code, "%v %s: %s", c.rights, c.change, w.Body)
	}
	for _, p := range []*Page{page(t), page(t, WithAuthorize(everything), WithReadOnly())} {
		for _, at := range []string{"/api/cycles/LBR-NCHAP/batches", batches} {
			w, said := heard(t, p, "POST", at, fmt.Sprintf(framed, "a"))
			problem(t, w, said, 403, "forbidden")
		}
		w, said := heard(t, p, "POST", batches, `{"author":"Reform team"}`) // a batch that only begins
		problem(t, w, said, 403, "forbidden")
	}
	mover := page(t, WithAuthorize(func(*http.Request) (Visitor, error) {
		return Visitor{Name: "Reform team", May: func(string) Rights { return Look | Move }}, nil
	}))
	w, said := heard(t, mover, "POST", batches, `{"author":"Reform team"}`)
	problem(t, w, said, 404, "not-found")
}

// What may not be seen and what is not there are the same answer, byte for byte, on every
// address.
func TestWhatMayNotBeSeenIsNotThere(t *testing.T) {
	hidden := func(*http.Request) (Visitor, error) {
		return Visitor{Name: "Reform team", May: func(id string) Rights {
			if id == "LBR-NCHAP" {
				return 0
			}
			return Look | Record
		}}, nil
	}
	with := page(t, WithAuthorize(hidden))
	empty, err := New(opened(t, journal.NewMemory()), WithAuthorize(hidden))
	require.NoError(t, err)
	for _, o := range operations() {
		if !o.ofCycle() {
			continue
		}
		at := "/" + strings.ReplaceAll(o.path, "{cycle}", "LBR-NCHAP")
		method := http.MethodGet
		if o.post != nil {
			method = http.MethodPost
		}
		one, said := heard(t, with, method, at, fmt.Sprintf(framed, "a"))
		other, _ := heard(t, empty, method, at, fmt.Sprintf(framed, "a"))
		problem(t, one, said, 404, "not-found")
		require.Equal(t, other.Body.String(), one.Body.String(), at)
		require.Equal(t, other.Header(), one.Header(), at)
	}
	for _, at := range []string{"/api/cycles", "/api/tree", "/api/due", "/api/rollup", "/api/due.ics"} {
		require.NotContains(t, get(with, at).Body.String(), "LBR-NCHAP", at)
	}
}

func TestAnAnswerIsKnownByItsTag(t *testing.T) {
	now := noon
	j := journal.NewMemory()
	pf, err := portfolio.Open(t.Context(), j, portfolio.WithOptions(reformcycle.WithClock(func() time.Time { return now })))
	require.NoError(t, err)
	rights := Look | Record
	p, err := New(pf, WithLanguages(nil, fr.Language()), WithAuthorize(func(*http.Request) (Visitor, error) {
		return Visitor{Name: "Reform team", May: func(string) Rights { return rights }}, nil
	}))
	require.NoError(t, err)
	w, _ := heard(t, p, "POST", batches, fmt.Sprintf(framed, "a"))
	require.Equal(t, 200, w.Code)
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	tag := func(headers ...string) string {
		w, _ := heard(t, p, "GET", "/api/cycles/NEW", "", headers...)
		require.Equal(t, 200, w.Code)
		return w.Header().Get("ETag")
	}
	first := tag()
	require.True(t, strings.HasPrefix(first, `W/"`), "it is compressed or not, and so weak")
	now = now.Add(time.Minute)
	require.Equal(t, first, tag(), "the moment is no part of it")
	w, _ = heard(t, p, "GET", "/api/cycles/NEW", "", "If-None-Match", `"x", `+first)
	require.Equal(t, 304, w.Code)
	require.Empty(t, w.Body.String())
	require.NotEqual(t, first, tag("Accept-Language", "fr"), "the language is")
	rights = Look
	require.NotEqual(t, first, tag(), "the rights are")
	rights = Look | Record
	now = now.AddDate(0, 0, 1)
	require.NotEqual(t, first, tag(), "the day is")
}

func TestTextsAreSaidInTheLanguageOfTheReader(t *testing.T) {
	p := page(t, WithLanguages(nil, fr.Language()))
	_, english := heard(t, p, "GET", "/api/cycles/UGA-CHEW/blockers", "")
	for _, ask := range [][]string{{"/api/cycles/UGA-CHEW/blockers?lang=fr"}, {"/api/cycles/UGA-CHEW/blockers", "Accept-Language", "fr-CM, en;q=0.3"}} {
		w, french := heard(t, p, "GET", ask[0], "", ask[1:]...)
		require.Equal(t, "fr", w.Header().Get("Content-Language"))
		for i, b := range french["blockers"].([]any) {
			text := b.(map[string]any)["text"].(map[string]any)
			was := english["blockers"].([]any)[i].(map[string]any)["text"].(map[string]any)
			require.Equal(t, was["id"], text["id"])
			require.Equal(t, fr.Language().Say(language.Built(was["text"].(string))), text["text"])
			require.NotEqual(t, was["text"], text["text"])
		}
	}
	w, said := heard(t, p, "GET", "/api/cycles/UGA-CHEW/diagnosis?heading=x", "", "Accept-Language", "fr")
	problem(t, w, said, 400, "invalid")
	require.Equal(t, fr.Language().Say(language.Of("web.unshown")), said["title"])
}

func TestWhatIsNoBatchIsRefused(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	whole := fmt.Sprintf(framed, "a")
	for name, body := range map[string]string{
		"nothing": "", "no object": "[]", "null": "null", "trailing data": whole + "{}", "a key twice": strings.Replace(whole, `"author"`, `"author":"x","author"`, 1),
		"a wrong type": `{"author":3}`, "a misspelt key": strings.Replace(whole, "author", "Author", 1), "no kind": `{"author":"Reform team","changes":[{"kind":"dance","data":{}}]}`,
		"not UTF-8": strings.Replace(whole, "Far", "\xff", 1), "deep": strings.Repeat("[", 1<<19), "a number too large": `{"author":"Reform team","after":1e999}`,
		"what only the cycle sets": strings.Replace(whole, `"id"`, `"entry":1,"id"`, 1),
	} {
		w, said := heard(t, p, "POST", batches, body)
		problem(t, w, said, 400, "invalid")
		require.NotEmpty(t, said["fields"], name)
		require.Less(t, w.Body.Len(), 16<<10, name)
	}
	w, said := heard(t, p, "POST", batches, "\ufeff"+fmt.Sprintf(framed, "mark"), "If-Match", `"0"`, "Idempotency-Key", `"k"`)
	require.Equal(t, 200, w.Code, said) // which editors put before a file
	w, said = heard(t, p, "POST", batches, `{"author":"`+strings.Repeat("x", most)+`"}`)
	problem(t, w, said, 413, "too-large")
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=latin1", "application/json;;", "application/jsonx", strings.Repeat("a", 1<<15)} {
		w, said = heard(t, p, "POST", batches, whole, "Content-Type", kind)
		problem(t, w, said, 415, "media-type")
		require.Equal(t, "application/json", w.Header().Get("Accept-Post"))
	}
	w, said = heard(t, p, "POST", batches, whole, "Sec-Fetch-Site", "cross-site")
	problem(t, w, said, 403, "cross-site")
	for _, method := range []string{"PUT", "DELETE", "PATCH", "GET", "HEAD"} {
		w, _ = heard(t, p, method, batches, "")
		require.Equal(t, 405, w.Code)
		require.Equal(t, "POST", w.Header().Get("Allow"))
	}
	w, said = heard(t, p, "POST", "/api/cycles", whole)
	problem(t, w, said, 405, "method")
	require.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
	for _, at := range []string{"/api/cycles?stage=x", "/api/cycles?status=x", "/api/cycles?tier=x", "/api/due?from=x&to=2003-13", "/api/cycles/UGA-CHEW/due?to=x", "/api/cycles/UGA-CHEW?at=x", "/api/cycles/UGA-CHEW/history?after=-1", "/api/cycles/UGA-CHEW/history?limit=1001", "/api/cycles/UGA-CHEW/diagnosis?heading=%00"} {
		w, said = heard(t, p, "GET", at, "")
		problem(t, w, said, 400, "invalid")
	}
	w, said = heard(t, p, "POST", "/api/cycles/"+strings.Repeat("x", 200)+"/batches", whole)
	problem(t, w, said, 400, "invalid")
}

func TestHistoryIsReadInPages(t *testing.T) {
	p := page(t)
	_, whole := heard(t, p, "GET", "/api/cycles/UGA-CHEW/history?limit=1000", "")
	var paged []any
	for at := "/api/cycles/UGA-CHEW/history?limit=7"; at != ""; {
		_, part := heard(t, p, "GET", at, "")
		paged = append(paged, part["entries"].([]any)...)
		require.LessOrEqual(t, len(part["entries"].([]any)), 7)
		if next := part["next"]; next != nil {
			at = fmt.Sprintf("/api/cycles/UGA-CHEW/history?limit=7&after=%v", next)
		} else {
			at = ""
		}
	}
	require.Equal(t, whole["entries"], paged)
	_, past := heard(t, p, "GET", "/api/cycles/UGA-CHEW?at=2016", "")
	require.Less(t, past["seq"], float64(len(paged)))
	require.Equal(t, []any{"look"}, past["rights"], "who looks back changes nothing")
}

func TestAnExportCanBeImported(t *testing.T) {
	w := get(page(t), "/api/cycles/UGA-CHEW/export")
	require.Equal(t, 200, w.Code)
	j := journal.NewMemory()
	s, err := reformcycle.Import(t.Context(), j, w.Body)
	require.NoError(t, err)
	_, said := heard(t, page(t), "GET", "/api/cycles/UGA-CHEW", "")
	require.EqualValues(t, said["seq"], s.Seq())
}

// Whatever is sent, no answer is a fault of ours, and each is a problem or is taken.
func FuzzBatch(f *testing.F) {
	p := page(f, WithAuthorize(everything))
	f.Add(fmt.Sprintf(framed, "a"), `"1"`, `"k"`, "application/json", "title=x")
	f.Add(`{"author":"Reform team","after":18446744073709551615}`, "*", "", "application/json; charset=utf-8", "stage=design&country=%00")
	f.Add("{", "W/\"x\"", strings.Repeat("k", 200), "text/plain", "lang=xx&title="+strings.Repeat("x", 600))
	f.Fuzz(func(t *testing.T, body, match, key, kind, query string) {
		r := httptest.NewRequest(http.MethodPost, "/api/cycles/FUZZ/batches", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header["If-Match"], r.Header["Idempotency-Key"], r.Header["Content-Type"] = []string{match}, []string{key}, []string{kind}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		require.Less(t, w.Code, 500, w.Body.String())
		require.True(t, json.Valid(w.Body.Bytes()))
	})
}

func FuzzQuery(f *testing.F) {
	p := page(f)
	for i, o := range operations() {
		f.Add(uint8(i), "UGA-CHEW", "at=2016&from=2015&to=2020-02-30&limit=3&after=7&heading=actors&stage=design&q=x&tier=none", "fr;q=0.5", `W/"x"`, o.name)
	}
	f.Fuzz(func(t *testing.T, which uint8, id, query, wanted, tag, part string) {
		all := operations()
		o := all[int(which)%len(all)]
		at := "/" + strings.NewReplacer("{cycle}", url.PathEscape(id), "{schema}", url.PathEscape(part)).Replace(o.path)
		r, err := http.NewRequest(http.MethodGet, at, nil)
		if err != nil {
			return
		}
		r.URL.RawQuery = query
		r.Header["Accept-Language"], r.Header["If-None-Match"] = []string{wanted}, []string{tag}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		require.Less(t, w.Code, 500, w.Body.String())
	})
}

// Every address of the JSON interface is in its document, and no other.
func TestTheDocumentHasEveryAddress(t *testing.T) {
	p := page(t, WithPrefix("/reforms/"))
	w, doc := heard(t, p, "GET", "/reforms/api/openapi.json", "")
	require.Equal(t, 200, w.Code)
	require.Equal(t, "3.1.0", doc["openapi"])
	require.Equal(t, "/reforms", doc["servers"].([]any)[0].(map[string]any)["url"])
	var routed, told []string
	for _, r := range p.routes {
		if strings.HasPrefix(r.path, "api/") {
			for _, m := range r.methods() {
				if m != http.MethodHead {
					routed = append(routed, m+" /"+r.path)
				}
			}
		}
	}
	for at, methods := range doc["paths"].(map[string]any) {
		for m := range methods.(map[string]any) {
			told = append(told, strings.ToUpper(m)+" "+at)
			require.NotEmpty(t, methods.(map[string]any)[m].(map[string]any)["summary"], at)
		}
	}
	require.ElementsMatch(t, routed, told)
	require.NotContains(t, get(page(t), "/api/openapi.json").Body.String(), `"servers"`)
}
