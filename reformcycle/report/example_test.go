package report_test

import (
	"context"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/reformcycle/report"
	"github.com/chsreform/chsreform/stakeholders"
)

func begun() reformcycle.State {
	cycle, err := reformcycle.New("EXAMPLE", reformcycle.WithTitle("Health workers for every village"), reformcycle.WithCountry("Exampleland"))
	if err != nil {
		log.Fatal(err)
	}
	team := reformcycle.By("reform-team").At(time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC))
	_, err = cycle.Apply(context.Background(), team, reformcycle.FrameProblem{Problem: reformcycle.Problem{
		ID: "distance", Statement: "Half the villages are more than an hour from care.",
	}})
	if err != nil {
		log.Fatal(err)
	}
	return cycle.State()
}

func ExampleBrief() {
	var page strings.Builder
	if err := report.Brief(&page, nil, begun()); err != nil {
		log.Fatal(err)
	}
	opening, _, _ := strings.Cut(page.String(), "\n2. ")
	fmt.Println(strings.TrimSpace(opening))
	// Output:
	// # Health workers for every village
	//
	// Exampleland · as of 2 March 2026 · checklist reform-readiness, version 1.0.0
	//
	// ## Where we stand
	// The reform is active. It stands at stage 1 of 8, problem prioritization (phase: politics), in
	// lap 1, since 2 March 2026. The problem as stated: Half the villages are more than an hour from
	// care.
	//
	// ## What blocks the next step, and who does what by when
	// Before the step to the next stage, 3 things must be true and are not yet. Problem
	// prioritization usually takes no more than 12 months: it is wanted by 2 March 2027.
	//
	// 1. Unmet needs and pain points are described, with evidence. Not rated; needs functional. Who:
	//    nobody yet; usually the enabler or change champion. To do: Gather what shows the unmet need,
	//    where and for whom, and rate it.
}

// told prints what a picture tells those who can't see it: its title, or its
// description.
func told(svg, element string) {
	_, text, _ := strings.Cut(svg, "<"+element+" ")
	_, text, _ = strings.Cut(text, ">")
	text, _, _ = strings.Cut(text, "</"+element+">")
	fmt.Println(text)
}

func ExampleRing() {
	var page strings.Builder
	if err := report.Ring(&page, nil, begun()); err != nil {
		log.Fatal(err)
	}
	told(page.String(), "title")
	// Output:
	// Health workers for every village – Lap 1. At stage 1 of 8: problem prioritization. Since: 2 March 2026
}

func ExampleFeasibilityBars() {
	at := stakeholders.At
	now, err := stakeholders.NewRoster(
		stakeholders.Actor{ID: "moh", Name: "Ministry of Health", Constituency: stakeholders.MinistryOfHealth, Member: true, Position: at(6), Power: 6},
		stakeholders.Actor{ID: "finance", Name: "Ministry of Finance", Constituency: stakeholders.OtherMinistry, Position: at(-6), Power: 7},
	)
	if err != nil {
		log.Fatal(err)
	}
	finance, _ := now.Actor("finance")
	finance.Position = at(0)
	then, err := now.Replace(finance)
	if err != nil {
		log.Fatal(err)
	}
	var page strings.Builder
	err = report.FeasibilityBars(&page, nil, "Health workers for every village", []report.FeasibilityRow{
		{Label: "Now", Feasibility: now.Feasibility()},
		{Label: "With a costed plan", Feasibility: then.Feasibility()},
	})
	if err != nil {
		log.Fatal(err)
	}
	told(page.String(), "desc")
	// Output:
	// Three bars a row: support, non-mobilised, opposition. Now. Support: 36; non-mobilised: 0; opposition: 42. Not feasible: opposition leads by 6. With a costed plan. Support: 36; non-mobilised: 35; opposition: 0. Feasible: support leads by 36.
}

func ExampleMermaid() {
	var picture strings.Builder
	if err := report.Mermaid(&picture, nil); err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(picture.String()) {
		if strings.Contains(line, ": abandon") {
			fmt.Print(strings.TrimSpace(line), "\n")
		}
	}
	// Output:
	// politics --> abandoned : abandonment
	// suspended --> abandoned : abandonment
	// solutions --> abandoned : abandonment
	// learning --> abandoned : abandonment
}

// The tiles of four made-up districts, where the host has them; of one nobody knows how it
// stands.
func ExampleTileMap() {
	tiles, err := report.ReadTiles([]byte("id,column,row\nXX-1,0,0\nXX-2,1,0\nXX-3,0,1\nXX-4,1,1\n"))
	if err != nil {
		log.Fatal(err)
	}
	row := func(id, name string, stage reformcycle.Stage) portfolio.Row {
		return portfolio.Row{Cycle: id + "-REFORM", Stage: stage, Lap: 1, Jurisdiction: reformcycle.Jurisdiction{ID: id, Name: name, Tier: reformcycle.District}}
	}
	rows := []portfolio.Row{
		row("XX-1", "North Hill", reformcycle.Launch), row("XX-2", "North Lake", reformcycle.Design),
		row("XX-3", "South Hill", reformcycle.Launch), row("XX-4", "South Lake", 0),
	}
	var svg strings.Builder
	if err := report.TileMap(&svg, nil, "Four districts", rows, tiles); err != nil {
		log.Fatal(err)
	}
	table, err := report.PlaceTable(nil, rows)
	if err != nil {
		log.Fatal(err)
	}
	for _, cells := range table.Rows {
		fmt.Println(cells[0] + ": " + cells[2])
	}
	// Output:
	// North Hill: 6 launch
	// North Lake: 4 design
	// South Hill: 6 launch
	// South Lake: not known: silent
}
