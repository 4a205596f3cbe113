package web

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/portfolio"
	"github.com/chsreform/chsreform/reformcycle/report"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// This file makes the handler of what the host hands in.

// Page is the handler: every page and the JSON interface over one portfolio. It is safe
// for use by several goroutines.
type Page struct {
	portfolio  *portfolio.Portfolio
	prefix     string
	readOnly   bool
	authorize  func(*http.Request) (Visitor, error)
	languages  []*language.Language
	logger     *slog.Logger
	tiles      []report.Tile
	boundaries *report.Boundaries
	crossing   *http.CrossOriginProtection
	// bounds are those of simulations; jobless: there are none.
	bounds  Jobs
	jobless bool
	// policies are the host's own.
	policies []simulation.Tunable
	jobs     *jobs
	watch    watch

	routes []route
	mux    *http.ServeMux
	voices map[spoken]*voice
}

// Option configures New.
type Option func(*Page) error

// New makes the page of a portfolio. Without options it stands at "/", lets everybody
// look at everything and nobody change anything, and speaks English.
//
// Errors: [fault.Fields] for the portfolio or an option.
func New(p *portfolio.Portfolio, options ...Option) (*Page, error) {
	if p == nil {
		return nil, fault.Refuse("portfolio", fault.Required, nil, language.Of("want.portfolio"))
	}
	page := &Page{
		portfolio: p,
		prefix:    "/",
		authorize: anybody,
		languages: []*language.Language{language.English()},
		logger:    slog.New(slog.DiscardHandler),
		crossing:  http.NewCrossOriginProtection(),
		bounds:    usualJobs,
	}
	for _, option := range options {
		if option == nil {
			return nil, fault.Refuse("option", fault.Required, nil, language.Of("want.option"))
		}
		if err := option(page); err != nil {
			return nil, err
		}
	}
	page.routes = routes()
	if page.jobless {
		page.routes = slices.DeleteFunc(page.routes, func(r route) bool { return r.simulates() })
	}
	page.jobs = newJobs(page, page.bounds)
	page.voices = map[spoken]*voice{}
	for _, l := range page.languages {
		for _, chosen := range []bool{false, true} {
			page.voices[spoken{l, chosen}] = &voice{page: page, l: l, chosen: chosen}
		}
	}
	if _, err := page.voices[spoken{page.languages[0], false}].templates(); err != nil {
		return nil, err
	}
	page.mux = page.routed()
	return page, nil
}

// prefixes are those that stand in an address as they are written.
var prefixes = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/$`)

// WithPrefix says where the host mounts the page, such as "/reforms/": all addresses
// begin with it. The request keeps it: no http.StripPrefix goes before the page. A slash
// that is missing on either side is added.
func WithPrefix(prefix string) Option {
	return func(p *Page) error {
		full := "/" + strings.Trim(prefix, "/") + "/"
		if full == "//" {
			full = "/"
		}
		if !prefixes.MatchString(full) {
			return fault.Refuse("WithPrefix", fault.Characters, prefix, language.Of("want.web-prefix", "example", "/reforms/"))
		}
		p.prefix = full
		return nil
	}
}

// WithReadOnly lets nobody change anything, whatever Authorize says.
func WithReadOnly() Option {
	return func(p *Page) error {
		p.readOnly = true
		return nil
	}
}

// WithAuthorize says who acts. It is asked once for each request, before anything is
// looked up. An error gives an answer of status 403 that tells no more, and is logged;
// whoever has to sign in first is better sent there by the host's own handler around the
// page.
func WithAuthorize(authorize func(*http.Request) (Visitor, error)) Option {
	return func(p *Page) error {
		if authorize == nil {
			return fault.Refuse("WithAuthorize", fault.Required, nil, language.Of("want.web-authorize"))
		}
		p.authorize = authorize
		return nil
	}
}

// WithLanguages says which languages the page speaks. The first is for those who want
// none of them. A visitor's browser chooses, unless the address does, by ?lang=fr.
func WithLanguages(first *language.Language, more ...*language.Language) Option {
	return func(p *Page) error {
		all := append([]*language.Language{first}, more...)
		tags := map[string]bool{}
		for i, l := range all {
			if l == nil {
				all[i] = language.English()
			}
			if tags[all[i].Tag()] {
				return fault.Refuse(fault.At("WithLanguages", i), fault.Unique, all[i].Tag(), language.Of("want.web-languages"))
			}
			tags[all[i].Tag()] = true
		}
		p.languages = all
		return nil
	}
}

// WithLogger says where the page writes what happens: ids, kinds, codes and durations,
// and the errors of the host's own journal and Authorize; never what people wrote.
func WithLogger(logger *slog.Logger) Option {
	return func(p *Page) error {
		if logger == nil {
			return fault.Refuse("WithLogger", fault.Required, nil, language.Of("want.web-logger"))
		}
		p.logger = logger
		return nil
	}
}

// WithOrigins names further origins whose forms are taken, such as
// "https://reform.example.org": for a host behind a proxy that changes the host's name,
// and that browsers reach without TLS, so that they do not say themselves where a form
// comes from.
func WithOrigins(origins ...string) Option {
	return func(p *Page) error {
		for i, origin := range origins {
			if p.crossing.AddTrustedOrigin(origin) != nil {
				return fault.Refuse(fault.At("WithOrigins", i), fault.Characters, origin, language.Of("want.web-origin", "example", "https://reform.example.org"))
			}
		}
		return nil
	}
}

// WithTiles says where each jurisdiction stands on the map of all reforms; without it
// those of a region stand together. See [report.TileMap].
func WithTiles(tiles []report.Tile) Option {
	return func(p *Page) error {
		p.tiles = tiles
		return report.TileMap(io.Discard, nil, "", nil, tiles)
	}
}

// WithBoundaries draws the map of all reforms on the boundaries of their jurisdictions,
// as [report.ReadBoundaries] reads them.
func WithBoundaries(boundaries report.Boundaries) Option {
	return func(p *Page) error {
		p.boundaries = &boundaries
		return report.GeoMap(io.Discard, nil, "", nil, boundaries)
	}
}

// Close ends what runs behind the page, simulations among it, and waits for it as long as
// the context lets it. Afterwards pages are still answered, answers that are kept among
// them, and no simulation begins.
func (p *Page) Close(ctx context.Context) error {
	return errors.Join(p.jobs.close(ctx), p.watch.close(ctx))
}

// longest is how long one request may take, and most how many bytes it may bring.
const (
	longest = time.Minute
	most    = 1 << 20
)

// languageOf is the one that the address asks for, or else that the browser does.
func (p *Page) languageOf(r *http.Request) (l *language.Language, chosen bool) {
	if asked := r.URL.Query().Get("lang"); asked != "" {
		for _, whole := range []bool{true, false} { // else en is that of Britain, where there is no other
			for _, l := range p.languages {
				tag := l.Tag()
				if !whole {
					tag, _, _ = strings.Cut(tag, "-")
				}
				if strings.EqualFold(tag, asked) {
					return l, true
				}
			}
		}
	}
	return language.Match(p.languages, cmp.Or(r.Header.Get("Accept-Language"), p.languages[0].Tag())), false
}
