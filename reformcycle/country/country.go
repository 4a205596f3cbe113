// Package country names countries in the language of whoever reads: of the codes of ISO
// 3166 that jurisdictions and reforms may carry ([reformcycle.Jurisdiction], WithCountry),
// after the Common Locale Data Repository of golang.org/x/text. What is no such code is a
// host's own, and stands as it is.
//
//	country.Name(fr.Language(), "KE")      // Kenya
//	country.Name(pt.Language(), "ETH")     // Etiópia
//	country.Name(nil, "North Province")    // North Province
//
// It is a package of its own because the names in all languages are large: a program
// that does not import it has none of them.
package country

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	told "github.com/chsreform/chsreform/reformcycle/language"
)

// Known reports whether a code is that of a country: two or three capital letters of ISO
// 3166. Small letters, and the digits that ISO has too, are a host's own, for so many
// hosts number their districts.
func Known(code string) bool {
	_, known := region(code)
	return known
}

// Name gives the name of a country by its code, in a language, nil for English; what is
// no code of a country is given back as it is. A language without names of countries, as
// one of a host's own may be, has them in English. Portuguese ("pt") has them as Brazil
// writes them; a language of the tag "pt-MZ", say, made with language.New of pt, as
// Mozambique and Portugal do.
func Name(l *told.Language, code string) string {
	of, known := region(code)
	if !known {
		return code
	}
	tag, err := language.Parse(l.Tag())
	if err != nil {
		tag = language.English
	}
	for _, names := range []display.Namer{display.Regions(tag), display.Regions(language.English)} {
		if names == nil {
			continue
		}
		if name := names.Name(of); name != "" {
			return name
		}
	}
	return code
}

func region(code string) (language.Region, bool) {
	if len(code) != 2 && len(code) != 3 {
		return language.Region{}, false
	}
	for i := range len(code) {
		if code[i] < 'A' || code[i] > 'Z' {
			return language.Region{}, false
		}
	}
	r, err := language.ParseRegion(code)
	return r, err == nil && r.IsCountry()
}
