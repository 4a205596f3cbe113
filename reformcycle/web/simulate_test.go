package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

const simulated = "/c/BGD-BARISHAL/simulate"

// little is a question that takes a moment.
func little(more ...string) url.Values {
	q := url.Values{"policy": {"balanced", "rush-to-launch"}, "runs": {"100"}, "months": {"24"}, "seed": {"7"}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return q
}

// long is one that takes as long as it may.
func long(more ...string) url.Values {
	return little(append([]string{"runs", "10000", "months", "240", "worlds", "500"}, more...)...)
}

// closing ends the jobs of a page with the test.
func closing(t testing.TB, p *Page) *Page {
	t.Helper()
	t.Cleanup(func() { require.NoError(t, p.Close(context.Background())) })
	return p
}

// asks sends a question and gives where its answer will stand.
func asks(t testing.TB, p *Page, q url.Values) string {
	t.Helper()
	w := post(p, simulated, q)
	require.Equal(t, 303, w.Code, w.Body.String())
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	return w.Header().Get("Location")
}

// came waits for an answer as a visitor without a script does: by asking again.
func came(t testing.TB, p *Page, at string) string {
	t.Helper()
	for range 60 {
		w := get(p, at)
		require.Equal(t, 200, w.Code, w.Body.String())
		body := w.Body.String()
		sound(t, at, body)
		again := ""
		for _, e := range sound(t, at, body) {
			if strings.Contains(e.has["href"], "look=1") {
				again = strings.ReplaceAll(e.has["href"], "&amp;", "&")
			}
		}
		if again == "" {
			return body
		}
		require.Equal(t, contentPolicy+"; script-src 'self'", w.Header().Get("Content-Security-Policy"))
		require.Contains(t, body, "progress.js")
		require.Contains(t, body, "<progress")
		at = again
	}
	t.Fatal("no answer came")
	return ""
}

func led(t testing.TB, body, text string) string {
	t.Helper()
	m := regexp.MustCompile(`href="([^"]*)">` + regexp.QuoteMeta(text)).FindStringSubmatch(body)
	require.NotNil(t, m, "no link %q", text)
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

func TestASimulationGoesFromTheQuestionToTheAnswer(t *testing.T) {
	p := closing(t, page(t, WithPrefix("/")))
	form := get(p, simulated)
	require.Equal(t, 200, form.Code)
	require.Equal(t, contentPolicy, form.Header().Get("Content-Security-Policy"))
	require.NotContains(t, form.Body.String(), "<script")
	sound(t, simulated, form.Body.String())

	at := asks(t, p, little("worlds", "20", "assume.shocks.election.hazard", "0,02", "set.rush-to-launch.met", "0.25"))
	body := came(t, p, at)
	w := get(p, at)
	require.Equal(t, contentPolicy, w.Header().Get("Content-Security-Policy"), "the script is there only while it runs")
	require.NotContains(t, body, "<script")
	for _, said := range []string{"What must not be concluded", "rush to launch (met=0.25)", "0.02", "chance of an election", "Regret", "Sure, in the model", "20, of 50 runs each"} {
		if said == "Sure, in the model" && !strings.Contains(body, said) {
			said = "Not told apart"
		}
		require.Contains(t, strings.ToLower(body), strings.ToLower(said))
	}
	pictures := 0
	for _, e := range sound(t, at, body) {
		if e.name == "img" {
			picture := get(p, strings.ReplaceAll(e.has["src"], "&amp;", "&"))
			require.Equal(t, 200, picture.Code, e.has["src"])
			require.Equal(t, "image/svg+xml", picture.Header().Get("Content-Type"))
			require.Contains(t, picture.Body.String(), "seed 7")
			pictures++
		}
	}
	require.GreaterOrEqual(t, pictures, 5)

	// What the page says is what the simulator answers.
	c, err := p.portfolio.Cycle(t.Context(), "BGD-BARISHAL")
	require.NoError(t, err)
	scenario, err := simulation.FromState(c.Now())
	require.NoError(t, err)
	scenario.Horizon = 24
	scenario, err = scenario.With("shocks.election.hazard", 0.02)
	require.NoError(t, err)
	model, err := simulation.Compile(scenario, c.Now().Checklist())
	require.NoError(t, err)
	require.Contains(t, body, model.Digest())
	balanced, err := simulation.NewPolicy("balanced", nil)
	require.NoError(t, err)
	rush, err := simulation.NewPolicy("rush-to-launch", map[string]float64{"met": 0.25})
	require.NoError(t, err)
	comparison, err := model.Compare(t.Context(), []simulation.Policy{balanced, rush}, simulation.LaunchedBy(24), 100, 7)
	require.NoError(t, err)
	for _, e := range comparison.Estimates {
		l := language.English()
		require.Contains(t, body, fmt.Sprintf("%s (%s to %s)", l.Percent(e.At, 1), l.Percent(e.Low, 1), l.Percent(e.High, 1)))
	}

	// The link repeats it: the form is filled as it was, and says that it is answered.
	repeat := led(t, body, "The address of this very question")
	again := get(p, repeat).Body.String()
	require.Contains(t, again, `value="0.02"`)
	require.Contains(t, again, `value="0.25"`)
	require.Contains(t, again, "This very question was asked already")
	require.NotContains(t, again, "no longer what it was")
	require.Equal(t, body, get(p, led(t, again, "See what came of it")).Body.String())
	moved := get(p, strings.Replace(repeat, "digest=", "digest=f", 1)).Body.String()
	require.Contains(t, moved, "no longer what it was")

	// Another page of the same record comes to the same.
	other := closing(t, page(t))
	require.Equal(t, body, came(t, other, asks(t, other, little("worlds", "20", "assume.shocks.election.hazard", "0.02", "set.rush-to-launch.met", "0.25"))))
}

func TestEqualQuestionsShareAJobAndHaveOneAnswer(t *testing.T) {
	p := closing(t, page(t))
	first := asks(t, p, little("seed", "11"))
	require.Equal(t, first, asks(t, p, little("seed", "11", "set.balanced.ahead", "", "worlds", "0")))
	require.NotEqual(t, first, asks(t, p, little("seed", "12")))
	require.Equal(t, came(t, p, first), came(t, p, first))
	require.Equal(t, first, asks(t, p, little("seed", "11")), "what was answered is not asked anew")
}

func TestWhatIsNoQuestionIsRefusedAtTheFieldAndNothingTypedIsLost(t *testing.T) {
	p := closing(t, page(t, WithJobs(Jobs{Runs: 5000})))
	for field, typed := range map[string]string{
		"runs": "99", "months": "241", "seed": "0", "worlds": "5", "goal": "1.5", "measure": "<b>fame</b>", "stage": "heaven", "month": "25",
		"assume.shocks.election.hazard": "1.01", "assume.nothing": "1", "set.balanced.ahead": "NaN", "set.rush-to-launch.met": "-1", "set.nobody.x": "2",
	} {
		q := little("worlds", "20", "assume.shocks.scandal.hazard", "0.03")
		q.Set(field, typed)
		if field == "assume.nothing" || field == "set.nobody.x" {
			q.Del("worlds")
		}
		for _, w := range []*httptest.ResponseRecorder{post(p, simulated, q), get(p, simulated+"?"+q.Encode())} {
			require.Equal(t, 422, w.Code, field)
			body := w.Body.String()
			all := sound(t, field, body)
			require.Contains(t, body, "error-summary", field)
			led := false
			for _, e := range all {
				led = led || e.name == "a" && strings.HasPrefix(e.has["href"], "#f-"+strings.Split(field, ".")[0])
			}
			require.True(t, led, "%s: the summary leads to the field", field)
			require.Contains(t, body, `value="0.03"`, "%s: what else was typed", field)
			if field != "seed" {
				require.Contains(t, body, `value="7"`, field)
			}
			require.NotContains(t, body, "<b>fame", field)
			if field != "assume.nothing" && field != "set.nobody.x" {
				require.Contains(t, body, fmt.Sprintf(`value="%s"`, strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(typed)), field)
			}
		}
	}
	for name, policies := range map[string][]string{
		"none": nil, "one": {"balanced"}, "twice": {"balanced", "balanced"}, "unknown": {"balanced", "wishful"}, "nine": strings.Split("abcdefghi", ""),
	} {
		q := little()
		q["policy"] = policies
		w := post(p, simulated, q)
		require.Equal(t, 422, w.Code, name)
		require.Contains(t, w.Body.String(), `href="#f-policy"`, name)
	}
	// More than the host allows.
	w := post(p, simulated, little("runs", "2000"))
	require.Equal(t, 422, w.Code)
	require.Contains(t, w.Body.String(), "at most 5,000 runs in all")
	require.Equal(t, 303, post(p, simulated, little("runs", "1000")).Code)
	// A form from another site begins nothing.
	require.Equal(t, 403, ask(p, http.MethodPost, simulated, "Sec-Fetch-Site", "cross-site").Code)
}

func TestAGetBeginsNothing(t *testing.T) {
	p := closing(t, page(t))
	get(p, simulated+"?"+little().Encode())
	p.jobs.mu.Lock()
	defer p.jobs.mu.Unlock()
	require.Empty(t, p.jobs.all)
}

// byHeader lets everybody act under the name that a header says.
func byHeader(r *http.Request) (Visitor, error) {
	return Visitor{Name: r.Header.Get("X-Name"), May: func(string) Rights { return Look }}, nil
}

func postAs(h http.Handler, at, name string, form url.Values) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, at, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Name", name)
	h.ServeHTTP(w, r)
	return w
}

func TestNoMoreRunAndWaitThanTheHostAllows(t *testing.T) {
	p := closing(t, page(t, WithAuthorize(byHeader), WithJobs(Jobs{Workers: 1, Queue: 2, Runs: 1 << 20})))
	for i := range 3 {
		require.Equal(t, 303, postAs(p, simulated, fmt.Sprint("visitor ", i), long("seed", fmt.Sprint(i+1))).Code)
	}
	w := postAs(p, simulated, "somebody", long("seed", "99"))
	require.Equal(t, 503, w.Code)
	require.NotEmpty(t, w.Header().Get("Retry-After"))
	require.Contains(t, w.Body.String(), "No more simulations can wait at present")
	require.Contains(t, w.Body.String(), `value="99"`)
	sound(t, "full", w.Body.String())
	// Who asks what is on its way already takes no place.
	require.Equal(t, 303, postAs(p, simulated, "somebody", long("seed", "1")).Code)
	p.jobs.mu.Lock()
	require.Equal(t, 1, p.jobs.works)
	require.Len(t, p.jobs.queue, 2)
	p.jobs.mu.Unlock()
}

func TestNoVisitorTakesAllPlaces(t *testing.T) {
	p := closing(t, page(t, WithAuthorize(byHeader), WithJobs(Jobs{Workers: 1, Queue: 3, Runs: 1 << 20})))
	for i := range 2 {
		require.Equal(t, 303, postAs(p, simulated, "greedy", long("seed", fmt.Sprint(i+1))).Code)
	}
	w := postAs(p, simulated, "greedy", long("seed", "3"))
	require.Equal(t, 503, w.Code)
	require.Contains(t, w.Body.String(), "as many simulations under way as one visitor may have")
	require.Equal(t, 303, postAs(p, simulated, "modest", long("seed", "4")).Code)
}

func TestASimulationEndsWithItsTime(t *testing.T) {
	p := closing(t, page(t, WithJobs(Jobs{Time: 50 * time.Millisecond, Runs: 1 << 20})))
	body := came(t, p, asks(t, p, long()))
	require.Contains(t, body, "It took too long")
	require.NotContains(t, body, "Which does better?")
	require.Equal(t, 303, post(p, simulated, long()).Code, "it may be asked again")
}

func TestWhoAskedMayCancel(t *testing.T) {
	p := closing(t, page(t, WithAuthorize(byHeader), WithJobs(Jobs{Runs: 1 << 20})))
	at := postAs(p, simulated, "A", long()).Header().Get("Location")
	require.Equal(t, at, postAs(p, simulated, "B", long()).Header().Get("Location"))
	job := strings.Split(at, "?")[0]
	require.Contains(t, get(p, at, "X-Name", "A").Body.String(), `action="`+job+`/cancel`)
	require.NotContains(t, get(p, at, "X-Name", "C").Body.String(), `/cancel`)
	require.Equal(t, 403, postAs(p, job+"/cancel", "C", nil).Code)
	require.Equal(t, 303, postAs(p, job+"/cancel", "A", nil).Code)
	require.Contains(t, get(p, at, "X-Name", "B").Body.String(), "It is being played", "B wants it still")
	w := postAs(p, job+"/cancel", "B", nil)
	require.Equal(t, 303, w.Code)
	body := get(p, w.Header().Get("Location"), "X-Name", "A").Body.String()
	require.Contains(t, body, "It was cancelled")
	require.NotContains(t, body, "<script")
	require.Equal(t, 303, postAs(p, job+"/cancel", "B", nil).Code, "twice is once")
	require.Equal(t, 404, postAs(p, simulated+"/nothing/cancel", "B", nil).Code)
	// One that waits is cancelled, too, and is never played.
	running := postAs(p, simulated, "A", long("seed", "2")).Header().Get("Location")
	waits := postAs(p, simulated, "A", long("seed", "3")).Header().Get("Location")
	require.Contains(t, get(p, waits, "X-Name", "A").Body.String(), "It waits for its turn")
	postAs(p, strings.Split(waits, "?")[0]+"/cancel", "A", nil)
	postAs(p, strings.Split(running, "?")[0]+"/cancel", "A", nil)
	require.Contains(t, get(p, waits, "X-Name", "A").Body.String(), "It was cancelled")
}

func TestCloseEndsEverySimulation(t *testing.T) {
	before := runtime.NumGoroutine()
	p := page(t, WithJobs(Jobs{Workers: 2, Runs: 1 << 20}))
	var at []string
	for i := range 4 {
		at = append(at, asks(t, p, long("seed", fmt.Sprint(i+1))))
	}
	waiting := make(chan string)
	go func() { waiting <- get(p, at[3]+"&look=1").Body.String() }()
	require.NoError(t, p.Close(t.Context()))
	require.Contains(t, <-waiting, "It was stopped", "who waits is told")
	for _, one := range at {
		require.Contains(t, get(p, one).Body.String(), "It was stopped")
	}
	w := post(p, simulated, little())
	require.Equal(t, 503, w.Code)
	require.Contains(t, w.Body.String(), "The service is closing")
	require.Equal(t, 200, get(p, simulated).Code)
	require.NoError(t, p.Close(t.Context()), "twice is once")
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%d goroutines, before %d", runtime.NumGoroutine(), before)
}

func TestAnAnswerThatIsDroppedCanBeAskedAgain(t *testing.T) {
	p := closing(t, page(t, WithJobs(Jobs{Kept: 2})))
	first := asks(t, p, little("seed", "1"))
	body := came(t, p, first)
	for _, seed := range []string{"2", "3"} {
		came(t, p, asks(t, p, little("seed", seed)))
	}
	w := get(p, first)
	require.Equal(t, 404, w.Code)
	sound(t, first, w.Body.String())
	require.Contains(t, w.Body.String(), "This simulation is not kept")
	form := get(p, led(t, w.Body.String(), "Ask something else")).Body.String()
	require.NotContains(t, form, "no longer what it was")
	require.Contains(t, form, `value="24"`)
	require.Equal(t, body, came(t, p, asks(t, p, little("seed", "1"))))
	require.LessOrEqual(t, len(p.jobs.kept), 2)

	small := closing(t, page(t, WithJobs(Jobs{Bytes: 1})))
	for _, seed := range []string{"1", "2"} {
		came(t, small, asks(t, small, little("seed", seed)))
	}
	require.Len(t, small.jobs.all, 1)
	require.Equal(t, small.jobs.kept[0].answer.size(), small.jobs.bytes)
}

func TestASimulationBelongsToItsReform(t *testing.T) {
	p := closing(t, page(t, WithAuthorize(func(r *http.Request) (Visitor, error) {
		return Visitor{Name: "A", May: func(cycle string) Rights {
			if cycle == "BGD-BARISHAL" && r.Header.Get("X-Name") == "blind" {
				return 0
			}
			return Look
		}}, nil
	})))
	at := asks(t, p, little())
	came(t, p, at)
	job := strings.TrimPrefix(strings.Split(at, "?")[0], simulated)
	none := get(p, "/c/NOWHERE/simulate"+job)
	hidden := get(p, at, "X-Name", "blind")
	require.Equal(t, 404, hidden.Code)
	require.Equal(t, none.Body.String(), hidden.Body.String())
	require.Equal(t, none.Body.String(), get(p, simulated+job+"/picture/comparison.svg", "X-Name", "blind").Body.String())
	other := get(p, "/c/LBR-NCHAP/simulate"+job)
	require.Equal(t, 404, other.Code)
	require.NotContains(t, other.Body.String(), "What must not be concluded")
	require.Equal(t, 404, get(p, "/c/LBR-NCHAP/simulate"+job+"/picture/comparison.svg").Code)
	for _, name := range []string{"nothing.svg", "comparison", "box-1.svg", "regret.svg", "support-0.svg", "support-3.svg", "support-99999999999999999999.svg", "comparison-1.svg"} {
		require.Equal(t, 404, get(p, simulated+job+"/picture/"+name).Code, name)
	}
}

func TestThePictureOfAProgressIsAsWideAsItHasCome(t *testing.T) {
	p := closing(t, page(t, WithJobs(Jobs{Runs: 1 << 20})))
	job := strings.Split(asks(t, p, long()), "?")[0]
	w := get(p, job+"/progress.svg?n=1")
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	require.Empty(t, w.Header().Get("ETag"))
	require.Regexp(t, `width="\d{1,2}"`, w.Body.String())
	require.NoError(t, p.Close(t.Context()))
	require.Contains(t, get(p, job+"/progress.svg").Body.String(), `width="200"`)
	require.Contains(t, get(p, simulated+"/nothing/progress.svg").Body.String(), `width="200"`)
}

func TestAHostMayHaveNoSimulation(t *testing.T) {
	p := page(t, WithoutJobs())
	require.Equal(t, 404, get(p, simulated).Code)
	require.NotContains(t, get(p, "/c/BGD-BARISHAL").Body.String(), "/simulate")
	require.NoError(t, p.Close(t.Context()))
	for _, bad := range []Jobs{{Workers: -1}, {Workers: 129}, {Queue: -1}, {Queue: 10_001}, {Time: -1}, {Kept: -1}, {Bytes: -1}} {
		_, err := New(p.portfolio, WithJobs(bad))
		require.ErrorIs(t, err, fault.ErrInvalid, "%+v", bad)
	}
	back, err := New(p.portfolio, WithoutJobs(), WithJobs(Jobs{}))
	require.NoError(t, err)
	require.Equal(t, usualJobs, back.bounds)
}

func TestASimulationIsToldInTheLanguageOfTheReader(t *testing.T) {
	q := little("worlds", "20", "assume.shocks.election.hazard", "0.02", "set.rush-to-launch.met", "0.25", "measure", "months")
	for tag, l := range map[string]*language.Language{"en-XA": languagetest.Accented(nil), "ar-XB": languagetest.Mirrored(nil)} {
		p := closing(t, page(t, WithLanguages(l), WithJobs(Jobs{Time: time.Minute})))
		at := asks(t, p, q)
		body := came(t, p, at)
		digest := regexp.MustCompile(`[0-9a-f]{64}`).FindString(body)
		var typed []string
		for _, id := range []string{"BGD-BARISHAL", "LBR-NCHAP", "UGA-CHEW"} {
			c, err := p.portfolio.Cycle(t.Context(), id)
			require.NoError(t, err)
			typed = append(typed, id, c.State().Title(), c.State().Country())
			for e, err := range c.History(t.Context(), 0) {
				require.NoError(t, err)
				typed = append(typed, languagetest.Typed(e.Data)...)
			}
			for _, crit := range c.State().Checklist().All() {
				typed = append(typed, crit.ID)
			}
		}
		bad := post(p, simulated, little("runs", "1", "stage", "launch", "month", "900")).Body.String()
		for _, one := range []string{body, bad, get(p, simulated+"/nothing").Body.String()} {
			if tag == "en-XA" {
				assert.Empty(t, languagetest.Leaks(one, append(typed, "met=0.25", digest)...))
				assert.Empty(t, languagetest.Pieces(one))
			} else {
				require.Equal(t, "rtl", sound(t, tag, one)[0].has["dir"])
			}
		}
	}
}

// Whatever an address asks, the answer is a form or a page, and no fault of ours; and what
// is taken is the same question when it is written as an address again.
func FuzzQuestion(f *testing.F) {
	p := page(f, WithJobs(Jobs{Runs: 1 << 30}))
	f.Add(little().Encode())
	f.Add(long("goal", "0.5", "measure", "months", "stage", "launch", "month", "12").Encode())
	f.Add("policy=balanced&policy=adaptive&runs=1e3&seed=9007199254740993&assume.shocks.election.hazard=0,5&set.adaptive.patience=NaN")
	f.Add("policy=%00&policy=%ff&months=-1&goal=1e999&at=2016&on=x&digest=%22&lang=xx")
	f.Add("00&policy=%ff") // alone in its place, and no letter
	c, err := p.portfolio.Cycle(f.Context(), "BGD-BARISHAL")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest(http.MethodGet, simulated, nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		require.Contains(t, []int{200, 400, 404, 422}, w.Code)
		v := p.visit(&answer{ResponseWriter: httptest.NewRecorder()}, r, &route{})
		asked, err := v.prepare(c.Now(), r.URL.Query())
		if err != nil {
			return
		}
		again, err := v.prepare(c.Now(), asked.values())
		require.NoError(t, err, "%v", asked.values())
		require.Equal(t, asked.id(), again.id())
		require.LessOrEqual(t, asked.total, p.bounds.Runs)
	})
}

func TestAProgramAsksTheSame(t *testing.T) {
	p := closing(t, page(t))
	const at = "/api/cycles/BGD-BARISHAL/simulations"
	const body = `{"policies":[{"name":"balanced"},{"name":"rush-to-launch","parameters":{"met":0.25}}],"runs":100,"months":24,"seed":7,"worlds":20,"assumptions":{"shocks.election.hazard":0.02}}`
	w, said := heard(t, p, "POST", at, body)
	require.Equal(t, 200, w.Code, w.Body.String())
	one := w.Header().Get("Location")
	require.Equal(t, at+"/"+said["simulation"].(string), one)
	for said["state"] == "queued" || said["state"] == "running" {
		w, said = heard(t, p, "GET", one+"?wait=30s", "")
		require.Equal(t, 200, w.Code)
	}
	require.Equal(t, "done", said["state"])
	require.Len(t, said["comparison"].(map[string]any)["estimates"], 2)
	require.Len(t, said["discoveries"], 2)
	require.Len(t, said["cautions"], 6)
	require.NotEmpty(t, said["assumed"])
	// It is the one that the form asks for.
	form := asks(t, p, little("worlds", "20", "assume.shocks.election.hazard", "0.02", "set.rush-to-launch.met", "0.25"))
	require.Contains(t, form, said["simulation"])
	// What it says was asked, asked again, is the same.
	again, err := json.Marshal(said["question"])
	require.NoError(t, err)
	_, repeated := heard(t, p, "POST", at, string(again))
	require.Equal(t, said["simulation"], repeated["simulation"])

	for _, bad := range []string{`{}`, `[]`, `{"policies":[{"name":"balanced"}]}`, `{"policies":[{"name":"balanced"},{"name":"adaptive"}],"runs":1}`, `{"seeds":3}`, `{"policies":[{"name":"balanced"},{"name":"adaptive","parameters":{"fame":1}}]}`, `{"policies":[{"name":"balanced"},{"name":"adaptive"}],"seed":-1}`} {
		w, said := heard(t, p, "POST", at, bad)
		problem(t, w, said, 400, "invalid")
	}
	w, said = heard(t, p, "POST", at, body, "Content-Type", "text/plain")
	problem(t, w, said, 415, "media-type")
	w, said = heard(t, p, "GET", at+"/nothing", "")
	problem(t, w, said, 404, "not-found")
	_, said = heard(t, p, "POST", one+"/cancel", "")
	require.Equal(t, "done", said["state"], "what is done stays done")
	require.NoError(t, p.Close(t.Context()))
	w, said = heard(t, p, "POST", at, strings.Replace(body, `"seed":7`, `"seed":8`, 1))
	problem(t, w, said, 503, "closing")
	require.NotContains(t, get(page(t, WithoutJobs()), "/api/openapi.json").Body.String(), "/simulations")
}

func TestAHostOffersPoliciesOfItsOwn(t *testing.T) {
	own, err := simulation.NewTunable("finance-first", []simulation.Parameter{{Name: "money", Max: 1, Default: 0.6}}, func(values []float64, v *simulation.View, a *simulation.Allocation) {
		if c, there := v.Place("readiness.financing"); there && v.Open(c) {
			a.Work(c, values[0]*v.Budget)
		}
		a.SpreadEvenly(v.Stage, a.Left())
	})
	require.NoError(t, err)
	p := closing(t, page(t, WithPolicies(own)))
	form := get(p, simulated).Body.String()
	require.Contains(t, form, `name="set.finance-first.money"`)
	q := little("set.finance-first.money", "0.4")
	q["policy"] = []string{"balanced", "finance-first"}
	require.Contains(t, came(t, p, asks(t, p, q)), "finance-first (money=0.4)")
	require.Equal(t, 422, post(closing(t, page(t)), simulated, q).Code)
	balanced, err := simulation.NewPolicy("balanced", nil)
	require.NoError(t, err)
	odd, err := simulation.NewTunable("a.b", nil, func([]float64, *simulation.View, *simulation.Allocation) {})
	require.NoError(t, err)
	for _, bad := range [][]simulation.Tunable{{nil}, {balanced}, {own, own}, {odd}} {
		_, err := New(p.portfolio, WithPolicies(bad...))
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
}
