//go:build unix

package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
)

// BenchmarkSQLAppend compares an append with its floor: a transaction written by
// hand that fills the same rows with values made beforehand. A batch is three
// ratings. The journal checks the batch, counts the blockers of its state, makes
// the checksums and the statements, and has the database compare the checksum of
// the entry that the batch follows. The two take turns, so that whatever else the
// machine does happens to both, and medians are compared.
func BenchmarkSQLAppend(b *testing.B) {
	for name, dsn := range map[string]func(*testing.B) string{
		"sqlite":   func(b *testing.B) string { return sqliteOnDisk(b) },
		"postgres": func(b *testing.B) string { return postgresSchema(b) },
	} {
		b.Run(name, func(b *testing.B) {
			hand, dsn := dsn(b), dsn(b)
			floor, _ := bare(b, hand)
			_, file := cutScheme(hand)
			db, _ := bare(b, dsn)
			j := opened(b, dsn)
			contenders := [2]struct {
				db     *sql.DB
				append func(int, reformcycle.Batch) error
				took   []time.Duration
			}{
				{db: floor, append: byHand(b, floor, opened(b, hand), !file)},
				{db: db, append: func(_ int, batch reformcycle.Batch) error { return j.Append(b.Context(), batch) }},
			}
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				i := n % len(batchesOfThree)
				for k := range contenders {
					c := &contenders[(n+k)%2]
					if i == 0 {
						b.StopTimer()
						for _, table := range []string{"chsreform_cycles", "chsreform_entries"} {
							_, err := c.db.Exec("delete from " + table)
							require.NoError(b, err)
						}
						b.StartTimer()
					}
					started := time.Now()
					if err := c.append(i, batchesOfThree[i]); err != nil {
						b.Fatal(err)
					}
					c.took = append(c.took, time.Since(started))
				}
			}
			median := func(took []time.Duration) float64 {
				slices.Sort(took)
				return float64(took[len(took)/2].Nanoseconds())
			}
			hands, ours := median(contenders[0].took), median(contenders[1].took)
			b.ReportMetric(hands, "ns/floor")
			b.ReportMetric(ours, "ns/journal")
			b.ReportMetric(ours/hands, "ratio")
		})
	}
}

// batchesOfThree are the first batches of a cycle.
var batchesOfThree = func() (batches []reformcycle.Batch) {
	c, err := reformcycle.New("measured", reformcycle.WithCountry("Nowhere"), reformcycle.WithObserver(func(n reformcycle.Notice) { batches = append(batches, n.Batch) }))
	for err == nil && len(batches) < 200 {
		_, err = c.Apply(context.Background(), reformcycle.By("office").At(base), ratings(chance(), 3)...)
	}
	if err != nil {
		panic(err)
	}
	return batches
}()

// byHand makes the values of every batch and gives a function that writes them.
func byHand(b *testing.B, db *sql.DB, j reformcycle.Journal, postgres bool) func(int, reformcycle.Batch) error {
	type values struct{ cycle, entries []any }
	const form = "2006-01-02T15:04:05.000000000Z"
	const columns = "seq, country, parent, tier, place, lies_in, stage, status, lap, last_move, blockers, debts, guards, search, stands, tip, sum"
	all := make([]values, len(batchesOfThree))
	for i, batch := range batchesOfThree {
		require.NoError(b, j.Append(b.Context(), batch)) // for the row that it makes
		row := make([]any, strings.Count(columns, ",")+1)
		into := make([]any, len(row))
		for k := range row {
			into[k] = &row[k]
		}
		require.NoError(b, db.QueryRow("select "+columns+" from chsreform_cycles").Scan(into...))
		v := values{cycle: append(row, batch.Cycle, int64(batch.After))}
		for _, e := range batch.Entries {
			v.entries = append(v.entries, batch.Cycle, int64(e.Seq), e.At.Format(form), e.Recorded.Format(form), e.Date.String(), e.By, int64(e.First), e.Key, string(e.Kind), int64(e.Version), []byte(e.Data), int64(1), int64(1), int64(i+1))
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
	n := strings.Count(columns, ",") + 1
	begin := "insert into chsreform_cycles (" + columns + ", id) values " + parameters(1, n+1)
	move := "update chsreform_cycles set " + strings.ReplaceAll(columns, ",", " = ?,") + " = ? where id = ? and seq = ?"
	if postgres {
		for k := range n + 2 {
			move = strings.Replace(move, "?", fmt.Sprintf("$%d", k+1), 1)
		}
	}
	insert := "insert into chsreform_entries (cycle, seq, happened, recorded, dated, author, batch, batch_key, kind, version, data, follows, sum, fed) values " + parameters(1, 14) + ", " + parameters(15, 14) + ", " + parameters(29, 14)
	first := insert + ", " + parameters(43, 14) // with the entry that begins the cycle
	return func(i int, batch reformcycle.Batch) error {
		v := &all[i]
		tx, err := db.BeginTx(b.Context(), nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if batch.After == 0 {
			_, err = tx.ExecContext(b.Context(), begin, v.cycle[:n+1]...)
		} else {
			_, err = tx.ExecContext(b.Context(), move, v.cycle...)
		}
		if err != nil {
			return err
		}
		statement := insert
		if batch.After == 0 {
			statement = first
		}
		if _, err := tx.ExecContext(b.Context(), statement, v.entries...); err != nil {
			return err
		}
		return tx.Commit()
	}
}
