package web

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/stakeholders"
)

// looker is a page for somebody who may look at some cycles.
func looker(t testing.TB, all *portfolio.Portfolio, sees func(string) bool) *Page {
	t.Helper()
	p, err := New(all, WithAuthorize(func(*http.Request) (Visitor, error) {
		return Visitor{Name: "Looker", May: func(id string) Rights {
			if sees(id) {
				return Look
			}
			return 0
		}}, nil
	}))
	require.NoError(t, err)
	return p
}

// copied is a journal with some cycles of another.
func copied(t testing.TB, from reformcycle.Journal, sees func(string) bool) reformcycle.Journal {
	t.Helper()
	to := journal.NewMemory()
	for id, err := range from.Cycles(t.Context(), "") {
		require.NoError(t, err)
		if !sees(id) {
			continue
		}
		var b reformcycle.Batch
		b.Cycle = id
		for e, err := range from.Load(t.Context(), id, 0) {
			require.NoError(t, err)
			b.Entries = append(b.Entries, e)
		}
		require.NoError(t, to.Append(t.Context(), b))
	}
	return to
}

// Who may see some cycles sees of the others nothing at all, no number and no word: every
// page of many is, byte for byte, that of a journal that has no others.
func TestWhatMayNotBeSeenIsAsIfItWereNotThere(t *testing.T) {
	kenya := cases.Kenya(nil)
	j := journal.NewMemory()
	require.NoError(t, kenya.Tell(t.Context(), j, nil))
	nation := kenya.National.ID
	late := func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	open := func(j reformcycle.Journal) *portfolio.Portfolio {
		return opened2(t, j, late, reformcycle.WithChecklist(kenya.Checklist()))
	}
	for n := range 4 {
		sees := func(id string) bool {
			if id == nation {
				return n%2 == 0
			}
			h := fnv.New32a()
			fmt.Fprint(h, n, id)
			return h.Sum32()%4 != 0
		}
		some, others := looker(t, open(j), sees), looker(t, open(copied(t, j, sees)), sees)
		at := []string{"/?q=a", "/?tier=district", "/?under=" + nation, "/?order=stalled"}
		for _, id := range []string{nation, kenya.Districts[0].ID, kenya.Districts[1].ID, kenya.Districts[2].ID} {
			for _, one := range addresses(t, some, id) {
				if !strings.Contains(one, "feed") && !slices.Contains(at, one) { // a position is of one journal
					at = append(at, one)
				}
			}
		}
		for _, at := range at {
			a, b := get(some, at), get(others, at)
			require.Equal(t, b.Code, a.Code, at)
			require.True(t, b.Body.String() == a.Body.String(), "%s tells of what may not be seen (%d)", at, n)
			require.Equal(t, b.Header().Get("ETag"), a.Header().Get("ETag"), at)
		}
	}
}

func opened2(t testing.TB, j reformcycle.Journal, clock func() time.Time, options ...reformcycle.Option) *portfolio.Portfolio {
	t.Helper()
	p, err := portfolio.Open(t.Context(), j, portfolio.WithOptions(append(options, reformcycle.WithClock(clock))...))
	require.NoError(t, err)
	return p
}

// The page of all of them has what several count on, and which components depart, as far
// as the visitor may see it.
func TestThePageOfAllTellsWhatSeveralCountOn(t *testing.T) {
	j := journal.NewMemory()
	all := opened(t, j)
	pledge := func(usd float64) reformcycle.EngageActor {
		return reformcycle.EngageActor{Actor: stakeholders.Actor{ID: "fund", Name: "<b>සෞඛ්\u200dය</b> fund", Constituency: stakeholders.BilateralDonor, Member: true,
			Commitments: []stakeholders.Commitment{{ID: "grant", Resource: stakeholders.Money, Unit: "USD", Pledged: usd}}}}
	}
	begin := func(id string, changes ...reformcycle.Change) {
		c, err := reformcycle.New(id, reformcycle.WithJournal(j), reformcycle.WithCountry("BR"), reformcycle.WithStage(reformcycle.Launch), reformcycle.WithClock(clock))
		require.NoError(t, err)
		_, err = c.Apply(t.Context(), reformcycle.By("Clerk").At(noon), changes...)
		require.NoError(t, err)
	}
	begin("N", pledge(100), reformcycle.NameChildren{Of: reformcycle.Children{Year: 2019, Source: "made up", Children: []reformcycle.Child{{Cycle: "A", Name: "Apa"}, {Cycle: "B", Name: "Bepa"}}}})
	for _, id := range []string{"A", "B"} {
		begin(id, pledge(70), reformcycle.LinkParent{Link: reformcycle.Link{Parent: "N", Held: reformcycle.GoesOn}}, reformcycle.NameJurisdiction{Jurisdiction: reformcycle.Jurisdiction{ID: id, Name: id + "epa", Tier: reformcycle.District}})
	}
	body := get(looker(t, all, portfolio.Everything), "/together").Body.String()
	sound(t, "/together", body)
	require.Contains(t, body, "Counted on more than once: &lt;b&gt;සෞඛ්\u200dය&lt;/b&gt; fund, money. Committed, by the record of N: 100 USD. Counted on together: 140 USD, by Aepa, Bepa.")
	for _, hidden := range []string{"A", "B", "N"} {
		body = get(looker(t, all, func(id string) bool { return id != hidden }), "/together").Body.String()
		require.NotContains(t, body, "140 USD, by Aepa, Bepa.</li>\n", hidden)
		require.Equal(t, hidden == "N", strings.Contains(body, "140 USD"), hidden)
	}

	// A country stands by its name, in the language of whoever reads.
	p, err := New(all, WithLanguages(fr.Language()))
	require.NoError(t, err)
	require.Contains(t, get(p, "/c/A").Body.String(), "<bdi>Brésil</bdi>")
	begin("D", reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "Far."}})
	own, err := reformcycle.New("E", reformcycle.WithJournal(j), reformcycle.WithCountry("Etat <7>"), reformcycle.WithClock(clock))
	require.NoError(t, err)
	_, err = own.Apply(t.Context(), reformcycle.By("Clerk").At(noon), reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "Far."}})
	require.NoError(t, err)
	require.Contains(t, get(p, "/c/E").Body.String(), "<bdi>Etat &lt;7&gt;</bdi>", "a host's own stands as it is")
}
