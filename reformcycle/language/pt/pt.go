// Package pt is Portuguese. The translation is the project's own and has not been
// reviewed by a native speaker of the field.
package pt

import (
	_ "embed"

	"github.com/chsreform/chsreform/reformcycle/language"
)

//go:embed pt.po
var texts []byte

// Language is Portuguese.
var Language = language.Shipped("pt", texts)
