package reformcycle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
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

// told applies a batch and gives the refusal.
func told(c *reformcycle.Cycle, by reformcycle.Stamp, changes ...reformcycle.Change) error {
	return refusalOf(c.Apply(background, by, changes...))
}

// besides is a state as bytes, apart from the record of its corrections.
func besides(t require.TestingT, s reformcycle.State) string {
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(bytesOf(t, s)), &all))
	for _, field := range []string{"seq", "recorded", "corrections"} {
		delete(all, field)
	}
	text, err := json.Marshal(all)
	require.NoError(t, err)
	return string(text)
}

// foldsAlike holds a live cycle against the fold of its journal.
func foldsAlike(t require.TestingT, c *reformcycle.Cycle, j reformcycle.Journal) {
	folded, err := reformcycle.Open(background, j, c.ID())
	require.NoError(t, err)
	require.Equal(t, bytesOf(t, c.State()), bytesOf(t, folded.State()), "the fold is not the live state")
}

func fixed(entry uint64, change reformcycle.Change) reformcycle.Correct {
	return reformcycle.Correct{Entry: entry, Change: change, Reason: "It was mistyped"}
}

func takenBack(entry uint64) reformcycle.Retract {
	return reformcycle.Retract{Entry: entry, Reason: "It was a mistake"}
}

// What a person who mistyped wants to put right, each on a record of its own.
func TestEveryMistakeCanBePutRight(t *testing.T) {
	pilot := reformcycle.Pilot{ID: "pi", Where: "one district", Finding: reformcycle.Effective, Result: "it works", Evidence: illustrative("records")}
	actor := stakeholders.Actor{ID: "m", Name: "Ministry", Constituency: stakeholders.MinistryOfHealth, Member: true, Commitments: []stakeholders.Commitment{pledge("c", 1e9)}}
	strategy := stakeholders.Strategy{ID: "st", Name: "Talk", Kind: stakeholders.ChangePositions}
	base := []reformcycle.Change{ // entry 1 is the beginning
		reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "tpyo"}},                        // 2
		reformcycle.OpenWindow{Window: reformcycle.Window{ID: "w", Kind: reformcycle.Crisis, What: "An epidmic"}}, // 3
		reformcycle.EngageActor{Actor: actor}, // 4
		reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: "s", Name: "Vilages", Origin: reformcycle.Local}},        // 5
		reformcycle.RecordPilot{Solution: "s", Pilot: pilot},                                                                    // 6
		reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "r", Name: "First", Areas: []string{"a"}, Workers: 100000}}, // 7
		body("b", reformcycle.National, "m"),                                                                                    // 8
		review("re", reformcycle.National),                                                                                      // 9
		reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "ad", What: "More supervisors", Review: "re"}},                 // 10
		reformcycle.Deliver{Actor: "m", Commitment: "c", Amount: 1e9},                                                           // 11
		reformcycle.PlanStrategy{Strategy: strategy},                                                                            // 12
		reformcycle.ChooseSolution{Solution: "s", By: "m", Reason: "It is cheap"},                                               // 13
	}
	pilot.Finding = reformcycle.NotEffective
	renamed := actor
	renamed.Name = "Ministry of Health"
	smaller := actor
	smaller.Commitments = []stakeholders.Commitment{pledge("c", 1e6)}
	strategy.Name = "Listen"
	for _, m := range []struct {
		name   string
		word   reformcycle.Change
		stands func(s reformcycle.State) bool
	}{
		{"a problem's statement", fixed(2, reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "typo"}}),
			func(s reformcycle.State) bool { return s.Problems()[0].Statement == "typo" }},
		{"a window", fixed(3, reformcycle.OpenWindow{Window: reformcycle.Window{ID: "w", Kind: reformcycle.Crisis, What: "An epidemic"}}),
			func(s reformcycle.State) bool { return s.Windows()[0].What == "An epidemic" }},
		{"an actor's name", fixed(4, reformcycle.EngageActor{Actor: renamed}),
			func(s reformcycle.State) bool { a, _ := s.Actors().Actor("m"); return a.Name == "Ministry of Health" }},
		{"a solution", fixed(5, reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: "s", Name: "Villages", Origin: reformcycle.Local}}),
			func(s reformcycle.State) bool {
				o := s.Solutions()[0]
				return o.Name == "Villages" && len(o.Pilots) == 1 && o.Chosen != nil
			}},
		{"a pilot", fixed(6, reformcycle.RecordPilot{Solution: "s", Pilot: pilot}),
			func(s reformcycle.State) bool { return s.Solutions()[0].Pilots[0].Finding == reformcycle.NotEffective }},
		{"a rollout plan", fixed(7, reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: "r", Name: "First", Areas: []string{"a"}, Workers: 1000}}),
			func(s reformcycle.State) bool { return s.Rollout()[0].Workers == 1000 }},
		{"a body", fixed(8, body("b", reformcycle.District, "m")),
			func(s reformcycle.State) bool { return s.Bodies()[0].Tier == reformcycle.District }},
		{"a review, with an adaptation that follows from it", fixed(9, review("re", reformcycle.District)),
			func(s reformcycle.State) bool {
				return s.Reviews()[0].Tier == reformcycle.District && len(s.Adaptations()) == 1
			}},
		{"an adaptation", takenBack(10), func(s reformcycle.State) bool { return len(s.Adaptations()) == 0 }},
		{"a delivery", takenBack(11), func(s reformcycle.State) bool { a, _ := s.Actors().Actor("m"); return a.Commitments[0].Delivered == 0 }},
		{"a pledge, with what was delivered", fixed(4, reformcycle.EngageActor{Actor: smaller}),
			func(s reformcycle.State) bool {
				a, _ := s.Actors().Actor("m")
				return a.Commitments[0].Pledged == 1e6 && a.Commitments[0].Delivered == 1e9
			}},
		{"a strategy", fixed(12, reformcycle.PlanStrategy{Strategy: strategy}),
			func(s reformcycle.State) bool { return s.Strategies()[0].Name == "Listen" }},
		{"a choice", takenBack(13), func(s reformcycle.State) bool { return s.Solutions()[0].Chosen == nil }},
		{"the title", fixed(1, reformcycle.Begin{Title: "The reform", Checklist: reformcycle.ReformChecklist().ID()}),
			func(s reformcycle.State) bool { return s.Title() == "The reform" }},
	} {
		t.Run(m.name, func(t *testing.T) {
			j := journal.NewMemory()
			c, err := reformcycle.New("x", reformcycle.WithJournal(j), reformcycle.WithTitle("The refrom"))
			require.NoError(t, err)
			require.NoError(t, told(c, office(0), base...))
			require.False(t, m.stands(c.State()))
			require.NoError(t, told(c, office(1), m.word))
			assert.True(t, m.stands(c.State()))
			require.Len(t, c.State().Corrections(), 1)
			assert.True(t, c.State().Corrections()[0].Stands)
			foldsAlike(t, c, j)
		})
	}
}

// Every artefact, rating, commitment and debt leads to the entry to correct.
func TestWhatAStateHoldsNamesTheEntryThatItCameFrom(t *testing.T) {
	j := journal.NewMemory()
	c, day := fullReform(t, j)
	require.NoError(t, told(c, office(day), reformcycle.Revisit{To: reformcycle.SolutionGathering, Reason: "Another pilot"},
		reformcycle.OpenWindow{Window: reformcycle.Window{ID: "w", Kind: reformcycle.Crisis, What: "x"}},
		reformcycle.RecordPilot{Solution: "local-1", Pilot: reformcycle.Pilot{ID: "p", Where: "x", Finding: reformcycle.Effective, Result: "x", Evidence: illustrative("x")}},
		reformcycle.Commit{Actor: "moh", Commitment: pledge("more", 5)},
		reformcycle.PlanStrategy{Strategy: stakeholders.Strategy{ID: "st", Name: "x", Kind: stakeholders.ChangePositions}},
		reformcycle.ObserveStrategy{Strategy: "st", Success: stakeholders.PartSuccess, What: "x"},
		reformcycle.AppraiseSolution{Solution: "local-1", Expectation: reformcycle.Expectation{Cost: 1, Currency: "USD", Impact: "x", Feasibility: assessment.Functional, Evidence: illustrative("x")}},
		rate("solution.available", assessment.NonFunctional),
		reformcycle.Waive{Criterion: "learning.data", Authority: "moh", Reason: "x"},
		surveyed(),
		reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "x"}}))
	s, history := c.State(), entriesOf(t, c)
	seen := 0
	from := func(entry uint64, kind reformcycle.Kind) {
		t.Helper()
		seen++
		require.NotZero(t, entry)
		assert.Equal(t, kind, history[entry-1].Kind)
	}
	for _, x := range s.Problems() {
		from(x.Entry, reformcycle.KindFrameProblem)
	}
	for _, x := range s.Windows() {
		from(x.Entry, reformcycle.KindOpenWindow)
	}
	for _, x := range s.SolutionCriteria() {
		from(x.Entry, reformcycle.KindSetCriteria)
	}
	for _, x := range s.Solutions() {
		from(x.Entry, reformcycle.KindProposeSolution)
		for _, p := range x.Pilots {
			from(p.Entry, reformcycle.KindRecordPilot)
		}
		if x.Chosen != nil {
			from(x.Chosen.Entry, reformcycle.KindChooseSolution)
		}
		if x.Expectation != nil {
			from(x.Expectation.Entry, reformcycle.KindAppraiseSolution)
		}
	}
	for x := range s.Actors().All() {
		from(x.Entry, reformcycle.KindEngageActor)
		for _, p := range x.Commitments {
			if p.ID == "more" {
				from(p.Entry, reformcycle.KindCommit)
			} else {
				from(p.Entry, reformcycle.KindEngageActor)
			}
		}
	}
	from(s.Coalition().Entry, reformcycle.KindFormCoalition)
	from(s.Authorities().Entry, reformcycle.KindNameAuthorities)
	for _, x := range s.DesignChoices() {
		from(x.Entry, reformcycle.KindMapDesign)
		from(x.Validation, reformcycle.KindValidateDesign)
	}
	for _, x := range s.Rollout() {
		from(x.Entry, reformcycle.KindPlanRollout)
		if !x.Reported.IsZero() {
			from(x.Report, reformcycle.KindReportRollout)
		}
	}
	for _, x := range s.Bodies() {
		from(x.Entry, reformcycle.KindEstablishBody)
	}
	for _, x := range s.Reviews() {
		from(x.Entry, reformcycle.KindHoldReview)
	}
	for _, x := range s.Adaptations() {
		from(x.Entry, reformcycle.KindAdapt)
	}
	for _, x := range s.Strategies() {
		from(x.Entry, reformcycle.KindPlanStrategy)
		from(x.Observed.Entry, reformcycle.KindObserveStrategy)
	}
	survey, _ := s.Survey()
	from(survey.Entry, reformcycle.KindSurveyProgrammes)
	for _, x := range s.Ratings() {
		from(x.Entry, reformcycle.KindRate)
	}
	for _, x := range s.Waivers() {
		from(x.Entry, reformcycle.KindWaive)
	}
	require.NotEmpty(t, s.Debts())
	for _, x := range s.Debts() {
		from(x.Entry, reformcycle.KindAdvance)
	}
	assert.Greater(t, seen, 90)
}

// A host may not say where a thing came from.
func TestTheEntryIsTheCyclesToSay(t *testing.T) {
	c, err := reformcycle.New("x")
	require.NoError(t, err)
	a := castOf()[0]
	a.Entry = 77
	broken(t, told(c, office(0), reformcycle.EngageActor{Actor: a}), "actor.entry", "own")
	broken(t, told(c, office(0), reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "x", Entry: 78}}), "problem.entry", "own")
	a.Entry = 0
	require.NoError(t, told(c, office(0), reformcycle.EngageActor{Actor: a}, reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "x"}}))
	held, _ := c.State().Actors().Actor(a.ID)
	assert.EqualValues(t, 2, held.Entry)
	assert.EqualValues(t, 3, c.State().Problems()[0].Entry)
}

// Without a clock nothing says that a year is wrong, and with one that somebody sets
// right later nothing is shut either.
func TestACycleThatStandsFarAheadByMistakeIsBroughtBack(t *testing.T) {
	j := journal.NewMemory()
	c, err := reformcycle.New("x", reformcycle.WithJournal(j))
	require.NoError(t, err)
	at := func(year int) reformcycle.Stamp {
		return reformcycle.By("a").At(time.Date(year, 1, 2, 0, 0, 0, 0, time.UTC))
	}
	require.NoError(t, told(c, at(2206), rate("problem.needs", 3), rate("problem.vision", 3)))
	require.ErrorIs(t, told(c, at(2026), rate("problem.needs", 4)), reformcycle.ErrMoment)
	require.ErrorIs(t, told(c, at(2026), takenBack(2)), reformcycle.ErrMoment, "it leaves the cycle where it stands")
	word := reformcycle.CorrectMoment{Entry: 3, Moment: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Reason: "2026 was meant"}

	open, err := reformcycle.Open(background, j, "x", reformcycle.WithClock(func() time.Time { return time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC) }))
	require.NoError(t, err)
	require.NoError(t, told(open, reformcycle.By("b"), word))
	require.NoError(t, told(open, reformcycle.By("b"), rate("problem.needs", 4)))
	assert.Equal(t, word.Moment, open.State().Begun(), "the batch is moved as one")
	assert.Equal(t, date.MustParse("2026-01-01"), open.State().Ratings()[1].Evidence.On)
	foldsAlike(t, open, j)
}

func TestAGuardThatACorrectionFindsUnmetIsOwedSinceTheMove(t *testing.T) {
	j := journal.NewMemory()
	c, day := fullReform(t, j)
	require.NoError(t, told(c, office(day), reformcycle.Renew{Reason: "Another lap"}))
	met := c.State().Laps()[0].Met
	left := c.State().Laps()[0].Arrivals[1].First // problem prioritization, at the second arrival
	var needs, data []uint64
	for _, e := range entriesOf(t, c) {
		if change, _ := e.Change(); e.Kind == reformcycle.KindRate {
			switch change.(reformcycle.Rate).Criterion {
			case "problem.needs":
				needs = append(needs, e.Seq)
			case "learning.data":
				data = append(data, e.Seq)
			}
		}
	}
	require.NoError(t, told(c, office(day+1), fixed(needs[len(needs)-1], rate("problem.needs", assessment.NonFunctional)), fixed(data[len(data)-1], rate("learning.data", assessment.NonFunctional))))
	s := c.State()
	assert.Equal(t, 2, s.Lap(), "moves that happened stay")
	assert.Equal(t, met-2, s.Laps()[0].Met, "the tally of a finished lap is made anew")
	require.Len(t, s.OpenDebts(), 2)
	assert.Equal(t, reformcycle.Debt{Guard: "problem.needs", Stage: reformcycle.ProblemPrioritization, Lap: 1, Since: left, Entry: s.Debts()[0].Entry, ByCorrection: true}, s.Debts()[0])
	assert.Equal(t, "learning.data", s.Debts()[1].Guard)
	assert.True(t, s.Debts()[1].ByCorrection)
	foldsAlike(t, c, j)

	// It is settled as any other, and gone where the correction is put right.
	again := c.Fork()
	require.NoError(t, told(again, office(day+2), rate("problem.needs", assessment.Functional)))
	assert.Len(t, again.State().OpenDebts(), 1)
	right := fixed(needs[len(needs)-1], rate("problem.needs", assessment.Functional))
	right.Replaces = s.Seq() - 1
	require.NoError(t, told(c, office(day+2), right))
	assert.Len(t, c.State().Debts(), 1)
}

// A cycle whose journal was written by two is corrected by the one who saw what
// stands, and the other is told, retries or not.
func TestWhoIsSlowerWithACorrectionIsToldWhatStands(t *testing.T) {
	j := journal.NewMemory()
	first, err := reformcycle.New("x", reformcycle.WithJournal(j), reformcycle.WithRetries(5))
	require.NoError(t, err)
	require.NoError(t, told(first, office(0), rate("problem.needs", 3), rate("problem.vision", 3)))
	second, err := reformcycle.Open(background, j, "x", reformcycle.WithRetries(5))
	require.NoError(t, err)
	require.NoError(t, told(first, office(1), fixed(2, rate("problem.needs", 2))))
	err = told(second, office(1), fixed(2, rate("problem.needs", 1)))
	require.ErrorIs(t, err, reformcycle.ErrConflict)
	var late *reformcycle.CorrectedError
	require.ErrorAs(t, err, &late)
	assert.Equal(t, reformcycle.CorrectedError{Entry: 2, Replaces: 0, Standing: 4}, *late)
	refusal, ours := reformcycle.RefusalOf(nil, err)
	assert.True(t, ours)
	assert.Equal(t, "conflict", refusal.Code)
	assert.EqualValues(t, 2, refusal.Entry)
	assert.EqualValues(t, 4, *refusal.Stands, "what the next correction replaces")
	require.NoError(t, told(second, office(1), fixed(3, rate("problem.vision", 1))), "of another entry nobody was faster")
	require.NoError(t, first.Reload(background))
	assert.Equal(t, bytesOf(t, second.State()), bytesOf(t, first.State()))
}

func TestARefusalNamesWhatHangsUpToABound(t *testing.T) {
	c, err := reformcycle.New("x")
	require.NoError(t, err)
	changes := []reformcycle.Change{review("re", reformcycle.National)}
	for i := range 50 {
		changes = append(changes, reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: fmt.Sprint(i), What: "x", Review: "re"}})
	}
	require.NoError(t, told(c, office(0), changes...))
	err = told(c, office(1), takenBack(2))
	var hanging *reformcycle.HangingError
	require.ErrorAs(t, err, &hanging)
	require.ErrorIs(t, err, reformcycle.ErrHanging)
	require.Len(t, hanging.Hanging, 20)
	assert.Equal(t, 30, hanging.More)
	assert.EqualValues(t, 3, hanging.Hanging[0].Entry)
	assert.Contains(t, hanging.Hanging[0].Why.String(), "review")
	text, err := json.Marshal(hanging)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(text), 4096)
	assert.Contains(t, string(text), `"hanging":[{"entry":3,"kind":"adapt"`)
}

func TestACycleTakesSoManyCorrectionsAndNoMore(t *testing.T) {
	c, err := reformcycle.New("x")
	require.NoError(t, err)
	require.NoError(t, told(c, office(0), rate("problem.needs", 3)))
	all := make([]reformcycle.Change, 1000)
	for i := range all {
		word := fixed(2, rate("problem.needs", assessment.Level(1+i%4)))
		if i > 0 {
			word.Replaces = uint64(2 + i)
		}
		all[i] = word
	}
	require.NoError(t, told(c, office(1), all...))
	level, _ := c.State().Level("problem.needs")
	assert.Equal(t, assessment.HighlyFunctional, level, "the last word stands")
	last := takenBack(2)
	last.Replaces = c.State().Seq()
	broken(t, told(c, office(1), last), "corrections", "length")
}

// A snapshot of a state that was corrected since is no start for what corrected it,
// and a new one is made.
func TestCorrectionsFoldFromAnySnapshot(t *testing.T) {
	a := newAlbum()
	c, err := reformcycle.New("x", reformcycle.WithJournal(a), reformcycle.WithSnapshots(100))
	require.NoError(t, err)
	var kept []reformcycle.Snapshot
	keep := func() {
		require.NoError(t, c.Snapshot(background))
		kept = append(kept, a.snapshots["x"])
	}
	require.NoError(t, told(c, office(0), rate("problem.needs", 3), rate("problem.vision", 3)))
	keep()
	require.NoError(t, told(c, office(1), review("re", reformcycle.National)))
	keep()
	saves := a.saves
	require.NoError(t, told(c, office(2), fixed(2, rate("problem.needs", 1)), reformcycle.CorrectMoment{Entry: 4, Moment: onDay(0), Reason: "x"}))
	assert.Equal(t, saves+1, a.saves)
	assert.Equal(t, c.State().Seq(), a.snapshots["x"].Seq)
	keep()
	word := takenBack(2)
	word.Replaces = 5
	require.NoError(t, told(c, office(3), word))
	require.NoError(t, told(c, office(3), rate("problem.needs", 2)))
	want := bytesOf(t, c.State())
	for _, s := range kept {
		a.snapshots["x"] = s
		opened, err := reformcycle.Open(background, a, "x", reformcycle.WithNotes(func(n reformcycle.Note) { t.Error(n.What) }))
		require.NoError(t, err)
		assert.Equal(t, want, bytesOf(t, opened.State()), "from entry %d", s.Seq)
	}
}

func TestCorrectionsGoOutAndInAndARecordThatHangsIsCorrupt(t *testing.T) {
	j := journal.NewMemory()
	c, err := reformcycle.New("x", reformcycle.WithJournal(j))
	require.NoError(t, err)
	adapt := reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "ad", What: "x", Review: "re"}}
	require.NoError(t, told(c, office(0), review("re", reformcycle.National), adapt))
	require.NoError(t, told(c, office(1), takenBack(3), takenBack(2)))
	stream := exported(t, j, "x")
	into := journal.NewMemory()
	state, err := reformcycle.Import(background, into, bytes.NewReader(stream))
	require.NoError(t, err)
	assert.Equal(t, bytesOf(t, c.State()), bytesOf(t, state))
	assert.Equal(t, string(stream), string(exported(t, into, "x")))

	for name, spoil := range map[string]func([]reformcycle.Entry) []reformcycle.Entry{
		"an adaptation without its review": func(e []reformcycle.Entry) []reformcycle.Entry {
			e[3].Data = json.RawMessage(`{"entry":2,"reason":"x"}`)
			return e[:4]
		},
		"corrections among others": func(e []reformcycle.Entry) []reformcycle.Entry {
			e[4].Kind, e[4].Data = reformcycle.KindFrameProblem, json.RawMessage(`{"problem":{"id":"p","statement":"x"}}`)
			return e
		},
		"a word that did not stand": func(e []reformcycle.Entry) []reformcycle.Entry {
			e[4].Data = json.RawMessage(`{"entry":3,"reason":"x"}`)
			return e
		},
		"a correction of nothing": func(e []reformcycle.Entry) []reformcycle.Entry {
			e[4].Data = json.RawMessage(`{"entry":9,"reason":"x"}`)
			return e
		},
	} {
		_, err := reformcycle.Open(background, listJournal(spoil(slices.Clone(entriesOf(t, c)))), "x")
		require.ErrorIs(t, err, reformcycle.ErrCorrupt, name)
	}
}

// The laws of corrections, held against reforms at random.
func TestLawsOfCorrectionsHoldForReformsAtRandom(t *testing.T) {
	kinds := slices.DeleteFunc(reformcycle.Kinds(), func(k reformcycle.Kind) bool { return k == reformcycle.KindBegin || k == reformcycle.KindAbandon })
	var itself, twice, back, snapshots int
	rapid.Check(t, func(t *rapid.T) {
		a, now := newAlbum(), dawn
		clocked := rapid.Bool().Draw(t, "clock")
		options := []reformcycle.Option{reformcycle.WithJournal(a)}
		by := func() reformcycle.Stamp { return reformcycle.By("somebody").At(now) }
		if clocked {
			options = append(options, reformcycle.WithClock(func() time.Time { return now }))
		}
		c, err := reformcycle.New("at-random", options...)
		require.NoError(t, err)
		var kept []reformcycle.Snapshot
		step := func(changes ...reformcycle.Change) {
			now = now.Add(time.Duration(rapid.IntRange(0, 48).Draw(t, "hours")) * time.Hour)
			_ = told(c, by(), changes...)
			if c.State().Seq() > 0 && rapid.IntRange(0, 5).Draw(t, "snapshot") == 0 {
				require.NoError(t, c.Snapshot(background))
				kept = append(kept, a.snapshots["at-random"])
			}
		}
		step(rate("problem.needs", 3))
		for range rapid.IntRange(0, 5).Draw(t, "stages") {
			s := c.State()
			step(fulfil(s.Stage(), s.Lap())...)
			step(reformcycle.Advance{})
			for range rapid.IntRange(0, 3).Draw(t, "changes") {
				step(someChange(t, rapid.SampledFrom(kinds).Draw(t, "kind")))
			}
		}
		now = now.Add(time.Hour)

		// standing is what a correction of an entry has to replace, and the change that
		// stands there; nil where it was retracted.
		standing := func(c *reformcycle.Cycle, e reformcycle.Entry) (uint64, reformcycle.Change) {
			change, err := e.Change()
			require.NoError(t, err)
			words := slices.DeleteFunc(c.State().CorrectionsOf(e), func(c reformcycle.Correction) bool { return !c.Moment.IsZero() })
			if len(words) == 0 {
				return 0, change
			}
			word := words[0]
			of, err := entriesOf(t, c)[word.Entry-1].Change()
			require.NoError(t, err)
			if corrected, is := of.(reformcycle.Correct); is {
				return word.Entry, corrected.Change
			}
			return word.Entry, nil
		}
		for range 6 {
			history := entriesOf(t, c)
			e := rapid.SampledFrom(history).Draw(t, "entry")
			if slices.Contains([]reformcycle.Kind{reformcycle.KindCorrect, reformcycle.KindRetract, reformcycle.KindCorrectMoment}, e.Kind) {
				continue
			}
			replaces, change := standing(c, e)
			before := c.State()
			if change != nil {
				itself++
				same := c.Fork()
				require.NoError(t, told(same, by(), reformcycle.Correct{Entry: e.Seq, Replaces: replaces, Change: change, Reason: "Itself"}))
				require.Equal(t, besides(t, before), besides(t, same.State()), "correcting %s %d to itself changed something", e.Kind, e.Seq)
			}

			first, last := someChange(t, e.Kind), someChange(t, e.Kind)
			once, again := c.Fork(), c.Fork()
			if told(again, by(), reformcycle.Correct{Entry: e.Seq, Replaces: replaces, Change: first, Reason: "First"}) == nil {
				twice++
				after := told(again, by(), reformcycle.Correct{Entry: e.Seq, Replaces: again.State().Seq(), Change: last, Reason: "Last"})
				alone := told(once, by(), reformcycle.Correct{Entry: e.Seq, Replaces: replaces, Change: last, Reason: "Last"})
				require.Equal(t, alone == nil, after == nil, "%v, but %v", alone, after)
				if alone == nil {
					require.Equal(t, besides(t, once.State()), besides(t, again.State()), "correcting twice is not correcting to the last")
				}
			}

			other := c.Fork()
			if told(other, by(), someChange(t, rapid.SampledFrom(append(kinds, reformcycle.KindAbandon)).Draw(t, "kind"))) == nil {
				if last := other.State().Seq(); len(other.State().Corrections()) == len(before.Corrections()) {
					back++
					require.NoError(t, told(other, by(), takenBack(last)))
					require.Equal(t, besides(t, before), besides(t, other.State()), "what was retracted left a trace")
				}
			}

			// The cycle itself goes on with some correction.
			word := rapid.SampledFrom([]reformcycle.Change{
				reformcycle.Correct{Entry: e.Seq, Replaces: replaces, Change: first, Reason: "x"},
				reformcycle.Retract{Entry: e.Seq, Replaces: replaces, Reason: "x"},
				reformcycle.CorrectMoment{Entry: e.Seq, Moment: e.At.Add(time.Duration(rapid.IntRange(-30, 30).Draw(t, "moved")) * time.Hour), Reason: "x"},
			}).Draw(t, "word")
			err := told(c, by(), word)
			require.True(t, err == nil || isTyped(err), "untyped: %v", err)
			step(someChange(t, rapid.SampledFrom(kinds).Draw(t, "kind")))
		}
		want := bytesOf(t, c.State())
		for _, s := range kept {
			snapshots++
			a.snapshots["at-random"] = s
			foldsAlike(t, c, a)
		}
		delete(a.snapshots, "at-random")
		foldsAlike(t, c, a)
		past, err := c.AsOf(background, now)
		require.NoError(t, err)
		require.Equal(t, want, bytesOf(t, past))
	})
	t.Logf("%d corrected to themselves, %d twice, %d retracted, %d opened from a snapshot", itself, twice, back, snapshots)
}

// A move that was retracted comes back only while nothing stands behind it; what was
// recorded behind a move and retracted is in nobody's way.
func TestOnlyTheLastMoveIsRetractedOrComesBack(t *testing.T) {
	c, err := reformcycle.New("x")
	require.NoError(t, err)
	require.NoError(t, told(c, office(0), rate("problem.needs", 3)))
	require.NoError(t, told(c, office(1), reformcycle.Suspend{Reason: "x"}, rate("problem.needs", 4)))
	broken(t, told(c, office(2), takenBack(3)), "entry", "last")
	require.NoError(t, told(c, office(2), takenBack(4), takenBack(3)))
	assert.Equal(t, reformcycle.Active, c.State().Status())

	again := fixed(3, reformcycle.Suspend{Reason: "An epidemic"})
	again.Replaces = 6
	back := c.Fork()
	require.NoError(t, told(back, office(2), again))
	assert.Equal(t, "An epidemic", back.State().Held())
	require.NoError(t, told(c, office(2), rate("problem.needs", 2)))
	broken(t, told(c, office(3), again), "entry", "last")
}

// Moves stay where a correction would leave one without its authority: what came
// behind it is judged from where it led.
func TestWhatHangsIsJudgedFromWhereTheMovesLed(t *testing.T) {
	c, day := standingAt(t, reformcycle.SolutionGathering)
	require.NoError(t, told(c, office(day), reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "x"}}, reformcycle.Revisit{To: reformcycle.SolutionGathering, Reason: "x"}))
	last := c.State().Seq()
	moh, _ := c.State().Actors().Actor("moh")
	err := told(c, office(day), takenBack(moh.Entry))
	var hanging *reformcycle.HangingError
	require.ErrorAs(t, err, &hanging)
	var entries []uint64
	for _, h := range hanging.Hanging {
		entries = append(entries, h.Entry)
	}
	assert.Contains(t, entries, last-1, "the override of its authority hangs on it")
	assert.NotContains(t, entries, last, "the move behind it does not")
}

// Batches that were recorded at one moment are told apart, and a moment stays before
// that of the next of them all.
func TestAMomentIsThatOfItsBatchAlone(t *testing.T) {
	j := journal.NewMemory()
	c, err := reformcycle.New("x", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.NoError(t, told(c, office(0), rate("problem.needs", 3)))
	require.NoError(t, told(c, office(5), rate("problem.vision", 3), rate("problem.acknowledged", 3)))
	require.NoError(t, told(c, office(5), rate("problem.needs", 4)))
	require.NoError(t, told(c, office(9), rate("problem.needs", 2)))
	moved := func(entry uint64, day int) reformcycle.CorrectMoment {
		return reformcycle.CorrectMoment{Entry: entry, Moment: onDay(day), Reason: "x"}
	}
	var out *reformcycle.MomentError
	require.ErrorAs(t, told(c, office(9), moved(4, 6)), &out)
	assert.Equal(t, reformcycle.MomentError{What: "corrected", Moment: onDay(6), Earliest: onDay(0), Latest: onDay(5)}, *out)
	require.ErrorAs(t, told(c, office(9), moved(6, 10)), &out)
	assert.Equal(t, reformcycle.MomentError{What: "corrected", Moment: onDay(10), Earliest: onDay(5), Latest: onDay(9)}, *out, "behind the last stands the correction")
	require.ErrorAs(t, told(c, office(9), moved(1, 6)), &out)
	assert.NotContains(t, out.Error(), "no earlier than", "nothing is before the first")
	require.NoError(t, told(c, office(9), moved(4, 3)))
	assert.EqualValues(t, 3, c.State().Corrections()[0].Of, "the first of its batch")
	again := moved(3, 2)
	require.ErrorIs(t, told(c, office(9), again), reformcycle.ErrConflict)
	again.Replaces = 7
	require.NoError(t, told(c, office(9), again))
	history := entriesOf(t, c)
	for _, i := range []int{2, 3} {
		standing := c.State().CorrectionsOf(history[i])
		require.Len(t, standing, 1)
		assert.Equal(t, onDay(2), standing[0].Moment)
	}
	assert.Empty(t, c.State().CorrectionsOf(history[4]), "another batch of the same moment and author")
	// Together, batches may move further than one by one.
	both := moved(5, 8)
	further := moved(3, 7)
	further.Replaces = 8
	require.NoError(t, told(c, office(9), further, both))
	foldsAlike(t, c, j)
}

// What lies ahead is asked of input only: by the moment at which the corrected was
// recorded, or by the clock where no clock saw that.
func TestAMomentIsNotCorrectedIntoWhatWasStillToCome(t *testing.T) {
	j := journal.NewMemory()
	c, err := reformcycle.New("x", reformcycle.WithJournal(j))
	require.NoError(t, err)
	require.NoError(t, told(c, office(0), rate("problem.needs", 3)))
	now := onDay(10)
	timed, err := reformcycle.Open(background, j, "x", reformcycle.WithClock(func() time.Time { return now }))
	require.NoError(t, err)
	require.NoError(t, told(timed, reformcycle.By("a"), rate("problem.vision", 3)))
	now = onDay(20)
	word := reformcycle.CorrectMoment{Entry: 3, Moment: onDay(11), Reason: "x"}
	var out *reformcycle.MomentError
	require.ErrorAs(t, told(timed, reformcycle.By("a"), word), &out)
	assert.Equal(t, onDay(10), out.Latest)
	word.Entry, word.Moment = 2, onDay(21)
	require.ErrorAs(t, told(timed, reformcycle.By("a"), word), &out)
	assert.Equal(t, onDay(20), out.Latest)

	// Nor are dates.
	evidence := rate("problem.vision", 3)
	evidence.Evidence.On = onDate(12)
	broken(t, told(timed, reformcycle.By("a"), fixed(3, evidence)), "change.data.evidence.on", "order")

	// What a journal holds is not asked again.
	entries := entriesOf(t, timed)
	entries = append(entries, reformcycle.Entry{
		Seq: 4, At: onDay(20), Recorded: onDay(20), By: "a", Kind: reformcycle.KindCorrectMoment, Version: 1,
		Data: json.RawMessage(fmt.Sprintf(`{"entry":3,"moment":%q,"reason":"x"}`, onDay(11).Format(time.RFC3339))),
	})
	folded, err := reformcycle.Open(background, listJournal(entries), "x")
	require.NoError(t, err)
	assert.Equal(t, onDay(11), folded.State().Moment())
}

// Without a clock, a correction whose own stamp is far ahead hides nothing of what
// came behind it.
func TestAsOfGoesByMomentsAsCorrectedWhereThereWasNoClock(t *testing.T) {
	c, err := reformcycle.New("x")
	require.NoError(t, err)
	require.NoError(t, told(c, office(0), rate("problem.needs", 3)))
	require.NoError(t, told(c, office(9), fixed(2, rate("problem.needs", 4)))) // its moment is mistyped
	require.NoError(t, told(c, office(3), rate("problem.vision", 3)))
	require.NoError(t, told(c, office(5), reformcycle.CorrectMoment{Entry: 4, Moment: onDay(4), Reason: "x"}))
	for day, seq := range map[int]uint64{0: 2, 3: 2, 4: 4, 5: 5} {
		s, err := c.AsOf(background, onDay(day))
		require.NoError(t, err)
		assert.EqualValues(t, seq, s.Seq(), "day %d", day)
	}
}

func TestACycleBeginsWithNoCorrection(t *testing.T) {
	c, err := reformcycle.New("x")
	require.NoError(t, err)
	broken(t, told(c, office(0), fixed(1, reformcycle.Begin{Title: "x", Checklist: reformcycle.ReformChecklist().ID()})), "changes", "alone")
	require.Zero(t, c.State().Seq())
}

// Of a checklist's adoption the reason can be corrected; the checklist is the one that
// was adopted, with the terms that the cycle kept of it.
func TestOfAnAdoptionTheReasonIsCorrected(t *testing.T) {
	next, err := reformcycle.ReformChecklist().Derive("2.0.0", assessment.Drop("learning.data"))
	require.NoError(t, err)
	j := journal.NewMemory()
	c, err := reformcycle.New("x", reformcycle.WithJournal(j), reformcycle.WithChecklist(next), reformcycle.WithChecklist(reformcycle.ReformChecklist()))
	require.NoError(t, err)
	require.NoError(t, told(c, office(0), rate("problem.needs", 3)))
	require.NoError(t, told(c, office(1), reformcycle.AdoptChecklist{Checklist: next.ID(), Reason: "A new virsion"}))
	require.NoError(t, told(c, office(2), rate("problem.vision", 3)))
	before := c.State().JudgedBy()
	broken(t, told(c, office(2), fixed(3, reformcycle.AdoptChecklist{Checklist: reformcycle.ReformChecklist().ID(), Reason: "x"})), "change.data", "steady")
	require.NoError(t, told(c, office(2), fixed(3, reformcycle.AdoptChecklist{Checklist: next.ID(), Reason: "A new version"})))
	require.NoError(t, told(c, office(2), fixed(1, reformcycle.Begin{Checklist: reformcycle.ReformChecklist().ID(), Title: "Reform of the county"})))
	judges := c.State().JudgedBy()
	require.Len(t, judges, 2)
	assert.Equal(t, "A new version", judges[1].Reason)
	assert.Equal(t, "Reform of the county", c.State().Title())
	for i, was := range before {
		assert.Equal(t, was.Digest, judges[i].Digest, "what is kept of a checklist stands behind the corrected change")
	}
	folded, err := reformcycle.Open(background, j, "x", reformcycle.WithChecklist(next))
	require.NoError(t, err)
	assert.Equal(t, bytesOf(t, c.State()), bytesOf(t, folded.State()))
}

func TestANoticeListsTheEntriesThatWereCorrected(t *testing.T) {
	var heard [][]uint64
	c, err := reformcycle.New("x", reformcycle.WithObserver(func(n reformcycle.Notice) { heard = append(heard, n.Corrected()) }))
	require.NoError(t, err)
	require.NoError(t, told(c, office(0), rate("problem.needs", 3), rate("problem.vision", 3)))
	require.NoError(t, told(c, office(1), takenBack(3)))
	again := fixed(3, rate("problem.vision", 2))
	again.Replaces = 4
	require.NoError(t, told(c, office(1), again, fixed(2, rate("problem.needs", 2)), reformcycle.CorrectMoment{Entry: 3, Moment: onDay(-1), Reason: "x"}))
	assert.Equal(t, [][]uint64{nil, {3}, {1, 2, 3}}, heard)
}

// cutShort is a journal that lost all but its first entries while a cycle was open.
type cutShort struct {
	reformcycle.Journal
	most *uint64
}

func (j cutShort) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		for e, err := range j.Journal.Load(ctx, cycle, after) {
			if err == nil && e.Seq > *j.most || !yield(e, err) {
				return
			}
		}
	}
}

func TestACorrectionOverAJournalThatLostEntriesSaysSo(t *testing.T) {
	most := uint64(100)
	c, err := reformcycle.New("x", reformcycle.WithJournal(cutShort{journal.NewMemory(), &most}))
	require.NoError(t, err)
	require.NoError(t, told(c, office(0), rate("problem.needs", 3), rate("problem.vision", 3)))
	before := bytesOf(t, c.State())
	most = 2
	err = told(c, office(1), fixed(2, rate("problem.needs", 1)))
	var lost *reformcycle.LostError
	require.ErrorAs(t, err, &lost)
	assert.Equal(t, reformcycle.LostError{Cycle: "x", Head: 2, Known: 3, Witness: language.Of("witness.cycle")}, *lost)
	assert.Equal(t, before, bytesOf(t, c.State()))
	most = 100
	require.NoError(t, told(c, office(1), fixed(2, rate("problem.needs", 1))))
}

// A cycle that was opened from a snapshot needs the checklists of its beginning once
// it folds anew, and names the one that is missing.
func TestACorrectionNeedsTheChecklistsOfTheBeginning(t *testing.T) {
	old, next := derived(t, "1.0.0-moh.1", assessment.Drop("coalition.size")), derived(t, "2.0.0", assessment.Drop("learning.data"))
	a := newAlbum()
	c, err := reformcycle.New("x", reformcycle.WithJournal(a), reformcycle.WithChecklist(next), reformcycle.WithChecklist(old))
	require.NoError(t, err)
	require.NoError(t, told(c, office(0), rate("problem.needs", 3), reformcycle.AdoptChecklist{Checklist: next.ID(), Reason: "A new version"}))
	require.NoError(t, c.Snapshot(background))
	opened, err := reformcycle.Open(background, a, "x", reformcycle.WithChecklist(next))
	require.NoError(t, err)
	before := bytesOf(t, opened.State())
	err = told(opened, office(1), fixed(2, rate("problem.needs", 1)))
	var unknown *reformcycle.ChecklistError
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, old.ID(), unknown.Checklist)
	assert.NotErrorIs(t, err, reformcycle.ErrCorrupt)
	assert.Equal(t, before, bytesOf(t, opened.State()))
}

// A snapshot is held to what corrections can be.
func TestASnapshotOfCorrectionsThatCannotBeIsIgnored(t *testing.T) {
	a := newAlbum()
	c, err := reformcycle.New("x", reformcycle.WithJournal(a))
	require.NoError(t, err)
	require.NoError(t, told(c, office(0), rate("problem.needs", 3), rate("problem.vision", 3)))
	require.NoError(t, told(c, office(1), fixed(2, rate("problem.needs", 1)), takenBack(3)))
	require.NoError(t, c.Snapshot(background))
	good, want := a.snapshots["x"], bytesOf(t, c.State())
	first := `{"entry":4,"kind":"correct","of":2,`
	require.Contains(t, string(good.State), first)
	for name, spoilt := range map[string]string{
		"of a kind that corrects nothing": `{"entry":4,"kind":"rate","of":2,`,
		"of a kind that nobody knows":     `{"entry":4,"kind":"mend","of":2,`,
		"behind the one that follows":     `{"entry":5,"kind":"correct","of":2,`,
		"beyond the end":                  `{"entry":9,"kind":"correct","of":2,`,
		"of nothing":                      `{"entry":4,"kind":"correct","of":0,`,
		"of itself":                       `{"entry":4,"kind":"correct","of":4,`,
	} {
		s := good
		s.State = json.RawMessage(strings.Replace(string(good.State), first, spoilt, 1))
		a.snapshots["x"] = s.Sealed()
		var notes []string
		opened, err := reformcycle.Open(background, a, "x", reformcycle.WithNotes(func(n reformcycle.Note) { notes = append(notes, n.What) }))
		require.NoError(t, err, name)
		assert.Equal(t, want, bytesOf(t, opened.State()), name)
		require.Len(t, notes, 1, name)
		assert.Contains(t, notes[0], "is not legal", name)
	}
}
