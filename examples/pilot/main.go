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
//	go run ./examples/pilot -language fr
package main

import (
	"bytes"
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/evaluation"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
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
	if err := run(context.Background(), os.Stdout, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer, args []string) error {
	flags := flag.NewFlagSet("pilot", flag.ContinueOnError)
	tag := flags.String("language", "en", "tell it in this `language`: en, fr, pt or es")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l := language.Match([]*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}, *tag)
	periods, areas, err := evaluation.ReadCSV(bytes.NewReader(consultations))
	if err != nil {
		return err
	}
	study := evaluation.Study{
		Unit:         l.Say(language.Of("pilot.unit")),
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

	p := page{w, l}
	fmt.Fprintf(w, "%s\n%s\n", l.Say(language.Of("pilot.title")), l.Say(language.Of("pilot.invented")))
	p.design(study, result)
	p.effect(result)
	if err := p.record(ctx, result); err != nil {
		return err
	}
	return p.plan(result)
}

// page is written in a language.
type page struct {
	w io.Writer
	l *language.Language
}

func (p page) head(id string, args ...any) {
	fmt.Fprintf(p.w, "\n%s\n\n", p.l.Say(language.Of(id, args...)))
}

func (p page) line(id string, args ...any) { p.text(p.l.Say(language.Of(id, args...))) }

func (p page) text(text string) {
	for _, line := range wrap(text, 88) {
		fmt.Fprintf(p.w, "  %s\n", line)
	}
}

func (p page) design(s evaluation.Study, r evaluation.Result) {
	start := slices.Index(s.Periods, s.Start)
	p.head("pilot.design")
	p.line("pilot.unions", "with", r.Intervention.Areas, "without", r.Comparison.Areas)
	p.line("pilot.months", "before", start, "from", s.Periods[0], "until", s.Periods[start-1],
		"during", len(s.Periods)-start, "start", s.Start, "end", s.Periods[len(s.Periods)-1])
	p.line("pilot.stated", "worthwhile", r.Protocol.Worthwhile, "level", r.Protocol.Level)
	p.head("pilot.seen", "unit", s.Unit)
	p.arm("pilot.with", r.Intervention)
	p.arm("pilot.without", r.Comparison)
}

func (p page) arm(id string, a evaluation.ArmSummary) {
	p.line("pilot.arm", "arm", language.Of(id), "before", p.l.Figures(a.Before, 2), "after", p.l.Figures(a.After, 2), "change", p.l.Figures(a.Change, 2))
}

func (p page) effect(r evaluation.Result) {
	p.head("pilot.changed")
	p.line("pilot.effect", "effect", p.l.Figures(r.Effect, 2))
	t := r.Permutation
	p.line("pilot.by-ways", "interval", ends(t.Interval, r.Protocol.Level), "extreme", t.Extreme, "ways", t.Allocations, "p", p.l.Figures(t.P, 4))
	p.line("pilot.by-spread", "interval", ends(r.Robust.Interval, r.Protocol.Level), "p", p.l.Figures(r.Robust.P, 4))
	p.text(p.l.Say(r.Trend.Told()))
	p.head("pilot.words")
	p.text(p.l.Paragraph(r.Summary()))
	for _, warning := range r.Warnings {
		p.line("pilot.care", "warning", warning)
	}
}

// ends tells an interval, or that the unions exclude nothing.
func ends(i *assessment.Interval, level float64) language.Text {
	if i == nil {
		return language.Of("pilot.no-interval")
	}
	return i.Told(level)
}

// record puts the conclusion on the record of a reform cycle and reads it back.
func (p page) record(ctx context.Context, r evaluation.Result) error {
	cycle, err := reformcycle.New("PILOT-EXAMPLE", reformcycle.WithTitle("Clinics that work with their communities (invented)"))
	if err != nil {
		return err
	}
	_, err = cycle.Apply(ctx, reformcycle.By("Evaluation unit").At(time.Date(2019, time.December, 2, 0, 0, 0, 0, time.UTC)),
		reformcycle.ProposeSolution{Solution: reformcycle.Solution{
			ID: "clinic-centred", Name: p.l.Say(language.Of("pilot.solution")), Origin: reformcycle.Local,
		}},
		reformcycle.RecordPilot{Solution: "clinic-centred", Pilot: reformcycle.Pilot{
			ID:      "twelve-unions",
			Where:   "Twelve invented unions",
			From:    date.MustParse("2018-10"),
			To:      date.MustParse("2019-09"),
			Finding: reformcycle.PilotFinding(r.Conclusion()),
			Result:  p.l.Paragraph(r.Summary()),
			Evidence: assessment.Evidence{
				What: "Consultations compared between unions with and without the pilot.", Source: "consultations.csv of this example", Basis: assessment.Illustrative,
			},
		}})
	if err != nil {
		return err
	}
	p.head("pilot.record")
	for _, solution := range cycle.State().Solutions() {
		for _, pilot := range solution.Pilots {
			p.line("pilot.recorded", "solution", solution.Name, "from", pilot.From.String(), "until", pilot.To.String(),
				"finding", evaluation.Conclusion(pilot.Finding).Told(), "basis", pilot.Evidence.Basis.Told())
		}
	}
	return nil
}

// plan asks what the next pilot could detect, if unions vary as these did.
func (p page) plan(r evaluation.Result) error {
	next := evaluation.Design{Intervention: 6, Comparison: 6, SD: math.Sqrt((r.Intervention.SD*r.Intervention.SD + r.Comparison.SD*r.Comparison.SD) / 2)}
	detectable, err := next.MinimumDetectableEffect()
	if err != nil {
		return err
	}
	needed, err := next.AreasNeeded(r.Protocol.Worthwhile)
	if err != nil {
		return err
	}
	p.head("pilot.next")
	p.line("pilot.detect", "effect", p.l.Figures(detectable, 2))
	p.line("pilot.needed", "worthwhile", r.Protocol.Worthwhile, "needed", needed)
	return nil
}

// wrap breaks a text into lines of at most so many characters, at spaces that may break.
func wrap(text string, width int) (lines []string) {
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && utf8.RuneCountInString(line+" "+word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
