package assessment_test

import (
	"errors"
	"fmt"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// threeOnes is the checklist of one strategy, one authority, and one framework
// of monitoring and accountability.
const threeOnes = `{
  "name": "three-ones", "version": "1", "title": "Three Ones",
  "sources": [{
    "key": "afzal2021",
    "citation": "Afzal MM, Pariyo GW, Lassi ZS, Perry HB. Community health workers at the dawn of a new era: 2. Planning, coordination, and partnerships. Health Res Policy Syst 2021;19(Suppl 3).",
    "link": "doi:10.1186/s12961-021-00753-7",
    "seen": "whole"
  }],
  "criteria": [
    {"id": "strategy", "section": "three-ones", "kind": "rated", "sources": ["afzal2021"],
     "text": "One national strategy is the shared basis of investment."},
    {"id": "authority", "section": "three-ones", "kind": "rated", "sources": ["afzal2021"],
     "text": "One national authority leads, and partners respect it."},
    {"id": "accountability", "section": "three-ones", "kind": "rated", "sources": ["afzal2021"],
     "text": "One framework of monitoring and accountability is in use.",
     "remedy": "Agree on one set of indicators, and retire the parallel reports."}
  ]
}`

func ExampleParseChecklist() {
	c, err := assessment.ParseChecklist([]byte(threeOnes))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.ID())
	for i, criterion := range c.All() {
		fmt.Println(i, criterion.ID, criterion.Threshold)
	}
	// Output:
	// three-ones@1
	// 0 strategy functional
	// 1 authority functional
	// 2 accountability functional
}

func ExampleChecklist_Tally() {
	c := assessment.MustParseChecklist([]byte(threeOnes))

	// Strategy and authority are rated; accountability is not yet.
	t := c.Tally([]assessment.Level{assessment.HighlyFunctional, assessment.PartiallyFunctional})
	fmt.Println(t.Met, t.Unmet, t.Unknown, t.Score)

	// Once all are rated the score is one number.
	t = c.Tally([]assessment.Level{assessment.HighlyFunctional, assessment.PartiallyFunctional, assessment.Functional})
	fmt.Println(t.Met, t.Unmet, t.Unknown, t.Score)
	// Output:
	// 1 1 1 0.44–0.78
	// 2 1 0 0.67
}

func ExampleChecklist_Scorecard() {
	c := assessment.MustParseChecklist([]byte(threeOnes))
	card, err := c.Scorecard([]assessment.Rating{{
		Criterion: "accountability",
		Level:     assessment.PartiallyFunctional,
		Evidence: assessment.Evidence{
			What:   "Two programmes report on forms of their own.",
			Source: "made up for this example",
			Basis:  assessment.Illustrative,
			By:     "Planning department",
			On:     date.MustParse("2024-05-03"),
		},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, item := range card.Unmet() {
		fmt.Println(item.Criterion.ID, "is", item.Level)
		fmt.Println("do:", item.Criterion.Remedy)
		fmt.Println("because:", item.Rating.Evidence.What)
	}
	fmt.Println("not yet rated:", len(card.Unknown()))
	// Output:
	// accountability is partially-functional
	// do: Agree on one set of indicators, and retire the parallel reports.
	// because: Two programmes report on forms of their own.
	// not yet rated: 2
}

func ExampleChecklist_Derive() {
	base := assessment.MustParseChecklist([]byte(threeOnes))
	own, err := base.Derive("2",
		assessment.Rename("three-ones-here", "Three Ones, as we judge them"),
		assessment.Cite(assessment.Source{Key: "model", Citation: "Our own rule."}),
		assessment.Add(assessment.Criterion{
			ID: "district", Section: "three-ones", Kind: assessment.Rated, Advisory: true,
			Text:    "The authority is delegated to the districts.",
			Sources: []string{"model"},
		}),
		assessment.Reweight("authority", 2),
		assessment.SetThreshold("strategy", assessment.PartiallyFunctional),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(own.ID(), "from", own.Spec().From)
	for _, c := range own.All() {
		fmt.Println(c.ID, c.Weight, c.Threshold, c.Advisory)
	}
	// Output:
	// three-ones-here@2 from three-ones@1
	// strategy 1 partially-functional false
	// authority 2 functional false
	// accountability 1 functional false
	// district 1 functional true
}

// Where a source claims the benefit for several criteria at once, whether all
// of them are met is reported apart from the mean.
func ExampleChecklist_TallyPackage() {
	own, err := assessment.MustParseChecklist([]byte(threeOnes)).Derive("2", assessment.AddPackage(assessment.Package{
		ID: "all-three", Items: []string{"strategy", "authority", "accountability"}, Sources: []string{"afzal2021"},
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	levels := []assessment.Level{assessment.HighlyFunctional, assessment.HighlyFunctional, assessment.PartiallyFunctional}
	fmt.Println("mean:", own.Tally(levels).Score)
	p := own.TallyPackage("all-three", levels)
	fmt.Println("complete:", p.Complete, "with", p.Met, "met and", p.Unmet, "unmet")
	// Output:
	// mean: 0.78
	// complete: no with 2 met and 1 unmet
}

// illustrative rates the three by made-up levels; a blank one is unrated.
func illustrative(c *assessment.Checklist, levels ...assessment.Level) assessment.Scorecard {
	var ratings []assessment.Rating
	for i, l := range levels {
		if l.Known() {
			ratings = append(ratings, assessment.Rating{Criterion: c.At(i).ID, Level: l, Evidence: assessment.Evidence{
				What: "Made up.", Source: "this example", Basis: assessment.Illustrative,
			}})
		}
	}
	card, err := c.Scorecard(ratings)
	if err != nil {
		fmt.Println(err)
	}
	return card
}

func ExampleCompare() {
	c := assessment.MustParseChecklist([]byte(threeOnes))
	lastYear := illustrative(c, assessment.NonFunctional, assessment.NonFunctional, assessment.PartiallyFunctional)
	thisYear := illustrative(c, assessment.Functional, assessment.PartiallyFunctional) // accountability is not rated yet

	way, err := assessment.Compare(lastYear, thisYear)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, finding := range way.Summary() {
		fmt.Println(language.English().Say(finding))
	}
	// Output:
	// Compared by three-ones@1. Criteria in both: 3.
	// Score: +0.22 to +0.56, certainly better.
	// Section three-ones: +0.22 to +0.56, certainly better.
	// strategy: raised by 2 levels, non-functional to functional; now met.
	// authority: raised by 1 level, non-functional to partially functional.
	// accountability: rating withdrawn, was partially functional.
}

func ExampleRank() {
	c := assessment.MustParseChecklist([]byte(threeOnes))
	places, err := assessment.Rank([]assessment.Contender{
		{Name: "Northland", Scorecard: illustrative(c, assessment.Functional, assessment.Functional)},
		{Name: "Southland", Scorecard: illustrative(c, assessment.NonFunctional, assessment.PartiallyFunctional, assessment.NonFunctional)},
		{Name: "Eastland", Scorecard: illustrative(c, assessment.HighlyFunctional, assessment.Functional, assessment.PartiallyFunctional)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range places {
		fmt.Printf("%d–%d %s %v, cannot be told apart from %v\n", p.Best, p.Worst, p.Name, p.Score, p.Beside)
	}
	// Output:
	// 1–2 Northland 0.44–0.78, cannot be told apart from [Eastland]
	// 1–2 Eastland 0.67, cannot be told apart from [Northland]
	// 3–3 Southland 0.11, cannot be told apart from []
}

func ExampleChecklist_Derive_refused() {
	base := assessment.MustParseChecklist([]byte(threeOnes))
	_, err := base.Derive("2", assessment.Drop("strategie"), assessment.Reweight("authority", -1))

	var wrong fault.Fields
	if errors.As(err, &wrong) {
		for _, e := range wrong {
			fmt.Printf("%s breaks %q\n", e.Path, e.Rule)
		}
	}
	fmt.Println(wrong[0])
	// Output:
	// edits[0].id breaks "exists"
	// edits[1].weight breaks "range"
	// edits[0].id: got "strategie", want one that stands in criteria
}

func ExampleLevel_Share() {
	for _, l := range []assessment.Level{assessment.Unknown, assessment.NonFunctional, assessment.HighlyFunctional} {
		if !l.Known() {
			fmt.Println(l, "has no share")
			continue
		}
		fmt.Println(l, l.Share())
	}
	// Output:
	// unknown has no share
	// non-functional 0
	// highly-functional 1
}
