package reformcycle_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/stakeholders"
)

// A review counts for twelve months. Asked as of a day after that, the past says
// that it had lapsed, though nothing was recorded on that day.
func TestThePastIsJudgedAtTheMomentAsked(t *testing.T) {
	c, _ := fullReform(t, journal.NewMemory())
	last := c.State().Moment()
	level := func(at time.Time) assessment.Level {
		past, err := c.AsOf(background, at)
		require.NoError(t, err)
		assert.Equal(t, at, past.JudgedAt())
		l, _ := past.Level("learning.review")
		return l
	}
	assert.Equal(t, assessment.Functional, level(last))
	assert.NotEqual(t, assessment.Functional, level(last.AddDate(2, 0, 0)))
}

// Authorities who have left decide nothing: the guard says so, and names the list
// that is empty.
func TestAuthoritiesHaveToBeThere(t *testing.T) {
	c, day := standingAt(t, reformcycle.Design)
	require.NoError(t, refusalOf(c.Apply(background, office(day),
		reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "board", Name: "Design board", Constituency: stakeholders.MinistryOfHealth}},
		reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{DecisionMakers: []string{"board"}, Contributors: []string{"ngo"}, Authorizers: []string{"moh"}}})))
	level, _ := c.State().Level("design.authorities")
	require.Equal(t, assessment.Functional, level)

	require.NoError(t, refusalOf(c.Apply(background, office(day), reformcycle.ReleaseActor{Actor: "board", Reason: "Dissolved."})))
	level, _ = c.State().Level("design.authorities")
	assert.Equal(t, assessment.PartiallyFunctional, level)
	for _, b := range c.Now().Blockers() {
		if b.Guard == "design.authorities" {
			assert.Equal(t, []string{"decision makers"}, inEnglish(b.Missing))
		}
	}
}

// A renewal is not guarded by the coalition, so it makes no debt of it either.
func TestARenewalOwesOnlyWhatGuardsIt(t *testing.T) {
	c, day := fullReform(t, journal.NewMemory())
	require.NoError(t, refusalOf(c.Apply(background, office(day),
		reformcycle.TakePosition{Actor: "treasury", Position: stakeholders.At(-7), Power: 7, Reason: "The budget."},
		reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "rivals", Name: "Rivals", Constituency: stakeholders.PrivateSector, Position: stakeholders.At(-7), Power: 7, Weight: 10}},
		reformcycle.Waive{Criterion: "coalition.feasible", Authority: "moh", Reason: "For now."},
		reformcycle.Renew{})))
	assert.Empty(t, c.State().OpenDebts())
}

// Whatever a suspended cycle proposes, it takes.
func TestASuspendedCycleProposesNothingThatItRefuses(t *testing.T) {
	c, day := standingAt(t, reformcycle.SolutionGathering)
	require.NoError(t, refusalOf(c.Apply(background, office(day),
		reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "A window."}},
		reformcycle.Suspend{Reason: "A crisis."})))
	require.NotEmpty(t, c.State().OpenDebts())
	for _, a := range c.Now().NextActions() {
		assert.NotEqual(t, reformcycle.KindSetCriteria, a.Change, a.Do)
		assert.NotEqual(t, reformcycle.KindProposeSolution, a.Change, a.Do)
	}
}

func TestAHostsOwnMoveIsNoMove(t *testing.T) {
	c, _ := standingAt(t, reformcycle.Design)
	blockers := c.Now().BlockersFor(struct{ reformcycle.Move }{})
	require.Len(t, blockers, 1)
	assert.Equal(t, "move", blockers[0].Guard)

	var zero reformcycle.Cycle
	assert.ErrorIs(t, zero.Reload(background), reformcycle.ErrInvalid)
	assert.ErrorIs(t, zero.Snapshot(background), reformcycle.ErrInvalid)
}
