package main

import (
	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// financeFirst is a policy of a host's own. Whatever else is open, it puts a
// share of the month into the money: what pays for the launch, then the pay of
// the workers, and later what pays for governance. The rest it spreads as
// balanced does.
//
// A policy is a pure function of what it observes: this one remembers nothing
// and may be asked by several goroutines at once. It is a [simulation.Tunable],
// so that whatever makes two of it differ is part of their identity: results of
// different policies must not merge.
type financeFirst struct {
	share float64 // of the month's effort, 0 to 1
	rest  simulation.Tunable
}

// usualShare is what it puts into the money unless told otherwise.
const usualShare = 0.6

func newFinanceFirst() (simulation.Tunable, error) {
	balanced, err := simulation.NewPolicy("balanced", nil)
	if err != nil {
		return nil, err
	}
	return &financeFirst{share: usualShare, rest: balanced}, nil
}

// money are the criteria in the order in which they are paid for; those of the
// stages to come wait for their stage.
var money = []string{"readiness.financing", "readiness.incentives", "governance.financing"}

// Name identifies the policy in results, together with its parameters.
func (f *financeFirst) Name() string { return "finance-first" }

// Parameters lists the share, and what tunes the rest.
func (f *financeFirst) Parameters() []simulation.Parameter {
	return append([]simulation.Parameter{{
		Name: "share", Unit: "share", Min: 0, Max: 1, Default: usualShare, Value: f.share,
		Origin: simulation.Assumption, Meaning: "Effort that goes into the money while some of it is open.",
	}}, f.rest.Parameters()...)
}

// With gives the policy with another value of one parameter.
func (f *financeFirst) With(name string, value float64) (simulation.Tunable, error) {
	with := *f
	if name == "share" {
		if !(value >= 0 && value <= 1) { // also NaN
			return nil, assessment.FieldErrors{{Field: name, Rule: "range", Value: value, Want: "a share from 0 to 1"}}
		}
		with.share = value
		return &with, nil
	}
	rest, err := f.rest.With(name, value)
	if err != nil {
		return nil, err
	}
	with.rest = rest
	return &with, nil
}

// Allocate works on the money, and hands on what is left.
func (f *financeFirst) Allocate(o *simulation.View, a *simulation.Allocation) {
	// While the reform is suspended work comes to nothing.
	if c, open := f.next(o); open && o.Status == reformcycle.Active {
		a.Work(c, f.share*o.Budget)
	}
	f.rest.Allocate(o, a)
}

// next is the first criterion of the money that is open, up to the stage at
// hand.
func (f *financeFirst) next(o *simulation.View) (int, bool) {
	for _, id := range money {
		for c := range o.Criteria {
			if v := &o.Criteria[c]; v.ID == id && v.Stage <= o.Stage && o.Open(c) {
				return c, true
			}
		}
	}
	return 0, false
}
