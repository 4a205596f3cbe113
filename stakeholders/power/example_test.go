package power_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/stakeholders/power"
)

// law is a law on community health workers that needs the cabinet, where the
// Ministry of Finance has a veto, and more than half of the parliament.
func law() *power.Game {
	g, err := power.NewGame(
		power.Body{
			ID: "cabinet", Name: "Cabinet", Quota: 3,
			Weights: power.Seats(1, "health", "finance", "labour", "local government", "education"),
			Vetoes:  []string{"finance"},
		},
		power.Body{
			ID: "parliament", Name: "Parliament", Quota: 51,
			Weights: []power.Seat{{"reform party", 42}, {"farmers", 31}, {"unity", 18}, {"greens", 9}},
		},
	)
	if err != nil {
		panic(err)
	}
	return g
}

func ExampleGame_ShapleyShubik() {
	// The Council of the European Economic Community, 1958.
	g, err := power.NewGame(power.Body{ID: "council", Quota: 12, Weights: []power.Seat{
		{"France", 4}, {"Germany", 4}, {"Italy", 4}, {"Belgium", 2}, {"Netherlands", 2}, {"Luxembourg", 1},
	}})
	if err != nil {
		panic(err)
	}
	shapley, _ := g.ShapleyShubik()
	banzhaf, _ := g.Banzhaf()
	for i, s := range shapley {
		fmt.Printf("%-12s %.4f %.4f\n", s.Actor, s.Value, banzhaf[i].Normalised)
	}
	dummies, _ := g.Dummies()
	fmt.Println("never matters:", dummies)
	// Output:
	// France       0.2333 0.2381
	// Germany      0.2333 0.2381
	// Italy        0.2333 0.2381
	// Belgium      0.1500 0.1429
	// Netherlands  0.1500 0.1429
	// Luxembourg   0.0000 0.0000
	// never matters: [Luxembourg]
}

func ExampleGame_CountShapleyShubik() {
	counts, _ := law().CountShapleyShubik()
	for _, c := range counts[:3] {
		fmt.Println(c.Actor, c.Times, "of", c.Of, "orders:", c.Value())
	}
	// Output:
	// health 18144 of 362880 orders: 1/20
	// finance 152928 of 362880 orders: 59/140
	// labour 18144 of 362880 orders: 1/20
}

func ExampleGame_Pivotal() {
	g := law()
	supporters := []string{"health", "finance", "reform party", "farmers"}
	won, _ := g.Wins(supporters)
	pivotal, _ := g.Pivotal(supporters)
	fmt.Println(won, "— turned by any of:", strings.Join(pivotal, ", "))
	fmt.Println("nothing goes without:", g.VetoPlayers())
	// Output:
	// false — turned by any of: labour, local government, education
	// nothing goes without: [finance]
}

func ExampleGame_MinimalWinning() {
	n := 0
	for coalition := range law().MinimalWinning() {
		fmt.Println(strings.Join(coalition, ", "))
		if n++; n == 3 {
			break
		}
	}
	// Output:
	// health, finance, labour, reform party, farmers
	// health, finance, labour, reform party, unity
	// health, finance, labour, reform party, greens
}

func ExampleGame_Cheapest() {
	g := law()
	// Weeks of talks that it would take to win each over.
	weeks := map[string]float64{"finance": 12, "labour": 3, "education": 2, "farmers": 6, "unity": 4, "greens": 4}
	p, _ := g.Cheapest([]string{"health", "reform party"}, weeks)
	fmt.Println(strings.Join(p.Actors, ", "), "in", p.Cost, "weeks")

	delete(weeks, "finance")
	_, err := g.Cheapest([]string{"health", "reform party"}, weeks)
	var unattainable *power.UnattainableError
	fmt.Println(errors.As(err, &unattainable), err)
	// Output:
	// finance, education, unity in 18 weeks
	// true No winning coalition can be had. In the way: a veto that is not for sale (finance).
}

func ExampleGame_Owen() {
	// The Madrid Assembly of 2015, with and without the alliance that formed.
	g, err := power.NewGame(power.Body{ID: "assembly", Quota: 65, Weights: []power.Seat{
		{"PP", 48}, {"PSOE", 37}, {"Podemos", 27}, {"C's", 17},
	}})
	if err != nil {
		panic(err)
	}
	alone, _ := g.ShapleyShubik()
	allied, _ := g.Owen([][]string{{"PP", "C's"}, {"PSOE"}, {"Podemos"}})
	coin, _ := g.BanzhafOwen([][]string{{"PP", "C's"}, {"PSOE"}, {"Podemos"}})
	for i := range alone {
		fmt.Printf("%-8s %.4f %.4f %.4f\n", alone[i].Actor, alone[i].Value, allied[i].Value, coin[i].Raw)
	}
	// Output:
	// PP       0.5000 0.6667 0.7500
	// PSOE     0.1667 0.0000 0.0000
	// Podemos  0.1667 0.0000 0.0000
	// C's      0.1667 0.3333 0.2500
}

func Example_refused() {
	_, err := power.NewGame(power.Body{ID: "board", Quota: 9, Weights: []power.Seat{{"donor", 5}, {"ministry", -2}}})
	var refused fault.Fields
	if errors.As(err, &refused) {
		for _, e := range refused {
			fmt.Println(e.Path, e.Rule, e.Value)
		}
	}
	// Output:
	// bodies[0].weights[1].weight range -2
}

// A decision may be had in one of several ways: by a majority of the districts with
// most of the people, or by nearly all districts whatever their people.
func ExampleEither() {
	people := power.Body{ID: "people", Quota: 60, Weights: []power.Seat{
		{Actor: "capital", Weight: 50}, {Actor: "coast", Weight: 30}, {Actor: "hills", Weight: 15}, {Actor: "islands", Weight: 5}}}
	most := power.Body{ID: "districts", Quota: 2, Weights: power.Seats(1, "capital", "coast", "hills", "islands")}
	nearlyAll := power.Body{ID: "nearly all", Quota: 3, Weights: power.Seats(1, "capital", "coast", "hills", "islands")}

	all, err := power.NewGame(people, most)
	if err != nil {
		fmt.Println(err)
		return
	}
	either, err := power.Either([]power.Body{people, most}, []power.Body{nearlyAll})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range []*power.Game{all, either} {
		fmt.Println("vetoes:", g.VetoPlayers())
		counts, err := g.CountShapleyShubik()
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, c := range counts {
			fmt.Println(" ", c.Actor, c.Value())
		}
	}
	// Output:
	// vetoes: [capital]
	//   capital 2/3
	//   coast 1/6
	//   hills 1/6
	//   islands 0/1
	// vetoes: []
	//   capital 5/12
	//   coast 1/4
	//   hills 1/4
	//   islands 1/12
}
