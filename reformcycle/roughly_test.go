package reformcycle_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/journal"
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
	assert.Contains(t, why, "the last review was on 2016-03-01")
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
		{day(2017, 1, 2), assessment.Unknown, []string{"the date of the review n, known as 2016"}, "question"},
		{day(2017, 5, 2), assessment.Unknown, []string{"the date of the review n, known as 2016", "the date of the review d, known as 2016-05"}, "question"},
		{day(2017, 6, 1), assessment.NonFunctional, []string{"the date of the review n, known as 2016", "a subnational review within the 12 months to 2017-06-01"}, "question"},
		{day(2018, 1, 1), assessment.NonFunctional, []string{"a national review within the 12 months to 2018-01-01", "a subnational review within the 12 months to 2018-01-01"}, "finding"},
	} {
		s := c.State().At(k.at)
		level, _ := s.Level("learning.review")
		assert.Equal(t, k.level, level, k.at)
		var missing []string
		for _, b := range s.Blockers() {
			if b.Guard == "learning.review" {
				missing = b.Missing
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
			assert.Contains(t, why, "the last review was by 2016-05-14")
		}
	}
	c := reviewedEvery(t, 12, reformcycle.ManagementAndLearning, day(2016, 5, 14), recurs(12)...)
	require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(day(2016, 5, 14)),
		reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "a", What: "More supervisors", Review: "n"}})))
	outcome, why := learningLoop(c.State())
	assert.Equal(t, "strength", outcome)
	assert.Contains(t, why, "The review n is held every 12 months; adapted")
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
