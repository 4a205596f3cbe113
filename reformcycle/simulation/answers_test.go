package simulation

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

func TestAnswersCountWhatTheOutcomesSay(t *testing.T) {
	m := contested(t)
	s := summaryOf(t, m, "adaptive", 600, 3)
	a, err := s.Answers()
	require.NoError(t, err)
	require.Equal(t, []any{"contested (illustrative)", m.Digest(), uint64(3), 36, uint64(600)}, []any{a.Scenario, a.Digest, a.Seed, a.Horizon, a.Runs})
	laps, launched, abandoned, causes, still := map[int]uint64{}, uint64(0), uint64(0), map[Cause]uint64{}, map[int]uint64{}
	ready := uint64(0)
	for _, o := range outcomes(t, m, policyOf(t, "adaptive"), 600, 3) {
		laps[o.Laps]++
		still[o.Suspended]++
		if o.Debt >= 0 {
			launched++
		}
		if o.Readiness >= 0.7 {
			ready++
		}
		if o.Status == reformcycle.Abandoned {
			abandoned++
			causes[o.Cause]++
		}
	}
	for k, b := range a.Laps.Bins {
		require.Equal(t, Bin{float64(k), laps[k]}, b)
	}
	for k, b := range a.Suspended.Bins {
		require.Equal(t, Bin{float64(k), still[k]}, b)
	}
	require.Equal(t, launched, a.Readiness.Of)
	require.Equal(t, launched, a.Debt.Of)
	require.Equal(t, ready, a.Readiness.AtLeast(0.7).Hits)
	require.Equal(t, proportion(600, 600), a.Laps.AtLeast(0))
	require.Equal(t, abandoned, a.Statuses[reformcycle.Abandoned].Runs.Hits)
	require.NotZero(t, abandoned)
	total := uint64(0)
	for _, c := range a.Causes {
		require.Equal(t, proportion(causes[c.Cause], 600), c.Runs)
		require.Equal(t, proportion(causes[c.Cause], abandoned), c.Collapses)
		total += c.Runs.Hits
	}
	require.Equal(t, abandoned, total, "every collapse has a cause")
	require.Len(t, a.Arrivals, 8)
	require.Equal(t, uint64(600), a.Support[0].Share.Of+a.Support[0].Silent)
	_, err = json.Marshal(a)
	require.NoError(t, err, "nothing in an answer is infinite or no number")
}

func TestByRefusesWhatItCantAnswer(t *testing.T) {
	s := summaryOf(t, contested(t), "balanced", 10, 1)
	_, err := s.By(0, 37)
	require.Equal(t, []string{"stage", "month"}, fieldsOf(t, err))
	_, err = s.By(reformcycle.Launch, -1)
	require.Equal(t, []string{"month"}, fieldsOf(t, err))
	_, err = Summary{}.By(reformcycle.Launch, 3)
	require.Equal(t, []string{"summary"}, fieldsOf(t, err))
	_, err = Summary{}.Answers()
	require.Equal(t, []string{"summary"}, fieldsOf(t, err))
}

// With n runs the Wilson interval of the cumulated share k/n holds one half as
// long as |k/n − 1/2| ≤ z·√(1/4n). For n = 20 that is k from 6 to 14.
func TestAQuantileLiesBetweenOrderStatistics(t *testing.T) {
	counts := make([]uint64, 30)
	for k := 1; k <= 20; k++ { // the k-th of 20 numbers is k
		counts[k] = 1
	}
	q, err := spreadOf(counts, 1, false).Quantile(0.5)
	require.NoError(t, err)
	low, high := int(math.Ceil(10-z95*math.Sqrt(20.0/4))), int(math.Floor(10+z95*math.Sqrt(20.0/4)))
	require.Equal(t, []int{6, 14}, []int{low, high})
	// The share cumulated below the 6th is outside; the 15th is the first whose
	// cumulated share is beyond.
	require.Equal(t, Quantile{0.5, Value{At: 10}, Value{At: 6}, Value{At: 15}}, q)
}

func TestAnOpenBinSaysThatItsNumbersAreBeyond(t *testing.T) {
	q, err := Distribution{Of: 10, Bins: []Bin{{0, 0}, {1, 0}, {2, 10}}, Open: true}.Quantile(0.5)
	require.NoError(t, err)
	require.Equal(t, ">1 (>1 to >1)", q.String())
	q, err = Distribution{Of: 10, Bins: []Bin{{0, 1}, {1, 1}, {2, 8}}}.Quantile(0.999)
	require.NoError(t, err)
	require.Equal(t, "2 (2 to 2)", q.String(), "the last bin of a scale that ends is its end")
	_, err = Distribution{Bins: []Bin{{0, 0}}}.Quantile(0.5)
	require.Equal(t, []string{"distribution"}, fieldsOf(t, err))

	open := Distribution{Of: 10, Bins: []Bin{{0, 3}, {1, 2}, {2, 5}}, Open: true}
	require.Equal(t, proportion(5, 10), open.AtLeast(2), "all that the last bin holds")
	require.Equal(t, proportion(0, 0), open.AtLeast(3), "how many of these nobody counted")
	require.Equal(t, assessment.Interval{Low: 0, High: 1}, open.AtLeast(2.5).Interval)
	require.Equal(t, proportion(0, 0), open.AtLeast(math.NaN()))
	open.Bins[2].Runs, open.Of = 0, 5
	require.Equal(t, proportion(0, 5), open.AtLeast(3), "none beyond an empty one")
	open.Open = false
	require.Equal(t, proportion(0, 5), open.AtLeast(3), "nor beyond the end of a scale")
}

// Runs told one by one have the support that the answers count. In some, from
// month 1 on, nobody takes sides: both actors are near the middle, and wander.
func TestSupportIsCountedInBinsOfAFortiethAndSilenceApart(t *testing.T) {
	a, b := NewCastActor("moh", stakeholders.MinistryOfHealth), NewCastActor("union", stakeholders.TradeUnion)
	a.Position, b.Position, b.Power = 1.5, -1.5, 3
	s := quiet(a, b)
	s.Horizon, s.Positions.Noise = 6, 0.15
	m, err := Compile(s)
	require.NoError(t, err)
	const runs = 200
	answers, err := summaryOf(t, m, "balanced", runs, 1).Answers()
	require.NoError(t, err)
	shares, silent, going := map[int]map[int]uint64{}, map[int]uint64{}, map[int]uint64{}
	for run := range uint64(runs) {
		trace, err := m.Trace(policyOf(t, "balanced"), 1, run)
		require.NoError(t, err)
		for _, month := range trace.Months {
			going[month.Month]++
			sides := month.Support + month.Opposition
			if sides == 0 {
				silent[month.Month]++
				continue
			}
			if shares[month.Month] == nil {
				shares[month.Month] = map[int]uint64{}
			}
			shares[month.Month][min(39, int(month.Support/sides*40))]++
		}
	}
	require.NotZero(t, silent[6])
	require.Greater(t, len(shares[6]), 2, "not all of one mind")
	for _, month := range answers.Support {
		require.Len(t, month.Share.Bins, 40)
		require.Equal(t, silent[month.Month], month.Silent)
		require.Equal(t, going[month.Month], month.Share.Of+month.Silent)
		for k, bin := range month.Share.Bins {
			require.Equal(t, Bin{float64(k) / 40, shares[month.Month][k]}, bin)
		}
	}
}
