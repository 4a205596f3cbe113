package portfolio

import (
	"context"
	"errors"
	"slices"
	"sort"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the index over all cycles: that of the journal, and the portfolio's own,
// which is in memory and kept up to date.

// Row, Query and Page are those of every index.
type (
	Row   = reformcycle.IndexRow
	Query = reformcycle.IndexQuery
	Page  = reformcycle.IndexPage
)

// rowOf is the row of a cycle that was opened, or of one that can't be read.
func rowOf(id string, s reformcycle.State, err error) Row {
	if err != nil {
		return Row{Cycle: id, Unreadable: language.Refused(err)}
	}
	return s.IndexRow()
}

// index is the portfolio's own. Whoever holds its gate may change it; a row is never
// changed, but replaced.
type index struct {
	gate chan struct{}
	rows map[string]*Row
	// sorted are the rows by id; nil where they have to be sorted anew.
	sorted []*Row
	// at is the position in the feed up to which the rows are those of the journal, of
	// those that are followed at all.
	at       reformcycle.Position
	followed bool
}

// all gives the rows of all cycles as the journal has them now, by id. They and the slice
// are nobody's to change.
//
// A journal that offers a feed tells which cycles have new entries; of any other each
// cycle is asked for them. A cycle with new entries is asked of the journal's index, where
// it has one, and else opened.
func (p *Portfolio) all(ctx context.Context) ([]*Row, error) {
	if err := p.ready(ctx); err != nil {
		return nil, err
	}
	select {
	case p.index.gate <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-p.index.gate }() // deferred, for a journal may panic
	if err := p.catchUp(ctx); err != nil {
		return nil, err
	}
	x := &p.index
	if x.sorted == nil {
		x.sorted = make([]*Row, 0, len(x.rows))
		for _, r := range x.rows {
			x.sorted = append(x.sorted, r)
		}
		slices.SortFunc(x.sorted, func(a, b *Row) int { return strings.Compare(a.Cycle, b.Cycle) })
	}
	return x.sorted, nil
}

func (p *Portfolio) catchUp(ctx context.Context) error {
	x := &p.index
	feeder, feeds := p.journal.(reformcycle.Feeder)
	var stale []string
	if feeds && x.followed {
		var end reformcycle.Position
		var err error
		if stale, end, err = p.behind(ctx, feeder); err == nil {
			// What could not be read may be by now.
			for id, r := range x.rows {
				if !r.Known() && !slices.Contains(stale, id) {
					stale = append(stale, id)
				}
			}
			slices.Sort(stale)
			if err := p.renew(ctx, stale); err != nil {
				return err
			}
			x.at = end
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		x.followed = false // a new epoch, another journal in its place, or damage: all is asked anew
	}
	// The position is taken first: what is appended from here on is in the feed.
	var end reformcycle.Position
	if feeds {
		var err error
		end, err = feeder.FeedEnd(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		feeds = err == nil // else each cycle says for itself what is wrong with it
	}
	there := make(map[string]bool, len(x.rows))
	if indexer, indexed := p.journal.(reformcycle.Indexer); indexed {
		err := p.newer(ctx, indexer, there)
		if err == nil {
			p.forget(there)
			x.at, x.followed = end, feeds
			return nil
		}
		if ctx.Err() != nil || !errors.Is(err, reformcycle.ErrDamaged) {
			return err
		}
	}
	for id, err := range p.journal.Cycles(ctx, "") {
		if err != nil {
			return err
		}
		there[id] = true
		if r := x.rows[id]; r == nil || !r.Known() || p.moved(ctx, r) {
			stale = append(stale, id)
		}
	}
	p.forget(there)
	if err := p.renew(ctx, stale); err != nil {
		return err
	}
	x.at, x.followed = end, feeds
	return nil
}

// forget drops the rows of cycles that are there no more.
func (p *Portfolio) forget(there map[string]bool) {
	for id := range p.index.rows {
		if !there[id] {
			delete(p.index.rows, id)
			p.index.sorted = nil
		}
	}
}

// newer asks an index for the rows of the cycles that have moved, and notes which cycles
// there are.
func (p *Portfolio) newer(ctx context.Context, indexer reformcycle.Indexer, there map[string]bool) error {
	x := &p.index
	q := Query{Sees: Everything, Limit: reformcycle.MaxIndexPage, Newer: func(id string, seq uint64) bool {
		there[id] = true
		r := x.rows[id]
		return r == nil || !r.Known() || r.Seq != seq
	}}
	for {
		page, err := indexer.Index(ctx, q)
		if err == nil {
			err = p.fill(ctx, page.Rows)
		}
		if err != nil {
			return err
		}
		for i := range page.Rows {
			x.rows[page.Rows[i].Cycle] = &page.Rows[i]
			x.sorted = nil
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

var errEpoch = errors.New("the feed begins anew")

// behind are the cycles that have new entries by the feed, and the position behind them.
func (p *Portfolio) behind(ctx context.Context, feeder reformcycle.Feeder) (stale []string, end reformcycle.Position, err error) {
	end = p.index.at
	seen := map[string]bool{}
	for fed, err := range feeder.Feed(ctx, end) {
		switch {
		case err != nil:
			return nil, end, err
		case end.Epoch != 0 && fed.Position.Epoch != end.Epoch:
			return nil, end, errEpoch
		}
		end = fed.Position
		if r := p.index.rows[fed.Cycle]; !seen[fed.Cycle] && (r == nil || r.Seq < fed.Entry.Seq) {
			seen[fed.Cycle] = true
			stale = append(stale, fed.Cycle)
		}
	}
	return stale, end, nil
}

// moved reports whether a cycle has entries behind those of its row, or can't be read.
func (p *Portfolio) moved(ctx context.Context, r *Row) bool {
	for range p.journal.Load(ctx, r.Cycle, r.Seq) {
		return true
	}
	return false
}

// renew makes the rows of cycles anew.
func (p *Portfolio) renew(ctx context.Context, stale []string) error {
	indexer, indexed := p.journal.(reformcycle.Indexer)
	for some := range slices.Chunk(stale, reformcycle.MaxIndexPage) {
		rows := map[string]*Row{}
		if indexed {
			page, err := indexer.Index(ctx, Query{Sees: Everything, Cycles: some, Limit: len(some)})
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil && !errors.Is(err, reformcycle.ErrDamaged) {
				return err
			}
			for i := range page.Rows {
				rows[page.Rows[i].Cycle] = &page.Rows[i]
			}
		}
		for _, id := range some {
			r := rows[id]
			if r == nil || !r.Known() {
				s, err := p.stood(ctx, id)
				if ctx.Err() != nil {
					return ctx.Err()
				}
				one := rowOf(id, s, err)
				r = &one
			}
			p.index.rows[id] = r
			p.index.sorted = nil
		}
	}
	return nil
}

// stood is how a cycle stood after its last entry.
func (p *Portfolio) stood(ctx context.Context, id string) (reformcycle.State, error) {
	c, err := p.cycle(ctx, id, false)
	if err != nil {
		return reformcycle.State{}, err
	}
	return c.State(), nil
}

// seen gives the rows of the cycles that may be seen, by id.
func (p *Portfolio) seen(ctx context.Context, sees func(string) bool) ([]*Row, error) {
	if err := p.ready(ctx); err != nil {
		return nil, err
	}
	if err := seeing(sees); err != nil {
		return nil, err
	}
	all, err := p.all(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]*Row, 0, len(all))
	for _, r := range all {
		if sees(r.Cycle) {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// below are the jurisdictions that lie in one, and that itself, as far as the rows tell.
func below(rows []*Row, id string) map[string]bool {
	under := map[string][]string{}
	for _, r := range rows {
		if j := r.Jurisdiction; j.Parent != "" {
			under[j.Parent] = append(under[j.Parent], j.ID)
		}
	}
	in := map[string]bool{id: true}
	for open := []string{id}; len(open) > 0; {
		next := open[len(open)-1]
		open = open[:len(open)-1]
		for _, j := range under[next] {
			if !in[j] {
				in[j] = true
				open = append(open, j)
			}
		}
	}
	return in
}

// Page gives a page of the cycles that a query asks for. The journal's index answers where
// it has one. Else a query that asks for nothing but what may be seen, by id, opens the
// cycles that stand on the page and no others; for any other the portfolio reads all
// cycles once, and then what is new.
//
// Errors: [fault.Fields] for the query; what the journal and the context return. A cycle
// that can't be read is a row that says so.
func (p *Portfolio) Page(ctx context.Context, q Query) (Page, error) {
	if err := p.ready(ctx); err != nil {
		return Page{}, err
	}
	q, err := q.Checked()
	if err != nil {
		return Page{}, err
	}
	if indexer, indexed := p.journal.(reformcycle.Indexer); indexed {
		page, err := indexer.Index(ctx, q)
		if err == nil {
			return page, p.fill(ctx, page.Rows)
		}
		if ctx.Err() != nil || !errors.Is(err, reformcycle.ErrDamaged) {
			return Page{}, err
		}
	} else if !q.Asks() && q.Order == reformcycle.ByID {
		return p.list(ctx, q)
	}
	all, err := p.all(ctx)
	if err != nil {
		return Page{}, err
	}
	in := func(*Row) bool { return true }
	if q.Within != "" {
		known := below(all, q.Within)
		in = func(r *Row) bool { return known[r.Jurisdiction.ID] }
	}
	if q.Order != reformcycle.ByID {
		all = slices.Clone(all)
		slices.SortFunc(all, q.Compare)
	}
	if at, id, later := q.From(); later {
		before := Row{Cycle: id, LastMove: at}
		all = all[sort.Search(len(all), func(i int) bool { return q.Compare(all[i], &before) > 0 }):]
	}
	var page Page
	for _, r := range all {
		if !q.Takes(r) || !in(r) {
			continue
		}
		if len(page.Rows) == q.Limit { // there is one more
			page.Next = q.Next(page.Rows[q.Limit-1])
			break
		}
		page.Rows = append(page.Rows, *r)
	}
	return page, nil
}

// list is the page of a query that asks for nothing but ids: it opens those on the page.
func (p *Portfolio) list(ctx context.Context, q Query) (Page, error) {
	var page Page
	_, after, _ := q.From()
	for id, err := range p.visible(ctx, after, q.Sees) {
		switch {
		case err != nil:
			return Page{}, err
		case len(q.Cycles) > 0 && !slices.Contains(q.Cycles, id):
			continue
		case len(page.Rows) == q.Limit: // there is one more; it is not opened
			page.Next = q.Next(page.Rows[q.Limit-1])
			return page, nil
		}
		s, err := p.stood(ctx, id)
		if ctx.Err() != nil {
			return Page{}, ctx.Err()
		}
		page.Rows = append(page.Rows, rowOf(id, s, err))
	}
	return page, nil
}

// fill opens the cycles of which an index knows only that they are there.
func (p *Portfolio) fill(ctx context.Context, rows []Row) error {
	for i, r := range rows {
		if r.Known() {
			continue
		}
		s, err := p.stood(ctx, r.Cycle)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rows[i] = rowOf(r.Cycle, s, err)
	}
	return nil
}
