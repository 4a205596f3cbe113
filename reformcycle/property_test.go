package reformcycle_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/stakeholders"
)

// The laws of a cycle, held against reforms at random: small pools of ids, so
// that references, duplicates and illegal moves all come up, and now and then a
// stage that is fulfilled, so that reforms get far.

var (
	someActors    = rapid.SampledFrom([]string{"moh", "counties", "villages", "ngo", "treasury", "stranger"})
	someIDs       = rapid.SampledFrom([]string{"a", "b", "c", "deaths-1", "local-1", "phase-a-1", "annual-1", "steering"})
	someOddIDs    = seldom(someIDs, rapid.SampledFrom([]string{"", " ", "two\nlines", "\xff"}))
	someText      = seldom(rapid.SampledFrom([]string{"Because it helps", "<b>&\u2028</b>", "Une réforme"}), rapid.Just("  "))
	someEntries   = rapid.Map(rapid.IntRange(0, 60), func(n int) uint64 { return uint64(n) })
	someStages    = rapid.Map(rapid.IntRange(0, 9), func(n int) reformcycle.Stage { return reformcycle.Stage(n) })
	someNumbers   = seldom(rapid.SampledFrom([]float64{1, 2, 3.5, 6}), rapid.SampledFrom([]float64{-8, -7, -2, 0, 10, 11}))
	someLevels    = rapid.Map(rapid.IntRange(0, 5), func(n int) assessment.Level { return assessment.Level(n) })
	someTiers     = seldom(rapid.SampledFrom([]reformcycle.Tier{reformcycle.National, reformcycle.District, reformcycle.Subnational, reformcycle.CommunityTier}), rapid.Just(reformcycle.Tier("galactic")))
	someTopics    = seldom(rapid.SampledFrom(reformcycle.Topics()), rapid.Just(reformcycle.Topic("weather")))
	someRoles     = rapid.SampledFrom(append(stakeholders.Roles(), "jester"))
	someParts     = rapid.SampledFrom(append(reformcycle.Components(), "weather"))
	someCriterion = func() *rapid.Generator[string] {
		ids := []string{"no.such"}
		for _, c := range reformcycle.ReformChecklist().All() {
			ids = append(ids, c.ID)
		}
		return rapid.SampledFrom(ids)
	}()
)

// seldom draws from odd one time in eight.
func seldom[T any](usual, odd *rapid.Generator[T]) *rapid.Generator[T] {
	return rapid.OneOf(usual, usual, usual, usual, usual, usual, usual, odd)
}

func someScores(t *rapid.T) reformcycle.Scores {
	return rapid.MapOfN(rapid.SampledFrom([]string{"reach", "cost", "beauty"}), someNumbers, 0, 1).Draw(t, "scores")
}

// someChange draws a change of a kind, as often wrong as right.
func someChange(t *rapid.T, kind reformcycle.Kind) reformcycle.Change {
	id := func(what string) string { return someOddIDs.Draw(t, what) }
	actor := func() string { return someActors.Draw(t, "actor") }
	text := func() string { return someText.Draw(t, "text") }
	number := func() float64 { return someNumbers.Draw(t, "number") }
	coin := func() bool { return rapid.Bool().Draw(t, "coin") }
	moment := func() time.Time { return onDay(rapid.IntRange(-100, 4000).Draw(t, "day")) }
	roughly := func() date.Date {
		return date.MustParse(rapid.SampledFrom([]string{moment().Format(time.DateOnly), moment().Format("2006-01"), moment().Format("2006")}).Draw(t, "date"))
	}
	switch kind {
	case reformcycle.KindBegin:
		return reformcycle.Begin{Checklist: reformcycle.ReformChecklist().ID(), Stage: someStages.Draw(t, "stage")}
	case reformcycle.KindFrameProblem:
		return reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: id("problem"), Statement: text(), Scores: someScores(t)}}
	case reformcycle.KindScoreProblem:
		return reformcycle.ScoreProblem{Problem: id("problem"), Scores: someScores(t)}
	case reformcycle.KindOpenWindow:
		return reformcycle.OpenWindow{Window: reformcycle.Window{ID: id("window"), Kind: reformcycle.Crisis, What: text(), Opens: roughly(), Closes: roughly()}}
	case reformcycle.KindFormCoalition:
		return reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: text(), Purpose: text(), Convener: actor()}}
	case reformcycle.KindEngageActor:
		return reformcycle.EngageActor{Actor: stakeholders.Actor{
			ID: actor(), Name: text(), Constituency: rapid.SampledFrom(stakeholders.Constituencies()).Draw(t, "constituency"),
			Member: coin(), Veto: coin(), Position: stakeholders.At(number()), Power: stakeholders.Power(number()),
			Roles: rapid.SliceOfN(someRoles, 0, 2).Draw(t, "roles"),
		}}
	case reformcycle.KindReleaseActor:
		return reformcycle.ReleaseActor{Actor: actor(), Reason: text()}
	case reformcycle.KindTakePosition:
		return reformcycle.TakePosition{Actor: actor(), Position: stakeholders.At(number()), Power: stakeholders.Power(number()), Reason: text()}
	case reformcycle.KindAssignRole:
		return reformcycle.AssignRole{Actor: actor(), Role: someRoles.Draw(t, "role")}
	case reformcycle.KindRelieveRole:
		return reformcycle.RelieveRole{Actor: actor(), Role: someRoles.Draw(t, "role")}
	case reformcycle.KindCommit:
		c := pledge(id("commitment"), number())
		c.Criterion = someCriterion.Draw(t, "criterion")
		return reformcycle.Commit{Actor: actor(), Commitment: c}
	case reformcycle.KindDeliver:
		return reformcycle.Deliver{Actor: actor(), Commitment: id("commitment"), Amount: number()}
	case reformcycle.KindPlanStrategy:
		return reformcycle.PlanStrategy{Strategy: stakeholders.Strategy{
			ID: id("strategy"), Name: text(), Kind: stakeholders.ChangePositions, Probability: 0.5, Owner: rapid.SampledFrom([]string{"", "moh", "a"}).Draw(t, "owner"),
			Effects: []stakeholders.Effect{{Actor: actor(), Position: stakeholders.At(number())}},
		}}
	case reformcycle.KindObserveStrategy:
		return reformcycle.ObserveStrategy{Strategy: id("strategy"), Success: stakeholders.PartSuccess, What: text()}
	case reformcycle.KindSetCriteria:
		return reformcycle.SetCriteria{
			For:      rapid.SampledFrom([]reformcycle.Subject{reformcycle.ForProblems, reformcycle.ForSolutions}).Draw(t, "for"),
			Criteria: []reformcycle.ChoiceCriterion{{ID: "reach", Text: text(), Weight: number()}, {ID: "cost", Text: text(), Weight: 1}},
		}
	case reformcycle.KindProposeSolution:
		return reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: id("solution"), Name: text(), Origin: reformcycle.Local, Scores: someScores(t)}}
	case reformcycle.KindScoreSolution:
		return reformcycle.ScoreSolution{Solution: id("solution"), Scores: someScores(t)}
	case reformcycle.KindRecordPilot:
		return reformcycle.RecordPilot{Solution: id("solution"), Pilot: reformcycle.Pilot{ID: id("pilot"), Where: text(), From: roughly(), To: roughly(), Finding: reformcycle.Effective, Result: text(), Evidence: illustrative(text())}}
	case reformcycle.KindChooseSolution:
		return reformcycle.ChooseSolution{Solution: id("solution"), By: actor(), Reason: text()}
	case reformcycle.KindAppraiseSolution:
		return reformcycle.AppraiseSolution{Solution: id("solution"), Expectation: reformcycle.Expectation{Cost: number(), Currency: "USD", Impact: text(), Feasibility: someLevels.Draw(t, "level"), Evidence: illustrative(text())}}
	case reformcycle.KindNameAuthorities:
		return reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{DecisionMakers: []string{actor()}, Contributors: []string{actor(), actor()}, Authorizers: []string{actor()}}}
	case reformcycle.KindMapDesign:
		return reformcycle.MapDesign{Choice: reformcycle.DesignChoice{Component: someParts.Draw(t, "component"), Choice: text(), Authority: actor(), Solution: rapid.SampledFrom([]string{"", "a", "local-1"}).Draw(t, "solution")}}
	case reformcycle.KindValidateDesign:
		return reformcycle.ValidateDesign{Component: someParts.Draw(t, "component"), By: actor()}
	case reformcycle.KindRate:
		return reformcycle.Rate{Criterion: someCriterion.Draw(t, "criterion"), Level: someLevels.Draw(t, "level"), Evidence: illustrative(text())}
	case reformcycle.KindWaive:
		return reformcycle.Waive{Criterion: someCriterion.Draw(t, "criterion"), Authority: actor(), Reason: text()}
	case reformcycle.KindPlanRollout:
		return reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: id("phase"), Name: text(), Areas: []string{id("area")}, Workers: int(number()), Start: roughly(), End: roughly()}}
	case reformcycle.KindReportRollout:
		return reformcycle.ReportRollout{Phase: id("phase"), Started: roughly(), Deployed: int(number())}
	case reformcycle.KindEstablishBody:
		return body(id("body"), someTiers.Draw(t, "tier"), actor())
	case reformcycle.KindDissolveBody:
		return reformcycle.DissolveBody{Body: id("body"), Reason: text()}
	case reformcycle.KindSurveyProgrammes:
		return someSurvey(t)
	case reformcycle.KindHoldReview:
		held := review(id("review"), someTiers.Draw(t, "tier"), text())
		if coin() {
			held.Review.Body, held.Review.On = id("body"), roughly()
		}
		held.Review.Every = rapid.SampledFrom([]int{0, 0, 6, 24}).Draw(t, "every")
		return held
	case reformcycle.KindAdapt:
		return reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: id("adaptation"), What: text(), Review: id("review")}}
	case reformcycle.KindHoldCommunityMeeting:
		held := meeting(id("meeting"), text())
		if coin() {
			held.Meeting.On = roughly()
		}
		return held
	case reformcycle.KindNameJurisdiction:
		return reformcycle.NameJurisdiction{Jurisdiction: reformcycle.Jurisdiction{ID: id("jurisdiction"), Name: text(), Tier: someTiers.Draw(t, "tier"), Parent: rapid.SampledFrom([]string{"", "KE"}).Draw(t, "around")}}
	case reformcycle.KindDevolve:
		return reformcycle.Devolve{Devolution: reformcycle.Devolution{Function: rapid.SampledFrom(reformcycle.Functions()).Draw(t, "function"), Tiers: rapid.SliceOfN(someTiers, 0, 2).Draw(t, "tiers"), Source: text()}}
	case reformcycle.KindAdoptPolicy:
		return reformcycle.AdoptPolicy{Policy: reformcycle.Policy{ID: id("policy"), Name: text(), From: roughly(), To: roughly(), Source: text()}}
	case reformcycle.KindLinkParent:
		return reformcycle.LinkParent{Link: reformcycle.Link{
			Parent: id("parent"), Held: reformcycle.Asks, Design: rapid.SampledFrom([]uint64{0, 7}).Draw(t, "design"),
			Needs: []reformcycle.Need{{Leaving: someStages.Draw(t, "leaving"), Stage: someStages.Draw(t, "stage"), ThisLap: coin()}},
		}}
	case reformcycle.KindNameChildren:
		return reformcycle.NameChildren{Of: reformcycle.Children{Children: []reformcycle.Child{{Cycle: id("child"), Name: text(), Population: number()}, {Cycle: "far", Name: text()}}, Year: 2019, Source: text()}}
	case reformcycle.KindObserveCycle:
		stage := someStages.Draw(t, "stage")
		return reformcycle.ObserveCycle{Observation: reformcycle.Observation{
			Cycle: id("cycle"), Seq: rapid.Uint64Range(0, 9).Draw(t, "seq"), Seen: roughly(), Stage: stage, Lap: 1, Furthest: stage, FurthestThisLap: stage,
		}}
	case reformcycle.KindDepart:
		return reformcycle.Depart{Departure: reformcycle.Departure{Component: someParts.Draw(t, "component"), Kind: rapid.SampledFrom([]reformcycle.DepartureKind{reformcycle.Adapted, reformcycle.Drifted}).Draw(t, "departure"), Reason: text()}}
	case reformcycle.KindDeclareSilence:
		return reformcycle.DeclareSilence{About: rapid.SliceOfN(someTopics, 0, 3).Draw(t, "about"), Reason: text()}
	case reformcycle.KindAdvance:
		if coin() {
			return reformcycle.Advance{Override: reformcycle.Override{Authority: actor(), Reason: text()}}
		}
		return reformcycle.Advance{}
	case reformcycle.KindRevisit:
		return reformcycle.Revisit{To: someStages.Draw(t, "stage"), Reason: text()}
	case reformcycle.KindRenew:
		return reformcycle.Renew{At: someStages.Draw(t, "stage"), Reason: text()}
	case reformcycle.KindAdoptChecklist:
		return reformcycle.AdoptChecklist{Checklist: rapid.SampledFrom([]string{reformcycle.ReformChecklist().ID(), otherChecklist.ID()}).Draw(t, "checklist"), Reason: text()}
	case reformcycle.KindSuspend:
		return reformcycle.Suspend{Reason: text()}
	case reformcycle.KindResume:
		return reformcycle.Resume{Reason: text()}
	case reformcycle.KindAbandon:
		return reformcycle.Abandon{Reason: text()}
	case reformcycle.KindCorrect:
		other := rapid.SampledFrom(reformcycle.Kinds()[:len(reformcycle.Kinds())-3]).Draw(t, "kind")
		return reformcycle.Correct{Entry: someEntries.Draw(t, "entry"), Change: someChange(t, other), Reason: text()}
	case reformcycle.KindRetract:
		return reformcycle.Retract{Entry: someEntries.Draw(t, "entry"), Replaces: seldom(rapid.Just(uint64(0)), someEntries).Draw(t, "replaces"), Reason: text()}
	case reformcycle.KindCorrectMoment:
		return reformcycle.CorrectMoment{Entry: someEntries.Draw(t, "entry"), Moment: moment(), Reason: text()}
	}
	t.Fatalf("no generator for changes of kind %q", kind)
	return nil
}

// someSurvey draws a survey of programmes: the sound one of the fixture with a
// few things changed, or one of money or of statements alone.
func someSurvey(t *rapid.T) reformcycle.SurveyProgrammes {
	coin := func(what string) bool { return rapid.Bool().Draw(t, what) }
	if coin("bare") {
		s := vertical(max(0, someNumbers.Draw(t, "tied")), max(0, someNumbers.Draw(t, "free")))
		s.Survey.Landscape.Statements = append(s.Survey.Landscape.Statements, statement(rapid.SampledFrom(landscape.Aspects()).Draw(t, "aspect"), coin("holds")))
		return s
	}
	s := surveyed(func(l *landscape.Landscape) {
		l.Programmes[1].Mechanism = rapid.SampledFrom([]string{"board", "club", ""}).Draw(t, "mechanism")
		l.Cadres[1].Supervision = rapid.SampledFrom([]string{"district", "charity", ""}).Draw(t, "line")
		l.Cadres[1].Pay.High = 50 + max(0, someNumbers.Draw(t, "pay"))
		l.Cadres[0].Standing = rapid.SampledFrom([]landscape.Standing{landscape.New, landscape.Community}).Draw(t, "standing")
		l.Posts = slices.Delete(l.Posts, 0, rapid.IntRange(0, 3).Draw(t, "posts"))
		l.Areas[0].ID = seldom(rapid.Just("north"), rapid.SampledFrom([]string{"", "south", "nowhere"})).Draw(t, "area")
	})
	s.Survey.Evidence = illustrative(someText.Draw(t, "text"))
	return s
}

// reformAtRandom is a cycle under test with what it should be.
type reformAtRandom struct {
	journal *journal.Memory
	cycle   *reformcycle.Cycle
	now     time.Time
	// known holds the state, as bytes, that each moment of recording left.
	known map[time.Time]string
	// last is the state, as bytes, that the last batch left.
	last string
}

func (r *reformAtRandom) entries(t *rapid.T) []reformcycle.Entry {
	all := []reformcycle.Entry{}
	for e, err := range r.journal.Load(background, r.cycle.ID(), 0) {
		require.NoError(t, err)
		all = append(all, e)
	}
	return all
}

// apply applies a batch and holds every law against what came of it.
func (r *reformAtRandom) apply(t *rapid.T, by reformcycle.Stamp, changes ...reformcycle.Change) error {
	before, was := r.cycle.State(), r.last
	if was == "" {
		was = bytesOf(t, before)
	}
	had := r.entries(t)
	alone := r.cycle.Fork()
	sibling := r.cycle.Fork()

	_, err := r.cycle.Apply(background, by, changes...)
	has := r.entries(t)
	require.Equal(t, was, bytesOf(t, before), "a state that was handed out changed")
	if err != nil {
		require.True(t, isTyped(err), "untyped refusal: %v", err)
		require.True(t, before == r.cycle.State(), "a refused batch changed the state")
		require.Equal(t, had, has, "a refused batch reached the journal")
		_, forked := sibling.Apply(background, by, changes...)
		require.EqualError(t, forked, err.Error(), "a fork judges otherwise")
		return err
	}
	require.Equal(t, had, has[:len(had)], "the journal's past changed")
	now := bytesOf(t, r.cycle.State())
	r.known[r.now.UTC()], r.last = now, now

	folded, openErr := reformcycle.Open(background, r.journal, r.cycle.ID(), withOther, reformcycle.WithClock(func() time.Time { return r.now }))
	require.NoError(t, openErr)
	require.Equal(t, now, bytesOf(t, folded.State()), "the fold of the journal is not the live state")
	require.Equal(t, soundDiagnosis(t, r.cycle.State()), diagnosed(t, folded.State()), "the fold is diagnosed otherwise")

	require.NoError(t, refusalOf(sibling.Apply(background, by, changes...)), "a fork judges otherwise")
	require.Equal(t, now, bytesOf(t, sibling.State()))
	require.Equal(t, has, r.entries(t), "a fork wrote to the journal")

	if last := has[len(has)-1].Kind; last == reformcycle.KindCorrect || last == reformcycle.KindRetract || last == reformcycle.KindCorrectMoment {
		return nil // corrections stand or fall together
	}
	for _, e := range has[len(had):] {
		r.step(t, alone, e)
	}
	require.Equal(t, now, bytesOf(t, alone.State()), "one by one comes to something else than together")
	return nil
}

// step applies one entry of a batch alone and holds the laws of moves and debts.
func (r *reformAtRandom) step(t *rapid.T, alone *reformcycle.Cycle, e reformcycle.Entry) {
	raw, err := json.Marshal(e)
	require.NoError(t, err)
	parsed, err := reformcycle.ParseEntry(raw)
	require.NoError(t, err)
	require.Equal(t, e, parsed)
	change, err := e.Change()
	require.NoError(t, err)
	if e.Kind == reformcycle.KindBegin {
		return // the first change that is applied begins the cycle
	}

	before := alone.State()
	owed := map[string]bool{}
	for _, d := range before.OpenDebts() {
		require.False(t, owed[d.Guard], "%s is owed twice", d.Guard)
		owed[d.Guard] = true
	}
	required := unmetBehind(change, before.At(e.At))
	require.NoError(t, refusalOf(alone.Apply(background, reformcycle.By(e.By).At(e.At), change)))
	after := alone.State()

	name := moveOf(change)
	if name == "" {
		require.Equal(t, before.Standing(), after.Standing(), "%s moved the cycle", e.Kind)
		require.Equal(t, before.Lap(), after.Lap())
	} else {
		line := reformcycle.Transition{Move: name, From: before.Standing(), To: after.Standing()}
		require.Contains(t, slices.Collect(reformcycle.Table()), line)
	}

	require.GreaterOrEqual(t, len(after.Debts()), len(before.Debts()))
	open := map[string]bool{}
	for _, d := range after.OpenDebts() {
		open[d.Guard] = true
		require.False(t, guardMet(after, d.Guard), "%s is met and still owed", d.Guard)
	}
	for guard := range owed {
		_, asked := after.Level(guard)
		require.True(t, open[guard] || guardMet(after, guard) || !asked && guard != reformcycle.CoalitionVeto, "the debt of %s is gone and its guard unmet", guard)
	}
	for guard := range required {
		require.True(t, open[guard] || guardMet(after, guard), "%s was left unmet by %s and nobody owes it", guard, e.Kind)
	}
}

// unmetBehind gives the guards that a move leaves unmet behind itself.
func unmetBehind(c reformcycle.Change, s reformcycle.State) map[string]bool {
	left := map[string]bool{}
	switch m := c.(type) {
	case reformcycle.Advance:
		if m.Override != (reformcycle.Override{}) {
			for _, b := range s.BlockersFor(reformcycle.Advance{}) {
				left[b.Guard] = true
			}
		}
	case reformcycle.Renew:
	default:
		return nil
	}
	for _, w := range s.Waivers() {
		criterion, _ := s.Checklist().Criterion(w.Criterion)
		if criterion.Section == s.Stage().String() && !guardMet(s, w.Criterion) {
			left[w.Criterion] = true
		}
	}
	return left
}

func guardMet(s reformcycle.State, guard string) bool {
	if guard == reformcycle.CoalitionVeto {
		return !s.Actors().HasVetoOpponent()
	}
	level, ok := s.Level(guard)
	criterion, _ := s.Checklist().Criterion(guard)
	return ok && criterion.Met(level)
}

func moveOf(c reformcycle.Change) reformcycle.MoveName {
	switch m := c.(type) {
	case reformcycle.Advance:
		if m.Override != (reformcycle.Override{}) {
			return reformcycle.MoveOverride
		}
		return reformcycle.MoveAdvance
	case reformcycle.Revisit, reformcycle.Renew, reformcycle.Suspend, reformcycle.Resume, reformcycle.Abandon:
		return reformcycle.MoveName(c.Kind())
	default:
		return ""
	}
}

// otherChecklist is one that a reform at random may move to.
var otherChecklist = func() *assessment.Checklist {
	list, err := reformcycle.ReformChecklist().Derive("2.0.0", assessment.Drop("coalition.size"), assessment.Drop("launch.phased"),
		assessment.SetThreshold("problem.needs", assessment.HighlyFunctional), assessment.MakeRequired("problem.window"), assessment.MakeAdvisory("design.choices"),
		assessment.Add(assessment.Criterion{ID: "problem.law", Section: "problem-prioritization", Text: "The law allows it.", Kind: assessment.Rated, Sources: []string{"model"}}))
	if err != nil {
		panic(err)
	}
	return list
}()

var withOther = reformcycle.WithChecklist(otherChecklist)

func TestLawsHoldForReformsAtRandom(t *testing.T) {
	kinds := reformcycle.Kinds()
	// An abandoned cycle is soon dull: abandoning is one of the rarer changes.
	frequent := slices.DeleteFunc(slices.Clone(kinds), func(k reformcycle.Kind) bool { return k == reformcycle.KindAbandon })
	anyKind := rapid.OneOf(rapid.SampledFrom(frequent), rapid.SampledFrom(frequent), rapid.SampledFrom(frequent), rapid.SampledFrom(kinds))

	var refused, applied, laps, deepest int
	rapid.Check(t, func(t *rapid.T) {
		r := &reformAtRandom{journal: journal.NewMemory(), now: dawn, known: map[time.Time]string{}}
		options := []reformcycle.Option{withOther, reformcycle.WithChecklist(reformcycle.ReformChecklist()), reformcycle.WithJournal(r.journal), reformcycle.WithClock(func() time.Time { return r.now })}
		if began := rapid.IntRange(-8, 8).Draw(t, "begins at"); began > 0 {
			options = append(options, reformcycle.WithStage(reformcycle.Stage(began)))
		}
		var err error
		r.cycle, err = reformcycle.New("at-random", options...)
		require.NoError(t, err)
		by := reformcycle.By("somebody")

		batch := func(t *rapid.T) {
			r.now = r.now.Add(time.Duration(rapid.IntRange(0, 40*24).Draw(t, "hours")) * time.Hour)
			stamp := by
			if rapid.IntRange(0, 3).Draw(t, "stamped") == 0 {
				stamp = by.At(r.now.Add(-time.Duration(rapid.IntRange(-2, 24*5).Draw(t, "ago")) * time.Hour))
			}
			changes := make([]reformcycle.Change, seldom(rapid.Just(1), rapid.IntRange(2, 4)).Draw(t, "changes"))
			for i := range changes {
				changes[i] = someChange(t, anyKind.Draw(t, "kind"))
			}
			if r.apply(t, stamp, changes...) != nil {
				refused++
			} else {
				applied++
			}
		}
		// stage fulfils where the reform stands and goes on, if what happened
		// before lets it.
		stage := func(t *rapid.T) {
			r.now = r.now.Add(24 * time.Hour)
			s := r.cycle.State()
			if s.Status() == reformcycle.Suspended {
				_ = r.apply(t, by, reformcycle.Resume{Reason: "It is over"})
			}
			for _, c := range fulfil(s.Stage(), s.Lap()) {
				if _, again := r.cycle.Fork().Apply(background, by, c); again == nil {
					require.NoError(t, refusalOf(r.cycle.Apply(background, by, c)))
				}
			}
			r.last = bytesOf(t, r.cycle.State())
			if r.cycle.State().Seq() > 0 {
				r.known[r.now.UTC()] = r.last
			}
			var on reformcycle.Change = reformcycle.Advance{}
			if s.Stage() == reformcycle.ManagementAndLearning {
				on = reformcycle.Renew{At: reformcycle.Stage(rapid.IntRange(0, 4).Draw(t, "at"))}
			}
			if err := r.apply(t, by, on); errors.Is(err, reformcycle.ErrBlocked) && r.cycle.State().Actors().Has("moh") {
				_ = r.apply(t, by, reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "The window closes"}})
			}
		}
		fork := func(t *rapid.T) {
			was, had := bytesOf(t, r.cycle.State()), r.entries(t)
			what := r.cycle.Fork()
			_, _ = what.Apply(background, by, someChange(t, anyKind.Draw(t, "kind")))
			_, _ = what.Fork().Apply(background, by, someChange(t, anyKind.Draw(t, "kind")))
			require.Equal(t, was, bytesOf(t, r.cycle.State()), "a fork reached the original")
			require.Equal(t, had, r.entries(t))
		}
		if rapid.Bool().Draw(t, "known actors") {
			require.NoError(t, r.apply(t, by, fulfil(reformcycle.CoalitionBuilding, 1)...))
		}
		t.Repeat(map[string]func(*rapid.T){"batch": batch, "batch again": batch, "stage": stage, "stage again": stage, "fork": fork})

		moments := slices.SortedFunc(maps.Keys(r.known), time.Time.Compare)
		for range min(3, len(moments)) {
			recorded := rapid.SampledFrom(moments).Draw(t, "recorded")
			past, err := r.cycle.AsOf(background, recorded)
			require.NoError(t, err)
			require.Equal(t, r.known[recorded], bytesOf(t, past), "as of %s", recorded)
			prefix := slices.DeleteFunc(r.entries(t), func(e reformcycle.Entry) bool { return e.Recorded.After(recorded) })
			folded, err := reformcycle.Open(background, listJournal(prefix), "at-random", withOther)
			require.NoError(t, err)
			require.Equal(t, r.known[recorded], bytesOf(t, folded.State()))
		}
		laps = max(laps, r.cycle.State().Lap())
		for _, a := range r.cycle.State().Arrivals() {
			deepest = max(deepest, int(a.Stage))
		}
	})
	t.Logf("%d batches applied, %d refused, up to lap %d, up to %s", applied, refused, laps, reformcycle.Stage(deepest))
}

// The walk that fulfils every stage reaches a third lap, whatever stage each new
// lap begins at, and the laws hold at every step.
func TestLawsHoldOverSeveralLaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &reformAtRandom{journal: journal.NewMemory(), now: dawn, known: map[time.Time]string{}}
		var err error
		r.cycle, err = reformcycle.New("several-laps", reformcycle.WithJournal(r.journal), reformcycle.WithClock(func() time.Time { return r.now }))
		require.NoError(t, err)
		by := reformcycle.By("somebody")
		for r.cycle.State().Lap() < 3 {
			r.now = r.now.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "days"))
			s := r.cycle.State()
			changes := fulfil(s.Stage(), s.Lap())
			if s.Stage() > reformcycle.CoalitionBuilding && rapid.IntRange(0, 2).Draw(t, "waive") == 0 {
				if ids := rated(s.Stage()); len(ids) > 0 {
					waived := ids[0]
					changes = slices.DeleteFunc(changes, func(c reformcycle.Change) bool {
						r, is := c.(reformcycle.Rate)
						return is && r.Criterion == waived
					})
					changes = append(changes, reformcycle.Waive{Criterion: waived, Authority: "moh", Reason: "It can wait"})
				}
			}
			if s.Stage() == reformcycle.ManagementAndLearning {
				changes = append(changes, reformcycle.Renew{At: reformcycle.Stage(rapid.IntRange(0, 4).Draw(t, "at"))})
			} else {
				changes = append(changes, reformcycle.Advance{})
			}
			require.NoError(t, r.apply(t, by, changes...))
		}
	})
}
