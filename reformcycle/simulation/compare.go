package simulation

// Comparing policies: the same runs for each, with the same shocks, moods and
// luck, so that what differs is what the policies did.

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// maxCompared is how many policies are compared at once.
const maxCompared = 64

// Estimate is the mean of a metric over runs: a share where the metric is a
// question, else months.
type Estimate struct {
	At float64 `json:"at"`
	assessment.Interval
	// Runs that it rests on.
	Runs uint64 `json:"runs"`
}

// Told gives "0.308 (0.255 to 0.366)".
func (e Estimate) Told() language.Text { return estimated(e.At, e.Interval) }

// String gives the same in English, with three decimals.
func (e Estimate) String() string { return with(nil, e.At, e.Interval) }

// Difference is how much two arms of a comparison differ, over runs that share
// their chances.
type Difference struct {
	// First and Second are places in the list that was compared.
	First  int `json:"first"`
	Second int `json:"second"`
	// At is the first one's mean less the second one's.
	At float64 `json:"at"`
	assessment.Interval
	// Correlation of the two over the runs, −1 to 1; 0 where one of them is the
	// same in all runs.
	Correlation float64 `json:"correlation"`
	// VarianceRatio is the variance of the difference as a share of what it
	// would be with runs of their own for each: below 1, common random numbers
	// have helped; a comparison with ratio 0.25 is as sharp as one of four times
	// the runs. It is 1 where nothing varies.
	VarianceRatio float64 `json:"variance_ratio"`
}

// Apart reports whether the two can be told apart: the interval does not hold 0.
func (d Difference) Apart() bool { return !d.Contains(0) }

// turned is the same the other way round: the second one's mean less the first
// one's. It subtracts from 0, for there is no −0 to be told from nothing.
func (d Difference) turned() Difference {
	d.First, d.Second, d.At, d.Interval = d.Second, d.First, 0-d.At, assessment.Interval{Low: 0 - d.High, High: 0 - d.Low}
	return d
}

// Told gives "0.031 (0.02 to 0.042)".
func (d Difference) Told() language.Text { return estimated(d.At, d.Interval) }

// String gives the same in English, with three decimals.
func (d Difference) String() string { return with(nil, d.At, d.Interval) }

// Comparison says how policies do by a metric in a scenario.
type Comparison struct {
	// Scenario is the name and Digest the identity of what was run.
	Scenario string `json:"scenario"`
	Digest   string `json:"digest"`
	Metric   Metric `json:"metric"`
	Runs     uint64 `json:"runs"`
	Seed     uint64 `json:"seed"`
	// Policies, as they were given, and the estimate of each.
	Policies  []Identity `json:"policies"`
	Estimates []Estimate `json:"estimates"`
	// Differences of all pairs, the first before the second. Their intervals
	// hold together: with 95 in 100 seeds, all of them do.
	Differences []Difference `json:"differences"`
	// Order is from the best estimate to the worst.
	Order []Rank `json:"order"`
	// Whole tells of each policy what no metric tells alone, by the horizon and over
	// the same runs.
	Whole []Whole `json:"whole"`
}

// Whole is what came of a policy, side by side: who launches first may finish last.
type Whole struct {
	// Launched, Lapped and Abandoned are the runs that have entered launch, that have
	// completed a lap or more, and that were abandoned.
	Launched  Proportion `json:"launched"`
	Lapped    Proportion `json:"lapped"`
	Abandoned Proportion `json:"abandoned"`
	// Debt is how many guards were owed when launch was first entered, in the mean
	// over the runs in which it was.
	Debt Estimate `json:"debt"`
}

// tally counts what a [Whole] tells. All are whole numbers, as in paired.
type tally struct{ launched, lapped, abandoned, entered, debts, squares uint64 }

func (t *tally) add(o *RunOutcome) {
	if _, launched := o.Launch(); launched {
		t.launched++
	}
	if o.Laps > 0 {
		t.lapped++
	}
	if o.Status == reformcycle.Abandoned {
		t.abandoned++
	}
	if o.Debt >= 0 {
		t.entered++
		t.debts += uint64(o.Debt)
		t.squares += uint64(o.Debt) * uint64(o.Debt)
	}
}

func (t *tally) merge(other tally) {
	t.launched += other.launched
	t.lapped += other.lapped
	t.abandoned += other.abandoned
	t.entered += other.entered
	t.debts += other.debts
	t.squares += other.squares
}

func (t tally) whole(runs uint64) Whole {
	w := Whole{Launched: proportion(t.launched, runs), Lapped: proportion(t.lapped, runs), Abandoned: proportion(t.abandoned, runs), Debt: Estimate{Runs: t.entered}}
	if t.entered == 0 {
		return w
	}
	n := float64(t.entered)
	w.Debt.At = float64(t.debts) / n
	w.Debt.Interval = assessment.Interval{High: mostCount}
	if t.entered > 1 {
		variance := max(0, (float64(t.squares)-float64(float64(t.debts)*w.Debt.At))/(n-1))
		half := float64(student(t.entered, 1) * math.Sqrt(variance/n))
		w.Debt.Interval = assessment.Interval{Low: max(0, w.Debt.At-half), High: w.Debt.At + half}
	}
	return w
}

// String gives the table in English.
func (c Comparison) String() string { return c.Table(nil) }

// Table tells the comparison in a language, nil for English: a column for each policy,
// and in the rows the metric that was asked for, and launch, a finished lap, abandonment
// and debt beside it, each with its interval of 95 %.
func (c Comparison) Table(l *language.Language) string {
	heads := []language.Text{
		language.Of("comparison.runs", "n", c.Runs), c.Metric.Told(), language.Of("comparison.launched"),
		language.Of("comparison.lapped"), language.Of("comparison.abandoned"), language.Of("comparison.owed"),
	}
	rows := make([][]string, len(heads))
	for k, head := range heads {
		rows[k] = []string{l.Say(head)}
	}
	for i, id := range c.Policies {
		name := Identity{Name: id.Name, Waves: id.Waves}
		for _, other := range c.Policies[:i] {
			if other.Name == id.Name {
				name = id // the parameters tell them apart
			}
		}
		cells := []string{l.Say(name.Told())}
		add := func(e Estimate) { cells = append(cells, with(l, e.At, e.Interval)) }
		if i < len(c.Estimates) {
			add(c.Estimates[i])
		}
		if i < len(c.Whole) {
			w := &c.Whole[i]
			add(w.Launched.estimate())
			add(w.Lapped.estimate())
			add(w.Abandoned.estimate())
			add(w.Debt)
		}
		for k, cell := range cells {
			rows[k] = append(rows[k], cell)
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for column, cell := range row {
			if column > 0 {
				line += "  "
			}
			width := 0
			for _, other := range rows {
				if column < len(other) {
					width = max(width, utf8.RuneCountInString(other[column]))
				}
			}
			line += cell + strings.Repeat(" ", width-utf8.RuneCountInString(cell))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// Rank is a place in the order of a comparison.
type Rank struct {
	// Policy is its place in the list that was compared.
	Policy int `json:"policy"`
	// Tied are the places of the policies that can't be told apart from it,
	// best first. That is no likeness: more runs may tell them apart. Nor does it
	// carry over: of three, the first and the last may be apart while the one
	// between is tied with both.
	Tied []int `json:"tied,omitempty"`
}

// Compare plays the same runs, 0 to runs − 1 of a seed, with each of two to 64
// policies, and compares the means of a metric. The result is the same for any
// number of workers. Whatever the metric, [Whole] tells beside it how many launched,
// finished a lap and were abandoned, and what they owed.
//
// The estimate of a question has its Wilson interval, that of a number of months
// the interval of Student's t. Differences are paired: for a question by
// Newcombe's square-and-add of the two Wilson intervals, with the correlation of
// the pairs; for months by Student's t over the differences of the runs. As all
// pairs are looked at, each of their intervals is widened to hold with a
// confidence of 1 − 0.05/pairs (Bonferroni), so that all of them hold together
// with 95 %. A number of months that is the same in all runs gives an interval
// without width: there was nothing to learn its spread from. Where two policies
// seldom differ, but then by far, Student's interval is too narrow for a few dozen
// runs; hundreds mend that.
//
// Newcombe RG. Improved confidence intervals for the difference between binomial
// proportions based on paired data. Stat Med 1998;17:2635–2650, method 10.
//
// Of the options, WithRange has no use here and is refused; progress counts
// runs times policies. [fault.Fields] say everything that is wrong
// with the arguments, among them two policies of the same name and parameters.
// A policy that fails gives its [RunError], a context that ends its cause; then
// there is no comparison. No goroutine outlives the call.
func (m *Model) Compare(ctx context.Context, policies []Policy, metric Metric, runs, seed uint64, options ...RunOption) (Comparison, error) {
	var f fault.Fields
	e := newAnalysis(&f, ctx, m, metric, options)
	checkRuns(&f, "runs", runs)
	ids := checkPolicies(&f, policies, 2)
	if err := f.Err(); err != nil {
		return Comparison{}, err
	}
	e.total = runs * uint64(len(policies))
	return e.compare(ctx, m, policies, ids, metric, runs, seed)
}

// checkPolicies refuses too few policies, too many, and two that can't be told apart.
func checkPolicies(f *fault.Fields, policies []Policy, least int) (ids []Identity) {
	if n := len(policies); n < least || n > maxCompared {
		f.Add("policies", fault.Length, n, language.Of("want.sim-count", "low", least, "high", maxCompared))
	}
	for i, s := range policies[:min(len(policies), maxCompared)] {
		id, err := identity(s)
		if err != nil {
			f.Under(fault.At("policies", i), fault.Of(err))
		} else if j := slices.IndexFunc(ids, func(other Identity) bool { return other.String() == id.String() }); j >= 0 {
			f.Add(fault.At("policies", i), fault.Unique, id.String(), another(fault.At("policies", j)))
		}
		ids = append(ids, id)
	}
	return ids
}

func (e *ensemble) compare(ctx context.Context, m *Model, policies []Policy, ids []Identity, metric Metric, runs, seed uint64) (Comparison, error) {
	arms := make([]arm, len(policies))
	for i, s := range policies {
		arms[i] = arm{m, s}
	}
	p, err := e.pair(ctx, arms, metric, Range{0, runs}, seed)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{Scenario: m.scenario.Name, Digest: m.digest, Metric: metric, Runs: runs, Seed: seed, Policies: ids}
	for i := range arms {
		c.Whole = append(c.Whole, p.whole[i].whole(p.n))
	}
	c.rank(&p)
	return c, nil
}

// rank tells the estimates, the differences and the order.
func (c *Comparison) rank(p *paired) {
	arms, metric := c.Policies, c.Metric
	pairs := len(arms) * (len(arms) - 1) / 2
	tied := make([][]bool, len(arms))
	for i := range arms {
		c.Estimates = append(c.Estimates, p.estimate(i, metric))
		tied[i] = make([]bool, len(arms))
	}
	for i := range arms {
		for j := i + 1; j < len(arms); j++ {
			d := p.difference(i, j, metric, pairs)
			tied[i][j], tied[j][i] = !d.Apart(), !d.Apart()
			c.Differences = append(c.Differences, d)
		}
	}
	order := make([]int, len(arms))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return metric.order(c.Estimates[i].At, c.Estimates[j].At) })
	for _, i := range order {
		r := Rank{Policy: i}
		for _, j := range order {
			if tied[i][j] {
				r.Tied = append(r.Tied, j)
			}
		}
		c.Order = append(c.Order, r)
	}
}

// Between gives the difference of two policies, by their places in the list
// that was compared, in either order. It refuses places that there are not, and
// twice the same.
func (c Comparison) Between(first, second int) (Difference, error) {
	for _, d := range c.Differences {
		switch {
		case d.First == first && d.Second == second:
			return d, nil
		case d.First == second && d.Second == first:
			return d.turned(), nil
		}
	}
	return Difference{}, fault.Refuse("places", fault.Exists, strconv.Itoa(first)+", "+strconv.Itoa(second),
		language.Of("want.sim-places", "n", len(c.Policies)))
}

// newAnalysis checks what all analyses are given: several ensembles with the options
// of one.
func newAnalysis(f *fault.Fields, ctx context.Context, m *Model, metric Metric, options []RunOption) *ensemble {
	e := newEnsemble(f, ctx, options)
	if !checkModel(f, m) {
		f.Under("", metric.Validate())
	} else {
		metric.suits(f, m.scenario.Horizon)
	}
	if e.sharded {
		f.Add("range", "unsupported", e.shard.From, language.Of("want.sim-no-range"))
	}
	return e
}

// checkRuns refuses a number of runs that shows no spread, or that no seed has.
func checkRuns(f *fault.Fields, field string, n uint64) {
	if n < 2 || n > MaxRuns {
		f.Add(field, fault.Range, n, wholeFrom(uint64(2), MaxRuns))
	}
}

// arm is one of several things that are played with the same chances.
type arm struct {
	model  *Model
	policy Policy
}

// paired are the sums of a metric over runs that several arms have played, and
// of the products of any two. All are whole numbers of at most 600² · 10¹¹, so
// the sums are exact and the same in any order.
type paired struct {
	n     uint64
	each  float64 // how many answer in a run: the districts of a nation; 0 for one reform
	sum   []uint64
	cross [][]uint64 // arm → arm, from the arm itself on
	whole []tally
}

func newPaired(arms int) paired {
	p := paired{sum: make([]uint64, arms), cross: make([][]uint64, arms), whole: make([]tally, arms)}
	for i := range p.cross {
		p.cross[i] = make([]uint64, arms-i)
	}
	return p
}

// add counts a run, by what it was worth in each arm.
func (p *paired) add(values []uint64) {
	p.n++
	for i, x := range values {
		if x == 0 {
			continue
		}
		p.sum[i] += x
		row := p.cross[i]
		for j, y := range values[i:] {
			row[j] += x * y
		}
	}
}

func (p *paired) merge(other *paired) {
	p.n += other.n
	for i := range p.sum {
		p.whole[i].merge(other.whole[i])
		p.sum[i] += other.sum[i]
		for j := range p.cross[i] {
			p.cross[i][j] += other.cross[i][j]
		}
	}
}

func (p *paired) mean(i int) float64 { return float64(p.sum[i]) / float64(p.n) / max(1, p.each) }

// asked reports whether a run answers by yes or no, and not by a number or a share.
func (p *paired) asked(metric Metric) bool { return p.each == 0 && !metric.Numeric() }

// covariance of two arms over the runs; of an arm with itself, the variance.
func (p *paired) covariance(i, j int) float64 {
	i, j = min(i, j), max(i, j)
	n := float64(p.n)
	each := max(1, p.each)
	return (float64(p.cross[i][j-i]) - float64(float64(p.sum[i])*(float64(p.sum[j])/n))) / (n - 1) / (each * each)
}

// spread is the variance of the difference of two arms.
func (p *paired) spread(i, j int) float64 {
	return max(0, p.covariance(i, i)+p.covariance(j, j)-float64(2*p.covariance(i, j)))
}

func (p *paired) estimate(i int, metric Metric) Estimate {
	e := Estimate{At: p.mean(i), Runs: p.n}
	if p.asked(metric) {
		e.Interval = proportion(p.sum[i], p.n).Interval
		return e
	}
	half := float64(student(p.n, 1) * math.Sqrt(max(0, p.covariance(i, i))/float64(p.n)))
	e.Interval = assessment.Interval{Low: max(0, e.At-half), High: min(metric.most(), e.At+half)}
	return e
}

// difference compares two arms. All of so many differences hold together.
func (p *paired) difference(i, j int, metric Metric, together int) Difference {
	d := Difference{First: i, Second: j, At: p.mean(i) - p.mean(j), VarianceRatio: 1}
	own := p.covariance(i, i) + p.covariance(j, j)
	if own > 0 {
		d.VarianceRatio = p.spread(i, j) / own
	}
	if product := p.covariance(i, i) * p.covariance(j, j); product > 0 {
		d.Correlation = max(-1, min(1, p.covariance(i, j)/math.Sqrt(product)))
	}
	if !p.asked(metric) {
		half := float64(student(p.n, together) * math.Sqrt(p.spread(i, j)/float64(p.n)))
		d.Interval = assessment.Interval{Low: max(-metric.most(), d.At-half), High: min(metric.most(), d.At+half)}
		return d
	}
	d.Interval = newcombe(p.cross[i][j-i], p.sum[i], p.sum[j], p.n, normalQuantile(together))
	return d
}

// newcombe is the paired interval for the difference of two shares of n, first
// and second, of which both are counted in both.
func newcombe(both, first, second, n uint64, z float64) assessment.Interval {
	of := float64(n)
	p, q := float64(first)/of, float64(second)/of
	wp, wq := wilson(p, of, z), wilson(q, of, z)
	phi := 0.0
	if product := p * (1 - p) * q * (1 - q); product > 0 {
		// In counts the covariance is (ad − bc)/n, which is corrected for
		// continuity by half where it is positive.
		covary := float64(both) - float64(float64(first)*(float64(second)/of))
		if covary > 0 {
			covary = max(0, covary-0.5)
		}
		phi = covary / of / math.Sqrt(product)
	}
	add := func(a, b float64) float64 {
		return math.Sqrt(max(0, float64(a*a)+float64(b*b)-float64(2*phi*float64(a*b))))
	}
	d := p - q
	return assessment.Interval{Low: max(-1, d-add(p-wp.Low, wq.High-q)), High: min(1, d+add(wp.High-p, q-wq.Low))}
}

// normalQuantile is the quantile of the standard normal distribution for an
// interval, so many of which hold together with the usual confidence.
func normalQuantile(together int) float64 {
	if together <= 1 {
		return z95
	}
	return distuv.UnitNormal.Quantile(1 - (1-Confidence)/2/float64(together))
}

// student is the same of Student's distribution for n runs. Beyond a million it
// is the normal one to six digits.
func student(n uint64, together int) float64 {
	if n > 1_000_000 {
		return normalQuantile(together)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(1 - (1-Confidence)/2/float64(together))
}

// stretch is how many runs of all arms a worker plays at once.
const stretch = 256

// pair plays a range of runs in each arm.
func (e *ensemble) pair(ctx context.Context, arms []arm, metric Metric, runs Range, seed uint64) (paired, error) {
	jobs := (runs.Len() + stretch - 1) / stretch
	parts := make([]*paired, e.workers)
	values := make([][]uint64, e.workers)
	err := e.all(ctx, jobs, func(ctx context.Context, worker int, job uint64) (uint64, error) {
		if parts[worker] == nil {
			p := newPaired(len(arms))
			parts[worker], values[worker] = &p, make([]uint64, stretch*len(arms))
		}
		from := runs.From + job*stretch
		to := min(from+stretch, runs.To)
		all := values[worker]
		for a, arm := range arms {
			err := arm.model.Each(ctx, arm.policy, from, to, seed, func(i uint64, o *RunOutcome) {
				all[int(i-from)*len(arms)+a] = metric.of(o)
				parts[worker].whole[a].add(o)
			})
			if err != nil {
				return 0, err
			}
		}
		for i := range int(to - from) {
			parts[worker].add(all[i*len(arms) : (i+1)*len(arms)])
		}
		return (to - from) * uint64(len(arms)), nil
	})
	p := newPaired(len(arms))
	for _, part := range parts {
		if part != nil {
			p.merge(part)
		}
	}
	return p, err
}

// all gives all of the jobs to the workers, or an error.
func (e *ensemble) all(ctx context.Context, n uint64, do func(ctx context.Context, worker int, job uint64) (runs uint64, err error)) error {
	taken, err := e.hand(ctx, n, do)
	if err == nil && taken < n {
		return context.Cause(ctx)
	}
	return err
}
