// Pilot asks of an invented pilot whether it worked, and puts the answer on
// record.
//
// Its shape, six unions with a new clinic-centred service and six without, a
// year before and a year with it, is that of the pilot in Barishal District,
// Bangladesh (Uddin ME, George J, Jahan S, et al. Glob Health Sci Pract
// 2021;9(Suppl 1):S179–S189). Nothing else is: the unions have no names, every
// number in consultations.csv is made up, and the page says nothing about what
// was found there.
//
//	go run ./examples/pilot
package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
)

//go:embed consultations.csv
var consultations []byte

// protocol was stated before the pilot began.
var protocol = evaluation.Protocol{
	Better:     evaluation.Higher,
	Level:      0.95,
	Worthwhile: 0.5,
}

func main() {
	log.SetFlags(0)
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer) error {
	periods, areas, err := evaluation.ReadCSV(bytes.NewReader(consultations))
	if err != nil {
		return err
	}
	study := evaluation.Study{
		Unit:         "maternal health consultations a month per 1,000 people",
		Scale:        evaluation.RateDifference,
		Per:          1000,
		Periods:      periods,
		Start:        "2018-10",
		Areas:        areas,
		Illustrative: true,
	}
	result, err := study.Evaluate(protocol)
	if err != nil {
		return err
	}

	fmt.Fprint(w, "Did the pilot work?\nIllustrative: the unions and all numbers are invented. Read the method, not the result.\n")
	design(w, study, result)
	effect(w, result)
	if err := record(ctx, w, result); err != nil {
		return err
	}
	return plan(w, result)
}

func design(w io.Writer, s evaluation.Study, r evaluation.Result) {
	start := slices.Index(s.Periods, s.Start)
	fmt.Fprintf(w, "\nThe design\n\n")
	fmt.Fprintf(w, "  %d unions with the pilot, %d without.\n", r.Intervention.Areas, r.Comparison.Areas)
	fmt.Fprintf(w, "  Before: %d months, %s to %s. Pilot: %d months, %s to %s.\n",
		start, s.Periods[0], s.Periods[start-1], len(s.Periods)-start, s.Start, s.Periods[len(s.Periods)-1])
	fmt.Fprintf(w, "  Stated beforehand: more is better; %g more would be worthwhile; judged at %g %%.\n", r.Protocol.Worthwhile, 100*r.Protocol.Level)
	fmt.Fprintf(w, "\nWhat was seen (%s)\n\n", s.Unit)
	fmt.Fprintf(w, "  %-22s %8s %8s %8s\n", "", "before", "pilot", "change")
	for _, arm := range []struct {
		name string
		evaluation.ArmSummary
	}{{"unions with the pilot", r.Intervention}, {"unions without", r.Comparison}} {
		fmt.Fprintf(w, "  %-22s %8.2f %8.2f %+8.2f\n", arm.name, arm.Before, arm.After, arm.Change)
	}
}

func effect(w io.Writer, r evaluation.Result) {
	fmt.Fprint(w, "\nWhat the pilot changed\n\n")
	fmt.Fprintf(w, "  Effect: %+.2f (the first change less the second).\n", r.Effect)
	t := r.Permutation
	fmt.Fprintf(w, "  By the ways to choose the unions: 95 %% interval %s; %d of %d are as extreme, p = %.4f.\n",
		ends(t.Interval), t.Extreme, t.Allocations, t.P)
	fmt.Fprintf(w, "  By the spread between unions:     95 %% interval %s; p = %.4f.\n",
		ends(r.Robust.Interval), r.Robust.P)
	fmt.Fprintf(w, "  %s\n", r.Trend.Told())
	fmt.Fprint(w, "\nIn a sentence\n\n")
	for _, line := range wrap(language.English().Paragraph(r.Summary()), 88) {
		fmt.Fprintf(w, "  %s\n", line)
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(w, "  Take care: %s\n", warning)
	}
}

// ends writes an interval, or that the unions exclude nothing.
func ends(i *assessment.Interval) string {
	if i == nil {
		return "not to be had"
	}
	return fmt.Sprintf("%+.2f to %+.2f", i.Low, i.High)
}

// record puts the conclusion on the record of a reform cycle and reads it back.
func record(ctx context.Context, w io.Writer, r evaluation.Result) error {
	cycle, err := reformcycle.New("PILOT-EXAMPLE", reformcycle.WithTitle("Clinics that work with their communities (invented)"))
	if err != nil {
		return err
	}
	_, err = cycle.Apply(ctx, reformcycle.By("Evaluation unit").At(time.Date(2019, time.December, 2, 0, 0, 0, 0, time.UTC)),
		reformcycle.ProposeSolution{Solution: reformcycle.Solution{
			ID: "clinic-centred", Name: "Clinic-centred service", Origin: reformcycle.Local,
		}},
		reformcycle.RecordPilot{Solution: "clinic-centred", Pilot: reformcycle.Pilot{
			ID:      "twelve-unions",
			Where:   "Twelve invented unions",
			From:    date.MustParse("2018-10"),
			To:      date.MustParse("2019-09"),
			Finding: reformcycle.PilotFinding(r.Conclusion()),
			Result:  language.English().Paragraph(r.Summary()),
			Evidence: assessment.Evidence{
				What: "Consultations compared between unions with and without the pilot.", Source: "consultations.csv of this example", Basis: assessment.Illustrative,
			},
		}})
	if err != nil {
		return err
	}
	fmt.Fprint(w, "\nOn the record of the reform\n\n")
	for _, solution := range cycle.State().Solutions() {
		for _, p := range solution.Pilots {
			fmt.Fprintf(w, "  %s, %s to %s: %s (evidence: %s)\n",
				solution.Name, p.From, p.To, p.Finding, p.Evidence.Basis)
		}
	}
	return nil
}

// plan asks what the next pilot could detect, if unions vary as these did.
func plan(w io.Writer, r evaluation.Result) error {
	next := evaluation.Design{Intervention: 6, Comparison: 6, SD: math.Sqrt((r.Intervention.SD*r.Intervention.SD + r.Comparison.SD*r.Comparison.SD) / 2)}
	detectable, err := next.MinimumDetectableEffect()
	if err != nil {
		return err
	}
	needed, err := next.AreasNeeded(r.Protocol.Worthwhile)
	if err != nil {
		return err
	}
	fmt.Fprint(w, "\nFor the next pilot\n\n")
	fmt.Fprintf(w, "  With unions that vary as these did, 6 and 6 detect an effect of %.2f four times in five.\n", detectable)
	fmt.Fprintf(w, "  To detect the %g that is worthwhile takes %d and %d unions.\n", r.Protocol.Worthwhile, needed, needed)
	return nil
}

// wrap breaks a text into lines of at most so many characters.
func wrap(text string, width int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
