package simulation

// What a policy sees, and what it decides.

import (
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/stakeholders"
)

// View is what a policy sees of a month: nothing that a coalition
// could not know, and everything that it does. It belongs to the run and
// changes with the next month: a policy reads it and keeps nothing of it.
// Nothing of it is to be written to; Criteria and Actors are the model's.
type View struct {
	// Month from 1 to Horizon.
	Month, Horizon int
	Stage          reformcycle.Stage
	// Lap from 1, counted from the beginning of the run.
	Lap int
	// Status is active or suspended. While suspended, work on criteria comes to
	// nothing and no move is made; persuasion works.
	Status reformcycle.Status
	// Launched says that a programme was launched, in this lap or before, so that
	// what needs upkeep decays.
	Launched bool
	// InStage is how many months have passed since the stage was entered.
	InStage int
	// Budget is the effort, in effort-months, that there is to allocate.
	Budget float64

	// Criteria in the order of the checklist, and the progress of each, from 0
	// to 1. One that is computed has 2/3, functional, where it is met, else 0.
	Criteria []CriterionView
	Progress []float64

	// Actors in the order of the scenario, the position of each, from −7 to +7,
	// whether it is there, and whether it is in the coalition.
	Actors    []ActorView
	Positions []float64
	Engaged   []bool
	Members   []bool

	// Support and Opposition are the indices of stakeholders.Feasibility.
	Support, Opposition float64
	// Vetoed says that an actor with a veto opposes.
	Vetoed bool
	// Unmet is how many guards stand before the next advance or renewal.
	Unmet int
	// Debts is how many guards are readiness debt, and Owed their weight as a share,
	// from 0 to 1, of all that was required of the stages behind.
	Debts int
	Owed  float64
	// Window is for how many more months an epidemic keeps a window open.
	Window int

	// Lost is the share of the required criteria of the stages behind that are not
	// met, as of the last review; SinceReview tells how
	// many months ago that was. Earliest is the first stage behind that had
	// lost one, zero where none had.
	Lost        float64
	Earliest    reformcycle.Stage
	SinceReview int

	model *Model
	open  *openCriteria
	debts []int32
}

// CriterionView is what does not change about a criterion.
type CriterionView struct {
	ID    string
	Stage reformcycle.Stage
	Kind  assessment.Kind
	// Advisory criteria never block.
	Advisory bool
	// Computed criteria follow from positions, or from the districts of a nation: no
	// work goes into them.
	Computed bool
	// Met is the progress at which the criterion is met.
	Met float64
	// Difficulty in effort-months from 0 to 1, and Upkeep a month.
	Difficulty, Upkeep float64
}

// ActorView is what does not change about an actor.
type ActorView struct {
	ID           string
	Constituency stakeholders.Constituency
	Group        stakeholders.Group
	Roles        []stakeholders.Role
	// Member says that it is in the coalition at the start, or as soon as it is there.
	Member, Veto bool
	// Pull is power times weight: what a position counts in the indices.
	Pull float64
}

// spans gives each stage's criteria, a half-open range.
type spans [reformcycle.ManagementAndLearning + 1]struct{ from, to int }

// Span gives the criteria of a stage, as the half-open range [from, to) of
// Criteria.
func (o *View) Span(stage reformcycle.Stage) (from, to int) {
	if !stage.Valid() || o.model == nil {
		return 0, 0
	}
	return o.model.spans[stage].from, o.model.spans[stage].to
}

// Place finds a criterion by its id, in Criteria.
func (o *View) Place(id string) (c int, found bool) {
	if o.model == nil {
		return 0, false
	}
	return o.model.list.Index(id)
}

// Open reports whether a criterion, by its place in Criteria, can be worked on and
// is not met. One of the coalition that waits for somebody who is willing can't, nor
// can those of governance while no government body is a member. There is none at a
// place that Criteria does not have.
func (o *View) Open(c int) bool {
	if uint(c) >= uint(len(o.Criteria)) || uint(c) >= uint(len(o.Progress)) {
		return false
	}
	v := &o.Criteria[c]
	return !v.Computed && !(o.open != nil && o.open.shut[c]) && o.Progress[c] < v.Met
}

type request uint8

const (
	proceed request = iota // advance or renew as soon as it is open
	hold
	override
	revisit
)

// Allocation is what a policy decides for a month. It starts empty: no
// effort, and the cycle proceeds as soon as its guards are met. What is asked
// beyond what there is, or beyond the table of moves, ends the run with a
// [RunError].
//
// Effort goes to single criteria and actors ([Allocation.Work],
// [Allocation.Persuade]), or is spread by one of the pieces that the built-in
// policies are written from, such as [Allocation.SpreadEvenly].
type Allocation struct {
	view   *View // of the month
	budget float64
	spent  float64

	criteria, actors int
	worked, nudged   []spending
	request          request
	to               reformcycle.Stage
	faults           fault.Fields
}

type spending struct {
	on     int
	effort float64
}

// Left is the effort that is not allocated yet; 0 where more was.
func (a *Allocation) Left() float64 {
	if left := a.budget - a.spent; left > 0 {
		return left
	}
	return 0
}

// Work puts effort, in effort-months, into a criterion, by its place in
// View.Criteria. Effort adds up. More than is left, negative and NaN are
// faults.
func (a *Allocation) Work(criterion int, effort float64) {
	if a.accepts("work", criterion, a.criteria, effort) {
		a.worked = a.spend(a.worked, criterion, effort)
	}
}

// Persuade puts effort, in effort-months, into persuading an actor, by its
// place in View.Actors. It shows in the next month.
func (a *Allocation) Persuade(actor int, effort float64) {
	if a.accepts("persuade", actor, a.actors, effort) {
		a.nudged = a.spend(a.nudged, actor, effort)
	}
}

func (a *Allocation) accepts(what string, on, of int, effort float64) bool {
	switch {
	case len(a.faults) >= mostFaults: // more would only fill memory
	case uint(on) >= uint(of):
		a.faults.Add(what, fault.Exists, on, language.Of("want.sim-place", "n", of))
	case !(effort >= 0): // also NaN
		a.faults.Add(fault.At(what, on), fault.Range, effort, language.Of("want.sim-effort"))
	default:
		return effort > 0
	}
	return false
}

const mostFaults = 100

// spend adds effort to a list. The conversions keep a compiler from fusing a
// product that the policy computed with the sums, which would round
// differently on some machines.
func (a *Allocation) spend(list []spending, on int, effort float64) []spending {
	a.spent += float64(effort)
	return append(room(list, 1), spending{on, float64(effort)})
}

// room makes room for more in a list, which has it for twice as much as there is.
func room(list []spending, more int) []spending {
	if len(list)+more > cap(list) {
		return summed(list)
	}
	return list
}

// summed sums the efforts of a list that is full: the same was worked on again and
// again.
func summed(list []spending) []spending {
	all := list[:0]
	for _, s := range list {
		if i := slices.IndexFunc(all, func(other spending) bool { return other.on == s.on }); i >= 0 {
			all[i].effort += s.effort
		} else {
			all = append(all, s)
		}
	}
	return all
}

// Hold keeps the cycle at its stage although its guards may be met.
func (a *Allocation) Hold() { a.request = hold }

// Override advances this month with guards unmet, which become readiness debt.
// At management and learning there is no advance, and asking for one is a
// fault.
func (a *Allocation) Override() { a.request = override }

// Revisit goes back this month to an earlier stage.
func (a *Allocation) Revisit(to reformcycle.Stage) { a.request, a.to = revisit, to }

// RenewAt proceeds as usual, and begins the next lap at the given stage instead
// of at problem prioritization.
func (a *Allocation) RenewAt(stage reformcycle.Stage) { a.request, a.to = proceed, stage }

// overspent is how far beyond the budget, as a share, rounding may carry the
// sum of what was allocated.
const overspent = 1e-9

func (a *Allocation) check() error {
	if most := a.budget + float64(a.budget*overspent); !(a.spent <= most) {
		a.faults.Add("effort", "budget", a.spent, language.Of("want.sim-budget", "budget", plain(a.budget)))
	}
	return a.faults.Err()
}

func (a *Allocation) clear(budget float64) {
	a.worked, a.nudged = a.worked[:0], a.nudged[:0]
	a.budget, a.spent, a.request, a.to = budget, 0, proceed, 0
	if a.view != nil && a.view.open != nil {
		a.view.open.wanted = 0
	}
	if a.faults != nil {
		a.faults = nil
	}
}
