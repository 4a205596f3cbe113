// Command http serves one reform cycle to a browser: what a host's handler over the
// library comes to. It keeps the record in files, in the folder that it is given.
//
//	go run ./examples/http -journal /tmp/reform -listen localhost:8080
//	curl -d '{"author":"Clerk","key":"1"}' localhost:8080/cycles/LBR-NCHAP/batches
package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/chsreform/chsreform/reformcycle/journal"
)

func main() {
	dir := flag.String("journal", "reform", "the folder of the journal")
	listen := flag.String("listen", "localhost:8080", "where to listen")
	flag.Parse()
	j, err := journal.OpenFile(*dir)
	if err != nil {
		log.Fatal(err)
	}
	defer j.Close()
	log.Fatal(http.ListenAndServe(*listen, handler(j, time.Now)))
}
