package simulation

// One run in full.

import (
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Trace is one run, month by month. It belongs to whoever asked for it.
type Trace struct {
	// Scenario is the name and Digest the identity of what was run.
	Scenario string   `json:"scenario"`
	Digest   string   `json:"digest"`
	Policy   Identity `json:"policy"`
	Seed     uint64   `json:"seed"`
	// Actors and Criteria name the elements of the lists of each month.
	Actors   []string `json:"actors"`
	Criteria []string `json:"criteria"`
	// Months are the start, which is month 0, and every month that was played.
	Months  []Month    `json:"months"`
	Outcome RunOutcome `json:"outcome"`

	model  *Model
	shocks []ShockKind
	came   []string
	left   []string
	moves  []Move
	joined []Joined
	// progress before the move of the month, if there was one
	before []float64
}

// Month is what happened in one month and how it ended.
type Month struct {
	Month  int                `json:"month"`
	Stage  reformcycle.Stage  `json:"stage"`
	Lap    int                `json:"lap"`
	Status reformcycle.Status `json:"status"`
	// Shocks that struck, and ids of the actors that came, and that left.
	Shocks []ShockKind `json:"shocks,omitempty"`
	Came   []string    `json:"came,omitempty"`
	Left   []string    `json:"left,omitempty"`
	// Positions of the actors, −7 to +7; of one that left, its last, and of one that
	// has not come yet, that with which it will.
	Positions  []float64 `json:"positions"`
	Support    float64   `json:"support"`
	Opposition float64   `json:"opposition"`
	// Budget of effort, in effort-months, and where it went.
	Budget     float64 `json:"budget"`
	Work       []Spent `json:"work,omitempty"`
	Persuasion []Spent `json:"persuasion,omitempty"`
	// Progress of the criteria, 0 to 1, before the move of the month; Carried is
	// what a renewal left of it.
	Progress []float64 `json:"progress"`
	Carried  []float64 `json:"carried,omitempty"`
	// Joined are those who joined the coalition, or took a role in it, for a criterion.
	Joined []Joined `json:"joined,omitempty"`
	// Moves of the month: one at most, as the model is.
	Moves []Move `json:"moves,omitempty"`
	// Debts that are open.
	Debts []string `json:"debts,omitempty"`
}

// Spent is effort, in effort-months, on a criterion or an actor.
type Spent struct {
	On     string  `json:"on"`
	Effort float64 `json:"effort"`
}

// Move is a move of the cycle, and where to, for those that have a choice.
type Move struct {
	Name reformcycle.MoveName `json:"move"`
	To   reformcycle.Stage    `json:"to,omitempty"`
	// Cause of a suspension.
	Cause Cause `json:"cause,omitempty"`
}

// Trace plays run i of a seed once more, and tells all of it. The outcome is
// that of the same run in an ensemble.
//
// Errors are those of [Model.Run]; after a [RunError] the trace tells the months
// up to the one that failed.
func (m *Model) Trace(policy Policy, seed, i uint64) (Trace, error) {
	var f fault.Fields
	checkModel(&f, m)
	id := checkPolicy(&f, policy)
	if i >= MaxRuns {
		f.Add("run", fault.Range, i, wholeFrom(uint64(0), MaxRuns-1))
	}
	if err := f.Err(); err != nil {
		return Trace{}, err
	}
	t := Trace{Scenario: m.scenario.Name, Digest: m.digest, Policy: id, Seed: seed, model: m}
	for _, a := range m.cast {
		t.Actors = append(t.Actors, a.ID)
	}
	for _, c := range m.views {
		t.Criteria = append(t.Criteria, c.ID)
	}
	r := newRun(m, policy, seed)
	r.trace, r.joins = &t, &t.joined
	err := r.play(i)
	t.Outcome = r.outcome
	return t, err
}

func (t *Trace) start(r *run) {
	t.joined = slices.Clone(t.model.joined)
	t.note(r)
}

func (t *Trace) moved(r *run, name reformcycle.MoveName, to reformcycle.Stage) {
	m := Move{Name: name}
	switch name {
	case reformcycle.MoveRevisit, reformcycle.MoveRenew:
		m.To = to
	case reformcycle.MoveSuspend:
		m.Cause = r.heldBy
	}
	t.moves = append(t.moves, m)
}

// note takes down a month as it ends.
func (t *Trace) note(r *run) {
	m := Month{
		Month: r.month, Stage: r.stage, Lap: r.lap, Status: r.status, Shocks: t.shocks, Came: t.came, Left: t.left,
		Positions: slices.Clone(r.reported), Support: r.support, Opposition: r.opposed,
		Joined: t.joined, Moves: t.moves,
	}
	m.Progress = make([]float64, len(r.progress))
	r.shown(m.Progress)
	if t.before != nil {
		m.Progress, m.Carried = t.before, m.Progress
	}
	if r.month > 0 {
		m.Budget = r.budget
		m.Work = spentOn(r.allocation.worked, t.Criteria)
		m.Persuasion = spentOn(r.allocation.nudged, t.Actors)
	}
	for _, d := range r.debts {
		m.Debts = append(m.Debts, t.model.guard(int(d)))
	}
	t.Months = append(t.Months, m)
	t.shocks, t.came, t.left, t.joined, t.moves, t.before = nil, nil, nil, nil, nil, nil
}

// spentOn adds up effort by what it went into, in the order of the first.
func spentOn(list []spending, names []string) (all []Spent) {
	place := make(map[int]int)
	for _, s := range list {
		i, seen := place[s.on]
		if !seen {
			i = len(all)
			place[s.on] = i
			all = append(all, Spent{On: names[s.on]})
		}
		all[i].Effort += s.effort
	}
	return all
}

func (m *Model) guard(place int) string {
	if place == len(m.rules) {
		return reformcycle.CoalitionVeto
	}
	return m.views[place].ID
}

func levelOf(progress float64) assessment.Level {
	for l := assessment.HighlyFunctional; l > assessment.NonFunctional; l-- {
		if progress >= l.Share() {
			return l
		}
	}
	return assessment.NonFunctional
}
