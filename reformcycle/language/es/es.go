// Package es is Spanish. The translation is the project's own and has not been
// reviewed by a native speaker of the field.
package es

import (
	_ "embed"
	"sync"

	"github.com/chsreform/chsreform/reformcycle/language"
)

//go:embed es.po
var texts []byte

// Language is Spanish.
var Language = sync.OnceValue(func() *language.Language {
	l, err := language.Translated("es", texts)
	if err != nil {
		panic(err) // the embedded file is wrong: found by the first test
	}
	return l
})
