package main

import (
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// money are the criteria that finance first pays for, in this order; those of the
// stages to come wait for their stage.
var money = []string{"readiness.financing", "readiness.incentives", "governance.financing"}

// newFinanceFirst makes a policy of a host's own. Whatever else is open, it puts a
// share of the month into the money: what pays for the launch, then the pay of the
// workers, and later what pays for governance. With the rest it does as balanced
// does. Its parameters are part of its identity, so that results of two that differ
// don't merge.
func newFinanceFirst() (simulation.Tunable, error) {
	share := simulation.Parameter{
		Name: "share", Unit: language.Of("unit.share"), Max: 1, Default: 0.6,
		Origin: simulation.Assumption(), Meaning: of("money"),
	}
	return simulation.NewTunable("finance-first", append([]simulation.Parameter{share}, simulation.BalanceParameters()...), payFirst)
}

// payFirst is a pure function of what it sees: several goroutines ask it at once.
func payFirst(values []float64, v *simulation.View, a *simulation.Allocation) {
	for _, id := range money {
		c, there := v.Place(id)
		// While the reform is suspended work comes to nothing.
		if there && v.Criteria[c].Stage <= v.Stage && v.Open(c) && v.Status == reformcycle.Active {
			a.Work(c, values[0]*v.Budget)
			break
		}
	}
	a.Balance(values[1:])
}
