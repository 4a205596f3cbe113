package reformcycle_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/stakeholders"
)

// What guards a move beyond the checklist of the stage that is left, and the
// debt that leaving it unmet makes.

func union(position float64) reformcycle.EngageActor {
	e := actor("union", stakeholders.TradeUnion, false, position, 1)
	e.Actor.Veto = true
	return e
}

func TestAnOpponentWithAVetoBlocksEveryAdvanceAfterCoalitionBuilding(t *testing.T) {
	c, day := standingAt(t, reformcycle.Design)
	require.NoError(t, refusalOf(c.Apply(background, office(day), append(fulfil(reformcycle.Design, 1), union(-2))...)))
	blockers := c.Now().Blockers()
	require.Len(t, blockers, 1)
	require.Equal(t, reformcycle.CoalitionVeto, blockers[0].Guard)
	require.Equal(t, []string{"union"}, blockers[0].Actors)
	require.Contains(t, blockers[0].String(), "union")
	actions := c.Now().NextActions()
	require.Equal(t, reformcycle.CoalitionVeto, actions[0].Guard)
	require.Equal(t, reformcycle.KindTakePosition, actions[0].Change)
	require.NotEmpty(t, actions[0].Who)
	var blocked *reformcycle.BlockedError
	require.ErrorAs(t, refusalOf(c.Apply(background, office(day), reformcycle.Advance{})), &blocked)
	require.Equal(t, blockers, blocked.Blockers)

	require.NoError(t, refusalOf(c.Apply(background, office(day), reformcycle.Advance{Override: reformcycle.Override{Authority: "moh", Reason: "An election"}})))
	debts := c.State().OpenDebts()
	require.Len(t, debts, 1)
	require.Equal(t, reformcycle.CoalitionVeto, debts[0].Guard)
	require.Equal(t, reformcycle.Design, debts[0].Stage)
	require.NoError(t, refusalOf(c.Apply(background, office(day), reformcycle.TakePosition{Actor: "union", Position: stakeholders.At(0), Reason: "Their pay was settled"})))
	require.Empty(t, c.State().OpenDebts())
	require.Equal(t, c.State().Moment(), c.State().Debts()[0].Settled)
}

// The coalition has to hold: support that is lost blocks later stages too.
func TestACoalitionThatLosesItsSupportBlocksLaterStages(t *testing.T) {
	c, day := standingAt(t, reformcycle.ProgramReadiness)
	require.NoError(t, refusalOf(c.Apply(background, office(day), append(functional(reformcycle.ProgramReadiness),
		actor("doctors", stakeholders.ProfessionalAssociation, false, -7, 7),
		actor("treasurers", stakeholders.OtherMinistry, false, -7, 7),
		actor("owners", stakeholders.PrivateSector, false, -7, 7),
		actor("barons", stakeholders.PrivateFunder, false, -7, 7),
	)...)))
	// Opposition 4 × 7 × 7 + 6 × 2 = 208; support 36+16+8+12+24+24+16+8+8+4 = 156.
	f := c.State().Actors().Feasibility()
	require.EqualValues(t, 208, f.Opposition)
	require.EqualValues(t, 156, f.Support)
	require.Len(t, c.Now().Blockers(), 1)
	require.Equal(t, "coalition.feasible", c.Now().Blockers()[0].Guard)
	require.Equal(t, reformcycle.CoalitionBuilding, c.Now().Blockers()[0].Stage)
	require.NoError(t, refusalOf(c.Apply(background, office(day),
		reformcycle.Waive{Criterion: "coalition.feasible", Authority: "moh", Reason: "The law is passed"}, reformcycle.Advance{})))
	require.Len(t, c.State().OpenDebts(), 1, "what is waived and unmet is owed")
}

func TestARenewalKeepsDebtAndMayChangeTheChecklist(t *testing.T) {
	next, err := reformcycle.ReformChecklist().Derive("2.0.0", assessment.Drop("learning.feedback"))
	require.NoError(t, err)
	j := journal.NewMemory()
	c, err := reformcycle.New("renewed", reformcycle.WithJournal(j), reformcycle.WithChecklist(next), reformcycle.WithChecklist(reformcycle.ReformChecklist()))
	require.NoError(t, err)
	day := walkTo(t, c, reformcycle.ManagementAndLearning, 1)
	last := slices.DeleteFunc(fulfil(reformcycle.ManagementAndLearning, 1), func(c reformcycle.Change) bool {
		r, is := c.(reformcycle.Rate)
		return is && r.Criterion == "learning.feedback"
	})
	require.NoError(t, refusalOf(c.Apply(background, office(day), last...)))
	require.Equal(t, "learning.feedback", c.Now().Blockers()[0].Guard)
	require.NoError(t, refusalOf(c.Apply(background, office(day),
		reformcycle.Waive{Criterion: "learning.feedback", Authority: "moh", Reason: "Next lap"},
		reformcycle.Renew{Checklist: next.ID(), Reason: "A new plan"},
	)))
	s := c.State()
	require.Equal(t, next.ID(), s.Checklist().ID())
	require.Equal(t, reformcycle.ReformChecklist().ID(), s.Laps()[0].Checklist)
	require.Empty(t, s.OpenDebts(), "a criterion that is gone is asked for no longer")
	require.Len(t, s.Debts(), 1)
	require.Equal(t, s.Moment(), s.Debts()[0].Unasked)
	require.Zero(t, s.Debts()[0].Settled, "and was never met")
	require.Equal(t, []string{reformcycle.ReformChecklist().ID(), next.ID()}, []string{s.JudgedBy()[0].Checklist, s.JudgedBy()[1].Checklist})
	again, err := reformcycle.Open(background, j, "renewed", reformcycle.WithChecklist(next))
	require.NoError(t, err)
	require.Equal(t, bytesOf(t, s), bytesOf(t, again.State()))
}

// Reach weighs 2 and cost 1: 10·2 + 0·1 of 30 is 2/3, and an option without a
// score on reach lies between 10/30 and 30/30.
func TestOptionsAreRankedByWhatIsKnownOfThem(t *testing.T) {
	c, day := standingAt(t, reformcycle.SolutionGathering)
	weights := []reformcycle.ChoiceCriterion{{ID: "reach", Text: "Reach", Weight: 2}, {ID: "cost", Text: "Cost", Weight: 1}}
	require.NoError(t, refusalOf(c.Apply(background, office(day),
		reformcycle.SetCriteria{For: reformcycle.ForSolutions, Criteria: weights},
		reformcycle.SetCriteria{For: reformcycle.ForProblems, Criteria: weights},
		option("open", reformcycle.Local), option("sure", reformcycle.Existing), option("bare", reformcycle.Existing),
		reformcycle.ScoreSolution{Solution: "open", Scores: reformcycle.Scores{"cost": 10}},
		reformcycle.ScoreSolution{Solution: "sure", Scores: reformcycle.Scores{"reach": 10, "cost": 0}},
		reformcycle.ScoreProblem{Problem: "deaths-1", Scores: reformcycle.Scores{"reach": 10}},
	)))
	ranked := c.State().RankedSolutions()
	require.Equal(t, "sure", ranked[0].ID, "two middles of 2/3: the surer comes first")
	require.Equal(t, "open", ranked[1].ID)
	require.Equal(t, "bare", ranked[2].ID)
	require.InDelta(t, 2.0/3, ranked[0].Score.Low, 1e-12)
	require.InDelta(t, 2.0/3, ranked[0].Score.High, 1e-12)
	require.InDelta(t, 1.0/3, ranked[1].Score.Low, 1e-12)
	require.InDelta(t, 1, ranked[1].Score.High, 1e-12)
	require.Equal(t, assessment.Bounds{Low: 0, High: 1}, ranked[2].Score)
	require.Len(t, c.State().RankedProblems(), 1)
}

func TestAForkHasThePastOfItsOriginalAndItsOwnFuture(t *testing.T) {
	c, day := standingAt(t, reformcycle.Design)
	was := len(entriesOf(t, c))
	fork := c.Fork()
	require.NoError(t, refusalOf(c.Apply(background, office(day), rate("design.consulted", 3))))
	require.NoError(t, refusalOf(fork.Apply(background, office(day), rate("design.consulted", 1), rate("design.instruments", 2))))
	deeper := fork.Fork()
	require.NoError(t, refusalOf(deeper.Apply(background, office(day), rate("design.instruments", 3))))
	require.Len(t, entriesOf(t, c), was+1)
	require.Len(t, entriesOf(t, fork), was+2)
	require.Len(t, entriesOf(t, deeper), was+3)
	past, err := deeper.AsOf(background, onDay(day-1))
	require.NoError(t, err)
	require.EqualValues(t, was, past.Seq())
	folded, err := deeper.AsOf(background, onDay(day))
	require.NoError(t, err)
	require.Equal(t, bytesOf(t, deeper.State()), bytesOf(t, folded))
}

func TestTheIdentityOfTheTableIsStable(t *testing.T) {
	require.NotEmpty(t, reformcycle.TableID())
	require.Len(t, slices.Collect(reformcycle.Table()), 7+7+28+4+4*8)
}

// 0.1 + 0.2 + 0.3 is 0.6, in whatever order it is summed.
func TestSupportThatEqualsOppositionIsATieInAnyOrder(t *testing.T) {
	pull := func(id string, position, weight float64) reformcycle.EngageActor {
		return reformcycle.EngageActor{Actor: stakeholders.Actor{ID: id, Name: id, Constituency: stakeholders.MinistryOfHealth, Position: stakeholders.At(position), Power: 1, Weight: weight, Member: true}}
	}
	all := []reformcycle.Change{pull("a", 2, 0.1), pull("b", 2, 0.2), pull("c", 2, 0.3), pull("x", -2, 0.6)}
	for _, order := range [][]int{{0, 1, 2, 3}, {2, 1, 0, 3}, {3, 1, 2, 0}, {1, 2, 3, 0}} {
		c, err := reformcycle.New("TIE", reformcycle.WithStage(reformcycle.CoalitionBuilding))
		require.NoError(t, err)
		for _, i := range order {
			require.NoError(t, refusalOf(c.Apply(background, office(0), all[i])))
		}
		require.False(t, c.State().Actors().Feasibility().Feasible(), "%v", order)
		level, _ := c.State().Level("coalition.feasible")
		require.Equal(t, assessment.PartiallyFunctional, level, "%v", order)
	}
}

// placesOf ranks options that are recorded in an order.
func placesOf(t *testing.T, weights []reformcycle.ChoiceCriterion, scores map[string]reformcycle.Scores, order []string) map[string]int {
	c, day := standingAt(t, reformcycle.SolutionGathering)
	changes := []reformcycle.Change{reformcycle.SetCriteria{For: reformcycle.ForSolutions, Criteria: weights}}
	for _, id := range order {
		changes = append(changes, option(id, reformcycle.Local))
		if len(scores[id]) > 0 {
			changes = append(changes, reformcycle.ScoreSolution{Solution: id, Scores: scores[id]})
		}
	}
	require.NoError(t, refusalOf(c.Apply(background, office(day), changes...)))
	places := map[string]int{}
	for _, r := range c.State().RankedSolutions() {
		places[r.ID] = r.Place
	}
	return places
}

// 6·0.1 + 3·0.2 + 2·0.3 is 1.8, and so is 3 times 0.1 + 0.2 + 0.3.
func TestOptionsThatTieShareAPlace(t *testing.T) {
	weights := []reformcycle.ChoiceCriterion{{ID: "a", Text: "A", Weight: 0.1}, {ID: "b", Text: "B", Weight: 0.2}, {ID: "c", Text: "C", Weight: 0.3}}
	scores := map[string]reformcycle.Scores{"one": {"a": 6, "b": 3, "c": 2}, "other": {"a": 3, "b": 3, "c": 3}, "worse": {"a": 3, "b": 3, "c": 2.9}}
	for _, order := range [][]string{{"one", "other", "worse"}, {"worse", "other", "one"}} {
		require.Equal(t, map[string]int{"one": 1, "other": 1, "worse": 3}, placesOf(t, weights, scores, order))
	}
}

// Options are weighed where they differ: a heavy criterion on which they agree hides no
// difference in a light one, and is no reason to see one that rounding made.
func TestWhatOptionsAgreeOnDecidesNothing(t *testing.T) {
	weights := []reformcycle.ChoiceCriterion{
		{ID: "heavy", Text: "Heavy", Weight: 1e6}, {ID: "light", Text: "Light", Weight: 1e-12}, {ID: "a", Text: "A", Weight: 1e-13}, {ID: "b", Text: "B", Weight: 2e-13}, {ID: "c", Text: "C", Weight: 3e-13},
	}
	tie := func(heavy, light float64, more reformcycle.Scores) reformcycle.Scores {
		s := reformcycle.Scores{"heavy": heavy, "light": light, "a": 3, "b": 3, "c": 3}
		maps.Copy(s, more)
		return s
	}
	scores := map[string]reformcycle.Scores{
		"best": tie(7, 9, nil), "second": tie(7, 8, nil), "again": tie(7, 8, reformcycle.Scores{"a": 6, "b": 3, "c": 2}), "last": tie(6, 10, nil),
		"unscored": {}, // from 0 to 10, so 5 in the middle
	}
	order := []string{"best", "second", "again", "last", "unscored"}
	for range 2 {
		require.Equal(t, map[string]int{"best": 1, "second": 2, "again": 2, "last": 4, "unscored": 5}, placesOf(t, weights, scores, order))
		slices.Reverse(order)
	}
}
