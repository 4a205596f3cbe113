package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// This file sends what was made: the headers that every answer has, caching,
// compression, and what becomes of a panic.

// policy is the content policy of every answer.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// forever is for what never changes at its address.
const forever = "public, max-age=31536000, immutable"

// answer is a response of which is known whether it has begun.
type answer struct {
	http.ResponseWriter
	status int
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(text []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(text)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// ServeHTTP answers a request. No panic comes out of it.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Security-Policy", policy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Frame-Options", "DENY")
	head.Set("Referrer-Policy", "same-origin")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cache-Control", "private, no-cache")
	out := &answer{ResponseWriter: w}
	defer func() {
		if fault := recover(); fault != nil {
			p.logPanic(r.Context(), fault)
			if out.status == 0 {
				p.visit(out, r, &route{}).tell(errPanic)
			}
		}
	}()
	p.mux.ServeHTTP(out, r)
}

// logPanic says what a panic was, and not what it says: that may be what somebody wrote.
func (p *Page) logPanic(ctx context.Context, fault any) {
	p.logger.ErrorContext(ctx, "web: panic", "type", fmt.Sprintf("%T", fault), "stack", string(debug.Stack()))
}

// small is what a body has that is not worth compressing.
const small = 1 << 10

var compressors = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// send sends a whole body, or says that the visitor has it already: what it is told by
// is the body itself, whatever it depends on.
func (v *visit) send(status int, kind string, body []byte) error {
	head := v.w.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Language", v.l.Tag())
	head.Set("Vary", "Accept-Language, Accept-Encoding, Cookie, Authorization")
	if v.script {
		head.Set("Content-Security-Policy", policy+"; script-src 'self'")
	}
	switch {
	case v.r.Method == http.MethodPost || status >= 500:
		head.Set("Cache-Control", "no-store")
	case status == http.StatusOK && head.Get("ETag") == "" && head.Get("Cache-Control") != "no-store":
		sum := sha256.Sum256(body)
		head.Set("ETag", `W/"`+base64.RawURLEncoding.EncodeToString(sum[:15])+`"`)
	}
	if status == http.StatusOK && v.r.Method != http.MethodPost && matches(v.r.Header.Get("If-None-Match"), head.Get("ETag")) {
		head.Del("Content-Type")
		v.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if len(body) > small && !v.echoes && accepts(v.r.Header.Get("Accept-Encoding")) {
		var packed bytes.Buffer
		z := compressors.Get().(*gzip.Writer)
		defer compressors.Put(z)
		z.Reset(&packed)
		_, _ = z.Write(body) // a buffer takes everything
		_ = z.Close()
		head.Set("Content-Encoding", "gzip")
		body = packed.Bytes()
	}
	head.Set("Content-Length", fmt.Sprint(len(body)))
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(body) // whoever asked has gone, if it fails
	}
	return nil
}

// matches reports whether a tag is among those of If-None-Match.
func matches(asked, tag string) bool {
	if tag == "" {
		return false
	}
	for one := range strings.SplitSeq(asked, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// accepts reports whether Accept-Encoding names gzip and does not refuse it.
func accepts(asked string) bool {
	for one := range strings.SplitSeq(asked, ",") {
		name, weight, _ := strings.Cut(one, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return strings.Trim(strings.TrimPrefix(strings.ReplaceAll(weight, " ", ""), "q="), "0.") != "" || weight == ""
		}
	}
	return false
}

// unauthorized says why the host did not say who acts.
func (v *visit) unauthorized(err error) {
	v.page.logger.WarnContext(v.r.Context(), "web: not authorized", "route", v.route.name, "error", err)
}

// lacking is a fault of the program: a page asks for what there is not.
func lacking(what string, name any) error { return fmt.Errorf("web: no such %s: %v", what, name) }

// log says what was answered: ids and codes.
func (v *visit) log(status int, code string, err error) {
	args := []any{"route", v.route.name, "method", v.r.Method, "cycle", v.id, "status", status, "took", time.Since(v.began)}
	if code != "" {
		args = append(args, "code", code)
	}
	switch {
	case status >= 500 && err != nil && !errors.Is(err, context.Canceled):
		v.page.logger.ErrorContext(v.r.Context(), "web: failed", append(args, "error", err)...)
	case status >= 400:
		v.page.logger.InfoContext(v.r.Context(), "web: refused", args...)
	default:
		v.page.logger.DebugContext(v.r.Context(), "web: answered", args...)
	}
}

// logJob says how a simulation ended.
func (p *Page) logJob(one *job, how jobState, err error) {
	args := []any{"cycle", one.cycle, "job", one.id, "stands", string(how), "took", time.Since(one.began)}
	if how == failed {
		p.logger.ErrorContext(context.Background(), "web: simulation failed", append(args, "error", err)...)
		return
	}
	p.logger.DebugContext(context.Background(), "web: simulation ended", args...)
}
