package influence_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/influence"
)

// country is a ministry and a union that listen to each other, a ministry of
// finance that listens to a donor, and a donor that listens to nobody.
func country() *influence.Network {
	n, err := influence.NewNetwork(
		[]influence.Node{
			{ID: "moh", Attachment: 0.5}, {ID: "union", Attachment: 0.5},
			{ID: "mof", Attachment: 0.25}, {ID: "donor"},
		},
		[]influence.Tie{
			{From: "moh", To: "union", Weight: 0.5}, {From: "moh", To: "mof", Weight: 0.5},
			{From: "union", To: "moh", Weight: 1},
			{From: "mof", To: "donor", Weight: 1},
		})
	if err != nil {
		panic(err)
	}
	return n
}

func ExampleNetwork_Equilibrium() {
	n := country()
	initial, err := n.Vector(map[string]float64{"moh": 6, "union": 2, "mof": -4, "donor": 4})
	if err != nil {
		panic(err)
	}
	end, err := n.Equilibrium(initial)
	if err != nil {
		panic(err)
	}
	for i, id := range n.IDs() {
		fmt.Printf("%-5s %+.1f → %+.1f\n", id, initial[i], end[i])
	}
	// Output:
	// moh   +6.0 → +4.3
	// union +2.0 → +3.1
	// mof   -4.0 → +2.0
	// donor +4.0 → +4.0
}

func ExampleNetwork_Path() {
	path, err := country().Path([]float64{6, 2, -4, 4}, 3)
	if err != nil {
		panic(err)
	}
	for month, p := range path {
		fmt.Printf("month %d: %+.2f\n", month, p)
	}
	// Output:
	// month 0: [+6.00 +2.00 -4.00 +4.00]
	// month 1: [+2.50 +4.00 +2.00 +4.00]
	// month 2: [+4.50 +2.25 +2.00 +4.00]
	// month 3: [+4.06 +3.25 +2.00 +4.00]
}

func ExampleNetwork_EquilibriumRange() {
	n := country()
	bounds, err := n.EquilibriumRange([]stakeholders.Position{
		stakeholders.At(6), stakeholders.At(2), {}, stakeholders.At(4), // nobody knows what mof thinks
	})
	if err != nil {
		panic(err)
	}
	for i, id := range n.IDs() {
		fmt.Printf("%s ends between %+.1f and %+.1f\n", id, bounds[i].Lowest, bounds[i].Highest)
	}
	// Output:
	// moh ends between +4.1 and +5.1
	// union ends between +3.0 and +3.5
	// mof ends between +1.2 and +4.8
	// donor ends between +4.0 and +4.0
}

func ExampleNetwork_Movers() {
	movers, err := country().Movers(nil)
	if err != nil {
		panic(err)
	}
	for _, m := range movers {
		fmt.Printf("%s: %.0f %%\n", m.Actor, 100*m.Share)
	}
	by, err := country().MovedBy("moh")
	if err != nil {
		panic(err)
	}
	fmt.Printf("after itself, moh is moved most by %s\n", by[1].Actor)
	// Output:
	// donor: 52 %
	// moh: 21 %
	// union: 18 %
	// mof: 9 %
	// after itself, moh is moved most by donor
}

func ExampleNetwork_Persuade() {
	n := country()
	initial := []float64{2, -4, -6, 2}
	plan, err := n.Persuade(initial, influence.Aim{
		Weights:   []float64{6, 4, 6, 2}, // power
		Threshold: 1.5,
	}, []influence.Offer{
		{Actor: "union", Shift: 6, Cost: 5},
		{Actor: "mof", Shift: 8, Cost: 4},
		{Actor: "donor", Shift: 2, Cost: 3},
	})
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %+.2f\n", plan.Before)
	for _, p := range plan.Persuade {
		fmt.Printf("persuade %s from %+.0f to %+.0f: %+.2f\n", p.Actor, p.From, p.To, p.Gain)
	}
	fmt.Printf("mean %+.2f for %v days of effort, exact: %v\n", plan.After, plan.Cost, plan.Exact)
	// Output:
	// mean +0.03
	// persuade mof from -6 to +2: +0.92
	// persuade donor from +2 to +4: +0.91
	// mean +1.87 for 7 days of effort, exact: true
}

// villages are two tight circles that only the association connects.
func villages() *influence.Network {
	var actors []influence.Node
	for _, id := range []string{"moh", "mof", "donor", "association", "north", "south", "west"} {
		actors = append(actors, influence.Node{ID: id, Attachment: 0.5})
	}
	var ties []influence.Tie
	for _, pair := range []string{"moh mof", "mof donor", "donor moh", "association moh",
		"association north", "north south", "south west", "west north"} {
		from, to, _ := strings.Cut(pair, " ")
		ties = append(ties, influence.Tie{From: from, To: to, Weight: 1}, influence.Tie{From: to, To: from, Weight: 1})
	}
	n, err := influence.NewNetwork(actors, ties, influence.WithNormalisedWeights())
	if err != nil {
		panic(err)
	}
	return n
}

func ExampleNetwork_Brokers() {
	brokers, err := villages().Brokers([]influence.ActorGroup{
		{Name: "capital", Actors: []string{"moh", "mof", "donor"}},
		{Name: "districts", Actors: []string{"north", "south", "west"}},
	})
	if err != nil {
		panic(err)
	}
	for _, b := range brokers {
		fmt.Printf("%s alone connects %s and %s; %.0f %% of ways lead through it\n",
			b.Actor, b.Between[0].A, b.Between[0].B, 100*b.Betweenness)
	}
	// Output:
	// association alone connects capital and districts; 60 % of ways lead through it
	// moh alone connects capital and districts; 53 % of ways lead through it
	// north alone connects capital and districts; 53 % of ways lead through it
}

func ExampleNetwork_Communities() {
	found, err := villages().Communities(1, 42)
	if err != nil {
		panic(err)
	}
	for _, g := range found.Groups {
		fmt.Println(g.Name, g.Actors)
	}
	fmt.Printf("modularity %.2f\n", found.Modularity)
	// Output:
	// 1 [moh mof donor association]
	// 2 [north south west]
	// modularity 0.37
}

func ExampleNetwork_Cuts() {
	for _, c := range villages().Cuts() {
		fmt.Println("without", c.Actor, "these lose each other:", c.Parts)
	}
	// Output:
	// without association these lose each other: [[moh mof donor] [north south west]]
	// without moh these lose each other: [[mof donor] [association north south west]]
	// without north these lose each other: [[moh mof donor association] [south west]]
}

func ExampleFromRoster() {
	r, err := stakeholders.NewRoster(
		stakeholders.Actor{ID: "moh", Name: "Ministry of Health", Constituency: stakeholders.MinistryOfHealth,
			Position: stakeholders.At(6), Power: stakeholders.HighPower},
		stakeholders.Actor{ID: "union", Name: "Nurses' union", Constituency: stakeholders.TradeUnion,
			Position: stakeholders.At(-4), Power: stakeholders.MediumPower},
	)
	if err != nil {
		panic(err)
	}
	n, stance, err := influence.FromRoster(r, influence.Attached(0.5), []influence.Tie{{From: "union", To: "moh", Weight: 1}})
	if err != nil {
		panic(err)
	}
	initial, err := n.Known(stance.Positions)
	if err != nil {
		panic(err)
	}
	end, err := n.Equilibrium(initial)
	if err != nil {
		panic(err)
	}
	fmt.Println(n.IDs(), end)
	// Output:
	// [moh union] [6 1]
}

func ExampleNoUniqueEquilibriumError() {
	// Two that listen to each other and hold to nothing may meet anywhere.
	n, err := influence.NewNetwork(
		[]influence.Node{{ID: "a"}, {ID: "b"}},
		[]influence.Tie{{From: "a", To: "b", Weight: 1}, {From: "b", To: "a", Weight: 1}})
	if err != nil {
		panic(err)
	}
	_, err = n.Equilibrium([]float64{7, -7})
	var none *influence.NoUniqueEquilibriumError
	fmt.Println(errors.As(err, &none), none.Circles)
	// Output:
	// true [[a b]]
}
