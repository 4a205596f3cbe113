package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Whatever the address, the answer is one of ours, sound and under the policy, and no
// fault of ours.
func FuzzAddress(f *testing.F) {
	p := page(f, WithPrefix("/reforms/"), WithAuthorize(everything))
	for _, at := range addresses(f, p, "LBR-NCHAP") {
		f.Add(at)
	}
	for _, at := range []string{
		"/reforms/?q=a&stage=launch&status=active&tier=none&guard=x&under=y&order=stalled&after=z&lang=fr", "/reforms/?after=%00", "/reforms/due?page=99999999999999999999",
		"/reforms/due?page=-1", "/reforms/c/%2e%2e?at=2019", "/reforms/c/LBR-NCHAP?at=9999-12-31", "/reforms/c/LBR-NCHAP?at=0001", "/reforms//c//x/", "/reforms/static/%2e%2e", "/reforms/heat?stage=8&after=%FF",
	} {
		f.Add(at)
	}
	f.Fuzz(func(t *testing.T, at string) {
		u, err := url.ParseRequestURI(at)
		if err != nil || !strings.HasPrefix(u.Path, "/") || u.Host != "" {
			return
		}
		r := &http.Request{Method: http.MethodGet, URL: u, RequestURI: at, Host: "example.com", Header: http.Header{}, Body: http.NoBody}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r.WithContext(t.Context()))
		if w.Code >= 500 && w.Code != http.StatusNotImplemented || w.Code == 0 { // of a journal without a feed
			t.Fatalf("%q: %d", at, w.Code)
		}
		if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, contentPolicy) {
			t.Fatalf("%q: %s", at, got)
		}
		if to := w.Header().Get("Location"); to != "" && (to[0] != '/' || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`)) {
			t.Fatalf("%q leads to %q", at, to)
		}
		if isPage(w) && w.Code != http.StatusPermanentRedirect && w.Code != http.StatusTemporaryRedirect && w.Code != http.StatusMovedPermanently {
			sound(t, at, w.Body.String())
		}
	})
}
