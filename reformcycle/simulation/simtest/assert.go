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
	"github.com/chsreform/chsreform/reformcycle/language"
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
	v, err := JudgeLikely(t.Context(), m, s, metric, atLeast, options...)
	return report(t, "", v, err)
}

// Unlikely asserts that what the metric asks has a chance of at most atMost, and
// reports whether that is so. It errs like [Likely]: fails wrongly where the
// chance is atMost or less, passes wrongly where it is atMost plus the margin,
// which is below 1, or more. A claim of 0 is allowed.
func Unlikely(t testing.TB, m *simulation.Model, s simulation.Policy, metric Metric, atMost float64, options ...TestOption) bool {
	t.Helper()
	v, err := JudgeUnlikely(t.Context(), m, s, metric, atMost, options...)
	return report(t, "", v, err)
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
	v, err := JudgeBetter(t.Context(), m, s, than, metric, options...)
	return report(t, "", v, err)
}

// Sooner asserts that the policy enters a stage sooner than the rival, and
// reports whether that is so. It is [Better] with the month in which the stage
// is first entered, and less is better; never to enter it within the horizon is
// later than any month.
func Sooner(t testing.TB, m *simulation.Model, s, than simulation.Policy, stage reformcycle.Stage, options ...TestOption) bool {
	t.Helper()
	v, err := JudgeSooner(t.Context(), m, s, than, stage, options...)
	return report(t, "", v, err)
}

// JudgeLikely gives the verdict on the claim of [Likely], for a host that is no
// test. It refuses, with [fault.Fields] that hold everything that is wrong, a
// question that can't be asked, and returns the [*simulation.RunError] of a policy
// that fails, or the cause why ctx ended; then there is no verdict.
func JudgeLikely(ctx context.Context, m *simulation.Model, s simulation.Policy, metric Metric, atLeast float64, options ...TestOption) (Verdict, error) {
	return newAssertion(m, options).likely(ctx, s, metric, atLeast)
}

// JudgeUnlikely gives the verdict on the claim of [Unlikely]. Errors are those of
// [JudgeLikely].
func JudgeUnlikely(ctx context.Context, m *simulation.Model, s simulation.Policy, metric Metric, atMost float64, options ...TestOption) (Verdict, error) {
	return newAssertion(m, options).unlikely(ctx, s, metric, atMost)
}

// JudgeBetter gives the verdict on the claim of [Better]. Errors are those of
// [JudgeLikely].
func JudgeBetter(ctx context.Context, m *simulation.Model, s, than simulation.Policy, metric Metric, options ...TestOption) (Verdict, error) {
	return newAssertion(m, options).better(ctx, s, than, metric)
}

// JudgeSooner gives the verdict on the claim of [Sooner]. Errors are those of
// [JudgeLikely].
func JudgeSooner(ctx context.Context, m *simulation.Model, s, than simulation.Policy, stage reformcycle.Stage, options ...TestOption) (Verdict, error) {
	return newAssertion(m, options).sooner(ctx, s, than, stage)
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
		a.faults.Add("model", fault.Required, nil, language.Of("want.sim-model", "by", "simulation.Compile"))
	}
	return a
}

// ask refuses a question that can't be asked.
func (a *assertion) ask(ctx context.Context) error {
	if ctx == nil {
		a.faults.Add("ctx", fault.Required, nil, language.Of("want.sim-context", "none", "context.Background()"))
	}
	return a.faults.Err()
}

// verdict is the one before any run was seen.
func (a *assertion) verdict(claim string, players ...simulation.Policy) Verdict {
	s := a.model.Scenario()
	return Verdict{
		Claim: claim, Error: a.err, Margin: a.margin, Seed: a.seed, Scenario: s.Name, Illustrative: s.Illustrative, Digest: a.model.Digest(),
		model: a.model, players: players,
	}
}

func (a *assertion) likely(ctx context.Context, s simulation.Policy, metric Metric, atLeast float64) (Verdict, error) {
	a.bound(kindLikely, atLeast)
	q := newSequence(atLeast-a.margin, atLeast, a.err)
	return a.chance(ctx, s, metric, q, kindLikely, "is likely (at least "+percent(atLeast)+")")
}

func (a *assertion) unlikely(ctx context.Context, s simulation.Policy, metric Metric, atMost float64) (Verdict, error) {
	a.bound(kindUnlikely, atMost)
	q := newSequence(atMost, atMost+a.margin, a.err)
	return a.chance(ctx, s, metric, q, kindUnlikely, "is unlikely (at most "+percent(atMost)+")")
}

// chance judges how often a question is answered yes: whether its chance is
// high, which is what likely claims, or low.
func (a *assertion) chance(ctx context.Context, s simulation.Policy, metric Metric, q sequence, kind, says string) (judged Verdict, err error) {
	defer refuse(&judged, &err)
	a.player("policy", s)
	a.question(kind, metric)
	if err := a.ask(ctx); err != nil {
		return Verdict{}, err
	}
	high := kind == kindLikely
	v := a.verdict(simulation.Title(s)+": "+metric.String()+" "+says, s)
	for q.seen < a.runs && !v.Decided {
		from, to := a.next(q.seen)
		scores, err := a.play(ctx, s, metric, from, to, nil)
		if err != nil {
			return Verdict{}, err
		}
		for i, score := range scores {
			if score != 0 && score != 1 {
				return Verdict{}, fault.Refuse("metric", "question", scored(metric, from+uint64(i), score), language.Of("want.test-question-score"))
			}
			q.see(score == 1)
			if (score == 1) != high {
				v.against(from + uint64(i))
			}
			if above, below := q.above(), q.below(); above || below {
				v.Decided, v.Holds = true, high && above || !high && below
				break
			}
		}
	}
	from, to := between(q.interval())
	v.saw(q.seen, language.Of("saw.chance", "hits", number(q.hits), "runs", number(q.seen), "share", percent(q.share()), "low", from, "high", to))
	if !v.Decided {
		v.Needed, v.AtMost = whole(q.needed(q.share())), whole(q.atMost())
	}
	return v, nil
}

func (a *assertion) better(ctx context.Context, s, than simulation.Policy, metric Metric) (Verdict, error) {
	return a.pairs(ctx, s, than, metric, kindBetter)
}

func (a *assertion) sooner(ctx context.Context, s, than simulation.Policy, stage reformcycle.Stage) (Verdict, error) {
	if !stage.Valid() {
		a.faults.Add("stage", fault.Known, stage.String(), fault.OneOf(stageNames()))
	}
	return a.pairs(ctx, s, than, arrival(stage), kindSooner)
}

// refuse makes a refusal of a panic in what a host handed in: a policy that can't say
// its name, a metric that is a nil pointer.
func refuse(judged *Verdict, err *error) {
	if p := recover(); p != nil {
		*judged, *err = Verdict{}, fault.Refuse("input", "panic", fmt.Sprint(p), language.Of("want.sim-returns"))
	}
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
func (a *assertion) pairs(ctx context.Context, s, than simulation.Policy, metric Metric, kind string) (judged Verdict, err error) {
	defer refuse(&judged, &err)
	a.player("policy", s)
	a.player("than", than)
	a.question(kind, metric)
	if err := a.ask(ctx); err != nil {
		return Verdict{}, err
	}
	v := a.verdict(simulation.Title(s)+": "+metric.String()+" is "+kind+" than with "+simulation.Title(than), s, than)
	sign := 1
	if m, ok := metric.(interface{ LessIsBetter() bool }); ok && m.LessIsBetter() {
		sign = -1
	}
	d := newDuel(a.margin, a.err)
	var ours, theirs []float64
	for d.differ.seen < a.runs && !v.Decided {
		from, to := a.next(d.differ.seen)
		if ours, err = a.play(ctx, s, metric, from, to, ours); err != nil {
			return Verdict{}, err
		}
		if theirs, err = a.play(ctx, than, metric, from, to, theirs); err != nil {
			return Verdict{}, err
		}
		for i := range ours {
			order := sign * cmp.Compare(ours[i], theirs[i])
			if d.see(order); order < 0 {
				v.against(from + uint64(i))
			}
			if v.Decided, v.Holds = d.verdict(); v.Decided {
				break
			}
		}
	}
	v.saw(d.differ.seen, d.saw())
	if !v.Decided {
		v.Needed, v.AtMost = whole(d.needed()), whole(d.atMost())
	}
	return v, nil
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
		a.faults.Add("atLeast", fault.Range, chance, language.Of("want.test-above-margin", "margin", draw.Digits(a.margin, -1)))
	case kind == kindUnlikely && !(chance >= 0 && chance+a.margin < 1):
		a.faults.Add("atMost", fault.Range, chance, language.Of("want.test-below-margin", "margin", draw.Digits(a.margin, -1)))
	}
}

func (a *assertion) player(field string, s simulation.Policy) {
	if s == nil {
		a.faults.Add(field, fault.Required, nil, language.Of("want.sim-policy"))
	}
}

// question takes down what is wrong with a metric, for a kind of assertion.
func (a *assertion) question(kind string, metric Metric) {
	if metric == nil {
		a.faults.Add("metric", fault.Required, nil, language.Of("want.sim-metric", "example", strconv.Quote(simulation.LaunchedBy(24).String())))
		return
	}
	if p, ok := metric.(*simulation.Metric); ok {
		metric = *p
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
		a.faults.Add("metric", "question", metric.String(), language.Of("want.test-question"))
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
		a.faults.Add("metric", "horizon", metric.String(), language.Of("want.test-horizon", "months", horizon))
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

// scored is what a metric gave for a run: "launched[7] = 0.5".
func scored(metric Metric, run uint64, score float64) string {
	return metric.String() + "[" + number(run) + "] = " + strconv.FormatFloat(score, 'f', -1, 64)
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
			return nil, fault.Refuse("metric", "number", scored(metric, from+uint64(i), score), language.Of("want.number"))
		}
	}
	return scores, nil
}
