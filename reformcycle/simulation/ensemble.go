package simulation

// Ensembles: many runs, on all cores.

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strconv"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
)

// MaxRuns is the number that the runs of a seed stay below.
const MaxRuns = 100_000_000_000

var maxRuns = strconv.FormatUint(MaxRuns, 10)

// chunk is how many runs a worker takes at once: enough that taking them costs
// nothing, few enough that nobody waits for the last.
const chunk = 64

// Range is the runs from From up to, not including, To.
type Range struct {
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
}

// Len is how many runs there are in the range.
func (r Range) Len() uint64 { return r.To - r.From }

// RunOption configures an ensemble.
type RunOption func(*ensemble) error

// WithWorkers runs on so many goroutines, 1 to 128; without it, on as many as
// there are cores to use. It has no effect on results.
func WithWorkers(n int) RunOption {
	return func(e *ensemble) error {
		if n < 1 || n > 128 {
			return fault.Refuse("workers", fault.Range, n, wholeFrom(1, 128))
		}
		e.workers = n
		return nil
	}
}

// WithProgress has a function called as runs are finished, with how many of how
// many are. It is called on the goroutine that called Run, so it needs no lock, and
// the workers wait for it: it should be quick. The numbers rise, and the last call
// says that all are done unless the ensemble was cut short.
func WithProgress(report func(done, total uint64)) RunOption {
	return func(e *ensemble) error {
		if report == nil {
			return fault.Refuse("progress", fault.Required, nil, language.Of("want.sim-function-or-none"))
		}
		e.progress = report
		return nil
	}
}

// WithRange runs a shard: the runs from from up to, not including, to, of those
// that were asked for. Merging the summaries of shards that cover all runs, in any
// order, gives the summary of them all, bit for bit. Of more than 256 shards merge
// neighbours first: see [Summary.Merge].
func WithRange(from, to uint64) RunOption {
	return func(e *ensemble) error {
		if from >= to {
			return fault.Refuse("range", fault.Order, from, language.Of("want.sim-first-below", "to", strconv.FormatUint(to, 10)))
		}
		e.shard, e.sharded = Range{from, to}, true
		return nil
	}
}

type ensemble struct {
	workers     int
	progress    func(done, total uint64)
	done, total uint64 // runs, for the progress
	shard       Range
	sharded     bool
}

// newEnsemble reads the options, or refuses them, and a context that there is not.
func newEnsemble(f *fault.Fields, ctx context.Context, options []RunOption) *ensemble {
	e := &ensemble{workers: runtime.GOMAXPROCS(0)}
	checkContext(f, ctx)
	for _, o := range options {
		if o == nil {
			f.Add("option", fault.Required, nil, language.Of("want.sim-option"))
		} else if err := o(e); err != nil {
			f.Under("", fault.Of(err))
		}
	}
	return e
}

func checkContext(f *fault.Fields, ctx context.Context) {
	if ctx == nil {
		f.Add("ctx", fault.Required, nil, language.Of("want.sim-context", "none", "context.Background()"))
	}
}

// Run plays the runs 0 to runs − 1 of a seed, on all cores, and sums them up.
// What run i does depends on the model, the policy, the seed and i alone; so
// the summary is the same, bit for bit, whatever the number of workers or
// shards, on amd64 and arm64.
//
// When ctx ends it returns the summary of what was finished, whose Ranges say
// what that is, and the context's cause. A policy that fails ends the ensemble
// with the [RunError] of the first run, by number, in which it does, and no
// summary. [fault.Fields] say what is wrong with the arguments. No
// goroutine outlives the call.
func (m *Model) Run(ctx context.Context, policy Policy, runs, seed uint64, options ...RunOption) (Summary, error) {
	var f fault.Fields
	checkModel(&f, m)
	e := newEnsemble(&f, ctx, options)
	if runs < 1 || runs > MaxRuns {
		f.Add("runs", fault.Range, runs, wholeFrom(uint64(1), MaxRuns))
	} else if !e.sharded {
		e.shard = Range{0, runs}
	} else if e.shard.To > runs {
		f.Add("range", fault.Range, e.shard.To, language.Of("want.sim-range-within"))
	}
	id := checkPolicy(&f, policy)
	if err := f.Err(); err != nil {
		return Summary{}, err
	}
	return e.run(ctx, m, policy, m.empty(id, seed))
}

// run hands out the runs in their order, so that those played when something
// ends the ensemble are all up to some number, but for a few.
func (e *ensemble) run(ctx context.Context, m *Model, policy Policy, into Summary) (Summary, error) {
	jobs := (e.shard.Len() + chunk - 1) / chunk
	e.workers, e.total = int(min(uint64(e.workers), jobs)), e.shard.Len()
	parts, players, cuts := make([]Summary, e.workers), make([]*run, e.workers), make([][]Range, e.workers)
	taken, err := e.hand(ctx, jobs, func(ctx context.Context, w int, job uint64) (uint64, error) {
		if players[w] == nil {
			parts[w], players[w] = into.blank(), newRun(m, policy, into.seed)
		}
		from := e.shard.From + job*chunk
		to := min(from+chunk, e.shard.To)
		for i := from; i < to; i++ {
			if ctx.Err() != nil {
				cuts[w] = append(cuts[w], Range{i, to})
				return i - from, nil
			}
			if err := players[w].play(i); err != nil {
				return 0, err
			}
			parts[w].add(players[w])
		}
		return to - from, nil
	})
	if err != nil {
		return Summary{}, err
	}
	for w := range parts {
		if err := into.merge(&parts[w]); err != nil {
			return Summary{}, err
		}
	}
	into.ranges = without(Range{e.shard.From, min(e.shard.To, e.shard.From+taken*chunk)}, slices.Concat(cuts...))
	if into.runs < e.shard.Len() {
		return into, context.Cause(ctx)
	}
	return into, nil
}

func without(r Range, gaps []Range) (left []Range) {
	slices.SortFunc(gaps, func(a, b Range) int { return cmp.Compare(a.From, b.From) })
	for _, g := range append(gaps, Range{r.To, r.To}) {
		if r.From < g.From {
			left = append(left, Range{r.From, g.From})
		}
		r.From = g.To
	}
	return left
}

// Each plays the runs from from up to, not including, to, of a seed, one after
// another on the caller's goroutine, and hands each outcome to a function: for
// analyses that pair runs of two policies, or that stop when they know enough
// by ending the context. The outcome belongs to the function until it returns.
//
// Errors are those of [Model.Run].
func (m *Model) Each(ctx context.Context, policy Policy, from, to, seed uint64, see func(i uint64, o *RunOutcome)) error {
	var f fault.Fields
	checkModel(&f, m)
	checkContext(&f, ctx)
	if see == nil {
		f.Add("see", fault.Required, nil, language.Of("want.sim-function"))
	}
	if from >= to || to > MaxRuns {
		f.Add("range", fault.Range, to, language.Of("want.sim-range", "most", maxRuns))
	}
	checkPolicy(&f, policy)
	if err := f.Err(); err != nil {
		return err
	}
	r := newRun(m, policy, seed)
	for i := from; i < to; i++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := r.play(i); err != nil {
			return err
		}
		see(i, &r.outcome)
	}
	return nil
}
