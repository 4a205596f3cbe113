package simulation

// Answers as CSV, for those who plot or reckon elsewhere: one row an
// observation, names in the first row, commas between cells, a point in
// numbers, UTF-8 without a byte order mark. Columns are added at the end only.

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// table writes rows until something fails.
type table struct{ out *csv.Writer }

func tableOf(w io.Writer, columns ...string) (table, error) {
	if w == nil {
		return table{}, refuse("writer", "required", nil, "a writer")
	}
	t := table{csv.NewWriter(w)}
	t.row(columns...)
	return t, nil
}

// row keeps the first error of the writer for close.
func (t table) row(cells ...string) { _ = t.out.Write(cells) }

func (t table) close() error {
	t.out.Flush()
	return t.out.Error()
}

// word is a cell of text. One that a spreadsheet would run as a formula gets an
// apostrophe before it.
func word(s string) string {
	if strings.IndexAny(s, "=+-@\t\r\n") == 0 || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠") {
		return "'" + s
	}
	return s
}

func count(n uint64) string { return strconv.FormatUint(n, 10) }

// ends are the two cells of an interval.
func ends(i Interval) (low, high string) { return plain(i.Low), plain(i.High) }

// WriteCSV writes all answers in one table: the columns scenario, strategy, seed,
// answer, item, value, runs, of, share, low and high. Each row is one share of
// runs with its interval; runs and of are the counts behind it, and blank where
// there are none, as in a Kaplan–Meier estimate.
//
//	answer             item     value
//	entered            stage    month, by the end of which it was entered
//	entered-unhindered stage    month (Kaplan–Meier)
//	abandoned-before   stage    month
//	status             status
//	cause              cause             share of all runs
//	laps                        laps     63: or more
//	readiness                   score    of the launched runs; a bin begins here
//	debt                        debts    of the launched runs; 63: or more
//	suspended                   months
//	support            month    share    a bin begins here
//
// It returns the error of w.
func (a Answers) WriteCSV(w io.Writer) error {
	t, err := tableOf(w, "scenario", "strategy", "seed", "answer", "item", "value", "runs", "of", "share", "low", "high")
	if err != nil {
		return err
	}
	row := func(answer, item, value, runs, of string, share float64, i Interval) {
		low, high := ends(i)
		t.row(word(a.Scenario), word(a.Strategy.String()), count(a.Seed), answer, item, value, runs, of, plain(share), low, high)
	}
	share := func(answer, item, value string, p Proportion) {
		row(answer, item, value, count(p.Hits), count(p.Of), p.At, p.Interval)
	}
	spread := func(answer, item string, d Distribution) {
		for _, b := range d.Bins {
			share(answer, item, plain(b.From), proportion(min(b.Runs, d.Of), d.Of))
		}
	}
	for _, s := range a.Arrivals {
		for _, c := range []struct {
			answer string
			curve  Curve
		}{{"entered", s.Incidence}, {"entered-unhindered", s.KaplanMeier}, {"abandoned-before", s.Abandoned}} {
			for _, p := range c.curve {
				row(c.answer, s.Stage.String(), strconv.Itoa(p.Month), "", count(s.Of), p.At, p.Interval)
			}
		}
	}
	for _, s := range a.Statuses {
		share("status", s.Status.String(), "", s.Runs)
	}
	for _, c := range a.Causes {
		share("cause", c.Cause.String(), "", c.Runs)
	}
	spread("laps", "", a.Laps)
	spread("readiness", "", a.Readiness)
	spread("debt", "", a.Debt)
	spread("suspended", "", a.Suspended)
	for _, s := range a.Support {
		spread("support", strconv.Itoa(s.Month), s.Share)
	}
	return t.close()
}

// WriteCSV writes the curves of one stage, a row a month: the columns stage,
// month, of, at_risk, then entered, entered_unhindered (Kaplan–Meier) and
// abandoned_before, each with its _low and _high. It returns the error of w.
func (s Survival) WriteCSV(w io.Writer) error {
	t, err := tableOf(w, "stage", "month", "of", "at_risk", "entered", "entered_low", "entered_high",
		"entered_unhindered", "entered_unhindered_low", "entered_unhindered_high",
		"abandoned_before", "abandoned_before_low", "abandoned_before_high")
	if err != nil {
		return err
	}
	for i := range min(len(s.Incidence), len(s.KaplanMeier), len(s.Abandoned), len(s.AtRisk)) {
		cells := []string{s.Stage.String(), strconv.Itoa(s.Incidence[i].Month), count(s.Of), count(s.AtRisk[i])}
		for _, p := range []Step{s.Incidence[i], s.KaplanMeier[i], s.Abandoned[i]} {
			low, high := ends(p.Interval)
			cells = append(cells, plain(p.At), low, high)
		}
		t.row(cells...)
	}
	return t.close()
}

// WriteCSV writes the estimates, best first, and then the differences: the
// columns scenario, metric, seed, runs, row ("estimate" or "difference"), rank,
// strategy, other, at, low, high, correlation, variance_ratio and apart. In a row
// of a difference, at is strategy less other. It returns the error of w.
func (c Comparison) WriteCSV(w io.Writer) error {
	t, err := tableOf(w, "scenario", "metric", "seed", "runs", "row", "rank", "strategy", "other", "at", "low", "high", "correlation", "variance_ratio", "apart")
	if err != nil {
		return err
	}
	row := func(kind, rank, strategy, other string, at float64, i Interval, more ...string) {
		low, high := ends(i)
		t.row(append([]string{word(c.Scenario), c.Metric.String(), count(c.Seed), count(c.Runs), kind, rank, strategy, other, plain(at), low, high}, more...)...)
	}
	for rank, r := range c.Order {
		e := c.Estimates[r.Strategy]
		row("estimate", strconv.Itoa(rank+1), word(c.Strategies[r.Strategy].String()), "", e.At, e.Interval, "", "", "")
	}
	for _, d := range c.Differences {
		row("difference", "", word(c.Strategies[d.First].String()), word(c.Strategies[d.Second].String()), d.At, d.Interval,
			plain(d.Correlation), plain(d.VarianceRatio), strconv.FormatBool(d.Apart()))
	}
	return t.close()
}

// WriteCSV writes the swings, widest first: the columns scenario, strategy,
// metric, seed, runs, parameter, from, to, then base, at_from, at_to and change,
// each with its _low and _high. Change is at_to less at_from. It returns the
// error of w.
func (o Tornado) WriteCSV(w io.Writer) error {
	t, err := tableOf(w, "scenario", "strategy", "metric", "seed", "runs", "parameter", "from", "to",
		"base", "base_low", "base_high", "at_from", "at_from_low", "at_from_high",
		"at_to", "at_to_low", "at_to_high", "change", "change_low", "change_high")
	if err != nil {
		return err
	}
	for _, s := range o.Swings {
		cells := []string{word(o.Scenario), word(o.Strategy.String()), o.Metric.String(), count(o.Seed), count(o.Runs),
			word(s.Factor.Parameter), plain(s.Factor.Low), plain(s.Factor.High)}
		for _, e := range []Estimate{o.Base, s.AtLow, s.AtHigh, {At: s.Change.At, Interval: s.Change.Interval}} {
			low, high := ends(e.Interval)
			cells = append(cells, plain(e.At), low, high)
		}
		t.row(cells...)
	}
	return t.close()
}

// WriteCSV writes the indices, in the order of the factors: the columns
// scenario, strategy, metric, seed, points, runs, mean, variance, noise,
// parameter, from, to, then first and total, each with its _low and _high. It
// returns the error of w.
func (o Indices) WriteCSV(w io.Writer) error {
	t, err := tableOf(w, "scenario", "strategy", "metric", "seed", "points", "runs", "mean", "variance", "noise",
		"parameter", "from", "to", "first", "first_low", "first_high", "total", "total_low", "total_high")
	if err != nil {
		return err
	}
	for _, i := range o.Of {
		cells := []string{word(o.Scenario), word(o.Strategy.String()), o.Metric.String(), count(o.Seed), strconv.Itoa(o.Points), count(o.Runs),
			plain(o.Mean), plain(o.Variance), plain(o.Noise), word(i.Factor.Parameter), plain(i.Factor.Low), plain(i.Factor.High)}
		for _, s := range []Share{i.First, i.Total} {
			low, high := ends(s.Interval)
			cells = append(cells, plain(s.At), low, high)
		}
		t.row(cells...)
	}
	return t.close()
}

// WriteCSV writes the candidates in the order in which they were drawn: the
// columns scenario, metric, seed, candidate, strategy, rounds, runs, searched,
// place ("best", "runner-up", "given" or blank), fresh, fresh_low, fresh_high,
// and then one column for each parameter of the space. The fresh estimate stands
// at those that were compared after the search. It returns the error of w.
func (p Planned) WriteCSV(w io.Writer) error {
	columns := []string{"scenario", "metric", "seed", "candidate", "strategy", "rounds", "runs", "searched", "place", "fresh", "fresh_low", "fresh_high"}
	for _, f := range p.Space {
		columns = append(columns, word(f.Parameter))
	}
	t, err := tableOf(w, columns...)
	if err != nil {
		return err
	}
	for i, c := range p.Candidates {
		place := ""
		switch i {
		case p.Best:
			place = "best"
		case p.RunnerUp:
			place = "runner-up"
		case 0:
			place = "given"
		}
		cells := []string{word(p.Scenario), p.Metric.String(), count(p.Seed), strconv.Itoa(i), word(c.Strategy.String()),
			strconv.Itoa(c.Rounds), count(c.Runs), plain(c.Searched), place, "", "", ""}
		for j, id := range p.Fresh.Strategies {
			if id.String() == c.Strategy.String() {
				e := p.Fresh.Estimates[j]
				low, high := ends(e.Interval)
				cells = append(cells[:9], plain(e.At), low, high)
			}
		}
		for _, v := range c.Values {
			cells = append(cells, plain(v))
		}
		t.row(cells...)
	}
	return t.close()
}

// WriteCSV writes a run, month by month and thing by thing: the columns
// scenario, strategy, seed, run, month, stage, lap, status, series, item and
// value. Series are support, opposition and budget, without item; position,
// persuasion and left, with the actor; progress, carried, work, recruited and
// debt, with the criterion or guard that it is of or for; shock and move, with
// its name. Of what either happens or not, value is 1. It returns the error of w.
func (t Trace) WriteCSV(w io.Writer) error {
	out, err := tableOf(w, "scenario", "strategy", "seed", "run", "month", "stage", "lap", "status", "series", "item", "value")
	if err != nil {
		return err
	}
	for _, m := range t.Months {
		row := func(series, item string, value float64) {
			out.row(word(t.Scenario), word(t.Strategy.String()), count(t.Seed), count(t.Outcome.Run), strconv.Itoa(m.Month), m.Stage.String(),
				strconv.Itoa(m.Lap), m.Status.String(), series, word(item), plain(value))
		}
		each := func(series string, names []string, values []float64) {
			for i, v := range values[:min(len(values), len(names))] {
				row(series, names[i], v)
			}
		}
		row("support", "", m.Support)
		row("opposition", "", m.Opposition)
		row("budget", "", m.Budget)
		each("position", t.Actors, m.Positions)
		each("progress", t.Criteria, m.Progress)
		each("carried", t.Criteria, m.Carried)
		for _, s := range m.Work {
			row("work", s.On, s.Effort)
		}
		for _, s := range m.Persuasion {
			row("persuasion", s.On, s.Effort)
		}
		for _, s := range m.Shocks {
			row("shock", s.String(), 1)
		}
		for _, id := range m.Left {
			row("left", id, 1)
		}
		for _, r := range m.Recruited {
			row("recruited", r.For, 1)
		}
		for _, v := range m.Moves {
			row("move", string(v.Name), 1)
		}
		for _, d := range m.Debts {
			row("debt", d, 1)
		}
	}
	return out.close()
}
