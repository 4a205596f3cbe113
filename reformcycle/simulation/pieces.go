package simulation

// The pieces that policies are written from: ways of spreading a month's effort.
// Each gives no more than is left, and nothing where what is left is no more than
// rounding, so that a policy may ask for all of them one after another.

import "github.com/chsreform/chsreform/reformcycle"

// The positions from which an actor counts as a supporter, and as a strong one,
// whom nobody needs to persuade: the lower ends of low and of medium support
// (reich).
const (
	SupporterFrom = 1
	WonFrom       = 3
)

// SpreadEvenly spreads effort over the required criteria of a stage that can be
// worked on and are not met. Where there is none, the effort is left.
func (a *Allocation) SpreadEvenly(stage reformcycle.Stage, effort float64) {
	effort = a.worth(effort)
	if effort == 0 || !stage.Valid() {
		return
	}
	open := a.view.open.of(stage)
	if len(open) == 0 {
		return
	}
	a.worked = room(a.worked, len(open))
	each := effort / float64(len(open))
	for _, c := range open {
		a.worked = append(a.worked, spending{c, each})
	}
	a.spent += effort
}

// KeepUp gives each criterion that decays what a month takes from it, as far as
// the effort reaches; those of the stage at hand are work of the stage. Before a
// launch nothing decays.
func (a *Allocation) KeepUp(effort float64) {
	effort = a.worth(effort)
	if effort == 0 || !a.view.Launched {
		return
	}
	v := a.view
	decaying, need := v.model.decaying, 0.0
	for i := range decaying {
		k := &decaying[i]
		if k.stage != v.Stage {
			need += float64(k.effort * v.Progress[k.criterion])
		}
	}
	if !(need > 0) {
		return
	}
	a.worked = room(a.worked, len(decaying))
	part := min(1, effort/need)
	for i := range decaying {
		k := &decaying[i]
		if k.stage != v.Stage {
			a.worked = append(a.worked, spending{k.criterion, float64(part * float64(k.effort*v.Progress[k.criterion]))})
		}
	}
	a.spent += float64(part * need)
}

// PersuadeBelow spreads effort over the engaged actors below a position, −7 to +7,
// by what they would add to support. Where there is none, the effort is left.
func (a *Allocation) PersuadeBelow(position, effort float64) {
	effort = a.worth(effort)
	if effort == 0 {
		return
	}
	// Each gets its pull first, and then its part of the effort.
	v := a.view
	a.nudged = room(a.nudged, len(v.Positions))
	total, from := 0.0, len(a.nudged)
	for i, at := range v.Positions {
		if at < position && v.Engaged[i] {
			pull := v.model.agents[i].pull
			a.nudged = append(a.nudged, spending{i, pull})
			total += pull
		}
	}
	if from == len(a.nudged) {
		return
	}
	each := effort / total
	for i := range a.nudged[from:] {
		a.nudged[from+i].effort *= each
	}
	a.spent += effort
}

// PutAside gives shares of the month's budget to what stands beside the work of
// the stage: persuasion of those who are not won, upkeep, and the next stage.
// While the reform is suspended all that is left goes into persuasion, for work
// comes to nothing.
func (a *Allocation) PutAside(persuasion, upkeep, ahead float64) {
	if a.view == nil {
		return
	}
	a.PersuadeBelow(WonFrom, float64(persuasion*a.budget))
	if a.view.Status == reformcycle.Suspended {
		a.PersuadeBelow(WonFrom, a.Left())
		return
	}
	a.KeepUp(float64(upkeep * a.budget))
	if a.view.Stage < reformcycle.ManagementAndLearning {
		a.SpreadEvenly(a.view.Stage+1, float64(ahead*a.budget))
	}
}

// Balance does with what is left what the policy balanced does with all of it: it
// puts shares aside, and spreads the rest evenly over the stage at hand; what that
// leaves goes into persuasion. [BalanceParameters] has the shares as parameters, in
// the same order.
func (a *Allocation) Balance(persuasion, upkeep, ahead float64) {
	if a.view == nil {
		return
	}
	a.PutAside(persuasion, upkeep, ahead)
	a.SpreadEvenly(a.view.Stage, a.Left())
	a.PersuadeBelow(WonFrom, a.Left())
}

// worth is the effort that there is for something, 0 where what is left is no
// more than rounding.
func (a *Allocation) worth(effort float64) float64 {
	if effort = min(effort, a.Left()); a.view != nil && effort > float64(overspent*a.budget) {
		return effort
	}
	return 0
}
