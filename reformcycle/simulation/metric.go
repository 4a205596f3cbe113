package simulation

// What to judge a run by.

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
)

// Metric is what a run is judged by: a question that it answers by yes or no, or
// a number of months. It is a value that compares with ==, and has a text form
// for files, which [ParseMetric] reads:
//
//	launch by 24                        ReachedBy(reformcycle.Launch, 24), or LaunchedBy(24)
//	not abandoned                       NotAbandoned()
//	laps at least 2                     LapsAtLeast(2)
//	readiness at launch at least 0.8    ReadinessAtLaunchAtLeast(0.8)
//	debt at launch at most 0            DebtAtLaunchAtMost(0)
//	months to launch within 60          MonthsTo(reformcycle.Launch, 60)
//
// Any stage may stand for launch in the first and the last. The zero value
// judges nothing and is refused, as is one made with a stage that there is not or
// a number out of range: see [Metric.Validate].
type Metric struct {
	kind   metricKind
	stage  reformcycle.Stage
	number int // months, laps or debts
	score  float64
}

type metricKind uint8

const (
	noMetric metricKind = iota
	reachedBy
	notAbandoned
	lapsAtLeast
	readinessAtLeast
	debtAtMost
	monthsTo
)

// The bounds of the numbers in a metric.
const (
	mostMonths = 600
	mostCount  = 1000
)

// ReachedBy asks whether a stage was entered by the end of a month, 0 to 600. A
// run that went back from it later has entered it all the same.
func ReachedBy(stage reformcycle.Stage, month int) Metric {
	return Metric{kind: reachedBy, stage: stage, number: month}
}

// LaunchedBy asks whether launch was entered by the end of a month, 0 to 600.
func LaunchedBy(month int) Metric { return ReachedBy(reformcycle.Launch, month) }

// NotAbandoned asks whether the reform was still alive at the horizon, be it
// active or suspended.
func NotAbandoned() Metric { return Metric{kind: notAbandoned} }

// LapsAtLeast asks whether so many laps, 1 to 1000, were completed by the
// horizon.
func LapsAtLeast(laps int) Metric { return Metric{kind: lapsAtLeast, number: laps} }

// ReadinessAtLaunchAtLeast asks whether launch was entered, by advance, with a
// readiness of at least a score, 0 to 1. A run that was not launched answers no.
func ReadinessAtLaunchAtLeast(score float64) Metric {
	return Metric{kind: readinessAtLeast, score: score + 0} // no −0, which would not be read back
}

// DebtAtLaunchAtMost asks whether launch was entered, by advance, with at most
// so many readiness debts, 0 to 1000. A run that was not launched answers no.
func DebtAtLaunchAtMost(debts int) Metric { return Metric{kind: debtAtMost, number: debts} }

// MonthsTo counts the months until a stage is entered, those within the first
// so many, 1 to 600. A run that has not entered it by then, or never will
// because it was abandoned, counts all of them. Its mean is the restricted mean
// time to the stage, which is defined although some runs never arrive. Less is
// better.
//
// Royston P, Parmar MKB. Restricted mean survival time: an alternative to the
// hazard ratio for the design and analysis of randomized trials with a
// time-to-event outcome. BMC Med Res Methodol 2013;13:152.
func MonthsTo(stage reformcycle.Stage, within int) Metric {
	return Metric{kind: monthsTo, stage: stage, number: within}
}

// Validate returns everything that is wrong with the metric.
func (m Metric) Validate() fault.Fields {
	var f fault.Fields
	stage := func() {
		if !m.stage.Valid() {
			f.Add("metric.stage", fault.Known, m.stage.String(), eightStages)
		}
	}
	number := func(field string, low, high int) {
		if m.number < low || m.number > high {
			f.Add(field, fault.Range, m.number, "a whole number from "+strconv.Itoa(low)+" to "+strconv.Itoa(high))
		}
	}
	switch m.kind {
	case reachedBy:
		stage()
		number("metric.month", 0, mostMonths)
	case lapsAtLeast:
		number("metric.laps", 1, mostCount)
	case readinessAtLeast:
		if !(m.score >= 0 && m.score <= 1) {
			f.Add("metric.readiness", fault.Range, m.score, "a score from 0 to 1")
		}
	case debtAtMost:
		number("metric.debts", 0, mostCount)
	case monthsTo:
		stage()
		number("metric.within", 1, mostMonths)
	case notAbandoned:
	default:
		f.Add("metric", fault.Required, nil, "a metric, such as "+strconv.Quote(LaunchedBy(24).String()))
	}
	return f
}

// suits adds to f what is wrong with the metric, and what it asks beyond a
// horizon: there, what was not seen would count as not reached.
func (m Metric) suits(f *fault.Fields, horizon int) {
	wrong := m.Validate()
	f.Under("", wrong)
	if wrong == nil && (m.kind == reachedBy || m.kind == monthsTo) && m.number > horizon {
		f.Add("metric", "horizon", m.number, "a month within the horizon, "+strconv.Itoa(horizon))
	}
}

// Numeric reports whether the metric is a number, not a question.
func (m Metric) Numeric() bool { return m.kind == monthsTo }

// LessIsBetter reports whether a smaller value is the better one.
func (m Metric) LessIsBetter() bool { return m.kind == monthsTo }

// better reports whether the mean a is better than b.
func (m Metric) better(a, b float64) bool {
	return m.LessIsBetter() && a < b || !m.LessIsBetter() && a > b
}

// most is the largest value that a run may have.
func (m Metric) most() float64 {
	if m.Numeric() {
		return float64(m.number)
	}
	return 1
}

// Of judges one run: 1 for yes, 0 for no, or the number. A metric that is
// refused by [Metric.Validate] gives 0, and so does no outcome.
func (m Metric) Of(o *RunOutcome) float64 {
	if o == nil {
		return 0
	}
	return float64(m.of(o))
}

// of is the same as a whole number, so that sums of it are exact.
func (m Metric) of(o *RunOutcome) uint64 {
	yes := false
	switch m.kind {
	case reachedBy:
		yes = m.stage.Valid() && o.Entered[m.stage] >= 0 && o.Entered[m.stage] <= m.number
	case notAbandoned:
		yes = o.Status != reformcycle.Abandoned
	case lapsAtLeast:
		yes = o.Laps >= m.number
	case readinessAtLeast:
		yes = o.Readiness >= 0 && o.Readiness >= m.score
	case debtAtMost:
		yes = o.Debt >= 0 && o.Debt <= m.number
	case monthsTo:
		if !m.stage.Valid() || m.number < 0 {
			return 0
		}
		if t := o.Entered[m.stage]; t >= 0 {
			return uint64(min(t, m.number))
		}
		return uint64(m.number)
	}
	if yes {
		return 1
	}
	return 0
}

// String gives the text form, such as "launch by 24".
func (m Metric) String() string {
	n := strconv.Itoa(m.number)
	switch m.kind {
	case reachedBy:
		return m.stage.String() + " by " + n
	case notAbandoned:
		return "not abandoned"
	case lapsAtLeast:
		return "laps at least " + n
	case readinessAtLeast:
		return "readiness at launch at least " + strconv.FormatFloat(m.score, 'f', -1, 64)
	case debtAtMost:
		return "debt at launch at most " + n
	case monthsTo:
		return "months to " + m.stage.String() + " within " + n
	}
	return "no metric"
}

// MarshalText gives the text form. It refuses a metric that is not valid.
func (m Metric) MarshalText() ([]byte, error) {
	if err := m.Validate().Err(); err != nil {
		return nil, err
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads what [ParseMetric] reads.
func (m *Metric) UnmarshalText(text []byte) error {
	read, err := ParseMetric(string(text))
	if err != nil {
		return err
	}
	*m = read
	return nil
}

var metricForms = []struct {
	form *regexp.Regexp
	make func(parts []string) Metric
}{
	{regexp.MustCompile(`^(\S+) by (\d{1,9})$`), func(p []string) Metric { return ReachedBy(stageOf(p[1]), wholeOf(p[2])) }},
	{regexp.MustCompile(`^not abandoned$`), func([]string) Metric { return NotAbandoned() }},
	{regexp.MustCompile(`^laps at least (\d{1,9})$`), func(p []string) Metric { return LapsAtLeast(wholeOf(p[1])) }},
	{regexp.MustCompile(`^readiness at launch at least (\d+(?:\.\d+)?)$`), func(p []string) Metric { return ReadinessAtLaunchAtLeast(scoreOf(p[1])) }},
	{regexp.MustCompile(`^debt at launch at most (\d{1,9})$`), func(p []string) Metric { return DebtAtLaunchAtMost(wholeOf(p[1])) }},
	{regexp.MustCompile(`^months to (\S+) within (\d{1,9})$`), func(p []string) Metric { return MonthsTo(stageOf(p[1]), wholeOf(p[2])) }},
}

// eightStages is what a refusal of a stage offers.
var eightStages = func() string {
	var names []string
	for s := range reformcycle.Stages() {
		names = append(names, s.String())
	}
	return fault.OneOf(names)
}()

// The forms let nothing pass that these can't read, but for unknown stages: no
// stage, which Validate refuses.

func stageOf(text string) reformcycle.Stage {
	s, _ := reformcycle.ParseStage(text)
	return s
}

func wholeOf(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

func scoreOf(text string) float64 {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// metricTexts is what a refusal offers.
const metricTexts = `one of "launch by 24", "not abandoned", "laps at least 2", "readiness at launch at least 0.8", "debt at launch at most 0", "months to launch within 60", with any stage for launch in the first and the last`

// ParseMetric reads the text form of a metric. Space is taken as it comes,
// between and around the words. It refuses, with [fault.Fields],
// anything else, unknown stages and numbers out of range.
func ParseMetric(text string) (Metric, error) {
	if len(text) > maxText {
		return Metric{}, fault.Refuse("metric", fault.Length, text, metricTexts)
	}
	line := strings.Join(strings.Fields(text), " ")
	for _, f := range metricForms {
		parts := f.form.FindStringSubmatch(line)
		if parts == nil {
			continue
		}
		m := f.make(parts)
		if (m.kind == reachedBy || m.kind == monthsTo) && m.stage == 0 {
			return Metric{}, fault.Refuse("metric.stage", fault.Known, parts[1], eightStages)
		}
		if err := m.Validate().Err(); err != nil {
			return Metric{}, err
		}
		return m, nil
	}
	return Metric{}, fault.Refuse("metric", "form", text, metricTexts)
}
