package sqljournal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Row is where one cycle stands after the last entry of its journal.
type Row struct {
	ID      string
	Title   string
	Country string
	// Stage, Lap, Status, LastMove and Blockers are as State has them. Stage is
	// zero, and the others mean nothing, where the last batch came without its
	// state.
	Stage    reformcycle.Stage
	Lap      int
	Status   reformcycle.Status
	LastMove time.Time
	// Blockers is how many guards stood before the next stage, judged at the
	// moment of the last entry: a criterion that fails with time alone fails here
	// with the next entry.
	Blockers int
	// Seq is the sequence number of the last entry.
	Seq uint64
}

// Order is what a portfolio is sorted by.
type Order uint8

// The orders.
const (
	// ByID: in the order of the ids' bytes.
	ByID Order = iota
	// ByLastMove: who has not moved for longest comes first; at the same moment by
	// id. Cycles whose last batch came without its state are left out.
	ByLastMove
)

// Count is a condition on a number; the zero value is none. See Exactly, AtLeast
// and AtMost.
type Count struct {
	operator string
	n        int
}

// Exactly asks for n and no other number.
func Exactly(n int) Count { return Count{"=", n} }

// AtLeast asks for n or more.
func AtLeast(n int) Count { return Count{">=", n} }

// AtMost asks for n or fewer.
func AtMost(n int) Count { return Count{"<=", n} }

// Query says which cycles a portfolio shows. What is left at its zero value asks
// for nothing; the conditions that are there all hold.
type Query struct {
	// Stages and Statuses: the cycle stands at one of them.
	Stages   []reformcycle.Stage
	Statuses []reformcycle.Status
	// Lap is the number of the lap that the cycle is in.
	Lap int
	// Country as the cycle was given it.
	Country string
	// LastMoveBefore: the cycle last moved before then.
	LastMoveBefore time.Time
	// Blockers is how many guards stand before the next stage.
	Blockers Count

	Order Order
	// After is where the page before ended: its Next. Empty for the first page.
	After string
	// Limit is how many rows a page has, up to MaxLimit; 50 where it is 0.
	Limit int
}

// MaxLimit is how many rows a page has at most.
const MaxLimit = 1000

const defaultLimit = 50

// Page is a part of a portfolio.
type Page struct {
	Rows []Row
	// Next is After for the page that follows; empty behind the last. It stays
	// good whatever is appended meanwhile: a page goes on behind the row that it
	// ended with, wherever that row is by then.
	Next string
}

// Portfolio gives a page of the cycles that a query asks for. It reads their
// rows, by their index, and no entries.
//
// Errors: [fault.Fields] for the query; DamageError for a row that is not as it was
// written; what the database and the context return.
func (j *Journal) Portfolio(ctx context.Context, q Query) (Page, error) {
	if err := j.ready(ctx); err != nil {
		return Page{}, err
	}
	statement, args, err := q.statement()
	if err != nil {
		return Page{}, err
	}
	var page Page
	err = patiently(ctx, func() error {
		page, err = j.portfolioPage(ctx, q, j.d.text(statement), args)
		return err
	}, passes)
	return page, err
}

func (j *Journal) portfolioPage(ctx context.Context, q Query, statement string, args []any) (Page, error) {
	rows, err := j.db.QueryContext(ctx, statement, args...)
	if err != nil {
		return Page{}, err
	}
	defer rows.Close()
	var page Page
	limit := q.limit()
	for rows.Next() {
		if len(page.Rows) == limit {
			page.Next = q.cursor(page.Rows[limit-1]) // there is one more
			break
		}
		var r cycleRow
		if err := rows.Scan(r.fields()...); err != nil {
			return Page{}, scanned(rows, cyclesTable, r.id, uint64(max(r.seq, 0)))
		}
		row, err := r.row()
		if err != nil {
			return Page{}, err
		}
		page.Rows = append(page.Rows, row)
	}
	return page, rows.Err()
}

func (q Query) limit() int {
	if q.Limit == 0 {
		return defaultLimit
	}
	return q.Limit
}

// statement checks the query and gives its SQL, with question marks.
func (q Query) statement() (string, []any, error) {
	if err := q.check(); err != nil {
		return "", nil, err
	}
	var where []string
	var args []any
	add := func(condition string, values ...any) {
		where = append(where, condition)
		args = append(args, values...)
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
	if q.Country != "" {
		add("country = ?", q.Country)
	}
	if !q.LastMoveBefore.IsZero() {
		add("last_move < ?", formatMoment(q.LastMoveBefore))
	}
	if q.Blockers.operator != "" {
		add("blockers "+q.Blockers.operator+" ?", int64(q.Blockers.n))
	}
	order := "id"
	if q.Order == ByLastMove {
		order = "last_move, id"
		if q.After == "" {
			add("last_move is not null")
		} else {
			moment, id, err := splitCursor(q.After)
			if err != nil {
				return "", nil, err
			}
			add("(last_move, id) > (?, ?)", moment, id)
		}
	} else if q.After != "" {
		add("id > ?", q.After)
	}
	statement := "select " + cycleColumns + " from chsreform_cycles"
	if len(where) > 0 {
		statement += " where " + strings.Join(where, " and ")
	}
	return statement + " order by " + order + " limit ?", append(args, int64(q.limit()+1)), nil
}

func (q Query) check() error {
	switch {
	case len(q.Stages) > maxListed || len(q.Statuses) > maxListed:
		return fault.Refuse("stages, statuses", fault.Length, max(len(q.Stages), len(q.Statuses)), fault.Said{ID: "want.at-most", Args: []any{"most", maxListed}})
	case slices.ContainsFunc(q.Stages, func(s reformcycle.Stage) bool { return !s.Valid() }):
		return fault.Refuse("stages", "known", nil, language.Of("want.stages"))
	case slices.ContainsFunc(q.Statuses, func(s reformcycle.Status) bool { return !s.Valid() }):
		return fault.Refuse("statuses", "known", nil, language.Of("want.statuses"))
	case q.Lap < 0:
		return fault.Refuse("lap", fault.Range, q.Lap, language.Of("want.lap"))
	case !isName(q.Country):
		return fault.Refuse("country", "name", q.Country, language.Of("want.text-bytes-or-none", "most", maxName))
	case !storable(q.LastMoveBefore):
		return fault.Refuse("last_move_before", fault.Range, q.LastMoveBefore, language.Of("want.years"))
	case q.Order > ByLastMove:
		return fault.Refuse("order", "known", int(q.Order), fault.OneOf([]string{"ByID", "ByLastMove"}))
	case len(q.After) > len(momentForm)+maxName || !isPlain(q.After):
		return fault.Refuse("after", "cursor", nil, language.Of("want.next-page"))
	case q.Limit < 0 || q.Limit > MaxLimit:
		return fault.Refuse("limit", "range", q.Limit, language.Of("want.limit", "most", MaxLimit, "usual", defaultLimit))
	}
	return nil
}

// maxListed is how many stages or statuses a query may list.
const maxListed = 16

func oneOf(column string, n int) string {
	if n == 1 {
		return column + " = ?"
	}
	return column + " in (?" + strings.Repeat(", ?", n-1) + ")"
}

func texts[S fmt.Stringer](values []S) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v.String()
	}
	return all
}

// cursor names the row that a page ended with.
func (q Query) cursor(last Row) string {
	if q.Order == ByLastMove {
		return formatMoment(last.LastMove) + last.ID
	}
	return last.ID
}

// splitCursor takes the cursor of ByLastMove apart. It comes back from a web page
// and may be anything.
func splitCursor(after string) (moment, id string, err error) {
	if len(after) > len(momentForm) {
		moment, id = after[:len(momentForm)], after[len(momentForm):]
		if _, err := parseMoment(moment); err == nil && isName(id) {
			return moment, id, nil
		}
	}
	return "", "", fault.Refuse("after", "cursor", nil, language.Of("want.next-page"))
}
