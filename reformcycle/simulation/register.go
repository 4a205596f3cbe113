package simulation

// The register: every parameter of the model in one table, from which the
// defaults, the checks and the documentation are made.

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Parameter is a number that the model, or a policy, depends on.
type Parameter struct {
	// Name is its path in the scenario's JSON, such as
	// "shocks.election.hazard"; "actors[]." stands for each actor.
	Name string `json:"name"`
	// Unit says what it counts.
	Unit string `json:"unit"`
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
	Meaning string `json:"meaning"`
	// Origin is [Assumption], what it was chosen for ([Chosen]), or the source that the
	// default rests on.
	Origin string `json:"origin"`
	// Called is what a sentence calls it, such as "the chance of an election". Of the
	// model's parameters only, as is Span: where it may plausibly lie.
	Called string `json:"called,omitempty"`
	Span   Span   `json:"span,omitzero"`
}

// Assumption is the origin of a default that no source is behind. Chosen begins that of
// one which was chosen for the patterns of docs/simulation.md, and names them.
const (
	Assumption = "assumption"
	Chosen     = "chosen so that "
)

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
	kind := "a number"
	if p.Whole {
		kind = "a whole number"
	}
	want := fmt.Sprintf("%s from %s to %s (%s)", kind, plain(p.Min), plain(p.Max), p.Unit)
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
func assumed(name, unit string, low, high, usual float64, meaning string) Parameter {
	return Parameter{Name: name, Unit: unit, Min: low, Max: high, Default: usual, Value: usual, Meaning: meaning, Origin: Assumption}
}

func number(name, unit string, low, high, usual float64, meaning string, where func(*Scenario) *float64) entry[Scenario] {
	return entry[Scenario]{Parameter: assumed(name, unit, low, high, usual, meaning), real: where}
}

func (e entry[T]) from(origin string) entry[T] {
	e.Origin = origin
	return e
}

func (e entry[T]) chosen(so string) entry[T] { return e.from(Chosen + so) }

func whole[T any](name, unit string, low, high, usual float64, meaning string, where func(*T) *int) entry[T] {
	e := entry[T]{Parameter: assumed(name, unit, low, high, usual, meaning), whole: where}
	e.Whole = true
	return e
}

func ofActor(name, unit string, low, high, usual float64, meaning, origin string, where func(*CastActor) *float64) entry[CastActor] {
	return entry[CastActor]{Parameter: assumed("actors[]."+name, unit, low, high, usual, meaning), real: where}.from(origin)
}

const (
	perMonth = "chance per month"
	share    = "share"
	months   = "months"
	// scale is the scale of positions in the model: that of reich divided by 7.
	scale       = "positions, -1 to 1"
	effortUnit  = "effort-months"
	reichScales = "reich (the scale and the middle of its bands)"
	// leastDifficulty keeps a month's progress finite.
	leastDifficulty = 1e-3

	leastWeight, mostWeight = 1e-6, 1e6
)

var register = []entry[Scenario]{
	whole("horizon", months, 1, maxHorizon, 120, "How long a run lasts.", func(s *Scenario) *int { return &s.Horizon }),

	number("positions.pace", share, 0, 1, 0.05, "Share of the way to where it is drawn that an actor goes in a month.", func(s *Scenario) *float64 { return &s.Positions.Pace }).chosen("a moderate opponent is won in years, hardly in months (P5)"),
	number("positions.noise", scale, 0, 1, 0.02, "Standard deviation of the position of an actor that is wholly attached to it, in the long run.", func(s *Scenario) *float64 { return &s.Positions.Noise }),
	number("positions.progress", scale, 0, 100, 0.5, "How far an actor moves for a month's progress, were that the whole checklist and it attached to nothing.", func(s *Scenario) *float64 { return &s.Positions.Progress }),
	number("positions.persuasion", scale, 0, 2, 0.07, "The most that persuasion moves an actor in a month, were it attached to nothing.", func(s *Scenario) *float64 { return &s.Positions.Persuasion }).chosen("persuasion pays where opposition is strong (P5, P6)"),
	number("positions.half", effortUnit, leastDifficulty, 1e6, 6, "Effort in a month that has half of that effect on an actor with the pull of all members together.", func(s *Scenario) *float64 { return &s.Positions.Half }).chosen("persuasion pays where opposition is strong, and the powerful cost more (P5, P6)"),
	number("positions.lasting", share, 0, 1, 0.3, "Share of what persuasion does that stays: it moves the position that the actor is attached to.", func(s *Scenario) *float64 { return &s.Positions.Lasting }).chosen("what is won stays won (P5, P6)"),

	number("work.rated", effortUnit, leastDifficulty, 1e6, 6, "Effort that takes a rated criterion from nothing to highly functional.", func(s *Scenario) *float64 { return &s.Work.Rated }).chosen("a reform takes years, and most finish a lap in ten (P1, P10)"),
	number("work.derived", effortUnit, leastDifficulty, 1e6, 3, "Effort that takes a derived criterion from nothing to highly functional.", func(s *Scenario) *float64 { return &s.Work.Derived }).chosen("a reform takes years, and most finish a lap in ten (P1, P10)"),
	number("work.upkeep", share+" a month", 0, 1, 0.02, "What a month after launch takes from the progress of a rated criterion of the last three stages.", func(s *Scenario) *float64 { return &s.Work.Upkeep }),
	number("work.spread", share, 0, 0.999, 0.5, "How far what an effort yields may be from what was expected.", func(s *Scenario) *float64 { return &s.Work.Spread }),
	number("work.carry", share, 0, 1, 0.5, "Progress that a renewal carries over to the new lap.", func(s *Scenario) *float64 { return &s.Work.Carry }),

	number("coalition.join", "the scale of positions", -7, 7, 1, "Position from which one of the cast is willing to join the coalition.", func(s *Scenario) *float64 { return &s.Coalition.Join }).from("reich (where support begins)"),

	number("debt.drag", share, 0, 1, 0.5, "What work loses of its yield after a launch, were all owed that was required.", func(s *Scenario) *float64 { return &s.Debt.Drag }).chosen("haste finishes later (P1)"),
	number("debt.disappointment", scale, 0, 1, 0.025, "How far every actor is moved towards opposition in a month after a launch, were all owed.", func(s *Scenario) *float64 { return &s.Debt.Disappointment }).chosen("haste is abandoned more (P1)"),

	number("opposition.tolerance", "times support", 0, 1e3, 1, "Opposition beyond this suspends, if it lasts.", func(s *Scenario) *float64 { return &s.Opposition.Tolerance }),
	whole("opposition.patience", months, 1, 600, 3, "For how long running opposition has to exceed the tolerance.", func(s *Scenario) *int { return &s.Opposition.Patience }),

	number("suspension.debt", perMonth, 0, 1, 0.1, "Chance of a suspension in a month after a launch, were all owed.", func(s *Scenario) *float64 { return &s.Suspension.Debt }).chosen("haste is suspended more (P1)"),
	whole("suspension.least", months, 1, 600, 2, "How long a suspension lasts at least, unless the limit ends it.", func(s *Scenario) *int { return &s.Suspension.Least }),
	whole("suspension.limit", months, 1, 600, 24, "Suspension for so long in a row ends in abandonment.", func(s *Scenario) *int { return &s.Suspension.Limit }),

	number("commitments.recovery", share+" a month", 0, 1, 0.05, "How much of what a crisis took from commitments comes back.", func(s *Scenario) *float64 { return &s.Commitments.Recovery }),

	whole("review.interval", months, 1, 600, 6, "How often a policy gets feedback.", func(s *Scenario) *int { return &s.Review.Interval }),

	number("shocks.election.hazard", perMonth, 0, 1, 1.0/60, "Chance of an election that may change the government.", func(s *Scenario) *float64 { return &s.Shocks.Election.Hazard }),
	number("shocks.election.shift", scale, 0, 2, 0.4, "The most that an election moves the actors of government, up or down, for good.", func(s *Scenario) *float64 { return &s.Shocks.Election.Shift }),
	number("shocks.donor_exit.hazard", perMonth, 0, 1, 0.005, "Chance that one development partner leaves.", func(s *Scenario) *float64 { return &s.Shocks.DonorExit.Hazard }),
	number("shocks.epidemic.hazard", perMonth, 0, 1, 0.005, "Chance of an epidemic.", func(s *Scenario) *float64 { return &s.Shocks.Epidemic.Hazard }),
	whole("shocks.epidemic.months", months, 1, 600, 12, "How long an epidemic keeps a window open.", func(s *Scenario) *int { return &s.Shocks.Epidemic.Months }),
	number("shocks.epidemic.salience", scale, 0, 2, 0.03, "How far an epidemic moves an actor towards support in a month, were it attached to nothing.", func(s *Scenario) *float64 { return &s.Shocks.Epidemic.Salience }).chosen("a window brings a coalition forward (P9)"),
	number("shocks.epidemic.capacity", share, 0, 1, 0.6, "Effort that is left during an epidemic.", func(s *Scenario) *float64 { return &s.Shocks.Epidemic.Capacity }),
	number("shocks.fiscal_crisis.hazard", perMonth, 0, 1, 1.0/120, "Chance of a fiscal crisis.", func(s *Scenario) *float64 { return &s.Shocks.FiscalCrisis.Hazard }),
	number("shocks.fiscal_crisis.left", share, 0, 1, 0.6, "Commitments that a fiscal crisis leaves.", func(s *Scenario) *float64 { return &s.Shocks.FiscalCrisis.Left }),
	number("shocks.scandal.hazard", perMonth, 0, 1, 0.01, "Chance of a scandal.", func(s *Scenario) *float64 { return &s.Shocks.Scandal.Hazard }),
	number("shocks.scandal.shift", scale, 0, 2, 0.3, "How far a scandal moves the actors of government towards opposition, for a while.", func(s *Scenario) *float64 { return &s.Shocks.Scandal.Shift }),
}

var actorRegister = []entry[CastActor]{
	ofActor("position", "the scale of positions", -7, 7, 0, "Where it stands at the start, and the position that it is attached to.", reichScales, func(a *CastActor) *float64 { return &a.Position }),
	ofActor("power", "the scale of power", 1, 7, 4, "How much it can do for or against.", reichScales, func(a *CastActor) *float64 { return &a.Power }),
	ofActor("weight", "actors that it stands for", leastWeight, mostWeight, 1, "Multiplies its share in support and opposition.", "reich", func(a *CastActor) *float64 { return &a.Weight }),
	ofActor("attachment", share, 0, 1, 0.5, "How much of where it is drawn to is its first position, whatever it hears.", Chosen+"a moderate opponent can be won and a firm one seldom (P5)", func(a *CastActor) *float64 { return &a.Attachment }),
	ofActor("effort", effortUnit+" a month", 0, 1e4, 1, "What it gives in a month of full support, while a member.", Assumption, func(a *CastActor) *float64 { return &a.Effort }),
	ofActor("commitment", share, 0, 1, 1, "Share of its effort that it is committed to give.", Assumption, func(a *CastActor) *float64 { return &a.Commitment }),
	whole("actors[].until", months, 0, 600, 0, "Month after which its commitment ends; 0 for open-ended.", func(a *CastActor) *int { return &a.Until }),
	whole("actors[].from", months, 0, maxHorizon, 0, "First month in which it is there, for who is expected; 0 for the start.", func(a *CastActor) *int { return &a.From }),
}

// criterionRegister is for what a criterion says of itself. Its defaults are
// those of Work.
var criterionRegister = []Parameter{
	assumed("criteria[].difficulty", effortUnit, leastDifficulty, 1e6, 6, "Effort from nothing to highly functional; left out, what work says of its kind."),
	assumed("criteria[].upkeep", share+" a month", 0, 1, 0, "What a month after launch takes from its progress; left out, what work says of its kind."),
}

// eventRegister is for shocks that have a date, which has to be said.
var eventRegister = []Parameter{
	sure("events[].month", months, 1, maxHorizon, 1, "Month in which a shock strikes for sure."),
}

func sure(name, unit string, low, high, usual float64, meaning string) Parameter {
	p := assumed(name, unit, low, high, usual, meaning)
	p.Whole = true
	return p
}

// influenceRegister is for who listens to whom.
var influenceRegister = []Parameter{
	assumed("influence[].weight", share, 0, 1, 0, "Share of what the listener hears; left out with the listener, in proportion to pull, its own included."),
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
		w := plausible[list[i].Name]
		list[i].Called, list[i].Span = w.called, w.Span
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

func registerNames() string {
	var names []string
	for _, p := range slices.Concat(parameters(register), parameters(actorRegister)) {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

//go:embed data/scenario.schema.json
var schema []byte

// Schema gives the JSON Schema (draft 2020-12) of a scenario.
func Schema() []byte { return slices.Clone(schema) }
