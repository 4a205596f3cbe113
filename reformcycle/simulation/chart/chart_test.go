package chart

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/internal/draw/drawtest"
)

// All numbers of these tests are made up, but for those that name a source.

var origin = Origin{Scenario: "Teaching country (illustrative)", Digest: "0123456789abcdef", Strategy: "coalition-first", Runs: 10000, Seed: 42}

const teachingTitle = "Health workers for every village (illustrative)"

// sure is an estimate from so many runs with an interval of two standard errors.
func sure(share float64, runs float64) Estimate {
	half := 2 * math.Sqrt(share*(1-share)/runs)
	return Estimate{At: share, Low: max(0, share-half), High: min(1, share+half)}
}

// rising is a made-up curve: nobody arrives before the delay, and of those who
// ever do, the same share each month.
func rising(name string, ever float64, delay, months int, pace, runs float64) Curve {
	c := Curve{Name: name}
	for m := 0; m <= months; m++ {
		at := 0.0
		if m > delay {
			at = ever * (1 - math.Exp(-pace*float64(m-delay)))
		}
		c.Points = append(c.Points, Point{m, sure(at, runs)})
	}
	return c
}

func teachingCurves() []Curve {
	return []Curve{
		rising("Coalition building", 0.97, 2, 120, 0.12, 400),
		rising("Solution gathering", 0.9, 8, 120, 0.09, 400),
		rising("Design", 0.83, 14, 120, 0.07, 400),
		rising("Program readiness", 0.74, 20, 120, 0.05, 400),
		rising("Launch", 0.66, 27, 120, 0.04, 400),
		rising("Management and learning", 0.5, 40, 120, 0.025, 400),
	}
}

func teachingRows() ([]Row, []Difference) {
	return []Row{
			{"coalition-first", sure(0.66, 10000)}, {"bottleneck", sure(0.61, 10000)}, {"balanced", sure(0.602, 10000)},
			{"pilot-first", sure(0.48, 10000)}, {"rush", sure(0.21, 10000)},
		}, []Difference{
			{"coalition-first", "bottleneck", Estimate{0.05, 0.041, 0.059}}, {"coalition-first", "balanced", Estimate{0.058, 0.05, 0.066}},
			{"bottleneck", "balanced", Estimate{0.008, -0.001, 0.017}}, {"balanced", "bottleneck", Estimate{-0.008, -0.017, 0.001}},
			{"rush", "pilot-first", Estimate{-0.27, -0.283, -0.257}},
		}
}

var launched = Measure{Name: "launched by month 60"}

func teachingSwings(n int) (swings []Swing) {
	names := []string{"capacity.growth", "shock.election.hazard", "influence.attachment", "opposition.threshold", "opposition.patience", "work.difficulty", "commitment.left"}
	for i := range n {
		reach := 0.28 / float64(i+1)
		s := Swing{
			Name: fmt.Sprintf("%s[%d]", names[i%len(names)], i), From: fmt.Sprintf("%.2f", 0.01*float64(i+1)), To: fmt.Sprintf("%.2f", 0.05*float64(i+1)),
			Low: sure(0.41-reach, 4000), High: sure(0.41+0.7*reach, 4000),
		}
		switch i % 3 {
		case 1:
			s.Low, s.High = s.High, s.Low
		case 2:
			s.High = sure(0.41-reach/2, 4000)
		}
		swings = append(swings, s)
	}
	return swings
}

// The indices of the function of Ishigami and Homma with a = 7 and b = 0.1, from
// their closed form (Ishigami & Homma 1990; Saltelli et al. 2008, Global
// Sensitivity Analysis, 4.2): V1 = (1 + bπ⁴/5)²/2, V2 = a²/8, V13 = 8b²π⁸/225.
func ishigami() []Index {
	const a, b = 7.0, 0.1
	v1 := math.Pow(1+b*math.Pow(math.Pi, 4)/5, 2) / 2
	v2 := a * a / 8
	v13 := b * b * math.Pow(math.Pi, 8) * 8 / 225
	v := v1 + v2 + v13
	around := func(s float64) Estimate { return Estimate{s, s - 0.04, s + 0.04} }
	return []Index{
		{"x3", around(0), around(v13 / v)},
		{"x1", around(v1 / v), around((v1 + v13) / v)},
		{"x2", around(v2 / v), around(v2 / v)},
	}
}

func teachingSupport() (months []Support) {
	for m := 0; m <= 120; m += 2 {
		t := float64(m) / 120
		middle := 0.42 + 0.3*t
		spread := 0.02 + 0.2*math.Sqrt(t)
		s := Support{Month: m, Decided: 0.96 - 0.5*t, Undecided: 0.04 * (1 - t)}
		for q, z := range []float64{-1.64, -0.67, 0, 0.67, 1.64} {
			s.Quantiles[q] = min(1, max(0, middle+z*spread))
		}
		months = append(months, s)
	}
	return months
}

// picture is one of those that this file tests alike, with so much to draw.
type picture struct {
	name  string
	page  draw.Paper
	most  int
	write func(w io.Writer, title string, o Origin, n int) error
}

// pasted are names that people may paste.
func pasted(i int) string { return drawtest.HostileNames[i%len(drawtest.HostileNames)] }

var pictures = []picture{
	{"arrivals", draw.Lying, mostCurves, func(w io.Writer, title string, o Origin, n int) error {
		var curves []Curve
		for i := range n {
			c := rising(pasted(i), 0.998, i%3, 600, 0.05, 50)
			if i%2 == 0 {
				c.Points = c.Points[:1+i*40]
			}
			curves = append(curves, c)
		}
		return Arrivals(w, title, o, curves)
	}},
	{"comparison", draw.Upright, mostRows, func(w io.Writer, title string, o Origin, n int) error {
		var rows []Row
		var differences []Difference
		for i := range n {
			at := math.Pow(-7, float64(i%9)) * 1000.123
			rows = append(rows, Row{pasted(i), Estimate{at, at - 1000, at + 2000}})
			differences = append(differences, Difference{pasted(i), pasted(i + 1), Estimate{at / 3, at/3 - 1000, at/3 + 1000}})
		}
		return Comparison(w, title, o, Measure{Name: pasted(n), Unit: pasted(n + 1)}, rows, differences)
	}},
	{"tornado", draw.Upright, mostRows, func(w io.Writer, title string, o Origin, n int) error {
		swings := teachingSwings(n)
		for i := range swings {
			swings[i].Name, swings[i].From, swings[i].To = pasted(i), pasted(i+3), pasted(i+4)
		}
		return Tornado(w, title, o, Measure{Name: pasted(n)}, sure(0.41, 4000), swings)
	}},
	{"sobol", draw.Upright, mostRows, func(w io.Writer, title string, o Origin, n int) error {
		var indices []Index
		for i := range n {
			at := 1 / float64(i+1)
			indices = append(indices, Index{pasted(i), Estimate{at, -3 * at, 999}, Estimate{at - 0.2, at - 0.4, at}})
		}
		return Sobol(w, title, o, Measure{Name: pasted(n)}, indices)
	}},
	{"support-fan", draw.Lying, mostPoints, func(w io.Writer, title string, o Origin, n int) error {
		months := teachingSupport()
		for i := len(months); i < n; i++ {
			s := months[i%50]
			s.Month = months[i-1].Month + 1
			if i%20 == 3 {
				s.Decided, s.Undecided = 0, 0.5
			}
			months = append(months, s)
		}
		return SupportFan(w, title, o, months[:n])
	}},
}

func drawn(t *testing.T, p picture, title string, o Origin, n int) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, p.write(&b, title, o, n))
	return b.String()
}

// However much there is to draw and whatever it is called, every label stays on
// the page and off the others, and the page is well formed.
func TestPicturesKeepTheirLabelsApart(t *testing.T) {
	pastedOrigin := Origin{Scenario: drawtest.HostileNames[1] + drawtest.Hostile, Strategy: strings.Repeat("W", 500), Runs: math.MaxUint64, Seed: math.MaxUint64, Confidence: 0.999, Note: strings.Repeat(drawtest.Hostile, 3)}
	for _, p := range pictures {
		for _, n := range []int{1, 2, 3, 6, 8, 25, 40, 61, 300} {
			if n > p.most {
				continue
			}
			t.Run(fmt.Sprint(p.name, " ", n), func(t *testing.T) {
				svg := drawn(t, p, strings.Repeat(drawtest.Hostile, 9), pastedOrigin, n)
				drawtest.KeepsApart(t, p.page, svg)
				words := drawtest.Read(t, svg).Words
				legend := "99.9% interval"
				if p.name == "support-fan" {
					legend = "nine in ten of the runs"
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
		svg := drawn(t, p, teachingTitle, origin, 3)
		read := drawtest.Read(t, svg)
		assert.Equal(t, 2, strings.Count(read.Words, disclaimer), "%s: in the description and at the foot", p.name)
		for _, want := range []string{"10,000 runs", "seed 42.", "Scenario: Teaching country (illustrative), digest 0123456789ab.", "Strategy: coalition-first."} {
			assert.Contains(t, written(read), want, p.name)
		}
		assert.Equal(t, 1, read.Elements["title"])
		assert.Equal(t, 1, read.Elements["desc"])
		assert.Contains(t, svg, `role="img"`)
	}
}

func TestPicturesAreTheSameEachTime(t *testing.T) {
	for _, p := range pictures {
		assert.Equal(t, drawn(t, p, "Twice", origin, 8), drawn(t, p, "Twice", origin, 8), p.name)
	}
}

func TestPicturesGiveTheWritersError(t *testing.T) {
	for _, p := range pictures {
		assert.ErrorIs(t, p.write(drawtest.Full{}, "", origin, 1), drawtest.ErrFull, p.name)
	}
}

// The ids of one picture do not meet those of another in one document, be it of the
// same kind, and nothing of a page is left without a name.
func TestPicturesHaveIDsOfTheirOwn(t *testing.T) {
	seen := map[string]string{}
	another := origin
	another.Seed++
	for i := range 2 * len(pictures) {
		p := pictures[i/2]
		svg := drawn(t, p, "", []Origin{origin, another}[i%2], 1)
		assert.NotContains(t, svg, unnamed)
		for _, url := range regexp.MustCompile(`url\(#([^)]*)\)`).FindAllStringSubmatch(svg, -1) {
			assert.Contains(t, svg, ` id="`+url[1]+`"`)
		}
		for part := range strings.SplitSeq(svg, ` id="`) {
			id, _, found := strings.Cut(part, `"`)
			if !found || strings.HasPrefix(part, "<svg") {
				continue
			}
			assert.Empty(t, seen[id], "%s of %s", id, p.name)
			seen[id] = p.name
		}
	}
	assert.Len(t, seen, 2*4*len(pictures))
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
	assert.ErrorIs(t, err, assessment.ErrInvalid)
	var refused assessment.FieldErrors
	require.ErrorAs(t, err, &refused)
	for _, f := range refused {
		assert.NotEmpty(t, f.Want, f.Field)
		fields = append(fields, f.Field+" "+f.Rule)
	}
	return fields
}

// Where there is nothing to draw, and where nothing is known of its origin, all
// that is missing is named, and nothing is written.
func TestPicturesRefuseNothing(t *testing.T) {
	bad := []string{"origin.scenario required", "origin.runs range"}
	for of, write := range map[string]func(io.Writer) error{
		"curves required":  func(w io.Writer) error { return Arrivals(w, "", Origin{}, nil) },
		"rows required":    func(w io.Writer) error { return Comparison(w, "", Origin{}, launched, nil, nil) },
		"swings required":  func(w io.Writer) error { return Tornado(w, "", Origin{}, launched, Estimate{}, nil) },
		"indices required": func(w io.Writer) error { return Sobol(w, "", Origin{}, launched, nil) },
		"months required":  func(w io.Writer) error { return SupportFan(w, "", Origin{}, nil) },
	} {
		var b bytes.Buffer
		assert.Equal(t, append(bad[:2:2], of), fieldsOf(t, write(&b)))
		assert.Zero(t, b.Len())
	}
}

func TestAnOriginNeedsAConfidenceThatIsOne(t *testing.T) {
	for _, c := range []float64{-0.1, 1, 95, math.NaN(), math.Inf(1)} {
		o := origin
		o.Confidence = c
		assert.Equal(t, []string{"origin.confidence range"}, fieldsOf(t, Arrivals(io.Discard, "", o, teachingCurves())))
	}
	for c, want := range map[float64]string{0: "95% interval", 0.9: "90% interval", 0.995: "99.5% interval"} {
		assert.Equal(t, want, Origin{Confidence: c}.interval())
	}
}

func TestArrivalsGolden(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Arrivals(&b, teachingTitle, origin, teachingCurves()))
	drawtest.Golden(t, "arrivals.svg", b.String())
	drawtest.KeepsApart(t, draw.Lying, b.String())
	words := drawtest.Read(t, b.String()).Words
	// Design: 0.83·(1 − e^(−0.07·n)) ≥ 0.5 for n ≥ ln(0.83/0.33)/0.07 = 13.2, so
	// 14 months after the delay of 14. At the end 0.83·(1 − e^(−7.42)) = 0.8295, and
	// 2·√(0.8295·0.1705/400) = 0.0376.
	assert.Contains(t, words, "Design: 83% (79–87%) by month 120; half of the runs by month 28.")
	assert.Contains(t, words, "Management and learning: 43% (38–48%) by month 120; half of the runs do not arrive by then.")
}

func TestArrivalsOfOneCurveGolden(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Arrivals(&b, teachingTitle, origin, teachingCurves()[4:5]))
	drawtest.Golden(t, "arrivals-one.svg", b.String())
}

// A curve is flat from a point to the next: the path runs along, then up.
func TestArrivalsAreSteps(t *testing.T) {
	c := Curve{Points: []Point{{0, Estimate{0, 0, 0.5}}, {2, Estimate{0, 0, 0.5}}, {4, Estimate{0.5, 0.25, 0.75}}, {8, Estimate{0.5, 0.25, 1}}}}
	x, y := axis{from: 0, to: 10, left: 0, right: 100}, axis{from: 0, to: 1, left: 100, right: 0}
	assert.Equal(t, "0 100H40V50H80", c.steps(x, y, func(e Estimate) float64 { return e.At }))
	// Forth at the high ends 0.5, 0.75 and 1, back at the low ones: 0.25 from month
	// 8 to 4, then 0.
	assert.Equal(t, "M0 50H40V25H80V0H80V75H40V100H0Z", c.band(x, y))
	for month, want := range map[int]float64{0: 0, 3: 0, 4: 0.5, 100: 0.5} {
		assert.Equal(t, want, c.by(month).At)
	}
	assert.Zero(t, Curve{Points: []Point{{3, Estimate{1, 1, 1}}}}.by(2))
}

// Names that want the same place stand one below the other, those at the foot
// above it.
func TestNamesOfCurvesSettleApart(t *testing.T) {
	// Down: 10, 30, 50 and 90, which ends at 110; up from 100: 80, 50, 30, 10.
	assert.Equal(t, []float64{10, 30, 50, 80}, settled([]float64{5, 12, 50, 90}, []float64{20, 20, 20, 20}, 10, 100))
	var curves []Curve
	for range mostCurves {
		curves = append(curves, Curve{"A strategy under which nobody ever arrives", []Point{{0, Estimate{}}, {60, Estimate{0, 0, 0.01}}}})
	}
	var b strings.Builder
	require.NoError(t, Arrivals(&b, "", origin, curves))
	drawtest.KeepsApart(t, draw.Lying, b.String())
	for _, l := range drawtest.Read(t, b.String()).Labels {
		if strings.HasPrefix(l.Text, "0% (0–1%)") {
			assert.Less(t, l.Y, 760.0, "above the legend")
		}
	}
}

// Without colour curves differ by dashes and marks.
func TestArrivalsCanBeToldApartWithoutColour(t *testing.T) {
	dashes, marks := map[string]int{}, map[string]bool{}
	for _, s := range strokes {
		dashes[s.dash]++
		marks[s.mark] = true
	}
	assert.Len(t, marks, mostCurves)
	assert.Len(t, dashes, mostCurves-1)
	assert.Equal(t, 2, dashes[""], "blue and black, which differ in shade")
}

func TestArrivalsRefuseWhatIsNoCurve(t *testing.T) {
	nan := math.NaN()
	err := Arrivals(io.Discard, "", origin, []Curve{
		{"none", nil},
		{"numbers", []Point{{-1, Estimate{nan, 0, 1}}, {1201, Estimate{0.5, -0.1, math.Inf(1)}}}},
		{"order", []Point{{5, Estimate{0.5, 0.7, 0.6}}, {5, Estimate{0.4, 0.4, 0.4}}}},
		{"long", make([]Point, mostPoints+1)},
		{"whole", []Point{{0, Estimate{-1e-12, -1e-12, 1 + 1e-12}}, {1200, Estimate{1, 1, 1}}}},
	})
	assert.Equal(t, []string{
		"curves[0].points required",
		"curves[1].points[0].month range", "curves[1].points[0].at range",
		"curves[1].points[1].month range", "curves[1].points[1].low range", "curves[1].points[1].high range",
		"curves[2].points[0].low order", "curves[2].points[1].month order", "curves[2].points[1].at order",
		"curves[3].points length",
	}, fieldsOf(t, err))
	assert.Equal(t, []string{"curves length"}, fieldsOf(t, Arrivals(io.Discard, "", origin, make([]Curve, 9))))
}

func TestComparisonGolden(t *testing.T) {
	rows, differences := teachingRows()
	var b strings.Builder
	o := origin
	o.Strategy = ""
	require.NoError(t, Comparison(&b, teachingTitle, o, launched, rows, differences))
	drawtest.Golden(t, "comparison.svg", b.String())
	drawtest.KeepsApart(t, draw.Upright, b.String())
	words := drawtest.Read(t, b.String()).Words
	// 2·√(0.66·0.34/10000) = 0.0095.
	assert.Contains(t, words, "coalition-first: 66% (65% to 67%).")
	assert.Contains(t, words, "coalition-first − bottleneck: +5.0 (+4.1 to +5.9), the first is higher.")
	assert.Contains(t, words, "balanced − bottleneck: −0.8 (−1.7 to +0.1), can't be told apart.")
	assert.Contains(t, words, "rush − pilot-first: −27.0 (−28.3 to −25.7), the second is higher.")
}

// A measure with a unit has a scale of its own and writes its own numbers.
func TestComparisonOfMonths(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Comparison(&b, "", origin, Measure{"months to launch", "months", true}, []Row{
		{"slow", Estimate{61.25, 60.5, 62}}, {"fast", Estimate{48, 48, 48}},
	}, nil))
	drawtest.KeepsApart(t, draw.Upright, b.String())
	read := drawtest.Read(t, b.String())
	assert.Contains(t, read.Words, "slow: 61.2 (60.5 to 62.0).")
	assert.Contains(t, read.Words, "fast: 48.0.")
	assert.Contains(t, read.Words, "Months to launch. slow:", "the unit once")
	assert.NotContains(t, read.Words, ", months")
	assert.NotContains(t, read.Words, "Differences")
	assert.NotContains(t, read.Words, "told apart")
}

// No row is lost in silence: each is drawn, or counted among those left out.
func TestListsDrawOrCountEveryRow(t *testing.T) {
	for _, n := range []int{1, 25, 59, 60, 61, 500} {
		var rows []Row
		var differences []Difference
		var swings []Swing
		var indices []Index
		for i := range n {
			name := fmt.Sprintf("N%03d", i)
			rows = append(rows, Row{name, Estimate{0.5, 0.4, 0.6}})
			differences = append(differences, Difference{name, "other", Estimate{}})
			swings = append(swings, Swing{name, "a", "b", Estimate{0.1, 0.1, 0.1}, Estimate{float64(i) / 1000, 0, 0.9}})
			indices = append(indices, Index{name, Estimate{}, Estimate{At: 1 / float64(i+1)}})
		}
		for name, write := range map[string]func(io.Writer) error{
			"strategies":  func(w io.Writer) error { return Comparison(w, "", origin, launched, rows, nil) },
			"differences": func(w io.Writer) error { return Comparison(w, "", origin, launched, rows[:1], differences) },
			"swings":      func(w io.Writer) error { return Tornado(w, "", origin, launched, Estimate{0.3, 0.2, 0.4}, swings) },
			"indices":     func(w io.Writer) error { return Sobol(w, "", origin, launched, indices) },
		} {
			var b strings.Builder
			require.NoError(t, write(&b))
			drawtest.KeepsApart(t, draw.Upright, b.String())
			shown, left, all := 0, 0, ""
			for _, l := range drawtest.Read(t, b.String()).Labels {
				if l.Left == margin && (len(l.Text) == 4 || strings.HasSuffix(l.Text, " − other")) {
					shown++
				}
				all += l.Text + " "
			}
			if name == "differences" {
				shown-- // the strategy above them
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
	rows := []Row{{"a", Estimate{nan, 0, 1}}, {"b", Estimate{1.5, 0, 1}}, {"c", Estimate{0.5, 0.6, 0.4}}}
	differences := []Difference{{"a", "b", Estimate{-1, -1.1, 1}}, {"a", "c", Estimate{0, 0, nan}}}
	assert.Equal(t, []string{
		"rows[0].at range", "rows[1].at range", "rows[2].low order", "differences[0].low range", "differences[1].high range",
	}, fieldsOf(t, Comparison(io.Discard, "", origin, launched, rows, differences)))

	months := Measure{Unit: "months"}
	assert.Equal(t, []string{"rows[0].at range", "rows[1].high range", "differences[0].low range"}, fieldsOf(t, Comparison(io.Discard, "", origin, months,
		[]Row{{"a", Estimate{nan, 0, 1}}, {"b", Estimate{0, 0, math.Inf(1)}}}, []Difference{{"a", "b", Estimate{0, -1e13, 0}}})))
	assert.Equal(t, []string{"rows length", "differences length"}, fieldsOf(t, Comparison(io.Discard, "", origin, months, make([]Row, 10_001), make([]Difference, 10_001))))
}

func TestTornadoGolden(t *testing.T) {
	for n, name := range map[int]string{6: "tornado.svg", 25: "tornado-25.svg"} {
		var b strings.Builder
		require.NoError(t, Tornado(&b, teachingTitle, origin, launched, sure(0.41, 4000), teachingSwings(n)))
		drawtest.Golden(t, name, b.String())
		drawtest.KeepsApart(t, draw.Upright, b.String())
	}
}

func TestTornadoPutsTheWidestBarFirst(t *testing.T) {
	flat := Estimate{0.3, 0.3, 0.3}
	var b strings.Builder
	require.NoError(t, Tornado(&b, "", origin, launched, flat, []Swing{
		{"narrow", "1", "2", flat, Estimate{0.31, 0.31, 0.31}},
		{"wide", "1", "2", Estimate{0.6, 0.6, 0.6}, Estimate{0.1, 0.1, 0.1}},
		{"none", "1", "2", flat, flat},
		{"narrow too", "1", "2", flat, Estimate{0.29, 0.29, 0.29}},
	}))
	var names []string
	for _, l := range drawtest.Read(t, b.String()).Labels {
		if l.Left == margin && l.Size == rowLayouts[0].size {
			names = append(names, l.Text)
		}
	}
	assert.Equal(t, []string{"wide", "narrow", "narrow too", "none"}, names, "of equals the one that was given first")
	assert.Contains(t, b.String(), "wide: 60% at 1, 10% at 2.")
}

func TestTornadoRefusesWhatIsNoOutcome(t *testing.T) {
	nan := math.NaN()
	assert.Equal(t, []string{"base.at range", "swings[0].low.at range", "swings[0].high.low order"},
		fieldsOf(t, Tornado(io.Discard, "", origin, launched, Estimate{nan, 0, 1}, []Swing{{"a", "", "", Estimate{2, 0, 1}, Estimate{0.5, 0.6, 0.5}}})))
	assert.Equal(t, []string{"swings length"}, fieldsOf(t, Tornado(io.Discard, "", origin, launched, Estimate{}, make([]Swing, 10_001))))
}

func TestSobolGolden(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Sobol(&b, "The function of Ishigami and Homma", Origin{Scenario: "Ishigami (closed form)", Runs: 5000, Seed: 1}, Measure{Name: "value of the function"}, ishigami()))
	drawtest.Golden(t, "sobol.svg", b.String())
	drawtest.KeepsApart(t, draw.Upright, b.String())
	words := drawtest.Read(t, b.String()).Words
	// Published to four decimals: S1 0.3139, S2 0.4424, S3 0; ST1 0.5576, ST2
	// 0.4424, ST3 0.2437 (Saltelli et al. 2008). S1 + S2 + S3 = 0.7563.
	assert.Contains(t, words, "Largest total index first: x1: first-order 0.31 (0.27 to 0.35), total 0.56 (0.52 to 0.60). x2: first-order 0.44 (0.40 to 0.48), total 0.44 (0.40 to 0.48). x3: first-order 0.00 (−0.04 to 0.04), total 0.24 (0.20 to 0.28).")
	assert.Contains(t, words, "add up to 0.76")
}

// An index far outside 0 to 1 does not squeeze the others: it is drawn at the end of
// the scale, and written.
func TestSobolKeepsItsScale(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Sobol(&b, "", origin, launched, []Index{{"wild", Estimate{-40, -90, 900}, Estimate{0.5, 0.4, 0.6}}}))
	read := drawtest.Read(t, b.String())
	assert.Contains(t, read.Words, "wild: first-order −40.00 (−90.00 to 900.00)")
	var ticks []string
	for _, l := range read.Labels {
		if l.Size == 11.5 {
			ticks = append(ticks, l.Text)
		}
	}
	assert.Equal(t, []string{"−0.2", "0.0", "0.2", "0.4", "0.6", "0.8", "1.0", "1.2"}, ticks)
}

func TestSobolRefusesWhatIsNoIndex(t *testing.T) {
	nan := math.NaN()
	assert.Equal(t, []string{"indices[0].first.at range", "indices[0].total.low order", "indices[1].total.high range"},
		fieldsOf(t, Sobol(io.Discard, "", origin, launched, []Index{
			{"a", Estimate{nan, 0, 1}, Estimate{0, 1, 0}}, {"b", Estimate{-0.3, -0.4, 1.7}, Estimate{0, 0, 1001}},
		})))
	assert.Equal(t, []string{"indices length"}, fieldsOf(t, Sobol(io.Discard, "", origin, launched, make([]Index, 10_001))))
}

func TestSupportFanGolden(t *testing.T) {
	var b strings.Builder
	require.NoError(t, SupportFan(&b, teachingTitle, origin, teachingSupport()))
	drawtest.Golden(t, "support-fan.svg", b.String())
	drawtest.KeepsApart(t, draw.Lying, b.String())
	words := drawtest.Read(t, b.String()).Words
	// Month 60: 0.42 + 0.15 = 57%; half a spread of 0.02 + 0.2·√0.5 = 0.1614 is 0.67
	// of it, 0.1081; 1.64 of it are 0.2647. 0.96 − 0.25 = 71% decided, 2% not.
	assert.Contains(t, words, "Month 60: median 57%, middle half 46.2% to 67.8%, nine in ten 30.5% to 83.5%; somebody takes sides in 71% of the runs, nobody in 2%, 27% have ended.")
}

// Where no run has a share the fan is not drawn, and says so where it ends there.
func TestSupportFanHasGaps(t *testing.T) {
	months := teachingSupport()[:6]
	months[2].Decided, months[5].Decided = 0, 0
	months[2].Quantiles[3] = math.NaN()
	assert.Equal(t, [][]Support{months[:2], months[3:5]}, parts(months))
	var b strings.Builder
	require.NoError(t, SupportFan(&b, "", origin, months))
	drawtest.KeepsApart(t, draw.Lying, b.String())
	read := drawtest.Read(t, b.String())
	assert.Contains(t, read.Words, "no run has a share then")
	assert.Contains(t, read.Words, "Month 10: somebody takes sides in 0%")
}

func TestSupportFanRefusesWhatIsNoFan(t *testing.T) {
	nan := math.NaN()
	assert.Equal(t, []string{
		"months[0].decided range", "months[0].quantiles[0] range", "months[0].quantiles[2] order",
		"months[1].month order", "months[1].undecided range", "months[2].month range", "months[2].undecided range",
	}, fieldsOf(t, SupportFan(io.Discard, "", origin, []Support{
		{Month: 3, Quantiles: [5]float64{nan, 0.5, 0.4, 0.6, 0.7}, Decided: nan},
		{Month: 3, Decided: 0.6, Undecided: 0.5},
		{Month: 9999, Undecided: -1},
	})))
	assert.Equal(t, []string{"months length"}, fieldsOf(t, SupportFan(io.Discard, "", origin, make([]Support, 2000))))
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
		a := newAxis(c.low, c.high, 0, 100, c.most)
		var ticks []string
		for v := range a.ticks {
			ticks = append(ticks, a.label(v, Measure{Unit: "things"}))
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
			a := newAxis(low, high, 10, 20, 5)
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

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for want, got := range map[string]string{
		"0%": percent(0, 0), "<1%": percent(0.0049, 0), "1%": percent(0.0051, 0), "99%": percent(0.9949, 0), ">99%": percent(0.9951, 0), "100%": percent(1, 0),
		"0.5%": percent(0.0049, 1), "−1,234.5": figures(-1234.5, 1), "0.0": figures(-0.04, 1), "999": figures(999, 0), "1,000,000": grouped("1000000"),
	} {
		assert.Equal(t, want, got)
	}
	a := axis{decimals: 2}
	assert.Equal(t, "+5.0", a.points(0.05, Measure{}, 1))
	assert.Equal(t, "0", a.points(0.001, Measure{}, 0), "no sign before nothing")
	assert.Equal(t, "−0.05", a.points(-0.05, Measure{Unit: "months"}, 0))
	assert.Equal(t, "1 run", strings.SplitN(Origin{Runs: 1}.say(", seed 0"), ",", 2)[0])
}

// A sweep has more strategies, and longer names, than a page has room for: it keeps
// a dozen differences, numbers the rows that they are of, and says what is left out.
func TestComparisonOfManyNumbersItsRows(t *testing.T) {
	var rows []Row
	var differences []Difference
	for i := range 64 {
		rows = append(rows, Row{fmt.Sprintf("rush-to-launch: persuasion 0.%03d, upkeep 0.3", i), Estimate{0.5, 0.4, 0.6}})
		differences = append(differences, Difference{rows[0].Name, rows[i].Name, Estimate{0.1, 0.05, 0.15}})
	}
	var b strings.Builder
	require.NoError(t, Comparison(&b, "", origin, launched, rows, differences[1:]))
	drawtest.KeepsApart(t, draw.Upright, b.String())
	words := written(drawtest.Read(t, b.String()))
	drawnRows, drawnPairs := strings.Count(words, ". rush-to-launch"), strings.Count(words, "1 − ")
	assert.Equal(t, leastPairs, drawnPairs)
	assert.Contains(t, words, "1. rush-to-launch: persuasion 0.000")
	assert.Contains(t, words, "1 − 13 ")
	assert.Contains(t, words, fmt.Sprintf("%d more strategies, the last in order.", 64-drawnRows))
	assert.Contains(t, words, fmt.Sprintf("%d more differences, the last in order.", 63-drawnPairs))

	// Two rows of one name have no numbers to tell them apart by, nor has a row that
	// is not there.
	rows[2].Name = rows[1].Name
	assert.Nil(t, placesFor(rowLayouts[9], rows, differences[1:]))
	assert.Equal(t, []string{"a", "gone"}, places{"a": 1}.of(Difference{First: "a", Second: "gone"}))
	assert.Nil(t, placesFor(rowLayouts[9], rows[:1], []Difference{{"a", "b", Estimate{}}}), "short names have room")
}

// The legend of a comparison explains the marks that are drawn, and no other.
func TestComparisonExplainsWhatItDraws(t *testing.T) {
	apart, tied := Difference{"a", "b", Estimate{0.2, 0.1, 0.3}}, Difference{"a", "b", Estimate{0, -0.1, 0.1}}
	for _, c := range []struct {
		differences []Difference
		full, tied  bool
	}{{nil, false, false}, {[]Difference{apart}, true, false}, {[]Difference{tied}, false, true}, {[]Difference{tied, apart}, true, true}} {
		var b strings.Builder
		require.NoError(t, Comparison(&b, "", origin, launched, []Row{{"a", Estimate{}}}, c.differences))
		assert.Equal(t, c.full, strings.Contains(b.String(), "0 is outside its interval"))
		assert.Equal(t, c.tied, strings.Contains(b.String(), "difference: "+strings.ReplaceAll(untold, "'", "&#39;")))
	}
}

func TestOfTwoTimesTheSmallerIsSooner(t *testing.T) {
	months, apart := Measure{Unit: "months", Sooner: true}, Difference{Estimate: Estimate{-2, -3, -1}}
	assert.Equal(t, "the first is sooner", apart.verdict(months))
	assert.Equal(t, "the second is higher", apart.verdict(Measure{}))
	apart.Estimate = Estimate{2, 1, 3}
	assert.Equal(t, "the second is sooner", apart.verdict(months))
	assert.Equal(t, untold, Difference{}.verdict(months))
}

// An end of an interval that is not 0 does not read as 0, so that the numbers say
// what the mark says.
func TestAnEndBesideNothingHasMoreDecimals(t *testing.T) {
	a := axis{decimals: 1}
	for want, e := range map[string]Estimate{
		"−0.2 (−0.4 to −0.1)":    {-0.002, -0.004, -0.001},
		"−0.20 (−0.40 to −0.03)": {-0.002, -0.004, -0.0003},
		"0.0 (0.0 to +0.1)":      {0, 0, 0.001},
		"0.0 (0.0 to 0.0)":       {0, -1e-17, 1e-17}, // nothing, but for rounding
	} {
		assert.Equal(t, want, a.gap(e, Measure{}))
	}
}

func TestSobolSaysNothingOfSharesThatThereAreNot(t *testing.T) {
	known, unknown := Index{"a", Estimate{0.5, 0.4, 0.6}, Estimate{0.6, 0.5, 0.7}}, Index{"a", Estimate{0, 0, 1}, Estimate{0, 0, 1}}
	for _, c := range []struct {
		indices       []Index
		sum, hardlies bool
	}{{[]Index{known, known}, true, false}, {[]Index{known}, false, false}, {[]Index{unknown, unknown}, false, true}, {[]Index{unknown}, false, true}} {
		var b strings.Builder
		require.NoError(t, Sobol(&b, "", origin, launched, c.indices))
		words := written(drawtest.Read(t, b.String()))
		assert.Equal(t, c.sum, strings.Contains(words, "add up to"))
		assert.Equal(t, c.hardlies, strings.Contains(words, "nothing to share out"))
	}
}

// Whatever its height, a curve has a mark, and no two have theirs in one month.
func TestEveryCurveHasAMark(t *testing.T) {
	at := Estimate{0.995, 0.99, 1}
	early := Curve{"early", []Point{{0, at}, {120, at}}}
	late := Curve{"late", []Point{{100, at}, {120, at}}}
	instant := Curve{"instant", []Point{{7, at}}}
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
		var b strings.Builder
		require.NoError(t, Arrivals(&b, "", origin, slices.Repeat([]Curve{{"", []Point{{0, Estimate{0.5, 0.4, 0.6}}, {9, Estimate{0.5, 0.4, 0.6}}}}}, n)))
		through := 1.0
		for _, o := range regexp.MustCompile(`Z" fill="#\w+" fill-opacity="([0-9.]+)"`).FindAllStringSubmatch(b.String(), -1) {
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
	for _, months := range [][]Support{teachingSupport(), teachingSupport()[:1]} {
		var b strings.Builder
		require.NoError(t, SupportFan(&b, "", origin, months))
		assert.NotRegexp(t, `Z" fill="[^"]*" stroke="`, b.String())
	}
	one := []Support{{Month: 5, Quantiles: [5]float64{0.5, 0.5, 0.5, 0.5, 0.5}, Decided: 1}}
	x, y := axis{from: 0, to: 10, left: 0, right: 100}, axis{from: 0, to: 1, left: 100, right: 0}
	assert.Equal(t, "45 50L55 50", spotsOf(one, x, y, func(s Support) float64 { return s.Quantiles[2] }).path())
}

func TestQuantilesAreWrittenToTheTenth(t *testing.T) {
	for v, want := range map[float64]string{0: "0%", 0.575: "57.5%", 0.6: "60%", 0.9999: "100%", 1: "100%"} {
		assert.Equal(t, want, tenths(v))
	}
}

func TestAnOriginTakesNoDigestThatIsNone(t *testing.T) {
	for _, digest := range []string{"0123456789a", "0123456789ABCDEF", "0123456789ab\n", strings.Repeat("0", 65)} {
		o := origin
		o.Digest = digest
		assert.Equal(t, []string{"origin.digest form"}, fieldsOf(t, Sobol(io.Discard, "", o, launched, ishigami())))
	}
	o := origin
	o.Digest = ""
	assert.NotContains(t, o.say(""), "digest")
}

func TestErrorsAreAllOfThem(t *testing.T) {
	err := Arrivals(io.Discard, "", Origin{}, []Curve{{"", make([]Point, 1000)}})
	var refused assessment.FieldErrors
	require.True(t, errors.As(err, &refused))
	assert.Len(t, refused, 2+999, "the months of all points but the first do not rise")
}
