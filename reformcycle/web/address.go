package web

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// This file writes addresses, and reads the ids in them.

// dots are what browsers and servers take out of a path; one with a tilde before it
// stays, and so each has one more in an address than it has.
var dots = regexp.MustCompile(`^~*\.{1,2}$`)

// segment writes an id as a part of a path.
func segment(id string) string {
	if dots.MatchString(id) {
		id = "~" + id
	}
	return url.PathEscape(id)
}

// unsegment reads an id that segment wrote, once it is unescaped.
func unsegment(part string) string {
	if strings.HasPrefix(part, "~") && dots.MatchString(part) {
		return part[1:]
	}
	return part
}

var braces = regexp.MustCompile(`\{[^}]*\}`)

// address is that of a route by its name: its braces are filled with the first arguments,
// and those that are left are names and values of the query in turn. What is empty there
// is left out.
func (p *Page) address(name string, args ...any) (string, error) {
	at, there := p.route(name)
	if !there {
		return "", lacking("route", name)
	}
	short := false
	path := braces.ReplaceAllStringFunc(strings.TrimSuffix(at.path, "{$}"), func(string) string {
		if len(args) == 0 {
			short = true
			return ""
		}
		id := fmt.Sprint(args[0])
		args = args[1:]
		return segment(id)
	})
	if short || len(args)%2 != 0 {
		return "", lacking("argument", name)
	}
	query := make(url.Values)
	for i := 0; i < len(args); i += 2 {
		if value := fmt.Sprint(args[i+1]); value != "" {
			query.Add(fmt.Sprint(args[i]), value)
		}
	}
	path = p.prefix + path
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path, nil
}

// route is one by its name.
func (p *Page) route(name string) (route, bool) {
	i := slices.IndexFunc(p.routes, func(r route) bool { return r.name == name })
	if i < 0 || name == "" {
		return route{}, false
	}
	return p.routes[i], true
}

// link is an address that keeps the language that the visitor asked for.
func (v *voice) link(name string, args ...any) (string, error) {
	if v.chosen && name != "static" {
		args = append(args[:len(args):len(args)], "lang", v.l.Tag())
	}
	return v.page.address(name, args...)
}

// here is the address of the request, in a language.
func (v *visit) here(tag string) string {
	query := v.r.URL.Query()
	query.Set("lang", tag)
	return v.r.URL.EscapedPath() + "?" + query.Encode()
}
