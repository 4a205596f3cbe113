package reformcycle_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// planned is a day as plans have it.
func planned(day string) date.Date { return date.MustParse(day) }

func at(day string) reformcycle.Stamp {
	return reformcycle.By("reform office").At(date.MustParse(day).First())
}

// launchedAt is a reform whose recording began at the launch, with who does what.
func launchedAt(t require.TestingT, day string, options ...reformcycle.Option) *reformcycle.Cycle {
	c, err := reformcycle.New("due", append(options, reformcycle.WithStage(reformcycle.Launch))...)
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, at(day),
		actor("moh", stakeholders.MinistryOfHealth, true, 6, 6, stakeholders.Leader, stakeholders.Gatekeeper),
		actor("fund", stakeholders.BilateralDonor, true, 4, 6, stakeholders.Donor, stakeholders.Liaison),
	)))
	return c
}

func heldAt(id string, tier reformcycle.Tier, on string, every int) reformcycle.HoldReview {
	return reformcycle.HoldReview{Review: reformcycle.Review{
		ID: id, Name: "Review " + id, Tier: tier, On: date.MustParse(on), Every: every, Findings: []string{"Supervision is thin"},
	}}
}

// line tells a deadline on one line, without who could act and what the diagnosis says.
func line(d reformcycle.Deadline) string {
	days := d.Day.String()
	if d.Latest != d.Day {
		days += " to " + d.Latest.String()
	}
	if d.Overdue {
		days += " overdue"
	}
	var follows []string
	for _, c := range d.Follows {
		switch {
		case c.Guard != "":
			follows = append(follows, "guard "+c.Guard)
		case c.Rule == "":
			follows = append(follows, c.Says.String())
		}
	}
	return days + " " + d.ID + " [" + strings.Join(follows, "; ") + "]"
}

func lines(due []reformcycle.Deadline) []string {
	all := []string{}
	for _, d := range due {
		all = append(all, line(d))
	}
	return all
}

var always date.Date

// everyKind has one of each kind on record.
func everyKind(t require.TestingT) *reformcycle.Cycle {
	list, err := reformcycle.ReformChecklist().Derive("2.0.0", assessment.SetParameter("learning.community-accountability", 6))
	require.NoError(t, err)
	c := launchedAt(t, "2025-03-10", reformcycle.WithChecklist(list))
	gift := pledge("grant", 1000)
	gift.To = planned("2025-12-31")
	option := reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: "paid", Name: "Paid workers", Origin: reformcycle.Local}}
	require.NoError(t, refusalOf(c.Apply(background, at("2025-04-01"),
		heldAt("joint", reformcycle.National, "2025-03-31", 0),
		heldAt("counties", reformcycle.District, "2024-11-15", 6),
		reformcycle.HoldCommunityMeeting{Meeting: reformcycle.CommunityMeeting{ID: "green", Group: "Clinic", On: date.MustParse("2025-02-28"), Accounts: []string{"Visits"}}},
		reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "a", Name: "First districts", Areas: []string{"x"}, Workers: 100, Start: planned("2025-06-01"), End: planned("2025-09-30")}},
		reformcycle.Commit{Actor: "fund", Commitment: gift},
		option,
		reformcycle.RecordPilot{Solution: "paid", Pilot: reformcycle.Pilot{ID: "p", Where: "x", To: planned("2025-07-15"), Finding: reformcycle.NotReported, Result: "It runs", Evidence: illustrative("a plan")}},
		reformcycle.PlanStrategy{Strategy: stakeholders.Strategy{ID: "talks", Name: "Talks", Kind: stakeholders.ChangePositions, Probability: 0.5, Start: planned("2025-04-30"), Months: 4, Owner: "moh"}},
		reformcycle.OpenWindow{Window: reformcycle.Window{ID: "election", Kind: reformcycle.PoliticalTransition, What: "An election", Closes: planned("2025-10-05")}},
	)))
	return c
}

// The days by hand: twelve months on from the national review of 31 March 2025; the
// district review of November 2024 comes every six months, next on 15 May 2025, and
// holds for six months from the day of its recording, 1 October, or twelve from its own,
// 15 November 2025, the later; six months on from the meeting of 28 February; four months
// from 30 April. The criterion on reviews has fallen by March 2026, and does not again.
func TestEachKindOfDeadlineFallsOnTheDayThatTheRecordGives(t *testing.T) {
	s := everyKind(t).State()
	require.Equal(t, []string{
		"2025-05-15 recurring-review/counties [it counts as held until 1 October 2025, after which one has to be on record]",
		"2025-06-01 rollout-starts/a [no phase of the rollout has started yet]",
		"2025-07-15 pilot-ends/paid/p [what the pilot found is not on record]",
		"2025-08-28 community-meeting/green [guard learning.community-accountability]",
		"2025-08-30 strategy-expires/talks [what came of the strategy is not on record]",
		"2025-09-30 rollout-ends/a [workers deployed by the last report: 0 of 100]",
		"2025-10-05 window-closes/election [what the window makes possible has to be under way by then]",
		"2025-11-15 review/subnational/counties [guard learning.review]",
		"2025-12-31 commitment-ends/fund/grant [not arrived yet: 1,000 of 1,000 USD]",
		"2026-03-31 review/national/joint []",
	}, lines(s.Due(always, always)))

	who := map[string]string{}
	entries := map[string]uint64{}
	for _, d := range s.Due(always, always) {
		entries[d.ID] = d.Entry
		if len(d.Who) > 0 {
			who[d.ID] = d.Who[0].Actor + ", " + d.Who[0].Reason.String()
		}
	}
	assert.Equal(t, "fund, made the commitment", who["commitment-ends/fund/grant"])
	assert.Equal(t, "moh, carries the strategy", who["strategy-expires/talks"])
	assert.Equal(t, "fund, role: liaison", who["community-meeting/green"])
	// The begin entry, two actors, and then the batch, one entry each.
	assert.EqualValues(t, 4, entries["review/national/joint"])
	assert.EqualValues(t, 8, entries["commitment-ends/fund/grant"])
	assert.EqualValues(t, 12, entries["window-closes/election"])
}

func TestWhatIsSettledIsNotDue(t *testing.T) {
	c := everyKind(t)
	require.NoError(t, refusalOf(c.Apply(background, at("2025-06-02"),
		reformcycle.ReportRollout{Phase: "a", Deployed: 100},
		reformcycle.Deliver{Actor: "fund", Commitment: "grant", Amount: 1000},
		reformcycle.ObserveStrategy{Strategy: "talks", Success: stakeholders.NoSuccess, What: "Nobody came"},
		heldAt("counties-2", reformcycle.District, "2025-05-20", 0),
	)))
	s := c.State()
	ids := func(s reformcycle.State) (ids []string) {
		for _, d := range s.Due(always, always) {
			ids = append(ids, d.ID)
		}
		return ids
	}
	require.Equal(t, []string{
		"pilot-ends/paid/p", "community-meeting/green", "window-closes/election", "commitment-ends/fund/grant",
		"review/national/joint", "review/subnational/counties-2",
	}, ids(s), "a commitment that is whole still ends")
	require.Equal(t, []string{
		"pilot-ends/paid/p", "community-meeting/green", "review/national/joint", "review/subnational/counties-2",
	}, ids(s.At(planned("2027-01-01").First())), "what ended whole, and a window that is closed, ask for nothing")
	for _, d := range s.At(planned("2027-01-01").First()).Due(always, always) {
		assert.True(t, d.Overdue, d.ID)
	}
	for _, d := range s.At(planned("2025-07-15").First()).Due(always, always) {
		assert.False(t, d.Overdue, "%s: its day is not over", d.ID)
	}
	require.True(t, s.At(planned("2025-07-16").First()).Due(always, always)[0].Overdue)
}

func TestAFirstReviewFallsDueAfterTheLaunch(t *testing.T) {
	// Launched at eight in the morning of day 121: twelve months on it is still in time.
	c, day := standingAt(t, reformcycle.ProgramReadiness)
	require.NoError(t, refusalOf(c.Apply(background, office(day), append(functional(reformcycle.ProgramReadiness), reformcycle.Advance{})...)))
	s := c.State()
	due := s.Due(always, date.Of(s.Moment().AddDate(0, 18, 0)))
	require.Len(t, due, 1)
	want := date.Of(onDay(day).AddDate(0, 12, 0))
	require.Equal(t, want.String()+" review/first/1 []", line(due[0]))
	require.Equal(t, "no-learning-loop", due[0].Follows[0].Rule)
	_, fires := s.At(want.First()).Diagnose().Finding("no-learning-loop")
	assert.False(t, fires)
	_, fires = s.At(want.First().AddDate(0, 0, 1)).Diagnose().Finding("no-learning-loop")
	assert.True(t, fires)
	require.NoError(t, refusalOf(c.Apply(background, office(day+30), review("first", reformcycle.National))))
	for _, d := range c.State().Due(always, always) {
		require.NotContains(t, d.ID, "first/1")
	}
}

// Whatever the hour of the launch, the rule speaks from the day after the deadline on.
func TestAFirstReviewFallsDueWhateverTheHourOfTheLaunch(t *testing.T) {
	for _, hour := range []int{0, 8, 23} {
		c, err := reformcycle.New("hour", reformcycle.WithStage(reformcycle.ProgramReadiness))
		require.NoError(t, err)
		launch := time.Date(2024, time.February, 29, hour, 0, 0, 0, time.UTC)
		require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(launch), actor("moh", stakeholders.MinistryOfHealth, true, 6, 6),
			reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "An election"}})))
		due := c.State().Due(always, date.MustParse("2025-12"))
		require.Len(t, due, 1, "%d o'clock", hour)
		require.Equal(t, "review/first/1", due[0].ID)
		require.NotEqual(t, "finding", outcomeAt(c.State().At(due[0].Day.First()), "no-learning-loop"))
		require.Equal(t, "finding", outcomeAt(c.State().At(due[0].Day.First().AddDate(0, 0, 1)), "no-learning-loop"))
	}
}

func TestTheIntervalOfTheDiagnosisHasADayOfItsOwnWhereItIsAnother(t *testing.T) {
	rules, err := reformcycle.DiagnosisRules().Set("no-learning-loop", "months", 6)
	require.NoError(t, err)
	c := launchedAt(t, "2025-01-10", reformcycle.WithRules(rules))
	require.NoError(t, refusalOf(c.Apply(background, at("2026-02-01"), heldAt("joint", reformcycle.National, "2026-01-31", 0), heldAt("village", reformcycle.District, "2026-01-15", 0),
		reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "x", What: "Stock cards", Review: "joint"}})))
	require.Equal(t, []string{
		"2026-07-31 review/any/joint []",
		"2027-01-15 review/subnational/village [guard learning.review]",
		"2027-01-31 review/national/joint []",
	}, lines(c.State().Due(always, always)), "what has fallen by then does not fall again")
}

func TestASpanOfDeadlinesHasBothItsEnds(t *testing.T) {
	s := everyKind(t).State()
	on := func(from, to string) []string {
		var days []string
		for _, d := range s.Due(date.MustParse(from), date.MustParse(to)) {
			days = append(days, d.Day.String())
		}
		return days
	}
	assert.Equal(t, []string{"2025-07-15"}, on("2025-07-15", "2025-07-15"))
	assert.Empty(t, on("2025-07-16", "2025-07-15"))
	assert.Empty(t, on("2025-07-16", "2025-08-27"))
	assert.Equal(t, []string{"2025-08-28", "2025-08-30"}, on("2025-08", "2025-08"))
	assert.Len(t, on("2026", "2026"), 1)
	assert.Empty(t, on("9999-12-31", "9999"))
}

func TestNothingIsDueWhereNothingCanBeDone(t *testing.T) {
	assert.Empty(t, reformcycle.State{}.Due(always, always))
	assert.Empty(t, reformcycle.State{}.At(planned("9999-12-31").First()).Due(date.MustParse("0001"), date.MustParse("9999")))
	c := everyKind(t)
	require.NoError(t, refusalOf(c.Apply(background, at("2025-05-01"), reformcycle.Suspend{Reason: "No money"})))
	assert.Len(t, c.State().Due(always, always), 10, "what runs out runs out all the same")
	require.NoError(t, refusalOf(c.Apply(background, at("2025-05-02"), reformcycle.Abandon{Reason: "No mandate"})))
	assert.Empty(t, c.State().Due(always, always))
}

func TestADeadlineBeyondTheCalendarIsNone(t *testing.T) {
	c := launchedAt(t, "9999-01-10")
	require.NoError(t, refusalOf(c.Apply(background, at("9999-06-01"), heldAt("last", reformcycle.National, "9999-05", 12))))
	assert.Empty(t, c.State().Due(always, always))
	long := pledge("p", 1)
	long.To = planned("9999-12-31")
	require.NoError(t, refusalOf(c.Apply(background, at("9999-06-01"), reformcycle.Commit{Actor: "fund", Commitment: long})))
	due := c.State().Due(always, always)
	require.Len(t, due, 1)
	require.Equal(t, "9999-12-31", due[0].Day.String())
}

func TestACorrectionMovesADeadlineAndARetractionTakesItAway(t *testing.T) {
	c := everyKind(t)
	before := c.State().Due(always, always)
	for _, d := range before {
		if d.Kind == reformcycle.PilotEnds || d.Kind == reformcycle.ReviewDue {
			continue // the day of a review hangs on two entries
		}
		other := c.Fork()
		require.NoError(t, refusalOf(other.Apply(background, at("2025-05-01"), reformcycle.Retract{Entry: d.Entry, Reason: "A mistake"})))
		for _, left := range other.State().Due(always, always) {
			require.NotEqual(t, d.ID, left.ID)
		}
	}
	moved := reformcycle.OpenWindow{Window: reformcycle.Window{ID: "election", Kind: reformcycle.PoliticalTransition, What: "An election", Closes: planned("2026-04-01")}}
	require.NoError(t, refusalOf(c.Apply(background, at("2025-05-01"), reformcycle.Correct{Entry: 12, Change: moved, Reason: "It was put off"})))
	last := c.State().Due(always, always)[9]
	require.Equal(t, "window-closes/election", last.ID, "the same deadline")
	require.Equal(t, "2026-04-01", last.Day.String())
}

// The criterion, asked day by day, says when a review that is known roughly may have
// lapsed, and when it has for certain.
func TestTheDaysOfARoughReviewAreThoseOfItsCriterion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		months := rapid.IntRange(1, 30).Draw(t, "months")
		list, err := reformcycle.ReformChecklist().Derive("2.0.0", assessment.SetParameter("learning.review", float64(months)))
		require.NoError(t, err)
		on := rapid.SampledFrom([]string{"2023", "2024", "2024-02", "2023-11", "2024-02-29", "2023-10-31"}).Draw(t, "on")
		every := rapid.SampledFrom([]int{0, 0, 1, 5, 12, 24}).Draw(t, "every")
		c, err := reformcycle.New("rough", reformcycle.WithChecklist(list), reformcycle.WithStage(reformcycle.ManagementAndLearning))
		require.NoError(t, err)
		require.NoError(t, refusalOf(c.Apply(background, at("2024-12-31"), heldAt("a", reformcycle.National, on, every),
			heldAt("b", reformcycle.District, "2024-12-31", 0), heldAt("c", reformcycle.District, "2024", 1))))
		s := c.State()
		var got reformcycle.Deadline
		for _, d := range s.Due(always, always) {
			if d.ID == "review/national/a" {
				got = d
			}
		}
		missing := func(day time.Time) string {
			for _, b := range s.At(day).BlockersFor(reformcycle.Renew{}) {
				if b.Guard == "learning.review" {
					return strings.Join(inEnglish(b.Missing), "; ")
				}
			}
			return ""
		}
		// A review that is lapsed when it is recorded has its day before.
		if first := date.Of(s.Moment()).First(); got.Day.First().Before(first) {
			require.NotEmpty(t, missing(first))
			return
		}
		require.NotContains(t, missing(got.Day.First()), "national review")
		require.NotContains(t, missing(got.Day.First()), "a review (a; known: ")
		require.NotEmpty(t, missing(got.Day.First().AddDate(0, 0, 1)))
		if got.Latest != got.Day {
			require.Contains(t, missing(got.Latest.First()), "a review (a; known: ")
		}
		if every <= months {
			require.Contains(t, missing(got.Latest.First().AddDate(0, 0, 1)), "a national review")
		}
	})
}

// Every day that the first may have been, and its next after the recording.
func TestTheNextOfAReviewThatRecursIsTheNextOfOneOfItsDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := date.MustParse(rapid.SampledFrom([]string{"2003", "2019-12", "2020-02", "2020-01-31", "2021", "2021-03-01"}).Draw(t, "on"))
		every := rapid.IntRange(1, 40).Draw(t, "every")
		recorded := date.MustParse("2021-03-01").First().AddDate(0, 0, rapid.IntRange(0, 1500).Draw(t, "recorded"))
		var first, last time.Time
		for day := on.First(); !day.After(on.Last()); day = day.AddDate(0, 0, 1) {
			next := day
			for k := 0; !next.After(recorded); k++ {
				next = date.AddMonths(day, k*every)
			}
			if first.IsZero() || next.Before(first) {
				first = next
			}
			if next.After(last) {
				last = next
			}
		}
		c := launchedAt(t, "2021-03-01")
		require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(recorded), heldAt("yearly", reformcycle.National, on.String(), every))))
		for _, d := range c.State().Due(always, always) {
			if d.Kind == reformcycle.RecurringReviewDue {
				require.Equal(t, date.Of(first).String(), d.Day.String())
				require.Equal(t, date.Of(last).String(), d.Latest.String())
				return
			}
		}
		t.Fatal("no deadline")
	})
}

// anyRecord has some of all kinds on days in three years, known well or roughly.
func anyRecord(t *rapid.T) reformcycle.State {
	start := date.MustParse("2024-01-01").First()
	someDay := func(from, to int) time.Time {
		return start.AddDate(0, 0, rapid.IntRange(from, to).Draw(t, "day"))
	}
	rough := func(on time.Time) string {
		return on.Format(rapid.SampledFrom([]string{"2006", "2006-01", time.DateOnly, time.DateOnly}).Draw(t, "known"))
	}
	roughDay := func(from, to int) date.Date { return date.MustParse(rough(someDay(from, to))) }
	c := launchedAt(t, "2024-01-01")
	n := 0
	id := func() string { n++; return fmt.Sprintf("%d/x", n) }
	today := start
	for range rapid.IntRange(0, 12).Draw(t, "changes") {
		today = today.AddDate(0, 0, rapid.IntRange(0, 90).Draw(t, "later"))
		past := func() date.Date {
			on := date.MustParse(rough(today.AddDate(0, 0, -rapid.IntRange(0, 500).Draw(t, "ago"))))
			if on.First().After(today) {
				return date.Of(today)
			}
			return on
		}
		var change reformcycle.Change
		switch rapid.IntRange(0, 7).Draw(t, "kind") {
		case 0, 1:
			change = reformcycle.HoldReview{Review: reformcycle.Review{ID: id(), Name: "A review", On: past(), Findings: []string{"x"},
				Tier:  rapid.SampledFrom([]reformcycle.Tier{reformcycle.National, reformcycle.District, reformcycle.CommunityTier}).Draw(t, "tier"),
				Every: rapid.SampledFrom([]int{0, 0, 3, 12, 18}).Draw(t, "every")}}
		case 2:
			p := pledge(id(), 10)
			p.To = roughDay(0, 1100)
			change = reformcycle.Commit{Actor: rapid.SampledFrom([]string{"moh", "fund"}).Draw(t, "actor"), Commitment: p}
		case 3:
			a := someDay(0, 1100)
			change = reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: id(), Name: "A phase", Areas: []string{"x"}, Start: date.Of(a), End: date.Of(a.AddDate(0, 2, 0)), Workers: rapid.IntRange(0, 5).Draw(t, "workers")}}
		case 4:
			change = reformcycle.OpenWindow{Window: reformcycle.Window{ID: id(), Kind: reformcycle.Crisis, What: "A crisis", Closes: roughDay(0, 1100)}}
		case 5:
			change = reformcycle.PlanStrategy{Strategy: stakeholders.Strategy{ID: id(), Name: "Talks", Kind: stakeholders.ChangePositions, Start: roughDay(0, 700), Months: rapid.IntRange(0, 12).Draw(t, "months")}}
		case 6:
			option := id()
			require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(today), reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: option, Name: "An option", Origin: reformcycle.Local}})))
			change = reformcycle.RecordPilot{Solution: option, Pilot: reformcycle.Pilot{ID: id(), Where: "x", To: roughDay(0, 1100), Finding: reformcycle.NotReported, Result: "x", Evidence: illustrative("x")}}
		default:
			change = rate(rapid.SampledFrom(rated(reformcycle.Governance)).Draw(t, "criterion"), assessment.Functional)
		}
		require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(today), change)))
	}
	return c.State()
}

func TestDeadlinesOfASpanAreThoseOfItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyRecord(t)
		start := date.MustParse("2023-01-01").First()
		var cuts []int
		for range 3 {
			cuts = append(cuts, rapid.IntRange(0, 1800).Draw(t, "cut"))
		}
		slices.Sort(cuts)
		on := func(n int) date.Date { return date.Of(start.AddDate(0, 0, n)) }
		whole := s.Due(on(cuts[0]), on(cuts[2]))
		parts := append(s.Due(on(cuts[0]), on(cuts[1])), s.Due(on(cuts[1]+1), on(cuts[2]))...)
		require.Equal(t, lines(whole), lines(parts))
		require.Equal(t, len(whole), len(parts))
		all := s.Due(always, always)
		seen := map[string]bool{}
		for i, d := range all {
			require.False(t, seen[d.ID], "%s twice", d.ID)
			seen[d.ID] = true
			require.False(t, d.Latest.First().Before(d.Day.First()))
			require.LessOrEqual(t, d.Entry, s.Seq())
			if i > 0 {
				require.False(t, d.Day.First().Before(all[i-1].Day.First()))
			}
		}
		again, err := json.Marshal(s.Due(always, always))
		require.NoError(t, err)
		was, err := json.Marshal(all)
		require.NoError(t, err)
		require.Equal(t, string(was), string(again))
	})
}

// What a deadline announces happens: asked of the state itself, from outside.
func TestWhatADeadlineAnnouncesHappens(t *testing.T) {
	announced := 0
	rapid.Check(t, func(t *rapid.T) {
		s := anyRecord(t)
		for _, d := range s.Due(date.Of(s.Moment()), always) {
			if d.Day == date.Of(s.Moment()) {
				continue // the day has begun: the state is not judged at its first moment
			}
			on, after := s.At(d.Day.First()), s.At(d.Day.First().AddDate(0, 0, 1))
			for _, c := range d.Follows {
				if c.Guard != "" {
					criterion, _ := s.Checklist().Criterion(c.Guard)
					was, _ := on.Level(c.Guard)
					is, _ := after.Level(c.Guard)
					require.True(t, criterion.Met(was), "%s on %s", c.Guard, d.Day)
					require.False(t, criterion.Met(is), "%s after %s", c.Guard, d.Day)
					announced++
				}
				if c.Rule != "" {
					require.NotEqual(t, outcomeAt(on, c.Rule), outcomeAt(after, c.Rule), "%s on %s", c.Rule, d.Day)
					announced++
				}
				require.NotEmpty(t, c.Says)
			}
		}
	})
	require.NotZero(t, announced)
}

// Whenever time alone lets a guard fall, a deadline has said so.
func TestNoGuardFallsWithoutADeadline(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyRecord(t)
		announced := map[string]string{}
		for _, d := range s.Due(always, always) {
			for _, c := range d.Follows {
				announced[c.Guard] += d.Day.String() + " "
			}
		}
		met := func(id string, day time.Time) bool {
			level, _ := s.At(day).Level(id)
			c, _ := s.Checklist().Criterion(id)
			return c.Met(level)
		}
		for day := date.Of(s.Moment()).First().AddDate(0, 0, 1); day.Year() < 2029; day = day.AddDate(0, 0, 1) {
			for _, c := range s.Checklist().All() {
				if c.Kind == assessment.Derived && met(c.ID, day) && !met(c.ID, day.AddDate(0, 0, 1)) {
					require.Contains(t, announced[c.ID], date.Of(day).String(), c.ID)
				}
			}
		}
	})
}

func outcomeAt(s reformcycle.State, code string) string {
	d := s.Diagnose()
	for _, f := range d.Findings {
		if f.Code == code {
			return "finding"
		}
	}
	for _, f := range d.Strengths {
		if f.Code == code {
			return "strength"
		}
	}
	for _, f := range d.Questions {
		if f.Code == code {
			return "question"
		}
	}
	return "none"
}

// An age of 24 months: what was seen on 15 May 2024 speaks to 15 May 2026.
func TestARatingFallsDueAtTheAgeThatTheRulesGiveIt(t *testing.T) {
	rules, err := reformcycle.DiagnosisRules().SetAge("governance.coordination", 24, "model")
	require.NoError(t, err)
	c := launchedAt(t, "2024-05-15", reformcycle.WithRules(rules))
	seen := rate("governance.coordination", assessment.Functional)
	seen.Evidence.On = planned("2024-05-15")
	require.NoError(t, refusalOf(c.Apply(background, at("2024-06-01"), seen)))
	aged := func() []reformcycle.Deadline {
		return slices.DeleteFunc(c.State().Due(date.MustParse("2024"), date.MustParse("2026")), func(d reformcycle.Deadline) bool { return d.Kind != reformcycle.EvidenceAges })
	}
	require.Equal(t, []string{"2026-05-15 evidence-ages/governance.coordination []"}, lines(aged()))
	require.Equal(t, c.State().Ratings()[0].Entry, aged()[0].Entry)
	level, _ := c.State().At(planned("2026-06-01").First()).Level("governance.coordination")
	require.Equal(t, assessment.Functional, level, "the guards are not touched")
	rules, err = rules.SetAge("governance.coordination", 0, "model")
	require.NoError(t, err)
	c = launchedAt(t, "2024-05-15", reformcycle.WithRules(rules))
	require.NoError(t, refusalOf(c.Apply(background, at("2024-06-01"), seen)))
	require.Empty(t, aged())

	// A survey that does not say when it was seen was on the day of its recording.
	rules, err = rules.SetAge("", 12)
	require.NoError(t, err)
	c = launchedAt(t, "2024-05-15", reformcycle.WithRules(rules))
	survey := vertical(51, 49)
	require.NoError(t, refusalOf(c.Apply(background, at("2024-06-01"), survey)))
	require.Equal(t, []string{"2025-06-01 evidence-ages/programmes/survey []"}, lines(aged()))
}

// A host's rule may look at whatever it likes.
func TestADeadlineTellsOfARuleOfTheHost(t *testing.T) {
	rules, err := reformcycle.DiagnosisRules().With(reformcycle.Rule{
		Code: "late", Heading: reformcycle.UnderProcess, Severity: reformcycle.Serious, Sentence: "The window is closed.", Strength: "It is open.",
		Asks: "whether it is open", Remedy: "Hurry.", Sources: []string{"model"},
		Judge: func(s reformcycle.State, _ reformcycle.Rule) reformcycle.Verdict {
			if s.JudgedAt().After(planned("2025-10-05").First()) {
				return reformcycle.Verdict{Outcome: reformcycle.Troubled}
			}
			return reformcycle.Verdict{Outcome: reformcycle.Sound}
		},
	})
	require.NoError(t, err)
	c := launchedAt(t, "2025-03-10", reformcycle.WithRules(rules), reformcycle.WithJournal(journal.NewMemory()))
	require.NoError(t, refusalOf(c.Apply(background, at("2025-03-11"),
		reformcycle.OpenWindow{Window: reformcycle.Window{ID: "w", Kind: reformcycle.Crisis, What: "A crisis", Closes: planned("2025-10-05")}})))
	due := c.State().Due(date.MustParse("2025-10"), date.MustParse("2025-10"))
	require.Len(t, due, 1)
	require.Equal(t, reformcycle.Consequence{Rule: "late", Says: language.Built("The window is closed.")}, due[0].Follows[0])
}

func TestIdsOfDeadlinesKeepTheirPartsApart(t *testing.T) {
	c := launchedAt(t, "2025-03-10")
	gives := func(who, what string) reformcycle.EngageActor {
		a := actor(who, stakeholders.PrivateFunder, true, 2, 2)
		p := pledge(what, 1)
		p.To = planned("2026-01-01")
		a.Actor.Commitments = []stakeholders.Commitment{p}
		return a
	}
	require.NoError(t, refusalOf(c.Apply(background, at("2025-03-11"), gives("a", "b/c"), gives("a/b", "c"), gives("a%2Fb", "c"))))
	var ids []string
	for _, d := range c.State().Due(always, always) {
		if d.Kind == reformcycle.CommitmentEnds {
			ids = append(ids, d.ID)
		}
	}
	require.Equal(t, []string{"commitment-ends/a%252Fb/c", "commitment-ends/a%2Fb/c", "commitment-ends/a/b%2Fc"}, ids)
}
