package country_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/chsreform/chsreform/reformcycle/country"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
)

// The names are those of the United Nations' member states in their lists of each
// language (UNTERM).
func TestACountryHasItsNameInEachLanguage(t *testing.T) {
	languages := []*language.Language{nil, fr.Language(), pt.Language(), es.Language()}
	for code, want := range map[string][]string{
		"KE": {"Kenya", "Kenya", "Quênia", "Kenia"}, "ETH": {"Ethiopia", "Éthiopie", "Etiópia", "Etiopía"},
		"MZ": {"Mozambique", "Mozambique", "Moçambique", "Mozambique"}, "LBR": {"Liberia", "Libéria", "Libéria", "Liberia"},
		"TD": {"Chad", "Tchad", "Chade", "Chad"},
	} {
		for i, l := range languages {
			assert.Equal(t, want[i], country.Name(l, code), "%s, %d", code, i)
		}
		assert.True(t, country.Known(code))
	}
}

// What is no code of a country stands as it is, in any language.
func TestAHostsOwnCodeStandsAsItIs(t *testing.T) {
	for _, own := range []string{"", "ke", "Kenya", "KE-09", "404", "ZZ", "EU", "XYZ", "ශ්\u200dරී ලංකාව", "K\x00", "北部"} {
		assert.False(t, country.Known(own), own)
		assert.Equal(t, own, country.Name(fr.Language(), own))
	}
}

// A language that a host made has the names of its tag, and English ones where there
// are none.
func TestAHostsLanguageHasNamesByItsTag(t *testing.T) {
	for tag, want := range map[string]string{"sw": "Misri", "tlh": "Egypt", "pt-MZ": "Egito"} {
		l, err := language.New(tag, nil)
		if assert.NoError(t, err, tag) {
			assert.Equal(t, want, country.Name(l, "EG"), tag)
		}
	}
	// Portuguese is written in two ways: the language "pt" has the names of Brazil.
	l, err := language.New("pt-MZ", pt.Language())
	assert.NoError(t, err)
	assert.Equal(t, "Quénia", country.Name(l, "KE"))
}
