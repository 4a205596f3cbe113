// Command http serves reform cycles to a browser: what a host's handler over the
// library comes to. As it is it holds one conversation with itself, in memory, and
// ends; with -listen it serves, and keeps the record in files.
//
//	go run ./examples/http
//	go run ./examples/http -listen localhost:8080 -journal reform
//	curl -H 'Accept-Language: fr' -d '{"author":"Clerk","key":"1","changes":[…]}' localhost:8080/cycles/LBR-NCHAP/batches
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle/journal"
)

func main() {
	listen := flag.String("listen", "", "serve at this `address`, such as localhost:8080")
	dir := flag.String("journal", "reform", "the `folder` of the journal, where it serves")
	flag.Parse()
	if *listen == "" {
		converse(os.Stdout)
		return
	}
	j, err := journal.OpenFile(*dir)
	if err != nil {
		log.Fatal(err)
	}
	defer j.Close()
	log.Fatal(http.ListenAndServe(*listen, handler(j, time.Now)))
}

// converse shows what a browser sends and what it hears: a batch, the same one sent
// twice, one that rests on an older state, and one that is blocked, told in French.
func converse(w io.Writer) {
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	h := handler(journal.NewMemory(), func() time.Time { return now })
	const frame = `{"author":"Clerk","key":"form-1","changes":[{"kind":"frame-problem","data":{"problem":{"id":"distance","statement":"Half the villages are more than an hour from care."}}}]}`
	for _, said := range []struct{ language, batch string }{
		{"en", frame}, {"en", frame},
		{"en", `{"author":"Planner","after":1,"changes":[{"kind":"frame-problem","data":{"problem":{"id":"pay","statement":"Pay comes late."}}}]}`},
		{"fr", `{"author":"Planner","changes":[{"kind":"advance","data":{}}]}`},
	} {
		heard := httptest.NewRecorder()
		asked := httptest.NewRequest(http.MethodPost, "/cycles/LBR-NCHAP/batches", strings.NewReader(said.batch))
		asked.Header.Set("Accept-Language", said.language)
		h.ServeHTTP(heard, asked)
		fmt.Fprintf(w, "POST %s\nAccept-Language: %s\n%d %s\n", said.batch, said.language, heard.Code, heard.Body)
	}
}
