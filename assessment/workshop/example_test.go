package workshop_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/workshop"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// threeOnes asks for one strategy, one authority, and one framework of
// monitoring and accountability.
var threeOnes = assessment.MustParseChecklist([]byte(`{
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
     "text": "One framework of monitoring and accountability is in use."}
  ]
}`))

// filled is a sheet as a spreadsheet saved it. Its ratings are made up.
const filled = "Item;Assessor;Level;Note\r\n" +
	"strategy;Ama;3;One plan, signed by all.\r\n" +
	"strategy;Binta;3,0;\r\n" +
	"strategy;Chidi;4;\r\n" +
	"authority;Ama;1;Each partner asks for its own report.\r\n" +
	"authority;Binta;3;\r\n" +
	"authority;Chidi;4;\r\n" +
	"accountability;Ama;2;\r\n" +
	"accountability;Binta;3;\r\n" +
	"accountability;Chidi;;\r\n"

var occasion = workshop.Occasion{Name: "An invented workshop", Basis: assessment.Illustrative}

func read() *workshop.Sheet {
	sheet, err := workshop.ReadCSV(strings.NewReader(filled), threeOnes, occasion)
	if err != nil {
		log.Fatal(err)
	}
	return sheet
}

func ExampleReadCSV() {
	sheet := read()
	n := sheet.Coverage()
	fmt.Printf("%s rated %d of %d cells\n", strings.Join(sheet.Assessors(), ", "), n.Rated, n.Items*n.Assessors)

	// What is not clear is refused, all of it at once, and each with its row.
	_, err := workshop.ReadCSV(strings.NewReader("item,assessor,level\nstrategie,Ama,3\nauthority,Ama,0\n"), threeOnes, occasion)
	var wrong fault.Fields
	if errors.As(err, &wrong) {
		for _, e := range wrong {
			fmt.Printf("%s in line %d breaks %q\n", e.Path, e.Line, e.Rule)
		}
		fmt.Println(wrong[0].Want)
	}
	// Output:
	// Ama, Binta, Chidi rated 8 of 9 cells
	// item in line 2 breaks "exists"
	// level in line 3 breaks "known"
	// the id of a criterion of three-ones@1; the nearest is strategy
}

func ExampleSheet_Ratings() {
	sheet := read()
	card, err := threeOnes.Scorecard(sheet.Ratings(nil))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("score", card.Tally.Score)
	for _, item := range card.Items {
		fmt.Println(item.Criterion.ID, "is", item.Level)
	}
	fmt.Println(card.Items[2].Rating.Evidence.What)
	// Output:
	// score 0.56
	// strategy is functional
	// authority is functional
	// accountability is partially-functional
	// Median level 2 of 2 assessors; levels from 2 to 3, mean absolute deviation 0.5. The middle fell between two levels; the lower one was taken. 1 assessor left it blank.
}

func ExampleSheet_Disputed() {
	for _, c := range read().Disputed() {
		fmt.Printf("%s: from %d to %d\n", c.Item, c.Lowest, c.Highest)
	}
	// Output:
	// authority: from 1 to 4
	// accountability: from 2 to 3
	// strategy: from 3 to 4
}

func ExampleSheet_RatingsOf() {
	ratings, err := read().RatingsOf("Ama", nil)
	if err != nil {
		log.Fatal(err)
	}
	card, err := threeOnes.Scorecard(ratings)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("as Ama sees it", card.Tally.Score)
	fmt.Println(ratings[1].Evidence.What)
	// Output:
	// as Ama sees it 0.33
	// Each partner asks for its own report.
}

func ExampleSheet_Alpha() {
	alpha, err := read().Alpha(workshop.Sampling{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(alpha.Defined(), alpha.Reading(), alpha.Items)

	// Three assessors who all say 3 leave nothing to tell agreement from
	// chance by: that is not an alpha of 0.
	var rows []workshop.Row
	for _, a := range []string{"Ama", "Binta", "Chidi"} {
		rows = append(rows, workshop.Row{Item: "strategy", Assessor: a, Level: 3})
	}
	same, err := workshop.NewSheet(threeOnes, occasion, rows)
	if err != nil {
		log.Fatal(err)
	}
	alpha, err = same.Alpha(workshop.Sampling{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(alpha)
	// Output:
	// true unreliable 3
	// Krippendorff's alpha is not defined: the levels do not vary
}

func ExampleSheet_Kappa() {
	kappa, err := read().Kappa("Binta", "Chidi", workshop.Linear)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(kappa)
	// Output:
	// Kappa of Binta and Chidi, linear weights: 0 (items: 2; no 95% interval: the levels do not vary)
}

func ExampleSheet_PercentAgreement() {
	fmt.Println(read().PercentAgreement())
	// Output:
	// Pairs of ratings: 7. The same level: 14.3%; within one level: 71.4%
}

// The form to hand out before a workshop is a sheet without levels.
func ExampleSheet_WriteCSV() {
	var rows []workshop.Row
	for _, c := range threeOnes.All() {
		rows = append(rows, workshop.Row{Item: c.ID, Assessor: "Ama"})
	}
	form, err := workshop.NewSheet(threeOnes, occasion, rows)
	if err != nil {
		log.Fatal(err)
	}
	if err := form.WriteCSV(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// item,assessor,level,note,source,basis,on
	// strategy,Ama,,,,,
	// authority,Ama,,,,,
	// accountability,Ama,,,,,
}
