package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// sentOf is a change as somebody would type it into its form.
func sentOf(t testing.TB, change reformcycle.Change) url.Values {
	t.Helper()
	s, known := reformcycle.ChangeSchema(change.Kind())
	require.True(t, known)
	data, err := dataOf(change)
	require.NoError(t, err)
	var x any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&x))
	typed, sent := url.Values{}, url.Values{}
	written(&s, x, "", typed)
	for name, values := range typed {
		sent["d."+name] = values
	}
	return sent
}

// Whole reforms are recorded by forms alone, through the page as a browser has it, and
// become what programs have recorded.
func TestAReformIsRecordedByFormsAlone(t *testing.T) {
	now := noon
	all, err := portfolio.Open(t.Context(), journal.NewMemory(), portfolio.WithOptions(reformcycle.WithClock(func() time.Time { return now })))
	require.NoError(t, err)
	p, err := New(all, WithAuthorize(everything))
	require.NoError(t, err)
	original := page(t)
	for _, walk := range cases.Walks(nil) {
		from, err := original.portfolio.Cycle(t.Context(), walk.ID)
		require.NoError(t, err)
		for e, err := range from.History(t.Context(), 0) {
			require.NoError(t, err)
			change, err := e.Change()
			require.NoError(t, err)
			values := sentOf(t, change)
			now = e.At
			at := "/c/" + walk.ID + "/record/" + string(e.Kind)
			if e.Kind == reformcycle.KindBegin {
				at = "/begin"
				values.Set("d.id", walk.ID)
			}
			values.Set("on", e.On().String())
			values.Set("after", strconv.FormatUint(e.Seq-1, 10))
			if e.Kind != reformcycle.KindBegin && e.Kind != reformcycle.KindAdvance {
				// What was typed comes back on a page, and is sent from there.
				values.Set("do", "drop:none")
				w := post(p, at, values)
				require.Equal(t, http.StatusOK, w.Code, "%s %d %s", walk.ID, e.Seq, e.Kind)
				at, values = formOn(t, w.Body.String())
			}
			values.Set("do", "record")
			w := post(p, at, values)
			require.Equal(t, http.StatusSeeOther, w.Code, "%s %d %s: %s", walk.ID, e.Seq, e.Kind, summaryOf(w.Body.String()))
		}
		again, err := p.portfolio.Cycle(t.Context(), walk.ID)
		require.NoError(t, err)
		var want, got []string
		for e, err := range from.History(t.Context(), 0) {
			require.NoError(t, err)
			want = append(want, fmt.Sprint(e.Seq, e.Kind, e.On(), sets(t, withoutOwn(t, e, e.Data))))
		}
		for e, err := range again.History(t.Context(), 0) {
			require.NoError(t, err)
			got = append(got, fmt.Sprint(e.Seq, e.Kind, e.On(), sets(t, withoutOwn(t, e, e.Data))))
		}
		require.Equal(t, want, got, walk.ID)
	}
}

// summaryOf is what the top of a page says is wrong.
func summaryOf(body string) string {
	_, body, _ = strings.Cut(body, "error-summary")
	body, _, _ = strings.Cut(body, "<h1>")
	return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")
}

// The form that corrects an entry holds what was recorded, whole: sent as it is, it asks
// for the same change.
func TestTheFormOfACorrectionHoldsTheEntryWhole(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	for _, walk := range cases.Walks(nil) {
		c, err := p.portfolio.Cycle(t.Context(), walk.ID)
		require.NoError(t, err)
		for e, err := range c.History(t.Context(), 0) {
			require.NoError(t, err)
			w := get(p, fmt.Sprintf("/c/%s/entry/%d/correct", walk.ID, e.Seq))
			require.Equal(t, 200, w.Code)
			_, values := formOn(t, w.Body.String())
			n, err := typed(values)
			require.NoError(t, err)
			a := about{kind: reformcycle.KindCorrect, entry: e}
			var known bool
			a.schema, known = asked(a.kind, e)
			require.True(t, known)
			n.at("d").make("reason").values = []string{"Mistyped"}
			got, err := a.change(n.at("d"))
			require.NoError(t, err, "%d %s", e.Seq, e.Kind)
			change, err := e.Change()
			require.NoError(t, err)
			want, err := dataOf(change)
			require.NoError(t, err)
			data, err := dataOf(got.(reformcycle.Correct).Change)
			require.NoError(t, err)
			was := sets(t, want)
			delete(was.(map[string]any), "terms") // which recording puts in
			require.Equal(t, was, sets(t, data), "%d %s", e.Seq, e.Kind)
		}
	}
}

// everyForm are the addresses of all forms of a cycle.
func everyForm(id string) (all []string) {
	for _, kind := range reformcycle.Kinds() {
		switch {
		case slices.Contains(corrections, kind):
			all = append(all, "/c/"+url.PathEscape(id)+"/entry/3/"+string(kind))
		case kind == reformcycle.KindBegin:
			all = append(all, "/begin")
		default:
			all = append(all, "/c/"+url.PathEscape(id)+"/record/"+string(kind))
		}
	}
	return append(all, "/c/"+url.PathEscape(id)+"/advance")
}

// Every form is sound as it opens and as it is refused; what is refused stands at the top
// with a link to its field, and at the field; and all of it is said in the reader's language.
func TestEveryFormIsSoundAsItOpensAndAsItIsRefused(t *testing.T) {
	p, err := New(opened(t, told(t)), WithLanguages(languagetest.Accented(nil)), WithAuthorize(everything))
	require.NoError(t, err)
	typed := []string{"Reform team", "localhost"}
	for _, walk := range cases.Walks(nil) {
		c, err := p.portfolio.Cycle(t.Context(), walk.ID)
		require.NoError(t, err)
		typed = append(typed, walk.ID, c.State().Title(), c.State().Country())
		for e, err := range c.History(t.Context(), 0) {
			require.NoError(t, err)
			typed = append(append(typed, e.By), languagetest.Typed(e.Data)...)
		}
		for _, crit := range c.State().Checklist().All() {
			typed = append(typed, crit.ID)
		}
		for _, source := range c.State().Checklist().Sources() {
			typed = append(typed, source.Key)
		}
		for actor := range c.State().Actors().All() {
			for _, one := range actor.Commitments {
				typed = append(typed, one.ID)
			}
		}
	}
	refused := 0
	for _, at := range everyForm("LBR-NCHAP") {
		w := get(p, at)
		require.Equal(t, 200, w.Code, at)
		body := w.Body.String()
		sound(t, at, body)
		assert.Empty(t, languagetest.Leaks(body, typed...), at)
		if !strings.Contains(body, "<form method=\"post\"") {
			continue
		}
		to, values := formOn(t, body)
		for name := range values {
			if strings.HasPrefix(name, "d.") {
				values.Set(name, "")
			}
		}
		values.Set("on", "2999-01")
		values.Set("do", "record")
		w = post(p, to, values)
		if w.Code == http.StatusSeeOther {
			continue // it asks for nothing
		}
		require.Equal(t, http.StatusUnprocessableEntity, w.Code, at)
		refused++
		body = w.Body.String()
		sound(t, at, body)
		assert.Empty(t, languagetest.Leaks(body, append(typed, "2999-01")...), at)
		links := regexp.MustCompile(`<li><a href="#(f-[^"]*)">`).FindAllStringSubmatch(body, -1)
		for _, link := range links {
			assert.Contains(t, body, `id="`+link[1]+`-error"`, at)
		}
		lines := strings.Count(summaryPart(body), "<li>")
		assert.Equal(t, lines, len(links), "%s: each line leads to a field", at)
	}
	assert.Greater(t, refused, 35)
}

func summaryPart(body string) string {
	_, body, _ = strings.Cut(body, "error-summary")
	body, _, _ = strings.Cut(body, "</ul>")
	return body
}

// A field that was left empty is missing: what a refusal takes for its value, such as 0 or
// an unknown level, is nothing that anybody has typed.
func TestWhatWasLeftEmptyIsMissing(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	for _, kind := range []string{"appraise-solution", "observe-cycle", "revisit"} {
		w := post(p, "/c/LBR-NCHAP/record/"+kind, url.Values{"do": {"record"}, "after": {"1"}})
		require.Equal(t, http.StatusUnprocessableEntity, w.Code)
		assert.Contains(t, summaryPart(w.Body.String()), "This is missing.", kind)
		assert.NotContains(t, summaryPart(w.Body.String()), "is not accepted", kind)
	}
	w := post(p, "/c/LBR-NCHAP/record/engage-actor", url.Values{"do": {"record"}, "after": {"1"}, "d.actor.position": {"ninety"}})
	assert.Contains(t, summaryPart(w.Body.String()), "“ninety” is not accepted. What is accepted: a number from -7 to 7.")
}

// Whoever has recorded something is led to where it is put right, if they may; a move is taken
// back while nothing stands behind it.
func TestWhatWasRecordedLeadsToWhereItIsPutRight(t *testing.T) {
	for _, c := range []struct {
		rights Rights
		kind   string
		ways   []string
	}{
		{whole, "declare-silence", []string{"correct", "retract", "correct-moment"}},
		{whole, "suspend", []string{"correct", "retract", "correct-moment"}},
		{Look | Record | Move, "suspend", nil},
	} {
		p := page(t, WithAuthorize(func(*http.Request) (Visitor, error) {
			return Visitor{Name: "Reform team", May: func(string) Rights { return c.rights }}, nil
		}))
		to, values := fillIn(t, p, "/c/LBR-NCHAP/record/"+c.kind, "d.reason", "A reason", "d.about", "all", "d.why", "A reason")
		if c.kind == "declare-silence" {
			s, _ := reformcycle.ChangeSchema(reformcycle.KindDeclareSilence)
			values.Set("d.about", fmt.Sprint(s.Field("about").Items.Enum[0]))
		}
		w := post(p, to, values)
		require.Equal(t, http.StatusSeeOther, w.Code, summaryOf(w.Body.String()))
		body := get(p, w.Header().Get("Location")).Body.String()
		sound(t, to, body)
		var ways []string
		for _, m := range regexp.MustCompile(`href="(/c/LBR-NCHAP/entry/\d+/([a-z-]+))"`).FindAllStringSubmatch(body, -1) {
			ways = append(ways, m[2])
			assert.Equal(t, 200, get(p, m[1]).Code)
		}
		assert.Equal(t, c.ways, ways)
		if c.kind != "suspend" || ways == nil {
			continue
		}
		// With something behind it, it stands.
		at, values := fillIn(t, p, "/c/LBR-NCHAP/record/resume", "d.reason", "A reason")
		require.Equal(t, http.StatusSeeOther, post(p, at, values).Code)
		body = get(p, w.Header().Get("Location")).Body.String()
		assert.Contains(t, body, "/correct-moment")
		assert.NotContains(t, body, "/retract")
	}
}

// Nothing that was typed is lost, however wrong it is: not a name without its number, nor
// one named twice, nor what stands beside a batch that is full.
func TestNothingTypedIsLost(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	after := strconv.FormatUint(seq(t, p, "LBR-NCHAP"), 10)
	pairs := url.Values{
		"do": {"record"}, "after": {after}, "on": {"someday"}, "d.problem": {"x"},
		"d.scores[0].name": {"burden"}, "d.scores[0].number": {""},
		"d.scores[3].name": {"cost"}, "d.scores[3].number": {" 2,5"},
		"d.scores[4].name": {"cost"}, "d.scores[4].number": {"3"},
		"d.scores[5].name": {""}, "d.scores[5].number": {"4"},
	}
	w := post(p, "/c/LBR-NCHAP/record/score-problem", pairs)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	_, kept := formOn(t, w.Body.String())
	for was, is := range map[string]string{"[0]": "[0]", "[3]": "[1]", "[4]": "[2]", "[5]": "[3]"} {
		for _, half := range []string{".name", ".number"} {
			assert.Equal(t, pairs.Get("d.scores"+was+half), kept.Get("d.scores"+is+half), was+half)
		}
	}
	assert.Contains(t, w.Body.String(), `id="f-scores-2-name-error"`)
	assert.Contains(t, w.Body.String(), `id="f-on-error"`)
	pairs.Del("d.scores[4].name")
	pairs.Del("d.scores[4].number")
	w = post(p, "/c/LBR-NCHAP/record/score-problem", pairs)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	assert.Contains(t, w.Body.String(), `id="f-scores-0-number-error"`)

	full := url.Values{"do": {"more"}, "after": {after}, "d.reason": {"The flood"}}
	for range mostBatched {
		full.Add("batch", `{"kind":"resume","data":{"reason":"x"}}`)
	}
	w = post(p, "/c/LBR-NCHAP/record/suspend", full)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	_, kept = formOn(t, w.Body.String())
	assert.Equal(t, "The flood", kept.Get("d.reason"))
	assert.Len(t, kept["batch"], mostBatched)
	assert.Contains(t, summaryOf(w.Body.String()), strconv.Itoa(mostBatched))

	begin := url.Values{"do": {"record"}, "after": {"0"}, "d.id": {"x y"}, "d.title": {"A title"}, "d.stage": {"nowhere"}, "on": {"someday"}}
	w = post(p, "/begin", begin)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	_, kept = formOn(t, w.Body.String())
	assert.Equal(t, begin["d.stage"], kept["d.stage"])
	for _, id := range []string{"stage", "on"} {
		assert.Contains(t, w.Body.String(), `id="f-`+id+`-error"`)
	}
	assert.Contains(t, summaryOf(w.Body.String()), "one from the list")
}

// A form holds all rows that were recorded, and refuses to hold more than it can send
// rather than leaving some out.
func TestNoRowIsLeftOut(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	after := strconv.FormatUint(seq(t, p, "LBR-NCHAP"), 10)
	rowsOf := func(n int) url.Values {
		values := url.Values{"do": {"drop:none"}, "after": {after}, "d.for": {"problems"}}
		for i := range n {
			values.Set(fmt.Sprintf("d.criteria[%d].id", i), "c"+strconv.Itoa(i))
			values.Set(fmt.Sprintf("d.criteria[%d].text", i), "Criterion")
			values.Set(fmt.Sprintf("d.criteria[%d].weight", i), "1")
		}
		return values
	}
	w := post(p, "/c/LBR-NCHAP/record/set-criteria", rowsOf(700))
	require.Equal(t, 200, w.Code)
	to, values := formOn(t, w.Body.String())
	assert.Equal(t, "c699", values.Get("d.criteria[699].id"))
	values.Set("do", "record")
	w = post(p, to, values)
	require.Equal(t, http.StatusSeeOther, w.Code, summaryOf(w.Body.String()))
	assert.Len(t, stateOf(t, p, "LBR-NCHAP").ProblemCriteria(), 700)
	w = post(p, "/c/LBR-NCHAP/record/set-criteria", rowsOf(1700))
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Contains(t, w.Body.String(), strconv.Itoa(mostTyped))
}

// What comes back is of the size of what was sent, however long a list is that refers to
// others, and in its order.
func TestALongListOfReferencesStaysText(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	for n, boxes := range map[int]bool{20: true, mostBoxes + 1: false, 100000: false} {
		var list []string
		for i := range n {
			list = append(list, strconv.Itoa((i+n/2)%n))
		}
		w := post(p, "/c/LBR-NCHAP/record/name-authorities", url.Values{"do": {"record"}, "after": {"1"}, "d.authorities.contributors": {strings.Join(list, "\n")}})
		require.Equal(t, http.StatusUnprocessableEntity, w.Code)
		assert.Less(t, w.Body.Len(), 1<<20)
		_, values := formOn(t, w.Body.String())
		if boxes {
			assert.Equal(t, list, values["d.authorities.contributors"])
		} else {
			assert.Equal(t, list, strings.Fields(values.Get("d.authorities.contributors")))
		}
	}
}

// What clears a blocker opens with its criterion and the level that is asked for; evidence
// of another level is not taken for it.
func TestABlockersFormAsksForTheLevelThatClearsIt(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	found := 0
	for _, walk := range cases.Walks(nil) {
		s := stateOf(t, p, walk.ID)
		if s.Status() != reformcycle.Active {
			continue
		}
		links := regexp.MustCompile(`href="(/c/[^"/]*/record/rate\?[^"]*level=[^"]*)"`).FindAllStringSubmatch(get(p, "/c/"+walk.ID).Body.String(), -1)
		for _, b := range s.Blockers() {
			for _, link := range links {
				at, err := url.Parse(strings.ReplaceAll(link[1], "&amp;", "&"))
				require.NoError(t, err)
				if at.Query().Get("criterion") != b.Guard {
					continue
				}
				found++
				_, values := formOn(t, get(p, at.String()).Body.String())
				assert.Equal(t, b.Guard, values.Get("d.criterion"))
				assert.Equal(t, b.Need.String(), values.Get("d.level"))
				assert.Empty(t, values.Get("d.evidence.what"))
			}
		}
	}
	assert.Positive(t, found)
}
