package sqljournal

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/chsreform/chsreform/reformcycle"
)

// This file is the feed over all cycles. Each entry has the number of its place in it,
// fed; those of one number are of one cycle, and follow each other by seq.
//
// SQLite has one writer: each entry has the next number, and whoever reads it sees all
// that are before. In PostgreSQL transactions come to their end in another order than
// they began. There fed is the number of the entry's transaction. A transaction that
// appends to a cycle begins to write after the one before it of that cycle has ended,
// or takes nothing, so that its number is higher. And the feed ends in front of the
// first transaction that may still add entries: see horizon. What was there before
// there was a feed has numbers that no transaction has.

const (
	// fedFrom is what is added to the number of a transaction, so that there is room
	// below for the entries of an earlier version.
	fedFrom = 1 << 40
	// numberAll puts all entries into the feed, one cycle after the other.
	numberAll = `update chsreform_entries set fed = r.n
		from (select id, row_number() over (order by id) as n from chsreform_cycles) r where r.id = chsreform_entries.cycle`
	readEpoch = `select epoch from chsreform_feed where one = 1`
	newEpoch  = `update chsreform_feed set epoch = {random} where one = 1`
	// strayed is 1 where entries have numbers of transactions that are still to come:
	// the tables were brought here from another server, which had seen more.
	strayed = `select count(*) from (select max(fed) as most from chsreform_entries) x
		where most >= 1099511627776 + txid_snapshot_xmax(txid_current_snapshot())`
	readSnapshot = `select txid_snapshot_xmin(s), txid_snapshot_xmax(s), pg_is_in_recovery() from (select txid_current_snapshot() as s) x`
	// readWriters has a row for each transaction that may write to the journal, with
	// its number modulo 2^32 once it has one.
	readWriters = `with l as materialized (select * from pg_locks)
		select (select min(t.transactionid::text::bigint) from l t where t.locktype = 'transactionid' and t.granted
				and t.mode = 'ExclusiveLock' and t.virtualtransaction = w.virtualtransaction)
		from l w where w.locktype = 'relation' and w.mode = 'RowExclusiveLock' and w.relation = 'chsreform_cycles'::regclass
			and w.database = (select oid from pg_database where datname = current_database())`
)

// gather makes the numbers of a journal's feed anew where they are those of another
// server.
func gather(ctx context.Context, db *sql.DB, d Dialect) error {
	if !d.numbered {
		return nil
	}
	stray := func(ask func(context.Context, string, ...any) *sql.Row) (bool, error) {
		var n int
		err := ask(ctx, strayed).Scan(&n)
		return n == 1, err
	}
	var found bool
	if err := patiently(ctx, func() (err error) {
		found, err = stray(db.QueryRowContext)
		return err
	}, passes); err != nil || !found {
		return err
	}
	return patiently(ctx, func() error {
		return transact(ctx, db, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, lockSchema); err != nil {
				return err
			}
			if found, err := stray(tx.QueryRowContext); err != nil || !found {
				return err
			}
			for _, statement := range []string{numberAll, newEpoch} {
				if _, err := tx.ExecContext(ctx, d.schema.Replace(statement)); err != nil {
					return err
				}
			}
			return nil
		})
	}, passes)
}

// horizon is the first number that may still be given to entries that are not there
// yet. Only transactions that write to this journal count, of whatever else goes on in
// the server. It is asked for in two steps. A transaction that was given a number
// before the first either has ended by the second, or holds its lock on the table of
// the cycles, which every writer takes before it has a number; for a moment it has the
// number and does not show it, and then whatever goes on counts.
func (j *Journal) horizon(ctx context.Context) (int64, error) {
	if !j.d.numbered {
		return math.MaxInt64, nil
	}
	var least, next int64
	var copied bool // a server that follows another does not know the locks of that
	if err := j.db.QueryRowContext(ctx, readSnapshot).Scan(&least, &next, &copied); err != nil {
		return 0, err
	}
	if least == next || copied {
		return fedFrom + least, nil
	}
	rows, err := j.db.QueryContext(ctx, readWriters)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	first := next
	for rows.Next() {
		var number sql.NullInt64
		if err := rows.Scan(&number); err != nil {
			return 0, err
		}
		if !number.Valid {
			first = least
			continue
		}
		whole := next&^math.MaxUint32 | number.Int64
		if whole >= next { // of before the last turn of the 32 bits, or later than next
			whole -= 1 << 32
		}
		if whole >= least {
			first = min(first, whole)
		}
	}
	return fedFrom + first, rows.Err()
}

// feedRow is an entry with its cycle and its place.
type feedRow struct {
	cycle string
	fed   int64
	entryRow
}

var feedColumns = fmt.Sprintf("substr(cycle, 1, %d), fed, ", maxName+1) + entryColumns

func (r *feedRow) all() []any { return append([]any{&r.cycle, &r.fed}, r.fields()...) }

func (r *feedRow) position(epoch int64) reformcycle.Position {
	return reformcycle.Position{Epoch: uint64(epoch), At: uint64(r.fed), Seq: uint64(r.seq), Cycle: reformcycle.CycleSum(r.cycle), Proof: uint32(r.sum ^ r.sum>>32)}
}

// Feed yields the entries of all cycles behind a position, in the order in which they
// were appended. With PostgreSQL it ends in front of the first transaction that still
// appends: what came after that, acknowledged or not, comes when it has ended. It reads
// a page at a time and holds no connection while the caller works. The feed begins
// anew where the entry that a position is behind has changed its place, as in tables
// that were restored elsewhere.
//
// Errors: [fault.Fields] for a position behind an entry that the journal does not have;
// DamageError for a row that is not as it was written, or does not follow the one of
// its cycle that came before it; ErrBusy; what the database and the context return.
func (j *Journal) Feed(ctx context.Context, after reformcycle.Position) iter.Seq2[reformcycle.Fed, error] {
	return func(yield func(reformcycle.Fed, error) bool) {
		if err := j.feed(ctx, after, yield); err != nil {
			yield(reformcycle.Fed{}, err)
		}
	}
}

func (j *Journal) feed(ctx context.Context, after reformcycle.Position, yield func(reformcycle.Fed, error) bool) error {
	if err := j.ready(ctx); err != nil {
		return err
	}
	var epoch, horizon, at, seq int64
	last := map[string]entryRow{} // of each cycle that came by
	err := patiently(ctx, func() (err error) {
		if epoch, horizon, err = j.bounds(ctx); err != nil || after == (reformcycle.Position{}) {
			return err
		}
		r, err := j.fedAt(ctx, `fed = ? and seq = ?`, `fed`, int64(after.At), int64(after.Seq))
		if err == nil && r.position(epoch) == after {
			at, seq = r.fed, r.seq
			last[r.cycle] = r.entryRow
		}
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return err
	}, passes)
	if err == nil && after != (reformcycle.Position{}) && at == 0 {
		err = reformcycle.Replay(ctx, j, after)
	}
	for err == nil {
		var page []reformcycle.Fed
		err = patiently(ctx, func() (err error) {
			page, err = j.feedPage(ctx, epoch, at, seq, horizon, last)
			return err
		}, passes)
		for _, fed := range page {
			if !yield(fed, nil) {
				return nil
			}
			at, seq = int64(fed.Position.At), int64(fed.Position.Seq)
		}
		if len(page) == 0 {
			return err
		}
	}
	return err
}

// bounds reads the epoch and the horizon.
func (j *Journal) bounds(ctx context.Context) (epoch, horizon int64, err error) {
	if err := j.db.QueryRowContext(ctx, readEpoch).Scan(&epoch); err != nil {
		return 0, 0, err
	}
	horizon, err = j.horizon(ctx)
	return epoch, horizon, err
}

// fedAt reads one row of the feed.
func (j *Journal) fedAt(ctx context.Context, where, order string, args ...any) (r feedRow, err error) {
	statement := `select ` + feedColumns + ` from chsreform_entries where ` + where + ` order by ` + order + ` limit 1`
	rows, err := j.db.QueryContext(ctx, j.d.text(statement), args...)
	if err != nil {
		return r, err
	}
	defer rows.Close()
	if !rows.Next() {
		return r, cmp.Or(rows.Err(), sql.ErrNoRows)
	}
	if err := rows.Scan(r.all()...); err != nil {
		return r, scanned(rows, entriesTable, r.cycle, 0)
	}
	return r, rows.Close()
}

// feedPage reads entries behind a place and in front of the horizon. What it has read
// before it failed is good.
func (j *Journal) feedPage(ctx context.Context, epoch, at, seq, horizon int64, last map[string]entryRow) (page []reformcycle.Fed, err error) {
	rows, err := j.db.QueryContext(ctx, j.feeds, at, seq, horizon, pageRows)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	size := 0
	for size < pageBytes && rows.Next() {
		var r feedRow
		if err := rows.Scan(r.all()...); err != nil {
			return page, scanned(rows, entriesTable, r.cycle, 0)
		}
		e, err := r.entry(r.cycle)
		before, known := last[r.cycle]
		switch {
		case err != nil:
		case known && r.seq > before.seq+1:
			return page, missing(r.cycle, uint64(before.seq)+1)
		case known && (r.seq <= before.seq || r.follows != before.sum):
			err = errors.New("it does not follow the entry before it in the feed")
		}
		if err != nil {
			return page, &DamageError{Table: entriesTable, Cycle: r.cycle, Seq: uint64(max(r.seq, 0)), Reason: err.Error()}
		}
		last[r.cycle] = entryRow{seq: r.seq, sum: r.sum}
		page = append(page, reformcycle.Fed{Cycle: r.cycle, Entry: e, Position: r.position(epoch)})
		size += len(e.Data)
	}
	return page, rows.Err()
}

// FeedEnd gives the position behind the last entry that a feed has.
//
// Errors: ErrBusy; what the database and the context return.
func (j *Journal) FeedEnd(ctx context.Context) (end reformcycle.Position, err error) {
	if err := j.ready(ctx); err != nil {
		return end, err
	}
	err = patiently(ctx, func() error {
		epoch, horizon, err := j.bounds(ctx)
		if err != nil {
			return err
		}
		r, err := j.fedAt(ctx, `fed < ?`, `fed desc, seq desc`, horizon)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			end = r.position(epoch)
		}
		return err
	}, passes)
	return end, err
}

var feedsStatement = `select ` + feedColumns + ` from chsreform_entries where (fed, seq) > (?, ?) and fed < ? order by fed, seq limit ?`
