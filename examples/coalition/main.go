// Coalition asks the political questions of a reform team, on the actors of the
// Uganda walk as they stood before the launch of August 2018: where power lies,
// what three strategies would change, whom to win first, and who decides.
//
// The actors' positions come from the walk, where they are illustrative, and so
// is everything in plans.json: strategies, ties and votes. Read the method, not
// the country.
//
//	go run ./examples/coalition
//	go run ./examples/coalition -language fr
//	go run ./examples/coalition -pictures DIR
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/influence"
	"github.com/chsreform/chsreform/stakeholders/power"
)

//go:embed plans.json
var plansJSON []byte

// plans is what plans.json holds.
type plans struct {
	Strategies []stakeholders.Strategy `json:"strategies"`
	Ties       []influence.Tie         `json:"ties"`
	Attachment float64                 `json:"attachment"`
	Offers     []influence.Offer       `json:"offers"`
	Bodies     []power.Body            `json:"bodies"`
}

func main() {
	log.SetFlags(0)
	err := run(context.Background(), os.Stdout, os.Args[1:])
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal(err)
	}
}

// languages are those that the page can be told in.
var languages = []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}

func run(ctx context.Context, w io.Writer, args []string) error {
	flags := flag.NewFlagSet("coalition", flag.ContinueOnError)
	pictures := flags.String("pictures", "", "write the pictures, as SVG, to this `directory`")
	wanted := flags.String("language", "en", "tell it in this `language`: en, fr, pt or es")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l := language.Match(languages, *wanted)
	p, err := planned(l)
	if err != nil {
		return err
	}
	actors, err := actorsBeforeTheLaunch(ctx, l)
	if err != nil {
		return err
	}

	var text bytes.Buffer // so that a question that fails leaves no half page
	t := page{&text, l, actors, p}
	t.line("", "politics.title")
	t.line("\n", "politics.note")
	for _, part := range []func(page) error{page.whereItStands, page.whatStrategiesChange, page.whomToWin, page.whoDecides} {
		if err := part(t); err != nil {
			return err
		}
	}
	if _, err := text.WriteTo(w); err != nil {
		return err
	}
	if *pictures == "" {
		return nil
	}
	return t.draw(*pictures)
}

// planned reads the plans, and names the strategies in the language of the page.
func planned(l *language.Language) (p plans, err error) {
	err = json.Unmarshal(plansJSON, &p)
	for i := range p.Strategies {
		s := &p.Strategies[i]
		s.Name, s.Unit = l.Say(language.Of("politics.strategy-"+s.ID)), l.Say(language.Of("politics.unit"))
	}
	return p, err
}

// page is what is written, in which language and about what.
type page struct {
	w      io.Writer
	l      *language.Language
	actors stakeholders.Roster
	plans
}

// say tells a text.
func (p page) say(id string, args ...any) string { return p.l.Say(language.Of(id, args...)) }

// line writes a text behind what opens the line.
func (p page) line(open, id string, args ...any) { fmt.Fprintln(p.w, open+p.say(id, args...)) }

// heading writes one above a part of the page.
func (p page) heading(id string) { fmt.Fprintf(p.w, "\n%s\n\n", p.say(id)) }

// table sets rows in columns as wide as they have to be: the first to the left, the
// others as asked.
func (p page) table(right bool, rows [][]string) {
	var wide []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(wide) {
				wide = append(wide, 0)
			}
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			width := -wide[i]
			if right && i > 0 {
				width = wide[i]
			}
			line += fmt.Sprintf("  %*s", width, cell)
		}
		fmt.Fprintln(p.w, strings.TrimRight(line, " "))
	}
}

// name is what people call an actor, and names are those of several.
func (p page) name(id string) string {
	a, _ := p.actors.Actor(id)
	return a.Name
}

func (p page) names(ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = p.name(id)
	}
	return names
}

// actorsBeforeTheLaunch walks Uganda and looks back.
func actorsBeforeTheLaunch(ctx context.Context, l *language.Language) (stakeholders.Roster, error) {
	uganda, err := cases.Get("UGA-CHEW", l)
	if err != nil {
		return stakeholders.Roster{}, err
	}
	cycle, err := uganda.Cycle(ctx)
	if err != nil {
		return stakeholders.Roster{}, err
	}
	past, err := cycle.AsOf(ctx, time.Date(2018, time.July, 31, 0, 0, 0, 0, time.UTC))
	return past.Actors(), err
}

func (p page) whereItStands() error {
	p.heading("politics.where")
	var rows [][]string
	for a := range p.actors.All() {
		row := []string{a.Name, p.l.Say(a.Position.Told()), p.say("candidate.power", "power", float64(a.Power))}
		if a.Veto {
			row = append(row, p.say("candidate.veto"))
		}
		rows = append(rows, row)
	}
	p.table(false, rows)
	now := p.actors.Feasibility()
	p.line("\n  ", "politics.indices", "support", now.Support, "opposition", now.Opposition, "rest", now.NonMobilised)
	for _, gap := range p.actors.ConstituencyGaps() {
		for _, c := range gap.Candidates {
			p.line("  ", "politics.nobody", "constituency", gap.Constituency.Told(), "who", c.Name, "reason", c.Reason)
			break
		}
	}
	return nil
}

func (p page) whatStrategiesChange() error {
	prospects, err := p.actors.Prospects(p.Strategies, stakeholders.Sampling{})
	if err != nil {
		return err
	}
	p.heading("politics.strategies")
	number := func(x float64) string { return p.l.Number(x) }
	rows := [][]string{
		{"", p.say("politics.chance"), p.say("politics.support"), p.say("politics.opposition"), p.say("politics.cost")},
		{p.say("politics.now"), "", number(prospects.Now.Support), number(prospects.Now.Opposition)},
	}
	for i, s := range prospects.Strategies {
		plan := p.Strategies[i]
		rows = append(rows, []string{p.say("politics.alone", "strategy", plan.Name), p.share(plan.Probability), number(s.Alone.Support), number(s.Alone.Opposition), number(plan.Cost)})
	}
	p.table(true, append(rows,
		[]string{p.say("politics.if-all"), "", number(prospects.IfAll.Support), number(prospects.IfAll.Opposition)},
		[]string{p.say("politics.expected"), "", number(prospects.Expected.Support), number(prospects.Expected.Opposition)}))

	// A team has to plan for worse: what if those with most to lose turn against it?
	shaken := p.actors
	var turned []string
	for _, turn := range []struct {
		actor    string
		position float64
	}{{"finance", -6}, {"cabinet", -5}, {"staff", -6}} {
		a, _ := shaken.Actor(turn.actor)
		a.Position = stakeholders.At(turn.position)
		if shaken, err = shaken.Replace(a); err != nil {
			return err
		}
		turned = append(turned, a.Name)
	}
	worse := shaken.Feasibility()
	p.line("\n  ", "politics.turned", "actors", turned, "support", worse.Support, "opposition", worse.Opposition)
	for _, wanted := range []float64{0.5, 0.9} {
		choice, err := shaken.Cheapest(p.Strategies, wanted)
		switch {
		case err == nil:
			var names []string
			for _, s := range p.Strategies {
				if slices.Contains(choice.Strategies, s.ID) {
					names = append(names, s.Name)
				}
			}
			p.line("  ", "politics.cheapest", "wanted", wanted, "strategies", names, "cost", choice.Cost, "unit", choice.Unit, "chance", choice.Probability)
		case errors.As(err, new(*stakeholders.UnreachableError)):
			fmt.Fprintln(p.w, "  "+p.l.Refusal(err))
		default:
			return err
		}
	}
	return nil
}

// share writes a share in per cent.
func (p page) share(x float64) string { return p.say("politics.share", "share", x) }
