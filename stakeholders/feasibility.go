package stakeholders

// Whether the coalition outweighs its opposition (source: reich).

import "slices"

// nonMobilisedPull stands for |position| in the index of the non-mobilised,
// whose own positions near 0 would hide how much they could bring to either
// side (reich).
const nonMobilisedPull = 5

// Feasibility weighs the actors of a reform against each other. The indices
// have no unit and no ceiling: they compare with each other and with those of
// the same roster at another time, not between reforms. Source: reich.
type Feasibility struct {
	// Support is power × |position| × weight, summed over the supporters.
	Support float64 `json:"support"`

	// NonMobilised is power × 5 × weight, summed over the non-mobilised: what
	// either side could still win.
	NonMobilised float64 `json:"non_mobilised"`

	// Opposition is power × |position| × weight, summed over the opponents.
	Opposition float64 `json:"opposition"`

	// LeftOut counts the actors that are in none of the indices because their
	// position or their power is not known. While it is above 0 the indices
	// are those of a part of the roster.
	LeftOut int `json:"left_out"`
}

// Feasibility returns the indices over all actors of the roster, members of the
// coalition or not. Whether an actor supports, opposes or is non-mobilised
// follows from the band of its position. It allocates nothing. Source: reich.
func (r Roster) Feasibility() Feasibility {
	var f Feasibility
	for _, a := range r.actors {
		// The conversions below keep a compiler from fusing product and sum,
		// which would round differently from one machine to another.
		pull := float64(a.Power) * a.effectiveWeight()
		switch {
		case !a.Position.known || !a.Power.Known():
			f.LeftOut++
		case a.Position.Supports():
			f.Support += float64(pull * a.Position.value)
		case a.Position.Opposes():
			f.Opposition += float64(pull * -a.Position.value)
		default:
			f.NonMobilised += float64(pull * nonMobilisedPull)
		}
	}
	return f
}

// Outweighs reports whether support exceeds opposition by more than a billionth of both
// together. What is less is a tie: so much may be rounding, which depends on the order in
// which actors are summed.
func Outweighs(support, opposition float64) bool {
	return support-opposition > float64(1e-9*(support+opposition))
}

// Feasible reports whether support outweighs opposition ([Outweighs]). A tie is not
// feasible, and so a roster without known supporters is not.
func (f Feasibility) Feasible() bool { return Outweighs(f.Support, f.Opposition) }

// Share returns support as a share of support and opposition, 0 … 1. It returns
// false when nobody takes sides.
func (f Feasibility) Share() (float64, bool) {
	sides := f.Support + f.Opposition
	if sides == 0 {
		return 0, false
	}
	return f.Support / sides, true
}

// VetoOpponents returns copies of the actors that oppose the reform and whose
// refusal alone blocks it, in the order of engagement. Source: reich.
func (r Roster) VetoOpponents() []Actor { return r.pick((*Actor).vetoes) }

// HasVetoOpponent reports whether there is such an actor. It allocates nothing.
func (r Roster) HasVetoOpponent() bool { return slices.ContainsFunc(r.actors, (*Actor).vetoes) }

// vetoes reports whether the actor opposes and can block alone.
func (a *Actor) vetoes() bool { return a.Veto && a.Position.Opposes() }
