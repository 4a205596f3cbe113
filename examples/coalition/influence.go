package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/influence"
)

// whomToWin asks who listens to whom, and where opinion would settle.
func whomToWin(w io.Writer, actors stakeholders.Roster, p plans) error {
	network, stance, err := influence.FromRoster(actors, influence.Attached(p.Attachment), p.Ties, influence.WithNormalisedWeights())
	if err != nil {
		return err
	}
	initial, err := network.Known(stance.Positions)
	if err != nil {
		return err
	}
	movers, err := network.Movers(stance.Weights)
	if err != nil {
		return err
	}
	fmt.Fprint(w, "\nWhom to win first\n\n")
	for _, m := range movers[:3] {
		a, _ := actors.Actor(m.Actor)
		fmt.Fprintf(w, "  %s carries %.0f %% of where the powerful end up.\n", a.Name, 100*m.Share)
	}
	plan, err := network.Persuade(initial, influence.Aim{Weights: stance.Weights, Threshold: 3}, p.Offers)
	switch {
	case err == nil:
		fmt.Fprintf(w, "  Left alone, opinion settles at a mean of %+.2f; a firm +3 needs (cost %g):\n", plan.Before, plan.Cost)
		for _, one := range plan.Persuade {
			a, _ := actors.Actor(one.Actor)
			fmt.Fprintf(w, "    %s, from %+g to %+g: adds %.2f\n", a.Name, one.From, one.To, one.Gain)
		}
		fmt.Fprintf(w, "  and opinion then settles at %+.2f.\n", plan.After)
	case errors.As(err, new(*influence.UnreachableError)):
		fmt.Fprintf(w, "  %v\n", err)
	default:
		return err
	}
	brokers, err := network.Brokers(influence.GroupsOf(actors))
	if err != nil {
		return err
	}
	for _, b := range brokers {
		a, _ := actors.Actor(b.Actor)
		var pairs []string
		for _, pair := range b.Between {
			pairs = append(pairs, pair.A+" and "+pair.B)
		}
		fmt.Fprintf(w, "  %s alone connects %s: a candidate for connector.\n", a.Name, strings.Join(pairs, ", "))
	}
	for _, c := range network.Cuts() {
		a, _ := actors.Actor(c.Actor)
		fmt.Fprintf(w, "  Losing %s would cut the others into %d parts: a candidate for gatekeeper.\n", a.Name, len(c.Parts))
	}
	return nil
}
