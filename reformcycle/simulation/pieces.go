package simulation

// The pieces that policies are written from: ways of spreading a month's effort.
// Each gives no more than is left, and nothing where what is left is no more than
// rounding, so that a policy may ask for all of them one after another.

import "github.com/chsreform/chsreform/reformcycle"

// The position below which an actor counts as an opponent, and those from which it
// counts as a supporter, and as a strong one, whom nobody needs to persuade: the ends
// of low opposition, and of low and medium support (reich).
const (
	OpponentBelow = -1
	SupporterFrom = 1
	WonFrom       = 3
)

// SpreadEvenly spreads effort over the required criteria of a stage that can be
// worked on and are not met. Where there is none, the effort is left.
func (a *Allocation) SpreadEvenly(stage reformcycle.Stage, effort float64) {
	effort = a.worth(effort)
	if effort == 0 || !stage.Valid() {
		return
	}
	open := a.view.open.of(stage)
	if len(open) == 0 {
		return
	}
	a.worked = room(a.worked, len(open))
	each := effort / float64(len(open))
	for _, c := range open {
		a.worked = append(a.worked, spending{c, each})
	}
	a.spent += effort
}

// KeepUp gives each criterion that decays what a month takes from it, as far as
// the effort reaches; those of the stage at hand are work of the stage. Before a
// launch nothing decays.
func (a *Allocation) KeepUp(effort float64) {
	effort = a.worth(effort)
	if effort == 0 || !a.view.Launched {
		return
	}
	v := a.view
	decaying, need := v.model.decaying, 0.0
	for i := range decaying {
		k := &decaying[i]
		if k.stage != v.Stage {
			need += float64(k.effort * v.Progress[k.criterion])
		}
	}
	if !(need > 0) {
		return
	}
	a.worked = room(a.worked, len(decaying))
	part := min(1, effort/need)
	for i := range decaying {
		k := &decaying[i]
		if k.stage != v.Stage {
			a.worked = append(a.worked, spending{k.criterion, float64(part * float64(k.effort*v.Progress[k.criterion]))})
		}
	}
	a.spent += float64(part * need)
}

// PersuadeBelow spreads effort over the engaged actors below a position, −7 to +7,
// by what they would add to support. Where there is none, the effort is left.
func (a *Allocation) PersuadeBelow(position, effort float64) {
	a.persuade(position, false, effort)
}

// PersuadeVetoes spreads effort in the same way over those below a position whose
// refusal alone blocks.
func (a *Allocation) PersuadeVetoes(position, effort float64) {
	a.persuade(position, true, effort)
}

func (a *Allocation) persuade(position float64, vetoes bool, effort float64) {
	effort = a.worth(effort)
	if effort == 0 {
		return
	}
	// Each gets its pull first, and then its part of the effort.
	v := a.view
	a.nudged = room(a.nudged, len(v.Positions))
	total, from := 0.0, len(a.nudged)
	for i, at := range v.Positions {
		if is := &v.model.agents[i]; at < position && v.Engaged[i] && (is.veto || !vetoes) {
			a.nudged = append(a.nudged, spending{i, is.pull})
			total += is.pull
		}
	}
	if from == len(a.nudged) {
		return
	}
	each := effort / total
	for i := range a.nudged[from:] {
		a.nudged[from+i].effort *= each
	}
	a.spent += effort
}

// Repay spreads effort evenly over what is owed and can be worked on. Before a launch
// debt costs nothing, and nothing is repaid.
func (a *Allocation) Repay(effort float64) {
	effort = a.worth(effort)
	if effort == 0 || !a.view.Launched || a.view.Debts == 0 {
		return
	}
	v := a.view
	a.worked = room(a.worked, len(v.debts))
	from := len(a.worked)
	for _, d := range v.debts {
		if c := int(d); c < len(v.Criteria) && v.Open(c) {
			a.worked = append(a.worked, spending{c, 0})
		}
	}
	a.share(from, effort)
}

// Regain spreads effort evenly over the required criteria of the stages behind that
// can be worked on and are not met.
func (a *Allocation) Regain(effort float64) {
	effort = a.worth(effort)
	if effort == 0 {
		return
	}
	a.worked = room(a.worked, a.criteria)
	from := len(a.worked)
	for s := reformcycle.ProblemPrioritization; s < a.view.Stage; s++ {
		for _, c := range a.view.open.of(s) {
			a.worked = append(a.worked, spending{c, 0})
		}
	}
	a.share(from, effort)
}

// share spreads effort evenly over what was worked from a place on.
func (a *Allocation) share(from int, effort float64) {
	if n := len(a.worked) - from; n > 0 {
		for i := range a.worked[from:] {
			a.worked[from+i].effort = effort / float64(n)
		}
		a.spent += effort
	}
}

// Margin has the pieces work what decays to its threshold and so much more, 0 to 1,
// for the rest of the month, so that it is not lost again at once.
func (a *Allocation) Margin(share float64) {
	if a.view != nil && share >= 0 { // not NaN
		a.view.open.wanted = min(share, 1)
	}
}

// The places of the shares that every built-in policy has, and of the first
// parameter of its own.
const (
	persuasionShare = iota
	upkeepShare
	aheadShare
	repayShare
	marginShare
	ownFirst
)

// PutAside gives shares of the month's budget to what stands beside the work of the
// stage: persuasion of those who are not won, upkeep, the next stage, and what is
// owed; the last of the shares is the margin ([Allocation.Margin]). They stand in the
// order of [BalanceParameters]; those that are left out are 0. While the reform is
// suspended work comes to nothing, and all that is left goes into persuasion, if its
// share is above 0.
func (a *Allocation) PutAside(shares []float64) {
	a.putAside(shares, false)
}

func (a *Allocation) putAside(shares []float64, persuaded bool) {
	if a.view == nil {
		return
	}
	var of [ownFirst]float64
	copy(of[:], shares)
	a.Margin(of[marginShare])
	if !persuaded {
		a.PersuadeBelow(WonFrom, float64(of[persuasionShare]*a.budget))
	}
	if a.view.Status == reformcycle.Suspended {
		a.rest(of[persuasionShare])
		return
	}
	a.KeepUp(float64(of[upkeepShare] * a.budget))
	a.Repay(float64(of[repayShare] * a.budget))
	a.ahead(float64(of[aheadShare] * a.budget))
}

// ahead spreads effort over the next stage.
func (a *Allocation) ahead(effort float64) {
	if a.view.Stage < reformcycle.ManagementAndLearning {
		a.SpreadEvenly(a.view.Stage+1, effort)
	}
}

// rest puts what the stage has left one stage ahead, and then into persuasion, unless
// nothing is to go there.
func (a *Allocation) rest(persuasion float64) {
	if a.view.Status != reformcycle.Suspended {
		a.ahead(a.Left())
	}
	if persuasion > 0 {
		a.PersuadeBelow(WonFrom, a.Left())
	}
}

// Balance does with what is left what the policy balanced does with all of it: it
// puts shares aside ([Allocation.PutAside]), and spreads the rest evenly over the
// stage at hand; what that leaves goes one stage ahead, and then into persuasion if
// its share is above 0.
func (a *Allocation) Balance(shares []float64) {
	a.balance(shares, false)
}

func (a *Allocation) balance(shares []float64, persuaded bool) {
	if a.view == nil {
		return
	}
	a.putAside(shares, persuaded)
	if a.view.Status != reformcycle.Suspended {
		a.SpreadEvenly(a.view.Stage, a.Left())
	}
	if len(shares) > 0 {
		a.rest(shares[persuasionShare])
	} else {
		a.rest(0)
	}
}

// worth is the effort that there is for something, 0 where what is left is no
// more than rounding.
func (a *Allocation) worth(effort float64) float64 {
	if effort = min(effort, a.Left()); a.view != nil && effort > float64(overspent*a.budget) {
		return effort
	}
	return 0
}
