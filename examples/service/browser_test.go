//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// This file opens the page in a real browser: headless Chromium, and in it axe-core, which
// looks for what keeps people out. Where they are missing the tests skip by name, with
// CI=true never.

// missing skips a test, or fails it where everything has to be there.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// tab is a tab of a browser, so many pixels wide.
type tab struct {
	t   testing.TB
	ctx context.Context
	// asked are the addresses that the pages asked for; said what they said that should
	// not be said: dialogs, errors, what the content policy held back.
	asked, said []string
}

// browse opens a tab.
func browse(t testing.TB, width int64) *tab {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		missing(t, "there is no Chromium")
	}
	profile, err := os.MkdirTemp("", "chsreform-browser-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(profile) }) // which the browser may still be writing to
	// Root runs no sandbox, and a container's shared memory is small.
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true), chromedp.UserDataDir(profile))
	starts, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	ctx, done := chromedp.NewContext(starts)
	t.Cleanup(done)
	b := &tab{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			b.asked = append(b.asked, e.Request.URL)
		case *page.EventJavascriptDialogOpening:
			b.said = append(b.said, "dialog: "+e.Message)
			go func() { _ = chromedp.Run(ctx, page.HandleJavaScriptDialog(false)) }()
		}
	})
	require.NoError(t, chromedp.Run(ctx)) // the browser ends with the context of what runs first
	b.run(network.Enable(), chromedp.EmulateViewport(width, 900))
	return b
}

func (b *tab) run(actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	require.NoError(b.t, chromedp.Run(ctx, actions...))
}

func (b *tab) open(at string) {
	b.t.Helper()
	b.run(chromedp.Navigate(at))
}

// ask evaluates what has no side effects.
func (b *tab) ask(script string, into any) {
	b.t.Helper()
	b.run(chromedp.Evaluate(script, into))
}

// press presses a key.
func (b *tab) press(key string) {
	b.t.Helper()
	b.run(chromedp.KeyEvent(key))
}

// write types a text as an input method does, whatever the keyboard.
func (b *tab) write(text string) {
	b.t.Helper()
	b.run(chromedp.ActionFunc(func(ctx context.Context) error { return input.InsertText(text).Do(ctx) }))
}

// focused is what has the focus.
type focused struct {
	Tag, Type, Name, Value, Text, Href string
	Seen                               bool
}

func (b *tab) focus() (f focused) {
	b.t.Helper()
	b.ask(`(() => { const e = document.activeElement, s = getComputedStyle(e); return {
		Tag: e.tagName, Type: e.type || "", Name: e.name || "", Value: e.value || "", Text: (e.textContent || "").trim().replace(/\s+/g, " "), Href: e.href || "",
		Seen: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2} })()`, &f)
	return f
}

// seek goes on by the tab key until something has the focus, and sees to it that whatever
// has it can be seen to.
func (b *tab) seek(is func(focused) bool) focused {
	b.t.Helper()
	for range 400 {
		b.press(kb.Tab)
		f := b.focus()
		if f.Tag != "BODY" {
			require.True(b.t, f.Seen, "the focus is not seen on %+v", f)
		}
		if is(f) {
			return f
		}
	}
	b.t.Fatal("the keyboard does not lead there")
	return focused{}
}

func button(value string) func(focused) bool {
	return func(f focused) bool { return f.Tag == "BUTTON" && f.Value == value }
}

// submit presses what has the focus, and waits for the page that follows.
func (b *tab) submit() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	_, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(kb.Enter))
	require.NoError(b.t, err)
}

// record fills in a form by keyboard and sends it: what is written into each field by its
// name; of a list to choose from the beginning of what is chosen, "+" for a box.
func (b *tab) record(at string, fields map[string]string) {
	b.t.Helper()
	b.open(at)
	left := len(fields)
	for range 300 {
		b.press(kb.Tab)
		f := b.focus()
		if f.Tag == "SUMMARY" && left > 0 && !strings.HasPrefix(f.Text, "Who") { // what may be left out is folded
			b.press(kb.Enter)
		}
		name, _ := strings.CutPrefix(f.Name, "d.")
		if f.Type == "checkbox" {
			name += "=" + f.Value
		}
		text, wanted := fields[name]
		switch {
		case f.Tag == "BUTTON" && f.Value == "record" && left == 0:
			b.submit()
			var now, told string
			b.run(chromedp.Location(&now), chromedp.Text("main", &told, chromedp.ByQuery))
			require.Contains(b.t, now, "/recorded?", "%s: %s", at, told)
			return
		case !wanted:
			continue
		case f.Type == "checkbox":
			b.press(" ")
		case f.Tag == "SELECT":
			for _, r := range text {
				b.press(string(r))
			}
			require.NotEmpty(b.t, b.focus().Value, "%s: %s", name, text)
		default:
			b.write(text)
		}
		delete(fields, name)
		left--
	}
	b.t.Fatalf("%s: the keyboard does not reach %v", at, fields)
}

// shown serves the page of a portfolio to tests, in languages.
func shown(t testing.TB, j reformcycle.Journal, languages ...*language.Language) string {
	t.Helper()
	p, err := portfolio.Open(t.Context(), j, portfolio.WithOptions(reformcycle.WithClock(time.Now),
		reformcycle.WithChecklist(cases.Kenya(nil).Checklist()), reformcycle.WithChecklist(reformcycle.ReformChecklist())))
	require.NoError(t, err)
	if languages == nil {
		languages = []*language.Language{language.English()}
	}
	handler, err := (settings{as: "Reform team", l: languages[0]}).over(p, languages[1:]...)
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		require.NoError(t, handler.Close(context.WithoutCancel(t.Context())))
		server.Close()
	})
	return server.URL + "/"
}

// countries are the example countries and counties, in memory.
func countries(t testing.TB) reformcycle.Journal {
	t.Helper()
	j := journal.NewMemory()
	require.NoError(t, load(t.Context(), j, nil))
	return j
}

// A reform is walked from its problem to the launch by keyboard alone, without a script,
// on a wide page and on one of 320 pixels.
func TestAReformIsWalkedByKeyboardAlone(t *testing.T) {
	for _, width := range []int64{1000, 320} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			j := journal.NewMemory()
			at := shown(t, j)
			b := browse(t, width)
			b.run(emulation.SetScriptExecutionDisabled(true))
			b.open(at + "begin")
			b.seek(func(f focused) bool { return f.Name == "d.id" })
			b.write("NEW")
			b.seek(button("record"))
			b.submit()
			cycle := at + "c/NEW"
			record := func(kind string, fields map[string]string) { b.record(cycle+"/record/"+kind, fields) }
			rate := func(criteria ...string) {
				for _, c := range criteria {
					record("rate?criterion="+c, map[string]string{"level": "functional", "evidence.what": "As seen", "evidence.source": "Minutes", "evidence.basis": "Documented"})
				}
			}
			advance := func() { b.record(cycle+"/advance", map[string]string{}) }

			record("frame-problem", map[string]string{"problem.id": "distance", "problem.statement": "දුරයි: half the villages are far from care."})
			rate("problem.needs", "problem.acknowledged", "problem.vision")
			advance()
			for id, as := range map[string][]string{
				"moh": {"Ministry of health", "leader", "gatekeeper"}, "donor": {"Bilateral", "donor", "connector"},
				"ngo": {"Non-gov", "enabler", "liaison"}, "village": {"Local community", "change-champion"},
			} {
				fields := map[string]string{"actor.id": id, "actor.name": "The " + id, "actor.constituency": as[0], "actor.member=yes": "+", "actor.position": "5", "actor.power": "4"}
				for _, role := range as[1:] {
					fields["actor.roles="+role] = "+"
				}
				record("engage-actor", fields)
			}
			record("form-coalition", map[string]string{"coalition.name": "For every village", "coalition.purpose": "One paid cadre", "coalition.convener": "The moh"})
			rate("coalition.purpose", "coalition.size")
			advance()
			record("set-criteria", map[string]string{"for": "solutions", "criteria[0].id": "reach", "criteria[0].text": "Reaches all", "criteria[0].weight": "2"})
			for _, s := range [][2]string{{"paid", "local"}, {"posts", "international"}} {
				record("propose-solution", map[string]string{"solution.id": s[0], "solution.name": s[0], "solution.origin": s[1], "solution.scores[0].name": "Reaches", "solution.scores[0].number": "7"})
			}
			record("choose-solution", map[string]string{"solution": "paid", "by": "The moh", "reason": "The best"})
			rate("solution.available")
			advance()
			record("name-authorities", map[string]string{"authorities.decision_makers=moh": "+", "authorities.contributors=ngo": "+", "authorities.authorizers=moh": "+"})
			for _, component := range []string{"Role", "Training", "Accred", "Equip", "Superv", "Incent", "Commun", "Opport", "Data", "Link"} {
				record("map-design", map[string]string{"choice.component": component, "choice.choice": "As decided", "choice.solution": "paid", "choice.authority": "The moh"})
				record("validate-design", map[string]string{"component": component, "by": "The moh"})
			}
			rate("design.consulted", "design.instruments")
			advance()
			rate("readiness.buy-in", "readiness.financing", "readiness.workforce", "readiness.supplies", "readiness.information", "readiness.subnational", "readiness.incentives")
			advance()
			c, err := reformcycle.Open(t.Context(), j, "NEW")
			require.NoError(t, err)
			assert.Equal(t, reformcycle.Launch, c.State().Stage())
			assert.Empty(t, c.State().OpenDebts(), "nothing was passed over")
			for entry, err := range c.History(t.Context(), 0) {
				require.NoError(t, err)
				assert.Equal(t, "Reform team", entry.By)
			}
		})
	}
}

var links = regexp.MustCompile(`(?:href|src|action)="([^"#]+)`)

// crawled are the pages that links lead to from the first one: of those that differ in what
// is filled into their address, the first few.
func crawled(t testing.TB, at string) (all []string) {
	t.Helper()
	origin, err := url.Parse(at)
	require.NoError(t, err)
	seen, kinds := map[string]bool{}, map[string]int{}
	queue := []string{at}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		u, err := url.Parse(next)
		require.NoError(t, err)
		u = origin.ResolveReference(u)
		u.Fragment = ""
		if seen[u.String()] || u.Host != origin.Host || strings.Contains(u.Path, "/static/") || strings.Contains(u.Path, "/api/") {
			continue
		}
		seen[u.String()] = true
		// Two cycles, and of each a few of what differs by its last part.
		parts := strings.Split(strings.Trim(u.Path, "/"), "/")
		kind := strings.Join(parts, "/")
		if len(parts) > 1 && parts[0] == "c" {
			if !slices.Contains([]string{"UGA-CHEW", "KEN"}, parts[1]) {
				continue
			}
			if len(parts) > 3 {
				kind = strings.Join(parts[:3], "/")
			}
		}
		if kinds[kind]++; kinds[kind] > 3 && !strings.Contains(kind, "/record") || kinds[kind] > 50 {
			continue
		}
		body := fetch(t, u.String())
		if !strings.HasPrefix(body, "<!doctype html>") {
			continue
		}
		all = append(all, u.String())
		for _, m := range links.FindAllStringSubmatch(body, -1) {
			queue = append(queue, html.UnescapeString(m[1]))
		}
	}
	return all
}

// axe-core finds nothing that keeps people out, by WCAG 2.2 at A and AA, on any page, in
// English, in a language of long words and in one from right to left; and no page of 320
// pixels has to be scrolled sideways.
func TestNothingKeepsPeopleOut(t *testing.T) {
	file := os.Getenv("CHSREFORM_AXE")
	if file == "" {
		missing(t, "CHSREFORM_AXE names no axe.min.js (npm pack axe-core)")
	}
	axe, err := os.ReadFile(file)
	require.NoError(t, err)
	j := countries(t)
	for name, l := range map[string]*language.Language{"English": language.English(), "long": languagetest.Accented(nil), "mirrored": languagetest.Mirrored(nil)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := shown(t, j, l)
			b := browse(t, 1000)
			pages := crawled(t, at)
			require.Greater(t, len(pages), 30)
			for _, p := range pages {
				b.run(chromedp.EmulateViewport(1000, 900))
				b.open(p)
				b.run(chromedp.Evaluate(string(axe), nil))
				var found []struct{ ID, Help, Nodes string }
				b.run(chromedp.Evaluate(`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(r => r.violations.map(v => ({
					ID: v.id, Help: v.help, Nodes: v.nodes.slice(0, 3).map(n => n.html).join("\n")})))`, &found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
				assert.Empty(t, found, p)
				b.run(chromedp.EmulateViewport(320, 900))
				var wide int
				b.ask(`document.scrollingElement.scrollWidth`, &wide)
				assert.LessOrEqual(t, wide, 320, "%s has to be scrolled sideways", p)
			}
			t.Logf("%d pages", len(pages))
		})
	}
}

// A hostile record is told on every page, and nothing of it runs or leads anywhere; the
// pages ask for nothing but what is ours.
func TestNothingOfAHostileRecordRuns(t *testing.T) {
	j := journal.NewMemory()
	by := reformcycle.By(`<img src=x onerror=alert(1)>`).At(time.Date(2020, time.March, 2, 0, 0, 0, 0, time.UTC))
	hostile := `"><script>alert(1)</script><a href="javascript:alert(2)">x</a><img src="https://evil.example/x">`
	c, err := reformcycle.New("UGA-CHEW", reformcycle.WithJournal(j), reformcycle.WithTitle(hostile), reformcycle.WithCountry(`'"><svg onload=alert(3)>`))
	require.NoError(t, err)
	var changes []reformcycle.Change
	text, err := json.Marshal(hostile)
	require.NoError(t, err)
	for kind, data := range map[reformcycle.Kind]string{
		reformcycle.KindFrameProblem:     `{"problem":{"id":"p","statement":%s,"area":%s}}`,
		reformcycle.KindEngageActor:      `{"actor":{"id":"a","name":%s,"constituency":"ngo","position":3,"power":4,"member":true,"roles":["leader"],"note":%s}}`,
		reformcycle.KindRate:             `{"criterion":"problem.needs","level":"functional","evidence":{"what":%s,"source":%s,"basis":"documented"}}`,
		reformcycle.KindHoldReview:       `{"review":{"id":"r","name":%s,"tier":"national","findings":[%s]}}`,
		reformcycle.KindOpenWindow:       `{"window":{"id":"w","kind":"crisis","what":%s,"source":%s}}`,
		reformcycle.KindNameJurisdiction: `{"jurisdiction":{"id":"UG","name":%s,"tier":"national","population":{"people":1,"year":2020,"source":%s}}}`,
	} {
		change, err := reformcycle.DecodeChange(kind, fmt.Appendf(nil, data, text, text))
		require.NoError(t, err, kind)
		changes = append(changes, change)
	}
	_, err = c.Apply(t.Context(), by, changes...)
	require.NoError(t, err)
	at := shown(t, j)
	b := browse(t, 1000)
	for _, p := range crawled(t, at) {
		b.open(p)
		var inline int
		b.ask(`document.querySelectorAll("script:not([src]), [onerror], [onload], [style], style, a[href^='javascript:'], img[src^='https:']").length`, &inline)
		assert.Zero(t, inline, p)
	}
	assert.Empty(t, b.said)
	for _, asked := range b.asked {
		assert.True(t, strings.HasPrefix(asked, at) || strings.HasPrefix(asked, "chrome") || asked == "about:blank", asked)
	}
}
