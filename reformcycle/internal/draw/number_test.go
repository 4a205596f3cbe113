package draw

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
)

// The signs are those of CLDR 32 for each language.
func TestNumbersAreWrittenAsALanguageDoes(t *testing.T) {
	french, spanish, arabic := fr.Language(), es.Language(), languagetest.Mirrored(nil)
	for _, c := range []struct{ want, got string }{
		{"−1\u00a0234,5", Figures(french, -1234.5, 1)}, {"0,0", Figures(french, -0.04, 1)}, {"−1.234,50", Figures(spanish, -1234.5, 2)},
		{"٠٫٦٧", Figures(arabic, 0.67, 2)},
		{"12,3", Tenths(french, 12.34)}, {"12", Tenths(french, 12.04)}, {"1,000e+12", Tenths(french, 1e12)}, {"1,798e+308", Tenths(french, math.MaxFloat64)},
		{"<1\u00a0%", Percent(french, 0.0049, 0)}, {">99\u00a0%", Percent(french, 0.9951, 0)}, {"0,5\u00a0%", Percent(french, 0.0049, 1)}, {"0\u00a0%", Percent(french, 0, 0)},
		{"−5\u00a0%", Percent(french, -0.05, 0)}, {"0\u00a0%", Percent(french, -0.0001, 0)},
	} {
		assert.Equal(t, c.want, c.got)
	}
}

func TestNumbersHaveOneForm(t *testing.T) {
	for v, want := range map[float64]string{0: "0", -0.001: "0", 1.5: "1.5", 2.346: "2.35", -3: "-3", 120: "120"} {
		assert.Equal(t, want, Num(v))
	}
}

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for want, got := range map[string]string{
		"0%": Percent(nil, 0, 0), "<1%": Percent(nil, 0.0049, 0), "1%": Percent(nil, 0.0051, 0), "99%": Percent(nil, 0.9949, 0), ">99%": Percent(nil, 0.9951, 0), "100%": Percent(nil, 1, 0),
		"0.5%": Percent(nil, 0.0049, 1), "−1,234.5": Figures(nil, -1234.5, 1), "0.0": Figures(nil, -0.04, 1), "999": Figures(nil, 999, 0), "1,000,000": Figures(nil, 1e6, 0),
		"12.3": Tenths(nil, 12.34), "12": Tenths(nil, 12.04), "999,999,999,999": Tenths(nil, 999999999999), "1.000e+12": Tenths(nil, 1e12),
	} {
		assert.Equal(t, want, got)
	}
}
