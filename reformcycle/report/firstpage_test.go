package report

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// scripts are ways to write at length: one word without end in Sinhala, where a letter
// takes several characters; wide letters; markup; words.
var scripts = map[string]string{
	"sinhala": "ප්\u200dරජා සෞඛ්\u200dය සේවකයෝ",
	"one":     "ප්\u200dරජාසෞඛ්\u200dයසේවකයෝ",
	"wide":    "社区卫生工作者",
	"markup":  "1. *<b>|_[a](http://x)~~`#`",
	"signs":   "+ - = 1. 2) ",
	"escapes": `\\\\<><>||`,
	"words":   "A name that goes on and on ",
	"mail":    "a@b.c@",
	"marked":  "ක\u0dcf\u0dcf\u0dcf",
}

// long repeats a text to so many characters.
func long(text string, n int) string {
	r := []rune(strings.Repeat(text, n/utf8.RuneCountInString(text)+1))[:n]
	return strings.TrimSpace(string(r))
}

var planned = date.MustParse

func midnight(day string) time.Time { return date.MustParse(day).First() }

// crammed is a reform with many of everything, each with a long name: a checklist that
// asks 40 things of the first stage, 12 findings and 2 that are contested, 40 commitments
// that end, half of them overdue, windows and strategies.
func crammed(t testing.TB, text string) walk {
	name, prose := long(text, 200), long(text, 4000)
	spec := assessment.Spec{Name: "long", Version: "1", Sources: []assessment.Source{{Key: "model", Citation: "Made up for this test."}}}
	for i := range 40 {
		spec.Criteria = append(spec.Criteria, assessment.Criterion{
			ID: fmt.Sprintf("q.%02d", i+1), Section: "problem-prioritization", Text: long(text, 300), Remedy: long(text, 300),
			Kind: assessment.Rated, Sources: []string{"model"}, Carriers: []string{"leader", "connector"},
		})
	}
	list, err := assessment.NewChecklist(spec)
	require.NoError(t, err)
	rules := reformcycle.DiagnosisRules()
	for i := range 14 {
		severity := []reformcycle.Severity{reformcycle.Moderate, reformcycle.Critical, reformcycle.Serious}[i%3]
		rules, err = rules.With(reformcycle.Rule{
			Code: fmt.Sprintf("own-%d", i), Heading: reformcycle.UnderProcess, Severity: severity, Sentence: prose, Asks: prose, Remedy: prose, Sources: []string{"model"},
			Judge: func(reformcycle.State, reformcycle.Rule) reformcycle.Verdict {
				v := reformcycle.Verdict{Outcome: reformcycle.Troubled, Facts: []reformcycle.Fact{{About: "criterion", ID: "q.01", Says: language.Typed(prose)}, {Says: language.Typed(prose)}}}
				if i < 2 {
					v.Outcome, v.Against = reformcycle.Contested, v.Facts
				}
				return v
			},
		})
		require.NoError(t, err)
	}
	cycle, err := reformcycle.New("LONG", reformcycle.WithChecklist(list), reformcycle.WithRules(rules), reformcycle.WithTitle(name), reformcycle.WithCountry(long(text, 120)))
	require.NoError(t, err)
	w := walk{t, cycle}
	changes := []reformcycle.Change{
		reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: prose}},
		reformcycle.OpenWindow{Window: reformcycle.Window{ID: "w", Kind: reformcycle.Crisis, What: prose, Closes: planned("2026-05-01")}},
	}
	for i := range 20 {
		a := engage(fmt.Sprintf("a%d", i), name, stakeholders.MinistryOfHealth, 6, 6, stakeholders.Leader, stakeholders.Connector)
		for j := range 2 {
			a.Actor.Commitments = append(a.Actor.Commitments, stakeholders.Commitment{
				ID: fmt.Sprintf("c%d", j), Resource: stakeholders.Money, Unit: long("USD", 128), Pledged: 1e15, To: planned(fmt.Sprintf("2026-%02d-01", 1+3*j+i%3)),
			})
		}
		changes = append(changes, a, made(fmt.Sprintf("q.%02d", i+1), assessment.PartiallyFunctional),
			reformcycle.PlanStrategy{Strategy: stakeholders.Strategy{ID: fmt.Sprintf("s%d", i), Name: name, Kind: stakeholders.ChangePositions, Start: planned("2026-01-01"), Months: 3}})
	}
	w.on("2026-03-15", changes...)
	return w
}

func TestTheFirstPageOfAFullStateIsOneSheet(t *testing.T) {
	for script, text := range scripts {
		t.Run(script, func(t *testing.T) {
			w := crammed(t, text)
			all := briefOf(t, w.cycle.State())
			page := firstPage(t, all)
			assert.Contains(t, page, "\n1. ")
			assert.Contains(t, page, "\n- And ")
			assert.Regexp(t, `- And \d+ more: annex 2\.`, page)
			assert.Regexp(t, `- And \d+ more: annex 4\.`, page)
			assert.Contains(t, page, draw.Ellipsis)
			assert.Contains(t, flat(page), "**Illustrative ratings, made up and no findings: 20 of 20 (annex 8).**")
			assert.Equal(t, 2, strings.Count(page, "Overdue since"), "what is ahead is on the page too")
			_, annexes, _ := strings.Cut(all, "\n---\n")
			assert.NotContains(t, annexes, draw.Ellipsis, "an annex cuts nothing")
			assert.Contains(t, annexes, "\n| 40 | ", "each action")
			assert.NotContains(t, annexes, "\n| 41 | ")

			if script != "wide" {
				return // the same texts, at other places
			}
			w.on("2026-03-16", reformcycle.Suspend{Reason: long(text, 4000)})
			firstPage(t, briefOf(t, w.cycle.State()))
			w.on("2026-03-17", reformcycle.Abandon{Reason: long(text, 4000)})
			firstPage(t, briefOf(t, w.cycle.State()))
		})
	}
}

// Whatever is cut, or told short, the annexes have whole.
func TestWhatTheFirstPageCutsStandsInAnAnnex(t *testing.T) {
	all := briefOf(t, crammed(t, scripts["words"]).cycle.State())
	page, annexes, _ := strings.Cut(all, "\n---\n")
	require.Contains(t, page, draw.Ellipsis)
	for _, whole := range []string{long(scripts["words"], 200), long(scripts["words"], 300), long(scripts["words"], 4000)} {
		assert.Contains(t, annexes, whole)
	}
}

func TestTheFirstPageTellsTheGravestAndWhatIsContestedWhereItIsGraver(t *testing.T) {
	severities := func(first *first) (told []string) {
		for _, e := range first.gravest() {
			text := strings.Join(e, " ")
			told = append(told, text[3:strings.Index(text, ":")])
		}
		return told
	}
	finding := func(s reformcycle.Severity) reformcycle.Finding {
		return reformcycle.Finding{Code: "x", Severity: s, Sentence: language.Typed("S")}
	}
	// By the built-in rules weak-government-lead is critical, districts-left-out serious.
	of := func(contested []string, findings ...reformcycle.Severity) *first {
		d := reformcycle.Diagnosis{}
		for _, s := range findings {
			d.Findings = append(d.Findings, finding(s))
		}
		for _, code := range contested {
			d.Contested = append(d.Contested, reformcycle.Contest{Code: code, Asks: language.Typed("whether")})
		}
		return &first{brief: &brief{diagnosis: d}, slack: least}
	}
	c, s, m := reformcycle.Critical, reformcycle.Serious, reformcycle.Moderate
	assert.Equal(t, []string{"Critical", "Serious", "Serious"}, severities(of([]string{"districts-left-out"}, c, s, s, m)), "as grave as the third is not graver")
	assert.Equal(t, []string{"Serious", "Serious", "Contested, and serious if it is so"}, severities(of([]string{"districts-left-out"}, s, s, m)))
	assert.Equal(t, []string{"Contested, and critical if it is so", "Serious", "Serious"}, severities(of([]string{"districts-left-out", "weak-government-lead"}, s, s, s)))
	assert.Equal(t, []string{"Contested, and serious if it is so"}, severities(of([]string{"districts-left-out"})))
}

// By when: a window that closes comes before the span that the stage usually takes.
func TestTheFirstPageSaysByWhen(t *testing.T) {
	w := begin(t, "A reform", "Exampleland")
	w.on("2026-01-10", engage("fund", "The fund", stakeholders.BilateralDonor, 2, 2, stakeholders.Donor))
	says := func() string { return flat(firstPage(t, briefOf(t, w.cycle.State()))) }
	assert.Contains(t, says(), "Problem prioritization usually takes no more than 12 months: it is wanted by 10 January 2027.")
	assert.Contains(t, flat(firstPage(t, briefOf(t, w.cycle.State().At(midnight("2027-02-01"))))), "no more than 12 months: that was over on 10 January 2027.")
	w.on("2026-01-11", reformcycle.Commit{Actor: "fund", Commitment: stakeholders.Commitment{ID: "study", Resource: stakeholders.Money, Unit: "USD", Pledged: 10,
		Stage: "problem-prioritization", Criterion: "problem.needs", To: planned("2026-09-30")}})
	assert.Contains(t, says(), "It is wanted by 30 September 2026: the end of a commitment of The fund: 10 USD (study).")
	assert.Contains(t, says(), "Who: nobody yet; usually the enabler or change champion. By: 30 September 2026.")
	w.on("2026-01-12", reformcycle.OpenWindow{Window: reformcycle.Window{ID: "w", Kind: reformcycle.Crisis, What: "A flood", Closes: planned("2026-06-30")}})
	assert.Contains(t, says(), "It is wanted by 30 June 2026: the close of a window of opportunity: A flood.")
	assert.Contains(t, says(), "- 30 June 2026: the close of a window of opportunity: A flood. What the window makes possible has to be under way by then.")
}

func TestThePageTellsWhatIsDueAndWhatHasPassed(t *testing.T) {
	w := begin(t, "A reform", "Exampleland")
	w.on("2020-01-10", rate("problem.needs", assessment.Functional, assessment.Documented), rate("problem.vision", assessment.Functional, assessment.Documented))
	text := briefOf(t, w.cycle.State().At(midnight("2022-06-01")))
	want := "10 January 2023: The evidence on 2 points grows old, and speaks to the diagnosis no longer then: Unmet needs and pain points are described, with evidence; They have signed up to one picture of how the gap closes."
	assert.Contains(t, flat(firstPage(t, text)), want)
	assert.Contains(t, text, "| 10 January 2023 | The evidence on 2 points grows old")
	text = briefOf(t, w.cycle.State().At(midnight("2024-06-01")))
	assert.Contains(t, flat(firstPage(t, text)), "- Overdue since 10 January 2023: The evidence on 2 points has grown old, and speaks to the diagnosis no longer: Unmet")
}

// A coalition that has not formed has no members who make it one, on any page.
func TestOnePageHasOneTruthOnTheCoalition(t *testing.T) {
	w := begin(t, "A reform", "Exampleland")
	w.on("2026-01-10", engage("county", "County health teams", stakeholders.SubnationalGovernment, 4, 4, stakeholders.Leader))
	text := briefOf(t, w.cycle.State())
	assert.Contains(t, text, "- No coalition has formed yet: it has no name, no purpose and no convener on record.\n- 1 actor is engaged. Members of the coalition: 1.")
	assert.NotContains(t, text, "in the coalition")
}

func TestABriefOfAnyMomentIsOneSheet(t *testing.T) {
	for _, s := range []reformcycle.State{{}, reformcycle.State{}.At(midnight("9999-12-31")), walked(t).cycle.State().At(midnight("9999-12-31")), crammed(t, scripts["words"]).cycle.State().At(midnight("9999-12-31"))} {
		firstPage(t, briefOf(t, s))
	}
	require.Error(t, Brief(nil, nil, reformcycle.State{}))
}

// Laid out, a text is itself again: nothing is lost, and no line is too long or opens
// with what Markdown takes for markup.
func TestWrapKeepsTheTextAndTheColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.StringOfN(rapid.RuneFrom([]rune(` ab<*\-+=1.)@:/`+"社ප්\u200dර\u0301\u2060\u200d\u0dcf")), 0, 120, -1).Draw(t, "text")
		text := prose(raw, whole)
		most := rapid.IntRange(12, 40).Draw(t, "columns")
		laid, cut := wrap(text, "1. ", "   ", most, 1000)
		require.False(t, cut)
		for i, line := range laid {
			require.LessOrEqual(t, columns(line), most, line)
			require.LessOrEqual(t, utf8.RuneCountInString(line), most)
			require.True(t, utf8.ValidString(line))
			body := line[3:]
			require.Equal(t, 0, (len(body)-len(strings.TrimRight(body, `\`)))%2, "no escape is parted: %q", line)
			require.False(t, strings.HasPrefix(body, "@"), "a mention: %q", line)
			if i > 0 {
				require.NotRegexp(t, `^([-+=]|\d+[.)]( |$))`, body)
			}
			laid[i] = body
		}
		bare := func(s string) string { return strings.NewReplacer(" ", "", `\`, "").Replace(s) }
		require.Equal(t, bare(text), bare(strings.Join(laid, "")))

		short, is := clip(text, most)
		require.LessOrEqual(t, columns(short), most)
		require.Equal(t, is, strings.HasSuffix(short, draw.Ellipsis))
		if is {
			require.True(t, strings.HasPrefix(text, strings.TrimSuffix(short, draw.Ellipsis)))
		} else {
			require.Equal(t, text, short)
		}
		limit := rapid.IntRange(1, 3).Draw(t, "lines")
		some, cut := wrap(text, "1. ", "   ", most, limit)
		require.Equal(t, len(laid) > limit, cut)
		require.LessOrEqual(t, len(some), limit)
		for _, line := range some {
			require.LessOrEqual(t, columns(line), most)
		}
	})
}

func TestTheBriefOfEveryCaseIsOneSheetWithWholeTexts(t *testing.T) {
	for _, c := range append(cases.Walks(nil), cases.Papers(nil)...) {
		cycle, err := c.Cycle(t.Context())
		require.NoError(t, err)
		page := firstPage(t, briefOf(t, cycle.State()))
		assert.NotContains(t, strings.ReplaceAll(page, "in “…”", ""), draw.Ellipsis, "%s: nothing that is told there is as long as that", c.ID)
		assert.NotContains(t, page, "and 0 more")
	}
}
