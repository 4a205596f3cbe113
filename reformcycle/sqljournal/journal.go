package sqljournal

import (
	"cmp"
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
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Journal keeps cycles in an SQL database. It is safe for use by several
// goroutines, and any number of processes may use the same database at once.
type Journal struct {
	db   *sql.DB
	d    Dialect
	loss bool

	// Statements in the dialect's form.
	move, insert           statement
	begin, shorten, forget string
	headOf, page, ids      string
	save, restore, feeds   string
}

var (
	_ reformcycle.Journal         = (*Journal)(nil)
	_ reformcycle.SnapshotJournal = (*Journal)(nil)
	_ reformcycle.Indexer         = (*Journal)(nil)
	_ reformcycle.Feeder          = (*Journal)(nil)
)

// JournalOption configures Open.
type JournalOption func(*Journal)

// WithLoss goes on without entries that are known to be lost, where Load and
// Append would give a LostError: the cycle then ends with the last entry that is
// there, and new ones take the numbers of those that are gone. Use it when nothing
// better can be had from a backup.
func WithLoss() JournalOption { return func(j *Journal) { j.loss = true } }

// Open makes a journal of a database, and the tables in it where they are
// missing or of an earlier version. The database stays the host's to close.
//
// Errors: [fault.Fields] without a database or a dialect; SchemaError where the
// tables are of a version that is not known here; ErrBusy; what the database
// returns.
func Open(ctx context.Context, db *sql.DB, d Dialect, options ...JournalOption) (*Journal, error) {
	if ctx == nil || db == nil || d.schema == nil {
		return nil, fault.Refuse("ctx, db, dialect", fault.Required, nil, language.Of("want.database"))
	}
	err := migrate(ctx, db, d, versions)
	if err == nil {
		err = gather(ctx, db, d)
	}
	if err != nil {
		return nil, fmt.Errorf("making the journal's tables: %w", err)
	}
	j := &Journal{
		db: db, d: d,
		begin: d.text(`insert into chsreform_cycles (` + cycleNames + `)
			values (?` + strings.Repeat(", ?", strings.Count(cycleNames, ",")) + `) on conflict (id) do nothing
			returning (select max(seq) from chsreform_entries where cycle = ?)`),
		shorten: d.text(`update chsreform_cycles set seq = ?, tip = ? where id = ? and seq = ? and tip = ?`),
		forget:  d.text(`delete from chsreform_cycles where id = ? and seq = ? and tip = ?`),
		headOf:  d.text(headStatement),
		feeds:   d.text(feedsStatement),
		page:    d.text(`select ` + entryColumns + ` from chsreform_entries where cycle = ? and seq > ? and seq <= ? order by seq limit ?`),
		ids:     d.text(`select substr(id, 1, ?) from chsreform_cycles where id > ? order by id limit ?`),
		save: d.text(`insert into chsreform_snapshots (cycle, seq, last, form, checklist, moves, state, digest) values (?, ?, ?, ?, ?, ?, ?, ?)
			on conflict (cycle) do update set seq = excluded.seq, last = excluded.last, form = excluded.form, checklist = excluded.checklist, moves = excluded.moves, state = excluded.state, digest = excluded.digest`),
		restore: d.text(fmt.Sprintf(`select seq, substr(last, 1, %d), form, substr(checklist, 1, %[1]d), substr(moves, 1, %[1]d), substr(state, 1, %d), substr(digest, 1, %[1]d) from chsreform_snapshots where cycle = ?`, maxName+1, maxSnapshot+1)),
	}
	var failed error
	j.insert, err = d.statement(ctx, db, d.schema.Replace(insertStatement))
	j.move, failed = d.statement(ctx, db, `update chsreform_cycles
		set `+strings.ReplaceAll(strings.TrimPrefix(cycleNames, "id, "), ",", " = ?,")+` = ?
		where id = ? and seq = ? and tip = (select sum from chsreform_entries where cycle = ? and seq = ?)`)
	if err := errors.Join(err, failed); err != nil {
		return nil, fmt.Errorf("preparing the journal's statements: %w", err)
	}
	for _, option := range options {
		if option == nil {
			return nil, fault.Refuse("option", fault.Required, nil, language.Of("want.option"))
		}
		option(j)
	}
	return j, nil
}

// ready refuses the zero Journal, and calls without a context.
func (j *Journal) ready(ctx context.Context) error {
	switch {
	case j == nil || j.db == nil:
		return fault.Refuse("journal", fault.Required, nil, language.Of("want.open-journal"))
	case ctx == nil:
		return fault.Refuse("ctx", fault.Required, nil, language.Of("want.context"))
	}
	return nil
}

// number is a sequence number as SQL has integers; the largest of those for one
// that is beyond them.
func number(seq uint64) int64 { return int64(min(seq, math.MaxInt64)) }

// errMoved: the row of the cycle is not where the writer thought, or does not
// agree with its last entry.
var errMoved = errors.New("the journal has moved on")

// Append adds a batch in one transaction, together with where the cycle stands
// after it. Batches that come without a state are taken too: the index then
// knows of the cycle, but not where it stands.
//
// Errors: [fault.Fields] for what the tables can't hold; ConflictError; DamageError
// and LostError where the row of the cycle and its last entry do not agree; ErrBusy;
// ErrUncertain where the connection broke during the commit; what the database
// and the context return. Only ErrUncertain leaves open whether the batch was
// appended.
func (j *Journal) Append(ctx context.Context, b reformcycle.Batch) error {
	if err := j.ready(ctx); err != nil {
		return err
	}
	if err := checkBatch(b); err != nil {
		return err
	}
	if b.After > math.MaxInt64-uint64(len(b.Entries)) {
		return j.conflict(ctx, b) // no head can be there
	}
	rows := make([]entryRow, len(b.Entries))
	for i := range rows {
		rows[i] = rowOf(b.Cycle, &b.Entries[i])
	}
	row, err := indexed(b, rows[len(rows)-1].sum)
	if err != nil {
		return err
	}
	// contention: the database says that somebody was in the way. Where the head
	// has moved that is a conflict; where it has not, the other transaction came
	// to nothing, and this one is tried again.
	contention := false
	var lost *head
	err = patiently(ctx, func() error {
		contention = false
		err := transact(ctx, j.db, func(tx *sql.Tx) error { return j.append(ctx, tx, b, &row, rows, lost) })
		if err == nil || !errors.Is(err, errMoved) && !aborted(err) && !taken(err) {
			return err
		}
		h, unread := j.head(ctx, b.Cycle, b.After)
		if unread != nil {
			return fmt.Errorf("%w; reading where it ends: %w", err, unread)
		}
		wrong, lossy := j.tolerant(h.fault())
		switch {
		case wrong != nil:
			return wrong
		case h.end() != b.After:
			return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: h.end()}
		case lossy:
			lost = &h
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
	h, err := j.head(ctx, b.Cycle, b.After)
	if err != nil {
		return err
	}
	if wrong, _ := j.tolerant(h.fault()); wrong != nil {
		return wrong
	}
	return &reformcycle.ConflictError{Cycle: b.Cycle, After: b.After, Head: h.end()}
}

// append does the work of Append inside its transaction. Its first statement
// decides; see transact. It compares the checksum of the last entry, as the row of
// the cycle has it, with the entry's own: nothing is appended over an entry that is
// gone or changed.
func (j *Journal) append(ctx context.Context, tx *sql.Tx, b reformcycle.Batch, row *cycleRow, rows []entryRow, lost *head) error {
	if err := j.settle(ctx, tx, lost); err != nil {
		return err
	}
	if b.After == 0 {
		args := append([]any{row.id, row.seq}, row.values()...)
		var last sql.NullInt64
		err := tx.QueryRowContext(ctx, j.begin, append(args, row.id)...).Scan(&last)
		if errors.Is(err, sql.ErrNoRows) || last.Valid { // or there are entries without the row of their cycle
			err = errMoved
		}
		if err != nil {
			return err
		}
	} else {
		args := append([]any{row.seq}, row.values()...)
		moved, err := j.move.exec(ctx, tx, append(args, row.id, int64(b.After), row.id, int64(b.After))...)
		if err != nil {
			return err
		}
		if n, err := moved.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, errMoved)
		}
	}
	for len(rows) > 0 {
		some := rows[:chunk(rows, j.d.rows)]
		if err := j.insertAll(ctx, tx, b.Cycle, some); err != nil {
			return err
		}
		rows = rows[len(some):]
	}
	return nil
}

// settle takes the row of a cycle back to the last entry that is there.
func (j *Journal) settle(ctx context.Context, tx *sql.Tx, lost *head) (err error) {
	switch {
	case lost == nil:
	case lost.last.Valid:
		_, err = tx.ExecContext(ctx, j.shorten, lost.last, lost.sum, lost.cycle, lost.seq, lost.tip)
	default:
		_, err = tx.ExecContext(ctx, j.forget, lost.cycle, lost.seq, lost.tip)
	}
	return err
}

// maxInsert bounds the data of one insert, for it is in memory once more on its
// way.
const maxInsert = 4 << 20

// chunk tells how many entries the next insert takes, at most so many.
func chunk(rows []entryRow, most int) int {
	size := 0
	for n, r := range rows[:min(len(rows), most)] {
		if size += len(r.data); size > maxInsert && n > 0 {
			return n
		}
	}
	return min(len(rows), most)
}

const insertStatement = `insert into chsreform_entries (cycle, seq, happened, recorded, dated, author, batch, batch_key, kind, version, data, fed, sum, follows) values
	(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {fed}, ?, coalesce((select sum from chsreform_entries where cycle = ? and seq = ?), 0))`

// insertAll inserts rows that follow one another. The checksum that the first of
// them follows is in the database, and the database puts it in: it need not come
// here and go back.
func (j *Journal) insertAll(ctx context.Context, tx *sql.Tx, cycle string, rows []entryRow) (err error) {
	args := append(rows[0].values(cycle), cycle, rows[0].seq-1)
	if len(rows) == 1 {
		_, err = j.insert.exec(ctx, tx, args...)
		return err
	}
	for i := range rows[1:] {
		args = append(append(args, rows[i+1].values(cycle)...), rows[i].sum)
	}
	_, err = tx.ExecContext(ctx, j.d.text(j.d.schema.Replace(insertStatement+strings.Repeat(", (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {fed}, ?, ?)", len(rows)-1))), args...)
	return err
}

// How much of a journal is read at a time.
const (
	pageRows  = 1000
	pageBytes = 4 << 20
)

// Load yields the entries that follow after, as far as the journal went when it
// was asked. It reads a page at a time and holds no connection while the caller
// works. A row that is not as it was written, one that is missing and one that
// does not follow the one before end in a DamageError, and last entries that are
// gone in a LostError, each behind all that is before the place.
func (j *Journal) Load(ctx context.Context, cycle string, after uint64) iter.Seq2[reformcycle.Entry, error] {
	return func(yield func(reformcycle.Entry, error) bool) {
		none := reformcycle.Entry{}
		err := j.ready(ctx)
		var h head
		if err == nil {
			h, err = j.head(ctx, cycle, after)
		}
		if err != nil {
			yield(none, err)
			return
		}
		if after > 0 && after < h.end() && !h.before.Valid {
			yield(none, missing(cycle, after))
			return
		}
		last, sum := after, h.before.Int64
		for last < h.end() {
			var entries []reformcycle.Entry
			next := sum
			err := patiently(ctx, func() (err error) {
				entries, next, err = j.loadPage(ctx, cycle, last, h.end(), sum)
				return err
			}, passes)
			sum = next
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
		if wrong, _ := j.tolerant(h.fault()); wrong != nil {
			yield(none, wrong)
		}
	}
}

// missing is the error of an entry that is not there.
func missing(cycle string, seq uint64) error {
	return &DamageError{Table: entriesTable, Cycle: cycle, Seq: seq, Reason: "it is missing"}
}

// loadPage reads at least one of the entries that follow last, whose checksum is
// sum, and go up to end, or fails. What it has read before it failed is good. It
// gives the checksum of the last entry that it read.
func (j *Journal) loadPage(ctx context.Context, cycle string, last, end uint64, sum int64) ([]reformcycle.Entry, int64, error) {
	rows, err := j.db.QueryContext(ctx, j.page, cycle, int64(last), int64(end), pageRows)
	if err != nil {
		return nil, sum, err
	}
	defer rows.Close()
	var entries []reformcycle.Entry
	size := 0
	for size < pageBytes && rows.Next() {
		var r entryRow
		if err := rows.Scan(r.fields()...); err != nil {
			return entries, sum, scanned(rows, entriesTable, cycle, last+1)
		}
		e, err := r.entry(cycle)
		switch {
		case r.seq > int64(last)+1:
			return entries, sum, missing(cycle, last+1)
		case err == nil && e.Seq != last+1:
			err = fmt.Errorf("it has the number %d", e.Seq)
		case err == nil && r.follows != sum:
			err = errors.New("it does not follow the entry before it: the checksum that it has of that one is another")
		}
		if err != nil {
			return entries, sum, &DamageError{Table: entriesTable, Cycle: cycle, Seq: last + 1, Reason: err.Error()}
		}
		entries = append(entries, e)
		last, sum = e.Seq, r.sum
		size += len(e.Data)
	}
	if err := rows.Err(); err != nil {
		return entries, sum, err
	}
	if len(entries) == 0 {
		return nil, sum, missing(cycle, last+1)
	}
	return entries, sum, nil
}

// one reads the one row that a statement gives of a cycle; sql.ErrNoRows where it
// gives none.
func (j *Journal) one(ctx context.Context, table, cycle string, into []any, statement string, args ...any) error {
	return patiently(ctx, func() error {
		rows, err := j.db.QueryContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		if !rows.Next() {
			return cmp.Or(rows.Err(), sql.ErrNoRows)
		}
		if err := rows.Scan(into...); err != nil {
			return scanned(rows, table, cycle, 0)
		}
		return rows.Close()
	}, passes)
}

// scanned is the error of a row that was read and has values of other types than it
// should; or that of the reading.
func scanned(rows *sql.Rows, table, cycle string, seq uint64) error {
	if failed := rows.Err(); failed != nil {
		return failed
	}
	return &DamageError{Table: table, Cycle: cycle, Seq: seq, Reason: "a value is of another type than it was written as"}
}

// Cycles yields the ids of the cycles behind after, in the order of their bytes.
// It reads a page at a time and holds no connection while the caller works.
func (j *Journal) Cycles(ctx context.Context, after string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := j.ready(ctx); err != nil {
			yield("", err)
			return
		}
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
			return ids, &DamageError{Table: cyclesTable, Cycle: id, Reason: "no cycle of that id can follow " + fault.Shown(after)}
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
//
// Errors: [fault.Fields] for what the table can't hold; ErrBusy; what the database
// and the context return.
func (j *Journal) SaveSnapshot(ctx context.Context, s reformcycle.Snapshot) error {
	if err := j.ready(ctx); err != nil {
		return err
	}
	switch {
	case s.Cycle == "" || !isName(s.Cycle) || !isName(s.Last) || !isName(s.Checklist) || !isName(s.Table) || !isName(s.Digest):
		return fault.Refuse("cycle, last, checklist, table, digest", "name", nil, language.Of("want.text-bytes-or-none", "most", maxName))
	case s.Seq > math.MaxInt64:
		return fault.Refuse("seq", fault.Range, s.Seq, language.Of("want.sql-integer"))
	case len(s.State) > maxSnapshot:
		return fault.Refuse("state", fault.Length, len(s.State), language.Of("want.bytes", "most", maxSnapshot))
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
//
// Errors: DamageError for a row that no snapshot has; ErrBusy; what the database and
// the context return.
func (j *Journal) LoadSnapshot(ctx context.Context, cycle string) (reformcycle.Snapshot, bool, error) {
	none := reformcycle.Snapshot{}
	if err := j.ready(ctx); err != nil {
		return none, false, err
	}
	s := reformcycle.Snapshot{Cycle: cycle}
	var seq int64
	var data []byte
	err := j.one(ctx, snapshotsTable, cycle, []any{&seq, &s.Last, &s.Schema, &s.Checklist, &s.Table, &data, &s.Digest}, j.restore, cycle)
	if errors.Is(err, sql.ErrNoRows) {
		return none, false, nil
	}
	if err == nil && (seq < 0 || len(data) > maxSnapshot || !isName(s.Last) || !isName(s.Checklist) || !isName(s.Table) || !isName(s.Digest)) {
		err = &DamageError{Table: snapshotsTable, Cycle: cycle, Seq: uint64(max(seq, 0)), Reason: "the row is beyond the bounds of a snapshot"}
	}
	if err != nil {
		return none, false, err
	}
	s.Seq, s.State = uint64(seq), data
	return s, true, nil
}
