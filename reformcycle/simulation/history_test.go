package simulation

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

var dawn = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)

// someScenario draws a small world in which much happens.
func someScenario(draw *rand.Rand) Scenario {
	between := func(low, high float64) float64 { return low + (high-low)*draw.Float64() }
	one := func(in int) bool { return draw.IntN(in) == 0 }
	s := NewScenario("drawn (illustrative)")
	for i := range 1 + draw.IntN(6) {
		a := NewCastActor(fmt.Sprintf("a%d", i), stakeholders.Constituencies()[draw.IntN(17)])
		a.Position, a.Power = between(-7, 7), between(1, 7)
		a.Member, a.Veto = one(2), one(4)
		if one(5) {
			a.From = 1 + draw.IntN(20)
		}
		if a.Member {
			for _, r := range stakeholders.Roles() {
				if one(3) {
					a.Roles = append(a.Roles, r)
				}
			}
		}
		a.Effort, a.Attachment = between(0, 4), between(0, 1)
		s.Actors = append(s.Actors, a)
	}
	s.Missing = seats()
	s.Coalition.Join = between(-7, 7)
	for month := range 5 {
		s.Events = append(s.Events, Event{1 + 10*month + draw.IntN(10), ShockKind(draw.IntN(int(shockKinds)))})
	}
	if one(2) {
		for i := range s.Actors {
			s.Influence = append(s.Influence, Influence{s.Actors[i].ID, s.Actors[draw.IntN(len(s.Actors))].ID, 1})
		}
	}
	s.Horizon = 1 + draw.IntN(60)
	s.Positions.Pace, s.Positions.Lasting = between(0, 1), between(0, 1)
	s.Positions.Noise, s.Opposition.Tolerance = between(0, 0.2), between(0.5, 3)
	s.Work.Rated, s.Work.Derived = between(0.1, 3), between(0.1, 3)
	s.Work.Upkeep, s.Work.Carry = between(0, 0.2), between(0, 1)
	s.Suspension.Debt, s.Debt = between(0, 0.2), Debt{between(0, 1), between(0, 0.1)}
	s.Shocks.Election.Hazard, s.Shocks.DonorExit.Hazard, s.Shocks.Scandal.Hazard = 0.1, 0.05, 0.05
	s.Start.Stage, s.Start.Suspended = reformcycle.Stage(draw.IntN(9)), one(8)
	for _, c := range reformcycle.ReformChecklist().All() {
		if c.ID == "coalition.feasible" || !one(5) {
			continue
		}
		levels := 5
		if c.Kind == assessment.Derived {
			levels = 4
		}
		s.Criteria = append(s.Criteria, CriterionWork{ID: c.ID, Level: assessment.Level(draw.IntN(levels)), Difficulty: new(1.0)})
		if !c.Advisory && one(4) {
			s.Start.Waived = append(s.Start.Waived, c.ID)
		}
	}
	return s
}

// guardsOf names what blocks, in order.
func guardsOf(blockers []reformcycle.Blocker) []string {
	names := []string{}
	for _, b := range blockers {
		names = append(names, b.Guard)
	}
	slices.Sort(names)
	return names
}

func openDebts(s reformcycle.State) []string {
	names := []string{}
	for _, d := range s.OpenDebts() {
		names = append(names, d.Guard)
	}
	slices.Sort(names)
	return names
}

// agrees holds a live cycle, told up to a month of the trace, against it.
func agrees(t *testing.T, m *Month, s reformcycle.State) {
	require.Equal(t, m.Stage.String(), s.Stage().String(), "month %d", m.Month)
	require.Equal(t, m.Lap, s.Lap(), "month %d", m.Month)
	require.Equal(t, m.Status, s.Status(), "month %d", m.Month)
	debts := slices.Clone(m.Debts)
	slices.Sort(debts)
	require.ElementsMatch(t, debts, openDebts(s), "month %d", m.Month)
	f := s.Actors().Feasibility()
	// Who came later stands further down in the cycle than in the scenario: the last
	// bits of a sum hang on its order.
	require.InDelta(t, m.Support, f.Support, 1e-12*(1+f.Support), "month %d", m.Month)
	require.InDelta(t, m.Opposition, f.Opposition, 1e-12*(1+f.Opposition), "month %d", m.Month)
	require.Equal(t, stakeholders.Outweighs(m.Support, m.Opposition), f.Feasible(), "month %d", m.Month)
}

// The compiled guards are those of the live cycle, and what the run did is a
// legal history: each month told, the cycle stands where the run stood, owes what
// it owed, and the same guards block.
func TestARunIsALegalHistoryAndItsGuardsAreTheLiveOnes(t *testing.T) {
	moves := map[reformcycle.MoveName]int{}
	blocked := 0
	for world := range fewer(100) {
		draw := rand.New(rand.NewPCG(world, 1))
		m := compiled(t, someScenario(draw))
		var policy Policy = wild(world)
		if world%3 == 0 {
			policy = policyOf(t, Policies()[draw.IntN(6)])
		}
		seed := draw.Uint64()
		trace, err := m.Trace(policy, seed, 3)
		require.NoError(t, err)

		j := journal.NewMemory()
		told := trace
		c, err := reformcycle.New("run", reformcycle.WithJournal(j), reformcycle.WithStage(m.scenario.Start.Stage))
		require.NoError(t, err)
		// A second run of the same number, for its guards month by month.
		r := newRun(m, policy, seed)
		r.begin(3)
		h := history{trace: &told, model: m, cycle: c, ctx: context.Background(), evidence: assessment.Evidence{What: "x", Source: "x", Basis: assessment.Illustrative}}
		for n := range trace.Months {
			h.month = &trace.Months[n]
			h.at = dawn.AddDate(0, h.month.Month, 0)
			if n > 0 {
				r.month++
				require.NoError(t, r.step())
			}
			h.tell(n == 0)
			require.NoError(t, h.err)
			agrees(t, h.month, c.State())
			for _, m := range h.month.Moves {
				moves[m.Name]++
			}
			if r.status != reformcycle.Active {
				continue
			}
			var move reformcycle.Move = reformcycle.Advance{}
			if r.stage == reformcycle.ManagementAndLearning {
				move = reformcycle.Renew{}
			}
			compiled := []string{}
			r.eachUnmet(r.stage == reformcycle.ManagementAndLearning, func(g int) { compiled = append(compiled, m.guard(g)) })
			require.Len(t, compiled, r.unmet(r.stage == reformcycle.ManagementAndLearning))
			slices.Sort(compiled)
			live := guardsOf(c.State().At(h.at).BlockersFor(move))
			if r.stage == reformcycle.ManagementAndLearning {
				// A review or a gap may be there for another criterion before the run has
				// worked on its own; nothing of this stage becomes debt.
				require.Subset(t, compiled, live, "month %d", h.month.Month)
			} else {
				require.Equal(t, compiled, live, "month %d, %s", h.month.Month, r.stage)
			}
			blocked += len(live)
		}
		require.Equal(t, trace.Outcome.Stage, c.State().Stage())
		again, err := reformcycle.Open(context.Background(), j, "run")
		require.NoError(t, err)
		require.Equal(t, c.State().Standing(), again.State().Standing())
	}
	require.Positive(t, blocked)
	if raceEnabled {
		return // too few worlds for all moves to come up
	}
	for _, name := range []reformcycle.MoveName{reformcycle.MoveAdvance, reformcycle.MoveOverride, reformcycle.MoveRevisit, reformcycle.MoveRenew, reformcycle.MoveSuspend, reformcycle.MoveResume, reformcycle.MoveAbandon} {
		require.Positive(t, moves[name], name)
	}
}

func TestARunIsToldInAJournalThatOpens(t *testing.T) {
	for _, name := range Policies() {
		trace, err := compiled(t, Reference()).Trace(policyOf(t, name), 2, 5)
		require.NoError(t, err)
		j := journal.NewMemory()
		c, err := trace.Journal(t.Context(), j, "run-5", dawn)
		require.NoError(t, err, name)
		again, err := reformcycle.Open(t.Context(), j, "run-5")
		require.NoError(t, err)
		require.Equal(t, trace.Outcome.Stage, again.State().Stage())
		require.Equal(t, trace.Outcome.Laps+1, again.State().Lap())
		require.Equal(t, c.State().Seq(), again.State().Seq())
		for _, r := range again.State().Ratings() {
			require.Equal(t, assessment.Illustrative, r.Evidence.Basis)
			require.Contains(t, r.Evidence.Source, "simulation run 5 of seed 2")
		}
	}
}

// Checklists that make advisory criteria guard, and that lack what those rest on,
// are kept to as well.
func TestARunIsALegalHistoryUnderEditedChecklists(t *testing.T) {
	advisory := []string{"solution.piloted", "design.evidence", "launch.phased", "coalition.chw-voice", "learning.adaptation"}
	rests := []string{"solution.prioritized", "solution.criteria", "solution.gathered", "launch.activated", "launch.deployed", "design.choices", "design.authorities"}
	played := 0
	for world := range fewer(100) {
		draw := rand.New(rand.NewPCG(world, 2))
		var edits []assessment.Edit
		gone := map[string]bool{}
		for _, id := range rests {
			if draw.IntN(4) == 0 {
				edits, gone[id] = append(edits, assessment.Drop(id)), true
			}
		}
		for _, id := range advisory {
			if c, known := reformcycle.ReformChecklist().Criterion(id); known && c.Advisory && draw.IntN(2) == 0 {
				edits = append(edits, assessment.MakeRequired(id))
			}
		}
		list, err := reformcycle.ReformChecklist().Derive("2", edits...)
		require.NoError(t, err)
		s := someScenario(draw)
		s.Checklist = list.ID()
		s.Criteria = slices.DeleteFunc(s.Criteria, func(c CriterionWork) bool { return gone[c.ID] })
		s.Start.Waived = slices.DeleteFunc(s.Start.Waived, func(id string) bool { return gone[id] })
		m, err := Compile(s, list)
		require.NoError(t, err)
		var policy Policy = wild(world)
		if world%2 == 0 {
			policy = policyOf(t, Policies()[draw.IntN(6)])
		}
		trace, err := m.Trace(policy, world, 1)
		require.NoError(t, err)
		c, err := trace.Journal(t.Context(), journal.NewMemory(), "edited", dawn)
		require.NoError(t, err, "world %d: %v", world, edits)
		agrees(t, &trace.Months[len(trace.Months)-1], c.State())
		played += len(trace.Months)
	}
	require.Greater(t, played, 100)
}

// A laggard: a renewal with everything on a checklist of one criterion a stage.
func TestARenewalIsToldWithWhatItCarriesOver(t *testing.T) {
	s := quiet(ministry(3))
	s.Checklist, s.Work.Carry = "lean@1", 0.9
	m, err := Compile(s, lean(t))
	require.NoError(t, err)
	trace, err := m.Trace(tactic{"renew at design", func(o *View, a *Allocation) {
		a.SpreadEvenly(o.Stage, a.Left())
		a.RenewAt(0)
		if o.Stage == reformcycle.ManagementAndLearning {
			a.RenewAt(reformcycle.Design)
		}
	}}, 1, 0)
	require.NoError(t, err)
	require.GreaterOrEqual(t, trace.Outcome.Laps, 2)
	c, err := trace.Journal(t.Context(), journal.NewMemory(), "laps", dawn)
	require.NoError(t, err)
	require.Equal(t, trace.Outcome.Laps+1, c.State().Lap())
	require.Equal(t, reformcycle.Design, c.State().Arrivals()[0].Stage)
}

// live is a cycle under way: a few actors, a debt, a waiver, a rating.
func live(t testing.TB) *reformcycle.Cycle {
	t.Helper()
	c, err := reformcycle.New("UGA-CHEW", reformcycle.WithTitle("Live cycle (illustrative)"), reformcycle.WithStage(reformcycle.CoalitionBuilding))
	require.NoError(t, err)
	seen := assessment.Evidence{What: "Seen.", Source: "teaching case", Basis: assessment.Illustrative}
	_, err = c.Apply(t.Context(), reformcycle.By("office").At(dawn),
		reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "moh", Name: "Ministry of health", Constituency: stakeholders.MinistryOfHealth, Member: true, Roles: []stakeholders.Role{stakeholders.Leader}, Position: stakeholders.At(6), Power: 6}},
		reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "donor", Name: "Donor", Constituency: stakeholders.BilateralDonor, Member: true, Position: stakeholders.At(4), Power: 4, Commitments: []stakeholders.Commitment{
			{ID: "grant", Resource: stakeholders.Money, Unit: "USD", Pledged: 5, To: date.Of(dawn.AddDate(0, 18, 0))},
		}}},
		reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "press", Name: "Radio", Constituency: stakeholders.Media}},
		reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "Group", Purpose: "Reform", Convener: "moh"}},
		reformcycle.Rate{Criterion: "coalition.purpose", Level: assessment.Functional, Evidence: seen},
		reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "A window."}},
		reformcycle.Rate{Criterion: "solution.available", Level: assessment.PartiallyFunctional, Evidence: seen},
		reformcycle.Waive{Criterion: "solution.criteria", Authority: "moh", Reason: "Agreed without."},
	)
	require.NoError(t, err)
	return c
}

func TestAScenarioFromALiveCycleStandsWhereItStands(t *testing.T) {
	c := live(t)
	s, err := FromState(c.State())
	require.NoError(t, err)
	require.Equal(t, reformcycle.SolutionGathering, s.Start.Stage)
	require.ElementsMatch(t, openDebts(c.State()), s.Start.Debts)
	require.Equal(t, []string{"solution.criteria"}, s.Start.Waived)
	require.Equal(t, 18, s.Actors[1].Until)
	require.EqualValues(t, 4, s.Actors[2].Power, "not known: medium")
	notes := fmt.Sprint(s.Assumed)
	require.Contains(t, notes, "press")
	require.Contains(t, notes, "coalition.size")

	m := compiled(t, s)
	trace, err := m.Trace(policyOf(t, "balanced"), 1, 7)
	require.NoError(t, err)
	_, err = trace.Journal(t.Context(), journal.NewMemory(), "fresh", dawn)
	require.ErrorIs(t, err, fault.ErrInvalid, "debt can't be made from nothing")

	fork := c.Fork()
	require.NoError(t, trace.Apply(t.Context(), fork, c.State().Moment()))
	require.Equal(t, trace.Outcome.Stage, fork.State().Stage())
	require.Equal(t, trace.Outcome.Status, fork.State().Status())
	require.ElementsMatch(t, trace.Months[len(trace.Months)-1].Debts, openDebts(fork.State()))
}

func TestFromStateRefusesWhatCantGoOn(t *testing.T) {
	c := live(t)
	_, err := c.Apply(t.Context(), reformcycle.By("office").At(dawn), reformcycle.Suspend{Reason: "War."})
	require.NoError(t, err)
	s, err := FromState(c.State())
	require.NoError(t, err)
	require.True(t, s.Start.Suspended)
	_, err = c.Apply(t.Context(), reformcycle.By("office").At(dawn), reformcycle.Abandon{Reason: "War."})
	require.NoError(t, err)
	_, err = FromState(c.State())
	require.ErrorContains(t, err, "abandoned")
}

// What the record is silent about is not known, and the scenario says so topic by topic;
// what nobody rated, though the record would tell of it, it lists apart.
func TestAScenarioSaysWhatTheRecordIsSilentAbout(t *testing.T) {
	c := live(t)
	before, err := FromState(c.State())
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprint(before.Assumed), "silent")

	_, err = c.Apply(t.Context(), reformcycle.By("office").At(dawn), reformcycle.DeclareSilence{
		About: []reformcycle.Topic{reformcycle.ProblemPrioritization.Topic(), reformcycle.TopicActors, reformcycle.TopicMoney}, Reason: "The paper begins later.",
	})
	require.NoError(t, err)
	s, err := FromState(c.State())
	require.NoError(t, err)
	noted := func(words string) string {
		t.Helper()
		i := slices.IndexFunc(s.Assumed, func(n language.Text) bool { return strings.Contains(n.String(), words) })
		require.GreaterOrEqual(t, i, 0, "%s: %q", words, s.Assumed)
		return s.Assumed[i].String()
	}
	require.Contains(t, noted("silent about this: problem prioritization"), "problem.vision")
	require.NotContains(t, noted("Not rated"), "problem.")
	require.Contains(t, noted("Not rated"), "coalition.size")
	noted("silent about the actors")
	noted("silent about the money, so what actors give")
	require.Contains(t, noted("silent about this: the money"), "readiness.financing", "it rests on the money")
	require.NotContains(t, noted("Not rated"), "financing")
	require.Equal(t, before.Criteria, s.Criteria, "what is recorded counts as ever")
	require.Equal(t, before.Actors, s.Actors)
	compiled(t, s)

	_, err = c.Apply(t.Context(), reformcycle.By("office").At(dawn), reformcycle.Rate{
		Criterion: "coalition.size", Level: assessment.Functional, Evidence: assessment.Evidence{What: "Seen.", Basis: assessment.Illustrative, Source: "made up"},
	})
	require.NoError(t, err)
	s, err = FromState(c.State())
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprint(s.Assumed), "silent about the actors", "that silence has ended")
}

// Commitments end when the record says so, as far as it knows: those that have ended
// are said to have, and the roughness of a date is told.
func TestTheEndOfCommitmentsIsToldAsItIsKnown(t *testing.T) {
	for _, one := range []struct {
		to    []string
		until int
		note  string
	}{
		{nil, 0, ""},
		{[]string{""}, 0, ""},
		{[]string{"1999", ""}, 0, ""},
		{[]string{"1999-05-03"}, 1, "ended by this date: 3 May 1999"},
		{[]string{"1998", "1999"}, 1, "ended by this date: 1999"},
		{[]string{"2019", "2021"}, 23, "end in 2021"}, // 31 December 2021, from 1 January 2020
		{[]string{"2021-06"}, 17, "end in June 2021"},
		{[]string{"2021-06-30"}, 17, "as recorded, commitments end after month 17."},
		{[]string{"2021-07-01"}, 18, "as recorded, commitments end after month 18."},
		{[]string{"2400"}, 0, ""},
	} {
		c, err := reformcycle.New("x")
		require.NoError(t, err)
		day := time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)
		changes := []reformcycle.Change{reformcycle.EngageActor{Actor: stakeholders.Actor{
			ID: "donor", Name: "Donor", Constituency: stakeholders.BilateralDonor, Position: stakeholders.At(3), Power: 4,
		}}}
		for i, to := range one.to {
			pledge := stakeholders.Commitment{ID: fmt.Sprint("c", i), Resource: stakeholders.Money, Unit: "USD", Pledged: 1}
			if to != "" {
				require.NoError(t, pledge.To.UnmarshalText([]byte(to)))
			}
			changes = append(changes, reformcycle.Commit{Actor: "donor", Commitment: pledge})
		}
		_, err = c.Apply(t.Context(), reformcycle.By("office").At(day), changes...)
		require.NoError(t, err)
		s, err := FromState(c.State())
		require.NoError(t, err)
		require.Equal(t, one.until, s.Actors[0].Until, one.to)
		notes := fmt.Sprint(s.Assumed)
		if one.note == "" {
			require.NotContains(t, notes, "commitments", one.to)
		} else {
			require.Contains(t, notes, one.note)
		}
	}
}

// A trace is told on a cycle that stands where its scenario starts, or not at all.
func TestATraceIsToldOnlyWhereItBegins(t *testing.T) {
	c := live(t)
	s, err := FromState(c.State())
	require.NoError(t, err)
	trace, err := compiled(t, s).Trace(policyOf(t, "balanced"), 1, 7)
	require.NoError(t, err)
	at := c.State().Moment()
	by := reformcycle.By("office").At(at)
	for field, change := range map[string]reformcycle.Change{
		"cycle.stage":  reformcycle.Revisit{To: reformcycle.ProblemPrioritization, Reason: "Again."},
		"cycle.status": reformcycle.Suspend{Reason: "War."},
		"cycle.debts":  reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "A window."}},
		"cycle.actors": reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "union", Name: "Union", Constituency: stakeholders.TradeUnion, Position: stakeholders.At(-3), Power: 3}},
	} {
		fork := c.Fork()
		_, err = fork.Apply(t.Context(), by, change)
		require.NoError(t, err)
		seq := fork.State().Seq()
		require.Contains(t, fieldsOf(t, trace.Apply(t.Context(), fork, at)), field)
		require.Equal(t, seq, fork.State().Seq(), "nothing was told")
	}
}

// A live cycle may say what a scenario can't: the scenario says so in its notes.
func TestAScenarioTakesWhatACycleMayHold(t *testing.T) {
	c, err := reformcycle.New("LBR", reformcycle.WithTitle("National\nprogramme,  phase 2"))
	require.NoError(t, err)
	_, err = c.Apply(t.Context(), reformcycle.By("office").At(dawn), reformcycle.EngageActor{Actor: stakeholders.Actor{
		ID: "moh", Name: "Ministry", Constituency: stakeholders.MinistryOfHealth, Position: stakeholders.At(3), Power: 4, Weight: 1e-7,
	}})
	require.NoError(t, err)
	s, err := FromState(c.State())
	require.NoError(t, err)
	require.Equal(t, "National programme, phase 2", s.Name)
	require.Equal(t, leastWeight, s.Actors[0].Weight)
	require.Contains(t, fmt.Sprint(s.Assumed), "moh: the weight 1e-07")
	compiled(t, s)
}

// What is owed from a lap with another checklist, and guards no longer, is left
// out.
func TestADebtThatGuardsNoLongerIsLeftOut(t *testing.T) {
	list, err := reformcycle.ReformChecklist().Derive("2", assessment.MakeAdvisory("problem.needs"))
	require.NoError(t, err)
	require.False(t, owed(list, "problem.needs"))
	require.False(t, owed(list, "no.such"))
	require.True(t, owed(list, "problem.vision"))
	require.True(t, owed(list, reformcycle.CoalitionVeto))
}

func TestTheZeroTraceIsRefused(t *testing.T) {
	var trace Trace
	_, err := trace.Journal(t.Context(), journal.NewMemory(), "x", dawn)
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.ErrorIs(t, trace.Apply(t.Context(), nil, dawn), fault.ErrInvalid)
	_, err = compiled(t, Reference()).Trace(onStage, 1, math.MaxUint64)
	require.ErrorIs(t, err, fault.ErrInvalid)
}

// Were the cycle to learn of a criterion that has no row here, scenarios with it
// would be refused by name.
func TestADerivedCriterionWithoutARowIsRefused(t *testing.T) {
	all := derivedCriteria
	t.Cleanup(func() { derivedCriteria = all })
	derivedCriteria = all[1:]
	_, err := Compile(Reference())
	i, _ := reformcycle.ReformChecklist().Index(all[0].id)
	require.Equal(t, []string{fault.At("checklist.criteria", i)}, fieldsOf(t, err))
}

func TestEveryDerivedCriterionIsKnown(t *testing.T) {
	var known []string
	for i := range derivedCriteria {
		known = append(known, derivedCriteria[i].id)
	}
	require.ElementsMatch(t, reformcycle.DerivedCriteria(), known)
	for _, d := range derivedCriteria {
		for _, id := range append(d.brings, d.requires...) {
			require.NotNil(t, derivedOf(id), "%s rests on %s", d.id, id)
		}
	}
	for _, d := range derivedCriteria {
		// Whoever asks for somebody says whom, and who takes which role.
		require.Equal(t, d.holds != nil, d.lacks != nil && d.takes != nil && d.who != nil, d.id)
	}
}

// A young cycle is not refused for whom it lacks, be it everybody: the scenario says
// what is out of reach, and its notes whom that asks for. It runs so, and as soon as the
// host says who is expected it is no longer out of reach.
func TestAYoungCycleIsNeverRefused(t *testing.T) {
	c, err := reformcycle.New("young", reformcycle.WithTitle("A young reform"))
	require.NoError(t, err)
	engage := func(id string, from stakeholders.Constituency, member bool) {
		_, err := c.Apply(t.Context(), reformcycle.By("office").At(dawn), reformcycle.EngageActor{Actor: stakeholders.Actor{
			ID: id, Name: id, Constituency: from, Member: member, Position: stakeholders.At(6), Power: 4,
		}})
		require.NoError(t, err)
	}
	out := func() Scenario {
		t.Helper()
		s, err := FromState(c.State())
		require.NoError(t, err)
		s.Horizon = 60
		o := outcomes(t, compiled(t, s), policyOf(t, "balanced"), 3, 1)
		if len(s.Missing) > 0 {
			for i := range o {
				require.LessOrEqual(t, o[i].Furthest, reformcycle.CoalitionBuilding)
			}
		}
		for _, id := range s.Missing {
			require.Contains(t, fmt.Sprint(s.Assumed), "Out of reach is "+id)
		}
		return s
	}
	s := out()
	require.Empty(t, s.Actors)
	require.Equal(t, seats()[:4], s.Missing)
	require.Contains(t, fmt.Sprint(s.Assumed), "No actor is on record")

	engage("ngo", stakeholders.NGO, false)
	require.Equal(t, []string{"coalition.formed", "coalition.diverse", "coalition.government-lead"}, out().Missing, "nobody is a member")
	engage("workers", stakeholders.CommunityHealthWorkers, true)
	require.Equal(t, []string{"coalition.diverse", "coalition.government-lead"}, out().Missing)

	s = out()
	moh := NewCastActor("moh", stakeholders.MinistryOfHealth)
	moh.From, moh.Position, moh.Power, moh.Effort, moh.Member = 6, 5, 6, 4, true
	s.Actors = append(s.Actors, moh)
	reached := outcomes(t, compiled(t, s), policyOf(t, "balanced"), 20, 1)
	require.True(t, slices.ContainsFunc(reached, func(o RunOutcome) bool { return o.Furthest > reformcycle.CoalitionBuilding }))
	s.Missing = nil
	compiled(t, s)

	engage("district", stakeholders.SubnationalGovernment, false)
	require.Empty(t, out().Missing)
}

// A cycle without actors whose checklist asks nothing of the coalition is a scenario,
// too.
func TestAYoungCycleWithAnotherChecklistIsNotRefusedEither(t *testing.T) {
	c, err := reformcycle.New("young", reformcycle.WithChecklist(lean(t)))
	require.NoError(t, err)
	s, err := FromState(c.State())
	require.NoError(t, err)
	m, err := Compile(s, lean(t))
	require.NoError(t, err)
	o := outcomes(t, m, policyOf(t, "balanced"), 1, 1)[0]
	require.Equal(t, reformcycle.ProblemPrioritization, o.Furthest)
}
