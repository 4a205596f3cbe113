package main

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
)

const most = 1 << 20 // bytes of a request

// statuses are what the refusals of the library are over HTTP; any other is 422.
var statuses = map[string]int{
	"not-found": 404, "not-begun": 404, "conflict": 409, "key-taken": 409, "hanging": 409, "invalid": 400, "lost": 500, "damaged": 500, "corrupt": 500,
}

// handler takes batches of changes, and tells how a cycle stands and what stands
// before its next move. Who may say to be whom is the host's to check, before it.
func handler(j reformcycle.Journal, now func() time.Time) http.Handler {
	options := []reformcycle.Option{reformcycle.WithClock(now), reformcycle.WithLogger(slog.Default()), reformcycle.WithRetries(3)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /cycles/{id}/batches", func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
		if err != nil {
			answer(w, r, nil, err)
			return
		}
		by, changes, err := reformcycle.DecodeBatch(text, most)
		if err != nil {
			answer(w, r, nil, err)
			return
		}
		cycle, err := reformcycle.Open(r.Context(), j, r.PathValue("id"), options...)
		if errors.Is(err, reformcycle.ErrNotFound) { // the first batch begins it
			cycle, err = reformcycle.New(r.PathValue("id"), append(options[:len(options):len(options)], reformcycle.WithJournal(j))...)
		}
		if err != nil {
			answer(w, r, nil, err)
			return
		}
		receipt, err := cycle.Apply(r.Context(), by, changes...)
		answer(w, r, receipt, err)
	})
	mux.HandleFunc("GET /cycles/{id}", func(w http.ResponseWriter, r *http.Request) {
		cycle, err := reformcycle.Open(r.Context(), j, r.PathValue("id"), options...)
		if err != nil {
			answer(w, r, nil, err)
			return
		}
		s := cycle.Now()
		answer(w, r, map[string]any{"seq": s.Seq(), "standing": s.Standing(), "blockers": s.Blockers(), "actions": s.NextActions()}, nil)
	})
	mux.HandleFunc("GET /schemas/batch.json", func(w http.ResponseWriter, r *http.Request) { answer(w, r, reformcycle.BatchSchema(), nil) })
	return mux
}

// answer writes what was asked for, or the JSON form of the refusal, told in the language
// that was asked for.
func answer(w http.ResponseWriter, r *http.Request, body any, err error) {
	status := http.StatusOK
	if err != nil {
		l := language.Match([]*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}, r.Header.Get("Accept-Language"))
		refusal, ok := reformcycle.RefusalOf(l, err)
		if body, status = refusal, statuses[refusal.Code]; !ok {
			body, status = map[string]string{"code": "failed"}, http.StatusInternalServerError
		} else if status == 0 {
			status = http.StatusUnprocessableEntity
		}
		w.Header().Set("Content-Language", l.Tag())
		w.Header().Set("Vary", "Accept-Language")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked has gone, if it fails
}
