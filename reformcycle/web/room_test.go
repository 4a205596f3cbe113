package web

import (
	"bytes"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/reformcycle/report"
	"github.com/chsreform/chsreform/stakeholders"
)

// seen is a page with everything that is no text taken out.
func seen(body string) string {
	body = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")
	return strings.Join(strings.Fields(html.UnescapeString(body)), " ")
}

func on(t testing.TB, text string) date.Date {
	t.Helper()
	d, err := date.Parse(text)
	require.NoError(t, err)
	return d
}

// sketch is a reform that the test knows all of.
func sketch(t testing.TB, j reformcycle.Journal, id string) *reformcycle.Cycle {
	t.Helper()
	c, err := reformcycle.New(id, reformcycle.WithJournal(j), reformcycle.WithTitle("Reform of "+id))
	require.NoError(t, err)
	day := func(year int) reformcycle.Stamp {
		return reformcycle.By("Clerk").On(on(t, strconv.Itoa(year)+"-05-03"))
	}
	actor := func(id string, at float64, power stakeholders.Power) reformcycle.EngageActor {
		return reformcycle.EngageActor{Actor: stakeholders.Actor{ID: id, Name: "The " + id, Constituency: stakeholders.OtherMinistry, Position: stakeholders.At(at), Power: power}}
	}
	apply := func(year int, changes ...reformcycle.Change) {
		t.Helper()
		_, err := c.Apply(t.Context(), day(year), changes...)
		require.NoError(t, err)
	}
	apply(2020, reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "far", Statement: "Care is far away."}})
	apply(2021, actor("health", 6, 6), actor("finance", -4, 5))
	apply(2022,
		reformcycle.Rate{Criterion: "problem.needs", Level: assessment.Functional, Evidence: assessment.Evidence{What: "Walks of two hours.", Source: "Survey of 2019", Basis: assessment.Illustrative, On: on(t, "2019-05")}},
		reformcycle.PlanStrategy{Strategy: stakeholders.Strategy{ID: "costs", Name: "Show the costs", Kind: stakeholders.StrategyKinds()[0], Probability: 0.5, Effects: []stakeholders.Effect{{Actor: "finance", Position: stakeholders.At(2)}}}},
		reformcycle.Commit{Actor: "health", Commitment: stakeholders.Commitment{ID: "a", Resource: stakeholders.Money, Unit: "USD", Pledged: 10, Stage: "launch"}},
		reformcycle.Commit{Actor: "finance", Commitment: stakeholders.Commitment{ID: "b", Resource: stakeholders.Money, Unit: "USD", Pledged: 20, Stage: "launch"}})
	return c
}

func smallPage(t testing.TB, options ...Option) (*Page, *reformcycle.Cycle) {
	t.Helper()
	j := journal.NewMemory()
	sketch(t, j, "SMALL")
	p, err := New(opened(t, j), options...)
	require.NoError(t, err)
	c, err := p.portfolio.Cycle(t.Context(), "SMALL")
	require.NoError(t, err)
	return p, c
}

func TestARoomTellsEachCriterionWithItsEvidence(t *testing.T) {
	p, c := smallPage(t, WithAuthorize(everything))
	said := 0
	for stage := range reformcycle.Stages() {
		body := get(p, "/c/SMALL/stage/"+stage.String()).Body.String()
		for _, item := range c.Now().Scorecard().Items {
			if item.Criterion.Section == stage.String() {
				require.Contains(t, body, `id="criterion-`+item.Criterion.ID+`"`)
				said++
			}
		}
	}
	require.Equal(t, len(c.Now().Scorecard().Items), said)
	body := get(p, "/c/SMALL/stage/problem-prioritization").Body.String()
	for _, text := range []string{"Walks of two hours.", "Survey of 2019", "Illustrative", "May 2019", "Care is far away.", "Computed from the record"} {
		require.Contains(t, seen(body), text)
	}
	require.Contains(t, body, "/c/SMALL/record/rate?criterion=problem.needs")
	require.Contains(t, get(p, "/c/SMALL").Body.String(), "/c/SMALL/stage/launch")
	require.Contains(t, seen(get(p, "/c/SMALL/stage/launch").Body.String()), "The finance")
	require.Equal(t, 404, get(p, "/c/SMALL/stage/elsewhere").Code)

	looking, _ := smallPage(t)
	require.NotContains(t, get(looking, "/c/SMALL/stage/problem-prioritization").Body.String(), "/record")
}

func TestWhatIfIsAskedOfAForkAndWritesNothing(t *testing.T) {
	p, c := smallPage(t)
	before := c.State().Seq()
	rows := func(at string) []string {
		body := get(p, at).Body.String()
		i := strings.Index(body, `id="result"`)
		if i < 0 {
			return nil
		}
		var all []string
		for _, m := range regexp.MustCompile(`(?s)<tr><th scope="row">(Now|Then)</th>(.*?)</tr>`).FindAllStringSubmatch(body[i:], -1) {
			all = append(all, strings.Join(strings.Fields(seen(m[2]))[:4], " "))
		}
		return all
	}
	// Power times position: 6 × 6 supports, 5 × 4 opposes.
	require.Equal(t, []string{"36 0 20 16", "36 0 42 -6"}, minus(rows("/c/SMALL/coalition?actor=finance&position=-6&power=7")))
	require.Equal(t, []string{"36 0 20 16", "12 0 20 -8"}, minus(rows("/c/SMALL/coalition?actor=health&position=&power=2")))
	// The strategy brings finance to 2: 36 + 5 × 2.
	require.Equal(t, []string{"36 0 20 16", "46 0 0 46"}, minus(rows("/c/SMALL/coalition?strategy=costs")))
	// And both: it is brought to 2 with a power of 3.
	require.Equal(t, []string{"36 0 20 16", "42 0 0 42"}, minus(rows("/c/SMALL/coalition?actor=finance&position=-6&power=3&strategy=costs")))
	require.Nil(t, rows("/c/SMALL/coalition"))
	require.Nil(t, rows("/c/SMALL/coalition?actor=&position=6&power="))
	for _, query := range []string{"actor=nobody&position=1", "actor=finance&position=99", "actor=finance&position=x", "actor=finance&position=NaN", "actor=finance&position=1&power=1e400"} {
		w := get(p, "/c/SMALL/coalition?"+query)
		require.Equal(t, 200, w.Code, query)
		require.Contains(t, w.Body.String(), `role="alert"`, query)
		require.Equal(t, 404, get(p, "/c/SMALL/picture/what-if.svg?"+query).Code, query)
	}
	w := get(p, "/c/SMALL/picture/what-if.svg?strategy=costs")
	require.Equal(t, 200, w.Code)
	require.Contains(t, w.Body.String(), ">46<")
	require.Equal(t, before, c.State().Seq())
	require.NotContains(t, get(p, "/c/SMALL/coalition?at=2021-12").Body.String(), `id="what-if"`)
}

// minus has the sign of arithmetic for that of print.
func minus(all []string) []string {
	for i := range all {
		all[i] = strings.ReplaceAll(all[i], "−", "-")
	}
	return all
}

func TestTheCoalitionTellsOverlapsGapsAndStrategies(t *testing.T) {
	p, _ := smallPage(t)
	body := get(p, "/c/SMALL/coalition").Body.String()
	text := seen(body)
	require.Contains(t, text, "At the same time: The health; The finance.")
	require.Contains(t, text, "Stages for which something is lacking")
	require.Contains(t, text, "Show the costs")
	require.Contains(t, text, "the probability that support exceeds opposition is 100%") // 36 is above 20 either way
	for _, picture := range []string{"position-map", "coalition-map", "power-interest", "feasibility"} {
		require.Contains(t, body, "/c/SMALL/picture/"+picture+".svg")
		require.Equal(t, 200, get(p, "/c/SMALL/picture/"+picture+".svg").Code)
	}
}

func TestTheHistoryHasCorrectionsBesideWhatTheyCorrected(t *testing.T) {
	p, c := smallPage(t, WithAuthorize(everything))
	by := reformcycle.By("Auditor")
	_, err := c.Apply(t.Context(), by, reformcycle.Correct{Entry: 2, Reason: "A slip of the pen.", Change: reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "far", Statement: "Care is very far away."}}})
	require.NoError(t, err)
	_, err = c.Apply(t.Context(), by, reformcycle.Retract{Entry: 7, Reason: "It was never pledged."})
	require.NoError(t, err)
	_, err = c.Apply(t.Context(), by, reformcycle.CorrectMoment{Entry: 2, Moment: time.Date(2019, 4, 1, 0, 0, 0, 0, time.UTC), Date: on(t, "2019-04"), Reason: "The minutes say so."})
	require.NoError(t, err)
	last := c.State().Seq()
	body := get(p, "/c/SMALL/history").Body.String()
	row := func(seq string) string {
		i := strings.Index(body, `id="entry-`+seq+`"`)
		require.Positive(t, i, seq)
		return body[i : i+strings.Index(body[i:], "</tr>")]
	}
	require.Contains(t, row("2"), "<s>Frame a problem</s>")
	require.Contains(t, seen(row("2")), "Corrected, entry 9 : A slip of the pen.")
	require.Contains(t, row("2"), "<s>3 May 2020</s> April 2019")
	require.Contains(t, seen(row("7")), "Retracted, entry 10 : It was never pledged.")
	require.NotContains(t, row("3"), "<s>")
	require.Contains(t, row("9"), "/c/SMALL/entry/2")
	require.Less(t, strings.Index(body, `id="entry-10"`), strings.Index(body, `id="entry-2"`))
	for seq := uint64(1); seq <= last; seq++ {
		at, err := p.address("entry", "SMALL", seq)
		require.NoError(t, err)
		require.Equal(t, 200, get(p, at).Code, at)
	}
	entry := get(p, "/c/SMALL/entry/2").Body.String()
	for _, text := range []string{"Care is far away.", "Care is very far away.", "A slip of the pen.", "The minutes say so.", "Auditor", "Clerk"} {
		require.Contains(t, seen(entry), text)
	}
	require.Contains(t, entry, "/c/SMALL/entry/2/correct")
	require.Contains(t, entry, "/c/SMALL/entry/2/retract")
	for _, at := range []string{"0", "12", "-1", "x", "99999999999999999999"} {
		require.Equal(t, 404, get(p, "/c/SMALL/entry/"+at).Code, at)
	}
	require.Equal(t, 404, get(p, "/c/SMALL/entry/5?at=2020").Code, "an entry that was not yet there")
}

func TestTheHistoryIsTurnedWithoutLeavingAnEntryOut(t *testing.T) {
	p := page(t)
	found, at := map[string]bool{}, "/c/LBR-NCHAP/history"
	for at != "" {
		body := get(p, at).Body.String()
		for _, m := range regexp.MustCompile(`id="entry-(\d+)"`).FindAllStringSubmatch(body, -1) {
			require.False(t, found[m[1]], m[1])
			found[m[1]] = true
		}
		at = ""
		if m := regexp.MustCompile(`<a href="([^"]*)" rel="next"`).FindStringSubmatch(body); m != nil {
			at = html.UnescapeString(m[1])
		}
	}
	require.Len(t, found, 108)
}

func TestTwoDaysAreCompared(t *testing.T) {
	p, _ := smallPage(t)
	text := seen(get(p, "/c/SMALL/compare?from=2020-12-31&to=2021-12-31").Body.String())
	require.Contains(t, text, "The finance Not engaged -4 (medium opposition); power: 5 (high power)")
	require.NotContains(t, text, "Show the costs")
	require.NotContains(t, text, "Unmet needs and pain points")
	text = seen(get(p, "/c/SMALL/compare?to=2020&from=2022").Body.String()) // in either order
	require.Contains(t, text, "Unmet needs and pain points are described, with evidence. Unknown Functional")
	require.Contains(t, text, "No longer in the way Unmet needs")
	require.Contains(t, text, "Show the costs")
	text = seen(get(p, "/c/SMALL/compare?from=2015&to=2020").Body.String())
	require.Contains(t, text, "Not begun")
	require.Contains(t, text, "Care is far away.")
	require.Contains(t, seen(get(p, "/c/SMALL/compare?from=2023&to=2024").Body.String()), "Nothing is different.")
	require.NotEqual(t, 200, get(p, "/c/SMALL/compare?from=yesterday").Code)
}

func TestTheBriefOnThePageIsTheBrief(t *testing.T) {
	for _, l := range []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()} {
		p := page(t, WithLanguages(l))
		for _, id := range []string{"UGA-CHEW", "LBR-NCHAP", "BGD-BARISHAL"} {
			c, err := p.portfolio.Cycle(t.Context(), id)
			require.NoError(t, err)
			var b bytes.Buffer
			require.NoError(t, report.Brief(&b, l, c.Now()))
			body := get(p, "/c/"+id+"/brief").Body.String()
			require.Equal(t, 1, strings.Count(body, "<h1"))
			require.Equal(t, strings.Count(b.String(), "\n## "), strings.Count(body, "<h2"))
			// Every word of the Markdown is there, in its order.
			plain := regexp.MustCompile(`(?m)^(#+|-|\d+\.|---|\|[-:|]+\|)( |$)|\*+|\|`).ReplaceAllString(b.String(), " ")
			plain = regexp.MustCompile(`\\([^\w\s])`).ReplaceAllString(plain, "$1")
			main := body[strings.Index(body, `class="sheet"`)+len(`class="sheet">`) : strings.Index(body, "</main>")]
			tight := func(s string) string { return strings.Join(strings.Fields(s), "") }
			require.Equal(t, tight(plain), tight(seen(main)), "%s in %s", id, l.Tag())
			// The first page is told in so few lines that it fits a sheet, as report has it.
			require.Contains(t, body, `class="annexes"`)
		}
	}
}

func TestMarkdownOfPeopleIsText(t *testing.T) {
	for given, want := range map[string]string{
		`<script>alert(1)</script>`:         `<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>`,
		`\<b\> \*no\* \\ \|`:                `<p>&lt;b&gt; *no* \ |</p>`,
		`**a** *b* [c](javascript:d)`:       `<p><strong>a</strong> <em>b</em> [c](javascript:d)</p>`,
		"**a *b** c":                        `<p><strong>a <em>b<strong> c</strong></em></strong></p>`,
		"- a\n  b\n- c":                     "<ul>\n<li>a\nb</li>\n<li>c</li>\n</ul>",
		"1. a\n   b":                        "<ol>\n<li>a\nb</li>\n</ol>",
		`&amp; "q" '<i onclick="x">'`:       `<p>&amp;amp; &#34;q&#34; &#39;&lt;i onclick=&#34;x&#34;&gt;&#39;</p>`,
		"| a | b |\n|---|--:|\n| \\| | 1 |": "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-labelledby=\"part-0\">\n<table>\n<thead><tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr></thead>\n<tbody>\n<tr><th scope=\"row\">|</th><td class=\"figure\">1</td></tr>\n</tbody></table>\n</div>",
		`a\`:                                `<p>a\</p>`,
	} {
		require.Equal(t, want, strings.TrimSpace(string(sheets(given)[0])), given)
	}
	require.Len(t, sheets("a\n\n---\n\nb"), 2)
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n- **b**\n| c |\n|--:|\n---\n1. d\\")
	tag := regexp.MustCompile(`</?(h[1-4]|p|ul|ol|li|strong|em|div|table|thead|tbody|tr|th|td)( (id|class|role|tabindex|aria-labelledby|scope)="[a-z0-9-]*")*>`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, sheet := range sheets(text) {
			require.NotContains(t, tag.ReplaceAllString(string(sheet), ""), "<")
		}
	})
}

func TestTheBriefOfANationIsForThoseWhoMaySeeOneOfItsDistricts(t *testing.T) {
	j := journal.NewMemory()
	nation := sketch(t, j, "NATION")
	for _, id := range []string{"NORTH", "SOUTH", "OTHER"} {
		sketch(t, j, id)
	}
	_, err := nation.Apply(t.Context(), reformcycle.By("Clerk").On(on(t, "2023")), reformcycle.NameChildren{Of: reformcycle.Children{Source: "Gazette", Children: []reformcycle.Child{{Cycle: "NORTH", Name: "North"}, {Cycle: "SOUTH", Name: "South"}}}})
	require.NoError(t, err)
	with := func(ids ...string) *Page {
		p, err := New(opened(t, j), WithAuthorize(func(*http.Request) (Visitor, error) {
			return Visitor{Name: "A", May: func(cycle string) Rights {
				for _, id := range ids {
					if id == cycle {
						return Look
					}
				}
				return 0
			}}, nil
		}))
		require.NoError(t, err)
		return p
	}
	all := with("NATION", "NORTH", "SOUTH", "OTHER")
	body := get(all, "/c/NATION/national").Body.String()
	require.Contains(t, seen(body), "North")
	require.NotContains(t, body, "OTHER")
	require.Contains(t, get(all, "/c/NATION/brief").Body.String(), "/c/NATION/national")
	require.Equal(t, 404, get(all, "/c/NORTH/national").Code)
	none := with("NATION")
	require.Equal(t, 404, get(none, "/c/NATION/national").Code)
	require.NotContains(t, get(none, "/c/NATION/brief").Body.String(), "/national")
	require.Equal(t, 200, get(with("NATION", "NORTH"), "/c/NATION/national").Code)
}

func TestTheDiagnosisLinksEachVerdictWithItsRuleAndSources(t *testing.T) {
	p := page(t)
	c, err := p.portfolio.Cycle(t.Context(), "UGA-CHEW")
	require.NoError(t, err)
	d := c.Now().Diagnose()
	body := get(p, "/c/UGA-CHEW/diagnosis").Body.String()
	require.NotEmpty(t, d.Findings)
	for _, f := range d.Findings {
		require.Contains(t, body, `href="#rule-`+f.Code+`"`)
		for _, key := range keysOf(f.Source) {
			require.Contains(t, body, `id="source-`+key+`"`)
		}
	}
	for rule := range c.Now().Rules().All() {
		require.Contains(t, body, `id="rule-`+rule.Code+`"`)
	}
	require.Equal(t, len(d.Findings), strings.Count(body, "<strong>found it wrong</strong>"))
	for _, h := range reformcycle.Headings() {
		require.Equal(t, !d.Under(h).Silent(), strings.Contains(body, `id="under-`+string(h)+`"`), h)
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(body, -1) {
		id, err := url.PathUnescape(m[1])
		require.NoError(t, err)
		require.Contains(t, body, `id="`+id+`"`)
	}
}
