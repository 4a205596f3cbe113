package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/reformcycle/web"
)

// A host mounts the page under a prefix and says who may do what: here the team of Uganda
// records in its own reform, and sees no other.
func Example() {
	ctx := context.Background()
	j := journal.NewMemory()
	for _, walk := range cases.Walks(nil) {
		if _, err := walk.Cycle(ctx, reformcycle.WithJournal(j)); err != nil {
			fmt.Println(err)
			return
		}
	}
	clock := func() time.Time { return time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC) }
	reforms, err := portfolio.Open(ctx, j, portfolio.WithOptions(reformcycle.WithClock(clock)))
	if err != nil {
		fmt.Println(err)
		return
	}
	authorize := func(r *http.Request) (web.Visitor, error) {
		return web.Visitor{Name: "Reform team, Kampala", May: func(cycle string) web.Rights {
			if cycle != "UGA-CHEW" {
				return 0
			}
			return web.Look | web.Record
		}}, nil
	}
	page, err := web.New(reforms,
		web.WithPrefix("/reforms/"),
		web.WithLanguages(language.English(), fr.Language()),
		web.WithAuthorize(authorize))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer page.Close(ctx)
	mux := http.NewServeMux()
	mux.Handle("/reforms/", page)

	for _, at := range []string{"/reforms/", "/reforms/c/UGA-CHEW", "/reforms/c/UGA-CHEW?lang=fr", "/reforms/c/LBR-NCHAP"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, at, nil))
		fmt.Println(w.Code, w.Header().Get("Content-Language"), at)
	}
	// Output:
	// 200 en-GB /reforms/
	// 200 en-GB /reforms/c/UGA-CHEW
	// 200 fr /reforms/c/UGA-CHEW?lang=fr
	// 404 en-GB /reforms/c/LBR-NCHAP
}
