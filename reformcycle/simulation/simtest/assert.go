package simtest

// The four assertions.

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/internal/draw"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// Metric is what an assertion looks at in an outcome. [simulation.Metric] is
// one, and a host may write its own: a pure function of the outcome that keeps
// nothing of it. Three methods more are heeded where it has
// them, as that of package simulation does: Validate() fault.Fields,
// Numeric() bool and LessIsBetter() bool.
type Metric interface {
	// Of gives the metric of one run: 1 for yes and 0 for no where the metric
	// is a question, else any number but NaN.
	Of(*simulation.RunOutcome) float64
	// String names it in reports, such as "launch by 24".
	String() string
}

// Likely asserts that what the metric asks has a chance of at least atLeast,
// and reports whether that is so.
//
// Where the chance is atLeast or more, it fails with a chance of at most the
// error, unless the runs end first (undecided), see [WithMaxRuns]; where it is
// atLeast less the margin, or lower, it passes with a chance of at most the error.
// Between the two it may do either. The margin is below atLeast: a claim that
// only a chance of 0 would break by the margin, one run would prove. A claim of 1
// is allowed: one run that says no refutes it.
func Likely(t testing.TB, m *simulation.Model, s simulation.Policy, metric Metric, atLeast float64, options ...TestOption) bool {
	t.Helper()
	return newAssertion(m, options).likely(t.Context(), s, metric, atLeast).report(t)
}

// Unlikely asserts that what the metric asks has a chance of at most atMost, and
// reports whether that is so. It errs like [Likely]: fails wrongly where the
// chance is atMost or less, passes wrongly where it is atMost plus the margin,
// which is below 1, or more. A claim of 0 is allowed.
func Unlikely(t testing.TB, m *simulation.Model, s simulation.Policy, metric Metric, atMost float64, options ...TestOption) bool {
	t.Helper()
	return newAssertion(m, options).unlikely(t.Context(), s, metric, atMost).report(t)
}

// Better asserts that the policy does better by the metric than the rival, and
// reports whether that is so. Both play the same runs, with the same luck. Yes
// is better than no, and more than less unless the metric says otherwise.
//
// It judges the pairs of runs in which the metric differs, by a sign test: the
// claim is that the policy is ahead in more than half of them. For a question
// that says exactly that its chance of yes is higher; for a number it says who
// is ahead more often, and nothing of means. It passes wrongly where the
// policy is ahead in half of them or less, and fails wrongly where it is ahead
// in half plus the margin or more and the two differ in a share of pairs of the
// margin or more; each with a chance of at most the error, but that it also fails
// if the runs end first (undecided), see [WithMaxRuns]. The margin lies on the
// side of the claim: what is so by less than the margin may fail. So policies
// that hardly ever differ fail: neither is the better one.
func Better(t testing.TB, m *simulation.Model, s, than simulation.Policy, metric Metric, options ...TestOption) bool {
	t.Helper()
	return newAssertion(m, options).better(t.Context(), s, than, metric).report(t)
}

// Sooner asserts that the policy enters a stage sooner than the rival, and
// reports whether that is so. It is [Better] with the month in which the stage
// is first entered, and less is better; never to enter it within the horizon is
// later than any month.
func Sooner(t testing.TB, m *simulation.Model, s, than simulation.Policy, stage reformcycle.Stage, options ...TestOption) bool {
	t.Helper()
	return newAssertion(m, options).sooner(t.Context(), s, than, stage).report(t)
}

const batch = 64

const named = 5

// assertion is what the four have in common: the model, the settings, and
// everything that is wrong with the question.
type assertion struct {
	settings
	model  *simulation.Model
	faults fault.Fields
}

func newAssertion(m *simulation.Model, options []TestOption) *assertion {
	a := &assertion{settings: defaults(), model: m}
	a.faults = a.set(options)
	if m == nil {
		a.faults.Add("model", fault.Required, nil, "a compiled model")
	}
	return a
}

func (a *assertion) likely(ctx context.Context, s simulation.Policy, metric Metric, atLeast float64) finding {
	a.bound(kindLikely, atLeast)
	q := newSequence(atLeast-a.margin, atLeast, a.err)
	return a.chance(ctx, s, metric, q, kindLikely, "is likely (at least "+percent(atLeast)+")")
}

func (a *assertion) unlikely(ctx context.Context, s simulation.Policy, metric Metric, atMost float64) finding {
	a.bound(kindUnlikely, atMost)
	q := newSequence(atMost, atMost+a.margin, a.err)
	return a.chance(ctx, s, metric, q, kindUnlikely, "is unlikely (at most "+percent(atMost)+")")
}

// chance judges how often a question is answered yes: whether its chance is
// high, which is what likely claims, or low.
func (a *assertion) chance(ctx context.Context, s simulation.Policy, metric Metric, q sequence, kind, says string) finding {
	f := finding{assertion: a}
	a.player("policy", s)
	a.question(kind, metric)
	if f.err = a.faults.Err(); f.err != nil {
		return f
	}
	high := kind == kindLikely
	f.claim, f.players = simulation.Title(s)+": "+metric.String()+" "+says, []simulation.Policy{s}
	for q.seen < a.runs && !f.decided {
		from, to := a.next(q.seen)
		scores, err := a.play(ctx, s, metric, from, to, nil)
		if f.err = err; err != nil {
			return f
		}
		for i, score := range scores {
			if score != 0 && score != 1 {
				f.err = fault.Refuse("metric", "question", metric.String()+" of run "+number(from+uint64(i))+" is "+draw.Digits(score, -1), "a metric that is 1 for yes or 0 for no")
				return f
			}
			q.see(score == 1)
			if (score == 1) != high {
				f.against(from + uint64(i))
			}
			if above, below := q.above(), q.below(); above || below {
				f.decided, f.held = true, high && above || !high && below
				break
			}
		}
	}
	f.runs = q.seen
	f.saw = fmt.Sprintf("%d of %d runs, %s; surely %s", q.hits, q.seen, percent(q.share()), between(q.interval()))
	f.enough = [2]float64{q.needed(q.share()), q.atMost()}
	return f
}

func (a *assertion) better(ctx context.Context, s, than simulation.Policy, metric Metric) finding {
	a.question(kindBetter, metric)
	return a.pairs(ctx, s, than, metric, kindBetter)
}

func (a *assertion) sooner(ctx context.Context, s, than simulation.Policy, stage reformcycle.Stage) finding {
	if !stage.Valid() {
		a.faults.Add("stage", fault.Known, stage.String(), fault.OneOf(stageNames()))
	}
	return a.pairs(ctx, s, than, arrival(stage), kindSooner)
}

// arrival is the month in which a stage is first entered; never is infinite.
type arrival reformcycle.Stage

func (s arrival) LessIsBetter() bool { return true }

func (s arrival) String() string { return reformcycle.Stage(s).String() }

func (s arrival) Of(o *simulation.RunOutcome) float64 {
	if month := o.Entered[s]; month >= 0 {
		return float64(month)
	}
	return math.Inf(1)
}

// pairs judges which of two policies has the higher score more often, over
// runs with the same luck.
func (a *assertion) pairs(ctx context.Context, s, than simulation.Policy, metric Metric, kind string) finding {
	f := finding{assertion: a}
	a.player("policy", s)
	a.player("than", than)
	if f.err = a.faults.Err(); f.err != nil {
		return f
	}
	f.claim, f.players = simulation.Title(s)+": "+metric.String()+" is "+kind+" than with "+simulation.Title(than), []simulation.Policy{s, than}
	sign := 1
	if m, ok := metric.(interface{ LessIsBetter() bool }); ok && m.LessIsBetter() {
		sign = -1
	}
	d := newDuel(a.margin, a.err)
	var ours, theirs []float64
	for d.differ.seen < a.runs && !f.decided {
		from, to := a.next(d.differ.seen)
		if ours, f.err = a.play(ctx, s, metric, from, to, ours); f.err != nil {
			return f
		}
		if theirs, f.err = a.play(ctx, than, metric, from, to, theirs); f.err != nil {
			return f
		}
		for i := range ours {
			order := sign * cmp.Compare(ours[i], theirs[i])
			if d.see(order); order < 0 {
				f.against(from + uint64(i))
			}
			if f.decided, f.held = d.verdict(); f.decided {
				break
			}
		}
	}
	f.runs, f.saw = d.differ.seen, d.saw()
	f.enough = [2]float64{d.needed(), d.atMost()}
	return f
}

// The assertions, as policy files write them.
const (
	kindLikely   = "likely"
	kindUnlikely = "unlikely"
	kindBetter   = "better"
	kindSooner   = "sooner"
)

// bound takes down a claim about a chance that the margin leaves no room for.
func (a *assertion) bound(kind string, chance float64) {
	switch {
	case kind == kindLikely && !(chance > a.margin && chance <= 1):
		a.faults.Add("atLeast", fault.Range, chance, "a chance above the margin, "+draw.Digits(a.margin, -1)+", up to 1, or a smaller margin")
	case kind == kindUnlikely && !(chance >= 0 && chance+a.margin < 1):
		a.faults.Add("atMost", fault.Range, chance, "a chance from 0, below 1 less the margin, "+draw.Digits(a.margin, -1)+", or a smaller margin")
	}
}

func (a *assertion) player(field string, s simulation.Policy) {
	if s == nil {
		a.faults.Add(field, fault.Required, nil, "a policy")
	}
}

// question takes down what is wrong with a metric, for a kind of assertion.
func (a *assertion) question(kind string, metric Metric) {
	if metric == nil {
		a.faults.Add("metric", fault.Required, nil, "a metric")
		return
	}
	if m, ok := metric.(interface {
		Validate() fault.Fields
	}); ok {
		if wrong := m.Validate(); len(wrong) > 0 {
			a.faults.Under("", wrong)
			return
		}
	}
	if m, ok := metric.(interface{ Numeric() bool }); ok && m.Numeric() && kind != kindBetter {
		a.faults.Add("metric", "question", metric.String(), "a metric that is a question, answered by yes or no")
	}
	if a.model == nil {
		return
	}
	// To enter a stage after the horizon and never to enter it are the same to a
	// run. A metric of months that tells them apart would take what was not seen
	// for what was not reached. What a host's own metric makes of a stage that was
	// not entered is its own affair.
	horizon := a.model.Scenario().Horizon
	if m, ok := metric.(simulation.Metric); ok && heeds(m, func(reformcycle.Stage) int { return horizon + 1 }) {
		a.faults.Add("metric", "horizon", metric.String(), "a metric of the first "+strconv.Itoa(horizon)+" months: the horizon of the scenario")
	}
}

// heeds reports whether a metric tells a run that entered stages in some months,
// or −1 where it did not, from one that entered none.
func heeds(metric simulation.Metric, month func(reformcycle.Stage) int) bool {
	var entered, none simulation.RunOutcome
	for s := range entered.Entered {
		entered.Entered[s], none.Entered[s] = month(reformcycle.Stage(s)), -1
	}
	return metric.Of(&entered) != metric.Of(&none)
}

// next is the batch after those that were seen.
func (a *assertion) next(seen uint64) (from, to uint64) { return seen, min(seen+batch, a.runs) }

// play gives the metric of a batch of runs, in a slice that may be used again.
func (a *assertion) play(ctx context.Context, s simulation.Policy, metric Metric, from, to uint64, scores []float64) ([]float64, error) {
	scores = scores[:0]
	err := a.model.Each(ctx, s, from, to, a.seed, func(_ uint64, o *simulation.RunOutcome) {
		scores = append(scores, metric.Of(o))
	})
	if err != nil {
		return nil, err
	}
	for i, score := range scores {
		if math.IsNaN(score) {
			return nil, fault.Refuse("metric", "number", metric.String()+" of run "+number(from+uint64(i))+" is NaN", "a number")
		}
	}
	return scores, nil
}
