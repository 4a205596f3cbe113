package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// This file is what the tests of the package share.

// noon is when they look.
var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// told is a journal of the example countries.
func told(t testing.TB) reformcycle.Journal {
	t.Helper()
	j := journal.NewMemory()
	for _, w := range cases.Walks(nil) {
		_, err := w.Cycle(context.Background(), reformcycle.WithJournal(j))
		require.NoError(t, err)
	}
	return j
}

// opened is the portfolio of a journal, at noon.
func opened(t testing.TB, j reformcycle.Journal, options ...reformcycle.Option) *portfolio.Portfolio {
	t.Helper()
	options = append(options, reformcycle.WithClock(clock))
	p, err := portfolio.Open(context.Background(), j, portfolio.WithOptions(options...))
	require.NoError(t, err)
	return p
}

// page is the page of the example countries.
func page(t testing.TB, options ...Option) *Page {
	t.Helper()
	p, err := New(opened(t, told(t)), options...)
	require.NoError(t, err)
	return p
}

// whole are all rights.
const whole = Look | Record | Move | Override | Correct

// everything is a visitor who may do all there is to do.
func everything(*http.Request) (Visitor, error) {
	return Visitor{Name: "Reform team", May: func(string) Rights { return whole }}, nil
}

// ask makes a request.
func ask(h http.Handler, method, at string, head ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, at, nil)
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	h.ServeHTTP(w, r)
	return w
}

// get asks for an address.
func get(h http.Handler, at string, head ...string) *httptest.ResponseRecorder {
	return ask(h, http.MethodGet, at, head...)
}

// post sends a form, as a browser does from a page of ours.
func post(h http.Handler, at string, form url.Values) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, at, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	h.ServeHTTP(w, r)
	return w
}

// filled are what the tests put where an address is to be filled, beside the cycle.
var filled = map[string][]string{
	"stage": {"design", "launch"}, "kind": {"rate", "engage-actor", "retract"}, "seq": {"3"}, "picture": {"ring.svg", "position-map.svg", "coalition-map.svg", "power-interest.svg", "feasibility.svg"}, "file": {"style.css"}, "job": {"1"}, "chart": {"comparison.svg"}, "schema": {"rate.json", "batch.json"},
}

// addresses are one or a few for each route that answers to GET, of a cycle.
func addresses(t testing.TB, p *Page, cycle string) (all []string) {
	t.Helper()
	for _, r := range p.routes {
		if r.get == nil {
			continue
		}
		sets := [][]any{nil}
		for _, brace := range braces.FindAllString(strings.TrimSuffix(r.path, "{$}"), -1) {
			values := filled[strings.Trim(brace, "{}")]
			if brace == "{cycle}" {
				values = []string{cycle}
			}
			require.NotEmpty(t, values, "what to fill into %s of %s", brace, r.path)
			var longer [][]any
			for _, set := range sets {
				for _, value := range values {
					longer = append(longer, append(slices.Clone(set), value))
				}
			}
			sets = longer
		}
		for _, args := range sets {
			at, err := p.address(r.name, args...)
			require.NoError(t, err)
			all = append(all, at)
		}
	}
	return all
}

var (
	tags      = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^\s=>"']+(?:="[^"]*")?)*)\s*/?>`)
	attribute = regexp.MustCompile(`\s([^\s=>"']+)(?:="([^"]*)")?`)
	void      = []string{"meta", "link", "img", "input", "br", "hr", "col", "wbr"}
)

// element is a tag of a page.
type element struct {
	name  string
	has   map[string]string
	depth int
}

// sound checks that a page is well formed, holds nothing inline, and has what those need
// who do not see it. It gives its elements.
func sound(t testing.TB, at, body string) (all []element) {
	t.Helper()
	body, doctype := strings.CutPrefix(body, "<!doctype html>")
	require.True(t, doctype, at)
	// Whatever begins like a tag is one: nothing is left that a browser would read in
	// another way.
	require.Equal(t, strings.Count(body, "<"), len(tags.FindAllString(body, -1)), "%s: stray <", at)
	var open []string
	ids := map[string]bool{}
	for _, tag := range tags.FindAllStringSubmatch(body, -1) {
		name := strings.ToLower(tag[2])
		if tag[1] == "/" {
			require.NotEmpty(t, open, at)
			require.Equal(t, open[len(open)-1], name, "%s: closed", at)
			open = open[:len(open)-1]
			continue
		}
		e := element{name, map[string]string{}, len(open)}
		for _, a := range attribute.FindAllStringSubmatch(tag[3], -1) {
			key := strings.ToLower(a[1])
			_, twice := e.has[key]
			require.False(t, twice, "%s: %s has %s twice", at, name, key)
			require.False(t, strings.HasPrefix(key, "on") || key == "style", "%s: %s has %s", at, name, key)
			e.has[key] = a[2]
			if slices.Contains([]string{"href", "src", "action", "formaction"}, key) {
				require.Regexp(t, `^(/|#)`, a[2], "%s: where %s leads", at, name)
				require.NotRegexp(t, `^//`, a[2], at)
			}
		}
		if id := e.has["id"]; id != "" {
			require.False(t, ids[id], "%s: id %s twice", at, id)
			ids[id] = true
		}
		require.NotEqual(t, "style", name, at)
		if name == "script" {
			require.NotEmpty(t, e.has["src"], at)
		}
		all = append(all, e)
		if !slices.Contains(void, name) {
			open = append(open, name)
		}
	}
	require.Empty(t, open, "%s: left open", at)

	regions := map[string]bool{}
	count, heading := map[string]int{}, 0
	for _, e := range all {
		count[e.name]++
		switch e.name {
		case "html":
			assert.NotEmpty(t, e.has["lang"], at)
			assert.Contains(t, []string{"ltr", "rtl"}, e.has["dir"], at)
		case "h1", "h2", "h3", "h4", "h5", "h6":
			level := int(e.name[1] - '0')
			assert.LessOrEqual(t, level, heading+1, "%s: a heading is skipped", at)
			heading = level
		case "img":
			assert.NotEmpty(t, e.has["alt"], at)
		case "input", "select", "textarea":
			if e.has["type"] != "hidden" {
				_, labelled := e.has["aria-label"]
				assert.True(t, labelled || strings.Contains(body, `<label for="`+e.has["id"]+`"`), "%s: a label for %v", at, e)
			}
		case "th":
			assert.NotEmpty(t, e.has["scope"], at)
		case "nav":
			assert.NotEmpty(t, e.has["aria-label"], at)
		}
		for _, key := range []string{"aria-labelledby", "aria-describedby", "for"} {
			for id := range strings.FieldsSeq(e.has[key]) {
				assert.True(t, ids[id], "%s: %s names %s", at, e.name, id)
			}
		}
		if to, inner := strings.CutPrefix(e.has["href"], "#"); inner {
			assert.True(t, ids[to], "%s: a link leads to #%s", at, to)
		}
		if e.has["role"] == "region" || e.name == "section" {
			name := e.has["aria-labelledby"] + e.has["aria-label"]
			assert.True(t, name != "" || e.name == "section", "%s: a region without a name", at)
			assert.False(t, name != "" && regions[name], "%s: two regions are called %s", at, name)
			regions[name] = true
		}
	}
	assert.Equal(t, 1, count["h1"], at)
	assert.Equal(t, 1, count["main"], at)
	assert.Equal(t, 1, count["title"], at)
	return all
}

// isPage reports whether an answer is a page for people.
func isPage(w *httptest.ResponseRecorder) bool {
	return strings.HasPrefix(w.Header().Get("Content-Type"), "text/html")
}

// retold tells a cycle once more, to another id, with each text that is more than a word
// put through a function.
func retold(t testing.TB, j reformcycle.Journal, from *reformcycle.Cycle, to string, change func(string) string) {
	t.Helper()
	c, err := reformcycle.New(to, reformcycle.WithJournal(j), reformcycle.WithTitle(change(from.State().Title())), reformcycle.WithCountry(change("the country")))
	require.NoError(t, err)
	for e, err := range from.History(context.Background(), 0) {
		require.NoError(t, err)
		if e.Kind == "begin" {
			continue
		}
		var data any
		require.NoError(t, json.Unmarshal(e.Data, &data))
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		require.NoError(t, enc.Encode(reworded(data, change)))
		one, err := reformcycle.DecodeChange(e.Kind, withoutOwn(t, e, b.Bytes()))
		require.NoError(t, err, e.Kind)
		_, err = c.Apply(context.Background(), reformcycle.By(change(e.By)).At(e.At).On(e.On()), one)
		require.NoError(t, err, e.Kind)
	}
}

// withoutOwn is the data of a change as somebody would hand it in.
func withoutOwn(t testing.TB, e reformcycle.Entry, data []byte) []byte {
	t.Helper()
	c, err := e.Change()
	require.NoError(t, err)
	batch, err := reformcycle.EncodeBatch(reformcycle.By("x"), c)
	require.NoError(t, err)
	var form struct {
		Changes []struct{ Data map[string]any }
	}
	require.NoError(t, json.Unmarshal(batch, &form))
	var full map[string]any
	require.NoError(t, json.Unmarshal(data, &full))
	text, err := json.Marshal(only(full, form.Changes[0].Data))
	require.NoError(t, err)
	return text
}

// only keeps what another value has, too.
func only(v, as any) any {
	switch as := as.(type) {
	case map[string]any:
		out := map[string]any{}
		for key := range as {
			out[key] = only(v.(map[string]any)[key], as[key])
		}
		return out
	case []any:
		out := make([]any, len(as))
		for i := range as {
			out[i] = only(v.([]any)[i], as[i])
		}
		return out
	}
	return v
}

func reworded(v any, change func(string) string) any {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, " ") {
			return change(v)
		}
	case []any:
		for i := range v {
			v[i] = reworded(v[i], change)
		}
	case map[string]any:
		for key := range v {
			v[key] = reworded(v[key], change)
		}
	}
	return v
}
