package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/stakeholders"
)

// kenya is the built-in nation as its portfolio has it, told in a language.
func kenya(t testing.TB, l *language.Language) Briefing {
	t.Helper()
	n := cases.Kenya(l)
	j := journal.NewMemory()
	require.NoError(t, n.Tell(t.Context(), j, nil))
	return briefing(t, j, "KEN", reformcycle.WithChecklist(n.Checklist()))
}

func briefing(t testing.TB, j reformcycle.Journal, nation string, options ...reformcycle.Option) (of Briefing) {
	t.Helper()
	ctx := context.Background()
	p, err := portfolio.Open(ctx, j, portfolio.WithOptions(options...))
	require.NoError(t, err)
	c, err := p.Cycle(ctx, nation)
	require.NoError(t, err)
	of.State = c.Now()
	of.RollUp, err = p.RollUp(ctx, portfolio.Everything)
	require.NoError(t, err)
	of.Tree, err = p.Tree(ctx, portfolio.Everything)
	require.NoError(t, err)
	of.Due, err = p.Due(ctx, portfolio.Everything, date.Date{}, date.Of(date.AddMonths(of.State.JudgedAt(), 12)))
	require.NoError(t, err)
	of.Diagnosis, err = p.Diagnose(ctx, portfolio.Everything)
	require.NoError(t, err)
	of.Late, err = p.Late(ctx, portfolio.Everything)
	require.NoError(t, err)
	of.Shared, err = p.Shared(ctx, portfolio.Everything)
	require.NoError(t, err)
	return of
}

func nationalBrief(t testing.TB, l *language.Language, of Briefing) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, NationalBrief(&b, l, of))
	return b.String()
}

// pageOf is the first page of a national brief, in as much room as a sheet has.
func pageOf(t testing.TB, brief string) string { return sheetOf(t, brief) }

// Kenya's first page in each language, read by eye.
func TestTheNationalBriefOfKenyaInEachLanguage(t *testing.T) {
	for _, l := range []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()} {
		drawtest.Golden(t, "national-kenya."+l.Tag()+".md", pageOf(t, nationalBrief(t, l, kenya(t, l)))+"\n")
	}
}

// The page names who is waited for, with what was last known of each and when, and who
// waits; the annex names all of them.
func TestTheNationalBriefOfKenyaNamesNames(t *testing.T) {
	of := kenya(t, nil)
	brief := nationalBrief(t, nil, of)
	page, annexes := flat(pageOf(t, brief)), flat(brief)
	var waiting language.Text
	for _, k := range of.State.Blockers() {
		for _, m := range k.Missing {
			if m.ID == "missing.waiting" {
				waiting = m
			}
		}
	}
	var who []language.Text
	for _, a := range waiting.Args {
		if a.Name == "children" {
			who = a.Value.([]language.Text)
		}
	}
	require.Len(t, who, 17)
	for i, one := range who {
		if i < 3 {
			assert.Contains(t, page, one.String())
		}
		assert.Contains(t, annexes, one.String())
	}
	// The people of those who are waited for, summed here.
	people, waits := 0.0, 0
	for _, p := range of.Tree.Places {
		if slices.ContainsFunc(who, func(t language.Text) bool { return strings.HasPrefix(t.String(), p.Jurisdiction.Name+" (") }) {
			people += p.Jurisdiction.Population.People
		}
		if slices.Contains(p.Guards, reformcycle.ParentUnready) {
			waits++
		}
	}
	assert.Contains(t, page, "People who live there: "+draw.Figures(nil, people, 0)+".")
	// By their last entries no county waits for the nation; the made-up nation has some.
	assert.Zero(t, waits)
	assert.NotContains(t, annexes, "Move the nation on")
	assert.Contains(t, page, fmt.Sprintf("%d jurisdictions stand before it", len(of.RollUp.Holds[0].Cycles)))
	for _, p := range of.Tree.Places {
		assert.Contains(t, brief, "\n| "+p.Jurisdiction.Name+" | ", "each has its row")
	}
	assert.Equal(t, 10, strings.Count(brief, "\n## Annex "))
	assert.NotContains(t, brief[strings.Index(brief, "\n---\n"):], draw.Ellipsis, "annexes cut nothing")
}

// What is wrong with all of them stands on the page, the gravest first; the annexes have
// each finding, who is late, and what several count on.
func TestANationalBriefTellsWhatIsWrongWithAll(t *testing.T) {
	of := kenya(t, nil)
	var isiolo, nairobi string
	for _, p := range of.Tree.Places {
		switch p.Jurisdiction.Name {
		case "Isiolo":
			isiolo = p.Cycle
		case "Nairobi":
			nairobi = p.Cycle
		}
	}
	of.Shared = []portfolio.Shared{
		{Who: "A funder", Resource: stakeholders.Money, Unit: "USD", Cycles: []string{isiolo, nairobi}, Counted: 30, Whole: "KEN", Pledged: 20, Twice: date.Yes},
		{Who: "Another", Resource: stakeholders.Money, Unit: "USD", Cycles: []string{isiolo, nairobi}, Counted: 30.5},
		{Who: "A third", Resource: stakeholders.Money, Unit: "USD", Cycles: []string{isiolo, nairobi}, Counted: 10, Whole: "KEN", Pledged: 10, Twice: date.No},
	}
	of.Late = append(of.Late, portfolio.Late{Cycle: isiolo, Stage: reformcycle.Design, Since: date.MustParse("2019-05"), Against: date.Open, Guards: []string{reformcycle.ParentUnready}})
	brief := nationalBrief(t, nil, of)
	page, annexes, _ := strings.Cut(brief, "\n---\n")
	page = flat(page)
	require.NotEmpty(t, of.Diagnosis.Findings)
	assert.Contains(t, page, fmt.Sprintf("Findings: %d.", len(of.Diagnosis.Findings)))
	first := of.Diagnosis.Findings[0]
	if first.Code == "common-hold" { // which the page tells by name, above
		first = of.Diagnosis.Findings[1]
	}
	assert.Contains(t, page, draw.Capital(first.Severity.Told().String())+": "+first.Sentence.String())
	for _, f := range of.Diagnosis.Findings {
		assert.Contains(t, annexes, f.Sentence.String())
	}
	assert.Contains(t, annexes, "| Isiolo | 4\u00a0design | May 2019 | Perhaps: a date is not known well enough | No | The nation is not as far yet |")
	for _, l := range of.Late {
		assert.Contains(t, annexes, "\n| "+l.Name)
	}
	assert.Contains(t, annexes, "- Counted on more than once: A funder, money. Committed, by the record of Kenya: 20 USD. Counted on together: 30 USD, by Isiolo, Nairobi.")
	assert.Contains(t, annexes, "- To be asked, whether it is one commitment or several: Another, money. Counted on together: 30.5 USD, by Isiolo, Nairobi.")
	assert.Contains(t, annexes, "- Shared out: A third, money. ")

	of.Late, of.Shared, of.Diagnosis.Findings = nil, nil, nil
	brief = flat(nationalBrief(t, nil, of))
	assert.Contains(t, brief, "None is late, as far as is known.")
	assert.Contains(t, brief, "No commitment is on record with several")
	of.Diagnosis = reformcycle.Diagnosis{}
	assert.Equal(t, 7, strings.Count(nationalBrief(t, nil, of), "\n## Annex "), "who does not ask is not told")
}

// made-up nations: of nothing, of one without districts, and one that is full of all.
func briefings(t testing.TB) map[string]Briefing {
	w := begin(t, hostile, "Exampleland")
	w.on("2025-01-13", reformcycle.Suspend{Reason: hostile},
		reformcycle.Devolve{Devolution: reformcycle.Devolution{Function: reformcycle.HiringFunction, Source: hostile}},
		reformcycle.Devolve{Devolution: reformcycle.Devolution{Function: reformcycle.PayFunction, Source: "made up", Tiers: []reformcycle.Tier{reformcycle.National, reformcycle.District}}})
	n := manyOf(t, 500, 150, hostileName)
	full := Briefing{State: n.States[len(n.States)-1]}
	for _, r := range rowsOf(n.Nation) {
		if !r.Unreadable.IsZero() {
			continue
		}
		r.Parent, r.Guards = "NATION", []string{reformcycle.ParentUnready}
		full.Tree.Places = append(full.Tree.Places, portfolio.Place{Row: r})
	}
	full.Tree.Remarks = []portfolio.Remark{{Cycle: "D-000", Says: language.Typed(hostile)}}
	full.RollUp = portfolio.RollUp{Cycles: 351, Silent: n.Silent, Years: []int{2009, 2019}}
	for i := range 40 {
		h := portfolio.Hold{Guard: fmt.Sprintf("host.criterion-%d", i)}
		for k := range 400 - i {
			h.Cycles = append(h.Cycles, fmt.Sprintf("D-%03d", k))
		}
		full.RollUp.Holds = append(full.RollUp.Holds, h)
	}
	for _, tier := range []reformcycle.Tier{reformcycle.National, reformcycle.Region, reformcycle.District, ""} {
		for stage := range reformcycle.Stage(9) {
			full.RollUp.Tallies = append(full.RollUp.Tallies, portfolio.Tally{Tier: tier, Stage: stage, Suspended: 1,
				Amount: portfolio.Amount{Cycles: portfolio.Interval{Low: 10, High: 160}, People: portfolio.Interval{Low: 1e6, Unbounded: true}, ShareOfPeople: portfolio.Interval{High: 1}}})
		}
	}
	for i := range 300 {
		full.Due = append(full.Due, portfolio.Due{Cycle: fmt.Sprintf("D-%03d", i), Deadline: reformcycle.Deadline{
			Kind: reformcycle.ReviewDue, Day: date.MustParse("2026-03-01"), Latest: date.MustParse("2026-03-0" + fmt.Sprint(1+i%9)), Says: language.Typed(hostile), Overdue: i < 20,
		}})
	}
	full.Diagnosis = reformcycle.Diagnosis{Rules: "portfolio-diagnosis@1.0.0"}
	for range 20 {
		f := reformcycle.Finding{Severity: reformcycle.Serious, Sentence: language.Typed(hostile), Remedy: language.Typed(hostile)}
		for i := range 200 {
			f.Facts = append(f.Facts, reformcycle.Fact{About: "cycle", ID: fmt.Sprintf("D-%03d", i), Says: language.Typed(hostile)})
		}
		full.Diagnosis.Findings = append(full.Diagnosis.Findings, f)
		full.Late = append(full.Late, portfolio.Late{Cycle: "D-001", Name: hostile, Stage: reformcycle.Launch, Against: date.Yes, Missed: []reformcycle.Deadline{{Kind: reformcycle.ReviewDue, Says: language.Typed(hostile)}}})
		full.Shared = append(full.Shared, portfolio.Shared{Who: hostile, Unit: hostile, Resource: stakeholders.Money, Counted: 1e300, Whole: hostile, Pledged: 1, Cycles: []string{"D-001", hostile}, Twice: date.Yes})
	}
	return map[string]Briefing{"of nothing": {}, "alone": {State: w.cycle.State()}, "full": full}
}

// However much there is, the first page is one sheet in every language, and takes text for
// text.
func TestANationalBriefIsOneSheetInEveryLanguage(t *testing.T) {
	all := briefings(t)
	began := time.Now()
	nationalBrief(t, nil, all["full"])
	assert.Less(t, time.Since(began), 5*time.Second, "it takes a small part of that")
	for i, l := range append(languages(), nil) {
		if raced && i < 5 {
			continue // one goroutine writes: the rest is for the run without the race detector
		}
		pageOf(t, nationalBrief(t, l, kenya(t, l)))
		for name, of := range all {
			brief := nationalBrief(t, l, of)
			page := pageOf(t, brief)
			if l != nil && l.Tag() != accented {
				continue // what is escaped is so in every language
			}
			for line := range strings.SplitSeq(brief, "\n") {
				body := strings.TrimPrefix(strings.TrimPrefix(line, "#"), "# ")
				if strings.HasPrefix(body, "| ") { // a row of a table
					body = strings.ReplaceAll(body, " |", "")
					body = strings.TrimPrefix(body, "|")
				}
				if l.Tag() == accented {
					body = strings.ReplaceAll(body, "~", "")
				}
				if !strings.HasPrefix(line, "|--") {
					assert.NotRegexp(t, unescaped, body, l.Tag())
				}
				assert.NotRegexp(t, `[^\\]://`, body, l.Tag())
			}
			if name == "full" && l == nil {
				// A list says how many it leaves out: 40 criteria hold back.
				told := strings.Count(page, "Host criterion ")
				assert.Positive(t, told)
				assert.Contains(t, page, fmt.Sprintf("And %d more: annex 3.", 40-told))
				assert.Contains(t, flat(page), flat(prose(l.Say(language.Typed("0 සෞඛ්\u200dය")), whole)), "it names who waits")
			}
			if l == nil {
				assert.Equal(t, brief, nationalBrief(t, l, of), "equal bytes")
			}
		}
	}
}

func TestANationalBriefSaysWhatNobodyDecides(t *testing.T) {
	brief := nationalBrief(t, nil, briefings(t)["alone"])
	page := flat(pageOf(t, brief))
	assert.Contains(t, page, "Say who decides these, for nobody does: hiring.")
	assert.Contains(t, page, "where several tiers decide: pay (national, district).")
	assert.Contains(t, brief, "\n- Training: not recorded.")
	assert.Contains(t, brief, "\n- Pay: national, district. Source: made up.")
}

// Nothing in it is in English but what people typed.
func TestANationalBriefSaysNothingInEnglish(t *testing.T) {
	l := languagetest.Accented(nil)
	of := kenya(t, l)
	typed := append(names(), of.State.Checklist().Version())
	typed = append(typed, languagetest.Typed(of.State)...)
	typed = append(typed, languagetest.Typed(of.Tree)...)
	typed = append(typed, languagetest.Typed(of.Due)...)
	typed = append(typed, languagetest.Typed(of.Diagnosis)...)
	typed = append(typed, languagetest.Typed(of.Late)...)
	brief := nationalBrief(t, l, of)
	assert.Empty(t, languagetest.Leaks(brief, unended(typed)...))
	_, annexes, _ := strings.Cut(brief, "\n---\n")
	assert.Empty(t, languagetest.Cuts(annexes))
}

func TestANationalBriefThatCannotBeWrittenSaysSo(t *testing.T) {
	assert.ErrorIs(t, NationalBrief(nil, nil, Briefing{}), fault.ErrInvalid)
	assert.ErrorIs(t, NationalBrief(drawtest.Full{}, nil, Briefing{}), drawtest.ErrFull)
}
