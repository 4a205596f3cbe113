package reformcycle_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/stakeholders"
)

// Recorded never goes back, whoever has a clock: what a cycle without one records
// after one with, is recorded no earlier.
func TestWithoutAClockNothingIsRecordedBeforeWhatCameBefore(t *testing.T) {
	j := journal.NewMemory()
	clocked, err := reformcycle.New("x", reformcycle.WithJournal(j), reformcycle.WithClock(func() time.Time { return onDay(100) }))
	require.NoError(t, err)
	require.NoError(t, refusalOf(clocked.Apply(background, office(0), needs(assessment.Functional))))
	plain, err := reformcycle.Open(background, j, "x")
	require.NoError(t, err)
	require.NoError(t, refusalOf(plain.Apply(background, office(1), needs(assessment.PartiallyFunctional))))
	assert.Equal(t, onDay(100), plain.State().Recorded())
	assert.Equal(t, onDay(1), plain.State().Moment())
}

func TestAPhaseIsWrittenAndReadByName(t *testing.T) {
	for phase, text := range map[reformcycle.Phase]string{0: "", reformcycle.Politics: "politics", reformcycle.Learning: "learning"} {
		written, err := phase.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, text, string(written))
		read := reformcycle.Solutions
		require.NoError(t, read.UnmarshalText([]byte(text)))
		assert.Equal(t, phase, read)
	}
	_, err := reformcycle.Phase(9).MarshalText()
	assert.ErrorIs(t, err, reformcycle.ErrInvalid)
	assert.ErrorIs(t, new(reformcycle.Phase).UnmarshalText([]byte("spring")), reformcycle.ErrInvalid)
}

// What a host's rule leaves out is an empty list, and not null.
func TestAQuestionThatNeedsNothingHasAnEmptyList(t *testing.T) {
	rules, err := reformcycle.Rules{}.Cite(assessment.Source{Key: "model", Citation: "Ours"})
	require.NoError(t, err)
	rules, err = rules.With(hostRule("open", func(reformcycle.State, reformcycle.Rule) reformcycle.Verdict {
		return reformcycle.Verdict{Outcome: reformcycle.Unclear}
	}))
	require.NoError(t, err)
	c, _ := standingAt(t, reformcycle.Design, reformcycle.WithRules(rules))
	b, err := json.Marshal(c.State().Diagnose().Questions)
	require.NoError(t, err)
	assert.Contains(t, string(b), `"needs":[]`)
}

// A fact cites the source of its own criterion's rating.
func TestAFactCitesTheSourceOfItsOwnRating(t *testing.T) {
	c, day := standingAt(t, reformcycle.Governance)
	broken := rate("governance.authority", assessment.NonFunctional)
	broken.Evidence.Source = "the auditor"
	require.NoError(t, refusalOf(c.Apply(background, office(day), broken, rate("governance.strategy", assessment.Functional), rate("governance.accountability", assessment.Functional))))
	f, fires := c.State().Diagnose().Finding("weak-government-lead")
	require.True(t, fires)
	assert.Equal(t, "the auditor", f.Facts[0].Source)
}

// Both a rating and what counts together are told by a scorecard.
func TestAScorecardSumsUpThePackagesOfTheChecklist(t *testing.T) {
	spec := reformcycle.ReformChecklist().Spec()
	spec.Version = "2.0.0"
	spec.Packages = []assessment.Package{{ID: "pair", Items: []string{"problem.needs", "problem.vision"}, Sources: []string{"chen2021"}}}
	list, err := assessment.NewChecklist(spec)
	require.NoError(t, err)
	c, err := reformcycle.New("x", reformcycle.WithChecklist(list))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), needs(assessment.Functional))))
	card := c.State().Scorecard()
	require.Len(t, card.Packages, 1)
	assert.Equal(t, "pair", card.Packages[0].Package)
	assert.Equal(t, 1, card.Packages[0].Met)
}

// The new lap is judged by the checklist that its renewal names, and its own history
// says so.
func TestALapRemembersTheChecklistThatItsRenewalNamed(t *testing.T) {
	spec := reformcycle.ReformChecklist().Spec()
	spec.Version = "2.0.0"
	list, err := assessment.NewChecklist(spec)
	require.NoError(t, err)
	j := journal.NewMemory()
	built := reformcycle.ReformChecklist().ID()
	first, err := reformcycle.New("x", reformcycle.WithJournal(j))
	require.NoError(t, err)
	day := walkTo(t, first, reformcycle.ManagementAndLearning, 1)
	require.NoError(t, refusalOf(first.Apply(background, office(day), fulfil(reformcycle.ManagementAndLearning, 1)...)))
	c, err := reformcycle.Open(background, j, "x", reformcycle.WithChecklist(list))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(day), reformcycle.Renew{Checklist: list.ID()})))
	assert.Equal(t, built, c.State().Laps()[0].Checklist)
	var written struct{ Checklist string }
	require.NoError(t, json.Unmarshal([]byte(bytesOf(t, c.State())), &written))
	assert.Equal(t, list.ID(), written.Checklist)
}

func TestAJournalThatKeepsNoSnapshotYetIsNothingToNote(t *testing.T) {
	a := newAlbum()
	c, err := reformcycle.New("x", reformcycle.WithJournal(a))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0), needs(assessment.Functional))))
	_, err = reformcycle.Open(background, a, "x", reformcycle.WithNotes(func(n reformcycle.Note) { t.Errorf("noted: %s", n.What) }))
	require.NoError(t, err)
}

func TestWhatCameOfAStrategyIsHandedOutAsACopy(t *testing.T) {
	c, day := standingAt(t, reformcycle.SolutionGathering)
	require.NoError(t, refusalOf(c.Apply(background, office(day), reformcycle.PlanStrategy{Strategy: stakeholders.Strategy{
		ID: "case", Name: "Investment case", Kind: stakeholders.ChangePositions, Probability: 0.25,
		Effects: []stakeholders.Effect{{Actor: "treasury", Position: stakeholders.At(2)}},
	}}, reformcycle.ObserveStrategy{Strategy: "case", Success: stakeholders.PartSuccess, What: "It no longer objects."})))
	c.State().Strategies()[0].Observed.What = "changed"
	assert.Equal(t, "It no longer objects.", c.State().Strategies()[0].Observed.What)
}

// The opponent at −4 with power 3 weighs 3 × (1 + 4) = 15, for winning it takes from
// the opposition and adds to the support; the actor at 0 with power 6 weighs 6.
func TestWhoOpposesIsToBeWonBeforeWhoIsNotMobilised(t *testing.T) {
	c, err := reformcycle.New("x", reformcycle.WithStage(reformcycle.CoalitionBuilding))
	require.NoError(t, err)
	require.NoError(t, refusalOf(c.Apply(background, office(0),
		actor("idle", stakeholders.NGO, false, 0, 6), actor("foe", stakeholders.TradeUnion, false, -4, 3))))
	for _, a := range c.State().NextActions() {
		if a.Guard == "coalition.feasible" {
			require.Len(t, a.Whom, 2)
			assert.Equal(t, []string{"foe", "idle"}, []string{a.Whom[0].Actor, a.Whom[1].Actor})
			return
		}
	}
	t.Fatal("nothing is to be done about feasibility")
}
