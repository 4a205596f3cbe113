package simulation

// The guards of the live cycle, compiled to thresholds, and the moves of its
// table, compiled to arrays.

import (
	"slices"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/stakeholders"
)

// legal holds the lines of reformcycle.Table for the moves that a policy may ask
// for: from stage, to stage. The others can be made from every stage, and the
// history of a run is refused by the live cycle where that is not so.
var legal = func() (moves struct {
	override, revisit, renew [reformcycle.ManagementAndLearning + 1][reformcycle.ManagementAndLearning + 1]bool
}) {
	for t := range reformcycle.Table() {
		from, to := t.From.Stage, t.To.Stage
		switch t.Move {
		case reformcycle.MoveOverride:
			moves.override[from][to] = true
		case reformcycle.MoveRevisit:
			moves.revisit[from][to] = true
		case reformcycle.MoveRenew:
			moves.renew[from][to] = true
		}
	}
	return moves
}()

// metAt reports whether a guard is met: a criterion by its place, the veto
// by the number of criteria, and the link with the nation by the next.
func (r *run) metAt(guard int) bool {
	switch {
	case guard == len(r.model.rules):
		return !r.vetoed
	case guard == len(r.model.rules)+1:
		return !r.waits()
	case r.model.rules[guard].computed:
		return stakeholders.Outweighs(r.support, r.opposed)
	default:
		return r.progress[guard] >= r.model.rules[guard].met
	}
}

type guard struct {
	criterion int
	met       float64
	computed  bool
}

// openCriteria lists, for each stage, the required criteria that can be worked
// on and are not where the policy wants them: at their threshold, and what decays a
// margin above it. A list is made anew when a criterion of the stage has come to be
// on the other side, which is seldom.
type openCriteria struct {
	model    *Model
	progress []float64
	lists    [reformcycle.ManagementAndLearning + 1][]int
	dirty    uint16    // a bit for each stage
	aim      []float64 // where each criterion is wanted
	margin   float64   // that aim has
	wanted   float64   // and that the policy has asked for this month
	barred   []bool    // waits for somebody who is willing
	shut     []bool    // takes no work
}

const everyStage = 1<<(reformcycle.ManagementAndLearning+1) - 1

func (o *openCriteria) begin(m *Model, progress []float64) {
	o.model, o.progress = m, progress
	o.aim, o.barred, o.shut = make([]float64, len(m.rules)), make([]bool, len(m.rules)), make([]bool, len(m.rules))
	for s := range o.lists {
		o.lists[s] = make([]int, 0, len(m.guards[s]))
	}
}

// reset opens all but what follows from positions, or from districts.
func (o *openCriteria) reset() {
	clear(o.barred)
	for c := range o.shut {
		o.shut[c] = o.model.rules[c].computed || o.model.rules[c].asked
	}
	o.wanted = 0
	o.aimAt(0)
}

func (o *openCriteria) aimAt(margin float64) {
	o.margin, o.dirty = margin, everyStage
	for c := range o.aim {
		o.aim[c] = o.model.rules[c].met
	}
	for i := range o.model.decaying {
		k := &o.model.decaying[i]
		o.aim[k.criterion] = min(1, k.met+margin)
	}
}

// bar keeps work from a criterion, or lets it in again.
func (o *openCriteria) bar(c int, on bool) {
	o.barred[c] = on
	o.shut[c] = on
	o.dirty |= 1 << o.model.rules[c].stage
}

// shutStage keeps work from the criteria of governance, or lets it in again.
func (o *openCriteria) shutStage(on bool) {
	span := o.model.spans[reformcycle.Governance]
	for c := span.from; c < span.to; c++ {
		o.shut[c] = on || o.barred[c] || o.model.rules[c].computed || o.model.rules[c].asked
	}
	o.dirty |= 1 << reformcycle.Governance
}

func (o *openCriteria) of(stage reformcycle.Stage) []int {
	if o.wanted != o.margin {
		o.aimAt(o.wanted)
	}
	if o.dirty&(1<<stage) != 0 {
		o.dirty &^= 1 << stage
		list := o.lists[stage][:0]
		for _, g := range o.model.guards[stage] {
			if c := g.criterion; !o.shut[c] && o.progress[c] < o.aim[c] {
				list = append(list, c)
			}
		}
		o.lists[stage] = list
	}
	return o.lists[stage]
}

// unmet counts the guards that eachUnmet calls for; it is asked every month, so
// it does so without calling.
func (r *run) unmet(renew bool) int {
	m := r.model
	n, waives := 0, len(r.waived) > 0
	for _, g := range m.guards[r.stage] {
		if !g.computed && r.progress[g.criterion] < g.met && !(waives && r.waivedAt(g.criterion)) {
			n++
		}
	}
	later := !renew && r.stage >= reformcycle.CoalitionBuilding
	if c := m.feasible; c >= 0 {
		here := m.rules[c].stage == r.stage
		if (here && m.rules[c].computed || later && !here) && !r.metAt(c) && !r.waivedAt(c) {
			n++
		}
	}
	if later && r.vetoed {
		n++
	}
	if !renew && r.waits() {
		n++
	}
	return n
}

// eachUnmet calls for every guard that blocks, as reformcycle judges them: the
// required criteria of the stage; from coalition building on, and unless it
// renews, that support exceeds opposition and nobody with a veto opposes; and unless it
// renews, what a district waits for.
func (r *run) eachUnmet(renew bool, block func(int)) {
	m := r.model
	if !renew && r.waits() {
		block(len(m.rules) + 1)
	}
	span := m.spans[r.stage]
	for c := span.from; c < span.to; c++ {
		if !m.rules[c].advisory && !r.metAt(c) && !r.waivedAt(c) {
			block(c)
		}
	}
	if renew || r.stage < reformcycle.CoalitionBuilding {
		return
	}
	if c := m.feasible; c >= 0 && (c < span.from || c >= span.to) && !r.metAt(c) && !r.waivedAt(c) {
		block(c)
	}
	if r.vetoed {
		block(len(m.rules))
	}
}

func (r *run) waivedAt(c int) bool { return slices.Contains(r.waived, int32(c)) }

// owe books a guard as readiness debt, once.
func (r *run) owe(guard int) {
	if !slices.Contains(r.debts, int32(guard)) {
		r.debts = append(r.debts, int32(guard))
	}
}

// oweWaived books the waived criteria that are unmet as the stage is left that
// they guard.
func (r *run) oweWaived(renew bool) {
	for _, w := range r.waived {
		c := int(w)
		guards := r.model.rules[c].stage == r.stage || c == r.model.feasible && !renew && r.stage >= reformcycle.CoalitionBuilding
		if guards && !r.metAt(c) {
			r.owe(c)
		}
	}
}

// settle drops the debts whose guard is met.
func (r *run) settle() {
	r.debts = slices.DeleteFunc(r.debts, func(d int32) bool { return r.metAt(int(d)) })
	r.weigh()
}

// weigh finds how much is owed: the weight of what is owed of the stages behind, as a
// share of all that they required. A veto has no weight, and what is owed of a
// stage that the reform has gone back to is its work again.
func (r *run) weigh() {
	r.owed = 0
	all := r.model.behind[r.stage]
	if len(r.debts) == 0 || !(all > 0) {
		return
	}
	for _, d := range r.debts {
		if c := int(d); c < len(r.model.rules) && r.model.rules[c].stage < r.stage {
			r.owed += r.model.rules[c].weight
		}
	}
	r.owed = min(1, r.owed/all)
}
