package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
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
