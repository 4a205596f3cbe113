package simulation

// The built-in policies.

import (
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// builtIns are the built-in policies, in the order in which they are listed. Their
// own parameters come behind those of Balance.
var builtIns = []struct {
	name     string
	own      []Parameter
	allocate func(values []float64, v *View, a *Allocation)
}{
	{"balanced", nil, balanced},
	{"bottleneck-first", nil, bottleneckFirst},
	{"coalition-first", []Parameter{
		assumed("target", share, 0, 1, 2.0/3, "Share of the pull of all who are engaged that has to support before the effort goes elsewhere."),
		assumed("first", share, 0, 1, 0.7, "Effort that goes into persuasion of those who do not support, until then."),
	}, coalitionFirst},
	{"pilot-first", []Parameter{
		assumed("pilot", share, 0.01, 1, 0.5, "Effort that goes into the pilot at solution gathering, and into evidence at design."),
	}, pilotFirst},
	{"rush-to-launch", []Parameter{
		assumed("met", share, 0, 1, 0.5, "Required criteria of the stage that are met before it is left by override."),
		assumed("window", share, 0, 1, 0.25, "The same while a window is open."),
	}, rushToLaunch},
	{"adaptive", []Parameter{
		assumed("lost", share, 0, 1, 0.2, "Required criteria of the stages behind that may be lost before the earliest of those stages is revisited."),
		assumed("patience", months, 1, 600, 12, "How long it stays at a stage before it revisits."),
	}, adaptive},
}

// The places of the parameters that every built-in policy has, and of the first of
// its own.
const (
	persuasionShare = iota
	upkeepShare
	aheadShare
	ownFirst
)

var balanceParameters = []Parameter{
	persuasionShare: assumed("persuasion", share, 0, 1, 0.2, "Effort that goes into persuasion of the actors who are not supporters yet."),
	upkeepShare:     assumed("upkeep", share, 0, 1, 0.3, "The most effort that goes into criteria that decay."),
	aheadShare:      assumed("ahead", share, 0, 1, 0.1, "Effort that goes into criteria of the next stage."),
}

// BalanceParameters gives the three parameters of [Allocation.Balance]: every
// built-in policy has them.
func BalanceParameters() []Parameter { return slices.Clone(balanceParameters) }

// balanced spreads a month's effort evenly over the open criteria of the stage,
// with a share for persuasion, one for upkeep and one for the next stage.
func balanced(values []float64, _ *View, a *Allocation) {
	a.Balance(values[persuasionShare], values[upkeepShare], values[aheadShare])
}

// bottleneckFirst puts the work of the stage into the one open criterion that is
// furthest, in effort-months, from being met.
func bottleneckFirst(values []float64, v *View, a *Allocation) {
	a.PutAside(values[persuasionShare], values[upkeepShare], values[aheadShare])
	// From the furthest to the nearest; the first of those that are equally far.
	done, last := -1, math.Inf(1)
	for a.worth(a.budget) > 0 {
		worst, most := -1, 0.0
		for _, g := range v.model.guards[v.Stage] {
			c := g.criterion
			if !v.Open(c) {
				continue
			}
			missing := float64(v.Criteria[c].Difficulty * (g.met - v.Progress[c]))
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
	a.PersuadeBelow(WonFrom, a.Left())
}

// coalitionFirst puts most of its effort into persuading those who do not support,
// until most of the pull supports and no veto stands, and goes on like balanced
// then. It stays at coalition building until that is so. A reform that nobody
// opposes has no coalition for that: the undecided are not in it.
func coalitionFirst(values []float64, v *View, a *Allocation) {
	target, first := values[ownFirst], values[ownFirst+1]
	support, all := 0.0, 0.0
	for i := range v.Actors {
		if !v.Engaged[i] {
			continue
		}
		pull := v.Actors[i].Pull
		all += pull
		if v.Positions[i] >= SupporterFrom {
			support += pull
		}
	}
	if v.Vetoed || !(support >= float64(target*all)) {
		a.PersuadeBelow(SupporterFrom, float64(first*v.Budget))
		if v.Stage == reformcycle.CoalitionBuilding {
			a.Hold()
		}
	}
	balanced(values, v, a)
}

// pilotFirst does not leave solution gathering before a chosen solution is piloted,
// nor design before what it costs and brings is known: it works on the two
// advisory criteria that stand for that. With a checklist that lacks them it is
// balanced.
func pilotFirst(values []float64, v *View, a *Allocation) {
	a.PutAside(values[persuasionShare], values[upkeepShare], values[aheadShare])
	if v.Stage == reformcycle.SolutionGathering || v.Stage == reformcycle.Design {
		from, to := v.Span(v.Stage)
		for c := from; c < to; c++ {
			if id := v.Criteria[c].ID; (id == "solution.piloted" || id == "design.evidence") && v.Open(c) {
				a.Work(c, min(a.Left(), float64(values[ownFirst]*v.Budget)))
				a.Hold()
			}
		}
	}
	a.SpreadEvenly(v.Stage, a.Left())
	a.PersuadeBelow(WonFrom, a.Left())
}

// rushToLaunch overrides its way to launch: it leaves each stage as soon as a part
// of its required criteria is met, and sooner while a window is open. After launch
// it goes on like balanced.
func rushToLaunch(values []float64, v *View, a *Allocation) {
	balanced(values, v, a)
	if v.Stage >= reformcycle.Launch || v.Unmet == 0 {
		return
	}
	enough := values[ownFirst]
	if v.Window > 0 {
		enough = min(enough, values[ownFirst+1])
	}
	required, met := 0, 0
	from, to := v.Span(v.Stage)
	for c := from; c < to; c++ {
		if is := &v.Criteria[c]; !is.Advisory {
			required++
			if v.Progress[c] >= is.Met {
				met++
			}
		}
	}
	if float64(met) >= float64(enough*float64(required)) {
		a.Override()
	}
}

// adaptive goes on like balanced as long as feedback is good. Where a review
// finds that too much of what was achieved is lost, it revisits the first stage
// that lost something; where support does not exceed opposition after coalition
// building, it revisits coalition building. It does neither before it has been at
// a stage for some months.
func adaptive(values []float64, v *View, a *Allocation) {
	lost, patience := values[ownFirst], values[ownFirst+1]
	balanced(values, v, a)
	if v.Status != reformcycle.Active || float64(v.InStage) < patience {
		return
	}
	switch {
	case v.SinceReview == 0 && v.Lost > lost && v.Earliest != 0 && v.Earliest < v.Stage:
		a.Revisit(v.Earliest)
	case v.Stage > reformcycle.CoalitionBuilding && !stakeholders.Outweighs(v.Support, v.Opposition):
		a.Revisit(reformcycle.CoalitionBuilding)
	}
}
