//go:build unix

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestContentionLosesNothing has processes append to the same cycles, which they
// also make, tables and all, at the same time. No update is lost, there is no
// gap, and every refusal is a conflict.
func TestContentionLosesNothing(t *testing.T) {
	cases := []struct {
		name      string
		processes int
		dsn       func(*testing.T) string
	}{
		{"two with PostgreSQL", 2, func(t *testing.T) string { return postgresSchema(t) }},
		{"eight with PostgreSQL", 8, func(t *testing.T) string { return postgresSchema(t) }},
		{"eight with PostgreSQL, serializable", 8, func(t *testing.T) string {
			return withParameter(t, postgresSchema(t), "default_transaction_isolation", "serializable")
		}},
		{"two with SQLite", 2, func(t *testing.T) string { return sqliteFile(t) }},
		{"eight with SQLite", 8, func(t *testing.T) string { return sqliteFile(t) }},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			dsn := tc.dsn(t)
			cycles := []string{"one", "two", "three"}
			children := make([]*started, tc.processes)
			for i := range children {
				children[i] = startChild(t, "contend", dsn, fmt.Sprintf("writer %d batch", i), cycles, *seed+uint64(i), *contendFor)
			}
			acks := map[string][]ack{}
			batches, conflicts := 0, 0
			for i, c := range children {
				c.end()
				require.Empty(t, c.failure, "writer %d was refused with something else than a conflict", i)
				require.Zero(t, c.cmd.ProcessState.ExitCode())
				for _, a := range c.acks {
					acks[a.cycle] = append(acks[a.cycle], a)
				}
				batches += len(c.acks)
				conflicts += c.conflicts
			}
			j := opened(t, dsn)
			for _, cycle := range cycles {
				length := intact(t, j, cycle, acks[cycle])
				ends := 1 // the entry that begins the cycle
				slices.SortFunc(acks[cycle], func(a, b ack) int { return a.seq - b.seq })
				for _, a := range acks[cycle] {
					_, size, _ := strings.Cut(a.author, " of ")
					n, err := strconv.Atoi(size)
					require.NoError(t, err)
					ends += n
					require.Equal(t, ends, a.seq, "%s: batch %q does not follow the one before", cycle, a.author)
				}
				require.Equal(t, ends, length, "nobody was killed: what is there was acknowledged")
			}
			t.Logf("%d processes: %d batches acknowledged, %d conflicts", tc.processes, batches, conflicts)
			require.Positive(t, conflicts)
		})
	}
}
