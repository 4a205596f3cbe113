package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// plainNation is a nation without links: its own cycle is a district like the others.
func plainNation(districts int) Nation {
	return Nation{Name: "nation (illustrative)", National: Reference(), District: Reference(), Districts: districts}
}

// leanNation is a nation in which nothing happens by chance, whose cycles have one
// criterion a stage: of work 1, by a ministry that gives so much effort a month.
func leanNation(t testing.TB, national, district float64, districts int) (Nation, *assessment.Checklist) {
	list := lean(t)
	template := func(effort float64) Scenario {
		s := seated(effort)
		s.Missing, s.Checklist, s.Horizon = nil, list.ID(), 240
		s.Work.Rated = 4.5 // functional, which is two thirds of the way, takes 3
		return s
	}
	return Nation{Name: "lean (illustrative)", National: template(national), District: template(district), Districts: districts}, list
}

func nationOutcomes(t testing.TB, m *NationModel, c Course, runs, seed uint64) (all []NationOutcome) {
	t.Helper()
	require.NoError(t, m.Each(t.Context(), c, 0, runs, seed, func(_ uint64, o *NationOutcome) {
		one := *o
		one.Districts, one.Began = slices.Clone(o.Districts), slices.Clone(o.Began)
		all = append(all, one)
	}))
	return all
}

func compileNation(t testing.TB, n Nation, lists ...*assessment.Checklist) *NationModel {
	t.Helper()
	m, err := CompileNation(n, lists...)
	require.NoError(t, err)
	return m
}

// One district without links is the reform by itself: every run is that of the model.
func TestADistrictWithoutLinksIsTheReformByItself(t *testing.T) {
	single, err := Compile(Reference())
	require.NoError(t, err)
	for _, name := range Policies() {
		p := policyOf(t, name)
		alone := outcomes(t, single, p, 20, 3)
		for i, o := range nationOutcomes(t, compileNation(t, plainNation(1)), Course{p, p, AllAtOnce()}, 20, 3) {
			assert.Equal(t, alone[i], o.Districts[0], "%s, run %d", name, i)
			assert.Equal(t, []int{0}, o.Began)
		}
	}
}

// How many districts there are, and what the nation does, changes nothing in those that
// wait for nobody and share nobody.
func TestDistrictsWithoutLinksDoNotHangOnEachOther(t *testing.T) {
	p := policyOf(t, "balanced")
	few := nationOutcomes(t, compileNation(t, plainNation(2)), Course{p, p, AllAtOnce()}, 5, 8)
	many := nationOutcomes(t, compileNation(t, plainNation(5)), Course{policyOf(t, "rush-to-launch"), p, AllAtOnce()}, 5, 8)
	apart := 0
	for i := range few {
		assert.Equal(t, few[i].Districts, many[i].Districts[:2])
		if few[i].Districts[0] != few[i].Districts[1] {
			apart++
		}
	}
	assert.NotZero(t, apart, "districts have a luck of their own")
}

// Stage times in a nation where nothing happens by chance are those of arithmetic: a
// criterion takes three effort-months, and a stage is left in the month in which it is
// met.
func TestANationWithoutChanceKeepsTheTimesOfArithmetic(t *testing.T) {
	n, list := leanNation(t, 1, 3, 2) // a national stage takes 3 months, a district's one
	c := Course{onStage, onStage, AllAtOnce()}
	t.Run("no links", func(t *testing.T) {
		o := nationOutcomes(t, compileNation(t, n, list), c, 1, 1)[0]
		assert.Equal(t, []int{-1, 0, 3, 6, 9, 12, 15, 18, 21}, o.National.Entered[:])
		assert.Equal(t, []int{-1, 0, 1, 2, 3, 4, 5, 6, 7}, o.Districts[1].Entered[:])
	})
	t.Run("districts wait", func(t *testing.T) {
		// Design is left when the nation has come to launch: in month 15, as the district
		// sees in the next.
		n := n.Clone()
		n.Needs = []reformcycle.Need{{Leaving: reformcycle.Design, Stage: reformcycle.Launch}}
		o := nationOutcomes(t, compileNation(t, n, list), c, 1, 1)[0]
		assert.Equal(t, []int{-1, 0, 3, 6, 9, 12, 15, 18, 21}, o.National.Entered[:])
		assert.Equal(t, []int{-1, 0, 1, 2, 3, 16, 17, 18, 19}, o.Districts[0].Entered[:])
		assert.Equal(t, o.Districts[0].Entered, o.Districts[1].Entered)
	})
	t.Run("the nation waits for k of n", func(t *testing.T) {
		// The second district begins in month 13 and comes to governance, six stages on,
		// at the end of month 18; the nation, otherwise at program readiness from month 12
		// on, leaves it in the next month.
		asks, err := list.Derive("2", assessment.AskChildren("program-readiness.done", assessment.FromChildren{Of: assessment.OfChildren, Stage: "governance"}, 2), assessment.Rename("lean-nation", "Asks districts"))
		require.NoError(t, err)
		n := n.Clone()
		n.National.Checklist = asks.ID()
		o := nationOutcomes(t, compileNation(t, n, list, asks), Course{onStage, onStage, SoManyAYear(1)}, 1, 1)[0]
		assert.Equal(t, []int{0, 12}, o.Began)
		assert.Equal(t, 18, o.Districts[1].Entered[reformcycle.Governance])
		assert.Equal(t, []int{-1, 0, 3, 6, 9, 12, 19, 22, 25}, o.National.Entered[:])
		// Half of the people are there with the first district, in month 6.
		asks, err = list.Derive("2", assessment.AskChildren("program-readiness.done", assessment.FromChildren{Of: assessment.OfPopulation, Stage: "governance"}, 0.5), assessment.Rename("lean-nation", "Asks districts"))
		require.NoError(t, err)
		o = nationOutcomes(t, compileNation(t, n, list, asks), Course{onStage, onStage, SoManyAYear(1)}, 1, 1)[0]
		assert.Equal(t, 13, o.National.Entered[reformcycle.Launch], "its own work on the stage is none: one month in it")
		// A criterion of theirs, that of launch, is met in both at the end of month 18, if
		// the first has stayed where it is and begun no other lap.
		stays := tactic{"stays", func(v *View, a *Allocation) {
			if a.SpreadEvenly(v.Stage, a.Left()); v.Stage == reformcycle.ManagementAndLearning {
				a.Hold()
			}
		}}
		asks, err = list.Derive("2", assessment.AskChildren("program-readiness.done", assessment.FromChildren{Of: assessment.OfChildren, Criterion: "launch.done"}, 2), assessment.Rename("lean-nation", "Asks districts"))
		require.NoError(t, err)
		o = nationOutcomes(t, compileNation(t, n, list, asks), Course{onStage, stays, SoManyAYear(1)}, 1, 1)[0]
		assert.Equal(t, 19, o.National.Entered[reformcycle.Launch])
	})
	t.Run("pilots first", func(t *testing.T) {
		// The pilot is at launch at the end of month 5, and the other begins then.
		o := nationOutcomes(t, compileNation(t, n, list), Course{onStage, onStage, PilotsFirst(1, reformcycle.Launch)}, 1, 1)[0]
		assert.Equal(t, []int{0, 5}, o.Began)
		assert.Equal(t, []int{-1, 5, 6, 7, 8, 9, 10, 11, 12}, o.Districts[1].Entered[:])
	})
	t.Run("shared", func(t *testing.T) {
		// The ministry gives 3 a month. At once, each of two districts has half, and a
		// stage takes two months. One after another, the first has all of it until the
		// second begins, at month 12, which then has all of it until it launches too.
		n := n.Clone()
		n.Shared = []string{"moh"}
		o := nationOutcomes(t, compileNation(t, n, list), c, 1, 1)[0]
		assert.Equal(t, []int{-1, 0, 2, 4, 6, 8, 10, 12, 14}, o.Districts[0].Entered[:])
		o = nationOutcomes(t, compileNation(t, n, list), Course{onStage, onStage, SoManyAYear(1)}, 1, 1)[0]
		assert.Equal(t, []int{-1, 0, 1, 2, 3, 4, 5, 6, 7}, o.Districts[0].Entered[:])
		assert.Equal(t, []int{-1, 12, 13, 14, 15, 16, 17, 19, 21}, o.Districts[1].Entered[:])
	})
	t.Run("an override passes a link, which holds back the next stage", func(t *testing.T) {
		n := n.Clone()
		n.Needs = []reformcycle.Need{{Leaving: reformcycle.Design, Stage: reformcycle.Launch}}
		once := tactic{"once", func(v *View, a *Allocation) {
			a.SpreadEvenly(v.Stage, a.Left())
			if v.Stage == reformcycle.Design {
				a.Override()
			}
		}}
		o := nationOutcomes(t, compileNation(t, n, list), Course{onStage, once, AllAtOnce()}, 1, 1)[0]
		assert.Equal(t, []int{-1, 0, 1, 2, 3, 4, 16, 17, 18}, o.Districts[0].Entered[:])
		assert.Equal(t, 0, o.Districts[0].Debt, "it is paid when launch is entered, for the nation is there")
	})
}

// In a district whose every month brings it on with chance q, by itself, the months to
// the next stage are geometric; shares of runs agree with the closed form.
func TestTwoDistrictsAgreeWithTheClosedForm(t *testing.T) {
	// Luck is spread evenly by twice a uniform number, so that work that needs its mean
	// is done in a month with chance one half: 1 − spread to 1 + spread around 1.
	n, list := leanNation(t, 3, 3, 2)
	n.District.Work.Spread = 0.5
	n.District.Start.Stage = reformcycle.ProgramReadiness
	forget := tactic{"forget", func(v *View, a *Allocation) {
		if v.Stage == reformcycle.ProgramReadiness && v.InStage == 0 {
			a.SpreadEvenly(v.Stage, a.Left())
		}
	}}
	const runs = 4000
	var both, one [3]int
	m := compileNation(t, n, list)
	require.NoError(t, m.Each(t.Context(), Course{onStage, forget, AllAtOnce()}, 0, runs, 5, func(_ uint64, o *NationOutcome) {
		launched := 0
		for d := range o.Districts {
			if at, there := o.Districts[d].Launch(); there && at == 1 {
				launched++
				one[d]++
			}
		}
		both[launched]++
	}))
	// Each with one half, and independent: a quarter, a half, a quarter. Four standard
	// deviations.
	for k, p := range []float64{0.25, 0.5, 0.25} {
		assert.InDelta(t, p, float64(both[k])/runs, 4*math.Sqrt(p*(1-p)/runs), "%d launched", k)
	}
	assert.InDelta(t, 0.5, float64(one[0])/runs, 4*math.Sqrt(0.25/runs))
	assert.InDelta(t, 0.5, float64(one[1])/runs, 4*math.Sqrt(0.25/runs))
}

// drawnWaves draws waves of a nation.
func drawnWaves(t *rapid.T, districts int) Waves {
	w := Waves{Yearly: rapid.IntRange(0, districts).Draw(t, "yearly")}
	if w.Pilots = rapid.IntRange(0, districts).Draw(t, "pilots"); w.Pilots > 0 {
		w.Until = reformcycle.Stage(rapid.IntRange(1, 8).Draw(t, "until"))
	}
	return w
}

// Where shocks do not strike and nobody is shared, a district that begins later does the
// same later: no waves have one enter a stage sooner than all at once.
func TestWavesMoveADistrictAndNothingElse(t *testing.T) {
	s := Reference()
	s.Shocks.Election.Hazard, s.Shocks.DonorExit.Hazard, s.Shocks.Epidemic.Hazard = 0, 0, 0
	s.Shocks.FiscalCrisis.Hazard, s.Shocks.Scandal.Hazard, s.Events = 0, 0, nil
	for i := range s.Actors {
		s.Actors[i].From, s.Actors[i].Until = 0, 0
	}
	n := Nation{Name: "calm (illustrative)", National: s, District: s, Districts: 4}
	m := compileNation(t, n)
	p := policyOf(t, "balanced")
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		w := drawnWaves(t, n.Districts)
		var at, in NationOutcome
		for into, waves := range map[*NationOutcome]Waves{&at: AllAtOnce(), &in: w} {
			require.NoError(t, m.Each(context.Background(), Course{p, p, waves}, 0, 1, seed, func(_ uint64, o *NationOutcome) {
				*into = *o
				into.Districts, into.Began = slices.Clone(o.Districts), slices.Clone(o.Began)
			}))
		}
		require.Equal(t, at.National, in.National, "nothing is asked of districts")
		for d, began := range in.Began {
			for stage, once := range at.Districts[d].Entered {
				later := in.Districts[d].Entered[stage]
				switch {
				case stage == 0 || began < 0 || once < 0 || once+began > s.Horizon:
					require.Equal(t, -1, later, "%s, district %d, stage %d", w, d, stage)
				default:
					require.Equal(t, once+began, later, "%s, district %d, stage %d", w, d, stage)
				}
			}
		}
	})
}

// Districts are drafted as their waves say, whatever those are: counted here year by
// year.
func TestWavesCountAsTheySay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		districts := rapid.IntRange(1, 60).Draw(t, "districts")
		w := drawnWaves(t, districts)
		released := -1
		if w.Pilots > 0 && rapid.Bool().Draw(t, "released") {
			released = rapid.IntRange(1, 50).Draw(t, "month")
		}
		want, next := w.Pilots, 0
		if w.Pilots > 0 {
			next = released
		}
		for month := range 240 {
			if next >= 0 && month == next {
				if want += w.Yearly; w.Yearly == 0 {
					want = districts
				}
				next += 12
			}
			if w.Pilots == 0 || released < 0 || month >= released {
				require.Equal(t, min(want, districts), w.due(month, released, districts), "%s by month %d of %d", w, month, districts)
			}
		}
	})
}

// The order in which what a district has is looked at does not matter: the nation's own
// outcome is the same when the districts change places within a wave.
func TestTheOrderOfDistrictsDoesNotMatter(t *testing.T) {
	n := askingNation(t, 6)
	m := compileNation(t, n.Nation, n.list)
	p := policyOf(t, "balanced")
	for seed := range fewer(15) {
		forward, back := newNationRun(m, Course{p, p, AllAtOnce()}, seed), newNationRun(m, Course{p, p, AllAtOnce()}, seed)
		for d := range back.districts {
			back.districts[d].luck = uint64(len(back.districts)-1-d) * MaxRuns
		}
		// The first district's chance of a suspension by debt is of the common stream; it
		// has one of its own here.
		forward.districts[0].luck, back.districts[5].luck = 99*MaxRuns, 99*MaxRuns
		require.NoError(t, forward.play(seed))
		require.NoError(t, back.play(seed))
		require.Equal(t, forward.outcome.National, back.outcome.National)
		slices.Reverse(back.outcome.Districts)
		require.Equal(t, forward.outcome.Districts, back.outcome.Districts)
	}
}

type linked struct {
	Nation
	list *assessment.Checklist
}

// askingNation has districts wait for the nation's launch and the nation for half of
// them to be ready, with the ministry of the template at work in all.
func askingNation(t testing.TB, districts int) linked {
	t.Helper()
	list, err := reformcycle.ReformChecklist().Derive("1",
		assessment.AskChildren("launch.deployed", assessment.FromChildren{Of: assessment.OfPopulation, Stage: "launch"}, 0.5),
		assessment.Rename("asks-districts", "Asks districts"))
	require.NoError(t, err)
	n := plainNation(districts)
	n.National.Checklist = list.ID()
	n.Needs = []reformcycle.Need{{Leaving: reformcycle.ProgramReadiness, Stage: reformcycle.Launch}}
	n.Shared = []string{n.District.Actors[0].ID}
	return linked{n, list}
}

// Brute force: what districts and nation wait for holds in every run, month by month.
func TestNobodyPassesALinkBeforeItsTime(t *testing.T) {
	n := askingNation(t, 5)
	m := compileNation(t, n.Nation, n.list)
	launched := 0
	for _, name := range []string{"balanced", "coalition-first", "adaptive"} {
		p := policyOf(t, name)
		for _, o := range nationOutcomes(t, m, Course{p, p, SoManyAYear(2)}, 10, 11) {
			nation, there := o.National.Launch()
			var at []int
			for d := range o.Districts {
				month, is := o.Districts[d].Launch()
				if !is {
					continue
				}
				launched++
				require.True(t, there && month > nation, "%s: a district launches in month %d, the nation in %d", name, month, nation)
				at = append(at, month)
			}
			slices.Sort(at)
			if governs := o.National.Entered[reformcycle.Governance]; governs >= 0 {
				require.True(t, len(at) >= 3 && at[2] < governs, "%s: the nation leaves launch in month %d, districts launch in %v", name, governs, at)
			}
		}
	}
	require.NotZero(t, launched)
}

// A comparison is what is counted from the outcomes one by one, for any number of
// workers.
func TestWavesComparedAreTheOutcomesCounted(t *testing.T) {
	n := askingNation(t, 4)
	m := compileNation(t, n.Nation, n.list)
	p := policyOf(t, "balanced")
	waves := []Waves{AllAtOnce(), SoManyAYear(1), PilotsFirst(1, reformcycle.Launch)}
	const runs = 30
	for _, metric := range []Metric{LaunchedBy(90), MonthsTo(reformcycle.Launch, 120)} {
		c, err := m.Compare(t.Context(), p, p, waves, metric, runs, 4, WithWorkers(3))
		require.NoError(t, err)
		again, err := m.Compare(t.Context(), p, p, waves, metric, runs, 4, WithWorkers(1))
		require.NoError(t, err)
		assert.Equal(t, c, again)
		means := make([][]float64, len(waves))
		for i, w := range waves {
			launched, laps := 0, 0
			for _, o := range nationOutcomes(t, m, Course{p, p, w}, runs, 4) {
				sum := 0.0
				for d := range o.Districts {
					sum += metric.Of(&o.Districts[d])
					if _, is := o.Districts[d].Launch(); is {
						launched++
					}
					laps += min(1, o.Districts[d].Laps)
				}
				means[i] = append(means[i], sum/4)
			}
			mean, half := meanHalf(means[i], 1)
			assert.InDelta(t, mean, c.Estimates[i].At, 1e-9)
			assert.InDelta(t, max(0, mean-half), c.Estimates[i].Low, 1e-9)
			assert.InDelta(t, float64(launched)/(4*runs), c.Whole[i].Launched.At, 1e-12)
			assert.InDelta(t, float64(laps)/(4*runs), c.Whole[i].Lapped.At, 1e-12)
		}
		var apart []float64
		for r := range runs {
			apart = append(apart, means[0][r]-means[1][r])
		}
		mean, half := meanHalf(apart, 3)
		d, err := c.Between(0, 1)
		require.NoError(t, err)
		assert.InDelta(t, mean, d.At, 1e-9)
		assert.InDelta(t, max(-metric.most(), mean-half), d.Low, 1e-9)
		assert.InDelta(t, min(metric.most(), mean+half), d.High, 1e-9)
	}
}

// meanHalf is the mean with half of Student’s interval, one of so many that
// hold together.
func meanHalf(x []float64, together int) (mean, half float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	squares := 0.0
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return mean, student(uint64(len(x)), together) * math.Sqrt(squares/float64(len(x)-1)/float64(len(x)))
}

func TestNationsThatCannotBeAreRefused(t *testing.T) {
	good, list := leanNation(t, 1, 1, 2)
	asks := func(edit assessment.Edit) *assessment.Checklist {
		one, err := list.Derive("2", edit, assessment.Rename("asks", "Asks districts"))
		require.NoError(t, err)
		return one
	}
	children := func(k assessment.FromChildren, n float64) *assessment.Checklist {
		return asks(assessment.AskChildren("launch.done", k, n))
	}
	tests := []struct {
		name, path string
		list       *assessment.Checklist // of the nation
		edit       func(*Nation)
	}{
		{"no name", "name", nil, func(n *Nation) { n.Name = "" }},
		{"no districts", "districts", nil, func(n *Nation) { n.Districts = 0 }},
		{"too many", "districts", nil, func(n *Nation) { n.Districts = 1001 }},
		{"another horizon", "district.horizon", nil, func(n *Nation) { n.District.Horizon = 12 }},
		{"a wrong template", "district.actors[0].power", nil, func(n *Nation) { n.District.Actors[0].Power = math.NaN() }},
		{"no stage", "needs[0].stage", nil, func(n *Nation) { n.Needs = []reformcycle.Need{{Leaving: 4}} }},
		{"a stage left twice", "needs[1].leaving", nil, func(n *Nation) {
			n.Needs = []reformcycle.Need{{Leaving: 4, Stage: 4}, {Leaving: 4, Stage: 5}}
		}},
		{"nobody is shared", "shared[0]", nil, func(n *Nation) { n.Shared = []string{"nobody"} }},
		{"shared twice", "shared[1]", nil, func(n *Nation) { n.Shared = []string{"moh", "moh"} }},
		{"k above n", "national.checklist.criteria[5].parameter", children(assessment.FromChildren{Of: assessment.OfChildren, Stage: "launch"}, 3), func(*Nation) {}},
		{"no such criterion", "national.checklist.criteria[5].children.criterion", children(assessment.FromChildren{Of: assessment.OfChildren, Criterion: "x"}, 1), func(*Nation) {}},
		{"reviews that no district holds", "national.checklist.criteria[5].children.criterion", children(assessment.FromChildren{Of: assessment.OfChildren, ReviewMonths: 6}, 1), func(*Nation) {}},
		{"work on what is asked", "national.criteria[0].id", children(assessment.FromChildren{Of: assessment.OfChildren, Stage: "launch"}, 1), func(n *Nation) {
			n.National.Criteria = []CriterionWork{{ID: "launch.done"}}
		}},
		{"a template that asks", "district.checklist.criteria[5].children", children(assessment.FromChildren{Of: assessment.OfChildren, Stage: "launch"}, 1), func(n *Nation) {
			n.District.Checklist = "asks@2"
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := good.Clone()
			if test.list != nil {
				n.National.Checklist = test.list.ID()
			}
			test.edit(&n)
			_, err := CompileNation(n, list, test.list)
			var wrong fault.Fields
			require.ErrorAs(t, err, &wrong)
			assert.Equal(t, test.path, wrong[0].Path, "%v", err)
		})
	}

	m := compileNation(t, good, list)
	p := policyOf(t, "balanced")
	for want, w := range map[string]Waves{
		"waves[1].pilots": {Pilots: 3, Until: 6}, "waves[1].yearly": {Yearly: -1}, "waves[1].until": {Pilots: 1}, "waves[1]": {},
	} {
		_, err := m.Compare(t.Context(), p, p, []Waves{AllAtOnce(), w}, LaunchedBy(9), 10, 1)
		assert.Equal(t, want, fault.Of(err)[0].Path, "%v", err)
	}
	_, err := m.Compare(t.Context(), nil, p, []Waves{AllAtOnce()}, LaunchedBy(900), 1, 1, WithRange(0, 1))
	var paths []string
	for _, f := range fault.Of(err) {
		paths = append(paths, f.Path)
	}
	assert.Equal(t, []string{"range", "runs", "waves", "national.policy", "metric.month"}, paths)
	_, err = (*NationModel)(nil).Compare(t.Context(), p, p, []Waves{AllAtOnce(), SoManyAYear(1)}, LaunchedBy(9), 10, 1)
	assert.ErrorIs(t, err, fault.ErrInvalid)

	// A policy that fails says where.
	broken := tactic{"broken", func(*View, *Allocation) { panic("no") }}
	err = m.Each(t.Context(), Course{onStage, broken, AllAtOnce()}, 0, 1, 1, func(uint64, *NationOutcome) {})
	require.ErrorIs(t, err, ErrPolicy)
	assert.Contains(t, err.Error(), "District 1:")
	err = m.Each(t.Context(), Course{broken, onStage, AllAtOnce()}, 0, 1, 1, func(uint64, *NationOutcome) {})
	require.ErrorIs(t, err, ErrPolicy)
	assert.Contains(t, err.Error(), "The nation’s own cycle:")
}

// A nation that is written is read back; what is misspelt is refused.
func TestANationGoesThroughJSON(t *testing.T) {
	n := askingNation(t, 3).Nation
	text := marshalled(t, n)
	read, err := ParseNation(text)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(marshalled(t, read)))
	_, err = ParseNation([]byte(`{"name":"x","disticts":3}`))
	assert.ErrorIs(t, err, fault.ErrInvalid)
}

func BenchmarkNationMonth(b *testing.B) {
	for _, districts := range []int{1, 47, 470} {
		b.Run(fmt.Sprint(districts), func(b *testing.B) {
			p := policyOf(b, "balanced")
			r := newNationRun(compileNation(b, plainNation(districts)), Course{p, p, AllAtOnce()}, 1)
			b.ReportAllocs()
			for i := range b.N {
				if err := r.play(uint64(i)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func marshalled(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return text
}

// How many waves? As a host would ask it: those who bring districts to launch are few, a
// district takes them 30 months, and all at once they are spread thin. Two districts at
// once launch in month 60. With a year between, the first has two stages behind it when
// the second comes, does the other three in 36 months, and the second does its last two
// in twelve: 48 and 60. Without people in common there is nothing to wait for.
func TestHowManyWaves(t *testing.T) {
	n, list := leanNation(t, 3, 0.5, 2)
	waves := []Waves{AllAtOnce(), SoManyAYear(1)}
	compare := func(n Nation) Comparison {
		c, err := compileNation(t, n, list).Compare(t.Context(), onStage, onStage, waves, MonthsTo(reformcycle.Launch, 120), 2, 1)
		require.NoError(t, err)
		return c
	}
	own := compare(n)
	assert.Equal(t, []float64{30, 36}, []float64{own.Estimates[0].At, own.Estimates[1].At})
	n.Shared = []string{"moh"}
	shared := compare(n)
	assert.Equal(t, []float64{60, 54}, []float64{shared.Estimates[0].At, shared.Estimates[1].At})
	assert.Equal(t, 1, shared.Order[0].Policy)
	d, err := shared.Between(0, 1)
	require.NoError(t, err)
	assert.True(t, d.Apart())
}
