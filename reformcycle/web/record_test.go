package web

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
)

var (
	marked   = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
	selected = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	forms    = regexp.MustCompile(`(?s)<form method="post" action="([^"]*)"[^>]*>(.*?)</form>`)
	areas    = regexp.MustCompile(`(?s)<textarea\b([^>]*)>\n?(.*?)</textarea>`)
	selects  = regexp.MustCompile(`(?s)<select\b([^>]*)>(.*?)</select>`)
	inputs   = regexp.MustCompile(`<input\b([^>]*)>`)
)

func attributes(tag string) map[string]string {
	all := map[string]string{}
	for _, m := range marked.FindAllStringSubmatch(tag, -1) {
		all[m[1]] = html.UnescapeString(m[2])
	}
	return all
}

// formOn reads the form of a page: where it is sent, and what is in it.
func formOn(t testing.TB, body string) (string, url.Values) {
	t.Helper()
	m := forms.FindStringSubmatch(body)
	require.NotNil(t, m, "a form")
	values := url.Values{}
	for _, tag := range inputs.FindAllStringSubmatch(m[2], -1) {
		a := attributes(tag[1])
		if _, ticked := a["checked"]; a["type"] != "checkbox" || ticked {
			values.Add(a["name"], a["value"])
		}
	}
	for _, tag := range areas.FindAllStringSubmatch(m[2], -1) {
		values.Set(attributes(tag[1])["name"], html.UnescapeString(tag[2]))
	}
	for _, tag := range selects.FindAllStringSubmatch(m[2], -1) {
		name := attributes(tag[1])["name"]
		values.Set(name, "")
		if one := selected.FindStringSubmatch(tag[2]); one != nil {
			values.Set(name, html.UnescapeString(one[1]))
		}
	}
	return html.UnescapeString(m[1]), values
}

// fillIn is the form at an address, with some of its fields filled in.
func fillIn(t testing.TB, h http.Handler, at string, pairs ...string) (string, url.Values) {
	t.Helper()
	w := get(h, at)
	require.Equal(t, 200, w.Code, at)
	to, values := formOn(t, w.Body.String())
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	values.Set("do", "record")
	return to, values
}

func stateOf(t testing.TB, p *Page, id string) reformcycle.State {
	t.Helper()
	c, err := p.portfolio.Cycle(t.Context(), id)
	require.NoError(t, err)
	return c.Now()
}

func seq(t testing.TB, p *Page, id string) uint64 { return stateOf(t, p, id).Seq() }

// Somebody finds why Uganda stands still, resumes it with the cabinet's word, rates what
// has changed by the form beside a blocker, and is told what is no longer in the way.
func TestSomebodyRecordsThatTheCabinetHasAgreed(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	body := get(p, "/c/UGA-CHEW").Body.String()
	link := regexp.MustCompile(`href="(/c/UGA-CHEW/record/resume[^"]*)"`).FindStringSubmatch(body)
	require.NotNil(t, link, "the way out of a suspension")
	to, values := fillIn(t, p, html.UnescapeString(link[1]), "d.reason", "The cabinet has agreed.", "on", "2026-02")
	w := post(p, to, values)
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
	require.Equal(t, reformcycle.Active, stateOf(t, p, "UGA-CHEW").Status())

	form := regexp.MustCompile(`href="(/c/UGA-CHEW/record/rate\?criterion=[^"]*)"`).FindStringSubmatch(get(p, "/c/UGA-CHEW").Body.String())
	require.NotNil(t, form, "a form that clears a blocker")
	at := html.UnescapeString(form[1])
	criterion, err := url.Parse(at)
	require.NoError(t, err)
	guard := criterion.Query().Get("criterion")
	to, values = fillIn(t, p, at, "d.level", "functional", "d.evidence.what", "Minutes of the cabinet", "d.evidence.source", "Minutes", "d.evidence.basis", "documented")
	require.Equal(t, guard, values.Get("d.criterion"), "the criterion is filled in")
	w = post(p, to, values)
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
	w = get(p, w.Header().Get("Location"))
	require.Equal(t, 200, w.Code)
	assert.Contains(t, w.Body.String(), "No longer in the way")
	level, _ := stateOf(t, p, "UGA-CHEW").Level(guard)
	assert.Equal(t, assessment.Functional, level)
	for _, b := range stateOf(t, p, "UGA-CHEW").Blockers() {
		assert.NotEqual(t, guard, b.Guard)
	}
}

// A form that is sent twice counts once, and says so.
func TestAFormThatIsSentTwiceCountsOnce(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	to, values := fillIn(t, p, "/c/LBR-NCHAP/record/open-window", "d.window.id", "w", "d.window.kind", "new-money", "d.window.what", "A grant", "d.window.source", "A letter")
	before := seq(t, p, "LBR-NCHAP")
	first, second := post(p, to, values), post(p, to, values)
	require.Equal(t, http.StatusSeeOther, first.Code, first.Body.String())
	require.Equal(t, http.StatusSeeOther, second.Code, second.Body.String())
	assert.Equal(t, before+1, seq(t, p, "LBR-NCHAP"))
	assert.Contains(t, get(p, second.Header().Get("Location")).Body.String(), "It counts once.")
}

// Whoever was overtaken is told by what, loses nothing, and can go on.
func TestAStalePageSaysWhatCameSinceAndGoesOn(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	at := "/c/LBR-NCHAP/record/open-window"
	before := len(stateOf(t, p, "LBR-NCHAP").Windows())
	to, mine := fillIn(t, p, at, "d.window.id", "mine", "d.window.kind", "crisis", "d.window.what", "සෞඛ්\u200dය අර්බුදය", "d.window.source", "A letter")
	to2, theirs := fillIn(t, p, at, "d.window.id", "theirs", "d.window.kind", "crisis", "d.window.what", "A flood", "d.window.source", "The news")
	require.Equal(t, http.StatusSeeOther, post(p, to2, theirs).Code)
	w := post(p, to, mine)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	assert.Contains(t, w.Body.String(), "Others have recorded since you opened this page")
	assert.Contains(t, w.Body.String(), "record a window of opportunity, by Reform team")
	to, again := formOn(t, w.Body.String())
	assert.Equal(t, "සෞඛ්\u200dය අර්බුදය", again.Get("d.window.what"))
	again.Set("do", "record")
	require.Equal(t, http.StatusSeeOther, post(p, to, again).Code)
	assert.Len(t, stateOf(t, p, "LBR-NCHAP").Windows(), before+2)
}

// What is wrong stands at its field and at the top, where a link leads to it; what was
// typed stays, as text.
func TestARefusalStandsAtItsFieldAndLosesNothing(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	hostile := `"><script>alert(1)</script>`
	to, values := fillIn(t, p, "/c/LBR-NCHAP/record/engage-actor", "d.actor.id", "x", "d.actor.name", hostile, "d.actor.position", "ninety", "d.actor.commitments[0].unit", "USD")
	w := post(p, to, values)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	body := w.Body.String()
	assert.NotContains(t, body, "<script>alert")
	_, kept := formOn(t, body)
	assert.Equal(t, hostile, kept.Get("d.actor.name"))
	assert.Equal(t, "ninety", kept.Get("d.actor.position"))
	assert.Equal(t, "USD", kept.Get("d.actor.commitments[0].unit"))
	links := regexp.MustCompile(`<li><a href="#(f-[^"]*)">`).FindAllStringSubmatch(body, -1)
	require.NotEmpty(t, links)
	for _, l := range links {
		assert.Contains(t, body, `id="`+l[1]+`"`)
	}
	assert.Contains(t, body, `id="f-actor-position-error"`)
	assert.Contains(t, body, `aria-invalid="true"`)
	assert.Contains(t, body, "“ninety” is not accepted")
}

// Without the right to override, an advance is never one, whatever is sent.
func TestAnAdvanceShowsItsGuardsAndAsksForTheOverride(t *testing.T) {
	lesser := func(*http.Request) (Visitor, error) {
		return Visitor{Name: "Clerk", May: func(string) Rights { return Look | Record | Move }}, nil
	}
	p := page(t, WithAuthorize(lesser))
	body := get(p, "/c/LBR-NCHAP/advance").Body.String()
	assert.Contains(t, body, "The move can be made once this is met.")
	assert.NotContains(t, body, "d.override.authority")
	after := strconv.FormatUint(seq(t, p, "LBR-NCHAP"), 10)
	over := url.Values{"do": {"record"}, "after": {after}, "d.override.authority": {"moh"}, "d.override.reason": {"Now"}}
	for _, to := range []string{"/c/LBR-NCHAP/advance", "/c/LBR-NCHAP/record/advance"} {
		w := post(p, to, over)
		require.Equal(t, http.StatusUnprocessableEntity, w.Code, to)
		assert.Contains(t, w.Body.String(), "nothing was recorded")
	}
	over.Set("batch", `{"kind":"advance","data":{"override":{"authority":"moh","reason":"Now"}}}`)
	require.Equal(t, http.StatusForbidden, post(p, "/c/LBR-NCHAP/record", over).Code)
	assert.Equal(t, after, strconv.FormatUint(seq(t, p, "LBR-NCHAP"), 10))

	p = page(t, WithAuthorize(everything))
	to, values := fillIn(t, p, "/c/LBR-NCHAP/advance", "d.override.authority", "moh", "d.override.reason", "The window closes.")
	before := stateOf(t, p, "LBR-NCHAP")
	require.Equal(t, http.StatusSeeOther, post(p, to, values).Code)
	assert.Equal(t, before.Stage()+1, stateOf(t, p, "LBR-NCHAP").Stage())
	assert.Greater(t, len(stateOf(t, p, "LBR-NCHAP").OpenDebts()), len(before.OpenDebts()))
}

// An entry is corrected by the form that recorded it, taken back, and dated anew; each
// keeps its reason.
func TestAnEntryIsCorrectedByTheFormThatRecordedIt(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	to, values := fillIn(t, p, "/c/LBR-NCHAP/record/open-window", "d.window.id", "w", "d.window.kind", "crisis", "d.window.what", "A floud", "d.window.source", "The news")
	require.Equal(t, http.StatusSeeOther, post(p, to, values).Code)
	entry := strconv.FormatUint(seq(t, p, "LBR-NCHAP"), 10)
	to, values = fillIn(t, p, "/c/LBR-NCHAP/entry/"+entry+"/correct", "d.change.data.window.what", "A flood", "d.reason", "Mistyped")
	require.Equal(t, "w", values.Get("d.change.data.window.id"))
	w := post(p, to, values)
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
	windows := stateOf(t, p, "LBR-NCHAP").Windows()
	assert.Equal(t, "A flood", windows[len(windows)-1].What)

	// Once more, from where it stands now; and a reason that is missing is missed.
	to, values = fillIn(t, p, "/c/LBR-NCHAP/entry/"+entry+"/correct", "d.change.data.window.what", "")
	require.Equal(t, "w", values.Get("d.change.data.window.id"))
	w = post(p, to, values)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	assert.Contains(t, w.Body.String(), `id="f-change-data-window-what-error"`)

	to, values = fillIn(t, p, "/c/LBR-NCHAP/entry/"+entry+"/correct-moment", "d.date", "2025-12", "d.reason", "It was in December")
	w = post(p, to, values)
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
	to, values = fillIn(t, p, "/c/LBR-NCHAP/entry/"+entry+"/retract", "d.reason", "There was none")
	require.Equal(t, http.StatusSeeOther, post(p, to, values).Code)
	assert.Len(t, stateOf(t, p, "LBR-NCHAP").Windows(), len(windows)-1)
	require.Equal(t, http.StatusNotFound, get(p, "/c/LBR-NCHAP/entry/999999/retract").Code)
	require.Equal(t, http.StatusNotFound, get(p, "/c/LBR-NCHAP/entry/"+entry+"/rate").Code)
}

// Several changes are one batch: all or none.
func TestSeveralChangesAreOneBatch(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	to, values := fillIn(t, p, "/c/LBR-NCHAP/record/open-window", "d.window.id", "w", "d.window.kind", "crisis", "d.window.what", "A flood", "d.window.source", "The news", "on", "2026-02")
	values.Set("do", "more")
	w := post(p, to, values)
	require.Equal(t, 200, w.Code)
	assert.Contains(t, w.Body.String(), "1 more change is recorded with it")
	to, values = formOn(t, w.Body.String())
	values.Set("do", "kind:suspend")
	w = post(p, to, values)
	require.Equal(t, 200, w.Code)
	before := seq(t, p, "LBR-NCHAP")
	to, values = formOn(t, w.Body.String())
	values.Set("do", "record")
	w = post(p, to, values) // without a reason
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	require.Equal(t, before, seq(t, p, "LBR-NCHAP"))
	to, values = formOn(t, w.Body.String())
	values.Set("do", "record")
	values.Set("d.reason", "The flood")
	w = post(p, to, values)
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
	s := stateOf(t, p, "LBR-NCHAP")
	assert.Equal(t, before+2, s.Seq())
	assert.Equal(t, reformcycle.Suspended, s.Status())

	for _, forged := range []string{"", "{}", `{"kind":"rate"}`, `{"kind":"rate","data":{}},{"kind":"rate","data":{}}`, "]", strings.Repeat("x", 1<<19)} {
		w := post(p, "/c/LBR-NCHAP/record", url.Values{"do": {"record"}, "after": {"1"}, "batch": {forged}})
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusUnprocessableEntity}, w.Code, forged[:min(len(forged), 40)])
	}
	many := url.Values{"do": {"record"}, "after": {"1"}}
	for range mostBatched + 1 {
		many.Add("batch", `{"kind":"resume","data":{"reason":"x"}}`)
	}
	assert.Equal(t, http.StatusBadRequest, post(p, "/c/LBR-NCHAP/record", many).Code)
}

// A list grows by a row without a script, and rows that stay empty are not sent.
func TestAListGrowsByARow(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	to, values := fillIn(t, p, "/c/LBR-NCHAP/record/set-criteria", "d.for", "problems", "d.criteria[0].id", "burden", "d.criteria[0].text", "How many it harms")
	values.Set("do", "add:criteria")
	w := post(p, to, values)
	require.Equal(t, 200, w.Code)
	to, values = formOn(t, w.Body.String())
	require.Contains(t, values, "d.criteria[1].id")
	require.NotContains(t, values, "d.criteria[2].id")
	values.Set("do", "record")
	values.Set("d.criteria[0].weight", "2,5")
	w = post(p, to, values)
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
	criteria := stateOf(t, p, "LBR-NCHAP").ProblemCriteria()
	require.Len(t, criteria, 1)
	assert.Equal(t, 2.5, criteria[0].Weight)
}

// A cycle is begun by who may record on it, under an id that is free.
func TestACycleIsBegun(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	to, values := fillIn(t, p, "/begin", "d.id", "ලංකා", "d.title", "Health workers for every village", "d.stage", "design", "on", "2026")
	w := post(p, to, values)
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
	require.Equal(t, 200, get(p, w.Header().Get("Location")).Code)
	assert.Equal(t, reformcycle.Design, stateOf(t, p, "ලංකා").Stage())
	w = post(p, to, values)
	require.Equal(t, http.StatusSeeOther, w.Code, "sent twice counts once: "+w.Body.String())
	values.Set("d.title", "Another")
	w = post(p, to, values)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	assert.Contains(t, w.Body.String(), "a short name that no other reform has")
	values.Set("d.id", "")
	assert.Equal(t, http.StatusUnprocessableEntity, post(p, to, values).Code)
	assert.Equal(t, http.StatusForbidden, get(page(t), "/begin").Code)
}

// Each right is asked for: whoever lacks one is refused, and nothing is recorded; of a
// cycle that is not to be seen there is nothing.
func TestEachRightIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		rights Rights
		at     string
		status int
	}{
		{Look, "/c/LBR-NCHAP/record/rate", 403}, {Look | Move, "/c/LBR-NCHAP/record/rate", 403}, {Look | Record, "/c/LBR-NCHAP/record/rate", 200},
		{Look | Record, "/c/LBR-NCHAP/record/suspend", 403}, {Look | Move, "/c/LBR-NCHAP/record/suspend", 200}, {Look | Record, "/c/LBR-NCHAP/advance", 403},
		{Look | Record, "/c/LBR-NCHAP/record/waive", 403}, {Look | Override, "/c/LBR-NCHAP/record/waive", 200},
		{Look | Record, "/c/LBR-NCHAP/entry/2/retract", 403}, {Look | Correct, "/c/LBR-NCHAP/entry/2/retract", 200},
		{Record | Move, "/c/LBR-NCHAP/record/rate", 404}, {Look, "/c/LBR-NCHAP/record", 403}, {Look | Record, "/c/LBR-NCHAP/record", 200},
		{Look | Record, "/c/LBR-NCHAP/record/begin", 404}, {Look | Record, "/c/LBR-NCHAP/record/nonsense", 404}, {Look | Correct, "/c/LBR-NCHAP/record/correct", 404},
	} {
		p := page(t, WithAuthorize(func(*http.Request) (Visitor, error) {
			return Visitor{Name: "Somebody", May: func(string) Rights { return c.rights }}, nil
		}))
		assert.Equal(t, c.status, get(p, c.at).Code, "%v %s", c.rights, c.at)
		before := seq(t, p, "LBR-NCHAP")
		w := post(p, c.at, url.Values{"do": {"record"}, "after": {"1"}})
		assert.NotEqual(t, http.StatusSeeOther, w.Code)
		if c.status != 200 {
			assert.Equal(t, c.status, w.Code, c.at)
		}
		assert.Equal(t, before, seq(t, p, "LBR-NCHAP"))
	}
}

// Whatever is sent, a form is taken or refused, and what is refused stands at a field that
// the page has.
func FuzzForm(f *testing.F) {
	p := page(f, WithAuthorize(everything))
	f.Add(uint8(0), "do=record&after=1&d.criterion=problem.needs")
	f.Add(uint8(7), "do=add:actor.commitments&after=3&d.actor.commitments[0].id=x&d.actor.commitments[999999].id=y")
	f.Add(uint8(9), "do=more&after=0&batch=%7B%22kind%22%3A%22rate%22%7D&on=2019-13")
	f.Add(uint8(3), "do=drop:-1&after=0&d.a.b.c.d.e.f.g.h.i.j.k.l.m=1&d[1][2][3]=4")
	kinds := reformcycle.Kinds()
	f.Fuzz(func(t *testing.T, kind uint8, body string) {
		r := httptest.NewRequest(http.MethodPost, "/c/LBR-NCHAP/record/"+string(kinds[int(kind)%len(kinds)]), strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%d: %s", w.Code, w.Body)
		}
		for _, link := range regexp.MustCompile(`<li><a href="#(f-[^"]*)">`).FindAllStringSubmatch(w.Body.String(), -1) {
			if !strings.Contains(w.Body.String(), `id="`+link[1]+`"`) {
				t.Fatalf("no field %s", link[1])
			}
		}
	})
}
