package simulation

// The register: every parameter of the model in one table, from which the
// defaults, the checks and the documentation are made.

import (
	_ "embed"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Parameter is a number that the model, or a policy, depends on.
type Parameter struct {
	// Name is its path in the scenario's JSON, such as
	// "shocks.election.hazard"; "actors[]." stands for each actor.
	Name string `json:"name"`
	// Unit says what it counts.
	Unit language.Text `json:"unit,omitzero"`
	// Min and Max bound it, both included. Whole says that it is a whole number.
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Whole bool    `json:"whole,omitempty"`
	// Default is its value where nothing is said.
	Default float64 `json:"default"`
	// Value it has: in a scenario or a policy that was asked; the default in
	// [Register].
	Value float64 `json:"value"`
	// Meaning is one sentence.
	Meaning language.Text `json:"meaning,omitzero"`
	// Origin is [Assumption], what the default was chosen for, with the patterns of
	// docs/simulation.md, or the source that it rests on.
	Origin language.Text `json:"origin,omitzero"`
	// Called is what a sentence calls it, such as "the chance of an election". Of the
	// model's parameters only, as is Span: where it may plausibly lie.
	Called language.Text `json:"called,omitzero"`
	Span   Span          `json:"span,omitzero"`
}

// Assumption is the origin of a default that no source is behind.
func Assumption() language.Text { return language.Of("origin.assumption") }

// about is what is said of a parameter of the model: what it means, by itself, and
// behind a dot what it is called, why its span, and what its default rests on.
func about(name, what string) language.Text {
	return language.Of("parameter." + strings.ReplaceAll(name, "[]", "") + what)
}

// entry is a parameter with the place that it stands for, in a scenario or an actor.
type entry[T any] struct {
	Parameter
	real  func(*T) *float64
	whole func(*T) *int
}

// judge refuses a value out of the parameter's range, and reports whether it is in.
func (p *Parameter) judge(f *fault.Fields, path string, v float64) bool {
	// Written so that NaN fails.
	if v >= p.Min && v <= p.Max && (!p.Whole || v == math.Trunc(v)) {
		return true
	}
	want := language.Of("want.sim-number", "low", plain(p.Min), "high", plain(p.Max), "unit", p.Unit)
	if p.Whole {
		want.ID = "want.sim-whole"
	}
	var value any = v
	if p.Whole && v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		value = int64(v) // 1000000, not 1e+06
	}
	f.Add(path, fault.Range, value, want)
	return false
}

func plain(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func (e *entry[T]) get(of *T) float64 {
	if e.whole != nil {
		return float64(*e.whole(of))
	}
	return *e.real(of)
}

func (e *entry[T]) put(of *T, v float64) {
	if e.whole != nil {
		*e.whole(of) = int(v)
		return
	}
	*e.real(of) = v
}

// find gives the entry of a name; nil where there is none.
func find[T any](table []entry[T], name string) *entry[T] {
	for i := range table {
		if table[i].Name == name {
			return &table[i]
		}
	}
	return nil
}

func parameters[T any](table []entry[T]) []Parameter {
	all := make([]Parameter, len(table))
	for i := range table {
		all[i] = table[i].Parameter
	}
	return spanned(all)
}

// assumed is a parameter whose default has no source behind it.
func assumed(name string, unit language.Text, low, high, usual float64) Parameter {
	return Parameter{Name: name, Unit: unit, Min: low, Max: high, Default: usual, Value: usual, Meaning: about(name, ""), Origin: Assumption()}
}

func number(name string, unit language.Text, low, high, usual float64, where func(*Scenario) *float64) entry[Scenario] {
	return entry[Scenario]{Parameter: assumed(name, unit, low, high, usual), real: where}
}

func (e entry[T]) from(origin language.Text) entry[T] {
	e.Origin = origin
	return e
}

// founded is a parameter of whose default there is more to say than that it is assumed.
func (e entry[T]) founded() entry[T] { return e.from(about(e.Name, ".origin")) }

func whole[T any](name string, unit language.Text, low, high, usual float64, where func(*T) *int) entry[T] {
	e := entry[T]{Parameter: assumed(name, unit, low, high, usual), whole: where}
	e.Whole = true
	return e
}

func ofActor(name string, unit language.Text, low, high, usual float64, where func(*CastActor) *float64) entry[CastActor] {
	return entry[CastActor]{Parameter: assumed("actors[]."+name, unit, low, high, usual), real: where}
}

var (
	perMonth    = language.Of("unit.chance")
	share       = language.Of("unit.share")
	shareAMonth = language.Of("unit.share-a-month")
	months      = language.Of("unit.months")
	// scale is the scale of positions in the model: that of reich divided by 7.
	scale            = language.Of("unit.positions")
	scaleOfPositions = language.Of("unit.scale-of-positions")
	scaleOfPower     = language.Of("unit.scale-of-power")
	effortUnit       = language.Of("unit.effort")
	effortAMonth     = language.Of("unit.effort-a-month")
	timesSupport     = language.Of("unit.times-support")
	actorsStoodFor   = language.Of("unit.actors")
)

const (
	// leastDifficulty keeps a month's progress finite.
	leastDifficulty = 1e-3

	leastWeight, mostWeight = 1e-6, 1e6
)

var register = []entry[Scenario]{
	whole("horizon", months, 1, maxHorizon, 120, func(s *Scenario) *int { return &s.Horizon }),

	number("positions.pace", share, 0, 1, 0.05, func(s *Scenario) *float64 { return &s.Positions.Pace }).founded(),
	number("positions.noise", scale, 0, 1, 0.02, func(s *Scenario) *float64 { return &s.Positions.Noise }),
	number("positions.progress", scale, 0, 100, 0.5, func(s *Scenario) *float64 { return &s.Positions.Progress }),
	number("positions.persuasion", scale, 0, 2, 0.07, func(s *Scenario) *float64 { return &s.Positions.Persuasion }).founded(),
	number("positions.half", effortUnit, leastDifficulty, 1e6, 6, func(s *Scenario) *float64 { return &s.Positions.Half }).founded(),
	number("positions.lasting", share, 0, 1, 0.3, func(s *Scenario) *float64 { return &s.Positions.Lasting }).founded(),

	number("work.rated", effortUnit, leastDifficulty, 1e6, 6, func(s *Scenario) *float64 { return &s.Work.Rated }).founded(),
	number("work.derived", effortUnit, leastDifficulty, 1e6, 3, func(s *Scenario) *float64 { return &s.Work.Derived }).founded(),
	number("work.upkeep", shareAMonth, 0, 1, 0.02, func(s *Scenario) *float64 { return &s.Work.Upkeep }),
	number("work.spread", share, 0, 0.999, 0.5, func(s *Scenario) *float64 { return &s.Work.Spread }),
	number("work.carry", share, 0, 1, 0.5, func(s *Scenario) *float64 { return &s.Work.Carry }),

	number("coalition.join", scaleOfPositions, -7, 7, 1, func(s *Scenario) *float64 { return &s.Coalition.Join }).founded(),

	number("debt.drag", share, 0, 1, 0.5, func(s *Scenario) *float64 { return &s.Debt.Drag }).founded(),
	number("debt.disappointment", scale, 0, 1, 0.025, func(s *Scenario) *float64 { return &s.Debt.Disappointment }).founded(),

	number("opposition.tolerance", timesSupport, 0, 1e3, 1, func(s *Scenario) *float64 { return &s.Opposition.Tolerance }),
	whole("opposition.patience", months, 1, 600, 3, func(s *Scenario) *int { return &s.Opposition.Patience }),

	number("suspension.debt", perMonth, 0, 1, 0.1, func(s *Scenario) *float64 { return &s.Suspension.Debt }).founded(),
	whole("suspension.least", months, 1, 600, 2, func(s *Scenario) *int { return &s.Suspension.Least }),
	whole("suspension.limit", months, 1, 600, 24, func(s *Scenario) *int { return &s.Suspension.Limit }),

	number("commitments.recovery", shareAMonth, 0, 1, 0.05, func(s *Scenario) *float64 { return &s.Commitments.Recovery }),

	whole("review.interval", months, 1, 600, 6, func(s *Scenario) *int { return &s.Review.Interval }),

	number("shocks.election.hazard", perMonth, 0, 1, 1.0/60, func(s *Scenario) *float64 { return &s.Shocks.Election.Hazard }),
	number("shocks.election.shift", scale, 0, 2, 0.4, func(s *Scenario) *float64 { return &s.Shocks.Election.Shift }),
	number("shocks.donor_exit.hazard", perMonth, 0, 1, 0.005, func(s *Scenario) *float64 { return &s.Shocks.DonorExit.Hazard }),
	number("shocks.epidemic.hazard", perMonth, 0, 1, 0.005, func(s *Scenario) *float64 { return &s.Shocks.Epidemic.Hazard }),
	whole("shocks.epidemic.months", months, 1, 600, 12, func(s *Scenario) *int { return &s.Shocks.Epidemic.Months }),
	number("shocks.epidemic.salience", scale, 0, 2, 0.03, func(s *Scenario) *float64 { return &s.Shocks.Epidemic.Salience }).founded(),
	number("shocks.epidemic.capacity", share, 0, 1, 0.6, func(s *Scenario) *float64 { return &s.Shocks.Epidemic.Capacity }),
	number("shocks.fiscal_crisis.hazard", perMonth, 0, 1, 1.0/120, func(s *Scenario) *float64 { return &s.Shocks.FiscalCrisis.Hazard }),
	number("shocks.fiscal_crisis.left", share, 0, 1, 0.6, func(s *Scenario) *float64 { return &s.Shocks.FiscalCrisis.Left }),
	number("shocks.scandal.hazard", perMonth, 0, 1, 0.01, func(s *Scenario) *float64 { return &s.Shocks.Scandal.Hazard }),
	number("shocks.scandal.shift", scale, 0, 2, 0.3, func(s *Scenario) *float64 { return &s.Shocks.Scandal.Shift }),
}

var actorRegister = []entry[CastActor]{
	ofActor("position", scaleOfPositions, -7, 7, 0, func(a *CastActor) *float64 { return &a.Position }).founded(),
	ofActor("power", scaleOfPower, 1, 7, 4, func(a *CastActor) *float64 { return &a.Power }).founded(),
	ofActor("weight", actorsStoodFor, leastWeight, mostWeight, 1, func(a *CastActor) *float64 { return &a.Weight }).from(language.Typed("reich")),
	ofActor("attachment", share, 0, 1, 0.5, func(a *CastActor) *float64 { return &a.Attachment }).founded(),
	ofActor("effort", effortAMonth, 0, 1e4, 1, func(a *CastActor) *float64 { return &a.Effort }),
	ofActor("commitment", share, 0, 1, 1, func(a *CastActor) *float64 { return &a.Commitment }),
	whole("actors[].until", months, 0, 600, 0, func(a *CastActor) *int { return &a.Until }),
	whole("actors[].from", months, 0, maxHorizon, 0, func(a *CastActor) *int { return &a.From }),
}

// criterionRegister is for what a criterion says of itself. Its defaults are
// those of Work.
var criterionRegister = []Parameter{
	assumed("criteria[].difficulty", effortUnit, leastDifficulty, 1e6, 6),
	assumed("criteria[].upkeep", shareAMonth, 0, 1, 0),
}

// eventRegister is for shocks that have a date, which has to be said.
var eventRegister = []Parameter{
	sure("events[].month", months, 1, maxHorizon, 1),
}

func sure(name string, unit language.Text, low, high, usual float64) Parameter {
	p := assumed(name, unit, low, high, usual)
	p.Whole = true
	return p
}

// influenceRegister is for who listens to whom.
var influenceRegister = []Parameter{
	assumed("influence[].weight", share, 0, 1, 0),
}

// Register lists every parameter of the model: those of a scenario, of an
// actor, of an influence, of a criterion and of an event.
func Register() []Parameter {
	return slices.Concat(parameters(register), parameters(actorRegister), spanned(influenceRegister), spanned(criterionRegister), spanned(eventRegister))
}

// parameter is that of a name in the register, or none.
func parameter(name string) Parameter {
	for _, p := range Register() {
		if p.Name == name {
			return p
		}
	}
	return Parameter{}
}

// spanned adds what each is called, and where it may lie, to a copy.
func spanned(list []Parameter) []Parameter {
	list = slices.Clone(list)
	for i := range list {
		p := &list[i]
		p.Called, p.Span = about(p.Name, ".called"), plausible[p.Name]
		p.Span.Why = about(p.Name, ".span")
	}
	return list
}

// Parameters lists the parameters of the scenario, with their values; those of
// actors and criteria are left to [Register].
func (s Scenario) Parameters() []Parameter {
	all := parameters(register)
	for i := range all {
		all[i].Value = register[i].get(&s)
	}
	return all
}

func registerNames() []string {
	var names []string
	for _, p := range slices.Concat(parameters(register), parameters(actorRegister)) {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return names
}

//go:embed data/scenario.schema.json
var schema []byte

// Schema gives the JSON Schema (draft 2020-12) of a scenario.
func Schema() []byte { return slices.Clone(schema) }
