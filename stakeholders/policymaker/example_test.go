package policymaker_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/policymaker"
)

// What the strategies of a project would do to its feasibility.
func Example() {
	file, err := os.Open("testdata/small.json")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	project, err := policymaker.Read(file)
	if err != nil {
		panic(err)
	}
	today, err := project.Roster()
	if err != nil {
		panic(err)
	}
	strategies, err := project.Strategies()
	if err != nil {
		panic(err)
	}
	f := today.Feasibility()
	fmt.Printf("today: support %g, non-mobilised %g, opposition %g\n", f.Support, f.NonMobilised, f.Opposition)
	for _, s := range strategies {
		then, err := today.Under(s)
		if err != nil {
			panic(err)
		}
		f := then.Feasibility()
		fmt.Printf("%s: support %g, non-mobilised %g, opposition %g\n", s.Name, f.Support, f.NonMobilised, f.Opposition)
	}
	// Output:
	// today: support 61.75, non-mobilised 20, opposition 56
	// Phase the payroll over five years: support 61.75, non-mobilised 80, opposition 8
	// Show the investment case: support 77.75, non-mobilised 0, opposition 32
	// Career ladder into nursing: support 69.75, non-mobilised 20, opposition 48
}

// A ministry has moved; nothing else in the file does.
func ExampleProject_SetActor() {
	project, err := policymaker.Read(strings.NewReader(`{
  "Project": [{"User_label": "Paid workers"}],
  "Player": [
    {"Player_ID": 2, "Player_name": "Ministry of Finance", "Sector": "Governmental", "PosValue": -4.0, "Position_rating": 6, "Colour": "red"}
  ]
}`))
	if err != nil {
		panic(err)
	}
	roster, err := project.Roster()
	if err != nil {
		panic(err)
	}
	finance, _ := roster.Actor("2")
	finance.Position = stakeholders.At(0)
	if err := project.SetActor(finance); err != nil {
		panic(err)
	}
	if err := project.Write(os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// {
	//   "Project": [{"User_label": "Paid workers"}],
	//   "Player": [
	//     {"Player_ID": 2, "Player_name": "Ministry of Finance", "Sector": "Governmental", "PosValue": 0, "Position_rating": 4, "Colour": "red"}
	//   ]
	// }
}

// A roster of ours becomes a project. The file numbers its players, so ids
// change on the way.
func ExampleNewProject() {
	project, err := policymaker.NewProject("Paid workers", "Ama", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	id, err := project.AddActor(stakeholders.Actor{
		ID: "union", Name: "Nurses' union", Constituency: stakeholders.TradeUnion,
		Position: stakeholders.At(-2), Power: stakeholders.MediumPower,
	})
	if err != nil {
		panic(err)
	}
	_, err = project.AddStrategy(stakeholders.Strategy{
		ID: "ladder", Name: "Career ladder", Kind: stakeholders.ChangePositions, Probability: 0.4,
		Effects: []stakeholders.Effect{{Actor: id, Position: stakeholders.At(2)}},
	})
	if err != nil {
		panic(err)
	}
	player, impact := project.Players()[0], project.Impacts()[0]
	fmt.Println(player.ID, player.Name, player.Sector, player.Position)
	fmt.Println(impact.Strategy, impact.Player, impact.Position)
	// Output:
	// 1 Nurses' union Trade union -2 (low opposition)
	// 1 1 +2 (low support)
}

func ExampleRead_refused() {
	_, err := policymaker.Read(strings.NewReader(`{"Project": [{}],
"Player": [{"Player_ID": 1, "PosValue": 99}]}`))
	var refused fault.Fields
	if errors.As(err, &refused) {
		fmt.Println(refused[0].Path, refused[0].Rule)
	}
	fmt.Println(err)
	// Output:
	// Player[0].PosValue range
	// Player[0].PosValue (line 2, column 41): got 99, want a number from -7 to 7
}

// The host knows what a sector does not tell.
func ExampleProject_MapConstituencies() {
	project, err := policymaker.Read(strings.NewReader(`{"Project": [{}], "Player": [
		{"Player_ID": 1, "Player_name": "Ministry of Health", "Sector": "Governmental", "Level": "National"},
		{"Player_ID": 2, "Player_name": "Reform Party", "Sector": "Political", "Level": "National"}]}`))
	if err != nil {
		panic(err)
	}
	project.MapConstituencies(func(p policymaker.Player) stakeholders.Constituency {
		if p.Name == "Ministry of Health" {
			return stakeholders.MinistryOfHealth
		}
		return "" // as usual
	})
	roster, err := project.Roster()
	if err != nil {
		panic(err)
	}
	for a := range roster.All() {
		fmt.Println(a.Name+":", a.Constituency.Told())
	}
	for _, p := range project.Unmapped() {
		fmt.Println("only a guess:", p.Name)
	}
	// Output:
	// Ministry of Health: ministry of health
	// Reform Party: civil society organisation
	// only a guess: Reform Party
}
