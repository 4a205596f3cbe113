package reformcycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// This file holds the strategies of a coalition: what is planned about the
// politics of the reform, and what came of it. What a strategy is, and what it
// would change, package stakeholders knows.

// The kinds of change of strategies.
const (
	KindPlanStrategy    Kind = "plan-strategy"
	KindObserveStrategy Kind = "observe-strategy"
)

// strategyPart is what was recorded of strategies.
type strategyPart struct {
	Strategies shelf[PlannedStrategy] `json:"strategies,omitempty"`
}

var strategies part[strategyPart]

// PlannedStrategy is a strategy on record.
type PlannedStrategy struct {
	stakeholders.Strategy
	// Planned is when it was recorded, in Lap, by Entry.
	Planned time.Time `json:"planned"`
	Lap     int       `json:"lap"`
	Entry   uint64    `json:"entry"`
	// Before is where the actors that it is to move stood then, in the order of
	// its effects.
	Before []stakeholders.Effect `json:"before,omitempty"`
	// Observed is what came of it; nil while that is open.
	Observed *StrategyResult `json:"observed,omitempty"`
}

// Open reports whether nothing has been observed of the strategy yet.
func (p PlannedStrategy) Open() bool { return p.Observed == nil }

func (p PlannedStrategy) shelved() (string, int) { return p.ID, p.Lap }

func (p PlannedStrategy) clone() PlannedStrategy {
	p.Strategy = p.Strategy.Clone()
	p.Before = slices.Clone(p.Before)
	if p.Observed != nil {
		o := *p.Observed
		p.Observed = &o
	}
	return p
}

// StrategyResult is what came of a strategy. Where the actors stand now is recorded
// by TakePosition, for they may have moved for other reasons, too.
type StrategyResult struct {
	Success stakeholders.Success `json:"success"`
	What    string               `json:"what"`
	Source  string               `json:"source,omitempty"`
	On      time.Time            `json:"on"`
	// Entry that recorded it.
	Entry uint64 `json:"entry"`
}

// PlanStrategy records a strategy that the coalition means to carry out. The
// actors that it names have to be engaged.
type PlanStrategy struct {
	Strategy stakeholders.Strategy `json:"strategy"`
}

// Kind names the change.
func (PlanStrategy) Kind() Kind { return KindPlanStrategy }

func (c PlanStrategy) apply(d *draft) error {
	p := PlannedStrategy{Strategy: c.Strategy, Planned: d.Moment, Lap: d.Lap, Entry: d.entry}
	if p.Owner != "" {
		if err := d.hasActor("strategy.owner", p.Owner); err != nil {
			return err
		}
	}
	for i, e := range p.Effects {
		if err := d.hasActor(fmt.Sprintf("strategy.effects[%d].actor", i), e.Actor); err != nil {
			return err
		}
		a, _ := d.actors().Actor(e.Actor)
		p.Before = append(p.Before, stakeholders.Effect{Actor: a.ID, Position: a.Position, Power: a.Power})
	}
	return strategies.in(d).Strategies.add(d, "strategy.id", p)
}

// ObserveStrategy records what came of a strategy; a later observation replaces
// an earlier one.
type ObserveStrategy struct {
	Strategy string               `json:"strategy" validate:"id"`
	Success  stakeholders.Success `json:"success" validate:"required,known"`
	What     string               `json:"what" validate:"text"`
	Source   string               `json:"source,omitempty" validate:"note"`
}

// Kind names the change.
func (ObserveStrategy) Kind() Kind { return KindObserveStrategy }

func (c ObserveStrategy) apply(d *draft) error {
	p, err := strategies.in(d).Strategies.amend(d, "strategy", c.Strategy)
	if err != nil {
		return err
	}
	p.Observed = &StrategyResult{Success: c.Success, What: c.What, Source: c.Source, On: d.Moment, Entry: d.entry}
	return nil
}

// StrategyImpact holds what a strategy set out to change against what has changed
// since it was planned, whatever the reason. Actors that it does not name are
// held as they are now, and so is one that has been released since.
//
// Errors: [fault.Fields] for a strategy that is not on record.
func (s State) StrategyImpact(id string) (stakeholders.Impact, error) {
	st := s.get()
	planned := strategies.of(st).Strategies
	err := planned.refer("strategy", id)
	if err != nil {
		return stakeholders.Impact{}, err
	}
	p := &planned[planned.index(id)]
	before := *st.actors()
	for _, e := range p.Before {
		a, engaged := before.Actor(e.Actor)
		if !engaged {
			continue
		}
		a.Position, a.Power = e.Position, e.Power
		if before, err = before.Replace(a); err != nil {
			return stakeholders.Impact{}, err
		}
	}
	named := p.Strategy.Clone()
	named.Effects = slices.DeleteFunc(named.Effects, func(e stakeholders.Effect) bool { return !before.Has(e.Actor) })
	success := stakeholders.SuccessUnknown
	if p.Observed != nil {
		success = p.Observed.Success
	}
	return stakeholders.ImpactOf(named, success, before, *st.actors())
}

// mostAddressing is how many strategies are named of those that are to move an actor.
const mostAddressing = 30

// addressing names the open strategies that are to move an actor.
func (s *state) addressing(actor string) []string {
	var names []string
	planned := strategies.of(s).Strategies
	for i := range planned {
		p := &planned[i]
		if p.Open() && slices.ContainsFunc(p.Effects, func(e stakeholders.Effect) bool { return e.Actor == actor }) {
			names = append(names, p.Name)
		}
	}
	return names
}

// toWin lists the actors who would have to be won, the weightiest first: those
// who oppose before those who are not mobilised, for support to outweigh
// opposition; only those with a veto where it is the veto that blocks.
func (s *state) toWin(vetoOnly bool) []stakeholders.Candidate {
	type target struct {
		actor stakeholders.Actor
		pull  float64
	}
	var targets []target
	for a := range s.actors().All() {
		position, known := a.Position.Value()
		opposes := a.Position.Opposes()
		if !known || a.Position.Supports() || vetoOnly && !(a.Veto && opposes) {
			continue
		}
		pull := float64(a.Power)
		if opposes {
			pull *= 1 - position // an opponent won counts twice: gone there, come here
		}
		targets = append(targets, target{a, pull})
	}
	slices.SortStableFunc(targets, func(a, b target) int {
		switch {
		case a.pull > b.pull:
			return -1
		case a.pull < b.pull:
			return 1
		}
		return 0
	})
	var who []stakeholders.Candidate
	for _, t := range targets {
		facts := []language.Text{
			language.Of("candidate.position", "position", t.actor.Position.Told()),
			language.Of("candidate.power", "power", float64(t.actor.Power)),
		}
		if t.actor.Veto {
			facts = append(facts, language.Of("candidate.veto"))
		}
		names := s.addressing(t.actor.ID)
		switch more := len(names) - mostAddressing; {
		case len(names) == 0:
			facts = append(facts, language.Of("candidate.not-addressed"))
		case more > 0:
			facts = append(facts, language.Of("candidate.addressed-more", "strategies", names[:mostAddressing], "more", more))
		default:
			facts = append(facts, language.Of("candidate.addressed", "strategies", names))
		}
		who = append(who, stakeholders.Candidate{Actor: t.actor.ID, Name: t.actor.Name, Reason: language.Of("candidate.target", "facts", facts)})
	}
	return who
}

// Strategies that were planned, in all laps.
func (s State) Strategies() []PlannedStrategy { return strategies.of(s.get()).Strategies.copies() }

var strategyRoom = room{
	changes: []kindEntry{changeKind[PlanStrategy]().whileSuspended(), changeKind[ObserveStrategy]().whileSuspended()},
	part:    &strategies,
	topic:   TopicActors,
	names:   []vocabulary{names(stakeholders.Successes()), names(stakeholders.StrategyKinds())},
}
