package simulation

// The rules that the third version of the model brought, each with numbers reckoned
// by hand.

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
)

// At a pace of a tenth each month goes a tenth of the way to where it is drawn: with
// attachment 0.25 to 0.25 · 7 + 0.75 · what it hears.
func TestAnActorGoesPartOfTheWay(t *testing.T) {
	moving := NewCastActor("moving", stakeholders.Media)
	moving.Position, moving.Attachment = 7, 0.25
	s := quiet(steady("fixed", stakeholders.NGO, -3, 4), moving)
	s.Influence = []Influence{{"moving", "fixed", 0.5}, {"moving", "moving", 0.5}}
	s.Positions.Pace, s.Horizon = 0.1, 30
	want := 7.0
	for _, m := range played(t, s, waiting).Months[1:] {
		want += 0.1 * (0.25*7 + 0.75*(0.5*-3+0.5*want) - want)
		require.InDelta(t, want, m.Positions[1], 1e-12, "month %d", m.Month)
	}
}

// Two firm opponents were on the other side after a month. With the defaults each is
// still where it stands after a year.
func TestTwoWhoAreFarApartDoNotSwapSides(t *testing.T) {
	friend, foe := NewCastActor("friend", stakeholders.NGO), NewCastActor("foe", stakeholders.TradeUnion)
	friend.Position, foe.Position = 6, -6
	s := NewScenario("two (illustrative)", friend, foe)
	s.Missing, s.Horizon = seats(), 12
	last := played(t, s, waiting).Months[12]
	require.Greater(t, last.Positions[0], 3.0)
	require.Less(t, last.Positions[1], -3.0)
}

// From the deviation d the distance to the equilibrium falls as the largest
// eigenvalue of 1 − α(1 − (1−Λ)W) says: with mixed attachments slower than 1 − α.
func TestTheEquilibriumIsReachedAtTheRateThatThePaceSays(t *testing.T) {
	const pace = 0.05
	attachment := []float64{0.1, 0.3, 0.8}
	s := quiet()
	for i, id := range []string{"a", "b", "c"} {
		a := NewCastActor(id, stakeholders.NGO)
		a.Position, a.Attachment, a.Power = []float64{6, -4, 2}[i], attachment[i], []float64{2, 4, 6}[i]
		s.Actors = append(s.Actors, a)
	}
	s.Positions.Pace, s.Horizon = pace, 600
	pull := []float64{2.0 / 12, 4.0 / 12, 6.0 / 12} // of each of all, itself included
	step, system, right := mat.NewDense(3, 3, nil), mat.NewDense(3, 3, nil), mat.NewVecDense(3, nil)
	for i := range 3 {
		for j := range 3 {
			same := yes(i == j)
			heard := (1 - attachment[i]) * pull[j]
			step.Set(i, j, same-pace*(same-heard))
			system.Set(i, j, same-heard)
		}
		right.SetVec(i, attachment[i]*s.Actors[i].Position)
	}
	var equilibrium mat.VecDense
	require.NoError(t, equilibrium.SolveVec(system, right))
	var eigen mat.Eigen
	require.True(t, eigen.Factorize(step, mat.EigenNone))
	rate := 0.0
	for _, v := range eigen.Values(nil) {
		rate = max(rate, real(v))
	}
	require.Greater(t, rate, 1-pace, "slower than an actor that hears nobody")

	trace := played(t, s, waiting)
	far := func(month int) float64 {
		var d [3]float64
		for i := range d {
			d[i] = trace.Months[month].Positions[i] - equilibrium.AtVec(i)
		}
		return math.Hypot(math.Hypot(d[0], d[1]), d[2])
	}
	// By then what falls faster is gone: (0.95/0.974)^400 is 4 in 100,000.
	require.InDelta(t, rate, math.Pow(far(500)/far(400), 1.0/100), 1e-5)
	require.InDelta(t, 0, far(600), 1e-6)
}

// What noise adds in a month is so little that it comes to the stated spread in the
// long run: an actor at p ← p + α(a − p) + σ√(α(2 − α))ε has variance σ².
func TestTheSpreadOfAnAttachedActorIsTheStatedOne(t *testing.T) {
	s := quiet(steady("fixed", stakeholders.NGO, 0, 4))
	s.Positions.Noise, s.Positions.Pace, s.Horizon = 0.05, 0.2, 60
	m := compiled(t, s)
	n := int(fewer(4000))
	var at []float64
	for i := range n {
		trace, err := m.Trace(waiting, 1, uint64(i))
		require.NoError(t, err)
		at = append(at, trace.Months[60].Positions[0]/7)
	}
	// Of a standard deviation the standard error is σ/√(2n); five of them.
	require.InDelta(t, 0.05, stat.StdDev(at, nil), 5*0.05/math.Sqrt(2*float64(n)))
}

// Members have the pull 4 + 2, the press 3: half of the effect takes half of the
// effort of positions.half. A share of 0.4 of it stays: with attachment 0.25, what
// moves the actor is three quarters of what moves one attached to nothing.
func TestPersuasionLastsAndThePowerfulCostMore(t *testing.T) {
	friend := steady("friend", stakeholders.NGO, 0, 2)
	friend.Member = true
	press := NewCastActor("press", stakeholders.Media)
	press.Power, press.Attachment, press.Position = 3, 0.25, -2
	s := quiet(ministry(20), friend, press)
	s.Influence = []Influence{{"press", "press", 1}}
	s.Positions.Persuasion, s.Positions.Half, s.Positions.Lasting, s.Positions.Pace, s.Horizon = 0.2, 10, 0.4, 0.1, 3
	trace := played(t, s, tactic{"once", func(v *View, a *Allocation) {
		if v.Month == 1 {
			a.Persuade(2, 15)
		}
	}})
	half := 10 * 3.0 / (4 + 2)
	moves := 0.75 * 0.2 * 15 / (15 + half)
	at, anchor := -2.0/7, -2.0/7
	require.InDelta(t, 7*at, trace.Months[1].Positions[2], 1e-12)
	at += moves
	anchor += 0.4 * moves
	require.InDelta(t, 7*at, trace.Months[2].Positions[2], 1e-12)
	at += 0.1 * (0.25*anchor + 0.75*at - at)
	require.InDelta(t, 7*at, trace.Months[3].Positions[2], 1e-12)
}

// A supporter outside gives nothing, and neither does a member against; where nobody
// is a member nobody persuades.
func TestEffortIsThatOfMembers(t *testing.T) {
	outside, against := steady("outside", stakeholders.NGO, 7, 4), steady("against", stakeholders.Media, -7, 1)
	outside.Effort, against.Effort, against.Member = 5, 5, true
	moh := ministry(3)
	m := firstMonth(t, quiet(outside, against, moh), waiting)
	require.Equal(t, 3.0, m.Budget)
	s := quiet(outside)
	require.Zero(t, firstMonth(t, s, waiting).Budget)
	r := newRun(compiled(t, s), waiting, 1)
	r.begin(0)
	r.actors[0].urged = 10
	require.Zero(t, r.won(&r.actors[0]))
}

// joining is coalition building, with the cast's coalition.diverse nearly done: it
// takes three groups, the community among them, and has government and an NGO.
func joining(others ...CastActor) Scenario {
	moh := ministry(6)
	moh.Roles = stakeholders.Roles()
	ngo := steady("ngo", stakeholders.NGO, 7, 1)
	ngo.Member = true
	s := quiet(append([]CastActor{moh, ngo}, others...)...)
	s.Start.Stage, s.Missing, s.Horizon = reformcycle.CoalitionBuilding, nil, 12
	return s
}

// working puts all effort into one criterion.
func working(id string) tactic {
	return tactic{"works on " + id, func(v *View, a *Allocation) {
		c, _ := v.Place(id)
		a.Work(c, a.Left())
		a.Hold()
	}}
}

// All who are of the kind that is missing and willing join, and nobody else.
func TestAllOfTheKindThatIsMissingJoinIfTheyAreWilling(t *testing.T) {
	s := joining(
		steady("villages", stakeholders.LocalCommunity, 1, 1), steady("elders", stakeholders.LocalCommunity, 3, 1),
		steady("wary", stakeholders.LocalCommunity, 0.9, 1), steady("press", stakeholders.Media, 7, 1), steady("nurses", stakeholders.ProfessionalAssociation, 7, 1),
	)
	trace := played(t, s, working("coalition.diverse"))
	require.Equal(t, []Joined{{For: "coalition.diverse", Actor: "villages"}, {For: "coalition.diverse", Actor: "elders"}}, trace.Months[1].Joined,
		"three groups are enough, and communities are missing")

	// Four groups are asked for, so that all other groups are missing, too.
	list, err := reformcycle.ReformChecklist().Derive("2", assessment.SetParameter("coalition.diverse", 4))
	require.NoError(t, err)
	s.Checklist = list.ID()
	m, err := Compile(s, list)
	require.NoError(t, err)
	trace, err = m.Trace(working("coalition.diverse"), 1, 0)
	require.NoError(t, err)
	var who []string
	for _, j := range trace.Months[1].Joined {
		who = append(who, j.Actor)
	}
	require.Equal(t, []string{"villages", "elders", "nurses"}, who)
}

// Nobody is willing before month 5: until then the criterion stays just below its
// threshold and takes no effort; then they join without more.
func TestACriterionThatNobodyCanMeetWaits(t *testing.T) {
	s := joining(steady("villages", stakeholders.LocalCommunity, 5, 1))
	s.Actors[2].From = 5
	m := compiled(t, s)
	at, _ := m.list.Index("coalition.diverse")
	open := map[int]bool{}
	trace, err := m.Trace(tactic{"looks", func(v *View, a *Allocation) {
		open[v.Month] = v.Open(at)
		a.SpreadEvenly(v.Stage, a.Left())
		a.Hold()
	}}, 1, 0)
	require.NoError(t, err)
	met := m.rules[at].met
	for month := 4; month < 5; month++ {
		require.False(t, open[month], "it takes no effort")
		require.Less(t, trace.Months[month].Progress[at], met)
		require.InDelta(t, met, trace.Months[month].Progress[at], 1e-12)
	}
	require.Empty(t, trace.Months[4].Joined)
	require.Equal(t, []string{"villages"}, trace.Months[5].Came)
	require.Equal(t, []Joined{{For: "coalition.diverse", Actor: "villages"}}, trace.Months[5].Joined)
	require.GreaterOrEqual(t, trace.Months[5].Progress[at], met)
}

// Roles that nobody of the cast has are taken by all members; that of leader by
// government where it is a member.
func TestVacantRolesAreTakenByTheMembers(t *testing.T) {
	s := joining(steady("villages", stakeholders.LocalCommunity, 1, 1), steady("broker", stakeholders.Media, 4, 1), steady("shy", stakeholders.Media, 0, 1))
	s.Actors[0].Roles = []stakeholders.Role{stakeholders.Donor}
	s.Actors[3].Roles, s.Actors[4].Roles = []stakeholders.Role{stakeholders.Connector}, []stakeholders.Role{stakeholders.Liaison}
	vacant := []stakeholders.Role{stakeholders.Gatekeeper, stakeholders.Enabler, stakeholders.ChangeChampion, stakeholders.Liaison}
	trace := played(t, s, working("coalition.roles"))
	require.Equal(t, []Joined{
		{"coalition.roles", "moh", append([]stakeholders.Role{stakeholders.Leader}, vacant...)},
		{"coalition.roles", "ngo", vacant},
		{"coalition.roles", "broker", vacant},
	}, trace.Months[1].Joined)
}

// Without a government body in it, work on governance comes to nothing and is not
// offered; in the month after one has come it is.
func TestGovernanceTakesNoWorkWithoutGovernment(t *testing.T) {
	ngo := steady("ngo", stakeholders.NGO, 7, 1)
	ngo.Member, ngo.Effort = true, 3
	moh := steady("moh", stakeholders.MinistryOfHealth, 7, 1)
	moh.Member, moh.From = true, 4
	s := quiet(ngo, moh)
	s.Start.Stage, s.Horizon = reformcycle.Governance, 6
	m := compiled(t, s)
	at, _ := m.list.Index("governance.strategy")
	open := map[int]bool{}
	trace, err := m.Trace(tactic{"insists", func(v *View, a *Allocation) {
		open[v.Month] = v.Open(at)
		a.Work(at, a.Left())
	}}, 1, 0)
	require.NoError(t, err)
	require.Equal(t, map[int]bool{1: false, 2: false, 3: false, 4: true, 5: true, 6: false}, open)
	require.Zero(t, trace.Months[3].Progress[at])
	require.InDelta(t, 3.0/6, trace.Months[4].Progress[at], 1e-12)
}

// owing stands at launch and owes so many of the 27 that were required before it.
func owing(n int) Scenario {
	s := seated(6)
	s.Start.Stage, s.Horizon = reformcycle.Launch, 12
	for _, c := range reformcycle.ReformChecklist().All() {
		if stage, _ := reformcycle.ParseStage(c.Section); stage < reformcycle.Launch && !c.Advisory && c.Kind == assessment.Rated && n > 0 {
			s.Start.Debts = append(s.Start.Debts, c.ID)
			n--
		}
	}
	return s
}

// Nine of 27 are owed: d is a third. Work yields 1 − 0.6/3; an actor attached to half
// is moved down by half of 0.09/3 a month; and a month's chance of a suspension is a
// third of 0.9.
func TestDebtCostsByItsShare(t *testing.T) {
	s := owing(9)
	s.Debt, s.Suspension.Debt = Debt{Drag: 0.6, Disappointment: 0.09}, 0.9
	press := steady("press", stakeholders.Media, 0, 1)
	press.Attachment = 0.5
	s.Actors = append(s.Actors, press)
	s.Influence = []Influence{{"press", "press", 1}}
	m := compiled(t, s)
	at, _ := m.list.Index("launch.supervision")
	suspended := 0.0
	n := fewer(4000)
	for i := range n {
		var owed float64
		trace, err := m.Trace(tactic{"works", func(v *View, a *Allocation) {
			if v.Month == 1 {
				owed = v.Owed
				a.Work(at, 2)
			}
		}}, 1, i)
		require.NoError(t, err)
		require.InDelta(t, 9.0/27, owed, 1e-12)
		require.InDelta(t, 2.0/6*(1-0.6/3), trace.Months[1].Progress[at], 1e-12)
		require.InDelta(t, -7*0.5*0.09/3, trace.Months[1].Positions[len(s.Actors)-1], 1e-12)
		if len(trace.Months[1].Moves) > 0 {
			suspended++
			require.Equal(t, []Move{{Name: reformcycle.MoveSuspend, Cause: FromDebt}}, trace.Months[1].Moves)
		}
	}
	require.InDelta(t, 0.3, suspended/float64(n), 5*math.Sqrt(0.3*0.7/float64(n)))
}

// Of a debt that is paid nothing is left; a veto has no weight; before the launch debt
// costs nothing; and what is owed of a stage that the reform has gone back to is its
// work again.
func TestWhatDebtWeighs(t *testing.T) {
	owed := func(s Scenario, allocate func(*View, *Allocation)) (all []float64) {
		s.Horizon = 4
		played(t, s, tactic{"looks", func(v *View, a *Allocation) {
			all = append(all, v.Owed)
			a.Hold()
			allocate(v, a)
		}})
		return all
	}
	nothing := func(*View, *Allocation) {}
	s := owing(1)
	id := s.Start.Debts[0]
	paid := owed(s, func(v *View, a *Allocation) {
		c, _ := v.Place(id)
		a.Work(c, a.Left())
	})
	require.InDelta(t, 1.0/27, paid[0], 1e-12)
	require.Equal(t, []float64{0, 0, 0}, paid[1:])

	s.Start.Debts = []string{reformcycle.CoalitionVeto}
	require.Equal(t, []float64{0, 0, 0, 0}, owed(s, nothing))

	s = owing(27)
	required := len(s.Start.Debts) // rated ones, of all stages before launch
	back := owed(s, func(v *View, a *Allocation) {
		if v.Month == 1 {
			a.Revisit(reformcycle.ProblemPrioritization)
		}
	})
	require.InDelta(t, float64(required)/27, back[0], 1e-12)
	require.Equal(t, []float64{0, 0, 0}, back[1:])

	s = owing(9)
	s.Start.Stage = reformcycle.ProgramReadiness
	s.Suspension.Debt = 1
	require.Empty(t, played(t, s, tactic{"holds", func(_ *View, a *Allocation) { a.Hold() }}).Outcome.Suspended, "nothing is launched")
}

// Overrides book what is unmet, and weigh by the criteria's weights.
func TestDebtWeighsByTheWeightsOfTheCriteria(t *testing.T) {
	list := leanWith(t, func(spec *assessment.Spec) { spec.Criteria[1].Weight = 3 })
	s := quiet(ministry(6))
	s.Checklist, s.Horizon = list.ID(), 4
	s.Criteria = []CriterionWork{{ID: "problem-prioritization.done", Level: assessment.Functional}}
	m, err := Compile(s, list)
	require.NoError(t, err)
	var all []float64
	_, err = m.Trace(tactic{"goes", func(v *View, a *Allocation) {
		all = append(all, v.Owed)
		a.Override()
	}}, 1, 0)
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{0, 0, 3.0 / 4, 4.0 / 5}, all, 1e-12)
}

// A union outweighs a ministry. Before coalition building is left it blocks; after
// that it suspends, as it does a programme that an earlier lap launched.
func TestOppositionSuspendsOnlyWhatHasBegun(t *testing.T) {
	for stage, suspends := range map[reformcycle.Stage]bool{1: false, 2: false, 3: true, 5: true, 8: true} {
		for _, launched := range []bool{false, true} {
			s := quiet(ministry(1), steady("union", stakeholders.TradeUnion, -7, 7))
			s.Start.Stage, s.Start.Launched = stage, launched
			s.Opposition.Patience, s.Horizon = 2, 4
			var want []string
			if suspends || launched {
				want = []string{"2 suspend"}
			}
			require.Equal(t, want, movesOf(played(t, s, waiting)), "%v, launched %v", stage, launched)
		}
	}
}

// A tie is no opposition that outweighs, in whatever order it is summed: 0.1 + 0.2 +
// 0.3 against 0.6.
func TestATieSuspendsNobodyAndResumesNobody(t *testing.T) {
	for _, suspended := range []bool{false, true} {
		s := quiet(steady("a", stakeholders.NGO, 7, 1), steady("b", stakeholders.NGO, 7, 2), steady("c", stakeholders.NGO, 7, 3), steady("union", stakeholders.TradeUnion, -7, 6))
		for i := range s.Actors {
			s.Actors[i].Weight = 0.1
		}
		s.Start.Stage, s.Start.Suspended = reformcycle.Design, suspended
		s.Opposition.Patience, s.Suspension.Least, s.Horizon = 1, 1, 6
		require.Empty(t, movesOf(played(t, s, waiting)))
	}
}

// With a margin of 0.1 what decays is open until 2/3 + 0.1; what does not, until 2/3.
func TestWhatDecaysIsWorkedBeyondItsThreshold(t *testing.T) {
	for _, c := range []struct {
		margin, effort float64 // of the difficulty of 6
		works          bool
	}{{0, 4, false}, {0.1, 4, true}, {0.1, 4.59, true}, {0.1, 4.61, false}, {1.0 / 3, 5.9, true}, {1.0 / 3, 6, false}} {
		for id, decays := range map[string]bool{"launch.supervision": true, "design.consulted": false} {
			s := seated(1)
			s.Horizon, s.Work.Upkeep = 2, 0.01
			s.Start.Stage = reformcycle.Launch
			if !decays {
				s.Start.Stage = reformcycle.Design
			}
			m := compiled(t, s)
			at, _ := m.list.Index(id)
			r := newRun(m, tactic{"spreads", func(v *View, a *Allocation) {
				a.Margin(c.margin)
				a.SpreadEvenly(v.Stage, a.Left())
			}}, 1)
			r.begin(0)
			r.progress[at] = c.effort / 6
			r.open.dirty = everyStage
			r.month = 1
			require.NoError(t, r.step())
			worked := false
			for _, w := range r.allocation.worked {
				worked = worked || w.on == at
			}
			require.Equal(t, c.works && decays, worked, "%s %+v", id, c)
		}
	}
}

// An event strikes once, in its month, whatever the hazards; an election as far as the
// draw says, a kind of hazard 1 no second time.
func TestEventsStrikeInTheirMonths(t *testing.T) {
	s := quiet(ministry(1), steady("donor", stakeholders.BilateralDonor, 3, 1))
	s.Horizon = 10
	s.Events = []Event{{3, AnElection}, {5, ADonorExit}, {5, AScandal}, {7, AnEpidemic}, {9, AFiscalCrisis}, {600, AScandal}}
	trace := played(t, s, waiting)
	for _, m := range trace.Months {
		want := map[int][]ShockKind{3: {AnElection}, 5: {ADonorExit, AScandal}, 7: {AnEpidemic}, 9: {AFiscalCrisis}}[m.Month]
		require.Equal(t, want, m.Shocks, "month %d", m.Month)
	}
	require.Equal(t, []string{"donor"}, trace.Months[5].Left)

	s.Shocks.Scandal.Hazard = 1
	require.Equal(t, []ShockKind{ADonorExit, AScandal}, played(t, s, waiting).Months[5].Shocks, "a kind strikes once a month")
	require.Contains(t, fieldsOf(t, Scenario{Events: []Event{{0, AScandal}, {3, shockKinds}, {5, AScandal}, {5, AScandal}}}.Validate()), "events[3].month")
}

// Who is expected counts nowhere before it comes: a scenario with somebody who never
// does is the one without.
func TestWhoIsExpectedCountsNowhereBeforeItComes(t *testing.T) {
	with := Reference()
	with.Influence = nil
	without := with.Clone()
	late := cast("late", stakeholders.HeadOfGovernment, -7, 7, 9)
	late.Veto, late.From = true, 121
	with.Actors = append(with.Actors, late)
	for _, name := range Policies() {
		require.Equal(t, outcomes(t, compiled(t, without), policyOf(t, name), 20, 1), outcomes(t, compiled(t, with), policyOf(t, name), 20, 1), name)
	}
	// It comes with its first position, and moves from then on as others do.
	with.Actors[12].From, with.Actors[12].Attachment = 7, 1
	with.Positions.Noise, with.Shocks = 0, Shocks{Epidemic: with.Shocks.Epidemic}
	trace := played(t, with, waiting)
	require.Equal(t, []string{"late"}, trace.Months[7].Came)
	require.InDelta(t, -7, trace.Months[7].Positions[12], 1e-9)
	require.GreaterOrEqual(t, trace.Months[7].Opposition, trace.Months[6].Opposition+40)
}

// A scenario whose cast has nobody who could ever meet what is required is refused and
// says which, unless it says so itself, or says who is expected.
func TestWhatNobodyCouldEverMeetIsRefusedByName(t *testing.T) {
	ngo := steady("ngo", stakeholders.NGO, 7, 1)
	ngo.Member = true
	s := NewScenario("an organisation alone (illustrative)", ngo)
	_, err := Compile(s)
	var faults fault.Fields
	require.ErrorAs(t, err, &faults)
	var which []any
	for _, f := range faults {
		require.Equal(t, "actors", f.Path)
		require.Contains(t, fmt.Sprint(f.Want), "expected")
		which = append(which, f.Value)
	}
	require.Equal(t, []any{"coalition.diverse", "coalition.government-lead"}, which)

	said := s.Clone()
	said.Missing = []string{"coalition.government-lead", "coalition.diverse"}
	trace := played(t, said, policyOf(t, "balanced"))
	require.LessOrEqual(t, trace.Outcome.Furthest, reformcycle.CoalitionBuilding, "they stay out of reach")

	villages, moh := steady("villages", stakeholders.LocalCommunity, 0, 1), steady("moh", stakeholders.MinistryOfHealth, -7, 1)
	villages.From, moh.From = 60, 400
	s.Actors = append(s.Actors, villages, moh)
	compiled(t, s)
	s.Missing = []string{"coalition.formd"}
	require.Equal(t, []string{"missing[0]"}, fieldsOf(t, s.Validate()))
}

// What the cast satisfies holds from the start, whatever is rated, and in the next lap:
// a ministry that is a member leads. What is done brings along what it rests on: options
// that are ranked have criteria that they were ranked by.
func TestWhatTheCastSatisfiesAndWhatIsBroughtAlong(t *testing.T) {
	moh := ministry(4)
	moh.Roles = []stakeholders.Role{stakeholders.Leader}
	s := quiet(moh)
	s.Start.Stage, s.Horizon = reformcycle.SolutionGathering, 3
	s.Criteria = []CriterionWork{{ID: "solution.prioritized", Difficulty: new(6.0)}}
	m := compiled(t, s)
	trace, err := m.Trace(working("solution.prioritized"), 1, 0)
	require.NoError(t, err)
	at := func(month int, id string) float64 {
		c, _ := m.list.Index(id)
		return trace.Months[month].Progress[c]
	}
	require.InDelta(t, 2.0/3, at(0, "coalition.government-lead"), 1e-12)
	require.InDelta(t, 0, at(0, "coalition.diverse"), 1e-12)
	// Four of six effort-months are two thirds.
	require.InDelta(t, 2.0/3, at(1, "solution.prioritized"), 1e-12)
	require.InDelta(t, 2.0/3, at(1, "solution.criteria"), 1e-12)
	require.Zero(t, at(1, "solution.gathered"), "which asks for two options: one is enough to choose")

	s.Start.Stage, s.Work.Carry = reformcycle.ManagementAndLearning, 0
	s.Criteria = nil
	for _, c := range reformcycle.ReformChecklist().All() {
		if c.Section == reformcycle.ManagementAndLearning.String() {
			s.Criteria = append(s.Criteria, CriterionWork{ID: c.ID, Level: assessment.Functional})
		}
	}
	m = compiled(t, s)
	trace, err = m.Trace(waiting, 1, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"1 renew"}, movesOf(trace))
	require.InDelta(t, 2.0/3, at(3, "coalition.government-lead"), 1e-12)
	require.Zero(t, at(3, "learning.data"))
}
