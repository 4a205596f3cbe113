package sqljournal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
)

// This file asks the rows of the cycles, and no entries.

// Index gives a page of the rows that a query asks for. It reads them by the database's
// own index where a condition has one, and holds no connection while it asks Sees.
//
// Errors: [fault.Fields] for the query; DamageError for a row that is not as it was
// written; what the database and the context return.
func (j *Journal) Index(ctx context.Context, q reformcycle.IndexQuery) (reformcycle.IndexPage, error) {
	none := reformcycle.IndexPage{}
	if err := j.ready(ctx); err != nil {
		return none, err
	}
	q, err := q.Checked()
	if err != nil {
		return none, err
	}
	if q.Newer != nil {
		if q.Cycles, err = j.newer(ctx, q); err != nil || len(q.Cycles) == 0 {
			return none, err
		}
	}
	where, args := conditions(q)
	at, id, later := q.From()
	moment := formatMoment(at)
	var page reformcycle.IndexPage
	for size := q.Limit + 1; ; size = min(2*size, pageRows) {
		statement, values := paged(q, where, args, moment, id, later, size)
		var rows []cycleRow
		err := patiently(ctx, func() (err error) {
			rows, err = j.cycleRows(ctx, j.d.text(statement), values)
			return err
		}, passes)
		if err != nil {
			return none, err
		}
		for i := range rows {
			r := &rows[i]
			moment, id, later = r.lastMove.String, r.id, true
			if !q.Sees(r.id) {
				continue
			}
			row, err := r.row()
			if err != nil {
				return none, err
			}
			if !q.Takes(&row) {
				continue
			}
			if len(page.Rows) == q.Limit { // there is one more
				page.Next = q.Next(page.Rows[q.Limit-1])
				return page, nil
			}
			page.Rows = append(page.Rows, row)
		}
		if len(rows) < size {
			return page, nil
		}
	}
}

// newer are the ids of the cycles that Newer asks for, in their order: as many as a page
// has and one more. It reads no more of the rows than their ends.
func (j *Journal) newer(ctx context.Context, q reformcycle.IndexQuery) (ids []string, err error) {
	type end struct {
		id  string
		seq int64
	}
	var ends []end
	statement := j.d.text("select id, seq from chsreform_cycles") // unsorted: that reads the table as it lies
	_, after, _ := q.From()
	err = patiently(ctx, func() error {
		ends = ends[:0]
		rows, err := j.db.QueryContext(ctx, statement)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e end
			if err := rows.Scan(&e.id, &e.seq); err != nil {
				return scanned(rows, cyclesTable, e.id, 0)
			}
			ends = append(ends, e)
		}
		return rows.Err()
	}, passes)
	for _, e := range ends {
		if e.id > after && q.Sees(e.id) && q.Newer(e.id, uint64(max(e.seq, 0))) && (len(q.Cycles) == 0 || slices.Contains(q.Cycles, e.id)) {
			ids = append(ids, e.id)
		}
	}
	slices.Sort(ids)
	return ids[:min(len(ids), q.Limit+1)], err
}

func (j *Journal) cycleRows(ctx context.Context, statement string, args []any) (all []cycleRow, err error) {
	rows, err := j.db.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r cycleRow
		if err := rows.Scan(r.fields()...); err != nil {
			return nil, scanned(rows, cyclesTable, r.id, uint64(max(r.seq, 0)))
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// paged is the statement for so many rows behind one, with question marks.
func paged(q reformcycle.IndexQuery, where []string, args []any, moment, id string, later bool, size int) (string, []any) {
	where, args = where[:len(where):len(where)], args[:len(args):len(args)]
	order := "id"
	switch {
	case q.Order == reformcycle.ByLastMove && later:
		where, args = append(where, "(last_move, id) > (?, ?)"), append(args, moment, id)
	case q.Order == reformcycle.ByLastMove:
		where = append(where, "last_move is not null")
	case later:
		where, args = append(where, "id > ?"), append(args, id)
	}
	if q.Order == reformcycle.ByLastMove {
		order = "last_move, id"
	}
	statement := "select " + cycleColumns + " from chsreform_cycles"
	if len(where) > 0 {
		statement += " where " + strings.Join(where, " and ")
	}
	return statement + " order by " + order + " limit ?", append(args, int64(size))
}

// within are the jurisdictions that lie in one, and that itself.
const within = `place in (with recursive below (id) as (
	select place from chsreform_cycles where place = ? or lies_in = ?
	union select c.place from chsreform_cycles c join below on c.lies_in = below.id
) select id from below where id <> '')`

// conditions are those of a checked query that spare the database rows, with question
// marks. Which rows are taken is for the query to say, but for Within.
func conditions(q reformcycle.IndexQuery) (where []string, args []any) {
	add := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	equal := func(column, value string) {
		if value != "" {
			add(column+" = ?", value)
		}
	}
	if len(q.Cycles) > 0 {
		add(oneOf("id", len(q.Cycles)), texts(q.Cycles)...)
	}
	equal("country", q.Country)
	equal("parent", q.Parent)
	if q.Within != "" {
		add(within, q.Within, q.Within)
	}
	if len(q.Tiers) > 0 {
		add(oneOf("tier", len(q.Tiers)), texts(q.Tiers)...)
	}
	if len(q.Stages) > 0 {
		add(oneOf("stage", len(q.Stages)), texts(q.Stages)...)
	}
	if len(q.Statuses) > 0 {
		add(oneOf("status", len(q.Statuses)), texts(q.Statuses)...)
	}
	if q.Lap > 0 {
		add("lap = ?", int64(q.Lap))
	}
	if q.Guard != "" {
		add(like("guards"), "%"+escaped(lines(q.Guard))+"%")
	}
	between := func(column string, c reformcycle.Count) {
		switch least, most, set := c.Bounds(); {
		case set && least == most:
			add(column+" = ?", int64(least))
		case set:
			add(column+" >= ? and "+column+" <= ?", int64(least), int64(most))
		}
	}
	between("blockers", q.Guards)
	between("debts", q.Debts)
	if !q.MovedBefore.IsZero() {
		add("last_move < ?", formatMoment(q.MovedBefore))
	}
	if !q.MovedSince.IsZero() {
		add("last_move >= ?", formatMoment(q.MovedSince))
	}
	if q.Text != "" {
		add(like("search"), "%"+escaped(q.Text)+"%")
	}
	return where, args
}

func like(column string) string { return column + ` like ? escape '\'` }

// escaped is a text for like, in which it stands for itself.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

func oneOf(column string, n int) string {
	if n == 1 {
		return column + " = ?"
	}
	return column + " in (?" + strings.Repeat(", ?", n-1) + ")"
}

func texts[S any](values []S) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = fmt.Sprint(v)
	}
	return all
}
