package stakeholders_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
)

func coalition() stakeholders.Roster {
	r, err := stakeholders.NewRoster(
		stakeholders.Actor{
			ID: "moh", Name: "Ministry of Health", Constituency: stakeholders.MinistryOfHealth,
			Roles:  []stakeholders.Role{stakeholders.Leader, stakeholders.Gatekeeper},
			Member: true, Position: stakeholders.At(6), Power: stakeholders.HighPower,
		},
		stakeholders.Actor{
			ID: "chws", Name: "Community health workers' association", Constituency: stakeholders.CommunityHealthWorkers,
			Roles:  []stakeholders.Role{stakeholders.ChangeChampion, stakeholders.Connector, stakeholders.Liaison, stakeholders.Enabler},
			Member: true, Position: stakeholders.At(6), Power: stakeholders.LowPower,
		},
		stakeholders.Actor{
			ID: "fund", Name: "Global health fund", Constituency: stakeholders.MultilateralAgency,
			Position: stakeholders.At(2.5), Power: 5.5,
		},
		stakeholders.Actor{
			ID: "mof", Name: "Ministry of Finance", Constituency: stakeholders.OtherMinistry,
			Position: stakeholders.At(-4), Power: stakeholders.HighPower, Weight: 2, Veto: true,
		},
	)
	if err != nil {
		panic(err)
	}
	return r
}

func ExampleRoster_Feasibility() {
	f := coalition().Feasibility()
	share, _ := f.Share()
	fmt.Printf("support %.2f, opposition %.2f: %.0f %% in favour\n", f.Support, f.Opposition, 100*share)
	fmt.Println("feasible:", f.Feasible())
	// Output:
	// support 61.75, opposition 48.00: 56 % in favour
	// feasible: true
}

func ExampleRoster_RoleGaps() {
	for _, gap := range coalition().RoleGaps() {
		fmt.Printf("no %s\n", gap.Role.Told())
		best := gap.Candidates[0]
		fmt.Printf("%s: %s\n", best.Name, best.Reason)
	}
	// Output:
	// no donor
	// Global health fund: usual constituency for the role (multilateral agency), high power, low support, not a member of the coalition yet, no role so far
}

func ExampleRoster_Engage() {
	before := coalition()
	after, err := before.Engage(stakeholders.Actor{
		ID: "nurses", Name: "Nurses' association", Constituency: stakeholders.ProfessionalAssociation,
	})
	fmt.Println(before.Len(), after.Len(), err)

	_, err = after.Engage(stakeholders.Actor{ID: "nurses", Name: "Nurses", Constituency: "profession"})
	var refused fault.Fields
	if errors.As(err, &refused) {
		for _, e := range refused {
			fmt.Println(e.Path, e.Rule)
		}
	}
	fmt.Println(errors.Is(err, fault.ErrInvalid))
	// Output:
	// 4 5 <nil>
	// constituency known
	// id unique
	// true
}

func ExampleRoster_MissingGroups() {
	for _, g := range coalition().MissingGroups() {
		fmt.Println(g.Told())
	}
	// Output:
	// civil society
	// development partners
	// profession and market
}

func ExampleRoster_VetoOpponents() {
	for _, a := range coalition().VetoOpponents() {
		fmt.Printf("%s: %v\n", a.Name, a.Position)
	}
	// Output:
	// Ministry of Finance: -4 (medium opposition)
}

func ExamplePosition() {
	var p stakeholders.Position
	fmt.Println(p)
	_ = json.Unmarshal([]byte(`"low-opposition"`), &p)
	fmt.Println(p, p.Opposes())
	// Output:
	// not known
	// -2 (low opposition) true
}

func ExampleCommitment() {
	c := stakeholders.Commitment{
		ID: "salaries", Resource: stakeholders.Money, Unit: "USD", Pledged: 500_000, Delivered: 120_000,
		To: date.MustParse("2025"),
	}
	fmt.Println(c.Outstanding(), c.Unit, c.ActiveAt(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	// Output:
	// 380000 USD no
}
