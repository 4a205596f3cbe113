package reformcycle_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/stakeholders"
)

// reviewedEvery is a launched reform judged by reviews within so many months, by the
// criterion and by the rule.
func reviewedEvery(t *testing.T, months float64, stage reformcycle.Stage, at time.Time, reviews ...reformcycle.Review) *reformcycle.Cycle {
	list, err := reformcycle.ReformChecklist().Derive("2.0.0", assessment.SetParameter("learning.review", months))
	require.NoError(t, err)
	rule, _ := reformcycle.DiagnosisRules().Rule("no-learning-loop")
	for i := range rule.Parameters {
		if rule.Parameters[i].Name == "months" {
			rule.Parameters[i].Value = months
		}
	}
	rules, err := reformcycle.DiagnosisRules().Without(rule.Code)
	require.NoError(t, err)
	rules, err = rules.With(rule)
	require.NoError(t, err)
	c, err := reformcycle.New("reviewed", reformcycle.WithJournal(journal.NewMemory()), reformcycle.WithChecklist(list), reformcycle.WithRules(rules), reformcycle.WithStage(stage))
	require.NoError(t, err)
	for _, r := range reviews {
		r.Name, r.Findings = "The review "+r.ID, []string{"Supervision is thin"}
		require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(at), reformcycle.HoldReview{Review: r})))
	}
	return c
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// outcome of the rule about reviews.
func learningLoop(s reformcycle.State) (outcome, why string) {
	d := s.Diagnose()
	for _, f := range d.Findings {
		if f.Code == "no-learning-loop" {
			return "finding", f.String()
		}
	}
	for _, q := range d.Questions {
		if q.Code == "no-learning-loop" {
			return "question", q.String()
		}
	}
	for _, f := range d.Strengths {
		if f.Code == "no-learning-loop" {
			return "strength", f.String()
		}
	}
	return "silent", ""
}

// A review of 1 March counts for six months until 1 September, on every day between.
func TestAReviewCountsForWholeMonths(t *testing.T) {
	held := date.MustParse("2016-03-01")
	c := reviewedEvery(t, 6, reformcycle.Launch, day(2016, 3, 1),
		reformcycle.Review{ID: "n", Tier: reformcycle.National, On: held}, reformcycle.Review{ID: "d", Tier: reformcycle.District, On: held})
	require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(day(2016, 3, 1)),
		reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "a", What: "More supervisors", Review: "n"}})))
	for at := day(2016, 3, 1); !at.After(day(2016, 9, 1).Add(23 * time.Hour)); at = at.Add(23 * time.Hour) {
		level, _ := c.State().At(at).Level("learning.review")
		assert.Equal(t, assessment.Functional, level, at)
		outcome, _ := learningLoop(c.State().At(at))
		assert.Equal(t, "strength", outcome, at)
	}
	after := c.State().At(day(2016, 9, 2))
	level, _ := after.Level("learning.review")
	assert.Equal(t, assessment.NonFunctional, level)
	outcome, why := learningLoop(after)
	assert.Equal(t, "finding", outcome)
	assert.Contains(t, why, "the last review: 1 March 2016")
}

// Where the days that a review may have been on disagree, the criterion is unknown
// and not met, with the date as what is missing, and the rule asks for it.
func TestAReviewOfSomeYearLeavesOpenWhetherItCounts(t *testing.T) {
	roughly := date.MustParse("2016")
	c := reviewedEvery(t, 12, reformcycle.ManagementAndLearning, day(2016, 5, 14),
		reformcycle.Review{ID: "n", Tier: reformcycle.National, On: roughly}, reformcycle.Review{ID: "d", Tier: reformcycle.District, On: date.MustParse("2016-05")})
	assert.Equal(t, roughly, c.State().Reviews()[0].On, "it is kept as it is known")
	for _, k := range []struct {
		at      time.Time
		level   assessment.Level
		missing []string
		rule    string
	}{
		// It was not held later than it was recorded, so at most a year ago.
		{day(2017, 1, 1), assessment.Functional, nil, "question"}, // nothing is adapted yet
		{day(2017, 1, 2), assessment.Unknown, []string{"the day of a review (n; known: 2016)"}, "question"},
		{day(2017, 5, 2), assessment.Unknown, []string{"the day of a review (n; known: 2016)", "the day of a review (d; known: May 2016)"}, "question"},
		{day(2017, 6, 1), assessment.NonFunctional, []string{"the day of a review (n; known: 2016)", "a subnational review within the 12 months to 1 June 2017"}, "question"},
		{day(2018, 1, 1), assessment.NonFunctional, []string{"a national review within the 12 months to 1 January 2018", "a subnational review within the 12 months to 1 January 2018"}, "finding"},
	} {
		s := c.State().At(k.at)
		level, _ := s.Level("learning.review")
		assert.Equal(t, k.level, level, k.at)
		var missing []string
		for _, b := range s.Blockers() {
			if b.Guard == "learning.review" {
				missing = inEnglish(b.Missing)
			}
		}
		assert.Equal(t, k.missing, missing, k.at)
		outcome, _ := learningLoop(s)
		assert.Equal(t, k.rule, outcome, k.at)
	}
	_, why := learningLoop(c.State().At(day(2017, 7, 1)))
	assert.Contains(t, why, "the date of the review n, known as 2016")
}

// Reviews held every year since 2003 vouch for those up to the recording, and for
// one more.
func TestAReviewThatRecurs(t *testing.T) {
	recurs := func(months int) []reformcycle.Review {
		return []reformcycle.Review{
			{ID: "n", Tier: reformcycle.National, On: date.MustParse("2003"), Every: months}, {ID: "d", Tier: reformcycle.District, On: date.MustParse("2003"), Every: months},
		}
	}
	c := reviewedEvery(t, 12, reformcycle.Governance, day(2016, 5, 14), recurs(12)...)
	for at, want := range map[time.Time]assessment.Level{
		day(2016, 5, 14): assessment.Functional, day(2017, 5, 14): assessment.Functional, day(2017, 5, 15): assessment.NonFunctional,
	} {
		level, _ := c.State().At(at).Level("learning.review")
		assert.Equal(t, want, level, at)
	}
	// Held every second year, it may be longer ago than the twelve months.
	level, _ := reviewedEvery(t, 12, reformcycle.Governance, day(2016, 5, 14), recurs(24)...).State().Level("learning.review")
	assert.Equal(t, assessment.Unknown, level)
}

// Of one that is held every so many months, nobody knows since when, the last time was
// within so many months before its recording, and it vouches for one more.
func TestAReviewThatRecursSinceNobodyKnowsWhen(t *testing.T) {
	recurs := func(months int) []reformcycle.Review {
		return []reformcycle.Review{{ID: "n", Tier: reformcycle.National, Every: months}, {ID: "d", Tier: reformcycle.District, Every: months}}
	}
	for _, k := range []struct {
		every int
		at    time.Time
		want  assessment.Level
		rule  string
	}{
		{12, day(2016, 5, 14), assessment.Functional, "question"},
		{12, day(2017, 5, 14), assessment.Functional, "question"},
		{12, day(2017, 5, 15), assessment.NonFunctional, "finding"},
		{24, day(2016, 5, 14), assessment.Unknown, "question"},
		{24, day(2017, 5, 14), assessment.Unknown, "question"},
		// Held again by May 2018, that may be more than twelve months after the last time.
		{24, day(2018, 5, 14), assessment.Unknown, "question"},
		{24, day(2018, 5, 15), assessment.NonFunctional, "finding"},
		{6, day(2016, 11, 14), assessment.Functional, "question"},
		// The last time was from 14 November 2015 to 14 May 2016.
		{6, day(2016, 11, 15), assessment.Unknown, "question"},
		{6, day(2017, 5, 14), assessment.Unknown, "question"},
		{6, day(2017, 5, 15), assessment.NonFunctional, "finding"},
	} {
		c := reviewedEvery(t, 12, reformcycle.ManagementAndLearning, day(2016, 5, 14), recurs(k.every)...)
		assert.Empty(t, c.State().Reviews()[0].On.String(), "the day of the recording is not that of a review")
		s := c.State().At(k.at)
		level, _ := s.Level("learning.review")
		assert.Equal(t, k.want, level, "every %d at %s", k.every, k.at)
		outcome, why := learningLoop(s)
		assert.Equal(t, k.rule, outcome, "every %d at %s: %s", k.every, k.at, why)
		if k.rule == "finding" {
			assert.Contains(t, why, "the last review: 14 May 2016 or before")
		}
	}
	// Told in 2016, nobody knows on which day: it stands for a year from one of them.
	rough := reviewedEvery(t, 12, reformcycle.ManagementAndLearning, day(2016, 5, 14))
	for _, r := range recurs(12) {
		r.Name, r.Findings = r.ID, []string{"x"}
		require.NoError(t, refusalOf(rough.Apply(background, reformcycle.By("office").At(day(2016, 5, 14)).On(date.MustParse("2016")), reformcycle.HoldReview{Review: r})))
	}
	for at, want := range map[time.Time]assessment.Level{
		day(2017, 1, 1): assessment.Functional, day(2017, 1, 2): assessment.Unknown, day(2017, 12, 31): assessment.Unknown, day(2018, 1, 1): assessment.NonFunctional,
	} {
		level, _ := rough.State().At(at).Level("learning.review")
		assert.Equal(t, want, level, at)
	}
	c := reviewedEvery(t, 12, reformcycle.ManagementAndLearning, day(2016, 5, 14), recurs(12)...)
	require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(day(2016, 5, 14)),
		reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "a", What: "More supervisors", Review: "n"}})))
	outcome, why := learningLoop(c.State())
	assert.Equal(t, "strength", outcome)
	assert.Contains(t, why, "held every 12 months: The review n; adapted")
	for _, due := range c.State().Due(date.MustParse("2016"), date.MustParse("2020")) {
		if due.Kind == reformcycle.RecurringReviewDue {
			assert.Equal(t, "2016-05-15", due.Day.String(), "it may come the day after the recording")
			assert.Equal(t, "2017-05-14", due.Latest.String(), "and comes within its months")
		}
	}
}

// It is 2 March in Kampala while it is still the first in Greenwich.
func TestADateIsNotOfTheFutureWhereTheDayHasBegun(t *testing.T) {
	kampala := time.FixedZone("EAT", 3*60*60)
	c := reviewedEvery(t, 12, reformcycle.Governance, time.Date(2026, 3, 2, 1, 0, 0, 0, kampala), reformcycle.Review{ID: "n", Tier: reformcycle.National, On: date.MustParse("2026-03-02")})
	assert.Equal(t, "2026-03-02", c.State().Reviews()[0].On.String())
	for _, text := range []string{"2026-03-03", "2026-04", "2027"} {
		err := refusalOf(c.Apply(background, reformcycle.By("office").At(time.Date(2026, 3, 2, 1, 0, 0, 0, kampala)),
			reformcycle.HoldReview{Review: reformcycle.Review{ID: text, Name: "x", Tier: reformcycle.National, On: date.MustParse(text), Findings: []string{"x"}}}))
		require.ErrorContains(t, err, "review.on: got \""+text+"\", want a date no later than the stamp's moment")
	}
}

// A stamp's date is kept and shown; its moment only orders.
func TestAStampMayCarryADate(t *testing.T) {
	on := func(text string) reformcycle.Stamp { return reformcycle.By("office").On(date.MustParse(text)) }
	j := journal.NewMemory()
	c, err := reformcycle.New("dated", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, on("2003"), rate("problem.needs", 3), actor("moh", stakeholders.MinistryOfHealth, true, 1, 1))))
	assert.Equal(t, day(2003, 1, 1), c.State().Moment(), "without a moment and a clock, the first of its days")
	assert.Equal(t, date.MustParse("2003"), c.State().Date())
	assert.Equal(t, date.MustParse("2003"), c.State().Ratings()[0].Evidence.On, "and what takes the day of its entry takes the date")
	require.NoError(t, refusalOf(c.Apply(background, on("2003-05"), rate("problem.vision", 3), reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "A window"}})))
	assert.Equal(t, day(2003, 5, 1), c.State().Moment())
	require.NoError(t, refusalOf(c.Apply(background, on("2001"), rate("problem.priority-link", 3))))
	s := c.State()
	assert.Equal(t, day(2003, 5, 1), s.Moment(), "or that of the last entry, where this is later")
	assert.Equal(t, date.MustParse("2001"), s.Date())
	assert.Equal(t, date.MustParse("2003-05"), s.LastMoved())
	arrived := s.Arrivals()
	assert.Equal(t, date.MustParse("2003"), s.When(arrived[0].Entry, arrived[0].First))
	assert.Equal(t, date.MustParse("2003-05"), s.When(arrived[1].LastEntry, arrived[1].Last))
	assert.Equal(t, date.MustParse("2003-05"), s.When(s.OpenDebts()[0].Entry, s.OpenDebts()[0].Since))
	var kept []string
	for e, err := range c.History(background, 0) {
		require.NoError(t, err)
		kept = append(kept, e.On().String())
	}
	assert.Equal(t, []string{"2003", "2003", "2003", "2003-05", "2003-05", "2001"}, kept)
	foldsAlike(t, c, j)

	// A review may lie on any day that the stamp's date may be.
	held := func(text string) reformcycle.HoldReview {
		return reformcycle.HoldReview{Review: reformcycle.Review{ID: text, Name: "x", Tier: reformcycle.National, On: date.MustParse(text), Findings: []string{"x"}}}
	}
	require.NoError(t, refusalOf(c.Apply(background, on("2005"), held("2005-12-31"))))
	broken(t, refusalOf(c.Apply(background, on("2005"), held("2006-01-02"))), "review.on", "order")
}

func TestWithAClockADateIsOfThePast(t *testing.T) {
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	c, err := reformcycle.New("dated", reformcycle.WithClock(func() time.Time { return now }))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").On(date.MustParse("1994")), rate("problem.needs", 3))))
	assert.Equal(t, now, c.State().Moment())
	assert.Equal(t, date.MustParse("1994"), c.State().Date())
	require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").On(date.MustParse("2026")), rate("problem.needs", 2))))
	for _, ahead := range []string{"2026-04", "2027", "2026-03-03"} {
		broken(t, refusalOf(c.Apply(background, reformcycle.By("office").On(date.MustParse(ahead)), rate("problem.needs", 3))), "date", "order")
	}
	err = refusalOf(c.Apply(background, reformcycle.By("office").On(date.MustParse("2026-04")), reformcycle.HoldReview{}))
	broken(t, err, "date", "order")
}

// One in the morning of 2 March in Kampala is 2 March, though it is the first in
// Greenwich, live and folded.
func TestAStampsDayIsThatOfItsClock(t *testing.T) {
	kampala := time.FixedZone("EAT", 3*60*60)
	early := time.Date(2026, 3, 2, 1, 0, 0, 0, kampala)
	for _, stamped := range []reformcycle.Stamp{reformcycle.By("office").At(early), reformcycle.By("office")} {
		j := journal.NewMemory()
		options := []reformcycle.Option{reformcycle.WithJournal(j)}
		if stamped.Moment.IsZero() {
			options = append(options, reformcycle.WithClock(func() time.Time { return early }))
		}
		c, err := reformcycle.New("dated", options...)
		require.NoError(t, err)
		require.NoError(t, refusalOf(c.Apply(background, stamped, rate("problem.needs", 3))))
		assert.Equal(t, "2026-03-02", c.State().Ratings()[0].Evidence.On.String())
		assert.Equal(t, "2026-03-02", c.State().Date().String())
		assert.True(t, c.State().Moment().Equal(early))
		foldsAlike(t, c, j)
	}
	// Where a day is asked of a state, it is that of the clock that asks.
	pledged := pledge("grant", 1)
	pledged.From, pledged.To = date.MustParse("2026-03-02"), date.MustParse("2026-03-02")
	c, err := reformcycle.New("dated")
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(day(2026, 2, 1)), actorWith(pledged))))
	active, _ := c.State().Actors().Ledger().At(c.State().At(early).JudgedAt())
	assert.Len(t, active.Entries(), 1)
}

func TestTheDateOfABatchCanBeCorrected(t *testing.T) {
	j := journal.NewMemory()
	c, err := reformcycle.New("dated", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.NoError(t, told(c, reformcycle.By("a").On(date.MustParse("2003")), rate("problem.needs", 3), rate("problem.vision", 3)))
	require.NoError(t, told(c, reformcycle.By("a").On(date.MustParse("2005")), rate("problem.priority-link", 3)))
	seen := func() []string {
		var on []string
		for _, r := range c.State().Ratings() {
			on = append(on, r.Evidence.On.String())
		}
		return on
	}
	require.Equal(t, []string{"2003", "2003", "2005"}, seen())
	word := reformcycle.CorrectMoment{Entry: 2, Date: date.MustParse("1994-05"), Reason: "A typo"}
	require.NoError(t, told(c, reformcycle.By("b").At(day(2006, 1, 1)), word))
	assert.Equal(t, []string{"1994-05", "1994-05", "2005"}, seen(), "the batch is dated as one")
	assert.Equal(t, day(2003, 1, 1), c.State().Begun(), "a date alone leaves the moment")
	assert.Equal(t, date.MustParse("1994-05"), c.State().Corrections()[0].Date)
	foldsAlike(t, c, j)
	word = reformcycle.CorrectMoment{Entry: 3, Replaces: 5, Moment: day(2004, 2, 3), Reason: "It is known to the day"}
	require.NoError(t, told(c, reformcycle.By("b").At(day(2006, 1, 2)), word))
	assert.Equal(t, []string{"2004-02-03", "2004-02-03", "2005"}, seen(), "a moment takes its day along")
	broken(t, told(c, reformcycle.By("b").At(day(2006, 1, 2)), reformcycle.CorrectMoment{Entry: 2, Replaces: 6, Reason: "x"}), "moment", "required")
	broken(t, told(c, reformcycle.By("b").At(day(2006, 1, 2)), reformcycle.CorrectMoment{Entry: 2, Replaces: 6, Date: date.MustParse("2040"), Reason: "x"}), "date", "order")
	foldsAlike(t, c, j)
}

// The same batch has the same date, if the host gave one.
func TestAKeyIsOfABatchWithItsDate(t *testing.T) {
	c, err := reformcycle.New("dated")
	require.NoError(t, err)
	stamp := reformcycle.By("a").Key("form-1").On(date.MustParse("2003"))
	require.NoError(t, told(c, stamp, rate("problem.needs", 3)))
	for _, again := range []reformcycle.Stamp{stamp, reformcycle.By("a").Key("form-1")} {
		receipt, err := c.Apply(background, again, rate("problem.needs", 3))
		require.NoError(t, err)
		assert.True(t, receipt.Repeated)
	}
	require.ErrorIs(t, told(c, stamp.On(date.MustParse("2004")), rate("problem.needs", 3)), reformcycle.ErrKeyTaken)
}

func TestABatchHasItsDateOverTheWire(t *testing.T) {
	wire, err := reformcycle.EncodeBatch(reformcycle.By("a").On(date.MustParse("2003-05")), rate("problem.needs", 3))
	require.NoError(t, err)
	assert.Contains(t, string(wire), `"date":"2003-05"`)
	by, changes, err := reformcycle.DecodeBatch(wire, 4096)
	require.NoError(t, err)
	assert.Equal(t, date.MustParse("2003-05"), by.Date)
	assert.Len(t, changes, 1)
	for _, wrong := range []string{`""`, `"2003-13"`, `2003`, `"2003-05-14T00:00:00Z"`} {
		_, _, err = reformcycle.DecodeBatch([]byte(`{"author":"a","date":`+wrong+`,"changes":[]}`), 4096)
		broken(t, err, "date", "type")
	}
}

// What a rule about the time between two moves says, it says of all days that their
// dates may be; else it asks for the dates.
func TestRulesAboutMovesAreJudgedByAllDays(t *testing.T) {
	dates := rapid.SampledFrom([]string{"2014", "2015", "2015-02", "2015-02-10", "2016", "2016-01", "2016-02", "2016-03", "2016-02-10", "2016-02-11", "2017"})
	rapid.Check(t, func(t *rapid.T) {
		from, to := date.MustParse(dates.Draw(t, "from")), date.MustParse(dates.Draw(t, "to"))
		if to.First().Before(from.First()) {
			from, to = to, from
		}
		c, err := reformcycle.New("LAUNCHED")
		require.NoError(t, err)
		at := reformcycle.By("office").On(from)
		for s := reformcycle.ProblemPrioritization; s < reformcycle.Launch; s++ {
			if s == reformcycle.ProgramReadiness {
				at = at.On(to)
			}
			require.NoError(t, refusalOf(c.Apply(background, at, append(fulfil(s, 1), reformcycle.Advance{})...)))
		}
		hasty, all := 0, 0
		for x := from.First(); !x.After(from.Last()); x = x.AddDate(0, 0, 1) {
			for y := to.First(); !y.After(to.Last()); y = y.AddDate(0, 0, 1) {
				if !y.Before(x) {
					all++
					if y.Before(date.AddMonths(x, 12)) {
						hasty++
					}
				}
			}
		}
		want := "question"
		switch hasty {
		case all:
			want = "finding"
		case 0:
			want = "strength"
		}
		got, _ := outcomeOf(t, c.State().Diagnose(), "hasty-launch")
		require.Equal(t, want, got, "%s to %s", from, to)

		// And of the first review that is due within twelve months.
		asked := day(2016, 12, 1).AddDate(0, 0, rapid.IntRange(0, 900).Draw(t, "asked"))
		if asked.Before(c.State().Moment()) {
			t.Skip("before the last entry")
		}
		lapsed, days := 0, 0
		for y := to.First(); !y.After(to.Last()); y = y.AddDate(0, 0, 1) {
			days++
			if date.AddMonths(y, 12).Before(asked) {
				lapsed++
			}
		}
		want = "question"
		switch lapsed {
		case days:
			want = "finding"
		case 0:
			want = "silent"
		}
		loop, _ := learningLoop(c.State().At(asked))
		require.Equal(t, want, loop, "launched %s, asked %s", to, asked)
	})
}

// daysUntil lists the days that a date may be, none of them after today.
func daysUntil(on date.Date, today time.Time) (days []time.Time) {
	for t := on.First(); !t.After(on.Last()) && !t.After(today); t = t.AddDate(0, 0, 1) {
		days = append(days, t)
	}
	return days
}

// A review lies between two phases where it does so on every day that it and the starts
// may have been; where on none, it does not; else the criterion is unknown and names the
// dates that it lacks.
func TestPhasesAreJudgedByAllDays(t *testing.T) {
	some := rapid.SampledFrom([]string{"2024-02", "2024-03", "2024-04", "2024-02-20", "2024-03-01", "2024-03-10", "2024-03-31", "2024-04-15"})
	today := day(2024, 4, 20)
	base, err := reformcycle.New("PHASES", reformcycle.WithStage(reformcycle.Launch))
	require.NoError(t, err)
	require.NoError(t, refusalOf(base.Apply(background, reformcycle.By("office").At(today))))
	rapid.Check(t, func(t *rapid.T) {
		c := base.Fork()
		a, b, held := date.MustParse(some.Draw(t, "first")), date.MustParse(some.Draw(t, "second")), date.MustParse(some.Draw(t, "review"))
		second := rapid.Bool().Draw(t, "the second has started")
		changes := []reformcycle.Change{reformcycle.HoldReview{Review: reformcycle.Review{ID: "r", Name: "x", Tier: reformcycle.National, On: held, Findings: []string{"x"}}}}
		for _, id := range []string{"a", "b"} {
			changes = append(changes, reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: id, Name: id, Areas: []string{id}}})
		}
		changes = append(changes, reformcycle.ReportRollout{Phase: "a", Started: a})
		starts := [][]time.Time{daysUntil(a, today), {today}}
		if second {
			changes = append(changes, reformcycle.ReportRollout{Phase: "b", Started: b})
			starts[1] = daysUntil(b, today)
		}
		require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(today), changes...)))
		so, of := 0, 0
		for _, x := range starts[0] {
			for _, y := range starts[1] {
				from, to := x, y
				if to.Before(from) {
					from, to = to, from
				}
				for _, r := range daysUntil(held, today) {
					of++
					if !r.Before(from) && !r.After(to) {
						so++
					}
				}
			}
		}
		level, _ := c.State().Level("launch.phased")
		switch so {
		case of:
			require.Equal(t, assessment.Functional, level)
		case 0:
			require.Equal(t, assessment.PartiallyFunctional, level)
		default:
			require.Equal(t, assessment.Unknown, level)
			var missing []string
			for _, b := range c.State().Blockers() {
				if b.Guard == "launch.phased" {
					missing = inEnglish(b.Missing)
				}
			}
			for _, need := range missing {
				require.Regexp(t, `; known: (January|February|March|April|May|June|July|August|September) 2024\)$`, need)
			}
		}
	})
}

// Whether an option was piloted before its launch, whether all commitments end within
// twelve months, and whose money runs, is so where it is so on every day.
func TestPilotsAndTermsAreJudgedByAllDays(t *testing.T) {
	some := rapid.SampledFrom([]string{"2015", "2016", "2016-05", "2016-06", "2016-06-14", "2016-06-15", "2016-06-16", "2017-06-14", "2017-06-15", "2017-06", "2017", "2018"})
	launch := day(2016, 6, 15)
	rapid.Check(t, func(t *rapid.T) {
		from, to := date.MustParse(some.Draw(t, "pilot")), date.MustParse(some.Draw(t, "end"))
		pilot := pilotOf("local-1")
		pilot.Pilot.ID, pilot.Pilot.From, pilot.Pilot.To, pilot.Pilot.Finding = "late", date.Date{}, from, reformcycle.Effective
		c, err := reformcycle.New("TERM")
		require.NoError(t, err)
		promise, own := pledge("grant", 3), pledge("budget", 1)
		promise.To, promise.Disease, promise.Delivered, own.Delivered = to, "malaria", 3, 1
		own.To = date.MustParse("2017-06-15")
		treasury := actor("treasury", stakeholders.OtherMinistry, true, 1, 1)
		treasury.Actor.Commitments = []stakeholders.Commitment{own}
		require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(launch), actorWith(promise), treasury)))
		said := func(days []time.Time, so func(time.Time) bool) date.Answer {
			n := 0
			for _, x := range days {
				if so(x) {
					n++
				}
			}
			switch n {
			case 0:
				return date.No
			case len(days):
				return date.Yes
			}
			return date.Open
		}
		s := c.State()
		until := date.AddMonths(date.Of(s.Moment()).First(), 12)
		ends := said(daysUntil(to, to.Last()), func(x time.Time) bool { return !x.After(until) })
		got, _ := outcomeOf(t, s.Diagnose(), "term-limited-project")
		require.Equal(t, map[date.Answer]string{date.Yes: fires, date.No: strength, date.Open: asks}[ends], got, "ends %s, judged to %s", to, until)
		// Three of four are tied while the grant runs, and none when it has ended.
		runs := said(daysUntil(to, to.Last()), func(x time.Time) bool { return !x.Before(launch) })
		got, _ = outcomeOf(t, s.Diagnose(), "vertical-funding")
		require.Equal(t, map[date.Answer]string{date.Yes: fires, date.No: strength, date.Open: asks}[runs], got, "ends %s, judged at %s", to, launch)

		// Of an option that has no other pilot on record.
		fresh, err := reformcycle.New("PILOTED")
		require.NoError(t, err)
		at := reformcycle.By("office").At(launch.AddDate(-2, 0, 0))
		for st := reformcycle.ProblemPrioritization; st < reformcycle.Launch; st++ {
			if st == reformcycle.ProgramReadiness {
				at = at.At(launch)
			}
			require.NoError(t, refusalOf(fresh.Apply(background, at, append(unpiloted(fulfil(st, 1)), reformcycle.Advance{})...)))
		}
		require.NoError(t, refusalOf(fresh.Apply(background, reformcycle.By("office").At(day(2020, 1, 1)), pilot)))
		before := said(daysUntil(from, from.Last()), func(x time.Time) bool { return !x.After(launch) })
		got, _ = outcomeOf(t, fresh.State().Diagnose(), "scaled-without-pilot")
		require.Equal(t, map[date.Answer]string{date.Yes: strength, date.No: fires, date.Open: asks}[before], got, "piloted until %s", from)
	})
}

// unpiloted leaves the pilots out.
func unpiloted(changes []reformcycle.Change) []reformcycle.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c reformcycle.Change) bool { return c.Kind() == reformcycle.KindRecordPilot })
}
