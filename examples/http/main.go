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
// twice, one that rests on an older state, and one that is blocked.
func converse(w io.Writer) {
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	h := handler(journal.NewMemory(), func() time.Time { return now })
	const frame = `{"author":"Clerk","key":"form-1","changes":[{"kind":"frame-problem","data":{"problem":{"id":"distance","statement":"Half the villages are more than an hour from care."}}}]}`
	for _, batch := range []string{
		frame, frame,
		`{"author":"Planner","after":1,"changes":[{"kind":"frame-problem","data":{"problem":{"id":"pay","statement":"Pay comes late."}}}]}`,
		`{"author":"Planner","changes":[{"kind":"advance","data":{}}]}`,
	} {
		heard := httptest.NewRecorder()
		h.ServeHTTP(heard, httptest.NewRequest(http.MethodPost, "/cycles/LBR-NCHAP/batches", strings.NewReader(batch)))
		fmt.Fprintf(w, "POST %s\n%d %s\n", batch, heard.Code, heard.Body)
	}
}
