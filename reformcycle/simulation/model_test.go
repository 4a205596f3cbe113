package simulation

// The checks that the model is what it says.

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// A criterion of difficulty 6 is met at 2/3, so after 4 effort-months; with 1.5
// a month, in month 3 (2.67 rounded up). Eight stages of one criterion each: the
// k-th stage is entered in month 3(k−1), and the new lap begins in month 24,
// where half of 0.75 is carried over. From 0.375 on, 0.25 a month: 2 months a
// stage.
func TestStageTimesAreThoseComputedByHand(t *testing.T) {
	s := quiet(ministry(1.5))
	s.Checklist, s.Work.Rated, s.Work.Carry = "lean@1", 6, 0.5
	m, err := Compile(s, lean(t))
	require.NoError(t, err)
	trace, err := m.Trace(onStage, 1, 0)
	require.NoError(t, err)
	for stage := range reformcycle.Stages() {
		require.Equal(t, 3*(int(stage)-1), trace.Outcome.Entered[stage], stage)
	}
	require.Equal(t, 2, trace.Months[24].Lap)
	require.Equal(t, reformcycle.ProblemPrioritization, trace.Months[24].Stage)
	require.Equal(t, reformcycle.ManagementAndLearning, trace.Months[24+14].Stage)
	require.NotEqual(t, reformcycle.ManagementAndLearning, trace.Months[24+13].Stage)
}

// Without nudges and noise the positions converge to (I − (I−Λ)W)⁻¹ Λ p⁰.
func TestPositionsConvergeToTheFriedkinJohnsenEquilibrium(t *testing.T) {
	first := []float64{6, -4, 2, -6, 0}
	attachment := []float64{0.3, 0.5, 0.1, 0.8, 0.25}
	weights := [][]float64{{0, .5, .5, 0, 0}, {.25, .25, .25, .25, 0}, {.1, .2, .3, .4, 0}, {0, 0, 1, 0, 0}, {.2, .2, .2, .2, .2}}
	s := quiet()
	for i := range first {
		a := NewCastActor("a"+strconv.Itoa(i), stakeholders.NGO)
		a.Position, a.Attachment = first[i], attachment[i]
		s.Actors = append(s.Actors, a)
		for j, w := range weights[i] {
			if w > 0 {
				s.Influence = append(s.Influence, Influence{a.ID, "a" + strconv.Itoa(j), w})
			}
		}
	}
	s.Horizon, s.Opposition.Patience = 600, 600
	trace, err := compiled(t, s).Trace(tactic{"idle", func(*View, *Allocation) {}}, 1, 0)
	require.NoError(t, err)

	system, right := mat.NewDense(5, 5, nil), mat.NewVecDense(5, nil)
	for i := range first {
		for j := range first {
			v := -(1 - attachment[i]) * weights[i][j]
			if i == j {
				v++
			}
			system.Set(i, j, v)
		}
		right.SetVec(i, attachment[i]*first[i])
	}
	var equilibrium mat.VecDense
	require.NoError(t, equilibrium.SolveVec(system, right))
	last := trace.Months[len(trace.Months)-1]
	for i, p := range last.Positions {
		require.InDelta(t, equilibrium.AtVec(i), p, 1e-9, "actor %d", i)
	}
}

// A stage is done in the month in which an epidemic strikes, chance h; a scandal,
// chance q, drives the only actor into opposition, which suspends at once and
// ends the reform a month later. A month's order is shock, work, opposition,
// move, so a scandal beats an epidemic of the same month: each month advances
// with h(1−q), ends with q and stays otherwise. That is an absorbing Markov
// chain with the transient states of the stages before launch. With Q its
// transitions and R those into absorption, B = (I−Q)⁻¹R gives where it ends.
func TestFrequenciesAgreeWithTheAbsorbingMarkovChain(t *testing.T) {
	const h, q = 0.08, 0.01
	runs := fewer(20_000)
	s := quiet(ministry(100))
	s.Checklist, s.Horizon, s.Work.Rated = "lean@1", 400, 1
	s.Shocks.Epidemic = Epidemic{Hazard: h, Months: 1, Capacity: 1}
	s.Shocks.Scandal = Scandal{Hazard: q, Shift: 2}
	s.Actors[0].Attachment = 0 // it listens to itself alone: what is said stays said
	s.Opposition.Patience, s.Suspension.Least, s.Suspension.Limit = 1, 1, 1
	m, err := Compile(s, lean(t))
	require.NoError(t, err)
	sum, err := m.Run(t.Context(), tactic{"in-windows", func(o *View, a *Allocation) {
		if o.Window > 0 {
			a.SpreadEvenly(o.Stage, a.Left())
		}
	}}, runs, 11)
	require.NoError(t, err)

	const stages = 5 // before launch
	transient, absorbing := mat.NewDense(stages, stages, nil), mat.NewDense(stages, 2, nil)
	for i := range stages {
		transient.Set(i, i, 1-q-h*(1-q))
		if i+1 < stages {
			transient.Set(i, i+1, h*(1-q))
		} else {
			absorbing.Set(i, 0, h*(1-q))
		}
		absorbing.Set(i, 1, q)
	}
	identity, ends := mat.NewDense(stages, stages, nil), new(mat.Dense)
	for i := range stages {
		identity.Set(i, i, 1)
	}
	identity.Sub(identity, transient)
	require.NoError(t, ends.Solve(identity, absorbing))
	agree := func(p float64, hits uint64, what string) {
		// Five standard errors: a true model fails one time in a million.
		require.InDelta(t, p, float64(hits)/float64(runs), 5*math.Sqrt(p*(1-p)/float64(runs)), what)
	}
	reached := func(month int) (n uint64) {
		for _, c := range sum.Entered(reformcycle.Launch)[:month+1] {
			n += c
		}
		return n
	}
	agree(ends.At(0, 0), reached(400), "launch before collapse")
	// And by month: the first row of Q^n, with launch as a sixth state.
	row := make([]float64, stages+1)
	row[0] = 1
	for month := 1; month <= 120; month++ {
		next := make([]float64, stages+1)
		for i := range stages {
			for j := range stages {
				next[j] += row[i] * transient.At(i, j)
			}
			next[stages] += row[i] * absorbing.At(i, 0)
		}
		next[stages] += row[stages]
		row = next
		if month%40 == 0 {
			agree(row[stages], reached(month), "launch by month "+strconv.Itoa(month))
		}
	}
	counts, _ := sum.Collapses(FromScandal)
	collapsed := uint64(0)
	for _, n := range counts {
		collapsed += n
	}
	require.Equal(t, sum.Status()[reformcycle.Abandoned], collapsed, "every collapse is put down to the scandal")
}

// meanLaunch is the mean month of launch, the horizon for runs without.
func meanLaunch(all []RunOutcome, horizon int) float64 {
	total := 0.0
	for i := range all {
		month, launched := all[i].Launch()
		if !launched {
			month = horizon
		}
		total += float64(month)
	}
	return total / float64(len(all))
}

func TestMoreCapacityNeverDelaysLaunchInExpectation(t *testing.T) {
	before := math.Inf(1)
	for _, effort := range []float64{0.6, 1, 1.5} {
		s, err := Reference().With("actors[].effort", effort)
		require.NoError(t, err)
		mean := meanLaunch(outcomes(t, compiled(t, s), policyOf(t, "balanced"), fewer(150), 5), s.Horizon)
		require.LessOrEqual(t, mean, before, "effort %g", effort)
		before = mean
	}
}

func TestAStrongerOpponentNeverSpeedsLaunch(t *testing.T) {
	before := 0.0
	for _, power := range []float64{1, 4, 7} {
		s := Reference()
		opponent := NewCastActor("opponent", stakeholders.PrivateSector)
		opponent.Position, opponent.Power, opponent.Weight, opponent.Attachment = -7, power, 6, 0.9
		s.Actors = append(s.Actors, opponent)
		mean := meanLaunch(outcomes(t, compiled(t, s), policyOf(t, "balanced", "persuasion", 0.0), fewer(150), 5), s.Horizon)
		require.GreaterOrEqual(t, mean, before, "power %g", power)
		before = mean
	}
}

func TestSuspensionOfTheLimitEndsInAbandonment(t *testing.T) {
	against := NewCastActor("union", stakeholders.TradeUnion)
	against.Position, against.Attachment, against.Power = -7, 1, 7
	s := quiet(ministry(1), against)
	s.Actors[0].Position, s.Start.Stage = 4, reformcycle.SolutionGathering
	s.Opposition.Patience, s.Suspension.Limit = 3, 5
	o := outcomes(t, compiled(t, s), onStage, 1, 1)[0]
	// Opposition 7·7 = 49 exceeds support 4·4 = 16 from the first month: three
	// months of patience, then five suspended.
	require.Equal(t, reformcycle.Abandoned, o.Status)
	require.Equal(t, 8, o.Months)
	require.Equal(t, 5, o.Suspended)
	require.Equal(t, FromOpposition, o.Cause)
}

// A cabinet that can block alone stops a reform however large its support is, for
// as long as it stands against it.
func TestAVetoThatLastsSuspends(t *testing.T) {
	cabinet := NewCastActor("cabinet", stakeholders.OtherMinistry)
	cabinet.Position, cabinet.Attachment, cabinet.Power = -2, 1, 1
	for _, veto := range []bool{true, false} {
		cabinet.Veto = veto
		s := quiet(ministry(1), cabinet)
		s.Start.Stage = reformcycle.SolutionGathering
		s.Opposition.Patience, s.Suspension.Least, s.Suspension.Limit, s.Horizon = 3, 1, 5, 20
		o := outcomes(t, compiled(t, s), onStage, 1, 1)[0]
		if !veto {
			require.Zero(t, o.Suspended)
			continue
		}
		require.Equal(t, reformcycle.Abandoned, o.Status)
		require.Equal(t, 3+5, o.Months, "patience, then the longest suspension, although support exceeds opposition")
		require.Equal(t, FromOpposition, o.Cause)
	}
}

func TestASuspensionEndsWhenSupportExceedsOpposition(t *testing.T) {
	s := quiet(ministry(1))
	s.Start.Suspended, s.Suspension.Least = true, 4
	trace, err := compiled(t, s).Trace(onStage, 1, 0)
	require.NoError(t, err)
	require.Equal(t, reformcycle.Suspended, trace.Months[3].Status)
	require.Equal(t, reformcycle.Active, trace.Months[4].Status)
	require.Equal(t, 4, trace.Outcome.Suspended)
	for c, x := range trace.Months[4].Progress {
		if trace.Criteria[c] != "coalition.feasible" {
			require.Zero(t, x, "a suspended reform does no work")
		}
	}
}

// The coalition's feasibility follows from positions: a policy sees it met as
// soon as support exceeds opposition, and rush counts it among what is met.
func TestFeasibilityIsShownAsItStands(t *testing.T) {
	s := quiet(ministry(1e-3))
	s.Start.Stage = reformcycle.CoalitionBuilding
	m := compiled(t, s)
	required := len(m.guards[reformcycle.CoalitionBuilding])
	trace, err := m.Trace(policyOf(t, "rush-to-launch", "met", 1/float64(required)), 1, 0)
	require.NoError(t, err)
	require.EqualValues(t, assessment.Functional.Share(), trace.Months[1].Progress[m.feasible])
	require.Equal(t, []Move{{Name: reformcycle.MoveOverride}}, trace.Months[1].Moves, "one of %d is met", required)

	s.Actors[0].Position = 0
	trace, err = compiled(t, s).Trace(policyOf(t, "rush-to-launch", "met", 1/float64(required)), 1, 0)
	require.NoError(t, err)
	require.Zero(t, trace.Months[1].Progress[m.feasible])
	require.Empty(t, trace.Months[1].Moves)
}

func TestAFiscalCrisisTakesEffortAwayAndItComesBack(t *testing.T) {
	s := quiet(ministry(8))
	s.Shocks.FiscalCrisis = FiscalCrisis{Hazard: 0.5, Left: 0.5}
	s.Commitments.Recovery = 0.5
	s.Horizon = 30
	trace, err := compiled(t, s).Trace(onStage, 3, 0)
	require.NoError(t, err)
	left := 1.0
	for _, m := range trace.Months[1:] {
		if len(m.Shocks) > 0 {
			left *= 0.5
		}
		left += 0.5 * (1 - left)
		require.InDelta(t, 8*left, m.Budget, 1e-9, "month %d", m.Month)
	}
}

func TestADonorThatLeavesTakesItsEffortAndItsVoice(t *testing.T) {
	donor := NewCastActor("donor", stakeholders.BilateralDonor)
	donor.Position, donor.Attachment, donor.Effort = 7, 1, 3
	s := quiet(ministry(1), donor)
	s.Actors[0].Attachment, s.Actors[0].Position = 0, 3.5
	s.Shocks.DonorExit.Hazard = 1
	trace, err := compiled(t, s).Trace(onStage, 1, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"donor"}, trace.Months[1].Left)
	require.EqualValues(t, 0.5, trace.Months[1].Budget)
	require.EqualValues(t, 14, trace.Months[1].Support, "4 × 3.5 of the ministry alone, which listens to itself now")
	require.Empty(t, trace.Months[2].Left, "there is nobody left to leave")
}

// An actor that is wholly attached to its first position moves with an election
// and stays; a scandal moves it for the month in which its position is its own.
func TestAnElectionIsForGoodAndAScandalPasses(t *testing.T) {
	s := quiet(ministry(1))
	s.Actors[0].Position = 0
	s.Shocks.Election = Election{Hazard: 0.2, Shift: 0.05}
	trace, err := compiled(t, s).Trace(onStage, 2, 0)
	require.NoError(t, err)
	was, elections := 0.0, 0
	for _, m := range trace.Months[1:] {
		if len(m.Shocks) > 0 {
			elections++
			require.NotEqual(t, was, m.Positions[0])
			was = m.Positions[0]
		}
		require.Equal(t, was, m.Positions[0], "month %d", m.Month)
	}
	require.Greater(t, elections, 5)

	s.Shocks.Election.Hazard, s.Shocks.Scandal = 0, Scandal{Hazard: 0.1, Shift: 0.5}
	s.Actors[0].Attachment = 0.5
	trace, err = compiled(t, s).Trace(onStage, 2, 0)
	require.NoError(t, err)
	low := 0.0
	for _, m := range trace.Months[1:] {
		// Half of what was heard, and half of what it is attached to: 0.
		was := trace.Months[m.Month-1].Positions[0]
		if len(m.Shocks) > 0 {
			was = max(-7, was-3.5)
		}
		require.InDelta(t, was/2, m.Positions[0], 1e-12)
		low = min(low, m.Positions[0])
	}
	require.Less(t, low, -1.0)
}

func TestARunThatStartsAtLaunchHasLaunched(t *testing.T) {
	s := quiet(ministry(1))
	s.Start.Stage = reformcycle.Governance
	o := outcomes(t, compiled(t, s), onStage, 1, 1)[0]
	month, launched := o.Launch()
	require.True(t, launched)
	require.Zero(t, month)
	require.Equal(t, -1, o.Debt, "how it was launched was before")
}

// Launched with four of six required criteria met, revisited and launched again
// with more: it is the first time that counts.
func TestReadinessIsThatOfTheFirstLaunch(t *testing.T) {
	s := quiet(ministry(4))
	s.Checklist, s.Work.Rated = "lean@1", 6
	m, err := Compile(s, lean(t))
	require.NoError(t, err)
	// A month brings 4/6 = 2/3 to a stage; readiness itself is left undone at first.
	back := tactic{"back", func(o *View, a *Allocation) {
		switch {
		case o.Stage == reformcycle.ProgramReadiness && o.Month < 8:
			a.Override()
		case o.Stage == reformcycle.Launch && o.Month < 8:
			a.Revisit(reformcycle.ProgramReadiness)
		default:
			a.SpreadEvenly(o.Stage, a.Left())
		}
	}}
	o := outcomes(t, m, back, 1, 1)[0]
	require.Equal(t, 5, o.Entered[reformcycle.Launch])
	require.Equal(t, 1, o.Debt)
	require.InDelta(t, 4*(2.0/3)/5, o.Readiness, 1e-12, "five criteria stand before launch")
}

func TestCommonRandomNumbersDoNotDependOnDecisions(t *testing.T) {
	m := compiled(t, Reference())
	shocks := func(s Policy) (all [][]ShockKind) {
		trace, err := m.Trace(s, 9, 4)
		require.NoError(t, err)
		for _, month := range trace.Months {
			all = append(all, month.Shocks)
		}
		return all
	}
	a, b := shocks(policyOf(t, "balanced")), shocks(wild(1))
	n := min(len(a), len(b))
	require.Equal(t, a[:n], b[:n])
	struck := 0
	for _, month := range a {
		struck += len(month)
	}
	require.Positive(t, struck)
}
