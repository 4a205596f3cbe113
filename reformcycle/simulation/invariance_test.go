package simulation

// What must not matter does not: over random casts, the same reform told in another
// way comes to the same.

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// someCast draws a reform that can get somewhere: a ministry that leads, communities,
// others for and against, with vetoes and dates. Moods are left out, for they are
// everybody's own.
func someCast(draw *rand.Rand) Scenario {
	between := func(low, high float64) float64 { return low + (high-low)*draw.Float64() }
	s := NewScenario("drawn (illustrative)",
		cast("moh", stakeholders.MinistryOfHealth, between(2, 7), between(3, 7), between(2, 6), stakeholders.Leader),
		cast("villages", stakeholders.LocalCommunity, between(-1, 6), between(1, 4), between(0, 3)),
		cast("donor", stakeholders.BilateralDonor, between(1, 7), between(2, 7), between(0, 6), stakeholders.Donor),
	)
	for i := range 2 + draw.IntN(5) {
		a := cast(fmt.Sprint("other", i), stakeholders.Constituencies()[draw.IntN(19)], between(-6, 6), between(1, 7), between(0, 3))
		a.Weight = between(0.2, 3)
		a.Veto = draw.IntN(6) == 0
		if draw.IntN(4) == 0 {
			a.From = 1 + draw.IntN(40)
		}
		if draw.IntN(4) == 0 {
			a.Until = 1 + draw.IntN(100)
		}
		s.Actors = append(s.Actors, a)
	}
	for i := range s.Actors {
		s.Actors[i].Attachment = between(0.1, 0.9)
	}
	s.Missing, s.Positions.Noise, s.Shocks.DonorExit.Hazard = seats(), 0, 0
	return s
}

// alike plays both models with every policy: the outcomes of all runs are the same, but
// for the last bits of the score of readiness, for a sum hangs on its order.
func alike(t *testing.T, world uint64, one, other *Model, runs uint64) {
	t.Helper()
	for _, name := range Policies() {
		first, second := outcomes(t, one, policyOf(t, name), runs, world), outcomes(t, other, policyOf(t, name), runs, world)
		for i := range first {
			require.InDelta(t, first[i].Readiness, second[i].Readiness, 1e-9, "world %d, %s", world, name)
			first[i].Readiness = second[i].Readiness
			require.Equal(t, first[i], second[i], "world %d, %s", world, name)
		}
	}
}

func TestAnActorSplitInTwoIsTheSame(t *testing.T) {
	for world := range fewer(30) {
		s := someCast(rand.New(rand.NewPCG(world, 11)))
		halves := s.Clone()
		halves.Actors = nil
		for _, a := range s.Actors {
			a.Weight, a.Effort = a.Weight/2, a.Effort/2
			b := a
			b.ID += "-too"
			b.Roles = slices.Clone(a.Roles)
			halves.Actors = append(halves.Actors, a, b)
		}
		alike(t, world, compiled(t, s), compiled(t, halves), 6)
	}
}

func TestWeightsTimesAHundredAreTheSame(t *testing.T) {
	for world := range fewer(30) {
		s := someCast(rand.New(rand.NewPCG(world, 12)))
		s.Shocks.DonorExit.Hazard = 0.01
		heavy := s.Clone()
		for i := range heavy.Actors {
			heavy.Actors[i].Weight *= 100
		}
		alike(t, world, compiled(t, s), compiled(t, heavy), 6)
	}
}

// Here moods and exits may be, too: both go by the ids.
func TestActorsInAnotherOrderAreTheSame(t *testing.T) {
	for world := range fewer(30) {
		draw := rand.New(rand.NewPCG(world, 13))
		s := someCast(draw)
		s.Shocks.DonorExit.Hazard, s.Positions.Noise = 0.02, 0.02
		for i := range s.Actors {
			s.Influence = append(s.Influence, Influence{s.Actors[i].ID, s.Actors[0].ID, 0.5}, Influence{s.Actors[i].ID, s.Actors[1].ID, 0.5})
			if i > 4 {
				break
			}
		}
		other := s.Clone()
		draw.Shuffle(len(other.Actors), func(i, j int) { other.Actors[i], other.Actors[j] = other.Actors[j], other.Actors[i] })
		alike(t, world, compiled(t, s), compiled(t, other), 6)
	}
}

// Luck goes by the names of criteria, and moods by those of actors: without either
// only what a name stands for counts. What is derived has its name from the cycle.
func TestOtherNamesAreTheSame(t *testing.T) {
	list := leanWith(t, func(spec *assessment.Spec) {
		for i := range spec.Criteria {
			two := spec.Criteria[i]
			two.ID += ".again"
			spec.Criteria = append(spec.Criteria, two)
		}
		slices.SortStableFunc(spec.Criteria, func(a, b assessment.Criterion) int {
			one, _ := reformcycle.ParseStage(a.Section)
			other, _ := reformcycle.ParseStage(b.Section)
			return int(one) - int(other)
		})
	})
	renamed := leanWith(t, func(spec *assessment.Spec) {
		spec.Criteria = nil
		for i, c := range list.All() {
			c.ID = fmt.Sprintf("%s.item-%d", c.Section, 99-i)
			spec.Criteria = append(spec.Criteria, c)
		}
	})
	for world := range fewer(30) {
		s := someCast(rand.New(rand.NewPCG(world, 14)))
		s.Work.Spread, s.Checklist = 0, list.ID()
		one, err := Compile(s, list)
		require.NoError(t, err)
		s = s.Clone()
		for i := range s.Actors {
			s.Actors[i].ID = fmt.Sprint("somebody", 50-i)
		}
		other, err := Compile(s, renamed)
		require.NoError(t, err)
		alike(t, world, one, other, 6)
	}
}

// never compares two scenarios over random casts by the months to a lap: the second
// is not the slower one, beyond what chance gives one time in ten thousand.
func never(t *testing.T, stream uint64, slower func(Scenario, *rand.Rand) Scenario) {
	t.Helper()
	apart := 0
	for world := range fewer(15) {
		draw := rand.New(rand.NewPCG(world, stream))
		s := someCast(draw)
		s.Positions.Noise = 0.02
		hindered := slower(s.Clone(), draw)
		for _, name := range []string{"balanced", "coalition-first"} {
			without, with := told(t, compiled(t, s), policyOf(t, name), 120, nil, monthsToLap), told(t, compiled(t, hindered), policyOf(t, name), 120, nil, monthsToLap)
			var d []float64
			for i := range with {
				d = append(d, with[i]-without[i])
			}
			mean, spread := stat.MeanStdDev(d, nil)
			require.GreaterOrEqual(t, mean, -4*spread/11, "world %d, %s", world, name) // of 120 runs, √120 = 11
			if mean > 4*spread/11 {
				apart++
			}
		}
	}
	require.Positive(t, apart, "it hinders somewhere")
}

func TestAHostileNewcomerNeverHelps(t *testing.T) {
	never(t, 15, func(s Scenario, draw *rand.Rand) Scenario {
		s.Actors = append(s.Actors, cast("newcomer", stakeholders.Constituencies()[draw.IntN(19)], -1.1-5.9*draw.Float64(), 1+6*draw.Float64(), 3*draw.Float64()))
		return s
	})
}

func TestMoneyOfAMemberNeverHurts(t *testing.T) {
	never(t, 16, func(s Scenario, draw *rand.Rand) Scenario {
		var members []int
		for i := range s.Actors {
			if s.Actors[i].Member && s.Actors[i].Effort > 0 {
				members = append(members, i)
			}
		}
		s.Actors[members[draw.IntN(len(members))]].Effort *= 0.7 * draw.Float64()
		return s
	})
}
