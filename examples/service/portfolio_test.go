//go:build unix

package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/sqljournal"
)

func cutScheme(dsn string) (file string, ok bool) { return strings.CutPrefix(dsn, "sqlite:") }

// all asks for every cycle.
var all = reformcycle.IndexQuery{Sees: func(string) bool { return true }}

func chance() *rand.Rand { return rand.New(rand.NewPCG(*seed, 2)) }

// crowd is how many cycles many makes, or a few more. Under the race detector one
// tenth will do: one goroutine does it all.
var crowd = map[bool]int{false: 10_000, true: 1000}[raced]

// many fills a journal with that many cycles: each country after some of its
// chapters, and cycles of one batch that begin at every stage. The entries are then
// taken out of reach: what still works does not read them.
func many(t testing.TB, dsn string) *sqljournal.Journal {
	t.Helper()
	if _, file := cutScheme(dsn); !file {
		dsn = withParameter(t, dsn, "synchronous_commit", "off") // no test of durability
	}
	j := opened(t, dsn)
	countries := cases.Walks(nil)
	for _, country := range countries {
		chapters := country.Chapters
		for n := range chapters {
			if n%3 != 0 && n != len(chapters)-1 {
				continue // enough of them
			}
			country.ID, country.Chapters = fmt.Sprintf("%s %02d", country.Country, n), chapters[:n+1]
			c, err := country.Cycle(t.Context(), reformcycle.WithJournal(j))
			require.NoError(t, err)
			if n%2 == 0 && c.State().Status() == reformcycle.Active {
				at := c.State().Moment().Add(time.Duration(n) * time.Hour)
				_, err = c.Apply(t.Context(), reformcycle.By("office").At(at), reformcycle.Suspend{Reason: "A crisis"})
				require.NoError(t, err)
			}
		}
	}
	chance := chance()
	stages := slices.Collect(reformcycle.Stages())
	for n := range crowd {
		c, err := reformcycle.New(fmt.Sprintf("reform %d of a crowd", n), reformcycle.WithJournal(j), reformcycle.WithTitle("One of many"),
			reformcycle.WithCountry(countries[chance.IntN(len(countries))].Country), reformcycle.WithStage(stages[chance.IntN(len(stages))]))
		require.NoError(t, err)
		changes := ratings(chance, 1+chance.IntN(3))
		switch chance.IntN(6) {
		case 0:
			changes = append(changes, reformcycle.Suspend{Reason: "A crisis"})
		case 1:
			changes = append(changes, reformcycle.Abandon{Reason: "The mandate is gone"})
		}
		at := base.Add(time.Duration(chance.IntN(crowd/2)) * time.Hour)
		_, err = c.Apply(t.Context(), reformcycle.By("office").At(at), changes...)
		require.NoError(t, err)
	}
	db, _ := bare(t, dsn)
	_, err := db.Exec("alter table chsreform_entries rename to out_of_reach")
	require.NoError(t, err)
	return j
}

func TestPortfolioOfTenThousandCyclesReadsNoEntries(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		j := many(t, dsn)
		known := pages(t, j, reformcycle.IndexQuery{Limit: reformcycle.MaxIndexPage})
		require.GreaterOrEqual(t, len(known), crowd)
		require.True(t, slices.IsSortedFunc(known, func(a, b reformcycle.IndexRow) int { return cmp.Compare(a.Cycle, b.Cycle) }))

		some := known[len(known)/2]
		type query struct {
			q    reformcycle.IndexQuery
			asks func(reformcycle.IndexRow) bool
		}
		queries := []query{
			{reformcycle.IndexQuery{}, func(reformcycle.IndexRow) bool { return true }},
			{reformcycle.IndexQuery{Statuses: []reformcycle.Status{reformcycle.Suspended, reformcycle.Abandoned}}, func(r reformcycle.IndexRow) bool { return r.Status != reformcycle.Active }},
			{reformcycle.IndexQuery{Lap: 2}, func(r reformcycle.IndexRow) bool { return r.Lap == 2 }},
			{reformcycle.IndexQuery{Country: "Liberia"}, func(r reformcycle.IndexRow) bool { return r.Country == "Liberia" }},
			{reformcycle.IndexQuery{MovedBefore: some.LastMove}, func(r reformcycle.IndexRow) bool { return r.LastMove.Before(some.LastMove) }},
			{reformcycle.IndexQuery{Guards: reformcycle.Exactly(0)}, func(r reformcycle.IndexRow) bool { return len(r.Guards) == 0 }},
			{reformcycle.IndexQuery{Guards: reformcycle.AtLeast(3)}, func(r reformcycle.IndexRow) bool { return len(r.Guards) >= 3 }},
			{reformcycle.IndexQuery{Guards: reformcycle.AtMost(3)}, func(r reformcycle.IndexRow) bool { return len(r.Guards) <= 3 }},
			{reformcycle.IndexQuery{
				Stages: []reformcycle.Stage{reformcycle.CoalitionBuilding, reformcycle.Design}, Statuses: []reformcycle.Status{reformcycle.Active},
				Country: "Uganda", Lap: 1, Guards: reformcycle.AtLeast(1),
			}, func(r reformcycle.IndexRow) bool {
				return (r.Stage == reformcycle.CoalitionBuilding || r.Stage == reformcycle.Design) && r.Status == reformcycle.Active && r.Country == "Uganda" && r.Lap == 1 && len(r.Guards) >= 1
			}},
		}
		for stage := range reformcycle.Stages() {
			queries = append(queries, query{reformcycle.IndexQuery{Stages: []reformcycle.Stage{stage}}, func(r reformcycle.IndexRow) bool { return r.Stage == stage && r.Status != reformcycle.Abandoned }})
		}
		for _, q := range queries {
			var want []reformcycle.IndexRow
			for _, r := range known {
				if q.asks(r) {
					want = append(want, r)
				}
			}
			q.q.Sees, q.q.Limit = all.Sees, crowd/10-3 // a prime: the last page is short
			started := time.Now()
			require.Equal(t, want, pages(t, j, q.q), "%+v", q.q)
			t.Logf("%5d rows in %v: %+v", len(want), time.Since(started).Round(100*time.Microsecond), q.q)
			q.q.Order = reformcycle.ByLastMove
			slices.SortStableFunc(want, func(a, b reformcycle.IndexRow) int { return a.LastMove.Compare(b.LastMove) })
			require.Equal(t, want, pages(t, j, q.q), "%+v", q.q)
		}
	})
}

// pages reads a portfolio page by page.
func pages(t testing.TB, j *sqljournal.Journal, q reformcycle.IndexQuery) (rows []reformcycle.IndexRow) {
	t.Helper()
	q.Sees = all.Sees
	for {
		page, err := j.Index(t.Context(), q)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Rows), q.Limit)
		rows = append(rows, page.Rows...)
		if q.After = page.Next; q.After == "" {
			return rows
		}
		require.Len(t, page.Rows, q.Limit, "only the last page may be short")
	}
}

// TestPortfolioUsesItsIndexes asks SQLite how it would go about a page.
func TestPortfolioUsesItsIndexes(t *testing.T) {
	dsn := sqliteFile(t)
	opened(t, dsn) // it has no statistics: rows would change nothing
	db, _ := bare(t, dsn)
	for condition, index := range map[string]string{
		"stage = 'design' and id > 'x' order by id":           "chsreform_cycles_stage (stage=? AND id>?)",
		"status = 'active' and id > 'x' order by id":          "chsreform_cycles_status (status=? AND id>?)",
		"lap = 2 and id > 'x' order by id":                    "chsreform_cycles_lap (lap=? AND id>?)",
		"country = 'Liberia' and id > 'x' order by id":        "chsreform_cycles_country (country=? AND id>?)",
		"blockers = 0 and id > 'x' order by id":               "chsreform_cycles_blockers (blockers=? AND id>?)",
		"(last_move, id) > ('x', 'x') order by last_move, id": "chsreform_cycles_last_move",
		"last_move < 'x' order by last_move, id":              "chsreform_cycles_last_move (last_move<?)",
	} {
		var id, parent, unused int
		var plan string
		require.NoError(t, db.QueryRow("explain query plan select id, seq from chsreform_cycles where "+condition+" limit 50").Scan(&id, &parent, &unused, &plan))
		require.Contains(t, plan, index)
		require.NotContains(t, plan, "TEMP B-TREE")
	}
}

func TestACycleWithoutAStateIsListedWithoutAStage(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		j := opened(t, dsn)
		e := reformcycle.Entry{Seq: 1, At: base, Recorded: base, By: "office", Kind: "note", Version: 1, Data: []byte(`{}`)}
		require.NoError(t, j.Append(t.Context(), reformcycle.Batch{Cycle: "a", Entries: []reformcycle.Entry{e}}))
		page, err := j.Index(t.Context(), all)
		require.NoError(t, err)
		require.Equal(t, []reformcycle.IndexRow{{Cycle: "a", Seq: 1}}, page.Rows)
		for _, q := range []reformcycle.IndexQuery{{Order: reformcycle.ByLastMove}, {Guards: reformcycle.Exactly(0)}, {MovedBefore: base.AddDate(100, 0, 0)}} {
			q.Sees = all.Sees
			page, err := j.Index(t.Context(), q)
			require.NoError(t, err)
			require.Empty(t, page.Rows)
		}
	})
}

func TestPortfolioRefusesQueriesThatMakeNoSense(t *testing.T) {
	j := opened(t, sqliteFile(t))
	for _, q := range []reformcycle.IndexQuery{
		{Limit: -1}, {Limit: reformcycle.MaxIndexPage + 1}, {Lap: -1}, {Order: 7}, {Stages: []reformcycle.Stage{0}}, {Statuses: []reformcycle.Status{9}},
		{Stages: make([]reformcycle.Stage, 100)}, {Country: "\xff"}, {After: "a\x00"}, {After: strings.Repeat("a", 5000)},
		{After: "not a moment", Order: reformcycle.ByLastMove}, {MovedBefore: time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		q.Sees = all.Sees
		_, err := j.Index(t.Context(), q)
		require.ErrorIs(t, err, reformcycle.ErrInvalid, "%+v", q)
	}
}
