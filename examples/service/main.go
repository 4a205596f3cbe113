// Service is a small service that a ministry might run: it keeps the example countries,
// Kenya and its 47 counties among them, in a journal, and opens the page of the reforms
// on this machine.
//
//	go run .                                            a new SQLite database in a temporary directory
//	go run . -journal sqlite:reforms.db                 an SQLite database
//	go run . -journal postgres://user@host:5432/reforms a PostgreSQL database
//	go run . -journal file:reforms                      a directory of files
//	go run . -address localhost:9000                    another address
//	go run . -read-only                                 for looking only
//	go run . -language fr                               in French first; pt, es
//	go run . -telemetry telemetry.json                  metrics and traces (OpenTelemetry), into a file
//
// Whoever opens the page on this machine acts as the one that -as names, and may do
// everything: it is an example. At an address that other machines reach the page is
// read-only; who acts there a host has to know, and says it in web.WithAuthorize.
//
// A second start on the same journal finds the countries there and loads nothing.
// Ctrl-C ends the service: what was begun is ended first.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/cases"
	"github.com/chsreform/chsreform/reformcycle/journal"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/reformcycle/web"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Stdout, os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		log.Fatal(err)
	}
}

// languages are those that the page speaks.
var languages = []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}

// settings are what the flags say.
type settings struct {
	journal, address, as, telemetry string
	readOnly, verbose               bool
	l                               *language.Language
}

func parse(args []string) (s settings, err error) {
	flags := flag.NewFlagSet("service", flag.ContinueOnError)
	flags.StringVar(&s.journal, "journal", "", "keep the cycles in this `journal`: sqlite:FILE, postgres://… or file:DIRECTORY; without it, in SQLite in a temporary directory")
	flags.StringVar(&s.address, "address", "localhost:8080", "open the page at this `address`; a port of 0 is one that is free")
	flags.StringVar(&s.as, "as", "Reform team", "the `name` under which whoever opens the page acts")
	flags.BoolVar(&s.readOnly, "read-only", false, "let nobody change anything")
	flags.BoolVar(&s.verbose, "verbose", false, "write every request to the log")
	flags.StringVar(&s.telemetry, "telemetry", "", "write metrics and traces into this `file`")
	wanted := flags.String("language", "en", "speak this `language` first: en, fr, pt or es")
	err = flags.Parse(args)
	s.l = language.Match(languages, *wanted)
	return s, err
}

// run opens the service and ends it with the context.
func run(ctx context.Context, w io.Writer, args []string) (err error) {
	s, err := parse(args)
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if s.verbose {
		level = slog.LevelDebug
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})))
	if s.journal == "" {
		dir, err := os.MkdirTemp("", "chsreform-")
		if err != nil {
			return err
		}
		s.journal = "sqlite:" + dir + "/reforms.db"
	}
	h, err := open(ctx, s.journal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := load(ctx, h.journal, s.l); err != nil {
		return err
	}
	telemetry, err := observe(s.telemetry)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, telemetry.close()) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.address)
	if err != nil {
		return err
	}
	if !local(listener.Addr()) {
		s.readOnly = true
	}
	page, err := s.page(h.journal, telemetry)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	fmt.Fprintln(w, s.l.Say(language.Of("example.journal", "place", h.place)))
	fmt.Fprintln(w, s.l.Say(language.Of("example.service-at", "address", "http://"+listener.Addr().String()+"/")))
	if s.readOnly {
		fmt.Fprintln(w, s.l.Say(language.Of("example.service-read-only")))
	}
	return serve(ctx, listener, telemetry.traced(page), page)
}

// serve answers requests until the context ends, and then those that have begun.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, page *web.Page) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	// The page first: whoever waits for news of it is answered, and its jobs end.
	return errors.Join(page.Close(last), server.Shutdown(last))
}

// local reports whether only this machine reaches an address.
func local(at net.Addr) bool {
	tcp, is := at.(*net.TCPAddr)
	return is && tcp.IP.IsLoopback()
}

// page is the handler over a journal.
func (s settings) page(j reformcycle.Journal, t *telemetry) (*web.Page, error) {
	p, err := portfolio.Open(context.Background(), j, portfolio.WithLanguage(s.l), portfolio.WithOptions(
		reformcycle.WithClock(time.Now), reformcycle.WithRetries(3), reformcycle.WithLogger(slog.Default()), reformcycle.WithObserver(t.heard), reformcycle.WithRefusals(),
		// A cycle that begins is judged by the last of them.
		reformcycle.WithChecklist(cases.Kenya(nil).Checklist()), reformcycle.WithChecklist(reformcycle.ReformChecklist()),
	))
	if err != nil {
		return nil, err
	}
	return s.over(p, slices.DeleteFunc(slices.Clone(languages), func(l *language.Language) bool { return l == s.l })...)
}

// over is the handler over a portfolio, in the language of the settings and others.
func (s settings) over(p *portfolio.Portfolio, others ...*language.Language) (*web.Page, error) {
	finance, err := financeFirst()
	if err != nil {
		return nil, err
	}
	options := []web.Option{web.WithLogger(slog.Default()), web.WithLanguages(s.l, others...), web.WithPolicies(finance)}
	if s.readOnly {
		options = append(options, web.WithReadOnly())
	} else {
		options = append(options, web.WithAuthorize(func(*http.Request) (web.Visitor, error) {
			return web.Visitor{Name: s.as, May: func(string) web.Rights { return web.Look | web.Record | web.Move | web.Override | web.Correct }}, nil
		}))
	}
	return web.New(p, options...)
}

// load puts the example countries into a journal, in a language, as people who work in it
// would have typed them. They are told in memory, and taken over each in one piece: what
// is there already is left as it is, and whoever is stopped in the middle goes on the next
// time.
func load(ctx context.Context, j reformcycle.Journal, l *language.Language) error {
	there := map[string]bool{}
	for id, err := range j.Cycles(ctx, "") {
		if err != nil {
			return err
		}
		there[id] = true
	}
	told := journal.NewMemory()
	for _, country := range cases.Walks(l) {
		if _, err := country.Cycle(ctx, reformcycle.WithJournal(told)); err != nil {
			return fmt.Errorf("%s: %w", country.ID, err)
		}
	}
	nation := cases.Kenya(l)
	if err := nation.Tell(ctx, told, nil); err != nil {
		return err
	}
	for id, err := range told.Cycles(ctx, "") {
		if err != nil {
			return err
		}
		if there[id] {
			continue
		}
		var stream bytes.Buffer
		err := reformcycle.Export(ctx, told, id, &stream)
		if err == nil {
			_, err = reformcycle.Import(ctx, j, &stream, reformcycle.WithChecklist(nation.Checklist()))
		}
		if err != nil && !errors.Is(err, reformcycle.ErrConflict) { // another process was faster
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	return nil
}
