package simulation

import "github.com/chsreform/chsreform/reformcycle"

var pilotParameters = withShared(
	tuned("pilot", share, 0.01, 1, 0.5, "Effort that goes into the pilot at solution gathering, and into evidence at design."),
)

const pilotShare = shared

// pilot does not leave solution gathering before a chosen solution is piloted,
// nor design before what it costs and brings is known: it works on the two
// advisory criteria that stand for that. With a checklist that lacks them it is
// balanced.
type pilot struct{ tuning }

// Allocate pilots first.
func (b *pilot) Allocate(o *View, a *Allocation) {
	b.around(o, a)
	if o.Stage == reformcycle.SolutionGathering || o.Stage == reformcycle.Design {
		from, to := o.Span(o.Stage)
		for c := from; c < to; c++ {
			if id := o.Criteria[c].ID; (id == "solution.piloted" || id == "design.evidence") && o.Open(c) {
				a.Work(c, min(a.Left(), float64(b.values[pilotShare]*o.Budget)))
				a.Hold()
			}
		}
	}
	evenly(o, a, o.Stage, a.Left())
	persuade(o, a, a.Left(), won)
}
