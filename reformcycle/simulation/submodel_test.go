package simulation

// Each submodel by itself, held against arithmetic that stands in the test.

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// waiting does nothing, and moves when the guards let it.
var waiting = tactic{"waiting", func(*View, *Allocation) {}}

// played is the first run of a scenario in full.
func played(t testing.TB, s Scenario, policy Policy) Trace {
	t.Helper()
	trace, err := compiled(t, s).Trace(policy, 1, 0)
	require.NoError(t, err)
	return trace
}

// steady is an actor that stays where it stands and gives no effort.
func steady(id string, from stakeholders.Constituency, position, power float64) CastActor {
	a := NewCastActor(id, from)
	a.Position, a.Power, a.Attachment, a.Effort = position, power, 1, 0
	return a
}

// drifting has every actor hear itself alone, so that what moves it once lasts.
func drifting(s Scenario) Scenario {
	for i := range s.Actors {
		a := &s.Actors[i]
		a.Attachment = 0
		s.Influence = append(s.Influence, Influence{a.ID, a.ID, 1})
	}
	return s
}

// rota adds an actor that stands at +7 or −7 in the months 0, 1, 2 and so on, as
// the signs say. Actors in a ring take over one another's positions; all but the
// first, whose place it returns, weigh next to nothing.
func rota(s *Scenario, id string, weight float64, signs string) (place int) {
	place = len(s.Actors)
	for i, sign := range signs {
		a := steady(id+strconv.Itoa(i), stakeholders.NGO, 7, 4)
		if sign == '-' {
			a.Position = -7
		}
		a.Attachment, a.Weight = 0, leastWeight
		s.Actors = append(s.Actors, a)
		s.Influence = append(s.Influence, Influence{a.ID, id + strconv.Itoa((i+1)%len(signs)), 1})
	}
	s.Actors[place].Weight = weight
	return place
}

// movesOf lists the moves of a run, each after its month: "3 suspend".
func movesOf(trace Trace) (all []string) {
	for _, m := range trace.Months {
		for _, v := range m.Moves {
			all = append(all, strconv.Itoa(m.Month)+" "+string(v.Name))
		}
	}
	return all
}

// An epidemic in every month: an actor that starts at 0 rises by 0.1 a month until
// it is at the end of the scale, and a quarter of what it gives is left.
func TestAnEpidemicRaisesEveryPositionAndTakesEffortAway(t *testing.T) {
	s := drifting(quiet(ministry(10)))
	s.Actors[0].Position, s.Horizon = 0, 12
	s.Shocks.Epidemic = Epidemic{Hazard: 1, Months: 1, Salience: 0.1, Capacity: 0.25}
	for _, m := range played(t, s, waiting).Months[1:] {
		position := min(1, 0.1*float64(m.Month))
		require.InDelta(t, 7*position, m.Positions[0], 1e-12, "month %d", m.Month)
		require.InDelta(t, 10*position*0.25, m.Budget, 1e-12, "month %d", m.Month)
	}
}

// An epidemic of four months is felt in the month in which it strikes and in the
// three after it; one that strikes meanwhile adds nothing to what is left of the
// first.
func TestAnotherEpidemicStartsTheCountAnew(t *testing.T) {
	s := quiet(ministry(10))
	s.Shocks.Epidemic = Epidemic{Hazard: 0.2, Months: 4, Capacity: 0.5}
	last, meanwhile, over := -4, 0, 0
	for _, m := range played(t, s, waiting).Months[1:] {
		if len(m.Shocks) > 0 {
			if m.Month-last < 4 {
				meanwhile++
			}
			last = m.Month
		}
		budget := 10.0
		if m.Month-last < 4 {
			budget = 5
		} else {
			over++
		}
		require.Equal(t, budget, m.Budget, "month %d", m.Month)
	}
	require.Positive(t, meanwhile)
	require.Positive(t, over)
}

// Of three donors two leave: the six orders in which they can do so are as likely.
func TestEachDonorIsAsLikelyToLeave(t *testing.T) {
	s := quiet(ministry(1))
	for _, id := range []string{"x", "y", "z"} {
		s.Actors = append(s.Actors, steady(id, stakeholders.BilateralDonor, 7, 4))
	}
	s.Horizon, s.Shocks.DonorExit.Hazard = 2, 0.8
	m, orders, both := compiled(t, s), map[string]float64{}, 0.0
	for i := range fewer(4000) {
		trace, err := m.Trace(waiting, 1, i)
		require.NoError(t, err)
		if left := append(trace.Months[1].Left, trace.Months[2].Left...); len(left) == 2 {
			orders[strings.Join(left, "")]++
			both++
		}
	}
	for _, order := range []string{"xy", "xz", "yx", "yz", "zx", "zy"} {
		// Five standard errors: a true model fails one time in a million.
		require.InDelta(t, 1.0/6, orders[order]/both, 5*math.Sqrt(1.0/6*5/6/both), order)
	}
}

// With half of the effect at 2 effort-months, e brings e/(e + 2) of the most that
// persuasion does, in the month after, once.
func TestPersuasionYieldsLessAndLess(t *testing.T) {
	s := drifting(quiet(ministry(10), NewCastActor("press", stakeholders.Media)))
	s.Positions.Persuasion, s.Positions.Half, s.Horizon = 0.4, 2, 3
	for effort, share := range map[float64]float64{0: 0, 1: 1.0 / 3, 2: 1.0 / 2, 6: 3.0 / 4} {
		trace := played(t, s, tactic{"once", func(o *View, a *Allocation) {
			if o.Month == 1 {
				a.Persuade(1, effort)
			}
		}})
		for month, want := range []float64{0, 0, 7 * 0.4 * share, 7 * 0.4 * share} {
			require.InDelta(t, want, trace.Months[month].Positions[1], 1e-12, "effort %g, month %d", effort, month)
		}
	}
}

func TestAnActorPullsByPowerTimesWeight(t *testing.T) {
	friend, foe := steady("friend", stakeholders.NGO, 3.5, 4), steady("foe", stakeholders.TradeUnion, -3.5, 6)
	friend.Weight, foe.Weight = 2, 0.5
	trace := played(t, quiet(friend, foe), tactic{"looks", func(o *View, _ *Allocation) {
		require.Equal(t, []float64{8, 3}, []float64{o.Actors[0].Pull, o.Actors[1].Pull})
	}})
	for _, m := range trace.Months[:2] { // the start is counted apart
		require.InDelta(t, 4*2*3.5, m.Support, 1e-12)
		require.InDelta(t, 6*0.5*3.5, m.Opposition, 1e-12)
	}
}

// The listener hears the pulls 6, 2 · 1.5, 1 and its own 7; who is told whom to hear
// does as told.
func TestAnActorHearsAllInProportionToPull(t *testing.T) {
	one, other := steady("one", stakeholders.NGO, 7, 6), steady("other", stakeholders.Media, -1.4, 2)
	listener, told := steady("listener", stakeholders.FaithBased, 5, 7), steady("told", stakeholders.FaithBased, 0, 1)
	other.Weight, listener.Attachment, told.Attachment = 1.5, 0, 0
	s := quiet(one, other, listener, told)
	s.Influence = []Influence{{"told", "one", 0.25}, {"told", "other", 0.75}}
	m := firstMonth(t, s, waiting)
	require.InDelta(t, (6*7-2*1.5*1.4+7*5+1*0)/(6+2*1.5+7+1), m.Positions[2], 1e-12)
	require.InDelta(t, 0.25*7-0.75*1.4, m.Positions[3], 1e-12)
}

// A quarter of ten effort-months, up to the month in which the commitment ends, and
// from then on nothing.
func TestACommitmentIsAShareOfEffortUntilItEnds(t *testing.T) {
	for until, months := range map[int]int{1: 1, 3: 3, 0: 12} {
		s := quiet(ministry(10))
		s.Actors[0].Commitment, s.Actors[0].Until, s.Horizon = 0.25, until, 12
		for _, m := range played(t, s, waiting).Months[1:] {
			want := 0.0
			if m.Month <= months {
				want = 10 * 0.25
			}
			require.Equal(t, want, m.Budget, "until %d, month %d", until, m.Month)
		}
	}
}

// Support is 4 · 3.5 = 14 throughout.
func TestOppositionSuspendsBeyondItsTolerance(t *testing.T) {
	for _, c := range []struct {
		tolerance, position float64 // of an opponent as strong
		suspends            bool
	}{
		{2, -5, false},
		{2, -7, false}, // 28 does not exceed twice 14
		{1.9, -7, true},
		{1, -3.5, false},
		{1, -5, true},
		{0.5, -3.5, true},
	} {
		s := quiet(steady("moh", stakeholders.MinistryOfHealth, 3.5, 4), steady("union", stakeholders.TradeUnion, c.position, 4))
		s.Start.Stage = reformcycle.SolutionGathering
		s.Opposition.Tolerance, s.Opposition.Patience, s.Horizon = c.tolerance, 3, 5
		var want []string
		if c.suspends {
			want = []string{"3 suspend"}
		}
		require.Equal(t, want, movesOf(played(t, s, waiting)), "tolerance %g, position %g", c.tolerance, c.position)
	}
}

// Patience of three months, suspension of at least one and of three at most. The
// signs say who outweighs whom from month 0 on.
func TestPatienceAndSuspensionCountMonthsInARow(t *testing.T) {
	for signs, want := range map[string][]string{
		"+--+--+":      nil,
		"+---":         {"3 suspend"},
		"+----+":       {"3 suspend", "5 resume"},
		"+---+--+":     {"3 suspend", "4 resume"},
		"+---+---+":    {"3 suspend", "4 resume", "7 suspend", "8 resume"},
		"+-------":     {"3 suspend", "6 abandon"},
		"+----+-----+": {"3 suspend", "5 resume", "8 suspend", "11 resume"},
	} {
		s := quiet()
		rota(&s, "a", 1, signs)
		s.Horizon, s.Start.Stage = len(signs)-1, reformcycle.SolutionGathering
		s.Opposition.Patience, s.Suspension.Least, s.Suspension.Limit = 3, 1, 3
		require.Equal(t, want, movesOf(played(t, s, waiting)), signs)
	}
}

// strikes writes down a run's shocks, a letter a month from month 1 on: s for a
// scandal, x for an exit, + or − for an election by what it did to the official at
// a place, ! for another, and . for none.
func strikes(trace Trace, official int) string {
	var b strings.Builder
	for _, m := range trace.Months[1:] {
		switch {
		case len(m.Shocks) == 0:
			b.WriteByte('.')
		case len(m.Shocks) > 1 || m.Shocks[0] == AnEpidemic || m.Shocks[0] == AFiscalCrisis:
			b.WriteByte('!')
		case m.Shocks[0] == AScandal:
			b.WriteByte('s')
		case m.Shocks[0] == ADonorExit:
			b.WriteByte('x')
		case m.Positions[official] > trace.Months[m.Month-1].Positions[official]:
			b.WriteByte('+')
		default:
			b.WriteByte('-')
		}
	}
	return b.String()
}

// Opposition begins in month 5 and suspends in month 8. Of the runs of a seed the
// test takes the first in which the shocks strike as they are written.
func TestASuspensionIsPutDownToTheShockThatStruckAsOppositionBegan(t *testing.T) {
	const lasting, twice = "+++++----", "+-+++----"
	for _, c := range []struct {
		signs, shocks string
		donor         float64
		want          Cause
	}{
		{lasting, "........", 7, FromOpposition},
		{lasting, "..s.....", 7, FromOpposition}, // two months before
		{lasting, "...s....", 7, FromScandal},
		{lasting, "....s...", 7, FromScandal},
		{lasting, ".....s..", 7, FromScandal},
		{lasting, "......s.", 7, FromOpposition}, // two months after
		{lasting, "...-....", 7, FromElection},
		{lasting, "...+....", 7, FromOpposition}, // government came closer
		{lasting, ".....+..", 7, FromOpposition},
		{lasting, "....x...", 7, FromDonorExit},
		{lasting, "....x...", -7, FromOpposition}, // an opponent left
		{lasting, "....x...", 0, FromOpposition},
		{lasting, "....!...", 7, FromOpposition}, // an epidemic
		{lasting, "...s.x..", 7, FromScandal},    // the later one changes nothing
		{lasting, "...x.s..", 7, FromDonorExit},
		{lasting, "..s..x..", 7, FromDonorExit},
		{lasting, "...s.+..", 7, FromScandal},
		{twice, "s.......", 7, FromOpposition}, // that was of an opposition which passed
	} {
		s := quiet()
		rota(&s, "a", 1, c.signs)
		s.Horizon, s.Opposition.Patience, s.Start.Stage = 8, 4, reformcycle.SolutionGathering
		for _, a := range []CastActor{steady("official", stakeholders.MinistryOfHealth, 0, 1), steady("donor", stakeholders.BilateralDonor, c.donor, 1)} {
			a.Weight = leastWeight
			s.Actors = append(s.Actors, a)
		}
		official := len(s.Actors) - 2
		for letters, hazard := range map[string]*float64{"s": &s.Shocks.Scandal.Hazard, "+-": &s.Shocks.Election.Hazard, "x": &s.Shocks.DonorExit.Hazard, "!": &s.Shocks.Epidemic.Hazard} {
			if strings.ContainsAny(c.shocks, letters) {
				*hazard = 0.2
			}
		}
		m := compiled(t, s)
		var trace Trace
		for i := uint64(0); i == 0 || strikes(trace, official) != c.shocks; i++ {
			require.Less(t, i, uint64(20_000), "no run is like that: %v", c)
			var err error
			trace, err = m.Trace(waiting, 1, i)
			require.NoError(t, err)
		}
		require.Equal(t, []Move{{Name: reformcycle.MoveSuspend, Cause: c.want}}, trace.Months[8].Moves, "%v", c)
	}
}

// Support outweighs by far. The cabinet comes round in month 4.
func TestAReformDoesNotResumeWhileAVetoStands(t *testing.T) {
	for veto, want := range map[bool]string{true: "4 resume", false: "1 resume"} {
		s := quiet(steady("moh", stakeholders.MinistryOfHealth, 7, 4))
		cabinet := rota(&s, "cabinet", leastWeight, "----++")
		s.Actors[cabinet].Veto = veto
		s.Start.Suspended, s.Suspension.Least, s.Horizon = true, 1, 5
		require.Equal(t, []string{want}, movesOf(played(t, s, waiting)))
	}
}

func TestAReformResumesOnlyWhenSupportExceedsOpposition(t *testing.T) {
	for position, want := range map[float64][]string{-3.5: nil, -3.4: {"1 resume"}} {
		s := quiet(steady("moh", stakeholders.MinistryOfHealth, 3.5, 4), steady("union", stakeholders.TradeUnion, position, 4))
		s.Start.Suspended, s.Suspension.Least, s.Horizon = true, 1, 5
		require.Equal(t, want, movesOf(played(t, s, waiting)), "against 3.5 stands %g", position)
	}
}

// A programme of an earlier lap loses a tenth a month although this lap has not
// launched.
func TestWhatWasLaunchedBeforeDecays(t *testing.T) {
	for launched, left := range map[bool]float64{true: 0.9, false: 1} {
		s := quiet(ministry(1))
		s.Start = Start{Stage: reformcycle.Design, Launched: launched}
		s.Criteria = []CriterionWork{{ID: "launch.supervision", Level: assessment.HighlyFunctional, Upkeep: new(0.1)}}
		m := compiled(t, s)
		at, _ := m.list.Index("launch.supervision")
		trace, err := m.Trace(tactic{"looks", func(o *View, _ *Allocation) { require.Equal(t, launched, o.Launched) }}, 1, 0)
		require.NoError(t, err)
		require.InDelta(t, left, trace.Months[1].Progress[at], 1e-12)
	}
}

// Behind launch a cycle stands where it came back from it, or in a later lap.
func TestACycleThatWentBackFromLaunchHasLaunched(t *testing.T) {
	ministry := reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "moh", Name: "Ministry of health", Constituency: stakeholders.MinistryOfHealth, Position: stakeholders.At(6), Power: 6}}
	renewal := []reformcycle.Change{ministry}
	for _, c := range reformcycle.ReformChecklist().All() {
		if c.Section == reformcycle.ManagementAndLearning.String() && !c.Advisory {
			renewal = append(renewal, reformcycle.Waive{Criterion: c.ID, Authority: "moh", Reason: "To begin anew."})
		}
	}
	for name, c := range map[string]struct {
		from     reformcycle.Stage
		changes  []reformcycle.Change
		stands   reformcycle.Stage
		launched bool
	}{
		"went back from governance": {reformcycle.Governance, []reformcycle.Change{ministry, reformcycle.Revisit{To: reformcycle.Design, Reason: "It fell apart."}}, reformcycle.Design, true},
		"went back from readiness":  {reformcycle.ProgramReadiness, []reformcycle.Change{ministry, reformcycle.Revisit{To: reformcycle.Design, Reason: "No money."}}, reformcycle.Design, false},
		"began a second lap":        {reformcycle.ManagementAndLearning, append(renewal, reformcycle.Renew{}), reformcycle.ProblemPrioritization, true},
		"stands at launch":          {reformcycle.Launch, []reformcycle.Change{ministry}, reformcycle.Launch, true},
	} {
		cycle, err := reformcycle.New("cycle", reformcycle.WithStage(c.from))
		require.NoError(t, err)
		_, err = cycle.Apply(t.Context(), reformcycle.By("office").At(dawn), c.changes...)
		require.NoError(t, err, name)
		s, err := FromState(cycle.State())
		require.NoError(t, err)
		require.Equal(t, c.stands, s.Start.Stage, name)
		require.Equal(t, c.launched, s.Start.Launched, name)
	}
}

// leanWith is the lean checklist, changed.
func leanWith(t testing.TB, change func(*assessment.Spec)) *assessment.Checklist {
	t.Helper()
	spec := assessment.Spec{Name: "changed", Version: "1", Sources: []assessment.Source{{Key: "model", Citation: "This test."}}}
	for _, c := range lean(t).All() {
		spec.Criteria = append(spec.Criteria, c)
	}
	change(&spec)
	list, err := assessment.NewChecklist(spec)
	require.NoError(t, err)
	return list
}

// Before launch stand five criteria: the first, at 2/3, with the weight 3, the
// second, at 1/3, with 2, and three of which nothing is done, with 1 each.
func TestReadinessIsTheWeightedMeanOfWhatIsRequiredBeforeLaunch(t *testing.T) {
	list := leanWith(t, func(spec *assessment.Spec) {
		spec.Criteria[0].Weight, spec.Criteria[1].Weight, spec.Criteria[6].Weight = 3, 2, 10
		advised := spec.Criteria[4]
		advised.ID, advised.Advisory = "advised", true
		spec.Criteria = slices.Insert(spec.Criteria, 5, advised)
	})
	s := quiet(ministry(0))
	s.Checklist, s.Start.Stage, s.Horizon = list.ID(), reformcycle.ProgramReadiness, 1
	for id, level := range map[string]assessment.Level{
		"problem-prioritization.done": assessment.Functional, "coalition-building.done": assessment.PartiallyFunctional,
		"advised": assessment.HighlyFunctional, "governance.done": assessment.HighlyFunctional,
	} {
		s.Criteria = append(s.Criteria, CriterionWork{ID: id, Level: level})
	}
	m, err := Compile(s, list)
	require.NoError(t, err)
	o := outcomes(t, m, tactic{"goes", func(_ *View, a *Allocation) { a.Override() }}, 1, 1)[0]
	require.InDelta(t, (3*2.0/3+2*1.0/3)/(3+2+1+1+1), o.Readiness, 1e-12)
}

// Half of one of eight required criteria is a sixteenth of the whole; what is
// advisory is not in it.
func TestOnlyProgressOnRequiredCriteriaWinsActors(t *testing.T) {
	list := leanWith(t, func(spec *assessment.Spec) {
		advised := spec.Criteria[7]
		advised.ID, advised.Advisory = "advised", true
		spec.Criteria = append(spec.Criteria, advised)
	})
	for id, gain := range map[string]float64{"problem-prioritization.done": 0.5 / 8, "advised": 0} {
		s := drifting(quiet(ministry(6), NewCastActor("press", stakeholders.Media)))
		s.Checklist, s.Positions.Progress, s.Horizon = list.ID(), 2, 3
		m, err := Compile(s, list)
		require.NoError(t, err)
		at, _ := list.Index(id)
		trace, err := m.Trace(tactic{"once", func(o *View, a *Allocation) {
			if o.Month == 1 {
				a.Work(at, 3) // of 6
			}
		}}, 1, 0)
		require.NoError(t, err)
		require.InDelta(t, 0.5, trace.Months[1].Progress[at], 1e-12)
		for month, want := range []float64{0, 0, 7 * 2 * gain, 7 * 2 * gain} {
			require.InDelta(t, want, trace.Months[month].Positions[1], 1e-12, "%s, month %d", id, month)
		}
	}
}

// What holds before anything is recorded holds in the new lap as well: here a
// checklist asks for no adaptation. Of the rest a half is carried over.
func TestARenewalLeavesWhatHoldsByItself(t *testing.T) {
	list := leanWith(t, func(spec *assessment.Spec) {
		none := spec.Criteria[7]
		none.ID, none.Kind = "learning.adaptation", assessment.Derived
		spec.Criteria = append(spec.Criteria, none)
	})
	s := quiet(ministry(0))
	s.Checklist, s.Start.Stage, s.Work.Carry, s.Horizon = list.ID(), reformcycle.ManagementAndLearning, 0.5, 1
	s.Criteria = []CriterionWork{{ID: "management-and-learning.done", Level: assessment.Functional}}
	m, err := Compile(s, list)
	require.NoError(t, err)
	trace, err := m.Trace(waiting, 1, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"1 renew"}, movesOf(trace))
	require.Equal(t, 1, trace.Outcome.Laps)
	at, _ := list.Index("learning.adaptation")
	require.InDelta(t, 2.0/3, trace.Months[1].Carried[at], 1e-12)
	at, _ = list.Index("management-and-learning.done")
	require.InDelta(t, 2.0/3/2, trace.Months[1].Carried[at], 1e-12)
}

// How ready a reform was that had launched before the run is not known, and going
// back to launch does not tell.
func TestARevisitOfLaunchSaysNothingOfReadiness(t *testing.T) {
	s := quiet(ministry(0))
	s.Start.Stage, s.Horizon = reformcycle.Governance, 2
	o := outcomes(t, compiled(t, s), tactic{"back", func(o *View, a *Allocation) {
		if o.Stage > reformcycle.Launch {
			a.Revisit(reformcycle.Launch)
		}
	}}, 1, 1)[0]
	require.Equal(t, reformcycle.Launch, o.Stage)
	require.EqualValues(t, -1, o.Readiness)
	require.Equal(t, -1, o.Debt)
}
