package main

import (
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// financeFirst is a policy of the host's own that the page offers: whatever else is open,
// it puts so much of a month into the money that pays for the launch, the pay of the
// workers and, later, governance. With the rest it does as balanced does.
func financeFirst() (simulation.Tunable, error) {
	money := simulation.Parameter{Name: "money", Max: 1, Default: 0.6, Origin: simulation.Assumption()}
	return simulation.NewTunable("finance-first", append([]simulation.Parameter{money}, simulation.BalanceParameters()...), func(values []float64, v *simulation.View, a *simulation.Allocation) {
		for _, id := range []string{"readiness.financing", "readiness.incentives", "governance.financing"} {
			c, there := v.Place(id)
			if there && v.Criteria[c].Stage <= v.Stage && v.Open(c) && v.Status == reformcycle.Active {
				a.Work(c, values[0]*v.Budget)
				break
			}
		}
		a.Balance(values[1:])
	})
}
