// Assessment takes the sheet of a workshop, in which five people rated a
// community health worker programme by the ten components of CHW AIM, from the
// spreadsheet to a scorecard: where the programme stands, how far the five agree,
// what they should talk about first, and what their ratings say by other
// frameworks.
//
// The workshop in workshop.csv is invented, so everything on the page is
// illustrative. Read the method, not the programme.
//
//	go run ./examples/assessment
//	go run ./examples/assessment -svg scorecard.svg
//	go run ./examples/assessment -sheet my-workshop.csv
package main

import (
	"bytes"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/assessment/workshop"
	"github.com/chsreform/chsreform/reformcycle/report"
)

//go:embed workshop.csv
var invented []byte

// seed starts the resampling behind the interval of agreement. Any number does;
// the same one gives the same page.
const seed = 2018

func main() {
	log.SetFlags(0)
	err := run(os.Stdout, os.Args[1:])
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal(err)
	}
}

func run(w io.Writer, args []string) error {
	flags := flag.NewFlagSet("assessment", flag.ContinueOnError)
	svg := flags.String("svg", "", "write the scorecard, as SVG, to this `file`")
	file := flags.String("sheet", "", "read this CSV `file` instead of the invented workshop")
	if err := flags.Parse(args); err != nil {
		return err
	}
	occasion := workshop.Occasion{Name: "An invented workshop (illustrative)", Basis: assessment.Illustrative}
	text := invented
	if *file != "" {
		var err error
		if text, err = os.ReadFile(*file); err != nil {
			return err
		}
		occasion = workshop.Occasion{Name: "The sheet " + *file, Basis: assessment.Documented}
	}

	aim, err := frameworks.Get("chw-aim")
	if err != nil {
		return err
	}
	sheet, err := workshop.ReadCSV(bytes.NewReader(text), aim.Checklist(), occasion)
	if err != nil {
		return err
	}
	card, err := aim.Checklist().Scorecard(sheet.Ratings(nil))
	if err != nil {
		return err
	}
	if *svg != "" {
		if err := draw(*svg, sheet, card); err != nil {
			return err
		}
	}

	var page bytes.Buffer // so that a part that fails leaves no half page
	fmt.Fprintf(&page, "%s\n%s, basis: %s\n", aim.Title(), occasion.Name, occasion.Basis)
	fmt.Fprintf(&page, "%v.\n", sheet.Coverage())
	for _, part := range []func(io.Writer, *frameworks.Framework, *workshop.Sheet, assessment.Scorecard) error{
		whereItStands, howFarTheyAgree, whatToDiscuss, whatItSaysElsewhere,
	} {
		if err := part(&page, aim, sheet, card); err != nil {
			return err
		}
	}
	_, err = page.WriteTo(w)
	return err
}

func whereItStands(w io.Writer, aim *frameworks.Framework, sheet *workshop.Sheet, card assessment.Scorecard) error {
	fmt.Fprint(w, "\nWhere it stands\n\n")
	for i, c := range sheet.Consensus() {
		item, _ := aim.Item(c.Item)
		level := "not rated"
		if c.Level.Known() {
			level = fmt.Sprintf("%d %s", c.Level, c.Level.Told())
		}
		mark := " "
		if card.Items[i].Met {
			mark = "+"
		}
		spread := ""
		if c.Disputed() {
			spread = fmt.Sprintf("%d to %d", c.Lowest, c.Highest)
		}
		fmt.Fprintf(w, "  %s %-40s %-24s %s\n", mark, item.Title, level, spread)
	}
	t := card.Tally
	fmt.Fprintf(w, "\n  + is met. Score %s of 1: %d met, %d not met, %d not rated by anybody.\n", t.Score, t.Met, t.Unmet, t.Unknown)
	fmt.Fprint(w, "  It is one number only once all are rated: what nobody rated may be anything.\n\n")
	each, err := sheet.Scorecards(nil)
	if err != nil {
		return err
	}
	for i, name := range sheet.Assessors() {
		fmt.Fprintf(w, "  %-42s %s\n", "as seen by: "+name, each[i].Tally.Score)
	}
	return nil
}

func howFarTheyAgree(w io.Writer, _ *frameworks.Framework, sheet *workshop.Sheet, _ assessment.Scorecard) error {
	alpha, err := sheet.Alpha(workshop.Sampling{Seed: seed})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nHow far they agree\n\n  %v.\n  %v.\n", sheet.PercentAgreement(), alpha)
	fmt.Fprintf(w, "  %s\n", alpha.Reading().Advice())
	if alpha.Items < 20 {
		fmt.Fprint(w, "  With so few items the interval is rough, and rather too narrow.\n")
	}

	// Who sees it most differently from whom?
	pairs, err := sheet.Kappas(workshop.Quadratic)
	if err != nil {
		return err
	}
	if n := len(pairs); n > 1 {
		fmt.Fprintf(w, "\n  Closest: %v.\n  Furthest apart: %v.\n", pairs[0], pairs[n-1])
	}
	return nil
}

func whatToDiscuss(w io.Writer, aim *frameworks.Framework, sheet *workshop.Sheet, _ assessment.Scorecard) error {
	fmt.Fprint(w, "\nWhat to discuss first\n")
	disputed := sheet.Disputed()
	for _, c := range disputed[:min(len(disputed), 3)] {
		item, _ := aim.Item(c.Item)
		fmt.Fprintf(w, "\n  %s: %v\n", item.Title, c)
		for _, r := range sheet.Rows() {
			if r.Item == c.Item && r.Note != "" {
				fmt.Fprintf(w, "    %d, %s: %s\n", r.Level, r.Assessor, r.Note)
			}
		}
	}
	if left := len(disputed) - 3; left > 0 {
		fmt.Fprintf(w, "\n  and %d more on which they differ.\n", left)
	}
	return nil
}

// whatItSaysElsewhere takes the consensus over to the other frameworks.
func whatItSaysElsewhere(w io.Writer, aim *frameworks.Framework, sheet *workshop.Sheet, _ assessment.Scorecard) error {
	all := slices.Collect(frameworks.All())
	crosswalk, err := frameworks.NewCrosswalk(all...)
	if err != nil {
		return err
	}
	fmt.Fprint(w, "\nWhat the same ratings say by other frameworks\n")
	for _, other := range all {
		if other.ID() == aim.ID() {
			continue
		}
		filled, err := crosswalk.Fill(aim, sheet.Ratings(nil), other)
		if err != nil {
			return err
		}
		if len(filled.Taken)+len(filled.Conflicts) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n  %s: %d of %d items\n", other.ID(), len(filled.Taken), other.Checklist().Len())
		for _, taken := range filled.Taken {
			var from []string
			for _, f := range taken.From {
				from = append(from, f.Item)
			}
			fmt.Fprintf(w, "    %-36s %d, from %s\n", taken.Rating.Criterion, taken.Rating.Level, strings.Join(from, " and "))
		}
		for _, c := range filled.Conflicts {
			fmt.Fprintf(w, "    %-36s left open: the items that ask for it differ\n", c.Item)
		}
	}
	fmt.Fprint(w, "\n  The rest of each stays open: only what asks for the same is taken over.\n")
	return nil
}

// draw writes the scorecard with all assessors as a picture.
func draw(file string, sheet *workshop.Sheet, card assessment.Scorecard) error {
	each, err := sheet.Scorecards(nil)
	if err != nil {
		return err
	}
	var picture bytes.Buffer // so that a picture that fails leaves no half file
	if err := report.ScorecardBars(&picture, nil, sheet.Occasion().Name, card, each); err != nil {
		return err
	}
	return os.WriteFile(file, picture.Bytes(), 0o644)
}
