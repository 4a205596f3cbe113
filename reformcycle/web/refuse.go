package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// This file is the one place that tells why something was not done: as a page, or below
// api/ as problem+json (RFC 9457).

// failure is a refusal of the page itself.
type failure struct {
	status int
	code   string
	title  string // the id of a text
	does   string // the id of what to do about it
}

func (f *failure) Error() string       { return f.Told().String() }
func (f *failure) Told() language.Text { return language.Of(f.title) }

var (
	errAbsent    = &failure{http.StatusNotFound, "not-found", "web.absent", "web.absent.do"}
	errForbidden = &failure{http.StatusForbidden, "forbidden", "web.forbidden", "web.forbidden.do"}
	errMethod    = &failure{http.StatusMethodNotAllowed, "method", "web.method", "web.method.do"}
	errCrossing  = &failure{http.StatusForbidden, "cross-site", "web.crossing", "web.crossing.do"}
	errLarge     = &failure{http.StatusRequestEntityTooLarge, "too-large", "web.large", "web.large.do"}
	errLate      = &failure{http.StatusServiceUnavailable, "too-late", "web.late", "web.late.do"}
	errPanic     = &failure{http.StatusInternalServerError, "failed", "web.failed", "web.failed.do"}
)

// statuses are those of the refusals of the library; any other is 422.
var statuses = map[string]int{
	"not-found": 404, "not-begun": 404, "conflict": 409, "key-taken": 409, "hanging": 409, "invalid": 400, "lost": 500, "damaged": 500, "corrupt": 500,
}

// failed tells an error apart: its status, its code, and what of the library it is.
func (v *visit) failed(err error) (*failure, reformcycle.Refusal) {
	var own *failure
	if errors.As(err, &own) {
		return own, reformcycle.Refusal{}
	}
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return errLarge, reformcycle.Refusal{}
	}
	if refusal, ok := reformcycle.RefusalOf(v.l, err); ok {
		status := statuses[refusal.Code]
		if status == 0 {
			status = http.StatusUnprocessableEntity
		}
		if v.r.Method != http.MethodPost {
			return &failure{status, refusal.Code, "web.unshown", "web.unshown.do"}, refusal
		}
		if refusal.Code == "conflict" && refusal.Stands == nil && v.r.Header.Get("If-Match") != "" {
			status = http.StatusPreconditionFailed
		}
		return &failure{status, refusal.Code, "web.refused", "web.refused.do"}, refusal
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return errLate, reformcycle.Refusal{}
	}
	return errPanic, reformcycle.Refusal{}
}

// tell ends a visit: what went wrong, if anything did, is told where nothing was sent yet.
func (v *visit) tell(err error) {
	if err == nil {
		v.log(v.w.status, "", nil)
		return
	}
	why, refusal := v.failed(err)
	v.log(why.status, why.code, err)
	if v.w.status != 0 {
		return
	}
	if strings.HasPrefix(v.r.URL.Path, v.page.prefix+"api/") {
		v.problem(why, refusal)
		return
	}
	v.opened, v.rights = reformcycle.State{}, 0 // an error says nothing of the cycle
	refused := refusedPage{Title: why.Told(), Does: language.Of(why.does), Text: refusal.Text, Fields: refusal.Fields, Blockers: refusal.Blockers}
	if v.renderAs(why.status, "refused", refused) != nil {
		http.Error(v.w, v.l.Say(errPanic.Told()), http.StatusInternalServerError)
	}
}

// refusedPage is what the page of a refusal shows.
type refusedPage struct {
	Title, Does language.Text
	Text        string
	Fields      []fault.Field
	Blockers    []reformcycle.Blocker
}

// problems is where the types of problems begin, each by its code.
const problems = "https://github.com/chsreform/chsreform/reformcycle/problems/"

// problem sends a refusal to a program: what RFC 9457 has, beside the form of the library.
func (v *visit) problem(why *failure, refusal reformcycle.Refusal) {
	body := map[string]any{}
	if refusal.Code != "" {
		if text, err := json.Marshal(refusal); err == nil {
			_ = json.Unmarshal(text, &body)
		}
	}
	body["type"], body["status"], body["code"] = problems+why.code, why.status, why.code
	body["title"] = v.l.Say(why.Told())
	if v.rights.Has(Look) && why != errAbsent { // else it is the same answer everywhere
		body["instance"] = v.r.URL.EscapedPath()
	}
	body["detail"] = cmp.Or(refusal.Text, v.l.Say(language.Of(why.does)))
	text, err := json.Marshal(body)
	if err != nil {
		text = []byte(`{}`)
	}
	_ = v.send(why.status, kindProblem, text)
}
