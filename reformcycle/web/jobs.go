package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chsreform/chsreform/reformcycle/fault"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/simulation"
)

// This file runs simulations behind the page: so many at a time, for so long, and no more
// of them wait or are kept than the host allows.

// Jobs bounds what simulations may take of the machine. A field that is 0 has its usual
// value.
type Jobs struct {
	// Workers is how many simulations run at the same time, each on one core; usually 1.
	Workers int
	// Queue is how many more may wait; usually 8. Of a visitor with a name no more than
	// half of all may run and wait.
	Queue int
	// Time is how long one may run; usually two minutes.
	Time time.Duration
	// Runs is how many runs a question may take, those of all strategies and worlds
	// together; usually 200,000, some 30 seconds of one core.
	Runs uint64
	// Kept is how many answers are kept, and Bytes about how much memory they take; usually
	// 50 and 64 MiB. The oldest are dropped first.
	Kept  int
	Bytes int
}

var usualJobs = Jobs{Workers: 1, Queue: 8, Time: 2 * time.Minute, Runs: 200_000, Kept: 50, Bytes: 64 << 20}

// WithJobs bounds simulations in another way than usual.
//
// Errors: [fault.Fields] for a number below 0, more than 128 workers, and more than
// 10,000 that wait or are kept.
func WithJobs(j Jobs) Option {
	return func(p *Page) error {
		var wrong fault.Fields
		wrong.Whole("WithJobs.Workers", j.Workers, 0, 128)
		wrong.Whole("WithJobs.Queue", j.Queue, 0, 10_000)
		wrong.Whole("WithJobs.Kept", j.Kept, 0, 10_000)
		wrong.Whole("WithJobs.Bytes", j.Bytes, 0, math.MaxInt32)
		if j.Time < 0 {
			wrong.Add("WithJobs.Time", fault.Range, j.Time.String(), language.Of("want.web-simulation-time"))
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		usual := usualJobs
		for _, n := range []struct{ to, usual *int }{{&j.Workers, &usual.Workers}, {&j.Queue, &usual.Queue}, {&j.Kept, &usual.Kept}, {&j.Bytes, &usual.Bytes}} {
			if *n.to == 0 {
				*n.to = *n.usual
			}
		}
		if j.Time == 0 {
			j.Time = usual.Time
		}
		if j.Runs == 0 {
			j.Runs = usual.Runs
		}
		p.bounds, p.jobless = j, false
		return nil
	}
}

// WithoutJobs takes the simulation out of the page.
func WithoutJobs() Option {
	return func(p *Page) error {
		p.jobless = true
		return nil
	}
}

// jobState says how a job stands.
type jobState string

const (
	queued    jobState = "queued"
	running   jobState = "running"
	done      jobState = "done"
	cancelled jobState = "cancelled"
	late      jobState = "late"
	failed    jobState = "failed"
	stopped   jobState = "stopped"
)

// Over reports whether nothing more comes of it.
func (s jobState) Over() bool { return s != queued && s != running }

var (
	errFull    = &failure{http.StatusServiceUnavailable, "busy", "web-simulation.busy", "web-simulation.busy.do"}
	errYours   = &failure{http.StatusServiceUnavailable, "busy", "web-simulation.yours", "web-simulation.yours.do"}
	errClosing = &failure{http.StatusServiceUnavailable, "closing", "web-simulation.closing", "web-simulation.closing.do"}
	errCancel  = errors.New("web: cancelled")
)

// job is one question on its way to its answer. What is above ended does not change once
// it was begun; what is below belongs to the jobs' lock.
type job struct {
	id string
	prepared
	began  time.Time
	played atomic.Uint64
	ended  chan struct{}

	state jobState
	// askers are the names of the visitors who asked. Who is the last may cancel it.
	askers map[string]bool
	stop   context.CancelCauseFunc
	answer *results
}

// jobs are all of a page.
type jobs struct {
	Jobs
	page *Page
	root context.Context
	halt context.CancelCauseFunc

	mu     sync.Mutex
	all    map[string]*job
	queue  []*job
	kept   []*job
	bytes  int
	works  int // goroutines
	plays  int // those of them that play
	closed bool
	idle   chan struct{}
}

func newJobs(p *Page, bounds Jobs) *jobs {
	j := &jobs{Jobs: bounds, page: p, all: map[string]*job{}, idle: make(chan struct{})}
	j.root, j.halt = context.WithCancelCause(context.Background())
	return j
}

// find is a job of a cycle, as it stands; false where it is not kept.
func (j *jobs) find(cycle, id string) (*job, jobState, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	one, there := j.all[id]
	if !there || one.cycle != cycle {
		return nil, "", false
	}
	return one, one.state, true
}

// begin begins a job, or joins the one that has the same question.
func (j *jobs) begin(asked prepared, by string) (*job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil, errClosing
	}
	id := asked.id()
	one, there := j.all[id]
	if there && !one.state.Over() {
		one.askers[by] = true
		return one, nil
	}
	if there && one.state == done {
		return one, nil
	}
	if j.plays+len(j.queue) >= j.Workers+j.Queue {
		return nil, errFull
	}
	if by != "" {
		own := 0
		for _, one := range j.all {
			if !one.state.Over() && one.askers[by] {
				own++
			}
		}
		if own >= max(1, (j.Workers+j.Queue)/2) {
			return nil, errYours
		}
	}
	if there { // it came to nothing, and is asked anew
		j.drop(slices.Index(j.kept, one))
	}
	one = &job{id: id, prepared: asked, began: time.Now(), ended: make(chan struct{}), state: queued, askers: map[string]bool{by: true}}
	j.all[id] = one
	j.queue = append(j.queue, one)
	if j.works < j.Workers {
		j.works++
		go j.work()
	}
	return one, nil
}

// work plays what waits, until nothing does.
func (j *jobs) work() {
	for {
		j.mu.Lock()
		if len(j.queue) == 0 {
			j.works--
			if j.works == 0 && j.closed {
				close(j.idle)
			}
			j.mu.Unlock()
			return
		}
		one := j.queue[0]
		j.queue = slices.Delete(j.queue, 0, 1)
		ctx, stop := context.WithCancelCause(j.root)
		one.state, one.stop = running, stop
		j.plays++
		j.mu.Unlock()

		answer, err := j.play(ctx, one)
		how := failed
		switch {
		case err == nil:
			how = done
		case errors.Is(err, context.DeadlineExceeded):
			how = late
		case errors.Is(err, errClosing):
			how = stopped
		case errors.Is(err, errCancel):
			how = cancelled
		}
		j.page.logJob(one, how, err)
		stop(nil)
		j.mu.Lock()
		j.plays--
		j.end(one, how, answer)
		j.mu.Unlock()
	}
}

// play plays one within its time. No panic comes out of it.
func (j *jobs) play(ctx context.Context, one *job) (answer *results, err error) {
	ctx, stop := context.WithTimeoutCause(ctx, j.Time, context.DeadlineExceeded)
	defer stop()
	defer func() {
		if fault := recover(); fault != nil {
			j.page.logPanic(j.root, fault)
			answer, err = nil, errPanic
		}
	}()
	base := uint64(0)
	phase := func() []simulation.RunOption {
		from := base
		return []simulation.RunOption{simulation.WithWorkers(1), simulation.WithProgress(func(played, total uint64) {
			one.played.Store(from + played)
			base = from + total
		})}
	}
	return one.research(ctx, phase)
}

// end ends a job once, and keeps it as long as there is room. The lock is held.
func (j *jobs) end(one *job, how jobState, answer *results) {
	if one.state.Over() {
		return
	}
	one.state, one.answer = how, answer
	close(one.ended)
	j.kept = append(j.kept, one)
	j.bytes += one.answer.size()
	for len(j.kept) > 1 && (len(j.kept) > j.Kept || j.bytes > j.Bytes) {
		j.drop(0)
	}
}

// drop forgets one that has ended. The lock is held.
func (j *jobs) drop(at int) {
	one := j.kept[at]
	j.bytes -= one.answer.size()
	j.kept = slices.Delete(j.kept, at, at+1)
	delete(j.all, one.id)
}

// mayCancel reports whether a visitor is among those who asked.
func (j *jobs) mayCancel(one *job, by string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return one.askers[by]
}

// cancel takes a visitor off those who asked; the job ends with the last of them.
func (j *jobs) cancel(one *job, by string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if one.state.Over() {
		return nil
	}
	if !one.askers[by] {
		return errForbidden
	}
	delete(one.askers, by)
	if len(one.askers) > 0 {
		return nil
	}
	if at := slices.Index(j.queue, one); at >= 0 {
		j.queue = slices.Delete(j.queue, at, at+1)
	}
	if one.stop != nil {
		one.stop(errCancel)
	}
	j.end(one, cancelled, nil)
	return nil
}

// before is how many run or wait before one that waits.
func (j *jobs) before(one *job) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return max(0, slices.Index(j.queue, one)) + j.plays
}

// close ends all, and waits for them.
func (j *jobs) close(ctx context.Context) error {
	j.mu.Lock()
	if !j.closed {
		j.closed = true
		for _, one := range j.queue {
			j.end(one, stopped, nil)
		}
		j.queue = nil
		j.halt(errClosing)
		if j.works == 0 {
			close(j.idle)
		}
	}
	j.mu.Unlock()
	select {
	case <-j.idle:
		return nil
	default:
	}
	select {
	case <-j.idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
