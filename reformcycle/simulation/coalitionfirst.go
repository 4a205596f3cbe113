package simulation

import "github.com/chsreform/chsreform/reformcycle"

var coalitionParameters = withShared(
	tuned("target", share, 0, 1, 2.0/3, "Share of the pull of all who are engaged that has to support before the effort goes elsewhere."),
	tuned("first", share, 0, 1, 0.7, "Effort that goes into persuasion of those who do not support, until then."),
)

const (
	coalitionTarget = shared + iota
	coalitionShare
)

// coalition puts most of its effort into persuading those who do not support,
// until most of the pull supports and no veto stands, and goes on like balanced
// then. It stays at coalition building until that is so. A reform that nobody
// opposes has no coalition for that: the undecided are not in it.
type coalition struct{ tuning }

// Allocate persuades first.
func (b *coalition) Allocate(o *View, a *Allocation) {
	support, all := 0.0, 0.0
	for i := range o.Actors {
		if !o.Engaged[i] {
			continue
		}
		pull := o.Actors[i].Pull
		all += pull
		if o.Positions[i] >= supporter {
			support += pull
		}
	}
	if o.Vetoed || !(support >= float64(b.values[coalitionTarget]*all)) {
		persuade(o, a, float64(b.values[coalitionShare]*o.Budget), supporter)
		if o.Stage == reformcycle.CoalitionBuilding {
			a.Hold()
		}
	}
	b.around(o, a)
	evenly(o, a, o.Stage, a.Left())
	persuade(o, a, a.Left(), won)
}
