// Package pt is Portuguese. The translation is the project's own and has not been
// reviewed by a native speaker of the field.
package pt

import (
	_ "embed"
	"sync"

	"github.com/chsreform/chsreform/reformcycle/language"
)

//go:embed pt.po
var texts []byte

// Language is Portuguese.
var Language = sync.OnceValue(func() *language.Language {
	l, err := language.Translated("pt", texts)
	if err != nil {
		panic(err) // the embedded file is wrong: found by the first test
	}
	return l
})
