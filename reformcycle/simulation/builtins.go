package simulation

// The built-in policies.

import (
	"math"
	"slices"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
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
		setting("target", share, 0, 1, 2.0/3),
		setting("first", share, 0, 1, 0.5),
	}, coalitionFirst},
	{"pilot-first", []Parameter{
		setting("pilot", share, 0.01, 1, 0.5),
	}, pilotFirst},
	{"rush-to-launch", []Parameter{
		setting("met", share, 0, 1, 0.5),
		setting("window", share, 0, 1, 0.25),
	}, rushToLaunch},
	{"adaptive", []Parameter{
		setting("regain", share, 0, 1, 0.3),
		setting("lost", share, 0, 1, 0.2),
		setting("patience", months, 1, 600, 12),
	}, adaptive},
}

var balanceParameters = []Parameter{
	persuasionShare: setting("persuasion", share, 0, 1, 0.2),
	upkeepShare:     setting("upkeep", share, 0, 1, 0.3),
	aheadShare:      setting("ahead", share, 0, 1, 0.1),
	repayShare:      setting("repay", share, 0, 1, 0.3),
	marginShare:     setting("margin", share, 0, 1.0/3, 0.1),
}

// setting is a parameter of a built-in policy.
func setting(name string, unit language.Text, low, high, usual float64) Parameter {
	p := assumed(name, unit, low, high, usual)
	p.Meaning = language.Of("setting." + name)
	return p
}

// BalanceParameters gives the parameters of [Allocation.Balance], in its order: every
// built-in policy has them.
func BalanceParameters() []Parameter { return slices.Clone(balanceParameters) }

// balanced spreads a month's effort evenly over the open criteria of the stage,
// with shares for persuasion, upkeep, the next stage and what is owed.
func balanced(values []float64, _ *View, a *Allocation) { a.Balance(values) }

// bottleneckFirst puts the work of the stage into the one open criterion that is
// furthest, in effort-months, from where it is wanted.
func bottleneckFirst(values []float64, _ *View, a *Allocation) {
	a.PutAside(values)
	a.oneByOne(false)
	a.rest(values[persuasionShare])
}

// oneByOne works the open criteria of the stage one after another, by the effort that
// each lacks: the nearest first, or the furthest, and the first of those that are
// equally far.
func (a *Allocation) oneByOne(nearest bool) {
	v := a.view
	if v.Status == reformcycle.Suspended {
		return
	}
	open := v.open.of(v.Stage)
	done, last := -1, math.Inf(1)
	if nearest {
		last = math.Inf(-1)
	}
	for a.worth(a.budget) > 0 {
		next, lacks := -1, 0.0
		for _, c := range open {
			missing := float64(v.Criteria[c].Difficulty * (v.open.aim[c] - v.Progress[c]))
			after := missing < last
			better := next < 0 || missing > lacks
			if nearest {
				after = missing > last
				better = next < 0 || missing < lacks
			}
			if better && (after || missing == last && c > done) {
				next, lacks = c, missing
			}
		}
		if next < 0 {
			return
		}
		// No more than should be needed, with half as much again for bad luck: what
		// is over goes to the next.
		a.Work(next, min(a.Left(), 1.5*lacks))
		done, last = next, lacks
	}
}

// coalitionFirst puts half of its effort into those who block, until support is most
// of both sides and no holder of a veto is below 0, and goes on like balanced then. It
// stays at coalition building while a veto stands or support is short.
func coalitionFirst(values []float64, v *View, a *Allocation) {
	target, first := values[ownFirst], values[ownFirst+1]
	short := stakeholders.Outweighs(float64(target*(v.Support+v.Opposition)), v.Support)
	veto := false
	for i := range v.Actors {
		veto = veto || v.Engaged[i] && v.Actors[i].Veto && v.Positions[i] < 0
	}
	if short || veto {
		effort := float64(first * v.Budget)
		if veto {
			a.PersuadeVetoes(0, effort)
		} else if v.Opposition > 0 {
			a.PersuadeBelow(OpponentBelow, effort)
		} else {
			a.PersuadeBelow(SupporterFrom, effort)
		}
	}
	if v.Stage == reformcycle.CoalitionBuilding && (short || v.Vetoed) {
		a.Hold()
	}
	a.balance(values, short || veto)
}

// pilotFirst does not leave solution gathering before a chosen solution is piloted,
// nor design before what it costs and brings is known: it works on the two
// advisory criteria that stand for that. With a checklist that lacks them it is
// balanced.
func pilotFirst(values []float64, v *View, a *Allocation) {
	a.PutAside(values)
	if v.Stage == reformcycle.SolutionGathering || v.Stage == reformcycle.Design {
		from, to := v.Span(v.Stage)
		for c := from; c < to; c++ {
			if id := v.Criteria[c].ID; (id == "solution.piloted" || id == "design.evidence") && v.Open(c) {
				a.Work(c, min(a.Left(), float64(values[ownFirst]*v.Budget)))
				a.Hold()
			}
		}
	}
	if v.Status != reformcycle.Suspended {
		a.SpreadEvenly(v.Stage, a.Left())
	}
	a.rest(values[persuasionShare])
}

// rushToLaunch overrides its way to launch: it works the criterion nearest its
// threshold first, and leaves each stage as soon as a part of its required criteria is
// met, and sooner while a window is open. From launch on it goes on like balanced.
func rushToLaunch(values []float64, v *View, a *Allocation) {
	if v.Stage >= reformcycle.Launch {
		a.Balance(values)
		return
	}
	a.PutAside(values)
	a.oneByOne(true)
	a.rest(values[persuasionShare])
	if v.Unmet == 0 {
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

// adaptive goes on like balanced as long as feedback is good, and puts a share into
// what is lost of the stages behind. Where a review
// finds that too much of what was achieved is lost, it revisits the first stage
// that lost something; where support does not exceed opposition after coalition
// building, it revisits coalition building. It does neither before it has been at
// a stage for some months.
func adaptive(values []float64, v *View, a *Allocation) {
	regain, lost, patience := values[ownFirst], values[ownFirst+1], values[ownFirst+2]
	a.PutAside(values)
	if v.Status != reformcycle.Suspended {
		a.Regain(float64(regain * v.Budget))
		a.SpreadEvenly(v.Stage, a.Left())
	}
	a.rest(values[persuasionShare])
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
