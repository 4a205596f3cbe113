// Command http is the shortest host of the page and of the JSON interface: a journal in
// files, a portfolio, and one handler. Whoever reaches it acts as the one that -as names:
// who acts, and what they may do, is a host's own to say.
//
//	go run ./examples/http
//	go run ./examples/http -address localhost:8080 -journal reform -as Clerk
//	curl -H 'Content-Type: application/json' -H 'Idempotency-Key: "1"' -d '{"author":"Clerk","changes":[…]}' localhost:8080/api/cycles/LBR-NCHAP/batches
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/reformcycle/web"
)

func main() {
	address := flag.String("address", "localhost:8080", "serve at this `address`")
	dir := flag.String("journal", "reform", "the `folder` of the journal")
	as := flag.String("as", "Clerk", "the `name` of whoever acts")
	flag.Parse()
	j, err := journal.OpenFile(*dir)
	if err != nil {
		log.Fatal(err)
	}
	defer j.Close()
	page, err := host(j, *as, time.Now)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(*address, page))
}

// host is the page over a journal, for one who may do everything.
func host(j reformcycle.Journal, as string, now func() time.Time) (*web.Page, error) {
	reforms, err := portfolio.Open(context.Background(), j, portfolio.WithOptions(reformcycle.WithClock(now), reformcycle.WithRetries(3)))
	if err != nil {
		return nil, err
	}
	return web.New(reforms, web.WithLanguages(language.English(), fr.Language(), pt.Language(), es.Language()),
		web.WithAuthorize(func(*http.Request) (web.Visitor, error) {
			return web.Visitor{Name: as, May: func(string) web.Rights { return web.Look | web.Record | web.Move | web.Override | web.Correct }}, nil
		}))
}
