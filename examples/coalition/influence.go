package main

import (
	"errors"
	"fmt"
	"math"

	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
	"github.com/chsreform/chsreform/stakeholders/influence"
)

// whomToWin asks who listens to whom, and where opinion would settle.
func (p page) whomToWin() error {
	network, stance, err := influence.FromRoster(p.actors, influence.Attached(p.Attachment), p.Ties, influence.WithNormalisedWeights())
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
	p.heading("politics.whom")
	for _, m := range movers[:3] {
		p.line("  ", "politics.mover", "actor", p.name(m.Actor), "share", m.Share)
	}
	aim := influence.Aim{Weights: stance.Weights, Threshold: 3}
	plan, err := network.Persuade(initial, aim, p.Offers)
	switch {
	case err == nil:
		p.line("  ", "politics.left-alone", "mean", p.position(plan.Before), "wanted", p.position(aim.Threshold), "cost", plan.Cost)
		for _, one := range plan.Persuade {
			p.line("    ", "politics.offer", "actor", p.name(one.Actor), "from", p.position(one.From), "to", p.position(one.To), "gain", p.l.Number(hundredths(one.Gain)))
		}
		p.line("  ", "politics.settles", "mean", p.position(plan.After))
	case errors.As(err, new(*influence.UnreachableError)):
		fmt.Fprintln(p.w, "  "+p.l.Refusal(err))
	default:
		return err
	}
	brokers, err := network.Brokers(influence.GroupsOf(p.actors))
	if err != nil {
		return err
	}
	for _, b := range brokers {
		var pairs []language.Text
		for _, pair := range b.Between {
			groups := []language.Text{stakeholders.Group(pair.A).Told(), stakeholders.Group(pair.B).Told()}
			pairs = append(pairs, language.Of("politics.pair", "groups", groups))
		}
		p.line("  ", "politics.broker", "pairs", pairs, "actor", p.name(b.Actor), "role", stakeholders.Connector.Told())
	}
	for _, c := range network.Cuts() {
		p.line("  ", "politics.cut", "actor", p.name(c.Actor), "n", len(c.Parts), "role", stakeholders.Gatekeeper.Told())
	}
	return nil
}

// position writes a position with its sign and two decimals at most.
func (p page) position(x float64) string {
	sign := ""
	if x > 0 {
		sign = "+"
	}
	return sign + p.l.Number(hundredths(x))
}

func hundredths(x float64) float64 { return math.Round(100*x) / 100 }
