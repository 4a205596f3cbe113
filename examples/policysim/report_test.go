package main

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// shakenBy is a study whose two answers are 20 and 70 of 100, and come to others
// at the low end of an assumption.
func shakenBy(first, second simulation.Estimate) *study {
	estimate := func(at float64) simulation.Estimate {
		return simulation.Estimate{At: at, Interval: assessment.Interval{Low: at - 0.02, High: at + 0.02}}
	}
	tornado := func(base float64, low simulation.Estimate) simulation.Tornado {
		return simulation.Tornado{Base: estimate(base), Swings: []simulation.Swing{
			{Factor: simulation.Factor{Parameter: "suspension.least", Low: 2, High: 18}, AtLow: low, AtHigh: estimate(base)},
		}}
	}
	rush, coalition := builtIn("rush-to-launch"), builtIn("coalition-first")
	least := span{simulation.Factor{Parameter: "suspension.least", Low: 2, High: 18}, "Made up."}
	return &study{policies: []simulation.Policy{rush, rush, coalition}, assumed: assumptions{Vary: []span{least}}, tornados: []simulation.Tornado{tornado(0.2, first), tornado(0.7, second)}}
}

func builtIn(name string) simulation.Tunable {
	s, err := simulation.NewPolicy(name, nil)
	if err != nil {
		panic(err)
	}
	return s
}

func TestOnlyWhatIsInARegisterHasAMeaning(t *testing.T) {
	s := shakenBy(simulation.Estimate{}, simulation.Estimate{})
	for _, name := range []string{"suspension.least", "policy.persuasion"} {
		says, err := s.meaning(name)
		require.NoError(t, err)
		assert.NotEmpty(t, says)
	}
	for _, name := range []string{"haste", "policy.haste"} {
		_, err := s.meaning(name)
		require.ErrorContains(t, err, name+" is in no register")
	}
	s.policies[0] = struct{ simulation.Policy }{builtIn("balanced")}
	_, err := s.meaning("policy.persuasion")
	require.Error(t, err, "a policy without parameters explains none")
}

func TestWhereThereIsNothingToTellTheReportSaysSo(t *testing.T) {
	assert.Equal(t, "No run was abandoned.\n", new(study).collapses())
	assert.Equal(t, "no run", new(study).middle(simulation.Distribution{}, 0))
}

func TestAStudyThatIsCutShortOrAskedWronglyIsNone(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	why := errors.New("no time")
	stop(why)
	_, err := research(ctx, nil, scenario(t), threeWays(t), assumptions{}, 50, 50, 1, io.Discard)
	require.ErrorIs(t, err, why)

	_, err = research(t.Context(), nil, simulation.Scenario{}, threeWays(t), assumptions{}, 50, 50, 1, io.Discard)
	require.ErrorIs(t, err, fault.ErrInvalid)

	haste := assumptions{Vary: []span{{Factor: simulation.Factor{Parameter: "haste", High: 1}}}}
	_, err = research(t.Context(), nil, scenario(t), threeWays(t), haste, 50, 50, 1, io.Discard)
	require.ErrorIs(t, err, fault.ErrInvalid)

	broken := threeWays(t)
	broken[2], err = simulation.NewTunable("broken", nil, func(_ []float64, v *simulation.View, a *simulation.Allocation) { a.Work(0, 2*v.Budget) })
	require.NoError(t, err)
	_, err = research(t.Context(), nil, scenario(t), broken, assumptions{}, 50, 50, 1, io.Discard)
	require.ErrorIs(t, err, simulation.ErrPolicy, "more than there is to spend")
}

// The answer at the top is for any numbers: it says who is ahead only where the
// intervals let it, and what turns the order round only where there is an order.
func TestTheShortAnswerSaysWhatTheStudyDoes(t *testing.T) {
	between := func(low, high float64) assessment.Interval { return assessment.Interval{Low: low, High: high} }
	s := shakenBy(simulation.Estimate{At: 0.8, Interval: between(0.78, 0.82)}, simulation.Estimate{At: 0.7, Interval: between(0.68, 0.72)})
	s.policies = threeWays(t)
	s.comparisons = make([]simulation.Comparison, len(questions))
	s.comparisons[lead] = simulation.Comparison{
		Estimates: []simulation.Estimate{{At: 0.2}, {At: 0.71}, {At: 0.7}},
		Differences: []simulation.Difference{
			{First: 0, Second: 1, At: -0.51, Interval: between(-0.55, -0.47)},
			{First: 0, Second: 2, At: -0.5, Interval: between(-0.54, -0.46)},
			{First: 1, Second: 2, At: 0.01, Interval: between(-0.01, 0.03)},
		},
	}
	s.even.Estimates = []simulation.Estimate{{At: 0.72}}
	said := func() string {
		return s.short()
	}
	assert.Equal(t, "First lap finished within 60 months, of 100 runs: launch now: 20; finance first: 71; coalition first: 70; with all effort spread evenly: 72. "+
		"Ahead of launch now in these runs: finance first and coalition first. Can’t be told apart: finance first and coalition first. "+
		"These change places at `suspension.least` 2: launch now and coalition first. See what the answer hangs on.", said())

	s.comparisons[lead].Differences[0] = simulation.Difference{First: 0, Second: 1, At: 0.3, Interval: between(0.2, 0.4)}
	s.tornados[0].Base = s.tornados[1].Base
	assert.Contains(t, said(), "Ahead of finance first in these runs: launch now.")
	assert.Contains(t, said(), "Ahead of launch now in these runs: coalition first.")
	assert.NotContains(t, said(), "change places")
}

// The first page says what turns the order round, or that nothing does, and where nothing
// was found it says that, too.
func TestThePageSaysWhatItHangsOn(t *testing.T) {
	s := shakenBy(simulation.Estimate{At: 0.8, Interval: assessment.Interval{Low: 0.78, High: 0.82}}, simulation.Estimate{At: 0.7, Interval: assessment.Interval{Low: 0.68, High: 0.72}})
	assert.Equal(t, "First lap finished within 60 months, by one assumption at a time (launch now; coalition first): "+
		"`suspension.least`, 2 to 18 (80 to 20, can’t be told apart; 70 to 70, can’t be told apart). At `suspension.least` 2 the order turns round.", s.hangs())
	s.tornados[0].Base = s.tornados[1].Base
	assert.Contains(t, s.hangs(), "None of those that were tried turns the order round.")
	s.failing = []simulation.Discovery{{Of: language.Typed("launch now misses it"), Worlds: 100, Found: 3}}
	assert.Equal(t, "- In 3 of 100 worlds: launch now misses it. That is too few, or too many, to say where.\n", s.fails())
}

// What the situation sets otherwise has its own span in the worlds; all else has that of
// the register.
func TestWorldsAreDrawnAroundTheSituation(t *testing.T) {
	a, err := readAssumptions()
	require.NoError(t, err)
	own := 0
	for i, u := range a.over() {
		registered := simulation.Uncertainties()[i]
		assert.Equal(t, registered.Parameter, u.Parameter)
		if !assert.ObjectsAreEqual(u, registered) {
			own++
			value, err := scenario(t).With(u.Parameter, u.Low)
			require.NoError(t, err)
			assert.NotEqual(t, scenario(t).Parameters(), value.Parameters())
		}
	}
	assert.Equal(t, 3, own, "suspension.debt, suspension.least and shocks.election.shift")
	for _, p := range scenario(t).Parameters() {
		for _, u := range a.over() {
			if u.Parameter == p.Name {
				assert.True(t, u.Low <= p.Value && p.Value <= u.High, "%s: what is assumed is within its span", p.Name)
			}
		}
	}
}

func TestTheReportSaysHowMuchOfBothSidesSupportsAtTheStart(t *testing.T) {
	assert.InDelta(t, 3.0*4/(3*4+2*1.5*2), support([]simulation.CastActor{
		{Position: 4, Power: 3, Weight: 1}, {Position: -2, Power: 2, Weight: 1.5}, {Position: -1, Power: 7, Weight: 9}, {Position: 0.9, Power: 7, Weight: 9},
	}), 1e-9)
	assert.EqualValues(t, 1, support(scenario(t).Actors), "nobody on record opposes")
}

func TestMonthsOfPersuasionAreThoseOfAnActiveReformThatSpendsHalfOnIt(t *testing.T) {
	month := func(status reformcycle.Status, persuasion float64) simulation.Month {
		return simulation.Month{Status: status, Budget: 4, Persuasion: []simulation.Spent{{On: "cabinet", Effort: persuasion / 2}, {On: "staff", Effort: persuasion / 2}}}
	}
	assert.Equal(t, 2, persuades(simulation.Trace{Months: []simulation.Month{
		{Status: reformcycle.Active},    // the start
		month(reformcycle.Active, 2),    // counts
		month(reformcycle.Active, 1.9),  // less than half
		month(reformcycle.Suspended, 3), // counts: it was active until the end of the month
		month(reformcycle.Suspended, 4), // suspended
		month(reformcycle.Active, 4),    // suspended until the end of the month
	}}))
}
