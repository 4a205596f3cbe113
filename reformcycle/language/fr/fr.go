// Package fr is French. The translation is the project's own and has not been
// reviewed by a native speaker of the field.
package fr

import (
	_ "embed"
	"sync"

	"github.com/chsreform/chsreform/reformcycle/language"
)

//go:embed fr.po
var texts []byte

// Language is French.
var Language = sync.OnceValue(func() *language.Language {
	l, err := language.Translated("fr", texts)
	if err != nil {
		panic(err) // the embedded file is wrong: found by the first test
	}
	return l
})
