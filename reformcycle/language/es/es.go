// Package es is Spanish. The translation is the project's own and has not been
// reviewed by a native speaker of the field.
package es

import (
	"embed"

	"github.com/chsreform/chsreform/reformcycle/language"
)

//go:embed *.po
var texts embed.FS

// Language is Spanish.
var Language = language.Shipped("es", texts)
