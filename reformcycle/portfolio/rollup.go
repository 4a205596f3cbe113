package portfolio

import (
	"cmp"
	"context"
	"slices"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file counts over many cycles.

// Interval is where a number lies, whatever is not known turns out to be: from Low to High,
// both included, or anywhere from Low on where it is Unbounded.
type Interval struct {
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Unbounded bool    `json:"unbounded,omitempty"`
}

// Exact reports whether the number is known.
func (i Interval) Exact() bool { return i.Low == i.High && !i.Unbounded }

// Tally is how many cycles of a tier stand at a stage.
type Tally struct {
	// Tier of their jurisdictions; empty for those that name none, which are counted
	// here for certain, and may turn out to be of any other tier.
	Tier reformcycle.Tier `json:"tier,omitempty"`
	// Stage at which they stand; zero for those that were abandoned, which stand at none.
	Stage reformcycle.Stage `json:"stage,omitempty"`
	// Suspended are those, of the ones that are known to stand here, that are.
	Suspended int `json:"suspended,omitempty"`
	// Cycles and People: how many there are, and how many people live where they are.
	Cycles Interval `json:"cycles"`
	People Interval `json:"people"`
	// ShareOfCycles and ShareOfPeople are the shares of those of the whole tier, from 0
	// to 1.
	ShareOfCycles Interval `json:"share_of_cycles"`
	ShareOfPeople Interval `json:"share_of_people"`
}

// Hold is a guard before which cycles stand.
type Hold struct {
	// Guard is the id of the criterion, or of another guard of the core.
	Guard string `json:"guard"`
	// Cycles that it holds back, in the order of their ids. Those that are silent may
	// be held back, too.
	Cycles []string `json:"cycles"`
}

// Departing is a component in which cycles depart from the design of their parent.
type Departing struct {
	Component reformcycle.Component     `json:"component"`
	Kind      reformcycle.DepartureKind `json:"kind"`
	Cycles    []string                  `json:"cycles"`
}

// Silent is a cycle of which nobody knows how it stands: one that a parent names as its
// child and that is not in the journal, or one that can't be read.
type Silent struct {
	Cycle string `json:"cycle"`
	// Population where it is, as its parent has it; 0 where that is not known.
	Population float64 `json:"population,omitempty"`
	// Why says so.
	Why language.Text `json:"why"`
}

// RollUp is what many cycles come to.
type RollUp struct {
	// Cycles are how many can be read; Silent those that can't.
	Cycles int      `json:"cycles"`
	Silent []Silent `json:"silent,omitempty"`
	// Tallies are by tier, from the widest to the nearest and last those without, and
	// within it by stage, in their order and last those that were abandoned: each stage
	// of each tier that some cycle is known to be of.
	Tallies []Tally `json:"tallies,omitempty"`
	// Years of the populations that are summed, each once. More than one says that the
	// sums mix censuses.
	Years []int `json:"years,omitempty"`
	// Holds are what holds back most cycles first, and then in the order of the guards.
	Holds []Hold `json:"holds,omitempty"`
	// Departures are those in most cycles first, and then by component and kind.
	Departures []Departing `json:"departures,omitempty"`
}

// RollUp counts over the cycles that may be seen, as they stand now. Each is opened, and
// not kept open where there is no room.
//
// The population of a cycle is that of its jurisdiction or, where that has none, what the
// parent that names it says; of several parents the first by id. Cycles that can't be read,
// and children that are not in the journal, may be at any tier and any stage: they widen
// the intervals of all.
//
// Errors: [fault.Fields] where sees is nil; what the journal and the context return.
func (p *Portfolio) RollUp(ctx context.Context, sees func(cycle string) bool) (RollUp, error) {
	var r RollUp
	var all []counted
	said := map[string]crowd{} // by a parent, of a child
	there := map[string]bool{}
	holds := map[string][]string{}
	departures := map[departing][]string{}
	var named []string
	err := p.each(ctx, sees, func(id string, s reformcycle.State, err error) {
		there[id] = true
		if err != nil {
			r.Silent = append(r.Silent, Silent{Cycle: id, Why: language.Of("portfolio.unreadable", "cycle", id, "why", language.Refused(err))})
			return
		}
		r.Cycles++
		j, _ := s.Jurisdiction()
		one := counted{cycle: id, tier: j.Tier, stage: s.Stage(), suspended: s.Status() == reformcycle.Suspended, crowd: crowd{j.Population.People, j.Population.Year}}
		if s.Status() == reformcycle.Abandoned {
			one.stage = 0
		}
		all = append(all, one)
		for _, guard := range rowOf(id, s, nil).Guards {
			holds[guard] = append(holds[guard], id)
		}
		for _, d := range s.Departures() {
			at := departing{d.Component, d.Kind}
			departures[at] = append(departures[at], id)
		}
		children := s.Children()
		for _, child := range children.Children {
			if was, twice := said[child.Cycle]; !twice {
				named = append(named, child.Cycle)
				said[child.Cycle] = crowd{child.Population, children.Year}
			} else if was.people == 0 {
				said[child.Cycle] = crowd{child.Population, children.Year}
			}
		}
	})
	if err != nil {
		return RollUp{}, err
	}
	for i := range r.Silent {
		r.Silent[i].Population = said[r.Silent[i].Cycle].people
	}
	for _, id := range named {
		if !there[id] && sees(id) {
			r.Silent = append(r.Silent, Silent{Cycle: id, Population: said[id].people, Why: language.Of("portfolio.silent", "cycle", id)})
		}
	}
	slices.SortFunc(r.Silent, func(a, b Silent) int { return cmp.Compare(a.Cycle, b.Cycle) })
	for i := range all {
		if all[i].people == 0 {
			all[i].crowd = said[all[i].cycle]
		}
		if all[i].people > 0 && !slices.Contains(r.Years, all[i].year) {
			r.Years = append(r.Years, all[i].year)
		}
	}
	for _, silent := range r.Silent {
		all = append(all, counted{cycle: silent.Cycle, silent: true, crowd: said[silent.Cycle]})
		if c := said[silent.Cycle]; c.people > 0 && !slices.Contains(r.Years, c.year) {
			r.Years = append(r.Years, c.year)
		}
	}
	slices.Sort(r.Years)
	r.Tallies = tallies(all)
	for guard, cycles := range holds {
		r.Holds = append(r.Holds, Hold{guard, cycles})
	}
	slices.SortFunc(r.Holds, func(a, b Hold) int {
		return cmp.Or(cmp.Compare(len(b.Cycles), len(a.Cycles)), cmp.Compare(a.Guard, b.Guard))
	})
	for at, cycles := range departures {
		r.Departures = append(r.Departures, Departing{at.component, at.kind, cycles})
	}
	slices.SortFunc(r.Departures, func(a, b Departing) int {
		return cmp.Or(cmp.Compare(len(b.Cycles), len(a.Cycles)), cmp.Compare(a.Component, b.Component), cmp.Compare(a.Kind, b.Kind))
	})
	return r, nil
}

// departing is a component and a kind, to count by.
type departing struct {
	component reformcycle.Component
	kind      reformcycle.DepartureKind
}

// crowd is how many people live somewhere, of which year; 0 people where that is not known.
type crowd struct {
	people float64
	year   int
}

// counted is what is counted of one cycle.
type counted struct {
	cycle string
	tier  reformcycle.Tier // empty where it names none
	stage reformcycle.Stage
	crowd
	suspended bool
	silent    bool // neither tier nor stage is known
}

// may says what a cycle may turn out to be to a tally: at its stage, at another stage of
// its tier, or of another tier.
func (c counted) may(tier reformcycle.Tier, stage reformcycle.Stage) (here, beside, apart bool) {
	switch {
	case tier == "": // these are counted as they are
		here = !c.silent && c.tier == "" && c.stage == stage
		beside = !c.silent && c.tier == "" && c.stage != stage
		return here, beside, !here && !beside
	case c.silent:
		return true, true, true
	case c.tier == "":
		return c.stage == stage, c.stage != stage, true
	}
	return c.tier == tier && c.stage == stage, c.tier == tier && c.stage != stage, c.tier != tier
}

func tallies(all []counted) (list []Tally) {
	stages := append(slices.Collect(reformcycle.Stages()), 0)
	for _, tier := range []reformcycle.Tier{reformcycle.National, reformcycle.Region, reformcycle.District, reformcycle.FacilityArea, ""} {
		if !slices.ContainsFunc(all, func(c counted) bool { return c.tier == tier && !c.silent }) {
			continue
		}
		for _, stage := range stages {
			list = append(list, tally(all, tier, stage))
		}
	}
	return list
}

func tally(all []counted, tier reformcycle.Tier, stage reformcycle.Stage) Tally {
	t := Tally{Tier: tier, Stage: stage}
	// The extremes: whoever may be elsewhere in the tier is, or whoever may be here is.
	var least, most heads
	for _, c := range all {
		here, beside, apart := c.may(tier, stage)
		if here && !beside && !apart {
			t.Cycles.Low++
			t.People.Low += c.people
			if c.suspended {
				t.Suspended++
			}
		}
		if here {
			t.Cycles.High++
			t.People.High += c.people
			t.People.Unbounded = t.People.Unbounded || c.people == 0
		}
		switch {
		case beside:
			least.beside(c)
		case !apart:
			least.here(c)
		}
		switch {
		case here:
			most.here(c)
		case !apart:
			most.beside(c)
		}
	}
	if t.People.Unbounded {
		t.People.High = 0
	}
	t.ShareOfCycles = Interval{Low: least.n[0] / max(1, least.n[0]+least.n[1]), High: most.n[0] / max(1, most.n[0]+most.n[1])}
	t.ShareOfPeople = Interval{Low: least.share(false), High: most.share(true)}
	return t
}

// heads are cycles and people of a tier: here, at a stage, and beside, at others. Where
// crowds says so, there are more people of whom nobody knows how many.
type heads struct {
	n, people [2]float64
	crowds    [2]bool
}

func (h *heads) here(c counted)   { h.add(0, c) }
func (h *heads) beside(c counted) { h.add(1, c) }

func (h *heads) add(i int, c counted) {
	h.n[i]++
	h.people[i] += c.people
	h.crowds[i] = h.crowds[i] || c.people == 0
}

// share of the people who are here, at least or at most, whatever the crowds come to: next
// to nobody, or nearly all. A bound that is only approached is given as it is.
func (h *heads) share(most bool) float64 {
	known := h.people[0] + h.people[1]
	switch {
	case h.n[0] == 0:
		return 0
	case h.n[1] == 0:
		return 1
	case most && h.crowds[0]:
		return 1
	case !most && h.crowds[1] || known == 0:
		return 0
	}
	return h.people[0] / known
}
