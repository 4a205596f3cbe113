package simulation

import "github.com/chsreform/chsreform/reformcycle"

var rushParameters = withShared(
	tuned("met", share, 0, 1, 0.5, "Required criteria of the stage that are met before it is left by override."),
	tuned("window", share, 0, 1, 0.25, "The same while a window is open."),
)

const (
	rushMet = shared + iota
	rushWindow
)

// rush overrides its way to launch: it leaves each stage as soon as a part of
// its required criteria is met, and sooner while a window is open. After launch
// it goes on like balanced.
type rush struct{ tuning }

// Allocate rushes.
func (b *rush) Allocate(o *View, a *Allocation) {
	b.around(o, a)
	evenly(o, a, o.Stage, a.Left())
	persuade(o, a, a.Left(), won)
	if o.Stage >= reformcycle.Launch || o.Unmet == 0 {
		return
	}
	enough := b.values[rushMet]
	if o.Window > 0 {
		enough = min(enough, b.values[rushWindow])
	}
	required, met := 0, 0
	from, to := o.Span(o.Stage)
	for c := from; c < to; c++ {
		if v := &o.Criteria[c]; !v.Advisory {
			required++
			if o.Progress[c] >= v.Met {
				met++
			}
		}
	}
	if float64(met) >= float64(enough*float64(required)) {
		a.Override()
	}
}
