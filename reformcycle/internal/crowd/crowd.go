// Package crowd has the one rule of a share of people, some of whom nobody has counted.
package crowd

// Part is some of the people: those of whom it is known how many they are, and whether
// there are others of whom it is not, at least one and as many as may be.
type Part struct {
	People float64
	Crowd  bool
}

// Add takes in the people of one more place; 0 where nobody knows how many.
func (p *Part) Add(people float64) {
	p.People += people
	p.Crowd = p.Crowd || people == 0
}

// Plus is two parts together.
func (p Part) Plus(o Part) Part { return Part{p.People + o.People, p.Crowd || o.Crowd} }

func (p Part) none() bool { return p.People == 0 && !p.Crowd }

// Least is the lower bound of the share that some are of themselves and others, 0 where
// there are none of either; open where the share only comes close to it.
func Least(here, beside Part) (share float64, open bool) {
	switch {
	case here.none():
		return 0, false
	case beside.none():
		return 1, false
	case beside.Crowd:
		return 0, true // these may be nearly all
	}
	return here.People / (here.People + beside.People), here.Crowd
}

// Most is the upper bound, in the same way.
func Most(here, beside Part) (share float64, open bool) {
	switch {
	case here.none():
		return 0, false
	case beside.none():
		return 1, false
	case here.Crowd:
		return 1, true
	}
	return here.People / (here.People + beside.People), beside.Crowd
}
