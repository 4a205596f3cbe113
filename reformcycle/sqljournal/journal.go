package sqljournal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Journal keeps cycles in an SQL database. It is safe for use by several
// goroutines, and any number of processes may use the same database at once.
type Journal struct {
	db *sql.DB
	d  Dialect

	// Statements in the dialect's form.
	begin, move, insert, headOf, page, ids string
	save, restore                          string
}

var (
	_ reformcycle.Journal         = (*Journal)(nil)
	_ reformcycle.SnapshotJournal = (*Journal)(nil)
)

// Open makes a journal of a database, and the tables in it where they are
// missing or of an earlier version. The database stays the host's to close.
//
// Errors: [fault.Fields] without a database or a dialect; SchemaError where the
// tables are of a later version; ErrBusy; what the database returns.
func Open(ctx context.Context, db *sql.DB, d Dialect) (*Journal, error) {
	if ctx == nil || db == nil || d.schema == nil {
		return nil, fault.Refuse("ctx, db, dialect", "required", nil, "a context, a database, and SQLite() or PostgreSQL()")
	}
	if err := migrate(ctx, db, d, versions); err != nil {
		return nil, fmt.Errorf("making the journal's tables: %w", err)
	}
	return &Journal{
		db: db, d: d,
		begin: d.text(`insert into chsreform_cycles (id, seq, title, country, stage, status, lap, last_move, blockers)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`),
		move: d.text(`update chsreform_cycles
			set seq = ?, title = ?, country = ?, stage = ?, status = ?, lap = ?, last_move = ?, blockers = ?
			where id = ? and seq = ?`),
		insert: `insert into chsreform_entries (cycle, seq, happened, recorded, author, kind, version, data) values `,
		headOf: d.text(`select seq from chsreform_cycles where id = ?`),
		page:   d.text(`select ` + entryColumns + ` from chsreform_entries where cycle = ? and seq > ? and seq <= ? order by seq limit ?`),
		ids:    d.text(`select substr(id, 1, ?) from chsreform_cycles where id > ? order by id limit ?`),
		save: d.text(`insert into chsreform_snapshots (cycle, seq, last, form, checklist, moves, state, digest) values (?, ?, ?, ?, ?, ?, ?, ?)
			on conflict (cycle) do update set seq = excluded.seq, last = excluded.last, form = excluded.form, checklist = excluded.checklist, moves = excluded.moves, state = excluded.state, digest = excluded.digest`),
		restore: d.text(fmt.Sprintf(`select seq, substr(last, 1, %d), form, substr(checklist, 1, %[1]d), substr(moves, 1, %[1]d), substr(state, 1, %d), substr(digest, 1, %[1]d) from chsreform_snapshots where cycle = ?`, maxName+1, maxSnapshot+1)),
	}, nil
}

// errMoved: the row of the cycle is not where the writer thought.
var errMoved = errors.New("the journal has moved on")

// Append adds a batch in one transaction, together with where the cycle stands
// after it. Batches that come without a state are taken too: the portfolio then
// knows of the cycle, but not where it stands.
//
// Errors: [fault.Fields] for what the tables can't hold; ConflictError; ErrBusy;
// ErrUncertain where the connection broke during the commit; what the database
// and the context return. Only ErrUncertain leaves open whether the batch was
// appended.
func (j *Journal) Append(ctx context.Context, b reformcycle.Batch) error {
	if err := checkBatch(b); err != nil {
		return err
	}
	if b.After > math.MaxInt64-uint64(len(b.Entries)) {
		return j.conflict(ctx, b) // no head can be there
	}
	row, err := indexed(b)
	if err != nil {
		return err
	}
	// contention: the database says that somebody was in the way. Where the head
	// has moved that is a conflict; where it has not, the other transaction came
	// to nothing, and this one is tried again.
	contention := false
	err = patiently(ctx, func() error {
		contention = false
		err := transact(ctx, j.db, func(tx *sql.Tx) error { return j.append(ctx, tx, b, &row) })
		if err == nil || !errors.Is(err, errMoved) && !aborted(err) && state(err) != uniqueViolation {
			return err
		}
		head, lost := j.head(ctx, b.Cycle)
		switch {
		case lost != nil:
			return fmt.Errorf("%w; reading where it ends: %w", err, lost)
		case head != b.After:
			return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: head}
		case state(err) == uniqueViolation:
			return fmt.Errorf("%w: entries of %q lie behind entry %d, its last: %w", reformcycle.ErrCorrupt, shortened(b.Cycle), head, err)
		}
		contention = true
		return err
	}, func(err error) bool { return contention || busy(err) })
	if contention {
		// For the caller this is what a conflict is: nothing was appended because of
		// another writer, and to reload and try again is right.
		return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: b.After}
	}
	return err
}

// conflict says where the journal ends instead.
func (j *Journal) conflict(ctx context.Context, b reformcycle.Batch) error {
	head, err := j.head(ctx, b.Cycle)
	if err != nil {
		return err
	}
	return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: head}
}

// append does the work of Append inside its transaction. Its first statement
// decides; see transact.
func (j *Journal) append(ctx context.Context, tx *sql.Tx, b reformcycle.Batch, row *cycleRow) error {
	var moved sql.Result
	var err error
	if b.After == 0 {
		moved, err = tx.ExecContext(ctx, j.begin, append([]any{row.id, row.seq}, row.values()...)...)
	} else {
		args := append([]any{row.seq}, row.values()...)
		moved, err = tx.ExecContext(ctx, j.move, append(args, row.id, int64(b.After))...)
	}
	if err != nil {
		return err
	}
	if n, err := moved.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, errMoved)
	}
	for rest := b.Entries; len(rest) > 0; {
		some := rest[:chunk(rest)]
		if err := j.insertAll(ctx, tx, b.Cycle, some); err != nil {
			return err
		}
		rest = rest[len(some):]
	}
	return nil
}

// Bounds of one insert: the databases take 32,766 parameters and more, and a
// statement's data is in memory once more on its way.
const (
	maxRows   = 256
	maxInsert = 4 << 20
)

// chunk tells how many entries the next insert takes.
func chunk(entries []reformcycle.Entry) int {
	size := 0
	for n, e := range entries[:min(len(entries), maxRows)] {
		if size += len(e.Data); size > maxInsert && n > 0 {
			return n
		}
	}
	return min(len(entries), maxRows)
}

func (j *Journal) insertAll(ctx context.Context, tx *sql.Tx, cycle string, entries []reformcycle.Entry) error {
	const row = "(?, ?, ?, ?, ?, ?, ?, ?)"
	args := make([]any, 0, 8*len(entries))
	for i := range entries {
		e := &entries[i]
		data := []byte(e.Data)
		if data == nil {
			data = []byte{} // not null: no data is the empty text
		}
		args = append(args, cycle, int64(e.Seq), formatMoment(e.At), formatMoment(e.Recorded), e.By, string(e.Kind), int64(e.Version), data)
	}
	statement := j.insert + row + strings.Repeat(", "+row, len(entries)-1)
	_, err := tx.ExecContext(ctx, j.d.text(statement), args...)
	return err
}

// head reads where a journal ends; 0 for one that is not there.
func (j *Journal) head(ctx context.Context, cycle string) (uint64, error) {
	if !isName(cycle) {
		return 0, nil // Append would not have taken it
	}
	var seq int64
	err := patiently(ctx, func() error { return j.db.QueryRowContext(ctx, j.headOf, cycle).Scan(&seq) }, passes)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err == nil && seq < 1 {
		err = fmt.Errorf("%w: the journal of %q ends at entry %d", reformcycle.ErrCorrupt, shortened(cycle), seq)
	}
	return uint64(max(seq, 0)), err
}

// How much of a journal is read at a time.
const (
	pageRows  = 1000
	pageBytes = 4 << 20
)

// Load yields the entries that follow after, as far as the journal went when it
// was asked. It reads a page at a time and holds no connection while the caller
// works. A gap, and an end before the head that the cycle's row names, is an
// EntryError with ErrCorrupt.
func (j *Journal) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		none := reformcycle.Entry{}
		head, err := j.head(ctx, cycle)
		if err != nil {
			yield(none, err)
			return
		}
		for last := after; last < head; {
			var entries []reformcycle.Entry
			err := patiently(ctx, func() (err error) {
				entries, err = j.loadPage(ctx, cycle, last, head)
				return err
			}, passes)
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
				last = e.Seq
			}
			if err != nil {
				yield(none, err)
				return
			}
		}
	}
}

// loadPage reads at least one of the entries that follow last and go up to head,
// or fails. What it has read before it failed is good.
func (j *Journal) loadPage(ctx context.Context, cycle string, last, head uint64) (entries []reformcycle.Entry, err error) {
	rows, err := j.db.QueryContext(ctx, j.page, cycle, int64(last), int64(head), pageRows)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	size := 0
	for size < pageBytes && rows.Next() {
		var r entryRow
		if err := rows.Scan(r.fields()...); err != nil {
			return entries, err
		}
		e, err := r.entry()
		if err == nil && e.Seq != last+1 {
			err = fmt.Errorf("%w: it should be entry %d", reformcycle.ErrCorrupt, last+1)
		}
		if err != nil {
			return entries, &reformcycle.EntryError{Cycle: cycle, Seq: e.Seq, Kind: e.Kind, Version: e.Version, Err: err}
		}
		entries = append(entries, e)
		last = e.Seq
		size += len(e.Data)
	}
	if err := rows.Err(); err != nil {
		return entries, err
	}
	if len(entries) == 0 {
		err := fmt.Errorf("%w: it is missing, and the journal goes up to entry %d", reformcycle.ErrCorrupt, head)
		return nil, &reformcycle.EntryError{Cycle: cycle, Seq: last + 1, Err: err}
	}
	return entries, nil
}

// Cycles yields the ids of the cycles behind after, in the order of their bytes.
// It reads a page at a time and holds no connection while the caller works.
func (j *Journal) Cycles(ctx context.Context, after string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for after := after; ; { // a copy, for the sequence may be started again
			var ids []string
			err := patiently(ctx, func() (err error) {
				ids, err = j.idPage(ctx, after)
				return err
			}, passes)
			for _, id := range ids {
				if !yield(id, nil) {
					return
				}
				after = id
			}
			if err != nil {
				yield("", err)
				return
			}
			if len(ids) < pageRows {
				return
			}
		}
	}
}

func (j *Journal) idPage(ctx context.Context, after string) (ids []string, err error) {
	rows, err := j.db.QueryContext(ctx, j.ids, maxName+1, after, pageRows)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return ids, err
		}
		if id <= after || !isName(id) {
			return ids, fmt.Errorf("%w: the id %q can't follow %q", reformcycle.ErrCorrupt, shortened(id), shortened(after))
		}
		ids = append(ids, id)
		after = id
	}
	return ids, rows.Err()
}

// How long patiently tries, and how long it waits in between.
const (
	patience     = 5 * time.Second
	firstPause   = time.Millisecond
	longestPause = 100 * time.Millisecond
)

// passes reports whether what stood in the way of a statement will be gone soon,
// and nothing of the statement is left: other connections held the database, or
// PostgreSQL took the transaction back, which at SERIALIZABLE it may do to one
// that only reads.
func passes(err error) bool { return busy(err) || aborted(err) }

// patiently does something until it succeeds, fails for a reason that won't pass,
// or has been tried for long enough.
func patiently(ctx context.Context, do func() error, passes func(error) bool) error {
	started := time.Now()
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := do()
		if err == nil || !passes(err) {
			return err
		}
		if time.Since(started) > patience {
			if busy(err) {
				return fmt.Errorf("%w: %w", ErrBusy, err)
			}
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(ctx.Err(), err)
		case <-timer.C:
		}
	}
}

// SaveSnapshot keeps a snapshot in the place of an earlier one of its cycle.
func (j *Journal) SaveSnapshot(ctx context.Context, s reformcycle.Snapshot) error {
	switch {
	case s.Cycle == "" || !isName(s.Cycle) || !isName(s.Last) || !isName(s.Checklist) || !isName(s.Table) || !isName(s.Digest):
		return fault.Refuse("cycle, last, checklist, table, digest", "name", nil, fmt.Sprintf("valid texts of at most %d bytes", maxName))
	case s.Seq > math.MaxInt64:
		return fault.Refuse("seq", fault.Range, s.Seq, "a sequence number that SQL has an integer for")
	case len(s.State) > maxSnapshot:
		return fault.Refuse("state", fault.Length, len(s.State), fmt.Sprintf("at most %d bytes", maxSnapshot))
	}
	data := []byte(s.State)
	if data == nil {
		data = []byte{}
	}
	return patiently(ctx, func() error {
		_, err := j.db.ExecContext(ctx, j.save, s.Cycle, int64(s.Seq), s.Last, int64(s.Schema), s.Checklist, s.Table, data, s.Digest)
		return err
	}, passes)
}

// LoadSnapshot gives the snapshot of a cycle, and false where there is none.
func (j *Journal) LoadSnapshot(ctx context.Context, cycle string) (reformcycle.Snapshot, bool, error) {
	s := reformcycle.Snapshot{Cycle: cycle}
	var seq int64
	var data []byte
	err := j.db.QueryRowContext(ctx, j.restore, cycle).Scan(&seq, &s.Last, &s.Schema, &s.Checklist, &s.Table, &data, &s.Digest)
	if errors.Is(err, sql.ErrNoRows) {
		return reformcycle.Snapshot{}, false, nil
	}
	if err == nil && (seq < 0 || len(data) > maxSnapshot || !isName(s.Last) || !isName(s.Checklist) || !isName(s.Table) || !isName(s.Digest)) {
		err = fmt.Errorf("%w: the snapshot of %q is beyond its bounds", reformcycle.ErrCorrupt, shortened(cycle))
	}
	if err != nil {
		return reformcycle.Snapshot{}, false, err
	}
	s.Seq, s.State = uint64(seq), data
	return s, true, nil
}
