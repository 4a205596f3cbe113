//go:build unix

package main

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

// BenchmarkSQLAppend compares an append with its floor: a transaction written by
// hand that executes the same statements with values made beforehand. A batch is
// three ratings. The journal checks the batch, counts the blockers of its state
// and makes the statements.
func BenchmarkSQLAppend(b *testing.B) {
	for name, dsn := range map[string]func(*testing.B) string{
		"sqlite":   func(b *testing.B) string { return sqliteOnDisk(b) },
		"postgres": func(b *testing.B) string { return postgresSchema(b) },
	} {
		b.Run(name+"/floor", func(b *testing.B) {
			dsn := dsn(b)
			opened(b, dsn)
			db, _ := bare(b, dsn)
			_, file := cutScheme(dsn)
			append := byHand(b, db, !file)
			measure(b, db, append)
		})
		b.Run(name+"/journal", func(b *testing.B) {
			dsn := dsn(b)
			j := opened(b, dsn)
			db, _ := bare(b, dsn)
			measure(b, db, func(_ int, batch reformcycle.Batch) error { return j.Append(context.Background(), batch) })
		})
	}
}

// batchesOfThree are the first batches of a cycle.
var batchesOfThree = func() (batches []reformcycle.Batch) {
	c, err := reformcycle.New("measured", reformcycle.WithCountry("Nowhere"), reformcycle.WithObserver(func(b reformcycle.Batch) { batches = append(batches, b) }))
	for err == nil && len(batches) < 200 {
		err = c.Apply(context.Background(), reformcycle.By("office").At(base), ratings(chance(), 3)...)
	}
	if err != nil {
		panic(err)
	}
	return batches
}()

func measure(b *testing.B, db *sql.DB, append func(int, reformcycle.Batch) error) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		i := n % len(batchesOfThree)
		if i == 0 {
			b.StopTimer()
			for _, table := range []string{"chsreform_cycles", "chsreform_entries"} {
				_, err := db.Exec("delete from " + table)
				require.NoError(b, err)
			}
			b.StartTimer()
		}
		if err := append(i, batchesOfThree[i]); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

// byHand makes the values of every batch and gives a function that writes them.
func byHand(b *testing.B, db *sql.DB, postgres bool) func(int, reformcycle.Batch) error {
	type values struct{ cycle, entries []any }
	const form = "2006-01-02T15:04:05.000000000Z"
	all := make([]values, len(batchesOfThree))
	for i, batch := range batchesOfThree {
		s := batch.State
		v := values{cycle: []any{int64(s.Seq()), s.Title(), s.Country(), s.Stage().String(), s.Status().String(), int64(s.Lap()), s.LastMove().Format(form), int64(len(s.Blockers())), batch.Cycle, int64(batch.After)}}
		for _, e := range batch.Entries {
			v.entries = append(v.entries, batch.Cycle, int64(e.Seq), e.At.Format(form), e.Recorded.Format(form), e.By, string(e.Kind), int64(e.Version), []byte(e.Data))
		}
		all[i] = v
	}
	parameters := func(from, n int) string {
		text := ""
		for i := range n {
			if i > 0 {
				text += ", "
			}
			if postgres {
				text += fmt.Sprintf("$%d", from+i)
			} else {
				text += "?"
			}
		}
		return "(" + text + ")"
	}
	begin := "insert into chsreform_cycles (seq, title, country, stage, status, lap, last_move, blockers, id) values " + parameters(1, 9)
	move := "update chsreform_cycles set seq = ?, title = ?, country = ?, stage = ?, status = ?, lap = ?, last_move = ?, blockers = ? where id = ? and seq = ?"
	if postgres {
		move = "update chsreform_cycles set seq = $1, title = $2, country = $3, stage = $4, status = $5, lap = $6, last_move = $7, blockers = $8 where id = $9 and seq = $10"
	}
	insert := "insert into chsreform_entries (cycle, seq, happened, recorded, author, kind, version, data) values " + parameters(1, 8) + ", " + parameters(9, 8) + ", " + parameters(17, 8)
	first := insert + ", " + parameters(25, 8) // with the entry that begins the cycle
	return func(i int, batch reformcycle.Batch) error {
		v := &all[i]
		tx, err := db.BeginTx(context.Background(), nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if batch.After == 0 {
			_, err = tx.Exec(begin, v.cycle[:9]...)
		} else {
			_, err = tx.Exec(move, v.cycle...)
		}
		if err != nil {
			return err
		}
		statement := insert
		if batch.After == 0 {
			statement = first
		}
		if _, err := tx.Exec(statement, v.entries...); err != nil {
			return err
		}
		return tx.Commit()
	}
}
