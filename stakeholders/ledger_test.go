package stakeholders_test

import (
	"math"
	"testing"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// funded is a roster with money in two units, from a treasury, two donors and a
// church, and some people and goods.
func funded(t testing.TB) stakeholders.Roster {
	t.Helper()
	money := func(id string, pledged, delivered float64) stakeholders.Commitment {
		return stakeholders.Commitment{ID: id, Resource: stakeholders.Money, Unit: "USD", Pledged: pledged, Delivered: delivered}
	}
	salaries := money("salaries", 100, 40)
	salaries.Stage, salaries.Criterion = "launch", "readiness.financing"
	salaries.From, salaries.To = date(2026, 1, 1), date(2027, 12, 31)
	nets := money("nets", 500, 600)
	nets.Disease, nets.Stage, nets.Criterion = "malaria", "launch", "readiness.financing"
	nets.From, nets.To = date(2027, 7, 1), date(2028, 6, 30)
	clinics := money("clinics", 300, 0)
	clinics.To = date(2026, 6, 30)
	euros := money("euros", 1000, 0)
	euros.Unit = "EUR"
	tithe := money("tithe", 100, 100)
	tithe.Disease = "leprosy"
	r, err := stakeholders.NewRoster(
		stakeholders.Actor{ID: "mof", Name: "Ministry of Finance", Constituency: stakeholders.OtherMinistry,
			Commitments: []stakeholders.Commitment{salaries}},
		stakeholders.Actor{ID: "fund", Name: "Fund", Constituency: stakeholders.MultilateralAgency,
			Commitments: []stakeholders.Commitment{nets, euros}},
		stakeholders.Actor{ID: "donor", Name: "Donor", Constituency: stakeholders.BilateralDonor,
			Commitments: []stakeholders.Commitment{clinics}},
		stakeholders.Actor{ID: "church", Name: "Church", Constituency: stakeholders.FaithBased, Member: true,
			Commitments: []stakeholders.Commitment{tithe,
				{ID: "volunteers", Resource: stakeholders.People, Unit: "workers", Pledged: 20, Delivered: 5, Stage: "launch"}}},
		stakeholders.Actor{ID: "media", Name: "Media", Constituency: stakeholders.Media},
	)
	require.NoError(t, err)
	return r
}

func account(heading string, r stakeholders.Resource, unit string, pledged, delivered, outstanding float64, n int) stakeholders.Account {
	return stakeholders.Account{Heading: heading, Resource: r, Unit: unit, Pledged: pledged, Delivered: delivered, Outstanding: outstanding, Commitments: n}
}

func TestAccountsNeverAddDifferentUnits(t *testing.T) {
	l := funded(t).Ledger()
	require.Equal(t, []stakeholders.Account{
		account("mof", stakeholders.Money, "USD", 100, 40, 60, 1),
		account("fund", stakeholders.Money, "EUR", 1000, 0, 1000, 1),
		account("fund", stakeholders.Money, "USD", 500, 600, 0, 1),
		account("donor", stakeholders.Money, "USD", 300, 0, 300, 1),
		account("church", stakeholders.Money, "USD", 100, 100, 0, 1),
		account("church", stakeholders.People, "workers", 20, 5, 15, 1),
	}, l.ByActor())
	require.Equal(t, []stakeholders.Account{
		account("launch", stakeholders.Money, "USD", 600, 640, 60, 2), // what is over does not make up for what is not
		account("launch", stakeholders.People, "workers", 20, 5, 15, 1),
		account("", stakeholders.Money, "EUR", 1000, 0, 1000, 1),
		account("", stakeholders.Money, "USD", 400, 100, 300, 2),
	}, l.ByStage())
	require.Equal(t, []stakeholders.Account{
		account("readiness.financing", stakeholders.Money, "USD", 600, 640, 60, 2),
		account("", stakeholders.Money, "EUR", 1000, 0, 1000, 1),
		account("", stakeholders.Money, "USD", 400, 100, 300, 2),
		account("", stakeholders.People, "workers", 20, 5, 15, 1),
	}, l.ByCriterion())
	require.Empty(t, stakeholders.Ledger{}.ByActor())
}

func TestYearsShareACommitmentByTheirDays(t *testing.T) {
	years := funded(t).Ledger().ByYear()
	// salaries: 365 + 365 days; nets: 184 days of 2027 and 182 of the leap year
	// 2028.
	want := []stakeholders.Account{
		account("2026", stakeholders.Money, "USD", 50, 20, 30, 1),
		account("2027", stakeholders.Money, "USD", 50+500*184.0/366, 20+600*184.0/366, 30, 2),
		account("2028", stakeholders.Money, "USD", 500*182.0/366, 600*182.0/366, 0, 1),
		account(stakeholders.Undated, stakeholders.Money, "EUR", 1000, 0, 1000, 1),
		account(stakeholders.Undated, stakeholders.Money, "USD", 400, 100, 300, 2),
		account(stakeholders.Undated, stakeholders.People, "workers", 20, 5, 15, 1),
	}
	require.Len(t, years, len(want))
	for i, w := range want {
		require.Equal(t, w.Heading, years[i].Heading)
		require.Equal(t, w.Unit, years[i].Unit)
		require.InDelta(t, w.Pledged, years[i].Pledged, 1e-9)
		require.InDelta(t, w.Delivered, years[i].Delivered, 1e-9)
		require.InDelta(t, w.Outstanding, years[i].Outstanding, 1e-9)
		require.Equal(t, w.Commitments, years[i].Commitments)
	}
}

func TestYearsAddUpToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rosterOf(t, actorsGen.Draw(t, "actors")).Ledger()
		sum := func(accounts []stakeholders.Account) map[string][3]float64 {
			sums := map[string][3]float64{}
			for _, a := range accounts {
				s := sums[string(a.Resource)+a.Unit]
				sums[string(a.Resource)+a.Unit] = [3]float64{s[0] + a.Pledged, s[1] + a.Delivered, s[2] + a.Outstanding}
			}
			return sums
		}
		whole := sum(l.ByActor())
		for _, split := range [][]stakeholders.Account{l.ByYear(), l.ByStage(), l.ByCriterion()} {
			parts := sum(split)
			require.Len(t, parts, len(whole))
			for k, w := range whole {
				for i := range w {
					require.InDelta(t, w[i], parts[k][i], 1e-7)
				}
			}
		}
	})
}

func TestDaysBeforeTheEpochCountAlike(t *testing.T) {
	r := rosterOf(t, []stakeholders.Actor{{ID: "a", Name: "A", Constituency: stakeholders.NGO, Commitments: []stakeholders.Commitment{
		{ID: "c", Resource: stakeholders.Goods, Unit: "bicycles", Pledged: 4,
			From: time.Date(1969, 12, 30, 23, 0, 0, 0, time.UTC), To: time.Date(1970, 1, 2, 1, 0, 0, 0, time.UTC)},
	}}})
	years := r.Ledger().ByYear()
	require.Equal(t, 2.0, years[0].Pledged, "30 and 31 December")
	require.Equal(t, 2.0, years[1].Pledged, "1 and 2 January")
}

func TestALedgerOfAMomentAndOfAPeriod(t *testing.T) {
	l := funded(t).Ledger()
	ids := func(l stakeholders.Ledger) (ids []string) {
		for _, e := range l.Entries() {
			ids = append(ids, e.Commitment.ID)
		}
		return ids
	}
	require.Equal(t, []string{"salaries", "nets", "euros", "clinics", "tithe", "volunteers"}, ids(l))
	require.Equal(t, []string{"salaries", "euros", "clinics", "tithe", "volunteers"}, ids(l.At(date(2026, 6, 30))))
	require.Equal(t, []string{"nets", "euros", "tithe", "volunteers"}, ids(l.Between(date(2028, 1, 1), date(2030, 1, 1))))
	require.Equal(t, []string{"euros", "clinics", "tithe", "volunteers"}, ids(l.Between(date(2025, 1, 1), date(2025, 12, 31))))
	require.Empty(t, ids(l.Between(date(2026, 2, 1), date(2026, 1, 1))))
}

func TestGapsAreStagesWithoutAKindOfResource(t *testing.T) {
	gaps := funded(t).Ledger().Gaps("launch", "governance")
	require.Equal(t, []stakeholders.ResourceGap{
		{Stage: "launch", Resource: stakeholders.Goods},
		{Stage: "launch", Resource: stakeholders.TechnicalHelp},
		{Stage: "governance", Resource: stakeholders.Money, General: 3},
		{Stage: "governance", Resource: stakeholders.People},
		{Stage: "governance", Resource: stakeholders.Goods},
		{Stage: "governance", Resource: stakeholders.TechnicalHelp},
	}, gaps)
}

func TestACommitmentOfNothingClosesNoGapAndCoversNothing(t *testing.T) {
	ledger := func(pledged, delivered float64) stakeholders.Ledger {
		c := stakeholders.Commitment{ID: "a", Resource: stakeholders.Money, Unit: "USD", Stage: "launch", Pledged: pledged, Delivered: delivered}
		other := c
		other.ID = "b"
		return rosterOf(t, []stakeholders.Actor{{ID: "mof", Name: "MoF", Constituency: stakeholders.OtherMinistry,
			Commitments: []stakeholders.Commitment{c, other}}}).Ledger()
	}
	kinds := len(stakeholders.Resources())
	require.Len(t, ledger(0, 0).Gaps("launch"), kinds)
	require.Empty(t, ledger(0, 0).DoubleCovers())
	for _, l := range []stakeholders.Ledger{ledger(1, 0), ledger(0, 1)} {
		require.Len(t, l.Gaps("launch"), kinds-1)
		require.Len(t, l.DoubleCovers(), 1)
	}
}

func TestDoubleCoverNeedsOnePurposeAndOneTime(t *testing.T) {
	covers := funded(t).Ledger().DoubleCovers()
	require.Len(t, covers, 1)
	require.Equal(t, "launch", covers[0].Stage)
	require.Equal(t, "readiness.financing", covers[0].Criterion)
	require.Equal(t, stakeholders.Money, covers[0].Resource)
	require.Len(t, covers[0].Entries, 2)
	require.Equal(t, "mof", covers[0].Entries[0].Actor)
	require.False(t, covers[0].Entries[0].External())
	require.True(t, covers[0].Entries[1].External())

	of := func(periods ...[2]int) int {
		var commitments []stakeholders.Commitment
		for i, p := range periods {
			c := stakeholders.Commitment{ID: string(rune('a' + i)), Resource: stakeholders.Money, Unit: "USD", Pledged: 1, Stage: "launch"}
			if p[0] > 0 {
				c.From = date(p[0], 1, 1)
			}
			if p[1] > 0 {
				c.To = date(p[1], 12, 31)
			}
			commitments = append(commitments, c)
		}
		r := rosterOf(t, []stakeholders.Actor{{ID: "a", Name: "A", Constituency: stakeholders.NGO, Commitments: commitments}})
		covers := r.Ledger().DoubleCovers()
		if len(covers) == 0 {
			return 0
		}
		return len(covers[0].Entries)
	}
	require.Equal(t, 0, of([2]int{2026, 2026}, [2]int{2027, 2027}), "one after the other")
	require.Equal(t, 2, of([2]int{2026, 2026}, [2]int{2027, 2027}, [2]int{2027, 2028}))
	require.Equal(t, 3, of([2]int{2020, 2030}, [2]int{2021, 2021}, [2]int{2025, 2025}), "the long one overlaps both")
	require.Equal(t, 3, of([2]int{2026, 2026}, [2]int{0, 0}, [2]int{2027, 2027}), "the undated one overlaps all")
	require.Equal(t, 2, of([2]int{2026, 0}, [2]int{2027, 2027}), "open-ended")
	require.Equal(t, 0, of([2]int{2020, 2021}, [2]int{2022, 0}), "begins after the end")
}

func TestDoubleCoversAreInOrder(t *testing.T) {
	var commitments []stakeholders.Commitment
	for i, p := range [][3]string{{"", "b", "money"}, {"launch", "", "goods"}, {"launch", "", "money"}, {"design", "c", "money"}, {"design", "a", "money"}, {"", "", "money"}} {
		for k := range 2 {
			commitments = append(commitments, stakeholders.Commitment{ID: string(rune('a' + 2*i + k)), Unit: "u", Pledged: 1,
				Stage: p[0], Criterion: p[1], Resource: stakeholders.Resource(p[2])})
		}
	}
	r := rosterOf(t, []stakeholders.Actor{{ID: "a", Name: "A", Constituency: stakeholders.NGO, Commitments: commitments}})
	for range 20 {
		var got [][3]string
		for _, c := range r.Ledger().DoubleCovers() {
			got = append(got, [3]string{c.Stage, c.Criterion, string(c.Resource)})
		}
		require.Equal(t, [][3]string{{"design", "a", "money"}, {"design", "c", "money"}, {"launch", "", "money"}, {"launch", "", "goods"}, {"", "b", "money"}}, got)
	}
}

func TestWhatEndsWithinSomeMonths(t *testing.T) {
	l := funded(t).Ledger()
	ending, err := l.EndingWithin(date(2026, 6, 30), 24)
	require.NoError(t, err)
	var ids []string
	for _, e := range ending {
		ids = append(ids, e.Commitment.ID)
	}
	require.Equal(t, []string{"clinics", "salaries", "nets"}, ids, "both ends are included")
	ending, err = l.EndingWithin(date(2026, 7, 1), 0)
	require.NoError(t, err)
	require.Empty(t, ending)
	for _, months := range []int{-1, 1201} {
		_, err = l.EndingWithin(date(2026, 1, 1), months)
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
}

func TestAMonthAfterTheLastOfJanuaryIsTheLastOfFebruary(t *testing.T) {
	ends := func(to time.Time) stakeholders.Ledger {
		return rosterOf(t, []stakeholders.Actor{{ID: "a", Name: "A", Constituency: stakeholders.NGO, Commitments: []stakeholders.Commitment{
			{ID: "c", Resource: stakeholders.Money, Unit: "USD", To: to}}}}).Ledger()
	}
	for to, n := range map[time.Time]int{date(2026, 2, 28): 1, date(2026, 3, 1): 0} {
		ending, err := ends(to).EndingWithin(date(2026, 1, 31), 1)
		require.NoError(t, err)
		require.Len(t, ending, n)
	}
}

func TestFundingShares(t *testing.T) {
	l := funded(t).Ledger()
	require.Equal(t, []string{"EUR", "USD"}, l.MoneyUnits(stakeholders.Pledged))
	require.Equal(t, []string{"USD"}, l.MoneyUnits(stakeholders.Delivered))
	require.Empty(t, l.MoneyUnits("promised"))

	// Pledged: 500 + 300 + 100 + 100 = 1000.
	f, err := l.Funding(stakeholders.Pledged, "USD")
	require.NoError(t, err)
	require.Equal(t, 1000.0, f.Total)
	require.Equal(t, []stakeholders.Funder{{"fund", 500, 0.5}, {"donor", 300, 0.3}, {"mof", 100, 0.1}, {"church", 100, 0.1}}, f.Funders)
	require.Equal(t, "fund", f.Largest().Actor)
	require.InDelta(t, 0.25+0.09+0.01+0.01, f.Concentration, 1e-12)
	require.Equal(t, 0.8, f.External)
	require.Equal(t, 0.2, f.Domestic)
	require.Equal(t, 0.1, f.Government)
	require.Equal(t, 0.6, f.Tied)
	require.Equal(t, 0.5, f.ExternalTied)

	// Delivered: 600 + 100 + 40 = 740.
	f, err = l.Funding(stakeholders.Delivered, "USD")
	require.NoError(t, err)
	require.Equal(t, 740.0, f.Total)
	require.Len(t, f.Funders, 3)
	require.InDelta(t, 140.0/740, f.Domestic, 1e-12)

	f, err = l.Funding(stakeholders.Pledged, "EUR")
	require.NoError(t, err)
	require.Equal(t, 1.0, f.Concentration, "a single funder")
	require.Zero(t, stakeholders.Funding{}.Largest())
}

func TestFundingOfNothingIsNotKnown(t *testing.T) {
	l := funded(t).Ledger()
	for _, c := range []struct {
		ledger      stakeholders.Ledger
		measure     stakeholders.FundingMeasure
		unit, field string
	}{
		{l, "promised", "USD", "measure"},
		{l, stakeholders.Delivered, "EUR", "unit"},
		{l, stakeholders.Pledged, "workers", "unit"},
		{stakeholders.Ledger{}, stakeholders.Pledged, "USD", "unit"},
	} {
		_, err := c.ledger.Funding(c.measure, c.unit)
		var refused fault.Fields
		require.ErrorAs(t, err, &refused)
		require.Equal(t, c.field, refused[0].Path)
	}
}

func TestSumsBeyondTheLargestNumber(t *testing.T) {
	huge := func(id string) stakeholders.Commitment {
		return stakeholders.Commitment{ID: id, Resource: stakeholders.Money, Unit: "USD", Pledged: math.MaxFloat64}
	}
	l := rosterOf(t, []stakeholders.Actor{{ID: "a", Name: "A", Constituency: stakeholders.NGO,
		Commitments: []stakeholders.Commitment{huge("b"), huge("c")}}}).Ledger()
	require.Equal(t, math.MaxFloat64, l.ByActor()[0].Pledged)
	_, err := l.Funding(stakeholders.Pledged, "USD")
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func TestConcentrationLiesBetweenEqualSharesAndOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, err := rosterOf(t, actorsGen.Draw(t, "actors")).Ledger().Funding(stakeholders.Pledged, "USD")
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			t.Skip("no money in this unit: not a case of the rule")
		}
		var sum float64
		for _, funder := range f.Funders {
			sum += funder.Share
		}
		require.InDelta(t, 1, sum, 1e-12)
		require.InDelta(t, 1, f.Domestic+f.External, 1e-12)
		require.LessOrEqual(t, f.Government, f.Domestic+1e-12)
		require.LessOrEqual(t, f.ExternalTied, min(f.Tied, f.External)+1e-12)
		require.GreaterOrEqual(t, f.Concentration, 1/float64(len(f.Funders))-1e-12)
		require.LessOrEqual(t, f.Concentration, 1+1e-12)
		require.LessOrEqual(t, f.Largest().Share*f.Largest().Share, f.Concentration+1e-12)
	})
}
