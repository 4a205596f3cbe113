package simulation

// Answers as CSV, for those who plot or reckon elsewhere: one row an
// observation, names in the first row, commas between cells, a point in
// numbers, UTF-8 without a byte order mark. Columns are added at the end only.
//
// In all but that of a Survival, scenario is the name and digest the identity of
// what was run; seed, policy and runs are what it was run with. low and high, or
// what ends in _low and _high, are the ends of the interval of the number before
// them.

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// table writes rows until something fails.
type table struct{ out *csv.Writer }

func tableOf(w io.Writer, columns ...string) (table, error) {
	if w == nil {
		return table{}, fault.Refuse("writer", fault.Required, nil, language.Of("want.sim-writer"))
	}
	t := table{csv.NewWriter(w)}
	_ = t.out.Write(columns)
	return t, nil
}

// row writes its cells, of an estimate three: the number and the ends of its interval.
// It keeps the first error of the writer for close.
func (t table) row(cells ...any) {
	var texts []string
	estimate := func(at float64, i assessment.Interval) { texts = append(texts, plain(at), plain(i.Low), plain(i.High)) }
	for _, cell := range cells {
		switch c := cell.(type) {
		case float64:
			texts = append(texts, plain(c))
		case Estimate:
			estimate(c.At, c.Interval)
		case Difference:
			estimate(c.At, c.Interval)
		case VarianceShare:
			estimate(c.At, c.Interval)
		case Step:
			estimate(c.At, c.Interval)
		default:
			texts = append(texts, word(fmt.Sprint(c)))
		}
	}
	_ = t.out.Write(texts)
}

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

// WriteCSV writes all answers in one table: the columns scenario, policy, seed,
// answer, item, value, runs, of, share, low, high, unit and digest. Each row is one
// share of runs with its interval; runs and of are the counts behind it: so many
// runs have the value or have come to it, of how many. unit is that of value. What
// a row has no use for is blank.
//
//	answer             item     value    unit
//	entered            stage    month    month    by the end of which it was entered
//	entered-unhindered stage    month    month    Kaplan–Meier: runs is blank, as no
//	                                              count of runs is behind the share
//	abandoned-before   stage    month    month
//	status             status
//	cause              cause                      share of all runs
//	collapse           cause                      share of those abandoned
//	laps                        laps     laps     63: or more
//	readiness                   score    score    of the launched runs; a bin begins here
//	debt                        debts    debts    of the launched runs; 63: or more
//	suspended                   months   months
//	support            month    share    share    a bin begins here
//	silent             month                      nobody takes sides
//
// It returns the error of w.
func (a Answers) WriteCSV(w io.Writer) error {
	t, err := tableOf(w, "scenario", "policy", "seed", "answer", "item", "value", "runs", "of", "share", "low", "high", "unit", "digest")
	if err != nil {
		return err
	}
	row := func(answer string, item, value any, unit string, runs, of any, share Step) {
		t.row(a.Scenario, a.Policy, a.Seed, answer, item, value, runs, of, share, unit, a.Digest)
	}
	share := func(answer string, item, value any, unit string, p Proportion) {
		row(answer, item, value, unit, p.Hits, p.Of, Step{At: p.At, Interval: p.Interval})
	}
	spread := func(answer string, item any, unit string, d Distribution) {
		for _, b := range d.Bins {
			share(answer, item, b.From, unit, proportion(min(b.Runs, d.Of), d.Of))
		}
	}
	for _, s := range a.Arrivals {
		for _, c := range []struct {
			answer  string
			curve   Curve
			counted bool
		}{{"entered", s.Incidence, true}, {"entered-unhindered", s.KaplanMeier, false}, {"abandoned-before", s.Abandoned, true}} {
			for _, p := range c.curve {
				var runs any = ""
				if c.counted { // the share is a count over Of, rounded
					runs = uint64(math.Round(p.At * float64(s.Of)))
				}
				row(c.answer, s.Stage, p.Month, "month", runs, s.Of, p)
			}
		}
	}
	for _, s := range a.Statuses {
		share("status", s.Status, "", "", s.Runs)
	}
	for _, c := range a.Causes {
		share("cause", c.Cause, "", "", c.Runs)
		share("collapse", c.Cause, "", "", c.Collapses)
	}
	spread("laps", "", "laps", a.Laps)
	spread("readiness", "", "score", a.Readiness)
	spread("debt", "", "debts", a.Debt)
	spread("suspended", "", "months", a.Suspended)
	for _, s := range a.Support {
		spread("support", s.Month, "share", s.Share)
		share("silent", s.Month, "", "", proportion(s.Silent, s.Share.Of+s.Silent))
	}
	return t.close()
}

// Unit is what the values of the factor are counted in, such as "months": as the
// register says, or a built-in policy of its parameters. It says nothing for the
// parameters of other policies, and for a factor that there is not.
func (f Factor) Unit(policy Identity) language.Text {
	parameters := Register()
	name, own := strings.CutPrefix(f.Parameter, ofPolicy)
	if own {
		parameters = nil
		if s, err := NewPolicy(policy.Name, nil); err == nil {
			parameters = s.Parameters()
		}
	}
	for _, p := range parameters {
		if p.Name == name {
			return p.Unit
		}
	}
	return language.Text{}
}

func (m Metric) unit() language.Text {
	if m.Numeric() {
		return months
	}
	return share
}

// WriteCSV writes the curves of one stage, a row a month: the columns stage,
// month, of (how many runs there are), at_risk (those on the way as the month
// begins), then the shares entered, entered_unhindered (Kaplan–Meier) and
// abandoned_before, each with its _low and _high. A Survival does not know what it
// was made of: where the table has to say, write [Answers.WriteCSV], which holds
// the same curves with scenario, policy, seed and digest. It returns the error
// of w.
func (s Survival) WriteCSV(w io.Writer) error {
	t, err := tableOf(w, "stage", "month", "of", "at_risk", "entered", "entered_low", "entered_high",
		"entered_unhindered", "entered_unhindered_low", "entered_unhindered_high",
		"abandoned_before", "abandoned_before_low", "abandoned_before_high")
	if err != nil {
		return err
	}
	for i := range min(len(s.Incidence), len(s.KaplanMeier), len(s.Abandoned), len(s.AtRisk)) {
		t.row(s.Stage, s.Incidence[i].Month, s.Of, s.AtRisk[i], s.Incidence[i], s.KaplanMeier[i], s.Abandoned[i])
	}
	return t.close()
}

// WriteCSV writes the estimates, best first, and then the differences: the
// columns scenario, metric, seed, runs, row ("estimate", "launched", "lapped",
// "abandoned", "debt" or "difference"), rank,
// policy, other, at, low, high, correlation, variance_ratio, apart, unit and
// digest. In a row of a difference, at is policy less other, over the same runs;
// the last columns but two are those of [Difference] and blank for an estimate. Four
// rows a policy are those of [Whole].
// unit is that of at, low and high: share, months or guards. It returns the error of w.
func (c Comparison) WriteCSV(w io.Writer) error {
	t, err := tableOf(w, "scenario", "metric", "seed", "runs", "row", "rank", "policy", "other", "at", "low", "high", "correlation", "variance_ratio", "apart", "unit", "digest")
	if err != nil {
		return err
	}
	row := func(unit any, cells ...any) {
		t.row(slices.Concat([]any{c.Scenario, c.Metric, c.Seed, c.Runs}, cells, []any{unit, c.Digest})...)
	}
	for rank, r := range c.Order {
		row(c.Metric.unit(), "estimate", rank+1, c.Policies[r.Policy], "", c.Estimates[r.Policy], "", "", "")
	}
	for i := range min(len(c.Whole), len(c.Policies)) {
		w, policy := &c.Whole[i], c.Policies[i]
		row(share, "launched", "", policy, "", w.Launched.estimate(), "", "", "")
		row(share, "lapped", "", policy, "", w.Lapped.estimate(), "", "", "")
		row(share, "abandoned", "", policy, "", w.Abandoned.estimate(), "", "", "")
		row("guards", "debt", "", policy, "", w.Debt, "", "", "")
	}
	for _, d := range c.Differences {
		row(c.Metric.unit(), "difference", "", c.Policies[d.First], c.Policies[d.Second], d, d.Correlation, d.VarianceRatio, d.Apart())
	}
	return t.close()
}

// WriteCSV writes the swings, widest first: the columns scenario, policy,
// metric, seed, runs (at each end), parameter, from, to, then base, at_from, at_to
// and change, each with its _low and _high, then unit and digest. base is the
// metric with nothing varied, at_from and at_to with the parameter at from and to,
// and change is at_to less at_from. unit is that of from and to: see
// [Factor.Unit]. It returns the error of w.
func (o Tornado) WriteCSV(w io.Writer) error {
	t, err := tableOf(w, "scenario", "policy", "metric", "seed", "runs", "parameter", "from", "to",
		"base", "base_low", "base_high", "at_from", "at_from_low", "at_from_high",
		"at_to", "at_to_low", "at_to_high", "change", "change_low", "change_high", "unit", "digest")
	if err != nil {
		return err
	}
	for _, s := range o.Swings {
		t.row(o.Scenario, o.Policy, o.Metric, o.Seed, o.Runs, s.Factor.Parameter, s.Factor.Low, s.Factor.High,
			o.Base, s.AtLow, s.AtHigh, s.Change, s.Factor.Unit(o.Policy), o.Digest)
	}
	return t.close()
}

// WriteCSV writes the indices, in the order of the factors: the columns
// scenario, policy, metric, seed, points, runs, mean, variance, noise,
// parameter, from, to, then first and total, each with its _low and _high, then
// unit and digest. points, runs (at each), mean, variance and noise are those of
// [SobolIndices]; first and total are shares of the variance. unit is that of from and
// to: see [Factor.Unit]. It returns the error of w.
func (o SobolIndices) WriteCSV(w io.Writer) error {
	t, err := tableOf(w, "scenario", "policy", "metric", "seed", "points", "runs", "mean", "variance", "noise",
		"parameter", "from", "to", "first", "first_low", "first_high", "total", "total_low", "total_high", "unit", "digest")
	if err != nil {
		return err
	}
	for _, i := range o.Of {
		t.row(o.Scenario, o.Policy, o.Metric, o.Seed, o.Points, o.Runs, o.Mean, o.Variance, o.Noise,
			i.Factor.Parameter, i.Factor.Low, i.Factor.High, i.First, i.Total, i.Factor.Unit(o.Policy), o.Digest)
	}
	return t.close()
}

// WriteCSV writes the candidates in the order in which they were drawn: the
// columns scenario, metric, seed, candidate, policy, rounds, runs, searched,
// place ("best", "runner-up", "given" or blank), fresh, fresh_low, fresh_high,
// then one column for each parameter of the space, and digest. rounds and runs are
// what the candidate was given in the search, and searched is the mean of the
// metric over them; the fresh estimate stands at those that were compared after
// the search. It returns the error of w.
func (p Planned) WriteCSV(w io.Writer) error {
	columns := []string{"scenario", "metric", "seed", "candidate", "policy", "rounds", "runs", "searched", "place", "fresh", "fresh_low", "fresh_high"}
	for _, f := range p.Space {
		columns = append(columns, word(f.Parameter))
	}
	columns = append(columns, "digest")
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
		cells := []any{p.Scenario, p.Metric, p.Seed, i, c.Policy, c.Rounds, c.Runs, c.Searched, place}
		if j := slices.IndexFunc(p.Fresh.Policies, func(id Identity) bool { return id.String() == c.Policy.String() }); j >= 0 {
			cells = append(cells, p.Fresh.Estimates[j])
		} else {
			cells = append(cells, "", "", "")
		}
		for _, v := range c.Values {
			cells = append(cells, v)
		}
		t.row(append(cells, p.Digest)...)
	}
	return t.close()
}

// WriteCSV writes all worlds that are held, a row for each world, goal and policy: the
// columns scenario, seed, runs (of each policy in a world), world, goal (the metric),
// bound, policy, outcome (the metric's mean over the runs of the world), regret, best
// (true where no policy does better), met, unit (of outcome, bound and regret: share
// or months), then one column for each parameter that differs from world to world, and
// digest. Of a parameter that is moved around what each actor has, the column holds
// what is added to that, or multiplies it. It returns the error of out.
func (w Worlds) WriteCSV(out io.Writer) error {
	columns := []string{"scenario", "seed", "runs", "world", "goal", "bound", "policy", "outcome", "regret", "best", "met", "unit"}
	for i := range w.over {
		columns = append(columns, word(w.over[i].Parameter))
	}
	t, err := tableOf(out, append(columns, "digest")...)
	if err != nil {
		return err
	}
	units := make([]string, len(w.goals))
	for g, goal := range w.goals {
		units[g] = goal.Metric.unit().String()
	}
	for one := range w.All() {
		for g, goal := range w.goals {
			for p, id := range w.policies {
				regret := one.Regret(p, g)
				cells := []any{w.name, w.seed, w.runs, one.Number, goal.Metric, goal.Bound, id, one.Outcome(p, g), regret, regret == 0, one.Met(p, g), units[g]}
				for _, v := range one.Values {
					cells = append(cells, v)
				}
				t.row(append(cells, w.digest)...)
			}
		}
	}
	return t.close()
}

// WriteCSV writes the boxes and how they were come by: the columns scenario, seed, of
// (what is so), box, row ("box" for one that was chosen, "step" for one on the way to it),
// step (the place on the way, of a box that of the one it was made of), worlds, found,
// coverage, density, mass, restricted (how many parameters have a limit), then two
// columns for each parameter, its name with _from and _to, which are blank where a box has
// no limit, and digest. It returns the error of w.
func (d Discovery) WriteCSV(w io.Writer) error {
	columns := []string{"scenario", "seed", "of", "box", "row", "step", "worlds", "found", "coverage", "density", "mass", "restricted"}
	for _, u := range d.Over {
		columns = append(columns, word(u.Parameter+"_from"), word(u.Parameter+"_to"))
	}
	t, err := tableOf(w, append(columns, "digest")...)
	if err != nil {
		return err
	}
	row := func(box int, kind string, step int, s BoxStep) {
		cells := []any{d.Scenario, d.Seed, d.Of, box + 1, kind, step, s.Worlds, s.Found, s.Coverage, s.Density, s.Mass, len(s.Limits)}
		limits := slices.Repeat([]any{""}, 2*len(d.Over))
		for _, l := range s.Limits {
			for side, end := range []Bound{l.Low, l.High} {
				if at := 2*l.Parameter + side; end.Limited && l.Parameter >= 0 && at < len(limits) {
					limits[at] = end.At
				}
			}
		}
		t.row(slices.Concat(cells, limits, []any{d.Digest})...)
	}
	for i, b := range d.Boxes {
		for k, s := range b.Trajectory {
			row(i, "step", k, s)
		}
		row(i, "box", b.Step, BoxStep{b.Worlds, b.Found, b.Coverage, b.Density, b.Mass, b.Limits})
	}
	return t.close()
}

// WriteCSV writes a run, month by month and thing by thing: the columns
// scenario, policy, seed, run, month, stage, lap, status, series, item, value,
// unit and digest. stage, lap and status are those as the month ends. What value
// is hangs on the series, and so do item and unit; of what either happens or not,
// value is 1 and unit blank.
//
//	series              item                  unit
//	support, opposition                       pull times position; pull is power times weight
//	budget                                    effort-months
//	position            actor                 positions, -7 to 7
//	persuasion          actor                 effort-months
//	left                actor
//	progress, carried   criterion             share
//	work                criterion             effort-months
//	joined, came        actor
//	debt                criterion or guard
//	shock, move         its name
//
// It returns the error of w.
func (t Trace) WriteCSV(w io.Writer) error {
	out, err := tableOf(w, "scenario", "policy", "seed", "run", "month", "stage", "lap", "status", "series", "item", "value", "unit", "digest")
	if err != nil {
		return err
	}
	units := traceUnits()
	for _, m := range t.Months {
		row := func(series, item string, value float64) {
			out.row(t.Scenario, t.Policy, t.Seed, t.Outcome.Run, m.Month, m.Stage, m.Lap, m.Status, series, item, value, units[series], t.Digest)
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
		for _, id := range m.Came {
			row("came", id, 1)
		}
		for _, j := range m.Joined {
			row("joined", j.Actor, 1)
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

// traceUnits are the units of the series of a trace; the others have none.
func traceUnits() map[string]string {
	effort, pull := effortUnit.String(), language.Of("unit.pull").String()
	return map[string]string{
		"support": pull, "opposition": pull, "budget": effort, "position": language.Of("unit.positions-of-actors").String(),
		"persuasion": effort, "progress": share.String(), "carried": share.String(), "work": effort,
	}
}
