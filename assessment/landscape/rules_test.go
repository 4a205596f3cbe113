package landscape_test

// The rules, each by hand on a made-up landscape (illustrative) with its
// arithmetic.

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/landscape"
)

func TestPairServedBySeveralCadresIsAnOverlap(t *testing.T) {
	a := analyse(t, valley())
	require.Equal(t, []landscape.Overlap{{
		Area: "north", Service: "nutrition",
		Programmes: []string{"public", "ngo"}, Cadres: []string{"family", "volunteers"},
		Shared: landscape.Unknown, // ngo names no mechanism
	}}, a.Overlaps)
	require.Equal(t, 1, a.Counts.Uncoordinated)
}

func TestOverlapIsCoordinatedOnlyWhereAllNameTheSameMechanism(t *testing.T) {
	for _, c := range []struct {
		ngo       string
		shared    landscape.Answer
		mechanism string
	}{{"platform", landscape.Yes, "platform"}, {"other", landscape.No, ""}, {"", landscape.Unknown, ""}} {
		l := valley()
		l.Statements = nil
		l.Programmes[1].Mechanism = c.ngo
		a := analyse(t, l)
		require.Equal(t, c.shared, a.Overlaps[0].Shared)
		require.Equal(t, c.mechanism, a.Overlaps[0].Mechanism)
		require.Equal(t, c.shared, a.On(landscape.SharedMechanism).Answer)
	}
}

func TestOneProgrammeCoordinatesItsOwnCadres(t *testing.T) {
	l := valley()
	l.Statements = nil
	l.Cadres[1].Programme = "public"
	a := analyse(t, l)
	require.Equal(t, []string{"public"}, a.Overlaps[0].Programmes)
	require.Equal(t, landscape.Yes, a.Overlaps[0].Shared)
	require.Zero(t, a.Counts.Uncoordinated)
	require.Equal(t, landscape.Yes, a.On(landscape.SharedMechanism).Answer)
}

func TestPairWithoutAPostIsUnserved(t *testing.T) {
	a := analyse(t, valley())
	require.Equal(t, []landscape.Pair{
		{"north", "malaria"}, {"south", "nutrition"},
		{"west", "planning"}, {"west", "nutrition"}, {"west", "malaria"},
	}, a.Unserved)
	require.Equal(t, []string{"west"}, a.LeftOut)
	require.Equal(t, 9, a.Counts.Pairs)
	require.Equal(t, 4, a.Counts.Served)
}

func TestPeoplePerWorkerIsAnIntervalWhereWorkersAreNotCounted(t *testing.T) {
	a := analyse(t, valley())
	require.Equal(t, []landscape.Load{
		// 6000 / 10 = 600 people per worker, target 1000.
		{Area: "north", Service: "planning", Population: 6000, Workers: 10, Low: 600, High: 600, Target: 1000, OverTarget: landscape.No},
		// 10 workers and at least one volunteer: 6000 / 11 at most, which is
		// within the target of 600 whatever the number of volunteers.
		{Area: "north", Service: "nutrition", Population: 6000, Workers: 10, Uncounted: 1, Low: 0, High: 6000.0 / 11, Target: 600, OverTarget: landscape.No},
		// 4000 / 2 = 2000.
		{Area: "south", Service: "planning", Population: 4000, Workers: 2, Low: 2000, High: 2000, Target: 1000, OverTarget: landscape.Yes},
		{Area: "south", Service: "malaria", Population: 4000, Workers: 2, Low: 2000, High: 2000},
	}, a.Loads)
	require.Equal(t, []landscape.Load{
		{Area: "north", Population: 6000, Workers: 10, Uncounted: 1, High: 6000.0 / 11},
		{Area: "south", Population: 4000, Workers: 4, Low: 1000, High: 1000},
	}, a.AreaLoads, "a post counts once, however many services it gives")
	require.Equal(t, [3]int{1, 2, 0}, [3]int{a.Counts.OverTarget, a.Counts.WithinTarget, a.Counts.TargetOpen})
}

func TestUnknownWorkersOrPopulationLeaveTheTargetOpen(t *testing.T) {
	l := valley()
	l.Posts[2].Workers = 0    // south, planning: at most 4000 / 1, above 1000
	l.Areas[0].Population = 0 // north
	a := analyse(t, l)
	for _, load := range a.Loads[:3] {
		require.Equal(t, landscape.Unknown, load.OverTarget)
	}
	require.Zero(t, a.Loads[0].High)
	require.Equal(t, 4000.0, a.Loads[2].High)
	require.Equal(t, 3, a.Counts.TargetOpen)
}

func TestPeoplePerWorkerEqualToTheTargetIsNotOver(t *testing.T) {
	l := valley()
	l.Services[0].Target = 600
	require.Equal(t, landscape.No, analyse(t, l).Loads[0].OverTarget)
}

func TestSeparateLinesOfSupervisionInOneArea(t *testing.T) {
	l := valley()
	l.Posts = append(l.Posts, landscape.Post{Cadre: "malaria", Area: "north", Services: []string{"malaria"}})
	a := analyse(t, l)
	require.Equal(t, []landscape.Separate{{
		Area: "north", Lines: []string{"planning directorate", "ngo"},
		Cadres: []string{"family", "volunteers", "malaria"}, NotKnown: []string{"malaria"},
	}}, a.Supervision)
	require.Equal(t, 2, a.Counts.SharedAreas)
	require.Equal(t, 1, a.Counts.SupervisionOpen, "south: one line known, one not")
	require.Equal(t, landscape.Yes, a.On(landscape.SeparateSupervision).Answer)

	l.Cadres[1].Supervision = "planning directorate"
	require.Equal(t, landscape.Unknown, analyse(t, l).On(landscape.SeparateSupervision).Answer)
	l.Cadres[2].Supervision = "planning directorate"
	require.Equal(t, landscape.No, analyse(t, l).On(landscape.SeparateSupervision).Answer)
}

func TestPayOfLikeCadres(t *testing.T) {
	a := analyse(t, valley())
	require.Equal(t, []landscape.PayGap{
		// Volunteers get nothing, for certain: there is no ratio.
		{Work: "visits", Lower: "volunteers", Higher: "family", Unit: "USD/month", Certain: true},
		// 40 … 100 against 50: from 50/100 to 50/40 where the range begins lower.
		{Work: "visits", Lower: "malaria", Higher: "family", Unit: "USD/month", AtLeast: 0.5, AtMost: 1.25},
		{Work: "visits", Lower: "volunteers", Higher: "malaria", Unit: "USD/month", Certain: true},
	}, a.Pay)
	require.Equal(t, landscape.PayCounts{Pairs: 3, Gaps: 2, Open: 1}, a.Counts.LikePay)
	require.Equal(t, landscape.Yes, a.On(landscape.UnequalPay).Answer)
}

func TestPayIsComparedInOneUnitOnly(t *testing.T) {
	l := valley()
	l.Cadres[0].Pay.Unit = "BDT/month"
	l.Cadres[2].Pay = landscape.Pay{} // not known
	a := analyse(t, l)
	require.Empty(t, a.Pay)
	require.Equal(t, landscape.PayCounts{Pairs: 3, Incomparable: 3}, a.Counts.LikePay)
	require.Equal(t, landscape.Unknown, a.On(landscape.UnequalPay).Answer)
}

func TestPayNotKnownIsNotEqualPay(t *testing.T) {
	l := valley()
	for i := range 3 {
		l.Cadres[i].Pay = landscape.Pay{}
	}
	require.Equal(t, landscape.PayCounts{Pairs: 3, Incomparable: 3}, analyse(t, l).Counts.LikePay)
}

func TestSameRangeOfPayMayStillDiffer(t *testing.T) {
	l := valley()
	l.Cadres[0].Pay = l.Cadres[2].Pay // 40 … 100 both: from 40/100 to 100/40
	require.Contains(t, analyse(t, l).Pay, landscape.PayGap{Work: "visits", Lower: "family", Higher: "malaria", Unit: "USD/month", AtLeast: 0.4, AtMost: 2.5})
}

func TestCadresWithoutWorkAreNotCompared(t *testing.T) {
	l := valley()
	for i := range l.Cadres {
		l.Cadres[i].Work = ""
	}
	a := analyse(t, l)
	require.Zero(t, a.Counts.LikePay)
	require.Equal(t, landscape.Unknown, a.On(landscape.UnequalPay).Answer)
}

func TestLineOfSeveralCadresIsListedOnce(t *testing.T) {
	l := valley()
	l.Cadres[2].Supervision = "ngo"
	l.Posts = append(l.Posts, landscape.Post{Cadre: "malaria", Area: "north", Services: []string{"malaria"}})
	require.Equal(t, []string{"planning directorate", "ngo"}, analyse(t, l).Supervision[0].Lines)
}

func TestEqualPayIsNoGap(t *testing.T) {
	l := valley()
	l.Cadres[1].Pay, l.Cadres[2].Pay = l.Cadres[0].Pay, l.Cadres[0].Pay
	a := analyse(t, l)
	require.Empty(t, a.Pay)
	require.Equal(t, landscape.No, a.On(landscape.UnequalPay).Answer)
}

func TestNewCadreAboveEstablishedHealthWorkers(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		answer    landscape.Answer
		gaps      []landscape.PayGap
	}{
		// Nurses get 80 … 90.
		{100, 180, landscape.Yes, []landscape.PayGap{{Lower: "nurses", Higher: "malaria", Unit: "USD/month", Certain: true, AtLeast: 100.0 / 90, AtMost: 180.0 / 80}}},
		{40, 100, landscape.Unknown, []landscape.PayGap{{Lower: "nurses", Higher: "malaria", Unit: "USD/month", AtLeast: 40.0 / 90, AtMost: 100.0 / 80}}},
		{40, 80, landscape.No, nil},
	} {
		l := valley()
		l.Cadres[2].Pay.Low, l.Cadres[2].Pay.High = c.low, c.high
		a := analyse(t, l)
		require.Equal(t, c.gaps, a.AboveEstablished)
		require.Equal(t, c.answer, a.On(landscape.AboveEstablishedPay).Answer)
	}
}

func TestMoneyByUnit(t *testing.T) {
	m := analyse(t, valley()).Money
	require.Len(t, m, 1)
	require.Equal(t, 100.0, m[0].Known)
	// 60 from home; 30 + 10 from abroad; 30 tied; 0.6² + 0.3² + 0.1² = 0.46.
	require.Equal(t, exactly(0.4), m[0].External)
	require.Equal(t, exactly(0.3), m[0].Tied)
	require.Equal(t, exactly(0.3), m[0].ExternalTied)
	require.InDelta(t, 0.46, m[0].Concentration.Low, 1e-15)
	require.True(t, m[0].Concentration.Exact())
	require.Equal(t, landscape.FunderAmount{Funder: "fund", External: true, Known: 30}, m[0].Funders[1])
}

func exactly(x float64) assessment.Bounds { return assessment.Bounds{Low: x, High: x} }

func TestUnknownAmountsOpenTheShares(t *testing.T) {
	l := valley()
	l.Programmes[1].Funding[0].Amount = 0 // external, tied, size not known
	m := analyse(t, l).Money[0]
	// 10 of the known 70 are external; the unknown can only add.
	require.Equal(t, assessment.Bounds{Low: 10.0 / 70, High: 1}, m.External)
	require.Equal(t, assessment.Bounds{Low: 0, High: 1}, m.Tied)
	require.Equal(t, 1, m.NotKnown)
	require.Equal(t, 1, m.Funders[1].NotKnown)

	// Money without a unit may be of any unit, and from home it can only lessen.
	l = valley()
	l.Programmes[0].Funding = append(l.Programmes[0].Funding, landscape.Funding{Funder: "treasury"})
	m = analyse(t, l).Money[0]
	require.Equal(t, assessment.Bounds{Low: 0, High: 0.4}, m.External)
	require.Equal(t, assessment.Bounds{Low: 0, High: 0.3}, m.ExternalTied)

	// Where nothing is known but who pays, what all have in common is known.
	l.Programmes = []landscape.Programme{{ID: "public"}, {ID: "ngo", Funding: []landscape.Funding{
		{Funder: "fund", External: true, Disease: "malaria"}, {Funder: "charity", External: true},
	}}}
	m = analyse(t, l).Money[0]
	require.Empty(t, m.Unit)
	require.Equal(t, exactly(1), m.External)
	require.Equal(t, assessment.Bounds{Low: 0, High: 1}, m.Tied)
	require.Equal(t, assessment.Bounds{Low: 0.5, High: 1}, m.Concentration, "two funders alike, or one of them alone")
	require.Equal(t, 2, m.NotKnown)
}

func TestVerticalFundingIsMoreThanHalfExternalAndTied(t *testing.T) {
	for _, c := range []struct {
		tied   float64 // beside 70 that is not
		answer landscape.Answer
	}{{71, landscape.Yes}, {70, landscape.No}, {0, landscape.Unknown}} {
		l := valley()
		l.Programmes[1].Funding[0].Amount = c.tied
		require.Equal(t, c.answer, analyse(t, l).On(landscape.VerticalFunding).Answer)
	}
}

func TestStatementsSpeakWhereDetailsAreMissing(t *testing.T) {
	say := func(holds ...bool) landscape.Landscape {
		var l landscape.Landscape
		for _, aspect := range landscape.Aspects() {
			for _, h := range holds {
				l.Statements = append(l.Statements, landscape.Statement{Aspect: aspect, Holds: h, Evidence: valley().Statements[0].Evidence})
			}
		}
		return l
	}
	for _, v := range analyse(t, say()).Answers {
		require.Equal(t, landscape.AspectAnswer{Aspect: v.Aspect, Answer: landscape.Unknown, Details: landscape.Unknown}, v)
	}
	for _, v := range analyse(t, say(true)).Answers {
		require.Equal(t, landscape.Yes, v.Answer)
	}
	for _, v := range analyse(t, say(false)).Answers {
		require.Equal(t, landscape.No, v.Answer)
	}
	want := map[landscape.Aspect]landscape.Answer{landscape.SharedMechanism: landscape.No, landscape.VerticalFunding: landscape.Unknown}
	for i, v := range analyse(t, say(false, true)).Answers {
		answer, special := want[v.Aspect]
		if !special {
			answer = landscape.Yes
		}
		require.Equal(t, landscape.AspectAnswer{Aspect: v.Aspect, Answer: answer, Details: landscape.Unknown, Statements: []int{2 * i, 2*i + 1}, Contested: true}, v)
	}
}

func TestEmptyLandscapeAnswersNothing(t *testing.T) {
	a := analyse(t, landscape.Landscape{})
	require.Empty(t, a.Summary())
	require.Equal(t, landscape.Unknown, landscape.Analysis{}.On(landscape.Overlaps).Answer)
	require.False(t, landscape.Aspect("x").Valid())
}

func TestCloneSharesNothing(t *testing.T) {
	l := valley()
	c := l.Clone()
	require.Equal(t, valley(), c)
	c.Areas[0].ID, c.Services[0].ID, c.Cadres[0].ID, c.Statements[0].About = "x", "x", "x", "x"
	c.Programmes[0].Funding[0].Funder, c.Posts[0].Services[0] = "x", "x"
	require.Equal(t, valley(), l)
	require.Nil(t, landscape.Landscape{Areas: []landscape.Area{}}.Clone().Areas)
}

func TestAnalysisSharesNothingWithTheLandscape(t *testing.T) {
	l := valley()
	a := analyse(t, l)
	before, err := json.Marshal(a)
	require.NoError(t, err)
	l.Posts[0].Services[0], l.Programmes[0].ID, l.Programmes[0].Funding[0].Funder = "x", "x", "x"
	after, err := json.Marshal(a)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
	_ = append(a.Overlaps[0].Cadres, "x")
	_ = append(a.Overlaps[0].Programmes, "x")
}

func TestSummarySaysWhatIsKnownAndWhatIsNot(t *testing.T) {
	said := func(a landscape.Analysis) (all []string) {
		for _, finding := range a.Summary() {
			all = append(all, finding.String())
		}
		return all
	}
	require.Equal(t, []string{
		"Pairs of an area and a service: 9. Served: 4; not served: 5. Areas without any post: 1.",
		"Pairs that several cadres serve: 1; without a shared coordination mechanism that is known: 1.",
		"Served pairs with a target: 3. More people for each worker than the target: 1; at most as many: 2; not known: 0.",
		"Areas with several cadres: 2. Lines of supervision separate: 1; not known well enough: 1.",
		"Pairs of cadres of like work: 3. Pay differs: 2; may differ: 1; is equal: 0; can't be compared: 0.",
		"Pairs of a new and an established cadre: 1. The new one gets more: 0; may get more: 1; does not: 0; can't be compared: 0.",
		"Shares of the money in USD/year: from abroad 0.4; tied to single diseases 0.3; both 0.3. Concentration of funders: 0.46.",
		"All programmes that overlap share a coordination mechanism: no. The details leave it open; statements: 1.",
	}, said(analyse(t, valley())))

	l := valley()
	l.Posts = l.Posts[1:2]
	l.Statements[0].Aspect, l.Statements[0].Holds = landscape.Overlaps, false
	s := said(analyse(t, l))
	require.Contains(t, s, "No pair is served by several cadres.")
	require.Contains(t, s, "Several cadres give the same service in the same area: no. The details and the statements agree; statements: 1.")
	l.Statements[0].Holds = true
	require.Contains(t, said(analyse(t, l)), "Several cadres give the same service in the same area: yes. What is recorded is contradictory.")
}
