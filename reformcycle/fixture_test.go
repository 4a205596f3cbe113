package reformcycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/stakeholders"
)

// What the tests of this package share: a reform that goes well, change by
// change, and ways to look at a cycle from outside.

var (
	background = context.Background()
	dawn       = time.Date(2015, time.July, 1, 8, 0, 0, 0, time.UTC)
)

func onDay(n int) time.Time { return dawn.AddDate(0, 0, n) }

// onDate is the date of that day.
func onDate(day int) date.Date { return date.Of(onDay(day)) }

// office is the author of what the fixtures apply.
func office(day int) reformcycle.Stamp { return reformcycle.By("reform office").At(onDay(day)) }

func illustrative(what string) assessment.Evidence {
	return assessment.Evidence{What: what, Source: "teaching case", Basis: assessment.Illustrative}
}

func rate(criterion string, level assessment.Level) reformcycle.Rate {
	return reformcycle.Rate{Criterion: criterion, Level: level, Evidence: illustrative("seen for " + criterion)}
}

// rated lists the criteria of a stage that people rate.
func rated(stage reformcycle.Stage) []string {
	var ids []string
	for _, c := range reformcycle.ReformChecklist().All() {
		if c.Section == stage.String() && c.Kind == assessment.Rated {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// functional rates whatever people rate at a stage.
func functional(stage reformcycle.Stage) []reformcycle.Change {
	var changes []reformcycle.Change
	for _, id := range rated(stage) {
		changes = append(changes, rate(id, assessment.Functional))
	}
	return changes
}

func pledge(id string, amount float64) stakeholders.Commitment {
	return stakeholders.Commitment{ID: id, Resource: stakeholders.Money, Unit: "USD", Pledged: amount, Stage: "launch"}
}

// castOf gives twelve actors: who leads, who pays, who opposes.
func castOf() []stakeholders.Actor {
	member := func(id, name string, c stakeholders.Constituency, position, power float64, roles ...stakeholders.Role) stakeholders.Actor {
		return stakeholders.Actor{
			ID: id, Name: name, Constituency: c, Roles: roles, Member: true,
			Position: stakeholders.At(position), Power: stakeholders.Power(power),
			Commitments: []stakeholders.Commitment{pledge(id+"-pledge", 1000)},
		}
	}
	bystander := stakeholders.Actor{
		ID: "treasury", Name: "Ministry of finance", Constituency: stakeholders.OtherMinistry,
		Position: stakeholders.At(-2), Power: 6, Commitments: []stakeholders.Commitment{pledge("treasury-pledge", 500)},
	}
	return []stakeholders.Actor{
		member("moh", "Ministry of health", stakeholders.MinistryOfHealth, 6, 6, stakeholders.Leader),
		member("counties", "County health teams", stakeholders.SubnationalGovernment, 4, 4, stakeholders.Gatekeeper),
		member("villages", "Village committees", stakeholders.LocalCommunity, 4, 2, stakeholders.ChangeChampion),
		member("chw-union", "Association of community health workers", stakeholders.CommunityHealthWorkers, 6, 2),
		member("ngo", "Last mile organisation", stakeholders.NGO, 6, 4, stakeholders.Connector, stakeholders.Enabler),
		member("fund", "Bilateral fund", stakeholders.BilateralDonor, 4, 6, stakeholders.Donor),
		member("unicef", "Children's agency", stakeholders.MultilateralAgency, 4, 4, stakeholders.Liaison),
		member("nurses", "Nurses' association", stakeholders.ProfessionalAssociation, 2, 4),
		member("university", "School of public health", stakeholders.AcademicInstitution, 4, 2),
		member("churches", "Council of churches", stakeholders.FaithBased, 2, 2),
		member("press", "Community radio", stakeholders.Media, 0, 2),
		bystander,
	}
}

// fulfil gives the changes that meet every required criterion of a stage in a
// lap, in a cycle that fulfilled the stages before it.
func fulfil(stage reformcycle.Stage, lap int) []reformcycle.Change {
	named := func(id string) string { return fmt.Sprintf("%s-%d", id, lap) }
	changes := functional(stage)
	add := func(more ...reformcycle.Change) { changes = append(changes, more...) }
	switch stage {
	case reformcycle.ProblemPrioritization:
		add(reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: named("deaths"), Statement: "Children die far from any clinic", Area: "rural counties"}})
	case reformcycle.CoalitionBuilding:
		if lap == 1 {
			for _, a := range castOf() {
				add(reformcycle.EngageActor{Actor: a})
			}
			add(reformcycle.FormCoalition{Coalition: reformcycle.Coalition{Name: "Technical working group", Purpose: "One cadre, one programme", Convener: "moh"}})
		}
	case reformcycle.SolutionGathering:
		add(reformcycle.SetCriteria{For: reformcycle.ForSolutions, Criteria: []reformcycle.ChoiceCriterion{
			{ID: "reach", Text: "Reaches remote households", Weight: 2}, {ID: "cost", Text: "Can be paid for", Weight: 1},
		}})
		for i, origin := range []reformcycle.Origin{reformcycle.Existing, reformcycle.International, reformcycle.Local} {
			add(reformcycle.ProposeSolution{Solution: reformcycle.Solution{
				ID: named(string(origin)), Name: "Option from an origin: " + string(origin), Origin: origin,
				Scores: reformcycle.Scores{"reach": float64(5 + i), "cost": float64(8 - i)},
			}})
		}
		add(reformcycle.ChooseSolution{Solution: named("local"), By: "moh", Reason: "It reaches the remotest"})
	case reformcycle.Design:
		add(reformcycle.NameAuthorities{Authorities: reformcycle.Authorities{
			DecisionMakers: []string{"moh"}, Contributors: []string{"ngo", "villages"}, Authorizers: []string{"counties"},
		}})
		for _, c := range reformcycle.Components() {
			add(reformcycle.MapDesign{Choice: reformcycle.DesignChoice{Component: c, Choice: "As the working group recommends", Authority: "moh"}})
			add(reformcycle.ValidateDesign{Component: c, By: "moh"})
		}
	case reformcycle.ProgramReadiness:
	case reformcycle.Launch:
		for i, areas := range [][]string{{"Rivercess"}, {"Grand Gedeh", "Gbarpolu"}, {"Lofa"}, {"Maryland"}} {
			add(reformcycle.PlanRollout{Phase: reformcycle.RolloutPhase{ID: named(fmt.Sprintf("phase-%c", 'a'+i)), Name: "A step of the rollout", Areas: areas, Workers: 100}})
		}
		add(reformcycle.ReportRollout{Phase: named("phase-a"), Deployed: 80})
	case reformcycle.Governance:
		if lap == 1 {
			add(body("steering", reformcycle.National, "moh", "fund"), body("county-board", reformcycle.Subnational, "counties"), body("village-board", reformcycle.CommunityTier, "villages"))
		}
	case reformcycle.ManagementAndLearning:
		add(
			review(named("annual"), reformcycle.National, "Supervision is thin"),
			review(named("county"), reformcycle.Subnational),
			review(named("village"), reformcycle.CommunityTier),
			review(named("mid-term"), reformcycle.National),
			reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: named("supervisors"), What: "One supervisor for ten workers", Review: named("annual")}},
			reformcycle.Adapt{Adaptation: reformcycle.Adaptation{ID: named("stock"), What: "Stock cards for every worker", Review: named("county"), Component: reformcycle.EquipmentAndSupplies}},
		)
	}
	return changes
}

func body(id string, tier reformcycle.Tier, members ...string) reformcycle.EstablishBody {
	return reformcycle.EstablishBody{Body: reformcycle.Body{
		ID: id, Name: "A body that decides", Tier: tier, Members: members,
		Rights: []reformcycle.DecisionRight{{Matter: "The yearly plan", Power: reformcycle.Decides}},
	}}
}

func review(id string, tier reformcycle.Tier, gaps ...string) reformcycle.HoldReview {
	return reformcycle.HoldReview{Review: reformcycle.Review{ID: id, Name: "A review", Tier: tier, Findings: []string{"Visits rose"}, Gaps: gaps}}
}

func meeting(id string, accounts ...string) reformcycle.HoldCommunityMeeting {
	return reformcycle.HoldCommunityMeeting{Meeting: reformcycle.CommunityMeeting{ID: id, Group: "A community group", Accounts: accounts}}
}

// walkTo applies what takes a fresh cycle to a stage of a lap, a batch a stage
// and a batch a move, thirty days apart, and gives the day after.
func walkTo(t testing.TB, c *reformcycle.Cycle, stage reformcycle.Stage, lap int) int {
	t.Helper()
	day := 0
	for l := 1; l <= lap; l++ {
		for s := range reformcycle.Stages() {
			if l == lap && s == stage {
				return day
			}
			require.NoError(t, refusalOf(c.Apply(background, office(day), fulfil(s, l)...)), "fulfilling %s of lap %d", s, l)
			var on reformcycle.Change = reformcycle.Advance{}
			if s == reformcycle.ManagementAndLearning {
				on = reformcycle.Renew{}
			}
			require.NoError(t, refusalOf(c.Apply(background, office(day+1), on)), "leaving %s of lap %d", s, l)
			day += 30
		}
	}
	return day
}

// standingAt gives a cycle in memory that stands at a stage of the first lap,
// with nothing of that stage done, and the next free day.
func standingAt(t testing.TB, stage reformcycle.Stage, options ...reformcycle.Option) (*reformcycle.Cycle, int) {
	t.Helper()
	c, err := reformcycle.New("LBR-NCHAP", options...)
	require.NoError(t, err)
	return c, walkTo(t, c, stage, 1)
}

// fullReform gives a cycle at the last stage of its first lap with everything
// on record: twelve actors with roles and commitments, forty-five ratings, three
// options, ten design choices, four rollout phases, three bodies, four reviews
// and two adaptations. Only the renewal is still to come.
func fullReform(t testing.TB, j reformcycle.Journal) (*reformcycle.Cycle, int) {
	t.Helper()
	c, err := reformcycle.New("LBR-NCHAP", reformcycle.WithJournal(j), reformcycle.WithTitle("National community health programme"), reformcycle.WithCountry("Liberia"))
	require.NoError(t, err)
	// Sixteen criteria are rated twice, the rest once: 29 + 16 = 45.
	var early []reformcycle.Change
	for s := range reformcycle.Stages() {
		for _, id := range rated(s) {
			if len(early) < 16 {
				early = append(early, rate(id, assessment.PartiallyFunctional))
			}
		}
	}
	require.NoError(t, refusalOf(c.Apply(background, office(0), early...)))
	day := walkTo(t, c, reformcycle.ManagementAndLearning, 1)
	require.NoError(t, refusalOf(c.Apply(background, office(day), fulfil(reformcycle.ManagementAndLearning, 1)...)))
	require.Empty(t, c.Now().Blockers())
	return c, day + 1
}

// bytesOf is a state as the journal's readers see it.
func bytesOf(t require.TestingT, s reformcycle.State) string {
	b, err := json.Marshal(s)
	require.NoError(t, err)
	return string(b)
}

// entriesOf gives a cycle's history.
func entriesOf(t require.TestingT, c *reformcycle.Cycle) []reformcycle.Entry {
	var all []reformcycle.Entry
	for e, err := range c.History(background, 0) {
		require.NoError(t, err)
		all = append(all, e)
	}
	return all
}

// listJournal is a journal that holds the given entries of one cycle.
type listJournal []reformcycle.Entry

func (l listJournal) Append(context.Context, reformcycle.Batch) error {
	return errors.New("a list of entries is only read")
}

func (l listJournal) Load(_ context.Context, _ string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		for _, e := range l[min(after, uint64(len(l))):] {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (l listJournal) Cycles(context.Context, string) iter.Seq2[string, error] {
	return func(func(string, error) bool) {}
}

// isTyped reports whether an error is one of the documented refusals.
func isTyped(err error) bool {
	return slices.ContainsFunc([]error{
		reformcycle.ErrInvalid, reformcycle.ErrBlocked, reformcycle.ErrIllegalMove, reformcycle.ErrSuspended,
		reformcycle.ErrAbandoned, reformcycle.ErrMoment, reformcycle.ErrConflict, reformcycle.ErrNotFound,
		reformcycle.ErrUnknownKind, reformcycle.ErrUnknownVersion, reformcycle.ErrCorrupt,
		reformcycle.ErrUnknownChecklist, reformcycle.ErrReentrant, reformcycle.ErrHanging,
	}, func(kind error) bool { return errors.Is(err, kind) })
}

func TestFullReformIsAsFullAsItSays(t *testing.T) {
	c, _ := fullReform(t, journal.NewMemory())
	s := c.State()
	require.Equal(t, 12, s.Actors().Len())
	require.Len(t, s.Solutions(), 3)
	require.Len(t, s.DesignChoices(), 10)
	require.Len(t, s.Rollout(), 4)
	require.Len(t, s.Bodies(), 3)
	require.Len(t, s.Reviews(), 4)
	require.Len(t, s.Adaptations(), 2)
	require.Len(t, s.Ratings(), 29)
	ratings := 0
	for _, e := range entriesOf(t, c) {
		if e.Kind == reformcycle.KindRate {
			ratings++
		}
	}
	require.Equal(t, 45, ratings)
}

func TestARenewedReformWalksASecondLap(t *testing.T) {
	c, err := reformcycle.New("LBR-NCHAP")
	require.NoError(t, err)
	walkTo(t, c, reformcycle.Launch, 2)
	require.Equal(t, 2, c.State().Lap())
	require.Equal(t, reformcycle.Launch, c.State().Stage())
	require.Len(t, c.State().Laps(), 1)
}

// refusalOf leaves the receipt out.
func refusalOf(_ reformcycle.Receipt, err error) error { return err }
