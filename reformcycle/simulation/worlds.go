package simulation

// Worlds: what came of policies under many draws of what is not known. All
// policies meet the same worlds, and the same luck in each.

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// The limits of a trial.
const (
	// MaxWorlds is how many worlds there may be.
	MaxWorlds = 1 << 16
	maxGoals  = 8
	// mostCells bounds worlds times policies times goals, and with it what a trial
	// takes of memory: 32 MiB.
	mostCells = 1 << 22
)

// Goal is what a policy should reach in a world: in a share of the world's runs, of
// a metric that is a question, or a mean number of months.
type Goal struct {
	Metric Metric `json:"metric"`
	// Bound is the least share of runs, above 0 and up to 1, that answer the question
	// by yes; of a number of months, where less is better, the most that the mean may
	// be, from 0 up to below the months that the metric looks at.
	Bound float64 `json:"bound"`
}

// Told is what people call it, such as "launch by month 24: in at least 50% of the runs".
func (g Goal) Told() language.Text {
	if g.Metric.Numeric() {
		return language.Of("goal.months", "metric", g.Metric.Told(), "months", g.Bound)
	}
	return language.Of("goal.share", "metric", g.Metric.Told(), "share", g.Bound)
}

// String is that in English.
func (g Goal) String() string { return g.Told().String() }

func (g Goal) check(f *fault.Fields, path string, horizon int) {
	var own fault.Fields
	g.Metric.suits(&own, horizon)
	if own == nil {
		switch {
		case !g.Metric.Numeric() && !(g.Bound > 0 && g.Bound <= 1):
			own.Positive("bound", g.Bound, 1)
		case g.Metric.Numeric() && !(g.Bound >= 0 && g.Bound < g.Metric.most()):
			own.Add("bound", fault.Range, g.Bound, language.Of("want.sim-months-below", "n", plain(g.Metric.most())))
		}
	}
	f.Under(path, own)
}

// met reports whether so many runs with this sum of the metric reach the goal. The
// quotient is the number nearest to the share, and so is a bound that was read.
func (g Goal) met(sum, runs uint64) bool {
	mean := float64(sum) / float64(runs)
	if g.Metric.LessIsBetter() {
		return mean <= g.Bound
	}
	return mean >= g.Bound
}

// Trial says what is tried in many worlds.
type Trial struct {
	// Policies, 1 to 64, no two of the same name and parameters.
	Policies []Policy
	// Goals, 1 to 8.
	Goals []Goal
	// Over are the parameters that differ from world to world, 1 to 64; nil for all
	// that have a span in the register: see [Uncertainties]. A policy's parameters are
	// none of them: a policy is chosen, a world is not.
	Over []Uncertainty
	// Worlds that are drawn, 1 to 65,536; worlds times policies times goals may not
	// exceed 4,194,304.
	Worlds int
	// Runs of each policy in each world, and the seed of the worlds and of the runs.
	// Worlds times runs may not exceed the runs that a seed has.
	Runs, Seed uint64
}

// checkOver reads what worlds are drawn over, and refuses what none can be.
func checkOver(f *fault.Fields, m *Model, list []Uncertainty) []uncertain {
	if n := len(list); n < 1 || n > maxFactors {
		f.Add("over", fault.Length, n, language.Of("want.sim-count", "low", 1, "high", maxFactors))
		return nil
	}
	checked := make([]uncertain, len(list))
	for i, one := range list {
		var own fault.Fields
		checked[i] = one.registered()
		_, scaled := one.Scale.MarshalText()
		switch j := slices.IndexFunc(list[:i], func(o Uncertainty) bool { return o.Parameter == one.Parameter }); {
		case j >= 0:
			own.Add("parameter", fault.Unique, one.Parameter, another(fault.At("over", j)))
		case one.Parameter == "horizon":
			own.Add("parameter", fault.Known, one.Parameter, language.Of("want.sim-not-horizon"))
		case strings.HasPrefix(one.Parameter, ofPolicy):
			own.Add("parameter", fault.Known, one.Parameter, language.Of("want.sim-of-model"))
		case find(register, one.Parameter) == nil && find(actorRegister, one.Parameter) == nil:
			own.Add("parameter", fault.Known, one.Parameter, fault.OneOf(registerNames()))
		case !(one.Low < one.High) || math.IsInf(one.Low, 0) || math.IsInf(one.High, 0):
			own.Add("low", fault.Order, one.Low, language.Of("want.sim-below-high", "high", plain(one.High)))
		case scaled != nil:
			own.Under("", fault.Of(scaled))
		case one.Scale == Logarithmic && !(one.Low > 0):
			own.Add("low", fault.Range, one.Low, language.Of("want.sim-logarithmic"))
		case one.Around && !movable(one.Parameter):
			own.Add("around", "actor", one.Parameter, language.Of("want.sim-of-actors", "example", "actors[].position"))
		case one.Around: // what leaves the range is put to its end
		default:
			for _, end := range []struct {
				name  string
				value float64
			}{{"low", one.Low}, {"high", one.High}} {
				if _, err := m.scenario.With(one.Parameter, end.value); err != nil && !amiss(&own, "", end.name, end.value, err) {
					break
				}
			}
		}
		f.Text(fault.At("over", i)+".why", one.Why.String(), fault.Note)
		if _, err := one.reason(); err != nil {
			own.Under("", fault.Of(err))
		}
		f.Under(fault.At("over", i), own)
	}
	return checked
}

// Worlds are what came of policies in the worlds of a trial. Parts of a trial that
// ran anywhere merge exactly, in any order. The zero value is of no trial and holds
// no world; [Model.Worlds] makes one, or [Worlds.UnmarshalBinary] reads one. It is a
// value: a merge leaves both as they were.
type Worlds struct {
	name, digest string
	policies     []Identity
	goals        []Goal
	over         []uncertain
	worlds       int // that were asked for
	runs, seed   uint64
	ranges       []Range
	sums         []uint64 // of the metrics: world that is held → policy → goal
}

// Worlds plays the policies of a trial in each of its worlds, with the same luck for
// all of them: world i plays the runs i · Runs to (i + 1) · Runs − 1 of the seed.
//
// The worlds are a Latin hypercube: the span of each parameter is cut into as many
// parts as there are worlds, equally wide on its scale, and each part is taken once.
// What a world has of a parameter depends on the seed, the number of worlds, the
// parameter's name and its span alone: not on what else is uncertain, nor on the
// order of the list. (A whole number takes each value in proportion to its share of
// the span.)
//
// [WithRange] gives a shard: the worlds from from up to, not including, to. Progress
// counts runs. Errors are those of [Model.Compare]: a context that ends leaves
// nothing, and an error in a world names the world.
//
// McKay MD, Beckman RJ, Conover WJ. A comparison of three methods for selecting
// values of input variables in the analysis of output from a computer code.
// Technometrics 1979;21:239–245. Lempert RJ, Popper SW, Bankes SC. Shaping the next
// one hundred years: new methods for quantitative, long-term policy analysis. RAND
// 2003. Lempert RJ, Groves DG, Popper SW, Bankes SC. A general, analytic method for
// generating robust strategies and narrative scenarios. Manage Sci 2006;52:514–528.
func (m *Model) Worlds(ctx context.Context, t Trial, options ...RunOption) (Worlds, error) {
	var f fault.Fields
	e := newEnsemble(&f, ctx, options)
	if t.Over == nil {
		t.Over = Uncertainties()
	}
	w := Worlds{goals: slices.Clone(t.Goals), worlds: t.Worlds, runs: t.Runs, seed: t.Seed}
	ids := checkPolicies(&f, t.Policies, 1)
	if n := len(t.Goals); n < 1 || n > maxGoals {
		f.Add("goals", fault.Length, n, language.Of("want.sim-count", "low", 1, "high", maxGoals))
	}
	cells := max(1, len(t.Policies)) * max(1, len(t.Goals))
	switch {
	case t.Worlds < 1 || t.Worlds > min(MaxWorlds, mostCells/cells):
		f.Add("worlds", fault.Range, t.Worlds, language.Of("want.sim-cells", "worlds", MaxWorlds, "cells", mostCells))
	case t.Runs < 1 || t.Runs > MaxRuns/uint64(t.Worlds):
		f.Add("runs", fault.Range, t.Runs, language.Of("want.sim-runs-for-all", "least", 1, "most", maxRuns))
	}
	if !e.sharded {
		e.shard = Range{0, uint64(max(1, t.Worlds))}
	} else if e.shard.To > uint64(max(0, t.Worlds)) {
		f.Add("range", fault.Range, e.shard.To, language.Of("want.sim-range-within"))
	}
	if checkModel(&f, m) {
		for i, g := range t.Goals {
			g.check(&f, fault.At("goals", i), m.scenario.Horizon)
			if j := slices.Index(t.Goals[:i], g); j >= 0 {
				f.Add(fault.At("goals", i), fault.Unique, g.String(), another(fault.At("goals", j)))
			}
		}
		w.over = checkOver(&f, m, t.Over)
		w.name, w.digest = m.scenario.Name, m.digest
	}
	if err := f.Err(); err != nil {
		return Worlds{}, err
	}
	w.policies, w.ranges = ids, []Range{e.shard}
	return w, e.worlds(ctx, m, t.Policies, &w)
}

func (e *ensemble) worlds(ctx context.Context, m *Model, policies []Policy, w *Worlds) error {
	e.total = e.shard.Len() * uint64(len(policies)) * w.runs
	columns := w.columns()
	row := len(policies) * len(w.goals)
	sums := make([]uint64, int(e.shard.Len())*row)
	err := e.all(ctx, e.shard.Len(), func(ctx context.Context, _ int, job uint64) (uint64, error) {
		world := e.shard.From + job
		model, err := w.model(m, columns, int(world))
		if err != nil {
			return 0, &failure{language.Of("failed.world", "world", strconv.FormatUint(world, 10), "why", err), err}
		}
		at := sums[int(job)*row:]
		for p, policy := range policies {
			r := newRun(model, policy, w.seed)
			for i := world * w.runs; i < (world+1)*w.runs; i++ {
				if ctx.Err() != nil {
					return 0, context.Cause(ctx)
				}
				if err := r.play(i); err != nil {
					return 0, &failure{language.Of("failed.world", "world", strconv.FormatUint(world, 10), "why", err), err}
				}
				for g := range w.goals {
					at[p*len(w.goals)+g] += w.goals[g].Metric.of(&r.outcome)
				}
			}
		}
		return uint64(len(policies)) * w.runs, nil
	})
	if err != nil {
		*w = Worlds{}
		return err
	}
	w.sums = sums
	return nil
}

// model is that of a world.
func (w *Worlds) model(of *Model, columns [][]float64, world int) (*Model, error) {
	s := of.scenario
	var err error
	for i := range w.over {
		if s, err = w.over[i].set(s, columns[i][world]); err != nil {
			return nil, err
		}
	}
	return Compile(s, of.list)
}

// columns are the values of each parameter in all the worlds that were asked for.
func (w *Worlds) columns() [][]float64 {
	all := make([][]float64, len(w.over))
	for i := range w.over {
		var dice rand.PCG
		start(&dice, w.seed, streamOf(w.over[i].Parameter), worldStream)
		all[i] = stratified(&dice, w.worlds)
		for k, place := range all[i] {
			all[i][k] = w.over[i].at(place)
		}
	}
	return all
}

// Model is that of a world, for a closer look: [Model.Trace] plays its runs. It
// refuses a model other than the one that the trial was run with, and a world that
// there is not.
func (w Worlds) Model(of *Model, world int) (*Model, error) {
	var f fault.Fields
	if checkModel(&f, of) && of.digest != w.digest {
		f.Add("model", "digest", of.digest, language.Of("want.sim-trial-model", "digest", w.digest))
	}
	if world < 0 || world >= w.worlds {
		f.Add("world", fault.Range, world, language.Of("want.sim-place", "n", w.worlds))
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return w.model(of, w.columns(), world)
}

// Name and Digest are those of the scenario that the worlds vary.
func (w Worlds) Name() string   { return w.name }
func (w Worlds) Digest() string { return w.digest }

// Policies, Goals and Over are those of the trial.
func (w Worlds) Policies() []Identity { return slices.Clone(w.policies) }
func (w Worlds) Goals() []Goal        { return slices.Clone(w.goals) }
func (w Worlds) Over() []Uncertainty {
	all := make([]Uncertainty, len(w.over))
	for i := range w.over {
		all[i] = w.over[i].Uncertainty
	}
	return all
}

// Seed of the worlds and of the runs, and the runs of each policy in each world.
func (w Worlds) Seed() uint64 { return w.seed }
func (w Worlds) Runs() uint64 { return w.runs }

// Asked is how many worlds the trial has, Len how many of them are held here.
func (w Worlds) Asked() int { return w.worlds }
func (w Worlds) Len() int   { return w.held() }

// Ranges are the worlds that are held, in order.
func (w Worlds) Ranges() []Range { return slices.Clone(w.ranges) }

func (w *Worlds) held() (n int) {
	for _, r := range w.ranges {
		n += int(r.Len())
	}
	return n
}

// World is one draw of what is not known, and what came of the policies in it.
// Policies and goals are named by their places in the trial; of one that there is
// not, nothing is known: no number, and a goal that is not met.
type World struct {
	// Number it has in the trial.
	Number int
	// Values of the parameters, in the order of [Worlds.Over]; of one that is around
	// what each actor has, what is added to that, or multiplies it.
	Values []float64
	of     *Worlds
	sums   []uint64 // policy → goal
}

// All yields the worlds that are held, in the order of their numbers.
func (w Worlds) All() iter.Seq[World] {
	return func(yield func(World) bool) {
		columns := w.columns()
		for one := range w.rows() {
			one.Values = make([]float64, len(columns))
			for k := range columns {
				one.Values[k] = columns[k][one.Number]
			}
			if !yield(one) {
				return
			}
		}
	}
}

// rows are the worlds without their values.
func (w *Worlds) rows() iter.Seq[World] {
	return func(yield func(World) bool) {
		row, sums := len(w.policies)*len(w.goals), w.sums
		for _, r := range w.ranges {
			for i := int(r.From); i < int(r.To); i++ {
				one := World{Number: i, of: w, sums: sums[:row:row]}
				if sums = sums[row:]; !yield(one) {
					return
				}
			}
		}
	}
}

func (w World) sum(policy, goal int) (uint64, bool) {
	if w.of == nil || policy < 0 || policy >= len(w.of.policies) || goal < 0 || goal >= len(w.of.goals) {
		return 0, false
	}
	return w.sums[policy*len(w.of.goals)+goal], true
}

// Outcome is the mean of the goal's metric over the runs of the world: a share, or
// months.
func (w World) Outcome(policy, goal int) float64 {
	sum, ok := w.sum(policy, goal)
	if !ok {
		return math.NaN()
	}
	return float64(sum) / float64(w.of.runs)
}

// Met reports whether the policy reaches the goal in this world.
func (w World) Met(policy, goal int) bool {
	sum, ok := w.sum(policy, goal)
	return ok && w.of.goals[goal].met(sum, w.of.runs)
}

// Regret is how much worse the policy does by the goal's metric than the best of the
// policies that were tried, in this world: 0 for the best, and never below.
func (w World) Regret(policy, goal int) float64 {
	if _, ok := w.sum(policy, goal); !ok {
		return math.NaN()
	}
	return float64(w.behind(policy, goal)) / float64(w.of.runs)
}

// behind is the regret in sums, which are exact: what is equal is a tie.
func (w World) behind(policy, goal int) uint64 {
	own, _ := w.sum(policy, goal)
	best := own
	for p := range w.of.policies {
		if other, _ := w.sum(p, goal); w.of.goals[goal].Metric.order(float64(other), float64(best)) < 0 {
			best = other
		}
	}
	return max(own, best) - min(own, best)
}

// Merge gives the worlds of both. It refuses, with a [MismatchError], those of
// another trial (ErrMismatch) and a world that both hold (ErrOverlap). Merging with
// the zero value changes nothing. At most 256 separate ranges are held, more is
// refused with [fault.Fields]: of more shards, merge neighbours first.
func (w Worlds) Merge(other Worlds) (Worlds, error) {
	switch {
	case other.worlds == 0:
		return w, nil
	case w.worlds == 0:
		return other, nil
	}
	if wrong := w.unlike(&other); wrong != nil {
		return Worlds{}, &MismatchError{Differences: wrong}
	}
	merged := w
	var err error
	if merged.ranges, err = united(w.ranges, other.ranges, "worlds"); err != nil {
		return Worlds{}, err
	}
	type part struct {
		Range
		sums []uint64
	}
	var parts []part
	row := len(w.policies) * len(w.goals)
	for _, of := range []*Worlds{&w, &other} {
		at := 0
		for _, r := range of.ranges {
			n := int(r.Len()) * row
			parts = append(parts, part{r, of.sums[at : at+n]})
			at += n
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.From, b.From) })
	merged.sums = make([]uint64, 0, len(w.sums)+len(other.sums))
	for _, p := range parts {
		merged.sums = append(merged.sums, p.sums...)
	}
	return merged, nil
}

// boundsOf tells goals with all the figures of their bounds.
func boundsOf(goals []Goal) (all []string) {
	for _, g := range goals {
		all = append(all, g.Metric.String()+": "+plain(g.Bound))
	}
	return all
}

// unlike says in what two trials differ: the value is the other's, what is wanted
// this one's.
func (w *Worlds) unlike(other *Worlds) (f fault.Fields) {
	differs := func(path string, ours, theirs any) {
		if a, b := fmt.Sprint(ours), fmt.Sprint(theirs); a != b {
			f.Add(path, "same", b, language.Typed(a))
		}
	}
	differs("scenario", w.name, other.name)
	differs("digest", w.digest, other.digest)
	differs("policies", w.policies, other.policies)
	differs("goals", boundsOf(w.goals), boundsOf(other.goals)) // a bound that is told is rounded
	differs("over", w.Over(), other.Over())
	differs("worlds", w.worlds, other.worlds)
	differs("runs", w.runs, other.runs)
	differs("seed", w.seed, other.seed)
	return f
}
