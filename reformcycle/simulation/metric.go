package simulation

// What to judge a run by.

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
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
	form := &metricForms[m.kind]
	switch {
	case m.kind == noMetric:
		f.Add("metric", fault.Required, nil, language.Of("want.sim-metric", "example", strconv.Quote(LaunchedBy(24).String())))
	case m.staged() && !m.stage.Valid():
		f.Add("metric.stage", fault.Known, m.stage.String(), eightStages)
	case m.kind == readinessAtLeast && !(m.score >= 0 && m.score <= 1):
		f.Number("metric.readiness", m.score, 0, 1)
	}
	if form.number != "" {
		f.Whole("metric."+form.number, m.number, form.low, form.high)
	}
	return f
}

// staged reports whether the metric is about a stage, and a number of months.
func (m Metric) staged() bool { return m.kind == reachedBy || m.kind == monthsTo }

// suits adds to f what is wrong with the metric, and what it asks beyond a
// horizon: there, what was not seen would count as not reached.
func (m Metric) suits(f *fault.Fields, horizon int) {
	wrong := m.Validate()
	f.Under("", wrong)
	if wrong == nil && m.staged() && m.number > horizon {
		f.Add("metric", "horizon", m.number, language.Of("want.sim-within-horizon", "horizon", horizon))
	}
}

// Numeric reports whether the metric is a number, not a question.
func (m Metric) Numeric() bool { return m.kind == monthsTo }

// LessIsBetter reports whether a smaller value is the better one.
func (m Metric) LessIsBetter() bool { return m.kind == monthsTo }

// order puts the better of two means first.
func (m Metric) order(a, b float64) int {
	if m.LessIsBetter() {
		return cmp.Compare(a, b)
	}
	return cmp.Compare(b, a)
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

// Told is what people call it, such as "launch by month 24".
func (m Metric) Told() language.Text {
	switch m.kind {
	case reachedBy:
		return language.Of("metric.reached", "stage", m.stage.Told(), "month", m.number)
	case notAbandoned:
		return language.Of("metric.not-abandoned")
	case lapsAtLeast:
		return language.Of("metric.laps", "n", m.number)
	case readinessAtLeast:
		return language.Of("metric.readiness", "score", m.score)
	case debtAtMost:
		return language.Of("metric.debt", "n", m.number)
	case monthsTo:
		return language.Of("metric.months", "stage", m.stage.Told(), "within", m.number)
	}
	return language.Of("metric.none")
}

// String gives the text form, such as "launch by 24".
func (m Metric) String() string {
	return strings.NewReplacer("<stage>", m.stage.String(), "<number>", strconv.Itoa(m.number),
		"<score>", strconv.FormatFloat(m.score, 'f', -1, 64)).Replace(metricForms[m.kind].text)
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

// metricReaders read those texts.
var metricReaders = func() (all [len(metricForms)]*regexp.Regexp) {
	parts := strings.NewReplacer("<stage>", `(?P<stage>\S+)`, "<number>", `(?P<number>\d{1,9})`, "<score>", `(?P<score>\d+(?:\.\d+)?)`)
	for kind := range metricForms {
		all[kind] = regexp.MustCompile("^" + parts.Replace(metricForms[kind].text) + "$")
	}
	return all
}()

// eightStages is what a refusal of a stage offers.
var eightStages = func() fault.Said {
	var names []string
	for s := range reformcycle.Stages() {
		names = append(names, s.String())
	}
	return fault.OneOf(names)
}()

// metricTexts is what a refusal offers: an example of each form.
var metricTexts = func() language.Text {
	var forms []string
	for _, m := range []Metric{LaunchedBy(24), NotAbandoned(), LapsAtLeast(2), ReadinessAtLaunchAtLeast(0.8), DebtAtLaunchAtMost(0), MonthsTo(reformcycle.Launch, 60)} {
		forms = append(forms, strconv.Quote(m.String()))
	}
	return language.Of("want.sim-metric-form", "forms", forms)
}()

// wholeFrom, atMost and another are said by package fault, whose rules ask for the same.
func wholeFrom[N int | uint64](low, high N) language.Text {
	return language.Of("want.whole", "low", fmt.Sprint(low), "high", fmt.Sprint(high))
}

func atMost(most int) language.Text { return language.Of("want.at-most", "most", most) }

func another(path string) language.Text { return language.Of("want.another", "path", path) }

// ParseMetric reads the text form of a metric. Space is taken as it comes,
// between and around the words. It refuses, with [fault.Fields],
// anything else, unknown stages and numbers out of range.
func ParseMetric(text string) (Metric, error) {
	if len(text) > maxText {
		return Metric{}, fault.Refuse("metric", fault.Length, text, metricTexts)
	}
	line := strings.Join(strings.Fields(text), " ")
	for kind := reachedBy; kind <= monthsTo; kind++ {
		read := metricReaders[kind]
		parts := read.FindStringSubmatch(line)
		if parts == nil {
			continue
		}
		m := Metric{kind: kind}
		for i, part := range read.SubexpNames() {
			switch part { // what is out of range Validate refuses
			case "stage":
				var err error
				if m.stage, err = reformcycle.ParseStage(parts[i]); err != nil {
					return Metric{}, fault.Refuse("metric.stage", fault.Known, parts[i], eightStages)
				}
			case "number":
				m.number, _ = strconv.Atoi(parts[i])
			case "score":
				m.score, _ = strconv.ParseFloat(parts[i], 64)
			}
		}
		if err := m.Validate().Err(); err != nil {
			return Metric{}, err
		}
		return m, nil
	}
	return Metric{}, fault.Refuse("metric", "form", text, metricTexts)
}
