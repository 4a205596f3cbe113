package web

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"path"
	"sync"
)

// This file serves the style sheet and the other files of ours.

//go:embed static
var files embed.FS

// kinds are the types of the files that there are.
var kinds = map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}

// digests are of each file, so that its address changes when it does.
var digests = sync.OnceValue(func() map[string]string {
	all := make(map[string]string)
	entries, _ := files.ReadDir("static")
	for _, e := range entries {
		if text, err := files.ReadFile("static/" + e.Name()); err == nil {
			sum := sha256.Sum256(text)
			all[e.Name()] = base64.RawURLEncoding.EncodeToString(sum[:9])
		}
	}
	return all
})

// static is the address of a file.
func (p *Page) static(file string) (string, error) {
	digest, there := digests()[file]
	if !there {
		return "", lacking("file", file)
	}
	return p.address("static", file, "v", digest)
}

// static sends a file. At the address that pages link to it is for ever the same.
func (v *visit) static() error {
	file := v.r.PathValue("file")
	digest, there := digests()[file]
	if !there {
		return errAbsent
	}
	text, err := files.ReadFile("static/" + file)
	if err != nil {
		return errAbsent
	}
	if v.r.URL.Query().Get("v") == digest {
		v.w.Header().Set("Cache-Control", forever)
	}
	return v.send(200, kinds[path.Ext(file)], text)
}
