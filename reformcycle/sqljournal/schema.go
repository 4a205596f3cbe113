package sqljournal

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// versions are the versions of the tables. One that was released never changes;
// what is new is a version of its own at the end.
var versions = history{oldest: 4, steps: [][]string{
	{
		`create table chsreform_cycles (
			id {text} not null primary key,
			seq {int} not null,
			country {text},
			parent {text},
			tier {text},
			place {text},
			lies_in {text},
			stage {text},
			status {text},
			lap {int},
			last_move {text},
			blockers {int},
			debts {int},
			guards {text},
			search {text},
			stands {text},
			tip {int} not null,
			sum {int} not null
		){roomy}`,
		// Each ends in the id: what the index is asked for comes in its order.
		`create index chsreform_cycles_stage on chsreform_cycles (stage, id)`,
		`create index chsreform_cycles_status on chsreform_cycles (status, id)`,
		`create index chsreform_cycles_lap on chsreform_cycles (lap, id)`,
		`create index chsreform_cycles_country on chsreform_cycles (country, id)`,
		`create index chsreform_cycles_last_move on chsreform_cycles (last_move, id)`,
		`create index chsreform_cycles_blockers on chsreform_cycles (blockers, id)`,
		`create index chsreform_cycles_tier on chsreform_cycles (tier, id)`,
		`create index chsreform_cycles_parent on chsreform_cycles (parent, id)`,
		`create index chsreform_cycles_place on chsreform_cycles (place, id)`,
		`create index chsreform_cycles_lies_in on chsreform_cycles (lies_in, id)`,
		`create table chsreform_entries (
			cycle {text} not null,
			seq {int} not null,
			happened {text} not null,
			recorded {text} not null,
			dated {text} not null,
			author {text} not null,
			batch {int} not null,
			batch_key {text} not null,
			kind {text} not null,
			version {int} not null,
			data {blob} not null,
			follows {int} not null,
			sum {int} not null,
			primary key (cycle, seq)
		){clustered}`,
		`create table chsreform_snapshots (
			cycle {text} not null primary key,
			seq {int} not null,
			last {text} not null,
			form {int} not null,
			checklist {text} not null,
			moves {text} not null,
			state {blob} not null,
			digest {text} not null
		)`,
	},
	{ // a feed over all cycles
		`alter table chsreform_entries add column fed {int} not null default 0`,
		numberAll,
		`create index chsreform_entries_fed on chsreform_entries (fed, seq)`,
		`create table chsreform_feed (one {int} not null primary key, epoch {int} not null)`,
		`insert into chsreform_feed (one, epoch) values (1, {random})`,
	},
}}

// history is the statements that lead from each version of the tables to the
// next, the first of them from nothing to the oldest that can be read.
type history struct {
	oldest int
	steps  [][]string
}

// known is the newest version.
func (h history) known() int { return h.oldest + len(h.steps) - 1 }

// check refuses a version that there is no way from. Version 0 is no tables.
func (h history) check(found int) error {
	if found != 0 && found < h.oldest || found > h.known() {
		return &SchemaError{Found: found, Oldest: h.oldest, Known: h.known()}
	}
	return nil
}

const (
	readVersion = `select version from chsreform_schema where one = 1`
	makeSchema  = `create table if not exists chsreform_schema (one {int} not null primary key, version {int} not null)`
	firstRow    = `insert into chsreform_schema (one, version) values (1, 0) on conflict (one) do nothing`
	// lockSchema changes nothing. It is the transaction's first statement and a
	// write, so that whoever migrates at the same time waits here, for the row in
	// PostgreSQL and for the file in SQLite, and then finds the work done.
	lockSchema = `update chsreform_schema set version = version where one = 1`
	setVersion = `update chsreform_schema set version = ? where one = 1`
)

// migrate makes the tables, or brings them up to date.
func migrate(ctx context.Context, db *sql.DB, d Dialect, versions history) error {
	if done, err := current(ctx, db, versions); done || err != nil {
		return err
	}
	// Outside the transaction: what locks has to be there for all to see. Two
	// processes that make it at once may get in each other's way in PostgreSQL's
	// catalogue, "if not exists" or not; then it is there at the second try.
	for _, statement := range []string{makeSchema, firstRow} {
		err := patiently(ctx, func() error {
			_, err := db.ExecContext(ctx, d.schema.Replace(statement))
			return err
		}, func(err error) bool {
			switch state(err) {
			case uniqueViolation, duplicateTable, duplicateObject: // by how far the other has come
				return true
			}
			return passes(err)
		})
		if err != nil {
			return err
		}
	}
	return patiently(ctx, func() error {
		return transact(ctx, db, func(tx *sql.Tx) error { return upgrade(ctx, tx, d, versions) })
	}, passes)
}

// current reports whether the tables are there and up to date, so that opening
// them once more takes one small query and no lock.
func current(ctx context.Context, db *sql.DB, versions history) (bool, error) {
	var found int
	if err := db.QueryRowContext(ctx, readVersion).Scan(&found); err != nil {
		return false, nil // no table yet, most likely; if not, the next statement says so
	}
	return found == versions.known(), versions.check(found)
}

func upgrade(ctx context.Context, tx *sql.Tx, d Dialect, versions history) error {
	if _, err := tx.ExecContext(ctx, lockSchema); err != nil {
		return err
	}
	var found int
	if err := tx.QueryRowContext(ctx, readVersion).Scan(&found); err != nil {
		return err
	}
	if err := versions.check(found); err != nil {
		return err
	}
	for version := max(found+1, versions.oldest); version <= versions.known(); version++ {
		for _, statement := range versions.steps[version-versions.oldest] {
			if _, err := tx.ExecContext(ctx, d.schema.Replace(statement)); err != nil {
				return fmt.Errorf("to version %d: %w", version, err)
			}
		}
	}
	_, err := tx.ExecContext(ctx, d.text(setVersion), versions.known())
	return err
}

// transact runs a transaction. An error of the commit that does not say that
// nothing was committed is marked ErrUncertain.
//
// The isolation level is the database's own. READ COMMITTED, PostgreSQL's unless
// somebody changes it, is enough. What has to hold is that a batch lands on the
// entry it follows and on no other. The first statement sees to that: it locks
// the cycle's row, waits for whoever has it, and PostgreSQL then looks at the
// condition again, at the row as it was left. Everything else in the transaction
// is inserted behind that lock and read by nobody before the commit. At
// REPEATABLE READ and SERIALIZABLE the statement fails instead of looking again,
// with an error that Append takes for the conflict that it is.
func transact(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	// The wait for a connection ends with the context, and so does every statement.
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	lenient, end := after(ctx, grace)
	defer end()
	tx, err := conn.BeginTx(lenient, nil)
	if err != nil {
		return err
	}
	err = do(tx)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		// What Rollback says adds nothing: if it fails, the connection is gone, and
		// the database rolls back by itself.
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		if refused(err) {
			return err
		}
		return fmt.Errorf("%w: %w", ErrUncertain, err)
	}
	return nil
}

// grace is how long a commit that is under way may go on when its context has
// ended. To break off at once would leave the database to finish it, or not,
// with nobody listening: the outcome would be uncertain, and an answer is nearly
// always on its way.
const grace = 5 * time.Second

// after gives a context that ends some time after another. The function that
// comes with it ends it.
func after(ctx context.Context, later time.Duration) (context.Context, func()) {
	lenient, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(later)
		defer timer.Stop()
		select {
		case <-timer.C:
			end()
		case <-lenient.Done():
		}
	})
	return lenient, func() {
		stop()
		end()
	}
}
