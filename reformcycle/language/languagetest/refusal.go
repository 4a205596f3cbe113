package languagetest

import (
	"maps"
	"slices"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// OfRefusal is what no language said of an error told in [Accented]; paths and values are
// known to be names, beside what the test gives.
func OfRefusal(accented *language.Language, err error, typed ...string) []string {
	for _, f := range fault.Of(err) {
		typed = append(typed, f.Path)
		if _, said := f.Value.(fault.Said); !said && f.Value != nil {
			typed = append(typed, fault.Bounded(f.Value))
		}
	}
	return Leaks(accented.Refusal(err), typed...)
}

// IDs are those of texts and of all that are said within them, sorted, each once.
func IDs(texts ...language.Text) []string {
	found := map[string]bool{}
	var look func(any)
	look = func(v any) {
		switch v := v.(type) {
		case language.Text:
			if v.ID != "" {
				found[v.ID] = true
			}
			for _, a := range v.Args {
				look(a.Value)
			}
		case []language.Text:
			for _, t := range v {
				look(t)
			}
		}
	}
	look(texts)
	return slices.Sorted(maps.Keys(found))
}
