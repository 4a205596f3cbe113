package main

import "github.com/chsreform/chsreform/reformcycle/simulation"

// financeFirst is a strategy of a host's own. Whatever else is open, it puts a
// share of the month into the money: what pays for the launch and afterwards,
// and, once that is settled, the pay of the workers. How the rest is spent it
// leaves to another strategy.
//
// A strategy is a pure function of what it observes: this one remembers nothing
// and may be asked by several goroutines at once.
type financeFirst struct {
	share float64 // of the month's effort, 0 to 1
	then  simulation.Strategy
}

// money are the criteria in the order in which they are paid for; those of the
// stages to come wait for their stage.
var money = []string{"readiness.financing", "readiness.incentives", "governance.financing"}

// Name identifies the strategy in results.
func (f *financeFirst) Name() string { return "finance-first" }

// Allocate works on the money, and hands on what is left.
func (f *financeFirst) Allocate(o *simulation.Observation, a *simulation.Allocation) {
	if c, open := f.next(o); open {
		a.Work(c, f.share*o.Budget)
	}
	f.then.Allocate(o, a)
}

// next is the first criterion of the money that is open, up to the stage at
// hand.
func (f *financeFirst) next(o *simulation.Observation) (int, bool) {
	for _, id := range money {
		for c := range o.Criteria {
			if v := &o.Criteria[c]; v.ID == id && v.Stage <= o.Stage && o.Open(c) {
				return c, true
			}
		}
	}
	return 0, false
}
