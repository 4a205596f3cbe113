package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
)

// listed are the cycles in the list of a page, in its order.
func listed(t testing.TB, p *Page, at string) (ids []string) {
	t.Helper()
	w := get(p, at)
	require.Equal(t, 200, w.Code, at)
	_, table, _ := strings.Cut(w.Body.String(), `id="list"`)
	for _, part := range strings.Split(table, `<th scope="row"><a href="/c/`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		ids = append(ids, id)
	}
	return ids
}

func TestReformsAreFound(t *testing.T) {
	p := page(t)
	const bangladesh, liberia, uganda = "BGD-BARISHAL", "LBR-NCHAP", "UGA-CHEW"
	for at, want := range map[string][]string{
		"/":                              {bangladesh, liberia, uganda},
		"/?q=uGANDA":                     {uganda},
		"/?q=chew":                       {uganda},
		"/?q=illustrative":               {bangladesh, liberia, uganda},
		"/?q=%20Liberia%20":              {liberia},
		"/?q=nothing+of+it":              nil,
		"/?stage=launch":                 {uganda},
		"/?stage=problem-prioritization": {liberia},
		"/?status=suspended":             {uganda},
		"/?status=active":                {bangladesh, liberia},
		"/?status=active&q=liberia":      {liberia},
		"/?tier=national":                nil,
		"/?tier=none":                    {bangladesh, liberia, uganda},
		"/?guard=problem.vision":         {liberia},
		"/?under=LBR-NCHAP":              nil,
		"/?order=stalled":                {bangladesh, uganda, liberia}, // 2018, 2019, 2023
	} {
		require.Equal(t, want, listed(t, p, at), at)
	}
	for _, at := range []string{"/?stage=lunch", "/?status=asleep", "/?tier=galaxy", "/?order=random", "/heat?stage=x", "/c/LBR-NCHAP?at=yesterday", "/?q=" + strings.Repeat("x", 201)} {
		w := get(p, at)
		require.Equal(t, 400, w.Code, at)
		sound(t, at, w.Body.String())
	}
}

func TestEveryReformStandsOnOnePage(t *testing.T) {
	j := journal.NewMemory()
	var all []string
	for i := range 123 {
		id := fmt.Sprintf("C-%03d", i)
		c, err := reformcycle.New(id, reformcycle.WithJournal(j))
		require.NoError(t, err)
		_, err = c.Apply(t.Context(), reformcycle.By("Clerk").At(noon), reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "p", Statement: "Far."}})
		require.NoError(t, err)
		all = append(all, id)
	}
	p, err := New(opened(t, j))
	require.NoError(t, err)
	for _, at := range []string{"/", "/?q=c-"} {
		var seen []string
		for pages := 0; at != ""; pages++ {
			require.Less(t, pages, 4)
			body := get(p, at).Body.String()
			seen = append(seen, listed(t, p, at)...)
			_, next, found := strings.Cut(body, `" rel="next"`)
			if !found {
				break
			}
			head := body[:len(body)-len(next)-len(`" rel="next"`)]
			at = strings.ReplaceAll(head[strings.LastIndex(head, `"`)+1:], "&amp;", "&")
		}
		require.Equal(t, all, seen)
	}
	// The numbers of the page are those of the list behind them.
	body := get(p, "/").Body.String()
	require.Contains(t, body, `stage=problem-prioritization&amp;tier=none">123</a>`)
}

func TestAPageLooksBack(t *testing.T) {
	p := page(t, WithAuthorize(everything))
	// Liberia entered its second lap in 2023; the record of the example was never seen by
	// a clock, so what was known when is by its moments.
	body := get(p, "/c/LBR-NCHAP?at=2019-05-03").Body.String()
	sound(t, "at", body)
	require.Contains(t, body, "3 May 2019")
	require.NotContains(t, body, "March 2023")
	require.NotContains(t, body, "/record/", "who looks back changes nothing")
	require.Contains(t, body, `ring.svg?at=2019-05-03`)
	require.Contains(t, get(p, "/c/LBR-NCHAP").Body.String(), "March 2023")
	require.Equal(t, 404, get(p, "/c/LBR-NCHAP?at=1990").Code)
	require.Contains(t, get(p, "/c/LBR-NCHAP?at=2100").Body.String(), "March 2023")
	require.NotEqual(t, get(p, "/c/LBR-NCHAP/picture/ring.svg").Body.String(), get(p, "/c/LBR-NCHAP/picture/ring.svg?at=2019-05-03").Body.String())
}

// A nation and its counties, where the visitor may see some of them only.
func TestWhatIsLinkedWithWhatMayNotBeSeenIsNotNamed(t *testing.T) {
	kenya := cases.Kenya(nil)
	j := journal.NewMemory()
	require.NoError(t, kenya.Tell(t.Context(), j, nil))
	all := opened(t, j, reformcycle.WithChecklist(kenya.Checklist()))
	seen := func(sees func(string) bool) *Page {
		p, err := New(all, WithAuthorize(func(*http.Request) (Visitor, error) {
			return Visitor{May: func(id string) Rights {
				if sees(id) {
					return Look
				}
				return 0
			}}, nil
		}))
		require.NoError(t, err)
		return p
	}
	nation, county := kenya.National.ID, kenya.Districts[0].ID
	title := kenya.National.Title
	overview := []string{"/", "/tree", "/together", "/heat", "/timeline", "/map", "/due", "/?under=" + nation}

	whole := seen(portfolio.Everything)
	for _, at := range append(overview, "/c/"+nation, "/c/"+county) {
		w := get(whole, at)
		require.Equal(t, 200, w.Code, at)
		sound(t, at, w.Body.String())
	}
	require.Contains(t, get(whole, "/c/"+county).Body.String(), `href="/c/`+nation+`"`)
	require.Contains(t, get(whole, "/c/"+nation).Body.String(), `href="/c/`+county+`"`)
	require.Len(t, listed(t, whole, "/?under="+nation), 47)

	counties := seen(func(id string) bool { return id != nation })
	for _, at := range append(overview, "/c/"+county) {
		body := get(counties, at).Body.String()
		require.NotContains(t, body, title, at)
		require.NotContains(t, body, `href="/c/`+nation+`"`, at)
	}
	require.Equal(t, 404, get(counties, "/c/"+nation).Code)

	capital := seen(func(id string) bool { return id == nation })
	for _, at := range append(overview, "/c/"+nation) {
		require.NotContains(t, get(capital, at).Body.String(), `href="/c/`+county+`"`, at)
		if at != "/c/"+nation { // whose own record names its children
			require.NotContains(t, get(capital, at).Body.String(), kenya.Districts[0].Title, at)
		}
	}
	require.Equal(t, []string{nation}, listed(t, capital, "/"))
}
