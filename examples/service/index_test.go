//go:build unix

package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/stakeholders"
)

// nation tells a nation, its regions and districts into a journal: ids in several scripts,
// signs that SQL takes for others, a region that no cycle names, and a ring.
func nation(t testing.TB, j reformcycle.Journal) {
	chance := chance()
	begin := func(id, title string, place reformcycle.Jurisdiction, more ...reformcycle.Change) {
		stages := []reformcycle.Stage{reformcycle.Design, reformcycle.Launch, reformcycle.Governance}
		c, err := reformcycle.New(id, reformcycle.WithJournal(j), reformcycle.WithTitle(title), reformcycle.WithCountry([]string{"LKA", "ශ්\u200dරී ලංකාව"}[chance.IntN(2)]), reformcycle.WithStage(stages[chance.IntN(3)]))
		require.NoError(t, err)
		changes := append(ratings(chance, 1+chance.IntN(4)), more...)
		changes = append(changes, reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "minister", Name: "Minister", Constituency: stakeholders.MinistryOfHealth}})
		if place.ID != "" {
			changes = append(changes, reformcycle.NameJurisdiction{Jurisdiction: place})
		}
		at := base.Add(time.Duration(chance.IntN(9)) * time.Hour)
		_, err = c.Apply(t.Context(), reformcycle.By("office").At(at), changes...)
		require.NoError(t, err)
		if chance.IntN(3) == 0 {
			_, err = c.Apply(t.Context(), reformcycle.By("office").At(at.Add(time.Hour)), reformcycle.Advance{Override: reformcycle.Override{Authority: "minister", Reason: "The minister wants it"}})
			require.NoError(t, err)
		}
		switch chance.IntN(6) {
		case 0:
			_, err = c.Apply(t.Context(), reformcycle.By("office").At(at.Add(2*time.Hour)), reformcycle.Suspend{Reason: "A crisis"})
		case 1:
			_, err = c.Apply(t.Context(), reformcycle.By("office").At(at.Add(2*time.Hour)), reformcycle.Abandon{Reason: "The mandate is gone"})
		}
		require.NoError(t, err)
	}
	place := func(id, parent string, tier reformcycle.Tier) reformcycle.Jurisdiction {
		return reformcycle.Jurisdiction{ID: id, Name: "Place " + id, Tier: tier, Parent: parent, Population: reformcycle.Population{People: 1000, Year: 2012, Source: "illustrative"}}
	}
	begin("nation", "All of it", place("LK", "", reformcycle.National), reformcycle.NameChildren{Of: reformcycle.Children{
		Children: []reformcycle.Child{{Cycle: "මාතර", Name: "Matara", Population: 9}}, Year: 2012, Source: "illustrative",
	}})
	begin("west", "100% of the_west", place("LK-1", "LK", reformcycle.Region))
	begin("මාතර", `A back\slash`, place("LK-32", "LK-3", reformcycle.District), reformcycle.LinkParent{Link: reformcycle.Link{Parent: "nation", Held: reformcycle.Asks}})
	begin("ring", "Éire", place("R1", "R2", reformcycle.Region))
	begin("gnir", "ÉIRE", place("R2", "R1", reformcycle.Region))
	begin("nowhere", "One of none", reformcycle.Jurisdiction{})
	for n := range 20 {
		begin(fmt.Sprintf("district %02d", n), "A district", place(fmt.Sprint("LK-1-", n), []string{"LK-1", "LK-3"}[n%2], reformcycle.District))
	}
}

// Whether the database answers or the portfolio, the rows are the same.
func TestEveryIndexGivesTheSameRows(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		j := opened(t, dsn)
		nation(t, j)
		asked, err := portfolio.Open(t.Context(), j)
		require.NoError(t, err)
		own, err := portfolio.Open(t.Context(), plain{j})
		require.NoError(t, err)
		guard := ""
		rows := func(p *portfolio.Portfolio, q portfolio.Query) (rows []portfolio.Row) {
			for q.Limit = 3; ; {
				page, err := p.Page(t.Context(), q)
				require.NoError(t, err)
				rows = append(rows, page.Rows...)
				if q.After = page.Next; q.After == "" {
					return rows
				}
			}
		}
		everything := rows(asked, portfolio.Query{Sees: portfolio.Everything})
		require.Len(t, everything, 26)
		for _, r := range everything {
			if len(r.Guards) > 0 {
				guard = r.Guards[0]
			}
		}
		found := 0
		for name, q := range map[string]portfolio.Query{
			"all": {}, "nation": {Within: "LK"}, "region": {Within: "LK-1"}, "unnamed region": {Within: "LK-3"}, "ring": {Within: "R1"}, "district": {Within: "LK-32"}, "nobody's": {Within: "XX"},
			"districts": {Tiers: []reformcycle.Tier{reformcycle.District}}, "no tier": {Tiers: []reformcycle.Tier{""}}, "country": {Country: "ශ්\u200dරී ලංකාව"}, "parent": {Parent: "nation"},
			"percent": {Text: "100% OF THE_W"}, "backslash": {Text: `k\sl`}, "no pattern": {Text: "1_0"}, "fold": {Text: "éirE"}, "Sinhala": {Text: "මාතර"}, "jurisdiction": {Text: "place lk-1-1"},
			"guard": {Guard: guard}, "no such guard": {Guard: guard[:len(guard)-1]}, "guards": {Guards: reformcycle.AtLeast(2)}, "none": {Guards: reformcycle.Exactly(0)},
			"debts": {Debts: reformcycle.AtLeast(1)}, "no debts": {Debts: reformcycle.AtMost(0)}, "before": {MovedBefore: base.Add(4 * time.Hour)}, "since": {MovedSince: base.Add(4 * time.Hour)},
			"some": {Cycles: []string{"west", "මාතර", "none"}}, "stage": {Stages: []reformcycle.Stage{reformcycle.Design, reformcycle.Launch}}, "status": {Statuses: []reformcycle.Status{reformcycle.Suspended, reformcycle.Abandoned}},
			"lap": {Lap: 1}, "both": {Within: "LK-1", Tiers: []reformcycle.Tier{reformcycle.District}, Text: "district", Statuses: []reformcycle.Status{reformcycle.Active}},
		} {
			for _, order := range []reformcycle.IndexOrder{reformcycle.ByID, reformcycle.ByLastMove} {
				for _, sees := range []func(string) bool{portfolio.Everything, func(id string) bool { return len(id)%3 != 2 }} {
					q.Order, q.Sees = order, sees
					got := rows(asked, q)
					require.Equal(t, rows(own, q), got, name)
					found += len(got)
				}
			}
		}
		require.Greater(t, found, 500)
		up, err := asked.RollUp(t.Context(), portfolio.Everything)
		require.NoError(t, err)
		plainly, err := own.RollUp(t.Context(), portfolio.Everything)
		require.NoError(t, err)
		require.Equal(t, plainly, up)
	})
}

// BenchmarkPortfolioPage is a page of 50 of ten thousand cycles with the counts of all,
// beside the bare query for the page.
func BenchmarkPortfolioPage(b *testing.B) {
	for name, dsn := range map[string]func() string{"sqlite": func() string { return sqliteFile(b) }, "postgres": func() string { return postgresSchema(b) }} {
		b.Run(name, func(b *testing.B) {
			dsn := dsn()
			j := many(b, dsn)
			p, err := portfolio.Open(b.Context(), j)
			require.NoError(b, err)
			db, _ := bare(b, dsn)
			_, err = p.RollUp(b.Context(), portfolio.Everything) // which reads all rows once
			require.NoError(b, err)
			b.Run("page and roll-up", func(b *testing.B) {
				for b.Loop() {
					_, err := p.Page(b.Context(), portfolio.Query{Sees: portfolio.Everything})
					require.NoError(b, err)
					up, err := p.RollUp(b.Context(), portfolio.Everything)
					require.NoError(b, err)
					require.GreaterOrEqual(b, up.Cycles, crowd)
				}
			})
			b.Run("page", func(b *testing.B) {
				for b.Loop() {
					_, err := p.Page(b.Context(), portfolio.Query{Sees: portfolio.Everything})
					require.NoError(b, err)
				}
			})
			b.Run("ends", func(b *testing.B) {
				for b.Loop() {
					rows, err := db.QueryContext(b.Context(), "select id, seq from chsreform_cycles")
					require.NoError(b, err)
					var id string
					var seq int64
					for rows.Next() {
						require.NoError(b, rows.Scan(&id, &seq))
					}
					require.NoError(b, rows.Close())
				}
			})
			b.Run("floor", func(b *testing.B) {
				for b.Loop() {
					for _, statement := range []string{"select stands from chsreform_cycles order by id limit 51", "select tier, stage, count(*) from chsreform_cycles group by tier, stage"} {
						rows, err := db.QueryContext(b.Context(), statement)
						require.NoError(b, err)
						for rows.Next() {
						}
						require.NoError(b, rows.Close())
					}
				}
			})
		})
	}
}
