package portfolio

import (
	"context"
	"slices"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/date"
)

// This file lists what falls due in many cycles.

// Due is a deadline of one of many cycles.
type Due struct {
	Cycle string `json:"cycle"`
	// Title of the cycle; empty where it has none.
	Title string `json:"title,omitempty"`
	// Seq is the last entry of the cycle as it was judged: what is said of a deadline
	// later has a greater one, or rests on the same record.
	Seq uint64 `json:"seq"`
	reformcycle.Deadline
}

// DueIn lists what falls due in one cycle from one date to another, as
// [reformcycle.State.Due] has it.
func DueIn(s reformcycle.State, from, to date.Date) []Due {
	var list []Due
	for _, d := range s.Due(from, to) {
		list = append(list, Due{s.ID(), s.Title(), s.Seq(), d})
	}
	return list
}

// Due lists what falls due from one date to another in the cycles that may be seen, as
// [reformcycle.State.Due] has it for each: sorted by day, then by cycle, and within that by
// kind and id. Cycles that can't be read are left out: RollUp names them.
//
// Errors: [fault.Fields] where sees is nil; what the journal and the context return.
func (p *Portfolio) Due(ctx context.Context, sees func(cycle string) bool, from, to date.Date) ([]Due, error) {
	var list []Due
	if err := p.each(ctx, sees, func(_ string, s reformcycle.State, _ error) {
		list = append(list, DueIn(s, from, to)...)
	}); err != nil {
		return nil, err
	}
	// Cycles come in the order of their ids, and their deadlines in that of kinds and ids.
	slices.SortStableFunc(list, func(a, b Due) int { return a.Day.First().Compare(b.Day.First()) })
	return list, nil
}
