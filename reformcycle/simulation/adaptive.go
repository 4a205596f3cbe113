package simulation

import "github.com/chsreform/chsreform/reformcycle"

var adaptiveParameters = withShared(
	tuned("lost", share, 0, 1, 0.2, "Required criteria of the stages behind that may be lost before the earliest of those stages is revisited."),
	tuned("patience", months, 1, 600, 12, "How long it stays at a stage before it revisits."),
)

const (
	adaptiveLost = shared + iota
	adaptivePatience
)

// adaptive goes on like balanced as long as feedback is good. Where a review
// finds that too much of what was achieved is lost, it revisits the first stage
// that lost something; where support does not exceed opposition after coalition
// building, it revisits coalition building. It does neither before it has been at
// a stage for some months.
type adaptive struct{ tuning }

// Allocate listens to feedback.
func (b *adaptive) Allocate(o *View, a *Allocation) {
	b.around(o, a)
	evenly(o, a, o.Stage, a.Left())
	persuade(o, a, a.Left(), won)
	if o.Status != reformcycle.Active || float64(o.InStage) < b.values[adaptivePatience] {
		return
	}
	switch {
	case o.SinceReview == 0 && o.Lost > b.values[adaptiveLost] && o.Earliest != 0 && o.Earliest < o.Stage:
		a.Revisit(o.Earliest)
	case o.Stage > reformcycle.CoalitionBuilding && !(o.Support > o.Opposition):
		a.Revisit(reformcycle.CoalitionBuilding)
	}
}
