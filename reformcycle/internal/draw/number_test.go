package draw

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNumbersHaveOneForm(t *testing.T) {
	for v, want := range map[float64]string{0: "0", -0.001: "0", 1.5: "1.5", 2.346: "2.35", -3: "-3", 120: "120"} {
		assert.Equal(t, want, Num(v))
	}
}

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for want, got := range map[string]string{
		"0%": Percent(nil, 0, 0), "<1%": Percent(nil, 0.0049, 0), "1%": Percent(nil, 0.0051, 0), "99%": Percent(nil, 0.9949, 0), ">99%": Percent(nil, 0.9951, 0), "100%": Percent(nil, 1, 0),
		"0.5%": Percent(nil, 0.0049, 1), "−1,234.5": Figures(nil, -1234.5, 1), "0.0": Figures(nil, -0.04, 1), "999": Figures(nil, 999, 0), "1,000,000": Grouped("1000000"),
		"12.3": Tenths(nil, 12.34), "12": Tenths(nil, 12.04), "999,999,999,999": Tenths(nil, 999999999999), "1.000e+12": Tenths(nil, 1e12),
		"1 actor": Counted(1, "actor", "actors"), "0 actors": Counted(0, "actor", "actors"),
	} {
		assert.Equal(t, want, got)
	}
}
