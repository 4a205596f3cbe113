package web

import (
	"context"
	"net/http"
	"strings"
)

// This file is the table of all addresses.

// route is one address and what it answers.
type route struct {
	// name by which templates and handlers link to it.
	name string
	// path below the prefix, as http.ServeMux reads it; what is in braces is filled by a
	// link's arguments, in their order. Every path with {cycle} is about that cycle, and
	// nobody comes further who may not look at it.
	path string
	// get and post answer; nil where the method is not taken. HEAD is get without the body.
	get, post *way
	// tab is the id of the text by which the navigation leads here, that of a cycle where
	// the path has {cycle} and no more that is to be filled, and else that of the whole; ""
	// where it does not.
	tab string
	// acts: the tab is for those who may do more than look.
	acts bool
	// most is how many bytes a body may have; 0 for the usual.
	most int64
}

// way is an answer and what it takes, beside Look.
type way struct {
	need   Rights
	answer func(*visit) error
}

// looking is a way for everybody who may look.
func looking(answer func(*visit) error) *way { return &way{answer: answer} }

// routes are all addresses. Those of an area stand in its own file.
func routes() []route {
	var all []route
	for _, some := range [][]route{
		{
			{name: "portfolio", path: "{$}", tab: "web.portfolio", get: looking((*visit).portfolioPage)},
			{name: "tree", path: "tree", tab: "web.tree", get: looking((*visit).treePage)},
			{name: "together", path: "together", tab: "web.together", get: looking((*visit).togetherPage)},
			{name: "due", path: "due", tab: "web.due", get: looking((*visit).duesPage)},
			{name: "calendar-all", path: "due.ics", get: looking((*visit).calendarOfAll)},
			{name: "cycle", path: "c/{cycle}", tab: "web.tab.cycle", get: looking((*visit).cyclePage)},
			{name: "calendar", path: "c/{cycle}/due.ics", get: looking((*visit).calendar)},
			{name: "picture", path: "c/{cycle}/picture/{picture}", get: looking((*visit).picture)},
			{name: "static", path: "static/{file}", get: looking((*visit).static)},
		},
		roomRoutes(),
		manyRoutes(),
		recordRoutes(),
		exchangeRoutes(),
		simulationRoutes(),
		apiRoutes(),
	} {
		all = append(all, some...)
	}
	return all
}

// routed makes the table what requests are answered by.
func (p *Page) routed() *http.ServeMux {
	mux := http.NewServeMux()
	for i := range p.routes {
		mux.Handle(p.prefix+p.routes[i].path, p.answer(&p.routes[i]))
	}
	mux.Handle(p.prefix, p.answer(&route{}))
	return mux
}

// answer is what a route answers to a request.
func (p *Page) answer(at *route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), longest)
		defer cancel()
		v := p.visit(w.(*answer), r.WithContext(ctx), at)
		v.tell(v.answer())
	}
}

// answer checks what a way takes before it goes it.
func (v *visit) answer() error {
	if v.route.get == nil && v.route.post == nil {
		return v.nowhere()
	}
	var to *way
	switch v.r.Method {
	case http.MethodGet, http.MethodHead:
		to = v.route.get
	case http.MethodPost:
		to = v.route.post
	}
	if to == nil {
		v.w.Header().Set("Allow", strings.Join(v.route.methods(), ", "))
		return errMethod
	}
	if to == v.route.post {
		if v.page.crossing.Check(v.r) != nil {
			return errCrossing
		}
	}
	limit := v.route.most
	if limit == 0 {
		limit = most
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, limit)
	if err := v.authorize(); err != nil {
		return err
	}
	if v.route.ofCycle() {
		if !v.rights.Has(Look) {
			return errAbsent
		}
		if !v.rights.Has(to.need) {
			return errForbidden
		}
	}
	return to.answer(v)
}

func (r *route) ofCycle() bool { return strings.Contains(r.path, "{cycle}") }

func (r *route) methods() (all []string) {
	if r.get != nil {
		all = append(all, http.MethodGet, http.MethodHead)
	}
	if r.post != nil {
		all = append(all, http.MethodPost)
	}
	return all
}

// nowhere answers an address that is not in the table: one with a slash too many at its
// end is sent to the one without.
func (v *visit) nowhere() error {
	at := v.r.URL.EscapedPath()
	if short := strings.TrimRight(at, "/"); short != at && len(short) > len(v.page.prefix) && (v.r.Method == http.MethodGet || v.r.Method == http.MethodHead) {
		if v.r.URL.RawQuery != "" {
			short += "?" + v.r.URL.RawQuery
		}
		http.Redirect(v.w, v.r, short, http.StatusPermanentRedirect)
		return nil
	}
	return errAbsent
}
