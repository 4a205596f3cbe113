package evaluation_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// An invented table: visits to clinics in five unions with the pilot and five
// without, in two years before it and one with it.
const visits = `# illustrative: invented numbers
area;arm;period;value;population
Union A;intervention;2016;410;10000
Union A;intervention;2017;425;10100
Union A;intervention;2018;590;10200
Union B;intervention;2016;380;9500
Union B;intervention;2017;385;9600
Union B;intervention;2018;500;9700
Union C;intervention;2016;505;12000
Union C;intervention;2017;520;12100
Union C;intervention;2018;690;12300
Union D;intervention;2016;300;8000
Union D;intervention;2017;310;8050
Union D;intervention;2018;420;8100
Union E;intervention;2016;450;11000
Union E;intervention;2017;455;11100
Union E;intervention;2018;610;11200
Union F;comparison;2016;400;10000
Union F;comparison;2017;410;10100
Union F;comparison;2018;440;10200
Union G;comparison;2016;470;11500
Union G;comparison;2017;480;11600
Union G;comparison;2018;470;11700
Union H;comparison;2016;350;9000
Union H;comparison;2017;360;9100
Union H;comparison;2018;395;9200
Union I;comparison;2016;420;10500
Union I;comparison;2017;424;10600
Union I;comparison;2018;450;10700
Union J;comparison;2016;390;9800
Union J;comparison;2017;400;9900
Union J;comparison;2018;405;10000
`

func Example() {
	periods, areas, err := evaluation.ReadCSV(strings.NewReader(visits))
	if err != nil {
		fmt.Println(err)
		return
	}
	study := evaluation.Study{
		Unit: "visits per 1,000 people", Scale: evaluation.RateDifference, Per: 1000,
		Periods: periods, Start: "2018", Areas: areas, Illustrative: true,
	}
	result, err := study.Evaluate(evaluation.Protocol{Better: evaluation.Higher, Worthwhile: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Conclusion())
	fmt.Println(language.English().Paragraph(result.Summary()))
	fmt.Println(result.Trend.Told().String())
	// Output:
	// effective
	// Illustrative: these numbers are invented. The change in the 5 intervention areas was 12.1 higher than in the 5 comparison areas (visits per 1,000 people; 95% interval: 9.51 to 14.8). Had the pilot made no difference, a difference at least this large would show in 2 of the 252 ways to choose the intervention areas (p = 0.00794). By the rule of the protocol it is effective. This is an association: it is the pilot's effect only if both groups of areas would have changed alike without the pilot.
	// Over the 2 periods before the pilot no difference in trend was seen (p = 0.595). This does not prove that trends were parallel, or would have stayed so.
}

// What an evaluation finds is what a reform cycle records with a pilot: the
// words are the same.
func ExampleResult_Conclusion() {
	periods, areas, err := evaluation.ReadCSV(strings.NewReader(visits))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := evaluation.Study{
		Unit: "visits per 1,000 people", Scale: evaluation.RateDifference, Per: 1000,
		Periods: periods, Start: "2018", Areas: areas, Illustrative: true,
	}.Evaluate(evaluation.Protocol{Better: evaluation.Higher})
	if err != nil {
		fmt.Println(err)
		return
	}

	cycle, err := reformcycle.New("EXAMPLE")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = cycle.Apply(context.Background(), reformcycle.By("Evaluation unit").At(time.Date(2019, time.March, 1, 0, 0, 0, 0, time.UTC)),
		reformcycle.ProposeSolution{Solution: reformcycle.Solution{ID: "clinics", Name: "Community clinics", Origin: reformcycle.Local}},
		reformcycle.RecordPilot{Solution: "clinics", Pilot: reformcycle.Pilot{
			ID: "ten-unions", Where: "Ten invented unions",
			Finding: reformcycle.PilotFinding(result.Conclusion()),
			Result:  language.English().Paragraph(result.Summary()),
			Evidence: assessment.Evidence{
				What: "Visits compared between areas.", Source: "made up for this example", Basis: assessment.Illustrative,
			},
		}},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cycle.State().Solutions()[0].Pilots[0].Finding)
	// Output:
	// effective
}

func ExampleReadCSV() {
	_, _, err := evaluation.ReadCSV(strings.NewReader("area,arm,period,value\nUnion A,treated,2017,410\nUnion A,intervention,2018,many\n"))
	var wrong fault.Fields
	if errors.As(err, &wrong) {
		for _, e := range wrong {
			fmt.Println(e)
		}
	}
	// Output:
	// arm (line 2): got "treated", want one of intervention, comparison
	// value (line 3): got "many", want a number such as 1234.5, without thousands separators
}

func ExampleDesign() {
	// Outcomes of areas differ by a standard deviation of 12 visits, and an
	// area's months are alike by a correlation of 0.6: made-up figures.
	sd, err := evaluation.ChangeSD(12, 0.6, 12, 12)
	if err != nil {
		fmt.Println(err)
		return
	}
	design := evaluation.Design{Intervention: 6, Comparison: 6, SD: sd}
	effect, err := design.MinimumDetectableEffect()
	if err != nil {
		fmt.Println(err)
		return
	}
	areas, err := design.AreasNeeded(4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("6 and 6 areas detect %.1f visits four times in five; 4 visits take %d and %d areas\n", effect, areas, areas)

	design.Intervention, design.Comparison = 3, 3
	_, err = design.MinimumDetectableEffect()
	fmt.Println(err)
	// Output:
	// 6 and 6 areas detect 5.6 visits four times in five; 4 visits take 11 and 11 areas
	// intervention: got 3, want more areas: with 3 and 3 the number of ways to choose is 20, and no outcome is conclusive at level 0.95
}
