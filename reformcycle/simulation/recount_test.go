package simulation

// The counts of a summary, counted again from the runs themselves.

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// stormy is a world in which reforms end in every way there is: some have launched
// with debts, some went back before, some never resumed from where they stood.
func stormy(t testing.TB) *Model {
	t.Helper()
	moh, union := ministry(5), NewCastActor("union", stakeholders.TradeUnion)
	moh.Position, moh.Attachment, moh.Power = 5, 0.5, 6
	union.Position, union.Power, union.Weight, union.Attachment = -5, 5, 2.8, 0.6
	s := NewScenario("stormy (illustrative)", moh, union)
	for _, id := range []string{"donor", "agency"} {
		a := NewCastActor(id, stakeholders.BilateralDonor)
		a.Position, a.Effort, a.Attachment = 5, 4, 0.5
		s.Actors = append(s.Actors, a)
	}
	list := lean(t)
	s.Checklist, s.Horizon, s.Start.Suspended = list.ID(), 120, true
	s.Positions.Noise, s.Suspension.Debt, s.Suspension.Limit, s.Suspension.Least = 0.15, 0.02, 6, 1
	s.Shocks.Election.Hazard, s.Shocks.DonorExit.Hazard, s.Shocks.Scandal.Hazard = 0.05, 0.02, 0.05
	m, err := Compile(s, list)
	require.NoError(t, err)
	return m
}

func TestEveryHistogramIsARecountOfTheRuns(t *testing.T) {
	m, policy := stormy(t), wild(5)
	runs := fewer(3000)
	sum, err := m.Run(t.Context(), policy, runs, 1)
	require.NoError(t, err)
	all := outcomes(t, m, policy, runs, 1)

	// recount counts by a bin, and −1 is in none.
	recount := func(bins int, bin func(*RunOutcome) int) []uint64 {
		counts := make([]uint64, bins)
		for i := range all {
			if k := bin(&all[i]); k >= 0 {
				counts[k]++
			}
		}
		return counts
	}
	for stage := range reformcycle.Stages() {
		require.Equal(t, recount(121, func(o *RunOutcome) int { return o.Entered[stage] }), sum.Entered(stage), stage)
		require.Equal(t, recount(121, func(o *RunOutcome) int {
			if o.Status != reformcycle.Abandoned || o.Furthest != stage {
				return -1
			}
			return o.Months
		}), sum.abandoned(stage), stage)
	}
	require.Equal(t, recount(3, func(o *RunOutcome) int { return int(o.Status) }), sum.Status())
	require.Equal(t, recount(9, func(o *RunOutcome) int { return int(o.Furthest) }), sum.Furthest())
	for _, cause := range Causes() {
		counts, each := sum.Collapses(cause)
		require.Equal(t, 2, each, "120 months in at most 100 periods")
		require.Equal(t, recount(60, func(o *RunOutcome) int {
			if o.Cause != cause {
				return -1
			}
			period := 0
			for o.Months > 2*(period+1) { // months 1 and 2 are the first
				period++
			}
			return period
		}), counts, cause)
		require.NotEqual(t, make([]uint64, 60), counts, "nothing collapsed from: %v", cause)
	}
	require.Equal(t, recount(64, func(o *RunOutcome) int { return min(o.Laps, 63) }), sum.laps())
	require.Equal(t, recount(101, func(o *RunOutcome) int {
		bin := -1
		for float64(bin+1)/100 <= o.Readiness { // a bin begins at its bound
			bin++
		}
		return bin
	}), sum.readiness())
	require.Equal(t, recount(64, func(o *RunOutcome) int { return min(o.Debt, 63) }), sum.debts())
	require.Equal(t, recount(121, func(o *RunOutcome) int { return o.Suspended }), sum.suspended())

	// Nothing of this is a count of nothing.
	seen := map[string]int{}
	for _, o := range all {
		for what, is := range map[string]bool{
			"ended behind its furthest stage": o.Status == reformcycle.Abandoned && o.Stage < o.Furthest,
			"ended in a later lap":            o.Status == reformcycle.Abandoned && o.Laps > 0,
			"ended suspended":                 o.Status == reformcycle.Suspended,
			"went on":                         o.Status == reformcycle.Active,
			"launched without debt":           o.Debt == 0,
			"launched with debts":             o.Debt > 1,
			"several laps":                    o.Laps > 1,
			"never launched":                  o.Readiness < 0,
		} {
			if is {
				seen[what]++
			}
		}
	}
	require.Len(t, seen, 8, "%v", seen)
}

// Support as a share of both sides falls into fortieths. A run counts as long as it
// lasts, and where nobody takes sides in a bin of its own.
func TestTheHistogramsOfSupportAreARecountOfTraces(t *testing.T) {
	// One after another: both sides, support alone, opposition alone, and nobody.
	table := quiet(steady("moh", stakeholders.MinistryOfHealth, 3.5, 4), steady("union", stakeholders.TradeUnion, -7, 1))
	alone, against, nobody := table.Clone(), table.Clone(), table.Clone()
	alone.Actors[1].Position = 0
	against.Actors[0].Position, against.Opposition.Patience = 0, 600
	nobody.Actors[0].Position, nobody.Actors[1].Position = 0, 0
	for bin, s := range map[int]Scenario{26: table, 39: alone, 0: against, SupportBins: nobody} { // 14 of 21 are 26.7 fortieths
		sum, err := compiled(t, s).Run(t.Context(), waiting, 3, 1)
		require.NoError(t, err)
		want := make([]uint64, SupportBins+1)
		want[bin] = 3
		for k := range sum.SupportMonths() {
			require.Equal(t, want, sum.Support(k), "sample %d", k)
		}
	}

	m, policy := stormy(t), wild(5)
	sum, err := m.Run(t.Context(), policy, 60, 1)
	require.NoError(t, err)
	months := sum.SupportMonths()
	want, short := make([][]uint64, len(months)), 0
	for k := range want {
		want[k] = make([]uint64, SupportBins+1)
	}
	for i := range uint64(60) {
		trace, err := m.Trace(policy, 1, i)
		require.NoError(t, err)
		for k, month := range months {
			if month >= len(trace.Months) {
				short++
				continue
			}
			at, bin := &trace.Months[month], SupportBins
			if sides := at.Support + at.Opposition; sides > 0 {
				for bin = 0; bin+1 < SupportBins && float64(bin+1)/SupportBins*sides <= at.Support; {
					bin++
				}
			}
			want[k][bin]++
		}
	}
	for k := range months {
		require.Equal(t, want[k], sum.Support(k), "month %d", months[k])
	}
	require.Positive(t, short)
}

// Suspended in month 3 and for six months from then: abandoned in month 9, which is
// the last of the third period of three months. It had been at governance.
func TestACollapseIsCountedByItsPeriodAndItsFurthestStage(t *testing.T) {
	s := quiet(ministry(1), steady("union", stakeholders.TradeUnion, -7, 7))
	s.Start.Stage, s.Horizon = reformcycle.Governance, 300
	s.Opposition.Patience, s.Suspension.Limit = 3, 6
	sum, err := compiled(t, s).Run(t.Context(), tactic{"back", func(o *View, a *Allocation) {
		if o.Month == 1 {
			a.Revisit(reformcycle.Design)
		}
	}}, 5, 1)
	require.NoError(t, err)
	require.EqualValues(t, 5, sum.abandoned(reformcycle.Governance)[9])
	require.Equal(t, make([]uint64, 301), sum.abandoned(reformcycle.Design))
	counts, each := sum.Collapses(FromOpposition)
	require.Equal(t, 3, each, "300 months in at most 100 periods")
	require.EqualValues(t, 5, counts[2])
}

// vetoed is the reference scenario with vetoes, one of which stands at the start.
func vetoed() Scenario {
	s := Reference()
	s.Name = "vetoed (illustrative)"
	for i := range s.Actors {
		s.Actors[i].Veto = s.Actors[i].ID == "treasury" || s.Actors[i].ID == "counties"
	}
	return s
}

// This test holds a promise and not a rule of the model: that results of one
// version of the model may be compared and merged, whoever made them and when. So
// the digests in the file are our own output. With -update the test writes those
// that the file lacks of this version, and none over one that it has: to change a
// result is to change the version.
func TestEveryChangeOfAResultChangesTheModelsVersion(t *testing.T) {
	const file = "testdata/results.txt"
	text, err := os.ReadFile(file)
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	var held strings.Builder
	for _, s := range []Scenario{Reference(), vetoed()} {
		for _, name := range Policies() {
			sum, err := compiled(t, s).Run(t.Context(), policyOf(t, name), 50, 7)
			require.NoError(t, err)
			sum.digest = "" // it covers texts of the checklist, which change no result
			of := modelVersion + "\t" + name + " in " + s.Name + "\t"
			made := fmt.Sprintf("%x", sha256.Sum256(bytesOf(t, sum)))
			_, after, known := strings.Cut(string(text), of)
			is, _, _ := strings.Cut(after, "\n")
			if !known && *update {
				is = made
			}
			held.WriteString(of + is + "\n")
			require.NotEmpty(t, is, "%s has no result of %q: run this test with -update", file, of)
			require.Equal(t, is, made, "%q: a result has changed, and every change of a result asks for a new modelVersion in model.go; then run this test with -update", of)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(held.String()), 0o644))
	}
}
