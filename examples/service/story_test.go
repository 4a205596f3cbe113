//go:build unix

package main

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// click clicks on the link of so many words, the first within an element, and waits for
// the page that follows.
func (b *tab) click(within, words string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	_, err := chromedp.RunResponse(ctx, chromedp.Click(within+`//a[normalize-space()="`+words+`"]`, chromedp.BySearch))
	require.NoError(b.t, err, "%s", words)
}

// text is what is read in an element.
func (b *tab) text(selector string) (all string) {
	b.t.Helper()
	b.run(chromedp.Text(selector, &all, chromedp.ByQuery))
	return all
}

// sheets prints the page, and gives the size of each sheet in points.
func (b *tab) sheets() (sizes [][2]float64) {
	b.t.Helper()
	var pdf []byte
	b.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
		return err
	}))
	for _, box := range regexp.MustCompile(`/MediaBox\s*\[0 0 ([0-9.]+) ([0-9.]+)\]`).FindAllSubmatch(pdf, -1) {
		width, err := strconv.ParseFloat(string(box[1]), 64)
		require.NoError(b.t, err)
		height, err := strconv.ParseFloat(string(box[2]), 64)
		require.NoError(b.t, err)
		sizes = append(sizes, [2]float64{width, height})
	}
	require.Len(b.t, regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1), len(sizes), "a sheet has one size")
	return sizes
}

// Somebody who has never seen the service opens it, finds why Uganda stands still, records
// that the cabinet has agreed, sees a blocker go, prints the brief in French, and asks what
// finance first would do: by clicks and by keyboard, with the one script
// and without.
func TestAReformThatStandsStillIsTakenUpByANewcomer(t *testing.T) {
	for name, scripts := range map[string]bool{"with the script": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, end := served(t)
			b := browse(t, 1000)
			b.run(emulation.SetScriptExecutionDisabled(!scripts))
			field := func(name string) func(focused) bool { return func(f focused) bool { return f.Name == name } }

			// Why does Uganda stand still?
			b.open(at)
			b.seek(field("q"))
			b.write("Uganda")
			b.submit()
			b.click("//main", "Community Health Extension Workers (illustrative walk)")
			require.Contains(t, b.text("h1"), "Suspended at stage 6 of 8: launch")
			require.Contains(t, b.text(".notice"), "The cabinet has rescinded the policy.")

			// The cabinet has agreed.
			b.click("//main", "Record it: resume the cycle")
			b.seek(field("d.reason"))
			b.write("The cabinet has agreed")
			b.seek(button("record"))
			b.submit()
			b.click(`//nav[@aria-label="This reform"]`, "Where it stands")
			require.True(t, strings.HasPrefix(b.text("h1"), "At stage 6 of 8: launch"), b.text("h1"))
			require.NotContains(t, b.text("main"), "The reform is suspended.")

			// A blocker goes.
			blockers := `section[aria-labelledby="blockers"]`
			supervision := "Supervisors work with the workers and give feedback that helps."
			ways := `//section[@aria-labelledby="blockers"]//li[contains(., "` + supervision + `")]`
			count := func() (n int) {
				b.ask(`document.querySelectorAll('section[aria-labelledby="blockers"] li:has(> .what)').length`, &n)
				return n
			}
			stood := count()
			require.Contains(t, b.text(blockers), supervision)
			b.click(ways, "Record it: rate a criterion")
			for _, f := range [][2]string{{"d.evidence.what", "Supervisors visit every month"}, {"d.evidence.source", "Register of visits"}} {
				b.seek(field(f[0]))
				b.write(f[1])
			}
			basis := b.seek(field("d.evidence.basis"))
			require.Equal(t, "SELECT", basis.Tag)
			for _, r := range "Documented" {
				b.press(string(r))
			}
			b.seek(button("record"))
			b.submit()
			require.Regexp(t, `No longer in the way\s+`+regexp.QuoteMeta(supervision), b.text("main"))
			b.click(`//nav[@aria-label="This reform"]`, "Where it stands")
			require.NotContains(t, b.text(blockers), supervision)
			require.Equal(t, stood-1, count(), "and no other")

			// The brief, in French, on paper.
			b.click(`//nav[@aria-label="This reform"]`, "Brief")
			b.click(`//header`, "Français")
			var tongue string
			b.ask(`document.documentElement.lang`, &tongue)
			require.Equal(t, "fr", tongue)
			require.Contains(t, b.text(".sheet"), "Elle en est à l’étape 6 sur 8")
			require.NotContains(t, b.text(".sheet"), "La réforme est suspendue.")
			whole := b.sheets()
			for _, size := range whole {
				assert.InDelta(t, 210/25.4*72, size[0], 1.5, "A4 is 210 mm wide")
				assert.InDelta(t, 297/25.4*72, size[1], 1.5, "and 297 mm high")
			}
			remove := func(selector string) {
				b.ask(`document.querySelectorAll("`+selector+`").forEach(e => e.remove())`, nil)
			}
			remove(".sheet, header") // which is not printed beside a sheet
			annexes := len(b.sheets())
			assert.Len(t, whole, 1+annexes, "the first page takes one sheet, and shares it with no annex")
			b.run(chromedp.Reload())
			remove(".annexes")
			assert.Len(t, b.sheets(), 1, "the first page, from its beginning to its end")

			// What would come of it?
			b.click(`//header`, "English")
			b.click(`//nav[@aria-label="This reform"]`, "Simulation")
			for {
				f := b.seek(func(f focused) bool {
					return f.Name == "policy" || f.Name == "worlds" || f.Name == "runs" || f.Tag == "BUTTON" || f.Tag == "SUMMARY" && (strings.HasPrefix(f.Text, "Does it hold") || strings.HasPrefix(f.Text, "Length"))
				})
				if f.Tag == "BUTTON" {
					break
				}
				switch {
				case f.Tag == "SUMMARY":
					b.press(kb.Enter)
				case f.Name == "policy":
					var chosen bool
					b.ask(`document.activeElement.checked`, &chosen)
					if wanted := f.Value == "finance-first" || f.Value == "rush-to-launch"; wanted != chosen {
						b.press(" ")
					}
				case f.Name == "worlds":
					b.write("40")
				case f.Name == "runs":
					b.write("10000") // as many as one may ask for, so that it takes a while
				}
			}
			b.submit()
			arrived := func() (there bool) {
				b.ask(`document.getElementById("cautions") !== null`, &there)
				return there
			}
			await := func() {
				for until := time.Now().Add(2 * time.Minute); !arrived(); {
					require.True(t, time.Now().Before(until), "%s", b.text("main"))
					if scripts {
						time.Sleep(100 * time.Millisecond) // the page asks by itself
						continue
					}
					b.click("//main", "Look again")
				}
			}
			await()
			told := b.text("main")
			for _, said := range []string{"What must not be concluded", "The policies side by side", "What was assumed", "forecast nothing"} {
				assert.Contains(t, told, said)
			}
			var rows []string
			b.ask(`[...document.querySelectorAll('section[aria-labelledby="outcomes"] tbody th')].map(e => e.textContent).sort()`, &rows)
			assert.Equal(t, []string{"Finance-first", "Rush to launch"}, rows)
			assert.Contains(t, told, "after entry 71", "on what is on record now: the example has 69 entries, and two came to them")

			// The address holds the question, for whoever gets it.
			outcomes := b.text(`section[aria-labelledby="outcomes"] tbody`)
			b.click("//main", "The address of this very question")
			if !arrived() {
				b.seek(func(f focused) bool { return f.Tag == "BUTTON" && f.Text == "Begin" })
				b.submit()
			}
			await()
			assert.Equal(t, outcomes, b.text(`section[aria-labelledby="outcomes"] tbody`))
			assert.Empty(t, b.said)
			require.NoError(t, end())
		})
	}
}
