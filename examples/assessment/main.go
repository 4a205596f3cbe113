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
//	go run ./examples/assessment -language fr
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
	"text/tabwriter"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/assessment/frameworks"
	"github.com/chsreform/chsreform/assessment/workshop"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
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

// languages are those that the page can be told in.
var languages = []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}

func run(w io.Writer, args []string) error {
	flags := flag.NewFlagSet("assessment", flag.ContinueOnError)
	svg := flags.String("svg", "", "write the scorecard, as SVG, to this `file`")
	file := flags.String("sheet", "", "read this CSV `file` instead of the invented workshop")
	wanted := flags.String("language", "en", "tell it in this `language`: en, fr, pt or es")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l := language.Match(languages, *wanted)
	p, err := read(l, *file)
	if err != nil {
		return err
	}
	if *svg != "" {
		if err := p.draw(*svg); err != nil {
			return err
		}
	}
	var text bytes.Buffer // so that a part that fails leaves no half page
	if err := p.write(&text); err != nil {
		return err
	}
	_, err = text.WriteTo(w)
	return err
}

// page is what is told, and in which language.
type page struct {
	w     io.Writer
	l     *language.Language
	aim   *frameworks.Framework
	sheet *workshop.Sheet
	card  assessment.Scorecard
}

// read reads a sheet, or the invented one.
func read(l *language.Language, file string) (p page, err error) {
	p.l = l
	occasion := workshop.Occasion{Name: p.say("example.workshop-invented"), Basis: assessment.Illustrative}
	text := invented
	if file != "" {
		if text, err = os.ReadFile(file); err != nil {
			return p, err
		}
		occasion = workshop.Occasion{Name: p.say("example.workshop-sheet", "file", file), Basis: assessment.Documented}
	}
	if p.aim, err = frameworks.Get("chw-aim"); err != nil {
		return p, err
	}
	if p.sheet, err = workshop.ReadCSV(bytes.NewReader(text), p.aim.Checklist(), occasion); err != nil {
		return p, err
	}
	p.card, err = p.aim.Checklist().Scorecard(p.sheet.Ratings(nil))
	return p, err
}

func (p page) write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	p.w = t
	occasion := p.sheet.Occasion()
	p.text("", p.aim.Title().Told())
	p.line("", "example.workshop-occasion", "occasion", occasion.Name, "basis", occasion.Basis.Told())
	p.text("", p.sheet.Coverage().Told())
	for _, part := range []func(page) error{page.whereItStands, page.howFarTheyAgree, page.whatToDiscuss, page.whatItSaysElsewhere} {
		if err := part(p); err != nil {
			return err
		}
	}
	return t.Flush() // which keeps the first error of them all
}

// say tells a text of an id.
func (p page) say(id string, args ...any) string { return p.l.Say(language.Of(id, args...)) }

// text writes a text behind what opens the line.
func (p page) text(open string, t language.Text) { fmt.Fprintln(p.w, open+p.l.Say(t)) }

// line writes the text of an id behind what opens the line.
func (p page) line(open, id string, args ...any) { p.text(open, language.Of(id, args...)) }

func (p page) whereItStands() error {
	p.line("\n", "example.workshop-where")
	fmt.Fprintln(p.w)
	for i, c := range p.sheet.Consensus() {
		item, _ := p.aim.Item(c.Item)
		level := p.say("picture.scores.not-rated")
		if c.Level.Known() {
			level = fmt.Sprintf("%d %s", c.Level, p.l.Say(c.Level.Told()))
		}
		mark := " "
		if p.card.Items[i].Met {
			mark = "+"
		}
		spread := ""
		if c.Disputed() {
			spread = p.say("range", "low", language.Typed(fmt.Sprint(int(c.Lowest))), "high", language.Typed(fmt.Sprint(int(c.Highest))))
		}
		fmt.Fprintf(p.w, "  %s %s\t%s\t%s\n", mark, p.l.Say(item.Title.Told()), level, spread)
	}
	t := p.card.Tally
	p.line("\n  ", "example.workshop-tally", "score", t.Score.Told(), "met", t.Met, "unmet", t.Unmet, "unknown", t.Unknown)
	p.line("  ", "example.workshop-one-number")
	fmt.Fprintln(p.w)
	each, err := p.sheet.Scorecards(nil)
	if err != nil {
		return err
	}
	for i, name := range p.sheet.Assessors() {
		fmt.Fprintf(p.w, "  %s\t%s\n", p.say("example.workshop-seen-by", "who", name), p.l.Say(each[i].Tally.Score.Told()))
	}
	return nil
}

func (p page) howFarTheyAgree() error {
	alpha, err := p.sheet.Alpha(workshop.Sampling{Seed: seed})
	if err != nil {
		return err
	}
	p.line("\n", "example.workshop-agree")
	p.text("\n  ", p.sheet.PercentAgreement().Told())
	p.text("  ", alpha.Told())
	p.text("  ", alpha.Reading().Advice())
	if alpha.Items < 20 {
		p.line("  ", "example.workshop-few")
	}

	// Who sees it most differently from whom?
	pairs, err := p.sheet.Kappas(workshop.Quadratic)
	if err != nil {
		return err
	}
	if n := len(pairs); n > 1 {
		p.line("\n  ", "example.workshop-closest", "pair", pairs[0].Told())
		p.line("  ", "example.workshop-furthest", "pair", pairs[n-1].Told())
	}
	return nil
}

func (p page) whatToDiscuss() error {
	p.line("\n", "example.workshop-discuss")
	disputed := p.sheet.Disputed()
	for _, c := range disputed[:min(len(disputed), 3)] {
		item, _ := p.aim.Item(c.Item)
		p.line("\n  ", "example.workshop-disputed", "item", item.Title.Told(), "says", language.Typed(p.l.Paragraph(c.Summary())))
		for _, r := range p.sheet.Rows() {
			if r.Item == c.Item && r.Note != "" {
				p.line("    ", "example.workshop-note", "level", int(r.Level), "who", r.Assessor, "says", r.Note)
			}
		}
	}
	if left := len(disputed) - 3; left > 0 {
		p.line("\n  ", "example.workshop-more", "n", left)
	}
	return nil
}

// whatItSaysElsewhere takes the consensus over to the other frameworks.
func (p page) whatItSaysElsewhere() error {
	all := slices.Collect(frameworks.All())
	crosswalk, err := frameworks.NewCrosswalk(all...)
	if err != nil {
		return err
	}
	p.line("\n", "example.workshop-elsewhere")
	for _, other := range all {
		if other.ID() == p.aim.ID() {
			continue
		}
		filled, err := crosswalk.Fill(p.aim, p.sheet.Ratings(nil), other)
		if err != nil {
			return err
		}
		if len(filled.Taken)+len(filled.Conflicts) == 0 {
			continue
		}
		p.line("\n  ", "example.workshop-filled", "framework", other.Title().Told(), "n", len(filled.Taken), "of", other.Checklist().Len())
		for _, taken := range filled.Taken {
			var from []string
			for _, f := range taken.From {
				from = append(from, f.Item)
			}
			fmt.Fprintf(p.w, "    %s\t%s\n", taken.Rating.Criterion, p.say("example.workshop-taken", "level", int(taken.Rating.Level), "items", from))
		}
		for _, c := range filled.Conflicts {
			fmt.Fprintf(p.w, "    %s\t%s\n", c.Item, p.say("example.workshop-left-open"))
		}
	}
	p.line("\n  ", "example.workshop-rest")
	return nil
}

// draw writes the scorecard with all assessors as a picture.
func (p page) draw(file string) error {
	each, err := p.sheet.Scorecards(nil)
	if err != nil {
		return err
	}
	var picture bytes.Buffer // so that a picture that fails leaves no half file
	if err := report.ScorecardBars(&picture, p.l, p.sheet.Occasion().Name, p.card, each); err != nil {
		return err
	}
	return os.WriteFile(file, picture.Bytes(), 0o644)
}
