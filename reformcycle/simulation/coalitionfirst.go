package simulation

import "github.com/chsreform/chsreform/reformcycle"

var coalitionParameters = withShared(
	tuned("target", share, 0, 1, 0.75, "Support, of support and opposition, that is built before anything else."),
	tuned("first", share, 0, 1, 0.7, "Effort that goes into persuasion until then."),
)

const (
	coalitionTarget = shared + iota
	coalitionShare
)

// coalition puts most of its effort into persuasion until support is well above
// opposition and no veto stands, and goes on like balanced then. It stays at
// coalition building until that is so.
type coalition struct{ tuning }

// Allocate persuades first.
func (b *coalition) Allocate(o *Observation, a *Allocation) {
	sides := o.Support + o.Opposition
	if o.Vetoed || !(o.Support >= float64(b.values[coalitionTarget]*sides)) || sides == 0 {
		persuade(o, a, float64(b.values[coalitionShare]*o.Budget))
		if o.Stage == reformcycle.CoalitionBuilding {
			a.Hold()
		}
	}
	b.around(o, a)
	evenly(o, a, o.Stage, a.Left())
	persuade(o, a, a.Left())
}
