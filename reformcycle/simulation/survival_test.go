package simulation

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// contested is a small scenario in which about half of the runs launch by month
// 20 and some are abandoned before they do.
func contested(t testing.TB) *Model {
	t.Helper()
	list := lean(t)
	moh, donor, union := ministry(4), NewCastActor("donor", stakeholders.BilateralDonor), NewCastActor("union", stakeholders.TradeUnion)
	moh.Position, moh.Attachment = 5, 0.5
	donor.Position, donor.Power, donor.Effort, donor.Attachment, donor.Member = 5, 4, 4, 0.5, true
	union.Position, union.Power, union.Attachment = -5, 5, 0.6
	s := NewScenario("contested (illustrative)", moh, donor, union)
	s.Checklist, s.Horizon, s.Start.Stage = list.ID(), 36, reformcycle.SolutionGathering
	s.Positions.Pace, s.Positions.Noise, s.Work.Rated, s.Suspension.Limit = 0.3, 0.3, 22, 6
	s.Shocks.Election.Hazard, s.Shocks.DonorExit.Hazard = 0.05, 0.01
	m, err := Compile(s, list)
	require.NoError(t, err)
	return m
}

func summaryOf(t testing.TB, m *Model, policy string, runs, seed uint64) Summary {
	t.Helper()
	s, err := m.Run(t.Context(), policyOf(t, policy), runs, seed)
	require.NoError(t, err)
	return s
}

// remission are the weeks of remission of the 21 children who were given 6-MP in
// the trial of Freireich and others (Blood 1963;21:699–716), as Gehan lists them
// (Biometrika 1965;52:203–223): relapses, and those lost from sight.
func remission() (relapsed, lost []uint64) {
	relapsed, lost = make([]uint64, 36), make([]uint64, 36)
	for _, week := range []int{6, 6, 6, 7, 10, 13, 16, 22, 23} {
		relapsed[week]++
	}
	for _, week := range []int{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35} {
		lost[week]++
	}
	return relapsed, lost
}

func TestKaplanMeierGivesThePublishedEstimates(t *testing.T) {
	relapsed, lost := remission()
	c := kaplanMeier(21, relapsed, lost)
	// The shares still in remission and their standard errors by Greenwood's
	// formula, to three digits, are in many textbooks, such as Kleinbaum and
	// Klein, Survival Analysis.
	still, variance := 1.0, 0.0
	for _, w := range []struct {
		week              int
		relapsed, at      float64
		survival, stderrs float64
	}{
		{6, 3, 21, 0.857, 0.076}, {7, 1, 17, 0.807, 0.087}, {10, 1, 15, 0.753, 0.096}, {13, 1, 12, 0.690, 0.107},
		{16, 1, 11, 0.627, 0.114}, {22, 1, 7, 0.538, 0.128}, {23, 1, 6, 0.448, 0.135},
	} {
		still *= 1 - w.relapsed/w.at
		variance += w.relapsed / (w.at * (w.at - w.relapsed))
		require.InDelta(t, w.survival, 1-c[w.week].At, 5e-4, "week %d", w.week)
		require.InDelta(t, still, 1-c[w.week].At, 1e-12)
		deviation := still * math.Sqrt(variance)
		require.InDelta(t, w.stderrs, deviation, 6e-4)
		// Rothman's interval by its definition: the two shares at which
		// |s − S| = z·√(s(1 − s)/n), n so many that S(1 − S)/n is that variance.
		n := still * (1 - still) / (deviation * deviation)
		for _, end := range []float64{1 - c[w.week].Low, 1 - c[w.week].High} {
			require.InDelta(t, math.Abs(end-still), z95*math.Sqrt(end*(1-end)/n), 1e-9)
		}
	}
	require.Equal(t, c[23].At, c[35].At, "nobody relapses later")
	median, err := c.Quantile(0.5)
	require.NoError(t, err)
	require.Equal(t, Value{At: 23}, median.At, "the published median is 23 weeks")
	require.True(t, median.High.Beyond)
	require.Equal(t, "23 (13 to >35)", median.String())
}

func TestKaplanMeierIsTheShareOfRunsWhereNoneIsLost(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		arrived, of := make([]uint64, 25), uint64(0)
		for month := range arrived {
			arrived[month] = dice.Uint64N(4)
			of += arrived[month]
		}
		of += 1 + dice.Uint64N(5) // still on the way at the horizon
		hits := uint64(0)
		for month, s := range kaplanMeier(of, arrived, make([]uint64, 25)) {
			hits += arrived[month]
			p := proportion(hits, of)
			require.InDelta(t, p.At, s.At, 1e-12)
			require.InDelta(t, p.Low, s.Low, 1e-9)
			require.InDelta(t, p.High, s.High, 1e-9)
		}
	}
}

// Arrivals by a constant hazard, with runs lost by another: after t months the
// share that arrived, had none been lost, is 1 − (1 − h)^t. Of 80 runs some 23 are
// at risk after 12 months, one after 40, and mostly none after 60: there, in the
// thin tail, the intervals hold less often than they say, but not by far.
func TestKaplanMeierHoldsTheTruthAsOftenAsItSays(t *testing.T) {
	statistical(t)
	const draws, runs, hazard, loss = 1500, 80, 0.06, 0.04
	held := map[int]int{12: 0, 40: 0, 60: 0}
	median := math.Ceil(math.Log(0.5) / math.Log(1-hazard)) // first month with a half
	medians := 0
	dice := rand.New(rand.NewPCG(5, 6))
	for range draws {
		arrived, lost := make([]uint64, 61), make([]uint64, 61)
		for range runs {
			for month := 1; month <= 60; month++ {
				if dice.Float64() < hazard {
					arrived[month]++
					break
				}
				if dice.Float64() < loss {
					lost[month]++
					break
				}
			}
		}
		c := kaplanMeier(runs, arrived, lost)
		for month := range held {
			if c[month].Contains(1 - math.Pow(1-hazard, float64(month))) {
				held[month]++
			}
		}
		q, err := c.Quantile(0.5)
		require.NoError(t, err)
		if q.Low.At <= median && (q.High.Beyond || q.High.At >= median) {
			medians++
		}
	}
	within := 4 * math.Sqrt(Confidence*(1-Confidence)/draws)
	require.InDelta(t, Confidence, float64(held[12])/draws, within)
	require.Greater(t, float64(held[40])/draws, Confidence-0.04)
	require.Greater(t, float64(held[60])/draws, Confidence-0.04)
	require.Greater(t, float64(medians)/draws, Confidence-within, "months are coarse: the interval may hold more often")
	t.Logf("held the share at 12, 40 and 60 months in %.3f, %.3f and %.3f, and the median in %.3f of %d draws",
		float64(held[12])/draws, float64(held[40])/draws, float64(held[60])/draws, float64(medians)/draws, draws)
}

func TestKaplanMeierKnowsNothingOfWhatNobodyIsLeftToShow(t *testing.T) {
	c := kaplanMeier(3, []uint64{0, 0, 0}, []uint64{0, 3, 0})
	require.Equal(t, Step{2, 0, assessment.Interval{Low: 0, High: 1}}, c[2])
	c = kaplanMeier(4, []uint64{0, 4, 0}, []uint64{0, 0, 0})
	require.Equal(t, 1.0, c[2].At)
	require.InDelta(t, proportion(4, 4).Low, c[2].Low, 1e-12)
	require.Equal(t, assessment.Interval{Low: 0, High: 1}, kaplanMeier(0, []uint64{0}, []uint64{0})[0].Interval)
	// Of 1000 runs 500 arrive and 499 are lost; the last one, which stood for the
	// half that had not arrived, arrives: that is what 1/(1/2) = 2 of 2 say.
	c = kaplanMeier(1000, []uint64{0, 500, 0, 1}, []uint64{0, 499, 0, 0})
	require.Equal(t, 1.0, c[3].At)
	require.InDelta(t, proportion(2, 2).Low, c[3].Low, 1e-12)
	// Half arrive and half are lost: later, all of them may have arrived.
	c = kaplanMeier(1000, []uint64{0, 500, 0}, []uint64{0, 500, 0})
	require.Less(t, c[1].High, 0.6)
	require.Equal(t, Step{2, 0.5, assessment.Interval{Low: c[1].Low, High: 1}}, c[2])
}

// Aalen and Johansen: the chance to enter in a month is the chance to be on the
// way still, whatever may end that, times the share of those at risk that enter.
func TestIncidenceIsTheAalenJohansenEstimate(t *testing.T) {
	s := summaryOf(t, contested(t), "balanced", 2000, 1)
	a, err := s.Arrival(reformcycle.Launch)
	require.NoError(t, err)
	entered := s.Entered(reformcycle.Launch)
	require.NotZero(t, a.Abandoned[36].At)
	going, incidence, abandoned := 1.0, 0.0, 0.0
	for month := range a.Incidence {
		lost := uint64(0)
		for stage := reformcycle.ProblemPrioritization; stage < reformcycle.Launch; stage++ {
			lost += s.abandoned(stage)[month]
		}
		if risk := float64(a.AtRisk[month]); risk > 0 {
			incidence += going * float64(entered[month]) / risk
			abandoned += going * float64(lost) / risk
			going *= 1 - float64(entered[month]+lost)/risk
		}
		require.InDelta(t, incidence, a.Incidence[month].At, 1e-12)
		require.InDelta(t, abandoned, a.Abandoned[month].At, 1e-12)
		require.LessOrEqual(t, a.Incidence[month].At, a.KaplanMeier[month].At+1e-12, "Kaplan–Meier never promises less")
		by, err := s.By(reformcycle.Launch, month)
		require.NoError(t, err)
		require.Equal(t, by.At, a.Incidence[month].At)
		require.Equal(t, by.Interval, a.Incidence[month].Interval)
	}
	require.Greater(t, a.KaplanMeier[36].At, a.Incidence[36].High, "abandonment is no loss from sight")
}

func TestArrivalCountsWhatTheOutcomesSay(t *testing.T) {
	m := contested(t)
	s := summaryOf(t, m, "balanced", 500, 1)
	all := outcomes(t, m, policyOf(t, "balanced"), 500, 1)
	for stage := range reformcycle.Stages() {
		a, err := s.Arrival(stage)
		require.NoError(t, err)
		for _, month := range []int{0, 1, 12, 20, 36} {
			entered, gone, before := 0, 0, 0
			for _, o := range all {
				at := o.Entered[stage]
				lost := at < 0 && o.Status == reformcycle.Abandoned
				if at >= 0 && at <= month {
					entered++
				}
				if lost && o.Months <= month {
					gone++
				}
				if at >= 0 && at < month || lost && o.Months < month {
					before++
				}
			}
			require.InDelta(t, float64(entered)/500, a.Incidence[month].At, 1e-12)
			require.InDelta(t, float64(gone)/500, a.Abandoned[month].At, 1e-12)
			require.Equal(t, uint64(500-before), a.AtRisk[month])
		}
	}
	first, err := s.Arrival(reformcycle.ProblemPrioritization)
	require.NoError(t, err)
	require.Equal(t, 1.0, first.Incidence[0].At, "where a run starts it is from the start")
}

// The lower end of a curve falls where few are left at risk. The interval of a
// quantile ends with the first month at which it reaches the share.
func TestAQuantileEndsWhereTheLowerEndFirstReachesTheShare(t *testing.T) {
	c := Curve{{0, 0, assessment.Interval{Low: 0, High: 0.1}}, {1, 0.5, assessment.Interval{Low: 0.4, High: 0.6}}, {2, 0.6, assessment.Interval{Low: 0.5, High: 0.7}}, {3, 0.7, assessment.Interval{Low: 0.2, High: 1}}}
	q, err := c.Quantile(0.5)
	require.NoError(t, err)
	require.Equal(t, "1 (1 to 2)", q.String())
}

func TestAQuantileBeyondTheHorizonIsSaidToBe(t *testing.T) {
	c := Curve{step(0, 0, 10), step(1, 2, 10), step(2, 4, 10)}
	q, err := c.Quantile(0.9)
	require.NoError(t, err)
	require.Equal(t, ">2 (>2 to >2)", q.String())
	q, err = c.Quantile(0.2)
	require.NoError(t, err)
	require.Equal(t, Value{At: 1}, q.At)
	for _, share := range []float64{0, 1, -1, 2, math.NaN(), math.Inf(1)} {
		_, err = c.Quantile(share)
		require.Equal(t, []string{"share"}, fieldsOf(t, err))
	}
	_, err = Curve(nil).Quantile(0.5)
	require.Equal(t, []string{"curve"}, fieldsOf(t, err))
	last, err := c.By(2)
	require.NoError(t, err)
	require.Equal(t, "0.400 (0.168 to 0.687)", last.String())
	for _, month := range []int{-1, 3} {
		_, err = c.By(month)
		require.Equal(t, []string{"month"}, fieldsOf(t, err))
	}
}

func TestArrivalRefusesWhatItCantAnswer(t *testing.T) {
	_, err := Summary{}.Arrival(9)
	require.Equal(t, []string{"summary", "stage"}, fieldsOf(t, err))
}
