// Package fr is French. The translation is the project's own and has not been
// reviewed by a native speaker of the field.
package fr

import (
	"embed"

	"github.com/chsreform/chsreform/reformcycle/language"
)

//go:embed *.po
var texts embed.FS

// Language is French.
var Language = language.Shipped("fr", texts)
