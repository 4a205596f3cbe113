//go:build unix

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal/journaltest"
	"github.com/chsreform/chsreform/reformcycle/sqljournal"
)

func TestConformance(t *testing.T) {
	for _, tc := range []struct {
		name string
		dsn  func(*testing.T) string
	}{
		{"sqlite", func(t *testing.T) string { return sqliteFile(t) }},
		{"postgres", func(t *testing.T) string { return postgresSchema(t) }},
		{"postgres serializable", func(t *testing.T) string {
			return withParameter(t, postgresSchema(t), "default_transaction_isolation", "serializable")
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			places := map[reformcycle.Journal]string{}
			at := func(t *testing.T, dsn string) reformcycle.Journal {
				j := opened(t, dsn)
				places[j] = dsn
				return j
			}
			again := func(t *testing.T, j reformcycle.Journal) reformcycle.Journal { return at(t, places[j]) }
			damage := func(t *testing.T, j reformcycle.Journal, cycle string, seq uint64) reformcycle.Journal {
				db, _ := bare(t, places[j])
				_, err := db.Exec(fmt.Sprintf("update chsreform_entries set author = 'somebody' where cycle = '%s' and seq = %d", cycle, seq))
				require.NoError(t, err)
				return again(t, j)
			}
			journaltest.Run(t, func(t *testing.T) reformcycle.Journal { return at(t, tc.dsn(t)) },
				journaltest.WithReopen(again), journaltest.WithBeside(again), journaltest.WithDamage(damage))
		})
	}
}

// bare opens the database itself.
func bare(t testing.TB, dsn string) (*sql.DB, sqljournal.Dialect) {
	t.Helper()
	driver, d := "pgx", sqljournal.PostgreSQL()
	if file, ok := cutScheme(dsn); ok {
		var err error
		dsn, err = sqliteDSN(file)
		require.NoError(t, err)
		driver, d = "sqlite", sqljournal.SQLite()
	}
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	return db, d
}

func TestManyMayOpenAtOnceAndTheTablesAreMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		var all sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			db, d := bare(t, dsn)
			all.Go(func() { _, errs[i] = sqljournal.Open(t.Context(), db, d) })
		}
		all.Wait()
		require.NoError(t, errors.Join(errs...))
		require.NoError(t, load(t.Context(), opened(t, dsn), nil))
	})
}

func TestTablesOfAnUnknownVersionAreRefusedByName(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		opened(t, dsn)
		db, d := bare(t, dsn)
		for version, is := range map[int]error{1: sqljournal.ErrOldSchema, 99: sqljournal.ErrNewerSchema} {
			_, err := db.Exec(fmt.Sprint("update chsreform_schema set version = ", version))
			require.NoError(t, err)
			_, err = sqljournal.Open(t.Context(), db, d)
			var unknown *sqljournal.SchemaError
			require.ErrorAs(t, err, &unknown)
			require.Equal(t, version, unknown.Found)
			require.ErrorIs(t, err, is)
		}
	})
}

// TestAMigrationThatFailsLeavesNothing: the third table is there already and is
// somebody else's, so that the transaction fails after it has made others.
func TestAMigrationThatFailsLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		db, d := bare(t, dsn)
		_, err := db.Exec("create table chsreform_snapshots (theirs integer)")
		require.NoError(t, err)
		_, err = sqljournal.Open(t.Context(), db, d)
		require.ErrorContains(t, err, "chsreform_snapshots")
		_, err = db.Exec("select * from chsreform_cycles")
		require.Error(t, err, "a table of a migration that failed is there")
		_, err = db.Exec("drop table chsreform_snapshots")
		require.NoError(t, err)
		require.NoError(t, load(t.Context(), opened(t, dsn), nil))
	})
}

// TestOneConnectionIsEnough, and one that is always another.
func TestOneConnectionIsEnough(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		db, d := bare(t, dsn)
		db.SetMaxOpenConns(1)
		j, err := sqljournal.Open(t.Context(), db, d)
		require.NoError(t, err)
		begun(t, j)
		db.SetMaxIdleConns(0)
		c, err := reformcycle.Open(t.Context(), j, "a")
		require.NoError(t, err)
		_, err = c.Apply(t.Context(), reformcycle.By("office").At(base), ratings(chance(), 3)...)
		require.NoError(t, err)
		require.NoError(t, c.Snapshot(t.Context()))
		require.NoError(t, c.Reload(t.Context()))
	})
}

// TestABusyDatabaseIsNeverTakenForSuccess has another connection hold the file
// for longer than the driver and the journal wait.
func TestABusyDatabaseIsNeverTakenForSuccess(t *testing.T) {
	t.Parallel() // it waits
	dsn := sqliteFile(t)
	j := opened(t, dsn)
	require.NoError(t, load(t.Context(), j, nil))
	c, err := reformcycle.Open(t.Context(), j, "LBR-NCHAP")
	require.NoError(t, err)
	db, _ := bare(t, dsn)
	held, err := db.Begin() // immediate, as the DSN says
	require.NoError(t, err)
	defer held.Rollback()
	seq := c.State().Seq()
	at := c.State().Moment()
	_, err = c.Apply(t.Context(), reformcycle.By("office").At(at), ratings(chance(), 1)...)
	require.ErrorIs(t, err, sqljournal.ErrBusy)
	require.NotErrorIs(t, err, sqljournal.ErrUncertain)
	require.NoError(t, held.Rollback())
	require.NoError(t, c.Reload(t.Context()))
	require.Equal(t, seq, c.State().Seq())
	_, err = c.Apply(t.Context(), reformcycle.By("office").At(at), ratings(chance(), 1)...)
	require.NoError(t, err)
}

// TestARaceForOneNumberHasOneWinner gives the same batch to many connections.
func TestARaceForOneNumberHasOneWinner(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		var begin reformcycle.Batch
		c, err := reformcycle.New("raced", reformcycle.WithObserver(func(n reformcycle.Notice) { begin = n.Batch }))
		require.NoError(t, err)
		_, err = c.Apply(t.Context(), reformcycle.By("office").At(base), ratings(chance(), 3)...)
		require.NoError(t, err)
		var all sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			j := opened(t, dsn)
			all.Go(func() { errs[i] = j.Append(context.Background(), begin) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			var conflict *reformcycle.ConflictError
			require.ErrorAs(t, err, &conflict)
			require.Equal(t, reformcycle.ConflictError{Cycle: "raced", After: 0, Head: 4}, *conflict)
		}
		require.Equal(t, 1, won)
	})
}
