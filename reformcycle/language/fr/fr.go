// Package fr is French. The translation is the project's own and has not been
// reviewed by a native speaker of the field.
package fr

import (
	_ "embed"

	"github.com/chsreform/chsreform/reformcycle/language"
)

//go:embed fr.po
var texts []byte

// Language is French.
var Language = language.Shipped("fr", texts)
