package stakeholders_test

import (
	"math"
	"testing"
	"time"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func on(year int, month time.Month, d int) date.Date { return date.Of(day(year, month, d)) }

// funded is a roster with money in two units, from a treasury, two donors and a
// church, and some people and goods.
func funded(t testing.TB) stakeholders.Roster {
	t.Helper()
	money := func(id string, pledged, delivered float64) stakeholders.Commitment {
		return stakeholders.Commitment{ID: id, Resource: stakeholders.Money, Unit: "USD", Pledged: pledged, Delivered: delivered}
	}
	salaries := money("salaries", 100, 40)
	salaries.Stage, salaries.Criterion = "launch", "readiness.financing"
	salaries.From, salaries.To = on(2026, 1, 1), on(2027, 12, 31)
	nets := money("nets", 500, 600)
	nets.Disease, nets.Stage, nets.Criterion = "malaria", "launch", "readiness.financing"
	nets.From, nets.To = on(2027, 7, 1), on(2028, 6, 30)
	clinics := money("clinics", 300, 0)
	clinics.To = on(2026, 6, 30)
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
			From: on(1969, 12, 30), To: on(1970, 1, 2)},
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
	known := func(active, open stakeholders.Ledger) stakeholders.Ledger {
		require.Empty(t, open.Entries())
		return active
	}
	require.Equal(t, []string{"salaries", "euros", "clinics", "tithe", "volunteers"}, ids(known(l.At(day(2026, 6, 30)))))
	require.Equal(t, []string{"nets", "euros", "tithe", "volunteers"}, ids(known(l.Between(on(2028, 1, 1), on(2030, 1, 1)))))
	require.Equal(t, []string{"euros", "clinics", "tithe", "volunteers"}, ids(known(l.Between(date.MustParse("2025"), date.MustParse("2025")))))
	require.Equal(t, []string{"nets", "euros", "tithe", "volunteers"}, ids(known(l.Between(on(2028, 1, 1), date.Date{}))))
	require.Equal(t, ids(l), ids(known(l.Between(date.Date{}, date.Date{}))))
	require.Empty(t, ids(known(l.Between(on(2026, 2, 1), on(2026, 1, 1)))))
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
				c.From = on(p[0], 1, 1)
			}
			if p[1] > 0 {
				c.To = on(p[1], 12, 31)
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
	ending, open, err := l.EndingWithin(day(2026, 6, 30), 24)
	require.NoError(t, err)
	var ids []string
	for _, e := range ending {
		ids = append(ids, e.Commitment.ID)
	}
	require.Equal(t, []string{"clinics", "salaries", "nets"}, ids, "both ends are included")
	require.Empty(t, open)
	ending, _, err = l.EndingWithin(day(2026, 7, 1), 0)
	require.NoError(t, err)
	require.Empty(t, ending)
	for _, months := range []int{-1, 1201} {
		_, _, err = l.EndingWithin(day(2026, 1, 1), months)
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
}

func TestAMonthAfterTheLastOfJanuaryIsTheLastOfFebruary(t *testing.T) {
	ends := func(to date.Date) stakeholders.Ledger {
		return rosterOf(t, []stakeholders.Actor{{ID: "a", Name: "A", Constituency: stakeholders.NGO, Commitments: []stakeholders.Commitment{
			{ID: "c", Resource: stakeholders.Money, Unit: "USD", To: to}}}}).Ledger()
	}
	for to, n := range map[date.Date]int{on(2026, 2, 28): 1, on(2026, 3, 1): 0} {
		ending, _, err := ends(to).EndingWithin(day(2026, 1, 31), 1)
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

// A year in Kampala has the days of that year, not one of the year before.
func TestACommitmentOfAYearIsOfThatYear(t *testing.T) {
	for _, ends := range [][2]string{{"2023-01-01", "2023-12-31"}, {"2023-01", "2023-12"}, {"2023", "2023"}} {
		years := rosterOf(t, []stakeholders.Actor{{ID: "a", Name: "A", Constituency: stakeholders.NGO, Commitments: []stakeholders.Commitment{
			{ID: "k", Resource: stakeholders.Money, Unit: "UGX", Pledged: 365, From: date.MustParse(ends[0]), To: date.MustParse(ends[1])}}}}).Ledger().ByYear()
		require.Equal(t, []stakeholders.Account{account("2023", stakeholders.Money, "UGX", 365, 0, 365, 1)}, years)
	}
}

// daysOf lists the days that a date may be.
func daysOf(d date.Date) (days []time.Time) {
	for t := d.First(); !t.After(d.Last()); t = t.AddDate(0, 0, 1) {
		days = append(days, t)
	}
	return days
}

// lives lists the periods that a commitment may have, day by day.
func lives(c stakeholders.Commitment) (all [][2]time.Time) {
	for _, from := range daysOf(c.From) {
		for _, to := range daysOf(c.To) {
			if !to.Before(from) {
				all = append(all, [2]time.Time{from, to})
			}
		}
	}
	return all
}

func answerOf(so, of int) date.Answer {
	switch so {
	case 0:
		return date.No
	case of:
		return date.Yes
	default:
		return date.Open
	}
}

// Whether a commitment is active at a time, in a period, or ends within some months is
// so where it is so for every pair of days on which it may begin and end.
func TestALedgerAnswersForEveryDay(t *testing.T) {
	some := rapid.SampledFrom([]string{"2023", "2023-03", "2024-02", "2024-02-29", "2023-12-31", "2024-01", "2024-03"})
	rapid.Check(t, func(t *rapid.T) {
		c := stakeholders.Commitment{ID: "c", Resource: stakeholders.Money, Unit: "USD", Pledged: 1,
			From: date.MustParse(some.Draw(t, "from")), To: date.MustParse(some.Draw(t, "to"))}
		if c.Validate() != nil {
			require.Empty(t, lives(c), "refused where it surely ends before it begins")
			t.Skip("not a commitment")
		}
		at := day(2023, 1, 1).AddDate(0, 0, rapid.IntRange(-10, 500).Draw(t, "at"))
		until := at.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "days"))
		months := rapid.IntRange(0, 14).Draw(t, "months")
		active, during, ending := 0, 0, 0
		all := lives(c)
		for _, l := range all {
			meets := func(from, to time.Time) bool { return !l[0].After(to) && !l[1].Before(from) }
			if meets(at, at) {
				active++
			}
			if meets(at, until) {
				during++
			}
			if !l[1].Before(at) && !l[1].After(date.AddMonths(at, months)) {
				ending++
			}
		}
		l := rosterOf(t, []stakeholders.Actor{{ID: "a", Name: "A", Constituency: stakeholders.NGO, Commitments: []stakeholders.Commitment{c}}}).Ledger()
		said := func(yes, open []stakeholders.LedgerEntry) date.Answer {
			switch {
			case len(yes) == 1:
				return date.Yes
			case len(open) == 1:
				return date.Open
			default:
				return date.No
			}
		}
		entries := func(yes, open stakeholders.Ledger) date.Answer { return said(yes.Entries(), open.Entries()) }
		require.Equal(t, answerOf(active, len(all)), c.ActiveAt(at))
		require.Equal(t, answerOf(active, len(all)), entries(l.At(at)))
		require.Equal(t, answerOf(during, len(all)), entries(l.Between(date.Of(at), date.Of(until))))
		yes, open, err := l.EndingWithin(at, months)
		require.NoError(t, err)
		require.Equal(t, answerOf(ending, len(all)), said(yes, open))
	})
}

// A commitment shares its cover where it overlaps another on any day that the two may
// begin and end, and may where it does on some.
func TestCoversAreSharedForEveryDay(t *testing.T) {
	some := rapid.SampledFrom([]string{"2024-01", "2024-02", "2024-03", "2024-01-31", "2024-02-10", "2024-03-01", ""})
	rapid.Check(t, func(t *rapid.T) {
		var all []stakeholders.Commitment
		for i := range rapid.IntRange(2, 4).Draw(t, "commitments") {
			c := stakeholders.Commitment{ID: string(rune('a' + i)), Resource: stakeholders.Money, Unit: "USD", Pledged: 1, Stage: "launch"}
			c.From, _ = date.Parse(some.Draw(t, "from"))
			c.To, _ = date.Parse(some.Draw(t, "to"))
			if c.Validate() == nil {
				all = append(all, c)
			}
		}
		closed := func(c stakeholders.Commitment) stakeholders.Commitment { // the days that matter are those of this year
			if c.From.IsZero() {
				c.From = date.MustParse("2023-12-31")
			}
			if c.To.IsZero() {
				c.To = date.MustParse("2024-04-01")
			}
			return c
		}
		days := func(c stakeholders.Commitment) (all [][2]int) {
			for _, l := range lives(c) {
				all = append(all, [2]int{l[0].YearDay() + 366*(l[0].Year()-2023), l[1].YearDay() + 366*(l[1].Year()-2023)})
			}
			return all
		}
		overlap := func(a, b stakeholders.Commitment) date.Answer {
			so, of := 0, 0
			others := days(closed(b))
			for _, x := range days(closed(a)) {
				for _, y := range others {
					of++
					if x[0] <= y[1] && y[0] <= x[1] {
						so++
					}
				}
			}
			return answerOf(so, of)
		}
		var shared, open []string
		for i, a := range all {
			answer := date.No
			for k, b := range all {
				if o := overlap(a, b); i != k && (o == date.Yes || o == date.Open && answer == date.No) {
					answer = o
				}
			}
			switch answer {
			case date.Yes:
				shared = append(shared, a.ID)
			case date.Open:
				open = append(open, a.ID)
			}
		}
		covers := rosterOf(t, []stakeholders.Actor{{ID: "a", Name: "A", Constituency: stakeholders.NGO, Commitments: all}}).Ledger().DoubleCovers()
		var got stakeholders.DoubleCover
		if len(covers) > 0 {
			got = covers[0]
		}
		ids := func(entries []stakeholders.LedgerEntry) (ids []string) {
			for _, e := range entries {
				ids = append(ids, e.Commitment.ID)
			}
			return ids
		}
		require.Equal(t, shared, ids(got.Entries))
		require.Equal(t, open, ids(got.Open))
	})
}
