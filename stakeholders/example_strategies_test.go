package stakeholders_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/stakeholders"
)

// plans are three things the coalition might do.
func plans() []stakeholders.Strategy {
	return []stakeholders.Strategy{
		{ID: "phase", Name: "Phase the payroll over five years", Kind: stakeholders.ChangePositions, Probability: 0.5, Cost: 30, Unit: "kUSD",
			Effects: []stakeholders.Effect{{Actor: "mof", Position: stakeholders.At(0)}}},
		{ID: "case", Name: "Show the investment case", Kind: stakeholders.ChangePerceptions, Probability: 0.75, Cost: 20, Unit: "kUSD",
			Effects: []stakeholders.Effect{{Actor: "mof", Position: stakeholders.At(-2)}}},
		{ID: "fund", Name: "Join the fund's replenishment", Kind: stakeholders.ChangePlayers, Probability: 0.6, Cost: 5, Unit: "kUSD",
			Effects: []stakeholders.Effect{{Actor: "fund", Position: stakeholders.At(6), Power: 6}}},
	}
}

// opposed is the coalition with a treasury that opposes more.
func opposed() stakeholders.Roster {
	mof, _ := coalition().Actor("mof")
	mof.Position = stakeholders.At(-6)
	r, err := coalition().Replace(mof)
	if err != nil {
		panic(err)
	}
	return r
}

func ExampleRoster_Under() {
	r := opposed()
	if both, err := r.Under(plans()[:2]...); err == nil {
		mof, _ := both.Actor("mof")
		fmt.Println(mof.Position)
		fmt.Println(r.Feasibility().Feasible(), both.Feasibility().Feasible())
	}
	// Output:
	// -1 (non-mobilised)
	// false true
}

func ExampleRoster_Prospects() {
	p, err := opposed().Prospects(plans(), stakeholders.Sampling{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("support exceeds opposition with %.0f %%, exactly: %v\n", 100*p.Probability, p.Exact)
	for _, s := range p.Strategies {
		fmt.Printf("%s adds %+.1f points of 100\n", s.Strategy, 100*s.ProbabilityChange)
	}
	// Output:
	// support exceeds opposition with 95 %, exactly: true
	// phase adds +5.0 points of 100
	// case adds +15.0 points of 100
	// fund adds +7.5 points of 100
}

func ExampleRoster_Cheapest() {
	r := opposed()
	choice, err := r.Cheapest(plans(), 0.8)
	fmt.Println(strings.Join(choice.Strategies, " and "), choice.Cost, choice.Unit, choice.Probability, err)

	_, err = r.Cheapest(plans(), 0.99)
	var unreachable *stakeholders.UnreachableError
	fmt.Println(errors.As(err, &unreachable))
	// Output:
	// case and fund 25 kUSD 0.9 <nil>
	// true
}

func ExampleImpactOf() {
	before := opposed()
	mof, _ := before.Actor("mof")
	mof.Position = stakeholders.At(-3)
	now, _ := before.Replace(mof)
	impact, err := stakeholders.ImpactOf(plans()[1], stakeholders.PartSuccess, before, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	share, _ := impact.Actors[0].Position.Realised()
	fmt.Printf("the treasury moved %+g points of %+g: %.0f %%\n", impact.Actors[0].Position.Observed, impact.Actors[0].Position.Stated, 100*share)
	// Output:
	// the treasury moved +3 points of +4: 75 %
}

func ExampleSuggestionsFor() {
	for _, s := range stakeholders.SuggestionsFor(stakeholders.ChangePower, stakeholders.Opponents) {
		fmt.Println(s.ID, "·", s.Source)
	}
	// Output:
	// widen-the-sources · model
	// use-the-competent-venue · model
}

func ExampleRoster_ConstituencyGaps() {
	for _, gap := range coalition().ConstituencyGaps() {
		for _, c := range gap.Candidates {
			fmt.Printf("%s: %s, %s\n", gap.Constituency.Told(), c.Name, c.Reason)
		}
	}
	// Output:
	// other ministry: Ministry of Finance, to be heard before an invitation (engaged, not a member of the coalition, high power, medium opposition)
	// multilateral agency: Global health fund, ready for an invitation (engaged, not a member of the coalition, high power, low support)
}

func ExampleLedger() {
	fund, _ := coalition().Actor("fund")
	fund.Commitments = []stakeholders.Commitment{{
		ID: "start-up", Resource: stakeholders.Money, Unit: "USD", Pledged: 900_000, Delivered: 300_000, Disease: "malaria",
		From: date.MustParse("2026-01-01"), To: date.MustParse("2027-12-31"),
	}}
	moh, _ := coalition().Actor("moh")
	moh.Commitments = []stakeholders.Commitment{{ID: "payroll", Resource: stakeholders.Money, Unit: "USD", Pledged: 300_000}}
	r, _ := coalition().Replace(fund)
	r, _ = r.Replace(moh)

	ledger := r.Ledger()
	for _, a := range ledger.ByYear() {
		fmt.Printf("%s: %.0f %s pledged, %.0f outstanding\n", a.Heading, a.Pledged, a.Unit, a.Outstanding)
	}
	f, err := ledger.Funding(stakeholders.Pledged, "USD")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s gives %.0f %%; domestic %.0f %%; tied to single diseases %.0f %%; concentration %.3f\n",
		f.Largest().Actor, 100*f.Largest().Share, 100*f.Domestic, 100*f.Tied, f.Concentration)
	// Output:
	// 2026: 450000 USD pledged, 300000 outstanding
	// 2027: 450000 USD pledged, 300000 outstanding
	// undated: 300000 USD pledged, 300000 outstanding
	// fund gives 75 %; domestic 25 %; tied to single diseases 75 %; concentration 0.625
}
