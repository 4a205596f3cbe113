package simulation

import "math"

var bottleneckParameters = withShared()

// bottleneck puts the work of the stage into the one open criterion that is
// furthest, in effort-months, from being met.
type bottleneck struct{ tuning }

// Allocate puts the effort where most is missing.
func (b *bottleneck) Allocate(o *View, a *Allocation) {
	b.around(o, a)
	// From the furthest to the nearest; the first of those that are equally far.
	done, last := -1, math.Inf(1)
	for a.worth(o.Budget) > 0 {
		worst, most := -1, 0.0
		for _, g := range o.model.guards[o.Stage] {
			c := g.criterion
			if !o.Open(c) {
				continue
			}
			missing := float64(o.Criteria[c].Difficulty * (g.met - o.Progress[c]))
			if missing > most && (missing < last || missing == last && c > done) {
				worst, most = c, missing
			}
		}
		if worst < 0 {
			break
		}
		// No more than should be needed, with half as much again for bad luck: what
		// is over goes to the next.
		a.Work(worst, min(a.Left(), 1.5*most))
		done, last = worst, most
	}
	persuade(o, a, a.Left(), won)
}
