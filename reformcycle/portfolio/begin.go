package portfolio

import (
	"context"

	"github.com/chsreform/chsreform/reformcycle"
)

// This file begins cycles.

// Begin begins a cycle in the journal: the first entry of its journal is by the stamp.
// The options come behind those of the portfolio.
//
// Errors: as [reformcycle.New] and [reformcycle.Cycle.Apply]; a ConflictError where the
// journal has the cycle already.
func (p *Portfolio) Begin(ctx context.Context, by reformcycle.Stamp, id string, options ...reformcycle.Option) (*reformcycle.Cycle, error) {
	if err := p.ready(ctx); err != nil {
		return nil, err
	}
	all := append(append([]reformcycle.Option{}, p.options...), options...)
	c, err := reformcycle.New(id, append(all, reformcycle.WithJournal(p.journal))...)
	if err != nil {
		return nil, err
	}
	if _, err := c.Apply(ctx, by.After(0)); err != nil {
		return nil, err
	}
	return p.cycle(ctx, c.ID(), true)
}
