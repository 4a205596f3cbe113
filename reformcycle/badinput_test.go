package reformcycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/appraisal"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/stakeholders"
)

var (
	badIDs    = []string{"", " ", "\t", " moh", "moh ", "two\nlines", "nul\x00", "\xff\xfe", "zero\u200bwidth", strings.Repeat("x", 129), strings.Repeat("é", 200)}
	badTexts  = []string{"", "   ", "\n\t", "bell\a", "\xff", strings.Repeat("x", 4097)}
	notFinite = []float64{math.NaN(), math.Inf(1), math.Inf(-1)}
)

// broken asserts a refusal with a field that breaks a rule; an empty rule
// stands for any.
func broken(t *testing.T, err error, field, rule string) {
	t.Helper()
	require.ErrorIs(t, err, reformcycle.ErrInvalid)
	fields := fault.Of(err)
	require.True(t, slices.ContainsFunc(fields, func(f fault.Field) bool {
		return f.Path == field && (rule == "" || reformcycle.Breaks(f, rule))
	}), "no field %q with rule %q in %#v", field, rule, fields)
	for _, f := range fields {
		require.NotEmpty(t, fmt.Sprint(f.Want), "%s says not what it wants", f.Path)
		require.ErrorIs(t, f, reformcycle.ErrInvalid)
	}
	readable(t, err)
}

// readable asserts that an error is fit to be shown: one line, bounded, in the
// words of this library.
func readable(t *testing.T, err error) {
	t.Helper()
	for _, leak := range []string{"Key:", "failed on the", "json: error calling", "%!", "\n", "\xff", "0x", "<nil>"} {
		require.NotContains(t, err.Error(), leak)
	}
	require.Less(t, len(err.Error()), 6000)
	inOneLanguage(t, err)
}

// untouched applies a batch that must be refused to a cycle that stands at the
// last stage with everything on record, and gives the refusal.
func untouched(t *testing.T, c *reformcycle.Cycle, by reformcycle.Stamp, changes ...reformcycle.Change) error {
	t.Helper()
	was, had := bytesOf(t, c.State()), entriesOf(t, c)
	good := rate("problem.needs", assessment.HighlyFunctional)
	_, err := c.Apply(background, by, append([]reformcycle.Change{good}, changes...)...)
	require.Error(t, err)
	require.Equal(t, was, bytesOf(t, c.State()), "a refused batch changed the state")
	require.Equal(t, had, entriesOf(t, c), "a refused batch reached the journal")
	var at *reformcycle.ChangeError
	if errors.As(err, &at) {
		if !errors.Is(err, reformcycle.ErrMoment) { // a moment is wrong from the first change on
			require.Equal(t, 1, at.Index)
			require.Contains(t, err.Error(), "change 2 of 2, ")
		}
	}
	return err
}

func TestNewAndOpenRefuseIDsThatNobodyCouldCompare(t *testing.T) {
	for _, id := range badIDs {
		_, err := reformcycle.New(id)
		broken(t, err, "id", "id")
		_, err = reformcycle.Open(background, journal.NewMemory(), id)
		broken(t, err, "id", "id")
	}
	for _, id := range []string{"a", "Réforme 2.0", "改革", strings.Repeat("é", 128)} {
		_, err := reformcycle.New(id)
		require.NoError(t, err)
	}
}

func TestOptionsRefuseWhatTheyCannotUse(t *testing.T) {
	for name, tc := range map[string]struct {
		option      reformcycle.Option
		field, rule string
	}{
		"nil option":              {nil, "option", "required"},
		"nil journal":             {reformcycle.WithJournal(nil), "WithJournal", "required"},
		"nil clock":               {reformcycle.WithClock(nil), "WithClock", "required"},
		"nil observer":            {reformcycle.WithObserver(nil), "WithObserver", "required"},
		"nil checklist":           {reformcycle.WithChecklist(nil), "checklist", "required"},
		"empty checklist":         {reformcycle.WithChecklist(&assessment.Checklist{}), "checklist", "required"},
		"title not UTF-8":         {reformcycle.WithTitle("\xff"), "title", "note"},
		"title too long":          {reformcycle.WithTitle(strings.Repeat("x", 4097)), "title", "note"},
		"country of two lines":    {reformcycle.WithCountry("Li\nberia"), "country", "id"},
		"country too long":        {reformcycle.WithCountry(strings.Repeat("x", 129)), "country", "id"},
		"no stage to begin at":    {reformcycle.WithStage(0), "WithStage", "known"},
		"stage beyond the last":   {reformcycle.WithStage(9), "WithStage", "known"},
		"journal that is nothing": {reformcycle.WithJournal((*journal.Memory)(nil)), "WithJournal", "required"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := reformcycle.New("id", tc.option)
			broken(t, err, tc.field, tc.rule)
			_, err = reformcycle.Open(background, journal.NewMemory(), "id", tc.option)
			broken(t, err, tc.field, tc.rule)
		})
	}
	_, err := reformcycle.Open(background, nil, "id")
	broken(t, err, "WithJournal", "required")
	var typedNil *journal.Memory
	_, err = reformcycle.Open(background, typedNil, "id")
	broken(t, err, "WithJournal", "required")
}

func TestAChecklistThatACycleCannotBeJudgedByIsRefused(t *testing.T) {
	model := assessment.Source{Key: "model", Citation: "Ours"}
	of := func(c assessment.Criterion) *assessment.Checklist {
		c.Text, c.Sources = "So", []string{"model"}
		list, err := assessment.NewChecklist(assessment.Spec{Name: "own", Version: "1", Sources: []assessment.Source{model}, Criteria: []assessment.Criterion{c}})
		require.NoError(t, err)
		return list
	}
	for name, tc := range map[string]struct {
		criterion   assessment.Criterion
		field, rule string
	}{
		"section that is no stage":     {assessment.Criterion{ID: "a", Section: "weather", Kind: assessment.Rated}, "criteria[0].section", "known"},
		"criterion nobody can compute": {assessment.Criterion{ID: "a", Section: "design", Kind: assessment.Derived}, "criteria[0].kind", "derivable"},
		"id of the veto":               {assessment.Criterion{ID: reformcycle.CoalitionVeto, Section: "design", Kind: assessment.Rated}, "criteria[0].id", "reserved"},
		"threshold out of reach":       {assessment.Criterion{ID: "problem.framed", Section: "design", Kind: assessment.Derived, Threshold: assessment.HighlyFunctional}, "criteria[0].threshold", "reachable"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := reformcycle.New("id", reformcycle.WithChecklist(of(tc.criterion)))
			broken(t, err, tc.field, tc.rule)
		})
	}
}

func TestACycleJudgedByAChecklistOfItsOwnNeedsItToOpen(t *testing.T) {
	own, err := reformcycle.ReformChecklist().Derive("1.0.0-lbr", assessment.Drop("problem.vision"))
	require.NoError(t, err)
	j := journal.NewMemory()
	c, err := reformcycle.New("own", reformcycle.WithJournal(j), reformcycle.WithChecklist(own))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), rate("problem.needs", 3))))
	_, err = reformcycle.Open(background, j, "own")
	require.ErrorIs(t, err, reformcycle.ErrUnknownChecklist)
	require.NotErrorIs(t, err, reformcycle.ErrCorrupt)
	var entry *reformcycle.EntryError
	require.ErrorAs(t, err, &entry)
	require.EqualValues(t, 1, entry.Seq)
	require.Contains(t, err.Error(), own.ID())
	again, err := reformcycle.Open(background, j, "own", reformcycle.WithChecklist(own))
	require.NoError(t, err)
	require.Equal(t, bytesOf(t, c.State()), bytesOf(t, again.State()))

	full, day := fullReform(t, journal.NewMemory())
	err = untouched(t, full, office(day), reformcycle.Renew{Checklist: own.ID()})
	require.ErrorIs(t, err, reformcycle.ErrUnknownChecklist)
}

// A stage to begin at is New's to say; Open takes it from the journal.
func TestACycleBeginsAtTheStageThatWasGivenAndOpensThere(t *testing.T) {
	for s := range reformcycle.Stages() {
		j := journal.NewMemory()
		c, err := reformcycle.New("later", reformcycle.WithJournal(j), reformcycle.WithStage(s))
		require.NoError(t, err)
		require.Equal(t, s, c.State().Stage())
		require.Empty(t, c.State().Arrivals())
		require.NoError(t, refusalOf(c.Apply(background, office(0), rate("problem.needs", 3))))
		require.Equal(t, s, c.State().Stage())
		require.Equal(t, []reformcycle.Arrival{{Stage: s, First: onDay(0), Last: onDay(0), Times: 1, Entry: 1, LastEntry: 1}}, c.State().Arrivals())
		require.Empty(t, c.State().OpenDebts(), "what came before the recording is not owed")
		again, err := reformcycle.Open(background, j, "later", reformcycle.WithStage(reformcycle.Design))
		require.NoError(t, err)
		require.Equal(t, bytesOf(t, c.State()), bytesOf(t, again.State()))
	}
}

func TestAStampNeedsAnAuthorAndAMomentThatFollows(t *testing.T) {
	c, day := fullReform(t, journal.NewMemory())
	for _, id := range badIDs {
		broken(t, untouched(t, c, reformcycle.By(id).At(onDay(day))), "author", "id")
	}
	moment := func(err error) *reformcycle.MomentError {
		t.Helper()
		var m *reformcycle.MomentError
		require.ErrorIs(t, err, reformcycle.ErrMoment)
		require.ErrorAs(t, err, &m)
		readable(t, err)
		return m
	}
	m := moment(untouched(t, c, reformcycle.By("office")))
	require.Contains(t, m.Error(), "the moment is missing")
	m = moment(untouched(t, c, office(day-2)))
	require.Equal(t, c.State().Moment(), m.Earliest)
	require.Contains(t, m.Error(), "is before that of the entry it follows")
	for _, year := range []int{10000, 20000} {
		broken(t, untouched(t, c, reformcycle.By("office").At(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))), "moment", "range")
	}
	fresh, err := reformcycle.New("fresh")
	require.NoError(t, err)
	broken(t, refusalOf(fresh.Apply(background, reformcycle.By("office").At(time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)), rate("problem.needs", 3))), "moment", "range")
	require.Zero(t, fresh.State().Seq())

	now := onDay(0)
	timed, err := reformcycle.New("timed", reformcycle.WithClock(func() time.Time { return now }))
	require.NoError(t, err)
	require.NoError(t, refusalOf(timed.Apply(background, reformcycle.By("office"), rate("problem.needs", 3))))
	m = moment(untouched(t, timed, reformcycle.By("office").At(now.Add(time.Nanosecond))))
	require.Equal(t, now, m.Latest)
	require.Contains(t, m.Error(), "still to come")

	// A clock that went back, or that of another machine, stops nobody: nothing is
	// recorded before what was recorded already.
	now = onDay(-1)
	require.NoError(t, refusalOf(timed.Apply(background, reformcycle.By("office"), rate("problem.needs", 4))))
	require.Equal(t, onDay(0), timed.State().Recorded())
	require.Equal(t, onDay(0), timed.State().Moment())
	m = moment(untouched(t, timed, reformcycle.By("office").At(onDay(-1))))
	require.Equal(t, onDay(0), m.Earliest)
}

// A zone of the host's is only another way to write the same moment.
func TestMomentsAreKeptInUTC(t *testing.T) {
	c, err := reformcycle.New("zoned")
	require.NoError(t, err)
	monrovia := time.FixedZone("", 3600)
	require.NoError(t, refusalOf(c.Apply(background, reformcycle.By("office").At(onDay(0).In(monrovia)), rate("problem.needs", 3))))
	require.Equal(t, onDay(0), c.State().Moment())
	require.Equal(t, time.UTC, entriesOf(t, c)[0].At.Location())
}

// refusal is one change that is refused by a full reform, and how.
type refusal struct {
	change      reformcycle.Change
	field, rule string
}

func refusals() []refusal {
	var all []refusal
	add := func(field, rule string, c reformcycle.Change) { all = append(all, refusal{c, field, rule}) }
	gone := "nobody"
	for _, id := range badIDs {
		add("problem.id", "id", reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: id, Statement: "x"}})
		add("window.id", "id", reformcycle.OpenWindow{Window: reformcycle.Window{ID: id, Kind: reformcycle.Crisis, What: "x"}})
		add("actor", "id", reformcycle.ReleaseActor{Actor: id, Reason: "x"})
		add("actor", "id", reformcycle.TakePosition{Actor: id, Reason: "x"})
		add("actor", "id", reformcycle.AssignRole{Actor: id, Role: stakeholders.Leader})
		add("actor", "id", reformcycle.RelieveRole{Actor: id, Role: stakeholders.Leader})
		add("actor", "id", reformcycle.Commit{Actor: id, Commitment: pledge("p", 1)})
		add("commitment", "id", reformcycle.Deliver{Actor: "moh", Commitment: id, Amount: 1})
		add("coalition.convener", "id", reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "x", Purpose: "x", Convener: id}})
		add("criteria[0].id", "id", reformcycle.SetCriteria{For: reformcycle.ForProblems, Criteria: []reformcycle.ChoiceCriterion{{ID: id, Text: "x", Weight: 1}}})
		add("solution.id", "id", option(id, reformcycle.Local))
		add("solution", "id", reformcycle.ScoreSolution{Solution: id, Scores: reformcycle.Scores{"reach": 1}})
		add("problem", "id", reformcycle.ScoreProblem{Problem: id, Scores: reformcycle.Scores{"reach": 1}})
		add("by", "id", reformcycle.ChooseSolution{Solution: "existing-1", By: id, Reason: "x"})
		add("authorities.contributors[0]", "id", reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{DecisionMakers: []string{"moh"}, Contributors: []string{id}, Authorizers: []string{"moh"}}})
		add("choice.authority", "id", reformcycle.MapDesign{Choice: reformcycle.DesignChoice{Component: reformcycle.Training, Choice: "x", Authority: id}})
		add("by", "id", reformcycle.ValidateDesign{Component: reformcycle.Training, By: id})
		add("criterion", "id", rate(id, assessment.Functional))
		add("authority", "id", reformcycle.Waive{Criterion: "learning.data", Authority: id, Reason: "x"})
		add("phase.id", "id", phase(id))
		add("phase.areas[0]", "id", reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "x", Name: "x", Areas: []string{id}, Workers: 1}})
		add("phase", "id", reformcycle.ReportRollout{Phase: id})
		add("body.id", "id", body(id, reformcycle.National))
		add("body", "id", reformcycle.DissolveBody{Body: id, Reason: "x"})
		add("review.id", "id", review(id, reformcycle.National))
		add("adaptation.review", "id", reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "x", What: "x", Review: id}})
		if id != "" { // the empty text is no checklist, no authority
			add("override.authority", "id", reformcycle.Advance{Override: reformcycle.Override{Authority: id, Reason: "x"}})
			add("checklist", "id", reformcycle.Renew{Checklist: id})
		}
		add("actor.id", "", reformcycle.EngageActor{Actor: stakeholders.Actor{ID: id, Name: "x", Constituency: stakeholders.NGO}})
		add("commitment.id", "", reformcycle.Commit{Actor: "moh", Commitment: pledge(id, 1)})
	}
	for _, text := range badTexts {
		add("problem.statement", "text", reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "x", Statement: text}})
		add("coalition.purpose", "text", reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "x", Purpose: text, Convener: "moh"}})
		add("reason", "text", reformcycle.Suspend{Reason: text})
		add("reason", "text", reformcycle.Resume{Reason: text})
		add("reason", "text", reformcycle.Abandon{Reason: text})
		add("reason", "text", reformcycle.Revisit{To: reformcycle.Design, Reason: text})
		add("review.findings[0]", "text", reformcycle.HoldReview{Review: reformcycle.Review{ID: "x", Name: "x", Tier: reformcycle.National, Findings: []string{text}}})
		add("body.rights[0].matter", "text", reformcycle.EstablishBody{Body: reformcycle.Body{ID: "x", Name: "x", Tier: reformcycle.National, Rights: []reformcycle.DecisionRight{{Matter: text, Power: reformcycle.Decides}}}})
	}
	for _, n := range notFinite {
		add("amount", "finite", reformcycle.Deliver{Actor: "moh", Commitment: "moh-pledge", Amount: n})
		add("criteria[0].weight", "finite", reformcycle.SetCriteria{For: reformcycle.ForProblems, Criteria: []reformcycle.ChoiceCriterion{{ID: "x", Text: "x", Weight: n}}})
		add("scores[reach]", "finite", reformcycle.ScoreSolution{Solution: "local-1", Scores: reformcycle.Scores{"reach": n}})
		add("solution.scores[reach]", "finite", reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: "x", Name: "x", Origin: reformcycle.Local, Scores: reformcycle.Scores{"reach": n}}})
		add("appraisal.cost", "finite", reformcycle.AppraiseSolution{Solution: "local-1", Expectation: reformcycle.Expectation{Cost: n, Currency: "USD", Impact: "x", Feasibility: 1, Evidence: illustrative("x")}})
		add("commitment.pledged", "range", reformcycle.Commit{Actor: "moh", Commitment: pledge("p", n)})
		add("position", "range", reformcycle.TakePosition{Actor: "moh", Position: stakeholders.At(n), Reason: "x"})
		add("power", "range", reformcycle.TakePosition{Actor: "moh", Position: stakeholders.At(1), Power: stakeholders.Power(n), Reason: "x"})
		add("actor.position", "range", actor("x", stakeholders.NGO, true, n, 1))
		add("actor.power", "range", actor("x", stakeholders.NGO, true, 1, n))
	}
	for _, n := range []float64{-7.01, 7.01, 1e300} {
		add("position", "range", reformcycle.TakePosition{Actor: "moh", Position: stakeholders.At(n), Reason: "x"})
		add("actor.position", "range", actor("x", stakeholders.NGO, true, n, 1))
	}
	for _, n := range []float64{-1, 0.5, 7.01, 1e300} {
		add("power", "range", reformcycle.TakePosition{Actor: "moh", Position: stakeholders.At(1), Power: stakeholders.Power(n), Reason: "x"})
		add("actor.power", "range", actor("x", stakeholders.NGO, true, 1, n))
	}
	for _, n := range []float64{-0.1, 10.1} {
		add("scores[reach]", "", reformcycle.ScoreSolution{Solution: "local-1", Scores: reformcycle.Scores{"reach": n}})
	}
	for _, n := range []float64{0, -1, 1.1e15} {
		add("amount", "", reformcycle.Deliver{Actor: "moh", Commitment: "moh-pledge", Amount: n})
	}

	strategy := func(change func(*stakeholders.Strategy)) reformcycle.PlanStrategy {
		s := stakeholders.Strategy{
			ID: "case", Name: "Investment case", Kind: stakeholders.ChangePositions, Probability: 0.5,
			Effects: []stakeholders.Effect{{Actor: "treasury", Position: stakeholders.At(2)}},
		}
		change(&s)
		return reformcycle.PlanStrategy{Strategy: s}
	}
	for _, p := range append(notFinite, -0.1, 1.1) {
		add("strategy.probability", "range", strategy(func(s *stakeholders.Strategy) { s.Probability = p }))
	}
	add("strategy.kind", "known", strategy(func(s *stakeholders.Strategy) { s.Kind = "bribe" }))
	add("strategy.id", "required", strategy(func(s *stakeholders.Strategy) { s.ID = "" }))
	add("strategy.unit", "required", strategy(func(s *stakeholders.Strategy) { s.Cost = 5 }))
	add("strategy.effects[0]", "required", strategy(func(s *stakeholders.Strategy) { s.Effects = []stakeholders.Effect{{Actor: "treasury"}} }))
	add("strategy.effects[0].position", "range", strategy(func(s *stakeholders.Strategy) { s.Effects[0].Position = stakeholders.At(9) }))
	add("strategy.effects[0].actor", "exists", strategy(func(s *stakeholders.Strategy) { s.Effects[0].Actor = gone }))
	add("strategy.effects[1].actor", "unique", strategy(func(s *stakeholders.Strategy) { s.Effects = append(s.Effects, s.Effects[0]) }))
	add("strategy.owner", "exists", strategy(func(s *stakeholders.Strategy) { s.Owner = gone }))
	add("strategy", "exists", reformcycle.ObserveStrategy{Strategy: gone, Success: stakeholders.NoSuccess, What: "x"})
	add("success", "known", reformcycle.ObserveStrategy{Strategy: gone, Success: "luck", What: "x"})
	add("success", "required", reformcycle.ObserveStrategy{Strategy: gone, What: "x"})

	// What does not exist.
	add("coalition.convener", "exists", reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "x", Purpose: "x", Convener: gone}})
	add("coalition.convener", "member", reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "x", Purpose: "x", Convener: "treasury"}})
	add("actor", "exists", reformcycle.ReleaseActor{Actor: gone, Reason: "x"})
	add("actor", "exists", reformcycle.TakePosition{Actor: gone, Position: stakeholders.At(1), Reason: "x"})
	add("actor", "exists", reformcycle.AssignRole{Actor: gone, Role: stakeholders.Leader})
	add("actor", "exists", reformcycle.RelieveRole{Actor: gone, Role: stakeholders.Leader})
	add("role", "", reformcycle.RelieveRole{Actor: "moh", Role: stakeholders.Donor})
	add("actor", "exists", reformcycle.Commit{Actor: gone, Commitment: pledge("p", 1)})
	add("actor", "exists", reformcycle.Deliver{Actor: gone, Commitment: "p", Amount: 1})
	add("commitment", "exists", reformcycle.Deliver{Actor: "moh", Commitment: gone, Amount: 1})
	unserved := pledge("p", 1)
	unserved.Criterion = "no.such"
	add("commitment.criterion", "exists", reformcycle.Commit{Actor: "moh", Commitment: unserved})
	unserved.Criterion, unserved.Stage = "", "weather"
	add("commitment.stage", "known", reformcycle.Commit{Actor: "moh", Commitment: unserved})
	add("actor.commitments[0].stage", "known", reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "x", Name: "x", Constituency: stakeholders.NGO, Commitments: []stakeholders.Commitment{unserved}}})
	add("problem", "exists", reformcycle.ScoreProblem{Problem: gone})
	add("scores[beauty]", "exists", reformcycle.ScoreSolution{Solution: "local-1", Scores: reformcycle.Scores{"beauty": 1}})
	add("scores[reach]", "exists", reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "x", Statement: "x", Scores: reformcycle.Scores{"reach": 1}}})
	add("solution", "exists", reformcycle.ScoreSolution{Solution: gone, Scores: reformcycle.Scores{"reach": 1}})
	add("solution", "exists", pilotOf(gone))
	add("solution", "exists", appraisalOf(gone))
	add("solution", "exists", chosen(gone))
	add("by", "exists", reformcycle.ChooseSolution{Solution: "existing-1", By: gone, Reason: "x"})
	between := func(ids ...string) *appraisal.Problem {
		p := &appraisal.Problem{Criteria: []appraisal.Criterion{{ID: "reach"}}}
		for _, id := range ids {
			p.Alternatives = append(p.Alternatives, appraisal.Alternative{ID: id})
		}
		return p
	}
	add("comparison.alternatives[1].id", "exists", reformcycle.ChooseSolution{Solution: "existing-1", By: "moh", Reason: "x", Comparison: between("existing-1", gone)})
	by := between("existing-1", "local-1")
	by.Criteria = append(by.Criteria, appraisal.Criterion{ID: "beauty"})
	add("comparison.criteria[1].id", "exists", reformcycle.ChooseSolution{Solution: "existing-1", By: "moh", Reason: "x", Comparison: by})
	add("solution", "compared", reformcycle.ChooseSolution{Solution: "existing-1", By: "moh", Reason: "x", Comparison: between("international-1", "local-1")})
	add("comparison.alternatives", "required", reformcycle.ChooseSolution{Solution: "existing-1", By: "moh", Reason: "x", Comparison: between("existing-1")})
	add("authorities.authorizers[0]", "exists", reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{DecisionMakers: []string{"moh"}, Contributors: []string{"moh"}, Authorizers: []string{gone}}})
	add("choice.authority", "exists", reformcycle.MapDesign{Choice: reformcycle.DesignChoice{Component: reformcycle.Training, Choice: "x", Authority: "ngo"}})
	add("choice.solution", "exists", reformcycle.MapDesign{Choice: reformcycle.DesignChoice{Component: reformcycle.Training, Choice: "x", Authority: "moh", Solution: gone}})
	add("by", "exists", reformcycle.ValidateDesign{Component: reformcycle.Training, By: "ngo"})
	add("criterion", "exists", rate("no.such", assessment.Functional))
	add("criterion", "exists", reformcycle.Waive{Criterion: "no.such", Authority: "moh", Reason: "x"})
	add("authority", "exists", reformcycle.Waive{Criterion: "learning.data", Authority: gone, Reason: "x"})
	add("phase", "exists", reformcycle.ReportRollout{Phase: gone})
	add("body.members[1]", "exists", body("x", reformcycle.National, "moh", gone))
	add("body", "exists", reformcycle.DissolveBody{Body: gone, Reason: "x"})
	add("review.body", "exists", reformcycle.HoldReview{Review: reformcycle.Review{ID: "x", Name: "x", Tier: reformcycle.National, Body: gone, Findings: []string{"x"}}})
	add("adaptation.review", "exists", reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "x", What: "x", Review: gone}})
	add("override.authority", "exists", reformcycle.Advance{Override: reformcycle.Override{Authority: gone, Reason: "x"}})
	add("override.reason", "text", reformcycle.Advance{Override: reformcycle.Override{Authority: "moh"}})
	add("override.authority", "id", reformcycle.Advance{Override: reformcycle.Override{Reason: "x"}})

	// What is there already.
	add("problem.id", "unique", reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "deaths-1", Statement: "x"}})
	add("actor.id", "unique", reformcycle.EngageActor{Actor: castOf()[0]})
	add("role", "unique", reformcycle.AssignRole{Actor: "moh", Role: stakeholders.Leader})
	add("commitment.id", "unique", reformcycle.Commit{Actor: "moh", Commitment: pledge("moh-pledge", 1)})
	add("criteria[1].id", "unique", reformcycle.SetCriteria{For: reformcycle.ForProblems, Criteria: []reformcycle.ChoiceCriterion{{ID: "x", Text: "x", Weight: 1}, {ID: "x", Text: "y", Weight: 1}}})
	add("solution.id", "unique", option("local-1", reformcycle.Local))
	add("solution", "unique", chosen("local-1"))
	add("authorities.contributors", "unique", reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{DecisionMakers: []string{"moh"}, Contributors: []string{"ngo", "ngo"}, Authorizers: []string{"moh"}}})
	add("phase.id", "unique", phase("phase-a-1"))
	add("phase.areas", "unique", reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "x", Name: "x", Areas: []string{"Lofa", "Lofa"}, Workers: 1}})
	add("body.id", "unique", body("steering", reformcycle.National))
	add("review.id", "unique", review("annual-1", reformcycle.National))
	add("adaptation.id", "unique", reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "stock-1", What: "x", Review: "annual-1"}})
	add("seq", "first", reformcycle.Begin{Checklist: reformcycle.ReformChecklist().ID()})

	// What no type defines.
	add("window.kind", "known", reformcycle.OpenWindow{Window: reformcycle.Window{ID: "x", Kind: "eclipse", What: "x"}})
	add("solution.origin", "known", option("x", "mars"))
	add("for", "known", reformcycle.SetCriteria{For: "weather", Criteria: solutionCriteria.Criteria})
	add("role", "known", reformcycle.AssignRole{Actor: "moh", Role: "jester"})
	add("component", "known", reformcycle.ValidateDesign{Component: "weather", By: "moh"})
	add("choice.component", "known", choice("weather"))
	add("level", "known", rate("learning.data", 9))
	add("to", "known", reformcycle.Revisit{To: 99, Reason: "x"})
	add("at", "known", reformcycle.Renew{At: 99})
	add("body.tier", "known", body("x", "galactic"))
	add("body.mechanism", "known", reformcycle.EstablishBody{Body: reformcycle.Body{ID: "x", Name: "x", Tier: reformcycle.National, Mechanism: "club", Rights: []reformcycle.DecisionRight{{Matter: "x", Power: reformcycle.Decides}}}})
	add("body.rights[0].power", "known", reformcycle.EstablishBody{Body: reformcycle.Body{ID: "x", Name: "x", Tier: reformcycle.National, Rights: []reformcycle.DecisionRight{{Matter: "x", Power: "smites"}}}})
	add("appraisal.feasibility", "gte", reformcycle.AppraiseSolution{Solution: "local-1", Expectation: reformcycle.Expectation{Currency: "USD", Impact: "x", Evidence: illustrative("x")}})
	add("pilot.finding", "known", reformcycle.RecordPilot{Solution: "local-1", Pilot: reformcycle.Pilot{ID: "x", Where: "x", Finding: "magic", Result: "x", Evidence: illustrative("x")}})
	add("actor.constituency", "known", actor("x", "martians", true, 1, 1))
	add("actor.roles[0]", "known", actor("x", stakeholders.NGO, true, 1, 1, "jester"))
	add("commitment.resource", "known", reformcycle.Commit{Actor: "moh", Commitment: stakeholders.Commitment{ID: "p", Resource: "hope", Unit: "USD"}})
	add("evidence.basis", "known", reformcycle.Rate{Criterion: "learning.data", Level: 3, Evidence: assessment.Evidence{What: "x", Source: "x"}})
	add("evidence.what", "required", reformcycle.Rate{Criterion: "learning.data", Level: 3})
	add("problem.evidence.source", "required", reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "x", Statement: "x", Evidence: &assessment.Evidence{What: "x", Basis: assessment.Documented}}})

	// What contradicts itself or the state.
	add("window.closes", "notbefore", reformcycle.OpenWindow{Window: reformcycle.Window{ID: "x", Kind: reformcycle.Crisis, What: "x", Opens: onDate(2), Closes: onDate(1)}})
	add("phase.end", "notbefore", reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "x", Name: "x", Areas: []string{"x"}, Workers: 1, Start: onDate(2), End: onDate(1)}})
	add("phase.areas", "min", reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "x", Name: "x", Workers: 1}})
	add("phase.workers", "gte", reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "x", Name: "x", Areas: []string{"x"}, Workers: -1}})
	add("position", "required", reformcycle.TakePosition{Actor: "moh", Reason: "x"})
	add("deployed", "gte", reformcycle.ReportRollout{Phase: "phase-a-1", Deployed: -1})
	add("started", "order", reformcycle.ReportRollout{Phase: "phase-a-1", Started: onDate(9999)})
	late := review("x", reformcycle.National)
	late.Review.On = onDate(9999)
	add("review.on", "order", late)
	add("review.findings", "min", reformcycle.HoldReview{Review: reformcycle.Review{ID: "x", Name: "x", Tier: reformcycle.National}})
	add("body.rights", "min", reformcycle.EstablishBody{Body: reformcycle.Body{ID: "x", Name: "x", Tier: reformcycle.National}})
	add("criteria", "min", reformcycle.SetCriteria{For: reformcycle.ForProblems})
	add("criterion", "rated", rate("problem.framed", assessment.Functional))
	add("criterion", "required", reformcycle.Waive{Criterion: "governance.harmonised", Authority: "moh", Reason: "x"})
	add("level", "rated", rate("problem.priority-link", assessment.Unknown))

	// A survey of programmes is held to the rules of its own package.
	survey := func(field, rule string, change func(*landscape.Landscape)) {
		add("survey.landscape."+field, rule, surveyed(change))
	}
	for _, n := range append(notFinite, -1, 1e16) {
		survey("areas[0].population", "range", func(l *landscape.Landscape) { l.Areas[0].Population = n })
		survey("cadres[0].pay.low", "range", func(l *landscape.Landscape) { l.Cadres[0].Pay.Low = n })
		survey("programmes[0].funding[0].amount", "range", func(l *landscape.Landscape) {
			l.Programmes[0].Funding = []landscape.Funding{{Funder: "fund", Unit: "USD", Amount: n}}
		})
	}
	survey("areas[1].id", "unique", func(l *landscape.Landscape) { l.Areas[1].ID = "north" })
	survey("posts[0].area", "exists", func(l *landscape.Landscape) { l.Posts[0].Area = gone })
	survey("posts[0].workers", "range", func(l *landscape.Landscape) { l.Posts[0].Workers = -1 })
	survey("cadres[0].standing", "known", func(l *landscape.Landscape) { l.Cadres[0].Standing = "old" })
	survey("statements[0].aspect", "known", func(l *landscape.Landscape) { l.Statements = []landscape.Statement{statement("weather", true)} })
	survey("statements[0].evidence.source", "required", func(l *landscape.Landscape) {
		l.Statements = []landscape.Statement{{Aspect: landscape.Overlaps, Evidence: assessment.Evidence{What: "x", Basis: assessment.Illustrative}}}
	})
	add("survey.evidence.what", "required", reformcycle.SurveyProgrammes{})
	return slices.DeleteFunc(all, func(r refusal) bool {
		s, is := r.change.(reformcycle.ScoreProblem)
		return is && len(s.Scores) == 0
	})
}

func TestEveryChangeThatIsWrongIsRefusedByField(t *testing.T) {
	c, day := fullReform(t, journal.NewMemory())
	// So that the last refusal has nothing to withdraw.
	require.NoError(t, refusalOf(c.Apply(background, office(day), rate("problem.priority-link", assessment.Unknown))))
	for i, r := range refusals() {
		t.Run(fmt.Sprintf("%d %s %s %s", i, r.change.Kind(), r.field, r.rule), func(t *testing.T) {
			err := untouched(t, c, office(day), r.change)
			var at *reformcycle.ChangeError
			require.ErrorAs(t, err, &at)
			require.Equal(t, r.change.Kind(), at.Kind)
			broken(t, err, r.field, r.rule)
		})
	}
}

// The zero value of a change says nothing, so only the moves that need no reason
// take it.
func TestTheZeroValueOfAChangeIsRefusedUnlessItSaysEnough(t *testing.T) {
	c, day := fullReform(t, journal.NewMemory())
	for _, kind := range reformcycle.Kinds() {
		zero, err := reformcycle.DecodeChange(kind, []byte("{}"))
		if kind == reformcycle.KindAdvance || kind == reformcycle.KindRenew {
			require.NoError(t, err)
			require.NoError(t, refusalOf(c.Fork().Apply(background, office(day), reformcycle.Renew{})))
			continue
		}
		require.ErrorIs(t, err, reformcycle.ErrInvalid, "%s", kind)
		require.Nil(t, zero)
		readable(t, err)
	}
}

func TestAMoveThatTheTableDoesNotHaveNamesThoseItHas(t *testing.T) {
	for _, stage := range []reformcycle.Stage{reformcycle.ProblemPrioritization, reformcycle.Design, reformcycle.ManagementAndLearning} {
		c, day := standingAt(t, stage)
		moves := []reformcycle.Move{
			reformcycle.Revisit{To: stage, Reason: "x"}, reformcycle.Resume{Reason: "x"},
			reformcycle.Revisit{To: max(stage, reformcycle.Governance), Reason: "x"},
		}
		if stage == reformcycle.ManagementAndLearning {
			moves = append(moves, reformcycle.Advance{}, reformcycle.Renew{At: reformcycle.ProgramReadiness})
		} else {
			moves = append(moves, reformcycle.Renew{})
		}
		for _, m := range moves {
			if m == (reformcycle.Revisit{To: reformcycle.Governance, Reason: "x"}) && stage > reformcycle.Governance {
				continue
			}
			was := bytesOf(t, c.State())
			_, err := c.Apply(background, office(day), m)
			var illegal *reformcycle.MoveError
			require.ErrorIs(t, err, reformcycle.ErrIllegalMove)
			require.ErrorAs(t, err, &illegal)
			require.Equal(t, c.State().Standing(), illegal.From)
			require.NotEmpty(t, illegal.Legal)
			for _, line := range illegal.Legal {
				require.Equal(t, illegal.From, line.From)
			}
			readable(t, err)
			require.Equal(t, was, bytesOf(t, c.State()))

			blockers := c.Now().BlockersFor(m)
			require.Len(t, blockers, 1)
			require.Equal(t, "move", blockers[0].Guard)
			require.NotEmpty(t, blockers[0].Remedy)
		}
	}
}

func TestAnAbandonedCycleTakesNothingAndASuspendedOneLittle(t *testing.T) {
	c, day := fullReform(t, journal.NewMemory())
	require.NoError(t, refusalOf(c.Apply(background, office(day), reformcycle.Suspend{Reason: "An epidemic"})))
	require.Equal(t, "An epidemic", c.State().Held())
	require.Empty(t, c.Now().Blockers(), "nothing guards a resumption")
	require.Equal(t, "move", c.Now().BlockersFor(reformcycle.Advance{})[0].Guard)
	err := untouched(t, c, office(day), review("x", reformcycle.National))
	var status *reformcycle.StatusError
	require.ErrorIs(t, err, reformcycle.ErrSuspended)
	require.NotErrorIs(t, err, reformcycle.ErrAbandoned)
	require.ErrorAs(t, err, &status)
	require.Equal(t, reformcycle.KindHoldReview, status.Kind)
	require.Equal(t, "An epidemic", status.Reason)
	require.Contains(t, status.Accepts, reformcycle.KindRate)
	require.Contains(t, status.Accepts, reformcycle.KindResume)
	require.NotContains(t, status.Accepts, reformcycle.KindAdvance)
	readable(t, err)
	for _, kind := range status.Accepts {
		require.Contains(t, reformcycle.Kinds(), kind)
	}
	require.NoError(t, refusalOf(c.Apply(background, office(day), reformcycle.TakePosition{Actor: "moh", Position: stakeholders.At(5), Reason: "x"})))

	require.NoError(t, refusalOf(c.Apply(background, office(day), reformcycle.Abandon{Reason: "No mandate"})))
	was, had := bytesOf(t, c.State()), entriesOf(t, c)
	for _, change := range []reformcycle.Change{rate("learning.data", 3), reformcycle.Resume{Reason: "x"}, reformcycle.Abandon{Reason: "x"}, reformcycle.Advance{}} {
		_, err := c.Apply(background, office(day), change)
		require.ErrorIs(t, err, reformcycle.ErrAbandoned)
		require.Contains(t, err.Error(), "No mandate")
		require.Equal(t, was, bytesOf(t, c.State()))
		require.Equal(t, had, entriesOf(t, c))
	}
	require.Equal(t, reformcycle.Standing{Status: reformcycle.Abandoned}, c.State().Standing())
	require.Equal(t, reformcycle.ManagementAndLearning, c.State().Stage())
	require.Empty(t, c.Now().NextActions())
	require.Equal(t, "move", c.Now().Blockers()[0].Guard)
}

// tagged is a change of the host's own making: it takes its methods from one of
// the package's and adds what no journal could give back.
type tagged struct {
	reformcycle.Suspend
	Ticket string
}

// disguised names a kind that is not its own.
type disguised struct{ reformcycle.Advance }

func (disguised) Kind() reformcycle.Kind { return "disguise" }

func TestOnlyChangesOfThisPackageAreApplied(t *testing.T) {
	c, day := fullReform(t, journal.NewMemory())
	for _, change := range []reformcycle.Change{
		nil, (*reformcycle.Advance)(nil), (*reformcycle.EngageActor)(nil),
		tagged{reformcycle.Suspend{Reason: "x"}, "T-1"}, &tagged{reformcycle.Suspend{Reason: "x"}, "T-1"}, disguised{},
	} {
		t.Run(fmt.Sprintf("%T", change), func(t *testing.T) {
			inTime(t, "a change of the host's making", func() {
				defer func() {
					if p := recover(); p != nil {
						t.Errorf("panics: %v", p)
					}
				}()
				broken(t, untouched(t, c, office(day), change), "change", "")
			})
		})
	}
	_, err := reformcycle.Open(background, listJournal(entriesOf(t, c)), c.ID())
	require.NoError(t, err)
}

func TestAPointerToAChangeIsTakenForTheChange(t *testing.T) {
	c, day := fullReform(t, journal.NewMemory())
	require.Empty(t, c.Now().BlockersFor(&reformcycle.Renew{}))
	require.NoError(t, refusalOf(c.Apply(background, office(day), &reformcycle.Renew{At: reformcycle.Design})))
	require.Equal(t, reformcycle.Design, c.State().Stage())
	require.Equal(t, 2, c.State().Lap())
	override := &reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "The money ends"}}
	require.NoError(t, refusalOf(c.Apply(background, office(day), override)))
	require.NotEmpty(t, c.State().OpenDebts())
}

func TestABatchHasFromOneToTenThousandChanges(t *testing.T) {
	c, day := fullReform(t, journal.NewMemory())
	many := slices.Repeat([]reformcycle.Change{rate("learning.data", 3)}, 10_001)
	was := bytesOf(t, c.State())
	broken(t, refusalOf(c.Apply(background, office(day), many...)), "changes", "length")
	broken(t, refusalOf(c.Apply(background, office(day))), "changes", "length")
	require.Equal(t, was, bytesOf(t, c.State()))
	require.NoError(t, refusalOf(c.Apply(background, office(day), many[:10_000]...)))
}

func TestTheRosterHasAnEndAndSaysSo(t *testing.T) {
	c, err := reformcycle.New("crowded")
	require.NoError(t, err)
	crowd := make([]reformcycle.Change, 10_000)
	for i := range crowd {
		crowd[i] = reformcycle.EngageActor{Actor: stakeholders.Actor{ID: fmt.Sprint(i), Name: "x", Constituency: stakeholders.NGO}}
	}
	require.NoError(t, refusalOf(c.Apply(background, office(0), crowd...)))
	_, err = c.Apply(background, office(0), reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "one more", Name: "x", Constituency: stakeholders.NGO}})
	broken(t, err, "actors", "length")
}

func TestAContextIsNeededAndHeeded(t *testing.T) {
	c, day := fullReform(t, journal.NewMemory())
	was, had := bytesOf(t, c.State()), entriesOf(t, c)
	var none context.Context
	broken(t, refusalOf(c.Apply(none, office(day), reformcycle.Renew{})), "ctx", "required")
	_, err := c.AsOf(none, onDay(0))
	broken(t, err, "ctx", "required")
	_, err = reformcycle.Open(none, journal.NewMemory(), "id")
	broken(t, err, "ctx", "required")
	n := 0
	for _, err := range c.History(none, 0) {
		broken(t, err, "ctx", "required")
		n++
	}
	require.Equal(t, 1, n)
	cancelled, cancel := context.WithCancel(background)
	cancel()
	require.ErrorIs(t, refusalOf(c.Apply(cancelled, office(day), reformcycle.Renew{})), context.Canceled)
	require.Equal(t, was, bytesOf(t, c.State()))
	require.Equal(t, had, entriesOf(t, c))
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	_, err := reformcycle.Open(background, journal.NewMemory(), "nowhere")
	require.ErrorIs(t, err, reformcycle.ErrNotFound)
	require.Contains(t, err.Error(), "nowhere")
	c, err := reformcycle.New("unbegun")
	require.NoError(t, err)
	_, err = c.AsOf(background, onDay(0))
	require.ErrorIs(t, err, reformcycle.ErrNotBegun)
	require.Empty(t, entriesOf(t, c))
	full, _ := fullReform(t, journal.NewMemory())
	for _, early := range []time.Time{{}, onDay(-1), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)} {
		_, err = full.AsOf(background, early)
		require.ErrorIs(t, err, reformcycle.ErrNotBegun)
	}
	late, err := full.AsOf(background, time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, bytesOf(t, full.State()), bytesOf(t, late))
}

func TestTheZeroStateIsACycleThatHasNotBegun(t *testing.T) {
	var s reformcycle.State
	require.Zero(t, s.Seq())
	require.Equal(t, "", s.ID())
	require.Equal(t, reformcycle.Standing{Stage: reformcycle.ProblemPrioritization}, s.Standing())
	require.Equal(t, 1, s.Lap())
	require.Len(t, s.Blockers(), 4)
	require.Len(t, s.Levels(), 53)
	require.NotEmpty(t, s.NextActions())
	require.Empty(t, s.Actors().IDs())
	require.Equal(t, reformcycle.ReformChecklist().ID(), s.Checklist().ID())
	for _, empty := range []int{
		len(s.Arrivals()), len(s.Laps()), len(s.Windows()), len(s.Problems()), len(s.ProblemCriteria()), len(s.RankedProblems()),
		len(s.SolutionCriteria()), len(s.Solutions()), len(s.RankedSolutions()), len(s.DesignChoices()), len(s.Rollout()),
		len(s.Bodies()), len(s.Reviews()), len(s.Adaptations()), len(s.Ratings()), len(s.Waivers()), len(s.Debts()), len(s.OpenDebts()),
		len(s.Held()), len(s.Title()), len(s.Country()), len(s.Coalition().Name), len(s.Authorities().Contributors),
	} {
		require.Zero(t, empty)
	}
	for _, at := range []time.Time{s.Begun(), s.Moment(), s.Recorded(), s.LastMove()} {
		require.True(t, at.IsZero())
	}
	_, known := s.Level("no.such")
	require.False(t, known)
	_, known = s.Rating("problem.needs")
	require.False(t, known)
	require.Len(t, s.Scorecard().Items, 53)
	require.Zero(t, s.Tally(99).Met)
	require.NotEmpty(t, bytesOf(t, s.At(time.Time{})))
	for _, m := range []reformcycle.Move{nil, (*reformcycle.Advance)(nil), reformcycle.Revisit{To: 200}, reformcycle.Renew{At: 200}, reformcycle.Resume{}} {
		blockers := s.BlockersFor(m)
		require.Len(t, blockers, 1)
		require.Equal(t, "move", blockers[0].Guard)
		require.NotEmpty(t, blockers[0].String())
	}
}

func TestTheZeroCycleIsRefusedAndDoesNotPanic(t *testing.T) {
	var c reformcycle.Cycle
	require.NotPanics(t, func() {
		require.ErrorIs(t, refusalOf(c.Apply(background, office(0), rate("problem.needs", 3))), reformcycle.ErrInvalid)
		_, err := c.AsOf(background, onDay(0))
		require.ErrorIs(t, err, reformcycle.ErrInvalid)
		for _, err := range c.History(background, 0) {
			require.ErrorIs(t, err, reformcycle.ErrInvalid)
		}
		require.Zero(t, c.State().Seq())
		require.Empty(t, c.Now().Diagnose().Questions)
		require.ErrorIs(t, refusalOf(c.Fork().Apply(background, office(0), rate("problem.needs", 3))), reformcycle.ErrInvalid)
	})
}

func TestNamesAreReadExactly(t *testing.T) {
	for s := range reformcycle.Stages() {
		parsed, err := reformcycle.ParseStage(s.String())
		require.NoError(t, err)
		require.Equal(t, s, parsed)
		require.True(t, s.Phase().Valid())
		require.NotEqual(t, s.String(), "")
		require.NotContains(t, s.Told().String(), "-")
	}
	for _, text := range []string{"", "Design", " design", "stage(0)", "\xff", strings.Repeat("x", 9999)} {
		s, err := reformcycle.ParseStage(text)
		require.ErrorIs(t, err, reformcycle.ErrInvalid)
		require.Zero(t, s)
		var field fault.Field
		require.ErrorAs(t, err, &field)
		require.Equal(t, "known", field.Rule)
		require.Contains(t, fmt.Sprint(field.Want), "problem-prioritization")
		readable(t, err)
	}
	require.Equal(t, "stage(9)", reformcycle.Stage(9).String())
	require.Equal(t, "phase(0)", reformcycle.Phase(0).String())
	require.Equal(t, "status(7)", reformcycle.Status(7).String())
	require.Zero(t, reformcycle.Stage(0).Phase())
	_, err := reformcycle.Stage(9).MarshalText()
	require.ErrorIs(t, err, reformcycle.ErrInvalid)
	_, err = reformcycle.Status(7).MarshalText()
	require.ErrorIs(t, err, reformcycle.ErrInvalid)
	var status reformcycle.Status
	require.ErrorIs(t, status.UnmarshalText([]byte("asleep")), reformcycle.ErrInvalid)
	require.NoError(t, status.UnmarshalText([]byte("suspended")))
	require.Equal(t, reformcycle.Suspended, status)
}

func TestJSONThatThisVersionDoesNotKnowIsRefusedByName(t *testing.T) {
	for name, tc := range map[string]struct {
		kind, data string
		is         error
		says       string
	}{
		"kind":             {"dance", `{}`, reformcycle.ErrUnknownKind, "dance"},
		"no kind":          {"", `{}`, reformcycle.ErrUnknownKind, ""},
		"field":            {"suspend", `{"reason":"x","until":"May"}`, reformcycle.ErrCorrupt, "until"},
		"stage begun at":   {"begin", `{"checklist":"x","stage":"weather"}`, reformcycle.ErrInvalid, "weather"},
		"survey":           {"survey-programmes", `{"survey":{"landscape":{"mood":"good"}}}`, reformcycle.ErrCorrupt, "mood"},
		"stage":            {"revisit", `{"to":"weather","reason":"x"}`, reformcycle.ErrInvalid, "weather"},
		"window kind":      {"open-window", `{"window":{"id":"x","kind":"eclipse","what":"x"}}`, reformcycle.ErrInvalid, "eclipse"},
		"origin":           {"propose-solution", `{"solution":{"id":"x","name":"x","origin":"mars"}}`, reformcycle.ErrInvalid, "mars"},
		"subject":          {"set-criteria", `{"for":"weather"}`, reformcycle.ErrInvalid, "weather"},
		"finding":          {"record-pilot", `{"pilot":{"finding":"magic"}}`, reformcycle.ErrInvalid, "magic"},
		"tier":             {"hold-review", `{"review":{"tier":"galactic"}}`, reformcycle.ErrInvalid, "galactic"},
		"power":            {"establish-body", `{"body":{"rights":[{"power":"smites"}]}}`, reformcycle.ErrInvalid, "smites"},
		"component":        {"validate-design", `{"component":"weather","by":"moh"}`, reformcycle.ErrInvalid, "weather"},
		"level":            {"rate", `{"criterion":"a","level":"splendid"}`, reformcycle.ErrCorrupt, "splendid"},
		"role":             {"assign-role", `{"actor":"moh","role":"jester"}`, reformcycle.ErrCorrupt, "jester"},
		"wrong type":       {"suspend", `{"reason":7}`, reformcycle.ErrCorrupt, "reason"},
		"no object":        {"suspend", `[]`, reformcycle.ErrCorrupt, ""},
		"broken":           {"suspend", `{"reason":`, reformcycle.ErrCorrupt, ""},
		"nothing":          {"suspend", ``, reformcycle.ErrCorrupt, ""},
		"more than one":    {"suspend", `{"reason":"x"}{}`, reformcycle.ErrCorrupt, ""},
		"value":            {"suspend", `{"reason":" "}`, reformcycle.ErrInvalid, "reason"},
		"number too large": {"deliver", `{"actor":"a","commitment":"b","amount":1e999}`, reformcycle.ErrCorrupt, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := reformcycle.DecodeChange(reformcycle.Kind(tc.kind), []byte(tc.data))
			require.Nil(t, c)
			require.ErrorIs(t, err, reformcycle.ErrInvalid)
			at := fault.Of(err)[0]
			require.True(t, at.Path != "" || at.Line > 0)
			require.Contains(t, err.Error(), tc.says)
			readable(t, err)

			data := json.RawMessage(tc.data)
			if !json.Valid(data) {
				return
			}
			raw, err := json.Marshal(reformcycle.Entry{Seq: 7, Kind: reformcycle.Kind(tc.kind), Version: 1, Data: data})
			require.NoError(t, err)
			e, err := reformcycle.ParseEntry(raw)
			if name == "value" {
				require.NoError(t, err, "an entry is judged when it is opened")
				return
			}
			require.ErrorIs(t, err, tc.is)
			require.Equal(t, reformcycle.Entry{}, e)
			var entry *reformcycle.EntryError
			require.ErrorAs(t, err, &entry)
			require.EqualValues(t, 7, entry.Seq)
			readable(t, err)
		})
	}
	for _, raw := range []string{"", "null", "[]", `{"seq":-1}`, `{"seq":1,"sequel":2}`, `{"seq":1} `, "\xff", `{"seq":1,"kind":"advance","v":2,"data":{}}`} {
		_, err := reformcycle.ParseEntry([]byte(raw))
		require.Error(t, err, raw)
		require.True(t, isTyped(err))
		var entry *reformcycle.EntryError
		require.ErrorAs(t, err, &entry)
		readable(t, err)
	}
	_, err := reformcycle.ParseEntry([]byte(`{"seq":1,"kind":"advance","v":2,"data":{}}`))
	require.ErrorIs(t, err, reformcycle.ErrUnknownVersion)
	require.NotErrorIs(t, err, reformcycle.ErrCorrupt)
}

func TestAJournalThatDoesNotHangTogetherIsRefused(t *testing.T) {
	c, _ := standingAt(t, reformcycle.SolutionGathering)
	good := entriesOf(t, c)
	spoilt := func(spoil func([]reformcycle.Entry) []reformcycle.Entry) error {
		_, err := reformcycle.Open(background, listJournal(spoil(slices.Clone(good))), "LBR-NCHAP")
		require.Error(t, err)
		var entry *reformcycle.EntryError
		require.ErrorAs(t, err, &entry)
		require.Equal(t, "LBR-NCHAP", entry.Cycle)
		readable(t, err)
		return err
	}
	for name, spoil := range map[string]func([]reformcycle.Entry) []reformcycle.Entry{
		"gap":   func(e []reformcycle.Entry) []reformcycle.Entry { return slices.Delete(e, 3, 4) },
		"twice": func(e []reformcycle.Entry) []reformcycle.Entry { return slices.Insert(e, 3, e[2]) },
		"without a begin": func(e []reformcycle.Entry) []reformcycle.Entry {
			e[0].Kind = e[1].Kind
			e[0].Data = e[1].Data
			return e
		},
		"two begins": func(e []reformcycle.Entry) []reformcycle.Entry {
			e[1].Kind = e[0].Kind
			e[1].Data = e[0].Data
			return e
		},
		"no author":   func(e []reformcycle.Entry) []reformcycle.Entry { e[2].By = ""; return e },
		"moment back": func(e []reformcycle.Entry) []reformcycle.Entry { e[2].At, e[2].First = onDay(-1), 0; return e },
		"recorded back": func(e []reformcycle.Entry) []reformcycle.Entry {
			e[1].Recorded, e[2].Recorded = onDay(0), onDay(-1)
			return e
		},
		"a batch of two moments": func(e []reformcycle.Entry) []reformcycle.Entry { e[1].At = e[1].At.Add(1); return e },
		"a batch of two authors": func(e []reformcycle.Entry) []reformcycle.Entry { e[1].By = "another"; return e },
		"a batch of another":     func(e []reformcycle.Entry) []reformcycle.Entry { e[2].First = 2; return e },
		"data":                   func(e []reformcycle.Entry) []reformcycle.Entry { e[2].Data = json.RawMessage(`{`); return e },
		"no data":                func(e []reformcycle.Entry) []reformcycle.Entry { e[2].Data = nil; return e },
		"value":                  func(e []reformcycle.Entry) []reformcycle.Entry { e[2].Data = json.RawMessage(`{}`); return e },
		"a refused move": func(e []reformcycle.Entry) []reformcycle.Entry {
			e[2].Kind, e[2].Data = reformcycle.KindAdvance, json.RawMessage(`{}`)
			return e
		},
	} {
		t.Run(name, func(t *testing.T) { require.ErrorIs(t, spoilt(spoil), reformcycle.ErrCorrupt) })
	}
	err := spoilt(func(e []reformcycle.Entry) []reformcycle.Entry { e[2].Kind = "dance"; return e })
	require.ErrorIs(t, err, reformcycle.ErrUnknownKind)
	require.NotErrorIs(t, err, reformcycle.ErrCorrupt)
	err = spoilt(func(e []reformcycle.Entry) []reformcycle.Entry { e[2].Version = 9; return e })
	require.ErrorIs(t, err, reformcycle.ErrUnknownVersion)
}

// What the host passed in stays the host's, and what it got out too: changing
// either reaches nothing.
func TestTheHostSharesNothingWithTheState(t *testing.T) {
	c, day := fullReform(t, journal.NewMemory())
	evidence := illustrative("a survey")
	scores := reformcycle.Scores{"reach": 1}
	areas, members, gaps := []string{"Nimba"}, []string{"moh"}, []string{"Too few supervisors"}
	rights := []reformcycle.DecisionRight{{Matter: "The plan", Power: reformcycle.Decides}}
	criteria := []reformcycle.ChoiceCriterion{{ID: "reach", Text: "Reach", Weight: 1}}
	makers := []string{"moh"}
	roles := []stakeholders.Role{stakeholders.Liaison}
	commitments := []stakeholders.Commitment{pledge("p", 1)}
	held := reformcycle.HoldReview{Review: reformcycle.Review{ID: "r", Name: "x", Tier: reformcycle.National, Findings: gaps, Gaps: gaps}}
	batch := []reformcycle.Change{
		reformcycle.SetCriteria{For: reformcycle.ForProblems, Criteria: criteria},
		reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "x", Evidence: &evidence, Scores: scores}},
		reformcycle.ScoreSolution{Solution: "local-1", Scores: scores},
		pilotOf("local-1"), appraisalOf("local-1"),
		reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{DecisionMakers: makers, Contributors: makers, Authorizers: makers}},
		reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "x", Name: "x", Areas: areas, Workers: 1}},
		reformcycle.EstablishBody{Body: reformcycle.Body{ID: "x", Name: "x", Tier: reformcycle.National, Members: members, Rights: rights}},
		reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "x", Name: "x", Constituency: stakeholders.NGO, Roles: roles, Commitments: commitments}},
		&held,
		reformcycle.Waive{Criterion: "learning.data", Authority: "moh", Reason: "x"},
		surveyed(),
	}
	require.NoError(t, refusalOf(c.Apply(background, office(day), batch...)))
	require.NoError(t, refusalOf(c.Apply(background, office(day), reformcycle.Renew{})))
	require.NoError(t, refusalOf(c.Apply(background, office(day),
		rate("problem.needs", 3), reformcycle.OpenWindow{Window: reformcycle.Window{ID: "w", Kind: reformcycle.Crisis, What: "x"}},
		reformcycle.Waive{Criterion: "problem.vision", Authority: "moh", Reason: "x"},
		reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "x"}},
		reformcycle.SetCriteria{For: reformcycle.ForProblems, Criteria: criteria}, reformcycle.SetCriteria{For: reformcycle.ForSolutions, Criteria: criteria},
	)))
	was := bytesOf(t, c.State())

	evidence.What, scores["reach"], scores["cost"] = "changed", 9, 9
	areas[0], members[0], gaps[0], makers[0], roles[0] = "changed", "changed", "changed", "changed", "changed"
	rights[0].Matter, criteria[0].ID, commitments[0].ID, held.Review.ID = "changed", "changed", "changed", "changed"
	batch[0] = nil
	require.Equal(t, was, bytesOf(t, c.State()), "what went in is shared")

	s := c.State()
	for _, spoil := range []func(){
		func() { s.Arrivals()[0].Times = 99 },
		func() { s.Laps()[0].Number = 99 },
		func() { s.Laps()[0].Arrivals[0].Times = 99 },
		func() { s.Laps()[0].Ratings[0].Level = 0 },
		func() { s.Windows()[0].ID = "changed" },
		func() { s.Problems()[1].Scores["reach"] = 9 },
		func() { s.Problems()[1].Evidence.What = "changed" },
		func() { s.ProblemCriteria()[0].Weight = 9 },
		func() { s.SolutionCriteria()[0].Weight = 9 },
		func() { s.Solutions()[2].Scores["reach"] = 9 },
		func() { s.Solutions()[2].Pilots[0].ID = "changed" },
		func() { s.Solutions()[2].Chosen.By = "changed" },
		func() { s.Solutions()[2].Expectation.Cost = 9 },
		func() { s.Authorities().DecisionMakers[0] = "changed" },
		func() { s.DesignChoices()[0].Choice = "changed" },
		func() { s.Rollout()[0].Areas[0] = "changed" },
		func() { s.Bodies()[0].Members[0] = "changed" },
		func() { s.Bodies()[0].Rights[0].Matter = "changed" },
		func() { s.Reviews()[0].Findings[0] = "changed" },
		func() { s.Reviews()[0].Gaps[0] = "changed" },
		func() { s.Adaptations()[0].ID = "changed" },
		func() { s.Ratings()[0].Level = 0 },
		func() { s.Waivers()[0].Reason = "changed" },
		func() { s.Debts()[0].Settled = onDay(0) },
		func() { s.OpenDebts()[0].Guard = "changed" },
		func() { s.Levels()[0] = 0 },
		func() { s.Actors().IDs()[0] = "changed" },
		func() { a, _ := s.Actors().Actor("moh"); a.Roles[0], a.Commitments[0].ID = "changed", "changed" },
		func() { s.Scorecard().Items[0].Level = 0 },
		func() { s.Diagnose().Strengths[0].Facts[0].Says.Plain = "changed" },
		func() { v, _ := s.Survey(); v.Landscape.Areas[0].ID = "changed" },
		func() { reformcycle.Components()[0] = "changed" },
		func() { reformcycle.Kinds()[0] = "changed" },
	} {
		spoil()
		require.Equal(t, was, bytesOf(t, c.State()), "what came out is shared")
	}
	require.Equal(t, reformcycle.RoleAndRecruitment, reformcycle.Components()[0])
	require.Equal(t, reformcycle.KindBegin, reformcycle.Kinds()[0])
}

func TestErrorsRepeatNoMoreThanAPersonReads(t *testing.T) {
	c, day := fullReform(t, journal.NewMemory())
	long := strings.Repeat("é", 128)
	err := untouched(t, c, office(day), reformcycle.ReleaseActor{Actor: long, Reason: "x"})
	require.Contains(t, err.Error(), strings.Repeat("é", 80)+"…")
	require.NotContains(t, err.Error(), strings.Repeat("é", 81))
	// The same refusal reads the same every time: no map decides its order.
	several := reformcycle.ScoreSolution{Solution: "local-1", Scores: reformcycle.Scores{"a": -1, "b": -1, "c": 11, "d": math.NaN(), "e": 12}}
	first := untouched(t, c, office(day), several)
	for range 50 {
		require.EqualError(t, untouched(t, c, office(day), several), first.Error())
	}
}

// What is applied can be exported, and what is exported can be imported: so no
// entry is larger than a line of a stream.
func TestAChangeHasALargestSize(t *testing.T) {
	large := reformcycle.SetCriteria{For: reformcycle.ForProblems}
	for i := range 1000 {
		large.Criteria = append(large.Criteria, reformcycle.ChoiceCriterion{ID: fmt.Sprint(i), Text: strings.Repeat("<", 4096), Weight: 1})
	}
	c, err := reformcycle.New("LARGE")
	require.NoError(t, err)
	broken(t, untouched(t, c, office(0), large), "data", "length")
}
