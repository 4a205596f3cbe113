package simulation

// The scenario: where a reform stands, who is in it, and how the world is
// assumed to work. Every number in it is in the register (register.go), with
// its unit, range, default and origin.

import (
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// The limits on what one scenario may hold.
const (
	maxActors   = 200
	maxCriteria = 1000
	maxNotes    = 1000
	maxEvents   = 1000
	maxHorizon  = 600
	maxLabel    = 128
	maxText     = 4096
)

// Scenario is what a simulation starts from and what it assumes. It is plain,
// mutable data; a [Model] is the proof that one is valid. [NewScenario] fills
// in the defaults, and so does [ParseScenario] for what the JSON leaves out;
// the zero value has no actors and no months and is refused.
type Scenario struct {
	// Name is what people call it, at most 128 characters.
	Name string `json:"name"`
	// Illustrative says that it was made up to show something. A scenario that
	// stands for a real reform says in Notes what it rests on.
	Illustrative bool `json:"illustrative,omitempty"`
	// Checklist is the name@version of the checklist that guards the stages.
	Checklist string `json:"checklist"`
	// Horizon is how many months a run lasts, 1 to 600.
	Horizon int `json:"horizon"`
	// Start is where the reform stands.
	Start Start `json:"start"`
	// Actors are the cast, 1 to 200, each with its own id.
	Actors []CastActor `json:"actors"`
	// Influence says who listens to whom. The weights of one listener sum to 1.
	// An actor that is no listener here hears all who are there, itself included,
	// in proportion to their pull, which is power times weight.
	Influence []Influence `json:"influence,omitempty"`
	// Criteria names those that start above nothing or differ from what Work
	// says of their kind.
	Criteria []CriterionWork `json:"criteria,omitempty"`
	// Missing are the required criteria of the coalition that nobody of the cast
	// can ever meet, by id: runs go on with them out of reach. One that is out of
	// reach and not named here is refused. [FromState] lists them; who is expected
	// joins Actors with the month in From.
	Missing []string `json:"missing,omitempty"`
	// Events are shocks of given months, beside the hazards.
	Events []Event `json:"events,omitempty"`

	Positions   Positions   `json:"positions"`
	Work        Work        `json:"work"`
	Coalition   Joining     `json:"coalition"`
	Debt        Debt        `json:"debt"`
	Opposition  Opposition  `json:"opposition"`
	Suspension  Suspension  `json:"suspension"`
	Commitments Commitments `json:"commitments"`
	Review      Feedback    `json:"review"`
	Shocks      Shocks      `json:"shocks"`

	// Notes say what the scenario rests on, as somebody typed it.
	Notes []string `json:"notes,omitempty"`
	// Assumed says what was assumed in making it of a cycle: see [FromState].
	Assumed []language.Text `json:"assumed,omitempty"`
}

// Start is where a reform stands when a run begins.
type Start struct {
	// Stage at which it stands; left out, problem prioritization.
	Stage reformcycle.Stage `json:"stage,omitempty"`
	// Suspended says that it is held at its stage.
	Suspended bool `json:"suspended,omitempty"`
	// Launched says that an earlier lap has launched a programme already, so
	// that what needs upkeep decays from the first month.
	Launched bool `json:"launched,omitempty"`
	// Debts are the guards that are readiness debt: ids of required criteria,
	// or reformcycle.CoalitionVeto.
	Debts []string `json:"debts,omitempty"`
	// Waived are the required criteria that are waived for the first lap.
	Waived []string `json:"waived,omitempty"`
}

// CastActor is a stakeholder in a scenario. [NewCastActor] fills in the defaults.
type CastActor struct {
	// ID names it: the rules are those of stakeholders.Actor.
	ID string `json:"id"`
	// Name is what people call it; left out, its id.
	Name string `json:"name,omitempty"`
	// Constituency is where it comes from.
	Constituency stakeholders.Constituency `json:"constituency"`
	// Roles it has in the coalition, while a member.
	Roles []stakeholders.Role `json:"roles,omitempty"`
	// Member says that it is in the coalition from the start, or from when it is
	// there. Members alone give effort.
	Member bool `json:"member,omitempty"`
	// Veto says that its refusal alone blocks.
	Veto bool `json:"veto,omitempty"`
	// Position at the start, and the one that it is attached to: −7 to +7.
	Position float64 `json:"position"`
	// Power from 1 to 7.
	Power float64 `json:"power"`
	// Weight of the actor in the indices, above 0: how many it stands for.
	Weight float64 `json:"weight"`
	// Attachment to its first position, λ of the Friedkin–Johnsen model: 0, all
	// influence, to 1, none.
	Attachment float64 `json:"attachment"`
	// Effort it gives in a month of full support while a member, in effort-months.
	Effort float64 `json:"effort"`
	// Commitment is the share of its effort that it is committed to give.
	Commitment float64 `json:"commitment"`
	// Until is the month after which its commitment ends; 0 for open-ended.
	Until int `json:"until,omitempty"`
	// From is the first month in which it is there, for who is expected: until then
	// it counts nowhere. 0 for who is there from the start; one beyond the horizon
	// never comes.
	From int `json:"from,omitempty"`
}

// Event is a shock of a given month: an election that is due, say. It strikes as
// it would by chance in a month whose hazard is 1, and once, whatever the hazard.
type Event struct {
	// Month from 1 on; one beyond the horizon never comes.
	Month int `json:"month"`
	// Shock is its kind, such as "election".
	Shock ShockKind `json:"shock"`
}

// Influence is the share of what an actor hears that comes from another.
type Influence struct {
	// Listener and Of are ids of actors; they may be the same.
	Listener string  `json:"listener"`
	Of       string  `json:"of"`
	Weight   float64 `json:"weight"`
}

// CriterionWork says how a criterion stands and how hard it is.
type CriterionWork struct {
	// ID of a criterion of the checklist, other than one that is computed from
	// positions.
	ID string `json:"id"`
	// Level at the start. Unknown counts as nothing done.
	Level assessment.Level `json:"level,omitempty"`
	// Difficulty is the effort, in effort-months, from nothing to highly
	// functional; left out, Work.Rated or Work.Derived.
	Difficulty *float64 `json:"difficulty,omitempty"`
	// Upkeep is the share of its progress that a month takes away after launch,
	// unless work makes up for it; left out, Work.Upkeep for a rated criterion of
	// the last three stages and none for others. Derived criteria have none: what
	// is recorded stays.
	Upkeep *float64 `json:"upkeep,omitempty"`
}

// Positions says how positions move.
type Positions struct {
	// Pace is the share of the way to where it is drawn that an actor goes in a
	// month. Positions run from −1 to 1 in the model.
	Pace float64 `json:"pace"`
	// Noise is how far the position of an actor that is wholly attached to it
	// spreads, in the long run, for reasons of its own: a standard deviation.
	Noise float64 `json:"noise"`
	// Progress is how far all actors move for a month's progress, were that
	// progress the whole checklist.
	Progress float64 `json:"progress"`
	// Persuasion is the most that persuasion moves an actor in a month, were it
	// attached to nothing. Half is the effort that has half of that effect on
	// an actor with as much pull as all members together.
	Persuasion float64 `json:"persuasion"`
	Half       float64 `json:"half"`
	// Lasting is the share of what persuasion does that moves what the actor is
	// attached to as well, for good.
	Lasting float64 `json:"lasting"`
}

// Joining says who of the cast joins the coalition where it lacks somebody.
type Joining struct {
	// Join is the position, −7 to +7, from which an actor is willing.
	Join float64 `json:"join"`
}

// Debt says what readiness debt costs once a programme was launched. What is owed
// counts by its weight, as a share of all that was required of the stages behind.
type Debt struct {
	// Drag is the share that work loses of what it yields where all is owed.
	Drag float64 `json:"drag"`
	// Disappointment moves every actor towards opposition in a month where all is
	// owed.
	Disappointment float64 `json:"disappointment"`
}

// Work says how criteria progress.
type Work struct {
	// Rated and Derived are the difficulties of criteria, in effort-months.
	Rated   float64 `json:"rated"`
	Derived float64 `json:"derived"`
	// Upkeep of the rated criteria of launch, governance, and management and
	// learning.
	Upkeep float64 `json:"upkeep"`
	// Spread of what a month's effort yields: from 1 − spread to 1 + spread
	// times what was expected.
	Spread float64 `json:"spread"`
	// Carry is the share of progress that a renewal carries over.
	Carry float64 `json:"carry"`
}

// Opposition says when it suspends a reform that has left coalition building; before
// that it blocks. A veto does as opposition beyond the tolerance does.
type Opposition struct {
	// Tolerance is how many times support opposition may be.
	Tolerance float64 `json:"tolerance"`
	// Patience is for how many months running it has to exceed that.
	Patience int `json:"patience"`
}

// Suspension says how it comes by debt, and how it ends.
type Suspension struct {
	// Debt is the chance a month of a suspension, after a launch, where all is owed.
	Debt float64 `json:"debt"`
	// Least is how many months a suspension lasts at least, unless Limit ends it.
	Least int `json:"least"`
	// Limit is how many months in a row end in abandonment.
	Limit int `json:"limit"`
}

// Commitments says how they recover.
type Commitments struct {
	// Recovery is the share of what a crisis took away that comes back in a
	// month.
	Recovery float64 `json:"recovery"`
}

// Feedback says how often a policy gets feedback.
type Feedback struct {
	// Interval between two, in months.
	Interval int `json:"interval"`
}

// Shocks are what may strike from outside. A hazard is a chance per month.
type Shocks struct {
	Election     Election     `json:"election"`
	DonorExit    DonorExit    `json:"donor_exit"`
	Epidemic     Epidemic     `json:"epidemic"`
	FiscalCrisis FiscalCrisis `json:"fiscal_crisis"`
	Scandal      Scandal      `json:"scandal"`
}

// Election shifts all actors of the group government, for good.
type Election struct {
	Hazard float64 `json:"hazard"`
	// Shift is the most that an election moves them, up or down.
	Shift float64 `json:"shift"`
}

// DonorExit takes away one of the development partners, with its commitment.
type DonorExit struct {
	Hazard float64 `json:"hazard"`
}

// Epidemic opens a window of opportunity and takes capacity away.
type Epidemic struct {
	Hazard float64 `json:"hazard"`
	// Months it lasts.
	Months int `json:"months"`
	// Salience moves every actor towards support, each month.
	Salience float64 `json:"salience"`
	// Capacity is the share of effort that is left.
	Capacity float64 `json:"capacity"`
}

// FiscalCrisis scales every commitment.
type FiscalCrisis struct {
	Hazard float64 `json:"hazard"`
	// Left is the share of commitments that is left.
	Left float64 `json:"left"`
}

// Scandal shifts the actors of the group government towards opposition, for a
// while: they keep the position that they are attached to.
type Scandal struct {
	Hazard float64 `json:"hazard"`
	Shift  float64 `json:"shift"`
}

// NewScenario gives a scenario with the defaults of the register and the
// built-in checklist, at problem prioritization.
func NewScenario(name string, actors ...CastActor) Scenario {
	s := Scenario{Name: name, Checklist: reformcycle.ReformChecklist().ID(), Actors: slices.Clone(actors)}
	for i := range register {
		register[i].put(&s, register[i].Default)
	}
	return s
}

// NewCastActor gives an actor with the defaults of the register: outside the coalition,
// and at position 0, at which it gives no effort and is on neither side.
func NewCastActor(id string, from stakeholders.Constituency) CastActor {
	a := CastActor{ID: id, Constituency: from}
	for i := range actorRegister {
		actorRegister[i].put(&a, actorRegister[i].Default)
	}
	return a
}

// Clone gives a copy that shares nothing with the scenario.
func (s Scenario) Clone() Scenario {
	s.Start.Debts = slices.Clone(s.Start.Debts)
	s.Start.Waived = slices.Clone(s.Start.Waived)
	s.Actors = slices.Clone(s.Actors)
	for i := range s.Actors {
		s.Actors[i].Roles = slices.Clone(s.Actors[i].Roles)
	}
	s.Influence = slices.Clone(s.Influence)
	s.Criteria = slices.Clone(s.Criteria)
	for i := range s.Criteria {
		c := &s.Criteria[i]
		c.Difficulty, c.Upkeep = copied(c.Difficulty), copied(c.Upkeep)
	}
	s.Missing = slices.Clone(s.Missing)
	s.Events = slices.Clone(s.Events)
	s.Notes = slices.Clone(s.Notes)
	s.Assumed = slices.Clone(s.Assumed)
	return s
}

func copied(v *float64) *float64 {
	if v != nil {
		v = new(*v)
	}
	return v
}

// With gives a copy of the scenario in which the parameter of that name in the
// register has another value: for sensitivity analyses. Parameters of actors
// are set for all of them. It refuses a name that the register does not have,
// and a value out of its range.
func (s Scenario) With(name string, value float64) (Scenario, error) {
	var f fault.Fields
	s = s.Clone()
	if p := find(register, name); p != nil {
		p.judge(&f, name, value)
		p.put(&s, value)
	} else if p := find(actorRegister, name); p != nil {
		p.judge(&f, name, value)
		for i := range s.Actors {
			p.put(&s.Actors[i], value)
		}
	} else {
		f.Add("parameter", fault.Known, name, fault.OneOf(registerNames()))
	}
	if err := f.Err(); err != nil {
		return Scenario{}, err
	}
	return s, nil
}

// Validate returns everything that is wrong with the scenario by itself, with
// paths such as "actors[3].power"; what only its checklist can tell,
// [Compile] does.
func (s Scenario) Validate() fault.Fields {
	var f fault.Fields
	f.Text("name", s.Name, fault.ID)
	f.Text("checklist", s.Checklist, fault.ID)
	for i := range register {
		p := &register[i]
		p.judge(&f, p.Name, p.get(&s))
	}
	if s.Start.Stage != 0 && !s.Start.Stage.Valid() {
		f.Add("start.stage", fault.Known, s.Start.Stage.String(), eightStages)
	}
	once(&f, "start.debts", s.Start.Debts)
	once(&f, "start.waived", s.Start.Waived)
	once(&f, "missing", s.Missing)
	for i, id := range s.Missing {
		if d := derivedOf(id); d == nil || d.holds == nil {
			f.Add(fault.At("missing", i), fault.Known, id, fault.OneOf(seats()))
		}
	}
	checkEvents(&f, s.Events)
	checkCast(&f, s.Actors, len(s.Missing) > 0)
	if n := len(s.Actors); n > 0 && n <= maxActors {
		checkHearing(&f, s.Actors, s.Influence)
	}
	checkWork(&f, s.Criteria)
	if f.Count("notes", len(s.Notes), maxNotes) {
		for i, note := range s.Notes {
			f.Text(fault.At("notes", i), note, fault.Note)
		}
	}
	if f.Count("assumed", len(s.Assumed), maxNotes) {
		for i, assumed := range s.Assumed {
			f.Text(fault.At("assumed", i), assumed.String(), fault.Note)
		}
	}
	return f
}

// checkCast judges the cast, of which nobody may be known yet.
func checkCast(f *fault.Fields, actors []CastActor, missing bool) {
	switch n := len(actors); {
	case n == 0 && !missing:
		f.Add("actors", fault.Required, nil, language.Of("want.sim-count", "low", 1, "high", maxActors))
	case n > maxActors:
		f.Add("actors", fault.Length, n, language.Of("want.sim-count", "low", 1, "high", maxActors))
		return
	}
	first := make(map[string]int, len(actors))
	for i, a := range actors {
		path := fault.At("actors", i) + "."
		for j := range actorRegister {
			p := &actorRegister[j]
			p.judge(f, path+strings.TrimPrefix(p.Name, "actors[]."), p.get(&a))
		}
		// The rest is judged by the rules of the actor that it will be in a cycle.
		f.Under(fault.At("actors", i), stakeholders.Actor{ID: a.ID, Name: a.title(), Constituency: a.Constituency, Roles: a.Roles}.Validate())
		if j, taken := first[a.ID]; taken {
			f.Add(path+"id", fault.Unique, a.ID, another(fault.At("actors", j)))
		} else {
			first[a.ID] = i
		}
	}
}

func (a *CastActor) title() string {
	if a.Name == "" {
		return a.ID
	}
	return a.Name
}

// sumTolerance is how far the weights of one listener may sum from 1: what
// writing thirds with ten digits leaves.
const sumTolerance = 1e-9

func checkHearing(f *fault.Fields, actors []CastActor, influence []Influence) {
	if n := len(influence); n > maxActors*maxActors {
		f.Add("influence", fault.Length, n, language.Of("want.sim-pairs"))
		return
	}
	known := make(map[string]bool, len(actors))
	for _, a := range actors {
		known[a.ID] = true
	}
	type pair struct{ listener, of string }
	seen := make(map[pair]bool, len(influence))
	sums := make(map[string]float64)
	for i, w := range influence {
		path := fault.At("influence", i) + "."
		if !known[w.Listener] {
			f.Add(path+"listener", fault.Exists, w.Listener, language.Of("want.sim-actor"))
		}
		if !known[w.Of] {
			f.Add(path+"of", fault.Exists, w.Of, language.Of("want.sim-actor"))
		}
		f.Number(path+"weight", w.Weight, 0, 1)
		if seen[pair{w.Listener, w.Of}] {
			f.Add(path+"of", fault.Unique, w.Of, language.Of("want.sim-once"))
		}
		seen[pair{w.Listener, w.Of}] = true
		sums[w.Listener] += w.Weight
	}
	for i, w := range influence {
		sum, first := sums[w.Listener]
		if !first {
			continue
		}
		delete(sums, w.Listener) // one report a listener, at its first weight
		if !(math.Abs(sum-1) <= sumTolerance) {
			f.Add(fault.At("influence", i)+".weight", fault.Sum, sum, language.Of("want.sim-weights", "listener", fault.Shown(w.Listener)))
		}
	}
}

func checkWork(f *fault.Fields, criteria []CriterionWork) {
	if n := len(criteria); n > maxCriteria {
		f.Add("criteria", fault.Length, n, atMost(maxCriteria))
		return
	}
	first := make(map[string]int, len(criteria))
	for i, c := range criteria {
		path := fault.At("criteria", i) + "."
		f.Text(path+"id", c.ID, fault.ID)
		if j, taken := first[c.ID]; taken {
			f.Add(path+"id", fault.Unique, c.ID, another(fault.At("criteria", j)))
		} else {
			first[c.ID] = i
		}
		if !c.Level.Valid() {
			f.Add(path+"level", fault.Known, c.Level.String(), fault.OneOf(levels()))
		}
		for j := range criterionRegister {
			p := &criterionRegister[j]
			value := c.Difficulty
			if p.Name == "criteria[].upkeep" {
				value = c.Upkeep
			}
			if value == nil {
				continue
			}
			p.judge(f, path+strings.TrimPrefix(p.Name, "criteria[]."), *value)
		}
	}
}

// levels are the names of the levels that a criterion may have.
func levels() (names []string) {
	for l := assessment.Unknown; l.Valid(); l++ {
		names = append(names, l.String())
	}
	return names
}

func checkEvents(f *fault.Fields, events []Event) {
	if !f.Count("events", len(events), maxEvents) {
		return
	}
	first := make(map[Event]int, len(events))
	for i, e := range events {
		path := fault.At("events", i)
		eventRegister[0].judge(f, path+".month", float64(e.Month))
		if e.Shock >= shockKinds {
			said := e.Shock.String()
			if e.Shock == shockKinds {
				said = "" // what was read left it out
			}
			f.Add(path+".shock", fault.Known, said, fault.OneOf(shockNames[:]))
		}
		if j, taken := first[e]; taken {
			f.Add(path+".month", fault.Unique, e.Month, language.Of("want.sim-another-month", "path", fault.At("events", j)))
		} else {
			first[e] = i
		}
	}
}

func once(f *fault.Fields, path string, ids []string) {
	if !f.Count(path, len(ids), maxCriteria) {
		return
	}
	for i, id := range ids {
		f.Text(fault.At(path, i), id, fault.ID)
		if slices.Contains(ids[:i], id) {
			f.Add(fault.At(path, i), fault.Unique, id, language.Of("want.sim-once"))
		}
	}
}
