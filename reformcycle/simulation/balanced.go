package simulation

// The balanced policy, and the three ways of spreading effort that the others
// are built from.

import "github.com/chsreform/chsreform/reformcycle"

var balancedParameters = withShared()

// balanced spreads a month's effort evenly over the open criteria of the stage,
// with a share for persuasion, one for upkeep and one for the next stage.
type balanced struct{ tuning }

// Allocate spreads the effort.
func (b *balanced) Allocate(o *View, a *Allocation) {
	b.around(o, a)
	evenly(o, a, o.Stage, a.Left())
	persuade(o, a, a.Left(), won)
}

// around makes the three allotments that stand beside the work of the stage.
func (t *tuning) around(o *View, a *Allocation) {
	persuade(o, a, float64(t.values[persuasionShare]*o.Budget), won)
	if o.Status == reformcycle.Suspended {
		persuade(o, a, a.Left(), won)
		return
	}
	maintain(o, a, float64(t.values[upkeepShare]*o.Budget))
	if o.Stage < reformcycle.ManagementAndLearning {
		evenly(o, a, o.Stage+1, float64(t.values[aheadShare]*o.Budget))
	}
}

// evenly spreads effort over the open required criteria of a stage. Where none
// is open it is left.
func evenly(o *View, a *Allocation, stage reformcycle.Stage, effort float64) {
	effort = a.worth(effort)
	if effort == 0 {
		return
	}
	open := o.open.of(stage)
	if len(open) == 0 {
		return
	}
	each := effort / float64(len(open))
	for _, c := range open {
		a.worked = append(a.worked, spending{c, each})
	}
	a.spent += effort
}

// maintain gives each criterion that decays what a month takes from it, as far
// as the effort reaches; those of the stage at hand are work of the stage.
func maintain(o *View, a *Allocation, most float64) {
	most = a.worth(most)
	if !o.Launched || most == 0 {
		return
	}
	decaying, need := o.model.decaying, 0.0
	for i := range decaying {
		k := &decaying[i]
		if k.stage != o.Stage {
			need += float64(k.effort * o.Progress[k.criterion])
		}
	}
	if !(need > 0) {
		return
	}
	part := min(1, most/need)
	for i := range decaying {
		k := &decaying[i]
		if k.stage != o.Stage {
			a.worked = append(a.worked, spending{k.criterion, float64(part * float64(k.effort*o.Progress[k.criterion]))})
		}
	}
	a.spent += float64(part * need)
}

// The positions from which an actor counts as a supporter, and as a strong one,
// whom nobody needs to persuade: the lower ends of low and of medium support
// (reich).
const (
	supporter = 1
	won       = 3
)

// persuade spreads effort over the engaged actors below a position, by what they
// would add to support.
func persuade(o *View, a *Allocation, effort, below float64) {
	effort = a.worth(effort)
	if effort == 0 {
		return
	}
	// Each gets its pull first, and then its part of the effort.
	total, from := 0.0, len(a.nudged)
	for i, position := range o.Positions {
		if position < below && o.Engaged[i] {
			pull := o.model.agents[i].pull
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

// worth is the effort that there is for something, 0 where what is left is no
// more than rounding.
func (a *Allocation) worth(effort float64) float64 {
	if effort = min(effort, a.Left()); effort > float64(overspent*a.budget) {
		return effort
	}
	return 0
}
