package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

func briefOf(t testing.TB, s reformcycle.State) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, Brief(&b, nil, s))
	return b.String()
}

// firstPage is what stands before the line across: a sheet of 55 lines of 95 columns.
func firstPage(t testing.TB, brief string) string {
	t.Helper()
	page, rest, found := strings.Cut(brief, "\n---\n")
	require.True(t, found)
	require.NotContains(t, rest, "\n---\n")
	lines := strings.Split(page+"\n---", "\n")
	assert.LessOrEqual(t, len(lines), 55)
	for _, line := range lines {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), 95, line)
		assert.LessOrEqual(t, columns(line), 95, line)
	}
	for i, heading := range []string{"Where we stand", "The gravest findings", "What is due", "What this rests on"} {
		assert.Equal(t, 1, strings.Count(page, "\n## "+heading+"\n"), "%d: %s", i, heading)
	}
	for _, ref := range regexp.MustCompile(`annex (\d)`).FindAllStringSubmatch(page, -1) {
		assert.Contains(t, rest, "\n## Annex "+ref[1]+": ", "a reference leads somewhere")
	}
	note := "Where a text ends in “…”, or more is counted, the annexes have the whole."
	assert.Equal(t, strings.Contains(strings.ReplaceAll(page, note, ""), draw.Ellipsis) || regexp.MustCompile(`(?i)and\s+\d+\s+more`).MatchString(page), strings.Contains(page, note))
	return page
}

// flat undoes the lines.
func flat(page string) string { return strings.Join(strings.Fields(page), " ") }

// shortWalk is a cycle judged by a checklist that asks thirty things of its first
// stage and nothing of the others.
func shortWalk(t *testing.T) walk {
	spec := assessment.Spec{Name: "short", Version: "1", Sources: []assessment.Source{{Key: "model", Citation: "Made up for this test."}}}
	for i := range 30 {
		spec.Criteria = append(spec.Criteria, assessment.Criterion{
			ID: fmt.Sprintf("q.%02d", i+1), Section: "problem-prioritization", Text: fmt.Sprintf("Question %d is answered", i+1),
			Kind: assessment.Rated, Sources: []string{"model"},
		})
	}
	list, err := assessment.NewChecklist(spec)
	require.NoError(t, err)
	cycle, err := reformcycle.New("SHORT", reformcycle.WithChecklist(list))
	require.NoError(t, err)
	return walk{t, cycle}
}

func TestBriefGolden(t *testing.T) {
	w := walked(t)
	drawtest.Golden(t, "brief.md", briefOf(t, w.cycle.State()))
	w.on("2026-03-20", reformcycle.Suspend{Reason: "The budget is frozen."})
	drawtest.Golden(t, "brief-suspended.md", briefOf(t, w.cycle.State()))
	w.on("2026-06-01", reformcycle.Abandon{Reason: "The mandate is gone."})
	drawtest.Golden(t, "brief-abandoned.md", briefOf(t, w.cycle.State()))
	drawtest.Golden(t, "brief-zero.md", briefOf(t, reformcycle.State{}))
}

func TestBriefOfAnAbandonedReformAsksForNothing(t *testing.T) {
	w := walked(t)
	w.on("2026-06-01", reformcycle.Abandon{Reason: "The mandate is gone."})
	text := briefOf(t, w.cycle.State())
	assert.Contains(t, text, "**The reform was abandoned.** It ended at stage 5 of 8, program readiness (phase: solutions), in lap 1, and will not go on. Date: 1 June 2026. Reason: The mandate is gone.")
	for _, asking := range []string{"To do:", "Who:", "| Rank |", "What blocks the next step"} {
		assert.NotContains(t, text, asking)
	}
	assert.Contains(t, flat(firstPage(t, text)), "What stood open when it ended An abandoned reform takes no further step, so nothing can be cleared. Of its stage, 5 required criteria are not met: annex 2.")
	assert.Contains(t, text, "Nothing: the reform is abandoned.")
}

func TestBriefSaysThatARatingIsIllustrative(t *testing.T) {
	w := begin(t, "A reform", "Exampleland")
	w.on("2025-01-13", rate("problem.needs", assessment.Functional, assessment.Documented))
	text := briefOf(t, w.cycle.State())
	assert.Contains(t, text, "All ratings are documented: 1 of 1.")
	w.on("2025-01-14", made("problem.vision", assessment.Functional))
	text = briefOf(t, w.cycle.State())
	assert.Contains(t, text, "**Illustrative ratings: 1 of 2. Do not read them as findings.**\n\n- They have signed up to one picture of how the gap closes.\n")
	assert.Contains(t, text, "- Unmet needs and pain points are described, with evidence. Seen in a workshop. Source: Workshop minutes, made up for this test.")
}

func TestBriefTellsThatTheRecordWasCorrectedAndWhatThatFound(t *testing.T) {
	w := begin(t, "A reform", "Exampleland")
	w.on("2025-01-13", reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "Too far"}},
		rate("problem.needs", assessment.Functional, assessment.Documented),
		rate("problem.acknowledged", assessment.Functional, assessment.Documented),
		rate("problem.vision", assessment.Functional, assessment.Documented), reformcycle.Advance{})
	needs := w.cycle.State().Ratings()[0].Entry
	assert.NotContains(t, briefOf(t, w.cycle.State()), "corrected")
	w.on("2025-01-14", reformcycle.Correct{Entry: needs, Change: rate("problem.needs", assessment.NonFunctional, assessment.Documented), Reason: "Another district."})
	text := briefOf(t, w.cycle.State())
	assert.Contains(t, flat(firstPage(t, text)), "The record has been corrected: 1 correction. This page shows it as it stands corrected.")
	assert.Contains(t, text, "Since 13 January 2025, when problem prioritization was left in lap 1, as a correction of the record found. (chen2021)")
}

func TestBriefTellsWhatTheRecordIsSilentAbout(t *testing.T) {
	w := begin(t, "A reform", "Exampleland")
	w.on("2025-01-13", rate("problem.needs", assessment.Functional, assessment.Documented))
	assert.NotContains(t, briefOf(t, w.cycle.State()), "silent")
	w.on("2025-01-14", reformcycle.DeclareSilence{About: []reformcycle.Topic{reformcycle.TopicMoney, reformcycle.ProblemPrioritization.Topic()}, Reason: "The archive is lost."})
	text := briefOf(t, w.cycle.State())
	assert.Contains(t, text, "The record is silent about: problem prioritization, the money. What is not recorded there is not known, rather than absent.")
	assert.Contains(t, flat(firstPage(t, text)), "The record is silent about: problem prioritization, the money.")
	assert.Contains(t, text, "Missing: a stated problem. The record is silent about: problem prioritization. To do: ")
	assert.Contains(t, text, "Not rated; needs functional. The record is silent about: problem prioritization. To do: ")
}

func TestBriefTellsOfRevisitsAndLaps(t *testing.T) {
	w := walked(t)
	release := reformcycle.TakePosition{Actor: "finance", Position: stakeholders.At(2), Reason: "Won over."}
	w.on("2026-03-09", release, reformcycle.Revisit{To: reformcycle.Design, Reason: "The design was too costly."})
	assert.Contains(t, briefOf(t, w.cycle.State()), "It has come to this stage 2 times in this lap. The first: 20 June 2025.")
	w.on("2026-03-10", reformcycle.Advance{})

	override := reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Elections."}}
	w.on("2026-04-01", override, override, override)
	assert.Contains(t, briefOf(t, w.cycle.State()), "Before the start of a new lap, the following must be true and is not yet.")
	assert.Contains(t, briefOf(t, w.cycle.State()), "Before the start of a new lap, 5 things must be true and are not yet.")
	var waive []reformcycle.Change
	for _, c := range w.cycle.State().Checklist().Spec().Criteria {
		if c.Section == reformcycle.ManagementAndLearning.String() && !c.Advisory {
			waive = append(waive, reformcycle.Waive{Criterion: c.ID, Authority: "moh", Reason: "No time."})
		}
	}
	w.on("2026-05-01", waive...)
	assert.Contains(t, flat(firstPage(t, briefOf(t, w.cycle.State()))), "Nothing stands before the start of a new lap: somebody has to decide on it. Who: Ministry of Health.")
	w.on("2026-05-02", reformcycle.Renew{})
	text := briefOf(t, w.cycle.State())
	assert.Contains(t, text, "in lap 2, since 2 May 2026")
	lap := w.cycle.State().Laps()[0]
	assert.Contains(t, text, fmt.Sprintf("The lap before, lap 1, ended with %d of %d required criteria met. Date: 2 May 2026. Illustrative among its ratings: 11 of 12. Do not read this as a finding.", lap.Met, lap.Required))
	assert.Contains(t, flat(firstPage(t, text)), "Illustrative ratings of the lap before: 11 of 12.")
	_, debts, _ := strings.Cut(text, "## Annex 6: Readiness debt")
	debts, _, _ = strings.Cut(debts, "## Annex 7")
	assert.Equal(t, len(w.cycle.State().OpenDebts()), strings.Count(debts, "\n- "), "an annex tells all of them")
	assert.NotContains(t, text, "The problem as stated", "a problem counts for the lap that framed it")
}

func TestBriefUnderAChecklistOfTheHost(t *testing.T) {
	w := shortWalk(t)
	w.on("2026-01-05", engage("moh", "Ministry", stakeholders.MinistryOfHealth, 6, 6))
	text := briefOf(t, w.cycle.State())
	assert.Contains(t, text, "- **Question 1 is answered.** Not rated; needs functional. (model)")
	assert.Contains(t, text, "| 1 | Make this true: Question 1 is answered. (model) | nobody yet |")
	assert.Contains(t, firstPage(t, text), "30. Question 30 is answered. Not rated; needs functional. Who: nobody yet.")
	assert.Contains(t, text, "| 30 | Make this true: Question 30 is answered. (model) | nobody yet |")
	assert.Contains(t, text, "- No coalition has formed yet.")
	assert.Contains(t, text, "| nothing required | 0 | 0 | – |")
	assert.Contains(t, text, "- **chen2021** – Chen N, ")

	var answers []reformcycle.Change
	for i := range 29 {
		answers = append(answers, rate(fmt.Sprintf("q.%02d", i+1), assessment.Functional, assessment.Documented))
	}
	w.on("2026-01-06", append(answers, reformcycle.Waive{Criterion: "q.30", Authority: "moh", Reason: "Later"})...)
	assert.Contains(t, briefOf(t, w.cycle.State()), "- Question 29 is answered. Seen in a workshop.")
	for range 7 {
		w.on("2026-01-07", reformcycle.Advance{})
	}
	w.on("2026-01-08", reformcycle.Renew{Checklist: reformcycle.ReformChecklist().ID()})
	assert.Contains(t, briefOf(t, w.cycle.State()), "None is open.\n\nOwed no more, though never met, for the checklist no longer asks for it: q.30.")
}

func TestBriefNamesWhatTheRosterLacks(t *testing.T) {
	w := begin(t, "A reform", "Exampleland")
	unknown := engage("moh", "Ministry of Health", stakeholders.MinistryOfHealth, 6, 6, stakeholders.Leader)
	unknown.Actor.Power = 0
	w.on("2025-01-13", unknown,
		reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "Alliance", Purpose: "Care", Convener: "moh"}})
	w.on("2025-01-14", reformcycle.ReleaseActor{Actor: "moh", Reason: "Elections"},
		engage("un", "An agency", stakeholders.MultilateralAgency, -6, 6))
	text := briefOf(t, w.cycle.State())
	assert.Contains(t, text, "- **Alliance.** Nobody convenes it. Purpose: Care.")
	assert.Contains(t, text, "**Support does not exceed opposition.**")
	assert.Contains(t, text, "- Roles that nobody fills: leader; connector; gatekeeper; donor; enabler; change champion; liaison.")
	w.on("2025-01-15", unknown)
	assert.Contains(t, briefOf(t, w.cycle.State()), "1 actor is left out, for position or power is not known.")
}

// The debt of a veto outlives the actor who answered for it.
func TestBriefTellsOfADebtWithoutACriterion(t *testing.T) {
	w := walked(t)
	w.on("2026-03-09",
		reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "Now or never."}},
		reformcycle.ReleaseActor{Actor: "moh", Reason: "Dissolved."})
	assert.Contains(t, briefOf(t, w.cycle.State()), "- **No actor whose refusal alone blocks may oppose.** Since 9 March 2026, when program readiness was left in lap 1, by authority of moh. Reason given: Now or never. (reich)")
}

var unescaped = regexp.MustCompile("(^|[^\\\\])(\\\\\\\\)*[`<>\\[\\]#~$]")

func TestBriefTakesTextForText(t *testing.T) {
	w := begin(t, hostile, "1. Exampleland")
	evidence := assessment.Evidence{What: hostile, Source: hostile, Basis: assessment.Documented}
	actor := func(id string, position float64, veto bool, roles ...stakeholders.Role) reformcycle.EngageActor {
		return reformcycle.EngageActor{Actor: stakeholders.Actor{ID: id, Name: asName(hostile), Constituency: stakeholders.MinistryOfHealth,
			Member: len(roles) > 0, Roles: roles, Position: stakeholders.At(position), Power: 4, Veto: veto}}
	}
	override := reformcycle.Advance{Override: reformcycle.Override{Authority: "|a|", Reason: hostile}}
	w.on("2025-01-13",
		reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: hostile}},
		reformcycle.Rate{Criterion: "problem.needs", Level: assessment.Functional, Evidence: evidence},
		actor("|a|", 6, false, stakeholders.Leader), actor("<b>", -6, true),
		reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: hostile, Purpose: hostile, Convener: "|a|"}},
		override)
	check := func() {
		t.Helper()
		text := briefOf(t, w.cycle.State())
		assert.NotRegexp(t, `[^\\]://`, text)
		assert.NotContains(t, text, "www.evil")
		assert.NotContains(t, text, "l@evil")
		page := firstPage(t, text)
		table, entries := 0, 0
		for line := range strings.SplitSeq(text, "\n") {
			if page, line = strings.TrimPrefix(page, line), strings.TrimPrefix(line, "   "); page != "" {
				page = page[1:]
				// What is numbered there is numbered by the page.
				if n, rest, numbered := strings.Cut(line, ". "); numbered && n == fmt.Sprint(entries+1) {
					entries, line = entries+1, rest
				} else if line == "" {
					entries = 0
				}
				line = strings.TrimPrefix(strings.TrimPrefix(line, "- "), "  ")
			}
			body := line
			for _, own := range []string{"# ", "## "} {
				body = strings.TrimPrefix(body, own)
			}
			assert.NotRegexp(t, unescaped, body)
			assert.NotRegexp(t, `^(\s|=|\d+[.)] )`, line)
			if !strings.HasPrefix(line, "|") {
				assert.NotRegexp(t, `(^|[^\\])\|`, line)
				table = 0
				continue
			}
			cells := len(regexp.MustCompile(`(^|[^\\])\|`).FindAllString(line, -1))
			if table == 0 {
				table = cells
			}
			assert.Equal(t, table, cells, line)
		}
	}
	check()
	w.on("2025-01-14", reformcycle.Suspend{Reason: hostile})
	check()
	w.on("2025-01-15", reformcycle.Abandon{Reason: hostile})
	check()
}

func TestProseStaysReadable(t *testing.T) {
	for text, want := range map[string]string{
		"Half the villages are 1.5 hours away (or more).": "Half the villages are 1.5 hours away (or more).",
		"2026. A year":         `2026\. A year`,
		"1) first":             `1\) first`,
		"- item":               `\- item`,
		"=== x":                `\=== x`,
		"a < b & c":            `a \< b \& c`,
		"see http://x.example": `see http\://x.example`,
		"WWW.x.example":        `WWW\.x.example`,
		"a@b":                  "a\u2060@b",
		`back\slash`:           `back\\slash`,
	} {
		assert.Equal(t, want, prose(text, 100))
	}
}

func TestADayThatIsNotKnownSaysSo(t *testing.T) {
	said := func(day any) string { return language.English().Say(language.Of("picture.ring.on", "on", day)) }
	assert.Equal(t, "date not known", said(dayOf(time.Time{})))
	assert.Equal(t, "3 November 2025", said(dayOf(time.Date(2025, time.November, 3, 23, 0, 0, 0, time.UTC))))
}

// The way that most texts go says what the whole way says.
func TestAHarmlessTextIsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune(`ab wW.)1+-=:/@<\සē`)), 0, 12, -1).Draw(t, "text")
		plain := draw.Plain(text, 100)
		if harmless(plain) {
			require.Equal(t, prose("*"+plain, 200), `\*`+prose(plain, 200), "behind a sign nothing is left to escape")
			require.Equal(t, plain, prose(text, 100))
		}
	})
}
