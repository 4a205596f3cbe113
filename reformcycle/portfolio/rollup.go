package portfolio

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/internal/crowd"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file counts over many cycles.

// Interval is where a number lies, whatever is not known turns out to be: from Low to High,
// both included, or anywhere from Low on where it is Unbounded.
type Interval struct {
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Unbounded bool    `json:"unbounded,omitempty"`
	// LowOpen and HighOpen say that the number comes as close to that end as one likes,
	// and is never there: where nobody knows how many people live somewhere, they may be
	// nearly all.
	LowOpen  bool `json:"low_open,omitempty"`
	HighOpen bool `json:"high_open,omitempty"`
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
	Amount
}

// Amount is how many cycles there are, and how many people live where they are.
type Amount struct {
	Cycles Interval `json:"cycles"`
	People Interval `json:"people"`
	// ShareOfCycles and ShareOfPeople are the shares of those of the whole tier, from 0
	// to 1.
	ShareOfCycles Interval `json:"share_of_cycles"`
	ShareOfPeople Interval `json:"share_of_people"`
}

// StatusTally is how many cycles of a tier have a status.
type StatusTally struct {
	Tier   reformcycle.Tier   `json:"tier,omitempty"`
	Status reformcycle.Status `json:"status"`
	Amount
}

// LapTally is how many cycles of a tier are in their first lap, their second and so on.
type LapTally struct {
	Tier reformcycle.Tier `json:"tier,omitempty"`
	Lap  int              `json:"lap"`
	Amount
}

// DebtTally is how many cycles of a tier owe something, having passed guards by override,
// or nothing.
type DebtTally struct {
	Tier reformcycle.Tier `json:"tier,omitempty"`
	Owes bool             `json:"owes"`
	Amount
}

// Hold is a guard before which cycles stand.
type Hold struct {
	// Guard is the id of the criterion, or of another guard of the core.
	Guard string `json:"guard"`
	// Cycles that it is known to hold back, in the order of their ids, and Most how many
	// it may, for those that are silent may be held back, too.
	Cycles []string `json:"cycles"`
	Most   int      `json:"most"`
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
	// Statuses, Laps and Debts are by tier in the same way: each status, each lap that
	// some cycle is in, and those that owe nothing before those that do.
	Statuses []StatusTally `json:"statuses,omitempty"`
	Laps     []LapTally    `json:"laps,omitempty"`
	Debts    []DebtTally   `json:"debts,omitempty"`
	// Years of the populations that are summed, each once. More than one says that the
	// sums mix censuses, and Questions asks which is meant.
	Years     []int           `json:"years,omitempty"`
	Questions []language.Text `json:"questions,omitempty"`
	// Holds are what holds back most cycles first, and then in the order of the guards.
	Holds []Hold `json:"holds,omitempty"`
	// Departures are those in most cycles first, and then by component and kind.
	Departures []Departing `json:"departures,omitempty"`
}

// RollUp counts over the cycles that may be seen, as they stood after their last entries,
// by the portfolio's index: none is opened that has a row.
//
// The population of a cycle is that of its jurisdiction or, where that has none, what the
// parent that names it says; of several parents the first by id. Cycles that can't be read,
// and children that are not in the journal, may be at any tier and any stage: they widen
// the intervals of all.
//
// Errors: [fault.Fields] where sees is nil; what the journal and the context return.
func (p *Portfolio) RollUp(ctx context.Context, sees func(cycle string) bool) (RollUp, error) {
	rows, err := p.seen(ctx, sees)
	if err != nil {
		return RollUp{}, err
	}
	return sum(rows, sees), nil
}

// sum counts over rows, which are in the order of their ids.
func sum(rows []*Row, sees func(string) bool) (r RollUp) {
	said := map[string]figure{} // by a parent, of a child
	there := make(map[string]bool, len(rows))
	var named []string
	for _, row := range rows {
		there[row.Cycle] = true
		for _, child := range row.Children {
			was, twice := said[child.Cycle]
			if !twice {
				named = append(named, child.Cycle)
			}
			if was.people == 0 {
				said[child.Cycle] = figure{child.Population, row.ChildrenYear}
			}
		}
	}
	all := make([]counted, 0, len(rows))
	holds := map[string][]string{}
	departures := map[reformcycle.IndexDeparture][]string{}
	years := map[int]bool{}
	count := func(one counted) {
		if one.people == 0 {
			one.figure = said[one.cycle]
		}
		if one.people > 0 {
			years[one.year] = true
		}
		all = append(all, one)
	}
	silent := func(id string, why language.Text) {
		r.Silent = append(r.Silent, Silent{Cycle: id, Population: said[id].people, Why: why})
		count(counted{cycle: id, silent: true})
	}
	for _, row := range rows {
		if !row.Known() {
			silent(row.Cycle, language.Of("portfolio.unreadable", "cycle", row.Cycle, "why", row.Unreadable))
			continue
		}
		r.Cycles++
		j := row.Jurisdiction
		one := counted{
			cycle: row.Cycle, tier: j.Tier, stage: row.Stage, status: row.Status, lap: row.Lap, owes: row.Debts > 0,
			figure: figure{j.Population.People, j.Population.Year},
		}
		if row.Status == reformcycle.Abandoned {
			one.stage = 0
		}
		count(one)
		for _, guard := range row.Guards {
			holds[guard] = append(holds[guard], row.Cycle)
		}
		for _, d := range row.Departs {
			departures[d] = append(departures[d], row.Cycle)
		}
	}
	for _, id := range named {
		if !there[id] && sees(id) {
			silent(id, language.Of("portfolio.silent", "cycle", id))
		}
	}
	slices.SortFunc(r.Silent, func(a, b Silent) int { return cmp.Compare(a.Cycle, b.Cycle) })
	r.Years = slices.Sorted(maps.Keys(years))
	if len(r.Years) > 1 {
		r.Questions = append(r.Questions, language.Of("portfolio.years", "years", listed(r.Years)))
	}
	r.tally(all)
	for guard, cycles := range holds {
		r.Holds = append(r.Holds, Hold{guard, cycles, len(cycles) + len(r.Silent)})
	}
	slices.SortFunc(r.Holds, func(a, b Hold) int {
		return cmp.Or(cmp.Compare(len(b.Cycles), len(a.Cycles)), cmp.Compare(a.Guard, b.Guard))
	})
	for at, cycles := range departures {
		r.Departures = append(r.Departures, Departing{at.Component, at.Kind, cycles})
	}
	slices.SortFunc(r.Departures, func(a, b Departing) int {
		return cmp.Or(cmp.Compare(len(b.Cycles), len(a.Cycles)), cmp.Compare(a.Component, b.Component), cmp.Compare(a.Kind, b.Kind))
	})
	return r
}

func listed(years []int) (texts []string) {
	for _, year := range years {
		texts = append(texts, strconv.Itoa(year))
	}
	return texts
}

// figure is how many people live somewhere, of which year; 0 people where that is not known.
type figure struct {
	people float64
	year   int
}

// counted is what is counted of one cycle.
type counted struct {
	cycle  string
	tier   reformcycle.Tier // empty where it names none
	stage  reformcycle.Stage
	status reformcycle.Status
	lap    int
	owes   bool
	figure
	silent bool // none of these is known but how many people live there
}

// tally counts them by stage, status, lap and debt, within each tier.
func (r *RollUp) tally(all []counted) {
	laps := map[int]bool{}
	for _, c := range all {
		if !c.silent {
			laps[c.lap] = true
		}
	}
	stages := append(slices.Collect(reformcycle.Stages()), 0)
	for _, tier := range []reformcycle.Tier{reformcycle.National, reformcycle.Region, reformcycle.District, reformcycle.FacilityArea, ""} {
		some := slices.ContainsFunc(all, func(c counted) bool { return c.tier == tier && !c.silent })
		if !some {
			continue
		}
		for at, amount := range amounts(all, tier, stages, func(c counted) reformcycle.Stage { return c.stage }) {
			suspended := 0
			for _, c := range all {
				if !c.silent && c.tier == tier && c.stage == stages[at] && c.status == reformcycle.Suspended {
					suspended++
				}
			}
			r.Tallies = append(r.Tallies, Tally{tier, stages[at], suspended, amount})
		}
		statuses := []reformcycle.Status{reformcycle.Active, reformcycle.Suspended, reformcycle.Abandoned}
		for at, amount := range amounts(all, tier, statuses, func(c counted) reformcycle.Status { return c.status }) {
			r.Statuses = append(r.Statuses, StatusTally{tier, statuses[at], amount})
		}
		numbers := slices.Sorted(maps.Keys(laps))
		for at, amount := range amounts(all, tier, numbers, func(c counted) int { return c.lap }) {
			r.Laps = append(r.Laps, LapTally{tier, numbers[at], amount})
		}
		owing := []bool{false, true}
		for at, amount := range amounts(all, tier, owing, func(c counted) bool { return c.owes }) {
			r.Debts = append(r.Debts, DebtTally{tier, owing[at], amount})
		}
	}
}

// group is a number of cycles and the people behind them.
type group struct {
	n int
	crowd.Part
}

func (g *group) add(c counted) {
	g.n++
	g.Add(c.people)
}

func (g group) and(o group) group {
	g.n += o.n
	g.Part = g.Plus(o.Part)
	return g
}

// amounts counts the cycles of a tier by a key, for each of its values, in one passage.
//
// A cycle is of the tier and has a value, for certain; or it is of no known tier and may be
// of this one, with its value; or it is silent and may be of this one, with any value. Of
// the empty tier are those that name none, as they are counted.
func amounts[K comparable](all []counted, tier reformcycle.Tier, values []K, key func(counted) K) []Amount {
	at := make(map[K]int, len(values))
	for i, v := range values {
		at[v] = i
	}
	certain, perhaps := make([]group, len(values)), make([]group, len(values))
	var silent, allCertain, allPerhaps group
	for _, c := range all {
		switch {
		case c.silent:
			if tier != "" {
				silent.add(c)
			}
		case c.tier == tier:
			certain[at[key(c)]].add(c)
			allCertain.add(c)
		case c.tier == "":
			perhaps[at[key(c)]].add(c)
			allPerhaps.add(c)
		}
	}
	list := make([]Amount, len(values))
	for i := range values {
		// The extremes: whoever may have another value and be of the tier has and is, or
		// whoever may have this one has.
		here, mayBe := certain[i], perhaps[i].and(silent)
		var beside, mayBeside group
		for k := range values {
			if k != i {
				beside, mayBeside = beside.and(certain[k]), mayBeside.and(perhaps[k])
			}
		}
		mayBeside = mayBeside.and(silent)
		most := here.and(mayBe)
		against := beside.and(mayBeside)
		a := &list[i]
		a.Cycles = Interval{Low: float64(here.n), High: float64(most.n)}
		a.People = Interval{Low: here.People, High: most.People, Unbounded: most.Crowd}
		if most.Crowd {
			a.People.High = 0
		}
		a.ShareOfCycles = Interval{Low: part(here.n, against.n), High: part(most.n, beside.n)}
		a.ShareOfPeople.Low, a.ShareOfPeople.LowOpen = crowd.Least(here.Part, against.Part)
		a.ShareOfPeople.High, a.ShareOfPeople.HighOpen = crowd.Most(most.Part, beside.Part)
	}
	return list
}

// part is the share that n are of themselves and others; 0 of nothing.
func part(n, others int) float64 { return float64(n) / float64(max(1, n+others)) }
