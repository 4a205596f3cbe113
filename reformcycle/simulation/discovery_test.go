package simulation

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// drawn are worlds over spans in which one policy reaches its goal or does not, as is
// said of their values.
func drawn(n int, seed uint64, fails func(values []float64) bool, over ...Uncertainty) Worlds {
	w := Worlds{
		name: "made up", policies: []Identity{{Name: "bold"}}, goals: []Goal{{NotAbandoned(), 1}}, worlds: n, runs: 1, seed: seed,
		ranges: []Range{{0, uint64(n)}}, sums: make([]uint64, n),
	}
	for _, u := range over {
		w.over = append(w.over, u.registered())
	}
	i := 0
	for one := range w.All() {
		if !fails(one.Values) {
			w.sums[i] = 1
		}
		i++
	}
	return w
}

func discover(t testing.TB, w Worlds, options ...RunOption) Discovery {
	t.Helper()
	d, err := w.Discover(t.Context(), 0, 0, options...)
	require.NoError(t, err)
	return d
}

var fourSpans = []Uncertainty{
	span("work.rated", 3, 12, Logarithmic), span("suspension.least", 1, 18, Logarithmic), span("work.carry", 0.2, 0.8, Even),
	{"actors[].position", Span{Low: -1, High: 1, Around: true}},
}

// It fails where a suspension lasts nine months or more and everybody is a third of a
// point less in favour, and nowhere else.
func slow(v []float64) bool { return v[1] >= 9 && v[3] < -1.0/3 }

func TestADiscoveryTellsWhereAPolicyFails(t *testing.T) {
	w := drawn(3000, 5, slow, fourSpans...)
	d := discover(t, w)
	require.Len(t, d.Boxes, 1)
	b := d.Boxes[0]
	// Counted one by one.
	found, inside, hits := 0, 0, 0
	for one := range w.All() {
		v := one.Values
		if slow(v) {
			found++
		}
		if v[1] >= 8.5 && v[3] <= b.Limits[slices.IndexFunc(b.Limits, func(l Limit) bool { return l.Parameter == 3 })].High.At {
			inside++
			if slow(v) {
				hits++
			}
		}
	}
	require.Equal(t, []int{found, inside, hits}, []int{d.Found, b.Worlds, b.Found})
	require.Equal(t, []float64{float64(hits) / float64(found), float64(hits) / float64(inside), float64(inside) / 3000}, []float64{b.Coverage, b.Density, b.Mass})
	require.Greater(t, b.Coverage, 0.95)
	require.Greater(t, b.Density, 0.95)
	require.Len(t, d.In, found)
	for one := range w.All() {
		require.Equal(t, slow(one.Values), slices.Contains(d.In, one.Number))
		if b.Holds(one.Values) {
			inside--
		}
		require.Equal(t, one.Values[1] > 8.5, b.Holds(one.Values, 1))
	}
	require.Zero(t, inside, "as many as it says")
	require.False(t, b.Holds(nil))
	require.Len(t, b.Limits, 2)
	for _, l := range b.Limits {
		end, other := l.Low, l.High
		if l.Parameter == 3 {
			end, other = l.High, l.Low
			require.InDelta(t, -1.0/3, end.At, 0.03)
		} else {
			require.Equal(t, []any{1, 8.5}, []any{l.Parameter, end.At}, "between two whole numbers")
		}
		require.True(t, end.Limited && !other.Limited)
		require.Less(t, end.QuasiP, 1e-6)
		require.Greater(t, end.ByCoverage, 0.9, "every half of the worlds says so")
		require.Greater(t, end.ByDensity, 0.9)
		require.True(t, end.Within.Low <= end.At && end.At <= end.Within.High)
		require.Equal(t, Bound{At: other.At}, other)
	}
	require.Regexp(t, `^In [\d,]+ of 3,000 worlds: bold misses its goal \(reform not abandoned: in at least 100% of the runs\)\. Above all here: `+
		`(the shortest suspension: at least 9 months; the position of every actor: 0\.3\d or more below what was assumed|`+
		`the position of every actor: 0\.3\d or more below what was assumed; the shortest suspension: at least 9 months)\. `+
		`Of the worlds there: (9\d|100|more than 99) of 100; of all such worlds: (9\d|100|more than 99) of 100\. Of the worlds elsewhere: (0|fewer than 1) of 100\.$`, d.Told().String())
	require.Equal(t, d.Worlds, b.Trajectory[0].Worlds)
	require.Empty(t, b.Trajectory[0].Limits)
	require.NotEmpty(t, b.Trajectory[b.Step].Limits)

	var table bytes.Buffer
	require.NoError(t, d.WriteCSV(&table))
	rows, err := csv.NewReader(&table).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+len(b.Trajectory)+1)
	last := rows[len(rows)-1]
	require.Equal(t, []string{"1", "box", strconv.Itoa(b.Step), strconv.Itoa(b.Worlds), strconv.Itoa(b.Found), plain(b.Coverage), plain(b.Density), plain(b.Mass), "2", "", "", "8.5", "", "", "", ""}, last[3:19])
	require.Equal(t, "suspension.least_from", rows[0][14])
	require.ErrorIs(t, d.WriteCSV(nil), fault.ErrInvalid)

	kept, err := json.Marshal(d)
	require.NoError(t, err)
	var read Discovery
	require.NoError(t, json.Unmarshal(kept, &read))
	again, err := json.Marshal(read)
	require.NoError(t, err)
	require.JSONEq(t, string(kept), string(again))
}

func TestADiscoveryIsTheSameForAnyWorkersAndOrderOfParameters(t *testing.T) {
	noisy := func(v []float64) bool { return slow(v) != (math.Mod(1e6*v[2], 10) < 2) } // one in five is otherwise
	w := drawn(800, 3, noisy, fourSpans...)
	d := discover(t, w, WithWorkers(1))
	require.Equal(t, d, discover(t, w, WithWorkers(5)))

	turned := w
	turned.over = slices.Clone(w.over)
	slices.Reverse(turned.over)
	again := discover(t, turned)
	require.Equal(t, d.Told().String(), again.Told().String())
	require.Equal(t, len(d.Boxes), len(again.Boxes))
	for i, b := range d.Boxes {
		require.Equal(t, []int{b.Worlds, b.Found, b.Step}, []int{again.Boxes[i].Worlds, again.Boxes[i].Found, again.Boxes[i].Step})
		for k, l := range b.Limits {
			o := again.Boxes[i].Limits[k]
			require.Equal(t, 3-l.Parameter, o.Parameter)
			require.Equal(t, []Bound{l.Low, l.High}, []Bound{o.Low, o.High})
		}
	}
}

// Two boxes far apart are told one after the other, and what is by chance is not told.
func TestEachBoxIsOfItsOwnAndChanceIsNone(t *testing.T) {
	both := func(v []float64) bool { return v[1] >= 9 && v[2] > 0.4 || v[0] < 4 && v[3] < -0.4 }
	d := discover(t, drawn(3000, 8, both, fourSpans...))
	require.Len(t, d.Boxes, 2)
	found, worlds := 0, 0
	for _, b := range d.Boxes {
		require.Greater(t, b.Density, 0.9)
		found, worlds = found+b.Found, worlds+b.Worlds
	}
	n, k := d.Elsewhere()
	require.Equal(t, []int{d.Worlds - worlds, d.Found - found}, []int{n, k})
	require.Contains(t, d.Told().String(), "Of the other worlds, above all here: ")

	// Where failures lie along a slope in four of thirty parameters, what one box leaves has
	// boxes by chance. None is told but one that is denser than all worlds, holds a tenth,
	// and is met again in half of the halves.
	over := Uncertainties()[:30]
	for _, seed := range []uint64{8, 12, 27, 47, 70, 72} {
		slope := func(v []float64) bool {
			sum := 0.0
			for j := range 4 {
				sum += (v[j] - over[j].Low) / (over[j].High - over[j].Low)
			}
			return sum > 2.2
		}
		d := discover(t, drawn(300, seed, slope, over...))
		require.NotEmpty(t, d.Boxes)
		for _, b := range d.Boxes {
			require.Greater(t, b.Density, float64(d.Found)/float64(d.Worlds))
			require.GreaterOrEqual(t, b.Coverage, leastCoverage)
			strongest := 0.0
			for _, l := range b.Limits {
				for _, end := range []Bound{l.Low, l.High} {
					strongest = max(strongest, end.ByCoverage, end.ByDensity)
					require.LessOrEqual(t, end.QuasiP, insignificant)
				}
			}
			require.GreaterOrEqual(t, strongest, leastStrength)
		}
	}
}

// How often a half ends where the box does, counted anew.
func TestTheStrengthOfABoundIsHowManyHalvesHaveIt(t *testing.T) {
	w := drawn(200, 16, func(v []float64) bool {
		luck := mix(math.Float64bits(v[2]))
		return v[1] >= 6 && v[0] > 6 && luck%4 != 0 || luck%5 == 0
	}, fourSpans[:3]...)
	d := discover(t, w)
	var hit []bool
	columns := make([][]float64, 3) // by name
	for one := range w.All() {
		hit = append(hit, slices.Contains(d.In, one.Number))
		for j, i := range []int{1, 2, 0} {
			columns[j] = append(columns[j], one.Values[i])
		}
	}
	c := newCases(columns, hit)
	b := d.Boxes[0]
	coverageOf := b.Coverage // of the first box, whose worlds are all worlds
	differ := false
	for _, l := range b.Limits {
		column := map[int]int{1: 0, 2: 1, 0: 2}[l.Parameter]
		for side, end := range []Bound{l.Low, l.High} {
			if !end.Limited {
				continue
			}
			byCoverage, byDensity := 0, 0
			for i := range uint64(halfSamples) {
				half, n := someHalf(anew(200), w.seed, i)
				require.Equal(t, 100, n)
				path := c.peel(half, n)
				near, dense := 0, 0
				for k := range path {
					coverage := func(b box) float64 { return math.Abs(float64(b.hits)/float64(path[0].hits) - coverageOf) }
					if coverage(path[k]) <= coverage(path[near]) {
						near = k
					}
					if math.Abs(path[k].density()-b.Density) <= math.Abs(path[dense].density()-b.Density) {
						dense = k
					}
				}
				if path[near].limited[side][column] {
					byCoverage++
				}
				if path[dense].limited[side][column] {
					byDensity++
				}
			}
			require.Equal(t, []float64{float64(byCoverage) / 100, float64(byDensity) / 100}, []float64{end.ByCoverage, end.ByDensity})
			differ = differ || byCoverage != byDensity
		}
	}
	require.True(t, differ, "or the test could not tell one from the other")
}

func TestWhereThereIsNothingToFindADiscoverySaysSo(t *testing.T) {
	const missed = "bold misses its goal (reform not abandoned: in at least 100% of the runs)"
	for _, c := range []struct {
		fails func(v []float64) bool
		says  string
	}{
		{func([]float64) bool { return true }, "In all of 100 worlds: %s."},
		{func([]float64) bool { return false }, "In none of 100 worlds: %s."},
		{func(v []float64) bool { return v[2] > 0.752 }, "In 8 of 100 worlds: %s. That is too few, or too many, to say where."},
		{func(v []float64) bool { return v[2] < 0.752 }, "In 92 of 100 worlds: %s. That is too few, or too many, to say where."},
	} {
		d := discover(t, drawn(100, 2, c.fails, fourSpans...))
		require.Empty(t, d.Boxes)
		require.Equal(t, fmt.Sprintf(c.says, missed), d.Told().String())
	}
	// A parameter of hardly more than one value, and every other world: nothing to limit.
	i := 0
	two := drawn(100, 2, func([]float64) bool { i++; return i%2 == 0 }, span("work.carry", 0.5, math.Nextafter(0.5, 1), Even))
	require.Equal(t, "In 50 of 100 worlds: "+missed+". No part of the spans stands out.", discover(t, two).Told().String())
}

func TestADiscoveryThatCannotBeMadeIsRefused(t *testing.T) {
	w := drawn(100, 2, slow, fourSpans...)
	var none context.Context
	for _, ask := range []func() (Discovery, error){
		func() (Discovery, error) { return w.Discover(t.Context(), 1, 0) },
		func() (Discovery, error) { return w.Discover(t.Context(), 0, -1) },
		func() (Discovery, error) { return w.DiscoverWhere(t.Context(), language.Typed("x"), nil) },
		func() (Discovery, error) {
			return w.DiscoverWhere(t.Context(), language.Text{}, func(World) bool { return true })
		},
		func() (Discovery, error) { return w.Discover(t.Context(), 0, 0, WithRange(0, 5)) },
		func() (Discovery, error) { return w.Discover(none, 0, 0) },
		func() (Discovery, error) { return Worlds{}.Discover(t.Context(), 0, 0) },
		func() (Discovery, error) { return drawn(19, 2, slow, fourSpans...).Discover(t.Context(), 0, 0) },
	} {
		d, err := ask()
		require.ErrorIs(t, err, fault.ErrInvalid)
		require.Equal(t, Discovery{}, d)
	}
	why := errors.New("no time")
	w = drawn(500, 2, func(v []float64) bool { return v[2] > 0.5 }, fourSpans...)
	ctx, stop := context.WithCancelCause(t.Context())
	d, err := w.Discover(ctx, 0, 0, WithWorkers(1), WithProgress(func(done, total uint64) {
		require.EqualValues(t, halfSamples, total)
		stop(why)
	}))
	require.ErrorIs(t, err, why)
	require.Equal(t, Discovery{}, d)
	d, err = w.Discover(ctx, 0, 0)
	require.ErrorIs(t, err, why)
	require.Equal(t, Discovery{}, d)
}

// What a host looks for: a regret.
func TestAHostLooksForWhatItLikes(t *testing.T) {
	w := worldsOf(t, shortReference(t), Trial{
		Policies: []Policy{policyOf(t, "balanced"), policyOf(t, "rush-to-launch", "met", 0.2)}, Goals: []Goal{{LaunchedBy(24), 0.5}},
		Over: fourSpans, Worlds: 60, Runs: 5, Seed: 4,
	})
	d, err := w.DiscoverWhere(t.Context(), language.Typed("balanced does worse than the best by more than a tenth"), func(one World) bool { return one.Regret(0, 0) > 0.1 })
	require.NoError(t, err)
	n := 0
	for one := range w.All() {
		if one.Regret(0, 0) > 0.1 {
			n++
		}
	}
	require.Equal(t, n, d.Found)
}

func TestLimitsAreSaidInTheUnitsOfTheRegister(t *testing.T) {
	low := func(at float64) Limit { return Limit{Low: Bound{Limited: true, At: at}} }
	high := func(at float64) Limit { return Limit{High: Bound{Limited: true, At: at}} }
	even, times := Span{Low: -1, High: 1, Around: true}, Span{Low: 0.5, High: 2, Scale: Logarithmic, Around: true}
	for _, c := range []struct {
		name string
		Span
		limit Limit
		says  string
	}{
		{"suspension.least", Span{}, low(8.5), "the shortest suspension: at least 9 months"},
		{"suspension.least", Span{}, high(1.5), "the shortest suspension: at most 1 month"},
		{"suspension.limit", Span{}, high(123.4), "the suspension that ends a reform: at most 123 months"},
		{"shocks.election.hazard", Span{}, low(0.0168), "the chance of an election: at least 1.7% a month"},
		{"work.upkeep", Span{}, high(0.0149), "what decays without upkeep: at most 1.5% a month"},
		{"shocks.epidemic.capacity", Span{}, high(0.449), "the effort that an epidemic leaves: at most 45%"},
		{"work.rated", Span{}, low(7.77), "the work that a rated criterion takes: at least 7.8 effort-months"},
		{"shocks.election.shift", Span{}, low(0.412), "how far an election moves government: at least 0.41 on the scale from -1 to 1"},
		{"coalition.join", Span{}, low(0.52), "the support that makes an actor join: at least 0.52 (the scale of positions)"},
		{"actors[].position", even, low(0.34), "the position of every actor: 0.34 or more above what was assumed"},
		{"actors[].position", even, low(-0.34), "the position of every actor: no more than 0.34 below what was assumed"},
		{"actors[].position", even, high(-0.34), "the position of every actor: 0.34 or more below what was assumed"},
		{"actors[].position", even, high(0.34), "the position of every actor: no more than 0.34 above what was assumed"},
		{"actors[].effort", times, high(0.77), "the effort of every actor: at most 0.77 times what was assumed"},
		{"work.carry", Span{}, Limit{Low: Bound{true, 0.301, 0, 0, 0, low(0).Low.Within}, High: Bound{Limited: true, At: 0.6}}, "what a new lap keeps of the one before: at least 30%, at most 60%"},
	} {
		require.Equal(t, c.says, language.English().Say(Discovery{Over: []Uncertainty{{c.name, c.Span}}}.Where(Box{Limits: []Limit{c.limit}})))
	}
	for _, c := range []struct {
		k, n int
		says string
	}{{0, 0, "0 of 100"}, {0, 9, "0 of 100"}, {1, 1000, "fewer than 1 of 100"}, {999, 1000, "more than 99 of 100"}, {5, 5, "100 of 100"}, {1, 3, "33 of 100"}} {
		require.Equal(t, c.says, ofHundred(c.k, c.n).String())
	}
}

// A discovery over ten thousand worlds and twenty parameters, with its hundred halves.
func tenThousand(t testing.TB) Worlds {
	over := Uncertainties()[:20]
	return drawn(10_000, 1, func(v []float64) bool {
		at := func(j int) float64 { return (v[j] - over[j].Low) / (over[j].High - over[j].Low) }
		return (at(0) > 0.4 && at(5) > 0.3 || at(2) < 0.3 && at(7) > 0.5) != (mix(math.Float64bits(v[0]))%8 == 0)
	}, over...)
}

func BenchmarkDiscover(b *testing.B) {
	w := tenThousand(b)
	b.ReportAllocs()
	for b.Loop() {
		discover(b, w)
	}
}
