package workshop

// This file holds Krippendorff's alpha, for any number of assessors and with
// whatever they left blank.

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// Sampling says how the interval of [Sheet.Alpha] is drawn. The same sampling
// of the same sheet gives the same interval, on every machine.
type Sampling struct {
	// Draws is the number of resamples, 100 to 100,000; 0 means 2,000.
	Draws int `json:"draws"`
	// Seed is where the random numbers start.
	Seed uint64 `json:"seed"`
}

const (
	fewestDraws, mostDraws = 100, 100_000
	usualDraws             = 2_000
)

// Alpha is Krippendorff's alpha for ordered levels: how far all assessors
// agree beyond chance, over all items that two or more rated.
type Alpha struct {
	// Assessors counts those who rated one of the items, Items the items that
	// two or more rated, Ratings the levels given to those.
	Assessors int `json:"assessors"`
	Items     int `json:"items"`
	Ratings   int `json:"ratings"`
	// Observed and Expected are the disagreement found within items, and that
	// between any two ratings of the sheet. Their unit is that of the ordinal
	// difference, a square of ranks: they mean something only as a quotient.
	Observed float64 `json:"observed"`
	Expected float64 `json:"expected"`
	// Value is 1 − Observed / Expected: 1 where all agree on every item, 0
	// where ratings differ within items as much as between them, below 0 where
	// more.
	Value float64 `json:"value"`
	// Interval comes from resampling the items; nil where there is none. With
	// few items, fewer than about twenty, it is too narrow.
	Interval *assessment.Interval `json:"interval"`
	// NoInterval is why there is no interval; blank where there is.
	NoInterval Reason `json:"no_interval,omitempty"`
	// Reason is why there is no value; blank where there is.
	Reason Reason `json:"reason,omitempty"`
}

// Defined reports whether there is a value.
func (a Alpha) Defined() bool { return a.Reason == "" }

// Reading is what Krippendorff advises to make of a value of alpha.
type Reading string

const (
	// Reliable: 0.800 or more.
	Reliable Reading = "reliable"
	// Tentative: 0.667 or more, for conclusions that bear to be wrong.
	Tentative Reading = "tentative"
	// Unreliable: less than that. Talk about the items before using the
	// ratings.
	Unreliable Reading = "unreliable"
	// Unreadable: there is no value.
	Unreadable Reading = "unreadable"
)

// Told names the reading for people.
func (r Reading) Told() language.Text {
	return language.Of("reading." + string(r)).Or(string(r))
}

// Advice says in a sentence what to do with the ratings.
func (r Reading) Advice() language.Text { return language.Of("advice." + string(r)) }

// Reading returns what is customarily made of the value: Krippendorff K.
// Reliability in content analysis: some common misconceptions and
// recommendations. Hum Commun Res 2004;30:411–433. The limits are a custom, not
// a law, and the interval may reach over several of them.
func (a Alpha) Reading() Reading {
	switch {
	case !a.Defined():
		return Unreadable
	case a.Value >= 0.8:
		return Reliable
	case a.Value >= 0.667:
		return Tentative
	}
	return Unreliable
}

// String tells it in English.
func (a Alpha) String() string { return a.Told().String() }

// Told tells the value with its reading and its interval, or why it is not defined.
func (a Alpha) Told() language.Text {
	if !a.Defined() {
		return language.Of("alpha.undefined", "why", a.Reason.Told())
	}
	return language.Of("alpha.told", "value", hundredths(a.Value), "reading", a.Reading().Told(),
		"items", a.Items, "assessors", a.Assessors, "interval", tellInterval(a.Interval, a.NoInterval))
}

// Alpha returns Krippendorff's alpha of the whole sheet, with the ordinal
// difference: how far apart two levels are depends on how many ratings lie
// between them, not on the numbers that the levels have. Items that fewer than
// two rated do not count, blanks are left out. Krippendorff K. Computing
// Krippendorff's alpha-reliability. University of Pennsylvania 2011,
// https://repository.upenn.edu/asc_papers/43.
//
// The interval is the bootstrap over items: as many items as there are, drawn
// with replacement, and the 2.5 and 97.5 percentiles of alpha over all
// resamples, as in Zapf A, Castell S, Morawietz L, Karch A. Measuring
// inter-rater reliability for nominal data – which coefficients and confidence
// intervals are appropriate? BMC Med Res Methodol 2016;16:93,
// doi:10.1186/s12874-016-0200-9, who recommend it over formulas. Hayes AF,
// Krippendorff K. Answering the call for a standard reliability measure for
// coding data. Commun Methods Meas 2007;1:77–89 resample pairs of ratings
// instead; here items are what another checklist would have other ones of. A
// resample in which all ratings have one level has no alpha and is left out;
// where more than one in twenty is like that, there is no interval, nor where the
// resamples do not differ.
//
// A number of draws outside 100 … 100,000 is refused with
// [fault.Fields].
func (s *Sheet) Alpha(by Sampling) (Alpha, error) {
	if by.Draws == 0 {
		by.Draws = usualDraws
	}
	var wrong fault.Fields
	if !wrong.Whole("draws", by.Draws, fewestDraws, mostDraws) {
		return Alpha{}, wrong
	}
	units := s.units()
	if reason := s.unpaired(units); reason != "" {
		return Alpha{Reason: reason, NoInterval: reason}, nil
	}
	const k = int(assessment.HighlyFunctional)
	pairs := make([][]float64, len(units))
	for i, t := range units {
		pairs[i] = coincidences(t[assessment.NonFunctional:])
	}
	a := alphaOf(pairs, k)
	paired := make(map[string]bool)
	for i := range s.checklist.Len() {
		t := s.tallyOf(i)
		if t.raters() < 2 {
			continue
		}
		a.Ratings += t.raters()
		for _, r := range s.of(i) {
			if r.Level.Known() {
				paired[r.Assessor] = true
			}
		}
	}
	a.Assessors = len(paired)
	a.Interval, a.NoInterval = a.bootstrap(pairs, k, by)
	return a, nil
}

// coincidences of one unit: for each pair of values c and k (at c·len+k), how
// many pairs of ratings by different assessors have them, each divided by the
// number of ratings less one, so that each rating counts once.
func coincidences(counts []int) []float64 {
	n := 0
	for _, c := range counts {
		n += c
	}
	pairs := make([]float64, len(counts)*len(counts))
	for c, x := range counts {
		for k, y := range counts {
			if c == k {
				y--
			}
			pairs[c*len(counts)+k] = float64(x*y) / float64(n-1)
		}
	}
	return pairs
}

// alphaOf computes alpha from the coincidences of its units, over k values.
func alphaOf(pairs [][]float64, k int) Alpha {
	total := make([]float64, k*k)
	for _, unit := range pairs {
		for i, v := range unit {
			total[i] += v
		}
	}
	a := Alpha{Items: len(pairs)}
	var ok bool
	a.Observed, a.Expected, ok = disagreement(total, k)
	if !ok {
		a.Reason, a.Observed, a.Expected = NoVariation, 0, 0
		return a
	}
	a.Value = 1 - a.Observed/a.Expected
	return a
}

// disagreement gives the mean ordinal difference within units and between any
// two ratings. It is not ok where all ratings have one value.
func disagreement(total []float64, k int) (observed, expected float64, ok bool) {
	n := 0.0
	var margins [8]float64 // enough for any scale here, and not on the heap
	for c := range k {
		for v := range k {
			margins[c] += total[c*k+v]
		}
		n += margins[c]
	}
	for c := range k {
		between := margins[c] / 2
		for v := c + 1; v < k; v++ {
			// All ratings between the two values, and half of those at them.
			between += margins[v] / 2
			// The conversions forbid fused operations, which some machines have
			// and which round otherwise.
			delta := float64(between * between)
			between += margins[v] / 2
			observed += float64(2 * total[c*k+v] * delta)
			expected += float64(2 * margins[c] * margins[v] * delta)
		}
	}
	return observed / n, expected / (n * (n - 1)), expected > 0
}

// undefined is the share of resamples that may have no alpha.
const undefined = 0.05

func (a Alpha) bootstrap(pairs [][]float64, k int, by Sampling) (*assessment.Interval, Reason) {
	switch {
	case a.Reason != "":
		return nil, a.Reason
	case len(pairs) == 1:
		return nil, OneItem
	case a.Observed == 0:
		return nil, NoDisagreement
	}
	random := rand.New(rand.NewPCG(by.Seed, 0))
	values := make([]float64, 0, by.Draws)
	total := make([]float64, k*k)
	for range by.Draws {
		clear(total)
		for range pairs {
			for i, v := range pairs[random.IntN(len(pairs))] {
				total[i] += v
			}
		}
		if observed, expected, ok := disagreement(total, k); ok {
			values = append(values, 1-observed/expected)
		}
	}
	if float64(len(values)) < (1-undefined)*float64(by.Draws) {
		return nil, NoVariation
	}
	slices.Sort(values)
	low, high := percentile(values, (1-Confidence)/2), percentile(values, (1+Confidence)/2)
	if high-low <= 1e-12 { // rounding alone
		return nil, NoSpread
	}
	return within(low, high), ""
}

// percentile of sorted values, between the two nearest.
func percentile(sorted []float64, share float64) float64 {
	at := float64(share * float64(len(sorted)-1))
	i := min(int(math.Floor(at)), len(sorted)-1)
	j := min(i+1, len(sorted)-1)
	return sorted[i] + float64((at-float64(i))*(sorted[j]-sorted[i]))
}
