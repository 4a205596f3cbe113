//go:build unix

package main

import (
	"context"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// standing says where every cycle stands. A journal in a database is asked for it; of any
// other the cycles are opened one by one.
func standing(ctx context.Context, j reformcycle.Journal) (rows []portfolio.Row, err error) {
	p, err := portfolio.Open(ctx, j, portfolio.WithOptions(reformcycle.WithChecklist(cases.Kenya(nil).Checklist()), reformcycle.WithChecklist(reformcycle.ReformChecklist())))
	if err != nil {
		return nil, err
	}
	for q := (portfolio.Query{Sees: portfolio.Everything}); ; {
		page, err := p.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		rows = append(rows, page.Rows...)
		if q.After = page.Next; q.After == "" {
			return rows, nil
		}
	}
}
