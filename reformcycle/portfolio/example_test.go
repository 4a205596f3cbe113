package portfolio_test

import (
	"context"
	"fmt"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// A county is linked with the nation, which is suspended later. The refresh of the county
// asks what is to become of it. What is told of the county is made up.
func Example() {
	ctx := context.Background()
	office := reformcycle.By("reform office").At(time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC))
	j := journal.NewMemory()
	begin := func(id string, changes ...reformcycle.Change) {
		c, err := reformcycle.New(id, reformcycle.WithJournal(j))
		if err != nil {
			panic(err)
		}
		if _, err := c.Apply(ctx, office, changes...); err != nil {
			panic(err)
		}
	}
	begin("KEN", reformcycle.NameChildren{Of: reformcycle.Children{
		Children: []reformcycle.Child{{Cycle: "KEN-ISI", Name: "Isiolo"}, {Cycle: "KEN-KIS", Name: "Kisumu"}}, Source: "made up",
	}}, reformcycle.Suspend{Reason: "An epidemic"})
	begin("KEN-ISI", reformcycle.LinkParent{Link: reformcycle.Link{Parent: "KEN", Held: reformcycle.Asks}})

	p, err := portfolio.Open(ctx, j)
	if err != nil {
		panic(err)
	}
	proposal, err := p.Refresh(ctx, office, "KEN-ISI")
	if err != nil {
		panic(err)
	}
	for _, q := range proposal.Questions {
		fmt.Println(q)
	}
	receipt, err := proposal.Apply(ctx)
	if err != nil {
		panic(err)
	}
	fmt.Println("recorded as entry", receipt.Last)

	up, err := p.RollUp(ctx, portfolio.Everything)
	if err != nil {
		panic(err)
	}
	for _, s := range up.Silent {
		fmt.Println(s.Why)
	}
	// Output:
	// The reform KEN is no longer under way (suspended). Is KEN-ISI to be suspended, too?
	// recorded as entry 3
	// KEN-KIS is named as a child, and is not in the journal
}

// A diagnosis over all says what the nation has to settle. What is told is made up.
func ExamplePortfolio_Diagnose() {
	ctx := context.Background()
	office := reformcycle.By("reform office").At(time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC))
	j := journal.NewMemory()
	for id, tier := range map[string]reformcycle.Tier{"KEN": reformcycle.National, "KEN-ISI": reformcycle.District} {
		c, err := reformcycle.New(id, reformcycle.WithJournal(j))
		if err != nil {
			panic(err)
		}
		changes := []reformcycle.Change{reformcycle.Devolve{Devolution: reformcycle.Devolution{Function: reformcycle.PayFunction, Tiers: []reformcycle.Tier{tier}, Source: "made up"}}}
		if tier == reformcycle.District {
			changes = append(changes, reformcycle.LinkParent{Link: reformcycle.Link{Parent: "KEN", Held: reformcycle.Asks}})
		}
		if _, err := c.Apply(ctx, office, changes...); err != nil {
			panic(err)
		}
	}
	p, err := portfolio.Open(ctx, j)
	if err != nil {
		panic(err)
	}
	d, err := p.Diagnose(ctx, portfolio.Everything)
	if err != nil {
		panic(err)
	}
	for _, f := range d.Findings {
		fmt.Println(f.Sentence)
		fmt.Println(f.Facts[0].Says)
	}
	// Output:
	// Districts and those above them do not agree on who decides what.
	// on this function, pay, otherwise than the parent (1): KEN-ISI
}
