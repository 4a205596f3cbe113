package reformcycle_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// The golden list was written by hand from the model's description, not from
// the checklist: it changes only where the model does.
func TestReformChecklistIsTheOneThatTheModelDescribes(t *testing.T) {
	golden, err := os.ReadFile("testdata/reform-readiness.golden")
	require.NoError(t, err)
	var want []string
	for line := range strings.Lines(string(golden)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			want = append(want, line)
		}
	}
	require.Len(t, want, 53)

	var got []string
	for _, c := range reformcycle.ReformChecklist().All() {
		force := "required"
		if c.Advisory {
			force = "advisory"
		}
		got = append(got, strings.Join([]string{c.Section, c.ID, string(c.Kind), force, strings.Join(c.Sources, ",")}, " "))
	}
	require.Equal(t, want, got)
}

func TestEverySectionIsAStageAndInOrder(t *testing.T) {
	var stages []string
	for s := range reformcycle.Stages() {
		stages = append(stages, s.String())
	}
	require.Equal(t, stages, reformcycle.ReformChecklist().Sections())
}

func TestEveryDerivedCriterionIsComputedAndNoOther(t *testing.T) {
	var derived []string
	for _, c := range reformcycle.ReformChecklist().All() {
		if c.Kind == assessment.Derived {
			derived = append(derived, c.ID)
		}
	}
	slices.Sort(derived)
	require.Len(t, derived, 24)
	require.Equal(t, derived, reformcycle.DerivedCriteria())
}

func TestEveryCriterionHasASourceATextARemedyAndCarriers(t *testing.T) {
	list := reformcycle.ReformChecklist()
	texts := map[string]string{}
	for _, c := range list.All() {
		require.NotEmpty(t, c.Sources, c.ID)
		for _, key := range c.Sources {
			source, ok := list.Source(key)
			require.True(t, ok, "%s cites %s", c.ID, key)
			require.NotEmpty(t, source.Citation)
		}
		require.NotEmpty(t, c.Carriers, c.ID)
		for _, role := range c.Carriers {
			require.True(t, stakeholders.Role(role).Valid(), "%s is carried by %s", c.ID, role)
		}
		for _, text := range []string{c.Text, c.Remedy} {
			require.True(t, strings.HasSuffix(text, "."), "%s: %q is no sentence", c.ID, text)
			require.Empty(t, texts[text], "%s says what %s says", c.ID, texts[text])
			texts[text] = c.ID
		}
		require.Equal(t, assessment.Functional, c.Threshold, c.ID)
	}
	for _, source := range list.Sources() {
		cited := false
		for _, c := range list.All() {
			cited = cited || slices.Contains(c.Sources, source.Key)
		}
		require.True(t, cited, "%s is cited by no criterion", source.Key)
	}
}

// threshold tells how one derived criterion is met: from a state where it is
// just unmet, by one last batch. Both are applied to a cycle at the stage.
type threshold struct {
	criterion string
	stage     reformcycle.Stage
	// short leaves the criterion just unmet, at the level given.
	short []reformcycle.Change
	level assessment.Level
	// last meets it.
	last []reformcycle.Change
}

func changes(c ...reformcycle.Change) []reformcycle.Change { return c }

func actor(id string, c stakeholders.Constituency, member bool, position, power float64, roles ...stakeholders.Role) reformcycle.EngageActor {
	return reformcycle.EngageActor{Actor: stakeholders.Actor{
		ID: id, Name: "An actor", Constituency: c, Member: member, Roles: roles,
		Position: stakeholders.At(position), Power: stakeholders.Power(power),
	}}
}

func option(id string, origin reformcycle.Origin) reformcycle.ProposeSolution {
	return reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: id, Name: "An option", Origin: origin}}
}

func choice(component reformcycle.Component) reformcycle.MapDesign {
	return reformcycle.MapDesign{Choice: reformcycle.DesignChoice{Component: component, Choice: "So", Authority: "moh"}}
}

func phase(id string) reformcycle.PlanRollout {
	return reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: id, Name: "A step", Areas: []string{"Lofa"}, Workers: 10}}
}

var (
	solutionCriteria = reformcycle.SetCriteria{For: reformcycle.ForSolutions, Criteria: []reformcycle.ChoiceCriterion{{ID: "reach", Text: "Reach", Weight: 1}}}
	authorities      = reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{DecisionMakers: []string{"moh"}, Contributors: []string{"ngo"}, Authorizers: []string{"moh"}}}
	pilotOf          = func(id string) reformcycle.RecordPilot {
		return reformcycle.RecordPilot{Solution: id, Pilot: reformcycle.Pilot{ID: "pilot", Where: "Konobo", Finding: reformcycle.Inconclusive, Result: "Too early to tell", Evidence: illustrative("a pilot")}}
	}
	appraisalOf = func(id string) reformcycle.AppraiseSolution {
		return reformcycle.AppraiseSolution{Solution: id, Expectation: reformcycle.Expectation{Cost: 1, Currency: "USD", Impact: "Fewer deaths", Feasibility: assessment.Functional, Evidence: illustrative("an appraisal")}}
	}
	chosen = func(id string) reformcycle.ChooseSolution {
		return reformcycle.ChooseSolution{Solution: id, By: "moh", Reason: "It fits"}
	}
	scored = func(id string) reformcycle.ScoreSolution {
		return reformcycle.ScoreSolution{Solution: id, Scores: reformcycle.Scores{"reach": 5}}
	}
)

func thresholds() []threshold {
	const non, partly = assessment.NonFunctional, assessment.PartiallyFunctional
	sixRoles := stakeholders.Roles()[:6]
	mapNine := changes(authorities)
	for _, c := range reformcycle.Components()[:9] {
		mapNine = append(mapNine, choice(c))
	}
	lastComponent := reformcycle.Components()[9]
	return []threshold{
		{"problem.framed", reformcycle.ProblemPrioritization, changes(rate("problem.needs", assessment.Functional)), non,
			changes(reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "Children die"}})},
		{"problem.window", reformcycle.ProblemPrioritization, changes(rate("problem.needs", assessment.Functional)), non,
			changes(reformcycle.OpenWindow{Window: reformcycle.Window{ID: "w", Kind: reformcycle.Crisis, What: "An epidemic"}})},
		{"coalition.formed", reformcycle.CoalitionBuilding, changes(
			actor("moh", stakeholders.MinistryOfHealth, true, 6, 6),
			reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "Group", Purpose: "Reform", Convener: "moh"}},
			reformcycle.ReleaseActor{Actor: "moh", Reason: "Restructured"}, // and the convener with it
			actor("ngo", stakeholders.NGO, true, 6, 6),
		), partly, changes(reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "Group", Purpose: "Reform", Convener: "ngo"}})},
		// A role counts only while an active member holds it.
		{"coalition.roles", reformcycle.CoalitionBuilding, changes(
			actor("moh", stakeholders.MinistryOfHealth, true, 6, 6, sixRoles...),
			actor("ngo", stakeholders.NGO, false, 6, 6, stakeholders.Liaison),
		), partly, changes(reformcycle.AssignRole{Actor: "moh", Role: stakeholders.Liaison})},
		// Three groups, the community among them: first three without it, then with.
		{"coalition.diverse", reformcycle.CoalitionBuilding, changes(
			actor("moh", stakeholders.MinistryOfHealth, true, 6, 6), actor("ngo", stakeholders.NGO, true, 6, 6),
			actor("fund", stakeholders.BilateralDonor, true, 6, 6), actor("village", stakeholders.LocalCommunity, false, 6, 6),
		), partly, changes(actor("chws", stakeholders.CommunityHealthWorkers, true, 6, 6))},
		{"coalition.government-lead", reformcycle.CoalitionBuilding, changes(
			actor("moh", stakeholders.MinistryOfHealth, true, 6, 6), actor("ngo", stakeholders.NGO, true, 6, 6, stakeholders.Leader),
		), partly, changes(reformcycle.AssignRole{Actor: "moh", Role: stakeholders.Leader})},
		// 2 × 6 on both sides is a tie; 3 × 6 > 2 × 6.
		{"coalition.feasible", reformcycle.CoalitionBuilding, changes(
			actor("moh", stakeholders.MinistryOfHealth, true, 6, 2), actor("union", stakeholders.TradeUnion, false, -6, 2),
		), partly, changes(reformcycle.TakePosition{Actor: "moh", Position: stakeholders.At(6), Power: 3, Reason: "A new minister"})},
		{"coalition.chw-voice", reformcycle.CoalitionBuilding, changes(actor("chws", stakeholders.CommunityHealthWorkers, false, 6, 2)), non,
			changes(reformcycle.AssignRole{Actor: "chws", Role: stakeholders.ChangeChampion})},
		{"solution.criteria", reformcycle.SolutionGathering, changes(
			reformcycle.SetCriteria{For: reformcycle.ForProblems, Criteria: solutionCriteria.Criteria},
		), non, changes(solutionCriteria)},
		// Two options of one origin, then one of another.
		{"solution.gathered", reformcycle.SolutionGathering, changes(option("a", reformcycle.Local), option("b", reformcycle.Local)), partly,
			changes(option("c", reformcycle.Existing))},
		{"solution.prioritized", reformcycle.SolutionGathering, changes(
			solutionCriteria, option("a", reformcycle.Local), option("b", reformcycle.Existing), scored("a"), chosen("a"),
		), partly, changes(scored("b"))},
		// What was piloted was not chosen.
		{"solution.piloted", reformcycle.SolutionGathering, changes(
			option("a", reformcycle.Local), option("b", reformcycle.Existing), pilotOf("a"), chosen("b"),
		), partly, changes(chosen("a"))},
		{"design.authorities", reformcycle.Design, changes(rate("design.consulted", assessment.Functional)), non, changes(authorities)},
		{"design.choices", reformcycle.Design, mapNine, partly, changes(choice(lastComponent))},
		// A choice that is made anew waits to be validated anew.
		{"design.validated", reformcycle.Design, changes(
			authorities, choice(reformcycle.Training), choice(reformcycle.Supervision),
			reformcycle.ValidateDesign{Component: reformcycle.Training, By: "moh"},
			reformcycle.ValidateDesign{Component: reformcycle.Supervision, By: "moh"}, choice(reformcycle.Supervision),
		), partly, changes(reformcycle.ValidateDesign{Component: reformcycle.Supervision, By: "moh"})},
		// Of two chosen options one is not appraised.
		{"design.evidence", reformcycle.Design, changes(
			option("more", reformcycle.Local), chosen("more"), appraisalOf("more"),
		), partly, changes(appraisalOf("local-1"))},
		{"launch.activated", reformcycle.Launch, changes(phase("a")), partly, changes(reformcycle.ReportRollout{Phase: "a"})},
		// 0.8 of 10 planned workers is 8.
		{"launch.deployed", reformcycle.Launch, changes(phase("a"), reformcycle.ReportRollout{Phase: "a", Deployed: 7}), partly,
			changes(reformcycle.ReportRollout{Phase: "a", Deployed: 8})},
		// Two phases, one started, and no review since.
		{"launch.phased", reformcycle.Launch, changes(phase("a"), phase("b"), reformcycle.ReportRollout{Phase: "a", Deployed: 7}), partly,
			changes(review("r", reformcycle.CommunityTier))},
		{"governance.rights", reformcycle.Governance, changes(body("n", reformcycle.National), body("c", reformcycle.CommunityTier)), partly,
			changes(body("s", reformcycle.Subnational))},
		{"learning.review", reformcycle.ManagementAndLearning, changes(review("n", reformcycle.National), review("c", reformcycle.CommunityTier)), partly,
			changes(review("s", reformcycle.Subnational))},
		{"learning.adaptation", reformcycle.ManagementAndLearning, changes(review("n", reformcycle.National)), non,
			changes(reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: "a", What: "More supervisors", Review: "n"}})},
		{"learning.next", reformcycle.ManagementAndLearning, changes(review("n", reformcycle.National)), partly,
			changes(review("s", reformcycle.Subnational, "Supplies run out"))},
		// A group that met, and to which nobody gave account.
		{"learning.community-accountability", reformcycle.ManagementAndLearning, changes(meeting("a")), partly,
			changes(meeting("b", "The clinic was shut on market days"))},
	}
}

func TestADerivedCriterionIsMetExactlyWhereItsRuleSays(t *testing.T) {
	var covered []string
	for _, rule := range thresholds() {
		covered = append(covered, rule.criterion)
		t.Run(rule.criterion, func(t *testing.T) {
			c, day := standingAt(t, rule.stage)
			require.NoError(t, refusalOf(c.Apply(background, office(day), rule.short...)))
			level, ok := c.State().Level(rule.criterion)
			require.True(t, ok)
			require.Equal(t, rule.level, level, "just unmet")
			criterion, _ := reformcycle.ReformChecklist().Criterion(rule.criterion)
			blockers := c.Now().Blockers()
			i := slices.IndexFunc(blockers, func(b reformcycle.Blocker) bool { return b.Guard == rule.criterion })
			if criterion.Advisory {
				require.Negative(t, i, "an advisory criterion blocks")
			} else {
				require.GreaterOrEqual(t, i, 0, "an unmet criterion does not block")
				require.NotEmpty(t, blockers[i].Missing)
				require.True(t, blockers[i].Derived)
				require.Contains(t, blockers[i].String(), rule.criterion)
			}
			action := slices.IndexFunc(c.Now().NextActions(), func(a reformcycle.Action) bool { return a.Guard == rule.criterion })
			require.GreaterOrEqual(t, action, 0, "nothing is advised to meet it")
			require.Contains(t, reformcycle.Kinds(), c.Now().NextActions()[action].Change)
			require.NotEmpty(t, c.Now().NextActions()[action].Missing)

			require.NoError(t, refusalOf(c.Apply(background, office(day+1), rule.last...)))
			level, _ = c.State().Level(rule.criterion)
			require.Equal(t, assessment.Functional, level, "just met")
			require.False(t, slices.ContainsFunc(c.Now().Blockers(), func(b reformcycle.Blocker) bool { return b.Guard == rule.criterion }))
		})
	}
	slices.Sort(covered)
	require.Equal(t, reformcycle.DerivedCriteria(), covered, "a rule without a test")
}

func TestDiversityNeedsThreeGroupsEvenWithTheCommunity(t *testing.T) {
	c, day := standingAt(t, reformcycle.CoalitionBuilding)
	require.NoError(t, refusalOf(c.Apply(background, office(day), actor("village", stakeholders.LocalCommunity, true, 1, 1), actor("chws", stakeholders.CommunityHealthWorkers, true, 1, 1), actor("ngo", stakeholders.NGO, true, 1, 1))))
	level, _ := c.State().Level("coalition.diverse")
	require.Equal(t, assessment.PartiallyFunctional, level) // two groups: community, civil society
}

// A review counts for twelve months, the last day included.
func TestAReviewCountsForTheReviewInterval(t *testing.T) {
	c, day := standingAt(t, reformcycle.ManagementAndLearning)
	require.NoError(t, refusalOf(c.Apply(background, office(day), review("n", reformcycle.National), review("s", reformcycle.Subnational))))
	held := c.State().Moment()
	level, _ := c.State().At(held.AddDate(1, 0, 0)).Level("learning.review")
	require.Equal(t, assessment.Functional, level)
	level, _ = c.State().At(held.AddDate(1, 0, 1)).Level("learning.review")
	require.Equal(t, assessment.NonFunctional, level)
}

// Regions, districts and facility areas are below the nation; the nation and the
// community are not what "subnational" asks for.
func TestWhatIsBelowTheNationCountsAsSubnational(t *testing.T) {
	for tier, counts := range map[reformcycle.Tier]bool{
		reformcycle.Region: true, reformcycle.District: true, reformcycle.FacilityArea: true, reformcycle.Subnational: true,
		reformcycle.National: false, reformcycle.CommunityTier: false,
	} {
		c, day := standingAt(t, reformcycle.Governance)
		require.NoError(t, refusalOf(c.Apply(background, office(day), body("n", reformcycle.National), body("b", tier), review("n", reformcycle.National), review("r", tier))))
		for _, id := range []string{"governance.rights", "learning.review"} {
			level, _ := c.State().Level(id)
			require.Equal(t, counts, level == assessment.Functional, "%s with %s", id, tier)
		}
	}
}

// The phases a and b start ten days apart: a review between them counts, one
// before the first or after the second does not.
func TestAReviewBetweenTwoPhasesIsHeldBetweenTheirStarts(t *testing.T) {
	for on, want := range map[int]assessment.Level{-11: assessment.PartiallyFunctional, -10: assessment.Functional, -1: assessment.Functional, 0: assessment.Functional, 1: assessment.PartiallyFunctional} {
		c, day := standingAt(t, reformcycle.Launch)
		day += 20
		held := review("r", reformcycle.CommunityTier)
		held.Review.On = onDate(day + on)
		require.NoError(t, refusalOf(c.Apply(background, office(day+5), phase("a"), phase("b"), held,
			reformcycle.ReportRollout{Phase: "b", Started: onDate(day)}, reformcycle.ReportRollout{Phase: "a", Started: onDate(day - 10)})))
		level, _ := c.State().Level("launch.phased")
		require.Equal(t, want, level, "review on day %d of the second start", on)
	}
}

func TestWhatAnEarlierLapRecordedDoesNotMeetTheNext(t *testing.T) {
	c, err := reformcycle.New("LBR-NCHAP")
	require.NoError(t, err)
	walkTo(t, c, reformcycle.ProblemPrioritization, 2)
	carriesOver := []string{"coalition.formed", "coalition.roles", "coalition.diverse", "coalition.government-lead", "coalition.feasible", "coalition.chw-voice", "governance.rights", "learning.review"}
	for _, id := range reformcycle.DerivedCriteria() {
		level, _ := c.State().Level(id)
		require.Equal(t, slices.Contains(carriesOver, id), level == assessment.Functional, id)
	}
	require.Empty(t, c.State().Ratings())
}

func TestAWaivedCriterionThatIsUnmetWhenItsLapEndsBecomesDebt(t *testing.T) {
	c, day := standingAt(t, reformcycle.ManagementAndLearning)
	require.NoError(t, refusalOf(c.Apply(background, office(day), fulfil(reformcycle.ManagementAndLearning, 1)...)))
	require.NoError(t, refusalOf(c.Apply(background, office(day+1),
		rate("learning.data", assessment.NonFunctional),
		reformcycle.Waive{Criterion: "learning.data", Authority: "moh", Reason: "The register comes next year"},
		reformcycle.Renew{},
	)))
	require.Len(t, c.State().OpenDebts(), 1)
	require.Equal(t, "learning.data", c.State().OpenDebts()[0].Guard)
	require.Equal(t, 1, c.State().OpenDebts()[0].Lap)
}
