package simulation

// Sensitivity: which of the assumptions, or of a policy's parameters, an
// answer hangs on.

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The limits of an analysis of sensitivity.
const (
	maxFactors = 64
	maxPoints  = 1 << 16
	resamples  = 1000
)

// ofPolicy is what the names of a policy's parameters begin with.
const ofPolicy = "policy."

// Factor is a parameter with the range over which it is varied.
type Factor struct {
	// Parameter is a name of the register, such as "shocks.election.hazard", or
	// a parameter of the policy behind "policy.", such as
	// "policy.persuasion". One of the actors' parameters is set for all actors.
	Parameter string `json:"parameter"`
	// Low is below High, and both are within the parameter's range. Of a whole
	// number all values between are as likely as the ends.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// factor is a factor and whether its values are whole numbers.
type factor struct {
	Factor
	whole bool
}

// at gives the value at a place from 0 to 1 of the range.
func (f *factor) at(u float64) float64 {
	if f.whole {
		return min(f.High, f.Low+math.Floor(u*(f.High-f.Low+1)))
	}
	return min(f.High, f.Low+float64(u*(f.High-f.Low)))
}

func (a arm) with(factors []factor, values []float64) (arm, error) {
	s, changed := a.model.scenario, false
	var err error
	for i := range factors {
		if name, own := strings.CutPrefix(factors[i].Parameter, ofPolicy); own {
			tunable, ok := a.policy.(Tunable)
			if !ok {
				return arm{}, fault.Refuse("policy", "tunable", a.policy.Name(), language.Of("want.sim-tunable"))
			}
			if a.policy, err = tunable.With(name, values[i]); err != nil {
				return arm{}, err
			}
			if a.policy == nil {
				return arm{}, fault.Refuse("policy", fault.Required, nil, language.Of("want.sim-policy"))
			}
			continue
		}
		if s, err = s.With(factors[i].Parameter, values[i]); err != nil {
			return arm{}, err
		}
		changed = true
	}
	if changed {
		a.model, err = Compile(s, a.model.list)
	}
	return a, err
}

func checkFactors(f *fault.Fields, a arm, metric Metric, list []Factor, policyOnly bool) []factor {
	if n := len(list); n < 1 || n > maxFactors {
		f.Add("factors", fault.Length, n, language.Of("want.sim-count", "low", 1, "high", maxFactors))
		return nil
	}
	whole := map[string]bool{}
	for _, p := range Register() {
		whole[p.Name] = p.Whole
	}
	if t, ok := a.policy.(Tunable); ok {
		for _, p := range t.Parameters() {
			whole[ofPolicy+p.Name] = p.Whole
		}
	}
	checked := make([]factor, len(list))
	for i, one := range list {
		path := fault.At("factors", i) + "."
		checked[i] = factor{one, whole[one.Parameter]}
		if j := slices.IndexFunc(list[:i], func(other Factor) bool { return other.Parameter == one.Parameter }); j >= 0 {
			f.Add(path+"parameter", fault.Unique, one.Parameter, another(fault.At("factors", j)))
			continue
		}
		if policyOnly && !strings.HasPrefix(one.Parameter, ofPolicy) {
			f.Add(path+"parameter", fault.Known, one.Parameter, language.Of("want.sim-policy-parameter", "example", strconv.Quote(ofPolicy+balanceParameters[persuasionShare].Name)))
			continue
		}
		if !(one.Low < one.High) {
			f.Add(path+"low", fault.Order, one.Low, language.Of("want.sim-below-high", "high", plain(one.High)))
			continue
		}
		for _, end := range []struct {
			name  string
			value float64
		}{{"low", one.Low}, {"high", one.High}} {
			varied, err := a.with(checked[i:i+1], []float64{end.value})
			if err != nil && !amiss(f, path, end.name, end.value, err) {
				break
			}
			var beyond fault.Fields
			if err == nil {
				metric.suits(&beyond, varied.model.scenario.Horizon)
			}
			if beyond != nil {
				f.Add(path+end.name, "horizon", end.value, language.Of("want.sim-horizon-of", "metric", metric.Told()))
			}
		}
	}
	return checked
}

// amiss takes over what is wrong with an end of a factor, and reports whether
// the other end may be right: not where there is no such parameter.
func amiss(f *fault.Fields, path, end string, value float64, err error) bool {
	wrong, ok := err.(fault.Fields)
	if !ok {
		wrong = fault.Fields{{Rule: "model", Value: value, Want: language.Of("want.sim-compiles", "why", err)}}
	}
	for _, e := range wrong {
		if e.Rule == fault.Known || e.Rule == "tunable" {
			e.Path = path + "parameter"
			f.Under("", fault.Fields{e})
			return false
		}
		e.Path = path + end
		f.Under("", fault.Fields{e})
	}
	return true
}

// Tornado says how far each factor by itself moves a metric.
type Tornado struct {
	// Scenario is the name and Digest the identity of what was varied.
	Scenario string   `json:"scenario"`
	Digest   string   `json:"digest"`
	Policy   Identity `json:"policy"`
	Metric   Metric   `json:"metric"`
	Runs     uint64   `json:"runs"`
	Seed     uint64   `json:"seed"`
	// Base is the metric with nothing varied.
	Base Estimate `json:"base"`
	// Swings from the widest to the narrowest, as a tornado is drawn.
	Swings []Swing `json:"swings"`
}

// Swing is what one factor does.
type Swing struct {
	Factor Factor `json:"factor"`
	// AtLow and AtHigh are the metric at the ends of the factor's range.
	AtLow  Estimate `json:"at_low"`
	AtHigh Estimate `json:"at_high"`
	// Change is the metric at the high end less that at the low end. First and
	// Second are places among all ends, two for each factor as given, behind the
	// base. The intervals of all swings hold together.
	Change Difference `json:"change"`
}

// OneAtATime varies one factor after another from the low to the high end of its
// range, with the others as the scenario and the policy have them, over the
// same runs, 0 to runs − 1 of a seed. It shows which factors matter near the
// scenario as it is; what they do together it can't show: see [Model.Sobol].
//
// Estimates and intervals are those of [Model.Compare], with as many differences as
// there are factors. Errors and options are those of Model.Compare, too.
func (m *Model) OneAtATime(ctx context.Context, policy Policy, metric Metric, factors []Factor, runs, seed uint64, options ...RunOption) (Tornado, error) {
	var f fault.Fields
	e := newAnalysis(&f, ctx, m, metric, options)
	checkRuns(&f, "runs", runs)
	id := checkPolicy(&f, policy)
	if err := f.Err(); err != nil {
		return Tornado{}, err
	}
	base := arm{m, policy}
	checked := checkFactors(&f, base, metric, factors, false)
	if err := f.Err(); err != nil {
		return Tornado{}, err
	}
	arms := []arm{base}
	for i := range checked {
		for _, value := range []float64{checked[i].Low, checked[i].High} {
			varied, err := base.with(checked[i:i+1], []float64{value})
			if err != nil {
				return Tornado{}, err
			}
			arms = append(arms, varied)
		}
	}
	e.total = runs * uint64(len(arms))
	p, err := e.pair(ctx, arms, metric, Range{0, runs}, seed)
	if err != nil {
		return Tornado{}, err
	}
	t := Tornado{Scenario: m.scenario.Name, Digest: m.digest, Policy: id, Metric: metric, Runs: runs, Seed: seed, Base: p.estimate(0, metric)}
	for i := range checked {
		low, high := 1+2*i, 2+2*i
		t.Swings = append(t.Swings, Swing{
			Factor: checked[i].Factor, AtLow: p.estimate(low, metric), AtHigh: p.estimate(high, metric),
			Change: p.difference(low, high, metric, len(checked)).turned(),
		})
	}
	slices.SortStableFunc(t.Swings, func(a, b Swing) int { return cmp.Compare(math.Abs(b.Change.At), math.Abs(a.Change.At)) })
	return t, nil
}

// Turn is an end of a factor's range at which the order of two policies turns
// round.
type Turn struct {
	Parameter string  `json:"parameter"`
	Value     float64 `json:"value"`
	// First and Second are what the metric comes to there.
	First  Estimate `json:"first"`
	Second Estimate `json:"second"`
}

// Turns tells at which ends of the ranges that both tornados tried the order of
// their policies turns round, by more than chance may do: the intervals do not
// touch, there or with nothing varied.
func (t Tornado) Turns(other Tornado) (turns []Turn) {
	clear := func(a, b Estimate) bool { return a.Low > b.High || b.Low > a.High }
	if !clear(t.Base, other.Base) {
		return nil
	}
	ahead := t.Base.At > other.Base.At
	for _, a := range t.Swings {
		for _, b := range other.Swings {
			if a.Factor != b.Factor {
				continue
			}
			for _, end := range []Turn{
				{a.Factor.Parameter, a.Factor.Low, a.AtLow, b.AtLow}, {a.Factor.Parameter, a.Factor.High, a.AtHigh, b.AtHigh},
			} {
				if (end.First.At > end.Second.At) != ahead && clear(end.First, end.Second) {
					turns = append(turns, end)
				}
			}
		}
	}
	return turns
}

// SobolIndices are the Sobol' indices of a metric: how its variance over the ranges
// of the factors comes about.
type SobolIndices struct {
	// Scenario is the name and Digest the identity of what was varied.
	Scenario string   `json:"scenario"`
	Digest   string   `json:"digest"`
	Policy   Identity `json:"policy"`
	Metric   Metric   `json:"metric"`
	// Points of the design, each played Runs times with every factor and two
	// times over.
	Points int    `json:"points"`
	Runs   uint64 `json:"runs"`
	Seed   uint64 `json:"seed"`
	// Mean and Variance of the metric's expectation over the ranges.
	Mean     float64 `json:"mean"`
	Variance float64 `json:"variance"`
	// Noise is what the chances of the runs added to that variance, as a
	// multiple of it. It is taken out of all that stands here, but what is taken
	// out is itself an estimate: above 1 or so, play more runs at each point. It
	// is 0 where Variance is.
	Noise float64 `json:"noise"`
	// Of each factor, in the order in which they were given.
	Of []SobolIndex `json:"of"`
}

// SobolIndex says how much of the variance of a metric comes from a factor.
type SobolIndex struct {
	Factor Factor `json:"factor"`
	// First is the share that would vanish were the factor known, Total the share
	// that would be left were all others known. Their difference is what the
	// factor does together with others. Both are estimates that may come out
	// somewhat below 0 or above 1, as their intervals may. Where the metric does
	// not vary, or hardly more than by chance, both are 0 and the intervals 0 to
	// 1: nothing is known.
	First VarianceShare `json:"first"`
	Total VarianceShare `json:"total"`
}

// VarianceShare is an estimated share of a variance.
type VarianceShare struct {
	At float64 `json:"at"`
	assessment.Interval
}

// Told gives "0.308 (0.255 to 0.366)".
func (s VarianceShare) Told() language.Text { return estimated(s.At, s.Interval) }

// String gives the same in English, with three decimals.
func (s VarianceShare) String() string { return with(nil, s.At, s.Interval) }

// Sobol estimates, for each factor, which share of the variance of a metric
// comes from it alone and in all, were all factors spread evenly and
// independently over their ranges: the answer that [Model.OneAtATime] can't give where
// factors act together.
//
// Points, 8 to 65536, is the size of the random design; with k factors it costs
// points · (k + 2) estimates of the metric, each of so many runs, 2 or more, and
// for each the compilation of a scenario unless only the policy's parameters
// are varied. A few hundred points with some dozens of runs sort the important
// factors from the others; halving an interval takes four times the points.
//
// The first-order index is estimated as Saltelli and others recommend, the total
// index as Jansen does. Their intervals are percentiles of 1000 resamples of the
// design's rows. The k + 2 estimates of a row rest on the same runs, those of
// another row on others. So the noise of each row, which would make every factor
// seem to act and all of them to act together, is seen in the spread of its runs:
// the estimators subtract the variances and covariances that it adds to each of
// their terms, which leaves them without bias by it.
//
// Saltelli A, Annoni P, Azzini I, et al. Variance based sensitivity analysis of
// model output. Design and estimator for the total sensitivity index. Comput Phys
// Commun 2010;181:259–270. Jansen MJW. Analysis of variance designs for model
// output. Comput Phys Commun 1999;117:35–43.
//
// Errors and options are those of [Model.Compare]; points times runs may not exceed the
// runs that a seed has.
func (m *Model) Sobol(ctx context.Context, policy Policy, metric Metric, factors []Factor, points int, runs, seed uint64, options ...RunOption) (SobolIndices, error) {
	var f fault.Fields
	e := newAnalysis(&f, ctx, m, metric, options)
	switch {
	case points < 8 || points > maxPoints:
		f.Add("points", fault.Range, points, wholeFrom(8, maxPoints))
	case runs < 2 || runs > MaxRuns/uint64(points):
		f.Add("runs", fault.Range, runs, language.Of("want.sim-runs-for-all", "least", 2, "most", maxRuns))
	}
	id := checkPolicy(&f, policy)
	if err := f.Err(); err != nil {
		return SobolIndices{}, err
	}
	base := arm{m, policy}
	checked := checkFactors(&f, base, metric, factors, false)
	if err := f.Err(); err != nil {
		return SobolIndices{}, err
	}
	k := len(checked)
	e.total = uint64(points) * uint64(k+2) * runs
	result, err := e.sobol(ctx, k, points, seed, func(row uint64, places [][]float64) (seen, uint64, error) {
		arms := make([]arm, len(places))
		for i, place := range places {
			values := make([]float64, k)
			for j, u := range place {
				values[j] = checked[j].at(u)
			}
			var err error
			if arms[i], err = base.with(checked, values); err != nil {
				return seen{}, 0, err
			}
		}
		// The row is one worker's work: no other works on it.
		one := ensemble{workers: 1}
		p, err := one.pair(ctx, arms, metric, Range{row * runs, (row + 1) * runs}, seed)
		if err != nil {
			return seen{}, 0, err
		}
		s := seen{noise: func(i, j int) float64 { return p.covariance(i, j) / float64(runs) }}
		for i := range arms {
			s.mean = append(s.mean, p.mean(i))
		}
		return s, runs * uint64(len(arms)), nil
	})
	if err != nil {
		return SobolIndices{}, err
	}
	result.Scenario, result.Digest, result.Policy, result.Metric = m.scenario.Name, m.digest, id, metric
	result.Runs, result.Seed = runs, seed
	for i := range result.Of {
		result.Of[i].Factor = checked[i].Factor
	}
	return result, nil
}

// seen is what was seen at the points of one row of the design.
type seen struct {
	mean []float64
	// noise is the covariance of two of the means over other chances; nil where
	// there is none.
	noise func(i, j int) float64
}

// terms are what a row adds to the sums of the estimators, its noise taken out.
type terms struct {
	a, b   float64 // means at the row's two independent points
	noise  float64 // variance that chance adds to them
	firsts []first
	totals []float64
}

// first holds b·(ab − a) and ab − a, which give the first-order index around any
// mean.
type first struct{ product, change float64 }

// sobol estimates the indices of a function of a point in the unit cube of k
// dimensions. It is evaluated by rows of k + 2 points: a and b, drawn at random,
// then a with each coordinate in turn taken from b.
func (e *ensemble) sobol(ctx context.Context, k, points int, seed uint64, evaluate func(row uint64, places [][]float64) (seen, uint64, error)) (SobolIndices, error) {
	rows := make([]terms, points)
	err := e.all(ctx, uint64(points), func(ctx context.Context, _ int, row uint64) (uint64, error) {
		s, runs, err := evaluate(row, places(k, seed, row))
		if err != nil {
			return 0, err
		}
		rows[row] = s.terms(k)
		return runs, nil
	})
	if err != nil {
		return SobolIndices{}, err
	}
	// Everything is measured from the mean, which keeps the products small.
	centre := 0.0
	for i := range rows {
		centre += (rows[i].a + rows[i].b) / 2
	}
	centre /= float64(points)
	for i := range rows {
		r := &rows[i]
		r.a -= centre
		r.b -= centre
		for j := range r.firsts {
			r.firsts[j].product -= float64(centre * r.firsts[j].change)
		}
	}
	whole := make([]int, points)
	for i := range whole {
		whole[i] = i
	}
	variance, noise, at := indicesOf(rows, whole, k)
	result := SobolIndices{Points: points, Mean: centre, Of: make([]SobolIndex, k)}
	for i := range result.Of {
		result.Of[i].First.Interval, result.Of[i].Total.Interval = assessment.Interval{Low: 0, High: 1}, assessment.Interval{Low: 0, High: 1}
	}
	if !(variance > 0) {
		return result, nil
	}
	result.Variance, result.Noise = variance, noise/variance
	var dice rand.PCG
	start(&dice, seed, 0, resampleStream)
	draw := rand.New(&dice)
	spread := make([][]float64, 2*k)
	for range resamples {
		for i := range whole {
			whole[i] = draw.IntN(points)
		}
		if v, _, again := indicesOf(rows, whole, k); v > 0 {
			for i, x := range again {
				spread[i] = append(spread[i], x)
			}
		}
	}
	if float64(len(spread[0])) < Confidence*resamples {
		return result, nil // too many had no variance to share out
	}
	for i := range k {
		result.Of[i].First = VarianceShare{at[i], percentiles(spread[i])}
		result.Of[i].Total = VarianceShare{at[k+i], percentiles(spread[k+i])}
	}
	return result, nil
}

// The streams of an analysis, apart from those of runs.
const (
	designStream uint64 = iota + 1<<32
	resampleStream
	planStream
	worldStream
	halfStream
)

func places(k int, seed, row uint64) [][]float64 {
	var dice rand.PCG
	start(&dice, seed, row, designStream)
	all := make([][]float64, k+2)
	for p := range 2 {
		all[p] = make([]float64, k)
		for i := range k {
			all[p][i] = uniform(dice.Uint64())
		}
	}
	for i := range k {
		all[2+i] = slices.Clone(all[0])
		all[2+i][i] = all[1][i]
	}
	return all
}

func (s *seen) terms(k int) terms {
	noise := s.noise
	if noise == nil {
		noise = func(int, int) float64 { return 0 }
	}
	t := terms{a: s.mean[0], b: s.mean[1], noise: (noise(0, 0) + noise(1, 1)) / 2}
	for i := 2; i < k+2; i++ {
		change := s.mean[i] - t.a
		t.firsts = append(t.firsts, first{float64(t.b*change) - (noise(1, i) - noise(1, 0)), change})
		t.totals = append(t.totals, (float64(change*change)-(noise(i, i)+noise(0, 0)-float64(2*noise(i, 0))))/2)
	}
	return t
}

// indicesOf gives the variance without the noise, the noise, and the first-order
// and then the total indices, over rows named by their places.
func indicesOf(rows []terms, which []int, k int) (variance, noise float64, all []float64) {
	n := float64(len(which))
	var a, b, aa, bb float64
	sums := make([]float64, 2*k)
	changes := make([]float64, k)
	for _, w := range which {
		r := &rows[w]
		a += r.a
		b += r.b
		aa += float64(r.a * r.a)
		bb += float64(r.b * r.b)
		noise += r.noise
		for i := range k {
			sums[i] += r.firsts[i].product
			changes[i] += r.firsts[i].change
			sums[k+i] += r.totals[i]
		}
	}
	noise /= n
	variance = (aa-float64(a*(a/n))+bb-float64(b*(b/n)))/2/(n-1) - noise
	centre := (a + b) / 2 / n
	for i := range k {
		sums[i] = (sums[i] - float64(centre*changes[i])) / n / variance
		sums[k+i] = sums[k+i] / n / variance
	}
	return variance, noise, sums
}

// percentiles gives the interval that holds the middle of resamples.
func percentiles(spread []float64) assessment.Interval {
	slices.Sort(spread)
	cut := int((1 - Confidence) / 2 * float64(len(spread)))
	return assessment.Interval{Low: spread[cut], High: spread[len(spread)-1-cut]}
}
