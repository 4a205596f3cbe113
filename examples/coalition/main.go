// Coalition asks the political questions of a reform team, on the actors of the
// Uganda walk as they stood before the launch of August 2018: where power lies,
// what three strategies would change, whom to win first, and who decides.
//
// The actors' positions come from the walk, where they are illustrative, and so
// is everything in plans.json: strategies, ties and votes. Read the method, not
// the country.
//
//	go run ./examples/coalition
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
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/influence"
	"github.com/chsreform/chsreform/stakeholders/power"
)

//go:embed plans.json
var plansJSON []byte

// plans is what plans.json holds.
type plans struct {
	Note       string                  `json:"note"`
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

func run(ctx context.Context, w io.Writer, args []string) error {
	flags := flag.NewFlagSet("coalition", flag.ContinueOnError)
	pictures := flags.String("pictures", "", "write the pictures, as SVG, to this `directory`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var p plans
	if err := json.Unmarshal(plansJSON, &p); err != nil {
		return err
	}
	actors, err := actorsBeforeTheLaunch(ctx)
	if err != nil {
		return err
	}

	var page bytes.Buffer
	fmt.Fprintf(&page, "The politics of a coalition: Uganda's actors in mid-2018\n\n%s\nPositions and powers come from the Uganda walk and are illustrative, too.\n", p.Note)
	for _, part := range []func(io.Writer, stakeholders.Roster, plans) error{
		whereItStands, whatStrategiesChange, whomToWin, whoDecides,
	} {
		if err := part(&page, actors, p); err != nil {
			return err
		}
	}
	if _, err := page.WriteTo(w); err != nil {
		return err
	}
	if *pictures == "" {
		return nil
	}
	return draw(*pictures, actors, p)
}

// actorsBeforeTheLaunch walks Uganda and looks back.
func actorsBeforeTheLaunch(ctx context.Context) (stakeholders.Roster, error) {
	uganda, err := cases.Get("UGA-CHEW")
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

func whereItStands(w io.Writer, actors stakeholders.Roster, _ plans) error {
	fmt.Fprint(w, "\nWhere it stands\n\n")
	for a := range actors.All() {
		veto := ""
		if a.Veto {
			veto = ", can block alone"
		}
		fmt.Fprintf(w, "  %-36s %-22s power %g%s\n", a.Name, a.Position, float64(a.Power), veto)
	}
	now := actors.Feasibility()
	fmt.Fprintf(w, "\n  Support %g, opposition %g, not yet mobilised %g.\n", now.Support, now.Opposition, now.NonMobilised)
	for _, gap := range actors.ConstituencyGaps() {
		for _, c := range gap.Candidates {
			fmt.Fprintf(w, "  Nobody in the coalition speaks for: %s. Could: %s, %s.\n", gap.Constituency.Label(), c.Name, c.Reason)
			break
		}
	}
	return nil
}

func whatStrategiesChange(w io.Writer, actors stakeholders.Roster, p plans) error {
	prospects, err := actors.Prospects(p.Strategies, stakeholders.Sampling{})
	if err != nil {
		return err
	}
	fmt.Fprint(w, "\nWhat the strategies would change\n\n")
	fmt.Fprintf(w, "  %-50s %7s %9s %11s %6s\n", "", "chance", "support", "opposition", "cost")
	fmt.Fprintf(w, "  %-50s %7s %9.4g %11.4g\n", "now", "", prospects.Now.Support, prospects.Now.Opposition)
	for i, s := range prospects.Strategies {
		plan := p.Strategies[i]
		fmt.Fprintf(w, "  %-50s %6.0f%% %9.4g %11.4g %6.4g\n", plan.Name+", alone", 100*plan.Probability, s.Alone.Support, s.Alone.Opposition, plan.Cost)
	}
	fmt.Fprintf(w, "  %-50s %7s %9.4g %11.4g\n", "if all succeed", "", prospects.IfAll.Support, prospects.IfAll.Opposition)
	fmt.Fprintf(w, "  %-50s %7s %9.4g %11.4g\n\n", "expected, if all are tried", "", prospects.Expected.Support, prospects.Expected.Opposition)

	// A team has to plan for worse: what if those with most to lose turn against it?
	shaken := actors
	for _, turn := range []struct {
		actor    string
		position float64
	}{{"finance", -6}, {"cabinet", -5}, {"staff", -6}} {
		a, _ := shaken.Actor(turn.actor)
		a.Position = stakeholders.At(turn.position)
		if shaken, err = shaken.Replace(a); err != nil {
			return err
		}
	}
	worse := shaken.Feasibility()
	fmt.Fprintf(w, "  Should finance, cabinet and staff turn against it, support is %g and opposition %g.\n", worse.Support, worse.Opposition)
	for _, wanted := range []float64{0.5, 0.9} {
		choice, err := shaken.Cheapest(p.Strategies, wanted)
		switch {
		case err == nil:
			fmt.Fprintf(w, "  For a chance of %.0f %% that support wins again, the cheapest set is: %s\n  (%g %s, chance %.0f %%).\n",
				100*wanted, strings.Join(choice.Strategies, ", "), choice.Cost, choice.Unit, 100*choice.Probability)
		case errors.As(err, new(*stakeholders.UnreachableError)):
			fmt.Fprintf(w, "  A chance of %.0f %% stays out of reach of these strategies:\n  %v.\n", 100*wanted, err)
		default:
			return err
		}
	}
	return nil
}
