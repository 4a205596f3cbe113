package main

// The situation: what the walk records, and what is assumed beside it.

import (
	"context"
	_ "embed"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

//go:embed assumptions.json
var assumptionsJSON []byte

type assumptions struct {
	Note string `json:"note"`
	Name string `json:"name"`
	// Settings depart from the register's defaults.
	Settings []setting `json:"settings"`
	// Actors say what a cycle does not record about each.
	Actors    []assumedActor         `json:"actors"`
	Influence []simulation.Influence `json:"influence"`
	// Vary are the ranges of the sensitivity analysis.
	Vary []span `json:"vary"`
}

type setting struct {
	Parameter string  `json:"parameter"`
	Value     float64 `json:"value"`
	Why       string  `json:"why"`
}

type assumedActor struct {
	ID         string  `json:"id"`
	Effort     float64 `json:"effort"`
	Attachment float64 `json:"attachment"`
}

// span is a range, and why it is that one.
type span struct {
	simulation.Factor
	Why string `json:"why"`
}

func (a assumptions) factors() (all []simulation.Factor) {
	for _, v := range a.Vary {
		all = append(all, v.Factor)
	}
	return all
}

// over are the spans that worlds are drawn from: those of the register, but for what
// the situation sets otherwise, which has the range of the sensitivity analysis.
func (a assumptions) over() []simulation.Uncertainty {
	all := simulation.Uncertainties()
	for i := range all {
		u := &all[i]
		if !slices.ContainsFunc(a.Settings, func(s setting) bool { return s.Parameter == u.Parameter }) {
			continue
		}
		if k := slices.IndexFunc(a.Vary, func(v span) bool { return v.Parameter == u.Parameter }); k >= 0 {
			u.Low, u.High, u.Why = a.Vary[k].Low, a.Vary[k].High, language.Built(a.Vary[k].Why)
		}
	}
	return all
}

func readAssumptions() (a assumptions, err error) {
	err = fault.ReadJSON(assumptionsJSON, len(assumptionsJSON), &a, nil)
	return a, err
}

// eve is when the situation is taken: all that the walk knows of 2018 by the
// year alone is in, the launch of August is not.
var eve = time.Date(2018, time.July, 31, 0, 0, 0, 0, time.UTC)

// beforeTheLaunch walks Uganda and looks back.
func beforeTheLaunch(ctx context.Context) (reformcycle.State, error) {
	uganda, err := cases.Get("UGA-CHEW", nil)
	if err != nil {
		return reformcycle.State{}, err
	}
	cycle, err := uganda.Cycle(ctx)
	if err != nil {
		return reformcycle.State{}, err
	}
	return cycle.AsOf(ctx, eve)
}

// situation makes a scenario of the record and of the assumptions, and notes
// each of them.
func situation(state reformcycle.State, a assumptions) (simulation.Scenario, error) {
	s, err := simulation.FromState(state)
	if err != nil {
		return s, err
	}
	s.Name, s.Illustrative = a.Name, true
	// FromState says that what a cycle does not record has its default: not here.
	s.Assumed = slices.DeleteFunc(s.Assumed, func(assumed language.Text) bool { return assumed.ID == "assumed.defaults" })
	for _, set := range a.Settings {
		if s, err = s.With(set.Parameter, set.Value); err != nil {
			return s, err
		}
		s.Assumed = append(s.Assumed, of("setting", "parameter", set.Parameter, "value", set.Value, "why", language.Built(set.Why)))
	}
	for _, assumed := range a.Actors {
		i := slices.IndexFunc(s.Actors, func(actor simulation.CastActor) bool { return actor.ID == assumed.ID })
		if i < 0 {
			return s, failure{of("no-actor", "actor", assumed.ID)}
		}
		s.Actors[i].Effort, s.Actors[i].Attachment = assumed.Effort, assumed.Attachment
	}
	s.Influence = a.Influence
	s.Assumed = append(s.Assumed, of("assumed.actors", "file", "assumptions.json"), of("assumed.positions"))
	s.Notes = append(s.Notes, a.Note)
	return s, nil
}
