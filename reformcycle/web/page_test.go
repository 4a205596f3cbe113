package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

// contentPolicy is written out here, for it is what the host's own checks compare.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func TestEveryAddressAnswersUnderThePolicyAndIsSound(t *testing.T) {
	p := page(t, WithPrefix("/reforms/"), WithAuthorize(everything), WithLanguages(language.English(), fr.Language()))
	for _, cycle := range []string{"UGA-CHEW", "LBR-NCHAP", "BGD-BARISHAL"} {
		for _, at := range addresses(t, p, cycle) {
			w := get(p, at)
			require.Contains(t, []int{200, 404, 501}, w.Code, "%s: %.300s", at, w.Body.String())
			got := w.Header().Get("Content-Security-Policy")
			if got != contentPolicy {
				require.Equal(t, contentPolicy+"; script-src 'self'", got, at)
				require.Contains(t, w.Body.String(), "/reforms/static/progress.js", at)
			}
			require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
			if isPage(w) {
				sound(t, at, w.Body.String())
			}
		}
	}
}

func TestAPageThatMayNotBeSeenIsThatOfNone(t *testing.T) {
	hidden := func(*http.Request) (Visitor, error) {
		return Visitor{Name: "Somebody", May: func(cycle string) Rights {
			if cycle == "UGA-CHEW" {
				return whole &^ Look // rights without sight are none
			}
			return whole
		}}, nil
	}
	p := page(t, WithAuthorize(hidden), WithLanguages(language.English(), fr.Language()))
	there, unseen := addresses(t, p, "NOWHERE"), addresses(t, p, "UGA-CHEW")
	compared := 0
	for i := range there {
		if there[i] == unseen[i] {
			continue
		}
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete} {
			none, hid := ask(p, method, there[i]), ask(p, method, unseen[i])
			require.Equal(t, none.Code, hid.Code, unseen[i])
			require.Equal(t, none.Header(), hid.Header(), unseen[i])
			require.Equal(t, none.Body.String(), hid.Body.String(), unseen[i])
			require.Contains(t, []int{404, 405}, hid.Code, "%s %s", method, unseen[i])
			compared++
		}
	}
	require.Greater(t, compared, 8)

	// Nor is it in what is about all.
	for _, at := range []string{"/", "/?q=uga", "/?stage=launch", "/?under=UGA-CHEW", "/tree", "/together", "/due", "/due.ics", "/heat", "/heat.svg", "/timeline", "/timeline.svg", "/map", "/map.svg"} {
		w := get(p, at)
		require.Equal(t, 200, w.Code, at)
		body := strings.ReplaceAll(w.Body.String(), "under=UGA-CHEW", "")
		body = strings.ReplaceAll(strings.ReplaceAll(body, `value="UGA-CHEW"`, ""), "/c/UGA-CHEW", "") // what the address itself said
		if at != "/?under=UGA-CHEW" {
			require.NotContains(t, body, "UGA-CHEW", at)
		}
		require.NotContains(t, body, "Extension Workers", at)
	}
}

func TestWithoutAWordOfTheHostEverybodyLooksAndNobodyActs(t *testing.T) {
	p := page(t)
	require.Equal(t, 200, get(p, "/c/LBR-NCHAP").Code)
	for name, options := range map[string][]Option{
		"nothing said":   nil,
		"read-only":      {WithReadOnly(), WithAuthorize(everything)},
		"without a name": {WithAuthorize(func(*http.Request) (Visitor, error) { return Visitor{May: func(string) Rights { return whole }}, nil })},
		"only what looks": {WithAuthorize(func(*http.Request) (Visitor, error) {
			return Visitor{Name: "A", May: func(string) Rights { return Look }}, nil
		})},
	} {
		p := withRoute(page(t, options...), route{name: "x", path: "c/{cycle}/x", post: &way{Record, func(v *visit) error { return v.see("cycle", v.id) }}})
		for _, r := range p.routes {
			if r.post == nil || !r.ofCycle() || r.simulates() { // a simulation changes nothing
				continue
			}
			var args []any
			for _, brace := range braces.FindAllString(r.path, -1) {
				if brace == "{cycle}" {
					args = append(args, "LBR-NCHAP")
				} else {
					args = append(args, filled[strings.Trim(brace, "{}")][0])
				}
			}
			at, err := p.address(r.name, args...)
			require.NoError(t, err)
			require.Equal(t, 403, post(p, at, url.Values{"kind": {"rate"}}).Code, "%s: %s", name, at)
		}
		require.NotContains(t, get(p, "/c/LBR-NCHAP").Body.String(), "/record", name)
		if name != "only what looks" { // who may on another cycle
			require.NotContains(t, get(p, "/").Body.String(), "/begin", name)
			require.Equal(t, 403, get(p, "/begin").Code, name)
			require.Equal(t, 403, post(p, "/begin", url.Values{"id": {"NEW"}}).Code, name)
		}
		c, err := p.portfolio.Cycle(t.Context(), "LBR-NCHAP")
		require.NoError(t, err)
		require.EqualValues(t, 108, c.State().Seq(), name)
	}
	p = page(t, WithAuthorize(func(*http.Request) (Visitor, error) { return Visitor{Name: "A"}, nil }))
	require.Equal(t, 404, get(p, "/c/LBR-NCHAP").Code)
	p = page(t, WithAuthorize(func(*http.Request) (Visitor, error) { return Visitor{}, errors.New("no session") }))
	require.Equal(t, 403, get(p, "/").Code)
	require.Equal(t, 403, get(p, "/c/LBR-NCHAP").Code)
}

func TestWhatAChangeTakes(t *testing.T) {
	waved := reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Now."}}
	for _, one := range []struct {
		need    Rights
		changes []reformcycle.Change
	}{
		{Look, nil},
		{Look | Record, []reformcycle.Change{reformcycle.Rate{}}},
		{Look | Move, []reformcycle.Change{reformcycle.Advance{}}},
		{Look | Move | Override, []reformcycle.Change{waved}},
		{Look | Override, []reformcycle.Change{reformcycle.Waive{}}},
		{Look | Move, []reformcycle.Change{reformcycle.Revisit{}, reformcycle.Suspend{}, reformcycle.Resume{}, reformcycle.Abandon{}, reformcycle.Renew{}}},
		{Look | Correct, []reformcycle.Change{reformcycle.Retract{}}},
		{Look | Correct, []reformcycle.Change{reformcycle.CorrectMoment{}}},
		{Look | Correct | Record, []reformcycle.Change{reformcycle.Correct{Change: reformcycle.Rate{}}}},
		{whole &^ Record, []reformcycle.Change{reformcycle.Correct{Change: waved}}},
		{whole, []reformcycle.Change{reformcycle.Correct{Change: waved}, reformcycle.Rate{}}},
	} {
		require.Equal(t, one.need, needed(one.changes...), "%v", one.changes)
	}
}

func TestEveryTextOfPeopleIsEscaped(t *testing.T) {
	j := told(t)
	p := opened(t, j)
	const tag, address = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`, `javascript:alert(1)`
	evil := func(text string) string { return address + tag + "\u202e" + text }
	mild := func(text string) string { return address + tag + text }
	ids := map[string]string{}
	for i, id := range []string{"UGA-CHEW", "LBR-NCHAP", "BGD-BARISHAL"} {
		from, err := p.Cycle(t.Context(), id)
		require.NoError(t, err)
		to := mild(string(rune('a' + i)))
		retoldAs := evil
		func() { // where a text may not turn its direction, it is told without that
			defer func() { ids[id] = to }()
			if _, err := reformcycle.New("x", reformcycle.WithTitle(evil("x"))); err != nil {
				retoldAs = mild
			}
			retold(t, j, from, to, retoldAs)
		}()
	}
	shown, err := New(opened(t, j), WithAuthorize(func(*http.Request) (Visitor, error) {
		return Visitor{Name: mild("me"), May: func(string) Rights { return whole }}, nil
	}))
	require.NoError(t, err)
	pages := 0
	for _, cycle := range ids {
		for _, at := range append(addresses(t, shown, cycle), "/?q="+url.QueryEscape(mild("")), "/?under="+url.QueryEscape(cycle)) {
			w := get(shown, at)
			require.Contains(t, []int{200, 404, 501}, w.Code, at)
			body := w.Body.String()
			if kind := w.Header().Get("Content-Type"); !isPage(w) && !strings.Contains(kind, "svg") {
				continue // no browser reads it as a page
			}
			require.NotContains(t, body, "<script>", at)
			require.NotContains(t, body, "<img src=x", at)
			require.NotRegexp(t, `(href|src|action)="\s*javascript`, body, at)
			if isPage(w) {
				sound(t, at, body)
				pages++
			}
		}
	}
	require.Greater(t, pages, 8)
	body := get(shown, "/").Body.String()
	require.Contains(t, body, "&lt;script&gt;alert(1)")
}

func TestNoPageSaysAnythingInNoLanguage(t *testing.T) {
	accented := languagetest.Accented(nil)
	j := told(t)
	p, err := New(opened(t, j), WithLanguages(accented), WithAuthorize(everything))
	require.NoError(t, err)
	for _, cycle := range []string{"UGA-CHEW", "LBR-NCHAP", "BGD-BARISHAL"} {
		typed := []string{"Reform team", "UGA-CHEW", "LBR-NCHAP", "BGD-BARISHAL", "localhost"}
		for _, id := range []string{"UGA-CHEW", "LBR-NCHAP", "BGD-BARISHAL"} {
			c, err := p.portfolio.Cycle(t.Context(), id)
			require.NoError(t, err)
			typed = append(typed, c.State().Title(), c.State().Country())
			for e, err := range c.History(t.Context(), 0) {
				require.NoError(t, err)
				typed = append(typed, e.By)
				for _, text := range append(languagetest.Typed(e.Data), idsIn(e.Data)...) {
					typed = append(typed, text, clipped(text), strings.TrimSuffix(text, "."))
				}
			}
			for rule := range c.State().Rules().All() {
				typed = append(typed, rule.Code)
				if _, ours := reformcycle.DiagnosisRules().Rule(rule.Code); !ours { // a host's own, in its language
					typed = append(typed, languagetest.Typed(rule)...)
				}
				for _, key := range rule.Sources {
					if s, known := c.State().Rules().Source(key); known {
						typed = append(typed, s.Key, s.Citation, s.Link)
					}
				}
			}
			typed = append(typed, c.State().Rules().ID(), c.State().Checklist().ID(), strings.Split(c.State().Checklist().ID(), "@")[0])
			for _, s := range c.State().Checklist().Sources() {
				typed = append(typed, s.Key, s.Citation, s.Link)
			}
			for _, crit := range c.State().Checklist().All() {
				typed = append(typed, crit.ID)
			}
		}
		for _, at := range addresses(t, p, cycle) {
			w := get(p, at)
			if w.Code != 200 || !isPage(w) {
				continue
			}
			assert.Empty(t, languagetest.Leaks(w.Body.String(), typed...), at)
			assert.Empty(t, languagetest.Pieces(w.Body.String()), at)
		}
	}
}

var idInData = regexp.MustCompile(`"(?:id|actor|commitment|solution|problem|phase|body|review|strategy|authority|owner|convener|by|unit|areas|members|decision_makers|contributors|authorizers)":(?:"([^"]+)"|\[([^\]]*)\])`)

// idsIn are the ids in an entry, which are words of people and not of a vocabulary.
func idsIn(data []byte) (all []string) {
	for _, m := range idInData.FindAllStringSubmatch(string(data), -1) {
		for _, id := range append(strings.Split(m[2], ","), m[1]) {
			if id = strings.Trim(id, `" `); id != "" {
				all = append(all, id)
			}
		}
	}
	return all
}

func TestAPageInALanguageFromRightToLeftSaysSo(t *testing.T) {
	p := page(t, WithLanguages(languagetest.Mirrored(nil)), WithAuthorize(everything))
	for _, at := range addresses(t, p, "UGA-CHEW") {
		if w := get(p, at); isPage(w) {
			all := sound(t, at, w.Body.String())
			require.Equal(t, "rtl", all[0].has["dir"])
			require.Equal(t, "ar-XB", all[0].has["lang"])
			require.Equal(t, "ar-XB", w.Header().Get("Content-Language"))
		}
	}
}

func TestTheVisitorChoosesALanguage(t *testing.T) {
	p := page(t, WithLanguages(language.English(), fr.Language()))
	const french = "Toutes les réformes"
	require.NotContains(t, get(p, "/").Body.String(), french)
	require.Contains(t, get(p, "/", "Accept-Language", "fr-CM, en;q=0.5").Body.String(), french)
	require.NotContains(t, get(p, "/", "Accept-Language", "de").Body.String(), french)
	require.Contains(t, get(p, "/?lang=fr").Body.String(), french)
	require.Contains(t, get(p, "/?lang=FR").Body.String(), french)
	require.NotContains(t, get(p, "/?lang=en", "Accept-Language", "fr").Body.String(), french)
	require.NotContains(t, get(p, "/?lang=xx").Body.String(), french)
	// Who chose keeps it, wherever a link or a form leads.
	for _, at := range []string{"/?lang=fr", "/c/LBR-NCHAP?lang=fr", "/heat?lang=fr"} {
		all := sound(t, at, get(p, at).Body.String())
		for i, e := range all {
			switch e.name {
			case "a", "img":
				if to := e.has["href"] + e.has["src"]; to != "#main" && e.has["hreflang"] == "" {
					require.Contains(t, to, "lang=fr", at)
				}
			case "form":
				require.True(t, strings.Contains(e.has["action"], "lang=fr") || all[i+1].has["name"] == "lang", at)
			}
		}
	}
	require.Contains(t, get(p, "/nowhere?lang=fr").Body.String(), "Cette page n’existe pas")
	require.Contains(t, get(p, "/", "Accept-Language", "fr").Header().Get("Vary"), "Accept-Language")
}

func TestThePageStandsWhereItIsMounted(t *testing.T) {
	for _, prefix := range []string{"/reforms/", "reforms", "/reforms", "reforms/"} {
		p := page(t, WithPrefix(prefix))
		mux := http.NewServeMux()
		mux.Handle("/reforms/", p)
		require.Equal(t, 200, get(mux, "/reforms/").Code)
		require.Equal(t, 200, get(mux, "/reforms/c/LBR-NCHAP").Code)
		require.Equal(t, 404, get(mux, "/c/LBR-NCHAP").Code)
		require.Equal(t, "/reforms/", get(mux, "/reforms").Header().Get("Location"))
		for _, e := range sound(t, prefix, get(mux, "/reforms/").Body.String()) {
			if to := e.has["href"] + e.has["src"] + e.has["action"]; to != "" && to != "#main" {
				require.True(t, strings.HasPrefix(to, "/reforms/"), to)
			}
		}
		require.Equal(t, "/reforms/c/LBR-NCHAP", get(mux, "/reforms/c/LBR-NCHAP/").Header().Get("Location"))
		require.Equal(t, 404, get(p, "/").Code)
	}
	for _, prefix := range []string{"", "/", "//"} {
		require.Equal(t, 200, get(page(t, WithPrefix(prefix)), "/c/LBR-NCHAP").Code)
	}
	require.Equal(t, 200, get(page(t, WithPrefix("/a/b-c/d.e/")), "/a/b-c/d.e/c/LBR-NCHAP").Code)
	for _, prefix := range []string{"/a b/", "/{x}/", "/%61/", "/../", "/a/./b/", "/a//b/", "/a?b/", "https://example.org/", "/\n/"} {
		_, err := New(opened(t, journal.NewMemory()), WithPrefix(prefix))
		require.ErrorIs(t, err, fault.ErrInvalid, prefix)
	}
	// No address with slashes leads to another host.
	p := page(t)
	for _, at := range []string{"//example.org/", "/%2Fexample.org/", "///", "/\\example.org/"} {
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: at}, Header: http.Header{}, Host: "x"}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		require.NotRegexp(t, `^(//|/\\)`, w.Header().Get("Location"), at)
	}
}

func TestEveryIDHasAnAddress(t *testing.T) {
	j := journal.NewMemory()
	ids := []string{
		"a/b", "a%2Fb", "50%", "a?b#c", "a b", ".", "..", "~.", "~~..", "~", "a\\b", "a;b,c+d", "සෞඛ්\u200dය-ප්\u200dරතිසංස්කරණය",
		strings.Repeat("ක", 128), strings.Repeat("x", 128), `"><b>`, "{cycle}", "api", "due.ics", "e\u0301",
	}
	for _, id := range ids {
		c, err := reformcycle.New(id, reformcycle.WithJournal(j), reformcycle.WithTitle("Reform of "+id))
		require.NoError(t, err, id)
		_, err = c.Apply(t.Context(), reformcycle.By("Clerk").At(noon), reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "Far."}})
		require.NoError(t, err, id)
	}
	p, err := New(opened(t, j), WithPrefix("/reforms/"))
	require.NoError(t, err)
	listed := sound(t, "/", get(p, "/reforms/").Body.String())
	server := httptest.NewServer(p)
	defer server.Close()
	for _, id := range ids {
		at, err := p.address("cycle", fault.NFC(id))
		require.NoError(t, err)
		there := false
		for _, e := range listed {
			there = there || strings.ReplaceAll(e.has["href"], "&#43;", "+") == at
		}
		require.True(t, there, "%s is not listed at %s", id, at)
		// Through a client and a server, which clean paths.
		r, err := http.Get(server.URL + at)
		require.NoError(t, err)
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.NoError(t, r.Body.Close())
		require.Equal(t, 200, r.StatusCode, at)
		sound(t, at, string(body))
		require.Equal(t, fault.NFC(id), unsegment(segment2(t, at)), at)
	}
	require.Equal(t, 404, get(p, "/reforms/c/"+strings.Repeat("x", 5000)).Code)
	require.Equal(t, 404, get(p, "/reforms/c/%00").Code)
	require.Equal(t, 404, get(p, "/reforms/c/%FF%FE").Code)
	require.Equal(t, 404, get(p, "/reforms/c/%20").Code)
}

// segment2 is the last segment of an address, unescaped.
func segment2(t testing.TB, at string) string {
	t.Helper()
	id, err := url.PathUnescape(at[strings.LastIndex(at, "/")+1:])
	require.NoError(t, err)
	return id
}

func TestMethods(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	for _, at := range addresses(t, p, "LBR-NCHAP") {
		full, head := get(p, at), ask(p, http.MethodHead, at)
		require.Equal(t, full.Code, head.Code, at)
		require.Empty(t, head.Body.String(), at)
		if full.Code == 200 && full.Header().Get("ETag") != "" {
			require.Equal(t, full.Header(), head.Header(), at)
		}
		w := ask(p, http.MethodDelete, at)
		require.Equal(t, 405, w.Code, at)
		require.Contains(t, w.Header().Get("Allow"), "GET, HEAD", at)
	}
	w := ask(p, http.MethodPost, "/c/LBR-NCHAP")
	require.Equal(t, 405, w.Code)
	require.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
	sound(t, "405", w.Body.String())
	require.Equal(t, 404, ask(p, http.MethodPost, "/nowhere").Code)
}

// withRoute adds a route to a page, for what no route of ours does.
func withRoute(p *Page, r route) *Page {
	p.routes = append(p.routes, r)
	p.mux = p.routed()
	return p
}

func TestAFormFromAnotherSiteIsRefused(t *testing.T) {
	taken := 0
	form := route{name: "x", path: "c/{cycle}/x", post: &way{Record, func(v *visit) error { taken++; return v.see("cycle", v.id) }}}
	p := withRoute(page(t, WithAuthorize(everything), WithOrigins("https://reform.example.org")), form)
	for _, one := range []struct {
		head   []string
		status int
	}{
		{[]string{"Sec-Fetch-Site", "same-origin"}, 303},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{[]string{"Sec-Fetch-Site", "same-site"}, 403},
		{[]string{"Origin", "https://evil.example"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Origin", "http://example.com"}, 303}, // that of httptest
		{[]string{"Origin", "https://reform.example.org"}, 303},
		{nil, 303}, // no browser
	} {
		before := taken
		w := ask(p, http.MethodPost, "/c/LBR-NCHAP/x", one.head...)
		require.Equal(t, one.status, w.Code, "%v", one.head)
		require.Equal(t, one.status == 303, taken > before, "%v", one.head)
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	}
	_, err := New(opened(t, journal.NewMemory()), WithOrigins("reform.example.org"))
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func TestWhatGoesWrongIsToldAndReachesNoHost(t *testing.T) {
	const secret = "what somebody wrote"
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p := page(t, WithAuthorize(everything), WithLogger(logger))
	for name, one := range map[string]struct {
		do     func(v *visit) error
		status int
	}{
		"panic":   {func(*visit) error { panic(secret) }, 500},
		"nil":     {func(*visit) error { var m []int; m[len(secret)] = 1; return nil }, 500},
		"abort":   {func(*visit) error { panic(http.ErrAbortHandler) }, 500},
		"disk":    {func(*visit) error { return errors.New("input/output error") }, 500},
		"late":    {func(*visit) error { return context.DeadlineExceeded }, 503},
		"large":   {func(v *visit) error { _, err := io.ReadAll(v.r.Body); return err }, 413},
		"invalid": {func(*visit) error { return fault.Refuse("name", fault.Length, secret, fault.WholeBetween(1, 2)) }, 400},
		"none":    {func(*visit) error { return reformcycle.ErrNotFound }, 404},
		"shut":    {func(*visit) error { return errForbidden }, 403},
	} {
		for _, path := range []string{"broken/" + name, "api/broken/" + name} {
			withRoute(p, route{name: path, path: path, get: looking(one.do), most: 10})
			w := httptest.NewRecorder()
			p.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+path, strings.NewReader("more than ten bytes of it")))
			require.Equal(t, one.status, w.Code, path)
			require.Equal(t, contentPolicy, w.Header().Get("Content-Security-Policy"))
			if strings.HasPrefix(path, "api/") {
				require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"), path)
			} else {
				sound(t, path, w.Body.String())
			}
		}
	}
	for _, at := range addresses(t, p, "UGA-CHEW") {
		get(p, at)
	}
	require.NotContains(t, log.String(), secret)
	require.NotContains(t, log.String(), "cabinet has rescinded")
	require.Contains(t, log.String(), "input/output error")
	require.Contains(t, log.String(), "code=invalid")
}

func TestWhatIsCached(t *testing.T) {
	p := page(t)
	w := get(p, "/c/LBR-NCHAP")
	tag := w.Header().Get("ETag")
	require.NotEmpty(t, tag)
	require.Equal(t, "private, no-cache", w.Header().Get("Cache-Control"))
	again := get(p, "/c/LBR-NCHAP", "If-None-Match", `"x", `+tag)
	require.Equal(t, 304, again.Code)
	require.Empty(t, again.Body.String())
	require.Equal(t, contentPolicy, again.Header().Get("Content-Security-Policy"))
	require.Equal(t, 304, get(p, "/c/LBR-NCHAP", "If-None-Match", tag, "Accept-Encoding", "gzip").Code)
	// Another language, another right: another page.
	for _, other := range []*Page{page(t, WithLanguages(fr.Language())), page(t, WithAuthorize(everything))} {
		require.Equal(t, 200, get(other, "/c/LBR-NCHAP", "If-None-Match", tag).Code)
	}
	require.Empty(t, get(p, "/c/nowhere").Header().Get("ETag"))

	style, err := p.static("style.css")
	require.NoError(t, err)
	require.Equal(t, "public, max-age=31536000, immutable", get(p, style).Header().Get("Cache-Control"))
	require.Equal(t, "private, no-cache", get(p, "/static/style.css?v=older").Header().Get("Cache-Control"))
	require.Equal(t, 404, get(p, "/static/nowhere.css").Code)
	require.Equal(t, 404, get(p, "/static/..%2Fpage.go").Code)
}

// unpacked is what a client reads that takes gzip.
func unpacked(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	z, err := gzip.NewReader(w.Body)
	require.NoError(t, err)
	text, err := io.ReadAll(z)
	require.NoError(t, err)
	return string(text)
}

func TestAPageIsCompressedForThoseWhoTakeIt(t *testing.T) {
	p := page(t)
	plain := get(p, "/c/LBR-NCHAP").Body.String()
	for _, takes := range []string{"gzip", "br, gzip;q=0.8", "GZIP", "gzip; q=1"} {
		w := get(p, "/c/LBR-NCHAP", "Accept-Encoding", takes)
		require.Equal(t, plain, unpacked(t, w), takes)
		require.Contains(t, w.Header().Get("Vary"), "Accept-Encoding")
	}
	for _, takes := range []string{"", "br", "gzip;q=0", "gzip; q=0.0", "xgzip"} {
		w := get(p, "/c/LBR-NCHAP", "Accept-Encoding", takes)
		require.Empty(t, w.Header().Get("Content-Encoding"), takes)
		require.Equal(t, plain, w.Body.String())
	}
	// What repeats the address beside what is on record is not: see visit.echoes.
	require.Empty(t, get(p, "/?q=health", "Accept-Encoding", "gzip").Header().Get("Content-Encoding"))
}

func TestPagesAreLight(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	style, err := files.ReadFile("static/style.css")
	require.NoError(t, err)
	require.LessOrEqual(t, len(style), 20<<10)
	for _, cycle := range []string{"UGA-CHEW", "LBR-NCHAP"} {
		for _, at := range addresses(t, p, cycle) {
			w := get(p, at, "Accept-Encoding", "gzip")
			if !isPage(w) || w.Code != 200 {
				continue
			}
			weight := w.Body.Len()
			for _, e := range sound(t, at, unpacked(t, w)) {
				if e.name == "img" {
					picture := get(p, strings.ReplaceAll(e.has["src"], "&amp;", "&"), "Accept-Encoding", "gzip")
					require.Equal(t, 200, picture.Code, e.has["src"])
					require.NotContains(t, picture.Body.String(), "<style")
					weight += picture.Body.Len()
				}
			}
			require.LessOrEqual(t, weight, 100<<10, at)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	p := opened(t, journal.NewMemory())
	for name, option := range map[string]Option{
		"nil": nil, "authorize": WithAuthorize(nil), "logger": WithLogger(nil), "languages": WithLanguages(nil, language.English()),
	} {
		_, err := New(p, option)
		require.ErrorIs(t, err, fault.ErrInvalid, name)
	}
	_, err := New(nil)
	require.ErrorIs(t, err, fault.ErrInvalid)
	alone, err := New(p, WithLanguages(nil))
	require.NoError(t, err)
	require.Equal(t, 200, get(alone, "/").Code)
	require.NoError(t, alone.Close(t.Context()))
}
