package simulation

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

var nan, inf = math.NaN(), math.Inf(1)

// fieldsOf lists the fields that an error names.
func fieldsOf(t testing.TB, err error) (fields []string) {
	t.Helper()
	var all fault.Fields
	require.ErrorAs(t, err, &all)
	require.ErrorIs(t, err, fault.ErrInvalid)
	for _, e := range all {
		require.NotEmpty(t, e.Rule)
		require.NotEmpty(t, e.Want)
		wantsInWords(t, e)
		fields = append(fields, e.Path)
	}
	return fields
}

func TestAScenarioThatIsWrongIsRefusedWithTheField(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*Scenario)
		field string
	}{
		"a horizon of none":                        {func(s *Scenario) { s.Horizon = 0 }, "horizon"},
		"a horizon of a million":                   {func(s *Scenario) { s.Horizon = 1_000_000 }, "horizon"},
		"no actors":                                {func(s *Scenario) { s.Actors, s.Influence = nil, nil }, "actors"},
		"a hazard above 1":                         {func(s *Scenario) { s.Shocks.Election.Hazard = 1.01 }, "shocks.election.hazard"},
		"a hazard of no number":                    {func(s *Scenario) { s.Shocks.DonorExit.Hazard = nan }, "shocks.donor_exit.hazard"},
		"an infinite shift":                        {func(s *Scenario) { s.Shocks.Scandal.Shift = inf }, "shocks.scandal.shift"},
		"negative noise":                           {func(s *Scenario) { s.Positions.Noise = -0.1 }, "positions.noise"},
		"a difficulty of nothing":                  {func(s *Scenario) { s.Work.Rated = 0 }, "work.rated"},
		"a spread of 1":                            {func(s *Scenario) { s.Work.Spread = 1 }, "work.spread"},
		"patience of none":                         {func(s *Scenario) { s.Opposition.Patience = 0 }, "opposition.patience"},
		"no name":                                  {func(s *Scenario) { s.Name = " " }, "name"},
		"a name that is no text":                   {func(s *Scenario) { s.Name = "\xff" }, "name"},
		"a long name":                              {func(s *Scenario) { s.Name = strings.Repeat("x", 129) }, "name"},
		"a name of two lines":                      {func(s *Scenario) { s.Name = "a\nb" }, "name"},
		"no checklist":                             {func(s *Scenario) { s.Checklist = "" }, "checklist"},
		"an unknown checklist":                     {func(s *Scenario) { s.Checklist = "other@1" }, "checklist"},
		"an unknown stage":                         {func(s *Scenario) { s.Start.Stage = 9 }, "start.stage"},
		"an unknown debt":                          {func(s *Scenario) { s.Start.Debts = []string{"no.such"} }, "start.debts[0]"},
		"a debt twice":                             {func(s *Scenario) { s.Start.Debts = []string{"problem.needs", "problem.needs"} }, "start.debts[1]"},
		"an advisory debt":                         {func(s *Scenario) { s.Start.Debts = []string{"problem.window"} }, "start.debts[0]"},
		"a veto waived":                            {func(s *Scenario) { s.Start.Waived = []string{reformcycle.CoalitionVeto} }, "start.waived[0]"},
		"an actor twice":                           {func(s *Scenario) { s.Actors[3].ID = "moh" }, "actors[3].id"},
		"an actor without an id":                   {func(s *Scenario) { s.Actors[3].ID = "" }, "actors[3].id"},
		"a constituency of none":                   {func(s *Scenario) { s.Actors[1].Constituency = "moon" }, "actors[1].constituency"},
		"an unknown role":                          {func(s *Scenario) { s.Actors[1].Roles = []stakeholders.Role{"jester"} }, "actors[1].roles[0]"},
		"a position beyond":                        {func(s *Scenario) { s.Actors[1].Position = 7.5 }, "actors[1].position"},
		"a power of none":                          {func(s *Scenario) { s.Actors[1].Power = 0 }, "actors[1].power"},
		"an effort of no number":                   {func(s *Scenario) { s.Actors[1].Effort = nan }, "actors[1].effort"},
		"an attachment above 1":                    {func(s *Scenario) { s.Actors[1].Attachment = 1.1 }, "actors[1].attachment"},
		"weights that sum to more":                 {func(s *Scenario) { s.Influence[0].Weight = 0.6 }, "influence[0].weight"},
		"weights that sum to less":                 {func(s *Scenario) { s.Influence = s.Influence[1:] }, "influence[0].weight"},
		"a weight of no number":                    {func(s *Scenario) { s.Influence[4].Weight = nan }, "influence[4].weight"},
		"a negative weight":                        {func(s *Scenario) { s.Influence[4].Weight, s.Influence[3].Weight = -0.25, 1 }, "influence[4].weight"},
		"a stranger who listens":                   {func(s *Scenario) { s.Influence = append(s.Influence, Influence{"x", "moh", 1}) }, "influence[36].listener"},
		"a stranger who is heard":                  {func(s *Scenario) { s.Influence[0].Of = "x" }, "influence[0].of"},
		"a pair twice":                             {func(s *Scenario) { s.Influence[1].Of = s.Influence[0].Of }, "influence[1].of"},
		"a criterion of no work":                   {func(s *Scenario) { s.Criteria = []CriterionWork{{ID: "problem.needs", Difficulty: new(0.0)}} }, "criteria[0].difficulty"},
		"an unknown criterion":                     {func(s *Scenario) { s.Criteria = []CriterionWork{{ID: "no.such"}} }, "criteria[0].id"},
		"a computed criterion":                     {func(s *Scenario) { s.Criteria = []CriterionWork{{ID: "coalition.feasible"}} }, "criteria[0].id"},
		"a criterion twice":                        {func(s *Scenario) { s.Criteria = []CriterionWork{{ID: "a"}, {ID: "a"}} }, "criteria[1].id"},
		"a level of 7":                             {func(s *Scenario) { s.Criteria = []CriterionWork{{ID: "problem.needs", Level: 7}} }, "criteria[0].level"},
		"a derived one that fades":                 {func(s *Scenario) { s.Criteria = []CriterionWork{{ID: "problem.framed", Upkeep: new(0.1)}} }, "criteria[0].upkeep"},
		"a derived one too high":                   {func(s *Scenario) { s.Criteria = []CriterionWork{{ID: "problem.framed", Level: 4}} }, "criteria[0].level"},
		"upkeep of no number":                      {func(s *Scenario) { s.Criteria = []CriterionWork{{ID: "problem.needs", Upkeep: new(nan)}} }, "criteria[0].upkeep"},
		"a note that is no text":                   {func(s *Scenario) { s.Notes = []string{"\xff"} }, "notes[0]"},
		"an assumption that says nothing readable": {func(s *Scenario) { s.Assumed = []language.Text{language.Typed("\xff")} }, "assumed[0]"},
		"too many assumptions":                     {func(s *Scenario) { s.Assumed = make([]language.Text, 1001) }, "assumed"},
		"too many notes":                           {func(s *Scenario) { s.Notes = make([]string, 1001) }, "notes"},
		"too many criteria":                        {func(s *Scenario) { s.Criteria = make([]CriterionWork, 1001) }, "criteria"},
		"too many debts":                           {func(s *Scenario) { s.Start.Debts = make([]string, 1001) }, "start.debts"},
		"too much influence":                       {func(s *Scenario) { s.Influence = make([]Influence, 40_001) }, "influence"},
	} {
		s := Reference()
		c.spoil(&s)
		_, err := Compile(s)
		require.Contains(t, fieldsOf(t, err), c.field, name)
	}
}

func TestEverythingThatIsWrongIsReportedAtOnce(t *testing.T) {
	s := Reference()
	s.Horizon, s.Work.Spread, s.Actors[2].Power, s.Influence[0].Weight = 0, 2, 9, 0.9
	require.ElementsMatch(t, []string{"horizon", "work.spread", "actors[2].power", "influence[0].weight"}, fieldsOf(t, s.Validate().Err()))
}

func TestAThousandActorsAreRefusedAndTwoHundredRun(t *testing.T) {
	crowd := func(n int) Scenario {
		s := NewScenario("crowd (illustrative)")
		s.Missing = seats()
		for i := range n {
			a := NewCastActor(fmt.Sprintf("a%d", i), stakeholders.NGO)
			a.Position, a.Effort, a.Member = 4, 0.05, true
			s.Actors = append(s.Actors, a)
		}
		return s
	}
	_, err := Compile(crowd(1000))
	require.Equal(t, []string{"actors"}, fieldsOf(t, err))
	require.ErrorContains(t, err, "1 to 200")
	o := outcomes(t, compiled(t, crowd(200)), policyOf(t, "balanced"), 1, 1)[0]
	require.Equal(t, 120, o.Months)
}

// A reform of opponents alone never leaves the first stage, for nobody gives effort,
// and is suspended and abandoned if it has begun.
func TestAReformOfOpponentsAloneGoesNowhere(t *testing.T) {
	s := Reference()
	for i := range s.Actors {
		s.Actors[i].Position, s.Actors[i].Attachment = -7, 1
	}
	for stage, status := range map[reformcycle.Stage]reformcycle.Status{
		reformcycle.ProblemPrioritization: reformcycle.Active, reformcycle.CoalitionBuilding: reformcycle.Active, reformcycle.SolutionGathering: reformcycle.Abandoned,
	} {
		s.Start.Stage = stage
		for _, name := range Policies() {
			if name == "rush-to-launch" {
				continue // it leaves by override
			}
			sum, err := compiled(t, s).Run(t.Context(), policyOf(t, name), 50, 1)
			require.NoError(t, err)
			require.EqualValues(t, 50, sum.Status()[status], "%s from %s", name, stage)
			require.EqualValues(t, 50, sum.Furthest()[stage], "%s from %s", name, stage)
		}
	}
}

func TestTheExtremesOfTheRegisterRun(t *testing.T) {
	for _, p := range Register() {
		if strings.HasPrefix(p.Name, "criteria") || strings.HasPrefix(p.Name, "influence") || strings.HasPrefix(p.Name, "events") {
			continue
		}
		for _, v := range []float64{p.Min, p.Max} {
			s, err := Reference().With(p.Name, v)
			require.NoError(t, err, p.Name)
			if p.Name == "horizon" {
				v = min(v, 100)
			}
			for _, o := range outcomes(t, compiled(t, s), policyOf(t, "adaptive"), 2, 1) {
				require.Positive(t, o.Months, "%s = %g", p.Name, v)
				require.False(t, o.Readiness != o.Readiness || o.Readiness > 1, "%s = %g", p.Name, v)
			}
		}
	}
	for _, p := range Reference().Parameters() {
		require.Equal(t, p.Default, p.Value, p.Name)
	}
	_, err := Reference().With("no.such", 1)
	require.Equal(t, []string{"parameter"}, fieldsOf(t, err))
	_, err = Reference().With("work.rated", nan)
	require.Equal(t, []string{"work.rated"}, fieldsOf(t, err))
	_, err = Reference().With("actors[].power", 8)
	require.Equal(t, []string{"actors[].power"}, fieldsOf(t, err))
	_, err = Reference().With("horizon", 2.5)
	require.Equal(t, []string{"horizon"}, fieldsOf(t, err))
}

func TestAScenarioIsReadAsItWasWritten(t *testing.T) {
	s := Reference()
	s.Start = Start{Stage: reformcycle.Design, Suspended: true, Debts: []string{"problem.needs"}}
	s.Criteria = []CriterionWork{{ID: "design.consulted", Level: assessment.Functional, Difficulty: new(3.0), Upkeep: new(0.01)}}
	s.Missing, s.Events, s.Actors[3].From = []string{"coalition.diverse"}, []Event{{6, AnElection}, {3, AnEpidemic}}, 9
	text, err := json.Marshal(s)
	require.NoError(t, err)
	read, err := ParseScenario(text)
	require.NoError(t, err)
	require.Equal(t, s, read)
	var into Scenario
	require.NoError(t, json.Unmarshal(text, &into))
	require.Equal(t, s, into)
	require.Equal(t, compiled(t, s).Digest(), compiled(t, read).Digest())
	require.Equal(t, s, compiled(t, s).Scenario())
	require.Equal(t, reformcycle.ReformChecklist(), compiled(t, s).Checklist())
	require.Error(t, json.Unmarshal([]byte(`{}`), &into))
	var a CastActor
	require.NoError(t, json.Unmarshal([]byte(`{"id":"x"}`), &a))
	require.EqualValues(t, 4, a.Power, "what is left out has its default")
	require.Error(t, json.Unmarshal([]byte(`{"id":3}`), &a))
	_, err = ParseScenario([]byte(`{"name": "x", "actors": [{"id": "moh", "constituency": "ministry-of-health"}], "events": [{"month": 0, "shock": "election"}, {"month": 3, "shock": "flood"}, {"month": 2.5, "shock": "scandal"}]}`))
	require.ErrorContains(t, err, "fiscal-crisis")
	_, err = ParseScenario([]byte(`{"name": "x", "actors": [{"id": "moh", "constituency": "ministry-of-health"}], "events": [{"shock": "election"}, {"month": 601, "shock": "scandal"}]}`))
	require.Equal(t, []string{"events[0].month", "events[1].month"}, fieldsOf(t, err))
}

func TestWhatTheJSONLeavesOutHasItsDefaultAndZeroIsZero(t *testing.T) {
	s, err := ParseScenario([]byte(`{"name": "small", "actors": [{"id": "moh", "constituency": "ministry-of-health", "position": 6, "effort": 0}], "shocks": {"election": {"hazard": 0}}}`))
	require.NoError(t, err)
	require.Zero(t, s.Shocks.Election.Hazard)
	require.Zero(t, s.Actors[0].Effort)
	want := NewScenario("small", NewCastActor("moh", stakeholders.MinistryOfHealth))
	want.Actors[0].Position, want.Actors[0].Effort, want.Shocks.Election.Hazard = 6, 0, 0
	require.Equal(t, want, s)
}

// A criterion that is named for its level keeps following what Work says of its
// kind, so that a what-if over work.rated reaches it.
func TestACriterionThatIsNamedFollowsWorkUnlessItSaysOtherwise(t *testing.T) {
	s, err := ParseScenario([]byte(`{"name": "small", "actors": [{"id": "moh", "constituency": "ministry-of-health", "position": 6}], "work": {"upkeep": 0.3},
		"missing": ["coalition.formed", "coalition.diverse"], "criteria": [{"id": "problem.needs", "level": "functional"}, {"id": "problem.vision", "difficulty": 30}, {"id": "problem.framed"},
			{"id": "governance.financing", "level": 2}, {"id": "governance.coordination", "upkeep": 0}]}`))
	require.NoError(t, err)
	s, err = s.With("work.rated", 20)
	require.NoError(t, err)
	views := map[string]CriterionView{}
	for _, v := range compiled(t, s).views {
		views[v.ID] = v
	}
	for id, want := range map[string]struct{ difficulty, upkeep float64 }{
		"problem.needs": {20, 0}, "problem.vision": {30, 0}, "problem.framed": {s.Work.Derived, 0},
		"governance.financing": {20, 0.3}, "governance.coordination": {20, 0},
	} {
		require.Equal(t, want.difficulty, views[id].Difficulty, id)
		require.Equal(t, want.upkeep, views[id].Upkeep, id)
	}
	copied := s.Clone()
	*copied.Criteria[1].Difficulty = 1
	require.EqualValues(t, 30, *s.Criteria[1].Difficulty)
}

func TestJSONThatIsWrongIsRefusedWithThePath(t *testing.T) {
	for text, field := range map[string]string{
		``:                                       "",
		`null`:                                   "",
		`[]`:                                     "",
		`{"name": "a"} {}`:                       "",
		`{"name": "a"`:                           "",
		"{\"name\": \"\xff\"}":                   "name",
		`{"nmae": "a"}`:                          "nmae",
		`{"name": "a", "name": "b"}`:             "name",
		`{"name": 3}`:                            "name",
		`{"horizon": "x"}`:                       "horizon",
		`{"horizon": 1.5}`:                       "horizon",
		`{"illustrative": 1}`:                    "illustrative",
		`{"work": 3}`:                            "work",
		`{"work": {"rated": "x"}}`:               "work.rated",
		`{"work": {"rated": 1e999}}`:             "work.rated",
		`{"work": {"rate": 1}}`:                  "work.rate",
		`{"criteria": [{"difficulty": "x"}]}`:    "criteria[0].difficulty",
		`{"actors": {}}`:                         "actors",
		`{"actors": [3]}`:                        "actors[0]",
		`{"actors": [{"constituency": 3}]}`:      "actors[0].constituency",
		`{"actors": [{"constituency": "moon"}]}`: "actors[0].constituency",
		`{"actors": [{"roles": ["king"]}]}`:      "actors[0].roles[0]",
		`{"start": {"stage": "moon"}}`:           "start.stage",
		`{"criteria": [{"level": "high"}]}`:      "criteria[0].level",
		`{"shocks": {"scandal": {"hazard": 0, "hazard": 1}}}`:                                 "shocks.scandal.hazard",
		`{"actors": [{"id": "moh"}], "influence": [` + strings.Repeat("{},", 40_000) + `{}]}`: "influence",
		`{"name": "` + strings.Repeat("x", 4<<20) + `"}`:                                      "",
		strings.Repeat(`{"start":`, 20_000) + strings.Repeat("}", 100):                        "",
	} {
		_, err := ParseScenario([]byte(text))
		require.Contains(t, fieldsOf(t, err), field, "%.80s", text)
	}
	_, err := ParseScenario([]byte(`{"horizon": "x", "nmae": 1, "actors": [{"id": "moh", "constituency": "ngo", "roles": ["king"], "pwoer": 3}]}`))
	require.Equal(t, []string{"name", "horizon", "nmae", "actors[0].roles[0]", "actors[0].pwoer"}, fieldsOf(t, err), "in the order of the text")
}

func FuzzParseScenario(f *testing.F) {
	whole, err := json.Marshal(Reference())
	require.NoError(f, err)
	f.Add(whole)
	f.Add([]byte(`{"name": "a", "actors": [{"id": "moh"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ParseScenario(data)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		again, err := json.Marshal(s)
		require.NoError(t, err)
		read, err := ParseScenario(again)
		require.NoError(t, err)
		require.Equal(t, s.Validate(), read.Validate())
	})
}

func TestAChecklistThatCantBeSimulatedIsRefused(t *testing.T) {
	base := reformcycle.ReformChecklist()
	derive := func(version string, changes ...assessment.Edit) *assessment.Checklist {
		list, err := base.Derive(version, changes...)
		require.NoError(t, err)
		return list
	}
	for name, list := range map[string]*assessment.Checklist{
		"a derived threshold":   derive("t", assessment.SetThreshold("design.choices", assessment.PartiallyFunctional)),
		"a number out of reach": derive("n", assessment.SetParameter("solution.gathered", 4)),
	} {
		s := Reference()
		s.Checklist = list.ID()
		_, err := Compile(s, list)
		require.ErrorIs(t, err, fault.ErrInvalid, name)
	}
	foreign, err := assessment.NewChecklist(assessment.Spec{Name: "f", Version: "1", Sources: []assessment.Source{{Key: "model", Citation: "x"}}, Criteria: []assessment.Criterion{{ID: "a", Section: "moon", Text: "x", Kind: assessment.Rated, Sources: []string{"model"}}}})
	require.NoError(t, err)
	s := Reference()
	s.Checklist = "f@1"
	_, err = Compile(s, foreign)
	require.ErrorIs(t, err, reformcycle.ErrInvalid)
	_, err = Compile(Reference(), nil)
	require.NoError(t, err)
}

func TestPoliciesAreMadeByNameAndTuned(t *testing.T) {
	for _, name := range Policies() {
		s := policyOf(t, name)
		require.Equal(t, name, s.Name())
		for _, p := range s.Parameters() {
			require.Equal(t, p.Default, p.Value)
			for _, v := range []float64{p.Min, p.Max} {
				tuned, err := s.With(p.Name, v)
				require.NoError(t, err)
				_, err = compiled(t, Reference()).Run(t.Context(), tuned, 3, 1)
				require.NoError(t, err, "%s with %s = %g", name, p.Name, v)
			}
			_, err := s.With(p.Name, nan)
			require.Equal(t, []string{p.Name}, fieldsOf(t, err))
		}
		_, err := s.With("charm", 1)
		require.ErrorContains(t, err, "persuasion")
		require.Equal(t, s.Parameters(), policyOf(t, name).Parameters(), "With leaves the policy as it was")
	}
	_, err := NewPolicy("luck", nil)
	require.ErrorContains(t, err, "bottleneck-first")
	_, err = NewPolicy("balanced", map[string]float64{"ahead": 2, "charm": 1})
	require.Equal(t, []string{"ahead", "charm"}, fieldsOf(t, err))
}

func TestAPolicyOfAHostsOwnIsRefusedWithEverythingThatIsWrong(t *testing.T) {
	_, err := NewTunable(" ", []Parameter{{Name: "a", Max: 1, Default: 2}, {Name: "a", Min: 1}, {Max: 1}, {Name: "b", Max: nan}}, nil)
	require.ElementsMatch(t, []string{
		"allocate", "policy.name", "policy.parameters[0].default", "policy.parameters[1].default", "policy.parameters[1].name",
		"policy.parameters[2].name", "policy.parameters[3].default",
	}, fieldsOf(t, err))
	own := []Parameter{{Name: "a", Max: 1, Default: 0.5}}
	s, err := NewTunable("mine", own, func(values []float64, v *View, a *Allocation) { a.Work(0, float64(values[0]*v.Budget)) })
	require.NoError(t, err)
	own[0].Name = "another"
	require.Equal(t, []Parameter{{Name: "a", Max: 1, Default: 0.5, Value: 0.5}}, s.Parameters())
	half, err := s.With("a", 0.25)
	require.NoError(t, err)
	month := firstMonth(t, quiet(ministry(4)), half)
	require.InDelta(t, 0.25*month.Budget, month.Work[0].Effort, 1e-12)
}

// odd is a policy whose parameters can't be an identity.
type odd struct {
	tactic
	parameters []Parameter
}

func (o odd) Parameters() []Parameter               { return o.parameters }
func (o odd) With(string, float64) (Tunable, error) { return o, nil }

func TestAPolicysParametersHaveToBeAnIdentity(t *testing.T) {
	m := compiled(t, Reference())
	for _, parameters := range [][]Parameter{make([]Parameter, 17), {{Name: "x", Value: nan}}, {{Name: "x", Value: inf}}, {{Name: " "}}} {
		_, err := m.Run(t.Context(), odd{onStage, parameters}, 1, 1)
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
}
