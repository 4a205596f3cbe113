// Package web is a page for the people who decide about a reform, as one http.Handler.
package web
