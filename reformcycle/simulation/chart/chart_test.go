package chart

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/languagetest"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// All numbers of these tests are made up, but for those that name a source.

var teachingOrigin = origin{"Teaching country (illustrative)", "0123456789abcdef", "coalition-first", 10000, 42, ""}

const teachingTitle = "Health workers for every village (illustrative)"

// between is an interval.
func between(low, high float64) assessment.Interval { return assessment.Interval{Low: low, High: high} }

// at is an estimate with its interval.
func at(v, low, high float64) simulation.Estimate {
	return simulation.Estimate{At: v, Interval: between(low, high)}
}

// sure is an estimate from so many runs with an interval of two standard errors.
func sure(share float64, runs float64) simulation.Estimate {
	half := 2 * math.Sqrt(share*(1-share)/runs)
	return at(share, max(0, share-half), min(1, share+half))
}

// step is a point of a curve.
func step(month int, v, low, high float64) simulation.Step {
	return simulation.Step{Month: month, At: v, Interval: between(low, high)}
}

// rising is a made-up curve: nobody arrives before the delay, and of those who
// ever do, the same share each month.
func rising(name string, ever float64, delay, months int, pace, runs float64) curve {
	c := curve{name: name}
	for m := 0; m <= months; m++ {
		v := 0.0
		if m > delay {
			v = ever * (1 - math.Exp(-pace*float64(m-delay)))
		}
		e := sure(v, runs)
		c.steps = append(c.steps, step(m, e.At, e.Low, e.High))
	}
	return c
}

func teachingCurves() []curve {
	return []curve{
		rising("Coalition building", 0.97, 2, 120, 0.12, 400),
		rising("Solution gathering", 0.9, 8, 120, 0.09, 400),
		rising("Design", 0.83, 14, 120, 0.07, 400),
		rising("Program readiness", 0.74, 20, 120, 0.05, 400),
		rising("Launch", 0.66, 27, 120, 0.04, 400),
		rising("Management and learning", 0.5, 40, 120, 0.025, 400),
	}
}

var (
	launched = simulation.LaunchedBy(60)
	months   = simulation.MonthsTo(reformcycle.Launch, 60)
)

// compared is a comparison of policies of those names, in their order, without
// differences.
func compared(m simulation.Metric, names []string, estimates ...simulation.Estimate) simulation.Comparison {
	c := simulation.Comparison{Scenario: teachingOrigin.scenario, Digest: teachingOrigin.digest, Metric: m, Runs: 10000, Seed: 42, Estimates: estimates}
	for i, name := range names {
		c.Policies = append(c.Policies, simulation.Identity{Name: name})
		c.Order = append(c.Order, simulation.Rank{Policy: i})
	}
	return c
}

// pair is a difference between two places of a comparison.
func pair(first, second int, v, low, high float64) simulation.Difference {
	return simulation.Difference{First: first, Second: second, At: v, Interval: between(low, high)}
}

// paged is the page of a comparison with the names of its policies, and of pairs
// as they are given.
func paged(c simulation.Comparison, pairs ...simulation.Difference) comparison {
	names, _ := called(nil, c.Policies)
	return comparison{c, nil, names, pairs}
}

func teachingComparison() comparison {
	return paged(compared(launched, []string{"coalition-first", "bottleneck", "balanced", "pilot-first", "rush"},
		sure(0.66, 10000), sure(0.61, 10000), sure(0.602, 10000), sure(0.48, 10000), sure(0.21, 10000)),
		pair(0, 1, 0.05, 0.041, 0.059), pair(0, 2, 0.058, 0.05, 0.066), pair(1, 2, 0.008, -0.001, 0.017),
		pair(2, 1, -0.008, -0.017, 0.001), pair(4, 3, -0.27, -0.283, -0.257))
}

func swing(name string, low, high simulation.Estimate) simulation.Swing {
	return simulation.Swing{Factor: simulation.Factor{Parameter: name, Low: 1, High: 2}, AtLow: low, AtHigh: high}
}

// tornado is one of swings around a base.
func tornado(base simulation.Estimate, swings ...simulation.Swing) simulation.Tornado {
	return simulation.Tornado{
		Scenario: teachingOrigin.scenario, Digest: teachingOrigin.digest, Policy: simulation.Identity{Name: "coalition-first"},
		Metric: launched, Runs: 10000, Seed: 42, Base: base, Swings: swings,
	}
}

func teachingTornado(n int) simulation.Tornado {
	names := []string{"capacity.growth", "shocks.election.hazard", "influence.attachment", "opposition.threshold", "opposition.patience", "work.difficulty", "commitment.left"}
	t := tornado(sure(0.41, 4000))
	for i := range n {
		reach := 0.28 / float64(i+1)
		s := swing(fmt.Sprintf("%s[%d]", names[i%len(names)], i), sure(0.41-reach, 4000), sure(0.41+0.7*reach, 4000))
		s.Factor.Low, s.Factor.High = 0.01*float64(i+1), 0.05*float64(i+1)
		switch i % 3 {
		case 1:
			s.AtLow, s.AtHigh = s.AtHigh, s.AtLow
		case 2:
			s.AtHigh = sure(0.41-reach/2, 4000)
		}
		t.Swings = append(t.Swings, s)
	}
	return t
}

// index is one of an assumption.
func index(name string, first, total simulation.Estimate) simulation.SobolIndex {
	share := func(e simulation.Estimate) simulation.VarianceShare {
		return simulation.VarianceShare{At: e.At, Interval: e.Interval}
	}
	return simulation.SobolIndex{Factor: simulation.Factor{Parameter: name}, First: share(first), Total: share(total)}
}

// The indices of the function of Ishigami and Homma with a = 7 and b = 0.1, from
// their closed form (Ishigami & Homma 1990; Saltelli et al. 2008, Global
// Sensitivity Analysis, 4.2): V1 = (1 + bπ⁴/5)²/2, V2 = a²/8, V13 = 8b²π⁸/225.
func ishigami() []simulation.SobolIndex {
	const a, b = 7.0, 0.1
	v1 := math.Pow(1+b*math.Pow(math.Pi, 4)/5, 2) / 2
	v2 := a * a / 8
	v13 := b * b * math.Pow(math.Pi, 8) * 8 / 225
	v := v1 + v2 + v13
	around := func(s float64) simulation.Estimate { return at(s, s-0.04, s+0.04) }
	return []simulation.SobolIndex{
		index("x3", around(0), around(v13/v)),
		index("x1", around(v1/v), around((v1+v13)/v)),
		index("x2", around(v2/v), around(v2/v)),
	}
}

// indices are those of one run at each of one point.
func indices(of ...simulation.SobolIndex) simulation.SobolIndices {
	return simulation.SobolIndices{Scenario: teachingOrigin.scenario, Digest: teachingOrigin.digest, Policy: simulation.Identity{Name: "coalition-first"}, Metric: launched, Points: 1, Runs: 1, Seed: 42, Of: of}
}

func teachingSupport() (all []support) {
	for m := 0; m <= 120; m += 2 {
		t := float64(m) / 120
		middle := 0.42 + 0.3*t
		spread := 0.02 + 0.2*math.Sqrt(t)
		s := support{month: m, decided: 0.96 - 0.5*t, undecided: 0.04 * (1 - t)}
		for q, z := range []float64{-1.64, -0.67, 0, 0.67, 1.64} {
			s.quantiles[q] = min(1, max(0, middle+z*spread))
		}
		all = append(all, s)
	}
	return all
}

// picture is one of those that this file tests alike, with so much to draw.
type picture struct {
	name string
	page draw.Paper
	most int
	draw func(title string, o origin, n int) string
}

// pasted are names that people may paste.
func pasted(i int) string { return drawtest.HostileNames[i%len(drawtest.HostileNames)] }

var pictures = []picture{
	{"arrivals", draw.Lying, mostCurves, func(title string, o origin, n int) string {
		var curves []curve
		for i := range n {
			c := rising(pasted(i), 0.998, i%3, 600, 0.05, 50)
			if i%2 == 0 {
				c.steps = c.steps[:1+i*40]
			}
			curves = append(curves, c)
		}
		return drawArrivals(nil, title, o, curves)
	}},
	{"comparison", draw.Upright, mostRows, func(title string, o origin, n int) string {
		c := compared(months, nil)
		var pairs []simulation.Difference
		for i := range n {
			v := math.Pow(-7, float64(i%9)) * 1000.123
			c.Policies = append(c.Policies, simulation.Identity{Name: pasted(i)})
			c.Order = append(c.Order, simulation.Rank{Policy: i})
			c.Estimates = append(c.Estimates, at(v, v-1000, v+2000))
			pairs = append(pairs, pair(i, (i+1)%n, v/3, v/3-1000, v/3+1000))
		}
		return paged(c, pairs...).draw(title, o)
	}},
	{"tornado", draw.Upright, mostRows, func(title string, o origin, n int) string {
		t := teachingTornado(n)
		for i := range t.Swings {
			t.Swings[i].Factor.Parameter = pasted(i)
		}
		return drawTornado(nil, title, o, t)
	}},
	{"sobol", draw.Upright, mostRows, func(title string, o origin, n int) string {
		var of []simulation.SobolIndex
		for i := range n {
			v := 1 / float64(i+1)
			of = append(of, index(pasted(i), at(v, -3*v, 999), at(v-0.2, v-0.4, v)))
		}
		return drawSobol(nil, title, o, launched.Told(), of)
	}},
	{"regret", draw.Upright, mostRows, func(title string, o origin, n int) string {
		g := simulation.GoalStanding{Goal: simulation.Goal{Metric: months, Bound: 30}}
		var names []string
		for i := range n {
			v := math.Pow(3, float64(i%9))
			g.Of = append(g.Of, standing(1/float64(i+1), v, 2*v, 7*v))
			names = append(names, pasted(i))
		}
		return drawRegret(nil, title, o, g, names)
	}},
	{"box", draw.Upright, mostRows, func(title string, o origin, n int) string {
		c := scattered(20*n, 1+n%2)
		if n%3 == 0 {
			c.of, c.where, c.third = strings.Repeat(drawtest.Hostile, 4), strings.Repeat("the chance of an election is at least 2 % a month and ", 9), pasted(n)
		}
		return drawBox(nil, title, o, c)
	}},
	{"support-fan", draw.Lying, 1201, func(title string, o origin, n int) string {
		all := teachingSupport()
		for i := len(all); i < n; i++ {
			s := all[i%50]
			s.month = all[i-1].month + 1
			if i%20 == 3 {
				s.decided, s.undecided = 0, 0.5
			}
			all = append(all, s)
		}
		return drawFan(nil, title, o, all[:n])
	}},
}

// standing is one of a policy.
func standing(met, median, most90, worst float64) simulation.Standing {
	e := sure(met, 1000)
	return simulation.Standing{Met: simulation.Proportion{At: e.At, Interval: e.Interval}, Regret: simulation.Regret{Median: median, Most90: most90, Worst: worst}}
}

func teachingRobustness() simulation.Robustness {
	r := simulation.Robustness{Scenario: teachingOrigin.scenario, Digest: teachingOrigin.digest, Worlds: 1000, Asked: 1000, Runs: 100, Seed: 42}
	for _, name := range []string{"rush", "coalition-first", "balanced", "pilot-first"} {
		r.Policies = append(r.Policies, simulation.Identity{Name: name})
	}
	r.Goals = []simulation.GoalStanding{{Goal: simulation.Goal{Metric: launched, Bound: 0.5}, Of: []simulation.Standing{
		standing(0.31, 0.22, 0.55, 0.91), standing(0.74, 0.01, 0.06, 0.24), standing(0.68, 0.03, 0.11, 0.37), standing(0.4, 0.15, 0.31, 0.52)}}}
	return r
}

// scattered are made-up worlds over two parameters, or one, with a box.
func scattered(n, sides int) scatter {
	bound := func(at float64) simulation.Bound { return simulation.Bound{Limited: true, At: at} }
	c := scatter{
		of: "rush misses its goal (launch by 60 in 50 % of the runs or more)", says: "rush misses its goal in 312 of 1000 worlds.",
		where: "the shortest suspension is at least 5 months and the position of every actor is no more than 0.2 above what was assumed",
		box:   simulation.Box{Worlds: 310, Found: 270, Coverage: 0.865, Density: 0.871, Mass: 0.31},
	}
	least := simulation.Uncertainty{Parameter: "suspension.least", Span: simulation.Span{Low: 1, High: 18, Scale: simulation.Logarithmic}}
	moved := simulation.Uncertainty{Parameter: "actors[].position", Span: simulation.Span{Low: -1, High: 1, Around: true}}
	c.sides = []side{newSide(nil, least, simulation.Limit{Low: bound(4.5)}), newSide(nil, moved, simulation.Limit{High: bound(0.2)})}[:sides]
	for i := range n {
		_, a := math.Modf(float64(i) * 0.618034)
		_, b := math.Modf(float64(i) * 0.414214)
		in := a >= c.sides[0].along(4.5) && b <= 0.6
		c.points = append(c.points, point{[2]float64{a, b}, in != (i%8 == 0)})
	}
	return c
}

// However much there is to draw and whatever it is called, every label stays on
// the page and off the others, and the page is well formed.
func TestPicturesKeepTheirLabelsApart(t *testing.T) {
	pastedOrigin := origin{drawtest.HostileNames[1] + drawtest.Hostile, "", strings.Repeat("W", 500), math.MaxUint64, math.MaxUint64, strings.Repeat(drawtest.Hostile, 3)}
	for _, p := range pictures {
		for _, n := range []int{1, 2, 3, 6, 8, 25, 40, 61, 300} {
			if n > p.most {
				continue
			}
			t.Run(fmt.Sprint(p.name, " ", n), func(t *testing.T) {
				svg := p.draw(strings.Repeat(drawtest.Hostile, 9), pastedOrigin, n)
				drawtest.KeepsApart(t, p.page, svg)
				words := drawtest.Read(t, svg).Words
				legend, own := map[string]string{"support-fan": "nine in ten of the runs", "regret": "regret in the worst world", "box": "a world in which it is not"}[p.name]
				if !own {
					legend = "95% interval"
				}
				assert.Contains(t, words, legend)
				assert.Less(t, len(svg), 200_000)
			})
		}
	}
}

// Each picture says what it is and where its numbers come from.
func TestPicturesSayThatTheyAreNoForecast(t *testing.T) {
	for _, p := range pictures {
		svg := p.draw(teachingTitle, teachingOrigin, 3)
		read := drawtest.Read(t, svg)
		assert.Equal(t, 2, strings.Count(read.Words, language.Of("chart.disclaimer").String()), "%s: in the description and at the foot", p.name)
		for _, want := range []string{"10,000 runs", "seed 42.", "Scenario: Teaching country (illustrative), digest 0123456789ab.", "Policy: coalition-first."} {
			assert.Contains(t, written(read), want, p.name)
		}
		assert.Equal(t, 1, read.Elements["title"])
		assert.Equal(t, 1, read.Elements["desc"])
		assert.Contains(t, svg, `role="img"`)
	}
}

func TestPicturesAreTheSameEachTime(t *testing.T) {
	for _, p := range pictures {
		assert.Equal(t, p.draw("Twice", teachingOrigin, 8), p.draw("Twice", teachingOrigin, 8), p.name)
	}
}

// answers are what the pictures take, each with too little to be drawn and with
// enough.
func answers(t *testing.T) map[string][2]func(w io.Writer) error {
	summary := ran(t, "rush-to-launch", 2, 7)
	c := teachingComparison().Comparison
	c.Order = c.Order[:1]
	worlds, found := discovered(t)
	return map[string][2]func(w io.Writer) error{
		"arrivals": {
			func(w io.Writer) error { return Arrivals(w, nil, "", simulation.Summary{}) },
			func(w io.Writer) error { return Arrivals(w, nil, "", summary) },
		},
		"policies": {
			func(w io.Writer) error { return Policies(w, nil, "", 0) },
			func(w io.Writer) error { return Policies(w, nil, "", reformcycle.Launch, summary) },
		},
		"comparison": {
			func(w io.Writer) error { return Comparison(w, nil, "", simulation.Comparison{}) },
			func(w io.Writer) error { return Comparison(w, nil, "", c) },
		},
		"tornado": {
			func(w io.Writer) error { return Tornado(w, nil, "", simulation.Tornado{}) },
			func(w io.Writer) error { return Tornado(w, nil, "", teachingTornado(2)) },
		},
		"sobol": {
			func(w io.Writer) error { return Sobol(w, nil, "", simulation.SobolIndices{}) },
			func(w io.Writer) error { return Sobol(w, nil, "", indices(ishigami()...)) },
		},
		"regret": {
			func(w io.Writer) error { return Regret(w, nil, "", simulation.Robustness{}, 0) },
			func(w io.Writer) error { return Regret(w, nil, "", teachingRobustness(), 0) },
		},
		"box": {
			func(w io.Writer) error { return Box(w, nil, "", simulation.Worlds{}, simulation.Discovery{}, 0) },
			func(w io.Writer) error { return Box(w, nil, "", worlds, found, 0) },
		},
		"support fan": {
			func(w io.Writer) error { return SupportFan(w, nil, "", simulation.Summary{}) },
			func(w io.Writer) error { return SupportFan(w, nil, "", summary) },
		},
	}
}

// Where there is nothing to draw, where nothing is known of its origin and where
// there is no writer, that is said; what a writer says is handed on. Nothing is
// written of what is refused.
func TestPicturesRefuseZeroValuesAndNilWriters(t *testing.T) {
	for name, write := range answers(t) {
		var b bytes.Buffer
		assert.NotEmpty(t, fieldsOf(t, write[0](&b)), name)
		assert.Zero(t, b.Len(), name)
		assert.Equal(t, []string{"w required"}, fieldsOf(t, write[1](nil)), name)
		assert.ErrorIs(t, write[1](drawtest.Full{}), drawtest.ErrFull, name)
		require.NoError(t, write[1](&b), name)
		assert.NotZero(t, b.Len(), name)
	}
	bad := []string{"scenario required", "runs range"}
	assert.Equal(t, append(bad[:2:2], "order required"), fieldsOf(t, Comparison(io.Discard, nil, "", simulation.Comparison{})))
	assert.Equal(t, append(bad[:2:2], "swings required"), fieldsOf(t, Tornado(io.Discard, nil, "", simulation.Tornado{})))
	assert.Equal(t, append(bad[:2:2], "of required"), fieldsOf(t, Sobol(io.Discard, nil, "", simulation.SobolIndices{})))
}

// written are the texts on the page, as they would be read.
func written(read drawtest.Picture) string {
	var lines []string
	for _, l := range read.Labels {
		lines = append(lines, l.Text)
	}
	return strings.Join(lines, " ")
}

// fieldsOf are the fields and rules that an input was refused for.
func fieldsOf(t *testing.T, err error) (fields []string) {
	t.Helper()
	assert.ErrorIs(t, err, fault.ErrInvalid)
	for _, f := range fault.Of(err) {
		assert.NotEmpty(t, f.Want, f.Path)
		fields = append(fields, f.Path+" "+f.Rule)
	}
	return fields
}

// discovered are worlds of the reference scenario, and where something that hangs on two
// of their parameters is so.
func discovered(t *testing.T) (simulation.Worlds, simulation.Discovery) {
	t.Helper()
	s := simulation.Reference()
	s.Horizon = 1
	m, err := simulation.Compile(s)
	require.NoError(t, err)
	p, err := simulation.NewPolicy("balanced", nil)
	require.NoError(t, err)
	worlds, err := m.Worlds(t.Context(), simulation.Trial{Policies: []simulation.Policy{p}, Goals: []simulation.Goal{{Metric: simulation.NotAbandoned(), Bound: 1}}, Worlds: 200, Runs: 1, Seed: 3})
	require.NoError(t, err)
	at := func(name string) int {
		return slices.IndexFunc(worlds.Over(), func(u simulation.Uncertainty) bool { return u.Parameter == name })
	}
	d, err := worlds.DiscoverWhere(t.Context(), language.Typed("it is so"), func(w simulation.World) bool {
		return w.Values[at("suspension.least")] >= 4 && w.Values[at("actors[].position")] < 0.2 && w.Values[at("work.carry")] > 0.4
	})
	require.NoError(t, err)
	require.Len(t, d.Boxes, 1)
	require.Len(t, d.Boxes[0].Limits, 3)
	return worlds, d
}

func TestRegretGolden(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Regret(&b, nil, teachingTitle, teachingRobustness(), 0))
	drawtest.Golden(t, "regret.svg", b.String())
	drawtest.KeepsApart(t, draw.Upright, b.String())
	words := drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "coalition first: regret 1% in the median, 6% in nine in ten, 24% in the worst world; goal met in 74% (71% to 77%) of the worlds.")
	assert.Less(t, strings.Index(words, "coalition first: regret"), strings.Index(words, "balanced: regret"), "the smallest first")
}

func TestRegretRefusesWhatIsNone(t *testing.T) {
	r := teachingRobustness()
	r.Goals[0].Of[1].Regret.Median = 0.5
	r.Goals[0].Of[2].Regret.Worst = math.NaN()
	r.Goals[0].Of[3].Met.At = 2
	assert.Equal(t, []string{"of[1].regret order", "of[2].regret.worst range", "of[3].met.at range"}, fieldsOf(t, Regret(io.Discard, nil, "", r, 0)))
	assert.Equal(t, []string{"goal exists"}, fieldsOf(t, Regret(io.Discard, nil, "", r, 1)))
	r.Policies = r.Policies[:1]
	assert.Contains(t, fieldsOf(t, Regret(io.Discard, nil, "", r, 0)), "of length")
}

func TestBoxGolden(t *testing.T) {
	svg := drawBox(nil, teachingTitle, teachingOrigin, scattered(400, 2))
	drawtest.Golden(t, "box.svg", svg)
	drawtest.KeepsApart(t, draw.Upright, svg)
}

// In the rectangle lies what lies in the box, and each world has its mark.
func TestAllThatLiesInTheRectangleLiesInTheBox(t *testing.T) {
	worlds, d := discovered(t)
	var b bytes.Buffer
	require.NoError(t, Box(&b, nil, "Where?", worlds, d, 0))
	drawtest.KeepsApart(t, draw.Upright, b.String())
	read := drawtest.Read(t, b.String())
	third := d.Boxes[0].Limits[2]
	n, in := 0, 0
	for one := range worlds.All() {
		if d.Boxes[0].Holds(one.Values, third.Parameter) {
			n++
			if slices.Contains(d.In, one.Number) {
				in++
			}
		}
	}
	assert.Equal(t, in, strings.Count(b.String(), "l4 4-4 4-4-4z"))
	assert.Equal(t, n-in, strings.Count(b.String(), "a3 3 0 1 0 6 0"))
	assert.Contains(t, written(read), "Drawn are the worlds in which this holds, too: ")

	assert.Equal(t, []string{"box exists"}, fieldsOf(t, Box(io.Discard, nil, "", worlds, d, 1)))
	d.Seed++
	assert.Equal(t, []string{"worlds same"}, fieldsOf(t, Box(io.Discard, nil, "", worlds, d, 0)))
	d.Seed--
	d.Boxes[0].Limits[0].Parameter = 99
	d.Boxes[0].Limits[1].Low = simulation.Bound{Limited: true, At: math.NaN()}
	assert.Equal(t, []string{"limits[0].parameter exists", "limits[1].low.at range"}, fieldsOf(t, Box(io.Discard, nil, "", worlds, d, 0)))
}

func TestALogarithmicSideHasItsMiddleAtTheGeometricMean(t *testing.T) {
	s := newSide(nil, simulation.Uncertainty{Parameter: "work.rated", Span: simulation.Span{Low: 3, High: 12, Scale: simulation.Logarithmic}}, simulation.Limit{})
	assert.Equal(t, []float64{0, 0.5, 1, 0, 1}, []float64{s.along(3), s.along(6), s.along(12), s.along(1), s.along(99)})
	assert.Equal(t, []float64{5, 10}, s.ticks())
	wide := newSide(nil, simulation.Uncertainty{Parameter: "x", Span: simulation.Span{Low: 1e-6, High: 1e6, Scale: simulation.Logarithmic}}, simulation.Limit{})
	assert.LessOrEqual(t, len(wide.ticks()), 10)
	assert.Equal(t, "x", wide.name)
	whole := newSide(nil, simulation.Uncertainty{Parameter: "suspension.least", Span: simulation.Span{Low: 1, High: 18}}, simulation.Limit{})
	assert.NotEqual(t, whole.place(4, 1), whole.place(4, 2))
	for i := range 100 {
		assert.InDelta(t, whole.along(4), whole.place(4, i), 0.351/17)
	}
}

func TestArrivalsGolden(t *testing.T) {
	svg := drawArrivals(nil, teachingTitle, teachingOrigin, teachingCurves())
	drawtest.Golden(t, "arrivals.svg", svg)
	drawtest.KeepsApart(t, draw.Lying, svg)
	words := drawtest.Read(t, svg).Words
	// Design: 0.83·(1 − e^(−0.07·n)) ≥ 0.5 for n ≥ ln(0.83/0.33)/0.07 = 13.2, so
	// 14 months after the delay of 14. At the end 0.83·(1 − e^(−7.42)) = 0.8295, and
	// 2·√(0.8295·0.1705/400) = 0.0376.
	assert.Contains(t, words, "Design: 83% (79% to 87%) by month 120; half of the runs by month 28.")
	assert.Contains(t, words, "Management and learning: 43% (38% to 48%) by month 120; half of the runs do not arrive by then.")
}

func TestArrivalsOfOneCurveGolden(t *testing.T) {
	drawtest.Golden(t, "arrivals-one.svg", drawArrivals(nil, teachingTitle, teachingOrigin, teachingCurves()[4:5]))
}

// A curve is flat from a point to the next: the path runs along, then up.
func TestArrivalsAreSteps(t *testing.T) {
	c := curve{steps: simulation.Curve{step(0, 0, 0, 0.5), step(2, 0, 0, 0.5), step(4, 0.5, 0.25, 0.75), step(8, 0.5, 0.25, 1)}}
	x, y := axis{from: 0, to: 10, left: 0, right: 100}, axis{from: 0, to: 1, left: 100, right: 0}
	assert.Equal(t, "0 100H40V50H80", c.path(x, y, share))
	// Forth at the high ends 0.5, 0.75 and 1, back at the low ones: 0.25 from month
	// 8 to 4, then 0.
	assert.Equal(t, "M0 50H40V25H80V0H80V75H40V100H0Z", c.band(x, y))
	for month, want := range map[int]float64{0: 0, 3: 0, 4: 0.5, 100: 0.5} {
		assert.Equal(t, want, c.by(month))
	}
	assert.Zero(t, curve{steps: simulation.Curve{step(3, 1, 1, 1)}}.by(2))
}

// Names that want the same place stand one below the other, those at the foot
// above it.
func TestNamesOfCurvesSettleApart(t *testing.T) {
	curves := slices.Repeat([]curve{{"A policy under which nobody ever arrives", simulation.Curve{step(0, 0, 0, 0), step(60, 0, 0, 0.01)}}}, mostCurves)
	svg := drawArrivals(nil, "", teachingOrigin, curves)
	drawtest.KeepsApart(t, draw.Lying, svg)
	for _, l := range drawtest.Read(t, svg).Labels {
		if strings.HasPrefix(l.Text, "0% (0% to 1%)") {
			assert.Less(t, l.Y, 760.0, "above the legend")
		}
	}
}

// Without colour curves differ by dashes and marks.
func TestArrivalsCanBeToldApartWithoutColour(t *testing.T) {
	dashes, marks := map[string]int{}, map[string]bool{}
	for _, s := range strokes {
		dashes[s.dash]++
		marks[fmt.Sprint(s.shape, s.hollow)] = true
	}
	assert.Len(t, marks, mostCurves)
	assert.Len(t, dashes, mostCurves-1)
	assert.Equal(t, 2, dashes[""], "blue and black, which differ in shade")
}

// A metric may flatter, that of a launch above all: beside it stands the whole, where
// there is room, and always in the description. A whole that can't be is refused.
func TestAComparisonTellsTheWhole(t *testing.T) {
	whole := func(launched, lapped, abandoned, owed float64, entered uint64) simulation.Whole {
		of := func(v float64) simulation.Proportion {
			return simulation.Proportion{Of: 10000, At: v, Interval: between(v, v)}
		}
		return simulation.Whole{Launched: of(launched), Lapped: of(lapped), Abandoned: of(abandoned), Debt: simulation.Estimate{At: owed, Interval: between(owed, owed), Runs: entered}}
	}
	c := compared(launched, []string{"rush", "idle"}, sure(1, 10000), sure(0, 10000))
	c.Whole = []simulation.Whole{whole(1, 0.1, 0.25, 9.5, 10000), whole(0, 0, 0, math.NaN(), 0)}
	svg := paged(c).draw(teachingTitle, teachingOrigin)
	drawtest.KeepsApart(t, draw.Upright, svg)
	words := drawtest.Read(t, svg).Words
	require.Contains(t, words, "rush: 100%; launched 100%; 9.5 owed; a lap 10%; abandoned 25%.")
	require.Contains(t, svg, ">launched 100%; 9.5 owed<")
	require.Contains(t, svg, ">a lap 10%; abandoned 25%<")
	require.Contains(t, svg, ">launched 0%<", "nothing is owed where nobody launched")

	many := compared(launched, nil)
	for i := range 30 {
		many.Policies = append(many.Policies, simulation.Identity{Name: fmt.Sprint("p", i)})
		many.Order = append(many.Order, simulation.Rank{Policy: i})
		many.Estimates = append(many.Estimates, sure(0.5, 10000))
		many.Whole = append(many.Whole, c.Whole[0])
	}
	svg = paged(many).draw(teachingTitle, teachingOrigin)
	require.NotContains(t, svg, ">a lap 10%; abandoned 25%<")
	require.Contains(t, drawtest.Read(t, svg).Words, "a lap 10%; abandoned 25%.")

	c.Whole[1].Lapped.At = math.NaN()
	err := Comparison(io.Discard, nil, teachingTitle, c)
	require.ErrorContains(t, err, "whole[1].lapped.at")
}

func TestComparisonGolden(t *testing.T) {
	o := teachingOrigin
	o.policy = ""
	svg := teachingComparison().draw(teachingTitle, o)
	drawtest.Golden(t, "comparison.svg", svg)
	drawtest.KeepsApart(t, draw.Upright, svg)
	words := drawtest.Read(t, svg).Words
	// 2·√(0.66·0.34/10000) = 0.0095.
	assert.Contains(t, words, "coalition first: 66% (65% to 67%).")
	assert.Contains(t, words, "coalition first − bottleneck: +5.0 (+4.1 to +5.9); the first is higher.")
	assert.Contains(t, words, "balanced − bottleneck: −0.8 (−1.7 to +0.1); can’t be told apart.")
	assert.Contains(t, words, "rush − pilot first: −27.0 (−28.3 to −25.7); the second is higher.")
}

// A number of months has a scale of its own and writes its own numbers.
func TestComparisonOfMonths(t *testing.T) {
	svg := paged(compared(months, []string{"slow", "fast"}, at(61.25, 60.5, 62), at(48, 48, 48))).draw("", teachingOrigin)
	drawtest.KeepsApart(t, draw.Upright, svg)
	read := drawtest.Read(t, svg)
	assert.Contains(t, read.Words, "slow: 61.2 (60.5 to 62.0).")
	assert.Contains(t, read.Words, "fast: 48.0.")
	assert.Contains(t, read.Words, "Outcome: months to launch, counted up to 60. slow:")
	assert.NotContains(t, read.Words, "Differences")
	assert.NotContains(t, read.Words, "told apart")
}

// No row is lost in silence: each is drawn, or counted among those left out.
func TestListsDrawOrCountEveryRow(t *testing.T) {
	for _, n := range []int{1, 25, 59, 60, 61, 500} {
		c, one := compared(launched, nil), compared(launched, []string{"N", "other"}, at(0.5, 0.4, 0.6), at(0.5, 0.4, 0.6))
		one.Order = one.Order[:1]
		t0 := tornado(at(0.3, 0.2, 0.4))
		var pairs []simulation.Difference
		var of []simulation.SobolIndex
		for i := range n {
			name := fmt.Sprintf("N%03d", i)
			c.Policies = append(c.Policies, simulation.Identity{Name: name})
			c.Order = append(c.Order, simulation.Rank{Policy: i})
			c.Estimates = append(c.Estimates, at(0.5, 0.4, 0.6))
			pairs = append(pairs, pair(0, 1, 0, 0, 0))
			t0.Swings = append(t0.Swings, swing(name, at(0.1, 0.1, 0.1), at(float64(i)/1000, 0, 0.9)))
			of = append(of, index(name, at(0, 0, 0), at(1/float64(i+1), 0, 0)))
		}
		for name, svg := range map[string]string{
			"policies":    paged(c).draw("", teachingOrigin),
			"differences": paged(one, pairs...).draw("", teachingOrigin),
			"swings":      drawTornado(nil, "", teachingOrigin, t0),
			"indices":     drawSobol(nil, "", teachingOrigin, language.Typed("launched"), of),
		} {
			drawtest.KeepsApart(t, draw.Upright, svg)
			shown, left, all := 0, 0, ""
			for _, l := range drawtest.Read(t, svg).Labels {
				if l.Left == draw.Margin && (len(l.Text) == 4 || strings.HasSuffix(l.Text, " − other")) {
					shown++
				}
				all += l.Text + " "
			}
			if _, after, found := strings.Cut(all, "room: "); found {
				_, err := fmt.Sscanf(after, "%d more", &left)
				require.NoError(t, err)
			}
			assert.Equal(t, n, shown+left, "%s %d", name, n)
			assert.GreaterOrEqual(t, shown, min(n, 55), "%s %d", name, n)
		}
	}
}

// A difference names both, however little room there is.
func TestADifferenceKeepsBothNames(t *testing.T) {
	names := []string{strings.Repeat("first ", 9), strings.Repeat("second ", 9)}
	for _, l := range rowLayouts {
		lines := l.named(names)
		all := strings.Join(lines, " ")
		assert.Contains(t, all, "first first")
		assert.Contains(t, all, "second")
		for _, line := range lines {
			assert.LessOrEqual(t, draw.TextWidth(line, l.size), rowNames)
		}
	}
	assert.Equal(t, []string{"a − b"}, rowLayouts[0].named([]string{"a", "b"}))
}

func TestComparisonRefusesWhatIsNoEstimate(t *testing.T) {
	nan := math.NaN()
	c := compared(launched, []string{"a", "b", "c"}, at(nan, 0, 1), at(1.5, 0, 1), at(0.5, 0.6, 0.4))
	c.Differences = []simulation.Difference{pair(0, 1, -1, -1.1, 1), pair(0, 2, 0, 0, nan)}
	assert.Equal(t, []string{
		"estimates[0].at range", "estimates[1].at range", "estimates[2].low order", "differences[0].low range", "differences[1].high range",
	}, fieldsOf(t, Comparison(io.Discard, nil, "", c)))

	c = compared(months, []string{"a", "b"}, at(nan, 0, 1), at(0, 0, math.Inf(1)))
	c.Differences = []simulation.Difference{pair(0, 1, 0, -1e13, 0)}
	assert.Equal(t, []string{"estimates[0].at range", "estimates[1].high range", "differences[0].low range"}, fieldsOf(t, Comparison(io.Discard, nil, "", c)))

	c = compared(months, make([]string, mostCompared+1), make([]simulation.Estimate, mostCompared+1)...)
	assert.Equal(t, []string{"order length"}, fieldsOf(t, Comparison(io.Discard, nil, "", c)))
}

func TestTornadoGolden(t *testing.T) {
	for n, name := range map[int]string{6: "tornado.svg", 25: "tornado-25.svg"} {
		svg := drawTornado(nil, teachingTitle, teachingOrigin, teachingTornado(n))
		drawtest.Golden(t, name, svg)
		drawtest.KeepsApart(t, draw.Upright, svg)
	}
}

func TestTornadoPutsTheWidestBarFirst(t *testing.T) {
	exactly := func(v float64) simulation.Estimate { return at(v, v, v) }
	svg := drawTornado(nil, "", teachingOrigin, tornado(exactly(0.3),
		swing("narrow", exactly(0.3), exactly(0.31)), swing("wide", exactly(0.6), exactly(0.1)),
		swing("none", exactly(0.3), exactly(0.3)), swing("narrow too", exactly(0.3), exactly(0.29))))
	var names []string
	for _, l := range drawtest.Read(t, svg).Labels {
		if l.Left == draw.Margin && l.Size == rowLayouts[0].size {
			names = append(names, l.Text)
		}
	}
	assert.Equal(t, []string{"wide", "narrow", "narrow too", "none"}, names, "of equals the one that was given first")
	assert.Contains(t, svg, "wide: 60% at 1, 10% at 2.")
}

func TestTornadoRefusesWhatIsNoOutcome(t *testing.T) {
	assert.Equal(t, []string{"base.at range", "swings[0].at_low.at range", "swings[0].at_high.low order"},
		fieldsOf(t, Tornado(io.Discard, nil, "", tornado(at(math.NaN(), 0, 1), swing("a", at(2, 0, 1), at(0.5, 0.6, 0.5))))))
	assert.Equal(t, []string{"swings length"}, fieldsOf(t, Tornado(io.Discard, nil, "", tornado(at(0, 0, 0), make([]simulation.Swing, mostRows+1)...))))
}

func TestSobolGolden(t *testing.T) {
	svg := drawSobol(nil, "The function of Ishigami and Homma", origin{scenario: "Ishigami (closed form)", runs: 5000, seed: 1}, language.Typed("value of the function"), ishigami())
	drawtest.Golden(t, "sobol.svg", svg)
	drawtest.KeepsApart(t, draw.Upright, svg)
	words := drawtest.Read(t, svg).Words
	// Published to four decimals: S1 0.3139, S2 0.4424, S3 0; ST1 0.5576, ST2
	// 0.4424, ST3 0.2437 (Saltelli et al. 2008). S1 + S2 + S3 = 0.7563.
	assert.Contains(t, words, "Largest total index first: x1: first-order 0.31 (0.27 to 0.35), total 0.56 (0.52 to 0.60). x2: first-order 0.44 (0.40 to 0.48), total 0.44 (0.40 to 0.48). x3: first-order 0.00 (−0.04 to 0.04), total 0.24 (0.20 to 0.28).")
	assert.Contains(t, words, "add up to 0.76")
}

// An index far outside 0 to 1 does not squeeze the others: it is drawn at the end of
// the scale, and written.
func TestSobolKeepsItsScale(t *testing.T) {
	read := drawtest.Read(t, drawSobol(nil, "", teachingOrigin, language.Typed("launched"), []simulation.SobolIndex{index("wild", at(-40, -90, 900), at(0.5, 0.4, 0.6))}))
	assert.Contains(t, read.Words, "wild: first-order −40.00 (−90.00 to 900.00)")
	var ticks []string
	for _, l := range read.Labels {
		if l.Size == 11.5 && l.Left < rowWords {
			ticks = append(ticks, l.Text)
		}
	}
	assert.Equal(t, []string{"−0.2", "0.0", "0.2", "0.4", "0.6", "0.8", "1.0", "1.2"}, ticks)
}

func TestSobolRefusesWhatIsNoIndex(t *testing.T) {
	assert.Equal(t, []string{"of[0].first.at range", "of[0].total.low order", "of[1].total.high range"},
		fieldsOf(t, Sobol(io.Discard, nil, "", indices(index("a", at(math.NaN(), 0, 1), at(0, 1, 0)), index("b", at(-0.3, -0.4, 1.7), at(0, 0, 1001))))))
	assert.Equal(t, []string{"of length"}, fieldsOf(t, Sobol(io.Discard, nil, "", indices(make([]simulation.SobolIndex, mostRows+1)...))))
}

func TestSupportFanGolden(t *testing.T) {
	svg := drawFan(nil, teachingTitle, teachingOrigin, teachingSupport())
	drawtest.Golden(t, "support-fan.svg", svg)
	drawtest.KeepsApart(t, draw.Lying, svg)
	words := drawtest.Read(t, svg).Words
	// Month 60: 0.42 + 0.15 = 57%; half a spread of 0.02 + 0.2·√0.5 = 0.1614 is 0.67
	// of it, 0.1081; 1.64 of it are 0.2647. 0.96 − 0.25 = 71% decided, 2% not.
	assert.Contains(t, words, "Month 60: median 57%, middle half 46.2% to 67.8%, nine in ten 30.5% to 83.5%; somebody takes sides in 71% of the runs, nobody in 2%, 27% have ended.")
}

// Where no run has a share the fan is not drawn, and says so where it ends there.
func TestSupportFanHasGaps(t *testing.T) {
	all := teachingSupport()[:6]
	all[2].decided, all[5].decided = 0, 0
	all[2].quantiles[3] = math.NaN()
	assert.Len(t, parts(all), 2)
	assert.Equal(t, all[:2], parts(all)[0])
	assert.Equal(t, all[3:5], parts(all)[1])
	svg := drawFan(nil, "", teachingOrigin, all)
	drawtest.KeepsApart(t, draw.Lying, svg)
	read := drawtest.Read(t, svg)
	assert.Contains(t, read.Words, "no run has a share then")
	assert.Contains(t, read.Words, "Month 10: somebody takes sides in 0%")
}

func TestAnAxisEndsAtRoundNumbersWithFewSteps(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		most      int
		ticks     []string
	}{
		{0, 1, 5, []string{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{-0.03, 0.11, 5, []string{"−0.05", "0.00", "0.05", "0.10", "0.15"}},
		{48, 62, 5, []string{"45", "50", "55", "60", "65"}},
		{0, 1e12, 5, []string{"0", "200,000,000,000", "400,000,000,000", "600,000,000,000", "800,000,000,000", "1,000,000,000,000"}},
		{-1234, 1234, 3, []string{"−2,000", "0", "2,000"}},
	} {
		a := newAxis(nil, c.low, c.high, 0, 100, c.most, false)
		var ticks []string
		for v := range a.ticks {
			ticks = append(ticks, a.label(v))
		}
		assert.Equal(t, c.ticks, ticks)
	}
}

// Numbers that do not differ, and those at the ends of what is accepted, still give
// an axis with a few steps that holds them.
func TestAnAxisHoldsWhatItIsMadeOf(t *testing.T) {
	values := []float64{-largest, -1000.5, -1, -1e-9, 0, 1e-300, 1e-9, 0.3, 1, 7, 1e6 + 0.1, largest}
	for i, low := range values {
		for _, high := range values[i:] {
			a := newAxis(nil, low, high, 10, 20, 5, false)
			n := 0
			for range a.ticks {
				n++
			}
			assert.True(t, n >= 2 && n <= 8, "%g %g: %d", low, high, n)
			assert.LessOrEqual(t, a.from, low+a.step*1e-6)
			assert.GreaterOrEqual(t, a.to, high-a.step*1e-6)
			assert.True(t, a.at(low) >= 10 && a.at(high) <= 20 && a.at(low) <= a.at(high))
		}
	}
}

func TestDifferencesHaveTheirSign(t *testing.T) {
	a := axis{decimals: 2, share: true}
	assert.Equal(t, "+5.0", a.points(0.05, 1))
	assert.Equal(t, "0", a.points(0.001, 0), "no sign before nothing")
	a.share = false
	assert.Equal(t, "−0.05", a.points(-0.05, 0))
}

// A sweep has more policies, and longer names, than a page has room for: it keeps
// a dozen differences, numbers the rows that they are of, and says what is left out.
func TestComparisonOfManyNumbersItsRows(t *testing.T) {
	c := compared(launched, nil)
	var pairs []simulation.Difference
	for i := range 64 {
		c.Policies = append(c.Policies, simulation.Identity{Name: fmt.Sprintf("rush-to-launch: persuasion 0.%03d, upkeep 0.3", i)})
		c.Order = append(c.Order, simulation.Rank{Policy: i})
		c.Estimates = append(c.Estimates, at(0.5, 0.4, 0.6))
		pairs = append(pairs, pair(0, i, 0.1, 0.05, 0.15))
	}
	page := paged(c, pairs[1:]...)
	svg := page.draw("", teachingOrigin)
	drawtest.KeepsApart(t, draw.Upright, svg)
	words := written(drawtest.Read(t, svg))
	drawnRows, drawnPairs := strings.Count(words, ". rush-to-launch"), strings.Count(words, "1 − ")
	assert.Equal(t, leastPairs, drawnPairs)
	assert.Contains(t, words, "1. rush-to-launch: persuasion 0.000")
	assert.Contains(t, words, "1 − 13 ")
	assert.Contains(t, words, fmt.Sprintf("%d more policies, the last in order.", 64-drawnRows))
	assert.Contains(t, words, fmt.Sprintf("%d more differences, the last in order.", 63-drawnPairs))

	assert.Zero(t, page.places(rowLayouts[9], c.Order[:2], pairs[1:])[2], "a row that is not drawn has no number")
	assert.Nil(t, teachingComparison().places(rowLayouts[9], nil, pairs[1:2]), "short names have room")
}

// The legend of a comparison explains the marks that are drawn, and no other.
func TestComparisonExplainsWhatItDraws(t *testing.T) {
	apart, tied := pair(0, 1, 0.2, 0.1, 0.3), pair(0, 1, 0, -0.1, 0.1)
	for _, c := range []struct {
		pairs      []simulation.Difference
		full, tied bool
	}{{nil, false, false}, {[]simulation.Difference{apart}, true, false}, {[]simulation.Difference{tied}, false, true}, {[]simulation.Difference{tied, apart}, true, true}} {
		svg := paged(compared(launched, []string{"a", "b"}, at(0, 0, 0), at(0, 0, 0)), c.pairs...).draw("", teachingOrigin)
		assert.Equal(t, c.full, strings.Contains(svg, "0 is outside its interval"))
		assert.Equal(t, c.tied, strings.Contains(svg, "difference: can’t be told apart"))
	}
}

func TestOfTwoTimesTheSmallerIsSooner(t *testing.T) {
	assert.Equal(t, "the first is sooner", verdict(pair(0, 1, -2, -3, -1), months).String())
	assert.Equal(t, "the second is higher", verdict(pair(0, 1, -2, -3, -1), launched).String())
	assert.Equal(t, "the second is sooner", verdict(pair(0, 1, 2, 1, 3), months).String())
	assert.Equal(t, "can’t be told apart", verdict(simulation.Difference{}, months).String())
}

// An end of an interval that is not 0 does not read as 0, so that the numbers say
// what the mark says.
func TestAnEndBesideNothingHasMoreDecimals(t *testing.T) {
	a := axis{decimals: 1, share: true}
	for want, e := range map[string][3]float64{
		"−0.2 (−0.4 to −0.1)":    {-0.002, -0.004, -0.001},
		"−0.20 (−0.40 to −0.03)": {-0.002, -0.004, -0.0003},
		"0.0 (0.0 to +0.1)":      {0, 0, 0.001},
		"0.0 (0.0 to 0.0)":       {0, -1e-17, 1e-17}, // nothing, but for rounding
	} {
		assert.Equal(t, want, a.gap(e[0], between(e[1], e[2])).String())
	}
}

func TestSobolSaysNothingOfSharesThatThereAreNot(t *testing.T) {
	known, unknown := index("a", at(0.5, 0.4, 0.6), at(0.6, 0.5, 0.7)), index("a", at(0, 0, 1), at(0, 0, 1))
	for _, c := range []struct {
		of            []simulation.SobolIndex
		sum, hardlies bool
	}{{[]simulation.SobolIndex{known, known}, true, false}, {[]simulation.SobolIndex{known}, false, false}, {[]simulation.SobolIndex{unknown, unknown}, false, true}, {[]simulation.SobolIndex{unknown}, false, true}} {
		words := written(drawtest.Read(t, drawSobol(nil, "", teachingOrigin, language.Typed("launched"), c.of)))
		assert.Equal(t, c.sum, strings.Contains(words, "add up to"))
		assert.Equal(t, c.hardlies, strings.Contains(words, "nothing to share out"))
	}
}

// Whatever its height, a curve has a mark, and no two have theirs in one month.
func TestEveryCurveHasAMark(t *testing.T) {
	of := func(months ...int) (c curve) {
		for _, m := range months {
			c.steps = append(c.steps, step(m, 0.995, 0.99, 1))
		}
		return c
	}
	early, late, instant := of(0, 120), of(100, 120), of(7)
	assert.Equal(t, []int{30}, early.marked(0, 3, 120))
	assert.Equal(t, []int{110}, late.marked(1, 3, 120))
	assert.Equal(t, []int{7}, instant.marked(2, 3, 120))
	seen := map[int]bool{}
	for i := range mostCurves {
		for _, m := range early.marked(i, mostCurves, 120) {
			assert.False(t, seen[m])
			seen[m] = true
		}
	}
}

// However many bands lie on each other, what is behind them is seen: together they
// cover less than a third.
func TestBandsDoNotPileUp(t *testing.T) {
	for n := 1; n <= mostCurves; n++ {
		svg := drawArrivals(nil, "", teachingOrigin, slices.Repeat([]curve{{"", simulation.Curve{step(0, 0.5, 0.4, 0.6), step(9, 0.5, 0.4, 0.6)}}}, n))
		through := 1.0
		for _, o := range regexp.MustCompile(`Z" fill="#\w+" fill-opacity="([0-9.]+)"`).FindAllStringSubmatch(svg, -1) {
			v, err := strconv.ParseFloat(o[1], 64)
			require.NoError(t, err)
			through *= 1 - v
		}
		assert.Greater(t, through, 2.0/3)
		assert.Less(t, through, 0.9)
	}
}

// The sides of a band are no data: where it ends nothing is stroked. A month by
// itself is drawn as wide as a mark.
func TestAFanHasNoEdgeAtItsEnd(t *testing.T) {
	for _, all := range [][]support{teachingSupport(), teachingSupport()[:1]} {
		assert.NotRegexp(t, `Z" fill="[^"]*" stroke="`, drawFan(nil, "", teachingOrigin, all))
	}
	one := []support{{month: 5, quantiles: [5]float64{0.5, 0.5, 0.5, 0.5, 0.5}, decided: 1}}
	x, y := axis{from: 0, to: 10, left: 0, right: 100}, axis{from: 0, to: 1, left: 100, right: 0}
	assert.Equal(t, "45 50L55 50", spotsOf(one, x, y, func(s support) float64 { return s.quantiles[2] }).path())
}

func TestQuantilesAreWrittenToTheTenth(t *testing.T) {
	for v, want := range map[float64]string{0: "0%", 0.575: "57.5%", 0.6: "60%", 0.9999: "100%", 1: "100%"} {
		assert.Equal(t, want, tenths(nil, v))
	}
}

func TestAnOriginTakesNoDigestThatIsNone(t *testing.T) {
	for _, digest := range []string{"0123456789a", "0123456789ABCDEF", "0123456789ab\n", "0123456789abc"} {
		x := indices(ishigami()...)
		x.Digest = digest
		assert.Equal(t, []string{"digest characters"}, fieldsOf(t, Sobol(io.Discard, nil, "", x)), digest)
	}
	o := teachingOrigin
	o.digest = ""
	assert.NotContains(t, o.say(nil, "chart.runs"), "digest")
	o.runs = 1
	assert.Contains(t, o.say(nil, "chart.runs"), "1 run, seed 42.")
}

func reference(t *testing.T) *simulation.Model {
	t.Helper()
	m, err := simulation.Compile(simulation.Reference())
	require.NoError(t, err)
	return m
}

func policy(t *testing.T, name string) simulation.Policy {
	t.Helper()
	s, err := simulation.NewPolicy(name, nil)
	require.NoError(t, err)
	return s
}

func ran(t *testing.T, name string, runs, seed uint64) simulation.Summary {
	t.Helper()
	s, err := reference(t).Run(t.Context(), policy(t, name), runs, seed)
	require.NoError(t, err)
	return s
}

func TestArrivalsOfASummaryEndAtItsShares(t *testing.T) {
	s := ran(t, "coalition-first", 40, 7)
	var b strings.Builder
	require.NoError(t, Arrivals(&b, nil, "", s, reformcycle.Launch, reformcycle.Governance))
	drawtest.KeepsApart(t, draw.Lying, b.String())
	words := drawtest.Read(t, b.String()).Words
	for _, stage := range []reformcycle.Stage{reformcycle.Launch, reformcycle.Governance} {
		hits := uint64(0)
		for _, n := range s.Entered(stage) {
			hits += n
		}
		assert.Contains(t, words, fmt.Sprintf("%s: %s (", draw.Capital(stage.Told().String()), draw.Percent(nil, float64(hits)/40, 0)))
	}
	assert.Contains(t, words, "40 runs behind each curve, seed 7. Scenario: "+s.Name())

	// All runs begin with the first stage: of the eight, seven are drawn.
	b.Reset()
	require.NoError(t, Arrivals(&b, nil, "", s))
	words = drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "arrivals. 7 curves")
	assert.NotContains(t, words, draw.Capital(reformcycle.ProblemPrioritization.Told().String()))
}

func TestArrivalsOfRefuseWhatIsNoSummary(t *testing.T) {
	assert.Equal(t, []string{"summary required", "stages[1] known"}, fieldsOf(t, Arrivals(io.Discard, nil, "", simulation.Summary{}, reformcycle.Launch, 9)))
	assert.Equal(t, []string{"stages length"}, fieldsOf(t, Arrivals(io.Discard, nil, "", ran(t, "rush-to-launch", 1, 7),
		1, 2, 3, 4, 5, 6, 7, 8, 8)))
	assert.Equal(t, []string{"summary required"}, fieldsOf(t, SupportFan(io.Discard, nil, "", simulation.Summary{})))
}

func TestStrategiesOfCompareTheSameRunsOnly(t *testing.T) {
	a, b := ran(t, "coalition-first", 30, 7), ran(t, "rush-to-launch", 30, 7)
	var page strings.Builder
	require.NoError(t, Policies(&page, nil, "", reformcycle.Launch, a, b))
	words := drawtest.Read(t, page.String()).Words
	assert.Contains(t, words, " coalition first: ")
	assert.Contains(t, words, " rush to launch: ")
	assert.Contains(t, words, "Arrival at launch")
	assert.NotContains(t, words, "Policy: ", "it is not the one of the whole picture")

	assert.Equal(t, []string{"summaries[1].seed same", "summaries[1].runs same", "summaries[2] required", "summaries[2].digest same", "summaries[2].seed same", "summaries[2].runs same"},
		fieldsOf(t, Policies(io.Discard, nil, "", reformcycle.Launch, a, ran(t, "rush-to-launch", 20, 8), simulation.Summary{})))
	assert.Equal(t, []string{"stage known", "summaries required"}, fieldsOf(t, Policies(io.Discard, nil, "", 0)))
}

func TestComparisonOfPutsTheBestFirst(t *testing.T) {
	c, err := reference(t).Compare(t.Context(), []simulation.Policy{policy(t, "rush-to-launch"), policy(t, "coalition-first"), policy(t, "balanced")}, simulation.LaunchedBy(60), 60, 7)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, Comparison(&b, nil, "", c))
	drawtest.KeepsApart(t, draw.Upright, b.String())
	words := drawtest.Read(t, b.String()).Words
	name := func(place int) string {
		return simulation.Identity{Name: c.Policies[c.Order[place].Policy].Name}.Told().String()
	}
	from := 0
	for _, want := range []string{
		" " + name(0) + ": ", " " + name(1) + ": ", " " + name(2) + ": ", "Differences: ",
		name(0) + " − " + name(1) + ": ", name(0) + " − " + name(2) + ": ", name(1) + " − " + name(2) + ": ",
	} {
		at := strings.Index(words[from:], want)
		require.GreaterOrEqual(t, at, 0, want)
		from += at
	}
	assert.Contains(t, words, "Comparison: launch by month 60 (share of the runs)")
	best := c.Estimates[c.Order[0].Policy].At
	assert.Contains(t, words, " "+name(0)+": "+draw.Percent(nil, best, 0)+" (")
}

// What a host put together by itself does not get further than one that
// [simulation.Model.Compare] made.
func TestComparisonOfRefusesWhatDoesNotFit(t *testing.T) {
	c := simulation.Comparison{Scenario: "North", Runs: 1, Policies: make([]simulation.Identity, 2), Estimates: make([]simulation.Estimate, 1)}
	assert.Equal(t, []string{"order required"}, fieldsOf(t, Comparison(io.Discard, nil, "", c)))
	c.Order = []simulation.Rank{{Policy: 1}, {Policy: 0}, {Policy: -1}}
	assert.Equal(t, []string{"order[0].policy exists", "order[2].policy exists"}, fieldsOf(t, Comparison(io.Discard, nil, "", c)))
	c.Order = []simulation.Rank{{Policy: 0}, {Policy: 0}}
	assert.ErrorContains(t, Comparison(io.Discard, nil, "", c), "two different places", "there is no difference of a policy to itself")
}

func TestTornadoOfNamesTheEndsOfTheRanges(t *testing.T) {
	at := func(v float64) simulation.Estimate {
		return simulation.Estimate{At: v, Interval: assessment.Interval{Low: v - 2, High: v + 2}}
	}
	var b strings.Builder
	require.NoError(t, Tornado(&b, nil, "", simulation.Tornado{
		Scenario: "North (illustrative)", Metric: simulation.MonthsTo(reformcycle.Launch, 60), Runs: 100, Seed: 3, Base: at(30),
		Swings: []simulation.Swing{{Factor: simulation.Factor{Parameter: "shocks.election.hazard", Low: 0.005, High: 0.25}, AtLow: at(24), AtHigh: at(44)}},
	}))
	drawtest.KeepsApart(t, draw.Upright, b.String())
	words := drawtest.Read(t, b.String()).Words
	assert.Contains(t, words, "Months to launch, counted up to 60: 30.0 (28.0 to 32.0) in the base case. Widest first: shocks.election.hazard (chance per month): 24.0 (22.0 to 26.0) at 0.005, 44.0 (42.0 to 46.0) at 0.25.")
}

func TestSobolOfCountsAllRuns(t *testing.T) {
	x := simulation.SobolIndices{
		Scenario: "North (illustrative)", Metric: simulation.LaunchedBy(24), Points: 128, Runs: 16, Seed: 3, Noise: 0.5,
		Of: []simulation.SobolIndex{
			{Factor: simulation.Factor{Parameter: "a"}, First: simulation.VarianceShare{At: 0.5}, Total: simulation.VarianceShare{At: 0.75}},
			{Factor: simulation.Factor{Parameter: "b"}, Total: simulation.VarianceShare{At: 0.25, Interval: assessment.Interval{Low: 0.125, High: 0.5}}},
		},
	}
	var b strings.Builder
	require.NoError(t, Sobol(&b, nil, "", x))
	words := drawtest.Read(t, b.String()).Words
	// 128 points × (2 + 2) × 16 runs = 8192.
	assert.Contains(t, words, "8,192 runs in all, seed 3.")
	assert.Contains(t, words, "128 points of the design; runs at each: 16. Chance in the runs added 0.50 times the variance, which was taken out.")
	assert.Contains(t, words, "b: first-order 0.00, total 0.25 (0.12 to 0.50).")
	for _, noise := range []float64{math.NaN(), -1, math.Inf(1)} {
		x.Noise = noise
		assert.Equal(t, []string{"noise range"}, fieldsOf(t, Sobol(io.Discard, nil, "", x)))
	}
}

func TestSupportFanOfASummary(t *testing.T) {
	s := ran(t, "coalition-first", 50, 7)
	var b strings.Builder
	require.NoError(t, SupportFan(&b, nil, "", s))
	drawtest.KeepsApart(t, draw.Lying, b.String())
	assert.Contains(t, drawtest.Read(t, b.String()).Words, "in steps of 2.5%")
	all := supportOf(s)
	require.Len(t, all, len(s.SupportMonths()))
	for k, m := range all {
		counts := s.Support(k)
		on := uint64(0)
		for _, n := range counts {
			on += n
		}
		assert.InDelta(t, float64(on)/50, m.decided+m.undecided, 1e-12)
		assert.InDelta(t, float64(counts[simulation.SupportBins])/50, m.undecided, 1e-12)
	}
}

func TestAQuantileIsTheUpperEndOfItsBin(t *testing.T) {
	// Four bins of a quarter each: 2 runs, none, 6, 2. Rank 1 of 10 is in the first,
	// and rank 2 too; rank 5 in the third, whose upper end is 0.75.
	counts := []uint64{2, 0, 6, 2}
	for rank, want := range map[float64]float64{0.5: 0.25, 1: 0.25, 2: 0.25, 2.1: 0.75, 5: 0.75, 9: 1, 10: 1, 10.0000001: 1} {
		assert.InDelta(t, want, upTo(counts, rank), 1e-12, rank)
	}
}

// At the start all runs of the reference scenario stand at one share: whatever the
// bins, there is no spread to draw.
func TestRunsThatStandAtOneShareHaveNoSpread(t *testing.T) {
	s := ran(t, "balanced", 20, 7)
	start := supportOf(s)[0]
	assert.Equal(t, start.quantiles[0], start.quantiles[4])
	assert.Equal(t, 1.0, start.decided)
}

func TestPoliciesAreNamedByWhatIsNotTheirDefault(t *testing.T) {
	id := func(name string, ahead, upkeep float64) simulation.Identity {
		return simulation.Identity{Name: name, Parameters: []simulation.Setting{{Name: "ahead", Value: ahead}, {Name: "upkeep", Value: upkeep}}}
	}
	names := func(of ...simulation.Identity) []string {
		names, all := called(nil, of)
		assert.Empty(t, all)
		return names
	}
	// The defaults are 0.1 and 0.3; of a strategy of a host's own none is known.
	assert.Equal(t, []string{"balanced", "balanced (ahead=0.2)", "rush to launch (upkeep=0.25)", "own (ahead=0.1, upkeep=0.3)", "plain", "balanced (ahead=0.105)"},
		names(id("balanced", 0.1, 0.3), id("balanced", 0.2, 0.3), id("rush-to-launch", 0.1, 0.25), id("own", 0.1, 0.3), simulation.Identity{Name: "plain"}, id("balanced", 0.10500000000000001, 0.3)))
	assert.Equal(t, []string{"balanced (ahead=0.1050001)", "balanced (ahead=0.1050002)"},
		names(id("balanced", 0.1050001, 0.3), id("balanced", 0.1050002, 0.3)), "six digits would make them one")

	// What all variants of one strategy share is said once.
	sweep, all := called(nil, []simulation.Identity{id("rush-to-launch", 0.1, 0.5), id("rush-to-launch", 0.2, 0.5)})
	assert.Equal(t, []string{"rush to launch", "rush to launch (ahead=0.2)"}, sweep)
	assert.Equal(t, "In all of them: upkeep=0.5.", (*language.Language)(nil).Paragraph(all))
	assert.Equal(t, "rush to launch (upkeep=0.5)", told(id("rush-to-launch", 0.1, 0.5), sixDigits).String())
}

// madeUpLanguages are the two that texts in English are turned into.
var madeUpLanguages = sync.OnceValue(func() map[string]*language.Language {
	return map[string]*language.Language{"accented": languagetest.Accented(nil), "mirrored": languagetest.Mirrored(nil)}
})

// everyPicture draws each picture of the package from an answer, with all that it can
// say, of names that have room.
func everyPicture(t *testing.T) map[string]func(w io.Writer, l *language.Language) error {
	t.Helper()
	type write = func(w io.Writer, l *language.Language) error
	a, b := ran(t, "coalition-first", 30, 7), ran(t, "rush-to-launch", 30, 7)
	policies := []simulation.Policy{policy(t, "rush-to-launch"), policy(t, "coalition-first"), policy(t, "balanced")}
	sweep := []simulation.Policy{}
	for _, met := range []float64{0.1, 0.2} {
		p, err := simulation.NewPolicy("rush-to-launch", map[string]float64{"met": met, "window": 0.3})
		require.NoError(t, err)
		sweep = append(sweep, p)
	}
	compared := func(m simulation.Metric, of []simulation.Policy) write {
		c, err := reference(t).Compare(t.Context(), of, m, 60, 7)
		require.NoError(t, err)
		return func(w io.Writer, l *language.Language) error { return Comparison(w, l, teachingTitle, c) }
	}
	tied := teachingComparison().Comparison
	tied.Order = tied.Order[:3]
	tied.Differences = []simulation.Difference{pair(0, 1, 0, -0.1, 0.1), pair(0, 2, 0.2, 0.1, 0.3), pair(1, 2, -0.2, -0.3, -0.1)}
	many := teachingComparison().Comparison
	many.Policies, many.Estimates, many.Order, many.Differences = nil, nil, nil, nil
	for i := range mostCompared {
		many.Policies = append(many.Policies, simulation.Identity{Name: "P", Parameters: []simulation.Setting{{Name: "m", Value: float64(i)}}})
		many.Estimates = append(many.Estimates, sure(0.5, 10000))
		many.Order = append(many.Order, simulation.Rank{Policy: i})
		for j := range i {
			many.Differences = append(many.Differences, pair(j, i, 0, -0.1, 0.1))
		}
	}
	slower := teachingTornado(6)
	slower.Metric = months
	slower.Base = at(30, 28, 32)
	for i := range slower.Swings {
		slower.Swings[i] = swing("shocks.election.hazard", at(20, 18, 22), at(44.5, 40, 45))
	}
	x := indices(ishigami()...)
	x.Noise = 0.5
	flat := indices(index("x1", at(0, 0, 0), at(0, 0, 0)), index("x2", at(0, 0, 0), at(0, 0, 0)))
	crowd := x
	for range 70 {
		crowd.Of = append(crowd.Of, ishigami()[0])
	}
	late := teachingRobustness()
	late.Goals[0].Goal = simulation.Goal{Metric: months, Bound: 30}
	for range 70 {
		late.Policies = append(late.Policies, late.Policies[0])
		late.Goals[0].Of = append(late.Goals[0].Of, standing(0.5, 1, 2, 3))
	}
	worlds, found := discovered(t)
	narrow := found
	narrow.Boxes = slices.Clone(found.Boxes)
	narrow.Boxes[0].Limits = found.Boxes[0].Limits[:1]
	gaps := teachingSupport()[:6]
	gaps[2].decided, gaps[5].decided = 0, 0
	return map[string]write{
		"arrivals": func(w io.Writer, l *language.Language) error { return Arrivals(w, l, teachingTitle, a) },
		"arrivals of one": func(w io.Writer, l *language.Language) error {
			return Arrivals(w, l, "", a, reformcycle.Launch)
		},
		"policies":              func(w io.Writer, l *language.Language) error { return Policies(w, l, "", reformcycle.Launch, a, b) },
		"comparison":            compared(launched, policies),
		"comparison of months":  compared(months, policies),
		"comparison of a sweep": compared(launched, sweep),
		"comparison of ties":    func(w io.Writer, l *language.Language) error { return Comparison(w, l, "", tied) },
		"comparison of many":    func(w io.Writer, l *language.Language) error { return Comparison(w, l, "", many) },
		"tornado":               func(w io.Writer, l *language.Language) error { return Tornado(w, l, teachingTitle, teachingTornado(6)) },
		"tornado of many":       func(w io.Writer, l *language.Language) error { return Tornado(w, l, "", teachingTornado(70)) },
		"tornado of months":     func(w io.Writer, l *language.Language) error { return Tornado(w, l, "", slower) },
		"sobol":                 func(w io.Writer, l *language.Language) error { return Sobol(w, l, teachingTitle, x) },
		"sobol of nothing":      func(w io.Writer, l *language.Language) error { return Sobol(w, l, "", flat) },
		"sobol of many":         func(w io.Writer, l *language.Language) error { return Sobol(w, l, "", crowd) },
		"regret": func(w io.Writer, l *language.Language) error {
			return Regret(w, l, teachingTitle, teachingRobustness(), 0)
		},
		"regret of many":   func(w io.Writer, l *language.Language) error { return Regret(w, l, "", late, 0) },
		"box":              func(w io.Writer, l *language.Language) error { return Box(w, l, teachingTitle, worlds, found, 0) },
		"box of one limit": func(w io.Writer, l *language.Language) error { return Box(w, l, "", worlds, narrow, 0) },
		"support fan":      func(w io.Writer, l *language.Language) error { return SupportFan(w, l, teachingTitle, a) },
		"support fan with gaps": func(w io.Writer, l *language.Language) error {
			return draw.Write(w, drawFan(l, "", originOf(l, a), gaps))
		},
	}
}

// typedIn are the texts on these pictures that no language says: names, and those of
// parameters.
func typedIn(t *testing.T) []string {
	typed := []string{
		teachingTitle, "it is so", "It is so", "shocks.election.hazard", "P", "m", "met", "window", "x1", "x2", "x3", teachingOrigin.scenario, teachingOrigin.digest[:12], simulation.Reference().Name,
		ran(t, "balanced", 1, 7).Digest()[:12], "bottleneck", "pilot-first", "rush", "coalition-first",
	}
	_, found := discovered(t)
	typed = append(typed, found.Digest[:12])
	for _, s := range teachingTornado(70).Swings {
		typed = append(typed, s.Factor.Parameter)
	}
	return typed
}

// Told in a language, a picture says nothing in another, cuts nothing off and puts no
// sentence together.
func TestPicturesSayAllInTheLanguageThatTheyAreDrawnIn(t *testing.T) {
	drawtest.TellsAll(t, everyPicture(t), madeUpLanguages()["accented"], typedIn(t)...)
}

// In every language texts stay on the page and off each other, and none is cut that is
// not in English.
func TestPicturesHaveRoomForEveryLanguage(t *testing.T) {
	drawtest.HasRoom(t, everyPicture(t), nil, fr.Language(), pt.Language(), es.Language(), madeUpLanguages()["accented"], madeUpLanguages()["mirrored"])
}

// Where one reads from right to left, time runs so as well: the first month stands on the
// right, and names are on the left of the curves that they are of.
func TestTimeRunsTheWayOneReads(t *testing.T) {
	l := madeUpLanguages()["mirrored"]
	place := func(svg, text string) drawtest.Label {
		for _, label := range drawtest.Read(t, svg).Labels {
			if label.Text == text {
				return label
			}
		}
		t.Fatalf("no %q in the picture", text)
		return drawtest.Label{}
	}
	english, mirrored := drawArrivals(nil, "", teachingOrigin, teachingCurves()), drawArrivals(l, "", teachingOrigin, teachingCurves())
	axis := language.Of("chart.month-axis")
	for _, month := range []float64{12, 60, 120} {
		there, here := place(english, draw.Figures(nil, month, 0)), place(mirrored, l.Say(language.Typed(draw.Figures(l, month, 0))))
		assert.InDelta(t, draw.Lying.Width-(there.Left+there.Right)/2, (here.Left+here.Right)/2, 1e-9)
	}
	assert.Greater(t, place(english, axis.String()).Left, draw.Lying.Width/2)
	assert.Less(t, place(mirrored, l.Say(language.Typed(l.Say(axis)))).Right, draw.Lying.Width/2)
}

// A refusal asks in the language of who reads it.
func TestPicturesRefuseInALanguage(t *testing.T) {
	accented := madeUpLanguages()["accented"]
	stages := draw.Each(slices.Collect(reformcycle.Stages()), reformcycle.Stage.String)
	for name, write := range answers(t) {
		assert.Empty(t, languagetest.OfRefusal(accented, write[0](io.Discard), stages...), name)
		assert.Empty(t, languagetest.OfRefusal(accented, write[1](nil)), name)
	}
	worlds, found := discovered(t)
	found.Seed++
	r := teachingRobustness()
	r.Goals[0].Of[1].Regret.Median = 0.5
	x := indices(ishigami()...)
	x.Digest = "none"
	for _, err := range []error{
		Box(io.Discard, nil, "", worlds, found, 9), Regret(io.Discard, nil, "", r, 0), Sobol(io.Discard, nil, "", x), Policies(io.Discard, nil, "", 9, ran(t, "balanced", 1, 7), ran(t, "balanced", 2, 8)),
		Comparison(io.Discard, nil, "", compared(launched, []string{"a"}, at(0.5, 0.6, 0.4))),
	} {
		assert.Empty(t, languagetest.OfRefusal(accented, err, stages...))
	}
}
