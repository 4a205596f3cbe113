package simulation

// What the tests of this package share.

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// quiet is a scenario in which nothing happens by chance: no noise, no shocks; debt
// costs nothing, positions go all the way in a month, and the coalition may lack
// anybody.
func quiet(actors ...CastActor) Scenario {
	s := NewScenario("quiet (illustrative)", actors...)
	s.Positions.Noise, s.Positions.Progress, s.Positions.Persuasion = 0, 0, 0
	s.Work.Spread, s.Work.Upkeep = 0, 0
	s.Positions.Pace, s.Positions.Lasting = 1, 0
	s.Suspension.Debt, s.Debt = 0, Debt{}
	s.Missing = []string{"coalition.formed", "coalition.roles", "coalition.diverse", "coalition.government-lead"}
	s.Shocks.Election.Hazard, s.Shocks.DonorExit.Hazard, s.Shocks.Epidemic.Hazard = 0, 0, 0
	s.Shocks.FiscalCrisis.Hazard, s.Shocks.Scandal.Hazard = 0, 0
	return s
}

// ministry is a member that never moves and gives so much effort each month.
func ministry(effort float64) CastActor {
	a := NewCastActor("moh", stakeholders.MinistryOfHealth)
	a.Position, a.Attachment, a.Effort, a.Member = 7, 1, effort, true
	return a
}

// seated is a quiet scenario of a ministry that leads and holds every role, in a
// coalition that lacks nobody, and of others.
func seated(effort float64, others ...CastActor) Scenario {
	moh := ministry(effort)
	moh.Roles = stakeholders.Roles()
	s := quiet(moh)
	for _, from := range []stakeholders.Constituency{stakeholders.LocalCommunity, stakeholders.NGO} {
		a := steady(string(from), from, 0, 1)
		a.Weight, a.Member = leastWeight, true
		s.Actors = append(s.Actors, a)
	}
	s.Actors = append(s.Actors, others...)
	return s
}

// lean is a checklist with one rated criterion a stage.
func lean(t testing.TB) *assessment.Checklist {
	t.Helper()
	spec := assessment.Spec{Name: "lean", Version: "1", Sources: []assessment.Source{{Key: "model", Citation: "This test."}}}
	for s := range reformcycle.Stages() {
		spec.Criteria = append(spec.Criteria, assessment.Criterion{ID: s.String() + ".done", Section: s.String(), Text: "It is done.", Kind: assessment.Rated, Sources: []string{"model"}})
	}
	list, err := assessment.NewChecklist(spec)
	require.NoError(t, err)
	return list
}

// tactic is a policy made of a function.
type tactic struct {
	name     string
	allocate func(*View, *Allocation)
}

func (s tactic) Name() string { return s.name }

func (s tactic) Allocate(o *View, a *Allocation) { s.allocate(o, a) }

// onStage puts all effort into the open criteria of the stage.
var onStage = tactic{"on-stage", func(o *View, a *Allocation) { a.SpreadEvenly(o.Stage, a.Left()) }}

// wild is a policy that does a bit of everything, picked by the month: moves
// of all kinds and effort everywhere.
func wild(pick uint64) tactic {
	return tactic{"wild", func(o *View, a *Allocation) {
		z := mix(pick + uint64(o.Month))
		for range 6 {
			a.Work(int(z%uint64(len(o.Criteria))), a.budget/8)
			z = mix(z)
		}
		a.Persuade(int(z%uint64(len(o.Actors))), a.Left()/2)
		a.SpreadEvenly(o.Stage, a.Left())
		switch z >> 60 {
		case 0, 1, 2:
			if o.Stage < reformcycle.ManagementAndLearning {
				a.Override()
			}
		case 3:
			if o.Stage > reformcycle.ProblemPrioritization {
				a.Revisit(reformcycle.Stage(1 + z%uint64(o.Stage-1)))
			}
		case 4:
			a.Hold()
		case 5:
			if o.Stage == reformcycle.ManagementAndLearning {
				a.RenewAt(reformcycle.Stage(1 + z%4))
			}
		}
	}}
}

// fewer cuts a number of repetitions under the race detector.
func fewer(n uint64) uint64 {
	if raceEnabled {
		return n / 5
	}
	return n
}

// outcomes plays some runs one after another.
func outcomes(t testing.TB, m *Model, s Policy, runs, seed uint64) []RunOutcome {
	t.Helper()
	var all []RunOutcome
	require.NoError(t, m.Each(t.Context(), s, 0, runs, seed, func(_ uint64, o *RunOutcome) { all = append(all, *o) }))
	return all
}
