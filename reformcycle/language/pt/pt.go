// Package pt is Portuguese. The translation is the project's own and has not been
// reviewed by a native speaker of the field.
package pt

import (
	"embed"

	"github.com/chsreform/chsreform/reformcycle/language"
)

//go:embed *.po
var texts embed.FS

// Language is Portuguese.
var Language = language.Shipped("pt", texts)
